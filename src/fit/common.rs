//! What fits of all kinds have, and how they come to it.

use super::correlation::CorrelationFit;
use super::engine::{EngineRecord, Iterative};
use super::estimable::Estimable;
use super::kind::{Cox, Generalised, Kind, Nominal, Ordinal};
use super::parts::{FixedEffects, Outcome, PredictorFit, TermData, TermFit, kept_columns};
use super::robust::Robust;
use super::sums::Reduced;
use crate::choice::Choice;
use crate::design::{Design, ModelProgram, RowLedger};
use crate::envelope::{column, column_if_any, rows, rows_if_any, unless_left_out};
use crate::error::{Error, Result, try_copy, try_vec};
use crate::family::Ends;
use crate::options::Engine;
use crate::prior::Prior;
use crate::search::Estimate;
use crate::threads::divide;

/// Rows of which one thread computes the linear predictor.
const ROWS: usize = 16_384;

/// A fitted model. `y`, `fitted`, `residuals`, `residuals_pearson`, `weights` and `offset` have one entry per row used, or, where the
/// policy was to pad, per row of the data, with NaN for rows that were not used.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Fit {
    /// What kind of model it is, and what only that kind has.
    pub kind: Kind,
    /// The formula as given; empty for arrays.
    pub formula: String,
    pub reml: bool,
    pub fixed: FixedEffects,
    pub theta: Vec<f64>,
    /// `group.effect` on the diagonal, `group.row.column` below it.
    pub theta_names: Vec<String>,
    /// Random terms in formula order.
    pub terms: Vec<TermFit>,
    /// The standard deviation of the residuals; for a generalised model the dispersion, as `Generalised::sigma` has it.
    pub sigma: f64,
    /// Restricted for REML.
    pub log_likelihood: f64,
    /// The deviance or the REML criterion, without what priors add to it.
    pub criterion: f64,
    /// That: -2 log of their density at the estimates, as far as its constants are known. 0 without priors.
    pub penalty: f64,
    /// Of parameters.
    pub priors: Vec<Prior>,
    pub aic: f64,
    pub bic: f64,
    pub npar: usize,
    pub df_residual: usize,
    /// Rows used.
    pub n_obs: usize,
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub y: Vec<f64>,
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub fitted: Vec<f64>,
    /// Response minus fitted.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub residuals: Vec<f64>,
    /// Times the square root of the weight.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub residuals_pearson: Vec<f64>,
    #[serde(serialize_with = "rows_if_any", deserialize_with = "column_if_any")]
    pub weights: Option<Vec<f64>>,
    #[serde(serialize_with = "rows_if_any", deserialize_with = "column_if_any")]
    pub offset: Option<Vec<f64>>,
    /// `[n_obs, p]`, the columns kept.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub x: Vec<f64>,
    /// A linear combination of random effects has no variance.
    pub singular: bool,
    pub outcome: Outcome,
    /// What the design has to say, such as levels that don't occur; `warnings` has all there is to know.
    pub design_warnings: Vec<String>,
    pub rows: RowLedger,
    /// Seconds: design, and the estimation alone.
    pub timing: (f64, f64),
    /// A fit that was saved without its rows has what is per row no more.
    #[serde(serialize_with = "unless_left_out")]
    pub has_rows: bool,
    /// What makes the covariance of the fixed effects, where it is not the model.
    #[serde(skip)]
    pub robust: Option<Robust>,
    /// The sums of a fit that was made without rows.
    pub(crate) reduced: Option<Box<Reduced>>,
    /// Makes the model matrices of new data.
    pub(crate) program: ModelProgram,
    /// The columns of the program's X that the fit has kept.
    pub(crate) kept: Vec<usize>,
    /// Which predictors have an estimate; of an ordinal fit beside the constant and all columns of the nominal effects.
    pub(crate) estimable: Estimable,
}

/// What a kind of model gives of its fit; the rest of it follows.
pub(super) struct Common<'a> {
    pub kind: Kind,
    pub program: ModelProgram,
    /// Without its random terms, which are in `terms`.
    pub design: Design,
    /// The columns of the design's X that are kept.
    pub kept: &'a [usize],
    pub estimable: Estimable,
    pub estimate: &'a Estimate,
    pub reml: bool,
    pub fixed: FixedEffects,
    pub theta: Vec<f64>,
    pub theta_names: Vec<String>,
    pub terms: Vec<TermFit>,
    pub sigma: f64,
    /// Without what priors add to it.
    pub criterion: f64,
    /// That.
    pub penalty: f64,
    pub npar: usize,
    /// Degrees of freedom that the parameters take from the residuals.
    pub df_used: usize,
}

impl Fit {
    /// A fit without its values per row.
    pub(super) fn of(common: Common<'_>) -> Fit {
        let Common { kind, program, design, kept, estimable, estimate, reml, fixed, theta, theta_names, terms, .. } = common;
        let (n, criterion, npar) = (design.n, common.criterion, common.npar);
        let all_terms = || terms.iter().chain(kind.further_terms());
        let (singular, outcome) = (all_terms().any(|t| !t.boundary.is_empty()), Outcome::new(estimate, all_terms()));
        Fit {
            formula: String::new(),
            reml,
            sigma: common.sigma,
            log_likelihood: -0.5 * criterion,
            criterion,
            penalty: common.penalty,
            priors: design.priors,
            aic: criterion + 2.0 * npar as f64,
            bic: criterion + npar as f64 * (n as f64).ln(),
            npar,
            df_residual: n.saturating_sub(common.df_used),
            n_obs: n,
            y: design.y,
            fitted: vec![],
            residuals: vec![],
            residuals_pearson: vec![],
            weights: design.weights,
            offset: design.offset,
            x: kept_columns(design.x, n, design.x_names.len(), kept),
            singular,
            outcome,
            design_warnings: design.warnings,
            rows: design.rows,
            timing: (0.0, 0.0),
            has_rows: true,
            robust: None,
            reduced: None,
            kept: kept.to_vec(),
            estimable,
            theta,
            theta_names,
            terms,
            fixed,
            program,
            kind,
        }
    }

    pub fn is_linear(&self) -> bool {
        matches!(self.kind, Kind::Linear(..))
    }

    /// AIC corrected for small samples (Hurvich and Tsai 1989): as many rows as were used, of a Cox model those with an event. NaN where these
    /// are no more than the parameters and one.
    pub fn aicc(&self) -> f64 {
        let (k, n) = (self.npar as f64, self.cox().map_or(self.n_obs, |own| own.n_events) as f64);
        let left = n - k - 1.0;
        if left > 0.0 { self.aic + 2.0 * k * (k + 1.0) / left } else { f64::NAN }
    }

    /// Fails for what is not available for a Cox model.
    pub(crate) fn without_cox(&self, what: &str) -> Result<()> {
        match &self.kind {
            Kind::Cox(_) => Err(Error::unsupported(format!("{what}: not available for a Cox model"))),
            Kind::Linear(..) | Kind::Generalised(_) | Kind::Ordinal(..) => Ok(()),
        }
    }

    /// Where the response lies between two ends, per row used.
    pub fn ends(&self) -> Option<&Ends> {
        self.generalised()?.ends.as_ref()
    }

    /// Fails where the response lies between two ends: other responses have none.
    pub(crate) fn without_ends(&self, what: &str) -> Result<()> {
        if self.ends().is_none() {
            return Ok(());
        }
        Err(Error::unsupported(format!(
            "{what}: the response is between two ends, cens(), and how another response would be cut is not known"
        )))
    }

    /// How the random effects of a linear fit were solved for, where that was a question.
    pub fn engine(&self) -> Option<&EngineRecord> {
        self.kind.engine()
    }

    /// What only a fit by iterations has.
    pub fn iterative(&self) -> Option<&Iterative> {
        self.engine()?.iterative.as_ref()
    }

    /// Fails for what takes a factorisation, if the fit was had without one.
    pub(crate) fn with_factor(&self, what: &str) -> Result<()> {
        match self.iterative() {
            None => Ok(()),
            Some(_) => Err(Error::unsupported(format!(
                "{what}: not available for a fit by engine = {}, which has no factor of the random effects; fit with engine = {}",
                Engine::Iterative.name(),
                Engine::Direct.name()
            ))),
        }
    }

    /// What a Cox model has, or an error that only one has it.
    pub(crate) fn of_cox(&self, what: &str) -> Result<&Cox> {
        self.cox().ok_or_else(|| Error::unsupported(format!("{what}: only of a Cox model")))
    }

    /// What models have whose likelihood is approximated.
    pub fn generalised(&self) -> Option<&Generalised> {
        self.kind.generalised()
    }

    pub fn ordinal(&self) -> Option<&Ordinal> {
        self.kind.ordinal()
    }

    pub fn cox(&self) -> Option<&Cox> {
        self.kind.cox()
    }

    /// Of the residuals of a linear model.
    pub fn correlation(&self) -> Option<&CorrelationFit> {
        self.kind.correlation()
    }

    pub(crate) fn nominal(&self) -> Option<&Nominal> {
        self.ordinal()?.nominal.as_ref()
    }

    pub(crate) fn zero_inflation(&self) -> Option<&PredictorFit> {
        self.generalised()?.zero_inflation.as_ref()
    }

    pub(crate) fn dispersion(&self) -> Option<&PredictorFit> {
        self.generalised()?.dispersion.as_ref()
    }

    /// NaN for the rows of the data that were not used, if so asked.
    pub(super) fn pad_rows(&mut self) -> Result<()> {
        if !self.rows.pad || self.rows.dropped.is_empty() {
            return Ok(());
        }
        let rows = &self.rows;
        for values in [&mut self.y, &mut self.fitted, &mut self.residuals, &mut self.residuals_pearson] {
            *values = rows.padded(values)?;
        }
        for values in [&mut self.weights, &mut self.offset].into_iter().flatten() {
            *values = rows.padded(values)?;
        }
        Ok(())
    }

    /// X beta + Z b + offset, or without Z b (`random`), by so many threads.
    pub(crate) fn linear_predictor(
        &self,
        n: usize,
        x: &[f64],
        offset: Option<&[f64]>,
        terms: &[impl TermData + Sync],
        (random, threads): (bool, usize),
    ) -> Result<Vec<f64>> {
        let mut eta = match offset {
            Some(offset) => try_copy("linear predictor", offset)?,
            None => try_vec("linear predictor", 0.0, n)?,
        };
        let (betas, own_terms) = (&self.fixed.estimate, &self.terms);
        let add = |(first, eta): (usize, &mut [f64])| {
            for (column, beta) in x.chunks_exact(n.max(1)).zip(betas) {
                eta.iter_mut().zip(&column[first..]).for_each(|(e, x)| *e += beta * x);
            }
            for (term, own) in terms.iter().zip(own_terms).filter(|_| random) {
                let r = own.design.effects.len();
                let (index, z) = term.rows();
                for e in 0..r {
                    for (i, (eta, &level)) in (first..).zip(eta.iter_mut().zip(&index[first..])) {
                        if let Some(mode) = own.modes.get(level as usize * r + e) {
                            *eta += mode * z.map_or(1.0, |z| z[e * n + i]);
                        }
                    }
                }
            }
        };
        divide(threads, (0..).step_by(ROWS).zip(eta.chunks_mut(ROWS)).collect(), &add);
        Ok(eta)
    }
}
