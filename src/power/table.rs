//! What the simulations say.

use super::test::Verdict;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::inference::bootstrap_lrt::binomial_limits;

/// The power for each size.
#[derive(Clone, Debug, PartialEq)]
pub struct Power {
    /// What is tested.
    pub test: String,
    pub rows: Vec<PowerRow>,
}

/// The power for one design.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerRow {
    /// As asked for.
    pub size: Option<usize>,
    pub n_obs: usize,
    /// The coefficient that responses are simulated with; NaN for other tests.
    pub effect: f64,
    pub power: f64,
    /// Limits that the number of simulations leaves (Clopper and Pearson 1934).
    pub lower: f64,
    pub upper: f64,
    /// Significant tests.
    pub successes: usize,
    /// Simulations, those that failed among them.
    pub n: usize,
    pub failed: usize,
    /// Refits with a linear combination of random effects without variance.
    pub singular: usize,
    /// Refits in which what is tested has no finite estimate: separation, or a monotone likelihood. None of a likelihood ratio, which is
    /// finite there.
    pub separated: Option<usize>,
    /// Of the coefficient over the refits that did not fail, and have a finite estimate.
    pub mean_estimate: f64,
    /// The share of significant estimates with the wrong sign, and their mean size in units of the coefficient (Gelman and Carlin 2014).
    pub type_s: f64,
    pub type_m: f64,
    /// Why the first that failed did.
    pub reason: Option<String>,
    /// Why the power may be none.
    pub warning: Option<String>,
}

/// What a row is of.
pub(super) struct Row {
    pub size: Option<usize>,
    pub n_obs: usize,
    /// The coefficient that responses are simulated with; NaN for other tests.
    pub effect: f64,
    /// The test is one of estimates by their standard errors.
    pub is_wald: bool,
}

impl PowerRow {
    pub(super) fn new(
        Row { size, n_obs, effect, is_wald }: Row,
        outcomes: &[std::result::Result<Verdict, String>],
        alpha: f64,
        level: f64,
    ) -> Result<Self> {
        let n = outcomes.len();
        let good = || outcomes.iter().flatten();
        let found = || good().filter(|own| own.p_value < alpha);
        let (done, successes) = (good().count(), found().count());
        let reason = outcomes.iter().find_map(|own| own.as_ref().err().cloned());
        if done == 0 {
            return Err(Error::numeric(format!("all of {n} refits failed: {}", reason.unwrap_or_default())));
        }
        let (lower, upper) = binomial_limits(successes, n, 1.0 - level);
        let separated = good().filter(|own| own.infinite).count();
        let (finite, done_finite) = (|| good().filter(|own| !own.infinite), done - separated);
        let found_finite = || found().filter(|own| !own.infinite);
        let share = |count: usize| if effect == 0.0 { f64::NAN } else { count as f64 / successes as f64 };
        Ok(PowerRow {
            size,
            n_obs,
            effect,
            power: successes as f64 / n as f64,
            lower,
            upper,
            successes,
            n,
            failed: n - done,
            singular: good().filter(|own| own.singular).count(),
            separated: is_wald.then_some(separated),
            mean_estimate: finite().map(|own| own.estimate).sum::<f64>() / done_finite as f64,
            type_s: if effect.is_nan() { f64::NAN } else { share(found().filter(|own| own.estimate * effect < 0.0).count()) },
            type_m: if effect == 0.0 {
                f64::NAN
            } else {
                found_finite().map(|own| own.estimate.abs()).sum::<f64>() / found_finite().count() as f64 / effect.abs()
            },
            reason,
            warning: (separated > 0).then(|| {
                format!(
                    "what is tested has no finite estimate in {separated} of {n} refits: Wald's test hardly ever finds such effects, however \
                     large they are; a likelihood ratio against the model without them does"
                )
            }),
        })
    }
}

impl Power {
    /// A row a size: `test`, `size` (missing for the design of the fit), `n_obs`, `effect`, `power`, `lower`, `upper`, `successes`, `n`, `failed`,
    /// `singular`, `separated`, `mean_estimate`, `type_s`, `type_m`, `reason`, `warning`.
    pub fn frame(&self) -> Result<Frame> {
        let rows = &self.rows;
        let mut frame = Frame::new(rows.len());
        let whole = |of: &dyn Fn(&PowerRow) -> usize| rows.iter().map(|row| of(row) as i64).collect::<Vec<i64>>();
        let real = |of: &dyn Fn(&PowerRow) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
        frame.add_strings("test", &vec![Some(self.test.as_str()); rows.len()])?;
        frame.add_integers("size", rows.iter().map(|row| row.size.map_or(i64::MIN, |size| size as i64)).collect())?;
        frame.add_integers("n_obs", whole(&|row| row.n_obs))?;
        frame.add_real("effect", real(&|row| row.effect))?;
        frame.add_real("power", real(&|row| row.power))?;
        frame.add_real("lower", real(&|row| row.lower))?;
        frame.add_real("upper", real(&|row| row.upper))?;
        frame.add_integers("successes", whole(&|row| row.successes))?;
        frame.add_integers("n", whole(&|row| row.n))?;
        frame.add_integers("failed", whole(&|row| row.failed))?;
        frame.add_integers("singular", whole(&|row| row.singular))?;
        frame.add_integers("separated", rows.iter().map(|row| row.separated.map_or(i64::MIN, |count| count as i64)).collect())?;
        frame.add_real("mean_estimate", real(&|row| row.mean_estimate))?;
        frame.add_real("type_s", real(&|row| row.type_s))?;
        frame.add_real("type_m", real(&|row| row.type_m))?;
        frame.add_strings("reason", &rows.iter().map(|row| row.reason.as_deref()).collect::<Vec<_>>())?;
        frame.add_strings("warning", &rows.iter().map(|row| row.warning.as_deref()).collect::<Vec<_>>())?;
        Ok(frame)
    }
}
