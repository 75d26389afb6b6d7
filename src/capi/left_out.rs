//! Models without some of their terms: tests of each, and backward elimination.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::target;
use super::fit::{FitHandle, summed, whole_or};
use super::fit_lists::DfCode;
use super::frame::FrameHandle;
use super::handle::give;
use super::hypotheses::degrees_of_freedom;
use super::options::OptionsHandle;
use super::progress::watched;
use super::status::{ErrorRecord, Status};
use crate::fit::Instead;
use crate::inference::drop1::{drop1_f_table, drop1_table};
use crate::inference::step::{StepOptions, step_table};

/// Likelihood-ratio tests of a model (of a Cox model by the integrated likelihood) against those without each of its terms, as a new frame: a row "<none>" for the model, then a
/// row for each term of the fixed effects that no other contains: "term", "n_parameters" (those that it removes), "aic", "chi_square",
/// "p_value" and "warning", which says why a model without a term has no numbers: it could not be fitted, or has a higher likelihood than the
/// model. All models are fitted by maximum likelihood. `data` is the frame of the fit; it may be NULL
/// unless the fit left out columns, which may have an estimate without a term. Terms are those of the fixed effects of the mean.
/// INTERLACE_E_NUMERIC if the model itself did not converge.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_drop1(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (whole_or(fit, Instead::Comparison)?, target(out, "out")?);
        let data = data.map(|data| &data.frame);
        let table = watched(options, |watch| drop1_table(&handle.fit, data, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// Backward elimination, as a new frame: random terms and effects, then terms of the fixed effects that no other contains, go one after the other as
/// long as the largest p-value is above the level. One row per term, as it was tested last, those that went first: "part" ("random" or "fixed"), "term",
/// "test" ("lrt", or "f" with Satterthwaite's degrees of freedom for the fixed effects of a linear model), "statistic", "df", "den_df", "p_value" (of
/// random terms by chi-square), "warning" and "eliminated" (1 for the first of its part that went, 0 for those that stay). Terms inside others that
/// stay have no test. INTERLACE_E_NUMERIC if the fit did not converge.
/// @param alpha_random The level of random terms, at most 1, which leaves all of them; 0 means 0.1.
/// @param alpha_fixed The level of terms of the fixed effects; 0 means 0.05.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_step(
    fit: Option<&FitHandle>,
    alpha_random: f64,
    alpha_fixed: f64,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (whole_or(fit, Instead::Comparison)?, target(out, "out")?);
        let usual = StepOptions::default();
        let or = |alpha: f64, usual: f64| if alpha == 0.0 { usual } else { alpha };
        let levels =
            StepOptions { alpha_random: or(alpha_random, usual.alpha_random), alpha_fixed: or(alpha_fixed, usual.alpha_fixed) };
        let table = watched(options, |watch| step_table(&handle.fit, levels, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// F tests of a linear model against those without each of its terms, as a new frame: a row for each term of the fixed effects that no other
/// contains, with the columns of interlace_fit_anova. No model is fitted anew. `data` is the frame of the fit; it may be NULL unless the fit
/// left out columns. INTERLACE_E_ARGUMENT for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_drop1_f(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (summed(fit)?, target(out, "out")?);
        let freedom = degrees_of_freedom(handle, df, options)?;
        let table = watched(options, |watch| drop1_f_table(&handle.fit, data.map(|data| &data.frame), freedom, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}
