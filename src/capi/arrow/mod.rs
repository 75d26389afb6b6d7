//! The structures of the Arrow C data interface: read into checked slices, and made from frames. `frame::arrow` knows what they mean.

mod give;
mod owned;
mod stream;
mod structures;
mod take;

pub(super) use self::give::{columns, give_array, give_schema};
pub(super) use self::owned::Owned;
pub(super) use self::stream::{each_part, frame_of_stream, give_stream};
pub use self::structures::{ArrowArray, ArrowArrayStream, ArrowSchema};
pub(super) use self::take::frame_of;
