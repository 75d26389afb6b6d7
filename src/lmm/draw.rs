//! Draws of fixed and random effects of a linear model from their distribution at given variances, which is normal, and the density of these with
//! the effects integrated out:
//!
//! ```text
//! gamma = gamma^ + sigma R'^-1 z,   u = u^(gamma) + sigma L'^-1 z,   u^(gamma) = U_e - U_Q gamma
//! -2 log p(y | theta, sigma) = log|A| + log|Q'V^-1 Q| + (n - p) log sigma^2 + rho^2 / sigma^2
//! ```

use super::deviance::Deviance;
use super::parameters::theta_from_working;
use super::system::LinearSystem;
use crate::error::{Code, Result};
use crate::linalg::wide;
use crate::simulate::Stream;
use crate::watch::Watch;

/// Draws effects of one model.
pub struct Drawer<'a> {
    deviance: Deviance<'a>,
}

/// Fixed effects and random effects in the user's units, the latter term by term.
pub struct Drawn {
    pub beta: Vec<f64>,
    pub effects: Vec<f64>,
    /// log p(y | theta, sigma), but for a constant.
    pub log_density: f64,
}

impl<'a> Drawer<'a> {
    pub fn new(system: &'a LinearSystem, watch: &Watch<'a>) -> Result<Self> {
        Ok(Drawer { deviance: Deviance::new(system, false, watch)? })
    }

    /// At working parameters and sigma in the user's units; none where the model cannot be evaluated.
    pub fn draw(&mut self, working: &[f64], sigma: f64, stream: &mut Stream) -> Result<Option<Drawn>> {
        let system = self.deviance.system;
        let (q, m) = (system.gram.layout.q(), system.m());
        let p = m - 1;
        let mut shift: Vec<f64> = (0..p).map(|_| stream.normal()).collect();
        let mut z: Vec<f64> = (0..q).map(|_| stream.normal()).collect();
        match self.deviance.evaluate(working) {
            Err(error) if error.code == Code::Numeric && !error.ends_all() => return Ok(None),
            other => other.map(|_| ())?,
        }
        self.deviance.solve();
        let own = sigma / system.map.unit.abs();
        let gram = self.deviance.state.gram.clone();
        let log_det_x: f64 = (0..p).map(|j| 2.0 * gram[j * (m + 1)].ln()).sum();
        let rho2 = gram[m * m - 1] * gram[m * m - 1];
        let correlated = self.deviance.correlated.as_ref().map_or(0.0, |own| own.log_det);
        let log_det = self.deviance.state.log_det_a + correlated + log_det_x;
        let log_density = -0.5 * (log_det + 2.0 * (system.n - p) as f64 * own.ln() + rho2 / (own * own));
        wide::solve_lower_transpose(m, &gram, p, &mut shift);
        shift.iter_mut().for_each(|v| *v *= own);
        let before = self.deviance.state.gamma.clone();
        self.deviance.state.gamma.iter_mut().zip(&shift).for_each(|(gamma, by)| *gamma += by);
        let beta = self.deviance.fixed_effects();
        self.deviance.state.gamma = before;
        let Deviance { random, t, u, .. } = &mut self.deviance;
        let mut v = vec![0.0; q];
        random.half_solve_transpose(&mut z);
        random.unpermute_into(t, &z, &mut v);
        for (i, v) in v.iter_mut().enumerate() {
            *v = own * *v + u[p * q + i] - (0..p).map(|j| u[j * q + i] * shift[j]).sum::<f64>();
        }
        let mut effects = vec![];
        for k in 0..system.structures.len() {
            let (size, first) = (system.gram.layout.terms[k], system.gram.layout.offset(k));
            let (r, root) = (size.effects, system.units(k).root(&t[k]));
            for level in v[first..first + size.levels * r].chunks_exact(r) {
                effects.extend((0..r).map(|a| system.map.unit * (0..r).map(|b| root[b * r + a] * level[b]).sum::<f64>()));
            }
        }
        Ok(log_density.is_finite().then_some(Drawn { beta, effects, log_density }))
    }

    /// theta of working parameters, as it is reported, with a residual correlation behind it.
    pub fn theta(&self, working: &[f64]) -> Vec<f64> {
        let mut theta = vec![0.0; working.len()];
        theta_from_working(self.deviance.system, working, &mut theta);
        theta
    }
}
