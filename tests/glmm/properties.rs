//! What must leave a generalised fit as it is, and what it must equal.

use crate::common::close::close_above;
use crate::common::frames::csv;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::{Nodes, Options};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

/// A CSV file as header and rows of cells.
#[derive(Clone)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(name: &str) -> Table {
        let text = std::fs::read_to_string(format!("tests/reference/data/{name}.csv")).unwrap();
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        Table { header: lines.next().unwrap(), rows: lines.collect() }
    }

    fn place(&self, name: &str) -> usize {
        self.header.iter().position(|h| h == name).unwrap()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        let at = self.place(name);
        self.rows.iter().map(|row| row[at].parse().unwrap()).collect()
    }

    fn map(&mut self, name: &str, f: impl Fn(&str) -> String) {
        let at = self.place(name);
        for row in &mut self.rows {
            row[at] = f(&row[at]);
        }
    }

    fn add(&mut self, name: &str, f: impl Fn(usize) -> String) {
        self.header.push(name.to_owned());
        for (i, row) in self.rows.iter_mut().enumerate() {
            row.push(f(i));
        }
    }

    fn frame(&self, categorical: &[&str]) -> Frame {
        let lines = std::iter::once(&self.header).chain(&self.rows).map(|row| row.join(","));
        csv(&lines.collect::<Vec<_>>().join("\n"), categorical)
    }
}

#[derive(Clone)]
struct Model {
    formula: &'static str,
    family: &'static str,
    weights: Option<&'static str>,
    zero: Option<&'static str>,
    dispersion: Option<&'static str>,
}

const fn model(formula: &'static str, family: &'static str) -> Model {
    Model { formula, family, weights: None, zero: None, dispersion: None }
}

impl Model {
    fn fit_with(&self, frame: &Frame, options: &Options) -> Fit {
        let source =
            FormulaSpec { formula: self.formula.to_owned(), weights: self.weights.map(str::to_owned), ..Default::default() };
        let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(source));
        self.family.clone_into(&mut spec.family.name);
        spec.zero_inflation = self.zero.map(|f| PredictorSpec::Formula(f.to_owned()));
        spec.dispersion = self.dispersion.map(|f| PredictorSpec::Formula(f.to_owned()));
        let fit = Fit::new(&spec, Some(frame), options, &Watch::unwatched()).unwrap_or_else(|e| panic!("{}: {e}", self.formula));
        assert!(fit.outcome.converged, "{}", self.formula);
        fit
    }

    fn fit(&self, frame: &Frame) -> Fit {
        self.fit_with(frame, &Options::default())
    }
}

fn close(what: &str, got: f64, want: f64, tolerance: f64) {
    close_above(1e-3, what, &[got], &[want], tolerance);
}

/// Estimates of models whose terms and fixed effects stand in the same order.
fn same(what: &str, got: &Fit, want: &Fit, tolerance: f64) {
    close(what, got.log_likelihood, want.log_likelihood, 1e-11);
    let all = |fit: &Fit| -> Vec<f64> {
        let own = fit.generalised().unwrap();
        let further = own.zero_inflation.iter().chain(&own.dispersion).flat_map(|p| p.fixed.estimate.iter().copied());
        let errors = fit.fixed.std_error.iter().copied();
        fit.fixed
            .estimate
            .iter()
            .copied()
            .chain(further)
            .chain(errors)
            .chain(fit.terms.iter().flat_map(|t| t.cov.clone()))
            .collect()
    };
    let (got, want) = (all(got), all(want));
    assert_eq!(got.len(), want.len(), "{what}");
    for (g, w) in got.iter().zip(&want) {
        close(what, *g, *w, tolerance);
    }
}

const OWLS: Model = Model {
    formula: "calls ~ FoodTreatment + cArrival + offset(logBroodSize) + (1 + cArrival | Nest)",
    family: "nbinom2",
    weights: None,
    zero: Some("~ FoodTreatment"),
    dispersion: Some("~ SexParent"),
};

#[test]
fn the_order_of_rows_and_the_names_of_levels_do_not_matter() {
    let table = Table::read("Owls");
    let want = OWLS.fit(&table.frame(&[]));
    let mut shuffled = table.clone();
    let n = shuffled.rows.len();
    shuffled.rows = (0..n).map(|i| table.rows[i * 331 % n].clone()).collect();
    same("rows in another order", &OWLS.fit(&shuffled.frame(&[])), &want, 1e-6);
    let mut renamed = table;
    // Back to front, so that levels sort the other way round.
    renamed.map("Nest", |s| s.chars().rev().collect());
    same("levels with other names", &OWLS.fit(&renamed.frame(&[])), &want, 1e-6);
}

#[test]
fn the_order_of_terms_does_not_matter() {
    let frame = Table::read("grouseticks").frame(&["INDEX", "BROOD", "LOCATION"]);
    let fit = |formula| model(formula, "poisson").fit(&frame);
    let want = fit("TICKS ~ YEAR + cHEIGHT + (1 | INDEX) + (1 | BROOD) + (1 | LOCATION)");
    let mut got = fit("TICKS ~ YEAR + cHEIGHT + (1 | LOCATION) + (1 | INDEX) + (1 | BROOD)");
    got.terms.rotate_left(1);
    same("terms in another order", &got, &want, 1e-6);
}

#[test]
fn units_and_origins_of_covariates_do_not_matter() {
    let table = Table::read("Contraception");
    let fit = |table: &Table| model("use ~ age + urban + (1 + age | district)", "binomial").fit(&table.frame(&["district"]));
    let want = fit(&table);
    for scale in [1e6, 1e-6] {
        let mut scaled = table.clone();
        scaled.map("age", |v| format!("{:e}", scale * v.parse::<f64>().unwrap()));
        let got = fit(&scaled);
        close("log-likelihood", got.log_likelihood, want.log_likelihood, 1e-11);
        close("slope", scale * got.fixed.estimate[1], want.fixed.estimate[1], 1e-6);
        close("its standard error", scale * got.fixed.std_error[1], want.fixed.std_error[1], 1e-5);
        close("variance of slopes", scale * scale * got.terms[0].cov[3], want.terms[0].cov[3], 1e-5);
        close("intercept", got.fixed.estimate[0], want.fixed.estimate[0], 1e-6);
    }
    let mut shifted = table;
    shifted.map("age", |v| format!("{}", 100.0 + v.parse::<f64>().unwrap()));
    close("log-likelihood", fit(&shifted).log_likelihood, want.log_likelihood, 1e-9);
}

#[test]
fn proportions_counts_and_ratios_are_the_same_model() {
    let table = Table::read("cbpp");
    let want = model("cbind(incidence, size - incidence) ~ period + (1 | herd)", "binomial").fit(&table.frame(&[]));
    for formula in ["prop ~ period + (1 | herd)", "incidence / size ~ period + (1 | herd)"] {
        let got = Model { weights: Some("size"), ..model(formula, "binomial") }.fit(&table.frame(&[]));
        same(formula, &got, &want, 1e-7);
    }
}

#[test]
fn trials_are_rows_and_weights_are_copies() {
    let table = Table::read("cbpp");
    let (k, size) = (table.numbers("incidence"), table.numbers("size"));
    let grouped = model("cbind(incidence, size - incidence) ~ period + (1 | herd)", "binomial").fit(&table.frame(&[]));
    let mut single = Table { header: table.header.clone(), rows: vec![] };
    for (i, row) in table.rows.iter().enumerate() {
        for trial in 0..size[i] as usize {
            let mut row = row.clone();
            let at = table.place("incidence");
            row[at] = String::from(if (trial as f64) < k[i] { "1" } else { "0" });
            single.rows.push(row);
        }
    }
    let rows = model("incidence ~ period + (1 | herd)", "binomial").fit(&single.frame(&[]));
    for (g, w) in rows.fixed.estimate.iter().chain(&rows.theta).zip(grouped.fixed.estimate.iter().chain(&grouped.theta)) {
        close("single trials", *g, *w, 1e-6);
    }

    let mut counts = Table::read("epil");
    counts.add("copies", |i| (1 + i % 3).to_string());
    let weighted = Model { weights: Some("copies"), ..model("y ~ lbase + (1 | subject)", "poisson") };
    let want = weighted.fit(&counts.frame(&["subject"]));
    let mut copied = counts.clone();
    copied.rows = counts.rows.iter().enumerate().flat_map(|(i, row)| std::iter::repeat_n(row.clone(), 1 + i % 3)).collect();
    same("copied rows", &model("y ~ lbase + (1 | subject)", "poisson").fit(&copied.frame(&["subject"])), &want, 1e-6);
}

/// With a gaussian response the Laplace approximation is exact: the linear engine has the same maximum.
#[test]
fn a_gaussian_response_is_a_linear_mixed_model() {
    let frame = Table::read("sleepstudy").frame(&["Subject"]);
    let formula = "Reaction ~ Days + (Days | Subject)";
    for reml in [false, true] {
        let options = Options { reml, reml_generalised: reml, ..Options::default() };
        let got = model(formula, "gaussian").fit_with(&frame, &options);
        let source = FormulaSpec { formula: formula.to_owned(), ..Default::default() };
        let want =
            Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(source)), Some(&frame), &options, &Watch::unwatched()).unwrap();
        close("log-likelihood", got.log_likelihood, want.log_likelihood, 1e-11);
        close("sigma", got.sigma, want.sigma, 1e-6);
        for (g, w) in got.terms[0].cov.iter().zip(&want.terms[0].cov) {
            close("covariance", *g, *w, 1e-5);
        }
        for (g, w) in got.fixed.estimate.iter().zip(&want.fixed.estimate) {
            close("fixed effect", *g, *w, 1e-7);
        }
        for (g, w) in got.terms[0].condvar.iter().zip(&want.terms[0].condvar) {
            // Those of restricted likelihood have the fixed effects' part here.
            assert!(reml || (g - w).abs() <= 1e-5 * w.abs().max(1.0), "{g} for {w}");
        }
    }
}

/// One observation to each group of a Poisson model with log-normal means: one integral each, here by brute force.
#[test]
fn quadrature_converges_to_the_integral() {
    let table = Table::read("epil");
    let frame = table.frame(&["subject"]);
    let y = table.numbers("y");
    let at = table.place("subject");
    let subjects: Vec<&str> = table.rows.iter().map(|r| r[at].as_str()).collect();
    let model = model("y ~ 1 + (1 | subject)", "poisson");
    let options = Options { quadrature: 25, ..Options::default() };
    let fit = model.fit_with(&frame, &options);
    let (beta, sd) = (fit.fixed.estimate[0], fit.terms[0].sd[0]);
    let mut groups: std::collections::BTreeMap<&str, Vec<f64>> = std::collections::BTreeMap::new();
    for (s, y) in subjects.iter().zip(&y) {
        groups.entry(s).or_default().push(*y);
    }
    let mut total = 0.0;
    for counts in groups.values() {
        let constant: f64 = counts.iter().map(|y| libm::lgamma(y + 1.0)).sum();
        let h = |u: f64| -> f64 {
            let eta = beta + sd * u;
            counts.iter().map(|y| y * eta - eta.exp()).sum::<f64>() - constant - 0.5 * u * u
        };
        let step = 1e-3;
        let values: Vec<f64> = (-9000..=9000).map(|k| h(f64::from(k) * step)).collect();
        let top = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = values.iter().map(|v| (v - top).exp()).sum();
        total += top + (sum * step).ln() - 0.5 * std::f64::consts::TAU.ln();
    }
    close("log-likelihood", fit.log_likelihood, total, 1e-10);
}

/// Where groups say little the nodes of the random effects' own distribution do as well as those around the modes.
#[test]
fn many_fixed_nodes_fit_as_adaptive_ones() {
    let frame = Table::read("cbpp").frame(&["herd", "period"]);
    let model = model("cbind(incidence, size - incidence) ~ period + (1 | herd)", "binomial");
    let fit = |quadrature, nodes| model.fit_with(&frame, &Options { quadrature, nodes, ..Options::default() });
    let (fixed, adaptive) = (fit(60, Nodes::Fixed), fit(25, Nodes::Adaptive));
    same("60 fixed nodes", &fixed, &adaptive, 1e-6);
    assert_eq!((fixed.generalised().unwrap().nagq(), adaptive.generalised().unwrap().nagq()), (-60, 25));
    let few = fit(3, Nodes::Fixed);
    assert!((few.log_likelihood - adaptive.log_likelihood).abs() > 1e-3, "{}", few.log_likelihood);
    // The conditional modes are those of the estimates.
    for (f, a) in fixed.terms[0].modes.iter().zip(&adaptive.terms[0].modes) {
        assert!((f - a).abs() < 1e-6, "{f} for {a}");
    }
}
