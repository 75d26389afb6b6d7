//! The case bootstrap, the jackknife, BCa intervals, statistics of the caller's, runs in parts.

use crate::common::frames::{frame, reals};
use crate::common::generalised::{cbpp, generalised, linear, salamanders};
use crate::common::{Data, Rng, model};
use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Unidentified;
use interlace::resample::{Bootstrap, BootstrapOptions, IntervalKind, IntervalOptions, Statistic, Unit, View, median};
use interlace::spec::CorrelationSpec;
use interlace::watch::Watch;

fn cases(replicates: usize, unit: Unit) -> BootstrapOptions {
    BootstrapOptions { replicates, seed: 7, cases: Some(unit), threads: 1, ..BootstrapOptions::default() }
}

fn sleepstudy() -> Fit {
    linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit()
}

fn values(all: &Bootstrap, name: &str) -> Vec<f64> {
    let (at, n) = (all.names.iter().position(|n| n == name).unwrap(), all.replicates());
    all.values[at * n..(at + 1) * n].to_vec()
}

fn sd(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// In balanced data the intercept is the mean of the groups' means, and its bootstrap variance theirs over the number of groups.
#[test]
fn groups_drawn_with_replacement_give_the_standard_error_of_theory() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff.csv", &["Batch"])).fit();
    let all = fit.bootstrap(&cases(2000, Unit::Group(0)), &Watch::unwatched()).unwrap();
    let term = &fit.terms[0];
    let mean = |level: usize| -> f64 {
        let own: Vec<f64> = (0..fit.n_obs).filter(|&i| term.design.index[i] as usize == level).map(|i| fit.y[i]).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    let means: Vec<f64> = (0..6).map(mean).collect();
    let want = sd(&means) * (5.0_f64 / 6.0 / 6.0).sqrt();
    assert!((sd(&values(&all, "(Intercept)")) / want - 1.0).abs() < 0.06, "{} for {want}", sd(&values(&all, "(Intercept)")));
    // Each intercept is the mean of six of the groups' means.
    let mut sums: Vec<f64> = vec![0.0];
    for _ in 0..6 {
        sums = sums.iter().flat_map(|s| means.iter().map(move |m| s + m)).collect();
    }
    sums.sort_by(f64::total_cmp);
    let near = |v: f64| {
        let at = sums.partition_point(|s| *s < 6.0 * v - 1e-6);
        (sums[at] - 6.0 * v).abs() < 1e-5
    };
    assert!(values(&all, "(Intercept)").iter().take(100).all(|v| near(*v)));
    assert_eq!(all.failed(), 0);
}

/// A group that was drawn twice is two groups: one draw of all groups in another order is the fit itself.
#[test]
fn samples_are_the_models_of_the_rows_drawn() {
    let mut rng = Rng(4);
    let n = 120;
    let school: Vec<usize> = (0..n).map(|i| i / 20).collect();
    let class: Vec<usize> = (0..n).map(|i| i / 5).collect();
    let item: Vec<usize> = (0..n).map(|i| i % 5).collect();
    let (u, v, w) = (rng.normals(6), rng.normals(24), rng.normals(5));
    let y = (0..n).map(|i| u[school[i]] + v[class[i]] + w[item[i]] + rng.normal()).collect();
    let data = Data::default().real("y", y).real("x", rng.normals(n)).group("s", &school).group("c", &class).group("t", &item);
    let model = model("y ~ x + (1 | s) + (1 | c) + (1 | t)");
    let fit = model.fit(&data);
    let mut drawn: Vec<Vec<f64>> = vec![];
    let mut see = |view: &View<'_>, out: &mut [f64]| {
        drawn.push(view.y.to_vec());
        out[0] = view.estimates[0];
        Ok(())
    };
    let mut statistic = Statistic { names: vec!["again".into()], function: &mut see };
    let all = fit.bootstrap_with(&cases(4, Unit::Group(0)), Some(&mut statistic), &Watch::unwatched()).unwrap();
    assert_eq!(values(&all, "again"), values(&all, "(Intercept)"));
    for (i, y) in drawn.iter().enumerate() {
        // Which school each draw is, by its first response.
        let schools: Vec<usize> = y.chunks(20).map(|c| fit.y.iter().position(|v| *v == c[0]).unwrap() / 20).collect();
        let rows: Vec<usize> = schools.iter().flat_map(|s| s * 20..(s + 1) * 20).collect();
        let copies = data.rows(&rows).group("s", &school).group("c", &class);
        let want = model.fit(&copies);
        assert!((all.log_likelihood[i] - want.log_likelihood).abs() < 1e-8 * want.log_likelihood.abs(), "{i}");
        assert!((values(&all, "x")[i] - want.fixed.estimate[1]).abs() < 1e-7 * want.fixed.std_error[1], "{i}");
    }
}

#[test]
fn a_run_in_parts_is_the_run() {
    let fit = sleepstudy();
    for unit in [None, Some(Unit::Group(0)), Some(Unit::Row)] {
        let options = |first: usize, replicates: usize, threads: usize| BootstrapOptions {
            first,
            threads,
            cases: unit,
            ..cases(replicates, Unit::Row)
        };
        let whole = fit.bootstrap(&options(0, 9, 1), &Watch::unwatched()).unwrap().frame().unwrap();
        let mut parts = fit.bootstrap(&options(0, 4, 2), &Watch::unwatched()).unwrap().frame().unwrap();
        parts.append(&fit.bootstrap(&options(4, 5, 3), &Watch::unwatched()).unwrap().frame().unwrap()).unwrap();
        assert_eq!(parts, whole, "{unit:?}");
    }
}

#[test]
fn generalised_models_are_resampled_by_group_and_by_row() {
    for (what, model, unit) in [
        ("binomial", cbpp(), Unit::Group(0)),
        ("zero-inflated", salamanders("nbinom2").zero_inflation("~ mined"), Unit::Row),
        ("gamma", generalised("y_gamma ~ x + (1 | g)", "gamma", frame("sim_families.csv", &["g"])).link("log"), Unit::Group(0)),
    ] {
        let fit = model.fit();
        let all = fit.bootstrap(&cases(40, unit), &Watch::unwatched()).unwrap();
        assert!(all.failed() < 3, "{what}: {:?}", all.failures);
        let ratio = sd(&values(&all, &fit.fixed.names[1]).into_iter().filter(|v| v.is_finite()).collect::<Vec<_>>())
            / fit.fixed.std_error[1];
        assert!(ratio.ln().abs() < 0.8, "{what}: {ratio}");
    }
}

/// A level of a fixed factor that is in one group only is missing from some samples.
#[test]
fn samples_without_a_column_say_so() {
    let fit = linear("Yield ~ Batch + (1 | Batch)", frame("Dyestuff.csv", &["Batch"]));
    let fit = fit.options(|own| own.unidentified = Unidentified::Ignore).fit();
    let all = fit.bootstrap(&cases(5, Unit::Group(0)), &Watch::unwatched()).unwrap();
    assert!(all.failures.iter().flatten().any(|why| why.contains("column Batch")), "{:?}", all.failures);
}

#[test]
fn the_jackknife_leaves_out_each_group() {
    let fit = sleepstudy();
    let mut count = 0;
    let mut see = |view: &View<'_>, out: &mut [f64]| {
        count += 1;
        assert_eq!((view.replicate, view.y.len()), (-1, 170));
        out[0] = median(&mut view.y.to_vec());
        Ok(())
    };
    let mut statistic = Statistic { names: vec!["median".into()], function: &mut see };
    let all = fit.jackknife(Unit::Group(0), Some(&mut statistic), 2, &Watch::unwatched()).unwrap();
    assert_eq!((all.replicates(), all.failed(), count), (18, 0, 18));
    assert_eq!(all.left_out[0], "308");
    // lme4's estimates without subject 308.
    let data = frame("sleepstudy.csv", &["Subject"]);
    let keep: Vec<usize> = (10..180).collect();
    let (reaction, days) = (reals(&data, "Reaction"), reals(&data, "Days"));
    let without = Data::default()
        .real("Reaction", keep.iter().map(|&i| reaction[i]).collect())
        .real("Days", keep.iter().map(|&i| days[i]).collect())
        .group("Subject", &keep.iter().map(|i| i / 10).collect::<Vec<_>>());
    let want = model("Reaction ~ Days + (Days | Subject)").fit(&without);
    assert!((values(&all, "Days")[0] - want.fixed.estimate[1]).abs() < 1e-7);
    assert!((values(&all, "sigma")[0] - want.sigma).abs() < 1e-6);
    assert_eq!(all.frame().unwrap().column("left_out").unwrap().len(), 18);
}

/// The mean's jackknife acceleration is the skewness over 6 sqrt(n), here by hand from the groups' sums.
#[test]
fn accelerated_intervals() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff.csv", &["Batch"])).fit();
    let mut mean = |view: &View<'_>, out: &mut [f64]| {
        out[0] = view.y.iter().sum::<f64>() / view.y.len() as f64;
        Ok(())
    };
    let mut statistic = Statistic { names: vec!["mean".into()], function: &mut mean };
    let replicates =
        fit.bootstrap_with(&cases(999, Unit::Group(0)), Some(&mut statistic), &Watch::unwatched()).unwrap().frame().unwrap();
    let jackknife = fit.jackknife(Unit::Group(0), Some(&mut statistic), 1, &Watch::unwatched()).unwrap().frame().unwrap();
    let options = IntervalOptions { level: 0.9, kind: IntervalKind::Accelerated, jackknife: Some(&jackknife) };
    let table = fit.bootstrap_intervals_with(&replicates, &options, Some(&mut statistic)).unwrap();
    let at = table.n_rows() - 1;
    assert_eq!(reals(&table, "estimate")[at], fit.y.iter().sum::<f64>() / 30.0);
    // The intercept is the mean in balanced data.
    for column in ["lower", "upper", "std_error"] {
        let all = reals(&table, column);
        assert!((all[0] - all[at]).abs() < 1e-6 * all[at].abs(), "{column}: {all:?}");
    }
    let plain = fit.bootstrap_intervals(&replicates, 0.9, IntervalKind::Percentile, &Watch::unwatched()).unwrap();
    let same = fit.bootstrap_intervals(&replicates, 0.9, IntervalKind::Accelerated, &Watch::unwatched()).unwrap();
    assert_eq!(reals(&same, "lower")[..2], reals(&table, "lower")[..2]);
    // Few batches and a long lower tail: the limits move down, and stay among the replicates.
    let sorted = {
        let mut all = reals(&replicates, "mean");
        all.sort_by(f64::total_cmp);
        all
    };
    assert!(reals(&table, "lower")[at] >= sorted[0] && reals(&table, "upper")[at] <= sorted[998]);
    assert_ne!(reals(&plain, "lower")[0], reals(&same, "lower")[0]);
    let none = IntervalOptions { jackknife: None, ..options };
    assert!(fit.bootstrap_intervals_with(&replicates, &none, None).unwrap_err().message.contains("jackknife is NULL"));
}

#[test]
fn statistics_may_fail_and_must_have_names_of_their_own() {
    let fit = sleepstudy();
    let mut odd = |view: &View<'_>, out: &mut [f64]| {
        out[0] = 1.0;
        if view.replicate == 2 { Err(Error::new(Code::Numeric, "not this one")) } else { Ok(()) }
    };
    let mut statistic = Statistic { names: vec!["one".into()], function: &mut odd };
    let all = fit.bootstrap_with(&cases(4, Unit::Row), Some(&mut statistic), &Watch::unwatched()).unwrap();
    assert_eq!(all.failures, [None, None, Some("not this one".to_string()), None]);
    assert!(values(&all, "sigma")[2].is_nan());
    statistic.names = vec!["sigma".into()];
    assert!(
        fit.bootstrap_with(&cases(1, Unit::Row), Some(&mut statistic), &Watch::unwatched()).unwrap_err().message.contains("sigma")
    );
}

/// Groups share much of the response's variance, so that the median's standard error by rows is too small.
#[test]
fn the_standard_error_of_the_median() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff.csv", &["Batch"])).fit();
    let of = |unit| fit.bootstrap_std_error(&cases(1000, unit), |y| Ok(median(y)), &Watch::unwatched()).unwrap();
    let (groups, rows) = (of(Unit::Group(0)), of(Unit::Row));
    assert!(rows < groups && rows > 5.0 && groups < 60.0, "{rows} {groups}");
    assert_eq!(fit.unit(Some("Batch")).unwrap(), Unit::Group(0));
    assert!(fit.unit(Some("batch")).unwrap_err().message.contains("grouping factors are Batch"));
    // By rows the mean's is s/sqrt(n) (1 - 1/n)^(1/2).
    let mean = fit.bootstrap_std_error(&cases(4000, Unit::Row), |y| Ok(y.iter().sum::<f64>() / 30.0), &Watch::unwatched()).unwrap();
    let want = sd(&fit.y) * (29.0_f64 / 900.0).sqrt();
    assert!((mean / want - 1.0).abs() < 0.04, "{mean} for {want}");
    assert!(fit.bootstrap_std_error(&cases(1, Unit::Row), |_| Ok(0.0), &Watch::unwatched()).is_err());
}

/// Groups of correlated residuals stay together, and those drawn twice are two.
#[test]
fn correlated_residuals_are_drawn_by_their_groups() {
    let data = frame("sim_ar1.csv", &["subj"]);
    let correlated = |formula: &str, correlation: &str, frame: &Frame| {
        let mut model = linear(formula, frame.clone());
        model.spec.correlation = Some(CorrelationSpec::Formula(correlation.into()));
        model.fit()
    };
    for (formula, correlation) in
        [("y ~ x", "ar1(time | subj)"), ("y ~ x + (1 | subj)", "ar1(1 | subj)"), ("y ~ x", "cs(1 | subj)")]
    {
        let fit = correlated(formula, correlation, &data);
        let design = &fit.correlation().unwrap().design;
        let unit = fit.unit(Some("subj")).unwrap();
        let all = fit.jackknife(unit, None, 1, &Watch::unwatched()).unwrap();
        assert_eq!((all.replicates(), all.failed()), (design.n_groups, 0));
        let keep: Vec<usize> = (0..fit.n_obs).filter(|&i| design.index[i] != 1).collect();
        let without = correlated(formula, correlation, &data.select(&keep).unwrap());
        let close = |name: &str, want: f64| {
            let got = values(&all, name)[1];
            assert!((got - want).abs() < 1e-6 * want.abs().max(0.1), "{formula} {correlation}: {name} {got} for {want}");
        };
        close("x", without.fixed.estimate[1]);
        close("sigma", without.sigma);
        let own = without.correlation().unwrap();
        close(&own.name(), own.estimate);
        let drawn = fit.bootstrap(&cases(60, unit), &Watch::unwatched()).unwrap();
        assert!(drawn.failed() == 0, "{:?}", drawn.failures);
        let ratio = sd(&values(&drawn, "x")) / fit.fixed.std_error[1];
        assert!(ratio.ln().abs() < 0.6, "{formula} {correlation}: {ratio}");
        let refused = fit.bootstrap(&cases(2, Unit::Row), &Watch::unwatched()).unwrap_err();
        assert!(refused.message.contains("residuals of a subj are correlated"), "{refused}");
    }
}
