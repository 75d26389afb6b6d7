use super::*;
use crate::error::{Code, Error};
use crate::frame::{Column, ColumnData};

fn read(text: &str) -> Frame {
    Frame::from_csv(text.as_bytes(), &CsvOptions::default()).unwrap()
}

fn fails(text: impl AsRef<[u8]>) -> Error {
    Frame::from_csv(text.as_ref(), &CsvOptions::default()).unwrap_err()
}

fn with(text: &str, categorical: &[&str], ordered: &[(&str, &[&str])]) -> Result<Frame> {
    let own = |v: &[&str]| v.iter().map(ToString::to_string).collect::<Vec<_>>();
    let ordered = ordered.iter().map(|(n, l)| ((*n).to_string(), own(l))).collect();
    Frame::from_csv(text.as_bytes(), &CsvOptions { categorical: own(categorical), ordered, ..CsvOptions::default() })
}

fn data<'a>(frame: &'a Frame, name: &str) -> &'a ColumnData {
    let Column { data, .. } = frame.column(name).unwrap();
    data
}

fn levels(frame: &Frame, name: &str) -> String {
    frame.column(name).unwrap().to_category().unwrap().levels.join("|")
}

fn codes(frame: &Frame, name: &str) -> Vec<i32> {
    frame.column(name).unwrap().to_category().unwrap().codes.clone()
}

#[test]
fn types_follow_from_the_cells() {
    let f = read("i,r,t,m\n1,1,a,NA\n,2.5,NA,\n-3,1e3,b,NaN\n");
    assert_eq!(*data(&f, "i"), ColumnData::Integer(vec![1, i64::MIN, -3]));
    assert_eq!(*data(&f, "r"), ColumnData::Real(vec![1.0, 2.5, 1000.0]));
    assert_eq!((levels(&f, "t"), codes(&f, "t")), ("a|b".into(), vec![0, -1, 1]));
    assert!(matches!(data(&f, "m"), ColumnData::Real(v) if v.len() == 3 && v.iter().all(|x| x.is_nan())));
}

#[test]
fn infinities_are_numbers() {
    let f = read("x\nInf\n-Inf\ninf\n1\n");
    assert_eq!(*data(&f, "x"), ColumnData::Real(vec![f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, 1.0]));
}

#[test]
fn text_after_numbers_keeps_the_numbers_cells_as_written() {
    let f = read("a,b\n007,1\n7.0,2\nNA,3\nx,4\n7.0,5\n");
    assert_eq!((levels(&f, "a"), codes(&f, "a")), ("007|7.0|x".into(), vec![0, 1, -1, 2, 1]));
    assert_eq!(*data(&f, "b"), ColumnData::Integer(vec![1, 2, 3, 4, 5]));
}

#[test]
fn integers_that_do_not_fit_are_real() {
    let f = read("a,b\n9223372036854775807,1\n9223372036854775808,-9223372036854775808\n");
    assert!(matches!(data(&f, "a"), ColumnData::Real(_)));
    assert_eq!(*data(&f, "b"), ColumnData::Real(vec![1.0, -9_223_372_036_854_775_808.0]));
}

#[test]
fn quotes_crlf_and_byte_order_mark() {
    let f = read("\u{feff}\"a\",\"b \"\"q\"\"\"\r\n\"x, y\",1\r\n\"line\r\nbreak\",2\r\n5\"x,\"3\"");
    assert_eq!(f.names().collect::<Vec<_>>(), ["a", "b \"q\""]);
    assert_eq!(levels(&f, "a"), "5\"x|line\r\nbreak|x, y");
    assert_eq!(*data(&f, "b \"q\""), ColumnData::Integer(vec![1, 2, 3]));
}

#[test]
fn the_same_frame_without_a_last_newline_or_with_blank_lines() {
    let f = read("x,y\n1,2\n3,4\n");
    assert_eq!(read("x,y\n1,2\n3,4"), f);
    assert_eq!(read("\n\nx,y\r\n\r\n1,2\n\n3,4\n\n"), f);
}

#[test]
fn a_header_alone_is_a_frame_without_rows() {
    let f = read("a,b\n");
    assert_eq!((f.n_rows(), f.n_columns()), (0, 2));
    assert_eq!(levels(&with("a\n", &["a"], &[]).unwrap(), "a"), "");
}

#[test]
fn headers_are_checked() {
    for text in ["", "\n\n", "\u{feff}"] {
        assert!(fails(text).message.contains("is empty"), "{text:?}");
    }
    assert_eq!(fails("a,b,a\n").message, "the CSV text, line 1: two columns are named 'a'");
    assert!(fails("a,,c\n").message.contains("the name of column 2 (counting from 1) is empty"));
    assert!(fails("\"\"\n1\n").message.contains("column 1"));
}

#[test]
fn a_column_of_row_names_is_x() {
    assert_eq!(read(",y\n1,2\n").names().collect::<Vec<_>>(), ["X", "y"]);
    assert_eq!(read(",X,X.1\n1,2,3\n").names().collect::<Vec<_>>(), ["X.2", "X", "X.1"]);
}

#[test]
fn ragged_rows_are_named_by_line_and_row() {
    let e = fails("a,b\n1,2\n\"x\n\ny\",2\n\n3\n");
    assert_eq!((e.message.as_str(), e.position), ("the CSV text, line 7: 1 cells, the header has 2", 2));
    assert!(fails("a,b\n1,2,3\n").message.contains("line 2: 3 cells"));
    assert!(fails("a,b\r\n1,2\r\n3\r\n").message.contains("line 3"));
}

#[test]
fn an_open_quote_is_an_error() {
    let e = fails("a\n1\n\"two\n3\n4\n");
    assert!(e.message.contains("line 3: a quote is opened"), "{e}");
    assert!(fails("a,b\n1,\"x\"\"").message.contains("quote"));
    assert!(fails("\"a").message.contains("line 1"));
    for closed in ["a,b\n1,5\" x", "a,b\n\"\",\"x\"\"y\"", "a,b\n1,\"x\"\n"] {
        assert_eq!(read(closed).n_rows(), 1);
    }
}

#[test]
fn bytes_that_are_not_utf8_are_named_by_line_and_column() {
    let e = fails(b"name,y\nok,1\nM\xfcller,2\n");
    assert_eq!(e.message, "the CSV text, line 3: column 'name' is not UTF-8 from byte 1 of the cell");
    assert_eq!(e.position, 1);
    assert!(fails(b"a,\xff\n1,2\n").message.contains("line 1: column 2"));
    // UTF-16.
    assert!(fails(b"\xff\xfea\0\n\0").message.contains("not UTF-8"));
    assert_eq!(
        fails(b"a,b\n1,2\nx\0,3\n").message,
        "the CSV text, line 3: a NUL, which text does not have; is it UTF-16 or no text?"
    );
}

#[test]
fn categorical_columns_keep_the_cell_text() {
    let f = with("g,y\n10,1\n9,2\n09,3\nNA,4\n10.0,5\n", &["g"], &[]).unwrap();
    assert_eq!((levels(&f, "g"), codes(&f, "g")), ("09|10|10.0|9".into(), vec![1, 3, 0, -1, 2]));
    let e = with("g,y\n", &["h"], &[]).unwrap_err();
    assert_eq!(e.message, "there is no categorical column 'h'; the CSV text has 'g', 'y'");
    assert!(with("g,y\n", &["g", "g"], &[]).unwrap_err().message.contains("twice"));
}

#[test]
fn ordered_columns_have_the_declared_levels() {
    let text = "r,y\nlow,1\nNA,2\nhigh,3\n";
    let f = with(text, &[], &[("r", &["low", "mid", "high"])]).unwrap();
    let c = f.column("r").unwrap().to_category().unwrap();
    assert_eq!((c.codes.clone(), c.levels.len(), c.declared, c.ordered), (vec![0, -1, 2], 3, true, true));
    let e = with(text, &[], &[("r", &["low", "mid"])]).unwrap_err();
    assert!(e.message.starts_with("the CSV text, line 4: column 'r' has 'high' in row 3"), "{e}");
    assert_eq!(e.position, 2);
    assert!(with(text, &[], &[("r", &["low", "low"])]).is_err());
    assert!(with(text, &[], &[("q", &["low"])]).is_err());
    assert!(with(text, &["r"], &[("r", &["low", "high"])]).is_err());
}

#[test]
fn missing_texts_can_be_chosen() {
    let missing = vec!["-99".to_string(), ".".to_string()];
    let f = Frame::from_csv(b"x,g\n-99,NA\n 3 ,.\n.,\n", &CsvOptions { missing, ..CsvOptions::default() }).unwrap();
    assert_eq!(*data(&f, "x"), ColumnData::Integer(vec![i64::MIN, 3, i64::MIN]));
    assert_eq!((levels(&f, "g"), codes(&f, "g")), ("|NA".into(), vec![1, -1, 0]));
}

#[test]
fn files_are_read_and_named_in_errors() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ragged.csv");
    std::fs::write(&path, "a,b\n1\n").unwrap();
    let e = Frame::from_csv_path(&path, &CsvOptions::default()).unwrap_err();
    assert!(e.message.ends_with("ragged.csv, line 2: 1 cells, the header has 2"), "{e}");
    let e = Frame::from_csv_path(dir.path().join("absent.csv"), &CsvOptions::default()).unwrap_err();
    assert_eq!(e.code, Code::Io);
    let f = Frame::from_csv_reader("a\n1\n".as_bytes(), &CsvOptions::default()).unwrap();
    assert_eq!(f.n_rows(), 1);
}

#[test]
fn what_is_written_reads_back() {
    let mut f = Frame::new(4);
    f.add_real("x", vec![0.1 + 0.2, f64::NEG_INFINITY, 1e-300, 5e-324]).unwrap();
    f.add_integers("i, \"j\"", vec![i64::MAX, i64::MIN, 0, -1]).unwrap();
    f.add_strings("s", &[Some("a,b"), None, Some("say \"x\"\n"), Some("é")]).unwrap();
    let mut out = Vec::new();
    f.write_csv(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("x,\"i, \"\"j\"\"\",s\n0.30000000000000004,9223372036854775807,\"a,b\"\n-Inf,NA,NA\n"), "{text}");
    assert_eq!(read(&text), f);

    let mut f = Frame::new(1);
    f.add_real("x", vec![f64::NAN]).unwrap();
    let mut out = Vec::new();
    f.write_csv(&mut out).unwrap();
    assert_eq!(out, b"x\nNA\n");
    assert!(Frame::new(3).write_csv(&mut Vec::new()).is_ok());
}

#[test]
fn reading_never_panics() {
    let pieces = [",", "\n", "\r\n", "\"", "a", "1", "NA", "\u{feff}", " ", "-", "é", "Inf", "0.5"];
    let mut state = 1_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        if let Ok(frame) = Frame::from_csv(text.as_bytes(), &CsvOptions::default()) {
            assert!(frame.columns.iter().all(|c| c.len() == frame.n_rows()), "{text:?}");
        }
    }
}

/// Lines that end with a carriage return are for the general reader, which reads the same as plain lines hold.
#[test]
fn plain_lines_are_read_as_other_records() {
    let pieces = [
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\"",
        "\"a,b\"",
        "a",
        "1",
        "-7",
        "NA",
        " ",
        "-",
        "é",
        "Inf",
        "0.5",
        "12345678901234567890",
        "9007199254740993",
        "1e3",
    ];
    let (mut state, mut read, mut failed) = (1_u64, 0, 0);
    for _ in 0..40_000 {
        let mut text = String::from("p,q\n");
        for _ in 0..14 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        if plain::Plain::new(text.as_bytes(), &CsvOptions::default()).is_none() {
            continue;
        }
        let general = Frame::from_csv(text.replace('\n', "\r").as_bytes(), &CsvOptions::default());
        match (Frame::from_csv(text.as_bytes(), &CsvOptions::default()), general) {
            (Ok(a), Ok(b)) => {
                let shown = |frame: &Frame| format!("{:?}", frame.columns.iter().map(|c| &c.data).collect::<Vec<_>>());
                assert_eq!((a.n_rows(), shown(&a)), (b.n_rows(), shown(&b)), "{text:?}");
                read += 1;
            }
            (Err(a), Err(b)) => {
                assert_eq!((a.position, a.message), (b.position, b.message), "{text:?}");
                failed += 1;
            }
            (a, b) => panic!("{text:?}: {a:?} {b:?}"),
        }
    }
    assert!(read > 500 && failed > 5_000, "{read} read, {failed} failed");
}

#[test]
fn quotes_around_cells_are_plain_and_others_are_not() {
    let plain = |text: &str| plain::Plain::new(text.as_bytes(), &CsvOptions::default()).is_some();
    assert!(plain("\"g\",x\r\n\"a,b\",1\n\"\",\"2\""));
    for text in ["x\n1\r2\n", "g\n5\" pipe\n", "g\n\"a\"\"b\"\n", "g\n\"a\nb\"\n", "g\n\"a\"b\n", "g\n\"a", "g\na\r"] {
        assert!(!plain(text), "{text:?}");
    }
    let f = read("\"g\",x\r\n\"a,b\",1\r\n\r\n\"\",\"2\"");
    assert_eq!((levels(&f, "g"), codes(&f, "g")), ("a,b".into(), vec![0, -1]));
    assert_eq!(*data(&f, "x"), ColumnData::Integer(vec![1, 2]));
}

fn options(separator: Option<u8>, decimal: u8) -> CsvOptions {
    CsvOptions { separator, decimal, ..CsvOptions::default() }
}

#[test]
fn other_separators_are_named_and_not_guessed() {
    for (text, parts) in [
        ("g;x\na;1\nb;2\n", ["semicolons (';')", "--sep ';'"]),
        ("g\tx\na\t1\nb\t2\n", ["tabs", "--sep tab"]),
        ("g|x\r\na|1\r\n", ["bars ('|')", "'|'"]),
        ("g;x\na;1,5\nb;2,5\n", ["decimal commas", "--dec ,"]),
    ] {
        let e = fails(text);
        assert!(e.message.starts_with("the CSV text, line 1: there is one column"), "{e}");
        parts.iter().for_each(|part| assert!(e.message.contains(part), "{e}"));
    }
    // One column is one column, unless its lines could be read otherwise.
    assert_eq!(read("x\n1\n2\n").n_columns(), 1);
    assert_eq!(read("a;b\n1\n").n_columns(), 1);
    let given = |separator| Frame::from_csv(b"g;x\na;1\n", &options(Some(separator), b'.')).unwrap();
    assert_eq!((given(b',').n_columns(), given(b';').n_columns()), (1, 2));
}

#[test]
fn decimal_commas_go_with_semicolons() {
    let f = Frame::from_csv(b"g;x;i\na;-0,5;1\nb;1e3;\n\"c;d\";NA;3\n", &options(None, b',')).unwrap();
    assert!(matches!(data(&f, "x"), ColumnData::Real(v) if v[..2] == [-0.5, 1000.0] && v[2].is_nan()));
    assert_eq!(*data(&f, "i"), ColumnData::Integer(vec![1, i64::MIN, 3]));
    assert_eq!(levels(&f, "g"), "a|b|c;d");
    // A point is no decimal mark then.
    let f = Frame::from_csv(b"x;y\n1.5;1\n2,5;2\n", &options(None, b',')).unwrap();
    assert_eq!(levels(&f, "x"), "1.5|2,5");
    let f = Frame::from_csv(b"x y\n1,5 2\n", &options(Some(b' '), b',')).unwrap();
    assert_eq!(*data(&f, "x"), ColumnData::Real(vec![1.5]));
}

#[test]
fn quotes_can_be_other_characters_or_none() {
    let with_quote = |text: &str, quote| Frame::from_csv(text.as_bytes(), &CsvOptions { quote, ..CsvOptions::default() });
    assert_eq!(levels(&with_quote("a,b\n'x, y',1\n", Some(b'\'')).unwrap(), "a"), "x, y");
    assert_eq!(levels(&with_quote("a,b\n\"x,1\n", None).unwrap(), "a"), "\"x");
    assert!(with_quote("a,b\n\"x,1\n", Some(b'"')).unwrap_err().message.contains("quote"));
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for (options, part) in [
        (options(Some(b','), b','), "both ','"),
        (options(Some(b'1'), b'.'), "separator is '1'"),
        (options(Some(b'\n'), b'.'), "separator is '\\n'"),
        (options(Some(0xe9), b'.'), "ASCII"),
        (options(None, b'x'), "decimal mark is 'x'"),
        (CsvOptions { quote: Some(b','), ..CsvOptions::default() }, "quote is ','"),
        (CsvOptions { quote: Some(b'a'), ..CsvOptions::default() }, "quote is 'a'"),
    ] {
        let e = Frame::from_csv(b"a\n1\n", &options).unwrap_err();
        assert!(e.code == Code::Argument && e.message.contains(part), "{e}");
    }
}

#[test]
fn a_quote_that_swallows_lines_is_named_where_it_opens() {
    // Closed by the next quote: the row count would be right, and the rows between lost.
    let e = fails("g,x\na,1\n\"b,2\nc,3\n\"d\",4\n");
    assert!(
        e.message.starts_with("the CSV text, line 3: a quote is opened here and closed in line 5 with 'd\",4' after it"),
        "{e}"
    );
    assert_eq!(e.position, 1);
    let e = fails("g,x\na,1\n\"b,2\nc,\",3,4\n");
    assert!(e.message.contains("line 3: 3 cells, the header has 2; a quote is opened in line 3 and closed in line 4"), "{e}");
    assert!(fails("g,x\na,\"1\"2\n").message.contains("line 2: a quote is opened here and closed with '2' after it"));
    // Blanks after a quote are part of the cell.
    assert_eq!(levels(&read("g,x\n\"a\" ,1\n"), "g"), "a ");
}

#[test]
fn empty_cells_are_missing_among_numbers_whatever_stands_for_missing() {
    let options = CsvOptions { missing: vec!["-99".into()], ..CsvOptions::default() };
    let f = Frame::from_csv(b"x,y,g,e\n1,,,\n,-99,a, \n-99,2.5,b,\n", &options).unwrap();
    assert_eq!(*data(&f, "x"), ColumnData::Integer(vec![1, i64::MIN, i64::MIN]));
    assert!(f.column("y").unwrap().is_missing(0) && f.column("y").unwrap().is_missing(1));
    assert_eq!((levels(&f, "g"), codes(&f, "g")), ("|a|b".into(), vec![0, 1, 2]));
    assert!((0..3).all(|row| f.column("e").unwrap().is_missing(row)));
}

#[test]
fn what_awkward_cells_are() {
    let real = |cells: &str| {
        let f = read(&format!("x,y\n{}\n", cells.split('|').map(|c| format!("{c},0")).collect::<Vec<_>>().join("\n")));
        f.column("x").unwrap().as_real().unwrap().map(|v| v.to_vec())
    };
    assert_eq!(real(" 1 |+2|\t-3"), Some(vec![1.0, 2.0, -3.0]));
    assert_eq!(real("inf|+Inf|-INFINITY"), Some(vec![f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY]));
    assert!(real("nan|NaN|-nan|1").unwrap()[..3].iter().all(|v| v.is_nan()));
    assert_eq!(real(".5|5.|1E+02"), Some(vec![0.5, 5.0, 100.0]));
    assert_eq!(real("1e-400|1"), Some(vec![0.0, 1.0]));
    for text in ["1e400|1", "0x1F|1", "1_000|1", "#N/A|1", "NULL|1", "12%|1", "1.5D+00|1", "--|1", "TRUE|1"] {
        assert_eq!(real(text), None, "{text}");
    }
    assert!(fails(b"PK\x03\x04zip").message.contains("workbook"));
}

#[test]
fn strict_numbers_refuse_text_among_numbers_unless_it_is_declared() {
    let strict = |categorical: &[&str]| CsvOptions {
        strict_numbers: true,
        categorical: categorical.iter().map(ToString::to_string).collect(),
        ..CsvOptions::default()
    };
    let text = b"id,x,g\n1,1,a\n2,.,b\n3b,3,1\n4,4,2\n";
    let e = Frame::from_csv(text, &strict(&[])).unwrap_err();
    assert!(e.code == Code::Data && e.position == 2 && e.message.contains("column 'id' is text: line 4 holds '3b'"), "{e}");
    let e = Frame::from_csv(text, &strict(&["id"])).unwrap_err();
    assert!(
        e.position == 1 && e.message.contains("column 'x' is text: line 3 holds '.', which is no number (3 of 4 cells are)"),
        "{e}"
    );
    assert!(Frame::from_csv(text, &strict(&["id", "x"])).is_ok());
}

#[test]
fn blanks_of_unicode_around_a_number_mean_nothing() {
    for blank in ['\u{a0}', '\u{1680}', '\u{2003}', '\u{2007}', '\u{202f}', '\u{3000}', '\u{85}', '\u{b}'] {
        let options = CsvOptions { strict_numbers: true, ..CsvOptions::default() };
        let text = format!("x,m,g\n1{blank},2,a{blank}\n{blank}2,NA{blank},b\n{blank},3,{blank}\n");
        let f = Frame::from_csv(text.as_bytes(), &options).unwrap();
        assert_eq!(*data(&f, "x"), ColumnData::Integer(vec![1, 2, i64::MIN]), "{blank:?}");
        assert_eq!(*data(&f, "m"), ColumnData::Integer(vec![2, i64::MIN, 3]), "{blank:?}");
        // In text they are part of the label.
        assert!(levels(&f, "g").contains(&format!("a{blank}")), "{blank:?}");
    }
    // What has no width is no blank: the cell is to blame.
    let text = "x\n1\n2\u{200b}\n3\n";
    let e = Frame::from_csv(text.as_bytes(), &CsvOptions { strict_numbers: true, ..CsvOptions::default() }).unwrap_err();
    assert!(e.position == 1 && e.message.contains("line 3 holds '2") && e.message.contains("no width"), "{e}");
}

#[test]
fn codes_of_which_a_number_keeps_not_all_digits_are_noted() {
    let joined = |cells: &[&str]| {
        let f = read(&format!("x\n{}\n", cells.join("\n")));
        f.column("x").unwrap().joined.as_deref().map(str::to_string)
    };
    let both = Some("'12345678901234567891' and '12345678901234567892'".to_string());
    assert_eq!(joined(&["1", "12345678901234567891", "12345678901234567892"]), both);
    // Integers of 64 bits keep all digits, but not beside a real number.
    assert_eq!(joined(&["9007199254740992", "9007199254740993"]), None);
    let both = Some("'9007199254740992' and '9007199254740993'".to_string());
    assert_eq!(joined(&["9007199254740992", "9007199254740993", "0.5"]), both);
    assert_eq!(joined(&["0.5", "+09007199254740992", " 9007199254740993"]), both);
    // The same code, and fractions.
    assert_eq!(joined(&["12345678901234567891", "+012345678901234567891", "1e30", "1.0", "1"]), None);
}

#[test]
fn excels_mark_of_the_separator_is_named() {
    for text in ["sep=;\nx;y\n1;2\n", "\u{feff}SEP=,\r\nx,y\r\n1,2\r\n"] {
        let e = fails(text.as_bytes());
        assert!(e.message.contains("a mark for Excel") && e.message.contains("--sep '"), "{e}");
    }
    assert!(Frame::from_csv(b"sep=length\n1\n", &CsvOptions::default()).is_ok());
}
