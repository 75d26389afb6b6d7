//! Degrees of freedom of tests of the fixed effects.
//!
//! The expensive part, Satterthwaite's or Kenward and Roger's quantities of a fit, is computed once; every test is then cheap.

mod kenward_roger;
mod method;
mod parameters;
mod satterthwaite;
mod system;

pub use kenward_roger::KenwardRoger;
pub(super) use kenward_roger::covariance_of_variances;
pub use method::DfMethod;
pub use satterthwaite::Satterthwaite;
pub(super) use system::{Observed, pseudo_inverse};

use super::linear::{Coefficients, Combination, JointTest, independent_rows};
use crate::error::{Error, Result};
use crate::fit::{Fit, Robust, Role};
use crate::frame::Frame;
use crate::tails::f_upper;

/// The degrees of freedom of a fit's tests.
#[derive(Clone, Copy)]
pub enum DegreesOfFreedom<'a> {
    Same(f64),
    Satterthwaite(&'a Satterthwaite),
    KenwardRoger(&'a KenwardRoger),
    Robust(&'a Robust),
}

impl<'a> DegreesOfFreedom<'a> {
    /// Those of a fit where nobody has asked for others: Satterthwaite's of a linear model; infinite ones of others, and where a linear
    /// model's can't be had. `own` is what [`Satterthwaite::by_default`] has of the fit.
    pub fn by_default(own: Option<&'a Satterthwaite>) -> Self {
        own.map_or(DegreesOfFreedom::Same(f64::INFINITY), DegreesOfFreedom::Satterthwaite)
    }

    /// Those of a linear fit with a robust covariance: of CR2 Satterthwaite's, of others the number of clusters less one.
    pub fn of_robust(fit: &'a Fit, method: DfMethod) -> Option<Self> {
        let asked = fit.is_linear() && matches!(method, DfMethod::Default | DfMethod::Satterthwaite);
        let own = fit.robust.as_ref().filter(|_| asked);
        own.map(DegreesOfFreedom::Robust)
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
            DegreesOfFreedom::Satterthwaite(_) if fit.correlation().is_some_and(|own| own.std_error.is_nan()) => {
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
            DegreesOfFreedom::Robust(own) if own.has_moments() => "Satterthwaite's degrees of freedom of robust standard errors",
            DegreesOfFreedom::Robust(_) => "clusters less one as degrees of freedom",
        }
    }

    /// Calls `work` with the coefficients of a fit as tests see them.
    pub fn with_coefficients<T>(&self, fit: &Fit, work: impl FnOnce(&Coefficients<'_>) -> T) -> T {
        let df = |l: &[f64]| match self {
            DegreesOfFreedom::Same(df) => *df,
            DegreesOfFreedom::Satterthwaite(own) => own.df(l),
            DegreesOfFreedom::KenwardRoger(own) => own.df(l),
            DegreesOfFreedom::Robust(own) => own.df(l),
        };
        let root = match self {
            DegreesOfFreedom::KenwardRoger(own) => &own.root,
            _ => &fit.fixed.root,
        };
        work(&Coefficients { estimate: &fit.fixed.estimate, root, df: &df, robust: fit.robust.as_ref() })
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
            DegreesOfFreedom::Robust(own) => {
                let wald = self.with_coefficients(fit, |simple| simple.joint_test(l, k, rhs, f64::INFINITY))?;
                by_hotelling(own, wald, l, k, rhs)
            }
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

    /// A row a coefficient: `term`, `id`, `estimate`, `std_error`, `df`, `statistic`, `p_value`, `lower`, `upper`.
    pub fn coefficients_table(&self, fit: &Fit, level: f64) -> Result<Frame> {
        let (lower, upper) = self.intervals(fit, level)?;
        let all = self.coefficients(fit);
        let mut frame = Frame::new(all.len());
        frame.add_strings("term", &fit.fixed.names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
        frame.add_strings("id", &fit.fixef_ids(Role::Mean).iter().map(|id| Some(id.as_str())).collect::<Vec<_>>())?;
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

/// The F test of a robust Wald statistic by Hotelling's distribution with eta degrees of freedom: (eta - q + 1) / (eta q) times it has q and
/// eta - q + 1 (Pustejovsky & Tipton 2018, section 4.2); NaN where eta is too small.
fn by_hotelling(own: &Robust, wald: JointTest, l: &[f64], k: usize, rhs: &[f64]) -> Result<JointTest> {
    let rows: Vec<Vec<f64>> = (0..k).map(|i| l.iter().skip(i).step_by(k).copied().collect()).collect();
    let basis: Vec<Vec<f64>> = independent_rows(&rows, rhs)?.into_iter().map(|(row, _)| row).collect();
    let (q, eta) = (wald.df1 as f64, own.eta(&basis));
    let df2 = if eta > q - 1.0 { eta - q + 1.0 } else { f64::NAN };
    let scaling = df2 / eta;
    let chi_square = scaling * wald.chi_square;
    Ok(JointTest { chi_square, df2, scaling, p_value: f_upper(chi_square / q, q, df2), ..wald })
}
