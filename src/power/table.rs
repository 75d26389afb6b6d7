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
    /// Of the coefficient over the refits that did not fail.
    pub mean_estimate: f64,
    /// The share of significant estimates with the wrong sign, and their mean size in units of the coefficient (Gelman and Carlin 2014).
    pub type_s: f64,
    pub type_m: f64,
    /// Why the first that failed did.
    pub reason: Option<String>,
}

impl PowerRow {
    pub(super) fn new(
        (size, n_obs, effect): (Option<usize>, usize, f64),
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
            mean_estimate: good().map(|own| own.estimate).sum::<f64>() / done as f64,
            type_s: if effect.is_nan() { f64::NAN } else { share(found().filter(|own| own.estimate * effect < 0.0).count()) },
            type_m: if effect == 0.0 {
                f64::NAN
            } else {
                found().map(|own| own.estimate.abs()).sum::<f64>() / successes as f64 / effect.abs()
            },
            reason,
        })
    }
}

impl Power {
    /// A row a size: `test`, `size` (missing for the design of the fit), `n_obs`, `effect`, `power`, `lower`, `upper`, `successes`, `n`, `failed`,
    /// `singular`, `mean_estimate`, `type_s`, `type_m`, `reason`.
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
        frame.add_real("mean_estimate", real(&|row| row.mean_estimate))?;
        frame.add_real("type_s", real(&|row| row.type_s))?;
        frame.add_real("type_m", real(&|row| row.type_m))?;
        frame.add_strings("reason", &rows.iter().map(|row| row.reason.as_deref()).collect::<Vec<_>>())?;
        Ok(frame)
    }
}
