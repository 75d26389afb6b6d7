//! The likelihood of a fit at the estimates of another one of the same model.

use super::common::Fit;
use super::cox;
use super::generalised::{self, approximation};
use super::points::Points;
use super::response::AnyResponse;
use crate::error::{Result, if_any};
use crate::glmm::approximation::Inside;
use crate::options::FixedEffectsBy;
use crate::watch::Watch;

impl Fit {
    /// Twice what the log-likelihood of this fit's rows loses at the estimates of another; NaN where it has none there. Fixed effects that
    /// are inside the criterion are at their best for the other parameters: those of a Cox model, of a restricted likelihood, and with no
    /// quadrature points.
    pub(crate) fn displacement(&self, other: &Fit, watch: &Watch<'_>) -> Result<f64> {
        let (options, design) = (self.options(), self.design()?);
        let mut point = other.theta.clone();
        let values = match (self.generalised().zip(other.generalised()), self.cox()) {
            (Some((own, there)), _) => {
                let inside = approximation(&options).inside != Inside::Nothing;
                other.all_fixed().iter().skip(usize::from(inside)).for_each(|fixed| point.extend_from_slice(fixed));
                let estimated = |i: usize| self.ordinal().is_some() || !own.parameters[i].fixed && !own.psi[i].is_nan();
                point.extend(there.psi.iter().enumerate().filter(|(i, _)| estimated(*i)).map(|(_, psi)| *psi));
                let response = AnyResponse::of_fit(own, self.ordinal(), &design)?;
                generalised::objective(response, &design, &options, Points { numbers: &point, each: None }, watch)
            }
            (None, Some(own)) if own.fixed_effects == FixedEffectsBy::Joint => {
                cox::objective(own.ties, &design, &options, Points { numbers: &point, each: None }, watch)
            }
            (None, _) => return Ok(f64::NAN),
        };
        Ok(if_any(values)?.and_then(|values| values.first().copied()).map_or(f64::NAN, |there| there - self.criterion))
    }
}
