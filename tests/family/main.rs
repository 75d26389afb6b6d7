//! Response distributions: values against R's densities, derivatives against finite differences, identities of scores.

#[path = "../common/mod.rs"]
mod common;

mod censored;
mod cumulative;
mod custom;
mod differences;
mod documented;
mod facts;
mod fits;
mod identities;
mod mixture;
mod reference;
mod simulated;
mod special;
mod surface;
