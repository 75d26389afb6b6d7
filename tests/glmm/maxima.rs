//! Likelihoods of generalised and ordinal models with several maxima, and modes of random effects that must not depend on the way.

use crate::common::frames::csv;
use interlace::family::by_name;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::{Options, StdErrors};
use interlace::resample::Refitter;
use interlace::simulate::{Purpose, Stream};
use interlace::spec::{FamilySpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

fn spec(kind: ModelKind, family: (&str, Option<&str>), formula: &str) -> Spec {
    let formula = FormulaSpec { formula: formula.to_owned(), ..Default::default() };
    Spec {
        family: FamilySpec { name: family.0.to_owned(), link: family.1.map(Into::into), ..Default::default() },
        ..Spec::new(kind, Source::Formula(formula))
    }
}

fn cheap() -> Options {
    Options { std_errors: StdErrors::Conditional, ..Options::default() }
}

/// Groups of x around centres, the response on one line between them and on another within.
struct Design {
    x: Vec<f64>,
    g: Vec<usize>,
    eta: Vec<f64>,
    stream: Stream,
}

fn pick(stream: &mut Stream, of: &[f64]) -> f64 {
    of[((stream.uniform() * of.len() as f64) as usize).min(of.len() - 1)]
}

fn design(seed: u64) -> Design {
    let mut s = Stream::new(seed, 1, Purpose::Resampling);
    let groups = 4 + (s.uniform() * 20.0) as usize;
    let n = groups * (3 + (s.uniform() * 12.0) as usize);
    let (sd, centre, spread) = (pick(&mut s, &[0.02, 0.1, 0.3]), pick(&mut s, &[1.0, 2.0, 4.0]), pick(&mut s, &[0.05, 0.2, 0.5]));
    let between = pick(&mut s, &[-1.0, -0.5, 0.5, 1.0]);
    let within = -between * pick(&mut s, &[0.3, 1.0, 3.0]);
    let centres: Vec<f64> = (0..groups).map(|_| centre * s.normal()).collect();
    let b: Vec<f64> = (0..groups).map(|_| sd * s.normal()).collect();
    let g: Vec<usize> = (0..n).map(|i| i % groups).collect();
    let off: Vec<f64> = (0..n).map(|_| spread * s.normal()).collect();
    let x = g.iter().zip(&off).map(|(g, d)| centres[*g] + d).collect();
    let eta = g.iter().zip(&off).map(|(g, d)| 0.5 + between * centres[*g] + within * d + b[*g]).collect();
    Design { x, g, eta, stream: s }
}

impl Design {
    fn frame(&self, y: Vec<f64>) -> Frame {
        let mut frame = Frame::new(y.len());
        frame.add_real("x", self.x.clone()).unwrap();
        frame.add_real("y", y).unwrap();
        let names: Vec<String> = self.g.iter().map(|g| format!("g{g}")).collect();
        frame.add_strings("g", &names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>()).unwrap();
        frame
    }

    fn response(&mut self, family: (&str, Option<&str>), parameter: f64) -> Vec<f64> {
        let own = by_name(family.0, family.1).unwrap();
        let psi = vec![parameter; own.parameters().len()];
        self.eta.iter().map(|eta| own.simulate(*eta, 1.0, &psi, &mut self.stream)).collect()
    }
}

#[test]
fn the_within_slope_of_a_gaussian_model_is_found() {
    let x = [
        3.9925, 3.9502, 4.0209, 3.9122, 2.9903, 2.9516, 3.008, 2.9142, 1.9835, 1.9413, 2.0012, 1.9138, 0.9828, 0.9592, 1.0107,
        0.91, -0.0088, -0.0368, 0.0174, -0.0894, -1.0104, -1.0446, -0.9833, -1.0914,
    ];
    let y = [
        2.9708, 2.9574, 2.9701, 2.926, 3.1979, 3.1805, 3.2239, 3.16, 3.4216, 3.3962, 3.4282, 3.3865, 3.6718, 3.6717, 3.7066,
        3.6531, 3.9908, 3.974, 4.0122, 3.9683, 4.2814, 4.2661, 4.2954, 4.2566,
    ];
    let g = (0..24).map(|i| i / 4).collect();
    let design = Design { x: x.to_vec(), g, eta: vec![], stream: Stream::new(0, 0, Purpose::Response) };
    for (family, y) in [("gaussian", y.to_vec()), ("lognormal", y.iter().map(|y: &f64| y.exp()).collect())] {
        let spec = spec(ModelKind::Glmm, (family, None), "y ~ x + (1 | g)");
        let fit = Fit::new(&spec, Some(&design.frame(y)), &Options::default(), &Watch::unwatched()).unwrap();
        assert!((fit.fixed.estimate[1] - 0.439).abs() < 0.01, "{family}: {}", fit.fixed.estimate[1]);
    }
}

/// No start of the user's comes to a lower deviance than the default's.
fn none_beats(what: &str, spec: &Spec, frame: &Frame) -> Fit {
    let fit = Fit::new(spec, Some(frame), &cheap(), &Watch::unwatched()).unwrap();
    for sd in [0.05, 1.0, 10.0] {
        let options = Options { theta0: Some(vec![sd; fit.theta.len()]), ..cheap() };
        if let Ok(other) = Fit::new(spec, Some(frame), &options, &Watch::unwatched())
            && other.outcome.converged
        {
            let (value, lowest) = (fit.criterion, other.criterion);
            assert!(value <= lowest + 1e-6 * (1.0 + lowest.abs()), "{what}: {value}, from {sd} {lowest}");
        }
    }
    fit
}

#[test]
fn the_lower_of_two_minima_is_found_in_every_family() {
    let mut told = 0;
    for (family, parameter) in [
        (("gaussian", None), -0.7),
        (("gamma", Some("log")), 1.0),
        (("nbinom2", None), 1.0),
        (("poisson", None), 0.0),
        (("binomial", None), 0.0),
        (("inverse_gaussian", Some("log")), 0.0),
    ] {
        for seed in 0..12 {
            let mut design = design(seed);
            let y = design.response(family, parameter);
            let spec = spec(ModelKind::Glmm, family, "y ~ x + (1 | g)");
            let frame = design.frame(y);
            let fit = none_beats(&format!("{} {seed}", family.0), &spec, &frame);
            told += usize::from(the_other_is_there(&fit, &spec, &frame));
        }
    }
    assert!(told >= 1);
}

/// Where the fit tells of another maximum, a search from what it says ends there.
fn the_other_is_there(fit: &Fit, spec: &Spec, frame: &Frame) -> bool {
    let warnings = fit.warnings();
    let Some(text) = warnings.iter().find(|w| w.contains("two maxima")) else { return false };
    let number = |after: &str| -> f64 {
        let rest = &text[text.find(after).unwrap() + after.len()..];
        rest[..rest.find([' ', ')', ',']).unwrap()].parse().unwrap()
    };
    let (other, theta) = (number("reported and "), number("theta0 = ("));
    let again = Fit::new(spec, Some(frame), &Options { theta0: Some(vec![theta]), ..cheap() }, &Watch::unwatched()).unwrap();
    assert!(
        (again.criterion - other).abs() < 1e-3 || (again.criterion - fit.criterion).abs() < 1e-3,
        "{text}: {}",
        again.criterion
    );
    assert!(fit.criterion < other && other < fit.criterion + 10.0, "{text}");
    true
}

#[test]
fn the_lower_of_two_minima_of_an_ordinal_model_is_found() {
    for seed in 0..8 {
        let mut design = design(seed);
        let mut latent = |eta: f64| {
            let u = design.stream.uniform().clamp(1e-9, 1.0 - 1e-9);
            3.0 * eta + (u / (1.0 - u)).ln()
        };
        let eta = design.eta.clone();
        let y: Vec<usize> = eta.iter().map(|eta| [-1.0, 0.0, 1.0].iter().filter(|cut| latent(*eta) > **cut).count()).collect();
        let mut frame = design.frame(vec![0.0; y.len()]);
        let names: Vec<String> = y.iter().map(|y| format!("c{y}")).collect();
        frame.add_strings("category", &names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>()).unwrap();
        let mut spec = spec(ModelKind::Clmm, ("", None), "category ~ x + (1 | g)");
        let mut levels = names.clone();
        levels.sort_unstable();
        levels.dedup();
        spec.ordinal.levels = levels;
        none_beats(&format!("ordinal {seed}"), &spec, &frame);
    }
}

/// A dispersion can stand for the variance of groups: the search once ended at none, 10.6 below the maximum.
#[test]
fn a_variance_is_not_lost_to_the_dispersion() {
    let rows = "2,-0.10868,0 3,-0.73347,1 3,-0.33088,2 6,1.97774,3 182,1.33401,4 4,0.30339,5 3,0.02545,6 0,-1.50969,0 2,-0.62484,1 \
        10,0.84972,2 1,0.26064,3 7,-0.66682,4 5,1.02257,5 3,1.52358,6 3,0.3251,0 2,0.15134,1 12,-0.41119,2 3,0.56843,3 12,-0.7519,4 \
        2,0.33389,5 0,0.16377,6 2,0.34345,0 1,-1.04209,1";
    let frame = csv(&format!("y,x2,g1\n{}\n", rows.split_whitespace().collect::<Vec<_>>().join("\n")), &["g1"]);
    let spec = spec(ModelKind::Glmm, ("nbinom1", None), "y ~ x2 + (1 | g1)");
    let fit = Fit::new(&spec, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap();
    assert!((fit.log_likelihood + 63.918).abs() < 2e-3, "{}", fit.log_likelihood);
    assert!((fit.theta[0] - 1.2598).abs() < 1e-3, "{}", fit.theta[0]);
    assert!(fit.outcome.converged);
    // A refit, and with it the bootstrap, is no worse.
    let refit = Refitter::new(&fit, &Watch::unwatched()).unwrap().refit(&fit.y, &Watch::unwatched()).unwrap();
    assert!((refit.log_likelihood - fit.log_likelihood).abs() < 1e-6, "{}", refit.log_likelihood);
}

/// A fit's parameters in the order of `Fit::objective`.
fn parameters(fit: &Fit) -> Vec<f64> {
    let own = fit.generalised().unwrap();
    let mut all = fit.theta.clone();
    all.extend(&fit.fixed.estimate);
    for predictor in [&own.zero_inflation, &own.dispersion].into_iter().flatten() {
        all.extend(&predictor.fixed.estimate);
    }
    all.extend(&own.psi);
    all
}

#[test]
fn the_objective_at_a_fit_is_its_criterion_where_groups_have_several_modes() {
    let mut compared = 0;
    for (family, zero) in [
        (("student_t", None), false),
        (("inverse_gaussian", Some("log")), false),
        (("binomial", Some("cauchit")), false),
        (("nbinom1", None), false),
        (("beta", None), false),
        (("poisson", None), true),
    ] {
        for seed in 40..46 {
            let mut design = design(seed);
            let mut stream = design.stream.clone();
            // Little of each group, and groups far apart.
            design.eta = design
                .g
                .iter()
                .zip(&design.x)
                .map(|(g, x)| 0.5 * x + 2.0 * (*g as f64 * 2.4).sin())
                .map(|e: f64| e.clamp(-3.0, 3.0))
                .collect();
            let mut y = design.response(family, 0.5);
            if zero {
                y.iter_mut().for_each(|y| *y *= f64::from(u8::from(stream.uniform() > 0.3)));
            }
            if family.0 == "beta" {
                y.iter_mut().for_each(|y| *y = y.clamp(1e-6, 1.0 - 1e-6));
            }
            let mut spec = spec(ModelKind::Glmm, family, "y ~ x + (1 | g)");
            spec.zero_inflation = zero.then(|| PredictorSpec::Formula("~ 1".to_owned()));
            let frame = design.frame(y);
            let Ok(fit) = Fit::new(&spec, Some(&frame), &cheap(), &Watch::unwatched()) else { continue };
            let Ok(value) = Fit::objective(&spec, Some(&frame), &cheap(), &parameters(&fit), &Watch::unwatched()) else { continue };
            assert!(
                (value[0] - fit.criterion).abs() < 1e-8 * (1.0 + fit.criterion.abs()),
                "{family:?} {seed}: {} for {}",
                value[0],
                fit.criterion
            );
            compared += 1;
        }
    }
    assert!(compared >= 30, "{compared}");
}

/// Points are evaluated one after the other: what was before must not matter.
#[test]
fn the_objective_does_not_depend_on_the_points_before() {
    let mut design = design(41);
    design.eta.iter_mut().for_each(|eta| *eta *= 3.0);
    let y = design.response(("student_t", None), 0.0);
    let (spec, frame) = (spec(ModelKind::Glmm, ("student_t", None), "y ~ x + (1 | g)"), design.frame(y));
    let points = [[4.0, 0.0, 1.0, -1.5, 1.0], [0.3, 2.0, -1.0, -1.5, 1.0], [2.0, -3.0, 0.0, -2.0, 0.5]];
    let together = Fit::objective(&spec, Some(&frame), &cheap(), &points.concat(), &Watch::unwatched()).unwrap();
    let mut backwards = points;
    backwards.reverse();
    let mut other = Fit::objective(&spec, Some(&frame), &cheap(), &backwards.concat(), &Watch::unwatched()).unwrap();
    other.reverse();
    for (a, b) in together.iter().zip(&other) {
        assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{together:?} {other:?}");
    }
}

#[test]
fn effects_beyond_the_tails_of_the_link_are_told() {
    let rows: Vec<String> = (0..40).map(|i| format!("{},{},g{}", i % 8 / 4, f64::from(i % 5) - 2.0, i % 8)).collect();
    let frame = csv(&format!("y,x,g\n{}\n", rows.join("\n")), &["g"]);
    let fit = Fit::new(
        &spec(ModelKind::Glmm, ("binomial", None), "y ~ x + (1 | g)"),
        Some(&frame),
        &Options::default(),
        &Watch::unwatched(),
    )
    .unwrap();
    assert!(fit.warnings().iter().any(|w| w.contains("times that of the latent variable")), "{:?} {:?}", fit.theta, fit.warnings());
}
