//! Groups over which responses are summed.

use crate::error::{Error, Result, row_text, try_collect, try_copy, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::names::{known, quoted};

/// The group of each row used, and the names of groups that occur.
#[derive(Clone, Debug)]
pub struct Grouping {
    pub index: Vec<u32>,
    pub labels: Vec<String>,
}

impl Grouping {
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// A grouping factor of the model, or a column of its data.
    pub fn named(fit: &Fit, data: Option<&Frame>, name: &str) -> Result<Self> {
        fit.need_rows("groups of rows")?;
        if let Some((_, term)) = fit.all_terms().find(|(_, term)| term.design.group == name) {
            let labels = try_collect("names of groups", term.design.levels.iter().cloned())?;
            return Self::that_occur(&try_copy("groups", &term.design.index)?, labels);
        }
        let Some(column) = data.and_then(|data| data.column(name).ok()) else {
            let factors = fit.all_terms().map(|(_, term)| term.design.group.as_str());
            let names: Vec<&str> = factors.chain(data.into_iter().flat_map(Frame::names)).collect();
            let whose = if data.is_some() { "model and data" } else { "the model (data is NULL)" };
            let hint = known(whose, name, names.iter().copied());
            return Err(Error::argument(format!("group: there is no factor or column {}; {hint}", quoted(name))));
        };
        if let Some(data) = data {
            fit.check_data(data)?;
        }
        let category = column.to_category()?;
        let mut index = try_vec("groups", 0u32, fit.n_obs)?;
        for (to, row) in index.iter_mut().zip(fit.rows.used()) {
            let missing = |_| Error::data(format!("group: {} is missing in {}", quoted(name), row_text(row))).at(row);
            *to = u32::try_from(category.codes[row]).map_err(missing)?;
        }
        Self::that_occur(&index, try_collect("names of groups", category.levels.iter().cloned())?)
    }

    /// Without groups that have no rows.
    fn that_occur(index: &[u32], labels: Vec<String>) -> Result<Self> {
        let mut place = try_vec("groups", u32::MAX, labels.len())?;
        index.iter().for_each(|g| place[*g as usize] = 0);
        let mut count = 0;
        for own in place.iter_mut().filter(|own| **own == 0) {
            *own = count;
            count += 1;
        }
        let index = try_collect("groups", index.iter().map(|g| place[*g as usize]))?;
        let labels = labels.into_iter().zip(&place).filter(|(_, own)| **own != u32::MAX).map(|(label, _)| label).collect();
        Ok(Grouping { index, labels })
    }
}
