//! Probabilities of every model of the reference, and what holds between the predictions of any fit.

use super::*;
use crate::common::entries::{entries, model};
use interlace::watch::Watch;

/// Of a probability: the estimates are good to 1e-6 standard errors.
const PROBABILITY: f64 = 2e-6;
/// Relative; the references' covariances are from differences.
const STD_ERROR: f64 = 1e-4;

fn matrix(v: &Value) -> Vec<Vec<f64>> {
    v.as_array().unwrap().iter().map(|row| row.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()).collect()
}

/// The reference has the first, third, fifth and seventh row.
fn check_references(id: &str, fit: &Fit, entry: &Value) {
    let n = fit.n_obs;
    let all = values(fit, NewData::Training, Quantity::Probabilities);
    let without =
        fit.predictions(NewData::Training, &with_errors(Quantity::Probabilities, RandomTerms::None), &Watch::unwatched()).unwrap();
    let wanted = &entry["probabilities_without_random_effects"];
    let (own, value, se) = (matrix(&entry["probabilities"]), matrix(&wanted["value"]), matrix(&wanted["std_error"]));
    for i in 0..4 {
        close(&format!("{id} probabilities"), &row(&all, n, 2 * i), &own[i], PROBABILITY);
        close(&format!("{id} without random effects"), &row(&without.values, n, 2 * i), &value[i], PROBABILITY);
        for (got, want) in row(&without.std_errors, n, 2 * i).iter().zip(&se[i]) {
            // Those of probabilities near to zero are rounding errors in the reference.
            assert!((got - want).abs() < STD_ERROR * want + 1e-12, "{id} standard error in row {i}: {got} for {want}");
        }
    }
}

fn check_relations(id: &str, fit: &Fit, frame: &Frame) {
    let (n, categories) = (fit.n_obs, fit.ordinal().unwrap().categories.len());
    let p = values(fit, NewData::Training, Quantity::Probabilities);
    let cumulative = values(fit, NewData::Training, Quantity::Cumulative);
    let class = values(fit, NewData::Training, Quantity::Class);
    assert_eq!((p.len(), cumulative.len(), class.len()), (n * categories, n * (categories - 1), n));
    for i in 0..n {
        let own = row(&p, n, i);
        assert!((own.iter().sum::<f64>() - 1.0).abs() < 1e-14, "{id}: {own:?}");
        assert!((own[fit.y[i] as usize - 1] - fit.fitted[i]).abs() < 1e-14, "{id}: row {i}");
        let sums: Vec<f64> = own
            .iter()
            .scan(0.0, |sum, p| {
                *sum += p;
                Some(*sum)
            })
            .collect();
        close(id, &row(&cumulative, n, i), &sums[..categories - 1], 1e-14);
        let largest = own.iter().copied().fold(0.0, f64::max);
        assert!(class[i] == 1.0 + own.iter().position(|p| *p == largest).unwrap() as f64, "{id}: row {i}");
    }
    close(id, &values(fit, NewData::Training, Quantity::Dispersion), &fit.dispersion_of_rows().unwrap().unwrap(), 1e-14);
    let location = fit.linear_predictor_of(interlace::fit::Role::Mean).unwrap().unwrap();
    close(id, &values(fit, NewData::Training, Quantity::Link), &location, 1e-14);
    for quantity in [Quantity::Probabilities, Quantity::Link, Quantity::Dispersion, Quantity::Marginal] {
        let (own, new) = (values(fit, NewData::Training, quantity), values(fit, NewData::Frame(frame), quantity));
        close(&format!("{id} {quantity:?} of the data as new ones"), &new, &own, 1e-12);
    }
}

#[test]
fn all_models() {
    for entry in &entries("clmm") {
        let id = entry["id"].as_str().unwrap();
        let (spec, frame, options) = model(ModelKind::Clmm, entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        check_references(id, &fit, entry);
        check_relations(id, &fit, &frame);
    }
}
