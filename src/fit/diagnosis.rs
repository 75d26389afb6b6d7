//! What is wrong with a generalised model's data or its fit: a constant response, a perfect fit, estimates at an edge.

use super::common::Fit;
use super::kind::Generalised;
use super::parts::PredictorFit;
use super::separation::separation_warning;
use crate::error::{Error, Result, try_vec};
use crate::family::{Exact, Family, ZeroPart};
use crate::glmm::edge::{AtEdge, Kind};
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;

/// A residual standard deviation below this, relative to what the response differs by, or a coefficient of variation, is none.
const EXACT: f64 = 1e-9;
/// So is one of a few units of the response's last digit.
const DIGITS: f64 = 16.0 * f64::EPSILON;

/// A predictor on the scale of a logit or logarithm beyond which it stands for infinity.
const FAR_OUT: f64 = 10.0;

/// Families of a continuous response, whose dispersion would be zero.
fn is_continuous(family: &dyn Family) -> bool {
    family.facts().exact != Exact::Never
}

/// Whether the first parameter of the family is given.
fn has_known_dispersion(family: &dyn Family) -> bool {
    family.parameters().first().is_some_and(|first| first.fixed.is_some())
}

/// Of a response that is the same in all rows: an error where there is nothing to estimate, otherwise a warning. Of a continuous response
/// there is, where it differs from a known part of the predictor, or where the dispersion is known.
pub(crate) fn check_constant(response: &FamilyResponse, offset: Option<&[f64]>) -> Result<Option<String>> {
    let all_same = |values: &[f64]| values.windows(2).all(|w| w[0] == w[1]);
    let Some(first) = response.y.first() else { return Ok(None) };
    if !all_same(&response.y) {
        return Ok(None);
    }
    let known = has_known_dispersion(&*response.family) || !offset.is_none_or(all_same);
    if response.ends.is_some() && !known {
        return Err(Error::data(format!(
            "the response is known to be on one side of {first} in all rows, and no more: its noise has no size that could be told; a binomial \
             model with the link probit has none"
        )));
    }
    if is_continuous(&*response.family) && !known {
        return Err(Error::data(format!("the response is {first} in all rows: it has no variance that a model could describe")));
    }
    Ok(Some(format!("the response is {first} in all rows")))
}

/// Fails where the fixed effects alone give the response, on the scale of the linear predictor: no dispersion is left.
pub(crate) fn check_not_exact(response: &FamilyResponse, model: &Model) -> Result<()> {
    if !is_continuous(&*response.family)
        || response.zero.is_some()
        || response.ends.is_some()
        || has_known_dispersion(&*response.family)
    {
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

/// Fails at a fit without residual variance; warns of estimates at infinity.
pub(super) fn check_ended(fit: &mut Fit, flat: bool) -> Result<()> {
    let Some(own) = fit.kind.generalised() else { return Ok(()) };
    let least = match own.family.facts().exact {
        Exact::Never | Exact::Precision => 0.0,
        Exact::Relative => EXACT,
        Exact::OverRoot => EXACT / fit.fitted.iter().fold(f64::INFINITY, |m, f| if *f > 0.0 { m.min(*f) } else { m }).sqrt(),
        Exact::OfResponse => least_residual(&fit.y),
    };
    if fit.sigma < least {
        return Err(exact());
    }
    if let Some(irregular) = own.family.irregular(&own.psi) {
        fit.without_errors();
        fit.design_warnings.push(irregular.to_owned());
        return Ok(());
    }
    let caution = match &own.dispersion {
        None => own.family.caution(&own.psi),
        Some(_) => (0..fit.n_obs).find_map(|i| own.family.caution(&fit.psi_of_row(i))),
    };
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
    fit.design_warnings.extend(caution.map(String::from));
    Ok(())
}

impl Fit {
    /// Where the likelihood has no curvature that means anything there are no standard errors.
    fn without_errors(&mut self) {
        let none = |values: &mut Vec<f64>| values.fill(f64::NAN);
        for values in [&mut self.fixed.std_error, &mut self.fixed.vcov, &mut self.fixed.root] {
            none(values);
        }
        let Some(own) = self.kind.generalised_mut() else { return };
        none(&mut own.vcov);
        none(&mut own.root);
        own.parameters.iter_mut().for_each(|parameter| parameter.std_error = f64::NAN);
        for part in own.zero_inflation.iter_mut().chain(&mut own.dispersion) {
            for values in [&mut part.fixed.std_error, &mut part.fixed.vcov, &mut part.fixed.root] {
                none(values);
            }
        }
    }
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
    if let Some((zero, j)) = column_of(own.zero_inflation.as_ref(), "zi.", name) {
        let none = if own.zero == Some(ZeroPart::Hurdle) { "no zeros" } else { "no zeros but the family's" };
        let end = match sides(zero, j) {
            (true, false) => "nothing but zeros".to_owned(),
            (false, true) => none.to_owned(),
            _ => format!("nothing but zeros in some rows, {none} in others"),
        };
        return format!("the zero part is at the edge of its range, {end}: {NO_ERROR}");
    }
    let upward = column_of(own.dispersion.as_ref(), "disp.", name).map_or(edge.upward, |(own, j)| sides(own, j).0);
    let parameter = own.family.parameters().iter().position(|p| p.name == name).unwrap_or(0);
    match own.family.limit(parameter, upward) {
        Some(limit) => format!("the estimate is at the edge of its range, where the family is its limit, {limit}: {NO_ERROR}"),
        None => format!("the estimate is at the edge of its range: {NO_ERROR}"),
    }
}

/// The column of a further predictor that a parameter belongs to.
fn column_of<'f>(predictor: Option<&'f PredictorFit>, prefix: &str, name: &str) -> Option<(&'f PredictorFit, usize)> {
    let (own, name) = (predictor?, name.strip_prefix(prefix)?);
    own.fixed.names.iter().position(|own| own == name).map(|j| (own, j))
}

/// Whether a predictor goes up, and whether it goes down without bounds, in the rows that a column moves; where none of these is far out,
/// in all.
fn sides(predictor: &PredictorFit, column: usize) -> (bool, bool) {
    let eta = &predictor.eta;
    let moved = &predictor.x[column * eta.len()..(column + 1) * eta.len()];
    let most = |rows: &mut dyn Iterator<Item = f64>| rows.fold((0.0f64, 0.0f64), |(up, down), v| (up.max(v), down.max(-v)));
    let own = most(&mut eta.iter().zip(moved).filter(|(_, x)| **x != 0.0).map(|(eta, _)| *eta));
    let (up, down) = if own.0.max(own.1) > FAR_OUT { own } else { most(&mut eta.iter().copied()) };
    if up.min(down) > FAR_OUT { (true, true) } else { (up > down, down >= up) }
}
