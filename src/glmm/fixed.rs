//! The fixed effects of one linear predictor in an orthonormal basis, so that units and collinearity of X don't matter to the search.

use crate::error::{Error, Result, try_collect, try_copy, try_gather, try_vec};
use crate::linalg::dense::{dot, dot_in_order, solve_upper};
use crate::linalg::orthogonal::{RANK_TOLERANCE, about_mean, take_off};

/// X of the kept columns as Q W: Q'Q = n unit^2 I, W upper triangular. Coefficients gamma of Q are working parameters, beta = W^-1 gamma.
#[derive(Clone, Debug, Default)]
pub struct FixedPart {
    /// `[n, p]`.
    pub q: Vec<f64>,
    pub p: usize,
    /// The columns of X that are kept.
    pub kept: Vec<usize>,
    /// `[p, p]`.
    w: Vec<f64>,
    /// Empty if there is none.
    pub offset: Vec<f64>,
    /// What was taken off the kept columns of X; empty if nothing was.
    pub means: Vec<f64>,
    /// What was taken off the offset.
    offset_mean: f64,
    /// The root mean square of each column of Q.
    unit: f64,
}

impl FixedPart {
    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(FixedPart {
            q: try_copy("fixed-effects model matrix", &self.q)?,
            p: self.p,
            kept: self.kept.clone(),
            w: self.w.clone(),
            offset: try_copy("offset", &self.offset)?,
            means: self.means.clone(),
            offset_mean: self.offset_mean,
            unit: self.unit,
        })
    }

    /// The same basis on some of the rows, where it is not orthonormal.
    pub fn of_rows(&self, rows: &[u32]) -> Result<Self> {
        let what = "fixed-effects model matrix";
        let n = self.q.len().checked_div(self.p).unwrap_or(0).max(1);
        let q = self.q.chunks_exact(n).flat_map(|column| rows.iter().map(|&row| column[row as usize]));
        let offset = if self.offset.is_empty() { &[][..] } else { rows };
        Ok(FixedPart {
            q: try_gather(what, q)?,
            p: self.p,
            kept: self.kept.clone(),
            w: self.w.clone(),
            offset: try_collect("offset", offset.iter().map(|&row| self.offset[row as usize]))?,
            means: self.means.clone(),
            offset_mean: self.offset_mean,
            unit: self.unit,
        })
    }

    /// Gram-Schmidt, each column twice (Giraud et al. 2005), the constant taken off before: columns that are combinations of those before them are left out.
    pub fn new(n: usize, x: &[f64], offset: Option<&[f64]>) -> Result<Self> {
        let mut part = FixedPart { offset: try_copy("offset", offset.unwrap_or_default())?, ..FixedPart::default() };
        let mut q: Vec<f64> = Vec::new();
        q.try_reserve_exact(x.len()).map_err(|_| Error::memory("fixed-effects model matrix", 8 * x.len()))?;
        let mut r: Vec<Vec<f64>> = vec![];
        let unit = (n as f64).sqrt();
        // Whether the first column is an intercept.
        let mut constant = false;
        for (j, column) in x.chunks_exact(n.max(1)).enumerate() {
            if r.len() == n {
                break;
            }
            // Scaled, so that squares neither overflow nor underflow.
            let largest = column.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            if largest == 0.0 || !(1.0 / largest).is_finite() {
                continue;
            }
            let mut own = try_vec("fixed-effects model matrix", 0.0, n)?;
            own.iter_mut().zip(column).for_each(|(o, v)| *o = v / largest);
            let square = |own: &[f64]| own.iter().map(|v| v * v).sum::<f64>();
            let mut norm = square(&own);
            let mut coefficients = vec![0.0; r.len()];
            let mut project = |own: &mut [f64], columns: usize| {
                let mean_product = |unit: &[f64], v: &[f64]| dot_in_order(unit, v) / n as f64;
                take_off(q.chunks_exact(n).take(columns), own, mean_product, |k, share| coefficients[k] += share);
            };
            if constant {
                (0..2).for_each(|_| project(&mut own, 1));
                norm = about_mean(square(&own), norm);
            }
            (0..2).for_each(|_| project(&mut own, usize::MAX));
            let left = square(&own).sqrt();
            if left <= RANK_TOLERANCE * norm.sqrt() {
                continue;
            }
            constant |= j == 0 && column.iter().all(|v| *v == column[0]);
            q.extend(own.iter().map(|v| v * unit / left));
            coefficients.push(left / unit);
            for c in &mut coefficients {
                *c *= largest;
            }
            r.push(coefficients);
            part.kept.push(j);
        }
        part.p = r.len();
        part.w = vec![0.0; part.p * part.p];
        for (j, column) in r.iter().enumerate() {
            part.w[j * part.p..j * part.p + column.len()].copy_from_slice(column);
        }
        part.q = q;
        part.unit = 1.0;
        Ok(part)
    }

    /// X itself as the basis, for parameters that are the user's coefficients.
    pub fn plain(n: usize, x: &[f64], offset: Option<&[f64]>) -> Result<Self> {
        let (what, p) = ("fixed-effects model matrix", x.len() / n.max(1));
        let mut w = vec![0.0; p * p];
        (0..p).for_each(|j| w[j * (p + 1)] = 1.0);
        Ok(FixedPart {
            q: try_copy(what, x)?,
            p,
            kept: (0..p).collect(),
            w,
            offset: try_copy("offset", offset.unwrap_or_default())?,
            unit: 1.0,
            ..FixedPart::default()
        })
    }

    /// The columns of X beside a constant and `others` that are in the model, too: what is a combination of these is left out, and the
    /// columns are centred if so wanted, so that the constant has nothing to do with them.
    pub fn beside_constant(n: usize, others: &[f64], x: &[f64], offset: Option<&[f64]>, centre: bool) -> Result<Self> {
        let mut all = try_vec("fixed-effects model matrix", 1.0, n)?;
        all.try_reserve_exact(others.len() + x.len()).map_err(|_| Error::memory("fixed-effects model matrix", 8 * x.len()))?;
        all.extend_from_slice(others);
        let first = all.len() / n.max(1);
        all.extend_from_slice(x);
        let kept: Vec<usize> = Self::new(n, &all, None)?.kept.into_iter().filter_map(|j| j.checked_sub(first)).collect();
        let mut own = try_vec("fixed-effects model matrix", 0.0, n * kept.len())?;
        own.chunks_exact_mut(n.max(1)).zip(&kept).for_each(|(to, &j)| to.copy_from_slice(&x[j * n..(j + 1) * n]));
        let mut means = vec![];
        for column in own.chunks_exact_mut(n.max(1)).filter(|_| centre) {
            // The mean of what is left mends the rounding of a large mean.
            let mut total = 0.0;
            for _ in 0..2 {
                let mean = column.iter().sum::<f64>() / n as f64;
                for v in &mut *column {
                    *v -= mean;
                }
                total += mean;
            }
            means.push(total);
        }
        let part = Self::new(n, &own, offset)?;
        let means = if centre { part.kept.iter().map(|&j| means[j]).collect() } else { vec![] };
        Ok(FixedPart { kept: part.kept.iter().map(|&j| kept[j]).collect(), means, ..part })
    }

    /// The same with an offset that is centred, too: the predictor as it is may be in another place.
    pub fn with_centred_offset(mut self) -> Self {
        let n = self.offset.len().max(1) as f64;
        for _ in 0..2 {
            let mean = self.offset.iter().sum::<f64>() / n;
            self.offset.iter_mut().for_each(|v| *v -= mean);
            self.offset_mean += mean;
        }
        self
    }

    /// The same with coefficients that are numbers of this unit of the predictor, which is a power of two.
    pub fn in_unit(mut self, unit: f64) -> Self {
        self.q.iter_mut().for_each(|q| *q *= unit);
        self.w.iter_mut().for_each(|w| *w /= unit);
        self.unit *= unit;
        self
    }

    /// The coefficients of a regression on Q, the offset taken off.
    pub fn project(&self, values: &[f64]) -> Result<Vec<f64>> {
        let mut target = try_copy("linear predictor", values)?;
        target.iter_mut().zip(&self.offset).for_each(|(t, offset)| *t -= offset);
        let mut gamma = vec![0.0; self.p];
        self.transpose(&target, &mut gamma);
        for (g, q) in gamma.iter_mut().zip(self.q.chunks_exact(values.len().max(1))) {
            *g /= q.iter().map(|q| q * q).sum::<f64>();
        }
        Ok(gamma)
    }

    /// What centring has moved the predictor by.
    pub fn location(&self, beta: &[f64]) -> f64 {
        self.offset_mean + self.means.iter().zip(beta).map(|(m, b)| m * b).sum::<f64>()
    }

    /// beta of working coefficients, in place. Rows of a matrix of derivatives are mapped alike.
    pub fn to_user(&self, gamma: &mut [f64]) {
        solve_upper(self.p, &self.w, gamma);
    }

    /// What the j-th coefficient is of the working ones.
    pub fn user_row(&self, j: usize) -> Vec<f64> {
        let entry = |k: usize| {
            let mut column = vec![0.0; self.p];
            column[k] = 1.0;
            self.to_user(&mut column);
            column[j]
        };
        (0..self.p).map(entry).collect()
    }

    /// Working coefficients of beta.
    pub fn to_working(&self, beta: &[f64]) -> Vec<f64> {
        (0..self.p).map(|i| (i..self.p).map(|j| self.w[j * self.p + i] * beta[j]).sum()).collect()
    }

    /// log|det W|.
    pub fn log_determinant(&self) -> f64 {
        (0..self.p).map(|j| self.w[j * self.p + j].abs().ln()).sum()
    }

    /// The size of the numbers that Q gamma is the sum of, in a middling row.
    pub fn size_of_summands(&self, gamma: &[f64]) -> f64 {
        self.unit * gamma.iter().map(|g| g.abs()).sum::<f64>()
    }

    /// out <- offset + Q gamma.
    pub fn predict(&self, gamma: &[f64], out: &mut [f64]) {
        if self.offset.is_empty() {
            out.fill(0.0);
        } else {
            out.copy_from_slice(&self.offset);
        }
        self.add(gamma, out);
    }

    /// out += Q gamma.
    pub fn add(&self, gamma: &[f64], out: &mut [f64]) {
        for (column, g) in self.q.chunks_exact(out.len().max(1)).zip(gamma) {
            if *g != 0.0 {
                out.iter_mut().zip(column).for_each(|(o, v)| *o += g * v);
            }
        }
    }

    /// Q'WQ `[p, p]`, with one weight a row.
    pub fn weighted(&self, weights: &[f64]) -> Result<Vec<f64>> {
        let (n, p) = (weights.len(), self.p);
        let mut gram = vec![0.0; p * p];
        let mut column = try_vec("weighted model matrix", 0.0, n)?;
        for (q, out) in self.q.chunks_exact(n.max(1)).zip(gram.chunks_exact_mut(p.max(1))) {
            column.iter_mut().zip(q).zip(weights).for_each(|((c, q), w)| *c = q * w);
            self.transpose(&column, out);
        }
        Ok(gram)
    }

    /// out <- Q'v.
    pub fn transpose(&self, v: &[f64], out: &mut [f64]) {
        for (column, o) in self.q.chunks_exact(v.len().max(1)).zip(out) {
            *o = dot(column, v);
        }
    }
}
