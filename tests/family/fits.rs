//! Fits of whole models against glmmTMB 1.1.5, taken to the maximum by Newton steps on its gradient, and of families that it lacks against
//! a Laplace approximation written out in R.

use crate::common::frames::frame;
use crate::common::generalised::generalised;
use crate::common::{Data, Rng};
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::spec::{FamilySpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

/// A family, whether there is a zero part, the log-likelihood, the coefficients, and logarithms of the family's
/// parameters and of the standard deviation of the sites, as R has them.
struct Case {
    family: &'static str,
    zero: bool,
    log_likelihood: f64,
    fixed: [f64; 2],
    parameters: &'static [f64],
    log_sd: f64,
}

fn fit(case: &Case) -> Fit {
    let formula = FormulaSpec { formula: "count ~ mined + (1 | site)".into(), ..FormulaSpec::default() };
    let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(formula));
    spec.family = FamilySpec { name: case.family.into(), ..FamilySpec::default() };
    spec.zero_inflation = case.zero.then(|| PredictorSpec::Formula("~ 1".into()));
    Fit::new(&spec, Some(&frame("Salamanders.csv", &[])), &Options::default(), &Watch::unwatched()).unwrap()
}

fn check(case: &Case, tolerance: f64) {
    let (name, fit) = (case.family, fit(case));
    let near = |what: &str, seen: f64, wanted: f64, tolerance: f64| {
        assert!((seen - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{name} {what}: {seen:.12}, R has {wanted:.12}");
    };
    near("log-likelihood", fit.log_likelihood, case.log_likelihood, 1e-8);
    for (seen, wanted) in fit.fixed.estimate.iter().zip(case.fixed) {
        near("coefficient", *seen, wanted, tolerance);
    }
    let own = fit.generalised().unwrap();
    assert_eq!(own.parameters.len(), case.parameters.len());
    for (seen, wanted) in own.parameters.iter().zip(case.parameters) {
        near(&seen.name, seen.estimate.ln(), *wanted, tolerance);
    }
    near("sd", fit.terms[0].sd[0].ln(), case.log_sd, tolerance);
    let residuals = fit.quantile_residuals(1, &Watch::unwatched()).unwrap();
    assert!(residuals.iter().all(|r| r.is_finite()), "{name}: {residuals:?}");
}

#[test]
#[allow(clippy::unreadable_literal)]
fn fits_are_those_of_glmmtmb() {
    let case =
        |family, zero, log_likelihood, fixed, parameters, log_sd| Case { family, zero, log_likelihood, fixed, parameters, log_sd };
    for case in [
        case("genpois", false, -862.803849931862, [0.728355612689, -1.897102958272], &[1.418402105326], -0.786107483867),
        case("genpois", true, -860.324783687486, [0.903649996268, -1.983419113063], &[1.228905285482], -0.784873742203),
        case("truncated_genpois", true, -942.528758441018, [1.051836759396, -1.986064394770], &[1.196094132108], -2.641768375060),
    ] {
        check(&case, 1e-6);
    }
}

/// R's figures are of Newton steps on differences.
#[test]
#[allow(clippy::unreadable_literal)]
fn fits_are_those_of_a_likelihood_written_out() {
    let case =
        |family, log_likelihood, fixed, parameters, log_sd| Case { family, zero: false, log_likelihood, fixed, parameters, log_sd };
    for case in [
        case("bell", -917.4611796894, [0.762417120, -2.247791673], &[], -0.602524906),
        case("nbinom12", -861.2326719945, [0.753650114, -2.075731048], &[0.468572420, 0.489327980], -0.770374223),
    ] {
        check(&case, 1e-6);
    }
}

/// R's figures are of Newton steps on differences.
#[test]
#[allow(clippy::unreadable_literal)]
fn a_skew_normal_fit_is_that_of_a_likelihood_written_out() {
    let formula = FormulaSpec { formula: "Reaction ~ Days + (1 | Subject)".into(), ..FormulaSpec::default() };
    let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(formula));
    spec.family = FamilySpec { name: "skewnormal".into(), ..FamilySpec::default() };
    let data = frame("sleepstudy.csv", &["Subject"]);
    let fit = Fit::new(&spec, Some(&data), &Options::default(), &Watch::unwatched()).unwrap();
    let own = fit.generalised().unwrap();
    let seen = [
        fit.log_likelihood,
        fit.fixed.estimate[0],
        fit.fixed.estimate[1],
        own.parameters[0].estimate.ln(),
        own.parameters[1].estimate,
        fit.terms[0].sd[0].ln(),
    ];
    let wanted = [-896.0690579360, 252.804605033956, 10.189953968236, 3.430286188486, 1.286171477377, 3.570615912792];
    for (seen, wanted) in seen.iter().zip(wanted) {
        assert!((seen - wanted).abs() <= 1e-6 * wanted.abs(), "{seen:.12}, R has {wanted:.12}");
    }
    let residuals = fit.quantile_residuals(1, &Watch::unwatched()).unwrap();
    assert!(residuals.iter().all(|r| r.is_finite() && r.abs() < 6.0), "{residuals:?}");
}

/// A hurdle of a positive family is a model of the zeros and one of the other responses. R's figures are of glmmTMB's `ziGamma`, and of its
/// gaussian fit to the logarithms of the positive counts less the sum of these.
#[test]
#[allow(clippy::unreadable_literal)]
fn hurdles_of_positive_families_are_two_models() {
    let of = |family: &str, link: &str, zero: &str| {
        let data = frame("Salamanders.csv", &["site", "mined"]);
        generalised("count ~ mined + (1 | site)", family, data).link(link).zero_inflation(zero).fit()
    };
    let near = |what: &str, seen: f64, wanted: f64, tolerance: f64| {
        assert!((seen - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{what}: {seen:.12}, R has {wanted:.12}");
    };
    let zeros = -349.067667995520;
    let (mined, site) = ([-0.517306578469, 2.351240460761], -0.454047677044);
    let gamma = of("ziGamma", "log", "~ mined + (1 | site)");
    near("log-likelihood", gamma.log_likelihood, -877.507815276773, 1e-8);
    near("sum of both", gamma.log_likelihood, zeros - 528.440147281246, 1e-8);
    let lognormal = of("lognormal", "identity", "~ mined + (1 | site)");
    near("lognormal", lognormal.log_likelihood, zeros - 281.710146023269 - 228.7764047583, 1e-8);
    // glmmTMB's parameters are the logarithms of the shape and of the variance.
    let parts = [
        (&gamma, [1.285876001341, -0.678766441861], 0.694282391100, -2.098236124430),
        (&lognormal, [0.993966997814, -0.546801885270], 0.5 * -0.647488355306, -3.446842017206),
    ];
    for (fit, fixed, parameter, sd) in parts {
        for (seen, wanted) in fit.fixed.estimate.iter().zip(fixed) {
            near("coefficient", *seen, wanted, 1e-6);
        }
        near("parameter", fit.generalised().unwrap().parameters[0].estimate.ln(), parameter, 1e-6);
        near("sd", fit.terms[0].sd[0].ln(), sd, 1e-5);
        let zero = fit.generalised().unwrap().zero_inflation.as_ref().unwrap();
        for (seen, wanted) in zero.fixed.estimate.iter().zip(mined) {
            near("zero part", *seen, wanted, 1e-6);
        }
        near("sd of the zero part", zero.terms[0].sd[0].ln(), site, 1e-6);
        let residuals = fit.quantile_residuals(1, &Watch::unwatched()).unwrap();
        assert!(residuals.iter().all(|r| r.is_finite()), "{residuals:?}");
    }
}

/// Where the variance is well below the mean the likelihood of genpois is not divided by the sum of its probabilities, which a fit says.
#[test]
fn an_underdispersed_genpois_says_so() {
    let mut rng = Rng(3);
    let n = 240;
    let groups: Vec<usize> = (0..n).map(|i| i % 12).collect();
    // Sums of few draws of 0 or 1 vary less than their mean.
    let under = groups.iter().map(|_| (0..8).filter(|_| rng.uniform() < 0.75).count() as f64).collect();
    let over = groups.iter().map(|_| (0..40).filter(|_| rng.uniform() < 0.1).count() as f64 * 2.0).collect();
    let data = Data::default().real("under", under).real("over", over).group("g", &groups);
    let warned = |response: &str| {
        let fit = generalised(&format!("{response} ~ 1 + (1 | g)"), "genpois", data.frame()).fit();
        fit.warnings().iter().any(|text| text.contains("do not sum to one"))
    };
    assert!(warned("under") && !warned("over"));
}
