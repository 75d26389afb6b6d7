//! How the random effects of a linear fit were solved for, and what that leaves uncertain.

use crate::choice::Choice;
use crate::envelope::fits;
use crate::error::Result;
use crate::iterative::forecast::Forecast;
use crate::options::Engine;

/// The Monte-Carlo error, in standard errors, that there is a warning of.
const NOISY: f64 = 0.05;

/// Of linear fits with a forecast of the factorisation, or by iterations.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct EngineRecord {
    /// `Direct` or `Iterative`.
    pub engine: Engine,
    /// Why, in words.
    pub decision: String,
    /// Of the factorisation, where one was made.
    pub forecast: Option<Forecast>,
    pub iterative: Option<Iterative>,
}

/// Monte-Carlo errors of a fit by iterations, and what inference needs of it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Iterative {
    pub seed: u64,
    /// Columns of random signs.
    pub signs: usize,
    /// Steps of conjugate gradients at the end: of the fixed effects' columns, and of the signs.
    pub steps: (usize, usize),
    /// The Monte-Carlo standard error of the criterion, and so twice that of the log-likelihood.
    pub criterion_error: f64,
    /// Of each theta, and the same in units of its standard error.
    pub theta_error: Vec<f64>,
    pub theta_share: Vec<f64>,
    /// The relative error of conditional standard deviations of random effects: a root mean square within the term with the largest.
    pub sd_error: f64,
    /// The derivatives of the fixed effects' covariance in the working parameters, where it is the identity, `[p, p]` each.
    pub(crate) fixed_derivatives: Vec<Vec<f64>>,
    /// The covariance of the working parameters and log sigma, `[n + 1, n + 1]`; zero for parameters at a boundary.
    pub(crate) covariance: Vec<f64>,
}

impl EngineRecord {
    /// Of a fit with n parameters of random effects and p fixed effects.
    pub(super) fn check(&self, n: usize, p: usize) -> Result<()> {
        fits((self.engine == Engine::Iterative) == self.iterative.is_some(), "the engine")?;
        let Some(own) = &self.iterative else { return Ok(()) };
        let sizes = own.theta_error.len() == n
            && own.theta_share.len() == n
            && own.fixed_derivatives.len() == n
            && own.fixed_derivatives.iter().all(|d| d.len() == p.saturating_mul(p))
            && own.covariance.len() == (n + 1).saturating_mul(n + 1);
        fits(sizes, "the errors of the iterative engine")
    }

    /// A warning of more noise than the largest number of signs takes away.
    pub(super) fn noise(&self) -> Option<String> {
        let own = self.iterative.as_ref()?;
        let largest = own.theta_share.iter().copied().fold(0.0, f64::max);
        (largest > NOISY).then(|| {
            format!(
                "engine: the Monte-Carlo error of theta is up to {:.0} % of a standard error with {} random signs; fit with engine = {} if \
                 that is too much",
                100.0 * largest,
                own.signs,
                Engine::Direct.name()
            )
        })
    }
}
