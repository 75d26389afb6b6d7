//! The C API, which has the only unsafe code: one file per noun (long ones split by subject), in the order of the header.
//!
//! How a function is written:
//!
//! - Its name is `interlace_<noun>_<verb>`; arguments come in the order object, inputs, outputs, `err`.
//! - Objects arrive as `Option<&T>`, `Option<&mut T>` or, to be freed, `Option<Box<T>>`; `handle::need` turns NULL into an error.
//! - Arrays and strings arrive as raw pointers and go through `buffer` and `strings`, which do all the checking.
//! - What can fail runs inside `boundary`; what can't runs inside `query`. Neither lets a panic reach C.
//! - Outputs are written last, so a failure leaves them untouched.
//! - Codes arrive as `MaybeUninit` of their enumeration, because C may pass any integer; `codes::meaning` does the checking.
//!
//! The doc comments become the header (`cbindgen.toml`, `tests/library/header.rs`), so they are written for readers of C.

#![deny(missing_docs)]
// Every function here takes C's word for its pointers; the contract is in the header, and marking each use would hide the code.
#![allow(unsafe_op_in_unsafe_fn, clippy::missing_safety_doc)]

// The types of C, for all files here.
use libc::{c_char, c_void};

mod arrow;
mod boundary;
mod buffer;
mod codes;
mod handle;
mod progress;
mod request;
mod strings;

pub use boundary::leave_panic_hook;

// What the header is generated from; `tests/library/header.rs` has the order.
pub mod accumulator;
pub mod bootstrap;
pub mod bootstrap_lists;
pub mod column_lists;
pub mod csv;
pub mod csv_stream;
pub mod diagnostics;
pub mod document;
pub mod family_list;
pub mod family_lists;
pub mod family;
pub mod fit;
pub mod fit_correlation;
pub mod fit_family;
pub mod fit_fixed;
pub mod fit_lists;
pub mod fit_matrices;
pub mod fit_ordinal;
pub mod fit_engine;
pub mod fit_outcome;
pub mod fit_parameters;
pub mod fit_random;
pub mod fit_rows;
pub mod fit_survival;
pub mod fit_tables;
pub mod frame;
pub mod frame_arrow;
pub mod frame_columns;
pub mod hypotheses;
pub mod influence;
pub mod influence_lists;
pub mod library;
pub mod left_out;
pub mod marginal_means;
pub mod model_checks;
pub mod options;
pub mod options_lists;
pub mod options_named;
pub mod phase;
pub mod plan;
pub mod plot;
pub mod power;
pub mod predict;
pub mod predict_joint;
pub mod predict_lists;
pub mod priors;
pub mod profile;
pub mod questions;
pub mod resample;
pub mod resample_lists;
pub mod robust;
pub mod saved;
pub mod spec;
pub mod spec_arrays;
pub mod spec_correlation;
pub mod spec_family;
pub mod spec_lists;
pub mod spec_ordinal;
pub mod spec_survival;
pub mod spec_variables;
pub mod status;
pub mod survival_curves;
pub mod test_lists;
pub mod validation;
pub mod variance_tests;

#[cfg(debug_assertions)]
pub mod test_hooks;
