//! The program on new data.

use super::*;
use crate::design::node::Node;
use crate::design::{Needed, NeededTimes, UNSEEN};

/// All kinds of columns and terms at once.
const FORMULAS: [&str; 6] = [
    "y ~ x + f + (1 | g) + (x | f)",
    "y ~ poly(x, 2):f + bs(x, df = 5) + ns(x, df = 3) + scale(z) + scale(x, center = FALSE) + (poly(x, 2) | g)",
    "log(y) ~ o*x + I(x > 3) + offset(log(x)) + (0 + f | g:o) + (scale(x) || g)",
    "y ~ C(f, contr.sum) + relevel(f, ref = \"c\") + as.numeric(o) + as.numeric(f == \"b\") + factor(z) + (1 | factor(z))",
    "y ~ 0 + ordered(z) + factor(f, levels = c(\"d\", \"c\", \"b\", \"a\")) + ifelse(x > 3, z, -1) + (I(f == \"a\") + x | g/o)",
    "y ~ 0 + x + x:f + log(x, 3) + pmin(x, z) + I(-x) + (f:x | g)",
];

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

fn assert_same(new: &Design, old: &Design) {
    assert_eq!((new.n, &new.x_names), (old.n, &old.x_names));
    assert_eq!(bits(&new.x), bits(&old.x));
    assert_eq!(new.offset.as_deref().map(bits), old.offset.as_deref().map(bits));
    assert_eq!(new.terms.len(), old.terms.len());
    for (a, b) in new.terms.iter().zip(&old.terms) {
        assert_eq!((&a.group, &a.effects, a.structure, &a.levels), (&b.group, &b.effects, b.structure, &b.levels));
        assert_eq!(a.index, b.index);
        assert_eq!(a.z.as_deref().map(bits), b.z.as_deref().map(bits));
    }
}

#[test]
fn the_training_data_give_the_same_design_bit_by_bit() {
    let mut frames = vec![small()];
    frames.push(with(&small(), |f| f.add_real("x", vec![0.5, f64::NAN, 2.0, 3.5, 4.0, 5.75, 7.1]).unwrap()));
    for (frame, text) in frames.iter().flat_map(|frame| FORMULAS.iter().map(move |text| (frame, text))) {
        let (program, old) = learn(text, frame).unwrap_or_else(|error| panic!("{text}: {error}"));
        let new = program.apply(frame, Needed::All, NeededTimes::Nothing).unwrap();
        assert_same(&new, &old);
        assert_eq!(new.rows.dropped, old.rows.dropped);
        assert!(new.y.is_empty() && new.weights.is_none());
    }
}

#[test]
fn a_program_survives_its_bytes() {
    for text in FORMULAS {
        let (program, old) = learn(text, &small()).unwrap();
        let read = through_bytes(&program);
        assert_eq!(read, program);
        assert_same(&read.apply(&small(), Needed::All, NeededTimes::Nothing).unwrap(), &old);
    }
}

#[test]
fn rows_are_independent_of_their_company() {
    // One row at a time gives the row of the training design: nothing is learnt again.
    for text in FORMULAS {
        let (program, old) = learn(text, &small()).unwrap();
        for row in 0..7 {
            let frame = single(&small(), row);
            let new = program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap_or_else(|error| panic!("{text}: {error}"));
            let same: Vec<f64> = (0..old.x_names.len()).map(|k| old.x[k * 7 + row]).collect();
            assert_eq!(bits(&new.x), bits(&same), "{text}");
            new.terms.iter().zip(&old.terms).for_each(|(a, b)| assert_eq!(a.index[0], b.index[row]));
        }
    }
}

/// One row, with text columns that know only their own level.
fn single(frame: &Frame, row: usize) -> Frame {
    use crate::frame::ColumnData;
    let mut one = Frame::new(1);
    for column in &frame.columns {
        match &*column.data {
            ColumnData::Real(v) => one.add_real(&column.name, vec![v[row]]).unwrap(),
            ColumnData::Integer(v) => one.add_integers(&column.name, vec![v[row]]).unwrap(),
            ColumnData::Time(_) => panic!("{} holds times", column.name),
            ColumnData::Category(c) => one.add_strings(&column.name, &[Some(c.levels[c.codes[row] as usize].as_str())]).unwrap(),
        }
    }
    one
}

#[test]
fn unknown_levels_of_predictors_are_errors() {
    for text in ["y ~ f", "y ~ 1 + (0 + f | g)", "y ~ factor(f)", "y ~ relevel(f, ref = \"c\")"] {
        let (program, _) = learn(text, &small()).unwrap();
        let frame = with(&small(), |f| f.add_strings("f", &["a", "b", "q", "d", "a", "c", "b"].map(Some)).unwrap());
        let error = program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap_err();
        assert_eq!(error.position, 2);
        for part in ["unknown level 'q'", "row 3 (counting from 1)", "'a', 'b'", "'d'"] {
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
    // In a row that is left out anyway it does no harm.
    let (program, _) = learn("y ~ f + x", &small()).unwrap();
    let frame = with(&small(), |f| f.add_strings("f", &["a", "b", "q", "d", "a", "c", "b"].map(Some)).unwrap());
    let frame = with(&frame, |f| f.add_real("x", vec![1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0, 7.0]).unwrap());
    assert_eq!(program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap().n, 6);
}

#[test]
fn unknown_or_missing_groups_are_unseen() {
    let (program, _) = learn("y ~ x + (1 | g) + (1 | g:f)", &small()).unwrap();
    let groups = [Some("w"), None, Some("new"), Some("u"), Some("u"), Some("v"), Some("v")];
    let frame = with(&small(), |f| f.add_strings("g", &groups).unwrap());
    let d = program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap();
    assert!(d.rows.dropped.is_empty());
    assert_eq!(d.terms[0].index, [2, UNSEEN, UNSEEN, 0, 0, 1, 1]);
    // g:f in training: u:a u:b u:c v:b v:d w:a w:c.
    assert_eq!(d.terms[1].index, [5, UNSEEN, UNSEEN, UNSEEN, 0, UNSEEN, 3]);
}

#[test]
fn only_predictors_are_needed() {
    let mut frame = Frame::new(2);
    frame.add_integers("x", vec![2, i64::MIN]).unwrap();
    let (program, _) = learn("y ~ x + (z | g)", &small()).unwrap();
    assert_eq!(program.required_columns(false), ["x"]);
    assert_eq!(program.required_columns(true), ["x", "z", "g"]);
    let d = program.apply(&frame, Needed::Nothing, NeededTimes::Nothing).unwrap();
    assert_eq!((d.n, d.x.clone(), d.rows.dropped.clone()), (1, vec![1.0, 2.0], vec![(1, "x".to_string())]));
    assert!(d.terms.is_empty());
    assert!(program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap_err().message.contains("'z'"));
}

#[test]
fn offsets_are_needed() {
    let old = with(&small(), |f| f.add_real("off", vec![1.0; 7]).unwrap());
    let formula = formula("y ~ x + offset(log(z + 1))", &old);
    let (program, _) = Program::learn(&Request { offset: Some("off"), ..request(&formula) }, &old).unwrap();
    assert_eq!(program.required_columns(true), ["x", "z", "off"]);
    assert!(program.apply(&small(), Needed::All, NeededTimes::Nothing).unwrap_err().message.contains("'off'"));
    let new = with(&old, |f| f.add_real("off", vec![0.0, f64::NAN, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap());
    let d = program.apply(&new, Needed::All, NeededTimes::Nothing).unwrap();
    assert_eq!(d.offset.unwrap()[1], 2.0 + 3.0_f64.ln());
    assert_eq!(d.rows.dropped, [(1, "off".to_string())]);
}

#[test]
fn new_data_without_rows_or_without_complete_rows_give_empty_designs() {
    let (program, _) = learn("y ~ x + f + poly(x, 2) + (x | g)", &small()).unwrap();
    let mut frame = Frame::new(0);
    frame.add_real("x", vec![]).unwrap();
    frame.add_strings("f", &[]).unwrap();
    frame.add_strings("g", &[]).unwrap();
    assert_eq!(program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap().n, 0);
    let missing = with(&small(), |f| f.add_real("x", vec![f64::NAN; 7]).unwrap());
    let d = program.apply(&missing, Needed::All, NeededTimes::Nothing).unwrap();
    assert_eq!((d.n, d.rows.dropped.len(), d.x.len()), (0, 7, 0));
}

#[test]
fn columns_may_come_in_another_type() {
    let (program, old) = learn("y ~ factor(z) + f + x", &small()).unwrap();
    // The levels of f as numbers in training, as text in new data, and the other way round.
    let frame = with(&small(), |f| f.add_strings("z", &["1", "0", "2", "5", "3", "2", "8"].map(Some)).unwrap());
    assert_eq!(program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap().x, old.x);
    // A column of nothing has no type.
    let frame = with(&small(), |f| f.add_strings("x", &[None; 7]).unwrap());
    assert_eq!(program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap().n, 0);
    let frame = with(&small(), |f| f.add_real("f", vec![f64::NAN; 7]).unwrap());
    assert_eq!(program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap().n, 0);
    let frame = with(&small(), |f| f.add_strings("x", &[Some("k"); 7]).unwrap());
    let error = program.apply(&frame, Needed::All, NeededTimes::Nothing).unwrap_err();
    assert!(error.message.contains("'x' holds categories here, but held numbers"), "{error}");
}

/// Bytes can nest an expression as deep as they like; the stack has an end.
#[test]
fn bytes_of_expressions_that_are_too_deep_are_refused() {
    let nested = |depth: usize| {
        let mut bytes = postcard::to_stdvec(&Node::Column("x".into())).unwrap();
        let not = postcard::to_stdvec(&Node::Not(Box::new(Node::Column("x".into())))).unwrap()[0];
        bytes.splice(0..0, std::iter::repeat_n(not, depth));
        postcard::from_bytes::<Node>(&bytes)
    };
    assert!(nested(399).is_ok());
    assert!(nested(400).is_err() && nested(1_000_000).is_err());
    let deep = (0..1000).fold(Node::Column("x".into()), |node, _| Node::Not(Box::new(node)));
    assert!(postcard::to_stdvec(&deep).is_err());
    // What was refused leaves no trace.
    assert!(nested(399).is_ok());
}
