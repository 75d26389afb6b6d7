//! Generalised models on the data of the reference, in a few lines.

use super::frames::frame;
use interlace::error::Result;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::spec::{FamilySpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};

use crate::common::watching::until_deadline;
use serde_json::Value;

/// A model and its data.
#[derive(Clone, Debug)]
pub struct Generalised {
    pub spec: Spec,
    pub frame: Frame,
    pub options: Options,
}

pub fn generalised(formula: &str, family: &str, frame: Frame) -> Generalised {
    let formula = FormulaSpec { formula: formula.into(), ..Default::default() };
    let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(formula));
    spec.family = FamilySpec { name: family.into(), ..Default::default() };
    Generalised { spec, frame, options: Options::default() }
}

pub fn linear(formula: &str, frame: Frame) -> Generalised {
    let mut model = generalised(formula, "", frame);
    model.spec.kind = ModelKind::Lmm;
    model
}

impl Generalised {
    pub fn link(mut self, link: &str) -> Self {
        self.spec.family.link = Some(link.into());
        self
    }

    pub fn zero_inflation(mut self, formula: &str) -> Self {
        self.spec.zero_inflation = Some(PredictorSpec::Formula(formula.into()));
        self
    }

    pub fn dispersion(mut self, formula: &str) -> Self {
        self.spec.dispersion = Some(PredictorSpec::Formula(formula.into()));
        self
    }

    pub fn options(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    pub fn formula(mut self, change: impl FnOnce(&mut FormulaSpec)) -> Self {
        if let Source::Formula(own) = &mut self.spec.source {
            change(own);
        }
        self
    }

    pub fn try_fit(&self) -> Result<Fit> {
        until_deadline(&self.options, |watch| Fit::new(&self.spec, Some(&self.frame), &self.options, watch))
    }

    pub fn fit(&self) -> Fit {
        self.try_fit().unwrap()
    }
}

pub fn cbpp() -> Generalised {
    let frame = frame("cbpp.csv", &["herd", "period"]);
    generalised("cbind(incidence, size - incidence) ~ period + (1 | herd)", "binomial", frame)
}

pub fn salamanders(family: &str) -> Generalised {
    generalised("count ~ mined + (1 | site)", family, frame("Salamanders.csv", &["site", "mined", "spp"]))
}

/// The model of an entry of influence.json.
pub fn influence_model(entry: &Value) -> Generalised {
    let categorical: Vec<&str> = entry["categorical"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let model = linear(entry["formula"].as_str().unwrap(), frame(entry["data"].as_str().unwrap(), &categorical));
    model.options(|o| o.reml = entry["method"] == "REML")
}
