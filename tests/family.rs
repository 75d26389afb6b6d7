//! Response distributions: values against R's densities, derivatives against finite differences, identities of scores.

#[path = "family/cumulative.rs"]
mod cumulative;
#[path = "family/custom.rs"]
mod custom;
#[path = "family/differences.rs"]
mod differences;
#[path = "family/documented.rs"]
mod documented;
#[path = "family/reference.rs"]
mod reference;
#[path = "family/facts.rs"]
mod facts;
#[path = "family/identities.rs"]
mod identities;
#[path = "family/mixture.rs"]
mod mixture;
#[path = "family/simulated.rs"]
mod simulated;
#[path = "family/special.rs"]
mod special;
#[path = "family/surface.rs"]
mod surface;
