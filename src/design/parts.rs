//! What a design has: matrices, random terms, the ledger of rows.

use super::series::CorrelationDesign;
use super::survival::SurvivalDesign;
use crate::choice::Choice;
use crate::covariance::Structure;
use crate::envelope::{column, column_if_any, fits, rows, rows_if_any};
use crate::error::{Result, try_copy};
use crate::family::Ends;
use crate::formula::{Formula, expand, parse};
use crate::frame::Frame;
use crate::prior::Prior;
use crate::spec::FormulaSpec;
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::sync::Arc;

use serde::Deserializer;

/// Reads the formula of a specification against a frame: its terms, the random terms and groups given beside it, and `.`.
pub fn formula_of(spec: &FormulaSpec, frame: &Frame) -> Result<Formula> {
    let columns: Vec<String> = frame.all_names().map(ToString::to_string).collect();
    formula_with(spec, &columns)
}

/// The same against the names of columns.
pub(super) fn formula_with(spec: &FormulaSpec, columns: &[String]) -> Result<Formula> {
    expand(&parse(&spec.formula)?, &spec.random, &spec.groups, columns)
}

/// A model realised on data: only the rows that are used. Matrices are column-major.
#[derive(Clone, Debug, Default)]
pub struct Design {
    /// The number of rows used.
    pub n: usize,
    /// Response after its transformation, without the offset taken off. Empty for new data without a response.
    pub y: Vec<f64>,
    /// Where the response lies between two ends; `y` is what stands for it.
    pub ends: Option<Ends>,
    /// `[n, p]`, all columns, also those that are linearly dependent. An ordinal model has no column of ones here, nor in scale and nominal
    /// effects, but others may add up to one (`~ a:b`).
    pub x: Vec<f64>,
    pub x_names: Vec<String>,
    /// Prior weights `[n]`, all positive.
    pub weights: Option<Vec<f64>>,
    /// Offset `[n]`.
    pub offset: Option<Vec<f64>>,
    pub terms: Vec<TermDesign>,
    /// The dispersion's predictor.
    pub dispersion: Option<PredictorDesign>,
    /// The zero part's predictor.
    pub zero_inflation: Option<PredictorDesign>,
    /// Of an ordinal model, the effects that differ from threshold to threshold: fixed effects alone.
    pub nominal: Option<PredictorDesign>,
    /// Of an ordinal model, labels of the categories that occur, from lowest to highest: `y` is 1, 2, ... in their order.
    pub categories: Vec<String>,
    /// Of a Cox model: `y` is 1 where a row has an event, 0 otherwise. New data have of it what was needed, and no events; a stratum that the fit
    /// does not know is `UNSEEN` there.
    pub survival: Option<SurvivalDesign>,
    /// Of the residuals; only where a model is fitted.
    pub correlation: Option<CorrelationDesign>,
    /// Of parameters; only where a model is fitted.
    pub priors: Vec<Prior>,
    /// What happened to the rows of the data.
    pub rows: RowLedger,
    /// Of new data, for each grouping factor the first row used that has no level of the fit.
    pub unknown: Vec<UnknownLevel>,
    /// What the user should know: columns that are text though most of their cells are numbers, and then levels that don't occur.
    pub warnings: Vec<String>,
    /// How many of the warnings are of the first kind. They explain failures, too.
    pub n_unread: usize,
}

/// A row of new data without a level that the fit knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLevel {
    pub group: String,
    pub row: usize,
    /// Its label; none where it is missing, or where the data have numbers for it.
    pub label: Option<String>,
    pub missing: bool,
    /// All rows used that have a level which the fit does not know, ascending, each with the number of its level among these; rows without a level
    /// are not there.
    pub same: Vec<(usize, u32)>,
}

/// What predictions need of the random terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed<'a> {
    Nothing,
    All,
    /// The values of the effects, for groups that are new.
    Effects,
    /// The terms marked, those of the mean first, then those of the zero part, then those of the dispersion.
    Terms(&'a [bool]),
}

/// What predictions need of a survival response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum NeededTimes {
    #[default]
    Nothing,
    Strata,
    /// The times, too, but not whether there was an event.
    Intervals,
}

/// A further linear predictor realised on the same rows.
#[derive(Clone, Debug, Default)]
pub struct PredictorDesign {
    /// `[n, p]`, all columns.
    pub x: Vec<f64>,
    pub x_names: Vec<String>,
    /// Offset `[n]`.
    pub offset: Option<Vec<f64>>,
    pub terms: Vec<TermDesign>,
}

/// One random term realised on data.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct TermDesign {
    /// The grouping factor's name: `g`, or `a:b`.
    pub group: String,
    /// Names of the effects: `(Intercept)`, `x` ...
    pub effects: Vec<String>,
    pub structure: Structure,
    /// Labels of the levels that occur in the training data, in order.
    #[serde(deserialize_with = "shared")]
    pub levels: Arc<Vec<String>>,
    /// Level of each row, 0-based; `UNSEEN` for a level that the training data don't have (new data only).
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub index: Vec<u32>,
    /// `[n, r]` column-major; `None` is a single column of ones.
    #[serde(serialize_with = "rows_if_any", deserialize_with = "column_if_any")]
    pub z: Option<Vec<f64>>,
}

impl Design {
    /// A copy with another model matrix, or an error where memory is short.
    pub fn with_columns(&self, x: Vec<f64>, x_names: Vec<String>) -> Result<Self> {
        let further = |part: &Option<PredictorDesign>| part.as_ref().map(PredictorDesign::try_clone).transpose();
        Ok(Design {
            n: self.n,
            y: try_copy("response", &self.y)?,
            ends: self.ends.as_ref().map(Ends::try_clone).transpose()?,
            x,
            x_names,
            weights: self.weights.as_deref().map(|w| try_copy("weights", w)).transpose()?,
            offset: self.offset.as_deref().map(|o| try_copy("offset", o)).transpose()?,
            terms: self.terms.iter().map(TermDesign::try_clone).collect::<Result<_>>()?,
            dispersion: further(&self.dispersion)?,
            zero_inflation: further(&self.zero_inflation)?,
            nominal: further(&self.nominal)?,
            categories: self.categories.clone(),
            correlation: self.correlation.as_ref().map(CorrelationDesign::try_clone).transpose()?,
            survival: self.survival.as_ref().map(SurvivalDesign::try_clone).transpose()?,
            priors: self.priors.clone(),
            rows: self.rows.try_clone()?,
            unknown: self.unknown.clone(),
            warnings: self.warnings.clone(),
            n_unread: self.n_unread,
        })
    }
}

impl PredictorDesign {
    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(PredictorDesign {
            x: try_copy("model matrix", &self.x)?,
            x_names: self.x_names.clone(),
            offset: self.offset.as_deref().map(|o| try_copy("offset", o)).transpose()?,
            terms: self.terms.iter().map(TermDesign::try_clone).collect::<Result<_>>()?,
        })
    }
}

fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Arc<Vec<String>>, D::Error> {
    column(deserializer).map(Arc::new)
}

impl TermDesign {
    /// Fails for a term of other than `n` rows, or that was read from damaged bytes.
    pub fn check(&self, n: usize) -> Result<()> {
        let (r, levels) = (self.effects.len(), self.levels.len());
        let z = self.z.as_ref().map_or(r == 1, |z| z.len() == n.saturating_mul(r) && z.iter().all(|z| z.is_finite()));
        let index = self.index.len() == n && self.index.iter().all(|level| (*level as usize) < levels);
        fits(r > 0 && self.structure.size == r && levels < UNSEEN as usize && index && z, "a random term")
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(TermDesign {
            group: self.group.clone(),
            effects: self.effects.clone(),
            structure: self.structure,
            levels: self.levels.clone(),
            index: try_copy("group index", &self.index)?,
            z: self.z.as_deref().map(|z| try_copy("random-effects model matrix", z)).transpose()?,
        })
    }
}

impl Design {
    /// Whether it has its rows; one that was made of sums has none.
    pub fn has_rows(&self) -> bool {
        self.n == 0 || !self.y.is_empty()
    }
}

/// The level index of a row whose level is not in the training data.
pub const UNSEEN: u32 = u32::MAX;

/// Which rows of the data are used, and why the others are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowLedger {
    /// Rows of the data.
    pub n_data: usize,
    /// Rows left out, ascending, each with the name of the first column (or expression) that is missing there.
    #[serde(deserialize_with = "column")]
    pub dropped: Vec<(usize, String)>,
    /// Of data that were summed: how many rows were left out, by what is missing there. Which ones is not known.
    pub counted: BTreeMap<String, u64>,
    /// Results per row are to be padded to `n_data` with NaN.
    pub pad: bool,
}

/// What to do with rows that have missing values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum NaPolicy {
    /// Leave the rows out and report them.
    #[default]
    Omit,
    /// Fail, naming the first.
    Error,
    /// Leave the rows out of the fit, and give NaN for them in results per row.
    Pad,
}

impl Choice for NaPolicy {
    const LIST: &'static str = "na";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(NaPolicy::Omit, c"omit"), (NaPolicy::Error, c"error"), (NaPolicy::Pad, c"pad")];
}
