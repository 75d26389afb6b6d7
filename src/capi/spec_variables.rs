//! The columns that a model needs.

use super::boundary::boundary;
use super::buffer::target;
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};

/// The columns that a model from a formula needs, before there are data, as a new frame with a row for each column and use: "name", "role" and "part".
/// "role" is response, fixed (a covariate or factor of the fixed effects), random (one of the left-hand side of a random term), group (a
/// grouping factor), offset, strata (of Cox models), weights or time (of correlated residuals); "part" is mean, zero_inflation, dispersion, nominal, scale or
/// correlation. Rows come in that order, in each part in the order in which the formula names them. Columns that only interlace_spec_set_contrasts
/// names are not among them.
/// INTERLACE_E_FORMULA if a formula cannot be read, or has `.`, which stands for the columns of data; INTERLACE_E_UNSUPPORTED for arrays,
/// which have no columns.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_variables(
    spec: Option<&SpecHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, out) = (need(spec, "spec")?, target(out, "out")?);
        out.write(give(FrameHandle::new(spec.spec.variables_table()?))?);
        Ok(())
    })
}
