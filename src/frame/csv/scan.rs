//! What the bytes of CSV text tell beside its cells: lines, quotes that are not closed, another separator than was thought.

use super::options::shown;
use crate::frame::number;

/// Counts lines along the text.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    /// What ends a line: a line feed, or, where there are none, a carriage return.
    end: u8,
    byte: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Lines { text, end: if text.contains(&b'\n') { b'\n' } else { b'\r' }, byte: 0, line: 1 }
    }

    /// The line, from 1, of the record that begins at a byte; bytes must ascend. For the reader, blank lines before a record belong to it.
    pub fn of_record(&mut self, byte: usize) -> usize {
        let blank = self.text[byte..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        self.line += count(&self.text[self.byte..byte + blank], self.end);
        self.byte = byte + blank;
        self.line
    }

    /// The line of any byte.
    pub fn of_byte(&self, byte: usize) -> usize {
        1 + count(&self.text[..byte], self.end)
    }
}

fn count(text: &[u8], wanted: u8) -> usize {
    text.iter().map(|byte| usize::from(*byte == wanted)).sum()
}

/// What is wrong with the quotes of a record, by bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Opened, and not closed before the end.
    Open { opened: usize },
    /// Closed, with more text before the cell ends.
    Goes { opened: usize, on: usize },
}

/// A cell in quotes: where it opens and closes.
pub(super) type Span = (usize, usize);

/// Checks the quotes of a record; otherwise the first cell in quotes that has a line break.
pub(super) fn check_quotes(record: &[u8], separator: u8, quote: u8) -> Result<Option<Span>, Fault> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Start,
        Bare,
        Inside,
        Closed,
    }
    let (mut at, mut opened, mut closed, mut broken) = (At::Start, 0, 0, None);
    for (i, &b) in record.iter().enumerate() {
        at = match at {
            At::Inside if b == quote => {
                closed = i;
                At::Closed
            }
            At::Inside => At::Inside,
            // A doubled quote stands for one.
            At::Closed if b == quote => At::Inside,
            At::Start if b == quote => {
                opened = i;
                At::Inside
            }
            At::Start if matches!(b, b'\n' | b'\r') => At::Start,
            _ if b == separator || matches!(b, b'\n' | b'\r') => {
                if at == At::Closed && broken.is_none() && record[opened..closed].contains(&b'\n') {
                    broken = Some((opened, closed));
                }
                At::Start
            }
            At::Closed if matches!(b, b' ' | b'\t') => At::Closed,
            At::Closed => return Err(Fault::Goes { opened, on: i }),
            _ => At::Bare,
        };
    }
    if at == At::Inside { Err(Fault::Open { opened }) } else { Ok(broken) }
}

/// Separators that files have.
const SEPARATORS: [(u8, &str); 4] = [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars")];

/// The separator that a first line names for Excel: `sep=;`.
pub(super) fn separator_mark(text: &[u8]) -> Option<char> {
    let mut lines = text.split(|b| matches!(b, b'\n' | b'\r')).filter(|line| !line.is_empty());
    match *lines.next()? {
        [s, e, p, b'=', mark] if [s, e, p].eq_ignore_ascii_case(b"sep") => Some(char::from(mark)),
        _ => None,
    }
}

/// What a text looks like whose first two lines have another separator as often as each other.
pub(super) fn looks_separated(text: &[u8], separator: u8) -> Option<String> {
    let mut lines = text.split(|b| matches!(b, b'\n' | b'\r')).filter(|line| !line.is_empty());
    let (header, first) = (lines.next()?, lines.next());
    let same = |byte: u8| count(header, byte) > 0 && first.is_none_or(|line| count(line, byte) == count(header, byte));
    let (byte, name) = SEPARATORS.into_iter().find(|(byte, _)| *byte != separator && same(*byte))?;
    let has_comma = |cell: &[u8]| cell.contains(&b',') && std::str::from_utf8(cell).is_ok_and(|c| number::parse(c, b',').is_some());
    let commas = byte != b',' && first.is_some_and(|line| line.split(|b| *b == byte).any(has_comma));
    let (decimal, option) = if commas { (" with decimal commas", " --dec ,") } else { ("", "") };
    let own = shown(separator);
    let sep = if byte == b'\t' { "tab".to_string() } else { shown(byte) };
    Some(format!(
        "it looks separated by {name} ({}){decimal}, while {own} was taken for the separator; say so in the options (in the program --sep {sep}{option})",
        shown(byte)
    ))
}

/// What a file is that is no text.
pub(super) fn known_binary(text: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 6] = [
        (b"\xff\xfe", "not UTF-8 but UTF-16"),
        (b"\xfe\xff", "not UTF-8 but UTF-16"),
        (b"PK\x03\x04", "a workbook or another zip archive, wanted CSV text"),
        (b"\xd0\xcf\x11\xe0", "an old workbook, wanted CSV text"),
        (b"\x1f\x8b", "compressed by gzip, wanted CSV text"),
        (b"RDX", "an R data file, wanted CSV text"),
    ];
    KNOWN.iter().find(|(start, _)| text.starts_with(start)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_followed_as_the_reader_does() {
        let check = |record: &str| check_quotes(record.as_bytes(), b',', b'"');
        for sound in ["a,b", "\"a\",b\r\n", "\"a \"\"b\"\"\",\"\"", "5\"x,3\"", "\"a\" ,b", "\n\r\n\"a\""] {
            assert_eq!(check(sound), Ok(None), "{sound:?}");
        }
        assert_eq!(check("1,\"a\nb\",2"), Ok(Some((2, 6))));
        assert_eq!(check("1,\"a\n"), Err(Fault::Open { opened: 2 }));
        assert_eq!(check("\"\"\""), Err(Fault::Open { opened: 0 }));
        assert_eq!(check("1,\"a\n2,\"b\",3"), Err(Fault::Goes { opened: 2, on: 8 }));
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for text in ["a\nb\n\nc", "a\rb\r\rc", "a\r\nb\r\n\r\nc"] {
            let at = |c: u8| text.bytes().position(|b| b == c).unwrap();
            let mut lines = Lines::new(text.as_bytes());
            // The reader says that the last record begins at the blank line.
            assert_eq!((lines.of_record(0), lines.of_record(at(b'b')), lines.of_record(at(b'c') - 1)), (1, 2, 4), "{text:?}");
            assert_eq!(lines.of_byte(at(b'c')), 4);
        }
    }
}
