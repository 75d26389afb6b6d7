//! The table of a model beside others that have a term less or more.

use crate::error::Result;
use crate::frame::Frame;

/// A model with or without a term; numbers that are not there are NaN.
pub struct TermRow {
    /// That go or come with the term.
    pub n_parameters: Option<usize>,
    pub deviance: f64,
    pub aic: f64,
    pub chi_square: f64,
    pub p_value: f64,
    pub warning: Option<String>,
}

impl Default for TermRow {
    fn default() -> Self {
        let nan = f64::NAN;
        TermRow { n_parameters: None, deviance: nan, aic: nan, chi_square: nan, p_value: nan, warning: None }
    }
}

impl TermRow {
    /// Of a model with so many parameters in all.
    pub fn of_model(deviance: f64, npar: usize) -> Self {
        TermRow { deviance, aic: deviance + 2.0 * npar as f64, ..TermRow::default() }
    }

    /// Without numbers, and why.
    pub fn without(why: impl Into<String>) -> Self {
        TermRow { warning: Some(why.into()), ..TermRow::default() }
    }
}

/// The rows with their terms.
#[derive(Default)]
pub struct TermRows {
    terms: Vec<String>,
    rows: Vec<TermRow>,
}

impl TermRows {
    pub fn put(&mut self, term: &str, row: TermRow) {
        self.terms.push(term.to_owned());
        self.rows.push(row);
    }

    /// `term`, `n_parameters`, `log_likelihood` if it is wanted, `aic`, `chi_square`, `p_value`, `warning`.
    pub fn frame(&self, log_likelihood: bool) -> Result<Frame> {
        let reals = |value: &dyn Fn(&TermRow) -> f64| self.rows.iter().map(value).collect::<Vec<f64>>();
        let mut frame = Frame::new(self.rows.len());
        frame.add_strings("term", &self.terms.iter().map(|term| Some(term.as_str())).collect::<Vec<_>>())?;
        let count = |row: &TermRow| row.n_parameters.map_or(i64::MIN, |n| n as i64);
        frame.add_integers("n_parameters", self.rows.iter().map(count).collect())?;
        if log_likelihood {
            frame.add_real("log_likelihood", reals(&|row| -0.5 * row.deviance))?;
        }
        frame.add_real("aic", reals(&|row| row.aic))?;
        frame.add_real("chi_square", reals(&|row| row.chi_square))?;
        frame.add_real("p_value", reals(&|row| row.p_value))?;
        frame.add_strings("warning", &self.rows.iter().map(|row| row.warning.as_deref()).collect::<Vec<_>>())?;
        Ok(frame)
    }
}
