//! Cox models without cases, by one Newton step from the estimates of all rows.

use super::measures::{Found, Without, upper_root};
use crate::coxme::laplace::Laplace;
use crate::coxme::model::Model;
use crate::coxme::one_step::{AllRows, Step, Stepped};
use crate::design::Design;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::fit::cox::CoxModel;
use crate::resample::{Cases, Refit, is_singular};
use crate::watch::Watch;

/// A model of all rows at its estimates.
pub(super) struct Steps {
    cases: Cases,
    design: Design,
    /// Columns of the random terms that are not all one.
    values: Vec<Option<Vec<f64>>>,
    cox: CoxModel,
    all: AllRows,
}

impl Steps {
    /// None of a model that is no Cox model.
    pub fn new(fit: &Fit, watch: &Watch<'_>) -> Result<Option<Self>> {
        let Some(own) = fit.cox() else { return Ok(None) };
        let (design, cox) = (fit.design()?, fit.cox_model(own)?);
        if cox.model.p() != fit.fixed.names.len() {
            return Err(Error::numeric("other columns of the model are collinear to within rounding than in the fit"));
        }
        let held = cox.held.as_ref().map(|(beta, _)| &beta[..]);
        let all = AllRows::new(&mut Laplace::new(&cox.model, watch)?, &cox.working, held)?;
        let values = cox.model.effects(&design)?;
        Ok(Some(Steps { cases: Cases::of_design(fit.design()?), values, design, all, cox }))
    }

    /// The estimates without some rows.
    pub fn without(&self, gone: &[u32], watch: &Watch<'_>) -> Result<Found> {
        let (rest, design) = (self.cases.rows_without(gone)?, self.cases.without_rows(gone)?);
        let survival = design.survival.as_ref().ok_or_else(|| Error::argument("a Cox model needs times and events"))?;
        watch.pulse()?;
        let terms: Vec<(&[u32], Option<&[f64]>)> =
            self.design.terms.iter().map(|term| &term.index[..]).zip(self.values.iter().map(Option::as_deref)).collect();
        let model = match self.cox.model.of_rows(&rest, (&design, survival), &terms)? {
            Ok(model) => model,
            Err(lost) => return Ok(Found::RankLost(design.x_names[lost].clone())),
        };
        let mut laplace = Laplace::new(&model, watch)?;
        let Stepped { working, value, beta, root } = match self.all.without(&mut laplace)? {
            Step::Done(stepped) => stepped,
            Step::Infinite(j) => {
                let name = &design.x_names[j];
                return Err(Error::numeric(format!(
                    "the fixed effect {name} has no finite estimate without it (monotone likelihood)"
                )));
            }
        };
        let displacement = self.all.displacement(&mut Laplace::new(&self.cox.model, watch)?, &working)?;
        let estimates = Refit {
            theta: model.theta_from_working(&working),
            correlation: None,
            fixed: vec![beta.iter().zip(&model.x_scales).map(|(beta, scale)| beta / scale).collect()],
            std_error: vec![],
            family: vec![],
            sigma: f64::NAN,
            log_likelihood: -0.5 * value,
            converged: true,
            singular: is_singular(&model.structures, &working),
        };
        let p = beta.len();
        let root = root.map_or_else(|| vec![f64::NAN; p * p], |root| upper_root(&of_user(&model, &root), p));
        Ok(Found::Estimates(Without { estimates, root, displacement }))
    }
}

/// That of the user's fixed effects, by columns.
fn of_user(model: &Model, root: &[f64]) -> Vec<f64> {
    let columns = root.chunks_exact(model.p().max(1));
    columns.flat_map(|column| column.iter().zip(&model.x_scales).map(|(v, scale)| v / scale)).collect()
}
