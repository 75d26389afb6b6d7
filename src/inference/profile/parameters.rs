//! The likelihood of a fit with the parameters that have profiles.

use super::held::Held;
use super::likelihood::Likelihood;
use super::table::Profile;
use super::terms::Parameter;
use crate::error::Result;
use crate::fit::Fit;
use crate::resample::unique;

/// The likelihood of a fit, with the parameters that have profiles.
pub(super) trait Parameters {
    /// All of them with their names, in lme4's order.
    fn parameters(&self) -> (Vec<Parameter>, Vec<String>);

    /// The least deviance.
    fn minimum(&self) -> f64;

    /// Does `work` with the likelihood in which a parameter can be held.
    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile>;
}

pub(super) type Work<'w> = dyn FnMut(&mut dyn Likelihood, Held) -> Result<Profile> + 'w;

/// A likelihood of which the elements of theta alone are looked at.
pub(super) struct Theta<'f, P> {
    pub fit: &'f Fit,
    pub base: P,
}

impl<P: Parameters> Parameters for Theta<'_, P> {
    fn parameters(&self) -> (Vec<Parameter>, Vec<String>) {
        let terms = self.fit.named_terms().enumerate();
        let elements =
            terms.flat_map(|(k, (_, t))| (0..t.design.structure.n_theta()).map(move |element| Parameter::Theta { k, element }));
        (elements.collect(), unique(self.fit.theta_names.iter().map(|name| format!("theta.{name}")).collect()))
    }

    fn minimum(&self) -> f64 {
        self.base.minimum()
    }

    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        self.base.with_held(parameter, work)
    }
}
