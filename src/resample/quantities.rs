//! What is collected of each replicate: all estimates, with names.

use super::estimates::Refit;
use crate::covariance::{Structure, elements};
use crate::error::Result;
use crate::fit::parameter_ids::{SIGMA, TermIds};
use crate::fit::{CorrelationFit, FamilyParameter, Fit, Role, TermFit};
use crate::names::unique;

impl Fit {
    /// The names of [`Fit::quantities`]: fixed effects of all predictors, parameters of the family, sigma and the residual correlation of a
    /// linear model, theta, and the standard deviations and correlations that follow from it (lme4's names).
    pub(crate) fn quantity_names(&self) -> Vec<String> {
        let mut names = self.fixed.names.clone();
        for (prefix, predictor) in self.named_predictors() {
            names.extend(predictor.fixed.names.iter().map(|name| format!("{prefix}{name}")));
        }
        match self.generalised() {
            None if !self.is_linear() => {}
            None => {
                names.push("sigma".into());
                names.extend(self.correlation().map(CorrelationFit::name));
            }
            Some(own) => {
                names.extend(own.parameters.iter().filter(|p| is_estimated(p)).map(|p| p.name.clone()));
            }
        }
        names.extend(self.theta_names.iter().map(|name| format!("theta.{name}")));
        for (prefix, term) in self.named_terms() {
            names.extend(elements(term.design.effects.len()).filter(|(i, j)| i == j || term.is_correlated()).map(|(i, j)| {
                let own = if i == j {
                    format!("sd_{}", term.design.effects[i])
                } else {
                    format!("cor_{}.{}", term.design.effects[i], term.design.effects[j])
                };
                format!("{prefix}{own}|{}", term.design.group)
            }));
        }
        unique(names)
    }

    /// The places among these of standard deviations: that of the residuals of a linear model, and those of random effects.
    pub(crate) fn deviation_places(&self) -> Vec<usize> {
        let terms = || self.named_terms().map(|(_, term)| term);
        let parts = |term: &TermFit| {
            let correlated = term.is_correlated();
            elements(term.design.effects.len()).filter(move |(i, j)| i == j || correlated).map(|(i, j)| i == j).collect::<Vec<_>>()
        };
        let components: Vec<bool> = terms().flat_map(parts).collect();
        let first = self.quantity_names().len() - components.len();
        let residual = self.is_linear().then(|| self.all_fixed().iter().map(Vec::len).sum());
        residual.into_iter().chain((first..).zip(components).filter(|(_, own)| *own).map(|(place, _)| place)).collect()
    }

    /// The ids of these.
    pub(crate) fn quantity_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Role::ORDER.iter().flat_map(|role| self.fixef_ids(*role)).collect();
        match self.generalised() {
            None if !self.is_linear() => {}
            None => ids.extend([SIGMA.to_owned()].into_iter().chain(self.rho_id())),
            Some(own) => {
                ids.extend(self.family_ids().into_iter().zip(&own.parameters).filter(|(_, p)| is_estimated(p)).map(|(id, _)| id));
            }
        }
        let terms = self.term_ids();
        ids.extend(terms.iter().flat_map(TermIds::theta));
        for ((_, term), own) in self.named_terms().zip(terms) {
            let wanted = elements(term.design.effects.len()).map(|(i, j)| i == j || term.is_correlated());
            ids.extend(own.components().into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(id, _)| id));
        }
        ids
    }

    /// The quantities of a refit.
    pub(crate) fn quantities(&self, refit: &Refit) -> Result<Vec<f64>> {
        let mut values = refit.fixed.concat();
        values.extend_from_slice(&refit.family);
        if self.is_linear() {
            values.push(refit.sigma);
            values.extend(refit.correlation);
        }
        values.extend_from_slice(&refit.theta);
        let unit = if self.is_linear() { refit.sigma } else { 1.0 };
        let mut first = 0;
        for (_, term) in self.named_terms() {
            let range = first..first + term.design.structure.n_theta();
            first = range.end;
            values.extend(term.components(&refit.theta[range], unit)?);
        }
        Ok(values)
    }

    /// The estimates of the fit itself.
    pub(crate) fn as_refit(&self) -> Refit {
        let family = self.generalised().into_iter().flat_map(|g| &g.parameters).filter(|p| is_estimated(p));
        Refit {
            theta: self.theta.clone(),
            correlation: self.correlation().map(|c| c.estimate),
            fixed: self.all_fixed(),
            std_error: vec![],
            family: family.map(|p| p.estimate).collect(),
            sigma: self.sigma,
            log_likelihood: self.log_likelihood,
            converged: self.outcome.converged,
            singular: self.singular,
        }
    }
}

/// Whether a parameter of the family has an estimate that is the same for all rows.
fn is_estimated(parameter: &FamilyParameter) -> bool {
    !parameter.fixed && !parameter.estimate.is_nan()
}

impl TermFit {
    /// Whether its effects can be correlated.
    pub(crate) fn is_correlated(&self) -> bool {
        self.design.effects.len() > 1 && self.design.structure.kind != crate::formula::StructureKind::Diagonal
    }

    /// Standard deviations and correlations at a theta whose unit is `unit`, column by column of the lower triangle.
    fn components(&self, theta: &[f64], unit: f64) -> Result<Vec<f64>> {
        let r = self.design.effects.len();
        let cov = covariance(self.design.structure, theta)?;
        let sd = |i: usize| cov[i * (r + 1)].sqrt();
        let wanted = elements(r).filter(|(i, j)| i == j || self.is_correlated());
        let correlation = |i: usize, j: usize| match sd(i) * sd(j) {
            0.0 => f64::NAN,
            product => (cov[j * r + i] / product).clamp(-1.0, 1.0),
        };
        Ok(wanted.map(|(i, j)| if i == j { unit * sd(i) } else { correlation(i, j) }).collect())
    }
}

/// T T' of a theta, `[r, r]`.
fn covariance(structure: Structure, theta: &[f64]) -> Result<Vec<f64>> {
    let mut working = vec![0.0; theta.len()];
    structure.working_from_theta(theta, &mut working)?;
    Ok(structure.relative_covariance(&working))
}
