//! The design behind a fit, and its estimates in working units.

use super::common::Fit;
use super::kind::Nominal;
use super::parts::{PredictorFit, TermFit};
use super::response::AnyResponse;
use crate::design::{Design, ModelProgram, PredictorDesign};
use crate::error::{Result, try_copy};
use crate::family::Ends;
use crate::glmm::approximation::Inside;
use crate::glmm::estimate::Near;
use crate::glmm::model::Model;
use crate::options::{Engine, FixedEffectsBy, Information, Nodes, Options, Unidentified};

/// What memory is for.
const X: &str = "fixed-effects model matrix";

impl Fit {
    /// The rows used, without the columns that the fit has left out.
    pub(crate) fn design(&self) -> Result<Design> {
        self.need_rows("model matrices")?;
        let used = |values: &Option<Vec<f64>>| values.as_deref().map(|values| self.used(values)).transpose();
        Ok(Design {
            n: self.n_obs,
            y: self.used(&self.y)?,
            ends: self.ends().map(Ends::try_clone).transpose()?,
            x: try_copy(X, &self.x)?,
            x_names: self.fixed.names.clone(),
            weights: used(&self.weights)?,
            offset: used(&self.offset)?,
            terms: self.terms.iter().map(|term| term.design.try_clone()).collect::<Result<_>>()?,
            correlation: self.correlation().map(|c| c.design.try_clone()).transpose()?,
            zero_inflation: self.zero_inflation().map(PredictorFit::design).transpose()?,
            dispersion: self.dispersion().map(PredictorFit::design).transpose()?,
            nominal: self.nominal().map(Nominal::design).transpose()?,
            categories: self.ordinal().map_or_else(Vec::new, |ordinal| ordinal.categories.clone()),
            priors: self.priors.clone(),
            survival: self.cox().map(|cox| cox.survival.try_clone()).transpose()?,
            ..Design::default()
        })
    }

    /// The terms of the fixed effects of the mean with the columns that are kept. Of a model from arrays each column is a term of its own,
    /// but for one that is constant: the intercept.
    pub(crate) fn fixed_terms(&self) -> Vec<(String, Vec<usize>)> {
        match &self.program {
            ModelProgram::Formula(program) => {
                let of_column = program.fixed_column_terms();
                let kept: Vec<usize> = self.kept.iter().map(|&j| of_column[j]).collect();
                let columns = |t: usize| (0..kept.len()).filter(|&j| kept[j] == t).collect();
                (1..).zip(program.fixed_term_labels()).map(|(t, label)| (label.to_owned(), columns(t))).collect()
            }
            ModelProgram::Arrays(_) => {
                let constant = |column: &[f64]| column.windows(2).all(|w| w[0] == w[1]);
                let columns = self.x.chunks_exact(self.n_obs.max(1)).enumerate().filter(|(_, column)| !constant(column));
                columns.map(|(j, _)| (self.fixed.names[j].clone(), vec![j])).collect()
            }
        }
    }

    /// The predictors beside the mean with the prefix of their names.
    pub(crate) fn named_predictors(&self) -> impl Iterator<Item = (&'static str, &PredictorFit)> {
        let zero = self.zero_inflation().map(|p| ("zi.", p));
        zero.into_iter().chain(self.dispersion().map(|p| ("disp.", p)))
    }

    /// The random terms of all predictors with the prefix of their names, in the order of theta.
    pub(crate) fn named_terms(&self) -> impl Iterator<Item = (&'static str, &TermFit)> {
        let own = self.terms.iter().map(|t| ("", t));
        own.chain(self.named_predictors().flat_map(|(prefix, p)| p.terms.iter().map(move |t| (prefix, t))))
    }

    /// The fixed effects of all predictors.
    pub(crate) fn all_fixed(&self) -> Vec<Vec<f64>> {
        let own = self.fixed.estimate.clone();
        std::iter::once(own).chain(self.named_predictors().map(|(_, p)| p.fixed.estimate.clone())).collect()
    }

    /// The estimates as parameters of a generalised model of the same columns; `None` where these have no place in it.
    pub(crate) fn near(&self, response: &AnyResponse, model: &Model, inside: Inside) -> Result<Option<Near>> {
        let (mut theta, mut fixed) = (self.theta.clone(), self.all_fixed());
        let same = model.fixed.iter().zip(&fixed).all(|(part, own)| part.kept.len() == own.len());
        let Some(own) = self.generalised().filter(|_| same) else { return Ok(None) };
        let shared = response.estimates(own, model, &mut theta, &mut fixed)?;
        let working = working_parameters(model, &theta, &fixed, &shared, inside != Inside::Nothing)?;
        Ok(Some(Near { working, gamma: model.fixed[0].to_working(&fixed[0]) }))
    }

    /// Options by which the model is fitted again.
    pub(crate) fn options(&self) -> Options {
        let own = self.generalised();
        Options {
            reml: self.reml,
            reml_generalised: self.reml,
            information: own.map_or(Information::Observed, |g| g.information),
            quadrature: own.map_or(1, |g| g.quadrature),
            nodes: own.map_or(Nodes::Adaptive, |g| g.nodes),
            fixed_effects: self.cox().map_or(FixedEffectsBy::Joint, |own| own.fixed_effects),
            null_model: true,
            // What there was to say of it has been said.
            unidentified: Unidentified::Ignore,
            engine: self.engine().map_or(Engine::Auto, |own| own.engine),
            engine_seed: self.iterative().map_or(0, |own| own.seed),
            ..Options::default()
        }
    }
}

impl Nominal {
    fn design(&self) -> Result<PredictorDesign> {
        Ok(PredictorDesign { x: try_copy(X, &self.x)?, x_names: self.names.clone(), ..PredictorDesign::default() })
    }
}

impl PredictorFit {
    fn design(&self) -> Result<PredictorDesign> {
        Ok(PredictorDesign {
            x: try_copy(X, &self.x)?,
            x_names: self.fixed.names.clone(),
            offset: self.offset.as_deref().map(|o| try_copy("offset", o)).transpose()?,
            terms: self.terms.iter().map(|term| term.design.try_clone()).collect::<Result<_>>()?,
        })
    }
}

/// All working parameters of a generalised model; `inside` leaves out the fixed effects of the mean.
pub(crate) fn working_parameters(
    model: &Model,
    theta: &[f64],
    fixed: &[Vec<f64>],
    shared: &[f64],
    inside: bool,
) -> Result<Vec<f64>> {
    let mut x = model.working_from_theta(theta)?;
    for (part, beta) in model.fixed.iter().zip(fixed).skip(usize::from(inside)) {
        x.extend(part.to_working(beta));
    }
    x.extend_from_slice(shared);
    Ok(x)
}
