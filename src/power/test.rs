//! The test whose power is asked for, of one response.

use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::inference::bootstrap_lrt::NestedPair;
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, KenwardRoger, Satterthwaite};
use crate::inference::linear::{Combination, SimpleDf};
use crate::names::{known, quoted};
use crate::resample::{Refit, Refitter};
use crate::tails::chi_square_upper;
use crate::watch::Watch;

/// A test.
#[derive(Clone, Copy, Debug)]
pub enum PowerTest<'a> {
    /// Of a fixed effect by its name, or of all of a term's coefficients (Wald's test).
    Effect(&'a str),
    /// A likelihood ratio against a smaller model of the same data; both by maximum likelihood.
    Against(&'a Fit),
}

impl PowerTest<'_> {
    /// How it is said what is tested.
    pub(super) fn describe(&self) -> String {
        match self {
            PowerTest::Effect(name) => (*name).to_owned(),
            PowerTest::Against(reduced) => format!("likelihood ratio against {}", reduced.formula),
        }
    }
}

/// A test, as it is made.
pub(super) enum Test {
    /// Of a coefficient.
    Coefficient(usize),
    /// That `l` `[k, p]` times the coefficients is zero.
    Joint {
        l: Vec<f64>,
        k: usize,
        columns: Vec<usize>,
    },
    Ratio(Box<NestedPair>),
}

/// What a replicate says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub p_value: f64,
    /// Of a coefficient.
    pub estimate: f64,
    pub deviance: f64,
    pub singular: bool,
    /// What is tested has no finite estimate.
    pub infinite: bool,
}

/// How the model is fitted to a response.
pub(super) enum Engine {
    /// Estimates and standard errors alone.
    StdErrors(Box<Refitter>),
    Ratio(Box<[Refitter; 2]>),
    Whole,
}

impl Test {
    pub fn new(fit: &Fit, asked: PowerTest<'_>, df: DfMethod, watch: &Watch<'_>) -> Result<Self> {
        let name = match asked {
            PowerTest::Against(reduced) => return Ok(Test::Ratio(Box::new(NestedPair::new(reduced, fit, watch)?))),
            PowerTest::Effect(name) => name,
        };
        df.check(fit)?;
        let names = &fit.fixed.names;
        if let Some(j) = names.iter().position(|own| own == name).or_else(|| names.iter().position(|own| is_same(own, name))) {
            return Ok(Test::Coefficient(j));
        }
        let terms = fit.fixed_terms();
        let found = terms.iter().find(|(label, _)| label == name).or_else(|| terms.iter().find(|(label, _)| is_same(label, name)));
        let Some((_, columns)) = found else {
            let names = || fit.fixed.names.iter().chain(terms.iter().map(|(label, _)| label)).map(String::as_str);
            return Err(Error::argument(format!(
                "test is {}, which is no fixed effect or term of the model; {}",
                quoted(name),
                known("the list", name, names().collect::<Vec<_>>().into_iter())
            )));
        };
        let (k, p) = (columns.len(), fit.fixed.names.len());
        if k == 0 {
            return Err(Error::argument(format!("test is {}, of which the fit has left out all columns", quoted(name))));
        }
        let mut l = vec![0.0; k * p];
        columns.iter().enumerate().for_each(|(i, j)| l[j * k + i] = 1.0);
        Ok(if let [one] = columns[..] { Test::Coefficient(one) } else { Test::Joint { l, k, columns: columns.clone() } })
    }

    /// On the rows of `moved`; fails where a fixed effect has no estimate on them.
    pub fn engine(&self, [moved, reduced]: [&Fit; 2], df: DfMethod, watch: &Watch<'_>) -> Result<Engine> {
        if let Test::Ratio(pair) = self {
            let [smaller, larger] = pair.models();
            let tools = [(smaller, reduced), (larger, moved)];
            let [one, other] = tools.map(|(model, rows)| Refitter::of_design(model, rows.design()?, watch));
            return Ok(Engine::Ratio(Box::new([one?, other?])));
        }
        if moved.cox().is_some() {
            return Ok(Engine::Whole);
        }
        // Knows the rank of the columns.
        let refitter = Refitter::of_design(moved, moved.design()?, watch)?;
        let simple = matches!(self, Test::Coefficient(_)) && matches!(df, DfMethod::Normal | DfMethod::Residual);
        if moved.is_linear() && simple {
            return Ok(Engine::StdErrors(Box::new(refitter.with_std_errors()?)));
        }
        Ok(Engine::Whole)
    }

    /// Of a response, one value per row of `moved`.
    pub fn verdict(&self, engine: &mut Engine, moved: &Fit, df: DfMethod, y: &[f64], watch: &Watch<'_>) -> Result<Verdict> {
        match (engine, self) {
            (Engine::Ratio(tools), Test::Ratio(pair)) => {
                let ([reduced, full], singular) = pair.refit(tools, y, watch)?;
                let p_value = chi_square_upper((2.0 * (full - reduced)).max(0.0), pair.df() as f64);
                Ok(Verdict { p_value, estimate: f64::NAN, deviance: -2.0 * full, singular, infinite: false })
            }
            (Engine::StdErrors(refitter), Test::Coefficient(j)) => {
                let simple = if df == DfMethod::Residual { SimpleDf::Residual } else { SimpleDf::Normal };
                of_refit(&refitter.refit(y, watch)?, *j, simple.of(moved))
            }
            _ => self.of_fit(&moved.refit(y, &moved.options(), watch)?, moved, df, watch),
        }
    }

    fn of_fit(&self, fit: &Fit, moved: &Fit, df: DfMethod, watch: &Watch<'_>) -> Result<Verdict> {
        check_converged(fit.outcome.converged)?;
        if fit.fixed.names != moved.fixed.names {
            let lost = moved.fixed.names.iter().find(|name| !fit.fixed.names.contains(name));
            return Err(Error::numeric(format!("{} has no estimate", quoted(lost.map_or("", String::as_str)))));
        }
        let (p_value, estimate) = with_freedom(fit, df, watch, |freedom| match self {
            Test::Joint { l, k, .. } => Ok((freedom.joint_test(fit, l, *k, &vec![0.0; *k])?.p_value, f64::NAN)),
            Test::Coefficient(j) => {
                let unit: Vec<f64> = (0..fit.fixed.names.len()).map(|i| f64::from(u8::from(i == *j))).collect();
                let own = freedom.with_coefficients(fit, |own| own.combination(&unit));
                Ok((own.p_value(0.0), own.estimate))
            }
            Test::Ratio(_) => Err(Error::argument("a likelihood ratio needs two fits")),
        })?;
        let tested = match self {
            Test::Coefficient(j) => std::slice::from_ref(j),
            Test::Joint { columns, .. } => columns,
            Test::Ratio(_) => &[],
        };
        Ok(Verdict {
            p_value: checked(p_value)?,
            estimate,
            deviance: -2.0 * fit.log_likelihood,
            singular: fit.singular,
            infinite: tested.iter().any(|j| has_no_finite_estimate(fit, *j)),
        })
    }
}

fn of_refit(refit: &Refit, j: usize, df: f64) -> Result<Verdict> {
    check_converged(refit.converged)?;
    let own = Combination { estimate: refit.fixed[0][j], std_error: refit.std_error[j], df };
    let p_value = checked(own.p_value(0.0))?;
    Ok(Verdict {
        p_value,
        estimate: own.estimate,
        deviance: -2.0 * refit.log_likelihood,
        singular: refit.singular,
        infinite: false,
    })
}

/// Whether two names are of the same interaction, in whatever order: "x:arm" and "arm:x".
fn is_same(one: &str, other: &str) -> bool {
    let sorted = |name: &str| {
        let mut parts: Vec<String> = name.split(':').map(|part| part.trim().to_owned()).collect();
        parts.sort_unstable();
        parts
    };
    one.contains(':') && sorted(one) == sorted(other)
}

/// Of a fixed effect: separation, or a monotone likelihood.
fn has_no_finite_estimate(fit: &Fit, j: usize) -> bool {
    let infinite = fit.generalised().map(|own| &own.separated).or_else(|| fit.cox().map(|own| &own.monotone));
    infinite.is_some_and(|names| names.contains(&fit.fixed.names[j]))
}

fn check_converged(converged: bool) -> Result<()> {
    if converged { Ok(()) } else { Err(Error::numeric("the search did not converge")) }
}

fn checked(p_value: f64) -> Result<f64> {
    if p_value.is_nan() { Err(Error::numeric("the estimate has no standard error")) } else { Ok(p_value) }
}

/// The degrees of freedom of a kind.
fn with_freedom<T>(fit: &Fit, df: DfMethod, watch: &Watch<'_>, work: impl FnOnce(DegreesOfFreedom<'_>) -> Result<T>) -> Result<T> {
    match df {
        DfMethod::Normal => work(DegreesOfFreedom::Same(SimpleDf::Normal.of(fit))),
        DfMethod::Residual => work(DegreesOfFreedom::Same(SimpleDf::Residual.of(fit))),
        DfMethod::Default => work(DegreesOfFreedom::by_default(Satterthwaite::by_default(fit, watch)?.as_ref())),
        DfMethod::Satterthwaite => work(DegreesOfFreedom::Satterthwaite(&Satterthwaite::of(fit, watch)?)),
        DfMethod::KenwardRoger => work(DegreesOfFreedom::KenwardRoger(&KenwardRoger::of(fit, watch)?)),
    }
}
