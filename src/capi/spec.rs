//! What is fitted, from a formula.

use std::mem::MaybeUninit;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::codes::meaning;
use super::handle::{free, give, need};
use super::spec_lists::ModelCode;
use super::status::{ErrorRecord, Status};
use super::strings::{optional_text, text};
use crate::error::{Error, Result};
use crate::formula::{parse, parse_random};
use crate::spec::{FormulaSpec, Source, Spec};

/// The model to fit: its kind, and either a formula to be read against a frame, or design arrays. It keeps no state of the data
/// that the formula is read against, so one spec serves many fits.
/// Since 0.1.
pub struct SpecHandle {
    pub(super) spec: Spec,
}

/// Makes a spec from a formula in lme4's language, such as "y ~ x + (1 + x | g)".
/// The response of a binomial model is a proportion with the numbers of trials
/// as weights, "cbind(successes, failures)", or a category whose first level is failure. The response of INTERLACE_MODEL_CLMM is a category with
/// declared levels, from lowest to highest (interlace_frame_add_categorical, interlace_frame_set_levels or, in the formula,
/// "ordered(y, levels = c(...))"); or whole numbers, the codes of the categories; or text, with
/// interlace_spec_set_response_levels. Its thresholds are the intercepts: "y ~ x" and "y ~ 0 + x" are the same.
/// INTERLACE_E_FORMULA if the formula cannot be read. The fit looks up the names of columns.
/// @param formula The formula.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_new(
    model: MaybeUninit<ModelCode>,
    formula: *const c_char,
    out: *mut *mut SpecHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let kind = meaning(model, "model")?;
        let formula = text(formula, "formula")?.to_owned();
        // Only for its error: where the names come from, and so what `.` stands for, is known when it is fitted.
        parse(&formula)?;
        let source = Source::Formula(FormulaSpec { formula, ..FormulaSpec::default() });
        out.write(give(SpecHandle { spec: Spec::new(kind, source) })?);
        Ok(())
    })
}

/// Makes a spec from another, with its formula changed by `formula` as R's update() does it: "." stands for the old response on the left, and
/// for all old terms on the right, those of interlace_spec_add_random among them, so that ". ~ . + x - (1 | g)" adds x and takes (1 | g) out.
/// All else is as in `spec`: family, weights, formulas of further predictors; the functions that set them change the new one.
/// INTERLACE_E_FORMULA if the formula cannot be read, or takes out a term that is not there; INTERLACE_E_ARGUMENT for a spec from arrays.
/// @param formula The change, such as ". ~ . + x"; NULL copies the spec, which may then be from arrays.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_update(
    spec: Option<&SpecHandle>,
    formula: *const c_char,
    out: *mut *mut SpecHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, out) = (&need(spec, "spec")?.spec, target(out, "out")?);
        let spec = optional_text(formula, "formula")?.map_or_else(|| Ok(spec.clone()), |change| spec.update(change))?;
        out.write(give(SpecHandle { spec })?);
        Ok(())
    })
}

/// Adds a random term, "(1 + x | g)", to those of the formula. Call it again for further terms.
/// INTERLACE_E_FORMULA if it cannot be read; `position` is then the byte in `term`.
/// @param term The term, "(1 + x | g)".
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_add_random(
    spec: Option<&mut SpecHandle>,
    term: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, term) = (formula_of(model_of(spec)?)?, text(term, "term")?);
        parse_random(term)?;
        spec.random.push(term.to_owned());
        Ok(())
    })
}

/// Adds a random intercept by the grouping factor of that name, short for the term "(1 | name)"; "a/b" means b within a.
/// Call it again for further factors.
/// @param name A grouping factor, or "a/b".
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_add_groups(
    spec: Option<&mut SpecHandle>,
    name: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, name) = (formula_of(model_of(spec)?)?, text(name, "name")?);
        spec.groups.push(name.to_owned());
        Ok(())
    })
}

/// Names the column of prior weights: the residual variance of a row is sigma^2 / weight; for a binomial proportion the weights are the numbers of
/// trials; in ordinal and Cox models a row of weight w counts as w rows. Rows of weight 0 are left out.
/// @param column The name of the column; NULL for no weights, as without this call.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_weights(
    spec: Option<&mut SpecHandle>,
    column: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, column) = (formula_of(model_of(spec)?)?, optional_text(column, "column")?);
        spec.weights = column.map(String::from);
        Ok(())
    })
}

/// Names the column of the offset, which is added to any offset() in the formula.
/// @param column The name of the column; NULL for none, as without this call.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_offset(
    spec: Option<&mut SpecHandle>,
    column: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, column) = (formula_of(model_of(spec)?)?, optional_text(column, "column")?);
        spec.offset = column.map(String::from);
        Ok(())
    })
}

/// Sets the contrasts of a column of categories by their R name: "contr.treatment", "contr.sum", "contr.helmert", "contr.poly",
/// "contr.SAS" or "contr.sdif"; or by columns of your own, one less than the levels that occur, with a weight for each level, as
/// "1,0,-1; 0,1,-1", or with names "ac: 1,0,-1; bc: 0,1,-1".
/// Without this, categories have treatment contrasts and ordered ones polynomial contrasts. The last call for a column counts.
/// @param column The name of the column.
/// @param contrasts The name of the contrasts, or their columns.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_contrasts(
    spec: Option<&mut SpecHandle>,
    column: *const c_char,
    contrasts: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, column, contrasts) = (formula_of(model_of(spec)?)?, text(column, "column")?, text(contrasts, "contrasts")?);
        spec.contrasts.retain(|(c, _)| c != column);
        spec.contrasts.push((column.to_owned(), contrasts.to_owned()));
        Ok(())
    })
}

/// The number of rows of a spec made from arrays; 0 for one from a formula, and for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_spec_n_rows(spec: Option<&SpecHandle>) -> usize {
    query(0, || Some(spec?.spec.n_array_rows()))
}

/// Frees a spec. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_spec_free(spec: Option<Box<SpecHandle>>) {
    free(spec);
}

/// The model of a handle.
pub(super) fn model_of(spec: Option<&mut SpecHandle>) -> Result<&mut Spec> {
    Ok(&mut need(spec, "spec")?.spec)
}

pub(super) fn formula_of(spec: &mut Spec) -> Result<&mut FormulaSpec> {
    match &mut spec.source {
        Source::Formula(formula) => Ok(formula),
        Source::Arrays(_) => Err(Error::argument("spec was made from arrays, this call is for specs made from a formula")),
    }
}
