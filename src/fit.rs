//! A fitted model: immutable, and owner of all that it needs.

use std::sync::Arc;

use crate::covariance::Structure;
use crate::design::RowLedger;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::optimize::Reason;
use crate::options::{Options, Progress};
use crate::spec::{ArraySpec, ModelKind, Spec};

/// A fitted model. Vectors per observation have one entry per row used, or per row of the data where the policy was to pad.
#[derive(Clone, Debug)]
pub struct Fit {
    pub kind: ModelKind,
    /// The formula as given; empty for arrays.
    pub formula: String,
    pub reml: bool,
    pub fixed: FixedEffects,
    pub theta: Vec<f64>,
    /// `group.effect` on the diagonal, `group.row.column` below it.
    pub theta_names: Vec<String>,
    /// Random terms in formula order.
    pub terms: Vec<TermFit>,
    pub sigma: f64,
    /// Restricted for REML.
    pub log_likelihood: f64,
    /// The deviance or the REML criterion.
    pub criterion: f64,
    pub aic: f64,
    pub bic: f64,
    pub npar: usize,
    pub df_residual: usize,
    /// Rows used.
    pub n_obs: usize,
    pub y: Vec<f64>,
    pub fitted: Vec<f64>,
    /// Response minus fitted.
    pub residuals: Vec<f64>,
    /// Times the square root of the weight.
    pub residuals_pearson: Vec<f64>,
    pub weights: Option<Vec<f64>>,
    pub offset: Option<Vec<f64>>,
    /// `[n_obs, p]`, the columns kept.
    pub x: Vec<f64>,
    /// A linear combination of random effects has no variance.
    pub singular: bool,
    pub outcome: Outcome,
    pub warnings: Vec<String>,
    pub rows: RowLedger,
    /// Seconds: design, and the estimation alone.
    pub timing: (f64, f64),
    // ... the program to predict from follows
}

/// The fixed effects.
#[derive(Clone, Debug)]
pub struct FixedEffects {
    pub names: Vec<String>,
    pub estimate: Vec<f64>,
    pub std_error: Vec<f64>,
    /// `[p, p]`.
    pub vcov: Vec<f64>,
    /// Columns left out because they are linear combinations of those before them.
    pub dropped: Vec<String>,
}

/// One random term of a fit, with r effects and l levels.
#[derive(Clone, Debug)]
pub struct TermFit {
    pub group: String,
    pub effects: Vec<String>,
    pub levels: Arc<Vec<String>>,
    pub structure: Structure,
    /// `[r, r]`, in the units of the response squared.
    pub cov: Vec<f64>,
    pub sd: Vec<f64>,
    /// `[r, r]`; NaN beside an effect without variance.
    pub corr: Vec<f64>,
    /// Conditional modes `[r, l]`.
    pub modes: Vec<f64>,
    /// Conditional covariances given theta and beta `[r, r, l]`.
    pub condvar: Vec<f64>,
    /// Directions in the space of the effects that have no variance, each `[r]` of unit length.
    pub boundary: Vec<Vec<f64>>,
    /// Level of each row used.
    pub index: Vec<u32>,
    /// `[n_obs, r]`; `None` is a column of ones.
    pub z: Option<Vec<f64>>,
}

/// How the optimisation ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub converged: bool,
    pub reason: Reason,
    pub evaluations: usize,
    /// `sqrt(g' H^-1 g)` at the end: the distance to the optimum in units of standard errors.
    pub scaled_gradient: f64,
    /// Boundary directions, as text that names them: `Subject: 0.98 (Intercept) - 0.20 Days`.
    pub boundary: Vec<String>,
}

/// Which scale and which parts a prediction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PredictOptions {
    /// Add the conditional modes of the random effects.
    pub random: bool,
    /// A level that the fit doesn't know has the effect zero; otherwise it is an error.
    pub new_levels_zero: bool,
}

/// Data to predict at.
#[derive(Clone, Copy, Debug)]
pub enum NewData<'a> {
    Training,
    Frame(&'a Frame),
    Arrays(&'a ArraySpec),
}

impl Fit {
    /// Fits a model. `frame` is needed for a formula, and is ignored for arrays.
    pub fn new(_spec: &Spec, _frame: Option<&Frame>, _options: &Options, _progress: Option<Progress<'_>>) -> Result<Fit> {
        Err(Error::unsupported("not yet"))
    }

    /// The criterion (deviance or REML criterion) at each of the given theta, one after the other.
    pub fn objective(_spec: &Spec, _frame: Option<&Frame>, _options: &Options, _thetas: &[f64]) -> Result<Vec<f64>> {
        Err(Error::unsupported("not yet"))
    }

    /// Predictions, one per row of the new data; NaN where a predictor is missing.
    pub fn predict(&self, _data: NewData<'_>, _options: PredictOptions) -> Result<Vec<f64>> {
        Err(Error::unsupported("not yet"))
    }

    /// The summary, in lme4's layout.
    pub fn summary(&self) -> String {
        String::new()
    }

    /// Names of the tables that `table` makes.
    pub fn table_names(&self) -> Vec<&'static str> {
        vec!["coefficients", "varcorr", "ranef", "theta", "observations", "dropped_rows", "fit"]
    }

    /// A table of results as a frame.
    pub fn table(&self, _name: &str) -> Result<Frame> {
        Err(Error::unsupported("not yet"))
    }
}
