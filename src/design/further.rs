//! The predictors beside that of the mean: dispersion, zero inflation.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::formula::{Expr, Formula, Parsed, TermList, expand, parse};
use crate::frame::Frame;
use crate::frame::names::quoted;
use crate::spec::PredictorSpec;

/// Something of each of the further predictors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further<T> {
    pub dispersion: Option<T>,
    pub zero_inflation: Option<T>,
}

impl<T> Default for Further<T> {
    fn default() -> Self {
        Further { dispersion: None, zero_inflation: None }
    }
}

impl<T> Further<T> {
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.dispersion.iter().chain(&self.zero_inflation)
    }

    /// What `f` makes of each; its errors then name the predictor.
    pub fn try_map<U>(self, mut f: impl FnMut(T) -> Result<U>) -> Result<Further<U>> {
        let mut each = |name: &str, part: Option<T>| part.map(&mut f).transpose().map_err(|error| named(name, &error));
        Ok(Further {
            dispersion: each("dispersion", self.dispersion)?,
            zero_inflation: each("zero inflation", self.zero_inflation)?,
        })
    }

    pub fn as_ref(&self) -> Further<&T> {
        Further { dispersion: self.dispersion.as_ref(), zero_inflation: self.zero_inflation.as_ref() }
    }

    /// Pairs; a part without counterpart is left out.
    pub fn zip<U>(self, other: Further<U>) -> Further<(T, U)> {
        Further { dispersion: self.dispersion.zip(other.dispersion), zero_inflation: self.zero_inflation.zip(other.zero_inflation) }
    }
}

impl<T, U> Further<(T, U)> {
    pub fn unzip(self) -> (Further<T>, Further<U>) {
        let ((d, also_d), (z, also_z)) = (self.dispersion.unzip(), self.zero_inflation.unzip());
        (Further { dispersion: d, zero_inflation: z }, Further { dispersion: also_d, zero_inflation: also_z })
    }
}

fn named(name: &str, error: &Error) -> Error {
    let message = format!("{name}: {}", error.message);
    Error { message, ..*error }
}

/// Columns of a further predictor given by arrays.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    pub p: usize,
    /// `[n, p]` column-major.
    pub x: &'a [f64],
    /// `x1`, `x2`, ... where the caller gave none.
    pub names: &'a [String],
}

/// The further predictors of an array model.
pub fn columns_of(specs: Further<&PredictorSpec>) -> Result<Further<Columns<'_>>> {
    specs.try_map(|spec| match spec {
        PredictorSpec::Arrays { p, x, x_names } => Ok(Columns { p: *p, x, names: x_names }),
        PredictorSpec::Formula(_) => Err(Error::argument("the model is given by arrays, wanted columns, not a formula")),
    })
}

/// The formulas of the further predictors. `.` is every column that the response does not use.
pub fn formulas_of(specs: Further<&PredictorSpec>, response: Option<&Expr>, frame: &Frame) -> Result<Further<Formula>> {
    let columns: Vec<String> = frame.names().map(ToString::to_string).collect();
    let mut formulas = specs.try_map(|spec| match spec {
        PredictorSpec::Formula(text) => expand(&Parsed { response: response.cloned(), ..one_sided(text)? }, &[], &[], &columns),
        PredictorSpec::Arrays { .. } => Err(Error::argument("the model is given by a formula, wanted a formula, not arrays")),
    })?;
    formulas.zero_inflation = formulas.zero_inflation.filter(|formula| !is_empty(formula));
    match &formulas.dispersion {
        // A variance of zero in glmmTMB, which has no likelihood here.
        Some(formula) if is_empty(formula) => {
            let text = quoted(&formula.text);
            Err(Error::formula(0, format!("dispersion: {text} has no terms; '~ 1' is one dispersion for all rows")))
        }
        _ => Ok(formulas),
    }
}

/// Reads `~ terms`.
pub fn one_sided(text: &str) -> Result<Parsed> {
    let parsed = parse(text)?;
    match parsed.response {
        None => Ok(parsed),
        Some(_) => Err(Error::formula(0, format!("the formula {} has a response, wanted '~ terms'", quoted(text)))),
    }
}

fn is_empty(formula: &Formula) -> bool {
    let TermList { intercept, terms, offsets, .. } = &formula.fixed;
    !intercept && terms.is_empty() && offsets.is_empty() && formula.random.is_empty()
}
