//! Against dense matrices and differences of the gradient.

use super::super::deviance::Deviance;
use super::super::tests::{examples, random_working};
use super::*;
use crate::linalg::dense;
use crate::lmm::system::LinearSystem;
use crate::random::Roots;
use crate::watch::Watch;

/// M = G - G Lambda A^-1 Lambda'G, dense.
fn dense_precision(system: &LinearSystem, t: &Roots) -> Vec<f64> {
    let q = system.gram.layout.q();
    let mut identity = vec![0.0; q * q];
    (0..q).for_each(|i| identity[i * q + i] = 1.0);
    let mut lambda = identity.clone();
    system.gram.apply_factors(t, false, &mut lambda);
    let mut minus_gl = vec![0.0; q * q];
    system.gram.subtract_product(&lambda, &mut minus_gl);
    let mut a = minus_gl.clone();
    system.gram.apply_factors(t, true, &mut a);
    for v in &mut a {
        *v = -*v;
    }
    (0..q).for_each(|i| a[i * q + i] += 1.0);
    dense::cholesky(q, &mut a).unwrap();
    let half: Vec<Vec<f64>> = (0..q)
        .map(|i| {
            let mut row: Vec<f64> = (0..q).map(|j| -minus_gl[j * q + i]).collect();
            dense::solve_lower(q, &a, &mut row);
            row
        })
        .collect();
    let mut m = vec![0.0; q * q];
    system.gram.subtract_product(&identity, &mut m);
    let dot = |i: usize, j: usize| half[i].iter().zip(&half[j]).map(|(a, b)| a * b).sum::<f64>();
    (0..q * q).map(|e| -m[e] - dot(e % q, e / q)).collect()
}

/// tr(M K_i M K_j) by dense matrices.
fn dense_trace(system: &LinearSystem, m: &[f64], left: &Direction, right: &Direction) -> f64 {
    let layout = &system.gram.layout;
    let q = layout.q();
    let full = |d: &Direction| -> Vec<f64> {
        let (size, first) = (layout.terms[d.term], layout.offset(d.term));
        let mut out = vec![0.0; q * q];
        for level in 0..size.levels {
            for e in 0..d.k.len() {
                let at = first + level * size.effects;
                out[(at + e / size.effects) * q + at + e % size.effects] = d.k[e];
            }
        }
        let mut product = vec![0.0; q * q];
        dense::multiply_add(q, q, q, 1.0, m, &out, &mut product);
        product
    };
    let (a, b) = (full(left), full(right));
    (0..q * q).map(|e| a[e] * b[(e % q) * q + e / q]).sum()
}

#[test]
fn traces_equal_dense_ones_and_keep_their_digits_where_random_effects_dominate() {
    for (i, example) in examples().iter().enumerate() {
        let system = example.system();
        for scale in [0.7, 30.0] {
            let working: Vec<f64> = random_working(&system, 3).iter().map(|w| w * scale).collect();
            let mut own = Variances::new(&system, &working, true, &Watch::unwatched()).unwrap();
            let m = dense_precision(&system, &own.t);
            let mut directions = vec![];
            for (term, structure) in system.structures.iter().enumerate() {
                let r = structure.size;
                let k: Vec<f64> = (0..r * r).map(|e| 1.0 / (1.0 + (e % r + e / r) as f64)).collect();
                directions.push(Direction { term, k });
                let k = (0..r * r).map(|e| f64::from(u8::from(e == 0))).collect();
                directions.push(Direction { term, k });
            }
            let (n, got) = (directions.len(), own.traces(&directions).unwrap().along);
            for b in 0..n {
                for a in 0..n {
                    let want = dense_trace(&system, &m, &directions[a], &directions[b]);
                    let size = (got[a * (n + 1)] * got[b * (n + 1)]).sqrt();
                    assert!((got[b * n + a] - want).abs() < 1e-9 * size, "example {i}, {a}, {b}: {} for {want}", got[b * n + a]);
                }
            }
        }
    }
}

#[test]
fn the_observed_information_is_the_derivative_of_the_gradient_also_at_singular_factors() {
    for (i, example) in examples().iter().enumerate() {
        let system = example.system();
        for (reml, seed) in [(true, 1), (false, 2), (true, 3), (false, 4)] {
            let mut working = random_working(&system, seed + 40);
            if seed > 2 {
                *working.last_mut().unwrap() = 0.0;
            }
            let mut own = Variances::new(&system, &working, reml, &Watch::unwatched()).unwrap();
            let h = own.observed_information().unwrap().hessian;
            let (n, size) = (working.len(), working.len() + 1);
            // With sigma profiled out, as in the criterion.
            let profiled = |a: usize, b: usize| h[b * size + a] - h[n * size + a] * h[n * size + b] / h[n * size + n];
            let mut deviance = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
            let largest = (0..n).map(|a| profiled(a, a).abs()).fold(1.0, f64::max);
            for b in 0..n {
                let step = 1e-3;
                let mut at = |steps: f64| {
                    let mut x = working.clone();
                    x[b] += steps * step;
                    let mut gradient = vec![0.0; n];
                    deviance.evaluate_gradient(&x, &mut gradient).unwrap();
                    gradient
                };
                let (far, near) = ((at(-2.0), at(2.0)), (at(-1.0), at(1.0)));
                for a in 0..n {
                    let want = (far.0[a] - far.1[a] + 8.0 * (near.1[a] - near.0[a])) / (12.0 * step);
                    let got = profiled(a, b);
                    assert!((got - want).abs() < 1e-7 * largest, "example {i}, reml {reml}, {a}, {b}: {got} for {want}");
                }
            }
        }
    }
}
