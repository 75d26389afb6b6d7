//! Simulated responses have the family's moments and support, and come again with their stream.

use interlace::family::{Family, Observations, WeightRole, ZeroMixture, ZeroPart, by_name};
use interlace::simulate::{Purpose, Stream};

pub(super) const DRAWS: usize = 20_000;

/// Family, link, weight, linear predictor, working parameters.
pub(super) type Case = (&'static str, &'static str, f64, f64, &'static [f64]);

pub(super) const CASES: &[Case] = &[
    ("gaussian", "identity", 2.5, -1.3, &[0.4]),
    ("gaussian", "log", 1.0, 0.3, &[-1.0]),
    ("binomial", "logit", 1.0, 0.4, &[]),
    ("binomial", "logit", 12.0, 2.5, &[]),
    ("binomial", "cloglog", 400.0, -1.0, &[]),
    ("binomial", "log", 5.0, -0.2, &[]),
    ("poisson", "log", 1.0, -1.5, &[]),
    ("poisson", "sqrt", 3.0, 9.0, &[]),
    ("gamma", "log", 1.0, 0.4, &[-0.7]),
    ("gamma", "inverse", 3.0, 0.4, &[1.2]),
    ("nbinom2", "log", 1.0, 1.3, &[-0.5]),
    ("nbinom2", "log", 1.0, 3.0, &[12.0]),
    ("nbinom1", "log", 2.0, 1.3, &[0.6]),
    ("inverse_gaussian", "log", 1.0, 0.3, &[1.4]),
    ("inverse_gaussian", "1/mu^2", 2.0, 0.7, &[0.2]),
    ("beta", "logit", 1.0, -0.8, &[1.5]),
    ("beta", "logit", 1.0, 0.8, &[-0.5]),
    ("betabinomial", "logit", 14.0, 0.6, &[0.5]),
    ("betabinomial", "probit", 1.0, 0.6, &[2.5]),
    ("student_t", "identity", 1.0, 2.0, &[0.3, 2.5]),
    ("lognormal", "identity", 1.0, 0.4, &[-1.0]),
    ("tweedie", "log", 1.0, 0.4, &[0.2, 0.1]),
    ("tweedie", "log", 3.0, 2.0, &[-1.0, -1.5]),
    ("truncated_poisson", "log", 1.0, -2.0, &[]),
    ("truncated_poisson", "log", 1.0, 2.3, &[]),
    ("truncated_nbinom2", "log", 1.0, 1.2, &[-0.6]),
    ("truncated_nbinom2", "log", 1.0, -4.0, &[0.9]),
    ("truncated_nbinom1", "log", 1.0, 1.2, &[0.9]),
    ("truncated_nbinom1", "log", 1.0, 3.5, &[-4.0]),
    ("zero_one_inflated_beta", "logit", 1.0, 0.5, &[1.0, -0.8, 0.6]),
    ("ordered_beta", "logit", 1.0, 0.3, &[1.2, -0.9, 0.7]),
    ("genpois", "log", 1.0, 1.3, &[0.9]),
    ("genpois", "log", 2.0, -0.7, &[0.0]),
    ("genpois", "log", 1.0, 3.0, &[-0.5]),
    ("truncated_genpois", "log", 1.0, 1.3, &[0.9]),
    ("truncated_genpois", "log", 1.0, -3.0, &[0.4]),
    ("truncated_genpois", "log", 1.0, 3.0, &[-0.5]),
    ("compois", "log", 1.0, 1.3, &[0.9]),
    ("compois", "log", 2.0, 2.0, &[-1.2]),
    ("compois", "log", 1.0, 9.0, &[-0.4]),
    ("truncated_compois", "log", 1.0, 0.3, &[0.5]),
    ("bell", "log", 2.0, -1.2, &[]),
    ("bell", "log", 1.0, 3.1, &[]),
    ("nbinom12", "log", 1.0, 1.3, &[-0.4, 0.8]),
    ("nbinom12", "log", 1.0, 3.0, &[0.6, 3.0]),
    ("skewnormal", "identity", 1.0, -0.6, &[0.3, 1.8]),
    ("skewnormal", "identity", 2.0, 0.6, &[-0.4, -7.0]),
];

pub(super) fn draws(family: &dyn Family, weight: f64, eta: f64, psi: &[f64], replicate: u64) -> Vec<f64> {
    let mut stream = Stream::new(2024, replicate, Purpose::Response);
    (0..DRAWS).map(|_| family.simulate(eta, weight, psi, &mut stream)).collect()
}

/// Mean and variance within five standard errors.
fn has_moments(place: &str, y: &[f64], mean: f64, variance: f64) {
    let n = y.len() as f64;
    let average = y.iter().sum::<f64>() / n;
    let moment = |power: i32| y.iter().map(|v| (v - average).powi(power)).sum::<f64>() / n;
    let (spread, fourth) = (moment(2), moment(4));
    let bound = 5.0 * (variance / n).sqrt();
    assert!((average - mean).abs() <= bound, "{place}: mean {average}, expected {mean} +- {bound}");
    let bound = 5.0 * ((fourth - spread * spread) / n).sqrt() + variance / n;
    assert!((spread - variance).abs() <= bound, "{place}: variance {spread}, expected {variance} +- {bound}");
}

#[test]
fn moments_and_supports_are_the_families() {
    for (replicate, &(name, link, weight, eta, psi)) in CASES.iter().enumerate() {
        let family = by_name(name, Some(link)).unwrap();
        let place = format!("{name} {link} weight={weight} eta={eta} psi={psi:?}");
        let y = draws(family.as_ref(), weight, eta, psi, replicate as u64);
        let weights = vec![weight; y.len()];
        family.check_response(&Observations { y: &y, weights: &weights }).unwrap();
        has_moments(&place, &y, family.response_mean(eta, psi), family.variance(family.link().linkinv(eta), weight, psi));
        assert_eq!(y, draws(family.as_ref(), weight, eta, psi, replicate as u64), "{place}");
        assert_ne!(y, draws(family.as_ref(), weight, eta, psi, 1000), "{place}");
        if family.weight_role() == WeightRole::Factor {
            assert_eq!(y, draws(family.as_ref(), 7.0, eta, psi, replicate as u64), "{place}");
        }
    }
}

#[test]
fn every_family_is_simulated() {
    for name in interlace::family::names() {
        assert!(CASES.iter().any(|case| case.0 == name), "{name}");
    }
}

#[test]
fn zeros_of_their_own_come_at_their_rate() {
    for (part, family, own) in [(ZeroPart::Inflation, "poisson", (-0.5_f64).exp()), (ZeroPart::Hurdle, "truncated_poisson", 0.0)] {
        let mixture = ZeroMixture { part, family: by_name(family, Some("log")).unwrap() };
        let mut stream = Stream::new(3, 0, Purpose::Response);
        let zeta = -0.7_f64;
        let y: Vec<f64> = (0..DRAWS).map(|_| mixture.simulate([0.5_f64.ln(), zeta], 1.0, &[], &mut stream)).collect();
        let pi = 1.0 / (1.0 + (-zeta).exp());
        let p = pi + (1.0 - pi) * own;
        let zeros: Vec<f64> = y.iter().map(|&v| f64::from(v == 0.0)).collect();
        has_moments(family, &zeros, p, p * (1.0 - p));
    }
}

#[test]
fn extreme_parameters_give_responses_that_the_family_can_have() {
    let cases: &[Case] = &[
        ("beta", "logit", 1.0, 30.0, &[-6.0]),
        ("beta", "logit", 1.0, -600.0, &[2.0]),
        ("gamma", "log", 1.0, -300.0, &[-8.0]),
        ("inverse_gaussian", "log", 1.0, 300.0, &[-20.0]),
        ("nbinom2", "log", 1.0, 5.0, &[-12.0]),
        ("truncated_nbinom2", "log", 1.0, -30.0, &[-12.0]),
        ("truncated_nbinom2", "log", 1.0, 6.0, &[-12.0]),
        ("truncated_nbinom1", "log", 1.0, -30.0, &[5.0]),
        ("truncated_poisson", "log", 1.0, -700.0, &[]),
        ("tweedie", "log", 1.0, -8.0, &[3.0, -4.0]),
        ("tweedie", "log", 1.0, 8.0, &[-6.0, 4.0]),
        ("genpois", "log", 1.0, 5.0, &[12.0]),
        ("genpois", "log", 1.0, -3.0, &[-6.0]),
        ("truncated_genpois", "log", 1.0, -30.0, &[3.0]),
        ("bell", "log", 1.0, 30.0, &[]),
        ("nbinom12", "log", 1.0, 5.0, &[12.0, -12.0]),
        ("betabinomial", "logit", 1000.0, 25.0, &[-9.0]),
        ("lognormal", "identity", 1.0, -2000.0, &[3.0]),
    ];
    for &(name, link, weight, eta, psi) in cases {
        let family = by_name(name, Some(link)).unwrap();
        let mut stream = Stream::new(5, 0, Purpose::Response);
        let y: Vec<f64> = (0..500).map(|_| family.simulate(eta, weight, psi, &mut stream)).collect();
        let weights = vec![weight; y.len()];
        family.check_response(&Observations { y: &y, weights: &weights }).unwrap();
    }
}

#[test]
fn outside_the_links_domain_there_is_no_response() {
    let mut stream = Stream::new(5, 0, Purpose::Response);
    for (name, link, eta) in [("poisson", "identity", -1.0), ("binomial", "log", 0.5), ("gamma", "inverse", -0.5)] {
        let family = by_name(name, Some(link)).unwrap();
        let psi = vec![0.3; family.parameters().len()];
        assert!(family.simulate(eta, 1.0, &psi, &mut stream).is_nan(), "{name}");
    }
}
