//! What `interlace-fit` computes by many fits: the bootstrap, profiles, other responses.

use super::{SLEEPSTUDY, interlace_fit, text};
use crate::toolchain::transcript;

fn document(arguments: &[&str]) -> serde_json::Value {
    let output = interlace_fit(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn column(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

#[test]
fn interlace_fit_simulates_and_profiles() {
    let more = ["--json", "--simulate", "2", "--bootstrap", "5", "--seed", "4", "--confint", "boot", "--confint", "profile"];
    let output = interlace_fit(&[&SLEEPSTUDY[..], &more].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let lengths = |v: &serde_json::Value| v.as_array().unwrap().iter().map(|v| v.as_array().unwrap().len()).collect::<Vec<_>>();
    assert_eq!(lengths(&document["simulations"]), [180, 180]);
    let bootstrap = &document["bootstrap"];
    assert_eq!(lengths(&bootstrap["values"]), [bootstrap["names"].as_array().unwrap().len(); 5]);
    assert_eq!(bootstrap["failed"], 0);
    assert_eq!(document["boot_ci"]["names"], bootstrap["names"]);
    let profile = &document["profile_ci"];
    assert_eq!(profile["names"][1], "cor_Days.(Intercept)|Subject");
    assert!((profile["lower"][1].as_f64().unwrap() + 0.481_492_580).abs() < 1e-6, "{profile}");
    let wrong = interlace_fit(&[&SLEEPSTUDY[..], &["--confint", "boot"]].concat());
    assert_eq!(wrong.status.code(), Some(2), "{}", transcript(&wrong));
}

#[test]
fn interlace_fit_resamples_groups_and_has_all_bootstrap_intervals() {
    let run = |more: &[&str]| document(&[&SLEEPSTUDY[..], &["--bootstrap", "40"], more].concat());
    let (plain, cases) = (run(&["--confint", "boot"]), run(&["--confint", "boot", "--bootstrap-type", "case"]));
    assert_eq!(cases["bootstrap"]["names"], plain["bootstrap"]["names"]);
    assert_ne!(cases["bootstrap"]["values"], plain["bootstrap"]["values"]);
    for kind in ["basic", "normal", "bca"] {
        let other = run(&["--confint", "boot", "--boot-interval", kind]);
        assert_eq!(other["bootstrap"], plain["bootstrap"]);
        assert_ne!(other["boot_ci"]["lower"][1], plain["boot_ci"]["lower"][1], "{kind}");
        assert!(other["boot_ci"]["lower"][1].as_f64().unwrap() < other["boot_ci"]["upper"][1].as_f64().unwrap());
    }
    for wrong in [["--boot-interval", "bca"], ["--bootstrap-type", "case"]] {
        assert_eq!(interlace_fit(&[&SLEEPSTUDY[..], &wrong].concat()).status.code(), Some(2));
    }
}

#[test]
fn statistics_of_replicates_are_combinations_of_their_estimates() {
    let more = ["--bootstrap", "30", "--confint", "boot", "--statistic", "Days / sigma", "--statistic", "(Intercept) - Days"];
    let own = document(&[&SLEEPSTUDY[..], &more].concat());
    let names: Vec<&str> = own["bootstrap"]["names"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
    let at = |name: &str| names.iter().position(|n| *n == name).unwrap();
    for replicate in own["bootstrap"]["values"].as_array().unwrap() {
        let v = column(replicate);
        assert!((v[at("Days / sigma")] * v[at("sigma")] / v[at("Days")] - 1.0).abs() < 1e-14);
        assert!((v[at("(Intercept) - Days")] + v[at("Days")] - v[at("(Intercept)")]).abs() < 1e-12);
    }
    assert_eq!(own["boot_ci"]["names"], own["bootstrap"]["names"]);
    let (lower, upper) = (column(&own["boot_ci"]["lower"]), column(&own["boot_ci"]["upper"]));
    let ratio = at("Days / sigma");
    assert!(lower[ratio] < 0.409 && 0.409 < upper[ratio], "{lower:?} {upper:?}");
    let wrong = interlace_fit(&[&SLEEPSTUDY[..], &["--bootstrap", "5", "--statistic", "Days / x"]].concat());
    assert!(wrong.status.code() == Some(1) && text(&wrong.stderr).contains("not 'Days / x'; there are '(Intercept)'"));
    assert_eq!(interlace_fit(&[&SLEEPSTUDY[..], &["--statistic", "Days / sigma"]].concat()).status.code(), Some(2));
}

#[test]
fn the_standard_error_of_a_mean_by_cases_is_that_of_the_groups() {
    let more = ["--bootstrap", "2000", "--bootstrap-type", "case", "--response-se"];
    let intercept = ["lmm", "Reaction ~ 1 + (1 | Subject)", "data/sleepstudy.csv", "--categorical", "Subject"];
    let mean = document(&[&intercept[..], &more, &["mean"]].concat());
    assert_eq!(mean["response_se"]["statistic"], "mean");
    // Balanced: the deviation of the 18 subjects' means, not n - 1 but n below, by the square root of 18. 2,000 samples know it to 2 %.
    let want = 8.794_957;
    let got = mean["response_se"]["value"].as_f64().unwrap();
    assert!((got / want - 1.0).abs() < 0.06, "{got}");
    let median = document(&[&intercept[..], &more, &["median"]].concat());
    assert!(median["response_se"]["value"].as_f64().unwrap() > 0.5 * got);
}

#[test]
fn other_responses_are_fitted_as_by_themselves_and_one_that_fails_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let data = std::fs::read_to_string(super::examples().join("data/sleepstudy.csv")).unwrap();
    let (mut data_with_gap, mut responses) = (vec![], vec![]);
    for (i, line) in data.lines().enumerate() {
        let own: Vec<&str> = line.split(',').collect();
        if i == 0 {
            data_with_gap.push(format!("{line},other"));
            responses.push("own,other,gap".into());
            continue;
        }
        let y: f64 = own[0].parse().unwrap();
        let other = y.sqrt() + (i % 7) as f64;
        // The fit leaves out row 11, whose response is missing; the other responses leave it out, too.
        let (first, second) = if i == 11 { ("NA".into(), "NA".into()) } else { (own[0].to_string(), other.to_string()) };
        data_with_gap.push(format!("{first},{},{second}", own[1..].join(",")));
        responses.push(format!("{y},{other},{}", if i == 30 { "NA" } else { own[0] }));
    }
    let (data_path, responses_path) = (directory.path().join("data.csv"), directory.path().join("responses.csv"));
    std::fs::write(&data_path, data_with_gap.join("\n")).unwrap();
    std::fs::write(&responses_path, responses.join("\n")).unwrap();
    let (data_path, responses_path) = (data_path.to_str().unwrap(), responses_path.to_str().unwrap());
    let fit = |formula: &str, more: &[&str]| document(&[&["lmm", formula, data_path, "--categorical", "Subject"], more].concat());
    let all = fit("Reaction ~ Days + (Days | Subject)", &["--refit", responses_path]);
    let other = fit("other ~ Days + (Days | Subject)", &[]);
    assert_eq!(all["refits"]["names"], serde_json::json!(["own", "other", "gap"]));
    assert_eq!(all["refits"]["status"][2], "failed");
    assert!(all["refits"]["reason"][2].as_str().unwrap().contains("NaN"));
    for (i, single) in [&all, &other].into_iter().enumerate() {
        let close = |key: &str, want: &serde_json::Value| {
            let (got, want) = (all["refits"][key][i].as_f64().unwrap(), want.as_f64().unwrap());
            assert!((got / want - 1.0).abs() < 1e-7, "{key} of {i}: {got} for {want}");
        };
        close("Days", &single["fixed"]["estimate"][1]);
        close("se.Days", &single["fixed"]["std_error"][1]);
        close("logLik", &single["logLik"]);
    }
    let wrong = interlace_fit(&[&SLEEPSTUDY[..], &["--refit", "../tests/reference/data/Dyestuff.csv"]].concat());
    assert!(
        wrong.status.code() == Some(1) && text(&wrong.stderr).contains("has 30 rows, the data have 180"),
        "{}",
        transcript(&wrong)
    );
}

#[test]
fn profiles_name_nested_groups_as_lme4_does() {
    let pastes = |formula: &str| {
        let data = "../tests/reference/data/Pastes.csv";
        document(&["lmm", formula, data, "--categorical", "batch,cask", "--confint", "profile"])["profile_ci"]["names"].clone()
    };
    let nested = serde_json::json!(["sd_(Intercept)|batch", "sd_(Intercept)|cask:batch", "sigma", "(Intercept)"]);
    assert_eq!(pastes("strength ~ 1 + (1 | batch/cask)"), nested);
    assert_eq!(pastes("strength ~ 1 + (1 | batch / cask)"), nested);
    let written = pastes("strength ~ 1 + (1 | batch) + (1 | batch:cask)");
    assert_eq!(written[1], "sd_(Intercept)|batch:cask");
}
