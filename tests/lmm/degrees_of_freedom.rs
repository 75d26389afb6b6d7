//! Degrees of freedom of linear models against lmerTest 3.1-3 and pbkrtest 0.5-2 (tests/reference/lmm_df.json), exact ones of balanced
//! designs, and what they must not depend on.

mod missing_cells;
mod properties;
mod reference;

use interlace::fit::Fit;
use interlace::frame::{ColumnData, CsvOptions, Frame};
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use serde_json::Value;

pub fn text(v: &Value) -> String {
    v.as_str().unwrap().to_owned()
}

pub fn numbers(v: &Value) -> Vec<f64> {
    match v {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}

pub fn strings(v: &Value) -> Vec<String> {
    v.as_array().unwrap().iter().map(text).collect()
}

pub fn frame(data: &str, categorical: &[String]) -> Frame {
    let csv = CsvOptions { categorical: categorical.to_vec(), ..Default::default() };
    Frame::from_csv_path(format!("tests/reference/data/{data}"), &csv).unwrap()
}

pub fn fit(formula: &str, weights: Option<&str>, frame: &Frame, reml: bool) -> Fit {
    let source = FormulaSpec { formula: formula.into(), weights: weights.map(Into::into), ..Default::default() };
    let options = Options { reml, ..Options::default() };
    Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(source)), Some(frame), &options, None).unwrap()
}

/// The fits that the reference has figures for, with these figures.
pub fn references() -> Vec<(Fit, Frame, Value)> {
    let read = |name: &str| -> Vec<Value> {
        serde_json::from_str(&std::fs::read_to_string(format!("tests/reference/{name}.json")).unwrap()).unwrap()
    };
    let models = read("lmm");
    let of = |entry: Value| {
        let model = models.iter().find(|m| m["id"] == entry["id"]).unwrap();
        assert!(model["offset"].is_null());
        let frame = frame(&text(&model["data"]), &strings(&model["categorical"]));
        let fit = fit(&text(&model["formula"]), model["weights"].as_str(), &frame, model["method"] == "reml");
        (fit, frame, entry)
    };
    read("lmm_df").into_iter().map(of).collect()
}

/// The labels of a column.
pub fn texts(frame: &Frame, name: &str) -> Vec<String> {
    match &*frame.column(name).unwrap().data {
        ColumnData::Category(c) => c.codes.iter().map(|&code| c.levels[code as usize].clone()).collect(),
        other => panic!("{name}: {other:?}"),
    }
}

pub fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}: {got:?} {want:?}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= tolerance * w.abs(), "{what}[{i}]: {g} for {w}, relative {:.1e}", (g - w) / w);
    }
}
