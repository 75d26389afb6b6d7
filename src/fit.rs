//! A fitted model: immutable, and owner of all that it needs.

use std::sync::Arc;
use std::time::Instant;

use crate::covariance::Structure;
use crate::design::{Design, ModelProgram, RowLedger};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::lmm::centre::{centred, shifts};
use crate::lmm::cross_products::CrossProducts;
use crate::lmm::deviance::Deviance;
use crate::lmm::estimate::{estimate, working_from_theta};
use crate::lmm::rows::Chunk;
use crate::lmm::solution::{Solution, solve};
use crate::lmm::system::LinearSystem;
use crate::optimize::Reason;
use crate::options::{Options, Progress};
use crate::random::Layout;
use crate::search::Estimate;
use crate::spec::{ModelKind, Source, Spec};

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
    /// Seconds: design, and the estimation alone.
    pub timing: (f64, f64),
    /// Makes the model matrices of new data.
    pub(crate) program: ModelProgram,
    /// The columns of the program's X that the fit has kept.
    pub(crate) kept: Vec<usize>,
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

impl Fit {
    /// Fits a model. `frame` is needed for a formula, and is ignored for arrays.
    pub fn new(spec: &Spec, frame: Option<&Frame>, options: &Options, progress: Option<Progress<'_>>) -> Result<Fit> {
        let started = Instant::now();
        let (program, design) = realise(spec, frame, options)?;
        let design_seconds = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let system = assemble(&design)?;
        let mut deviance = Deviance::new(&system, options.reml)?;
        let estimate = estimate(&mut deviance, options, progress)?;
        let solution = solve(&mut deviance, &estimate.working)?;
        let fit_seconds = started.elapsed().as_secs_f64();
        let formula = match &spec.source {
            Source::Formula(f) => f.formula.clone(),
            Source::Arrays(_) => String::new(),
        };
        let mut fit = Fit::linear(design, program, &system, options, &estimate, solution);
        fit.kind = spec.kind;
        fit.formula = formula;
        fit.timing = (design_seconds, fit_seconds);
        Ok(fit)
    }

    /// The criterion (deviance or REML criterion) at each of the given theta, one after the other.
    pub fn objective(spec: &Spec, frame: Option<&Frame>, options: &Options, thetas: &[f64]) -> Result<Vec<f64>> {
        let (_, design) = realise(spec, frame, options)?;
        let system = assemble(&design)?;
        let n = system.n_working();
        if n == 0 || !thetas.len().is_multiple_of(n) {
            return Err(Error::argument(format!(
                "thetas: {} numbers are not a multiple of the model's {n} parameters",
                thetas.len()
            )));
        }
        let mut deviance = Deviance::new(&system, options.reml)?;
        thetas.chunks_exact(n).map(|theta| deviance.evaluate(&working_from_theta(&system, theta)?)).collect()
    }

    /// Puts together the results of a linear fit.
    fn linear(
        design: Design,
        program: ModelProgram,
        system: &LinearSystem,
        options: &Options,
        estimate: &Estimate,
        solution: Solution,
    ) -> Fit {
        let (n, p) = (design.n, system.kept.len());
        let npar = p + solution.theta.len() + 1;
        let log_likelihood = -0.5 * solution.criterion;
        let fixed = FixedEffects::new(&design, system, &solution);
        let theta_names = design.terms.iter().flat_map(|t| t.structure.theta_names(&t.group, &t.effects)).collect();
        let x = if p == design.x_names.len() {
            design.x
        } else {
            system.kept.iter().flat_map(|&j| design.x[j * n..(j + 1) * n].iter().copied()).collect()
        };
        let terms: Vec<TermFit> = design.terms.into_iter().zip(solution.terms).map(|(t, s)| TermFit::new(t, s)).collect();
        let mut fit = Fit {
            kind: ModelKind::Lmm,
            formula: String::new(),
            reml: options.reml,
            theta: solution.theta,
            theta_names,
            sigma: solution.sigma,
            log_likelihood,
            criterion: solution.criterion,
            aic: solution.criterion + 2.0 * npar as f64,
            bic: solution.criterion + npar as f64 * (n as f64).ln(),
            npar,
            df_residual: n.saturating_sub(npar),
            n_obs: n,
            y: design.y,
            fitted: vec![],
            residuals: vec![],
            residuals_pearson: vec![],
            weights: design.weights,
            offset: design.offset,
            x,
            singular: terms.iter().any(|t| !t.boundary.is_empty()),
            outcome: Outcome::new(estimate, &terms),
            design_warnings: design.warnings,
            rows: design.rows,
            timing: (0.0, 0.0),
            kept: system.kept.clone(),
            terms,
            fixed,
            program,
        };
        fit.warn_of_dependent_effects(system);
        fit.add_rows();
        fit
    }

    fn warn_of_dependent_effects(&mut self, system: &LinearSystem) {
        for (_, term) in self.terms.iter().enumerate().filter(|(k, _)| system.nearly_dependent(*k)) {
            self.design_warnings.push(format!(
                "the effects {} of {} are nearly dependent on each other, which costs digits: centre their variables",
                term.effects.join(", "),
                term.group
            ));
        }
    }

    /// Fitted values and residuals, and all results per row padded if so asked.
    fn add_rows(&mut self) {
        self.fitted = self.linear_predictor(self.n_obs, &self.x, self.offset.as_deref(), &self.terms, true);
        self.residuals = self.y.iter().zip(&self.fitted).map(|(y, f)| y - f).collect();
        self.residuals_pearson = match &self.weights {
            None => self.residuals.clone(),
            Some(w) => self.residuals.iter().zip(w).map(|(r, w)| r * w.sqrt()).collect(),
        };
        if self.rows.pad && !self.rows.dropped.is_empty() {
            let rows = &self.rows;
            for values in [&mut self.y, &mut self.fitted, &mut self.residuals, &mut self.residuals_pearson] {
                *values = rows.padded(values);
            }
            for values in [&mut self.weights, &mut self.offset].into_iter().flatten() {
                *values = rows.padded(values);
            }
        }
    }

    /// X beta + Z b + offset, or without Z b.
    pub(crate) fn linear_predictor(
        &self,
        n: usize,
        x: &[f64],
        offset: Option<&[f64]>,
        terms: &[impl TermData],
        random: bool,
    ) -> Vec<f64> {
        let mut eta = offset.map_or_else(|| vec![0.0; n], <[f64]>::to_vec);
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
        eta
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
    fn new(design: &Design, system: &LinearSystem, solution: &Solution) -> Self {
        let p = system.kept.len();
        let name = |j: &usize| design.x_names[*j].clone();
        FixedEffects {
            names: system.kept.iter().map(name).collect(),
            std_error: (0..p).map(|j| solution.vcov[j * p + j].sqrt()).collect(),
            estimate: solution.beta.clone(),
            vcov: solution.vcov.clone(),
            dropped: (0..design.x_names.len()).filter(|j| !system.kept.contains(j)).map(|j| name(&j)).collect(),
        }
    }
}

impl TermFit {
    fn new(term: crate::design::TermDesign, solution: crate::lmm::solution::TermSolution) -> Self {
        let r = term.effects.len();
        let cov = solution.cov;
        let sd: Vec<f64> = (0..r).map(|a| cov[a * r + a].max(0.0).sqrt()).collect();
        let corr = (0..r * r)
            .map(|e| match (e % r, e / r) {
                (a, b) if sd[a] == 0.0 || sd[b] == 0.0 => f64::NAN,
                (a, b) if a == b => 1.0,
                (a, b) => (cov[e] / sd[a] / sd[b]).clamp(-1.0, 1.0),
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
            modes: solution.modes,
            condvar: solution.condvar,
            boundary: solution.boundary,
            index: term.index,
            z: term.z,
        }
    }
}

impl Outcome {
    fn new(estimate: &Estimate, terms: &[TermFit]) -> Self {
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
            boundary: terms.iter().flat_map(|t| t.boundary.iter().map(move |d| describe(t, d))).collect(),
        }
    }
}

/// The design of a spec on data, with the program that makes it again.
fn realise(spec: &Spec, frame: Option<&Frame>, options: &Options) -> Result<(ModelProgram, Design)> {
    let (program, design) = ModelProgram::learn(spec, frame, options.na)?;
    if design.terms.is_empty() {
        return Err(Error::argument("the model has no random terms; a linear mixed model needs at least one, such as (1 | group)"));
    }
    crate::design::check_groups(&design)?;
    Ok((program, design))
}

/// The design reduced to cross-products, ready for the objective.
fn assemble(design: &Design) -> Result<LinearSystem> {
    let y: Vec<f64> = match &design.offset {
        Some(offset) => design.y.iter().zip(offset).map(|(y, o)| y - o).collect(),
        None => design.y.clone(),
    };
    let structures: Vec<Structure> = design.terms.iter().map(|t| t.structure).collect();
    let mut chunk = Chunk::of_design(design, &y);
    let shifts = shifts(&chunk, &structures);
    let centred = centred(&chunk, &shifts)?;
    for (term, own) in chunk.terms.iter_mut().zip(&centred) {
        if own.is_some() {
            term.z = own.as_deref();
        }
    }
    let mut products = CrossProducts::new(Layout::of_design(design))?;
    products.add(&chunk)?;
    LinearSystem::new(products, structures, shifts)
}
