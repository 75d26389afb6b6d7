//! Names, errors, weights, starting values, parameters by row, domains.

use interlace::error::Code;
use interlace::family::{Constants, Derivatives, Link, Observations, Order, Psi, Scale, by_name, derivatives, names};

#[test]
fn the_registry_tells_what_it_knows() {
    for (family, link) in [
        ("binomial", Link::Logit),
        ("poisson", Link::Log),
        ("gaussian", Link::Identity),
        ("gamma", Link::Inverse),
        ("inverse_gaussian", Link::InverseSquare),
        ("nbinom2", Link::Log),
        ("beta", Link::Logit),
        ("tweedie", Link::Log),
        ("student_t", Link::Identity),
        ("ordered_beta", Link::Logit),
    ] {
        assert_eq!(by_name(family, None).unwrap().link(), link);
    }
    for family in names() {
        assert_eq!(by_name(family, None).unwrap().name(), family);
    }
    let error = by_name("weibull", None).unwrap_err();
    assert_eq!(error.code, Code::Argument);
    assert!(error.message.contains("weibull") && names().iter().all(|name| error.message.contains(name)), "{error}");
    let error = by_name("poisson", Some("logit")).unwrap_err();
    assert!(error.message.contains("logit") && error.message.contains("log, identity, sqrt"), "{error}");
    assert!(by_name("poisson", Some("lg")).unwrap_err().message.contains("1/mu^2"));
}

#[test]
fn responses_are_checked_by_row() {
    for (family, good, bad) in [
        ("poisson", 3.0, 2.5),
        ("poisson", 0.0, -1.0),
        ("binomial", 0.25, 1.25),
        ("gamma", 0.5, 0.0),
        ("inverse_gaussian", 0.5, -1.0),
        ("beta", 0.5, 1.0),
        ("beta", 0.5, 0.0),
        ("tweedie", 0.0, -0.1),
        ("truncated_poisson", 1.0, 0.0),
        ("truncated_nbinom2", 1.0, 1.5),
        ("zero_one_inflated_beta", 1.0, 1.1),
        ("gaussian", -1.0, f64::NAN),
    ] {
        let family = by_name(family, None).unwrap();
        let weights = [4.0; 2];
        assert!(family.check_response(&Observations { y: &[good, good], weights: &weights }).unwrap().is_empty());
        let error = family.check_response(&Observations { y: &[good, bad], weights: &weights }).unwrap_err();
        assert_eq!((error.code, error.position), (Code::Data, 1), "{error}");
        assert!(error.message.contains("row 2") && error.message.contains(&bad.to_string()), "{error}");
    }
    let binomial = by_name("binomial", None).unwrap();
    // 7/12 is not representable, yet it is 7 of 12.
    assert!(binomial.check_response(&Observations { y: &[7.0 / 12.0], weights: &[12.0] }).unwrap().is_empty());
    let warnings = binomial.check_response(&Observations { y: &[0.5, 0.5], weights: &[2.0, 5.0] }).unwrap();
    assert_eq!(warnings, ["1 responses are no whole number of successes: 2.5 in row 2 (counting from 1)"]);
    for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = binomial.check_response(&Observations { y: &[0.5], weights: &[weight] }).unwrap_err();
        assert!(error.message.contains("weight"), "{error}");
    }
    assert_eq!(binomial.check_response(&Observations { y: &[0.5], weights: &[1.0, 2.0] }).unwrap_err().code, Code::Argument);
}

#[test]
fn weights_multiply_counts_and_divide_dispersions() {
    let at = |family: &str, link: &str, y: f64, weight: f64, psi: f64| {
        let family = by_name(family, Some(link)).unwrap();
        let psi: Vec<Psi> = family.parameters().iter().map(|_| Psi::Shared(psi)).collect();
        let (y, weights) = ([y], [weight]);
        derivatives(family.as_ref(), &Observations { y: &y, weights: &weights }, &[0.4], &psi, Order::Gradient).unwrap()
    };
    let (one, three) = (at("nbinom2", "log", 2.0, 1.0, 0.7), at("nbinom2", "log", 2.0, 3.0, 0.7));
    for (a, b) in [(one.l[0], three.l[0]), (one.t[0], three.t[0]), (one.psi[0].w[0], three.psi[0].w[0])] {
        assert!((3.0 * a - b).abs() < 1e-14);
    }
    // A weight of 3 is a variance of a third, or a shape three times as large.
    let third = (1.0_f64 / 3.0).ln();
    assert!(
        (at("gaussian", "identity", 2.0, 3.0, 0.5).l[0] - at("gaussian", "identity", 2.0, 1.0, 0.5 + third).l[0]).abs() < 1e-14
    );
    assert!((at("gamma", "log", 2.0, 3.0, 0.5).l[0] - at("gamma", "log", 2.0, 1.0, 0.5 - third).l[0]).abs() < 1e-14);
    assert!(
        (at("tweedie", "log", 2.0, 3.0, 0.5).l[0] - {
            let family = by_name("tweedie", None).unwrap();
            let psi = [Psi::Shared(0.5 + third), Psi::Shared(0.5)];
            derivatives(family.as_ref(), &Observations { y: &[2.0], weights: &[] }, &[0.4], &psi, Order::Value).unwrap().l[0]
        })
        .abs()
            < 1e-13
    );
}

#[test]
fn a_parameter_may_vary_by_row() {
    let family = by_name("nbinom2", None).unwrap();
    let (y, eta, psi) = ([1.0, 4.0, 0.0, 7.0], [0.1, 0.9, -0.3, 1.4], [0.5, 0.5, 1.5, -0.7]);
    let data = Observations { y: &y, weights: &[] };
    let all = derivatives(family.as_ref(), &data, &eta, &[Psi::PerRow(&psi)], Order::Gradient).unwrap();
    for i in 0..4 {
        let row = Observations { y: &y[i..=i], weights: &[] };
        let one = derivatives(family.as_ref(), &row, &eta[i..=i], &[Psi::Shared(psi[i])], Order::Gradient).unwrap();
        assert_eq!((all.l[i], all.t[i], all.psi[0].w[i]), (one.l[0], one.t[0], one.psi[0].w[0]));
    }
}

#[test]
fn orders_agree_and_lengths_are_checked() {
    let family = by_name("beta", None).unwrap();
    let (y, eta) = ([0.2, 0.7], [0.1, -0.4]);
    let data = Observations { y: &y, weights: &[] };
    let psi = [Psi::Shared(1.2)];
    let full = derivatives(family.as_ref(), &data, &eta, &psi, Order::Gradient).unwrap();
    for order in [Order::Value, Order::Mode] {
        let some = derivatives(family.as_ref(), &data, &eta, &psi, order).unwrap();
        assert_eq!(some.l, full.l);
        if order == Order::Mode {
            assert_eq!((some.s, some.w), (full.s.clone(), full.w.clone()));
        }
    }
    let (mut out, constants) = (Derivatives::new(2, 1).unwrap(), Constants::new(2, 1).unwrap());
    assert!(family.evaluate(&data, &eta[..1], &psi, &constants, Order::Mode, &mut out).unwrap_err().message.contains("eta"));
    assert!(family.evaluate(&data, &eta, &[], &constants, Order::Mode, &mut out).is_err());
    assert!(family.evaluate(&data, &eta, &[Psi::PerRow(&[1.0])], &constants, Order::Mode, &mut out).is_err());
    let mut short = Derivatives::new(1, 1).unwrap();
    assert!(family.evaluate(&data, &eta, &psi, &constants, Order::Mode, &mut short).is_err());
    assert!(family.evaluate(&data, &eta, &psi, &Constants::new(2, 0).unwrap(), Order::Mode, &mut out).is_err());
}

#[test]
fn outside_the_links_domain_the_density_is_zero() {
    for (family, link, y, eta) in [
        ("poisson", "identity", 2.0, -0.5),
        ("gamma", "inverse", 2.0, -0.5),
        ("inverse_gaussian", "1/mu^2", 2.0, -0.5),
        ("binomial", "log", 1.0, 0.5),
        ("binomial", "log", 0.0, 0.5),
        ("binomial", "identity", 1.0, 1.5),
        ("binomial", "identity", 0.0, -0.5),
    ] {
        let model = by_name(family, Some(link)).unwrap();
        let psi: Vec<Psi> = model.parameters().iter().map(|_| Psi::Shared(0.0)).collect();
        let (y, eta) = ([y], [eta]);
        let d = derivatives(model.as_ref(), &Observations { y: &y, weights: &[] }, &eta, &psi, Order::Mode).unwrap();
        assert_eq!(d.l[0], f64::NEG_INFINITY, "{family} {link}");
    }
}

#[test]
fn parameters_are_fixed_and_started() {
    let mut t = by_name("student_t", None).unwrap();
    t.fix("df", 4.0).unwrap();
    assert_eq!(t.parameters()[1].fixed, Some(4.0));
    assert!(t.fix("df", -1.0).unwrap_err().message.contains("positive"));
    assert!(t.fix("nu", 3.0).unwrap_err().message.contains("sigma, df"));
    let y = [1.0, 2.0, 4.0, 9.0];
    let data = Observations { y: &y, weights: &[] };
    assert_eq!(t.start_psi(&data, &[4.0; 4]).unwrap()[1], 4.0_f64.ln());
    let gaussian = by_name("gaussian", None).unwrap();
    let sigma = gaussian.parameters()[0].scale.reported(gaussian.start_psi(&data, &[4.0; 4]).unwrap()[0]);
    assert!((sigma - (38.0_f64 / 4.0).sqrt()).abs() < 1e-14);
    for (family, link, y) in [
        ("poisson", "log", [0.0, 3.0]),
        ("binomial", "logit", [0.0, 1.0]),
        ("gaussian", "inverse", [0.0, 2.0]),
        ("zero_one_inflated_beta", "logit", [0.0, 1.0]),
        ("ordered_beta", "logit", [0.0, 1.0]),
        ("tweedie", "log", [0.0, 2.0]),
        ("truncated_poisson", "log", [1.0, 2.0]),
    ] {
        let model = by_name(family, Some(link)).unwrap();
        let data = Observations { y: &y, weights: &[] };
        let mut eta = [f64::NAN; 2];
        model.start_eta(&data, &mut eta).unwrap();
        let mu = eta.map(|e| model.link().linkinv(e));
        let psi = model.start_psi(&data, &mu).unwrap();
        assert!(eta.iter().chain(&psi).all(|v| v.is_finite()), "{family} {link} {eta:?} {psi:?}");
    }
}

#[test]
fn scales_are_inverted_and_differentiated() {
    for (scale, value) in
        [(Scale::Log, 3.2), (Scale::LogVariance, 3.2), (Scale::OneToTwo, 1.3), (Scale::Logit, 0.3), (Scale::Identity, -2.0)]
    {
        let psi = scale.working(value);
        assert!((scale.reported(psi) - value).abs() < 1e-15);
        let h = 1e-5;
        let slope = (scale.reported(psi + h) - scale.reported(psi - h)) / (2.0 * h);
        assert!((scale.derivative(psi) - slope).abs() < 1e-9);
    }
}
