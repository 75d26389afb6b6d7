//! Generalised models whose family has a parameter at the edge of its range, or one that the data say nothing of.

use std::fmt::Write as _;

use crate::common::close::close_above;
use crate::common::generalised::{Generalised, generalised};
use interlace::error::Code;
use interlace::fit::{Fit, TermFit};
use interlace::frame::{CsvOptions, Frame};
use interlace::optimize::Reason;
use interlace::predict::{NewData, Quantity, RandomTerms, Request};
use interlace::simulate::{Purpose, Stream};
use interlace::watch::Watch;

/// 8 groups; x, and what `draw` makes of a linear predictor with normal group effects.
fn data(seed: u64, n: usize, mut draw: impl FnMut(f64, &mut Stream) -> f64) -> Frame {
    let mut stream = Stream::new(seed, 0, Purpose::Response);
    let effects: Vec<f64> = (0..8).map(|_| 0.4 * stream.normal()).collect();
    let x: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
    let y = (0..n).map(|i| draw(0.5 + 0.3 * x[i] + effects[i % 8], &mut stream)).collect();
    let groups: Vec<String> = (0..n).map(|i| format!("g{}", i % 8)).collect();
    let mut frame = Frame::new(n);
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_real("m", vec![6.0; n]).unwrap();
    frame.add_strings("g", &groups.iter().map(|g| Some(g.as_str())).collect::<Vec<_>>()).unwrap();
    frame
}

/// Successes among 6 trials, as a proportion.
fn proportion(eta: f64, stream: &mut Stream) -> f64 {
    let p = 1.0 / (1.0 + (-eta).exp());
    stream.binomial(6.0, p, 1.0 - p) / 6.0
}

/// A Poisson count of at least one.
fn positive_count(eta: f64, stream: &mut Stream) -> f64 {
    (0..1000).map(|_| stream.poisson(eta.exp())).find(|y| *y > 0.0).unwrap_or(1.0)
}

fn model(family: &str, frame: Frame) -> Generalised {
    let model = generalised("y ~ x + (1 | g)", family, frame);
    if family.contains("binomial") { model.formula(|f| f.weights = Some("m".into())) } else { model }
}

fn fit(model: &Generalised) -> Fit {
    model.fit()
}

/// With fixed effects inside the mode these went on for ever: a ridge was raised on a matrix that held no numbers.
#[test]
fn fits_with_fixed_effects_inside_the_mode_end_at_the_edge_of_the_family() {
    for seed in 1..=3 {
        let sets = [
            ("student_t", data(seed, 48, |eta, stream| eta + stream.normal())),
            ("betabinomial", data(seed, 48, proportion)),
            ("truncated_nbinom1", data(seed, 48, positive_count)),
        ];
        for (family, frame) in sets {
            for reml in [false, true] {
                let model = model(family, frame.clone()).options(|o| {
                    o.reml_generalised = reml;
                    o.quadrature = usize::from(reml);
                });
                let fit = match Fit::new(&model.spec, Some(&model.frame), &model.options, &Watch::unwatched()) {
                    Ok(fit) => fit,
                    // It may have no start.
                    Err(e) if family == "truncated_nbinom1" && e.code == Code::Numeric => continue,
                    Err(e) => panic!("{family} {reml}: {e}"),
                };
                assert!(fit.log_likelihood.is_finite(), "{family} {reml}");
                assert!(fit.fixed.std_error.iter().all(|s| *s > 0.01 && *s < 1.0), "{family} {reml}: {:?}", fit.fixed.std_error);
            }
        }
    }
}

#[test]
fn models_without_fixed_effects_have_no_border() {
    let frame = data(4, 48, |eta, stream| stream.poisson(eta.exp()));
    let of = |reml: bool, quadrature: usize| {
        fit(&generalised("y ~ 0 + (1 | g)", "poisson", frame.clone()).options(|o| {
            o.reml_generalised = reml;
            o.quadrature = quadrature;
        }))
    };
    let plain = of(false, 1);
    for other in [of(false, 0), of(true, 1)] {
        assert!((other.log_likelihood - plain.log_likelihood).abs() < 1e-8 && other.fixed.estimate.is_empty());
        assert!((other.theta[0] - plain.theta[0]).abs() < 1e-5);
    }
}

/// One evaluation, and that of the results.
#[test]
fn a_deadline_ends_the_search_and_the_standard_errors() {
    let frame = data(5, 48, |eta, stream| stream.poisson(eta.exp()));
    for (reml, quadrature) in [(false, 1), (false, 0), (true, 1), (false, 5)] {
        let model = generalised("y ~ x + (1 | g)", "poisson", frame.clone()).options(|o| {
            (o.deadline, o.reml_generalised, o.quadrature) = (Some(0.0), reml, quadrature);
        });
        let fit = fit(&model);
        assert_eq!((fit.outcome.converged, fit.outcome.reason), (false, Reason::Deadline));
        assert!(fit.outcome.evaluations <= 2, "{}", fit.outcome.evaluations);
        assert!(fit.log_likelihood.is_finite() && fit.fixed.std_error.iter().all(|s| *s > 0.0), "{:?}", fit.fixed.std_error);
        assert!(fit.warnings().iter().any(|w| w.contains("because the deadline was reached")), "{:?}", fit.warnings());
    }
}

/// A count with less variance than Poisson's.
fn even_count(eta: f64, stream: &mut Stream) -> f64 {
    let n = (2.0 * eta.exp()).ceil();
    let p = eta.exp() / n;
    stream.binomial(n, p, 1.0 - p)
}

/// A family's name, limit and parameter, and a response given the linear predictor.
type EdgeOf = (&'static str, &'static str, &'static str, fn(f64, &mut Stream) -> f64);

/// Families whose parameter has no finite estimate on most sets of such data.
const EDGES: [EdgeOf; 6] = [
    ("nbinom2", "poisson", "size", even_count),
    ("nbinom1", "poisson", "alpha", even_count),
    ("truncated_nbinom2", "truncated_poisson", "size", positive_count),
    ("truncated_nbinom1", "truncated_poisson", "alpha", positive_count),
    ("student_t", "gaussian", "df", |eta, stream| eta + 3.4 * (stream.uniform() - 0.5)),
    ("betabinomial", "binomial", "phi", proportion),
];

fn close(what: &str, a: &[f64], b: &[f64], relative: f64) {
    close_above(0.0, what, a, b, relative);
}

/// The likelihood is the limit's, and so is everything but the parameter.
#[test]
fn standard_errors_at_the_edge_are_those_of_the_limit() {
    for (family, limit, name, draw) in EDGES {
        let mut at_edge = 0;
        for seed in 1..=8 {
            let frame = data(seed, if seed % 2 == 0 { 40 } else { 96 }, draw);
            let (own, plain) = (fit(&model(family, frame.clone())), fit(&model(limit, frame)));
            let what = format!("{family} {seed}");
            assert!(own.log_likelihood > plain.log_likelihood - 1e-6, "{what}");
            if own.log_likelihood > plain.log_likelihood + 0.01 {
                continue;
            }
            close(&what, &own.fixed.std_error, &plain.fixed.std_error, 0.02);
            if own.log_likelihood > plain.log_likelihood + 1e-6 {
                continue;
            }
            at_edge += 1;
            close(&what, &own.fixed.std_error, &plain.fixed.std_error, 1e-4);
            let parameter = own.generalised().unwrap().parameters.iter().find(|p| p.name == name).unwrap();
            assert!(parameter.std_error.is_nan() && parameter.estimate >= 0.0, "{what}: {parameter:?}");
            let told = |w: &String| w.starts_with(&format!("{name}: ")) && w.contains(&format!("its limit, {limit}: "));
            assert_eq!(own.warnings().iter().filter(|w| told(w)).count(), 1, "{what}: {:?}", own.warnings());
            let request = Request {
                quantity: Quantity::Response,
                random: if seed % 2 == 0 { RandomTerms::All } else { RandomTerms::None },
                level: Some(0.9),
                ..Request::default()
            };
            let [a, b] = [&own, &plain].map(|fit| fit.predictions(NewData::Training, &request, &Watch::unwatched()).unwrap());
            close(&what, &a.std_errors, &b.std_errors, 1e-3);
            for (a, b) in own.terms.iter().zip(&plain.terms) {
                let root = |term: &TermFit| 1e-3 + term.condvar_full.as_ref().unwrap()[0].sqrt();
                close(&what, &[root(a)], &[root(b)], 1e-3);
            }
        }
        assert!(at_edge >= 2, "{family}: {at_edge}");
    }
}

/// The same where the dispersion has a formula, and where there is a zero part that finds no zeros.
#[test]
fn further_predictors_at_the_edge_leave_the_mean_alone() {
    for seed in 1..=4 {
        let frame = data(seed, 80, even_count);
        let plain = fit(&model("poisson", frame.clone()));
        for further in [
            model("nbinom2", frame.clone()).dispersion("~ 1"),
            model("poisson", frame.clone()).zero_inflation("~ 1"),
            model("nbinom1", frame.clone()).zero_inflation("~ 1"),
        ] {
            let own = fit(&further);
            if own.log_likelihood < plain.log_likelihood + 1e-6 {
                close(&format!("{seed}"), &own.fixed.std_error, &plain.fixed.std_error, 1e-3);
                assert!(own.warnings().iter().any(|w| w.contains("at the edge of its range")), "{:?}", own.warnings());
                assert!(!own.warnings().iter().any(|w| w.contains("nothing but zeros")), "{:?}", own.warnings());
            }
        }
    }
}

/// Rows tell which end of its range a zero part is at; the direction towards an edge has no sign.
#[test]
fn a_zero_part_is_at_the_end_that_its_rows_are_at() {
    for turned in [false, true] {
        let mut frame = data(2, 96, positive_count);
        let level = |i: usize| i / 8 % 3;
        let counts = frame.column("y").unwrap().as_real().unwrap().unwrap().into_owned();
        let zero = |i: usize| [i.is_multiple_of(5), false, true][level(i)];
        frame.add_real("hurdle", counts.iter().enumerate().map(|(i, y)| if zero(i) { 0.0 } else { *y }).collect()).unwrap();
        let names = if turned { ["c", "a", "b"] } else { ["a", "b", "c"] };
        frame.add_strings("f", &(0..96).map(|i| Some(names[level(i)])).collect::<Vec<_>>()).unwrap();
        let own = fit(&generalised("hurdle ~ x + (1 | g)", "truncated_poisson", frame).zero_inflation("~ 0 + f"));
        for (name, end) in [(names[1], "no zeros"), (names[2], "nothing but zeros")] {
            let want = format!("zi.f{name}: the zero part is at the edge of its range, {end}: ");
            assert!(own.warnings().iter().any(|w| w.starts_with(&want)), "{want} {:?}", own.warnings());
        }
    }
}

/// One trial a row: a beta-binomial distribution is a binomial one, whatever its phi.
#[test]
fn what_the_likelihood_does_not_depend_on_is_not_estimated() {
    let single = |eta: f64, stream: &mut Stream| f64::from(u8::from(stream.uniform() < 1.0 / (1.0 + (-eta).exp())));
    let frame = data(3, 96, single);
    let plain = fit(&generalised("y ~ x + (1 | g)", "binomial", frame.clone()));
    let own = fit(&generalised("y ~ x + (1 | g)", "betabinomial", frame.clone()));
    let phi = &own.generalised().unwrap().parameters[0];
    assert!(phi.estimate.is_nan() && phi.std_error.is_nan(), "{phi:?}");
    assert!(own.warnings().iter().any(|w| w.starts_with("phi: it cannot be estimated")), "{:?}", own.warnings());
    close("betabinomial", &own.fixed.std_error, &plain.fixed.std_error, 1e-5);
    let varying = fit(&generalised("y ~ x + (1 | g)", "betabinomial", frame).dispersion("~ x"));
    assert!(
        varying.warnings().iter().any(|w| w.starts_with("disp.(Intercept), disp.x: it cannot be estimated")),
        "{:?}",
        varying.warnings()
    );
    close("dispersion", &varying.fixed.std_error, &plain.fixed.std_error, 1e-5);
    // More than one trial a row tells.
    let told = fit(&model(
        "betabinomial",
        data(5, 96, |eta, stream| {
            let p = (1.0 + (-stream.logit_beta(0.5, 0.5) - eta).exp()).recip();
            stream.binomial(6.0, p, 1.0 - p) / 6.0
        }),
    ));
    let phi = &told.generalised().unwrap().parameters[0];
    assert!(phi.estimate > 0.1 && phi.std_error > 0.0 && told.warnings().iter().all(|w| !w.contains("phi")), "{phi:?}");
}

/// Positive responses that vary little: as the power goes to 1 the density has peaks at multiples of phi, and the likelihood false maxima.
#[test]
fn tweedie_models_of_positive_responses_are_not_below_their_limit() {
    for (seed, shape) in [(1, 1e6), (2, 1e4), (3, 100.0), (4, 1e3), (5, 5.0), (6, 3e5)] {
        let frame = data(seed, 64, |eta, stream| eta.exp() * stream.gamma(shape) / shape);
        let of = |family: &str| fit(&generalised("y ~ x + (1 | g)", family, frame.clone()).link("log"));
        let (own, gamma) = (of("tweedie"), of("gamma"));
        let power = own.generalised().unwrap().parameters[1].estimate;
        assert!(own.log_likelihood > gamma.log_likelihood - 1e-4 && power > 1.05, "{seed}: {} {power}", own.log_likelihood);
        assert!(own.log_likelihood < gamma.log_likelihood + 5.0);
        if own.log_likelihood < gamma.log_likelihood + 1e-4 {
            close("tweedie", &own.fixed.std_error, &gamma.fixed.std_error, 0.02);
        }
    }
}

/// Positive responses: y and x of 32 rows of four groups.
#[test]
fn the_limit_of_tweedie_on_positive_data_is_gamma() {
    let rows = "7.30,1.65 1.59,0.39 1.22,-0.34 1.00,-2.54 0.96,-0.25 2.73,0.31 0.67,-1.37 1.02,0.46 1.80,0.28 1.20,0.21 \
                4.39,0.98 5.71,1.61 1.19,-1.04 3.18,-0.14 1.52,0.36 2.92,1.64 4.18,0.12 9.15,0.70 4.58,0.16 3.10,0.27 \
                4.90,0.30 1.69,1.22 6.52,0.60 3.76,1.00 2.15,0.18 1.25,-0.25 4.07,-0.02 5.66,1.06 3.52,0.15 2.00,-1.54 \
                2.31,0.51 1.09,-1.17";
    let mut text = "y,x,g\n".to_owned();
    rows.split_whitespace().enumerate().for_each(|(i, row)| writeln!(text, "{row},g{}", i / 8).unwrap());
    let csv = CsvOptions { categorical: vec!["g".into()], ..Default::default() };
    let frame = Frame::from_csv(text.as_bytes(), &csv).unwrap();
    let fit = generalised("y ~ x + (1 | g)", "tweedie", frame.clone()).fit();
    let limit = generalised("y ~ x + (1 | g)", "gamma", frame).link("log").fit();
    assert!(fit.outcome.converged && fit.outcome.evaluations < 100, "{:?}", fit.outcome);
    assert!((fit.log_likelihood - limit.log_likelihood).abs() < 1e-7, "{} {}", fit.log_likelihood, limit.log_likelihood);
    for (error, of_limit) in fit.fixed.std_error.iter().zip(&limit.fixed.std_error) {
        assert!((error / of_limit - 1.0).abs() < 1e-5, "{:?} {:?}", fit.fixed, limit.fixed);
    }
    assert!(fit.warnings().iter().any(|w| w.contains("its limit, gamma")), "{:?}", fit.warnings());
}

/// As many fixed effects as rows: what R's glm calls saturated, by closed forms.
#[test]
fn a_mean_that_says_all_that_rows_say() {
    let text = "arm,s,f\nA,10,30\nB,20,20\n";
    let csv = CsvOptions { categorical: vec!["arm".into()], ..Default::default() };
    let frame = Frame::from_csv(text.as_bytes(), &csv).unwrap();
    let null = |model: Generalised| model.options(|own| own.null_model = true);
    let fit = null(generalised("cbind(s, f) ~ arm", "binomial", frame.clone())).fit();
    let odds = 3.0_f64.ln();
    close_above(0.0, "logits", &fit.fixed.estimate, &[-odds, odds], 1e-7);
    let first: f64 = 0.1 + 1.0 / 30.0;
    close_above(0.0, "errors", &fit.fixed.std_error, &[first.sqrt(), (first + 0.1).sqrt()], 1e-6);
    // R: dbinom(10, 40, .25, log = TRUE) + dbinom(20, 40, .5, log = TRUE)
    close_above(0.0, "logLik", &[fit.log_likelihood], &[0.144_364_347_010_9_f64.ln() + 0.125_370_687_619_6_f64.ln()], 1e-6);
    let counts = null(generalised("s ~ arm", "poisson", frame.clone())).fit();
    close_above(0.0, "logs", &counts.fixed.estimate, &[10.0_f64.ln(), 2.0_f64.ln()], 1e-7);
    // A dispersion that is estimated needs a row more.
    for family in ["gamma", "nbinom2", "gaussian"] {
        let error = null(generalised("s ~ arm", family, frame.clone())).try_fit().unwrap_err();
        assert!(error.message.contains("can't determine 2 fixed effects"), "{family}: {error}");
    }
    assert!(
        null(generalised("s ~ arm + f", "poisson", frame)).try_fit().unwrap_err().message.contains("more fixed effects than rows")
    );
}

/// The response of an exponential distribution is more skewed than half a normal one.
#[test]
fn a_skewness_beyond_the_family_has_no_standard_errors() {
    let n = 40;
    let mut frame = Frame::new(n);
    frame.add_real("y", (0..n).map(|i| -(1.0 - (i as f64 + 0.5) / n as f64).ln()).collect()).unwrap();
    frame.add_real("x", (0..n).map(|i| ((i * 7) % 11) as f64).collect()).unwrap();
    let fit = generalised("y ~ x", "skewnormal", frame).options(|own| own.null_model = true).fit();
    assert!(fit.fixed.std_error.iter().all(|error| error.is_nan()), "{:?}", fit.fixed);
    let own = fit.generalised().unwrap();
    assert!(own.parameters[1].estimate > 1e4 && own.parameters.iter().all(|p| p.std_error.is_nan()), "{:?}", own.parameters);
    let edges: Vec<&String> = fit.design_warnings.iter().filter(|w| w.contains("alpha") || w.contains("edge")).collect();
    assert!(edges.len() == 1 && edges[0].contains("alpha has no finite estimate"), "{:?}", fit.design_warnings);
}

#[test]
fn counts_with_less_variance_in_some_rows_say_so() {
    let n = 120;
    let mut frame = Frame::new(n);
    frame.add_real("y", (0..n).map(|i| 6.0 + f64::from(u8::from(i % 3 == 0))).collect()).unwrap();
    frame.add_real("x", (0..n).map(|i| ((i * 5) % 7) as f64 - 3.0).collect()).unwrap();
    let model = generalised("y ~ x", "genpois", frame).dispersion("~ x").options(|own| own.null_model = true);
    let fit = model.fit();
    assert!(fit.design_warnings.iter().any(|w| w.contains("do not sum to one")), "{:?}", fit.design_warnings);
}
