//! Survival curves of typical rows, and cumulative hazards of strata.

use super::residuals::percent;
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, Mark, Panel, Role, Sheet};
use super::typical::{Along, along};
use crate::error::{Error, Result, try_gather, try_vec};
use crate::frame::{Frame, shortest_text};
use crate::predict::{CurveRequest, NewData, RandomTerms};

/// Curves on one panel at most.
const MOST: usize = 6;

/// The probability of no event up to each time, for each level of a factor, or low, middle and high values of a covariate.
pub fn survival(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    fit.of_cox("picture survival")?;
    let (reference, found) = along(scene, "survival", true, scene.settings.effect.as_deref())?;
    let mut own = found;
    if own.levels.is_empty() && own.x.len() > 3 {
        let last = own.x.len() - 1;
        own.x = vec![own.x[last / 10], own.x[last / 2], own.x[last - last / 10]];
    }
    let more = own.x.len().saturating_sub(MOST);
    let (rows, typical) = own.rows(reference)?;
    let shown = rows.select(&(0..own.x.len().min(MOST)).collect::<Vec<_>>())?;
    let (shown, stratum) = with_strata(scene, shown)?;
    let request = CurveRequest { random: RandomTerms::None, level: Some(scene.settings.level), ..CurveRequest::default() };
    let table = fit.survival_curves(NewData::Frame(&shown), &request, scene.watch)?.table;
    let mut panel = Panel::new(
        "Survival",
        Axis::new("Time").reaching(0.0, 0.0),
        Axis::new("Probability of no event").reaching(0.0, 1.0).within(0.0, 1.0),
    );
    panel.direct = true;
    for (k, name) in names(&own).into_iter().take(MOST).enumerate() {
        panel = curve(panel, &table, k, &name)?;
    }
    let mut caption = format!("{} % limits; random effects at zero", percent(scene.settings.level));
    if !typical.is_empty() {
        caption = format!("{caption}; {typical}");
    }
    if let Some(stratum) = stratum {
        caption = format!("{caption}; stratum {stratum}");
    }
    if more > 0 {
        caption = format!("{caption}; {more} more levels not shown");
    }
    Ok(Sheet::alone("Survival", caption, panel))
}

/// The curves' names.
fn names(own: &Along) -> Vec<String> {
    // Digits that tell them apart, in whatever units they are.
    let range = own.x.last().zip(own.x.first()).map_or(0.0, |(last, first)| (last - first).abs());
    let places = if range > 0.0 { (4.0 - range.log10().floor()).clamp(0.0, 300.0) as usize } else { 4 };
    let number = |v: &f64| shortest_text(format!("{v:.places$}").parse::<f64>().unwrap_or(*v) + 0.0);
    let values = if own.levels.is_empty() { own.x.iter().map(number).collect() } else { own.levels.clone() };
    values.into_iter().map(|value| format!("{} = {value}", own.name)).collect()
}

/// Columns that make strata are no fixed effects: they are as in the stratum with the most rows, which is told.
fn with_strata(scene: &Scene<'_>, mut rows: Frame) -> Result<(Frame, Option<String>)> {
    let (program, data) = (scene.need_program("survival")?, scene.need_data("survival")?);
    let absent: Vec<&str> = data.names().filter(|name| program.makes_strata(name) && !rows.has(name)).collect();
    let whole = !data.names().any(|name| program.makes_strata(name) && rows.has(name));
    if absent.is_empty() {
        return Ok((rows, None));
    }
    let own = &scene.fit.of_cox("picture survival")?.survival;
    let mut totals = try_vec(COORDINATES, 0_usize, own.strata.len())?;
    own.stratum.iter().for_each(|s| totals[*s as usize] += 1);
    let most = (0..totals.len()).rev().max_by_key(|s| totals[*s]).unwrap_or(0);
    let first = scene.fit.rows.used().zip(&own.stratum).find(|(_, s)| **s as usize == most).map_or(0, |(row, _)| row);
    for name in absent {
        let one = data.select(&vec![first; rows.n_rows()])?;
        let column = one.column(name)?;
        if let Some(values) = column.as_real()? {
            rows.add_real(name, values.into_owned())?;
        } else {
            let category = column.to_category()?.into_owned();
            rows.add_category(name, category.codes, category.levels, category.ordered)?;
        }
    }
    // Where some are fixed effects too, the rows may be of several.
    Ok((rows, own.strata.get(most).cloned().filter(|_| whole)))
}

fn curve(panel: Panel, table: &Frame, row: usize, name: &str) -> Result<Panel> {
    let values = |name: &str| table.numbers(table.column(name)?);
    let (rows, time, survival) = (values("row")?, values("time")?, values("survival")?);
    let (lower, upper) = (values("lower")?, values("upper")?);
    let places = try_gather(COORDINATES, (0..rows.len()).filter(|&i| rows[i] == row as f64 && survival[i].is_finite()))?;
    // Nobody has had an event at time zero.
    let at = |of: &[f64], start: f64| -> Vec<f64> { std::iter::once(start).chain(places.iter().map(|&i| of[i])).collect() };
    let (x, role) = (at(&time, 0.0), Role::Series(row));
    Ok(panel
        .with(Layer::new(name, Mark::StepBand, role, x.clone(), at(&survival, 1.0)).limits(at(&lower, 1.0), at(&upper, 1.0)))
        .with(Layer::new(name, Mark::Steps, role, x, at(&survival, 1.0))))
}

/// The cumulative hazard of each stratum at the mean of the linear predictor.
pub fn baseline(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    let cox = fit.of_cox("picture baseline")?;
    let all = fit.baselines()?;
    let eta = cox.eta.iter().sum::<f64>() / cox.eta.len().max(1) as f64;
    let mut panel =
        Panel::new("Cumulative hazard", Axis::new("Time").reaching(0.0, 0.0), Axis::new("Cumulative hazard").reaching(0.0, 0.0));
    panel.direct = all.len() > 1;
    for (s, own) in all.iter().enumerate().take(MOST) {
        let x = try_gather(COORDINATES, std::iter::once(0.0).chain(own.steps.iter().map(|step| step.time)))?;
        let y = try_gather(COORDINATES, (0..x.len()).map(|count| own.over(0, count, eta)))?;
        let name = cox.survival.strata.get(s).cloned().unwrap_or_else(|| "baseline".into());
        panel = panel.with(Layer::new(name, Mark::Steps, if all.len() > 1 { Role::Series(s) } else { Role::Data }, x, y));
    }
    if panel.layers.is_empty() {
        return Err(Error::numeric("picture baseline: no stratum has an event"));
    }
    let more = all.len().saturating_sub(MOST);
    let said = if more > 0 { format!("; {more} more strata not shown") } else { String::new() };
    Ok(Sheet::alone(
        "Cumulative hazard",
        format!("at the mean of the linear predictor, {}{said}", shortest_text((eta * 1e4).round() / 1e4)),
        panel,
    ))
}
