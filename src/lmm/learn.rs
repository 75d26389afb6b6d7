//! How the basis is learnt from rows: columns centred and scaled, then made orthonormal.

use super::basis::Basis;
use super::rows::{BLOCK, Chunk, Rows};
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense::{largest_distance, sum};
use crate::linalg::orthogonal::{RANK_TOLERANCE, about_mean};
use crate::threads::each;
use crate::watch::Watch;

/// Below this squared relative remainder a first pass can't tell a nearly dependent column from a dependent one.
const UNCERTAIN: f64 = 1e-10;

/// A sample of so many rows for each column says how columns depend on each other.
const ROWS_PER_COLUMN: usize = 5;

impl Basis {
    /// Learns the basis from the rows of a chunk: the Gram matrix in a scaled and centred basis, its Cholesky factor, and again
    /// while a column is nearly dependent on others (iterated Cholesky QR; Yamamoto et al. 2015).
    pub fn learn(chunk: &Chunk<'_>) -> Result<Basis> {
        let (rows, watch) = (chunk.rows(), &chunk.watch);
        let mut basis = Self::scaled(rows, Self::constant_of(chunk), watch)?;
        basis.make_orthonormal(chunk)?;
        basis.scale_response(rows, watch)?;
        Ok(basis)
    }

    /// Learns a basis from a sample, for data that are not there yet; `constant` says that the first column is one of ones. It never fails
    /// for what the sample is: of few rows columns are only centred and scaled.
    pub fn of_sample(chunk: &Chunk<'_>, constant: bool) -> Result<Basis> {
        let (rows, watch) = (chunk.rows(), &chunk.watch);
        let mut basis = Self::scaled(rows, constant.then_some(1.0), watch)?;
        if chunk.n < ROWS_PER_COLUMN * basis.columns {
            return Ok(basis);
        }
        let scaled = basis.clone();
        basis.make_orthonormal(chunk)?;
        // A response without a residual has no unit.
        match basis.scale_response(rows, watch) {
            Err(error) if error.ends_all() => return Err(error),
            Err(_) => {
                let c = basis.columns;
                basis.map[(c - 1) * c..].copy_from_slice(&scaled.map[(c - 1) * c..]);
            }
            Ok(()) => {}
        }
        Ok(basis)
    }

    /// Of scaled columns, those that are orthonormal on the rows.
    fn make_orthonormal(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        let norms = self.column_norms(chunk.rows(), &chunk.watch)?;
        let units: Vec<f64> = (0..self.columns).map(|j| self.map[j * self.columns + j]).collect();
        for _ in 0..4 {
            let gram = self.gram(chunk)?;
            if self.refine(&gram, &norms, &units) {
                break;
            }
        }
        Ok(())
    }

    /// The same basis with further columns as they are, `columns` in all; the responses, so many, stay the last.
    pub fn extended(&self, columns: usize, responses: usize) -> Result<Basis> {
        let (c, new, first) = (self.columns, columns, self.columns - responses);
        let to = |j: usize| if j < first { j } else { j + new - c };
        let (mut map, mut shift) = (try_vec("basis", 0.0, new * new)?, vec![0.0; new]);
        for j in 0..c {
            shift[to(j)] = self.shift[j];
            (0..=j).for_each(|i| map[to(j) * new + to(i)] = self.map[j * c + i]);
        }
        (first..first + new - c).for_each(|j| map[j * new + j] = 1.0);
        Ok(Basis { columns: new, constant: self.constant, shift, map })
    }

    /// The basis of several responses: others come before that of this basis, and have what their own bases say of them.
    pub fn with_responses(self, others: &[Basis]) -> Result<Basis> {
        let (c, p, new) = (self.columns, self.columns - 1, self.columns + others.len());
        let mut all = self.extended(new, 1)?;
        for (r, other) in others.iter().enumerate() {
            let j = p + r;
            all.map[j * new..j * new + p].copy_from_slice(&other.map[p * c..p * c + p]);
            (all.map[j * new + j], all.shift[j]) = (other.map[c * c - 1], other.shift[p]);
        }
        Ok(all)
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
    fn scaled(rows: Rows<'_>, constant: Option<f64>, watch: &Watch<'_>) -> Result<Basis> {
        let c = rows.columns();
        let mut basis = Basis { columns: c, constant, shift: vec![0.0; c], map: try_vec("basis", 0.0, c * c)? };
        if basis.constant.is_some() {
            let largest = largest_of_each(rows, &basis.shift, watch)?;
            let sums =
                of_columns(rows, watch, &|j, values, _| if j > 0 { scaled_sum(values, largest[j]) } else { 0.0 }, &|a, b| a + b)?;
            for j in 1..c {
                basis.shift[j] = sums[j] / rows.n as f64 * largest[j];
            }
        }
        for (j, largest) in largest_of_each(rows, &basis.shift, watch)?.into_iter().enumerate() {
            basis.map[j * c + j] = if largest > 0.0 && (1.0 / largest).is_finite() { 1.0 / largest } else { 1.0 };
        }
        Ok(basis)
    }

    /// Squared norms of the scaled columns, weights included, while the map is still a diagonal; without their shift where nothing but
    /// rounding is left beside it.
    fn column_norms(&self, rows: Rows<'_>, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let unit = |j: usize| self.map[j * (self.columns + 1)];
        let norms = |j: usize, values: &[f64], weights: Option<&[f64]>| {
            [self.shift[j], 0.0].map(|shift| squared_norm(values, weights, shift, unit(j)))
        };
        let all = of_columns(rows, watch, &norms, &|a, b| [a[0] + b[0], a[1] + b[1]])?;
        Ok(all.into_iter().map(|[centred, whole]| about_mean(centred, whole)).collect())
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
    fn scale_response(&mut self, rows: Rows<'_>, watch: &Watch<'_>) -> Result<()> {
        let c = self.columns;
        let y = c - 1;
        let scale = self.map[y * c + y];
        let pieces = rows.pieces();
        let (mut left, mut largest) = (0.0, 0.0f64);
        for (square, most) in each(pieces.len(), watch, &|i, watch| self.response_square(&pieces[i], scale, watch))? {
            left += square;
            largest = largest.max(most);
        }
        check_residual(rows.column(y), left.sqrt(), largest)?;
        for i in 0..c {
            self.map[y * c + i] /= left.sqrt();
        }
        Ok(())
    }

    /// The squared norm of the working response, without the other columns; and the largest of the response, weighted and scaled.
    fn response_square(&self, rows: &Rows<'_>, scale: f64, watch: &Watch<'_>) -> Result<(f64, f64)> {
        let c = self.columns;
        let (mut block, mut square) = ([0.0; BLOCK], 0.0);
        for start in (0..rows.n).step_by(BLOCK) {
            watch.pulse()?;
            let block = &mut block[..BLOCK.min(rows.n - start)];
            block.fill(0.0);
            for (j, (factor, shift)) in self.map[(c - 1) * c..].iter().zip(&self.shift).enumerate() {
                block.iter_mut().zip(&rows.column(j)[start..]).for_each(|(sum, v)| *sum += factor * (v - shift));
            }
            square += squared_norm(block, rows.weights().map(|w| &w[start..]), 0.0, 1.0);
        }
        let y = rows.column(c - 1);
        let largest = match rows.weights() {
            None => largest_distance(y, 0.0) * scale.abs(),
            Some(weights) => y.iter().zip(weights).fold(0.0f64, |most, (y, w)| most.max((y * scale).abs() * w.sqrt())),
        };
        Ok((square, largest))
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

/// What there is of a column in a piece of rows, from its number, its values there and the weights.
type OfColumn<'f, T> = dyn Fn(usize, &[f64], Option<&[f64]>) -> T + Sync + 'f;

/// What there is of each column, from that of the pieces of its rows.
fn of_columns<T: Default + Clone + Send>(
    rows: Rows<'_>,
    watch: &Watch<'_>,
    of: &OfColumn<'_, T>,
    join: &dyn Fn(T, T) -> T,
) -> Result<Vec<T>> {
    let (c, pieces) = (rows.columns(), rows.pieces());
    let of_piece = |i: usize, watch: &Watch<'_>| {
        watch.pulse()?;
        let own: &Rows<'_> = &pieces[i];
        Ok((0..c).map(|j| of(j, own.column(j), own.weights())).collect::<Vec<_>>())
    };
    let parts = each(pieces.len(), watch, &of_piece)?.into_iter();
    let joined = parts.reduce(|all, part| all.into_iter().zip(part).map(|(a, b)| join(a, b)).collect());
    Ok(joined.unwrap_or_else(|| vec![T::default(); c]))
}

/// The largest distance of each column from its shift.
fn largest_of_each(rows: Rows<'_>, shift: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
    of_columns(rows, watch, &|j, values, _| largest_distance(values, shift[j]), &f64::max)
}

/// The sum of values, by the largest of the column: a sum of large ones must not overflow.
fn scaled_sum(values: &[f64], largest: f64) -> f64 {
    let inverse = 1.0 / largest;
    let (chunks, rest) = values.as_chunks::<8>();
    if largest == 0.0 || !inverse.is_normal() {
        return values.iter().map(|v| v / largest.max(f64::MIN_POSITIVE)).sum::<f64>();
    }
    let mut sums = [0.0; 8];
    for v in chunks {
        for i in 0..8 {
            sums[i] += v[i] * inverse;
        }
    }
    sum(&sums) + rest.iter().map(|v| v * inverse).sum::<f64>()
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
