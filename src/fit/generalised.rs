//! Generalised linear mixed models: from the design to the fit.

use std::time::Instant;

use super::diagnosis::{check_constant, check_ended, check_not_exact, check_quadrature, check_response, separated};
use super::{FamilyParameter, Fit, FixedEffects, Generalised, Outcome, PredictorFit, TermFit, kept_columns};
use crate::covariance::Structure;
use crate::design::{Design, ModelProgram, PredictorDesign, TermDesign, check_groups_generalised};
use crate::error::{Error, Result};
use crate::family::special::logit;
use crate::family::{Family, Order, ZeroPart};
use crate::glmm::estimate::estimate;
use crate::glmm::fixed::FixedPart;
use crate::glmm::laplace::{Approximation, Inside, Laplace};
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::solution::{Solution, solve};
use crate::glmm::start::{Guess, Start, start};
use crate::optimize::Reason;
use crate::options::{Information, Options, Progress, StdErrors};
use crate::random::TermSolution;
use crate::search::Estimate;
use crate::spec::{ModelKind, Spec};

/// Fits a design.
pub(super) fn fit(
    spec: &Spec,
    program: ModelProgram,
    mut design: Design,
    options: &Options,
    progress: Option<Progress<'_>>,
) -> Result<Fit> {
    let started = Instant::now();
    let response = response(spec, &design)?;
    design.warnings.extend(check_response(&response, &design.rows)?);
    design.warnings.extend(check_constant(&*response.family, &response.observations())?);
    check_quadrature(&response, options)?;
    let model = model(&response, &design)?;
    check_not_exact(&response, &model)?;
    let start = start_of(&response, &model)?;
    let mut laplace = Laplace::new(&model, approximation(options))?;
    let estimate = estimate(&mut laplace, &start, options, progress)?;
    let mut std_errors = options.std_errors;
    if estimate.reason == Reason::Deadline && std_errors == StdErrors::Marginal {
        std_errors = StdErrors::Conditional;
        design
            .warnings
            .push("standard errors are those given the covariance parameters, because the deadline was reached".to_owned());
    }
    let solution = solve(&mut laplace, &estimate.working, std_errors)?;
    let flat = solution.flat;
    let mut fit = Assembly { response: &response, model: &model, options, estimate: &estimate }.fit(design, program, solution)?;
    if let Some(own) = &mut fit.generalised {
        own.mode_steps = laplace.mode_steps;
    }
    check_ended(&mut fit, flat)?;
    fit.timing.1 = started.elapsed().as_secs_f64();
    Ok(fit)
}

/// The deviance at each of the given points.
pub(super) fn objective(spec: &Spec, design: &Design, options: &Options, points: &[f64]) -> Result<Vec<f64>> {
    let response = response(spec, design)?;
    check_response(&response, &design.rows)?;
    check_quadrature(&response, options)?;
    let model = model(&response, design)?;
    let mut laplace = Laplace::new(&model, approximation(options))?;
    let n_theta = model.n_theta();
    if laplace.how.inside != Inside::Nothing {
        laplace.start_fixed(&start_of(&response, &model)?.fixed[0]);
    }
    super::points(points, laplace.n_parameters())?
        .map(|point| {
            let mut x = model.working_from_theta(&point[..n_theta])?;
            for (a, range) in laplace.outer().zip(laplace.ranges()) {
                x.extend(model.fixed[a].to_working(&point[range]));
            }
            x.extend_from_slice(&point[laplace.shared()]);
            laplace.evaluate(&x, Order::Mode)
        })
        .collect()
}

pub(crate) fn approximation(options: &Options) -> Approximation {
    let inside = match (options.quadrature, options.reml_generalised) {
        (0, _) => Inside::Mode,
        (_, true) => Inside::Integrated,
        _ => Inside::Nothing,
    };
    let expected = options.information == Information::Expected;
    Approximation { expected, inside, points: options.quadrature.max(1), nodes: options.nodes }
}

fn response(spec: &Spec, design: &Design) -> Result<FamilyResponse> {
    check_groups_generalised(design)?;
    let family = spec.family.build()?;
    let zero = design.zero_inflation.as_ref().map(|_| zero_part(&*family)).transpose()?;
    let weights = design.weights.clone().unwrap_or_default();
    Ok(FamilyResponse::new(family, zero, design.dispersion.is_some(), design.y.clone(), weights))
}

/// A family that has no zeros of its own leaves all zeros to the zero part.
fn zero_part(family: &dyn Family) -> Result<ZeroPart> {
    match family.name() {
        name if name.starts_with("truncated") => Ok(ZeroPart::Hurdle),
        "gamma" | "inverse_gaussian" | "lognormal" | "beta" => Ok(ZeroPart::Hurdle),
        "poisson" | "nbinom1" | "nbinom2" | "binomial" | "betabinomial" | "tweedie" => Ok(ZeroPart::Inflation),
        name => Err(Error::argument(format!("ziformula: the family {name} has no zeros that could be more than expected"))),
    }
}

/// The model in working units, the predictors in the order of the response.
pub(crate) fn model(response: &FamilyResponse, design: &Design) -> Result<Model> {
    let n = design.n;
    let mut fixed = vec![FixedPart::new(n, &design.x, design.offset.as_deref())?];
    let mut terms: Vec<(usize, &TermDesign)> = design.terms.iter().map(|t| (0, t)).collect();
    for predictor in [&design.zero_inflation, &design.dispersion].into_iter().flatten() {
        terms.extend(predictor.terms.iter().map(|t| (fixed.len(), t)));
        fixed.push(FixedPart::new(n, &predictor.x, predictor.offset.as_deref())?);
    }
    if n <= fixed[0].p {
        return Err(Error::data(format!("{n} rows can't determine {} fixed effects", fixed[0].p)));
    }
    if terms.is_empty() {
        return Err(Error::argument("the model has no random terms; a mixed model needs at least one, such as (1 | group)"));
    }
    Model::new(Box::new(response.clone()), n, fixed, &terms)
}

pub(crate) fn start_of(response: &FamilyResponse, model: &Model) -> Result<Start> {
    let (n, family) = (model.n, &response.family);
    let data = response.observations();
    let mut eta = vec![vec![0.0; n]; 1 + usize::from(response.zero.is_some()) + usize::from(response.dispersion)];
    family.start_eta(&data, &mut eta[0])?;
    if let Some(zero) = response.zero_predictor() {
        let share = response.y.iter().filter(|y| **y == 0.0).count() as f64 / n as f64;
        // Of the zeros a family may have by itself half are taken for such.
        let share = if response.zero == Some(ZeroPart::Inflation) { 0.5 * share } else { share };
        eta[zero].fill(logit(share.clamp(0.02, 0.98)));
    }
    start(model, eta, &|eta| {
        let mu: Vec<f64> = eta[0].iter().map(|e| family.linkinv(*e)).collect();
        let psi = family.start_psi(&data, &mu)?;
        let shared = response.shared.iter().map(|&j| psi[j]).collect();
        Ok(Guess { shared, dispersion: response.dispersion_predictor().map(|d| (d, psi[0])) })
    })
}

/// Puts together the results of one model.
struct Assembly<'a> {
    response: &'a FamilyResponse,
    model: &'a Model,
    options: &'a Options,
    estimate: &'a Estimate,
}

impl Assembly<'_> {
    fn fit(&self, design: Design, program: ModelProgram, mut solution: Solution) -> Result<Fit> {
        let theta_names = theta_names(&design);
        let vcov_names = self.vcov_names(&design, &theta_names);
        let separated = separated(self.response, self.model, &design, &solution, &vcov_names)?;
        let mut own = std::mem::take(&mut solution.terms).into_iter();
        let Design { n, x, x_names, terms, zero_inflation, dispersion, .. } = design;
        let terms = term_fits(terms, &mut own);
        let mut further = |design: Option<PredictorDesign>, at: Option<usize>| -> Option<PredictorFit> {
            let (design, at) = (design?, at?);
            let terms = term_fits(design.terms, &mut own);
            let eta = std::mem::take(&mut solution.eta[at]);
            Some(PredictorFit {
                fixed: self.fixed_effects(&design.x_names, at, &solution),
                terms,
                eta,
                x: kept_columns(design.x, n, design.x_names.len(), &self.model.fixed[at].kept),
                offset: design.offset,
                kept: self.model.fixed[at].kept.clone(),
            })
        };
        let zero_inflation = further(zero_inflation, self.response.zero_predictor());
        let dispersion = further(dispersion, self.response.dispersion_predictor());
        let all_terms = || terms.iter().chain(zero_inflation.iter().chain(&dispersion).flat_map(|p| &p.terms));
        let singular = all_terms().any(|t| !t.boundary.is_empty());
        let outcome = Outcome::new(self.estimate, all_terms());
        let reml = self.options.reml_generalised && self.options.quadrature != 0;
        let npar = solution.theta.len() + solution.beta.iter().map(Vec::len).sum::<usize>() + solution.shared.len();
        let fixed = self.fixed_effects(&x_names, 0, &solution);
        let parameters = self.family_parameters(&solution);
        let mut psi = self.response.psi(&solution.shared);
        if self.response.dispersion {
            psi[0] = f64::NAN;
        }
        let mut fit = Fit {
            kind: ModelKind::Glmm,
            formula: String::new(),
            reml,
            sigma: f64::NAN,
            log_likelihood: -0.5 * solution.deviance,
            criterion: solution.deviance,
            aic: solution.deviance + 2.0 * npar as f64,
            bic: solution.deviance + npar as f64 * (n as f64).ln(),
            npar,
            df_residual: n.saturating_sub(if reml { npar - fixed.names.len() } else { npar }),
            n_obs: n,
            y: design.y,
            fitted: vec![],
            residuals: vec![],
            residuals_pearson: vec![],
            weights: design.weights,
            offset: design.offset,
            x: kept_columns(x, n, x_names.len(), &self.model.fixed[0].kept),
            singular,
            outcome,
            design_warnings: design.warnings,
            rows: design.rows,
            generalised: Some(Generalised {
                family: self.response.family.clone(),
                ordinal: None,
                zero: self.response.zero,
                information: self.options.information,
                quadrature: self.options.quadrature,
                nodes: self.options.nodes,
                mode_steps: 0,
                psi,
                parameters,
                eta: std::mem::take(&mut solution.eta[0]),
                separated,
                vcov_names,
                vcov: solution.vcov,
                zero_inflation,
                dispersion,
            }),
            timing: (0.0, 0.0),
            kept: self.model.fixed[0].kept.clone(),
            theta: solution.theta,
            theta_names,
            terms,
            fixed,
            program,
        };
        fit.design_warnings.extend(solution.remarks);
        fit.add_generalised_rows();
        Ok(fit)
    }

    /// The first parameter of a predictor in the covariance of all; of the one past the last, the first shared one.
    fn first(&self, predictor: usize) -> usize {
        self.model.fixed[..predictor].iter().map(|f| f.p).sum()
    }

    fn fixed_effects(&self, x_names: &[String], at: usize, solution: &Solution) -> FixedEffects {
        let (first, p, m) = (self.first(at), self.model.fixed[at].p, solution.vcov.len().isqrt());
        let vcov = (0..p * p).map(|e| solution.vcov[(first + e / p) * m + first + e % p]).collect();
        FixedEffects::new(x_names, &self.model.fixed[at].kept, solution.beta[at].clone(), vcov)
    }

    fn vcov_names(&self, design: &Design, theta_names: &[String]) -> Vec<String> {
        let kept = |at: usize, names: &[String], prefix: &str| -> Vec<String> {
            self.model.fixed[at].kept.iter().map(|&j| format!("{prefix}{}", names[j])).collect()
        };
        let mut names = kept(0, &design.x_names, "");
        if let (Some(predictor), Some(at)) = (&design.zero_inflation, self.response.zero_predictor()) {
            names.extend(kept(at, &predictor.x_names, "zi."));
        }
        if let (Some(predictor), Some(at)) = (&design.dispersion, self.response.dispersion_predictor()) {
            names.extend(kept(at, &predictor.x_names, "disp."));
        }
        names.extend(self.response.shared.iter().map(|&j| self.response.family.parameters()[j].name.clone().into_owned()));
        names.extend(theta_names.iter().map(|t| format!("theta.{t}")));
        names
    }

    /// On the reported scale, with standard errors by the delta method.
    fn family_parameters(&self, solution: &Solution) -> Vec<FamilyParameter> {
        let (psi, m, first) =
            (self.response.psi(&solution.shared), solution.vcov.len().isqrt(), self.first(self.model.fixed.len()));
        let one = |(j, p): (usize, &crate::family::Parameter)| {
            if j == 0 && self.response.dispersion {
                return FamilyParameter {
                    name: p.name.clone().into_owned(),
                    estimate: f64::NAN,
                    std_error: f64::NAN,
                    fixed: false,
                };
            }
            let std_error = match self.response.shared.iter().position(|&s| s == j) {
                Some(f) => solution.vcov[(first + f) * (m + 1)].sqrt() * p.scale.derivative(psi[j]).abs(),
                None => f64::NAN,
            };
            FamilyParameter {
                name: p.name.clone().into_owned(),
                estimate: p.scale.reported(psi[j]),
                std_error,
                fixed: p.fixed.is_some(),
            }
        };
        self.response.family.parameters().iter().enumerate().map(one).collect()
    }
}

fn term_fits(designs: Vec<TermDesign>, solutions: &mut impl Iterator<Item = TermSolution>) -> Vec<TermFit> {
    designs.into_iter().zip(solutions).map(|(t, s)| TermFit::new(t, s)).collect()
}

/// `group.effect` as ever; those of the zero part and the dispersion begin with `zi.` and `disp.`.
fn theta_names(design: &Design) -> Vec<String> {
    let names = |terms: &[TermDesign], prefix: &str| -> Vec<String> {
        let own =
            |t: &TermDesign| -> Vec<String> { Structure::theta_names(&t.structure, &format!("{prefix}{}", t.group), &t.effects) };
        terms.iter().flat_map(own).collect()
    };
    let mut all = names(&design.terms, "");
    all.extend(design.zero_inflation.iter().flat_map(|p| names(&p.terms, "zi.")));
    all.extend(design.dispersion.iter().flat_map(|p| names(&p.terms, "disp.")));
    all
}
