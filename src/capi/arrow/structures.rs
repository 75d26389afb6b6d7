//! The structures as the interface's specification has them; they never change. The header declares them under its guards.

use libc::{c_char, c_int, c_void};

/// The type of a column, or of a table.
#[repr(C)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

/// The values of a column, or of a table.
#[repr(C)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

/// A table in parts.
#[repr(C)]
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub private_data: *mut c_void,
}

/// The order of a dictionary means something.
pub const DICTIONARY_ORDERED: i64 = 1;
/// In the metadata of a column of categories: their levels are in an order that was declared. Other readers pass it over.
pub const LEVELS: (&[u8], &[u8]) = (b"interlace:levels", b"declared");
/// Values may be missing.
pub const NULLABLE: i64 = 2;

/// A structure that is released by its own function.
pub trait Released {
    /// What it is called in messages.
    const NAME: &'static str;

    /// One that is not to be released.
    fn empty() -> Self;

    fn is_released(&self) -> bool;

    /// Releases it; it was moved here, and nobody else does.
    unsafe fn release(&mut self);
}

macro_rules! released {
    ($own:ident, $name:literal) => {
        impl Released for $own {
            const NAME: &'static str = $name;

            fn empty() -> Self {
                // SAFETY: numbers of zero, null pointers and no functions: what the specification calls released.
                unsafe { std::mem::zeroed() }
            }

            fn is_released(&self) -> bool {
                self.release.is_none()
            }

            unsafe fn release(&mut self) {
                if let Some(release) = self.release {
                    release(self);
                    // A function that forgets to is not called again.
                    self.release = None;
                }
            }
        }
    };
}

released!(ArrowSchema, "schema");
released!(ArrowArray, "array");
released!(ArrowArrayStream, "stream");
