//! The fit with robust standard errors, if they are asked for.

use super::subject::{about, cases};
use crate::diagnostics::influence::Cases;
use crate::document::questions::Questions;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::watch::Watch;

/// None where nobody asks.
pub fn with_robust(fit: &Fit, data: Option<&Frame>, questions: &Questions, watch: &Watch<'_>) -> Result<Option<Fit>> {
    let Some(kind) = questions.robust else { return Ok(None) };
    let cases = match questions.cluster.as_deref() {
        Some(name) => cases(name, data),
        None => by_default(fit, data)?,
    };
    about("robust", fit.with_robust(kind, &cases, watch)).map(Some)
}

/// The levels of the only grouping factor, or rows where there is none.
fn by_default<'a>(fit: &'a Fit, data: Option<&'a Frame>) -> Result<Cases<'a>> {
    let mut groups: Vec<&str> = fit.terms.iter().map(|term| term.design.group.as_str()).collect();
    groups.extend(fit.correlation().map(|own| own.design.group.as_str()));
    groups.sort_unstable();
    groups.dedup();
    match groups[..] {
        [] => Ok(Cases::Rows),
        [only] => Ok(Cases::Group(only, data)),
        _ => Err(Error::argument(format!(
            "robust: the model has several grouping factors, {}: cluster must name one",
            groups.join(", ")
        ))),
    }
}
