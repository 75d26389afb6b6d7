//! Codes of tests and of marginal means.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::choice::Choice;
use crate::coxme::transform::TimeTransform;
use crate::inference::adjust::Adjustment;
use crate::inference::anova::AnovaType;
use crate::inference::contrast::Comparisons;
use crate::inference::marginal_means::{MeansMode, Weighting};

/// What the tests of an analysis of variance take as given.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnovaTypeCode {
    /// The terms before the one that is tested.
    I = 1,
    /// The terms that do not contain it.
    Ii = 2,
    /// All other terms: the coefficients of a term are made orthogonal to those of the terms that contain it (Goodnight 1976),
    /// whatever the coding.
    Iii = 3,
}

impl Codes for AnovaTypeCode {
    type Meaning = AnovaType;
    const CODES: &'static [(Self, AnovaType)] =
        &[(AnovaTypeCode::I, AnovaType::I), (AnovaTypeCode::Ii, AnovaType::II), (AnovaTypeCode::Iii, AnovaType::III)];
}

/// The name of a type of sums of squares, such as "iii"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_anova_type_name(code: MaybeUninit<AnovaTypeCode>) -> *const c_char {
    name_of(code)
}

/// The type of sums of squares that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_anova_type_from_name(
    name: *const c_char,
    out: *mut AnovaTypeCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// A function of time that hazard ratios may change with.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeTransformCode {
    /// 1 less Kaplan and Meier's estimate just before the time, of all rows together and without weights.
    Km = 0,
    /// The rank of the time among the ends of all rows, the mean rank of equal ones.
    Rank = 1,
    /// The time itself.
    Identity = 2,
    /// Its logarithm.
    Log = 3,
}

impl Codes for TimeTransformCode {
    type Meaning = TimeTransform;
    const CODES: &'static [(Self, TimeTransform)] = &[
        (TimeTransformCode::Km, TimeTransform::KaplanMeier),
        (TimeTransformCode::Rank, TimeTransform::Rank),
        (TimeTransformCode::Identity, TimeTransform::Identity),
        (TimeTransformCode::Log, TimeTransform::Log),
    ];
}

/// The name of a function of time, such as "km"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_time_transform_name(code: MaybeUninit<TimeTransformCode>) -> *const c_char {
    name_of(code)
}

/// The function of time that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_time_transform_from_name(
    name: *const c_char,
    out: *mut TimeTransformCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// How marginal means weight the levels that they average over.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightingCode {
    /// Equally.
    Equal = 0,
    /// Combinations of levels by their numbers of rows, or sums of weights, in the data.
    Proportional = 1,
}

impl Codes for WeightingCode {
    type Meaning = Weighting;
    const CODES: &'static [(Self, Weighting)] =
        &[(WeightingCode::Equal, Weighting::Equal), (WeightingCode::Proportional, Weighting::Proportional)];
}

/// The name of a weighting, such as "proportional"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_weighting_name(code: MaybeUninit<WeightingCode>) -> *const c_char {
    name_of(code)
}

/// The weighting that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_weighting_from_name(
    name: *const c_char,
    out: *mut WeightingCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// What of an ordinal model is averaged by marginal means.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeansModeCode {
    /// The latent variable; of other models the linear predictor.
    Latent = 0,
    /// The linear predictor at each threshold, the link of P(Y <= k).
    LinearPredictor = 1,
    /// P(Y <= k) at each threshold.
    Cumulative = 2,
    /// P(Y > k) at each threshold.
    Exceedance = 3,
    /// P(Y = k) of each category.
    Probabilities = 4,
    /// The mean of the category's number, from 1.
    MeanClass = 5,
}

impl Codes for MeansModeCode {
    type Meaning = MeansMode;
    const CODES: &'static [(Self, MeansMode)] = &[
        (MeansModeCode::Latent, MeansMode::Latent),
        (MeansModeCode::LinearPredictor, MeansMode::LinearPredictor),
        (MeansModeCode::Cumulative, MeansMode::Cumulative),
        (MeansModeCode::Exceedance, MeansMode::Exceedance),
        (MeansModeCode::Probabilities, MeansMode::Probabilities),
        (MeansModeCode::MeanClass, MeansMode::MeanClass),
    ];
}

/// The name of what marginal means of an ordinal model average, such as "mean_class"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_means_mode_name(code: MaybeUninit<MeansModeCode>) -> *const c_char {
    name_of(code)
}

/// What marginal means of an ordinal model average, by its name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_means_mode_from_name(
    name: *const c_char,
    out: *mut MeansModeCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// The scale of marginal means.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeansScaleCode {
    /// That of the linear predictor.
    Link = 0,
    /// That of the response: standard errors by the delta method, limits back-transformed. The same for a linear model and for the
    /// identity link.
    Response = 1,
    /// The same, corrected for random effects about the linear predictor by half their variance times the second derivative of the link's
    /// inverse.
    BiasAdjusted = 2,
}

impl Choice for MeansScaleCode {
    const LIST: &'static str = "means_scale";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (MeansScaleCode::Link, c"link"),
        (MeansScaleCode::Response, c"response"),
        (MeansScaleCode::BiasAdjusted, c"bias_adjusted"),
    ];
}

impl Codes for MeansScaleCode {
    type Meaning = Self;
    const CODES: &'static [(Self, Self)] = &[
        (MeansScaleCode::Link, MeansScaleCode::Link),
        (MeansScaleCode::Response, MeansScaleCode::Response),
        (MeansScaleCode::BiasAdjusted, MeansScaleCode::BiasAdjusted),
    ];
}

/// The name of a scale of marginal means, such as "response"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_means_scale_name(code: MaybeUninit<MeansScaleCode>) -> *const c_char {
    name_of(code)
}

/// The scale of marginal means that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_means_scale_from_name(
    name: *const c_char,
    out: *mut MeansScaleCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Which marginal means are compared.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonsCode {
    /// Each mean minus each later one.
    Pairwise = 0,
    /// Each mean minus the first.
    TreatmentControl = 1,
    /// Each mean minus the average of all.
    Effects = 2,
}

impl Codes for ComparisonsCode {
    type Meaning = Comparisons;
    const CODES: &'static [(Self, Comparisons)] = &[
        (ComparisonsCode::Pairwise, Comparisons::Pairwise),
        (ComparisonsCode::TreatmentControl, Comparisons::TreatmentControl),
        (ComparisonsCode::Effects, Comparisons::Effects),
    ];
}

/// The name of a kind of comparisons, such as "pairwise"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_comparisons_name(code: MaybeUninit<ComparisonsCode>) -> *const c_char {
    name_of(code)
}

/// The kind of comparisons that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_comparisons_from_name(
    name: *const c_char,
    out: *mut ComparisonsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// How the p-values and intervals of several comparisons answer for each other.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdjustmentCode {
    /// Tukey's for pairwise comparisons, Holm's for others.
    Default = 0,
    /// Not at all.
    None = 1,
    /// The studentised range, only for pairwise comparisons.
    Tukey = 2,
    /// Bonferroni's.
    Bonferroni = 3,
    /// Holm's; intervals are Bonferroni's.
    Holm = 4,
    /// The false discovery rate of Benjamini and Hochberg; intervals are Bonferroni's.
    Fdr = 5,
    /// Sidak's.
    Sidak = 6,
}

impl Codes for AdjustmentCode {
    type Meaning = Adjustment;
    const CODES: &'static [(Self, Adjustment)] = &[
        (AdjustmentCode::Default, Adjustment::Default),
        (AdjustmentCode::None, Adjustment::None),
        (AdjustmentCode::Tukey, Adjustment::Tukey),
        (AdjustmentCode::Bonferroni, Adjustment::Bonferroni),
        (AdjustmentCode::Holm, Adjustment::Holm),
        (AdjustmentCode::Fdr, Adjustment::FalseDiscovery),
        (AdjustmentCode::Sidak, Adjustment::Sidak),
    ];
}

/// The name of an adjustment, such as "holm"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_adjustment_name(code: MaybeUninit<AdjustmentCode>) -> *const c_char {
    name_of(code)
}

/// The adjustment that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_adjustment_from_name(
    name: *const c_char,
    out: *mut AdjustmentCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
