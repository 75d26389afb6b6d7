//! Starts of parameters by their ids: they change the way, not the end.

use crate::common::close::{close, near};
use crate::common::designs::data;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use crate::common::watching::heard_up_to;
use interlace::fit::{Fit, ParameterForm, assignments};
use interlace::frame::Frame;
use interlace::options::StdErrors;
use interlace::spec::{CorrelationSpec, ModelKind};
use interlace::watch::Watch;

fn begun(model: &Generalised, text: &str) -> Generalised {
    let start = assignments("start", text).unwrap();
    model.clone().options(|o| o.start = start)
}

fn models() -> Vec<(&'static str, Generalised, Vec<&'static str>)> {
    let of_kind = |kind, formula: &str, data: &str, categories: &[&str]| {
        let mut model = generalised(formula, "", frame(data, categories));
        model.spec.kind = kind;
        model
    };
    let mut wine = of_kind(ModelKind::Clmm, "rating ~ temp + (1 | judge)", "wine.csv", &["rating", "temp", "judge"]);
    wine.spec.ordinal.levels = (1..=5).map(|k| k.to_string()).collect();
    let mut correlated = linear("distance ~ age + (1 | Sex)", frame("Orthodont.csv", &["Subject", "Sex"]));
    correlated.spec.correlation = Some(CorrelationSpec::Formula("ar1(1 | Subject)".into()));
    let sleep = linear("Reaction ~ Days + (1 + Days | Subject)", frame("sleepstudy.csv", &["Subject"]));
    vec![
        (
            "slopes",
            sleep,
            vec![
                "sd[Subject, (Intercept)] = 100, sd[Subject, Days] = 0.5, cor[Subject, (Intercept), Days] = -0.8",
                "sigma = 5, sd[Subject, Days] = 40, fixef[Days] = 3",
            ],
        ),
        ("one deviation", linear("y ~ x + cs(0 + t | g)", data(5, 240).frame()), vec!["cor[g] = 0.7"]),
        ("correlated residuals", correlated, vec!["rho[Subject] = 0.05, sigma = 9", "sd[Sex, (Intercept)] = 0"]),
        ("binomial", cbpp(), vec!["sd[herd, (Intercept)] = 3, fixef[periodp2] = 2", "sd[herd, (Intercept)] = 0"]),
        (
            "zeros",
            salamanders("nbinom2").zero_inflation("~ mined"),
            vec!["family[size] = 5, zi.fixef[(Intercept)] = 1, sd[site, (Intercept)] = 0.1"],
        ),
        ("ordinal", wine, vec!["threshold[1|2] = -4, fixef[tempwarm] = -1, sd[judge, (Intercept)] = 0.1"]),
        (
            "Cox",
            of_kind(ModelKind::Coxme, "Surv(time, status) ~ age + sex + (1 | id)", "kidney.csv", &["id"]),
            vec!["sd[id, (Intercept)] = 3, fixef[sex] = 1"],
        ),
    ]
}

#[test]
fn the_end_does_not_depend_on_the_start() {
    let form = ParameterForm::Reported;
    for (name, model, starts) in models() {
        let plain = model.fit();
        let (want, errors) = (plain.parameter_values(form), plain.parameters_vcov(form, &Watch::unwatched()).unwrap());
        let n = want.len();
        for text in starts {
            let own = begun(&model, text).fit();
            assert!(own.outcome.converged, "{name}: {text}");
            near(name, own.log_likelihood, plain.log_likelihood, 1e-9);
            for (i, (value, want)) in own.parameter_values(form).iter().zip(&want).enumerate() {
                let scale = errors[i * (n + 1)].sqrt();
                let off = (value - want).abs();
                assert!(off < 1e-4 * scale || scale.is_nan() && off < 1e-6, "{name}, {text}: {i} {value} for {want}");
            }
        }
    }
}

/// Where the search begins is one of the points that are reported.
#[test]
fn a_search_begins_at_its_start() {
    let sleep = linear("Reaction ~ Days + (1 + Days | Subject)", frame("sleepstudy.csv", &["Subject"]));
    let text = "sd[Subject, (Intercept)] = 20, sd[Subject, Days] = 5, cor[Subject, (Intercept), Days] = 0.3, sigma = 25";
    let Generalised { spec, frame, options } = begun(&sleep, text);
    let (_, heard) = heard_up_to(usize::MAX, |watch| Fit::new(&spec, Some(&frame), &options, watch).unwrap());
    // Theta is relative to sigma.
    let want = [20.0 / 25.0, 0.3 * 5.0 / 25.0, (1.0f64 - 0.09).sqrt() * 5.0 / 25.0];
    let is_there = |theta: &[f64]| theta.len() == 3 && theta.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-9);
    assert!(heard.iter().any(|own| is_there(&own.theta)));
}

#[test]
fn starts_that_are_none_are_refused() {
    let model = cbpp();
    for (text, why) in [
        ("sd[hird, (Intercept)] = 1", "did you mean sd[herd, (Intercept)]?"),
        ("sd[herd, (Intercept)] = -1", "sd[herd, (Intercept)] is -1, which it can't be"),
        ("theta[herd, (Intercept)] = 1", "there is no parameter"),
    ] {
        let message = begun(&model, text).try_fit().unwrap_err().message;
        assert!(message.contains(why), "{text}: {message}");
    }
    let both = begun(&model, "sd[herd, (Intercept)] = 1").options(|o| o.theta0 = Some(vec![1.0]));
    assert!(both.try_fit().unwrap_err().message.contains("theta0 is given, too"));
}

/// Log risk ratios of 13 trials of a vaccine with their variances (Colditz et al. 1994), by latitude: the residual standard deviation is 1, the
/// weights are one over the variances. Figures by the closed forms of the two likelihoods in R.
#[test]
fn a_fixed_residual_variance_is_a_meta_analysis() {
    let y = [
        -0.889_311, -1.585_389, -1.348_073, -1.441_551, -0.217_547, -0.786_116, -1.620_898, 0.011_952, -0.469_418, -1.371_345,
        -0.339_359, 0.445_913, -0.017_314,
    ];
    let v = [
        0.325_585, 0.194_581, 0.415_368, 0.020_010, 0.051_210, 0.006_906, 0.223_017, 0.003_962, 0.056_434, 0.073_025, 0.012_412,
        0.532_506, 0.071_405,
    ];
    let latitude = [44.0, 55.0, 42.0, 52.0, 13.0, 44.0, 19.0, 13.0, 27.0, 42.0, 18.0, 33.0, 33.0];
    let trials: Vec<String> = (1..=13).map(|i| format!("t{i}")).collect();
    let mut frame = Frame::new(13);
    frame.add_real("y", y.to_vec()).unwrap();
    frame.add_real("w", v.iter().map(|v| 1.0 / v).collect()).unwrap();
    frame.add_real("latitude", latitude.to_vec()).unwrap();
    frame.add_strings("trial", &trials.iter().map(|t| Some(t.as_str())).collect::<Vec<_>>()).unwrap();
    let mut model = generalised("y ~ latitude + (1 | trial)", "gaussian", frame).formula(|f| f.weights = Some("w".into()));
    model.spec.family.fixed = vec![("sigma".into(), 1.0)];
    model.options.std_errors = StdErrors::Conditional;
    let figures = [
        (
            true,
            0.276_310_431_032,
            [0.251_467_837_775, -0.029_101_725_792],
            [0.249_094_889_169, 0.007_195_313_846],
            -13.282_458_208_343,
        ),
        (
            false,
            0.185_340_131_562,
            [0.282_106_589_318, -0.029_509_336_369],
            [0.187_183_964_471, 0.005_487_720_421],
            -7.685_655_430_070,
        ),
    ];
    for (reml, sd, beta, errors, log_likelihood) in figures {
        let fit = model.clone().options(|o| o.reml_generalised = reml).fit();
        close("deviation", &fit.theta, &[sd], 1e-6);
        close("coefficients", &fit.fixed.estimate, &beta, 1e-7);
        close("standard errors", &fit.fixed.std_error, &errors, 1e-6);
        near("log-likelihood", fit.log_likelihood, log_likelihood, 1e-9);
        assert_eq!(fit.npar, 3);
        // The likelihood has no sigma among its parameters.
        let at = fit.parameters_with(ParameterForm::Reported, "sd[trial, (Intercept)] = 0.276310431").unwrap();
        let there = fit.evaluate(ParameterForm::Reported, &at, &Watch::unwatched()).unwrap().log_likelihood;
        assert!(if reml { (there - log_likelihood).abs() < 1e-9 } else { there < log_likelihood });
    }
}
