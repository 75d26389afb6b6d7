//! Arguments of calls in formulas: matching them to parameters as R does, and constants.

use crate::error::{Error, Result};
use crate::formula::{Argument, Expr, ExprKind, Op};

/// A call's arguments, by parameter.
#[derive(Debug)]
pub struct Arguments<'a> {
    function: &'a str,
    position: usize,
    parameters: &'static [&'static str],
    values: Vec<Option<&'a Expr>>,
}

impl<'a> Arguments<'a> {
    /// Named arguments go to their parameter, the others to the parameters left, in order.
    pub fn matched(function: &'a str, position: usize, given: &'a [Argument], parameters: &'static [&'static str]) -> Result<Self> {
        let mut values = vec![None; parameters.len()];
        for argument in given.iter().filter(|a| a.name.is_some()) {
            let name = argument.name.as_deref().unwrap_or_default();
            let at = argument.value.span.start;
            let Some(p) = parameters.iter().position(|known| *known == name) else {
                let known = parameters.join(", ");
                return Err(Error::formula(at, format!("{function}() has no argument '{name}' here; it has {known}")));
            };
            if values[p].replace(&argument.value).is_some() {
                return Err(Error::formula(at, format!("{function}() has the argument '{name}' twice")));
            }
        }
        let mut free = (0..parameters.len()).filter(|&p| values[p].is_none()).collect::<Vec<_>>().into_iter();
        for argument in given.iter().filter(|a| a.name.is_none()) {
            let Some(p) = free.next() else {
                let most = parameters.len();
                return Err(Error::formula(argument.value.span.start, format!("{function}() takes at most {most} arguments here")));
            };
            values[p] = Some(&argument.value);
        }
        Ok(Arguments { function, position, parameters, values })
    }

    pub fn get(&self, parameter: &str) -> Option<&'a Expr> {
        self.parameters.iter().position(|known| *known == parameter).and_then(|p| self.values[p])
    }

    pub fn required(&self, parameter: &str) -> Result<&'a Expr> {
        self.get(parameter)
            .ok_or_else(|| Error::formula(self.position, format!("{}() needs its argument '{parameter}'", self.function)))
    }

    fn constant(&self, parameter: &str) -> Result<Option<(Constant, usize)>> {
        let Some(expr) = self.get(parameter) else { return Ok(None) };
        match constant(expr)? {
            Constant::Null => Ok(None),
            value => Ok(Some((value, expr.span.start))),
        }
    }

    fn wrong(&self, parameter: &str, at: usize, wanted: &str) -> Error {
        Error::formula(at, format!("the argument '{parameter}' of {}() must be {wanted}", self.function))
    }

    /// A whole number from 0 up.
    pub fn count(&self, parameter: &str) -> Result<Option<usize>> {
        match self.constant(parameter)? {
            None => Ok(None),
            Some((Constant::Numbers(v), _)) if v.len() == 1 && v[0] >= 0.0 && v[0] <= 1e6 && v[0].fract() == 0.0 => {
                Ok(Some(v[0] as usize))
            }
            Some((_, at)) => Err(self.wrong(parameter, at, "a whole number from 0 up to a million")),
        }
    }

    pub fn numbers(&self, parameter: &str) -> Result<Option<Vec<f64>>> {
        match self.constant(parameter)? {
            None => Ok(None),
            Some((Constant::Numbers(v), _)) if v.iter().all(|x| x.is_finite()) => Ok(Some(v)),
            Some((_, at)) => Err(self.wrong(parameter, at, "a finite number, or several in c(...)")),
        }
    }

    /// Texts, or numbers by their shortest text.
    pub fn labels(&self, parameter: &str) -> Result<Option<Vec<String>>> {
        match self.constant(parameter)? {
            None | Some((Constant::Null, _)) => Ok(None),
            Some((Constant::Texts(v), _)) => Ok(Some(v)),
            Some((Constant::Numbers(v), _)) => Ok(Some(v.into_iter().map(crate::frame::shortest_text).collect())),
            Some((Constant::Truth(_), at)) => Err(self.wrong(parameter, at, "texts or numbers in c(...)")),
        }
    }

    pub fn truth(&self, parameter: &str) -> Result<Option<bool>> {
        match self.constant(parameter)? {
            None => Ok(None),
            Some((Constant::Truth(v), _)) => Ok(Some(v)),
            Some((_, at)) => Err(self.wrong(parameter, at, "TRUE or FALSE")),
        }
    }

    /// A truth value or one number.
    pub fn truth_or_number(&self, parameter: &str) -> Result<Option<Constant>> {
        match self.constant(parameter)? {
            None => Ok(None),
            Some((Constant::Numbers(v), at)) if v.len() != 1 || !v[0].is_finite() => {
                Err(self.wrong(parameter, at, "TRUE, FALSE or a finite number"))
            }
            Some((Constant::Texts(_), at)) => Err(self.wrong(parameter, at, "TRUE, FALSE or a finite number")),
            Some((value, _)) => Ok(Some(value)),
        }
    }
}

/// A value that needs no data.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Numbers(Vec<f64>),
    Texts(Vec<String>),
    Truth(bool),
    Null,
}

/// The longest sequence that `a:b` writes.
const MAX_SEQUENCE: f64 = 1e6;

/// Evaluates numbers, texts, `TRUE`, `NULL`, `c(...)`, `a:b`, and arithmetic on numbers.
pub fn constant(expr: &Expr) -> Result<Constant> {
    let unreadable =
        || Error::formula(expr.span.start, format!("'{expr}' must be a constant: numbers, texts in quotes, TRUE, FALSE, c(...)"));
    match &expr.kind {
        ExprKind::Number(v) => Ok(Constant::Numbers(vec![*v])),
        ExprKind::Text(v) => Ok(Constant::Texts(vec![v.clone()])),
        ExprKind::Paren(inner) => constant(inner),
        ExprKind::Name(name) => match name.as_str() {
            "TRUE" | "T" => Ok(Constant::Truth(true)),
            "FALSE" | "F" => Ok(Constant::Truth(false)),
            "NULL" => Ok(Constant::Null),
            "pi" => Ok(Constant::Numbers(vec![std::f64::consts::PI])),
            "Inf" => Ok(Constant::Numbers(vec![f64::INFINITY])),
            _ => Err(unreadable()),
        },
        ExprKind::Unary { op, operand } => match (op, constant(operand)?) {
            (Op::Sub, Constant::Numbers(v)) => Ok(Constant::Numbers(v.into_iter().map(|x| -x).collect())),
            (Op::Add, Constant::Numbers(v)) => Ok(Constant::Numbers(v)),
            (Op::Not, Constant::Truth(v)) => Ok(Constant::Truth(!v)),
            _ => Err(unreadable()),
        },
        ExprKind::Binary { op, left, right } => match (constant(left)?, constant(right)?) {
            (Constant::Numbers(a), Constant::Numbers(b)) => combine(*op, &a, &b).map(Constant::Numbers).ok_or_else(unreadable),
            _ => Err(unreadable()),
        },
        ExprKind::Call { function, arguments } if function == "c" => concatenate(arguments).ok_or_else(unreadable),
        ExprKind::Call { .. } => Err(unreadable()),
    }
}

fn combine(op: Op, a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    if op == Op::Colon {
        let (&[from], &[to]) = (a, b) else { return None };
        let length = (to - from).abs();
        if length.is_nan() || length > MAX_SEQUENCE {
            return None;
        }
        let steps = length.floor() as usize;
        return Some((0..=steps).map(|k| from + (to - from).signum() * k as f64).collect());
    }
    let n = a.len().max(b.len());
    if (a.len() != n && a.len() != 1) || (b.len() != n && b.len() != 1) {
        return None;
    }
    (0..n).map(|i| crate::design::node::arithmetic(op, a[i % a.len()], b[i % b.len()])).collect()
}

fn concatenate(arguments: &[Argument]) -> Option<Constant> {
    let parts: Vec<Constant> = arguments.iter().map(|a| constant(&a.value).ok()).collect::<Option<_>>()?;
    if parts.iter().any(|p| matches!(p, Constant::Texts(_))) {
        let texts = parts.into_iter().map(|part| match part {
            Constant::Texts(v) => Some(v),
            Constant::Numbers(v) => Some(v.into_iter().map(crate::frame::shortest_text).collect()),
            Constant::Truth(_) | Constant::Null => None,
        });
        return texts.collect::<Option<Vec<_>>>().map(|v| Constant::Texts(v.concat()));
    }
    let numbers = parts.into_iter().map(|part| if let Constant::Numbers(v) = part { Some(v) } else { None });
    numbers.collect::<Option<Vec<_>>>().map(|v| Constant::Numbers(v.concat()))
}
