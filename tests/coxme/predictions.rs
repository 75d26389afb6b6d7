//! Predictions and survival curves: what holds of every fit.

use crate::common::close::{close, near};
use crate::common::frames::{csv, frame, labels, reals};
use crate::common::{Data, Rng};
use crate::survfit::{DATA, without_variance};
use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::predict::{CurveLimits, CurveRequest, Interval, NewData, NewLevels, Problem, Quantity, RandomTerms, Request};
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec, Ties};
use interlace::watch::Watch;

pub fn fit_of(source: FormulaSpec, ties: Ties, data: &Frame) -> Fit {
    let spec = Spec { ties, ..Spec::new(ModelKind::Coxme, Source::Formula(source)) };
    Fit::new(&spec, Some(data), &Options::default(), &Watch::unwatched()).unwrap()
}

fn fit(formula: &str, ties: Ties, data: &Frame) -> Fit {
    fit_of(FormulaSpec { formula: formula.into(), ..Default::default() }, ties, data)
}

pub fn curves(fit: &Fit, data: NewData<'_>, request: &CurveRequest) -> Frame {
    fit.survival_curves(data, request, &Watch::unwatched()).unwrap().table
}

pub fn values(fit: &Fit, data: NewData<'_>, quantity: Quantity) -> Vec<f64> {
    let request = Request { quantity, ..Request::default() };
    fit.predictions(data, &request, &Watch::unwatched()).unwrap().values
}

/// Times with a frailty of each group and one of the group's slope, in few values, with late entry and strata.
fn simulated(n: usize, rng: &mut Rng) -> Data {
    let (x, a, b) = (rng.normals(n), rng.normals(10), rng.normals(10));
    let (g, s): (Vec<usize>, Vec<usize>) = (0..n).map(|_| (rng.below(10), rng.below(2))).unzip();
    let h: Vec<usize> = (0..n).map(|_| rng.below(5)).collect();
    let (mut start, mut stop, mut event) = (vec![], vec![], vec![]);
    for i in 0..n {
        let rate = (0.6 * x[i] + 0.8 * a[g[i]] + 0.5 * b[g[i]] * x[i] + 0.4 * h[i] as f64 - 0.8).exp();
        let (death, censored) = (-rng.uniform().ln() / rate, -rng.uniform().ln() / 0.4);
        let entry = (2.0 * rng.uniform()).floor();
        start.push(entry);
        stop.push(entry + (5.0 * death.min(censored)).ceil());
        event.push(f64::from(u8::from(death <= censored)));
    }
    let w = (0..n).map(|i| [0.5, 1.0, 2.0][i % 3]).collect();
    let data = Data::default().real("start", start).real("stop", stop).real("event", event).real("x", x).real("w", w);
    data.group("g", &g).group("s", &s).group("h", &h)
}

const RICH: &str = "Surv(start, stop, event) ~ x + strata(s) + (1 + x | g) + (1 | h)";

fn rich(ties: Ties, data: &Data) -> Fit {
    fit_of(FormulaSpec { formula: RICH.into(), weights: Some("w".into()), ..Default::default() }, ties, &data.frame())
}

#[test]
fn predictions_of_the_data_are_those_of_the_fit() {
    let data = simulated(160, &mut Rng(4));
    for ties in [Ties::Efron, Ties::Breslow] {
        let fit = rich(ties, &data);
        let (cox, frame) = (fit.cox().unwrap(), data.frame());
        for from in [NewData::Training, NewData::Frame(&frame)] {
            close("link", &values(&fit, from, Quantity::Link), &cox.eta, 1e-13);
            let risk: Vec<f64> = cox.eta.iter().map(|eta| eta.exp()).collect();
            close("risk", &values(&fit, from, Quantity::Risk), &risk, 1e-13);
        }
        assert_eq!(values(&fit, NewData::Training, Quantity::Response), fit.fitted);
        let expected = values(&fit, NewData::Frame(&frame), Quantity::Response);
        let survival: Vec<f64> = expected.iter().map(|e| (-e).exp()).collect();
        close("survival", &values(&fit, NewData::Frame(&frame), Quantity::Survival), &survival, 1e-13);
        if ties == Ties::Breslow {
            close("expected", &expected, &fit.fitted, 1e-10);
        }
        // Weighted, as many events are expected in each stratum as there were.
        for stratum in 0..2 {
            let rows = (0..160).filter(|i| cox.survival.stratum[*i] == stratum);
            let sum: f64 = rows.map(|i| data.values("w")[i] * (fit.y[i] - fit.fitted[i])).sum();
            assert!(sum.abs() < 1e-9, "{sum}");
        }
    }
}

#[test]
fn an_interval_is_the_sum_of_its_parts_and_a_curve_starts_at_zero() {
    let (data, mut rng) = (simulated(160, &mut Rng(5)), Rng(6));
    let fit = rich(Ties::Efron, &data);
    let part = |start: Vec<f64>, stop: Vec<f64>| data.clone().real("start", start).real("stop", stop).frame();
    let (zero, end): (Vec<f64>, Vec<f64>) = (vec![0.0; 160], data.values("stop").to_vec());
    let middle: Vec<f64> = end.iter().map(|t| t * rng.uniform()).collect();
    let frames = [part(zero.clone(), middle.clone()), part(middle, end.clone()), part(zero, end)];
    let [first, second, whole] = frames.each_ref().map(|f| values(&fit, NewData::Frame(f), Quantity::Response));
    let sum: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a + b).collect();
    close("parts", &sum, &whole, 1e-12);
    let asked = Request { quantity: Quantity::Survival, level: Some(0.9), ..Request::default() };
    let rows = fit.predictions(NewData::Frame(&frames[2]), &asked, &Watch::unwatched()).unwrap();
    let request = CurveRequest { limits: CurveLimits::LogLog, level: Some(0.9), ..Default::default() };
    let table = curves(&fit, NewData::Training, &request);
    let (row, time) = (reals(&table, "row"), reals(&table, "time"));
    let mut seen = 0;
    for line in (0..table.n_rows()).filter(|line| time[*line] == data.values("stop")[row[*line] as usize]) {
        let i = row[line] as usize;
        seen += 1;
        for (column, want) in
            [("survival", &rows.values), ("std_error", &rows.std_errors), ("lower", &rows.lower), ("upper", &rows.upper)]
        {
            near(column, reals(&table, column)[line], want[i], 1e-9);
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn the_order_of_rows_does_not_matter_and_far_covariates_lose_nothing() {
    let data = simulated(120, &mut Rng(9));
    let order = Rng(2).order(120);
    let own = rich(Ties::Efron, &data);
    let request = CurveRequest { times: Some(vec![6.0, 2.0]), ..Default::default() };
    let columns = |fit: &Fit, frame: &Frame| {
        let table = curves(fit, NewData::Frame(frame), &request);
        ["survival", "std_error", "lower"].map(|name| reals(&table, name))
    };
    let straight = columns(&own, &data.frame());
    let mixed = data.rows(&order);
    let other = rich(Ties::Efron, &mixed);
    for (a, b) in straight.iter().zip(&columns(&other, &mixed.frame())) {
        for (place, &i) in order.iter().enumerate() {
            near("a row elsewhere", b[2 * place], a[2 * i], 1e-6);
            near("a row elsewhere", b[2 * place + 1], a[2 * i + 1], 1e-6);
        }
    }
    let far = data.clone().real("x", data.values("x").iter().map(|x| 2000.0 + 1e-3 * x).collect());
    let fit = rich(Ties::Efron, &far);
    let eta = &fit.cox().unwrap().eta;
    assert!(eta.iter().all(|eta| eta.abs() > 500.0), "{eta:?}");
    for (a, b) in straight.iter().zip(&columns(&fit, &far.frame())) {
        close("far covariates", b, a, 1e-5);
    }
}

/// The mean of exp(-hazard exp(z)), z normal, by a sum over many points.
fn averaged(hazard: f64, sd: f64) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for k in -40_000..=40_000 {
        let z = f64::from(k) / 4000.0;
        let weight = (-0.5 * z * z).exp();
        sum += weight * (-hazard * (sd * z).exp()).exp();
        weights += weight;
    }
    sum / weights
}

#[test]
fn averages_are_over_the_distribution_of_the_random_effects() {
    let data = simulated(160, &mut Rng(14));
    let fit = rich(Ties::Efron, &data);
    let (of_g, of_h) = (&fit.terms[0].cov, fit.terms[1].cov[0]);
    let x = 0.7;
    let new = |g: &str, h: &str| csv(&format!("x,s,g,h\n{x},{},{g},{h}\n", data.labels[1].1[0]), &["s", "g", "h"]);
    let ask =
        |marginal, new_levels, random| CurveRequest { random, marginal, new_levels, times: Some(vec![4.0]), ..Default::default() };
    let at = |frame: &Frame, request: &CurveRequest| {
        let table = curves(&fit, NewData::Frame(frame), request);
        ["survival", "std_error", "lower", "upper", "cumulative_hazard"].map(|name| reals(&table, name)[0])
    };
    let (known, unknown) = (data.labels[0].1[0].clone(), "none");
    let h = data.labels[2].1[0].clone();
    let variance_g = of_g[0] + 2.0 * x * of_g[1] + x * x * of_g[3];
    let none = at(&new(unknown, unknown), &ask(false, NewLevels::Error, RandomTerms::None));
    let all = at(&new(unknown, unknown), &ask(true, NewLevels::Error, RandomTerms::All));
    near("over all", all[0], averaged(none[4], (variance_g + of_h).sqrt()), 1e-9);
    assert_eq!(at(&new(unknown, unknown), &ask(false, NewLevels::Average, RandomTerms::All))[0], all[0]);
    // One that is known beside one that is not.
    let with_h = at(&new(&known, &h), &ask(false, NewLevels::Error, RandomTerms::Chosen(vec![1])));
    let mixed = at(&new(unknown, &h), &ask(false, NewLevels::Average, RandomTerms::All));
    near("over one", mixed[0], averaged(with_h[4], variance_g.sqrt()), 1e-9);
    assert!(mixed[1] > 0.0 && mixed[2] < mixed[0] && mixed[0] < mixed[3]);
    // A new level at zero has the curve of none, and more uncertainty.
    let zero = at(&new(unknown, unknown), &ask(false, NewLevels::Zero, RandomTerms::All));
    near("zero", zero[0], none[0], 1e-14);
    near("zero", (zero[1] / zero[0] / zero[4]).powi(2), (none[1] / none[0] / none[4]).powi(2) + variance_g + of_h, 1e-9);
    // The same of an interval.
    let frame = csv(&format!("start,stop,x,s\n0,4,{x},{}\n", data.labels[1].1[0]), &["s"]);
    near("marginal", values(&fit, NewData::Frame(&frame), Quantity::Marginal)[0], all[0], 1e-12);
}

#[test]
fn times_that_differ_by_rounding_are_the_same() {
    let text = "time,event,g\n0.1,1,a\n0.30000000000000004,1,b\n0.7,0,a\n0.6,1,b\n0.9,1,a\n0.8,1,b\n0.5,1,c\n0.4,0,c\n";
    let fit = fit("Surv(time, event) ~ 1 + (1 | g)", Ties::Efron, &csv(text, &[]));
    let request = CurveRequest {
        random: RandomTerms::None,
        times: Some(vec![0.3, 0.300_000_000_000_000_04, 0.29, 0.900_000_000_1]),
        ..Default::default()
    };
    let table = curves(&fit, NewData::Frame(&csv("z\n1\n", &[])), &request);
    let survival = reals(&table, "survival");
    assert!(survival[0] == survival[1] && survival[0] < survival[2] && survival[3].is_finite(), "{survival:?}");
}

fn kidney() -> Fit {
    fit("Surv(time, status) ~ age + sex + (1 | id)", Ties::Efron, &frame("kidney.csv", &["id"]))
}

#[test]
fn rows_without_a_number_say_why() {
    let fit = kidney();
    let new = csv("time,age,sex,id\n10,40,1,k01\nNA,40,1,k01\n10,NA,1,k01\n1e4,40,1,k01\n", &["id"]);
    let request = Request { quantity: Quantity::Survival, level: Some(0.95), ..Request::default() };
    let found = fit.predictions(NewData::Frame(&new), &request, &Watch::unwatched()).unwrap();
    assert_eq!(found.problems, [(1, Problem::Missing), (2, Problem::Missing), (3, Problem::Beyond)]);
    assert!(found.values[0].is_finite() && found.upper[1..].iter().chain(&found.values[1..]).all(|v| v.is_nan()));
    // The linear predictor needs no time.
    assert_eq!(values(&fit, NewData::Frame(&new), Quantity::Link).iter().filter(|v| v.is_finite()).count(), 3);
    let all = fit
        .survival_curves(
            NewData::Frame(&new),
            &CurveRequest { times: Some(vec![10.0, 1e4]), ..Default::default() },
            &Watch::unwatched(),
        )
        .unwrap();
    assert_eq!(reals(&all.table, "row"), [0.0, 0.0, 1.0, 1.0, 2.0, 3.0, 3.0]);
    assert_eq!(labels(&all.table, "status"), ["ok", "beyond", "ok", "beyond", "missing", "ok", "beyond"]);
    assert!(reals(&all.table, "time")[4].is_nan());
    assert_eq!(all.problems.len(), 4);
    let without = CurveRequest { limits: CurveLimits::None, ..Default::default() };
    let table = curves(&fit, NewData::Frame(&new.select(&[0]).unwrap()), &without);
    assert!(table.column("std_error").is_err() && table.n_rows() == fit.table("baseline_hazard").unwrap().n_rows());
}

#[test]
fn what_cannot_be_predicted_is_an_error() {
    let (fit, watch) = (kidney(), Watch::unwatched());
    let data = csv(DATA, &[]);
    let stratified = without_variance(Ties::Efron, &data);
    let says = |error: Error, code: Code, text: &str| assert!(error.code == code && error.message.contains(text), "{error}");
    let predict = |fit: &Fit, frame: &str, request: &Request| {
        fit.predictions(NewData::Frame(&csv(frame, &["id"])), request, &watch).unwrap_err()
    };
    let of = |quantity| Request { quantity, ..Request::default() };
    says(predict(&fit, "age,sex,id\n40,1,k01\n", &of(Quantity::Response)), Code::Data, "time");
    says(predict(&fit, "time,age,sex,id\n4,40,1,xx\n", &of(Quantity::Survival)), Code::Data, "'xx' of 'id'");
    says(predict(&fit, "time,age,sex,id\n-4,40,1,k01\n", &of(Quantity::Response)), Code::Data, "time 'time' is -4 in row 1");
    says(predict(&fit, "time,age,sex,id\n4,40,1,k01\n", &of(Quantity::Dispersion)), Code::Argument, "Cox");
    let interval = Request { level: Some(0.9), interval: Interval::Prediction, ..Request::default() };
    says(predict(&fit, "time,age,sex,id\n4,40,1,k01\n", &interval), Code::Unsupported, "Cox");
    let curve = |fit: &Fit, frame: &str, request: &CurveRequest| {
        fit.survival_curves(NewData::Frame(&csv(frame, &[])), request, &watch).unwrap_err()
    };
    let request = CurveRequest::default();
    says(
        curve(&stratified, "x,f,o,g,s\n1,a,0,g1,z\n", &request),
        Code::Data,
        "row 1 (counting from 1) has the stratum 'z' of strata(s)",
    );
    says(curve(&stratified, "x,f,o,g\n1,a,0,g1\n", &request), Code::Data, "'s'");
    let late = "start,stop,x,f,o,g,s\n5,4,1,a,0,g1,u\n";
    says(
        stratified.predictions(NewData::Frame(&csv(late, &[])), &of(Quantity::Response), &watch).unwrap_err(),
        Code::Data,
        "not after",
    );
    let times = CurveRequest { times: Some(vec![1.0, -1.0]), ..Default::default() };
    says(curve(&fit, "age,sex,id\n40,1,k01\n", &times), Code::Argument, "times: number 2 is -1");
    let level = CurveRequest { level: Some(2.0), ..Default::default() };
    says(curve(&fit, "age,sex,id\n40,1,k01\n", &level), Code::Argument, "level is 2");
    let linear =
        Spec::new(ModelKind::Lmm, Source::Formula(FormulaSpec { formula: "Yield ~ 1 + (1 | Batch)".into(), ..Default::default() }));
    let linear = Fit::new(&linear, Some(&frame("Dyestuff.csv", &["Batch"])), &Options::default(), &watch).unwrap();
    says(linear.survival_curves(NewData::Training, &request, &watch).unwrap_err(), Code::Argument, "Cox models");
    says(linear.predictions(NewData::Training, &of(Quantity::Risk), &watch).unwrap_err(), Code::Argument, "Cox models");
    says(linear.baselines().unwrap_err(), Code::Argument, "Cox model");
    assert_eq!(linear.table("baseline_hazard").unwrap().n_rows(), 0);
}
