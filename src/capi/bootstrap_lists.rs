//! Codes of bootstraps.

use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::resample::IntervalKind;

/// How limits follow from bootstrap replicates.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootstrapIntervalCode {
    /// Quantiles of the replicates.
    Percentile = 0,
    /// Twice the estimate minus the quantiles of the replicates.
    Basic = 1,
    /// The normal distribution with the standard deviation of the replicates, corrected for their bias.
    Normal = 2,
    /// Quantiles of the replicates at levels corrected for bias and acceleration, the latter from fits without each group.
    Bca = 3,
}

impl Codes for BootstrapIntervalCode {
    type Meaning = IntervalKind;
    const CODES: &'static [(Self, IntervalKind)] = &[
        (BootstrapIntervalCode::Percentile, IntervalKind::Percentile),
        (BootstrapIntervalCode::Basic, IntervalKind::Basic),
        (BootstrapIntervalCode::Normal, IntervalKind::Normal),
        (BootstrapIntervalCode::Bca, IntervalKind::Accelerated),
    ];
}

/// The name of a kind of bootstrap interval, such as "bca"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_bootstrap_interval_name(code: MaybeUninit<BootstrapIntervalCode>) -> *const c_char {
    name_of(code)
}

/// The kind of bootstrap interval that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
/// is none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_interval_from_name(
    name: *const c_char,
    out: *mut BootstrapIntervalCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
