//! The log-likelihood of a fit's model at any values of its parameters, with its gradient and information in them.
//!
//! A likelihood is a function of working parameters x, with an exact gradient there. The parameters p of a form are mapped to them, and
//!
//! ```text
//! dl/dp = (dx/dp)' dl/dx,   observed information = -d2l/dp2,   average information = (dx/dp)' AI (dx/dp)
//! ```
//!
//! The slopes of the map are differences of fourth order, those of the gradient, too.

pub mod assign;
mod begin;
mod cox;
mod generalised;
mod linear;
mod point;
mod slopes;

use std::ffi::CStr;

use super::common::Fit;
use super::generalised::approximation;
use super::kind::Kind;
use super::parameters::ParameterForm;
use crate::choice::Choice;
use crate::error::{Error, Result};
use crate::glmm::approximation::Inside;
use crate::watch::{Phase, Watch};
use point::Point;

/// Which matrix is the information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum InformationMatrix {
    /// Minus the second derivatives of the log-likelihood.
    #[default]
    Observed,
    /// Of a linear model: the average of the observed and the expected information of variances and covariances (Gilmour, Thompson and
    /// Cullis 1995), and the expected one of fixed effects.
    Average,
}

impl Choice for InformationMatrix {
    const LIST: &'static str = "information_matrix";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(InformationMatrix::Observed, c"observed"), (InformationMatrix::Average, c"average")];
}

/// What a likelihood is at a point.
#[derive(Clone, Debug)]
pub struct Evaluation {
    pub log_likelihood: f64,
    /// In the order of [`Fit::parameter_ids`]. NaN of parameters that the likelihood is no function of, and of those at the end of their range
    /// where it has no slope.
    pub gradient: Vec<f64>,
}

/// A criterion, -2 log L, as a function of working parameters.
pub(crate) trait Surface {
    /// The working parameters of a point. An error of the argument where there are none.
    fn working(&self, point: &Point) -> Result<Vec<f64>>;

    /// The criterion, and its gradient in the working parameters.
    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64>;

    /// Twice the average information in the working parameters; NaN of those that have none.
    fn average(&mut self, x: &[f64]) -> Result<Vec<f64>>;
}

/// A fit's likelihood as a function of the parameters of a form.
struct Likelihood<'s, 'f> {
    fit: &'f Fit,
    form: ParameterForm,
    surface: &'s mut dyn Surface,
    watch: &'s Watch<'s>,
}

impl Fit {
    /// The log-likelihood, and its gradient, at parameters of a form in the order of [`Fit::parameter_ids`]. By restricted likelihood where the
    /// fit is, which is no function of the fixed effects.
    pub fn evaluate(&self, form: ParameterForm, at: &[f64], watch: &Watch<'_>) -> Result<Evaluation> {
        self.with_surface(watch, |surface| {
            let mut own = Likelihood { fit: self, form, surface, watch };
            let (value, gradient) = own.gradient(at)?;
            Ok(Evaluation { log_likelihood: -0.5 * value, gradient: gradient.iter().map(|g| -0.5 * g).collect() })
        })
    }

    /// The log-likelihood at each of some points, one after the other.
    pub fn log_likelihoods(&self, form: ParameterForm, points: &[&[f64]], watch: &Watch<'_>) -> Result<Vec<f64>> {
        self.with_surface(watch, |surface| {
            let mut own = Likelihood { fit: self, form, surface, watch };
            let one = |(i, at): (usize, &&[f64])| {
                watch.at(Phase::Objective, i, Some(points.len()))?;
                Ok(-0.5 * own.value(at)?)
            };
            points.iter().enumerate().map(one).collect()
        })
    }

    /// The information there `[n, n]`; NaN in the rows and columns of parameters that have no slope there.
    pub fn information_at(
        &self,
        form: ParameterForm,
        at: &[f64],
        matrix: InformationMatrix,
        watch: &Watch<'_>,
    ) -> Result<Vec<f64>> {
        self.with_surface(watch, |surface| {
            let mut own = Likelihood { fit: self, form, surface, watch };
            let twice = match matrix {
                InformationMatrix::Observed => own.hessian(at)?,
                InformationMatrix::Average => own.average(at)?,
            };
            Ok(twice.into_iter().map(|v| 0.5 * v).collect())
        })
    }

    /// Which parameters the fit's likelihood is a function of, in the order of [`Fit::parameter_ids`]: not of the fixed effects of the mean
    /// where these are at their best, or integrated over.
    pub fn is_function_of(&self) -> Vec<bool> {
        let mean = match &self.kind {
            Kind::Linear(..) => !self.reml,
            Kind::Generalised(_) | Kind::Ordinal(..) => approximation(&self.options()).inside == Inside::Nothing,
            Kind::Cox(_) => true,
        };
        let counts = self.all_fixed().into_iter().enumerate();
        let mut all: Vec<bool> = counts.flat_map(|(a, own)| vec![a > 0 || mean; own.len()]).collect();
        all.resize(self.parameter_ids(ParameterForm::Reported).len(), true);
        all
    }

    fn with_surface<T>(&self, watch: &Watch<'_>, work: impl FnOnce(&mut dyn Surface) -> Result<T>) -> Result<T> {
        watch.at(Phase::Start, 0, None)?;
        self.with_factor("evaluate")?;
        self.without_priors("evaluate")?;
        if self.robust.is_some() {
            return Err(Error::unsupported(
                "evaluate: a fit with robust standard errors has no likelihood of its own; ask the fit behind it",
            ));
        }
        match &self.kind {
            Kind::Linear(..) => linear::with(self, watch, work),
            Kind::Generalised(own) | Kind::Ordinal(own, _) => generalised::with(self, own, watch, work),
            Kind::Cox(own) => cox::with(self, own, watch, work),
        }
    }
}
