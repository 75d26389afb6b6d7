//! Cox models with Gaussian frailties: from the design to the fit.

use std::borrow::Cow;
use std::time::Instant;

use super::common::{Common, Fit};
use super::engine::not_by_iterations;
use super::estimable::Estimable;
use super::kind::{Cox, Kind};
use super::parts::{FixedEffects, TermFit};
use super::points::Points;
use super::priors::of_cox;
use super::random_terms::{check_cox, check_unseen};
use super::within_fixed::check_rows;
use crate::coxme::concordance::Concordance;
use crate::coxme::estimate::{estimate, estimate_from};
use crate::coxme::laplace::Laplace;
use crate::coxme::model::Model;
use crate::coxme::risk::RiskSets;
use crate::coxme::solution::{Solution, solve};
use crate::coxme::within::Within;
use crate::design::{Design, ModelProgram, SurvivalDesign};
use crate::error::{Error, Result, try_collect, try_copy};
use crate::options::{Engine, FixedEffectsBy, Information, Nodes, Options};
use crate::search::{Estimate, near_or_anew};
use crate::spec::Ties;
use crate::watch::{Phase, Watch};

/// Fits a design; the search begins at the estimates of a fit that is likely to be near.
pub(super) fn fit(
    ties: Ties,
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
    let model = model_of(&design, ties)?;
    design.warnings.extend(check_unseen(&design, &model, options.unidentified)?);
    let warnings = check_rows(&design, true, false, options.unidentified)?;
    design.warnings.extend(warnings);
    let mut laplace = Laplace::new(&model, watch)?;
    // Without variance a search would stay there.
    let near = near.filter(|fit| !fit.singular).map(|fit| &fit.theta[..]);
    let estimate = near_or_anew(near, |near| estimate_from(&mut laplace, near, options))?;
    laplace.watch = watch.without_end();
    let solution = solve(&mut laplace, &estimate.working)?;
    let mut fit = Fit::cox_of(design, program, &model, &estimate, (solution, options.fixed_effects), &watch.without_end())?;
    fit.timing.1 = started.elapsed().as_secs_f64();
    Ok(fit)
}

/// The criterion at each of the given theta.
pub(super) fn objective(ties: Ties, design: &Design, options: &Options, thetas: Points<'_>, watch: &Watch<'_>) -> Result<Vec<f64>> {
    check(design, options)?;
    if options.fixed_effects == FixedEffectsBy::Integrated {
        return Err(Error::unsupported(
            "objective: a criterion of theta has the fixed effects of a Cox model at the joint mode (fixed_effects joint)",
        ));
    }
    let model = model_of(design, ties)?;
    let mut laplace = Laplace::new(&model, watch)?;
    let points = thetas.of(model.n_theta())?;
    let total = points.len();
    let evaluate = |(i, theta): (usize, &[f64])| {
        watch.at(Phase::Objective, i, Some(total))?;
        laplace.evaluate(&model.working_from_theta(theta)?)
    };
    points.enumerate().map(evaluate).collect()
}

/// The least criterion of a design, and how many fixed effects it has; `None` where the search did not converge.
pub(crate) fn least(ties: Ties, design: &Design, options: &Options, watch: &Watch<'_>) -> Result<Option<(f64, usize)>> {
    let model = model_of(design, ties)?;
    let best = estimate(&mut Laplace::new(&model, watch)?, options)?;
    Ok(best.converged.then_some((best.value, model.p())))
}

/// The model of a design.
pub(crate) fn model_of(design: &Design, ties: Ties) -> Result<Model> {
    let mut model = Model::new(design, survival_of(design)?, ties)?;
    model.prior = of_cox(design)?;
    Ok(model)
}

fn survival_of(design: &Design) -> Result<&SurvivalDesign> {
    design.survival.as_ref().ok_or_else(|| Error::argument("the response of a Cox model is Surv(time, event)"))
}

fn check(design: &Design, options: &Options) -> Result<Vec<String>> {
    if options.engine == Engine::Iterative {
        return Err(not_by_iterations("Cox models"));
    }
    if options.quadrature != 1 || options.nodes != Nodes::Adaptive {
        return Err(Error::unsupported("quadrature: a Cox model has the Laplace approximation (1) and no other"));
    }
    if options.information != Information::Observed {
        return Err(Error::unsupported("information: a Cox model has the observed information and no other"));
    }
    if options.reml_generalised {
        return Err(Error::unsupported("method: a Cox model has no restricted likelihood"));
    }
    check_cox(design, options.unidentified)
}

/// The model of a fit again, for what needs its risk sets or its information.
pub(crate) struct CoxModel {
    pub model: Model,
    pub working: Vec<f64>,
    /// Of the model's own columns, where they maximise the integrated likelihood, with their covariance.
    pub held: Option<(Vec<f64>, Vec<f64>)>,
}

impl CoxModel {
    /// The joint mode at the estimates, or that of the random effects at the fixed ones that are held, with the factor of the information of
    /// both kinds of effects.
    pub fn at_estimates<'a>(&'a self, watch: &Watch<'a>) -> Result<Laplace<'a>> {
        let mut laplace = Laplace::new(&self.model, &watch.without_end())?;
        if let Some((beta, _)) = &self.held {
            laplace.joint.hold_all(beta);
        }
        laplace.evaluate(&self.working)?;
        Ok(laplace)
    }
}

impl Fit {
    /// Of a Cox fit.
    pub(crate) fn cox_model(&self, own: &Cox) -> Result<CoxModel> {
        let design = self.design()?;
        let model = model_of(&design, own.ties)?;
        let working = model.working_from_theta(&self.theta)?;
        let mut held = None;
        if own.fixed_effects == FixedEffectsBy::Integrated {
            let (p, scales) = (self.fixed.names.len(), &model.x_scales);
            if model.p() != p {
                return Err(Error::numeric("other columns of the model are collinear to within rounding than in the fit"));
            }
            let beta = self.fixed.estimate.iter().zip(scales).map(|(b, scale)| b * scale).collect();
            held = Some((beta, (0..p * p).map(|e| self.fixed.vcov[e] * scales[e % p] * scales[e / p]).collect()));
        }
        Ok(CoxModel { model, working, held })
    }

    /// Fails for what is of the joint mode of fixed and random effects.
    pub(crate) fn at_joint_mode(&self, what: &str) -> Result<()> {
        match self.cox() {
            Some(own) if own.fixed_effects == FixedEffectsBy::Integrated => Err(Error::unsupported(format!(
                "{what}: not available where the fixed effects maximise the integrated likelihood (fixed_effects integrated)"
            ))),
            _ => Ok(()),
        }
    }

    /// Columns `[n_obs, p]` as the likelihood sees them: of a Cox model about the means of its strata.
    pub(crate) fn seen<'x>(&self, x: &'x [f64]) -> Result<Cow<'x, [f64]>> {
        self.need_rows("model matrix")?;
        let Some(own) = self.cox() else { return Ok(x.into()) };
        let weights = self.weights.as_deref().map(|w| self.used(w)).transpose()?;
        let sets = RiskSets::new(&own.survival, weights.as_deref(), own.ties)?;
        let within = Within::new(&own.survival, &sets)?;
        let mut seen = try_copy("model matrix", x)?;
        seen.chunks_exact_mut(self.n_obs.max(1)).try_for_each(|column| within.centre(column))?;
        Ok(seen.into())
    }

    /// Puts together the results of a Cox fit.
    fn cox_of(
        mut design: Design,
        program: ModelProgram,
        model: &Model,
        estimate: &Estimate,
        (solution, fixed_effects): (Solution, FixedEffectsBy),
        watch: &Watch<'_>,
    ) -> Result<Fit> {
        let estimable = Estimable::of_blocks(design.n, &[(&design.x, &model.kept)])?;
        let npar = model.p() + solution.theta.len();
        let fixed = FixedEffects::new(&design.x_names, &model.kept, solution.beta, solution.vcov, solution.root);
        let monotone: Vec<String> = solution.monotone.iter().map(|&j| fixed.names[j].clone()).collect();
        design.warnings.extend(monotone.iter().map(|name| {
            format!(
                "the likelihood does not fall as the coefficient of {name} goes on growing, to one side: it has no finite maximum likelihood \
                 estimate, and its standard error says nothing (monotone likelihood)"
            )
        }));
        let survival = design.survival.take().unwrap_or_default();
        let n_events = survival.event.iter().filter(|event| **event).count();
        let theta_names = design.terms.iter().flat_map(|t| t.structure.theta_names(&t.group, &t.effects)).collect();
        let terms = std::mem::take(&mut design.terms).into_iter().zip(solution.terms).map(|(t, s)| TermFit::new(t, s)).collect();
        let cox = Cox {
            ties: model.sets.ties,
            fixed_effects,
            loglik_null: solution.loglik_null,
            loglik_fitted: solution.loglik_fitted,
            loglik_penalised: solution.loglik_penalised,
            df_penalised: solution.df_penalised,
            survival,
            eta: vec![],
            mode_steps: solution.steps,
            concordance: Concordance::default(),
            n_events,
            monotone,
        };
        let mut fit = Fit::of(Common {
            kind: Kind::Cox(Box::new(cox)),
            reml: false,
            theta: solution.theta,
            sigma: f64::NAN,
            criterion: solution.criterion,
            penalty: solution.penalty,
            kept: &model.kept,
            df_used: npar,
            npar,
            theta_names,
            terms,
            fixed,
            estimable,
            estimate,
            design,
            program,
        });
        fit.bic = fit.criterion + npar as f64 * (n_events as f64).ln();
        fit.add_cox_rows(&solution.expected, &model.sets, watch)?;
        Ok(fit)
    }

    /// The predictor with its concordance, expected events and martingale residuals, and all results per row padded if so asked.
    fn add_cox_rows(&mut self, expected: &[f64], sets: &RiskSets, watch: &Watch<'_>) -> Result<()> {
        let eta = self.linear_predictor(self.n_obs, &self.x, self.offset.as_deref(), &self.terms, (true, 1))?;
        if let Kind::Cox(cox) = &mut self.kind {
            cox.concordance = sets.concordance(&eta, watch)?;
            cox.eta = eta;
        }
        self.fitted = try_copy("expected events", expected)?;
        self.residuals = try_collect("residuals", self.y.iter().zip(expected).map(|(y, e)| y - e))?;
        self.residuals_pearson = try_collect("residuals", std::iter::repeat_n(f64::NAN, self.n_obs))?;
        self.pad_rows()
    }
}
