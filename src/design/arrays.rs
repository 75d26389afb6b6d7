//! The same design from arrays.
