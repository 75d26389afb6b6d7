//! Covariance structures of a random term with r effects: parameters theta <-> relative Cholesky factor T (lower triangular,
//! r x r, column-major), Cov(b_j) = sigma^2 T T'.

use crate::formula::StructureKind;

/// A structure with its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Structure {
    pub kind: StructureKind,
    /// One standard deviation for all effects instead of one each.
    pub homogeneous: bool,
    /// The number of effects.
    pub size: usize,
}
