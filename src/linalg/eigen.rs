//! Eigenvalues of symmetric matrices.

use super::registers;

/// Larger matrices go to a blocked routine.
const SMALL: usize = 8;

/// Rounds of rotations after which none is needed: convergence is quadratic.
const MOST_SWEEPS: usize = 60;

/// Eigenvalues (ascending) and orthonormal eigenvectors (columns) of the symmetric `n x n` matrix `a`.
pub fn symmetric_eigen(n: usize, a: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    if n == 0 {
        return Some((vec![], vec![]));
    }
    if a.iter().any(|v| !v.is_finite()) {
        return None;
    }
    if n <= SMALL
        && let Some(small) = by_rotations(n, a)
    {
        return Some(small);
    }
    let eigen = faer::MatRef::from_column_major_slice(a, n, n).self_adjoint_eigen(faer::Side::Lower);
    registers::clear();
    let eigen = eigen.ok()?;
    let values = (0..n).map(|i| eigen.S().column_vector()[i]).collect();
    let vectors = (0..n * n).map(|e| eigen.U()[(e % n, e / n)]).collect();
    Some((values, vectors))
}

/// By Jacobi's rotations, element after element (Golub and Van Loan 2013, section 8.5), of the lower triangle.
fn by_rotations(n: usize, a: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    let (mut m, mut v) = ([[0.0; SMALL]; SMALL], [[0.0; SMALL]; SMALL]);
    // In units of the largest element nothing over- or underflows that matters.
    let unit = a.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    let unit = if unit == 0.0 { 1.0 } else { unit };
    for j in 0..n {
        v[j][j] = 1.0;
        for i in j..n {
            (m[j][i], m[i][j]) = (a[j * n + i] / unit, a[j * n + i] / unit);
        }
    }
    let mut settled = false;
    for _ in 0..MOST_SWEEPS {
        settled = true;
        for p in 0..n {
            for q in p + 1..n {
                settled &= !rotate(n, p, q, &mut m, &mut v);
            }
        }
        if settled {
            break;
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| m[i][i].total_cmp(&m[j][j]));
    let values = order.iter().map(|&i| m[i][i] * unit).collect();
    let vectors = order.iter().flat_map(|&i| v[i][..n].iter().copied()).collect();
    settled.then_some((values, vectors))
}

/// Makes element (p, q) zero; `false` where it is beside the diagonal.
fn rotate(n: usize, p: usize, q: usize, m: &mut [[f64; SMALL]; SMALL], v: &mut [[f64; SMALL]; SMALL]) -> bool {
    let element = m[p][q];
    if element.abs() <= f64::MIN_POSITIVE || element.abs() <= 0.25 * f64::EPSILON * (m[p][p].abs() * m[q][q].abs()).sqrt() {
        (m[p][q], m[q][p]) = (0.0, 0.0);
        return false;
    }
    let tau = (m[q][q] - m[p][p]) / (2.0 * element);
    let tangent = 1.0f64.copysign(tau) / (tau.abs() + libm::hypot(1.0, tau));
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = tangent * cosine;
    m[p][p] -= tangent * element;
    m[q][q] += tangent * element;
    (m[p][q], m[q][p]) = (0.0, 0.0);
    for i in (0..n).filter(|&i| i != p && i != q) {
        let (x, y) = (m[p][i], m[q][i]);
        (m[p][i], m[q][i]) = (cosine * x - sine * y, sine * x + cosine * y);
        (m[i][p], m[i][q]) = (m[p][i], m[q][i]);
    }
    let (vp, vq) = (v[p], v[q]);
    for i in 0..n {
        v[p][i] = cosine * vp[i] - sine * vq[i];
        v[q][i] = sine * vp[i] + cosine * vq[i];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_come_in_order() {
        let (values, vectors) = symmetric_eigen(2, &[2.0, 1.0, 1.0, 2.0]).unwrap();
        assert!((values[0] - 1.0).abs() < 1e-15 && (values[1] - 3.0).abs() < 1e-15);
        assert!((vectors[0] + vectors[1]).abs() < 1e-15);
        assert!(symmetric_eigen(1, &[f64::INFINITY]).is_none());
    }

    /// Of B'B with B `n x rank`.
    fn product(n: usize, rank: usize, scale: f64) -> Vec<f64> {
        let b = |i: usize, k: usize| ((i * 7 + k * 3 + 1) as f64).sin() * 10f64.powi(2 * k as i32);
        (0..n * n).map(|e| scale * (0..rank).map(|k| b(e % n, k) * b(e / n, k)).sum::<f64>()).collect()
    }

    #[test]
    fn small_and_large_matrices_are_the_product_of_what_is_found() {
        for (n, rank, scale) in [(1, 1, 1.0), (2, 1, 1e-200), (3, 3, 1.0), (5, 2, 1e150), (8, 8, 1.0), (11, 4, 1.0)] {
            let a = product(n, rank, scale);
            let (values, vectors) = symmetric_eigen(n, &a).unwrap();
            assert!(values.is_sorted());
            let largest = a.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            for i in 0..n {
                for j in 0..n {
                    let inner: f64 = (0..n).map(|k| vectors[i * n + k] * vectors[j * n + k]).sum();
                    assert!((inner - f64::from(u8::from(i == j))).abs() < 1e-14, "{n}: {i} {j}");
                    let sum: f64 = (0..n).map(|k| values[k] * vectors[k * n + i] * vectors[k * n + j]).sum();
                    assert!((sum - a[j * n + i]).abs() < 1e-14 * n as f64 * largest, "{n}: {i} {j}");
                }
            }
        }
    }
}
