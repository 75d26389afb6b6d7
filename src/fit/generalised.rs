//! Generalised linear mixed models: from the design to the fit.

use std::time::Instant;

use super::Fit;
use super::assembly::Assembly;
use super::diagnosis::{
    check_constant, check_ended, check_not_exact, check_options, check_quadrature, check_response, nearly_separate,
};
use super::maxima::two_maxima;
use super::random_terms::check_generalised;
use super::region::{Found, search};
use super::response::{AnyResponse, observed};
use crate::design::{Design, ModelProgram};
use crate::error::{Error, Result, try_collect, try_vec};
use crate::family::special::logit;
use crate::family::{Family, Order, ZeroPart};
use crate::glmm::approximation::{Approximation, Inside};
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::solution::solve;
use crate::glmm::start::{Start, start};
use crate::options::{Information, Options, Progress};
use crate::spec::{FamilySpec, Spec};

/// Fits a design.
pub(super) fn fit(
    spec: &Spec,
    program: ModelProgram,
    mut design: Design,
    options: &Options,
    progress: Option<Progress<'_>>,
) -> Result<Fit> {
    let started = Instant::now();
    let how = approximation(options);
    check_options(spec, options)?;
    let response = AnyResponse::of_spec(spec, &design)?;
    let warnings = check_generalised(&response, &design, options.unidentified)?;
    design.warnings.extend(warnings);
    if let AnyResponse::Family(response) = &response {
        design.warnings.extend(check_response(response, &design.rows)?);
        design.warnings.extend(check_constant(response, design.offset.as_deref())?);
        check_quadrature(response, options)?;
    }
    let model = response.model(&design)?;
    if let AnyResponse::Family(response) = &response {
        check_not_exact(response, &model)?;
    }
    let start = response.start(&model)?;
    let mut laplace = Laplace::new(&model, how)?;
    let found = search(&mut laplace, &response, &start, options, progress)?;
    let edge;
    let (response, model, mut laplace, estimate) = match found {
        Found::Inside(estimate) => (&response, &model, laplace, estimate),
        Found::OnEdge(found) => {
            edge = found;
            (&edge.response, &edge.model, Laplace::new(&edge.model, how)?, edge.estimate.clone())
        }
    };
    design.warnings.extend(estimate.others.first().map(|other| two_maxima(&estimate, other, model)));
    design.warnings.extend(laplace.latent_ratio(&estimate.working).and_then(nearly_separate));
    design.warnings.extend(laplace.at_end.then(at_end));
    let solution = solve(&mut laplace, &estimate.working, options.std_errors)?;
    let flat = solution.flat;
    let mut fit = Assembly { response, model, options, estimate: &estimate }.fit(design, program, solution)?;
    if let Some(own) = &mut fit.generalised {
        own.mode_steps = laplace.mode_steps;
    }
    check_ended(&mut fit, flat)?;
    fit.timing.1 = started.elapsed().as_secs_f64();
    Ok(fit)
}

/// What is said of a maximum that is none inside.
fn at_end() -> String {
    "the likelihood rises up to where the mode of a random effect meets the end of the link's domain, beyond which the Laplace approximation \
     has no value: the estimates are the best inside; another link has no such end"
        .to_owned()
}

/// The deviance at each of the given points.
pub(super) fn objective(spec: &Spec, design: &Design, options: &Options, points: &[f64]) -> Result<Vec<f64>> {
    check_options(spec, options)?;
    let response = AnyResponse::of_spec(spec, design)?.guarded()?;
    check_generalised(&response, design, options.unidentified)?;
    if let AnyResponse::Family(response) = &response {
        check_response(response, &design.rows)?;
        check_quadrature(response, options)?;
    }
    let model = response.model(design)?;
    let mut laplace = Laplace::new(&model, approximation(options))?;
    laplace.forget_modes(true);
    let n_theta = model.n_theta();
    if laplace.how.inside != Inside::Nothing {
        laplace.start_fixed(&response.start(&model)?.fixed[0]);
    }
    super::points(points, laplace.n_parameters())?
        .map(|point| {
            let (mut theta, mut shared) = (point[..n_theta].to_vec(), point[laplace.shared()].to_vec());
            let mut fixed: Vec<Vec<f64>> = laplace.ranges().into_iter().map(|range| point[range].to_vec()).collect();
            if let (AnyResponse::Ordered(response), Some(mean)) = (&response, fixed.first().cloned()) {
                let by = -model.log_unit(&fixed);
                model.in_latent_unit(by, &mut theta, [&mut fixed[0], &mut shared]);
                shared = response.shared(&shared, by.exp() * model.fixed[0].location(&mean))?;
            }
            let mut x = model.working_from_theta(&theta)?;
            for (a, beta) in laplace.outer().zip(&fixed) {
                x.extend(model.fixed[a].to_working(beta));
            }
            x.extend(shared);
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
    Approximation { expected, inside, points: options.quadrature.max(1), nodes: options.nodes, deadline: options.end() }
}

/// The response of a family on a design.
pub(super) fn family_response(spec: &FamilySpec, design: &Design) -> Result<FamilyResponse> {
    let family = spec.build()?;
    let zero = design.zero_inflation.as_ref().map(|_| zero_part(&*family)).transpose()?;
    let (y, weights) = observed(design)?;
    Ok(FamilyResponse::new(family, zero, design.dispersion.is_some(), y, weights))
}

/// A family that has no zeros of its own leaves all zeros to the zero part.
fn zero_part(family: &dyn Family) -> Result<ZeroPart> {
    family.facts().zero_part.ok_or_else(|| {
        Error::argument(format!("ziformula: the family {} has no zeros that could be more than expected", family.name()))
    })
}

pub(super) fn start_of_family(response: &FamilyResponse, model: &Model) -> Result<Start> {
    let (n, family) = (model.n, &response.family);
    let data = response.observations();
    let predictors = 1 + usize::from(response.zero.is_some()) + usize::from(response.dispersion);
    let mut eta = (0..predictors).map(|_| try_vec("linear predictor", 0.0, n)).collect::<Result<Vec<_>>>()?;
    family.start_eta(&data, &mut eta[0])?;
    if let Some(zero) = response.zero_predictor() {
        let share = response.y.iter().filter(|y| **y == 0.0).count() as f64 / n as f64;
        // Of the zeros a family may have by itself half are taken for such.
        let share = if response.zero == Some(ZeroPart::Inflation) { 0.5 * share } else { share };
        eta[zero].fill(logit(share.clamp(0.02, 0.98)));
    }
    start(model, eta, &|eta| {
        let mu = try_collect("means of the start", eta[0].iter().map(|e| family.linkinv(*e)))?;
        response.guess(&mu)
    })
}
