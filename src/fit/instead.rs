//! What takes the place of rows that a fit of sums has not.

use super::common::Fit;
use crate::error::{Error, Result};

/// How to come to what needs rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    SecondPass,
    /// The bootstrap that needs none.
    Parametric,
    /// Accumulators without each part in turn.
    Parts,
    /// Sums of the other responses.
    Responses,
    /// The other model from an accumulator of its own.
    Comparison,
    /// The accumulator fitted with other options.
    Options,
    /// The other kind of degrees of freedom.
    Satterthwaite,
    Frame,
}

impl Instead {
    /// Of a question by its name.
    pub fn of_question(name: &str) -> Self {
        match name {
            "lrt" | "drop1" => Instead::Comparison,
            "refit" => Instead::Responses,
            "bootstrap_type" | "boot_interval" => Instead::Parametric,
            "cross_validate" => Instead::Parts,
            "all_fit" => Instead::Options,
            "residuals" => Instead::SecondPass,
            _ => Instead::Frame,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Instead::SecondPass => "make a second pass over the data, with interlace_fit_predict on each part",
            Instead::Parametric => "a parametric bootstrap needs none, with intervals of any kind but bca",
            Instead::Parts => "merge all parts but one, fit these and predict the one that was left out, for each of them",
            Instead::Responses => {
                "add other responses to the plan with interlace_plan_add_response, and fit them with interlace_accumulator_fit_response"
            }
            Instead::Comparison => {
                "fit the other model from an accumulator of its own, both by maximum likelihood, and compare them with interlace_fit_compare"
            }
            Instead::Satterthwaite => "Satterthwaite's need none",
            Instead::Options => "fit the accumulator with other options",
            Instead::Frame => "fit the model to a frame",
        }
    }
}

impl Fit {
    /// Fails for a fit that was saved or made without rows.
    pub fn need_rows(&self, what: &str) -> Result<()> {
        self.need_rows_or(what, Instead::SecondPass)
    }

    /// The same, where something else takes the place of rows.
    pub fn need_rows_or(&self, what: &str, instead: Instead) -> Result<()> {
        if self.has_rows {
            return Ok(());
        }
        Err(Error::unsupported(if self.reduced.is_some() {
            let instead = instead.text();
            format!("{what}: the rows of the data are needed, and the fit was made from an accumulator, which has none; {instead}")
        } else {
            format!("{what}: the rows of the data are needed, and the fit was saved without them")
        }))
    }

    /// Fails for a fit that has neither rows nor sums in their place.
    pub(crate) fn need_rows_or_sums(&self, what: &str) -> Result<()> {
        if self.reduced.is_some() { Ok(()) } else { self.need_rows(what) }
    }
}
