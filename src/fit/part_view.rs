//! A predictor beside the mean in the place of the mean, for tests and marginal means of its fixed effects.

use super::common::Fit;
use super::kind::{Kind, Ordinal};
use super::parts::PredictorFit;
use super::predictors::Role;
use crate::design::{ModelProgram, Part};
use crate::error::{Error, Result, try_copy};

/// What memory is for.
const PART: &str = "fixed effects of a predictor";

impl Fit {
    /// What has the fixed effects of a further predictor in the place of the mean's: good for hypotheses about them, and for nothing else.
    pub(crate) fn of_role(&self, role: Role) -> Result<Fit> {
        let (own, part) = self.further_of(role)?;
        let program = match &self.program {
            ModelProgram::Formula(program) => program.of_part(part).map(|own| ModelProgram::Formula(Box::new(own))),
            ModelProgram::Arrays(_) => None,
        };
        let kind = match &self.kind {
            // The unit of the scale is in the thresholds, whatever nominal effects there are.
            Kind::Ordinal(generalised, ordinal) => {
                Kind::Ordinal(generalised.clone(), Box::new(Ordinal { nominal: None, ..(**ordinal).clone() }))
            }
            kind => kind.clone(),
        };
        Ok(Fit {
            kind,
            formula: self.formula.clone(),
            reml: self.reml,
            fixed: own.fixed.clone(),
            theta: vec![],
            theta_names: vec![],
            terms: vec![],
            sigma: self.sigma,
            log_likelihood: self.log_likelihood,
            criterion: self.criterion,
            penalty: self.penalty,
            priors: self.priors.clone(),
            aic: self.aic,
            bic: self.bic,
            npar: self.npar,
            df_residual: self.df_residual,
            n_obs: self.n_obs,
            y: vec![],
            fitted: vec![],
            residuals: vec![],
            residuals_pearson: vec![],
            weights: self.weights.as_deref().map(|weights| try_copy(PART, weights)).transpose()?,
            offset: own.offset.as_deref().map(|offset| try_copy(PART, offset)).transpose()?,
            x: try_copy(PART, &own.x)?,
            singular: self.singular,
            outcome: self.outcome.clone(),
            design_warnings: vec![],
            rows: self.rows.clone(),
            timing: self.timing,
            has_rows: self.has_rows,
            robust: None,
            reduced: None,
            program: program.unwrap_or_default(),
            kept: own.kept.clone(),
            estimable: own.estimable.clone(),
        })
    }

    /// A predictor beside the mean that the fit has.
    pub(crate) fn further_of(&self, role: Role) -> Result<(&PredictorFit, Part)> {
        let found = match role {
            Role::Mean => None,
            Role::ZeroInflation => self.zero_inflation().map(|own| (own, Part::ZeroInflation)),
            Role::Dispersion => self.dispersion().map(|own| (own, Part::Dispersion)),
        };
        found.ok_or_else(|| Error::argument(format!("the model has no formula for the {}", role.words())))
    }

    /// The mean over the rows of the variance of a predictor's random effects.
    pub fn random_variance(&self, role: Role) -> f64 {
        let of_term = |own: &super::parts::TermFit| {
            let (root, n) = (&own.root, own.design.index.len());
            let Some(z) = own.design.z.as_deref() else { return root[0] * root[0] };
            let r = root.len().isqrt();
            let along = |column: &[f64], i: usize| column.iter().enumerate().map(|(e, v)| z[e * n + i] * v).sum::<f64>();
            root.chunks_exact(r).map(|column| (0..n).map(|i| along(column, i).powi(2)).sum::<f64>() / n as f64).sum()
        };
        self.terms_of(role).iter().map(of_term).sum()
    }
}
