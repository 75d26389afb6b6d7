//! What the shared parameters of an ordered response are.
//!
//! What they stand for, the whole, are the thresholds' parameters alpha at the centre of the nominal columns, then gamma in an orthonormal
//! basis of these, the effects of the first column first.

/// What the shared parameters are.
#[derive(Clone, Debug, PartialEq)]
pub enum Coordinates {
    /// Those of the thresholds that keep them in order at the centre, then gamma.
    Distances,
    /// The whole is a combination of orthonormal columns `[k, f]`, of which a shared parameter each is the coefficient.
    Linear(Vec<f64>),
}

impl Coordinates {
    /// The k parameters themselves.
    pub fn own(k: usize) -> Self {
        Coordinates::Linear((0..k * k).map(|e| f64::from(u8::from(e % (k + 1) == 0))).collect())
    }
}
