//! The coordinates of pictures against the formulas that define them.

use std::f64::consts::TAU;

use super::pictures::sheet;
use crate::common::close::{close, near};
use crate::common::frames::{frame, labels, reals};
use crate::common::generalised::{cbpp, generalised, linear, salamanders};
use interlace::distributions::normal_quantile;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::picture::{Layer, Mark, Sheet};
use interlace::watch::Watch;

fn sleep() -> Fit {
    linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit()
}

/// A layer of a panel, by its name.
fn layer<'s>(sheet: &'s Sheet, panel: usize, name: &str) -> &'s Layer {
    let own = &sheet.panels[panel];
    own.layers.iter().find(|layer| layer.name == name).unwrap_or_else(|| panic!("no layer {name} of {}", own.title))
}

#[test]
fn quantiles_are_those_of_ordered_residuals() {
    let fit = sleep();
    let own = sheet(&fit, None, "qq", &[("residual", "pearson")]).unwrap();
    let points = layer(&own, 0, "residuals");
    let mut wanted = fit.residuals_pearson.clone();
    wanted.sort_by(f64::total_cmp);
    assert_eq!(points.y, wanted);
    let n = wanted.len();
    near("the first score", points.x[0], normal_quantile(0.5 / n as f64), 1e-12);
    let (band, line) = (layer(&own, 0, "limits"), layer(&own, 0, "line through the quartiles"));
    let slope = (line.y[1] - line.y[0]) / (line.x[1] - line.x[0]);
    let intercept = line.y[0] - slope * line.x[0];
    // qnorm(qbeta(c(0.025, 0.975), c(1, 90), c(180, 91))).
    for (i, z) in [(0, [-3.631_948_565, -2.047_893_773]), (89, [-0.189_853_443_2, 0.175_918_436_4])] {
        let at = band.x.iter().position(|x| (x - points.x[i]).abs() < 1e-12).unwrap();
        close("limits", &[band.lower[at], band.upper[at]], &z.map(|z| intercept + slope * z), 1e-7);
    }
}

#[test]
fn caterpillars_have_modes_with_conditional_limits() {
    let fit = sleep();
    let own = sheet(&fit, None, "caterpillar", &[("level", "0.9")]).unwrap();
    let (term, z) = (&fit.terms[0], -normal_quantile(0.05));
    let mut order: Vec<usize> = (0..18).collect();
    order.sort_by(|a, b| term.modes[2 * a].total_cmp(&term.modes[2 * b]));
    for effect in 0..2 {
        let limits = layer(&own, effect, "limits");
        for (k, &level) in order.iter().enumerate() {
            let (mode, sd) = (term.modes[2 * level + effect], term.condvar[4 * level + 3 * effect].sqrt());
            close("limits", &[limits.x[k], limits.lower[k], limits.upper[k]], &[mode, mode - z * sd, mode + z * sd], 1e-12);
            assert_eq!((own.panels[effect].y.names[k].as_str(), limits.y[k]), (term.design.levels[level].as_str(), k as f64 + 1.0));
        }
    }
    let table = own.frame().unwrap();
    let (names, places) = (labels(&table, "label"), reals(&table, "y"));
    let at = names.iter().position(|name| *name == term.design.levels[order[4]]).unwrap();
    assert_eq!(places[at], 5.0);
}

#[test]
fn shrinkage_begins_at_regressions_of_single_groups() {
    let fit = sleep();
    let own = sheet(&fit, None, "shrinkage", &[]).unwrap();
    let arrows = layer(&own, 0, "shrinkage");
    let (beta, first) = (&fit.fixed.estimate, &fit.terms[0]);
    // coef(lm(Reaction ~ Days, subset(sleepstudy, Subject == 308))).
    let at = first.design.levels.iter().position(|level| level == "308").unwrap();
    close("308", &[arrows.x[at] + beta[0], arrows.y[at] + beta[1]], &[244.192_669_090_9, 21.764_702_424_2], 1e-9);
    close("modes", &[arrows.x_to[at], arrows.y_to[at]], &first.modes[2 * at..2 * at + 2], 1e-15);
}

#[test]
fn ellipses_are_contours_of_the_covariance() {
    let fit = sleep();
    let own = sheet(&fit, None, "ranef_pairs", &[]).unwrap();
    let d = &fit.terms[0].cov;
    let determinant = d[0] * d[3] - d[1] * d[2];
    for (name, wanted) in [("50 %", 1.386_294_361_119_891), ("95 %", 5.991_464_547_107_979)] {
        let line = layer(&own, 0, name);
        for (x, y) in line.x.iter().zip(&line.y) {
            near(name, (d[3] * x * x - 2.0 * d[1] * x * y + d[0] * y * y) / determinant, wanted, 1e-9);
        }
    }
}

#[test]
fn profiles_cross_their_limits_and_densities_have_the_whole() {
    let fit = sleep();
    let (zeta, density) = (sheet(&fit, None, "profile_zeta", &[]).unwrap(), sheet(&fit, None, "profile_density", &[]).unwrap());
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    assert_eq!((zeta.panels.len(), density.panels.len()), (profiles.len(), profiles.len()));
    for (k, profile) in profiles.iter().enumerate() {
        assert_eq!(zeta.panels[k].title, profile.name);
        let limits = layer(&zeta, k, "limits");
        for (v, z) in [(profile.lower, -1.959_964), (profile.upper, 1.959_964)] {
            let at =
                limits.x.iter().position(|x| (x - v).abs() < 1e-6 * v.abs()).unwrap_or_else(|| panic!("{}: {v}", profile.name));
            near(&profile.name, limits.y[at], z, 5e-3);
        }
        let curve = layer(&zeta, k, "profile");
        assert!(curve.y.windows(2).all(|pair| pair[0] < pair[1]), "{}: {:?}", profile.name, curve.y);
        // The trapezoidal rule: what is left beyond the ends is 1 % or less.
        let own = density.panels[k].layers.iter().find(|layer| layer.mark == Mark::Line).unwrap();
        let pieces = (1..own.x.len()).map(|i| 0.5 * (own.y[i] + own.y[i - 1]) * (own.x[i] - own.x[i - 1]));
        let total: f64 = pieces.sum();
        assert!(total > 0.975 && total < 1.001, "{}: {total}", profile.name);
    }
    // A fixed effect of a balanced design: nearly the normal density at its peak.
    let peak = layer(&density, 5, "density").y.iter().copied().fold(0.0, f64::max);
    near("the peak", peak * TAU.sqrt() * fit.fixed.std_error[1], 1.0, 0.05);
    let one = sheet(&fit, None, "profile_zeta", &[("effect", "sigma")]).unwrap();
    assert_eq!(one.panels.len(), 1);
}

/// Contours by traces are close to where the likelihood has its level, and pass the ends of the traces.
#[test]
fn contours_of_pairs_are_those_of_the_likelihood() {
    let mut data = frame("cbpp.csv", &["herd", "period"]);
    let period = labels(&data, "period");
    for level in ["p2", "p3", "p4"] {
        data.add_real(level, period.iter().map(|own| f64::from(u8::from(own == level))).collect()).unwrap();
    }
    let model = |formula: &str, data: &Frame| generalised(formula, "binomial", data.clone()).fit();
    let fit = model("cbind(incidence, size - incidence) ~ p2 + p3 + p4 + (1 | herd)", &data);
    let pairs = sheet(&fit, None, "profile_pairs", &[("effect", "p2, p3")]).unwrap();
    let titles: Vec<&str> = pairs.panels.iter().map(|panel| panel.title.as_str()).collect();
    assert_eq!(titles, ["p2", "ζ: p3 × p2", "p2 × p3", "p3"]);
    let (contour, level) = (layer(&pairs, 2, "95 %"), -2.0 * 0.05_f64.ln());
    let (p2, p3) = (reals(&data, "p2"), reals(&data, "p3"));
    let n = contour.x.len();
    assert_eq!(n, 121);
    for k in (0..n).step_by(20) {
        let held = p2.iter().zip(&p3).map(|(a, b)| contour.x[k] * a + contour.y[k] * b).collect();
        let mut own = data.clone();
        own.add_real("held", held).unwrap();
        let other = model("cbind(incidence, size - incidence) ~ p4 + offset(held) + (1 | herd)", &own);
        let rise = 2.0 * (fit.log_likelihood - other.log_likelihood);
        near(&format!("point {k}"), rise, level, 0.03 * level);
    }
    // On the scales of zeta, up to the outermost contour.
    let (outer, trace) = (layer(&pairs, 1, "99 %"), layer(&pairs, 1, "p2 along p3"));
    let last = trace.x.len() - 1;
    near("the end", trace.x[last], (-2.0 * 0.01_f64.ln()).sqrt(), 1e-3);
    let nearest = |x: f64, y: f64| outer.x.iter().zip(&outer.y).map(|(a, b)| (a - x).abs().max((b - y).abs())).fold(9.0, f64::min);
    assert!(nearest(trace.x[last], trace.y[last]) < 0.1 && nearest(trace.x[0], trace.y[0]) < 0.1);
    let one = |effect: &str| sheet(&fit, None, "profile_pairs", &[("effect", effect)]);
    assert_eq!(one("p3").unwrap().panels.len(), 25);
    assert!(one("p2, p9").unwrap_err().message.starts_with("effect: no parameter is called 'p9'"));
    assert!(sheet(&fit, None, "profile_pairs", &[("term", "herd")]).unwrap_err().message.contains("only one parameter"));
    let error = sheet(&fit, None, "profile_pairs", &[("term", "hert")]).unwrap_err();
    assert_eq!(error.message, "term: no parameter of random effects is one of the grouping factor 'hert'");
}

#[test]
fn bins_and_bars_add_up() {
    let own = cbpp();
    let fit = own.fit();
    let binned = sheet(&fit, None, "binned", &[]).unwrap();
    let bins = layer(&binned, 0, "bins");
    assert_eq!(bins.x.len(), 10);
    assert!(bins.x.windows(2).all(|pair| pair[0] < pair[1]));
    let calibrated = sheet(&fit, None, "calibration", &[]).unwrap();
    let limits = layer(&calibrated, 0, "limits");
    assert!(
        (0..limits.x.len()).all(|i| limits.lower[i] <= limits.y[i] && limits.y[i] <= limits.upper[i] && limits.upper[i] <= 1.0)
    );
    let fit = salamanders("poisson").fit();
    let rootogram = sheet(&fit, None, "rootogram", &[]).unwrap();
    let (bars, curve) = (layer(&rootogram, 0, "observed"), layer(&rootogram, 0, "expected"));
    let observed: f64 = (0..bars.x.len()).map(|k| (bars.upper[k] - bars.lower[k]).powi(2)).sum();
    near("observed", observed, 644.0, 1e-9);
    let zeros: f64 = fit.fitted.iter().map(|mu| (-mu).exp()).sum();
    near("expected zeros", curve.y[0].powi(2), zeros, 1e-9);
    let threes: f64 = fit.fitted.iter().map(|mu| (-mu).exp() * mu.powi(3) / 6.0).sum();
    near("expected threes", curve.y[3].powi(2), threes, 1e-9);
}

#[test]
fn means_are_marginal_means() {
    let own = linear("distance ~ age * Sex + (age | Subject)", frame("Orthodont.csv", &["Subject", "Sex"]));
    let (fit, watch) = (own.fit(), Watch::unwatched());
    let drawn = sheet(&fit, Some(&own.frame), "means", &[("effect", "age | Sex")]).unwrap();
    let spec = MeansSpec::parse("~ age | Sex").unwrap().at("age = 8, 9, 10, 11, 12, 13, 14").unwrap();
    let means = MarginalMeans::of_fit(&fit, Some(&own.frame), &spec, Weighting::default(), &watch).unwrap();
    let table =
        fit.with_means_coefficients(DegreesOfFreedom::by_default(None), |own| means.table(own, None, 0.95, &watch)).unwrap();
    let (estimate, lower) = (reals(&table, "estimate"), reals(&table, "lower"));
    for (g, sex) in ["Female", "Male"].into_iter().enumerate() {
        let band = layer(&drawn, 0, sex);
        assert_eq!(band.x, [8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0]);
        close("means", &band.y, &estimate[7 * g..7 * g + 7], 1e-12);
        close("limits", &band.lower, &lower[7 * g..7 * g + 7], 1e-12);
    }
}
