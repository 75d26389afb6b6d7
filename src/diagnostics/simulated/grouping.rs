//! Groups over which responses are summed.

use crate::diagnostics::influence::units::grouping;
use crate::error::{Result, try_collect, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;

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
        data.map_or(Ok(()), |data| fit.check_data(data))?;
        let (index, labels) = grouping(fit, name, data)?;
        Self::that_occur(&index, labels)
    }

    /// Without groups that have no rows.
    fn that_occur(index: &[u32], labels: Vec<String>) -> Result<Self> {
        let mut place = try_vec("groups", u32::MAX, labels.len())?;
        index.iter().for_each(|g| place[*g as usize] = 0);
        for (count, own) in (0..).zip(place.iter_mut().filter(|own| **own == 0)) {
            *own = count;
        }
        let index = try_collect("groups", index.iter().map(|g| place[*g as usize]))?;
        let labels = labels.into_iter().zip(&place).filter(|(_, own)| **own != u32::MAX).map(|(label, _)| label).collect();
        Ok(Grouping { index, labels })
    }
}
