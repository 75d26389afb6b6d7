//! Densities, variances and deviances against R (see tests/reference/README.md).

use interlace::family::{Family, LINKS, Observations, Order, Psi, by_name, derivatives};
use serde_json::Value;

fn points() -> Value {
    serde_json::from_str(&std::fs::read_to_string("tests/reference/family_points.json").unwrap()).unwrap()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap_or_else(|| special(x))).collect()
}

fn special(v: &Value) -> f64 {
    match v.as_str() {
        Some("Inf") => f64::INFINITY,
        Some("-Inf") => f64::NEG_INFINITY,
        _ => f64::NAN,
    }
}

/// One row of the facts, by the names of its columns.
struct Row<'a> {
    columns: &'a [String],
    values: Vec<f64>,
}

impl Row<'_> {
    fn get(&self, name: &str) -> Option<f64> {
        self.columns.iter().position(|c| c == name).map(|i| self.values[i])
    }

    fn at(&self, name: &str) -> f64 {
        self.get(name).unwrap()
    }
}

fn each_row(name: &str, mut check: impl FnMut(&Row)) {
    let points = points();
    let facts = &points["families"][name];
    let columns: Vec<String> = facts["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    let rows = facts["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        check(&Row { columns: &columns, values: numbers(row) });
    }
}

fn close(what: &str, seen: f64, wanted: f64) {
    assert!(seen == wanted || (seen - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "{what}: {seen:e}, R has {wanted:e}");
}

fn log_density(family: &dyn Family, y: f64, weight: f64, eta: f64, psi: &[f64]) -> f64 {
    let psi: Vec<Psi> = psi.iter().map(|&p| Psi::Shared(p)).collect();
    let (y, weights) = ([y], [weight]);
    let data = Observations { y: &y, weights: &weights };
    derivatives(family, &data, &[eta], &psi, Order::Value).unwrap().l[0]
}

/// Compares a family whose parameters have these names among the columns.
fn check(facts: &str, family: &str, link: &str, parameters: &[&str]) {
    let family = by_name(family, Some(link)).unwrap();
    each_row(facts, |row| {
        let place = format!("{facts} {:?}", row.values);
        let trials = row.get("trials").unwrap_or(1.0);
        let (y, mu) = (row.at("y") / trials, row.at("mu"));
        let psi: Vec<f64> = family.parameters().iter().zip(parameters).map(|(p, column)| p.scale.working(row.at(column))).collect();
        assert_eq!(psi.len(), family.parameters().len());
        let data = Observations { y: &[y], weights: &[trials] };
        assert!(family.check_response(&data).unwrap().is_empty());
        close(&place, log_density(family.as_ref(), y, trials, family.link().linkfun(mu), &psi), row.at("log_density"));
        if let Some(mean) = row.get("mean") {
            close(&format!("{place} mean"), family.response_mean(family.link().linkfun(mu), &psi), mean);
        }
        if let Some(variance) = row.get("variance").filter(|v| v.is_finite()) {
            // R's binomial variance is that of the count.
            close(&format!("{place} variance"), trials * trials * family.variance(mu, trials, &psi), variance);
        }
        if let Some(deviance) = row.get("unit_deviance") {
            close(&format!("{place} deviance"), family.unit_deviance(y, mu, trials, &psi).unwrap(), deviance);
            let residual = row.at("deviance_residual");
            close(&format!("{place} residual"), family.deviance_residual(y, mu, trials, &psi).unwrap(), residual);
        }
    });
}

#[test]
fn densities_are_those_of_r() {
    check("gaussian", "gaussian", "identity", &["sigma"]);
    check("bernoulli", "binomial", "logit", &[]);
    check("bernoulli", "binomial", "cloglog", &[]);
    check("binomial", "binomial", "logit", &[]);
    check("binomial", "binomial", "probit", &[]);
    check("poisson", "poisson", "log", &[]);
    check("poisson", "poisson", "sqrt", &[]);
    check("gamma", "gamma", "log", &["shape"]);
    check("gamma", "gamma", "inverse", &["shape"]);
    check("nbinom2", "nbinom2", "log", &["size"]);
    check("nbinom1", "nbinom1", "log", &["alpha"]);
    check("inverse_gaussian", "inverse_gaussian", "log", &["lambda"]);
    check("inverse_gaussian", "inverse_gaussian", "1/mu^2", &["lambda"]);
    check("beta", "beta", "logit", &["phi"]);
    check("beta", "beta", "loglog", &["phi"]);
    check("betabinomial", "betabinomial", "logit", &["phi"]);
    check("student_t", "student_t", "identity", &["sigma", "df"]);
    check("tweedie", "tweedie", "log", &["phi", "power"]);
    check("truncated_poisson", "truncated_poisson", "log", &[]);
    check("truncated_nbinom1", "truncated_nbinom1", "log", &["alpha"]);
    check("truncated_nbinom2", "truncated_nbinom2", "log", &["size"]);
    check("zero_one_inflated_beta_brms", "zero_one_inflated_beta", "logit", &["phi", "zoi", "coi"]);
}

#[test]
fn links_are_those_of_r() {
    let points = points();
    for (name, link) in LINKS {
        let facts = &points["links"][name];
        let eta = numbers(&facts["eta"]);
        for (i, &eta) in eta.iter().enumerate() {
            close(&format!("{name} inverse at {eta}"), link.linkinv(eta), numbers(&facts["linkinv"])[i]);
            close(&format!("{name} mu_eta at {eta}"), link.mu_eta(eta), numbers(&facts["mu_eta"])[i]);
        }
        for (i, &mu) in numbers(&facts["mu"]).iter().enumerate() {
            // R's cloglog goes through 1 - mu, which is rounded.
            if !(name == "cloglog" && mu < 1e-4) {
                close(&format!("{name} at {mu}"), link.linkfun(mu), numbers(&facts["linkfun"])[i]);
            }
        }
    }
}
