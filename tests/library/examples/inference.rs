//! What `interlace-fit` answers about fixed effects.

use super::{CBPP, CBPP_INFERENCE, SLEEPSTUDY, examples, interlace_fit, text};
use crate::toolchain::transcript;

#[test]
fn interlace_fit_prints_marginal_means_and_likelihood_ratio_tests() {
    let output = interlace_fit(&[&CBPP[..], &CBPP_INFERENCE].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let expected = std::fs::read_to_string(examples().join("expected/interlace_fit_inference.txt")).unwrap();
    assert_eq!(text(&output.stdout), expected);
    let output = interlace_fit(&[&CBPP[..], &CBPP_INFERENCE, &["--json"]].concat());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let (means, pairs, lrt) = (&document["emmeans"]["means"], &document["emmeans"]["pairs"], &document["lrt"]);
    assert_eq!(means["period"], serde_json::json!(["p1", "p2", "p3", "p4"]));
    assert_eq!(pairs["odds.ratio"].as_array().unwrap().len(), 6);
    assert_eq!(lrt["df"], serde_json::json!([null, 3]));
    // lme4's drop1().
    assert!((lrt["chisq"][1].as_f64().unwrap() - 25.610_063_445).abs() < 1e-6, "{lrt}");
}

#[test]
fn interlace_fit_compares_linear_models_by_maximum_likelihood() {
    let arguments = ["--df", "residual", "--theta0", "1,0,1", "--lrt", "Reaction ~ Days + (1 | Subject)", "--json"];
    let output = interlace_fit(&[&SLEEPSTUDY[..], &arguments].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let deviance = |i: usize| document["lrt"]["deviance"][i].as_f64().unwrap();
    assert!((deviance(0) - 1_794.078_643_005).abs() < 1e-6 && (deviance(1) - 1_751.939_344_463).abs() < 1e-6);
    // R: 2 * pt(-10.46729 / 1.54579, 178)
    let p = document["fixed"]["p_value"][1].as_f64().unwrap();
    assert!((p / 1.787_244e-10 - 1.0).abs() < 1e-4, "{p}");
}

#[test]
fn interlace_fit_tests_the_fixed_effects_of_linear_models() {
    let document = |more: &[&str]| -> serde_json::Value {
        let output = interlace_fit(&[&SLEEPSTUDY[..], more, &["--json"]].concat());
        assert!(output.status.success(), "{}", transcript(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let close = |value: &serde_json::Value, want: f64| {
        let value = value.as_f64().unwrap();
        assert!((value / want - 1.0).abs() < 1e-5, "{value} for {want}");
    };
    // lmerTest 3.1-3, pbkrtest 0.5-2, lme4 1.1-31.
    let satterthwaite = document(&["--anova", "3", "--confint", "wald", "--drop1"]);
    close(&satterthwaite["satterthwaite"]["df"][1], 17.0);
    close(&satterthwaite["fixed"]["p_value"][1], 3.263_788e-6);
    close(&satterthwaite["satterthwaite"]["anova"]["type3"]["DenDF"][0], 17.0);
    close(&satterthwaite["wald_ci"]["lower"][1], 10.467_285_96 - 2.109_815_578 * 1.545_788_896);
    close(&satterthwaite["drop1"]["LRT"][1], 23.536_537_5);
    let kenward_roger = document(&["--df", "kenward-roger", "--anova", "1"]);
    close(&kenward_roger["kenward_roger"]["df"][0], 17.0);
    close(&kenward_roger["kenward_roger"]["anova"]["type1"]["F.value"][0], 45.853);
    // Of a slope of 10, and of zero.
    let valued = document(&["--test", "0,1 = 10; 1,0", "--drop1", "--drop1-test", "f"]);
    close(&valued["test"]["rows"]["t.ratio"][0], (10.467_285_96 - 10.0) / 1.545_788_896);
    close(&valued["test"]["rows"]["p.value"][0], 0.766_093_610_2);
    close(&valued["test"]["rows"]["rhs"][0], 10.0);
    assert_eq!((&valued["test"]["rows"]["rhs"][1], &valued["test"]["joint"]["df1"][0]), (&0.into(), &2.into()));
    close(&valued["satterthwaite"]["drop1"]["F.value"][0], 45.853);
    assert!(valued["drop1"].is_null() && document(&["--test", "0,1"])["test"]["rows"]["rhs"].is_null());
    let sizes = document(&["--anova", "2", "--effect-sizes", "--standardized"]);
    close(&sizes["satterthwaite"]["anova"]["type2"]["partial_eta_sq"][0], 0.729_527_651_4);
    close(&sizes["standardized"]["estimate"][1], 0.535_230_226_265);
    let plain = document(&[]);
    assert_eq!(plain["satterthwaite"]["p_value"], satterthwaite["satterthwaite"]["p_value"]);
    assert!(plain["wald_ci"].is_null() && plain["satterthwaite"]["anova"].is_null(), "what was not asked for");
    let ml = interlace_fit(&[&SLEEPSTUDY[..], &["--method", "ml", "--df", "kenward-roger"]].concat());
    assert!(text(&ml.stderr).contains("REML"), "{}", transcript(&ml));
}

#[test]
fn interlace_fit_halves_the_p_value_of_a_variance_at_the_edge_of_its_range() {
    let formula = "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)";
    let p_value = |more: &[&str]| -> f64 {
        let own = ["lmm", formula, SLEEPSTUDY[2], "--json", "--lrt", "Reaction ~ Days + (1 | Subject)"];
        let output = interlace_fit(&[&own[..], more].concat());
        assert!(output.status.success(), "{}", transcript(&output));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        document["lrt"]["p_value"][1].as_f64().unwrap()
    };
    let (plain, bar) = (p_value(&[]), p_value(&["--chi-bar"]));
    assert!((plain - 2.0 * bar).abs() < 1e-12 * plain, "{plain} {bar}");
    assert_eq!(interlace_fit(&[&SLEEPSTUDY[..], &["--chi-bar"]].concat()).status.code(), Some(2));
}

#[test]
fn interlace_fit_tests_linear_combinations_and_compares_means() {
    let document = |arguments: &[&str]| -> serde_json::Value {
        let output = interlace_fit(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{}", transcript(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let close = |value: &serde_json::Value, want: f64| {
        let value = value.as_f64().unwrap();
        assert!((value / want - 1.0).abs() < 1e-6, "{value} for {want}");
    };
    let sleep = document(&[&SLEEPSTUDY[..], &["--test", "0,1; 1,0", "--df", "kenward-roger"]].concat());
    close(&sleep["test"]["rows"]["estimate"][0], 10.467_285_96);
    assert_eq!(sleep["test"]["joint"]["df1"][0], 2);
    // Balanced: the adjusted covariance is the plain one.
    close(&sleep["vcov_kenward_roger"][1][1], 1.545_788_896 * 1.545_788_896);
    let wrong = interlace_fit(&[&SLEEPSTUDY[..], &["--test", "0,1,2"]].concat());
    assert!(wrong.status.code() == Some(1) && text(&wrong.stderr).contains("a row has 3 coefficients, the model has 2"));

    let cake = ["lmm", "angle ~ recipe + (1 | recipe:replicate)", "../tests/reference/data/cake.csv", "--categorical", "replicate"];
    let control = document(&[&cake[..], &["--emmeans", "~ recipe", "--comparisons", "trt.vs.ctrl"]].concat());
    assert_eq!(control["emmeans"]["pairs"]["contrast"], serde_json::json!(["B - A", "C - A"]));
    let estimate = |i: usize| control["emmeans"]["pairs"]["estimate"][i].as_f64().unwrap();
    close(&control["fixed"]["estimate"][1], estimate(0));
    let own =
        document(&[&cake[..], &["--emmeans", "~ recipe", "--comparisons", "1,-0.5,-0.5; 0,1,-1", "--adjust", "none"]].concat());
    assert_eq!(own["emmeans"]["pairs"]["contrast"][0], "1,-0.5,-0.5");
    close(&own["emmeans"]["pairs"]["estimate"][0], -0.5 * (estimate(0) + estimate(1)));
    assert_eq!(interlace_fit(&[&cake[..], &["--comparisons", "eff"]].concat()).status.code(), Some(2));
    assert_eq!(interlace_fit(&[&cake[..], &["--emmeans", "~ recipe", "--comparisons", "1,x"]].concat()).status.code(), Some(2));
}
