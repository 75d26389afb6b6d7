//! interlace fits mixed-effects models and is used through its C header, `include/interlace.h`.
//!
//! The linear model, in lme4's parametrisation (Bates et al. 2015):
//!
//! ```text
//! y = X beta + Z b + offset + e,   b = Lambda(theta) u,   u ~ N(0, sigma^2 I),   e ~ N(0, sigma^2 W^-1)
//! ```
//!
//! The modules, in reading order; each imports only from those above it.

/// What can go wrong, with stable codes.
pub mod error;
/// Names in messages: quoted on one line, with the nearest one suggested; names made unique.
pub mod names;
/// Closed lists of choices, by name.
pub mod choice;
/// Exponentials and logarithms for loops over rows.
pub mod elementary;
/// Objects as bytes: versions, checksum, what is read with care.
pub mod envelope;
/// Progress, cancellation, deadlines.
pub mod watch;
/// Whether a thread is inside the library: whose panics are its defects.
mod inside;
/// Work divided among threads.
pub mod threads;
/// Named columns of data: numbers, categories, times; CSV files; Arrow data; missing values.
pub mod frame;
/// Formula text to a syntax tree, and the algebra of its terms. Knows no data.
pub mod formula;
/// Structures of random-effect covariance: parameters, the Cholesky factor, its derivatives.
pub mod covariance;
/// Block-sparse symmetric systems: pattern, factor, log-determinant, selected inverse.
pub mod linalg;
/// Distributions for tests and intervals.
pub mod distributions;
/// Streams of random numbers.
pub mod simulate;
/// Response distributions and links: log-densities with derivatives in the linear predictor and in the extra parameters.
pub mod family;
/// Tails of Student's t, F and chi-square.
pub mod tails;
/// The distribution of Tukey's test.
pub mod studentized_range;
/// The distribution of Kolmogorov's test.
pub mod kolmogorov;
/// Minimisation with and without gradient.
pub mod optimize;
/// Prior densities of parameters.
pub mod prior;
/// What is fitted.
pub mod spec;
/// The columns that a spec needs.
pub mod variables;
/// Formula and frame to model matrices; the program that does so runs again on new data.
pub mod design;
/// Random effects: their sizes, and their cross-products in blocks.
pub mod random;
/// How it is fitted.
pub mod options;
/// The search for a model's parameters; exact zeros.
pub mod search;
/// Random effects that are too many to factorise: conjugate gradients, traces by random signs.
pub mod iterative;
/// Linear mixed models.
pub mod lmm;
/// Generalised linear mixed models.
pub mod glmm;
/// Cumulative link mixed models.
pub mod clmm;
/// Cox models with Gaussian frailties.
pub mod coxme;
/// The fitted model.
pub mod fit;
/// Data that come in parts: plans, accumulators, fits of them.
pub mod stream;
/// Simulated responses of a fit, refits to them, the parametric bootstrap.
pub mod resample;
/// Tests and intervals of a fit.
pub mod inference;
/// Predictions from a fit.
pub mod predict;
/// A model fitted again: by all optimisers, and without parts of its data.
pub mod validation;
/// Residuals, overdispersion, R2.
pub mod diagnostics;
pub mod robust;
/// The power of tests for a design, by simulation.
pub mod power;
/// What a person reads of a fit, and its tables.
pub mod summary;
/// Questions about a fit by name, and the answers as one document.
pub mod document;
/// Pictures of a fit.
pub mod picture;
/// Fits as bytes.
pub mod saved;

/// The C API: the header's functions over all of the above.
#[allow(unsafe_code)]
pub mod capi;
