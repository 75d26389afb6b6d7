//! Linear mixed models of data that come in parts, from a stream or from workers: a plan says what is summed, accumulators sum, and what they
//! have is fitted in one place.

mod dictionary;
mod tuples;
mod columns;
mod table;
mod pairs;
mod sums;
mod series;
mod space;
mod plan;
mod tree;
mod accumulator;
mod known;
mod order;
mod coded;
mod finish;

pub use accumulator::Accumulator;
pub use plan::Plan;
