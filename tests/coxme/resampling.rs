//! Simulated responses of Cox fits, refits, bootstraps.

use crate::common::Data;
use crate::trials::{FORMULA, fit, trial};
use interlace::error::Result;
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::resample::{BootstrapOptions, RandomEffects, RefitOptions, Refits, Statistic, View};
use interlace::spec::Ties;
use interlace::validation::{CrossValidation, Partition};
use interlace::watch::Watch;

fn simulated(fit: &Fit, nsim: usize, seed: u64, what: RandomEffects) -> Vec<f64> {
    fit.simulate(nsim, seed, what, &Watch::unwatched()).unwrap()
}

fn refits(fit: &Fit, y: &[f64]) -> Result<Refits> {
    fit.refit_many(y, &RefitOptions { std_errors: false, threads: 1 }, &Watch::unwatched())
}

fn own_response(data: &Data) -> Vec<f64> {
    [data.values("time"), data.values("status")].concat()
}

#[test]
fn a_refit_to_the_own_response_is_the_fit() {
    let data = trial(180, 12, [0.6, 0.4], 11);
    for formula in [FORMULA, "Surv(start, time, status) ~ x + (1 + x | g) + (1 | h)"] {
        let one = fit(formula, &data);
        let mut y = own_response(&data);
        y.extend(own_response(&data.map("time", |t| 2.0 * t)));
        let all = refits(&one, &y).unwrap();
        assert_eq!(all.reasons, [None, None]);
        for (j, want) in one.fixed.estimate.iter().chain(&one.theta).enumerate() {
            assert!((all.values[2 * j] - want).abs() < 1e-6, "{formula}: {} for {want}", all.values[2 * j]);
        }
        assert!((all.log_likelihood[0] - one.log_likelihood).abs() < 1e-9);
        assert!(!all.names.contains(&"sigma".to_string()) && all.names.contains(&"sd_(Intercept)|g".to_string()));
    }
}

#[test]
fn a_bad_response_fails_alone_and_says_why() {
    let data = trial(60, 6, [0.6, 0.0], 12);
    let one = fit("Surv(start, time, status) ~ x + (1 | g)", &data);
    let n = data.n();
    let mut y = vec![];
    for (place, value) in [(0, f64::NAN), (1, -1.0), (n, 2.0), (0, data.values("start")[0])] {
        let mut own = own_response(&data);
        own[place] = value;
        y.extend(own);
    }
    // Without events.
    let mut none = own_response(&data);
    none[n..].fill(0.0);
    y.extend(none);
    y.extend(own_response(&data));
    let all = refits(&one, &y).unwrap();
    let wanted = [
        "the time is NaN in row 1",
        "the time is -1 in row 2",
        "the event is 2 in row 1",
        "is not after the start time in row 1",
        "no events",
    ];
    for (reason, wanted) in all.reasons.iter().zip(wanted) {
        assert!(reason.as_ref().unwrap().contains(wanted), "{reason:?}");
    }
    assert!(all.reasons[5].is_none() && (all.log_likelihood[5] - one.log_likelihood).abs() < 1e-9);
    assert!(refits(&one, &y[1..]).unwrap_err().message.contains("times 2 columns"));
}

#[test]
fn simulated_times_keep_entry_strata_and_censoring() {
    let data = trial(200, 12, [0.6, 0.0], 13);
    let one = fit(FORMULA, &data);
    let n = data.n();
    let y = simulated(&one, 3, 5, RandomEffects::New);
    assert_eq!(y.len(), 3 * 2 * n);
    assert_eq!(y[..2 * n], simulated(&one, 1, 5, RandomEffects::New));
    assert_ne!(y[..2 * n], y[2 * n..4 * n]);
    assert_ne!(y[..2 * n], simulated(&one, 1, 5, RandomEffects::Conditional));
    let (stop, status, start) = (data.values("time"), data.values("status"), data.values("start"));
    let survival = &one.cox().unwrap().survival;
    for own in y.chunks_exact(2 * n) {
        for i in 0..n {
            let (time, event) = (own[i], own[n + i]);
            assert!(time > start[i] && (event == 0.0 || event == 1.0));
            let same = |j: &usize| survival.stratum[*j] == survival.stratum[i] && stop[*j] == time && status[*j] == event;
            if status[i] == 0.0 {
                assert!(time <= stop[i] && (event == 1.0 || time == stop[i]));
            } else if event == 0.0 {
                assert!(time >= stop[i]);
            }
            // Events are at event times of the stratum, and times of censoring those of it or its end.
            let end = (0..n).filter(|j| survival.stratum[*j] == survival.stratum[i]).map(|j| stop[j]).fold(0.0, f64::max);
            assert!((0..n).any(|j| same(&j)) || (event == 0.0 && time == end));
        }
    }
}

/// Rows that are censored have an event before with the probability 1 - exp(-L), L the hazard until then, of which the fit has the mean.
#[test]
fn events_are_as_frequent_as_the_hazards_say() {
    let data = trial(120, 10, [0.5, 0.0], 14);
    let one = fit(FORMULA, &data);
    let (n, replicates) = (data.n(), 600);
    let y = simulated(&one, replicates, 3, RandomEffects::Conditional);
    let censored: Vec<usize> = (0..n).filter(|i| data.values("status")[*i] == 0.0).collect();
    let (mut got, mut want, mut variance) = (0.0, 0.0, 0.0);
    for &i in &censored {
        let p = 1.0 - (-one.fitted[i]).exp();
        got += y.chunks_exact(2 * n).map(|own| own[n + i]).sum::<f64>() / replicates as f64;
        want += p;
        variance += p * (1.0 - p) / replicates as f64;
    }
    assert!(censored.len() > 20 && (got - want).abs() < 4.0 * variance.sqrt(), "{got} for {want}, sd {}", variance.sqrt());
}

/// The whole law on a small case, by hand: one stratum, no covariates that matter, exact probabilities of each event time.
#[test]
fn times_have_the_fitted_distribution() {
    let data = trial(120, 10, [0.5, 0.0], 15);
    let one = fit("Surv(time, status) ~ x + (1 | g)", &data);
    let (n, replicates) = (data.n(), 4000);
    let y = simulated(&one, replicates, 8, RandomEffects::Conditional);
    let hazard = &one.baselines().unwrap()[0];
    let eta = &one.cox().unwrap().eta;
    // The censored row that is seen longest.
    let longest = (0..n)
        .filter(|i| data.values("status")[*i] == 0.0)
        .max_by(|a, b| data.values("time")[*a].total_cmp(&data.values("time")[*b]));
    let i = longest.unwrap();
    for step in hazard.steps.iter().filter(|step| step.time <= data.values("time")[i]) {
        let want = 1.0 - (-hazard.cumulative(step.time, eta[i])).exp();
        let got = y.chunks_exact(2 * n).filter(|own| own[n + i] == 1.0 && own[i] <= step.time).count() as f64 / replicates as f64;
        let sd = (want * (1.0 - want) / replicates as f64).sqrt();
        assert!((got - want).abs() <= 4.5 * sd + 1e-12, "{}: {got} for {want}", step.time);
    }
}

#[test]
fn the_bootstrap_recovers_the_parameters() {
    let data = trial(400, 25, [0.7, 0.0], 16);
    let one = fit("Surv(start, time, status) ~ x + z + (1 | g)", &data);
    let options = BootstrapOptions { replicates: 60, seed: 4, threads: 2, ..BootstrapOptions::default() };
    let all = one.bootstrap(&options, &Watch::unwatched()).unwrap();
    assert_eq!((all.failed(), &all.names[..]), (0, &["x", "z", "theta.g.(Intercept)", "sd_(Intercept)|g"].map(String::from)[..]));
    for (j, want) in one.fixed.estimate.iter().chain(&one.theta).enumerate() {
        let values = &all.values[j * 60..(j + 1) * 60];
        let mean = values.iter().sum::<f64>() / 60.0;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 59.0).sqrt();
        assert!((mean - want).abs() < 0.6 * sd + 0.02, "{}: {mean} for {want}, sd {sd}", all.names[j]);
        if j < 2 {
            assert!((sd / one.fixed.std_error[j] - 1.0).abs() < 0.4, "{}: {sd} for {}", all.names[j], one.fixed.std_error[j]);
        }
    }
}

#[test]
fn groups_and_rows_are_drawn_and_left_out() {
    let data = trial(150, 10, [0.7, 0.0], 17);
    let one = fit(FORMULA, &data);
    let watch = Watch::unwatched();
    let mut lengths = vec![];
    let mut events = |view: &View<'_>, out: &mut [f64]| {
        lengths.push(view.y.len() % 2);
        out[0] = view.y[view.y.len() / 2..].iter().sum();
        Ok(())
    };
    let mut statistic = Statistic { names: vec!["events".into()], function: &mut events };
    for cases in [one.unit(Some("g")).unwrap(), interlace::resample::Unit::Row] {
        let options = BootstrapOptions { replicates: 8, seed: 1, cases: Some(cases), threads: 1, ..BootstrapOptions::default() };
        let all = one.bootstrap_with(&options, Some(&mut statistic), &watch).unwrap();
        assert!(all.failed() <= 2, "{:?}", all.failures);
        let seen: Vec<f64> = all.values[all.values.len() - 8..].iter().copied().filter(|v| !v.is_nan()).collect();
        assert!(seen.iter().all(|v| *v > 20.0 && *v < 150.0) && seen.windows(2).any(|w| w[0] != w[1]), "{seen:?}");
    }
    let all = one.jackknife(one.unit(None).unwrap(), None, 1, &watch).unwrap();
    let kept = data.labels.iter().find(|own| own.0 == "g").unwrap().1.iter().map(|g| *g != all.left_out[0]).collect::<Vec<_>>();
    let rows: Vec<usize> = (0..data.n()).filter(|i| kept[*i]).collect();
    let other = fit(FORMULA, &data.rows(&rows));
    assert!((all.values[0] - other.fixed.estimate[0]).abs() < 1e-6 && (all.log_likelihood[0] - other.log_likelihood).abs() < 1e-8);
    assert!(lengths.iter().all(|odd| *odd == 0));
}

/// Rows that were padded have no numbers, in times and in events.
#[test]
fn missing_rows_are_padded() {
    use interlace::design::NaPolicy;
    let mut data = trial(80, 8, [0.5, 0.0], 18);
    let mut x = data.values("x").to_vec();
    x[3] = f64::NAN;
    data = data.real("x", x);
    let options = Options { na: NaPolicy::Pad, ..Options::default() };
    let one = crate::trials::fit_with(FORMULA, Ties::Efron, &data, options).unwrap();
    let y = simulated(&one, 2, 1, RandomEffects::New);
    assert!(y.len() == 2 * 2 * 80 && (0..4).all(|c| y[c * 80 + 3].is_nan()) && y.iter().filter(|v| v.is_nan()).count() == 4);
    let all = refits(&one, &own_response(&data)).unwrap();
    assert!((all.log_likelihood[0] - one.log_likelihood).abs() < 1e-9, "{:?}", all.reasons);
}

/// What a fold adds to the log partial likelihood at the estimates without it, by models of which these are the offset.
#[test]
fn folds_are_scored_by_what_they_add_to_the_likelihood() {
    let data = trial(150, 9, [0.7, 0.0], 19);
    let formula = "Surv(start, time, status) ~ x + z + strata(s) + (1 | g)";
    let partition = Partition { group: Some("g"), folds: 3, seed: 2 };
    let spec = crate::trials::spec(formula, Ties::Efron);
    let all = CrossValidation::new(&spec, Some(&data.frame()), &Options::default(), &partition, &Watch::unwatched()).unwrap();
    let score = |data: &Data| fit("Surv(start, time, status) ~ offset(e) + strata(s)", data).cox().unwrap().loglik_null;
    let mut total = 0.0;
    for fold in 0..3 {
        let rest: Vec<usize> = (0..150).filter(|i| all.fold_of[*i] != fold).collect();
        let one = fit(formula, &data.rows(&rest));
        let frailty =
            |label: &String| one.terms[0].design.levels.iter().position(|l| l == label).map_or(0.0, |at| one.terms[0].modes[at]);
        let groups = &data.labels.iter().find(|own| own.0 == "g").unwrap().1;
        let beta = &one.fixed.estimate;
        let eta: Vec<f64> =
            (0..150).map(|i| beta[0] * data.values("x")[i] + beta[1] * data.values("z")[i] + frailty(&groups[i])).collect();
        let with = data.clone().real("e", eta.clone());
        let gain = score(&with) - score(&with.rows(&rest));
        total += gain;
        let own = all.of_fold(fold);
        assert!(
            (own.log_score * own.rows as f64 - gain).abs() < 1e-6 && own.rmse.is_nan(),
            "{} {gain}",
            own.log_score * own.rows as f64
        );
        let first = (0..150).find(|i| all.fold_of[*i] == fold).unwrap();
        assert!((all.predictions[first] - eta[first]).abs() < 1e-7 && all.y[first] == data.values("status")[first]);
    }
    assert!((all.of_all().log_score * 150.0 - total).abs() < 1e-6);
}
