//! Cross-products of rows with correlated residuals, [Z Q e]'R(rho)^-1 [Z Q e], at any value of the correlation.
//!
//! They are sums of a few matrices with factors that depend on rho: for AR(1) three for each distance that occurs, and one of the first
//! rows of all groups; for compound symmetry one within groups, and one of sums over groups for each size of these. Where these are few
//! they are kept, and an evaluation does not depend on the number of rows; otherwise each evaluation passes over the rows.

use super::local::{Local, Products};
use super::scale::RhoScale;
use crate::design::{CorrelationDesign, Runs};
use crate::error::{Error, Result, try_collect, try_gather, try_push, try_vec};
use crate::formula::CorrelationKind;
use crate::random::Layout;

/// Matrices beyond this are not kept.
const MANY: usize = 40;

/// What memory is for.
const TIMES: &str = "distances in time";

/// All that depends on the rows.
#[derive(Clone)]
pub struct CorrelatedProducts {
    pub scale: RhoScale,
    pub(in crate::lmm) rows: CorrelatedRows,
    pub(super) kind: CorrelationKind,
    pub(super) runs: Runs,
    /// Distances to the predecessor, or sizes of groups, that occur, ascending.
    pub(super) classes: Vec<f64>,
    /// How often each occurs.
    pub(super) counts: Vec<usize>,
    /// The class of each row of the runs, or of each group; that of a first row is not looked at.
    pub(super) class: Vec<u32>,
    /// Zeros on the pattern.
    pub(super) zeros: Products,
    /// One for each factor; empty where there are too many.
    pub(in crate::lmm) pieces: Vec<Products>,
}

/// Rows of the working columns, multiplied by the square roots of the weights.
#[derive(Clone)]
pub struct CorrelatedRows {
    pub layout: Layout,
    /// Columns of [Q e].
    pub m: usize,
    /// [Q e], `[m, n]`.
    pub fixed: Vec<f64>,
    /// Level of each row, per term.
    pub index: Vec<Vec<u32>>,
    /// Effects of each row, per term `[r, n]`.
    pub z: Vec<Vec<f64>>,
}

impl CorrelatedRows {
    fn fixed_of(&self, row: u32) -> &[f64] {
        &self.fixed[row as usize * self.m..(row as usize + 1) * self.m]
    }

    pub(in crate::lmm) fn z_of(&self, term: usize, row: u32) -> &[f64] {
        let r = self.layout.terms[term].effects;
        &self.z[term][row as usize * r..(row as usize + 1) * r]
    }

    /// Adds a multiple of a row's effects to a column of all of them.
    pub(in crate::lmm) fn add_effects(&self, row: u32, factor: f64, out: &mut [f64]) {
        for (term, size) in self.layout.terms.iter().enumerate() {
            let at = self.layout.offset(term) + self.index[term][row as usize] as usize * size.effects;
            out[at..].iter_mut().zip(self.z_of(term, row)).for_each(|(sum, z)| *sum += factor * z);
        }
    }

    /// A row less its predecessor, and that predecessor.
    fn pair(&self, row: u32, before: Option<u32>, local: &mut Local) {
        local.clear();
        for term in 0..self.layout.terms.len() {
            let (own, level) = (self.z_of(term, row), self.index[term][row as usize]);
            match before.map(|b| (self.index[term][b as usize], self.z_of(term, b))) {
                None => local.push(term, level, own.iter().map(|z| (*z, 0.0))),
                Some((other, z)) if other == level => local.push(term, level, own.iter().zip(z).map(|(a, b)| (a - b, *b))),
                Some((other, z)) => {
                    local.push(term, level, own.iter().map(|z| (*z, 0.0)));
                    local.push(term, other, z.iter().map(|z| (-z, *z)));
                }
            }
        }
        let own = self.fixed_of(row);
        let before = before.map(|b| self.fixed_of(b));
        for (j, v) in own.iter().enumerate() {
            local.fixed_before[j] = before.map_or(0.0, |b| b[j]);
            local.fixed_delta[j] = v - local.fixed_before[j];
        }
    }

    /// The sums over the rows of a group.
    fn sums(&self, run: &[u32], local: &mut Local) {
        local.clear();
        let mut sorted = run.to_vec();
        for term in 0..self.layout.terms.len() {
            let level = |row: u32| self.index[term][row as usize];
            sorted.sort_by_key(|row| level(*row));
            for &row in &sorted {
                let z = self.z_of(term, row).iter();
                if local.ends_with(term, level(row)) {
                    local.add_to_last(z.copied());
                } else {
                    local.push(term, level(row), z.map(|z| (*z, 0.0)));
                }
            }
        }
        local.fixed_before.fill(0.0);
        local.fixed_delta.fill(0.0);
        for &row in run {
            local.fixed_delta.iter_mut().zip(self.fixed_of(row)).for_each(|(s, v)| *s += v);
        }
    }

    fn local(&self) -> Local {
        Local::new(self.m)
    }
}

impl CorrelatedProducts {
    pub fn new(design: &CorrelationDesign, rows: CorrelatedRows) -> Result<Self> {
        let runs = design.runs()?;
        let (classes, counts, class) = classes(design, &runs)?;
        let smallest = classes.first().copied().unwrap_or(1.0);
        let largest = classes.last().copied().unwrap_or(1.0);
        let scale = match design.kind {
            CorrelationKind::CompoundSymmetry => RhoScale::Symmetric { lower: -1.0 / (largest - 1.0) },
            CorrelationKind::Ar1 if design.is_continuous() => RhoScale::Positive { unit: smallest },
            CorrelationKind::Ar1 => RhoScale::Signed,
        };
        let pairs = pattern(design.kind, &rows, &runs)?;
        let zeros = Products::new(&rows.layout, rows.m, pairs)?;
        let mut own = CorrelatedProducts { scale, rows, kind: design.kind, runs, classes, counts, class, zeros, pieces: vec![] };
        own.keep_pieces()?;
        Ok(own)
    }

    /// The rows.
    pub fn rows(&self) -> &CorrelatedRows {
        &self.rows
    }

    /// Products to be filled.
    pub fn zeros(&self) -> Result<Products> {
        self.zeros.try_clone()
    }

    /// Z'R^-1Z and so on at a working coordinate; gives log|R|.
    pub fn fill(&self, x: f64, out: &mut Products) -> f64 {
        let (factors, log_det) = self.factors(x, false);
        self.assemble(&factors, out);
        log_det
    }

    /// Their derivatives by the coordinate.
    pub fn fill_slope(&self, x: f64, out: &mut Products) -> f64 {
        let (factors, log_det) = self.factors(x, true);
        self.assemble(&factors, out);
        log_det
    }

    /// Coordinates from which to search, from small correlations to large ones.
    pub fn starts(&self) -> Vec<f64> {
        let lower = 0.4 * self.scale.lower().0;
        let all: Vec<f64> = [lower, 0.05, 0.3, 0.6, 0.9].into_iter().filter(|p| *p > 0.0 || lower < 0.0).collect();
        self.coordinates(&all)
    }

    /// Coordinates at which little more than differences within groups counts.
    pub fn nearly_one(&self) -> Vec<f64> {
        self.coordinates(&[0.97, 0.99, 0.999, 0.9999, 0.999_99, 0.999_999])
    }

    /// Those of correlations at a typical distance.
    fn coordinates(&self, correlations: &[f64]) -> Vec<f64> {
        let typical = self.classes[self.classes.len() / 2];
        let at = |p: &f64| match self.kind {
            CorrelationKind::Ar1 => self.scale.coordinate(p.signum() * p.abs().powf(1.0 / typical)),
            CorrelationKind::CompoundSymmetry => self.scale.coordinate(*p),
        };
        correlations.iter().filter_map(at).filter(|x| *x != 0.0).collect()
    }

    /// The number of groups.
    pub fn groups(&self) -> usize {
        self.runs.starts.len().saturating_sub(1)
    }

    /// The same, which passes over the rows in each evaluation.
    #[cfg(test)]
    pub fn without_pieces(&self) -> Self {
        let (rows, runs) = (self.rows.clone(), Runs { rows: self.runs.rows.clone(), starts: self.runs.starts.clone() });
        let (classes, counts, class) = (self.classes.clone(), self.counts.clone(), self.class.clone());
        CorrelatedProducts { rows, runs, classes, counts, class, zeros: self.zeros().unwrap(), pieces: vec![], ..*self }
    }

    #[cfg(test)]
    pub fn keeps_pieces(&self) -> bool {
        !self.pieces.is_empty()
    }

    fn n_factors(&self) -> usize {
        1 + self.classes.len() * if self.kind == CorrelationKind::Ar1 { 3 } else { 1 }
    }

    fn keep_pieces(&mut self) -> Result<()> {
        let n = self.n_factors();
        if n > MANY || n * self.zeros.size() > MANY * (self.rows.fixed.len() + self.rows.z.iter().map(Vec::len).sum::<usize>()) {
            return Ok(());
        }
        for piece in 0..n {
            let mut products = self.zeros.try_clone()?;
            let factors: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == piece))).collect();
            self.pass(&factors, &mut products);
            try_push("cross-products of correlated rows", &mut self.pieces, products)?;
        }
        Ok(())
    }

    /// The factor of each matrix, or its derivative, and log|R|, or its derivative.
    fn factors(&self, x: f64, slope: bool) -> (Vec<f64>, f64) {
        let mut factors = Vec::with_capacity(self.n_factors());
        let mut log_det = 0.0;
        if self.kind == CorrelationKind::Ar1 {
            factors.push(if slope { 0.0 } else { 1.0 });
            for (distance, count) in self.classes.iter().zip(&self.counts) {
                let power = self.scale.power(x, *distance);
                factors.extend(if slope { power.slopes() } else { power.factors() });
                let own = power.log_determinant();
                log_det += *count as f64 * if slope { own.1 } else { own.0 };
            }
            return (factors, log_det);
        }
        let (rho, by_x, (lower, _)) = (self.scale.rho(x), self.scale.slope(x), self.scale.lower());
        let rest = (1.0 - lower) * super::scale::logistic(-x);
        factors.push(if slope { by_x / (rest * rest) } else { 1.0 / rest });
        for (size, count) in self.classes.iter().zip(&self.counts) {
            let between = (1.0 + (size - 1.0) * lower).max(0.0) + (size - 1.0) * (rho - lower);
            let (value, first) = (1.0 / between, (size - 1.0) * by_x);
            factors.push(if slope { -first * value * value } else { value });
            log_det += *count as f64
                * if slope { first * value - (size - 1.0) * by_x / rest } else { between.ln() + (size - 1.0) * rest.ln() };
        }
        (factors, log_det)
    }

    fn assemble(&self, factors: &[f64], out: &mut Products) {
        out.clear();
        if self.pieces.is_empty() {
            self.pass(factors, out);
        }
        for (factor, piece) in factors.iter().zip(&self.pieces) {
            out.add_scaled(*factor, piece);
        }
    }

    /// Sums over the rows.
    fn pass(&self, factors: &[f64], out: &mut Products) {
        let mut local = self.rows.local();
        if self.kind == CorrelationKind::Ar1 {
            for (g, run) in self.runs.iter().enumerate() {
                for (k, &row) in run.iter().enumerate() {
                    let class = self.class[self.runs.starts[g] + k] as usize;
                    let own = if k == 0 { [factors[0], 0.0, 0.0] } else { [0, 1, 2].map(|i| factors[1 + 3 * class + i]) };
                    if own != [0.0; 3] {
                        self.rows.pair(row, k.checked_sub(1).map(|before| run[before]), &mut local);
                        out.add_random(&local, own);
                        out.add_fixed(&local, own);
                    }
                }
            }
            return;
        }
        for (g, run) in self.runs.iter().enumerate().filter(|(_, run)| !run.is_empty()) {
            let (within, between) = (factors[0], factors[1 + self.class[g] as usize]);
            self.group(run, within, between, &mut local, out);
        }
    }

    /// `within` times the products of a group's deviations from its mean, and `between` times those of its sums over its size.
    fn group(&self, run: &[u32], within: f64, between: f64, local: &mut Local, out: &mut Products) {
        let size = run.len() as f64;
        self.rows.sums(run, local);
        out.add_random(local, [(between - within) / size, 0.0, 0.0]);
        out.add_fixed(local, [between / size, 0.0, 0.0]);
        let mean: Vec<f64> = local.fixed_delta.iter().map(|s| s / size).collect();
        for &row in run {
            self.rows.pair(row, None, local);
            local.fixed_delta.iter_mut().zip(&mean).for_each(|(v, mean)| *v -= mean);
            out.add_random(local, [within, 0.0, 0.0]);
            out.add_fixed(local, [within, 0.0, 0.0]);
        }
    }
}

/// Cross-products at one value of the correlation.
pub struct Correlated {
    /// The coordinate.
    x: f64,
    pub now: Products,
    /// Room for the derivatives.
    pub slope: Products,
    pub log_det: f64,
}

impl Correlated {
    pub fn new(products: &CorrelatedProducts) -> Result<Self> {
        Ok(Correlated { x: f64::NAN, now: products.zeros()?, slope: products.zeros()?, log_det: 0.0 })
    }

    pub fn fill(&mut self, products: &CorrelatedProducts, x: f64) {
        if self.x != x {
            self.log_det = products.fill(x, &mut self.now);
            self.x = x;
        }
    }
}

/// Distances or sizes that occur, how often, and the class of each row of the runs or of each group.
fn classes(design: &CorrelationDesign, runs: &Runs) -> Result<(Vec<f64>, Vec<usize>, Vec<u32>)> {
    let time = |row: u32| design.times.get(row as usize).copied();
    let mut of_each = try_vec(TIMES, f64::NAN, runs.rows.len())?;
    if design.kind == CorrelationKind::CompoundSymmetry {
        of_each = try_gather(TIMES, runs.iter().map(|run| run.len() as f64))?;
    } else {
        for (g, run) in runs.iter().enumerate() {
            for (k, w) in run.windows(2).enumerate() {
                of_each[runs.starts[g] + k + 1] = time(w[1]).zip(time(w[0])).map_or(1.0, |(after, before)| after - before);
            }
        }
    }
    let mut all = try_gather(TIMES, of_each.iter().copied().filter(|d| *d > 0.0))?;
    all.sort_unstable_by(f64::total_cmp);
    let (mut classes, mut counts): (Vec<f64>, Vec<usize>) = (vec![], vec![]);
    for d in all {
        if classes.last() != Some(&d) {
            try_push(TIMES, &mut classes, d)?;
            try_push(TIMES, &mut counts, 0)?;
        }
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
    }
    let class = try_collect(TIMES, of_each.iter().map(|d| classes.partition_point(|c| c < d) as u32))?;
    Ok((classes, counts, class))
}

/// The pairs of levels that meet, for terms k >= m at `k (k + 1) / 2 + m`: (column, row), sorted.
fn pattern(kind: CorrelationKind, rows: &CorrelatedRows, runs: &Runs) -> Result<Vec<Vec<(u32, u32)>>> {
    let terms = rows.layout.terms.len();
    let mut pairs: Vec<Vec<(u32, u32)>> = vec![vec![]; terms * (terms + 1) / 2];
    let mut local = rows.local();
    let mut note = |local: &Local| -> Result<()> {
        for (row, column) in local.off_diagonal() {
            let own = &mut pairs[row.0 * (row.0 + 1) / 2 + column.0];
            own.try_reserve(1).map_err(|_| Error::memory("pattern of correlated rows", 16 * own.len()))?;
            own.push((column.1 as u32, row.1 as u32));
        }
        Ok(())
    };
    for run in runs.iter().filter(|run| !run.is_empty()) {
        if kind == CorrelationKind::CompoundSymmetry {
            rows.sums(run, &mut local);
            note(&local)?;
            continue;
        }
        for (k, &row) in run.iter().enumerate() {
            rows.pair(row, k.checked_sub(1).map(|before| run[before]), &mut local);
            note(&local)?;
        }
    }
    for own in &mut pairs {
        own.sort_unstable();
        own.dedup();
    }
    Ok(pairs)
}
