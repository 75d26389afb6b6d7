//! Independent pieces of work on several threads. What each gives does not depend on which thread did it, nor on their number.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};
use crate::watch::{Watch, Watcher};

/// The results of pieces 0 .. `count`. Thread k does pieces k, k + threads ...; only the first, which is the caller's, reports.
pub fn each<T: Send>(
    count: usize,
    threads: usize,
    watch: &Watch<'_>,
    work: &(dyn Fn(usize, &Watch<'_>) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let threads = threads.clamp(1, count.max(1));
    if threads == 1 {
        return (0..count).map(|i| work(i, watch)).collect();
    }
    let stopped = &AtomicBool::new(false);
    let share = |k: usize, watch: &Watch<'_>| -> Result<Vec<T>> { (k..count).step_by(threads).map(|i| work(i, watch)).collect() };
    let stop = |_: &Error| stopped.store(true, Ordering::Relaxed);
    let mut shares: Vec<_> = std::thread::scope(|scope| -> Result<Vec<Vec<T>>> {
        let mut others = vec![];
        for k in 1..threads {
            // The name keeps a panic from being printed (see capi::boundary).
            let thread = std::thread::Builder::new().name("interlace".into());
            let run = move || share(k, &Watcher::of_thread(stopped, None).watch());
            let handle = thread.spawn_scoped(scope, run);
            others.push(
                handle.map_err(|e| Error::argument(format!("threads: can't start thread {}: {e}", k + 1))).inspect_err(stop)?,
            );
        }
        let first = share(0, watch).inspect_err(stop);
        let joined: Vec<_> =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect();
        // A failure of this thread is why others stopped.
        std::iter::once(first).chain(joined).collect()
    })?
    .into_iter()
    .map(Vec::into_iter)
    .collect();
    Ok((0..count).filter_map(|i| shares[i % threads].next()).collect())
}
