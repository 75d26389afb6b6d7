//! Tests of hypotheses: Wald tests within a fit, likelihood-ratio tests between fits.

use std::mem::MaybeUninit;
use std::sync::OnceLock;

use super::boundary::boundary;
use super::buffer::{copy_out, matrix, optional_slice, slice, target};
use super::codes::meaning;
use super::fit::{FitHandle, summed};
use super::fit_lists::DfCode;
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::options::{OptionsHandle, settings};
use super::progress::watched;
use super::spec::SpecHandle;
use super::spec_lists::PredictorCode;
use super::status::{ErrorRecord, Status};
use super::test_lists::AnovaTypeCode;
use crate::error::{Error, Result, or_reason, try_vec};
use crate::fit::{Fit, Role};
use crate::inference::anova::anova_table_of;
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, KenwardRoger, Satterthwaite};
use crate::inference::effect_sizes::effect_sizes_table;
use crate::inference::linear::{SimpleDf, combinations_table, joint_table};
use crate::inference::lrt::{fit_and_compare, likelihood_ratio_table};
use crate::inference::ordinal_terms::{Beyond, ordinal_terms_table};
use crate::inference::standardized::standardized_table;
use crate::spec::Spec;
use crate::watch::Watch;

/// Linear combinations L beta of the fixed effects as a new frame, one row each: "estimate", "std_error", "df", "statistic" (t, or z with
/// infinite degrees of freedom) and "p_value" of the hypothesis that it is `rhs` (two-sided). `l` [k,p] is column-major with leading
/// dimension `ldl` >= k, one column per fixed effect in the order of interlace_fit_fixef_name; `rhs` [k], or NULL for zeros.
/// With `joint`, one row that tests all of them together: "statistic" (F, or Wald's chi-square with infinite degrees of freedom), "num_df"
/// (the number of linearly independent rows), "den_df" and "p_value"; Kenward and Roger's F is scaled. Rows of L that depend on
/// others must not contradict them.
/// INTERLACE_E_NUMERIC if the covariance of L beta is not positive definite.
/// @param k The number of combinations.
/// @param ldl The leading dimension of `l`, at least k.
/// @param rhs Hypothesised values [k]; NULL for zeros.
/// @param joint Whether all are tested together.
/// @param p The number of fixed effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_wald_test(
    fit: Option<&FitHandle>,
    l: *const f64,
    k: usize,
    p: usize,
    ldl: usize,
    rhs: *const f64,
    joint: bool,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || wald_test(fit, Role::Mean, Combined { l, k, p, ldl, rhs, joint }, df, options, out))
}

/// The fixed effects of the mean with tests and intervals, as a new frame, one row each: "term", "id", "estimate", "std_error", "df", "statistic" (t,
/// or z with infinite degrees of freedom), "p_value" (two-sided), "lower" and "upper".
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_coefficients(
    fit: Option<&FitHandle>,
    df: MaybeUninit<DfCode>,
    level: f64,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (summed(fit)?, target(out, "out")?);
        let table = degrees_of_freedom(handle, df, options)?.coefficients_table(&handle.fit, level)?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// Linear combinations of another linear predictor's fixed effects, such as those of the zero inflation, as by interlace_fit_wald_test. `l` [k,p] is
/// column-major with leading dimension `ldl` >= k, one column per fixed effect of the predictor; `rhs` [k], or NULL for zeros.
/// INTERLACE_E_ARGUMENT if the model has no formula for it.
/// @param k The number of combinations.
/// @param ldl The leading dimension of `l`, at least k.
/// @param rhs Hypothesised values [k]; NULL for zeros.
/// @param joint Whether all are tested together.
/// @param p The number of fixed effects of the predictor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_wald_test_of(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    l: *const f64,
    k: usize,
    p: usize,
    ldl: usize,
    rhs: *const f64,
    joint: bool,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let role = meaning(predictor, "predictor")?;
        wald_test(fit, role, Combined { l, k, p, ldl, rhs, joint }, df, options, out)
    })
}

/// Linear combinations as a caller gives them.
#[derive(Clone, Copy)]
struct Combined {
    l: *const f64,
    k: usize,
    p: usize,
    ldl: usize,
    rhs: *const f64,
    joint: bool,
}

unsafe fn wald_test(
    fit: Option<&FitHandle>,
    role: Role,
    of: Combined,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
) -> Result<()> {
    let (handle, out) = (need(fit, "fit")?, target(out, "out")?);
    let Combined { k, p, joint, .. } = of;
    let view = view_of(&handle.fit, role)?;
    let fit = view.as_ref().unwrap_or(&handle.fit);
    let fixed = fit.fixed.estimate.len();
    if p != fixed {
        return Err(Error::argument(format!("p is {p}, wanted {fixed} columns of l, one a fixed effect")));
    }
    let l = matrix(of.l, k, p, of.ldl, "l", "ldl")?;
    let rhs = match optional_slice(of.rhs, k, "rhs")? {
        Some(rhs) => match rhs.iter().position(|value| !value.is_finite()) {
            Some(i) => return Err(Error::argument(format!("rhs[{i}] is {}, it must be finite", rhs[i]))),
            None => rhs.to_vec(),
        },
        None => try_vec("rhs", 0.0, k)?,
    };
    let df = degrees_of_freedom(handle, df, options)?;
    let table = if joint {
        joint_table(&df.joint_test(fit, &l, k, &rhs)?)?
    } else {
        df.with_coefficients(fit, |own| combinations_table(&own.combinations(&l, k)?, &rhs))?
    };
    out.write(give(FrameHandle::new(table))?);
    Ok(())
}

/// What has another predictor in the place of the mean.
fn view_of(fit: &Fit, role: Role) -> Result<Option<Fit>> {
    if role == Role::Mean { Ok(None) } else { fit.of_role(role).map(Some) }
}

/// The analysis of variance of a linear model, as a new frame, one row per term of the fixed effects: "term", "sum_sq", "mean_sq", "num_df",
/// "den_df", "statistic" (F) and "p_value". A model from arrays has one term per column. Sums of squares are F (before Kenward and Roger's scaling)
/// times degrees of freedom and residual variance. `data` is the frame of the fit; it may be NULL unless `anova_type` is INTERLACE_ANOVA_TYPE_II or
/// INTERLACE_ANOVA_TYPE_III and the fit left out columns.
/// For a Cox model the columns are "term", "df", "chi_square" and "p_value", and for INTERLACE_ANOVA_TYPE_I "log_likelihood": that type compares the
/// integrated likelihoods as each term is added, in the order of the formula, beginning with a row "NULL" for the model without fixed effects
/// (as anova in coxme); the other types are Wald tests.
/// For a generalised or ordinal model the tests are Wald's of the fixed effects of the mean (interlace_fit_anova_of has those of the zero part, the
/// dispersion and the scale), with the columns "term", "df", "chi_square" and "p_value", or with finite degrees of freedom "term", "num_df", "den_df",
/// "statistic" (F) and "p_value". What a term adds to others in types I and II is by the covariance of the coefficients.
/// INTERLACE_E_NUMERIC if that is not known.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_anova(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    anova_type: MaybeUninit<AnovaTypeCode>,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || anova(fit, Role::Mean, data, (anova_type, df), options, out))
}

/// The analysis of variance of another linear predictor, such as the zero inflation or the dispersion: Wald's tests of the terms of its fixed
/// effects, with the columns of interlace_fit_anova for a generalised model. `data` is the frame of the fit; it may be NULL unless
/// `anova_type` is INTERLACE_ANOVA_TYPE_II or INTERLACE_ANOVA_TYPE_III and the fit left out columns. INTERLACE_E_ARGUMENT if the model has no
/// formula for the predictor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_anova_of(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    data: Option<&FrameHandle>,
    anova_type: MaybeUninit<AnovaTypeCode>,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || anova(fit, meaning(predictor, "predictor")?, data, (anova_type, df), options, out))
}

unsafe fn anova(
    fit: Option<&FitHandle>,
    role: Role,
    data: Option<&FrameHandle>,
    (anova_type, df): (MaybeUninit<AnovaTypeCode>, MaybeUninit<DfCode>),
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
) -> Result<()> {
    let (handle, out) = (summed(fit)?, target(out, "out")?);
    let kind = meaning(anova_type, "anova_type")?;
    let freedom = degrees_of_freedom(handle, df, options)?;
    let data = data.map(|data| &data.frame);
    let table = watched(options, |watch| anova_table_of(&handle.fit, role, data, kind, freedom, watch))?;
    out.write(give(FrameHandle::new(table))?);
    Ok(())
}

/// The analysis of variance of a linear model with effect sizes of its terms, as a new frame: the columns of interlace_fit_anova, then
/// "partial_eta_sq", F df1 / (F df1 + df2), and "partial_omega_sq", (F - 1) df1 / (F df1 + df2 + 1), or zero where that is negative. Both are
/// missing where there is no F, and where df2 is infinite. INTERLACE_E_ARGUMENT for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_effect_sizes(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    anova_type: MaybeUninit<AnovaTypeCode>,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (summed(fit)?, target(out, "out")?);
        let kind = meaning(anova_type, "anova_type")?;
        let freedom = degrees_of_freedom(handle, df, options)?;
        let data = data.map(|data| &data.frame);
        let table = watched(options, |watch| effect_sizes_table(&handle.fit, data, kind, freedom, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The fixed effects of the mean in standard deviations, as a new frame, one row each: "term", "id", "estimate", "std_error", "lower" and "upper",
/// each times the standard deviation (with n - 1, without weights) of the column of the model matrix over the rows used, and for a linear
/// model divided by that of the response. A constant column has zeros. Columns of factors count as others.
/// INTERLACE_E_UNSUPPORTED for a fit without rows.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_standardized(
    fit: Option<&FitHandle>,
    df: MaybeUninit<DfCode>,
    level: f64,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (need(fit, "fit")?, target(out, "out")?);
        handle.fit.need_rows("standardized")?;
        let table = standardized_table(&handle.fit, degrees_of_freedom(handle, df, options)?, level)?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// Likelihood-ratio tests of an ordinal model against those in which a term of its fixed effects, with the terms that it contains, also has
/// nominal effects, which differ from threshold to threshold, as a new frame: a row "<none>" for the model, then a row for each term: "term",
/// "n_parameters" (those that it adds), "log_likelihood", "aic", "chi_square", "p_value" and "warning" (missing, or why there is no test or
/// what is to be known of it). Effects that the model has already are kept. All models are fitted by maximum likelihood. `data` is the frame
/// of the fit; it may be NULL unless the fit left out columns. INTERLACE_E_ARGUMENT for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_nominal_test(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || of_ordinal_terms(fit, data, options, Beyond::Nominal, out))
}

/// The same against models in which a term is also in the scale of the latent variable. Otherwise as interlace_fit_nominal_test.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_scale_test(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || of_ordinal_terms(fit, data, options, Beyond::Scale, out))
}

unsafe fn of_ordinal_terms(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    beyond: Beyond,
    out: *mut *mut FrameHandle,
) -> Result<()> {
    let (handle, out) = (need(fit, "fit")?, target(out, "out")?);
    let data = data.map(|data| &data.frame);
    let table = watched(options, |watch| ordinal_terms_table(&handle.fit, data, beyond, watch))?;
    out.write(give(FrameHandle::new(table))?);
    Ok(())
}

/// The covariance matrix of the estimates of the fixed effects with Kenward and Roger's adjustment (Kenward & Roger 1997), to `out` [p,p].
/// INTERLACE_E_ARGUMENT unless the fit is a linear model by REML. INTERLACE_E_NUMERIC if the correction by second derivatives of the
/// covariance (for random terms ar1, and cs with a variance each, of three effects or more; for AR(1) residuals) leaves no positive matrix.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_vcov_kenward_roger(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || match degrees_of_freedom(summed(fit)?, MaybeUninit::new(DfCode::KenwardRoger), options)? {
        DegreesOfFreedom::KenwardRoger(own) => copy_out(&own.vcov, out, len),
        _ => Ok(()),
    })
}

/// Likelihood-ratio tests between `n` fits of nested models to the same data, as a new frame, one row per fit in the order of the numbers
/// of parameters: "fit" (the index in `fits`), "model" (its formula), "n_obs" (rows used), "n_parameters", "aic", "bic", "log_likelihood", "deviance" (minus twice log_likelihood),
/// and, against the row before, "chi_square", "df", "p_value", "distribution" ("chisq" or "chibarsq") and "warning" (missing, or why the
/// test is invalid: the models are not nested). The fits must use the same response, weights and offset, and be by maximum likelihood;
/// fits by REML are compared if they have the same fixed effects. Generalised models must have the same family, link, information and
/// number of quadrature points; their models of zero inflation and dispersion may be nested as well. Ordinal models must have the same
/// categories; equidistant thresholds are nested in symmetric ones and both in flexible ones, and an effect of the formula is nested in the
/// nominal effect of the same column.
/// A variance that is zero under the hypothesis lies at the edge of its range, so chi-square gives too large a p-value. With
/// `chi_bar`, a comparison whose larger model has exactly one more variance, with its covariances, uses half of chi-square with one
/// degree of freedom less and half with all (Stram & Lee 1994).
/// @param fits The fits [n].
/// @param n The number of fits, at least 2.
/// @param chi_bar Whether a variance at the edge of its range gets the mixture of chi-squares.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_compare(
    fits: *const *const FitHandle,
    n: usize,
    chi_bar: bool,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let each = slice(fits, n, "fits")?.iter().enumerate();
        let fits = each.map(|(i, fit)| need(fit.as_ref(), &format!("fits[{i}]")).map(|f| &f.fit)).collect::<Result<Vec<&Fit>>>()?;
        fits.iter().enumerate().try_for_each(|(i, fit)| fit.need_rows_or_sums(&format!("fits[{i}]")))?;
        out.write(give(FrameHandle::new(watched(options, |watch| likelihood_ratio_table(&fits, chi_bar, watch))?))?);
        Ok(())
    })
}

/// Fits `n` models by maximum likelihood to the rows that all of them can use, whatever is missing in columns that some do not use, and compares the first
/// with each of the others: a new frame with the columns of interlace_fit_compare and two rows for each model but the first, in the order of `specs`:
/// the smaller of the two models, and the larger with its test against it. "fit" is the index in `specs`. Each model must be nested in the first, or the first in it; else INTERLACE_E_ARGUMENT names what
/// the larger one lacks. Fixed effects are nested by the space of their columns, whatever their names, random terms by their groups,
/// effects and structures. A model may be without random terms here: `y ~ x` against `y ~ x + (1 | g)` is the test of the only variance.
/// `data` and `options` are as for interlace_fit_new.
/// @param specs The models [n].
/// @param n The number of models, at least 2.
/// @param chi_bar Whether a variance at the edge of its range gets the mixture of chi-squares.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_lrt(
    specs: *const *const SpecHandle,
    n: usize,
    data: Option<&FrameHandle>,
    chi_bar: bool,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let each = slice(specs, n, "specs")?.iter().enumerate();
        let specs =
            each.map(|(i, own)| need(own.as_ref(), &format!("specs[{i}]")).map(|s| &s.spec)).collect::<Result<Vec<&Spec>>>()?;
        let data = data.map(|data| &data.frame);
        let table = watched(options, |watch| fit_and_compare(&specs, data, &settings(options), chi_bar, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The degrees of freedom that `df` stands for; what they need is computed once a fit.
pub(super) unsafe fn degrees_of_freedom<'f>(
    handle: &'f FitHandle,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
) -> Result<DegreesOfFreedom<'f>> {
    let method = meaning(df, "df")?;
    watched(options, |watch| degrees_of_freedom_by(handle, method, watch))
}

/// The same for a kind of degrees of freedom.
pub(super) fn degrees_of_freedom_by<'f>(
    handle: &'f FitHandle,
    method: DfMethod,
    watch: &Watch<'_>,
) -> Result<DegreesOfFreedom<'f>> {
    let fit = &handle.fit;
    method.check(fit)?;
    if let Some(own) = DegreesOfFreedom::of_robust(fit, method) {
        return Ok(own);
    }
    let by_default = fit.is_linear() && fit.priors.is_empty();
    if matches!(method, DfMethod::Satterthwaite | DfMethod::KenwardRoger) || method == DfMethod::Default && by_default {
        fit.need_rows_or_sums("degrees of freedom other than those of df = normal and df = residual")?;
    }
    let satterthwaite = || once(&handle.satterthwaite, || Satterthwaite::of(fit, watch));
    Ok(match method {
        DfMethod::Default if !by_default => DegreesOfFreedom::by_default(None),
        DfMethod::Default => DegreesOfFreedom::by_default(or_reason(satterthwaite())?.ok()),
        DfMethod::Normal => DegreesOfFreedom::Same(SimpleDf::Normal.of(fit)),
        DfMethod::Residual => DegreesOfFreedom::Same(SimpleDf::Residual.of(fit)),
        DfMethod::Satterthwaite => DegreesOfFreedom::Satterthwaite(satterthwaite()?),
        DfMethod::KenwardRoger => DegreesOfFreedom::KenwardRoger(once(&handle.kenward_roger, || KenwardRoger::of(fit, watch))?),
    })
}

/// The value of a cell, computed where it has none; of two threads that do so at once, one's result is kept.
fn once<T>(cell: &OnceLock<T>, compute: impl FnOnce() -> Result<T>) -> Result<&T> {
    match cell.get() {
        Some(value) => Ok(value),
        None => compute().map(|value| cell.get_or_init(|| value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn failures_are_not_kept() {
        let cell = OnceLock::new();
        for code in [Code::Cancelled, Code::Deadline, Code::Numeric] {
            assert_eq!(once(&cell, || Err::<i32, _>(Error::new(code, "no"))).unwrap_err().code, code);
        }
        assert_eq!(once(&cell, || Ok(3)), Ok(&3));
        assert_eq!(once(&cell, || Err(Error::numeric("no"))), Ok(&3));
    }
}
