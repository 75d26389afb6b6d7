//! What fits of one kind have, and others have not.

use super::correlation::CorrelationFit;
use super::engine::EngineRecord;
use super::family_record;
use super::parts::{FixedEffects, PredictorFit, TermFit};
use crate::coxme::concordance::Concordance;
use crate::design::SurvivalDesign;
use crate::envelope::{column, rows};
use crate::family::{Ends, Family, ZeroPart};
use crate::glmm::edge::AtEdge;
use crate::options::{FixedEffectsBy, Information, Nodes};
use crate::spec::{ModelKind, Threshold, Ties};

/// A kind of model, with what only its fits have.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// The residuals may be correlated. How the fit was had, where that is not a factorisation of moderate size.
    Linear(Option<CorrelationFit>, Option<Box<EngineRecord>>),
    Generalised(Box<Generalised>),
    Ordinal(Box<Generalised>, Box<Ordinal>),
    Cox(Box<Cox>),
}

impl Kind {
    pub fn model(&self) -> ModelKind {
        match self {
            Kind::Linear(..) => ModelKind::Lmm,
            Kind::Generalised(_) => ModelKind::Glmm,
            Kind::Ordinal(..) => ModelKind::Clmm,
            Kind::Cox(_) => ModelKind::Coxme,
        }
    }

    pub fn generalised(&self) -> Option<&Generalised> {
        match self {
            Kind::Linear(..) | Kind::Cox(_) => None,
            Kind::Generalised(own) | Kind::Ordinal(own, _) => Some(own),
        }
    }

    pub fn generalised_mut(&mut self) -> Option<&mut Generalised> {
        match self {
            Kind::Linear(..) | Kind::Cox(_) => None,
            Kind::Generalised(own) | Kind::Ordinal(own, _) => Some(own),
        }
    }

    pub fn ordinal(&self) -> Option<&Ordinal> {
        match self {
            Kind::Ordinal(_, ordinal) => Some(ordinal),
            Kind::Linear(..) | Kind::Generalised(_) | Kind::Cox(_) => None,
        }
    }

    pub fn correlation(&self) -> Option<&CorrelationFit> {
        match self {
            Kind::Linear(correlation, _) => correlation.as_ref(),
            Kind::Generalised(_) | Kind::Ordinal(..) | Kind::Cox(_) => None,
        }
    }

    pub fn engine(&self) -> Option<&EngineRecord> {
        match self {
            Kind::Linear(_, engine) => engine.as_deref(),
            Kind::Generalised(own) => own.engine.as_deref(),
            Kind::Ordinal(..) | Kind::Cox(_) => None,
        }
    }

    pub fn cox(&self) -> Option<&Cox> {
        match self {
            Kind::Cox(own) => Some(own),
            Kind::Linear(..) | Kind::Generalised(_) | Kind::Ordinal(..) => None,
        }
    }

    /// The random terms of predictors beside the mean's.
    pub(super) fn further_terms(&self) -> impl Iterator<Item = &TermFit> {
        let predictors = self.generalised().into_iter().flat_map(|own| own.zero_inflation.iter().chain(&own.dispersion));
        predictors.flat_map(|predictor| &predictor.terms)
    }
}

/// What models have whose likelihood is approximated. Of an ordinal model the parameters of thresholds and the nominal effects are the
/// `parameters`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Generalised {
    #[serde(with = "family_record")]
    pub family: Box<dyn Family>,
    /// How the fit was had, where that is not a factorisation of moderate size.
    pub engine: Option<Box<EngineRecord>>,
    /// How the zero part mixes with the family.
    pub zero: Option<ZeroPart>,
    pub information: Information,
    pub quadrature: usize,
    pub nodes: Nodes,
    /// Newton steps of the random effects' modes, over the search and the standard errors.
    pub mode_steps: usize,
    /// The family's parameters on their working scale; with a dispersion formula the first is not a number. Of an ordinal model those of
    /// the thresholds and the nominal effects as they are reported.
    pub psi: Vec<f64>,
    pub parameters: Vec<FamilyParameter>,
    /// Of the logit of the zero part.
    pub zero_inflation: Option<PredictorFit>,
    /// Of the family's first parameter on its working scale.
    pub dispersion: Option<PredictorFit>,
    /// X beta + Z b + offset of the mean, per row used.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub eta: Vec<f64>,
    /// Where the response lies between two ends, per row used; the fit's `y` is what stands for it.
    pub ends: Option<Ends>,
    /// Those of `vcov_names` that have no finite maximum likelihood estimate: fixed effects of the mean and the zero part, thresholds and
    /// nominal effects.
    pub separated: Vec<String>,
    /// Those of `vcov_names` at an edge of the likelihood, or that it does not depend on.
    pub at_edge: Vec<AtEdge>,
    /// Names and covariance of all parameters: fixed effects of all predictors, the family's parameters on their working scale, theta.
    pub vcov_names: Vec<String>,
    pub vcov: Vec<f64>,
    /// R with vcov = R R', `[m, k]`, but for theta: its rows are those of `working_theta`, and zero where it is not known.
    pub(crate) root: Vec<f64>,
    /// Parameters of covariances as the model has them: columns far from zero are centred, and all are scaled.
    pub(crate) working_theta: Vec<f64>,
}

/// What only ordinal models have.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Ordinal {
    /// Categories that occur, from lowest to highest, K of them; the response is 1, 2, ... in their order.
    pub categories: Vec<String>,
    pub threshold: Threshold,
    /// The K - 1 thresholds, `low|mid`, where nominal effects are zero.
    pub thresholds: FixedEffects,
    /// Names of the m parameters that the thresholds are made of, and the matrix `[K - 1, m]` that makes them.
    pub alpha_names: Vec<String>,
    pub jacobian: Vec<f64>,
    /// Columns of the nominal effects: the effect of column c on parameter k stands at m + c m + k of the parameters.
    pub nominal: Option<Nominal>,
}

/// What only Cox models have. Their criterion is -2 times the integrated log partial likelihood; `y` is 1 for an event and 0 without one,
/// `fitted` the events that the model expects of a row, so that the residuals are martingale residuals.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Cox {
    pub ties: Ties,
    pub fixed_effects: FixedEffectsBy,
    /// The log partial likelihood without effects; at the mode; and that less the penalty u'u/2.
    pub loglik_null: f64,
    pub loglik_fitted: f64,
    pub loglik_penalised: f64,
    /// Degrees of freedom of the penalised fit: p + q less the trace of the spherical effects' covariance.
    pub df_penalised: f64,
    /// Rows used that have an event.
    pub n_events: usize,
    /// Who is at risk when, and who has an event; strata.
    pub survival: SurvivalDesign,
    /// X beta + Z b + offset, per row used; not centred.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub eta: Vec<f64>,
    /// Fixed effects that have no finite estimate: the likelihood goes on rising as they grow.
    pub monotone: Vec<String>,
    /// Newton steps of the joint mode.
    pub mode_steps: usize,
    /// Of the linear predictor, random effects included.
    pub concordance: Concordance,
}

/// Effects that differ from threshold to threshold.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Nominal {
    pub names: Vec<String>,
    /// Columns left out because they are linear combinations of others.
    pub dropped: Vec<String>,
    /// `[n_obs, c]`, the columns kept.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub x: Vec<f64>,
    /// The columns of the program's X that the fit has kept.
    pub(crate) kept: Vec<usize>,
}

/// A parameter of the family on the scale on which it is reported.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct FamilyParameter {
    pub name: String,
    /// Not a number where a dispersion formula gives each row its own.
    pub estimate: f64,
    /// By the delta method; not a number where the parameter was given.
    pub std_error: f64,
    /// It was given.
    pub fixed: bool,
}
