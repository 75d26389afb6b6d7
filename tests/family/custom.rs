//! Families of the caller's: against the library's own, errors, domains, starts.

use std::sync::Arc;

use crate::common::close::close;
use interlace::error::{Code, Error, Result};
use interlace::family::{
    CustomFamily, CustomFunctions, CustomParameter, DensityRows, Derivatives, Family, Link, Map, Observations, Order, Psi, Scale,
    by_name, derivatives,
};

fn map(f: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Map {
    Arc::new(move |x, out| {
        out.iter_mut().zip(x).for_each(|(out, &x)| *out = f(x));
        Ok(())
    })
}

fn half_deviance(y: f64, mu: f64) -> f64 {
    (if y == 0.0 { 0.0 } else { y * (y / mu).ln() }) - (y - mu)
}

/// The Poisson distribution with the log link, without its density.
fn counts() -> CustomFunctions {
    CustomFunctions {
        linkfun: map(f64::ln),
        linkinv: map(f64::exp),
        mu_eta: map(f64::exp),
        variance: map(|mu| mu),
        unit_deviance: Arc::new(|y, mu, w, out| {
            (0..y.len()).for_each(|i| out[i] = 2.0 * w[i] * half_deviance(y[i], mu[i]));
            Ok(())
        }),
        log_density: None,
        derivatives: None,
    }
}

/// Gamma responses with the log link and shape exp(psi), less a constant.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a callback")]
fn gamma_density(rows: &DensityRows, out: &mut [f64]) -> Result<()> {
    for i in 0..out.len() {
        let nu = rows.weights[i] * rows.psi[i].exp();
        out[i] = nu * ((rows.y[i].ln() - rows.eta[i]) - rows.y[i] * (-rows.eta[i]).exp()) + nu * nu.ln() - libm::lgamma(nu);
    }
    Ok(())
}

fn gamma() -> CustomFunctions {
    CustomFunctions { variance: map(|mu| mu * mu), log_density: Some(Arc::new(gamma_density)), ..counts() }
}

fn shape() -> CustomParameter {
    CustomParameter { name: "shape".into(), scale: Scale::Log, start: 2.0 }
}

const Y: [f64; 4] = [0.5, 3.0, 1.0, 7.0];
const ETA: [f64; 4] = [0.3, 1.4, -2.0, 0.001];
const WEIGHTS: [f64; 4] = [1.0, 2.0, 0.5, 1.0];

fn at(family: &dyn Family, eta: &[f64], psi: &[Psi]) -> Derivatives {
    derivatives(family, &Observations { y: &Y, weights: &WEIGHTS }, eta, psi, Order::Gradient).unwrap()
}

#[test]
fn a_quasi_likelihood_has_the_derivatives_of_the_likelihood() {
    let custom = CustomFamily::new("counts", counts(), &[]).unwrap();
    let poisson = by_name("poisson", None).unwrap();
    let (seen, wanted) = (at(&custom, &ETA, &[]), at(poisson.as_ref(), &ETA, &[]));
    close("s", &seen.s, &wanted.s, 1e-13);
    close("w", &seen.w, &wanted.w, 1e-10);
    close("t", &seen.t, &wanted.t, 1e-7);
    let moved = ETA.map(|e| e + 0.7);
    let differences = |family: &dyn Family| -> Vec<f64> {
        at(family, &moved, &[]).l.iter().zip(&at(family, &ETA, &[]).l).map(|(a, b)| a - b).collect()
    };
    close("l", &differences(&custom), &differences(poisson.as_ref()), 1e-13);
    let data = Observations { y: &Y, weights: &WEIGHTS };
    let (mut w, mut t) = ([0.0; 4], [0.0; 4]);
    assert!(custom.expected_weight(&data, &ETA, &[], &mut w, &mut t).unwrap());
    close("expected w", &w, &wanted.w, 1e-13);
    close("expected t", &t, &wanted.t, 1e-10);
    assert_eq!(custom.unit_deviance(2.0, 1.5, 3.0, &[]), Some(6.0 * half_deviance(2.0, 1.5)));
    assert_eq!((custom.variance(3.0, 2.0, &[]), custom.link()), (1.5, Link::Custom));
    assert_eq!((custom.linkinv(0.0), custom.linkfun(1.0), custom.mu_eta(0.0)), (1.0, 0.0, 1.0));
}

#[test]
fn a_log_density_is_differentiated() {
    let custom = CustomFamily::new("durations", gamma(), &[shape()]).unwrap();
    let own = by_name("gamma", Some("log")).unwrap();
    for psi in [-0.4, 0.9] {
        let (seen, wanted) = (at(&custom, &ETA, &[Psi::Shared(psi)]), at(own.as_ref(), &ETA, &[Psi::Shared(psi)]));
        close("s", &seen.s, &wanted.s, 1e-10);
        close("w", &seen.w, &wanted.w, 1e-7);
        close("t", &seen.t, &wanted.t, 1e-4);
        close("l by shape", &seen.psi[0].l, &wanted.psi[0].l, 1e-10);
        close("s by shape", &seen.psi[0].s, &wanted.psi[0].s, 1e-8);
        close("w by shape", &seen.psi[0].w, &wanted.psi[0].w, 1e-5);
        let rows = [psi; 4];
        assert_eq!(at(&custom, &ETA, &[Psi::PerRow(&rows)]).psi[0].w, seen.psi[0].w);
    }
    let (mut w, mut t) = ([0.0; 4], [0.0; 4]);
    let data = Observations { y: &Y, weights: &[] };
    assert!(!custom.expected_weight(&data, &ETA, &[Psi::Shared(0.0)], &mut w, &mut t).unwrap());
}

#[test]
fn derivatives_that_are_given_are_taken() {
    let given = |rows: &DensityRows, [s, w, t]: [&mut [f64]; 3]| {
        for i in 0..s.len() {
            let nu = rows.weights[i] * rows.psi[i].exp();
            let r = rows.y[i] * (-rows.eta[i]).exp();
            (s[i], w[i], t[i]) = (nu * (r - 1.0), nu * r, -nu * r);
        }
        Ok(())
    };
    let functions = CustomFunctions { derivatives: Some(Arc::new(given)), ..gamma() };
    let custom = CustomFamily::new("durations", functions, &[shape()]).unwrap();
    let wanted = at(by_name("gamma", Some("log")).unwrap().as_ref(), &ETA, &[Psi::Shared(0.3)]);
    let seen = at(&custom, &ETA, &[Psi::Shared(0.3)]);
    for (seen, wanted) in [(&seen.s, &wanted.s), (&seen.w, &wanted.w), (&seen.t, &wanted.t), (&seen.psi[0].w, &wanted.psi[0].w)] {
        close("given", seen, wanted, 1e-11);
    }
}

#[test]
fn failures_name_the_function_and_the_row() {
    let fails = |functions: CustomFunctions| {
        let custom = CustomFamily::new("counts", functions, &[]).unwrap();
        derivatives(&custom, &Observations { y: &Y, weights: &[] }, &ETA, &[], Order::Mode).unwrap_err()
    };
    let error = fails(CustomFunctions { variance: map(|mu| mu - 1.2), ..counts() });
    assert_eq!((error.code, error.position), (Code::Numeric, 2), "{error}");
    assert!(
        error.message.contains("family counts: variance is -1.06") && error.message.contains("in row 3 (counting from 1)"),
        "{error}"
    );
    let error = fails(CustomFunctions { mu_eta: map(|_| f64::NAN), ..counts() });
    assert!(error.message.contains("mu_eta is NaN"), "{error}");
    let error = fails(CustomFunctions {
        unit_deviance: Arc::new(|_, _, _, out| {
            out.fill(f64::INFINITY);
            Ok(())
        }),
        ..counts()
    });
    assert!(error.message.contains("dev_resids is inf"), "{error}");
    let error = fails(CustomFunctions { linkinv: Arc::new(|_, _| Err(Error::numeric("stop"))), ..counts() });
    assert_eq!(error.message, "stop");
    let log_density = CustomFunctions {
        log_density: Some(Arc::new(|_, out| {
            out.fill(f64::INFINITY);
            Ok(())
        })),
        ..counts()
    };
    assert!(fails(log_density).message.contains("log_density is inf"));
}

#[test]
fn outside_the_domain_the_density_is_zero() {
    let root = map(|eta| if eta > 0.0 { eta * eta } else { f64::NAN });
    let functions = CustomFunctions { linkfun: map(f64::sqrt), linkinv: root, mu_eta: map(|eta| 2.0 * eta), ..counts() };
    let custom = CustomFamily::new("counts", functions, &[]).unwrap();
    let eta = [1.0, -1.0, 1e-4, 0.5];
    let d = derivatives(&custom, &Observations { y: &Y, weights: &[] }, &eta, &[], Order::Gradient).unwrap();
    assert_eq!(d.l[1], f64::NEG_INFINITY);
    // Next to the edge, the expected information stands in for the observed one.
    assert!((d.w[2] - 4.0).abs() < 1e-12 && d.t[2] == 0.0);
    let mut start = [f64::NAN; 4];
    custom.start_eta(&Observations { y: &[0.0, 4.0, 9.0, 1.0], weights: &[] }, &mut start).unwrap();
    assert_eq!(start, [3.5_f64.sqrt(), 2.0, 3.0, 1.0]);
    let never = CustomFunctions { linkfun: map(|_| f64::NAN), ..counts() };
    let error = CustomFamily::new("counts", never, &[]).unwrap().start_eta(&Observations { y: &Y, weights: &[] }, &mut start);
    assert!(error.unwrap_err().message.contains("linkfun is NaN at mu = 2.875"));
}

#[test]
fn what_a_family_is_made_of_is_checked() {
    let refused = |name: &str, functions: CustomFunctions, parameters: &[CustomParameter], part: &str| {
        let error = CustomFamily::new(name, functions, parameters).unwrap_err();
        assert!(error.code == Code::Argument && error.message.contains(part), "{error}");
    };
    refused("", counts(), &[], "name");
    refused("f", counts(), &[shape()], "without a log-density");
    refused("f", gamma(), &[shape(), shape()], "\"shape\"");
    refused("f", gamma(), &[CustomParameter { start: -1.0, ..shape() }], "start -1; expected a positive number");
    refused("f", gamma(), &[CustomParameter { scale: Scale::Logit, ..shape() }], "log or identity");
    let alone = CustomFunctions { derivatives: Some(Arc::new(|_, _| Ok(()))), ..counts() };
    refused("f", alone, &[], "derivatives without a log-density");
    let mut custom = CustomFamily::new("durations", gamma(), &[shape()]).unwrap();
    let data = Observations { y: &Y, weights: &[] };
    assert_eq!(custom.start_psi(&data, &Y).unwrap(), [2.0_f64.ln()]);
    custom.fix("shape", 4.0).unwrap();
    assert_eq!(custom.start_psi(&data, &Y).unwrap(), [4.0_f64.ln()]);
    assert!(custom.fix("size", 4.0).unwrap_err().message.contains("it has shape"));
    assert_eq!(custom.check_response(&Observations { y: &[1.0, f64::NAN], weights: &[] }).unwrap_err().position, 1);
}
