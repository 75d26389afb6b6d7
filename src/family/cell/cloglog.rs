//! Cells of the extreme value distributions: cloglog, and loglog as its mirror image.

use std::f64::consts::LN_2;

use super::link::{Cell, CumulativeLink, log_complement};
use crate::family::special::{bernoulli_excess, log1mexp};
use crate::family::{GRADIENT, Link};

/// F(x) = 1 - exp(-e^x).
#[derive(Clone, Copy, Debug)]
pub struct Cloglog;

/// F(x) = exp(-e^-x).
#[derive(Clone, Copy, Debug)]
pub struct Loglog;

impl CumulativeLink for Cloglog {
    const LINK: Link = Link::Cloglog;

    type End = ();

    fn ends(_cuts: &[f64], _out: &mut [()]) {}

    #[inline]
    fn above<const ORDER: u8>(a: f64, _end: ()) -> Cell {
        let e = a.exp();
        if e == f64::INFINITY { Cell::EMPTY } else { Cell::above([-e; 4]) }
    }

    /// With D = e^b - e^a the probability is exp(-e^a) (1 - e^-D). G = D/(e^D - 1) is D times the derivative of log(1 - e^-D) in D;
    /// applying D d/dD again gives -G H and then G2, where H = D + G - 1.
    #[inline]
    fn between<const ORDER: u8>(a: f64, b: f64, _ends: [(); 2]) -> Cell {
        let e_a = a.exp();
        if e_a == f64::INFINITY {
            return Cell::EMPTY;
        }
        let growth = (b - a).exp_m1();
        let d = if growth < 1.0 { e_a * growth } else { b.exp() - e_a };
        let Excess { log, g, gh, g2 } = excess(d, a, b);
        let mut cell = Cell { l: log - e_a, s: e_a - g, w: e_a + gh, t: g2 - e_a, ..Cell::CERTAIN };
        if ORDER == GRADIENT {
            // e^a/D and e^b/D.
            let ratio_a = 1.0 / growth.max(f64::MIN_POSITIVE);
            let ratio_b = 1.0 + ratio_a;
            cell.lower = [-e_a - ratio_a * g, e_a - ratio_a * gh, e_a + ratio_a * g2];
            cell.upper = [ratio_b * g, ratio_b * gh, -ratio_b * g2];
        }
        cell
    }
}

/// log(1 - e^-D), G, G H and G2.
struct Excess {
    log: f64,
    g: f64,
    gh: f64,
    g2: f64,
}

#[inline]
fn excess(d: f64, a: f64, b: f64) -> Excess {
    if d > 745.0 {
        return Excess { log: 0.0, g: 0.0, gh: 0.0, g2: 0.0 };
    }
    let e = d.exp_m1();
    let log = if d >= LN_2 {
        log_complement(1.0 / (1.0 + e))
    } else if d > 1e-290 {
        (e / (1.0 + e)).ln()
    } else {
        b + log1mexp(b - a)
    };
    let g = if d == 0.0 { 1.0 } else { d / e };
    let h = if d < 0.5 { bernoulli_excess(d) } else { d + g - 1.0 };
    Excess { log, g, gh: g * h, g2: g * (h * (h + g) - d) }
}

impl CumulativeLink for Loglog {
    const LINK: Link = Link::Loglog;

    type End = ();

    fn ends(_cuts: &[f64], _out: &mut [()]) {}

    #[inline]
    fn below<const ORDER: u8>(b: f64, _end: ()) -> Cell {
        Cloglog::above::<ORDER>(-b, ()).reflected()
    }

    #[inline]
    fn between<const ORDER: u8>(a: f64, b: f64, _ends: [(); 2]) -> Cell {
        Cloglog::between::<ORDER>(-b, -a, [(); 2]).reflected()
    }
}
