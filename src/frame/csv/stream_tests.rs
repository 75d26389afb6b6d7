use std::fmt::Write as _;
use std::io::{self, Read};

use super::*;
use crate::error::Code;
use crate::frame::ColumnData;

/// Hands out a few bytes at a time.
struct Drip(Vec<u8>, usize);

impl Read for Drip {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = out.len().min(self.0.len() - self.1).min(1 + self.1 % 7);
        out[..n].copy_from_slice(&self.0[self.1..self.1 + n]);
        self.1 += n;
        Ok(n)
    }
}

/// All frames of a text in parts of so many bytes.
fn parts(text: &str, part: usize, options: &CsvOptions) -> Result<Vec<Frame>> {
    let mut stream = CsvStream::new(Box::new(Drip(text.as_bytes().to_vec(), 0)), "the text".into(), options)?;
    let mut frames: Vec<Frame> = vec![];
    loop {
        stream.part = part;
        let frame = stream.next_frame()?;
        if frame.n_rows() == 0 && !frames.is_empty() {
            assert!(frame.names().eq(frames[0].names()));
            return Ok(frames);
        }
        frames.push(frame);
    }
}

fn cells(frame: &Frame, name: &str) -> Vec<String> {
    match &*frame.column(name).unwrap().data {
        ColumnData::Time(_) => unreachable!("CSV text has no times"),
        ColumnData::Integer(v) => v.iter().map(|v| if *v == i64::MIN { "NA".into() } else { v.to_string() }).collect(),
        ColumnData::Real(v) => v.iter().map(|v| if v.is_nan() { "NA".into() } else { v.to_string() }).collect(),
        ColumnData::Category(own) => {
            own.codes.iter().map(|c| if *c < 0 { "NA".into() } else { own.levels[*c as usize].clone() }).collect()
        }
    }
}

/// Parts of any size have the rows of the whole, with their lines; whatever ends lines, with quotes and without.
#[test]
fn parts_are_the_whole() {
    for (end, quote) in [("\n", ""), ("\r\n", ""), ("\n", "\""), ("\r\n", "\""), ("\r", "")] {
        let mut text = format!("y,n,g{end}");
        for i in 0..200 {
            let label = if quote.is_empty() { format!("g{}", i % 7) } else { format!("\"g,{}{end}\"", i % 7) };
            let blank = if i % 50 == 9 { end } else { "" };
            write!(text, "{}.5,{},{label}{end}{blank}", i * i, if i % 31 == 30 { "NA".into() } else { i.to_string() }).unwrap();
        }
        let whole = Frame::from_csv(text.as_bytes(), &CsvOptions::default()).unwrap();
        for part in [40, 97, 1000, 1 << 20] {
            let frames = parts(&text, part, &CsvOptions::default()).unwrap();
            assert!((part < 1 << 20) == (frames.len() > 1));
            for name in ["y", "n", "g"] {
                let all: Vec<String> = frames.iter().flat_map(|frame| cells(frame, name)).collect();
                assert_eq!(all, cells(&whole, name), "{name} {end:?} {quote} {part}");
            }
            let lines: Vec<usize> = frames.iter().flat_map(|f| (0..f.n_rows()).map(|row| f.origin.line(row).unwrap().0)).collect();
            let wanted: Vec<usize> = (0..200).map(|row| whole.origin.line(row).unwrap().0).collect();
            assert_eq!(lines, wanted, "{end:?} {quote} {part}");
        }
    }
}

/// A part may end in the middle of a character.
#[test]
fn characters_of_several_bytes_are_not_cut() {
    for quote in ["", "\""] {
        let text = (0..60).fold("y,g\n".to_owned(), |text, i| text + &format!("{i},{quote}\u{e9}\u{20ac}{}{quote}\n", i % 3));
        let whole = Frame::from_csv(text.as_bytes(), &CsvOptions::default()).unwrap();
        for part in 30..60 {
            let all: Vec<String> =
                parts(&text, part, &CsvOptions::default()).unwrap().iter().flat_map(|frame| cells(frame, "g")).collect();
            assert_eq!(all, cells(&whole, "g"));
        }
    }
}

#[test]
fn a_stream_without_rows_has_one_frame() {
    for text in ["a,b\n", "a,b", "\u{feff}a,b\n\n"] {
        let frames = parts(text, 1 << 10, &CsvOptions::default()).unwrap();
        assert_eq!((frames.len(), frames[0].n_rows()), (1, 0), "{text:?}");
        assert!(frames[0].column("a").is_ok());
    }
    assert!(parts("", 100, &CsvOptions::default()).unwrap_err().message.contains("is empty"));
}

#[test]
fn failures_name_the_line_of_the_whole() {
    let rows = |n: usize| (0..n).fold(String::new(), |text, i| text + &format!("{i},g{i}\n"));
    let text = format!("x,g\n{}oops,g1\n", rows(50));
    // Text among numbers is an error only where the column is used.
    let frames = parts(&text, 64, &CsvOptions::default()).unwrap();
    assert_eq!(frames.iter().map(Frame::n_rows).sum::<usize>(), 51);
    let error = frames.last().unwrap().column("x").unwrap_err();
    assert_eq!((error.position, error.code), (50, Code::Data));
    assert!(error.message.contains("line 52") && error.message.contains("column 'x' has 'oops'"), "{}", error.message);
    let late = parts(&format!("x,g\n{}oops,g1\n", ",g\n".repeat(50)), 64, &CsvOptions::default()).unwrap();
    assert!(late.iter().all(|frame| frame.column("x").is_ok()));
    let declared = CsvOptions { categorical: vec!["x".into()], ..CsvOptions::default() };
    assert_eq!(parts(&text, 64, &declared).unwrap().iter().map(Frame::n_rows).sum::<usize>(), 51);

    let error = parts(&format!("x,g\n{}1\n", rows(50)), 64, &CsvOptions::default()).unwrap_err();
    assert!(error.message.contains("line 52: 1 cells, the header has 2") && error.position == 50, "{}", error.message);
    let error = parts(&format!("x,g\n{}\"1,g\n{}", rows(50), rows(50)), 64, &CsvOptions::default()).unwrap_err();
    assert!(error.message.contains("line 52: a quote is opened here and not closed"), "{}", error.message);
    let error = parts(&format!("x,g\n{}1,g\0\n", rows(50)), 64, &CsvOptions::default()).unwrap_err();
    assert!(error.message.contains("line 52: a NUL"), "{}", error.message);
}

#[test]
fn declared_levels_hold_for_all_parts() {
    let ordered = vec![("g".to_string(), ["low", "high"].map(String::from).to_vec())];
    let options = CsvOptions { ordered, ..CsvOptions::default() };
    let text = format!("x,g\n{}2,high\n", "1,low\n".repeat(40));
    let frames = parts(&text, 50, &options).unwrap();
    assert!(frames.iter().all(|frame| frame.column("g").unwrap().to_category().unwrap().levels == ["low", "high"]));
    assert!(parts(&text.replace("2,high", "2,top"), 50, &options).unwrap_err().message.contains("line 42"));
}
