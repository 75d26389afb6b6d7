//! What was observed and what the model says, group by group.

use super::effects::terms;
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, MOST_PANELS, Mark, Panel, Role, Sheet};
use crate::error::{Error, Result, try_gather, try_vec};
use crate::fit::{Fit, TermFit};
use crate::names::{known, quoted};
use crate::predict::{NewData, RandomTerms, Request};

/// Small multiples: the rows of a level, the line of the level and that without random effects.
pub fn groups(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    fit.need_rows("picture groups")?;
    if fit.ordinal().is_some() || fit.cox().is_some() {
        return Err(Error::unsupported(
            "picture groups: categories and survival times are not drawn over a covariate; see probabilities and survival",
        ));
    }
    let (_, term) = terms(scene)?[0];
    let (name, x) = covariate(scene, term)?;
    let request = Request { random: RandomTerms::None, ..Request::default() };
    let population = fit.used(&fit.predictions(NewData::Training, &request, scene.watch)?.values)?;
    let (y, fitted) = (fit.used(&fit.y)?, fit.used(&fit.fitted)?);
    let levels = chosen(scene, term)?;
    let mut panels = vec![];
    for &level in &levels {
        let mut rows = try_gather(COORDINATES, (0..fit.n_obs).filter(|&i| term.design.index[i] as usize == level))?;
        rows.sort_by(|&a, &b| x[a].total_cmp(&x[b]).then(a.cmp(&b)));
        let at = |of: &[f64]| rows.iter().map(|&i| of[i]).collect::<Vec<f64>>();
        panels.push(
            Panel::new(term.design.levels[level].clone(), Axis::new(name.clone()), Axis::new("Response"))
                .with(Layer::new("without random effects", Mark::Line, Role::Reference, at(&x), at(&population)))
                .with(Layer::new("fitted", Mark::Line, Role::Fit, at(&x), at(&fitted)))
                .with(Layer::new("observed", Mark::Points, Role::Data, at(&x), at(&y))),
        );
    }
    share_scale(&mut panels);
    let (shown, all) = (levels.len(), term.design.levels.len());
    let of = if shown < all {
        format!("{shown} of {all} levels of {}", term.design.group)
    } else {
        format!("levels of {}", term.design.group)
    };
    let caption = format!("{of}; line: fitted, dashed: without random effects");
    Ok(Sheet::of("Observed and fitted by group", caption, panels))
}

/// The covariate along the axis: a column of the model matrix that is asked for, or the first that has more than two values within a level.
fn covariate(scene: &Scene<'_>, term: &TermFit) -> Result<(String, Vec<f64>)> {
    let (fit, n) = (scene.fit, scene.fit.n_obs);
    let names = &fit.fixed.names;
    let column = |j: usize| Ok((names[j].clone(), try_gather(COORDINATES, fit.x[j * n..(j + 1) * n].iter().copied())?));
    if let Some(name) = &scene.settings.effect {
        if let Some(j) = names.iter().position(|own| own == name) {
            return column(j);
        }
        if let Some(values) = of_data(scene, name)? {
            return Ok((name.clone(), values));
        }
        let known = known("the model", name, names.iter().map(String::as_str));
        return Err(Error::argument(format!("effect: there is no column {} of numbers; {known}", quoted(name))));
    }
    // Two values of each level tell of a third.
    let mut first = try_vec(COORDINATES, [f64::NAN; 2], term.design.levels.len())?;
    let mut several = |j: &usize| {
        first.fill([f64::NAN; 2]);
        fit.x[j * n..(j + 1) * n].iter().zip(&term.design.index).any(|(v, level)| {
            let Some(seen) = first.get_mut(*level as usize) else { return false };
            match seen.iter().position(|own| own.is_nan() || own == v) {
                Some(place) => seen[place] = *v,
                None => return true,
            }
            false
        })
    };
    let found = (0..names.len()).find(|j| several(j)).ok_or_else(|| {
        let group = &term.design.group;
        Error::argument(format!("picture groups: no fixed effect has more than two values within the levels of {group}; name a column of numbers by effect"))
    })?;
    column(found)
}

/// A column of the data, on the rows used.
fn of_data(scene: &Scene<'_>, name: &str) -> Result<Option<Vec<f64>>> {
    let Some(data) = scene.data.filter(|data| data.has(name)) else { return Ok(None) };
    scene.fit.check_data(data)?;
    let Some(values) = data.column(name)?.as_real()? else { return Ok(None) };
    try_gather(COORDINATES, scene.fit.rows.used().map(|row| values[row])).map(Some)
}

/// The levels that are asked for, or the first ones.
fn chosen(scene: &Scene<'_>, term: &TermFit) -> Result<Vec<usize>> {
    let all = &term.design.levels;
    let Some(names) = &scene.settings.levels else { return Ok((0..all.len().min(MOST_PANELS)).collect()) };
    if names.len() > MOST_PANELS {
        return Err(Error::argument(format!("levels has {} names, a sheet has {MOST_PANELS} panels", names.len())));
    }
    let place = |name: &String| {
        all.iter().position(|own| own == name).ok_or_else(|| {
            let known = known(&term.design.group, name, all.iter().map(String::as_str));
            Error::argument(format!("levels: {} has no level {}; {known}", term.design.group, quoted(name)))
        })
    };
    names.iter().map(place).collect()
}

/// All panels have one scale.
fn share_scale(panels: &mut [Panel]) {
    let ends = |of: fn(&Layer) -> &Vec<f64>| {
        let all = panels.iter().flat_map(|panel| panel.layers.iter().flat_map(of)).filter(|v| v.is_finite());
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
    };
    let (x, y) = (ends(|layer| &layer.x), ends(|layer| &layer.y));
    for panel in panels {
        (panel.x.reach, panel.y.reach) = (Some(x), Some(y));
    }
}

/// Whether a fit's response is a number of events or a share of trials.
pub fn is_binary_or_share(fit: &Fit) -> bool {
    fit.generalised().is_some_and(|own| {
        let facts = own.family.facts();
        fit.ordinal().is_none() && facts.tests_overdispersion && facts.support == (0.0, 1.0)
    })
}
