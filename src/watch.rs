//! Work that tells how far it is, can be cancelled, and has an end.
//!
//! Whoever waits for a call is its [`Watcher`]; what the call does, down to its loops, has a [`Watch`]. A loop that may take long calls
//! [`Watch::pulse`] at each round, and what counts something calls [`Watch::at`] or [`Watch::step`]; where one of them fails the work ends.

use std::cell::Cell;
use std::ffi::CStr;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::choice::Choice;
use crate::error::{Code, Error, Result};

/// What a call is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The model matrices, and where the search begins.
    Start,
    /// The search; steps are evaluations of the criterion.
    Search,
    /// Standard errors of a fit; steps are parameters.
    StandardErrors,
    /// Random effects of a fit and their covariances; steps are terms.
    Modes,
    /// Steps are parts of the derivatives that degrees of freedom are made of.
    DegreesOfFreedom,
    /// Steps are hypotheses.
    Test,
    /// Models that are fitted one after the other.
    Model,
    /// The same model by one optimiser after the other.
    Optimizer,
    /// Steps are parameters.
    Profile,
    /// Steps are replicates of a bootstrap that are done.
    Replicate,
    /// Steps are responses that the model was fitted to.
    Refit,
    /// Steps are units that were left out.
    Deletion,
    /// Steps are folds of a cross-validation that are done.
    Fold,
    /// Steps are rows.
    Prediction,
    /// Steps are simulated responses.
    Simulation,
    /// Steps are rows.
    Residuals,
    /// Marginal means and contrasts.
    Means,
    /// Steps are points at which the criterion is wanted.
    Objective,
    /// Steps are replicates whose statistic is done.
    Statistic,
}

impl Choice for Phase {
    const LIST: &'static str = "phase";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Phase::Start, c"start"),
        (Phase::Search, c"search"),
        (Phase::StandardErrors, c"standard_errors"),
        (Phase::Modes, c"modes"),
        (Phase::DegreesOfFreedom, c"degrees_of_freedom"),
        (Phase::Test, c"test"),
        (Phase::Model, c"model"),
        (Phase::Optimizer, c"optimizer"),
        (Phase::Profile, c"profile"),
        (Phase::Replicate, c"replicate"),
        (Phase::Refit, c"refit"),
        (Phase::Deletion, c"deletion"),
        (Phase::Fold, c"fold"),
        (Phase::Prediction, c"prediction"),
        (Phase::Simulation, c"simulation"),
        (Phase::Residuals, c"residuals"),
        (Phase::Means, c"means"),
        (Phase::Objective, c"objective"),
        (Phase::Statistic, c"statistic"),
    ];
}

/// How far a call is.
#[derive(Clone, Copy, Debug)]
pub struct Step<'s> {
    pub phase: Phase,
    /// What is done of the phase, or under way.
    pub step: usize,
    /// Of how many, where that is known.
    pub total: Option<usize>,
    /// Of the last evaluation, or of what was done last; NaN where there is none.
    pub objective: f64,
    /// Where that was; may be empty.
    pub theta: &'s [f64],
}

/// Where a call is: phase, step, total.
type Place = (Phase, usize, Option<usize>);

/// The longest time without a report, as far as loops get to it.
const INTERVAL: Duration = Duration::from_millis(50);

/// Rounds of short loops between pulses.
const ROUNDS: usize = 1024;

/// Whoever waits for a call.
pub struct Watcher<'a> {
    report: Option<&'a dyn Fn(&Step<'_>) -> bool>,
    end: Option<Instant>,
    /// Of threads that work for a call: whether it was stopped.
    stopped: Option<&'a AtomicBool>,
    interval: Duration,
    cancelled: Cell<bool>,
    last: Cell<Instant>,
    place: Cell<Place>,
}

impl<'a> Watcher<'a> {
    /// `report` hears of each step; `false` from it cancels. Past `end` the work stops.
    pub fn new(report: Option<&'a dyn Fn(&Step<'_>) -> bool>, end: Option<Instant>) -> Self {
        let (cancelled, last, place) = (Cell::new(false), Cell::new(Instant::now()), Cell::new((Phase::Start, 0, None)));
        Watcher { report, end, stopped: None, interval: INTERVAL, cancelled, last, place }
    }

    /// The same of a thread that works for a call: it reports nothing, and stops where the flag is set.
    pub fn of_thread(stopped: &'a AtomicBool, end: Option<Instant>) -> Self {
        Watcher { stopped: Some(stopped), ..Watcher::new(None, end) }
    }

    /// Hears of every pulse, not only of those that come after a while: the number of reports then does not depend on time.
    pub fn of_all_pulses(mut self) -> Self {
        self.interval = Duration::ZERO;
        self
    }

    pub fn watch(&'a self) -> Watch<'a> {
        Watch { watcher: Some(self), inside: None, late: Late::Error, threads: 1 }
    }

    /// Messages name the place where the work was stopped.
    fn go_to(&self, place: Place) {
        if !self.is_stopped() {
            self.place.set(place);
        }
    }

    fn report(&self, step: &Step<'_>) -> Result<()> {
        self.go_to((step.phase, step.step, step.total));
        let Some(report) = self.report else { return Ok(()) };
        self.last.set(Instant::now());
        if report(step) {
            return Ok(());
        }
        self.cancelled.set(true);
        Err(self.cancellation())
    }

    fn report_if_due(&self, step: &Step<'_>) -> Result<()> {
        if self.report.is_none() || self.last.get().elapsed() >= self.interval { self.report(step) } else { Ok(()) }
    }

    fn cancellation(&self) -> Error {
        Error::new(Code::Cancelled, format!("cancelled in {}", self.place()))
    }

    fn deadline(&self) -> Error {
        Error::new(Code::Deadline, format!("the deadline passed in {}", self.place()))
    }

    fn place(&self) -> String {
        let (phase, step, total) = self.place.get();
        let total = total.map_or_else(String::new, |total| format!(" of {total}"));
        format!("phase {}, step {step}{total}", phase.name())
    }

    fn is_late(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    fn is_stopped(&self) -> bool {
        self.cancelled.get() || self.stopped.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}

/// What the deadline is to some work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    Error,
    /// The work asks, and ends with what it has.
    Asked,
    /// What is left to do is done.
    Ignored,
}

/// What work has of its watcher.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    watcher: Option<&'a Watcher<'a>>,
    /// Where the call is, if the work is a part of a step of its.
    inside: Option<Place>,
    late: Late,
    /// How many threads it may use.
    threads: usize,
}

/// What the work of other threads has of a watch, whose watcher stays behind.
#[derive(Clone, Copy)]
pub struct OfThreads {
    late: Late,
}

impl OfThreads {
    /// The watch of a thread.
    pub fn of<'a>(self, watcher: &'a Watcher<'a>) -> Watch<'a> {
        Watch { late: self.late, ..watcher.watch() }
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.watcher.is_some() { "watched" } else { "unwatched" })
    }
}

impl Watch<'_> {
    /// Of work that nobody watches, and that has no end.
    pub const fn unwatched() -> Self {
        Watch { watcher: None, inside: None, late: Late::Error, threads: 1 }
    }

    /// Of work that may use so many threads.
    pub fn with_threads(self, threads: usize) -> Self {
        Watch { threads, ..self }
    }

    /// How many threads the work may use.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// What goes with work to other threads.
    pub fn of_threads(&self) -> OfThreads {
        OfThreads { late: self.late }
    }

    /// Of a fit, which ends at the deadline with what it has: it has to ask whether it [`is_late`](Self::is_late).
    pub fn of_fit(self) -> Self {
        Watch { late: Late::Asked, ..self }
    }

    /// Of what has to be done whether it is late or not.
    pub fn without_end(self) -> Self {
        Watch { late: Late::Ignored, ..self }
    }

    /// Of work that is a part of one step: what it reports is that step, and not more often than pulses.
    pub fn inside(self, phase: Phase, step: usize, total: Option<usize>) -> Self {
        Watch { inside: Some(self.inside.unwrap_or((phase, step, total))), ..self }
    }

    /// A step is done, or begins. Fails where the work has to end.
    pub fn step(&self, step: &Step<'_>) -> Result<()> {
        let Some(watcher) = self.watcher else { return Ok(()) };
        let Some((phase, own, total)) = self.inside else {
            watcher.go_to((step.phase, step.step, step.total));
            return self.check().and_then(|()| watcher.report(step));
        };
        self.check()?;
        watcher.report_if_due(&Step { phase, step: own, total, ..*step })
    }

    /// The same without an objective.
    pub fn at(&self, phase: Phase, step: usize, total: Option<usize>) -> Result<()> {
        self.step(&Step { phase, step, total, objective: f64::NAN, theta: &[] })
    }

    /// An evaluation of the criterion; `theta` is made only for somebody who wants it.
    pub fn evaluation(&self, step: usize, objective: f64, theta: impl FnOnce() -> Vec<f64>) -> Result<()> {
        let theta = if self.watcher.is_some_and(|watcher| watcher.report.is_some()) { theta() } else { vec![] };
        self.step(&Step { phase: Phase::Search, step, total: None, objective, theta: &theta })
    }

    /// For loops: reports where the call is, if the last report was a while ago. Fails where the work has to end.
    pub fn pulse(&self) -> Result<()> {
        let Some(watcher) = self.watcher else { return Ok(()) };
        self.check()?;
        let (phase, step, total) = self.inside.unwrap_or(watcher.place.get());
        watcher.report_if_due(&Step { phase, step, total, objective: f64::NAN, theta: &[] })
    }

    /// A pulse once in a thousand rounds of a loop over rows or levels.
    pub fn pulse_each(&self, round: usize) -> Result<()> {
        if round.is_multiple_of(ROUNDS) { self.pulse() } else { Ok(()) }
    }

    /// The same with where the loop is.
    pub fn round(&self, phase: Phase, round: usize, total: usize) -> Result<()> {
        if round.is_multiple_of(ROUNDS) { self.pulse_at(phase, round, Some(total)) } else { Ok(()) }
    }

    /// A pulse that says where the work is.
    pub fn pulse_at(&self, phase: Phase, step: usize, total: Option<usize>) -> Result<()> {
        if let (Some(watcher), None) = (self.watcher, self.inside) {
            watcher.go_to((phase, step, total));
        }
        self.pulse()
    }

    /// Fails where the work has to end.
    pub fn check(&self) -> Result<()> {
        match self.watcher {
            Some(watcher) if watcher.is_stopped() => Err(watcher.cancellation()),
            Some(watcher) if self.late == Late::Error && watcher.is_late() => Err(watcher.deadline()),
            _ => Ok(()),
        }
    }

    /// Whether a fit has to end with what it has.
    pub fn is_late(&self) -> bool {
        self.late == Late::Asked && self.watcher.is_some_and(Watcher::is_late)
    }

    /// When a search ends with what it has.
    pub fn end_of_search(&self) -> Option<Instant> {
        self.watcher.filter(|_| self.late == Late::Asked).and_then(|watcher| watcher.end)
    }

    /// When all of the call ends.
    pub fn end(&self) -> Option<Instant> {
        self.watcher.and_then(|watcher| watcher.end)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn phases_have_the_numbers_and_names_of_their_order() {
        let mut names = vec![];
        for (number, (phase, _)) in Phase::ALL.iter().enumerate() {
            assert_eq!(*phase as usize, number);
            assert!(phase.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !names.contains(&phase.name()));
            names.push(phase.name());
        }
    }

    #[test]
    fn steps_are_heard_and_pulses_say_where_the_work_is() {
        let heard = RefCell::new(vec![]);
        let report = |s: &Step<'_>| {
            heard.borrow_mut().push((s.phase, s.step, s.total, s.objective.to_bits(), s.theta.to_vec()));
            true
        };
        let watcher = Watcher::new(Some(&report), None).of_all_pulses();
        let watch = watcher.watch();
        watch.at(Phase::Profile, 1, Some(3)).unwrap();
        watch.pulse().unwrap();
        let part = watch.inside(Phase::Profile, 2, Some(3));
        part.evaluation(7, 1.5, || vec![0.5]).unwrap();
        part.inside(Phase::Modes, 9, None).pulse().unwrap();
        let nan = f64::NAN.to_bits();
        let profile = |step, objective, theta: &[f64]| (Phase::Profile, step, Some(3), objective, theta.to_vec());
        let want = [profile(1, nan, &[]), profile(1, nan, &[]), profile(2, 1.5f64.to_bits(), &[0.5]), profile(2, nan, &[])];
        assert_eq!(*heard.borrow(), want);
    }

    #[test]
    fn pulses_and_parts_of_steps_are_heard_only_after_a_while() {
        let calls = Cell::new(0);
        let report = |_: &Step<'_>| {
            calls.set(calls.get() + 1);
            true
        };
        let mut watcher = Watcher::new(Some(&report), None);
        watcher.interval = Duration::from_secs(3600);
        let watch = watcher.watch();
        for i in 0..10 {
            watch.pulse().unwrap();
            watch.inside(Phase::Fold, 1, Some(2)).evaluation(i, 0.0, Vec::new).unwrap();
        }
        assert_eq!(calls.get(), 0);
        watch.evaluation(1, 0.0, Vec::new).unwrap();
        assert_eq!(calls.get(), 1);
    }

    #[test]
    fn what_is_cancelled_stays_so() {
        let calls = Cell::new(0);
        let report = |_: &Step<'_>| {
            calls.set(calls.get() + 1);
            calls.get() < 2
        };
        let watcher = Watcher::new(Some(&report), None);
        let watch = watcher.watch();
        watch.at(Phase::Start, 0, None).unwrap();
        let error = watch.at(Phase::Replicate, 3, Some(8)).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (Code::Cancelled, "cancelled in phase replicate, step 3 of 8"));
        for again in [watch.pulse(), watch.at(Phase::Fold, 0, None), watch.of_fit().check(), watch.without_end().pulse()] {
            assert_eq!(again.unwrap_err().code, Code::Cancelled);
        }
        assert_eq!(calls.get(), 2);
    }

    #[test]
    fn a_deadline_is_an_error_but_to_fits_and_to_what_has_to_be_done() {
        let watcher = Watcher::new(None, Some(Instant::now()));
        let watch = watcher.watch();
        assert!(watch.of_fit().is_late() && watch.of_fit().end_of_search().is_some() && watch.end().is_some());
        assert!([watch, watch.without_end()].iter().all(|own| !own.is_late() && own.end_of_search().is_none()));
        for late in [watch.pulse(), watch.at(Phase::Fold, 1, Some(2)), watch.evaluation(1, 0.0, Vec::new), watch.check()] {
            assert_eq!(late.unwrap_err().code, Code::Deadline);
        }
        watch.of_fit().pulse().unwrap();
        watch.without_end().at(Phase::Modes, 0, None).unwrap();
        let none = Watch::unwatched();
        assert!(!none.is_late() && none.pulse().is_ok() && none.at(Phase::Start, 0, None).is_ok() && none.end().is_none());
    }

    #[test]
    fn threads_stop_at_the_flag_and_at_the_deadline() {
        let flag = AtomicBool::new(false);
        let watcher = Watcher::of_thread(&flag, None);
        watcher.watch().pulse().unwrap();
        flag.store(true, Ordering::Relaxed);
        assert_eq!(watcher.watch().pulse().unwrap_err().code, Code::Cancelled);
        let late = Watcher::of_thread(&flag, Some(Instant::now()));
        flag.store(false, Ordering::Relaxed);
        assert_eq!(late.watch().pulse().unwrap_err().code, Code::Deadline);
    }
}
