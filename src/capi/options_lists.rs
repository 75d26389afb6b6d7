//! Codes of how a model is fitted.

use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::design::NaPolicy;
use crate::optimize::Method;
use crate::options::{Estimation, FixedEffectsBy, Information, RandomTerms, StdErrors, Unidentified};

/// Which likelihood a fit maximises.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodCode {
    /// REML for linear models, maximum likelihood for others.
    Default = 0,
    /// The restricted likelihood, with the fixed effects of the mean integrated out.
    Reml = 1,
    /// The likelihood.
    Ml = 2,
}

impl Codes for MethodCode {
    type Meaning = Estimation;
    const CODES: &'static [(Self, Estimation)] =
        &[(MethodCode::Default, Estimation::Default), (MethodCode::Reml, Estimation::Reml), (MethodCode::Ml, Estimation::Ml)];
}

/// The name of a method, such as "reml"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_method_name(code: MaybeUninit<MethodCode>) -> *const c_char {
    name_of(code)
}

/// The method that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the message
/// lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_method_from_name(name: *const c_char, out: *mut MethodCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

/// A minimiser of the criterion.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimizerCode {
    /// Newton's method with analytic gradients. The default.
    Newton = 0,
    /// Limited-memory BFGS with analytic gradients.
    Lbfgsb = 1,
    /// Powell's quadratic models, from values only.
    Bobyqa = 2,
    /// The simplex method, from values only.
    NelderMead = 3,
}

impl Codes for OptimizerCode {
    type Meaning = Method;
    const CODES: &'static [(Self, Method)] = &[
        (OptimizerCode::Newton, Method::Newton),
        (OptimizerCode::Lbfgsb, Method::Lbfgs),
        (OptimizerCode::Bobyqa, Method::Bobyqa),
        (OptimizerCode::NelderMead, Method::NelderMead),
    ];
}

/// The name of an optimizer, such as "bobyqa"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_optimizer_name(code: MaybeUninit<OptimizerCode>) -> *const c_char {
    name_of(code)
}

/// The optimizer that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_optimizer_from_name(
    name: *const c_char,
    out: *mut OptimizerCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// What is done with rows that have missing values.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NaCode {
    /// They are left out and reported. The default.
    Omit = 0,
    /// A missing value is an error, INTERLACE_E_DATA.
    Error = 1,
    /// They are left out of the fit, and results per row have NaN for them.
    Pad = 2,
}

impl Codes for NaCode {
    type Meaning = NaPolicy;
    const CODES: &'static [(Self, NaPolicy)] =
        &[(NaCode::Omit, NaPolicy::Omit), (NaCode::Error, NaPolicy::Error), (NaCode::Pad, NaPolicy::Pad)];
}

/// The name of a policy for missing values, such as "omit"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_na_name(code: MaybeUninit<NaCode>) -> *const c_char {
    name_of(code)
}

/// The policy for missing values that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_na_from_name(name: *const c_char, out: *mut NaCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

/// What the Laplace approximation of a generalised model is made of.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InformationCode {
    /// Not a generalised model.
    None = -1,
    /// The observed information (the second derivatives of the log-likelihood). The default.
    Observed = 0,
    /// The expected second derivatives (Fisher information), as in lme4; the same for canonical links.
    Expected = 1,
}

impl Codes for InformationCode {
    type Meaning = Information;
    const CODES: &'static [(Self, Information)] =
        &[(InformationCode::Observed, Information::Observed), (InformationCode::Expected, Information::Expected)];
}

/// The name of a kind of information, such as "expected"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_information_name(code: MaybeUninit<InformationCode>) -> *const c_char {
    name_of(code)
}

/// The kind of information that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_information_from_name(
    name: *const c_char,
    out: *mut InformationCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// What the fixed effects of a Cox model maximise.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixedEffectsCode {
    /// The penalised likelihood, jointly with the random effects, as in coxme. The default.
    Joint = 0,
    /// The integrated likelihood, jointly with the parameters of the random effects.
    Integrated = 1,
}

impl Codes for FixedEffectsCode {
    type Meaning = FixedEffectsBy;
    const CODES: &'static [(Self, FixedEffectsBy)] =
        &[(FixedEffectsCode::Joint, FixedEffectsBy::Joint), (FixedEffectsCode::Integrated, FixedEffectsBy::Integrated)];
}

/// The name of what fixed effects maximise, such as "integrated"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fixed_effects_name(code: MaybeUninit<FixedEffectsCode>) -> *const c_char {
    name_of(code)
}

/// What fixed effects maximise by its name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the message
/// lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fixed_effects_from_name(
    name: *const c_char,
    out: *mut FixedEffectsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Where the standard errors of a generalised model come from.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StdErrorsCode {
    /// The Hessian of the marginal log-likelihood in all parameters. The default.
    Marginal = 0,
    /// The curvature given the parameters of the random effects: cheaper, but too small.
    Conditional = 1,
}

impl Codes for StdErrorsCode {
    type Meaning = StdErrors;
    const CODES: &'static [(Self, StdErrors)] =
        &[(StdErrorsCode::Marginal, StdErrors::Marginal), (StdErrorsCode::Conditional, StdErrors::Conditional)];
}

/// The name of a kind of standard errors, such as "marginal"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_std_errors_name(code: MaybeUninit<StdErrorsCode>) -> *const c_char {
    name_of(code)
}

/// The kind of standard errors that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_std_errors_from_name(
    name: *const c_char,
    out: *mut StdErrorsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// What is done with random effects that the data cannot tell from each other or from the residual.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnidentifiedCode {
    /// Random terms about which the data say nothing (as many random effects as rows, with a residual) are an error, others get a
    /// warning. The default.
    Error = 0,
    /// Always a warning.
    Warning = 1,
    /// Neither: the model is fitted without a check.
    Ignore = 2,
}

impl Codes for UnidentifiedCode {
    type Meaning = Unidentified;
    const CODES: &'static [(Self, Unidentified)] = &[
        (UnidentifiedCode::Error, Unidentified::Error),
        (UnidentifiedCode::Warning, Unidentified::Warning),
        (UnidentifiedCode::Ignore, Unidentified::Ignore),
    ];
}

/// The name of a code for unidentified terms, such as "warning"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_unidentified_name(code: MaybeUninit<UnidentifiedCode>) -> *const c_char {
    name_of(code)
}

/// The code for unidentified terms that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
/// is none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_unidentified_from_name(
    name: *const c_char,
    out: *mut UnidentifiedCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Whether a model may be without random terms.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RandomTermsCode {
    /// A model without random terms or residual correlation is an error: most who leave them out have forgotten them. The default.
    Required = 0,
    /// It is fitted: a linear, generalised, ordinal or Cox model with fixed effects only.
    Optional = 1,
}

impl Codes for RandomTermsCode {
    type Meaning = RandomTerms;
    const CODES: &'static [(Self, RandomTerms)] =
        &[(RandomTermsCode::Required, RandomTerms::Required), (RandomTermsCode::Optional, RandomTerms::Optional)];
}

/// The name of a code for the need of random terms, such as "optional"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_random_terms_name(code: MaybeUninit<RandomTermsCode>) -> *const c_char {
    name_of(code)
}

/// The code for the need of random terms that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
/// is none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_random_terms_from_name(
    name: *const c_char,
    out: *mut RandomTermsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
