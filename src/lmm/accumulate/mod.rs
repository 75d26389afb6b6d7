//! Cross-products that are gathered in several places: joined, and carried from one place to another as bytes.
//!
//! Only tests call this today. It is to have C functions, for data that are larger than memory or stand on several machines.
//! `Basis::change_to` and the `serde` derives of what cross-products are made of belong to it.

mod bytes;
mod merge;
