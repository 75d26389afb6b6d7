//! A fit as one document: what is asked of it, the answers, and these as JSON and as text.
//!
//! `Questions` says what is asked besides the basics, each question by name from text; `Answers` has what follows from fit, model
//! and data. `json` and `text` only write.

mod answers;
mod json;
mod names;
mod number;
mod questions;
mod text;

pub use answers::{Answers, Subject, Work, with_robust};
pub use questions::{QUESTIONS, Question, Questions};

pub use json::json;
pub use text::text;
