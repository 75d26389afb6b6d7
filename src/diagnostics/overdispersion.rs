//! Whether the response varies more than the family allows.

use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::tails::chi_square_upper;

/// Pearson's chi-square over its degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overdispersion {
    pub chi_square: f64,
    /// About one where the family's variance is right.
    pub ratio: f64,
    /// Rows used less parameters.
    pub df: f64,
    /// Of a larger chi-square.
    pub p_value: f64,
}

impl Fit {
    /// Of families whose variance follows from the mean, or whose parameter has another meaning than a scale: where a scale is estimated the
    /// ratio is about one whatever the data. The random effects count as parameters no more than in `df_residual`.
    pub fn overdispersion(&self) -> Result<Overdispersion> {
        self.need_rows("overdispersion")?;
        self.without_cox("overdispersion")?;
        if self.ordinal().is_some() {
            return Err(Error::unsupported("overdispersion: an ordinal model has no variance of the response to compare with"));
        }
        let name = self.generalised().map_or("gaussian", |own| own.family.name());
        if !self.generalised().is_some_and(|own| own.family.facts().tests_overdispersion) {
            return Err(Error::unsupported(format!(
                "overdispersion: the variance of the family {name} is not known but for a scale that is estimated: there is nothing to compare with"
            )));
        }
        if self.df_residual == 0 {
            return Err(Error::data("overdispersion: there are no more rows than parameters"));
        }
        let chi_square = self.residuals_pearson.iter().filter(|r| !r.is_nan()).map(|r| r * r).sum();
        let df = self.df_residual as f64;
        Ok(Overdispersion { chi_square, ratio: chi_square / df, df, p_value: chi_square_upper(chi_square, df) })
    }
}
