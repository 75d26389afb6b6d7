//! Frames of the reference's data or of text, and the columns of frames.

use interlace::frame::{ColumnData, CsvOptions, Frame};
use serde_json::Value;

fn options(categorical: &[&str]) -> CsvOptions {
    CsvOptions { categorical: categorical.iter().map(|c| (*c).into()).collect(), ..Default::default() }
}

/// A file of tests/reference/data.
pub fn frame(file: &str, categorical: &[&str]) -> Frame {
    Frame::from_csv_path(format!("tests/reference/data/{file}"), &options(categorical)).unwrap()
}

pub fn csv(text: &str, categorical: &[&str]) -> Frame {
    Frame::from_csv(text.as_bytes(), &options(categorical)).unwrap()
}

/// The numbers of a column.
pub fn reals(frame: &Frame, column: &str) -> Vec<f64> {
    frame.column(column).unwrap().as_real().unwrap().unwrap().into_owned()
}

/// The labels of a column, empty where they are missing.
pub fn labels(frame: &Frame, column: &str) -> Vec<String> {
    let ColumnData::Category(own) = &*frame.column(column).unwrap().data else { panic!("{column} has no labels") };
    own.codes.iter().map(|&code| usize::try_from(code).map_or(String::new(), |code| own.levels[code].clone())).collect()
}

/// New data of a reference entry: columns of numbers and of labels.
pub fn new_data(columns: &Value) -> Frame {
    let columns = columns.as_object().unwrap();
    let mut frame = Frame::new(columns.values().next().unwrap().as_array().unwrap().len());
    for (name, values) in columns {
        let values = values.as_array().unwrap();
        if values.iter().all(Value::is_number) {
            frame.add_real(name, values.iter().map(|v| v.as_f64().unwrap()).collect()).unwrap();
        } else {
            frame.add_strings(name, &values.iter().map(Value::as_str).collect::<Vec<_>>()).unwrap();
        }
    }
    frame
}
