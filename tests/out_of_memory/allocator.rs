//! The system's allocator, but that it can be told to refuse one of the large requests.
#![allow(unsafe_code)] // A global allocator can't be had otherwise.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

static ARMED: AtomicBool = AtomicBool::new(false);
/// Bytes of a request that counts.
static LEAST: AtomicUsize = AtomicUsize::new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static REFUSED: AtomicUsize = AtomicUsize::new(0);

pub struct FailingAt;

fn refuses(size: usize) -> bool {
    ARMED.load(SeqCst) && size >= LEAST.load(SeqCst) && COUNT.fetch_add(1, SeqCst) + 1 == REFUSED.load(SeqCst)
}

// SAFETY: all is the system allocator's, or null, which the caller has to expect.
unsafe impl GlobalAlloc for FailingAt {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if refuses(layout.size()) { null_mut() } else { unsafe { System.alloc(layout) } }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if refuses(layout.size()) { null_mut() } else { unsafe { System.alloc_zeroed(layout) } }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if refuses(size) { null_mut() } else { unsafe { System.realloc(at, layout, size) } }
    }
}

/// What the work returns when the k-th of its requests for `least` bytes or more, from 1, is refused; none of the others is.
pub fn failing_at<T>(least: usize, k: usize, work: impl FnOnce() -> T) -> T {
    LEAST.store(least, SeqCst);
    COUNT.store(0, SeqCst);
    REFUSED.store(k, SeqCst);
    ARMED.store(true, SeqCst);
    let result = work();
    ARMED.store(false, SeqCst);
    result
}

/// How many requests for `least` bytes or more the work makes.
pub fn requests<T>(least: usize, work: impl FnOnce() -> T) -> (usize, T) {
    let result = failing_at(least, 0, work);
    (COUNT.load(SeqCst), result)
}
