//! Predictions, residuals and R2 of generalised models.

use interlace::design::NaPolicy;
use interlace::diagnostics::ResidualKind;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};
use interlace::options::{Information, Options};
use interlace::predict::{NewData, PredictOptions, Quantity, RandomTerms, Request};
use interlace::spec::{ArraySpec, ArrayTerm, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use serde_json::Value;

mod intervals;
mod joint;
mod quality;
mod references;
mod shapes;
mod standard_errors;

fn json(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("tests/reference/{name}.json")).unwrap()).unwrap()
}

fn strings(v: &Value) -> Vec<String> {
    v.as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect()
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap_or(f64::NAN)).collect()
}

fn data(name: &str, categorical: &[&str]) -> Frame {
    let csv = CsvOptions { categorical: categorical.iter().map(ToString::to_string).collect(), ..Default::default() };
    Frame::from_csv_path(format!("tests/reference/data/{name}.csv"), &csv).unwrap()
}

/// The model of an entry of the reference files, fitted.
fn fit_entry(kind: ModelKind, entry: &Value) -> Fit {
    let text = |key: &str| entry[key].as_str().map(ToOwned::to_owned);
    let categorical = strings(&entry["categorical"]);
    let names: Vec<&str> = categorical.iter().map(String::as_str).collect();
    let frame = data(text("data").unwrap().trim_end_matches(".csv"), &names);
    let formula =
        FormulaSpec { formula: text("formula").unwrap(), weights: text("weights"), offset: text("offset"), ..Default::default() };
    let mut spec = Spec::new(kind, Source::Formula(formula));
    let mut options = Options { reml: entry["method"] == "reml", ..Options::default() };
    if kind == ModelKind::Glmm {
        spec.family.name = text("family").unwrap();
        spec.family.link = text("link");
        spec.zero_inflation = text("ziformula").map(PredictorSpec::Formula);
        spec.dispersion = text("dispformula").map(PredictorSpec::Formula);
        options.quadrature = entry["quadrature"].as_u64().unwrap() as usize;
        if entry["information"] == "expected" {
            options.information = Information::Expected;
        }
    }
    Fit::new(&spec, Some(&frame), &options, None).unwrap()
}

/// A generalised model of a formula.
fn spec(family: &str, formula: &str) -> Spec {
    let mut spec =
        Spec::new(ModelKind::Glmm, Source::Formula(FormulaSpec { formula: formula.to_owned(), ..FormulaSpec::default() }));
    family.clone_into(&mut spec.family.name);
    spec
}

fn fitted(spec: &Spec, frame: &Frame) -> Fit {
    Fit::new(spec, Some(frame), &Options::default(), None).unwrap_or_else(|e| panic!("{}", e.message))
}

fn request(quantity: Quantity, random: RandomTerms) -> Request {
    Request { quantity, random, ..Request::default() }
}

#[track_caller]
fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}: lengths");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let same = (g - w).abs() <= tolerance * w.abs().max(1.0) || (g.is_nan() && w.is_nan());
        assert!(same, "{what}[{i}]: {g} for {w}");
    }
}
