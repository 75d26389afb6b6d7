//! Random effects that are too many to factorise, of any model: conjugate gradients, traces and determinants by random signs, and the search
//! on gradients that have a Monte-Carlo error.

pub mod columns;
pub mod coupling;
pub mod split;
pub mod schur;
pub mod conjugate;
pub mod solve;
pub mod probes;
pub mod quadrature;
pub mod moments;
pub mod traces;
pub mod samples;
pub mod units;
pub mod levels;
pub mod evaluation;
mod secants;
pub mod zeros;
pub mod search;
pub mod forecast;
