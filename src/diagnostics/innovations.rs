//! Independent residuals out of dependent ones, row after row: what each row has that those before it did not foretell.
//!
//! With V = I + A A' for a sparse A `[n, q]` and V = L L', the vector L^-1 r is that of the recursive residuals of a regression on A with
//! the prior u ~ N(0, I) (Brown, Durbin and Evans 1975). A triangle R with R'R = I + the squares of the rows so far, and R u as its right-hand
//! side, takes one row after the other by Givens rotations (George and Heath 1980): what is left of the response when the row is rotated
//! to zero is its recursive residual. R has the pattern of a sparse Cholesky factor, V is never made.

use super::bits::Bits;
use crate::error::{Result, try_vec};
use crate::watch::{Phase, Watch};

/// What memory is for.
const TRIANGLE: &str = "triangle of the random effects";

/// A row of A: columns, ascending, and values.
pub type SparseRow = Vec<(u32, f64)>;

/// The triangle, row j in `columns[j]` and `values[j]` beside its diagonal.
struct Triangle {
    diagonal: Vec<f64>,
    columns: Vec<Vec<u32>>,
    values: Vec<Vec<f64>>,
    right: Vec<f64>,
    /// The row that is being rotated to zero, and where it is not zero.
    row: Vec<f64>,
    there: Bits,
}

/// L^-1 r, in the place of r; `rows` gives those of A.
pub fn whiten(q: usize, rows: &mut dyn FnMut(usize, &mut SparseRow) -> Result<()>, r: &mut [f64], watch: &Watch<'_>) -> Result<()> {
    let mut triangle = Triangle::new(q)?;
    let (mut row, n) = (vec![], r.len());
    for (i, r) in r.iter_mut().enumerate() {
        watch.round(Phase::Residuals, i, n)?;
        rows(i, &mut row)?;
        *r = triangle.take(&row, *r)?;
    }
    Ok(())
}

impl Triangle {
    fn new(q: usize) -> Result<Self> {
        Ok(Triangle {
            diagonal: try_vec(TRIANGLE, 1.0, q)?,
            columns: try_vec(TRIANGLE, vec![], q)?,
            values: try_vec(TRIANGLE, vec![], q)?,
            right: try_vec(TRIANGLE, 0.0, q)?,
            row: try_vec(TRIANGLE, 0.0, q)?,
            there: Bits::new(q)?,
        })
    }

    /// Takes a row with its response, of which it returns what is left.
    fn take(&mut self, row: &[(u32, f64)], mut response: f64) -> Result<f64> {
        for (j, value) in row {
            self.row[*j as usize] = *value;
            self.there.set(*j as usize);
        }
        // Once a row has the pattern of one of the triangle's, those after it have it, too, but for what is filled in now.
        let mut settled = false;
        while let Some(j) = self.there.take_first() {
            let own = std::mem::take(&mut self.row[j]);
            let length = libm::hypot(self.diagonal[j], own);
            let (cosine, sine) = (self.diagonal[j] / length, own / length);
            self.diagonal[j] = length;
            let right = self.right[j];
            self.right[j] = cosine * right + sine * response;
            response = cosine * response - sine * right;
            if settled && self.there.count() == self.columns[j].len() {
                self.rotate_alike(j, cosine, sine);
            } else {
                settled = self.rotate(j, cosine, sine)?;
            }
        }
        Ok(response)
    }

    /// The elements beside the diagonal of a row of the same pattern.
    fn rotate_alike(&mut self, j: usize, cosine: f64, sine: f64) {
        let rotate = |(value, below): (&mut f64, &mut f64)| {
            let above = *value;
            *value = cosine * above + sine * *below;
            *below = cosine * *below - sine * above;
        };
        let (columns, values) = (&self.columns[j], &mut self.values[j]);
        match (columns.first(), columns.last()) {
            // Without gaps, as where factors cross and all has filled in: by vectors.
            (Some(first), Some(last)) if (last - first) as usize + 1 == columns.len() => {
                values.iter_mut().zip(&mut self.row[*first as usize..]).for_each(rotate);
            }
            _ => columns.iter().zip(values).for_each(|(k, value)| rotate((value, &mut self.row[*k as usize]))),
        }
    }

    /// Of any other. Whether the triangle had all elements that the row has.
    fn rotate(&mut self, j: usize, cosine: f64, sine: f64) -> Result<bool> {
        let (before, mut known) = (self.there.count(), 0);
        for k in &self.columns[j] {
            known += usize::from(self.there.has(*k as usize));
            self.there.set(*k as usize);
        }
        self.rotate_alike(j, cosine, sine);
        if known < before {
            self.fill(j, cosine, sine)?;
        }
        Ok(known == before)
    }

    fn fill(&mut self, j: usize, cosine: f64, sine: f64) -> Result<()> {
        let (columns, values) = (&mut self.columns[j], &mut self.values[j]);
        let mut merged = columns.iter().copied().zip(values.iter().copied()).peekable();
        let total = self.there.count();
        let mut out: (Vec<u32>, Vec<f64>) = (try_vec(TRIANGLE, 0, total)?, try_vec(TRIANGLE, 0.0, total)?);
        for (at, k) in self.there.all().enumerate() {
            out.0[at] = k as u32;
            out.1[at] = if let Some((_, value)) = merged.next_if(|(own, _)| *own as usize == k) {
                value
            } else {
                let below = &mut self.row[k];
                let value = sine * *below;
                *below *= cosine;
                value
            };
        }
        (*columns, *values) = out;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::dense::{cholesky, solve_lower};
    use crate::simulate::noise::Noise;

    /// Against the factor of the dense matrix: rows of two crossed factors and a slope, in an order that mixes all.
    #[test]
    fn it_is_the_inverse_of_the_factor_of_the_dense_matrix() {
        let (n, q) = (40, 17);
        let mut noise = Noise(5);
        let a: Vec<SparseRow> = (0..n)
            .map(|i| {
                let (g, h) = ((i * 7 % 6) as u32, (i * 5 % 11) as u32 % 5);
                let mut row = vec![(2 * g, 1.5), (2 * g + 1, 3.0 * noise.next()), (12 + h, 0.8)];
                row.retain(|(_, value)| *value != 0.0);
                row
            })
            .collect();
        let r: Vec<f64> = (0..n).map(|_| noise.next()).collect();
        let mut v = vec![0.0; n * n];
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let common = a[i].iter().map(|(k, x)| a[j].iter().filter(|(l, _)| l == k).map(|(_, y)| x * y).sum::<f64>());
            v[i * n + j] = common.sum::<f64>() + f64::from(u8::from(i == j));
        }
        cholesky(n, &mut v).unwrap();
        let (mut want, mut got) = (r.clone(), r);
        solve_lower(n, &v, &mut want);
        let mut rows = |i: usize, row: &mut SparseRow| {
            row.clone_from(&a[i]);
            Ok(())
        };
        whiten(q, &mut rows, &mut got, &Watch::unwatched()).unwrap();
        assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-13), "{got:?} {want:?}");
    }
}
