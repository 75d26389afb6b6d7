//! The baseline hazard against what it is made of.

use super::*;
use crate::coxme::hazard::baselines;
use crate::coxme::hazard_errors::{EffectCovariance, Window};
use crate::coxme::model::apply;

#[test]
fn the_baseline_hazard_is_the_sum_over_the_terms_of_the_deaths() {
    for (traits, ties) in cases() {
        let design = simulated(60, traits, 9);
        let survival = design.survival.as_ref().unwrap();
        // Far from zero.
        let eta: Vec<f64> = (0..design.n).map(|i| 1000.0 + (i as f64).sin()).collect();
        let found = baselines(survival, design.weights.as_deref(), ties, &eta).unwrap();
        assert_eq!(found.len(), survival.strata.len().max(1));
        for (stratum, baseline) in found.iter().enumerate() {
            let mut sum = 0.0;
            for step in &baseline.steps {
                let of = |i: &usize| survival.stratum[*i] as usize == stratum;
                let starts_before = |i: &usize| survival.start.as_ref().is_none_or(|start| start[*i] < step.time);
                let at_risk: Vec<usize> =
                    (0..design.n).filter(of).filter(starts_before).filter(|i| survival.stop[*i] >= step.time).collect();
                let dead: Vec<usize> =
                    at_risk.iter().copied().filter(|i| survival.event[*i] && survival.stop[*i] == step.time).collect();
                let weight = |i: &usize| design.weights.as_ref().map_or(1.0, |w| w[*i]);
                let total = |rows: &[usize]| rows.iter().map(|i| weight(i) * (eta[*i] - 1000.0).exp()).sum::<f64>();
                let weight_of_events: f64 = dead.iter().map(weight).sum();
                let terms = if ties == Ties::Efron { dead.len() } else { 1 };
                for k in 0..terms {
                    let left = total(&at_risk) - k as f64 / terms as f64 * total(&dead);
                    sum += weight_of_events / terms as f64 / left;
                }
                assert!(close(baseline.cumulative(step.time, 1000.0), sum, 1e-12), "{} {sum}", step.cumulative);
                assert_eq!((step.at_risk, step.events), (at_risk.len(), dead.len()));
                assert!(close(step.weight_at_risk, at_risk.iter().map(weight).sum(), 1e-12));
                assert!(close(step.weight_of_events, weight_of_events, 1e-12));
            }
            let last = baseline.steps.last().unwrap();
            assert_eq!(baseline.cumulative(f64::INFINITY, 1000.0), baseline.cumulative(last.time, 1000.0));
            assert_eq!(baseline.cumulative(0.0, 1000.0), 0.0);
            assert_eq!(baseline.time(1.001 * sum, 1000.0), None);
            for pair in baseline.steps.windows(2) {
                let between = 0.5 * (baseline.cumulative(pair[0].time, 1001.0) + baseline.cumulative(pair[1].time, 1001.0));
                assert_eq!(baseline.time(between, 1001.0), Some(pair[1].time));
            }
        }
    }
}

/// The hazard of a row over a window, at effects (u, beta).
fn hazard_over(laplace: &Laplace<'_>, window: &Window, row: usize, effects: &[f64]) -> f64 {
    let model = laplace.model;
    let (mut b, mut eta) = (effects[..model.q()].to_vec(), vec![0.0; model.n]);
    apply(model, &laplace.t, false, &mut b);
    model.predictor(&effects[model.q()..], &b, &mut eta);
    let mut partial = Partial::new(&model.sets).unwrap();
    partial.evaluate(&eta);
    let c = &partial.coefficients;
    let own = window.death.map_or(0.0, |k| c.a2[k]);
    (eta[row] - partial.shifts[window.stratum]).exp() * (c.a1[window.from] - c.a1[window.to] - own)
}

/// v'H^-1 v.
fn quadratic(laplace: &Laplace<'_>, v: &[f64]) -> f64 {
    let mut solved = v.to_vec();
    laplace.joint.solve_information(&mut solved).unwrap();
    v.iter().zip(&solved).map(|(a, b)| a * b).sum()
}

#[test]
fn the_variance_of_a_hazard_is_that_of_its_derivatives_in_the_effects() {
    for (traits, ties) in cases() {
        let design = simulated(60, traits, 13);
        let (model, watch) = (model(&design, ties), Watch::unwatched());
        let mut laplace = Laplace::new(&model, &watch).unwrap();
        laplace.evaluate(&model.working_from_theta(&POINTS[0]).unwrap()).unwrap();
        let covariance = EffectCovariance::new(&laplace, None).unwrap();
        let (joint, q) = (&laplace.joint, model.q());
        let stratum = &design.survival.as_ref().unwrap().stratum;
        let died = (0..60).find(|i| model.sets.death(*i).is_some_and(|k| k + 2 < model.sets.span(*i).end)).unwrap();
        let (s, place) = (stratum[died] as usize, model.sets.death(died).unwrap());
        let steps = model.sets.strata[s].len();
        let last = model.sets.strata[s].end - place;
        for (from, to, has_event) in [(0, steps, false), (0, steps / 2, false), (steps / 3, steps - 1, false), (0, last, true)] {
            let window = covariance.window(s, from, to, has_event);
            let hazard = |effects: &[f64]| hazard_over(&laplace, &window, died, effects);
            let mode = [&joint.u[..], &joint.beta].concat();
            let slope = |j: usize| {
                let moved =
                    |by: f64| hazard(&mode.iter().enumerate().map(|(k, v)| if k == j { v + by } else { *v }).collect::<Vec<_>>());
                (8.0 * (moved(1e-3) - moved(-1e-3)) - (moved(2e-3) - moved(-2e-3))) / 12e-3
            };
            let slopes: Vec<f64> = (0..mode.len()).map(slope).collect();
            let factor = (joint.eta[died] - joint.partial.shifts[s]).exp();
            // The row in the model's units, and in the user's.
            let mut m = vec![0.0; mode.len()];
            model.z.row(died).for_each(|(column, z)| m[column] += z);
            apply(&model, &laplace.t, true, &mut m[..q]);
            (0..model.p()).for_each(|j| m[q + j] = model.column(j)[died]);
            let centre = covariance.centre(s, &design.x);
            let x: Vec<f64> = (0..2).map(|j| design.x[j * 60 + died] - centre[j]).collect();
            let sums = covariance.accumulate(&window).unwrap();
            let (g, h) = (design.terms[0].index[died] as usize, design.terms[1].index[died] as usize);
            let (a, c) = (covariance.values(0, &[1.0, design.x[died]]), covariance.values(1, &[1.0]));
            let user = [(2 * g, a[0]), (2 * g + 1, a[1]), (14 + h, c[0]), (q, x[0]), (q + 1, x[1])];
            let with_row = user.iter().map(|(k, v)| v * sums.moves[*k]).sum();
            let want = factor * factor * sums.square + quadratic(&laplace, &slopes);
            let found = factor * factor * sums.variance(quadratic(&laplace, &m), with_row);
            assert!(close(factor * sums.hazard, hazard(&mode), 1e-12), "{} {}", factor * sums.hazard, hazard(&mode));
            assert!((found - want).abs() < 1e-8 * want, "{traits:?} {ties:?} {from} {to}: {found} {want}", traits = traits.len());
            // The covariances of single effects, of the same row.
            let mut of_row = 0.0;
            for (k, v) in user {
                let column = match k {
                    k if k >= q => covariance.of_fixed(k - q),
                    k if k >= 14 => covariance.of_effect(1, k - 14, 0),
                    k => covariance.of_effect(0, k / 2, k % 2),
                };
                let column = column.unwrap();
                of_row += v * user.iter().map(|(j, w)| w * column[*j]).sum::<f64>();
            }
            assert!(close(of_row, quadratic(&laplace, &m), 1e-10), "{of_row} {}", quadratic(&laplace, &m));
        }
    }
}
