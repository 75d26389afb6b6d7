//! Cells of the logistic distribution.

use pulp::NullaryFnOnce;

use super::link::{Cell, CumulativeLink, log_complement};
use crate::elementary::{in_wide_registers, ln};
use crate::family::special::{Logistic, log1mexp, logistic, softplus};
use crate::family::{GRADIENT, Link};

/// F(x) = 1/(1 + e^-x).
#[derive(Clone, Copy, Debug)]
pub struct Logit;

/// Probabilities below may have lost digits to underflow.
const TINY: f64 = 1e-290;

impl CumulativeLink for Logit {
    const LINK: Link = Link::Logit;

    type End = Logistic;

    fn ends(cuts: &[f64], out: &mut [Logistic]) {
        in_wide_registers(Ends(cuts, out));
    }

    #[inline]
    fn below<const ORDER: u8>(_b: f64, Logistic { p, q, log_p, .. }: Logistic) -> Cell {
        Cell::below([log_p, q, -p * q, p * q * (p - q)])
    }

    #[inline]
    fn above<const ORDER: u8>(_a: f64, Logistic { p, q, log_q, .. }: Logistic) -> Cell {
        Cell::above([log_q, -p, -p * q, p * q * (p - q)])
    }

    #[inline]
    fn between<const ORDER: u8>(a: f64, b: f64, [at_a, at_b]: [Logistic; 2]) -> Cell {
        let (density_a, density_b) = (at_a.p * at_a.q, at_b.p * at_b.q);
        let (l, p) = log_probability(a, b, [at_a.p, at_a.q], [at_b.p, at_b.q]);
        let mut cell = Cell { l, s: at_a.p - at_b.q, w: density_a + density_b, ..Cell::CERTAIN };
        if ORDER == GRADIENT {
            let [over_a, over_b] = if p > TINY {
                [density_a / p, density_b / p]
            } else {
                let narrow = 1.0 / (b - a).exp_m1().max(f64::MIN_POSITIVE);
                [narrow + at_a.p, narrow + at_b.q]
            };
            let (slope_a, slope_b) = (density_a * (at_a.q - at_a.p), density_b * (at_b.q - at_b.p));
            cell.lower = [-over_a, density_a, slope_a];
            cell.upper = [over_b, density_b, slope_b];
            cell.t = -(slope_a + slope_b);
        }
        cell
    }
}

struct Ends<'a>(&'a [f64], &'a mut [Logistic]);

impl NullaryFnOnce for Ends<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        for (end, cut) in self.1.iter_mut().zip(self.0) {
            *end = logistic(*cut);
        }
    }
}

/// log(F(b) - F(a)) given F and 1 - F at both, and F(b) - F(a) where that is not tiny.
#[inline]
fn log_probability(a: f64, b: f64, [p_a, q_a]: [f64; 2], [p_b, q_b]: [f64; 2]) -> (f64, f64) {
    let width = b - a;
    // The probability is F(b) (1 - F(a)) (1 - e^-width); wider than this, the difference on the smaller side costs three bits.
    let p = if width < 0.25 {
        -(-width).exp_m1() * p_b * q_a
    } else if a + b < 0.0 {
        p_b - p_a
    } else {
        q_a - q_b
    };
    let rest = p_a + q_b;
    let l = if rest < 0.5 {
        log_complement(rest)
    } else if p > TINY {
        ln(p)
    } else {
        log1mexp(width) - softplus(-b) - softplus(a)
    };
    (l, p)
}
