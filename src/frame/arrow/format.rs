//! Format strings of the Arrow C data interface, and the buffers that they stand for.

use crate::frame::{Clock, Tick};

/// What a format string says of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// No values, all missing.
    Null,
    /// One bit a value.
    Truth,
    Integer {
        width: usize,
        signed: bool,
    },
    Float {
        width: usize,
    },
    /// Whole numbers that count units of 10^-scale.
    Decimal {
        width: usize,
        scale: i32,
    },
    /// Days, or milliseconds that make whole days.
    Date {
        width: usize,
    },
    Timestamp(Clock),
    /// Durations, and times of a day.
    Seconds {
        width: usize,
        tick: Tick,
    },
    /// Bytes between offsets of that width.
    Text {
        width: usize,
    },
    /// Short texts in place, the others by buffer and offset.
    TextViews,
    /// Ends of runs, and a value for each run.
    Runs,
    /// Anything else, described.
    Unread(&'static str),
}

/// What a buffer holds; all but the data of views are in this order behind the validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffer {
    Bits,
    /// Values of so many bytes.
    Fixed(usize),
    /// One more than there are values, each of so many bytes.
    Offsets(usize),
    /// Up to the last of the offsets, which are the buffer before it.
    Bytes(usize),
    /// 16 bytes a value; as many buffers as there may be and their sizes follow.
    Views,
}

impl Format {
    /// What a format string means.
    pub fn of(text: &str) -> Self {
        let (kind, parameters) = text.split_once(':').map_or((text, None), |(kind, rest)| (kind, Some(rest)));
        match (kind, parameters) {
            (kind, None) => Self::plain(kind).unwrap_or_else(|| Format::Unread(described(text))),
            ("d", Some(own)) => decimal(own).unwrap_or(Format::Unread("a decimal of unknown form")),
            ("tss" | "tsm" | "tsu" | "tsn", Some(zone)) => {
                let zone = Some(zone.to_owned()).filter(|zone| !zone.is_empty());
                tick(kind).map_or(Format::Unread("unknown"), |tick| Format::Timestamp(Clock { tick, zone }))
            }
            _ => Format::Unread(described(text)),
        }
    }

    fn plain(text: &str) -> Option<Self> {
        let integer = |width, signed| Format::Integer { width, signed };
        let seconds = |width| Some(Format::Seconds { width, tick: tick(text)? });
        Some(match text {
            "n" => Format::Null,
            "b" => Format::Truth,
            "c" => integer(1, true),
            "C" => integer(1, false),
            "s" => integer(2, true),
            "S" => integer(2, false),
            "i" => integer(4, true),
            "I" => integer(4, false),
            "l" => integer(8, true),
            "L" => integer(8, false),
            "e" => Format::Float { width: 2 },
            "f" => Format::Float { width: 4 },
            "g" => Format::Float { width: 8 },
            "tdD" => Format::Date { width: 4 },
            "tdm" => Format::Date { width: 8 },
            "tts" | "ttm" => seconds(4)?,
            "ttu" | "ttn" | "tDs" | "tDm" | "tDu" | "tDn" => seconds(8)?,
            "u" => Format::Text { width: 4 },
            "U" => Format::Text { width: 8 },
            "vu" => Format::TextViews,
            "+r" => Format::Runs,
            _ => return None,
        })
    }

    /// The buffers behind the validity, which `n` and `+r` do not have.
    pub fn buffers(&self) -> Vec<Buffer> {
        match self {
            Format::Null | Format::Runs | Format::Unread(_) => vec![],
            Format::Truth => vec![Buffer::Bits],
            Format::Integer { width, .. }
            | Format::Float { width }
            | Format::Decimal { width, .. }
            | Format::Date { width }
            | Format::Seconds { width, .. } => vec![Buffer::Fixed(*width)],
            Format::Timestamp(_) => vec![Buffer::Fixed(8)],
            Format::Text { width } => vec![Buffer::Offsets(*width), Buffer::Bytes(*width)],
            Format::TextViews => vec![Buffer::Views],
        }
    }

    pub fn has_validity(&self) -> bool {
        !matches!(self, Format::Null | Format::Runs | Format::Unread(_))
    }
}

/// The tick of a format whose third letter is its unit.
fn tick(text: &str) -> Option<Tick> {
    match text.as_bytes().get(2)? {
        b's' => Some(Tick::Second),
        b'm' => Some(Tick::Milli),
        b'u' => Some(Tick::Micro),
        b'n' => Some(Tick::Nano),
        _ => None,
    }
}

/// Precision, scale and, unless they are 128, bits.
fn decimal(parameters: &str) -> Option<Format> {
    let numbers: Vec<i32> = parameters.split(',').map(|own| own.parse().ok()).collect::<Option<_>>()?;
    let (scale, bits) = match numbers[..] {
        [_, scale] => (scale, 128),
        [_, scale, bits] => (scale, bits),
        _ => return None,
    };
    let width = [4, 8, 16, 32].into_iter().find(|width| 8 * width == bits)?;
    // Nobody has decimals beyond the range of real numbers.
    (-400..=400).contains(&scale).then_some(Format::Decimal { width: width as usize, scale })
}

/// What formats that are not read are, for messages.
fn described(text: &str) -> &'static str {
    match text.split(':').next().unwrap_or_default() {
        "z" | "Z" | "vz" | "w" => "bytes",
        "+l" | "+L" | "+vl" | "+vL" | "+w" => "lists",
        "+s" => "structures",
        "+m" => "maps",
        "+ud" | "+us" => "a union",
        "tiM" | "tiD" | "tin" => "intervals of the calendar",
        _ => "unknown",
    }
}
