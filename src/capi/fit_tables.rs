//! A fit's results as tables, and as text.

use std::mem::MaybeUninit;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::codes::{Codes, meaning};
use super::fit::FitHandle;
use super::fit_lists::DfCode;
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::hypotheses::degrees_of_freedom;
use super::options::OptionsHandle;
use super::status::{ErrorRecord, Status};
use super::strings::text;

/// Number of tables that interlace_fit_table can make.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_tables(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.table_names().len()))
}

/// Name of a table, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_table_name(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.tables.get(f.fit.table_names(), i)))
}

/// A table of results as a new frame, by name: "coefficients" (as in interlace_fit_coefficients, with limits of 95 %), "varcorr", "ranef",
/// "theta", "observations", "dropped_rows", "fit"; for a generalised model "zero_inflation", "dispersion" (also coefficients; for an ordinal
/// model those of the scale) and "family" (its parameters); for an ordinal one "thresholds" and "nominal" (effects on the thresholds); for a
/// Cox model "baseline_hazard" (by stratum and event time, at a linear predictor of zero); and the others that interlace_fit_table_name lists. Tables of what the model does not have are empty. Tests and intervals of the coefficients
/// use the degrees of freedom `df`.
/// INTERLACE_E_ARGUMENT if there is no table of that name.
/// @param name The name of the table.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_table(
    fit: Option<&FitHandle>,
    name: *const c_char,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, name, out) = (need(fit, "fit")?, text(name, "name")?, target(out, "out")?);
        let table = handle.fit.table_with(name, &|| degrees_of_freedom(handle, df, options))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The summary of the fit as lme4 prints it, with a section for each predictor as in glmmTMB, and for an ordinal model as in clmm, to `*out`:
/// several lines of text, which live as long as the fit. Tests of the fixed effects of a linear model use the degrees of freedom `df`; the
/// text names the method.
/// @param out The text [1], which lives as long as the fit.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_summary(
    fit: Option<&FitHandle>,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (need(fit, "fit")?, target(out, "out")?);
        let freedom = degrees_of_freedom(handle, df, options)?;
        // One text for each kind of degrees of freedom.
        let kind = DfCode::CODES.iter().position(|(_, own)| Ok(*own) == meaning(df, "df")).unwrap_or_default();
        let text = handle.strings.summaries[kind].get_or_make(|| handle.fit.summary_with(freedom))?;
        out.write(text);
        Ok(())
    })
}
