//! Requests: structures of the header that say what is asked. They begin with their size, so later versions may add members.

use super::buffer::target;
use crate::error::{Error, Result};

/// No version's structure is larger: a size beyond is none, and nothing of that size is read.
const MOST: usize = 4096;

/// A structure whose first member is its size and whose members, all zero, are the defaults.
///
/// # Safety
/// The type is `repr(C)`, begins with `struct_size: usize`, and all bytes zero are a value of it.
pub(super) unsafe trait Request: Copy {
    /// Its name in the header.
    const NAME: &'static str;
    /// Its size in the version of the header that had it first.
    const FIRST_SIZE: usize;
}

/// The members that the caller's version of the structure has; the others are zero. NULL is all zero.
pub(super) unsafe fn read<T: Request>(request: *const T) -> Result<T> {
    let mut own = std::mem::MaybeUninit::<T>::zeroed();
    if request.is_null() {
        return Ok(own.assume_init());
    }
    let start = target(request.cast_mut(), "request")?;
    let (seen, known) = (start.cast::<usize>().read(), size_of::<T>());
    let (name, least) = (T::NAME, T::FIRST_SIZE);
    if seen < least || seen > MOST {
        let init = name.to_uppercase();
        return Err(Error::argument(format!(
            "request: struct_size is {seen}, it must be sizeof({name}), at least {least}; begin with {init}_INIT"
        )));
    }
    let bytes = start.cast::<u8>().as_ptr();
    // A later version's member that this one does not know must not be ignored.
    if (known..seen).any(|i| bytes.add(i).read() != 0) {
        return Err(Error::unsupported(format!(
            "request: a member of {name} beyond byte {known} is set, which this version of the library does not know"
        )));
    }
    std::ptr::copy_nonoverlapping(bytes, own.as_mut_ptr().cast(), seen.min(known));
    Ok(own.assume_init())
}

/// A level, of which 0 means 0.95.
pub(super) fn level_of(level: f64) -> f64 {
    if level == 0.0 { 0.95 } else { level }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Later {
        struct_size: usize,
        level: f64,
        added: f64,
    }

    unsafe impl Request for Later {
        const NAME: &'static str = "interlace_later";
        const FIRST_SIZE: usize = 16;
    }

    fn asked(struct_size: usize) -> Result<Later> {
        let own = Later { struct_size, level: 0.9, added: 3.0 };
        unsafe { read(&raw const own) }
    }

    #[test]
    fn members_of_older_callers_are_zero() {
        assert_eq!(asked(16).unwrap(), Later { struct_size: 16, level: 0.9, added: 0.0 });
        assert_eq!(asked(24).unwrap().added, 3.0);
        assert_eq!(unsafe { read::<Later>(std::ptr::null()) }.unwrap().level, 0.0);
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        for size in [0, 15, 4097, usize::MAX] {
            let message = asked(size).unwrap_err().message;
            assert!(message.contains("sizeof(interlace_later)") && message.contains("INTERLACE_LATER_INIT"), "{message}");
        }
    }

    #[test]
    fn unknown_members_of_newer_callers_must_be_zero() {
        let mut newer = [0_u64; 5];
        newer[0] = 40;
        assert!(unsafe { read(newer.as_ptr().cast::<Later>()) }.is_ok());
        newer[4] = 1;
        assert!(unsafe { read(newer.as_ptr().cast::<Later>()) }.is_err());
    }
}
