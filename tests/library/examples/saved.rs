//! `interlace-fit --save` and `interlace-fit load`.

use super::{SLEEPSTUDY, examples, interlace_fit, text};
use crate::toolchain::transcript;

/// All of a document but times.
fn document(arguments: &[&str]) -> String {
    let output = interlace_fit(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    text(&output.stdout).lines().filter(|line| !line.starts_with(" \"timing\"")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_fit_that_is_loaded_answers_as_the_one_that_was_saved() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sleepstudy.fit");
    let file = file.to_str().unwrap();
    let kept = document(&[&SLEEPSTUDY[..], &["--method", "ml", "--save", file]].concat());
    assert_eq!(document(&["load", file]), kept);
    let questions = ["--confint", "profile", "--anova", "3", "--simulate", "2", "--seed", "4", "--df", "residual"];
    let newdata = ["--categorical", "Subject", "--predict", "data/sleepstudy.csv"];
    let direct = [&SLEEPSTUDY[..], &["--method", "ml"], &questions, &newdata[2..]].concat();
    assert_eq!(document(&[&["load", file][..], &questions, &newdata].concat()), document(&direct));
    // Models that are fitted anew have the data, and the options of the fit.
    let lrt = ["--lrt", "Reaction ~ 1 + (Days | Subject)"];
    let again = ["load", file, "data/sleepstudy.csv", "--categorical", "Subject"];
    assert_eq!(document(&[&again[..], &lrt].concat()), document(&[&SLEEPSTUDY[..], &["--method", "ml"], &lrt].concat()));
}

#[test]
fn a_fit_without_its_rows_predicts() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sleepstudy.fit");
    let file = file.to_str().unwrap();
    document(&[&SLEEPSTUDY[..], &["--save", file, "--without-rows"]].concat());
    let predict = ["--df", "normal", "--predict", "data/sleepstudy.csv"];
    let predictions = |arguments: &[&str]| -> serde_json::Value {
        let output = interlace_fit(&[arguments, &["--json"]].concat());
        let document: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", transcript(&output)));
        document["predictions"].clone()
    };
    let (own, direct) = (["load", file, "--categorical", "Subject"], [&SLEEPSTUDY[..], &predict].concat());
    assert_eq!(predictions(&[&own[..], &predict].concat()), predictions(&direct));
    let output = interlace_fit(&[&own[..], &["--df", "normal", "--simulate", "1"]].concat());
    let message = text(&output.stderr);
    assert!(output.status.code() == Some(1) && message.contains("--simulate: the rows of the data are needed"), "{message}");
}

#[test]
fn a_fit_that_is_loaded_is_updated_and_refitted() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (file, changed, response) = (path("sleepstudy.fit"), path("changed.fit"), path("response.csv"));
    let kept = document(&[&SLEEPSTUDY[..], &["--offset", "Days", "--save", &file]].concat());
    let data = ["load", &file, "data/sleepstudy.csv", "--categorical", "Subject"];
    // The model as it is, then with all that can be changed.
    assert_eq!(document(&[&data[..], &["--update", ". ~ ."]].concat()), kept);
    let change =
        ["--update", "log(.) ~ . - (Days | Subject) + (1 | Subject)", "--method", "ml", "--offset", "", "--weights", "Days"];
    let own = document(&[&data[..], &change, &["--save", &changed]].concat());
    let formula = "log(Reaction) ~ Days + (1 | Subject)";
    let direct = ["lmm", formula, "data/sleepstudy.csv", "--categorical", "Subject", "--method", "ml", "--weights", "Days"];
    assert_eq!(own, document(&direct));
    assert_eq!(document(&["load", &changed]), own);
    // Another response: reaction times in seconds.
    let csv = std::fs::read_to_string(examples().join("data/sleepstudy.csv")).unwrap();
    let column = csv.lines().next().unwrap().split(',').position(|name| name.trim_matches('"') == "Reaction").unwrap();
    let seconds = |line: &str| (line.split(',').nth(column).unwrap().parse::<f64>().unwrap() / 1000.0).to_string();
    std::fs::write(&response, format!("seconds\n{}\n", csv.lines().skip(1).map(seconds).collect::<Vec<_>>().join("\n"))).unwrap();
    let sigma = |arguments: &[&str]| {
        let output = interlace_fit(&[arguments, &["--json"]].concat());
        let document: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", transcript(&output)));
        assert_eq!(document["outcome"]["converged"], true, "{}", transcript(&output));
        document["sigma"].as_f64().unwrap()
    };
    assert!(sigma(&["load", &file, "--response", &response]) < 1e-2 * sigma(&["load", &file]));
    for (arguments, status, wanted) in [
        (&[&SLEEPSTUDY[..], &["--update", ". ~ ."]].concat()[..], 2, "--update changes a fit that is loaded"),
        (&["load", &file, "--update", ". ~ ."][..], 2, "so it needs data"),
        (&["load", &file, "--augment", "rows.csv"][..], 2, "so it needs them"),
        (&[&data[..], &["--update", ". ~ . - z"]].concat()[..], 1, "no such term (at byte 8)"),
        (&[&data[..], &["--response", &response]].concat()[..], 2, "DATA.csv can't go with it"),
        (&["load", &file, "--response", "data/sleepstudy.csv"][..], 1, "--response: 'data/sleepstudy.csv' has 180 rows and"),
    ] {
        let output = interlace_fit(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty() && message.contains(wanted), "{arguments:?}: {message}");
    }
}

#[test]
fn what_cannot_be_loaded_is_said_in_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sleepstudy.fit");
    let file = path.to_str().unwrap();
    document(&[&SLEEPSTUDY[..], &["--save", file]].concat());
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half] ^= 1;
    let damaged = directory.path().join("damaged.fit");
    std::fs::write(&damaged, bytes).unwrap();
    let other = directory.path().join("other.csv");
    let data = std::fs::read_to_string(super::examples().join(SLEEPSTUDY[2])).unwrap();
    std::fs::write(&other, data.replacen("249.56", "250.56", 1)).unwrap();
    let with_other =
        ["load", file, other.to_str().unwrap(), "--categorical", "Subject", "--lrt", "Reaction ~ 1 + (Days | Subject)"];
    let nowhere = directory.path().join("none").join("fit");
    let save = [&SLEEPSTUDY[..], &["--save", nowhere.to_str().unwrap()]].concat();
    for (arguments, status, wanted) in [
        (&["load"][..], 2, "wanted load FILE"),
        (&["load", "data/none.fit"][..], 1, "'data/none.fit' can't be read"),
        (&["load", "data/sleepstudy.csv"][..], 1, "the bytes are not a fit"),
        (&["load", damaged.to_str().unwrap()][..], 1, "they are damaged"),
        (&["load", file, "--weights", "Days"][..], 2, "--weights says what is fitted"),
        (&["load", file, "--objective", "1,0,1"][..], 2, "--objective says what is fitted"),
        (&["load", file, "--method", "ml"][..], 2, "--method says how it is fitted"),
        (&["load", file, "--update", ". ~ .", "--nagq", "5"][..], 2, "needs data"),
        (&["load", file, "--type", "zprob"][..], 2, "--type is for --predict"),
        (&["load", file, "data/sleepstudy.csv", "more"][..], 2, "unexpected argument 'more'"),
        (&["load", file, "--without-rows"][..], 2, "--without-rows is for --save"),
        (&with_other[..], 1, "the response 'Reaction' is 250.56 in row 1"),
        (&save[..], 1, "can't be written"),
    ] {
        let output = interlace_fit(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty() && message.contains(wanted), "{arguments:?}: {message}");
        assert!(message.trim_end().lines().count() == 1, "{arguments:?}: {message}");
    }
}
