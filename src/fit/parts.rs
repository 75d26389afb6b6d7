//! Parts of which fits of all kinds are made.

use super::estimable::Estimable;
use crate::design::TermDesign;
use crate::distributions::sd_of;
use crate::envelope::{column, column_if_any, rows, rows_if_any};
use crate::error::{Result, try_vec};
use crate::optimize::Reason;
use crate::random::TermSolution;
use crate::search::Estimate;

/// The fixed effects.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct TermFit {
    /// On the rows used: its group, effects, structure and levels, the level of each row and `z`.
    pub design: TermDesign,
    /// `[r, r]`, in the units of the response squared.
    pub cov: Vec<f64>,
    /// R with cov = R R', `[r, r]`.
    pub root: Vec<f64>,
    pub sd: Vec<f64>,
    /// `[r, r]`; NaN beside an effect without variance.
    pub corr: Vec<f64>,
    /// Conditional modes `[r, l]`.
    #[serde(deserialize_with = "column")]
    pub modes: Vec<f64>,
    /// Conditional covariances given theta and beta `[r, r, l]`.
    #[serde(deserialize_with = "column")]
    pub condvar: Vec<f64>,
    /// With the uncertainty of the parameters added, as TMB's sdreport has it; of generalised models with marginal standard errors.
    #[serde(deserialize_with = "column_if_any")]
    pub condvar_full: Option<Vec<f64>>,
    /// Directions in the space of the effects that have no variance, each `[r]` of unit length.
    pub boundary: Vec<Vec<f64>>,
}

/// A further linear predictor of a fit.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct PredictorFit {
    pub fixed: FixedEffects,
    pub terms: Vec<TermFit>,
    /// Its values, per row used.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub eta: Vec<f64>,
    /// `[n_obs, p]`, the columns kept.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub x: Vec<f64>,
    /// Per row used, the unit taken off.
    #[serde(serialize_with = "rows_if_any", deserialize_with = "column_if_any")]
    pub offset: Option<Vec<f64>>,
    /// Of the scale of an ordinal model: the logarithm of the latent variable's unit that the other parameters are numbers of.
    pub(crate) log_unit: f64,
    /// The columns of the program's X that the fit has kept.
    pub(crate) kept: Vec<usize>,
    pub(crate) estimable: Estimable,
}

/// How the optimisation ended.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Outcome {
    pub converged: bool,
    pub reason: Reason,
    pub evaluations: usize,
    /// `sqrt(g' H^-1 g)` at the end: the distance to the optimum in units of standard errors.
    pub scaled_gradient: f64,
    /// Boundary directions, as text that names them: `Subject: 0.98 (Intercept) - 0.20 Days`.
    pub boundary: Vec<String>,
}

/// Rows of a random term, of a fit or of new data.
pub(crate) trait TermData {
    /// Level and `[n, r]` values of each row.
    fn rows(&self) -> (&[u32], Option<&[f64]>);
}

impl TermData for TermFit {
    fn rows(&self) -> (&[u32], Option<&[f64]>) {
        self.design.rows()
    }
}

impl TermData for TermDesign {
    fn rows(&self) -> (&[u32], Option<&[f64]>) {
        (&self.index, self.z.as_deref())
    }
}

impl FixedEffects {
    /// Estimates of the kept columns among those of X.
    pub(super) fn new(x_names: &[String], kept: &[usize], estimate: Vec<f64>, vcov: Vec<f64>, root: Vec<f64>) -> Self {
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
    pub(super) fn new(term: TermDesign, solution: TermSolution) -> Self {
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
            design: term,
            sd,
            corr,
            cov,
            root: solution.root,
            modes: solution.modes,
            condvar: solution.condvar,
            condvar_full: solution.condvar_full,
            boundary: solution.boundary,
        }
    }
}

impl Outcome {
    pub(super) fn new<'t>(estimate: &Estimate, terms: impl IntoIterator<Item = &'t TermFit>) -> Self {
        let describe = |t: &TermFit, direction: &[f64]| {
            let parts = t.design.effects.iter().zip(direction).filter(|(_, c)| c.abs() > 1e-6);
            let text: Vec<String> = parts
                .map(|(name, c)| if (c.abs() - 1.0).abs() < 1e-6 { name.clone() } else { format!("{c:+.4} {name}") })
                .collect();
            format!("{}: {}", t.design.group, text.join(" "))
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
pub(super) fn kept_columns(x: Vec<f64>, n: usize, p: usize, kept: &[usize]) -> Vec<f64> {
    if kept.len() == p || x.is_empty() { x } else { kept.iter().flat_map(|&j| x[j * n..(j + 1) * n].iter().copied()).collect() }
}
