//! Power by simulation: the closed forms that there are, the level under the null, sizes, all kinds of model, what is refused.

use crate::common::Rng;
use crate::common::frames::{frame, reals};
use crate::common::generalised::{Generalised, generalised, linear};
use interlace::error::Result;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::DfMethod;
use interlace::power::{Extend, Power, PowerOptions, PowerRow, PowerTest, Sizes};
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

fn along<'a>(group: &'a str, sizes: &'a [usize]) -> Option<Sizes<'a>> {
    Some(Sizes { extend: Extend::Along(group), sizes, data: None })
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
    let options = PowerOptions { effects, simulations: 2000, sizes: along("g", &[8, 12, 24]), ..asked("treated") };
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
    let many = power(&fit, &PowerOptions { effects: "Days = 5", sizes: along("Subject", &sizes), ..asked("Days") }).unwrap();
    assert!(many.rows.windows(2).all(|pair| pair[0].power <= pair[1].power), "{many:?}");
    assert_eq!(many.rows.iter().map(|row| row.n_obs).collect::<Vec<_>>(), [60, 180, 400]);
    // The design's own size, and its own number of rows in each group, are the design.
    let same = power(&fit, &PowerOptions { sizes: along("Subject", &[18]), ..asked("Days") }).unwrap().rows.remove(0);
    let within = Some(Sizes { extend: Extend::Within("Subject"), sizes: &[10, 4, 20], data: None });
    let within = power(&fit, &PowerOptions { sizes: within, ..asked("Days") }).unwrap().rows;
    for (row, size) in [(&same, 18), (&within[0], 10)] {
        assert_eq!(format!("{row:?}"), format!("{:?}", PowerRow { size: Some(size), ..one.clone() }));
    }
    assert_eq!((within[1].n_obs, within[2].n_obs), (72, 360));
    // The same by simulations alone: none but those of a size depend on it.
    let alone = power(&fit, &PowerOptions { effects: "Days = 5", sizes: along("Subject", &[40]), ..asked("Days") }).unwrap();
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
    let rows = power(&fit, &PowerOptions { sizes: along("batch", &[5, 30]), ..asked("(Intercept)") }).unwrap().rows;
    assert_eq!((rows[0].n_obs, rows[1].n_obs), (30, 180));
}

#[test]
fn threads_change_no_bit() {
    let fit = sleepstudy();
    let options = PowerOptions { effects: "Days = 3", sizes: along("Subject", &[9, 18]), ..asked("Days") };
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
        let grown = of(effects[1], along(group, &[8, 60]));
        assert!(grown[0].power <= grown[1].power && grown[0].n_obs < fit.n_obs.min(grown[1].n_obs), "{}: {grown:?}", fit.formula);
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
        ("Day = 1", "no fixed effect or standard deviation"),
        ("sigma = 0", "above zero"),
        ("sd_Days|Subject = -1", "not negative"),
    ] {
        refused(&PowerOptions { effects, ..asked("Days") }, wanted);
    }
    refused(&PowerOptions { alpha: 1.0, ..asked("Days") }, "alpha");
    refused(&PowerOptions { simulations: 0, ..asked("Days") }, "simulations");
    refused(&PowerOptions { sizes: along("Subject", &[]), ..asked("Days") }, "no sizes");
    refused(&PowerOptions { sizes: along("Subject", &[1]), ..asked("Days") }, "at least 2");
    refused(&PowerOptions { sizes: along("Subject", &[usize::MAX]), ..asked("Days") }, "at most");
    refused(&PowerOptions { sizes: along("Item", &[5]), ..asked("Days") }, "grouping factors are");
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
    let error = power(&late, &PowerOptions { sizes: along("g", &[6]), ..asked("late") }).unwrap_err();
    assert!(error.message.starts_with("size 6: ") && error.message.contains("late"), "{error}");
}
