//! Fits of whole models against glmmTMB 1.1.5, taken to the maximum by Newton steps on its gradient, and of families that it lacks against
//! a Laplace approximation written out in R.

use crate::common::frames::{frame, labels, reals};
use crate::common::generalised::generalised;
use crate::common::{Data, Rng};
use interlace::family::by_name;
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::simulate::{Purpose, Stream};
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

/// Parameters in the midst of a range that are given where a family is another one make the fit that of the other.
#[test]
fn given_parameters_are_other_families() {
    let of = |family: &str, fixed: &[(&str, f64)]| {
        let mut model = generalised("count ~ mined + (1 | site)", family, frame("Salamanders.csv", &["site", "mined"]));
        model.spec.family.fixed = fixed.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        model.fit()
    };
    let poisson = of("poisson", &[]);
    for family in ["genpois", "compois"] {
        same(family, &of(family, &[("phi", 1.0)]), &poisson);
    }
    let sleep = |family: &str, fixed: &[(&str, f64)]| {
        let mut model = generalised("Reaction ~ Days + (1 | Subject)", family, frame("sleepstudy.csv", &["Subject"]));
        model.spec.family.fixed = fixed.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        model.fit()
    };
    let level = sleep("skewnormal", &[("alpha", 0.0)]);
    same("skewnormal", &level, &sleep("gaussian", &[]));
    assert!(!level.warnings().iter().any(|text| text.contains("alpha")), "{:?}", level.warnings());
}

fn same(what: &str, fit: &Fit, other: &Fit) {
    let near = |seen: f64, wanted: f64, tolerance: f64| {
        assert!((seen - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{what}: {seen:.12} and {wanted:.12}");
    };
    near(fit.log_likelihood, other.log_likelihood, 1e-9);
    for (a, b) in fit.fixed.estimate.iter().zip(&other.fixed.estimate) {
        near(*a, *b, 1e-6);
    }
    for (a, b) in fit.fixed.std_error.iter().zip(&other.fixed.std_error) {
        near(*a, *b, 1e-5);
    }
    near(fit.terms[0].sd[0], other.terms[0].sd[0], 1e-6);
}

/// Counts of a family in groups, with a covariate.
fn drawn(family: &str, psi: &[f64], seed: u64) -> Data {
    let own = by_name(family, Some("log")).unwrap();
    let mut stream = Stream::new(seed, 1, Purpose::Response);
    let b: Vec<f64> = (0..20).map(|_| 0.5 * stream.normal()).collect();
    let groups: Vec<usize> = (0..400).map(|i| i % 20).collect();
    let x: Vec<f64> = groups.iter().map(|_| stream.normal()).collect();
    let y = groups.iter().zip(&x).map(|(g, x)| own.simulate(1.2 + 0.4 * x + b[*g], 1.0, psi, &mut stream)).collect();
    Data::default().real("y", y).real("x", x).group("g", &groups)
}

/// `nbinom12` has `nbinom1`, `nbinom2` and `poisson` at its ends: its likelihood is no less than theirs, and where it ends at one of them
/// the fit says so, and is that of the simpler family.
#[test]
fn nbinom12_at_its_ends_says_so() {
    let mut at_ends = 0;
    for (family, psi) in [("nbinom2", &[0.7][..]), ("nbinom1", &[0.3]), ("poisson", &[])] {
        for seed in 1..4 {
            let data = drawn(family, psi, seed);
            let of = |family: &str| generalised("y ~ x + (1 | g)", family, data.frame()).fit();
            let (both, simple) = (of("nbinom12"), ["poisson", "nbinom1", "nbinom2"].map(of));
            let best = simple.iter().map(|fit| fit.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
            let place = format!("{family} {seed}: {} and {best}", both.log_likelihood);
            assert!(both.log_likelihood >= best - 1e-5, "{place}");
            let own = both.generalised().unwrap();
            let ended: Vec<&str> = own.parameters.iter().filter(|p| p.std_error.is_nan()).map(|p| p.name.as_ref()).collect();
            if ended.is_empty() {
                assert!(both.log_likelihood > best + 1e-9, "{place}: {:?}", own.parameters);
                continue;
            }
            at_ends += 1;
            let limit = match &ended[..] {
                ["alpha"] => 2,
                ["size"] => 1,
                _ => 0,
            };
            let other = &simple[limit];
            assert!(both.warnings().iter().any(|text| text.contains(ended[0])), "{place}: {:?}", both.warnings());
            assert!((both.log_likelihood - other.log_likelihood).abs() < 1e-4, "{place}: {ended:?}");
            for (a, b) in both.fixed.std_error.iter().zip(&other.fixed.std_error) {
                assert!((a / b - 1.0).abs() < 2e-3, "{place}: {a} and {b}");
            }
        }
    }
    assert!(at_ends >= 3, "{at_ends}");
}

/// Near alpha = 0 the likelihood of a skew normal response is level in it.
#[test]
fn a_level_alpha_is_warned_of() {
    let mut rng = Rng(8);
    let n = 400;
    let groups: Vec<usize> = (0..n).map(|i| i % 20).collect();
    let half: Vec<f64> = rng.normals(n / 2);
    // A sample and its mirror image have no skewness.
    let y = half.iter().chain(&half.iter().map(|v| -v).collect::<Vec<_>>()).copied().collect();
    let data = Data::default().real("y", y).group("g", &groups);
    let of = |family: &str| generalised("y ~ 1 + (1 | g)", family, data.frame()).fit();
    let (fit, normal) = (of("skewnormal"), of("gaussian"));
    assert!(fit.log_likelihood >= normal.log_likelihood - 1e-6 && fit.log_likelihood < normal.log_likelihood + 0.5);
    let alpha = &fit.generalised().unwrap().parameters[1];
    let said = fit.warnings().iter().any(|text| text.contains("alpha"));
    assert!(said || alpha.estimate.abs() >= 0.5, "{alpha:?}: {:?}", fit.warnings());
    assert!((fit.fixed.std_error[0] / normal.fixed.std_error[0] - 1.0).abs() < 0.05, "{:?}", fit.fixed);
}

/// Whole numbers of 25 milliseconds in the first five days of the sleep study vary less than Poisson counts. R's figures are of glmmTMB's
/// `compois`, taken to the maximum by Newton steps. Eight sites of the salamanders vary more than any such distribution: the fit ends at
/// the geometric one, and says so (glmmTMB's ends at the lower of two maxima, -81.638655).
#[test]
#[allow(clippy::unreadable_literal)]
fn conway_maxwell_poisson_fits_are_those_of_glmmtmb() {
    let own = frame("sleepstudy.csv", &["Subject"]);
    let (reaction, days) = (reals(&own, "Reaction"), reals(&own, "Days"));
    let rows: Vec<usize> = (0..days.len()).filter(|&i| days[i] < 5.0).collect();
    let of = |f: &dyn Fn(usize) -> f64| rows.iter().map(|&i| f(i)).collect::<Vec<f64>>();
    let subjects: Vec<usize> = rows.iter().map(|i| i / 10).collect();
    let data = Data::default().real("y", of(&|i| (reaction[i] / 25.0).floor())).real("Days", of(&|i| days[i]));
    let fit = generalised("y ~ Days + (1 | Subject)", "compois", data.group("Subject", &subjects).frame()).fit();
    let phi = fit.generalised().unwrap().parameters[0].estimate.ln();
    let seen = [fit.log_likelihood, fit.fixed.estimate[0], fit.fixed.estimate[1], phi, fit.terms[0].sd[0].ln()];
    let wanted = [-130.5666152880, 2.2632747570, 0.0343342829, -2.7694722530, -2.2464020410];
    for (seen, wanted) in seen.iter().zip(wanted) {
        assert!((seen - wanted).abs() <= 1e-6 * wanted.abs().max(1.0), "{seen:.10}, R has {wanted:.10}");
    }
    let residuals = fit.quantile_residuals(1, &Watch::unwatched()).unwrap();
    assert!(residuals.iter().all(|r| r.is_finite() && r.abs() < 6.0), "{residuals:?}");
    let data = frame("Salamanders.csv", &["site", "mined"]);
    let (counts, sites, mined) = (reals(&data, "count"), labels(&data, "site"), labels(&data, "mined"));
    let known = ["VF-1", "VF-2", "VF-3", "R-1", "R-2", "R-3", "C-1", "C-2"];
    let rows: Vec<usize> = (0..counts.len()).filter(|&i| known.contains(&sites[i].as_str())).step_by(2).collect();
    let few = Data::default().real("count", rows.iter().map(|&i| counts[i]).collect());
    let few = few.label("site", rows.iter().map(|&i| sites[i].clone())).label("mined", rows.iter().map(|&i| mined[i].clone()));
    let fit = generalised("count ~ mined + (1 | site)", "compois", few.frame()).fit();
    let mut geometric = generalised("count ~ mined + (1 | site)", "nbinom2", few.frame());
    geometric.spec.family.fixed = vec![("size".into(), 1.0)];
    let geometric = geometric.fit();
    assert!((fit.log_likelihood - geometric.log_likelihood).abs() < 1e-6, "{:.10}", fit.log_likelihood);
    for (a, b) in fit.fixed.std_error.iter().zip(&geometric.fixed.std_error) {
        assert!((a / b - 1.0).abs() < 1e-3, "{a} and {b}");
    }
    assert!(fit.warnings().iter().any(|text| text.contains("nbinom2, of size 1")), "{:?}", fit.warnings());
}
