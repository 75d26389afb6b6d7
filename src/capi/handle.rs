//! Objects as C holds them.

use crate::error::{Error, Result};

/// The object, or an error that names the argument that is NULL.
pub(super) fn need<T>(object: Option<T>, name: &str) -> Result<T> {
    object.ok_or_else(|| null(name))
}

pub(super) fn null(name: &str) -> Error {
    Error::argument(format!("{name} is NULL"))
}

/// An object for C, which will bring it back to its `_free`; an error where there is no memory for it.
pub(super) fn boxed<T>(object: T) -> Result<Box<T>> {
    let mut one = Vec::new();
    one.try_reserve_exact(1).map_err(|_| Error::memory("an object", size_of::<T>()))?;
    one.push(object);
    // SAFETY: a slice of one element is laid out as the element is.
    Ok(unsafe { Box::from_raw(Box::into_raw(one.into_boxed_slice()).cast::<T>()) })
}

/// Gives an object to C.
pub(super) fn give<T>(object: T) -> Result<*mut T> {
    boxed(object).map(Box::into_raw)
}

/// Ends an object's life; not even a destructor's panic reaches C.
pub(super) fn free<T>(object: Option<Box<T>>) {
    super::boundary::query((), || {
        drop(object);
        None
    });
}
