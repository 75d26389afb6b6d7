//! Accumulators: the rows of a linear model reduced to sums.

use super::arrow::{ArrowArray, ArrowArrayStream, ArrowSchema, Owned, each_part, frame_of};
use super::boundary::{boundary, query};
use super::buffer::{slice, target};
use super::c_char;
use super::fit::FitHandle;
use super::frame::FrameHandle;
use super::handle::{free, give, need};
use super::options::{OptionsHandle, settings};
use super::plan::PlanHandle;
use super::progress::watched;
use super::saved::write_out;
use super::status::{ErrorRecord, Status};
use super::strings::text;
use crate::frame::arrow::TextOrder;
use crate::stream::Accumulator;

/// The data of a linear mixed model reduced to sums: rows are added and need not be kept; accumulators of parts are merged, in one process or
/// as bytes from others, and what they have is fitted in one place. Its size grows with the levels and the pairs of levels that meet, not with
/// the rows. docs/scale.md says how.
/// Since 0.1.
pub struct AccumulatorHandle {
    accumulator: Accumulator,
}

/// Makes an accumulator without rows. Its rows are one partition of the data, to which the caller gives a number: accumulators with the same
/// partition are not merged, so that no row counts twice. INTERLACE_E_ARGUMENT if the plan has not learnt.
/// @param partition The number of the partition; 0 where there is but one.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_new(
    plan: Option<&PlanHandle>,
    partition: u64,
    out: *mut *mut AccumulatorHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (plan, out) = (need(plan, "plan")?, target(out, "out")?);
        out.write(give(AccumulatorHandle { accumulator: Accumulator::new(&plan.plan, partition)? })?);
        Ok(())
    })
}

/// Adds the rows of a frame to the accumulator's partition. Columns that the model does not use are ignored. On failure the accumulator is as it
/// was, and the error names column and row of the frame.
/// @param data The rows to add.
/// @param options A progress function and a deadline are taken from them. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_add(
    accumulator: Option<&mut AccumulatorHandle>,
    data: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, data) = (need(accumulator, "accumulator")?, need(data, "data")?);
        watched(options, |watch| own.accumulator.add(&data.frame, watch))
    })
}

/// Adds the rows of a table in the Arrow C data interface; schema and array are as for interlace_frame_from_arrow, and are released by the call
/// whether it succeeds or fails. On failure the accumulator is as it was.
/// @param schema The names and types of the columns. Released by the call.
/// @param array The values. Released by the call.
/// @param options A progress function and a deadline are taken from them. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_add_arrow(
    accumulator: Option<&mut AccumulatorHandle>,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    options: Option<&OptionsHandle>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (mut schema, mut array) = (Owned::moved(schema), Owned::moved(array));
        let own = need(accumulator, "accumulator")?;
        let frame = frame_of(Owned::live(schema.as_mut())?, Owned::live(array.as_mut())?, TextOrder::AsItComes)?;
        watched(options, |watch| own.accumulator.add(&frame, watch))
    })
}

/// Adds the rows of all arrays of an Arrow stream, one array after the other: no more than one is in memory. The stream is as for
/// interlace_frame_from_arrow_stream, and is released by the call whether it succeeds or fails. On failure, and so if the stream fails
/// half-way, nothing of it has been added. If the accumulator's partition has no rows yet, its sums have the bits of the arrays added one by one;
/// otherwise those of the stream are made apart, and are added as a whole.
/// @param stream The stream, which is read to its end. Released by the call.
/// @param options A progress function and a deadline are taken from them. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_add_arrow_stream(
    accumulator: Option<&mut AccumulatorHandle>,
    stream: *mut ArrowArrayStream,
    options: Option<&OptionsHandle>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let mut stream = Owned::moved(stream);
        let own = need(accumulator, "accumulator")?;
        let stream = Owned::live(stream.as_mut())?;
        watched(options, |watch| own.accumulator.add_all(|all| each_part(stream, |frame| all.add(frame, watch))))
    })
}

/// Adds what another accumulator of the same plan has, which stays as it is. A fit of the result does not depend on the order of such calls, to the
/// same bits; the bytes of the accumulator may. INTERLACE_E_DATA if a partition is in both, if a group of correlated residuals is, or if the levels of a factor are declared in orders
/// that contradict each other; INTERLACE_E_ARGUMENT if the plans differ, which says in what. On failure the accumulator is as it was.
/// @param part The accumulator whose rows are added.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_merge(
    accumulator: Option<&mut AccumulatorHandle>,
    part: Option<&AccumulatorHandle>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, part) = (need(accumulator, "accumulator")?, need(part, "part")?);
        own.accumulator.merge(&part.accumulator)
    })
}

/// Saves an accumulator with its plan as `*len` bytes to `*bytes`, of which interlace_accumulator_from_bytes makes an accumulator in another
/// process, or on another machine.
/// @param bytes The bytes [1], which the caller frees with interlace_bytes_free.
/// @param len The number of bytes [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_to_bytes(
    accumulator: Option<&AccumulatorHandle>,
    bytes: *mut *mut u8,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let own = need(accumulator, "accumulator")?;
        let (bytes, len) = (target(bytes, "bytes")?, target(len, "len")?);
        write_out(&own.accumulator.to_bytes()?, bytes, len)
    })
}

/// Makes an accumulator of the bytes of one. Versions and errors are as for interlace_fit_from_bytes.
/// @param bytes The bytes [len].
/// @param len The number of bytes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_from_bytes(
    bytes: *const u8,
    len: usize,
    out: *mut *mut AccumulatorHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        out.write(give(AccumulatorHandle { accumulator: Accumulator::from_bytes(slice(bytes, len, "bytes")?)? })?);
        Ok(())
    })
}

/// The number of rows that are used, of all partitions; 0 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_accumulator_n_rows(accumulator: Option<&AccumulatorHandle>) -> u64 {
    query(0, || Some(accumulator?.accumulator.n_rows()))
}

/// The number of rows that were left out for missing values or weights of zero, of all partitions; 0 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_accumulator_n_dropped(accumulator: Option<&AccumulatorHandle>) -> u64 {
    query(0, || Some(accumulator?.accumulator.n_dropped()))
}

/// The bytes of memory that its sums take, about those of interlace_accumulator_to_bytes; 0 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_accumulator_size(accumulator: Option<&AccumulatorHandle>) -> usize {
    query(0, || Some(accumulator?.accumulator.bytes()))
}

/// What one factorisation of the model would take, of which a fit makes some ten to a hundred: an upper bound, before anything of the kind is
/// allocated.
/// @param memory Bytes of the factor and its inverse [1].
/// @param multiplications Multiplications of one factorisation [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_forecast(
    accumulator: Option<&AccumulatorHandle>,
    options: Option<&OptionsHandle>,
    memory: *mut f64,
    multiplications: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let own = need(accumulator, "accumulator")?;
        let (memory, multiplications) = (target(memory, "memory")?, target(multiplications, "multiplications")?);
        let forecast = watched(options, |watch| own.accumulator.forecast(watch))?;
        memory.write(forecast.bytes);
        multiplications.write(forecast.multiplications);
        Ok(())
    })
}

/// Fits the plan's model to the rows of all partitions. The fit answers what needs no rows: estimates, degrees of freedom, tests, profiles,
/// marginal means, predictions for new data with intervals, the parametric bootstrap (of random numbers that are not those of a fit with rows),
/// and interlace_fit_compare with fits of other accumulators of the same rows. What is per row, such as residuals, is INTERLACE_E_UNSUPPORTED; it
/// takes a second pass over the data, with interlace_fit_predict for each part.
/// interlace_fit_n_dropped_rows counts the rows that were left out. `options` say how the model is fitted, by which
/// method above all; NULL is INTERLACE_METHOD_REML and what else is usual.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_fit(
    accumulator: Option<&AccumulatorHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FitHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, out) = (need(accumulator, "accumulator")?, target(out, "out")?);
        let settings = settings(options);
        let fit = watched(options, |watch| own.accumulator.fit(&settings, watch))?;
        out.write(give(FitHandle::new(fit, settings))?);
        Ok(())
    })
}

/// Fits the model to one of the responses of the plan (interlace_plan_add_response, or that of the formula); otherwise as
/// interlace_accumulator_fit. INTERLACE_E_ARGUMENT for a response that the plan does not have.
/// @param response The column or expression. `options` may be NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_accumulator_fit_response(
    accumulator: Option<&AccumulatorHandle>,
    response: *const c_char,
    options: Option<&OptionsHandle>,
    out: *mut *mut FitHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, response) = (need(accumulator, "accumulator")?, text(response, "response")?);
        let (out, settings) = (target(out, "out")?, settings(options));
        let fit = watched(options, |watch| own.accumulator.fit_response(response, &settings, watch))?;
        out.write(give(FitHandle::new(fit, settings))?);
        Ok(())
    })
}

/// Frees an accumulator. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_accumulator_free(accumulator: Option<Box<AccumulatorHandle>>) {
    free(accumulator);
}
