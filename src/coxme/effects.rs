//! What is asked of the information of the effects.

/// Half the explicit derivatives of log|A| in T, by term `[r, r]`, and its derivatives in eta.
pub struct Derivatives {
    pub forces: Vec<Vec<f64>>,
    pub slope: Vec<f64>,
}

/// Covariances of the estimates, which are inverses of the information H of (u, beta).
pub struct Covariances {
    /// L `[p, p]` with L L' the inverse of the covariance of beta.
    pub fixed: Vec<f64>,
    /// Of the effects u of each level, by term `[r, r, levels]`.
    pub random: Vec<Vec<f64>>,
    /// The trace of the covariance of u.
    pub trace: f64,
}
