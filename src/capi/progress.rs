//! The progress function of the caller's.

use super::options::OptionsHandle;
use crate::error::Result;
use crate::options::Progress;

/// Works with the progress function of the options, if they have one.
pub(super) unsafe fn with_progress<T>(
    options: Option<&OptionsHandle>,
    work: impl FnOnce(Option<Progress<'_>>) -> Result<T>,
) -> Result<T> {
    let Some((progress, user_data)) = options.and_then(|o| Some((o.progress?, o.user_data))) else { return work(None) };
    let mut report =
        |done: usize, deviance: f64, theta: &[f64]| progress(done as i64, deviance, theta.as_ptr(), theta.len(), user_data) == 0;
    work(Some(&mut report))
}
