//! Points at which a criterion is wanted.

use crate::error::{Error, Result};

/// Numbers that are one point after the other; of how many numbers each, if the caller says so.
#[derive(Clone, Copy)]
pub struct Points<'a> {
    pub numbers: &'a [f64],
    pub each: Option<usize>,
}

impl<'a> Points<'a> {
    /// The points, if they are of `n` numbers each. Nothing is read before that is known.
    pub(super) fn of(self, n: usize) -> Result<std::slice::ChunksExact<'a, f64>> {
        let Points { numbers, each } = self;
        if let Some(each) = each.filter(|each| *each != n) {
            return Err(Error::argument(format!("n_theta is {each}, a point of the model has {n} parameters")));
        }
        if n == 0 || !numbers.len().is_multiple_of(n) {
            return Err(Error::argument(format!(
                "thetas: {} numbers are not a multiple of the model's {n} parameters",
                numbers.len()
            )));
        }
        Ok(numbers.chunks_exact(n))
    }
}
