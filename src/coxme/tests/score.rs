//! Score residuals, influence and tests of proportional hazards against differences of what they are derivatives of.

use super::{ALL, POINTS, Trait, cases, close, model, simulated};
use crate::coxme::laplace::Laplace;
use crate::coxme::model::Model;
use crate::coxme::partial::Partial;
use crate::coxme::transform::TimeTransform;
use crate::design::Design;
use crate::linalg::dense::dot;
use crate::watch::Watch;

fn at<'a>(model: &'a Model, theta: &[f64], watch: &Watch<'a>) -> Laplace<'a> {
    let mut laplace = Laplace::new(model, watch).unwrap();
    laplace.evaluate(&model.working_from_theta(theta).unwrap()).unwrap();
    laplace
}

#[test]
fn influence_is_the_derivative_of_the_coefficients_in_a_weight() {
    for (traits, ties) in cases() {
        let mut design = simulated(60, traits, 61);
        design.weights.get_or_insert_with(|| vec![1.0; 60]);
        for theta in [POINTS[0], POINTS[1]] {
            let (model, watch) = (model(&design, ties), Watch::unwatched());
            let laplace = at(&model, &theta, &watch);
            let mut own = vec![0.0; 60];
            for j in 0..2 {
                laplace.influence(j, &mut own).unwrap();
                for i in (0..60).step_by(9) {
                    let estimate = |h: f64| {
                        let mut other = design.clone();
                        other.weights.as_mut().unwrap()[i] *= h.exp();
                        let model = super::model(&other, ties);
                        at(&model, &theta, &watch).joint.beta[j]
                    };
                    let slope = (8.0 * (estimate(1e-3) - estimate(-1e-3)) - (estimate(2e-3) - estimate(-2e-3))) / 12e-3;
                    assert!(close(slope, own[i], 1e-8), "{theta:?} {j} {i}: {slope} {}", own[i]);
                }
            }
        }
    }
}

/// A cluster counts as more than one if its rows and the prior of its effects do; the latter is that of effects of smaller variance.
#[test]
fn influence_of_clusters_is_the_derivative_in_the_weight_of_rows_and_prior() {
    for (traits, ties) in cases() {
        let mut design = simulated(60, traits, 61);
        design.weights.get_or_insert_with(|| vec![1.0; 60]);
        design.terms.truncate(1);
        let rows: Vec<usize> = (0..60).filter(|i| design.terms[0].index[*i] == 2).collect();
        for theta in [&POINTS[0][..3], &POINTS[1][..3]] {
            let (model, watch) = (model(&design, ties), Watch::unwatched());
            let laplace = at(&model, theta, &watch);
            let mut own = vec![0.0; 60];
            for j in 0..2 {
                laplace.influence(j, &mut own).unwrap();
                let levels = laplace.influence_of_levels(j).unwrap();
                let whole = rows.iter().map(|i| own[*i]).sum::<f64>() + levels[2];
                let estimate = |h: f64| {
                    let mut other = design.clone();
                    for i in &rows {
                        other.weights.as_mut().unwrap()[*i] *= h.exp();
                        let z = other.terms[0].z.as_mut().unwrap();
                        (0..2).for_each(|e| z[60 * e + i] *= (-0.5 * h).exp());
                    }
                    let model = super::model(&other, ties);
                    at(&model, theta, &watch).joint.beta[j]
                };
                let slope = (8.0 * (estimate(1e-3) - estimate(-1e-3)) - (estimate(2e-3) - estimate(-2e-3))) / 12e-3;
                assert!(levels[2].abs() > 1e-5 && close(slope, whole, 1e-8), "{theta:?} {j}: {slope} {whole} {}", levels[2]);
                let sum: f64 = own.iter().chain(&levels).sum();
                assert!(sum.abs() < 1e-8, "{sum}");
            }
        }
    }
}

#[test]
fn score_residuals_add_up_to_the_score() {
    for (traits, ties) in cases() {
        let design = simulated(80, traits, 67);
        let (model, watch) = (model(&design, ties), Watch::unwatched());
        let laplace = at(&model, &POINTS[0], &watch);
        let mut own = vec![0.0; 80];
        for j in 0..2 {
            laplace.joint.partial.score_residuals(model.column(j), &mut own).unwrap();
            let sum: f64 = own.iter().enumerate().map(|(i, l)| model.sets.weight(i) * l).sum();
            assert!(sum.abs() < 1e-9 && own.iter().any(|l| l.abs() > 0.1), "{j}: {sum}");
        }
        // At the mode the score of u is u, that of beta zero.
        let across = laplace.across(&laplace.joint.partial.score).unwrap();
        let want = [&laplace.joint.u[..], &[0.0; 2]].concat();
        assert!(across.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-9));
        // Within each stratum, at any predictor, as many events are expected as there are.
        let mut partial = Partial::new(&model.sets).unwrap();
        partial.evaluate(&(0..80).map(|i| f64::from(i).sin()).collect::<Vec<_>>());
        let survival = design.survival.as_ref().unwrap();
        for stratum in 0..survival.strata.len().max(1) {
            let sum: f64 = (0..80).filter(|i| survival.stratum[*i] as usize == stratum).map(|i| partial.score[i]).sum();
            assert!(sum.abs() < 1e-11, "{sum}");
        }
    }
}

/// The log partial likelihood by its definition, of a predictor that depends on the event time.
fn defined(design: &Design, model: &Model, eta: impl Fn(usize, usize) -> f64) -> f64 {
    let survival = design.survival.as_ref().unwrap();
    let mut l = 0.0;
    for (stratum, times) in model.sets.strata.iter().enumerate() {
        for k in times.clone() {
            let time = &model.sets.times[k];
            let at_risk = |i: &usize| {
                let start = survival.start.as_ref().map_or(f64::NEG_INFINITY, |s| s[*i]);
                survival.stratum[*i] as usize == stratum && start < time.time && time.time <= survival.stop[*i]
            };
            let r = |i: usize| model.sets.weight(i) * eta(k, i).exp();
            let all: f64 = (0..design.n).filter(at_risk).map(r).sum();
            let dead: f64 = model.sets.deaths(time).map(r).sum();
            l += model.sets.deaths(time).map(|i| model.sets.weight(i) * eta(k, i)).sum::<f64>();
            l -= model.sets.terms(time).map(|(nu, f)| nu * (all - f * dead).ln()).sum::<f64>();
        }
    }
    l
}

#[test]
fn the_test_of_proportional_hazards_has_score_and_information_of_coefficients_that_change() {
    for (traits, ties) in cases() {
        let design = simulated(45, traits, 71);
        let (model, watch) = (model(&design, ties), Watch::unwatched());
        let laplace = at(&model, &POINTS[0], &watch);
        let g = TimeTransform::Identity.at_events(&model.sets, design.survival.as_ref().unwrap()).unwrap();
        let own = laplace.time_varying(&g).unwrap();
        let m = model.q() + model.p();
        // l with the coefficients moved along a, and those of time along gamma.
        let moved = |a: &[f64], gamma: [f64; 2]| {
            let along = laplace.along(a).unwrap();
            defined(&design, &model, |k, i| {
                laplace.joint.eta[i] + along[i] + g[k] * (gamma[0] * model.column(0)[i] + gamma[1] * model.column(1)[i])
            })
        };
        let (zero, h) = (vec![0.0; m], 1e-3);
        let unit = |j: usize, h: f64| [if j == 0 { h } else { 0.0 }, if j == 1 { h } else { 0.0 }];
        let mut cross = vec![];
        for j in 0..2 {
            let slope = |h: f64| (moved(&zero, unit(j, h)) - moved(&zero, unit(j, -h))) / (2.0 * h);
            let slope = (4.0 * slope(h) - slope(2.0 * h)) / 3.0;
            assert!(close(slope, own.score[j], 1e-7), "{slope} {}", own.score[j]);
            let mixed = |i: usize| {
                let step = |s: f64| (0..m).map(|e| if e == i { s } else { 0.0 }).collect::<Vec<f64>>();
                let [up, down] = [h, -h].map(|s| moved(&step(s), unit(j, h)) - moved(&step(s), unit(j, -h)));
                (down - up) / (4.0 * h * h)
            };
            cross.push((0..m).map(mixed).collect::<Vec<f64>>());
        }
        for j in 0..2 {
            let mut solved = cross[j].clone();
            laplace.joint.solve_information(&mut solved).unwrap();
            for i in 0..2 {
                let corner = |a: f64, b: f64| {
                    let (x, y) = (unit(i, a), unit(j, b));
                    moved(&zero, [x[0] + y[0], x[1] + y[1]])
                };
                let second = (corner(h, -h) + corner(-h, h) - corner(h, h) - corner(-h, -h)) / (4.0 * h * h);
                let information = second - dot(&cross[i], &solved);
                assert!(close(information, own.information[j * 2 + i], 1e-4), "{information} {}", own.information[j * 2 + i]);
            }
            assert!(own.information[j * 3] < own.known[j]);
        }
    }
}

#[test]
fn without_variance_tests_of_proportional_hazards_are_those_of_the_model_without_frailties() {
    let design = simulated(80, ALL, 73);
    let plain = Design { terms: vec![], ..design.clone() };
    for (_, ties) in cases().take(2) {
        let watch = Watch::unwatched();
        let models = [model(&design, ties), model(&plain, ties)];
        let [zero, none] = [(&models[0], &[0.0; 4][..]), (&models[1], &[])].map(|(model, theta)| {
            let g = TimeTransform::Rank.at_events(&model.sets, design.survival.as_ref().unwrap()).unwrap();
            at(model, theta, &watch).time_varying(&g).unwrap()
        });
        assert!(zero.score.iter().zip(&none.score).all(|(a, b)| close(*a, *b, 1e-9)));
        assert!(zero.information.iter().zip(&none.information).all(|(a, b)| close(*a, *b, 1e-9)));
    }
}

#[test]
fn functions_of_time_have_mean_zero_and_unit_variance_over_the_events() {
    let design = simulated(70, &[Trait::Ties, Trait::Entry, Trait::Strata], 79);
    let (model, survival) = (model(&design, crate::coxme::Ties::Efron), design.survival.as_ref().unwrap());
    let events: Vec<usize> = (0..70).filter_map(|i| model.sets.death(i)).collect();
    for (transform, _) in <TimeTransform as crate::choice::Choice>::ALL {
        let g = transform.at_events(&model.sets, survival).unwrap();
        let mean = |power: i32| events.iter().map(|k| g[*k].powi(power)).sum::<f64>() / events.len() as f64;
        assert!(mean(1).abs() < 1e-13 && (mean(2) - 1.0).abs() < 1e-13, "{transform:?}");
        // They rise with time.
        let times = &model.sets.strata[0];
        assert!(times.clone().zip(times.clone().skip(1)).all(|(later, earlier)| g[later] > g[earlier]), "{transform:?}");
    }
}
