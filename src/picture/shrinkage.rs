//! How far random effects are drawn from what each level says by itself towards zero.

use super::effects::{cut, pairs, terms};
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, Mark, Panel, Role, Sheet};
use crate::error::{Error, Result, try_vec};
use crate::fit::{Fit, TermFit};

/// Arrows that are drawn at most.
const MOST: usize = 2000;

/// For each level least squares of its own rows for the effects of the term, all else being as estimated: what the modes would be if the
/// effects had infinite variance, `[r, l]`; NaN for levels whose rows don't tell all effects.
pub fn within(fit: &Fit, term: &TermFit) -> Result<Vec<f64>> {
    let (r, l, n) = (term.design.effects.len(), term.design.levels.len(), fit.n_obs);
    let residuals = fit.used(&fit.residuals)?;
    let weights = fit.weights.as_ref().map(|weights| fit.used(weights)).transpose()?;
    let z = |i: usize, e: usize| term.design.z.as_ref().map_or(1.0, |z| z[e * n + i]);
    let mut sums = try_vec(COORDINATES, 0.0, l * r * (r + 1))?;
    for i in 0..n {
        let level = term.design.index[i] as usize;
        let Some(modes) = term.modes.get(level * r..(level + 1) * r) else { continue };
        let partial = residuals[i] + (0..r).map(|e| z(i, e) * modes[e]).sum::<f64>();
        let weight = weights.as_ref().map_or(1.0, |weights| weights[i]);
        let own = &mut sums[level * r * (r + 1)..][..r * (r + 1)];
        for a in 0..r {
            (0..r).for_each(|b| own[a + b * r] += weight * z(i, a) * z(i, b));
            own[a + r * r] += weight * z(i, a) * partial;
        }
    }
    let mut out = try_vec(COORDINATES, f64::NAN, l * r)?;
    for (own, out) in sums.chunks_exact_mut(r * (r + 1)).zip(out.chunks_exact_mut(r)) {
        if !solve(own, r, out) {
            out.fill(f64::NAN);
        }
    }
    Ok(out)
}

/// Solves symmetric equations, the matrix `[r, r]` before the right-hand side, by elimination; false where the matrix is singular.
fn solve(equations: &mut [f64], r: usize, out: &mut [f64]) -> bool {
    let diagonal: Vec<f64> = (0..r).map(|a| equations[a + a * r]).collect();
    for k in 0..r {
        let pivot = equations[k + k * r];
        if pivot.is_nan() || pivot <= 1e-10 * diagonal[k] {
            return false;
        }
        for a in k + 1..r {
            let factor = equations[a + k * r] / pivot;
            (k..=r).for_each(|b| equations[a + b * r] -= factor * equations[k + b * r]);
        }
    }
    for k in (0..r).rev() {
        let rest: f64 = (k + 1..r).map(|b| equations[k + b * r] * out[b]).sum();
        out[k] = (equations[k + r * r] - rest) / equations[k + k * r];
    }
    true
}

/// From the estimates of each level by itself to the modes.
pub fn shrinkage(scene: &Scene<'_>) -> Result<Sheet> {
    if !scene.fit.is_linear() {
        return Err(Error::unsupported("picture shrinkage: only of linear models, whose levels have estimates by least squares"));
    }
    scene.fit.need_rows("picture shrinkage")?;
    let several = terms(scene)?.iter().any(|(_, term)| term.design.effects.len() > 1);
    let mut panels = vec![];
    let (mut said, mut lost) = (String::new(), 0);
    if several {
        let mut all = pairs(scene, "shrinkage")?;
        said += &cut(&mut all);
        for (term, pair, group) in all {
            let own = within(scene.fit, term)?;
            lost += own.iter().skip(pair[0]).step_by(term.design.effects.len()).filter(|v| v.is_nan()).count();
            said = with_part(said, &own, term.design.effects.len());
            panels.push(plane(term, &own, pair, group));
        }
    } else {
        let mut all = terms(scene)?;
        said += &cut(&mut all);
        for (_, term) in all {
            let own = within(scene.fit, term)?;
            lost += own.iter().filter(|v| v.is_nan()).count();
            said = with_part(said, &own, 1);
            panels.push(line(term, &own));
        }
    }
    if lost > 0 {
        said = format!("{said}; {lost} estimates missing: their levels have too few rows");
    }
    let caption =
        format!("from each level's own least-squares estimate to its conditional mode; the fixed effects are at zero{said}");
    Ok(Sheet::of("Shrinkage of random effects", caption, panels))
}

/// Levels that have an estimate, so many as can be drawn.
fn chosen(own: &[f64], r: usize) -> Vec<usize> {
    let there: Vec<usize> = (0..own.len() / r.max(1)).filter(|l| own[l * r..(l + 1) * r].iter().all(|v| v.is_finite())).collect();
    let step = there.len().div_ceil(MOST).max(1);
    there.into_iter().step_by(step).collect()
}

/// What a caption says of levels that are not drawn, once.
fn with_part(said: String, own: &[f64], r: usize) -> String {
    let (shown, there) = (chosen(own, r).len(), own.chunks_exact(r.max(1)).filter(|all| all.iter().all(|v| v.is_finite())).count());
    let part = format!("; {shown} of {there} levels shown");
    if shown == there || said.contains(&part) { said } else { said + &part }
}

fn plane(term: &TermFit, own: &[f64], [a, b]: [usize; 2], group: String) -> Panel {
    let r = term.design.effects.len();
    let levels = chosen(own, r);
    let at = |values: &[f64], e: usize| levels.iter().map(|l| values[l * r + e]).collect::<Vec<f64>>();
    let arrows = Layer::new("shrinkage", Mark::Arrows, Role::Reference, at(own, a), at(own, b));
    Panel::new(group, Axis::new(term.design.effects[a].clone()), Axis::new(term.design.effects[b].clone()))
        .with(Layer::upright("zero", Role::Reference, 0.0))
        .with(Layer::across("zero", Role::Reference, 0.0))
        .with(arrows.to(at(&term.modes, a), at(&term.modes, b)))
        .with(Layer::new("within groups", Mark::Points, Role::Fit, at(own, a), at(own, b)))
        .with(Layer::new("modes", Mark::Points, Role::Data, at(&term.modes, a), at(&term.modes, b)))
}

/// Of one effect the modes against the estimates: the slope is what is left.
fn line(term: &TermFit, own: &[f64]) -> Panel {
    let levels = chosen(own, 1);
    let at = |values: &[f64]| levels.iter().map(|&l| values[l]).collect::<Vec<f64>>();
    let ends = at(own).iter().fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let title = format!("{} | {}", term.design.effects[0], term.design.group);
    Panel::new(title, Axis::new("Estimate within the level"), Axis::new("Conditional mode"))
        .with(Layer::across("zero", Role::Reference, 0.0))
        .with(Layer::straight("no shrinkage", Role::Reference, (ends.0, ends.0), (ends.1, ends.1)))
        .with(Layer::new("modes", Mark::Points, Role::Data, at(own), at(&term.modes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved_or_found_singular() {
        let mut out = [0.0; 2];
        assert!(solve(&mut [4.0, 2.0, 2.0, 3.0, 10.0, 9.0], 2, &mut out));
        assert!((out[0] - 1.5).abs() < 1e-14 && (out[1] - 2.0).abs() < 1e-14);
        assert!(!solve(&mut [4.0, 2.0, 2.0, 1.0, 10.0, 5.0], 2, &mut out));
        assert!(!solve(&mut [0.0; 6], 2, &mut out));
    }
}
