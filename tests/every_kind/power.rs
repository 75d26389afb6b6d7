//! Power by simulation: the closed forms that there are, the level under the null, sizes, all kinds of model, what is refused.

use crate::common::Rng;
use crate::common::frames::{frame, reals};
use crate::common::generalised::{Generalised, generalised, linear};
use interlace::error::{Code, Result};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::bootstrap_lrt::NestedPair;
use interlace::inference::degrees_of_freedom::DfMethod;
use interlace::power::{Extend, Power, PowerOptions, PowerRow, PowerTest, Sizes};
use interlace::resample::{BootstrapOptions, RandomEffects, Unit};
use interlace::spec::ModelKind;
use interlace::watch::Watch;

fn asked(test: &str) -> PowerOptions<'_> {
    PowerOptions {
        test: PowerTest::Effect(test),
        effects: "",
        df: DfMethod::Default,
        alpha: 0.05,
        simulations: 40,
        seed: 11,
        sizes: None,
        level: 0.95,
        threads: 2,
    }
}

fn power(fit: &Fit, options: &PowerOptions<'_>) -> Result<Power> {
    fit.power(options, &Watch::unwatched())
}

fn along<'a>(group: &'a str, sizes: &'a [usize]) -> Sizes<'a> {
    Sizes { extend: Extend::Along(group), sizes, data: None }
}

fn sleepstudy() -> Fit {
    linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit()
}

/// Groups of `m` rows, every other one treated.
fn groups(groups: usize, m: usize) -> Frame {
    let (n, mut rng) = (groups * m, Rng(3));
    let u = rng.normals(groups);
    let mut frame = Frame::new(n);
    frame.add_real("y", (0..n).map(|i| u[i / m] + rng.normal()).collect()).unwrap();
    frame.add_real("treated", (0..n).map(|i| (i / m % 2) as f64).collect()).unwrap();
    let arms: Vec<String> = (0..n).map(|i| format!("a{}", i / m % 3)).collect();
    frame.add_strings("arm", &arms.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    let labels: Vec<String> = (0..n).map(|i| format!("g{:02}", i / m)).collect();
    frame.add_strings("g", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    frame
}

/// Within four standard deviations of a share of n.
fn near(row: &PowerRow, want: f64) {
    let sd = (want * (1.0 - want) / row.n as f64).sqrt();
    assert!((row.power - want).abs() < 4.0 * sd, "{} for {want}, with {sd}", row.power);
    assert!(row.lower < row.power && row.power < row.upper && row.failed == 0, "{row:?}");
}

// R: power.t.test(n = G / 2, delta = 1.5, sd = sqrt(tau^2 + sigma^2 / m), strict = TRUE), with tau = sigma = 1 and m = 4.
#[test]
fn the_power_of_a_covariate_of_groups_is_that_of_a_t_test_of_their_means() {
    let fit = linear("y ~ treated + (1 | g)", groups(12, 4)).fit();
    let effects = "treated = 1.5; sigma = 1; sd_(Intercept)|g = 1";
    let options = PowerOptions { effects, simulations: 2000, sizes: Some(along("g", &[8, 12, 24])), ..asked("treated") };
    let all = power(&fit, &options).unwrap();
    let want = [(8, 0.358_894_324_296_866), (12, 0.555_088_020_862_449), (24, 0.880_985_081_611_700)];
    assert_eq!(all.rows.len(), want.len());
    for (row, (size, want)) in all.rows.iter().zip(want) {
        assert_eq!((row.size, row.n_obs, row.n, row.effect), (Some(size), 4 * size, 2000, 1.5));
        near(row, want);
        assert!((row.mean_estimate - 1.5).abs() < 4.0 * (5.0 / size as f64 / 2000.0).sqrt(), "{row:?}");
        // Estimates that are significant are too large the more, the lower the power is.
        assert!(row.type_m > 1.0 && row.type_m < 1.8 && row.type_s < 0.02, "{row:?}");
    }
    assert!(all.rows[0].type_m > all.rows[1].type_m && all.rows[1].type_m > all.rows[2].type_m);
}

// R: power.t.test(n = 10, delta = 1, sd = 1, strict = TRUE)$power; 1 - pf(qf(.95, 2, 15), 2, 15, ncp = 6 * sum((g - mean(g))^2)), g = 0, .8, 1.2.
#[test]
fn models_without_random_effects_have_the_power_of_t_and_f_tests() {
    let fit = linear("y ~ treated", groups(20, 1)).options(|own| own.null_model = true).fit();
    let options = PowerOptions { effects: "treated = 1; sigma = 1", simulations: 3000, df: DfMethod::Residual, ..asked("treated") };
    near(&power(&fit, &options).unwrap().rows[0], 0.562_006_646_586_232);
    let fit = linear("y ~ arm", groups(18, 1)).options(|own| own.null_model = true).fit();
    let options = PowerOptions {
        effects: "arma1 = 0.8; arma2 = 1.2; sigma = 1",
        ..PowerOptions { test: PowerTest::Effect("arm"), ..options }
    };
    let row = power(&fit, &options).unwrap().rows.remove(0);
    near(&row, 0.384_594_650_950_315);
    assert!(row.effect.is_nan() && row.type_m.is_nan() && row.mean_estimate.is_nan());
}

#[test]
fn without_an_effect_the_power_is_alpha() {
    let fit = linear("y ~ treated + (1 | g)", groups(12, 4)).fit();
    let effects = "treated = 0; sd_(Intercept)|g = 2";
    for alpha in [0.05, 0.2] {
        let options = PowerOptions { effects, alpha, simulations: 2000, ..asked("treated") };
        let row = power(&fit, &options).unwrap().rows.remove(0);
        near(&row, alpha);
        assert!(row.type_s.is_nan() && row.type_m.is_nan());
    }
    let full = linear("Reaction ~ Days + (1 | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    let reduced = linear("Reaction ~ 1 + (1 | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    let test = PowerTest::Against(&reduced);
    let row = power(&full, &PowerOptions { test, effects: "Days = 0", simulations: 2000, ..asked("") }).unwrap().rows.remove(0);
    near(&row, 0.05);
}

/// The fast path gives what whole fits give.
#[test]
fn estimates_and_tests_are_those_of_fits_to_the_same_responses() {
    let fit = sleepstudy();
    for df in [DfMethod::Normal, DfMethod::Residual] {
        let options = PowerOptions { effects: "Days = 4", df, ..asked("Days") };
        let row = power(&fit, &options).unwrap().rows.remove(0);
        let coefficient = power(&fit, &PowerOptions { df: DfMethod::Default, ..options }).unwrap().rows.remove(0);
        assert!((row.mean_estimate - coefficient.mean_estimate).abs() < 1e-5 && row.effect == 4.0, "{row:?} {coefficient:?}");
        assert!(row.successes >= coefficient.successes);
    }
}

#[test]
fn sizes_take_the_first_levels_and_then_copies() {
    let fit = sleepstudy();
    let one = power(&fit, &asked("Days")).unwrap().rows.remove(0);
    let sizes = [6, 18, 40];
    let many = power(&fit, &PowerOptions { effects: "Days = 5", sizes: Some(along("Subject", &sizes)), ..asked("Days") }).unwrap();
    assert!(many.rows.windows(2).all(|pair| pair[0].power <= pair[1].power), "{many:?}");
    assert_eq!(many.rows.iter().map(|row| row.n_obs).collect::<Vec<_>>(), [60, 180, 400]);
    // The design's own size, and its own number of rows in each group, are the design.
    let same = power(&fit, &PowerOptions { sizes: Some(along("Subject", &[18])), ..asked("Days") }).unwrap().rows.remove(0);
    let within = Some(Sizes { extend: Extend::Within("Subject"), sizes: &[10, 4, 20], data: None });
    let within = power(&fit, &PowerOptions { sizes: within, ..asked("Days") }).unwrap().rows;
    for (row, size) in [(&same, 18), (&within[0], 10)] {
        assert_eq!(format!("{row:?}"), format!("{:?}", PowerRow { size: Some(size), ..one.clone() }));
    }
    assert_eq!((within[1].n_obs, within[2].n_obs), (72, 360));
    // The same by simulations alone: none but those of a size depend on it.
    let alone = power(&fit, &PowerOptions { effects: "Days = 5", sizes: Some(along("Subject", &[40])), ..asked("Days") }).unwrap();
    assert_eq!(format!("{:?}", alone.rows[0]), format!("{:?}", many.rows[2]));
}

/// A column of the data that is no grouping factor of the model, and a factor nested in the one that grows.
#[test]
fn columns_of_the_data_and_nested_factors() {
    let data = groups(20, 1);
    let fit = linear("y ~ treated", data.clone()).options(|own| own.null_model = true).fit();
    let sizes = Some(Sizes { extend: Extend::Along("g"), sizes: &[10, 60], data: Some(&data) });
    let options =
        PowerOptions { effects: "treated = 1; sigma = 1", df: DfMethod::Residual, simulations: 1000, sizes, ..asked("treated") };
    let rows = power(&fit, &options).unwrap().rows;
    // R: power.t.test(n = 5, ...), power.t.test(n = 30, ...)
    near(&rows[0], 0.286_295_493_381_156);
    near(&rows[1], 0.967_708_258_242_515);
    let fit = linear("strength ~ 1 + (1 | batch/cask)", frame("Pastes.csv", &["batch", "cask", "sample"])).fit();
    let rows = power(&fit, &PowerOptions { sizes: Some(along("batch", &[5, 30])), ..asked("(Intercept)") }).unwrap().rows;
    assert_eq!((rows[0].n_obs, rows[1].n_obs), (30, 180));
}

#[test]
fn threads_change_no_bit() {
    let fit = sleepstudy();
    let options = PowerOptions { effects: "Days = 3", sizes: Some(along("Subject", &[9, 18])), ..asked("Days") };
    let want = format!("{:?}", power(&fit, &PowerOptions { threads: 1, ..options }).unwrap());
    for threads in [2, 3] {
        assert_eq!(format!("{:?}", power(&fit, &PowerOptions { threads, ..options }).unwrap()), want);
    }
}

fn of_kind(kind: ModelKind, formula: &str, data: Frame) -> Generalised {
    let mut model = linear(formula, data);
    model.spec.kind = kind;
    model
}

/// A larger effect has more power, and so have more groups, in models of every kind.
#[test]
fn models_of_every_kind() {
    let (counts, wine) = (frame("Salamanders.csv", &["site", "mined", "spp"]), frame("wine.csv", &["judge", "temp", "contact"]));
    let kidney = frame("kidney.csv", &["id"]);
    let models = [
        (generalised("count ~ DOY + (1 | site)", "poisson", counts.clone()), "DOY", "site", ["DOY = 0.01", "DOY = 1.5"]),
        (
            generalised("count ~ DOY + (1 | site)", "nbinom2", counts).zero_inflation("~ 1").dispersion("~ DOY"),
            "DOY",
            "site",
            ["DOY = 0.01; sd_(Intercept)|site = 0.5", "DOY = 1.5; sd_(Intercept)|site = 0.5"],
        ),
        (
            of_kind(ModelKind::Clmm, "rating ~ temp + contact + (1 | judge)", wine),
            "contactyes",
            "judge",
            ["contactyes = 0.1", "contactyes = 3"],
        ),
        (of_kind(ModelKind::Coxme, "Surv(time, status) ~ age + sex + (1 | id)", kidney), "sex", "id", ["sex = -0.1", "sex = -3"]),
    ];
    for (model, test, group, effects) in models {
        let fit = model.fit();
        let of = |effects, sizes| {
            let options = PowerOptions { effects, sizes, simulations: 30, ..asked(test) };
            power(&fit, &options).unwrap_or_else(|error| panic!("{}: {error}", fit.formula)).rows
        };
        let (low, high) = (of(effects[0], None).remove(0), of(effects[1], None).remove(0));
        assert!(low.power < high.power && low.power < 0.5 && high.power > 0.5, "{}: {low:?} {high:?}", fit.formula);
        let grown = of(effects[1], Some(along(group, &[8, 60])));
        assert!(grown[0].power <= grown[1].power && grown[0].n_obs < fit.n_obs.min(grown[1].n_obs), "{}: {grown:?}", fit.formula);
    }
}

/// Weights that count rows make one drawn response count as several.
#[test]
fn weights_that_count_rows_are_refused() {
    let (counts, wine) = (frame("Salamanders.csv", &["site", "mined", "spp"]), frame("wine.csv", &["judge", "temp", "contact"]));
    let weighted = |model: Generalised, w: fn(usize) -> f64| {
        let mut model = model.formula(|own| own.weights = Some("own_w".into()));
        let n = model.frame.n_rows();
        model.frame.add_real("own_w", (0..n).map(w).collect()).unwrap();
        model.fit()
    };
    let models = [
        (generalised("count ~ DOY + (1 | site)", "poisson", counts), "DOY"),
        (generalised("y ~ x1 + (1 | g)", "student_t", frame("sim_weights.csv", &["g"])), "x1"),
        (of_kind(ModelKind::Clmm, "rating ~ temp + contact + (1 | judge)", wine), "contactyes"),
        (of_kind(ModelKind::Coxme, "Surv(time, status) ~ age + sex + (1 | id)", frame("kidney.csv", &["id"])), "sex"),
    ];
    let bootstrap = BootstrapOptions { replicates: 2, threads: 1, ..BootstrapOptions::default() };
    for (model, test) in models {
        let watch = Watch::unwatched();
        let fit = weighted(model.clone(), |i| 1.0 + f64::from(u8::from(i % 2 == 0)));
        let errors = [
            power(&fit, &asked(test)).unwrap_err(),
            fit.simulate(1, 1, RandomEffects::New, &watch).unwrap_err(),
            fit.bootstrap(&bootstrap, &watch).unwrap_err(),
        ];
        for error in errors {
            assert!(error.code == Code::Unsupported && error.message.contains("expand the rows"), "{error}");
        }
        // Samples of rows keep them together.
        let cases = BootstrapOptions { cases: Some(Unit::Row), ..bootstrap };
        assert!(fit.bootstrap(&cases, &watch).is_ok());
        let ones = weighted(model, |_| 1.0);
        assert!(ones.simulate(1, 1, RandomEffects::New, &watch).is_ok());
    }
    // Those of a linear model are precisions.
    let precise = linear("y ~ x1 + x2 + (1 | g)", frame("sim_weights.csv", &["g"])).formula(|own| own.weights = Some("w".into()));
    assert!(power(&precise.fit(), &asked("x1")).is_ok());
}

#[test]
fn refits_without_a_finite_estimate_are_told() {
    let n = 40;
    let mut data = Frame::new(n);
    let mut rng = Rng(5);
    data.add_real("treated", (0..n).map(|i| (i % 2) as f64).collect()).unwrap();
    data.add_real("y", (0..n).map(|i| f64::from(u8::from(rng.uniform() < 0.3 + 0.3 * (i % 2) as f64))).collect()).unwrap();
    data.add_real("time", (0..n).map(|i| 1.0 + i as f64 * 0.1).collect()).unwrap();
    let model = generalised("y ~ treated", "binomial", data.clone()).options(|own| own.null_model = true);
    let fit = model.fit();
    let options = PowerOptions { effects: "treated = 5", simulations: 200, ..asked("treated") };
    let all = power(&fit, &options).unwrap();
    let row = &all.rows[0];
    let separated = row.separated.unwrap();
    assert!(separated > 20 && separated < 200, "{row:?}");
    assert!((row.mean_estimate - 5.0).abs() < 2.0 && row.type_m < 2.0, "{row:?}");
    assert!(row.warning.as_ref().unwrap().contains("likelihood ratio"), "{row:?}");
    assert!(all.frame().unwrap().column("separated").is_ok());
    let reduced = generalised("y ~ 1", "binomial", data).options(|own| own.null_model = true).fit();
    let ratio = power(&fit, &PowerOptions { test: PowerTest::Against(&reduced), ..options }).unwrap().rows.remove(0);
    assert!(ratio.power > row.power + 0.1 && ratio.separated.is_none() && ratio.warning.is_none(), "{ratio:?}");
    assert!(power(&sleepstudy(), &asked("Days")).unwrap().rows[0].separated == Some(0));
}

#[test]
fn likelihood_ratios_count_singular_refits() {
    let (full, reduced) = ("y ~ treated + (1 | g)", "y ~ 1 + (1 | g)");
    let (full, reduced) = (linear(full, groups(12, 4)).fit(), linear(reduced, groups(12, 4)).fit());
    let test = PowerTest::Against(&reduced);
    let effects = "sd_(Intercept)|g = 0";
    let row = power(&full, &PowerOptions { test, effects, simulations: 100, ..asked("") }).unwrap().rows.remove(0);
    assert!(row.singular > 30 && row.singular < 80, "{row:?}");
}

/// Deviations of zero can be set, with correlations; so can parameters of a family.
#[test]
fn what_is_set_is_simulated() {
    let simulated = |fit: &Fit, effects: &str| {
        let test = fit.fixed.names[0].clone();
        let options = PowerOptions { effects, simulations: 60, ..asked(&test) };
        power(fit, &options).unwrap_or_else(|error| panic!("{effects}: {error}")).rows.remove(0)
    };
    // No variance between groups by construction: responses are the same in all.
    let mut data = groups(12, 6);
    data.add_real("x", (0..72).map(|i| f64::from(i % 6)).collect()).unwrap();
    let mut rng = Rng(9);
    let noise: Vec<f64> = (0..6).map(|_| rng.normal()).collect();
    data.add_real("same", (0..72).map(|i| noise[i % 6]).collect()).unwrap();
    for formula in ["same ~ x + (1 + x || g)", "same ~ x + (1 + x | g)"] {
        let fit = linear(formula, data.clone()).fit();
        assert!(fit.singular && fit.terms.iter().any(|term| term.sd[0] == 0.0), "{formula}: {:?}", fit.terms[0].sd);
        let (none, some) = (simulated(&fit, "(Intercept) = 3"), simulated(&fit, "(Intercept) = 3; sd_(Intercept)|g = 4"));
        assert!(none.power > some.power, "{formula}: {none:?} {some:?}");
    }
    let fit = linear("same ~ x + (1 + x | g)", data).fit();
    let both = "sd_(Intercept)|g = 4; sd_x|g = 1";
    let (minus, plus) = (format!("{both}; cor_x.(Intercept)|g = -0.9"), format!("cor_(Intercept).x|g = 0.9; {both}"));
    assert_ne!(simulated(&fit, &minus).mean_estimate, simulated(&fit, &plus).mean_estimate);
    let counts = generalised("count ~ mined + (1 | site)", "nbinom2", frame("Salamanders.csv", &["site", "mined", "spp"])).fit();
    let name = counts.generalised().unwrap().parameters[0].name.clone();
    let (noisy, calm) = (format!("{name} = 0.05"), format!("{name} = 50"));
    assert!(simulated(&counts, &noisy).power < simulated(&counts, &calm).power);
    let options = PowerOptions { effects: "theta.x = 1", ..asked("(Intercept)") };
    assert!(power(&counts, &options).unwrap_err().message.contains("parameter of the model"));
}

#[test]
fn names_of_interactions_in_any_order_and_terms_of_one_coefficient() {
    let mut data = groups(12, 6);
    data.add_real("x", (0..72).map(|i| f64::from(i % 6)).collect()).unwrap();
    let fit = linear("y ~ treated * x + (1 | g)", data).fit();
    let rows = ["treated:x", "x:treated"].map(|test| power(&fit, &asked(test)).unwrap().rows.remove(0));
    assert_eq!(format!("{:?}", rows[0]), format!("{:?}", rows[1]));
    // The term of one coefficient is the coefficient.
    let temp = frame("wine.csv", &["judge", "temp", "contact"]);
    let fit = of_kind(ModelKind::Clmm, "rating ~ temp + contact + (1 | judge)", temp).fit();
    assert!(power(&fit, &PowerOptions { simulations: 5, ..asked("contact") }).unwrap().rows[0].mean_estimate.is_finite());
}

#[test]
fn so_many_that_memory_is_short() {
    let fit = sleepstudy();
    for simulations in [usize::MAX, usize::MAX / 1024] {
        assert_eq!(power(&fit, &PowerOptions { simulations, ..asked("Days") }).unwrap_err().code, Code::Memory);
        let options = BootstrapOptions { replicates: simulations, ..BootstrapOptions::default() };
        assert_eq!(fit.bootstrap(&options, &Watch::unwatched()).unwrap_err().code, Code::Memory);
        let reduced = linear("Reaction ~ 1 + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
        let pair = NestedPair::new(&reduced, &fit, &Watch::unwatched()).unwrap();
        assert_eq!(pair.bootstrap(&options, &Watch::unwatched()).unwrap_err().code, Code::Memory);
    }
}

#[test]
fn what_is_refused_says_why() {
    let fit = sleepstudy();
    let refused = |options: &PowerOptions<'_>, wanted: &str| {
        let error = power(&fit, options).unwrap_err();
        assert!(error.message.contains(wanted), "{error}");
    };
    refused(&asked("days"), "did you mean 'Days'");
    for (effects, wanted) in [
        ("Days", "a name and a number"),
        ("Days = many", "a name and a number"),
        ("Day = 1", "no fixed effect, standard deviation"),
        ("Days = 1; Days = 2", "twice"),
        ("cor_Days.(Intercept)|Subject = 1.5", "from -1 to 1"),
        ("sigma = 0", "above zero"),
        ("sd_Days|Subject = -1", "not negative"),
    ] {
        refused(&PowerOptions { effects, ..asked("Days") }, wanted);
    }
    refused(&PowerOptions { alpha: 1.0, ..asked("Days") }, "alpha");
    refused(&PowerOptions { simulations: 0, ..asked("Days") }, "simulations");
    refused(&PowerOptions { sizes: Some(along("Subject", &[])), ..asked("Days") }, "no sizes");
    refused(&PowerOptions { sizes: Some(along("Subject", &[1])), ..asked("Days") }, "at least 2");
    refused(&PowerOptions { sizes: Some(along("Subject", &[usize::MAX])), ..asked("Days") }, "at most");
    refused(&PowerOptions { sizes: Some(along("Item", &[5])), ..asked("Days") }, "grouping factors are");
    let treated = linear("y ~ treated + (1 | g)", groups(12, 4)).fit();
    assert!(power(&treated, &asked("treated")).is_ok());
    // The first levels are all of one arm: there is nothing to compare.
    let data = groups(12, 4);
    let mut sorted = Frame::new(48);
    sorted.add_real("y", reals(&data, "y")).unwrap();
    sorted.add_real("late", (0..48).map(|i| f64::from(u8::from(i >= 24))).collect()).unwrap();
    let labels: Vec<String> = (0..48).map(|i| format!("g{:02}", i / 4)).collect();
    sorted.add_strings("g", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    let late = linear("y ~ late + (1 | g)", sorted).fit();
    let error = power(&late, &PowerOptions { sizes: Some(along("g", &[6])), ..asked("late") }).unwrap_err();
    assert!(error.message.starts_with("size 6: ") && error.message.contains("late"), "{error}");
}
