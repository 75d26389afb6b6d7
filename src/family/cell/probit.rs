//! Cells of the normal distribution. Given its cell, the latent variable z is a truncated normal one:
//!
//! ```text
//! s = E z,   w = 1 - var z,   t = -(third cumulant of z)
//! ```
//!
//! and with the densities at the cut points over the probability, A and B, E z = A - B.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use libm::erfc;

use super::link::{Cell, CumulativeLink};
use crate::family::special::erfcx;
use crate::family::{GRADIENT, Link};

/// F(x) = Phi(x).
#[derive(Clone, Copy, Debug)]
pub struct Probit;

/// log(2 pi)/2.
const HALF_LOG_2_PI: f64 = 0.918_938_533_204_672_8;
/// sqrt(2 pi).
const ROOT_2_PI: f64 = 2.506_628_274_631_000_7;

impl CumulativeLink for Probit {
    const LINK: Link = Link::Probit;

    type End = ();

    fn ends(_cuts: &[f64], _out: &mut [()]) {}

    fn between<const ORDER: u8>(a: f64, b: f64, _ends: [(); 2]) -> Cell {
        if a + b < 0.0 { right::<ORDER>(-b, -a).reflected() } else { right::<ORDER>(a, b) }
    }
}

/// A cell with its middle at or right of zero.
fn right<const ORDER: u8>(a: f64, b: f64) -> Cell {
    let (width, middle) = (b - a, 0.5 * a + 0.5 * b);
    // phi(b)/phi(a) = e^-fall.
    let fall = width * middle;
    if width <= 0.25 && fall <= 0.5 {
        return narrow::<ORDER>(width, middle);
    }
    if fall > 40.0 && a > 0.0 {
        return half_open(a, b, fall);
    }
    if a > 0.0 {
        let ratio = (-fall).exp();
        // Phi(-x)/phi(x), Mills' ratio.
        let mills = |x: f64| (0.5 * PI).sqrt() * erfcx(x * FRAC_1_SQRT_2);
        let q = mills(a) - ratio * mills(b);
        return moments(-0.5 * a * a - HALF_LOG_2_PI + q.ln(), [a, 1.0 / q], [b, ratio / q]);
    }
    let rest = 0.5 * (erfc(-a * FRAC_1_SQRT_2) + erfc(b * FRAC_1_SQRT_2));
    let density = |x: f64| (-0.5 * x * x).exp() / ROOT_2_PI;
    let p = 1.0 - rest;
    moments((-rest).ln_1p(), [a, density(a) / p], [b, density(b) / p])
}

/// From the cut points with A and B.
fn moments(l: f64, [a, over_a]: [f64; 2], [b, over_b]: [f64; 2]) -> Cell {
    let s = over_a - over_b;
    let (first_a, first_b) = (a * over_a, b * over_b);
    // Between 0 and 1 but for rounding far out, where it is next to 1.
    let w = (s * s + first_b - first_a).clamp(0.0, 1.0);
    let t = (b * first_b - over_b) - (a * first_a - over_a) + 3.0 * s * (first_a - first_b) - 2.0 * s * s * s;
    let variance = 1.0 - w;
    let lower = [-over_a, over_a * (s - a), over_a * (a - s) * (a - s) - over_a * variance];
    Cell { l, factor: 1.0, s, w, t, lower, upper: upper_end(b, over_b, s, variance) }
}

fn upper_end(b: f64, over_b: f64, s: f64, variance: f64) -> [f64; 3] {
    [over_b, over_b * (b - s), over_b * variance - over_b * (b - s) * (b - s)]
}

/// What is beyond b is less than rounding of what is beyond a.
fn half_open(a: f64, b: f64, fall: f64) -> Cell {
    let cell = Cell::above(Link::Probit.log_complement(a));
    let over_b = -cell.lower[0] * (-fall).exp();
    Cell { upper: upper_end(b, over_b, cell.s, 1.0 - cell.w), ..cell }
}

/// By Gauss-Legendre quadrature, in units of the width: exact to rounding, however narrow the cell.
fn narrow<const ORDER: u8>(width: f64, middle: f64) -> Cell {
    const NODES: [(f64, f64); 3] = [
        (0.119_309_593_041_598_45, 0.233_956_967_286_345_5),
        (0.330_604_693_233_132_25, 0.180_380_786_524_069_3),
        (0.466_234_757_101_576, 0.085_662_246_189_585_18),
    ];
    let mut points = [(0.0, 0.0); 6];
    for (pair, (node, weight)) in points.chunks_exact_mut(2).zip(NODES) {
        for (point, u) in pair.iter_mut().zip([-node, node]) {
            *point = (u, weight * (-width * u * (middle + 0.5 * width * u)).exp());
        }
    }
    let total = integral(&points, |_| 1.0);
    let mean = integral(&points, |u| u) / total;
    let variance = integral(&points, |u| (u - mean) * (u - mean)) / total;
    let mut cell = Cell {
        l: (width * total).ln() - 0.5 * middle * middle - HALF_LOG_2_PI,
        s: middle + width * mean,
        w: 1.0 - width * width * variance,
        ..Cell::CERTAIN
    };
    if ORDER == GRADIENT {
        let third = integral(&points, |u| (u - mean) * (u - mean) * (u - mean)) / total;
        cell.t = -width * width * width * third;
        let (rise, bend) = (0.5 * width * middle, 0.125 * width * width);
        // A and B times the width.
        let (over_a, over_b) = ((rise - bend).exp() / total, (-rise - bend).exp() / total);
        let per_width = 1.0 / width.max(f64::MIN_POSITIVE);
        let (to_a, to_b) = (0.5 + mean, 0.5 - mean);
        cell.lower = [-over_a * per_width, over_a * to_a, width * over_a * (to_a * to_a - variance)];
        cell.upper = [over_b * per_width, over_b * to_b, width * over_b * (variance - to_b * to_b)];
    }
    cell
}

#[inline]
fn integral(points: &[(f64, f64); 6], f: impl Fn(f64) -> f64) -> f64 {
    points.iter().map(|&(u, v)| v * f(u)).sum()
}
