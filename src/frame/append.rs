//! Rows of one frame after those of another.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Category, ColumnData, Frame, Times};
use crate::error::{Error, Result, try_collect, try_gather, try_vec};
use crate::names::quoted;

impl Frame {
    /// Adds the rows of another frame with columns of the same names and kinds in the same order. Levels that are new come last, or, where
    /// neither column has an order of its own, in their place bytewise. The frame is as it was after a failure.
    pub fn append(&mut self, other: &Frame) -> Result<()> {
        if self.columns.len() != other.columns.len() {
            let (own, theirs) = (self.columns.len(), other.columns.len());
            return Err(Error::argument(format!("the frame has {own} columns, the one to be appended {theirs}")));
        }
        let n_rows = self.n_rows.checked_add(other.n_rows).ok_or_else(|| {
            Error::argument(format!(
                "the frame has {} rows, the one to be appended {}: more than can be counted",
                self.n_rows, other.n_rows
            ))
        })?;
        let mut all = vec![];
        for (i, (own, theirs)) in self.columns.iter().zip(&other.columns).enumerate() {
            let joined = if own.name == theirs.name { joined(&own.data, &theirs.data)? } else { None };
            let (name, other) = (quoted(&own.name), quoted(&theirs.name));
            all.push(joined.ok_or_else(|| {
                Error::argument(format!(
                    "column {} (counting from 1) is {name} here and {other} in the frame to be appended, or of another type",
                    i + 1
                ))
            })?);
        }
        self.origin.append(&other.origin, self.n_rows)?;
        let unread = other.unread.iter().filter(|(name, _)| !self.index.contains_key(name));
        self.unread.extend(unread.cloned().collect::<Vec<_>>());
        for ((column, theirs), data) in self.columns.iter_mut().zip(&other.columns).zip(all) {
            column.data = Arc::new(data);
            column.guessed = column.guessed.and(theirs.guessed);
            column.joined = column.joined.take().or_else(|| theirs.joined.clone());
        }
        self.n_rows = n_rows;
        Ok(())
    }
}

/// Both columns in one; `None` if they are of different types.
fn joined(a: &ColumnData, b: &ColumnData) -> Result<Option<ColumnData>> {
    Ok(match (a, b) {
        (ColumnData::Real(a), ColumnData::Real(b)) => Some(ColumnData::Real(chain(a, b, f64::NAN)?)),
        (ColumnData::Integer(a), ColumnData::Integer(b)) => Some(ColumnData::Integer(chain(a, b, 0)?)),
        (ColumnData::Time(a), ColumnData::Time(b)) if a.clock == b.clock => {
            let values = chain(&a.values, &b.values, 0)?;
            Some(ColumnData::Time(Times { values, clock: a.clock.clone() }))
        }
        (ColumnData::Category(a), ColumnData::Category(b)) => Some(ColumnData::Category(joined_categories(a, b)?)),
        _ => None,
    })
}

fn chain<T: Copy>(a: &[T], b: &[T], fill: T) -> Result<Vec<T>> {
    let mut all = try_vec("rows of a frame", fill, a.len() + b.len())?;
    all[..a.len()].copy_from_slice(a);
    all[a.len()..].copy_from_slice(b);
    Ok(all)
}

fn joined_categories(a: &Category, b: &Category) -> Result<Category> {
    let declared = a.declared || b.declared;
    let what = "levels of a column";
    let mut known: HashSet<&String> = HashSet::new();
    known.try_reserve(a.levels.len()).map_err(|_| Error::memory(what, 16 * a.levels.len()))?;
    known.extend(&a.levels);
    let mut levels = try_gather(what, a.levels.iter().chain(b.levels.iter().filter(|level| !known.contains(level))).cloned())?;
    if !declared {
        levels.sort_unstable();
    }
    let mut places: HashMap<&String, i32> = HashMap::new();
    places.try_reserve(levels.len()).map_err(|_| Error::memory(what, 24 * levels.len()))?;
    places.extend(levels.iter().enumerate().map(|(place, level)| (level, place as i32)));
    let place =
        |old: &[String]| try_collect(what, old.iter().map(|level| places.get(level).copied().unwrap_or(super::MISSING_CODE)));
    let (new_own, new_theirs) = (place(&a.levels)?, place(&b.levels)?);
    let mut codes = chain(&a.codes, &b.codes, super::MISSING_CODE)?;
    let (own, theirs) = codes.split_at_mut(a.codes.len());
    super::dictionary::recode(own, &new_own);
    super::dictionary::recode(theirs, &new_theirs);
    Ok(Category { codes, levels, declared, ordered: a.ordered && b.ordered, logical: a.logical && b.logical })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(values: &[f64], labels: &[Option<&str>]) -> Frame {
        let mut frame = Frame::new(values.len());
        frame.add_real("x", values.to_vec()).unwrap();
        frame.add_strings("g", labels).unwrap();
        frame
    }

    #[test]
    fn rows_come_after_rows_and_levels_keep_their_order() {
        let (mut a, b) = (frame(&[1.0, f64::NAN], &[Some("m"), Some("z")]), frame(&[3.0], &[Some("b")]));
        a.append(&b).unwrap();
        a.append(&frame(&[4.0], &[None])).unwrap();
        let mut want = frame(&[1.0, 0.0, 3.0, 4.0], &[Some("m"), Some("z"), Some("b"), None]);
        assert_eq!((a.n_rows(), &a.columns[1]), (4, &want.columns[1]));
        assert!(a.columns[0].is_missing(1) && !a.columns[0].is_missing(2));
        want.make_category("x").unwrap();
        let error = want.append(&b).unwrap_err();
        assert!(error.message.contains("column 1 (counting from 1) is 'x'") && want.n_rows() == 4, "{error}");
    }

    #[test]
    fn declared_levels_get_new_ones_at_the_end() {
        let mut a = Frame::new(1);
        a.add_category("s", vec![1], vec!["z".into(), "b".into()], false).unwrap();
        let mut b = Frame::new(2);
        b.add_category("s", vec![1, 0], vec!["a".into(), "z".into()], false).unwrap();
        a.append(&b).unwrap();
        let ColumnData::Category(all) = &*a.columns[0].data else { panic!() };
        assert_eq!((&all.codes[..], &all.levels[..]), (&[1, 0, 2][..], &["z", "b", "a"].map(String::from)[..]));
    }
}
