//! Profile-likelihood intervals: for each value of a parameter all others are at their best.
//!
//! As lme4 has it, profiles are those of the maximum likelihood, also where the fit is by restricted maximum likelihood. Those of linear
//! models are computed by the same means: with a Gaussian response the Laplace approximation is exact.

mod hold;
mod parameters;
mod path;

pub use path::Curve;

use crate::distributions::normal_quantile;
use crate::error::{Code, Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::options::Progress;
use hold::HeldPath;
use parameters::{Base, Parameter};
use path::{Limit, Side, limit};

/// The profile of one parameter.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    /// By maximum likelihood.
    pub estimate: f64,
    /// NaN where the profile does not cross.
    pub lower: f64,
    pub upper: f64,
    /// Why a limit is NaN.
    pub warning: Option<String>,
    /// What was seen of the profile, in ascending order.
    pub curve: Curve,
}

impl Fit {
    /// Profiles and intervals of all parameters: standard deviations and correlations of random effects, the family's parameters (of a
    /// linear model sigma), fixed effects of the mean, the zero part (`zi.`) and the dispersion (`disp.`). `progress` is called at each
    /// point of a profile with the number of these so far, the least deviance there and theta; `false` from it cancels.
    pub fn profile(&self, level: f64, progress: Option<Progress<'_>>) -> Result<Vec<Profile>> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::argument(format!("level is {level}, must be between 0 and 1")));
        }
        self.without_correlation("a profile likelihood (Wald and bootstrap intervals are)")?;
        let z = -normal_quantile(0.5 * (1.0 - level));
        let base = Base::new(self)?;
        let (parameters, names) = base.parameters();
        let mut report = Report { progress, points: 0 };
        parameters.into_iter().zip(names).map(|(parameter, name)| profile(&base, parameter, name, z, &mut report)).collect()
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

/// Counts points, and asks whether to go on.
struct Report<'p> {
    progress: Option<Progress<'p>>,
    points: usize,
}

impl Report<'_> {
    fn point(&mut self, value: f64, theta: &[f64]) -> Result<()> {
        self.points += 1;
        let go_on = self.progress.as_mut().is_none_or(|progress| progress(self.points, value, theta));
        if go_on { Ok(()) } else { Err(Error::new(Code::Cancelled, format!("cancelled after {} points of profiles", self.points))) }
    }
}

fn profile(base: &Base, parameter: Parameter, name: String, z: f64, report: &mut Report<'_>) -> Result<Profile> {
    let held = match base.hold(parameter) {
        Ok(held) => held,
        Err(e) if e.code == Code::Numeric => {
            let (estimate, nan) = (f64::NAN, f64::NAN);
            return Ok(Profile { name, estimate, lower: nan, upper: nan, warning: Some(e.message), curve: Curve::default() });
        }
        Err(e) => return Err(e),
    };
    let mut laplace = base.laplace(&held.model)?;
    let mut curve = Curve { estimate: held.estimate, minimum: base.minimum, points: vec![] };
    let mut path = HeldPath::new(&mut laplace, held.hold, held.centre, report);
    let mut warnings: Vec<String> = vec![];
    let mut side = |upper: bool, bound: Option<f64>| -> Result<f64> {
        let found: Limit = limit(&mut path, z, &Side { upper, first: z * held.unit, bound }, &mut curve)?;
        Ok(match found {
            Ok(v) => held.scale.reported(v),
            Err(why) => {
                warnings.push(format!("{name}, {} limit: {why}", if upper { "upper" } else { "lower" }));
                f64::NAN
            }
        })
    };
    let (lower, upper) = (side(false, held.bounds.0)?, side(true, held.bounds.1)?);
    curve.points.push((held.estimate, 0.0));
    curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    for v in curve.points.iter_mut().map(|p| &mut p.0).chain([&mut curve.estimate]) {
        *v = held.scale.reported(*v);
    }
    let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
    Ok(Profile { estimate: curve.estimate, name, lower, upper, warning, curve })
}
