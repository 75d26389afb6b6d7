//! The joint covariance of predictions.

use crate::common::Data;
use crate::common::close::close_together;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Engine;
use interlace::predict::{NewData, NewLevels, Problem, Quantity, RandomTerms, Request, Sums};
use interlace::resample::RandomEffects;
use interlace::spec::{CorrelationSpec, ModelKind, OrdinalSpec, PredictorSpec};
use interlace::watch::Watch;

fn sleepstudy() -> Generalised {
    linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"]))
}

fn ordinal(formula: &str) -> Generalised {
    let mut model = linear(formula, frame("wine.csv", &["judge", "temp", "contact"]));
    model.spec.kind = ModelKind::Clmm;
    model
}

fn models() -> Vec<(&'static str, Generalised)> {
    let mut correlated = linear("follicles ~ sin(2*pi*Time) + (1 | Mare)", frame("Ovary.csv", &["Mare"]));
    correlated.spec.correlation = Some(CorrelationSpec::Formula("ar1(Time | Mare)".into()));
    let mut scaled = ordinal("rating ~ contact + (1 | judge)");
    scaled.spec.ordinal = OrdinalSpec { nominal: Some(PredictorSpec::Formula("~ temp".into())), ..OrdinalSpec::default() };
    vec![
        ("slopes", sleepstudy()),
        ("crossed", linear("diameter ~ 1 + (1 | plate) + (1 | sample)", frame("Penicillin.csv", &["plate", "sample"]))),
        ("ordinal", ordinal("rating ~ temp + contact + (1 | judge)")),
        ("nominal", scaled),
        ("binomial", cbpp()),
        ("zero and dispersion", salamanders("nbinom2").zero_inflation("~ mined").dispersion("~ mined")),
        ("gaussian", generalised("Reaction ~ Days + (Days | Subject)", "gaussian", frame("sleepstudy.csv", &["Subject"]))),
    ]
}

fn request(quantity: Quantity, random: RandomTerms) -> Request {
    Request { quantity, random, level: Some(0.9), ..Request::default() }
}

/// Whether a covariance is symmetric, has the squares of standard errors as its diagonal, and no negative direction along some vectors.
fn check(what: &str, fit: &Fit, data: NewData<'_>, asked: &Request) {
    let watch = Watch::unwatched();
    let errors = fit.predictions(data, asked, &watch).unwrap().std_errors;
    let (k, own) = (errors.len(), fit.prediction_covariance(data, asked, &watch).unwrap());
    assert_eq!(own.len(), k * k, "{what}");
    let scale = errors.iter().filter(|e| e.is_finite()).fold(0.0_f64, |a, e| a.max(*e)).powi(2);
    for i in 0..k {
        let (got, want) = (own[i * (k + 1)], errors[i] * errors[i]);
        assert!(
            (got - want).abs() <= 1e-12 * want.max(1e-3 * scale) || got.is_nan() && want.is_nan(),
            "{what} {i}: {got} for {want}"
        );
        (0..i).for_each(|j| assert!(own[i * k + j].to_bits() == own[j * k + i].to_bits(), "{what}"));
    }
    for seed in 1..6_usize {
        let v: Vec<f64> = (0..k).map(|i| ((i * 7 + 3) * seed % 11) as f64 - 5.0).collect();
        let known = |e: &usize| own[e * (k + 1)].is_finite();
        let sum: f64 = (0..k).filter(known).map(|i| (0..k).filter(known).map(|j| v[i] * own[i * k + j] * v[j]).sum::<f64>()).sum();
        assert!(sum >= -1e-9 * scale * k as f64, "{what}: {sum}");
    }
}

#[test]
fn the_diagonal_has_the_squares_of_the_standard_errors() {
    for (what, model) in models() {
        let fit = model.fit();
        let quantities: &[Quantity] = match fit.ordinal() {
            Some(_) => &[Quantity::Link, Quantity::Latent, Quantity::Probabilities, Quantity::Cumulative, Quantity::Marginal],
            None => &[Quantity::Link, Quantity::Response, Quantity::Dispersion, Quantity::ZeroProbability, Quantity::Marginal],
        };
        for &quantity in quantities {
            for random in [RandomTerms::All, RandomTerms::None] {
                check(what, &fit, NewData::Training, &request(quantity, random));
            }
        }
    }
}

/// The linear predictor half-way between two rows of a group is the mean of theirs.
#[test]
fn the_variance_of_a_mean_of_two_rows_is_that_of_the_row_between() {
    let days = vec![1.0, 4.0, 7.0, 2.0, 2.5, 3.0, 0.0, 4.0, 8.0];
    let subjects = ["308", "308", "308", "new", "new", "new", "", "", ""];
    let data = Data::default().real("Days", days).label("Subject", subjects.map(String::from)).frame();
    for kind in ["linear", "gaussian", "ordinal"] {
        let mut model = sleepstudy();
        match kind {
            "gaussian" => model.spec.kind = ModelKind::Glmm,
            "ordinal" => {
                let cut = model
                    .frame
                    .column("Reaction")
                    .unwrap()
                    .as_real()
                    .unwrap()
                    .unwrap()
                    .iter()
                    .map(|y| (y / 60.0).floor().min(6.0))
                    .collect();
                model.frame.add_real("cut", cut).unwrap();
                model = Generalised { frame: model.frame, ..linear("cut ~ Days + (Days | Subject)", frame("wine.csv", &[])) };
                model.spec.kind = ModelKind::Clmm;
            }
            _ => {}
        }
        if kind == "gaussian" {
            model.spec.family.name = "gaussian".into();
        }
        let fit = model.fit();
        let asked = Request { new_levels: NewLevels::Zero, ..request(Quantity::Link, RandomTerms::All) };
        let own = fit.prediction_covariance(NewData::Frame(&data), &asked, &Watch::unwatched()).unwrap();
        let at = |i: usize, j: usize| own[i * 9 + j];
        for first in [0, 3] {
            let between = 0.25 * (at(first, first) + 2.0 * at(first, first + 2) + at(first + 2, first + 2));
            let want = at(first + 1, first + 1);
            assert!((between - want).abs() < 1e-10 * want, "{kind}: {between} for {want}");
        }
        // Rows of new levels share the fixed effects alone, unless they have the same level.
        let alone = Request { random: RandomTerms::None, ..asked.clone() };
        let fixed = fit.prediction_covariance(NewData::Frame(&data), &alone, &Watch::unwatched()).unwrap();
        for (i, j) in [(3, 6), (6, 7), (7, 8), (5, 8)] {
            assert!((at(i, j) - fixed[i * 9 + j]).abs() < 1e-12 * at(i, i), "{kind}: {i}, {j}");
        }
        assert!(at(3, 5) > fixed[3 * 9 + 5] + 0.01 * at(3, 3), "{kind}");
    }
}

/// glmmTMB's predict(cov.fit = TRUE), of link and response.
const TMB: [[f64; 10]; 2] = [
    [
        0.143_133_686_15,
        0.117_088_080_58,
        -0.015_992_442_767,
        0.009_955_710_290,
        0.185_072_094_73,
        0.050_436_723_506,
        -0.020_058_965_261,
        0.193_657_515_816,
        -0.005_571_359_282,
        0.174_363_330_098,
    ],
    [
        0.006_506_989_971_2,
        0.003_037_136_627_1,
        -0.000_203_014_164_4,
        0.000_258_618_473_1,
        0.002_739_087_741_6,
        0.000_365_318_580_8,
        -0.000_297_309_769_6,
        0.000_686_466_177_7,
        -0.000_040_413_057_8,
        0.002_588_162_016_8,
    ],
];

#[test]
fn the_covariance_is_that_of_tmb() {
    let fit = cbpp().fit();
    let label = |values: [&str; 4]| values.map(String::from);
    let data =
        Data::default().label("herd", label(["h01", "h01", "h02", "h06"])).label("period", label(["p1", "p2", "p2", "p1"])).frame();
    for (quantity, want) in [Quantity::Link, Quantity::Response].into_iter().zip(TMB) {
        let asked = request(quantity, RandomTerms::All);
        let got = fit.prediction_covariance(NewData::Frame(&data), &asked, &Watch::unwatched()).unwrap();
        let lower: Vec<f64> = (0..4).flat_map(|j| (j..4).map(move |i| (i, j))).map(|(i, j)| got[j * 4 + i]).collect();
        close_together("covariance of predictions", &lower, &want, 2e-4);
    }
}

/// The latent variable's origin is the middle of the thresholds; of other models it is the linear predictor.
#[test]
fn the_latent_variable() {
    let fit = ordinal("rating ~ temp + contact + (1 | judge)").fit();
    let watch = Watch::unwatched();
    let of = |fit: &Fit, quantity| fit.predictions(NewData::Training, &request(quantity, RandomTerms::All), &watch).unwrap();
    let thresholds = &fit.ordinal().unwrap().thresholds.estimate;
    let middle = thresholds.iter().sum::<f64>() / thresholds.len() as f64;
    let (link, latent) = (of(&fit, Quantity::Link), of(&fit, Quantity::Latent));
    for i in 0..fit.n_obs {
        assert!((link.values[i] - middle - latent.values[i]).abs() < 1e-12);
        assert!((latent.upper[i] + latent.lower[i] - 2.0 * latent.values[i]).abs() < 1e-9 && latent.std_errors[i] > 0.0);
    }
    assert!(latent.std_errors.iter().zip(&link.std_errors).any(|(a, b)| (a - b).abs() > 1e-3));
    let fit = cbpp().fit();
    assert_eq!(of(&fit, Quantity::Link), of(&fit, Quantity::Latent));
}

#[test]
fn rows_without_a_prediction_have_no_covariance() {
    let fit = sleepstudy().fit();
    let data =
        Data::default().real("Days", vec![1.0, 2.0, f64::NAN, 4.0]).label("Subject", ["308", "new", "308", ""].map(String::from));
    let (frame, watch) = (data.frame(), Watch::unwatched());
    let asked = Request { new_levels: NewLevels::Missing, ..request(Quantity::Link, RandomTerms::All) };
    let found = fit.predictions(NewData::Frame(&frame), &asked, &watch).unwrap();
    assert_eq!(found.problems, [(1, Problem::NewLevel), (2, Problem::Missing), (3, Problem::NewLevel)]);
    assert!(
        found.values[0].is_finite() && [&found.values, &found.std_errors].iter().all(|own| own[1..].iter().all(|v| v.is_nan()))
    );
    check("new levels", &fit, NewData::Frame(&frame), &asked);
    // Without their effects the levels don't matter.
    let none = Request { random: RandomTerms::None, ..asked };
    assert_eq!(fit.predictions(NewData::Frame(&frame), &none, &watch).unwrap().problems, [(2, Problem::Missing)]);
}

#[test]
fn what_has_no_covariance_says_so() {
    let watch = Watch::unwatched();
    let says = |fit: &Fit, data: NewData<'_>, quantity: Quantity, code: Code, words: &str| {
        let error = fit.prediction_covariance(data, &request(quantity, RandomTerms::All), &watch).unwrap_err();
        assert!(error.code == code && error.message.contains(words), "{}", error.message);
    };
    let mut model = sleepstudy();
    let fit = model.fit();
    let many = Data::default().real("Days", vec![1.0; 16_385]).label("Subject", vec!["308".to_owned(); 16_385]).frame();
    says(&fit, NewData::Frame(&many), Quantity::Link, Code::Argument, "16385 predictions");
    says(&fit, NewData::Training, Quantity::Class, Code::Argument, "ordinal models");
    says(&ordinal("rating ~ temp + (1 | judge)").fit(), NewData::Training, Quantity::Class, Code::Argument, "a class has no");
    model.options.engine = Engine::Iterative;
    model = Generalised {
        options: model.options,
        ..linear("diameter ~ 1 + (1 | plate) + (1 | sample)", frame("Penicillin.csv", &["plate", "sample"]))
    };
    says(&model.fit(), NewData::Training, Quantity::Link, Code::Unsupported, "engine = direct");
    let mut survival = linear("Surv(time, status) ~ sex + (1 | id)", frame("kidney.csv", &["id"]));
    survival.spec.kind = ModelKind::Coxme;
    says(&survival.fit(), NewData::Training, Quantity::Link, Code::Unsupported, "Cox model");
}

/// Effects that are chosen by a formula add up to those of all; figures are the modes themselves.
#[test]
fn a_part_of_the_random_effects() {
    let watch = Watch::unwatched();
    let fit = sleepstudy().fit();
    let values = |random: RandomTerms| {
        let found = fit.predictions(NewData::Training, &request(Quantity::Link, random), &watch).unwrap();
        (found.values, found.std_errors)
    };
    let (all, none) = (values(RandomTerms::All), values(RandomTerms::None));
    let part = |text: &str| values(fit.random_part(text).unwrap());
    assert_eq!(fit.random_part("~ (0 + Days | Subject)").unwrap(), RandomTerms::Effects(vec![(0, 1)]));
    assert_eq!((fit.random_part("~ 0").unwrap(), fit.random_part("1").unwrap()), (RandomTerms::None, RandomTerms::None));
    assert_eq!(part("(Days | Subject)"), all);
    let (intercepts, slopes) = (part("(1 | Subject)"), part("~(0 + Days | Subject)"));
    let days = fit.x[fit.n_obs..].to_vec();
    for i in 0..fit.n_obs {
        let level = fit.terms[0].design.index[i] as usize;
        let modes = &fit.terms[0].modes[2 * level..];
        assert!((intercepts.0[i] - none.0[i] - modes[0]).abs() < 1e-9);
        assert!((slopes.0[i] - none.0[i] - days[i] * modes[1]).abs() < 1e-9);
        assert!((intercepts.0[i] + slopes.0[i] - none.0[i] - all.0[i]).abs() < 1e-9);
        // On day 0 nothing is known of the slope, and nothing is needed.
        assert!(days[i] != 0.0 || (intercepts.1[i] - all.1[i]).abs() < 1e-9 * all.1[i]);
    }
    check("part", &fit, NewData::Training, &request(Quantity::Link, fit.random_part("(1 | Subject)").unwrap()));
    let refused = |text: &str, words: &str| {
        let error = fit.random_part(text).unwrap_err();
        assert!(error.message.contains(words), "{}", error.message);
    };
    refused("(1 | Item)", "no random effects (Intercept) | Item; it has (Intercept) | Subject, Days | Subject");
    refused("(x | Subject)", "x | Subject");
    refused("Days + (1 | Subject)", "is no random term");
    refused("(1 | Subject", "re: ");
    let wrong = request(Quantity::Link, RandomTerms::Effects(vec![(0, 2)]));
    assert_eq!(fit.predictions(NewData::Training, &wrong, &watch).unwrap_err().code, Code::Argument);
    // Effects of a factor go together.
    let factor = linear("Reaction ~ 1 + (cut | Subject)", {
        let mut own = frame("sleepstudy.csv", &["Subject"]);
        let cut: Vec<String> =
            own.column("Days").unwrap().as_real().unwrap().unwrap().iter().map(|d| format!("d{}", (d / 4.0).floor())).collect();
        own.add_strings("cut", &cut.iter().map(|label| Some(label.as_str())).collect::<Vec<_>>()).unwrap();
        own
    });
    assert_eq!(factor.fit().random_part("(0 + cut | Subject)").unwrap(), RandomTerms::Effects(vec![(0, 1), (0, 2)]));
}

fn reals(table: &Frame, name: &str) -> Vec<f64> {
    table.column(name).unwrap().as_real().unwrap().unwrap().into_owned()
}

/// Sums are those of the predictions, their standard errors those of the covariance, on every scale.
#[test]
fn sums_of_predictions() {
    let watch = Watch::unwatched();
    for (what, model) in models() {
        let fit = model.fit();
        let quantities: &[Quantity] =
            if fit.ordinal().is_some() { &[Quantity::Probabilities] } else { &[Quantity::Link, Quantity::Response] };
        for &quantity in quantities {
            let asked = Request { level: None, ..request(quantity, RandomTerms::All) };
            let (width, m) = (fit.prediction_width(quantity), fit.n_obs);
            let groups: Vec<i64> = (0..m).map(|i| (i % 3) as i64 - 1).collect();
            let factors: Vec<f64> = (0..m).map(|i| 1.0 + (i % 5) as f64).collect();
            let sums = Sums { groups: Some(&groups), n_groups: 2, factors: Some(&factors), level: 0.95 };
            let table = fit.predicted_sums(NewData::Training, &asked, &sums, &watch).unwrap();
            let values = fit.predictions(NewData::Training, &asked, &watch).unwrap().values;
            let covariance = fit.prediction_covariance(NewData::Training, &asked, &watch).unwrap();
            for k in 0..2 * width {
                let own: Vec<f64> = (0..m * width)
                    .map(|e| if e / m == k / 2 && groups[e % m] == (k % 2) as i64 { factors[e % m] } else { 0.0 })
                    .collect();
                let want: f64 = own.iter().zip(&values).map(|(f, v)| f * v).sum();
                let variance: f64 = (0..m * width)
                    .filter(|i| own[*i] != 0.0)
                    .map(|i| own[i] * (0..m * width).map(|j| own[j] * covariance[i * m * width + j]).sum::<f64>())
                    .sum();
                let (got, se) = (reals(&table, "estimate")[k], reals(&table, "std_error")[k]);
                assert!((got - want).abs() < 1e-9 * want.abs().max(1.0), "{what}: {got} for {want}");
                assert!((se - variance.sqrt()).abs() < 1e-7 * se.max(1e-6), "{what}: {se} for {}", variance.sqrt());
                if quantity == Quantity::Link {
                    assert!((reals(&table, "corrected")[k] - want).abs() < 1e-9 * want.abs().max(1.0), "{what}");
                }
            }
        }
    }
}

/// Of a log link mean, variance and quantiles over the random effects have closed forms.
/// The mean of the fitted values is that of the response, by the t distribution of a plain linear model.
#[test]
fn limits_of_sums_are_by_t_where_those_of_predictions_are() {
    let fit = linear("Reaction ~ Days", frame("sleepstudy.csv", &["Subject"])).options(|own| own.null_model = true).fit();
    let sums = Sums { level: 0.95, ..Sums::default() };
    let table = fit.predicted_sums(NewData::Training, &request(Quantity::Response, RandomTerms::All), &sums, &Watch::unwatched());
    let table = table.unwrap();
    let (estimate, se, upper) = (reals(&table, "estimate")[0], reals(&table, "std_error")[0], reals(&table, "upper")[0]);
    // qt(0.975, 178)
    assert!(((upper - estimate) / se - 1.973_380_889).abs() < 1e-8, "{}", (upper - estimate) / se);
    assert!((se - fit.sigma / 180f64.sqrt()).abs() < 1e-9 * se);
}

#[test]
fn the_distribution_over_the_random_effects() {
    let watch = Watch::unwatched();
    let fit = salamanders("poisson").fit();
    let p = [0.1, 0.5, 0.975];
    let of = |quantity| fit.effect_distribution(NewData::Training, &request(quantity, RandomTerms::All), &p, &watch).unwrap();
    let (link, response) = (of(Quantity::Link), of(Quantity::Response));
    let table = fit
        .predicted_sums(
            NewData::Training,
            &request(Quantity::Response, RandomTerms::All),
            &Sums { level: 0.9, ..Sums::default() },
            &watch,
        )
        .unwrap();
    let mut sum = 0.0;
    for i in 0..fit.n_obs {
        let (eta, v) = (link.mean[i], link.variance[i]);
        let term = &fit.terms[0];
        let level = term.design.index[i] as usize;
        assert!((v - term.condvar[level]).abs() < 1e-9 * v && (eta - fit.generalised().unwrap().eta[i]).abs() < 1e-12);
        let mean = (eta + 0.5 * v).exp();
        assert!((response.mean[i] - mean).abs() < 1e-10 * mean, "{} for {mean}", response.mean[i]);
        let variance = mean * mean * v.exp_m1();
        assert!((response.variance[i] - variance).abs() < 1e-8 * variance);
        for k in 0..3 {
            let at = k * fit.n_obs + i;
            assert!((response.quantiles[at] - link.quantiles[at].exp()).abs() < 1e-12 * response.quantiles[at]);
        }
        assert!((link.quantiles[fit.n_obs + i] - eta).abs() < 1e-12);
        sum += mean;
    }
    let corrected = reals(&table, "corrected")[0];
    assert!((corrected - sum / fit.n_obs as f64).abs() < 1e-10 * corrected);
    assert!(corrected > reals(&table, "estimate")[0]);
    // Of several predictors with random effects there are moments, no quantiles.
    let both = salamanders("nbinom2").zero_inflation("~ (1 | site)").fit();
    let asked = request(Quantity::Response, RandomTerms::All);
    let moments = both.effect_distribution(NewData::Training, &asked, &[], &watch).unwrap();
    let values = both.predictions(NewData::Training, &asked, &watch).unwrap().values;
    assert!(moments.mean.iter().zip(&values).all(|(mean, value)| mean.is_finite() && (mean / value - 1.0).abs() < 0.5));
    assert!(moments.variance.iter().all(|v| *v >= 0.0));
}

/// At the data of the fit these are the simulated responses of the fit.
#[test]
fn responses_at_new_data_are_those_of_the_fit() {
    let watch = Watch::unwatched();
    for (what, model) in models() {
        let fit = model.fit();
        for (random, what_random) in [(RandomTerms::All, RandomEffects::Conditional), (RandomTerms::None, RandomEffects::New)] {
            let asked = Request { random, ..Request::default() };
            let (got, want) = (
                fit.simulate_at(NewData::Training, &asked, 3, 9, &watch).unwrap(),
                fit.simulate(3, 9, what_random, &watch).unwrap(),
            );
            assert_eq!(got.len(), want.len(), "{what}");
            assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs()), "{what}, {what_random:?}");
        }
    }
}

/// Levels that the fit doesn't know are drawn, each once.
#[test]
fn responses_of_new_levels() {
    let fit = linear("Reaction ~ Days + (1 | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    let watch = Watch::unwatched();
    let subjects = ["308", "308", "new", "new", "other"];
    let data = Data::default().real("Days", vec![0.0; 5]).label("Subject", subjects.map(String::from)).frame();
    let data = NewData::Frame(&data);
    let count = 4000;
    let asked = Request { new_levels: NewLevels::Average, ..Request::default() };
    let y = fit.simulate_at(data, &asked, count, 4, &watch).unwrap();
    let cov = |i: usize, j: usize| {
        let mean = |i: usize| (0..count).map(|k| y[k * 5 + i]).sum::<f64>() / count as f64;
        let (a, b) = (mean(i), mean(j));
        (0..count).map(|k| (y[k * 5 + i] - a) * (y[k * 5 + j] - b)).sum::<f64>() / count as f64
    };
    let (sigma2, tau2) = (fit.sigma * fit.sigma, fit.terms[0].cov[0]);
    let close = |got: f64, want: f64| assert!((got - want).abs() < 0.1 * (sigma2 + tau2), "{got} for {want}");
    close(cov(0, 0), sigma2);
    close(cov(0, 1), 0.0);
    close(cov(2, 2), sigma2 + tau2);
    close(cov(2, 3), tau2);
    close(cov(2, 4), 0.0);
    assert_eq!(fit.simulate_at(data, &Request::default(), 1, 4, &watch).unwrap_err().code, Code::Data);
    let missing = Request { new_levels: NewLevels::Missing, ..Request::default() };
    let y = fit.simulate_at(data, &missing, 1, 4, &watch).unwrap();
    assert!(y[1].is_finite() && y[2..].iter().all(|v| v.is_nan()));
}

/// Henderson's equations with dense matrices in R, at lme4's estimates; lme4's predict(re.form = ~ (1 | plate)).
#[test]
fn lme4_has_the_same_covariances_and_parts() {
    const DENSE: [f64; 10] = [
        111.162_653_464_485,
        1.091_929_330_677,
        -23.073_773_819_380,
        2.386_732_123_454,
        59.608_997_336_725,
        -0.585_407_591_970,
        0.882_262_215_346,
        192.013_634_168_856,
        -1.625_187_631_501,
        83.061_731_569_635,
    ];
    let watch = Watch::unwatched();
    let days = Data::default().real("Days", vec![1.0, 4.0, 9.0, 2.0]);
    let data = days.label("Subject", ["308", "309", "308", "310"].map(String::from)).frame();
    let asked = request(Quantity::Response, RandomTerms::All);
    let got = sleepstudy().fit().prediction_covariance(NewData::Frame(&data), &asked, &watch).unwrap();
    let lower: Vec<f64> = (0..4).flat_map(|j| (j..4).map(move |i| (i, j))).map(|(i, j)| got[j * 4 + i]).collect();
    close_together("covariance of predictions", &lower, &DENSE, 1e-4);
    let fit = linear("diameter ~ 1 + (1 | plate) + (1 | sample)", frame("Penicillin.csv", &["plate", "sample"])).fit();
    let part = request(Quantity::Response, fit.random_part("~ (1 | plate)").unwrap());
    let values = fit.predictions(NewData::Training, &part, &watch).unwrap().values;
    assert!(values[..3].iter().all(|value| (value - 23.776_769_13).abs() < 1e-5), "{values:?}");
}
