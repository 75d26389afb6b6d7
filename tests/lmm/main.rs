//! Linear mixed models.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod correlation;
mod degrees_of_freedom;
mod influence;
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
mod robust;
mod stream;
mod stream_bootstrap;
mod stream_digits;
mod stream_fuzz;
mod stream_responses;
mod stream_series;
mod variance_tests;
