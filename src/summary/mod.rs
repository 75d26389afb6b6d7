//! A fit as text, in the layout that lme4 users know, and as tables.

mod coefficients;
#[cfg(test)]
mod fixture;
mod layout;
mod lmm;
mod notes;
mod number;
mod random_effects;
mod tables;

use crate::error::Result;
use crate::fit::Fit;
use crate::frame::Frame;

impl Fit {
    /// The summary, in lme4's layout.
    pub fn summary(&self) -> String {
        lmm::text(self)
    }

    /// What a statistician must know: no convergence, a boundary fit, rows and columns left out, levels that don't occur.
    pub fn warnings(&self) -> Vec<String> {
        notes::warnings(self)
    }

    /// Names of the tables that `table` makes.
    pub fn table_names(&self) -> &'static [&'static str] {
        tables::names()
    }

    /// A table of results as a frame.
    pub fn table(&self, name: &str) -> Result<Frame> {
        tables::table(self, name)
    }
}
