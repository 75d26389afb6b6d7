//! How the trace of an information product changes with eta.

use super::partial::Partial;
use super::rows::SparseRows;
use super::sum::{Sum, Sums};
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense::{add_scaled, dot};

const THIRD: &str = "third derivatives";

impl Partial<'_> {
    /// d tr(C W)/d eta with C = Z B Z' fixed, B `[q, q]` symmetric:
    ///
    /// ```text
    /// E_i C_ii + r_i { back(y1, y2)_i - 2 z_i'B back(X1, X2)_i },   y_e = (nu/S_e)(2 v_e'B v_e - h_e)
    /// ```
    ///
    /// h_e the risk-weighted mean of C_ii, X1 = b0 S1 - b1 S1D and X2 = b1 S1 - b2 S1D those of `information_product` for the columns of Z.
    pub fn trace_derivative(&self, z: &SparseRows, b: &[f64]) -> Result<Vec<f64>> {
        let (sets, q) = (self.sets, z.q);
        let mut c = try_vec(THIRD, 0.0, sets.n)?;
        for (i, c) in c.iter_mut().enumerate() {
            *c = z.row(i).map(|(k, zk)| zk * z.row(i).map(|(j, zj)| zj * b[k * q + j]).sum::<f64>()).sum();
        }
        let mut y = [try_vec(THIRD, 0.0, sets.times.len())?, try_vec(THIRD, 0.0, sets.times.len())?];
        // z_i'B back(X1, X2)_i.
        let mut along = try_vec(THIRD, 0.0, sets.n)?;
        let mut sweep = Sweep::new(self, z, b)?;
        for times in &sets.strata {
            sweep.clear();
            for k in times.clone() {
                let (s, dead) = sweep.move_to(k, &c, &mut along);
                self.add_terms(k, s, dead, &mut y);
            }
        }
        sweep.add_later_changes(&mut along)?;
        self.derivative_of(&mut c, y, &along);
        Ok(c)
    }

    /// Adds the y_e of a time, and f_e y_e, from the sums over its rows at risk and its deaths.
    pub fn add_terms(&self, k: usize, s: Moments, dead: Moments, y: &mut [Vec<f64>; 2]) {
        for (nu, f) in self.sets.terms(&self.sets.times[k]) {
            let part = s.risk - f * dead.risk;
            let mean = (s.c - f * dead.c) / part;
            let square = (s.square - 2.0 * f * dead.cross + f * f * dead.square) / part / part;
            let own = nu / part * (2.0 * square - mean);
            y[0][k] += own;
            y[1][k] += f * own;
        }
    }

    /// C_ii becomes the derivative, with z_i'B back(X1, X2)_i as `along`.
    pub fn derivative_of(&self, c: &mut [f64], [mut all, own]: [Vec<f64>; 2], along: &[f64]) {
        let sets = self.sets;
        sets.cumulate(&mut all);
        for (i, c) in c.iter_mut().enumerate() {
            let own = sets.death(i).map_or(0.0, |k| own[k]);
            *c = self.expected[i] * *c + self.r[i] * (sets.over_span(i, &all) - own - 2.0 * along[i]);
        }
    }
}

/// Sums over the rows at risk or the deaths of a time: of r, of r C_ii, and their S1'B S1; of deaths also S1'B S1D.
#[derive(Clone, Copy, Default)]
pub struct Moments {
    pub risk: f64,
    pub c: f64,
    pub square: f64,
    pub cross: f64,
}

struct Sweep<'a> {
    partial: &'a Partial<'a>,
    z: &'a SparseRows,
    b: &'a [f64],
    risk: Sum,
    c: Sum,
    /// S1 and B S1.
    sum: Sums,
    product: Sums,
    /// The sum of nu/S^2 over the times to come.
    later: Vec<f64>,
    /// B S1D.
    dead: Vec<f64>,
}

impl<'a> Sweep<'a> {
    fn new(partial: &'a Partial<'a>, z: &'a SparseRows, b: &'a [f64]) -> Result<Self> {
        let sums = || Sums::new(z.q);
        let (risk, c) = (Sum::default(), Sum::default());
        let mut later = try_copy(THIRD, &partial.coefficients.b[0])?;
        partial.sets.cumulate(&mut later);
        let dead = try_vec(THIRD, 0.0, z.q)?;
        Ok(Sweep { partial, z, b, risk, c, sum: sums()?, product: sums()?, later, dead })
    }

    fn clear(&mut self) {
        (self.risk, self.c) = (Sum::default(), Sum::default());
        [&mut self.sum, &mut self.product].into_iter().for_each(Sums::clear);
    }

    /// A row enters, or leaves with -r.
    fn add(&mut self, i: usize, r: f64, c: f64) {
        let q = self.z.q;
        self.risk.add(r);
        self.c.add(r * c);
        for (j, z) in self.z.row(i) {
            self.sum.add(j, r * z);
            self.product.add_scaled(r * z, &self.b[j * q..(j + 1) * q]);
        }
    }

    /// To an event time: the sums there. `along` of the rows that enter, leave or die changes.
    fn move_to(&mut self, k: usize, c: &[f64], along: &mut [f64]) -> (Moments, Moments) {
        let (sets, r, q) = (self.partial.sets, &self.partial.r, self.z.q);
        let [_, b1, b2] = &self.partial.coefficients.b;
        let time = &sets.times[k];
        for i in sets.leaving(time) {
            along[i] -= self.later[k] * self.z.dot(i, &self.product.values);
        }
        sets.entering(time).for_each(|i| self.add(i, r[i], c[i]));
        sets.leaving(time).for_each(|i| self.add(i, -r[i], c[i]));
        for i in sets.entering(time) {
            along[i] += self.later[k] * self.z.dot(i, &self.product.values);
        }
        let square = dot(&self.sum.values, &self.product.values);
        let risk = Moments { risk: self.risk.value(), c: self.c.value(), square, cross: 0.0 };
        let mut of = Moments::default();
        for i in sets.deaths(time) {
            of.risk += r[i];
            of.c += r[i] * c[i];
        }
        if b1[k] == 0.0 && b2[k] == 0.0 {
            return (risk, of);
        }
        self.dead.fill(0.0);
        for i in sets.deaths(time) {
            self.z.row(i).for_each(|(j, z)| add_scaled(&mut self.dead, r[i] * z, &self.b[j * q..(j + 1) * q]));
        }
        for i in sets.deaths(time) {
            let (cross, square) = (self.z.dot(i, &self.product.values), self.z.dot(i, &self.dead));
            of.cross += r[i] * cross;
            of.square += r[i] * square;
            along[i] -= b1[k] * cross - b2[k] * square;
        }
        (risk, of)
    }

    /// Of z_i'B back(X1, X2)_i what B S1 changes by while row i is at risk: d times the sum of nu/S^2 over the times to come, for a change d. Summed
    /// from the earliest time up, as they grow.
    fn add_later_changes(&self, along: &mut [f64]) -> Result<()> {
        let (sets, r, q) = (self.partial.sets, &self.partial.r, self.z.q);
        let b1 = &self.partial.coefficients.b[1];
        let (mut changes, mut deaths) = (try_vec(THIRD, 0.0, q)?, try_vec(THIRD, 0.0, q)?);
        let add = |i: usize, factor: f64, sum: &mut [f64]| {
            self.z.row(i).for_each(|(j, z)| add_scaled(sum, factor * z, &self.b[j * q..(j + 1) * q]));
        };
        for times in &sets.strata {
            changes.fill(0.0);
            deaths.fill(0.0);
            for k in (times.start..=times.end).rev() {
                let time = &sets.times[k];
                if b1[k] != 0.0 {
                    sets.deaths(time).for_each(|i| add(i, -b1[k] * r[i], &mut deaths));
                }
                sets.entering(time).for_each(|i| along[i] += self.z.dot(i, &changes) + self.z.dot(i, &deaths));
                sets.entering(time).for_each(|i| add(i, self.later[k] * r[i], &mut changes));
                sets.leaving(time).for_each(|i| add(i, -self.later[k] * r[i], &mut changes));
                sets.leaving(time).for_each(|i| along[i] -= self.z.dot(i, &changes) + self.z.dot(i, &deaths));
            }
        }
        Ok(())
    }
}
