//! The questions by name.

use super::asked::Questions;
use super::kinds::ConfidenceInterval;
use super::list::QUESTIONS;
use super::question::Question;
use crate::choice::Choice;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::names::{known, quoted};
use crate::spec::ModelKind;

impl Question {
    /// The question of that name, with underscores or hyphens.
    pub fn named(name: &str) -> Result<&'static Question> {
        let wanted = name.replace('-', "_");
        QUESTIONS.iter().find(|own| own.name() == wanted).ok_or_else(|| {
            let names = QUESTIONS.iter().map(Question::name);
            Error::argument(format!("there is no question {}; {}", quoted(name), known("the list", &wanted, names)))
        })
    }
}

impl Questions {
    /// Sets a question by name from text; one without values is asked by `None`, or "true". Those that can be repeated add.
    pub fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        let question = Question::named(name)?;
        question.set(self, value)?;
        self.note(question.name);
        Ok(())
    }

    /// Sets a question whose value is data.
    pub fn set_frame(&mut self, name: &str, frame: Frame) -> Result<()> {
        let question = Question::named(name)?;
        question.set_frame(self, frame)?;
        self.note(question.name);
        Ok(())
    }

    /// Fails if a question says how to answer another one that is not asked, or is not for this kind of model.
    pub fn check(&self, model: ModelKind) -> Result<()> {
        for question in QUESTIONS.iter().filter(|own| self.has(own.name)) {
            let name = question.name();
            if !question.suits(model) {
                let models = ModelKind::ALL.iter().filter(|(own, _)| question.suits(*own)).map(|(own, _)| own.name());
                let models = models.collect::<Vec<_>>();
                let (s, all) = (if models.len() > 1 { "s" } else { "" }, models.join(" and "));
                return Err(Error::argument(format!("{name} is for the model{s} {all}, not {}", model.name())));
            }
            let needed = || question.needs.iter();
            if needed().next().is_some() && !needed().any(|need| self.has(need)) {
                let needs = needed().map(|need| need.to_string_lossy()).collect::<Vec<_>>().join(" or ");
                return Err(Error::argument(format!("{name} is for {needs}, which is not asked")));
            }
        }
        if self.robust.is_some() && self.influence.is_some() {
            return Err(Error::argument("robust and influence are questions about two fits: ask one after the other"));
        }
        if self.asks(ConfidenceInterval::Bootstrap) && self.bootstrap == 0 {
            return Err(Error::argument("confint boot is for bootstrap, which is not asked"));
        }
        Ok(())
    }
}
