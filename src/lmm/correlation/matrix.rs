//! The residuals' correlation matrix R and its derivatives, applied to vectors of all rows without being formed.
//!
//! The parameter is, of compound symmetry, the correlation; of AR(1) the correlation at the shortest distance u that occurs, so that units
//! of time do not matter: at distance d it is p = rho^d, with the derivatives (d/u) rho^(d-u) and (d/u)(d/u - 1) rho^(d-2u).
//!
//! AR(1) is a Markov process: with p of each row and its predecessor, f of the rows up to one is that row's value plus p times f of the
//! predecessor, and R v is f from both ends; derivatives are those of the recursion. All of it is one pass, whatever the times.

use super::products::CorrelatedProducts;
use crate::error::{Result, try_vec};
use crate::formula::CorrelationKind;

/// R at one value of the parameter.
pub struct ResidualCorrelation<'a> {
    pub products: &'a CorrelatedProducts,
    /// Of AR(1), for each distance that occurs.
    steps: Vec<Step>,
    /// Of compound symmetry.
    rho: f64,
    /// A correlation of zero at the end of its range, which is taken as known.
    pub is_known: bool,
}

/// The correlation p at one distance.
#[derive(Clone, Copy)]
struct Step {
    /// p and its derivatives.
    p: [f64; 3],
    /// 1 - p^2, 1 - p and 1 + p to their own precision.
    rest: f64,
    minus: f64,
    plus: f64,
}

/// Sums up to a row, and their derivatives.
type Sums = [f64; 3];

impl Step {
    /// v less p times the predecessor's: in differences (sums where p is negative), in which nothing cancels as p goes to 1 or -1.
    fn innovation(&self, v: f64, before: f64) -> f64 {
        if self.p[0] < 0.0 { (v + before) - self.plus * before } else { (v - before) + self.minus * before }
    }

    /// p times f plus v, with derivatives.
    fn next(&self, f: Sums, v: f64) -> Sums {
        let p = self.p;
        [p[0] * f[0] + v, p[1] * f[0] + p[0] * f[1], p[2] * f[0] + 2.0 * p[1] * f[1] + p[0] * f[2]]
    }
}

impl<'a> ResidualCorrelation<'a> {
    pub fn new(products: &'a CorrelatedProducts, x: f64) -> Result<Self> {
        let (scale, unit) = (products.scale, products.classes.first().copied().unwrap_or(1.0));
        let power = |distance: f64| if distance == 0.0 { 1.0 } else { scale.power(x, distance).p };
        // Where the correlation is zero, a negative power of it is left out.
        let signed = |distance: f64| if distance < 0.0 { 1.0 / power(-distance) } else { power(distance) };
        let term = |factor: f64, distance: f64| {
            let value = factor * signed(distance);
            if factor != 0.0 && value.is_finite() { value } else { 0.0 }
        };
        let mut steps = vec![];
        if products.kind == CorrelationKind::Ar1 {
            steps = try_vec("distances in time", Step { p: [0.0; 3], rest: 1.0, minus: 1.0, plus: 1.0 }, products.classes.len())?;
            for (step, &d) in steps.iter_mut().zip(&products.classes) {
                let (own, k) = (scale.power(x, d), d / unit);
                let p = [own.p, term(k, d - unit), term(k * (k - 1.0), d - 2.0 * unit)];
                let (near, far) = (1.0 + own.p.abs(), own.rest / (1.0 + own.p.abs()));
                let (minus, plus) = if own.p < 0.0 { (near, far) } else { (far, near) };
                *step = Step { p, rest: own.rest, minus, plus };
            }
        }
        Ok(ResidualCorrelation { products, steps, rho: scale.rho(x), is_known: scale.is_boundary(x) })
    }

    /// Whether R is linear in the parameter.
    pub fn is_linear(&self) -> bool {
        self.products.kind == CorrelationKind::CompoundSymmetry
    }

    /// Of compound symmetry, the eigenvalues of a group: of its sum, of its deviations from the mean.
    fn eigenvalues(&self, size: f64) -> (f64, f64) {
        let lower = self.products.scale.lower().0;
        ((1.0 + (size - 1.0) * lower).max(0.0) + (size - 1.0) * (self.rho - lower), 1.0 - self.rho)
    }

    /// The steps from the predecessors of the second, third, .. row of group g.
    fn steps_of(&self, g: usize) -> impl DoubleEndedIterator<Item = &Step> + ExactSizeIterator {
        let starts = &self.products.runs.starts;
        self.products.class[starts[g] + 1..starts[g + 1].max(starts[g] + 1)].iter().map(|class| &self.steps[*class as usize])
    }

    /// v <- R^-1 v.
    pub fn solve(&self, v: &mut [f64]) {
        for (g, run) in self.products.runs.iter().enumerate().filter(|(_, run)| !run.is_empty()) {
            if self.is_linear() {
                let (between, within) = self.eigenvalues(run.len() as f64);
                let mean = run.iter().map(|&i| v[i as usize]).sum::<f64>() / run.len() as f64;
                for &i in run {
                    let own = &mut v[i as usize];
                    *own = (*own - mean) / within + mean / between;
                }
                continue;
            }
            // Innovations over their variances; then those less p times the successor's.
            let (mut before, mut after) = (v[run[0] as usize], None);
            for (&i, step) in run[1..].iter().zip(self.steps_of(g)) {
                let own = v[i as usize];
                v[i as usize] = step.innovation(own, before) / step.rest;
                before = own;
            }
            for (&i, step) in run[1..].iter().zip(self.steps_of(g)).rev() {
                let own = v[i as usize];
                v[i as usize] = own - after.unwrap_or(0.0);
                after = Some(step.p[0] * own);
            }
            v[run[0] as usize] -= after.unwrap_or(0.0);
        }
    }

    /// Calls `work` with each row and the entries of that row of R^-1 that are not zero, each with its column.
    pub fn inverse_rows(&self, mut work: impl FnMut(u32, &[(u32, f64)]) -> Result<()>) -> Result<()> {
        let mut entries = vec![];
        for (g, run) in self.products.runs.iter().enumerate() {
            let steps: Vec<&Step> = if self.is_linear() { vec![] } else { self.steps_of(g).collect() };
            for (k, &i) in run.iter().enumerate() {
                entries.clear();
                if self.is_linear() {
                    let (between, within) = self.eigenvalues(run.len() as f64);
                    let (own, common) = (1.0 / within, (1.0 / between - 1.0 / within) / run.len() as f64);
                    entries.extend(run.iter().map(|&j| (j, if i == j { own + common } else { common })));
                } else {
                    let before = k.checked_sub(1).map(|before| (run[before], steps[before]));
                    let after = steps.get(k).map(|step| (run[k + 1], *step));
                    entries.extend(before.map(|(j, step)| (j, -step.p[0] / step.rest)));
                    let own = before.map_or(1.0, |(_, step)| 1.0 / step.rest);
                    entries.push((i, own + after.map_or(0.0, |(_, step)| step.p[0] * step.p[0] / step.rest)));
                    entries.extend(after.map(|(j, step)| (j, -step.p[0] / step.rest)));
                }
                work(i, &entries)?;
            }
        }
        Ok(())
    }

    /// The derivative of R, the first or the second, times v.
    pub fn multiply(&self, order: usize, v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (g, run) in self.products.runs.iter().enumerate().filter(|(_, run)| !run.is_empty()) {
            if self.is_linear() {
                let sum: f64 = if order == 1 { run.iter().map(|&i| v[i as usize]).sum() } else { continue };
                for &i in run {
                    out[i as usize] = sum - v[i as usize];
                }
                continue;
            }
            // What is left and right of a row; the row itself is in neither, as the diagonal does not change.
            let mut pass = |rows: &mut dyn Iterator<Item = (&u32, &Step)>, first: u32| {
                let mut f: Sums = [v[first as usize], 0.0, 0.0];
                for (&i, step) in rows {
                    f = step.next(f, v[i as usize]);
                    out[i as usize] += f[order];
                }
            };
            pass(&mut run[1..].iter().zip(self.steps_of(g)), run[0]);
            let last = run.len() - 1;
            pass(&mut run[..last].iter().zip(self.steps_of(g)).rev(), run[last]);
        }
    }

    /// tr(R^-1 R') and tr((R^-1 R')^2).
    pub fn traces(&self) -> (f64, f64) {
        let (mut single, mut double) = (0.0, 0.0);
        for (i, (class, count)) in self.products.classes.iter().zip(&self.products.counts).enumerate() {
            let count = *count as f64;
            if self.is_linear() {
                let (others, (between, within)) = (class - 1.0, self.eigenvalues(*class));
                single += count * others * (1.0 / between - 1.0 / within);
                double += count * others * (others / (between * between) + 1.0 / (within * within));
            } else {
                let Step { p, rest, .. } = self.steps[i];
                let slope = p[1] / rest;
                single -= count * 2.0 * p[0] * slope;
                double += count * 2.0 * slope * slope * (1.0 + p[0] * p[0]);
            }
        }
        (single, double)
    }
}
