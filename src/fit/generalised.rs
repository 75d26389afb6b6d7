//! Generalised linear mixed models: from the design to the fit.

use std::time::Instant;

use super::{FamilyParameter, Fit, FixedEffects, Generalised, Outcome, PredictorFit, TermFit, kept_columns};
use crate::covariance::Structure;
use crate::design::{Design, ModelProgram, PredictorDesign, TermDesign, check_groups_generalised};
use crate::error::{Error, Result};
use crate::family::{Family, ZeroPart, by_name};
use crate::glmm::estimate::estimate;
use crate::glmm::fixed::FixedPart;
use crate::glmm::laplace::{Approximation, Inside, Laplace};
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::solution::{Solution, solve};
use crate::glmm::start::{Start, start};
use crate::options::{Information, Options, Progress};
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
    let prepared = prepare(spec, &design)?;
    design.warnings.extend(prepared.check_response()?);
    let model = prepared.model(&design)?;
    let start = prepared.start(&model)?;
    let mut laplace = Laplace::new(&model, approximation(options))?;
    let estimate = estimate(&mut laplace, &start, options, progress)?;
    let solution = solve(&mut laplace, &estimate.working, options.std_errors)?;
    let mut fit = assemble(&prepared, design, program, &model, options, &estimate, solution)?;
    fit.timing.1 = started.elapsed().as_secs_f64();
    Ok(fit)
}

/// The deviance at each of the given points.
pub(super) fn objective(spec: &Spec, design: &Design, options: &Options, points: &[f64]) -> Result<Vec<f64>> {
    let prepared = prepare(spec, design)?;
    prepared.check_response()?;
    let model = prepared.model(design)?;
    let mut laplace = Laplace::new(&model, approximation(options))?;
    let n_theta = model.n_theta();
    if let Inside::Mode | Inside::Integrated = laplace.how.inside {
        laplace.start_fixed(&prepared.start(&model)?.fixed[0]);
    }
    let n = laplace.n_parameters();
    super::points(points, n)?
        .map(|point| {
            let mut x = model.working_from_theta(&point[..n_theta])?;
            for (a, range) in laplace.outer().zip(laplace.ranges()) {
                x.extend(model.fixed[a].to_working(&point[range]));
            }
            x.extend_from_slice(&point[laplace.shared()]);
            laplace.evaluate(&x, crate::family::Order::Mode)
        })
        .collect()
}

pub(crate) fn approximation(options: &Options) -> Approximation {
    let inside = match (options.quadrature, options.reml_generalised) {
        (0, _) => Inside::Mode,
        (_, true) => Inside::Integrated,
        _ => Inside::Nothing,
    };
    Approximation { expected: options.information == Information::Expected, inside, points: options.quadrature.max(1) }
}

/// A response and its predictors, before they are put into working units.
pub(crate) struct Prepared {
    pub response: FamilyResponse,
}

fn prepare(spec: &Spec, design: &Design) -> Result<Prepared> {
    check_groups_generalised(design)?;
    let family = family(spec)?;
    if design.dispersion.is_some() && family.parameters().is_empty() {
        return Err(Error::argument(format!(
            "dispformula: the family {} has no dispersion that could depend on anything",
            family.name()
        )));
    }
    if design.dispersion.is_some() && family.parameters()[0].fixed.is_some() {
        let name = family.parameters()[0].name;
        return Err(Error::argument(format!("dispformula: {name} is given a value, and a formula to depend on")));
    }
    let zero = match design.zero_inflation {
        None => None,
        Some(_) => Some(zero_part(&*family)?),
    };
    let weights = design.weights.clone().unwrap_or_default();
    let response = FamilyResponse::new(family, zero, design.dispersion.is_some(), design.y.clone(), weights);
    Ok(Prepared { response })
}

/// The family of a specification with its given parameters.
fn family(spec: &Spec) -> Result<Box<dyn Family>> {
    let own = &spec.family;
    let mut family = match &own.custom {
        Some(family) => family.clone(),
        None => by_name(if own.name.is_empty() { "gaussian" } else { &own.name }, own.link.as_deref())?,
    };
    for (name, value) in &own.fixed {
        family.fix(name, *value)?;
    }
    Ok(family)
}

/// A family that has no zeros of its own leaves all zeros to the zero part.
fn zero_part(family: &dyn Family) -> Result<ZeroPart> {
    match family.name() {
        name if name.starts_with("truncated") => Ok(ZeroPart::Hurdle),
        "gamma" | "inverse_gaussian" | "lognormal" | "beta" => Ok(ZeroPart::Hurdle),
        "poisson" | "nbinom1" | "nbinom2" | "binomial" | "betabinomial" => Ok(ZeroPart::Inflation),
        name => Err(Error::argument(format!("ziformula: the family {name} has no zeros to inflate"))),
    }
}

impl Prepared {
    /// Fails at a response that the family can't have; the zeros of a hurdle are not the family's.
    pub fn check_response(&self) -> Result<Vec<String>> {
        let response = &self.response;
        if response.zero != Some(ZeroPart::Hurdle) {
            return response.family.check_response(&response.observations());
        }
        let rows: Vec<usize> = (0..response.y.len()).filter(|&i| response.y[i] != 0.0).collect();
        let part = |values: &[f64]| -> Vec<f64> { rows.iter().filter_map(|&i| values.get(i).copied()).collect() };
        let (y, weights) = (part(&response.y), part(&response.weights));
        if y.is_empty() {
            return Err(Error::data("the response is zero in all rows: there is nothing but a zero part to model"));
        }
        response.family.check_response(&crate::family::Observations { y: &y, weights: &weights })
    }

    /// The model in working units, the predictors in the order of the response.
    pub fn model(&self, design: &Design) -> Result<Model> {
        let n = design.n;
        let mut fixed = vec![FixedPart::new(n, &design.x, design.offset.as_deref())?];
        let mut terms: Vec<(usize, &TermDesign)> = design.terms.iter().map(|t| (0, t)).collect();
        for predictor in [&design.zero_inflation, &design.dispersion].into_iter().flatten() {
            terms.extend(predictor.terms.iter().map(|t| (fixed.len(), t)));
            fixed.push(FixedPart::new(n, &predictor.x, predictor.offset.as_deref())?);
        }
        let parameters: usize = fixed.iter().map(|f| f.p).sum();
        if n <= fixed[0].p {
            return Err(Error::data(format!("{n} rows can't determine {} fixed effects", fixed[0].p)));
        }
        if parameters == 0 && terms.is_empty() {
            return Err(Error::argument("the model has neither fixed nor random effects"));
        }
        Model::new(Box::new(self.response.clone()), n, fixed, &terms)
    }

    pub fn start(&self, model: &Model) -> Result<Start> {
        let response = &self.response;
        let (n, family) = (model.n, &response.family);
        let mut eta = vec![vec![0.0; n]];
        family.start_eta(&response.observations(), &mut eta[0])?;
        let psi = self.psi(&eta[0])?;
        if response.zero.is_some() {
            let share = response.y.iter().filter(|y| **y == 0.0).count() as f64 / n as f64;
            let share = if response.zero == Some(ZeroPart::Inflation) { 0.5 * share } else { share };
            eta.push(vec![crate::family::special::logit(share.clamp(0.02, 0.98)); n]);
        }
        if response.dispersion {
            eta.push(vec![psi[0]; n]);
        }
        let shared = |psi: &[f64]| response.shared.iter().map(|&j| psi[j]).collect::<Vec<f64>>();
        start(model, eta, shared(&psi), &|eta| Ok(shared(&self.psi(&eta[0])?)))
    }

    /// A guess of the family's parameters where the mean's predictor is `eta`.
    fn psi(&self, eta: &[f64]) -> Result<Vec<f64>> {
        let link = self.response.family.link();
        let mu: Vec<f64> = eta.iter().map(|e| link.linkinv(*e)).collect();
        self.response.family.start_psi(&self.response.observations(), &mu)
    }
}

/// Puts together the results.
fn assemble(
    prepared: &Prepared,
    design: Design,
    program: ModelProgram,
    model: &Model,
    options: &Options,
    estimate: &Estimate,
    solution: Solution,
) -> Result<Fit> {
    let response = &prepared.response;
    let n = design.n;
    let theta_names = theta_names(&design);
    let Design { x, x_names, zero_inflation, dispersion, .. } = design;
    let blocks = Blocks { model, solution: &solution };
    let fixed = FixedEffects::new(&x_names, &model.fixed[0].kept, solution.beta[0].clone(), blocks.vcov(0));
    let mut all_terms: std::collections::VecDeque<TermSolution> = vec![].into();
    let vcov_names = blocks.names(&fixed, [&zero_inflation, &dispersion], response, &theta_names);
    let mut eta = solution.eta.clone();
    let parameters = family_parameters(response, &blocks);
    let psi_fixed = response.psi(&solution.shared);
    let psi = psi_fixed.iter().enumerate().map(|(j, v)| if j == 0 && response.dispersion { f64::NAN } else { *v }).collect();
    let (vcov, deviance, flat) = (solution.vcov.clone(), solution.deviance, solution.flat);
    let beta = solution.beta.clone();
    let further_vcov: Vec<Vec<f64>> = (0..beta.len()).map(|a| blocks.vcov(a)).collect();
    let n_shared = solution.shared.len();
    let theta = solution.theta.clone();
    all_terms.extend(solution.terms);
    let take = |designs: Vec<TermDesign>, all: &mut std::collections::VecDeque<TermSolution>| -> Vec<TermFit> {
        designs.into_iter().zip(all.drain(..)).map(|(t, s)| TermFit::new(t, s)).collect()
    };
    let mean_terms = {
        let count = design.terms.len();
        let mut own: std::collections::VecDeque<_> = all_terms.drain(..count).collect();
        take(design.terms, &mut own)
    };
    let mut further = |predictor: Option<PredictorDesign>, at: usize| -> Option<PredictorFit> {
        predictor.map(|d| {
            let count = d.terms.len();
            let mut own: std::collections::VecDeque<_> = all_terms.drain(..count).collect();
            PredictorFit {
                fixed: FixedEffects::new(&d.x_names, &model.fixed[at].kept, beta[at].clone(), further_vcov[at].clone()),
                terms: take(d.terms, &mut own),
                eta: std::mem::take(&mut eta[at]),
                x: kept_columns(d.x, n, d.x_names.len(), &model.fixed[at].kept),
                offset: d.offset,
                kept: model.fixed[at].kept.clone(),
            }
        })
    };
    let zero_fit = further(zero_inflation, response.zero_predictor().unwrap_or(0));
    let dispersion_fit = further(dispersion, response.dispersion_predictor().unwrap_or(0));
    let npar = theta.len() + beta.iter().map(Vec::len).sum::<usize>() + n_shared;
    let reml = options.reml_generalised && options.quadrature != 0;
    let sigma = match parameters.first() {
        None => 1.0,
        Some(parameter) => parameter.estimate,
    };
    let every: Vec<&TermFit> = mean_terms
        .iter()
        .chain(zero_fit.iter().flat_map(|p| &p.terms))
        .chain(dispersion_fit.iter().flat_map(|p| &p.terms))
        .collect();
    let (singular, outcome) = (every.iter().any(|t| !t.boundary.is_empty()), Outcome::new(estimate, every.iter().copied()));
    let mut fit = Fit {
        kind: ModelKind::Glmm,
        formula: String::new(),
        reml,
        theta,
        theta_names,
        sigma,
        log_likelihood: -0.5 * deviance,
        criterion: deviance,
        aic: deviance + 2.0 * npar as f64,
        bic: deviance + npar as f64 * (n as f64).ln(),
        npar,
        df_residual: n.saturating_sub(if reml { npar - fixed.names.len() } else { npar }),
        n_obs: n,
        y: design.y,
        fitted: vec![],
        residuals: vec![],
        residuals_pearson: vec![],
        weights: design.weights,
        offset: design.offset,
        x: kept_columns(x, n, x_names.len(), &model.fixed[0].kept),
        singular,
        outcome,
        design_warnings: design.warnings,
        rows: design.rows,
        generalised: Some(Generalised {
            family: response.family.clone(),
            zero: response.zero,
            information: options.information,
            quadrature: options.quadrature,
            psi,
            parameters,
            zero_inflation: zero_fit,
            dispersion: dispersion_fit,
            eta: std::mem::take(&mut eta[0]),
            vcov_names,
            vcov,
        }),
        timing: (0.0, 0.0),
        kept: model.fixed[0].kept.clone(),
        terms: mean_terms,
        fixed,
        program,
    };
    if flat {
        fit.design_warnings.push(
            "the likelihood is flat in the direction of some parameters: their standard errors are not known (NaN)".to_owned(),
        );
    }
    fit.add_generalised_rows();
    Ok(fit)
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

/// The covariance of all parameters in its blocks.
struct Blocks<'a> {
    model: &'a Model,
    solution: &'a Solution,
}

impl Blocks<'_> {
    /// The first parameter of each predictor; of the one past the last, the first shared one.
    fn first(&self, predictor: usize) -> usize {
        self.model.fixed[..predictor].iter().map(|f| f.p).sum()
    }

    /// Of the fixed effects of one predictor.
    fn vcov(&self, predictor: usize) -> Vec<f64> {
        let (first, p) = (self.first(predictor), self.model.fixed[predictor].p);
        let m = self.solution.vcov.len().isqrt();
        (0..p * p).map(|e| self.solution.vcov[(first + e / p) * m + first + e % p]).collect()
    }

    /// The standard error of a shared parameter on its working scale.
    fn shared(&self, f: usize) -> f64 {
        let (m, at) = (self.solution.vcov.len().isqrt(), self.first(self.model.fixed.len()) + f);
        self.solution.vcov[at * (m + 1)].sqrt()
    }

    fn names(
        &self,
        fixed: &FixedEffects,
        further: [&Option<PredictorDesign>; 2],
        response: &FamilyResponse,
        theta_names: &[String],
    ) -> Vec<String> {
        let mut names = fixed.names.clone();
        let mut at = 1;
        for (predictor, prefix) in further.into_iter().zip(["zi.", "disp."]) {
            if let Some(predictor) = predictor {
                names.extend(self.model.fixed[at].kept.iter().map(|&j| format!("{prefix}{}", predictor.x_names[j])));
                at += 1;
            }
        }
        names.extend(response.shared.iter().map(|&j| response.family.parameters()[j].name.to_owned()));
        names.extend(theta_names.iter().map(|t| format!("theta.{t}")));
        names
    }
}

fn family_parameters(response: &FamilyResponse, blocks: &Blocks<'_>) -> Vec<FamilyParameter> {
    let psi = response.psi(&blocks.solution.shared);
    let one = |(j, p): (usize, &crate::family::Parameter)| {
        if j == 0 && response.dispersion {
            return FamilyParameter { name: p.name, estimate: f64::NAN, std_error: f64::NAN, fixed: false };
        }
        let std_error = match response.shared.iter().position(|&s| s == j) {
            Some(f) => blocks.shared(f) * p.scale.derivative(psi[j]).abs(),
            None => f64::NAN,
        };
        FamilyParameter { name: p.name, estimate: p.scale.reported(psi[j]), std_error, fixed: p.fixed.is_some() }
    };
    response.family.parameters().iter().enumerate().map(one).collect()
}

impl Fit {
    /// Fitted values and residuals of a generalised model.
    fn add_generalised_rows(&mut self) {
        let Some(own) = &self.generalised else { return };
        self.fitted = (0..self.n_obs).map(|i| own.mean(i)).collect();
        self.residuals = self.y.iter().zip(&self.fitted).map(|(y, f)| y - f).collect();
        let weight = |i: usize| self.weights.as_ref().map_or(1.0, |w| w[i]);
        self.residuals_pearson = (0..self.n_obs).map(|i| self.residuals[i] / own.standard_deviation(i, weight(i))).collect();
        self.pad_rows();
    }
}

impl Generalised {
    /// The family's parameters of row i, on their working scale.
    pub fn psi_of_row(&self, i: usize) -> Vec<f64> {
        let mut psi = self.psi.clone();
        if let Some(dispersion) = &self.dispersion {
            psi[0] = dispersion.eta[i];
        }
        psi
    }

    /// The probability of a zero of its own in row i.
    pub fn zero_probability(&self, i: usize) -> f64 {
        self.zero_inflation.as_ref().map_or(0.0, |z| crate::family::special::expit(z.eta[i]))
    }

    /// The mean of the response in row i.
    pub fn mean(&self, i: usize) -> f64 {
        (1.0 - self.zero_probability(i)) * self.family.response_mean(self.eta[i], &self.psi_of_row(i))
    }

    /// The standard deviation of the response in row i: of a mixture with zeros, (1 - pi) (V + pi mu^2).
    pub fn standard_deviation(&self, i: usize, weight: f64) -> f64 {
        let (psi, pi) = (self.psi_of_row(i), self.zero_probability(i));
        let mu = self.family.link().linkinv(self.eta[i]);
        let variance = self.family.variance(mu, weight, &psi);
        if pi == 0.0 {
            return variance.sqrt();
        }
        let mean = self.family.response_mean(self.eta[i], &psi);
        ((1.0 - pi) * (variance + pi * mean * mean)).sqrt()
    }
}
