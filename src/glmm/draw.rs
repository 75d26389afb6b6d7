//! Draws of the spherical random effects from their normal approximation at given parameters, with their importance weights.
//!
//! ```text
//! u = u^ + L'^-1 z,  z ~ N(0, I),    log p(y, u) - log q(u) = l(u) - u'u/2 + z'z/2 - log|A|/2
//! ```

use super::approximation::Approximation;
use super::laplace::Laplace;
use super::model::Model;
use crate::error::{Code, Result};
use crate::family::Order;
use crate::simulate::Stream;
use crate::watch::Watch;

/// Draws random effects of one model.
pub struct Drawer<'a> {
    laplace: Laplace<'a>,
    z: Vec<f64>,
    v: Vec<f64>,
}

/// Random effects in the user's units, term by term.
pub struct Drawn {
    pub effects: Vec<f64>,
    /// Of the joint density over that which it was drawn from, but for a constant.
    pub log_ratio: f64,
}

impl<'a> Drawer<'a> {
    pub fn new(model: &'a Model, watch: &Watch<'a>) -> Result<Self> {
        let laplace = Laplace::new(model, Approximation::default(), watch)?;
        let q = model.layout.q();
        Ok(Drawer { laplace, z: vec![0.0; q], v: vec![0.0; q] })
    }

    /// At working parameters; none where they have no modes or no likelihood.
    pub fn draw(&mut self, working: &[f64], stream: &mut Stream) -> Result<Option<Drawn>> {
        // Drawn first, so that a draw's numbers do not depend on whether there are modes.
        self.z.iter_mut().for_each(|z| *z = stream.normal());
        let quadratic: f64 = self.z.iter().map(|z| z * z).sum();
        match self.laplace.evaluate(working, Order::Mode) {
            Err(error) if error.code == Code::Numeric && !error.ends_all() => {
                self.laplace.mode.start_at_zero();
                return Ok(None);
            }
            other => other.map(|_| ())?,
        }
        let mode = &mut self.laplace.mode;
        let log_determinant = mode.precision.system.log_determinant();
        mode.precision.system.half_solve_transpose(&mut self.z);
        let (t, z) = (&mode.precision.t, &self.z);
        mode.precision.system.unpermute_into(t, z, &mut self.v);
        let centre = mode.u.clone();
        mode.u.iter_mut().zip(&self.v).for_each(|(u, v)| *u += v);
        let joint = mode.penalised()?;
        let b = mode.random_effects()?;
        mode.start_at(&centre);
        let model = self.laplace.model;
        let mut effects = vec![];
        for k in 0..model.structures.len() {
            let (size, first, map) = (model.layout.terms[k], model.layout.offset(k), model.units(k).map());
            let r = size.effects;
            for own in b[first..first + size.levels * r].chunks_exact(r) {
                effects.extend((0..r).map(|e| (0..r).map(|c| map[c * r + e] * own[c]).sum::<f64>()));
            }
        }
        Ok(joint.is_finite().then_some(Drawn { effects, log_ratio: joint + 0.5 * quadratic - 0.5 * log_determinant }))
    }

    /// theta of working parameters, as it is reported.
    pub fn theta(&self, working: &[f64]) -> Vec<f64> {
        self.laplace.model.theta_from_working(working)
    }
}
