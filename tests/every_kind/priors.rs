//! Priors of parameters: flat ones vanish, units are the user's, figures of blme, closed forms, what is refused.

use crate::common::Data;
use crate::common::Rng;
use crate::common::close::{close_by, near};
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear};
use interlace::diagnostics::influence::{Cases, InfluenceOptions};
use interlace::error::Code;
use interlace::fit::{Fit, ParameterForm, RobustKind};
use interlace::frame::Frame;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger, Satterthwaite};
use interlace::inference::drop1::drop1_table;
use interlace::inference::exact_rlrt::exact_rlrt;
use interlace::inference::lrt::likelihood_ratio_table;
use interlace::inference::ranova::ranova_table;
use interlace::inference::step::{StepOptions, step_table};
use interlace::prior::Prior;
use interlace::resample::{BootstrapOptions, RefitOptions};
use interlace::saved::{from_bytes, to_bytes};
use interlace::spec::ModelKind;
use interlace::watch::Watch;

fn with(mut model: Generalised, priors: &str) -> Generalised {
    model.spec.priors = Prior::parse_list(priors).unwrap();
    model
}

fn ml(model: Generalised) -> Generalised {
    model.options(|options| options.reml = false)
}

fn sleep() -> Generalised {
    linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"]))
}

fn dyestuff(file: &str) -> Generalised {
    linear("Yield ~ 1 + (1 | Batch)", frame(file, &["Batch"]))
}

/// Made data of any kind of model.
fn data() -> Frame {
    let (n, mut rng) = (120, Rng(4));
    let g: Vec<usize> = (0..n).map(|i| i % 12).collect();
    let (x, u, e) = (rng.normals(n), rng.normals(12), rng.normals(n));
    let eta: Vec<f64> = (0..n).map(|i| 0.2 + 0.7 * x[i] + 0.8 * u[g[i]]).collect();
    let y: Vec<f64> = (0..n).map(|i| eta[i] + 0.6 * e[i]).collect();
    let time = (0..n).map(|i| (e[i] - eta[i]).exp() + 0.01 * i as f64).collect();
    let grade: Vec<String> = y.iter().map(|y| format!("{}", 1 + i32::from(*y > -0.4) + i32::from(*y > 0.7))).collect();
    let data = Data::default()
        .real("count", eta.iter().zip(&e).map(|(eta, e)| (0.5 * eta + 0.3 * e).exp().round()).collect())
        .real("won", y.iter().map(|y| f64::from(u8::from(*y > 0.0))).collect())
        .real("event", (0..n).map(|i| f64::from(u8::from(i % 5 != 0))).collect())
        .real("time", time)
        .real("y", y)
        .real("x", x)
        .group("g", &g)
        .label("grade", grade);
    data.frame()
}

/// A model of each kind, by maximum likelihood.
fn kinds() -> Vec<(&'static str, Generalised)> {
    let of = |kind: ModelKind, formula: &str| {
        let mut model = ml(linear(formula, data()));
        model.spec.kind = kind;
        model
    };
    vec![
        ("linear", of(ModelKind::Lmm, "y ~ x + (1 + x | g)")),
        ("binomial", generalised("won ~ x + (1 | g)", "binomial", data())),
        ("negative binomial", generalised("count ~ x + (1 | g)", "nbinom2", data())),
        ("gaussian", generalised("y ~ x + (1 | g)", "gaussian", data())),
        ("ordinal", of(ModelKind::Clmm, "ordered(grade, levels = c(\"1\", \"2\", \"3\")) ~ x + (1 | g)")),
        ("Cox", of(ModelKind::Coxme, "Surv(time, event) ~ x + (1 | g)")),
    ]
}

fn sds(fit: &Fit) -> Vec<f64> {
    fit.all_terms().flat_map(|(_, term)| term.sd.clone()).collect()
}

#[test]
fn flat_priors_vanish_into_the_plain_fit() {
    for (what, model) in kinds() {
        let plain = model.fit();
        let priors = |scale: f64| {
            let coefficients = if what == "Cox" { String::new() } else { format!("normal(0.3, {scale}) on fixef; ") };
            let family = match what {
                "linear" => format!("; half_t(3, {scale}) on sigma"),
                "gaussian" => format!("; half_normal({scale}) on family[sigma]"),
                _ => String::new(),
            };
            format!("{coefficients}half_normal({scale}) on sd{family}")
        };
        let mut before = f64::INFINITY;
        for scale in [2.0, 20.0, 200.0, 1e6] {
            let fit = with(model.clone(), &priors(scale)).fit();
            assert!(fit.outcome.converged, "{what}: {:?}", fit.outcome);
            let own = [&fit.fixed.estimate[..], &sds(&fit)].concat();
            let wanted = [&plain.fixed.estimate[..], &sds(&plain)].concat();
            let distance = own.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            // The prior's pull falls with the square of its scale.
            assert!(distance < before / 30.0 || distance < 1e-7, "{what} at {scale}: {distance} after {before}");
            assert!(fit.log_likelihood <= plain.log_likelihood + 1e-9, "{what}");
            before = distance;
        }
        assert!(before < 1e-7, "{what}: {before}");
        let fit = with(model, &priors(1e7)).fit();
        near(what, fit.log_likelihood, plain.log_likelihood, 1e-9);
        close_by(what, &fit.fixed.std_error, &plain.fixed.std_error, 1e-6, |_| 1.0);
    }
}

#[test]
fn a_prior_is_in_the_units_of_the_data() {
    let scaled = |by: f64, response: f64| {
        let mut data = frame("sleepstudy.csv", &["Subject"]);
        let days: Vec<f64> = data.numbers(data.column("Days").unwrap()).unwrap().iter().map(|v| by * v).collect();
        let reaction: Vec<f64> = data.numbers(data.column("Reaction").unwrap()).unwrap().iter().map(|v| response * v).collect();
        data.add_real("d", days).unwrap();
        data.add_real("r", reaction).unwrap();
        let (slope, sd) = (response / by, response);
        let priors = format!(
            "normal(0, {}) on fixef[d]; t(4, {}, {}) on fixef[(Intercept)]; gamma(2.5, {}) on sd[Subject, (Intercept)]; \
             half_t(3, {}) on sd[Subject, d]; lkj(1.5) on cor[Subject]",
            3.0 * slope,
            200.0 * sd,
            40.0 * sd,
            0.1 / sd,
            5.0 * slope
        );
        with(ml(linear("r ~ d + (d | Subject)", data)), &priors).fit()
    };
    let plain = scaled(1.0, 1.0);
    for (by, response) in [(1000.0, 1.0), (1.0, 0.01), (0.001, 100.0)] {
        let fit = scaled(by, response);
        close_by("fitted", &fit.fitted, &plain.fitted.iter().map(|v| v * response).collect::<Vec<_>>(), 1e-6, |_| response);
        near("sd", fit.terms[0].sd[1] * by / response, plain.terms[0].sd[1], 1e-6);
        near("std error", fit.fixed.std_error[1] * by / response, plain.fixed.std_error[1], 1e-6);
    }
    // The same prior in another unit is another prior.
    let other = with(ml(sleep()), "normal(0, 3) on fixef[Days]").fit();
    assert!(other.fixed.estimate[1] < 9.0, "{:?}", other.fixed.estimate);
}

/// blme 1.0-5 with lme4 1.1-31, bobyqa to 1e-10, all priors with common.scale = FALSE.
#[test]
fn linear_models_are_those_of_blme() {
    let fixed = |what: &str, fit: &Fit, estimates: &[f64], errors: &[f64]| {
        assert!(fit.outcome.converged && !fit.singular, "{what}: {:?}", fit.outcome);
        close_by(what, &fit.fixed.estimate, estimates, 2e-6, |i| estimates[i].abs());
        close_by(what, &fit.fixed.std_error, errors, 2e-5, |i| errors[i]);
    };
    let random = |what: &str, fit: &Fit, sd: &[f64], sigma: f64, loglik: f64| {
        close_by(what, &sds(fit), sd, 2e-5, |i| sd[i]);
        near(what, fit.sigma / sigma, 1.0, 1e-5);
        near(what, fit.log_likelihood, loglik, 2e-5);
    };
    // Without the prior the standard deviation is zero.
    let fit = with(dyestuff("Dyestuff2.csv"), "gamma(2.5, 0) on sd").fit();
    fixed("gamma", &fit, &[5.6656], &[0.915_966_517_8]);
    random("gamma", &fit, &[1.502_687_539], 3.725_518_845, -81.728_879_37);
    let fit = with(ml(dyestuff("Dyestuff.csv")), "gamma(2, 0.002) on var[Batch]").fit();
    fixed("gamma of a variance", &fit, &[1527.5], &[15.075_145_2]);
    random("gamma of a variance", &fit, &[29.247_734_77], 50.404_862_21, -163.842_995_8);
    let fit = with(dyestuff("Dyestuff.csv"), "inverse_gamma(2, 30) on sd[Batch, (Intercept)]").fit();
    fixed("inverse gamma", &fit, &[1527.5], &[15.173_122_8]);
    random("inverse gamma", &fit, &[29.423_715_52], 50.773_364, -160.197_570_2);
    let fit = with(ml(dyestuff("Dyestuff.csv")), "inverse_gamma(4, 100) on sigma").fit();
    fixed("sigma", &fit, &[1527.5], &[17.694_553_93]);
    random("sigma", &fit, &[37.955_042_81], 46.797_337_47, -163.742_684_2);
    let fit = with(ml(sleep()), "normal(0, 2.5) on fixef[Days]; normal(0, 100) on fixef[(Intercept)]").fit();
    close_by("normal", &fit.fixed.estimate, &[252.004_327_25, 7.220_811_45], 2e-5, |i| [6.6, 1.4][i]);
    random("normal", &fit, &[23.788_108_13, 6.574_328_61], 25.591_817_39, -878.063_146_3);
}

/// From the criterion by dense matrices in R, plus the penalty, by nlminb and Newton steps. (blme's t is one density of all coefficients.)
#[test]
fn linear_models_are_those_of_a_dense_criterion() {
    let compare = |what: &str, fit: &Fit, sd: [f64; 2], correlation: Option<f64>, sigma: f64, loglik: f64| {
        assert!(fit.outcome.converged && !fit.singular, "{what}: {:?}", fit.outcome);
        close_by(what, &sds(fit), &sd, 1e-5, |i| sd[i]);
        correlation.into_iter().for_each(|own| near(what, fit.terms[0].corr[1], own, 1e-5));
        near(what, fit.sigma / sigma, 1.0, 1e-6);
        near(what, fit.log_likelihood, loglik, 1e-5);
    };
    let fit = with(sleep(), "inverse_wishart(4, 100) on cov[Subject]").fit();
    compare("inverse Wishart", &fit, [14.040_989_89, 5.149_885_553], Some(0.436_891_088), 26.553_484_85, -874.418_124_6);
    let fit = with(sleep(), "wishart(5, 200) on cov").fit();
    compare("Wishart", &fit, [23.729_118, 6.426_785_283], Some(0.042_938_09), 25.586_524_22, -871.906_043_2);
    let fit = with(ml(sleep()), "t(3, 0, 2.5) on fixef; t(3, 0, 100) on fixef[(Intercept)]").fit();
    close_by("t", &fit.fixed.estimate, &[251.401_882, 9.694_384_305], 1e-5, |i| [6.6, 1.4][i]);
    compare("t", &fit, [23.780_567_11, 5.768_845_115], None, 25.591_815_64, -876.103_613_8);
}

#[test]
fn generalised_models_are_those_of_blme() {
    let normal = "normal(0, 0.5) on fixef; normal(0, 10) on fixef[(Intercept)]; gamma(2.5, 0) on sd[herd]";
    let fit = with(cbpp(), normal).fit();
    close_by("normal", &fit.fixed.estimate, &[-1.652_919_886, -0.577_780_482, -0.666_428_633, -0.865_099_022], 1e-4, |i| {
        fit.fixed.std_error[i]
    });
    near("normal", fit.terms[0].sd[0], 0.774_443_244, 1e-5);
    near("normal", fit.log_likelihood, -94.476_566_26, 1e-4);
}

/// The minima of glmmTMB 1.1.5's own objective plus -2 log of the densities, by nlminb; its argument `priors` does that from 1.1.6 on.
#[test]
fn generalised_models_are_those_of_glmm_tmb_with_penalties() {
    let fit = with(cbpp(), "normal(0, 0.5) on fixef; gamma(2.5, 2) on sd").fit();
    close_by("cbpp", &fit.fixed.estimate, &[-1.640_162_385_9, -0.586_296_719, -0.674_371_774_6, -0.873_764_578_6], 2e-5, |_| 1.0);
    close_by("cbpp", &fit.fixed.std_error, &[0.239_503_254_6, 0.253_901_337, 0.262_476_819_2, 0.296_362_194_3], 1e-4, |_| 1.0);
    near("cbpp", fit.terms[0].sd[0], 0.703_666_868_5, 1e-5);
    near("cbpp", fit.log_likelihood, -94.329_202_88, 1e-5);
    let counts = generalised("count ~ mined + (1 | site)", "nbinom2", frame("Salamanders.csv", &["site", "mined", "spp"]));
    let fit = with(counts, "t(3, 0, 0.5) on fixef; gamma(2.5, 5) on sd[site]").fit();
    close_by("counts", &fit.fixed.estimate, &[0.743_247_448_4, -2.130_307_481_9], 2e-5, |_| 1.0);
    near("counts", fit.fixed.std_error[1], 0.264_237_264_6, 1e-4);
    near("counts", fit.terms[0].sd[0], 0.483_998_800_4, 1e-5);
    near("counts", fit.generalised().unwrap().parameters[0].estimate, 0.637_864_344_1, 1e-5);
    near("counts", fit.log_likelihood, -869.301_767_5, 1e-5);
    let fit = with(ml(sleep()), "lkj(2) on cor").fit();
    close_by("lkj", &sds(&fit), &[23.843_680_04, 5.729_860_761], 1e-5, |i| [23.0, 5.0][i]);
    near("lkj", fit.terms[0].corr[1], 0.067_219_268, 1e-5);
    near("lkj", fit.log_likelihood, -875.970_623_6, 1e-5);
}

/// Rows of x = -1, all failures, and of x = 1, all successes: b maximises -2 m log(1 + exp(-b)) - b^2 / (2 s^2).
#[test]
fn separated_coefficients_have_the_estimate_that_the_prior_gives() {
    let m = 10;
    let data = Data::default()
        .real("y", (0..2 * m).map(|i| f64::from(u8::from(i >= m))).collect())
        .real("x", (0..2 * m).map(|i| if i < m { -1.0 } else { 1.0 }).collect())
        .frame();
    let mut model = generalised("y ~ 0 + x", "binomial", data);
    model.options.null_model = true;
    let plain = model.fit();
    assert!(plain.warnings().iter().any(|text| text.contains("what is reported is where the search ended")));
    for scale in [0.7f64, 2.5, 10.0] {
        let fit = with(model.clone(), &format!("normal(0, {scale}) on fixef[x]")).fit();
        let (mut low, mut high) = (0.0f64, 100.0f64);
        for _ in 0..200 {
            let b = 0.5 * (low + high);
            let slope = 2.0 * f64::from(m) / (1.0 + b.exp()) - b / (scale * scale);
            if slope > 0.0 { low = b } else { high = b }
        }
        near("estimate", fit.fixed.estimate[0], low, 1e-8);
        let p = 1.0 / (1.0 + low.exp());
        near(
            "std error",
            fit.fixed.std_error[0],
            (2.0 * f64::from(m) * p * (1.0 - p) + 1.0 / (scale * scale)).sqrt().recip(),
            1e-6,
        );
        near("loglik", fit.log_likelihood, -2.0 * f64::from(m) * (-low).exp().ln_1p(), 1e-9);
        let density = -0.5 * (low / scale).powi(2) - scale.ln() - 0.5 * std::f64::consts::TAU.ln();
        near("penalty", fit.penalty, -2.0 * density, 1e-7);
        near("criterion", fit.penalised_criterion(), fit.criterion + fit.penalty, 1e-12);
        assert!(fit.generalised().unwrap().separated.is_empty());
        let warnings = fit.warnings();
        assert!(warnings.iter().any(|text| text.ends_with("the prior decides what is reported")), "{warnings:?}");
    }
    let cauchy = with(model, "cauchy(0, 2.5) on fixef").fit();
    assert!(cauchy.fixed.estimate[0] > 2.0 && cauchy.fixed.estimate[0] < 20.0);
}

#[test]
fn separation_in_models_with_random_effects_and_thresholds_is_held_by_priors() {
    let (n, mut rng) = (90, Rng(8));
    let x = rng.normals(n);
    let y: Vec<f64> = x.iter().map(|x| f64::from(u8::from(*x > 0.1))).collect();
    let grade = x.iter().map(|x| format!("{}", 1 + i32::from(*x > -0.6) + i32::from(*x > 0.5))).collect::<Vec<_>>();
    let data =
        Data::default().real("y", y).real("x", x).group("g", &(0..n).map(|i| i % 9).collect::<Vec<_>>()).label("grade", grade);
    let binomial = generalised("y ~ x + (1 | g)", "binomial", data.clone().frame());
    let mut ordinal = generalised("ordered(grade, levels = c(\"1\", \"2\", \"3\")) ~ x + (1 | g)", "", data.frame());
    ordinal.spec.kind = ModelKind::Clmm;
    for model in [binomial, ordinal] {
        let fit = with(model, "normal(0, 2.5) on fixef; gamma(2.5, 1) on sd").fit();
        assert!(fit.outcome.converged, "{:?}", fit.outcome);
        let (estimate, error) = (*fit.fixed.estimate.last().unwrap(), *fit.fixed.std_error.last().unwrap());
        assert!(estimate > 3.0 && estimate < 15.0 && error > 0.2 && error < 2.5, "{estimate} {error}");
        assert!(fit.warnings().iter().any(|text| text.contains("the prior decides")), "{:?}", fit.warnings());
    }
}

/// A half is added to each cell: Jeffreys' prior of saturated models.
#[test]
fn jeffreys_prior_adds_a_half_to_the_cells_of_saturated_models() {
    let data = Data::default()
        .real("won", vec![3.0, 8.0, 0.0])
        .real("lost", vec![5.0, 0.0, 6.0])
        .real("count", vec![4.0, 0.0, 9.0])
        .label("f", ["a", "b", "c"].map(String::from))
        .frame();
    let mut binomial = generalised("cbind(won, lost) ~ 0 + f", "binomial", data.clone());
    let mut poisson = generalised("count ~ 0 + f", "poisson", data);
    for model in [&mut binomial, &mut poisson] {
        model.options.null_model = true;
        let mut more = model.frame.clone();
        more.append(&model.frame).unwrap();
        model.frame = more;
    }
    // Every row twice.
    let fit = with(binomial, "jeffreys on fixef").fit();
    for (j, (won, lost)) in [(6.0f64, 10.0f64), (16.0, 0.0), (0.0, 12.0)].into_iter().enumerate() {
        near("binomial", fit.fixed.estimate[j], ((won + 0.5) / (lost + 0.5)).ln(), 1e-8);
        let (n, p) = (won + lost, (won + 0.5) / (won + lost + 1.0));
        near("binomial", fit.fixed.std_error[j], (n * p * (1.0 - p)).sqrt().recip(), 1e-8);
    }
    assert!(fit.warnings().iter().any(|text| text.contains("the prior decides")), "{:?}", fit.warnings());
    let fit = with(poisson, "jeffreys on fixef").fit();
    for (j, count) in [8.0f64, 0.0, 18.0].into_iter().enumerate() {
        near("poisson", fit.fixed.estimate[j], f64::midpoint(count, 0.5).ln(), 1e-8);
    }
}

/// Of the endometrial cancer study (Heinze and Schemper 2002), as logistf and brglm2 have them; probit from the penalised likelihood itself, by
/// Newton steps in R.
#[test]
fn jeffreys_prior_is_that_of_logistf_and_brglm2() {
    let model = |link: &str| {
        let mut model = generalised("HG ~ NV + PI + EH", "binomial", frame("endometrial.csv", &[])).link(link);
        model.options.null_model = true;
        with(model, "jeffreys on fixef")
    };
    let fit = model("logit").fit();
    close_by("logit", &fit.fixed.estimate, &[3.774_559_713_6, 2.929_273_353_2, -0.034_751_759_87, -2.604_163_925_3], 1e-7, |_| 1.0);
    close_by("logit", &fit.fixed.std_error, &[1.488_691_663_4, 1.550_763_729_5, 0.039_578_147_35, 0.776_017_642_5], 1e-6, |_| 1.0);
    near("logit", fit.log_likelihood, -28.287_697_325_5, 1e-7);
    assert!(fit.warnings().iter().any(|text| text.contains("'NV' has no finite maximum likelihood estimate; the prior decides")));
    let fit = model("probit").fit();
    close_by("probit", &fit.fixed.estimate, &[1.958_255_622_7, 1.742_582_638_9, -0.015_737_434_28, -1.404_891_439_7], 1e-6, |_| {
        1.0
    });
    close_by("probit", &fit.fixed.std_error, &[0.798_279_322_9, 0.790_872_754_8, 0.021_232_565_21, 0.408_071_097_5], 1e-6, |_| 1.0);
    let mut mixed = generalised("won ~ x + (1 | g)", "binomial", data());
    mixed = with(mixed, "jeffreys on fixef");
    assert!(mixed.try_fit().unwrap_err().message.contains("only of models without random effects"));
}

/// The covariance of theta is that of the criterion with sigma at its best.
#[test]
fn the_covariance_of_a_linear_models_parameters_has_the_priors_in_it() {
    let watch = Watch::unwatched();
    for model in [ml(dyestuff("Dyestuff.csv")), dyestuff("Dyestuff2.csv")] {
        let model = with(model, "gamma(2.5, 0.05) on sd; inverse_gamma(3, 40) on sigma");
        let fit = model.fit();
        let vcov = fit.parameters_vcov(ParameterForm::Working, &watch).unwrap();
        let (theta, h) = (fit.theta[0], 1e-3 * fit.theta[0]);
        let at = Fit::objective(&model.spec, Some(&model.frame), &model.options, &[theta - h, theta, theta + h], &watch).unwrap();
        near("objective", at[1], fit.penalised_criterion(), 1e-9);
        let wanted = 2.0 * h * h / (at[0] + at[2] - 2.0 * at[1]);
        near("theta", vcov[8] / wanted, 1.0, 1e-4);
        near("the coefficient", vcov[0].sqrt(), fit.fixed.std_error[0], 1e-8);
    }
}

#[test]
fn correlations_are_shrunk_by_lkj() {
    let plain = with(sleep(), "lkj(1) on cor[Subject]").fit();
    close_by("lkj(1)", &sds(&plain), &sds(&sleep().fit()), 1e-6, |_| 1.0);
    let mut before = plain.terms[0].corr[1].abs();
    for shape in ["2", "10", "1000"] {
        let fit = with(sleep(), &format!("lkj({shape}) on cor")).fit();
        let own = fit.terms[0].corr[1].abs();
        assert!(fit.outcome.converged && own < before, "{shape}: {own} {before}");
        before = own;
    }
    assert!(before < 1e-3);
}

#[test]
fn saved_fits_refits_and_the_bootstrap_keep_the_priors() {
    let watch = Watch::unwatched();
    for (what, model) in kinds() {
        let priors = if what == "Cox" { "gamma(2, 3) on sd" } else { "normal(0.3, 0.05) on fixef[x]; gamma(2, 3) on sd" };
        let model = with(model, priors);
        let fit = model.fit();
        assert_eq!(fit.priors_text(), priors);
        let back = from_bytes(&to_bytes(&fit, &model.options, Some(&model.spec), true).unwrap()).unwrap().fit;
        assert_eq!((back.priors_text(), back.penalty.to_bits()), (priors.to_owned(), fit.penalty.to_bits()), "{what}");
        if what == "Cox" {
            continue;
        }
        let refits = fit.refit_many(&fit.y, &RefitOptions { std_errors: false, threads: 1 }, &watch).unwrap();
        let at = refits.names.iter().position(|name| name == "x").unwrap();
        near(what, refits.values[at], *fit.fixed.estimate.last().unwrap(), 1e-5);
        near(what, refits.log_likelihood[0], fit.log_likelihood, 1e-6);
        let options = BootstrapOptions { replicates: 6, ..BootstrapOptions::default() };
        let own = fit.bootstrap(&options, &watch).unwrap();
        let at = own.names.iter().position(|name| name == "x").unwrap();
        // The prior is so narrow that no response moves the coefficient far.
        let far = (0..6).map(|r| (own.values[at * 6 + r] - 0.3).abs()).fold(0.0, f64::max);
        assert!(far < 0.2, "{what}: {far}");
    }
}

#[test]
fn what_supposes_maximum_likelihood_is_refused() {
    let watch = Watch::unwatched();
    let plain = sleep().fit();
    let fit = with(sleep(), "gamma(2.5, 0.1) on sd[Subject]").fit();
    let text = fit.summary().unwrap();
    assert!(
        text.starts_with(
            "Linear mixed model fit by REML, penalised by priors\nPrior: gamma(2.5, 0.1) on sd[Subject]\n-2 log prior:"
        )
    );
    assert!(text.contains("Pr(>|z|): normal approximation"), "{text}");
    let coefficients = with(ml(sleep()), "normal(0, 3) on fixef").fit();
    let influence = InfluenceOptions { cases: Cases::Rows, ..InfluenceOptions::default() };
    let errors = [
        likelihood_ratio_table(&[&plain, &fit], true, &watch).map(drop).unwrap_err(),
        anova_table(&fit, None, AnovaType::III, DegreesOfFreedom::by_default(None), &watch).map(drop).unwrap_err(),
        drop1_table(&fit, None, &watch).map(drop).unwrap_err(),
        ranova_table(&fit, &watch).map(drop).unwrap_err(),
        exact_rlrt(&fit, 10, 1, &watch).map(drop).unwrap_err(),
        fit.profile(0.95, &watch).map(drop).unwrap_err(),
        fit.profile_theta(0.95, &watch).map(drop).unwrap_err(),
        Satterthwaite::of(&fit, &watch).map(drop).unwrap_err(),
        KenwardRoger::of(&fit, &watch).map(drop).unwrap_err(),
        coefficients.parameters_vcov(ParameterForm::Reported, &watch).map(drop).unwrap_err(),
        fit.influence(&influence, &watch).map(drop).unwrap_err(),
        fit.with_robust(RobustKind::Cr0, &Cases::Rows, &watch).map(drop).unwrap_err(),
        step_table(&fit, StepOptions::default(), &watch).map(drop).unwrap_err(),
        fit.conditional_aic(&watch).map(drop).unwrap_err(),
        fit.posterior_draws(10, 1, &watch).map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(
            error.code == Code::Unsupported && error.message.contains("not available for a fit with priors"),
            "{}",
            error.message
        );
    }
    let mut iterative = with(linear("y ~ x + (1 | g) + (1 | grade)", data()), "gamma(2.5, 0.1) on sd");
    iterative.options.engine = interlace::options::Engine::Iterative;
    assert!(iterative.try_fit().unwrap_err().message.contains("models with priors"));
}

#[test]
fn a_prior_of_what_is_not_there_is_an_error() {
    let error = |model: &Generalised, priors: &str| with(model.clone(), priors).try_fit().unwrap_err().message;
    let binomial = generalised("won ~ x + (1 + x | g)", "binomial", data());
    for (priors, part) in [
        ("normal(0, 1) on fixef[y]", "the model has no parameter 'fixef[y]'"),
        ("normal(0, 1) on fixef[X]", "did you mean 'fixef[x]'?"),
        ("gamma(2, 1) on sd[h]", "the model has no parameter 'sd[h]'"),
        ("gamma(2, 1) on var[g, z]", "the model has no parameter 'var[g, z]'"),
        ("gamma(2, 1) on sigma", "the model has no sigma that could have a prior"),
        ("gamma(2, 1) on family[sigma]", "the model has no family that could have a prior"),
        ("normal(0, 1) on zi.fixef[x]", "the model has no parameter 'zi.fixef[x]'"),
        ("normal(0, 1) on fixef[x]; t(3, 0, 1) on fixef[x]", "fixef[x] has two priors, normal(0, 1) on fixef[x] and"),
        ("gamma(2, 1) on sd[g]; gamma(2, 1) on var[g]", "has two priors"),
        ("wishart(4) on cov[g]; gamma(2, 1) on sd", "cov[g] has two priors"),
        ("wishart(2) on cov[g]", "wants at least 3 degrees of freedom"),
    ] {
        let own = error(&binomial, priors);
        assert!(own.contains(part), "{priors}: {own}");
    }
    assert!(error(&sleep(), "normal(0, 1) on fixef").contains("fit with method = ml"));
    let cox = kinds().pop().unwrap().1;
    assert!(error(&cox, "normal(0, 1) on fixef").contains("coefficients of a Cox model can't have priors"));
    let mut joint = binomial.clone();
    joint.options.quadrature = 0;
    assert!(error(&joint, "normal(0, 1) on fixef").contains("fit with nagq = 1"));
    let dependent = generalised("won ~ x + I(2 * x) + (1 | g)", "binomial", data());
    assert!(error(&dependent, "normal(0, 1) on fixef[I(2 * x)]").contains("the model has no parameter"));
}
