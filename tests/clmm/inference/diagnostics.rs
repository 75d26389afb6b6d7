//! Residuals and shares of variance.

use std::f64::consts::PI;

use interlace::diagnostics::ResidualKind;
use interlace::distributions::normal_two_sided;
use interlace::error::Code;
use interlace::watch::Watch;

use super::{OrdinalModel, six, wine};
use crate::common::generalised::Generalised;

/// Those of a true model are normal: mean, variance and the greatest distance of their distribution function.
#[test]
fn quantile_residuals_are_normal() {
    let models = [
        six("y6 ~ x + (1 | g)"),
        six("y6 ~ x + (1 | g)").nominal("~ z").ordinal_link("cloglog"),
        six("y6 ~ x + (1 | g)").dispersion("~ z"),
    ];
    for model in models {
        let fit = model.fit();
        let mut residuals = fit.quantile_residuals(4, &Watch::unwatched()).unwrap();
        let n = residuals.len() as f64;
        let mean = residuals.iter().sum::<f64>() / n;
        let variance = residuals.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 0.1 && (variance - 1.0).abs() < 0.2, "{mean} {variance}");
        residuals.sort_unstable_by(f64::total_cmp);
        let distance = residuals.iter().enumerate().map(|(i, r)| {
            let tail = 0.5 * normal_two_sided(*r);
            let p = if *r < 0.0 { tail } else { 1.0 - tail };
            (p - i as f64 / n).abs().max((p - (i + 1) as f64 / n).abs())
        });
        assert!(distance.fold(0.0, f64::max) < 1.63 / n.sqrt());
        assert_eq!(
            fit.quantile_residuals(4, &Watch::unwatched()).unwrap(),
            fit.quantile_residuals(4, &Watch::unwatched()).unwrap()
        );
    }
}

#[test]
fn categories_have_no_other_residuals_and_no_overdispersion() {
    let fit = wine("rating ~ temp + (1 | judge)").fit();
    for kind in [ResidualKind::Response, ResidualKind::Pearson, ResidualKind::Working, ResidualKind::Deviance] {
        let error = fit.residuals_of(kind, &Watch::unwatched()).unwrap_err();
        assert!(error.code == Code::Unsupported && error.message.contains("quantile"), "{error}");
    }
    let error = fit.overdispersion().unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("ordinal"), "{error}");
}

/// By the definition: the variance of x'beta over the rows, z'Dz, the variance of the latent variable.
#[test]
fn shares_of_the_latent_variance() {
    for (link, residual) in [("logit", PI * PI / 3.0), ("probit", 1.0), ("cloglog", PI * PI / 6.0), ("loglog", PI * PI / 6.0)] {
        let fit = wine("rating ~ temp + contact + (1 | judge)").ordinal_link(link).fit();
        let r2 = fit.r2(&Watch::unwatched()).unwrap();
        // Each half of the rows has either level, independently of the other factor.
        let fixed: f64 = fit.fixed.estimate.iter().map(|b| b * b / 4.0).sum::<f64>() * 72.0 / 71.0;
        let random = fit.theta[0] * fit.theta[0];
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * b, "{link}: {a} {b}");
        near(r2.fixed, fixed);
        near(r2.random, random);
        near(r2.residual, residual);
        near(r2.icc_adjusted(), random / (random + residual));
        near(r2.conditional(), (fixed + random) / (fixed + random + residual));
    }
    let unsupported = |model: Generalised| {
        let error = model.fit().r2(&Watch::unwatched()).unwrap_err();
        assert_eq!(error.code, Code::Unsupported);
        error.message
    };
    assert!(unsupported(wine("rating ~ temp + (1 | judge)").ordinal_link("cauchit")).contains("cauchit"));
    assert!(unsupported(wine("rating ~ temp + (1 | judge)").dispersion("~ contact")).contains("scale"));
}
