//! Which rows are left out together.

use crate::error::{Error, Result, row_text, try_collect, try_copy, try_push, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::names::quoted;

/// A row that no case leaves out.
const STAYS: u32 = u32::MAX;

/// What memory is for.
const UNITS: &str = "rows of the cases";

/// What one case leaves out.
#[derive(Clone, Copy, Debug, Default)]
pub enum Cases<'a> {
    /// A row.
    #[default]
    Rows,
    /// The rows of a level of a grouping factor of the model, or of a column of the data.
    Group(&'a str, Option<&'a Frame>),
    /// The rows with the same code; a row with a negative one is never left out. One code for each row of the data, or for each row used.
    Codes(&'a [i32]),
}

/// The rows used, case by case.
pub(crate) struct Units {
    rows: Vec<u32>,
    /// Where each case begins, and the end.
    starts: Vec<usize>,
    pub labels: Vec<String>,
}

impl Units {
    pub fn new(fit: &Fit, cases: &Cases<'_>) -> Result<Self> {
        match cases {
            Cases::Rows => Self::each_row(fit),
            Cases::Group(name, data) => {
                if let Some((index, levels)) = of_model(fit, name) {
                    return Self::of_levels(index, levels);
                }
                let (index, levels) = of_column(fit, name, *data)?;
                Self::of_levels(&index, &levels)
            }
            Cases::Codes(codes) => {
                let (index, levels) = of_codes(fit, codes)?;
                Self::of_levels(&index, &levels)
            }
        }
    }

    /// Each row under its number in the data, from 1.
    fn each_row(fit: &Fit) -> Result<Self> {
        let (mut rows, mut starts) = (try_vec(UNITS, 0, fit.n_obs)?, try_vec(UNITS, 0, fit.n_obs + 1)?);
        rows.iter_mut().enumerate().for_each(|(i, row)| *row = i as u32);
        starts.iter_mut().enumerate().for_each(|(i, start)| *start = i);
        let mut labels = try_vec(UNITS, String::new(), fit.n_obs)?;
        labels.iter_mut().zip(fit.rows.used()).for_each(|(label, row)| *label = (row + 1).to_string());
        Ok(Units { rows, starts, labels })
    }

    /// The levels that have rows, in their order.
    fn of_levels(index: &[u32], levels: &[String]) -> Result<Self> {
        let mut counts = try_vec(UNITS, 0, levels.len())?;
        index.iter().filter(|level| **level != STAYS).for_each(|level| counts[*level as usize] += 1);
        let (mut starts, mut labels, mut place) = (vec![0], vec![], try_vec(UNITS, 0, levels.len())?);
        let mut end = 0;
        for (level, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            place[level] = end;
            end += count;
            try_push(UNITS, &mut starts, end)?;
            try_push(UNITS, &mut labels, levels[level].clone())?;
        }
        let mut rows = try_vec(UNITS, 0, end)?;
        for (row, level) in index.iter().enumerate().filter(|(_, level)| **level != STAYS) {
            let next = &mut place[*level as usize];
            rows[*next] = row as u32;
            *next += 1;
        }
        Ok(Units { rows, starts, labels })
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The rows of a case, ascending.
    pub fn rows(&self, case: usize) -> &[u32] {
        &self.rows[self.starts[case]..self.starts[case + 1]]
    }
}

/// The group of each row used, and the names of groups, of which some may not occur: of a grouping factor of the model, or of a column.
pub(crate) fn grouping(fit: &Fit, name: &str, data: Option<&Frame>) -> Result<(Vec<u32>, Vec<String>)> {
    match of_model(fit, name) {
        Some((index, levels)) => Ok((try_copy(UNITS, index)?, try_collect(UNITS, levels.iter().cloned())?)),
        None => of_column(fit, name, data),
    }
}

/// A grouping factor of a random term of any predictor.
fn of_model<'f>(fit: &'f Fit, name: &str) -> Option<(&'f [u32], &'f [String])> {
    let mut terms = fit.named_terms().map(|(_, term)| &term.design);
    terms.find(|design| design.group == name).map(|design| (&design.index[..], &design.levels[..]))
}

/// A column of the data.
fn of_column(fit: &Fit, name: &str, data: Option<&Frame>) -> Result<(Vec<u32>, Vec<String>)> {
    let Some(frame) = data else {
        let mut groups: Vec<&str> = fit.named_terms().map(|(_, term)| term.design.group.as_str()).collect();
        groups.dedup();
        let own = match groups[..] {
            [] => "the model has no grouping factors".to_owned(),
            _ => format!("the model's grouping factors are {}", groups.join(", ")),
        };
        return Err(Error::argument(format!(
            "group is {}, {own}; the groups of another column need the data, or codes",
            quoted(name)
        )));
    };
    fit.check_data(frame)?;
    // The levels of `a:b` are those of a, in each those of b.
    let parts: Vec<&str> = if frame.has(name) { vec![name] } else { name.split(':').collect() };
    let (mut index, mut levels) = (try_vec(UNITS, 0_u64, fit.n_obs)?, vec![String::new()]);
    for part in parts {
        let category = frame.column(part)?.to_category()?;
        for (own, row) in index.iter_mut().zip(fit.rows.used()) {
            let code = u64::try_from(category.codes[row]);
            let code = code.map_err(|_| Error::data(format!("column {} is missing in {}", quoted(part), row_text(row))).at(row))?;
            *own = *own * category.levels.len() as u64 + code;
        }
        levels = compact(&mut index, &levels, &category.levels)?;
    }
    Ok((try_collect(UNITS, index.iter().map(|level| *level as u32))?, levels))
}

/// Numbers of pairs of levels become those of the pairs that occur, in their order; gives the names of these.
fn compact(index: &mut [u64], first: &[String], second: &[String]) -> Result<Vec<String>> {
    let mut known = try_copy(UNITS, index)?;
    known.sort_unstable();
    known.dedup();
    for own in index {
        *own = known.partition_point(|level| level < own) as u64;
    }
    let name = |pair: &u64| {
        let (a, b) = (&first[*pair as usize / second.len()], &second[*pair as usize % second.len()]);
        if a.is_empty() { b.clone() } else { format!("{a}:{b}") }
    };
    try_collect(UNITS, known.iter().map(name))
}

/// Codes of the caller's, ascending.
fn of_codes(fit: &Fit, codes: &[i32]) -> Result<(Vec<u32>, Vec<String>)> {
    let (n, all) = (fit.n_obs, fit.rows.n_data);
    if codes.len() != n && codes.len() != all {
        let or = if n == all { String::new() } else { format!(", or the {n} used") };
        return Err(Error::argument(format!("codes has {} numbers, wanted one for each of {all} rows{or}", codes.len())));
    }
    let mut own = try_vec(UNITS, 0, n)?;
    if codes.len() == n {
        own.copy_from_slice(codes);
    } else {
        own.iter_mut().zip(fit.rows.used()).for_each(|(own, row)| *own = codes[row]);
    }
    let mut known = try_copy(UNITS, &own)?;
    known.retain(|code| *code >= 0);
    known.sort_unstable();
    known.dedup();
    if known.is_empty() {
        return Err(Error::argument("codes has no number that is not negative: no case is left out"));
    }
    let mut index = try_vec(UNITS, STAYS, n)?;
    for (index, code) in index.iter_mut().zip(&own) {
        *index = known.binary_search(code).map_or(STAYS, |place| place as u32);
    }
    Ok((index, try_collect(UNITS, known.iter().map(i32::to_string))?))
}
