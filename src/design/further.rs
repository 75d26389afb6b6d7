//! The predictors beside that of the mean: dispersion or scale, zero inflation, nominal effects.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::formula::{Expr, Formula, Parsed, TermList, expand, parse};
use crate::frame::Frame;
use crate::names::quoted;
use crate::spec::PredictorSpec;

/// Something of each of the further predictors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further<T> {
    /// The dispersion; of an ordinal model the scale.
    pub dispersion: Option<T>,
    pub zero_inflation: Option<T>,
    /// Effects that differ from threshold to threshold.
    pub nominal: Option<T>,
    /// Of an ordinal model, whose dispersion is called scale.
    pub ordinal: bool,
}

impl<T> Default for Further<T> {
    fn default() -> Self {
        Further { dispersion: None, zero_inflation: None, nominal: None, ordinal: false }
    }
}

impl<T> Further<T> {
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.dispersion.iter().chain(&self.zero_inflation).chain(&self.nominal)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.dispersion.iter_mut().chain(&mut self.zero_inflation).chain(&mut self.nominal)
    }

    /// What `f` makes of each; its errors then name the predictor.
    pub fn try_map<U>(self, mut f: impl FnMut(T) -> Result<U>) -> Result<Further<U>> {
        let mut each = |name: &str, part: Option<T>| part.map(&mut f).transpose().map_err(|error| named(name, &error));
        Ok(Further {
            dispersion: each(if self.ordinal { "scale" } else { "dispersion" }, self.dispersion)?,
            zero_inflation: each("zero inflation", self.zero_inflation)?,
            nominal: each("nominal", self.nominal)?,
            ordinal: self.ordinal,
        })
    }

    pub fn as_ref(&self) -> Further<&T> {
        Further {
            dispersion: self.dispersion.as_ref(),
            zero_inflation: self.zero_inflation.as_ref(),
            nominal: self.nominal.as_ref(),
            ordinal: self.ordinal,
        }
    }

    /// Pairs; a part without counterpart is left out.
    pub fn zip<U>(self, other: Further<U>) -> Further<(T, U)> {
        Further {
            dispersion: self.dispersion.zip(other.dispersion),
            zero_inflation: self.zero_inflation.zip(other.zero_inflation),
            nominal: self.nominal.zip(other.nominal),
            ordinal: self.ordinal,
        }
    }

    /// Without the parts of which `keep` says no.
    pub fn filter(self, keep: impl Fn(&T) -> bool) -> Self {
        Further {
            dispersion: self.dispersion.filter(&keep),
            zero_inflation: self.zero_inflation.filter(&keep),
            nominal: self.nominal.filter(&keep),
            ordinal: self.ordinal,
        }
    }
}

impl<T, U> Further<(T, U)> {
    pub fn unzip(self) -> (Further<T>, Further<U>) {
        let ((d, also_d), (z, also_z)) = (self.dispersion.unzip(), self.zero_inflation.unzip());
        let ((n, also_n), ordinal) = (self.nominal.unzip(), self.ordinal);
        (
            Further { dispersion: d, zero_inflation: z, nominal: n, ordinal },
            Further { dispersion: also_d, zero_inflation: also_z, nominal: also_n, ordinal },
        )
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
    let columns: Vec<String> = frame.all_names().map(ToString::to_string).collect();
    let mut formulas = specs.try_map(|spec| match spec {
        PredictorSpec::Formula(text) => expand(&Parsed { response: response.cloned(), ..one_sided(text)? }, &[], &[], &columns),
        PredictorSpec::Arrays { .. } => Err(Error::argument("the model is given by a formula, wanted a formula, not arrays")),
    })?;
    if formulas.ordinal {
        return ordinal_formulas(formulas);
    }
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

/// Scale and nominal effects: no random terms, nor an offset of each threshold. The intercepts are elsewhere, so that `~ 1` is nothing.
fn ordinal_formulas(formulas: Further<Formula>) -> Result<Further<Formula>> {
    if let Some(term) = formulas.dispersion.iter().flat_map(|formula| &formula.random).next() {
        return Err(unsupported(
            term.span.start,
            "scale: random effects in the scale are not available, wanted fixed effects alone",
        ));
    }
    if let Some(nominal) = &formulas.nominal {
        if let Some(term) = nominal.random.first() {
            return Err(unsupported(term.span.start, "nominal: random effects are not available here, wanted fixed effects alone"));
        }
        if let Some(offset) = nominal.fixed.offsets.first() {
            let message =
                "nominal: offset() is not available here, wanted fixed effects alone; that of the model shifts all thresholds";
            return Err(unsupported(offset.span.start, message));
        }
    }
    Ok(formulas
        .filter(|formula| !(formula.fixed.terms.is_empty() && formula.fixed.offsets.is_empty() && formula.fixed.strata.is_empty())))
}

fn unsupported(position: usize, message: &str) -> Error {
    Error { position: position as i64, ..Error::unsupported(message) }
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
    let TermList { intercept, terms, offsets, strata, .. } = &formula.fixed;
    !intercept && terms.is_empty() && offsets.is_empty() && strata.is_empty() && formula.random.is_empty()
}
