//! Models without random terms, and likelihood-ratio tests against them: closed forms of least squares and of intercept-only models.

use crate::common::close::near;
use crate::common::frames::{frame, reals};
use crate::common::generalised::{Generalised, generalised, linear};
use crate::common::{Data, Rng};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger, Satterthwaite};
use interlace::inference::lrt::{fit_and_compare, likelihood_ratio_table};
use interlace::predict::{NewData, Quantity, Request};
use interlace::resample::{BootstrapOptions, RandomEffects};
use interlace::spec::{ModelKind, Spec};
use interlace::watch::Watch;

fn sleepstudy() -> Frame {
    frame("sleepstudy.csv", &["Subject"])
}

/// Everything that can be asked of a fit, so that nothing fails where there are no terms.
fn ask(fit: &Fit) {
    assert!(fit.outcome.converged && !fit.singular && fit.theta.is_empty() && fit.terms.is_empty(), "{:?}", fit.outcome);
    for name in fit.table_names() {
        fit.table(name).unwrap();
    }
    assert!(!fit.summary().unwrap().is_empty());
    let quantity = if fit.kind.model() == ModelKind::Clmm { Quantity::Probabilities } else { Quantity::Response };
    let request = Request { level: Some(0.9), quantity, ..Request::default() };
    let own = fit.predictions(NewData::Training, &request, &Watch::unwatched()).unwrap();
    assert!(own.std_errors.iter().all(|e| *e > 0.0), "{:?}", own.std_errors);
    assert_eq!(fit.simulate(2, 1, RandomEffects::New, &Watch::unwatched()).unwrap().len(), 2 * fit.n_obs);
    for profile in fit.profile(0.95, &Watch::unwatched()).unwrap() {
        assert!(profile.warning.is_none() && profile.lower < profile.estimate && profile.estimate < profile.upper, "{profile:?}");
    }
    assert!(fit.profile_theta(0.95, &Watch::unwatched()).unwrap().is_empty());
    let replicates =
        fit.bootstrap(&BootstrapOptions { replicates: 3, ..BootstrapOptions::default() }, &Watch::unwatched()).unwrap();
    assert!(replicates.failures.iter().all(Option::is_none), "{:?}", replicates.failures);
}

/// The log-likelihood of Poisson counts with a mean for each group.
fn poisson_of_groups(y: &[f64], group: &[i32]) -> f64 {
    let mean = |g: i32| {
        let own: Vec<f64> = y.iter().zip(group).filter(|(_, own)| **own == g).map(|(y, _)| *y).collect();
        own.iter().sum::<f64>() / own.len() as f64
    };
    let log_factorial = |y: f64| (1..=y as usize).map(|k| (k as f64).ln()).sum::<f64>();
    y.iter().zip(group).map(|(y, g)| y * mean(*g).ln() - mean(*g) - log_factorial(*y)).sum()
}

/// By least squares: the residual sum of squares, the inverse of X'X for X = (1, x).
fn least_squares(x: &[f64], y: &[f64]) -> (f64, f64, f64, f64) {
    let n = x.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let (mx, my) = (mean(x), mean(y));
    let sxx: f64 = x.iter().map(|v| (v - mx).powi(2)).sum();
    let slope = x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / sxx;
    let rss = x.iter().zip(y).map(|(x, y)| (y - my - slope * (x - mx)).powi(2)).sum();
    (slope, rss, sxx, n)
}

#[test]
fn a_linear_model_is_that_of_least_squares() {
    let data = sleepstudy();
    let (slope, rss, sxx, n) = least_squares(&reals(&data, "Days"), &reals(&data, "Reaction"));
    let tau = (2.0 * std::f64::consts::PI).ln();
    for reml in [true, false] {
        let fit = linear("Reaction ~ Days", data.clone()).options(|own| (own.reml, own.null_model) = (reml, true)).fit();
        ask(&fit);
        assert!(fit.summary().unwrap().starts_with("Linear model fit by"), "{}", fit.summary().unwrap());
        let rows = if reml { n - 2.0 } else { n };
        let log_det = if reml { (n * sxx).ln() } else { 0.0 };
        near("criterion", fit.criterion, rows * (1.0 + tau + (rss / rows).ln()) + log_det, 1e-12);
        near("sigma", fit.sigma, (rss / rows).sqrt(), 1e-12);
        near("slope", fit.fixed.estimate[1], slope, 1e-12);
        near("its error", fit.fixed.std_error[1], (rss / rows / sxx).sqrt(), 1e-12);
        let own = Satterthwaite::of(&fit, &Watch::unwatched()).unwrap();
        near("degrees of freedom", own.df(&[0.0, 1.0]), rows, 1e-9);
        if reml {
            let own = KenwardRoger::of(&fit, &Watch::unwatched()).unwrap();
            near("degrees of freedom", own.df(&[0.3, 1.0]), n - 2.0, 1e-9);
            near("adjusted error", own.vcov[3].sqrt(), fit.fixed.std_error[1], 1e-12);
        }
        assert_eq!(DegreesOfFreedom::by_default(Some(&own)).coefficients(&fit).len(), 2);
        let r2 = fit.r2(&Watch::unwatched()).unwrap();
        assert!(r2.random == 0.0 && r2.marginal() == r2.conditional());
    }
}

#[test]
fn generalised_and_ordinal_models_have_closed_forms() {
    let salamanders = frame("Salamanders.csv", &["site", "mined", "spp"]);
    let counts = reals(&salamanders, "count");
    let (n, total) = (counts.len() as f64, counts.iter().sum::<f64>());
    for nagq in [1, 0] {
        let fit = generalised("count ~ 1", "poisson", salamanders.clone())
            .options(|own| (own.quadrature, own.null_model) = (nagq, true))
            .fit();
        if nagq == 1 {
            ask(&fit);
        }
        near("log of the mean", fit.fixed.estimate[0], (total / n).ln(), 1e-8);
        near("its error", fit.fixed.std_error[0], total.sqrt().recip(), 1e-6);
        let factorial = |k: f64| (1..=k as usize).map(|i| (i as f64).ln()).sum::<f64>();
        let want = total * (total / n).ln() - total - counts.iter().map(|k| factorial(*k)).sum::<f64>();
        near("logLik", fit.log_likelihood, want, 1e-10);
    }
    for family in ["nbinom2", "gaussian"] {
        ask(&generalised("count ~ mined", family, salamanders.clone()).options(|own| own.null_model = true).fit());
    }
    let mut wine = linear("rating ~ 1", frame("wine.csv", &["judge", "temp"]));
    wine.spec.kind = ModelKind::Clmm;
    wine.options.null_model = true;
    let fit = wine.fit();
    ask(&fit);
    let rating = wine.frame.column("rating").unwrap().to_category().unwrap().into_owned();
    let share = |k: usize| rating.codes.iter().filter(|c| **c as usize <= k).count() as f64 / rating.codes.len() as f64;
    for (k, threshold) in fit.ordinal().unwrap().thresholds.estimate.iter().enumerate() {
        near("threshold", *threshold, (share(k) / (1.0 - share(k))).ln(), 1e-7);
    }
}

fn compared(models: &[&Generalised], chi_bar: bool) -> interlace::error::Result<Frame> {
    let specs: Vec<&Spec> = models.iter().map(|m| &m.spec).collect();
    fit_and_compare(&specs, Some(&models[0].frame), &models[0].options, chi_bar, &Watch::unwatched())
}

/// The commonest test of a variance: half a chi-square with one degree of freedom.
#[test]
fn the_only_variance_is_tested_against_none() {
    let data = sleepstudy();
    let (_, rss, _, n) = least_squares(&reals(&data, "Days"), &reals(&data, "Reaction"));
    let [full, null] = ["Reaction ~ Days + (1 | Subject)", "Reaction ~ Days"].map(|f| linear(f, data.clone()));
    let deviance = n * (1.0 + (2.0 * std::f64::consts::PI * rss / n).ln());
    for chi_bar in [false, true] {
        let table = compared(&[&full, &null], chi_bar).unwrap();
        // lme4: -2 logLik of the mixed model by maximum likelihood is 1794.0786.
        near("deviance", reals(&table, "deviance")[0], deviance, 1e-12);
        near("chi-square", reals(&table, "chi_square")[1], deviance - 1_794.078_6, 1e-5);
        let p = interlace::tails::chi_square_upper(reals(&table, "chi_square")[1], 1.0);
        near("p", reals(&table, "p_value")[1].ln(), (if chi_bar { 0.5 * p } else { p }).ln(), 1e-10);
        assert!(table.column("warning").unwrap().is_missing(1));
    }
    let counts = frame("Salamanders.csv", &["site", "mined", "spp"]);
    let of = |formula: &str| generalised(formula, "poisson", counts.clone());
    let table = compared(&[&of("count ~ mined + (1 | site)"), &of("count ~ mined")], true).unwrap();
    // Without random effects the fitted means are those of the two kinds of sites.
    let (y, mined) = (reals(&counts, "count"), counts.column("mined").unwrap().to_category().unwrap().into_owned().codes);
    near(
        "chi-square",
        reals(&table, "chi_square")[1],
        2.0 * (of("count ~ mined + (1 | site)").fit().log_likelihood - poisson_of_groups(&y, &mined)),
        1e-8,
    );
    assert!(table.column("warning").unwrap().is_missing(1));
}

/// Several smaller models, none of which is within another: each is compared with the first.
#[test]
fn each_model_is_compared_with_the_first() {
    let data = sleepstudy();
    let formulas = ["Reaction ~ Days + (1 | Subject)", "Reaction ~ Days", "Reaction ~ 1 + (1 | Subject)", "Reaction ~ 1"];
    let models = formulas.map(|f| linear(f, data.clone()));
    let table = compared(&models.each_ref(), false).unwrap();
    assert_eq!(reals(&table, "fit"), [1.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
    for (i, reduced) in models.iter().enumerate().skip(1) {
        let single = compared(&[&models[0], reduced], false).unwrap();
        let larger = 2 * i - 1;
        for name in ["n_parameters", "deviance", "chi_square", "df", "p_value"] {
            assert_eq!(reals(&table, name)[larger], reals(&single, name)[1], "{name} of {}", formulas[i]);
        }
        assert!(table.column("warning").unwrap().is_missing(larger) && reals(&table, "chi_square")[larger - 1].is_nan());
    }
    let [full, reduced, other] =
        ["Reaction ~ Days + (1 | Subject)", "Reaction ~ Days", "Reaction ~ I(Days^2)"].map(|f| linear(f, data.clone()));
    let error = compared(&[&full, &reduced, &other], false).unwrap_err();
    assert!(error.message.contains("fits 0 and 2") && error.message.contains("not nested"), "{error}");
}

/// All models are fitted to the rows that each of them can use.
#[test]
fn missing_values_of_a_variable_that_is_dropped_leave_out_its_rows() {
    let mut data = sleepstudy();
    let mut rng = Rng(5);
    let extra = (0..180).map(|i| if i % 7 == 0 { f64::NAN } else { rng.normal() }).collect();
    data.add_real("extra", extra).unwrap();
    let [full, reduced] =
        ["Reaction ~ Days + extra + (1 | Subject)", "Reaction ~ Days + (1 | Subject)"].map(|f| linear(f, data.clone()));
    let table = compared(&[&full, &reduced], false).unwrap();
    assert_eq!(reals(&table, "n_obs"), [154.0, 154.0]);
    let rows: Vec<usize> = (0..180).filter(|i| i % 7 != 0).collect();
    let complete = data.select(&rows).unwrap();
    let fits = [reduced, full].map(|own| Generalised { frame: complete.clone(), ..own }.options(|o| o.reml = false).fit());
    let want = likelihood_ratio_table(&[&fits[0], &fits[1]], false, &Watch::unwatched()).unwrap();
    for name in ["log_likelihood", "chi_square", "p_value"] {
        for (got, want) in reals(&table, name).iter().zip(reals(&want, name)) {
            assert!((got - want).abs() < 1e-9 || got.is_nan() && want.is_nan(), "{name}: {got} for {want}");
        }
    }
}

#[test]
fn models_must_be_nested_by_their_columns_and_terms() {
    let mut rng = Rng(9);
    let n = 120;
    let (x, z) = (rng.normals(n), rng.normals(n));
    let y = (0..n).map(|i| x[i] + 0.5 * z[i] + rng.normal()).collect();
    let groups: Vec<usize> = (0..n).map(|i| i / 10).collect();
    let data = Data::default()
        .real("x", x)
        .real("z", z)
        .real("y", y)
        .group("g", &groups)
        .group("h", &(0..n).map(|i| i % 6).collect::<Vec<_>>());
    let fits = |full: &str, reduced: &str| {
        let [full, reduced] = [full, reduced].map(|f| linear(f, data.frame()));
        compared(&[&full, &reduced], false)
    };
    for (full, reduced, lacks) in [
        ("y ~ x + (1 | g)", "y ~ z + (1 | g)", "the fixed effect 'z'"),
        ("y ~ x + (1 | g)", "y ~ x + (1 | h)", "the random term"),
        ("y ~ x + (x | g)", "y ~ x + z + (1 | g)", "the fixed effect 'z'"),
        ("y ~ poly(x, 2) + (1 | g)", "y ~ z + (1 | g)", "the fixed effect 'z'"),
    ] {
        let error = fits(full, reduced).unwrap_err();
        assert!(error.message.contains("not nested") && error.message.contains(lacks), "{full} {reduced}: {error}");
    }
    for (full, reduced) in [
        ("y ~ poly(x, 3) + (1 | g)", "y ~ x + (1 | g)"),
        ("y ~ 0 + h + (1 | g)", "y ~ 1 + (1 | g)"),
        ("y ~ x + (1 | g)", "y ~ x + z + (x | g)"),
        ("y ~ x + (x | g)", "y ~ I(2 * x - 3)"),
    ] {
        let table = fits(full, reduced).unwrap();
        assert!(table.column("warning").unwrap().is_missing(1), "{full} {reduced}");
    }
}
