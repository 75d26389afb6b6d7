//! Response distributions: values against R's densities, derivatives against finite differences, identities of scores.

mod cumulative;
mod custom;
mod differences;
mod reference;
mod facts;
mod identities;
mod mixture;
mod simulated;
mod special;
mod surface;
