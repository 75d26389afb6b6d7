//! A question that can be asked by name, and how it takes its value.

use std::ffi::CStr;

use super::asked::Questions;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::names::{nearest, quoted};
use crate::spec::ModelKind;

/// A question that can be asked by name.
#[derive(Debug)]
pub struct Question {
    pub name: &'static CStr,
    /// What it asks, in one line.
    pub doc: &'static CStr,
    /// What its value may be; `None` of one that is asked or not.
    pub values: Option<&'static CStr>,
    /// Whether further values add to those before.
    pub repeatable: bool,
    /// It says how to answer these, of which one must be asked.
    pub needs: &'static [&'static CStr],
    /// The kinds of models that have an answer; all if it is empty.
    models: &'static [ModelKind],
    set: Set,
}

/// How a question takes its value.
#[derive(Clone, Copy, Debug)]
enum Set {
    /// From text; `None` if it cannot be read.
    Text(fn(&mut Questions, &str) -> Option<()>),
    Data(fn(&mut Questions, Frame)),
}

impl Question {
    pub fn name(&self) -> &'static str {
        self.name.to_str().unwrap_or_default()
    }

    /// Whether models of a kind have an answer.
    pub fn suits(&self, model: ModelKind) -> bool {
        self.models.is_empty() || self.models.contains(&model)
    }

    /// Whether its value is a frame.
    pub fn takes_frame(&self) -> bool {
        matches!(self.set, Set::Data(_))
    }

    pub(super) fn set(&self, questions: &mut Questions, value: Option<&str>) -> Result<()> {
        let name = self.name();
        let Set::Text(set) = self.set else {
            return Err(Error::argument(format!("{name} takes a frame, not text")));
        };
        let Some(values) = self.values else {
            let value = value.unwrap_or("true").trim();
            return set(questions, value)
                .ok_or_else(|| Error::argument(format!("{name} is {}, it must be true or false", quoted(value))));
        };
        let values = values.to_string_lossy();
        let value = value.ok_or_else(|| Error::argument(format!("{name} has no value, it must be {values}")))?.trim();
        set(questions, value).ok_or_else(|| {
            let words = values.split([' ', ',', '(', ')']).filter(|word| word.len() > 2);
            let hint = nearest(value, words).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
            Error::argument(format!("{name} is {}, it must be {values}{hint}", quoted(value)))
        })
    }

    pub(super) fn set_frame(&self, questions: &mut Questions, frame: Frame) -> Result<()> {
        match self.set {
            Set::Data(set) => {
                set(questions, frame);
                Ok(())
            }
            Set::Text(_) => Err(Error::argument(format!("{} takes text, not a frame", self.name()))),
        }
    }

    pub(super) const fn text(
        name: &'static CStr,
        values: &'static CStr,
        doc: &'static CStr,
        set: fn(&mut Questions, &str) -> Option<()>,
    ) -> Self {
        Question { name, doc, values: Some(values), repeatable: false, needs: &[], models: &[], set: Set::Text(set) }
    }

    pub(super) const fn flag(name: &'static CStr, doc: &'static CStr, set: fn(&mut Questions, &str) -> Option<()>) -> Self {
        Question { name, doc, values: None, repeatable: false, needs: &[], models: &[], set: Set::Text(set) }
    }

    pub(super) const fn data(
        name: &'static CStr,
        values: &'static CStr,
        doc: &'static CStr,
        set: fn(&mut Questions, Frame),
    ) -> Self {
        Question { name, doc, values: Some(values), repeatable: false, needs: &[], models: &[], set: Set::Data(set) }
    }

    pub(super) const fn repeatable(self) -> Self {
        Question { repeatable: true, ..self }
    }

    pub(super) const fn of(self, needs: &'static [&'static CStr]) -> Self {
        Question { needs, ..self }
    }

    pub(super) const fn of_models(self, models: &'static [ModelKind]) -> Self {
        Question { models, ..self }
    }
}
