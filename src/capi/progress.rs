//! Calls that are watched by the caller's progress function, and end at the deadline of the options.

use super::codes::code_of;
use super::options::OptionsHandle;
use super::phase::{PhaseCode, Progress};
use crate::error::Result;
use crate::inside::outside;
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
            outside(|| call(&raw const progress, own.user_data)) == 0
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

#[cfg(test)]
mod tests {
    use super::super::strings::StringTable;
    use super::*;
    use crate::capi::c_void;
    use crate::error::Code;
    use crate::options::Options;
    use crate::watch::Phase;

    /// Cancels at the third call, which it counts in `user_data`.
    unsafe extern "C" fn third(progress: *const Progress, user_data: *mut c_void) -> i32 {
        let (progress, calls) = (&*progress, &mut *user_data.cast::<i64>());
        *calls += 1;
        assert!(progress.struct_size == 56 && progress.phase == PhaseCode::Fold && progress.step == *calls);
        assert!(progress.total == 9 && progress.objective.is_nan() && progress.n_theta == 0);
        i32::from(*calls == 3)
    }

    #[test]
    fn who_cancels_gets_no_result_even_if_the_work_goes_on() {
        let mut calls = 0i64;
        let user_data = (&raw mut calls).cast();
        let own = OptionsHandle { options: Options::default(), progress: Some(third), user_data, texts: StringTable::default() };
        let work = |watch: &Watch<'_>| Ok((1..=9).filter(|i| watch.at(Phase::Fold, *i, Some(9)).is_ok()).count());
        let result = unsafe { watched(Some(&own), work) };
        assert_eq!(result.unwrap_err().message, "cancelled in phase fold, step 3 of 9");
        assert_eq!(calls, 3);
    }

    #[test]
    fn the_deadline_is_that_of_the_call() {
        let options = Options { deadline: Some(1e-9), ..Options::default() };
        let own = OptionsHandle { options, progress: None, user_data: std::ptr::null_mut(), texts: StringTable::default() };
        let late = unsafe { watched(Some(&own), |watch| watch.at(Phase::Start, 0, None)) };
        assert_eq!(late.unwrap_err().code, Code::Deadline);
        assert!(unsafe { watched(None, |watch| watch.at(Phase::Start, 0, None)) }.is_ok());
    }
}
