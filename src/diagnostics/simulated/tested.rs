//! Tests of a model by simulated responses.

use super::ranks::Summaries;
use crate::error::Result;
use crate::frame::Frame;
use crate::kolmogorov::kolmogorov_upper;

/// A test.
pub struct Test {
    name: &'static str,
    /// Kolmogorov's distance, or the ratio of what is observed to what is expected.
    statistic: f64,
    observed: f64,
    /// The mean over the simulated responses.
    expected: f64,
    p_value: f64,
}

/// All tests; that of zeros where a zero is a thing by itself.
pub fn of_summaries(all: &Summaries, zeros: bool) -> Result<Vec<Test>> {
    let distance = all.distance[0];
    let (as_large, simulated) = shares(&all.distance);
    let expected = mean(&all.distance[1..]);
    let one = |name, p_value| Test { name, statistic: distance, observed: distance, expected, p_value };
    let uniformity = if all.units == 0 { f64::NAN } else { kolmogorov_upper(all.units, distance)? };
    let mut out = vec![one("uniformity", uniformity), one("uniformity_simulated", as_large / simulated)];
    out.push(ratio("dispersion", &all.spread));
    if zeros {
        out.push(ratio("zeros", &all.zeros));
    }
    out.push(ratio("outliers", &all.outliers));
    Ok(out)
}

/// The observed statistic against those of the simulated responses, two-sided.
fn ratio(name: &'static str, all: &[f64]) -> Test {
    let (observed, expected) = (all[0], mean(&all[1..]));
    let (above, count) = shares(all);
    let below = all.iter().filter(|own| **own <= observed).count() as f64;
    let nothing = observed.is_nan() || observed == 0.0 && expected == 0.0;
    let p_value = if nothing { f64::NAN } else { (2.0 * above.min(below) / count).min(1.0) };
    Test { name, statistic: observed / expected, observed, expected, p_value }
}

/// How many are at least as large as the first, it included, of how many.
fn shares(all: &[f64]) -> (f64, f64) {
    (all.iter().filter(|own| **own >= all[0]).count() as f64, all.len() as f64)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// A row for each.
pub fn frame(tests: &[Test]) -> Result<Frame> {
    let mut table = Frame::new(tests.len());
    table.add_strings("test", &tests.iter().map(|own| Some(own.name)).collect::<Vec<_>>())?;
    let column = |of: fn(&Test) -> f64| tests.iter().map(of).collect();
    table.add_real("statistic", column(|own| own.statistic))?;
    table.add_real("observed", column(|own| own.observed))?;
    table.add_real("expected", column(|own| own.expected))?;
    table.add_real("p_value", column(|own| own.p_value))?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sided_and_never_zero() {
        let all: Vec<f64> = [9.5].into_iter().chain((1..=9).map(f64::from)).collect();
        let own = ratio("x", &all);
        assert_eq!((own.statistic, own.expected, own.p_value), (9.5 / 5.0, 5.0, 0.2));
        assert_eq!(ratio("x", &[2.0, 1.0, 2.0, 3.0]).p_value, 1.0);
        assert!(ratio("x", &[0.0; 4]).p_value.is_nan());
    }
}
