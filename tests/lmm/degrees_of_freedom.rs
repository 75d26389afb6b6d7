//! Degrees of freedom of linear models against lmerTest 3.1-3 and pbkrtest 0.5-2 (tests/reference/lmm_df.json), exact ones of balanced
//! designs, and what they must not depend on.

mod effects;
mod left_out;
mod missing_cells;
mod properties;
mod reference;

use crate::common::close::close_above;
use crate::common::entries::{self, entries, numbers, strings, text};
use crate::common::frames::{frame, labels as texts};
use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};
use interlace::options::{Options, Unidentified};
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;
use serde_json::Value;

pub fn fit(formula: &str, weights: Option<&str>, frame: &Frame, reml: bool) -> Fit {
    let source = FormulaSpec { formula: formula.into(), weights: weights.map(Into::into), ..Default::default() };
    // Effects that fixed effects take up are among the models.
    let options = Options { reml, unidentified: Unidentified::Warning, ..Options::default() };
    Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(source)), Some(frame), &options, &Watch::unwatched()).unwrap()
}

/// The fits that the reference has figures for, with these figures.
pub fn references() -> Vec<(Fit, Frame, Value)> {
    let models = entries("lmm");
    let of = |entry: Value| {
        let model = models.iter().find(|m| m["id"] == entry["id"]).unwrap();
        let (spec, frame, options) = entries::model(ModelKind::Lmm, model);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        (fit, frame, entry)
    };
    entries("lmm_df").into_iter().map(of).collect()
}

pub fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    close_above(0.0, what, got, want, tolerance);
}
