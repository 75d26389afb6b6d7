//! lme4's formula language: text to a syntax tree (`parse`), tree to terms (`expand`). Knows no data.

mod bars;
mod correlation;
mod deparse;
mod expand;
mod groups;
mod lexer;
mod names;
mod nested;
mod parser;
mod random;
mod term_set;
mod terms;
mod tree;
mod update;
#[cfg(test)]
mod tests;

pub use correlation::{CorrelationKind, CorrelationTerm, parse_correlation};
pub use expand::expand;
pub use nested::inside_out;
pub use parser::{Parsed, parse, parse_random};
pub use tree::{Argument, Expr, ExprKind, Formula, Op, RandomTerm, Span, StructureCall, StructureKind, TermList};
pub use update::update;
