//! The baseline hazard against what it is made of.

use super::*;
use crate::coxme::hazard::baselines;

#[test]
fn the_baseline_hazard_is_the_sum_over_the_terms_of_the_deaths() {
    for (traits, ties) in cases() {
        let design = simulated(60, traits, 9);
        let survival = design.survival.as_ref().unwrap();
        let sets = RiskSets::new(survival, design.weights.as_deref(), ties).unwrap();
        // Far from zero.
        let eta: Vec<f64> = (0..design.n).map(|i| 1000.0 + (i as f64).sin()).collect();
        let found = baselines(&sets, &eta).unwrap();
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
