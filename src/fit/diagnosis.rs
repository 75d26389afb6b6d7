//! What is wrong with a generalised model's data or its fit: a constant response, a perfect fit, estimates at infinity.

use super::{Fit, Generalised};
use crate::design::RowLedger;
use crate::error::{Error, Result, try_collect, try_vec};
use crate::family::{Exact, Family, Observations, ZeroPart};
use crate::glmm::edge::{AtEdge, Kind};
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::solution::Solution;
use crate::options::{Information, Options};
use crate::spec::{ModelKind, Spec};

/// Standard deviations of random effects, as a multiple of the latent variable's, that say that groups separate the response.
const SEPARATE: f64 = 5.0;
/// A residual standard deviation below this, relative to what the response differs by, or a coefficient of variation, is none.
const EXACT: f64 = 1e-9;
/// So is one of a few units of the response's last digit.
const DIGITS: f64 = 16.0 * f64::EPSILON;

/// Families of a continuous response, whose dispersion would be zero.
fn is_continuous(family: &dyn Family) -> bool {
    family.facts().exact != Exact::Never
}

/// Whether the first parameter of the family is given.
fn has_known_dispersion(family: &dyn Family) -> bool {
    family.parameters().first().is_some_and(|first| first.fixed.is_some())
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
        Err(error) => Err(in_rows(&error, place)),
    }
}

/// A failure in a row with the place of that row.
fn in_rows(error: &Error, place: impl Fn(usize) -> usize) -> Error {
    let position = usize::try_from(error.position).map_or(error.position, |i| place(i) as i64);
    Error { position, message: renumbered(&error.message, place), ..error.clone() }
}

/// A failure in a row of those used as one in a row of the data.
pub(super) fn in_data_rows(error: &Error, ledger: &RowLedger) -> Error {
    in_rows(error, |i| ledger.data_row(i))
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

/// Of a response that is the same in all rows: an error where there is nothing to estimate, otherwise a warning. Of a continuous response
/// there is, where it differs from a known part of the predictor, or where the dispersion is known.
pub(super) fn check_constant(response: &FamilyResponse, offset: Option<&[f64]>) -> Result<Option<String>> {
    let all_same = |values: &[f64]| values.windows(2).all(|w| w[0] == w[1]);
    let Some(first) = response.y.first() else { return Ok(None) };
    if !all_same(&response.y) {
        return Ok(None);
    }
    let known = has_known_dispersion(&*response.family) || !offset.is_none_or(all_same);
    if is_continuous(&*response.family) && !known {
        return Err(Error::data(format!("the response is {first} in all rows: it has no variance that a model could describe")));
    }
    Ok(Some(format!("the response is {first} in all rows")))
}

/// Fails where the fixed effects alone give the response, on the scale of the linear predictor: no dispersion is left.
pub(super) fn check_not_exact(response: &FamilyResponse, model: &Model) -> Result<()> {
    if !is_continuous(&*response.family) || response.zero.is_some() || has_known_dispersion(&*response.family) {
        return Ok(());
    }
    let part = &model.fixed[0];
    let mut target = try_vec("linear predictor", 0.0, model.n)?;
    response.family.start_eta(&response.observations(), &mut target)?;
    let gamma = part.project(&target)?;
    target.iter_mut().zip(&part.offset).for_each(|(t, offset)| *t -= offset);
    let least = least_residual(&target);
    let negative: Vec<f64> = gamma.iter().map(|g| -g).collect();
    part.add(&negative, &mut target);
    if target.iter().all(|rest| rest.abs() <= least) { Err(exact()) } else { Ok(()) }
}

/// Residuals that are no larger are none: of values that differ by so much, and are so large.
fn least_residual(values: &[f64]) -> f64 {
    let values = || values.iter().copied().filter(|v| !v.is_nan());
    let (least, most) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), v| (least.min(v), most.max(v)));
    (EXACT * (most - least)).max(DIGITS * least.abs().max(most.abs()))
}

fn exact() -> Error {
    Error::numeric("the model fits the response exactly: no residual variance is left")
}

/// Parameters whose part in the direction of separation is at least this, relative to the largest, are named.
const PART: f64 = 0.05;

/// Places, among all parameters, of those without a finite estimate. `blocks`: the reach of the parameters that may be separated together,
/// the largest absolute value of each one's column, with the place of the first.
pub(super) fn separated(solution: &Solution, blocks: &[(usize, Vec<f64>)]) -> Vec<usize> {
    if solution.toward.is_empty() {
        return vec![];
    }
    let mut places = vec![];
    for (first, reach) in blocks {
        let part = |j: usize| solution.toward[first + j].abs() * reach[j];
        let largest = (0..reach.len()).map(part).fold(0.0, f64::max);
        places.extend((0..reach.len()).filter(|&j| largest > 0.0 && part(j) >= PART * largest).map(|j| first + j));
    }
    places
}

/// The largest absolute value of each column kept.
pub(super) fn reach<'a>(kept: &'a [usize], x: &'a [f64], n: usize) -> impl Iterator<Item = f64> + 'a {
    kept.iter().map(move |&j| x[j * n..(j + 1) * n].iter().fold(0.0, |m: f64, v| m.max(v.abs())))
}

/// A coefficient without a finite estimate has no z: its standard error is at least this many times where the search ended. Of cauchit, whose
/// information falls slowly, the end is so far out that rounding would decide.
const WIDE: f64 = 100.0;

/// The directions of separation get this much variance, and only they: what they don't move keeps its standard error.
pub(super) fn widen(solution: &mut Solution, estimates: &[f64], places: &[usize]) {
    let k = solution.vcov.len().isqrt();
    let first = solution.root.len() - solution.wide * k;
    let length = |j: usize| solution.root[first..].chunks_exact(k).map(|d| d[j] * d[j]).sum::<f64>().sqrt();
    let wanted = places.iter().map(|&j| WIDE * estimates[j].abs() / length(j)).filter(|v| v.is_finite());
    let factor = wanted.fold(WIDE, f64::max);
    for column in solution.root[first..].chunks_exact_mut(k) {
        column.iter_mut().for_each(|v| *v *= factor);
        for (own, right) in solution.vcov.chunks_exact_mut(k).zip(&*column) {
            own.iter_mut().zip(&*column).for_each(|(v, left)| *v += left * right);
        }
    }
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

/// What is said where random effects have so many times the variance of the latent variable.
pub(super) fn nearly_separate(ratio: f64) -> Option<String> {
    (ratio > SEPARATE * SEPARATE).then(|| {
        format!(
            "the standard deviation of the random effects is {:.0} times that of the latent variable: groups show hardly more than one \
             response each, and there may be no finite maximum of the likelihood; the approximation is poor there (see nagq)",
            ratio.sqrt()
        )
    })
}

/// Fails at a fit without residual variance; warns of estimates at infinity.
pub(super) fn check_ended(fit: &mut Fit, flat: bool) -> Result<()> {
    let Some(own) = &fit.generalised else { return Ok(()) };
    let least = match own.family.facts().exact {
        Exact::Never | Exact::Precision => 0.0,
        Exact::Relative => EXACT,
        Exact::OverRoot => EXACT / fit.fitted.iter().fold(f64::INFINITY, |m, f| if *f > 0.0 { m.min(*f) } else { m }).sqrt(),
        Exact::OfResponse => least_residual(&fit.y),
    };
    if own.sigma() < least {
        return Err(exact());
    }
    let mut warnings: Vec<String> = separation_warning(&own.separated).into_iter().collect();
    warnings.extend(edge_warnings(own));
    if flat && warnings.is_empty() {
        warnings.push(
            "the likelihood is flat in the direction of some parameters: their standard errors are without meaning".to_owned(),
        );
    }
    if !fit.fixed.std_error.is_empty() && fit.fixed.std_error.iter().all(|s| s.is_nan()) && warnings.is_empty() {
        warnings.push("no coefficient has a standard error: the deviance has no positive curvature at the estimates".to_owned());
    }
    fit.design_warnings.extend(warnings);
    Ok(())
}

/// What is said of parameters at an edge, those of one kind together.
fn edge_warnings(own: &Generalised) -> Vec<String> {
    let mut texts: Vec<(String, Vec<String>)> = vec![];
    for edge in &own.at_edge {
        let name = own.vcov_names[edge.place].clone();
        let text = edge_text(own, &name, edge);
        match texts.iter_mut().find(|(own, _)| *own == text) {
            Some((_, names)) => names.push(name),
            None => texts.push((text, vec![name])),
        }
    }
    texts.into_iter().map(|(text, names)| format!("{}: {text}", names.join(", "))).collect()
}

fn edge_text(own: &Generalised, name: &str, edge: &AtEdge) -> String {
    const NO_ERROR: &str = "it has no standard error, and the others are those of the limit";
    match edge.kind {
        Kind::Unidentified => return "it cannot be estimated: the likelihood of these data does not depend on it".to_owned(),
        Kind::Flat => {
            return "the likelihood has no curvature there: it has no standard error, and the others are those given it".to_owned();
        }
        Kind::Limit => {}
    }
    if name.starts_with("zi.") {
        let end = if edge.upward { "nothing but zeros" } else { "no zeros but the family's" };
        return format!("the zero part is at the edge of its range, {end}: {NO_ERROR}");
    }
    let parameter = own.family.parameters().iter().position(|p| p.name == name).unwrap_or(0);
    match own.family.limit(parameter, edge.upward) {
        Some(limit) => format!("the estimate is at the edge of its range, where the family is its limit, {limit}: {NO_ERROR}"),
        None => format!("the estimate is at the edge of its range: {NO_ERROR}"),
    }
}
