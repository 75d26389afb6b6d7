//! Objects as bytes that any machine reads back to the same numbers, and that say so where they are damaged.
//!
//! ```text
//! magic [8]   format u32   version of the library u32   flags u32   length of the body u64   body   checksum u64
//! ```
//!
//! Integers are little-endian, the body is in postcard's format, and the checksum (FNV-1a, 64 bits) is of all bytes before it. A damaged
//! byte always changes it.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Code, Error, Result};

/// Bytes before the body, and after it.
const HEAD: usize = 28;
const TAIL: usize = 8;

/// The version of the library as one number, as the C API has it.
const VERSION: u32 = 1_000_000 * number(env!("CARGO_PKG_VERSION_MAJOR"))
    + 1000 * number(env!("CARGO_PKG_VERSION_MINOR"))
    + number(env!("CARGO_PKG_VERSION_PATCH"));

/// The kinds of bytes. Whoever changes what is saved raises the number of its format.
pub const FIT: Envelope = Envelope::new(*b"ILFT", 1, "a fit");
pub const SPEC: Envelope = Envelope::new(*b"ILSP", 1, "a spec");
pub const OPTIONS: Envelope = Envelope::new(*b"ILOP", 1, "options");
pub const PLAN: Envelope = Envelope::new(*b"ILPL", 1, "a plan");
pub const ACCUMULATOR: Envelope = Envelope::new(*b"ILAC", 1, "an accumulator");
const KINDS: [Envelope; 5] = [FIT, SPEC, OPTIONS, PLAN, ACCUMULATOR];

/// A kind of bytes.
pub struct Envelope {
    /// Four letters, and then what is lost where a transfer takes the bytes for text.
    pub magic: [u8; 8],
    /// The format that is written. Those before it are read.
    pub format: u32,
    /// What the bytes are, for messages: "a fit".
    pub what: &'static str,
}

/// Bytes whose checksum is right.
pub struct Opened<'a> {
    pub format: u32,
    pub flags: u32,
    what: &'static str,
    body: &'a [u8],
}

impl Envelope {
    const fn new([a, b, c, d]: [u8; 4], format: u32, what: &'static str) -> Self {
        Envelope { magic: [a, b, c, d, b'\r', b'\n', 0x1a, b'\n'], format, what }
    }

    /// The bytes of an object, with or without what it has for each row.
    pub fn seal_with(&self, with_rows: bool, object: &impl Serialize) -> Result<Vec<u8>> {
        LEAVE_OUT.set(!with_rows);
        let sealed = self.seal(u32::from(!with_rows), object);
        LEAVE_OUT.set(false);
        sealed
    }

    /// The bytes of an object.
    pub fn seal(&self, flags: u32, object: &impl Serialize) -> Result<Vec<u8>> {
        let mut output = Output(Vec::new());
        for part in [&self.magic[..], &self.format.to_le_bytes(), &VERSION.to_le_bytes(), &flags.to_le_bytes(), &[0; 8]] {
            output.extend(part).map_err(|_| self.no_memory(HEAD))?;
        }
        DEPTH.set(0);
        let mut serializer = postcard::Serializer { output };
        let written = object.serialize(&mut serializer);
        let Output(mut bytes) = serializer.output;
        match written {
            Err(postcard::Error::SerializeBufferFull) => return Err(self.no_memory(bytes.len())),
            Err(postcard::Error::SerdeSerCustom) => {
                let what = self.what;
                return Err(Error::unsupported(format!(
                    "{what} with an expression nested more than {DEEPEST} deep can't be written"
                )));
            }
            Err(error) => return Err(Error::new(Code::Internal, format!("writing {}: {error}", self.what))),
            Ok(()) => {}
        }
        let body = (bytes.len() - HEAD) as u64;
        bytes[HEAD - 8..HEAD].copy_from_slice(&body.to_le_bytes());
        bytes.try_reserve(TAIL).map_err(|_| self.no_memory(bytes.len()))?;
        bytes.extend(checksum(&bytes).to_le_bytes());
        Ok(bytes)
    }

    /// The body, once it is known that no byte is damaged or absent.
    pub fn open<'a>(&self, bytes: &'a [u8]) -> Result<Opened<'a>> {
        let head = self.head(bytes)?;
        let word = |at: usize| head[at..at + 4].iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        let (format, version) = (word(8), word(12));
        if format > self.format {
            return Err(Error::unsupported(format!(
                "{}: the bytes are of format {format}, written by interlace {}; this is interlace {}, which reads formats up to {}",
                self.what,
                version_text(version),
                version_text(VERSION),
                self.format
            )));
        }
        let body = u64::from(word(20)) | u64::from(word(24)) << 32;
        let (there, wanted) = (bytes.len() as u64, body.saturating_add((HEAD + TAIL) as u64));
        if format == 0 {
            return Err(self.wrong("there is no format 0"));
        }
        if there < wanted {
            return Err(self.wrong(&format!("{there} bytes where the first {HEAD} say that there are {wanted}")));
        }
        if there > wanted {
            return Err(self.wrong(&format!("{} bytes come after the last, byte {wanted}", there - wanted)));
        }
        let (sealed, sum) = bytes.split_at(bytes.len() - TAIL);
        if checksum(sealed).to_le_bytes() != sum {
            return Err(self.wrong("they are damaged: the checksum is of others"));
        }
        Ok(Opened { format, flags: word(16), what: self.what, body: &sealed[HEAD..] })
    }

    fn head<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8]> {
        let letters = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..4]).into_owned();
        let begins = self.magic.iter().zip(bytes).take_while(|(own, byte)| own == byte).count();
        if begins < self.magic.len().min(bytes.len()) {
            let other = KINDS.iter().find(|kind| bytes.starts_with(&kind.magic[..4]));
            return Err(self.wrong(&match (begins, other) {
                (0..4, Some(other)) => format!("they are {}", other.what),
                (0..4, None) => format!("they do not begin with the letters {}", letters(&self.magic)),
                _ => "they were changed on the way, as text is from one system to another".into(),
            }));
        }
        bytes.get(..HEAD).ok_or_else(|| self.wrong(&format!("{} bytes, wanted at least {}", bytes.len(), HEAD + TAIL)))
    }

    /// An error of bytes that are not what they should be.
    pub fn wrong(&self, why: &str) -> Error {
        wrong(self.what, why)
    }

    fn no_memory(&self, bytes: usize) -> Error {
        Error::memory(&format!("bytes of {}", self.what), bytes)
    }
}

impl Opened<'_> {
    /// The object, whose parts have yet to be checked against each other.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        DEPTH.set(0);
        MOST.set(self.body.len());
        SHORT.set(0);
        let mut deserializer = postcard::Deserializer::from_bytes(self.body);
        let object = T::deserialize(&mut deserializer);
        let rest = deserializer.finalize().map_or(0, <[u8]>::len);
        let at = HEAD + self.body.len() - rest;
        match object {
            Ok(object) if rest == 0 => Ok(object),
            Ok(_) => Err(wrong(self.what, &format!("byte {at} is not the last of them"))),
            Err(_) if SHORT.get() > 0 => Err(Error::memory(self.what, SHORT.get())),
            Err(_) => Err(wrong(self.what, &format!("what ends before byte {at} is not of format {}", self.format))),
        }
    }
}

fn wrong(what: &str, why: &str) -> Error {
    Error::data(format!("the bytes are not {what}: {why}"))
}

/// Fails where the parts of an object that was read do not go together.
pub fn fits(together: bool, what: &str) -> Result<()> {
    if together { Ok(()) } else { Err(Error::data(format!("{what} does not go with the rest"))) }
}

/// Whether places, ascending, are some of `count`.
pub fn is_choice(places: &[usize], count: usize) -> bool {
    places.windows(2).all(|pair| pair[0] < pair[1]) && places.last().is_none_or(|last| *last < count)
}

/// How deep expressions are within each other, so that bytes can't use up the stack.
const DEEPEST: u32 = 400;

// What is read or written on this thread. Without a destructor, which would crash hosts that unload the library.
thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// The most elements that a list can have: each has a byte at least.
    static MOST: Cell<usize> = const { Cell::new(0) };
    /// Lists of rows are written without their elements.
    static LEAVE_OUT: Cell<bool> = const { Cell::new(false) };
    /// Bytes that could not be allocated.
    static SHORT: Cell<usize> = const { Cell::new(0) };
}

/// Writes a list with elements for each row, which may be left out.
pub fn rows<T: Serialize, S: Serializer>(values: &[T], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    let kept = if LEAVE_OUT.get() { &[] } else { values };
    kept.serialize(serializer)
}

/// The same of a list that need not be there.
pub fn rows_if_any<T: Serialize, S: Serializer>(values: &Option<Vec<T>>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    let kept = values.as_deref().map(|values| if LEAVE_OUT.get() { &[] } else { values });
    kept.serialize(serializer)
}

/// Writes whether there are rows.
pub fn unless_left_out<S: Serializer>(there: &bool, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    (*there && !LEAVE_OUT.get()).serialize(serializer)
}

/// Reads a list of data size, in memory that may be refused.
pub fn column<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> std::result::Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(Elements(PhantomData))
}

/// The same of a list that need not be there.
pub fn column_if_any<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Vec<T>>, D::Error> {
    deserializer.deserialize_option(ElementsIfAny(PhantomData))
}

/// The failure of a list that memory of so many bytes was refused to.
pub fn no_memory<E: serde::de::Error>(bytes: usize) -> E {
    SHORT.set(bytes);
    E::custom("no memory for a list")
}

struct Elements<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> std::result::Result<Vec<T>, A::Error> {
        let count = elements.size_hint().filter(|count| *count <= MOST.get());
        let count = count.ok_or_else(|| A::Error::custom("a list of more elements than there are bytes"))?;
        let mut all = Vec::new();
        all.try_reserve_exact(count).map_err(|_| no_memory(count.saturating_mul(size_of::<T>())))?;
        while let Some(element) = elements.next_element()? {
            all.push(element);
        }
        Ok(all)
    }
}

struct ElementsIfAny<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ElementsIfAny<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or none")
    }

    fn visit_none<E>(self) -> std::result::Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Self::Value, D::Error> {
        column(deserializer).map(Some)
    }
}

/// Reads or writes a part that may have parts of its own kind.
pub fn nested<T, E>(
    error: impl FnOnce(&'static str) -> E,
    part: impl FnOnce() -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    if DEPTH.get() >= DEEPEST {
        return Err(error("nested too deep"));
    }
    DEPTH.set(DEPTH.get() + 1);
    let part = part();
    DEPTH.set(DEPTH.get() - 1);
    part
}

/// Bytes that are written, as far as there is memory.
struct Output(Vec<u8>);

impl Output {
    fn extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0.try_reserve(data.len()).map_err(|_| postcard::Error::SerializeBufferFull)?;
        self.0.extend_from_slice(data);
        Ok(())
    }
}

impl postcard::ser_flavors::Flavor for Output {
    type Output = Vec<u8>;

    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.extend(data)
    }

    fn try_push(&mut self, data: u8) -> postcard::Result<()> {
        self.extend(&[data])
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.0)
    }
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Puts the right checksum at the end of bytes that were changed.
#[cfg(test)]
pub fn sealed_again(bytes: &mut [u8]) {
    let at = bytes.len() - TAIL;
    let sum = checksum(&bytes[..at]);
    bytes[at..].copy_from_slice(&sum.to_le_bytes());
}

fn version_text(version: u32) -> String {
    format!("{}.{}.{}", version / 1_000_000, version / 1000 % 1000, version % 1000)
}

const fn number(digits: &str) -> u32 {
    let (bytes, mut value, mut i) = (digits.as_bytes(), 0, 0);
    while i < bytes.len() {
        value = 10 * value + (bytes[i] - b'0') as u32;
        i += 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Envelope = Envelope::new(*b"ILXX", 3, "an example");

    type Example = (Vec<f64>, String, Option<u64>);

    fn example() -> Example {
        (vec![0.1, f64::NAN, -0.0, f64::NEG_INFINITY, 5e-324], "\u{e4}".into(), Some(u64::MAX))
    }

    fn read(bytes: &[u8]) -> Result<Example> {
        KIND.open(bytes)?.read()
    }

    #[test]
    fn what_is_sealed_reads_back_to_the_same_bits() {
        let bytes = KIND.seal(5, &example()).unwrap();
        let opened = KIND.open(&bytes).unwrap();
        let (numbers, text, count) = opened.read::<Example>().unwrap();
        let bits = |numbers: &[f64]| numbers.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!((bits(&numbers), text, count), (bits(&example().0), example().1, example().2));
        assert_eq!((opened.format, opened.flags), (3, 5));
        // 0.1 stands there as it does on every machine.
        let written = [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f];
        assert_eq!(bytes[HEAD..HEAD + 9], [&[5][..], &written].concat());
    }

    #[test]
    fn any_changed_bit_and_any_cut_is_an_error() {
        let bytes = KIND.seal(0, &example()).unwrap();
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&changed).is_err(), "bit {bit}");
        }
        for len in 0..bytes.len() {
            assert_eq!(read(&bytes[..len]).unwrap_err().code, Code::Data, "{len}");
        }
        let error = read(&[&bytes[..], &[0]].concat()).unwrap_err();
        assert!(error.message.contains("1 bytes come after"), "{error}");
        let text: Vec<u8> = bytes.iter().copied().filter(|b| *b != b'\r').collect();
        assert!(read(&text).unwrap_err().message.contains("as text is"));
    }

    #[test]
    fn a_later_format_is_refused_with_both_versions() {
        let mut bytes = KIND.seal(0, &example()).unwrap();
        bytes[8] = 4;
        bytes[12..16].copy_from_slice(&2_001_004_u32.to_le_bytes());
        let error = read(&bytes).unwrap_err();
        let wanted = format!(
            "an example: the bytes are of format 4, written by interlace 2.1.4; this is interlace {}, which reads formats up to 3",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!((error.code, error.message), (Code::Unsupported, wanted));
    }

    #[test]
    fn bytes_of_another_kind_are_named() {
        let bytes = SPEC.seal(0, &example()).unwrap();
        let error = FIT.open(&bytes).err().unwrap();
        assert_eq!((error.code, error.message.as_str()), (Code::Data, "the bytes are not a fit: they are a spec"));
        let error = OPTIONS.open(&bytes).err().unwrap();
        assert_eq!(error.message, "the bytes are not options: they are a spec");
        assert!(read(b"ILX").unwrap_err().message.contains("3 bytes, wanted at least 36"));
        assert!(read(b"else").unwrap_err().message.contains("do not begin with the letters ILXX"));
    }

    #[test]
    fn a_forged_length_is_an_error() {
        let mut bytes = KIND.seal(0, &example()).unwrap();
        // The number of numbers, 5, as a number of ten bytes.
        let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        bytes[HEAD..HEAD + 10].copy_from_slice(&huge);
        sealed_again(&mut bytes);
        let error = read(&bytes).unwrap_err();
        assert!(error.code == Code::Data && error.message.contains("not of format 3"), "{error}");
    }
}
