//! What is fitted: the residual correlation of a linear model.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::slice;
use super::c_char;
use super::codes::meaning;
use super::spec::{SpecHandle, formula_of, model_of};
use super::spec_arrays::{arrays_of, checked_index, expect_length};
use super::spec_lists::CorrelationCode;
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::error::{Error, Result, try_vec};
use crate::formula::{CorrelationKind, parse_correlation};
use crate::spec::{ArrayCorrelation, CorrelationSpec, ModelKind, Spec};

/// Makes the residuals of a linear model correlated within groups: "ar1(time | g)", "ar1(1 | g)", whose time is the order of the rows used
/// within each group, or "cs(1 | g)". If all times are whole numbers the model is AR(1), with a parameter between -1 and 1; otherwise it is
/// its continuous form, with a parameter from 0 to below 1. The parameter of "cs" is between -1/(m - 1) and 1, m the size of the largest
/// group. The residual of a row with prior weight w has the variance sigma^2 / w. A model with residual correlation needs no random effects.
/// A time that occurs twice in a group is an error in the fit. If theta is given (starts, interlace_spec_objective) or reported during
/// the search, the parameter follows it. Predictions use only fixed and random effects, not residuals. The last
/// call counts.
/// INTERLACE_E_FORMULA if it cannot be read; `position` is then the byte in `correlation`. INTERLACE_E_ARGUMENT for a model that is not
/// INTERLACE_MODEL_LMM.
/// @param correlation "ar1(time | g)", "ar1(1 | g)" or "cs(1 | g)"; NULL for residuals that are independent, as without this call.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_correlation(
    spec: Option<&mut SpecHandle>,
    correlation: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = linear(spec)?;
        formula_of(spec)?;
        let correlation = optional_text(correlation, "correlation")?;
        correlation.map(parse_correlation).transpose()?;
        spec.correlation = correlation.map(|own| CorrelationSpec::Formula(own.to_owned()));
        Ok(())
    })
}

/// Makes the residuals of a spec made from arrays correlated within groups, as interlace_spec_set_correlation does; `index` [n] holds the group of each
/// row, from 0 to below `n_groups`, or -1 if missing; `time` [n] may be NULL, for the order of the rows, and must be NULL for
/// INTERLACE_CORRELATION_COMPOUND_SYMMETRY. All arrays are copied.
/// @param n_groups The number of groups.
/// @param time Times [n]; NULL for the order of the rows.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_correlation_array(
    spec: Option<&mut SpecHandle>,
    correlation: MaybeUninit<CorrelationCode>,
    index: *const i64,
    n: usize,
    n_groups: usize,
    time: *const f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = linear(spec)?;
        let kind = meaning(correlation, "correlation")?;
        expect_length("index", n, "n", arrays_of(spec)?.n)?;
        let index = checked_index(slice(index, n, "index")?, n_groups, "n_groups")?;
        let time = if time.is_null() { None } else { Some(copied(slice(time, n, "time")?)?) };
        if kind == CorrelationKind::CompoundSymmetry && time.is_some() {
            return Err(Error::argument("time is given, compound symmetry knows no time: it must be NULL"));
        }
        spec.correlation = Some(CorrelationSpec::Arrays(ArrayCorrelation { kind, index, n_groups, time }));
        Ok(())
    })
}

fn linear(spec: Option<&mut SpecHandle>) -> Result<&mut Spec> {
    let spec = model_of(spec)?;
    match spec.kind {
        ModelKind::Lmm => Ok(spec),
        other => Err(Error::argument(format!(
            "spec is of {}, a residual correlation: only for one of INTERLACE_MODEL_LMM",
            super::spec_family::kind_of(other)
        ))),
    }
}

fn copied(time: &[f64]) -> Result<Vec<f64>> {
    let mut copy = try_vec("time", 0.0, time.len())?;
    copy.copy_from_slice(time);
    Ok(copy)
}
