//! Codes of models and of their parts.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::choice::Choice;
use crate::fit::Role;
use crate::formula::{CorrelationKind, StructureKind};
use crate::spec::{ModelKind, Threshold};

/// A kind of model.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelCode {
    /// No model.
    None = -1,
    /// Linear mixed model.
    Lmm = 1,
    /// Generalised linear mixed model: a family and a link, as interlace_spec_set_family sets them.
    Glmm = 2,
    /// Cumulative link mixed model for an ordered response: thresholds, and a link as interlace_spec_set_link sets it.
    Clmm = 3,
    /// Cox model with Gaussian frailties for survival times: Surv(time, event) ~ x + (1 | g).
    Coxme = 4,
}

impl Codes for ModelCode {
    type Meaning = ModelKind;
    const CODES: &'static [(Self, ModelKind)] = &[
        (ModelCode::Lmm, ModelKind::Lmm),
        (ModelCode::Glmm, ModelKind::Glmm),
        (ModelCode::Clmm, ModelKind::Clmm),
        (ModelCode::Coxme, ModelKind::Coxme),
    ];
}

/// The name of a kind of model, such as "glmm"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_model_name(code: MaybeUninit<ModelCode>) -> *const c_char {
    name_of(code)
}

/// The kind of model that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_model_from_name(name: *const c_char, out: *mut ModelCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

/// The covariance structure of the effects of a random term.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructureCode {
    /// No such term.
    None = -1,
    /// Any positive semidefinite matrix, as with plain bars.
    Unstructured = 0,
    /// No correlations.
    Diagonal = 1,
    /// One correlation for all pairs of effects.
    CompoundSymmetry = 2,
    /// The correlation of effects i and j is rho to the power |i - j|.
    Ar1 = 3,
}

impl Codes for StructureCode {
    type Meaning = StructureKind;
    const CODES: &'static [(Self, StructureKind)] = &[
        (StructureCode::Unstructured, StructureKind::Unstructured),
        (StructureCode::Diagonal, StructureKind::Diagonal),
        (StructureCode::CompoundSymmetry, StructureKind::CompoundSymmetry),
        (StructureCode::Ar1, StructureKind::Ar1),
    ];
}

/// The name of a covariance structure, such as "diagonal"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_structure_name(code: MaybeUninit<StructureCode>) -> *const c_char {
    name_of(code)
}

/// The covariance structure that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_structure_from_name(
    name: *const c_char,
    out: *mut StructureCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Whether all effects of a random term share one variance.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariancesCode {
    /// As in a formula: one for INTERLACE_STRUCTURE_AR1, one for each effect for others.
    Default = 0,
    /// One variance for all effects.
    Homogeneous = 1,
    /// A variance for each effect.
    Heterogeneous = 2,
}

impl Choice for VariancesCode {
    const LIST: &'static str = "variances";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (VariancesCode::Default, c"default"),
        (VariancesCode::Homogeneous, c"homogeneous"),
        (VariancesCode::Heterogeneous, c"heterogeneous"),
    ];
}

impl Codes for VariancesCode {
    type Meaning = Self;
    const CODES: &'static [(Self, Self)] = &[
        (VariancesCode::Default, VariancesCode::Default),
        (VariancesCode::Homogeneous, VariancesCode::Homogeneous),
        (VariancesCode::Heterogeneous, VariancesCode::Heterogeneous),
    ];
}

/// The name of a code for variances, such as "homogeneous"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_variances_name(code: MaybeUninit<VariancesCode>) -> *const c_char {
    name_of(code)
}

/// The code for variances that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_variances_from_name(
    name: *const c_char,
    out: *mut VariancesCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// How residuals of one group are correlated.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrelationCode {
    /// The residuals are not correlated.
    None = -1,
    /// Residuals at distance d in time have the correlation rho^d: autoregressive of order 1.
    Ar1 = 1,
    /// Any two residuals have the correlation rho.
    CompoundSymmetry = 2,
}

impl Codes for CorrelationCode {
    type Meaning = CorrelationKind;
    const CODES: &'static [(Self, CorrelationKind)] =
        &[(CorrelationCode::Ar1, CorrelationKind::Ar1), (CorrelationCode::CompoundSymmetry, CorrelationKind::CompoundSymmetry)];
}

/// The name of a residual correlation, such as "ar1"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_correlation_name(code: MaybeUninit<CorrelationCode>) -> *const c_char {
    name_of(code)
}

/// The residual correlation that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_correlation_from_name(
    name: *const c_char,
    out: *mut CorrelationCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// How the thresholds of an ordinal model are tied to each other.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThresholdCode {
    /// No thresholds.
    None = -1,
    /// Ascending, otherwise free.
    Flexible = 0,
    /// Symmetric about the middle one, or about the midpoint of the two middle ones.
    Symmetric = 1,
    /// Equally spaced, given by the first and one distance.
    Equidistant = 2,
}

impl Codes for ThresholdCode {
    type Meaning = Threshold;
    const CODES: &'static [(Self, Threshold)] = &[
        (ThresholdCode::Flexible, Threshold::Flexible),
        (ThresholdCode::Symmetric, Threshold::Symmetric),
        (ThresholdCode::Equidistant, Threshold::Equidistant),
    ];
}

/// The name of a structure of thresholds, such as "symmetric"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_threshold_name(code: MaybeUninit<ThresholdCode>) -> *const c_char {
    name_of(code)
}

/// The structure of thresholds that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_threshold_from_name(
    name: *const c_char,
    out: *mut ThresholdCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// A linear predictor of a model.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PredictorCode {
    /// No predictor: there is no such term.
    None = -1,
    /// That of the mean, on the scale of the link.
    Mean = 0,
    /// That of the zero inflation: the logit of the probability of an extra zero.
    ZeroInflation = 1,
    /// That of the dispersion: the logarithm of the family's first parameter; for gaussian, of its square, the variance; for an
    /// ordinal model, the logarithm of the scale.
    Dispersion = 2,
}

impl Codes for PredictorCode {
    type Meaning = Role;
    const CODES: &'static [(Self, Role)] = &[
        (PredictorCode::Mean, Role::Mean),
        (PredictorCode::ZeroInflation, Role::ZeroInflation),
        (PredictorCode::Dispersion, Role::Dispersion),
    ];
}

/// The name of a linear predictor, such as "dispersion"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_predictor_name(code: MaybeUninit<PredictorCode>) -> *const c_char {
    name_of(code)
}

/// The linear predictor that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_predictor_from_name(
    name: *const c_char,
    out: *mut PredictorCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
