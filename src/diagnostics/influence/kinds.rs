//! How estimates without a case are had, and how that ended.

use std::ffi::CStr;

use crate::choice::Choice;

/// How estimates without a case are had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InfluenceMethod {
    /// By a search from the estimates of all rows, to its end.
    #[default]
    Refit,
    /// By one Newton step from these, with the Hessian of all rows.
    OneStep,
    /// With the parameters of the covariances held.
    Fixed,
}

impl Choice for InfluenceMethod {
    const LIST: &'static str = "influence method";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(InfluenceMethod::Refit, c"refit"), (InfluenceMethod::OneStep, c"one_step"), (InfluenceMethod::Fixed, c"fixed")];
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseStatus {
    Converged,
    /// Converged, and a linear combination of random effects has no variance.
    Singular,
    /// There are estimates, but the search for them did not end at a minimum.
    NotConverged,
    /// A fixed effect has no estimate without it.
    RankLost,
    /// There are no estimates.
    Failed,
}

impl Choice for CaseStatus {
    const LIST: &'static str = "status of a case";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (CaseStatus::Converged, c"converged"),
        (CaseStatus::Singular, c"singular"),
        (CaseStatus::NotConverged, c"not_converged"),
        (CaseStatus::RankLost, c"rank_lost"),
        (CaseStatus::Failed, c"failed"),
    ];
}
