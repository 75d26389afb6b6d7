//! Formulas: from text to terms, changed by another, and on to the model matrices of a small frame.

use crate::common::Rng;
use crate::{End, mutated, one_of, run, sound};
use interlace::error::{Code, Result};
use interlace::fit::Fit;
use interlace::formula::{Formula, expand, parse, update};
use interlace::frame::Frame;
use interlace::options::{Options, Unidentified};
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

const CORPUS: &str = include_str!("corpus/formulas.txt");

const NAMES: [&str; 12] = ["x", "z", "f", "g", "h", "n", "o", "t", "`a b`", ".", "absent", "w"];
const FUNCTIONS: [&str; 24] = [
    "log",
    "exp",
    "sqrt",
    "I",
    "factor",
    "scale",
    "poly",
    "bs",
    "ns",
    "offset",
    "strata",
    "C",
    "ordered",
    "abs",
    "round",
    "dummy",
    "interaction",
    "cut",
    "us",
    "diag",
    "cs",
    "ar1",
    "is.na",
    "splines::ns",
];
const OPERATORS: [&str; 18] =
    [" + ", " + ", " + ", " - ", " * ", ":", "/", "^", " %in% ", " | ", " || ", " == ", " < ", " >= ", " & ", " != ", "+-", " ~ "];
const NUMBERS: [&str; 10] = ["0", "1", "2", "3", "-1", "1e5", "0.1", "1e-300", "0.30000000000000004", "1e400"];
const PIECES: [&str; 30] = [
    "(",
    ")",
    "~",
    "|",
    "||",
    "+",
    "-",
    "*",
    ":",
    "^",
    ",",
    "=",
    "'",
    "\"",
    "`",
    "%",
    "%in%",
    "::",
    ".",
    " ",
    "\t",
    "\n",
    "é",
    "\u{1F600}",
    "x",
    "(1 | g)",
    "TRUE",
    "df = 3",
    "!",
    "\\",
];

/// An expression by the grammar, which may mean nothing.
fn expression(rng: &mut Rng, depth: usize) -> String {
    match rng.below(if depth == 0 { 5 } else { 11 }) {
        0..=3 => (*one_of(rng, &NAMES)).into(),
        4 => (*one_of(rng, &NUMBERS)).into(),
        5 | 6 => format!("{}{}{}", expression(rng, depth - 1), one_of(rng, &OPERATORS), expression(rng, depth - 1)),
        7 => format!("({})", expression(rng, depth - 1)),
        8 => format!("({} | {})", expression(rng, depth - 1), one_of(rng, &["g", "h", "g:h", "g/h", "f", "(g + h)", "t"])),
        9 => {
            let more = ["", "", ", 2", ", df = 3", ", raw = TRUE", ", levels = c('a', 'b')", ", contr.sum", ", hom = TRUE"];
            format!("{}({}{})", one_of(rng, &FUNCTIONS), expression(rng, depth - 1), one_of(rng, &more))
        }
        _ => format!("{}{}", one_of(rng, &["!", "-", "+"]), expression(rng, depth - 1)),
    }
}

fn formula(rng: &mut Rng, corpus: &[&str]) -> String {
    if rng.below(2) == 0 {
        let (text, other) = (*one_of(rng, corpus), *one_of(rng, corpus));
        return mutated(rng, text, other, &PIECES);
    }
    let mut terms: Vec<String> = (0..=rng.below(3)).map(|_| expression(rng, 2)).collect();
    if rng.below(4) > 0 {
        terms.push("(1 | g)".into());
    }
    let response = *one_of(rng, &["y", "y", "y", "log(y)", "cbind(n, o)", "f", "", "."]);
    format!("{response} ~ {}", terms.join(" + "))
}

fn frame() -> Frame {
    let (rows, mut rng) = (24, Rng(5));
    let mut frame = Frame::new(rows);
    for name in ["y", "x", "z", "w", "a b"] {
        frame.add_real(name, rng.normals(rows)).unwrap();
    }
    let some = (0..rows).map(|i| if i == 5 { f64::NAN } else { i as f64 % 7.0 }).collect();
    frame.add_real("t", some).unwrap();
    frame.add_integers("n", (0..rows).map(|i| (i % 5) as i64).collect()).unwrap();
    frame.add_integers("o", (0..rows).map(|i| (7 - i % 5) as i64).collect()).unwrap();
    let text = |count: usize, step: usize| (0..rows).map(|i| format!("l{}", i / step % count)).collect::<Vec<_>>();
    for (name, labels) in [("f", text(3, 1)), ("g", text(6, 2)), ("h", text(4, 6))] {
        frame.add_strings(name, &labels.iter().map(|label| Some(label.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame
}

/// What a formula says, without the order in which it does.
fn meaning(formula: &Formula) -> (bool, Vec<String>, Vec<String>, usize, Vec<String>) {
    let fixed = &formula.fixed;
    let mut strata: Vec<String> = fixed.strata.iter().map(ToString::to_string).collect();
    strata.sort();
    let random = formula.random.iter().map(|term| format!("{term} {}", term.split)).collect();
    let label = |term: &Vec<usize>| {
        let mut variables: Vec<String> = term.iter().map(|&v| fixed.variables[v].to_string()).collect();
        variables.sort();
        variables.join(":")
    };
    let mut labels: Vec<String> = fixed.terms.iter().map(label).collect();
    labels.sort();
    (fixed.intercept, labels, random, fixed.offsets.len(), strata)
}

/// The terms, and those of the same formula written out, which mean the same; written out once more they stay as they are.
fn terms(text: &str, columns: &[String]) -> Result<()> {
    let parsed = parse(text)?;
    let expanded = expand(&parsed, &[], &[], columns);
    let written = update(&parsed, &[], "~ .");
    if let Ok(formula) = &expanded {
        let written = match &written {
            Ok(written) => written,
            // The columns are not known there.
            Err(error) if error.message.contains("write them out") => return Ok(()),
            Err(error) => panic!("{text}: {error}"),
        };
        let again = parse(written).unwrap_or_else(|error| panic!("{text}: {written}: {error}"));
        let same = expand(&again, &[], &[], columns).unwrap_or_else(|error| panic!("{text}: {written}: {error}"));
        assert_eq!(meaning(&same), meaning(formula), "{text}: {written}");
        // Variables of an interaction are in the order in which the text has them.
        let second = update(&again, &[], "~ .").unwrap();
        assert_eq!(update(&parse(&second).unwrap(), &[], "~ .").unwrap(), second, "{text}: {written}");
    }
    expanded.map(|_| ())
}

#[test]
fn formulas() {
    const ONCE_FAILED: &[u64] = &[];
    let corpus: Vec<&str> = CORPUS.lines().collect();
    let data = frame();
    let columns: Vec<String> = data.names().map(String::from).collect();
    let options = Options { null_model: true, unidentified: Unidentified::Ignore, ..Options::default() };
    let use_of = |text: String, change: &str| {
        if let Err(error) = terms(&text, &columns) {
            let at = usize::try_from(error.position).unwrap_or(usize::MAX);
            assert!(error.code == Code::Formula && text.is_char_boundary(at), "{text}: {error:?}");
            return sound(&error);
        }
        let spec = Spec::new(ModelKind::Lmm, Source::Formula(FormulaSpec { formula: text, ..FormulaSpec::default() }));
        let changed = spec.update(change);
        if let Err(error) = &changed {
            let at = usize::try_from(error.position).unwrap_or(usize::MAX);
            assert!(change.is_char_boundary(at), "{change}: {error:?}");
            sound(error);
        }
        let mut end = End::Refused;
        for spec in std::iter::once(spec).chain(changed) {
            let _ = spec.variables_table().map_err(|error| sound(&error));
            match Fit::objective(&spec, Some(&data), &options, &[], &Watch::unwatched()) {
                Ok(_) => end = End::Read,
                Err(error) => drop(sound(&error)),
            }
        }
        end
    };
    for text in &corpus {
        use_of((*text).into(), ". ~ .");
    }
    run("formulas", 20_000, ONCE_FAILED, |rng| {
        let text = formula(rng, &corpus);
        use_of(text, &formula(rng, &corpus))
    });
}
