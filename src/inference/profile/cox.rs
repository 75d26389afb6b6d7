//! The parameters of Cox models. The fixed effects are at the joint mode for each value of the others, of which a coefficient is one that is
//! held as an offset. Its profile is lowest near its estimate, not at it: that is where the penalised likelihood is highest, not the
//! integrated one.

use super::held::Held;
use super::hold::{Hold, least};
use super::likelihood::{Likelihood, State};
use super::limits::{Parameters, Profile, Work};
use super::terms::{self, Parameter, Place};
use crate::covariance::Structure;
use crate::coxme::coefficient::WithCoefficient;
use crate::coxme::estimate::estimate;
use crate::coxme::laplace::Laplace;
use crate::coxme::model::Model;
use crate::design::Design;
use crate::error::{Error, Result, try_vec};
use crate::fit::{Cox, Fit};
use crate::options::Options;
use crate::watch::{Phase, Watch};

/// A fit, at the minimum of its criterion.
pub struct Base<'f> {
    fit: &'f Fit,
    own: &'f Cox,
    design: Design,
    model: Model,
    working: Vec<f64>,
    minimum: f64,
    watch: &'f Watch<'f>,
}

impl<'f> Base<'f> {
    pub fn new(fit: &'f Fit, own: &'f Cox, watch: &'f Watch<'f>) -> Result<Self> {
        fit.at_joint_mode("profile")?;
        watch.at(Phase::Start, 0, None)?;
        let cox = fit.cox_model(own)?;
        let options = Options { theta0: Some(fit.theta.clone()), ..fit.options() };
        let end = estimate(&mut Laplace::new(&cox.model, watch)?, &options)?;
        if !end.converged {
            return Err(Error::numeric("profile: the search for the maximum of the likelihood did not converge"));
        }
        Ok(Base { fit, own, design: fit.design()?, model: cox.model, working: end.working, minimum: end.value, watch })
    }

    fn turned(&self, k: usize, g: Vec<f64>) -> Result<Model> {
        Model::turned(&self.design, &self.own.survival, self.own.ties, (k, g))
    }

    fn with_effects(&self, k: usize, effects: &[usize], work: &mut Work<'_>) -> Result<Profile> {
        let (turned, centre) = (place(&self.model, k).turned(effects), self.working.clone());
        let held = if effects.len() == 1 { turned.hold_sd(centre) } else { turned.hold_correlation(centre)? };
        work(&mut Laplace::new(&self.turned(k, turned.g)?, self.watch)?, held, &|state| self.read(&state))
    }

    fn with_theta(&self, k: usize, element: usize, work: &mut Work<'_>) -> Result<Profile> {
        let place = place(&self.model, k);
        if place.is_mixed() {
            let turned = place.turned(&[]);
            let held = turned.hold_element(element, self.working.clone());
            return work(&mut Laplace::new(&self.turned(k, turned.g)?, self.watch)?, held, &|state| self.read(&state));
        }
        let theta = self.model.theta_from_working(&self.working);
        let own = &theta[place.first..place.first + place.structure.n_theta()];
        let held = place.hold_theta(element, own, self.working.clone());
        work(&mut Laplace::new(&self.model, self.watch)?, held, &|state| self.read(&state))
    }

    fn with_fixed(&self, j: usize, work: &mut Work<'_>) -> Result<Profile> {
        let (n, p) = (self.design.n, self.fit.fixed.names.len());
        if self.model.p() != p {
            return Err(Error::numeric("a column of the fixed effects is nearly a combination of the others"));
        }
        let others = || (0..p).filter(|i| *i != j);
        let mut x = try_vec("model matrix", 0.0, n * (p - 1))?;
        x.chunks_exact_mut(n.max(1)).zip(others()).for_each(|(to, i)| to.copy_from_slice(&self.design.x[i * n..(i + 1) * n]));
        let names = others().map(|i| self.fit.fixed.names[i].clone()).collect();
        let model = Model::new(&self.design.with_columns(x, names)?, &self.own.survival, self.own.ties)?;
        let mut likelihood = WithCoefficient::new(&model, self.model.column(j), self.watch)?;
        let scale = self.model.x_scales[j];
        let mut start = self.working.clone();
        start.push(scale * self.fit.fixed.estimate[j]);
        let end = least(&mut likelihood, &start)?;
        let at = self.working.len();
        let hold = Hold::Coordinate { at, with: vec![], working: Box::new(move |v| scale * v) };
        let estimate = end.x[at] / scale;
        let unit = Some(self.fit.fixed.std_error[j]).filter(|unit| unit.is_finite());
        // Without a finite estimate the likelihood does not fall on the side of what is reported.
        let open = self.own.monotone.contains(&self.fit.fixed.names[j]).then(|| self.fit.fixed.estimate[j] > 0.0);
        let held = Held { unit, minimum: Some(end.value), open, ..Held::of_fixed_effect(hold, end.x, estimate) };
        let read = |state: State| {
            let mut fixed = coefficients(&model, &state, p - 1);
            fixed.insert(j, state.shared[0] / scale);
            [terms::reported(&self.model.structures, &state.theta, 1.0), fixed].concat()
        };
        work(&mut likelihood, held, &read)
    }

    fn read(&self, state: &State) -> Vec<f64> {
        let fixed = coefficients(&self.model, state, self.fit.fixed.names.len());
        [terms::reported(&self.model.structures, &state.theta, 1.0), fixed].concat()
    }
}

impl Parameters for Base<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        let of_terms = self.model.structures.iter().enumerate().flat_map(|(k, structure)| terms::parameters(k, *structure));
        of_terms.chain((0..self.fit.fixed.names.len()).map(|j| Parameter::Fixed { a: 0, j })).collect()
    }

    fn minimum(&self) -> f64 {
        self.minimum
    }

    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        match parameter {
            Parameter::Sd { k, effect } => self.with_effects(k, &[effect], work),
            Parameter::Correlation { k, effects } => self.with_effects(k, &effects, work),
            Parameter::Theta { k, element } => self.with_theta(k, element, work),
            Parameter::Fixed { j, .. } => self.with_fixed(j, work),
            Parameter::Shared { .. } => Err(Error::numeric("a Cox model has no such parameter")),
        }
    }
}

impl Likelihood for Laplace<'_> {
    fn structures(&self) -> &[Structure] {
        &self.model.structures
    }

    fn theta(&self, x: &[f64]) -> Vec<f64> {
        self.model.theta_from_working(x)
    }

    fn state(&mut self, x: &[f64]) -> Result<State> {
        let own = self.joint.beta.iter().zip(&self.model.x_scales).map(|(beta, scale)| beta / scale);
        Ok(State { theta: Likelihood::theta(self, x), shared: vec![], fixed: vec![own.collect()] })
    }
}

impl Likelihood for WithCoefficient<'_> {
    fn structures(&self) -> &[Structure] {
        &self.laplace.model.structures
    }

    fn theta(&self, x: &[f64]) -> Vec<f64> {
        self.laplace.model.theta_from_working(&x[..self.laplace.model.n_theta()])
    }

    /// Behind the covariances the coefficient, times the scale of its column.
    fn state(&mut self, x: &[f64]) -> Result<State> {
        let (working, coefficient) = x.split_at(self.laplace.model.n_theta());
        Ok(State { shared: coefficient.to_vec(), ..self.laplace.state(working)? })
    }
}

fn place(model: &Model, k: usize) -> Place<'_> {
    let first = model.structures[..k].iter().map(Structure::n_theta).sum();
    Place { structure: model.structures[k], first, units: model.units(k), sigma: 1.0 }
}

/// The coefficients of `p` columns, NaN of those that the model has left out.
fn coefficients(model: &Model, state: &State, p: usize) -> Vec<f64> {
    let mut all = vec![f64::NAN; p];
    model.kept.iter().zip(state.fixed.iter().flatten()).for_each(|(j, beta)| all[*j] = *beta);
    all
}
