//! What depends on which family it is: of the library's own as documented, of a family of the caller's nothing, whatever its name.

use std::sync::Arc;

use interlace::diagnostics::ResidualKind;
use interlace::error::Code;
use interlace::family::{
    CustomFamily, CustomFunctions, CustomParameter, DensityRows, Exact, Facts, Family, Map, Observations, Order, Psi, Scale, Sigma,
    ZeroPart, by_name, derivatives, names,
};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::simulate::{Purpose, Stream};
use interlace::spec::{FamilySpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

fn map(f: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Map {
    Arc::new(move |x, out| {
        out.iter_mut().zip(x).for_each(|(out, &x)| *out = f(x));
        Ok(())
    })
}

/// Gamma responses with the log link and the variance exp(psi) mu^2: the first parameter is one over the library's shape.
fn labelled(name: &str) -> CustomFamily {
    let functions = CustomFunctions {
        linkfun: map(f64::ln),
        linkinv: map(f64::exp),
        mu_eta: map(f64::exp),
        variance: map(|mu| mu * mu),
        unit_deviance: Arc::new(|y, mu, w, out| {
            (0..y.len()).for_each(|i| out[i] = 2.0 * w[i] * ((y[i] - mu[i]) / mu[i] - (y[i] / mu[i]).ln()));
            Ok(())
        }),
        log_density: Some(Arc::new(|rows: &DensityRows, out: &mut [f64]| {
            for i in 0..out.len() {
                let nu = (-rows.psi[i]).exp();
                let log_ratio = rows.y[i].ln() - rows.eta[i];
                out[i] = nu * (log_ratio - log_ratio.exp()) + nu * nu.ln() - libm::lgamma(nu) - rows.y[i].ln();
            }
            Ok(())
        })),
        derivatives: None,
    };
    let spread = CustomParameter { name: "spread".into(), scale: Scale::Log, start: 0.3 };
    CustomFamily::new(name, functions, &[spread]).unwrap()
}

fn frame() -> Frame {
    let n = 60;
    let mut frame = Frame::new(n);
    let x: Vec<f64> = (0..n).map(|i| (i * 17 % 23) as f64 / 10.0).collect();
    let noise = |i: usize| 0.5 + (i * 29 % 31) as f64 / 20.0;
    frame.add_real("y", (0..n).map(|i| (0.4 + 0.3 * x[i] + 0.2 * (i % 6) as f64).exp() * noise(i)).collect()).unwrap();
    frame.add_real("k", (0..n).map(|i| (i * 29 % 7) as f64).collect()).unwrap();
    frame.add_real("p", (0..n).map(|i| 0.05 + 0.9 * (i * 29 % 31) as f64 / 31.0).collect()).unwrap();
    frame.add_real("same", vec![2.0; n]).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_strings("g", &(0..n).map(|i| Some(["a", "b", "c", "d", "e", "f"][i % 6])).collect::<Vec<_>>()).unwrap();
    frame
}

fn spec(formula: &str, family: FamilySpec) -> Spec {
    let formula = FormulaSpec { formula: formula.into(), ..FormulaSpec::default() };
    let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(formula));
    spec.family = family;
    spec
}

fn fit(spec: &Spec) -> interlace::error::Result<Fit> {
    Fit::new(spec, Some(&frame()), &Options::default(), &Watch::unwatched())
}

#[test]
fn a_callers_family_is_known_by_what_it_does_and_not_by_its_name() {
    let mut criterion = None;
    for name in names().into_iter().chain(["cumulative", "truncated_anything"]) {
        let custom = labelled(name);
        assert_eq!((custom.name(), custom.facts()), (name, Facts::NEUTRAL));
        let family = FamilySpec { custom: Some(Box::new(custom)), ..FamilySpec::default() };
        let fit = fit(&spec("y ~ x + (1 | g)", family.clone())).unwrap();
        assert_eq!(fit.sigma, fit.generalised().unwrap().parameters[0].estimate, "{name}");
        assert_eq!(*criterion.get_or_insert(fit.criterion), fit.criterion, "{name}");
        assert!(fit.warnings().is_empty(), "{name}: {:?}", fit.warnings());
        assert_eq!(fit.overdispersion().unwrap_err().code, Code::Unsupported, "{name}");
        assert_eq!(fit.r2(&Watch::unwatched()).unwrap_err().code, Code::Unsupported, "{name}");
        assert_eq!(fit.quantile_residuals(1, &Watch::unwatched()).unwrap_err().code, Code::Unsupported, "{name}");
        assert!(fit.residuals_of(ResidualKind::Deviance, &Watch::unwatched()).unwrap().iter().all(|r| r.is_finite()), "{name}");
        let mut inflated = spec("y ~ x + (1 | g)", family.clone());
        inflated.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
        let error = self::fit(&inflated).unwrap_err();
        assert!(error.code == Code::Argument && error.message.contains("no zeros that could be more"), "{name}: {error}");
    }
    // The library's own: sigma is one over the root of the shape.
    let own = fit(&spec("y ~ x + (1 | g)", FamilySpec { name: "gamma".into(), link: Some("log".into()), ..FamilySpec::default() }))
        .unwrap();
    let shape = own.generalised().unwrap().parameters[0].estimate;
    assert!((own.sigma - shape.sqrt().recip()).abs() < 1e-15);
    assert!((own.criterion - criterion.unwrap()).abs() < 1e-5, "{} {:?}", own.criterion, criterion);
}

/// A row of one response of a family with a link, the parameters as working values.
fn row(name: &str, link: &str, y: f64, eta: f64, psi: f64) -> interlace::family::Derivatives {
    let family = by_name(name, Some(link)).unwrap();
    let psi: Vec<Psi> = family.parameters().iter().map(|_| Psi::Shared(psi)).collect();
    let data = Observations { y: &[y], weights: &[TRIALS] };
    derivatives(family.as_ref(), &data, &[eta], &psi, Order::Mode).unwrap()
}

/// Of proportions; a whole number, so that multiples of 0.2 are responses.
const TRIALS: f64 = 5.0;
/// Responses of which every family has some.
const RESPONSES: [f64; 8] = [-3.5, 0.0, 0.2, 0.6, 0.8, 1.0, 2.0, 7.0];

/// The facts say of a family what its density, distribution function and rules for responses show.
#[test]
fn the_facts_of_every_family_are_those_of_its_density() {
    for name in names() {
        let (family, facts) = (by_name(name, None).unwrap(), by_name(name, None).unwrap().facts());
        let psi = vec![1.0; family.parameters().len()];
        let has = |y: f64| family.check_response(&Observations { y: &[y], weights: &[TRIALS] }).is_ok();
        let cdf = |y: f64| family.cdf(y, 0.4, TRIALS, &psi);
        let mass = |y: f64| cdf(y).at_or_below - cdf(y).below > 1e-6;
        let (low, high) = facts.support;
        assert!(
            facts.has_distribution && cdf(low.max(-1e30)).below < 1e-12 && cdf(high.min(1e30)).at_or_below > 1.0 - 1e-12,
            "{name}"
        );
        assert!(RESPONSES.iter().all(|&y| !has(y) || (low..=high).contains(&y)), "{name}: a response is outside its support");
        assert!(low.is_finite() || has(-3.5), "{name}: the support has no lower end");
        assert!(high.is_finite() || has(7.0), "{name}: the support has no upper end");
        // A family without zeros leaves them to a hurdle; one whose zeros have a probability of their own may have more of them.
        assert_eq!(facts.zero_part == Some(ZeroPart::Hurdle), !has(0.0), "{name}: hurdle");
        assert!(facts.zero_part != Some(ZeroPart::Inflation) || mass(0.0), "{name}: inflation");
        assert!(facts.zero_part.is_some() || !mass(0.0) || mass(1.0), "{name}: nothing is said of its zeros");
        let inside: Vec<f64> = RESPONSES.into_iter().filter(|&y| has(y) && y > low && y < high).collect();
        let (discrete, mixed) = (inside.iter().all(|&y| mass(y)), mass(low.max(-1e30)) || mass(high.min(1e30)));
        assert_eq!(discrete, inside.iter().any(|&y| mass(y)), "{name}");
        assert_eq!(facts.exact == Exact::Never, discrete || mixed, "{name}: an exact fit");
        assert!(facts.can_separate || !discrete, "{name}: separation");
        assert!(!facts.can_separate || discrete || mixed, "{name}: separation");
        assert!(!facts.tests_overdispersion || discrete, "{name}: overdispersion");
        // More sigma is more variance, but where it is a precision.
        if facts.exact != Exact::Never {
            let sign = if facts.sigma == Sigma::InverseRoot { -1.0 } else { 1.0 };
            let variance = |first: f64| family.variance(0.4, 1.0, &[&[first], &psi[1..]].concat());
            assert_eq!(sign * (variance(1.1) - variance(1.0)) > 0.0, facts.exact != Exact::Precision, "{name}: sigma");
        }
        for (parameter, upper) in (0..psi.len()).flat_map(|p| [(p, false), (p, true)]) {
            let limit = family.limit(parameter, upper).map_or("poisson", |text| text.split(", ").next().unwrap());
            assert!(names().contains(&limit), "{name}: the limit {limit} is no family");
        }
    }
}

/// Where a link is said to make the log-density concave no information is negative, and where there is normal noise it is the same in all
/// rows, and only there.
#[test]
fn log_densities_are_concave_where_they_are_said_to_be() {
    let mut normal = vec![];
    for name in names() {
        for link in interlace::family::links(name) {
            let family = by_name(name, Some(link.name())).unwrap();
            let has = |y: f64| family.check_response(&Observations { y: &[y], weights: &[TRIALS] }).is_ok();
            let (low, high) = family.domain();
            let etas: Vec<f64> = (-40..=40).map(|k| 0.23 * f64::from(k) + 0.011).filter(|eta| (low..high).contains(eta)).collect();
            let mut all = vec![];
            for psi in [-2.0, 0.3, 2.0] {
                let rows = RESPONSES.iter().filter(|y| has(**y)).flat_map(|&y| etas.iter().map(move |&eta| (y, eta)));
                let w: Vec<f64> = rows.map(|(y, eta)| row(name, link.name(), y, eta, psi).w[0]).collect();
                let concave = w.iter().all(|w| *w >= -1e-9);
                assert!(
                    concave || !family.is_log_concave(),
                    "{name} {link:?} {psi}: {:e}",
                    w.iter().fold(0.0_f64, |m, w| m.min(*w))
                );
                all.push(w);
            }
            let same = all.iter().all(|w| w.iter().all(|v| (v - w[0]).abs() < 1e-9 * w[0].abs()));
            assert_eq!(same, family.adds_normal_noise(), "{name} {link:?}");
            if same {
                normal.push(name);
            }
        }
    }
    assert_eq!(normal, ["gaussian", "lognormal"]);
}

#[test]
fn the_default_family_is_listed_first() {
    assert_eq!(
        (names()[0], FamilySpec::default().build().unwrap().name()),
        (interlace::family::DEFAULT, interlace::family::DEFAULT)
    );
    let normal = interlace::family::normal();
    assert_eq!((normal.name(), normal.adds_normal_noise()), (interlace::family::DEFAULT, true));
}

/// A dispersion formula `~ 1` is the model without one, and so are its residuals.
#[test]
fn quantile_residuals_know_the_dispersion_of_each_row() {
    let zeros = |name: &str| by_name(name, None).unwrap().facts().zero_part;
    for name in names() {
        if by_name(name, None).unwrap().parameters().is_empty() {
            continue;
        }
        let response = match name {
            "beta" | "zero_one_inflated_beta" | "ordered_beta" => "p",
            "nbinom1" | "nbinom2" | "nbinom12" | "genpois" | "compois" => "k",
            "truncated_nbinom1" | "truncated_nbinom2" | "truncated_genpois" | "truncated_compois" => "I(k + 1)",
            "betabinomial" => "cbind(k, 7 - k)",
            _ => "y",
        };
        let link = matches!(name, "gamma" | "inverse_gaussian").then(|| "log".to_string());
        let family = FamilySpec { name: name.into(), link, ..FamilySpec::default() };
        let mut model = spec(&format!("{response} ~ 1 + (1 | g)"), family);
        let plain = fit(&model).unwrap().quantile_residuals(3, &Watch::unwatched()).unwrap();
        model.dispersion = Some(PredictorSpec::Formula("~ 1".into()));
        let formula = fit(&model).unwrap().quantile_residuals(3, &Watch::unwatched()).unwrap();
        for (i, (a, b)) in plain.iter().zip(&formula).enumerate() {
            assert!(a.is_finite() && (a - b).abs() < 1e-4 * a.abs().max(1.0), "{name} row {i}: {a} {b}");
        }
        // With a zero part they take its zeros, too.
        if zeros(name) == Some(ZeroPart::Inflation) && matches!(name, "nbinom1" | "nbinom2") {
            model.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
            let both = fit(&model).unwrap().quantile_residuals(3, &Watch::unwatched()).unwrap();
            assert!(both.iter().all(|r| r.is_finite()), "{name}: {both:?}");
        }
    }
}

#[test]
fn a_constant_response_is_an_error_only_where_nothing_can_be_estimated() {
    let family = |name: &str, fixed: &[(&str, f64)]| FamilySpec {
        name: name.into(),
        link: (name == "gamma").then(|| "log".to_string()),
        fixed: fixed.iter().map(|(n, v)| ((*n).to_string(), *v)).collect(),
        ..FamilySpec::default()
    };
    for name in ["gaussian", "gamma", "student_t"] {
        let error = fit(&spec("same ~ x + (1 | g)", family(name, &[]))).unwrap_err();
        assert!(error.message.contains("the response is 2 in all rows"), "{name}: {error}");
        let fit = fit(&spec("same ~ x + offset(0.1 * k) + (1 | g)", family(name, &[]))).unwrap();
        assert!(fit.fixed.std_error.iter().all(|s| s.is_finite()), "{name}: {:?}", fit.fixed);
    }
    let fit = fit(&spec("same ~ 1 + (1 | g)", family("gaussian", &[("sigma", 1.5)]))).unwrap();
    assert!((fit.fixed.estimate[0] - 2.0).abs() < 1e-9 && (fit.fixed.std_error[0] - 1.5 / 60.0_f64.sqrt()).abs() < 1e-6);
    assert!(fit.warnings().iter().any(|w| w.contains("the response is 2 in all rows")), "{:?}", fit.warnings());
}

/// At the edge of their parameter the negative binomial distributions are Poisson's, not undefined.
#[test]
fn negative_binomial_distributions_end_at_poissons() {
    let poisson = by_name("poisson", None).unwrap();
    for (name, sign) in [("nbinom2", 1.0), ("nbinom1", -1.0)] {
        let family = by_name(name, None).unwrap();
        for psi in [60.0, 150.0, 300.0, 589.0, 700.0, 800.0] {
            for (y, eta) in [(0.0, 1.2), (3.0, 1.2), (9.0, 0.1), (40.0, 4.0)] {
                let (own, limit) = (family.cdf(y, eta, 1.0, &[sign * psi]), poisson.cdf(y, eta, 1.0, &[]));
                for (a, b) in [(own.at_or_below, limit.at_or_below), (own.above, limit.above)] {
                    assert!((a - b).abs() <= 1e-11 * b, "{name} {psi} {y}: {a:e} {b:e}");
                }
                let deviance = family.unit_deviance(y, eta.exp(), 1.0, &[sign * psi]).unwrap();
                let want = poisson.unit_deviance(y, eta.exp(), 1.0, &[]).unwrap();
                assert!((deviance - want).abs() < 1e-9 * want.max(1.0), "{name} {psi} {y}: {deviance} {want}");
            }
            let mut stream = Stream::new(5, 0, Purpose::Response);
            assert!(family.simulate(1.0, 1.0, &[sign * psi], &mut stream).is_finite(), "{name} {psi}");
        }
    }
}

/// On the way there they are the sums of their probabilities.
#[test]
fn negative_binomial_distributions_keep_their_digits_near_poissons() {
    for (name, sign) in [("nbinom2", 1.0), ("nbinom1", -1.0)] {
        let family = by_name(name, None).unwrap();
        for size in [1e3_f64, 1e5, 1e6, 1e7, 1e9, 1e12, 1e15, 1e20] {
            for (k, eta) in [(0_u32, 1.2), (3, 1.2), (9, 0.1), (20, 3.5), (60, 3.5)] {
                let psi = [sign * size.ln()];
                let y: Vec<f64> = (0..=k).map(f64::from).collect();
                let (data, etas) = (Observations { y: &y, weights: &[] }, vec![eta; y.len()]);
                let log = derivatives(family.as_ref(), &data, &etas, &[Psi::Shared(psi[0])], Order::Value).unwrap().l;
                let want: f64 = log.iter().map(|l| l.exp()).sum();
                let seen = family.cdf(f64::from(k), eta, 1.0, &psi).at_or_below;
                assert!((seen - want).abs() < 2e-9 * want, "{name} {size:e} {k} {eta}: {seen:e} {want:e}");
            }
        }
    }
}

/// 2 [y log(y/mu) - (y + k) log((y + k)/(mu + k))] with k = mu / alpha, and Poisson's deviance as alpha goes to zero.
#[test]
fn the_deviance_of_nbinom1_holds_the_size() {
    let family = by_name("nbinom1", None).unwrap();
    for (y, mu, alpha) in [(3.0, 2.0, 0.5), (0.0, 1.3, 2.0), (11.0, 4.0, 7.0), (4.0, 4.0, 1.0)] {
        let k: f64 = mu / alpha;
        let want = 2.0 * (if y == 0.0 { 0.0 } else { y * (y / mu).ln() } - (y + k) * ((y + k) / (mu + k)).ln());
        let seen = family.unit_deviance(y, mu, 1.5, &[f64::ln(alpha)]).unwrap();
        assert!((seen - 1.5 * want).abs() < 1e-13 * want.abs().max(1.0), "{y} {mu} {alpha}: {seen} {want}");
        let residual = family.deviance_residual(y, mu, 1.0, &[f64::ln(alpha)]).unwrap();
        assert!((residual * residual - want).abs() < 1e-12 && (residual == 0.0 || (residual > 0.0) == (y > mu)));
        let poisson = by_name("poisson", None).unwrap().unit_deviance(y, mu, 1.0, &[]).unwrap();
        let near = family.unit_deviance(y, mu, 1.0, &[f64::ln(1e-9)]).unwrap();
        assert!((near - poisson).abs() < 1e-6, "{near} {poisson}");
    }
}
