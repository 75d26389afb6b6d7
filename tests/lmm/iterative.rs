//! The iterative engine against the direct one, its Monte-Carlo errors, and what it says it can't do.

mod agreement;
mod decision;
mod errors;
mod questions;

use interlace::choice::Choice;
use interlace::fit::{Fit, Iterative};
use interlace::options::Engine;

use crate::common::{Data, Model, Rng};

/// Crossed groups a, b, c with these numbers of levels, with intercepts and slopes of x with these standard deviations, weights in w.
pub struct Crossed {
    pub seed: u64,
    pub n: usize,
    pub levels: Vec<usize>,
    pub sds: Vec<(f64, f64)>,
}

impl Crossed {
    pub fn data(&self) -> Data {
        let mut rng = Rng(self.seed);
        let (x, w): (Vec<f64>, Vec<f64>) = (0..self.n).map(|_| (rng.normal(), 1.0 + rng.below(3) as f64)).unzip();
        let mut y: Vec<f64> = (0..self.n).map(|i| 1.0 + 0.5 * x[i] + rng.normal() / w[i].sqrt()).collect();
        let mut data = Data::default();
        for (k, (levels, sds)) in self.levels.iter().zip(&self.sds).enumerate() {
            // Some levels have many rows, and most have few.
            let index: Vec<usize> =
                (0..self.n).map(|i| if i < *levels { i } else { (rng.uniform().powf(1.5) * *levels as f64) as usize }).collect();
            let effects: Vec<(f64, f64)> = (0..*levels).map(|_| (sds.0 * rng.normal(), sds.1 * rng.normal())).collect();
            for (i, level) in index.iter().enumerate() {
                y[i] += effects[*level].0 + x[i] * effects[*level].1;
            }
            data = data.group(["a", "b", "c"][k], &index);
        }
        data.real("y", y).real("x", x).real("w", w)
    }
}

/// Two crossed groups.
pub fn two(seed: u64) -> Data {
    Crossed { seed, n: 6000, levels: vec![800, 200], sds: vec![(0.5, 0.0), (0.4, 0.0)] }.data()
}

pub fn iterative(model: &Model) -> Model {
    model.with(|options| options.engine = Engine::Iterative)
}

pub fn direct(model: &Model) -> Model {
    model.with(|options| options.engine = Engine::Direct)
}

/// What a fit by iterations has.
pub fn errors_of(fit: &Fit) -> &Iterative {
    let record = fit.engine().unwrap();
    assert_eq!(record.engine.name(), "iterative");
    fit.iterative().unwrap()
}

/// Standard errors of theta; small ones where no noise is left, as of terms with few levels.
pub fn std_errors(fit: &Fit) -> Vec<f64> {
    let own = errors_of(fit);
    own.theta_error.iter().zip(&own.theta_share).map(|(error, share)| if *share > 0.0 { error / share } else { 1e-4 }).collect()
}
