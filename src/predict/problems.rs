//! Rows without a prediction, and why.

use std::ffi::CStr;

use super::categories::{CategoryRule, Place};
use super::errors::Limits;
use super::point::{DISPERSION, MEAN, Point, ZERO};
use super::predictors::Rows;
use super::quantity::Rule;
use super::request::Quantity;
use crate::choice::Choice;
use crate::error::Result;
use crate::watch::Watch;

/// Why a row has no prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A predictor or an offset is missing.
    Missing,
    /// Columns that the fit has left out differ here from what they are in its data: what is predicted is no function of the estimates,
    /// but of the contrasts.
    NotEstimable,
    /// Nominal effects have the thresholds of an ordinal model cross.
    ThresholdsCross,
    /// A time of a Cox model is after the last at which a row of its stratum is observed.
    Beyond,
    /// A level of a grouping factor is missing or not known, and nothing was to stand in for it.
    NewLevel,
}

impl Choice for Problem {
    const LIST: &'static str = "prediction_status";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Problem::Missing, c"missing"),
        (Problem::NotEstimable, c"not_estimable"),
        (Problem::ThresholdsCross, c"crossed"),
        (Problem::Beyond, c"beyond"),
        (Problem::NewLevel, c"new_level"),
    ];
}

/// The rows whose value depends on a predictor without an estimate.
pub fn not_estimable(rows: &Rows<'_>, rule: &Rule<'_>, points: &[Point]) -> Result<Vec<usize>> {
    let mut all = rows.unestimable(&[MEAN, ZERO, DISPERSION])?;
    all.retain(|&i| {
        let gradient = rule.gradient(&points[i]);
        [MEAN, ZERO, DISPERSION].into_iter().any(|a| gradient[a] != 0.0 && rows.unestimable_in(a, i))
    });
    Ok(all)
}

/// The same of an ordinal fit.
pub fn not_estimable_categories(rows: &Rows<'_>, quantity: Quantity) -> Result<Vec<usize>> {
    rows.unestimable(match quantity {
        Quantity::Link | Quantity::Latent => &[MEAN],
        Quantity::Dispersion => &[DISPERSION],
        _ => &[MEAN, DISPERSION],
    })
}

/// The rows of an ordinal fit in which thresholds cross and what is predicted depends on them.
pub fn crossed(rows: &Rows<'_>, rule: &CategoryRule<'_>, watch: &Watch<'_>) -> Result<Vec<usize>> {
    let mut out = vec![];
    if rows.nominal.is_empty() || matches!(rule.quantity, Quantity::Link | Quantity::Latent | Quantity::Dispersion) {
        return Ok(out);
    }
    let act = |i: usize, place: &Place| {
        if place.thresholds_cross() {
            out.push(i);
        }
    };
    rule.each(rows, act, watch)?;
    Ok(out)
}

/// Takes away the values of rows, of matrices with n rows.
pub fn erase(problems: &[usize], n: usize, values: &mut [f64], limits: &mut Option<Limits>) {
    let mut all: Vec<&mut [f64]> = vec![values];
    if let Some(Limits { std_errors, lower, upper }) = limits {
        all.extend([&mut std_errors[..], &mut lower[..], &mut upper[..]]);
    }
    for column in all.into_iter().flat_map(|matrix| matrix.chunks_exact_mut(n.max(1))) {
        problems.iter().for_each(|&i| column[i] = f64::NAN);
    }
}
