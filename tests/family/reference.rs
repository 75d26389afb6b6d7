//! Densities, variances and deviances against R (see tests/reference/README.md).

use std::collections::BTreeSet;

use crate::common::entries::{document, strings};
use interlace::family::{Family, LINKS, Observations, Order, Psi, by_name, derivatives};
use serde_json::Value;

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

/// How many rows there were.
fn each_row(name: &str, mut check: impl FnMut(&Row)) -> usize {
    let points = document("family_points");
    let facts = &points["families"][name];
    let columns = strings(&facts["columns"]);
    let rows = facts["rows"].as_array().unwrap();
    for row in rows {
        check(&Row { columns: &columns, values: numbers(row) });
    }
    rows.len()
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
fn check(facts: &str, family: &str, link: &str, parameters: &[&str]) -> usize {
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
    })
}

/// A table of R's, the family with its link, the names of its parameters among the columns.
const CASES: [(&str, &str, &str, &[&str]); 22] = [
    ("gaussian", "gaussian", "identity", &["sigma"]),
    ("bernoulli", "binomial", "logit", &[]),
    ("bernoulli", "binomial", "cloglog", &[]),
    ("binomial", "binomial", "logit", &[]),
    ("binomial", "binomial", "probit", &[]),
    ("poisson", "poisson", "log", &[]),
    ("poisson", "poisson", "sqrt", &[]),
    ("gamma", "gamma", "log", &["shape"]),
    ("gamma", "gamma", "inverse", &["shape"]),
    ("nbinom2", "nbinom2", "log", &["size"]),
    ("nbinom1", "nbinom1", "log", &["alpha"]),
    ("inverse_gaussian", "inverse_gaussian", "log", &["lambda"]),
    ("inverse_gaussian", "inverse_gaussian", "1/mu^2", &["lambda"]),
    ("beta", "beta", "logit", &["phi"]),
    ("beta", "beta", "loglog", &["phi"]),
    ("betabinomial", "betabinomial", "logit", &["phi"]),
    ("student_t", "student_t", "identity", &["sigma", "df"]),
    ("tweedie", "tweedie", "log", &["phi", "power"]),
    ("truncated_poisson", "truncated_poisson", "log", &[]),
    ("truncated_nbinom1", "truncated_nbinom1", "log", &["alpha"]),
    ("truncated_nbinom2", "truncated_nbinom2", "log", &["size"]),
    ("zero_one_inflated_beta_brms", "zero_one_inflated_beta", "logit", &["phi", "zoi", "coi"]),
];

#[test]
fn densities_are_those_of_r() {
    let rows: usize = CASES.iter().map(|&(facts, family, link, parameters)| check(facts, family, link, parameters)).sum();
    assert_eq!(rows, 540);
}

/// A family with the working values of its parameters.
fn with_parameters(name: &str, link: &str, parameters: &[f64]) -> (Box<dyn Family>, Vec<f64>) {
    let family = by_name(name, Some(link)).unwrap();
    assert_eq!(family.parameters().len(), parameters.len());
    let psi = family.parameters().iter().zip(parameters).map(|(p, value)| p.scale.working(*value)).collect();
    (family, psi)
}

/// Tables whose columns are other parameters than the family's.
const OTHERS: [&str; 3] = ["lognormal", "zero_one_inflated_beta", "ordered_beta"];

#[test]
fn densities_with_other_parameters_are_those_of_r() {
    let rows = each_row("lognormal", |row| {
        let (family, psi) = with_parameters("lognormal", "identity", &[row.at("sdlog")]);
        let mu = row.at("meanlog");
        close("lognormal", log_density(&*family, row.at("y"), 1.0, mu, &psi), row.at("log_density"));
        close("lognormal mean", family.response_mean(mu, &psi), row.at("mean"));
        close("lognormal variance", family.variance(mu, 1.0, &psi), row.at("variance"));
    });
    assert_eq!(rows, 12);
    let rows = each_row("zero_one_inflated_beta", |row| {
        let ends = row.at("p0") + row.at("p1");
        let (family, psi) = with_parameters("zero_one_inflated_beta", "logit", &[row.at("phi"), ends, row.at("p1") / ends]);
        let eta = family.link().linkfun(row.at("mu"));
        let place = format!("zero_one_inflated_beta {:?}", row.values);
        close(&place, log_density(&*family, row.at("y"), 1.0, eta, &psi), row.at("log_density"));
        close(&format!("{place} mean"), family.response_mean(eta, &psi), row.at("mean"));
    });
    assert_eq!(rows, 64);
    let rows = each_row("ordered_beta", |row| {
        let cuts = [row.at("c1"), row.at("c2")];
        let (family, psi) = with_parameters("ordered_beta", "logit", &[row.at("phi"), cuts[0], cuts[1] - cuts[0]]);
        let place = format!("ordered_beta {:?}", row.values);
        close(&place, log_density(&*family, row.at("y"), 1.0, row.at("eta"), &psi), row.at("log_density"));
    });
    assert_eq!(rows, 24);
}

/// `mixture` has those with a zero part.
#[test]
fn every_table_of_r_is_compared() {
    let points = document("family_points");
    let seen =
        |name: &str| CASES.iter().any(|case| case.0 == name) || OTHERS.contains(&name) || super::mixture::TABLES.contains(&name);
    let left: Vec<&String> = points["families"].as_object().unwrap().keys().filter(|name| !seen(name)).collect();
    assert!(left.is_empty(), "{left:?}");
    let links: BTreeSet<&str> = points["links"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(links, LINKS.iter().map(|link| link.0).collect());
}

#[test]
fn links_are_those_of_r() {
    let points = document("family_points");
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
