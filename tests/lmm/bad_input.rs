//! Bad input is an error that names what is wrong and where, or a fit that says what it did; never a panic, never a wrong number.

use std::time::Instant;

use crate::common::{Data, Model, Rng, model};
use interlace::design::NaPolicy;
use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::frame::Frame;

/// 40 rows: y, x, z, f (3 levels), g (8 levels).
fn data() -> Data {
    let mut rng = Rng(77);
    let n = 40;
    let (x, z, b) = (rng.normals(n), rng.normals(n), rng.normals(8));
    let g: Vec<usize> = (0..n).map(|i| i % 8).collect();
    let f: Vec<usize> = (0..n).map(|i| (i / 8) % 3).collect();
    let y = (0..n).map(|i| 1.0 + x[i] + b[g[i]] + 0.5 * rng.normal()).collect();
    Data::default().real("y", y).real("x", x).real("z", z).real("one", vec![1.0; n]).group("f", &f).group("g", &g)
}

/// The data with one value changed.
fn with_value(name: &str, row: usize, value: f64) -> Data {
    data().with(name, row, value)
}

fn label(data: Data, name: &str, f: impl Fn(usize) -> String) -> Data {
    let labels: Vec<String> = (0..data.n()).map(f).collect();
    data.label(name, labels)
}

#[track_caller]
fn fails(model: &Model, frame: &Frame, code: Code, position: i64, parts: &[&str]) -> Error {
    let error = model.failure(frame);
    assert_eq!((error.code, error.position), (code, position), "{}: {error}", model.formula.formula);
    for part in parts {
        assert!(error.message.contains(part), "{}: no {part:?} in: {error}", model.formula.formula);
    }
    assert!(!error.message.contains('\n') && error.message.len() < 1000, "{error}");
    error
}

/// Fails on the data as they are.
#[track_caller]
fn formula_fails(formula: &str, code: Code, position: i64, parts: &[&str]) {
    fails(&model(formula), &data().frame(), code, position, parts);
}

#[track_caller]
fn finite(fit: &Fit) {
    let all = |v: &[f64]| v.iter().all(|v| v.is_finite());
    assert!(all(&fit.theta) && all(&fit.fixed.estimate) && all(&fit.fixed.std_error) && all(&fit.fitted), "{fit:?}");
    assert!(all(&[fit.sigma, fit.log_likelihood]) && fit.sigma > 0.0, "{} {}", fit.sigma, fit.log_likelihood);
}

#[test]
fn columns_that_are_not_there_or_of_the_wrong_type() {
    formula_fails("y ~ xx + (1 | g)", Code::Data, -1, &["'xx'", "'x'"]);
    formula_fails("yy ~ x + (1 | g)", Code::Data, -1, &["'yy'"]);
    formula_fails("y ~ x + (1 | gg)", Code::Data, -1, &["'gg'"]);
    formula_fails("y ~ x + (w | g)", Code::Data, -1, &["'w'"]);
    formula_fails("y ~ x + (1 | G)", Code::Data, -1, &["'G'", "'g'"]);
    fails(&model("y ~ x + (1 | g)").weights("ww"), &data().frame(), Code::Data, -1, &["'ww'"]);
    fails(&model("y ~ x + (1 | g)").offset("oo"), &data().frame(), Code::Data, -1, &["'oo'"]);
    formula_fails("g ~ x + (1 | f)", Code::Data, -1, &["'g'"]);
    formula_fails("log(g) ~ x + (1 | f)", Code::Data, -1, &["'g'"]);
    formula_fails("y ~ log(f) + (1 | g)", Code::Data, -1, &["'f'"]);
    formula_fails("y ~ poly(f, 2) + (1 | g)", Code::Data, -1, &["'f'"]);
    fails(&model("y ~ x + (1 | g)").weights("f"), &data().frame(), Code::Data, -1, &["'f'"]);
    fails(&model("y ~ x + (1 | g)").offset("f"), &data().frame(), Code::Data, -1, &["'f'"]);
    formula_fails("y ~ x + offset(f) + (1 | g)", Code::Data, -1, &["'f'"]);
}

#[test]
fn groups_that_can_not_be_estimated() {
    let one = label(data(), "g", |_| "a".into());
    fails(&model("y ~ x + (1 | g)"), &one.frame(), Code::Data, -1, &["'g'", "1 level", "at least 2"]);
    let own = label(data(), "g", |i| format!("g{i}"));
    fails(&model("y ~ x + (1 | g)"), &own.frame(), Code::Data, -1, &["'g'", "40 levels", "40 observations"]);
    fails(&model("y ~ x + (1 | g:h)"), &label(data(), "h", |i| format!("{}", i / 8)).frame(), Code::Data, -1, &["'g:h'", "40"]);
    let pairs = label(data(), "g", |i| format!("g{}", i / 2));
    fails(
        &model("y ~ x + (x | g)"),
        &pairs.frame(),
        Code::Data,
        -1,
        &["(Intercept) + x | g", "40 random effects", "40 observations"],
    );
    formula_fails("y ~ x + (1 | f) + (1 | one)", Code::Data, -1, &["'one'", "1 level"]);
    formula_fails("y ~ x", Code::Argument, -1, &["random"]);
    formula_fails("y ~ x + (1 | g) + (1 | g)", Code::Formula, 18, &["(1 | g)", "twice"]);
    // Rows left out may leave a single group.
    let mut x = data().values("x").to_vec();
    (0..40).filter(|i| i % 8 != 3).for_each(|i| x[i] = f64::NAN);
    fails(&model("y ~ x + (1 | g)"), &data().real("x", x).frame(), Code::Data, -1, &["'g'", "1 level"]);
    // A level that no row has does not count.
    let mut frame = data().frame();
    let levels = (0..9).map(|i| format!("g{i:02}")).collect();
    frame.set_levels("g", levels, false).unwrap();
    assert_eq!(model("y ~ x + (1 | g)").try_fit(&frame).unwrap().terms[0].design.levels.len(), 8);
}

#[test]
fn too_few_rows() {
    let random = "(1 | g)";
    for (rows, part) in [(0, "row"), (1, ""), (2, ""), (3, "")] {
        let some: Vec<usize> = (0..rows).collect();
        let error = model(&format!("y ~ x + {random}")).failure(&data().rows(&some).frame());
        assert!(error.code == Code::Data && error.message.contains(part), "{rows}: {error}");
    }
    // p = n and p > n.
    let mut rng = Rng(3);
    let mut wide = data().rows(&(0..12).collect::<Vec<_>>());
    let names: Vec<String> = (0..30).map(|k| format!("v{k}")).collect();
    for name in &names {
        let column = rng.normals(12);
        wide = wide.real(name, column);
    }
    for count in [11, 12, 20, 30] {
        let formula = format!("y ~ {} + (1 | f)", names[..count].join(" + "));
        let e = fails(&model(&formula), &wide.frame(), Code::Data, -1, &[]);
        assert!(e.message.contains("12") || e.message.contains("exactly"), "{e}");
    }
    // One degree of freedom is enough.
    let formula = format!("y ~ {} + (1 | f)", names[..10].join(" + "));
    finite(&model(&formula).try_fit(&wide.frame()).unwrap());
    let empty = Frame::new(0);
    assert_eq!(model("y ~ x + (1 | g)").failure(&empty).code, Code::Data);
    assert_eq!(model("y ~ x + (1 | g)").failure(&Frame::new(5)).code, Code::Data);
}

#[test]
fn missing_values() {
    let all = data().map("x", |_| f64::NAN);
    fails(&model("y ~ x + (1 | g)"), &all.frame(), Code::Data, -1, &["row"]);
    let groups = label(data(), "g", |_| String::new());
    fails(&model("y ~ x + (1 | g)"), &groups.frame(), Code::Data, -1, &["row"]);
    for column in ["x", "y", "one"] {
        let some = with_value(column, 7, f64::NAN);
        let mut m = model("y ~ x + (1 | g)").weights("one");
        let fit = m.try_fit(&some.frame()).unwrap();
        assert_eq!((fit.n_obs, fit.rows.dropped.clone()), (39, vec![(7, column.to_owned())]));
        m.options.na = NaPolicy::Error;
        fails(&m, &some.frame(), Code::Data, 7, &[&format!("'{column}'"), "row 8"]);
        m.options.na = NaPolicy::Pad;
        let fit = m.try_fit(&some.frame()).unwrap();
        assert!(fit.fitted.len() == 40 && fit.fitted[7].is_nan() && fit.residuals[7].is_nan() && fit.fitted[8].is_finite());
    }
    // Expressions without a value.
    let fit = model("log(y) ~ x + (1 | g)")
        .try_fit(&with_value("y", 2, -1.0).map("y", |y| if y == -1.0 { y } else { y.abs() + 0.1 }).frame());
    assert_eq!(fit.unwrap().rows.dropped, vec![(2, "log(y)".to_owned())]);
}

#[test]
fn values_that_are_not_finite() {
    for (value, shown) in [(f64::INFINITY, "Inf"), (f64::NEG_INFINITY, "-Inf")] {
        for column in ["y", "x"] {
            let quoted = format!("'{column}'");
            fails(&model("y ~ x + (1 | g)"), &with_value(column, 5, value).frame(), Code::Data, 5, &[&quoted, shown, "row 6"]);
        }
        fails(&model("y ~ one + (x | g)"), &with_value("x", 5, value).frame(), Code::Data, 5, &["'x'", shown, "row 6"]);
        fails(&model("y ~ x + (1 | g)").weights("one"), &with_value("one", 9, value).frame(), Code::Data, 9, &["'one'", "row 10"]);
        fails(&model("y ~ x + (1 | g)").offset("one"), &with_value("one", 9, value).frame(), Code::Data, 9, &["'one'", "row 10"]);
        fails(&model("y ~ x + offset(one) + (1 | g)"), &with_value("one", 9, value).frame(), Code::Data, 9, &["one", "row 10"]);
    }
    let zero = with_value("x", 5, 0.0);
    fails(&model("y ~ I(1 / x) + (1 | g)"), &zero.frame(), Code::Data, 5, &["1/x", "Inf"]);
    fails(&model("exp(1000 * x) ~ z + (1 | g)"), &with_value("x", 0, 3.0).frame(), Code::Data, 0, &["Inf"]);
}

#[test]
fn weights() {
    fails(&model("y ~ x + (1 | g)").weights("one"), &with_value("one", 4, -1.0).frame(), Code::Data, 4, &["'one'", "-1", "row 5"]);
    let fit = model("y ~ x + (1 | g)").weights("one").try_fit(&with_value("one", 4, 0.0).frame()).unwrap();
    assert!(fit.n_obs == 39 && fit.rows.dropped[0].1.contains("zero"), "{:?}", fit.rows);
    assert!(fit.warnings().iter().any(|w| w.contains("weight")), "{:?}", fit.warnings());
    let none = data().map("one", |_| 0.0);
    fails(&model("y ~ x + (1 | g)").weights("one"), &none.frame(), Code::Data, -1, &["row"]);
    for w in [1e-300, 1e300] {
        match model("y ~ x + (1 | g)").weights("one").try_fit(&data().map("one", |_| w).frame()) {
            Ok(fit) => finite(&fit),
            Err(error) => assert!(matches!(error.code, Code::Data | Code::Numeric), "{error}"),
        }
    }
}

#[test]
fn responses_without_variance() {
    let constant = data().map("y", |_| 4.0);
    fails(&model("y ~ x + (1 | g)"), &constant.frame(), Code::Data, -1, &["response", "constant", "4"]);
    let zero = data().map("y", |_| 0.0);
    fails(&model("y ~ x + (1 | g)"), &zero.frame(), Code::Data, -1, &["response", "constant"]);
    let line: Vec<f64> = data().values("x").iter().map(|x| 3.0 - 2.0 * x).collect();
    fails(&model("y ~ x + (1 | g)"), &data().real("y", line).frame(), Code::Data, -1, &["response", "exactly"]);
    // Groups that explain the response exactly leave no residual variance.
    let groups: Vec<f64> = (0..40).map(|i| f64::from(i % 8).sin()).collect();
    match model("y ~ 1 + (1 | g)").try_fit(&data().real("y", groups).frame()) {
        Ok(fit) => assert!(!fit.outcome.converged || fit.sigma < 1e-6 * fit.terms[0].sd[0], "{} {:?}", fit.sigma, fit.outcome),
        Err(error) => assert!(error.code == Code::Numeric && error.message.contains("residual"), "{error}"),
    }
    // An offset that is the response.
    let y = data().values("y").to_vec();
    fails(&model("y ~ x + (1 | g)").offset("o"), &data().real("o", y).frame(), Code::Data, -1, &["response"]);
}

/// Codes of other programs for missing values, and units whose squares are no numbers.
#[test]
fn values_whose_squares_are_no_numbers_are_named() {
    const STATA: f64 = 8.988_465_674_311_58e307;
    for (name, of) in [
        ("x", model("y ~ x + (1 | g)")),
        ("x", model("y ~ one + (x | g)")),
        ("x", model("y ~ x:z + (1 | g)")),
        ("y", model("y ~ x + (1 | g)")),
        ("one", model("y ~ x + (1 | g)").offset("one")),
        ("one", model("y ~ x + (1 | g)").weights("one")),
    ] {
        for value in [STATA, 1e153] {
            fails(&of, &with_value(name, 5, value).frame(), Code::Data, 5, &[name, "e", "row 6", "up to 1e152", "missing"]);
        }
    }
    let large = data().map("x", |x| 1e100 * x).map("z", |z| 1e100 * z);
    fails(&model("y ~ x:z + (1 | g)"), &large.frame(), Code::Data, 0, &["'x:z'", "up to 1e152"]);
    fails(&model("y ~ poly(x, 2) + (1 | g)"), &large.frame(), Code::Data, -1, &["poly(x", "too large"]);
    for name in ["x", "y"] {
        let small = data().map(name, |v| 1e-170 * v);
        fails(&model("y ~ x + (1 | g)"), &small.frame(), Code::Data, -1, &[name, "too small"]);
    }
    let apart = data().map("y", |y| 1e100 * y).map("x", |x| 1e-100 * x);
    fails(&model("y ~ x + (1 | g)"), &apart.frame(), Code::Numeric, -1, &["'x'", "out of the range", "units"]);
}

/// Within that range all is as in ordinary units: powers of ten beside, to rounding.
#[test]
fn results_do_not_depend_on_units_however_large() {
    let base = model("y ~ x + (1 | g)").fit(&data());
    for (c, d) in [(1e100, 1.0), (1e-100, 1.0), (1e145, 1.0), (1e-145, 1.0), (1.0, 1e140), (1.0, 1e-140)] {
        let fit = model("y ~ x + (1 | g)").fit(&data().map("y", |y| c * y).map("x", |x| d * x));
        for (j, unit) in [c, c / d].into_iter().enumerate() {
            let t = |fit: &Fit| fit.fixed.estimate[j] / fit.fixed.std_error[j];
            assert!((fit.fixed.estimate[j] / base.fixed.estimate[j] / unit - 1.0).abs() < 1e-6, "{c:e} {d:e}");
            assert!((t(&fit) / t(&base) - 1.0).abs() < 1e-6, "{c:e} {d:e}");
        }
        assert!((fit.sigma / base.sigma / c - 1.0).abs() < 1e-6, "{c:e} {d:e}");
    }
}

#[test]
fn extreme_units() {
    for c in [1e-300, 1e-160, 1e160, 1e300, 1e307] {
        match model("y ~ x + (1 | g)").try_fit(&data().map("y", |y| c * y).frame()) {
            // The variances of such responses are out of range, the standard deviations are not.
            Ok(fit) => {
                assert!((fit.sigma / c).is_finite() && fit.sigma > 0.0 && fit.log_likelihood.is_finite(), "{c:e}: {}", fit.sigma);
            }
            Err(error) => assert!(matches!(error.code, Code::Data | Code::Numeric), "{error}"),
        }
        match model("y ~ x + (1 | g)").try_fit(&data().map("x", |x| c * x).frame()) {
            Ok(fit) => assert!(fit.log_likelihood.is_finite() && fit.fitted.iter().all(|f| f.is_finite())),
            Err(error) => assert!(matches!(error.code, Code::Data | Code::Numeric), "{error}"),
        }
    }
    match model("y ~ x + (1 | g)").offset("one").try_fit(&data().map("one", |_| 1e300).frame()) {
        Ok(fit) => panic!("nothing is left of y beside 1e300: {:?}", fit.fixed),
        Err(error) => assert!(error.code == Code::Data && error.message.contains("'one' is 1e300"), "{error}"),
    }
}

#[test]
fn fixed_effects_that_are_not_determined() {
    for (formula, dropped) in [
        ("y ~ x + zero + (1 | g)", "zero"),
        ("y ~ x + one + (1 | g)", "one"),
        ("y ~ x + I(2 * x) + (1 | g)", "I(2 * x)"),
        ("y ~ x + z + I(x - z) + (1 | g)", "I(x - z)"),
    ] {
        let frame = data().real("zero", vec![0.0; 40]).frame();
        let fit = model(formula).try_fit(&frame).unwrap();
        assert_eq!(fit.fixed.dropped, [dropped], "{formula}");
        assert!(fit.warnings().iter().any(|w| w.contains(dropped)), "{:?}", fit.warnings());
        finite(&fit);
    }
    let frame = data().real("zero", vec![0.0; 40]).frame();
    // No column at all is left.
    let fit = model("y ~ 0 + zero + (1 | g)").try_fit(&frame).unwrap();
    assert!(fit.fixed.names.is_empty());
    finite(&fit);
    finite(&model("y ~ 0 + (1 | g)").try_fit(&frame).unwrap());
    let one = label(data(), "f", |_| "a".into());
    fails(&model("y ~ f + (1 | g)"), &one.frame(), Code::Data, -1, &["'f'"]);
}

#[test]
fn random_effects_that_are_not_determined() {
    let frame = data().real("zero", vec![0.0; 40]).frame();
    // Columns of zeros, and one that is the intercept again: the model is fitted, and says that there is nothing in it.
    for formula in [
        "y ~ x + (zero | g)",
        "y ~ x + (0 + zero | g)",
        "y ~ x + (one | g)",
        "y ~ x + (x + I(2 * x) | g)",
        "y ~ x + (x || g) + (0 + z | f)",
    ] {
        match model(formula).try_fit(&frame) {
            Ok(fit) => {
                finite(&fit);
                assert!(fit.outcome.converged, "{formula}: {:?}", fit.outcome);
            }
            Err(error) => assert!(matches!(error.code, Code::Data | Code::Numeric), "{formula}: {error}"),
        }
    }
    // A slope of a column that is constant within each group is one more intercept.
    let within: Vec<f64> = (0..40).map(|i| f64::from(i % 8)).collect();
    let fit = model("y ~ w + (w | g)").try_fit(&data().real("w", within).frame()).unwrap();
    finite(&fit);
    assert!(fit.outcome.converged, "{:?}", fit.outcome);
}

#[test]
fn formulas() {
    formula_fails("", Code::Formula, 0, &[]);
    formula_fails("y", Code::Formula, 1, &[]);
    formula_fails("y ~", Code::Formula, 3, &[]);
    formula_fails("y ~ x + (1 | g", Code::Formula, 14, &[]);
    formula_fails("y ~ x + 1 | g)", Code::Formula, 13, &[]);
    formula_fails("y ~ x + (0 | g)", Code::Formula, 9, &["no effects"]);
    formula_fails("y ~ x + foo(x) + (1 | g)", Code::Formula, 8, &["foo"]);
    formula_fails("~ x + (1 | g)", Code::Formula, 0, &["response"]);
    formula_fails("y ~ x + (1 | g) \u{0}", Code::Formula, 16, &[]);
}

#[test]
fn long_and_deep_formulas() {
    let long = format!("y ~ x{} + (1 | g)", " + x".repeat(2500));
    assert!(long.len() > 10_000);
    assert_eq!(model(&long).try_fit(&data().frame()).unwrap().fixed.names, ["(Intercept)", "x"]);
    let name = "n".repeat(10_000);
    let error = model(&format!("y ~ {name} + (1 | g)")).failure(&data().frame());
    assert!(error.message.len() < 1000 && !error.message.contains('\n'), "{}", error.message.len());
    for deep in [
        format!("y ~ {}x{} + (1 | g)", "(".repeat(10_000), ")".repeat(10_000)),
        format!("y ~ {}x + (1 | g)", "(".repeat(10_000)),
        format!("y ~ {}x + (1 | g)", "-".repeat(10_000)),
        format!("y ~ {}x{} + (1 | g)", "log(".repeat(10_000), ")".repeat(10_000)),
        format!("y ~ x + (1 | {}g{})", "(".repeat(10_000), ")".repeat(10_000)),
        format!("y ~ x{} + (1 | g)", "^2".repeat(10_000)),
        format!("y ~ {} + (1 | g)", vec!["x"; 3000].join("*")),
        format!("y ~ x + {}", vec!["(1 | g)"; 1000].join(" + ")),
        format!("y ~ x + (1 | {})", vec!["g"; 900].join("/")),
    ] {
        if let Err(error) = model(&deep).try_fit(&data().frame()) {
            assert!(matches!(error.code, Code::Formula | Code::Data), "{}", error.message);
            assert!(error.message.len() < 1000 && !error.message.contains('\n'), "{}", error.message);
        }
    }
}

#[test]
fn many_levels_are_fast() {
    let mut rng = Rng(5);
    let (n, levels) = (300_000, 100_000);
    let b = rng.normals(levels);
    let x = rng.normals(n);
    let codes: Vec<i32> = (0..n).map(|i| (i % levels) as i32).collect();
    let y = (0..n).map(|i| 1.0 + x[i] + b[i % levels] + rng.normal()).collect();
    let mut frame = Frame::new(n);
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_category("g", codes, (0..levels).map(|i| format!("{i}")).collect(), false).unwrap();
    let started = Instant::now();
    let fit = model("y ~ x + (1 | g)").try_fit(&frame).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    assert!(fit.outcome.converged && (fit.terms[0].sd[0] - 1.0).abs() < 0.02 && (fit.sigma - 1.0).abs() < 0.02);
    // A tenth of this in an optimised build.
    assert!(seconds < 20.0, "{seconds} s");
}

#[test]
fn names_of_every_kind() {
    let odd = "a b\t'\"`%\u{1F600}\n";
    let x = data().values("x").to_vec();
    let frame = data().real(odd, x).frame();
    let error = model("y ~ nothing + (1 | g)").failure(&frame);
    assert!(error.code == Code::Data && !error.message.contains('\n'), "{error}");
    let frame = label(data().real("if", vec![1.0; 40]), "group with spaces", |i| format!("level \n{}", i % 5)).frame();
    let fit = model("y ~ x + (1 | `group with spaces`)").try_fit(&frame).unwrap();
    assert_eq!(fit.terms[0].design.levels.len(), 5);
}
