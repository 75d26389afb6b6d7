//! Limits of profile-likelihood intervals: where the signed root of the deviance's rise crosses a quantile.
//!
//! Along a path of values v of one parameter, all others at their best, zeta(v) = sign(v - estimate) sqrt(d(v) - d_min). By the envelope
//! theorem d'(v) is the partial derivative, so zeta' = d'/(2 zeta) costs nothing, and zeta is nearly linear (Bates et al. 2015,
//! section 5.1): Newton's method within a bracket.

use crate::error::{Code, Result};

/// Steps of one search, and of those the ones before anything is outside.
const MOST_STEPS: usize = 80;
const MOST_EXPANSIONS: usize = 30;
/// Before anything is outside the deviance rises by more than this where the distance doubles, or the profile is flat: what more of it could
/// be seen further out is rounding. So it is only where it has risen by more than the second number, because near the estimate it rises little.
const FLAT: (f64, f64) = (1e-5, 1e-2);
/// So often one after the other.
const FLATS: usize = 2;
/// Values at which the numbers break down before the search gives up.
const MOST_FAILURES: usize = 8;
/// The deviance at a limit is met to this, or to rounding.
const TOLERANCE: f64 = 1e-9;
/// The share of the limit's zeta from which on a point is near it.
const NEAR: f64 = 0.8;
/// A deviance that is lower than the minimum by more than this shows that it was none.
const LOWER: f64 = 1e-6;

/// The deviance along the path of one parameter.
pub trait Path {
    /// The least deviance where the parameter is `v`, and its derivative in `v`.
    fn at(&mut self, v: f64) -> Result<Point>;

    /// The next value is no longer near the last one.
    fn restart(&mut self);
}

#[derive(Clone, Debug)]
pub struct Point {
    pub value: f64,
    pub slope: f64,
    /// All parameters as they are reported, this one among them.
    pub parameters: Vec<f64>,
}

/// One side of an estimate.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    pub upper: bool,
    /// The distance of the first value from the estimate.
    pub first: f64,
    /// The end of the parameter's range, which is a value of its own.
    pub bound: Option<f64>,
}

/// A limit, or why there is none.
pub type Limit = std::result::Result<f64, String>;

/// A profile: where it started, and all that was seen of it.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    pub estimate: f64,
    pub minimum: f64,
    pub points: Vec<OnCurve>,
}

/// A point of a profile.
#[derive(Clone, Debug)]
pub struct OnCurve {
    pub value: f64,
    /// The signed root of the deviance's rise.
    pub zeta: f64,
    /// All parameters that have profiles, in their order, where the deviance is least: this one, too, but for rounding.
    pub parameters: Vec<f64>,
}

impl Curve {
    /// How far from the estimate to begin the search for the place where |zeta| is z: by what was seen of that side.
    pub fn first(&self, upper: bool, z: f64) -> Option<f64> {
        let sign = if upper { 1.0 } else { -1.0 };
        let mut seen: Vec<(f64, f64)> =
            self.points.iter().map(|p| (sign * (p.value - self.estimate), sign * p.zeta)).filter(|p| p.0 > 0.0).collect();
        seen.push((0.0, 0.0));
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (a, b) = seen.windows(2).map(|pair| (pair[0], pair[1])).find(|(a, b)| a.1 <= z && z < b.1)?;
        Some(a.0 + (z - a.1) / (b.1 - a.1) * (b.0 - a.0)).filter(|first| *first > 0.0)
    }
}

/// The bracket of one search.
struct Search<'c> {
    curve: &'c mut Curve,
    sign: f64,
    z: f64,
    /// Value and |zeta|.
    inside: (f64, f64),
    outside: Option<(f64, f64)>,
    /// How often, up to now, it was flat.
    flats: usize,
}

/// Where |zeta| is z on one side.
pub fn limit(path: &mut dyn Path, z: f64, side: &Side, curve: &mut Curve) -> Result<Limit> {
    path.restart();
    let (estimate, sign) = (curve.estimate, if side.upper { 1.0 } else { -1.0 });
    if side.bound == Some(estimate) {
        return Ok(Ok(estimate));
    }
    let mut search = Search { sign, z, inside: (estimate, 0.0), outside: None, flats: 0, curve };
    let mut v = estimate + sign * side.first;
    let (mut residuals, mut stuck) = ((f64::INFINITY, f64::INFINITY), false);
    let (mut expansions, mut failures) = (0, 0);
    for _ in 0..MOST_STEPS {
        if let Some((end, _)) = search.outside {
            let (a, b) = (search.inside.0.min(end), search.inside.0.max(end));
            if !(v > a && v < b) || stuck {
                v = 0.5 * (a + b);
            }
            if !(v > a && v < b) {
                return Ok(search.closest());
            }
        } else {
            expansions += 1;
            if expansions > MOST_EXPANSIONS || search.flats == FLATS {
                break;
            }
            if let Some(bound) = side.bound.filter(|bound| sign * (v - bound) >= 0.0) {
                v = bound;
            }
        }
        match search.see(path, v)? {
            Seen::Lower(by) => return Ok(Err(not_a_minimum(v, by))),
            Seen::Nothing => {
                failures += 1;
                if failures > MOST_FAILURES {
                    return Ok(Err("the likelihood can't be evaluated as far out as the limit would be".into()));
                }
                (residuals, stuck) = ((f64::INFINITY, f64::INFINITY), false);
                v = 0.5 * (search.inside.0 + v);
            }
            Seen::At(rise, _) if side.bound == Some(v) && rise <= z * z => return Ok(Ok(v)),
            Seen::At(rise, slope) => {
                if (rise - z * z).abs() <= TOLERANCE + 1e-13 * search.curve.minimum.abs() {
                    return Ok(Ok(v));
                }
                // Where two steps have not brought it to half the distance the bracket is halved.
                let residual = (rise.max(0.0).sqrt() - z).abs();
                stuck = residual > 0.5 * residuals.1;
                residuals = (residual, residuals.0);
                v = search.next(v, rise, slope);
            }
        }
    }
    Ok(match search.outside {
        Some(_) => Err(format!("no limit was found in {MOST_STEPS} steps")),
        None => Err("the profile never crosses: the data don't bound the parameter on this side".into()),
    })
}

/// What one value shows.
enum Seen {
    /// The rise of the deviance and its slope.
    At(f64, f64),
    /// The numbers break down there: it is outside.
    Nothing,
    Lower(f64),
}

impl Search<'_> {
    fn see(&mut self, path: &mut dyn Path, v: f64) -> Result<Seen> {
        let point = match path.at(v) {
            Ok(point) if point.value.is_finite() => point,
            Err(e) if e.code != Code::Numeric => return Err(e),
            _ => {
                self.outside = Some((v, f64::NAN));
                path.restart();
                return Ok(Seen::Nothing);
            }
        };
        let rise = point.value - self.curve.minimum;
        if rise < -LOWER {
            return Ok(Seen::Lower(-rise));
        }
        let zeta = rise.max(0.0).sqrt();
        self.curve.points.push(OnCurve { value: v, zeta: self.sign * zeta, parameters: point.parameters });
        if zeta < self.z {
            let (distance, before) = ((v - self.curve.estimate).abs(), (self.inside.0 - self.curve.estimate).abs());
            if distance >= 2.0 * before && before > 0.0 {
                let is_flat = rise > FLAT.1 && rise - self.inside.1 * self.inside.1 <= FLAT.0;
                self.flats = if is_flat { self.flats + 1 } else { 0 };
            }
            self.inside = (v, zeta);
        } else {
            self.outside = Some((v, zeta));
        }
        Ok(Seen::At(rise, point.slope))
    }

    /// Newton's step for zeta; far outside and without a usable slope the secant. Before anything is outside it goes further, but not too far.
    fn next(&self, v: f64, rise: f64, slope: f64) -> f64 {
        let zeta = rise.max(0.0).sqrt();
        let distance = v - self.curve.estimate;
        let mut step = (self.z - zeta) * 2.0 * zeta / slope;
        // Far outside, where the profile may be steep, Newton's steps creep.
        let usable = step.is_finite() && slope * self.sign > 0.0 && zeta > 0.0;
        if !usable || zeta > 1.5 * self.z {
            step = match self.outside {
                Some((end, outer)) if outer.is_finite() => {
                    let (start, inner) = self.inside;
                    start + (self.z - inner) / (outer - inner) * (end - start) - v
                }
                _ => distance,
            };
        }
        if self.outside.is_none() {
            // Near the limit Newton's steps need no bracket; further off short ones would creep.
            let shortest = if usable && zeta > NEAR * self.z { 0.0 } else { 0.02 * distance.abs() };
            let length = (step.abs()).clamp(shortest, 3.0 * distance.abs());
            return v + self.sign * length;
        }
        v + step
    }

    /// The bracket has no numbers between its ends.
    fn closest(&self) -> Limit {
        match self.outside {
            Some((v, zeta)) if (zeta - self.z).abs() < 1e-4 => Ok(v),
            _ => Err("the profile breaks off before it crosses".into()),
        }
    }
}

fn not_a_minimum(v: f64, by: f64) -> String {
    format!("at {v} the deviance is lower than at the estimates, by {by:.1e}: they are not its minimum")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    /// A known deviance with its derivative.
    struct Known<F>(F, usize);

    impl<F: Fn(f64) -> (f64, f64)> Path for Known<F> {
        fn at(&mut self, v: f64) -> Result<Point> {
            self.1 += 1;
            let (value, slope) = (self.0)(v);
            if value.is_nan() { Err(Error::numeric("undefined")) } else { Ok(Point { value, slope, parameters: vec![] }) }
        }

        fn restart(&mut self) {}
    }

    fn find(f: impl Fn(f64) -> (f64, f64), estimate: f64, side: &Side) -> (Limit, usize) {
        let minimum = f(estimate).0;
        let mut path = Known(f, 0);
        let mut curve = Curve { estimate, minimum, points: vec![] };
        let limit = limit(&mut path, 1.96, side, &mut curve).unwrap();
        (limit, path.1)
    }

    #[test]
    fn a_parabola_takes_two_values() {
        let f = |v: f64| (7.0 + (v - 1.0) * (v - 1.0) / 0.25, (v - 1.0) / 0.125);
        for (upper, want) in [(true, 1.98), (false, 0.02)] {
            let (limit, count) = find(f, 1.0, &Side { upper, first: 0.4, bound: None });
            assert!((limit.unwrap() - want).abs() < 1e-9);
            assert!(count <= 2);
        }
    }

    #[test]
    fn a_poisson_likelihood() {
        let f = |v: f64| (2.0 * (v - 5.0 * v.ln()), 2.0 * (1.0 - 5.0 / v));
        for (upper, first) in [(true, 0.1), (true, 100.0), (false, 0.1), (false, 4.999), (false, 8.0)] {
            let (limit, count) = find(f, 5.0, &Side { upper, first, bound: None });
            let v = limit.unwrap();
            assert!((f(v).0 - f(5.0).0 - 1.96 * 1.96).abs() < 1e-8 && (v > 5.0) == upper, "{first}: {v}");
            assert!(count < 10, "{count}");
        }
    }

    #[test]
    fn bounds_and_flat_profiles() {
        let f = |v: f64| (v * v / 4.0, v / 2.0);
        let (limit, _) = find(f, 1.0, &Side { upper: false, first: 0.5, bound: Some(0.0) });
        assert_eq!(limit, Err("at 0.5 the deviance is lower than at the estimates, by 1.9e-1: they are not its minimum".into()));
        let f = |v: f64| ((v - 1.0).powi(2), 2.0 * (v - 1.0));
        assert_eq!(find(f, 1.0, &Side { upper: false, first: 0.5, bound: Some(0.0) }).0, Ok(0.0));
        let f = |v: f64| (1.0 / (1.0 + (-v).exp()), 0.25 / (0.5 * v).cosh().powi(2));
        assert!(find(f, -40.0, &Side { upper: true, first: 1.0, bound: None }).0.unwrap_err().contains("never crosses"));
    }
    #[test]
    fn what_a_flat_profile_has_far_out_is_rounding() {
        // It goes to 2 and stays there; numbers so large that their digits are gone make it jump.
        let level = |v: f64| 2.0 * v * v / (1.0 + v * v);
        let f = move |v: f64| if v > 1e9 { (5.0, 1e-9) } else { (level(v), 4.0 * v / (1.0 + v * v).powi(2)) };
        let (limit, count) = find(f, 0.0, &Side { upper: true, first: 1.0, bound: None });
        assert!(limit.unwrap_err().contains("never crosses") && count < 15, "{count}");
        // One that rises slowly has its limit, however far it is, and however near the search begins.
        let f = |v: f64| (0.5 * v.ln_1p(), 0.5 / (1.0 + v));
        for first in [1e-9, 1.0, 100.0] {
            let (limit, _) = find(f, 0.0, &Side { upper: true, first, bound: None });
            let want = (2.0 * 1.96 * 1.96_f64).exp_m1();
            assert!((limit.unwrap() / want - 1.0).abs() < 1e-6, "{first}");
        }
    }
}
