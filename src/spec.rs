//! What is fitted: the kind of model, and a formula or arrays. No state of the data.

use crate::formula::StructureKind;

/// The kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(i32)]
pub enum ModelKind {
    /// Linear mixed model.
    Lmm = 1,
}

/// What is fitted.
#[derive(Clone, Debug)]
pub struct Spec {
    pub kind: ModelKind,
    pub source: Source,
}

/// Where the design comes from.
#[derive(Clone, Debug)]
pub enum Source {
    Formula(FormulaSpec),
    Arrays(ArraySpec),
}

/// A formula, to be read against a frame.
#[derive(Clone, Debug, Default)]
pub struct FormulaSpec {
    pub formula: String,
    /// Further random terms, each as text `(1 + x | g)`, added to those in the formula.
    pub random: Vec<String>,
    /// Names of grouping factors, each short for `(1 | g)`.
    pub groups: Vec<String>,
    /// Column of prior weights.
    pub weights: Option<String>,
    /// Column of the offset, added to any `offset()` in the formula.
    pub offset: Option<String>,
    /// Contrasts by column: (column, "contr.sum" ...); others have treatment contrasts, ordered factors polynomial ones.
    pub contrasts: Vec<(String, String)>,
}

/// Design arrays; matrices are column-major without gaps.
#[derive(Clone, Debug, Default)]
pub struct ArraySpec {
    pub n: usize,
    /// Empty where the arrays are new data to predict at.
    pub y: Vec<f64>,
    pub p: usize,
    pub x: Vec<f64>,
    /// `x1`, `x2`, ... where the caller gave none.
    pub x_names: Vec<String>,
    pub weights: Option<Vec<f64>>,
    pub offset: Option<Vec<f64>>,
    pub terms: Vec<ArrayTerm>,
}

/// One random term given by arrays.
#[derive(Clone, Debug)]
pub struct ArrayTerm {
    /// `g1`, `g2`, ... where the caller gave none.
    pub name: String,
    pub effects: Vec<String>,
    /// `[n, k]`; `None` is a column of ones.
    pub z: Option<Vec<f64>>,
    /// Level of each row, 0-based; -1 is missing (fit) or unseen (prediction).
    pub index: Vec<i64>,
    pub n_levels: usize,
    /// Labels `[n_levels]`; "1", "2", ... where the caller gave none.
    pub levels: Vec<String>,
    pub structure: StructureKind,
    pub homogeneous: Option<bool>,
}
