//! How a model is fitted.

use crate::choice::Choice;
use std::ffi::CStr;
use std::time::{Duration, Instant};

use crate::design::NaPolicy;
use crate::optimize::Method;

/// How a model is fitted. The default is always valid.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Options {
    /// Restricted maximum likelihood (default) or maximum likelihood, of linear models.
    pub reml: bool,
    /// The same for generalised models, where maximum likelihood is the default.
    pub reml_generalised: bool,
    pub optimizer: Method,
    /// Start; the length must be the number of parameters.
    pub theta0: Option<Vec<f64>>,
    /// Start of some parameters by their ids, as they are reported; the others begin where they would. It is of one search: saved options do
    /// not have it.
    #[serde(skip)]
    pub start: Vec<(String, f64)>,
    /// Predicted decrease of the criterion at which the optimum is taken as reached.
    pub tolerance: f64,
    pub max_evaluations: usize,
    /// Seconds. The watcher of a call is made with [`Options::end`]; nothing else has a look at it.
    pub deadline: Option<f64>,
    pub threads: usize,
    pub na: NaPolicy,
    /// What the determinant of the Laplace approximation has.
    pub information: Information,
    /// Quadrature points for each random effect: 1 is the Laplace approximation; 0 is lme4's, with fixed effects at the joint mode.
    pub quadrature: usize,
    /// Where the points are, if there are more than one.
    pub nodes: Nodes,
    pub fixed_effects: FixedEffectsBy,
    /// Standard errors of generalised models.
    pub std_errors: StdErrors,
    /// The model may be without random terms, as one that others are tested against: [`RandomTerms::Optional`].
    pub null_model: bool,
    /// Random effects that the data can't tell from each other or from the residual.
    pub unidentified: Unidentified,
    /// How the random effects' system of a linear or generalised model is solved.
    pub engine: Engine,
    /// Of the random signs of the iterative engine.
    pub engine_seed: u64,
    /// Bytes that the direct engine may take before the iterative one is chosen.
    pub memory_limit: f64,
}

/// How the random effects' system of a linear or generalised model is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Engine {
    /// By a factorisation where a forecast finds that it can be had, otherwise by iterations.
    #[default]
    Auto,
    /// By a sparse Cholesky factor.
    Direct,
    /// By conjugate gradients, with traces by random signs.
    Iterative,
}

impl Choice for Engine {
    const LIST: &'static str = "engine";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(Engine::Auto, c"auto"), (Engine::Direct, c"direct"), (Engine::Iterative, c"iterative")];
}

/// Which likelihood is maximised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Estimation {
    /// The restricted one of linear models, the likelihood of others.
    #[default]
    Default,
    Reml,
    Ml,
}

impl Choice for Estimation {
    const LIST: &'static str = "method";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(Estimation::Default, c"default"), (Estimation::Reml, c"reml"), (Estimation::Ml, c"ml")];
}

/// What is done where the data can't tell random effects from each other or from the residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Unidentified {
    /// An error where nothing that is reported of a term would mean anything, a warning otherwise.
    #[default]
    Error,
    /// A warning in any case.
    Warning,
    Ignore,
}

impl Choice for Unidentified {
    const LIST: &'static str = "unidentified";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(Unidentified::Error, c"error"), (Unidentified::Warning, c"warning"), (Unidentified::Ignore, c"ignore")];
}

/// Whether a model may be without random terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RandomTerms {
    /// One without is an error: most who leave them out have forgotten them.
    #[default]
    Required,
    Optional,
}

impl Choice for RandomTerms {
    const LIST: &'static str = "random_terms";
    const ALL: &'static [(Self, &'static CStr)] = &[(RandomTerms::Required, c"required"), (RandomTerms::Optional, c"optional")];
}

/// Second derivatives of the log-likelihood in the linear predictor: as they are, or their expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Information {
    #[default]
    Observed,
    Expected,
}

impl Choice for Information {
    const LIST: &'static str = "information";
    const ALL: &'static [(Self, &'static CStr)] = &[(Information::Observed, c"observed"), (Information::Expected, c"expected")];
}

/// What the fixed effects of a Cox model maximise. Those of other models maximise the likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum FixedEffectsBy {
    /// The penalised likelihood, with the random effects.
    #[default]
    Joint,
    /// The integrated likelihood.
    Integrated,
}

impl Choice for FixedEffectsBy {
    const LIST: &'static str = "fixed_effects";
    const ALL: &'static [(Self, &'static CStr)] = &[(FixedEffectsBy::Joint, c"joint"), (FixedEffectsBy::Integrated, c"integrated")];
}

/// Where the nodes of a quadrature are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Nodes {
    /// Around the modes of the random effects, scaled by the curvature there.
    #[default]
    Adaptive,
    /// The same whatever the data: those of the weight exp(-u^2).
    Fixed,
}

/// Where standard errors come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum StdErrors {
    /// From the Hessian of the marginal log-likelihood in all parameters.
    #[default]
    Marginal,
    /// From the penalised log-likelihood at the modes, given theta: cheaper, and smaller than they should be.
    Conditional,
}

impl Choice for StdErrors {
    const LIST: &'static str = "std_errors";
    const ALL: &'static [(Self, &'static CStr)] = &[(StdErrors::Marginal, c"marginal"), (StdErrors::Conditional, c"conditional")];
}

impl Default for Options {
    fn default() -> Self {
        Options {
            reml: true,
            reml_generalised: false,
            optimizer: Method::Newton,
            theta0: None,
            start: vec![],
            tolerance: 1e-13,
            max_evaluations: 1000,
            deadline: None,
            threads: 1,
            na: NaPolicy::Omit,
            information: Information::Observed,
            quadrature: 1,
            nodes: Nodes::Adaptive,
            fixed_effects: FixedEffectsBy::Joint,
            std_errors: StdErrors::Marginal,
            null_model: false,
            unidentified: Unidentified::Error,
            engine: Engine::Auto,
            engine_seed: 0,
            memory_limit: 4e9,
        }
    }
}

impl Options {
    /// When a call that begins now has to end.
    pub fn end(&self) -> Option<Instant> {
        self.deadline.map(|seconds| Instant::now() + Duration::from_secs_f64(seconds.clamp(0.0, 1e9)))
    }
}
