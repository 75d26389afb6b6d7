//! The model fitted again: against others, by all optimisers, without parts of the data, to other responses.

use super::subject::{Subject, Work, about};
use crate::document::questions::Questions;
use crate::error::{Error, Result, try_gather, try_vec};
use crate::fit::Fit;
use crate::formula::parse;
use crate::frame::Frame;
use crate::inference::lrt::fit_and_compare;
use crate::options::Options;
use crate::resample::RefitOptions;
use crate::spec::{FormulaSpec, Source, Spec};
use crate::validation::{AllOptimizers, CrossValidation, Partition};

/// The name of what is no grouping factor.
const ROWS: &str = "rows";

/// Fits of other responses: their names, and a row for each.
pub struct Refitted {
    pub names: Vec<String>,
    pub table: Frame,
}

impl Refitted {
    /// Responses that could not be fitted.
    pub fn failed(&self) -> Result<usize> {
        let status = self.table.column("status")?;
        Ok((0..self.table.n_rows()).filter(|row| status.label(*row) == Some("failed")).count())
    }
}

/// What fits without parts of the data say of these.
pub struct CrossValidated {
    pub folds: Frame,
    pub rows: Frame,
}

/// Tests against the models of other formulas, which are taken as they are written.
pub fn compare(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Frame>> {
    if questions.lrt.is_empty() {
        return Ok(None);
    }
    let own = subject.spec_for("lrt")?;
    let others = || questions.lrt.iter().map(|formula| other(own, formula)).collect::<Result<Vec<Spec>>>();
    // The models differ in their parameters, so that all have the starts of the library.
    let options = Options { theta0: None, start: vec![], ..work.options.clone() };
    let table = others().and_then(|others| {
        let specs: Vec<&Spec> = std::iter::once(own).chain(&others).collect();
        fit_and_compare(&specs, subject.data, &options, questions.chi_bar, work.watch)
    });
    about("lrt", table).map(Some)
}

/// The model with another formula, without random terms beside it.
pub(super) fn other(spec: &Spec, formula: &str) -> Result<Spec> {
    let Source::Formula(own) = &spec.source else {
        return Err(Error::unsupported("a model from arrays has no formula to compare with"));
    };
    parse(formula)?;
    let source = FormulaSpec { formula: formula.to_owned(), random: vec![], groups: vec![], ..own.clone() };
    Ok(Spec { source: Source::Formula(source), ..spec.clone() })
}

pub fn all_optimizers(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Frame>> {
    if !questions.all_fit {
        return Ok(None);
    }
    let spec = subject.spec_for("all_fit")?;
    AllOptimizers::new(spec, subject.data, work.options, work.watch)?.frame().map(Some)
}

pub fn cross_validate(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<CrossValidated>> {
    let Some(group) = questions.cross_validate.as_deref() else { return Ok(None) };
    let spec = subject.spec_for("cross_validate")?;
    let group = (group != ROWS).then_some(group);
    let partition = Partition { group, folds: questions.folds, seed: questions.seed };
    let own = about("cross_validate", CrossValidation::new(spec, subject.data, work.options, &partition, work.watch))?;
    Ok(Some(CrossValidated { folds: own.frame()?, rows: own.frame_of_rows()? }))
}

/// The model fitted to each column of a frame with the rows of the data.
pub fn refit(fit: &Fit, questions: &Questions, work: &Work<'_>) -> Result<Option<Refitted>> {
    let Some(responses) = &questions.refit else { return Ok(None) };
    if responses.n_rows() != fit.rows.n_data {
        let (rows, data) = (responses.n_rows(), fit.rows.n_data);
        let message = format!("refit: the frame of responses has {rows} rows, the data have {data}");
        return Err(responses.located_anew(Error::argument(message)));
    }
    let (m, k, width) = (fit.fitted.len(), responses.n_columns(), fit.response_columns());
    if !k.is_multiple_of(width) {
        let message =
            format!("refit: the frame of responses has {k} columns; those of a Cox model are pairs, a time and its event");
        return Err(responses.located_anew(Error::argument(message)));
    }
    let mut y = try_vec("responses", 0.0, m * k)?;
    let rows = if m == fit.rows.n_data { None } else { Some(try_gather("rows used", fit.rows.used())?) };
    for (column, out) in responses.columns().zip(y.chunks_exact_mut(m.max(1))) {
        let values = about("refit", responses.numbers(column))?;
        match &rows {
            None => out.copy_from_slice(&values),
            Some(rows) => out.iter_mut().zip(rows).for_each(|(to, row)| *to = values[*row]),
        }
    }
    let options = RefitOptions { std_errors: fit.is_linear(), threads: work.options.threads };
    let all = fit.refit_many(&y, &options, work.watch)?;
    Ok(Some(Refitted { names: responses.names().step_by(width).map(String::from).collect(), table: all.frame()? }))
}
