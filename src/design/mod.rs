//! Formula and frame to model matrices.

mod arguments;
pub mod arrays;
pub mod coding;
mod compile;
pub mod contrasts;
mod correlation;
mod dependent;
mod functions;
mod further;
mod grid;
mod group;
mod indicators;
mod learn;
mod ledger;
mod magnitude;
mod matrix;
mod model;
mod node;
mod ordered;
pub mod outline;
mod parts;
mod poly;
mod predictor;
mod program;
mod realise;
mod response;
mod rows;
mod series;
mod sizes;
mod spline;
mod stateful;
mod surv;
mod survival;
mod times;
mod unread;
mod value;
mod variable;

#[cfg(test)]
mod tests;

pub use arrays::{ArrayProgram, apply_arrays, from_arrays};
pub use dependent::independent_columns;
pub use further::{Columns, Further, one_sided};
pub use grid::{Reference, ReferenceFactor};
pub use group::Mix;
pub use indicators::ProductColumns;
pub use model::ModelProgram;
pub use outline::Outline;
pub use parts::{Design, NaPolicy, Needed, NeededTimes, PredictorDesign, RowLedger, TermDesign, UNSEEN, UnknownLevel, formula_of};
pub use program::{Program, Request};
pub use response::ResponseRule;
pub use rows::ZERO_WEIGHT;
pub use series::{CorrelationDesign, Runs};
pub use sizes::PredictorSizes;
pub use survival::{SAME_TIME, SurvivalDesign};
pub use unread::hinted;
