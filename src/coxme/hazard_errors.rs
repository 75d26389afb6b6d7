//! What the variance of a cumulative hazard is made of (Tsiatis 1981; of Efron's method by its terms; with random effects as with fixed ones).
//!
//! ```text
//! Lambda = e^eta sum_e nu_e/S_e,   eta = m'(b, beta)
//! Var Lambda = e^(2 eta) { sum_e nu_e/S_e^2 + q'V q },   q = sum_e (m - v_e) nu_e/S_e = m A - M
//! ```
//!
//! V is the covariance of (b, beta), v_e the risk-weighted mean of the rows (Z, X). M is a sum over rows, M = (Z, X)'h: no time needs more
//! than a vector, and q'V q needs one product V M for all rows that share the times.

use std::ops::Range;

use super::laplace::Laplace;
use super::model::apply;
use super::spread::Spread;
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense::dot;

const ERRORS: &str = "standard errors of hazards";

/// Some event times of a stratum, by their places in the sweep, and the place of a death whose row takes part in the ties of its time by
/// its share only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    pub stratum: usize,
    pub from: usize,
    pub to: usize,
    pub death: Option<usize>,
}

/// What a window adds up to, at the level of its stratum.
#[derive(Debug)]
pub struct Accumulated {
    /// A.
    pub hazard: f64,
    /// sum_e nu_e/S_e^2.
    pub square: f64,
    /// V M.
    pub moves: Vec<f64>,
    /// M'V M.
    pub own: f64,
}

impl Accumulated {
    /// The variance of the cumulative hazard over the window at the level, of a row whose m has the variance m'V m, and m'V M.
    pub fn variance(&self, of_row: f64, with_row: f64) -> f64 {
        let quadratic = self.hazard * (self.hazard * of_row - 2.0 * with_row) + self.own;
        self.square + quadratic.max(0.0)
    }
}

/// The covariance of (u, beta) at the joint mode: beta of the user's columns, about the centre of a stratum where that matters, and u spherical,
/// so that nothing cancels in z'b = (T'z)'u where columns are far from zero.
pub struct EffectCovariance<'a> {
    laplace: &'a Laplace<'a>,
    /// sum nu/S_e^2 cumulated.
    squares: Vec<f64>,
    spread: Option<Spread>,
}

impl<'a> EffectCovariance<'a> {
    /// With the covariance of the model's fixed effects where they are held.
    pub fn new(laplace: &'a Laplace<'a>, of_held: Option<&[f64]>) -> Result<Self> {
        let spread = of_held.map(|own| Spread::new(&laplace.joint, own)).transpose()?;
        let mut squares = try_copy(ERRORS, &laplace.joint.partial.coefficients.b[0])?;
        laplace.model.sets.cumulate(&mut squares);
        Ok(EffectCovariance { laplace, squares, spread })
    }

    /// T'z, of the user's values of a term's effects.
    pub fn values(&self, term: usize, z: &[f64]) -> Vec<f64> {
        let (r, t, z) = (z.len(), &self.laplace.t[term], self.laplace.model.units(term).values(z));
        (0..r).map(|a| (0..r).map(|b| t[a * r + b] * z[b]).sum()).collect()
    }

    /// The covariances of the effects of each level, by term `[r, r, levels]`.
    pub fn within(&self) -> Result<Vec<Vec<f64>>> {
        let (model, joint) = (self.laplace.model, &self.laplace.joint);
        let mut random = joint.system.covariances(model, &joint.partial)?.random;
        self.spread.iter().for_each(|own| own.add_within(model, &mut random));
        Ok(random)
    }

    /// The window of the steps of a stratum's baseline after the first `from` and up to the first `to`.
    pub fn window(&self, stratum: usize, from: usize, to: usize, has_event: bool) -> Window {
        let end = self.laplace.model.sets.strata[stratum].end;
        Window { stratum, from: end - to, to: end - from, death: has_event.then_some(end - to) }
    }

    /// What is taken off the columns of X in a stratum, of columns `[n, p]`.
    pub fn centre(&self, stratum: usize, x: &[f64]) -> Vec<f64> {
        let model = self.laplace.model;
        let Some(i) = self.rows_of(stratum).next() else { return vec![0.0; model.p()] };
        (0..model.p()).map(|j| x[j * model.n + i] - model.x_scales[j] * model.column(j)[i]).collect()
    }

    /// The covariances of a random effect with all effects.
    pub fn of_effect(&self, term: usize, level: usize, effect: usize) -> Result<Vec<f64>> {
        let layout = &self.laplace.model.layout;
        let mut v = try_vec(ERRORS, 0.0, layout.q() + layout.p)?;
        v[layout.offset(term) + level * layout.terms[term].effects + effect] = 1.0;
        self.solved(v)
    }

    /// The covariances of a fixed effect with all effects.
    pub fn of_fixed(&self, j: usize) -> Result<Vec<f64>> {
        let model = self.laplace.model;
        let mut v = try_vec(ERRORS, 0.0, model.q() + model.p())?;
        v[model.q() + j] = 1.0 / model.x_scales[j];
        self.solved(v)
    }

    /// What a window adds up to.
    pub fn accumulate(&self, window: &Window) -> Result<Accumulated> {
        let c = &self.laplace.joint.partial.coefficients;
        let [_, b1, b2] = &c.b;
        let (mut hazard, mut square) = (c.a1[window.from] - c.a1[window.to], self.squares[window.from] - self.squares[window.to]);
        if let Some(k) = window.death {
            hazard -= c.a2[k];
            square += b2[k] - 2.0 * b1[k];
        }
        self.accumulated(window.stratum, (hazard, square), |i| self.weight(i, window))
    }

    /// What a linear function of the logarithms of a stratum's cumulative hazard up to and at its steps adds up to: `shares` of the first steps.
    pub fn accumulate_logarithms(&self, stratum: usize, shares: &[f64]) -> Result<Accumulated> {
        let partial = &self.laplace.joint.partial;
        let (sets, c) = (partial.sets, &partial.coefficients);
        let end = sets.strata[stratum].end;
        let mut factors = try_vec(ERRORS, 0.0, sets.times.len())?;
        let mut squares = try_vec(ERRORS, 0.0, sets.times.len())?;
        let (mut factor, mut hazard, mut square) = (0.0, 0.0, 0.0);
        // A step takes part in the hazards at all later ones.
        for (step, share) in shares.iter().enumerate().rev() {
            let k = end - 1 - step;
            if *share != 0.0 {
                factor += share / c.a1[k];
            }
            hazard += factor * c.steps[k];
            square += factor * factor * c.b[0][k];
            (factors[k], squares[k]) = (factor, factor * c.b[0][k]);
        }
        sets.cumulate(&mut squares);
        self.accumulated(stratum, (hazard, square), |i| {
            let own = sets.death(i).map_or(0.0, |k| factors[k] * c.b[1][k]);
            partial.r[i] * (sets.over_span(i, &squares) - own)
        })
    }

    /// With h of the rows of a stratum, M = (Z, X)'h.
    fn accumulated(&self, stratum: usize, (hazard, square): (f64, f64), weight: impl Fn(usize) -> f64) -> Result<Accumulated> {
        let model = self.laplace.model;
        let q = model.q();
        let mut m = try_vec(ERRORS, 0.0, q + model.p())?;
        for i in self.rows_of(stratum) {
            let h = weight(i);
            if h != 0.0 {
                model.z.row(i).for_each(|(column, z)| m[column] += h * z);
                (0..model.p()).for_each(|j| m[q + j] += h * model.column(j)[i]);
            }
        }
        apply(model, &self.laplace.t, true, &mut m[..q]);
        let mut moves = try_copy(ERRORS, &m)?;
        self.solve(&mut moves)?;
        let own = dot(&m, &moves);
        self.to_user(&mut moves);
        Ok(Accumulated { hazard, square, moves, own })
    }

    /// h of a row: what the window's terms v_e nu/S_e take of it.
    fn weight(&self, i: usize, window: &Window) -> f64 {
        let (sets, partial) = (&self.laplace.model.sets, &self.laplace.joint.partial);
        let [_, b1, b2] = &partial.coefficients.b;
        let Range { start, end } = sets.span(i);
        let (first, last) = (start.max(window.from), end.min(window.to));
        if first >= last {
            return 0.0;
        }
        let mut sum = self.squares[first] - self.squares[last];
        if let Some(k) = sets.death(i).filter(|k| (window.from..window.to).contains(k)) {
            sum -= b1[k];
        }
        if let Some(k) = window.death.filter(|k| (start..end).contains(k)) {
            sum -= b1[k] - if sets.death(i) == Some(k) { b2[k] } else { 0.0 };
        }
        partial.r[i] * sum
    }

    /// The rows of a stratum that are ever at risk.
    fn rows_of(&self, stratum: usize) -> impl Iterator<Item = usize> {
        let sets = &self.laplace.model.sets;
        sets.times[sets.strata[stratum].clone()].iter().flat_map(|time| sets.entering(time))
    }

    fn solved(&self, mut v: Vec<f64>) -> Result<Vec<f64>> {
        self.laplace.watch.pulse()?;
        self.solve(&mut v)?;
        self.to_user(&mut v);
        Ok(v)
    }

    /// v <- V v.
    fn solve(&self, v: &mut [f64]) -> Result<()> {
        let joint = &self.laplace.joint;
        let Some(spread) = &self.spread else { return joint.solve_information(v) };
        let before = try_copy(ERRORS, v)?;
        joint.solve_whole(v)?;
        spread.add(&before, v);
        Ok(())
    }

    /// From beta of the model's columns to that of the user's.
    fn to_user(&self, v: &mut [f64]) {
        let model = self.laplace.model;
        v[model.q()..].iter_mut().zip(&model.x_scales).for_each(|(beta, scale)| *beta /= scale);
    }
}
