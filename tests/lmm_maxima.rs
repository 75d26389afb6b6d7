//! Likelihoods with more than one maximum: slopes within and between groups differ, and groups lie close to the line between them.
//!
//! `INTERLACE_SWEEP=2000 cargo test --release --test lmm_maxima -- --nocapture` tries so many random designs instead of a few.

mod common;

use common::{Data, Model, Rng, model};
use interlace::fit::Fit;

/// What may be fitted to a design; those with h and z have them.
const FORMULAS: [&str; 10] = [
    "y ~ x + (1 | g)",
    "y ~ x + (x | g)",
    "y ~ x + (x || g)",
    "y ~ x + (1 | g) + (1 | h)",
    "y ~ x + z + (1 | g) + (1 | h)",
    "y ~ x + z + (x + z | g)",
    "y ~ x + (x | g) + (1 | h)",
    "y ~ x + z + (1 | g/h)",
    "y ~ x + cs(1 + x | g)",
    "y ~ x + z + (1 | g) + (0 + x | g)",
];

/// 10 to a power that is uniform.
fn power(rng: &mut Rng, low: f64, high: f64) -> f64 {
    10f64.powf(low + (high - low) * rng.uniform())
}

/// 4 to 300 groups of 3 to 20 rows. The means of x (and z) by group are far apart, y follows them along one line, and x within groups
/// along another one. With `ordinary` it is the same line.
fn design(rng: &mut Rng, ordinary: bool) -> Data {
    let groups = power(rng, 4f64.log10(), 300f64.log10()).round() as usize;
    let crossed = 3 + rng.below(20);
    let per = 3 + rng.below(18);
    let balanced = rng.below(2) == 0;
    let (spread, width) = (power(rng, -0.3, 1.5), power(rng, -1.0, 0.3));
    let (of_groups, noise) = (power(rng, -2.5, 0.3), power(rng, -2.5, 0.0));
    let (of_slopes, of_crossed) = (if rng.below(2) == 0 { 0.0 } else { power(rng, -2.0, 0.0) }, power(rng, -2.0, 0.5));
    let between = rng.normal();
    let within = if ordinary { between } else { rng.normal() };
    let second = if ordinary || rng.below(2) == 0 { 0.0 } else { 1.0 };
    let (means, second_means) = (rng.normals(groups), rng.normals(groups.max(crossed)));
    let (effects, slopes, by_crossed) = (rng.normals(groups), rng.normals(groups), rng.normals(crossed));
    let mut columns: [Vec<f64>; 4] = Default::default();
    let mut index: [Vec<usize>; 2] = Default::default();
    for g in 0..groups {
        for _ in 0..if balanced { per } else { 3 + rng.below(18) } {
            let h = rng.below(crossed);
            let (x, z) = (width * rng.normal(), width * rng.normal());
            let (mean, second_mean) = (spread * means[g], second * spread * second_means[h]);
            let y = between * mean + (within + of_slopes * slopes[g]) * x + 0.7 * second_mean - 0.5 * z
                + of_groups * effects[g]
                + of_crossed * by_crossed[h]
                + noise * rng.normal();
            for (column, value) in columns.iter_mut().zip([y, mean + x, second_mean + z, 0.2 + 2.0 * rng.uniform()]) {
                column.push(value);
            }
            index[0].push(g);
            index[1].push(h);
        }
    }
    let mut data = Data::default();
    for (name, values) in ["y", "x", "z", "w"].into_iter().zip(columns) {
        data = data.real(name, values);
    }
    data.group("g", &index[0]).group("h", &index[1])
}

/// A design's model and data.
fn case(seed: u64, ordinary: bool) -> (Model, Data) {
    let mut rng = Rng(seed);
    let data = design(&mut rng, ordinary);
    let mut model = model(FORMULAS[rng.below(FORMULAS.len())]);
    model.options.reml = rng.below(2) == 0;
    (if rng.below(4) == 0 { model.weights("w") } else { model }, data)
}

/// The ends of searches from random starts, the lowest first: the criterion and theta.
fn ends(model: &Model, data: &Data, fit: &Fit, seed: u64, count: usize) -> Vec<(f64, Vec<f64>)> {
    let (frame, mut rng) = (data.frame(), Rng(seed ^ 0x5eed));
    let mut all = vec![];
    for _ in 0..count {
        let mut theta = vec![];
        for term in &fit.terms {
            let (s, first) = (term.structure, theta.len());
            theta.extend((0..s.n_theta()).map(|_| power(&mut rng, -2.0, 3.5)));
            let own = &mut theta[first..];
            let free = s.lower_bounds().into_iter().zip(s.upper_bounds()).enumerate();
            for (k, (lower, upper)) in free.filter(|(_, (lower, upper))| *lower < 0.0 || upper.is_finite()) {
                own[k] = if upper.is_finite() { lower + (upper - lower) * rng.uniform() } else { own[k] * rng.normal() };
            }
        }
        let started = model.with(|o| o.theta0 = Some(theta));
        if let Ok(end) = started.try_fit(&frame)
            && end.outcome.converged
        {
            all.push((end.criterion, end.theta));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

fn count(few: usize) -> usize {
    std::env::var("INTERLACE_SWEEP").ok().and_then(|text| text.parse().ok()).unwrap_or(few)
}

#[test]
fn the_lowest_of_many_starts_is_found() {
    let (mut missed, mut several, mut ended) = (vec![], 0, 0);
    let count = count(60);
    for seed in 0..count as u64 {
        let (model, data) = case(10_000 + seed, false);
        let Ok(fit) = model.try_fit(&data.frame()) else { continue };
        ended += 1;
        let ends = ends(&model, &data, &fit, seed, 20);
        let Some((lowest, theta)) = ends.first() else { continue };
        several += usize::from(ends.iter().any(|e| e.0 > lowest + 1e-3));
        // Where standard deviations are thousands of times the residuals' the criterion itself has an error of 1e-5 at one place.
        let elsewhere = fit.theta.iter().zip(theta).any(|(a, b)| (a - b).abs() > 1e-4 * a.abs().max(b.abs()).max(1.0));
        let rounding = if elsewhere || fit.theta.iter().all(|t| t.abs() < 300.0) { 0.0 } else { 1e-4 };
        if fit.criterion > lowest + 1e-6 + rounding {
            let what = format!("{seed} {} {} rows", model.formula.formula, data.n());
            missed.push(format!("{what}: {} at {:?} for {lowest} at {theta:?}", fit.criterion, fit.theta));
        }
    }
    println!("{ended} of {count} fitted, {several} with several ends, {} missed", missed.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(ended > count / 2 && several > count / 8);
}

/// The warning of another maximum, if the fit has one.
fn warning(fit: &Fit) -> Option<&String> {
    fit.design_warnings.iter().find(|text| text.contains("has another maximum"))
}

#[test]
fn other_maxima_within_reach_are_told_of_and_no_others() {
    let (mut told, mut owed, mut ordinary) = (0, 0, 0);
    let (mut failures, count) = (vec![], count(60));
    for seed in 0..count as u64 {
        for kind in [false, true] {
            let (model, data) = case(50_000 + seed, kind);
            let Ok(fit) = model.try_fit(&data.frame()) else { continue };
            let ends = ends(&model, &data, &fit, seed, if warning(&fit).is_some() || seed % 4 == 0 { 30 } else { 0 });
            let what = format!("{seed} {kind} {} {} rows {}", model.formula.formula, data.n(), fit.criterion);
            // An end that at least three starts lead to is a minimum.
            let near = |e: &f64| *e > fit.criterion + 1e-3 && *e < fit.criterion + 9.9;
            let seen: Vec<f64> = ends.iter().map(|e| e.0).filter(near).collect();
            match warning(&fit) {
                Some(text) => {
                    let there: f64 = text.split(" here and ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
                    told += 1;
                    ordinary += usize::from(kind);
                    let known = ends.iter().any(|e| (e.0 - there).abs() < 1e-5 * there.abs().max(100.0));
                    if !known {
                        failures.push(format!("{what}: {text}: not among {ends:?}"));
                    }
                }
                None if seen.len() > 2 && seen[seen.len() - 1] - seen[0] < 1e-5 => {
                    owed += 1;
                    println!("no word of it: {what}: {seen:?}");
                }
                None => {}
            }
        }
    }
    println!("{count} designs of either kind: told of {told} ({ordinary} ordinary), silent on {owed}");
    failures.iter().for_each(|failure| println!("{failure}"));
    assert!(failures.is_empty() && ordinary * 50 <= count);
}
