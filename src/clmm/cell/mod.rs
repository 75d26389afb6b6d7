//! The log-probability of a category between two cut points, log(F(b) - F(a)), and its derivatives.
//!
//! The cut points are theta - eta: they fall as the predictor eta rises. So
//!
//! ```text
//! s = -(l_a + l_b),   w = s_a + s_b,   t = -(w_a + w_b)
//! ```
//!
//! with subscripts for derivatives in the cut points. No form here is a difference of two values of F that could be close: the digits are
//! there in both tails and in narrow cells.

mod cauchit;
mod cloglog;
mod logit;
mod probit;
#[cfg(test)]
mod tests;

pub use cauchit::Cauchit;
pub use cloglog::{Cloglog, Loglog};
pub use logit::Logit;
pub use probit::Probit;

use crate::family::special::Tails;
use crate::family::{GRADIENT, Jet, Link, MODE, Order};

/// log(F(b) - F(a)) and derivatives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    pub l: f64,
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
    pub const EMPTY: Cell = Cell { l: f64::NEG_INFINITY, s: 0.0, w: 0.0, t: 0.0, lower: [0.0; 3], upper: [0.0; 3] };
    /// Both ends are open.
    pub const CERTAIN: Cell = Cell { l: 0.0, ..Cell::EMPTY };

    /// From the jet of log F at the upper cut point; the lower end is open.
    #[inline]
    fn below([l, l1, l2, l3]: Jet) -> Cell {
        Cell { l, s: -l1, w: -l2, t: l3, lower: [0.0; 3], upper: [l1, -l2, -l3] }
    }

    /// From the jet of log(1 - F) at the lower cut point; the upper end is open.
    #[inline]
    fn above(jet: Jet) -> Cell {
        let cell = Cell::below(jet);
        Cell { lower: cell.upper, upper: cell.lower, ..cell }
    }

    /// The cell (a, b) of F(x) from the cell (-b, -a) of 1 - F(-x).
    #[inline]
    fn reflected(&self) -> Cell {
        let turned = |[l, s, w]: [f64; 3]| [-l, s, -w];
        Cell { s: -self.s, t: -self.t, lower: turned(self.upper), upper: turned(self.lower), ..*self }
    }
}

/// A link with the latent variable's distribution function F as its inverse. `ORDER` is 1 (l, s, w; the rest has any value) or 2 (all).
pub trait CumulativeLink {
    const LINK: Link;

    /// A cell with two finite cut points, a < b.
    fn between<const ORDER: u8>(a: f64, b: f64) -> Cell;

    /// The lowest category: a = -inf.
    #[inline]
    fn below<const ORDER: u8>(b: f64) -> Cell {
        Cell::below(Self::LINK.log_mean(b))
    }

    /// The highest category: b = +inf.
    #[inline]
    fn above<const ORDER: u8>(a: f64) -> Cell {
        Cell::above(Self::LINK.log_complement(a))
    }

    /// The cell from a to b. Infinite cut points are open ends: derivatives in them are 0. Unless a < b, it is [`Cell::EMPTY`].
    #[inline]
    fn cell<const ORDER: u8>(a: f64, b: f64) -> Cell {
        // False for what is not a number, too.
        let ordered = a < b;
        if !ordered {
            return Cell::EMPTY;
        }
        match (a == f64::NEG_INFINITY, b == f64::INFINITY) {
            (false, false) => Self::between::<ORDER>(a, b),
            (true, false) => Self::below::<ORDER>(b),
            (false, true) => Self::above::<ORDER>(a),
            (true, true) => Cell::CERTAIN,
        }
    }

    /// F(x) and 1 - F(x), each with its digits far out.
    #[inline]
    fn tails(x: f64) -> Tails {
        [Self::LINK.linkinv(x), Self::LINK.complement(x)]
    }
}

/// Runs code with the type of a link, so that its loops over rows are compiled for each; `$none` for links that are not cumulative.
macro_rules! by_link {
    ($link:expr, $Type:ident => $run:expr, $none:expr) => {
        match $link {
            $crate::family::Link::Logit => {
                type $Type = $crate::clmm::cell::Logit;
                $run
            }
            $crate::family::Link::Probit => {
                type $Type = $crate::clmm::cell::Probit;
                $run
            }
            $crate::family::Link::Cloglog => {
                type $Type = $crate::clmm::cell::Cloglog;
                $run
            }
            $crate::family::Link::Loglog => {
                type $Type = $crate::clmm::cell::Loglog;
                $run
            }
            $crate::family::Link::Cauchit => {
                type $Type = $crate::clmm::cell::Cauchit;
                $run
            }
            _ => $none,
        }
    };
}
pub(crate) use by_link;

pub use crate::family::CUMULATIVE_LINKS;

/// Whether a link's inverse is a distribution function.
pub fn is_cumulative(link: Link) -> bool {
    CUMULATIVE_LINKS.contains(&link)
}

/// One cell; what the order doesn't ask for is 0. None for links that are not cumulative.
pub fn cell(link: Link, order: Order, a: f64, b: f64) -> Option<Cell> {
    let kept = match order {
        Order::Gradient => return by_link!(link, L => Some(L::cell::<GRADIENT>(a, b)), None),
        Order::Mode | Order::Value => by_link!(link, L => Some(L::cell::<MODE>(a, b)), None),
    };
    kept.map(
        |Cell { l, s, w, .. }| if order == Order::Mode { Cell { l, s, w, ..Cell::CERTAIN } } else { Cell { l, ..Cell::CERTAIN } },
    )
}

/// F(x) and 1 - F(x); NaN for links that are not cumulative.
pub fn tails(link: Link, x: f64) -> Tails {
    by_link!(link, L => L::tails(x), [f64::NAN; 2])
}

/// log(1 - u) for 0 <= u <= 1/2: faster than `ln_1p`.
#[inline]
fn log_complement(u: f64) -> f64 {
    // The logarithm of the rounded difference, and what the rounding took.
    let rest = 1.0 - u;
    rest.ln() + ((1.0 - rest) - u) / rest
}
