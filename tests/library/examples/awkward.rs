//! Awkward data and command lines: what the program says of them.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::{SLEEPSTUDY, interlace_fit, interlace_fit_reading, text, transcript};

/// A file in the tests' own directory.
fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("awkward-{name}"));
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_string()
}

/// 48 rows: y, x, w, f (a, b) and g (8 levels). A cell of row 3, line 4, may be another.
fn data(changed: Option<(usize, &str)>) -> String {
    let mut out = String::from("y,x,w,f,g\n");
    for i in 0..48_u32 {
        let (x, g) = (f64::from(i * 7 % 13), i % 8);
        let y = 1.0 + 0.5 * x + f64::from(g * g % 5) + f64::from(i * i % 11) / 7.0;
        let mut cells = [y.to_string(), x.to_string(), "1".into(), ["a", "b"][i as usize / 3 % 2].into(), format!("g{g}")];
        if let Some((at, cell)) = changed.filter(|_| i == 2) {
            cells[at] = cell.to_string();
        }
        writeln!(out, "{}", cells.join(",")).unwrap();
    }
    out
}

#[track_caller]
fn fails(arguments: &[&str], status: i32, wanted: &[&str]) {
    let output = interlace_fit(arguments);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", transcript(&output));
    for part in wanted {
        assert!(message.contains(part), "{arguments:?}: no {part:?} in {message}");
    }
}

#[test]
fn a_blank_that_can_not_be_seen_changes_nothing() {
    let plain = file("plain.csv", &data(None));
    let all = |path: &str| {
        let model = ["lmm", "y ~ x + (1 | g)", path, "--strict-numbers", "--predict", path];
        let output = interlace_fit(&model);
        assert!(output.status.success(), "{}", transcript(&output));
        text(&output.stdout).to_string()
    };
    let want = all(&plain);
    for (column, cell) in [(1, "1\u{a0}"), (1, "\u{202f}1"), (0, "2.0714285714285716\u{a0}")] {
        let changed = data(Some((column, cell)));
        let same = data(Some((column, cell.trim())));
        assert_eq!(all(&file("blank.csv", &changed)), all(&file("bare.csv", &same)), "{cell:?}");
    }
    assert!(want.contains("Linear mixed model"));
}

#[test]
fn errors_about_new_data_name_file_line_and_cell() {
    let train = file("train.csv", &data(None));
    let model = ["lmm", "y ~ x + f + (1 | g)", &train];
    for (name, changed, options, wanted) in [
        ("dot.csv", (1, "."), &[][..], &["'x' holds categories here", "line 4 holds '.'"][..]),
        ("level.csv", (4, "g99"), &[], &["the level 'g99' of 'g'", "line 4"]),
        ("none.csv", (4, ""), &[], &["'g'", "line 4"]),
        ("factor.csv", (3, "q"), &[], &["'f' has the unknown level 'q'", "line 4"]),
        ("size.csv", (1, "8.98846567431158e307"), &[], &["'x' is 8.98846567431158e307", "line 4"]),
        ("weight.csv", (2, "NA"), &["--weights", "w", "--interval", "prediction"], &["weights: ", "line 4"]),
        ("weights.csv", (2, "?"), &["--weights", "w", "--interval", "prediction"], &["'w'", "line 4 holds '?'"]),
    ] {
        let new = file(name, &data(Some(changed)));
        fails(&[&model[..], &["--predict", &new], options].concat(), 1, &[wanted, &[name]].concat());
    }
    // One row only.
    let one = file("one.csv", "x,f,g\n.,a,g1\n");
    fails(&[&model[..], &["--predict", &one]].concat(), 1, &["'x' holds categories", "line 2 holds '.'", "one.csv"]);
    let absent = file("absent.csv", "f,g\na,g1\n");
    fails(&[&model[..], &["--predict", &absent]].concat(), 1, &["there is no column 'x'", "absent.csv"]);
    let odd = file("odd.csv", &data(Some((3, "c"))));
    fails(&["lmm", "y ~ x + (1 | g)", &odd, "--ordered", "f=a<b"], 1, &["'f' has 'c'", "line 4 of ", "odd.csv"]);
}

#[test]
fn new_data_may_come_through_a_pipe() {
    let train = file("pipe.csv", &data(None));
    let model = ["lmm", "y ~ x + f + (1 | g)", &train, "--categorical", "f", "--json", "--predict"];
    let wanted = interlace_fit(&[&model[..], &[&train]].concat());
    let piped = interlace_fit_reading(&data(None), &[&model[..], &["/dev/stdin"]].concat());
    let predictions = |output: &std::process::Output| -> serde_json::Value {
        assert!(output.status.success(), "{}", transcript(output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["predictions"].clone()
    };
    assert_eq!(predictions(&piped), predictions(&wanted));
    assert!(predictions(&wanted)["values"].as_array().is_some_and(|values| values.len() == 48));
}

#[test]
fn groups_whose_codes_become_one_number_are_named() {
    let mut coded = data(None);
    for g in 0..8 {
        coded = coded.replace(&format!(",g{g}\n"), &format!(",1234567890123456789{g}\n"));
    }
    let coded = file("codes.csv", &coded);
    let model = ["lmm", "y ~ x + (1 | g)", &coded, "--unidentified", "ignore"];
    let shown = |output: std::process::Output| format!("{}{}", text(&output.stdout), text(&output.stderr));
    let kept = shown(interlace_fit(&[&model[..], &["--categorical", "g"]].concat()));
    assert!(kept.contains("g, 8") && !kept.contains("one number"), "{kept}");
    // In a level or two of numbers there are fewer groups: a warning, or an error that has it.
    let lost = shown(interlace_fit(&model));
    assert!(lost.contains("column 'g'") && lost.contains("'12345678901234567890' and '12345678901234567891'"), "{lost}");
}

/// Each smaller model against the first, and as it is written.
#[test]
fn smaller_models_are_compared_with_the_formula_as_they_are_written() {
    let formula = ["lmm", "Reaction ~ Days + (1 | Subject)", "data/sleepstudy.csv", "--categorical", "Subject", "--json"];
    let lrt = |arguments: &[&str]| -> serde_json::Value {
        let output = interlace_fit(arguments);
        assert!(output.status.success(), "{}", transcript(&output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["lrt"].clone()
    };
    let reduced = ["Reaction ~ Days", "Reaction ~ 1 + (1 | Subject)"];
    let both = lrt(&[&formula[..], &["--lrt", reduced[0], "--lrt", reduced[1]]].concat());
    for (i, reduced) in reduced.into_iter().enumerate() {
        let single = lrt(&[&formula[..], &["--lrt", reduced]].concat());
        for (key, values) in single.as_object().unwrap() {
            let pair: Vec<_> = (0..2).map(|k| both[key][2 * i + k].clone()).collect();
            if values.is_array() && key != "fit" {
                assert_eq!(serde_json::Value::from(pair), *values, "{key} of {reduced}");
            }
        }
    }
    let groups = [&["lmm", "Reaction ~ Days"], &formula[2..], &["--groups", "Subject", "--lrt", "Reaction ~ Days"]].concat();
    let single = lrt(&[&formula[..], &["--lrt", "Reaction ~ Days"]].concat());
    assert_eq!(lrt(&groups)["chisq"], single["chisq"]);
    assert_eq!(lrt(&groups)["df"][1], 1);
}

#[test]
fn wrong_usage_is_told() {
    fails(&["lmer", "y ~ x", "data/sleepstudy.csv"], 2, &["wanted lmm, glmm, clmm, coxme or load"]);
    for (options, wanted) in [
        (&["--predict", "a.csv", "--predict", "b.csv"][..], "--predict is given twice"),
        (&["--emmeans", "~ f", "--emmeans", "~ g"], "--emmeans is given twice"),
        (&["--weights", "a", "--weights", "b"], "--weights is given twice"),
        (&["--type", "response"], "--type is for --predict and --emmeans"),
        (&["--predict", "a.csv", "--type", "mean"], "location"),
        (&["--influencer", "Subject"], "unknown option --influencer"),
        (&["--influence-method", "fixed"], "--influence-method is for --influence"),
        (&["--ties", "efron"], "--ties is for the model coxme, not lmm"),
    ] {
        fails(&[&SLEEPSTUDY[..], options].concat(), 2, &[wanted]);
    }
}

/// Covariates and factors may be called as columns of tables are.
#[test]
fn names_of_columns_of_tables_are_free_for_covariates() {
    let mut csv = String::from("y,status,reason,emmean,df,g\n");
    for i in 0..60 {
        let (a, b) = ([2, 5, 1][i % 3], [1, 4][i % 2]);
        writeln!(csv, "{},{a},{b},{},{},g{}", (i * 7 % 11) + a, ["low", "high"][i / 3 % 2], ["p", "q"][i / 6 % 2], i % 8).unwrap();
    }
    let again = (0..60).map(|i| (i * 5 % 13).to_string()).collect::<Vec<_>>().join("\n");
    let (data, responses) = (file("names.csv", &csv), file("responses.csv", &format!("again\n{again}\n")));
    let formula = "y ~ status + reason + emmean + df + (1 | g)";
    let more = ["--bootstrap", "5", "--confint", "boot", "--refit", &responses, "--emmeans", "~ emmean * df", "--json"];
    let output = interlace_fit(&[&["lmm", formula, &data][..], &more].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let means = &document["emmeans"]["means"];
    assert_eq!(means["emmean"].as_array().unwrap().len(), 4);
    assert!(means["emmean"][0].is_f64() && means["emmean.2"][0].is_string() && means["df.2"][0].is_string(), "{means}");
    assert!(document["bootstrap"]["names"].as_array().unwrap().contains(&"status".into()));
    assert!(document["refits"]["status"][0].is_string() && document["refits"]["status.2"][0].is_f64(), "{}", document["refits"]);
}

#[test]
fn what_a_stream_can_not_answer_is_refused_before_it_is_read() {
    let absent = "there-is-no-such-file.csv";
    let model = ["lmm", "y ~ x + (1 | g)", absent, "--stream"];
    for (options, name) in [
        (&["--lrt", "y ~ 1 + (1 | g)"][..], "--lrt"),
        (&["--simulate", "3"], "--simulate"),
        (&["--bootstrap", "9", "--bootstrap-type", "case"], "--bootstrap-type"),
        (&["--bootstrap", "9", "--confint", "boot", "--boot-interval", "bca"], "--boot-interval"),
        (&["--cross-validate", "g"], "--cross-validate"),
        (&["--refit", absent], "--refit"),
        (&["--write", "coefficients=a.csv", "--write", "observations=b.csv"], "--write observations"),
        (&["--r2"], "--r2"),
        (&["--augment", "a.csv"], "--augment"),
        (&["--bootstrap", "9", "--correlation", "cs(1 | h)"], "--bootstrap with --correlation"),
        (&["--df", "kenward-roger", "--correlation", "cs(1 | h)"], "--df kenward-roger with --correlation"),
        (&["--plot", "coefficients=a.svg", "--plot", "residuals=b.svg"], "--plot residuals"),
        (&["--plot-data", "dashboard=a.csv"], "--plot-data dashboard"),
        (&["--plot", "scale-location=a.svg"], "--plot scale-location"),
        (&["--emmeans", "~ x", "--means-weights", "proportional"], "--means-weights"),
    ] {
        let wanted = format!("{name} needs the rows of the data, which --stream does not keep");
        fails(&[&model[..], options].concat(), 2, &[&wanted, "leave --stream out"]);
    }
    let path = file("streamed.csv", &data(None));
    let asked = ["--bootstrap", "5", "--confint", "boot", "--confint", "wald", "--anova", "2", "--seed", "3"];
    let output = interlace_fit(&[&["lmm", "y ~ x + (1 | g)", &path, "--stream"][..], &asked].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    assert!(text(&output.stdout).contains("5 bootstrap replicates"), "{}", transcript(&output));
}

#[test]
fn a_stream_may_begin_with_megabytes_of_rows_that_are_not_complete() {
    let mut content = String::from("y,x,w,f,g\n");
    (0..800_000).for_each(|i| content.push_str(if i % 2 == 0 { "1.5,NA,1,a,g1\n" } else { "NA,3,1,b,g2\n" }));
    content.push_str(data(None).split_once('\n').unwrap().1);
    let model = |path: &str| ["lmm".to_string(), "y ~ x + f + (1 | g)".into(), path.into()];
    let (long, short) = (file("gaps.csv", &content), file("whole.csv", &data(None)));
    let printed = |arguments: &[String]| {
        let output = interlace_fit(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(output.status.success(), "{}", transcript(&output));
        text(&output.stdout).to_string()
    };
    let (streamed, whole) = (printed(&[&model(&long)[..], &["--stream".into()]].concat()), printed(&model(&short)));
    let fixed = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with("fb") || line.starts_with("(Intercept)"))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(fixed(&streamed), fixed(&whole));
    assert!(streamed.contains("800000 of 800048 rows left out"), "{streamed}");
}
