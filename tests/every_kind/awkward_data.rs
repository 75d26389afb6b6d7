//! Cells that are not what their column is: a warning where the column could be categories, an error with line and cell where it can't.

use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};
use interlace::options::Options;
use interlace::predict::{NewData, Request};
use interlace::spec::{FamilySpec, FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

/// 24 rows of y, x, k of n trials, g, subject codes, dates; `change` gives the cell of a row and column.
fn csv(change: impl Fn(usize, &str, String) -> String) -> String {
    let mut text = "y,x,k,n,g,s,day,w\n".to_string();
    for i in 0..24_usize {
        let noise = (i * 37 % 11) as f64 / 4.0;
        let cells = [
            ("y", format!("{:.3}", 1.0 + 0.3 * i as f64 + noise)),
            ("x", format!("{:.2}", (i * 7 % 8) as f64 / 3.0)),
            ("k", format!("{}", i * 5 % 4)),
            ("n", "4".to_string()),
            ("g", format!("g{}", i % 6)),
            ("s", if i % 6 == 5 { "6b".to_string() } else { format!("{}", 1 + i % 6) }),
            ("day", format!("2024-03-{:02}", 1 + i % 4)),
            ("w", format!("{}", 1 + i % 3)),
        ];
        let row: Vec<String> = cells.into_iter().map(|(name, cell)| change(i, name, cell)).collect();
        text += &(row.join(",") + "\n");
    }
    text
}

/// The data with one cell, in row 5 and line 7, replaced.
fn with(column: &str, value: &str) -> Frame {
    read(&csv(|i, name, cell| if i == 5 && name == column { value.to_string() } else { cell }))
}

fn read(text: &str) -> Frame {
    Frame::from_csv(text.as_bytes(), &CsvOptions::default()).unwrap()
}

fn spec(kind: ModelKind, formula: &str) -> Spec {
    Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() }))
}

fn fit(spec: &Spec, frame: &Frame) -> Result<Fit, Error> {
    Fit::new(spec, Some(frame), &Options::default(), &Watch::unwatched())
}

fn linear(formula: &str, frame: &Frame) -> Result<Fit, Error> {
    fit(&spec(ModelKind::Lmm, formula), frame)
}

/// Nothing is said of any cell.
#[track_caller]
fn quiet(fit: &Fit) {
    assert!(fit.warnings().iter().all(|w| !w.contains("holds")), "{:?}", fit.warnings());
}

#[track_caller]
fn names(error: &Error, code: Code, row: i64, parts: &[&str]) {
    assert_eq!((error.code, error.position), (code, row), "{error}");
    parts.iter().for_each(|part| assert!(error.message.contains(part), "no {part:?} in: {error}"));
    assert!(!error.message.contains('\n'), "{error}");
}

#[test]
fn a_covariate_that_became_categories_is_warned_of_with_line_and_cell() {
    for cell in ["N/A", ".", "-", "1.5D+00", "1e400", "12%"] {
        let fit = linear("y ~ x + (1 | g)", &with("x", cell)).unwrap();
        let warning = fit.warnings().into_iter().find(|w| w.contains("column 'x' is categories here")).unwrap();
        assert!(warning.contains(&format!("line 7 holds '{cell}'")) && warning.contains("23 of 24 cells are"), "{warning}");
    }
    quiet(&linear("y ~ x + (1 | g)", &read(&csv(|_, _, cell| cell))).unwrap());
    // Also left of a bar, in interactions, and as factor(): the mark would be a level.
    for formula in ["y ~ 1 + (0 + x | g)", "y ~ w:x + (1 | g)", "y ~ factor(x) + (1 | g)"] {
        let said = match linear(formula, &with("x", "N/A")) {
            Ok(fit) => fit.warnings().join("; "),
            Err(error) => error.message,
        };
        assert!(said.contains("line 7 holds 'N/A'"), "{formula}: {said}");
    }
    let mut declared = with("x", "N/A");
    declared.make_category("x").unwrap();
    assert!(linear("y ~ x + (1 | g)", &declared).unwrap().warnings().iter().all(|w| !w.contains("N/A")));
}

#[test]
fn where_numbers_are_wanted_the_cell_is_an_error() {
    for (formula, column) in [
        ("y ~ x + (1 | g)", "y"),
        ("log(y) ~ x + (1 | g)", "y"),
        ("y ~ I(x^2) + (1 | g)", "x"),
        ("y ~ scale(x) + (1 | g)", "x"),
        ("y ~ offset(x) + (1 | g)", "x"),
        ("y ~ as.numeric(x) + (1 | g)", "x"),
    ] {
        let error = linear(formula, &with(column, "N/A")).unwrap_err();
        names(&error, Code::Data, 5, &[&format!("'{column}'"), "line 7 holds 'N/A'", "23 of 24 cells are"]);
        assert_eq!(error.message.matches("line 7").count(), 1, "{error}");
    }
    let weighted = FormulaSpec { formula: "y ~ x + (1 | g)".into(), weights: Some("w".into()), ..FormulaSpec::default() };
    names(
        &fit(&Spec::new(ModelKind::Lmm, Source::Formula(weighted)), &with("w", "-")).unwrap_err(),
        Code::Data,
        5,
        &["'w'", "line 7 holds '-'"],
    );
    let offset = FormulaSpec { formula: "y ~ x + (1 | g)".into(), offset: Some("w".into()), ..FormulaSpec::default() };
    names(
        &fit(&Spec::new(ModelKind::Lmm, Source::Formula(offset)), &with("w", "?")).unwrap_err(),
        Code::Data,
        5,
        &["line 7 holds '?'"],
    );
}

#[test]
fn responses_of_trials_and_of_categories_name_the_cell() {
    let mut binomial = spec(ModelKind::Glmm, "cbind(k, n - k) ~ x + (1 | g)");
    binomial.family = FamilySpec { name: "binomial".into(), ..FamilySpec::default() };
    names(&fit(&binomial, &with("k", "N/A")).unwrap_err(), Code::Data, 5, &["'k'", "line 7 holds 'N/A'"]);
    names(&fit(&binomial, &with("n", ".")).unwrap_err(), Code::Data, 5, &["'n'", "line 7 holds '.'"]);
    // Not a factor whose first level is failure.
    let mut proportion = spec(ModelKind::Glmm, "k ~ x + (1 | g)");
    proportion.family.clone_from(&binomial.family);
    names(&fit(&proportion, &with("k", "N/A")).unwrap_err(), Code::Data, 5, &["'k'", "line 7 holds 'N/A'"]);
    let mut ordinal = spec(ModelKind::Clmm, "k ~ x + (1 | g)");
    names(&fit(&ordinal, &with("k", "-")).unwrap_err(), Code::Data, 5, &["'k'", "line 7 holds '-'"]);
    ordinal.family = FamilySpec::default();
    names(&linear("g ~ x + (1 | s)", &read(&csv(|_, _, cell| cell))).unwrap_err(), Code::Data, -1, &["'g'", "line 2 holds 'g0'"]);
}

#[test]
fn subject_codes_group_in_silence_and_marks_of_missing_values_do_not() {
    let whole = read(&csv(|_, _, cell| cell));
    quiet(&linear("y ~ x + (1 | s)", &whole).unwrap());
    let fit = linear("y ~ x + (1 | s)", &with("s", "N/A")).unwrap();
    assert!(
        fit.warnings()
            .iter()
            .any(|w| w.contains("'s' has a group that may stand for missing values: line 7 holds") || w.contains("'6b'")),
        "{:?}",
        fit.warnings()
    );
    let numbers = read(&csv(|i, name, cell| match name {
        "s" if i == 5 => ".".to_string(),
        "s" => format!("{}", 1 + i % 6),
        _ => cell,
    }));
    let fit = linear("y ~ x + (1 | s)", &numbers).unwrap();
    assert!(
        fit.warnings().iter().any(|w| w.contains("'s' has a group that may stand for missing values: line 7 holds '.'")),
        "{:?}",
        fit.warnings()
    );
}

#[test]
fn dates_are_groups_and_categories_but_no_numbers() {
    let whole = read(&csv(|_, _, cell| cell));
    let fit = linear("y ~ x + (1 | day)", &whole).unwrap();
    quiet(&fit);
    assert_eq!(fit.terms[0].design.levels[..2], ["2024-03-01", "2024-03-02"]);
    let fit = linear("y ~ day + (1 | g)", &whole).unwrap();
    assert_eq!(fit.fixed.names[1], "day2024-03-02");
    assert!(fit.warnings().iter().any(|w| w.contains("line 2 holds '2024-03-01': its cells are dates")), "{:?}", fit.warnings());
    for formula in ["day ~ x + (1 | g)", "y ~ scale(day) + (1 | g)", "y ~ as.numeric(day) + (1 | g)"] {
        names(&linear(formula, &whole).unwrap_err(), Code::Data, 0, &["'day'", "line 2 holds '2024-03-01'", "dates"]);
    }
}

#[test]
fn failures_that_a_bad_cell_explains_say_so() {
    // Each row a category: more columns than rows.
    let many = read(&csv(|i, name, cell| match name {
        "x" if i == 5 => "N/A".to_string(),
        "x" => format!("{i}.25"),
        _ => cell,
    }));
    let error = linear("y ~ x + (1 | g)", &many).unwrap_err();
    assert!(error.message.contains("line 7 holds 'N/A'"), "{error}");
}

#[test]
fn rows_in_errors_have_their_line_also_where_lines_are_left_out() {
    // A blank line and a missing row before it.
    let text = csv(|i, name, cell| match (i, name) {
        (2, "x") => "NA".to_string(),
        (9, "w") => "-2".to_string(),
        (3, "y") => format!("\n{cell}"),
        _ => cell,
    });
    let weighted = FormulaSpec { formula: "y ~ x + (1 | g)".into(), weights: Some("w".into()), ..FormulaSpec::default() };
    let error = fit(&Spec::new(ModelKind::Lmm, Source::Formula(weighted)), &read(&text)).unwrap_err();
    names(&error, Code::Data, 9, &["-2 in row 10 (counting from 1)", "(line 12 of the CSV text)"]);
    // Of frames that were not read there is the row.
    let mut plain = Frame::new(3);
    plain.add_strings("x", &[Some("1"), Some("2"), Some("-")]).unwrap();
    plain.add_real("y", vec![1.0, 2.0, 4.0]).unwrap();
    plain.add_strings("g", &[Some("a"), Some("b"), Some("a")]).unwrap();
    names(&linear("x ~ y + (1 | g)", &plain).unwrap_err(), Code::Data, 2, &["row 3 (counting from 1) holds '-'"]);
}

#[test]
fn new_data_with_a_bad_cell_name_it() {
    let fit = linear("y ~ x + (1 | g)", &read(&csv(|_, _, cell| cell))).unwrap();
    let frame = with("x", "N/A");
    let error = fit.predictions(NewData::Frame(&frame), &Request::default(), &Watch::unwatched()).unwrap_err();
    names(&error, Code::Data, 5, &["'x' holds categories here, but held numbers", "line 7 holds 'N/A'"]);
}
