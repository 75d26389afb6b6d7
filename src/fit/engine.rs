//! How the random effects of a fit were solved for, and what that leaves uncertain.

use crate::choice::Choice;
use crate::envelope::fits;
use crate::error::{Error, Result};
use crate::iterative::forecast::{Forecast, bytes};
use crate::options::{Engine, Options};

/// The Monte-Carlo error, in standard errors, that there is a warning of.
const NOISY: f64 = 0.05;

/// Of linear and generalised fits with a forecast of the factorisation, or by iterations.
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
    pub(crate) linear: Option<Linear>,
}

/// What only linear fits have of it, for degrees of freedom.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Linear {
    /// The derivatives of the fixed effects' covariance in the working parameters, where it is the identity, `[p, p]` each.
    pub fixed_derivatives: Vec<Vec<f64>>,
    /// The covariance of the working parameters and log sigma, `[n + 1, n + 1]`; zero for parameters at a boundary.
    pub covariance: Vec<f64>,
}

/// The error that says of what iterations don't fit.
pub(super) fn not_by_iterations(what: &str) -> Error {
    let [iterative, direct] = [Engine::Iterative, Engine::Direct].map(Choice::name);
    Error::argument(format!("engine: {iterative} does not fit {what}; fit with engine = {direct}"))
}

/// A warning of a variance of zero that could be a small one.
pub(super) fn undecided(group: &str) -> String {
    format!("engine: the Monte-Carlo error leaves open whether the variance of {group} is zero or a small one; it is taken as zero")
}

/// The error of who asks for values of the criterion.
pub(super) fn no_values() -> Error {
    Error::unsupported(
        "the criterion at given parameters: not available by engine = iterative, whose values have a Monte-Carlo error; ask with engine = \
         direct",
    )
}

impl EngineRecord {
    pub(super) fn asked_for(engine: Engine) -> Self {
        EngineRecord { engine, decision: format!("engine = {} was asked for", engine.name()), forecast: None, iterative: None }
    }

    /// By a forecast and the most multiplications that a factorisation may take.
    pub(super) fn decided(engine: Engine, forecast: Forecast, most: f64, options: &Options) -> Self {
        let text = forecast.text();
        let decision = if engine == Engine::Direct {
            format!("{text}, which is within the limits")
        } else if forecast.bytes > options.memory_limit {
            format!("{text}, more than memory_limit = {}", bytes(options.memory_limit))
        } else {
            format!("{text}, more than {most:.0e}")
        };
        EngineRecord { engine, decision, forecast: Some(forecast), iterative: None }
    }

    /// Of a fit with n parameters of random effects and p fixed effects.
    pub(super) fn check(&self, is_linear: bool, n: usize, p: usize) -> Result<()> {
        fits((self.engine == Engine::Iterative) == self.iterative.is_some(), "the engine")?;
        let Some(own) = &self.iterative else { return Ok(()) };
        let of_linear = |own: &Linear| {
            own.fixed_derivatives.len() == n
                && own.fixed_derivatives.iter().all(|d| d.len() == p.saturating_mul(p))
                && own.covariance.len() == (n + 1).saturating_mul(n + 1)
        };
        let sizes = own.theta_error.len() == n
            && own.theta_share.len() == n
            && own.linear.is_some() == is_linear
            && own.linear.as_ref().is_none_or(of_linear);
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
