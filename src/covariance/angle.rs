//! A correlation rho in [lower, 1] as a smooth function of an unbounded angle: rho = mid + half sin(phi).
//!
//! Cholesky factors of correlation matrices contain sqrt(1 - rho) and sqrt(rho - lower), whose slopes are infinite at the
//! ends. With 1 - sin(phi) = 2 sin(pi/4 - phi/2)^2 and 1 + sin(phi) = 2 sin(pi/4 + phi/2)^2, both roots are smooth in phi
//! (and change sign beyond the end, which T T' does not see). The sines are exactly 0 at phi = +-pi/2.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};
use std::ops::{Add, Mul};

/// A number with its first and second derivative in phi.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jet {
    pub value: f64,
    pub first: f64,
    pub second: f64,
}

impl Jet {
    pub fn constant(value: f64) -> Jet {
        Jet { value, first: 0.0, second: 0.0 }
    }

    /// f of this number, from f, f', f'' at it.
    fn compose(self, f: f64, f1: f64, f2: f64) -> Jet {
        Jet { value: f, first: f1 * self.first, second: f2 * self.first * self.first + f1 * self.second }
    }

    pub fn powi(self, k: usize) -> Jet {
        let (x, n, p) = (self.value, k as f64, k as i32);
        let first = if k == 0 { 0.0 } else { n * x.powi(p - 1) };
        let second = if k < 2 { 0.0 } else { n * (n - 1.0) * x.powi(p - 2) };
        self.compose(x.powi(p), first, second)
    }

    pub fn recip(self) -> Jet {
        let f = 1.0 / self.value;
        self.compose(f, -f * f, 2.0 * f * f * f)
    }

    /// 1 / sqrt(x).
    pub fn inverse_root(self) -> Jet {
        let f = 1.0 / self.value.sqrt();
        let f1 = -0.5 * f / self.value;
        self.compose(f, f1, -1.5 * f1 / self.value)
    }

    pub fn scale(self, a: f64) -> Jet {
        Jet { value: a * self.value, first: a * self.first, second: a * self.second }
    }
}

impl Mul for Jet {
    type Output = Jet;

    fn mul(self, b: Jet) -> Jet {
        Jet {
            value: self.value * b.value,
            first: self.first * b.value + self.value * b.first,
            second: self.second * b.value + 2.0 * self.first * b.first + self.value * b.second,
        }
    }
}

impl Add for Jet {
    type Output = Jet;

    fn add(self, b: Jet) -> Jet {
        Jet { value: self.value + b.value, first: self.first + b.first, second: self.second + b.second }
    }
}

/// rho and the two roots at an angle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Angle {
    pub rho: Jet,
    /// sqrt(1 - rho), signed.
    pub from_upper: Jet,
    /// sqrt(rho - lower), signed.
    pub from_lower: Jet,
}

impl Angle {
    pub fn new(lower: f64, phi: f64) -> Angle {
        let half = 0.5 * (1.0 - lower);
        let scale = (2.0 * half).sqrt();
        let (below, above) = (FRAC_PI_4 - 0.5 * phi, FRAC_PI_4 + 0.5 * phi);
        let root =
            |x: f64, slope: f64| Jet { value: scale * x.sin(), first: scale * slope * x.cos(), second: -0.25 * scale * x.sin() };
        Angle {
            rho: Jet { value: rho(lower, phi), first: half * phi.cos(), second: -half * phi.sin() },
            from_upper: root(below, -0.5),
            from_lower: root(above, 0.5),
        }
    }
}

/// rho at an angle, exact at both ends.
pub(super) fn rho(lower: f64, phi: f64) -> f64 {
    let sine = phi.sin();
    if sine >= 1.0 {
        1.0
    } else if sine <= -1.0 {
        lower
    } else {
        (0.5 * (1.0 + lower) + 0.5 * (1.0 - lower) * sine).clamp(lower, 1.0)
    }
}

/// The angle in [-pi/2, pi/2] of a rho in [lower, 1]; full precision at the ends, where the arc sine has none.
pub(super) fn phi(lower: f64, rho: f64) -> f64 {
    2.0 * (rho - lower).max(0.0).sqrt().atan2((1.0 - rho).max(0.0).sqrt()) - FRAC_PI_2
}
