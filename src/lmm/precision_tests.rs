//! Terms of Markov processes: the system by precisions against that by roots.

use super::deviance::{Analysis, Deviance};
use super::estimate::estimate;
use super::parameters::theta_from_working;
use super::solution::solve;
use super::tests::Example;
use crate::formula::StructureKind::{Ar1, CompoundSymmetry, Diagonal, Unstructured};
use crate::options::Options;
use crate::simulate::noise::Noise;
use crate::watch::Watch;

/// Each example with the number of its first correlation, if it has one.
fn series() -> Vec<(Example, Option<usize>)> {
    let one = Example::new(21, 160, 2, &[(Ar1, 12, 11)], false).with_occasions(0);
    let crossed = Example::new(22, 200, 2, &[(Unstructured, 1, 9), (Ar1, 9, 12), (Unstructured, 1, 5)], true).with_occasions(1);
    let unequal = Example::new(23, 150, 3, &[(Ar1, 8, 10)], false).heterogeneous(0).with_occasions(0);
    let diagonal = Example::new(24, 150, 1, &[(Diagonal, 10, 9), (Unstructured, 1, 4)], true).with_occasions(0);
    vec![(one, Some(1)), (crossed, Some(2)), (unequal, Some(8)), (diagonal, None)].into_iter().chain(exchangeable()).collect()
}

/// The same with compound symmetry.
fn exchangeable() -> Vec<(Example, Option<usize>)> {
    let alike = |mut example: Example, k: usize| {
        example.structures[k].homogeneous = true;
        example.with_occasions(k)
    };
    let one = alike(Example::new(31, 160, 2, &[(CompoundSymmetry, 12, 11)], true), 0);
    let long = alike(Example::new(32, 300, 2, &[(CompoundSymmetry, 40, 6)], false), 0);
    let terms = [(Unstructured, 1, 9), (CompoundSymmetry, 9, 12), (Unstructured, 1, 5)];
    let crossed = Example::new(33, 200, 2, &terms, true).with_occasions(1);
    let unequal = Example::new(34, 150, 3, &[(CompoundSymmetry, 8, 10)], false).with_occasions(0);
    let two = Example::new(35, 150, 2, &[(CompoundSymmetry, 9, 7), (CompoundSymmetry, 8, 9)], false);
    let mixed = Example::new(36, 150, 2, &[(CompoundSymmetry, 9, 7), (Ar1, 8, 9), (Diagonal, 8, 6)], false);
    vec![
        (one, Some(1)),
        (long, Some(1)),
        (crossed, Some(10)),
        (unequal, Some(8)),
        (alike(two, 0).with_occasions(1), Some(1)),
        (mixed.with_occasions(0).with_occasions(1).with_occasions(2), Some(9)),
    ]
}

fn assert_close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    let size = want.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    let off = got.iter().zip(want).map(|(g, w)| (g - w).abs()).fold(0.0, f64::max);
    assert!(got.len() == want.len() && off <= tolerance * size, "{what}: {off:e} of {size}");
}

/// Value and gradient at a point both ways, and whether the first was by precisions.
fn both(example: &Example, x: &[f64], reml: bool) -> bool {
    let system = example.system();
    let mut own = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
    let mut roots = Deviance::with(&system, reml, Analysis::general(&system, reml).unwrap(), &Watch::unwatched()).unwrap();
    let (mut got, mut want) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let value = own.evaluate_gradient(x, &mut got).unwrap();
    let other = roots.evaluate_gradient(x, &mut want).unwrap();
    let used = own.random.is_by_precisions();
    assert!(!roots.random.is_by_precisions());
    assert!((value - other).abs() < 1e-11 * other.abs(), "{value} {other} at {x:?}");
    assert_close(&got, &want, 1e-9, "gradient");
    let (got, want) = (solve(&mut own, x).unwrap(), solve(&mut roots, x).unwrap());
    assert_close(&got.beta, &want.beta, 1e-10, "fixed effects");
    assert_close(&got.vcov, &want.vcov, 1e-10, "their covariance");
    for (got, want) in got.terms.iter().zip(&want.terms) {
        assert_close(&got.modes, &want.modes, 1e-9, "modes");
        assert_close(&got.condvar, &want.condvar, 1e-10, "conditional covariances");
        assert_close(&got.cov, &want.cov, 1e-13, "covariance");
    }
    used
}

#[test]
fn both_forms_agree_at_ordinary_points() {
    for (example, rho) in series() {
        let n = example.system().n_theta();
        for (size, angle) in [(0.9, 0.6), (0.4, -0.9), (0.7, -1.3), (3.0, 0.1), (8.0, 1.2)] {
            let mut x: Vec<f64> = (0..n).map(|i| size * (0.8 + 0.15 * (i as f64).sin())).collect();
            rho.into_iter().for_each(|rho| x[rho] = angle);
            for reml in [true, false] {
                assert!(both(&example, &x, reml), "{x:?}");
            }
        }
    }
}

#[test]
fn singular_and_nearly_singular_factors_go_by_roots_without_a_jump() {
    for (example, rho) in series() {
        let n = example.system().n_theta();
        // Standard deviations of heterogeneous structures are squares of their parameters.
        let (mut by_precisions, mut by_roots) = (0, 0);
        for step in 0..12 {
            let small = 0.5f64.powi(step);
            let mut x = vec![small; n];
            rho.into_iter().for_each(|rho| x[rho] = 0.3);
            let mut points = vec![x];
            if let Some(rho) = rho {
                let mut x = vec![0.8; n];
                x[rho] = std::f64::consts::FRAC_PI_2 - small;
                let mut negative = x.clone();
                negative[rho] *= -1.0;
                points.extend([x, negative]);
            }
            for x in points {
                if both(&example, &x, step % 2 == 0) {
                    by_precisions += 1;
                } else {
                    by_roots += 1;
                }
            }
        }
        assert!(by_precisions > 3 && by_roots > 3, "{by_precisions} and {by_roots}");
        let mut zero = vec![0.0; n];
        assert!(!both(&example, &zero, true));
        zero[0] = 0.7;
        both(&example, &zero, true);
    }
}

#[test]
fn effects_that_rows_mix_or_that_are_few_go_by_roots() {
    for example in [
        Example::new(25, 120, 2, &[(Ar1, 9, 8)], false),
        Example::new(28, 120, 2, &[(CompoundSymmetry, 9, 8)], false),
        Example::new(26, 120, 2, &[(Ar1, 7, 8)], false).with_occasions(0),
        Example::new(29, 120, 2, &[(CompoundSymmetry, 7, 8)], false).with_occasions(0),
        Example::new(27, 120, 2, &[(Ar1, 9, 8), (Unstructured, 2, 5)], false).with_occasions(0),
    ] {
        let x = vec![0.5; example.system().n_theta()];
        assert!(!both(&example, &x, true));
    }
}

/// Occasions of term 0 have effects with correlations rho, and noise.
fn with_correlation(mut example: Example, rho: f64) -> Example {
    let (n, size, mut noise) = (example.n, example.layout.terms[0], Noise(77));
    let r = size.effects;
    // e less a multiple of its mean: variances (1 - rho) [I + .. 11'], whatever the sign.
    let share = 1.0 - ((1.0 + (r - 1) as f64 * rho) / (1.0 - rho)).sqrt();
    let mut b: Vec<f64> = (0..r * size.levels).map(|_| 2.0 * (1.0 - rho).sqrt() * noise.next()).collect();
    for level in b.chunks_exact_mut(r) {
        let mean = level.iter().sum::<f64>() / r as f64;
        level.iter_mut().for_each(|b| *b -= share * mean);
    }
    let z = example.z[0].clone().unwrap();
    for i in 0..n {
        let own = &b[example.index[0][i] as usize * r..][..r];
        example.y[i] = 3.0 + noise.next() + (0..r).map(|e| z[e * n + i] * own[e]).sum::<f64>();
    }
    example
}

#[test]
fn searches_by_both_forms_end_at_the_same_minimum() {
    for (homogeneous, rho) in [(true, 0.6), (true, -0.08), (false, 0.4), (false, -0.07)] {
        let mut example = Example::new(41, 600, 2, &[(CompoundSymmetry, 10, 25)], false);
        example.structures[0].homogeneous = homogeneous;
        let example = with_correlation(example.with_occasions(0), rho);
        let system = example.system();
        let mut own = Deviance::new(&system, true, &Watch::unwatched()).unwrap();
        let mut roots = Deviance::with(&system, true, Analysis::general(&system, true).unwrap(), &Watch::unwatched()).unwrap();
        let got = estimate(&mut own, &Options::default()).unwrap();
        let want = estimate(&mut roots, &Options::default()).unwrap();
        own.evaluate(&got.working).unwrap();
        assert!(own.random.is_by_precisions());
        assert!((got.value - want.value).abs() < 1e-9 * want.value.abs(), "{} {}", got.value, want.value);
        let mut theta = (vec![0.0; got.working.len()], vec![0.0; got.working.len()]);
        theta_from_working(&system, &got.working, &mut theta.0);
        theta_from_working(&system, &want.working, &mut theta.1);
        assert_close(&theta.0, &theta.1, 1e-5, "theta");
        assert!((theta.0.last().unwrap() - rho).abs() < 0.15, "{:?}", theta.0);
    }
}
