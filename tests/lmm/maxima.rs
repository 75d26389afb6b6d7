//! Likelihoods with more than one maximum: slopes within and between groups differ, and groups lie close to the line between them.
//!
//! `INTERLACE_SWEEP=2000 cargo test --release --test lmm maxima -- --nocapture` tries so many random designs instead of a few.

use std::fmt::Write as _;

use crate::common::generalised::linear;
use crate::common::{Data, Model, Rng, model};
use interlace::error::Result;
use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};
use interlace::options::Options;
use interlace::resample::RefitOptions;
use interlace::spec::CorrelationSpec;
use interlace::validation::AllOptimizers;
use interlace::watch::Watch;

/// The square of the normal quantile of a 95 % interval.
const CUTOFF: f64 = 3.841_458_820_694_124;

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

/// A model and its data.
struct Case {
    model: Model,
    data: Data,
    correlation: Option<&'static str>,
}

impl Case {
    fn fit(&self, theta0: Option<Vec<f64>>) -> Result<Fit> {
        let mut spec = self.model.spec();
        spec.correlation = self.correlation.map(|formula| CorrelationSpec::Formula(formula.into()));
        let options = Options { theta0, ..self.model.options.clone() };
        Fit::new(&spec, Some(&self.data.frame()), &options, &Watch::unwatched())
    }

    fn name(&self, seed: u64) -> String {
        let (model, reml) = (&self.model.formula, self.model.options.reml);
        format!("{seed} {} {:?} {:?} REML {reml} {} rows", model.formula, self.correlation, model.weights, self.data.n())
    }
}

fn case(seed: u64, ordinary: bool) -> Case {
    let mut rng = Rng(seed);
    let data = design(&mut rng, ordinary);
    let mut model = model(FORMULAS[rng.below(FORMULAS.len())]);
    model.options.reml = rng.below(2) == 0;
    let model = if rng.below(4) == 0 { model.weights("w") } else { model };
    Case { model, data, correlation: None }
}

/// The ends of searches from random starts, the lowest first: the criterion and theta.
fn ends(case: &Case, fit: &Fit, seed: u64, count: usize) -> Vec<(f64, Vec<f64>)> {
    let mut rng = Rng(seed ^ 0x5eed);
    let mut all = vec![];
    for _ in 0..count {
        let mut theta = vec![];
        for term in &fit.terms {
            let (s, first) = (term.design.structure, theta.len());
            theta.extend((0..s.n_theta()).map(|_| power(&mut rng, -2.0, 3.5)));
            let own = &mut theta[first..];
            let free = s.lower_bounds().into_iter().zip(s.upper_bounds()).enumerate();
            for (k, (lower, upper)) in free.filter(|(_, (lower, upper))| *lower < 0.0 || upper.is_finite()) {
                own[k] = if upper.is_finite() { lower + (upper - lower) * rng.uniform() } else { own[k] * rng.normal() };
            }
        }
        if let Ok(end) = case.fit(Some(theta))
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
    none_is_missed(count(30), |seed| case(10_000 + seed, false));
}

/// Compares fits with searches from 20 random starts.
fn none_is_missed(count: usize, of_seed: impl Fn(u64) -> Case) {
    let (mut missed, mut several, mut ended) = (vec![], 0, 0);
    for seed in 0..count as u64 {
        let case = of_seed(seed);
        let Ok(fit) = case.fit(None) else { continue };
        ended += 1;
        let ends = ends(&case, &fit, seed, 20);
        let Some((lowest, theta)) = ends.first() else { continue };
        several += usize::from(ends.iter().any(|e| e.0 > lowest + 1e-3));
        // Where standard deviations are thousands of times the residuals' the criterion itself has an error of 1e-5 at one place.
        let elsewhere = fit.theta.iter().zip(theta).any(|(a, b)| (a - b).abs() > 1e-2 * a.abs().max(b.abs()).max(1.0));
        let rounding = if elsewhere || fit.theta.iter().all(|t| t.abs() < 300.0) { 0.0 } else { 1e-4 };
        if fit.criterion > lowest + 1e-6 + rounding {
            let what = case.name(seed);
            missed.push(format!("{what}: {} at {:?} for {lowest} at {theta:?}", fit.criterion, fit.theta));
        }
    }
    println!("{ended} of {count} fitted, {several} with several ends, {} missed", missed.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(ended > count / 2 && several > count / 10, "{ended} {several}");
}

/// The warning of another maximum, if the fit has one.
fn warning(fit: &Fit) -> Option<&String> {
    fit.design_warnings.iter().find(|text| text.contains("has another maximum"))
}

#[test]
fn other_maxima_within_reach_are_told_of_and_no_others() {
    let (mut told, mut owed, mut ordinary) = (0, 0, 0);
    let (mut failures, count) = (vec![], count(15));
    for seed in 0..count as u64 {
        for kind in [false, true] {
            let case = case(50_000 + seed, kind);
            let Ok(fit) = case.fit(None) else { continue };
            let ends = ends(&case, &fit, seed, if warning(&fit).is_some() || seed % 4 == 0 { 30 } else { 0 });
            let what = format!("{} {kind} {}", case.name(seed), fit.criterion);
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

const OF_GROUPS: [f64; 8] = [0.3, -0.7, 0.9, -0.2, -0.8, 0.6, 0.4, -0.5];
const OF_ROWS: [f64; 13] = [0.2, -0.5, 0.4, -0.1, 0.3, -0.6, 0.5, 0.1, -0.3, 0.7, -0.2, -0.4, 0.6];

/// Eight groups of three rows on the line y = x, with another slope within.
fn two_lines(within: f64) -> Data {
    lines(within, 0.3)
}

fn lines(within: f64, noise: f64) -> Data {
    let g: Vec<usize> = (0..24).map(|i| i / 3).collect();
    let of_rows = |i: usize| (i % 3) as f64 - 1.0;
    let mean = |i: usize| 20.0 * g[i] as f64;
    let x = (0..24).map(|i| mean(i) + of_rows(i)).collect();
    let y = (0..24).map(|i| mean(i) + within * of_rows(i) + 0.1 * OF_GROUPS[g[i]] + noise * OF_ROWS[i % 13]).collect();
    Data::default().real("x", x).real("y", y).group("g", &g)
}

/// Subject, dose, pain.
const DOSES: [(usize, f64, f64); 12] = [
    (0, 1.0, 85.3),
    (0, 2.0, 75.3),
    (0, 3.0, 69.4),
    (0, 4.0, 62.1),
    (1, 24.0, 288.8),
    (1, 25.0, 278.6),
    (1, 26.0, 271.6),
    (1, 27.0, 263.2),
    (2, 50.0, 483.9),
    (2, 51.0, 474.7),
    (2, 52.0, 465.5),
    (2, 53.0, 456.2),
];

/// The 12 rows of a public report, on which the slope came out as 7.85.
#[test]
fn slopes_within_and_between_of_opposite_sign() {
    let dose = DOSES.map(|(_, dose, _)| dose).to_vec();
    let pain = DOSES.map(|(_, _, pain)| pain).to_vec();
    let data = Data::default().real("dose", dose).real("pain", pain).group("id", &DOSES.map(|(id, _, _)| id));
    let fit = model("pain ~ dose + (dose | id)").fit(&data);
    assert!(fit.outcome.converged && fit.criterion < 56.95, "{}", fit.criterion);
    assert!((fit.fixed.estimate[1] + 8.381).abs() < 0.005, "{:?}", fit.fixed.estimate);
    // The other maximum is 44 lower.
    assert!(warning(&fit).is_none());
}

#[test]
fn the_warning_has_both_maxima() {
    let fit = model("y ~ x + (1 | g)").fit(&two_lines(0.0));
    let text = warning(&fit).unwrap();
    let want = "the restricted likelihood has another maximum: the criterion is 72.075376 here and 72.898397 there, where x is -0.040090 \
                instead of 0.99980, the standard deviation of (Intercept) by g is 50.990 instead of 0, that of the residuals is 0.14357 \
                instead of 0.90558";
    assert_eq!(text, want);
    let grid: Vec<f64> = (0..4000).map(|k| f64::from(k) * (10f64.powf(f64::from(k) / 1000.0) / 50.0)).collect();
    let values = model("y ~ x + (1 | g)").objective(&two_lines(0.0).frame(), &grid).unwrap();
    let minima: Vec<f64> = values.windows(3).filter(|w| w[1] < w[0] && w[1] < w[2]).map(|w| w[1]).collect();
    assert!(minima.len() == 1 && (minima[0] - 72.898_397).abs() < 1e-3 && (values[0] - fit.criterion).abs() < 1e-9, "{minima:?}");
    assert!(warning(&model("y ~ x + (1 | g)").fit(&two_lines(1.0))).is_none());
}

/// Compound symmetry is a random intercept whose variance may be negative.
#[test]
fn residual_correlations_next_to_one_are_tried() {
    for (within, noise) in [(0.0, 0.3), (0.0, 0.1), (0.0, 0.03), (0.5, 0.03), (-1.0, 0.1), (-1.0, 0.03)] {
        let (model, data) = (model("y ~ x").ml(), lines(within, noise));
        let case = Case { model, data, correlation: Some("cs(1 | g)") };
        let fit = case.fit(None).unwrap();
        for rho in [-0.4, 0.05, 0.9, 0.999, 0.999_99, 0.999_999_9] {
            let end = case.fit(Some(vec![rho])).unwrap();
            assert!(fit.criterion < end.criterion + 1e-6, "{within}, {noise}, {rho}: {} for {}", fit.criterion, end.criterion);
        }
    }
}

#[test]
fn refits_change_to_the_other_basin() {
    let model = model("y ~ x + (1 | g)");
    let responses: Vec<Vec<f64>> = [-1.5, -0.5, 0.0, 0.2, 0.5, 0.9].iter().map(|s| two_lines(*s).values("y").to_vec()).collect();
    let mut basins = [0, 0];
    for first in [-0.5, 0.9] {
        let fit = model.fit(&two_lines(first));
        let refits =
            fit.refit_many(&responses.concat(), &RefitOptions { std_errors: false, threads: 1 }, &Watch::unwatched()).unwrap();
        for (i, y) in responses.iter().enumerate() {
            let want = model.fit(&two_lines(0.0).real("y", y.clone()));
            basins[usize::from(want.theta[0] > 10.0)] += 1;
            let difference = refits.log_likelihood[i] - want.log_likelihood;
            assert!(difference.abs() < 1e-6, "{first}, {i}: {difference}");
        }
    }
    assert!(basins[0] > 0 && basins[1] > 0, "{basins:?}");
}

/// The interval goes from the lowest value that is not rejected to the highest, whatever lies between.
#[test]
fn profiles_have_the_values_of_both_maxima() {
    let data = two_lines(-0.6);
    let profiles = model("y ~ x + (1 | g)").ml().fit(&data).profile(0.95, &Watch::unwatched()).unwrap();
    let slope = profiles.iter().find(|p| p.name == "x").unwrap();
    let held = |v: f64| {
        let rest = data.values("y").iter().zip(data.values("x")).map(|(y, x)| y - v * x).collect();
        model("y ~ 1 + (1 | g)").ml().fit(&data.clone().real("y", rest)).criterion
    };
    let grid: Vec<f64> = (0..=600).map(|k| -1.5 + 0.005 * f64::from(k)).collect();
    let values: Vec<f64> = grid.iter().map(|v| held(*v)).collect();
    let least = slope.curve.minimum;
    assert!(values.iter().all(|v| *v > least - 1e-8));
    let inside: Vec<f64> = grid.iter().zip(&values).filter(|(_, d)| **d < least + CUTOFF).map(|(v, _)| *v).collect();
    assert!(
        slope.lower <= inside[0] && inside[0] < -0.6 && inside[inside.len() - 1] > 0.99 && slope.upper >= inside[inside.len() - 1],
        "{slope:?} {inside:?}"
    );
    assert!(values.iter().zip(&grid).any(|(d, v)| *v > -0.3 && *v < 0.9 && *d > least + CUTOFF + 1.0), "one piece only");
    for limit in [slope.lower, slope.upper] {
        assert!((held(limit) - least - CUTOFF).abs() < 1e-6, "{limit}: {}", held(limit) - least);
    }
}

#[test]
fn all_optimisers_find_the_better_maximum() {
    let spec = model("y ~ x + (1 | g)").spec();
    for within in [-0.5, 0.0, 0.5] {
        let frame = two_lines(within).frame();
        let all = AllOptimizers::new(&spec, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap();
        let ends: Vec<f64> = all.attempts.iter().map(|a| a.end.as_ref().unwrap().criterion).collect();
        let best = model("y ~ x + (1 | g)").try_fit(&frame).unwrap().criterion;
        assert!(ends.iter().all(|end| (end - best).abs() < 1e-5), "{within}: {ends:?} for {best}");
    }
    // With a start of the caller's there is no other.
    let options = Options { theta0: Some(vec![100.0]), ..Options::default() };
    let all = AllOptimizers::new(&spec, Some(&two_lines(0.0).frame()), &options, &Watch::unwatched()).unwrap();
    let newton = all.attempts[0].end.as_ref().unwrap();
    assert!((newton.criterion - 72.898_397).abs() < 1e-5, "{}", newton.criterion);
}

/// Four effects a level in a row, one row each: y and x. The better of two maxima has a correlation of minus one.
#[test]
fn terms_with_a_correlation_are_searched_from_both_ends() {
    let rows = "-0.09,-1.69 1.28,-0.71 1.34,1.27 -0.78,-0.69 0.49,1.08 0.39,-0.45 0.71,0.49 -0.45,1.17 0.17,-0.73 -0.97,0.65 \
                1.40,1.77 0.18,-0.01 0.59,-0.07 1.37,0.49 1.31,-1.24 1.82,1.14 0.87,0.84 0.91,-0.99 1.12,-0.00 0.92,-1.03 \
                0.93,0.03 0.16,-0.77 0.15,0.20 -0.64,0.38 1.62,-0.69 0.13,0.64 0.21,0.97 0.47,-0.35 1.61,-0.37 0.12,-0.48 \
                -0.09,-0.11 -0.72,-0.92 0.42,-0.27 0.96,1.38 0.42,-1.34 0.54,-0.78 0.08,-0.67 0.26,0.89 -0.84,-0.07 1.72,1.00 \
                0.22,0.43 1.26,-1.61 0.07,-0.25 0.87,1.60";
    let mut text = "y,x,t,g\n".to_owned();
    rows.split_whitespace().enumerate().for_each(|(i, row)| writeln!(text, "{row},{},g{}", i % 4, i / 4).unwrap());
    let frame = Frame::from_csv(text.as_bytes(), &CsvOptions { categorical: vec!["g".into()], ..Default::default() }).unwrap();
    let fit = linear("y ~ x + ar1(0 + factor(t) | g)", frame).fit();
    assert!(fit.outcome.converged && (fit.criterion - 99.634_734).abs() < 1e-5, "{} {:?}", fit.criterion, fit.outcome);
    assert!(warning(&fit).is_some_and(|w| w.contains("99.754968")), "{:?}", fit.warnings());
}
