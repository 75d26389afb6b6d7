//! A variable of the model: an expression, with what the training data said about its values.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::design::contrasts::Contrast;
use crate::design::node::Node;
use crate::design::rows::Rows;
use crate::design::value::{Factor, Matrix, Value, logical_levels};
use crate::envelope::fits;
use crate::error::{Error, Result, row_text, try_collect, try_gather, try_owned, try_vec};
use crate::frame::Frame;
use crate::names::{known, quoted};

/// A variable of the terms.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Variable {
    pub name: String,
    pub node: Node,
    pub kind: Kind,
}

/// What the values of a variable are.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    Numeric,
    Matrix {
        n_columns: usize,
    },
    Factor {
        levels: Vec<String>,
        contrast: Contrast,
        /// Truth values: both levels are there even if one doesn't occur.
        logical: bool,
    },
}

/// The values of a variable in the rows used.
pub enum Predictor<'a> {
    Numeric(Cow<'a, [f64]>),
    Matrix(Matrix),
    /// Index into the levels of the kind.
    Factor(Vec<u32>),
}

impl Kind {
    /// The kind of the values; a factor has the levels that occur in the rows used.
    pub fn learn(name: &str, value: &Value, frame: &Frame, rows: &Rows, warnings: &mut Vec<String>) -> Result<Self> {
        match value {
            Value::Numbers(v) if v.len() == frame.n_rows() => Ok(Kind::Numeric),
            Value::Logical(v) if v.len() == frame.n_rows() => {
                Ok(Kind::Factor { levels: logical_levels(), contrast: Contrast::default_for(false), logical: true })
            }
            Value::Matrix(m) => Ok(Kind::Matrix { n_columns: m.n_columns }),
            Value::Factor(factor) => {
                let levels = occurring_levels(name, factor, rows, warnings)?;
                let contrast = factor.contrast.clone().unwrap_or(Contrast::default_for(factor.ordered));
                contrast.check(name, levels.len())?;
                Ok(Kind::Factor { levels, contrast, logical: false })
            }
            _ => Err(Error::data(format!("{} is a constant, wanted a value per row", quoted(name)))),
        }
    }
}

impl Variable {
    /// Fails for a variable that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        self.node.check_by_row()?;
        let together = match &self.kind {
            Kind::Numeric => self.node.n_columns().is_none(),
            Kind::Matrix { n_columns } => self.node.n_columns() == Some(*n_columns),
            Kind::Factor { levels, contrast, .. } => !levels.is_empty() && contrast.check(&self.name, levels.len()).is_ok(),
        };
        fits(together, "the kind of a variable")
    }

    /// Brings the values of new data to the kind that was learnt: numbers become categories where a factor is wanted.
    pub fn conform<'a>(&self, value: Value<'a>) -> Result<Value<'a>> {
        self.conform_to("the training data", value)
    }

    /// The same, with what the kind was learnt from.
    pub fn conform_to<'a>(&self, learnt: &str, value: Value<'a>) -> Result<Value<'a>> {
        match (&self.kind, value) {
            (Kind::Factor { .. }, Value::Numbers(v)) => {
                Ok(Value::Factor(Factor::from_numbers(try_owned("values of an expression", v)?)?))
            }
            (Kind::Factor { .. }, Value::Logical(v)) => Ok(Value::Factor(Factor::from_logical(&v))),
            (Kind::Numeric, Value::Logical(v)) => Ok(Value::Numbers(v.into())),
            (Kind::Numeric, Value::Factor(f)) if f.is_all_missing() => Ok(Value::Numbers(vec![f64::NAN; f.codes.len()].into())),
            (Kind::Numeric, value @ Value::Numbers(_))
            | (Kind::Matrix { .. }, value @ Value::Matrix(_))
            | (Kind::Factor { .. }, value @ Value::Factor(_)) => Ok(value),
            (kind, value) => {
                let wanted = if matches!(kind, Kind::Factor { .. }) { "categories" } else { "numbers" };
                let message = format!("{} holds {} here, but held {wanted} in {learnt}", quoted(&self.name), value.describe());
                Err(Error::data(message))
            }
        }
    }

    /// The values in the rows used, with levels by the training data's dictionary.
    pub fn predictor<'a>(&self, value: Value<'a>, rows: &Rows) -> Result<Predictor<'a>> {
        match (self.conform(value)?, &self.kind) {
            (Value::Numbers(v), _) => {
                let v = rows.select(v)?;
                rows.check_finite(&self.name, &v)?;
                Ok(Predictor::Numeric(v))
            }
            (Value::Matrix(m), _) => {
                let data = rows.select_matrix(m.data.into(), m.n_columns)?;
                rows.check_finite(&self.name, &data)?;
                Ok(Predictor::Matrix(Matrix { n_columns: m.n_columns, data }))
            }
            (Value::Factor(f), Kind::Factor { levels, .. }) => self.factor(&f, levels, rows).map(Predictor::Factor),
            _ => Err(Error::new(crate::error::Code::Internal, format!("the variable {} changed its kind", quoted(&self.name)))),
        }
    }

    fn factor(&self, factor: &Factor, levels: &[String], rows: &Rows) -> Result<Vec<u32>> {
        let new = translate(&factor.levels, levels)?;
        let mut codes = try_vec("codes of a factor", 0_u32, rows.len())?;
        for (i, code) in codes.iter_mut().enumerate() {
            let old = factor.codes[rows.data_row(i)] as usize;
            let Some(known_code) = new[old] else { return Err(self.unknown_level(&factor.levels[old], levels, rows.data_row(i))) };
            *code = known_code;
        }
        Ok(codes)
    }

    fn unknown_level(&self, label: &str, levels: &[String], row: usize) -> Error {
        let (name, label) = (quoted(&self.name), quoted(label));
        // A near miss is suggested by the list itself: here the whole list is what is wanted.
        let known = known("the training data", "", levels.iter().map(String::as_str));
        Error::data(format!("{name} has the unknown level {label} in {}; {known}", row_text(row))).at(row)
    }
}

/// For each level its place in the other list of levels.
pub fn translate(levels: &[String], into: &[String]) -> Result<Vec<Option<u32>>> {
    let what = "levels of a factor";
    if levels == into {
        return try_collect(what, (0..levels.len() as u32).map(Some));
    }
    let mut place: HashMap<&str, u32> = HashMap::new();
    place.try_reserve(into.len()).map_err(|_| Error::memory(what, 24 * into.len()))?;
    place.extend(into.iter().enumerate().map(|(i, level)| (level.as_str(), i as u32)));
    try_collect(what, levels.iter().map(|level| place.get(level.as_str()).copied()))
}

/// How many unused levels a warning names.
const LISTED: usize = 5;

/// The levels that occur in the rows used; the others are in a warning.
pub fn occurring_levels(name: &str, factor: &Factor, rows: &Rows, warnings: &mut Vec<String>) -> Result<Vec<String>> {
    let mut occurs = try_vec("levels of a factor", false, factor.levels.len())?;
    for i in 0..rows.len() {
        if let Ok(code) = usize::try_from(factor.codes[rows.data_row(i)]) {
            occurs[code] = true;
        }
    }
    match without_rows(&factor.levels, &occurs) {
        (0, _) => {}
        (1, level) => warnings.push(format!("column {}: level {level} does not occur in the rows used", quoted(name))),
        (_, list) => warnings.push(format!("column {}: levels {list} do not occur in the rows used", quoted(name))),
    }
    let levels = factor.levels.iter().zip(occurs).filter(|(_, occurs)| *occurs).map(|(level, _)| level.clone());
    try_gather("levels of a factor", levels)
}

/// How many levels don't occur, and a list of them.
pub fn without_rows(levels: &[String], occurs: &[bool]) -> (usize, String) {
    let unused = || levels.iter().zip(occurs).filter(|(_, occurs)| !**occurs);
    let list: Vec<String> = unused().take(LISTED).map(|(level, _)| quoted(level)).collect();
    let count = unused().count();
    let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
    (count, list.join(", ") + &more)
}
