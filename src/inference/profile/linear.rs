//! The parameters of linear models: their deviance is one of cross-products, with sigma among the working parameters and the fixed effects
//! at their best.

use super::held::{Held, Other};
use super::hold::Hold;
use super::likelihood::{Likelihood, State};
use super::limits::{Parameters, Profile, Work};
use super::terms::{self, Parameter, Place, Turned};
use crate::covariance::Structure;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::lmm::correlation::scale::RhoScale;
use crate::lmm::deviance::Deviance;
use crate::lmm::estimate::{estimate, estimate_near};
use crate::lmm::parameters::{off_the_boundary, theta_from_working, working_from_theta};
use crate::lmm::system::LinearSystem;
use crate::lmm::turn::Turn;
use crate::lmm::unprofiled::UnprofiledDeviance;
use crate::options::Options;
use crate::watch::{Phase, Watch};

/// Sigma among the parameters that all rows share; the residual correlation is the next.
const SIGMA: usize = 0;

/// A fit by maximum likelihood.
pub struct Base<'f> {
    fit: &'f Fit,
    system: LinearSystem,
    at: Minimum,
    sigma: f64,
    std_error: Vec<f64>,
    others: Vec<Minimum>,
    watch: &'f Watch<'f>,
}

/// A minimum of the deviance.
struct Minimum {
    value: f64,
    /// Relative to sigma.
    theta: Vec<f64>,
    sigma: f64,
    fixed: Vec<f64>,
    /// Working parameters of [`Deviance`].
    relative: Vec<f64>,
    /// Those of [`UnprofiledDeviance`] with the estimates' sigma as its reference.
    working: Vec<f64>,
}

impl Minimum {
    /// At working parameters of a deviance; `reference` is the estimates' sigma.
    fn new(deviance: &mut Deviance<'_>, mut relative: Vec<f64>, reference: f64) -> Result<Self> {
        let system = deviance.system;
        let value = deviance.evaluate(&relative)?;
        let (sigma, fixed) = (deviance.sigma(), deviance.fixed_effects());
        let mut theta = vec![0.0; relative.len()];
        theta_from_working(system, &relative, &mut theta);
        if let (Some(RhoScale::Positive { .. }), [.., x]) = (system.correlation.as_ref().map(|c| c.scale), &mut relative[..]) {
            *x = x.abs();
        }
        let mut working = relative.clone();
        if sigma != reference {
            let mut scaled = theta.clone();
            rescale(&system.structures, sigma / reference, &mut scaled);
            let n = system.n_theta();
            working[..n].copy_from_slice(&working_from_theta(system, &scaled)?[..n]);
        }
        working.push((sigma / reference).ln());
        Ok(Minimum { value, theta, sigma, fixed, relative, working })
    }

    /// Theta in the units of the response.
    fn absolute(&self, structures: &[Structure]) -> Vec<f64> {
        let mut theta = self.theta.clone();
        rescale(structures, self.sigma, &mut theta);
        theta
    }
}

impl<'f> Base<'f> {
    pub fn new(fit: &'f Fit, watch: &'f Watch<'f>) -> Result<Self> {
        fit.with_factor("profile likelihood")?;
        watch.at(Phase::Start, 0, None)?;
        let system = fit.linear_system(watch)?;
        let options = Options { reml: false, ..fit.options() };
        let mut deviance = Deviance::new(&system, false, watch)?;
        let theta: Vec<f64> = fit.theta.iter().copied().chain(fit.correlation().map(|c| c.estimate)).collect();
        let start = off_the_boundary(&system, working_from_theta(&system, &theta)?);
        let mut end = estimate_near(&mut deviance, &start, &options, true)?;
        // The likelihood with a residual correlation may have its maximum far from the restricted one's.
        if !end.converged || (fit.reml && fit.correlation().is_some()) {
            let other = estimate(&mut deviance, &options)?;
            if other.converged && (!end.converged || other.value < end.value) {
                end = other;
            }
        }
        if !end.converged {
            return Err(Error::numeric("profile: the search for the maximum of the likelihood did not converge"));
        }
        deviance.evaluate(&end.working)?;
        let (sigma, std_error) = (deviance.sigma(), deviance.std_errors());
        let at = Minimum::new(&mut deviance, end.working, sigma)?;
        let others = end.others.into_iter().map(|other| Minimum::new(&mut deviance, other.working, sigma));
        let others = others.collect::<Result<Vec<_>>>()?;
        Ok(Base { fit, system, at, sigma, std_error, others, watch })
    }

    /// What is held at the estimates, with where other minima have it.
    fn held(&self, hold: impl Fn(&Minimum) -> Result<Held>) -> Result<Held> {
        let mut held = hold(&self.at)?;
        for other in &self.others {
            if let Ok(own) = hold(other) {
                held.others.push(Other { rise: other.value - self.at.value, estimate: own.estimate, centre: own.centre });
            }
        }
        Ok(held)
    }

    fn place(&self, k: usize, sigma: f64) -> Place<'_> {
        let first = self.system.structures[..k].iter().map(Structure::n_theta).sum();
        Place { structure: self.system.structures[k], first, units: self.system.units(k), sigma }
    }

    /// The system with the effects of term k turned, where they are.
    fn turned(&self, k: usize, turned: &Turned) -> Option<LinearSystem> {
        (!turned.is_identity()).then(|| self.system.turned(Turn { term: k, g: &turned.g }))
    }

    fn deviance<'a>(&'a self, system: &'a LinearSystem, held: Option<usize>) -> Result<UnprofiledDeviance<'a>> {
        UnprofiledDeviance::new(system, self.sigma, held, false, self.watch)
    }

    /// All parameters as they are reported.
    fn read(&self, state: State) -> Vec<f64> {
        let State { theta, shared, fixed } = state;
        let (sigma, n_theta) = (shared.first().copied().unwrap_or(f64::NAN), self.system.n_theta());
        let mut all = terms::reported(&self.system.structures, &theta[..n_theta], sigma);
        all.extend(shared);
        let kept = fixed.into_iter().next().unwrap_or_default();
        all.extend((0..self.fit.fixed.names.len()).map(|j| self.column(j).map_or(f64::NAN, |column| kept[column])));
        all
    }

    /// The place of a fixed effect among those that the system has.
    fn column(&self, j: usize) -> Option<usize> {
        // The system of rows has the columns that were kept, that of sums all.
        let own = if self.fit.reduced.is_some() { self.fit.kept[j] } else { j };
        self.system.kept.iter().position(|kept| *kept == own)
    }

    /// Effects of an unstructured term.
    fn with_effects(&self, k: usize, effects: &[usize], work: &mut Work<'_>) -> Result<Profile> {
        let turned = self.place(k, self.sigma).turned(effects);
        let held = self.held(|at| {
            let centre = at.working.clone();
            if effects.len() == 1 { Ok(turned.hold_sd(centre)) } else { turned.hold_correlation(centre) }
        })?;
        let system = self.turned(k, &turned);
        work(&mut self.deviance(system.as_ref().unwrap_or(&self.system), None)?, held, &|state| self.read(state))
    }

    /// Sigma by its logarithm, the residual correlation by its coordinate.
    fn with_shared(&self, f: usize, work: &mut Work<'_>) -> Result<Profile> {
        let mut deviance = self.deviance(&self.system, None)?;
        let at = self.at.working.len() - if f == SIGMA { 1 } else { 2 };
        let (correlation, sigma) = (self.system.correlation.as_ref().filter(|_| f != SIGMA).map(|c| c.scale), self.sigma);
        let lower = correlation.is_some_and(|scale| matches!(scale, RhoScale::Positive { .. })).then_some(0.0);
        let held = self.held(|minimum| {
            let reported: Box<dyn Fn(f64) -> f64> = match correlation {
                Some(scale) => Box::new(move |v| scale.rho(v)),
                None => Box::new(move |v| sigma * v.exp()),
            };
            Ok(Held {
                hold: Hold::Coordinate { at, with: vec![], working: Box::new(|v| v) },
                centre: minimum.working.clone(),
                estimate: minimum.working[at],
                bounds: (lower, None),
                unit: None,
                reported,
                others: vec![],
                minimum: None,
                open: None,
            })
        })?;
        work(&mut deviance, held, &|state| self.read(state))
    }

    fn with_fixed(&self, j: usize, work: &mut Work<'_>) -> Result<Profile> {
        let Some(column) = self.column(j) else {
            return Err(Error::numeric("its column is nearly a combination of the others"));
        };
        let mut deviance = self.deviance(&self.system, Some(column))?;
        let held = self.held(|at| {
            Ok(Held {
                hold: Hold::Beside,
                centre: at.working.clone(),
                estimate: at.fixed[column],
                bounds: (None, None),
                unit: Some(self.std_error[column]),
                reported: Box::new(|v| v),
                others: vec![],
                minimum: None,
                open: None,
            })
        })?;
        work(&mut deviance, held, &|state| self.read(state))
    }
}

impl Parameters for Base<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        let of_terms = self.fit.terms.iter().enumerate().flat_map(|(k, term)| terms::parameters(k, term.design.structure));
        let shared = (0..=usize::from(self.fit.correlation().is_some())).map(|f| Parameter::Shared { f });
        of_terms.chain(shared).chain((0..self.fit.fixed.names.len()).map(|j| Parameter::Fixed { a: 0, j })).collect()
    }

    fn minimum(&self) -> f64 {
        self.at.value
    }

    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        match parameter {
            Parameter::Sd { k, effect } => self.with_effects(k, &[effect], work),
            Parameter::Correlation { k, effects } => self.with_effects(k, &effects, work),
            Parameter::Theta { k, element } => {
                let place = self.place(k, self.sigma);
                let held = self.held(|at| {
                    let theta = at.absolute(&self.system.structures);
                    let own = &theta[place.first..place.first + place.structure.n_theta()];
                    Ok(place.hold_theta(element, own, at.working.clone()))
                })?;
                work(&mut self.deviance(&self.system, None)?, held, &|state| self.read(state))
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

    /// The last evaluation may be one elsewhere: gradients are kept.
    fn state(&mut self, x: &[f64]) -> Result<State> {
        self.evaluate(x)?;
        let (mut theta, (sigma, fixed)) = (Likelihood::theta(self, x), self.estimates());
        let rho = theta.split_off(self.system.n_theta());
        Ok(State { theta, shared: [vec![sigma], rho].concat(), fixed: vec![fixed] })
    }
}

/// The same likelihood with sigma at its best, too.
pub struct Relative<'f> {
    base: Base<'f>,
}

impl<'f> Relative<'f> {
    pub fn new(fit: &'f Fit, watch: &'f Watch<'f>) -> Result<Self> {
        Ok(Relative { base: Base::new(fit, watch)? })
    }
}

impl Parameters for Relative<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        self.base.parameters()
    }

    fn minimum(&self) -> f64 {
        self.base.minimum()
    }

    /// Elements of theta alone.
    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        let Parameter::Theta { k, element } = parameter else { return self.base.with_held(parameter, work) };
        let (base, place) = (&self.base, self.base.place(k, 1.0));
        if place.is_mixed() {
            let turned = place.turned(&[]);
            let held = base.held(|at| Ok(turned.hold_element(element, at.relative.clone())))?;
            let system = base.turned(k, &turned);
            let mut deviance = Deviance::new(system.as_ref().unwrap_or(&base.system), false, base.watch)?;
            return work(&mut deviance, held, &|state| state.theta);
        }
        let own = place.first..place.first + place.structure.n_theta();
        let held = base.held(|at| Ok(place.hold_theta(element, &at.theta[own.clone()], at.relative.clone())))?;
        work(&mut Deviance::new(&base.system, false, base.watch)?, held, &|state| state.theta)
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

    /// Of which theta alone is asked for.
    fn state(&mut self, x: &[f64]) -> Result<State> {
        let mut theta = Likelihood::theta(self, x);
        theta.truncate(self.system.n_theta());
        Ok(State { theta, ..State::default() })
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
