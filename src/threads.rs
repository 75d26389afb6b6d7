//! Work divided among threads. What a piece gives does not depend on which thread does it, nor on their number, and results keep the order
//! of the pieces: no sum depends on threads. They end with the work; where there is one thread none is started.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::inside::inside;
use crate::watch::{Watch, Watcher};

/// How long the thread of the call waits for others between pulses.
const WAIT: Duration = Duration::from_millis(20);

/// The results of pieces 0 .. `count`, which take long, on as many threads as `watch` has. This thread does what it is dealt by `first`,
/// hears of each piece that is done, by whomever, and reports; the others run `other`, which does its turns.
///
/// Of errors the one of the first piece counts. One that ends all stops everybody.
pub fn share<T: Send>(
    count: usize,
    watch: &Watch<'_>,
    heard: &mut dyn FnMut(&T) -> Result<()>,
    first: &mut dyn FnMut(usize) -> Result<T>,
    other: &(dyn Fn(&Watch<'_>, &mut Turns<'_, T>) -> Result<()> + Sync),
) -> Result<Vec<T>> {
    let mut all = vec![];
    all.try_reserve_exact(count).map_err(|_| Error::memory("results", count.saturating_mul(size_of::<Option<Result<T>>>())))?;
    all.resize_with(count, || None);
    let threads = watch.threads().clamp(1, count.max(1));
    let deal = &Deal { next: AtomicUsize::new(0), count, stopped: AtomicBool::new(false) };
    let (end, watch_of) = (watch.end(), watch.of_threads());
    let (sender, done) = channel();
    scope(|scope| {
        // Whatever happens here, others get no more.
        let closing = Closing(deal);
        let mut others = vec![];
        for k in 1..threads {
            let sender = sender.clone();
            let share = move || {
                let watcher = Watcher::of_thread(&deal.stopped, end);
                let watch = watch_of.of(&watcher);
                let mut turns = Turns { deal, sender, watch };
                other(&watch, &mut turns).or_else(|error| turns.fail(error))
            };
            let handle = start(scope, share);
            others.push(handle.map_err(|e| {
                deal.stopped.store(true, Ordering::Relaxed);
                Error::argument(format!("threads: can't start thread {}: {e}", k + 1))
            })?);
        }
        drop(sender);
        let mut desk = Desk { deal, watch, done: &done, heard, all };
        let own = desk.work(first).inspect_err(|_| deal.stopped.store(true, Ordering::Relaxed));
        drop(closing);
        let ends: Vec<Result<()>> = others.into_iter().map(joined).collect();
        own?;
        ends.into_iter().collect::<Result<()>>()?;
        desk.all.into_iter().flatten().collect()
    })
}

/// The same where all threads work alike.
pub fn each<T: Send>(count: usize, watch: &Watch<'_>, work: &(dyn Fn(usize, &Watch<'_>) -> Result<T> + Sync)) -> Result<Vec<T>> {
    if watch.threads() == 1 || count < 2 {
        return (0..count).map(|i| work(i, watch)).collect();
    }
    let alone = watch.with_threads(1);
    share(count, watch, &mut |_| Ok(()), &mut |i| work(i, &alone), &|watch, turns| turns.each(&mut |i| work(i, watch)))
}

/// The results of short pieces, which nobody has to watch. Threads that can't be started leave their part to the others.
pub fn divide<P: Send, T: Send>(threads: usize, pieces: Vec<P>, work: &(dyn Fn(P) -> T + Sync)) -> Vec<T> {
    let threads = threads.min(pieces.len());
    beside(threads, pieces, work, || ()).1
}

/// The same beside something that this thread does first.
pub fn beside<P: Send, T: Send, R>(
    threads: usize,
    pieces: Vec<P>,
    work: &(dyn Fn(P) -> T + Sync),
    own: impl FnOnce() -> R,
) -> (R, Vec<T>) {
    let threads = threads.min(pieces.len() + 1);
    if threads <= 1 {
        return (own(), pieces.into_iter().map(work).collect());
    }
    let (count, queue) = (pieces.len(), &Mutex::new(pieces.into_iter().enumerate()));
    let next = move || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let share = move || std::iter::from_fn(next).map(|(i, piece)| (i, work(piece))).collect::<Vec<_>>();
    let mut all: Vec<Option<T>> = (0..count).map(|_| None).collect();
    let own = scope(|scope| {
        let others: Vec<_> = (1..threads).map_while(|_| start(scope, share).ok()).collect();
        let (own, first) = (own(), share());
        for (i, result) in first.into_iter().chain(others.into_iter().flat_map(joined)) {
            all[i] = Some(result);
        }
        own
    });
    (own, all.into_iter().flatten().collect())
}

/// A thread inside the library: its panics are told by whoever joins it.
fn start<'scope, 'env, R: Send + 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    work: impl FnOnce() -> R + Send + 'scope,
) -> std::io::Result<ScopedJoinHandle<'scope, R>> {
    Builder::new().name("interlace".into()).spawn_scoped(scope, || inside(work))
}

fn joined<R>(handle: ScopedJoinHandle<'_, R>) -> R {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Pieces that are given to whoever is free, in their order.
struct Deal {
    next: AtomicUsize,
    count: usize,
    stopped: AtomicBool,
}

impl Deal {
    fn next(&self) -> Option<usize> {
        let wanted = !self.stopped.load(Ordering::Relaxed) && self.next.load(Ordering::Relaxed) < self.count;
        let next = if wanted { self.next.fetch_add(1, Ordering::Relaxed) } else { self.count };
        (next < self.count).then_some(next)
    }

    /// Nobody gets any more; those that have been given are done.
    fn close(&self) {
        self.next.store(self.count, Ordering::Relaxed);
    }
}

/// Ends a deal as it goes out of scope.
struct Closing<'a>(&'a Deal);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What another thread than that of the call does of the work.
pub struct Turns<'a, T> {
    deal: &'a Deal,
    sender: Sender<(usize, Result<T>)>,
    watch: Watch<'a>,
}

impl<T> Turns<'_, T> {
    /// Does pieces as long as there are some.
    pub fn each(&mut self, work: &mut dyn FnMut(usize) -> Result<T>) -> Result<()> {
        while let Some(i) = self.deal.next() {
            match self.watch.check().and_then(|()| work(i)) {
                Err(error) if error.ends_all() => return Err(error),
                done => {
                    if done.is_err() {
                        self.deal.close();
                    }
                    // Nobody listens any more after a failure.
                    drop(self.sender.send((i, done)));
                }
            }
        }
        Ok(())
    }

    /// Whoever stops the work first tells why.
    fn fail(&self, error: Error) -> Result<()> {
        if self.deal.stopped.swap(true, Ordering::Relaxed) { Ok(()) } else { Err(error) }
    }
}

/// Where the results of all threads come to.
struct Desk<'a, 'w, T> {
    deal: &'a Deal,
    watch: &'a Watch<'w>,
    done: &'a Receiver<(usize, Result<T>)>,
    heard: &'a mut dyn FnMut(&T) -> Result<()>,
    all: Vec<Option<Result<T>>>,
}

impl<T> Desk<'_, '_, T> {
    fn work(&mut self, first: &mut dyn FnMut(usize) -> Result<T>) -> Result<()> {
        while let Some(i) = self.deal.next() {
            let piece = first(i);
            self.take(i, piece)?;
            while let Ok((i, piece)) = self.done.try_recv() {
                self.take(i, piece)?;
            }
        }
        loop {
            match self.done.recv_timeout(WAIT) {
                Ok((i, piece)) => self.take(i, piece)?,
                Err(RecvTimeoutError::Timeout) => self.watch.pulse()?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn take(&mut self, i: usize, piece: Result<T>) -> Result<()> {
        match &piece {
            Ok(piece) => (self.heard)(piece)?,
            Err(error) if error.ends_all() => return piece.map(|_| ()),
            Err(_) => self.deal.close(),
        }
        self.all[i] = Some(piece);
        Ok(())
    }
}
