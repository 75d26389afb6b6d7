//! Profile-likelihood intervals: at each value of a parameter the likelihood is maximised over all others.
//!
//! As in lme4, profiles always use the likelihood, even if the fit is by restricted maximum likelihood. Those of linear
//! models use the deviance on cross-products, those of other models its approximation by Laplace or by quadrature.

mod generalised;
mod held;
mod hold;
mod likelihood;
mod limits;
mod linear;
mod path;
mod terms;

pub use limits::Profile;
pub use path::Curve;

use std::ffi::CStr;

use crate::choice::Choice;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::resample::unique;
use crate::watch::Watch;
use limits::{Parameters, Work, all};
use terms::Parameter;

/// The parameters that are profiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ProfileScale {
    /// All, with random effects as standard deviations and correlations.
    #[default]
    SdCor,
    /// The elements of theta.
    Theta,
}

impl Choice for ProfileScale {
    const LIST: &'static str = "profile_scale";
    const ALL: &'static [(Self, &'static CStr)] = &[(ProfileScale::SdCor, c"sd_cor"), (ProfileScale::Theta, c"theta")];
}

impl Fit {
    /// Profiles and intervals of all parameters: standard deviations and correlations of random effects, the family's parameters (of a
    /// linear model sigma and the residual correlation), fixed effects of the mean, the zero part (`zi.`) and the dispersion (`disp.`).
    /// The watcher hears of each point of a profile, with the least deviance there and theta.
    pub fn profile(&self, level: f64, watch: &Watch<'_>) -> Result<Vec<Profile>> {
        let z = reach(level)?;
        match self.generalised() {
            None => all(&linear::Base::new(self, watch)?, z, watch),
            Some(own) => all(&generalised::Base::new(self, own, watch)?, z, watch),
        }
    }

    /// Those of the elements of theta, of a linear model relative to sigma, which is at its best for each.
    pub fn profile_theta(&self, level: f64, watch: &Watch<'_>) -> Result<Vec<Profile>> {
        let z = reach(level)?;
        match self.generalised() {
            None => all(&Theta { fit: self, base: linear::Relative::new(self, watch)? }, z, watch),
            Some(own) => all(&Theta { fit: self, base: generalised::Base::new(self, own, watch)? }, z, watch),
        }
    }
}

/// How far an interval reaches on the scale of zeta.
fn reach(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        return Ok(-normal_quantile(0.5 * (1.0 - level)));
    }
    Err(Error::argument(format!("level is {level}, must be between 0 and 1")))
}

/// A likelihood of which the elements of theta alone are looked at.
struct Theta<'f, P> {
    fit: &'f Fit,
    base: P,
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

/// Intervals as a table: term, estimate, lower, upper, warning.
pub fn intervals(profiles: &[Profile]) -> Result<Frame> {
    let mut frame = Frame::new(profiles.len());
    frame.add_strings("term", &profiles.iter().map(|p| Some(p.name.as_str())).collect::<Vec<_>>())?;
    frame.add_real("estimate", profiles.iter().map(|p| p.estimate).collect())?;
    frame.add_real("lower", profiles.iter().map(|p| p.lower).collect())?;
    frame.add_real("upper", profiles.iter().map(|p| p.upper).collect())?;
    frame.add_strings("warning", &profiles.iter().map(|p| p.warning.as_deref()).collect::<Vec<_>>())?;
    Ok(frame)
}

/// Points as a table: term, value, zeta.
pub fn points(profiles: &[Profile]) -> Result<Frame> {
    let all = || profiles.iter().flat_map(|p| p.curve.points.iter().map(move |point| (p.name.as_str(), point)));
    let mut frame = Frame::new(all().count());
    frame.add_strings("term", &all().map(|(name, _)| Some(name)).collect::<Vec<_>>())?;
    frame.add_real("value", all().map(|(_, point)| point.0).collect())?;
    frame.add_real("zeta", all().map(|(_, point)| point.1).collect())?;
    Ok(frame)
}
