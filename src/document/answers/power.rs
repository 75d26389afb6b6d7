//! The power of a test.

use super::again::other;
use super::subject::{Subject, Work, about};
use crate::document::questions::Questions;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::options::Options;
use crate::power::{Extend, PowerOptions, PowerTest, Sizes};
use crate::watch::Phase;

/// A row for each size. A test with "~" is the formula of a smaller model.
pub fn power(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Frame>> {
    let Some(test) = &questions.power.test else { return Ok(None) };
    if !test.contains('~') {
        return about("power", answer(subject, PowerTest::Effect(test), questions, work)).map(Some);
    }
    let own = subject.spec_for("power")?;
    let reduced = || {
        let options =
            Options { theta0: None, start: vec![], reml: false, reml_generalised: false, null_model: true, ..work.options.clone() };
        work.watch.at(Phase::Model, 0, Some(1))?;
        Fit::new(&other(own, test)?, subject.data, &options, &work.watch.inside(Phase::Model, 0, Some(1)))
    };
    let table = reduced().and_then(|reduced| answer(subject, PowerTest::Against(&reduced), questions, work));
    about("power", table).map(Some)
}

fn answer(subject: &Subject<'_>, test: PowerTest<'_>, questions: &Questions, work: &Work<'_>) -> Result<Frame> {
    let own = &questions.power;
    let extend = match (&own.along, &own.within) {
        (Some(_), Some(_)) => return Err(Error::argument("there are power_along and power_within, wanted one of them")),
        (Some(name), None) => Some(Extend::Along(name)),
        (None, Some(name)) => Some(Extend::Within(name)),
        (None, None) => None,
    };
    let options = PowerOptions {
        test,
        effects: &own.effects.join(";"),
        df: questions.df,
        alpha: own.alpha,
        simulations: own.simulations,
        seed: questions.seed,
        sizes: extend.map(|extend| Sizes { extend, sizes: &own.sizes, data: subject.data }),
        level: questions.level,
        threads: work.options.threads,
    };
    subject.fit.power(&options, work.watch)?.frame()
}
