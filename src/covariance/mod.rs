//! Covariance structures of a random term with r effects: parameters theta <-> relative Cholesky factor T (lower triangular,
//! r x r, column-major), Cov(b_j) = sigma^2 T T'.
//!
//! Parameters come in two forms. `theta` is what a user reads and writes. `working` is what an optimiser moves: as many
//! numbers, without bounds, and T is a smooth function of them everywhere, at singular covariances too. Distinct working
//! vectors may give the same covariance (signs); `theta_from_working` picks one.
//!
//! A structure is one file with one `Parametrisation`, and one line in `Structure::rules`.

mod angle;
mod ar1;
mod bidiagonal;
mod correlated;
mod cs;
mod diag;
mod markov;
mod parametrisation;
#[cfg(test)]
mod tests;
mod us;

pub use bidiagonal::Bidiagonal;
pub use markov::{MarkovFactor, MarkovForce, MarkovSlope};
pub use parametrisation::Structure;

use crate::error::{Error, Result};
use crate::formula::StructureKind;
use parametrisation::Parametrisation;

/// The fewest effects with which it pays to use that they are a Markov process.
const MANY_EFFECTS: usize = 8;

impl Structure {
    /// A structure of `size` effects. Where `homogeneous` is not given, ar1 has one standard deviation, diag and cs have
    /// one for each effect; us has no homogeneous form.
    pub fn new(kind: StructureKind, homogeneous: Option<bool>, size: usize) -> Structure {
        let homogeneous = match kind {
            StructureKind::Unstructured => false,
            StructureKind::Diagonal | StructureKind::CompoundSymmetry => homogeneous.unwrap_or(false),
            StructureKind::Ar1 => homogeneous.unwrap_or(true),
        };
        Structure { kind, homogeneous, size }
    }

    fn rules(&self) -> &'static dyn Parametrisation {
        match self.kind {
            StructureKind::Unstructured => &us::Unstructured,
            StructureKind::Diagonal => &diag::Diagonal,
            StructureKind::CompoundSymmetry => &correlated::Correlated(cs::CompoundSymmetry),
            StructureKind::Ar1 => &correlated::Correlated(ar1::Ar1),
        }
    }

    /// The name in formulas: `us`, `diag`, `cs`, `ar1`.
    pub fn name(&self) -> &'static str {
        self.rules().name()
    }

    /// The number of parameters, of theta and of working alike.
    pub fn n_theta(&self) -> usize {
        self.rules().n_theta(*self)
    }

    /// Names of the elements of theta: `group.effect` for a standard deviation or a diagonal element of T (`group` alone for
    /// the one of a homogeneous structure), `group.row.column` for an element of T below the diagonal, `group.rho`.
    pub fn theta_names(&self, group: &str, effects: &[String]) -> Vec<String> {
        self.rules().theta_names(*self, group, effects)
    }

    /// The smallest theta: 0 for standard deviations and diagonals, free below the diagonal, the end of its interval for rho.
    pub fn lower_bounds(&self) -> Vec<f64> {
        (0..self.n_theta()).map(|k| self.rules().bounds(*self, k).0).collect()
    }

    /// The largest theta: 1 for rho, free otherwise.
    pub fn upper_bounds(&self) -> Vec<f64> {
        (0..self.n_theta()).map(|k| self.rules().bounds(*self, k).1).collect()
    }

    /// The working parameters of a theta. A negative diagonal element of us or diag is accepted (it gives the covariance of
    /// the column with its sign changed); a negative standard deviation or a rho out of its interval is an error.
    pub fn working_from_theta(&self, theta: &[f64], working: &mut [f64]) -> Result<()> {
        let n = self.n_theta();
        if theta.len() != n || working.len() != n {
            let message = format!("theta: {}({}) has {n} parameters, not {}", self.name(), self.size, theta.len());
            return Err(Error::argument(message));
        }
        if let Some(k) = theta.iter().position(|v| !v.is_finite()) {
            return Err(Error::argument(format!("theta: element {} (counting from 1) must be finite, not {}", k + 1, theta[k])));
        }
        self.rules().working_from_theta(*self, theta, working)
    }

    /// The canonical theta: diagonal of T and standard deviations not negative, rho within its interval.
    pub fn theta_from_working(&self, working: &[f64], theta: &mut [f64]) {
        self.rules().theta_from_working(*self, working, theta);
    }

    /// T, with zeros above the diagonal.
    pub fn factor(&self, working: &[f64], t: &mut [f64]) {
        t.fill(0.0);
        self.rules().factor(*self, working, t);
    }

    /// T T'.
    pub fn relative_covariance(&self, working: &[f64]) -> Vec<f64> {
        let r = self.size;
        let mut t = vec![0.0; r * r];
        self.factor(working, &mut t);
        (0..r * r).map(|e| (0..r).map(|c| t[c * r + e % r] * t[c * r + e / r]).sum()).collect()
    }

    /// dT / d working_i.
    pub fn derivative(&self, working: &[f64], i: usize, d: &mut [f64]) {
        d.fill(0.0);
        self.rules().derivative(*self, working, i, d);
    }

    /// d2T / d working_i d working_j; `false` where all of it is zero.
    pub fn second_derivative(&self, working: &[f64], i: usize, j: usize, d: &mut [f64]) -> bool {
        d.fill(0.0);
        self.rules().second_derivative(*self, working, i, j, d)
    }

    /// Whether the effects or their partial sums are a Markov process, and enough of them for that to be of use.
    pub fn is_markov(&self) -> bool {
        self.size >= MANY_EFFECTS && self.kind != StructureKind::Unstructured
    }

    /// Whether that is their partial sums.
    pub fn has_markov_sums(&self) -> bool {
        self.is_markov() && self.kind == StructureKind::CompoundSymmetry
    }

    /// T of such a structure, where it is far enough from singular for products with T^-1 to keep their digits.
    pub fn markov(&self, working: &[f64]) -> Option<MarkovFactor> {
        if !self.is_markov() {
            return None;
        }
        self.rules().markov(*self, working).filter(MarkovFactor::is_regular)
    }

    /// dT / d working_i where there is such a T.
    pub fn markov_derivative(&self, working: &[f64], i: usize) -> Option<MarkovSlope> {
        self.markov(working).and_then(|_| self.rules().markov_derivative(*self, working, i))
    }

    /// Multiplies row a of T by `factors[a]` (all equal for a homogeneous structure): the units of the effects change.
    pub fn rescale(&self, theta: &mut [f64], factors: &[f64]) {
        for (k, value) in theta.iter_mut().enumerate() {
            if let Some(effect) = self.rules().effect(*self, k) {
                *value *= factors[effect];
            }
        }
    }

    /// Whether the k-th theta is a number of the effects' unit.
    pub fn has_unit(&self, k: usize) -> bool {
        self.rules().effect(*self, k).is_some()
    }

    /// The power of the effects' unit that the k-th working parameter is a number of.
    pub fn degree(&self, k: usize) -> f64 {
        self.rules().degree(*self, k)
    }

    /// lme4's start: T = I, that is, standard deviations 1 and correlations 0.
    pub fn start(&self, working: &mut [f64]) {
        self.rules().start(*self, working);
    }

    /// A member of the structure near a relative covariance (r x r, symmetric), for start values: us takes its Cholesky
    /// factor, diag its standard deviations, cs and ar1 also the mean of the suitable correlations. The covariance may be
    /// singular, and one that is not quite positive semidefinite (a moment estimate) is clipped. Note for optimisers that a
    /// singular covariance is always a stationary point: keep starts away from it.
    pub fn from_covariance(&self, covariance: &[f64], working: &mut [f64]) {
        self.rules().working_from_covariance(*self, covariance, working);
    }
}

/// Each structure with the range of its parameters among those of all, one structure after the other.
pub fn with_ranges(structures: &[Structure]) -> impl Iterator<Item = (&Structure, std::ops::Range<usize>)> {
    let mut first = 0;
    structures.iter().map(move |structure| {
        let range = first..first + structure.n_theta();
        first = range.end;
        (structure, range)
    })
}

/// Rows and columns of the lower triangle, column by column.
pub fn elements(r: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..r).flat_map(move |j| (j..r).map(move |i| (i, j)))
}

/// The gradient in the working parameters of all terms from forces F_k, half the derivatives in T_k: 2 F_k . dT_k/dworking.
pub fn chain_rule(structures: &[Structure], working: &[f64], forces: &[Vec<f64>], gradient: &mut [f64]) {
    let mut d = Vec::new();
    for ((structure, range), force) in with_ranges(structures).zip(forces) {
        d.resize(structure.size * structure.size, 0.0);
        for i in 0..range.len() {
            structure.derivative(&working[range.clone()], i, &mut d);
            gradient[range.start + i] = 2.0 * d.iter().zip(force).map(|(a, b)| a * b).sum::<f64>();
        }
    }
}
