//! Which rows are left out together.

use crate::design::{Design, TermDesign};
use crate::error::{Error, Result, row_text, try_collect, try_vec};
use crate::frame::Frame;
use crate::names::quoted;
use crate::simulate::{Purpose, Stream};

/// How rows come into folds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Partition<'a> {
    /// The grouping factor, a random term's or a column, whose levels stay together; `None`: each row for itself.
    pub group: Option<&'a str>,
    /// The number of folds; 0: one a level, or a row.
    pub folds: usize,
    pub seed: u64,
}

/// The fold of each row used, from 0.
pub(super) struct Folds {
    pub of_row: Vec<usize>,
    /// How many levels, or rows, each fold has.
    pub units: Vec<usize>,
}

impl Partition<'_> {
    /// Levels in a random order are dealt out one by one, so that folds differ by at most one in their number.
    pub(super) fn of(&self, design: &Design, frame: &Frame) -> Result<Folds> {
        let (unit, count) = match self.group {
            None => (try_collect("folds", 0..design.n)?, design.n),
            Some(group) => levels_of(group, design, frame)?,
        };
        let folds = if self.folds == 0 { count } else { self.folds };
        if folds < 2 || folds > count {
            let what = self.group.map_or("rows".to_owned(), |group| format!("levels of {}", quoted(group)));
            return Err(Error::argument(format!("folds is {folds}, wanted at least 2 and at most {count}, the number of {what}")));
        }
        let mut order = try_collect("folds", 0..count)?;
        let mut stream = Stream::new(self.seed, 0, Purpose::Folds);
        for i in (1..count).rev() {
            order.swap(i, ((stream.uniform() * (i + 1) as f64) as usize).min(i));
        }
        let mut fold_of = try_vec("folds", 0, count)?;
        let mut units = try_vec("folds", 0, folds)?;
        for (place, unit) in order.into_iter().enumerate() {
            fold_of[unit] = place % folds;
            units[place % folds] += 1;
        }
        Ok(Folds { of_row: try_collect("folds", unit.into_iter().map(|unit| fold_of[unit]))?, units })
    }
}

/// The level of each row used, and how many there are.
fn levels_of(group: &str, design: &Design, frame: &Frame) -> Result<(Vec<usize>, usize)> {
    let further = design.zero_inflation.iter().chain(&design.dispersion).flat_map(|predictor| &predictor.terms);
    let mut terms = design.terms.iter().chain(further);
    if let Some(TermDesign { index, levels, .. }) = terms.find(|term| term.group == group) {
        return Ok((try_collect("levels of rows", index.iter().map(|level| *level as usize))?, levels.len()));
    }
    let category = frame.column(group)?.to_category()?;
    let (mut places, mut count) = (try_vec("levels of rows", usize::MAX, category.levels.len())?, 0);
    let mut unit = try_vec("levels of rows", 0, design.n)?;
    for (unit, row) in unit.iter_mut().zip(design.rows.used()) {
        let Ok(code) = usize::try_from(category.codes[row]) else {
            let message = format!("column {} is missing in {}", quoted(group), row_text(row));
            return Err(Error::data(message).at(row));
        };
        if places[code] == usize::MAX {
            places[code] = count;
            count += 1;
        }
        *unit = places[code];
    }
    Ok((unit, count))
}
