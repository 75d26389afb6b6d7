//! The likelihood at given parameters, and the table of variances.

use super::subject::{Work, about};
use crate::document::questions::Questions;
use crate::error::Result;
use crate::fit::{Evaluation, Fit, InformationMatrix, ParameterForm};
use crate::frame::Frame;
use crate::inference::parameters::parameters_table;

/// The likelihood at a point, with a row for each parameter: `term`, `id`, `value`, `gradient`.
pub struct Evaluated {
    pub log_likelihood: f64,
    pub table: Frame,
    pub matrix: InformationMatrix,
    /// `[n, n]`, in the order of the rows.
    pub information: Vec<f64>,
}

/// Variances and the family's parameters with standard errors and limits.
pub fn variance_parameters(fit: &Fit, questions: &Questions, work: &Work<'_>) -> Result<Option<Frame>> {
    let Some(form) = questions.parameters.form else { return Ok(None) };
    let table = parameters_table(fit, form, questions.parameters.limits, questions.level, work.watch);
    about("variance_parameters", table).map(Some)
}

impl Evaluated {
    pub fn new(fit: &Fit, questions: &Questions, work: &Work<'_>) -> Result<Option<Self>> {
        let Some(text) = &questions.parameters.evaluate else { return Ok(None) };
        about("evaluate", Self::at(fit, text, questions.parameters.information, work)).map(Some)
    }

    fn at(fit: &Fit, text: &str, matrix: InformationMatrix, work: &Work<'_>) -> Result<Self> {
        const FORM: ParameterForm = ParameterForm::Reported;
        let values = fit.parameters_with(FORM, if text == "estimates" { "" } else { text })?;
        let Evaluation { log_likelihood, gradient } = fit.evaluate(FORM, &values, work.watch)?;
        let information = fit.information_at(FORM, &values, matrix, work.watch)?;
        let mut table = Frame::new(values.len());
        let (names, ids) = (fit.parameter_names(FORM), fit.parameter_ids(FORM));
        table.add_strings("term", &names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
        table.add_strings("id", &ids.iter().map(|id| Some(id.as_str())).collect::<Vec<_>>())?;
        table.add_real("value", values)?;
        table.add_real("gradient", gradient)?;
        Ok(Evaluated { log_likelihood, table, matrix, information })
    }
}
