//! CSV text by all options: what is read is written, and what is written is read to the same.

use crate::common::Rng;
use crate::{End, mutated, one_of, run, sound};
use interlace::frame::{CsvOptions, Frame};

const CORPUS: [&str; 8] = [
    include_str!("corpus/csv/plain.csv"),
    include_str!("corpus/csv/quotes.csv"),
    include_str!("corpus/csv/decimal_commas.csv"),
    include_str!("corpus/csv/missing.csv"),
    include_str!("corpus/csv/carriage_returns.csv"),
    include_str!("corpus/csv/long_numbers.csv"),
    include_str!("corpus/csv/tabs.csv"),
    include_str!("corpus/csv/one_column.csv"),
];

const PIECES: [&str; 34] = [
    ",",
    ";",
    "\t",
    "\"",
    "\"\"",
    "'",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "NA",
    "NaN",
    "nan",
    "Inf",
    "-",
    ".",
    "1e400",
    "1e-400",
    "0x1F",
    "1,5",
    "007",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "12345678901234567890",
    " ",
    "\u{a0}",
    "\u{feff}",
    "\0",
    "é",
    "\"a\nb\"",
    "sep=;",
    "5\" x",
    "1d0",
];

/// Rows of cells, right and wrong.
fn table(rng: &mut Rng) -> String {
    let (columns, separator) = (1 + rng.below(4), *one_of(rng, &[",", ",", ";", "\t"]));
    let mut text = (0..columns).map(|i| format!("c{i}")).collect::<Vec<_>>().join(separator) + "\n";
    for _ in 0..rng.below(6) {
        let cells = if rng.below(12) == 0 { columns + 1 } else { columns };
        let row: Vec<String> = (0..cells)
            .map(|i| match rng.below(8) {
                0 => (*one_of(rng, &PIECES)).into(),
                1 => String::new(),
                2..=4 if i % 2 == 0 => rng.below(2000).to_string(),
                5 if i % 2 == 0 => format!("{}", rng.normal()),
                _ => format!("\"l {}\"", rng.below(3)),
            })
            .collect();
        text += &row.join(separator);
        text += *one_of(rng, &["\n", "\n", "\r\n"]);
    }
    text
}

fn options(rng: &mut Rng) -> CsvOptions {
    let mut options = CsvOptions::default();
    if rng.below(3) == 0 {
        options.separator = Some(*one_of(rng, b",;\t|: "));
    }
    if rng.below(4) == 0 {
        options.decimal = b',';
    }
    if rng.below(4) == 0 {
        options.quote = *one_of(rng, &[None, Some(b'\''), Some(b'"')]);
    }
    if rng.below(4) == 0 {
        options.missing = vec![(*one_of(rng, &["NA", ".", "", "-", "\u{e9}"])).into()];
    }
    if rng.below(4) == 0 {
        options.categorical = vec![(*one_of(rng, &["c0", "c1", "g", "x"])).into()];
    }
    options.strict_numbers = rng.below(8) == 0;
    options
}

fn written(frame: &Frame) -> Vec<u8> {
    let mut text = vec![];
    frame.write_csv(&mut text).unwrap();
    text
}

#[test]
fn csv_texts() {
    const ONCE_FAILED: &[u64] = &[];
    run("CSV texts", 20_000, ONCE_FAILED, |rng| {
        let mut text = if rng.below(3) == 0 { table(rng) } else { (*one_of(rng, &CORPUS)).to_owned() };
        if rng.below(4) > 0 {
            let other = *one_of(rng, &CORPUS);
            text = mutated(rng, &text, other, &PIECES);
        }
        let mut bytes = text.into_bytes();
        if rng.below(16) == 0 && !bytes.is_empty() {
            let at = rng.below(bytes.len());
            bytes[at] = rng.below(256) as u8;
        }
        let frame = match Frame::from_csv(&bytes, &options(rng)) {
            Err(error) => return sound(&error),
            Ok(frame) => frame,
        };
        for column in frame.columns() {
            assert_eq!(column.len(), frame.n_rows());
            let own = column.to_category().unwrap();
            assert!(own.codes.iter().all(|code| *code < own.levels.len() as i32));
            let _ = column.as_real().unwrap();
        }
        // Text that looks like numbers is read as numbers: from then on nothing changes.
        let first = written(&frame);
        if let Ok(again) = Frame::from_csv(&first, &CsvOptions::default()) {
            assert_eq!((again.n_rows(), again.n_columns()), (frame.n_rows(), frame.n_columns()), "{first:?}");
            let second = written(&again);
            let last = Frame::from_csv(&second, &CsvOptions::default()).unwrap();
            assert!(written(&last) == second, "{:?}", String::from_utf8_lossy(&second));
        }
        End::Read
    });
}
