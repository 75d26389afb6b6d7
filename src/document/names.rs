//! What R's packages call the columns of tables.

use std::borrow::Cow;

use crate::error::Result;
use crate::frame::Frame;

/// A table by its columns' names in R.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// As in the library.
    Plain,
    Anova,
    Drop1,
    /// Terms of ordinal models beyond the location.
    Beyond,
    Combinations,
    Joint,
    Means,
    Contrasts,
    Comparison,
    Ranova,
    ProportionalHazards,
    /// Fits, a row each.
    Fits,
}

use Named::{Anova, Beyond, Combinations, Comparison, Contrasts, Drop1, Fits, Joint, Means, ProportionalHazards, Ranova};

/// Those that differ: in the library, and in R (lmerTest, lme4, emmeans, survival).
const NAMES: [(Named, &str, &str); 53] = [
    (Anova, "sum_sq", "Sum.Sq"),
    (Anova, "mean_sq", "Mean.Sq"),
    (Anova, "num_df", "NumDF"),
    (Anova, "den_df", "DenDF"),
    (Anova, "statistic", "F.value"),
    (Anova, "p_value", "p.value"),
    (Anova, "log_likelihood", "loglik"),
    (Anova, "chi_square", "Chisq"),
    (Anova, "df", "Df"),
    (Drop1, "n_parameters", "npar"),
    (Drop1, "aic", "AIC"),
    (Drop1, "chi_square", "LRT"),
    (Drop1, "p_value", "p.value"),
    (Beyond, "n_parameters", "Df"),
    (Beyond, "log_likelihood", "logLik"),
    (Beyond, "aic", "AIC"),
    (Beyond, "chi_square", "LRT"),
    (Beyond, "p_value", "p.value"),
    (Combinations, "std_error", "SE"),
    (Combinations, "statistic", T_RATIO),
    (Combinations, "p_value", "p.value"),
    (Joint, "num_df", "df1"),
    (Joint, "den_df", "df2"),
    (Joint, "p_value", "p.value"),
    (Means, "estimate", "emmean"),
    (Means, "std_error", "SE"),
    (Means, "lower", "lower.CL"),
    (Means, "upper", "upper.CL"),
    (Contrasts, "odds_ratio", "odds.ratio"),
    (Contrasts, "hazard_ratio", "hazard.ratio"),
    (Contrasts, "std_error", "SE"),
    (Contrasts, "lower", "lower.CL"),
    (Contrasts, "upper", "upper.CL"),
    (Contrasts, "statistic", T_RATIO),
    (Contrasts, "p_value", "p.value"),
    (Comparison, "n_obs", "nobs"),
    (Comparison, "n_parameters", "npar"),
    (Comparison, "aic", "AIC"),
    (Comparison, "bic", "BIC"),
    (Comparison, "log_likelihood", "logLik"),
    (Comparison, "chi_square", "Chisq"),
    (Comparison, "df", "Df"),
    (Comparison, "p_value", "p.value"),
    (Ranova, "n_parameters", "npar"),
    (Ranova, "log_likelihood", "logLik"),
    (Ranova, "aic", "AIC"),
    (Ranova, "chi_square", "LRT"),
    (Ranova, "df", "Df"),
    (Ranova, "p_value", "p.value"),
    (Ranova, "p_value_chi_square", "p.value.chisq"),
    (ProportionalHazards, "chi_square", "chisq"),
    (ProportionalHazards, "p_value", "p"),
    (Fits, "log_likelihood", "logLik"),
];

/// A statistic with finite degrees of freedom; `z.ratio` where all are infinite.
const T_RATIO: &str = "t.ratio";

/// The names of a table's columns as R has them.
pub fn names_in_r(named: Named, table: &Frame) -> Result<Vec<Cow<'_, str>>> {
    let normal = has_infinite_df(table)?;
    let one = |name: &'_ str| -> Option<&'static str> {
        let (_, _, own) = NAMES.iter().find(|(table, column, _)| *table == named && *column == name)?;
        Some(if *own == T_RATIO && normal { "z.ratio" } else { own })
    };
    let renamed: Vec<Option<&'static str>> = table.names().map(one).collect();
    let taken = |name: &str| renamed.contains(&Some(name)) || (named == Named::Fits && name == "names");
    let key = |(name, own): (&'_ str, Option<&'static str>)| match own {
        Some(own) => Cow::Borrowed(own),
        // The name of a factor or parameter that is one of R's for another column.
        None if taken(name) => Cow::Owned(format!("{name}.2")),
        None => Cow::Owned(name.to_owned()),
    };
    Ok(table.names().zip(renamed.iter().copied()).map(key).collect())
}

/// Whether all degrees of freedom that there are are infinite.
fn has_infinite_df(table: &Frame) -> Result<bool> {
    let Ok(column) = table.column("df") else { return Ok(false) };
    let Some(df) = column.as_real()? else { return Ok(false) };
    let mut known = df.iter().filter(|df| !df.is_nan()).peekable();
    Ok(known.peek().is_some() && known.all(|df| *df == f64::INFINITY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_called_by_their_degrees_of_freedom() {
        for (df, wanted) in [([f64::INFINITY, f64::NAN], "z.ratio"), ([f64::INFINITY, 3.0], "t.ratio"), ([f64::NAN; 2], "t.ratio")]
        {
            let mut table = Frame::new(2);
            table.add_real("estimate", vec![1.0, 2.0]).unwrap();
            table.add_real("df", df.to_vec()).unwrap();
            table.add_real("statistic", vec![1.0, 2.0]).unwrap();
            assert_eq!(names_in_r(Named::Contrasts, &table).unwrap(), ["estimate", "df", wanted]);
            assert_eq!(names_in_r(Named::Means, &table).unwrap(), ["emmean", "df", "statistic"]);
            assert_eq!(names_in_r(Named::Plain, &table).unwrap(), ["estimate", "df", "statistic"]);
        }
    }
}
