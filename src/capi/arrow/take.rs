//! Structures of a producer as fields and slices.

use std::ffi::CStr;
use std::ptr::NonNull;

use super::structures::{ArrowArray, ArrowSchema, DICTIONARY_ORDERED, LEVELS};
use crate::capi::c_char;
use crate::error::{Code, Error, Result};
use crate::frame::Frame;
use crate::frame::arrow::{Array, Batch, Buffer, Field, Format, Reader, TextOrder, last_offset};
use crate::names::quoted;

/// The frame of a schema and one array.
pub unsafe fn frame_of(schema: &ArrowSchema, array: &ArrowArray, order: TextOrder) -> Result<Frame> {
    let fields = fields(schema)?;
    let batch = batch(array, &fields).map_err(|error| within("array", error))?;
    let mut reader = Reader::new(fields);
    reader.add(&batch).map_err(|error| within("array", error))?;
    reader.finish(order)
}

/// A failure of an argument with what it is in.
pub fn within(what: &str, error: Error) -> Error {
    match error.code {
        Code::Argument => Error { message: format!("{what}: {}", error.message), ..error },
        _ => error,
    }
}

/// The columns of a schema.
pub unsafe fn fields(schema: &ArrowSchema) -> Result<Vec<Field>> {
    read_fields(schema).map_err(|error| within("schema", error))
}

unsafe fn read_fields(schema: &ArrowSchema) -> Result<Vec<Field>> {
    let format = text(schema.format)?.ok_or_else(|| Error::argument("its format is NULL"))?;
    if format != "+s" || !schema.dictionary.is_null() {
        let what = quoted(format);
        return Err(Error::argument(format!("its format is {what}, not '+s': a table is wanted, not a single column")));
    }
    let children = pointers(schema.children, schema.n_children, "children")?;
    let each = children.iter().enumerate().map(|(i, child)| {
        let place = || format!("column {} (counting from 1)", i + 1);
        let child = child.as_ref().ok_or_else(|| Error::argument("it is NULL")).map_err(|e| within(&place(), e))?;
        field(child, 0).map_err(|error| within(&place(), error))
    });
    each.collect()
}

/// Columns have dictionaries, runs values, and these dictionaries: nothing that is read is deeper.
const DEPTH: usize = 3;

unsafe fn field(schema: &ArrowSchema, depth: usize) -> Result<Field> {
    let format = text(schema.format)?.ok_or_else(|| Error::argument("its format is NULL"))?;
    let mut own = Field::new(text(schema.name)?.unwrap_or_default(), format);
    if depth == DEPTH {
        own.format = Format::Unread("nested too deeply");
        return Ok(own);
    }
    if let Some(dictionary) = schema.dictionary.as_ref() {
        own.dictionary = Some(Box::new(field(dictionary, depth + 1)?));
        own.ordered = schema.flags & DICTIONARY_ORDERED != 0;
        own.declared = is_declared(schema.metadata)?;
    }
    if own.format == Format::Runs {
        let children = pointers(schema.children, schema.n_children, "children")?;
        let each = children.iter().take(DEPTH).map(|child| match child.as_ref() {
            Some(child) => field(child, depth + 1),
            None => Err(Error::argument("a child of it is NULL")),
        });
        own.children = each.collect::<Result<_>>()?;
    }
    Ok(own)
}

/// Whether the metadata say that the order of the levels was declared: how many pairs there are, then each key and each value, with its length
/// before it.
unsafe fn is_declared(metadata: *const c_char) -> Result<bool> {
    if metadata.is_null() {
        return Ok(false);
    }
    let mut at = metadata.cast::<u8>();
    let mut number = |what: &str, skipped: usize| {
        at = at.add(skipped);
        let own = i64::from(at.cast::<i32>().read_unaligned());
        at = at.add(size_of::<i32>());
        count(own, what).map(|own| (own, at))
    };
    let (n, _) = number("the number of its metadata", 0)?;
    let mut before = 0;
    for _ in 0..n {
        let (key, start) = number("the length of a key of its metadata", before)?;
        let key = std::slice::from_raw_parts(start, key);
        let (value, start) = number("the length of a value of its metadata", key.len())?;
        let value = std::slice::from_raw_parts(start, value);
        if (key, value) == LEVELS {
            return Ok(true);
        }
        before = value.len();
    }
    Ok(false)
}

unsafe fn text<'a>(value: *const c_char) -> Result<Option<&'a str>> {
    if value.is_null() {
        return Ok(None);
    }
    let text = CStr::from_ptr(value).to_str();
    text.map(Some).map_err(|e| Error::argument(format!("a name or format is not UTF-8: byte {} is invalid", e.valid_up_to())))
}

/// An array of pointers.
unsafe fn pointers<'a, T>(list: *const T, n: i64, what: &str) -> Result<&'a [T]> {
    let len = count(n, &format!("n_{what}"))?;
    crate::capi::buffer::slice(list, len, what)
}

/// A length, which is no less than 0.
fn count(n: i64, what: &str) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::argument(format!("{what} is {n}, less than 0")))
}

/// The rows of an array of a table.
pub unsafe fn batch<'a>(table: &'a ArrowArray, fields: &[Field]) -> Result<Batch<'a>> {
    let (len, offset, validity) = head(table, true)?;
    if !table.dictionary.is_null() {
        return Err(Error::argument("it has a dictionary, and a table has none"));
    }
    let children = pointers(table.children, table.n_children, "children")?;
    if children.len() != fields.len() {
        let (has, wanted) = (children.len(), fields.len());
        return Err(Error::argument(format!("it has {has} children, its schema {wanted}")));
    }
    let each = children.iter().zip(fields).map(|(child, own)| {
        if own.unread().is_some() {
            return Ok(None);
        }
        let child = child.as_ref().ok_or_else(|| Error::argument("it is NULL"));
        let array = child.and_then(|child| array(child, own));
        array.map(Some).map_err(|error| within(&format!("column {}", quoted(&own.name)), error))
    });
    Ok(Batch { len, offset, validity, columns: each.collect::<Result<_>>()? })
}

/// Length, offset and validity of an array.
unsafe fn head<'a>(own: &ArrowArray, has_validity: bool) -> Result<(usize, usize, Option<&'a [u8]>)> {
    let (len, offset) = (count(own.length, "length")?, count(own.offset, "offset")?);
    if own.null_count < -1 || own.null_count > own.length {
        let (nulls, length) = (own.null_count, own.length);
        return Err(Error::argument(format!("null_count is {nulls}, wanted -1 (not counted) or 0 to its length, {length}")));
    }
    let extent = offset.checked_add(len).filter(|extent| isize::try_from(*extent).is_ok());
    let extent = extent.ok_or_else(|| Error::argument(format!("length {len} and offset {offset} are beyond the address space")))?;
    let validity = if has_validity { nullable(own, 0, extent.div_ceil(8))? } else { None };
    if validity.is_none() && has_validity && own.null_count > 0 {
        return Err(Error::argument(format!("null_count is {}, but there is no buffer of validity", own.null_count)));
    }
    Ok((len, offset, validity))
}

/// The bytes of a buffer; `None` if it is NULL.
unsafe fn nullable<'a>(own: &ArrowArray, at: usize, len: usize) -> Result<Option<&'a [u8]>> {
    let buffers = pointers(own.buffers, own.n_buffers, "buffers")?;
    let buffer = buffers.get(at).ok_or_else(|| Error::argument(format!("it has {} buffers, which are too few", buffers.len())))?;
    let Some(buffer) = NonNull::new(buffer.cast_mut()) else { return Ok(None) };
    crate::capi::buffer::slice(buffer.as_ptr().cast::<u8>().cast_const(), len, &format!("buffer {at}")).map(Some)
}

/// The bytes of a buffer, which may be NULL only if there are none.
unsafe fn bytes<'a>(own: &ArrowArray, at: usize, len: Option<usize>) -> Result<&'a [u8]> {
    let len = len.ok_or_else(|| Error::argument(format!("buffer {at} would be larger than the address space")))?;
    match nullable(own, at, len)? {
        Some(bytes) => Ok(bytes),
        None if len == 0 => Ok(&[]),
        None => Err(Error::argument(format!("buffer {at} is NULL, wanted {len} bytes"))),
    }
}

unsafe fn array<'a>(raw: &'a ArrowArray, field: &Field) -> Result<Array<'a>> {
    if raw.release.is_none() {
        return Err(Error::argument("it was released or moved before"));
    }
    let (len, offset, validity) = head(raw, field.format.has_validity())?;
    let mut own = Array { len, offset, validity, ..Array::default() };
    own.buffers = buffers(raw, &field.format, offset + len)?;
    if field.format == Format::Runs {
        let children = pointers(raw.children, raw.n_children, "children")?;
        if children.len() != field.children.len() {
            return Err(Error::argument(format!("it has {} children, wanted {}", children.len(), field.children.len())));
        }
        let each = children.iter().zip(&field.children).map(|(child, field)| match child.as_ref() {
            Some(child) => array(child, field),
            None => Err(Error::argument("a child of it is NULL")),
        });
        own.children = each.collect::<Result<_>>()?;
    }
    if field.dictionary.is_none() && !raw.dictionary.is_null() {
        return Err(Error::argument("it has a dictionary, and its schema none"));
    }
    if let Some(entries) = &field.dictionary {
        let raw = raw.dictionary.as_ref().ok_or_else(|| Error::argument("its dictionary is NULL"))?;
        own.dictionary = Some(Box::new(array(raw, entries).map_err(|error| within("its dictionary", error))?));
    }
    Ok(own)
}

/// The buffers behind the validity.
unsafe fn buffers<'a>(raw: &ArrowArray, format: &Format, extent: usize) -> Result<Vec<&'a [u8]>> {
    let kinds = format.buffers();
    let has_views = kinds.contains(&Buffer::Views);
    let there = count(raw.n_buffers, "n_buffers")?;
    let wanted = usize::from(format.has_validity()) + kinds.len();
    // Views have data buffers and their sizes besides; a column without values may have the place of a validity.
    let right = if has_views { there > wanted } else { there == wanted || (wanted == 0 && there == 1) };
    if !right {
        let wanted = if has_views { format!("at least {}", wanted + 1) } else { wanted.to_string() };
        return Err(Error::argument(format!("it has {there} buffers, wanted {wanted}")));
    }
    let mut all: Vec<&'a [u8]> = vec![];
    for (at, kind) in (1..).zip(kinds) {
        let size = match kind {
            Buffer::Bits => Some(extent.div_ceil(8)),
            Buffer::Fixed(width) => extent.checked_mul(width),
            // An array without values may lack the one offset that it should have.
            Buffer::Offsets(_) if extent == 0 => Some(0),
            Buffer::Offsets(width) => (extent + 1).checked_mul(width),
            Buffer::Bytes(width) => Some(last_offset(all.last().copied().unwrap_or_default(), width, extent)?),
            Buffer::Views => extent.checked_mul(16),
        };
        all.push(bytes(raw, at, size)?);
    }
    if has_views {
        let n_data = there - 3;
        let sizes = bytes(raw, there - 1, n_data.checked_mul(8))?;
        for (at, size) in (2..).zip(sizes.chunks_exact(8)) {
            let size = i64::from_ne_bytes(size.try_into().unwrap_or_default());
            all.push(bytes(raw, at, Some(count(size, &format!("the size of buffer {at}"))?))?);
        }
    }
    Ok(all)
}
