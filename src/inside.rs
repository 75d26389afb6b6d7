//! Whether a thread is at work inside the library, where a panic is a defect of the library's and not of its host's.

use std::cell::Cell;

// A plain value: one with a destructor would crash hosts that unload the library (rust-lang/rust#91979).
thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

pub fn is_inside() -> bool {
    INSIDE.get()
}

/// Work of the library's. It is for the caller to see that no panic leaves it.
pub fn inside<T>(work: impl FnOnce() -> T) -> T {
    within(true, work)
}

/// A call to a function of the host's.
pub fn outside<T>(call: impl FnOnce() -> T) -> T {
    within(false, call)
}

fn within<T>(is_inside: bool, work: impl FnOnce() -> T) -> T {
    let before = INSIDE.replace(is_inside);
    let result = work();
    INSIDE.set(before);
    result
}
