//! Quantiles and restricted means of survival times.

use crate::common::close::{close, close_or_missing, near};
use crate::common::frames::{csv, frame, labels, reals};
use crate::predictions::{curves, fit_of};
use crate::survfit::{DATA, NEW, without_variance};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::predict::{CurveLimits, CurveRequest, NewData, NewLevels, Problem, RandomTerms};
use interlace::spec::{FormulaSpec, Ties};
use interlace::watch::Watch;

const NAN: f64 = f64::NAN;

fn quantiles(fit: &Fit, data: &Frame, request: &CurveRequest, p: &[f64]) -> Frame {
    fit.survival_quantiles(NewData::Frame(data), request, p, &Watch::unwatched()).unwrap().table
}

fn means(fit: &Fit, data: &Frame, request: &CurveRequest) -> Frame {
    fit.survival_means(NewData::Frame(data), request, &Watch::unwatched()).unwrap().table
}

/// Of R's survival 3.5-3, for the four rows of `NEW`: the quartiles by `quantile` of a `survfit`, lower limits and upper ones, then the same
/// of limits on the log-log scale; restricted means up to 6.5 by `print(survfit, rmean = 6.5)`.
struct Figures {
    log: [[f64; 9]; 4],
    log_log: [[f64; 9]; 4],
    means: [f64; 4],
}

const EFRON: Figures = Figures {
    log: [
        [6.0, 9.0, 9.0, 6.0, 7.0, 9.0, NAN, NAN, NAN],
        [3.0, 4.0, 8.0, 3.0, 3.0, 4.0, 9.0, NAN, NAN],
        [6.0, 6.0, 9.0, 5.0, 6.0, 7.0, NAN, NAN, NAN],
        [4.0, 8.0, 9.0, 3.0, 4.0, 8.0, NAN, NAN, NAN],
    ],
    log_log: [
        [6.0, 9.0, 9.0, 5.0, 6.0, 9.0, 9.0, NAN, NAN],
        [3.0, 4.0, 8.0, 3.0, 3.0, 4.0, 4.0, 8.0, 9.0],
        [6.0, 6.0, 9.0, 4.0, 5.0, 6.0, 6.0, 9.0, 9.0],
        [4.0, 8.0, 9.0, 3.0, 3.0, 4.0, 9.0, NAN, NAN],
    ],
    means: [6.276_620_141_680_861, 4.742_644_288_299_035, 6.010_863_962_093_151, 5.692_100_574_145_375],
};

const BRESLOW: Figures = Figures {
    log: [
        [7.0, 9.0, 9.0, 6.0, 7.0, 9.0, NAN, NAN, NAN],
        [3.0, 4.0, 8.0, 3.0, 3.0, 4.0, 9.0, NAN, NAN],
        [6.0, 7.0, 9.0, 5.0, 6.0, 7.0, NAN, NAN, NAN],
        [4.0, 9.0, 9.0, 3.0, 4.0, 8.0, NAN, NAN, NAN],
    ],
    log_log: [
        [7.0, 9.0, 9.0, 5.0, 7.0, 9.0, 9.0, NAN, NAN],
        [3.0, 4.0, 8.0, 3.0, 3.0, 4.0, 4.0, 8.0, 9.0],
        [6.0, 7.0, 9.0, 4.0, 5.0, 6.0, 7.0, 9.0, NAN],
        [4.0, 9.0, 9.0, 3.0, 3.0, 4.0, 9.0, NAN, NAN],
    ],
    means: [6.288_827_215_336_167, 4.813_030_212_267_901, 6.043_617_664_559_476, 5.723_550_633_453_589],
};

/// Means up to 6.5 and 8 and their standard errors under Breslow's method, from R's `coxph`: the covariances of the points of the curve
/// after Tsiatis (1981), formed as a matrix. Those that `print` gives for a Cox model leave the coefficients out.
const ERRORS: [[f64; 4]; 4] = [
    [6.288_827_215_336_17, 0.094_921_882_901_119_6, 7.295_354_340_670_74, 0.249_027_650_426_159],
    [4.813_030_212_267_9, 0.560_958_904_026_387, 5.337_106_303_311_09, 0.796_031_034_695_16],
    [6.043_617_664_559_48, 0.183_573_445_582_882, 6.623_262_523_433_3, 0.377_210_668_001_833],
    [5.723_550_633_453_59, 0.540_975_605_858_055, 6.734_087_967_354_63, 0.845_829_320_070_571],
];

#[test]
fn without_variance_they_are_those_of_survival() {
    let (data, new) = (csv(DATA, &[]), csv(NEW, &[]));
    for (ties, figures) in [(Ties::Efron, &EFRON), (Ties::Breslow, &BRESLOW)] {
        let own = without_variance(ties, &data);
        for (limits, want) in [(CurveLimits::Log, &figures.log), (CurveLimits::LogLog, &figures.log_log)] {
            let table = quantiles(&own, &new, &CurveRequest { limits, ..Default::default() }, &[0.25, 0.5, 0.75]);
            for (k, column) in ["time", "lower", "upper"].into_iter().enumerate() {
                let want: Vec<f64> = want.iter().flat_map(|row| row[3 * k..3 * k + 3].iter().copied()).collect();
                close_or_missing(1.0, column, &reals(&table, column), &want, 0.0);
            }
            assert_eq!(reals(&table, "probability")[..4], [0.25, 0.5, 0.75, 0.25]);
            assert_eq!(labels(&table, "stratum")[2..4], ["u", "v"]);
        }
        let table = means(&own, &new, &CurveRequest { times: Some(vec![6.5]), ..Default::default() });
        close("mean", &reals(&table, "mean"), &figures.means, 1e-8);
    }
    let own = without_variance(Ties::Breslow, &data);
    let table = means(&own, &new, &CurveRequest { times: Some(vec![6.5, 8.0]), ..Default::default() });
    let of = |k: usize| ERRORS.iter().flat_map(|row| [row[k], row[k + 2]]).collect::<Vec<_>>();
    close("mean", &reals(&table, "mean"), &of(0), 1e-8);
    close("its error", &reals(&table, "std_error"), &of(1), 1e-6);
    close("time", &reals(&table, "time"), &[6.5, 8.0].repeat(4), 0.0);
}

fn kidney() -> Fit {
    let formula = "Surv(time, status) ~ age + sex + (1 | id)".to_owned();
    fit_of(FormulaSpec { formula, ..Default::default() }, Ties::Efron, &frame("kidney.csv", &["id"]))
}

#[test]
fn they_follow_from_the_curve_for_all_kinds_of_groups() {
    let (fit, new) = (kidney(), csv("age,sex,id\n40,1,k01\n60,2,none\n", &["id"]));
    let known = csv("age,sex,id\n40,1,k01\n60,2,k05\n", &["id"]);
    let ask = |marginal, new_levels, random| CurveRequest { random, marginal, new_levels, ..Default::default() };
    let chosen = RandomTerms::Chosen(vec![]);
    let mut seen = 0;
    for (data, request) in [
        (&known, ask(false, NewLevels::Error, RandomTerms::All)),
        (&new, ask(false, NewLevels::Zero, RandomTerms::All)),
        (&new, ask(false, NewLevels::Average, RandomTerms::All)),
        (&new, ask(true, NewLevels::Error, RandomTerms::All)),
        (&new, ask(false, NewLevels::Error, chosen)),
    ] {
        let curve = curves(&fit, NewData::Frame(data), &request);
        let (row, time, survival) = (reals(&curve, "row"), reals(&curve, "time"), reals(&curve, "survival"));
        let (lower, std_error) = (reals(&curve, "lower"), reals(&curve, "std_error"));
        let table = quantiles(&fit, data, &request, &[0.3]);
        for i in [0.0, 1.0] {
            let lines: Vec<usize> = (0..row.len()).filter(|line| row[*line] == i).collect();
            for (column, of) in [("time", &survival), ("lower", &lower)] {
                let first = lines.iter().find(|line| of[**line] <= 0.7).map_or(NAN, |line| time[*line]);
                assert_eq!(reals(&table, column)[i as usize].to_bits(), first.to_bits(), "{column}");
            }
            // Up to just before the second event time the curve has one step, and the mean the error of its survival.
            let (first, to) = (time[lines[0]], 0.5 * (time[lines[0]] + time[lines[1]]));
            let mean = means(&fit, data, &CurveRequest { times: Some(vec![to]), ..request.clone() });
            near("mean", reals(&mean, "mean")[i as usize], first + (to - first) * survival[lines[0]], 1e-13);
            near("its error", reals(&mean, "std_error")[i as usize], (to - first) * std_error[lines[0]], 1e-9);
            // The area below all of it.
            let mut area = time[lines[0]];
            lines.windows(2).for_each(|pair| area += survival[pair[0]] * (time[pair[1]] - time[pair[0]]));
            let end = 562.0;
            area += survival[lines[lines.len() - 1]] * (end - time[lines[lines.len() - 1]]);
            let all = means(&fit, data, &request);
            assert_eq!(reals(&all, "time")[i as usize], end);
            near("mean", reals(&all, "mean")[i as usize], area, 1e-12);
            seen += 1;
        }
    }
    assert_eq!(seen, 10);
}

#[test]
fn the_error_of_a_mean_is_that_of_refits() {
    // The mean moves with the data of a row as its influence says: the infinitesimal jackknife over groups is near the error.
    let fit = kidney();
    let new = csv("age,sex\n40,1\n", &[]);
    let request = CurveRequest { random: RandomTerms::None, times: Some(vec![200.0]), ..Default::default() };
    let mean = |fit: &Fit| reals(&means(fit, &new, &request), "mean")[0];
    let data = frame("kidney.csv", &["id"]);
    let formula = "Surv(time, status) ~ age + sex + (1 | id)".to_owned();
    let all = mean(&fit);
    let mut sum = 0.0;
    for patient in 0..38 {
        let rows: Vec<usize> = (0..76).filter(|i| i / 2 != patient).collect();
        let part =
            fit_of(FormulaSpec { formula: formula.clone(), ..Default::default() }, Ties::Efron, &data.select(&rows).unwrap());
        sum += (mean(&part) - all).powi(2);
    }
    let std_error = reals(&means(&fit, &new, &request), "std_error")[0];
    let jackknife = (sum * 37.0 / 38.0).sqrt();
    assert!((std_error / jackknife - 1.0).abs() < 0.3, "{std_error} {jackknife}");
}

#[test]
fn rows_without_a_number_say_why() {
    let (fit, watch) = (kidney(), Watch::unwatched());
    let new = csv("age,sex,id\n40,1,k01\nNA,1,k01\n20,2,k21\n", &["id"]);
    let found = fit.survival_quantiles(NewData::Frame(&new), &CurveRequest::default(), &[0.5, 0.999], &watch).unwrap();
    assert_eq!(reals(&found.table, "row"), [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
    assert_eq!(labels(&found.table, "status"), ["ok", "ok", "missing", "missing", "beyond", "beyond"]);
    assert_eq!(found.problems, [(1, Problem::Missing), (2, Problem::Beyond)]);
    assert!(reals(&found.table, "lower")[4].is_finite() && reals(&found.table, "upper")[4].is_nan());
    let none = CurveRequest { limits: CurveLimits::None, ..Default::default() };
    let names = |table: &Frame| table.names().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert_eq!(names(&quantiles(&fit, &new, &none, &[0.5])), "row stratum probability status time");
    assert_eq!(names(&means(&fit, &new, &none)), "row stratum time status mean");
    let request = CurveRequest { times: Some(vec![0.0, 562.0, 563.0]), ..Default::default() };
    let found = fit.survival_means(NewData::Frame(&new), &request, &watch).unwrap();
    assert_eq!(labels(&found.table, "status")[..4], ["ok", "ok", "beyond", "missing"]);
    assert_eq!((reals(&found.table, "mean")[0], reals(&found.table, "std_error")[0]), (0.0, 0.0));
    assert_eq!(found.problems, [(0, Problem::Beyond), (1, Problem::Missing), (2, Problem::Beyond)]);
    let wrong = fit.survival_quantiles(NewData::Frame(&new), &request, &[0.5], &watch).unwrap_err();
    assert!(wrong.code == Code::Argument && wrong.message.contains("among all event times"), "{wrong}");
    for (p, shown) in [(0.0, "0"), (1.0, "1"), (NAN, "NaN"), (-0.5, "-0.5")] {
        let wrong = fit.survival_quantiles(NewData::Frame(&new), &CurveRequest::default(), &[0.5, p], &watch).unwrap_err();
        assert!(wrong.message.contains(&format!("number 2 is {shown}, wanted numbers between 0 and 1")), "{wrong}");
    }
    let negative = CurveRequest { times: Some(vec![-1.0]), ..Default::default() };
    let wrong = fit.survival_means(NewData::Frame(&new), &negative, &watch).unwrap_err();
    assert!(wrong.message.contains("times: number 1 is -1"), "{wrong}");
}
