//! Autoregressions and compound symmetry of many occasions by their precision: against finite differences, and against the system by roots.

use super::approximation::{Approximation, Inside};
use super::laplace::Laplace;
use super::model::Model;
use super::solution::solve;
use super::tests::{check_gradient, design, model};
use crate::covariance::Structure;
use crate::design::Design;
use crate::family::Order;
use crate::formula::StructureKind::{self, Ar1, CompoundSymmetry};
use crate::options::StdErrors;
use crate::simulate::noise::Noise;
use crate::watch::Watch;

/// Six series at r occasions beside a crossed factor.
fn series((kind, r): (StructureKind, usize), seed: u64, y: impl FnMut(f64, &mut Noise) -> f64) -> Design {
    let n = 120;
    let mut design = design(seed, n, y);
    let mut z = vec![0.0; n * r];
    (0..n).for_each(|i| z[(5 * i + i / 4) % r * n + i] = 1.0);
    let term = &mut design.terms[0];
    term.effects = (0..r).map(|e| format!("t{e}")).collect();
    term.structure = Structure::new(kind, Some(true), r);
    term.z = Some(z);
    design
}

fn models() -> Vec<(&'static str, Model)> {
    let counts = series((Ar1, 9), 31, |e, noise| (e.exp() * (1.0 + noise.next())).round().max(0.0));
    let outcomes = series((Ar1, 9), 32, |e, noise| f64::from(noise.next() < e.tanh()));
    let reals = series((Ar1, 9), 33, |e, noise| e + noise.next());
    let alike = series((CompoundSymmetry, 24), 34, |e, noise| (e.exp() * (1.0 + noise.next())).round().max(0.0));
    vec![
        ("poisson", model(&counts, "poisson", "log", None, false, &[0, 0])),
        ("binomial", model(&outcomes, "binomial", "logit", None, false, &[0, 0])),
        ("student_t", model(&reals, "student_t", "identity", None, false, &[0, 0])),
        ("poisson, compound symmetry", model(&alike, "poisson", "log", None, false, &[0, 0])),
        ("gaussian with a random dispersion", model(&reals, "gaussian", "identity", None, true, &[0, 1])),
    ]
}

fn point(laplace: &Laplace<'_>, sd: f64, angle: f64) -> Vec<f64> {
    let mut x = vec![sd, angle, 0.4];
    x.resize(laplace.n_parameters(), 0.3);
    x
}

#[test]
fn the_gradient_equals_finite_differences() {
    for (what, model) in models() {
        for inside in [Inside::Nothing, Inside::Mode, Inside::Integrated] {
            for expected in [false, true] {
                if expected && (inside == Inside::Integrated || what != "binomial") {
                    continue;
                }
                let how = Approximation { expected, inside, ..Approximation::default() };
                let mut laplace = Laplace::new(&model, how, &Watch::unwatched()).unwrap();
                for angle in [0.6, -1.3] {
                    let x = point(&laplace, 0.7, angle);
                    laplace.evaluate(&x, Order::Mode).unwrap();
                    assert!(laplace.mode.precision.system.is_by_precisions(), "{what}");
                    check_gradient(what, &model, how, &x);
                }
            }
        }
    }
}

#[test]
fn both_forms_agree() {
    for (what, model) in models() {
        for inside in [Inside::Nothing, Inside::Mode, Inside::Integrated] {
            let how = Approximation { inside, ..Approximation::default() };
            // Ordinary points, little variance, none at all, and nearly one correlation.
            for (sd, angle) in [(0.8, 0.5), (2.5, -1.1), (0.002, 0.4), (0.0, 0.4), (0.6, 1.56)] {
                let mut own = Laplace::new(&model, how, &Watch::unwatched()).unwrap();
                let mut roots = Laplace::new(&model, how, &Watch::unwatched()).unwrap();
                roots.mode.precision.system.whole = true;
                let x = point(&own, sd, angle);
                let n = x.len();
                let (mut g, mut h) = ((vec![0.0; n], vec![0.0; n]), (vec![0.0; n * n], vec![0.0; n * n]));
                let got = own.evaluate_hessian(&x, &mut g.0, &mut h.0);
                let Ok(want) = roots.evaluate_hessian(&x, &mut g.1, &mut h.1) else { continue };
                assert!((got.unwrap() - want).abs() < 1e-11 * want.abs(), "{what} {inside:?} at {x:?}");
                assert!(!roots.mode.precision.system.is_by_precisions());
                assert_eq!(own.mode.precision.system.is_by_precisions(), sd > 0.1 && angle < 1.5, "{what} at {x:?}");
                let close = |a: &[f64], b: &[f64], tolerance: f64, name: &str| {
                    let size = b.iter().fold(1.0f64, |m, v| m.max(v.abs()));
                    let off = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                    assert!(off < tolerance * size, "{what} {inside:?} at {x:?}: {name} {off:e}");
                };
                close(&g.0, &g.1, 1e-8, "gradient");
                let conditional = StdErrors::Conditional;
                let (got, want) = (solve(&mut own, &x, conditional).unwrap(), solve(&mut roots, &x, conditional).unwrap());
                for (got, want) in got.terms.iter().zip(&want.terms) {
                    close(&got.modes, &want.modes, 1e-8, "modes");
                    close(&got.condvar, &want.condvar, 1e-8, "conditional covariances");
                }
                // Nothing of it is in the way of the next point.
                close(&[own.evaluate(&x, Order::Mode).unwrap()], &[want.deviance], 1e-11, "deviance");
            }
        }
    }
}
