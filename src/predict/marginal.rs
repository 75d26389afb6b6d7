//! Means over the random effects.

use super::point::{DISPERSION, MEAN, Point, ZERO, psi_of, psi_used};
use crate::family::Link;
use crate::family::special::expit;
use crate::fit::Generalised;

/// Step of the trapezoidal rule in units of the distance to the nearest singularity of the links' inverses, roughly.
const STEP: f64 = 0.2;
/// The normal density beyond so many standard deviations is nothing.
const REACH: f64 = 9.0;
/// The most points of a rule.
const MOST: f64 = 20_000.0;

/// The mean of the response with the random effects integrated out: those of the predictors are independent of each other, and so are
/// the factors of the mean. NaN where there is no mean: an inverse link has none.
pub fn mean(own: &Generalised, point: &Point) -> f64 {
    let rest =
        if own.zero_inflation.is_some() { expectation(point.at[ZERO], point.variance[ZERO], |eta| expit(-eta)) } else { 1.0 };
    rest * expectation(point.at[DISPERSION], point.variance[DISPERSION], |dispersion| {
        let mut here = *point;
        here.at[DISPERSION] = dispersion;
        mean_of_family(own, &here)
    })
}

fn mean_of_family(own: &Generalised, point: &Point) -> f64 {
    let psi = psi_of(own, point);
    let psi = psi_used(own, &psi);
    let (eta, variance) = (point.at[MEAN], point.variance[MEAN]);
    match own.family.link() {
        link if link.has_pole() && variance > 0.0 => f64::NAN,
        // Without truncation the mean is the exponential function, whose mean has a closed form.
        Link::Log if own.family.response_mean(0.0, psi) == 1.0 => (eta + 0.5 * variance).exp(),
        _ => expectation(eta, variance, |eta| own.family.response_mean(eta, psi)),
    }
}

/// The mean of a function of a normal variable by the trapezoidal rule, which for functions that are analytic in a strip converges
/// exponentially (Trefethen & Weideman 2014). Functions that grow as the exponential have their mass further up.
fn expectation(mean: f64, variance: f64, f: impl Fn(f64) -> f64) -> f64 {
    expectations(mean, variance, |x| [f(x)])[0]
}

/// Means of several functions at a time.
pub fn expectations<const N: usize>(mean: f64, variance: f64, f: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    let sd = variance.sqrt();
    if sd == 0.0 {
        return f(mean);
    }
    let (lower, upper) = (-REACH, REACH + sd);
    let step = (STEP / sd.max(1.0)).max((upper - lower) / MOST);
    let points = ((upper - lower) / step).ceil() as usize;
    let (mut sums, mut weights) = ([0.0; N], 0.0);
    for k in 0..=points {
        let z = lower + step * k as f64;
        let weight = (-0.5 * z * z).exp();
        // Far out a function may overflow where the density is nothing.
        if weight > 0.0 {
            sums.iter_mut().zip(f(mean + sd * z)).for_each(|(sum, value)| *sum += weight * value);
            weights += weight;
        }
    }
    sums.map(|sum| sum / weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_with_closed_forms() {
        for sd in [0.0, 0.3, 1.0, 3.0] {
            let (mean, v) = (-0.4, sd * sd);
            let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-12 * want.abs(), "{sd}: {got} for {want}");
            close(expectation(mean, v, f64::exp), (mean + 0.5 * v).exp());
            close(expectation(mean, v, |x| x * x), mean * mean + v);
            let probit = |x: f64| Link::Probit.linkinv(x);
            close(expectation(mean, v, probit), probit(mean / (1.0 + v).sqrt()));
            close(expectation(0.0, v, expit), 0.5);
        }
    }
}
