//! Profile-likelihood intervals.

use interlace::error::Result;
use interlace::fit::Fit;
use interlace::inference::profile::Profile;
use interlace::optimize::{Method, Objective, Settings, minimize};
use interlace::spec::Threshold;
use interlace::watch::Watch;

use super::{OrdinalModel, ordinal, wine};
use crate::common::generalised::{Generalised, generalised};
use crate::common::{Data, Rng};

/// The square of the normal quantile of a 95 % interval.
const CUTOFF: f64 = 3.841_458_820_694_124;

/// Categories 1 to k of a latent variable with an effect of x, a scale and thresholds that depend on z, which is far from zero.
fn simulated(formula: &str, categories: usize) -> Generalised {
    let mut rng = Rng(79);
    let n = 192;
    let index: Vec<usize> = (0..n).map(|i| i % 16).collect();
    let (x, b, c) = (rng.normals(n), rng.normals(16), rng.normals(16));
    let z: Vec<f64> = rng.normals(n).iter().map(|v| 5.0 + v).collect();
    let latent = |i: usize, noise: f64| {
        0.7 * x[i] + 0.8 * b[index[i]] + 0.9 * x[i] * c[index[i]] + (0.1 * x[i]).exp() * (noise / (1.0 - noise)).ln()
    };
    let y: Vec<f64> = (0..n)
        .map(|i| {
            let (value, spread) = (latent(i, rng.uniform()), 1.0 + 0.1 * (z[i] - 5.0));
            let k = (1..categories).filter(|&k| value > spread * (1.1 * k as f64 - 0.55 * categories as f64)).count();
            (k + 1) as f64
        })
        .collect();
    let x: Vec<f64> = x.iter().map(|v| v + 1.0).collect();
    ordinal(formula, Data::default().real("y", y).real("x", x).real("z", z).group("g", &index).frame())
}

/// The deviance of a model in all parameters but the one held; those of a term with two effects are deviations and their correlation.
struct Held<'a> {
    model: &'a Generalised,
    at: usize,
    value: f64,
    correlated: bool,
    n: usize,
}

impl Held<'_> {
    fn full(&self, x: &[f64]) -> Vec<f64> {
        let mut all = x.to_vec();
        all.insert(self.at, self.value);
        if self.correlated {
            let (one, rho, two) = (all[0], all[1], all[2]);
            all[..3].copy_from_slice(&[one, rho * two, (1.0 - rho * rho).max(0.0).sqrt() * two]);
        }
        all
    }
}

impl Objective for Held<'_> {
    fn dimension(&self) -> usize {
        self.n
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let full = self.full(x);
        Ok(Fit::objective(&self.model.spec, Some(&self.model.frame), &self.model.options, &full, &Watch::unwatched())
            .map_or(f64::INFINITY, |v| v[0]))
    }

    /// None: the method that is used sees values alone.
    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        gradient.fill(0.0);
        self.value(x)
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        hessian.iter_mut().enumerate().for_each(|(e, h)| *h = f64::from(u8::from(e % (x.len() + 1) == 0)));
        self.gradient(x, gradient)
    }
}

/// Names of profiles in the order of the parameters of the deviance: random effects, fixed effects, scale, thresholds and nominal effects.
fn estimates(fit: &Fit) -> Vec<(String, f64)> {
    let mut all = vec![];
    for term in &fit.terms {
        for (i, effect) in term.design.effects.iter().enumerate() {
            all.push((format!("sd_{effect}|{}", term.design.group), term.sd[i]));
            if i == 0 && term.design.effects.len() == 2 {
                all.push((
                    format!("cor_{}.{}|{}", term.design.effects[1], term.design.effects[0], term.design.group),
                    term.corr[1],
                ));
            }
        }
    }
    let own = fit.generalised().unwrap();
    let mut fixed = |prefix: &str, fixed: &interlace::fit::FixedEffects| {
        all.extend(fixed.names.iter().zip(&fixed.estimate).map(|(n, b)| (format!("{prefix}{n}"), *b)));
    };
    fixed("", &fit.fixed);
    own.dispersion.iter().for_each(|scale| fixed("disp.", &scale.fixed));
    all.extend(own.parameters.iter().map(|p| (p.name.clone(), p.estimate)));
    all
}

/// A nominal effect of z, whose names end in a point and the column.
fn is_of_z(name: &str) -> bool {
    name.strip_suffix(".z").is_some()
}

/// The estimates but for the one held. What a threshold moves where z is zero its nominal effect takes back where z is 5, and the reverse;
/// the others move alike, so that they stay in order in every row.
fn start(all: &[(String, f64)], at: usize, value: f64) -> Vec<f64> {
    let (name, rise) = (&all[at].0, value - all[at].1);
    let nominal = !name.contains('(') && name.contains('|') && all.iter().any(|(other, _)| is_of_z(other));
    let moved = |other: &String| match (is_of_z(name), is_of_z(other)) {
        _ if !nominal || !other.contains('|') || other.contains('(') => 0.0,
        (true, false) => -5.0 * rise,
        (false, true) => -0.2 * rise,
        _ => rise,
    };
    all.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, (other, estimate))| estimate + moved(other)).collect()
}

/// All estimates are the fit's, and at some of the limits the least deviance over all else is higher by the cutoff.
fn limits_satisfy_their_equation(what: &str, model: &Generalised, some: &[&str]) -> Vec<Profile> {
    let fit = model.fit();
    let (profiles, all) = (fit.profile(0.95, &Watch::unwatched()).unwrap(), estimates(&fit));
    assert_eq!(profiles.len(), all.len(), "{what}: {profiles:?}");
    for (at, (name, estimate)) in all.iter().enumerate() {
        let own = profiles.iter().find(|p| p.name == *name).unwrap_or_else(|| panic!("{what}: no {name}"));
        assert!((own.estimate - estimate).abs() < 2e-5 * (1.0 + estimate.abs()), "{what} {own:?} for {estimate}");
        if !some.contains(&name.as_str()) {
            continue;
        }
        assert!(own.warning.is_none() && own.lower < *estimate && *estimate < own.upper, "{what}: {own:?}");
        for value in [own.lower, own.upper] {
            let mut held = Held { model, at, value, correlated: fit.terms[0].design.effects.len() == 2, n: all.len() - 1 };
            let start = start(&all, at, value);
            let mut settings = Settings { tolerance: 1e-11, max_evaluations: 4000, ..Settings::default() };
            let end = minimize(Method::Bobyqa, &mut held, &start, &mut settings).unwrap();
            let rise = end.value - fit.criterion;
            assert!((rise - CUTOFF).abs() < 1e-6, "{what} {name} at {value}: {rise} after {}", end.evaluations);
        }
    }
    profiles
}

#[test]
fn limits_of_flexible_thresholds() {
    let model = simulated("y ~ x + (1 | g)", 4);
    let profiles = limits_satisfy_their_equation("flexible", &model, &["sd_(Intercept)|g", "x", "1|2", "2|3", "3|4"]);
    let names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["sd_(Intercept)|g", "1|2", "2|3", "3|4", "x"]);
}

#[test]
fn limits_of_structured_thresholds() {
    let five = || simulated("y ~ x + (1 | g)", 5);
    let model = five().threshold(Threshold::Equidistant);
    limits_satisfy_their_equation("equidistant", &model, &["threshold.1", "spacing", "x"]);
    let model = five().threshold(Threshold::Symmetric).ordinal_link("probit");
    limits_satisfy_their_equation("symmetric, even", &model, &["central.1", "central.2", "spacing.1"]);
    let model = simulated("y ~ x + (1 | g)", 6).threshold(Threshold::Symmetric).ordinal_link("cloglog");
    limits_satisfy_their_equation("symmetric, odd", &model, &["central", "spacing.2"]);
}

#[test]
fn limits_of_scale_and_nominal_effects() {
    let model = simulated("y ~ x + (1 | g)", 3).dispersion("~ x");
    limits_satisfy_their_equation("scale", &model, &["disp.x", "1|2", "x"]);
    let model = simulated("y ~ x + (1 | g)", 3).nominal("~ z");
    limits_satisfy_their_equation("nominal", &model, &["1|2", "1|2.z", "2|3.z"]);
    let model = simulated("y ~ 1 + (1 | g)", 4).threshold(Threshold::Equidistant).nominal("~ x");
    limits_satisfy_their_equation("nominal spacing", &model, &["threshold.1", "spacing", "spacing.x"]);
}

#[test]
fn limits_of_correlated_effects() {
    let model = simulated("y ~ x + (1 + x | g)", 3);
    limits_satisfy_their_equation("slopes", &model, &["sd_(Intercept)|g", "cor_x.(Intercept)|g", "sd_x|g", "2|3"]);
}

/// Without a variance of the random effects it is the model of ordinal's clm(), whose intervals are interpolated: good to about 1e-3.
#[test]
fn without_random_variation_limits_are_those_of_the_reference() {
    let fit = wine("rating ~ temp + contact + (1 | bottle)").fit();
    assert!(fit.singular);
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    for (name, lower, upper) in [("tempwarm", 1.509_762_74, 3.595_225_16), ("contactyes", 0.615_792_48, 2.492_403_79)] {
        let own = profiles.iter().find(|p| p.name == name).unwrap();
        assert!((own.lower - lower).abs() < 1e-3 && (own.upper - upper).abs() < 1e-3, "{own:?}");
    }
    let sd = &profiles[0];
    assert!(sd.name == "sd_(Intercept)|bottle" && sd.lower == 0.0 && sd.upper > 0.1, "{sd:?}");
}

/// Of two categories a threshold is the intercept of a binomial model with its sign changed, and a nominal effect an effect.
#[test]
fn two_categories_have_the_limits_of_a_binomial_model() {
    let model = simulated("y ~ x + (1 | g)", 2);
    let mut binary = Data::default();
    for name in ["x", "z"] {
        binary = binary.real(name, model.frame.column(name).unwrap().as_real().unwrap().unwrap().to_vec());
    }
    let y = model.frame.column("y").unwrap().as_real().unwrap().unwrap().iter().map(|y| y - 1.0).collect();
    let binary = binary.real("y", y).group("g", &(0..192).map(|i| i % 16).collect::<Vec<_>>());
    let logistic =
        |formula: &str| generalised(formula, "binomial", binary.frame()).fit().profile(0.95, &Watch::unwatched()).unwrap();
    let find = |all: &[Profile], name: &str| all.iter().find(|p| p.name == name).map(|p| [p.lower, p.upper]).unwrap();
    let agree = |a: [f64; 2], b: [f64; 2]| assert!((a[0] - b[0]).abs().max((a[1] - b[1]).abs()) < 1e-6, "{a:?} {b:?}");
    let (own, want) = (model.fit().profile(0.95, &Watch::unwatched()).unwrap(), logistic("y ~ x + (1 | g)"));
    let [lower, upper] = find(&want, "(Intercept)");
    agree(find(&own, "1|2"), [-upper, -lower]);
    for name in ["x", "sd_(Intercept)|g"] {
        agree(find(&own, name), find(&want, name));
    }
    let own = model.nominal("~ z").fit().profile(0.95, &Watch::unwatched()).unwrap();
    let want = logistic("y ~ x + z + (1 | g)");
    for (name, other) in [("1|2", "(Intercept)"), ("1|2.z", "z")] {
        let [lower, upper] = find(&want, other);
        agree(find(&own, name), [-upper, -lower]);
    }
}
