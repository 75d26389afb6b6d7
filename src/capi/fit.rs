//! Fits: how they are made, and their scalars.

use std::ptr::null;
use std::sync::OnceLock;

use super::boundary::{boundary, query};
use super::buffer::{array_target, copy_out, slice, target};
use super::c_char;
use super::codes::code_of;
use super::frame::FrameHandle;
use super::handle::{free, give, need};
use super::options::{OptionsHandle, settings};
use super::options_lists::MethodCode;
use super::progress::watched;
use super::spec::SpecHandle;
use super::spec_lists::ModelCode;
use super::status::{ErrorRecord, Status};
use super::strings::StringTable;
use crate::error::{Error, Result};
use crate::fit::{Fit, Instead, Points};
use crate::inference::degrees_of_freedom::{KenwardRoger, Satterthwaite};
use crate::options::Options;

/// A fitted model. It never changes, borrows nothing from its frame, spec and options, and many threads may use it at once.
/// Strings that its functions return live as long as the fit. Its random terms are numbered from 0 in the order of the formula; those of the
/// zero inflation and then those of the dispersion follow those of the mean.
/// Since 0.1.
pub struct FitHandle {
    pub(super) fit: Fit,
    /// Those it was made with.
    pub(super) options: Options,
    pub(super) strings: Strings,
    /// Computed when it is first asked for.
    pub(super) satterthwaite: OnceLock<Satterthwaite>,
    pub(super) kenward_roger: OnceLock<KenwardRoger>,
}

/// The strings of a fit as C sees them.
#[derive(Default)]
pub(super) struct Strings {
    pub(super) formula: StringTable,
    pub(super) options: StringTable,
    pub(super) priors: StringTable,
    /// One a kind of degrees of freedom.
    pub(super) summaries: [StringTable; 5],
    /// One a predictor.
    pub(super) fixef: [StringTable; 3],
    pub(super) dropped_columns: [StringTable; 3],
    pub(super) family: StringTable,
    pub(super) link: StringTable,
    pub(super) family_parameters: StringTable,
    pub(super) categories: StringTable,
    pub(super) thresholds: StringTable,
    pub(super) nominal: StringTable,
    /// One a form.
    pub(super) parameter_ids: [StringTable; 4],
    pub(super) parameter_names: [StringTable; 4],
    pub(super) theta: StringTable,
    pub(super) groups: StringTable,
    /// One a term.
    pub(super) effects: Vec<StringTable>,
    pub(super) levels: Vec<StringTable>,
    pub(super) boundary: StringTable,
    pub(super) decision: StringTable,
    pub(super) correlation: StringTable,
    pub(super) separated: StringTable,
    pub(super) robust: StringTable,
    pub(super) warnings: StringTable,
    pub(super) dropped_rows: StringTable,
    pub(super) tables: StringTable,
}

impl FitHandle {
    pub(super) fn new(fit: Fit, options: Options) -> Self {
        let per_term = || fit.all_terms().map(|_| StringTable::default()).collect();
        let strings = Strings { effects: per_term(), levels: per_term(), ..Strings::default() };
        FitHandle { fit, options, strings, satterthwaite: OnceLock::new(), kenward_roger: OnceLock::new() }
    }
}

// The header promises that threads may share a fit.
const _: () = {
    const fn shareable<T: Send + Sync>() {}
    shareable::<FitHandle>();
};

/// Fits the model `spec` to `data`, which a formula needs and arrays ignore. `options` may be NULL.
/// A fit whose optimiser did not converge is still a fit: see interlace_fit_converged and interlace_fit_warning.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_new(
    spec: Option<&SpecHandle>,
    data: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FitHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, out) = (need(spec, "spec")?, target(out, "out")?);
        let data = data.map(|data| &data.frame);
        let settings = settings(options);
        let fit = watched(options, |watch| Fit::new(&spec.spec, data, &settings, watch))?;
        out.write(give(FitHandle::new(fit, settings))?);
        Ok(())
    })
}

/// Refits the model of a REML fit, on the same rows, by maximum likelihood, so that interlace_fit_compare can compare it with a
/// model with other fixed effects; a maximum likelihood fit is copied.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_refit_ml(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FitHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (whole_or(fit, Instead::Options)?, target(out, "out")?);
        let settings = Options { reml: false, reml_generalised: false, ..handle.options.clone() };
        out.write(give(FitHandle::new(watched(options, |watch| handle.fit.refit_ml(watch))?, settings))?);
        Ok(())
    })
}

/// Evaluates the objective of a model (the deviance, or for REML the REML criterion) without fitting it: `values` [n_points] at the points
/// `theta` [n_theta,n_points], one column per point, in the order of interlace_fit_theta_name. A point of a generalised model is theta, then the
/// fixed effects of the mean, the zero inflation and the dispersion, then the family's parameters on their working scale.
/// `data` and `options` are as for interlace_fit_new. INTERLACE_E_ARGUMENT if `n_theta` is not the model's number of parameters.
/// @param n_theta The number of parameters of a point.
/// @param n_points The number of points.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_objective(
    spec: Option<&SpecHandle>,
    data: Option<&FrameHandle>,
    theta: *const f64,
    n_theta: usize,
    n_points: usize,
    options: Option<&OptionsHandle>,
    values: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = need(spec, "spec")?;
        array_target(values, len, n_points, "values")?;
        let count = n_theta.checked_mul(n_points);
        let count = count.ok_or_else(|| Error::argument("n_theta times n_points is larger than the address space"))?;
        let theta = slice(theta, count, "theta")?;
        let data = data.map(|data| &data.frame);
        let points = Points { numbers: theta, each: Some(n_theta) };
        let result = watched(options, |watch| Fit::objective_at(&spec.spec, data, &settings(options), points, watch))?;
        copy_out(&result, values, len)
    })
}

/// Frees a fit. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_free(fit: Option<Box<FitHandle>>) {
    free(fit);
}

/// The kind of model; INTERLACE_MODEL_NONE for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_model(fit: Option<&FitHandle>) -> ModelCode {
    query(ModelCode::None, || code_of(fit?.fit.kind.model()))
}

/// The formula as it was given; empty for a model from arrays.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_formula(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.formula.get(&[&f.fit.formula], 0)))
}

/// Which likelihood the fit maximises, INTERLACE_METHOD_REML or INTERLACE_METHOD_ML; INTERLACE_METHOD_DEFAULT for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_method(fit: Option<&FitHandle>) -> MethodCode {
    query(MethodCode::Default, || Some(if fit?.fit.reml { MethodCode::Reml } else { MethodCode::Ml }))
}

/// Whether the fit is singular: some linear combination of random effects has a variance of exactly zero.
/// interlace_fit_boundary says which.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_is_singular(fit: Option<&FitHandle>) -> bool {
    query(false, || Some(fit?.fit.singular))
}

/// Number of rows used.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_obs(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.n_obs))
}

/// Residual degrees of freedom: rows used minus parameters.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_df_residual(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.df_residual))
}

/// Standard deviation of the residuals, in units of the response. For a generalised model the dispersion as in R's sigma(): the family's
/// first parameter, but 1/sqrt(shape) for gamma and 1/sqrt(lambda) for inverse_gaussian; 1 for families without parameters and for ordinal
/// models, NaN with a dispersion formula and for Cox models. NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_sigma(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.sigma))
}

/// Log-likelihood (natural logarithm, with all constants), restricted for a fit by REML. NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_log_likelihood(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.log_likelihood))
}

/// The minimised objective: the deviance, or for a fit by REML the REML criterion; with priors without what they add to it
/// (interlace_fit_prior_penalty). NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_criterion(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.criterion))
}

/// Akaike's information criterion. NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_aic(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.aic))
}

/// Akaike's information criterion corrected for small samples (Hurvich & Tsai 1989), AIC + 2 k (k + 1) / (n - k - 1) with k parameters and n rows used, of a Cox
/// model n events. NaN for NULL, and where n is not larger than k + 1.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_aicc(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.aicc()))
}

/// Bayesian information criterion. NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_bic(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.bic))
}

/// The fit behind the handle, which has its rows.
pub(super) fn fit_of(fit: Option<&FitHandle>) -> Result<&Fit> {
    whole(fit).map(|f| &f.fit)
}

/// The handle of a fit that has its rows.
pub(super) fn whole(fit: Option<&FitHandle>) -> Result<&FitHandle> {
    whole_or(fit, Instead::SecondPass)
}

/// The same, where something else takes the place of rows.
pub(super) fn whole_or(fit: Option<&FitHandle>, instead: Instead) -> Result<&FitHandle> {
    let handle = need(fit, "fit")?;
    handle.fit.need_rows_or("fit", instead).map(|()| handle)
}

/// The handle of a fit that has its rows, or sums in their place.
pub(super) fn summed(fit: Option<&FitHandle>) -> Result<&FitHandle> {
    let handle = need(fit, "fit")?;
    handle.fit.need_rows_or_sums("fit").map(|()| handle)
}

/// The fit behind the handle, for what needs no rows.
pub(super) fn estimates_of(fit: Option<&FitHandle>) -> Result<&Fit> {
    need(fit, "fit").map(|f| &f.fit)
}
