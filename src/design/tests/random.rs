//! Random terms: effects, groups, structures.

use super::*;
use crate::formula::StructureKind;

#[test]
fn random_intercepts_and_slopes() {
    let d = design("y ~ x + f + (1 | g) + (x | f)", &small());
    assert_eq!(d.x_names, ["(Intercept)", "x", "fb", "fc", "fd"]);
    let (first, second) = (&d.terms[0], &d.terms[1]);
    assert_eq!((first.group.as_str(), first.effects.join(","), first.z.is_none()), ("g", "(Intercept)".into(), true));
    assert_eq!((first.levels.join(","), first.index.clone()), ("u,v,w".into(), vec![0, 1, 0, 1, 2, 2, 0]));
    assert_eq!(second.effects, ["(Intercept)", "x"]);
    let z = second.z.as_ref().unwrap();
    assert_eq!(z[..7], [1.0; 7]);
    assert_eq!(z[7..], [0.5, 1.25, 2.0, 3.5, 4.0, 5.75, 7.1]);
    assert_eq!(second.structure.size, 2);
}

#[test]
fn nested_and_crossed_groups() {
    // lme4 1.1-31: levels of b:a.
    let d = design("y ~ 1 + (1 | b:a) + (1 | a)", &crossed());
    let names: Vec<&str> = d.terms.iter().map(|t| t.group.as_str()).collect();
    assert_eq!(names, ["b:a", "a"]);
    let nested = design("y ~ 1 + (1 | a/b)", &crossed());
    let mut levels: Vec<usize> = nested.terms.iter().map(|t| t.levels.len()).collect();
    levels.sort_unstable();
    assert_eq!(levels, [2, 6]);
    assert_eq!(d.terms[0].levels.join(","), "u:p,u:q,v:p,v:q,w:p,w:q");
    assert_eq!(d.terms[0].index[..6], [0, 1, 2, 3, 4, 5]);
    assert_eq!(d.terms[0].index[6..], d.terms[0].index[..6]);
}

#[test]
fn factors_as_effects_follow_the_coding_rule() {
    let d = design("y ~ 1 + (a | b) + (0 + a | c) + (0 + a + b | c)", &crossed());
    assert_eq!(d.terms[0].effects, ["(Intercept)", "aq"]);
    assert_eq!(d.terms[1].effects, ["ap", "aq"]);
    assert_eq!(d.terms[2].effects, ["ap", "aq", "bv", "bw"]);
    assert_eq!(d.terms[1].z.as_ref().unwrap()[..4], [1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn split_terms_are_one_per_column() {
    let d = design("y ~ x + (x + a || b)", &crossed());
    let effects: Vec<String> = d.terms.iter().map(|t| t.effects.join(",")).collect();
    assert_eq!(effects, ["(Intercept)", "x", "aq"]);
    assert!(d.terms[0].z.is_none() && d.terms.iter().all(|t| t.structure.size == 1));
    assert_eq!(d.terms[1].z.as_ref().unwrap()[..3], [0.25, 0.5, 0.75]);
}

#[test]
fn structures_have_their_defaults() {
    let d = design("y ~ x + diag(x | b) + cs(0 + a | b) + ar1(0 + a | c) + ar1(0 + a | c, hom = FALSE) + (x | b)", &crossed());
    let got: Vec<(StructureKind, bool)> = d.terms.iter().map(|t| (t.structure.kind, t.structure.homogeneous)).collect();
    let want = [
        (StructureKind::Diagonal, false),
        (StructureKind::CompoundSymmetry, false),
        (StructureKind::Ar1, true),
        (StructureKind::Ar1, false),
        (StructureKind::Unstructured, false),
    ];
    assert_eq!(got, want);
}

#[test]
fn numbers_group_in_numerical_order_and_only_levels_that_occur_count() {
    let mut frame = small();
    frame.add_real("subject", vec![10.0, 9.0, 308.0, 9.0, 10.0, f64::NAN, 308.0]).unwrap();
    frame.add_category("unit", vec![3, 1, 3, 1, 0, 2, 0], strings(&["n", "never", "gone", "m"]), false).unwrap();
    let d = design("y ~ 1 + (1 | subject) + (1 | unit) + (1 | factor(z))", &frame);
    assert_eq!(d.terms[0].levels.join(","), "9,10,308");
    // "gone" occurs only in the row that is left out; the declared order stays.
    assert_eq!(d.terms[1].levels.join(","), "n,never,m");
    assert_eq!(d.terms[1].index, [2, 1, 2, 1, 0, 0]);
    assert_eq!((d.terms[2].group.as_str(), d.terms[2].levels.join(",")), ("factor(z)", "0,1,2,3,5,8".into()));
}

#[test]
fn contrasts_of_the_request_are_for_the_fixed_effects_alone() {
    let frame = crossed();
    let formula = formula("y ~ b + (b | a)", &frame);
    let contrasts = [("b".to_string(), "contr.sum".to_string())];
    let (_, d) = Program::learn(&Request { contrasts: &contrasts, ..request(&formula) }, &frame).unwrap();
    assert_eq!(d.x_names, ["(Intercept)", "b1", "b2"]);
    assert_eq!(d.terms[0].effects, ["(Intercept)", "bv", "bw"]);
}

#[test]
fn dependent_effects_are_left_out_here_and_in_new_data() {
    let frame = with(&crossed(), |f| f.add_real("one", vec![3.0; 12]).unwrap());
    let formula = formula("y ~ 1 + (one + x | a) + (one + x || b) + diag(1 + one | c)", &frame);
    let (program, d) = Program::learn(&request(&formula), &frame).unwrap();
    let effects = |d: &Design| -> Vec<String> { d.terms.iter().map(|t| t.effects.join(" ")).collect() };
    let want = ["(Intercept) x", "(Intercept)", "x", "(Intercept)"];
    assert_eq!(effects(&d), want);
    assert!(d.terms.iter().all(|t| t.structure.size == t.effects.len()));
    assert!(d.terms[1].z.is_none() && d.terms[3].z.is_none());
    let said = ["((Intercept) + one + x | a)", "((Intercept) + one + x || b)", "((Intercept) + one | c)"];
    assert!(d.warnings.iter().zip(said).all(|(w, term)| w.contains(term) && w.contains("'one' left out")), "{:?}", d.warnings);
    let new = program.apply(&frame, crate::design::Needed::All, crate::design::NeededTimes::Nothing).unwrap();
    assert_eq!(effects(&new), want);
    assert_eq!(new.terms[0].z, d.terms[0].z);
}
