//! The unit of an ordinal model's latent variable. Centred columns of the logarithm of the scale are those about another origin:
//!
//! ```text
//! (theta - eta) exp(-z'zeta) = exp(-c) (theta - eta) exp(-(z - m)'zeta),   c = m'zeta,
//! ```
//!
//! so that thresholds, effects and standard deviations of the model inside are the user's times exp(-c).

use super::model::Model;

impl Model {
    /// c, at the effects of all predictors in the user's columns. Zero where no predictor beside the mean's is centred.
    pub fn log_unit(&self, fixed: &[Vec<f64>]) -> f64 {
        self.fixed.iter().zip(fixed).skip(1).map(|(part, beta)| part.location(beta)).sum()
    }

    /// dc / dx for all working parameters; empty where c is zero.
    pub fn log_unit_slopes(&self, n: usize, first: usize) -> Vec<f64> {
        let mut at = first + self.fixed.first().map_or(0, |part| part.p);
        let mut out = vec![];
        for part in self.fixed.iter().skip(1) {
            if !part.means.is_empty() {
                out.resize(n, 0.0);
                for (j, slope) in out[at..at + part.p].iter_mut().enumerate() {
                    let mut unit = vec![0.0; part.p];
                    unit[j] = 1.0;
                    part.to_user(&mut unit);
                    *slope = part.means.iter().zip(&unit).map(|(m, b)| m * b).sum();
                }
            }
            at += part.p;
        }
        out
    }

    /// Brings theta, the effects of the mean and what else is a number of the latent variable to a unit `exp(by)` times smaller.
    pub fn in_latent_unit(&self, by: f64, theta: &mut [f64], others: [&mut [f64]; 2]) {
        if by == 0.0 {
            return;
        }
        let factor = by.exp();
        let mut first = 0;
        for structure in &self.structures {
            let range = first..first + structure.n_theta();
            first = range.end;
            structure.rescale(&mut theta[range], &vec![factor; structure.size]);
        }
        others.into_iter().flatten().for_each(|v| *v *= factor);
    }

    /// The power of the latent variable's unit that theta, and the working parameters behind it, are numbers of.
    pub fn degrees(&self) -> (Vec<f64>, Vec<f64>) {
        let all = |of: &dyn Fn(&crate::covariance::Structure, usize) -> f64| {
            self.structures.iter().flat_map(|s| (0..s.n_theta()).map(|k| of(s, k)).collect::<Vec<_>>()).collect()
        };
        (all(&|s, k| f64::from(u8::from(s.has_unit(k)))), all(&|s, k| s.degree(k)))
    }
}
