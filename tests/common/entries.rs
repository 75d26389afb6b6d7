//! The files of reference figures, their entries and the models of these (see tests/reference/README.md).

use interlace::frame::{CsvOptions, Frame};
use interlace::options::{Information, Nodes, Options, StdErrors};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec, Threshold, Ties};
use serde_json::Value;

/// How many entries the files have: who goes through them all has seen that many.
const COUNTS: [(&str, usize); 10] = [
    ("lmm", 35),
    ("lmm_df", 23),
    ("lmm_lrt", 3),
    ("correlation", 8),
    ("correlation_nlme", 8),
    ("glmm", 51),
    ("clmm", 45),
    ("coxme", 11),
    ("coxph", 2),
    ("influence", 6),
];

/// A whole file.
pub fn document(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("tests/reference/{name}.json")).unwrap()).unwrap()
}

/// The entries of a file that is a list of them.
pub fn entries(name: &str) -> Vec<Value> {
    let Value::Array(entries) = document(name) else { panic!("{name}.json is no list") };
    let count = COUNTS.iter().find(|c| c.0 == name).unwrap().1;
    assert_eq!(entries.len(), count, "{name}.json");
    entries
}

/// One of them.
pub fn entry(name: &str, id: &str) -> Value {
    entries(name).into_iter().find(|e| e["id"] == *id).unwrap_or_else(|| panic!("{name}.json has no {id}"))
}

pub fn text(v: &Value) -> String {
    v.as_str().unwrap().to_owned()
}

pub fn strings(v: &Value) -> Vec<String> {
    v.as_array().unwrap().iter().map(text).collect()
}

/// All numbers in an array of arrays, those that are missing as NaN; none where there is no array.
pub fn numbers(v: &Value) -> Vec<f64> {
    let number = |v: &Value| if v.is_null() { f64::NAN } else { v.as_f64().unwrap() };
    match v {
        Value::Null => vec![],
        Value::Array(items) => items.iter().flat_map(|v| if v.is_array() { numbers(v) } else { vec![number(v)] }).collect(),
        other => vec![number(other)],
    }
}

/// The model of an entry of `lmm`, `glmm`, `clmm`, `coxme` or `coxph`: specification, data, options.
pub fn model(kind: ModelKind, entry: &Value) -> (Spec, Frame, Options) {
    let own = |key: &str| entry[key].as_str().map(str::to_owned);
    let predictor = |key: &str| own(key).map(PredictorSpec::Formula);
    let formula =
        FormulaSpec { formula: text(&entry["formula"]), weights: own("weights"), offset: own("offset"), ..Default::default() };
    let mut spec = Spec::new(kind, Source::Formula(formula));
    let mut csv = CsvOptions { categorical: strings(&entry["categorical"]), ..Default::default() };
    let mut options = Options::default();
    match kind {
        ModelKind::Lmm => options.reml = entry["method"] == "reml",
        ModelKind::Glmm => {
            spec.family.name = text(&entry["family"]);
            spec.family.link = own("link");
            (spec.dispersion, spec.zero_inflation) = (predictor("dispformula"), predictor("ziformula"));
            options.reml_generalised = entry["reml"].as_bool().unwrap();
            options.quadrature = entry["quadrature"].as_u64().unwrap() as usize;
            options.information = if entry["information"] == "expected" { Information::Expected } else { Information::Observed };
            options.std_errors = if entry["std_errors"] == "conditional" { StdErrors::Conditional } else { StdErrors::Marginal };
        }
        ModelKind::Clmm => {
            csv.ordered = vec![(text(&entry["response"]), strings(&entry["levels"]))];
            spec.ordinal.link = own("link");
            spec.ordinal.threshold = match entry["threshold"].as_str().unwrap() {
                "symmetric" => Threshold::Symmetric,
                "equidistant" => Threshold::Equidistant,
                _ => Threshold::Flexible,
            };
            (spec.ordinal.nominal, spec.dispersion) = (predictor("nominal"), predictor("scale"));
            let points = entry["quadrature"].as_i64().unwrap();
            options.quadrature = points.unsigned_abs() as usize;
            options.nodes = if points < 0 { Nodes::Fixed } else { Nodes::Adaptive };
        }
        ModelKind::Coxme => {
            spec.ties = if entry["ties"] == "breslow" { Ties::Breslow } else { Ties::Efron };
            options.null_model = entry["varcorr"].is_null();
        }
    }
    let frame = Frame::from_csv_path(format!("tests/reference/data/{}", text(&entry["data"])), &csv).unwrap();
    (spec, frame, options)
}
