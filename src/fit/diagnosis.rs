//! What is wrong with a generalised model's data or its fit: a constant response, a perfect fit, estimates at infinity.

use super::response::AnyResponse;
use super::{Fit, Generalised};
use crate::design::{Design, RowLedger};
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::family::{Family, Link, Observations, ZeroPart};
use crate::glmm::fixed::FixedPart;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::separation::Ended;
use crate::glmm::solution::Solution;
use crate::options::{Information, Options};
use crate::spec::{ModelKind, Spec};

/// A residual standard deviation, or coefficient of variation, below this, relative to the response, is none.
const EXACT: f64 = 1e-9;
/// The part of the variance of counts beyond Poisson's, or of proportions beyond the binomial's, that is none.
const NO_EXCESS: f64 = 1e-6;

/// Families of a continuous response, whose dispersion would be zero.
fn is_continuous(family: &dyn Family) -> bool {
    matches!(family.name(), "gaussian" | "student_t" | "lognormal" | "gamma" | "inverse_gaussian" | "beta")
}

/// Counts and proportions: a linear predictor at infinity is an extreme mean.
fn can_separate(family: &dyn Family) -> bool {
    let link = matches!(family.link(), Link::Log | Link::Logit | Link::Probit | Link::Cloglog | Link::Loglog | Link::Cauchit);
    let counts = matches!(family.name(), "binomial" | "betabinomial" | "poisson" | "nbinom1" | "nbinom2" | "tweedie");
    link && (counts || family.name().starts_with("truncated"))
}

/// Fails at a response that the family can't have; the zeros of a hurdle are not the family's. Rows are named as those of the data.
pub(crate) fn check_response(response: &FamilyResponse, ledger: &RowLedger) -> Result<Vec<String>> {
    let hurdle = response.zero == Some(ZeroPart::Hurdle);
    let mut rows = try_collect("rows of the response", 0..response.y.len())?;
    rows.retain(|&i| !hurdle || response.y[i] != 0.0);
    if rows.is_empty() && hurdle {
        return Err(Error::data("the response is zero in all rows: there is nothing but a zero part to model"));
    }
    let part = |values: &[f64]| -> Result<Vec<f64>> {
        let rows = if values.is_empty() { &[][..] } else { &rows };
        try_collect("response", rows.iter().map(|&i| values[i]))
    };
    let (y, weights) = (part(&response.y)?, part(&response.weights)?);
    let place = |i: usize| rows.get(i).map_or(i, |&i| ledger.data_row(i));
    match response.family.check_response(&Observations { y: &y, weights: &weights }) {
        Ok(warnings) => Ok(warnings.into_iter().map(|text| renumbered(&text, place)).collect()),
        Err(error) => {
            let position = usize::try_from(error.position).map_or(error.position, |i| place(i) as i64);
            Err(Error { position, message: renumbered(&error.message, place), ..error })
        }
    }
}

/// A text of a family with its "in row i" (counting from 1) taken from the rows it has seen to those of the data.
fn renumbered(text: &str, place: impl Fn(usize) -> usize) -> String {
    const ROW: &str = "in row ";
    let Some(start) = text.rfind(ROW).map(|at| at + ROW.len()) else { return text.to_owned() };
    let digits = text[start..].chars().take_while(char::is_ascii_digit).count();
    match text[start..start + digits].parse::<usize>() {
        Ok(row) if row > 0 => format!("{}{}{}", &text[..start], place(row - 1) + 1, &text[start + digits..]),
        _ => text.to_owned(),
    }
}

/// What ordinal models don't have.
pub(super) fn check_options(spec: &Spec, options: &Options) -> Result<()> {
    if spec.kind != ModelKind::Clmm {
        return Ok(());
    }
    if options.quadrature == 0 {
        return Err(Error::argument(
            "nagq: an ordinal model's thresholds can't be at the conditional mode, so nagq = 0 is not for it",
        ));
    }
    if options.reml_generalised {
        return Err(Error::argument("reml: ordinal models are fitted by maximum likelihood"));
    }
    if options.information == Information::Expected {
        return Err(Error::argument("information: ordinal models have the observed information alone"));
    }
    Ok(())
}

/// Quadrature is for a dispersion that all rows share.
pub(super) fn check_quadrature(response: &FamilyResponse, options: &Options) -> Result<()> {
    if response.dispersion && options.quadrature > 1 {
        return Err(Error::argument("nagq: more than one quadrature point can't go with a dispersion formula"));
    }
    Ok(())
}

/// Of a response that is the same in all rows: an error where there is nothing to estimate, otherwise a warning.
pub(super) fn check_constant(family: &dyn Family, data: &Observations) -> Result<Option<String>> {
    let Some(first) = data.y.first() else { return Ok(None) };
    if data.y.iter().any(|y| y != first) {
        return Ok(None);
    }
    if is_continuous(family) {
        return Err(Error::data(format!("the response is {first} in all rows: it has no variance that a model could describe")));
    }
    Ok(Some(format!("the response is {first} in all rows")))
}

/// Fails where the fixed effects alone give the response, on the scale of the linear predictor: no dispersion is left.
pub(super) fn check_not_exact(response: &FamilyResponse, model: &Model) -> Result<()> {
    if !is_continuous(&*response.family) || response.zero.is_some() {
        return Ok(());
    }
    let part = &model.fixed[0];
    let mut target = try_vec("linear predictor", 0.0, model.n)?;
    response.family.start_eta(&response.observations(), &mut target)?;
    let gamma = part.project(&target);
    target.iter_mut().zip(&part.offset).for_each(|(t, offset)| *t -= offset);
    let size = target.iter().fold(0.0f64, |m, t| m.max(t.abs()));
    let negative: Vec<f64> = gamma.iter().map(|g| -g).collect();
    part.add(&negative, &mut target);
    if target.iter().all(|rest| rest.abs() <= EXACT * size) { Err(exact()) } else { Ok(()) }
}

fn exact() -> Error {
    Error::numeric("the model fits the response exactly: no residual variance is left")
}

/// Names of the parameters without a finite estimate, as `vcov_names` has them.
pub(super) fn separated(
    response: &AnyResponse,
    model: &Model,
    design: &Design,
    solution: &Solution,
    names: &[String],
) -> Result<Vec<String>> {
    let response = match response {
        AnyResponse::Family(response) => response,
        AnyResponse::Ordered(_) => return separated_categories(response, model, design, solution, names),
    };
    let zero = response.zero_predictor();
    let moving: Vec<bool> = (0..solution.eta.len()).map(|a| a == 0 || Some(a) == zero).collect();
    let ended = Ended { model, eta: &solution.eta, shared: &solution.shared, moving: &moving };
    let mut all = vec![];
    let mut first = 0;
    let matrices = [Some(&design.x), design.zero_inflation.as_ref().map(|d| &d.x)];
    for (a, x) in matrices.into_iter().enumerate() {
        let Some(x) = x else { continue };
        if a > 0 || can_separate(&*response.family) {
            let places = ended.separated(a, &solution.beta[a], &reach(&model.fixed[a], x, model.n))?;
            all.extend(places.into_iter().map(|j| names[first + j].clone()));
        }
        first += model.fixed[a].p;
    }
    Ok(all)
}

/// The largest absolute value of each column kept.
fn reach(part: &FixedPart, x: &[f64], n: usize) -> Vec<f64> {
    part.kept.iter().map(|&j| x[j * n..(j + 1) * n].iter().fold(0.0, |m: f64, v| m.max(v.abs()))).collect()
}

/// Of ordered categories: a covariate that has all of its rows at an end of the scale. The thresholds may move with it, so the constant is
/// among the columns.
fn separated_categories(
    response: &AnyResponse,
    model: &Model,
    design: &Design,
    solution: &Solution,
    names: &[String],
) -> Result<Vec<String>> {
    let n = model.n;
    let mut x = try_vec("fixed-effects model matrix", 1.0, n)?;
    let kept = &model.fixed[0].kept;
    x.try_reserve_exact(n * kept.len()).map_err(|_| Error::memory("fixed-effects model matrix", 8 * n * kept.len()))?;
    kept.iter().for_each(|&j| x.extend_from_slice(&design.x[j * n..(j + 1) * n]));
    let with_constant = FixedPart::new(n, &x, None)?;
    let reach = reach(&with_constant, &x, n);
    let beta: Vec<f64> = std::iter::once(0.0).chain(solution.beta[0].iter().copied()).collect();
    let mut fixed = vec![with_constant];
    for part in &model.fixed[1..] {
        fixed.push(part.try_clone()?);
    }
    let whole = response.model_of(n, fixed, &[])?;
    // Predictor and thresholds have been moved alike.
    let location = model.fixed[0].location(&solution.beta[0]);
    let mut eta = solution.eta.iter().map(|eta| try_copy("linear predictor", eta)).collect::<Result<Vec<_>>>()?;
    eta[0].iter_mut().for_each(|eta| *eta -= location);
    let moving: Vec<bool> = (0..eta.len()).map(|a| a == 0).collect();
    let ended = Ended { model: &whole, eta: &eta, shared: &solution.shared, moving: &moving };
    let places = ended.separated(0, &beta, &reach)?;
    Ok(places.into_iter().filter_map(|j| j.checked_sub(1)).map(|j| names[j].clone()).collect())
}

/// What is said of separation.
fn separation_warning(names: &[String]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| crate::frame::names::quoted(name)).collect();
    let which = match quoted.as_slice() {
        [] => return None,
        [one] => format!("the coefficient of {one} has"),
        [all @ .., last] => format!("the coefficients of {} and {last} have", all.join(", ")),
    };
    Some(format!("separation: {which} no finite maximum likelihood estimate; what is reported is where the search ended"))
}

/// Fails at a fit without residual variance; warns of estimates at infinity.
pub(super) fn check_ended(fit: &mut Fit, flat: bool) -> Result<()> {
    let Some(own) = &fit.generalised else { return Ok(()) };
    let size = if own.family.name() == "gaussian" || own.family.name() == "student_t" {
        fit.y.iter().filter(|y| !y.is_nan()).fold(0.0f64, |m, y| m.max(y.abs()))
    } else {
        1.0
    };
    // The variance of an inverse Gaussian response is (mean/lambda) mean^2: lambda has its unit.
    let size = if own.family.name() == "inverse_gaussian" {
        fit.fitted.iter().fold(f64::INFINITY, |m, f| if *f > 0.0 { m.min(*f) } else { m }).sqrt().recip()
    } else {
        size
    };
    if is_continuous(&*own.family) && own.family.name() != "beta" && own.sigma() < EXACT * size {
        return Err(exact());
    }
    let mut warnings: Vec<String> = separation_warning(&own.separated).into_iter().collect();
    warnings.extend(no_excess(own));
    if flat && warnings.is_empty() {
        warnings.push(
            "the likelihood is flat in the direction of some parameters: their standard errors are without meaning".to_owned(),
        );
    }
    fit.design_warnings.extend(warnings);
    Ok(())
}

/// A dispersion at the edge of its range, where the family is a simpler one.
fn no_excess(own: &Generalised) -> Option<String> {
    let first = own.parameters.first().filter(|p| !p.fixed && p.estimate.is_finite())?;
    let largest = || own.eta.iter().map(|eta| own.family.linkinv(*eta)).fold(0.0, f64::max);
    let (none, simpler) = match own.family.name() {
        "nbinom1" | "truncated_nbinom1" => (first.estimate < NO_EXCESS, "poisson"),
        "nbinom2" | "truncated_nbinom2" => (largest() < NO_EXCESS * first.estimate, "poisson"),
        "betabinomial" => (first.estimate > 1.0 / NO_EXCESS, "binomial"),
        _ => return None,
    };
    none.then(|| {
        format!(
            "{}: the estimate is at the edge of its range: there is no more variance than that of the family {simpler}",
            first.name
        )
    })
}
