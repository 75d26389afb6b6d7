//! The derivative R' of the residuals' correlation matrix in what the information and the adjusted covariance are made of.
//!
//! With the columns of X in the basis in which the fixed effects' covariance is the identity, Y = V^-1 X, N = Lambda A^-1 Lambda', so that
//! V^-1 = R^-1 - R^-1 Z N Z'R^-1, and G' = Z'R^-1R'R^-1Z:
//!
//! ```text
//! tr V^-1R'              = tr R^-1R' - tr N G'
//! tr V^-1R'V^-1R'        = tr R^-1R'R^-1R' - 2 tr N (R^-1Z)'R'R^-1R'(R^-1Z) + tr N G'N G'
//! tr V^-1R'V^-1 Z K Z'   = sum over levels of <K, ((I + G D)^-1 G' (I + D G)^-1)_jj>
//! ```
//!
//! By columns of roots of N, and of (I + D G)^-1, one level of each connected part at a time: as many passes over the rows as the
//! largest part has random effects.

use super::matrix::ResidualCorrelation;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{self, dot_in_order as dot};
use crate::lmm::system::LinearSystem;
use crate::lmm::variance::components::Components;
use crate::lmm::variance::traces::Places;
use crate::lmm::variance::{Direction, Variances};
use crate::watch::Phase;

/// What is allocated.
const WHAT: &str = "derivatives by the residual correlation";

/// For V' = R', along with directions `K_i` of the random effects.
pub struct ResidualDerivatives {
    /// tr V^-1R'.
    pub single: f64,
    /// tr V^-1R'V^-1R'.
    pub own: f64,
    /// tr V^-1R'V^-1 Z `K_i` Z'.
    pub traces: Vec<f64>,
    /// Y'R'Y `[p, p]`.
    pub first: Vec<f64>,
    /// Y'Z `K_i` Z'V^-1R'Y `[p, p]`.
    pub mixed: Vec<Vec<f64>>,
    /// Y'R'V^-1R'Y `[p, p]`.
    pub second: Vec<f64>,
    /// Y'R''Y `[p, p]`, where R is not linear in its parameter.
    pub curvature: Option<Vec<f64>>,
}

/// left'right of one level's columns, over the rows of its part alone: columns of different parts share a vector.
fn own_block(places: &Places, part: &[(u32, u32)], term: usize, left: &[f64], right: &[f64]) -> Vec<f64> {
    let (q, r) = (places.q, places.effects[term]);
    let entry = |a: usize, b: usize| -> f64 {
        let of = |row: &(u32, u32)| (places.first(*row), places.effects[row.0 as usize]);
        part.iter().map(of).map(|(i, r)| dot(&left[a * q + i..][..r], &right[b * q + i..][..r])).sum()
    };
    (0..r * r).map(|e| entry(e % r, e / r)).collect()
}

/// Passes over the rows.
struct Rows<'a> {
    system: &'a LinearSystem,
    correlation: &'a ResidualCorrelation<'a>,
}

impl Rows<'_> {
    /// out += factor Z v.
    fn add_effects(&self, factor: f64, v: &[f64], out: &mut [f64]) {
        let (layout, rows) = (&self.system.gram.layout, &self.correlation.products.rows);
        for (k, size) in layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, layout.offset(k));
            for ((z, level), out) in rows.z[k].chunks_exact(r).zip(&rows.index[k]).zip(&mut *out) {
                let v = &v[first + *level as usize * r..][..r];
                *out += factor * z.iter().zip(v).map(|(z, v)| z * v).sum::<f64>();
            }
        }
    }

    /// out <- Z'v.
    fn sums(&self, v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        let (layout, rows) = (&self.system.gram.layout, &self.correlation.products.rows);
        for (k, size) in layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, layout.offset(k));
            for ((z, level), v) in rows.z[k].chunks_exact(r).zip(&rows.index[k]).zip(v) {
                let out = &mut out[first + *level as usize * r..][..r];
                out.iter_mut().zip(z).for_each(|(out, z)| *out += z * v);
            }
        }
    }

    /// For R^-1Z v = a: `work` <- a, R'a and R^-1R'a, and out <- G'v.
    fn image(&self, v: &[f64], work: &mut [Vec<f64>; 3], out: &mut [f64]) {
        let [a, b, c] = work;
        a.fill(0.0);
        self.add_effects(1.0, v, a);
        self.correlation.solve(a);
        self.correlation.multiply(1, a, b);
        c.copy_from_slice(b);
        self.correlation.solve(c);
        self.sums(c, out);
    }

    fn vector(&self) -> Result<Vec<f64>> {
        try_vec(WHAT, 0.0, self.system.n)
    }
}

impl Variances<'_> {
    /// The derivatives along the residual correlation; `None` without one, and where it is taken as known.
    pub fn residual_derivatives(&mut self, directions: &[Direction]) -> Result<Option<ResidualDerivatives>> {
        let Some(correlation) = self.correlation.take() else { return Ok(None) };
        let derivatives = if correlation.is_known { None } else { Some(self.along_correlation(&correlation, directions)?) };
        self.correlation = Some(correlation);
        Ok(derivatives)
    }

    fn along_correlation(
        &mut self,
        correlation: &ResidualCorrelation<'_>,
        directions: &[Direction],
    ) -> Result<ResidualDerivatives> {
        let rows = Rows { system: self.system, correlation };
        let mut out = self.fixed_along(&rows, directions)?;
        (out.single, out.own) = correlation.traces();
        out.traces = vec![0.0; directions.len()];
        let places = Places::of(&self.system.gram.layout);
        let components = Components::of(self.precision.gram())?;
        let q = places.q;
        let width = places.effects.iter().copied().max().unwrap_or(1);
        let mut columns = try_vec(WHAT, 0.0, q * width)?;
        let mut images = try_vec(WHAT, 0.0, q * width)?;
        let mut work = [rows.vector()?, rows.vector()?, rows.vector()?];
        for at in 0..components.largest() {
            self.watch.at(Phase::DegreesOfFreedom, at, Some(components.largest()))?;
            let unit = |columns: &mut [f64]| {
                columns.fill(0.0);
                for &own in components.parts().filter_map(|part| part.get(at)) {
                    for e in 0..places.effects[own.0 as usize] {
                        columns[e * q + places.first(own) + e] = 1.0;
                    }
                }
            };
            unit(&mut columns);
            self.precision.root(&mut columns)?;
            for (v, image) in columns.chunks_exact(q).zip(images.chunks_exact_mut(q)) {
                self.watch.pulse()?;
                rows.image(v, &mut work, image);
                out.single -= dot(&work[0], &work[1]);
                out.own -= 2.0 * dot(&work[1], &work[2]);
            }
            out.own += self.precision.half_norm(&mut images)?;
            unit(&mut columns);
            let ratio = self.precision.ratio(&mut columns)?;
            for (v, image) in ratio.chunks_exact(q).zip(images.chunks_exact_mut(q)) {
                self.watch.pulse()?;
                rows.image(v, &mut work, image);
            }
            for part in components.parts().filter(|part| part.len() > at) {
                let own = part[at].0 as usize;
                let block = own_block(&places, part, own, &ratio, &images);
                for (trace, direction) in out.traces.iter_mut().zip(directions).filter(|(_, d)| d.term == own) {
                    *trace += dot(&direction.k, &block);
                }
            }
        }
        Ok(out)
    }

    /// What the fixed effects have, from Y and V^-1R'Y.
    fn fixed_along(&mut self, rows: &Rows<'_>, directions: &[Direction]) -> Result<ResidualDerivatives> {
        let (n, p, q) = (self.system.n, self.p(), self.system.gram.layout.q());
        let y = self.solved_columns(rows)?;
        let column = |j: usize| j * n..(j + 1) * n;
        let mut image = rows.vector()?;
        let mut solved = try_vec(WHAT, 0.0, n * p)?;
        let mut sums = try_vec(WHAT, 0.0, q * p)?;
        let mut first = try_vec(WHAT, 0.0, p * p)?;
        let mut second = try_vec(WHAT, 0.0, p * p)?;
        let mut curvature = try_vec(WHAT, 0.0, p * p)?;
        for j in 0..p {
            rows.correlation.multiply(2, &y[column(j)], &mut image);
            (0..p).for_each(|i| curvature[j * p + i] = dot(&y[column(i)], &image));
            rows.correlation.multiply(1, &y[column(j)], &mut image);
            (0..p).for_each(|i| first[j * p + i] = dot(&y[column(i)], &image));
            solved[column(j)].copy_from_slice(&image);
            rows.correlation.solve(&mut solved[column(j)]);
            rows.sums(&solved[column(j)], &mut sums[j * q..(j + 1) * q]);
            for i in 0..=j {
                second[j * p + i] = dot(&solved[column(i)], &image);
            }
        }
        let (modes, rest) = self.precision.split(&sums)?;
        for j in 0..p {
            for i in 0..=j {
                second[j * p + i] -= dot(&sums[i * q..(i + 1) * q], &modes[j * q..(j + 1) * q]);
                second[i * p + j] = second[j * p + i];
            }
        }
        let mixed = directions.iter().map(|d| self.product(d, &self.fixed, &rest)).collect::<Result<_>>()?;
        let curvature = (!rows.correlation.is_linear()).then_some(curvature);
        Ok(ResidualDerivatives { single: 0.0, own: 0.0, traces: vec![], first, mixed, second, curvature })
    }

    /// Y = R^-1 (X - Z Lambda U) `[n, p]`.
    fn solved_columns(&self, rows: &Rows<'_>) -> Result<Vec<f64>> {
        let (n, m, q) = (self.system.n, self.system.m(), self.system.gram.layout.q());
        let p = m - 1;
        let mut y = try_vec(WHAT, 0.0, n * p)?;
        let mut own = vec![0.0; p];
        for (i, row) in rows.correlation.products.rows.fixed.chunks_exact(m).enumerate() {
            own.copy_from_slice(&row[..p]);
            dense::solve_lower(m, &self.gram, &mut own);
            own.iter().enumerate().for_each(|(j, v)| y[j * n + i] = *v);
        }
        for (j, column) in y.chunks_exact_mut(n).enumerate() {
            rows.add_effects(-1.0, &self.modes[j * q..(j + 1) * q], column);
            rows.correlation.solve(column);
        }
        Ok(y)
    }
}
