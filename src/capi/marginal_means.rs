//! Marginal means of a fit, and their contrasts.

use super::boundary::boundary;
use super::buffer::{matrix, target};
use super::c_char;
use super::fit::FitHandle;
use super::frame::FrameHandle;
use super::handle::{choice, give, need};
use super::hypotheses::degrees_of_freedom;
use super::predict::{INTERLACE_PREDICT_LINK, INTERLACE_PREDICT_RESPONSE};
use super::status::{ErrorRecord, Status};
use super::strings::{optional_text, text, texts};
use crate::choice::Choice;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::adjust::Adjustment;
use crate::inference::contrast::Contrasts;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::inference::linear::Coefficients;
use crate::inference::marginal_means::{MarginalMeans, MeansSpec, ResponseScale, Weighting};
use crate::watch::Watch;

/// Marginal means weight equally all levels of the factors that they average over.
pub const INTERLACE_MEANS_EQUAL: i32 = 0;
/// Marginal means weight the combinations of levels that they average over by their numbers of rows, or sums of weights, in the data.
pub const INTERLACE_MEANS_PROPORTIONAL: i32 = 1;

const WEIGHTINGS: [(i32, Weighting); 2] =
    [(INTERLACE_MEANS_EQUAL, Weighting::Equal), (INTERLACE_MEANS_PROPORTIONAL, Weighting::Proportional)];

/// Estimated marginal means (least-squares means) as a new frame, one row per mean: the factors' columns, "emmean" ("response" if a link
/// is inverted), "SE", "df", "lower.CL" and "upper.CL" for a confidence `level` such as 0.95. A mean that cannot be estimated because
/// the fit left out columns is NaN.
/// `specs` names columns of the data that the fixed effects depend on: "~ f" for the levels of f, "~ f * g" for all combinations,
/// "~ f | g" for the levels of f in groups by g, "~ 1" for the overall mean. The means are averages over a reference grid: all combinations
/// of the levels of the factors, with numeric covariates and the offset at their means over the rows used. `at`, unless it is NULL, gives
/// columns other values, "x = 0, 5; f = a, b": for a covariate numbers, over which means are averages unless `specs` names it; for a factor
/// some of its levels; labels with a comma need quotation marks. `weights` is INTERLACE_MEANS_EQUAL or INTERLACE_MEANS_PROPORTIONAL.
/// `data` is the frame of the fit; it may be NULL if the fixed effects depend only on plain factors and no column was
/// left out. `type` is INTERLACE_PREDICT_LINK or INTERLACE_PREDICT_RESPONSE (standard errors by the delta method, limits back-transformed),
/// which are the same for a linear model and for the identity link; for a generalised model with zero inflation the means are those of the
/// family, without the extra zeros. The means of an ordinal model are those of the latent variable minus the mean of the thresholds, only with
/// INTERLACE_PREDICT_LINK and without scale and nominal effects (else INTERLACE_E_UNSUPPORTED). `df` is one of INTERLACE_DF_*.
/// INTERLACE_E_FORMULA if `specs` cannot be read, INTERLACE_E_DATA if `data` are not those of the fit. The caller frees `*out`
/// with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_marginal_means(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    specs: *const c_char,
    at: *const c_char,
    weights: i32,
    r#type: i32,
    df: i32,
    level: f64,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let asked = Asked::new(fit, data, specs, at, weights, r#type, df)?;
        let table = asked.with_coefficients(|own| asked.means.table(own, asked.scale.as_ref(), level, &Watch::unwatched()))?;
        out.write(give(FrameHandle::new(table)));
        Ok(())
    })
}

/// Contrasts of marginal means as a new frame, one row per contrast: the groups' columns, "contrast", "estimate", "SE", "df", "lower.CL",
/// "upper.CL", "t.ratio" ("z.ratio" if all degrees of freedom are infinite) and "p.value". `contrasts` is "pairwise" (each mean minus
/// each later one), "trt.vs.ctrl" (each minus the first) or "eff" (each minus the average). `adjust` is "none", "tukey" (only pairwise
/// contrasts), "bonferroni", "holm" or "fdr" (intervals are then Bonferroni's) or "sidak"; each group is a separate family. A group of
/// one mean has no contrasts. On the scale of the response the contrasts of a log link are ratios, in a column "ratio" instead of
/// "estimate", and those of a logit link "odds.ratio"; tests are on the scale of the link, and so are contrasts for other links.
/// Everything else is as for interlace_fit_marginal_means.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_contrasts(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    specs: *const c_char,
    at: *const c_char,
    weights: i32,
    contrasts: *const c_char,
    adjust: *const c_char,
    r#type: i32,
    df: i32,
    level: f64,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let (contrasts, adjust) =
            (Contrasts::named(text(contrasts, "contrasts")?)?, Adjustment::from_name(text(adjust, "adjust")?)?);
        let asked = Asked::new(fit, data, specs, at, weights, r#type, df)?;
        out.write(give(FrameHandle::new(asked.contrasts(&contrasts, adjust, level)?)));
        Ok(())
    })
}

/// Contrasts of marginal means with weights from the caller: `coefficients` [m,k], column-major with leading dimension `ld` >= m, one
/// column per contrast, for the m means of a group in the order of interlace_fit_marginal_means; `names` [k]. `adjust` must not be "tukey".
/// Everything else is as for interlace_fit_contrasts.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_custom_contrasts(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    specs: *const c_char,
    at: *const c_char,
    weights: i32,
    coefficients: *const f64,
    m: usize,
    k: usize,
    ld: usize,
    names: *const *const c_char,
    adjust: *const c_char,
    r#type: i32,
    df: i32,
    level: f64,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let adjust = Adjustment::from_name(text(adjust, "adjust")?)?;
        let asked = Asked::new(fit, data, specs, at, weights, r#type, df)?;
        let means = asked.means.len();
        if m != means {
            return Err(Error::argument(format!("m is {m}, there are {means} means: wanted one row of coefficients for each")));
        }
        let columns = matrix(coefficients, m, k, ld, "coefficients", "ld")?;
        let names = texts(names, k, "names")?;
        let rows = names.iter().zip(columns.chunks(m.max(1))).map(|(name, weights)| ((*name).to_string(), weights.to_vec()));
        let contrasts = Contrasts::Custom(rows.collect());
        out.write(give(FrameHandle::new(asked.contrasts(&contrasts, adjust, level)?)));
        Ok(())
    })
}

/// What all of these functions are asked.
struct Asked<'a> {
    fit: &'a Fit,
    means: MarginalMeans,
    df: DegreesOfFreedom<'a>,
    /// The scale of the response; `None` where results stay on that of the linear predictor.
    scale: Option<ResponseScale>,
}

impl<'a> Asked<'a> {
    unsafe fn new(
        fit: Option<&'a FitHandle>,
        data: Option<&FrameHandle>,
        specs: *const c_char,
        at: *const c_char,
        weights: i32,
        scale: i32,
        df: i32,
    ) -> Result<Self> {
        let handle = need(fit, "fit")?;
        let fit = &handle.fit;
        let mut specs = MeansSpec::parse(text(specs, "specs")?)?;
        if let Some(at) = optional_text(at, "at")? {
            specs = specs.at(at)?;
        }
        let weights = choice(weights, "weights", &WEIGHTINGS)?;
        let response = choice(scale, "type", &[(INTERLACE_PREDICT_RESPONSE, true), (INTERLACE_PREDICT_LINK, false)])?;
        if response && fit.ordinal().is_some() {
            return Err(Error::unsupported(
                "type: marginal means of an ordinal model are those of the latent variable, on the scale of the link",
            ));
        }
        // The two scales are one in a linear model.
        let family = fit.generalised().filter(|_| response).map(|own| &*own.family);
        let df = degrees_of_freedom(handle, df, &Watch::unwatched())?;
        let means = MarginalMeans::of_fit(fit, data.map(|data| &data.frame), &specs, weights, &Watch::unwatched())?;
        Ok(Asked { fit, means, df, scale: family.and_then(ResponseScale::of_family) })
    }

    fn contrasts(&self, contrasts: &Contrasts, adjust: Adjustment, level: f64) -> Result<Frame> {
        self.with_coefficients(|own| self.means.contrasts(own, contrasts, adjust, self.scale.as_ref(), level, &Watch::unwatched()))
    }

    /// Of an ordinal fit the parameters of the thresholds are among the coefficients.
    fn with_coefficients(&self, make: impl FnOnce(&Coefficients<'_>) -> Result<Frame>) -> Result<Frame> {
        let DegreesOfFreedom::Same(df) = self.df else { return self.df.with_coefficients(self.fit, make) };
        let (estimate, root) = self.fit.means_coefficients();
        make(&Coefficients { estimate: &estimate, root: &root, df: &|_| df })
    }
}
