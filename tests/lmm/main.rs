//! Linear mixed models.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod correlation;
mod degrees_of_freedom;
mod iterative;
mod kenward_roger;
mod leverage;
mod lrt;
mod marginal_means;
mod maxima;
mod nist;
mod profile;
mod properties;
mod reference;
mod regressions;
mod residuals;
mod stream;
mod stream_digits;
