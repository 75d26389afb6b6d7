//! Tests of variances of all kinds of models: terms left out are the models without them, bootstrapped likelihood ratios hold their level and can be
//! done in parts.

use crate::common::Rng;
use crate::common::close::near;
use crate::common::frames::{frame, reals};
use crate::common::generalised::{Generalised, generalised, linear};
use interlace::frame::Frame;
use interlace::inference::bootstrap_lrt::NestedPair;
use interlace::inference::ranova::ranova_table;
use interlace::resample::BootstrapOptions;
use interlace::spec::ModelKind;
use interlace::tails::chi_square_upper;
use interlace::watch::Watch;

fn of_kind(kind: ModelKind, formula: &str, data: Frame) -> Generalised {
    let mut model = linear(formula, data);
    model.spec.kind = kind;
    model.options.null_model = true;
    model
}

/// Models with what each row of their tables leaves.
fn models() -> Vec<(Generalised, Vec<Generalised>)> {
    let (counts, wine) = (frame("Salamanders.csv", &["site", "mined", "spp"]), frame("wine.csv", &["judge", "temp", "contact"]));
    let kidney = frame("kidney.csv", &["id"]);
    let poisson = |formula: &str| generalised(formula, "poisson", counts.clone()).options(|own| own.null_model = true);
    let zero = |random: &str| poisson("count ~ mined + (1 | site)").zero_inflation(&format!("~ mined{random}"));
    let clmm = |formula: &str| of_kind(ModelKind::Clmm, formula, wine.clone());
    let cox = |formula: &str| of_kind(ModelKind::Coxme, formula, kidney.clone());
    vec![
        (
            poisson("count ~ mined + (1 | site) + (1 | spp)"),
            vec![poisson("count ~ mined + (1 | spp)"), poisson("count ~ mined + (1 | site)")],
        ),
        (zero(" + (1 | spp)"), vec![poisson("count ~ mined").zero_inflation("~ mined + (1 | spp)"), zero("")]),
        (clmm("rating ~ temp + (1 | judge)"), vec![clmm("rating ~ temp")]),
        (clmm("rating ~ temp + (temp | judge)"), vec![clmm("rating ~ temp"), clmm("rating ~ temp + (1 | judge)")]),
        (cox("Surv(time, status) ~ age + (1 | id)"), vec![cox("Surv(time, status) ~ age")]),
    ]
}

#[test]
fn terms_left_out_leave_the_models_without_them() {
    for (model, without) in models() {
        let (fit, table) = (model.fit(), ranova_table(&model.fit(), &Watch::unwatched()).unwrap());
        let own = reals(&table, "log_likelihood");
        assert_eq!(own.len(), without.len() + 1, "{}", fit.formula);
        assert_eq!(own[0], fit.log_likelihood);
        for (row, smaller) in without.iter().enumerate() {
            let smaller = smaller.fit();
            near(&format!("{}: {}", fit.formula, smaller.formula), own[row + 1], smaller.log_likelihood, 1e-7);
            let (p, plain) = (reals(&table, "p_value")[row + 1], reals(&table, "p_value_chi_square")[row + 1]);
            assert!(p <= plain && plain <= 1.0, "{}: {p} {plain}", fit.formula);
        }
    }
}

fn bootstrap(pair: &NestedPair, first: usize, replicates: usize, threads: usize) -> Frame {
    let options = BootstrapOptions { first, replicates, seed: 3, threads, ..BootstrapOptions::default() };
    pair.bootstrap(&options, &Watch::unwatched()).unwrap().frame().unwrap()
}

fn pair(reduced: &Generalised, full: &Generalised) -> NestedPair {
    NestedPair::new(&reduced.fit(), &full.fit(), &Watch::unwatched()).unwrap()
}

#[test]
fn parts_and_threads_make_no_difference() {
    for (model, without) in models() {
        let own = pair(&without[0], &model);
        let (all, name) = (bootstrap(&own, 0, 5, 1), model.fit().formula);
        let bits = |v: &Frame| reals(v, "chi_square").iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&all)[2..], bits(&bootstrap(&own, 2, 3, 1)), "{name}");
        assert_eq!(bits(&all), bits(&bootstrap(&own, 0, 5, 2)), "{name}");
        assert!(reals(&all, "chi_square").iter().any(|ratio| ratio.is_finite()), "{name}");
    }
}

/// The mean ratio is that of chi-square where the sample is large, and what is made of it is by its moments.
#[test]
fn p_values_are_of_the_replicates() {
    let data = frame("sleepstudy.csv", &["Subject"]);
    let [full, reduced] = ["Reaction ~ Days + (1 | Subject)", "Reaction ~ 1 + (1 | Subject)"].map(|f| linear(f, data.clone()));
    let own = pair(&reduced, &full);
    let replicates = bootstrap(&own, 0, 60, 2);
    let table = own.test(&replicates, 0.95).unwrap();
    let (ratios, observed) = (reals(&replicates, "chi_square"), own.observed());
    let (p, statistic) = (reals(&table, "p_value"), reals(&table, "statistic"));
    near("chi-square", p[0].ln(), chi_square_upper(observed, 1.0).ln(), 1e-12);
    near("bootstrap", p[1], 1.0 / 61.0, 1e-12);
    let mean = ratios.iter().sum::<f64>() / 60.0;
    near("bartlett", statistic[2], observed / mean, 1e-12);
    // Clopper and Pearson for 0 of 60: 1 - 0.025^(1/60).
    near("upper", reals(&table, "upper")[1], 1.0 - 0.025f64.powf(1.0 / 60.0), 1e-10);
    assert_eq!(reals(&table, "lower")[1], 0.0);
    let error = NestedPair::new(&full.fit(), &reduced.fit(), &Watch::unwatched()).err().unwrap();
    assert!(error.message.contains("not nested"), "{error}");
    assert!(own.test(&bootstrap(&own, 0, 0, 1), 0.95).unwrap_err().message.contains("no replicate"));
}

/// pbkrtest 0.5.2: `PBmodcomp(nsim = 2000)`; both draw, so that five standard errors are allowed.
#[test]
fn p_values_are_pbkrtests() {
    let data = frame("cake.csv", &["recipe", "replicate"]);
    let models = ["angle ~ 1 + (1 | recipe:replicate)", "angle ~ recipe + (1 | recipe:replicate)"].map(|f| linear(f, data.clone()));
    let own = pair(&models[0], &models[1]);
    near("ratio", own.observed(), 0.529_99, 1e-4);
    let table = own.test(&bootstrap(&own, 0, 500, 2), 0.95).unwrap();
    let p = reals(&table, "p_value");
    let error = |p: f64| 5.0 * (p * (1.0 - p) * (1.0 / 500.0 + 1.0 / 2000.0)).sqrt();
    for (own, want) in p.iter().zip([0.767_21, 0.784_61, 0.776_98, 0.767_13]) {
        assert!((own - want).abs() < error(want), "{p:?}");
    }
    assert!(reals(&table, "lower")[1] < p[1] && p[1] < reals(&table, "upper")[1]);
}

/// Of 200 data sets without a variance a test at 10 % rejects as many as a binomial number within four standard deviations.
#[test]
fn the_bootstrap_holds_its_level() {
    let (groups, each, sets, mut rng) = (6, 4, 200, Rng(11));
    let n = groups * each;
    let mut rejected = 0;
    for set in 0..sets {
        let mut data = Frame::new(n);
        data.add_real("y", rng.normals(n)).unwrap();
        let labels: Vec<String> = (0..n).map(|i| format!("g{}", i % groups)).collect();
        data.add_strings("g", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
        let models = ["y ~ 1", "y ~ 1 + (1 | g)"].map(|f| linear(f, data.clone()).options(|own| own.null_model = true));
        let own = pair(&models[0], &models[1]);
        let options = BootstrapOptions { replicates: 39, seed: set, threads: 1, ..BootstrapOptions::default() };
        let replicates = own.bootstrap(&options, &Watch::unwatched()).unwrap().frame().unwrap();
        rejected += usize::from(reals(&own.test(&replicates, 0.95).unwrap(), "p_value")[1] <= 0.1);
    }
    let (mean, sd) = (0.1 * sets as f64, (0.1 * 0.9 * sets as f64).sqrt());
    assert!((rejected as f64 - mean).abs() < 4.0 * sd, "{rejected} of {sets}");
}
