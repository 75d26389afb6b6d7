//! Tests of variances: random terms left out, the exact test of one variance, bootstrapped likelihood ratios.

use super::bootstrap::BootstrapHandle;
use super::boundary::boundary;
use super::buffer::target;
use super::fit::{FitHandle, whole_or};
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::status::{ErrorRecord, Status};
use crate::fit::Instead;
use crate::inference::bootstrap_lrt::NestedPair;
use crate::inference::exact_rlrt::exact_rlrt;
use crate::inference::ranova::ranova_table;
use crate::resample::BootstrapOptions;

/// Likelihood-ratio tests of a model against those without each of its random terms, and without each effect of a term that no other contains
/// (`(1 + x | g)` against `(1 | g)`), as a new frame: a row "<none>" for the model, then a row each: "term", "n_parameters", "log_likelihood", "aic", and against the
/// model "chi_square", "df", "p_value", "reference" (the distribution that it is by), "p_value_chi_square" (by chi-square, which is conservative) and
/// "warning". Likelihoods are restricted if those of the fit are. A model may be left without random terms.
/// Variances that are zero without the term are at the edge of their range: references are mixtures of chi-squares. One variance with its covariances has half
/// of chi-square with one degree of freedom less and half with all (Stram & Lee 1994). Weights of several independent variances of a linear
/// model follow from their information where they are zero. Of others the reference "at most 0.5 chi2_2 + 0.5 chi2_3" gives an upper bound of the p-value, whatever
/// the information.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_ranova(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (whole_or(fit, Instead::Comparison)?, target(out, "out")?);
        let table = watched(options, |watch| ranova_table(&handle.fit, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The exact test that the variance of a linear model's only random effect is zero (Crainiceanu & Ruppert 2004), as a new frame of one row: "method"
/// (RLRT, or LRT of a fit by maximum likelihood), "statistic", "p_value", "std_error" (what the draws may have missed it by), "zero_share" (of draws that are zero) and "draws".
/// The distribution of the statistic for this design is drawn `draws` times; the p-value is one more than the draws that are as large, by one
/// more than all. INTERLACE_E_UNSUPPORTED unless the model is linear, with independent residuals and one random effect for each level of one grouping factor.
/// @param draws The number of draws, at least 1; 10000 is usual.
/// @param seed The seed of the draws.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_exact_rlrt(
    fit: Option<&FitHandle>,
    draws: usize,
    seed: u64,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (whole_or(fit, Instead::Comparison)?, target(out, "out")?);
        let table = watched(options, |watch| exact_rlrt(&handle.fit, draws, seed, watch))?.frame()?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The parametric bootstrap of a likelihood ratio (Halekoh & Hojsgaard 2014): simulates responses from `reduced`, fits both models to each, and
/// makes a frame with a row for each replicate: "replicate" (its number), "log_likelihood_reduced", "log_likelihood", "chi_square" (not below zero) and "reason" (why it failed, else
/// missing). Numbers, seed and first replicate are those of `bootstrap`, what it draws does not count: random effects are drawn anew. Both models are
/// fitted by maximum likelihood. `reduced` must be nested in `full`, on the same rows. Frames of parts of the replicates can be joined by interlace_frame_append.
/// @param reduced The smaller model.
/// @param full The larger model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_lrt(
    bootstrap: Option<&BootstrapHandle>,
    reduced: Option<&FitHandle>,
    full: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, out) = (need(bootstrap, "bootstrap")?, target(out, "out")?);
        let (reduced, full) = (need(reduced, "reduced")?, need(full, "full")?);
        let asked = BootstrapOptions { threads: threads(options), ..own.options };
        let all = watched(options, |watch| NestedPair::new(&reduced.fit, &full.fit, watch)?.bootstrap(&asked, watch))?;
        out.write(give(FrameHandle::new(all.frame()?))?);
        Ok(())
    })
}

/// p-values of the likelihood ratio of two fits from `replicates`, a frame of interlace_bootstrap_lrt of the same fits, as a new frame with a row
/// for each "method": "chi_square", "bootstrap" (one more than the replicates that are as large, by one more than all), "bartlett" (the ratio by the mean of the replicates, times
/// the degrees of freedom, by chi-square) and "gamma" (by the gamma distribution with the mean and variance of the replicates). The columns are "method", "statistic", "df", "p_value", "lower" and "upper" (limits that
/// the number of replicates leaves to the bootstrap's p-value, of Clopper and Pearson), "n" (replicates that did not fail), "extreme" and "failed".
/// @param reduced The smaller model.
/// @param full The larger model.
/// @param replicates The table of replicates.
/// @param level The level of the limits, such as 0.95.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_lrt_test(
    bootstrap: Option<&BootstrapHandle>,
    reduced: Option<&FitHandle>,
    full: Option<&FitHandle>,
    replicates: Option<&FrameHandle>,
    level: f64,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        need(bootstrap, "bootstrap")?;
        let (reduced, full, replicates) = (need(reduced, "reduced")?, need(full, "full")?, need(replicates, "replicates")?);
        let out = target(out, "out")?;
        let test = |pair: NestedPair| pair.test(&replicates.frame, level).map_err(|error| replicates.frame.located_anew(error));
        let table = watched(options, |watch| test(NestedPair::new(&reduced.fit, &full.fit, watch)?))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}
