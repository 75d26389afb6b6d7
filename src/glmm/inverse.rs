//! The inverse of the Hessian: of all directions but those of edges, and what is said where there is no curvature.

use super::edge::Edges;
use crate::linalg::dense;

/// Relative to the largest, an eigenvalue of the scaled Hessian below this says nothing about its direction.
const FLAT: f64 = 1e-9;

/// 2 H^-1 in all directions but the edges, zero in these, `[n, n]`. Directions of parameters from `first` on that add no curvature to the
/// ones before join the edges. And whether there are others without.
pub(super) fn inverse_within(first: usize, free: &[usize], edges: &mut Edges, hessian: &[f64]) -> (Vec<f64>, bool) {
    let n = hessian.len().isqrt();
    let image = |v: &Vec<f64>| -> Vec<f64> {
        (0..n).map(|i| v.iter().enumerate().map(|(j, v)| 0.5 * v * (hessian[j * n + i] + hessian[i * n + j])).sum()).collect()
    };
    let mut basis = edges.basis(n, free);
    let mut part = form(&basis, &basis.iter().map(image).collect::<Vec<_>>());
    for (flat, parts) in without_curvature(&part).into_iter().rev() {
        if basis[flat][..first].iter().all(|v| *v == 0.0) {
            let mut direction = vec![0.0; n];
            basis.iter().zip(&parts).for_each(|(v, part)| dense::add_scaled(&mut direction, *part, v));
            edges.add_flat(direction);
            basis.remove(flat);
        }
    }
    if part.len() > basis.len() * basis.len() {
        part = form(&basis, &basis.iter().map(image).collect::<Vec<_>>());
    }
    let k = basis.len();
    let (inverse, flat) = twice_inverse(k, &part);
    let mut out = vec![0.0; n * n];
    for (b, right) in basis.iter().enumerate() {
        for (a, left) in basis.iter().enumerate() {
            for (j, r) in right.iter().enumerate().filter(|(_, r)| **r != 0.0) {
                left.iter().enumerate().for_each(|(i, l)| out[j * n + i] += inverse[b * k + a] * l * r);
            }
        }
    }
    (out, flat)
}

/// B'HB of a basis and its images HB.
fn form(basis: &[Vec<f64>], images: &[Vec<f64>]) -> Vec<f64> {
    images.iter().flat_map(|image| basis.iter().map(|v| sparse_dot(v, image))).collect()
}

/// Those that add no curvature to the ones before, pivots of the scaled matrix that are none; each with the direction without curvature.
fn without_curvature(hessian: &[f64]) -> Vec<(usize, Vec<f64>)> {
    let k = hessian.len().isqrt();
    let scale: Vec<f64> = (0..k).map(|j| hessian[j * (k + 1)].abs().sqrt().max(f64::MIN_POSITIVE)).collect();
    let mut found = vec![];
    // Rows of the factor, of those that are left in.
    let mut rows: Vec<(usize, Vec<f64>)> = vec![];
    for i in 0..k {
        let mut row: Vec<f64> = vec![];
        for (j, other) in &rows {
            let sum: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            row.push((hessian[j * k + i] / scale[i] / scale[*j] - sum) / other[row.len()]);
        }
        let pivot = hessian[i * (k + 1)] / (scale[i] * scale[i]) - row.iter().map(|v| v * v).sum::<f64>();
        if pivot > FLAT {
            row.push(pivot.sqrt());
            rows.push((i, row));
        } else {
            // The direction is 1 at this place and -c at those before, L'c = row.
            for j in (0..rows.len()).rev() {
                let later: f64 = (j + 1..rows.len()).map(|k| rows[k].1[j] * row[k]).sum();
                row[j] = (row[j] - later) / rows[j].1[j];
            }
            let mut direction = vec![0.0; k];
            direction[i] = 1.0 / scale[i];
            rows.iter().zip(&row).for_each(|((j, _), c)| direction[*j] = -c / scale[*j]);
            found.push((i, direction));
        }
    }
    found
}

/// 2 H^-1. Directions without curvature get the little that could have been missed: a huge variance, which leaves the parameters that
/// they have no part in as they are. And whether there are such directions.
fn twice_inverse(k: usize, hessian: &[f64]) -> (Vec<f64>, bool) {
    if k == 0 {
        return (vec![], false);
    }
    let scale: Vec<f64> = (0..k).map(|j| hessian[j * (k + 1)].abs().sqrt().max(f64::MIN_POSITIVE)).collect();
    let scaled: Vec<f64> = (0..k * k).map(|e| hessian[e] / scale[e % k] / scale[e / k]).collect();
    let Some((values, vectors)) = dense::symmetric_eigen(k, &scaled) else { return (vec![f64::NAN; k * k], true) };
    let mut out = vec![0.0; k * k];
    for (value, v) in values.iter().zip(vectors.chunks_exact(k.max(1))) {
        for j in 0..k {
            for i in 0..k {
                out[j * k + i] += 2.0 * v[i] * v[j] / scale[i] / scale[j] / value.max(FLAT);
            }
        }
    }
    (out, values.iter().any(|value| *value <= FLAT))
}

/// Of a row with many zeros.
pub(super) fn sparse_dot(row: &[f64], v: &[f64]) -> f64 {
    row.iter().zip(v).filter(|(r, _)| **r != 0.0).map(|(r, v)| r * v).sum()
}
