//! The basis in which cross-products are accumulated: columns shifted and made orthonormal, so that no digits are lost.

use serde::{Deserialize, Serialize};

use super::columns::{ColumnBlock, Transformed, wide};
use super::rows::Chunk;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense::{add_scaled, add_upper_square, largest_distance, matrix, multiply_lower, sum};
use crate::linalg::orthogonal::{RANK_TOLERANCE, about_mean};

/// Below this squared relative remainder a first pass can't tell a nearly dependent column from a dependent one.
const UNCERTAIN: f64 = 1e-10;

/// Rows that are transformed together.
const BLOCK: usize = 256;

/// A sample of so many rows for each column says how columns depend on each other.
const ROWS_PER_COLUMN: usize = 5;

/// So many columns are transformed and multiplied as matrices.
const WIDE: usize = 40;

/// The linear map from the user's columns C = [X y] to the working ones, C~ = (C - 1 shift') map.
///
/// `map` is upper triangular, the last column (the response) with a positive diagonal; working columns of X are nearly orthonormal and
/// the working response is nearly the least-squares residual of unit length, on the rows that the basis was learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// The number of columns, those of X and the response.
    pub columns: usize,
    /// The value of column 0 where it is constant; otherwise nothing is shifted.
    pub constant: Option<f64>,
    pub shift: Vec<f64>,
    /// `[columns, columns]`.
    pub map: Vec<f64>,
}

impl Basis {
    /// Learns the basis from the rows of a chunk: the Gram matrix in a scaled and centred basis, its Cholesky factor, and again
    /// while a column is nearly dependent on others (iterated Cholesky QR; Yamamoto et al. 2015).
    pub fn learn(chunk: &Chunk<'_>) -> Result<Basis> {
        let mut basis = Self::scaled(chunk, Self::constant_of(chunk))?;
        let norms = basis.column_norms(chunk);
        let units: Vec<f64> = (0..basis.columns).map(|j| basis.map[j * basis.columns + j]).collect();
        for _ in 0..4 {
            let gram = basis.gram(chunk)?;
            if basis.refine(&gram, &norms, &units) {
                break;
            }
        }
        basis.scale_response(chunk)?;
        Ok(basis)
    }

    /// Learns a basis from a sample, for data that are not there yet; `constant` says that the first column is one of ones. It never fails
    /// for what the sample is: of few rows columns are only centred and scaled.
    pub fn of_sample(chunk: &Chunk<'_>, constant: bool) -> Result<Basis> {
        let mut basis = Self::scaled(chunk, constant.then_some(1.0))?;
        if chunk.n < ROWS_PER_COLUMN * basis.columns {
            return Ok(basis);
        }
        let scaled = basis.clone();
        let norms = basis.column_norms(chunk);
        let units: Vec<f64> = (0..basis.columns).map(|j| basis.map[j * basis.columns + j]).collect();
        for _ in 0..4 {
            let gram = basis.gram(chunk)?;
            if basis.refine(&gram, &norms, &units) {
                break;
            }
        }
        // A response without a residual has no unit.
        if basis.scale_response(chunk).is_err() {
            let c = basis.columns;
            basis.map[(c - 1) * c..].copy_from_slice(&scaled.map[(c - 1) * c..]);
        }
        Ok(basis)
    }

    /// The same basis with further columns as they are, `columns` in all; the response stays the last.
    pub fn extended(&self, columns: usize) -> Result<Basis> {
        let (c, new) = (self.columns, columns);
        let mut map = try_vec("basis", 0.0, new * new)?;
        for j in 0..c - 1 {
            map[j * new..j * new + c - 1].copy_from_slice(&self.map[j * c..j * c + c - 1]);
        }
        (c - 1..new - 1).for_each(|j| map[j * new + j] = 1.0);
        map[(new - 1) * new..][..c - 1].copy_from_slice(&self.map[(c - 1) * c..][..c - 1]);
        map[new * new - 1] = self.map[c * c - 1];
        let mut shift = vec![0.0; new];
        shift[..c - 1].copy_from_slice(&self.shift[..c - 1]);
        shift[new - 1] = self.shift[c - 1];
        Ok(Basis { columns: new, constant: self.constant, shift, map })
    }

    /// The value of column 0 where it is constant in a chunk.
    fn constant_of(chunk: &Chunk<'_>) -> Option<f64> {
        if chunk.columns() < 2 || chunk.n == 0 {
            return None;
        }
        let first = chunk.column(0);
        (first[0] != 0.0 && first.iter().all(|&v| v == first[0])).then_some(first[0])
    }

    /// Columns centred (where column 0 is constant) and scaled to a largest value of one.
    fn scaled(chunk: &Chunk<'_>, constant: Option<f64>) -> Result<Basis> {
        let c = chunk.columns();
        let mut basis = Basis { columns: c, constant, shift: vec![0.0; c], map: try_vec("basis", 0.0, c * c)? };
        for j in 0..c {
            let values = chunk.column(j);
            if basis.constant.is_some() && j > 0 {
                let largest = largest_distance(values, 0.0);
                basis.shift[j] = mean(values, largest);
            }
            let largest = largest_distance(values, basis.shift[j]);
            basis.map[j * c + j] = if largest > 0.0 && (1.0 / largest).is_finite() { 1.0 / largest } else { 1.0 };
        }
        Ok(basis)
    }

    /// Squared norms of the scaled columns, weights included, while the map is still a diagonal; without their shift where nothing but
    /// rounding is left beside it.
    fn column_norms(&self, chunk: &Chunk<'_>) -> Vec<f64> {
        let norm = |j: usize, shift: f64| squared_norm(chunk.column(j), chunk.weights, shift, self.map[j * self.columns + j]);
        (0..self.columns).map(|j| about_mean(norm(j, self.shift[j]), norm(j, 0.0))).collect()
    }

    /// The Gram matrix of the working columns of a chunk, `[columns, columns]`.
    pub fn gram(&self, chunk: &Chunk<'_>) -> Result<Vec<f64>> {
        let c = self.columns;
        let mut gram = try_vec("cross-products of the fixed effects", 0.0, c * c)?;
        if c < WIDE {
            self.each_columns(chunk, |block| block.add_gram(&mut gram))?;
        } else {
            self.each_block(chunk, |_, rows| add_upper_square(matrix(c, rows.len() / c, rows), &mut gram))?;
        }
        mirror(c, &mut gram);
        Ok(gram)
    }

    /// Calls `work` for blocks of transformed and weighted rows, column by column.
    fn each_columns(&self, chunk: &Chunk<'_>, mut work: impl FnMut(&ColumnBlock<'_>)) -> Result<()> {
        let c = self.columns;
        let mut values = try_vec("rows of the fixed effects", 0.0, BLOCK.min(chunk.n) * c)?;
        let mut roots = vec![1.0; BLOCK.min(chunk.n)];
        for start in (0..chunk.n).step_by(BLOCK) {
            chunk.watch.pulse()?;
            let rows = BLOCK.min(chunk.n - start);
            if let Some(weights) = chunk.weights {
                roots.iter_mut().zip(&weights[start..]).for_each(|(root, weight)| *root = weight.sqrt());
            }
            let values = &mut values[..rows * c];
            let (shift, map, own) = (&self.shift[..], &self.map[..], chunk.weights.is_some().then_some(&roots[..rows]));
            wide(Transformed { chunk, start, shift, map, roots: own, values });
            work(&ColumnBlock { start, roots: &roots[..rows], values });
        }
        Ok(())
    }

    /// Adds C~'C~ on and above the diagonal, and C~'Z of each term: the number of its effects, and `[c, effects, levels]`.
    pub fn add_products(&self, chunk: &Chunk<'_>, gram: &mut [f64], terms: &mut [(usize, &mut [f64])]) -> Result<()> {
        let c = self.columns;
        if c < WIDE {
            let mut z = [0.0; BLOCK];
            return self.each_columns(chunk, |block| {
                block.add_gram(gram);
                for (term, (effects, cz)) in chunk.terms.iter().zip(&mut *terms) {
                    for e in 0..*effects {
                        let column = term.z.map(|z| &z[e * chunk.n..(e + 1) * chunk.n]);
                        block.add_to_levels(term.index, column, (*effects, e), &mut z, cz);
                    }
                }
            });
        }
        self.each_block(chunk, |start, rows| {
            add_upper_square(matrix(c, rows.len() / c, rows), gram);
            for (term, (effects, cz)) in chunk.terms.iter().zip(&mut *terms) {
                for (i, row) in rows.chunks_exact(c).enumerate() {
                    let root_weight = chunk.weights.map_or(1.0, |w| w[start + i].sqrt());
                    let first = term.index[start + i] as usize * *effects;
                    for e in 0..*effects {
                        let z = root_weight * term.z.map_or(1.0, |z| z[e * chunk.n + start + i]);
                        if z != 0.0 {
                            add_scaled(&mut cz[(first + e) * c..(first + e + 1) * c], z, row);
                        }
                    }
                }
            }
        })
    }

    /// Calls `work(first row, block)` for blocks of transformed and weighted rows, each row `columns` numbers side by side.
    pub fn each_block(&self, chunk: &Chunk<'_>, mut work: impl FnMut(usize, &[f64])) -> Result<()> {
        let c = self.columns;
        let wide = c >= WIDE;
        let mut raw = try_vec("rows of the fixed effects", 0.0, if wide { BLOCK.min(chunk.n) * c } else { c })?;
        let is_diagonal = wide && (0..c).all(|j| self.map[j * c..j * c + j].iter().all(|v| *v == 0.0));
        let mut block = try_vec("rows of the fixed effects", 0.0, BLOCK.min(chunk.n) * c)?;
        for start in (0..chunk.n).step_by(BLOCK) {
            chunk.watch.pulse()?;
            let rows = BLOCK.min(chunk.n - start);
            let columns: Vec<&[f64]> = (0..c).map(|j| &chunk.column(j)[start..start + rows]).collect();
            if wide {
                let weights = chunk.weights.map(|w| &w[start..start + rows]);
                self.transform_wide(&columns, weights, is_diagonal, &mut raw, &mut block[..rows * c]);
                work(start, &block[..rows * c]);
                continue;
            }
            for (i, out) in block.chunks_exact_mut(c).take(rows).enumerate() {
                let root_weight = chunk.weights.map_or(1.0, |w| w[start + i].sqrt());
                for ((value, column), shift) in raw.iter_mut().zip(&columns).zip(&self.shift) {
                    *value = column[i] - shift;
                }
                for (j, value) in out.iter_mut().enumerate() {
                    let column = &self.map[j * c..=j * c + j];
                    *value = root_weight * dot(column, &raw[..=j]);
                }
            }
            work(start, &block[..rows * c]);
        }
        Ok(())
    }

    /// The same for many columns, by a product of matrices; `raw` takes the columns as they come.
    fn transform_wide(&self, columns: &[&[f64]], weights: Option<&[f64]>, is_diagonal: bool, raw: &mut [f64], out: &mut [f64]) {
        let c = self.columns;
        let rows = out.len() / c;
        let raw = &mut raw[..rows * c];
        for ((raw, column), shift) in raw.chunks_exact_mut(rows).zip(columns).zip(&self.shift) {
            raw.iter_mut().zip(*column).for_each(|(raw, v)| *raw = v - shift);
            if let Some(weights) = weights {
                raw.iter_mut().zip(weights).for_each(|(raw, w)| *raw *= w.sqrt());
            }
        }
        if is_diagonal {
            for (i, out) in out.chunks_exact_mut(c).enumerate() {
                out.iter_mut().enumerate().for_each(|(j, out)| *out = self.map[j * (c + 1)] * raw[j * rows + i]);
            }
        } else {
            multiply_lower(matrix(c, c, &self.map).transpose(), matrix(rows, c, raw).transpose(), out);
        }
    }

    /// Makes the working columns orthonormal by the Cholesky factor of their Gram matrix; true if that is final.
    /// Dependent columns are reduced by the others but not scaled, and not used by later columns.
    /// `norms` are squared norms of the user's columns times `units`.
    fn refine(&mut self, gram: &[f64], norms: &[f64], units: &[f64]) -> bool {
        let c = self.columns;
        let p = c - 1;
        let mut settled = true;
        let mut kept: Vec<usize> = Vec::new();
        // update[:, j] expresses the new column j in the present ones.
        let mut update = vec![0.0; c * c];
        for j in 0..c {
            let mut column = vec![0.0; c];
            column[j] = 1.0;
            let mut left = gram[j * c + j];
            for &k in &kept {
                let q = &update[k * c..(k + 1) * c];
                let r: f64 = (0..=k).map(|i| q[i] * gram[j * c + i]).sum();
                (0..=k).for_each(|i| column[i] -= r * q[i]);
                left -= r * r;
            }
            let unit = self.map[j * c + j] / units[j];
            let relative = left / (unit * unit * norms[j]).max(f64::MIN_POSITIVE);
            let present = gram[j * c + j] / (unit * unit * norms[j]).max(f64::MIN_POSITIVE);
            if j < p && relative > RANK_TOLERANCE * RANK_TOLERANCE && left > UNCERTAIN * gram[j * c + j] {
                // A column that has just been found independent after a doubtful pass wants one more.
                settled &= present > UNCERTAIN || left > 0.5 * gram[j * c + j];
                let scale = 1.0 / left.sqrt();
                for v in &mut column {
                    *v *= scale;
                }
                kept.push(j);
            } else if j < p {
                settled &= present <= RANK_TOLERANCE * RANK_TOLERANCE;
            }
            update[j * c..(j + 1) * c].copy_from_slice(&column);
        }
        let mut map = vec![0.0; c * c];
        for j in 0..c {
            for k in 0..=j {
                let factor = update[j * c + k];
                for i in 0..=k {
                    map[j * c + i] += self.map[k * c + i] * factor;
                }
            }
        }
        self.map = map;
        settled
    }

    /// Scales the working response to unit length; one that the fixed effects fit exactly has no variance to model.
    fn scale_response(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        let c = self.columns;
        let y = c - 1;
        let left = self.response_square(chunk)?;
        let scale = self.map[y * c + y];
        let largest = match chunk.weights {
            None => largest_distance(chunk.y, 0.0) * scale.abs(),
            Some(weights) => chunk.y.iter().zip(weights).fold(0.0f64, |most, (y, w)| most.max((y * scale).abs() * w.sqrt())),
        };
        check_residual(chunk.y, left.sqrt(), largest)?;
        for i in 0..c {
            self.map[y * c + i] /= left.sqrt();
        }
        Ok(())
    }

    /// The squared norm of the working response, without the other columns.
    fn response_square(&self, chunk: &Chunk<'_>) -> Result<f64> {
        let c = self.columns;
        let (mut block, mut square) = ([0.0; BLOCK], 0.0);
        for start in (0..chunk.n).step_by(BLOCK) {
            chunk.watch.pulse()?;
            let block = &mut block[..BLOCK.min(chunk.n - start)];
            block.fill(0.0);
            for (j, (factor, shift)) in self.map[(c - 1) * c..].iter().zip(&self.shift).enumerate() {
                block.iter_mut().zip(&chunk.column(j)[start..]).for_each(|(sum, v)| *sum += factor * (v - shift));
            }
            square += squared_norm(block, chunk.weights.map(|w| &w[start..]), 0.0, 1.0);
        }
        Ok(square)
    }

    /// The whole linear map B, `[columns, columns]`, with C~ = C B: the shift is a multiple of the constant column.
    pub fn matrix(&self) -> Vec<f64> {
        let c = self.columns;
        let mut b = self.map.clone();
        if let Some(constant) = self.constant {
            for j in 0..c {
                for k in 1..c {
                    b[j * c] -= self.shift[k] / constant * self.map[j * c + k];
                }
            }
        }
        b
    }
}

/// An error if `left`, the norm of the response's residual, is but rounding; `largest` is the largest of the weighted response.
pub fn check_residual(y: &[f64], left: f64, largest: f64) -> Result<()> {
    if left > 4.0 * f64::EPSILON * largest * (y.len() as f64).sqrt() {
        return Ok(());
    }
    let constant = y.iter().all(|&v| v == y[0]);
    Err(Error::data(if constant {
        format!("the response is constant ({}): there is no variance to model", y.first().copied().unwrap_or(f64::NAN))
    } else {
        "the fixed effects fit the response exactly: there is no variance to model".to_owned()
    }))
}

/// The mean of values of which the largest is known: scaled before they are summed, for a sum of large ones must not overflow.
fn mean(values: &[f64], largest: f64) -> f64 {
    let inverse = 1.0 / largest;
    let (chunks, rest) = values.as_chunks::<8>();
    if largest == 0.0 || !inverse.is_normal() {
        return values.iter().map(|v| v / largest.max(f64::MIN_POSITIVE)).sum::<f64>() / values.len() as f64 * largest;
    }
    let mut sums = [0.0; 8];
    for v in chunks {
        for i in 0..8 {
            sums[i] += v[i] * inverse;
        }
    }
    let all = sum(&sums) + rest.iter().map(|v| v * inverse).sum::<f64>();
    all / values.len() as f64 * largest
}

/// The weighted sum of squares of scaled differences from a shift, in eight sums.
fn squared_norm(values: &[f64], weights: Option<&[f64]>, shift: f64, scale: f64) -> f64 {
    let square = |v: f64| ((v - shift) * scale) * ((v - shift) * scale);
    let (chunks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    if let Some(weights) = weights {
        for (v, w) in chunks.iter().zip(weights.as_chunks::<8>().0) {
            for i in 0..8 {
                sums[i] += w[i] * square(v[i]);
            }
        }
        let weights = &weights[values.len() - rest.len()..];
        return sum(&sums) + rest.iter().zip(weights).map(|(v, w)| w * square(*v)).sum::<f64>();
    }
    for v in chunks {
        for i in 0..8 {
            sums[i] += square(v[i]);
        }
    }
    sum(&sums) + rest.iter().map(|v| square(*v)).sum::<f64>()
}

/// Completes a symmetric matrix that is there on and above its diagonal.
pub fn mirror(c: usize, gram: &mut [f64]) {
    for j in 0..c {
        for i in 0..j {
            gram[i * c + j] = gram[j * c + i];
        }
    }
}

/// The scalar product in eight sums side by side: one alone waits for each of its additions.
#[inline]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    if a.len() < sums.len() {
        // The same sum without the eight: most models have few coefficients.
        return a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + x * y);
    }
    let (whole_a, rest_a) = a.as_chunks::<8>();
    let (whole_b, rest_b) = b.as_chunks::<8>();
    for (x, y) in whole_a.iter().zip(whole_b) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(x, y)| x * y).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}
