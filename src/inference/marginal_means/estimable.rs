//! Which linear combinations of the columns of a rank-deficient model matrix have an estimate: those in its row space.

use crate::error::{Result, try_vec};
use crate::inference::linear::dot;

/// The columns that a fit kept, and how those it left out depend on them.
#[derive(Clone, Debug)]
pub struct Estimable {
    kept: Vec<usize>,
    /// Each column left out, with its weights of the kept ones.
    dependent: Vec<(usize, Vec<f64>)>,
}

/// How far, relative to its terms, a combination may be from the row space.
const TOLERANCE: f64 = 1e-8;

impl Estimable {
    /// For a model matrix of full rank.
    pub fn full(n_columns: usize) -> Self {
        Estimable { kept: (0..n_columns).collect(), dependent: Vec::new() }
    }

    /// For the model matrix `x` `[n, p]`, all columns; those in `kept` are linearly independent, and the others depend on them.
    pub fn new(x: &[f64], n: usize, p: usize, kept: &[usize]) -> Result<Self> {
        let m = kept.len();
        let mut q = try_vec("orthonormal basis", 0.0, n * m)?;
        let mut r = try_vec("triangular factor", 0.0, m * m)?;
        for (j, &column) in kept.iter().enumerate() {
            let (before, rest) = q.split_at_mut(j * n);
            let own = &mut rest[..n];
            own.copy_from_slice(&x[column * n..(column + 1) * n]);
            project_out(before, n, own, &mut r[j * m..j * m + j]);
            let norm = dot(own, own).sqrt();
            r[j * m + j] = norm;
            for v in own {
                *v /= norm;
            }
        }
        let mut dependent = Vec::new();
        for column in (0..p).filter(|column| !kept.contains(column)) {
            let mut own = x[column * n..(column + 1) * n].to_vec();
            let mut weights = vec![0.0; m];
            project_out(&q, n, &mut own, &mut weights);
            for j in (0..m).rev() {
                weights[j] /= r[j * m + j];
                for i in 0..j {
                    weights[i] -= r[j * m + i] * weights[j];
                }
            }
            dependent.push((column, weights));
        }
        Ok(Estimable { kept: kept.to_vec(), dependent })
    }

    /// The columns left out, each with its weights of the kept ones.
    pub fn dependent(&self) -> &[(usize, Vec<f64>)] {
        &self.dependent
    }

    /// The weights of the kept columns, for weights of all; `None` if the combination can't be estimated.
    pub fn reduce(&self, all: &[f64]) -> Option<Vec<f64>> {
        let own: Vec<f64> = self.kept.iter().map(|&j| all[j]).collect();
        // What rounding leaves of terms that cancel counts as zero.
        let noise = 1e-12 * all.iter().fold(0.0_f64, |m, l| m.max(l.abs()));
        let fits = self.dependent.iter().all(|(column, weights)| {
            let size: f64 = weights.iter().zip(&own).map(|(w, l)| (w * l).abs()).sum();
            (all[*column] - dot(weights, &own)).abs() <= TOLERANCE * (size + all[*column].abs()) + noise
        });
        fits.then_some(own)
    }
}

/// Takes the orthonormal columns of `basis` out of `v`, twice, adding up the coefficients.
fn project_out(basis: &[f64], n: usize, v: &mut [f64], coefficients: &mut [f64]) {
    for _ in 0..2 {
        for (column, coefficient) in basis.chunks_exact(n.max(1)).zip(coefficients.iter_mut()) {
            let share = dot(column, v);
            *coefficient += share;
            v.iter_mut().zip(column).for_each(|(v, c)| *v -= share * c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_within_the_row_space_are_estimable() {
        // Columns: one, a, b, a + b, with the last left out.
        let x = [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 3.0, 0.0, 0.0, 2.0, 1.0, 0.0, 1.0, 2.0, 4.0];
        let estimable = Estimable::new(&x, 4, 4, &[0, 1, 2]).unwrap();
        assert_eq!(estimable.reduce(&[1.0, 2.0, 3.0, 5.0]).unwrap(), [1.0, 2.0, 3.0]);
        assert!(estimable.reduce(&[1.0, 2.0, 3.0, 4.0]).is_none());
        assert!(estimable.reduce(&[0.0, 0.0, 0.0, 1.0]).is_none());
        assert_eq!(estimable.reduce(&[0.0; 4]).unwrap(), [0.0; 3]);
        assert_eq!(Estimable::full(2).reduce(&[4.0, 5.0]).unwrap(), [4.0, 5.0]);
    }
}
