//! Degrees of freedom of tests of the fixed effects.
//!
//! What is expensive, Satterthwaite's or Kenward and Roger's quantities of a fit, is computed once; any number of tests is cheap then.

mod kenward_roger;
mod parameters;
mod satterthwaite;

pub use kenward_roger::KenwardRoger;
pub use satterthwaite::Satterthwaite;

use super::linear::{Coefficients, Combination, JointTest, SimpleDf};
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::fit::linear::assemble;
use crate::frame::Frame;
use crate::lmm::parameters::working_from_theta;
use crate::lmm::system::LinearSystem;
use crate::lmm::variance::Variances;

/// A kind of degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DfMethod {
    Simple(SimpleDf),
    Satterthwaite,
    KenwardRoger,
}

impl DfMethod {
    pub fn name(self) -> &'static str {
        match self {
            DfMethod::Simple(SimpleDf::Normal) => "normal",
            DfMethod::Simple(SimpleDf::Residual) => "residual",
            DfMethod::Satterthwaite => "Satterthwaite",
            DfMethod::KenwardRoger => "Kenward-Roger",
        }
    }

    /// Generalised models have no others than the simple ones, and Kenward and Roger's are for REML.
    pub fn check(self, fit: &Fit) -> Result<()> {
        match (self, &fit.generalised) {
            (DfMethod::KenwardRoger, None) if !fit.reml => Err(Error::argument(
                "df: Kenward-Roger degrees of freedom are for fits by REML, and this one is by maximum likelihood",
            )),
            (DfMethod::Simple(_), _) | (_, None) => Ok(()),
            (method, Some(_)) => Err(Error::argument(format!(
                "df: {} degrees of freedom are for linear mixed models; tests of other models are normal (or have residual degrees of freedom)",
                method.name()
            ))),
        }
    }
}

/// The degrees of freedom of a fit's tests.
#[derive(Clone, Copy)]
pub enum DegreesOfFreedom<'a> {
    Same(f64),
    Satterthwaite(&'a Satterthwaite),
    KenwardRoger(&'a KenwardRoger),
}

impl<'a> DegreesOfFreedom<'a> {
    /// Those of a fit where nobody has asked for others: Satterthwaite's of a linear model; infinite ones of others, and where a linear
    /// model's can't be had. `own` is what [`Satterthwaite::by_default`] has of the fit.
    pub fn by_default(own: Option<&'a Satterthwaite>) -> Self {
        own.map_or(DegreesOfFreedom::Same(f64::INFINITY), DegreesOfFreedom::Satterthwaite)
    }
}

impl DegreesOfFreedom<'_> {
    /// Infinite.
    pub fn is_normal(&self) -> bool {
        matches!(self, DegreesOfFreedom::Same(df) if *df == f64::INFINITY)
    }

    /// What they suppose of a fit that is out of the ordinary.
    pub fn caveat(&self, fit: &Fit) -> Option<&'static str> {
        match self {
            DegreesOfFreedom::Satterthwaite(own) if own.indefinite => Some("which suppose a minimum, and the fit is none"),
            DegreesOfFreedom::Satterthwaite(_) if fit.singular => Some("given the variances of zero"),
            DegreesOfFreedom::Satterthwaite(_) if fit.correlation.as_ref().is_some_and(|own| own.std_error.is_nan()) => {
                Some("given the residual correlation")
            }
            DegreesOfFreedom::KenwardRoger(own) if own.given_correlation => Some("given the residual correlation"),
            _ => None,
        }
    }

    /// What probabilities are by.
    pub fn description(&self) -> &'static str {
        match self {
            DegreesOfFreedom::Same(f64::INFINITY) => "normal approximation",
            DegreesOfFreedom::Same(_) => "residual degrees of freedom",
            DegreesOfFreedom::Satterthwaite(_) => "Satterthwaite's degrees of freedom",
            DegreesOfFreedom::KenwardRoger(_) => "Kenward and Roger's degrees of freedom and standard errors",
        }
    }

    /// Calls `work` with the coefficients of a fit as tests see them.
    pub fn with_coefficients<T>(&self, fit: &Fit, work: impl FnOnce(&Coefficients<'_>) -> T) -> T {
        let df = |l: &[f64]| match self {
            DegreesOfFreedom::Same(df) => *df,
            DegreesOfFreedom::Satterthwaite(own) => own.df(l),
            DegreesOfFreedom::KenwardRoger(own) => own.df(l),
        };
        let root = match self {
            DegreesOfFreedom::KenwardRoger(own) => &own.root,
            _ => &fit.fixed.root,
        };
        work(&Coefficients { estimate: &fit.fixed.estimate, root, df: &df })
    }

    /// The covariance of the fixed effects that tests are made of, `[p, p]`.
    pub fn vcov<'b>(&'b self, fit: &'b Fit) -> &'b [f64] {
        match self {
            DegreesOfFreedom::KenwardRoger(own) => &own.vcov,
            _ => &fit.fixed.vcov,
        }
    }

    /// The test that L beta = rhs, for `l` `[k, p]` (column-major) and `rhs` `[k]`.
    pub fn joint_test(&self, fit: &Fit, l: &[f64], k: usize, rhs: &[f64]) -> Result<JointTest> {
        match self {
            DegreesOfFreedom::Same(df) => self.with_coefficients(fit, |own| own.joint_test(l, k, rhs, *df)),
            DegreesOfFreedom::Satterthwaite(own) => {
                // Complains of what is wrong with L and rhs.
                self.with_coefficients(fit, |simple| simple.joint_test(l, k, rhs, f64::INFINITY))?;
                own.joint_test(&fit.fixed.estimate, l, k, rhs)
            }
            DegreesOfFreedom::KenwardRoger(own) => own.joint_test(&fit.fixed.estimate, l, k, rhs),
        }
    }

    /// Each coefficient on its own.
    pub fn coefficients(&self, fit: &Fit) -> Vec<Combination> {
        let p = fit.fixed.names.len();
        let unit = |j: usize| -> Vec<f64> { (0..p).map(|i| f64::from(u8::from(i == j))).collect() };
        self.with_coefficients(fit, |own| (0..p).map(|j| own.combination(&unit(j))).collect())
    }

    /// Lower and upper limits of the coefficients.
    pub fn intervals(&self, fit: &Fit, level: f64) -> Result<(Vec<f64>, Vec<f64>)> {
        if level > 0.0 && level < 1.0 {
            return Ok(self.coefficients(fit).iter().map(|c| c.interval(c.reach(level))).unzip());
        }
        Err(Error::argument(format!("level is {level}, must be between 0 and 1")))
    }

    /// A row a coefficient: `term`, `estimate`, `std_error`, `df`, `statistic`, `p_value`, `lower`, `upper`.
    pub fn coefficients_table(&self, fit: &Fit, level: f64) -> Result<Frame> {
        let (lower, upper) = self.intervals(fit, level)?;
        let all = self.coefficients(fit);
        let mut frame = Frame::new(all.len());
        frame.add_strings("term", &fit.fixed.names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
        frame.add_real("estimate", all.iter().map(|c| c.estimate).collect())?;
        frame.add_real("std_error", all.iter().map(|c| c.std_error).collect())?;
        frame.add_real("df", all.iter().map(|c| c.df).collect())?;
        frame.add_real("statistic", all.iter().map(|c| c.statistic(0.0)).collect())?;
        frame.add_real("p_value", all.iter().map(|c| c.p_value(0.0)).collect())?;
        frame.add_real("lower", lower)?;
        frame.add_real("upper", upper)?;
        Ok(frame)
    }
}

/// The linear system of a fit, with its working parameters.
fn system_of(fit: &Fit) -> Result<(LinearSystem, Vec<f64>)> {
    let system = assemble(&fit.design()?)?;
    if system.kept.len() != fit.fixed.names.len() {
        return Err(Error::numeric(
            "the fixed effects are so nearly dependent on each other that their degrees of freedom can't be had",
        ));
    }
    let theta: Vec<f64> = fit.theta.iter().copied().chain(fit.correlation.as_ref().map(|own| own.estimate)).collect();
    let working = working_from_theta(&system, &theta)?;
    Ok((system, working))
}

/// Calls `work` with the model of a fit.
fn with_variances<T>(fit: &Fit, work: impl FnOnce(&mut Variances<'_>) -> Result<T>) -> Result<T> {
    let (system, working) = system_of(fit)?;
    work(&mut Variances::new(&system, &working, fit.reml)?)
}

/// x'A x for a symmetric matrix.
fn quadratic(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    x.iter().enumerate().map(|(j, y)| y * super::linear::dot(x, &a[j * n..(j + 1) * n])).sum()
}

/// C'l.
fn whitened(map: &[f64], l: &[f64]) -> Vec<f64> {
    map.chunks_exact(l.len().max(1)).map(|column| super::linear::dot(column, l)).collect()
}

/// The eigenvalue, relative to the largest, below which a scaled information has no curvature.
const FLAT: f64 = 1e-10;

/// The pseudo-inverse of an information matrix, eigenvalues counted after its diagonal is scaled to one, so that units don't matter; and
/// whether it has negative eigenvalues. What has no positive diagonal is left out.
fn pseudo_inverse(n: usize, a: &[f64]) -> Result<(Vec<f64>, bool)> {
    let scale: Vec<f64> = (0..n).map(|i| if a[i * n + i] > 0.0 { a[i * n + i].sqrt().recip() } else { 0.0 }).collect();
    let scaled: Vec<f64> = (0..n * n).map(|e| a[e] * scale[e % n] * scale[e / n]).collect();
    let Some((values, vectors)) = crate::linalg::dense::symmetric_eigen(n, &scaled) else {
        return Err(Error::numeric("the information of the variance parameters is not finite"));
    };
    let mut out = vec![0.0; n * n];
    for (value, v) in values.iter().zip(vectors.chunks_exact(n.max(1))).filter(|(value, _)| **value > FLAT) {
        for j in 0..n {
            for i in 0..n {
                out[j * n + i] += scale[i] * v[i] * v[j] * scale[j] / value;
            }
        }
    }
    Ok((out, values.first().is_some_and(|least| *least < -1e-4)))
}
