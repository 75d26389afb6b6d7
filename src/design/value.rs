//! What an expression evaluates to on a frame.

use std::borrow::Cow;
use std::sync::Arc;

use crate::design::contrasts::Contrast;
use crate::error::Result;
use crate::frame::{Category, Column, ColumnData};

/// The values of an expression, one per row of the frame; numbers may also be a single one that stands for all rows.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// NaN is missing.
    Numbers(Cow<'a, [f64]>),
    /// 0 and 1; NaN is missing.
    Logical(Vec<f64>),
    Matrix(Matrix),
    Factor(Factor<'a>),
    /// A text constant.
    Word,
}

/// Several columns under one name.
#[derive(Clone, Debug)]
pub struct Matrix {
    pub n_columns: usize,
    /// Column-major.
    pub data: Vec<f64>,
}

/// Categories with the contrasts that go with them.
#[derive(Clone, Debug)]
pub struct Factor<'a> {
    /// Index into `levels`; -1 is missing.
    pub codes: Cow<'a, [i32]>,
    pub levels: Cow<'a, [String]>,
    pub declared: bool,
    pub ordered: bool,
    /// From `C(f, ...)`.
    pub contrast: Option<Contrast>,
}

impl<'a> Factor<'a> {
    pub fn from_category(category: Cow<'a, Category>) -> Self {
        let (declared, ordered) = (category.declared, category.ordered);
        let (codes, levels) = match category {
            Cow::Borrowed(c) => (Cow::Borrowed(&c.codes[..]), Cow::Borrowed(&c.levels[..])),
            Cow::Owned(c) => (Cow::Owned(c.codes), Cow::Owned(c.levels)),
        };
        Factor { codes, levels, declared, ordered, contrast: None }
    }

    /// Numbers as categories, labelled by their shortest text and in numerical order.
    pub fn from_numbers(values: Vec<f64>) -> Result<Factor<'static>> {
        let column = Column { name: String::new(), data: Arc::new(ColumnData::Real(values)), guessed: None, joined: None };
        let category = match column.to_category()? {
            Cow::Owned(category) => category,
            Cow::Borrowed(category) => category.clone(),
        };
        Ok(Factor::from_category(Cow::Owned(category)))
    }

    pub fn from_logical(values: &[f64]) -> Factor<'static> {
        let codes: Vec<i32> = values.iter().map(|&v| if v.is_nan() { -1 } else { i32::from(v != 0.0) }).collect();
        Factor { codes: codes.into(), levels: logical_levels().into(), declared: true, ordered: false, contrast: None }
    }

    /// The same values with other levels; `new` has the new code of each old one.
    pub fn recoded(&self, new: &[i32], levels: Vec<String>) -> Factor<'static> {
        let codes: Vec<i32> = self.codes.iter().map(|&c| if c < 0 { -1 } else { new[c as usize] }).collect();
        Factor {
            codes: codes.into(),
            levels: levels.into(),
            declared: true,
            ordered: self.ordered,
            contrast: self.contrast.clone(),
        }
    }

    pub fn is_all_missing(&self) -> bool {
        self.codes.iter().all(|&c| c < 0)
    }
}

/// The levels of a logical, in R's order.
pub fn logical_levels() -> Vec<String> {
    vec!["FALSE".to_string(), "TRUE".to_string()]
}

impl Value<'_> {
    /// What it is, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Value::Numbers(_) => "numbers",
            Value::Logical(_) => "truth values",
            Value::Matrix(_) => "a matrix",
            Value::Factor(_) => "categories",
            Value::Word => "a text",
        }
    }
}
