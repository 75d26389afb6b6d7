//! Arrays across the border: checked slices in, copies of exact length out.

use std::ptr::NonNull;

use super::handle::null;
use crate::error::{Error, Result, try_vec};

/// The array that C passes; a length of 0 allows NULL.
pub(super) unsafe fn slice<'a, T>(values: *const T, len: usize, name: &str) -> Result<&'a [T]> {
    if len == 0 {
        return Ok(&[]);
    }
    if values.is_null() {
        return Err(null(name));
    }
    check_extent(values, len, name)?;
    Ok(std::slice::from_raw_parts(values, len))
}

/// The array that C passes, or `None` for NULL.
pub(super) unsafe fn optional_slice<'a, T>(values: *const T, len: usize, name: &str) -> Result<Option<&'a [T]>> {
    if values.is_null() { Ok(None) } else { slice(values, len, name).map(Some) }
}

/// What Rust demands of a slice: alignment, and a size that fits the address space.
fn check_extent<T>(values: *const T, len: usize, name: &str) -> Result<()> {
    if !values.is_aligned() {
        return Err(Error::argument(format!("{name} is not aligned to {} bytes", align_of::<T>())));
    }
    match len.checked_mul(size_of::<T>()) {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(()),
        _ => Err(Error::argument(format!("{name} cannot have {len} elements: more than the address space holds"))),
    }
}

/// A copy that fails, rather than aborts, where memory is short.
pub(super) fn copied<T: Copy>(values: &[T], name: &str) -> Result<Vec<T>> {
    match values.first() {
        None => Ok(Vec::new()),
        Some(&first) => {
            let mut copy = try_vec(name, first, values.len())?;
            copy.copy_from_slice(values);
            Ok(copy)
        }
    }
}

/// A column-major `[rows, columns]` matrix with leading dimension `ld`, copied without gaps.
pub(super) unsafe fn matrix(
    values: *const f64,
    rows: usize,
    columns: usize,
    ld: usize,
    name: &str,
    ld_name: &str,
) -> Result<Vec<f64>> {
    if ld < rows {
        return Err(Error::argument(format!("{ld_name} is {ld}, it must be at least {rows}, the number of rows of {name}")));
    }
    if rows == 0 || columns == 0 {
        return Ok(Vec::new());
    }
    let extent = (columns - 1).checked_mul(ld).and_then(|before| before.checked_add(rows));
    let extent =
        extent.ok_or_else(|| Error::argument(format!("{name} with {columns} columns is larger than the address space")))?;
    let source = slice(values, extent, name)?;
    let mut copy = try_vec(name, 0.0, rows * columns)?;
    for (to, from) in copy.chunks_exact_mut(rows).zip(source.chunks(ld)) {
        to.copy_from_slice(&from[..rows]);
    }
    Ok(copy)
}

/// Where a single output goes.
pub(super) fn target<T>(out: *mut T, name: &str) -> Result<NonNull<T>> {
    if !out.is_null() && !out.is_aligned() {
        return Err(Error::argument(format!("{name} is not aligned to {} bytes", align_of::<T>())));
    }
    NonNull::new(out).ok_or_else(|| null(name))
}

/// Where an array output of exactly `wanted` elements goes. Checked apart from the copying, so that a function with
/// several outputs writes none before all are known to be right.
pub(super) fn array_target<T>(out: *mut T, len: usize, wanted: usize, name: &str) -> Result<*mut T> {
    if len != wanted {
        return Err(Error::argument(format!("{name} has room for {len} elements, it must have room for exactly {wanted}")));
    }
    if wanted > 0 {
        target(out, name)?;
    }
    Ok(out)
}

/// Copies to an array output that must have exactly the right length.
pub(super) unsafe fn copy_out<T: Copy>(values: &[T], out: *mut T, len: usize) -> Result<()> {
    let out = array_target(out, len, values.len(), "out")?;
    if !values.is_empty() {
        std::ptr::copy_nonoverlapping(values.as_ptr(), out, values.len());
    }
    Ok(())
}

/// Copies lower and upper limits to outputs that must both have exactly the right length.
pub(super) unsafe fn copy_limits((low, high): (&[f64], &[f64]), lower: *mut f64, upper: *mut f64, len: usize) -> Result<()> {
    array_target(lower, len, low.len(), "lower")?;
    array_target(upper, len, high.len(), "upper")?;
    copy_out(low, lower, len)?;
    copy_out(high, upper, len)
}

/// Copies numbers one by one to an array output that must have exactly the right length.
pub(super) unsafe fn write_out<T>(values: impl ExactSizeIterator<Item = T>, out: *mut T, len: usize) -> Result<()> {
    let out = array_target(out, len, values.len(), "out")?;
    for (i, value) in values.enumerate() {
        out.add(i).write(value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_zero_allows_null_and_nothing_else_does() {
        assert_eq!(unsafe { slice::<f64>(std::ptr::null(), 0, "values") }.unwrap(), &[] as &[f64]);
        let error = unsafe { slice::<f64>(std::ptr::null(), 1, "values") }.unwrap_err();
        assert_eq!(error.message, "values is NULL");
    }

    #[test]
    fn impossible_extents_are_refused_before_they_are_touched() {
        let x = [0.0_f64; 2];
        assert!(unsafe { slice(x.as_ptr(), usize::MAX / 4, "values") }.is_err());
        assert!(unsafe { slice(x.as_ptr().byte_add(1), 1, "values") }.is_err());
        assert!(unsafe { matrix(x.as_ptr(), 2, usize::MAX, 2, "x", "ldx") }.is_err());
    }

    #[test]
    fn a_matrix_is_copied_without_its_gaps() {
        let x = [1.0, 2.0, -1.0, 3.0, 4.0];
        assert_eq!(unsafe { matrix(x.as_ptr(), 2, 2, 3, "x", "ldx") }.unwrap(), [1.0, 2.0, 3.0, 4.0]);
        assert!(unsafe { matrix(x.as_ptr(), 2, 2, 1, "x", "ldx") }.is_err());
    }

    #[test]
    fn output_lengths_must_be_exact() {
        let mut out = [0; 3];
        assert!(unsafe { copy_out(&[1, 2], out.as_mut_ptr(), 3) }.is_err());
        assert!(unsafe { copy_out(&[1, 2], out.as_mut_ptr(), 1) }.is_err());
        assert_eq!(out, [0; 3]);
        unsafe { copy_out(&[1, 2], out.as_mut_ptr(), 2) }.unwrap();
        assert_eq!(out, [1, 2, 0]);
    }
}
