//! Cox models: the integrated likelihood with the fixed effects among its parameters, which a fit has at the joint mode.

use super::Surface;
use super::point::Point;
use crate::coxme::integrated::Integrated;
use crate::coxme::laplace::Laplace;
use crate::coxme::model::Model;
use crate::error::{Error, Result};
use crate::fit::common::Fit;
use crate::fit::kind::Cox;
use crate::optimize::Objective;
use crate::watch::Watch;

struct CoxSurface<'l, 'a> {
    model: &'a Model,
    integrated: Integrated<'l, 'a>,
}

pub(super) fn with<T>(fit: &Fit, own: &Cox, watch: &Watch<'_>, work: impl FnOnce(&mut dyn Surface) -> Result<T>) -> Result<T> {
    if !own.monotone.is_empty() {
        return Err(Error::unsupported(format!(
            "evaluate: the coefficient of {} has no finite estimate (monotone likelihood), so that the likelihood of the fit is its limit",
            own.monotone[0]
        )));
    }
    let model = Model::new(&fit.design()?, &own.survival, own.ties)?;
    if model.p() != fit.fixed.names.len() {
        return Err(Error::numeric("other columns of the model are collinear to within rounding than in the fit"));
    }
    let mut laplace = Laplace::new(&model, watch)?;
    work(&mut CoxSurface { model: &model, integrated: Integrated { laplace: &mut laplace } })
}

impl Surface for CoxSurface<'_, '_> {
    fn working(&self, point: &Point) -> Result<Vec<f64>> {
        let mut x = self.model.working_from_theta(&point.theta)?;
        x.extend(point.fixed[0].iter().zip(&self.model.x_scales).map(|(beta, scale)| beta * scale));
        Ok(x)
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.integrated.gradient(x, gradient)
    }

    fn average(&mut self, _: &[f64]) -> Result<Vec<f64>> {
        Err(Error::unsupported("information_matrix: the average information is of linear models"))
    }
}
