//! What predictions have together: their covariance.

use super::boundary::boundary;
use super::buffer::{array_target, copy_out};
use super::fit::FitHandle;
use super::frame::FrameHandle;
use super::options::OptionsHandle;
use super::predict::{Asked, PredictRequest};
use super::progress::watched;
use super::status::{ErrorRecord, Status};

/// The joint covariance of predictions, to `out` [k,k], k = rows * w with rows and w as for interlace_fit_predict, in the order of its `out`. Its
/// diagonal has the squares of the standard errors of interlace_fit_predict_interval, which says what varies. Rows with the same new level of
/// a grouping factor share its random effects; those in which it is missing share them with no other row. `request->interval`,
/// `request->level` and `request->weights` play no part. NaN in the rows and columns of what has no prediction.
/// INTERLACE_E_ARGUMENT if k is more than 16384, INTERLACE_E_UNSUPPORTED for Cox fits and, with random effects, fits by engine = iterative.
/// Otherwise as interlace_fit_predict.
/// @param len The total number of elements.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_covariance(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let Asked { fit, newdata, rows, request } = Asked::new(fit, data, request)?;
        let k = rows.saturating_mul(fit.prediction_width(request.quantity));
        if k <= crate::predict::MOST_COVARIANT {
            array_target(out, len, k * k, "out")?;
        }
        copy_out(&watched(options, |watch| fit.prediction_covariance(newdata, &request, watch))?, out, len)
    })
}
