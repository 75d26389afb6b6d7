//! Rows that are equal, counted.

use std::collections::HashMap;

use super::{ColumnData, Frame};
use crate::error::{Error, Result, try_collect, try_push, try_vec};
use crate::names::quoted;

/// What memory is for.
const WHAT: &str = "groups of equal rows";

impl Frame {
    /// Rows that are equal in these columns as one, in the order in which they first occur, with the number of them in a column of its own.
    /// Missing values are equal to each other, and so are both zeros.
    pub fn aggregate(&self, columns: &[&str], count: &str) -> Result<Frame> {
        if columns.is_empty() {
            return Err(Error::argument("no columns are given whose rows are to be equal"));
        }
        if let Some(twice) = (1..columns.len()).find(|i| columns[..*i].contains(&columns[*i])) {
            return Err(Error::argument(format!("column {} is given twice", quoted(columns[twice]))));
        }
        let mut group = try_vec(WHAT, 0_u32, self.n_rows())?;
        let mut chosen = Frame::new(self.n_rows());
        for name in columns {
            let column = self.column(name)?;
            refine(&column.data, &mut group)?;
            chosen.check_new(name, self.n_rows())?;
            chosen.index.insert(column.name.clone(), chosen.columns.len());
            chosen.columns.push(column.clone());
        }
        chosen.origin = self.origin.clone();
        let (mut first, mut counts) = (vec![], vec![]);
        for (row, group) in group.iter().enumerate() {
            if *group as usize == first.len() {
                try_push(WHAT, &mut first, row)?;
                try_push(WHAT, &mut counts, 0_i64)?;
            }
            counts[*group as usize] += 1;
        }
        let mut out = chosen.select(&first)?;
        out.add_integers(count, counts)?;
        Ok(out)
    }
}

/// Tells groups of rows apart by one more column; groups are numbered in the order in which they first occur.
fn refine(data: &ColumnData, group: &mut [u32]) -> Result<()> {
    let keys: Vec<u64> = match data {
        // Not a number is one key, and so are the zeros.
        ColumnData::Real(values) => {
            try_collect(WHAT, values.iter().map(|v| if v.is_nan() { u64::MAX } else { (v + 0.0).to_bits() }))?
        }
        ColumnData::Integer(values) => try_collect(WHAT, values.iter().map(|v| *v as u64))?,
        ColumnData::Time(times) => try_collect(WHAT, times.values.iter().map(|v| *v as u64))?,
        ColumnData::Category(own) => try_collect(WHAT, own.codes.iter().map(|c| *c as u64))?,
    };
    let mut known: HashMap<(u32, u64), u32> = HashMap::new();
    for (group, key) in group.iter_mut().zip(keys) {
        let next = known.len() as u32;
        known.try_reserve(1).map_err(|_| Error::memory(WHAT, 24 * known.len()))?;
        *group = *known.entry((*group, key)).or_insert(next);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_counted_where_they_first_occur() {
        let mut frame = Frame::new(7);
        frame.add_real("x", vec![1.0, 0.0, 1.0, -0.0, f64::NAN, 1.0, -f64::NAN]).unwrap();
        frame.add_strings("g", &[Some("b"), Some("a"), Some("b"), Some("a"), None, Some("a"), None]).unwrap();
        frame.add_integers("id", (0..7).collect()).unwrap();
        let out = frame.aggregate(&["g", "x"], "n").unwrap();
        assert_eq!(out.names().collect::<Vec<_>>(), ["g", "x", "n"]);
        let ColumnData::Integer(counts) = &*out.column("n").unwrap().data else { panic!("no integers") };
        assert_eq!(counts, &[2, 2, 2, 1]);
        let x = out.column("x").unwrap().as_real().unwrap().unwrap().into_owned();
        assert!(x[..2] == [1.0, 0.0] && x[2].is_nan() && x[3] == 1.0);
        assert_eq!(frame.aggregate(&["id"], "n").unwrap().n_rows(), 7);
        assert_eq!(Frame::new(0).aggregate(&[], "n").unwrap_err().code, crate::error::Code::Argument);
        assert!(frame.aggregate(&["x", "x"], "n").unwrap_err().message.contains("twice"));
        assert!(frame.aggregate(&["x"], "x").unwrap_err().message.contains("already has"));
        assert!(frame.aggregate(&["y"], "n").is_err());
    }
}
