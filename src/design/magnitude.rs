//! Sizes of values that a model can have: their squares, and sums of these, are numbers.

use crate::design::{Design, PredictorDesign, TermDesign};
use crate::error::{Error, Result};
use crate::names::quoted;

/// Values beyond have no square. One cell of this size is mostly a code for a missing value, as Stata's 8.99e307.
const LARGEST: f64 = 1e152;
/// A column of smaller values has no sum of squares.
const SMALLEST: f64 = 1e-152;

/// Whether a model can have the value.
pub fn is_usable(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// What is said of a value that a model can't have.
pub fn wanted_of(value: f64) -> String {
    if value.is_finite() {
        format!("values up to {LARGEST:e}, whose squares are numbers; if it stands for a missing value, declare it so")
    } else {
        "finite values".to_string()
    }
}

/// Fails at a column all of whose values are next to zero, but not zero.
fn check_column(name: &str, values: &[f64]) -> Result<()> {
    let largest = |values: &[f64]| values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    // Mostly the first value says that there is nothing to say.
    if values.iter().any(|v| v.abs() >= SMALLEST) || largest(values) == 0.0 {
        return Ok(());
    }
    Err(Error::data(format!(
        "{}: the largest value is {:e}, too small for its square to be a number; take another unit",
        quoted(name),
        largest(values)
    )))
}

fn check_columns(n: usize, x: &[f64], names: &[String]) -> Result<()> {
    x.chunks_exact(n.max(1)).zip(names).try_for_each(|(column, name)| check_column(name, column))
}

fn check_terms(n: usize, terms: &[TermDesign]) -> Result<()> {
    let with_z = terms.iter().filter_map(|term| Some((term, term.z.as_deref()?)));
    with_z.into_iter().try_for_each(|(term, z)| check_columns(n, z, &term.effects))
}

impl Design {
    /// Fails where a column of the model is too small for sums of squares. What is too large has been refused where it was read.
    pub(super) fn check_magnitudes(&self, response: &str) -> Result<()> {
        check_column(response, &self.y)?;
        check_columns(self.n, &self.x, &self.x_names)?;
        check_terms(self.n, &self.terms)?;
        self.weights.iter().try_for_each(|weights| check_column("weights", weights))?;
        let further = [&self.zero_inflation, &self.dispersion, &self.nominal];
        further.into_iter().flatten().try_for_each(|PredictorDesign { x, x_names, terms, .. }| {
            check_columns(self.n, x, x_names)?;
            check_terms(self.n, terms)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_next_to_zero_are_named_and_columns_of_zeros_are_not() {
        assert!(check_column("x", &[0.0, 0.0]).is_ok() && check_column("x", &[]).is_ok());
        assert!(check_column("x", &[1e-200, 1e-152]).is_ok());
        let error = check_column("x", &[0.0, -3e-153]).unwrap_err();
        assert!(error.message.starts_with("'x': the largest value is 3e-153, too small"), "{error}");
        assert!(is_usable(-1e152) && !is_usable(1.1e152) && !is_usable(f64::NAN) && !is_usable(f64::INFINITY));
    }
}
