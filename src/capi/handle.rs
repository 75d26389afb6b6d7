//! Objects as C holds them.

use crate::error::{Error, Result};

/// The object, or an error that names the argument that is NULL.
pub(super) fn need<T>(object: Option<T>, name: &str) -> Result<T> {
    object.ok_or_else(|| null(name))
}

pub(super) fn null(name: &str) -> Error {
    Error::argument(format!("{name} is NULL"))
}

/// Gives an object to C, which will bring it back to its `_free`.
pub(super) fn give<T>(object: T) -> *mut T {
    Box::into_raw(Box::new(object))
}

/// Ends an object's life; not even a destructor's panic reaches C.
pub(super) fn free<T>(object: Option<Box<T>>) {
    super::boundary::query((), || {
        drop(object);
        None
    });
}
