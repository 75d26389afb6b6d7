//! The covariance matrix of all parameters of a fit.
//!
//! Of generalised and ordinal models it is twice the inverse of the Hessian of the deviance in all parameters, and so it is of linear models
//! by maximum likelihood: the fixed effects b are at their best for each value of the others, phi = (theta, residual correlation, sigma),
//! so that with V the covariance of phi, from the Hessian of the deviance that is left,
//!
//! ```text
//! Cov(b) = sigma^2 (X'V^-1 X)^-1 + (db/dphi) V (db/dphi)',   Cov(b, phi) = (db/dphi) V
//! ```
//!
//! So it is of Cox models, too, whose fixed effects are at the joint mode for each value of theta: Cov(b) given theta is that of the joint
//! information, V is from the Hessian of the integrated likelihood in theta, and phi is theta.
//!
//! The restricted likelihood is one of phi only, and b is uncorrelated with its estimates (Kackar and Harville 1984): the matrix has two blocks,
//! of which the first is that of the fixed effects.

mod cox;
mod linear;
mod reported;
mod table;
mod whitened;

use crate::error::{Result, try_copy};
use crate::fit::{Fit, Kind, ParameterForm};
use crate::watch::Watch;

pub(crate) use linear::working as working_of_linear;
pub use table::{ParameterLimits, parameters_table};

/// What memory is for.
const VCOV: &str = "covariance of all parameters";

impl Fit {
    /// The covariance of all parameters `[n, n]`, in the order of [`Fit::parameter_ids`]. NaN for those that are at a boundary, which the others
    /// take as known, and for those that the data do not determine.
    pub fn parameters_vcov(&self, form: ParameterForm, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let working = match &self.kind {
            Kind::Generalised(own) | Kind::Ordinal(own, _) => try_copy(VCOV, &own.vcov)?,
            Kind::Linear(..) => linear::covariance(self, watch)?,
            Kind::Cox(own) => cox::covariance(self, own, watch)?,
        };
        Ok(self.vcov_in(form, working))
    }

    /// That in a form, from that of working parameters.
    fn vcov_in(&self, form: ParameterForm, working: Vec<f64>) -> Vec<f64> {
        let reported = || reported::covariance(self, &working, &[]);
        match form {
            ParameterForm::Reported => reported(),
            ParameterForm::Variance => reported::of_variances(self, &reported()),
            ParameterForm::Log => reported::unbounded(self, &reported()),
            ParameterForm::Working => working,
        }
    }

    /// The same as they are reported, but of effects whose columns are orthogonal and have a mean square of one: neither the origin nor the unit
    /// of a covariate is in it. Terms whose structure depends on these are as they are.
    pub(crate) fn whitened_vcov(&self, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let bases = whitened::bases(self)?;
        Ok(reported::covariance(self, &self.parameters_vcov(ParameterForm::Working, watch)?, &bases))
    }
}
