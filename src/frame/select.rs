//! Some rows of a frame.

use std::sync::Arc;

use super::{Category, Column, ColumnData, Frame, Times};
use crate::error::{Result, try_collect, try_vec};

impl Frame {
    /// The rows at these places, in this order. Categories keep all their levels.
    pub fn select(&self, rows: &[usize]) -> Result<Frame> {
        let columns = self.columns.iter().map(|column| {
            let data = match &*column.data {
                ColumnData::Real(values) => ColumnData::Real(selected(values, rows)?),
                ColumnData::Integer(values) => ColumnData::Integer(selected(values, rows)?),
                ColumnData::Time(times) => {
                    ColumnData::Time(Times { values: selected(&times.values, rows)?, clock: times.clock.clone() })
                }
                ColumnData::Category(category) => ColumnData::Category(Category {
                    codes: selected(&category.codes, rows)?,
                    levels: try_collect("levels of a column", category.levels.iter().cloned())?,
                    declared: category.declared,
                    ordered: category.ordered,
                    logical: category.logical,
                }),
            };
            Ok(Column { data: Arc::new(data), ..column.clone() })
        });
        let columns = columns.collect::<Result<_>>()?;
        Ok(Frame {
            n_rows: rows.len(),
            columns,
            index: self.index.clone(),
            origin: self.origin.selected(rows)?,
            unread: self.unread.clone(),
            read_seconds: None,
        })
    }
}

fn selected<T: Copy>(values: &[T], rows: &[usize]) -> Result<Vec<T>> {
    let Some(&first) = values.first() else { return Ok(vec![]) };
    let mut out = try_vec("rows of a column", first, rows.len())?;
    out.iter_mut().zip(rows).for_each(|(to, row)| *to = values[*row]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_the_order_asked_for_with_all_levels() {
        let mut frame = Frame::new(3);
        frame.add_real("x", vec![1.5, f64::NAN, 3.5]).unwrap();
        frame.add_integers("i", vec![4, 5, i64::MIN]).unwrap();
        frame.add_strings("g", &[Some("b"), None, Some("a")]).unwrap();
        let some = frame.select(&[2, 0, 2]).unwrap();
        assert_eq!(some.n_rows(), 3);
        assert_eq!(some.column("x").unwrap().as_real().unwrap().unwrap().to_vec(), [3.5, 1.5, 3.5]);
        assert!(some.column("i").unwrap().is_missing(0) && !some.column("i").unwrap().is_missing(1));
        let none = frame.select(&[1]).unwrap();
        let g = none.column("g").unwrap().to_category().unwrap().into_owned();
        assert_eq!((g.codes, g.levels), (vec![-1], vec!["a".to_string(), "b".to_string()]));
        assert_eq!(frame.select(&[]).unwrap().n_rows(), 0);
    }
}
