//! Mixtures of chi-square distributions: the null distributions of likelihood ratios of variances, which are at the edge of their range.
//!
//! The likelihood ratio is the squared length of a normal vector's projection onto the cone of the parameters that the larger model adds
//! (Self and Liang 1987; Shapiro 1988). Its weights are the probabilities that the projection is on a face of a dimension.

use std::f64::consts::{FRAC_1_PI, PI};
use std::fmt;

use crate::error::{Error, Result};
use crate::linalg::dense::{cholesky, inverse};
use crate::simulate::{Purpose, Stream};
use crate::tails::chi_square_upper;
use crate::watch::Watch;

/// Where the weights of a mixture are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// They depend on the numbers of parameters alone.
    Exact,
    /// They follow from the information of the variances where these are zero.
    Information,
    /// The same, by this many draws.
    Simulated(usize),
    /// They depend on what is not known. These are the largest that any information gives: the p-value is an upper bound.
    Bound,
}

/// A mixture of chi-square distributions.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Degrees of freedom and weights.
    pub parts: Vec<(usize, f64)>,
    pub origin: Origin,
}

/// Draws of simulated weights, and their seed.
const DRAWS: usize = 20_000;
const SEED: u64 = 0;

/// Sweeps of a projection, and the step, in standard deviations, below which it has settled.
const MOST_SWEEPS: usize = 2_000;
const SETTLED: f64 = 1e-12;

impl Mixture {
    /// One chi-square distribution.
    pub fn chi_square(df: usize) -> Self {
        Mixture { parts: vec![(df, 1.0)], origin: Origin::Exact }
    }

    /// One variance at its edge among `df` parameters, the others free: its covariances (Stram and Lee 1994).
    pub fn one_variance(df: usize) -> Self {
        Mixture { parts: vec![(df.saturating_sub(1), 0.5), (df, 0.5)], origin: Origin::Exact }
    }

    /// At least one variance is at its edge: no cone in a half-space of `df` dimensions has a longer projection (Perlman 1969).
    pub fn bound(df: usize) -> Self {
        Mixture { origin: Origin::Bound, ..Self::one_variance(df) }
    }

    /// Variances at their edges, whose estimates would have the covariance `v` `[m, m]` up to the factor of each; `free` parameters beside.
    pub fn of_variances(m: usize, v: &[f64], free: usize, watch: &Watch<'_>) -> Result<Self> {
        let (weights, origin) = match m {
            0 => (vec![1.0], Origin::Exact),
            1 => (vec![0.5, 0.5], Origin::Exact),
            2 | 3 => (few(m, &correlations(m, v)?), Origin::Information),
            _ => (simulated(m, &correlations(m, v)?, watch)?, Origin::Simulated(DRAWS)),
        };
        Ok(Mixture { parts: weights.into_iter().enumerate().map(|(k, w)| (k + free, w)).collect(), origin })
    }

    /// The probability of a larger likelihood ratio; NaN without degrees of freedom.
    pub fn upper(&self, x: f64) -> f64 {
        if self.parts.iter().all(|(df, _)| *df == 0) {
            return f64::NAN;
        }
        self.parts.iter().map(|(df, weight)| weight * chi_square_upper(x, *df as f64)).sum()
    }

    /// The standard error of that probability where the weights are simulated, otherwise zero.
    pub fn std_error(&self, x: f64) -> f64 {
        let Origin::Simulated(draws) = self.origin else { return 0.0 };
        let mean = self.upper(x);
        let square: f64 = self.parts.iter().map(|(df, weight)| weight * chi_square_upper(x, *df as f64).powi(2)).sum();
        ((square - mean * mean).max(0.0) / draws as f64).sqrt()
    }
}

/// As in `0.5 chi2_0 + 0.5 chi2_1`.
impl fmt::Display for Mixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.origin {
            Origin::Bound => "at most ",
            Origin::Simulated(_) => "simulated weights: ",
            Origin::Exact | Origin::Information => "",
        })?;
        if let [(df, _)] = self.parts[..] {
            return write!(f, "chi2_{df}");
        }
        for (i, (df, weight)) in self.parts.iter().enumerate() {
            let weight = (weight * 1e4).round() / 1e4;
            write!(f, "{}{weight} chi2_{df}", if i > 0 { " + " } else { "" })?;
        }
        Ok(())
    }
}

/// The correlations of a covariance.
fn correlations(m: usize, v: &[f64]) -> Result<Vec<f64>> {
    let sd: Vec<f64> = (0..m).map(|i| v[i * m + i].sqrt()).collect();
    if sd.iter().any(|sd| !(*sd > 0.0 && sd.is_finite())) {
        return Err(Error::numeric("the data have no information on a variance"));
    }
    Ok((0..m * m).map(|e| if e % m == e / m { 1.0 } else { (v[e] / sd[e % m] / sd[e / m]).clamp(-1.0, 1.0) }).collect())
}

/// Two or three variances: angles of the cone and of its polar (Kudo 1963; Shapiro 1985).
fn few(m: usize, r: &[f64]) -> Vec<f64> {
    if m == 2 {
        let all = 0.25 + 0.5 * FRAC_1_PI * r[1].asin();
        return vec![0.5 - all, 0.5, all];
    }
    let of = |i: usize, j: usize| r[j * 3 + i];
    let partial = |i: usize, j: usize, k: usize| {
        let left = ((1.0 - of(i, k).powi(2)) * (1.0 - of(j, k).powi(2))).sqrt();
        ((of(i, j) - of(i, k) * of(j, k)) / left).clamp(-1.0, 1.0)
    };
    let all = 0.125 + 0.25 * FRAC_1_PI * (of(0, 1).asin() + of(0, 2).asin() + of(1, 2).asin());
    let angles = partial(0, 1, 2).acos() + partial(0, 2, 1).acos() + partial(1, 2, 0).acos();
    let two = 0.25 * FRAC_1_PI * (3.0 * PI - angles);
    vec![0.5 - two, 0.5 - all, two, all]
}

/// How often so many coordinates of the projection are not zero.
fn simulated(m: usize, r: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
    let mut root = r.to_vec();
    cholesky(m, &mut root).map_err(|_| Error::numeric("the variances can't be told apart"))?;
    let precision = inverse(m, r);
    let mut stream = Stream::new(SEED, 0, Purpose::Weights);
    let mut counts = vec![0usize; m + 1];
    for draw in 0..DRAWS {
        watch.pulse_each(draw)?;
        let normal: Vec<f64> = (0..m).map(|_| stream.normal()).collect();
        let z: Vec<f64> = (0..m).map(|i| (0..=i).map(|k| root[k * m + i] * normal[k]).sum()).collect();
        counts[projected(&precision, &z).iter().filter(|b| **b > 0.0).count()] += 1;
    }
    Ok(counts.into_iter().map(|count| count as f64 / DRAWS as f64).collect())
}

/// The b >= 0 with the least (z - b)'A(z - b), coordinate by coordinate (Hildreth 1957).
fn projected(a: &[f64], z: &[f64]) -> Vec<f64> {
    let m = z.len();
    let mut b: Vec<f64> = z.iter().map(|z| z.max(0.0)).collect();
    for _ in 0..MOST_SWEEPS {
        let mut most = 0.0f64;
        for i in 0..m {
            let slope: f64 = (0..m).map(|j| a[j * m + i] * (b[j] - z[j])).sum();
            let next = (b[i] - slope / a[i * m + i]).max(0.0);
            most = most.max((next - b[i]).abs());
            b[i] = next;
        }
        if most < SETTLED {
            break;
        }
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(m: usize, v: &[f64]) -> Mixture {
        Mixture::of_variances(m, v, 0, &Watch::unwatched()).unwrap()
    }

    fn identity(m: usize) -> Vec<f64> {
        (0..m * m).map(|e| f64::from(u8::from(e % m == e / m))).collect()
    }

    fn weights(own: &Mixture) -> Vec<f64> {
        own.parts.iter().map(|(_, weight)| *weight).collect()
    }

    #[test]
    fn one_variance_is_half_a_chi_square_less() {
        // R 4.2.2: pchisq(x, df, lower.tail = FALSE)
        for (df, x, p) in [(1, 3.84, 0.050_043_521_248_705_103), (2, 5.0, 0.025_347_318_677_468_252 + 0.082_084_998_623_898_8)] {
            assert!((Mixture::one_variance(df).upper(x) - 0.5 * p).abs() < 1e-13 * p);
        }
    }

    #[test]
    fn independent_variances_have_binomial_weights() {
        let near = |own: &[f64], want: &[f64], tolerance: f64| {
            assert!(own.len() == want.len() && own.iter().zip(want).all(|(a, b)| (a - b).abs() < tolerance), "{own:?} {want:?}");
        };
        near(&weights(&of(1, &[3.0])), &[0.5, 0.5], 1e-15);
        near(&weights(&of(2, &[4.0, 0.0, 0.0, 1.0])), &[0.25, 0.5, 0.25], 1e-15);
        near(&weights(&of(3, &identity(3))), &[0.125, 0.375, 0.375, 0.125], 1e-14);
        // Four standard errors of 20,000 draws.
        near(&weights(&of(4, &identity(4))), &[0.0625, 0.25, 0.375, 0.25, 0.0625], 4.0 * (0.375f64 * 0.625 / 2e4).sqrt());
    }

    #[test]
    fn weights_of_two_and_three_are_those_of_projections() {
        for (m, v) in [
            (2, vec![2.0, -1.1, -1.1, 1.5]),
            (2, vec![1.0, 0.7, 0.7, 1.0]),
            (3, vec![1.0, -0.4, 0.2, -0.4, 1.0, 0.5, 0.2, 0.5, 1.0]),
        ] {
            let exact = weights(&of(m, &v));
            let drawn = simulated(m, &correlations(m, &v).unwrap(), &Watch::unwatched()).unwrap();
            for (a, b) in exact.iter().zip(&drawn) {
                assert!((a - b).abs() < 4.0 * (a * (1.0 - a) / 2e4).sqrt(), "{exact:?} {drawn:?}");
            }
            assert!((exact.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn the_bound_is_one() {
        let v = [1.0, 0.6, 0.6, 1.0];
        for x in [0.1, 1.0, 4.0, 20.0] {
            let (own, bound) = (of(2, &v).upper(x), Mixture::bound(2).upper(x));
            assert!(own < bound && bound < Mixture::chi_square(2).upper(x), "{x}: {own} {bound}");
        }
    }

    #[test]
    fn names_say_what_they_are() {
        assert_eq!(Mixture::chi_square(3).to_string(), "chi2_3");
        assert_eq!(Mixture::one_variance(1).to_string(), "0.5 chi2_0 + 0.5 chi2_1");
        assert_eq!(Mixture::bound(3).to_string(), "at most 0.5 chi2_2 + 0.5 chi2_3");
        assert_eq!(of(2, &[1.0, 0.5, 0.5, 1.0]).to_string(), "0.1667 chi2_0 + 0.5 chi2_1 + 0.3333 chi2_2");
        assert!(of(4, &identity(4)).to_string().starts_with("simulated weights: 0.0"));
        assert!(of(4, &identity(4)).std_error(2.0) > 0.0 && of(2, &identity(2)).std_error(2.0) == 0.0);
    }
}
