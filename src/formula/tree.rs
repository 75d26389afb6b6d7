//! What a formula is made of: expressions, and the terms they expand to.

use crate::choice::Choice;
use std::ffi::CStr;

/// Bytes `start..end` of the formula text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// A syntax tree, as R would read the text. Equality ignores positions and redundant parentheses are kept as `Paren`.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum ExprKind {
    Number(f64),
    Text(String),
    /// A name; backticks are already off. `.` is the name ".".
    Name(String),
    /// `f(a, name = b)`. The function name may be dotted (`contr.sum`).
    Call {
        function: String,
        arguments: Vec<Argument>,
    },
    Unary {
        op: Op,
        operand: Box<Expr>,
    },
    Binary {
        op: Op,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Paren(Box<Expr>),
}

/// An argument of a call, with its name if one was given.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Argument {
    pub name: Option<String>,
    pub value: Expr,
}

/// The operators of the language, in R's spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Colon,
    In,
    Bar,
    DoubleBar,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Not,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The terms of one side of a formula, by R's rules (`terms.formula`): order of the terms, their variables, intercept.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TermList {
    pub intercept: bool,
    /// The distinct variables (names and calls), in order of appearance.
    pub variables: Vec<Expr>,
    /// Each term is the sorted list of its variables' indices; ordered by degree, then by appearance.
    pub terms: Vec<Vec<usize>>,
    /// The expressions inside `offset()`.
    pub offsets: Vec<Expr>,
    /// The factors inside `strata()`, of all such calls.
    pub strata: Vec<Expr>,
    /// Variables `strata(a)` of interactions that also stand alone: the baseline hazards take in that term.
    pub absorbed: Vec<usize>,
}

/// A formula ready for data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Formula {
    /// The text as the caller wrote it.
    pub text: String,
    pub response: Option<Expr>,
    pub fixed: TermList,
    pub random: Vec<RandomTerm>,
}

/// One random term `(lhs | g)`, with nested groups already written out: `(1 | a/b)` is two of these.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RandomTerm {
    /// The left-hand side; `(x | g)` implies the intercept.
    pub effects: TermList,
    /// The factors whose interaction is the group: `a:b` has two. Each is a name or a call (`factor(a)`).
    pub group: Vec<Expr>,
    pub structure: StructureCall,
    /// From `||`: each column of the model matrix of `effects` is a term of its own.
    pub split: bool,
    pub span: Span,
}

/// The covariance structure asked for: `us` (plain bars), `diag`, `cs`, `ar1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StructureCall {
    pub kind: StructureKind,
    /// `hom = TRUE` or `FALSE` where it was given.
    pub homogeneous: Option<bool>,
}

/// Names of covariance structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum StructureKind {
    Unstructured,
    Diagonal,
    CompoundSymmetry,
    Ar1,
}

impl Choice for StructureKind {
    const LIST: &'static str = "structure";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (StructureKind::Unstructured, c"unstructured"),
        (StructureKind::Diagonal, c"diagonal"),
        (StructureKind::CompoundSymmetry, c"compound_symmetry"),
        (StructureKind::Ar1, c"ar1"),
    ];
}
