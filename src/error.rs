//! One error type for the whole library.

use std::borrow::Cow;
use std::fmt;

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// An argument is NULL, out of range, of the wrong length, or unknown.
    Argument,
    /// The formula can't be read; the position is a byte offset in it.
    Formula,
    /// The data don't suit the model: a column is absent or of the wrong type; the position is a row.
    Data,
    /// The numbers broke down: a matrix is not positive definite, the objective is not finite.
    Numeric,
    /// Memory for data-sized objects could not be had.
    Memory,
    /// The progress callback stopped the work.
    Cancelled,
    /// A valid request that this version does not carry out.
    Unsupported,
    /// A file can't be read or written, or a stream failed.
    Io,
    /// The deadline passed before there was a result.
    Deadline,
    /// A defect of the library.
    Internal,
}

/// A failure: its kind, where (byte of the formula or row of the data, -1 for nowhere), and one line of text
/// that names the argument, column or byte, what was seen and what was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub code: Code,
    pub position: i64,
    pub message: String,
}

/// The result of anything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure without a position.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, position: -1, message: message.into() }
    }

    /// The same failure at a byte of the formula or a (0-based) row of the data.
    pub fn at(mut self, position: usize) -> Self {
        self.position = position as i64;
        self
    }

    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(Code::Argument, message)
    }

    pub fn formula(position: usize, message: impl Into<String>) -> Self {
        Self::new(Code::Formula, message).at(position)
    }

    pub fn data(message: impl Into<String>) -> Self {
        Self::new(Code::Data, message)
    }

    pub fn numeric(message: impl Into<String>) -> Self {
        Self::new(Code::Numeric, message)
    }

    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(Code::Unsupported, message)
    }

    pub fn memory(what: &str, bytes: usize) -> Self {
        Self::new(Code::Memory, format!("{what}: {bytes} bytes could not be allocated"))
    }
}

impl Error {
    /// Whether it ends all of some work, not only the part in which it occurred: memory was short, or the work was stopped.
    pub fn ends_all(&self) -> bool {
        matches!(self.code, Code::Memory | Code::Cancelled | Code::Deadline)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A row for messages; positions in errors count from 0, people from 1.
pub fn row_text(row: usize) -> String {
    format!("row {} (counting from 1)", row + 1)
}

/// A vector of `len` copies of `value`, or an error where memory is short: sizes that come from the data never abort.
pub fn try_vec<T: Clone>(what: &str, value: T, len: usize) -> Result<Vec<T>> {
    let mut v = Vec::new();
    v.try_reserve_exact(len).map_err(|_| Error::memory(what, len.saturating_mul(size_of::<T>())))?;
    v.resize(len, value);
    Ok(v)
}

/// The items of an iterator that knows how many there are, or an error where memory is short.
pub fn try_collect<T>(what: &str, items: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>> {
    let mut v = Vec::new();
    v.try_reserve_exact(items.len()).map_err(|_| Error::memory(what, items.len().saturating_mul(size_of::<T>())))?;
    v.extend(items);
    Ok(v)
}

/// Why a part of some work failed, as text. That memory was short, or the work was stopped, is no failure of a part, but of the whole.
pub fn or_reason<T>(part: Result<T>) -> Result<std::result::Result<T, String>> {
    match part {
        Err(error) if error.ends_all() => Err(error),
        part => Ok(part.map_err(|error| error.message)),
    }
}

/// What was looked for beyond what is needed: that it failed is no failure, unless that ends all.
pub fn if_any<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if error.ends_all() => Err(error),
        found => Ok(found.ok()),
    }
}

/// The items of an iterator that doesn't know how many there are, or an error where memory is short.
pub fn try_gather<T>(what: &str, items: impl Iterator<Item = T>) -> Result<Vec<T>> {
    let mut v = Vec::new();
    for item in items {
        try_push(what, &mut v, item)?;
    }
    Ok(v)
}

/// One more item, or an error where memory is short.
pub fn try_push<T>(what: &str, v: &mut Vec<T>, item: T) -> Result<()> {
    if v.len() == v.capacity() {
        v.try_reserve(1).map_err(|_| Error::memory(what, v.len().saturating_mul(2 * size_of::<T>())))?;
    }
    v.push(item);
    Ok(())
}

/// Values of one's own, copied where they are borrowed, or an error where memory is short.
pub fn try_owned<T: Copy>(what: &str, values: Cow<'_, [T]>) -> Result<Vec<T>> {
    match values {
        Cow::Borrowed(values) => try_copy(what, values),
        Cow::Owned(values) => Ok(values),
    }
}

/// Copies of vectors, or an error where memory is short.
pub fn try_copies<T: Copy>(what: &str, all: &[Vec<T>]) -> Result<Vec<Vec<T>>> {
    all.iter().map(|values| try_copy(what, values)).collect()
}

/// A copy, or an error where memory is short.
pub fn try_copy<T: Copy>(what: &str, values: &[T]) -> Result<Vec<T>> {
    try_collect(what, values.iter().copied())
}
