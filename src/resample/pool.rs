//! Many independent pieces of work, of which the watcher hears one by one.

use std::cell::Cell;

use crate::error::Result;
use crate::threads::share;
use crate::watch::{Phase, Step, Watch};

/// What the watcher hears of a piece: the deviance and theta, NaN and nothing if it failed.
pub(crate) type News = (f64, Vec<f64>);

/// Does pieces 0 .. `count`, each with the tools of its thread, which `tools` makes. The watcher hears of it on this thread: after each
/// piece of the number done and of the piece's news, and while one is worked on.
pub(crate) fn run<T: Send, W>(
    count: usize,
    threads: usize,
    phase: Phase,
    pieces: &Pieces<'_, T, W>,
    watch: &Watch<'_>,
) -> Result<Vec<T>> {
    watch.at(phase, 0, Some(count))?;
    let heard = Cell::new(0);
    let mut hear = |piece: &T| {
        heard.set(heard.get() + 1);
        let (objective, theta) = (pieces.news)(piece);
        watch.step(&Step { phase, step: heard.get(), total: Some(count), objective, theta: &theta })
    };
    let mut tools = None;
    let mut first = |i: usize| {
        let watch = watch.with_threads(1).inside(phase, heard.get(), Some(count));
        let own = match &mut tools {
            Some(own) => own,
            none => none.insert((pieces.tools)(&watch)?),
        };
        (pieces.work)(own, i, &watch)
    };
    share(count, &watch.with_threads(threads), &mut hear, &mut first, &|watch, turns| {
        let mut tools = (pieces.tools)(watch)?;
        turns.each(&mut |i| (pieces.work)(&mut tools, i, watch))
    })
}

/// The work.
pub(crate) struct Pieces<'a, T, W> {
    pub tools: &'a (dyn Fn(&Watch<'_>) -> Result<W> + Sync),
    /// An error ends all.
    pub work: &'a (dyn Fn(&mut W, usize, &Watch<'_>) -> Result<T> + Sync),
    pub news: &'a (dyn Fn(&T) -> News + Sync),
}
