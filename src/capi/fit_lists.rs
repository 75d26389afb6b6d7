//! Codes of what a fit tells.

use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::diagnostics::{FixefResiduals, LeverageKind, ResidualKind};
use crate::fit::{InformationMatrix, ParameterForm};
use crate::inference::degrees_of_freedom::DfMethod;
use crate::inference::parameters::ParameterLimits;
use crate::optimize::Reason;

/// Why the search for the parameters of a fit ended.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonCode {
    /// No fit.
    None = -1,
    /// The optimum was reached.
    Converged = 0,
    /// No further decrease is possible in floating point, and the scaled gradient is small: below 1e-3, or below 0.03 if the digits
    /// of the criterion have cancelled.
    RoundoffLimited = 1,
    /// The fit used all evaluations allowed.
    MaxEvaluations = 2,
    /// The fit used all the time allowed.
    Deadline = 3,
    /// The line search failed far from a stationary point.
    NoProgress = 4,
}

impl Codes for ReasonCode {
    type Meaning = Reason;
    const CODES: &'static [(Self, Reason)] = &[
        (ReasonCode::Converged, Reason::Converged),
        (ReasonCode::RoundoffLimited, Reason::RoundoffLimited),
        (ReasonCode::MaxEvaluations, Reason::MaxEvaluations),
        (ReasonCode::Deadline, Reason::Deadline),
        (ReasonCode::NoProgress, Reason::NoProgress),
    ];
}

/// The name of a reason, such as "max_evaluations"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_reason_name(code: MaybeUninit<ReasonCode>) -> *const c_char {
    name_of(code)
}

/// The reason that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the message
/// lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_reason_from_name(name: *const c_char, out: *mut ReasonCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

/// A kind of residuals.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResidualsCode {
    /// Response minus fitted value; of a Cox model the martingale residual, events minus events expected.
    Response = 0,
    /// Response minus fitted value, times the square root of the weight; for a generalised model, divided by the standard deviation
    /// of the response.
    Pearson = 1,
    /// Response minus fitted value, divided by the derivative of the mean in the linear predictor.
    Working = 2,
    /// The signed square root of the unit deviance; for a linear model those of INTERLACE_RESIDUALS_PEARSON.
    /// Of a Cox model those of Poisson counts whose means are the events expected. INTERLACE_E_UNSUPPORTED for a mixture with zeros and for
    /// families without a deviance.
    Deviance = 3,
    /// Those of INTERLACE_RESIDUALS_PEARSON divided by the residual standard deviation and, if they are correlated within groups,
    /// made independent: for AR(1) each minus its expectation given the previous one, for compound symmetry by the symmetric root.
    Normalized = 4,
    /// Response minus fitted value, times the square root of the weight, divided by its own standard deviation sigma sqrt(1 - h), h as by
    /// INTERLACE_LEVERAGE_OVERALL; if residuals are correlated, what is left of it after the other rows have foretold it, by its standard
    /// deviation. NaN if a row determines a fixed effect by itself. Only of linear models.
    Standardized = 5,
    /// Response minus its mean without knowledge of the group: over the random effects. Not of ordinal and Cox models.
    Marginal = 6,
    /// Those of INTERLACE_RESIDUALS_MARGINAL, times the square root of the weight, multiplied by the inverse of the Cholesky factor of their covariance,
    /// in the order of the rows: independent with variance one if the model is true, but for what is estimated. If residuals are correlated within groups these are
    /// made independent before, as for INTERLACE_RESIDUALS_NORMALIZED. Only of linear models.
    Cholesky = 7,
    /// Residuals of separate regressions of the response on the fixed-effects columns in each group of the random term with most levels, by least squares
    /// with the weights. Columns that depend on others within a group are left out there. Only of linear models with random effects.
    LeastSquares = 8,
    /// Those of INTERLACE_RESIDUALS_LEAST_SQUARES times the square root of the weight, divided by sqrt(1 - h), where h is the leverage within the group; NaN if h is 1.
    SemiStandardized = 9,
    /// Those of INTERLACE_RESIDUALS_SEMI_STANDARDIZED divided by the residual standard deviation of the group's regression; NaN if it has none.
    LeastSquaresStandardized = 10,
}

impl Codes for ResidualsCode {
    type Meaning = ResidualKind;
    const CODES: &'static [(Self, ResidualKind)] = &[
        (ResidualsCode::Response, ResidualKind::Response),
        (ResidualsCode::Pearson, ResidualKind::Pearson),
        (ResidualsCode::Working, ResidualKind::Working),
        (ResidualsCode::Deviance, ResidualKind::Deviance),
        (ResidualsCode::Normalized, ResidualKind::Normalized),
        (ResidualsCode::Standardized, ResidualKind::Standardized),
        (ResidualsCode::Marginal, ResidualKind::Marginal),
        (ResidualsCode::Cholesky, ResidualKind::Cholesky),
        (ResidualsCode::LeastSquares, ResidualKind::LeastSquares),
        (ResidualsCode::SemiStandardized, ResidualKind::SemiStandardized),
        (ResidualsCode::LeastSquaresStandardized, ResidualKind::LeastSquaresStandardized),
    ];
}

/// The name of a kind of residuals, such as "pearson"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_residuals_name(code: MaybeUninit<ResidualsCode>) -> *const c_char {
    name_of(code)
}

/// The kind of residuals that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_residuals_from_name(
    name: *const c_char,
    out: *mut ResidualsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// A kind of residuals of a Cox model with a number for each row and fixed effect.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixefResidualsCode {
    /// What the row adds to the score of the coefficient, for a weight of 1. Times the weights they add up to 0.
    Score = 0,
    /// What the row adds to the coefficient, its weight included: the derivative of the estimate in the logarithm of the weight. Random
    /// effects are estimated anew, their covariance is not.
    Dfbeta = 1,
    /// Those of INTERLACE_FIXEF_RESIDUALS_DFBETA divided by the standard error of the coefficient.
    Dfbetas = 2,
}

impl Codes for FixefResidualsCode {
    type Meaning = FixefResiduals;
    const CODES: &'static [(Self, FixefResiduals)] = &[
        (FixefResidualsCode::Score, FixefResiduals::Score),
        (FixefResidualsCode::Dfbeta, FixefResiduals::Dfbeta),
        (FixefResidualsCode::Dfbetas, FixefResiduals::Dfbetas),
    ];
}

/// The name of a kind of residuals of fixed effects, such as "dfbeta"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fixef_residuals_name(code: MaybeUninit<FixefResidualsCode>) -> *const c_char {
    name_of(code)
}

/// The kind of residuals of fixed effects that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if
/// there is none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fixef_residuals_from_name(
    name: *const c_char,
    out: *mut FixefResidualsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Which part of a row's leverage.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeverageCode {
    /// The derivative of the fitted value in the response of the row, at the estimated covariances: the diagonal of the matrix that turns
    /// responses into fitted values. lme4's hatvalues.
    Overall = 0,
    /// That of the fixed effects' part of the fitted value. Its sum is the number of fixed effects.
    Fixef = 1,
    /// That of the random effects' part: INTERLACE_LEVERAGE_OVERALL less INTERLACE_LEVERAGE_FIXEF.
    Ranef = 2,
    /// The variance of the random effects' part of the response, in units of the residual variance: a random part that does not depend on
    /// the fixed effects.
    RanefVariance = 3,
}

impl Codes for LeverageCode {
    type Meaning = LeverageKind;
    const CODES: &'static [(Self, LeverageKind)] = &[
        (LeverageCode::Overall, LeverageKind::Overall),
        (LeverageCode::Fixef, LeverageKind::Fixed),
        (LeverageCode::Ranef, LeverageKind::Random),
        (LeverageCode::RanefVariance, LeverageKind::Variance),
    ];
}

/// The name of a part of the leverage, such as "fixef"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_leverage_name(code: MaybeUninit<LeverageCode>) -> *const c_char {
    name_of(code)
}

/// The part of the leverage that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_leverage_from_name(
    name: *const c_char,
    out: *mut LeverageCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// In what form all parameters of a fit are given. Fixed effects, thresholds and nominal effects are the same in both.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterFormCode {
    /// As they are estimated: theta; the family's parameters on their working scales, which are logarithms (for gaussian, of the
    /// variance), logits (for tweedie, of the power minus 1), lower_cut itself; of a linear model log(sigma), and the residual
    /// correlation as log((rho - l) / (1 - rho)), l being its least value.
    Working = 0,
    /// As they are reported: standard deviations and correlations of random effects, sigma, the residual correlation, the family's
    /// parameters.
    Reported = 1,
    /// Variances and covariances of random effects, the square of sigma; the rest as reported. A correlation that all effects of a term
    /// have in common stays one.
    Variance = 2,
    /// Without bounds: the logarithms of standard deviations and of sigma, atanh of correlations (Fisher's z), log((rho - l) / (1 - rho)) of a
    /// correlation that all effects or residuals have in common, l being its least value; the family's parameters on their working scales.
    Log = 3,
}

impl Codes for ParameterFormCode {
    type Meaning = ParameterForm;
    const CODES: &'static [(Self, ParameterForm)] = &[
        (ParameterFormCode::Working, ParameterForm::Working),
        (ParameterFormCode::Reported, ParameterForm::Reported),
        (ParameterFormCode::Variance, ParameterForm::Variance),
        (ParameterFormCode::Log, ParameterForm::Log),
    ];
}

/// The name of a form of parameters, such as "reported"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_parameter_form_name(code: MaybeUninit<ParameterFormCode>) -> *const c_char {
    name_of(code)
}

/// The form of parameters that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_parameter_form_from_name(
    name: *const c_char,
    out: *mut ParameterFormCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// The scale on which Wald limits of variances, correlations and family parameters are symmetric.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterLimitsCode {
    /// That of INTERLACE_PARAMETER_FORM_LOG, from which they are taken back: they are within the range of the parameter.
    Unbounded = 0,
    /// The parameter's own.
    Plain = 1,
}

impl Codes for ParameterLimitsCode {
    type Meaning = ParameterLimits;
    const CODES: &'static [(Self, ParameterLimits)] =
        &[(ParameterLimitsCode::Unbounded, ParameterLimits::Unbounded), (ParameterLimitsCode::Plain, ParameterLimits::Plain)];
}

/// The name of a scale of limits, such as "plain"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_parameter_limits_name(code: MaybeUninit<ParameterLimitsCode>) -> *const c_char {
    name_of(code)
}

/// The scale of limits that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_parameter_limits_from_name(
    name: *const c_char,
    out: *mut ParameterLimitsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Which matrix is the information of a likelihood.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InformationMatrixCode {
    /// Minus the second derivatives of the log-likelihood.
    Observed = 0,
    /// Of a linear model: the average of the observed and the expected information of variances and covariances (Gilmour, Thompson and
    /// Cullis 1995), and the expected one of the fixed effects.
    Average = 1,
}

impl Codes for InformationMatrixCode {
    type Meaning = InformationMatrix;
    const CODES: &'static [(Self, InformationMatrix)] = &[
        (InformationMatrixCode::Observed, InformationMatrix::Observed),
        (InformationMatrixCode::Average, InformationMatrix::Average),
    ];
}

/// The name of an information matrix, such as "average"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_information_matrix_name(code: MaybeUninit<InformationMatrixCode>) -> *const c_char {
    name_of(code)
}

/// The information matrix that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_information_matrix_from_name(
    name: *const c_char,
    out: *mut InformationMatrixCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Degrees of freedom of tests and intervals of the fixed effects.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DfCode {
    /// Satterthwaite's for linear models (the normal distribution if they cannot be computed, which the results say), the normal
    /// distribution for others.
    Default = 0,
    /// Infinite: the normal distribution for estimates divided by their standard errors.
    Normal = 1,
    /// The rows used minus the fixed effects and, for an ordinal model, minus the parameters of its thresholds.
    Residual = 2,
    /// Satterthwaite's, for linear models.
    Satterthwaite = 3,
    /// Kenward and Roger's, with standard errors from their adjusted covariance and scaled F tests, for linear models fitted by
    /// REML.
    KenwardRoger = 4,
}

impl Codes for DfCode {
    type Meaning = DfMethod;
    const CODES: &'static [(Self, DfMethod)] = &[
        (DfCode::Default, DfMethod::Default),
        (DfCode::Normal, DfMethod::Normal),
        (DfCode::Residual, DfMethod::Residual),
        (DfCode::Satterthwaite, DfMethod::Satterthwaite),
        (DfCode::KenwardRoger, DfMethod::KenwardRoger),
    ];
}

/// The name of a kind of degrees of freedom, such as "kenward_roger"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_df_name(code: MaybeUninit<DfCode>) -> *const c_char {
    name_of(code)
}

/// The kind of degrees of freedom that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
/// is none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_df_from_name(name: *const c_char, out: *mut DfCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}
