//! Response distributions: values against R's densities, derivatives against finite differences, identities of scores.

#[path = "family/differences.rs"]
mod differences;
#[path = "family/reference.rs"]
mod reference;
