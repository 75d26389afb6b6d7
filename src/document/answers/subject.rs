//! What is asked about, and how the work is done.

use crate::diagnostics::influence::Cases;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod};
use crate::options::Options;
use crate::spec::Spec;
use crate::watch::Watch;

/// A fit, and what it came from as far as that is there.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub fit: &'a Fit,
    pub spec: Option<&'a Spec>,
    pub data: Option<&'a Frame>,
    /// The degrees of freedom of a kind, which may be kept from one question to the next.
    pub freedom: &'a dyn Fn(DfMethod) -> Result<DegreesOfFreedom<'a>>,
}

/// How the work is done, and who watches it.
#[derive(Clone, Copy)]
pub struct Work<'w> {
    pub options: &'w Options,
    pub watch: &'w Watch<'w>,
}

impl Subject<'_> {
    /// The model, for questions that fit it anew.
    pub fn spec_for(&self, question: &str) -> Result<&Spec> {
        let spec = self.spec.ok_or_else(|| Error::argument(format!("{question}: spec is NULL, but models are made from it")))?;
        about(question, self.fit.check_spec(spec))?;
        about(question, self.data.map_or(Ok(()), |data| self.fit.check_data(data)))?;
        Ok(spec)
    }
}

/// A result, whose error says what question it answers.
pub fn about<T>(question: &str, result: Result<T>) -> Result<T> {
    result.map_err(|error| {
        let prefix = format!("{question}: ");
        let message = if error.message.starts_with(&prefix) { error.message } else { prefix + &error.message };
        Error { message, ..error }
    })
}

/// The name of what is no grouping factor.
const OBSERVATION: &str = "observation";

/// Single rows, or those of each level of a grouping factor or column, by its name.
pub fn cases<'a>(name: &'a str, data: Option<&'a Frame>) -> Cases<'a> {
    if name == OBSERVATION { Cases::Rows } else { Cases::Group(name, data) }
}
