//! How the deviance of a generalised model is approximated.

use crate::options::Nodes;

/// What of the fixed effects of the mean is done inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Inside {
    /// Nothing: they are parameters.
    #[default]
    Nothing,
    /// They are at the joint mode with the random effects (lme4's nAGQ = 0).
    Mode,
    /// They are integrated out with a flat prior (restricted likelihood).
    Integrated,
}

/// How the deviance is approximated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Approximation {
    /// The determinant has the expected information.
    pub expected: bool,
    pub inside: Inside,
    /// Quadrature points for each random effect; 0 and 1 are the Laplace approximation.
    pub points: usize,
    pub nodes: Nodes,
}
