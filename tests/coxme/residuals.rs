//! Residuals, concordance and tests of proportional hazards: figures of survival, and what holds of every fit.

use crate::common::close::{close, close_by, near};
use crate::common::entries::{entries, model, numbers, text};
use crate::common::frames::{csv, frame, labels, reals};
use crate::common::{Data, Rng};
use interlace::choice::Choice;
use interlace::coxme::transform::TimeTransform;
use interlace::diagnostics::{FixefResiduals, ResidualKind};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec, Ties};
use interlace::watch::Watch;

const KINDS: [(FixefResiduals, &str); 3] =
    [(FixefResiduals::Score, "score"), (FixefResiduals::Dfbeta, "dfbeta"), (FixefResiduals::Dfbetas, "dfbetas")];

fn fit_with(formula: FormulaSpec, ties: Ties, frame: &Frame, options: &Options) -> Fit {
    let spec = Spec { ties, ..Spec::new(ModelKind::Coxme, Source::Formula(formula)) };
    Fit::new(&spec, Some(frame), options, &Watch::unwatched()).unwrap()
}

fn fit(formula: &str, frame: &Frame) -> Fit {
    let options = Options { null_model: true, ..Options::default() };
    fit_with(FormulaSpec { formula: formula.into(), ..Default::default() }, Ties::Efron, frame, &options)
}

fn fixef_residuals(fit: &Fit, kind: FixefResiduals) -> Vec<f64> {
    fit.fixef_residuals(kind, &Watch::unwatched()).unwrap()
}

fn tests(fit: &Fit, transform: TimeTransform) -> Frame {
    fit.proportional_hazards(transform, &Watch::unwatched()).unwrap()
}

fn schoenfeld(fit: &Fit) -> Frame {
    fit.schoenfeld_residuals(&Watch::unwatched()).unwrap()
}

/// The first twenty of each column of n numbers, and the sums of squares.
fn first_and_squares(all: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let columns = || all.chunks_exact(n);
    (columns().flat_map(|c| &c[..20]).copied().collect(), columns().map(|c| c.iter().map(|v| v * v).sum()).collect())
}

#[test]
fn residuals_equal_those_of_survival() {
    for entry in entries("coxph") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Coxme, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let compare = |what: &str, all: &[f64], n: usize| {
            let (first, squares) = first_and_squares(all, n);
            let own = &entry["residuals"][what];
            close(&format!("{id} {what}"), &first, &numbers(&own["first"]), 1e-9);
            let want = numbers(&own["squares"]);
            close_by(&format!("{id} {what} squares"), &squares, &want, 1e-9, |i| want[i]);
        };
        compare("deviance", &fit.residuals_of(ResidualKind::Deviance, &Watch::unwatched()).unwrap(), fit.n_obs);
        for (kind, name) in KINDS {
            compare(name, &fixef_residuals(&fit, kind), fit.n_obs);
        }
        let table = schoenfeld(&fit);
        let columns =
            |prefix: &str| fit.fixed.names.iter().flat_map(|name| reals(&table, &format!("{prefix}{name}"))).collect::<Vec<_>>();
        compare("schoenfeld", &columns(""), 89);
        compare("scaledsch", &columns("scaled."), 89);
        close(&format!("{id} time"), &reals(&table, "time")[..20], &numbers(&entry["schoenfeld_time"]), 1e-12);
        let strata = labels(&table, "stratum");
        assert!(strata[..47].iter().all(|s| s == "n") && strata[47..].iter().all(|s| s == "s"), "{id}");
        let rows = reals(&table, "row");
        assert!(rows.iter().all(|row| fit.y[*row as usize] == 1.0), "{id}");
    }
}

#[test]
fn concordance_and_tests_of_proportional_hazards_equal_those_of_survival() {
    for entry in entries("coxph") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Coxme, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let own = fit.cox().unwrap().concordance;
        near(&format!("{id} concordance"), own.estimate, entry["concordance"].as_f64().unwrap(), 1e-13);
        near(&format!("{id} its error"), own.std_error, entry["concordance_std_error"].as_f64().unwrap(), 1e-12);
        for (transform, _) in TimeTransform::ALL {
            let table = tests(&fit, *transform);
            let want = &entry["proportional_hazards"][transform.name()];
            let (terms, coefficients) = (numbers(&want["terms"]), numbers(&want["coefficients"]));
            // x, arm, armb, armc, GLOBAL.
            let want = [terms[0], terms[1], coefficients[1], coefficients[2], terms[2]];
            let chi_square = reals(&table, "chi_square");
            close_by(&format!("{id} {transform:?}"), &chi_square, &want, 1e-8, |i| want[i]);
            assert_eq!(labels(&table, "kind"), ["term", "term", "coefficient", "coefficient", "global"]);
            assert_eq!(labels(&table, "name"), ["x", "arm", "armb", "armc", "GLOBAL"]);
            assert_eq!(reals(&table, "df"), [1.0, 2.0, 1.0, 1.0, 3.0]);
        }
    }
}

#[test]
fn tied_predictors_count_half_and_the_summary_says_it_as_survival_does() {
    // coxph(Surv(time, status) ~ sex), and cox.zph(..) of it.
    let fit = fit("Surv(time, status) ~ sex", &frame("kidney.csv", &["id"]));
    let own = fit.cox().unwrap().concordance;
    assert_eq!((own.concordant, own.discordant, own.tied), (703.0, 168.0, 1099.0));
    near("concordance", own.estimate, 0.635_786_802_030_456_9, 1e-14);
    near("its error", own.std_error, 0.034_986_937_871_550_18, 1e-13);
    assert!(fit.summary().unwrap().contains("Concordance= 0.636  (se = 0.035 )"), "{}", fit.summary().unwrap());
    let table = tests(&fit, TimeTransform::KaplanMeier);
    close("chi-square", &reals(&table, "chi_square"), &[10.542_413_673_673_26; 2], 1e-9);
    close("p", &reals(&table, "p_value"), &[0.001_166_659_621_208_633; 2], 1e-11);
}

fn simulated(n: usize) -> Data {
    let mut rng = Rng(19);
    let (x, effects) = (rng.normals(n), rng.normals(9));
    let g: Vec<usize> = (0..n).map(|_| rng.below(9)).collect();
    let f: Vec<usize> = (0..n).map(|_| rng.below(3)).collect();
    let mut columns = [vec![], vec![], vec![]];
    for i in 0..n {
        let death = -rng.uniform().ln() / (0.6 * x[i] + 0.8 * effects[g[i]]).exp();
        let censored = -rng.uniform().ln() / 0.5;
        columns[0].push((6.0 * death.min(censored)).ceil());
        columns[1].push(f64::from(u8::from(death <= censored)));
        columns[2].push(0.5 + rng.uniform());
    }
    let [time, status, w] = columns;
    Data::default().real("time", time).real("status", status).real("x", x).real("w", w).group("g", &g).group("f", &f)
}

fn weighted(data: &Data) -> Fit {
    let formula =
        FormulaSpec { formula: "Surv(time, status) ~ x + f + (1 | g)".into(), weights: Some("w".into()), ..Default::default() };
    fit_with(formula, Ties::Efron, &data.frame(), &Options::default())
}

#[test]
fn weighted_score_residuals_add_up_to_nothing_and_deviances_are_those_of_counts() {
    let fit = weighted(&simulated(120));
    assert!(fit.theta[0] > 0.1);
    let (weights, score) = (fit.weights.as_ref().unwrap(), fixef_residuals(&fit, FixefResiduals::Score));
    for column in score.chunks_exact(120) {
        let sum: f64 = column.iter().zip(weights).map(|(l, w)| l * w).sum();
        assert!(sum.abs() < 1e-8, "{sum}");
    }
    let (dfbeta, dfbetas) = (fixef_residuals(&fit, FixefResiduals::Dfbeta), fixef_residuals(&fit, FixefResiduals::Dfbetas));
    let scaled: Vec<f64> = dfbeta.iter().enumerate().map(|(e, v)| v / fit.fixed.std_error[e / 120]).collect();
    close("dfbetas", &dfbetas, &scaled, 1e-12);
    for (i, d) in fit.residuals_of(ResidualKind::Deviance, &Watch::unwatched()).unwrap().iter().enumerate() {
        let (y, mu) = (fit.y[i], fit.fitted[i]);
        let deviance = 2.0 * (if y > 0.0 { y * (y / mu).ln() } else { 0.0 } - (y - mu));
        near("deviance", d * d, deviance, 1e-12);
        assert!(d * fit.residuals[i] >= 0.0);
    }
}

#[test]
fn they_follow_the_units_and_the_order_of_rows() {
    let data = simulated(120);
    let own = weighted(&data);
    let far = weighted(&data.map("x", |x| 1000.0 + 0.01 * x));
    let per = |kind: FixefResiduals, fit: &Fit| fixef_residuals(fit, kind)[..120].to_vec();
    let times = |values: Vec<f64>, factor: f64| values.into_iter().map(|v| v * factor).collect::<Vec<_>>();
    close("score", &per(FixefResiduals::Score, &far), &times(per(FixefResiduals::Score, &own), 0.01), 1e-6);
    close("dfbeta", &per(FixefResiduals::Dfbeta, &far), &times(per(FixefResiduals::Dfbeta, &own), 100.0), 1e-5);
    close("dfbetas", &per(FixefResiduals::Dfbetas, &far), &per(FixefResiduals::Dfbetas, &own), 1e-6);
    let [one, other] = [&own, &far].map(schoenfeld);
    close("Schoenfeld", &reals(&other, "x"), &times(reals(&one, "x"), 0.01), 1e-7);
    close("scaled", &reals(&other, "scaled.x"), &times(reals(&one, "scaled.x"), 100.0), 1e-5);
    let order = Rng(3).order(120);
    let turned = weighted(&data.rows(&order));
    for (kind, name) in KINDS {
        let (a, b) = (fixef_residuals(&own, kind), fixef_residuals(&turned, kind));
        let picked: Vec<f64> = a.chunks_exact(120).flat_map(|c| order.iter().map(|&i| c[i])).collect();
        close(name, &b, &picked, 1e-6);
    }
    for (transform, _) in TimeTransform::ALL {
        let want = reals(&tests(&own, *transform), "chi_square");
        for fit in [&far, &turned, &weighted(&data.map("time", |t| 1e-6 * t))] {
            close(transform.name(), &reals(&tests(fit, *transform), "chi_square"), &want, 1e-6);
        }
    }
}

/// Where hazards are proportional and have frailties, the statistics are chi-squares: their mean is about the degrees of freedom.
#[test]
fn proportional_hazards_pass_the_test_as_often_as_they_should() {
    let (mut rng, rounds) = (Rng(41), 80);
    let mut sums = [0.0; 3];
    for _ in 0..rounds {
        let n = 150;
        let (x, z, effects) = (rng.normals(n), rng.normals(n), rng.normals(15));
        let g: Vec<usize> = (0..n).map(|i| i % 15).collect();
        let time = (0..n).map(|i| -rng.uniform().ln() / (0.7 * effects[g[i]] + 0.5 * z[i] - 0.3 * x[i]).exp()).collect();
        let status = (0..n).map(|_| f64::from(u8::from(rng.uniform() < 0.8))).collect();
        let data = Data::default().real("time", time).real("status", status).real("x", x).real("z", z).group("g", &g);
        let table = tests(&fit("Surv(time, status) ~ x + z + (1 | g)", &data.frame()), TimeTransform::Rank);
        sums.iter_mut().zip(reals(&table, "chi_square")).for_each(|(sum, own)| *sum += own / f64::from(rounds));
    }
    assert!((sums[0] - 1.0).abs() < 0.5 && (sums[1] - 1.0).abs() < 0.5 && (sums[2] - 2.0).abs() < 0.7, "{sums:?}");
}

/// A coefficient that changes with time is found, and more so than one that does not.
#[test]
fn a_hazard_ratio_that_changes_is_seen_beside_frailties() {
    let mut rng = Rng(31);
    let n = 600;
    let (x, z, effects) = (rng.normals(n), rng.normals(n), rng.normals(30));
    let g: Vec<usize> = (0..n).map(|i| i % 30).collect();
    // x doubles the hazard before time 1 and has no effect later.
    let time = (0..n).map(|i| {
        let (rate, log) = ((0.7 * effects[g[i]] + 0.5 * z[i]).exp(), -rng.uniform().ln());
        let early = rate * (1.5 * x[i]).exp();
        if log < early { log / early } else { 1.0 + (log - early) / rate }
    });
    let data = Data::default().real("time", time.collect()).real("status", vec![1.0; n]).real("x", x).real("z", z).group("g", &g);
    let fit = fit("Surv(time, status) ~ x + z + (1 | g)", &data.frame());
    let table = tests(&fit, TimeTransform::KaplanMeier);
    let p = reals(&table, "p_value");
    // z suffers from what is wrong with x, but less.
    assert!(p[0] < 1e-20 && p[1] > 1e-10 && p[2] < 1e-20, "{p:?}");
    // The scaled residuals are about the coefficient.
    let residuals = schoenfeld(&fit);
    let scaled = reals(&residuals, "scaled.x");
    near("mean", scaled.iter().sum::<f64>() / n as f64, fit.fixed.estimate[0], 1e-9);
    let half = |range: std::ops::Range<usize>| scaled[range].iter().sum::<f64>() / 300.0;
    assert!(half(0..300) > 1.0 && half(300..600) < 0.7, "{} {}", half(0..300), half(300..600));
    // The frailties are part of the predictor.
    assert!(fit.cox().unwrap().concordance.estimate > 0.7);
}

const DATA: &str =
    "time,status,x,row,g\n5,1,1.5,2,a\n3,0,0.5,1,a\n4,1,NA,3,b\n2,1,0.1,4,b\n6,0,0.7,5,c\n7,1,1.1,6,c\n8,0,0.2,7,a\n9,1,1.9,1,b\n";

#[test]
fn rows_are_those_of_the_data_and_names_that_are_taken_get_a_number() {
    let data = csv(DATA, &["g"]);
    let fit = fit("Surv(time, status) ~ x + row", &data);
    let table = schoenfeld(&fit);
    assert_eq!(table.names().collect::<Vec<_>>(), ["stratum", "time", "row", "x", "row.2", "scaled.x", "scaled.row"]);
    assert_eq!(reals(&table, "row"), [3.0, 0.0, 5.0, 7.0]);
    assert_eq!(reals(&table, "time"), [2.0, 5.0, 7.0, 9.0]);
    assert!(labels(&table, "stratum").iter().all(String::is_empty));
    assert_eq!(fixef_residuals(&fit, FixefResiduals::Dfbeta).len(), 14);
}

#[test]
fn what_has_no_answer_says_why() {
    let watch = Watch::unwatched();
    let fails = |fit: &Fit, transform: TimeTransform, code: Code, text: &str| {
        let error = fit.proportional_hazards(transform, &watch).unwrap_err();
        assert!(error.code == code && error.message.contains(text), "{error}");
    };
    let at_zero = fit("Surv(time, status) ~ x", &csv(&DATA.replace("\n2,1", "\n0,1"), &["g"]));
    fails(&at_zero, TimeTransform::Log, Code::Data, "time 0");
    assert!(reals(&tests(&at_zero, TimeTransform::Rank), "chi_square")[0].is_finite());
    let once = fit("Surv(time, time == 5) ~ x", &csv(DATA, &["g"]));
    for (transform, _) in TimeTransform::ALL {
        fails(&once, *transform, Code::Data, "same value at all events");
    }
    fails(&fit("Surv(time, status) ~ 1", &csv(DATA, &["g"])), TimeTransform::Rank, Code::Argument, "no fixed effects");
    let rows: Vec<String> = (0..60).map(|i| format!("{},{},{},{}", 1 + (i * 37) % 50, i % 2, i % 2, (i * 7) % 5)).collect();
    let never = format!("time,status,never,x\n{}", rows.join("\n"));
    let monotone = fit("Surv(time, status) ~ never + x", &csv(&never, &[]));
    let chi_square = reals(&tests(&monotone, TimeTransform::Identity), "chi_square");
    assert!(chi_square[0].is_nan() && chi_square[1].is_finite() && chi_square[2].is_nan(), "{chi_square:?}");
    let source = Source::Formula(FormulaSpec { formula: "time ~ x + (1 | g)".into(), ..Default::default() });
    let linear = Fit::new(&Spec::new(ModelKind::Lmm, source), Some(&simulated(60).frame()), &Options::default(), &watch).unwrap();
    fails(&linear, TimeTransform::Rank, Code::Unsupported, "only of a Cox model");
    assert_eq!(linear.fixef_residuals(FixefResiduals::Score, &watch).unwrap_err().code, Code::Unsupported);
    assert_eq!(linear.schoenfeld_residuals(&watch).unwrap_err().code, Code::Unsupported);
}
