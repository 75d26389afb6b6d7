//! What a Cox model refuses, and what it says of it.

use crate::common::frames::csv;
use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::options::{Information, Options, Unidentified};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec, Ties};
use interlace::watch::Watch;

const DATA: &str = "start,time,status,dead,word,x,g,s\n\
    0,5,1,TRUE,dead,1.5,a,p\n0,3,0,FALSE,alive,0.5,a,p\n1,4,1,TRUE,dead,2.5,b,p\n0,2,1,TRUE,dead,0.1,b,q\n\
    1,6,0,FALSE,alive,0.7,c,q\n0,7,1,TRUE,dead,1.1,c,p\n0,8,0,FALSE,alive,0.2,a,p\n2,9,1,TRUE,dead,1.9,b,p\n";

fn spec(formula: &str) -> Spec {
    Spec::new(ModelKind::Coxme, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }))
}

fn try_fit(formula: &str, data: &str) -> Result<Fit, Error> {
    let categorical: &[&str] = if data.lines().next().unwrap().ends_with(",s") { &["g", "s"] } else { &["g"] };
    Fit::new(&spec(formula), Some(&csv(data, categorical)), &Options::default(), &Watch::unwatched())
}

fn refuses(formula: &str, data: &str, code: Code, texts: &[&str]) {
    let error = try_fit(formula, data).expect_err(formula);
    assert_eq!(error.code, code, "{formula}: {error}");
    for text in texts {
        assert!(error.message.contains(text), "{formula}: {error}\nwithout {text}");
    }
    assert!(!error.message.contains('\n'), "{error}");
}

/// The data with one cell of a row, counting from 1, replaced.
fn with(column: usize, row: usize, value: &str) -> String {
    let mut lines: Vec<Vec<&str>> = DATA.lines().map(|line| line.split(',').collect()).collect();
    lines[row][column] = value;
    lines.iter().map(|line| line.join(",") + "\n").collect()
}

#[test]
fn times_that_are_none_name_column_and_row() {
    let formula = "Surv(time, status) ~ x + (1 | g)";
    refuses(formula, &with(1, 3, "-4"), Code::Data, &["'time'", "-4", "row 3", "from 0 up"]);
    refuses(formula, &with(1, 3, "Inf"), Code::Data, &["'time'", "row 3"]);
    let counting = "Surv(start, time, status) ~ x + (1 | g)";
    refuses(counting, &with(0, 5, "6"), Code::Data, &["stop time 6", "start time 6", "row 5"]);
    refuses(counting, &with(0, 2, "-1"), Code::Data, &["start time", "'start'", "-1", "row 2"]);
    // They differ by rounding.
    refuses(counting, &with(0, 5, "5.9999999999"), Code::Data, &["to within rounding", "row 5"]);
    let fit = try_fit(formula, &with(1, 3, "NA")).unwrap();
    assert_eq!((fit.n_obs, &fit.rows.dropped[..]), (7, &[(2, "time".to_string())][..]));
}

#[test]
fn events_are_zeros_and_ones_or_truth_values() {
    let numbers = try_fit("Surv(time, status) ~ x + (1 | g)", DATA).unwrap();
    for formula in ["Surv(time, dead) ~ x + (1 | g)", "Surv(time, word == \"dead\") ~ x + (1 | g)"] {
        assert_eq!(try_fit(formula, DATA).unwrap().criterion, numbers.criterion, "{formula}");
    }
    refuses("Surv(time, status) ~ x + (1 | g)", &with(2, 4, "2"), Code::Data, &["'status'", "is 2", "row 4", "status == 2"]);
    refuses("Surv(time, status) ~ x + (1 | g)", &with(2, 4, "0.5"), Code::Data, &["'status'", "0.5", "row 4"]);
    let three = DATA.replace("alive", "other");
    let three = three.replacen("other", "gone", 1);
    refuses("Surv(time, word) ~ x + (1 | g)", &three, Code::Data, &["3 levels", "one kind of event"]);
    refuses("Surv(time, word) ~ x + (1 | g)", DATA, Code::Data, &["'word'", "is text", "word == \"dead\""]);
    refuses("Surv(time, status > 5) ~ x + (1 | g)", DATA, Code::Data, &["no events"]);
}

#[test]
fn codes_one_and_two_are_rs_and_are_said() {
    let zeros = try_fit("Surv(time, status) ~ x + (1 | g)", DATA).unwrap();
    let said = |fit: &Fit, text: &str| fit.warnings().iter().any(|w| w.contains("the event") && w.contains(text));
    assert!(!said(&zeros, ""));
    let coded = |code: &dyn Fn(&str) -> &'static str| -> String {
        let lines: Vec<Vec<&str>> = DATA.lines().map(|line| line.split(',').collect()).collect();
        let line =
            |l: &Vec<&str>| [&l[..2], &[if l[2] == "status" { l[2] } else { code(l[2]) }], &l[3..]].concat().join(",") + "\n";
        lines.iter().map(line).collect()
    };
    let twos = try_fit("Surv(time, status) ~ x + (1 | g)", &coded(&|s| if s == "1" { "2" } else { "1" })).unwrap();
    assert!(twos.criterion == zeros.criterion && said(&twos, "2 for an event") && said(&twos, "status == 2"));
    // Everyone has an event, or no one.
    let ones = try_fit("Surv(time, status) ~ x + (1 | g)", &coded(&|_| "1")).unwrap();
    assert!(ones.cox().unwrap().n_events == 8 && said(&ones, "status == 2"));
    refuses("Surv(time, status) ~ x + (1 | g)", &coded(&|_| "2"), Code::Data, &["is 2 in row 1", "status == 2"]);
    let truth = try_fit("Surv(time, status == 1) ~ x + (1 | g)", &coded(&|_| "1")).unwrap();
    assert!(!said(&truth, "") && truth.criterion == ones.criterion);
}

#[test]
fn effects_may_differ_between_strata() {
    let names = |formula: &str| try_fit(formula, DATA).unwrap().fixed.names;
    let own = "Surv(time, status) ~ x:strata(s) + (1 | g)";
    assert_eq!(names(own), ["x:strata(s)p", "x:strata(s)q"]);
    assert_eq!(names("Surv(time, status) ~ x * strata(s) + (1 | g)"), ["x", "x:strata(s)q"]);
    // The strata are there in either case, and a factor is coded as beside their main effect.
    let criterion = |formula: &str| try_fit(formula, DATA).unwrap().criterion;
    assert!((criterion(own) - criterion("Surv(time, status) ~ x:s + strata(s) + (1 | g)")).abs() < 1e-9);
    assert!((criterion(own) - criterion("Surv(time, status) ~ strata(s) * x + (1 | g)")).abs() < 1e-9);
    assert_eq!(names("Surv(time, status) ~ word * strata(s) + (1 | g)")[0], "worddead");
}

#[test]
fn the_response_is_surv() {
    refuses("time ~ x + (1 | g)", DATA, Code::Formula, &["Surv(time, event)", "not time"]);
    refuses("Surv(time) ~ x + (1 | g)", DATA, Code::Formula, &["1 arguments"]);
    refuses("Surv(time = time, event = status) ~ x + (1 | g)", DATA, Code::Formula, &["without the name"]);
    refuses("Surv(time, nothing) ~ x + (1 | g)", DATA, Code::Data, &["nothing"]);
    let linear = Spec { kind: ModelKind::Lmm, ..spec("Surv(time, status) ~ x + (1 | g)") };
    let error = Fit::new(&linear, Some(&csv(DATA, &["g"])), &Options::default(), &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("Cox"), "{error}");
}

#[test]
fn strata_stand_alone_and_are_of_cox_models() {
    let fit = try_fit("Surv(time, status) ~ x + strata(s) + (1 | g)", DATA).unwrap();
    assert_eq!(fit.cox().unwrap().survival.strata, ["p", "q"]);
    refuses("Surv(time, status) ~ x * strata(s, g) + (1 | g)", DATA, Code::Formula, &["one factor", "x:a:b + strata(a, b)"]);
    refuses("Surv(time, status) ~ log(strata(s)) + (1 | g)", DATA, Code::Data, &["categories where numbers are wanted"]);
    refuses("Surv(time, status) ~ x - strata(s) + (1 | g)", DATA, Code::Formula, &["subtracted"]);
    refuses("Surv(time, status) ~ x + strata() + (1 | g)", DATA, Code::Formula, &["one or more factors"]);
    refuses("Surv(time, status) ~ x + (strata(s) | g)", DATA, Code::Formula, &["random effect"]);
    for (call, instead) in [
        ("frailty(g)", "(1 | group)"),
        ("frailty.gaussian(g)", "(1 | group)"),
        ("cluster(g)", "(1 | cluster)"),
        ("ridge(x)", "(1 | f)"),
        ("pspline(x)", "ns(x, df = 4)"),
        ("tt(x)", "Surv(start, stop, event)"),
    ] {
        refuses(
            &format!("Surv(time, status) ~ {call} + (1 | g)"),
            DATA,
            Code::Unsupported,
            &[call.split('(').next().unwrap(), instead],
        );
    }
    for kind in [ModelKind::Lmm, ModelKind::Glmm] {
        let other = Spec { kind, ..spec("time ~ x + strata(s) + (1 | g)") };
        let error = Fit::new(&other, Some(&csv(DATA, &["g", "s"])), &Options::default(), &Watch::unwatched()).unwrap_err();
        assert!(error.code == Code::Unsupported && error.message.contains("Cox"), "{error}");
    }
    // A stratum whose rows have no events says nothing, and is named.
    let censored: String = DATA
        .lines()
        .map(|line| if line.ends_with('q') { line.replacen("2,1,TRUE", "2,0,FALSE", 1) } else { line.into() } + "\n")
        .collect();
    let fit = try_fit("Surv(time, status) ~ x + strata(s) + (1 | g)", &censored).unwrap();
    assert!(fit.warnings().iter().any(|w| w.contains("no events in 'q'")), "{:?}", fit.warnings());
}

#[test]
fn what_a_cox_model_does_not_have_is_refused() {
    let formula = "Surv(time, status) ~ x + (1 | g)";
    let fails = |spec: &Spec, options: &Options, text: &str| {
        let error = Fit::new(spec, Some(&csv(DATA, &["g"])), options, &Watch::unwatched()).unwrap_err();
        assert!(error.message.contains(text), "{error}\nwithout {text}");
    };
    let mut with_family = spec(formula);
    with_family.family.name = "poisson".into();
    fails(&with_family, &Options::default(), "neither a family nor a link");
    let dispersion = Spec { dispersion: Some(PredictorSpec::Formula("~ x".into())), ..spec(formula) };
    fails(&dispersion, &Options::default(), "one predictor");
    fails(&Spec { kind: ModelKind::Lmm, ties: Ties::Breslow, ..spec("time ~ x + (1 | g)") }, &Options::default(), "ties");
    fails(&spec(formula), &Options { quadrature: 5, ..Options::default() }, "Laplace");
    fails(&spec(formula), &Options { reml_generalised: true, ..Options::default() }, "restricted");
    fails(&spec(formula), &Options { information: Information::Expected, ..Options::default() }, "observed");
    refuses("Surv(time, status) ~ x", DATA, Code::Argument, &["no random terms"]);
}

#[test]
fn a_monotone_likelihood_is_a_fit_that_names_the_coefficient() {
    let rows: Vec<String> =
        (0..60).map(|i| format!("{},{},{},{},g{}", 1 + (i * 37) % 50, i % 2, i % 2, (i * 7) % 5, i % 6)).collect();
    let fit = try_fit("Surv(time, status) ~ never + x + (1 | g)", &format!("time,status,never,x,g\n{}", rows.join("\n"))).unwrap();
    assert_eq!(fit.cox().unwrap().monotone, ["never"]);
    assert!(fit.warnings().iter().any(|w| w.contains("never") && w.contains("monotone")), "{:?}", fit.warnings());
    assert!(fit.fixed.estimate[1].is_finite() && fit.fixed.std_error[1].is_finite());
    // Its interval is open to the side to which the likelihood does not fall.
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    let own = profiles.iter().find(|profile| profile.name == "never").unwrap();
    assert!(own.upper == f64::INFINITY && own.lower > 0.0 && own.lower.is_finite() && own.warning.is_none(), "{own:?}");
    let other = profiles.iter().find(|profile| profile.name == "x").unwrap();
    assert!(other.upper.is_finite() && other.lower.is_finite(), "{other:?}");
}

#[test]
fn variances_that_no_risk_set_sees_are_refused() {
    let constant = "does not vary within the rows at risk at the same time";
    refuses("Surv(time, status) ~ strata(g) + x + (1 | g)", DATA, Code::Data, &["(Intercept)", "((Intercept) | g)", constant]);
    refuses("Surv(time, status) ~ strata(g) + x + (1 + x | g)", DATA, Code::Data, &["(Intercept)", constant]);
    refuses("Surv(time, status) ~ strata(g) + (1 + x || g)", DATA, Code::Data, &["(Intercept)", constant]);
    refuses("Surv(time, status) ~ strata(g, s) + x + (1 | s)", DATA, Code::Data, &["(Intercept)", constant]);
    // Slopes vary within strata, and so do levels of which a stratum has several.
    try_fit("Surv(time, status) ~ strata(g) + (0 + x | g)", DATA).unwrap();
    try_fit("Surv(time, status) ~ strata(s) + x + (1 | g)", DATA).unwrap();
    let mut options = Options { unidentified: Unidentified::Warning, ..Options::default() };
    let fit_with = |options: &Options| {
        Fit::new(&spec("Surv(time, status) ~ strata(g) + x + (1 | g)"), Some(&csv(DATA, &["g"])), options, &Watch::unwatched())
            .unwrap()
    };
    assert!(fit_with(&options).warnings().iter().any(|w| w.contains(constant)));
    options.unidentified = Unidentified::Ignore;
    let fit = fit_with(&options);
    assert!(!fit.warnings().iter().any(|w| w.contains(constant)));
    // What the criterion does not depend on is zero, as without it.
    let plain = spec("Surv(time, status) ~ strata(g) + x");
    let plain =
        Fit::new(&plain, Some(&csv(DATA, &["g"])), &Options { null_model: true, ..Options::default() }, &Watch::unwatched());
    let plain = plain.unwrap();
    assert!(fit.theta == [0.0] && (fit.criterion - plain.criterion).abs() < 1e-9, "{:?}", fit.theta);
    assert!((fit.fixed.estimate[0] - plain.fixed.estimate[0]).abs() < 1e-9);
}

#[test]
fn a_place_in_the_formula_is_no_line_of_the_data() {
    let error = try_fit("Surv(time, status) ~ x + cluster(g)", DATA).unwrap_err();
    assert!(!error.message.contains("line") && error.position == 25, "{error} {}", error.position);
}
