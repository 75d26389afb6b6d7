//! Compiled expressions: what a variable of a formula does to a frame, with all that it learnt from the training data.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::design::contrasts::Contrast;
use crate::design::functions::{Function, log_base, power, round};
use crate::design::poly::PolyBasis;
use crate::design::spline::SplineBasis;
use crate::design::unread::explained;
use crate::design::value::{Factor, Matrix, Value};
use crate::envelope::{fits, nested};
use crate::error::{Error, Result, row_text, try_owned, try_vec};
use crate::formula::Op;
use crate::frame::{Frame, number_of_text};
use crate::names::quoted;

/// A compiled expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub enum Node {
    Column(String),
    Number(f64),
    Word(String),
    Not(Box<Node>),
    Binary {
        op: Op,
        left: Box<Node>,
        right: Box<Node>,
    },
    Apply {
        function: Function,
        argument: Box<Node>,
    },
    /// `log(x, base)`
    LogBase {
        argument: Box<Node>,
        base: f64,
    },
    /// `round(x, digits)`
    Round {
        argument: Box<Node>,
        digits: i32,
    },
    /// `dummy(f, level)`: 1 where the factor has the level, otherwise 0.
    Indicator {
        argument: Box<Node>,
        level: String,
    },
    /// `pmin` and `pmax`
    Extreme {
        largest: bool,
        arguments: Vec<Node>,
    },
    IfElse {
        test: Box<Node>,
        yes: Box<Node>,
        no: Box<Node>,
    },
    /// `as.numeric`: a factor gives the position of its level among those learnt, text is read as numbers.
    AsNumeric {
        argument: Box<Node>,
        levels: Option<Vec<String>>,
    },
    Scale {
        argument: Box<Node>,
        center: f64,
        scale: f64,
    },
    Poly {
        argument: Box<Node>,
        basis: PolyBasis,
    },
    Spline {
        argument: Box<Node>,
        basis: SplineBasis,
    },
    Factor {
        argument: Box<Node>,
        recode: Recode,
    },
    /// `C(f, contrast)`
    Contrasts {
        argument: Box<Node>,
        contrast: Contrast,
    },
}

/// What `factor` and `relevel` do to levels.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Recode {
    /// The order of the levels.
    pub levels: Vec<String>,
    /// New texts for them; a text may repeat, which joins levels.
    pub labels: Vec<String>,
    /// `levels` came from the formula: other values are missing. Otherwise they come after the levels known.
    pub closed: bool,
    /// `None` leaves it as it is.
    pub ordered: Option<bool>,
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        nested(S::Error::custom, || Node::serialize(self, serializer))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        nested(D::Error::custom, || Node::deserialize(deserializer))
    }
}

impl Node {
    /// Fails for an expression that was not compiled, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        match self {
            Node::Extreme { arguments, .. } => fits(!arguments.is_empty(), "an expression without arguments"),
            Node::Poly { basis, .. } => basis.check(),
            Node::Spline { basis, .. } => basis.check(),
            Node::Factor { recode, .. } => fits(recode.labels.len() == recode.levels.len(), "a label of a level"),
            _ => Ok(()),
        }?;
        self.arguments().into_iter().try_for_each(Node::check)
    }

    /// The same of one that has a value for each row.
    pub fn check_by_row(&self) -> Result<()> {
        fits(!self.columns().is_empty(), "an expression without columns")?;
        self.check()
    }

    /// The columns that it gives as a matrix; `None` if it gives none.
    pub fn n_columns(&self) -> Option<usize> {
        match self {
            Node::Poly { basis, .. } => Some(basis.degree()),
            Node::Spline { basis, .. } => Some(basis.columns()),
            _ => None,
        }
        .filter(|columns| *columns != 1)
    }

    /// The columns of the frame that it reads.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        self.visit_columns(&mut columns);
        columns
    }

    fn visit_columns<'a>(&'a self, columns: &mut Vec<&'a str>) {
        match self {
            Node::Column(name) if !columns.contains(&name.as_str()) => columns.push(name),
            _ => self.arguments().into_iter().for_each(|node| node.visit_columns(columns)),
        }
    }

    /// The same, to be changed.
    pub(super) fn arguments_mut(&mut self) -> Vec<&mut Node> {
        match self {
            Node::Column(_) | Node::Number(_) | Node::Word(_) => vec![],
            Node::Binary { left, right, .. } => vec![left, right],
            Node::IfElse { test, yes, no } => vec![test, yes, no],
            Node::Extreme { arguments, .. } => arguments.iter_mut().collect(),
            Node::Not(argument)
            | Node::Apply { argument, .. }
            | Node::LogBase { argument, .. }
            | Node::Round { argument, .. }
            | Node::Indicator { argument, .. }
            | Node::AsNumeric { argument, .. }
            | Node::Scale { argument, .. }
            | Node::Poly { argument, .. }
            | Node::Spline { argument, .. }
            | Node::Factor { argument, .. }
            | Node::Contrasts { argument, .. } => vec![argument],
        }
    }

    /// The expressions that it is made of.
    pub(super) fn arguments(&self) -> Vec<&Node> {
        match self {
            Node::Column(_) | Node::Number(_) | Node::Word(_) => vec![],
            Node::Binary { left, right, .. } => vec![left, right],
            Node::IfElse { test, yes, no } => vec![test, yes, no],
            Node::Extreme { arguments, .. } => arguments.iter().collect(),
            Node::Not(argument)
            | Node::Apply { argument, .. }
            | Node::LogBase { argument, .. }
            | Node::Round { argument, .. }
            | Node::Indicator { argument, .. }
            | Node::AsNumeric { argument, .. }
            | Node::Scale { argument, .. }
            | Node::Poly { argument, .. }
            | Node::Spline { argument, .. }
            | Node::Factor { argument, .. }
            | Node::Contrasts { argument, .. } => vec![argument],
        }
    }

    /// The values on a frame.
    pub fn evaluate<'a>(&self, frame: &'a Frame) -> Result<Value<'a>> {
        match self {
            Node::Column(name) => {
                let column = frame.column(name)?;
                if let Some(values) = column.as_truth()? {
                    return Ok(Value::Logical(values));
                }
                Ok(match column.as_real()? {
                    Some(values) => Value::Numbers(values),
                    None => Value::Factor(Factor::from_category(column.to_category()?)),
                })
            }
            Node::Number(value) => Ok(Value::Numbers(vec![*value].into())),
            Node::Word(_) => Ok(Value::Word),
            Node::Not(argument) => {
                let mut values = try_owned("values of an expression", argument.numbers(frame)?)?;
                values.iter_mut().filter(|v| !v.is_nan()).for_each(|v| *v = f64::from(u8::from(*v == 0.0)));
                Ok(Value::Logical(values))
            }
            Node::Binary { op, left, right } => binary(*op, left, right, frame),
            Node::Apply { function, argument } => argument.map(frame, |x| function.apply(x)),
            Node::LogBase { argument, base } => argument.map(frame, |x| log_base(x, *base)),
            Node::Round { argument, digits } => argument.map(frame, |x| round(x, *digits)),
            Node::Indicator { argument, level } => {
                let factor = argument.factor(frame)?;
                Ok(Value::Numbers(has_level(&factor, level, Op::Equal).into()))
            }
            Node::Extreme { largest, arguments } => extreme(*largest, arguments, frame),
            Node::IfElse { test, yes, no } => if_else(test, yes, no, frame),
            Node::AsNumeric { argument, levels } => as_numeric(argument, levels.as_deref(), frame),
            Node::Scale { argument, center, scale } => argument.map(frame, |x| (x - center) / scale),
            Node::Poly { argument, basis } => argument.matrix(frame, basis.degree(), |x, out| basis.fill(x, out)),
            Node::Spline { argument, basis } => argument.matrix(frame, basis.columns(), |x, out| basis.fill(x, out)),
            Node::Factor { argument, recode } => argument.factor(frame).map(|f| Value::Factor(recode.apply(&f))),
            Node::Contrasts { argument, contrast } => {
                let factor = argument.factor(frame)?;
                Ok(Value::Factor(Factor { contrast: Some(contrast.clone()), ..factor }))
            }
        }
    }

    /// The values as numbers (truth values as 0 and 1): one per row, or one for all.
    pub fn numbers<'a>(&self, frame: &'a Frame) -> Result<Cow<'a, [f64]>> {
        match self.evaluate(frame)? {
            Value::Numbers(values) => Ok(values),
            Value::Logical(values) => Ok(values.into()),
            // A column of an unknown kind because it holds nothing.
            Value::Factor(factor) if factor.is_all_missing() => Ok(vec![f64::NAN; factor.codes.len()].into()),
            other => Err(self.not_numbers(&other, frame)),
        }
    }

    pub fn not_numbers(&self, value: &Value, frame: &Frame) -> Error {
        let what = value.describe();
        let error = match (self, self.columns().first()) {
            (Node::Column(name), _) => {
                let first = frame.first_text(name).filter(|_| matches!(frame.suspicion(name), Ok(None)));
                let first = first.map_or_else(String::new, |(_, first)| format!(": {first}"));
                Error::data(format!("column {} holds {what} where numbers are wanted{first}", quoted(name)))
            }
            (_, Some(name)) => {
                Error::data(format!("an expression of column {} gives {what} where numbers are wanted", quoted(name)))
            }
            (_, None) => Error::data(format!("{what} where numbers are wanted")),
        };
        explained(error, &self.columns(), frame)
    }

    /// One number per row.
    pub fn full_numbers<'a>(&self, frame: &'a Frame) -> Result<Cow<'a, [f64]>> {
        let values = self.numbers(frame)?;
        if values.len() == frame.n_rows() {
            Ok(values)
        } else {
            Ok(try_vec("values of an expression", values[0], frame.n_rows())?.into())
        }
    }

    /// The values as categories; numbers and truth values become categories.
    pub fn factor<'a>(&self, frame: &'a Frame) -> Result<Factor<'a>> {
        if let Node::Column(name) = self {
            // Straight from the column: large integers keep their digits.
            return Ok(Factor::from_category(frame.column(name)?.to_category()?));
        }
        match self.evaluate(frame)? {
            Value::Factor(factor) => Ok(factor),
            Value::Logical(values) if values.len() == frame.n_rows() => Ok(Factor::from_logical(&values)),
            Value::Numbers(values) if values.len() == frame.n_rows() => {
                Factor::from_numbers(try_owned("values of an expression", values)?)
            }
            other => Err(Error::data(format!("{} where categories, one per row, are wanted", other.describe()))),
        }
    }

    fn map<'a>(&self, frame: &'a Frame, function: impl Fn(f64) -> f64) -> Result<Value<'a>> {
        let mut values = self.numbers(frame)?;
        values.to_mut().iter_mut().for_each(|v| *v = function(*v));
        Ok(Value::Numbers(values))
    }

    fn matrix<'a>(&self, frame: &'a Frame, n_columns: usize, fill: impl Fn(&[f64], &mut [f64])) -> Result<Value<'a>> {
        let x = self.full_numbers(frame)?;
        let mut data = try_vec("columns of a basis", 0.0, x.len().saturating_mul(n_columns))?;
        fill(&x, &mut data);
        // One column has the name of the expression alone, as a plain variable.
        Ok(if n_columns == 1 { Value::Numbers(data.into()) } else { Value::Matrix(Matrix { n_columns, data }) })
    }
}

/// The value of an arithmetic operator; `None` for other operators.
pub fn arithmetic(op: Op, a: f64, b: f64) -> Option<f64> {
    match op {
        Op::Add => Some(a + b),
        Op::Sub => Some(a - b),
        Op::Mul => Some(a * b),
        Op::Div => Some(a / b),
        Op::Pow => Some(power(a, b)),
        _ => None,
    }
}

/// The value of a comparison or a logical operator in R's three-valued logic; NaN is missing.
fn truth(op: Op, a: f64, b: f64) -> Option<f64> {
    let missing = a.is_nan() || b.is_nan();
    let value = match op {
        Op::And if a == 0.0 || b == 0.0 => return Some(0.0),
        Op::Or | Op::Bar if (a != 0.0 && !a.is_nan()) || (b != 0.0 && !b.is_nan()) => return Some(1.0),
        Op::And => true,
        Op::Or | Op::Bar => false,
        Op::Less => a < b,
        Op::LessEqual => a <= b,
        Op::Greater => a > b,
        Op::GreaterEqual => a >= b,
        Op::Equal => a == b,
        Op::NotEqual => a != b,
        _ => return None,
    };
    Some(if missing { f64::NAN } else { f64::from(u8::from(value)) })
}

fn binary<'a>(op: Op, left: &Node, right: &Node, frame: &'a Frame) -> Result<Value<'a>> {
    if matches!(op, Op::Equal | Op::NotEqual)
        && let Some(values) = compare_levels(op, left, right, frame)?
    {
        return Ok(Value::Logical(values));
    }
    let (a, b) = (left.numbers(frame)?, right.numbers(frame)?);
    if arithmetic(op, 0.0, 0.0).is_some() {
        return zip(a, &b, |x, y| arithmetic(op, x, y).unwrap_or(f64::NAN)).map(|v| Value::Numbers(v.into()));
    }
    zip(a, &b, |x, y| truth(op, x, y).unwrap_or(f64::NAN)).map(Value::Logical)
}

/// `factor == "level"`, either way round.
fn compare_levels(op: Op, left: &Node, right: &Node, frame: &Frame) -> Result<Option<Vec<f64>>> {
    let (factor, word) = match (left, right) {
        (Node::Word(word), factor) | (factor, Node::Word(word)) => (factor.factor(frame)?, word),
        _ => return Ok(None),
    };
    Ok(Some(has_level(&factor, word, op)))
}

/// 1 where the factor has the level (`Op::Equal`) or has another one, otherwise 0.
fn has_level(factor: &Factor, level: &str, op: Op) -> Vec<f64> {
    let wanted = factor.levels.iter().position(|known| known == level).map_or(-2, |p| p as i32);
    let truth = |c: i32| if c < 0 { f64::NAN } else { f64::from(u8::from((c == wanted) == (op == Op::Equal))) };
    factor.codes.iter().map(|&c| truth(c)).collect()
}

/// Value by value; a single number stands for all rows.
fn zip(a: Cow<[f64]>, b: &[f64], f: impl Fn(f64, f64) -> f64) -> Result<Vec<f64>> {
    if a.len() == 1 && b.len() != 1 {
        return zip(try_vec("values of an expression", a[0], b.len())?.into(), b, f);
    }
    let mut out = try_owned("values of an expression", a)?;
    let step = usize::from(b.len() > 1);
    out.iter_mut().enumerate().for_each(|(i, v)| *v = f(*v, b[i * step]));
    Ok(out)
}

fn extreme<'a>(largest: bool, arguments: &[Node], frame: &'a Frame) -> Result<Value<'a>> {
    let pick = |a: f64, b: f64| match (a.is_nan() || b.is_nan(), largest) {
        (true, _) => f64::NAN,
        (false, true) => a.max(b),
        (false, false) => a.min(b),
    };
    let mut result = try_owned("values of an expression", arguments[0].numbers(frame)?)?;
    for argument in &arguments[1..] {
        result = zip(result.into(), &argument.numbers(frame)?, pick)?;
    }
    Ok(Value::Numbers(result.into()))
}

fn if_else<'a>(test: &Node, yes: &Node, no: &Node, frame: &'a Frame) -> Result<Value<'a>> {
    let (test, yes, no) = (test.full_numbers(frame)?, yes.full_numbers(frame)?, no.full_numbers(frame)?);
    let pick = |i: usize| match test[i] {
        t if t.is_nan() => f64::NAN,
        0.0 => no[i],
        _ => yes[i],
    };
    Ok(Value::Numbers((0..test.len()).map(pick).collect::<Vec<_>>().into()))
}

fn as_numeric<'a>(argument: &Node, levels: Option<&[String]>, frame: &'a Frame) -> Result<Value<'a>> {
    let factor = match argument.evaluate(frame)? {
        Value::Factor(factor) if !factor.is_all_missing() => factor,
        _ => return argument.numbers(frame).map(Value::Numbers),
    };
    let numbers: Vec<f64> = factor
        .levels
        .iter()
        .map(|label| match levels {
            Some(levels) => levels.iter().position(|known| known == label).map_or(f64::NAN, |p| (p + 1) as f64),
            None => number_of_text(label).unwrap_or(f64::NAN),
        })
        .collect();
    if let Some(row) = factor.codes.iter().position(|&c| c >= 0 && numbers[c as usize].is_nan()) {
        let (column, label) =
            (argument.columns().first().map_or(String::new(), |c| quoted(c)), &factor.levels[factor.codes[row] as usize]);
        let message = format!("as.numeric: {} in column {column}, {}, has no number", quoted(label), row_text(row));
        return Err(explained(Error::data(message).at(row), &argument.columns(), frame));
    }
    Ok(Value::Numbers(factor.codes.iter().map(|&c| if c < 0 { f64::NAN } else { numbers[c as usize] }).collect::<Vec<_>>().into()))
}

impl Recode {
    fn apply(&self, factor: &Factor) -> Factor<'static> {
        let position: HashMap<&str, usize> = self.levels.iter().enumerate().map(|(i, level)| (level.as_str(), i)).collect();
        let mut levels: Vec<String> = Vec::with_capacity(self.labels.len());
        let mut place: HashMap<&str, i32> = HashMap::new();
        let label_codes: Vec<i32> = self
            .labels
            .iter()
            .map(|label| {
                *place.entry(label).or_insert_with(|| {
                    levels.push(label.clone());
                    levels.len() as i32 - 1
                })
            })
            .collect();
        let new: Vec<i32> = factor
            .levels
            .iter()
            .map(|level| match position.get(level.as_str()) {
                Some(&p) => label_codes[p],
                None if self.closed => -1,
                None => {
                    levels.push(level.clone());
                    levels.len() as i32 - 1
                }
            })
            .collect();
        let recoded = factor.recoded(&new, levels);
        Factor { ordered: self.ordered.unwrap_or(factor.ordered), ..recoded }
    }
}
