//! The Laplace engine against finite differences.

use super::laplace::Laplace;
use super::model::Model;
use crate::covariance::Structure;
use crate::design::{Design, TermDesign};
use crate::family::{Order, by_name};
use crate::formula::StructureKind;
use crate::lmm::tests::Noise;
use std::sync::Arc;

/// A small design with crossed terms, the first with slopes.
pub fn design(seed: u64, n: usize, y: impl Fn(f64, &mut Noise) -> f64) -> Design {
    let mut noise = Noise(seed);
    let x: Vec<f64> = (0..2 * n).map(|i| if i < n { 1.0 } else { noise.next() }).collect();
    let mut eta: Vec<f64> = (0..n).map(|i| 0.3 + 0.5 * x[n + i]).collect();
    let mut terms = vec![];
    for (levels, effects) in [(6usize, 2usize), (4, 1)] {
        let index: Vec<u32> =
            (0..n).map(|i| if i < levels { i as u32 } else { ((0.5 + 0.5 * noise.next()) * levels as f64) as u32 }).collect();
        let z: Vec<f64> = (0..n * effects).map(|i| if i < n { 1.0 } else { noise.next() }).collect();
        let b: Vec<f64> = (0..levels * effects).map(|_| 0.6 * noise.next()).collect();
        for i in 0..n {
            eta[i] += (0..effects).map(|e| z[e * n + i] * b[index[i] as usize * effects + e]).sum::<f64>();
        }
        terms.push(TermDesign {
            group: format!("g{levels}"),
            effects: (0..effects).map(|e| format!("e{e}")).collect(),
            structure: Structure::new(StructureKind::Unstructured, None, effects),
            levels: Arc::new((0..levels).map(|l| l.to_string()).collect()),
            index,
            z: (effects > 1).then_some(z),
        });
    }
    let y = eta.iter().map(|&e| y(e, &mut noise)).collect();
    Design { n, y, x, x_names: vec!["1".into(), "x".into()], terms, ..Design::default() }
}

fn cases() -> Vec<(&'static str, &'static str, Design)> {
    let count = |e: f64, noise: &mut Noise| (e.exp() * (1.0 + noise.next())).round().max(0.0);
    vec![
        ("binomial", "logit", design(1, 60, |e, noise| f64::from(noise.next() < e.tanh()))),
        ("binomial", "probit", design(2, 60, |e, noise| f64::from(noise.next() < e.tanh()))),
        ("binomial", "cloglog", design(3, 60, |e, noise| f64::from(noise.next() < e.tanh()))),
        ("poisson", "log", design(4, 60, count)),
        ("nbinom2", "log", design(5, 80, count)),
        ("gamma", "log", design(6, 60, |e, noise| e.exp() * (1.2 + noise.next()))),
        ("gaussian", "identity", design(7, 60, |e, noise| e + noise.next())),
    ]
}

#[test]
fn the_gradient_equals_finite_differences() {
    for (family, link, design) in cases() {
        for expected in [false, true] {
            let model = Model::new(&design, by_name(family, Some(link)).unwrap(), vec![0, 1]).unwrap();
            let mut laplace = Laplace::new(&model, expected).unwrap();
            for x in [vec![0.7, 0.2, 0.4, 0.5, 0.2, 0.4], vec![0.7, 0.2, 0.0, 0.0, 0.1, 0.3]] {
                let mut x = x;
                x.resize(model.n_parameters(), 0.3);
                let mut gradient = vec![0.0; x.len()];
                laplace.evaluate_gradient(&x, &mut gradient).unwrap();
                let largest = gradient.iter().fold(1.0f64, |m, g| m.max(g.abs()));
                for j in 0..x.len() {
                    let step = 1e-3;
                    let mut at = |k: f64| {
                        let mut y = x.clone();
                        y[j] += k * step;
                        laplace.evaluate(&y, Order::Mode).unwrap()
                    };
                    let fd = (at(-2.0) - 8.0 * at(-1.0) + 8.0 * at(1.0) - at(2.0)) / (12.0 * step);
                    assert!(
                        (gradient[j] - fd).abs() < 1e-7 * largest,
                        "{family} {link} {expected} [{j}]: {} for {fd}",
                        gradient[j]
                    );
                }
            }
        }
    }
}
