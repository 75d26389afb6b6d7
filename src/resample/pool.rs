//! Many independent pieces of work on several threads, in an order that changes no result.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::inside::inside;
use crate::watch::{Phase, Step, Watch, Watcher};

/// What the watcher hears of a piece: the deviance and theta, NaN and nothing if it failed.
pub(crate) type News = (f64, Vec<f64>);

/// How long the thread of the call waits for others between pulses.
const WAIT: Duration = Duration::from_millis(20);

/// Does pieces 0 .. `count`, each with the tools of its thread, which `tools` makes. The watcher hears of it on this thread: after each
/// piece of the number done and of the piece's news, and while one is worked on.
pub(crate) fn run<T: Send, W>(
    count: usize,
    threads: usize,
    phase: Phase,
    pieces: &Pieces<'_, T, W>,
    watch: &Watch<'_>,
) -> Result<Vec<T>> {
    let threads = threads.clamp(1, count.max(1));
    watch.at(phase, 0, Some(count))?;
    let pool = Pool { count, threads, pieces, stopped: &AtomicBool::new(false), end: watch.end() };
    let mut shares: Vec<_> = pool.run(phase, watch)?.into_iter().map(Vec::into_iter).collect();
    Ok((0..count).filter_map(|i| shares[i % threads].next()).collect())
}

/// The work.
pub(crate) struct Pieces<'a, T, W> {
    pub tools: &'a (dyn Fn(&Watch<'_>) -> Result<W> + Sync),
    /// An error ends all.
    pub work: &'a (dyn Fn(&mut W, usize, &Watch<'_>) -> Result<T> + Sync),
    pub news: &'a (dyn Fn(&T) -> News + Sync),
}

/// Thread k does pieces k, k + threads ...
struct Pool<'a, T, W> {
    count: usize,
    threads: usize,
    pieces: &'a Pieces<'a, T, W>,
    stopped: &'a AtomicBool,
    end: Option<Instant>,
}

impl<T: Send, W> Pool<'_, T, W> {
    /// All shares; this thread does the first, and reports.
    fn run(&self, phase: Phase, watch: &Watch<'_>) -> Result<Vec<Vec<T>>> {
        let (sender, done) = std::sync::mpsc::channel::<News>();
        std::thread::scope(|scope| {
            let mut others = vec![];
            for k in 1..self.threads {
                let sender = sender.clone();
                let thread = std::thread::Builder::new().name("interlace".into());
                let handle = thread.spawn_scoped(scope, move || inside(|| self.other_share(k, &sender)));
                others.push(handle.map_err(|e| {
                    self.stopped.store(true, Ordering::Relaxed);
                    Error::argument(format!("threads: can't start thread {}: {e}", k + 1))
                })?);
            }
            drop(sender);
            let desk = Desk { phase, count: self.count, watch, done: &done };
            let first = self.first_share(&desk).inspect_err(|_| self.stopped.store(true, Ordering::Relaxed));
            let joined = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            let mut shares = vec![first];
            shares.extend(joined);
            shares.into_iter().collect()
        })
    }

    /// This thread's, and the news of all.
    fn first_share(&self, desk: &Desk<'_, '_>) -> Result<Vec<T>> {
        let mut heard = 0;
        let inside = |heard| desk.watch.inside(desk.phase, heard, Some(desk.count));
        let mut tools = (self.pieces.tools)(&inside(heard))?;
        let mut out = vec![];
        for i in (0..self.count).step_by(self.threads) {
            if self.stopped.load(Ordering::Relaxed) {
                break;
            }
            let piece = (self.pieces.work)(&mut tools, i, &inside(heard))?;
            desk.hear(&mut heard, (self.pieces.news)(&piece))?;
            desk.done.try_iter().try_for_each(|news| desk.hear(&mut heard, news))?;
            out.push(piece);
        }
        desk.wait(&mut heard)?;
        Ok(out)
    }

    /// Whoever stops the work first tells why.
    fn other_share(&self, k: usize, sender: &Sender<News>) -> Result<Vec<T>> {
        let mut out = vec![];
        match self.share(k, sender, &mut out) {
            Err(error) if !self.stopped.swap(true, Ordering::Relaxed) => Err(error),
            _ => Ok(out),
        }
    }

    fn share(&self, k: usize, sender: &Sender<News>, out: &mut Vec<T>) -> Result<()> {
        let watcher = Watcher::of_thread(self.stopped, self.end);
        let mut tools = (self.pieces.tools)(&watcher.watch())?;
        for i in (k..self.count).step_by(self.threads) {
            watcher.watch().check()?;
            let piece = (self.pieces.work)(&mut tools, i, &watcher.watch())?;
            // Nobody listens any more after a failure.
            drop(sender.send((self.pieces.news)(&piece)));
            out.push(piece);
        }
        Ok(())
    }
}

/// Where the news of all threads come to.
struct Desk<'a, 'w> {
    phase: Phase,
    count: usize,
    watch: &'a Watch<'w>,
    done: &'a Receiver<News>,
}

impl Desk<'_, '_> {
    fn hear(&self, heard: &mut usize, (objective, theta): News) -> Result<()> {
        *heard += 1;
        self.watch.step(&Step { phase: self.phase, step: *heard, total: Some(self.count), objective, theta: &theta })
    }

    /// Until all other threads are done.
    fn wait(&self, heard: &mut usize) -> Result<()> {
        loop {
            match self.done.recv_timeout(WAIT) {
                Ok(news) => self.hear(heard, news)?,
                Err(RecvTimeoutError::Timeout) => self.watch.pulse()?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }
}
