//! Frames from and to the Arrow C data interface.

use super::arrow::{
    ArrowArray, ArrowArrayStream, ArrowSchema, Owned, columns, frame_of, frame_of_stream, give_array, give_schema, give_stream,
};
use super::boundary::boundary;
use super::buffer::target;
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::status::{ErrorRecord, Status};
use crate::frame::arrow::TextOrder;

/// Makes a frame of a table in the Arrow C data interface: a schema of format "+s" and an array. Both are moved out of the structures,
/// which are marked as released, whether the call succeeds or fails; the values are copied. docs/arrow.md says what becomes of each type.
/// A column of a type that is not read, such as a list, is INTERLACE_E_DATA with its name and type, but only once something uses it.
/// INTERLACE_E_ARGUMENT if the structures contradict themselves or were released before.
/// @param schema The names and types of the columns. Released by the call.
/// @param array The values. Released by the call.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_from_arrow(
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (mut schema, mut array) = (Owned::moved(schema), Owned::moved(array));
        let out = target(out, "out")?;
        let frame = frame_of(Owned::live(schema.as_mut())?, Owned::live(array.as_mut())?, TextOrder::Sorted)?;
        out.write(give(FrameHandle::new(frame))?);
        Ok(())
    })
}

/// Makes a frame of all arrays of a stream; otherwise as interlace_frame_from_arrow. The arrays of a column may have different
/// dictionaries, and there may be none. INTERLACE_E_IO if the stream fails, with what it says and the number of rows before.
/// @param stream The stream, which is read to its end. Released by the call.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_from_arrow_stream(
    stream: *mut ArrowArrayStream,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let mut stream = Owned::moved(stream);
        let out = target(out, "out")?;
        let frame = frame_of_stream(Owned::live(stream.as_mut())?)?;
        out.write(give(FrameHandle::new(frame))?);
        Ok(())
    })
}

/// Gives a frame, data or a table of results, to the Arrow C data interface: real numbers as "g", integers as "l", categories as "i" with
/// a dictionary of "u" (truth values as "b"), times as they came. The structures are written over, need no values before, and live apart
/// from the frame: the caller, or who gets them, releases both by their own release, in any thread. Numbers are not copied.
/// @param schema The schema [1].
/// @param array The array [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_to_arrow(
    frame: Option<&FrameHandle>,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, schema, array) = (&need(frame, "frame")?.frame, target(schema, "schema")?, target(array, "array")?);
        let columns = columns(frame)?;
        schema.write(give_schema(&columns));
        array.write(give_array(frame.n_rows(), &columns));
        Ok(())
    })
}

/// Gives a frame as a stream with one array; otherwise as interlace_frame_to_arrow.
/// @param stream The stream [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_to_arrow_stream(
    frame: Option<&FrameHandle>,
    stream: *mut ArrowArrayStream,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, stream) = (&need(frame, "frame")?.frame, target(stream, "stream")?);
        stream.write(give_stream(frame)?);
        Ok(())
    })
}
