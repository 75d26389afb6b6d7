//! A model on some of its rows, in the same parameters: the bases of the fixed effects and the units of the random ones stay those of all
//! rows, and levels without rows stay, too.

use super::jet::Response;
use super::model::Model;
use crate::error::{Result, try_collect, try_gather};
use crate::random::Runs;

/// What memory is for.
const ROWS: &str = "rows of a part of the data";

impl Model {
    /// On these rows, ascending, with the response of them.
    pub fn of_rows(&self, response: Box<dyn Response>, rows: &[u32]) -> Result<Self> {
        let columns = |z: &Vec<f64>| {
            let effects = z.chunks_exact(self.n.max(1));
            try_gather(ROWS, effects.flat_map(|column| rows.iter().map(|&row| column[row as usize])))
        };
        let index: Vec<Vec<u32>> =
            self.index.iter().map(|own| try_collect(ROWS, rows.iter().map(|&row| own[row as usize]))).collect::<Result<_>>()?;
        let mut model = Model {
            response,
            n: rows.len(),
            fixed: self.fixed.iter().map(|part| part.of_rows(rows)).collect::<Result<_>>()?,
            layout: self.layout.clone(),
            structures: self.structures.clone(),
            predictor: self.predictor.clone(),
            runs: index.iter().map(|index| Runs::new(index)).collect::<Result<_>>()?,
            index,
            z: self.z.iter().map(|z| z.as_ref().map(columns).transpose()).collect::<Result<_>>()?,
            entries: vec![None; self.entries.len()],
            scales: self.scales.clone(),
            shifts: self.shifts.clone(),
            turns: self.turns.clone(),
            prior: self.prior.clone(),
        };
        model.find_entries()?;
        Ok(model)
    }
}
