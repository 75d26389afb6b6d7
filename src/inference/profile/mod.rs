//! Profile-likelihood intervals: at each value of a parameter the likelihood is maximised over all others.
//!
//! As in lme4, profiles always use the likelihood, even if the fit is by restricted maximum likelihood. Those of linear
//! models use the deviance on cross-products, those of other models its approximation by Laplace or by quadrature. Those of Cox models use the
//! integrated likelihood with the fixed effects at the joint mode; a coefficient is held as an offset.

mod cox;
mod generalised;
mod held;
mod held_model;
mod hold;
mod likelihood;
mod limits;
mod linear;
mod path;
mod terms;

pub use limits::Profile;
pub use path::{Curve, OnCurve};

use std::ffi::CStr;

use crate::choice::Choice;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result};
use crate::fit::{Fit, Kind, ParameterForm};
use crate::frame::Frame;
use crate::names::{beside, unique};
use crate::watch::Watch;
use limits::{Label, Parameters, Wanted, Work, all};
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
        self.profile_to(&[reach(level)?], &|_| true, watch)
    }

    /// The same of the parameters that are chosen by their places, with limits where |zeta| is each of `reaches`, the widest first. They
    /// share a curve, on which the further ones cost little.
    pub fn profile_to(&self, reaches: &[f64], is_chosen: &dyn Fn(usize) -> bool, watch: &Watch<'_>) -> Result<Vec<Profile>> {
        self.without_priors("profile likelihood")?;
        if reaches.is_empty() || reaches.windows(2).any(|pair| pair[0] < pair[1]) || reaches.iter().any(|z| z.is_nan() || *z <= 0.0)
        {
            return Err(Error::argument("profile: reaches must be positive, the widest first"));
        }
        let (labels, wanted) = (self.labels(), Wanted { reaches: reaches.to_vec(), is_chosen });
        match &self.kind {
            Kind::Linear(..) => all(&linear::Base::new(self, watch)?, labels, &wanted, watch),
            Kind::Generalised(own) | Kind::Ordinal(own, _) => {
                all(&generalised::Base::new(self, own, watch)?, labels, &wanted, watch)
            }
            Kind::Cox(own) => all(&cox::Base::new(self, own, watch)?, labels, &wanted, watch),
        }
    }

    /// Id and name of each parameter that has a profile, in their order.
    pub fn profiled_parameters(&self) -> Vec<(String, String)> {
        self.labels().into_iter().map(|label| (label.id, label.name)).collect()
    }

    /// What the parameters are called, in lme4's order.
    fn labels(&self) -> Vec<Label> {
        let form = ParameterForm::Reported;
        let in_order = |mut all: Vec<String>| {
            let covariances = all.split_off(all.len() - self.theta.len());
            let shared = all.split_off(self.all_fixed().iter().map(Vec::len).sum());
            [covariances, shared, all].concat()
        };
        labelled(in_order(self.parameter_ids(form)), in_order(self.plain_parameter_names(form)))
    }

    /// Those of the elements of theta, of a linear model relative to sigma, which is at its best for each.
    pub fn profile_theta(&self, level: f64, watch: &Watch<'_>) -> Result<Vec<Profile>> {
        self.without_priors("profile likelihood")?;
        let wanted = Wanted { reaches: vec![reach(level)?], is_chosen: &|_| true };
        let labels = labelled(self.theta_ids(), self.theta_names.iter().map(|name| format!("theta.{name}")).collect());
        match &self.kind {
            Kind::Linear(..) => all(&Theta { fit: self, base: linear::Relative::new(self, watch)? }, labels, &wanted, watch),
            Kind::Generalised(own) | Kind::Ordinal(own, _) => {
                all(&Theta { fit: self, base: generalised::Base::new(self, own, watch)? }, labels, &wanted, watch)
            }
            Kind::Cox(own) => all(&Theta { fit: self, base: cox::Base::new(self, own, watch)? }, labels, &wanted, watch),
        }
    }
}

fn labelled(ids: Vec<String>, names: Vec<String>) -> Vec<Label> {
    ids.into_iter().zip(unique(names)).map(|(id, name)| Label { id, name }).collect()
}

/// How far an interval reaches on the scale of zeta.
pub fn reach(level: f64) -> Result<f64> {
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
    fn parameters(&self) -> Vec<Parameter> {
        let terms = self.fit.named_terms().enumerate();
        terms
            .flat_map(|(k, (_, t))| (0..t.design.structure.n_theta()).map(move |element| Parameter::Theta { k, element }))
            .collect()
    }

    fn minimum(&self) -> f64 {
        self.base.minimum()
    }

    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        self.base.with_held(parameter, &mut |likelihood, held, _| work(likelihood, held, &|state| state.theta))
    }
}

/// Intervals as a table: term, id, estimate, lower, upper, warning.
pub fn intervals(profiles: &[Profile]) -> Result<Frame> {
    let mut frame = Frame::new(profiles.len());
    frame.add_strings("term", &profiles.iter().map(|p| Some(p.name.as_str())).collect::<Vec<_>>())?;
    frame.add_strings("id", &profiles.iter().map(|p| Some(p.id.as_str())).collect::<Vec<_>>())?;
    frame.add_real("estimate", profiles.iter().map(|p| p.estimate).collect())?;
    frame.add_real("lower", profiles.iter().map(|p| p.lower).collect())?;
    frame.add_real("upper", profiles.iter().map(|p| p.upper).collect())?;
    frame.add_strings("warning", &profiles.iter().map(|p| p.warning.as_deref()).collect::<Vec<_>>())?;
    Ok(frame)
}

/// Columns of the table of points beside those of the parameters.
const COLUMNS: [&str; 4] = ["term", "id", "value", "zeta"];

/// Points of all profiles as a table: term, id, value, zeta, and a column for each parameter with its value there, which has a number at
/// its end where its name is one of the others.
pub fn points(profiles: &[Profile]) -> Result<Frame> {
    let all = || profiles.iter().flat_map(|p| p.curve.points.iter().map(move |point| (p, point)));
    let mut frame = Frame::new(all().count());
    let [term, id, value, zeta] = COLUMNS;
    frame.add_strings(term, &all().map(|(p, _)| Some(p.name.as_str())).collect::<Vec<_>>())?;
    frame.add_strings(id, &all().map(|(p, _)| Some(p.id.as_str())).collect::<Vec<_>>())?;
    frame.add_real(value, all().map(|(_, point)| point.value).collect())?;
    frame.add_real(zeta, all().map(|(_, point)| point.zeta).collect())?;
    let names: Vec<String> = profiles.iter().map(|p| p.name.clone()).collect();
    for (k, name) in beside(&COLUMNS, &names).iter().enumerate() {
        // The one that is held is what it was held at.
        let one = |(p, point): (&Profile, &OnCurve)| {
            if p.place == k { point.value } else { point.parameters.get(k).copied().unwrap_or(f64::NAN) }
        };
        frame.add_real(name, all().map(one).collect())?;
    }
    Ok(frame)
}
