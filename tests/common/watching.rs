//! Work with a watcher.

use std::cell::{Cell, RefCell};

use interlace::options::Options;
use interlace::watch::{Phase, Step, Watch, Watcher};

/// What was heard of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub phase: Phase,
    pub step: usize,
    pub total: Option<usize>,
    pub objective: f64,
    pub theta: Vec<f64>,
}

/// Works with a function that hears of each step.
pub fn reporting<T>(report: impl Fn(&Step<'_>) -> bool, work: impl FnOnce(&Watch<'_>) -> T) -> T {
    work(&Watcher::new(Some(&report), None).watch())
}

/// All that is heard, pulses too, until `last` reports have been made: that one cancels.
pub fn heard_up_to<T>(last: usize, work: impl FnOnce(&Watch<'_>) -> T) -> (T, Vec<Heard>) {
    let (all, count) = (RefCell::new(vec![]), Cell::new(0));
    let report = |s: &Step<'_>| {
        all.borrow_mut().push(Heard {
            phase: s.phase,
            step: s.step,
            total: s.total,
            objective: s.objective,
            theta: s.theta.to_vec(),
        });
        count.set(count.get() + 1);
        count.get() < last
    };
    let result = work(&Watcher::new(Some(&report), None).of_all_pulses().watch());
    (result, all.take())
}

/// Works until the deadline of the options.
pub fn until_deadline<T>(options: &Options, work: impl FnOnce(&Watch<'_>) -> T) -> T {
    work(&Watcher::new(None, options.end()).watch())
}
