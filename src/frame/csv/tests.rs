use super::*;
use crate::frame::Column;

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
    assert!(fails("a,,c\n").message.contains("the name of column 2 is empty"));
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
