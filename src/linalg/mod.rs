//! Block-sparse symmetric systems: factor, log-determinant, selected inverse; and small dense helpers.

mod cholesky;
pub mod dense;
mod padding;
mod runs;
mod selected_inverse;

pub use cholesky::SparseCholesky;
pub use selected_inverse::SelectedInverse;
