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

/// The value for which an integer from C stands, or an error that names the argument and the integers that are allowed.
pub(super) fn choice<T: Copy>(value: i32, name: &str, choices: &[(i32, T)]) -> Result<T> {
    choices.iter().find(|c| c.0 == value).map(|c| c.1).ok_or_else(|| {
        let known: Vec<String> = choices.iter().map(|c| c.0.to_string()).collect();
        Error::argument(format!("{name} is {value}, it must be one of {}", known.join(", ")))
    })
}
