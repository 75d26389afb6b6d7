//! Generalised and ordinal models without cases, by one Newton step of all parameters from the estimates of all rows.

use super::measures::{Found, Without, upper_root};
use crate::design::Design;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::fit::diagnosis::{check_constant, check_not_exact};
use crate::fit::generalised::approximation;
use crate::fit::response::{AnyResponse, check_categories};
use crate::glmm::approximation::{Approximation, Inside};
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::glmm::one_step::{AllRows, Stepped};
use crate::random::canonical;
use crate::resample::{Cases, Refit, refit_there};
use crate::watch::Watch;

/// A model of all rows at its estimates.
pub(crate) struct Steps<'a> {
    fit: &'a Fit,
    cases: Cases,
    response: AnyResponse,
    model: Model,
    how: Approximation,
    all: AllRows,
}

impl<'a> Steps<'a> {
    /// None of a model that is not generalised.
    pub fn new(fit: &'a Fit, watch: &Watch<'_>) -> Result<Option<Self>> {
        let Some(own) = fit.generalised() else { return Ok(None) };
        if fit.ordinal().is_some_and(|ordinal| ordinal.on_edge(&own.psi, fit.n_obs)) {
            return Err(Error::unsupported(
                "influence method one_step: thresholds of the fit meet, at the edge of the region where they are in order; refit is for it",
            ));
        }
        let (design, options) = (fit.design()?, fit.options());
        let response = AnyResponse::of_fit(own, fit.ordinal(), &design)?.guarded()?;
        let (model, how) = (response.model(&design)?, approximation(&options));
        let Some(near) = fit.near(&response, &model, how.inside)? else {
            return Err(Error::numeric("other columns of the model are collinear to within rounding than in the fit"));
        };
        let mut x = near.working;
        let theta = canonical(&model.structures, &x[..model.n_theta()]);
        x[..theta.len()].copy_from_slice(&theta);
        let all = {
            let mut laplace = Laplace::new(&model, how, watch)?;
            AllRows::new(&mut laplace, x, &near.gamma, options.std_errors)?
        };
        Ok(Some(Steps { fit, cases: Cases::of_design(design), response, model, how, all }))
    }

    /// The estimates without some rows.
    pub(super) fn without(&self, gone: &[u32], watch: &Watch<'_>) -> Result<Found> {
        let (rest, design) = (self.cases.rows_without(gone)?, self.cases.without_rows(gone)?);
        if let Some(ordinal) = self.fit.ordinal() {
            check_categories(ordinal.categories.len(), &design.y)?;
        }
        let response = self.response.of_rows(&rest)?;
        watch.pulse()?;
        if let Some(lost) = lost(&response, &design)? {
            return Ok(Found::RankLost(lost));
        }
        let model = self.model.of_rows(response.boxed()?, &rest)?;
        if let AnyResponse::Family(response) = &response {
            check_constant(response, design.offset.as_deref())?;
            check_not_exact(response, &model)?;
        }
        let mut laplace = Laplace::new(&model, self.how, watch)?;
        let Stepped { x, value, root } = self.all.without(&mut laplace)?;
        let estimates = refit_there(&laplace, &response, &x, value);
        let p = estimates.fixed[0].len();
        // Where estimates are at the end of a search without a maximum, curvatures mean nothing.
        let separated = self.fit.generalised().is_some_and(|own| !own.separated.is_empty());
        let root = match root.filter(|_| !separated) {
            Some(root) => upper_root(&self.root(&laplace, &root, &estimates), p),
            None => vec![f64::NAN; p * p],
        };
        let displacement = self.all.displacement(&mut Laplace::new(&self.model, self.how, watch)?, &x)?;
        Ok(Found::Estimates(Without { estimates, root, displacement }))
    }

    /// What some rows add to the fixed effects of the mean, to first order: V s with their score s, which is that of independent rows.
    pub fn moved(&self, rows: &[u32], watch: &Watch<'_>) -> Result<Vec<f64>> {
        if self.how.inside != Inside::Nothing {
            return Err(Error::unsupported(
                "scores of rows: fixed effects that are no parameters of the criterion, as with nagq = 0, have none",
            ));
        }
        watch.pulse()?;
        let response = self.response.of_rows(rows)?;
        let model = self.model.of_rows(response.boxed()?, rows)?;
        let mut laplace = Laplace::new(&model, self.how, watch)?;
        let column = self.all.moved(&mut laplace)?;
        Ok(self.to_user(&laplace, &column, &self.fit.as_refit()))
    }

    /// A change of the working parameters as that of the user's fixed effects of the mean.
    fn to_user(&self, laplace: &Laplace<'_>, column: &[f64], estimates: &Refit) -> Vec<f64> {
        let (model, beta) = (laplace.model, &estimates.fixed[0]);
        // They are numbers of a unit that may move with the effects on the scale.
        let slopes = model.log_unit_slopes(self.all.x.len(), model.n_theta());
        let factor = model.log_unit(&estimates.fixed).exp();
        let mut own = column[laplace.ranges()[0].clone()].to_vec();
        model.fixed[0].to_user(&mut own);
        let of_unit: f64 = slopes.iter().zip(column).map(|(slope, c)| slope * c).sum();
        own.iter_mut().zip(beta).for_each(|(own, beta)| *own = factor * *own + of_unit * beta);
        own
    }

    /// A root of the covariance of the user's fixed effects of the mean, by columns.
    fn root(&self, laplace: &Laplace<'_>, root: &[f64], estimates: &Refit) -> Vec<f64> {
        let (n, p) = (self.all.x.len(), estimates.fixed[0].len());
        if self.how.inside == Inside::Nothing {
            return root.chunks_exact(n.max(1)).flat_map(|column| self.to_user(laplace, column, estimates)).collect();
        }
        let of_user = |column: &[f64]| {
            let mut own = column.to_vec();
            laplace.model.fixed[0].to_user(&mut own);
            own
        };
        root.chunks_exact(p.max(1)).flat_map(of_user).collect()
    }
}

/// A fixed effect, or a nominal one, that the other rows do not determine.
fn lost(response: &AnyResponse, design: &Design) -> Result<Option<String>> {
    let mut names = vec![&design.x_names];
    let further = [&design.zero_inflation, &design.dispersion].into_iter().flatten();
    names.extend(further.map(|predictor| &predictor.x_names));
    names.extend(design.nominal.as_ref().map(|nominal| &nominal.x_names));
    for (names, kept) in names.into_iter().zip(response.kept(design)?) {
        if let Some(lost) = (0..names.len()).find(|j| !kept.contains(j)) {
            return Ok(Some(names[lost].clone()));
        }
    }
    Ok(None)
}
