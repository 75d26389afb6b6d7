//! What a factorisation would take, before anything is allocated for it.

/// Multiplications and bytes of a sparse Cholesky factor with its selected inverse.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Forecast {
    pub multiplications: f64,
    pub bytes: f64,
    /// From the symbolic analysis; otherwise an estimate from a sample of levels.
    pub is_exact: bool,
}
