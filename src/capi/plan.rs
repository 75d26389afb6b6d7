//! Plans: what accumulators of a model have in common.

use super::boundary::boundary;
use super::buffer::{slice, target};
use super::c_char;
use super::frame::FrameHandle;
use super::handle::{free, give, need};
use super::options::{OptionsHandle, settings};
use super::progress::watched;
use super::saved::write_out;
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use super::strings::text;
use crate::stream::Plan;

/// A linear mixed model for data that come in parts: what the accumulators of all parts have in common. docs/scale.md says how.
/// Since 0.1.
pub struct PlanHandle {
    pub(super) plan: Plan,
}

/// Makes a plan of a linear mixed model given by a formula. It has yet to learn from a sample: see interlace_plan_learn.
/// INTERLACE_E_UNSUPPORTED for models that do not reduce to sums over the rows: generalised, ordinal and Cox models, and models from arrays.
/// With a residual correlation all rows of one of its groups must come in one partition, one after the other.
/// @param options What becomes of rows with missing values is taken from them. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plan_new(
    spec: Option<&SpecHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut PlanHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, out) = (need(spec, "spec")?, target(out, "out")?);
        out.write(give(PlanHandle { plan: Plan::new(&spec.spec, settings(options).na)? })?);
        Ok(())
    })
}

/// Adds a response to a plan: a column, or an expression such as log(y). Accumulators then have the sums of all responses, and
/// interlace_accumulator_fit_response fits the model to each, at the cost of one pass over the data. Rows with a missing value in any of the
/// responses are left out. The plan has to learn anew. INTERLACE_E_ARGUMENT for a response that the plan has already.
/// @param response The column or expression.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plan_add_response(
    plan: Option<&mut PlanHandle>,
    response: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || need(plan, "plan")?.plan.add_response(text(response, "response")?))
}

/// Counts the rows of a frame without missing values in the columns that the plan's model uses, of which a sample needs one at least.
/// @param data The frame; columns that are not there are not looked at.
/// @param out The number of rows [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plan_n_complete_rows(
    plan: Option<&PlanHandle>,
    data: Option<&FrameHandle>,
    out: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (plan, data, out) = (need(plan, "plan")?, need(data, "data")?, target(out, "out")?);
        out.write(plan.plan.n_complete(&data.frame)?);
        Ok(())
    })
}

/// Lets a plan learn from a sample of the data, such as its first thousand rows: which columns hold numbers and which categories, the order of
/// declared levels, and the units in which sums lose no digits. What expressions such as scale(x), poly(x, 2) or ns(x, 3) learn from data they
/// learn from the sample, so that a model with these is that of the whole only where the sample is the whole, or where the formula gives
/// their numbers. Levels that are not in the sample may come later. The sample is not counted among the data.
/// A plan that has learnt learns anew. On failure it is as it was.
/// @param sample Rows with the columns of the data.
/// @param options A progress function and a deadline are taken from them. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plan_learn(
    plan: Option<&mut PlanHandle>,
    sample: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (plan, sample) = (need(plan, "plan")?, need(sample, "sample")?);
        watched(options, |watch| plan.plan.learn(&sample.frame, watch))
    })
}

/// Saves a plan as `*len` bytes to `*bytes`, of which interlace_plan_from_bytes makes the same plan in another process.
/// @param bytes The bytes [1], which the caller frees with interlace_bytes_free.
/// @param len The number of bytes [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plan_to_bytes(
    plan: Option<&PlanHandle>,
    bytes: *mut *mut u8,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (plan, bytes, len) = (need(plan, "plan")?, target(bytes, "bytes")?, target(len, "len")?);
        write_out(&plan.plan.to_bytes()?, bytes, len)
    })
}

/// Makes a plan of the bytes of one. Versions and errors are as for interlace_fit_from_bytes.
/// @param bytes The bytes [len].
/// @param len The number of bytes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plan_from_bytes(
    bytes: *const u8,
    len: usize,
    out: *mut *mut PlanHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        out.write(give(PlanHandle { plan: Plan::from_bytes(slice(bytes, len, "bytes")?)? })?);
        Ok(())
    })
}

/// Frees a plan. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plan_free(plan: Option<Box<PlanHandle>>) {
    free(plan);
}
