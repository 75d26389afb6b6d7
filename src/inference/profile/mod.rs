//! Profile-likelihood intervals: at each value of a parameter the likelihood is maximised over all others.
//!
//! As in lme4, profiles always use the likelihood, even if the fit is by restricted maximum likelihood. Those of linear
//! models use the deviance on cross-products, those of other models its approximation by Laplace or by quadrature.

mod generalised;
mod hold;
mod linear;
mod path;
mod terms;

pub use path::Curve;

use crate::covariance::Structure;
use crate::distributions::normal_quantile;
use crate::error::{Code, Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::optimize::Objective;
use crate::options::Progress;
use crate::resample::unique;
use hold::{HeldPath, Hold};
use path::{Limit, Side, limit};
use terms::Parameter;

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
    /// linear model sigma and the residual correlation), fixed effects of the mean, the zero part (`zi.`) and the dispersion (`disp.`).
    /// `progress` is called at each point of a profile with the number of these so far, the least deviance there and theta; `false` from it
    /// cancels.
    pub fn profile(&self, level: f64, progress: Option<Progress<'_>>) -> Result<Vec<Profile>> {
        let z = reach(level)?;
        match self.generalised() {
            None => all(&linear::Base::new(self)?, z, progress),
            Some(own) => all(&generalised::Base::new(self, own)?, z, progress),
        }
    }

    /// Those of the elements of theta, of a linear model relative to sigma, which is at its best for each.
    pub fn profile_theta(&self, level: f64, progress: Option<Progress<'_>>) -> Result<Vec<Profile>> {
        let z = reach(level)?;
        match self.generalised() {
            None => all(&Theta { fit: self, base: linear::Relative::new(self)? }, z, progress),
            Some(own) => all(&Theta { fit: self, base: generalised::Base::new(self, own)? }, z, progress),
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

/// A deviance, and what reports and searches need of its parameters: first are those of covariance structures.
trait Likelihood: Objective {
    fn structures(&self) -> &[Structure];

    /// The user's theta.
    fn theta(&self, x: &[f64]) -> Vec<f64>;

    /// Gives a value to the parameter that is none of the working ones, where there is one.
    fn hold(&mut self, _v: f64) {}

    /// The derivative by that parameter, of the last gradient.
    fn slope(&self) -> f64 {
        f64::NAN
    }
}

/// The likelihood of a fit, with the parameters that have profiles.
trait Parameters {
    /// All of them with their names, in lme4's order.
    fn parameters(&self) -> (Vec<Parameter>, Vec<String>);

    /// The least deviance.
    fn minimum(&self) -> f64;

    /// Does `work` with the likelihood in which a parameter can be held.
    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile>;
}

type Work<'w> = dyn FnMut(&mut dyn Likelihood, Held) -> Result<Profile> + 'w;

/// How a parameter is held.
struct Held {
    hold: Hold,
    /// Working parameters of the estimates.
    centre: Vec<f64>,
    estimate: f64,
    bounds: (Option<f64>, Option<f64>),
    /// A distance over which the deviance may be expected to rise by about one, where its curvature does not tell.
    unit: Option<f64>,
    /// What is reported of a value.
    reported: Box<dyn Fn(f64) -> f64>,
    /// Other minima of the deviance.
    others: Vec<Other>,
}

impl Held {
    /// A fixed effect.
    fn of_fixed_effect(hold: Hold, centre: Vec<f64>, estimate: f64) -> Self {
        Held { hold, centre, estimate, bounds: (None, None), unit: None, reported: Box::new(|v| v), others: vec![] }
    }
}

/// A minimum of the deviance that is not the lowest.
struct Other {
    /// How much higher it is.
    rise: f64,
    estimate: f64,
    centre: Vec<f64>,
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

fn all(base: &impl Parameters, z: f64, progress: Option<Progress<'_>>) -> Result<Vec<Profile>> {
    let (parameters, names) = base.parameters();
    let mut report = Report { progress, points: 0 };
    let one = |(parameter, name): (Parameter, String)| {
        let mut work =
            |likelihood: &mut dyn Likelihood, held| profile(likelihood, held, base.minimum(), name.clone(), z, &mut report);
        match base.with_held(parameter, &mut work) {
            Err(e) if e.code == Code::Numeric => {
                let (estimate, nan) = (f64::NAN, f64::NAN);
                Ok(Profile { name, estimate, lower: nan, upper: nan, warning: Some(e.message), curve: Curve::default() })
            }
            own => own,
        }
    };
    parameters.into_iter().zip(names).map(one).collect()
}

fn profile(
    likelihood: &mut dyn Likelihood,
    held: Held,
    minimum: f64,
    name: String,
    z: f64,
    report: &mut Report<'_>,
) -> Result<Profile> {
    let mut curve = Curve { estimate: held.estimate, minimum, points: vec![] };
    // Where an interval ends no minimum that is higher than its level counts.
    let others: Vec<(f64, Vec<f64>)> =
        held.others.into_iter().filter(|other| other.rise < z * z).map(|other| (other.estimate, other.centre)).collect();
    let values: Vec<f64> = others.iter().map(|other| other.0).collect();
    let mut path = HeldPath::new(likelihood, held.hold, (held.estimate, held.centre), others, report);
    let unit = path.unit(held.unit)?;
    let mut warnings: Vec<String> = vec![];
    let mut side = |upper: bool, bound: Option<f64>| -> Result<f64> {
        // The interval has all values between the outermost limits.
        let beyond = |v: &f64| if upper { v - held.estimate } else { held.estimate - v };
        let first = values.iter().map(beyond).fold(z * unit, f64::max);
        let found: Limit = limit(&mut path, z, &Side { upper, first, bound }, &mut curve)?;
        Ok(match found {
            Ok(v) => (held.reported)(v),
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
        *v = (held.reported)(*v);
    }
    let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
    Ok(Profile { estimate: curve.estimate, name, lower, upper, warning, curve })
}
