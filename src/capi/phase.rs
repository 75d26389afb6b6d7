//! What a progress function is told.

use super::c_void;
use crate::watch::Phase;

/// A fit makes its model matrices and starting values. step: 0.
pub const INTERLACE_PHASE_START: i32 = 0;
/// A fit searches its parameters. step: evaluations of the criterion so far.
pub const INTERLACE_PHASE_SEARCH: i32 = 1;
/// Standard errors of a generalised or ordinal fit. step: parameters done.
pub const INTERLACE_PHASE_STANDARD_ERRORS: i32 = 2;
/// Random effects of a fit and their covariances. step: terms done.
pub const INTERLACE_PHASE_MODES: i32 = 3;
/// Satterthwaite's or Kenward and Roger's degrees of freedom. step: parts of the derivatives done.
pub const INTERLACE_PHASE_DEGREES_OF_FREEDOM: i32 = 4;
/// Tests of hypotheses or of models. step: tests done.
pub const INTERLACE_PHASE_TEST: i32 = 5;
/// Several models are fitted, one after the other. step: models done.
pub const INTERLACE_PHASE_MODEL: i32 = 6;
/// One model is fitted by several optimisers. step: optimisers done.
pub const INTERLACE_PHASE_OPTIMIZER: i32 = 7;
/// Profiles of the likelihood. step: parameters done.
pub const INTERLACE_PHASE_PROFILE: i32 = 8;
/// A bootstrap. step: replicates done.
pub const INTERLACE_PHASE_REPLICATE: i32 = 9;
/// Refits to other responses. step: responses done.
pub const INTERLACE_PHASE_REFIT: i32 = 10;
/// A jackknife. step: deletions done.
pub const INTERLACE_PHASE_DELETION: i32 = 11;
/// A cross-validation. step: folds done.
pub const INTERLACE_PHASE_FOLD: i32 = 12;
/// Predictions. step: rows done.
pub const INTERLACE_PHASE_PREDICTION: i32 = 13;
/// Simulated responses. step: responses done.
pub const INTERLACE_PHASE_SIMULATION: i32 = 14;
/// Quantile residuals. step: rows done.
pub const INTERLACE_PHASE_RESIDUALS: i32 = 15;
/// Marginal means and contrasts. step: means, or groups of contrasts, done.
pub const INTERLACE_PHASE_MEANS: i32 = 16;
/// Values of the criterion. step: points done.
pub const INTERLACE_PHASE_OBJECTIVE: i32 = 17;
/// A statistic of replicates. step: replicates done.
pub const INTERLACE_PHASE_STATISTIC: i32 = 18;

// The constants are written out because the header is generated from their text.
const _: () = {
    assert!(INTERLACE_PHASE_START == Phase::Start as i32 && INTERLACE_PHASE_SEARCH == Phase::Search as i32);
    assert!(INTERLACE_PHASE_STANDARD_ERRORS == Phase::StandardErrors as i32 && INTERLACE_PHASE_MODES == Phase::Modes as i32);
    assert!(INTERLACE_PHASE_DEGREES_OF_FREEDOM == Phase::DegreesOfFreedom as i32 && INTERLACE_PHASE_TEST == Phase::Test as i32);
    assert!(INTERLACE_PHASE_MODEL == Phase::Model as i32 && INTERLACE_PHASE_OPTIMIZER == Phase::Optimizer as i32);
    assert!(INTERLACE_PHASE_PROFILE == Phase::Profile as i32 && INTERLACE_PHASE_REPLICATE == Phase::Replicate as i32);
    assert!(INTERLACE_PHASE_REFIT == Phase::Refit as i32 && INTERLACE_PHASE_DELETION == Phase::Deletion as i32);
    assert!(INTERLACE_PHASE_FOLD == Phase::Fold as i32 && INTERLACE_PHASE_PREDICTION == Phase::Prediction as i32);
    assert!(INTERLACE_PHASE_SIMULATION == Phase::Simulation as i32 && INTERLACE_PHASE_RESIDUALS == Phase::Residuals as i32);
    assert!(INTERLACE_PHASE_MEANS == Phase::Means as i32 && INTERLACE_PHASE_OBJECTIVE == Phase::Objective as i32);
    assert!(INTERLACE_PHASE_STATISTIC == Phase::Statistic as i32);
};

/// How far a call is. The record and what it points to are valid only during the call of the progress function.
/// Since 0.1.
#[repr(C)]
pub struct Progress {
    /// The size of this record in the running library, in bytes. Later versions may add members at the end.
    pub struct_size: usize,
    /// What the call is at, one of INTERLACE_PHASE_*. Later versions may add phases.
    pub phase: i32,
    /// How much of the phase is done.
    pub step: i64,
    /// Of how many, or -1 if that is not known.
    pub total: i64,
    /// The criterion at the last evaluation, or of the fit that was done last; NaN if there is none.
    pub objective: f64,
    /// The covariance parameters there `[n_theta]`, followed by the residual correlation if there is one. May be NULL if `n_theta` is 0.
    pub theta: *const f64,
    /// The length of `theta`; 0 if there is none.
    pub n_theta: usize,
}

/// Hears how far a call is, with the pointer given to interlace_options_set_progress. It is called on the thread that made the call: at each
/// step of a phase, and otherwise about every 0.05 seconds, as far as no single evaluation or factorisation takes longer. A return value
/// other than 0 cancels the call, which then returns INTERLACE_E_CANCELLED and changes nothing. It must not throw, longjmp, free the
/// objects of the call or use them for another one that changes them.
/// Since 0.1.
pub type ProgressFn = Option<unsafe extern "C" fn(progress: *const Progress, user_data: *mut c_void) -> i32>;
