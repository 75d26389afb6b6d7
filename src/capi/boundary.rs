//! The border that no panic crosses.
//!
//! Rust's default panic hook prints to standard error, which a library must not do. The first call sets a hook that is silent for panics
//! inside the library (`inside`), whose message and place become an error, and hands all others to the hook before it. The shared library
//! has a copy of Rust's runtime to itself, and so a hook to itself: nobody outside sees it. A Rust program that links the crate or the
//! archive shares the runtime; its own panics reach its own hook as before, and with `leave_panic_hook` nothing is set at all.

use std::cell::Cell;
use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicBool, Ordering};

use super::status::{ErrorRecord, Status};
use crate::error::{Code, Error, Result};
use crate::inside::{inside, is_inside};

const NOTE: usize = 512;

// Plain bytes, as in `inside`.
thread_local! {
    static PANIC: Cell<([u8; NOTE], usize)> = const { Cell::new(([0; NOTE], 0)) };
}

/// Whether there is a hook, or is to be none. No lock: one that is held as another thread forks is held for ever in the child.
static DECIDED: AtomicBool = AtomicBool::new(false);

/// For Rust programs that link the crate: the C functions called from now on leave the panic hook of the process as it is. A defect of
/// the library is then reported to that hook before it becomes an error.
pub fn leave_panic_hook() {
    DECIDED.store(true, Ordering::Relaxed);
}

/// Sets the hook, once. A thread that unwinds may not: the next call does.
fn decide() {
    if DECIDED.load(Ordering::Relaxed) || std::thread::panicking() || DECIDED.swap(true, Ordering::Relaxed) {
        return;
    }
    let previous = take_hook();
    set_hook(Box::new(move |info| if is_inside() { note(info) } else { previous(info) }));
}

/// Runs a fallible body; turns its error, or its panic, into a status and a record for the caller.
pub(super) unsafe fn boundary(err: *mut ErrorRecord, body: impl FnOnce() -> Result<()>) -> Status {
    let error = match guarded(body) {
        Ok(Ok(())) => return Status::InterlaceOk,
        Ok(Err(error)) => error,
        Err(note) => Error::new(Code::Internal, note),
    };
    if let Some(err) = err.as_mut() {
        err.fill(&error);
    }
    error.code.into()
}

/// Runs a body that yields a value or nothing; nothing, and a panic, become the fallback.
pub(super) fn query<T>(fallback: T, body: impl FnOnce() -> Option<T>) -> T {
    guarded(body).ok().flatten().unwrap_or(fallback)
}

/// Runs the body; a panic comes back as its message and place.
fn guarded<T>(body: impl FnOnce() -> T) -> std::result::Result<T, String> {
    decide();
    let result = inside(|| catch_unwind(AssertUnwindSafe(body)));
    result.map_err(|payload| {
        let text = message(&*payload).to_owned();
        // A payload of a strange type may panic as it is dropped; that one is leaked.
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(second);
        }
        let (bytes, len) = PANIC.replace(([0; NOTE], 0));
        let place = String::from_utf8_lossy(&bytes[..len]);
        format!("a defect in interlace, please report it: {text}{place}")
    })
}

/// Keeps where the panic happened for `guarded`.
fn note(info: &PanicHookInfo<'_>) {
    let mut bytes = [0; NOTE];
    let mut rest = &mut bytes[..];
    if let Some(place) = info.location() {
        // A full buffer cuts the text, which is all right.
        let _ = write!(rest, " ({}:{})", place.file(), place.line());
    }
    let len = NOTE - rest.len();
    PANIC.set((bytes, len));
}

fn message(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_internal_error_with_its_place() {
        let mut record = ErrorRecord::default();
        let status = unsafe { boundary(&raw mut record, || panic!("row {} is odd", 3)) };
        assert_eq!(status, Status::InterlaceEInternal);
        let text = record.text();
        assert!(text.contains("row 3 is odd") && text.contains("boundary.rs:"), "{text}");
    }

    #[test]
    fn query_falls_back_on_panic_and_on_nothing() {
        assert_eq!(query(7, || None), 7);
        assert_eq!(query(7, || panic!("no")), 7);
        assert_eq!(query(7, || Some(1)), 1);
        assert!(!is_inside());
    }
}
