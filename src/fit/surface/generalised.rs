//! Generalised and ordinal models: the Laplace approximation, or quadrature, as the fit has it.

use super::Surface;
use super::point::Point;
use crate::error::{Error, Result};
use crate::fit::common::Fit;
use crate::fit::design::working_parameters;
use crate::fit::generalised::approximation;
use crate::fit::kind::Generalised;
use crate::fit::response::AnyResponse;
use crate::glmm::approximation::Inside;
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::watch::Watch;

struct GeneralisedSurface<'m> {
    response: &'m AnyResponse,
    model: &'m Model,
    laplace: Laplace<'m>,
}

pub(super) fn with<T>(
    fit: &Fit,
    own: &Generalised,
    watch: &Watch<'_>,
    work: impl FnOnce(&mut dyn Surface) -> Result<T>,
) -> Result<T> {
    let design = fit.design()?;
    let response = AnyResponse::of_fit(own, fit.ordinal(), &design)?.guarded()?;
    let model = response.model(&design)?;
    let same = model.fixed.iter().zip(fit.all_fixed()).all(|(part, own)| part.kept.len() == own.len());
    if !same {
        return Err(Error::numeric("other columns of the model are collinear to within rounding than in the fit"));
    }
    let mut laplace = Laplace::new(&model, approximation(&fit.options()), watch)?;
    laplace.forget_modes(true);
    if laplace.how.inside != Inside::Nothing {
        laplace.start_fixed(&model.fixed[0].to_working(&fit.fixed.estimate));
    }
    work(&mut GeneralisedSurface { response: &response, model: &model, laplace })
}

impl Surface for GeneralisedSurface<'_> {
    fn working(&self, point: &Point) -> Result<Vec<f64>> {
        let Point { mut fixed, mut shared, mut theta } = point.clone();
        if let AnyResponse::Ordered(response) = self.response {
            let by = -self.model.log_unit(&fixed);
            self.model.in_latent_unit(by, &mut theta, [&mut fixed[0], &mut shared]);
            shared = response.shared(&shared, self.model.fixed[0].location(&fixed[0]))?;
        }
        working_parameters(self.model, &theta, &fixed, &shared, self.laplace.how.inside != Inside::Nothing)
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.laplace.evaluate_gradient(x, gradient).map(|(value, _)| value)
    }

    fn average(&mut self, _: &[f64]) -> Result<Vec<f64>> {
        Err(Error::unsupported("information_matrix: the average information is of linear models"))
    }
}
