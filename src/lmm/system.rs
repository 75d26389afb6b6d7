//! The cross-products of one model, ready for the objective: rank settled, fixed effects orthonormal, columns of Z scaled.

use super::basis::Basis;
use super::correlation::local::Products;
use super::correlation::products::{CorrelatedProducts, CorrelatedRows};
use super::cross_products::CrossProducts;
use super::prior::LinearPrior;
use super::rows::Chunk;
use crate::covariance::Structure;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::formula::StructureKind;
use crate::linalg::dense::{self, solve_upper};
use crate::linalg::orthogonal::{RANK_TOLERANCE, about_mean};
use crate::linalg::wide;
use crate::random::{EffectUnits, Gram, Shift};

/// Below this eigenvalue of the effects' scaled cross-products more than half of the digits are gone.
const NEARLY_DEPENDENT: f64 = 1e-9;

/// A linear mixed model in working units: X replaced by orthonormal Q, y by its least-squares residual e in units in which the
/// basis made it about one, and each effect of Z scaled to a mean square of one. Results are mapped back by `FixedMap` and `scales`.
#[derive(Clone)]
pub struct LinearSystem {
    /// Z'Z, of scaled effects.
    pub gram: Gram,
    pub structures: Vec<Structure>,
    /// What makes the cross-products of correlated residuals; those above and below are of independent ones.
    pub correlation: Option<CorrelatedProducts>,
    /// Rows.
    pub n: usize,
    pub log_weights: f64,
    /// Columns of X that are kept.
    pub kept: Vec<usize>,
    /// Z'[Q e], `[q, m]` with m = kept + 1.
    pub zc: Vec<f64>,
    /// e'e.
    pub rss: f64,
    /// The root mean square by which each effect of each term was divided.
    pub scales: Vec<Vec<f64>>,
    /// What was taken off the effects' columns before.
    pub shifts: Vec<Shift>,
    /// By what the effects of each term were turned then, [`EffectUnits::turn`].
    pub turns: Vec<Vec<f64>>,
    pub map: FixedMap,
    /// Of the covariances, the coefficients and sigma.
    pub prior: Option<Box<LinearPrior>>,
}

/// How working fixed effects become the user's.
#[derive(Clone)]
pub struct FixedMap {
    /// The user's kept columns are Q W; `[rank, rank]`, upper triangular.
    w: Vec<f64>,
    /// The coefficients that the basis took off the response, in the user's columns `[rank]`, in working units.
    taken: Vec<f64>,
    /// Q'y in working units.
    projection: Vec<f64>,
    /// One working unit of the response in the user's.
    pub unit: f64,
}

impl LinearSystem {
    /// Settles the model of the accumulated rows; fails where no residual degrees of freedom are left.
    /// `shifts` are those that the columns of the rows had taken off, one vector a term.
    pub fn new(products: CrossProducts, structures: Vec<Structure>, shifts: Vec<Shift>) -> Result<Self> {
        Ok(Self::with_projection(products, structures, shifts)?.0)
    }

    /// The same, with what brings rows of data to working columns.
    pub fn with_projection(
        products: CrossProducts,
        structures: Vec<Structure>,
        shifts: Vec<Shift>,
    ) -> Result<(Self, WorkingColumns)> {
        let Some(basis) = products.basis else {
            return Err(Error::data("there are no rows to fit"));
        };
        let (c, q) = (products.layout.p + 1, products.layout.q());
        let inverse = inverse_of_x_part(&basis)?;
        let rank = Orthonormal::new(&products.gram, &basis, &inverse);
        if products.n <= rank.kept.len() {
            return Err(Error::data(format!(
                "{} rows can't determine {} fixed effects and a residual variance",
                products.n,
                rank.kept.len()
            )));
        }
        let m = rank.kept.len() + 1;
        let mut system = LinearSystem {
            zc: try_vec("cross-products of fixed and random effects", 0.0, q * m)?,
            rss: rank.rss,
            n: products.n,
            log_weights: products.log_weights,
            map: FixedMap::new(&rank, &basis, &inverse)?,
            kept: rank.kept.clone(),
            scales: vec![],
            turns: vec![vec![]; shifts.len()],
            shifts,
            gram: Gram {
                layout: products.layout,
                diagonal: products.diagonal,
                off_diagonal: products.off_diagonal,
                within: vec![],
            },
            correlation: None,
            prior: None,
            structures,
        };
        rank.project_all(&products.cz, c, &mut system.zc);
        system.scale_effects();
        Ok((system, WorkingColumns { basis, rank }))
    }

    /// What brings the effects of term k to the user's units.
    pub fn units(&self, k: usize) -> EffectUnits<'_> {
        EffectUnits { structure: self.structures[k], scales: &self.scales[k], shift: &self.shifts[k], turn: &self.turns[k] }
    }

    /// Whether there are prior weights other than one.
    pub fn is_weighted(&self) -> bool {
        self.log_weights != 0.0
    }

    /// The number of columns of [Q e].
    pub fn m(&self) -> usize {
        self.kept.len() + 1
    }

    /// The squared length of column j of [Q e].
    pub(super) fn own_product(&self, j: usize) -> f64 {
        if j == self.kept.len() { self.rss } else { 1.0 }
    }

    /// Whether the effects of a term are so nearly dependent on each other that results lose digits: the smallest eigenvalue of their
    /// scaled cross-products tells. A slope on a variable whose mean is 30,000 times its deviation is one.
    pub fn nearly_dependent(&self, k: usize) -> bool {
        let r = self.gram.layout.terms[k].effects;
        if r == 1 || self.structures[k].kind != StructureKind::Unstructured {
            return false;
        }
        let mut gram = vec![0.0; r * r];
        for block in self.gram.diagonal[k].chunks_exact(r * r) {
            gram.iter_mut().zip(block).for_each(|(sum, v)| *sum += v / self.n as f64);
        }
        // A column of zeros depends on nothing.
        for e in 0..r {
            if gram[e * r + e] == 0.0 {
                gram[e * r + e] = 1.0;
            }
        }
        dense::symmetric_eigen(r, &gram).is_none_or(|(values, _)| values[0] < NEARLY_DEPENDENT)
    }

    /// Divides each effect by its root mean square (a common one where the structure has one variance for all).
    fn scale_effects(&mut self) {
        let q = self.gram.layout.q();
        for k in 0..self.gram.layout.terms.len() {
            let r = self.gram.layout.terms[k].effects;
            let mut squares = vec![0.0; r];
            for block in self.gram.diagonal[k].chunks_exact(r * r) {
                (0..r).for_each(|e| squares[e] += block[e * r + e]);
            }
            if self.structures[k].homogeneous {
                let mean = squares.iter().sum::<f64>() / r as f64;
                squares.fill(mean);
            }
            let scales: Vec<f64> = squares.iter().map(|s| if *s > 0.0 { (s / self.n as f64).sqrt() } else { 1.0 }).collect();
            for block in self.gram.diagonal[k].chunks_exact_mut(r * r) {
                (0..r * r).for_each(|e| block[e] /= scales[e % r] * scales[e / r]);
            }
            let first = self.gram.layout.offset(k);
            for column in self.zc.chunks_exact_mut(q) {
                let rows = &mut column[first..first + self.gram.layout.terms[k].levels * r];
                rows.iter_mut().enumerate().for_each(|(i, v)| *v /= scales[i % r]);
            }
            self.scales.push(scales);
        }
        for k in 0..self.gram.layout.terms.len() {
            for m in 0..k {
                let pair = &mut self.gram.off_diagonal[k * (k - 1) / 2 + m];
                let (r, size) = (pair.row_effects, pair.block_len());
                for block in pair.values.chunks_exact_mut(size) {
                    (0..size).for_each(|e| block[e] /= self.scales[k][e % r] * self.scales[m][e / r]);
                }
            }
        }
    }
}

impl FixedMap {
    fn new(rank: &Orthonormal, basis: &Basis, inverse: &[f64]) -> Result<Self> {
        let c = basis.columns;
        let (p, k) = (c - 1, rank.kept.len());
        let b = basis.matrix();
        // X = C~_X B_X^-1, so the kept columns of X are Q (Q'C~_X) B_X^-1.
        let expressed =
            |column: &[f64]| -> Vec<f64> { (0..k).map(|a| (0..p).map(|i| rank.r[i * k + a] * column[i]).sum()).collect() };
        let mut w = vec![0.0; k * k];
        for (a, &j) in rank.kept.iter().enumerate() {
            w[a * k..(a + 1) * k].copy_from_slice(&expressed(&inverse[j * p..(j + 1) * p]));
        }
        if (0..k).any(|a| w[a * k + a].abs() < f64::MIN_POSITIVE) {
            return Err(Error::numeric("the fixed effects are not determined by the data"));
        }
        // y = (C~_y - X b) / b_y: b in terms of the kept columns is b itself but for dropped ones.
        let b_y = b[p * c + p];
        let mut dropped = vec![0.0; p];
        for j in (0..p).filter(|j| !rank.kept.contains(j)) {
            for i in 0..p {
                dropped[i] += inverse[j * p + i] * b[p * c + j];
            }
        }
        let mut extra = expressed(&dropped);
        solve_upper(k, &w, &mut extra);
        let taken = rank.kept.iter().zip(&extra).map(|(&j, e)| b[p * c + j] + e).collect();
        Ok(FixedMap { w, taken, projection: rank.projection.clone(), unit: 1.0 / b_y })
    }

    /// The same where Q is the orthonormal Q~ times L', `[rank, rank]`, and e is e~ + Q~ `along`.
    pub(super) fn turn(&mut self, l: &[f64], along: &[f64]) {
        let k = along.len();
        let times = |v: &[f64]| -> Vec<f64> { (0..k).map(|i| (i..k).map(|a| l[i * k + a] * v[a]).sum()).collect() };
        for column in self.w.chunks_exact_mut(k.max(1)) {
            let turned = times(column);
            column.copy_from_slice(&turned);
        }
        self.projection = times(&self.projection).iter().zip(along).map(|(p, a)| p + a).collect();
    }

    /// The response y = unit (Q projection + e) + shift, with `shift` a multiple `taken` of the first column kept.
    pub(super) fn set_response(&mut self, unit: f64, projection: Vec<f64>, taken: f64) {
        self.unit = unit;
        self.projection = projection;
        self.taken.fill(0.0);
        if let Some(first) = self.taken.first_mut() {
            *first = -taken / unit;
        }
    }

    /// The user's coefficients for the working ones `gamma` of e on Q.
    pub fn estimate(&self, gamma: &[f64]) -> Vec<f64> {
        let mut beta: Vec<f64> = gamma.iter().zip(&self.projection).map(|(g, p)| g + p).collect();
        solve_upper(beta.len(), &self.w, &mut beta);
        beta.iter().zip(&self.taken).map(|(b, t)| (b - t) * self.unit).collect()
    }

    /// Q'X beta for the user's coefficients, in working units.
    pub(super) fn working(&self, beta: &[f64]) -> Vec<f64> {
        let k = beta.len();
        (0..k).map(|i| (i..k).map(|j| self.w[j * k + i] * beta[j]).sum::<f64>() / self.unit).collect()
    }

    /// The user's coefficients of one working column: W^-1 v (the response's unit left out).
    pub fn direction(&self, v: &mut [f64]) {
        solve_upper(v.len(), &self.w, v);
    }

    /// The same of many working columns.
    pub fn directions(&self, v: &mut [f64]) {
        wide::solve_upper(self.taken.len(), &self.w, v);
    }

    /// For the user's coefficient `j`, of those kept, at `v`: the linear combination of the working ones that it is, and its value.
    pub fn held(&self, j: usize, v: f64) -> (Vec<f64>, f64) {
        let k = self.taken.len();
        let mut l = vec![0.0; k];
        for i in j..k {
            let own = f64::from(u8::from(i == j));
            l[i] = (own - (j..i).map(|a| self.w[i * k + a] * l[a]).sum::<f64>()) / self.w[i * k + i];
        }
        let value = v / self.unit + self.taken[j] - l.iter().zip(&self.projection).map(|(l, p)| l * p).sum::<f64>();
        (l, value)
    }

    /// The user's columns from the working ones: v <- W'v.
    pub fn columns(&self, v: &mut [f64]) {
        let k = v.len();
        for j in (0..k).rev() {
            v[j] = (0..=j).map(|i| self.w[j * k + i] * v[i]).sum();
        }
    }

    /// log|det W|: the user's X is Q W.
    pub fn log_determinant(&self) -> f64 {
        let k = self.taken.len();
        (0..k).map(|j| self.w[j * k + j].abs().ln()).sum()
    }
}

impl LinearSystem {
    /// The rows of a chunk in working columns, multiplied by the square roots of their weights.
    pub fn working_rows(&self, columns: &WorkingColumns, chunk: &Chunk<'_>) -> Result<CorrelatedRows> {
        let (mut index, mut all) = (vec![], vec![]);
        for (k, term) in chunk.terms.iter().enumerate() {
            let scales = &self.scales[k];
            let mut z = try_vec("rows of the random effects", 0.0, chunk.n * scales.len())?;
            for (i, row) in z.chunks_exact_mut(scales.len()).enumerate() {
                let root_weight = chunk.weights.map_or(1.0, |w| w[i].sqrt());
                for (e, v) in row.iter_mut().enumerate() {
                    *v = root_weight * term.z.map_or(1.0, |z| z[e * chunk.n + i]) / scales[e];
                }
            }
            all.push(z);
            index.push(try_copy("rows of the random effects", term.index)?);
        }
        Ok(CorrelatedRows { layout: self.gram.layout.clone(), m: self.m(), fixed: columns.rows(chunk)?, index, z: all })
    }
}

/// Makes the columns [Q e] of a system.
pub struct WorkingColumns {
    basis: Basis,
    rank: Orthonormal,
}

impl WorkingColumns {
    /// [Q e] of the rows of a chunk, multiplied by the square roots of their weights, row by row.
    pub fn rows(&self, chunk: &Chunk<'_>) -> Result<Vec<f64>> {
        let m = self.rank.kept.len() + 1;
        let mut all = try_vec("rows of the fixed effects", 0.0, chunk.n * m)?;
        let mut work = Vec::with_capacity(m);
        self.basis.each_block(chunk, |start, rows| {
            for (row, out) in rows.chunks_exact(self.basis.columns).zip(all[start * m..].chunks_exact_mut(m)) {
                self.rank.project(row, &mut work, |j, value| out[j] = value);
            }
        })?;
        Ok(all)
    }

    /// The products of the working columns of a system, from those of the columns that it was made of.
    pub fn fill(&self, from: &CrossProducts, system: &LinearSystem, out: &mut Products) -> Result<()> {
        let (c, m, q) = (self.basis.columns, system.m(), system.gram.layout.q());
        let (mut work, mut half) = (Vec::with_capacity(m), try_vec("rows of the fixed effects", 0.0, m * c)?);
        for (column, from) in from.gram.chunks_exact(c).enumerate() {
            self.rank.project(from, &mut work, |j, value| half[j * c + column] = value);
        }
        for (j, row) in half.chunks_exact(c).enumerate() {
            self.rank.project(row, &mut work, |i, value| out.cc[j * m + i] = value);
        }
        self.rank.project_all(&from.cz, c, &mut out.zc);
        for (k, size) in system.gram.layout.terms.iter().enumerate() {
            let (first, r, scales) = (system.gram.layout.offset(k), size.effects, &system.scales[k]);
            for column in out.zc.chunks_exact_mut(q) {
                column[first..first + size.levels * r].iter_mut().enumerate().for_each(|(i, v)| *v /= scales[i % r]);
            }
            let blocks = out.gram.diagonal[k].iter_mut().zip(&from.diagonal[k]).enumerate();
            blocks.for_each(|(e, (v, from))| *v = from / (scales[e % r] * scales[e / r % r]));
            for (other, place) in (0..k).zip(k * k.saturating_sub(1) / 2..) {
                out.gram.off_diagonal[place].scatter(&from.off_diagonal[place], [scales, &system.scales[other]])?;
            }
        }
        Ok(())
    }

    /// The value of the first column where it is constant.
    pub fn constant(&self) -> Option<f64> {
        self.basis.constant
    }
}

/// The independent columns of C~_X and an orthonormal basis Q of them, from the Gram matrix alone.
struct Orthonormal {
    kept: Vec<usize>,
    /// Lower factor of the kept columns' Gram matrix.
    l: Vec<f64>,
    /// Q'C~_X, `[rank, p]`.
    r: Vec<f64>,
    /// Q'y~.
    projection: Vec<f64>,
    /// y~'y~ less its projection.
    rss: f64,
}

impl Orthonormal {
    /// Takes the columns of X in order, as R does, and keeps each that is not a combination of those kept before it.
    fn new(gram: &[f64], basis: &Basis, inverse: &[f64]) -> Self {
        let c = basis.columns;
        let p = c - 1;
        let norms = user_norms(gram, basis, inverse);
        let mut kept: Vec<usize> = vec![];
        let mut rows: Vec<Vec<f64>> = vec![];
        for (j, norm) in norms.into_iter().enumerate() {
            let mut row = forward(&rows, kept.iter().map(|&i| gram[j * c + i]));
            let left = gram[j * c + j] - dense::dot(&row, &row);
            if left > RANK_TOLERANCE * RANK_TOLERANCE * norm && left > 0.0 {
                row.push(left.sqrt());
                rows.push(row);
                kept.push(j);
            }
        }
        let k = kept.len();
        let project = |j: usize| forward(&rows, kept.iter().map(|&i| gram[j * c + i]));
        let mut r = vec![0.0; k * p];
        for (j, column) in r.chunks_exact_mut(k.max(1)).enumerate() {
            // A column that is kept has nothing of those after it.
            match kept.binary_search(&j) {
                Ok(own) => column[..=own].copy_from_slice(&rows[own]),
                Err(_) => column.copy_from_slice(&project(j)),
            }
        }
        let projection = project(p);
        let rss = gram[p * c + p] - projection.iter().map(|v| v * v).sum::<f64>();
        let mut l = vec![0.0; k * k];
        for (i, row) in rows.iter().enumerate() {
            row.iter().enumerate().for_each(|(j, &v)| l[j * k + i] = v);
        }
        Orthonormal { kept, l, r, projection, rss }
    }

    /// Turns C~'Z, `[c, q]`, into Z'[Q e], `[q, m]`.
    fn project_all(&self, cz: &[f64], c: usize, out: &mut [f64]) {
        let (k, q) = (self.kept.len(), cz.len() / c);
        if k < wide::WIDE {
            let mut work = Vec::with_capacity(k);
            for (row, column) in cz.chunks_exact(c).enumerate() {
                self.project(column, &mut work, |j, value| out[j * q + row] = value);
            }
            return;
        }
        for (to, &from) in out.chunks_exact_mut(q.max(1)).zip(self.kept.iter().chain([&(c - 1)])) {
            to.iter_mut().zip(cz.chunks_exact(c)).for_each(|(v, column)| *v = column[from]);
        }
        wide::divide_by_transpose(k, &self.l, k, q, out);
        let (of_x, of_response) = out.split_at_mut(k * q);
        for (column, factor) in of_x.chunks_exact(q.max(1)).zip(&self.projection) {
            dense::add_scaled(of_response, -factor, column);
        }
    }

    /// Turns one column of C~'Z into [Q e]'Z.
    fn project(&self, column: &[f64], v: &mut Vec<f64>, mut set: impl FnMut(usize, f64)) {
        let k = self.kept.len();
        v.clear();
        v.extend(self.kept.iter().map(|&i| column[i]));
        dense::solve_lower(k, &self.l, v);
        let e = column[column.len() - 1] - v.iter().zip(&self.projection).map(|(a, b)| a * b).sum::<f64>();
        v.iter().enumerate().for_each(|(j, value)| set(j, *value));
        set(k, e);
    }
}

/// The squared norms of the user's columns about their mean, as far as that is not lost to rounding, each in units of its diagonal entry of the
/// map: what is orthogonal to the constant, the first working column, is about the mean.
fn user_norms(gram: &[f64], basis: &Basis, inverse: &[f64]) -> Vec<f64> {
    let c = basis.columns;
    let p = c - 1;
    let mut own: Vec<f64> = gram.chunks_exact(c).take(p).flat_map(|column| column[..p].iter().copied()).collect();
    let map = basis.matrix();
    let scaled: Vec<f64> = inverse.iter().enumerate().map(|(e, v)| v * map[(e / p) * (c + 1)]).collect();
    let form = |of: &[f64]| -> Vec<f64> {
        let mut product = vec![0.0; p * p];
        if p < wide::WIDE {
            dense::multiply_add(p, p, p, 1.0, of, &scaled, &mut product);
        } else {
            dense::multiply(false, dense::matrix(p, p, of), dense::matrix(p, p, &scaled), &mut product);
        }
        scaled.chunks_exact(p.max(1)).zip(product.chunks_exact(p.max(1))).map(|(a, b)| dense::dot(a, b)).collect()
    };
    let mut norms = form(&own);
    if basis.constant.is_some() {
        for (t, column) in own.chunks_exact_mut(p.max(1)).enumerate() {
            column.iter_mut().zip(gram).for_each(|(v, first)| *v -= first * gram[t] / gram[0]);
        }
        for (norm, centred) in norms.iter_mut().zip(form(&own)).skip(1) {
            *norm = about_mean(centred, *norm);
        }
    }
    norms
}

/// L^-1 v, for L given by its rows.
fn forward(rows: &[Vec<f64>], v: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut x: Vec<f64> = Vec::with_capacity(rows.len() + 1);
    for (row, value) in rows.iter().zip(v) {
        let sum = dense::dot(&row[..x.len()], &x);
        x.push((value - sum) / row[x.len()]);
    }
    x
}

/// B_X^-1, `[p, p]`: B_X is upper triangular, because a column that the others are shifted by comes first.
fn inverse_of_x_part(basis: &Basis) -> Result<Vec<f64>> {
    let (c, p) = (basis.columns, basis.columns - 1);
    let b = basis.matrix();
    let leading: Vec<f64> = (0..p).flat_map(|j| b[j * c..j * c + p].iter().copied()).collect();
    let mut inverse = try_vec("fixed effects", 0.0, p * p)?;
    (0..p).for_each(|j| inverse[j * (p + 1)] = 1.0);
    wide::solve_upper(p, &leading, &mut inverse);
    Ok(inverse)
}
