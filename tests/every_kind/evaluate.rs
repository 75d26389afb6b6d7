//! The likelihood at given parameters: figures of R and of dense matrices, the estimates, differences.

use crate::common::close::{close, near};
use crate::common::designs::data;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use interlace::fit::{Fit, InformationMatrix, ParameterForm};
use interlace::prior::Prior;
use interlace::spec::{CorrelationSpec, ModelKind};
use interlace::watch::Watch;

use InformationMatrix::{Average, Observed};
use ParameterForm::{Log, Reported, Variance, Working};

fn of_kind(kind: ModelKind, formula: &str, data: &str, categories: &[&str]) -> Generalised {
    let mut model = generalised(formula, "", frame(data, categories));
    model.spec.kind = kind;
    model
}

fn sleepstudy(reml: bool) -> Fit {
    linear("Reaction ~ Days + (1 + Days | Subject)", frame("sleepstudy.csv", &["Subject"])).options(|o| o.reml = reml).fit()
}

fn kidney(formula: &str) -> Fit {
    of_kind(ModelKind::Coxme, formula, "kidney.csv", &["id", "disease"]).fit()
}

fn wine(formula: &str) -> Generalised {
    let mut model = of_kind(ModelKind::Clmm, formula, "wine.csv", &["rating", "temp", "contact", "judge"]);
    model.spec.ordinal.levels = (1..=5).map(|k| k.to_string()).collect();
    model
}

fn log_likelihood(fit: &Fit, form: ParameterForm, at: &[f64]) -> f64 {
    fit.evaluate(form, at, &Watch::unwatched()).unwrap().log_likelihood
}

fn gradient(fit: &Fit, form: ParameterForm, at: &[f64]) -> Vec<f64> {
    fit.evaluate(form, at, &Watch::unwatched()).unwrap().gradient
}

fn information(fit: &Fit, at: &[f64], matrix: InformationMatrix) -> Vec<f64> {
    fit.information_at(Reported, at, matrix, &Watch::unwatched()).unwrap()
}

/// Dense matrices in R, with exact derivatives. Random effects have the order sd, cor, sd.
#[test]
fn a_linear_model_is_as_with_dense_matrices() {
    let fit = sleepstudy(true);
    let at = fit
        .parameters_with(
            Reported,
            "sd[Subject, (Intercept)] = 20, sd[Subject, Days] = 5, cor[Subject, (Intercept), Days] = 0.3, sigma = 28",
        )
        .unwrap();
    assert_eq!(&at[2..], [28.0, 20.0, 0.3, 5.0]);
    near("restricted", log_likelihood(&fit, Reported, &at), -873.368_354_347_891, 1e-11);
    let own = gradient(&fit, Reported, &at);
    assert!(own[..2].iter().all(|g| g.is_nan()));
    let want = [-0.731_940_834_152, 0.113_723_384_572, -0.530_082_523_323, 0.551_853_724_862];
    close("restricted gradient", &own[2..], &want, 1e-9);
    // In the order of R: sd, sd, cor, sigma.
    let place = [3, 5, 4, 2];
    let matrix = |own: &[f64]| -> Vec<f64> { (0..16).map(|e| own[place[e / 4] * 6 + place[e % 4]]).collect() };
    let observed = [
        0.042_799_790_543,
        0.016_422_804_607,
        0.229_444_095_98,
        0.016_151_014_653,
        0.016_422_804_607,
        1.009_933_880_09,
        0.949_944_239_141,
        0.048_312_704_43,
        0.229_444_095_98,
        0.949_944_239_141,
        10.970_934_478_6,
        -0.303_949_007_817,
        0.016_151_014_653,
        0.048_312_704_43,
        -0.303_949_007_817,
        0.296_363_088_115,
    ];
    let average = [
        0.041_461_452_614,
        0.015_083_860_775,
        0.186_078_693_361,
        0.013_284_517_981,
        0.015_083_860_775,
        0.955_453_973_441,
        0.784_796_627_16,
        0.039_288_586_032,
        0.186_078_693_361,
        0.784_796_627_16,
        9.236_287_368_53,
        -0.243_483_075_603,
        0.013_284_517_981,
        0.039_288_586_032,
        -0.243_483_075_603,
        0.326_162_779_534,
    ];
    close("observed", &matrix(&information(&fit, &at, Observed)), &observed, 1e-6);
    close("average", &matrix(&information(&fit, &at, Average)), &average, 1e-8);

    let fit = sleepstudy(false);
    let at = [250.0, 11.0, 28.0, 20.0, 0.3, 5.0];
    near("likelihood", log_likelihood(&fit, Reported, &at), -877.430_856_033_46, 1e-11);
    let want = [0.032_644_079_339, -0.265_837_391_343, -0.751_294_199_32, 0.083_326_371_39, -0.633_828_902_783, 0.419_317_355_529];
    close("gradient", &gradient(&fit, Reported, &at), &want, 1e-9);
}

/// The parameters of glmmTMB are those without bounds: its `obj$fn` and `obj$gr`.
#[test]
fn counts_are_as_in_glmmtmb() {
    let fit = salamanders("nbinom2").zero_inflation("~ mined").fit();
    let at = [0.2, 0.9, 0.4, -1.5, 0.3, -0.6];
    near("log-likelihood", log_likelihood(&fit, Log, &at), -1_009.742_366_613_22, 1e-9);
    let want = [-18.055_275_951, -51.426_514_451, -69.126_339_471, 20.932_621_186, 11.332_278_755, 90.676_713_758];
    close("gradient", &gradient(&fit, Log, &at), &want, 1e-7);
}

/// Without variance a Cox model is survival's, an ordinal one ordinal's `clm`; the slopes in coefficients are those there.
#[test]
fn without_variance_models_are_those_of_fixed_effects() {
    let fit = kidney("Surv(time, status) ~ age + sex + (1 | id)");
    let at = [0.01, -0.8, 0.0];
    near("Cox", log_likelihood(&fit, Reported, &at), -184.707_111_934_152, 1e-10);
    let own = gradient(&fit, Reported, &at);
    close("Cox", &own[..2], &[-89.836_280_198, -0.015_015_508], 1e-7);
    near("the slope in a deviation vanishes", own[2], 0.0, 1e-6);

    let fit = wine("rating ~ temp + contact + (1 | judge)").fit();
    let values = [("threshold[1|2]", -1.0), ("threshold[2|3]", 1.0), ("threshold[3|4]", 2.5), ("threshold[4|5]", 4.5)];
    let mut text: Vec<String> = values.iter().map(|(id, value)| format!("{id} = {value}")).collect();
    text.push("fixef[tempwarm] = 2, fixef[contactyes] = 1, sd[judge, (Intercept)] = 0".into());
    let at = fit.parameters_with(Reported, &text.join(", ")).unwrap();
    near("ordinal", log_likelihood(&fit, Reported, &at), -90.157_616_480_353, 1e-10);
    let want = [-2.494_766_640, 1.275_715_069, 2.645_329_159];
    let own = gradient(&fit, Reported, &at);
    // That of its thresholds first.
    close("thresholds", &own[2..6], &[-3.148_365_570, -3.970_527_807, 7.415_433_593, -2.494_766_640], 1e-7);
    close("coefficients", &own[..2], &want[1..], 1e-7);
}

fn fits() -> Vec<(&'static str, Fit)> {
    let mut correlated =
        linear("distance ~ age + Sex", frame("Orthodont.csv", &["Subject", "Sex"])).options(|o| o.null_model = true);
    correlated.spec.correlation = Some(CorrelationSpec::Formula("ar1(1 | Subject)".into()));
    let ml = |model: Generalised| model.options(|o| o.reml = false);
    vec![
        ("restricted", sleepstudy(true)),
        ("slopes", sleepstudy(false)),
        ("correlated residuals", ml(correlated.clone()).fit()),
        ("correlated residuals, restricted", correlated.fit()),
        ("one deviation", ml(linear("y ~ x + cs(0 + t | g)", data(5, 240).frame())).fit()),
        ("binomial", cbpp().fit()),
        ("quadrature", cbpp().options(|o| o.quadrature = 5).fit()),
        ("joint", cbpp().options(|o| o.quadrature = 0).fit()),
        ("zeros", salamanders("nbinom2").zero_inflation("~ mined + (1 | spp)").fit()),
        (
            "gaussian, restricted",
            generalised("Reaction ~ Days + (1 | Subject)", "gaussian", frame("sleepstudy.csv", &["Subject"]))
                .options(|o| o.reml_generalised = true)
                .fit(),
        ),
        ("ordinal", wine("rating ~ temp + (1 | judge)").fit()),
        ("ordinal with scale", wine("rating ~ temp + (1 | judge)").dispersion("~ contact").fit()),
        (
            "without random terms",
            generalised("count ~ mined", "poisson", frame("Salamanders.csv", &["mined"])).options(|o| o.null_model = true).fit(),
        ),
        (
            "integrated",
            of_kind(ModelKind::Coxme, "Surv(time, status) ~ age + sex + (1 | id)", "kidney.csv", &["id"])
                .options(|o| o.fixed_effects = interlace::options::FixedEffectsBy::Integrated)
                .fit(),
        ),
    ]
}

/// At the estimates: the fit's own log-likelihood, no slope, and the information that its covariance is the inverse of.
#[test]
fn at_the_estimates_it_is_the_fit() {
    for (name, fit) in fits() {
        let taken = fit.is_function_of();
        for form in [Reported, Variance, Log, Working] {
            let at = fit.parameter_values(form);
            near(name, log_likelihood(&fit, form, &at), fit.log_likelihood, 1e-9);
            let vcov = fit.parameters_vcov(form, &Watch::unwatched()).unwrap();
            let n = at.len();
            for (i, g) in gradient(&fit, form, &at).into_iter().enumerate() {
                let error = vcov[i * (n + 1)].sqrt();
                assert!(if taken[i] { (g * error).abs() < 2e-4 } else { g.is_nan() }, "{name} {form:?} {i}: {g} of {error}");
            }
            let own = fit.information_at(form, &at, Observed, &Watch::unwatched()).unwrap();
            let free: Vec<usize> = (0..n).filter(|i| taken[*i]).collect();
            for &i in &free {
                for &j in &free {
                    // Rows of the product with the covariance are those of the identity.
                    let sum: f64 = free.iter().map(|&k| own[i * n + k] * vcov[k * n + j]).sum();
                    let scale = (vcov[j * (n + 1)] / vcov[i * (n + 1)]).sqrt();
                    let off = (sum - f64::from(u8::from(i == j))).abs() / scale;
                    assert!(off < 2e-3, "{name} {form:?} {i} {j}: {off:.1e}");
                }
            }
        }
    }
}

/// Away from them the gradient is that of differences of the log-likelihood, in every form.
#[test]
fn slopes_are_those_of_differences() {
    for (name, fit) in fits() {
        let taken = fit.is_function_of();
        for form in [Reported, Variance, Log, Working] {
            let (mut at, vcov) = (fit.parameter_values(form), fit.parameters_vcov(form, &Watch::unwatched()).unwrap());
            let n = at.len();
            let errors: Vec<f64> = (0..n).map(|i| vcov[i * (n + 1)].sqrt()).collect();
            (0..n).for_each(|i| at[i] += 0.2 * errors[i]);
            let own = gradient(&fit, form, &at);
            for i in (0..n).filter(|i| taken[*i]) {
                let h = 0.02 * errors[i];
                let moved = |by: f64| {
                    let mut there = at.clone();
                    there[i] += by * h;
                    log_likelihood(&fit, form, &there)
                };
                let want = (8.0 * (moved(1.0) - moved(-1.0)) - moved(2.0) + moved(-2.0)) / (12.0 * h);
                let off = (own[i] - want).abs() * errors[i];
                assert!(off < 1e-5, "{name} {form:?} {i}: {} for {want}", own[i]);
            }
        }
    }
}

#[test]
fn impossible_values_are_refused() {
    let (restricted, slopes, joint) = (sleepstudy(true), sleepstudy(false), cbpp().fit());
    let refused = |fit: &Fit, text: &str, why: &str| {
        let found = fit.parameters_with(Reported, text).and_then(|at| fit.evaluate(Reported, &at, &Watch::unwatched()).map(|_| ()));
        let message = found.unwrap_err().message;
        assert!(message.contains(why), "{text}: {message}");
    };
    refused(&slopes, "sigma = 0", "sigma is 0, which it can't be");
    refused(&slopes, "sd[Subject, Days] = -1", "which it can't be");
    refused(&slopes, "cor[Subject, (Intercept), Days] = 1.5", "which it can't be");
    refused(&slopes, "fixef[Days] = inf", "which it can't be");
    refused(&slopes, "sd[Subjet, Days] = 1", "did you mean sd[Subject, Days]?");
    refused(&restricted, "fixef[Days] = 1", "is no function of fixef[Days]");
    assert!(joint.information_at(Reported, &joint.parameter_values(Reported), Average, &Watch::unwatched()).is_err());
    assert!(slopes.evaluate(Reported, &[1.0], &Watch::unwatched()).is_err());
    let mut penalised = cbpp();
    penalised.spec.priors = Prior::parse_list("normal(0, 2.5) on fixef").unwrap();
    refused(&penalised.fit(), "sd[herd, (Intercept)] = 1", "not available for a fit with priors");
}
