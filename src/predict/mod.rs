//! Predictions from a fit, for its own rows and for new data.

use crate::design::UNSEEN;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::spec::ArraySpec;

/// Which parts a prediction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PredictOptions {
    /// Add the conditional modes of the random effects.
    pub random: bool,
    /// A level that the fit doesn't know has the effect zero; otherwise it is an error.
    pub new_levels_zero: bool,
}

/// Data to predict at.
#[derive(Clone, Copy, Debug)]
pub enum NewData<'a> {
    Training,
    Frame(&'a Frame),
    Arrays(&'a ArraySpec),
}

impl Fit {
    /// Predictions, one per row of the new data (of the training data: per row as `fitted`); NaN where a predictor is missing.
    pub fn predict(&self, data: NewData<'_>, options: PredictOptions) -> Result<Vec<f64>> {
        let design = match data {
            NewData::Training if options.random => return Ok(self.fitted.clone()),
            NewData::Training => return Ok(self.population()),
            NewData::Frame(frame) => self.program.apply_frame(frame, options.random)?,
            NewData::Arrays(arrays) => self.program.apply_arrays(arrays, options.random)?,
        };
        if options.random && !options.new_levels_zero {
            for term in &design.terms {
                if let Some(row) = term.index.iter().position(|&level| level == UNSEEN) {
                    let row = design.rows.data_row(row);
                    return Err(Error::data(format!(
                        "newdata: row {} (counting from 1) has a level of '{}' that the fit doesn't know",
                        row + 1,
                        term.group
                    ))
                    .at(row));
                }
            }
        }
        let n = design.n;
        let x: Vec<f64> = self.kept.iter().flat_map(|&j| design.x[j * n..(j + 1) * n].iter().copied()).collect();
        let eta = self.linear_predictor(n, &x, design.offset.as_deref(), &design.terms, options.random);
        Ok(design.rows.padded(&eta))
    }

    /// X beta + offset on the rows of the fit.
    fn population(&self) -> Vec<f64> {
        let used = |values: &Vec<f64>| -> Vec<f64> { values.iter().copied().filter(|v| !v.is_nan()).collect() };
        let offset = self.offset.as_ref().map(used);
        let eta = self.linear_predictor(self.n_obs, &self.x, offset.as_deref(), &self.terms, false);
        if self.rows.pad { self.rows.padded(&eta) } else { eta }
    }
}
