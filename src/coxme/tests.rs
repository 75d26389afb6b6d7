//! Scores and information against differences, and what a partial likelihood is invariant to.

use super::Ties;
use super::estimate::estimate;
use super::laplace::Laplace;
use super::model::Model;
use super::partial::Partial;
use super::risk::RiskSets;
use super::solution::{Solution, solve};
use super::sum::Sum;
use crate::covariance::Structure;
use crate::design::{Design, SurvivalDesign, TermDesign};
use crate::formula::StructureKind;
use crate::options::Options;
use crate::simulate::{Purpose, Stream};
use crate::watch::Watch;

mod concordance;
mod hazard;
mod integrated;
mod score;

/// What a simulated data set has.
#[derive(Clone, Copy, PartialEq)]
enum Trait {
    Ties,
    Entry,
    Strata,
    Weights,
    Offset,
}

const ALL: &[Trait] = &[Trait::Ties, Trait::Entry, Trait::Strata, Trait::Weights, Trait::Offset];

/// Two covariates, a group with intercept and slope, and one that is crossed with it.
fn simulated(n: usize, traits: &[Trait], seed: u64) -> Design {
    let has = |one: Trait| traits.contains(&one);
    let mut stream = Stream::new(seed, 0, Purpose::Response);
    let mut uniform = || stream.uniform();
    let x: Vec<f64> =
        (0..2 * n).map(|i| if i < n { 4.0 * uniform() - 2.0 } else { f64::from(u8::from(uniform() < 0.4)) }).collect();
    let (g, h): (Vec<u32>, Vec<u32>) = (0..n).map(|_| ((7.0 * uniform()) as u32, (5.0 * uniform()) as u32)).unzip();
    let mut survival = SurvivalDesign { stratum: vec![0; n], ..SurvivalDesign::default() };
    let mut start = vec![];
    for i in 0..n {
        let rate = (0.5 * x[i] - 0.7 * x[n + i] + 0.4 * f64::from(g[i] % 3) - 0.3 * f64::from(h[i])).exp();
        let (event, censored) = (-uniform().ln() / rate, -uniform().ln() / 0.4);
        let entry = 0.3 * uniform();
        let round = |t: f64| if has(Trait::Ties) { (4.0 * t).ceil() / 4.0 } else { t };
        start.push(if has(Trait::Entry) { round(entry) } else { 0.0 });
        survival.stop.push(start[i] + round(event.min(censored)));
        survival.event.push(event < censored);
        if has(Trait::Strata) {
            survival.stratum[i] = (3.0 * uniform()) as u32;
        }
    }
    survival.start = has(Trait::Entry).then_some(start);
    survival.strata = if has(Trait::Strata) { (0..3).map(|s| s.to_string()).collect() } else { vec![] };
    let term = |group: &str, index: &[u32], levels: u32, z: Option<Vec<f64>>| {
        let effects: Vec<String> = if z.is_some() { vec!["(Intercept)".into(), "x".into()] } else { vec!["(Intercept)".into()] };
        TermDesign {
            group: group.into(),
            structure: Structure::new(StructureKind::Unstructured, None, effects.len()),
            effects,
            levels: std::sync::Arc::new((0..levels).map(|l| l.to_string()).collect()),
            index: index.to_vec(),
            z,
        }
    };
    let slope: Vec<f64> = (0..n).map(|_| 1.0).chain(x[..n].iter().copied()).collect();
    Design {
        n,
        y: survival.event.iter().map(|e| f64::from(u8::from(*e))).collect(),
        terms: vec![term("g", &g, 7, Some(slope)), term("h", &h, 5, None)],
        weights: has(Trait::Weights).then(|| (0..n).map(|_| 0.5 + uniform()).collect()),
        offset: has(Trait::Offset).then(|| (0..n).map(|_| 0.5 * uniform()).collect()),
        x_names: vec!["x".into(), "sex".into()],
        x,
        survival: Some(survival),
        ..Design::default()
    }
}

fn model(design: &Design, ties: Ties) -> Model {
    Model::new(design, design.survival.as_ref().unwrap(), ties).unwrap()
}

fn cases() -> impl Iterator<Item = (&'static [Trait], Ties)> {
    let alone = ALL[..4].iter().map(std::slice::from_ref);
    let traits = std::iter::once(&[][..]).chain(alone).chain([ALL]);
    traits.flat_map(|t| [(t, Ties::Efron), (t, Ties::Breslow)])
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

/// Theta = (.8, .2, .5) for the slopes, .6 for the crossed group, and its singular ends.
const POINTS: [[f64; 4]; 3] = [[0.8, 0.2, 0.5, 0.6], [0.8, -0.3, 0.0, 0.0], [0.0, 0.4, 0.1, 1.5]];

fn fitted(design: &Design, ties: Ties, theta: &[f64]) -> Solution {
    let (model, watch) = (model(design, ties), Watch::unwatched());
    let mut laplace = Laplace::new(&model, &watch).unwrap();
    let working = model.working_from_theta(theta).unwrap();
    solve(&mut laplace, &working).unwrap()
}

#[test]
fn the_score_is_that_of_the_likelihood_and_the_information_that_of_the_score() {
    for (traits, ties) in cases() {
        let design = simulated(60, traits, 3);
        let model = model(&design, ties);
        let mut partial = Partial::new(&model.sets).unwrap();
        let eta: Vec<f64> = (0..design.n).map(|i| (i as f64).sin()).collect();
        let moved = |i: usize, h: f64| {
            let mut eta = eta.clone();
            eta[i] += h;
            eta
        };
        partial.evaluate(&eta);
        let score = partial.score.clone();
        let mut column = vec![0.0; design.n];
        for i in (0..design.n).step_by(7) {
            let mut unit = vec![0.0; design.n];
            unit[i] = 1.0;
            partial.evaluate(&eta);
            partial.information_product(&unit, &mut column).unwrap();
            let (up, high) = (partial.evaluate(&moved(i, 1e-5)), partial.score.clone());
            let (down, low) = (partial.evaluate(&moved(i, -1e-5)), partial.score.clone());
            assert!(close((up - down) / 2e-5, score[i], 1e-7), "{} {}", (up - down) / 2e-5, score[i]);
            for j in 0..design.n {
                let slope = (low[j] - high[j]) / 2e-5;
                assert!(close(slope, column[j], 1e-7), "{i} {j}: {slope} {}", column[j]);
            }
        }
    }
}

/// Steps to the mode are decided by differences of the likelihood, which its rounding must not hide.
#[test]
fn the_likelihood_of_many_events_is_right_to_its_last_digits() {
    let n = 20_000;
    let mut stream = Stream::new(3, 0, Purpose::Response);
    let eta: Vec<f64> = (0..n).map(|_| 3.0 * stream.uniform()).collect();
    let stop = (1..=n).map(|i| i as f64).collect();
    let survival = SurvivalDesign { stop, event: vec![true; n], stratum: vec![0; n], ..SurvivalDesign::default() };
    let sets = RiskSets::new(&survival, None, Ties::Efron).unwrap();
    let (mut at_risk, mut want) = (Sum::default(), Sum::default());
    for eta in eta.iter().rev() {
        at_risk.add(eta.exp());
        want.add(eta - at_risk.value().ln());
    }
    let (l, want) = (Partial::new(&sets).unwrap().evaluate(&eta), want.value());
    assert!((l - want).abs() <= 4.0 * f64::EPSILON * want.abs(), "{l} {want}");
}

#[test]
fn the_information_of_the_random_effects_is_its_product_with_each_column() {
    for (traits, ties) in cases() {
        let design = simulated(70, traits, 5);
        let model = model(&design, ties);
        let mut partial = Partial::new(&model.sets).unwrap();
        partial.evaluate(&(0..design.n).map(|i| (i as f64).cos()).collect::<Vec<_>>());
        let q = model.q();
        let (mut zwz, mut product, mut column) = (vec![0.0; q * q], vec![0.0; design.n], vec![0.0; q]);
        partial.random_information(&model.z, &mut zwz).unwrap();
        for j in 0..q {
            let mut unit = vec![0.0; q];
            unit[j] = 1.0;
            let z: Vec<f64> = (0..design.n).map(|i| model.z.dot(i, &unit)).collect();
            partial.information_product(&z, &mut product).unwrap();
            model.z.transpose(&product, &mut column);
            for i in 0..q {
                assert!(close(column[i], zwz[j * q + i], 1e-12), "{i} {j}: {} {}", column[i], zwz[j * q + i]);
            }
        }
    }
}

#[test]
fn the_gradient_in_theta_is_that_of_the_criterion() {
    for (traits, ties) in cases() {
        let design = simulated(80, traits, 11);
        let (model, watch) = (model(&design, ties), Watch::unwatched());
        let mut laplace = Laplace::new(&model, &watch).unwrap();
        for theta in POINTS {
            let working = model.working_from_theta(&theta).unwrap();
            let mut gradient = vec![0.0; working.len()];
            laplace.evaluate_gradient(&working, &mut gradient).unwrap();
            for k in 0..working.len() {
                let mut at = |h: f64| {
                    let mut moved = working.clone();
                    moved[k] += h;
                    laplace.evaluate(&moved).unwrap()
                };
                let slope = (8.0 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 12e-3;
                assert!(close(slope, gradient[k], 1e-7), "{theta:?} {k}: {slope} {}", gradient[k]);
            }
        }
    }
}

#[test]
fn the_order_of_the_rows_does_not_matter_under_heavy_ties() {
    let design = simulated(150, ALL, 17);
    let n = design.n;
    let order: Vec<usize> = (0..n).map(|i| (i * 67 + 13) % n).collect();
    let picked = |v: &[f64]| order.iter().map(|&i| v[i]).collect::<Vec<f64>>();
    let mut other = design.clone();
    other.x = design.x.chunks_exact(n).flat_map(picked).collect();
    other.weights = design.weights.as_deref().map(picked);
    other.offset = design.offset.as_deref().map(picked);
    for term in &mut other.terms {
        term.index = order.iter().map(|&i| term.index[i]).collect();
        term.z = term.z.as_deref().map(|z| z.chunks_exact(n).flat_map(picked).collect());
    }
    let (old, new) = (design.survival.as_ref().unwrap(), other.survival.as_mut().unwrap());
    new.stop = picked(&old.stop);
    new.start = old.start.as_deref().map(picked);
    new.event = order.iter().map(|&i| old.event[i]).collect();
    new.stratum = order.iter().map(|&i| old.stratum[i]).collect();
    for ties in [Ties::Efron, Ties::Breslow] {
        let (a, b) = (fitted(&design, ties, &POINTS[0]), fitted(&other, ties, &POINTS[0]));
        same(&a, &b, 1e-10);
    }
}

fn same(a: &Solution, b: &Solution, tolerance: f64) {
    assert!(close(a.criterion, b.criterion, tolerance), "{} {}", a.criterion, b.criterion);
    assert!(close(a.loglik_null, b.loglik_null, tolerance));
    assert!(close(a.df_penalised, b.df_penalised, tolerance));
    let all = |s: &Solution| [&s.beta[..], &s.vcov, &s.terms[0].modes, &s.terms[0].condvar, &s.terms[1].modes].concat();
    assert!(all(a).iter().zip(all(b)).all(|(a, b)| close(*a, b, tolerance)));
}

#[test]
fn rows_that_are_split_in_time_and_a_clock_that_runs_otherwise_change_nothing() {
    let design = simulated(90, ALL, 23);
    let n = design.n;
    let old = design.survival.clone().unwrap();
    let start = old.start.clone().unwrap();
    let mut split = design.clone();
    let twice = |v: &[f64]| [v, v].concat();
    split.n = 2 * n;
    split.x = design.x.chunks_exact(n).flat_map(twice).collect();
    split.weights = design.weights.as_deref().map(twice);
    split.offset = design.offset.as_deref().map(twice);
    for term in &mut split.terms {
        term.index = [&term.index[..], &term.index].concat();
        term.z = term.z.as_deref().map(|z| z.chunks_exact(n).flat_map(twice).collect());
    }
    let middle: Vec<f64> = (0..n).map(|i| start[i] + (old.stop[i] - start[i]) * (0.1 + 0.8 * (i as f64).sin().abs())).collect();
    split.survival = Some(SurvivalDesign {
        start: Some([&start[..], &middle].concat()),
        stop: [&middle[..], &old.stop].concat(),
        event: [&vec![false; n][..], &old.event].concat(),
        stratum: [&old.stratum[..], &old.stratum].concat(),
        strata: old.strata.clone(),
    });
    let mut rescaled = design.clone();
    let clock = |t: &f64| 1e-7 * t.exp();
    rescaled.survival =
        Some(SurvivalDesign { start: Some(start.iter().map(clock).collect()), stop: old.stop.iter().map(clock).collect(), ..old });
    for ties in [Ties::Efron, Ties::Breslow] {
        let own = fitted(&design, ties, &POINTS[0]);
        for other in [&split, &rescaled] {
            same(&own, &fitted(other, ties, &POINTS[0]), 1e-11);
        }
    }
}

#[test]
fn a_weight_of_two_is_the_row_twice_under_breslow() {
    let mut design = simulated(60, &[Trait::Ties, Trait::Entry, Trait::Strata, Trait::Offset], 29);
    let n = design.n;
    let mut twice = design.clone();
    design.weights = Some((0..n).map(|i| if i % 2 == 0 { 2.0 } else { 1.0 }).collect());
    let rows: Vec<usize> = (0..n).chain((0..n).step_by(2)).collect();
    let picked = |v: &[f64]| rows.iter().map(|&i| v[i]).collect::<Vec<f64>>();
    twice.n = rows.len();
    twice.x = design.x.chunks_exact(n).flat_map(picked).collect();
    twice.offset = design.offset.as_deref().map(picked);
    for term in &mut twice.terms {
        term.index = rows.iter().map(|&i| term.index[i]).collect();
        term.z = term.z.as_deref().map(|z| z.chunks_exact(n).flat_map(picked).collect());
    }
    let (old, new) = (design.survival.as_ref().unwrap(), twice.survival.as_mut().unwrap());
    (new.stop, new.start) = (picked(&old.stop), old.start.as_deref().map(picked));
    new.event = rows.iter().map(|&i| old.event[i]).collect();
    new.stratum = rows.iter().map(|&i| old.stratum[i]).collect();
    same(&fitted(&design, Ties::Breslow, &POINTS[0]), &fitted(&twice, Ties::Breslow, &POINTS[0]), 1e-9);
    let efron = (fitted(&design, Ties::Efron, &POINTS[0]), fitted(&twice, Ties::Efron, &POINTS[0]));
    assert!(!close(efron.0.criterion, efron.1.criterion, 1e-9));
}

#[test]
fn without_variance_it_is_the_model_without_frailties() {
    for (traits, ties) in cases() {
        let design = simulated(80, traits, 31);
        let plain = fitted(&Design { terms: vec![], ..design.clone() }, ties, &[]);
        let zero = fitted(&design, ties, &[0.0; 4]);
        assert!(close(plain.criterion, zero.criterion, 1e-12) && close(zero.df_penalised, 2.0, 1e-10));
        assert!(plain.beta.iter().zip(&zero.beta).all(|(a, b)| close(*a, *b, 1e-10)));
        assert!(plain.vcov.iter().zip(&zero.vcov).all(|(a, b)| close(*a, *b, 1e-10)));
        assert!(close(plain.loglik_fitted, -0.5 * plain.criterion, 1e-13));
        assert!(zero.terms.iter().flat_map(|t| &t.modes).all(|b| *b == 0.0));
    }
}

#[test]
fn the_expected_events_are_those_that_occurred() {
    for (traits, ties) in cases() {
        let design = simulated(80, traits, 37);
        let solution = fitted(&design, ties, &POINTS[0]);
        let weight = |i: usize| design.weights.as_ref().map_or(1.0, |w| w[i]);
        let excess: f64 = (0..design.n).map(|i| weight(i) * (design.y[i] - solution.expected[i])).sum();
        assert!(excess.abs() < 1e-10);
    }
}

#[test]
fn the_estimate_is_a_minimum_and_a_group_without_effect_gets_exact_zero() {
    let mut design = simulated(300, &[], 41);
    // Levels by turns have nothing to do with the hazard.
    design.terms[1].index = (0..300).map(|i| (i % 5) as u32).collect();
    let (model, watch) = (model(&design, Ties::Efron), Watch::unwatched());
    let mut laplace = Laplace::new(&model, &watch).unwrap();
    let estimate = estimate(&mut laplace, &Options::default()).unwrap();
    assert!(estimate.converged, "{:?}", estimate.reason);
    let theta = model.theta_from_working(&estimate.working);
    for k in 0..theta.len() {
        for step in [-0.05, 0.05] {
            let mut moved = theta.clone();
            moved[k] += step;
            let working = model.working_from_theta(&moved).unwrap();
            assert!(laplace.evaluate(&working).unwrap() >= estimate.value - 1e-8, "{k} {step}");
        }
    }
    assert!(theta[3] == 0.0 || theta[3] > 0.02, "{theta:?}");
}

#[test]
fn columns_that_are_constant_within_strata_and_dependent_ones_are_left_out() {
    let mut design = simulated(60, ALL, 43);
    let stratum: Vec<f64> = design.survival.as_ref().unwrap().stratum.iter().map(|s| 1e3 + 0.1 * f64::from(*s)).collect();
    let sum: Vec<f64> = (0..60).map(|i| 3.0 * design.x[i] - design.x[60 + i] + stratum[i]).collect();
    design.x = [&stratum[..], &design.x, &sum].concat();
    design.x_names = ["s", "x", "sex", "sum"].iter().map(ToString::to_string).collect();
    assert_eq!(model(&design, Ties::Efron).kept, [1, 2]);
}

#[test]
fn no_events_and_too_many_effects_are_errors() {
    let mut design = simulated(30, &[], 47);
    design.survival.as_mut().unwrap().event.fill(false);
    let survival = design.survival.as_ref().unwrap();
    let error = RiskSets::new(survival, None, Ties::Efron).unwrap_err();
    assert!(error.message.contains("no events"), "{}", error.message);
}

#[test]
fn a_likelihood_without_maximum_names_its_column() {
    let mut design = simulated(60, &[], 53);
    let survival = design.survival.as_ref().unwrap();
    // Only those with x = 1 have events, and all rows are at risk from the beginning.
    design.x = design.x[..60].iter().copied().chain(survival.event.iter().map(|e| f64::from(u8::from(*e)))).collect();
    let solution = fitted(&design, Ties::Efron, &POINTS[0]);
    assert_eq!(solution.monotone, [1], "{:?} {:?}", solution.beta, solution.vcov);
}
