//! Merges cross-products from several sources, and writes and reads them as bytes.
//!
//! Only tests call this today. It will get C functions, for data that are larger than memory or spread over several machines.
//! `Basis::change_to` and the `serde` derives of the parts of cross-products belong to it.

mod bytes;
mod merge;
