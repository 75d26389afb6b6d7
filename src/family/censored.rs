//! Responses that are known to lie between two ends, as a layer over a family whose response, or its logarithm, is the linear predictor
//! and normal noise. With a and b the ends less the predictor, in units of sigma, such a row has
//!
//! ```text
//! l = log(Phi(b) - Phi(a))
//! ```
//!
//! A row whose ends are equal has a response, and the family's density.

use super::cell::{Cell, CumulativeLink, Probit};
use super::density::GRADIENT;
use super::{Cumulative, Derivatives, Family, Observations, Order, Psi, Residual};
use crate::envelope::{column, rows};
use crate::error::{Error, Result, row_text, try_collect, try_copy};

const ENDS: &str = "ends of the response";

/// The ends of each row; infinite where there is none. They are equal where the response itself is known.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ends {
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub lower: Vec<f64>,
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub upper: Vec<f64>,
}

/// How many rows are known how well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub exact: usize,
    /// Below an end.
    pub left: usize,
    /// Above an end.
    pub right: usize,
    pub interval: usize,
}

impl Ends {
    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(Ends { lower: try_copy(ENDS, &self.lower)?, upper: try_copy(ENDS, &self.upper)? })
    }

    /// On some of the rows.
    pub fn of_rows(&self, rows: &[u32]) -> Result<Self> {
        let of = |values: &[f64]| try_collect(ENDS, rows.iter().map(|&row| values[row as usize]));
        Ok(Ends { lower: of(&self.lower)?, upper: of(&self.upper)? })
    }

    /// What stands for the responses where one number must: the end that is known, or the middle of two.
    pub fn middles(&self) -> Result<Vec<f64>> {
        let middle = |(a, b): (&f64, &f64)| match (a.is_finite(), b.is_finite()) {
            (true, true) if a < b => 0.5 * a + 0.5 * b,
            (true, _) => *a,
            _ => *b,
        };
        try_collect(ENDS, self.lower.iter().zip(&self.upper).map(middle))
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (a, b) in self.lower.iter().zip(&self.upper) {
            let of = match (*a == f64::NEG_INFINITY, *b == f64::INFINITY) {
                _ if a == b => &mut counts.exact,
                (true, _) => &mut counts.left,
                (_, true) => &mut counts.right,
                _ => &mut counts.interval,
            };
            *of += 1;
        }
        counts
    }

    /// Fails at the first row whose ends are none; rows are those of the data.
    pub fn check(&self, row: impl Fn(usize) -> usize) -> Result<()> {
        for (i, (a, b)) in self.lower.iter().zip(&self.upper).enumerate() {
            let wanted = match () {
                () if a.is_nan() || b.is_nan() || a > b => "a lower end that is not above the upper one",
                () if a == b && a.is_infinite() || *a == f64::INFINITY || *b == f64::NEG_INFINITY => "at least one finite end",
                () if a.is_infinite() && b.is_infinite() => "at least one finite end",
                () => continue,
            };
            let (row, seen) = (row(i), format!("from {a} to {b}"));
            return Err(Error::data(format!("the response is {seen} in {}; expected {wanted}", row_text(row))).at(row));
        }
        Ok(())
    }
}

/// The ends in the unit of the linear predictor: the logarithms, where the family is that of a logarithm.
#[derive(Clone, Debug)]
pub struct Censoring {
    ends: Ends,
}

impl Censoring {
    /// Fails for a family that is not the linear predictor and normal noise.
    pub fn new(family: &dyn Family, ends: &Ends) -> Result<Self> {
        if !family.adds_normal_noise() {
            let (name, link) = (family.name(), family.link().name());
            return Err(Error::unsupported(format!(
                "a response between two ends, cens(), is for the families gaussian and lognormal with link identity, not for {name} with link {link}"
            )));
        }
        let mut ends = ends.try_clone()?;
        if is_of_logarithm(family) {
            // What is positive is above all numbers that are not.
            ends.lower.iter_mut().chain(&mut ends.upper).for_each(|end| *end = end.max(0.0).ln());
        }
        Ok(Censoring { ends })
    }

    /// Puts those rows whose response is between two ends in the place of what the family has there.
    pub fn put(&self, data: &Observations, eta: &[f64], psi: &[Psi], order: Order, out: &mut Derivatives) {
        let Some(log_variance) = psi.first() else { return };
        for (i, (&lower, &upper)) in self.ends.lower.iter().zip(&self.ends.upper).enumerate() {
            if lower < upper {
                let per = (-0.5 * log_variance.at(i)).exp() * data.weight(i).sqrt();
                put_row(i, per, [lower - eta[i], upper - eta[i]].map(|end| per * end), order, out);
            }
        }
    }
}

/// Whether the response's logarithm is the linear predictor and noise.
fn is_of_logarithm(family: &dyn Family) -> bool {
    family.facts().residual == Residual::OfLogarithm
}

/// `per` is one over the standard deviation.
fn put_row(i: usize, per: f64, [a, b]: [f64; 2], order: Order, out: &mut Derivatives) {
    let Cell { l, s, w, t, lower, upper, .. } = Probit::cell::<GRADIENT>(a, b);
    out.l[i] = l;
    if order < Order::Mode {
        return;
    }
    (out.s[i], out.w[i]) = (s * per, w * per * per);
    if order < Order::Gradient {
        return;
    }
    out.t[i] = t * per * per * per;
    // As log sigma^2 rises both ends go half as fast to zero; what goes to an infinite end does not count.
    let along = |k: usize| -0.5 * (times(a, lower[k]) + times(b, upper[k]));
    let of = &mut out.psi[0];
    of.l[i] = along(0);
    of.s[i] = per * (along(1) - 0.5 * s);
    of.w[i] = per * per * (along(2) - w);
}

/// The limit of a product in which a derivative vanishes at an infinite end.
fn times(end: f64, derivative: f64) -> f64 {
    if end.is_infinite() { 0.0 } else { end * derivative }
}

/// The distribution function at both ends, between which a randomised residual is drawn.
pub fn between(lower: Cumulative, upper: Cumulative) -> Cumulative {
    Cumulative { below: lower.below, at_or_above: lower.at_or_above, at_or_below: upper.at_or_below, above: upper.above }
}
