//! The power of a test for a design.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{optional_slice, target};
use super::c_char;
use super::codes::meaning;
use super::fit::{FitHandle, fit_of};
use super::fit_lists::DfCode;
use super::frame::FrameHandle;
use super::handle::give;
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::request::{Request, level_of, read};
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::error::Error;
use crate::power::{Extend, PowerOptions, PowerTest, Sizes};

/// What is tested, and for which designs. All members zero but the size are the defaults: INTERLACE_POWER_REQUEST_INIT.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PowerRequest {
    /// sizeof(interlace_power_request).
    pub struct_size: usize,
    /// A fixed effect of the mean by its name, or a term, whose coefficients are tested together by Wald's test. NULL for a likelihood ratio.
    pub test: *const c_char,
    /// Parameters in place of the estimates, "x = 0.3; sigma = 20": fixed effects, parameters of a family, and standard deviations and correlations by
    /// their names in the table of interlace_bootstrap_run ("sigma" of a linear model, "sd_(Intercept)|g", "cor_x.(Intercept)|g"). NULL for none.
    pub effects: *const c_char,
    /// The degrees of freedom of the test.
    pub df: MaybeUninit<DfCode>,
    /// Simulated responses for each size. 0 means 1000.
    pub simulations: usize,
    /// The seed of the simulations.
    pub seed: u64,
    /// A test is significant if its p-value is below. 0 means 0.05.
    pub alpha: f64,
    /// The level of the intervals of the power. 0 means 0.95.
    pub level: f64,
    /// Sizes are numbers of levels of this grouping factor of the model or column of the data. NULL for none.
    pub along: *const c_char,
    /// Sizes are numbers of rows in each level of this grouping factor or column, or in each combination of levels ("g:h"). NULL for none. There must be
    /// no `along` beside it.
    pub within: *const c_char,
    /// The sizes [n_sizes]. NULL for the design of the fit.
    pub sizes: *const usize,
    /// The number of sizes.
    pub n_sizes: usize,
}

unsafe impl Request for PowerRequest {
    const NAME: &'static str = "interlace_power_request";
    const FIRST_SIZE: usize = size_of::<Self>();
}

/// The power of a test by simulation (Green & MacLeod 2016): responses are simulated from the fit with new random effects, the model is fitted to
/// each, and the share of significant tests is the power. A new frame with one row for each size: "test", "size" (missing for the design of the fit),
/// "n_obs", "effect" (the coefficient that responses are simulated with), "power", "lower" and "upper" (limits that the number of simulations leaves, of
/// Clopper and Pearson), "successes", "n", "failed" (refits that failed, which count as not significant), "singular", "separated" (refits in which
/// what is tested has no finite estimate, which mean_estimate and type_m leave out; missing for a likelihood ratio), "mean_estimate", "type_s" (the share of
/// significant estimates with the wrong sign), "type_m" (their mean size in units of the effect), "reason" (why the first refit failed, else missing) and
/// "warning" (else missing).
/// What is of one coefficient is NaN for other tests.
///
/// With `along` a design of fewer levels has the first ones, and one of more levels has copies of their rows as new levels; levels of factors nested in
/// it are new, too. With `within` each level has its first rows, and then copies of them. Weights, offsets and covariates are copied.
/// A replicate depends on the seed and its number alone, not on other sizes or threads. The progress function is told of each replicate with the
/// number done, and its deviance (NaN if it failed).
///
/// `reduced` is a smaller model of the same data for a likelihood ratio by chi-square, for which both are fitted by maximum likelihood; otherwise it is NULL. `data`, which
/// may be NULL, is the frame of the fit: it is needed if `along` or `within` is no grouping factor of the model.
/// INTERLACE_E_NUMERIC if all refits of a size fail. INTERLACE_E_UNSUPPORTED for a fit by the iterative engine, one without rows, one with robust standard errors,
/// a family that cannot be simulated, and weights other than one that multiply the log-likelihood. INTERLACE_E_DATA for a design whose fixed effects contain a random term.
/// @param reduced A smaller model of the same data, or NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_power(
    fit: Option<&FitHandle>,
    reduced: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PowerRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out, request) = (fit_of(fit)?, target(out, "out")?, read(request)?);
        let test = match (optional_text(request.test, "request.test")?, reduced) {
            (Some(name), None) => PowerTest::Effect(name),
            (None, Some(reduced)) => PowerTest::Against(&reduced.fit),
            (Some(_), Some(_)) => return Err(Error::argument("request has a test and there is a reduced fit, wanted one of them")),
            (None, None) => return Err(Error::argument("request has no test and reduced is NULL, wanted one of them")),
        };
        let sizes = optional_slice(request.sizes, request.n_sizes, "request.sizes")?;
        let along = optional_text(request.along, "request.along")?;
        let extend = match (along, optional_text(request.within, "request.within")?) {
            (Some(_), Some(_)) => return Err(Error::argument("request has along and within, wanted one of them")),
            (Some(name), None) => Some(Extend::Along(name)),
            (None, Some(name)) => Some(Extend::Within(name)),
            (None, None) if sizes.is_some() => return Err(Error::argument("request has sizes, but neither along nor within")),
            (None, None) => None,
        };
        let sizes = extend.map(|extend| Sizes { extend, sizes: sizes.unwrap_or_default(), data: data.map(|data| &data.frame) });
        let asked = PowerOptions {
            test,
            effects: optional_text(request.effects, "request.effects")?.unwrap_or_default(),
            df: meaning(request.df, "request.df")?,
            alpha: if request.alpha == 0.0 { 0.05 } else { request.alpha },
            simulations: if request.simulations == 0 { 1000 } else { request.simulations },
            seed: request.seed,
            sizes,
            level: level_of(request.level),
            threads: threads(options),
        };
        let table = watched(options, |watch| fit.power(&asked, watch)?.frame())?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}
