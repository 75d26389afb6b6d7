//! Adjustment of p values and intervals for several tests at once.

use crate::choice::Choice;
use crate::error::Result;
use crate::studentized_range::StudentizedRange;
use crate::tails::{t_two_sided, t_two_sided_quantile};
use crate::watch::Watch;
use std::ffi::CStr;

/// How the tests of a family answer for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Adjustment {
    /// Tukey's for all pairs of means, Holm's for other comparisons.
    #[default]
    Default,
    None,
    /// The studentised range, of all pairs of means (Tukey 1953; Kramer 1956 for unequal variances).
    Tukey,
    Bonferroni,
    /// Holm (1979); intervals are Bonferroni's.
    Holm,
    /// The false discovery rate (Benjamini & Hochberg 1995); intervals are Bonferroni's.
    FalseDiscovery,
    Sidak,
}

impl Choice for Adjustment {
    const LIST: &'static str = "adjust";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Adjustment::Default, c"default"),
        (Adjustment::None, c"none"),
        (Adjustment::Tukey, c"tukey"),
        (Adjustment::Bonferroni, c"bonferroni"),
        (Adjustment::Holm, c"holm"),
        (Adjustment::FalseDiscovery, c"fdr"),
        (Adjustment::Sidak, c"sidak"),
    ];
}

/// A test statistic, with its degrees of freedom (infinite for z).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistic {
    pub value: f64,
    pub df: f64,
}

impl Adjustment {
    /// What the default stands for, of comparisons that are all pairs of means or others.
    pub fn resolved(self, pairwise: bool) -> Self {
        match self {
            Adjustment::Default if pairwise => Adjustment::Tukey,
            Adjustment::Default => Adjustment::Holm,
            other => other,
        }
    }

    /// Two-sided p values of the tests of one family, which are of all pairs of `means` means where the adjustment is Tukey's. Tests
    /// without a value (NaN) have none, and don't count.
    pub fn p_values(self, tests: &[Statistic], means: usize, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let raw: Vec<f64> = tests.iter().map(|t| t_two_sided(t.value, t.df)).collect();
        let n = raw.iter().filter(|p| !p.is_nan()).count() as f64;
        Ok(match self {
            Adjustment::None => raw,
            Adjustment::Tukey if means <= 2 => raw,
            Adjustment::Tukey => {
                let range = StudentizedRange::new(means);
                let upper = |t: &Statistic| range.upper(t.value.abs() * std::f64::consts::SQRT_2, t.df);
                tests.iter().map(|t| watch.pulse().map(|()| upper(t))).collect::<Result<_>>()?
            }
            Adjustment::Bonferroni => raw.iter().map(|p| capped(n * p)).collect(),
            Adjustment::Sidak => raw.iter().map(|p| -(n * (-p).ln_1p()).exp_m1()).collect(),
            Adjustment::Holm | Adjustment::Default => holm(&raw, n),
            Adjustment::FalseDiscovery => false_discovery(&raw, n),
        })
    }

    /// How many standard errors the interval of each test reaches to either side, all together covering with probability `level`.
    pub fn reaches(self, tests: &[Statistic], means: usize, level: f64, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let n = tests.iter().filter(|t| !t.df.is_nan()).count() as f64;
        let alpha = 1.0 - level;
        let each = match self {
            Adjustment::None => alpha,
            Adjustment::Tukey if means <= 2 => alpha,
            Adjustment::Tukey => {
                let range = StudentizedRange::new(means);
                return by_df(tests, |df| range.upper_quantile(alpha, df) / std::f64::consts::SQRT_2, watch);
            }
            Adjustment::Bonferroni | Adjustment::Holm | Adjustment::Default | Adjustment::FalseDiscovery => alpha / n,
            Adjustment::Sidak => -((-alpha).ln_1p() / n).exp_m1(),
        };
        by_df(tests, |df| t_two_sided_quantile(each, df), watch)
    }
}

/// Quantiles cost something, and neighbours often have the same degrees of freedom.
fn by_df(tests: &[Statistic], quantile: impl Fn(f64) -> f64, watch: &Watch<'_>) -> Result<Vec<f64>> {
    let mut last = (f64::NAN, f64::NAN);
    let each = tests.iter().map(|t| {
        if t.df.to_bits() != last.0.to_bits() {
            watch.pulse()?;
            last = (t.df, quantile(t.df));
        }
        Ok(last.1)
    });
    each.collect()
}

/// At most 1; NaN stays.
fn capped(p: f64) -> f64 {
    if p > 1.0 { 1.0 } else { p }
}

/// The tests with a p value, the smallest first.
fn ascending(raw: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..raw.len()).filter(|&i| !raw[i].is_nan()).collect();
    order.sort_by(|&a, &b| raw[a].total_cmp(&raw[b]));
    order
}

/// The largest p, the next times n / (n - 1), and so on, none larger than the one before.
fn false_discovery(raw: &[f64], n: f64) -> Vec<f64> {
    let mut adjusted = vec![f64::NAN; raw.len()];
    let mut last = 1.0_f64;
    for (rank, &i) in ascending(raw).iter().enumerate().rev() {
        last = last.min(n / (rank as f64 + 1.0) * raw[i]);
        adjusted[i] = last;
    }
    adjusted
}

/// The smallest p times n, the next times n - 1, and so on, none smaller than the one before.
fn holm(raw: &[f64], n: f64) -> Vec<f64> {
    let order = ascending(raw);
    let mut adjusted = vec![f64::NAN; raw.len()];
    let mut last = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        last = last.max(capped((n - rank as f64) * raw[i]));
        adjusted[i] = last;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: &[f64], b: &[f64], tolerance: f64) {
        assert_eq!(a.len(), b.len());
        for (a, b) in a.iter().zip(b) {
            assert!((a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance, "{a} {b}");
        }
    }

    /// Pairs of the four means of ergoStool, 24 degrees of freedom (Kenward-Roger).
    const ERGO: [f64; 6] = [
        -7.497_609_561_693_484,
        -4.284_348_320_967_707,
        -1.285_304_496_290_312,
        3.213_261_240_725_777,
        6.212_305_065_403_173,
        2.999_043_824_677_395,
    ];

    fn tests(values: &[f64], df: f64) -> Vec<Statistic> {
        values.iter().map(|&value| Statistic { value, df }).collect()
    }

    // emmeans 1.8.4: pairs(emmeans(fit, ~ Type), adjust = "tukey") and "none".
    #[test]
    fn tukey_of_emmeans() {
        let wanted = [
            5.612_536_880_805_763e-7,
            0.001_370_922_334_644_642,
            0.580_750_818_084_948_8,
            0.018_203_670_686_908_424,
            1.148_887_721_591_496_1e-5,
            0.029_582_192_808_237_706,
        ];
        near(&Adjustment::Tukey.p_values(&tests(&ERGO, 24.0), 4, &Watch::unwatched()).unwrap(), &wanted, 1e-10);
        let asymptotic = [
            4.155_564_781_171_961e-13,
            0.000_107_848_348_377_928_42,
            0.572_306_561_398_352_6,
            0.007_182_721_324_751_728_5,
            3.131_248_482_723_947e-9,
            0.014_400_833_108_437_538,
        ];
        near(&Adjustment::Tukey.p_values(&tests(&ERGO, f64::INFINITY), 4, &Watch::unwatched()).unwrap(), &asymptotic, 1e-10);
        let raw = [
            9.753_420_494_944_94e-8,
            0.000_256_292_724_020_620_3,
            0.210_951_190_041_407_06,
            0.003_719_275_958_746_194,
            2.026_276_475_534_473e-6,
            0.006_219_850_392_568_005,
        ];
        near(&Adjustment::None.p_values(&tests(&ERGO, 24.0), 4, &Watch::unwatched()).unwrap(), &raw, 1e-13);
    }

    #[test]
    fn bonferroni_holm_and_sidak() {
        // Two-sided normal p values of .01, .04, .03, none, .5.
        let z = [0.01, 0.04, 0.03, f64::NAN, 0.5].map(|p: f64| t_two_sided_quantile(p, f64::INFINITY));
        let tests = tests(&z, f64::INFINITY);
        let p = |a: Adjustment| a.p_values(&tests, 5, &Watch::unwatched()).unwrap();
        near(&p(Adjustment::Bonferroni), &[0.04, 0.16, 0.12, f64::NAN, 1.0], 1e-14);
        // R: p.adjust(c(.01, .04, .03, .5), "holm")
        near(&p(Adjustment::Holm), &[0.04, 0.09, 0.09, f64::NAN, 0.5], 1e-14);
        near(&p(Adjustment::Sidak), &[0.039_403_99, 0.150_653_44, 0.114_707_19, f64::NAN, 0.9375], 1e-12);
    }

    #[test]
    fn an_interval_excludes_zero_where_the_p_value_is_small_enough() {
        let all = [Adjustment::None, Adjustment::Tukey, Adjustment::Bonferroni, Adjustment::Sidak];
        for adjustment in all {
            let tests = tests(&ERGO, 24.0);
            let (p, reach) = (
                adjustment.p_values(&tests, 4, &Watch::unwatched()).unwrap(),
                adjustment.reaches(&tests, 4, 0.99, &Watch::unwatched()).unwrap(),
            );
            for i in 0..6 {
                assert_eq!(p[i] < 0.01, reach[i] < ERGO[i].abs(), "{adjustment:?} {i}");
            }
        }
        assert_eq!(
            Adjustment::Holm.reaches(&tests(&ERGO, 24.0), 4, 0.95, &Watch::unwatched()).unwrap(),
            Adjustment::Bonferroni.reaches(&tests(&ERGO, 24.0), 4, 0.95, &Watch::unwatched()).unwrap()
        );
        near(
            &Adjustment::Tukey.reaches(&tests(&[1.0], 9.0), 2, 0.9, &Watch::unwatched()).unwrap(),
            &Adjustment::None.reaches(&tests(&[1.0], 9.0), 2, 0.9, &Watch::unwatched()).unwrap(),
            0.0,
        );
    }

    #[test]
    fn names() {
        assert_eq!(Adjustment::from_name("holm").unwrap(), Adjustment::Holm);
        assert!(Adjustment::from_name("scheffe").unwrap_err().message.contains("tukey"));
    }

    // R: p.adjust(c(0.01, 0.04, 0.03, NA, 0.2), "BH").
    #[test]
    fn false_discovery_rates() {
        near(&false_discovery(&[0.01, 0.04, 0.03, f64::NAN, 0.2], 4.0), &[0.04, 0.16 / 3.0, 0.16 / 3.0, f64::NAN, 0.2], 1e-15);
    }
}
