//! Confidence intervals from bootstrap replicates (Davison and Hinkley 1997, chapter 5).

use crate::distributions::normal_quantile;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::{ColumnData, Frame};

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
}

impl Fit {
    /// Intervals of all quantities from a frame of replicates as [`super::Bootstrap::frame`] makes it. Replicates that failed don't
    /// count; `n` says how many did.
    pub fn bootstrap_intervals(&self, replicates: &Frame, level: f64, kind: IntervalKind) -> Result<Frame> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::argument(format!("level is {level}, must be between 0 and 1")));
        }
        let names = self.quantity_names();
        let estimates = self.quantities(&self.as_refit())?;
        let mut out = Frame::new(names.len());
        let mut columns = [const { Vec::new() }; 4];
        let mut counts = vec![];
        for (name, &estimate) in names.iter().zip(&estimates) {
            let ColumnData::Real(values) = &*replicates.column(name)?.data else {
                return Err(Error::argument(format!("replicates: column {name} has no numbers")));
            };
            let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let (mean, sd) = moments(&sorted);
            let (lower, upper) = limits(&sorted, estimate, (mean, sd), level, kind);
            for (column, value) in columns.iter_mut().zip([mean - estimate, sd, lower, upper]) {
                column.push(value);
            }
            counts.push(sorted.len() as i64);
        }
        out.add_strings("term", &names.iter().map(|n| Some(n.as_str())).collect::<Vec<_>>())?;
        out.add_real("estimate", estimates)?;
        for (name, column) in ["bias", "std_error", "lower", "upper"].into_iter().zip(columns) {
            out.add_real(name, column)?;
        }
        out.add_integers("n", counts)?;
        Ok(out)
    }
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
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
        IntervalKind::Percentile => (low, high),
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
        assert!(limits(&sorted[..1], 1.0, (1.0, 0.0), 0.95, IntervalKind::Basic).0.is_nan());
    }
}
