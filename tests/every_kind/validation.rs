//! Models fitted again: by all optimisers, and without parts of their data.

use crate::common::close::near;
use crate::common::frames::{frame as data, reals};
use crate::common::watching::{heard_up_to, reporting};
use interlace::design::NaPolicy;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::{ColumnData, Frame};
use interlace::options::Options;
use interlace::predict::{NewData, NewLevels, PredictOptions, Quantity, Request};
use interlace::spec::{CorrelationSpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::validation::{AllOptimizers, CrossValidation, Partition};
use interlace::watch::{Phase, Watch};

fn spec(kind: ModelKind, family: &str, formula: &str) -> Spec {
    let mut spec = Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.to_owned(), ..FormulaSpec::default() }));
    family.clone_into(&mut spec.family.name);
    spec
}

fn linear(formula: &str) -> Spec {
    spec(ModelKind::Lmm, "", formula)
}

fn cross(spec: &Spec, frame: &Frame, group: Option<&str>, folds: usize, seed: u64) -> CrossValidation {
    CrossValidation::new(spec, Some(frame), &Options::default(), &Partition { group, folds, seed }, &Watch::unwatched()).unwrap()
}

fn labels(frame: &Frame, column: &str) -> Vec<Option<String>> {
    let ColumnData::Category(own) = &*frame.column(column).unwrap().data else { panic!("{column} has no labels") };
    own.codes.iter().map(|code| usize::try_from(*code).ok().map(|code| own.levels[code].clone())).collect()
}

#[test]
fn all_optimisers_agree() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let model = linear("Reaction ~ Days + (Days | Subject)");
    let all = AllOptimizers::new(&model, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap();
    let table = all.frame().unwrap();
    let names: Vec<&str> = table.names().collect();
    assert_eq!(
        names[12..],
        ["theta.Subject.(Intercept)", "theta.Subject.Days.(Intercept)", "theta.Subject.Days", "beta.(Intercept)", "beta.Days"]
    );
    let optimizers: Vec<_> = labels(&table, "optimizer").into_iter().flatten().collect();
    assert_eq!(optimizers, ["newton", "lbfgsb", "bobyqa", "nelder_mead"]);
    assert!(reals(&table, "converged").iter().all(|c| *c == 1.0) && reals(&table, "seconds").iter().all(|s| *s >= 0.0));
    assert!(reals(&table, "criterion").iter().all(|c| (c - 1_743.628_271_958_49).abs() < 1e-7));
    assert!(reals(&table, "difference").contains(&0.0) && reals(&table, "difference").iter().all(|d| (0.0..1e-7).contains(d)));
    let apart = reals(&table, "max_diff_beta");
    assert!(apart.contains(&0.0) && apart.iter().all(|d| *d < 1e-4), "{apart:?}");
    assert!(reals(&table, "max_diff_theta").iter().all(|d| *d < 1e-4));
    let evaluations = reals(&table, "evaluations");
    assert!(evaluations[0] < evaluations[2] && evaluations[0] < evaluations[3], "{evaluations:?}");

    // Too few evaluations: the ends differ, and say so.
    let options = Options { max_evaluations: 3, ..Options::default() };
    let early = AllOptimizers::new(&model, Some(&frame), &options, &Watch::unwatched()).unwrap().frame().unwrap();
    assert!(reals(&early, "converged").iter().all(|c| *c == 0.0));
    assert!(reals(&early, "max_diff_theta").iter().any(|d| *d > 1e-3));

    let mut model = spec(ModelKind::Glmm, "nbinom2", "count ~ mined + (1 | site)");
    model.zero_inflation = Some(PredictorSpec::Formula("~ mined".to_owned()));
    let all = AllOptimizers::new(&model, Some(&data("Salamanders.csv", &[])), &Options::default(), &Watch::unwatched()).unwrap();
    let table = all.frame().unwrap();
    assert_eq!(all.beta_names, ["(Intercept)", "minedyes", "zi.(Intercept)", "zi.minedyes"]);
    assert!(table.names().any(|name| name.starts_with("family.")));
    assert!(reals(&table, "max_diff_beta").iter().all(|d| *d < 1e-3), "{:?}", reals(&table, "max_diff_beta"));

    let error =
        AllOptimizers::new(&linear("Reaction ~ Dayz + (1 | Subject)"), Some(&frame), &Options::default(), &Watch::unwatched())
            .unwrap_err();
    assert!(error.message.contains("Dayz"));
    let model = linear("Reaction ~ 1 + (1 | Subject)");
    let error = reporting(|own| own.step < 2, |watch| AllOptimizers::new(&model, Some(&frame), &Options::default(), watch));
    assert_eq!(error.unwrap_err().message, "cancelled in phase optimizer, step 2 of 4");
}

/// One subject left out at a time, by hand.
#[test]
fn subjects_left_out_are_predicted_by_the_others() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let model = linear("Reaction ~ Days + (Days | Subject)");
    let all = cross(&model, &frame, Some("Subject"), 0, 1);
    assert_eq!((all.folds.len(), all.rows.len()), (18, 180));
    let (subjects, days) = (labels(&frame, "Subject"), reals(&frame, "Days"));
    let mut squares = 0.0;
    for (k, fold) in all.folds.iter().enumerate() {
        assert!(fold.units == 1 && fold.converged && fold.failure.is_none() && fold.places.len() == 10);
        let rest: Vec<usize> = (0..180).filter(|row| !fold.places.contains(row)).collect();
        assert!(fold.places.iter().all(|row| subjects[*row] == subjects[fold.places[0]]));
        let fit = Fit::new(&model, Some(&frame.select(&rest).unwrap()), &Options::default(), &Watch::unwatched()).unwrap();
        let (v, d, beta) = (&fit.fixed.vcov, &fit.terms[0].cov, &fit.fixed.estimate);
        let (mut square, mut absolute, mut score) = (0.0, 0.0, 0.0);
        for &row in &fold.places {
            let (day, y) = (days[row], all.y[row]);
            let form = |m: &[f64]| m[0] + 2.0 * day * m[1] + day * day * m[3];
            let (mean, variance) = (beta[0] + day * beta[1], form(v) + form(d) + fit.sigma.powi(2));
            near("prediction", all.predictions[row], mean, 1e-8);
            let log_score = -0.5 * ((std::f64::consts::TAU * variance).ln() + (y - mean).powi(2) / variance);
            near("score", all.log_scores[row], log_score, 1e-8);
            square += (y - mean).powi(2);
            absolute += (y - mean).abs();
            score += log_score;
        }
        let own = all.of_fold(k);
        near("rmse", own.rmse, (square / 10.0).sqrt(), 1e-8);
        near("mae", own.mae, absolute / 10.0, 1e-8);
        near("log score", own.log_score, score / 10.0, 1e-8);
        squares += square;
    }
    near("all", all.of_all().rmse, (squares / 180.0).sqrt(), 1e-8);
    let table = all.frame().unwrap();
    assert_eq!(table.n_rows(), 19);
    assert_eq!(labels(&table, "fold")[18].as_deref(), Some("all"));
    assert_eq!((reals(&table, "units")[18], reals(&table, "rows")[18]), (18.0, 180.0));
    near("table", reals(&table, "rmse")[18], all.of_all().rmse, 0.0);
    assert_eq!((labels(&table, "status")[0].as_deref(), &labels(&table, "status")[18]), (Some("converged"), &None));
    let rows = all.frame_of_rows().unwrap();
    assert_eq!(rows.names().collect::<Vec<_>>(), ["row", "fold", "response", "prediction", "log_score"]);
    assert_eq!(reals(&rows, "fold")[0], all.fold_of[0] as f64 + 1.0);
}

#[test]
fn folds_depend_on_the_seed_and_not_on_threads() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let model = linear("Reaction ~ Days + (1 | Subject)");
    let one = cross(&model, &frame, Some("Subject"), 4, 7);
    let mut sizes: Vec<usize> = one.folds.iter().map(|fold| fold.units).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [4, 4, 5, 5]);
    let subjects = labels(&frame, "Subject");
    assert!((0..180).all(|i| (0..180).all(|j| subjects[i] != subjects[j] || one.fold_of[i] == one.fold_of[j])));
    let options = Options { threads: 3, ..Options::default() };
    let partition = Partition { group: Some("Subject"), folds: 4, seed: 7 };
    let again = |watch: &Watch<'_>| CrossValidation::new(&model, Some(&frame), &options, &partition, watch);
    let (again, heard) = heard_up_to(usize::MAX, again);
    let again = again.unwrap();
    assert_eq!((&again.fold_of, &again.predictions, &again.log_scores), (&one.fold_of, &one.predictions, &one.log_scores));
    let folds = || heard.iter().filter(|own| own.phase == Phase::Fold);
    let mut done: Vec<usize> = folds().map(|own| own.step).collect();
    done.dedup();
    assert_eq!(done, [0, 1, 2, 3, 4]);
    assert!(folds().filter(|own| !own.theta.is_empty()).all(|own| own.objective.is_finite() && own.theta.len() == 1));
    assert_ne!(cross(&model, &frame, Some("Subject"), 4, 8).fold_of, one.fold_of);
    let stopped = |watch: &Watch<'_>| CrossValidation::new(&model, Some(&frame), &options, &partition, watch);
    assert_eq!(reporting(|own| own.phase != Phase::Fold, stopped).unwrap_err().code, Code::Cancelled);
}

/// Rows left out one by one have subjects that the others know; rows with missing values have no part.
#[test]
fn rows_left_out_have_the_modes_of_their_groups() {
    let mut frame = data("sleepstudy.csv", &["Subject"]);
    let mut days = reals(&frame, "Days");
    days[7] = f64::NAN;
    frame.add_real("day", days).unwrap();
    let model = linear("Reaction ~ day + (day | Subject)");
    let options = Options { na: NaPolicy::Omit, ..Options::default() };
    let partition = Partition { group: None, folds: 5, seed: 3 };
    let all = CrossValidation::new(&model, Some(&frame), &options, &partition, &Watch::unwatched()).unwrap();
    assert!(all.rows.len() == 179 && !all.rows.contains(&7));
    let fold = &all.folds[2];
    let of = |inside: bool| -> Vec<usize> { (0..179).filter(|p| fold.places.contains(p) == inside).map(|p| all.rows[p]).collect() };
    let (rest, left_out) = (frame.select(&of(false)).unwrap(), frame.select(&of(true)).unwrap());
    let fit = Fit::new(&model, Some(&rest), &Options::default(), &Watch::unwatched()).unwrap();
    let options = PredictOptions { random: true, new_levels_zero: false };
    let want = fit.predict(NewData::Frame(&left_out), options, &Watch::unwatched()).unwrap();
    for (place, want) in fold.places.iter().zip(want) {
        near("prediction", all.predictions[*place], want, 1e-9);
    }
    let by_subject = cross(&model, &frame, Some("Subject"), 5, 3);
    assert!(all.of_all().rmse < by_subject.of_all().rmse && all.of_all().log_score > by_subject.of_all().log_score);
    // A model that says less of the rows predicts them worse.
    let less = CrossValidation::new(
        &linear("Reaction ~ 1 + (1 | Subject)"),
        Some(&frame),
        &Options::default(),
        &partition,
        &Watch::unwatched(),
    )
    .unwrap();
    assert!(all.of_all().log_score > less.of_all().log_score);
}

#[test]
fn generalised_models_score_counts_and_proportions() {
    let frame = data("cbpp.csv", &["herd"]);
    let model = spec(ModelKind::Glmm, "binomial", "cbind(incidence, size - incidence) ~ period + (1 | herd)");
    let all = cross(&model, &frame, Some("herd"), 5, 2);
    assert!(all.folds.iter().all(|fold| fold.failure.is_none()));
    let fold = &all.folds[0];
    let rest: Vec<usize> = (0..all.rows.len()).filter(|row| !fold.places.contains(row)).collect();
    let fit = Fit::new(&model, Some(&frame.select(&rest).unwrap()), &Options::default(), &Watch::unwatched()).unwrap();
    let left_out = frame.select(&fold.places).unwrap();
    let request = Request { quantity: Quantity::Link, new_levels: NewLevels::Zero, level: Some(0.9), ..Request::default() };
    let link = fit.predictions(NewData::Frame(&left_out), &request, &Watch::unwatched()).unwrap();
    let (incidence, size) = (reals(&left_out, "incidence"), reals(&left_out, "size"));
    for (i, place) in fold.places.iter().enumerate() {
        let log_choose: f64 = (1..=incidence[i] as u64).map(|k| ((size[i] + 1.0 - k as f64) / k as f64).ln()).sum();
        let (mut total, mut mean) = (0.0, 0.0);
        for z in (-2000..=2000).map(|k| f64::from(k) * 0.004) {
            let p = 1.0 / (1.0 + (-(link.values[i] + link.std_errors[i] * z)).exp());
            let weight = (-0.5 * z * z).exp();
            total += weight;
            mean += weight * (log_choose + incidence[i] * p.ln() + (size[i] - incidence[i]) * (1.0 - p).ln()).exp();
        }
        near("score", all.log_scores[*place], (mean / total).ln(), 1e-8);
        near("prediction", all.predictions[*place], 1.0 / (1.0 + (-link.values[i]).exp()), 1e-9);
        near("response", all.y[*place], incidence[i] / size[i], 1e-12);
    }
}

/// A category that only one fold has is not known to the others' fit.
#[test]
fn ordinal_models_score_categories() {
    let frame = data("wine.csv", &[]);
    let all = cross(&spec(ModelKind::Clmm, "", "rating ~ temp + contact + (1 | judge)"), &frame, Some("judge"), 3, 1);
    assert!(all.of_all().rmse.is_nan() && all.of_all().mae.is_nan());
    let score = all.of_all().log_score;
    assert!(score > -(5.0_f64).ln() && score < 0.0, "{score}");
    let right = all.y.iter().zip(&all.predictions).filter(|(y, p)| y == p).count();
    assert!(right > 25, "{right}");

    let mut rare = Frame::new(30);
    let category = |i: usize| if i == 4 { 2 } else { (i * 7 + i / 6) as i64 % 2 * 2 + 1 };
    rare.add_integers("y", (0..30).map(category).collect()).unwrap();
    rare.add_strings("g", &(0..30).map(|i| Some(["a", "b", "c", "d", "e"][i / 6])).collect::<Vec<_>>()).unwrap();
    let all = cross(&spec(ModelKind::Clmm, "", "y ~ 1 + (1 | g)"), &rare, Some("g"), 0, 1);
    assert_eq!(all.y[4], 2.0);
    assert_eq!(all.log_scores[4], f64::NEG_INFINITY);
    assert!(all.log_scores.iter().filter(|s| s.is_finite()).count() == 29 && all.of_all().log_score == f64::NEG_INFINITY);
    // Of the fit without it there are two categories, the first and the third of all.
    let fold = &all.folds[all.fold_of[4]];
    assert!(fold.places.iter().all(|place| all.predictions[*place] == 1.0 || all.predictions[*place] == 3.0));
}

#[test]
fn a_fold_that_fails_says_why_and_the_others_count() {
    let mut frame = data("sleepstudy.csv", &["Subject"]);
    let ward: Vec<Option<&str>> = (0..180)
        .map(|i| {
            Some(if i < 10 {
                "only"
            } else if i < 90 {
                "a"
            } else {
                "b"
            })
        })
        .collect();
    frame.add_strings("ward", &ward).unwrap();
    let all = cross(&linear("Reaction ~ Days + ward + (1 | Subject)"), &frame, Some("Subject"), 0, 1);
    let failed: Vec<_> = all.folds.iter().filter_map(|fold| fold.failure.as_ref()).collect();
    assert!(failed.len() == 1 && failed[0].contains("only"), "{failed:?}");
    assert_eq!((all.of_all().rows, all.predictions.iter().filter(|p| p.is_nan()).count()), (170, 10));
    assert!(all.of_all().rmse.is_finite());
    let status = labels(&all.frame().unwrap(), "status");
    assert_eq!(status.iter().flatten().filter(|s| *s == "failed").count(), 1);

    // A column that is no random term's.
    let wards = cross(&linear("Reaction ~ Days + (1 | Subject)"), &frame, Some("ward"), 0, 1);
    assert_eq!(wards.folds.iter().map(|fold| fold.places.len()).sum::<usize>(), 180);
    assert_eq!(wards.folds.len(), 3);
    let fails = |spec: &Spec, frame: Option<&Frame>, group: Option<&str>, folds: usize, what: &str| {
        let error =
            CrossValidation::new(spec, frame, &Options::default(), &Partition { group, folds, seed: 0 }, &Watch::unwatched())
                .unwrap_err();
        assert!(error.message.contains(what), "{error}");
    };
    let model = linear("Reaction ~ Days + (1 | Subject)");
    fails(&model, Some(&frame), Some("Subject"), 19, "at most 18, the number of levels of 'Subject'");
    fails(&model, Some(&frame), None, 1, "at least 2 and at most 180");
    fails(&model, Some(&frame), Some("Subjekt"), 2, "Subject");
    fails(&model, None, None, 2, "formula and a frame");
    fails(&linear("Reaction ~ Dayz + (1 | Subject)"), Some(&frame), None, 2, "Dayz");
}

/// A row's score is that of its own distribution, which the correlation with other rows does not change.
#[test]
fn correlated_residuals_are_scored_row_by_row() {
    let frame = data("sim_ar1.csv", &["subj"]);
    let mut model = linear("y ~ x + (1 | subj)");
    model.correlation = Some(CorrelationSpec::Formula("ar1(time | subj)".to_owned()));
    let all = cross(&model, &frame, Some("subj"), 6, 3);
    let x = reals(&frame, "x");
    for fold in &all.folds {
        assert!(fold.converged && fold.failure.is_none(), "{:?}", fold.failure);
        let rest: Vec<usize> = (0..all.rows.len()).filter(|row| !fold.places.contains(row)).collect();
        let fit = Fit::new(&model, Some(&frame.select(&rest).unwrap()), &Options::default(), &Watch::unwatched()).unwrap();
        let (v, beta) = (&fit.fixed.vcov, &fit.fixed.estimate);
        for &row in &fold.places {
            let (x, y) = (x[row], all.y[row]);
            let variance = v[0] + 2.0 * x * v[1] + x * x * v[3] + fit.terms[0].cov[0] + fit.sigma.powi(2);
            let log_score = -0.5 * ((std::f64::consts::TAU * variance).ln() + (y - beta[0] - beta[1] * x).powi(2) / variance);
            near("score", all.log_scores[row], log_score, 1e-8);
        }
    }
    // Rows of groups that are known: closer, for their modes are.
    let rows = cross(&model, &frame, None, 5, 3);
    assert!(rows.folds.iter().all(|fold| fold.converged));
    assert!(rows.of_all().log_score > all.of_all().log_score && rows.of_all().rmse < all.of_all().rmse);
}
