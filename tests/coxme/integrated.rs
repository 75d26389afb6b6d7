//! Fixed effects that maximise the integrated likelihood.

use crate::common::Data;
use crate::common::close::{close, near};
use crate::common::frames::{frame, reals};
use crate::trials::{fit_with, spec, trial};
use interlace::coxme::transform::TimeTransform;
use interlace::diagnostics::FixefResiduals;
use interlace::error::Code;
use interlace::fit::{Fit, ParameterForm};
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::inference::lrt::likelihood_ratio;
use interlace::options::{FixedEffectsBy, Options};
use interlace::predict::{CurveRequest, NewData, Quantity, RandomTerms, Request};
use interlace::resample::RefitOptions;
use interlace::spec::{FormulaSpec, Ties};
use interlace::watch::Watch;

fn integrated() -> Options {
    Options { fixed_effects: FixedEffectsBy::Integrated, null_model: true, ..Options::default() }
}

fn kidney(formula: &str, options: &Options) -> Fit {
    Fit::new(&spec(formula, Ties::Efron), Some(&frame("kidney.csv", &["id"])), options, &Watch::unwatched()).unwrap()
}

const KIDNEY: &str = "Surv(time, status) ~ age + sex + (1 | id)";

/// The criterion at fixed effects that an offset has, least over theta.
fn held(formula: &str, data: &Data, columns: &[(&str, f64)]) -> f64 {
    let mut offset = vec![0.0; data.n()];
    for (name, beta) in columns {
        offset.iter_mut().zip(data.values(name)).for_each(|(o, x)| *o += beta * x);
    }
    let source =
        FormulaSpec { formula: formula.into(), offset: Some("held".into()), weights: Some("w".into()), ..Default::default() };
    let spec = interlace::spec::Spec::new(interlace::spec::ModelKind::Coxme, interlace::spec::Source::Formula(source));
    let data = data.clone().real("held", offset).frame();
    Fit::new(&spec, Some(&data), &Options { null_model: true, ..Options::default() }, &Watch::unwatched()).unwrap().criterion
}

#[test]
fn the_kidney_data_have_their_known_maximum() {
    // A prototype in another language, dense, with the gradient checked by differences (integrated, beta of sex).
    let (own, joint) = (kidney(KIDNEY, &integrated()), kidney(KIDNEY, &Options::default()));
    assert!(own.outcome.converged);
    near("likelihood", own.log_likelihood, -181.902_821, 1e-8);
    near("sex", own.fixed.estimate[1], -1.380_59, 1e-5);
    near("of the joint mode", joint.log_likelihood, -181.904_519, 1e-8);
    assert_eq!((own.npar, own.cox().unwrap().fixed_effects), (joint.npar, FixedEffectsBy::Integrated));
    let summary = own.summary().unwrap();
    assert!(summary.contains("at the maximum of the integrated likelihood") && !summary.contains("Penalized"), "{summary}");
    // Martingale residuals sum to zero at any coefficients.
    assert!(own.residuals.iter().sum::<f64>().abs() < 1e-9);
}

#[test]
fn the_estimate_is_the_maximum_and_standard_errors_are_its_curvature() {
    let data = trial(300, 12, [0.8, 0.4], 3);
    let formula = |fixed: &str| format!("Surv(start, time, status) ~ {fixed} + strata(s) + (1 + x | g)");
    let source = FormulaSpec { formula: formula("x + z"), weights: Some("w".into()), ..Default::default() };
    let spec = interlace::spec::Spec::new(interlace::spec::ModelKind::Coxme, interlace::spec::Source::Formula(source));
    let own = Fit::new(&spec, Some(&data.frame()), &integrated(), &Watch::unwatched()).unwrap();
    let beta = own.fixed.estimate.clone();
    let at = |dx: f64, dz: f64| held(&formula("1"), &data, &[("x", beta[0] + dx), ("z", beta[1] + dz)]);
    let least = at(0.0, 0.0);
    near("criterion", own.criterion, least, 1e-9);
    // Second differences over the whole of a fit each: theta moves with beta.
    let h = [0.2 * own.fixed.std_error[0], 0.2 * own.fixed.std_error[1]];
    let second = |a: [f64; 2]| 0.5 * (at(a[0], a[1]) - 2.0 * least + at(-a[0], -a[1]));
    let (xx, zz, both) = (second([h[0], 0.0]), second([0.0, h[1]]), second([h[0], h[1]]));
    assert!(xx > 0.0 && zz > 0.0);
    let (a, b, c) = (xx / h[0].powi(2), zz / h[1].powi(2), 0.5 * (both - xx - zz) / (h[0] * h[1]));
    let determinant = a * b - c * c;
    close("vcov", &own.fixed.vcov, &[b / determinant, -c / determinant, -c / determinant, a / determinant], 5e-3);
    let all = own.parameters_vcov(ParameterForm::Reported, &Watch::unwatched()).unwrap();
    let m = own.npar;
    close("of all parameters", &[all[0], all[1], all[m], all[m + 1]], &own.fixed.vcov, 1e-6);
    assert!((2..m).all(|k| all[k * (m + 1)] > 0.0), "{all:?}");
}

#[test]
fn very_many_effects_have_their_maximum_there_too() {
    let data = trial(2400, 1200, [0.9, 0.0], 8);
    let formula = "Surv(start, time, status) ~ x + z + (1 | g)";
    let own = fit_with(formula, Ties::Efron, &data, integrated()).unwrap();
    let unit = data.clone().real("w", vec![1.0; 2400]);
    let at = |dx: f64| {
        held("Surv(start, time, status) ~ 1 + (1 | g)", &unit, &[("x", own.fixed.estimate[0] + dx), ("z", own.fixed.estimate[1])])
    };
    near("criterion", own.criterion, at(0.0), 1e-9);
    let (below, above, h) = (at(-0.02), at(0.02), 0.02);
    assert!(below > own.criterion && above > own.criterion);
    // Its slope is zero and its curvature about the inverse of the variance.
    assert!((above - below).abs() < 0.05 * (above + below - 2.0 * own.criterion));
    let curvature = (above + below - 2.0 * own.criterion) / (2.0 * h * h);
    assert!((curvature * own.fixed.std_error[0].powi(2) - 1.0).abs() < 0.1, "{curvature}");
    let joint = fit_with(formula, Ties::Efron, &data, Options::default()).unwrap();
    assert!(own.criterion < joint.criterion - 1e-4);
}

#[test]
fn without_variance_it_is_the_joint_mode() {
    let data = trial(200, 10, [0.0, 0.0], 2);
    let formula = "Surv(start, time, status) ~ x + z + strata(s)";
    let (own, joint) = (
        fit_with(formula, Ties::Breslow, &data, integrated()).unwrap(),
        fit_with(formula, Ties::Breslow, &data, Options::default()).unwrap(),
    );
    close("beta", &own.fixed.estimate, &joint.fixed.estimate, 1e-9);
    close("vcov", &own.fixed.vcov, &joint.fixed.vcov, 1e-6);
    near("criterion", own.criterion, joint.criterion, 1e-13);
}

#[test]
fn predictions_vary_as_the_estimates_do() {
    let (own, joint, watch) = (kidney(KIDNEY, &integrated()), kidney(KIDNEY, &Options::default()), Watch::unwatched());
    let link = |random| Request { quantity: Quantity::Link, random, level: Some(0.95), ..Request::default() };
    let found = own.predictions(NewData::Training, &link(RandomTerms::None), &watch).unwrap();
    let variance = |x: [f64; 2]| (0..4).map(|e| own.fixed.vcov[e] * x[e % 2] * x[e / 2]).sum::<f64>();
    near("error", found.std_errors[0].powi(2), variance([own.x[0], own.x[76]]), 1e-9);
    // With frailties, and of curves: near those of the joint mode, whose estimates and covariances are near.
    let known = |fit: &Fit| fit.predictions(NewData::Training, &link(RandomTerms::All), &watch).unwrap();
    let (a, b) = (known(&own), known(&joint));
    let ratio =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a / b).fold((f64::INFINITY, 0.0f64), |r, v| (r.0.min(v), r.1.max(v)));
    let of_links = ratio(&a.std_errors, &b.std_errors);
    assert!(of_links.0 > 0.8 && of_links.1 < 1.25 && of_links.0 != of_links.1, "{of_links:?}");
    close("eta", &a.values, &own.cox().unwrap().eta, 1e-12);
    let request = CurveRequest { times: Some(vec![100.0]), ..CurveRequest::default() };
    let errors =
        |fit: &Fit| reals(&fit.survival_curves(NewData::Training, &request, &watch).unwrap().table, "cumulative_hazard_std_error");
    let of_curves = ratio(&errors(&own), &errors(&joint));
    assert!(of_curves.0 > 0.8 && of_curves.1 < 1.25, "{of_curves:?}");
    assert!(own.terms[0].condvar.iter().all(|v| *v > 0.0));
}

#[test]
fn tests_and_refits_are_of_the_same_likelihood() {
    let (own, joint, watch) = (kidney(KIDNEY, &integrated()), kidney(KIDNEY, &Options::default()), Watch::unwatched());
    let small = kidney("Surv(time, status) ~ age + (1 | id)", &integrated());
    let test = likelihood_ratio(&[&own, &small], false, &watch).unwrap();
    let chi_square = test[1].1.as_ref().unwrap().chi_square;
    near("chi-square", chi_square, small.criterion - own.criterion, 1e-12);
    let error = likelihood_ratio(&[&own, &joint], false, &watch).unwrap_err();
    assert!(error.code == Code::Argument && error.message.contains("at the joint mode in one of them"), "{error}");
    let anova = anova_table(&own, None, AnovaType::I, DegreesOfFreedom::Same(f64::INFINITY), &watch).unwrap();
    near("anova", reals(&anova, "chi_square")[2], chi_square, 1e-6);
    let response: Vec<f64> = own.cox().unwrap().survival.stop.iter().chain(&own.y).copied().collect();
    let refits = own.refit_many(&response, &RefitOptions { std_errors: false, threads: 1 }, &watch).unwrap();
    near("refit", reals(&refits.frame().unwrap(), "log_likelihood")[0], own.log_likelihood, 1e-9);
}

#[test]
fn what_is_of_the_joint_mode_is_refused() {
    let (own, watch) = (kidney(KIDNEY, &integrated()), Watch::unwatched());
    let refused = |error: interlace::error::Error| {
        assert!(error.code == Code::Unsupported && error.message.contains("fixed_effects"), "{error}");
    };
    refused(own.fixef_residuals(FixefResiduals::Dfbeta, &watch).unwrap_err());
    refused(own.schoenfeld_residuals(&watch).unwrap_err());
    refused(own.proportional_hazards(TimeTransform::KaplanMeier, &watch).unwrap_err());
    refused(own.profile(0.95, &watch).unwrap_err());
    let data = frame("kidney.csv", &["id"]);
    refused(Fit::objective(&spec(KIDNEY, Ties::Efron), Some(&data), &integrated(), &[0.5], &watch).unwrap_err());
    // No event in one level: no maximum.
    let data = trial(60, 6, [0.5, 0.0], 1);
    let never = data.values("status").iter().map(|s| 1.0 - s).collect();
    let error = fit_with("Surv(start, time, status) ~ never + (1 | g)", Ties::Efron, &data.real("never", never), integrated());
    let error = error.unwrap_err();
    assert!(error.code == Code::Numeric && error.message.contains("monotone likelihood"), "{error}");
}
