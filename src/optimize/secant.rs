//! Secant corrections of an approximate Hessian (structured quasi-Newton, as NL2SOL: Dennis, Gay and Welsch 1981).
//!
//! The average information is not the Hessian, so plain steps converge linearly. Near the minimum the difference C is learnt
//! from changes of the gradient, by Powell's symmetric Broyden update in coordinates scaled by the diagonal of the
//! Hessian: of all symmetric changes of C that make (H + C) s = y, the smallest.

use super::quadratic::{Quadratic, scale};
use super::step::Point;
use crate::linalg::dense::dot_in_order as dot;

/// Steps that promise more than this (deviance units) are too long to tell the local Hessian.
const LOCAL: f64 = 1.0;
/// The correction is used only if it changes the promised decrease by no more than this factor.
const TRUST: f64 = 10.0;

pub(super) struct Secant {
    correction: Vec<f64>,
    used: bool,
}

impl Secant {
    pub fn new(n: usize) -> Secant {
        Secant { correction: vec![0.0; n * n], used: false }
    }

    /// The best model at a point: corrected, if that is credible.
    pub fn model(&mut self, at: &Point) -> Quadratic {
        let plain = Quadratic::new(&at.hessian);
        self.used = false;
        if self.correction.iter().all(|c| *c == 0.0) {
            return plain;
        }
        let Some(corrected) = Quadratic::corrected(&at.hessian, &self.correction) else {
            return plain;
        };
        let ratio = corrected.decrement(&at.gradient) / plain.decrement(&at.gradient);
        self.used = (1.0 / TRUST..=TRUST).contains(&ratio);
        if self.used { corrected } else { plain }
    }

    /// Forgets the correction; `false` if the last model did not use it anyway.
    pub fn forget(&mut self) -> bool {
        self.correction.fill(0.0);
        std::mem::replace(&mut self.used, false)
    }

    /// Learns from a step whose model promised `decrement`.
    pub fn learn(&mut self, from: &Point, to: &Point, decrement: f64) {
        if decrement > LOCAL {
            return;
        }
        let n = to.x.len();
        let d = scale(&to.hessian);
        let step: Vec<f64> = (0..n).map(|i| to.x[i] - from.x[i]).collect();
        let scaled_step: Vec<f64> = (0..n).map(|i| d[i] * step[i]).collect();
        let residual: Vec<f64> = (0..n)
            .map(|i| {
                let predicted: f64 = (0..n).map(|j| (to.hessian[i + j * n] + self.correction[i + j * n]) * step[j]).sum();
                (to.gradient[i] - from.gradient[i] - predicted) / d[i]
            })
            .collect();
        let length = dot(&scaled_step, &scaled_step);
        if length == 0.0 {
            return;
        }
        let along = dot(&residual, &scaled_step) / length;
        for j in 0..n {
            for i in 0..n {
                let change = residual[i] * scaled_step[j] + scaled_step[i] * residual[j] - along * scaled_step[i] * scaled_step[j];
                self.correction[i + j * n] += d[i] * d[j] * change / length;
            }
        }
    }
}
