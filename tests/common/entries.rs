//! Entries of the files of reference figures.

use serde_json::Value;

/// Those of one file.
pub fn entries(kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(format!("tests/reference/{kind}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub fn text(v: &Value) -> String {
    v.as_str().unwrap().to_owned()
}

/// All numbers in an array of arrays; none where there is no array.
pub fn numbers(v: &Value) -> Vec<f64> {
    match v {
        Value::Null => vec![],
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}

pub fn strings(v: &Value) -> Vec<String> {
    v.as_array().unwrap().iter().map(text).collect()
}
