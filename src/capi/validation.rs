//! Models fitted again: by all optimisers, and without parts of their data.

use super::boundary::boundary;
use super::buffer::target;
use super::c_char;
use super::frame::FrameHandle;
use super::handle::{boxed, give, need};
use super::options::{OptionsHandle, settings};
use super::progress::watched;
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::validation::{AllOptimizers, CrossValidation, Partition};

/// Fits the model `spec` to `data` by each optimiser in turn, from several starts: those of interlace_fit_new, and standard
/// deviations of random effects that are a tenth and ten times those estimated. If the options have a theta0, it is the only start.
/// `*out` is a new frame with one row per optimiser, for its best result: "optimizer", "log_likelihood", "criterion", "difference" (the
/// criterion minus the lowest of all), "max_diff_theta" and "max_diff_beta" (the largest differences of covariance parameters and, in
/// standard errors, of fixed effects from those of the lowest criterion), "converged", "singular" (1 or 0), "evaluations" (of all starts),
/// "gradient" (as in interlace_fit_scaled_gradient), "seconds" (of all starts), "error" (why there is no fit, else missing), and the estimates:
/// "theta." with the name of a covariance parameter, "beta." with that of a fixed effect ("zi." and "disp." before those of the zero
/// inflation and the dispersion), "family." with that of a parameter of the family or of the thresholds.
/// Optimisers that agree have found the same minimum: none has stopped short of it. A lower minimum may still exist where no start
/// leads. An optimiser that ends lower than the fit has found a better minimum; pass its theta to the fit as theta0.
/// `data` and `options`, except the optimiser, are as for interlace_fit_new.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_all_optimizers(
    spec: Option<&SpecHandle>,
    data: Option<&FrameHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, out) = (need(spec, "spec")?, target(out, "out")?);
        let data = data.map(|data| &data.frame);
        let all = watched(options, |watch| AllOptimizers::new(&spec.spec, data, &settings(options), watch))?;
        out.write(give(FrameHandle::new(all.frame()?))?);
        Ok(())
    })
}

/// Cross-validation: leaves out each part of the rows in turn, fits the model `spec` to the others, and predicts those left out. `group` is
/// the grouping factor whose levels stay together, that of a random term ("g", "a:b") or a column; with NULL rows are independent. `folds`
/// is the number of parts, 2 or more; with 0 each level, or row, is one. The assignment of levels to folds depends only on `seed`.
///
/// Predictions of the mean use the random effects of levels that occur in the other rows, and zero for other levels. The logarithmic
/// score of a row is the logarithm of the density (or probability) that the fit without it gives the response, with the uncertainty of
/// the linear predictor integrated out: new random effects, those of known levels about their modes, fixed effects about their estimates. A
/// larger score is better. Weights count as in the model, but those that multiply the log-density are ignored.
///
/// `*folds_out` is a new frame with one row per fold and a last one, "all", for all rows: "fold" ("1", "2" .. "all"), "units" (levels, or rows),
/// "rows" (predicted), "rmse", "mae" (NaN for an ordinal model: categories have no distance), "log_score" (the mean over rows), "status"
/// of the fit (converged, singular, not_converged, failed; missing for all) and "reason" (of a failure). `*rows_out`, unless `rows_out` is
/// NULL, is a new frame with one row per row used: "row" (of the data, from 0), "fold" (from 1), "response", "prediction", "log_score"; those
/// of an ordinal model are categories, from 1, with the most probable one as prediction. A fold that cannot be fitted or predicted, say because a
/// level of a fixed effect occurs only in it, has status failed, and its rows have NaN.
///
/// The threads of `options` (may be NULL) run folds in parallel and do not change results; with more than one, the functions of a
/// user-defined family are called from several threads. The progress function is told of each fold with the number done, and the
/// objective and theta of that fold (NaN and none if it failed). `spec` must be made from a formula: INTERLACE_E_UNSUPPORTED for arrays.
/// The caller frees `*folds_out` and `*rows_out` with interlace_frame_free.
/// @param group A grouping factor whose levels stay together; NULL for single rows.
/// @param folds The number of parts; 0 for each level, or row, by itself.
/// @param folds_out A new frame with a row per fold [1].
/// @param rows_out A new frame with a row per row [1]; NULL if it is not wanted.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_cross_validate(
    spec: Option<&SpecHandle>,
    data: Option<&FrameHandle>,
    group: *const c_char,
    folds: usize,
    seed: u64,
    options: Option<&OptionsHandle>,
    folds_out: *mut *mut FrameHandle,
    rows_out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, data, out) = (need(spec, "spec")?, data.map(|data| &data.frame), target(folds_out, "folds_out")?);
        let rows_out = if rows_out.is_null() { None } else { Some(target(rows_out, "rows_out")?) };
        let partition = Partition { group: optional_text(group, "group")?, folds, seed };
        let all = watched(options, |watch| CrossValidation::new(&spec.spec, data, &settings(options), &partition, watch))?;
        let (table, rows) = (all.frame()?, rows_out.map(|_| all.frame_of_rows()).transpose()?);
        let rows = rows.map(|rows| boxed(FrameHandle::new(rows))).transpose()?;
        out.write(give(FrameHandle::new(table))?);
        if let (Some(out), Some(rows)) = (rows_out, rows) {
            out.write(Box::into_raw(rows));
        }
        Ok(())
    })
}
