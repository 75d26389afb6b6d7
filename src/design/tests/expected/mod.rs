//! Model matrices by R 4.2.2: `model.matrix` on the frames of `tests`.

mod crossed;
mod small;

pub use crossed::CROSSED;
pub use small::SMALL;

/// A formula and its model matrix.
pub struct Case {
    pub formula: &'static str,
    pub names: &'static [&'static str],
    /// The values of each column, as text.
    pub columns: &'static [&'static str],
}
