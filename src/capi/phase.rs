//! What a progress function is told.

use std::mem::MaybeUninit;

use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use super::{c_char, c_void};
use crate::watch::Phase;

/// What a call is at. Later versions may add phases.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseCode {
    /// No call.
    None = -1,
    /// A fit makes its model matrices and starting values. step: 0.
    Start = 0,
    /// A fit searches its parameters. step: evaluations of the criterion so far.
    Search = 1,
    /// Standard errors of a generalised or ordinal fit. step: parameters done.
    StandardErrors = 2,
    /// Random effects of a fit and their covariances. step: terms done.
    Modes = 3,
    /// Satterthwaite's or Kenward and Roger's degrees of freedom. step: parts of the derivatives done.
    DegreesOfFreedom = 4,
    /// Tests of hypotheses or of models. step: tests done.
    Test = 5,
    /// Several models are fitted, one after the other. step: models done.
    Model = 6,
    /// One model is fitted by several optimisers. step: optimisers done.
    Optimizer = 7,
    /// Profiles of the likelihood. step: parameters done.
    Profile = 8,
    /// A bootstrap. step: replicates done.
    Replicate = 9,
    /// Refits to other responses. step: responses done.
    Refit = 10,
    /// A jackknife. step: deletions done.
    Deletion = 11,
    /// A cross-validation. step: folds done.
    Fold = 12,
    /// Predictions. step: rows done.
    Prediction = 13,
    /// Simulated responses. step: responses done.
    Simulation = 14,
    /// Residuals. step: rows, or columns of the augmented frame, done.
    Residuals = 15,
    /// Marginal means and contrasts. step: means, or groups of contrasts, done.
    Means = 16,
    /// Values of the criterion. step: points done.
    Objective = 17,
    /// A statistic of replicates. step: replicates done.
    Statistic = 18,
}

impl Codes for PhaseCode {
    type Meaning = Phase;
    const CODES: &'static [(Self, Phase)] = &[
        (PhaseCode::Start, Phase::Start),
        (PhaseCode::Search, Phase::Search),
        (PhaseCode::StandardErrors, Phase::StandardErrors),
        (PhaseCode::Modes, Phase::Modes),
        (PhaseCode::DegreesOfFreedom, Phase::DegreesOfFreedom),
        (PhaseCode::Test, Phase::Test),
        (PhaseCode::Model, Phase::Model),
        (PhaseCode::Optimizer, Phase::Optimizer),
        (PhaseCode::Profile, Phase::Profile),
        (PhaseCode::Replicate, Phase::Replicate),
        (PhaseCode::Refit, Phase::Refit),
        (PhaseCode::Deletion, Phase::Deletion),
        (PhaseCode::Fold, Phase::Fold),
        (PhaseCode::Prediction, Phase::Prediction),
        (PhaseCode::Simulation, Phase::Simulation),
        (PhaseCode::Residuals, Phase::Residuals),
        (PhaseCode::Means, Phase::Means),
        (PhaseCode::Objective, Phase::Objective),
        (PhaseCode::Statistic, Phase::Statistic),
    ];
}

/// The name of a phase, such as "search"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_phase_name(code: MaybeUninit<PhaseCode>) -> *const c_char {
    name_of(code)
}

/// The phase that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the message lists the
/// names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_phase_from_name(name: *const c_char, out: *mut PhaseCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

/// How far a call is. The record and what it points to are valid only during the call of the progress function.
/// Since 0.1.
#[repr(C)]
pub struct Progress {
    /// The size of this record in the running library, in bytes. Later versions may add members at the end.
    pub struct_size: usize,
    /// What the call is at.
    pub phase: PhaseCode,
    /// How much of the phase is done.
    pub step: i64,
    /// Of how many, or -1 if that is not known.
    pub total: i64,
    /// The criterion at the last evaluation, or of the fit that was done last; NaN if there is none.
    pub objective: f64,
    /// The covariance parameters there [n_theta], followed by the residual correlation if there is one. May be NULL if `n_theta` is 0.
    pub theta: *const f64,
    /// The length of `theta`; 0 if there is none.
    pub n_theta: usize,
}

/// Hears how far a call is, with the pointer given to interlace_options_set_progress. It is called on the thread that made the call: at each
/// step of a phase, and otherwise about every 0.05 seconds, as far as no single evaluation or factorisation takes longer. A return value
/// other than 0 cancels the call, which then returns INTERLACE_E_CANCELLED and changes nothing. It must not throw, longjmp, free the
/// objects of the call or use them for another one that changes them.
/// @param progress How far the call is.
/// Since 0.1.
pub type ProgressFn = Option<unsafe extern "C" fn(progress: *const Progress, user_data: *mut c_void) -> i32>;
