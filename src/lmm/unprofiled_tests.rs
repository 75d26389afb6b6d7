//! The deviance with sigma in it against the profiled one, which is checked against dense matrices, and against differences.

use super::correlation::tests::cases;
use super::deviance::Deviance;
use super::system::LinearSystem;
use super::tests::{Example, examples};
use super::unprofiled::UnprofiledDeviance;
use crate::simulate::noise::Noise;
use crate::watch::Watch;

fn systems() -> Vec<LinearSystem> {
    let mut all: Vec<LinearSystem> = examples().iter().map(Example::system).collect();
    all.extend(cases().iter().map(super::correlation::tests::Case::system));
    all
}

fn working(system: &LinearSystem, seed: u64) -> Vec<f64> {
    let mut noise = Noise(seed);
    let mut x: Vec<f64> = (0..system.n_working()).map(|_| 0.8 * noise.next()).collect();
    if let (Some(_), Some(last)) = (&system.correlation, x.last_mut()) {
        *last = 0.3 + last.abs();
    }
    x
}

#[test]
fn at_its_best_sigma_it_is_the_profiled_deviance() {
    for (i, system) in systems().iter().enumerate() {
        let mut profiled = Deviance::new(system, false, &Watch::unwatched()).unwrap();
        let x = working(system, i as u64);
        let want = profiled.evaluate(&x).unwrap();
        let mut own = UnprofiledDeviance::new(system, profiled.sigma(), None, false, &Watch::unwatched()).unwrap();
        let mut at = x.clone();
        at.push(0.0);
        let mut gradient = vec![0.0; at.len()];
        let value = own.evaluate_gradient(&at, &mut gradient).unwrap();
        assert!((value - want).abs() < 1e-10 * want.abs(), "{i}: {value} {want}");
        // sigma and all standard deviations in proportion: 2 n log sigma + rho^2 / sigma^2 is at its least there.
        let mut least = vec![0.0; x.len()];
        profiled.evaluate_gradient(&x, &mut least).unwrap();
        for (k, (g, w)) in gradient.iter().zip(&least).enumerate() {
            assert!((g - w).abs() < 1e-8 * (1.0 + w.abs()), "{i} {k}: {g} {w}");
        }
    }
}

#[test]
fn the_gradient_equals_differences_and_the_curvature_is_near() {
    for (i, system) in systems().iter().enumerate() {
        for held in [None, Some(0.7)] {
            let mut own = UnprofiledDeviance::new(system, 0.8, held.map(|_| system.m() - 2), false, &Watch::unwatched()).unwrap();
            own.hold(held.unwrap_or(f64::NAN));
            let mut at = working(system, 50 + i as u64);
            at.push(0.2);
            let n = at.len();
            let (mut gradient, mut hessian, mut other) = (vec![0.0; n], vec![0.0; n * n], vec![0.0; n]);
            own.evaluate_hessian(&at, &mut gradient, &mut hessian).unwrap();
            own.evaluate_gradient(&at, &mut other).unwrap();
            assert_eq!(gradient, other);
            for k in 0..n {
                let h = 1e-4 * at[k].abs().max(0.1);
                let mut value = |by: f64| {
                    let mut x = at.clone();
                    x[k] += by * h;
                    own.evaluate(&x).unwrap()
                };
                let difference = (8.0 * (value(1.0) - value(-1.0)) - (value(2.0) - value(-2.0))) / (12.0 * h);
                let size = 1.0 + difference.abs();
                assert!((gradient[k] - difference).abs() < 1e-6 * size, "{i} {k} {held:?}: {} {difference}", gradient[k]);
                assert!(hessian[k * (n + 1)] >= 0.0, "{i} {k}: {}", hessian[k * (n + 1)]);
            }
            if let Some(v) = held {
                let mut at_value = |v: f64| {
                    own.hold(v);
                    own.evaluate(&at).unwrap()
                };
                let difference = (at_value(v + 1e-4) - at_value(v - 1e-4)) / 2e-4;
                at_value(v);
                assert!((own.slope() - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{i}: {} {difference}", own.slope());
            }
        }
    }
}

/// A column whose effect is held is one less in X, and an offset.
#[test]
fn a_held_fixed_effect_is_an_offset() {
    for (i, example) in examples().into_iter().enumerate() {
        let (n, p) = (example.n, example.layout.p);
        let system = example.system();
        let x = working(&system, i as u64);
        for j in 0..p {
            let v = 0.4 + j as f64;
            let mut other = Example::new(1, n, p, &[], false);
            other.y = (0..n).map(|row| example.y[row] - v * example.x[j * n + row]).collect();
            other.x = example.x.clone();
            other.x.drain(j * n..(j + 1) * n);
            other.layout = example.layout.clone();
            other.layout.p -= 1;
            other.weights.clone_from(&example.weights);
            other.index.clone_from(&example.index);
            other.z.clone_from(&example.z);
            other.structures.clone_from(&example.structures);
            let reduced = other.system();
            let mut profiled = Deviance::new(&reduced, false, &Watch::unwatched()).unwrap();
            let want = profiled.evaluate(&x).unwrap();
            let mut own = UnprofiledDeviance::new(&system, profiled.sigma(), Some(j), false, &Watch::unwatched()).unwrap();
            own.hold(v);
            let value = own.evaluate(&[&x[..], &[0.0]].concat()).unwrap();
            assert!((value - want).abs() < 1e-9 * want.abs(), "{i} {j}: {value} {want}");
        }
    }
}
