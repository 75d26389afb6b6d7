//! Codes of simulations, bootstraps and profiles.

use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::inference::profile::ProfileScale;
use crate::resample::RandomEffects;

/// The random effects of simulated responses.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimulationCode {
    /// Newly drawn in each replicate.
    New = 0,
    /// Those of the fit, that is its conditional modes.
    Conditional = 1,
}

impl Codes for SimulationCode {
    type Meaning = RandomEffects;
    const CODES: &'static [(Self, RandomEffects)] =
        &[(SimulationCode::New, RandomEffects::New), (SimulationCode::Conditional, RandomEffects::Conditional)];
}

/// The name of a kind of simulation, such as "conditional"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_simulation_name(code: MaybeUninit<SimulationCode>) -> *const c_char {
    name_of(code)
}

/// The kind of simulation that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_simulation_from_name(
    name: *const c_char,
    out: *mut SimulationCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// The parameters that are profiled.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileScaleCode {
    /// All, with random effects as standard deviations and correlations.
    SdCor = 0,
    /// Only the elements of theta.
    Theta = 1,
}

impl Codes for ProfileScaleCode {
    type Meaning = ProfileScale;
    const CODES: &'static [(Self, ProfileScale)] =
        &[(ProfileScaleCode::SdCor, ProfileScale::SdCor), (ProfileScaleCode::Theta, ProfileScale::Theta)];
}

/// The name of a scale of profiles, such as "theta"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_profile_scale_name(code: MaybeUninit<ProfileScaleCode>) -> *const c_char {
    name_of(code)
}

/// The scale of profiles that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_profile_scale_from_name(
    name: *const c_char,
    out: *mut ProfileScaleCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
