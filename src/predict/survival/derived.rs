//! Numbers that follow from survival curves, as a table.

use super::curves::Curves;
use super::work::Work;
use crate::choice::Choice;
use crate::error::{Result, try_gather, try_push, try_vec};
use crate::frame::Frame;
use crate::predict::point::MEAN;
use crate::predict::problems::Problem;

const DERIVED: &str = "quantiles and means of survival times";

/// For each row of the data a line for each number in `given`, the first of the columns `names`; `of` adds the others to a row that is used,
/// or says why it has none.
pub fn derived(
    work: &Work<'_, '_, '_>,
    given: &[f64],
    names: &[&str],
    mut of: impl FnMut(usize, &mut [f64]) -> Result<Option<Problem>>,
) -> Result<Curves> {
    let (places, strata) = (work.places()?, &work.survival()?.stratum);
    let n = places.len().saturating_mul(given.len());
    let mut columns = vec![];
    for _ in names {
        columns.push(try_vec(DERIVED, f64::NAN, n)?);
    }
    let (mut status, mut problems) = (try_vec(DERIVED, "ok", n)?, vec![]);
    for (line, status) in status.iter_mut().enumerate() {
        work.watch.pulse_each(line)?;
        let (row, place) = places[line / given.len()];
        let mut numbers = vec![f64::NAN; names.len()];
        numbers[0] = given[line % given.len()];
        let problem = match place {
            None => Some(Problem::Missing),
            Some(i) if work.rows.unestimable_in(MEAN, i) => Some(Problem::NotEstimable),
            Some(i) => of(i, &mut numbers)?,
        };
        columns.iter_mut().zip(numbers).for_each(|(column, number)| column[line] = number);
        if let Some(problem) = problem {
            *status = problem.name();
            if problems.last() != Some(&(row, problem)) {
                try_push(DERIVED, &mut problems, (row, problem))?;
            }
        }
    }
    let lines = || places.iter().flat_map(|place| std::iter::repeat_n(place, given.len()));
    let label = |place: Option<usize>| work.cox.survival.strata.get(strata[place?] as usize).map(String::as_str);
    let mut table = Frame::new(n);
    table.add_integers("row", try_gather(DERIVED, lines().map(|(row, _)| *row as i64))?)?;
    table.add_strings("stratum", &try_gather(DERIVED, lines().map(|(_, place)| label(*place)))?)?;
    let mut columns = names.iter().zip(columns);
    if let Some((name, column)) = columns.next() {
        table.add_real(name, column)?;
    }
    table.add_strings("status", &try_gather(DERIVED, status.iter().map(|status| Some(*status)))?)?;
    columns.try_for_each(|(name, column)| table.add_real(name, column))?;
    Ok(Curves { table, problems })
}
