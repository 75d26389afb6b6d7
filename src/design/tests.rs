//! Designs from formulas, against R's model frames and matrices.

mod errors;
mod expected;
mod fixed;
mod further;
mod new_data;
mod ordinal;
mod random;
mod response;
mod rows;

use crate::design::{Design, NaPolicy, Program, Request};
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::formula::{Formula, expand, parse};
use crate::frame::Frame;

/// Written as bytes, and read again.
fn through_bytes<T: serde::Serialize + serde::de::DeserializeOwned>(object: &T) -> T {
    let envelope = Envelope { magic: *b"TEST\r\n\x1a\n", format: 1, what: "a test" };
    envelope.open(&envelope.seal(0, object).unwrap()).unwrap().read().unwrap()
}

fn strings(labels: &[&str]) -> Vec<String> {
    labels.iter().map(ToString::to_string).collect()
}

/// Seven rows, for one variable at a time.
fn small() -> Frame {
    let mut frame = Frame::new(7);
    let f = ["a", "b", "c", "d", "a", "c", "b"];
    frame.add_strings("f", &f.map(Some)).unwrap();
    let codes = f.map(|l| i32::from(l.as_bytes()[0] - b'a'));
    frame.add_category("o", codes.to_vec(), strings(&["a", "b", "c", "d"]), true).unwrap();
    frame.add_real("x", vec![0.5, 1.25, 2.0, 3.5, 4.0, 5.75, 7.1]).unwrap();
    frame.add_integers("z", vec![1, 0, 2, 5, 3, 2, 8]).unwrap();
    frame.add_real("y", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]).unwrap();
    frame.add_strings("g", &["u", "v", "u", "v", "w", "w", "u"].map(Some)).unwrap();
    frame
}

/// The twelve combinations of a (2 levels), b (3) and c (2), a fastest, with x = 1/4, 2/4 ...
fn crossed() -> Frame {
    let mut frame = Frame::new(12);
    let pick = |labels: &'static [&str], every: usize| (0..12).map(|i| Some(labels[i / every % labels.len()])).collect::<Vec<_>>();
    frame.add_strings("a", &pick(&["p", "q"], 1)).unwrap();
    frame.add_strings("b", &pick(&["u", "v", "w"], 2)).unwrap();
    frame.add_strings("c", &pick(&["m", "n"], 6)).unwrap();
    frame.add_real("x", (1..=12).map(|i| f64::from(i) / 4.0).collect()).unwrap();
    frame.add_real("y", (1..=12).map(|i| f64::from(i * i)).collect()).unwrap();
    frame
}

fn formula(text: &str, frame: &Frame) -> Formula {
    let columns: Vec<String> = frame.names().map(ToString::to_string).collect();
    expand(&parse(text).unwrap(), &[], &[], &columns).unwrap()
}

fn request(formula: &Formula) -> Request<'_> {
    Request::new(formula)
}

fn learn(text: &str, frame: &Frame) -> Result<(Program, Design)> {
    Program::learn(&request(&formula(text, frame)), frame)
}

fn design(text: &str, frame: &Frame) -> Design {
    learn(text, frame).unwrap_or_else(|error| panic!("{text}: {error}")).1
}

fn failure(text: &str, frame: &Frame) -> Error {
    learn(text, frame).err().unwrap_or_else(|| panic!("{text} was accepted"))
}

/// The frame with a column more, or another in its place.
fn with(frame: &Frame, add: impl FnOnce(&mut Frame)) -> Frame {
    let mut other = Frame::new(frame.n_rows());
    add(&mut other);
    let new = other.columns[0].clone();
    let mut result = frame.clone();
    result.put(new);
    result
}
