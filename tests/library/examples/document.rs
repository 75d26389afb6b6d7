//! The JSON document: docs/document.md has every key, and says of each what it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{SLEEPSTUDY, interlace_fit, text};
use crate::toolchain::{root, transcript};

/// The keys of the page with their values: "table", "as `fixed`", ...
fn documented() -> BTreeMap<String, String> {
    let page = std::fs::read_to_string(root().join("docs/document.md")).unwrap();
    let tables = page.split_once("## Every model").unwrap().1;
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(key, rest)| (key.to_owned(), rest.split(" |").next().unwrap().to_owned())).collect()
}

const KINDS: [&str; 15] = [
    "response",
    "pearson",
    "working",
    "deviance",
    "normalized",
    "standardized",
    "marginal",
    "cholesky",
    "least_squares",
    "semi_standardized",
    "least_squares_standardized",
    "quantile",
    "score",
    "dfbeta",
    "dfbetas",
];

/// The key of the page for one of a document.
fn general(parent: &str, key: &str, page: &BTreeMap<String, String>) -> String {
    let joined = if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") };
    let known = |own: String| page.contains_key(&own).then_some(own);
    let group = || known(format!("{parent}.<group>"));
    let df = || ["satterthwaite", "kenward_roger", "residual", "normal", "clusters"].contains(&key).then(|| "<df>".to_owned());
    let anova = || ["<df>.anova", "anova"].contains(&parent).then(|| format!("{parent}.type1"));
    let residuals = || key.strip_prefix("residuals_").filter(|kind| KINDS.contains(kind)).map(|_| "residuals_<kind>".to_owned());
    let found = known(joined.clone()).or_else(group).or_else(|| if parent.is_empty() { df() } else { anova() });
    found.or_else(residuals).unwrap_or(joined)
}

/// All keys of a value, as the page has them; those inside tables and repeated shapes are not looked at.
fn collect(value: &Value, parent: &str, page: &BTreeMap<String, String>, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                let own = general(parent, key, page);
                seen.insert(own.clone());
                let what = page.get(&own).unwrap_or_else(|| panic!("{own} ({key} of {parent:?}) is not documented"));
                match what.strip_prefix("as `") {
                    Some(other) => collect(inner, other.trim_end_matches('`'), page, &mut BTreeSet::new()),
                    None if what == "table" => assert!(inner.as_object().unwrap().values().all(Value::is_array), "{own}"),
                    None => collect(inner, &own, page, seen),
                }
            }
        }
        Value::Array(items) => {
            items.iter().filter(|item| item.is_object()).take(1).for_each(|item| collect(item, &format!("{parent}[]"), page, seen));
        }
        _ => {}
    }
}

#[test]
fn every_key_is_documented_and_every_documented_key_occurs() {
    let page = documented();
    assert!(page.len() > 150, "{}", page.len());
    let mut seen = BTreeSet::new();
    let data = |name: &str| format!("../tests/reference/data/{name}.csv");
    let (ar1, salamanders, wine, cbpp) = (data("sim_ar1"), data("Salamanders"), data("wine"), data("cbpp"));
    let kidney = data("kidney");
    let directory = tempfile::tempdir().unwrap();
    let incomplete = directory.path().join("incomplete.csv");
    let sleepstudy = std::fs::read_to_string(super::examples().join(SLEEPSTUDY[2])).unwrap();
    std::fs::write(&incomplete, sleepstudy.replacen("249.56", "NA", 1)).unwrap();
    let all = "--df kenward-roger --anova 1 --anova 2 --drop1 --confint wald --confint profile --confint boot --confint ranef --profile --variance-parameters sd --evaluate estimates \
               --test 0,1 --r2 --emmeans ~1 --predict data/sleepstudy.csv --interval confidence --simulate 1 --bootstrap 2 \
               --response-se mean --refit data/sleepstudy.csv --residuals working --influence observation --all-fit \
               --predict-covariance --predict-quantiles 0.5 --predict-simulate 2 --aggregate all --draws 20 \
               --cross-validate Subject --folds 2 --residuals random_effects --simulated-residuals 9 --diagnose --effect-sizes --standardized --step --caic";
    let all: Vec<&str> = all.split_whitespace().collect();
    let mixture = ["--family", "nbinom2", "--ziformula", "~ mined + (1 | site)", "--dispformula", "~ mined"];
    let survival = "--anova 1 --anova 3 --drop1 --confint wald --simulate 1";
    let survival: Vec<&str> = survival.split_whitespace().collect();
    let times = ["--survival-quantiles", "0.5", "--survival-means", "100"];
    let cox = ["--proportional-hazards", "km", "--residuals", "schoenfeld", "--residuals", "dfbeta"];
    let crossed = "score ~ hours_studied + prior_gpa + (1 | student_id) + (1 | school_id)";
    let f_tests = ["--drop1", "--drop1-test", "f"];
    let terms = ["--nominal-test", "--scale-test", "--anova", "2", "--drop1"];
    let ordinal = ["clmm", "rating ~ temp + (1 | judge)", &wine];
    for arguments in [
        [&SLEEPSTUDY[..], &all, &["--lrt", "Reaction ~ 1 + (Days | Subject)", "--ranova"]].concat(),
        vec![
            "lmm",
            "rating ~ temp + (1 | judge)",
            &wine,
            "--rlrt",
            "9",
            "--pb-lrt",
            "rating ~ 1 + (1 | judge)",
            "--replicates",
            "3",
            "--power",
            "temp",
            "--simulations",
            "3",
        ],
        vec!["lmm", "y ~ x + (1 | subj)", &ar1, "--correlation", "ar1(time | subj)"],
        [&["glmm", "count ~ mined + (1 | site)", &salamanders][..], &mixture].concat(),
        vec![
            "glmm",
            "count ~ mined",
            &salamanders,
            "--family",
            "nbinom2",
            "--ziformula",
            "~ mined",
            "--random-terms",
            "optional",
            "--part",
            "zi",
            "--anova",
            "2",
        ],
        vec![
            "glmm",
            "cbind(incidence, size - incidence) ~ period + (1 | herd)",
            &cbpp,
            "--family",
            "binomial",
            "--emmeans",
            "~ period",
        ],
        [&ordinal[..], &["--nominal", "~ contact", "--scale", "~ temp", "--predict", &wine]].concat(),
        [&ordinal[..], &["--predict", &wine, "--type", "cum.prob", "--aggregate", "temp"], &terms].concat(),
        [&SLEEPSTUDY[..], &f_tests].concat(),
        [
            &["coxme", "Surv(time, status) ~ age + (1 | id)", &kidney, "--survival", &kidney, "--times", "30,100"][..],
            &survival,
            &times,
            &cox,
        ]
        .concat(),
        [&SLEEPSTUDY[..], &["--robust", "cr1"]].concat(),
        [&SLEEPSTUDY[..], &["--prior", "gamma(2.5, 0.1) on sd", "--prior", "lkj(2) on cor[Subject]"]].concat(),
        vec!["lmm", SLEEPSTUDY[1], incomplete.to_str().unwrap()],
        vec!["lmm", SLEEPSTUDY[1], incomplete.to_str().unwrap(), "--stream"],
        vec!["lmm", crossed, "data/quickstart.csv", "--memory-limit", "1000"],
        [&SLEEPSTUDY[..], &["--objective", "1,0,1"]].concat(),
        vec!["glmm", "cens(Reaction, Reaction) ~ Days + (1 | Subject)", SLEEPSTUDY[2]],
    ] {
        let output = interlace_fit(&[&arguments[..], &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", transcript(&output));
        collect(&serde_json::from_slice(&output.stdout).unwrap(), "", &page, &mut seen);
    }
    let absent: Vec<&String> = page.keys().filter(|key| !seen.contains(*key)).collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn an_option_may_hold_its_value_and_is_helped_with() {
    let wanted = interlace_fit(&[&SLEEPSTUDY[..], &["--method", "ml", "--df", "normal"]].concat());
    let joined = interlace_fit(&[&SLEEPSTUDY[..], &["--method=ml", "--df=normal"]].concat());
    assert!(joined.status.success(), "{}", transcript(&joined));
    assert_eq!(text(&joined.stdout), text(&wanted.stdout));
    for (arguments, wanted) in [
        (&["--methd", "ml"][..], "unknown option --methd, did you mean --method?"),
        (&["--confind=wald"], "unknown option --confind, did you mean --confint?"),
        (&["--df", "satterthwait"], "not 'satterthwait', did you mean satterthwaite?"),
        (&["--json=yes"], "--json has no value"),
        (&["--df"], "--df needs satterthwaite, kenward-roger, residual or normal"),
        (&["--help", "confint", "wald"][..1], "interlace-fit MODEL FORMULA"),
    ] {
        let output = interlace_fit(&[&SLEEPSTUDY[..], arguments].concat());
        assert!(transcript(&output).contains(wanted), "{arguments:?}: {}", transcript(&output));
    }
    for (option, parts) in [
        ("confint", &["wald, profile, boot or ranef", "profile likelihoods"][..]),
        ("--adjust", &["none, tukey, bonferroni, holm, fdr or sidak"]),
        ("family", &["gaussian (the default)", "tweedie"]),
        ("nagq", &["-100 to 100"]),
        ("sep", &["a character or \"tab\""]),
    ] {
        let output = interlace_fit(&["--help", option]);
        assert!(output.status.success() && text(&output.stdout).lines().count() < 30, "{}", transcript(&output));
        for part in parts {
            assert!(text(&output.stdout).contains(part), "{option}: {}", transcript(&output));
        }
    }
    assert_eq!(interlace_fit(&["--help", "confimt"]).status.code(), Some(2));
}
