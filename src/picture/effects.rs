//! Random effects: against normal quantiles, in order with intervals, and against each other.

use super::order::normal_score;
use super::residuals::percent;
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, MOST_PANELS, Mark, Panel, Role, Sheet};
use crate::error::{Error, Result, try_gather};
use crate::fit::{Role as Part, TermFit};
use crate::names::{known, quoted};

/// Levels that have their names on the axis, those that are drawn at most, and those at each end that are named where not all are.
const NAMED: usize = 60;
const DRAWN: usize = 1000;
const EXTREME: usize = 3;
/// Points of an ellipse.
const ELLIPSE: usize = 72;

/// One effect of a term.
pub struct Effect<'a> {
    pub term: &'a TermFit,
    /// Its place in the term.
    pub at: usize,
    pub title: String,
}

/// The terms that are asked for, with what their predictor is called.
pub fn terms<'a>(scene: &Scene<'a>) -> Result<Vec<(&'static str, &'a TermFit)>> {
    let prefix = |part: Part| match part {
        Part::Mean => "",
        Part::ZeroInflation => "zero part: ",
        Part::Dispersion => "dispersion: ",
    };
    let all: Vec<_> = scene.fit.all_terms().map(|(part, term)| (prefix(part), term)).collect();
    if all.is_empty() {
        return Err(Error::argument("the model has no random effects to draw"));
    }
    let Some(name) = &scene.settings.term else { return Ok(all) };
    let groups = all.iter().map(|(_, term)| term.design.group.as_str());
    let message =
        || format!("term: no random term has the grouping factor {}; {}", quoted(name), known("the model", name, groups.clone()));
    let chosen: Vec<_> = all.iter().filter(|(_, term)| term.design.group == *name).copied().collect();
    if chosen.is_empty() { Err(Error::argument(message())) } else { Ok(chosen) }
}

/// The effects that are asked for.
fn effects<'a>(scene: &Scene<'a>) -> Result<Vec<Effect<'a>>> {
    let terms = terms(scene)?;
    let of = |(prefix, term): &(&'static str, &'a TermFit)| {
        let (prefix, term) = (*prefix, *term);
        let title = move |effect: &String| format!("{prefix}{} | {}", effect, term.design.group);
        term.design
            .effects
            .iter()
            .enumerate()
            .map(move |(at, effect)| Effect { term, at, title: title(effect) })
            .collect::<Vec<_>>()
    };
    let all: Vec<Effect<'a>> = terms.iter().flat_map(of).collect();
    let Some(name) = &scene.settings.effect else { return Ok(all) };
    let names: Vec<&str> = all.iter().map(Effect::name).collect();
    let message = format!("effect: no random term has an effect {}; {}", quoted(name), known("the model", name, names.into_iter()));
    let chosen: Vec<Effect<'a>> = all.into_iter().filter(|own| own.name() == name).collect();
    if chosen.is_empty() { Err(Error::argument(message)) } else { Ok(chosen) }
}

impl<'a> Effect<'a> {
    pub fn name(&self) -> &'a str {
        &self.term.design.effects[self.at]
    }

    /// Modes and limits of the levels.
    fn values(&self, level: f64) -> Result<[Vec<f64>; 3]> {
        let (lower, upper) = self.term.intervals(level, &self.term.condvar)?;
        let r = self.term.design.effects.len();
        let own = |all: &[f64]| try_gather(COORDINATES, all.iter().skip(self.at).step_by(r).copied());
        Ok([own(&self.term.modes)?, own(&lower)?, own(&upper)?])
    }
}

/// The levels in the order of the effects; rising.
fn order(modes: &[f64]) -> Result<Vec<usize>> {
    let mut order = try_gather(COORDINATES, 0..modes.len())?;
    order.sort_by(|&a, &b| modes[a].total_cmp(&modes[b]).then(a.cmp(&b)));
    Ok(order)
}

/// What a caption says where there are more panels than a sheet has.
pub fn cut<T>(all: &mut Vec<T>) -> String {
    let more = all.len().saturating_sub(MOST_PANELS);
    all.truncate(MOST_PANELS);
    if more > 0 { format!("; {more} more panels not shown") } else { String::new() }
}

/// Ranks that are drawn: all, or evenly chosen ones and those at the ends.
fn drawn(n: usize) -> Vec<usize> {
    let step = n.div_ceil(DRAWN).max(1);
    (0..n).filter(|k| k % step == 0 || *k < EXTREME || *k + EXTREME >= n).collect()
}

fn thinned(n: usize) -> String {
    let shown = drawn(n).len();
    if shown < n { format!("; {shown} of {n} levels shown") } else { String::new() }
}

/// As lme4's `qqmath`: modes with limits along x, normal quantiles along y.
pub fn qq_ranef(scene: &Scene<'_>) -> Result<Sheet> {
    let mut all = effects(scene)?;
    let mut said = cut(&mut all);
    let level = scene.settings.level;
    let mut panels = vec![];
    for effect in &all {
        let [modes, lower, upper] = effect.values(level)?;
        let (order, n) = (order(&modes)?, modes.len());
        let shown = drawn(n);
        let at = |of: &[f64]| shown.iter().map(|&k| of[order[k]]).collect::<Vec<f64>>();
        let scores: Vec<f64> = shown.iter().map(|&k| normal_score(k, n)).collect();
        let name = |k: usize| (k < EXTREME || k + EXTREME >= n).then(|| effect.term.design.levels[order[k]].clone());
        let labels = shown.iter().map(|&k| name(k).filter(|_| n > 2 * EXTREME)).collect();
        let x = Axis::new("Conditional mode");
        panels.push(
            Panel::new(effect.title.clone(), x, Axis::new("Normal quantile"))
                .with(Layer::upright("zero", Role::Reference, 0.0))
                .with(Layer::new("limits", Mark::IntervalX, Role::Data, at(&modes), scores.clone()).limits(at(&lower), at(&upper)))
                .with(Layer::new("modes", Mark::Points, Role::Data, at(&modes), scores).labelled(labels)),
        );
        said += &thinned(n);
    }
    let caption = format!("conditional modes with {} % intervals, given the parameters{said}", percent(level));
    Ok(Sheet::of("Normal quantiles of random effects", caption, panels))
}

/// Modes with limits, a line for each level, in the order of the first effect of their term.
pub fn caterpillar(scene: &Scene<'_>) -> Result<Sheet> {
    let mut all = effects(scene)?;
    let mut said = cut(&mut all);
    let (level, mut panels, mut most) = (scene.settings.level, vec![], 0);
    for effect in &all {
        let [modes, lower, upper] = effect.values(level)?;
        let r = effect.term.design.effects.len();
        let first = try_gather(COORDINATES, effect.term.modes.iter().step_by(r).copied())?;
        let (order, n) = (order(&first)?, modes.len());
        let shown = drawn(n);
        let at = |of: &[f64]| shown.iter().map(|&k| of[order[k]]).collect::<Vec<f64>>();
        let ranks: Vec<f64> = shown.iter().map(|&k| k as f64 + 1.0).collect();
        let level_of = |k: usize| effect.term.design.levels[order[k]].clone();
        let all_named = n <= NAMED;
        let labels: Vec<Option<String>> = if all_named {
            vec![]
        } else {
            shown.iter().map(|&k| (k < EXTREME || k + EXTREME >= n).then(|| level_of(k))).collect()
        };
        let y = if all_named {
            Axis::named("", (0..n).map(level_of).collect())
        } else {
            Axis::new(format!("Rank among {n} levels")).reaching(0.0, n as f64 + 1.0)
        };
        most = most.max(if all_named { n } else { 25 });
        panels.push(
            Panel::new(effect.title.clone(), Axis::new("Conditional mode"), y)
                .with(Layer::upright("zero", Role::Reference, 0.0))
                .with(Layer::new("limits", Mark::IntervalX, Role::Data, at(&modes), ranks.clone()).limits(at(&lower), at(&upper)))
                .with(Layer::new("modes", Mark::Points, Role::Data, at(&modes), ranks).labelled(labels)),
        );
        said += &thinned(n);
    }
    let caption = format!("conditional modes with {} % intervals, given the parameters{said}", percent(level));
    let sheet = Sheet::of("Random effects", caption, panels);
    let rows = sheet.panels.len().div_ceil(sheet.columns);
    // As many lines as names need.
    let height = sheet.height.max(80.0 + rows as f64 * (70.0 + 14.0 * most as f64));
    Ok(Sheet { height, ..sheet })
}

/// Pairs of effects of one term, with what they are called.
pub fn pairs<'a>(scene: &Scene<'a>, picture: &str) -> Result<Vec<(&'a TermFit, [usize; 2], String)>> {
    let mut all = vec![];
    for (prefix, term) in terms(scene)? {
        let r = term.design.effects.len();
        for a in 0..r {
            all.extend((a + 1..r).map(|b| (term, [a, b], format!("{prefix}{}", term.design.group))));
        }
    }
    if all.is_empty() {
        return Err(Error::argument(format!(
            "picture {picture}: no random term has two effects, such as an intercept and a slope"
        )));
    }
    Ok(all)
}

/// The ellipse that has a share of a normal distribution with these standard deviations and correlation.
pub fn ellipse(sd: [f64; 2], correlation: f64, share: f64) -> (Vec<f64>, Vec<f64>) {
    let radius = (-2.0 * (-share).ln_1p()).sqrt();
    let rho = if correlation.is_nan() { 0.0 } else { correlation };
    let point = |k: usize| {
        let angle = std::f64::consts::TAU * k as f64 / ELLIPSE as f64;
        let (u, v) = (angle.cos(), angle.sin());
        (radius * sd[0] * u, radius * sd[1] * (rho * u + (1.0 - rho * rho).max(0.0).sqrt() * v))
    };
    (0..=ELLIPSE).map(point).unzip()
}

/// Two effects of each level against each other, with ellipses of their covariance.
pub fn ranef_pairs(scene: &Scene<'_>) -> Result<Sheet> {
    let mut all = pairs(scene, "ranef_pairs")?;
    let said = cut(&mut all);
    let mut panels = vec![];
    for (term, [a, b], group) in all {
        let (design, r) = (&term.design, term.design.effects.len());
        let own = |at: usize| try_gather(COORDINATES, term.modes.iter().skip(at).step_by(r).copied());
        let (points, more) = super::hexagons::cloud("modes", &own(a)?, &own(b)?)?;
        let correlation = term.corr[a + b * r];
        let title = if correlation.is_nan() { group } else { format!("{group}, correlation {correlation:.2}") };
        let mut panel = Panel::new(title, Axis::new(design.effects[a].clone() + &more), Axis::new(design.effects[b].clone()))
            .with(Layer::upright("zero", Role::Reference, 0.0))
            .with(Layer::across("zero", Role::Reference, 0.0))
            .with(points);
        for share in [0.5, 0.95] {
            let (x, y) = ellipse([term.sd[a], term.sd[b]], correlation, share);
            panel = panel.with(Layer::new(format!("{} %", percent(share)), Mark::Line, Role::Fit, x, y));
        }
        panels.push(panel);
    }
    let caption = format!("conditional modes; ellipses: 50 and 95 % of the model's random effects{said}");
    Ok(Sheet::of("Pairs of random effects", caption, panels))
}
