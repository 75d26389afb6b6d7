//! Densities against integrals, differences and known values; texts.

use super::{Class, Density, Prior, Target};

const NUMBERS: [&str; 10] = [
    "normal(0.3, 2)",
    "t(3, -1, 2)",
    "cauchy(0, 1)",
    "half_normal(1.5)",
    "half_t(4, 2)",
    "half_cauchy(1)",
    "gamma(2.5, 0.7)",
    "gamma(2.5, 0)",
    "inverse_gamma(2, 0.5)",
    "gamma(1, 1)",
];

#[test]
fn derivatives_are_differences() {
    for text in NUMBERS {
        let density = Density::parse(text).unwrap();
        for x in [0.2, 0.9, 3.7] {
            let h = 1e-5;
            let [up, down] = [density.of_number(x + h), density.of_number(x - h)];
            let [_, first, second] = density.of_number(x);
            assert!((first - (up[0] - down[0]) / (2.0 * h)).abs() < 1e-6 * (1.0 + first.abs()), "{text} {x}");
            assert!((second - (up[1] - down[1]) / (2.0 * h)).abs() < 1e-6 * (1.0 + second.abs()), "{text} {x}");
        }
    }
}

#[test]
fn proper_densities_integrate_to_one() {
    for (text, low) in [("normal(0.3, 2)", -60.0), ("t(5, -1, 2)", -4000.0), ("half_normal(1.5)", 0.0), ("half_t(5, 2)", 0.0)]
        .into_iter()
        .chain([("gamma(2.5, 0.7)", 0.0), ("inverse_gamma(4, 0.5)", 0.0)])
    {
        let density = Density::parse(text).unwrap();
        // x = sinh(u) makes long tails short.
        let (mut sum, step) = (0.0, 1e-3);
        let mut u = if low < 0.0 { -f64::asinh(-low) } else { step / 2.0 };
        while u < 9.0 {
            sum += (-0.5 * density.of_number(u.sinh())[0]).exp() * u.cosh() * step;
            u += step;
        }
        assert!((sum - 1.0).abs() < 1e-4, "{text} {sum}");
    }
    // R: dnorm(1, 0.3, 2, log = TRUE), dgamma(1, 2.5, 0.7, log = TRUE), dt(1, 3, log = TRUE) - log(2).
    let value = |text: &str| -0.5 * Density::parse(text).unwrap().of_number(1.0)[0];
    assert!((value("normal(0.3, 2)") + 1.673_335_713_764_617).abs() < 1e-12);
    assert!((value("gamma(2.5, 0.7)") + 1.876_370_230_319_75).abs() < 1e-12);
    assert!((value("t(3, -1, 2)") + 2.269_400_175_087_017).abs() < 1e-12);
}

#[test]
fn densities_of_matrices_have_their_slopes_and_constants() {
    let covariance = |v: [f64; 3]| vec![v[0], v[1], v[1], v[2]];
    for text in ["lkj(2)", "wishart(4.5)", "wishart(5, 2)", "inverse_wishart(4, 0.7)"] {
        let density = Density::parse(text).unwrap();
        let at = [1.3, 0.4, 0.8];
        let (_, slope) = density.of_matrix(2, &covariance(at)).unwrap();
        for k in 0..3 {
            let moved = |h: f64| {
                let mut own = at;
                own[k] += h;
                density.of_matrix(2, &covariance(own)).unwrap().0
            };
            let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            // Both elements of the covariance move.
            let own = [slope[0], slope[1] + slope[2], slope[3]][k];
            assert!((own - difference).abs() < 1e-7, "{text} {k}: {own} {difference}");
        }
    }
    // Of one effect a Wishart density is that of a gamma variable, the variance.
    let (wishart, gamma) = (Density::parse("wishart(5, 2)").unwrap(), Density::parse("gamma(2.5, 0.25)").unwrap());
    assert!((wishart.of_matrix(1, &[1.7]).unwrap().0 - gamma.of_number(1.7)[0]).abs() < 1e-12);
    let (wishart, gamma) = (Density::parse("inverse_wishart(5, 2)").unwrap(), Density::parse("inverse_gamma(2.5, 1)").unwrap());
    assert!((wishart.of_matrix(1, &[1.7]).unwrap().0 - gamma.of_number(1.7)[0]).abs() < 1e-12);
    // The density of one correlation: (1 - rho^2)^(shape - 1) / (2^(2 shape - 1) B(shape, shape)); 0.75 (1 - rho^2) at 2.
    let value = Density::parse("lkj(2)").unwrap().of_matrix(2, &[4.0, 0.6, 0.6, 0.09]).unwrap_or((f64::NAN, vec![])).0;
    assert!(value.is_nan(), "a correlation of one has no density");
    let value = Density::parse("lkj(2)").unwrap().of_matrix(2, &[4.0, 0.3, 0.3, 0.09]).unwrap().0;
    assert!((value + 2.0 * (0.75 * (1.0 - 0.25f64)).ln()).abs() < 1e-12);
    // Three correlations at shape 1 are uniform: the volume of the correlation matrices is pi^2 / 2.
    let one = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let value = Density::parse("lkj(1)").unwrap().of_matrix(3, &one).unwrap().0;
    assert!((value - 2.0 * (std::f64::consts::PI.powi(2) / 2.0).ln()).abs() < 1e-12);
}

#[test]
fn texts_are_read_and_written() {
    let all = "normal(0, 2.5) on fixef; t(3, 0, 1e-1) on zi.fixef[a]; gamma(2.5, 0) on sd[g, (Intercept)]#2; lkj(2) on cor[g]; \
               half_normal(1) on sd[\"a;[b]\", \"say \"\"x\"\"\"]; inverse_gamma(1, 2) on sigma; wishart(4) on cov; jeffreys on fixef";
    let priors = Prior::parse_list(all).unwrap();
    assert_eq!(priors.len(), 8);
    assert_eq!(
        priors[2].target,
        Target { prefix: String::new(), class: Class::Sd, names: vec!["g".into(), "(Intercept)".into()], number: 2 }
    );
    assert_eq!(priors[4].target.names, ["a;[b]", "say \"x\""]);
    for prior in &priors {
        assert_eq!(&Prior::parse(&prior.to_string()).unwrap(), prior, "{prior}");
    }
    assert_eq!(priors[1].to_string(), "t(3, 0, 0.1) on zi.fixef[a]");
    assert!(Prior::parse_list(" ; ").unwrap().is_empty());
}

#[test]
fn what_cannot_be_is_an_error() {
    for (text, part) in [
        ("normal(0, 1)", "has no target"),
        ("normal(0, 1) x", "has no target"),
        ("normal on fixef", "is no density"),
        ("norma(0, 1) on fixef", "did you mean 'normal'?"),
        ("normal(0) on fixef", "has 1 numbers, normal(mean, sd) has 2"),
        ("normal(0, x) on fixef", "'x' is no number"),
        ("normal(0, nan) on fixef", "is no number"),
        ("normal(0, -1) on fixef", "must be positive and finite"),
        ("normal(inf, 1) on fixef", "must be finite"),
        ("jeffreys on fixef[x]", "wanted jeffreys on fixef"),
        ("jeffreys on sd", "is no density of standard deviations"),
        ("gamma(0.5, 1) on sd", "shape must be above 1"),
        ("gamma(0.5, 1) on var", "shape must be at least 1"),
        ("gamma(2, -1) on sd", "not below zero"),
        ("lkj(0.5) on cor", "at least 1"),
        ("lkj(2) on sd", "is no density of standard deviations"),
        ("normal(0, 1) on sd", "half_normal"),
        ("normal(0, 1) on x", "a coefficient x is fixef[x]"),
        ("normal(0, 1) on fixef[", "is no parameter"),
        ("normal(0, 1) on fixef[x", "is no parameter"),
        ("normal(0, 1) on fixef[x]y", "is no parameter"),
        ("normal(0, 1) on fixef[x, y]", "has 2 names"),
        ("normal(0, 1) on mu.fixef[x]", "wanted zi or disp"),
        ("lkj(2) on cor[g, a, b]", "wanted cor[group]"),
        ("gamma(2, 1) on family", "wanted family[name"),
        ("gamma(2, 1) on zi.sigma", "is of no predictor"),
        ("wishart(2, 0) on cov", "must be positive"),
    ] {
        let error = Prior::parse(text).unwrap_err();
        assert!(error.message.contains(part), "{text}: {}", error.message);
    }
    assert!(Density::parse("wishart(2)").unwrap().check_size(2).is_err());
    assert!(Density::parse("wishart(3)").unwrap().check_size(2).is_ok());
}
