//! A frame: named columns of equal length. Data go in as a frame, every table comes out as a frame.

mod aggregate;
mod append;
pub mod arrow;
mod category;
mod column;
mod csv;
mod dictionary;
mod distinct;
mod number;
mod origin;
mod place;
mod select;
mod suspicion;
mod table;
mod time;
mod write;

pub use self::column::{Category, Column, ColumnData, MISSING_CODE, MISSING_INTEGER, Times};
pub use self::csv::{CsvOptions, CsvStream};
pub use self::distinct::DistinctTexts;
pub use self::number::{number_of_text, shortest_text};
pub use self::suspicion::Suspicion;
pub use self::table::Frame;
pub use self::time::{Clock, Tick};
