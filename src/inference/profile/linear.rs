//! The parameters of linear models: their deviance is one of cross-products, with sigma among the working parameters and the fixed effects
//! at their best.

use super::terms::{self, Parameter, Place, Turned};
use super::{Held, Hold, Likelihood, Parameters, Profile, Work};
use crate::covariance::Structure;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::fit::linear::Assembled;
use crate::lmm::deviance::Deviance;
use crate::lmm::estimate::{estimate, off_the_boundary, theta_from_working, working_from_theta};
use crate::lmm::rho::RhoScale;
use crate::lmm::system::LinearSystem;
use crate::lmm::turn::Turn;
use crate::lmm::unprofiled::UnprofiledDeviance;
use crate::options::Options;
use crate::resample::{search_from, unique};

/// Sigma among the parameters that all rows share; the residual correlation is the next.
const SIGMA: usize = 0;

/// A fit by maximum likelihood.
pub struct Base<'f> {
    fit: &'f Fit,
    system: LinearSystem,
    /// In the units of the response.
    theta: Vec<f64>,
    sigma: f64,
    fixed: Vec<f64>,
    std_error: Vec<f64>,
    /// Working parameters of [`UnprofiledDeviance`] with sigma as its reference.
    centre: Vec<f64>,
    minimum: f64,
}

impl<'f> Base<'f> {
    pub fn new(fit: &'f Fit) -> Result<Self> {
        let system = Assembled::new(&fit.design())?.system;
        let options = Options { reml: false, ..fit.options() };
        let mut deviance = Deviance::new(&system, false)?;
        let theta: Vec<f64> = fit.theta.iter().copied().chain(fit.correlation.as_ref().map(|c| c.estimate)).collect();
        let start = off_the_boundary(&system, working_from_theta(&system, &theta)?);
        let mut end = search_from(&mut deviance, &start, &options)?;
        // The likelihood with a residual correlation may have its maximum far from the restricted one's.
        if !end.converged || (fit.reml && fit.correlation.is_some()) {
            let other = estimate(&mut deviance, &options, None)?;
            if other.converged && (!end.converged || other.value < end.value) {
                end = other;
            }
        }
        if !end.converged {
            return Err(Error::numeric("profile: the search for the maximum of the likelihood did not converge"));
        }
        deviance.evaluate(&end.working)?;
        let (sigma, fixed, std_error) = (deviance.sigma(), deviance.fixed_effects(), deviance.std_errors());
        let mut theta = vec![0.0; theta.len()];
        theta_from_working(&system, &end.working, &mut theta);
        rescale(&system.structures, sigma, &mut theta);
        let mut centre = end.working;
        if let (Some(RhoScale::Positive { .. }), [.., x]) = (system.correlation.as_ref().map(|c| c.scale), &mut centre[..]) {
            *x = x.abs();
        }
        centre.push(0.0);
        Ok(Base { fit, system, theta, sigma, fixed, std_error, centre, minimum: end.value })
    }

    fn place(&self, k: usize, sigma: f64) -> Place<'_> {
        let first = self.system.structures[..k].iter().map(Structure::n_theta).sum();
        Place { structure: self.system.structures[k], first, units: self.system.units(k), sigma }
    }

    /// The system with the effects of term k turned, where they are.
    fn turned(&self, k: usize, turned: &Turned) -> Option<LinearSystem> {
        (!turned.is_identity()).then(|| self.system.turned(Turn { term: k, g: &turned.g }))
    }

    fn deviance<'a>(&self, system: &'a LinearSystem, held: Option<usize>) -> Result<UnprofiledDeviance<'a>> {
        UnprofiledDeviance::new(system, self.sigma, held)
    }

    /// Effects of an unstructured term.
    fn with_effects(&self, k: usize, effects: &[usize], work: &mut Work<'_>) -> Result<Profile> {
        let (turned, centre) = (self.place(k, self.sigma).turned(effects), self.centre.clone());
        let held = if effects.len() == 1 { turned.hold_sd(centre) } else { turned.hold_correlation(centre)? };
        let system = self.turned(k, &turned);
        work(&mut self.deviance(system.as_ref().unwrap_or(&self.system), None)?, held)
    }

    /// Sigma by its logarithm, the residual correlation by its coordinate.
    fn with_shared(&self, f: usize, work: &mut Work<'_>) -> Result<Profile> {
        let mut deviance = self.deviance(&self.system, None)?;
        let at = self.centre.len() - if f == SIGMA { 1 } else { 2 };
        let (centre, estimate) = (self.centre.clone(), self.centre[at]);
        let hold = Hold::Coordinate { at, with: vec![], working: Box::new(|v| v) };
        let (mut bounds, sigma) = ((None, None), self.sigma);
        let mut reported: Box<dyn Fn(f64) -> f64> = Box::new(move |v| sigma * v.exp());
        if let (Some(products), true) = (&self.system.correlation, f != SIGMA) {
            let scale = products.scale;
            bounds.0 = matches!(scale, RhoScale::Positive { .. }).then_some(0.0);
            reported = Box::new(move |v| scale.rho(v));
        }
        work(&mut deviance, Held { hold, centre, estimate, bounds, unit: None, reported })
    }

    fn with_fixed(&self, j: usize, work: &mut Work<'_>) -> Result<Profile> {
        let Some(column) = self.system.kept.iter().position(|kept| *kept == j) else {
            return Err(Error::numeric("its column is nearly a combination of the others"));
        };
        let mut deviance = self.deviance(&self.system, Some(column))?;
        let held = Held {
            hold: Hold::Beside,
            centre: self.centre.clone(),
            estimate: self.fixed[column],
            bounds: (None, None),
            unit: Some(self.std_error[column]),
            reported: Box::new(|v| v),
        };
        work(&mut deviance, held)
    }
}

impl Parameters for Base<'_> {
    fn parameters(&self) -> (Vec<Parameter>, Vec<String>) {
        let mut all = vec![];
        for (k, term) in self.fit.terms.iter().enumerate() {
            all.extend(terms::parameters(k, term.structure, &term.effects, &term.group));
        }
        let shared = ["sigma".to_owned()].into_iter().chain(self.fit.correlation.as_ref().map(crate::fit::CorrelationFit::name));
        all.extend(shared.enumerate().map(|(f, name)| (Parameter::Shared { f }, name)));
        all.extend(self.fit.fixed.names.iter().enumerate().map(|(j, name)| (Parameter::Fixed { a: 0, j }, name.clone())));
        let (parameters, names): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        (parameters, unique(names))
    }

    fn minimum(&self) -> f64 {
        self.minimum
    }

    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        match parameter {
            Parameter::Sd { k, effect } => self.with_effects(k, &[effect], work),
            Parameter::Correlation { k, effects } => self.with_effects(k, &effects, work),
            Parameter::Theta { k, element } => {
                let place = self.place(k, self.sigma);
                let theta = &self.theta[place.first..place.first + place.structure.n_theta()];
                let held = place.hold_theta(element, theta, self.centre.clone());
                work(&mut self.deviance(&self.system, None)?, held)
            }
            Parameter::Shared { f } => self.with_shared(f, work),
            Parameter::Fixed { j, .. } => self.with_fixed(j, work),
        }
    }
}

impl Likelihood for UnprofiledDeviance<'_> {
    fn structures(&self) -> &[Structure] {
        &self.system.structures
    }

    /// Relative to sigma, the residual correlation behind it.
    fn theta(&self, x: &[f64]) -> Vec<f64> {
        let n = x.len() - 1;
        let mut theta = vec![0.0; n];
        theta_from_working(self.system, &x[..n], &mut theta);
        rescale(&self.system.structures, (-x[n]).exp(), &mut theta);
        theta
    }

    fn hold(&mut self, v: f64) {
        UnprofiledDeviance::hold(self, v);
    }

    fn slope(&self) -> f64 {
        UnprofiledDeviance::slope(self)
    }
}

/// The same likelihood with sigma at its best, too.
pub struct Relative<'f> {
    base: Base<'f>,
    theta: Vec<f64>,
}

impl<'f> Relative<'f> {
    pub fn new(fit: &'f Fit) -> Result<Self> {
        let base = Base::new(fit)?;
        let mut theta = base.theta.clone();
        rescale(&base.system.structures, base.sigma.recip(), &mut theta);
        Ok(Relative { base, theta })
    }
}

impl Parameters for Relative<'_> {
    fn parameters(&self) -> (Vec<Parameter>, Vec<String>) {
        self.base.parameters()
    }

    fn minimum(&self) -> f64 {
        self.base.minimum
    }

    /// Elements of theta alone.
    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        let Parameter::Theta { k, element } = parameter else { return self.base.with_held(parameter, work) };
        let (base, place) = (&self.base, self.base.place(k, 1.0));
        // Of the working parameters there, which are relative to sigma at the estimates, all but its own.
        let centre = base.centre[..base.centre.len() - 1].to_vec();
        if place.is_mixed() {
            let turned = place.turned(&[]);
            let (held, system) = (turned.hold_element(element, centre), base.turned(k, &turned));
            return work(&mut Deviance::new(system.as_ref().unwrap_or(&base.system), false)?, held);
        }
        let theta = &self.theta[place.first..place.first + place.structure.n_theta()];
        work(&mut Deviance::new(&base.system, false)?, place.hold_theta(element, theta, centre))
    }
}

impl Likelihood for Deviance<'_> {
    fn structures(&self) -> &[Structure] {
        &self.system.structures
    }

    fn theta(&self, x: &[f64]) -> Vec<f64> {
        let mut theta = vec![0.0; x.len()];
        theta_from_working(self.system, x, &mut theta);
        theta
    }
}

/// Multiplies the standard deviations of all terms.
fn rescale(structures: &[Structure], by: f64, theta: &mut [f64]) {
    let mut first = 0;
    for structure in structures {
        let range = first..first + structure.n_theta();
        first = range.end;
        structure.rescale(&mut theta[range], &vec![by; structure.size]);
    }
}
