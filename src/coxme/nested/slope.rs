//! How tr(C W) changes with eta, C = Y B Y' with Y the whitened rows and B = I + sum_k c_k q_k q_k'.
//!
//! The formula is that of `trace_derivative`. The part of I needs what the sums of a row's own path have been; that of the q_k their
//! coordinates in the vectors q_k, of which a stratum has those of its part of the forest only.

use crate::coxme::forest::Forest;
use crate::coxme::partial::Partial;
use crate::coxme::sum::{Sum, Sums};
use crate::coxme::third::Moments;
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense::add_scaled;
use crate::linalg::lanczos::Spectrum;

const SLOPE: &str = "third derivatives";

/// Y, the spectrum of N in its coordinates, and c_k `[count, blocks]`.
#[derive(Clone, Copy)]
pub struct Weighted<'a> {
    pub forest: &'a Forest,
    pub white: &'a [f64],
    pub spectrum: &'a Spectrum,
    pub factors: &'a [f64],
}

impl<'a> Weighted<'a> {
    /// The coordinates of a row in the vectors of its part.
    #[inline]
    pub fn coordinates(&self, i: usize, out: &mut [f64]) {
        out.fill(0.0);
        let (columns, values) = self.forest.along(self.white, i);
        for (c, value) in columns.iter().zip(values) {
            let at = *c as usize * out.len();
            add_scaled(out, *value, &self.spectrum.vectors[at..at + out.len()]);
        }
    }

    /// The factors of the part that a column belongs to.
    pub fn factors_of(&self, column: u32) -> &'a [f64] {
        let at = self.forest.part_of_column[column as usize] as usize * self.spectrum.count;
        &self.factors[at..at + self.spectrum.count]
    }

    /// The diagonal of C.
    pub fn diagonal(&self) -> Result<Vec<f64>> {
        let mut coordinates = try_vec(SLOPE, 0.0, self.spectrum.count)?;
        let mut out = try_vec(SLOPE, 0.0, self.white.len() / self.forest.width)?;
        for (i, out) in out.iter_mut().enumerate() {
            self.coordinates(i, &mut coordinates);
            let (columns, values) = self.forest.along(self.white, i);
            let own: f64 = values.iter().map(|v| v * v).sum();
            *out = own + weighted(self.factors_of(columns[0]), &coordinates, &coordinates);
        }
        Ok(out)
    }
}

/// a'diag(factors) b.
#[inline]
fn weighted(factors: &[f64], a: &[f64], b: &[f64]) -> f64 {
    factors.iter().zip(a.iter().zip(b)).map(|(f, (a, b))| f * a * b).sum()
}

/// d tr(C W)/d eta with C fixed, given the diagonal of C.
pub fn trace_derivative(partial: &Partial<'_>, of: Weighted<'_>, mut c: Vec<f64>) -> Result<Vec<f64>> {
    let sets = partial.sets;
    let mut y = [try_vec(SLOPE, 0.0, sets.times.len())?, try_vec(SLOPE, 0.0, sets.times.len())?];
    let mut sweep = Sweep::new(partial, of)?;
    for (stratum, times) in sets.strata.iter().enumerate() {
        sweep.begin(stratum);
        for k in times.clone() {
            let (s, dead) = sweep.move_to(k, &c);
            partial.add_terms(k, s, dead, &mut y);
        }
        sets.times[times.clone()].iter().flat_map(|time| sets.entering(time)).for_each(|i| sweep.end(i));
    }
    sweep.add_later_changes()?;
    partial.derivative_of(&mut c, y, &sweep.along);
    Ok(c)
}

struct Sweep<'a> {
    partial: &'a Partial<'a>,
    of: Weighted<'a>,
    /// The c_k of the stratum.
    factors: &'a [f64],
    later: Vec<f64>,
    risk: Sum,
    c: Sum,
    /// S'S, and S.
    square: Sum,
    sum: Sums,
    dead: Vec<f64>,
    /// The coordinates of S in the vectors, of the deaths' sum, and of a row.
    coordinates: Sums,
    of_dead: Vec<f64>,
    row: Vec<f64>,
    /// y_i'B back(X1, X2)_i.
    along: Vec<f64>,
}

impl<'a> Sweep<'a> {
    fn new(partial: &'a Partial<'a>, of: Weighted<'a>) -> Result<Self> {
        let (q, count) = (of.forest.part_of_column.len(), of.spectrum.count);
        let mut later = try_copy(SLOPE, &partial.coefficients.b[0])?;
        partial.sets.cumulate(&mut later);
        Ok(Sweep {
            partial,
            of,
            factors: &[],
            later,
            risk: Sum::default(),
            c: Sum::default(),
            square: Sum::default(),
            sum: Sums::new(q)?,
            dead: try_vec(SLOPE, 0.0, q)?,
            coordinates: Sums::new(count)?,
            of_dead: try_vec(SLOPE, 0.0, count)?,
            row: try_vec(SLOPE, 0.0, count)?,
            along: try_vec(SLOPE, 0.0, partial.sets.n)?,
        })
    }

    fn begin(&mut self, stratum: usize) {
        let count = self.of.spectrum.count;
        let at = self.of.forest.part_of_stratum[stratum] as usize * count;
        self.factors = &self.of.factors[at..at + count];
        (self.risk, self.c, self.square) = (Sum::default(), Sum::default(), Sum::default());
        self.coordinates.clear();
    }

    /// y_i'B S.
    fn product(&mut self, i: usize) -> f64 {
        let (columns, values) = self.of.forest.along(self.of.white, i);
        let own: f64 = columns.iter().zip(values).map(|(c, v)| v * self.sum.values[*c as usize]).sum();
        self.of.coordinates(i, &mut self.row);
        own + weighted(self.factors, &self.row, &self.coordinates.values)
    }

    /// A row enters, or leaves with -r.
    fn add(&mut self, i: usize, r: f64, c: f64) {
        self.risk.add(r);
        self.c.add(r * c);
        let (columns, values) = self.of.forest.along(self.of.white, i);
        for (c, value) in columns.iter().zip(values) {
            let (c, step) = (*c as usize, r * value);
            self.square.add(step * (2.0 * self.sum.values[c] + step));
            self.sum.add(c, step);
        }
        self.of.coordinates(i, &mut self.row);
        self.coordinates.add_scaled(r, &self.row);
    }

    fn move_to(&mut self, k: usize, c: &[f64]) -> (Moments, Moments) {
        let (sets, r) = (self.partial.sets, &self.partial.r);
        let [_, b1, b2] = &self.partial.coefficients.b;
        let time = &sets.times[k];
        for i in sets.leaving(time) {
            self.along[i] -= self.later[k] * self.product(i);
        }
        sets.entering(time).for_each(|i| self.add(i, r[i], c[i]));
        sets.leaving(time).for_each(|i| self.add(i, -r[i], c[i]));
        for i in sets.entering(time) {
            self.along[i] += self.later[k] * self.product(i);
        }
        let square = self.square.value() + weighted(self.factors, &self.coordinates.values, &self.coordinates.values);
        let at_risk = Moments { risk: self.risk.value(), c: self.c.value(), square, cross: 0.0 };
        let mut of = Moments::default();
        for i in sets.deaths(time) {
            of.risk += r[i];
            of.c += r[i] * c[i];
        }
        if b1[k] != 0.0 || b2[k] != 0.0 {
            self.take_off_deaths(k, &mut of);
        }
        (at_risk, of)
    }

    fn take_off_deaths(&mut self, k: usize, of: &mut Moments) {
        let (sets, r) = (self.partial.sets, &self.partial.r);
        let ([_, b1, b2], time) = (&self.partial.coefficients.b, &sets.times[k]);
        let forest = self.of.forest;
        self.of_dead.fill(0.0);
        for i in sets.deaths(time) {
            let (columns, values) = forest.along(self.of.white, i);
            columns.iter().zip(values).for_each(|(c, v)| self.dead[*c as usize] += r[i] * v);
            self.of.coordinates(i, &mut self.row);
            add_scaled(&mut self.of_dead, r[i], &self.row);
        }
        for i in sets.deaths(time) {
            let (columns, values) = forest.along(self.of.white, i);
            self.of.coordinates(i, &mut self.row);
            let mut cross = weighted(self.factors, &self.row, &self.coordinates.values);
            let mut square = weighted(self.factors, &self.row, &self.of_dead);
            for (c, v) in columns.iter().zip(values) {
                cross += v * self.sum.values[*c as usize];
                square += v * self.dead[*c as usize];
            }
            of.cross += r[i] * cross;
            of.square += r[i] * square;
            self.along[i] -= b1[k] * cross - b2[k] * square;
        }
        for i in sets.deaths(time) {
            forest.along(self.of.white, i).0.iter().for_each(|c| self.dead[*c as usize] = 0.0);
        }
    }

    /// What B S changes by while a row is at risk (as in `third`).
    fn add_later_changes(&mut self) -> Result<()> {
        let sets = self.partial.sets;
        let q = self.sum.values.len();
        let zeros = || try_vec(SLOPE, 0.0, q);
        let coordinates = || try_vec(SLOPE, 0.0, self.row.len());
        let (mut changes, mut deaths) = ((zeros()?, coordinates()?), (zeros()?, coordinates()?));
        for (stratum, times) in sets.strata.iter().enumerate() {
            self.begin(stratum);
            for k in (times.start..=times.end).rev() {
                let (time, later, b1) = (&sets.times[k], self.later[k], self.partial.coefficients.b[1][k]);
                if b1 != 0.0 {
                    sets.deaths(time).for_each(|i| self.add_row(i, -b1 * self.partial.r[i], &mut deaths));
                }
                sets.entering(time).for_each(|i| self.along[i] += self.part(i, &changes) + self.part(i, &deaths));
                sets.entering(time).for_each(|i| self.add_row(i, later * self.partial.r[i], &mut changes));
                sets.leaving(time).for_each(|i| self.add_row(i, -later * self.partial.r[i], &mut changes));
                sets.leaving(time).for_each(|i| self.along[i] -= self.part(i, &changes) + self.part(i, &deaths));
            }
            for sum in [&mut changes, &mut deaths] {
                let rows = || sets.times[times.clone()].iter().flat_map(|time| sets.entering(time));
                rows().for_each(|i| self.of.forest.along(self.of.white, i).0.iter().for_each(|c| sum.0[*c as usize] = 0.0));
                sum.1.fill(0.0);
            }
        }
        Ok(())
    }

    fn add_row(&mut self, i: usize, factor: f64, sum: &mut (Vec<f64>, Vec<f64>)) {
        let (columns, values) = self.of.forest.along(self.of.white, i);
        columns.iter().zip(values).for_each(|(c, v)| sum.0[*c as usize] += factor * v);
        self.of.coordinates(i, &mut self.row);
        add_scaled(&mut sum.1, factor, &self.row);
    }

    /// y_i'B of a sum.
    fn part(&mut self, i: usize, sum: &(Vec<f64>, Vec<f64>)) -> f64 {
        let (columns, values) = self.of.forest.along(self.of.white, i);
        let own: f64 = columns.iter().zip(values).map(|(c, v)| v * sum.0[*c as usize]).sum();
        self.of.coordinates(i, &mut self.row);
        own + weighted(self.factors, &self.row, &sum.1)
    }

    /// At the end of a stratum: the path of a row is as it was.
    fn end(&mut self, i: usize) {
        for c in self.of.forest.along(self.of.white, i).0 {
            self.sum.forget(*c as usize);
        }
    }
}
