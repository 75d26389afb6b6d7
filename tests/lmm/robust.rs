//! Robust covariances beside R's clubSandwich 0.5.8, and by closed forms.

use crate::common::close::near;
use crate::common::frames::{frame, reals};
use crate::common::generalised::{Generalised, linear};
use interlace::diagnostics::influence::Cases;
use interlace::error::Code;
use interlace::fit::{Fit, RobustKind};
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod};
use interlace::options::Options;
use interlace::spec::CorrelationSpec;
use interlace::watch::Watch;

use RobustKind::{Cr0, Cr1, Cr1s, Cr2, Cr3};

const UNWATCHED: Watch<'static> = Watch::unwatched();

/// Orthodont without some rows.
fn orthodont() -> Frame {
    let mut all = frame("Orthodont.csv", &["Subject", "Sex"]);
    // As R has them: the first of the alphabet is the baseline in both.
    let age = reals(&all, "age");
    all.add_real("w", age.iter().map(|age| age / 10.0).collect()).unwrap();
    all.set_levels("Sex", ["Female", "Male"].map(String::from).to_vec(), false).unwrap();
    let kept: Vec<usize> = (0..all.n_rows()).filter(|i| ![2, 5].contains(&((i + 1) % 7))).collect();
    all.select(&kept).unwrap()
}

fn by_subject(fit: &Fit, kind: RobustKind) -> Fit {
    fit.with_robust(kind, &Cases::Group("Subject", Some(&orthodont())), &UNWATCHED).unwrap()
}

fn degrees(fit: &Fit) -> Vec<f64> {
    DegreesOfFreedom::of_robust(fit, DfMethod::Default).unwrap().coefficients(fit).iter().map(|own| own.df).collect()
}

#[track_caller]
fn all_near(what: &str, got: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len());
    got.iter().zip(wanted).for_each(|(got, want)| near(what, *got, *want, tolerance));
}

#[test]
fn slopes_are_those_of_club_sandwich() {
    let fit = linear("distance ~ age * Sex + (1 + age | Subject)", orthodont()).fit();
    near("logLik", fit.log_likelihood, -162.333_083_817_684, 1e-9);
    for (kind, wanted) in [
        (Cr0, [0.704_939_373_542_417_1, 0.057_322_538_661_485_2, 1.664_254_233_729_677_5, 0.138_446_188_719_736_5]),
        (Cr1, [0.718_367_996_813_722_7, 0.058_414_494_658_738_5, 1.695_957_163_047_025, 0.141_083_495_956_985_4]),
        (Cr1s, [0.732_980_367_453_821, 0.059_602_707_734_061_2, 1.730_454_739_172_446_7, 0.143_953_284_621_383_4]),
        (Cr2, [0.749_419_787_521_834_6, 0.061_297_839_035_909_3, 1.741_242_456_428_459_2, 0.145_090_491_274_785_1]),
        (Cr3, [0.793_504_632_698_038_5, 0.065_554_319_616_281_2, 1.821_515_460_216_277_5, 0.152_020_468_461_344_3]),
    ] {
        let own = by_subject(&fit, kind);
        all_near(&format!("{kind:?}"), &own.fixed.std_error, &wanted, 1e-6);
        assert_eq!((own.fixed.estimate, own.theta), (fit.fixed.estimate.clone(), fit.theta.clone()));
    }
    let own = by_subject(&fit, Cr2);
    let wanted = [8.279_200_474_329_87, 7.841_881_285_015_82, 18.055_583_194_679_03, 16.935_068_878_355_74];
    all_near("df", &degrees(&own), &wanted, 1e-6);
    let freedom = DegreesOfFreedom::of_robust(&own, DfMethod::Default).unwrap();
    // All but the intercept: Hotelling's.
    let mut l = vec![0.0; 12];
    (0..3).for_each(|i| l[i + (i + 1) * 3] = 1.0);
    let test = freedom.joint_test(&own, &l, 3, &[0.0; 3]).unwrap();
    near("F", test.chi_square / 3.0, 46.658_107_500_230_8, 1e-5);
    near("its df", test.df2, 15.482_579_929_956, 1e-5);
    near("p", test.p_value.ln(), 5.520_932_699_817_96e-8_f64.ln(), 1e-5);
    // Dependent rows add nothing.
    let mut more = vec![0.0; 16];
    (0..3).for_each(|i| more[i + (i + 1) * 4] = 1.0);
    more[3 + 4] = 2.0;
    let same = freedom.joint_test(&own, &more, 4, &[0.0; 4]).unwrap();
    near("F", same.chi_square, test.chi_square, 1e-9);
    near("df", same.df2, test.df2, 1e-9);
}

#[test]
fn weights_and_correlated_residuals_are_those_of_club_sandwich() {
    let weighted = linear("distance ~ age + Sex + (1 | Subject)", orthodont()).formula(|own| own.weights = Some("w".into()));
    let mut correlated: Generalised = linear("distance ~ age + Sex", orthodont());
    correlated.spec.correlation = Some(CorrelationSpec::Formula("ar1(1 | Subject)".into()));
    for (name, model, cr0, cr2, cr3, df) in [
        (
            "weights",
            weighted,
            [1.081_438_702_977_097, 0.085_734_405_123_011, 0.770_623_294_198_968],
            [1.117_398_018_770_952_5, 0.088_157_423_005_442_9, 0.803_787_782_874_364_9],
            [1.154_123_525_522_568_6, 0.090_497_984_482_671_6, 0.839_039_845_792_228_8],
            [20.702_442_700_056_4, 20.876_532_194_065_4, 21.561_251_080_016_9],
        ),
        (
            "correlation",
            correlated,
            [1.041_775_032_204_496_3, 0.083_090_494_126_469_3, 0.778_070_762_061_939_9],
            [1.077_327_364_262_973, 0.085_378_254_626_018_3, 0.811_237_790_347_421_8],
            [1.113_582_106_482_160_5, 0.087_557_022_167_655_7, 0.847_689_423_317_045_3],
            [21.223_967_213_740_9, 21.292_239_434_912_8, 21.477_769_113_510_3],
        ),
    ] {
        let fit = model.fit();
        for (kind, wanted) in [(Cr0, cr0), (Cr2, cr2), (Cr3, cr3)] {
            all_near(name, &by_subject(&fit, kind).fixed.std_error, &wanted, 2e-6);
        }
        all_near(name, &degrees(&by_subject(&fit, Cr2)), &df, 2e-6);
    }
}

/// White's covariances of least squares, row by row: HC0 to HC3 by the diagonal of the hat matrix.
#[test]
fn rows_of_least_squares_have_closed_forms() {
    let fit = linear("Reaction ~ Days", frame("sleepstudy.csv", &["Subject"])).options(|own| own.null_model = true).fit();
    let days = reals(&frame("sleepstudy.csv", &["Subject"]), "Days");
    let (n, mean) = (180.0, days.iter().sum::<f64>() / 180.0);
    let sxx: f64 = days.iter().map(|x| (x - mean).powi(2)).sum();
    let meat = |power: f64| -> f64 {
        let one = |(x, e): (&f64, &f64)| {
            let h = 1.0 / n + (x - mean).powi(2) / sxx;
            (x - mean).powi(2) * e * e / (1.0 - h).powf(power)
        };
        days.iter().zip(&fit.residuals).map(one).sum()
    };
    for (kind, power, factor) in [(Cr0, 0.0, 1.0), (Cr1s, 0.0, n / (n - 2.0)), (Cr2, 1.0, 1.0), (Cr3, 2.0, 1.0)] {
        let own = fit.with_robust(kind, &Cases::Rows, &UNWATCHED).unwrap();
        near(&format!("{kind:?}"), own.fixed.std_error[1], (factor * meat(power)).sqrt() / sxx, 1e-10);
    }
}

/// What crossed factors have: a score for each level, by the whole covariance.
#[test]
fn crossed_factors_have_the_kinds_without_blocks() {
    let data = frame("Penicillin.csv", &["plate", "sample"]);
    let fit = linear("diameter ~ 1 + (1 | plate) + (1 | sample)", data).fit();
    let own = fit.with_robust(Cr1, &Cases::Group("sample", None), &UNWATCHED).unwrap();
    // Scores are the deviations of the samples' means, divided by the eigenvalue of V along these; M has that along the mean.
    let frame = frame("Penicillin.csv", &["plate", "sample"]);
    let (y, sample) = (reals(&frame, "diameter"), frame.column("sample").unwrap().to_category().unwrap().into_owned().codes);
    let means: Vec<f64> = (0..6)
        .map(|k| {
            let own: Vec<f64> = y.iter().zip(&sample).filter(|(_, s)| **s == k).map(|(y, _)| *y).collect();
            own.iter().sum::<f64>() / own.len() as f64
        })
        .collect();
    let mean = means.iter().sum::<f64>() / 6.0;
    let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 5.0;
    let of = |group: &str| fit.terms.iter().find(|term| term.design.group == group).unwrap().cov[0];
    let along = fit.sigma * fit.sigma + 24.0 * of("sample");
    let ratio = (along + 6.0 * of("plate")) / along;
    near("standard error", own.fixed.std_error[0], ratio * (variance / 6.0).sqrt(), 1e-8);
    let error = fit.with_robust(Cr2, &Cases::Group("sample", None), &UNWATCHED).unwrap_err();
    assert!(error.message.contains("share a level of 'plate'") || error.message.contains("share a level of plate"), "{error}");
}

/// Units and origins of columns, row order and names change nothing but units.
#[test]
fn origins_and_units_do_not_matter() {
    let changed = |scale: f64, origin: f64| {
        let mut data = orthodont();
        let age = reals(&data, "age").iter().map(|age| scale * age + origin).collect();
        data.add_real("t", age).unwrap();
        let order: Vec<usize> = (0..data.n_rows()).rev().collect();
        let fit = linear("distance ~ t * Sex + (1 + t | Subject)", data.select(&order).unwrap()).fit();
        by_subject(&fit, Cr2)
    };
    let (one, other) =
        (by_subject(&linear("distance ~ age * Sex + (1 + age | Subject)", orthodont()).fit(), Cr2), changed(0.01, 2000.0));
    for j in [1, 3] {
        near("slope", 0.01 * other.fixed.std_error[j], one.fixed.std_error[j], 1e-6);
        near("df", degrees(&other)[j], degrees(&one)[j], 1e-5);
    }
}

#[test]
fn what_can_not_be_had_says_why() {
    let fit = linear("distance ~ age + Sex + (1 | Subject)", orthodont()).fit();
    let refused = |kind, cases: &Cases<'_>| fit.with_robust(kind, cases, &UNWATCHED).unwrap_err();
    assert!(refused(Cr2, &Cases::Rows).message.contains("share a level of"));
    assert!(refused(Cr0, &Cases::Group("Sex", None)).message.contains("need the data"));
    let mut codes = vec![0; fit.n_obs];
    assert!(refused(Cr0, &Cases::Codes(&codes)).message.contains("all rows are in one cluster"));
    codes[3] = -1;
    assert!(refused(Cr0, &Cases::Codes(&codes)).message.contains("1 of"));
    // Rows in another order are other data.
    let backwards: Vec<usize> = (0..orthodont().n_rows()).rev().collect();
    let other = orthodont().select(&backwards).unwrap();
    assert!(refused(Cr0, &Cases::Group("Sex", Some(&other))).message.contains("the response 'distance'"));
    // Without one of the subjects there is no estimate of what only he has.
    let mut data = orthodont();
    let own = data.column("Subject").unwrap().to_category().unwrap().into_owned().codes;
    data.add_real("only", own.iter().map(|code| f64::from(u8::from(*code == 3))).collect()).unwrap();
    let only = linear("distance ~ age + only + (1 | Subject)", data).fit();
    let error = only.with_robust(Cr3, &Cases::Group("Subject", None), &UNWATCHED).unwrap_err();
    assert!(error.code == Code::Numeric && error.message.contains("has no estimate"), "{error}");
    assert!(only.with_robust(Cr2, &Cases::Group("Subject", None), &UNWATCHED).is_ok());
    let own = by_subject(&fit, Cr1);
    assert!(own.with_robust(Cr1, &Cases::Group("Subject", None), &UNWATCHED).unwrap_err().message.contains("has robust"));
    let freedom = |method: DfMethod| method.check(&own).unwrap_err().message;
    assert!(freedom(DfMethod::KenwardRoger).contains("robust") && freedom(DfMethod::Satterthwaite).contains("cr2"));
    let saved = interlace::saved::to_bytes(&own, &Options::default(), None, true).unwrap_err();
    assert_eq!(saved.code, Code::Unsupported);
    assert_eq!(degrees(&own), vec![26.0; 3]);
    assert!(
        own.summary().unwrap().contains("Std. Error: CR1 standard errors by 27 levels of Subject"),
        "{}",
        own.summary().unwrap()
    );
}
