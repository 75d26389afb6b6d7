//! Cells of the Cauchy distribution, which is not log-concave: w can be negative.

use std::f64::consts::PI;

use super::link::{Cell, CumulativeLink};
use crate::family::{GRADIENT, Link};

/// F(x) = 1/2 + atan(x)/pi.
#[derive(Clone, Copy, Debug)]
pub struct Cauchit;

/// Beyond, everything is as here: the squares of the derivatives' terms do not overflow.
const FAR: f64 = 1e75;

impl CumulativeLink for Cauchit {
    const LINK: Link = Link::Cauchit;

    type End = ();

    fn ends(_cuts: &[f64], _out: &mut [()]) {}

    #[inline]
    fn below<const ORDER: u8>(b: f64, _end: ()) -> Cell {
        Cell::below(Link::Cauchit.log_mean(b.clamp(-FAR, FAR)))
    }

    #[inline]
    fn above<const ORDER: u8>(a: f64, _end: ()) -> Cell {
        Cell::above(Link::Cauchit.log_complement(a.clamp(-FAR, FAR)))
    }

    /// The differences of f, f', f'' between the cut points as products with b - a: each is a rational function.
    fn between<const ORDER: u8>(a: f64, b: f64, _ends: [(); 2]) -> Cell {
        let (a, b) = (a.clamp(-FAR, FAR), b.clamp(-FAR, FAR));
        let width = b - a;
        // The angle between the cut points, pi times the probability.
        let cosine = 1.0 + a * b;
        let angle = width.atan2(cosine);
        if angle <= 0.0 {
            return Cell::EMPTY;
        }
        let l = if cosine > 0.0 { (angle / PI).ln() } else { (-width.atan2(-cosine) / PI).ln_1p() };
        // A narrower angle would make the densities over it overflow.
        let angle = angle.max(f64::MIN_POSITIVE);
        // 1/(1 + x^2), x/(1 + x^2), x^2/(1 + x^2).
        let parts = |x: f64| {
            let f = 1.0 / (1.0 + x * x);
            [f, x * f, x * x * f]
        };
        let ([f_a, x_a, xx_a], [f_b, x_b, xx_b]) = (parts(a), parts(b));
        let (product, mixed) = (f_a * f_b, xx_a * f_b + xx_b * f_a);
        let s = (width * f_a) * ((a + b) * f_b) / angle;
        let second = -2.0 * (width / angle) * (product * (product - 2.0 * x_a * x_b - xx_a * xx_b) - x_a * x_b * mixed);
        let mut cell = Cell { l, s, w: s * s - second, ..Cell::CERTAIN };
        if ORDER == GRADIENT {
            let third = s
                * (product * (12.0 * product - 16.0 * xx_a * xx_b + 6.0 * mixed) - 6.0 * xx_a * xx_b * mixed
                    + 2.0 * (xx_a * xx_a * f_b * f_b + xx_b * xx_b * f_a * f_a));
            cell.t = third + 3.0 * s * second - 2.0 * s * s * s;
            // f'/f - P1 and -2 P1 (f'/f - P1) + f''/f - P2, P1 = -s, P2 the second difference.
            let end = |f: f64, x: f64, xx: f64| {
                let slope = s - 2.0 * x;
                [f / angle, -slope, 2.0 * s * slope + (6.0 * xx - 2.0 * f) * f - second]
            };
            let ([over_a, s_a, w_a], [over_b, s_b, w_b]) = (end(f_a, x_a, xx_a), end(f_b, x_b, xx_b));
            cell.lower = [-over_a, -over_a * s_a, over_a * w_a];
            cell.upper = [over_b, over_b * s_b, -over_b * w_b];
        }
        cell
    }
}
