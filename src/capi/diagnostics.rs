//! How well a fit describes its data.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::target;
use super::codes::meaning;
use super::fit::{FitHandle, whole_or};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::OptionsHandle;
use super::progress::watched;
use super::status::{ErrorRecord, Status};
use super::test_lists::TimeTransformCode;
use crate::fit::Instead;

/// R2 of Nakagawa and Schielzeth (2013): the share of variance explained by the fixed effects, and by fixed and random effects, with
/// random slopes (Johnson 2014) and for non-normal families (Nakagawa, Johnson and Schielzeth 2017). The variance about the linear
/// predictor is sigma^2 for gaussian models; pi^2/3 (logit), 1 (probit) or pi^2/6 (complementary log-log) for binomial ones; for others that of
/// one observation at the mean of a model that has only an intercept as fixed effect, which is fitted for this: log(1 + variance/mean^2) with
/// a log link, by the delta method otherwise. Ordinal models use the variance of the latent variable, like binomial ones. Random intercepts of
/// single observations count as part of this variance. All rows have equal weight.
/// INTERLACE_E_UNSUPPORTED for mixtures with zeros, if there is no such variance (for example with the cauchit link), and for ordinal
/// models with a scale formula.
/// @param marginal The share of the fixed effects [1].
/// @param conditional The share of fixed and random effects [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_r2(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    marginal: *mut f64,
    conditional: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = &whole_or(fit, Instead::Frame)?.fit;
        let (marginal, conditional) = (target(marginal, "marginal")?, target(conditional, "conditional")?);
        let r2 = watched(options, |watch| fit.r2(watch))?;
        marginal.write(r2.marginal());
        conditional.write(r2.conditional());
        Ok(())
    })
}

/// Intraclass correlations from the variances of interlace_fit_r2: the share of the random effects in what the fixed effects leave
/// (`adjusted`), and in all (`unadjusted`).
/// @param adjusted The share in what the fixed effects leave [1].
/// @param unadjusted The share in all [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_icc(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    adjusted: *mut f64,
    unadjusted: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = &whole_or(fit, Instead::Frame)?.fit;
        let (adjusted, unadjusted) = (target(adjusted, "adjusted")?, target(unadjusted, "unadjusted")?);
        let r2 = watched(options, |watch| fit.r2(watch))?;
        adjusted.write(r2.icc_adjusted());
        unadjusted.write(r2.icc_unadjusted());
        Ok(())
    })
}

/// The test of overdispersion: the sum of squared Pearson residuals, its ratio to the residual degrees of freedom `df` (rows minus parameters),
/// about 1 if the family's variance is right, and the probability of a larger sum by the chi-square distribution. For binary responses
/// it says nothing. INTERLACE_E_UNSUPPORTED if the family's variance is estimated (linear models, gamma and the like), and
/// for ordinal models.
/// @param chi_square The sum of squares [1].
/// @param ratio Its ratio to `df` [1].
/// @param df The residual degrees of freedom [1].
/// @param p_value The probability of a larger sum [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_overdispersion(
    fit: Option<&FitHandle>,
    chi_square: *mut f64,
    ratio: *mut f64,
    df: *mut f64,
    p_value: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = &whole_or(fit, Instead::Frame)?.fit;
        let (chi_square, ratio) = (target(chi_square, "chi_square")?, target(ratio, "ratio")?);
        let (df, p_value) = (target(df, "df")?, target(p_value, "p_value")?);
        let test = fit.overdispersion()?;
        chi_square.write(test.chi_square);
        ratio.write(test.ratio);
        df.write(test.df);
        p_value.write(test.p_value);
        Ok(())
    })
}

/// Tests of proportional hazards of a Cox model (Grambsch and Therneau 1994), as a new frame: "kind", "name", "chi_square", "df", "p_value".
/// Rows are of kind "term", each followed by rows "coefficient" if the term has several, and a last row "global", GLOBAL, for all of them.
/// They are score tests, at the fit, of coefficients that change linearly with a function of time, given that all coefficients and random
/// effects are estimated, and the covariance of the random effects as it is. chi_square and p_value are NaN where the data do not tell, as
/// with a coefficient that interlace_fit_separated names.
/// INTERLACE_E_UNSUPPORTED for other models; INTERLACE_E_DATA if the function has one value at all events, or none at one.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_proportional_hazards(
    fit: Option<&FitHandle>,
    time_transform: MaybeUninit<TimeTransformCode>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (&whole_or(fit, Instead::Frame)?.fit, target(out, "out")?);
        let transform = meaning(time_transform, "time_transform")?;
        let table = watched(options, |watch| fit.proportional_hazards(transform, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}
