//! Structures that were moved out of the caller's.

use super::structures::Released;
use crate::capi::handle::null;
use crate::error::{Error, Result};

/// A structure that is ours, and is released with this.
pub struct Owned<T: Released>(T);

impl<T: Released> Owned<T> {
    /// One to be filled by a producer.
    pub fn empty() -> Self {
        Owned(T::empty())
    }

    /// Moves the structure here; the caller's is marked as released, whatever becomes of this one. `None` for NULL.
    pub unsafe fn moved(source: *mut T) -> Option<Self> {
        // A structure that is not aligned is not there: nothing could read it.
        (!source.is_null() && source.is_aligned()).then(|| Owned(source.replace(T::empty())))
    }

    /// The structure, if there is one and it is not released.
    pub fn live(moved: Option<&mut Self>) -> Result<&mut T> {
        let own = moved.ok_or_else(|| null(T::NAME))?;
        if own.0.is_released() {
            return Err(Error::argument(format!("{} was released or moved before", T::NAME)));
        }
        Ok(&mut own.0)
    }

    pub fn get(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Released> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: it was moved here, so that this is the only call.
        unsafe { self.0.release() }
    }
}
