//! Points at which a criterion is wanted.

use crate::error::{Error, Result};

/// Points of `n` numbers each.
pub(super) fn points(numbers: &[f64], n: usize) -> Result<std::slice::ChunksExact<'_, f64>> {
    if n == 0 || !numbers.len().is_multiple_of(n) {
        return Err(Error::argument(format!("thetas: {} numbers are not a multiple of the model's {n} parameters", numbers.len())));
    }
    Ok(numbers.chunks_exact(n))
}
