//! Which linear combinations of the columns of a rank-deficient model matrix have an estimate: those in its row space.

use crate::envelope::{fits, is_choice};
use crate::error::{Error, Result, try_copy, try_vec};
use crate::linalg::dense::dot;

/// The columns that a fit kept, and how those it left out depend on them.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Estimable {
    kept: Vec<usize>,
    /// Each column left out, with its weights of the kept ones.
    dependent: Vec<(usize, Vec<f64>)>,
    /// Of each column left out, how far the rows of the data are from that.
    noise: Vec<f64>,
}

impl Default for Estimable {
    fn default() -> Self {
        Estimable::full(0)
    }
}

/// How far, relative to its terms, a combination may be from the row space.
const TOLERANCE: f64 = 1e-8;
/// The same relative to the largest of all columns.
const ROUNDING: f64 = 1e-12;

impl Estimable {
    /// For a model matrix of full rank.
    pub fn full(n_columns: usize) -> Self {
        Estimable { kept: (0..n_columns).collect(), dependent: Vec::new(), noise: Vec::new() }
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
            let mut own = try_copy("orthonormal basis", &x[column * n..(column + 1) * n])?;
            let mut weights = vec![0.0; m];
            project_out(&q, n, &mut own, &mut weights);
            for j in (0..m).rev() {
                weights[j] /= r[j * m + j];
                for i in 0..j {
                    weights[i] -= r[j * m + i] * weights[j];
                }
            }
            // What is rounding of the column's own size is none of the others.
            let norm = |j: usize| dot(&x[j * n..(j + 1) * n], &x[j * n..(j + 1) * n]).sqrt();
            let nothing = ROUNDING * norm(column);
            weights.iter_mut().zip(kept).filter(|(w, j)| (**w * norm(**j)).abs() <= nothing).for_each(|(w, _)| *w = 0.0);
            dependent.push((column, weights));
        }
        Ok(Estimable { kept: kept.to_vec(), noise: vec![0.0; dependent.len()], dependent })
    }

    /// For the matrix of the columns of `blocks`, each `[n, p]`, beside each other, of which those in `kept` of each block are kept.
    pub fn of_blocks(n: usize, blocks: &[(&[f64], &[usize])]) -> Result<Self> {
        let (mut x, mut all) = (vec![], vec![]);
        let total: usize = blocks.iter().map(|(x, _)| x.len()).sum();
        let count = total / n.max(1);
        if blocks.iter().map(|(_, kept)| kept.len()).sum::<usize>() == count {
            return Ok(Estimable::full(count));
        }
        x.try_reserve_exact(total).map_err(|_| Error::memory("model matrix", 8 * total))?;
        for (own, kept) in blocks {
            let first = x.len() / n.max(1);
            all.extend(kept.iter().map(|j| first + j));
            x.extend_from_slice(own);
        }
        let mut own = Estimable::new(&x, n, count, &all)?;
        for i in 0..n {
            let off = own.off(|j| x[j * n + i]);
            own.noise.iter_mut().zip(off).for_each(|(noise, [off, _])| *noise = noise.max(2.0 * off));
        }
        Ok(own)
    }

    /// Fails for what was read from damaged bytes: it is of `columns`, of which `kept` are kept.
    pub fn check(&self, columns: usize, kept: usize) -> Result<()> {
        let left_out = |(column, weights): &(usize, Vec<f64>)| *column < columns && weights.len() == kept;
        fits(
            self.kept.len() == kept
                && is_choice(&self.kept, columns)
                && self.dependent.len() == columns - kept
                && self.dependent.iter().all(left_out)
                && self.noise.len() == self.dependent.len(),
            "a column that was left out",
        )
    }

    /// Whether all columns were kept.
    pub fn is_full(&self) -> bool {
        self.dependent.is_empty()
    }

    /// How far a row is from having each column left out as the data have it, and what counts as nothing.
    fn off(&self, value: impl Fn(usize) -> f64) -> Vec<[f64; 2]> {
        let largest = self.kept.iter().map(|&j| value(j).abs()).fold(0.0, f64::max);
        let of = |(column, weights): &(usize, Vec<f64>)| {
            let (mut size, mut sum) = (value(*column).abs(), value(*column));
            for (w, &j) in weights.iter().zip(&self.kept) {
                (size, sum) = (size + (w * value(j)).abs(), sum - w * value(j));
            }
            // What rounding leaves of terms that cancel.
            [sum.abs(), TOLERANCE * size + ROUNDING * largest]
        };
        self.dependent.iter().map(of).collect()
    }

    /// Whether the function of the coefficients with these weights has an estimate.
    pub fn has(&self, value: impl Fn(usize) -> f64) -> bool {
        self.off(value).iter().zip(&self.noise).all(|([off, nothing], noise)| *off <= nothing + noise)
    }

    /// The columns left out, each with its weights of the kept ones.
    pub fn dependent(&self) -> &[(usize, Vec<f64>)] {
        &self.dependent
    }

    /// The weights of the kept columns, for weights of all; `None` if the combination can't be estimated.
    pub fn reduce(&self, all: &[f64]) -> Option<Vec<f64>> {
        self.has(|j| all[j]).then(|| self.kept.iter().map(|&j| all[j]).collect())
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
        // Units of one column are none of the others' concern.
        let large: Vec<f64> =
            (0..16).map(|e| if e / 4 == 1 || e / 4 == 3 { 0.3e8 * x[4 + e % 4] * (1 + e / 8) as f64 } else { x[e] }).collect();
        let estimable = Estimable::new(&large, 4, 4, &[0, 1, 2]).unwrap();
        assert_eq!(estimable.reduce(&[1.0, 0.0, 3.0, 0.0]).unwrap(), [1.0, 0.0, 3.0]);
        assert!(estimable.reduce(&[0.0, 0.0, 0.0, 1.0]).is_none());
        assert_eq!(Estimable::full(2).reduce(&[4.0, 5.0]).unwrap(), [4.0, 5.0]);
    }
}
