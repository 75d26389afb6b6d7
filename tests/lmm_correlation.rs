//! Linear models with residual correlation against figures of nlme and of the likelihood evaluated with dense matrices.

mod common;

use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};
use interlace::options::Options;
use interlace::spec::{CorrelationSpec, FormulaSpec, ModelKind, Source, Spec};
use serde_json::Value;

fn read(file: &str) -> Vec<Value> {
    serde_json::from_str(&std::fs::read_to_string(format!("tests/reference/{file}")).unwrap()).unwrap()
}

fn text<'v>(v: &'v Value, key: &str) -> &'v str {
    v[key].as_str().unwrap_or_else(|| panic!("no {key}"))
}

fn numbers(v: &Value) -> Vec<f64> {
    match v {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}

fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}: lengths");
    let largest = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= tolerance * w.abs().max(0.01 * largest), "{what}[{i}]: {g} for {w}");
    }
}

fn spec(formula: &str, correlation: &str, weights: Option<&str>) -> Spec {
    let source = FormulaSpec { formula: formula.into(), weights: weights.map(Into::into), ..Default::default() };
    let mut spec = Spec::new(ModelKind::Lmm, Source::Formula(source));
    spec.correlation = Some(CorrelationSpec::Formula(correlation.into()));
    spec
}

fn frame(name: &str) -> Frame {
    Frame::from_csv_path(format!("tests/reference/data/{name}"), &CsvOptions::default()).unwrap()
}

fn fit_of(entry: &Value) -> Fit {
    let mut frame = frame(text(entry, "data"));
    let n = frame.n_rows();
    frame.add_real("w", (1..=n).map(|i| 0.5 + (i % 4) as f64).collect()).unwrap();
    let spec = spec(text(entry, "formula"), text(entry, "correlation"), entry["weights"].as_str());
    Fit::new(&spec, Some(&frame), &Options { reml: entry["method"] == "reml", ..Options::default() }, None).unwrap()
}

#[test]
fn estimates_equal_polished_maxima() {
    for entry in read("correlation.json") {
        let id = text(&entry, "id");
        let fit = fit_of(&entry);
        let correlation = fit.correlation.as_ref().unwrap();
        assert!(fit.outcome.converged, "{id}: {:?}", fit.outcome);
        assert_eq!(fit.npar as u64, entry["npar"].as_u64().unwrap(), "{id}");
        close(&format!("{id} logLik"), &[fit.log_likelihood], &numbers(&entry["logLik"]), 1e-10);
        close(&format!("{id} AIC"), &[fit.aic], &numbers(&entry["AIC"]), 1e-10);
        close(&format!("{id} BIC"), &[fit.bic], &numbers(&entry["BIC"]), 1e-10);
        close(&format!("{id} rho"), &[correlation.estimate], &numbers(&entry["estimate"]), 1e-6);
        close(&format!("{id} sigma"), &[fit.sigma], &numbers(&entry["sigma"]), 1e-6);
        close(&format!("{id} fixed"), &fit.fixed.estimate, &numbers(&entry["beta"]), 1e-6);
        close(&format!("{id} standard errors"), &fit.fixed.std_error, &numbers(&entry["std_error"]), 1e-6);
        close(&format!("{id} vcov"), &fit.fixed.vcov, &numbers(&entry["vcov"]), 1e-6);
        if let Some(term) = fit.terms.first() {
            close(&format!("{id} sd"), &term.sd, &numbers(&entry["sd"]), 1e-6);
            close(&format!("{id} modes"), &term.modes, &numbers(&entry["modes"]), 1e-6);
        }
        close(&format!("{id} fitted"), &fit.fitted[..20], &numbers(&entry["fitted"]), 1e-5);
    }
}
