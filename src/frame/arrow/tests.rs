//! Formats, fields, and tables of random bytes.

use super::{Array, Batch, Buffer, Field, Format, Reader, TextOrder, Values, export};
use crate::frame::{Clock, ColumnData, Frame, Tick};

#[test]
fn formats_are_read_whole() {
    assert_eq!(Format::of("d:9,2"), Format::Decimal { width: 16, scale: 2 });
    assert_eq!(Format::of("d:9,-2,64"), Format::Decimal { width: 8, scale: -2 });
    let clock = |tick, zone: Option<&str>| Format::Timestamp(Clock { tick, zone: zone.map(String::from) });
    assert_eq!(Format::of("tss:"), clock(Tick::Second, None));
    assert_eq!(Format::of("tsn:+01:00"), clock(Tick::Nano, Some("+01:00")));
    assert_eq!(Format::of("tDu"), Format::Seconds { width: 8, tick: Tick::Micro });
    for text in [
        "",
        "gg",
        "g:",
        "d",
        "d:1",
        "d:1,2,3",
        "d:1,2,128,4",
        "d:x,2",
        "ts",
        "tss",
        "tsx:",
        "tdd",
        "+l",
        "+w:3",
        "w:",
        "vz",
        "_pli128",
    ] {
        assert!(matches!(Format::of(text), Format::Unread(_)), "{text}");
    }
    assert_eq!(Format::of("U").buffers(), [Buffer::Offsets(8), Buffer::Bytes(8)]);
    assert!(!Format::of("n").has_validity() && !Format::of("+r").has_validity() && Format::of("vu").has_validity());
}

fn dictionary(indices: &str, entries: Field) -> Field {
    Field { dictionary: Some(Box::new(entries)), ..Field::new("x", indices) }
}

fn runs(ends: Field, values: Field) -> Field {
    Field { children: vec![ends, values], ..Field::new("x", "+r") }
}

#[test]
fn what_is_not_read_is_said_with_its_format() {
    let plain = |text: &str| Field::new("x", text);
    for (field, wanted) in [
        (plain("+l"), "'+l' (lists)"),
        (dictionary("g", plain("u")), "a dictionary with indices 'g'"),
        (dictionary("+l", plain("u")), "a dictionary with indices '+l'"),
        (dictionary("i", plain("z")), "a dictionary of 'z' (bytes)"),
        (dictionary("i", dictionary("i", plain("u"))), "a dictionary of a dictionary"),
        (dictionary("i", runs(plain("i"), plain("u"))), "a dictionary of '+r' (runs)"),
        (plain("+r"), "'+r' (runs) without ends and values"),
        (runs(plain("I"), plain("u")), "'+r' (runs) with ends 'I'"),
        (runs(dictionary("i", plain("i")), plain("u")), "'+r' (runs) with ends 'i'"),
        (runs(plain("i"), plain("+m")), "'+r' (runs) of '+m' (maps)"),
        (runs(plain("i"), runs(plain("i"), plain("u"))), "'+r' (runs) of '+r' (runs)"),
        (runs(plain("i"), dictionary("i", plain("z"))), "'+r' (runs) of a dictionary of 'z' (bytes)"),
    ] {
        assert_eq!(field.unread().as_deref(), Some(wanted));
    }
    for field in [plain("vu"), plain("n"), dictionary("L", plain("tdD")), runs(plain("s"), dictionary("c", plain("vu")))] {
        assert_eq!(field.unread(), None, "{field:?}");
    }
}

/// A row of random numbers (Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n as usize
    }
}

const FORMATS: [&str; 26] = [
    "n",
    "b",
    "c",
    "C",
    "s",
    "S",
    "i",
    "I",
    "l",
    "L",
    "e",
    "f",
    "g",
    "d:9,2",
    "d:38,0",
    "d:70,3,256",
    "d:9,2,32",
    "tdD",
    "tdm",
    "tsm:UTC",
    "ttu",
    "u",
    "U",
    "vu",
    "+r",
    "dictionary",
];

fn random_field(random: &mut Random, depth: usize) -> Field {
    match FORMATS[random.below(if depth == 0 { 26 } else { 24 })] {
        "+r" => runs(Field::new("", ["s", "i", "l"][random.below(3)]), random_field(random, 1)),
        "dictionary" => {
            Field { ordered: random.below(2) == 1, ..dictionary(["c", "I", "l"][random.below(3)], random_field(random, 1)) }
        }
        plain => Field::new("x", plain),
    }
}

/// An array with buffers of any lengths, mostly of small numbers.
fn random_array<'a>(random: &mut Random, field: &Field, bytes: &'a [u8]) -> Array<'a> {
    let mut some = |most: u64| {
        let (start, len) = (random.below(bytes.len() as u64 / 2), random.below(most));
        &bytes[start..(start + len).min(bytes.len())]
    };
    let validity = Some(some(4)).filter(|own| own.len() > 1);
    let buffers = [some(160), some(40), some(40)];
    Array {
        len: random.below(9),
        offset: random.below(3),
        validity,
        buffers: buffers[..random.below(4)].to_vec(),
        children: field.children.iter().map(|child| random_array(random, child, bytes)).collect(),
        dictionary: field.dictionary.as_deref().map(|own| Box::new(random_array(random, own, bytes))),
    }
}

#[test]
fn random_bytes_are_read_or_refused() {
    let mut random = Random(88_172_645_463_325_252);
    let bytes: Vec<u8> =
        (0..400).map(|_| if random.below(3) == 0 { random.below(256) as u8 } else { [0, 0, 1, 2][random.below(4)] }).collect();
    let (mut read, mut refused, mut unread) = (0, 0, 0);
    for _ in 0..40_000 {
        let field = random_field(&mut random, 0);
        let mut reader = Reader::new(vec![field.clone()]);
        let added = (0..=random.below(2)).try_for_each(|_| {
            let array = random_array(&mut random, &field, &bytes);
            let len = random.below(7).min(array.len);
            reader.add(&Batch { len, offset: random.below(2), validity: None, columns: vec![Some(array)] })
        });
        let n_rows = reader.n_rows();
        match added.and_then(|()| reader.finish(TextOrder::Sorted)) {
            Err(error) => {
                assert!(error.message.starts_with("column 'x': "), "{error}");
                refused += 1;
            }
            Ok(frame) if frame.n_columns() == 0 => unread += 1,
            Ok(frame) => {
                let column = frame.column("x").unwrap();
                assert_eq!((frame.n_rows(), column.len()), (n_rows, n_rows));
                column.to_category().unwrap();
                export(&frame).unwrap();
                read += 1;
            }
        }
    }
    assert!(read > 5_000 && refused > 5_000 && unread > 20, "{read} {refused} {unread}");
}

#[test]
fn texts_are_read_at_once_or_one_by_one_to_the_same() {
    let text = "ab\u{e9}caab".as_bytes();
    let read = |offsets: &[i32], text: &[u8], validity: Option<&[u8]>, order| {
        let bytes: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_ne_bytes()).collect();
        let mut reader = Reader::new(vec![Field::new("x", "u")]);
        let array = Array { len: offsets.len() - 1, validity, buffers: vec![&bytes, text], ..Array::default() };
        let batch = Batch { len: offsets.len() - 1, columns: vec![Some(array)], ..Batch::default() };
        reader.add(&batch)?;
        let frame = reader.finish(order)?;
        let column = frame.column("x")?.to_category()?.into_owned();
        Ok::<_, crate::error::Error>((column.codes, column.levels.join(" ")))
    };
    let (offsets, sorted) = ([0, 1, 4, 5, 6, 8], TextOrder::Sorted);
    let own = "ab\u{e9}caab";
    assert_eq!(own.len(), text.len());
    assert_eq!(read(&offsets, text, None, sorted).unwrap(), (vec![0, 2, 3, 0, 1], "a ab b\u{e9} c".into()));
    assert_eq!(read(&offsets, text, None, TextOrder::AsItComes).unwrap(), (vec![0, 1, 2, 0, 3], "a b\u{e9} c ab".into()));
    assert_eq!(read(&offsets, text, Some(&[0b01101]), sorted).unwrap(), (vec![0, -1, 1, 0, -1], "a c".into()));
    // What a missing row has does not matter: half a letter, a NUL, or offsets that go back.
    assert_eq!(read(&[0, 1, 3, 4, 5], text, Some(&[0b0001]), sorted).unwrap(), (vec![0, -1, -1, -1], "a".into()));
    assert_eq!(read(&[0, 1, 2, 3], b"a\0b", Some(&[0b101]), sorted).unwrap(), (vec![0, -1, 1], "a b".into()));
    assert_eq!(read(&[1, 2, 0, 1], b"ab", Some(&[0b101]), sorted).unwrap(), (vec![1, -1, 0], "a b".into()));
    let refused = |offsets: &[i32], text: &[u8]| read(offsets, text, None, sorted).unwrap_err().message;
    assert!(refused(&[0, 1, 3, 8], text).contains("text that is not UTF-8 in row 2"), "{}", refused(&[0, 1, 3, 8], text));
    assert!(refused(&[0, 1, 2, 3], b"a\0b").contains("text with a NUL in row 2"));
    assert!(refused(&[0, 2, 1, 2], b"ab").contains("offsets 1 and 2 are 2 and 1, of 2 bytes"));
    assert!(refused(&[0, 1, 5], b"ab").contains("offsets 1 and 2 are 1 and 5, of 2 bytes"));
    assert!(refused(&[-1, 1, 2], b"ab").contains("offset 0 is -1"));
}

#[test]
fn times_of_two_clocks_are_not_appended() {
    let of = |text: &str| {
        let bytes = 7_i64.to_ne_bytes();
        let mut reader = Reader::new(vec![Field::new("x", text)]);
        let array = Array { len: 1, buffers: vec![&bytes], ..Array::default() };
        reader.add(&Batch { len: 1, columns: vec![Some(array)], ..Batch::default() }).unwrap();
        reader.finish(TextOrder::Sorted).unwrap()
    };
    let mut frame = of("tss:");
    frame.append(&of("tss:")).unwrap();
    assert_eq!(frame.column("x").unwrap().as_real().unwrap().unwrap().to_vec(), [7.0, 7.0]);
    assert!(frame.append(&of("tsm:")).is_err() && frame.append(&of("tss:UTC")).is_err());
    assert_eq!(frame.select(&[1]).unwrap().column("x").unwrap().data, of("tss:").column("x").unwrap().data);
}

#[test]
fn exported_columns_share_numbers_and_mark_what_is_missing() {
    let mut frame = Frame::new(9);
    frame.add_real("r", (0..9).map(|i| if i == 8 { f64::NAN } else { f64::from(i) }).collect()).unwrap();
    frame.add_strings("t", &[None, Some("b"), Some("a"), None, None, None, None, None, Some("b")]).unwrap();
    let columns = export(&frame).unwrap();
    assert_eq!((columns[0].format.as_str(), columns[0].n_missing), ("g", 1));
    assert_eq!(columns[0].validity.as_deref(), Some(&[0xff, 0x00][..]));
    let Values::Shared(data) = &columns[0].values else { panic!() };
    let ColumnData::Real(values) = &**data else { panic!() };
    let ColumnData::Real(own) = &*frame.column("r").unwrap().data else { panic!() };
    assert!(std::ptr::eq(values, own));
    let labels = columns[1].labels.as_ref().unwrap();
    assert_eq!((labels.len, &labels.offsets[..], &labels.bytes[..]), (2, &[0, 1, 2][..], &b"ab"[..]));
    let Values::Small(codes) = &columns[1].values else { panic!() };
    assert_eq!((codes[0], codes[1], codes[2], columns[1].n_missing), (0, 1, 0, 6));
}
