//! Many independent pieces of work on several threads, in an order that changes no result.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use crate::error::{Code, Error, Result};
use crate::options::Progress;

/// What progress hears of a piece: the deviance and theta, NaN and nothing if it failed.
pub(super) type News = (f64, Vec<f64>);

/// Does pieces 0 .. `count`, each with the tools of its thread, which `tools` makes. After each piece `progress` is called on this thread with
/// the number done and the piece's news; `false` from it cancels `what`.
pub(super) fn run<T: Send, W>(
    count: usize,
    threads: usize,
    what: &str,
    pieces: &Pieces<'_, T, W>,
    progress: Option<Progress<'_>>,
) -> Result<Vec<T>> {
    let threads = threads.clamp(1, count.max(1));
    let pool = Pool { count, threads, pieces, cancelled: &AtomicBool::new(false) };
    let shares = pool.run(progress)?;
    if pool.cancelled.load(Ordering::Relaxed) {
        return Err(Error::new(Code::Cancelled, format!("{what} was cancelled")));
    }
    let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
    Ok((0..count).filter_map(|i| shares[i % threads].next()).collect())
}

/// The work.
pub(super) struct Pieces<'a, T, W> {
    pub tools: &'a (dyn Fn() -> Result<W> + Sync),
    /// An error ends all.
    pub work: &'a (dyn Fn(&mut W, usize) -> Result<T> + Sync),
    pub news: &'a (dyn Fn(&T) -> News + Sync),
}

/// Thread k does pieces k, k + threads ...
struct Pool<'a, T, W> {
    count: usize,
    threads: usize,
    pieces: &'a Pieces<'a, T, W>,
    cancelled: &'a AtomicBool,
}

impl<T: Send, W> Pool<'_, T, W> {
    /// All shares; this thread does the first, and reports.
    fn run(&self, mut progress: Option<Progress<'_>>) -> Result<Vec<Vec<T>>> {
        let (sender, done) = std::sync::mpsc::channel::<News>();
        let wanted = progress.is_some();
        std::thread::scope(|scope| {
            let mut others = vec![];
            for k in 1..self.threads {
                let sender = sender.clone();
                // The name keeps a panic from being printed (see capi::boundary).
                let thread = std::thread::Builder::new().name("interlace".into());
                let handle = thread.spawn_scoped(scope, move || self.other_share(k, wanted, &sender));
                others.push(handle.map_err(|e| Error::argument(format!("threads: can't start thread {}: {e}", k + 1)))?);
            }
            let mut count = 0;
            let mut report = |(value, theta): News| {
                count += 1;
                if let Some(progress) = &mut progress
                    && !progress(count, value, &theta)
                {
                    self.cancelled.store(true, Ordering::Relaxed);
                }
            };
            let mut shares = vec![self.share(0, &mut |piece| {
                if wanted {
                    report((self.pieces.news)(piece));
                    done.try_iter().for_each(&mut report);
                }
            })?];
            drop(sender);
            done.into_iter().for_each(report);
            for handle in others {
                shares.push(handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(shares)
        })
    }

    fn other_share(&self, k: usize, wanted: bool, sender: &Sender<News>) -> Result<Vec<T>> {
        self.share(k, &mut |piece| {
            if wanted {
                // Nobody listens any more after a failure.
                drop(sender.send((self.pieces.news)(piece)));
            }
        })
    }

    fn share(&self, k: usize, report: &mut dyn FnMut(&T)) -> Result<Vec<T>> {
        let mut tools = (self.pieces.tools)()?;
        let mut out = vec![];
        for i in (k..self.count).step_by(self.threads) {
            if self.cancelled.load(Ordering::Relaxed) {
                break;
            }
            let piece = (self.pieces.work)(&mut tools, i).inspect_err(|_| self.cancelled.store(true, Ordering::Relaxed))?;
            report(&piece);
            out.push(piece);
        }
        Ok(out)
    }
}
