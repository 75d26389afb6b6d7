//! Terms left out of a model one after the other, and what is said where that fails; limits of models without random terms. Figures are those
//! of R 4.2.2 and lmerTest 3.1-3.

use crate::common::close::{close, near};
use crate::common::frames::frame;
use crate::common::generalised::{generalised, linear};
use interlace::diagnostics::influence::{Cases, InfluenceOptions};
use interlace::fit::ParameterForm;
use interlace::frame::Frame;
use interlace::inference::drop1::drop1_table;
use interlace::inference::parameters::{ParameterLimits, parameters_table};
use interlace::inference::step::{StepOptions, step_table};
use interlace::predict::{Interval, NewData, Request};
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn numbers(table: &Frame, name: &str) -> Vec<f64> {
    table.column(name).unwrap().as_real().unwrap().unwrap().to_vec()
}

fn label<'f>(table: &'f Frame, name: &str, row: usize) -> Option<&'f str> {
    table.column(name).unwrap().label(row)
}

#[test]
fn a_term_that_can_not_be_left_out_has_a_row_that_says_why() {
    let formula = "angle ~ 0 + recipe:temp + temperature:recipe + replicate + (1 | recipe:replicate)";
    let model = linear(formula, frame("cake.csv", &["replicate"]));
    let table = drop1_table(&model.fit(), Some(&model.frame), &UNWATCHED).unwrap();
    let (ratios, aics) = (numbers(&table, "chi_square"), numbers(&table, "aic"));
    let terms: Vec<&str> = (0..4).map(|row| label(&table, "term", row).unwrap()).collect();
    assert_eq!(terms, ["<none>", "replicate", "recipe:temp", "recipe:temperature"]);
    assert!(label(&table, "warning", 2).unwrap().contains("another coding") && ratios[2].is_nan() && aics[2].is_nan());
    let without =
        linear("angle ~ 0 + recipe:temp + temperature:recipe + (1 | recipe:replicate)", frame("cake.csv", &["replicate"]));
    let smaller = without.options(|own| own.reml = false).fit();
    near("AIC", aics[1], smaller.aic, 1e-7);
    assert!(ratios[3] > 0.0 && [0, 1, 3].into_iter().all(|row| label(&table, "warning", row).is_none()));
}

/// R 4.2.2: predict(lm(Reaction ~ Days, sleepstudy), data.frame(Days = c(0, 12)), interval = ...).
#[test]
fn limits_of_a_linear_model_without_random_terms_are_by_t() {
    let fit = linear("Reaction ~ Days", frame("sleepstudy.csv", &["Subject"])).options(|own| own.null_model = true).fit();
    let mut days = Frame::new(2);
    days.add_real("Days", vec![0.0, 12.0]).unwrap();
    let predict = |interval, level| {
        let request = Request { interval, level: Some(level), ..Request::default() };
        fit.predictions(NewData::Frame(&days), &request, &UNWATCHED).unwrap()
    };
    let own = predict(Interval::Confidence, 0.95);
    for (at, (lower, upper)) in
        [(238.360_753_187_124, 264.449_456_509_846), (357.388_880_202_599, 396.636_192_524_674)].iter().enumerate()
    {
        near("lower", own.lower[at], *lower, 1e-9);
        near("upper", own.upper[at], *upper, 1e-9);
    }
    let own = predict(Interval::Prediction, 0.9);
    for (at, (lower, upper)) in
        [(171.757_297_080_265, 331.052_912_616_705), (296.423_046_922_868, 457.602_025_804_405)].iter().enumerate()
    {
        near("lower", own.lower[at], *lower, 1e-9);
        near("upper", own.upper[at], *upper, 1e-9);
    }
}

#[test]
fn messages_of_a_model_without_groups_name_none() {
    let fit = linear("Reaction ~ Days", frame("sleepstudy.csv", &["Subject"])).options(|own| own.null_model = true).fit();
    let options = InfluenceOptions { cases: Cases::Group("Subject", None), ..InfluenceOptions::default() };
    let error = fit.influence(&options, &UNWATCHED).unwrap_err();
    assert!(error.message.contains("the model has no grouping factors"), "{error}");
}

#[test]
fn plain_limits_are_of_forms_with_another_scale() {
    let fit = linear("Reaction ~ Days + (1 | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    for form in [ParameterForm::Log, ParameterForm::Working] {
        let error = parameters_table(&fit, form, ParameterLimits::Plain, 0.95, &UNWATCHED).unwrap_err();
        assert!(error.message.contains("plain is for"), "{error}");
    }
}

fn step(fit: &interlace::fit::Fit, options: StepOptions) -> Frame {
    step_table(fit, options, &UNWATCHED).unwrap()
}

fn labels<'f>(table: &'f Frame, name: &str) -> Vec<&'f str> {
    (0..table.n_rows()).map(|row| label(table, name, row).unwrap_or("")).collect()
}

/// lmerTest's step: random terms by likelihood ratios, then the interaction and the recipe go by F tests.
#[test]
fn elimination_is_that_of_lmertest() {
    let formula = "angle ~ recipe * temperature + (1 | replicate) + (1 | recipe:replicate)";
    let table = step(&linear(formula, frame("cake.csv", &["replicate"])).fit(), StepOptions::default());
    assert_eq!(
        labels(&table, "term"),
        ["(1 | replicate)", "(1 | recipe:replicate)", "recipe:temperature", "recipe", "temperature"]
    );
    assert_eq!(labels(&table, "part"), ["random", "random", "fixed", "fixed", "fixed"]);
    assert_eq!(labels(&table, "test"), ["lrt", "lrt", "f", "f", "f"]);
    assert_eq!(numbers(&table, "eliminated"), [0.0, 0.0, 1.0, 2.0, 0.0]);
    let statistics = [37.899_697_459_725_3, 8.085_386_388_517_5, 1.006_197_988_523_6, 1.578_053_449_838_1, 20.514_076_583_028_4];
    close("statistic", &numbers(&table, "statistic"), &statistics, 1e-5);
    close("df", &numbers(&table, "df"), &[1.0, 1.0, 10.0, 2.0, 5.0], 0.0);
    close("den_df", &numbers(&table, "den_df")[2..], &[210.000_004_741_794, 28.000_000_211_755, 219.999_966_272_531], 1e-6);
    let p =
        [7.447_678_908_843_5e-10, 4.462_361_594_453_6e-3, 4.392_693_432_609_7e-1, 2.241_856_677_876_7e-1, 8.506_163_811_225_4e-17];
    close("p_value", &numbers(&table, "p_value"), &p, 1e-5);
}

/// An effect goes before its term, and the intercept of the term is tested then.
#[test]
fn effects_of_random_terms_go_first() {
    let fit = linear("distance ~ age * Sex + (age | Subject)", frame("Orthodont.csv", &[])).fit();
    let table = step(&fit, StepOptions::default());
    let first = table.column("term").unwrap().label(0).unwrap().to_owned();
    assert!(first.starts_with("age in (1 + age | Subject)"), "{first}");
    assert_eq!(numbers(&table, "eliminated")[..3], [1.0, 0.0, 0.0]);
    close("statistic", &numbers(&table, "statistic")[..3], &[1.175_582_136_535_5, 49.801_868_259_455_1, 6.302_708_946_497_8], 1e-5);
    close("p_value", &numbers(&table, "p_value")[..2], &[5.555_531_092_467_1e-1, 1.700_819_342_292_6e-12], 1e-5);
    // Levels of one leave everything.
    let all = step(&fit, StepOptions { alpha_random: 1.0, alpha_fixed: 1.0 });
    assert!(numbers(&all, "eliminated").iter().all(|order| *order == 0.0));
    // Terms within the interaction have no test as long as it stays.
    assert!(labels(&all, "term").ends_with(&["age:Sex", "age", "Sex"]) && numbers(&all, "p_value")[3].is_nan());
    let error = step_table(&fit, StepOptions { alpha_random: 2.0, alpha_fixed: 0.05 }, &UNWATCHED).unwrap_err();
    assert!(error.message.contains("alpha_random"), "{error}");
}

/// Of other models likelihood ratios, as by `drop1` and by fits of the smaller models.
#[test]
fn other_models_go_by_likelihood_ratios() {
    let data = frame("Salamanders.csv", &["site", "mined", "spp"]);
    let fit = |formula: &str| generalised(formula, "poisson", data.clone()).fit();
    let table = step(&fit("count ~ mined + DOY + (1 | site)"), StepOptions { alpha_random: 0.1, alpha_fixed: 0.001 });
    let (whole, without) = (fit("count ~ mined + DOY + (1 | site)"), fit("count ~ mined + (1 | site)"));
    let only = fit("count ~ 1 + (1 | site)");
    assert_eq!(labels(&table, "term"), ["(1 | site)", "DOY", "mined"]);
    let ratios = numbers(&table, "statistic");
    if numbers(&table, "eliminated") == [0.0, 1.0, 0.0] {
        near("DOY", ratios[1], 2.0 * (whole.log_likelihood - without.log_likelihood), 1e-5);
        near("mined", ratios[2], 2.0 * (without.log_likelihood - only.log_likelihood), 1e-5);
    } else {
        assert_eq!(numbers(&table, "eliminated"), [0.0, 0.0, 0.0]);
        near("DOY", ratios[1], 2.0 * (whole.log_likelihood - without.log_likelihood), 1e-5);
        assert!(numbers(&table, "p_value")[1] < 0.001);
    }
}
