//! Designs of other sizes: rows of the fit's own, repeated or left out.

use std::collections::HashMap;

use crate::design::Design;
use crate::diagnostics::influence::units::grouping;
use crate::error::{Error, Result, try_collect, try_copy, try_push, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::names::quoted;
use crate::resample::{Cases, Sample};

/// What memory is for.
const ROWS: &str = "rows of a larger design";

/// Rows of a design, as many as a matrix of them can be numbered by.
const MOST_ROWS: usize = 100_000_000;

/// Along what a design becomes larger or smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extend<'a> {
    /// A size is a number of levels of this grouping factor or column: the first ones, and copies of them as new levels.
    Along(&'a str),
    /// A size is a number of rows for each level, or combination of levels ("g:h"): the first ones, and copies of them.
    Within(&'a str),
}

/// The sizes of a power curve.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    pub extend: Extend<'a>,
    pub sizes: &'a [usize],
    /// The data of the fit, for columns that are no grouping factors of the model.
    pub data: Option<&'a Frame>,
}

/// Makes designs of any size.
pub(super) struct Designs {
    /// The group of each row used, numbered from 0 in the order of the levels that have rows.
    codes: Vec<u32>,
    groups: usize,
    within: bool,
}

impl Designs {
    pub fn new(fit: &Fit, asked: &Sizes<'_>) -> Result<Self> {
        let (Extend::Along(name) | Extend::Within(name)) = asked.extend;
        if asked.sizes.is_empty() {
            return Err(Error::argument(format!("there are no sizes along {}, wanted at least one", quoted(name))));
        }
        let within = matches!(asked.extend, Extend::Within(_));
        if within && fit.correlation().is_some() {
            return Err(Error::unsupported("rows within groups can't be added or left out where residuals are correlated"));
        }
        let (mut codes, levels) = grouping(fit, name, asked.data)?;
        let groups = number(&mut codes, levels.len())?;
        Ok(Designs { codes, groups, within })
    }

    /// The rows of a design of this size.
    pub fn sample(&self, fit: &Fit, size: usize) -> Result<Sample> {
        let least = if self.within { 1 } else { 2 };
        if size < least {
            return Err(Error::argument(format!("a size is {size}, wanted at least {least}")));
        }
        let rows = if self.within {
            self.groups.saturating_mul(size)
        } else {
            (self.codes.len() / self.groups.max(1)).saturating_mul(size)
        };
        if rows > MOST_ROWS {
            return Err(Error::argument(format!("size {size} makes a design of {rows} rows, at most {MOST_ROWS} are possible")));
        }
        if !self.within {
            return Cases::of_codes(fit, try_copy(ROWS, &self.codes)?)?.first(size);
        }
        let mut own = try_vec(ROWS, vec![], self.groups)?;
        for (row, code) in self.codes.iter().enumerate() {
            try_push(ROWS, &mut own[*code as usize], row as u32)?;
        }
        Sample::of_rows(
            try_collect(ROWS, 0..rows)?.into_iter().map(|at| own[at / size][at % size % own[at / size].len()]).collect(),
        )
    }

    /// The design of a model of the same rows.
    pub fn design(&self, fit: &Fit, sample: &Sample) -> Result<Design> {
        let cases = if self.within { Cases::of_rows(fit) } else { Cases::of_codes(fit, try_copy(ROWS, &self.codes)?) };
        cases?.design(sample)
    }
}

/// Numbers the levels that occur, in their order; gives how many there are.
fn number(codes: &mut [u32], levels: usize) -> Result<usize> {
    let mut occurs = try_vec(ROWS, false, levels)?;
    codes.iter().for_each(|code| occurs[*code as usize] = true);
    let mut place = HashMap::new();
    for level in (0..levels).filter(|level| occurs[*level]) {
        let next = place.len() as u32;
        place.try_reserve(1).map_err(|_| Error::memory(ROWS, 16 * levels))?;
        place.insert(level as u32, next);
    }
    codes.iter_mut().for_each(|code| *code = place.get(code).copied().unwrap_or(0));
    Ok(place.len())
}
