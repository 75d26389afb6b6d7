//! What is fast for small crossed designs against what serves all.

use super::deviance::{Analysis, Deviance};
use super::tests::Example;
use crate::formula::StructureKind::{self, Diagonal, Unstructured};
use crate::watch::Watch;

/// Value, gradient and curvature, one after the other.
fn all(deviance: &mut Deviance<'_>, working: &[f64]) -> [Vec<f64>; 3] {
    let n = working.len();
    let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
    let value = deviance.evaluate_hessian(working, &mut gradient, &mut hessian).unwrap();
    [vec![value], gradient, hessian]
}

/// The largest difference, in units of the larger of one and the largest of the second.
fn difference(a: &[f64], b: &[f64]) -> f64 {
    let size = b.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / size
}

fn compare(example: &Example, name: &str) {
    let system = example.system();
    let n = system.n_theta();
    let points = [1.0, 0.3, 3.0, 1e-3].map(|size| (0..n).map(|i| size * (0.6 + 0.2 * (i as f64).sin())).collect::<Vec<f64>>());
    let zeros = (0..n).map(|zero| (0..n).map(|i| if i == zero { 0.0 } else { 0.5 }).collect::<Vec<f64>>());
    for reml in [true, false] {
        let mut fast = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
        let mut general = Deviance::with(&system, reml, Analysis::general(&system, reml).unwrap(), &Watch::unwatched()).unwrap();
        for working in points.iter().cloned().chain(zeros.clone()) {
            let (ours, theirs) = (all(&mut fast, &working), all(&mut general, &working));
            for (what, (a, b)) in ["value", "gradient", "curvature"].iter().zip(ours.iter().zip(&theirs)) {
                let off = difference(a, b);
                assert!(off < 1e-12, "{name}, REML {reml}, {what} at {working:?}: {off:e}");
            }
            assert_eq!(fast.move_to(&working).unwrap(), ours[0][0]);
        }
    }
}

fn example(rows: usize, terms: &[(StructureKind, usize, usize)]) -> Example {
    Example::new(17, rows, 3, terms, false)
}

#[test]
fn complete_crossing() {
    let mut crossed = example(240, &[(Unstructured, 1, 30), (Unstructured, 1, 8)]);
    for i in 0..240 {
        (crossed.index[0][i], crossed.index[1][i]) = (i as u32 / 8, i as u32 % 8);
    }
    compare(&crossed, "first term larger");
    crossed.index.swap(0, 1);
    crossed.layout.terms.swap(0, 1);
    compare(&crossed, "second term larger");
}

#[test]
fn missing_combinations_and_levels_without_rows() {
    let mut crossed = example(150, &[(Unstructured, 1, 40), (Unstructured, 1, 9)]);
    compare(&crossed, "missing combinations");
    for level in &mut crossed.index[0] {
        *level -= u32::from(*level == 7 || *level == 39);
    }
    for level in &mut crossed.index[1] {
        *level -= u32::from(*level == 3);
    }
    compare(&crossed, "empty levels");
}

#[test]
fn three_terms_and_a_wide_border() {
    compare(&example(400, &[(Unstructured, 1, 12), (Unstructured, 1, 50), (Unstructured, 1, 5)]), "three terms");
    compare(&example(1500, &[(Unstructured, 1, 70), (Unstructured, 1, 35)]), "wide border");
}

#[test]
fn vector_terms() {
    compare(&example(200, &[(Unstructured, 2, 25), (Unstructured, 1, 6)]), "beside a scalar one");
    compare(&example(200, &[(Unstructured, 1, 25), (Diagonal, 2, 6)]), "after a scalar one");
    compare(&example(200, &[(Unstructured, 3, 25)]), "alone");
    for effects in 1..=7 {
        compare(&example(40 * effects, &[(Unstructured, effects, 19)]), &format!("{effects} effects alone"));
    }
    compare(&example(300, &[(Diagonal, 4, 24)]), "four variances");
    compare(&example(300, &[(StructureKind::CompoundSymmetry, 3, 16)]), "alike");
    compare(&example(300, &[(Unstructured, 2, 12), (Diagonal, 3, 7), (Unstructured, 1, 4)]), "three");
}

#[test]
fn weights() {
    compare(&Example::new(5, 300, 2, &[(Unstructured, 1, 30), (Unstructured, 1, 7)], true), "weights");
}
