//! Tests and intervals of Cox fits: profiles, likelihood ratios, analysis of deviance, covariances, marginal means.

use crate::common::frames::{frame, labels, reals};
use crate::common::model;
use crate::trials::{FORMULA, fit, fit_with, spec, trial};
use interlace::error::Code;
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::Frame;
use interlace::inference::adjust::Adjustment;
use interlace::inference::anova::{AnovaType, anova_table, hypotheses};
use interlace::inference::contrast::Contrasts;
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::inference::drop1::drop1_table;
use interlace::inference::lrt::{Null, likelihood_ratio};
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, ResponseScale, Weighting};
use interlace::inference::profile::Profile;
use interlace::options::Options;
use interlace::spec::Ties;
use interlace::watch::Watch;

const Z: f64 = 1.959_963_984_540_054;
const NORMAL: DegreesOfFreedom<'static> = DegreesOfFreedom::Same(f64::INFINITY);

fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{got} for {want}");
}

fn kidney(formula: &str, ties: Ties) -> Fit {
    let options = Options { null_model: true, ..Options::default() };
    Fit::new(&spec(formula, ties), Some(&frame("kidney.csv", &["id"])), &options, &Watch::unwatched()).unwrap()
}

fn anova(fit: &Fit, data: Option<&Frame>, kind: AnovaType) -> Frame {
    anova_table(fit, data, kind, NORMAL, &Watch::unwatched()).unwrap()
}

/// anova, drop1 of survival 3.5-3: coxph(Surv(time, status) ~ age + sex + disease, kidney).
#[test]
fn likelihood_ratios_without_random_terms_are_those_of_coxph() {
    let expected = [
        (Ties::Efron, [-187.902_761_588_9, -187.770_566_912_7, -184.344_568_139_6, -179.079_341_148_0], 0.014_555_726_92),
        (Ties::Breslow, [-188.155_095_821_2, -188.022_924_441_4, -184.657_093_708_7, -179.394_311_217_3], 0.014_588_474_2),
    ];
    for (ties, loglik, p) in expected {
        let fit = kidney("Surv(time, status) ~ age + sex + disease", ties);
        let table = anova(&fit, None, AnovaType::I);
        assert_eq!(labels(&table, "term"), ["NULL", "age", "sex", "disease"]);
        let (own, chi_square) = (reals(&table, "log_likelihood"), reals(&table, "chi_square"));
        own.iter().zip(&loglik).for_each(|(got, want)| close(*got, *want, 1e-11));
        close(chi_square[3], 2.0 * (loglik[3] - loglik[2]), 1e-8);
        close(reals(&table, "p_value")[3], p, 1e-8);
        assert!(chi_square[0].is_nan() && reals(&table, "df")[1..] == [1.0, 1.0, 3.0]);
        let small = kidney("Surv(time, status) ~ age + sex", ties);
        let test = likelihood_ratio(&[&fit, &small], true, &Watch::unwatched()).unwrap();
        let own = test[1].1.as_ref().unwrap();
        assert!(test[0].0 == 1 && own.df == 3 && own.null == Null::ChiSquare && own.warning.is_none());
        close(own.p_value, p, 1e-8);
    }
    let fit = kidney("Surv(time, status) ~ age + sex + disease", Ties::Breslow);
    let table = drop1_table(&fit, None, &Watch::unwatched()).unwrap();
    assert_eq!(labels(&table, "term"), ["<none>", "age", "sex", "disease"]);
    let aic = [368.788_622_434_6, 366.884_100_139_8, 381.578_278_702_3, 373.314_187_417_4];
    reals(&table, "aic").iter().zip(aic).for_each(|(got, want)| close(*got, want, 1e-11));
    close(reals(&table, "chi_square")[2], 14.789_656_267_647, 1e-9);
    close(reals(&table, "p_value")[1], 0.757_325_58, 1e-7);
}

#[test]
fn each_term_is_added_or_left_out_of_a_fit_anew() {
    let data = trial(220, 15, [0.7, 0.0], 3);
    let whole = fit(FORMULA, &data);
    let part = |fixed: &str| fit(&format!("Surv(start, time, status) ~ {fixed} + strata(s) + (1 | g)"), &data).log_likelihood;
    let table = anova(&whole, None, AnovaType::I);
    assert_eq!(labels(&table, "term"), ["NULL", "x", "z", "f"]);
    let want = [part("1"), part("x"), part("x + z"), whole.log_likelihood];
    reals(&table, "log_likelihood").iter().zip(want).for_each(|(got, want)| close(*got, want, 1e-9));
    let table = drop1_table(&whole, None, &Watch::unwatched()).unwrap();
    for (row, fixed, df) in [(1, "z + f", 1.0), (2, "x + f", 1.0), (3, "x + z", 2.0)] {
        close(reals(&table, "chi_square")[row], 2.0 * (whole.log_likelihood - part(fixed)), 1e-7);
        assert_eq!(reals(&table, "n_parameters")[row], df);
    }
}

/// Hypotheses are made of X alone: those of a linear model, but for its intercept.
#[test]
fn wald_tests_of_terms_have_the_hypotheses_of_linear_models() {
    let data = trial(200, 12, [0.5, 0.0], 9).real("y", trial(200, 12, [0.0; 2], 10).values("z").to_vec());
    let frame = data.frame();
    for (kind, fixed) in [(AnovaType::II, "x + f * h"), (AnovaType::III, "f * h + z"), (AnovaType::III, "f * x")] {
        let cox = fit(&format!("Surv(time, status) ~ {fixed} + (1 | g)"), &data);
        let linear = model(&format!("y ~ {fixed} + (1 | g)")).fit(&data);
        let watch = Watch::unwatched();
        let all = [&cox, &linear].map(|fit| hypotheses(fit, Some(&frame), kind, &watch).unwrap());
        let table = anova(&cox, Some(&frame), kind);
        assert_eq!(all[0].len(), all[1].len());
        for (i, (own, other)) in all[0].iter().zip(&all[1]).enumerate() {
            assert_eq!((&own.term, own.k), (&other.term, other.k));
            let without_intercept = &other.l[other.k..];
            let test = NORMAL.joint_test(&cox, without_intercept, other.k, &vec![0.0; other.k]).unwrap();
            close(reals(&table, "chi_square")[i], test.chi_square, 1e-8);
            assert!(reals(&table, "df")[i] == test.df1 as f64);
        }
    }
}

#[test]
fn fits_with_other_risk_sets_are_not_compared() {
    let data = trial(150, 10, [0.6, 0.0], 4);
    let later = data.map("time", |t| t + 1.0);
    let one = fit("Surv(time, status) ~ x + strata(s) + (1 | g)", &data);
    let breslow = fit_with("Surv(time, status) ~ x + strata(s) + (1 | g)", Ties::Breslow, &data, Options::default()).unwrap();
    let message = |other: &Fit| likelihood_ratio(&[&one, other], false, &Watch::unwatched()).unwrap_err().message;
    assert!(message(&breslow).contains("ties"), "{}", message(&breslow));
    assert!(message(&fit("Surv(time, status) ~ x + (1 | g)", &data)).contains("strata differ"));
    assert!(message(&fit("Surv(time, status) ~ x + strata(s) + (1 | g)", &later)).contains("times differ"));
    assert!(message(&fit("Surv(start, time, status) ~ x + strata(s) + (1 | g)", &data)).contains("times differ"));
    // The same strata by another name, and a factor coded otherwise.
    let strata = &data.labels.iter().find(|own| own.0 == "s").unwrap().1;
    let turned: Vec<usize> = strata.iter().map(|label| usize::from(*label == strata[0])).collect();
    let renamed = data.clone().group("s2", &turned);
    let other = fit("Surv(time, status) ~ x + f + strata(s2) + (1 | g)", &renamed);
    let tests = likelihood_ratio(&[&one, &other], false, &Watch::unwatched()).unwrap();
    assert!(tests[1].1.as_ref().unwrap().warning.is_none() && tests[1].1.as_ref().unwrap().df == 2);
}

#[test]
fn a_variance_has_the_mixture_of_chi_squares() {
    let data = trial(150, 10, [0.6, 0.0], 4);
    let none = fit("Surv(time, status) ~ x", &data);
    let one = fit("Surv(time, status) ~ x + (1 | g)", &data);
    let p = |chi_bar| likelihood_ratio(&[&none, &one], chi_bar, &Watch::unwatched()).unwrap()[1].1.clone().unwrap();
    assert!(p(true).null == Null::ChiBarSquare && p(false).null == Null::ChiSquare);
    close(2.0 * p(true).p_value, p(false).p_value, 1e-12);
    close(p(true).chi_square, none.criterion - one.criterion, 1e-9);
}

fn profiles(fit: &Fit) -> Vec<Profile> {
    fit.profile(0.95, &Watch::unwatched()).unwrap()
}

/// At a limit, and at the lowest point, the criterion is that of the model with the coefficient as an offset.
#[test]
fn the_profile_of_a_coefficient_is_that_of_an_offset() {
    let data = trial(160, 12, [0.6, 0.0], 21);
    for (formula, others) in
        [(FORMULA, "z + f + strata(s) + (1 | g)"), ("Surv(start, time, status) ~ x + (1 + z | g)", "(1 + z | g)")]
    {
        let whole = fit(formula, &data);
        let own = profiles(&whole);
        let x = own.iter().find(|p| p.name == "x").unwrap();
        let at = |v: f64| {
            let moved = data.clone().real("o", data.values("x").iter().map(|x| v * x).collect());
            fit(&format!("Surv(start, time, status) ~ offset(o) + {others}"), &moved).criterion
        };
        let lowest = at(x.estimate);
        assert!(x.warning.is_none() && lowest <= at(x.estimate - 0.01) && lowest <= at(x.estimate + 0.01));
        for limit in [x.lower, x.upper] {
            close(at(limit) - lowest, Z * Z, 1e-6);
        }
        let error = whole.fixed.std_error[0];
        assert!((x.estimate - whole.fixed.estimate[0]).abs() < 0.3 * error, "{} {}", x.estimate, whole.fixed.estimate[0]);
        assert!(x.lower < x.estimate - error && x.upper > x.estimate + error);
    }
}

#[test]
fn profiles_of_covariances_are_those_of_the_objective() {
    let data = trial(240, 16, [0.7, 0.5], 8);
    let one = fit("Surv(time, status) ~ x + (1 | g)", &data);
    for (scale, profile) in [("sd", &profiles(&one)[0]), ("theta", &one.profile_theta(0.95, &Watch::unwatched()).unwrap()[0])] {
        assert!(profile.id.starts_with(scale), "{}", profile.id);
        let spec = spec("Surv(time, status) ~ x + (1 | g)", Ties::Efron);
        let points = [profile.lower, profile.upper, profile.estimate];
        let values = Fit::objective(&spec, Some(&data.frame()), &Options::default(), &points, &Watch::unwatched()).unwrap();
        close(values[2], one.criterion, 1e-10);
        (0..2).for_each(|i| close(values[i] - one.criterion, Z * Z, 1e-6));
    }
    // Standard deviations and correlation of slopes, by the best of the other two parameters at the limits.
    let slopes = fit("Surv(time, status) ~ x + (1 + x | g)", &data);
    let own = profiles(&slopes);
    assert_eq!(
        own.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(),
        ["sd[g, (Intercept)]", "cor[g, (Intercept), x]", "sd[g, x]", "fixef[x]"]
    );
    // Far from zero and in other units: the same slopes.
    let far = data.clone().real("x", data.values("x").iter().map(|x| 300.0 + 2.0 * x).collect());
    let other = profiles(&fit("Surv(time, status) ~ x + (1 + x | g)", &far));
    for i in [2, 3] {
        close(2.0 * other[i].lower, own[i].lower, 1e-5);
        close(2.0 * other[i].upper, own[i].upper, 1e-5);
    }
    for profile in &own {
        assert!(profile.warning.is_none() && profile.lower < profile.estimate && profile.estimate < profile.upper, "{profile:?}");
    }
}

#[test]
fn a_variance_of_zero_has_a_profile_from_zero() {
    let data = trial(120, 12, [0.0, 0.0], 2);
    let seeds = 2..40;
    let singular =
        seeds.map(|seed| fit("Surv(time, status) ~ x + (1 | g)", &trial(120, 12, [0.0, 0.0], seed))).find(|fit| fit.singular);
    let one = singular.unwrap_or_else(|| fit("Surv(time, status) ~ x + (1 | g)", &data));
    assert!(one.singular && one.theta == [0.0]);
    let own = profiles(&one);
    assert!(own[0].lower == 0.0 && own[0].estimate == 0.0 && own[0].upper > 0.05, "{:?}", own[0]);
    let vcov = one.parameters_vcov(ParameterForm::Reported, &Watch::unwatched()).unwrap();
    close(vcov[0], one.fixed.vcov[0], 1e-12);
    assert!(vcov[1..].iter().all(|v| v.is_nan()));
}

/// The information of theta is the curvature of the objective; the fixed effects move with theta as those of fits at other theta.
#[test]
fn the_covariance_of_all_parameters() {
    let data = trial(220, 14, [0.7, 0.0], 5);
    let one = fit(FORMULA, &data);
    let (p, watch) = (one.fixed.names.len(), Watch::unwatched());
    let n = p + 1;
    let (h, theta) = (1e-3, one.theta[0]);
    let points = [theta - h, theta, theta + h];
    let spec = spec(FORMULA, Ties::Efron);
    let d = Fit::objective(&spec, Some(&data.frame()), &Options::default(), &points, &watch).unwrap();
    let variance = 2.0 * h * h / (d[0] - 2.0 * d[1] + d[2]);
    let there = |theta: f64| {
        let options = Options { theta0: Some(vec![theta]), max_evaluations: 1, ..Options::default() };
        let fit = fit_with(FORMULA, Ties::Efron, &data, options).unwrap();
        assert_eq!(fit.theta, [theta]);
        fit.fixed.estimate
    };
    let (up, down) = (there(theta + h), there(theta - h));
    for form in [ParameterForm::Working, ParameterForm::Reported] {
        let vcov = one.parameters_vcov(form, &watch).unwrap();
        close(vcov[n * n - 1], variance, 1e-4 * variance);
        for j in 0..p {
            let slope = (up[j] - down[j]) / (2.0 * h);
            let scale = one.fixed.std_error[j] * variance.sqrt();
            assert!((vcov[p * n + j] - slope * variance).abs() < 1e-4 * scale, "{} {}", vcov[p * n + j], slope * variance);
            let more = one.fixed.vcov[j * (p + 1)] + slope * slope * variance;
            close(vcov[j * (n + 1)], more, 1e-5 * more);
        }
        assert!((0..n * n).all(|e| (vcov[e] - vcov[e % n * n + e / n]).abs() < 1e-12));
    }
    // Slopes: standard deviations and a correlation from elements of T, by the delta method.
    let slopes = fit("Surv(time, status) ~ x + (1 + x | g)", &trial(400, 20, [0.7, 0.6], 6));
    let vcov = slopes.parameters_vcov(ParameterForm::Reported, &watch).unwrap();
    assert!((0..4).all(|i| vcov[i * 5] > 0.0) && !slopes.singular);
}

fn means(fit: &Fit, data: &Frame, specs: &str, scale: Option<&ResponseScale>) -> [Frame; 2] {
    let watch = Watch::unwatched();
    let means = MarginalMeans::of_fit(fit, Some(data), &MeansSpec::parse(specs).unwrap(), Weighting::Equal, &watch).unwrap();
    let tables = fit.with_means_coefficients(NORMAL, |own| {
        let table = means.table(own, scale, 0.95, &watch)?;
        Ok([table, means.contrasts(own, &Contrasts::TreatmentControl, Adjustment::None, scale, 0.95, &watch)?])
    });
    tables.unwrap()
}

#[test]
fn marginal_means_are_relative_and_their_contrasts_are_log_hazard_ratios() {
    let data = trial(220, 14, [0.7, 0.0], 5);
    let (one, frame) = (fit(FORMULA, &data), data.frame());
    let [table, contrasts] = means(&one, &frame, "~ f", None);
    let beta = &one.fixed.estimate;
    let mean = |name: &str| data.values(name).iter().sum::<f64>() / data.n() as f64;
    close(reals(&table, "estimate")[0], beta[0] * mean("x") + beta[1] * mean("z"), 1e-9);
    assert_eq!(reals(&contrasts, "estimate").len(), 2);
    (0..2).for_each(|i| close(reals(&contrasts, "estimate")[i], beta[2 + i], 1e-12));
    (0..2).for_each(|i| close(reals(&contrasts, "std_error")[i], one.fixed.std_error[2 + i], 1e-12));
    let scale = ResponseScale::of_fit(&one).unwrap();
    let [table, contrasts] = means(&one, &frame, "~ f", scale.as_ref());
    close(reals(&contrasts, "hazard_ratio")[1], beta[3].exp(), 1e-12);
    close(reals(&contrasts, "upper")[1], (beta[3] + Z * one.fixed.std_error[3]).exp(), 1e-12);
    close(reals(&table, "response")[0], (beta[0] * mean("x") + beta[1] * mean("z")).exp(), 1e-9);
    let ratios = one.hazard_ratios(0.95).unwrap();
    close(reals(&ratios, "hazard_ratio")[3], beta[3].exp(), 1e-14);
    close(reals(&ratios, "upper")[3], reals(&contrasts, "upper")[1], 1e-12);
}

/// A factor that the strata have: its means can't be estimated, differences of others at the same level of it can.
#[test]
fn what_the_baseline_hazards_take_in_has_no_mean() {
    let data = trial(220, 14, [0.7, 0.0], 5);
    let one = fit("Surv(time, status) ~ f + s + strata(s) + (1 | g)", &data);
    assert_eq!(one.fixed.names.len(), 2);
    let frame = data.frame();
    let [table, contrasts] = means(&one, &frame, "~ f", None);
    assert!(reals(&table, "estimate").iter().all(|v| v.is_nan()));
    (0..2).for_each(|i| close(reals(&contrasts, "estimate")[i], one.fixed.estimate[i], 1e-12));
    // The baseline hazards of the strata differ in any way: whatever coefficients there are, strata are not compared.
    for formula in ["f + s + strata(s)", "f + x * strata(s)"] {
        let one = fit(&format!("Surv(time, status) ~ {formula} + (1 | g)"), &data);
        let specs = |text: &str| MeansSpec::parse(text).unwrap();
        let of = |text: &str| MarginalMeans::of_fit(&one, Some(&frame), &specs(text), Weighting::Equal, &Watch::unwatched());
        let error = of("~ s").unwrap_err();
        assert!(error.code == Code::Unsupported && error.message.contains("'s' makes strata"), "{error}");
        of("~ f | s").unwrap();
    }
    // Type III tests what is left.
    let table = anova(&one, Some(&frame), AnovaType::III);
    assert_eq!(reals(&table, "df"), [2.0, 0.0]);
}

#[test]
fn residual_and_other_degrees_of_freedom_are_not_for_cox_models() {
    use interlace::inference::degrees_of_freedom::DfMethod;
    let one = kidney("Surv(time, status) ~ age + (1 | id)", Ties::Efron);
    for method in [DfMethod::Residual, DfMethod::Satterthwaite, DfMethod::KenwardRoger] {
        let error = method.check(&one).unwrap_err();
        assert!(error.code == Code::Unsupported && error.message.contains("Cox"), "{error}");
    }
    assert!(DfMethod::Normal.check(&one).is_ok());
}
