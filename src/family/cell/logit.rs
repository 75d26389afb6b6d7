//! Cells of the logistic distribution.

use pulp::NullaryFnOnce;

use super::link::{Cell, CumulativeLink, complement};
use crate::elementary::{exp, in_wide_registers};
use crate::family::special::{log1mexp, softplus};
use crate::family::{GRADIENT, Link};

/// F(x) = 1/(1 + e^-x).
#[derive(Clone, Copy, Debug)]
pub struct Logit;

/// Probabilities below may have lost digits to underflow.
const TINY: f64 = 1e-290;

impl CumulativeLink for Logit {
    const LINK: Link = Link::Logit;

    type End = [f64; 2];

    fn ends(cuts: &[f64], out: &mut [[f64; 2]]) {
        in_wide_registers(Ends(cuts, out));
    }

    #[inline]
    fn below<const ORDER: u8>(b: f64, [p, q]: [f64; 2]) -> Cell {
        let [l, factor] = if q < 0.5 { complement(q) } else { [0.0, p] };
        // Where no probability is left, log F is the cut point itself.
        let [l, factor] = if p > TINY { [l, factor] } else { [b, 1.0] };
        Cell { factor, ..Cell::below([l, q, -p * q, p * q * (p - q)]) }
    }

    #[inline]
    fn above<const ORDER: u8>(a: f64, [p, q]: [f64; 2]) -> Cell {
        Self::below::<ORDER>(-a, [q, p]).reflected()
    }

    #[inline]
    fn between<const ORDER: u8>(a: f64, b: f64, [[p_a, q_a], [p_b, q_b]]: [[f64; 2]; 2]) -> Cell {
        let (density_a, density_b) = (p_a * q_a, p_b * q_b);
        let Probability { l, factor, p } = probability(a, b, [p_a, q_a], [p_b, q_b]);
        let mut cell = Cell { l, factor, s: p_a - q_b, w: density_a + density_b, ..Cell::CERTAIN };
        if ORDER == GRADIENT {
            let [over_a, over_b] = if p > TINY {
                [density_a / p, density_b / p]
            } else {
                let narrow = 1.0 / (b - a).exp_m1().max(f64::MIN_POSITIVE);
                [narrow + p_a, narrow + q_b]
            };
            let (slope_a, slope_b) = (density_a * (q_a - p_a), density_b * (q_b - p_b));
            cell.lower = [-over_a, density_a, slope_a];
            cell.upper = [over_b, density_b, slope_b];
            cell.t = -(slope_a + slope_b);
        }
        cell
    }
}

/// F and 1 - F.
struct Ends<'a>(&'a [f64], &'a mut [[f64; 2]]);

impl NullaryFnOnce for Ends<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        for (end, cut) in self.1.iter_mut().zip(self.0) {
            // Nothing is asked of an open end; the smallest numbers, which its exponential is made of, are slow.
            let finite = if cut.abs() < f64::INFINITY { *cut } else { 0.0 };
            let e = exp(-finite.abs());
            let large = 1.0 / (1.0 + e);
            let small = e * large;
            *end = if *cut >= 0.0 { [large, small] } else { [small, large] };
        }
    }
}

/// F(b) - F(a) where that is not tiny, and its logarithm in two parts, as a cell has them.
struct Probability {
    l: f64,
    factor: f64,
    p: f64,
}

/// Given F and 1 - F at both.
#[inline]
fn probability(a: f64, b: f64, [p_a, q_a]: [f64; 2], [p_b, q_b]: [f64; 2]) -> Probability {
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
    let [l, factor] = if rest < 0.5 {
        complement(rest)
    } else if p > TINY {
        [0.0, p]
    } else {
        [log1mexp(width) - softplus(-b) - softplus(a), 1.0]
    };
    Probability { l, factor, p }
}
