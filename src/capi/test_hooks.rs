//! What the C tests need to provoke failures; only with the feature `test-hooks`, and never in the header.

use super::boundary::boundary;
use super::c_char;
use super::status::{ErrorRecord, Status};
use super::strings::text;

/// Panics with the message.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_test_panic(message: *const c_char, err: *mut ErrorRecord) -> Status {
    boundary(err, || panic!("{}", text(message, "message")?))
}
