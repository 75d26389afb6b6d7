//! A fitted model: immutable, and owner of all that it needs.

mod assembly;
mod by_ml;
mod correlation;
pub(crate) mod design;
pub(crate) mod diagnosis;
pub(crate) mod generalised;
mod generalised_rows;
pub(crate) mod linear;
mod maxima;
mod ordinal;
mod predictors;
mod random_terms;
pub(crate) mod estimable;
pub(crate) mod region;
mod range;
mod rebuilt;
pub(crate) mod response;

pub use correlation::CorrelationFit;
pub use predictors::Role;

use std::sync::Arc;
use std::time::Instant;

use estimable::Estimable;

use crate::covariance::Structure;
use crate::design::{Design, ModelProgram, RowLedger, TermDesign, hinted};
use crate::distributions::sd_of;
use crate::error::{Code, Error, Result, try_collect, try_copy, try_vec};
use crate::family::{Family, ZeroPart};
use crate::frame::Frame;
use crate::glmm::edge::AtEdge;
use crate::optimize::Reason;
use crate::options::{Information, Nodes, Options, Progress};
use crate::random::TermSolution;
use crate::search::Estimate;
use crate::spec::{ModelKind, Source, Spec, Threshold};

pub(crate) use rebuilt::Rebuilt;

/// A fitted model. `y`, `fitted`, `residuals`, `residuals_pearson`, `weights` and `offset` have one entry per row used, or, where the
/// policy was to pad, per row of the data, with NaN for rows that were not used.
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
    /// The standard deviation of the residuals; for a generalised model the dispersion, as `Generalised::sigma` has it.
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
    /// What the design has to say, such as levels that don't occur; `warnings` has all there is to know.
    pub design_warnings: Vec<String>,
    pub rows: RowLedger,
    /// What only generalised models have.
    pub generalised: Option<Generalised>,
    /// Of the residuals of a linear model.
    pub correlation: Option<CorrelationFit>,
    /// Seconds: design, and the estimation alone.
    pub timing: (f64, f64),
    /// Makes the model matrices of new data.
    pub(crate) program: ModelProgram,
    /// The columns of the program's X that the fit has kept.
    pub(crate) kept: Vec<usize>,
    /// Which predictors have an estimate; of an ordinal fit beside the constant and all columns of the nominal effects.
    pub(crate) estimable: Estimable,
}

/// The fixed effects.
#[derive(Clone, Debug)]
pub struct FixedEffects {
    pub names: Vec<String>,
    pub estimate: Vec<f64>,
    pub std_error: Vec<f64>,
    /// `[p, p]`.
    pub vcov: Vec<f64>,
    /// R with vcov = R R', `[p, k]`: a combination l has the variance |R'l|^2, in which nothing cancels where columns are far from zero.
    pub root: Vec<f64>,
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
    /// R with cov = R R', `[r, r]`.
    pub root: Vec<f64>,
    pub sd: Vec<f64>,
    /// `[r, r]`; NaN beside an effect without variance.
    pub corr: Vec<f64>,
    /// Conditional modes `[r, l]`.
    pub modes: Vec<f64>,
    /// Conditional covariances given theta and beta `[r, r, l]`.
    pub condvar: Vec<f64>,
    /// With the uncertainty of the parameters added, as TMB's sdreport has it; of generalised models with marginal standard errors.
    pub condvar_full: Option<Vec<f64>>,
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

/// What only generalised models have, ordinal ones among them.
#[derive(Clone, Debug)]
pub struct Generalised {
    pub family: Box<dyn Family>,
    /// What only ordinal models have. Their parameters of thresholds and their nominal effects are the `parameters` below.
    pub ordinal: Option<Ordinal>,
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
    pub eta: Vec<f64>,
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
#[derive(Clone, Debug)]
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

/// Effects that differ from threshold to threshold.
#[derive(Clone, Debug)]
pub struct Nominal {
    pub names: Vec<String>,
    /// Columns left out because they are linear combinations of others.
    pub dropped: Vec<String>,
    /// `[n_obs, c]`, the columns kept.
    pub x: Vec<f64>,
    /// The columns of the program's X that the fit has kept.
    pub(crate) kept: Vec<usize>,
}

/// A parameter of the family on the scale on which it is reported.
#[derive(Clone, Debug)]
pub struct FamilyParameter {
    pub name: String,
    /// Not a number where a dispersion formula gives each row its own.
    pub estimate: f64,
    /// By the delta method; not a number where the parameter was given.
    pub std_error: f64,
    /// It was given.
    pub fixed: bool,
}

/// A further linear predictor of a fit.
#[derive(Clone, Debug)]
pub struct PredictorFit {
    pub fixed: FixedEffects,
    pub terms: Vec<TermFit>,
    /// Its values, per row used.
    pub eta: Vec<f64>,
    /// `[n_obs, p]`, the columns kept.
    pub x: Vec<f64>,
    /// Per row used, the unit taken off.
    pub offset: Option<Vec<f64>>,
    /// Of the scale of an ordinal model: the logarithm of the latent variable's unit that the other parameters are numbers of.
    pub(crate) log_unit: f64,
    /// The columns of the program's X that the fit has kept.
    pub(crate) kept: Vec<usize>,
    pub(crate) estimable: Estimable,
}

impl Fit {
    /// Fits a model. `frame` is needed for a formula, and is ignored for arrays.
    pub fn new(spec: &Spec, frame: Option<&Frame>, options: &Options, progress: Option<Progress<'_>>) -> Result<Fit> {
        let started = Instant::now();
        let located = |error: Error| match frame {
            Some(frame) => frame.located(error),
            None => error,
        };
        let (program, design) = ModelProgram::learn(spec, frame, options.na).map_err(located)?;
        let design_seconds = started.elapsed().as_secs_f64();
        let unread = design.warnings[..design.n_unread].to_vec();
        let fitted = check_terms(spec.kind, &design, options).and_then(|()| match spec.kind {
            ModelKind::Lmm => linear::fit(program, design, options, progress),
            ModelKind::Glmm | ModelKind::Clmm => generalised::fit(spec, program, design, options, progress),
        });
        let fitted = fitted.and_then(|fit| fit.check_range().map(|()| fit));
        let mut fit = fitted.map_err(|error| located(hinted(Fit::in_data_rows(error, spec, frame, options), &unread)))?;
        if let Source::Formula(source) = &spec.source {
            fit.formula.clone_from(&source.formula);
        }
        fit.kind = spec.kind;
        fit.timing.0 = design_seconds;
        Ok(fit)
    }

    /// A failure of a family's function, which knows the rows used, as one in a row of the data. The ledger of the rows has gone into the fit
    /// that failed.
    fn in_data_rows(error: Error, spec: &Spec, frame: Option<&Frame>, options: &Options) -> Error {
        if error.code != Code::Numeric || error.position < 0 {
            return error;
        }
        match ModelProgram::learn(spec, frame, options.na) {
            Ok((_, design)) => diagnosis::in_data_rows(&error, &design.rows),
            Err(_) => error,
        }
    }

    /// The criterion at each of the given points, one after the other. A point is theta for a linear model, and the
    /// residual correlation if there is one; for a generalised one theta,
    /// then the fixed effects of the mean, the zero part and the dispersion, then the family's parameters on their working scale.
    pub fn objective(spec: &Spec, frame: Option<&Frame>, options: &Options, points: &[f64]) -> Result<Vec<f64>> {
        let (_, design) = ModelProgram::learn(spec, frame, options.na)?;
        check_terms(spec.kind, &design, options)?;
        match spec.kind {
            ModelKind::Lmm => linear::objective(&design, options, points),
            ModelKind::Glmm | ModelKind::Clmm => generalised::objective(spec, &design, options, points),
        }
    }

    /// Fitted values and residuals of a linear model, and all results per row padded if so asked.
    pub(super) fn add_linear_rows(&mut self) -> Result<()> {
        self.fitted = self.linear_predictor(self.n_obs, &self.x, self.offset.as_deref(), &self.terms, true)?;
        self.residuals = try_collect("residuals", self.y.iter().zip(&self.fitted).map(|(y, f)| y - f))?;
        self.residuals_pearson = match &self.weights {
            None => try_copy("residuals", &self.residuals)?,
            Some(w) => try_collect("residuals", self.residuals.iter().zip(w).map(|(r, w)| r * w.sqrt()))?,
        };
        self.pad_rows()
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

    /// X beta + Z b + offset, or without Z b.
    pub(crate) fn linear_predictor(
        &self,
        n: usize,
        x: &[f64],
        offset: Option<&[f64]>,
        terms: &[impl TermData],
        random: bool,
    ) -> Result<Vec<f64>> {
        let mut eta = match offset {
            Some(offset) => try_copy("linear predictor", offset)?,
            None => try_vec("linear predictor", 0.0, n)?,
        };
        for (column, beta) in x.chunks_exact(n.max(1)).zip(&self.fixed.estimate) {
            eta.iter_mut().zip(column).for_each(|(e, x)| *e += beta * x);
        }
        if random {
            for (term, own) in terms.iter().zip(&self.terms) {
                let r = own.effects.len();
                let (index, z) = term.rows();
                for e in 0..r {
                    for (i, (eta, &level)) in eta.iter_mut().zip(index).enumerate() {
                        if let Some(mode) = own.modes.get(level as usize * r + e) {
                            *eta += mode * z.map_or(1.0, |z| z[e * n + i]);
                        }
                    }
                }
            }
        }
        Ok(eta)
    }
}

/// Rows of a random term, of a fit or of new data.
pub(crate) trait TermData {
    /// Level and `[n, r]` values of each row.
    fn rows(&self) -> (&[u32], Option<&[f64]>);
}

impl TermData for TermFit {
    fn rows(&self) -> (&[u32], Option<&[f64]>) {
        (&self.index, self.z.as_deref())
    }
}

impl TermData for crate::design::TermDesign {
    fn rows(&self) -> (&[u32], Option<&[f64]>) {
        (&self.index, self.z.as_deref())
    }
}

impl FixedEffects {
    /// Estimates of the kept columns among those of X.
    fn new(x_names: &[String], kept: &[usize], estimate: Vec<f64>, vcov: Vec<f64>, root: Vec<f64>) -> Self {
        let p = kept.len();
        FixedEffects {
            names: kept.iter().map(|&j| x_names[j].clone()).collect(),
            std_error: (0..p).map(|j| root.chunks_exact(p).map(|column| column[j] * column[j]).sum::<f64>().sqrt()).collect(),
            estimate,
            vcov,
            root,
            dropped: (0..x_names.len()).filter(|j| !kept.contains(j)).map(|j| x_names[j].clone()).collect(),
        }
    }
}

impl TermFit {
    fn new(term: TermDesign, solution: TermSolution) -> Self {
        let r = term.effects.len();
        let cov = solution.cov;
        let sd: Vec<f64> = (0..r).map(|a| sd_of(cov[a * r + a])).collect();
        let corr = (0..r * r)
            .map(|e| match (e % r, e / r) {
                (a, b) if sd[a] == 0.0 || sd[b] == 0.0 => f64::NAN,
                (a, b) if a == b => 1.0,
                (a, b) => (cov[e] / sd[a.max(b)] / sd[a.min(b)]).clamp(-1.0, 1.0),
            })
            .collect();
        TermFit {
            group: term.group,
            effects: term.effects,
            levels: term.levels,
            structure: term.structure,
            sd,
            corr,
            cov,
            root: solution.root,
            modes: solution.modes,
            condvar: solution.condvar,
            condvar_full: solution.condvar_full,
            boundary: solution.boundary,
            index: term.index,
            z: term.z,
        }
    }
}

impl Outcome {
    fn new<'t>(estimate: &Estimate, terms: impl IntoIterator<Item = &'t TermFit>) -> Self {
        let describe = |t: &TermFit, direction: &[f64]| {
            let parts = t.effects.iter().zip(direction).filter(|(_, c)| c.abs() > 1e-6);
            let text: Vec<String> = parts
                .map(|(name, c)| if (c.abs() - 1.0).abs() < 1e-6 { name.clone() } else { format!("{c:+.4} {name}") })
                .collect();
            format!("{}: {}", t.group, text.join(" "))
        };
        Outcome {
            converged: estimate.converged,
            reason: estimate.reason,
            evaluations: estimate.evaluations,
            scaled_gradient: estimate.scaled_gradient,
            boundary: terms.into_iter().flat_map(|t| t.boundary.iter().map(move |d| describe(t, d))).collect(),
        }
    }
}

/// A model has random terms, or correlated residuals, unless it is known to have none: most who leave them out have forgotten them.
fn check_terms(kind: ModelKind, design: &Design, options: &Options) -> Result<()> {
    let further = [&design.zero_inflation, &design.dispersion].into_iter().flatten();
    let any = !design.terms.is_empty() || further.into_iter().any(|predictor| !predictor.terms.is_empty());
    if any || design.correlation.is_some() || options.null_model {
        return Ok(());
    }
    let what = if kind == ModelKind::Lmm { "linear mixed model" } else { "mixed model" };
    Err(Error::argument(format!("the model has no random terms; a {what} needs at least one, such as (1 | group)")))
}

/// Points of `n` numbers each.
fn points(numbers: &[f64], n: usize) -> Result<std::slice::ChunksExact<'_, f64>> {
    if n == 0 || !numbers.len().is_multiple_of(n) {
        return Err(Error::argument(format!("thetas: {} numbers are not a multiple of the model's {n} parameters", numbers.len())));
    }
    Ok(numbers.chunks_exact(n))
}

/// An offset of the logarithm of a scale in a unit with this logarithm.
pub(crate) fn in_unit(offset: Option<Vec<f64>>, log_unit: f64, n: usize) -> Result<Option<Vec<f64>>> {
    if log_unit == 0.0 {
        return Ok(offset);
    }
    let mut offset = offset.map_or_else(|| try_vec("offset of the scale", 0.0, n), Ok)?;
    offset.iter_mut().for_each(|v| *v -= log_unit);
    Ok(Some(offset))
}

/// The columns of a matrix of n rows that are kept.
fn kept_columns(x: Vec<f64>, n: usize, p: usize, kept: &[usize]) -> Vec<f64> {
    if kept.len() == p { x } else { kept.iter().flat_map(|&j| x[j * n..(j + 1) * n].iter().copied()).collect() }
}
