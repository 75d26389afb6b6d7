//! Profile-likelihood intervals: for each value of a parameter all others are at their best.
//!
//! As lme4 has it, profiles are those of the maximum likelihood, also where the fit is by restricted maximum likelihood. Those of linear
//! models are of the deviance on cross-products, those of others of its approximation by Laplace or by quadrature.

mod generalised;
mod held;
mod hold;
mod likelihood;
mod linear;
mod parameters;
mod path;
mod table;
mod terms;

pub use path::Curve;
pub use table::{Profile, intervals, points};

use crate::distributions::normal_quantile;
use crate::error::{Code, Error, Result};
use crate::fit::Fit;
use crate::options::Progress;
use held::Held;
use hold::HeldPath;
use likelihood::{Likelihood, Report};
use parameters::{Parameters, Theta};
use path::{Limit, Side, limit};
use terms::Parameter;

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
