//! Marginal means of a fit, and their contrasts.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{matrix, target};
use super::c_char;
use super::codes::meaning;
use super::fit::{FitHandle, summed};
use super::fit_lists::DfCode;
use super::frame::FrameHandle;
use super::handle::give;
use super::hypotheses::degrees_of_freedom;
use super::options::OptionsHandle;
use super::progress::watched;
use super::request::{Request, level_of, read};
use super::spec_lists::PredictorCode;
use super::status::{ErrorRecord, Status};
use super::strings::{optional_text, text, texts};
use super::test_lists::{AdjustmentCode, ComparisonsCode, MeansModeCode, MeansScaleCode, WeightingCode};
use crate::error::{Error, Result};
use crate::inference::contrast::Contrasts;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::inference::marginal_means::{FitMeans, MeansOf, MeansSpec};

/// What is asked of marginal means and their contrasts. All members zero but the size are the defaults: INTERLACE_MEANS_REQUEST_INIT.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct MeansRequest {
    /// sizeof(interlace_means_request).
    pub struct_size: usize,
    /// Values of columns instead of those of the reference grid, "x = 0, 5; f = a, b": for a covariate numbers, over which means are averages
    /// unless `specs` names it; for a factor some of its levels; labels with a comma need quotation marks. NULL for none.
    pub at: *const c_char,
    /// How the levels are weighted that means are averages of.
    pub weighting: MaybeUninit<WeightingCode>,
    /// The scale of the means.
    pub means_scale: MaybeUninit<MeansScaleCode>,
    /// Degrees of freedom of tests and intervals.
    pub df: MaybeUninit<DfCode>,
    /// Which means are compared, unless there are `coefficients`.
    pub comparisons: MaybeUninit<ComparisonsCode>,
    /// How the p-values and intervals of the contrasts of a group answer for each other. With `coefficients` it must not be
    /// INTERLACE_ADJUSTMENT_TUKEY.
    pub adjustment: MaybeUninit<AdjustmentCode>,
    /// The level of intervals, between 0 and 1; 0 means 0.95.
    pub level: f64,
    /// Contrasts of your own: their weights [m,k], column-major with leading dimension `ldc` >= m, one column per contrast, for the m means of a
    /// group in the order of interlace_fit_marginal_means. NULL for none.
    pub coefficients: *const f64,
    /// The number of rows of `coefficients`, the means of a group.
    pub m: usize,
    /// The number of columns of `coefficients`.
    pub k: usize,
    /// The leading dimension of `coefficients`.
    pub ldc: usize,
    /// The names [k] of these contrasts. NULL without `coefficients`.
    pub names: *const *const c_char,
    /// The linear predictor that the means are of. On the scale of the response those of the zero inflation are probabilities of an extra zero,
    /// those of the dispersion the family's first parameter, of an ordinal model the scale.
    pub predictor: MaybeUninit<PredictorCode>,
    /// What of an ordinal model is averaged. But for INTERLACE_MEANS_MODE_LATENT means are averages over the cells of the grid, with standard
    /// errors by the delta method and symmetric limits; with it they are those of the linear predictor, also of other models.
    pub means_mode: MaybeUninit<MeansModeCode>,
    /// Of INTERLACE_MEANS_SCALE_BIAS_ADJUSTED the standard deviation of the random effects about the linear predictor; 0 for that of the fit, the
    /// root of the mean over the rows of their variance.
    pub bias_sigma: f64,
}

unsafe impl Request for MeansRequest {
    const NAME: &'static str = "interlace_means_request";
    const FIRST_SIZE: usize = size_of::<Self>();
}

/// Estimated marginal means (least-squares means) as a new frame, one row per mean: the factors' columns, "estimate" ("response" if a link
/// is inverted), "std_error", "df", "lower" and "upper". A mean that cannot be estimated because the fit left out columns is NaN.
/// `specs` names columns of the data that the fixed effects depend on: "~ f" for the levels of f, "~ f * g" for all combinations,
/// "~ f | g" for the levels of f in groups by g, "~ 1" for the overall mean. The means are averages over a reference grid: all combinations
/// of the levels of the factors, with numeric covariates and the offset at their means over the rows used.
/// `data` is the frame of the fit; it may be NULL if the fixed effects depend only on plain factors and no column was left out.
/// For a generalised model with zero inflation the means are those of the family, without the extra zeros. The means of an ordinal model are
/// those of the latent variable minus the mean of the thresholds, only with INTERLACE_MEANS_SCALE_LINK and without scale and nominal effects
/// (else INTERLACE_E_UNSUPPORTED), or by the request's `means_mode` of its probabilities: with a column of categories or thresholds, named as the
/// response or "cut", which are groups unless `specs` names them. `request` may be NULL.
/// INTERLACE_E_FORMULA if `specs` cannot be read, INTERLACE_E_DATA if `data` are not those of the fit.
/// @param specs "~ f", "~ f * g", "~ f | g" or "~ 1".
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_marginal_means(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    specs: *const c_char,
    request: *const MeansRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let asked = Asked::new(fit, data, specs, &read(request)?, options)?;
        let of = &asked.of;
        let table = watched(options, |watch| {
            of.with_coefficients(asked.df, |own| of.means.table(own, of.scale.as_ref(), asked.level, watch))
        })?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// Contrasts of marginal means as a new frame, one row per contrast: the groups' columns, "contrast", "estimate", "std_error", "df", "lower",
/// "upper", "statistic" (t, or z if the degrees of freedom are infinite) and "p_value". Each group is a separate family of tests. A group of
/// one mean has only contrasts of your own. On the scale of the response the contrasts of a log link are ratios, in a column "ratio" instead of
/// "estimate", those of a logit link "odds_ratio", and those of a Cox model "hazard_ratio"; tests are on the scale of the link, and so are contrasts for other links.
/// Everything else is as for interlace_fit_marginal_means.
/// @param specs "~ f", "~ f * g", "~ f | g" or "~ 1".
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_contrasts(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    specs: *const c_char,
    request: *const MeansRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (out, request) = (target(out, "out")?, read(request)?);
        let asked = Asked::new(fit, data, specs, &request, options)?;
        let adjustment = meaning(request.adjustment, "request->adjustment")?;
        let contrasts = asked.contrasts_of(&request)?;
        let table = watched(options, |watch| {
            let (of, level) = (&asked.of, asked.level);
            let scale = of.scale.as_ref();
            of.with_coefficients(asked.df, |own| of.means.contrasts(own, &contrasts, adjustment, scale, level, watch))
        })?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// What both of these functions are asked.
struct Asked<'a> {
    of: FitMeans<'a>,
    df: DegreesOfFreedom<'a>,
    level: f64,
}

impl<'a> Asked<'a> {
    unsafe fn new(
        fit: Option<&'a FitHandle>,
        data: Option<&FrameHandle>,
        specs: *const c_char,
        request: &MeansRequest,
        options: Option<&OptionsHandle>,
    ) -> Result<Self> {
        let handle = summed(fit)?;
        let fit = &handle.fit;
        let mut specs = MeansSpec::parse(text(specs, "specs")?)?;
        if let Some(at) = optional_text(request.at, "request->at")? {
            specs = specs.at(at)?;
        }
        let scale = meaning(request.means_scale, "request->means_scale")?;
        let sigma = request.bias_sigma;
        if !(sigma >= 0.0 && sigma.is_finite()) {
            return Err(Error::argument(format!("request->bias_sigma is {sigma}, it must be a number that is not negative")));
        }
        let of = MeansOf {
            role: meaning(request.predictor, "request->predictor")?,
            mode: meaning(request.means_mode, "request->means_mode")?,
            weighting: meaning(request.weighting, "request->weighting")?,
            response: scale != MeansScaleCode::Link,
            bias: (scale == MeansScaleCode::BiasAdjusted).then_some((sigma > 0.0).then_some(sigma)),
        };
        let df = degrees_of_freedom(handle, request.df, options)?;
        let of = watched(options, |watch| FitMeans::new(fit, data.map(|data| &data.frame), &specs, of, watch))?;
        Ok(Asked { of, df, level: level_of(request.level) })
    }

    /// The contrasts with the caller's weights, or those that have a code.
    unsafe fn contrasts_of(&self, request: &MeansRequest) -> Result<Contrasts> {
        let comparisons = meaning(request.comparisons, "request->comparisons")?;
        if request.coefficients.is_null() && request.k == 0 {
            return Ok(comparisons.into());
        }
        let (m, means) = (request.m, self.of.means.len());
        if m != means {
            return Err(Error::argument(format!(
                "request->m is {m}, there are {means} means: wanted one row of coefficients for each"
            )));
        }
        let columns = matrix(request.coefficients, m, request.k, request.ldc, "request->coefficients", "request->ldc")?;
        let names = texts(request.names, request.k, "request->names")?;
        let rows = names.iter().zip(columns.chunks(m.max(1))).map(|(name, weights)| ((*name).to_string(), weights.to_vec()));
        Ok(Contrasts::Custom(rows.collect()))
    }
}
