//! Linear mixed models: from the design to the fit.

use std::borrow::Cow;
use std::time::Instant;

use super::common::{Common, Fit};
use super::correlation::CorrelationFit;
use super::engine::{EngineRecord, no_values};
use super::estimable::Estimable;
use super::iterated::{self, Solver};
use super::kind::Kind;
use super::maxima::solutions;
use super::parts::{FixedEffects, TermFit};
use super::points::Points;
use super::priors::{check_restricted, of_linear};
use super::random_terms::check_linear;
use super::within_fixed::check_system;
use crate::covariance::Structure;
use crate::design::{CorrelationDesign, Design, ModelProgram, TermDesign, UNSEEN, independent_columns};
use crate::error::{Error, Result, try_collect, try_copy};
use crate::formula::CorrelationKind;
use crate::lmm::correlation::products::{CorrelatedProducts, CorrelatedRows};
use crate::lmm::cross_products::CrossProducts;
use crate::lmm::deviance::Deviance;
use crate::lmm::estimate::estimate_from;
use crate::lmm::parameters::working_from_theta;
use crate::lmm::response::ResponseRows;
use crate::lmm::rows::Chunk;
use crate::lmm::solution::{Solution, solve};
use crate::lmm::system::{LinearSystem, WorkingColumns};
use crate::options::Options;
use crate::random::{Layout, centred, shifts};
use crate::search::{Estimate, near_or_anew};
use crate::watch::{Phase, Watch};

/// Fits a design; the search begins at the estimates of a fit that is likely to be near.
pub(super) fn fit(
    program: ModelProgram,
    mut design: Design,
    options: &Options,
    near: Option<&Fit>,
    watch: &Watch<'_>,
) -> Result<Fit> {
    watch.pulse()?;
    let warnings = check(&design, options)?;
    design.warnings.extend(warnings);
    let started = Instant::now();
    let wide = Wide::of(&mut design)?;
    let system = assemble(&design, watch)?;
    let warnings = check_system(&system, &design.terms, options.unidentified)?;
    design.warnings.extend(warnings);
    // The correlation of residuals is searched with theta.
    let near = near.map(|fit| fit.theta.iter().copied().chain(fit.correlation().map(|c| c.estimate)).collect::<Vec<_>>());
    let mut fit = solved(design, program, &system, (options, near.as_deref()), watch)?;
    if let Some(wide) = wide {
        wide.restore(&mut fit)?;
    }
    fit.timing.1 = started.elapsed().as_secs_f64();
    Ok(fit)
}

/// Fits a system by the engine that the options choose.
pub(super) fn solved(
    design: Design,
    program: ModelProgram,
    system: &LinearSystem,
    (options, near): (&Options, Option<&[f64]>),
    watch: &Watch<'_>,
) -> Result<Fit> {
    match Solver::choose(system, options, watch)? {
        Solver::Iterative(record) => iterated::fit(design, program, system, (options, near), record, watch),
        Solver::Direct(deviance, record) => factorised(design, program, (*deviance, record), (options, near), watch),
    }
}

/// Fits a system by factorisations.
fn factorised(
    design: Design,
    program: ModelProgram,
    (mut deviance, record): (Deviance<'_>, Option<EngineRecord>),
    (options, near): (&Options, Option<&[f64]>),
    watch: &Watch<'_>,
) -> Result<Fit> {
    let system = deviance.system;
    let estimate = near_or_anew(near, |near| estimate_from(&mut deviance, near, options))?;
    deviance.watch = watch.without_end();
    let others = solutions(&mut deviance, &estimate.others)?;
    let solution = solve(&mut deviance, &estimate.working)?;
    let mut fit = Fit::linear(design, program, system, options, (&estimate, record), solution)?;
    let others: Vec<_> = others.iter().map(|other| fit.other_maximum(other)).collect();
    fit.warn_of_maxima(&others);
    Ok(fit)
}

/// The criterion at each of the given theta.
pub(super) fn objective(design: &Design, options: &Options, thetas: Points<'_>, watch: &Watch<'_>) -> Result<Vec<f64>> {
    check(design, options)?;
    let mut design = design.clone();
    Wide::of(&mut design)?;
    let system = assemble(&design, watch)?;
    check_system(&system, &design.terms, options.unidentified)?;
    let Solver::Direct(mut deviance, _) = Solver::choose(&system, options, watch)? else {
        return Err(no_values());
    };
    let points = thetas.of(system.n_working())?;
    let total = points.len();
    let evaluate = |(i, theta): (usize, &[f64])| {
        watch.at(Phase::Objective, i, Some(total))?;
        deviance.evaluate(&working_from_theta(&system, theta)?)
    };
    points.enumerate().map(evaluate).collect()
}

fn check(design: &Design, options: &Options) -> Result<Vec<String>> {
    if options.reml {
        check_restricted(design, "method = ml")?;
    }
    if let Some(correlation) = &design.correlation {
        check_correlation(design, correlation)?;
    }
    check_linear(design, options.unidentified)
}

/// A residual standard deviation below this share of a term's is next to nothing.
const NO_RESIDUAL: f64 = 1e-3;

/// A design with at least as many columns as rows, of which only the independent ones are left: all that comes after is cubic in them.
struct Wide {
    kept: Vec<usize>,
    names: Vec<String>,
    x: Vec<f64>,
}

impl Wide {
    /// Takes dependent columns out of such a design; fails where those that are left fit any response.
    fn of(design: &mut Design) -> Result<Option<Self>> {
        let (n, p) = (design.n, design.x_names.len());
        if p < n {
            return Ok(None);
        }
        let kept = independent_columns(n, &design.x)?;
        if kept.len() >= n {
            return Err(Error::data(format!(
                "{n} rows can't determine {p} fixed effects and a residual variance: there are {} fixed effects {} rows",
                if p > n { "more" } else { "as many" },
                if p > n { "than" } else { "as" }
            )));
        }
        let (names, x) = (design.x_names.clone(), std::mem::take(&mut design.x));
        design.x = kept.iter().flat_map(|&j| x[j * n..(j + 1) * n].iter().copied()).collect();
        design.x_names = kept.iter().map(|&j| names[j].clone()).collect();
        Ok(Some(Wide { kept, names, x }))
    }

    /// Counts columns as the whole design does.
    fn restore(&self, fit: &mut Fit) -> Result<()> {
        fit.kept.iter_mut().for_each(|j| *j = self.kept[*j]);
        fit.fixed.dropped = (0..self.names.len()).filter(|j| !fit.kept.contains(j)).map(|j| self.names[j].clone()).collect();
        fit.estimable = Estimable::of_blocks(fit.n_obs, &[(&self.x, &fit.kept)])?;
        Ok(())
    }
}

/// Compound symmetry and a random intercept of the same group are the same model twice.
fn check_correlation(design: &Design, correlation: &CorrelationDesign) -> Result<()> {
    let same = |term: &&TermDesign| {
        let mut level = vec![UNSEEN; correlation.n_groups];
        let one = correlation.index.iter().zip(&term.index).all(|(g, own)| {
            let known = &mut level[*g as usize];
            *known = if *known == UNSEEN { *own } else { *known };
            known == own
        });
        let constant = |z: &[f64]| z.chunks_exact(design.n).any(|column| column.iter().all(|v| *v == column[0]));
        let groups = level.iter().filter(|l| **l != UNSEEN).count();
        one && groups == term.levels.len() && term.z.as_deref().is_none_or(constant)
    };
    match design.terms.iter().find(same).filter(|_| correlation.kind == CorrelationKind::CompoundSymmetry) {
        None => Ok(()),
        Some(term) => Err(twice(&correlation.group, &term.group)),
    }
}

/// An error for compound symmetry and a random intercept of the same groups.
pub(super) fn twice(correlation: &str, term: &str) -> Error {
    Error::argument(format!(
        "correlation: cs(1 | {correlation}) and the random intercept of {term} are the same model twice; leave one out"
    ))
}

impl Fit {
    /// Puts together the results of a linear fit.
    pub(super) fn linear(
        mut design: Design,
        program: ModelProgram,
        system: &LinearSystem,
        options: &Options,
        (estimate, engine): (&Estimate, Option<EngineRecord>),
        solution: Solution,
    ) -> Result<Fit> {
        let has_rows = design.has_rows();
        let estimable = if has_rows { Estimable::of_blocks(design.n, &[(&design.x, &system.kept)])? } else { Estimable::default() };
        let npar = system.kept.len() + solution.theta.len() + usize::from(solution.correlation.is_some()) + 1;
        let theta_names = design.terms.iter().flat_map(|t| t.structure.theta_names(&t.group, &t.effects)).collect();
        let terms = std::mem::take(&mut design.terms).into_iter().zip(solution.terms).map(|(t, s)| TermFit::new(t, s)).collect();
        let correlation = system.correlation.as_ref().zip(solution.correlation).zip(design.correlation.take());
        let correlation = correlation.map(|((products, (estimate, std_error)), design)| CorrelationFit {
            estimate,
            std_error,
            lower: products.scale.lower().0,
            design,
        });
        let mut fit = Fit::of(Common {
            kind: Kind::Linear(correlation, engine.map(Box::new)),
            reml: options.reml,
            fixed: FixedEffects::new(&design.x_names, &system.kept, solution.beta, solution.vcov, solution.root),
            theta: solution.theta,
            sigma: solution.sigma,
            criterion: solution.criterion,
            penalty: solution.penalty,
            kept: &system.kept,
            df_used: npar,
            npar,
            theta_names,
            terms,
            estimable,
            estimate,
            design,
            program,
        });
        fit.warn_of_dependent_effects(system);
        fit.warn_of_no_residual();
        if has_rows {
            fit.add_linear_rows(options.threads)?;
        }
        Ok(fit)
    }

    /// Fitted values and residuals of a linear model, and all results per row padded if so asked.
    fn add_linear_rows(&mut self, threads: usize) -> Result<()> {
        self.fitted = self.linear_predictor(self.n_obs, &self.x, self.offset.as_deref(), &self.terms, (true, threads))?;
        self.residuals = try_collect("residuals", self.y.iter().zip(&self.fitted).map(|(y, f)| y - f))?;
        self.residuals_pearson = match &self.weights {
            None => try_copy("residuals", &self.residuals)?,
            Some(w) => try_collect("residuals", self.residuals.iter().zip(w).map(|(r, w)| r * w.sqrt()))?,
        };
        self.pad_rows()
    }

    /// A structured term with an effect for each row may take up all of the variance.
    fn warn_of_no_residual(&mut self) {
        for term in self.terms.iter().filter(|term| term.design.levels.len() * term.design.effects.len() >= self.n_obs) {
            let most = term.sd.iter().fold(0.0f64, |most, sd| most.max(*sd));
            if self.sigma < NO_RESIDUAL * most {
                self.design_warnings.push(format!(
                    "the residual standard deviation {:.3e} is next to nothing beside {most:.3e} of {}, which has a random effect for each \
                     row: the likelihood may be highest where that has all of the variance, and hardly tells the two apart",
                    self.sigma, term.design.group
                ));
            }
        }
    }

    fn warn_of_dependent_effects(&mut self, system: &LinearSystem) {
        for (_, term) in self.terms.iter().enumerate().filter(|(k, _)| system.nearly_dependent(*k)) {
            self.design_warnings.push(format!(
                "the effects {} of {} are nearly dependent on each other, which costs digits: centre their variables",
                term.design.effects.join(", "),
                term.design.group
            ));
        }
    }
}

/// The design reduced to cross-products, ready for the objective.
pub(crate) fn assemble(design: &Design, watch: &Watch<'_>) -> Result<LinearSystem> {
    Ok(Assembled::new(design, watch)?.system)
}

/// A system, and what another response of the same design needs besides.
pub(crate) struct Assembled {
    pub system: LinearSystem,
    columns: WorkingColumns,
    /// The columns of terms that were shifted.
    centred: Vec<Option<Vec<f64>>>,
}

impl Assembled {
    pub fn new(design: &Design, watch: &Watch<'_>) -> Result<Self> {
        watch.pulse()?;
        let y = design.without_offset()?;
        let structures: Vec<Structure> = design.terms.iter().map(|t| t.structure).collect();
        let mut chunk = Chunk::of_design(design, &y, watch);
        let shifts = shifts(chunk.n, &chunk.terms, &structures);
        let centred = centred(chunk.n, &chunk.terms, &shifts)?;
        replace(&mut chunk, &centred);
        watch.pulse()?;
        let mut products = CrossProducts::new(Layout::of_design(design))?;
        products.add(&chunk)?;
        watch.pulse()?;
        let (mut system, columns) = LinearSystem::with_projection(products, structures, shifts)?;
        system.prior = of_linear(design, &system.kept)?;
        if let Some(correlation) = &design.correlation {
            system.correlation = Some(CorrelatedProducts::new(correlation, system.working_rows(&columns, &chunk)?)?);
        }
        Ok(Assembled { system, columns, centred })
    }

    /// The design's rows in working columns, times the square roots of their weights.
    pub fn working_rows(&self, design: &Design, watch: &Watch<'_>) -> Result<Cow<'_, CorrelatedRows>> {
        if let Some(products) = &self.system.correlation {
            return Ok(Cow::Borrowed(products.rows()));
        }
        let y = design.without_offset()?;
        let mut chunk = Chunk::of_design(design, &y, watch);
        replace(&mut chunk, &self.centred);
        self.system.working_rows(&self.columns, &chunk).map(Cow::Owned)
    }

    /// What other responses need of the design's rows.
    pub fn response_rows(&self, design: &Design, watch: &Watch<'_>) -> Result<ResponseRows> {
        ResponseRows::new(&self.columns, &Chunk::of_design(design, &design.y, watch), &self.system)
    }

    /// Replaces the response by that of the design.
    pub fn set_response(&mut self, rows: &ResponseRows, design: &Design, watch: &Watch<'_>) -> Result<()> {
        let y = design.without_offset()?;
        let mut chunk = Chunk::of_design(design, &y, watch);
        replace(&mut chunk, &self.centred);
        rows.set_response(&chunk, &mut self.system)
    }
}

impl Design {
    /// The response less the offset.
    fn without_offset(&self) -> Result<Vec<f64>> {
        match &self.offset {
            Some(offset) => try_collect("response", self.y.iter().zip(offset).map(|(y, o)| y - o)),
            None => try_copy("response", &self.y),
        }
    }
}

/// Columns that were shifted in the place of the design's.
fn replace<'a>(chunk: &mut Chunk<'a>, centred: &'a [Option<Vec<f64>>]) {
    for (term, own) in chunk.terms.iter_mut().zip(centred) {
        if own.is_some() {
            term.z = own.as_deref();
        }
    }
}
