//! Calls that are watched by the caller's progress function, and end at the deadline of the options.

use super::codes::code_of;
use super::options::OptionsHandle;
use super::phase::{PhaseCode, Progress};
use crate::error::Result;
use crate::watch::{Step, Watch, Watcher};

/// Works with the progress function and the deadline of the options, as far as they have them.
pub(super) unsafe fn watched<T>(options: Option<&OptionsHandle>, work: impl FnOnce(&Watch<'_>) -> Result<T>) -> Result<T> {
    let Some((own, end)) = options.map(|own| (own, own.options.end())) else { return work(&Watch::unwatched()) };
    let report = own.progress.map(|call| {
        move |step: &Step<'_>| {
            let progress = Progress {
                struct_size: size_of::<Progress>(),
                phase: code_of(step.phase).unwrap_or(PhaseCode::None),
                step: step.step as i64,
                total: step.total.map_or(-1, |total| total as i64),
                objective: step.objective,
                theta: step.theta.as_ptr(),
                n_theta: step.theta.len(),
            };
            call(&raw const progress, own.user_data) == 0
        }
    });
    if report.is_none() && end.is_none() {
        return work(&Watch::unwatched());
    }
    let watcher = Watcher::new(report.as_ref().map(|report| report as &dyn Fn(&Step<'_>) -> bool), end);
    let found = work(&watcher.watch())?;
    // Whatever the work made of it, who cancels gets no result.
    watcher.watch().of_fit().check().map(|()| found)
}
