//! Predictions of ordinal models.

use crate::common::close::close_or_missing;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};
use interlace::options::Options;
use interlace::predict::{NewData, NewLevels, Predictions, Quantity, RandomTerms, Request};
use interlace::spec::{ArraySpec, ArrayTerm, FormulaSpec, ModelKind, PredictorSpec, Source, Spec, Threshold};
use interlace::watch::Watch;
use serde_json::Value;

mod references;
mod shapes;
mod standard_errors;

fn frame(file: &str, categorical: &[&str], ordered: Option<(&str, &[&str])>) -> Frame {
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let ordered = ordered.iter().map(|(name, levels)| (name.to_string(), owned(levels))).collect();
    let csv = CsvOptions { categorical: owned(categorical), ordered, ..Default::default() };
    Frame::from_csv_path(format!("tests/reference/data/{file}"), &csv).unwrap()
}

/// An ordinal model of a formula, with formulas of nominal effects and of the scale, empty for none.
fn spec(formula: &str, nominal: &str, scale: &str) -> Spec {
    let mut spec =
        Spec::new(ModelKind::Clmm, Source::Formula(FormulaSpec { formula: formula.to_owned(), ..FormulaSpec::default() }));
    let predictor = |text: &str| (!text.is_empty()).then(|| PredictorSpec::Formula(text.to_owned()));
    spec.ordinal.nominal = predictor(nominal);
    spec.dispersion = predictor(scale);
    spec
}

fn fitted(spec: &Spec, frame: &Frame) -> Fit {
    Fit::new(spec, Some(frame), &Options::default(), &Watch::unwatched()).unwrap_or_else(|e| panic!("{}", e.message))
}

fn request(quantity: Quantity, random: RandomTerms) -> Request {
    Request { quantity, random, ..Request::default() }
}

fn with_errors(quantity: Quantity, random: RandomTerms) -> Request {
    Request { level: Some(0.95), ..request(quantity, random) }
}

fn values(fit: &Fit, data: NewData<'_>, quantity: Quantity) -> Vec<f64> {
    fit.predictions(data, &request(quantity, RandomTerms::All), &Watch::unwatched())
        .unwrap_or_else(|e| panic!("{}", e.message))
        .values
}

/// Row i of a matrix of n rows.
fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    close_or_missing(1.0, what, got, want, tolerance);
}

fn row(matrix: &[f64], n: usize, i: usize) -> Vec<f64> {
    matrix.chunks_exact(n).map(|column| column[i]).collect()
}
