//! The power of a test.

use super::again::other;
use super::subject::{Subject, Work, about};
use crate::document::questions::Questions;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::lrt::common_rows;
use crate::options::Options;
use crate::power::{Extend, PowerOptions, PowerTest, Sizes};
use crate::spec::Spec;
use crate::watch::Phase;

/// A row for each size. A test with "~" is the formula of a smaller model.
pub fn power(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Frame>> {
    let Some(test) = &questions.power.test else { return Ok(None) };
    if !test.contains('~') {
        return about("power", answer(subject.fit, subject.data, PowerTest::Effect(test), questions, work)).map(Some);
    }
    let own = subject.spec_for("power")?;
    about("power", against(subject, own, test, questions, work)).map(Some)
}

/// Against a smaller model, on the rows that both can use: where these are fewer, responses are simulated from the model fitted to them.
fn against(subject: &Subject<'_>, own: &Spec, formula: &str, questions: &Questions, work: &Work<'_>) -> Result<Frame> {
    let smaller = other(own, formula)?;
    let common = match subject.data {
        Some(data) => common_rows(&[own, &smaller], data, work.options, work.watch)?,
        None => None,
    };
    let data = common.as_ref().or(subject.data);
    let fits = 1 + usize::from(common.is_some());
    let fitted = |spec: &Spec, options: &Options, i: usize| {
        work.watch.at(Phase::Model, i, Some(fits))?;
        Fit::new(spec, data, options, &work.watch.inside(Phase::Model, i, Some(fits)))
    };
    let options = Options { theta0: None, start: vec![], null_model: true, ..work.options.clone() };
    let reduced = fitted(&smaller, &Options { reml: false, reml_generalised: false, ..options.clone() }, 0)?;
    let whole = common.is_some().then(|| fitted(own, &options, 1)).transpose()?;
    answer(whole.as_ref().unwrap_or(subject.fit), data, PowerTest::Against(&reduced), questions, work)
}

fn answer(fit: &Fit, data: Option<&Frame>, test: PowerTest<'_>, questions: &Questions, work: &Work<'_>) -> Result<Frame> {
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
        sizes: extend.map(|extend| Sizes { extend, sizes: &own.sizes, data }),
        level: questions.level,
        threads: work.options.threads,
    };
    fit.power(&options, work.watch)?.frame()
}
