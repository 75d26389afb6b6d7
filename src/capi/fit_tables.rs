//! A fit's results as tables, and as text.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::fit::FitHandle;
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::hypotheses::{INTERLACE_DF_DEFAULT, default_degrees_of_freedom, degrees_of_freedom};
use super::status::{ErrorRecord, Status};
use super::strings::text;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::watch::Watch;

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

/// A table of results as a new frame, by name: "coefficients" (as in interlace_fit_coefficients, with INTERLACE_DF_DEFAULT and limits of
/// 95 %), "varcorr", "ranef", "theta",
/// "observations", "dropped_rows", "fit"; for a generalised model "zero_inflation", "dispersion" (also coefficients; for an ordinal model
/// those of the scale) and "family" (its parameters); for an ordinal one "thresholds" and "nominal" (effects on the thresholds); and
/// the others that interlace_fit_table_name lists. Tables of what the model does not have are empty.
/// INTERLACE_E_ARGUMENT if there is no table of that name. The caller frees `*out` with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_table(
    fit: Option<&FitHandle>,
    name: *const c_char,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    unsafe { interlace_fit_table_with_df(fit, name, INTERLACE_DF_DEFAULT, out, err) }
}

/// A table of results as in interlace_fit_table; that of the coefficients uses the degrees of freedom `df` for tests and intervals, one
/// of INTERLACE_DF_*. The caller frees `*out` with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_table_with_df(
    fit: Option<&FitHandle>,
    name: *const c_char,
    df: i32,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, name, out) = (need(fit, "fit")?, text(name, "name")?, target(out, "out")?);
        out.write(give(FrameHandle::new(handle.fit.table_with(name, &|| degrees_of_freedom(handle, df, &Watch::unwatched()))?)));
        Ok(())
    })
}

/// The summary of the fit as lme4 prints it, with a section for each predictor as in glmmTMB, and for an ordinal model as in clmm: several
/// lines of text. Tests of the fixed effects use INTERLACE_DF_DEFAULT, and the text names the method. NULL for NULL, and if memory is short.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_summary(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || Some(summary(fit?, INTERLACE_DF_DEFAULT, default_degrees_of_freedom(fit?, &Watch::unwatched()).ok()?)))
}

/// The summary with t tests of the fixed effects by these degrees of freedom, one of INTERLACE_DF_*, to `*out`; it lives as long as the
/// fit. For a generalised model it is that of interlace_fit_summary.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_summary_with_df(
    fit: Option<&FitHandle>,
    df: i32,
    out: *mut *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (need(fit, "fit")?, target(out, "out")?);
        let freedom = degrees_of_freedom(handle, df, &Watch::unwatched())?;
        out.write(summary(handle, df, freedom));
        Ok(())
    })
}

/// One text for each kind of degrees of freedom.
fn summary(handle: &FitHandle, df: i32, freedom: DegreesOfFreedom<'_>) -> *const c_char {
    let kinds = &handle.strings.summaries;
    kinds[if df == INTERLACE_DF_DEFAULT { kinds.len() - 1 } else { df as usize }].get_with(|| [handle.fit.summary_with(freedom)], 0)
}
