//! Generalised linear mixed models: from the design to the fit.

use std::time::Instant;

use super::assembly::Assembly;
use super::common::Fit;
use super::diagnosis::{check_constant, check_ended, check_not_exact};
use super::engine::no_values;
use super::iterated_generalised::{Choice, fit as iterated};
use super::maxima::two_maxima;
use super::ordinal::ordinal;
use super::points::Points;
use super::priors::check_restricted;
use super::random_terms::check_generalised;
use super::region::{Found, search_from};
use super::response::{AnyResponse, check_quadrature, check_response};
use super::separation::nearly_separate;
use super::within_fixed::check_rows;
use crate::design::{Design, ModelProgram};
use crate::error::Result;
use crate::family::Order;
use crate::glmm::approximation::{Approximation, Inside};
use crate::glmm::laplace::Laplace;
use crate::glmm::solution::solve;
use crate::options::{Information, Options};
use crate::watch::{Phase, Watch};

/// Fits a response on its design; the search begins at the estimates of a fit that is likely to be near.
pub(super) fn fit(
    response: &AnyResponse,
    program: ModelProgram,
    mut design: Design,
    options: &Options,
    near: Option<&Fit>,
    watch: &Watch<'_>,
) -> Result<Fit> {
    watch.pulse()?;
    let started = Instant::now();
    let how = approximation_of(&design, options)?;
    let warnings = check_terms(response, &design, options)?;
    design.warnings.extend(warnings);
    if let AnyResponse::Family(response) = response {
        design.warnings.extend(check_response(response, &design.rows)?);
        design.warnings.extend(check_constant(response, design.offset.as_deref())?);
        check_quadrature(response, options)?;
    }
    watch.pulse()?;
    let model = response.model(&design)?;
    watch.pulse()?;
    if let AnyResponse::Family(response) = response {
        check_not_exact(response, &model)?;
    }
    let record = match Choice::of(response, &model, &how, options)? {
        Choice::Iterative(record) => {
            let mut fit = iterated(response, (&model, program, design), (options, near), record, watch)?;
            fit.timing.1 = started.elapsed().as_secs_f64();
            return Ok(fit);
        }
        Choice::Direct(record) => record,
    };
    let start = response.start(&model, watch)?;
    let mut laplace = Laplace::new(&model, how, watch)?;
    let near = near.map(|fit| fit.near(response, &model, how.inside)).transpose()?.flatten();
    let found = search_from(&mut laplace, response, &start, near.as_ref(), options)?;
    let edge;
    let (response, model, mut laplace, estimate) = match found {
        Found::Inside(estimate) => (response, &model, laplace, estimate),
        Found::OnEdge(found) => {
            edge = found;
            (&edge.response, &edge.model, Laplace::new(&edge.model, how, watch)?, edge.estimate.clone())
        }
    };
    design.warnings.extend(estimate.others.first().map(|other| two_maxima(&estimate, other, model)));
    design.warnings.extend(laplace.model.latent_ratio(&estimate.working).and_then(nearly_separate));
    design.warnings.extend(laplace.at_end.then(at_end));
    let mut solution = solve(&mut laplace, &estimate.working, options.std_errors)?;
    let flat = solution.flat;
    let assembly = Assembly { response, model, options, estimate: &estimate, mode_steps: laplace.mode_steps, engine: record };
    let distribution = match response {
        AnyResponse::Family(response) => assembly.of_family(response, &design, &mut solution)?,
        AnyResponse::Ordered(response) => ordinal(&assembly, response, &mut design, &mut solution)?,
    };
    let mut fit = assembly.fit(program, design, solution, distribution)?;
    if fit.ordinal().is_some() { fit.add_ordinal_rows() } else { fit.add_generalised_rows() }?;
    check_ended(&mut fit, flat)?;
    fit.timing.1 = started.elapsed().as_secs_f64();
    Ok(fit)
}

/// The approximation; fails for priors of coefficients that are inside the mode.
fn approximation_of(design: &Design, options: &Options) -> Result<Approximation> {
    let how = approximation(options);
    match how.inside {
        Inside::Nothing => Ok(()),
        Inside::Mode => check_restricted(design, "nagq = 1"),
        Inside::Integrated => check_restricted(design, "method = ml"),
    }?;
    Ok(how)
}

/// Fails where the data do not determine the random terms; gives warnings.
fn check_terms(response: &AnyResponse, design: &Design, options: &Options) -> Result<Vec<String>> {
    let mut warnings = check_generalised(response, design, options.unidentified)?;
    let (constant, integrated) = (response.ordered().is_some(), options.reml_generalised);
    warnings.extend(check_rows(design, constant, integrated, options.unidentified)?);
    Ok(warnings)
}

/// What is said of a maximum that is none inside.
fn at_end() -> String {
    "the likelihood rises up to where the mode of a random effect meets the end of the link's domain, beyond which the Laplace approximation \
     has no value: the estimates are the best inside; another link has no such end"
        .to_owned()
}

/// The deviance at each of the given points.
pub(super) fn objective(
    response: AnyResponse,
    design: &Design,
    options: &Options,
    numbers: Points<'_>,
    watch: &Watch<'_>,
) -> Result<Vec<f64>> {
    let response = response.guarded()?;
    check_generalised(&response, design, options.unidentified)?;
    if let AnyResponse::Family(response) = &response {
        check_response(response, &design.rows)?;
        check_quadrature(response, options)?;
    }
    let model = response.model(design)?;
    let how = approximation_of(design, options)?;
    if let Choice::Iterative(_) = Choice::of(&response, &model, &how, options)? {
        return Err(no_values());
    }
    let mut laplace = Laplace::new(&model, how, watch)?;
    laplace.forget_modes(true);
    let n_theta = model.n_theta();
    if laplace.how.inside != Inside::Nothing {
        laplace.start_fixed(&response.start(&model, watch)?.fixed[0]);
    }
    let points = numbers.of(laplace.n_parameters())?;
    let total = points.len();
    points
        .enumerate()
        .map(|(i, point)| {
            watch.at(Phase::Objective, i, Some(total))?;
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
    Approximation { expected, inside, points: options.quadrature.max(1), nodes: options.nodes }
}
