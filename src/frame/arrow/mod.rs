//! Columns of the Arrow C data interface: what their bytes mean. The C structures themselves are read and made in `capi::arrow`.
//!
//! By hand, not by a crate: the structures are frozen, a frame needs a few formats only, and arrow-array would be larger than they are
//! by an order of magnitude, with a new major version each quarter.

mod array;
mod categories;
mod column;
mod export;
mod field;
mod format;
mod numbers;
mod reader;
#[cfg(test)]
mod tests;

pub use self::array::{Array, Batch, last_offset};
pub use self::categories::TextOrder;
pub use self::export::{Exported, Labels, Values, export};
pub use self::field::Field;
pub use self::format::{Buffer, Format};
pub use self::reader::Reader;
