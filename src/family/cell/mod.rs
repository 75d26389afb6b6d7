//! The log-probability of a category between two cut points, log(F(b) - F(a)), and its derivatives.
//!
//! The cut points are theta - eta: they fall as the predictor eta rises. So
//!
//! ```text
//! s = -(l_a + l_b),   w = s_a + s_b,   t = -(w_a + w_b)
//! ```
//!
//! with subscripts for derivatives in the cut points. No formula here subtracts two values of F that could be close, so results are
//! accurate in both tails and in narrow cells.

mod link;
mod cauchit;
mod cloglog;
mod logit;
mod probit;
#[cfg(test)]
mod tests;

pub use cauchit::Cauchit;
pub use cloglog::{Cloglog, Loglog};
pub use link::{Cell, CumulativeLink};
pub use logit::Logit;
pub use probit::Probit;

use crate::family::special::Tails;
use crate::family::{GRADIENT, Link, MODE, Order};

/// Runs code with the type of a link, so that its loops over rows are compiled for each; `$none` for links that are not cumulative.
macro_rules! by_link {
    ($link:expr, $Type:ident => $run:expr, $none:expr) => {
        match $link {
            $crate::family::Link::Logit => {
                type $Type = $crate::family::cell::Logit;
                $run
            }
            $crate::family::Link::Probit => {
                type $Type = $crate::family::cell::Probit;
                $run
            }
            $crate::family::Link::Cloglog => {
                type $Type = $crate::family::cell::Cloglog;
                $run
            }
            $crate::family::Link::Loglog => {
                type $Type = $crate::family::cell::Loglog;
                $run
            }
            $crate::family::Link::Cauchit => {
                type $Type = $crate::family::cell::Cauchit;
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
