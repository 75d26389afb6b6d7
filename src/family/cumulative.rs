//! Distribution functions as tails on both sides, which randomised quantile residuals (Dunn & Smyth 1996) are made of.

use std::f64::consts::FRAC_1_SQRT_2;

use libm::erfc;

use super::special::Tails;

/// The probabilities of responses below, at or below, above, and at or above a value. Each is computed as such, down to where doubles
/// underflow, so that a residual of the upper tail is as good as one of the lower: take whichever side is smaller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cumulative {
    pub below: f64,
    pub at_or_below: f64,
    pub above: f64,
    pub at_or_above: f64,
}

impl Cumulative {
    pub(crate) const NAN: Cumulative = Cumulative::continuous([f64::NAN; 2]);
    /// All responses are above.
    pub(crate) const LOWEST: Cumulative = Cumulative::continuous([0.0, 1.0]);
    /// All responses are below.
    pub(crate) const HIGHEST: Cumulative = Cumulative::continuous([1.0, 0.0]);

    pub(crate) const fn continuous([lower, upper]: Tails) -> Self {
        Cumulative { below: lower, at_or_below: lower, above: upper, at_or_above: upper }
    }

    /// Of counts: `tails` at k are those of "at most k" and "more than k".
    pub(crate) fn counts(y: f64, tails: impl Fn(f64) -> Tails) -> Self {
        let ([at_or_below, above], [below, at_or_above]) = (tails(y.floor()), tails(y.ceil() - 1.0));
        Cumulative { below, at_or_below, above, at_or_above }
    }

    /// A share of this distribution beside a share at one value.
    pub(crate) fn with_atom(self, share: f64, atom_share: f64, atom: f64, y: f64) -> Self {
        let [below, at_or_below, above, at_or_above] =
            [atom < y, atom <= y, atom > y, atom >= y].map(|there| atom_share * f64::from(there));
        Cumulative {
            below: share * self.below + below,
            at_or_below: share * self.at_or_below + at_or_below,
            above: share * self.above + above,
            at_or_above: share * self.at_or_above + at_or_above,
        }
    }
}

/// The tails of a standard normal variable.
pub(crate) fn normal_tails(z: f64) -> Tails {
    [0.5 * erfc(-z * FRAC_1_SQRT_2), 0.5 * erfc(z * FRAC_1_SQRT_2)]
}
