//! Prediction intervals and logarithmic scores against what can be worked out here.

use std::f64::consts::TAU;

use interlace::predict::Interval;
use interlace::resample::RandomEffects;
use interlace::watch::Watch;

use super::standard_errors::Henderson;
use super::*;

const REACH: f64 = 1.959_963_984_540_054;

fn of_response(quantity: Quantity, random: RandomTerms) -> Request {
    Request { level: Some(0.95), interval: Interval::Prediction, ..request(quantity, random) }
}

fn linear(formula: &str, weights: Option<&str>, frame: &Frame) -> Fit {
    let source = FormulaSpec { formula: formula.into(), weights: weights.map(Into::into), ..FormulaSpec::default() };
    Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(source)), Some(frame), &Options::default(), &Watch::unwatched()).unwrap()
}

/// The mean of a function of a normal variable by the trapezoidal rule.
fn mean_over(mean: f64, sd: f64, f: impl Fn(f64) -> f64) -> f64 {
    let nodes = || (-4000..=4000).map(|k| f64::from(k) * 0.002);
    let total: f64 = nodes().map(|z| (-0.5 * z * z).exp()).sum();
    nodes().map(|z| (-0.5 * z * z).exp() * f(mean + sd * z)).sum::<f64>() / total
}

fn poisson_log(y: f64, mu: f64) -> f64 {
    y * mu.ln() - mu - (1..=y as u64).map(|k| (k as f64).ln()).sum::<f64>()
}

/// Known and unknown subjects, weights, and no subject at all.
#[test]
fn linear_models_have_the_variance_of_the_mean_and_of_the_response() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let fit = linear("Reaction ~ Days + (Days | Subject)", None, &frame);
    let henderson = Henderson::new(&fit);
    let got = fit.predictions(NewData::Training, &of_response(Quantity::Response, RandomTerms::All), &Watch::unwatched()).unwrap();
    for i in [0, 37, 179] {
        let se = henderson.std_error(i, &[fit.terms[0].design.index[i]]);
        let by = REACH * (se * se + fit.sigma * fit.sigma).sqrt();
        close("se", &[got.std_errors[i]], &[se], 1e-8);
        close("limits", &[got.lower[i], got.upper[i]], &[fit.fitted[i] - by, fit.fitted[i] + by], 1e-9);
    }

    let mut new = Frame::new(2);
    new.add_real("Days", vec![3.0, 12.0]).unwrap();
    new.add_strings("Subject", &[Some("nobody"), None]).unwrap();
    let asked =
        Request { new_levels: NewLevels::Zero, weights: Some(vec![1.0, 4.0]), ..of_response(Quantity::Response, RandomTerms::All) };
    let unseen = fit.predictions(NewData::Frame(&new), &asked, &Watch::unwatched()).unwrap();
    let asked = Request { quantity: Quantity::Marginal, ..asked };
    let marginal = fit.predictions(NewData::Frame(&new), &asked, &Watch::unwatched()).unwrap();
    let none = Request { random: RandomTerms::None, quantity: Quantity::Link, ..asked };
    let none = fit.predictions(NewData::Frame(&new), &none, &Watch::unwatched()).unwrap();
    let (v, d, beta) = (&fit.fixed.vcov, &fit.terms[0].cov, &fit.fixed.estimate);
    for (i, (day, weight)) in [(3.0, 1.0), (12.0, 4.0)].into_iter().enumerate() {
        let form = |m: &[f64]| m[0] + 2.0 * day * m[1] + day * day * m[3];
        let (mean, noise) = (beta[0] + day * beta[1], fit.sigma.powi(2) / weight);
        let by = REACH * (form(v) + form(d) + noise).sqrt();
        close("unseen", &[unseen.lower[i], unseen.upper[i]], &[mean - by, mean + by], 1e-9);
        close("marginal", &[marginal.lower[i], marginal.upper[i]], &[mean - by, mean + by], 1e-9);
        let by = REACH * (form(v) + noise).sqrt();
        close("without random effects", &[none.lower[i], none.upper[i]], &[mean - by, mean + by], 1e-9);
    }
}

#[test]
fn rows_of_the_data_have_their_own_weights() {
    let frame = data("sim_weights.csv", &["g"]);
    let fit = linear("y ~ x1 + (1 | g)", Some("w"), &frame);
    let asked = of_response(Quantity::Response, RandomTerms::All);
    let got = fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
    let weights = fit.weights.clone().unwrap();
    let new = fit
        .predictions(NewData::Frame(&frame), &Request { weights: Some(weights.clone()), ..asked.clone() }, &Watch::unwatched())
        .unwrap();
    close("given", &new.upper, &got.upper, 1e-9);
    let ones = fit.predictions(NewData::Frame(&frame), &asked, &Watch::unwatched()).unwrap();
    for (i, w) in weights.iter().enumerate() {
        let by = REACH * (got.std_errors[i].powi(2) + fit.sigma.powi(2) / w).sqrt();
        close("own", &[got.upper[i] - got.values[i]], &[by], 1e-9);
        let by = REACH * (got.std_errors[i].powi(2) + fit.sigma.powi(2)).sqrt();
        close("one", &[ones.upper[i] - ones.values[i]], &[by], 1e-9);
    }
}

/// Of a new response of each row, the groups' effects the same: the fit is to one replicate, the next is to be covered.
#[test]
fn intervals_cover_what_they_say() {
    let frame = data("sim_crossed_slopes.csv", &[]);
    let truth = linear("y ~ x + (1 | subj) + (1 | item)", None, &frame);
    let conditional = truth.simulate(40, 7, RandomEffects::Conditional, &Watch::unwatched()).unwrap();
    let anew = truth.simulate(40, 8, RandomEffects::New, &Watch::unwatched()).unwrap();
    let n = truth.n_obs;
    let (mut known, mut new) = (0, 0);
    for replicate in 0..20 {
        let mut own = frame.clone();
        own.add_real("simulated", conditional[2 * replicate * n..][..n].to_vec()).unwrap();
        let fit = linear("simulated ~ x + (1 | subj) + (1 | item)", None, &own);
        let covered = |request: &Request, y: &[f64]| {
            let got = fit.predictions(NewData::Training, request, &Watch::unwatched()).unwrap();
            (0..n).filter(|&i| got.lower[i] <= y[i] && y[i] <= got.upper[i]).count()
        };
        known += covered(&of_response(Quantity::Response, RandomTerms::All), &conditional[(2 * replicate + 1) * n..][..n]);
        new += covered(&of_response(Quantity::Marginal, RandomTerms::All), &anew[replicate * n..][..n]);
    }
    let share = |count: usize| count as f64 / (20 * n) as f64;
    assert!((share(known) - 0.95).abs() < 0.01, "{}", share(known));
    assert!((share(new) - 0.95).abs() < 0.03, "{}", share(new));
}

/// What is not known of the predictor is normal as the response is, so that both add up.
#[test]
fn a_gaussian_response_has_the_normal_interval_and_density() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let fit = fitted(&spec("gaussian", "Reaction ~ Days + (Days | Subject)"), &frame);
    let sigma = fit.sigma;
    let got = fit.predictions(NewData::Training, &of_response(Quantity::Response, RandomTerms::All), &Watch::unwatched()).unwrap();
    let scores = fit.log_scores(NewData::Training, &fit.y, None, &Watch::unwatched()).unwrap();
    for i in [0, 4, 9, 100, 179] {
        let variance = got.std_errors[i].powi(2) + sigma * sigma;
        let by = REACH * variance.sqrt();
        close("limits", &[got.lower[i], got.upper[i]], &[got.values[i] - by, got.values[i] + by], 1e-9);
        let density = -0.5 * ((TAU * variance).ln() + (fit.y[i] - got.values[i]).powi(2) / variance);
        close("density", &[scores[i]], &[density], 1e-9);
    }
}

/// A far response, and levels with large effects, too.
#[test]
fn counts_have_quantiles_of_the_averaged_distribution() {
    let frame = data("grouseticks.csv", &["BROOD", "INDEX", "LOCATION", "YEAR"]);
    let fit = fitted(&spec("poisson", "TICKS ~ YEAR + (1 | BROOD) + (1 | INDEX)"), &frame);
    let mut new = Frame::new(3);
    new.add_strings("YEAR", &[Some("y95"), Some("y96"), Some("y97")]).unwrap();
    new.add_strings("BROOD", &[Some("501"), Some("x"), Some("x")]).unwrap();
    new.add_strings("INDEX", &[Some("x"), Some("x"), Some("x")]).unwrap();
    let asked = Request { new_levels: NewLevels::Zero, ..of_response(Quantity::Response, RandomTerms::All) };
    let got = fit.predictions(NewData::Frame(&new), &asked, &Watch::unwatched()).unwrap();
    let link = fit.predictions(
        NewData::Frame(&new),
        &Request { quantity: Quantity::Link, interval: Interval::Confidence, ..asked },
        &Watch::unwatched(),
    );
    let link = link.unwrap();
    for i in 0..3 {
        let probability = |k: f64| mean_over(link.values[i], link.std_errors[i], |eta| poisson_log(k, eta.exp()).exp());
        let (mut below, mut found) = (0.0, vec![]);
        for k in 0..4000 {
            let at = below + probability(f64::from(k));
            found.extend([0.025, 0.975].into_iter().filter(|q| below < *q && *q <= at).map(|_| f64::from(k)));
            below = at;
            if found.len() == 2 {
                break;
            }
        }
        assert_eq!([got.lower[i], got.upper[i]], found[..], "row {i}");
        for y in [0.0, 3.0, 150.0] {
            let score = fit.log_scores(NewData::Frame(&new), &[y; 3], None, &Watch::unwatched()).unwrap()[i];
            close("score", &[score], &[probability(y).ln()], 1e-8);
        }
    }
}

#[test]
fn proportions_and_zeros_stay_what_they_are() {
    let frame = data("cbpp.csv", &["herd"]);
    let fit = fitted(&spec("binomial", "cbind(incidence, size - incidence) ~ period + (1 | herd)"), &frame);
    let asked = of_response(Quantity::Response, RandomTerms::All);
    let got = fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
    let trials = fit.weights.clone().unwrap();
    let mut outside = 0;
    for i in 0..fit.n_obs {
        for limit in [got.lower[i], got.upper[i]] {
            let k = limit * trials[i];
            assert!((k - k.round()).abs() < 1e-9 && (0.0..=trials[i] + 1e-9).contains(&k), "{k} of {}", trials[i]);
        }
        outside += usize::from(fit.y[i] < got.lower[i] - 1e-12 || fit.y[i] > got.upper[i] + 1e-12);
    }
    assert!(outside <= 3, "{outside}");
    // One trial: both results are to be expected unless one has less than a fortieth.
    let one = fit.predictions(NewData::Frame(&frame), &asked, &Watch::unwatched()).unwrap();
    let marginal = one.values.iter().zip(one.lower.iter().zip(&one.upper));
    assert!(marginal.filter(|(p, _)| **p > 0.06 && **p < 0.94).all(|(_, limits)| limits == (&0.0, &1.0)));

    let frame = data("sim_families.csv", &["g"]);
    for (family, response, zeros) in [("poisson", "y_zip", true), ("gamma", "y_gamma", false), ("beta", "y_beta", false)] {
        let mut spec = spec(family, &format!("{response} ~ x + (1 | g)"));
        spec.zero_inflation = zeros.then(|| PredictorSpec::Formula("~ x + (1 | g)".into()));
        let fit = fitted(&spec, &frame);
        let got = fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
        let outside = (0..fit.n_obs).filter(|&i| fit.y[i] < got.lower[i] || fit.y[i] > got.upper[i]).count();
        let share = outside as f64 / fit.n_obs as f64;
        assert!((0.005..0.07).contains(&share), "{family}: {share}");
        if zeros {
            let zero = fit.log_scores(NewData::Training, &vec![0.0; fit.n_obs], None, &Watch::unwatched()).unwrap();
            let mut new = Frame::new(1);
            new.add_real("x", vec![0.5]).unwrap();
            new.add_strings("g", &[Some("g03")]).unwrap();
            let score = |k: u32| fit.log_scores(NewData::Frame(&new), &[f64::from(k)], None, &Watch::unwatched()).unwrap()[0];
            assert!(zero.iter().zip(&got.lower).all(|(zero, lower)| (zero.exp() >= 0.025) == (*lower == 0.0)));
            close("all counts", &[(0..400).map(|k| score(k).exp()).sum()], &[1.0], 1e-9);
        }
    }
}

#[test]
fn scores_of_categories_are_their_probabilities_over_what_is_not_known() {
    let frame = data("wine.csv", &[]);
    let formula = FormulaSpec { formula: "rating ~ temp + contact + (1 | judge)".into(), ..FormulaSpec::default() };
    let fit = fitted(&Spec::new(ModelKind::Clmm, Source::Formula(formula)), &frame);
    let n = fit.n_obs;
    let scores: Vec<Vec<f64>> =
        (1..=5).map(|k| fit.log_scores(NewData::Training, &vec![f64::from(k); n], None, &Watch::unwatched()).unwrap()).collect();
    for i in 0..n {
        close("sum", &[scores.iter().map(|s| s[i].exp()).sum()], &[1.0], 1e-10);
    }
    let mut new = Frame::new(2);
    new.add_strings("temp", &[Some("cold"), Some("warm")]).unwrap();
    new.add_strings("contact", &[Some("no"), Some("yes")]).unwrap();
    new.add_strings("judge", &[Some("x"), Some("x")]).unwrap();
    let link = Request { level: Some(0.5), new_levels: NewLevels::Zero, ..request(Quantity::Link, RandomTerms::All) };
    let link = fit.predictions(NewData::Frame(&new), &link, &Watch::unwatched()).unwrap();
    let scores = fit.log_scores(NewData::Frame(&new), &[1.0; 2], None, &Watch::unwatched()).unwrap();
    let thresholds = &fit.ordinal().unwrap().thresholds.estimate;
    for i in 0..2 {
        let lowest = mean_over(link.values[i], link.std_errors[i], |eta| 1.0 / (1.0 + (eta - thresholds[0]).exp()));
        close("lowest", &[scores[i]], &[lowest.ln()], 1e-8);
    }
    let unknown = fit.log_scores(NewData::Training, &vec![f64::NAN; n], None, &Watch::unwatched()).unwrap();
    assert!(unknown.iter().all(|s| *s == f64::NEG_INFINITY));
    let error = fit
        .predictions(NewData::Training, &of_response(Quantity::Probabilities, RandomTerms::All), &Watch::unwatched())
        .unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("probabilities"), "{error}");
}

#[test]
fn what_has_no_interval_says_so() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let fit = linear("Reaction ~ Days + (Days | Subject)", None, &frame);
    let asked = of_response(Quantity::Response, RandomTerms::All);
    let fails = |request: Request, what: &str| {
        let error = fit.predictions(NewData::Frame(&frame), &request, &Watch::unwatched()).unwrap_err();
        assert!(error.code == Code::Argument && error.message.contains(what), "{error}");
    };
    fails(Request { quantity: Quantity::Dispersion, ..asked.clone() }, "type");
    fails(Request { weights: Some(vec![1.0; 3]), ..asked.clone() }, "3 values for 180 rows");
    let mut weights = vec![1.0; 180];
    weights[5] = 0.0;
    fails(Request { weights: Some(weights), ..asked }, "row 6");
}
