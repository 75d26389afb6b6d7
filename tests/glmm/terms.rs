//! Tests of the terms of generalised models: Wald tests of types I, II and III, likelihood ratios of terms left out. Expected values:
//! glmmTMB 1.1.5 with car 3.1-1 (contr.sum for type III), R's chol() of its covariance for type I.

use crate::common::close::close;
use crate::common::frames::{csv, frame, labels, reals};
use crate::common::generalised::{Generalised, generalised};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::inference::drop1::{drop1_f_table, drop1_table};
use interlace::inference::linear::SimpleDf;
use interlace::options::Options;
use interlace::watch::Watch;

const NORMAL: DegreesOfFreedom<'static> = DegreesOfFreedom::Same(f64::INFINITY);

fn women() -> Frame {
    frame("Contraception.csv", &["district", "livch", "urban"])
}

fn binomial(fixed: &str, data: &Frame) -> Fit {
    generalised(&format!("use ~ {fixed} + (1 | district)"), "binomial", data.clone()).fit()
}

fn anova(fit: &Fit, data: Option<&Frame>, kind: AnovaType) -> Frame {
    anova_table(fit, data, kind, NORMAL, &Watch::unwatched()).unwrap()
}

fn chi_square(fit: &Fit, data: Option<&Frame>, kind: AnovaType) -> Vec<f64> {
    reals(&anova(fit, data, kind), "chi_square")
}

fn drop1(fit: &Fit, data: Option<&Frame>) -> Frame {
    drop1_table(fit, data, &Watch::unwatched()).unwrap()
}

#[test]
fn terms_of_a_logistic_model() {
    let data = women();
    let fit = binomial("urban * livch + age", &data);
    let table = anova(&fit, None, AnovaType::II);
    assert_eq!(labels(&table, "term"), ["urban", "livch", "age", "urban:livch"]);
    assert_eq!(reals(&table, "df"), [1.0, 3.0, 1.0, 3.0]);
    close("II", &reals(&table, "chi_square"), &[37.829_587_795_2, 78.539_258_742_35, 11.994_699_467_21, 2.543_492_381_15], 2e-5);
    close("p", &reals(&table, "p_value")[1..], &[6.314_338e-17, 5.335_207_9e-4, 0.467_482_28], 1e-3);
    let third = [33.658_579_738_61, 71.372_739_922_83, 11.994_699_467_21, 2.543_492_381_15];
    close("III", &chi_square(&fit, None, AnovaType::III), &third, 2e-5);
    // The interaction's is that of the other types, here and in the reference.
    let first = [26.729_157_803_11, 68.869_692_216_73, 11.357_463_164_48, 2.543_492_381_15];
    close("I", &chi_square(&fit, None, AnovaType::I), &first, 2e-5);
    let table = drop1(&fit, None);
    assert_eq!(labels(&table, "term"), ["<none>", "age", "urban:livch"]);
    close("aic", &reals(&table, "aic"), &[2_431.069_199, 2_441.348_341, 2_427.615_690], 1e-8);
    close("lrt", &reals(&table, "chi_square")[1..], &[12.279_142_496, 2.546_490_997], 1e-6);
    close("p", &reals(&table, "p_value")[1..], &[0.000_458_05, 0.466_947_68], 1e-5);
    assert_eq!(reals(&table, "n_parameters")[1..], [1.0, 3.0]);
}

#[test]
fn only_the_mean_of_a_model_with_a_zero_part() {
    let data = frame("Salamanders.csv", &["site", "mined", "spp"]);
    let fit = generalised("count ~ mined + spp + (1 | site)", "nbinom2", data).zero_inflation("~ mined").fit();
    let table = anova(&fit, None, AnovaType::II);
    assert_eq!(labels(&table, "term"), ["mined", "spp"]);
    close("II", &reals(&table, "chi_square"), &[18.335_691_687_1, 88.417_846_222_3], 1e-4);
    let table = drop1(&fit, None);
    close("aic", &reals(&table, "aic"), &[1_668.836_701, 1_690.104_613, 1_741.421_542], 1e-8);
    close("lrt", &reals(&table, "chi_square")[1..], &[23.267_911_98, 84.584_840_55], 1e-6);
}

/// Without an intercept a factor counts as the space of its indicators; dropped, the other one makes the constant.
#[test]
fn models_without_an_intercept() {
    let data = women();
    let (with, without) = (binomial("urban + livch + age", &data), binomial("0 + urban + livch + age", &data));
    for kind in [AnovaType::II, AnovaType::III] {
        close("anova", &chi_square(&without, None, kind), &chi_square(&with, None, kind), 1e-5);
    }
    for name in ["aic", "chi_square"] {
        close(name, &reals(&drop1(&without, None), name)[1..], &reals(&drop1(&with, None), name)[1..], 1e-6);
    }
    // A single factor is against a probability of a half.
    let one = binomial("0 + urban", &data);
    let table = anova(&one, None, AnovaType::III);
    assert_eq!(reals(&table, "df"), [2.0]);
    let (bare, table) = (binomial("0", &data), drop1(&one, None));
    close("lrt", &reals(&table, "chi_square")[1..], &[2.0 * (one.log_likelihood - bare.log_likelihood)], 1e-7);
    close("aic", &reals(&table, "aic")[1..], &[bare.aic], 1e-9);
}

/// A cell without rows: the order of the terms does not matter, and the interaction has a degree of freedom less.
#[test]
fn empty_cells() {
    let text = std::fs::read_to_string("tests/reference/data/Contraception.csv").unwrap();
    let some: Vec<&str> = text.lines().filter(|line| !(line.contains(",c2,") && line.ends_with(",Y"))).collect();
    let data = csv(&some.join("\n"), &["district", "livch", "urban"]);
    let fits = [binomial("urban * livch + age", &data), binomial("age + livch * urban", &data)];
    assert_eq!(fits[0].fixed.dropped.len(), 1);
    for kind in [AnovaType::II, AnovaType::III] {
        let tables = fits.each_ref().map(|fit| anova(fit, Some(&data), kind));
        assert_eq!(reals(&tables[0], "df"), [1.0, 3.0, 1.0, 2.0]);
        let order = |values: Vec<f64>| vec![values[2], values[1], values[0], values[3]];
        close("order", &order(reals(&tables[1], "chi_square")), &reals(&tables[0], "chi_square"), 1e-5);
    }
    // By the covariance, as without the empty cell: what both terms lose less what the interaction loses.
    let (own, p) = (&fits[0], fits[0].fixed.names.len());
    let wald = |columns: &[&str]| {
        let kept: Vec<usize> = (0..p).filter(|&j| columns.iter().any(|name| own.fixed.names[j].contains(name))).collect();
        let k = kept.len();
        let mut l = vec![0.0; k * p];
        kept.iter().enumerate().for_each(|(i, j)| l[i + j * k] = 1.0);
        NORMAL.joint_test(own, &l, k, &vec![0.0; k]).unwrap().chi_square
    };
    let second = chi_square(own, Some(&data), AnovaType::II);
    close("urban", &[second[0]], &[wald(&["urban"]) - wald(&[":"])], 1e-8);
    close("livch", &[second[1]], &[wald(&["livch"]) - wald(&[":"])], 1e-8);
    let error = anova_table(own, None, AnovaType::II, NORMAL, &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("data is NULL"), "{error}");
    let table = drop1(own, Some(&data));
    assert_eq!(reals(&table, "n_parameters")[1..], [1.0, 2.0]);
    close("aic", &reals(&table, "aic")[2..], &[binomial("urban + livch + age", &data).aic], 1e-9);
}

#[test]
fn origins_of_covariates_do_not_matter() {
    let data = women();
    let mut far = data.clone();
    far.add_real("far", reals(&data, "age").iter().map(|age| age + 1e7).collect()).unwrap();
    let (one, other) = (binomial("urban * livch + age", &data), binomial("urban * livch + far", &far));
    for kind in [AnovaType::I, AnovaType::II, AnovaType::III] {
        close("far", &chi_square(&other, None, kind), &chi_square(&one, None, kind), 1e-5);
    }
    close("drop1", &reals(&drop1(&other, None), "aic"), &reals(&drop1(&one, None), "aic"), 1e-8);
}

#[test]
fn finite_degrees_of_freedom_make_f_tests() {
    let fit = binomial("urban + livch", &women());
    let df = SimpleDf::Residual.of(&fit);
    let table = anova_table(&fit, None, AnovaType::II, DegreesOfFreedom::Same(df), &Watch::unwatched()).unwrap();
    let of = chi_square(&fit, None, AnovaType::II);
    close("F", &reals(&table, "statistic"), &[of[0], of[1] / 3.0], 1e-14);
    assert_eq!((reals(&table, "num_df"), reals(&table, "den_df")), (vec![1.0, 3.0], vec![1934.0 - 5.0; 2]));
    let error = drop1_f_table(&fit, None, NORMAL, &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Argument && error.message.contains("F tests are for linear models"), "{error}");
}

/// A restricted likelihood does not compare fixed effects: all models are fitted by maximum likelihood.
#[test]
fn terms_left_out_of_a_restricted_fit() {
    let model = |restricted: bool, fixed: &str| -> Generalised {
        let data = frame("cbpp.csv", &["herd", "period"]);
        generalised(&format!("cbind(incidence, size - incidence) ~ {fixed} + (1 | herd)"), "binomial", data)
            .options(|o: &mut Options| o.reml_generalised = restricted)
    };
    let (whole, small) = (model(false, "period").fit(), model(false, "1").fit());
    for restricted in [false, true] {
        let table = drop1(&model(restricted, "period").fit(), None);
        close("aic", &reals(&table, "aic"), &[whole.aic, small.aic], 1e-8);
        close("lrt", &reals(&table, "chi_square")[1..], &[2.0 * (whole.log_likelihood - small.log_likelihood)], 1e-6);
    }
}
