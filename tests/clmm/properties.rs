//! What must leave an ordinal fit as it is, and what it must equal.

use crate::common::close::close_by;
use crate::common::{Data, Rng};
use interlace::fit::{Fit, Ordinal};
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec, Threshold};
use interlace::watch::Watch;

const N: usize = 240;

/// Categories y of 1 to 4, a second y of two, x, z, f (3 levels), g (12 groups), h (8), whole weights.
fn data() -> Data {
    let mut rng = Rng(5);
    let (x, z) = (rng.normals(N), rng.normals(N));
    let (b, c) = (rng.normals(12), rng.normals(8));
    let g: Vec<usize> = (0..N).map(|i| i % 12).collect();
    let h: Vec<usize> = (0..N).map(|_| rng.below(8)).collect();
    let f: Vec<usize> = (0..N).map(|i| (i / 12) % 3).collect();
    let latent: Vec<f64> = (0..N)
        .map(|i| {
            let u = rng.uniform().clamp(1e-6, 1.0 - 1e-6);
            0.8 * x[i] + 0.3 * f[i] as f64 + 0.9 * b[g[i]] + 0.5 * c[h[i]] + (u / (1.0 - u)).ln()
        })
        .collect();
    let category = |v: f64, cuts: &[f64]| 1.0 + cuts.iter().filter(|cut| v > **cut).count() as f64;
    let y = latent.iter().map(|v| category(*v, &[-1.2, 0.4, 1.9])).collect();
    let two = latent.iter().map(|v| category(*v, &[0.3])).collect();
    let w = (0..N).map(|i| (1 + i % 3) as f64).collect();
    let d = Data::default().real("y", y).real("two", two).real("x", x).real("z", z).real("w", w);
    d.group("f", &f).group("g", &g).group("h", &h)
}

fn spec(formula: &str) -> Spec {
    Spec::new(ModelKind::Clmm, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }))
}

#[track_caller]
fn fit(spec: &Spec, data: &Data) -> Fit {
    let fit = Fit::new(spec, Some(&data.frame()), &Options::default(), &Watch::unwatched()).unwrap();
    assert!(fit.outcome.converged, "{:?}", fit.outcome);
    fit
}

fn ordinal(fit: &Fit) -> &Ordinal {
    fit.ordinal().unwrap()
}

/// Log-likelihood, fixed effects, thresholds and theta with all standard errors.
#[track_caller]
fn near(what: &str, a: &[f64], b: &[f64], within: f64) {
    close_by(what, a, b, within, |i| 1.0 + b[i].abs());
}

fn same(what: &str, a: &Fit, b: &Fit) {
    near(what, &[a.log_likelihood], &[b.log_likelihood], 1e-10);
    near(what, &a.fixed.estimate, &b.fixed.estimate, 1e-6);
    near(what, &a.fixed.std_error, &b.fixed.std_error, 1e-5);
    near(what, &ordinal(a).thresholds.estimate, &ordinal(b).thresholds.estimate, 1e-6);
    near(what, &ordinal(a).thresholds.std_error, &ordinal(b).thresholds.std_error, 1e-5);
    near(what, &a.theta, &b.theta, 1e-6);
}

const SHAPES: [&str; 4] =
    ["y ~ x + f + (1 | g)", "y ~ x + (1 + x | g) + (1 | h)", "y ~ x * f + (1 | g) + (0 + x | g)", "y ~ 1 + (1 | g)"];

#[test]
fn the_order_of_rows_and_terms_is_nothing() {
    let (data, order) = (data(), (0..N).map(|i| (i * 77 + 5) % N).collect::<Vec<_>>());
    for formula in SHAPES {
        same(formula, &fit(&spec(formula), &data.rows(&order)), &fit(&spec(formula), &data));
    }
    let (one, other) = (fit(&spec("y ~ x + f + (1 | g) + (1 | h)"), &data), fit(&spec("y ~ f + x + (1 | h) + (1 | g)"), &data));
    near("terms", &[one.log_likelihood], &[other.log_likelihood], 1e-10);
    near("terms", &one.theta, &[other.theta[1], other.theta[0]], 1e-6);
    near("terms", &[one.fixed.estimate[0]], &[other.fixed.estimate[2]], 1e-6);
}

#[test]
fn units_and_places_of_covariates_are_nothing_but_units_and_places() {
    let plain = data();
    let x = plain.values("x").to_vec();
    for (scale, shift) in [(1e6, 0.0), (1e-6, 0.0), (1.0, 2000.0), (-3.0, 50.0)] {
        let moved = data().real("x", x.iter().map(|x| scale * x + shift).collect());
        let formula = "y ~ x + f + (1 | g) + (1 | h)";
        let (here, there) = (fit(&spec(formula), &plain), fit(&spec(formula), &moved));
        near("log-likelihood", &[there.log_likelihood], &[here.log_likelihood], 1e-10);
        near("x", &[there.fixed.estimate[0] * scale], &[here.fixed.estimate[0]], 1e-6);
        near("x", &[there.fixed.std_error[0] * scale.abs()], &[here.fixed.std_error[0]], 1e-5);
        let by = here.fixed.estimate[0] / scale * shift;
        let wanted: Vec<f64> = ordinal(&here).thresholds.estimate.iter().map(|t| t + by).collect();
        near("thresholds", &ordinal(&there).thresholds.estimate, &wanted, 1e-6);
        near("fitted", &there.fitted, &here.fitted, 1e-6);
    }
}

#[test]
fn a_weight_is_so_many_rows() {
    let data = data();
    let mut rows = vec![];
    for (i, w) in data.values("w").iter().enumerate() {
        rows.extend(std::iter::repeat_n(i, *w as usize));
    }
    for (nominal, scale) in [(None, None), (Some("~ x"), Some("~ z"))] {
        let mut plain = spec("y ~ f + (1 | g)");
        plain.ordinal.nominal = nominal.map(|f: &str| PredictorSpec::Formula(f.into()));
        plain.dispersion = scale.map(|f: &str| PredictorSpec::Formula(f.into()));
        let mut weighted = plain.clone();
        if let Source::Formula(source) = &mut weighted.source {
            source.weights = Some("w".into());
        }
        let (weighted, copies) = (fit(&weighted, &data), fit(&plain, &data.rows(&rows)));
        same("weights", &weighted, &copies);
        near("modes", &weighted.terms[0].modes, &copies.terms[0].modes, 1e-6);
    }
}

#[test]
fn two_categories_are_a_binomial_model() {
    let data = data();
    let yes = data.values("two").iter().map(|y| y - 1.0).collect();
    let data = data.real("yes", yes);
    for (link, binomial, sign) in [
        ("logit", "logit", 1.0),
        ("probit", "probit", 1.0),
        ("cauchit", "cauchit", 1.0),
        ("cloglog", "loglog", 1.0),
        ("loglog", "cloglog", 1.0),
    ] {
        let mut ordered = spec("two ~ x + f + (1 | g) + (1 | h)");
        ordered.ordinal.link = Some(link.into());
        let mut family = spec("yes ~ x + f + (1 | g) + (1 | h)");
        family.kind = ModelKind::Glmm;
        (family.family.name, family.family.link) = ("binomial".into(), Some(binomial.into()));
        let (ordered, family) = (fit(&ordered, &data), fit(&family, &data));
        near(link, &[ordered.log_likelihood], &[family.log_likelihood], 1e-9);
        near(link, &ordered.fixed.estimate, &family.fixed.estimate[1..].iter().map(|b| sign * b).collect::<Vec<_>>(), 1e-5);
        near(link, &ordered.fixed.std_error, &family.fixed.std_error[1..], 1e-4);
        near(link, &ordinal(&ordered).thresholds.estimate, &[-sign * family.fixed.estimate[0]], 1e-5);
        near(link, &ordinal(&ordered).thresholds.std_error, &family.fixed.std_error[..1], 1e-4);
        near(link, &ordered.theta, &family.theta, 1e-5);
    }
}

#[test]
fn turned_categories_turn_all_signs() {
    let plain = data();
    let turned = data().real("y", plain.values("y").iter().map(|y| 5.0 - y).collect());
    for (link, other) in [("logit", "logit"), ("probit", "probit"), ("cauchit", "cauchit"), ("cloglog", "loglog")] {
        for threshold in [Threshold::Flexible, Threshold::Symmetric, Threshold::Equidistant] {
            let of = |link: &str| {
                let mut spec = spec("y ~ x + f + (1 | g)");
                spec.ordinal.link = Some(link.into());
                spec.ordinal.threshold = threshold;
                spec.dispersion = Some(PredictorSpec::Formula("~ z".into()));
                spec
            };
            let (here, there) = (fit(&of(link), &plain), fit(&of(other), &turned));
            let what = format!("{link} {threshold:?}");
            near(&what, &[here.log_likelihood], &[there.log_likelihood], 1e-9);
            near(&what, &here.fixed.estimate, &there.fixed.estimate.iter().map(|b| -b).collect::<Vec<_>>(), 1e-5);
            let thresholds: Vec<f64> = ordinal(&there).thresholds.estimate.iter().rev().map(|t| -t).collect();
            near(&what, &ordinal(&here).thresholds.estimate, &thresholds, 1e-5);
        }
    }
}

#[test]
fn categories_without_observations_are_left_out_and_said() {
    let plain = data();
    let codes = data().real("y", plain.values("y").iter().map(|y| if *y > 2.0 { y + 3.0 } else { *y }).collect());
    let formula = "y ~ x + (1 | g)";
    let (here, there) = (fit(&spec(formula), &plain), fit(&spec(formula), &codes));
    same("codes", &there, &here);
    assert_eq!(ordinal(&there).categories, ["1", "2", "6", "7"]);
    assert_eq!(ordinal(&there).thresholds.names, ["1|2", "2|6", "6|7"]);
    let mut declared = spec(formula);
    declared.ordinal.levels = (0..6).map(|k| k.to_string()).collect();
    let declared = fit(&declared, &plain);
    same("levels", &declared, &here);
    let warnings = declared.warnings().join("\n");
    assert!(warnings.contains("'0'") && warnings.contains("'5'"), "{warnings}");
}

#[test]
fn nominal_effects_of_two_categories_are_those_of_the_location_with_the_sign_turned() {
    let data = data();
    let location = fit(&spec("two ~ x + f + (1 | g)"), &data);
    let mut nominal = spec("two ~ f + (1 | g)");
    nominal.ordinal.nominal = Some(PredictorSpec::Formula("~ x".into()));
    let nominal = fit(&nominal, &data);
    near("log-likelihood", &[nominal.log_likelihood], &[location.log_likelihood], 1e-10);
    let parameters = &nominal.generalised().unwrap().parameters;
    near("effect", &[parameters[1].estimate], &[-location.fixed.estimate[0]], 1e-6);
    near("error", &[parameters[1].std_error], &[location.fixed.std_error[0]], 1e-5);
}

#[test]
fn what_is_in_the_thresholds_is_left_out_of_the_mean() {
    let data = data().real("one", vec![1.0; N]);
    let plain = fit(&spec("y ~ f + (1 | g)"), &data);
    let constant = fit(&spec("y ~ one + f + (1 | g)"), &data);
    same("constant", &constant, &plain);
    assert_eq!(constant.fixed.dropped, ["one"]);
    let mut nominal = spec("y ~ x + f + (1 | g)");
    nominal.ordinal.nominal = Some(PredictorSpec::Formula("~ x".into()));
    let nominal = fit(&nominal, &data);
    assert_eq!(nominal.fixed.dropped, ["x"]);
    assert_eq!(ordinal(&nominal).nominal.as_ref().unwrap().names, ["x"]);
}

#[test]
fn a_scale_of_two_groups_is_two_standard_deviations() {
    // A group whose latent variable is wider by 2 has thresholds and effects that are half as large.
    let data = data();
    let mut scaled = spec("y ~ x + (1 | g)");
    scaled.dispersion = Some(PredictorSpec::Formula("~ z".into()));
    let moved = data.clone().real("z", data.values("z").iter().map(|z| 10.0 * z).collect());
    let (here, there) = (fit(&scaled, &data), fit(&scaled, &moved));
    let zeta = |fit: &Fit| fit.generalised().unwrap().dispersion.as_ref().unwrap().fixed.estimate[0];
    same("units", &there, &here);
    near("zeta", &[10.0 * zeta(&there)], &[zeta(&here)], 1e-6);
}

#[test]
fn a_variance_of_zero_is_found_and_said() {
    // No level has anything of its own.
    let mut rng = Rng(9);
    let y = (0..N).map(|i| (1 + i % 3) as f64).collect();
    let data = Data::default().real("y", y).real("x", rng.normals(N)).group("g", &(0..N).map(|i| (i / 3) % 20).collect::<Vec<_>>());
    let fit = fit(&spec("y ~ x + (1 | g)"), &data);
    assert!(fit.singular && fit.theta == [0.0], "{:?}", fit.theta);
    assert!(fit.warnings().iter().any(|w| w.contains("singular")));
    assert!(fit.fixed.std_error.iter().chain(&ordinal(&fit).thresholds.std_error).all(|s| s.is_finite() && *s > 0.0));
}

#[test]
fn separated_categories_are_named() {
    // All rows with f = 2, and no others, are in the highest category.
    let plain = data();
    let f: Vec<usize> = (0..N).map(|i| (i / 12) % 3).collect();
    let y = plain.values("y").iter().zip(&f).map(|(y, f)| if *f == 2 { 4.0 } else { y.min(3.0) }).collect();
    let data = data().real("y", y);
    let fit = Fit::new(&spec("y ~ x + f + (1 | g)"), Some(&data.frame()), &Options::default(), &Watch::unwatched()).unwrap();
    let separated = &fit.generalised().unwrap().separated;
    // No other row is there: the threshold below it goes to infinity with the coefficient.
    assert_eq!(separated.len(), 2, "{separated:?}");
    assert!(separated[0].starts_with('f') && separated[0].ends_with('2') && separated[1] == "3|4", "{separated:?}");
    assert!(fit.fitted.iter().all(|p| (0.0..=1.0).contains(p)));
}

#[test]
fn quadrature_of_many_points_is_the_integral() {
    let data = data();
    let with = |points: usize| {
        let options = Options { quadrature: points, ..Options::default() };
        Fit::new(&spec("y ~ x + (1 | g)"), Some(&data.frame()), &options, &Watch::unwatched()).unwrap().log_likelihood
    };
    let (laplace, few, many) = (with(1), with(9), with(41));
    assert!((few - many).abs() < 1e-6 && (laplace - many).abs() > 1e-5, "{laplace} {few} {many}");
}
