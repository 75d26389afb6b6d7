//! Inference for ordinal models: resampling, profiles, tests, marginal means, diagnostics.

mod diagnostics;
mod hypotheses;
mod profile;
mod resampling;
mod terms;

use crate::common::frames::frame;
use crate::common::generalised::{Generalised, generalised};
use interlace::spec::{ModelKind, PredictorSpec, Threshold};

fn ordinal(formula: &str, frame: interlace::frame::Frame) -> Generalised {
    let mut model = generalised(formula, "", frame);
    model.spec.kind = ModelKind::Clmm;
    model
}

fn wine(formula: &str) -> Generalised {
    ordinal(formula, frame("wine.csv", &["temp", "contact", "judge", "bottle"]))
}

fn six(formula: &str) -> Generalised {
    ordinal(formula, frame("sim_ordinal_six.csv", &["g", "h", "k", "sub", "trt"]))
}

trait OrdinalModel {
    fn ordinal_link(self, link: &str) -> Self;
    fn threshold(self, threshold: Threshold) -> Self;
    fn nominal(self, formula: &str) -> Self;
}

impl OrdinalModel for Generalised {
    fn ordinal_link(mut self, link: &str) -> Self {
        self.spec.ordinal.link = Some(link.into());
        self
    }

    fn threshold(mut self, threshold: Threshold) -> Self {
        self.spec.ordinal.threshold = threshold;
        self
    }

    fn nominal(mut self, formula: &str) -> Self {
        self.spec.ordinal.nominal = Some(PredictorSpec::Formula(formula.into()));
        self
    }
}
