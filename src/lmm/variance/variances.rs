//! A linear model at its estimates.

use super::components::Components;
use super::precision::MarginalPrecision;
use crate::error::{Result, try_vec};
use crate::lmm::correlation::matrix::ResidualCorrelation;
use crate::lmm::deviance::Deviance;
use crate::lmm::system::LinearSystem;
use crate::random::{Roots, canonical};
use crate::watch::Watch;
use std::borrow::Cow;

/// A linear model at its estimates.
pub struct Variances<'a> {
    pub system: &'a LinearSystem,
    pub reml: bool,
    /// Working parameters.
    pub working: Vec<f64>,
    /// T of each term.
    pub t: Roots,
    /// Q R^-T `[q, p]` with S = R R', in the basis of the fixed effects.
    pub fixed: Vec<f64>,
    /// The covariance of the user's fixed effects is C C': `[p, p]`.
    pub map: Vec<f64>,
    /// Effects that the criterion does not depend on.
    pub confounded: Vec<Vec<bool>>,
    /// Modes of the spherical random effects, and Z'V^-1 residual, `[q]` each.
    pub(super) u: Vec<f64>,
    pub(super) z: Vec<f64>,
    /// The residual variance in working units.
    pub(super) sigma2: f64,
    /// Rows, less the fixed effects for REML.
    pub(super) rows: f64,
    /// Half the derivative of the criterion in each T, where that has no precision.
    pub(super) forces: Vec<Vec<f64>>,
    pub(in crate::lmm) precision: MarginalPrecision<'a>,
    /// R, where residuals are correlated.
    pub(in crate::lmm) correlation: Option<ResidualCorrelation<'a>>,
    /// The factor of [Q e]'V^-1[Q e] `[m, m]`, and Lambda U R^-T `[q, p]`; only where residuals are correlated.
    pub(in crate::lmm) gram: Vec<f64>,
    pub(in crate::lmm) modes: Vec<f64>,
    pub(in crate::lmm) watch: Watch<'a>,
}

impl<'a> Variances<'a> {
    /// Evaluates the model of a system at working parameters.
    pub fn new(system: &'a LinearSystem, working: &[f64], reml: bool, watch: &Watch<'a>) -> Result<Self> {
        let working = canonical(&system.structures, working);
        let mut deviance = Deviance::new(system, reml, watch)?;
        deviance.evaluate(&working)?;
        let mut forces = deviance.forces()?;
        for (k, force) in forces.iter_mut().enumerate() {
            // What a precision gives has the right products with first derivatives only.
            if deviance.random.precision(&deviance.t, k).is_some() {
                force.clear();
            }
        }
        let (q, m) = (system.gram.layout.q(), system.m());
        let column = |v: &[f64], from: usize, columns: usize| -> Result<Vec<f64>> {
            let mut own = try_vec("solutions for the random effects", 0.0, columns * q)?;
            own.copy_from_slice(&v[from * q..(from + columns) * q]);
            Ok(own)
        };
        let correlation = match &system.correlation {
            Some(products) => Some(ResidualCorrelation::new(products, working[system.n_theta()])?),
            None => None,
        };
        let mut modes = vec![];
        if correlation.is_some() {
            modes = column(&deviance.u, 0, m - 1)?;
            system.gram.apply_factors(&deviance.t, false, &mut modes);
        }
        let gram = if correlation.is_some() { Cow::Owned(deviance.gram().try_clone()?) } else { Cow::Borrowed(&system.gram) };
        Ok(Variances {
            reml,
            gram: if correlation.is_some() { deviance.state.gram.clone() } else { vec![] },
            modes,
            correlation,
            t: deviance.t.clone(),
            fixed: column(&deviance.w, 0, m - 1)?,
            map: deviance.vcov_factor(deviance.sigma()),
            confounded: system.confounded(reml),
            u: column(&deviance.u, m - 1, 1)?,
            z: column(&deviance.w, m - 1, 1)?,
            sigma2: deviance.state.sigma2,
            rows: deviance.weight(),
            precision: MarginalPrecision::new(gram, &system.structures, &deviance.t)?,
            forces,
            working,
            system,
            watch: *watch,
        })
    }

    /// The number of fixed effects.
    pub fn p(&self) -> usize {
        self.system.m() - 1
    }
}

/// The most levels that rows connect, of all terms: those of one group where factors are nested, all where they are crossed.
pub fn largest_part(system: &LinearSystem) -> Result<usize> {
    Ok(Components::of(&system.gram)?.largest())
}
