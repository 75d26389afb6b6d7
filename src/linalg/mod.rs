//! Block-sparse symmetric systems: factor, log-determinant, selected inverse; and small dense helpers.

mod cholesky;
pub mod curvature;
pub mod delta;
pub mod dense;
mod eigen;
mod elimination;
pub mod factor;
pub mod lanczos;
pub mod lanes;
pub mod orthogonal;
mod padding;
mod registers;
mod groups;
mod large_supernode;
mod runs;
mod selected_inverse;
mod supernodes;
pub mod wide;

#[cfg(test)]
mod cholesky_tests;

pub use cholesky::{Admission, SparseCholesky};
pub use selected_inverse::SelectedInverse;
