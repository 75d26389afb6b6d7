//! The limits of intervals, on each parameter's profile.

use super::held::Held;
use super::hold::HeldPath;
use super::likelihood::{Likelihood, Report};
use super::path::{Curve, Limit, Side, limit};
use super::terms::Parameter;
use crate::error::{Code, Result};
use crate::watch::{Phase, Watch};

/// The profile of one parameter.
#[derive(Clone, Debug)]
pub struct Profile {
    pub id: String,
    pub name: String,
    /// By maximum likelihood.
    pub estimate: f64,
    /// NaN where the profile does not cross, infinite where it is known that it does not.
    pub lower: f64,
    pub upper: f64,
    /// Why a limit is NaN.
    pub warning: Option<String>,
    /// What was seen of the profile, in ascending order.
    pub curve: Curve,
}

/// The likelihood of a fit, with the parameters that have profiles.
pub trait Parameters {
    /// All of them, in lme4's order.
    fn parameters(&self) -> Vec<Parameter>;

    /// The least deviance.
    fn minimum(&self) -> f64;

    /// Does `work` with the likelihood in which a parameter can be held.
    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile>;
}

pub type Work<'w> = dyn FnMut(&mut dyn Likelihood, Held) -> Result<Profile> + 'w;

/// What a parameter is called.
#[derive(Clone, Debug)]
pub struct Label {
    pub id: String,
    pub name: String,
}

/// Profiles of all parameters, to z on the scale of zeta.
pub fn all(base: &impl Parameters, labels: Vec<Label>, z: f64, watch: &Watch<'_>) -> Result<Vec<Profile>> {
    let parameters = base.parameters();
    let total = parameters.len();
    let one = |(done, (parameter, label)): (usize, (Parameter, Label))| {
        let report = Report { watch, done, total };
        watch.at(Phase::Profile, done, Some(total))?;
        let mut work = |likelihood: &mut dyn Likelihood, held| profile(likelihood, held, base.minimum(), &label, z, &report);
        match base.with_held(parameter, &mut work) {
            Err(e) if e.code == Code::Numeric => {
                let (Label { id, name }, estimate, nan) = (label, f64::NAN, f64::NAN);
                Ok(Profile { id, name, estimate, lower: nan, upper: nan, warning: Some(e.message), curve: Curve::default() })
            }
            own => own,
        }
    };
    parameters.into_iter().zip(labels).enumerate().map(one).collect()
}

fn profile(
    likelihood: &mut dyn Likelihood,
    held: Held,
    minimum: f64,
    label: &Label,
    z: f64,
    report: &Report<'_>,
) -> Result<Profile> {
    let mut curve = Curve { estimate: held.estimate, minimum: held.minimum.unwrap_or(minimum), points: vec![] };
    // Where an interval ends no minimum that is higher than its level counts.
    let others: Vec<(f64, Vec<f64>)> =
        held.others.into_iter().filter(|other| other.rise < z * z).map(|other| (other.estimate, other.centre)).collect();
    let values: Vec<f64> = others.iter().map(|other| other.0).collect();
    let mut path = HeldPath::new(likelihood, held.hold, (held.estimate, held.centre), others, report);
    let unit = path.unit(held.unit)?;
    let mut warnings: Vec<String> = vec![];
    let mut side = |upper: bool, bound: Option<f64>| -> Result<f64> {
        if held.open == Some(upper) {
            return Ok(if upper { f64::INFINITY } else { f64::NEG_INFINITY });
        }
        // The interval has all values between the outermost limits.
        let beyond = |v: &f64| if upper { v - held.estimate } else { held.estimate - v };
        let first = values.iter().map(beyond).fold(z * unit, f64::max);
        let found: Limit = limit(&mut path, z, &Side { upper, first, bound }, &mut curve)?;
        Ok(match found {
            Ok(v) => (held.reported)(v),
            Err(why) => {
                warnings.push(format!("{}, {} limit: {why}", label.name, if upper { "upper" } else { "lower" }));
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
    let Label { id, name } = label.clone();
    Ok(Profile { id, estimate: curve.estimate, name, lower, upper, warning, curve })
}
