//! The parameter of a residual correlation, and the working coordinate without bounds in which it is searched.
//!
//! With p the correlation at distance d, delta a row less its predecessor and b that predecessor, the inverse of AR(1)'s correlation
//! matrix sums, over all rows but the first of their group,
//!
//! ```text
//! delta delta' / (1 - p^2) + (delta b' + b delta') / (1 + p) + b b' (1 - p) / (1 + p)
//! ```
//!
//! in which nothing cancels as p goes to 1, other than in terms of the rows themselves.

use crate::error::{Error, Result};

/// What the parameter may be, and its working coordinate x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RhoScale {
    /// AR(1) at whole-numbered times: between -1 and 1, tanh x.
    Signed,
    /// AR(1) in continuous time: from 0 to below 1; x^2 / (1 + x^2) to the power of 1 / unit, so that it is smooth and may be zero at
    /// the shortest distance, `unit`.
    Positive { unit: f64 },
    /// Compound symmetry: between `lower`, of the largest group, and 1; logistic.
    Symmetric { lower: f64 },
}

/// A coordinate of continuous time below this is a correlation of zero.
const NO_CORRELATION: f64 = 1e-3;

/// A correlation p at one distance.
#[derive(Clone, Copy, Debug)]
pub struct Power {
    pub p: f64,
    /// 1 - p^2, to its own precision.
    pub rest: f64,
    /// dp/dx.
    pub slope: f64,
}

impl RhoScale {
    /// The parameter at x.
    pub fn rho(self, x: f64) -> f64 {
        match self {
            RhoScale::Signed => x.tanh(),
            RhoScale::Positive { unit } => (-decay(x) / unit).exp(),
            RhoScale::Symmetric { lower } => lower + (1.0 - lower) * logistic(x),
        }
    }

    /// Its derivative.
    pub fn slope(self, x: f64) -> f64 {
        match self {
            RhoScale::Signed | RhoScale::Positive { .. } => self.power(x, 1.0).slope,
            RhoScale::Symmetric { lower } => (1.0 - lower) * logistic(x) * logistic(-x),
        }
    }

    /// The coordinate of a parameter; `None` if it is out of range.
    pub fn coordinate(self, rho: f64) -> Option<f64> {
        match self {
            RhoScale::Signed => (rho.abs() < 1.0).then(|| rho.atanh()),
            RhoScale::Positive { unit } => (0.0..1.0).contains(&rho).then(|| (-unit * rho.ln()).exp_m1().recip().sqrt()),
            RhoScale::Symmetric { lower } => (lower < rho && rho < 1.0).then(|| ((rho - lower) / (1.0 - rho)).ln()),
        }
    }

    /// The coordinate that is given for all of the same parameter: that of continuous time is even in it.
    pub fn folded(self, x: f64) -> f64 {
        if matches!(self, RhoScale::Positive { .. }) { x.abs() } else { x }
    }

    /// The least value, and whether it may be taken; the largest, 1, may not.
    pub fn lower(self) -> (f64, bool) {
        match self {
            RhoScale::Signed => (-1.0, false),
            RhoScale::Positive { .. } => (0.0, true),
            RhoScale::Symmetric { lower } => (lower, false),
        }
    }

    /// Whether x is a correlation of zero that can't be negative: there the slope in x vanishes.
    pub fn is_boundary(self, x: f64) -> bool {
        matches!(self, RhoScale::Positive { .. }) && x.abs() < NO_CORRELATION
    }

    /// Fails where the parameter, which is the correlation at distance 1, has lost the coordinate: times in units that are far from the
    /// distances between rows.
    pub fn check_unit(self, x: f64) -> Result<()> {
        let RhoScale::Positive { unit } = self else { return Ok(()) };
        let back = self.coordinate(self.rho(x));
        if self.is_boundary(x) || back.is_some_and(|back| (back - x.abs()).abs() <= 1e-6 * x.abs()) {
            return Ok(());
        }
        let close = i32::from(self.rho(x) >= 0.5);
        Err(Error::numeric(format!(
            "correlation: at a distance of 1 in time it is too close to {close} for a number, while the shortest distance is {unit}; give \
             the time in units nearer to that"
        )))
    }

    /// What the parameter may be, for messages.
    pub fn range(self) -> String {
        match self.lower() {
            (lower, true) => format!("from {lower} to below 1"),
            (lower, false) => format!("between {lower} and 1"),
        }
    }

    /// The correlation of AR(1) at a distance.
    pub fn power(self, x: f64, distance: f64) -> Power {
        if let RhoScale::Positive { unit } = self {
            let d = distance / unit;
            let k = decay(x);
            let p = (-d * k).exp();
            let slope = if x == 0.0 { 0.0 } else { 2.0 * d * p / (x * (1.0 + x * x)) };
            return Power { p, rest: -(-2.0 * d * k).exp_m1(), slope };
        }
        let e = (-2.0 * x.abs()).exp();
        let ln = (-2.0 * e / (1.0 + e)).ln_1p();
        let odd = distance % 2.0 != 0.0;
        let sign = |odd: bool| if odd && x < 0.0 { -1.0 } else { 1.0 };
        // 0^0 is one.
        let before = if distance == 1.0 { 1.0 } else { ((distance - 1.0) * ln).exp() };
        Power {
            p: sign(odd) * (distance * ln).exp(),
            rest: -(2.0 * distance * ln).exp_m1(),
            slope: distance * sign(!odd) * before * 4.0 * e / ((1.0 + e) * (1.0 + e)),
        }
    }
}

impl Power {
    /// The factors of delta delta', of delta b' + b delta', and of b b'.
    pub fn factors(self) -> [f64; 3] {
        let (minus, plus) = self.differences();
        [1.0 / self.rest, 1.0 / plus, minus / plus]
    }

    /// Their derivatives by x.
    pub fn slopes(self) -> [f64; 3] {
        let (_, plus) = self.differences();
        let by_p = [2.0 * self.p / (self.rest * self.rest), -1.0 / (plus * plus), -2.0 / (plus * plus)];
        by_p.map(|v| v * self.slope)
    }

    /// log(1 - p^2), and its derivative by x.
    pub fn log_determinant(self) -> (f64, f64) {
        (self.rest.ln(), -2.0 * self.p * self.slope / self.rest)
    }

    /// 1 - p and 1 + p.
    fn differences(self) -> (f64, f64) {
        if self.p < 0.0 { (1.0 - self.p, self.rest / (1.0 - self.p)) } else { (self.rest / (1.0 + self.p), 1.0 + self.p) }
    }
}

/// -log of x^2 / (1 + x^2).
fn decay(x: f64) -> f64 {
    (1.0 / (x * x)).ln_1p()
}

pub(super) fn logistic(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALES: [RhoScale; 3] = [RhoScale::Signed, RhoScale::Positive { unit: 0.25 }, RhoScale::Symmetric { lower: -0.2 }];

    #[test]
    fn coordinates_and_parameters_are_inverse_and_slopes_are_differences() {
        for scale in SCALES {
            for x in [0.05, 0.4, 1.3, 2.5, if scale == SCALES[1] { 8.0 } else { -1.1 }] {
                let rho = scale.rho(x);
                assert!((scale.coordinate(rho).unwrap() - x).abs() < 1e-11 * (1.0 + x.abs()), "{scale:?} {x}");
                let h = 1e-5 * x.abs();
                let difference = (scale.rho(x + h) - scale.rho(x - h)) / (2.0 * h);
                assert!((scale.slope(x) - difference).abs() < 1e-8, "{scale:?} {x}: {} {difference}", scale.slope(x));
            }
            assert_eq!(scale.coordinate(1.0), None);
            assert_eq!(scale.coordinate(-1.0), None);
        }
        assert_eq!(SCALES[1].coordinate(0.0), Some(0.0));
        assert_eq!(SCALES[1].rho(0.0), 0.0);
        // One correlation in continuous time has two coordinates, of which one is taken.
        for scale in SCALES {
            for x in [0.7, -0.7] {
                assert_eq!(scale.rho(scale.folded(x)), scale.rho(x), "{scale:?}");
            }
        }
        assert_eq!((SCALES[1].folded(-0.7), SCALES[0].folded(-0.7)), (0.7, -0.7));
    }

    #[test]
    fn factors_are_those_of_the_correlation_and_have_its_derivatives() {
        for (scale, distances) in [(SCALES[0], [1.0, 2.0, 5.0]), (SCALES[1], [0.25, 0.7, 3.0])] {
            for x in [0.0, 0.6, 1.9, if scale == SCALES[0] { -0.8 } else { 5.0 }] {
                for d in distances {
                    let power = scale.power(x, d);
                    let p = power.p;
                    if scale == SCALES[0] {
                        assert!((p - x.tanh().powi(d as i32)).abs() < 1e-15);
                    } else {
                        assert!((p - scale.rho(x).powf(d)).abs() < 1e-14);
                    }
                    let want = [1.0 / (1.0 - p * p), 1.0 / (1.0 + p), (1.0 - p) / (1.0 + p)];
                    let h = 1e-5;
                    let (up, down) = (scale.power(x + h, d), scale.power(x - h, d));
                    for i in 0..3 {
                        assert!((power.factors()[i] - want[i]).abs() < 1e-12 * want[i].abs(), "{scale:?} {x} {d} {i}");
                        let difference = (up.factors()[i] - down.factors()[i]) / (2.0 * h);
                        let slope = power.slopes()[i];
                        assert!(
                            (slope - difference).abs() < 1e-6 * (1.0 + slope.abs()),
                            "{scale:?} {x} {d} {i}: {slope} {difference}"
                        );
                    }
                    let difference = (up.log_determinant().0 - down.log_determinant().0) / (2.0 * h);
                    assert!((power.log_determinant().1 - difference).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn nothing_is_lost_near_one() {
        // 1 - tanh(12)^2 has a relative error of 1e-6 when it is computed as such.
        let want = 4.0 * (-24.0f64).exp() / (1.0 + (-24.0f64).exp()).powi(2);
        for x in [12.0, -12.0] {
            let power = RhoScale::Signed.power(x, 1.0);
            assert!((power.rest / want - 1.0).abs() < 1e-14);
            assert!((power.factors()[0] * want - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn units_of_time_that_lose_the_coordinate_are_told() {
        for unit in [1e-2, 0.3, 40.0, 1e5] {
            assert!(RhoScale::Positive { unit }.check_unit(0.9).is_ok() && RhoScale::Positive { unit }.check_unit(0.0).is_ok());
        }
        for (unit, close) in [(1e-5, "close to 0"), (1e12, "close to 1")] {
            let error = RhoScale::Positive { unit }.check_unit(0.9).unwrap_err();
            assert!(error.message.contains(close) && error.message.contains("units nearer"), "{error}");
        }
    }
}
