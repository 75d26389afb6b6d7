//! Numbers of several small problems side by side: arithmetic in the processor's vectors, where it is called from code for these.
// Without inlining into such code it would be that of the oldest processors.
#![allow(clippy::inline_always)]

use std::ops::{Add, AddAssign, Div, Mul, Sub, SubAssign};

/// The problems side by side.
pub const LANES: usize = 8;

/// One number of each problem.
#[derive(Clone, Copy, Debug)]
pub struct Lanes(pub [f64; LANES]);

impl Lanes {
    pub const ZERO: Lanes = Lanes([0.0; LANES]);
    pub const ONE: Lanes = Lanes([1.0; LANES]);

    #[inline(always)]
    fn with(self, other: Lanes, operation: impl Fn(f64, f64) -> f64) -> Lanes {
        let mut out = self;
        for i in 0..LANES {
            out.0[i] = operation(self.0[i], other.0[i]);
        }
        out
    }

    #[inline(always)]
    pub fn sqrt(self) -> Lanes {
        let mut out = self;
        for i in 0..LANES {
            out.0[i] = out.0[i].sqrt();
        }
        out
    }

    /// Whether all are less than a limit; not so where one is no number.
    #[inline(always)]
    pub fn all_below(self, limit: f64) -> bool {
        self.0.iter().all(|v| *v < limit)
    }

    /// The sum over the problems.
    pub fn sum(self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.0;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

impl Add for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn add(self, other: Lanes) -> Lanes {
        self.with(other, |a, b| a + b)
    }
}

impl Sub for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn sub(self, other: Lanes) -> Lanes {
        self.with(other, |a, b| a - b)
    }
}

impl Mul for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn mul(self, other: Lanes) -> Lanes {
        self.with(other, |a, b| a * b)
    }
}

impl Div for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn div(self, other: Lanes) -> Lanes {
        self.with(other, |a, b| a / b)
    }
}

impl Mul<f64> for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn mul(self, factor: f64) -> Lanes {
        self * Lanes([factor; LANES])
    }
}

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Lanes) {
        *self = *self + other;
    }
}

impl SubAssign for Lanes {
    #[inline(always)]
    fn sub_assign(&mut self, other: Lanes) {
        *self = *self - other;
    }
}
