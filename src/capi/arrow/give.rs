//! Frames as structures for a consumer, who may release them from any thread.

use std::ffi::CString;
use std::ptr::{null, null_mut};
use std::sync::Arc;

use libc::c_void;

use super::structures::{ArrowArray, ArrowSchema, DICTIONARY_ORDERED, LEVELS, NULLABLE};
use crate::capi::boundary::query;
use crate::capi::strings::c_string;
use crate::error::Result;
use crate::frame::arrow::{Exported, Values};
use crate::frame::{ColumnData, Frame};

/// What a schema's pointers point to.
struct SchemaParts {
    format: CString,
    name: CString,
    metadata: Vec<u8>,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
}

/// What an array's pointers point to.
struct ArrayParts {
    /// Keeps the buffers.
    _column: Option<Arc<Exported>>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
}

/// The schema of a frame, with one child for each column.
pub fn give_schema(columns: &[Arc<Exported>]) -> ArrowSchema {
    let children = columns.iter().map(|own| {
        let dictionary = own.labels.as_ref().map(|_| schema("u", "", (0, vec![]), vec![], null_mut()));
        let dictionary = dictionary.map_or(null_mut(), |own| Box::into_raw(Box::new(own)));
        let flags = NULLABLE | if own.ordered { DICTIONARY_ORDERED } else { 0 };
        let metadata = if own.declared { of_declared_levels() } else { vec![] };
        Box::into_raw(Box::new(schema(&own.format, &own.name, (flags, metadata), vec![], dictionary)))
    });
    schema("+s", "", (0, vec![]), children.collect(), null_mut())
}

/// One pair: its number, then the key and the value with their lengths before them.
fn of_declared_levels() -> Vec<u8> {
    let length = |bytes: &[u8]| (bytes.len() as i32).to_ne_bytes();
    let (key, value) = LEVELS;
    [&1_i32.to_ne_bytes(), &length(key)[..], key, &length(value), value].concat()
}

fn schema(
    format: &str,
    name: &str,
    (flags, metadata): (i64, Vec<u8>),
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
) -> ArrowSchema {
    let mut parts = Box::new(SchemaParts { format: c_string(format), name: c_string(name), metadata, children, dictionary });
    ArrowSchema {
        format: parts.format.as_ptr(),
        name: parts.name.as_ptr(),
        metadata: if parts.metadata.is_empty() { null() } else { parts.metadata.as_ptr().cast() },
        flags,
        n_children: parts.children.len() as i64,
        children: parts.children.as_mut_ptr(),
        dictionary,
        release: Some(release_schema),
        private_data: Box::into_raw(parts).cast(),
    }
}

/// The array of a frame, with one child for each column.
pub fn give_array(n_rows: usize, columns: &[Arc<Exported>]) -> ArrowArray {
    let children = columns.iter().map(|own| Box::into_raw(Box::new(column(own))));
    array(n_rows, 0, vec![null()], children.collect(), null_mut(), None)
}

fn column(own: &Arc<Exported>) -> ArrowArray {
    let labels = own.labels.as_ref().map(|labels| {
        let buffers = vec![null(), labels.offsets.as_ptr().cast(), labels.bytes.as_ptr().cast()];
        array(labels.len, 0, buffers, vec![], null_mut(), Some(own.clone()))
    });
    let dictionary = labels.map_or(null_mut(), |own| Box::into_raw(Box::new(own)));
    let validity = own.validity.as_ref().map_or(null(), |bits| bits.as_ptr().cast());
    array(own.len, own.n_missing, vec![validity, start(&own.values)], vec![], dictionary, Some(own.clone()))
}

/// Where the values are.
fn start(values: &Values) -> *const c_void {
    match values {
        Values::Small(values) => values.as_ptr().cast(),
        Values::Bits(bits) => bits.as_ptr().cast(),
        Values::Shared(data) => match &**data {
            ColumnData::Real(values) => values.as_ptr().cast(),
            ColumnData::Integer(values) => values.as_ptr().cast(),
            ColumnData::Time(times) => times.values.as_ptr().cast(),
            ColumnData::Category(category) => category.codes.as_ptr().cast(),
        },
    }
}

fn array(
    len: usize,
    n_missing: usize,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
    column: Option<Arc<Exported>>,
) -> ArrowArray {
    let mut parts = Box::new(ArrayParts { _column: column, buffers, children, dictionary });
    ArrowArray {
        length: len as i64,
        null_count: n_missing as i64,
        offset: 0,
        n_buffers: parts.buffers.len() as i64,
        n_children: parts.children.len() as i64,
        buffers: parts.buffers.as_mut_ptr(),
        children: parts.children.as_mut_ptr(),
        dictionary,
        release: Some(release_array),
        private_data: Box::into_raw(parts).cast(),
    }
}

macro_rules! releaser {
    ($name:ident, $own:ident, $parts:ident) => {
        /// Releases what was not moved away from below it, then itself.
        unsafe extern "C" fn $name(own: *mut $own) {
            query((), || {
                let own = own.as_mut()?;
                own.release.take()?;
                let parts = Box::from_raw(std::mem::replace(&mut own.private_data, null_mut()).cast::<$parts>());
                let dictionary = Some(parts.dictionary).filter(|below| !below.is_null());
                for &below in parts.children.iter().chain(&dictionary) {
                    if let Some(release) = (*below).release {
                        release(below);
                    }
                    drop(Box::from_raw(below));
                }
                None
            });
        }
    };
}

releaser!(release_schema, ArrowSchema, SchemaParts);
releaser!(release_array, ArrowArray, ArrayParts);

/// The columns of a frame, ready to be given.
pub fn columns(frame: &Frame) -> Result<Vec<Arc<Exported>>> {
    Ok(crate::frame::arrow::export(frame)?.into_iter().map(Arc::new).collect())
}
