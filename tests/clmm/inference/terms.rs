//! Tests of the terms of ordinal models. Expected values: ordinal 2022.11-16; Wald's from its coefficients and their covariance.

use super::{OrdinalModel, wine};
use crate::common::close::close;
use crate::common::frames::{frame, labels, reals};
use crate::common::generalised::Generalised;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::inference::drop1::drop1_table;
use interlace::inference::ordinal_terms::{Beyond, ordinal_terms_table};
use interlace::watch::Watch;

fn plain(formula: &str) -> Generalised {
    wine(formula).options(|options| options.null_model = true)
}

fn anova(fit: &Fit, data: Option<&Frame>, kind: AnovaType) -> Frame {
    anova_table(fit, data, kind, DegreesOfFreedom::Same(f64::INFINITY), &Watch::unwatched()).unwrap()
}

fn drop1(fit: &Fit) -> Frame {
    drop1_table(fit, None, &Watch::unwatched()).unwrap()
}

#[test]
fn wald_tests_by_the_covariance() {
    let fit = plain("rating ~ temp * contact").fit();
    let table = anova(&fit, None, AnovaType::II);
    assert_eq!(labels(&table, "term"), ["temp", "contact", "temp:contact"]);
    let interaction = 0.151_475_447_216_4;
    close("II", &reals(&table, "chi_square"), &[22.410_910_973_936_4, 10.263_819_737_408_9, interaction], 1e-7);
    let third = [22.418_607_851_652_1, 10.285_928_509_57, interaction];
    close("III", &reals(&anova(&fit, None, AnovaType::III), "chi_square"), &third, 1e-7);
    let first = reals(&anova(&fit, None, AnovaType::I), "chi_square");
    close("I", &first, &[17.689_232_365_535_7, 10.263_819_737_408_9, interaction], 1e-7);
    // The reference's covariance is by differences, and its search stops early.
    let fit = wine("rating ~ temp * contact + (1 | judge)").fit();
    let second = [26.442_078_703_604_7, 12.807_562_495_465, 0.058_906_564_421_4];
    close("II", &reals(&anova(&fit, None, AnovaType::II), "chi_square"), &second, 1e-3);
}

#[test]
fn likelihood_ratios_of_terms_left_out() {
    let table = drop1(&plain("rating ~ temp + contact").fit());
    assert_eq!(labels(&table, "term"), ["<none>", "temp", "contact"]);
    close("aic", &reals(&table, "aic"), &[184.983_846_73, 209.911_821_86, 194.026_851_05], 1e-9);
    close("lrt", &reals(&table, "chi_square")[1..], &[26.927_975_132, 11.043_004_313], 1e-8);
    let table = drop1(&plain("rating ~ temp * contact").fit());
    assert_eq!(labels(&table, "term"), ["<none>", "temp:contact"]);
    close("lrt", &reals(&table, "chi_square")[1..], &[0.151_445_892_14], 1e-7);
    // Of clmm, good to 1e-4.
    let fit = wine("rating ~ temp + contact + (1 | judge)").fit();
    let table = drop1(&fit);
    close("aic", &reals(&table, "aic"), &[177.130_818_6, 209.594_528_9, 189.477_630_3], 1e-6);
    let parts = ["temp", "contact"].map(|left| wine(&format!("rating ~ {left} + (1 | judge)")).fit());
    let want = [&parts[1], &parts[0]].map(|part| 2.0 * (fit.log_likelihood - part.log_likelihood));
    close("lrt", &reals(&table, "chi_square")[1..], &want, 1e-7);
}

/// What a nominal effect takes in is no term of the location any more.
#[test]
fn beside_nominal_and_scale_effects() {
    let model = wine("rating ~ temp + contact + (1 | judge)").nominal("~ contact");
    let fit = model.fit();
    let z = fit.fixed.estimate[0] / fit.fixed.std_error[0];
    for kind in [AnovaType::I, AnovaType::II, AnovaType::III] {
        let table = anova(&fit, Some(&model.frame), kind);
        assert_eq!(reals(&table, "df"), [1.0, 0.0]);
        let own = reals(&table, "chi_square");
        close("temp", &own[..1], &[z * z], 1e-9);
        assert!(own[1].is_nan());
    }
    let table = drop1_table(&fit, Some(&model.frame), &Watch::unwatched()).unwrap();
    let part = wine("rating ~ contact + (1 | judge)").nominal("~ contact").fit();
    close("aic", &reals(&table, "aic")[1..], &[part.aic, fit.aic], 1e-8);
    let p_value = reals(&table, "p_value")[2];
    assert!(reals(&table, "n_parameters")[2] == 0.0 && p_value.is_nan(), "{p_value}");
    let scaled = wine("rating ~ temp + contact + (1 | judge)").dispersion("~ temp").fit();
    let part = wine("rating ~ contact + (1 | judge)").dispersion("~ temp").fit();
    close("aic", &reals(&drop1(&scaled), "aic")[..2], &[scaled.aic, part.aic], 1e-7);
}

fn beyond(fit: &Fit, what: Beyond) -> Frame {
    ordinal_terms_table(fit, None, what, &Watch::unwatched()).unwrap()
}

#[test]
fn terms_that_may_have_nominal_or_scale_effects() {
    let fit = plain("rating ~ temp + contact").fit();
    let (nominal, scale) = (beyond(&fit, Beyond::Nominal), beyond(&fit, Beyond::Scale));
    assert_eq!(labels(&nominal, "term"), ["<none>", "temp", "contact"]);
    assert_eq!((&reals(&nominal, "n_parameters")[1..], &reals(&scale, "n_parameters")[1..]), (&[3.0, 3.0][..], &[1.0, 1.0][..]));
    close("aic", &reals(&nominal, "aic"), &[184.983_846_731_3, 187.808_869_6, 190.417_106_462_9], 1e-9);
    close("lrt", &reals(&nominal, "chi_square")[1..], &[3.174_977_131_33, 0.566_740_268_38], 1e-7);
    close("p", &reals(&nominal, "p_value")[1..], &[0.365_425_938_99, 0.904_002_389_82], 1e-7);
    let logliks = [-86.491_923_365_65, -86.439_462_879_4, -86.355_272_702_43];
    close("logLik", &reals(&scale, "log_likelihood"), &logliks, 1e-9);
    close("p", &reals(&scale, "p_value")[1..], &[0.746_002_334_49, 0.601_125_762_8], 1e-6);
    assert!(labels(&scale, "warning").iter().all(String::is_empty));
    // An interaction comes with its main effects, so that the coding does not matter; the reference has no nominal test of it.
    for coding in ["contr.treatment", "contr.sum"] {
        let of = |f: &mut interlace::spec::FormulaSpec| f.contrasts = ["temp", "contact"].map(|c| (c.into(), coding.into())).into();
        let fit = plain("rating ~ temp * contact").formula(of).fit();
        let (nominal, scale) = (beyond(&fit, Beyond::Nominal), beyond(&fit, Beyond::Scale));
        close("lrt", &reals(&nominal, "chi_square")[1..3], &[3.083_515_999_22, 0.666_910_503_68], 1e-6);
        close("lrt", &reals(&scale, "chi_square")[1..], &[0.180_607_143_08, 0.232_521_216_45, 0.313_913_712_24], 1e-6);
        assert_eq!(reals(&scale, "n_parameters")[3], 3.0);
        assert_eq!(reals(&nominal, "n_parameters")[3], 9.0);
    }
}

#[test]
fn terms_beyond_the_location_with_another_link_and_beside_nominal_effects() {
    let frame = frame("soup.csv", &["PROD", "DAY", "GENDER"]);
    let mut model = super::ordinal("SURENESS ~ PROD + DAY + GENDER", frame).ordinal_link("probit");
    model = model.options(|options| options.null_model = true);
    let fit = model.fit();
    let nominal = [20.630_263_952_1, 9.177_418_806_33, 6.799_653_102_86];
    close("nominal", &reals(&beyond(&fit, Beyond::Nominal), "chi_square")[1..], &nominal, 1e-7);
    let scale = beyond(&fit, Beyond::Scale);
    close("scale", &reals(&scale, "chi_square")[1..], &[14.321_320_012_96, 4.355_842_455_2, 0.708_016_064_19], 1e-6);
    close("p", &reals(&scale, "p_value")[1..], &[0.000_154_109_585, 0.036_882_212_97, 0.400_103_218_27], 1e-6);
    let model = plain("rating ~ temp + contact").nominal("~ contact");
    let fit = model.fit();
    let of = |what| ordinal_terms_table(&fit, Some(&model.frame), what, &Watch::unwatched()).unwrap();
    close("beside", &reals(&of(Beyond::Scale), "chi_square")[1..], &[0.152_145_901_01, 0.251_616_127_44], 1e-6);
    let nominal = of(Beyond::Nominal);
    assert_eq!(labels(&nominal, "warning")[2], "the model has all of these effects");
    assert!(reals(&nominal, "n_parameters")[2] == 0.0 && reals(&nominal, "p_value")[2].is_nan());
    let without = ordinal_terms_table(&fit, None, Beyond::Scale, &Watch::unwatched()).unwrap_err();
    assert!(without.message.contains("scale_test needs the data of the fit"), "{without}");
}

/// With random terms: against fits of the larger models.
#[test]
fn terms_beyond_the_location_of_mixed_models() {
    let fit = wine("rating ~ temp + contact + (1 | judge)").fit();
    let larger = |what: Beyond, term: &str| {
        let model = wine("rating ~ temp + contact + (1 | judge)");
        let formula = format!("~ {term}");
        match what {
            Beyond::Nominal => model.nominal(&formula).fit(),
            Beyond::Scale => model.dispersion(&formula).fit(),
        }
    };
    for what in [Beyond::Nominal, Beyond::Scale] {
        let table = beyond(&fit, what);
        for (row, term) in [(1, "temp"), (2, "contact")] {
            let other = larger(what, term);
            close(term, &[reals(&table, "aic")[row]], &[other.aic], 1e-8);
            close(term, &[reals(&table, "chi_square")[row]], &[2.0 * (other.log_likelihood - fit.log_likelihood)], 1e-5);
            assert_eq!(reals(&table, "n_parameters")[row], (other.npar - fit.npar) as f64);
        }
    }
}
