//! The programs in examples-c, compiled and run against what they are documented to print; and the options of `interlace-fit`.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

mod awkward;
mod document;
mod inference;
mod pictures;
mod resampling;
mod saved;
use interlace::choice::Choice;

use crate::toolchain::{cc, cxx, link_into, linkable, program, root, run, succeed, transcript};

fn examples() -> PathBuf {
    root().join("examples-c")
}

/// Compiles sources of examples-c to `name`, beside the library.
fn compile(directory: &Path, name: &str, sources: &[PathBuf]) -> PathBuf {
    let path = directory.join(name);
    let mut command = cc();
    command.args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Wstrict-prototypes"]);
    command.arg("-I").arg(root().join("include")).args(sources);
    command.arg("-L").arg(directory).args(["-linterlace", "-lm", "-Wl,-rpath,$ORIGIN", "-o"]).arg(&path);
    succeed(&mut command);
    path
}

/// The sources of `interlace-fit`.
fn sources() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().path());
    let mut sources: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "c"))
        .filter(|path| path.file_stem().unwrap().to_str().unwrap().starts_with("interlace_fit"))
        .collect();
    sources.sort();
    sources
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// `interlace-fit`, compiled once for all tests.
pub fn compiled() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interlace-fit");
        if directory.exists() {
            std::fs::remove_dir_all(&directory).unwrap();
        }
        std::fs::create_dir_all(&directory).unwrap();
        link_into(&directory);
        compile(&directory, "interlace-fit", &sources())
    })
}

/// Runs `interlace-fit` in examples-c.
fn interlace_fit(arguments: &[&str]) -> Output {
    run(program(compiled()).current_dir(examples()).args(arguments))
}

/// One program a task, in the order of examples-c/README.md.
const PROGRAMS: [&str; 11] = [
    "first_fit",
    "arrays",
    "crossed",
    "generalised",
    "survival",
    "ordinal",
    "predict",
    "inference",
    "bootstrap",
    "progress",
    "errors",
];

#[test]
fn examples_print_what_is_documented() {
    let directory = linkable();
    for name in PROGRAMS {
        let source = examples().join(name).with_extension("c");
        let path = compile(directory.path(), name, &[source]);
        let output = succeed(program(&path).current_dir(examples()));
        let expected = std::fs::read_to_string(examples().join("expected").join(name).with_extension("txt")).unwrap();
        assert_eq!(text(&output.stdout), expected, "{name}");
    }
}

/// They can be taken into a program in C or C++ whatever warnings it asks for, and be read at one go.
#[test]
fn examples_are_short_and_clean_in_c_and_cpp() {
    let readme = std::fs::read_to_string(examples().join("README.md")).unwrap();
    for name in PROGRAMS {
        let source = examples().join(name).with_extension("c");
        let lines = std::fs::read_to_string(&source).unwrap().lines().count();
        assert!(lines < 80, "{name} has {lines} lines");
        assert!(readme.contains(&format!("`{name}.c`")), "{name} is not in README.md");
        for (mut compiler, arguments) in [(cc(), ["-std=c99", "-x", "c"]), (cxx(), ["-std=c++17", "-x", "c++"])] {
            compiler.args(["-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsyntax-only"]).args(arguments);
            succeed(compiler.arg("-I").arg(root().join("include")).arg(&source));
        }
    }
}

const SLEEPSTUDY: [&str; 5] = ["lmm", "Reaction ~ Days + (Days | Subject)", "data/sleepstudy.csv", "--categorical", "Subject"];

#[test]
fn interlace_fit_prints_the_summary() {
    let output = interlace_fit(&[&SLEEPSTUDY[..], &["--df", "normal", "--confint", "wald"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let expected = std::fs::read_to_string(examples().join("expected/interlace_fit.txt")).unwrap();
    assert_eq!(text(&output.stdout), expected);
}

const SALAMANDERS: [&str; 7] = [
    "glmm",
    "count ~ mined + (1 | site)",
    "../tests/reference/data/Salamanders.csv",
    "--family",
    "nbinom2",
    "--ziformula",
    "~ mined",
];

#[test]
fn interlace_fit_prints_the_summary_of_a_generalised_model() {
    let output = interlace_fit(&SALAMANDERS);
    assert!(output.status.success(), "{}", transcript(&output));
    let expected = std::fs::read_to_string(examples().join("expected/interlace_fit_glmm.txt")).unwrap();
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn the_json_document_of_a_generalised_model_has_its_family_and_predictors() {
    let output = interlace_fit(&[&SALAMANDERS[..], &["--json", "--confint", "wald"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["model"], &document["family"], &document["link"]), (&"glmm".into(), &"nbinom2".into(), &"log".into()));
    assert_eq!((&document["information"], &document["nagq"]), (&"observed".into(), &1.into()));
    assert_eq!(document["zero_inflation"]["names"], serde_json::json!(["(Intercept)", "minedyes"]));
    assert_eq!(document["dispersion_parameter"]["sigma"], document["sigma"]);
    assert_eq!(document["family_parameters"], serde_json::json!([]));
    assert_eq!(document["separated"], serde_json::json!([]));
    assert!(document.get("dispersion").is_none() && document["fixed"].get("t_value").is_none());
    assert_eq!(document["fixed"]["z_value"].as_array().unwrap().len(), 2);
    assert_eq!(document["wald_ci"]["names"], document["fixed"]["names"]);
    let npar = document["npar"].as_u64().unwrap() as usize;
    assert_eq!(document["vcov_all"]["names"].as_array().unwrap().len(), npar);
    assert_eq!(document["zprob"].as_array().unwrap().len(), 644);
    assert_eq!(document["linear_predictor"].as_array().unwrap().len(), 644);
}

const WINE: [&str; 3] = ["clmm", "rating ~ temp + contact + (1 | judge)", "../tests/reference/data/wine.csv"];

#[test]
fn interlace_fit_prints_the_summary_of_an_ordinal_model() {
    let output = interlace_fit(&WINE);
    assert!(output.status.success(), "{}", transcript(&output));
    let expected = std::fs::read_to_string(examples().join("expected/interlace_fit_clmm.txt")).unwrap();
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn the_json_document_of_an_ordinal_model_has_thresholds_nominal_effects_and_a_scale() {
    let more = ["--json", "--confint", "wald", "--threshold", "equidistant"];
    let output = interlace_fit(&[&WINE[..], &more, &["--nagq", "-7", "--ordered", "rating=1<2<3<4<5<6"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["model"], &document["link"]), (&"clmm".into(), &"logit".into()));
    assert_eq!((&document["threshold"], &document["nagq"]), (&"equidistant".into(), &(-7).into()));
    assert_eq!(document["categories"], serde_json::json!(["1", "2", "3", "4", "5"]));
    assert_eq!(document["thresholds"]["names"], serde_json::json!(["1|2", "2|3", "3|4", "4|5"]));
    assert_eq!(document["thresholds"]["alpha_names"], serde_json::json!(["threshold.1", "spacing"]));
    assert_eq!(document["thresholds"]["jacobian"], serde_json::json!([[1, 0], [1, 1], [1, 2], [1, 3]]));
    assert_eq!(document["wald_ci"]["names"], serde_json::json!(["threshold.1", "spacing", "tempwarm", "contactyes"]));
    assert_eq!(document["wald_ci"]["upper"].as_array().unwrap().len(), 4);
    assert!(document["warnings"][0].as_str().unwrap().contains("the category '6' does not occur"), "{}", document["warnings"]);
    for key in ["residuals", "family", "dispersion", "dispersion_parameter", "nominal", "scale", "overdispersion"] {
        assert!(document.get(key).is_none(), "{key}");
    }

    let formula = "rating ~ temp + (1 | judge)";
    let output = interlace_fit(&["clmm", formula, WINE[2], "--json", "--nominal", "~ contact", "--scale", "~ temp"]);
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["nominal"]["names"], serde_json::json!(["contactyes"]));
    assert_eq!(document["nominal"]["estimate"].as_array().unwrap().len(), 4);
    assert_eq!(document["scale"]["names"], serde_json::json!(["tempwarm"]));
    assert_eq!(document["vcov_all"]["names"].as_array().unwrap().len(), document["npar"].as_u64().unwrap() as usize);
}

const WINE_PREDICTED: [&str; 7] = [
    "clmm",
    "rating ~ temp + contact + (1 | judge)",
    "../tests/reference/data/wine.csv",
    "--ordered",
    "rating=1<2<3<4<5",
    "--predict",
    "../tests/reference/data/wine.csv",
];

#[test]
fn interlace_fit_predicts_categories() {
    let json = |more: &[&str]| -> serde_json::Value {
        let output = interlace_fit(&[&WINE_PREDICTED[..], &["--json"], more].concat());
        assert!(output.status.success(), "{}", transcript(&output));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        document["predictions"].clone()
    };
    let (prob, cumulative) = (json(&["--interval", "confidence"]), json(&["--type", "cum.prob", "--re", "none"]));
    assert_eq!(prob["categories"], serde_json::json!(["1", "2", "3", "4", "5"]));
    assert_eq!(cumulative["thresholds"], serde_json::json!(["1|2", "2|3", "3|4", "4|5"]));
    for (key, rows, width) in [("values", &prob, 5), ("std_error", &prob, 5), ("lower", &prob, 5), ("values", &cumulative, 4)] {
        let rows = rows[key].as_array().unwrap();
        assert!(rows.len() == 72 && rows.iter().all(|row| row.as_array().unwrap().len() == width), "{key}");
    }
    // R's ordinal::clmm().
    assert!((prob["values"][0][0].as_f64().unwrap() - 0.034_896_739_46).abs() < 1e-7);
    assert!((cumulative["values"][0][0].as_f64().unwrap() - 0.164_699_425_27).abs() < 1e-7);
    let class = json(&["--type", "class"]);
    assert!(class["values"][0] == 3 && class.get("categories").is_none());
    assert_eq!(json(&["--type", "marginal"])["values"][0].as_array().unwrap().len(), 5);

    let output = interlace_fit(&WINE_PREDICTED);
    let table: Vec<&str> = text(&output.stdout).lines().rev().take(73).collect();
    assert_eq!(table[72].split_whitespace().collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
    assert_eq!(table[71].split_whitespace().next(), Some("0.03489674"));
    let output = interlace_fit(&[&WINE_PREDICTED[..], &["--type", "response"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", transcript(&output));
    assert!(text(&output.stderr).contains("wanted probabilities"), "{}", transcript(&output));
}

const CBPP: [&str; 5] = [
    "glmm",
    "cbind(incidence, size - incidence) ~ period + (1 | herd)",
    "../tests/reference/data/cbpp.csv",
    "--family",
    "binomial",
];
const CBPP_INFERENCE: [&str; 8] = [
    "--emmeans",
    "~ period",
    "--adjust",
    "holm",
    "--type",
    "response",
    "--lrt",
    "cbind(incidence, size - incidence) ~ 1 + (1 | herd)",
];

#[test]
fn the_json_document_has_a_negative_number_of_quadrature_points() {
    let output = interlace_fit(&[&CBPP[..], &["--nagq", "-15", "--json"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["nagq"], -15);
}

#[test]
fn interlace_fit_predicts_responses_with_chosen_random_terms() {
    let crossed = ["lmm", "y ~ x + (1 | subj) + (1 | item)", "../tests/reference/data/sim_crossed_slopes.csv", "--json"];
    let predicted = |more: &[&str]| -> serde_json::Value {
        let output = interlace_fit(&[&crossed[..], &["--predict", crossed[2]], more].concat());
        assert!(output.status.success(), "{}", transcript(&output));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        document
    };
    let first = |document: &serde_json::Value, key: &str| document["predictions"][key][0].as_f64().unwrap();
    let (all, subject) = (predicted(&["--interval", "prediction"]), predicted(&["--re", "subj"]));
    let (none, both) = (predicted(&["--re", "none", "--interval", "confidence"]), predicted(&["--re", "item,subj"]));
    let effect = |group: &str| all["ranef"][group]["values"][0][0].as_f64().unwrap();
    assert!((first(&subject, "values") - first(&none, "values") - effect("subj")).abs() < 1e-10);
    assert_eq!(first(&both, "values"), first(&all, "values"));
    assert!(subject["predictions"].get("lower").is_none());
    let (se, sigma) = (first(&all, "std_error"), all["sigma"].as_f64().unwrap());
    let reach = 1.959_963_984_540_054 * se.hypot(sigma);
    assert!((first(&all, "upper") - first(&all, "values") - reach).abs() < 1e-9);
    assert!(first(&none, "upper") - first(&none, "values") < 1.96 * first(&none, "std_error") + 1e-9);
}

#[test]
fn interlace_fit_prints_one_json_document() {
    let output = interlace_fit(&[&SLEEPSTUDY[..], &["--json", "--predict", "data/sleepstudy.csv"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["nobs"], 180);
    assert_eq!(document["ngroups"]["Subject"], 18);
    assert!((document["criterion"].as_f64().unwrap() - 1_743.628_271_958_491).abs() < 1e-8);
    assert_eq!(document["fitted"], document["predictions"]["values"]);
    assert_eq!(document["ranef"]["Subject"]["condvar"][0].as_array().unwrap().len(), 2);
}

#[test]
fn interlace_fit_predicts_with_intervals_and_explains() {
    let more = ["--json", "--predict", SALAMANDERS[2], "--interval", "confidence", "--level", "0.9"];
    let document = |kind: &str| -> serde_json::Value {
        let output = interlace_fit(&[&SALAMANDERS[..], &more, &["--type", kind]].concat());
        assert!(output.status.success(), "{}", transcript(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let (response, zero) = (document("response"), document("zprob"));
    for (document, key) in [(&response, "fitted"), (&zero, "zprob")] {
        for i in 0..644 {
            let (a, b) = (document["predictions"]["values"][i].as_f64().unwrap(), document[key][i].as_f64().unwrap());
            assert!((a - b).abs() < 1e-12, "{key}[{i}]: {a} {b}");
        }
    }
    let number = |key: &str, i: usize| response["predictions"][key][i].as_f64().unwrap();
    for i in [0, 100, 643] {
        assert!(number("lower", i) < number("values", i) && number("values", i) < number("upper", i));
        assert!(number("std_error", i) > 0.0);
    }
    assert_eq!(response["residuals_pearson"].as_array().unwrap().len(), 644);
    assert!(response.get("residuals_deviance").is_none(), "a mixture has no deviance");
    assert!(response["overdispersion"]["ratio"].as_f64().unwrap() > 0.5);
    let unsupported = interlace_fit(&[&SALAMANDERS[..], &["--r2"]].concat());
    assert_eq!(unsupported.status.code(), Some(1), "{}", transcript(&unsupported));

    let output = interlace_fit(&[&SLEEPSTUDY[..], &["--json", "--r2"]].concat());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for (key, want) in [("marginal", 0.278_652_0), ("conditional", 0.799_218_9)] {
        assert!((document["r2"][key].as_f64().unwrap() - want).abs() < 1e-6, "{}", document["r2"]);
    }
}

#[test]
fn interlace_fit_evaluates_the_objective() {
    let output = interlace_fit(&[&SLEEPSTUDY[..], &["--json", "--objective", "1,0,1; 0,0,0"]].concat());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let values = document["objective"]["value"].as_array().unwrap();
    assert_eq!(values.len(), 2);
    assert!((values[0].as_f64().unwrap() - 1_773.680_330_616).abs() < 1e-8, "{values:?}");
}

#[test]
fn interlace_fit_reports_errors_in_one_line_and_wrong_usage_with_status_2() {
    for (arguments, status, wanted) in [
        (&["lmm", "Reaction ~ Dayz + (1 | Subject)", "data/sleepstudy.csv"][..], 1, "Dayz"),
        (&["lmm", "Reaction ~ Days + (1 | Subject", "data/sleepstudy.csv"][..], 1, "byte"),
        (&["lmm", "Reaction ~ Days + (1 | Subject)", "data/none.csv"][..], 1, "none.csv"),
        (&["coxme", "Reaction ~ Days + (1 | Subject)", "data/sleepstudy.csv"][..], 1, "Surv(time, event)"),
        (&["clmm", "Reaction ~ Days + (1 | Subject)", "data/sleepstudy.csv"][..], 1, "'Reaction' is 249.56 in row 1"),
        (&["clmm", "Days ~ Reaction", "data/sleepstudy.csv", "--link", "log"][..], 1, "logit, probit"),
        (&["clmm", "Days ~ Reaction", "data/sleepstudy.csv", "--scale", "~ Reaction + (1 | Subject)"][..], 1, "scale: "),
        (&["clmm", "Days ~ Reaction", "data/sleepstudy.csv", "--nominal", "~ offset(Reaction)"][..], 1, "nominal: offset()"),
        (&["clmm", "Days ~ Reaction", "data/sleepstudy.csv", "--ordered", "Days=0<1<2"][..], 1, "'Days' has '3' in row 4"),
        (&["clmm", "Days ~ Reaction", "data/sleepstudy.csv", "--threshold", "free"][..], 2, "flexible, symmetric or equidistant"),
        (&["clmm", "Days ~ Reaction", "data/sleepstudy.csv", "--family", "poisson"][..], 2, "for the model glmm, not clmm"),
        (&["glmm", "Days ~ Reaction", "data/sleepstudy.csv", "--nominal", "~ 1"][..], 2, "for the model clmm, not glmm"),
        (&["clmm", "Days ~ Reaction", "data/sleepstudy.csv", "--df", "residual"][..], 2, "for the model lmm, not clmm"),
        (&["glmm", "Reaction ~ Days + (1 | Subject)", "data/sleepstudy.csv", "--family", "binomal"][..], 1, "binomal"),
        (&["glmm", "Reaction ~ Days + (1 | Subject)", "data/sleepstudy.csv", "--link", "logit"][..], 1, "logit"),
        (&["glmm", "Reaction ~ Days", "data/sleepstudy.csv", "--family", "t", "--fix", "shape=4"][..], 1, "shape"),
        (&["glmm", "Reaction ~ Days", "data/sleepstudy.csv", "--family", "t", "--fix", "df=four"][..], 2, "--fix"),
        (&["glmm", "Reaction ~ Days", "data/sleepstudy.csv", "--ziformula", "Reaction ~ 1"][..], 1, "has a response"),
        (&["glmm", "Reaction ~ Days", "data/sleepstudy.csv", "--nagq", "101"][..], 2, "-100 to 100"),
        (&["glmm", "Reaction ~ Days", "data/sleepstudy.csv", "--information", "fisher"][..], 2, "observed or expected"),
        (&["lmm", "Reaction ~ Days + (1 | Subject)", "data/sleepstudy.csv", "--nagq", "0"][..], 2, "for the models glmm and clmm"),
        (&["lmm", "Reaction ~ Days + (1 | Subject)", "data/sleepstudy.csv", "--nonsense"][..], 2, "--nonsense"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--predict", "x.csv", "--type", "mean"][..], 2, "marginal"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--interval", "tolerance"][..], 2, "confidence or prediction"),
        (&[&SLEEPSTUDY[..], &["--predict", "data/sleepstudy.csv", "--re", "Subject,Item"]].concat()[..], 1, "random term on Item"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--anova", "4"][..], 2, "1, 2 or 3"),
        (
            &["glmm", "Reaction ~ Days", "data/sleepstudy.csv", "--nominal-test"][..],
            2,
            "--nominal-test is for the model clmm, not glmm",
        ),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--drop1-test", "f"][..], 2, "--drop1-test is for --drop1"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--drop1", "--drop1-test", "t"][..], 2, "lrt or f"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--adjust", "holm"][..], 2, "--adjust is for --emmeans"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--re", "none"][..], 2, "--re is for --predict"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--interval", "confidence"][..], 2, "--interval is for --predict"),
        (&[&SLEEPSTUDY[..], &["--emmeans", "~ Days |"]].concat()[..], 1, "--emmeans: expected a name"),
        (&[&SLEEPSTUDY[..], &["--lrt", "Days ~ 1 + (1 | Subject)"]].concat()[..], 1, "--lrt: fits 0 and 1 can't be compared"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--lrt", "x", "--objective", "1"][..], 2, "--lrt can't go with it"),
        (&["lmm", "Reaction ~ Days", "data/sleepstudy.csv", "--folds", "5"][..], 2, "--folds is for --cross-validate"),
        (&[&SLEEPSTUDY[..], &["--cross-validate", "Subjekt"]].concat()[..], 1, "no column 'Subjekt'"),
        (&["glmm", "Reaction ~ Days", "data/sleepstudy.csv", "--df", "residual"][..], 2, "--df residual is for the model lmm"),
        (&["lmm"][..], 2, "--help"),
    ] {
        let output = interlace_fit(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty() && message.contains(wanted), "{arguments:?}: {message}");
        assert!(status == 2 || message.trim_end().lines().count() == 1, "{arguments:?}: {message}");
    }
}

/// Runs `interlace-fit` in examples-c with a text on standard input.
fn interlace_fit_reading(input: &str, arguments: &[&str]) -> Output {
    use std::io::Write;
    let mut command = program(compiled());
    command.current_dir(examples()).args(arguments).stdin(std::process::Stdio::piped());
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    // Wrong usage ends it before it reads.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn csv_files_are_read_as_the_options_say_also_from_standard_input() {
    let plain = std::fs::read_to_string(examples().join("data/sleepstudy.csv")).unwrap();
    let wanted: serde_json::Value =
        serde_json::from_slice(&interlace_fit(&[&SLEEPSTUDY[..], &["--json"]].concat()).stdout).unwrap();
    assert_eq!(wanted["method"], "REML");
    let model = ["lmm", "Reaction ~ Days + (Days | Subject)", "-", "--categorical", "Subject", "--json"];
    let german = plain.replace(',', ";").replace('.', ",").replace('\n', "\r\n");
    let awkward = plain.replace(',', "\t").replacen("308", "'308'", 1) + "?\t3\t308\n";
    let options = ["--sep", "tab", "--quote", "'", "--na-strings", "?,NA"];
    for (text, options) in
        [(&plain, &[][..]), (&german, &["--sep", ";", "--dec", ","]), (&german, &["--dec", ","]), (&awkward, &options[..])]
    {
        let output = interlace_fit_reading(text, &[&model[..], options].concat());
        assert!(output.status.success(), "{options:?}: {}", transcript(&output));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["fixed"]["estimate"], wanted["fixed"]["estimate"], "{options:?}");
    }
    let output = interlace_fit_reading(&german, &model);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("semicolons (';') with decimal commas"), "{}", transcript(&output));
    for (options, status, part) in [
        (&["--predict", "-"][..], 2, "one file only"),
        (&["--sep", ";;"], 2, "--sep needs"),
        (&["--sep", ",", "--dec", ","], 1, "separator and the decimal mark are both ','"),
        (&["--strict-numbers", "--sep", "tab", "--na-strings", "NA"], 1, "holds '?'"),
    ] {
        let output = interlace_fit_reading(&awkward.replace('\'', ""), &[&model[..], options].concat());
        assert_eq!(output.status.code(), Some(status), "{options:?}: {}", transcript(&output));
        assert!(text(&output.stderr).contains(part), "{options:?}: {}", transcript(&output));
    }
}

#[test]
fn a_full_disk_is_an_error_that_names_the_file() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for arguments in [&["--help"][..], &["--version"], &SLEEPSTUDY] {
        let output = run(program(compiled()).current_dir(examples()).args(arguments).stdout(full()));
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(text(&output.stderr).contains("can't write to standard output"), "{}", transcript(&output));
    }
    let output = interlace_fit(&[&SLEEPSTUDY[..], &["--write", "ranef=/dev/full"]].concat());
    assert!(
        output.status.code() == Some(1) && text(&output.stderr).contains("'/dev/full' can't be written"),
        "{}",
        transcript(&output)
    );
}

#[test]
fn the_help_lists_every_family_link_and_optimiser() {
    let output = interlace_fit(&["--help"]);
    let words = |text: &'static str| -> Vec<&str> { text.split([' ', ',', ';', '\n']).filter(|word| !word.is_empty()).collect() };
    let help: &'static str = String::leak(text(&output.stdout).to_owned());
    let links = interlace::family::LINKS.iter().map(|(name, _)| *name);
    let optimizers = interlace::optimize::Method::ALL.iter().map(|(own, _)| own.name());
    for name in interlace::family::names().into_iter().chain(links).chain(optimizers) {
        assert!(words(help).contains(&name), "{name} is not in --help");
    }
    // The library's lists, and nothing else, where the options are described.
    let between = |from: &str, to: &str| help.split(from).nth(1).unwrap().split(to).next().unwrap();
    let mut families = words(between("--family F", "--link L"));
    families.retain(|word| !["(the", "default)"].contains(word));
    assert_eq!(families, interlace::family::names());
    let mut cumulative = words(between("clmm: ", "--fix"));
    cumulative.retain(|word| !["(the", "default)", "or"].contains(word));
    assert_eq!(cumulative, interlace::family::CUMULATIVE_LINKS.map(interlace::family::Link::name));
    assert!(help.lines().all(|line| line.len() <= 130), "{help}");
}

#[test]
fn interlace_fit_fits_by_all_optimisers_and_cross_validates() {
    let more = ["--all-fit", "--cross-validate", "Subject", "--folds", "6", "--seed", "2"];
    let output = interlace_fit(&[&SLEEPSTUDY[..], &more, &["--json"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let (all, folds, rows) = (&document["all_fit"], &document["cross_validation"]["folds"], &document["cross_validation"]["rows"]);
    assert_eq!(all["optimizer"], serde_json::json!(["newton", "lbfgsb", "bobyqa", "nelder_mead"]));
    assert!((all["beta.Days"][2].as_f64().unwrap() - 10.467_285_96).abs() < 1e-4, "{all}");
    assert_eq!(folds["fold"], serde_json::json!(["1", "2", "3", "4", "5", "6", "all"]));
    assert_eq!((folds["units"][0].as_u64(), folds["rows"][6].as_u64()), (Some(3), Some(180)));
    assert_eq!(rows["prediction"].as_array().unwrap().len(), 180);
    let own = &document["ranef"]["Subject"];
    let (error, variance) = (own["std_error"][3][1].as_f64().unwrap(), own["condvar"][3][1][1].as_f64().unwrap());
    assert!((error * error - variance).abs() < 1e-9 * variance);
    let output = interlace_fit(&[&SLEEPSTUDY[..], &more].concat());
    let printed = text(&output.stdout);
    assert!(
        printed.contains("\nAll optimisers:\n") && printed.contains("\nCross-validation:\n") && printed.contains("  all "),
        "{printed}"
    );
    let rows = interlace_fit(&[&SLEEPSTUDY[..], &["--cross-validate", "rows", "--folds", "3", "--json"]].concat());
    let document: serde_json::Value = serde_json::from_slice(&rows.stdout).unwrap();
    assert_eq!(document["cross_validation"]["folds"]["units"], serde_json::json!([60, 60, 60, 180]));
}

#[test]
fn interlace_fit_leaves_out_groups_and_rows() {
    let document = |more: &[&str]| -> serde_json::Value {
        let output = interlace_fit(&[&SLEEPSTUDY[..], more, &["--json"]].concat());
        assert!(output.status.success(), "{}", transcript(&output));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["influence"].clone()
    };
    let groups = document(&["--influence", "Subject"]);
    // HLMdiag and lme4 without subject 308.
    let first = |own: &serde_json::Value, key: &str| own[key][0].as_f64().unwrap();
    assert!(groups["labels"][0] == "308" && groups["method"] == "refit" && groups["leverage"].is_null());
    assert!((first(&groups, "cooks_distance") - 0.092_417_04).abs() < 1e-6);
    assert!((first(&groups, "covratio") - 1.031_718_44).abs() < 1e-4);
    assert!((first(&groups["one_step"], "covratio") - 1.031_718_44).abs() < 0.02);
    assert_eq!(groups["deleted"]["values"].as_array().unwrap().len(), 18);
    let rows = document(&["--influence", "observation", "--influence-method", "fixed", "--influence-threshold", "0.05"]);
    assert!(rows["leverage"].as_array().unwrap().len() == 180 && rows["one_step"].is_null() && rows["threshold"] == 0.05);
    let above = rows["cooks_distance"].as_array().unwrap().iter().filter(|d| d.as_f64().unwrap() > 0.05).count();
    assert_eq!(rows["n_influential"], above);
    assert_eq!(document(&["--influence", "Days", "--influence-method", "one-step"])["labels"][9], "9");
    let output = interlace_fit(&[&SLEEPSTUDY[..], &["--influence", "observation", "--influence-method", "fixed"]].concat());
    let printed = text(&output.stdout);
    assert!(
        printed.contains("\nInfluence by observation (fixed), the most influential first, the first 20 of 180:\n"),
        "{printed}"
    );
    let refused = interlace_fit(&[&SLEEPSTUDY[..], &["--influence", "Subjekt"]].concat());
    assert!(refused.status.code() == Some(1) && text(&refused.stderr).contains("Subjekt"), "{}", transcript(&refused));
}

#[test]
fn interlace_fit_has_the_inference_of_ordinal_models() {
    let wine = ["clmm", "rating ~ temp + contact + (1 | judge)", "../tests/reference/data/wine.csv", "--json"];
    let more = ["--simulate", "2", "--bootstrap", "6", "--confint", "boot", "--confint", "profile"];
    let further = ["--emmeans", "~ temp", "--lrt", "rating ~ temp + (1 | judge)", "--r2"];
    let output = interlace_fit(&[&wine[..], &more, &further].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let simulated = document["simulations"][1].as_array().unwrap();
    assert!(simulated.len() == 72 && simulated.iter().all(|y| (1..=5).contains(&y.as_i64().unwrap())));
    let names = ["tempwarm", "contactyes", "1|2", "2|3", "3|4", "4|5", "theta.judge.(Intercept)", "sd_(Intercept)|judge"];
    assert_eq!(document["bootstrap"]["names"], serde_json::json!(names));
    assert_eq!(document["boot_ci"]["names"], serde_json::json!(names));
    assert_eq!(document["profile_ci"]["names"][4], "4|5");
    // emmeans, and ordinal's anova.
    let means = &document["emmeans"]["means"]["emmean"];
    assert!((means[0].as_f64().unwrap() + 1.634_294).abs() < 1e-5, "{means}");
    assert!((document["lrt"]["chisq"][1].as_f64().unwrap() - 14.346_8).abs() < 2e-4, "{document}");
    assert!(document["residuals"].is_null());
    assert!(document["r2"].is_object(), "{document}");
    let refused = interlace_fit(&[&wine[..], &["--emmeans", "~ temp", "--type", "response"]].concat());
    assert!(refused.status.code() == Some(1) && text(&refused.stderr).contains("latent"), "{}", transcript(&refused));
}

#[test]
fn interlace_fit_judges_a_model_and_writes_its_data_with_what_it_says_of_them() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("augmented.csv");
    let write = file.display().to_string();
    let asked = ["--simulated-residuals", "50", "--residual-group", "Days", "--diagnose", "--augment", &write];
    let more = ["--influence", "observation", "--influence-method", "fixed"];
    let output = interlace_fit(&[&SLEEPSTUDY[..], &asked, &more].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let report = text(&output.stdout);
    assert!(report.contains("Tests by simulated residuals:") && report.contains("uniformity_simulated"), "{report}");
    assert!(report.contains("Convergence and what the data determine:") && report.contains("[ok] gradient"), "{report}");
    let written = std::fs::read_to_string(&file).unwrap();
    let (head, rows) = written.split_once('\n').unwrap();
    assert!(head.starts_with("Reaction,Days,Subject,.row,.fitted,") && head.contains(",.cooks_distance,"), "{head}");
    assert_eq!(rows.lines().count(), 180);
    let wrong = interlace_fit(&[&SLEEPSTUDY[..], &["--residual-group", "Days"]].concat());
    assert!(wrong.status.code() == Some(2) && text(&wrong.stderr).contains("simulated-residuals"), "{}", transcript(&wrong));
    let wrong = interlace_fit(&[&SLEEPSTUDY[..], &["--augment", "/nowhere/x.csv"]].concat());
    assert!(wrong.status.code() == Some(1) && wrong.stdout.is_empty(), "{}", transcript(&wrong));
}

#[test]
fn interlace_fit_has_residuals_of_every_kind_and_limits_of_random_effects() {
    let directory = tempfile::tempdir().unwrap();
    let table = directory.path().join("ranef.csv");
    let write = format!("ranef={}", table.display());
    let more =
        ["--residuals", "normalized", "--residuals", "quantile", "--confint", "ranef", "--profile", "--write", &write, "--json"];
    let output = interlace_fit(&[&SLEEPSTUDY[..], &more].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let column = |value: &serde_json::Value| value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect::<Vec<_>>();
    let (raw, sigma) = (column(&document["residuals"]), document["sigma"].as_f64().unwrap());
    let (normalized, quantile) = (column(&document["residuals_normalized"]), column(&document["residuals_quantile"]));
    for i in 0..180 {
        assert!((normalized[i] * sigma - raw[i]).abs() < 1e-9 && (normalized[i] - quantile[i]).abs() < 1e-7);
    }
    let (effects, lower) = (&document["ranef_ci"], column(&document["ranef_ci"]["lower"]));
    assert_eq!((lower.len(), &effects["effect"][1], &effects["level"][2]), (36, &"Days".into(), &"309".into()));
    let (mode, variance) = (&document["ranef"]["Subject"]["values"][0][0], &document["ranef"]["Subject"]["condvar"][0][0][0]);
    let want = mode.as_f64().unwrap() - 1.959_963_984_540_054 * variance.as_f64().unwrap().sqrt();
    assert!((lower[0] - want).abs() < 1e-9 * want.abs());
    assert!(column(&document["profile"]["zeta"]).iter().any(|zeta| zeta.abs() > 1.9));
    assert_eq!(std::fs::read_to_string(&table).unwrap().lines().count(), 37);
    let wrong = interlace_fit(&[&SLEEPSTUDY[..], &["--write", "nothing=/tmp/x.csv"]].concat());
    assert!(wrong.status.code() == Some(1) && text(&wrong.stderr).contains("nothing"), "{}", transcript(&wrong));
}
