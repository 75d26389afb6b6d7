//! The limits of intervals, on each parameter's profile.

use super::held::{Held, Other};
use super::hold::HeldPath;
use super::likelihood::{Likelihood, Reading, Report};
use super::path::{Curve, Limit, OnCurve, Side, limit};
use super::terms::Parameter;
use crate::error::{Code, Result, if_any};
use crate::watch::{Phase, Watch};

/// The profile of one parameter.
#[derive(Clone, Debug)]
pub struct Profile {
    pub id: String,
    pub name: String,
    /// Its place among all parameters.
    pub place: usize,
    /// By maximum likelihood.
    pub estimate: f64,
    /// NaN where the profile does not cross, infinite where it is known that it does not.
    pub lower: f64,
    pub upper: f64,
    /// Those of the further levels that were asked for.
    pub inner: Vec<(f64, f64)>,
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

pub type Work<'w> = dyn FnMut(&mut dyn Likelihood, Held, &Reading<'_>) -> Result<Profile> + 'w;

/// What a parameter is called.
#[derive(Clone, Debug)]
pub struct Label {
    pub id: String,
    pub name: String,
}

/// What is asked of profiles.
pub struct Wanted<'w> {
    /// How far the intervals reach on the scale of zeta, the widest first.
    pub reaches: Vec<f64>,
    /// Whether a parameter is one of them, by its place.
    pub is_chosen: &'w dyn Fn(usize) -> bool,
}

/// Profiles of the chosen parameters.
pub fn all(base: &impl Parameters, labels: Vec<Label>, wanted: &Wanted<'_>, watch: &Watch<'_>) -> Result<Vec<Profile>> {
    let chosen: Vec<(usize, (Parameter, Label))> =
        base.parameters().into_iter().zip(labels).enumerate().filter(|(place, _)| (wanted.is_chosen)(*place)).collect();
    let total = chosen.len();
    let one = |(done, (place, (parameter, label))): (usize, (usize, (Parameter, Label)))| {
        let report = Report { watch, done, total };
        watch.at(Phase::Profile, done, Some(total))?;
        let reaches = &wanted.reaches;
        let of = Of { minimum: base.minimum(), label: &label, place, reaches };
        let mut work =
            |likelihood: &mut dyn Likelihood, held, reading: &Reading<'_>| of.profile(likelihood, held, reading, &report);
        match base.with_held(parameter, &mut work) {
            Err(e) if e.code == Code::Numeric => Ok(Profile {
                id: label.id,
                name: label.name,
                place,
                estimate: f64::NAN,
                lower: f64::NAN,
                upper: f64::NAN,
                inner: reaches.iter().skip(1).map(|_| (f64::NAN, f64::NAN)).collect(),
                warning: Some(e.message),
                curve: Curve::default(),
            }),
            own => own,
        }
    };
    chosen.into_iter().enumerate().map(one).collect()
}

/// The parameter that a profile is of.
struct Of<'l> {
    minimum: f64,
    label: &'l Label,
    place: usize,
    reaches: &'l [f64],
}

impl Of<'_> {
    fn profile(&self, likelihood: &mut dyn Likelihood, held: Held, reading: &Reading<'_>, report: &Report<'_>) -> Result<Profile> {
        let widest = self.reaches[0];
        let mut curve = Curve { estimate: held.estimate, minimum: held.minimum.unwrap_or(self.minimum), points: vec![] };
        // Where an interval ends no minimum that is higher than its level counts.
        let others: Vec<Other> = held.others.into_iter().filter(|other| other.rise < widest * widest).collect();
        let values: Vec<(f64, f64)> = others.iter().map(|other| (other.estimate, other.rise)).collect();
        let others = others.into_iter().map(|other| (other.estimate, other.centre)).collect();
        let mut path = HeldPath::new(likelihood, held.hold, (held.estimate, held.centre), others, reading, report);
        let unit = path.unit(held.unit)?;
        let mut warnings: Vec<String> = vec![];
        let mut limits = vec![];
        for (k, &z) in self.reaches.iter().enumerate() {
            let mut side = |upper: bool, bound: Option<f64>| -> Result<f64> {
                if held.open == Some(upper) {
                    return Ok(if upper { f64::INFINITY } else { f64::NEG_INFINITY });
                }
                // The interval has all values between the outermost limits.
                let beyond = |v: f64| if upper { v - held.estimate } else { held.estimate - v };
                let known = if k == 0 { None } else { curve.first(upper, z) };
                let within = values.iter().filter(|(_, rise)| *rise < z * z);
                let first = within.map(|(v, _)| beyond(*v)).fold(known.unwrap_or(z * unit), f64::max);
                let found: Limit = limit(&mut path, z, &Side { upper, first, bound }, &mut curve)?;
                Ok(match found {
                    Ok(v) => (held.reported)(v),
                    Err(why) => {
                        if k == 0 {
                            let which = if upper { "upper" } else { "lower" };
                            warnings.push(format!("{}, {which} limit: {why}", self.label.name));
                        }
                        f64::NAN
                    }
                })
            };
            limits.push((side(false, held.bounds.0)?, side(true, held.bounds.1)?));
        }
        let parameters = if_any(path.estimates())?.unwrap_or_default();
        curve.points.push(OnCurve { value: held.estimate, zeta: 0.0, parameters });
        curve.points.sort_by(|a, b| a.value.total_cmp(&b.value));
        for v in curve.points.iter_mut().map(|p| &mut p.value).chain([&mut curve.estimate]) {
            *v = (held.reported)(*v);
        }
        let warning = (!warnings.is_empty()).then(|| warnings.join("; "));
        let Label { id, name } = self.label.clone();
        let (lower, upper) = limits[0];
        let (estimate, place, inner) = (curve.estimate, self.place, limits.split_off(1));
        Ok(Profile { id, name, place, estimate, lower, upper, inner, warning, curve })
    }
}
