//! Tests of variances of linear models: terms left out beside lmerTest's ranova, the exact test beside RLRsim's, weights of mixtures by closed form.

use crate::common::close::near;
use crate::common::frames::{csv, frame, reals};
use crate::common::generalised::linear;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::exact_rlrt::{ExactRlrt, exact_rlrt};
use interlace::inference::lrt::fit_and_compare;
use interlace::inference::ranova::ranova_table;
use interlace::tails::chi_square_upper;
use interlace::watch::Watch;

fn ranova(fit: &Fit) -> Frame {
    ranova_table(fit, &Watch::unwatched()).unwrap()
}

fn words(table: &Frame, column: &str) -> Vec<String> {
    let column = table.column(column).unwrap();
    (0..table.n_rows()).map(|row| column.label(row).unwrap_or_default().to_owned()).collect()
}

#[test]
fn slopes_and_intercepts_are_left_out_as_by_ranova() {
    let table = ranova(&linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit());
    assert_eq!(words(&table, "term"), ["<none>", "(1 + Days | Subject)", "Days in (1 + Days | Subject)"]);
    // lmerTest 3.1-3: ranova() with and without reduce.terms.
    let (ratios, aics) = (reals(&table, "chi_square"), reals(&table, "aic"));
    near("all", ratios[1], 150.035_391_512, 1e-6);
    near("slope", ratios[2], 42.836_813_435, 1e-6);
    near("AIC", aics[0], 1_755.628_271_96, 1e-9);
    near("AIC", aics[1], 1_899.663_663_47, 1e-9);
    near("AIC", aics[2], 1_794.465_085_39, 1e-9);
    let plain = reals(&table, "p_value_chi_square");
    near("p", plain[1].ln(), 2.588_998_642_54e-32f64.ln(), 1e-7);
    near("p", plain[2].ln(), 4.990_041_430_61e-10f64.ln(), 1e-7);
    // A variance and a covariance; of three parameters with two variances only the bound is known.
    assert_eq!(words(&table, "reference")[1..], ["at most 0.5 chi2_2 + 0.5 chi2_3", "0.5 chi2_1 + 0.5 chi2_2"]);
    let p = reals(&table, "p_value");
    near("mixture", p[2], 0.5 * (chi_square_upper(ratios[2], 1.0) + chi_square_upper(ratios[2], 2.0)), 1e-12);
    near("bound", p[1], 0.5 * (chi_square_upper(ratios[1], 2.0) + chi_square_upper(ratios[1], 3.0)), 1e-12);
}

#[test]
fn crossed_terms_are_left_out_one_by_one() {
    let model = linear("diameter ~ 1 + (1 | plate) + (1 | sample)", frame("Penicillin.csv", &["plate", "sample"]));
    let table = ranova(&model.fit());
    assert_eq!(words(&table, "term"), ["<none>", "(1 | plate)", "(1 | sample)"]);
    let ratios = reals(&table, "chi_square");
    near("plate", ratios[1], 105.057_272_645, 1e-6);
    near("sample", ratios[2], 282.395_435_008, 1e-6);
    assert_eq!(words(&table, "reference")[1..], ["0.5 chi2_0 + 0.5 chi2_1", "0.5 chi2_0 + 0.5 chi2_1"]);
    near("p", (reals(&table, "p_value")[1] / chi_square_upper(ratios[1], 1.0)).ln(), 0.5f64.ln(), 1e-9);
}

/// Each effect that stands in no other, with all of its columns; structures with one variance as a whole.
#[test]
fn effects_of_a_term_go_by_variables() {
    let data = frame("Machines.csv", &["Worker"]);
    let table = ranova(&linear("score ~ Machine + (Machine | Worker)", data.clone()).fit());
    assert_eq!(words(&table, "term")[2], "Machine in (1 + MachineB + MachineC | Worker)");
    let smaller = linear("score ~ Machine + (1 | Worker)", data.clone()).fit();
    near("without", reals(&table, "log_likelihood")[2], smaller.log_likelihood, 1e-9);
    for (formula, terms, reference) in [
        ("score ~ Machine + (1 | Worker) + cs(0 + Machine | Worker)", 3, "chi2_"),
        ("score ~ Machine + (1 | Worker) + diag(0 + Machine | Worker, hom = TRUE)", 3, "0.5 chi2_0 + 0.5 chi2_1"),
    ] {
        let model = linear(formula, data.clone()).options(|own| own.unidentified = interlace::options::Unidentified::Ignore);
        let table = ranova(&model.fit());
        assert_eq!(table.n_rows(), terms, "{formula}");
        assert!(words(&table, "reference")[2].starts_with(reference), "{:?}", words(&table, "reference"));
        assert_eq!(words(&table, "warning")[2].contains("means nothing"), formula.contains("cs("));
    }
}

/// In a balanced crossed design without fixed effects but the mean, `tr(Z1'PZ1 ...)` are whole numbers: the information of plate, sample and
/// residual is (23 36, 5 576, 143; 0, 23 6, 5 24) / 2, and what the residual leaves has the correlation -1/12 or so.
#[test]
fn weights_of_two_variances_follow_from_their_information() {
    let data = frame("Penicillin.csv", &["plate", "sample"]);
    let [full, null] = ["diameter ~ 1 + (1 | plate) + (1 | sample)", "diameter ~ 1"].map(|f| linear(f, data.clone()));
    let table = fit_and_compare(&[&full.spec, &null.spec], Some(&data), &full.options, true, &Watch::unwatched()).unwrap();
    let (residual, plate, sample) = (143.0, 23.0 * 6.0, 5.0 * 24.0);
    let own = [23.0 * 36.0 - plate * plate / residual, 5.0 * 576.0 - sample * sample / residual];
    let correlation = plate * sample / residual / f64::sqrt(own[0] * own[1]);
    let all = 0.25 + correlation.asin() / (2.0 * std::f64::consts::PI);
    let round = |weight: f64| (weight * 1e4).round() / 1e4;
    assert_eq!(words(&table, "reference")[1], format!("{} chi2_0 + 0.5 chi2_1 + {} chi2_2", round(0.5 - all), round(all)));
    let x = reals(&table, "chi_square")[1];
    let p = 0.5 * chi_square_upper(x, 1.0) + all * chi_square_upper(x, 2.0);
    near("p", (reals(&table, "p_value")[1] / p).ln() + 1.0, 1.0, 1e-9);
}

fn unbalanced() -> Frame {
    let y = [
        12.794, 11.218, 15.807, 12.89, 10.612, 15.035, 12.12, 11.053, 14.095, 10.508, 10.933, 13.933, 13.093, 16.634, 15.16,
        11.079, 14.691, 11.579, 11.291, 14.871, 11.378, 9.182, 13.851, 12.645, 17.251, 14.252, 12.514, 15.487, 11.526, 9.355,
        13.094, 12.713, 12.406, 13.553, 12.281, 17.751, 13.399, 11.261, 13.312, 11.738, 9.474, 13.695, 13.227, 9.952, 14.286,
        10.672, 14.652, 11.839, 11.517, 14.151, 12.2, 10.416, 12.546, 12.537, 9.104, 13.679, 10.422, 14.341, 10.58, 10.381,
    ];
    let groups = [3, 12, 5, 9, 8, 4, 10, 9].iter().enumerate().flat_map(|(g, n)| std::iter::repeat_n(g, *n));
    let rows = y.iter().zip(groups).enumerate().map(|(i, (y, g))| format!("{y},{},g{g}\n", (7 * (i + 1)) % 11));
    csv(&format!("y,x,g\n{}", rows.collect::<String>()), &["g"])
}

fn tested(formula: &str, data: Frame, reml: bool) -> ExactRlrt {
    let fit = linear(formula, data).options(|own| own.reml = reml).fit();
    exact_rlrt(&fit, 20_000, 7, &Watch::unwatched()).unwrap()
}

/// RLRsim 3.1-8: exactRLRT and exactLRT with 100,000 draws, so that five standard errors of both are allowed.
#[test]
fn the_exact_test_is_rlrsims() {
    let dyestuff = || frame("Dyestuff.csv", &["Batch"]);
    for (formula, data, reml, statistic, p, zero) in [
        ("Yield ~ 1 + (1 | Batch)", dyestuff(), true, 6.368_955_314, 0.00463, Some(0.55941)),
        ("Yield ~ 1 + (1 | Batch)", dyestuff(), false, 5.402_826_094, 0.00462, Some(0.65922)),
        ("y ~ x + (1 | g)", unbalanced(), true, 2.421_549_485, 0.04515, Some(0.56985)),
        ("y ~ x + (1 | g)", unbalanced(), false, 1.909_623_951, 0.04391, None),
        ("angle ~ temp + (1 | recipe)", frame("cake.csv", &["recipe"]), true, 0.013_244_621_78, 0.32923, Some(0.62978)),
    ] {
        let own = tested(formula, data, reml);
        near(formula, own.statistic, statistic, 1e-5);
        let error = |p: f64| 5.0 * (p * (1.0 - p) * (1.0 / 2e4 + 1.0 / 1e5)).sqrt();
        assert!((own.p_value - p).abs() < error(p), "{formula}: {own:?}");
        assert!(zero.is_none_or(|zero| (own.zero_share - zero).abs() < error(zero)), "{formula}: {own:?}");
        near("error", own.std_error, (own.p_value * (1.0 - own.p_value) / 2e4).sqrt(), 1e-12);
    }
}

#[test]
fn its_spectrum_is_that_of_the_projected_effects() {
    // R: eigen(t(Z) %*% P0 %*% Z).
    let want = [
        3.141_807_506_231_12,
        4.281_869_451_120_20,
        5.561_712_232_830_08,
        8.263_040_843_265_62,
        8.977_994_740_652_24,
        9.624_061_508_790_87,
        11.367_640_843_139_5,
    ];
    let own = tested("y ~ x + (1 | g)", unbalanced(), true);
    assert_eq!(own.eigenvalues.len(), want.len());
    own.eigenvalues.iter().zip(want).for_each(|(a, b)| near("eigenvalue", *a, b, 1e-10));
    // Weights of four are rows that stand four times in the products.
    let mut data = unbalanced();
    data.add_real("w", vec![4.0; data.n_rows()]).unwrap();
    let fit = linear("y ~ x + (1 | g)", data).formula(|own| own.weights = Some("w".into())).fit();
    let weighted = exact_rlrt(&fit, 20_000, 7, &Watch::unwatched()).unwrap();
    weighted.eigenvalues.iter().zip(want).for_each(|(a, b)| near("weighted", *a, 4.0 * b, 1e-10));
    near("statistic", weighted.statistic, own.statistic, 1e-6);
    assert_eq!(weighted.p_value, own.p_value);
}

#[test]
fn the_exact_test_says_what_it_is_not_for() {
    let data = frame("sleepstudy.csv", &["Subject"]);
    for (formula, why) in
        [("Reaction ~ Days + (Days | Subject)", "has 2 effects"), ("Reaction ~ Days + (Days || Subject)", "2 random terms")]
    {
        let error = exact_rlrt(&linear(formula, data.clone()).fit(), 10, 0, &Watch::unwatched()).unwrap_err();
        assert!(error.code == Code::Unsupported && error.message.contains(why), "{error}");
    }
    let fit = linear("Reaction ~ Days + (1 | Subject)", data).fit();
    assert_eq!(exact_rlrt(&fit, 0, 0, &Watch::unwatched()).unwrap_err().code, Code::Argument);
    let own = exact_rlrt(&fit, 999, 3, &Watch::unwatched()).unwrap();
    assert_eq!((own.p_value, own.frame().unwrap().n_rows()), (1e-3, 1));
    // lme4 and RLRsim.
    near("statistic", own.statistic, 107.198_578_1, 1e-6);
}
