//! Quantile residuals by simulation: uniform under the model, and not under another one.

use crate::common::frames::{frame, labels, reals};
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use crate::common::{Data, Rng};
use interlace::design::NaPolicy;
use interlace::diagnostics::{Grouping, SimulatedResiduals, Simulations};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::resample::RandomEffects;
use interlace::spec::ModelKind;
use interlace::watch::{Watch, Watcher};

const COUNT: usize = 250;

fn ask(seed: u64) -> Simulations<'static> {
    Simulations { count: COUNT, seed, random_effects: RandomEffects::New, grouping: None }
}

fn residuals(fit: &Fit, asked: &Simulations<'_>) -> SimulatedResiduals {
    fit.simulated_residuals(asked, &Watch::unwatched()).unwrap()
}

/// A column of the table of tests, by test.
fn value(tests: &Frame, test: &str, column: &str) -> f64 {
    let row = labels(tests, "test").iter().position(|name| name == test).unwrap_or_else(|| panic!("no test {test}"));
    reals(tests, column)[row]
}

fn families() -> Vec<(&'static str, Generalised)> {
    let data = frame("sim_families.csv", &["g"]);
    let of = |formula: &str, family: &str| generalised(formula, family, data.clone());
    let mut ordinal = generalised("rating ~ temp + contact + (1 | judge)", "", frame("wine.csv", &["temp", "contact", "judge"]));
    ordinal.spec.kind = ModelKind::Clmm;
    let mut weighted = linear("y ~ x1 + x2 + (1 | g)", frame("sim_weights.csv", &["g"]));
    weighted = weighted.formula(|f| f.weights = Some("w".into()));
    vec![
        ("gaussian", linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"]))),
        ("weights", weighted),
        ("binomial", cbpp()),
        ("poisson", of("y_pois ~ x + (1 | g)", "poisson")),
        ("nbinom2", of("y_nb2 ~ x + (1 | g)", "nbinom2")),
        ("gamma", of("y_gamma ~ x + (1 | g)", "gamma").link("log")),
        ("beta", of("y_beta ~ x + (1 | g)", "beta")),
        ("zeros", salamanders("poisson").zero_inflation("~ mined")),
        ("dispersion", of("y_nb2 ~ x + (1 | g)", "nbinom2").dispersion("~ z")),
        ("ordinal", ordinal),
    ]
}

/// Responses that the model has drawn itself, fitted anew: Kolmogorov's distance is below its 99.9 % point, as a sample of independent
/// uniform numbers is, with the random effects of the fit; with new ones no test finds anything at a level of 0.1 %.
#[test]
fn residuals_are_uniform_under_the_model() {
    for (name, model) in families() {
        let fit = model.fit();
        let y = fit.simulate(1, 77, RandomEffects::New, &Watch::unwatched()).unwrap();
        let own = fit.refit(&y, &model.options, &Watch::unwatched()).unwrap();
        let conditional = residuals(&own, &Simulations { random_effects: RandomEffects::Conditional, ..ask(3) });
        let tests = conditional.tests().unwrap();
        assert!(value(&tests, "uniformity", "p_value") > 1e-3, "{name}: {:?}", reals(&tests, "p_value"));
        assert!(conditional.uniform().iter().all(|u| *u > 0.0 && *u < 1.0), "{name}");
        let tests = residuals(&own, &ask(3)).tests().unwrap();
        let p = reals(&tests, "p_value");
        assert!(p[1..].iter().all(|p| p.is_nan() || *p > 1e-3), "{name}: {p:?}");
        let ratio = value(&tests, "dispersion", "statistic");
        assert!(ratio > 0.3 && ratio < 3.0, "{name}: {ratio}");
        // Two of 251 places are beyond all others, but for ties.
        let expected = value(&tests, "outliers", "expected");
        assert!(expected <= 2.0 * own.n_obs as f64 / (COUNT as f64) * 1.02, "{name}: {expected}");
    }
}

/// 40 groups of 10 counts, with a variance beyond the mean, or with zeros beside it.
fn counts(extra: impl Fn(&mut Rng, f64) -> f64) -> Frame {
    let mut rng = Rng(9);
    let u = rng.normals(40);
    let x = rng.normals(400);
    let y = (0..400).map(|i| {
        let mean = (1.0 + 0.4 * x[i] + 0.4 * u[i / 10]).exp();
        extra(&mut rng, mean)
    });
    let y = y.collect();
    Data::default().real("y", y).real("x", x).group("g", &(0..400).map(|i| i / 10).collect::<Vec<_>>()).frame()
}

fn poisson(rng: &mut Rng, mean: f64) -> f64 {
    let (mut k, mut product) = (0.0, rng.uniform());
    while product > (-mean).exp() {
        k += 1.0;
        product *= rng.uniform();
    }
    k
}

#[test]
fn residuals_tell_a_wrong_model() {
    let overdispersed = counts(|rng, mean| {
        // A mean from a gamma distribution of shape 1.
        let mean = -mean * rng.uniform().ln();
        poisson(rng, mean)
    });
    let zeros = counts(|rng, mean| if rng.uniform() < 0.4 { 0.0 } else { poisson(rng, mean) });
    let right = counts(poisson);
    let least = 2.0 / (COUNT as f64 + 1.0);
    for (name, frame, guilty) in [
        ("overdispersed", overdispersed, &["dispersion", "zeros", "outliers"][..]),
        ("zeros", zeros, &["zeros"]),
        ("right", right, &[]),
    ] {
        let fit = generalised("y ~ x + (1 | g)", "poisson", frame).fit();
        // With new random effects their variance would take up some of it.
        let conditional = Simulations { random_effects: RandomEffects::Conditional, ..ask(5) };
        let tests = residuals(&fit, &conditional).tests().unwrap();
        for test in ["dispersion", "zeros", "outliers"] {
            let (p, ratio) = (value(&tests, test, "p_value"), value(&tests, test, "statistic"));
            if guilty.contains(&test) {
                assert!(p <= least && ratio > 1.3, "{name}, {test}: {p} {ratio}");
            } else if guilty.is_empty() {
                assert!(p > 0.02, "{name}, {test}: {p} {ratio}");
            }
        }
        let uniformity = value(&tests, "uniformity", "p_value");
        assert!(if guilty.is_empty() { uniformity > 0.02 } else { uniformity < 1e-4 }, "{name}: {uniformity}");
        let simulated = value(&tests, "uniformity_simulated", "p_value");
        assert!(if guilty.is_empty() { simulated > 0.02 } else { simulated < 0.02 }, "{name}: {simulated}");
    }
}

/// The places among responses that `simulate` makes, by hand.
#[test]
fn residuals_are_places_among_the_simulated_responses() {
    let fit = generalised("y_pois ~ x + (1 | g)", "poisson", frame("sim_families.csv", &["g"])).fit();
    let (n, asked) = (fit.n_obs, Simulations { count: 40, ..ask(11) });
    let own = residuals(&fit, &asked);
    let simulated = fit.simulate(40, 11, RandomEffects::New, &Watch::unwatched()).unwrap();
    let table = own.frame(&fit).unwrap();
    let (mean, outlier) = (reals(&table, "mean"), reals(&table, "outlier"));
    for i in 0..n {
        let all: Vec<f64> = (0..40).map(|k| simulated[k * n + i]).collect();
        let below = all.iter().filter(|y| **y < fit.y[i]).count() as f64;
        let ties = all.iter().filter(|y| **y == fit.y[i]).count() as f64;
        let u = own.uniform()[i] * 41.0;
        assert!(u > below && u < below + ties + 1.0, "row {i}: {u}, {below} below and {ties} equal");
        assert!((mean[i] - all.iter().sum::<f64>() / 40.0).abs() < 1e-12);
        let want = if ties > 0.0 {
            0.0
        } else if below == 0.0 {
            -1.0
        } else {
            f64::from(u8::from(below == 40.0))
        };
        assert_eq!(outlier[i], want, "row {i}");
    }
}

#[test]
fn threads_change_no_bit_and_seeds_do() {
    let fit = salamanders("nbinom2").fit();
    let with = |threads: usize, seed: u64| {
        let watcher = Watcher::new(None, None);
        let own = fit.simulated_residuals(&ask(seed), &watcher.watch().with_threads(threads)).unwrap();
        (own.uniform().to_vec(), reals(&own.tests().unwrap(), "p_value"))
    };
    let alone = with(1, 4);
    for threads in [2, 5] {
        assert_eq!(format!("{:?}", with(threads, 4)), format!("{alone:?}"));
    }
    assert_ne!(with(1, 5).0, alone.0);
}

#[test]
fn groups_are_compared_by_their_sums() {
    let model = cbpp();
    let fit = model.fit();
    let by = |name: &str, data| Grouping::named(&fit, data, name);
    let herds = by("herd", None).unwrap();
    let own = residuals(&fit, &Simulations { grouping: Some(&herds), ..ask(2) });
    let table = own.frame(&fit).unwrap();
    assert_eq!((table.n_rows(), labels(&table, "group")[1].as_str()), (15, "h02"));
    // Successes of the herd, which are whole numbers.
    let (incidence, herd) = (reals(&model.frame, "incidence"), labels(&model.frame, "herd"));
    let sum: f64 = incidence.iter().zip(&herd).filter(|(_, herd)| *herd == "h02").map(|(y, _)| y).sum();
    assert_eq!(reals(&table, "observed")[1], sum);
    let periods = by("period", Some(&model.frame)).unwrap();
    assert_eq!((periods.len(), residuals(&fit, &Simulations { grouping: Some(&periods), ..ask(2) }).uniform().len()), (4, 4));

    let error = by("perod", Some(&model.frame)).unwrap_err();
    assert!(error.code == Code::Data && error.message.contains("'perod'") && error.message.contains("period"), "{error}");
    let error = by("period", None).unwrap_err();
    assert!(error.message.contains("need the data"), "{error}");
}

#[test]
fn rows_without_a_residual_and_models_without_any() {
    let mut data = frame("sleepstudy.csv", &["Subject"]);
    let mut days = reals(&data, "Days");
    days[7] = f64::NAN;
    data.add_real("d", days).unwrap();
    let model = linear("Reaction ~ d + (1 | Subject)", data.clone());
    for (na, rows) in [(NaPolicy::Pad, 180), (NaPolicy::Omit, 179)] {
        let fit = model.clone().options(|o| o.na = na).fit();
        let table = residuals(&fit, &ask(1)).frame(&fit).unwrap();
        assert_eq!((table.n_rows(), reals(&table, "row")[rows - 1]), (rows, 179.0));
        assert_eq!(reals(&table, "uniform").iter().filter(|u| u.is_nan()).count(), rows - 179);
    }
    let mut missing = model.frame.clone();
    let groups: Vec<Option<&str>> = (0..180).map(|i| (i != 9).then_some("a")).collect();
    missing.add_strings("part", &groups).unwrap();
    let error = Grouping::named(&model.fit(), Some(&missing), "part").unwrap_err();
    assert!(error.code == Code::Data && error.message.contains("row 10"), "{error}");

    let fit = model.fit();
    let error = fit.simulated_residuals(&Simulations { count: 0, ..ask(1) }, &Watch::unwatched()).err().unwrap();
    assert!(error.code == Code::Argument && error.message.contains("nsim is 0"), "{error}");
    let mut cox = generalised("Surv(time, status) ~ age + (1 | inst)", "", frame("lung.csv", &["inst"]));
    cox.spec.kind = ModelKind::Coxme;
    cox.options = Options::default();
    let error = cox.fit().simulated_residuals(&ask(1), &Watch::unwatched()).err().unwrap();
    assert!(error.code == Code::Unsupported && error.message.contains("martingale"), "{error}");
}
