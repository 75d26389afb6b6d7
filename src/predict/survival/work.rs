//! A Cox fit with the rows to predict at.

use super::spread::Spread;
use crate::coxme::hazard_errors::{Accumulated, EffectCovariance};
use crate::design::SurvivalDesign;
use crate::error::{Error, Result, try_gather};
use crate::fit::{Cox, Fit};
use crate::predict::point::MEAN;
use crate::predict::predictors::{Part, Rows};
use crate::watch::Watch;

/// A Cox fit with the rows to predict at.
pub struct Work<'w, 'r, 'a> {
    pub fit: &'a Fit,
    pub cox: &'a Cox,
    pub rows: &'r Rows<'a>,
    pub part: &'r Part<'a>,
    pub eta: Vec<f64>,
    pub watch: &'w Watch<'w>,
}

impl<'w, 'r, 'a> Work<'w, 'r, 'a> {
    pub fn new(fit: &'a Fit, cox: &'a Cox, rows: &'r Rows<'a>, watch: &'w Watch<'w>) -> Result<Self> {
        let no_part = || Error::argument("a Cox model has one linear predictor");
        let part = rows.parts[MEAN].as_ref().ok_or_else(no_part)?;
        let [eta, ..] = rows.linear_predictors()?;
        Ok(Work { fit, cox, rows, part, eta, watch })
    }

    /// Strata of the rows, and where they were wanted their times.
    pub fn survival(&self) -> Result<&SurvivalDesign> {
        let none = || Error::argument("newdata: neither times nor strata were looked at");
        self.rows.survival.as_deref().ok_or_else(none)
    }

    /// The rows of the data with their places among those used; none where something is missing.
    pub fn places(&self) -> Result<Vec<(usize, Option<usize>)>> {
        let used = self.rows.data_rows()?;
        let used = used.into_iter().enumerate().map(|(i, row)| (row, Some(i)));
        let mut all = try_gather("rows", used.collect::<Vec<_>>().into_iter().chain(self.rows.missing().map(|row| (row, None))))?;
        all.sort_unstable_by_key(|(row, _)| *row);
        Ok(all)
    }

    /// The variance of the random effects of a row that are integrated out: of all terms, or of new levels of those that are chosen.
    pub fn integrated(&self, i: usize, all: bool, z: &mut Vec<f64>) -> f64 {
        let terms = self.part.terms.iter().filter(|term| all || term.chosen && term.known(i).is_none());
        terms.map(|term| term.variance(i, z)).sum()
    }

    /// Calls `act` with the covariance of the effects.
    pub fn with_covariance<T>(&self, act: impl FnOnce(&EffectCovariance<'_>) -> Result<T>) -> Result<T> {
        self.watch.pulse()?;
        let model = self.fit.cox_model(self.cox)?;
        if model.model.p() != self.part.fixed.names.len() {
            return Err(Error::numeric(
                "standard errors: other columns of the model are collinear to within rounding than in the fit",
            ));
        }
        let laplace = model.at_estimates(self.watch)?;
        act(&EffectCovariance::new(&laplace, model.held.as_ref().map(|(_, own)| &own[..]))?)
    }
}

/// Rows of a stratum.
pub struct At<'s, 'r, 'a> {
    spread: &'s Spread<'r, 'a>,
    centre: Vec<f64>,
    x: Vec<f64>,
}

impl<'s, 'r, 'a> At<'s, 'r, 'a> {
    pub fn new(work: &Work<'_, '_, '_>, spread: &'s Spread<'r, 'a>, covariance: &EffectCovariance<'_>, stratum: usize) -> Self {
        At { spread, centre: covariance.centre(stratum, &work.fit.x), x: vec![] }
    }

    /// The standard error of the logarithm of a row's hazard over a window; 0 where there is no hazard.
    pub fn error(&mut self, i: usize, sums: &Accumulated) -> f64 {
        if sums.hazard == 0.0 {
            return 0.0;
        }
        self.spread.fixed_of(i, Some(&self.centre), &mut self.x);
        let of_row = self.spread.variance(i, &self.x);
        let with_row = self.spread.along(i, &self.x, &sums.moves);
        sums.variance(of_row, with_row).sqrt() / sums.hazard
    }
}
