//! Unstructured: theta is the lower triangle of T, column by column (lme4's theta).

use super::parametrisation::{Parametrisation, Structure, effect_name};
use crate::error::Result;

pub(super) struct Unstructured;

/// Row and column of the k-th element of the lower triangle.
fn position(r: usize, mut k: usize) -> (usize, usize) {
    let mut column = 0;
    while k >= r - column {
        k -= r - column;
        column += 1;
    }
    (column + k, column)
}

/// Where column j of the lower triangle starts in theta.
fn column_start(r: usize, j: usize) -> usize {
    j * (2 * r + 1 - j) / 2
}

impl Parametrisation for Unstructured {
    fn name(&self) -> &'static str {
        "us"
    }

    fn n_theta(&self, s: Structure) -> usize {
        s.size * (s.size + 1) / 2
    }

    fn effect(&self, s: Structure, k: usize) -> Option<usize> {
        (0..s.size).flat_map(|column| column..s.size).nth(k)
    }

    fn theta_names(&self, s: Structure, group: &str, effects: &[String]) -> Vec<String> {
        let name = |i: usize| effect_name(group, effects, i);
        let column_name = |j: usize| effects.get(j).cloned().unwrap_or_else(|| (j + 1).to_string());
        let all = (0..s.size).flat_map(|j| (j..s.size).map(move |i| (i, j)));
        all.map(|(i, j)| if i == j { name(i) } else { format!("{}.{}", name(i), column_name(j)) }).collect()
    }

    fn bounds(&self, s: Structure, k: usize) -> (f64, f64) {
        let (i, j) = position(s.size, k);
        (if i == j { 0.0 } else { f64::NEG_INFINITY }, f64::INFINITY)
    }

    fn working_from_theta(&self, _: Structure, theta: &[f64], working: &mut [f64]) -> Result<()> {
        working.copy_from_slice(theta);
        Ok(())
    }

    /// T T' does not see the signs of T's columns: the first element of each that is not zero, the diagonal if possible, is
    /// made positive.
    fn theta_from_working(&self, s: Structure, working: &[f64], theta: &mut [f64]) {
        for j in 0..s.size {
            let column = column_start(s.size, j)..column_start(s.size, j + 1);
            let first = working[column.clone()].iter().find(|v| **v != 0.0);
            let sign = if first.is_some_and(|v| *v < 0.0) { -1.0 } else { 1.0 };
            for k in column {
                theta[k] = sign * working[k] + 0.0; // + 0.0 turns -0 into 0
            }
        }
    }

    fn factor(&self, s: Structure, working: &[f64], t: &mut [f64]) {
        for j in 0..s.size {
            let column = &working[column_start(s.size, j)..column_start(s.size, j + 1)];
            t[j * s.size + j..(j + 1) * s.size].copy_from_slice(column);
        }
    }

    fn derivative(&self, s: Structure, _: &[f64], i: usize, d: &mut [f64]) {
        let (row, column) = position(s.size, i);
        d[row + column * s.size] = 1.0;
    }

    fn start(&self, s: Structure, working: &mut [f64]) {
        working.fill(0.0);
        for j in 0..s.size {
            working[column_start(s.size, j)] = 1.0;
        }
    }

    /// Cholesky, left-looking. A pivot that is zero up to rounding makes a zero column; elements are kept within what the
    /// variance of their row has left, so that a slightly indefinite matrix can't blow up.
    fn working_from_covariance(&self, s: Structure, covariance: &[f64], working: &mut [f64]) {
        let r = s.size;
        working.fill(0.0);
        for j in 0..r {
            let tiny = 1e-13 * covariance[j * (r + 1)].max(0.0);
            let pivot = remaining(r, covariance, working, j, j, j);
            if pivot.is_nan() || pivot <= tiny {
                continue;
            }
            let root = pivot.sqrt();
            working[column_start(r, j)] = root;
            for i in j + 1..r {
                let limit = remaining(r, covariance, working, i, i, j).max(0.0).sqrt();
                let element = remaining(r, covariance, working, i, j, j) / root;
                working[column_start(r, j) + i - j] = element.clamp(-limit, limit);
            }
        }
    }
}

/// Element (i, j) of the covariance less the part that the first `columns` columns of T explain.
fn remaining(r: usize, covariance: &[f64], t: &[f64], i: usize, j: usize, columns: usize) -> f64 {
    let at = |row: usize, k: usize| t[column_start(r, k) + row - k];
    covariance[i + j * r] - (0..columns).map(|k| at(i, k) * at(j, k)).sum::<f64>()
}
