//! Linear models without cases: systems with the rows taken off, or made anew where digits would be lost or residuals are correlated.

use std::borrow::Cow;

use super::kinds::InfluenceMethod;
use super::measures::{Found, Without};
use crate::design::Design;
use crate::error::{Code, Error, Result, if_any, try_vec};
use crate::fit::Fit;
use crate::fit::linear::Assembled;
use crate::linalg::dense::symmetric_eigen;
use crate::lmm::correlation::products::CorrelatedRows;
use crate::lmm::deletion::Deletions;
use crate::lmm::deviance::{Analysis, Deviance};
use crate::lmm::estimate::estimate;
use crate::lmm::leverage::RowShares;
use crate::lmm::parameters::{theta_from_working, working_from_theta};
use crate::lmm::system::LinearSystem;
use crate::options::Options;
use crate::resample::{Cases, Refit, refit_at, refit_linear};
use crate::watch::Watch;

/// The step of differences of the gradient, and of the criterion, in working parameters.
const STEP: f64 = 1e-4;

/// Of fewer rows the criterion may have several minima inside the region, too; a search from all starts is cheap then.
pub(super) const FEW: usize = 60;

/// Relative to the largest, curvature below this is none.
const FLAT: f64 = 1e-10;

/// What stays of (V^-1)_ii in P_ii where the row determines a fixed effect all by itself.
const DETERMINED: f64 = 1e-6;

/// A linear model of all rows.
pub(super) struct Linear {
    assembled: Assembled,
    design: Design,
    options: Options,
    parameters: Vec<f64>,
    working: Vec<f64>,
}

impl Linear {
    pub fn new(fit: &Fit, watch: &Watch<'_>) -> Result<Self> {
        let design = fit.design()?;
        let assembled = Assembled::new(&design, watch)?;
        let parameters = fit.parameters_of_search();
        let working = working_from_theta(&assembled.system, &parameters)?;
        Ok(Linear { assembled, design, options: fit.options(), parameters, working })
    }

    pub fn rows(&self, watch: &Watch<'_>) -> Result<Cow<'_, CorrelatedRows>> {
        self.assembled.working_rows(&self.design, watch)
    }

    pub fn system(&self) -> &LinearSystem {
        &self.assembled.system
    }

    /// All rows at the estimates.
    pub fn shares<'r>(&self, rows: &'r CorrelatedRows, watch: &Watch<'_>) -> Result<RowShares<'r>> {
        let mut deviance = Deviance::new(self.system(), self.options.reml, watch)?;
        RowShares::new(&mut deviance, &self.working, rows, watch)
    }

    /// The inverse of the criterion's Hessian in the working parameters, by differences of its gradient; nothing along directions in which
    /// it does not curve upwards, as where a variance is zero.
    fn inverse_hessian(&self, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let n = self.working.len();
        let mut deviance = Deviance::new(self.system(), self.options.reml, watch)?;
        let mut hessian = vec![0.0; n * n];
        for k in 0..n {
            let mut at = |by: f64| -> Result<Vec<f64>> {
                let (mut x, mut gradient) = (self.working.clone(), vec![0.0; n]);
                x[k] += by;
                deviance.evaluate_gradient(&x, &mut gradient)?;
                Ok(gradient)
            };
            let (up, down) = (at(STEP)?, at(-STEP)?);
            for (i, (up, down)) in up.iter().zip(&down).enumerate() {
                // Half of what is symmetric.
                let half = 0.5 * (up - down) / (2.0 * STEP);
                hessian[k * n + i] += half;
                hessian[i * n + k] += half;
            }
        }
        let (values, vectors) =
            symmetric_eigen(n, &hessian).ok_or_else(|| Error::numeric("the Hessian of the criterion is not finite"))?;
        let least = FLAT * values.last().copied().unwrap_or(0.0);
        let mut inverse = vec![0.0; n * n];
        for (value, v) in values.iter().zip(vectors.chunks_exact(n.max(1))).filter(|(value, _)| **value > least) {
            for (e, sum) in inverse.iter_mut().enumerate() {
                *sum += v[e % n] * v[e / n] / value;
            }
        }
        Ok(inverse)
    }
}

/// What all threads know of deletions.
pub(super) struct Deleter<'a> {
    fit: &'a Fit,
    linear: &'a Linear,
    method: InfluenceMethod,
    /// None where residuals are correlated.
    deletions: Option<Deletions<'a>>,
    cases: Cases,
    /// Of one step.
    inverse_hessian: Vec<f64>,
}

/// What a thread keeps from case to case.
#[derive(Default)]
pub(super) struct Kept {
    full: Option<Analysis>,
    rest: Option<Analysis>,
}

impl<'a> Deleter<'a> {
    pub fn new(
        fit: &'a Fit,
        linear: &'a Linear,
        rows: &'a CorrelatedRows,
        method: InfluenceMethod,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        let deletions = match &linear.design.correlation {
            None => Some(Deletions::new(linear.system(), rows, linear.design.weights.as_deref())?),
            Some(_) => None,
        };
        let one_step = method == InfluenceMethod::OneStep;
        let inverse_hessian = if one_step { linear.inverse_hessian(watch)? } else { vec![] };
        Ok(Deleter { fit, linear, method, deletions, cases: Cases::of_design(fit.design()?), inverse_hessian })
    }

    /// The estimates without some rows.
    pub fn without(&self, kept: &mut Kept, gone: &[u32], watch: &Watch<'_>) -> Result<Found> {
        let reml = self.linear.options.reml;
        let taken_off = self.deletions.as_ref().map_or(Ok(None), |own| own.without(gone))?;
        let Some(system) = taken_off else {
            let system = self.anew(gone, watch)?;
            let names = &self.linear.design.x_names;
            if let Some(lost) = (0..names.len()).find(|j| !system.kept.contains(j)) {
                return Ok(Found::RankLost(names[lost].clone()));
            }
            let mut deviance = Deviance::new(&system, reml, watch)?;
            return self.estimates(kept, &mut deviance, false, watch).map(Found::Estimates);
        };
        // The pattern is that of all rows, whatever is zero without some.
        let analysis = kept.rest.take().map_or_else(|| Analysis::new(self.linear.system(), reml), Ok)?;
        let mut deviance = Deviance::with(&system, reml, analysis.moved(&system, reml), watch)?;
        let found = self.estimates(kept, &mut deviance, true, watch);
        kept.rest = Some(deviance.into_analysis());
        found.map(Found::Estimates)
    }

    /// The system of the other rows, from these.
    fn anew(&self, gone: &[u32], watch: &Watch<'_>) -> Result<LinearSystem> {
        let design = self.cases.without_rows(gone)?;
        if let Some(own) = &design.correlation
            && own.runs()?.iter().all(|run| run.len() < 2)
        {
            return Err(Error::data(format!("no level of {} has two rows left, whose residuals could be correlated", own.group)));
        }
        Ok(Assembled::new(&design, watch)?.system)
    }

    /// The estimates of a system; `same` if its working parameters are those of all rows.
    fn estimates(&self, kept: &mut Kept, deviance: &mut Deviance<'_>, same: bool, watch: &Watch<'_>) -> Result<Without> {
        let fit = self.fit;
        let mut estimates = match self.method {
            InfluenceMethod::Refit => self.refit(deviance)?,
            InfluenceMethod::OneStep => {
                let working = self.one_step(deviance, same)?;
                self.at(deviance, &working)?
            }
            InfluenceMethod::Fixed => {
                let working = working_from_theta(deviance.system, &self.linear.parameters)?;
                let own = self.at(deviance, &working)?;
                Refit { sigma: fit.sigma, theta: fit.theta.clone(), ..own }
            }
        };
        let root = deviance.vcov_factor(estimates.sigma);
        let displacement = self.displacement(kept, &estimates, watch)?;
        if self.method == InfluenceMethod::Fixed {
            estimates.log_likelihood = f64::NAN;
        }
        Ok(Without { estimates, root, displacement })
    }

    /// The search from the estimates of all rows. Beside a variance of zero, with a residual correlation and for few rows the criterion may have
    /// other minima: there a search like that of a fit, which begins elsewhere, comes second, and the lower end counts.
    fn refit(&self, deviance: &mut Deviance<'_>) -> Result<Refit> {
        let (options, near) = (&self.linear.options, &self.linear.parameters[..]);
        let refit = refit_linear(deviance, options, near, false)?;
        let one_minimum = deviance.system.correlation.is_none() && deviance.system.n >= FEW;
        if one_minimum && !self.fit.singular && !refit.singular {
            return Ok(refit);
        }
        match estimate(deviance, options).and_then(|end| refit_at(deviance, &end, false)) {
            Ok(other) if other.log_likelihood >= refit.log_likelihood || (other.converged && !refit.converged) => return Ok(other),
            Err(error) if error.code != Code::Numeric => return Err(error),
            _ => {}
        }
        let working = working_from_theta(deviance.system, &[&refit.theta[..], refit.correlation.as_slice()].concat())?;
        deviance.evaluate(&working)?;
        Ok(refit)
    }

    /// One Newton step from the estimates of all rows, with their Hessian, in working parameters of this system.
    fn one_step(&self, deviance: &mut Deviance<'_>, same: bool) -> Result<Vec<f64>> {
        let (full, n) = (&self.linear.working, self.linear.working.len());
        let here = |system: &LinearSystem, x: &[f64]| {
            let mut theta = vec![0.0; n];
            theta_from_working(self.linear.system(), x, &mut theta);
            working_from_theta(system, &theta)
        };
        let mut gradient = vec![0.0; n];
        if same {
            deviance.evaluate_gradient(full, &mut gradient)?;
        } else {
            // In other units: by differences in those of all rows.
            for (k, slope) in gradient.iter_mut().enumerate() {
                let mut at = |by: f64| {
                    let mut x = full.clone();
                    x[k] += by;
                    let x = here(deviance.system, &x)?;
                    deviance.evaluate(&x)
                };
                *slope = (at(STEP)? - at(-STEP)?) / (2.0 * STEP);
            }
        }
        let step = |i: usize| (0..n).map(|j| self.inverse_hessian[j * n + i] * gradient[j]).sum::<f64>();
        let x: Vec<f64> = full.iter().enumerate().map(|(i, x)| x - step(i)).collect();
        if same { Ok(x) } else { here(deviance.system, &x) }
    }

    /// The estimates at working parameters.
    fn at(&self, deviance: &mut Deviance<'_>, working: &[f64]) -> Result<Refit> {
        let value = deviance.evaluate(working)?;
        deviance.check_residual()?;
        let system = deviance.system;
        let mut theta = vec![0.0; working.len()];
        theta_from_working(system, working, &mut theta);
        let correlation = if system.correlation.is_some() { theta.pop() } else { None };
        Ok(Refit {
            theta,
            correlation,
            fixed: vec![deviance.fixed_effects()],
            std_error: vec![],
            family: vec![],
            sigma: deviance.sigma(),
            log_likelihood: -0.5 * value,
            converged: true,
            singular: self.fit.singular,
        })
    }

    /// Twice what the log-likelihood of all rows loses at other estimates.
    fn displacement(&self, kept: &mut Kept, estimates: &Refit, watch: &Watch<'_>) -> Result<f64> {
        let (system, reml) = (self.linear.system(), self.linear.options.reml);
        let parameters: Vec<f64> = estimates.theta.iter().copied().chain(estimates.correlation).collect();
        // A correlation that only the other rows allow has no likelihood here.
        let Ok(working) = working_from_theta(system, &parameters) else { return Ok(f64::NAN) };
        let mut deviance = match kept.full.take() {
            Some(analysis) => Deviance::with(system, reml, analysis, watch)?,
            None => Deviance::new(system, reml, watch)?,
        };
        let there = deviance.at_estimates(&working, estimates.sigma, &estimates.fixed[0]);
        kept.full = Some(deviance.into_analysis());
        Ok(if_any(there)?.map_or(f64::NAN, |there| there - self.fit.criterion))
    }
}

/// All rows one by one at the parameters of the fit, in closed form; none for those that determine a fixed effect by themselves.
pub(super) fn each_row(
    fit: &Fit,
    shares: &RowShares<'_>,
    mut put: impl FnMut(usize, Option<RowDeleted>) -> Result<()>,
) -> Result<()> {
    let (p, beta, root) = (fit.fixed.names.len(), &fit.fixed.estimate, &shares.root);
    let unit = 1.0 / shares.sigma2.sqrt();
    let mut score = try_vec("scores of the rows", 0.0, p)?;
    for i in 0..shares.n {
        let row = shares.row(i, &mut score);
        let (v, left) = (row.precision, row.projected);
        if left < DETERMINED * v {
            put(i, None)?;
            continue;
        }
        let along: Vec<f64> = (0..p).map(|j| (0..p).map(|a| root[a * p + j] * row.score[a]).sum()).collect();
        let square: f64 = row.score.iter().map(|s| s * s).sum();
        // beta - beta_i = C t r / P in units of sigma; Cov_i = C C' + (C t)(C t)' / P.
        let factor = unit * row.residual / left;
        let shift: Vec<f64> = along.iter().map(|a| factor * a).collect();
        let std_error = |j: usize| {
            let own: f64 = (0..p).map(|a| root[a * p + j].powi(2)).sum();
            (own + along[j] * along[j] / left).sqrt()
        };
        let cooks_distance = factor * factor * square / p as f64;
        put(
            i,
            Some(RowDeleted {
                cooks_distance,
                mdffits: cooks_distance * left / v,
                covtrace: square / left,
                covratio: v / left,
                dfbetas: (0..p).map(|j| shift[j] / std_error(j)).collect(),
                beta: beta.iter().zip(&shift).map(|(b, s)| b - s).collect(),
            }),
        )?;
    }
    Ok(())
}

/// What one row does at the parameters of the fit.
pub(super) struct RowDeleted {
    pub cooks_distance: f64,
    pub mdffits: f64,
    pub covtrace: f64,
    pub covratio: f64,
    pub dfbetas: Vec<f64>,
    pub beta: Vec<f64>,
}
