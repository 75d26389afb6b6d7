//! Concordance against its definition over all pairs, and its standard error against differences.

use super::{ALL, Trait, cases, close, model, simulated};
use crate::coxme::Ties;
use crate::coxme::concordance::Concordance;
use crate::design::{Design, SurvivalDesign};
use crate::simulate::{Purpose, Stream};
use crate::watch::Watch;

/// A predictor of few values.
fn predictor(n: usize) -> Vec<f64> {
    let mut stream = Stream::new(5, 0, Purpose::Response);
    (0..n).map(|_| (8.0 * stream.uniform()).floor() / 3.0).collect()
}

fn of(design: &Design, eta: &[f64]) -> Concordance {
    model(design, Ties::Efron).sets.concordance(eta, &Watch::unwatched()).unwrap()
}

/// Concordant, discordant and tied pairs, by looking at each.
fn pairs(design: &Design, eta: &[f64]) -> [f64; 3] {
    let (n, own) = (design.n, design.survival.as_ref().unwrap());
    let weight = |i: usize| design.weights.as_ref().map_or(1.0, |w| w[i]);
    let mut sums = [0.0; 3];
    for i in (0..n).filter(|i| own.event[*i]) {
        for j in (0..n).filter(|j| own.stratum[*j] == own.stratum[i]) {
            let entered = own.start.as_ref().is_none_or(|start| start[j] < own.stop[i]);
            let outlives = own.stop[j] > own.stop[i] || (own.stop[j] == own.stop[i] && !own.event[j]);
            if entered && outlives {
                let kind = if eta[i] > eta[j] {
                    0
                } else if eta[i] < eta[j] {
                    1
                } else {
                    2
                };
                sums[kind] += weight(i) * weight(j);
            }
        }
    }
    sums
}

#[test]
fn it_is_the_share_of_concordant_pairs() {
    for seed in 0..20 {
        for (traits, _) in cases().step_by(2) {
            let design = simulated(70, traits, 100 + seed);
            let eta = predictor(70);
            let (own, want) = (of(&design, &eta), pairs(&design, &eta));
            for (own, want) in [own.concordant, own.discordant, own.tied].into_iter().zip(want) {
                assert!(close(own, want, 1e-12), "{own} {want}");
            }
            assert!(close(own.estimate, (want[0] + 0.5 * want[2]) / want.iter().sum::<f64>(), 1e-13));
            assert!(want.iter().all(|w| *w > 0.0));
        }
    }
}

#[test]
fn its_variance_is_the_sum_of_squared_derivatives_in_the_logarithms_of_the_weights() {
    let design = Design { weights: Some(vec![1.0; 60]), ..simulated(60, &ALL[..3], 7) };
    for design in [design, simulated(60, ALL, 9)] {
        let eta = predictor(60);
        let derivative = |i: usize| {
            let share = |h: f64| {
                let mut moved = design.clone();
                moved.weights.as_mut().unwrap()[i] *= h.exp();
                let [concordant, discordant, tied] = pairs(&moved, &eta);
                (concordant + 0.5 * tied) / (concordant + discordant + tied)
            };
            (share(1e-4) - share(-1e-4)) / 2e-4
        };
        let want = (0..60).map(|i| derivative(i).powi(2)).sum::<f64>().sqrt();
        let own = of(&design, &eta).std_error;
        assert!(close(own, want, 1e-8), "{own} {want}");
    }
}

#[test]
fn it_does_not_depend_on_the_order_of_rows_nor_on_the_scale_of_weights() {
    let design = simulated(150, &[Trait::Ties, Trait::Entry, Trait::Strata, Trait::Weights], 11);
    let eta = predictor(150);
    let own = of(&design, &eta);
    let order: Vec<usize> = (0..150).map(|i| (i * 67 + 13) % 150).collect();
    let picked = |v: &[f64]| order.iter().map(|&i| v[i]).collect::<Vec<f64>>();
    let old = design.survival.as_ref().unwrap();
    let survival = SurvivalDesign {
        start: old.start.as_deref().map(picked),
        stop: picked(&old.stop),
        event: order.iter().map(|&i| old.event[i]).collect(),
        stratum: order.iter().map(|&i| old.stratum[i]).collect(),
        strata: old.strata.clone(),
    };
    let x = design.x.chunks_exact(150).flat_map(picked).collect();
    let weights = design.weights.as_deref().map(|w| picked(w).iter().map(|w| 1e6 * w).collect());
    let other = of(&Design { x, weights, terms: vec![], survival: Some(survival), ..design.clone() }, &picked(&eta));
    assert!(close(own.estimate, other.estimate, 1e-13) && close(own.std_error, other.std_error, 1e-13), "{own:?} {other:?}");
}

#[test]
fn a_predictor_that_says_nothing_is_right_in_half_of_the_pairs_and_no_pairs_have_none() {
    let mut design = simulated(50, &[], 13);
    let own = of(&design, &[0.7; 50]);
    assert_eq!((own.estimate, own.std_error, own.concordant), (0.5, 0.0, 0.0));
    // All have their event at the same time.
    let survival = design.survival.as_mut().unwrap();
    survival.stop.fill(2.0);
    survival.event.fill(true);
    let own = of(&design, &predictor(50));
    assert!(own.estimate.is_nan() && own.std_error.is_nan() && own.tied == 0.0);
}
