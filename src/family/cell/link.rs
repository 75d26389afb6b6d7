//! A cell, and what a link has to say of one.

use crate::elementary::ln;
use crate::family::special::Tails;
use crate::family::{Jet, Link};

/// log(F(b) - F(a)) and derivatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub l: f64,
    /// A factor of the probability, whose logarithm l is still without: it is taken of many cells at once.
    pub factor: f64,
    /// dl/deta.
    pub s: f64,
    /// -d2l/deta2.
    pub w: f64,
    /// dw/deta.
    pub t: f64,
    /// Derivatives of l, s, w in the lower cut point.
    pub lower: [f64; 3],
    /// Derivatives of l, s, w in the upper cut point.
    pub upper: [f64; 3],
}

impl Cell {
    /// No probability: the cut points are out of order, not numbers, or so far out that the logarithm of the probability overflows.
    pub const EMPTY: Cell = Cell { l: f64::NEG_INFINITY, factor: 1.0, s: 0.0, w: 0.0, t: 0.0, lower: [0.0; 3], upper: [0.0; 3] };
    /// Both ends are open.
    pub const CERTAIN: Cell = Cell { l: 0.0, ..Cell::EMPTY };

    /// From the jet of log F at the upper cut point; the lower end is open.
    #[inline]
    pub(super) fn below([l, l1, l2, l3]: Jet) -> Cell {
        Cell { l, factor: 1.0, s: -l1, w: -l2, t: l3, lower: [0.0; 3], upper: [l1, -l2, -l3] }
    }

    /// From the jet of log(1 - F) at the lower cut point; the upper end is open.
    #[inline]
    pub(super) fn above(jet: Jet) -> Cell {
        let cell = Cell::below(jet);
        Cell { lower: cell.upper, upper: cell.lower, ..cell }
    }

    /// The cell (a, b) of F(x) from the cell (-b, -a) of 1 - F(-x).
    #[inline]
    pub(super) fn reflected(&self) -> Cell {
        let turned = |[l, s, w]: [f64; 3]| [-l, s, -w];
        Cell { s: -self.s, t: -self.t, lower: turned(self.upper), upper: turned(self.lower), ..*self }
    }
}

/// A link with the latent variable's distribution function F as its inverse. `ORDER` is 1 (l, s, w; the rest has any value) or 2 (all).
pub trait CumulativeLink {
    const LINK: Link;

    /// What a cell takes from a cut point; `()` where it is as well computed cell by cell.
    type End: Copy + Default;

    /// Of many cut points at once.
    fn ends(cuts: &[f64], out: &mut [Self::End]);

    /// A cell with two finite cut points, a < b.
    fn between<const ORDER: u8>(a: f64, b: f64, ends: [Self::End; 2]) -> Cell;

    /// The lowest category: a = -inf.
    #[inline]
    fn below<const ORDER: u8>(b: f64, _end: Self::End) -> Cell {
        Cell::below(Self::LINK.log_mean(b))
    }

    /// The highest category: b = +inf.
    #[inline]
    fn above<const ORDER: u8>(a: f64, _end: Self::End) -> Cell {
        Cell::above(Self::LINK.log_complement(a))
    }

    /// One cell, complete.
    #[inline]
    fn cell<const ORDER: u8>(a: f64, b: f64) -> Cell {
        let mut ends = [Self::End::default(); 2];
        Self::ends(&[a, b], &mut ends);
        let cell = Self::cell_of::<ORDER>(a, b, ends);
        Cell { l: cell.l + ln(cell.factor), factor: 1.0, ..cell }
    }

    /// The cell from a to b. Infinite cut points are open ends: derivatives in them are 0. Unless a < b, it is [`Cell::EMPTY`].
    #[inline]
    fn cell_of<const ORDER: u8>(a: f64, b: f64, ends: [Self::End; 2]) -> Cell {
        // False for what is not a number, too.
        let ordered = a < b;
        if !ordered {
            return Cell::EMPTY;
        }
        match (a == f64::NEG_INFINITY, b == f64::INFINITY) {
            (false, false) => Self::between::<ORDER>(a, b, ends),
            (true, false) => Self::below::<ORDER>(b, ends[1]),
            (false, true) => Self::above::<ORDER>(a, ends[0]),
            (true, true) => Cell::CERTAIN,
        }
    }

    /// F(x) and 1 - F(x), each with its digits far out.
    #[inline]
    fn tails(x: f64) -> Tails {
        [Self::LINK.linkinv(x), Self::LINK.complement(x)]
    }
}

/// log(1 - u) for 0 <= u <= 1/2: faster than `ln_1p`.
#[inline]
pub(super) fn log_complement(u: f64) -> f64 {
    let [rounding, rest] = complement(u);
    ln(rest) + rounding
}

/// The two parts of log(1 - u) for 0 <= u <= 1/2: what the rounding of the difference took, and the factor that is rounded.
#[inline]
pub(super) fn complement(u: f64) -> [f64; 2] {
    let rest = 1.0 - u;
    [((1.0 - rest) - u) / rest, rest]
}
