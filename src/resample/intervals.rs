//! Confidence intervals from bootstrap replicates (Davison and Hinkley 1997, chapter 5).

use super::statistic::{OWN_COLUMNS, Statistic};
use crate::choice::Choice;
use crate::distributions::{normal_quantile, normal_two_sided};
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::{ColumnData, Frame};
use crate::names::beside;
use crate::watch::Watch;
use std::ffi::CStr;

/// How limits follow from replicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum IntervalKind {
    /// Quantiles of the replicates.
    #[default]
    Percentile,
    /// Twice the estimate less the quantiles.
    Basic,
    /// The normal distribution with the replicates' standard deviation, the estimate corrected for their bias.
    Normal,
    /// Quantiles of the replicates at levels corrected for bias and acceleration (`BCa`; Efron 1987), the latter from a jackknife.
    Accelerated,
}

impl Choice for IntervalKind {
    const LIST: &'static str = "bootstrap interval";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (IntervalKind::Percentile, c"percentile"),
        (IntervalKind::Basic, c"basic"),
        (IntervalKind::Normal, c"normal"),
        (IntervalKind::Accelerated, c"bca"),
    ];
}

/// Which intervals.
#[derive(Clone, Copy, Debug)]
pub struct IntervalOptions<'a> {
    pub level: f64,
    pub kind: IntervalKind,
    /// The frame of a jackknife, for accelerated intervals.
    pub jackknife: Option<&'a Frame>,
}

impl Fit {
    /// Intervals of all quantities from a frame of replicates as [`super::Bootstrap::frame`] makes it. Replicates that failed don't
    /// count; `n` says how many did. Accelerated ones leave out each level of the first grouping factor.
    pub fn bootstrap_intervals(&self, replicates: &Frame, level: f64, kind: IntervalKind, watch: &Watch<'_>) -> Result<Frame> {
        check_level(level)?;
        let jackknife = match kind {
            IntervalKind::Accelerated => Some(self.jackknife(self.unit(None)?, None, 1, watch)?.frame()?),
            _ => None,
        };
        self.bootstrap_intervals_with(replicates, &IntervalOptions { level, kind, jackknife: jackknife.as_ref() }, None)
    }

    /// The same, with the statistic that the replicates, and those of the jackknife, have.
    pub fn bootstrap_intervals_with(
        &self,
        replicates: &Frame,
        options: &IntervalOptions<'_>,
        statistic: Option<&mut Statistic<'_>>,
    ) -> Result<Frame> {
        check_level(options.level)?;
        if options.kind == IntervalKind::Accelerated && options.jackknife.is_none() {
            return Err(Error::argument("jackknife is NULL; accelerated intervals need one"));
        }
        let names = self.names_with(statistic.as_deref())?;
        let estimates = self.values_with(statistic)?;
        let mut out = Frame::new(names.len());
        let mut columns = [const { Vec::new() }; 4];
        let mut counts = vec![];
        for (name, &estimate) in beside(&OWN_COLUMNS, &names).iter().zip(&estimates) {
            let mut sorted: Vec<f64> = numbers(replicates, name, "replicates")?.iter().copied().filter(|v| !v.is_nan()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let (mean, sd) = moments(&sorted);
            let (lower, upper) = match options.jackknife {
                Some(jackknife) if options.kind == IntervalKind::Accelerated => {
                    accelerated(&sorted, estimate, numbers(jackknife, name, "jackknife")?, options.level)
                }
                _ => limits(&sorted, estimate, (mean, sd), options.level, options.kind),
            };
            for (column, value) in columns.iter_mut().zip([mean - estimate, sd, lower, upper]) {
                column.push(value);
            }
            counts.push(sorted.len() as i64);
        }
        out.add_strings("term", &names.iter().map(|n| Some(n.as_str())).collect::<Vec<_>>())?;
        // Statistics of the caller's have none.
        let ids = self.quantity_ids();
        out.add_strings("id", &(0..names.len()).map(|i| ids.get(i).map(String::as_str)).collect::<Vec<_>>())?;
        out.add_real("estimate", estimates)?;
        for (name, column) in ["bias", "std_error", "lower", "upper"].into_iter().zip(columns) {
            out.add_real(name, column)?;
        }
        out.add_integers("n", counts)?;
        Ok(out)
    }
}

fn check_level(level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(Error::argument(format!("level is {level}, must be between 0 and 1"))) }
}

fn numbers<'a>(frame: &'a Frame, name: &str, what: &str) -> Result<&'a [f64]> {
    match &*frame.column(name).map_err(|e| Error::argument(format!("{what}: {}", e.message)))?.data {
        ColumnData::Real(values) => Ok(values),
        _ => Err(Error::argument(format!("{what}: column {name} has no numbers"))),
    }
}

/// Replicates this near to the estimate, in their standard deviations, are equal to it but for rounding.
const TIE: f64 = 1e-8;

/// Efron (1987), equations 2.3, 6.6: quantiles at Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z0 the normal quantile of the share of replicates
/// below the estimate, those equal to it counted half, and a the skewness of what leaving out each unit changes, over six.
fn accelerated(sorted: &[f64], estimate: f64, without: &[f64], level: f64) -> (f64, f64) {
    let tie = TIE * moments(sorted).1;
    let count = |v: &f64| if (v - estimate).abs() <= tie { 0.5 } else { f64::from(u8::from(*v < estimate)) };
    let z0 = normal_quantile(sorted.iter().map(count).sum::<f64>() / sorted.len() as f64);
    let a = acceleration(without);
    if sorted.len() < 2 || !z0.is_finite() || a.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    let limit = |normal: f64| {
        let z = z0 + normal;
        let shifted = z0 + z / (1.0 - a * z);
        // Where the correction has a pole the limit is the last replicate on that side.
        let inside = 1.0 - a * z > 0.0;
        quantile(sorted, if inside { normal_probability(shifted) } else { f64::from(u8::from(z > 0.0)) })
    };
    // By the lower tail for both: one less it rounds to one.
    let normal = normal_quantile(0.5 * (1.0 - level));
    (limit(normal), limit(-normal))
}

/// Of the values without each unit.
fn acceleration(without: &[f64]) -> f64 {
    let mean = without.iter().sum::<f64>() / without.len() as f64;
    let power = |p: i32| without.iter().map(|v| (mean - v).powi(p)).sum::<f64>();
    let squares = power(2);
    if squares == 0.0 { 0.0 } else { power(3) / (6.0 * squares.powf(1.5)) }
}

fn normal_probability(z: f64) -> f64 {
    let tail = 0.5 * normal_two_sided(z);
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// Mean and standard deviation.
pub(super) fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

fn limits(sorted: &[f64], estimate: f64, (mean, sd): (f64, f64), level: f64, kind: IntervalKind) -> (f64, f64) {
    if sorted.len() < 2 {
        return (f64::NAN, f64::NAN);
    }
    let tail = 0.5 * (1.0 - level);
    let (low, high) = (quantile(sorted, tail), quantile(sorted, 1.0 - tail));
    match kind {
        IntervalKind::Percentile | IntervalKind::Accelerated => (low, high),
        IntervalKind::Basic => (2.0 * estimate - high, 2.0 * estimate - low),
        IntervalKind::Normal => {
            let (centre, reach) = (2.0 * estimate - mean, -normal_quantile(tail) * sd);
            (centre - reach, centre + reach)
        }
    }
}

/// The (B + 1) p-th of B sorted values, between two of them by their normal quantiles (Davison and Hinkley 1997, equation 5.8). Beyond the
/// first and the last it is these.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let n = sorted.len();
    if n == 0 || p.is_nan() {
        return f64::NAN;
    }
    let at = (n as f64 + 1.0) * p;
    let k = (at + 1e-9).floor();
    if k < 1.0 {
        return sorted[0];
    }
    if k >= n as f64 {
        return sorted[n - 1];
    }
    let (a, b) = (sorted[k as usize - 1], sorted[k as usize]);
    if (at - k).abs() < 1e-9 {
        return a;
    }
    let z = |k: f64| normal_quantile(k / (n as f64 + 1.0));
    a + (normal_quantile(p) - z(k)) / (z(k + 1.0) - z(k)) * (b - a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_order_statistics_where_these_exist() {
        let sorted: Vec<f64> = (1..=999).map(f64::from).collect();
        assert_eq!((quantile(&sorted, 0.025), quantile(&sorted, 0.975)), (25.0, 975.0));
        assert_eq!((quantile(&sorted, 1e-5), quantile(&sorted, 1.0 - 1e-5)), (1.0, 999.0));
        // Between the fifth and the sixth of ten, where the normal quantiles are symmetric.
        let few: Vec<f64> = (1..=10).map(f64::from).collect();
        assert!((quantile(&few, 0.5) - 5.5).abs() < 1e-12);
    }

    #[test]
    fn the_kinds_of_intervals() {
        let sorted: Vec<f64> = (1..=999).map(f64::from).collect();
        let of = |kind| limits(&sorted, 400.0, moments(&sorted), 0.95, kind);
        assert_eq!(of(IntervalKind::Percentile), (25.0, 975.0));
        assert_eq!(of(IntervalKind::Basic), (-175.0, 775.0));
        let (lower, upper) = of(IntervalKind::Normal);
        // The mean of the replicates is 100 above the estimate.
        assert!((0.5 * (lower + upper) - 300.0).abs() < 1e-9);
        assert!((upper - lower - 2.0 * 1.959_963_984_540_054 * (999.0 * 1000.0 / 12.0_f64).sqrt()).abs() < 1e-9);
        // Efron's numbers: no bias and no skewness leave the percentiles.
        let even: Vec<f64> = (1..=9).map(f64::from).collect();
        assert_eq!(accelerated(&sorted, 500.0, &even, 0.95), of(IntervalKind::Percentile));
        assert!(limits(&sorted[..1], 1.0, (1.0, 0.0), 0.95, IntervalKind::Basic).0.is_nan());
    }

    /// Replicates 1 to 999, 16 % below the estimate, and a jackknife 0, 0, 0, 1: mean 1/4, so that a = (3/64 - 27/64) / (6 (3/4)^1.5).
    #[test]
    fn accelerated_limits_by_hand() {
        let sorted: Vec<f64> = (1..=999).map(f64::from).collect();
        let a = -0.375 / (6.0 * 0.75_f64.powf(1.5));
        assert!((acceleration(&[0.0, 0.0, 0.0, 1.0]) - a).abs() < 1e-15 && (a + 0.096_225_044_864_937_63).abs() < 1e-12);
        let (lower, upper) = accelerated(&sorted, 160.34, &[0.0, 0.0, 0.0, 1.0], 0.9);
        // z0 = qnorm(160/999) = -0.994329; z0 -+ 1.644854 -> z0 + (z0 + z) / (1 - a (z0 + z)); times 1000.
        let z0: f64 = normal_quantile(160.0 / 999.0);
        let place = |z: f64| 1000.0 * normal_probability(z0 + (z0 + z) / (1.0 - a * (z0 + z)));
        assert!((z0 + 0.9938).abs() < 1e-3);
        assert!((lower - place(-1.644_853_626_951_472_6).max(1.0)).abs() < 1e-2, "{lower}");
        assert!((upper - place(1.644_853_626_951_472_6)).abs() < 1e-2, "{upper}");
        assert!(accelerated(&sorted, 0.0, &[0.0, 1.0], 0.9).0.is_nan());
        assert!(accelerated(&sorted, 5.0, &[0.0, f64::NAN], 0.9).0.is_nan());
        // A level that is one but for rounding: the ends of the replicates, whichever way they are skewed.
        for without in [[0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]] {
            assert_eq!(accelerated(&sorted, 500.0, &without, 1.0 - f64::EPSILON / 2.0), (1.0, 999.0));
        }
        assert!(quantile(&sorted, f64::NAN).is_nan());
    }
}
