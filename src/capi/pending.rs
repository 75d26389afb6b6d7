//! What the C API calls and the frame doesn't have yet.
#![allow(clippy::unnecessary_wraps, clippy::needless_pass_by_value, clippy::unused_self, missing_docs)]

use crate::error::{Error, Result};
use crate::frame::{Column, Frame};

#[derive(Default)]
pub struct CsvOptions {
    pub categorical: Vec<String>,
    pub missing: Vec<String>,
}

fn not_yet<T>() -> Result<T> {
    Err(Error::unsupported("not yet"))
}

impl Frame {
    pub fn new(n_rows: usize) -> Self {
        Frame { n_rows, columns: Vec::new() }
    }
    pub fn add_real(&mut self, _: &str, _: Vec<f64>) -> Result<()> {
        not_yet()
    }
    pub fn add_integers(&mut self, _: &str, _: Vec<i64>) -> Result<()> {
        not_yet()
    }
    pub fn add_category(&mut self, _: &str, _: Vec<i32>, _: Vec<String>, _: bool) -> Result<()> {
        not_yet()
    }
    pub fn add_strings(&mut self, _: &str, _: &[Option<&str>]) -> Result<()> {
        not_yet()
    }
    pub fn column(&self, _: &str) -> Result<&Column> {
        not_yet()
    }
    pub fn set_levels(&mut self, _: &str, _: Vec<String>, _: bool) -> Result<()> {
        not_yet()
    }
    pub fn make_category(&mut self, _: &str) -> Result<()> {
        not_yet()
    }
    pub fn from_csv_path(_: &str, _: &CsvOptions) -> Result<Frame> {
        not_yet()
    }
    pub fn from_csv(_: &[u8], _: &CsvOptions) -> Result<Frame> {
        not_yet()
    }
    pub fn write_csv(&self, _: impl std::io::Write) -> Result<()> {
        not_yet()
    }
}
