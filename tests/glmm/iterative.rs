//! The iterative engine against the direct one, its Monte-Carlo errors, and what it says it can't do.

mod agreement;
mod decision;
mod errors;
mod questions;

use interlace::choice::Choice;
use interlace::fit::{Fit, Iterative};
use interlace::options::Engine;

use crate::common::generalised::{Generalised, generalised};
use crate::common::{Data, Rng};

/// Crossed groups a, b, c with these numbers of levels, with intercepts and slopes of x with these standard deviations.
#[derive(Clone)]
pub struct Crossed {
    pub seed: u64,
    pub n: usize,
    pub levels: Vec<usize>,
    pub sds: Vec<(f64, f64)>,
    /// Of the linear predictor.
    pub intercept: f64,
}

/// What is drawn at a linear predictor.
#[derive(Clone, Copy)]
pub enum Draw {
    /// One trial with the logistic, normal or complementary log-log distribution.
    Trial(fn(f64) -> f64),
    /// Up to five trials.
    Trials,
    Count,
}

pub fn logistic(eta: f64) -> f64 {
    1.0 / (1.0 + (-eta).exp())
}

pub fn extreme(eta: f64) -> f64 {
    -(-eta.exp()).exp_m1()
}

fn count(rng: &mut Rng, mean: f64) -> f64 {
    let (mut y, mut product) = (0.0, rng.uniform());
    while product > (-mean).exp() {
        product *= rng.uniform();
        y += 1.0;
    }
    y
}

impl Crossed {
    pub fn data(&self, draw: Draw) -> Data {
        let mut rng = Rng(self.seed);
        let x: Vec<f64> = (0..self.n).map(|_| rng.normal()).collect();
        let exposure: Vec<f64> = (0..self.n).map(|_| 0.3 * rng.normal()).collect();
        let mut eta: Vec<f64> = x.iter().map(|x| self.intercept + 0.4 * x).collect();
        let mut data = Data::default();
        for (k, (levels, sds)) in self.levels.iter().zip(&self.sds).enumerate() {
            let index: Vec<usize> =
                (0..self.n).map(|i| if i < *levels { i } else { (rng.uniform().powf(1.5) * *levels as f64) as usize }).collect();
            let effects: Vec<(f64, f64)> = (0..*levels).map(|_| (sds.0 * rng.normal(), sds.1 * rng.normal())).collect();
            for (i, level) in index.iter().enumerate() {
                eta[i] += effects[*level].0 + x[i] * effects[*level].1;
            }
            data = data.group(["a", "b", "c"][k], &index);
        }
        let trials: Vec<f64> = (0..self.n).map(|_| 1.0 + rng.below(5) as f64).collect();
        let mut one = |i: usize| match draw {
            Draw::Trial(mean) => f64::from(u8::from(rng.uniform() < mean(eta[i]))),
            Draw::Trials => (0..trials[i] as usize).filter(|_| rng.uniform() < logistic(eta[i])).count() as f64,
            Draw::Count => count(&mut rng, (eta[i] + exposure[i]).exp()),
        };
        let y: Vec<f64> = (0..self.n).map(&mut one).collect();
        let failures = trials.iter().zip(&y).map(|(t, y)| t - y).collect();
        data.real("y", y).real("failures", failures).real("x", x).real("e", exposure)
    }
}

/// Two crossed groups.
pub fn two(seed: u64) -> Crossed {
    Crossed { seed, n: 6000, levels: vec![800, 200], sds: vec![(0.8, 0.0), (0.6, 0.0)], intercept: 0.3 }
}

/// One trial a row in two crossed groups.
pub fn binary(seed: u64) -> Generalised {
    generalised("y ~ x + (1 | a) + (1 | b)", "binomial", two(seed).data(Draw::Trial(logistic)).frame())
}

pub fn iterative(model: &Generalised) -> Generalised {
    model.clone().options(|options| options.engine = Engine::Iterative)
}

pub fn direct(model: &Generalised) -> Generalised {
    model.clone().options(|options| options.engine = Engine::Direct)
}

/// What a fit by iterations has.
pub fn errors_of(fit: &Fit) -> &Iterative {
    let record = fit.engine().unwrap();
    assert_eq!(record.engine.name(), "iterative");
    fit.iterative().unwrap()
}
