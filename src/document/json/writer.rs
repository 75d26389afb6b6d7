//! A small writer of JSON: no blanks but after a key, and a line for each key of the whole.

use std::fmt::Write;

use crate::document::number::push_shortest;
use crate::error::{Error, Result};

/// JSON being written. Short memory is told at the end; until then nothing more is written.
pub struct Json {
    text: String,
    depth: usize,
    /// A value stands before the next one.
    comma: bool,
    failed: bool,
}

impl Json {
    /// One object, whose keys `body` writes.
    pub fn document(body: impl FnOnce(&mut Json) -> Result<()>) -> Result<String> {
        let mut json = Json { text: String::new(), depth: 0, comma: false, failed: false };
        json.open('{');
        body(&mut json)?;
        json.close('}');
        if json.failed { Err(Error::memory("the JSON document", json.text.len())) } else { Ok(json.text) }
    }

    pub fn object(&mut self, key: &str, body: impl FnOnce(&mut Json)) {
        self.key(key);
        self.item(body);
    }

    /// An object in an array.
    pub fn item(&mut self, body: impl FnOnce(&mut Json)) {
        self.open('{');
        body(self);
        self.close('}');
    }

    pub fn array(&mut self, key: &str, body: impl FnOnce(&mut Json)) {
        self.key(key);
        self.list(body);
    }

    /// An array in an array.
    pub fn list(&mut self, body: impl FnOnce(&mut Json)) {
        self.open('[');
        body(self);
        self.close(']');
    }

    pub fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.string(Some(value));
    }

    pub fn number(&mut self, key: &str, value: f64) {
        self.key(key);
        self.real(value);
    }

    pub fn count(&mut self, key: &str, value: usize) {
        self.key(key);
        self.put(&value.to_string());
    }

    pub fn boolean(&mut self, key: &str, value: bool) {
        self.key(key);
        self.put(if value { "true" } else { "false" });
    }

    /// What is not known.
    pub fn null(&mut self, key: &str) {
        self.key(key);
        self.put("null");
    }

    pub fn numbers(&mut self, key: &str, values: &[f64]) {
        self.array(key, |json| json.reals(values));
    }

    pub fn texts<'a>(&mut self, key: &str, values: impl IntoIterator<Item = Option<&'a str>>) {
        self.array(key, |json| values.into_iter().for_each(|value| json.string(value)));
    }

    pub fn names<S: AsRef<str>>(&mut self, key: &str, values: &[S]) {
        self.texts(key, values.iter().map(|value| Some(value.as_ref())));
    }

    /// A column-major matrix as an array of its rows.
    pub fn matrix(&mut self, key: &str, values: &[f64], rows: usize) {
        self.key(key);
        self.rows(values, rows);
    }

    /// A matrix in an array.
    pub fn rows(&mut self, values: &[f64], rows: usize) {
        let columns = values.len() / rows.max(1);
        self.list(|json| {
            for i in 0..rows {
                json.list(|json| (0..columns).for_each(|j| json.real(values[i + j * rows])));
            }
        });
    }

    /// Numbers in an array.
    pub fn reals(&mut self, values: &[f64]) {
        values.iter().for_each(|value| self.real(*value));
    }

    /// A number in an array; null where it is missing.
    pub fn real(&mut self, value: f64) {
        match value {
            f64::INFINITY => self.put("\"Inf\""),
            f64::NEG_INFINITY => self.put("\"-Inf\""),
            value if value.is_nan() => self.put("null"),
            value => {
                self.put("");
                if !self.failed {
                    push_shortest(&mut self.text, value);
                }
            }
        }
    }

    /// A text in an array; null where it is missing.
    pub fn string(&mut self, value: Option<&str>) {
        match value {
            None => self.put("null"),
            Some(text) => {
                self.put("");
                self.escaped(text);
            }
        }
    }

    fn key(&mut self, key: &str) {
        self.put("");
        if self.depth == 1 {
            self.raw("\n ");
        }
        self.escaped(key);
        self.raw(": ");
        self.comma = false;
    }

    fn open(&mut self, bracket: char) {
        self.put(bracket.encode_utf8(&mut [0; 4]));
        (self.comma, self.depth) = (false, self.depth + 1);
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        let end = if self.depth == 0 { "\n" } else { "" };
        self.raw(end);
        self.raw(bracket.encode_utf8(&mut [0; 4]));
        self.raw(end);
        self.comma = true;
    }

    /// A value, after the comma that separates it from the one before it.
    fn put(&mut self, value: &str) {
        if self.comma {
            self.raw(",");
        }
        self.raw(value);
        self.comma = true;
    }

    fn escaped(&mut self, text: &str) {
        self.raw("\"");
        for piece in text.split_inclusive(|c: char| c < ' ' || c == '"' || c == '\\') {
            let Some(last) = piece.chars().last().filter(|c| *c < ' ' || matches!(c, '"' | '\\')) else {
                self.raw(piece);
                continue;
            };
            self.raw(&piece[..piece.len() - 1]);
            if last < ' ' {
                let mut code = String::new();
                // Writing to a String doesn't fail.
                let _ = write!(code, "\\u{:04x}", last as u32);
                self.raw(&code);
            } else {
                self.raw("\\");
                self.raw(&piece[piece.len() - 1..]);
            }
        }
        self.raw("\"");
    }

    /// Appends; there is always room for one number more.
    fn raw(&mut self, text: &str) {
        const NUMBER: usize = 32;
        let wanted = text.len() + NUMBER;
        if self.failed || self.text.capacity() - self.text.len() < wanted && self.text.try_reserve(wanted).is_err() {
            self.failed = true;
        } else {
            self.text.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_a_line_for_each_key() {
        let text = Json::document(|json| {
            json.text("a \"key\"", "tab\there, \u{1}, back\\slash, \u{e9}");
            json.object("inside", |json| {
                json.numbers("x", &[1.0, f64::NAN, f64::INFINITY, -0.5]);
                json.matrix("m", &[1.0, 2.0, 3.0, 4.0], 2);
            });
            json.texts("names", [Some("a"), None]);
            json.boolean("yes", true);
            json.array("items", |json| json.item(|json| json.count("n", 3)));
            Ok(())
        });
        let wanted = "{\n \"a \\\"key\\\"\": \"tab\\u0009here, \\u0001, back\\\\slash, \u{e9}\",\n \"inside\": {\"x\": [1,null,\"Inf\",-0.5],\"m\": [[1,3],[2,4]]},\n \"names\": [\"a\",null],\n \"yes\": true,\n \"items\": [{\"n\": 3}]\n}\n";
        assert_eq!(text.unwrap(), wanted);
        assert!(Json::document(|_| Err(Error::argument("no"))).is_err());
    }
}
