//! Predictions, residuals and R2 of generalised models.

use crate::common::close::close_or_missing;
use crate::common::entries::{self, document, entries, entry, numbers};
use crate::common::frames::{frame as data, new_data};
use interlace::design::NaPolicy;
use interlace::diagnostics::ResidualKind;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::predict::{NewData, NewLevels, PredictOptions, Quantity, RandomTerms, Request};
use interlace::spec::{ArraySpec, ArrayTerm, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;
use serde_json::Value;

mod intervals;
mod joint;
mod quality;
mod references;
mod shapes;
mod standard_errors;

/// The model of an entry of the reference files, fitted.
fn fit_entry(kind: ModelKind, entry: &Value) -> Fit {
    let (spec, frame, options) = entries::model(kind, entry);
    Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap()
}

/// A generalised model of a formula.
fn spec(family: &str, formula: &str) -> Spec {
    let mut spec =
        Spec::new(ModelKind::Glmm, Source::Formula(FormulaSpec { formula: formula.to_owned(), ..FormulaSpec::default() }));
    family.clone_into(&mut spec.family.name);
    spec
}

fn fitted(spec: &Spec, frame: &Frame) -> Fit {
    Fit::new(spec, Some(frame), &Options::default(), &Watch::unwatched()).unwrap_or_else(|e| panic!("{}", e.message))
}

fn request(quantity: Quantity, random: RandomTerms) -> Request {
    Request { quantity, random, ..Request::default() }
}

#[track_caller]
fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    close_or_missing(1.0, what, got, want, tolerance);
}
