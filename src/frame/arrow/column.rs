//! One column, batch by batch.

use std::sync::Arc;

use super::array::{Array, Batch, Rows, bit, fixed, integer, short};
use super::categories::{Order, TextOrder, Texts};
use super::field::Field;
use super::format::Format;
use super::numbers::{Decimals, Integers, Units, VALUES, half, reserve};
use crate::error::{Code, Error, Result, row_text, try_gather, try_push};
use crate::frame::{Category, Clock, Column, ColumnData, Frame, MISSING_CODE, MISSING_INTEGER, Tick, Times};
use crate::names::quoted;

/// The values of a column so far.
enum Values {
    Reals(Vec<f64>),
    Integers(Integers),
    Decimals(Decimals),
    /// Codes of FALSE and TRUE.
    Truth(Vec<i32>),
    Times(Vec<i64>, Clock),
    Texts(Texts),
}

/// A column that is being read.
pub struct ColumnReader {
    field: Field,
    /// Or why the column can't be read.
    values: Result<Values>,
    order: Option<Order>,
}

const MILLISECONDS_OF_DAY: i64 = 86_400_000;

impl Values {
    fn new(format: &Format) -> Self {
        match format {
            Format::Null | Format::Float { .. } | Format::Seconds { .. } | Format::Runs | Format::Unread(_) => {
                Values::Reals(vec![])
            }
            Format::Truth => Values::Truth(vec![]),
            Format::Integer { .. } => Values::Integers(Integers::default()),
            Format::Decimal { scale, .. } => Values::Decimals(Decimals::new(*scale)),
            Format::Date { .. } => Values::Times(vec![], Clock { tick: Tick::Day, zone: None }),
            Format::Timestamp(clock) => Values::Times(vec![], clock.clone()),
            Format::Text { .. } | Format::TextViews => Values::Texts(Texts::default()),
        }
    }

    fn extend(&mut self, name: &str, rows: &Rows) -> Result<()> {
        let (array, format) = (rows.array, &rows.field.format);
        self.reserve(rows.len())?;
        match self {
            Values::Reals(values) if *format == (Format::Float { width: 8 }) && rows.whole_range().is_some() => {
                values.extend(plain(rows)?.iter().map(|own| f64::from_ne_bytes(*own)));
                Ok(())
            }
            Values::Reals(values) => rows.each(|place| {
                let value = place.map_or(Ok(f64::NAN), |place| real(format, array.values()?, place))?;
                try_push(VALUES, values, value)
            }),
            Values::Integers(values) => {
                let Format::Integer { width, signed } = *format else { return Ok(()) };
                match (width, signed) {
                    (4, true) if rows.whole_range().is_some() => {
                        return values.extend(plain(rows)?.iter().map(|own| i32::from_ne_bytes(*own).into()));
                    }
                    (8, true) if rows.whole_range().is_some() => {
                        return values.extend(plain(rows)?.iter().map(|own| i64::from_ne_bytes(*own)));
                    }
                    _ => {}
                }
                rows.each(|place| values.push(place.map(|place| integer(array.values()?, place, width, signed)).transpose()?))
            }
            Values::Decimals(values) => {
                let Format::Decimal { width, .. } = *format else { return Ok(()) };
                rows.each(|place| values.push(place.map(|place| Units::read(array.values()?, place, width)).transpose()?))
            }
            Values::Truth(codes) => rows.each(|place| {
                let code = place.map_or(Ok(MISSING_CODE), |place| bit(array.values()?, place).map(i32::from))?;
                try_push(VALUES, codes, code)
            }),
            Values::Times(values, _) => rows.each(|place| {
                let ticks = place.map_or(Ok(MISSING_INTEGER), |place| ticks(name, format, array.values()?, place, values.len()))?;
                try_push(VALUES, values, ticks)
            }),
            Values::Texts(texts) => texts.extend(name, rows),
        }
    }

    fn reserve(&mut self, more: usize) -> Result<()> {
        match self {
            Values::Reals(values) => reserve(values, more),
            Values::Integers(values) => values.reserve(more),
            Values::Decimals(values) => values.reserve(more),
            Values::Truth(codes) => reserve(codes, more),
            Values::Times(values, _) => reserve(values, more),
            Values::Texts(_) => Ok(()),
        }
    }

    /// The column, and two whole numbers of it that are one number there.
    fn finish(self, order: TextOrder) -> Result<(ColumnData, Option<Arc<str>>)> {
        Ok(match self {
            Values::Reals(values) => (ColumnData::Real(values), None),
            Values::Integers(values) => (values.finish()?, None),
            Values::Decimals(values) => values.finish(),
            Values::Truth(codes) => {
                let levels = vec!["FALSE".to_owned(), "TRUE".to_owned()];
                (ColumnData::Category(Category { codes, levels, declared: true, ordered: false, logical: true }), None)
            }
            Values::Times(values, clock) => (ColumnData::Time(Times { values, clock }), None),
            Values::Texts(texts) => (texts.finish(order)?, None),
        })
    }
}

/// The values of rows that follow one another, as they lie there.
fn plain<'a, const WIDTH: usize>(rows: &Rows<'a, '_>) -> Result<&'a [[u8; WIDTH]]> {
    let own = rows.whole_range().and_then(|range| rows.array.values().ok()?.as_chunks().0.get(range));
    own.ok_or_else(short)
}

/// A real number, or seconds.
fn real(format: &Format, values: &[u8], place: usize) -> Result<f64> {
    Ok(match format {
        Format::Float { width: 2 } => half(u16::from_ne_bytes(fixed(values, place)?)),
        Format::Float { width: 4 } => f32::from_ne_bytes(fixed(values, place)?).into(),
        Format::Seconds { width, tick } => tick.number(integer(values, place, *width, true)? as i64),
        _ => f64::from_ne_bytes(fixed(values, place)?),
    })
}

/// Whole days, or the ticks of a point in time.
fn ticks(name: &str, format: &Format, values: &[u8], place: usize, row: usize) -> Result<i64> {
    let width = if let Format::Date { width } = format { *width } else { 8 };
    let own = integer(values, place, width, true)? as i64;
    let refused = |what: &str| Error::data(format!("column {} has {own} in {}, {what}", quoted(name), row_text(row))).at(row);
    match format {
        Format::Date { width: 8 } if own % MILLISECONDS_OF_DAY != 0 => {
            Err(refused("which are milliseconds and make no whole days"))
        }
        Format::Date { width: 8 } => {
            let days = own / MILLISECONDS_OF_DAY;
            i32::try_from(days).map(i64::from).map_err(|_| refused("milliseconds, a date beyond all calendars"))
        }
        _ if own == MISSING_INTEGER => Err(refused("a time that stands for missing ones")),
        _ => Ok(own),
    }
}

impl ColumnReader {
    pub fn new(field: Field) -> Self {
        let values = match field.unread() {
            None => Ok(Values::new(&leaf(&field).format)),
            Some(what) => {
                Err(Error::data(format!("column {} has Arrow type {what}, which interlace does not read", quoted(&field.name))))
            }
        };
        let own = field.values();
        let order = ((own.ordered || own.declared) && own.dictionary.is_some()).then(Order::default);
        ColumnReader { field, values, order }
    }

    pub fn name(&self) -> &str {
        &self.field.name
    }

    /// The column can't be read, because of its name.
    pub fn refuse(&mut self, reason: Error) {
        self.values = Err(reason);
    }

    /// Adds the rows of a batch. Data that can't be read are an error only once the column is used.
    pub fn extend(&mut self, array: &Array, batch: &Batch) -> Result<()> {
        let Ok(values) = &mut self.values else { return Ok(()) };
        let name = &self.field.name;
        let rows = Rows::new(&self.field, array, batch)?;
        let mut read = || {
            if let Some(order) = &mut self.order {
                order.merge(name, labels(name, &rows)?)?;
            }
            values.extend(name, &rows)
        };
        match read() {
            Err(error) if error.code == Code::Data => {
                self.values = Err(error);
                Ok(())
            }
            read => read,
        }
    }

    /// Puts the column into the frame.
    pub fn finish(self, frame: &mut Frame, order: TextOrder) -> Result<()> {
        let name = self.field.name.as_str();
        let values = match self.values {
            Ok(values) => values,
            Err(reason) => {
                frame.unread.push((name.to_owned(), reason));
                return Ok(());
            }
        };
        let (mut data, joined) = values.finish(order)?;
        let is_dictionary = self.field.values().dictionary.is_some();
        if is_dictionary {
            data = ColumnData::Category(categories(data)?);
        }
        let guessed =
            (!is_dictionary && matches!(leaf(&self.field).format, Format::Text { .. } | Format::TextViews)).then_some(b'.');
        frame.add(name, frame.n_rows(), guessed, || Ok(data))?;
        if let Some(order) = self.order {
            frame.set_levels(name, order.levels, self.field.values().ordered)?;
        }
        if let Some(column) = frame.columns.last_mut() {
            column.joined = joined;
        }
        Ok(())
    }
}

/// The field of the values themselves.
fn leaf(field: &Field) -> &Field {
    let own = field.values();
    own.dictionary.as_deref().unwrap_or(own)
}

/// The column as categories.
fn categories(data: ColumnData) -> Result<Category> {
    let category = match data {
        ColumnData::Category(category) => category,
        data => Column { name: String::new(), data: Arc::new(data), guessed: None, joined: None }.to_category()?.into_owned(),
    };
    Ok(Category { logical: false, ..category })
}

/// The labels of a dictionary, in its order, each once.
fn labels(name: &str, rows: &Rows) -> Result<Vec<String>> {
    let (mut values, array) = (Values::new(&rows.field.format), rows.array);
    let batch = Batch { len: array.len, ..Batch::default() };
    values.extend(name, &Rows::new(rows.field, array, &batch)?)?;
    let own = categories(values.finish(TextOrder::AsItComes)?.0)?;
    let mut seen = crate::error::try_vec(VALUES, false, own.levels.len())?;
    let codes = own.codes.iter().filter_map(|code| usize::try_from(*code).ok());
    try_gather(VALUES, codes.filter(|code| !std::mem::replace(&mut seen[*code], true)).map(|code| own.levels[code].clone()))
}
