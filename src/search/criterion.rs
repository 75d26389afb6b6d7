//! What a search needs to know of a model.

use crate::covariance::Structure;
use crate::error::Result;
use crate::optimize::Objective;
use crate::watch::Watch;

/// A criterion whose first working parameters are those of covariance structures, one after the other.
pub trait Criterion<'m>: Objective {
    fn structures(&self) -> &[Structure];

    /// At working parameters, for one term: half the derivatives of the criterion in T, and T.
    fn force(&mut self, working: &[f64], term: usize) -> Result<(Vec<f64>, Vec<f64>)>;

    /// All evaluations so far.
    fn evaluations(&self) -> usize;

    /// Who watches the evaluations, and so the search.
    fn watch(&self) -> Watch<'m>;

    /// What makes the user's theta of working parameters, for reports of progress.
    fn theta_map(&self) -> ThetaMap<'m>;

    /// Parameters that the criterion does not depend on are set to zero.
    fn settle(&self, _working: &mut [f64]) {}

    /// Of working parameters that stand for the same parameters, beside those of the structures, takes one.
    fn fold(&self, _working: &mut [f64]) {}
}

/// From working parameters to the user's theta.
pub type ThetaMap<'m> = Box<dyn Fn(&[f64]) -> Vec<f64> + 'm>;
