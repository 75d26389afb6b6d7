//! A fit by several threads is, bit for bit, that by one: estimates, standard errors, likelihood, random effects with their variances, rows.

use std::time::Instant;

use crate::common::Rng;
use crate::common::watching::heard_up_to;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::optimize::Reason;
use interlace::options::{Options, Unidentified};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::threads::{divide, each};
use interlace::watch::{Phase, Watch, Watcher};

/// `levels` groups, each with all of `items`: enough rows that threads share them, and enough levels that they share the factor.
fn data(levels: usize, items: usize) -> Frame {
    let (n, mut rng) = (levels * items, Rng(17));
    let (u, v) = (rng.normals(levels), rng.normals(items));
    let x = rng.normals(n);
    let eta: Vec<f64> = (0..n).map(|i| 0.2 + 0.4 * x[i] + (0.5 + 0.2 * x[i]) * u[i / items] + 0.4 * v[i % items]).collect();
    let y: Vec<f64> = eta.iter().map(|eta| eta + rng.normal()).collect();
    let count: Vec<f64> = eta.iter().map(|eta| (eta.exp() * -rng.uniform().ln()).floor().min(60.0)).collect();
    let grade = y.iter().map(|y| if *y < -0.5 { 0 } else { 1 + i32::from(*y > 0.9) }).collect();
    let mut frame = Frame::new(n);
    frame.add_real("zeros", count.iter().map(|count| if rng.uniform() < 0.2 { 0.0 } else { *count }).collect()).unwrap();
    frame.add_real("count", count).unwrap();
    frame.add_real("yes", y.iter().map(|y| f64::from(u8::from(*y > 0.0))).collect()).unwrap();
    frame.add_real("positive", eta.iter().map(|eta| eta.exp() * (0.05 - rng.uniform().ln())).collect()).unwrap();
    frame.add_real("time", (0..n).map(|_| 0.01 - rng.uniform().ln()).collect()).unwrap();
    frame.add_real("event", (0..n).map(|_| f64::from(u8::from(rng.uniform() < 0.6))).collect()).unwrap();
    frame.add_category("grade", grade, ["low", "middle", "high"].map(String::from).to_vec(), true).unwrap();
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    for (name, of) in [
        ("g", (0..n).map(|i| i / items).collect::<Vec<_>>()),
        ("h", (0..n).map(|i| i % items).collect()),
        ("f", (0..n).map(|i| i / 3 % 5).collect()),
    ] {
        let labels: Vec<String> = of.iter().map(|v| format!("{v:05}")).collect();
        frame.add_strings(name, &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame
}

fn spec(kind: ModelKind, family: &str, formula: &str) -> Spec {
    let mut spec = Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.to_owned(), ..FormulaSpec::default() }));
    family.clone_into(&mut spec.family.name);
    spec
}

fn with(threads: usize) -> Options {
    Options { threads, ..Options::default() }
}

/// All of a fit but how long it took.
fn text(spec: &Spec, frame: &Frame, options: &Options) -> String {
    let mut fit = Fit::new(spec, Some(frame), options, &Watch::unwatched()).unwrap();
    fit.timing = (0.0, 0.0);
    format!("{fit:?}")
}

/// The same text means the same bits: numbers are written so that they read back.
fn same(name: &str, spec: &Spec, frame: &Frame, options: &Options) {
    let one = text(spec, frame, options);
    for threads in [2, 3, 4, 8] {
        let own = text(spec, frame, &Options { threads, ..options.clone() });
        let apart = own.bytes().zip(one.bytes()).position(|(a, b)| a != b);
        let around = apart
            .map(|at| (&one[at.saturating_sub(120)..one.len().min(at + 40)], &own[at.saturating_sub(20)..own.len().min(at + 40)]));
        assert!(own == one, "{name}, {threads} threads: {around:?}");
    }
}

#[test]
fn linear_models_do_not_depend_on_threads() {
    let frame = data(420, 75);
    for formula in ["y ~ x + (1 | g) + (1 | h)", "y ~ x + (x | g)", "y ~ x + (x | g) + (x | h)"] {
        same(formula, &spec(ModelKind::Lmm, "", formula), &frame, &with(1));
    }
}

/// The sums over pieces of rows and of levels, with levels in order and out of it, weights, and many columns.
#[test]
fn linear_models_of_many_rows_levels_and_columns_do_not_depend_on_threads() {
    let lmm = |formula: &str| spec(ModelKind::Lmm, "", formula);
    let mut frame = data(9000, 4);
    frame.add_real("w", (0..frame.n_rows()).map(|i| 0.5 + f64::from(u8::from(i % 3 == 0))).collect()).unwrap();
    for formula in ["y ~ x + (x | g)", "y ~ x + (1 | g)", "y ~ x + f + (x || g) + (1 | h)"] {
        same(formula, &lmm(formula), &frame, &with(1));
        same(formula, &lmm(formula), &frame, &Options { reml: false, ..with(1) });
        let mut weighted = lmm(formula);
        let Source::Formula(source) = &mut weighted.source else { panic!("a formula") };
        source.weights = Some("w".into());
        same(formula, &weighted, &frame, &with(1));
    }
    let frame = data(420, 75);
    // The last one's random effects are among the fixed ones.
    let options = Options { unidentified: Unidentified::Warning, ..with(1) };
    for formula in ["y ~ x + (x | h)", "y ~ x + h + (1 | g)", "y ~ x + h + (1 | f)"] {
        same(formula, &lmm(formula), &frame, &options);
    }
}

/// Two factors of which one leaves a large dense block of the other.
#[test]
fn large_dense_blocks_do_not_depend_on_threads() {
    let mut frame = data(420, 75);
    let mut rng = Rng(71);
    for (name, levels) in [("a", 700.0), ("b", 520.0)] {
        let labels: Vec<String> = (0..frame.n_rows()).map(|_| format!("{:03}", (levels * rng.uniform()) as usize)).collect();
        frame.add_strings(name, &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    }
    same("linear", &spec(ModelKind::Lmm, "", "y ~ x + (1 | a) + (1 | b)"), &frame, &with(1));
    same("Poisson", &spec(ModelKind::Glmm, "poisson", "count ~ x + (1 | a) + (1 | b)"), &frame, &with(1));
}

#[test]
fn generalised_models_do_not_depend_on_threads() {
    let frame = data(940, 70);
    same("crossed", &spec(ModelKind::Glmm, "poisson", "count ~ x + (1 | g) + (1 | h)"), &frame, &with(1));
    same("slopes", &spec(ModelKind::Glmm, "binomial", "yes ~ x + (x | g)"), &frame, &with(1));
    same("slopes of items", &spec(ModelKind::Glmm, "binomial", "yes ~ x + (x | h)"), &frame, &with(1));
    let frame = data(500, 40);
    for (family, formula) in [
        ("binomial", "yes ~ x + (x | g)"),
        ("binomial", "yes ~ x + (1 | h)"),
        ("gamma", "positive ~ x + (1 | g)"),
        ("nbinom2", "count ~ x + (0 + x | h)"),
        ("gaussian", "y ~ x + (0 + f | h)"),
    ] {
        let mut spec = spec(ModelKind::Glmm, family, formula);
        if family == "gamma" {
            spec.family.link = Some("log".into());
        }
        same(family, &spec, &frame, &with(1));
    }
}

#[test]
fn further_predictors_and_approximations_do_not_depend_on_threads() {
    let frame = data(500, 40);
    let mut mixture = spec(ModelKind::Glmm, "nbinom2", "zeros ~ x + (1 | g)");
    mixture.zero_inflation = Some(PredictorSpec::Formula("~ 1 + (1 | h)".into()));
    same("mixture", &mixture, &frame, &with(1));
    let mut dispersed = spec(ModelKind::Glmm, "nbinom2", "count ~ x + (1 | g)");
    dispersed.dispersion = Some(PredictorSpec::Formula("~ x".into()));
    same("dispersion", &dispersed, &frame, &with(1));
    let binary = spec(ModelKind::Glmm, "binomial", "yes ~ x + (1 | g)");
    same("quadrature", &binary, &frame, &Options { quadrature: 5, ..with(1) });
    same("restricted", &binary, &frame, &Options { reml_generalised: true, ..with(1) });
    same("joint mode", &binary, &frame, &Options { quadrature: 0, ..with(1) });
}

#[test]
fn ordinal_models_do_not_depend_on_threads() {
    let frame = data(500, 40);
    let crossed = spec(ModelKind::Clmm, "", "grade ~ x + (1 | g) + (1 | h)");
    same("crossed", &crossed, &frame, &with(1));
    let mut scaled = spec(ModelKind::Clmm, "", "grade ~ x + (1 | g)");
    scaled.dispersion = Some(PredictorSpec::Formula("~ x".into()));
    same("scale", &scaled, &frame, &with(1));
}

#[test]
fn cox_models_do_not_depend_on_threads() {
    same("Cox", &spec(ModelKind::Coxme, "", "Surv(time, event) ~ x + (1 | g)"), &data(60, 40), &with(1));
}

#[test]
fn fits_by_threads_are_cancelled_and_late_as_others_are() {
    let frame = data(500, 40);
    for spec in [spec(ModelKind::Glmm, "poisson", "count ~ x + (1 | g)"), spec(ModelKind::Clmm, "", "grade ~ x + (1 | g)")] {
        let work = |watch: &Watch<'_>| Fit::new(&spec, Some(&frame), &with(4), watch).map(|fit| fit.criterion.to_string());
        let (_, heard) = heard_up_to(usize::MAX, work);
        // How much of the differences this thread does, and so reports, depends on the others.
        let differences = heard.iter().position(|own| own.phase == Phase::StandardErrors).unwrap();
        for last in [1, differences / 2, differences + 1, differences + 2] {
            let error = heard_up_to(last, work).0.unwrap_err();
            assert_eq!(error.code, Code::Cancelled, "{error}");
        }
        let ended = Fit::new(&spec, Some(&frame), &with(4), &Watcher::new(None, Some(Instant::now())).watch()).unwrap();
        assert_eq!(ended.outcome.reason, Reason::Deadline);
    }
}

#[test]
fn results_keep_the_order_of_the_pieces() {
    for threads in [1, 2, 5] {
        let squares = divide(threads, (0..100).collect(), &|i: u64| i * i);
        assert_eq!(squares, (0..100).map(|i| i * i).collect::<Vec<_>>());
        let watch = Watch::unwatched().with_threads(threads);
        assert_eq!(each(100, &watch, &|i, _| Ok(i)).unwrap(), (0..100).collect::<Vec<_>>());
    }
}

#[test]
fn the_first_failure_counts_and_panics_are_passed_on() {
    use interlace::error::Error;
    for threads in [1, 2, 5] {
        let watch = Watch::unwatched().with_threads(threads);
        let work = |i: usize, _: &Watch<'_>| if i % 7 == 6 { Err(Error::numeric(format!("piece {i}"))) } else { Ok(i) };
        assert_eq!(each(50, &watch, &work).unwrap_err().message, "piece 6");
        let panicking = || divide(threads, vec![0, 1, 2, 3], &|i| assert!(i < 3, "piece {i}"));
        let payload = std::panic::catch_unwind(panicking).unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "piece 3");
    }
}
