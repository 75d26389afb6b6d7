//! A fit as tables: each is a frame.

mod hazard;

use super::clmm;
use super::notes::{columns_left_out, notes};
use crate::choice::Choice;
use crate::covariance::elements;
use crate::error::{Error, Result, try_collect, try_copy, try_gather, try_vec};
use crate::fit::parameter_ids::SIGMA;
use crate::fit::{Fit, FixedEffects, Generalised, Ordinal, Role, TermFit};
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::names::quoted;

/// Degrees of freedom of tests of the mean's fixed effects, for when they are needed.
type Freedom<'d, 'f> = &'d dyn Fn() -> Result<DegreesOfFreedom<'f>>;

type Make = fn(&Fit, Freedom<'_, '_>) -> Result<Frame>;

/// Of intervals.
const LEVEL: f64 = 0.95;

/// The tables by name.
const TABLES: [(&str, Make); 16] = [
    ("coefficients", |fit, freedom| freedom()?.coefficients_table(fit, LEVEL)),
    ("varcorr", |fit, _| varcorr(fit)),
    ("theta", |fit, _| theta(fit)),
    ("ranef", |fit, _| ranef(fit)),
    ("zero_inflation", |fit, _| coefficients(fit, Role::ZeroInflation)),
    ("dispersion", |fit, _| coefficients(fit, Role::Dispersion)),
    ("family", |fit, _| family(fit)),
    ("thresholds", |fit, _| thresholds(fit)),
    ("nominal", |fit, _| nominal(fit)),
    ("hazard_ratios", |fit, _| fit.hazard_ratios(LEVEL)),
    ("baseline_hazard", |fit, _| hazard::baseline_hazard(fit)),
    ("observations", |fit, _| observations(fit)),
    ("dropped_rows", |fit, _| dropped_rows(fit)),
    ("dropped_columns", |fit, _| dropped_columns(fit)),
    ("fit", |fit, _| fit_table(fit)),
    ("outcome", |fit, _| outcome(fit)),
];

/// Those that are made of the rows of the data.
const OF_ROWS: [&str; 2] = ["baseline_hazard", "observations"];

const NAMES: [&str; TABLES.len()] = {
    let mut names = [""; TABLES.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = TABLES[i].0;
        i += 1;
    }
    names
};

/// The names of the tables.
pub fn names() -> &'static [&'static str] {
    &NAMES
}

/// The table of that name.
pub fn table(fit: &Fit, name: &str, freedom: Freedom<'_, '_>) -> Result<Frame> {
    match TABLES.iter().find(|(known, _)| *known == name) {
        Some((name, make)) => {
            if OF_ROWS.contains(name) {
                fit.need_rows(&format!("table {}", quoted(name)))?;
            }
            make(fit, freedom)
        }
        None => Err(Error::argument(format!("there is no table {}, wanted one of {}", quoted(name), NAMES.join(", ")))),
    }
}

fn add_text<'a>(frame: &mut Frame, name: &str, values: impl IntoIterator<Item = Option<&'a str>>) -> Result<()> {
    frame.add_strings(name, &try_gather("text of a table", values.into_iter())?)
}

fn add_names(frame: &mut Frame, name: &str, values: &[String]) -> Result<()> {
    add_text(frame, name, values.iter().map(|v| Some(v.as_str())))
}

/// Fixed effects of a further predictor, with tests and intervals by the normal distribution; no rows without the predictor.
fn coefficients(fit: &Fit, role: Role) -> Result<Frame> {
    let none = no_effects();
    let fixed = fit.fixed_of(role).unwrap_or(&none);
    let mut frame = Frame::new(fixed.names.len());
    add_names(&mut frame, "term", &fixed.names)?;
    add_names(&mut frame, "id", &fit.fixef_ids(role))?;
    add_estimates(&mut frame, fixed, true)?;
    Ok(frame)
}

fn no_effects() -> FixedEffects {
    FixedEffects { names: vec![], estimate: vec![], std_error: vec![], vcov: vec![], root: vec![], dropped: vec![] }
}

fn add_estimates(frame: &mut Frame, effects: &FixedEffects, tested: bool) -> Result<()> {
    let (lower, upper) = effects.intervals(LEVEL)?;
    frame.add_real("estimate", effects.estimate.clone())?;
    frame.add_real("std_error", effects.std_error.clone())?;
    frame.add_real("df", vec![f64::INFINITY; effects.names.len()])?;
    frame.add_real("statistic", effects.statistics())?;
    if tested {
        frame.add_real("p_value", effects.p_values())?;
    }
    frame.add_real("lower", lower)?;
    frame.add_real("upper", upper)
}

fn ordinal(fit: &Fit) -> Option<(&Generalised, &Ordinal)> {
    fit.generalised().zip(fit.ordinal())
}

/// The thresholds of an ordinal model where nominal effects are zero.
fn thresholds(fit: &Fit) -> Result<Frame> {
    let none = no_effects();
    let thresholds = ordinal(fit).map_or(&none, |(_, ordinal)| &ordinal.thresholds);
    let mut frame = Frame::new(thresholds.names.len());
    add_names(&mut frame, "term", &thresholds.names)?;
    add_names(&mut frame, "id", &fit.threshold_ids())?;
    add_estimates(&mut frame, thresholds, false)?;
    Ok(frame)
}

/// The nominal effects of an ordinal model: of each column on each of the thresholds' parameters.
fn nominal(fit: &Fit) -> Result<Frame> {
    let own = ordinal(fit);
    let effects = own.map_or_else(no_effects, |(own, ordinal)| clmm::parameters(own, ordinal).1);
    let alpha = own.map_or(&[][..], |(_, ordinal)| &ordinal.alpha_names);
    let columns = own.and_then(|(_, ordinal)| ordinal.nominal.as_ref()).map_or(&[][..], |nominal| &nominal.names);
    let pairs = || columns.iter().flat_map(|column| alpha.iter().map(move |alpha| (column.as_str(), alpha.as_str())));
    let mut frame = Frame::new(effects.names.len());
    add_text(&mut frame, "term", pairs().map(|p| Some(p.0)))?;
    add_text(&mut frame, "threshold", pairs().map(|p| Some(p.1)))?;
    add_text(&mut frame, "id", fit.family_ids().iter().skip(alpha.len()).take(effects.names.len()).map(|id| Some(id.as_str())))?;
    add_estimates(&mut frame, &effects, true)?;
    Ok(frame)
}

/// The family's parameters: estimates, standard errors, and 1 for those that were given. A linear model has none.
fn family(fit: &Fit) -> Result<Frame> {
    let parameters = fit.generalised().map_or(&[][..], |own| &own.parameters);
    let mut frame = Frame::new(parameters.len());
    add_text(&mut frame, "name", parameters.iter().map(|p| Some(&*p.name)))?;
    add_names(&mut frame, "id", &fit.family_ids())?;
    frame.add_real("estimate", parameters.iter().map(|p| p.estimate).collect())?;
    frame.add_real("std_error", parameters.iter().map(|p| p.std_error).collect())?;
    frame.add_integers("fixed", parameters.iter().map(|p| i64::from(p.fixed)).collect())?;
    Ok(frame)
}

/// One entry of the variance components.
struct Component<'a> {
    predictor: Option<&'a str>,
    term: i64,
    group: &'a str,
    effects: (Option<&'a str>, Option<&'a str>),
    id: String,
    vcov: f64,
    sdcor: f64,
}

/// Variances and standard deviations (`effect2` missing), covariances and correlations, and of a linear model the residual, which has no term.
/// A generalised model has the predictor too.
fn varcorr(fit: &Fit) -> Result<Frame> {
    let mut rows: Vec<Component> = fit
        .all_terms()
        .zip(fit.term_ids())
        .enumerate()
        .flat_map(|(i, ((role, t), ids))| components(i, role, t, &ids.components()))
        .collect();
    if fit.is_linear() {
        let vcov = fit.sigma * fit.sigma;
        let (group, effects, id) = ("Residual", (None, None), SIGMA.to_owned());
        rows.push(Component { predictor: None, term: i64::MIN, group, effects, id, vcov, sdcor: fit.sigma });
    }
    let mut frame = Frame::new(rows.len());
    add_text(&mut frame, "group", rows.iter().map(|c| Some(c.group)))?;
    add_text(&mut frame, "effect1", rows.iter().map(|c| c.effects.0))?;
    add_text(&mut frame, "effect2", rows.iter().map(|c| c.effects.1))?;
    add_text(&mut frame, "id", rows.iter().map(|c| Some(c.id.as_str())))?;
    frame.add_real("vcov", rows.iter().map(|c| c.vcov).collect())?;
    frame.add_real("sdcor", rows.iter().map(|c| c.sdcor).collect())?;
    frame.add_integers("term", rows.iter().map(|c| c.term).collect())?;
    if !fit.is_linear() {
        add_text(&mut frame, "predictor", rows.iter().map(|c| c.predictor))?;
    }
    Ok(frame)
}

/// The diagonal, then the lower triangle column by column if the effects can be correlated; `ids` are those of the whole triangle.
fn components<'a>(index: usize, role: Role, term: &'a TermFit, ids: &[String]) -> Vec<Component<'a>> {
    let (r, group, predictor) = (term.n_effects(), term.design.group.as_str(), Some(role.name()));
    let effect = |i: usize| Some(term.design.effects[i].as_str());
    let entry = |i: usize, j: usize, id: &String| {
        let (effects, sdcor) =
            if i == j { ((effect(i), None), term.sd[i]) } else { ((effect(j), effect(i)), term.corr[i + r * j]) };
        Component { predictor, term: index as i64, group, effects, id: id.clone(), vcov: term.cov[i + r * j], sdcor }
    };
    let triangle = || elements(r).zip(ids);
    let mut rows: Vec<Component> = triangle().filter(|((i, j), _)| i == j).map(|((i, j), id)| entry(i, j, id)).collect();
    if term.has_correlations() {
        rows.extend(triangle().filter(|((i, j), _)| i != j).map(|((i, j), id)| entry(i, j, id)));
    }
    rows
}

fn theta(fit: &Fit) -> Result<Frame> {
    let mut frame = Frame::new(fit.theta.len());
    add_names(&mut frame, "name", &fit.theta_names)?;
    add_names(&mut frame, "id", &fit.theta_ids())?;
    frame.add_real("value", fit.theta.clone())?;
    Ok(frame)
}

/// Conditional modes with their conditional standard deviations and normal limits of 95 %, by term, effect and level; of a generalised
/// model with the predictor.
fn ranef(fit: &Fit) -> Result<Frame> {
    let n: usize = fit.all_terms().map(|(_, t)| t.n_effects() * t.design.levels.len()).sum();
    let (texts, numbers) = (|| try_vec("table of random effects", None, n), || try_vec("table of random effects", f64::NAN, n));
    let (mut group, mut level, mut effect, mut predictor) = (texts()?, texts()?, texts()?, texts()?);
    let (mut mode, mut error, mut lower, mut upper) = (numbers()?, numbers()?, numbers()?, numbers()?);
    let mut index = try_vec("table of random effects", 0, n)?;
    let mut row = 0;
    for (t, (role, term)) in fit.all_terms().enumerate() {
        let r = term.n_effects();
        let (low, high) = term.intervals(LEVEL, &term.condvar)?;
        for (i, name) in term.design.effects.iter().enumerate() {
            for (l, label) in term.design.levels.iter().enumerate() {
                (group[row], level[row], effect[row]) =
                    (Some(term.design.group.as_str()), Some(label.as_str()), Some(name.as_str()));
                mode[row] = term.modes[i + r * l];
                error[row] = term.condvar.get(i + r * (i + r * l)).map_or(f64::NAN, |v| v.sqrt());
                (lower[row], upper[row]) = (low[i + r * l], high[i + r * l]);
                (index[row], predictor[row]) = (t as i64, Some(role.name()));
                row += 1;
            }
        }
    }
    let mut frame = Frame::new(n);
    frame.add_strings("group", &group)?;
    frame.add_strings("level", &level)?;
    frame.add_strings("effect", &effect)?;
    frame.add_real("mode", mode)?;
    frame.add_real("std_error", error)?;
    frame.add_real("lower", lower)?;
    frame.add_real("upper", upper)?;
    frame.add_integers("term", index)?;
    if !fit.is_linear() {
        frame.add_strings("predictor", &predictor)?;
    }
    Ok(frame)
}

/// Results per row used, or per row of the data if they are padded; `row` counts the rows of the data from 0. An ordinal model has no
/// residuals, and a scale instead of a dispersion.
fn observations(fit: &Fit) -> Result<Frame> {
    let mut used = try_vec("rows used", true, fit.rows.n_data.max(fit.n_obs))?;
    for &(row, _) in &fit.rows.dropped {
        if let Some(slot) = used.get_mut(row) {
            *slot = false;
        }
    }
    let rows = try_gather("rows used", (0..used.len()).filter(|&row| fit.rows.pad || used[row]))?;
    let full = |values: &[f64]| -> Result<Vec<f64>> {
        if values.len() == rows.len() {
            return try_copy("results per row", values);
        }
        let mut padded = try_vec("results per row", f64::NAN, rows.len())?;
        for (slot, value) in rows.iter().enumerate().filter(|(_, row)| used[**row]).map(|(i, _)| i).zip(values) {
            padded[slot] = *value;
        }
        Ok(padded)
    };
    let given = |values: &Option<Vec<f64>>, default: f64| match values {
        Some(values) => full(values),
        None => full(&try_vec("results per row", default, fit.n_obs)?),
    };
    let mut frame = Frame::new(rows.len());
    frame.add_integers("row", try_collect("rows used", rows.iter().map(|&row| row as i64))?)?;
    frame.add_real("fitted", full(&fit.fitted)?)?;
    let ordinal = ordinal(fit).is_some();
    if !ordinal {
        frame.add_real("residual", full(&fit.residuals)?)?;
    }
    if !ordinal && fit.cox().is_none() {
        frame.add_real("pearson", full(&fit.residuals_pearson)?)?;
    }
    frame.add_real("weight", given(&fit.weights, 1.0)?)?;
    frame.add_real("offset", given(&fit.offset, 0.0)?)?;
    if !fit.is_linear() {
        let columns = [
            ("linear_predictor", fit.linear_predictor_of(Role::Mean).transpose()?),
            ("zero_probability", if ordinal { None } else { fit.zero_probabilities().transpose()? }),
            (if ordinal { "scale" } else { "dispersion" }, fit.dispersion_of_rows().transpose()?),
        ];
        for (name, values) in columns {
            if let Some(values) = values {
                frame.add_real(name, full(&values)?)?;
            }
        }
    }
    Ok(frame)
}

fn dropped_rows(fit: &Fit) -> Result<Frame> {
    let dropped = &fit.rows.dropped;
    let mut frame = Frame::new(dropped.len());
    frame.add_integers("row", try_collect("rows that were left out", dropped.iter().map(|(row, _)| *row as i64))?)?;
    add_text(&mut frame, "column", dropped.iter().map(|(_, column)| Some(column.as_str())))?;
    Ok(frame)
}

fn dropped_columns(fit: &Fit) -> Result<Frame> {
    let dropped = columns_left_out(fit);
    let mut frame = Frame::new(dropped.len());
    add_text(&mut frame, "name", dropped.iter().map(|d| Some(d.1)))?;
    if !fit.is_linear() {
        let predictors: Vec<String> = dropped.iter().map(|d| d.0.replace(' ', "_")).collect();
        add_names(&mut frame, "predictor", &predictors)?;
    }
    Ok(frame)
}

/// One row: sizes, criteria and how it ended. Yes is 1, no is 0.
fn fit_table(fit: &Fit) -> Result<Frame> {
    let mut frame = Frame::new(1);
    let integers = [
        ("n_obs", fit.n_obs),
        ("n_parameters", fit.npar),
        ("df_residual", fit.df_residual),
        ("reml", usize::from(fit.reml)),
        ("converged", usize::from(fit.outcome.converged)),
        ("singular", usize::from(fit.singular)),
        ("evaluations", fit.outcome.evaluations),
        ("dropped_rows", fit.rows.n_dropped()),
        ("dropped_columns", fit.fixed.dropped.len()),
    ];
    let reals = [
        ("sigma", fit.sigma),
        ("log_likelihood", fit.log_likelihood),
        ("criterion", fit.criterion),
        ("aic", fit.aic),
        ("aicc", fit.aicc()),
        ("bic", fit.bic),
        ("scaled_gradient", fit.outcome.scaled_gradient),
    ];
    for (name, value) in integers {
        frame.add_integers(name, vec![value as i64])?;
    }
    for (name, value) in reals {
        frame.add_real(name, vec![value])?;
    }
    Ok(frame)
}

/// What is to be known of how the fit ended: a kind (`convergence`, `boundary`, `dropped_rows`, `dropped_column`, `warning`) and a text.
fn outcome(fit: &Fit) -> Result<Frame> {
    let notes = notes(fit);
    let mut frame = Frame::new(notes.len());
    add_text(&mut frame, "kind", notes.iter().map(|n| Some(n.kind)))?;
    add_text(&mut frame, "text", notes.iter().map(|n| Some(n.text.as_str())))?;
    Ok(frame)
}

#[cfg(test)]
mod tests;
