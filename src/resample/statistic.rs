//! Statistics of the caller's, beside the estimates that every replicate has.

use crate::error::{Error, Result};
use crate::fit::Fit;

/// Columns of tables of replicates and refits beside those of estimates.
pub(super) const OWN_COLUMNS: [&str; 4] = ["left_out", "status", "reason", "log_likelihood"];

/// A function of a replicate with named values.
pub struct Statistic<'a> {
    pub names: Vec<String>,
    /// Fills as many values as there are names.
    pub function: &'a mut dyn FnMut(&View<'_>, &mut [f64]) -> Result<()>,
}

/// What a statistic sees of a replicate.
pub struct View<'a> {
    /// Its number; -1 for the fit itself and where a unit was left out.
    pub replicate: i64,
    /// In the order of the table of replicates.
    pub estimates: &'a [f64],
    /// The response, one value per row; of a Cox model the times, then the events.
    pub y: &'a [f64],
}

impl Statistic<'_> {
    pub(super) fn evaluate(&mut self, view: &View<'_>) -> Result<Vec<f64>> {
        let mut values = vec![f64::NAN; self.names.len()];
        (self.function)(view, &mut values)?;
        Ok(values)
    }
}

/// The median, as the mean of the two in the middle where their number is even; it puts the values in order.
pub fn median(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n == 0 {
        return f64::NAN;
    }
    let (below, middle, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    if n % 2 == 1 {
        return *middle;
    }
    0.5 * *middle + 0.5 * below.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

impl Fit {
    /// The names of the estimates, then those of the statistic.
    pub(super) fn names_with(&self, statistic: Option<&Statistic<'_>>) -> Result<Vec<String>> {
        let mut names = self.quantity_names();
        for name in statistic.iter().flat_map(|s| &s.names) {
            if names.contains(name) || ["left_out", "status", "reason", "log_likelihood", ""].contains(&name.as_str()) {
                return Err(Error::argument(format!(
                    "a statistic is called {name:?}, which is the name of another column or none"
                )));
            }
            names.push(name.clone());
        }
        Ok(names)
    }

    /// The estimates of the fit, then its statistic.
    pub(super) fn values_with(&self, statistic: Option<&mut Statistic<'_>>) -> Result<Vec<f64>> {
        let mut values = self.quantities(&self.as_refit())?;
        if let Some(statistic) = statistic {
            // Sums have none.
            let y = if self.reduced.is_some() { vec![] } else { self.own_response()? };
            let more = statistic.evaluate(&View { replicate: -1, estimates: &values, y: &y })?;
            values.extend(more);
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, -1.0, 2.0, 8.0]), 3.0);
        assert_eq!(median(&mut [5.0]), 5.0);
        assert!(median(&mut []).is_nan());
    }
}
