//! Streams: a producer's as a frame, and a frame as one with a single array.

use std::ffi::CStr;
use std::ptr::null;
use std::sync::Arc;

use libc::{ENOMEM, c_char, c_int};

use super::give::{columns, give_array, give_schema};
use super::owned::Owned;
use super::structures::{ArrowArray, ArrowArrayStream, ArrowSchema, Released};
use super::take::{batch, fields, within};
use crate::capi::boundary::query;
use crate::error::{Code, Error, Result};
use crate::frame::Frame;
use crate::frame::arrow::{Exported, Field, Reader, TextOrder};

/// The frame of all arrays of a stream.
pub unsafe fn frame_of_stream(stream: &mut ArrowArrayStream) -> Result<Frame> {
    let mut reader: Option<Reader> = None;
    let fields = each_array(stream, |fields, array| {
        let reader = reader.get_or_insert_with(|| Reader::new(fields.to_vec()));
        reader.add(&batch(array, fields)?)
    })?;
    reader.unwrap_or_else(|| Reader::new(fields)).finish(TextOrder::Sorted)
}

/// Calls `work` with the part of the data that each array of a stream is.
pub unsafe fn each_part(stream: &mut ArrowArrayStream, mut work: impl FnMut(&Frame) -> Result<()>) -> Result<()> {
    each_array(stream, |fields, array| {
        let mut reader = Reader::new(fields.to_vec());
        reader.add(&batch(array, fields)?)?;
        work(&reader.finish(TextOrder::AsItComes)?)
    })?;
    Ok(())
}

/// Calls `work` with each array of a stream, and gives its fields.
unsafe fn each_array(
    stream: &mut ArrowArrayStream,
    mut work: impl FnMut(&[Field], &ArrowArray) -> Result<()>,
) -> Result<Vec<Field>> {
    let lacks = |what: &str| Error::argument(format!("stream has no {what}"));
    let get_schema = stream.get_schema.ok_or_else(|| lacks("get_schema"))?;
    let get_next = stream.get_next.ok_or_else(|| lacks("get_next"))?;
    let mut schema = Owned::<ArrowSchema>::empty();
    let status = get_schema(stream, schema.get());
    if status != 0 {
        return Err(failure(stream, status, "gave no schema"));
    }
    let fields = Owned::live(Some(&mut schema)).and_then(|own| fields(own)).map_err(|error| within("stream", error))?;
    let mut rows = 0;
    for number in 1.. {
        let mut array = Owned::<ArrowArray>::empty();
        let status = get_next(stream, array.get());
        if status != 0 {
            return Err(failure(stream, status, &format!("failed after {rows} rows")));
        }
        if array.get().is_released() {
            break;
        }
        let place = |error: Error| {
            if error.ends_all() { error } else { within(&format!("stream: array {number} (counting from 1)"), error) }
        };
        work(&fields, array.get()).map_err(place)?;
        rows += array.get().length;
    }
    Ok(fields)
}

/// What a producer says of its failure, in one line.
unsafe fn failure(stream: &mut ArrowArrayStream, status: c_int, what: &str) -> Error {
    let said = stream.get_last_error.map_or(null(), |get| get(stream));
    let said = if said.is_null() { "it says no more".into() } else { CStr::from_ptr(said).to_string_lossy() };
    let code = if status == ENOMEM { Code::Memory } else { Code::Io };
    let line = said.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    Error::new(code, format!("stream {what}, with code {status}: {line}"))
}

/// What a stream of ours has left.
struct Parts {
    n_rows: usize,
    columns: Vec<Arc<Exported>>,
    done: bool,
}

/// A stream that gives the frame as one array.
pub fn give_stream(frame: &Frame) -> Result<ArrowArrayStream> {
    let parts = Parts { n_rows: frame.n_rows(), columns: columns(frame)?, done: false };
    Ok(ArrowArrayStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release),
        private_data: Box::into_raw(Box::new(parts)).cast(),
    })
}

/// The parts of a stream that was not released.
unsafe fn parts<'a>(stream: *mut ArrowArrayStream) -> Option<&'a mut Parts> {
    stream.as_ref().filter(|own| own.release.is_some())?.private_data.cast::<Parts>().as_mut()
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    query(libc::EINVAL, || {
        let own = parts(stream).filter(|_| !out.is_null())?;
        out.write(give_schema(&own.columns));
        Some(0)
    })
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    query(libc::EINVAL, || {
        let own = parts(stream).filter(|_| !out.is_null())?;
        let next = if own.done { ArrowArray::empty() } else { give_array(own.n_rows, &own.columns) };
        own.done = true;
        out.write(next);
        Some(0)
    })
}

unsafe extern "C" fn get_last_error(_: *mut ArrowArrayStream) -> *const c_char {
    // Only a stream or an output that is not there can fail.
    c"the stream was released, or there is no place for its output".as_ptr()
}

unsafe extern "C" fn release(stream: *mut ArrowArrayStream) {
    query((), || {
        let own = stream.as_mut()?;
        own.release.take()?;
        drop(Box::from_raw(std::mem::replace(&mut own.private_data, std::ptr::null_mut()).cast::<Parts>()));
        None
    });
}
