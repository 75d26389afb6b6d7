//! Residuals, overdispersion and R2 where there is no reference.

use super::*;
use interlace::watch::Watch;

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
}

#[test]
fn quantile_residuals_are_standard_normal_and_reproducible() {
    let frame = data("sim_families.csv", &["g"]);
    let mut zero = spec("poisson", "y_zip ~ x + (1 | g)");
    zero.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
    let models = [
        (spec("nbinom2", "y_nb2 ~ x + (1 | g)"), true),
        (spec("binomial", "cbind(y_bin, trials - y_bin) ~ x + (1 | g)"), true),
        (zero, true),
        (spec("gamma", "y_gamma ~ x + (1 | g)"), false),
        (spec("beta", "y_beta ~ x + (1 | g)"), false),
        (spec("student_t", "y_t ~ x + (1 | g)"), false),
    ];
    for (model, random) in models {
        let fit = fitted(&model, &frame);
        let residuals = fit.quantile_residuals(7, &Watch::unwatched()).unwrap();
        let (mean, sd) = moments(&residuals);
        assert!(mean.abs() < 0.1 && (sd - 1.0).abs() < 0.1, "{}: {mean} {sd}", model.family.name);
        assert_eq!(residuals, fit.quantile_residuals(7, &Watch::unwatched()).unwrap());
        assert_eq!(residuals != fit.quantile_residuals(8, &Watch::unwatched()).unwrap(), random, "{}", model.family.name);
    }
}

#[test]
fn quantile_residuals_of_a_linear_model_are_standardised() {
    let frame = data("sim_weights.csv", &["g"]);
    let formula = FormulaSpec { formula: "y ~ x1 + (1 | g)".into(), weights: Some("w".into()), ..FormulaSpec::default() };
    let fit =
        Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(formula)), Some(&frame), &Options::default(), &Watch::unwatched())
            .unwrap();
    let want: Vec<f64> = fit.residuals_pearson.iter().map(|r| r / fit.sigma).collect();
    close("quantile", &fit.quantile_residuals(1, &Watch::unwatched()).unwrap(), &want, 1e-9);
    close("working", &fit.residuals_of(ResidualKind::Working, &Watch::unwatched()).unwrap(), &fit.residuals, 0.0);
    close("deviance", &fit.residuals_of(ResidualKind::Deviance, &Watch::unwatched()).unwrap(), &fit.residuals_pearson, 0.0);
}

/// A response that the model holds impossible has a residual all the same.
#[test]
fn quantile_residuals_of_far_outliers_are_finite() {
    let mut frame = Frame::new(40);
    frame.add_real("y", (0..40).map(|i| if i == 7 { 900.0 } else { f64::from(i % 3) }).collect()).unwrap();
    let labels: Vec<String> = (0..40).map(|i| format!("g{}", i % 8)).collect();
    frame.add_strings("g", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    let mut model = spec("poisson", "y ~ 1 + (1 | g)");
    model.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
    for model in [spec("poisson", "y ~ 1 + (1 | g)"), model] {
        let residuals = fitted(&model, &frame).quantile_residuals(3, &Watch::unwatched()).unwrap();
        assert!(residuals.iter().all(|r| r.is_finite()) && residuals[7] > 8.0, "{residuals:?}");
    }
}

#[test]
fn working_residuals_follow_the_mean() {
    let frame = data("epil.csv", &["trt", "subject"]);
    let fit = fitted(&spec("poisson", "y ~ trt + (1 | subject)"), &frame);
    let want: Vec<f64> = fit.y.iter().zip(&fit.fitted).map(|(y, mu)| (y - mu) / mu).collect();
    close("poisson", &fit.residuals_of(ResidualKind::Working, &Watch::unwatched()).unwrap(), &want, 1e-12);
    // A truncated mean m has the derivative m (1 + mu - m).
    let mut hurdle = spec("truncated_poisson", "y ~ trt + (1 | subject)");
    hurdle.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
    let fit = fitted(&hurdle, &frame);
    let own = fit.generalised().unwrap();
    let slope = |i: usize| {
        let mu = own.eta[i].exp();
        let m = mu / -(-mu).exp_m1();
        (1.0 - own.zero_probability(i)) * m * (1.0 + mu - m)
    };
    let want: Vec<f64> = (0..fit.n_obs).map(|i| fit.residuals[i] / slope(i)).collect();
    close("truncated", &fit.residuals_of(ResidualKind::Working, &Watch::unwatched()).unwrap(), &want, 1e-8);
}

/// Weights that multiply the log-density do so in squared residuals, too.
#[test]
fn weights_count_in_residuals() {
    let mut frame = data("epil.csv", &["trt", "subject"]);
    frame.add_real("w", (0..frame.n_rows()).map(|i| 0.5 + (i % 4) as f64).collect()).unwrap();
    let mut model = spec("poisson", "y ~ trt + (1 | subject)");
    if let Source::Formula(source) = &mut model.source {
        source.weights = Some("w".into());
    }
    let fit = fitted(&model, &frame);
    let weights = fit.weights.clone().unwrap();
    let pearson: Vec<f64> = (0..fit.n_obs).map(|i| weights[i].sqrt() * fit.residuals[i] / fit.fitted[i].sqrt()).collect();
    close("pearson", &fit.residuals_of(ResidualKind::Pearson, &Watch::unwatched()).unwrap(), &pearson, 1e-12);
    let deviance = fit.residuals_of(ResidualKind::Deviance, &Watch::unwatched()).unwrap();
    let i = (0..fit.n_obs).find(|&i| fit.y[i] > 0.0 && weights[i] != 1.0).unwrap();
    let unit = 2.0 * weights[i] * (fit.y[i] * (fit.y[i] / fit.fitted[i]).ln() - fit.residuals[i]);
    close("deviance", &[deviance[i].powi(2)], &[unit], 1e-10);
}

#[test]
fn what_is_not_defined_is_unsupported() {
    let frame = data("sim_families.csv", &["g"]);
    let mut zero = spec("poisson", "y_zip ~ x + (1 | g)");
    zero.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
    for (model, deviance, overdispersion, r2) in [
        (zero, false, true, false),
        (spec("gamma", "y_gamma ~ x + (1 | g)"), true, false, true),
        (spec("student_t", "y_t ~ x + (1 | g)"), false, false, true),
        (spec("ordered_beta", "y_ordbeta ~ x + (1 | g)"), false, false, false),
        (spec("betabinomial", "cbind(y_betabin, trials - y_betabin) ~ x + (1 | g)"), false, true, false),
    ] {
        let fit = fitted(&model, &frame);
        let name = &model.family.name;
        let check = |what: &str, result: Result<(), interlace::error::Error>, wanted: bool| match result {
            Ok(()) => assert!(wanted, "{name}: {what}"),
            Err(error) => assert!(!wanted && error.code == Code::Unsupported, "{name}: {error:?}"),
        };
        check("deviance", fit.residuals_of(ResidualKind::Deviance, &Watch::unwatched()).map(drop), deviance);
        check("overdispersion", fit.overdispersion().map(drop), overdispersion);
        check("R2", fit.r2(&Watch::unwatched()).map(drop), r2);
    }
}

#[test]
fn overdispersion_is_found_where_it_is() {
    let frame = data("sim_families.csv", &["g"]);
    let poisson = fitted(&spec("poisson", "y_nb2 ~ x + (1 | g)"), &frame);
    let test = poisson.overdispersion().unwrap();
    let chi_square: f64 = poisson.y.iter().zip(&poisson.fitted).map(|(y, mu)| (y - mu).powi(2) / mu).sum();
    close("chi-square", &[test.chi_square, test.df], &[chi_square, (poisson.n_obs - 3) as f64], 1e-10);
    assert!(test.ratio > 1.5 && test.p_value < 1e-6, "{test:?}");
    let right = fitted(&spec("nbinom2", "y_nb2 ~ x + (1 | g)"), &frame).overdispersion().unwrap();
    assert!(right.ratio < 1.2 && right.p_value > 1e-3, "{right:?}");
}

/// A gaussian model is a linear one.
#[test]
fn r2_of_a_gaussian_model_is_that_of_the_linear_one() {
    let frame = data("sim_three_slopes.csv", &["g"]);
    let formula = FormulaSpec { formula: "y ~ x1 + x2 + (1 + x1 | g)".into(), ..FormulaSpec::default() };
    let fit = |kind| {
        let options = Options { reml: false, ..Options::default() };
        Fit::new(&Spec::new(kind, Source::Formula(formula.clone())), Some(&frame), &options, &Watch::unwatched())
            .unwrap()
            .r2(&Watch::unwatched())
            .unwrap()
    };
    let (a, b) = (fit(ModelKind::Lmm), fit(ModelKind::Glmm));
    close("r2", &[b.marginal(), b.conditional(), b.icc_adjusted()], &[a.marginal(), a.conditional(), a.icc_adjusted()], 1e-5);
}
