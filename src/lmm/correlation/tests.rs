//! Correlated residuals in the engine, against the likelihood with dense matrices and against differences.

use super::products::CorrelatedProducts;
use crate::design::CorrelationDesign;
use crate::formula::CorrelationKind;
use crate::formula::StructureKind::{Diagonal, Unstructured};
use crate::lmm::deviance::Deviance;
use crate::lmm::system::LinearSystem;
use crate::lmm::tests::Example;
use crate::optimize::Objective;
use crate::simulate::noise::Noise;
use crate::watch::Watch;

/// Times of the rows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Times {
    Rows,
    Whole,
    Real,
}

/// An example, the group of each row, and their correlation.
pub(crate) struct Case {
    example: Example,
    design: CorrelationDesign,
}

fn case(
    seed: u64,
    terms: &[(crate::formula::StructureKind, usize, usize)],
    kind: CorrelationKind,
    times: Times,
    own: bool,
) -> Case {
    let example = Example::new(seed, 60, 2, terms, seed.is_multiple_of(2));
    let mut noise = Noise(seed + 100);
    let n_groups = 7;
    // Within the levels of the first term, or across those of all.
    let group = |i: usize| match example.index.first() {
        Some(index) if own => index[i],
        _ => ((i * i + i / 3) % n_groups) as u32,
    };
    let index: Vec<u32> = (0..example.n).map(group).collect();
    let mut order: Vec<f64> = (0..example.n).map(|i| ((i * 37) % 61) as f64).collect();
    if times == Times::Real {
        for t in &mut order {
            *t = 0.3 * *t + 0.1 * noise.next();
        }
    }
    let named = times != Times::Rows;
    let n_groups = index.iter().map(|g| *g as usize + 1).max().unwrap();
    let design = CorrelationDesign {
        kind,
        group: "g".into(),
        n_groups,
        index,
        time: named.then(|| "t".into()),
        times: if named { order } else { vec![] },
    };
    Case { example, design }
}

pub(crate) fn cases() -> Vec<Case> {
    use CorrelationKind::{Ar1, CompoundSymmetry};
    let crossed = [(Unstructured, 2, 6), (Unstructured, 1, 5)];
    vec![
        case(1, &[(Unstructured, 1, 7)], Ar1, Times::Rows, true),
        case(2, &[(Unstructured, 2, 6)], Ar1, Times::Whole, true),
        case(3, &[(Diagonal, 2, 6), (Unstructured, 1, 9)], Ar1, Times::Rows, false),
        case(4, &crossed, Ar1, Times::Whole, false),
        case(5, &crossed, Ar1, Times::Real, false),
        case(6, &[], Ar1, Times::Real, false),
        case(7, &[], CompoundSymmetry, Times::Rows, false),
        case(8, &crossed, CompoundSymmetry, Times::Rows, false),
        case(9, &[(Unstructured, 2, 6)], CompoundSymmetry, Times::Rows, true),
    ]
}

impl Case {
    pub(crate) fn system(&self) -> LinearSystem {
        let example = &self.example;
        let (mut system, columns) =
            LinearSystem::with_projection(example.products(), example.structures.clone(), example.shifts()).unwrap();
        let rows = system.working_rows(&columns, &example.chunk()).unwrap();
        system.correlation = Some(CorrelatedProducts::new(&self.design, rows).unwrap());
        system
    }

    fn dense_criterion(&self, system: &LinearSystem, working: &[f64], reml: bool) -> f64 {
        let design = &self.design;
        let rho = system.correlation.as_ref().unwrap().scale.rho(working[working.len() - 1]);
        let place = |i: usize| match design.times.get(i) {
            Some(time) => *time,
            None => design.index[..i].iter().filter(|g| **g == design.index[i]).count() as f64,
        };
        let correlation = |i: usize, j: usize| match (i == j, design.index[i] == design.index[j], design.kind) {
            (true, ..) => 1.0,
            (_, false, _) => 0.0,
            (.., CorrelationKind::CompoundSymmetry) => rho,
            (.., CorrelationKind::Ar1) => {
                let d = (place(i) - place(j)).abs();
                if d.fract() == 0.0 { rho.powi(d as i32) } else { rho.powf(d) }
            }
        };
        self.example.dense_criterion_of(&self.example.unscaled(system, working), reml, correlation)
    }
}

fn points(system: &LinearSystem, seed: u64) -> Vec<Vec<f64>> {
    let mut noise = Noise(seed);
    let mut point = |x: f64| -> Vec<f64> { (0..system.n_theta()).map(|_| 0.8 * noise.next()).chain([x]).collect() };
    let mut all = vec![point(0.7), point(2.0), point(-0.4)];
    all.push((0..system.n_theta()).map(|_| 0.0).chain([0.5]).collect());
    all
}

#[test]
fn the_criterion_equals_the_dense_one() {
    for (i, case) in cases().iter().enumerate() {
        let system = case.system();
        for reml in [true, false] {
            let mut deviance = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
            for point in points(&system, 40 + i as u64) {
                let got = deviance.evaluate(&point).unwrap();
                let want = case.dense_criterion(&system, &point, reml);
                assert!((got - want).abs() < 1e-10 * want.abs().max(10.0), "case {i}, reml {reml}, {point:?}: {got} for {want}");
            }
        }
    }
}

#[test]
fn the_gradient_equals_differences() {
    for (i, case) in cases().iter().enumerate() {
        let system = case.system();
        for reml in [true, false] {
            let mut deviance = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
            for point in points(&system, 60 + i as u64) {
                let n = point.len();
                let mut gradient = vec![0.0; n];
                deviance.evaluate_gradient(&point, &mut gradient).unwrap();
                let largest = gradient.iter().fold(1.0f64, |m, g| m.max(g.abs()));
                for j in 0..n {
                    let h = 1e-3;
                    let mut at = |step: f64| {
                        let mut x = point.clone();
                        x[j] += step * h;
                        deviance.evaluate(&x).unwrap()
                    };
                    let fd = (at(-2.0) - 8.0 * at(-1.0) + 8.0 * at(1.0) - at(2.0)) / (12.0 * h);
                    assert!((gradient[j] - fd).abs() < 2e-7 * largest, "case {i}, reml {reml}, {j}: {} for {fd}", gradient[j]);
                }
            }
        }
    }
}

#[test]
fn the_hessian_of_the_correlation_is_that_of_the_criterion() {
    for (i, case) in cases().iter().enumerate() {
        let system = case.system();
        let mut deviance = Deviance::new(&system, true, &Watch::unwatched()).unwrap();
        let point = points(&system, 80)[0].clone();
        let n = point.len();
        let (mut g, mut h, mut own) = (vec![0.0; n], vec![0.0; n * n], vec![0.0; n]);
        deviance.hessian(&point, &mut g, &mut h).unwrap();
        deviance.gradient(&point, &mut own).unwrap();
        assert_eq!(g, own, "case {i}");
        let step = 1e-4;
        let mut at = |by: f64| {
            let (mut x, mut g) = (point.clone(), vec![0.0; n]);
            x[n - 1] += by;
            deviance.gradient(&x, &mut g).unwrap();
            g
        };
        let (up, down) = (at(step), at(-step));
        for j in 0..n - 1 {
            let want = (up[j] - down[j]) / (2.0 * step);
            assert!((h[j * n + n - 1] - want).abs() < 1e-3 * (1.0 + want.abs()), "case {i}, {j}: {} for {want}", h[j * n + n - 1]);
        }
    }
}

/// Kept matrices and passes over the rows are the same sums.
#[test]
fn pieces_equal_passes_over_the_rows() {
    for (i, case) in cases().iter().enumerate() {
        let system = case.system();
        let products = system.correlation.as_ref().unwrap();
        let passing = products.without_pieces();
        for x in [-0.3, 0.4, 1.7] {
            let (mut kept, mut passed) = (products.zeros().unwrap(), products.zeros().unwrap());
            assert_eq!(products.fill(x, &mut kept), passing.fill(x, &mut passed));
            let largest = kept.cc.iter().chain(&kept.zc).fold(0.0f64, |m, v| m.max(v.abs()));
            let same = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12 * largest.max(1.0));
            assert!(same(&kept.cc, &passed.cc) && same(&kept.zc, &passed.zc), "case {i}, {x}");
        }
    }
    assert!(cases()[0].system().correlation.unwrap().keeps_pieces());
    assert!(!cases()[4].system().correlation.unwrap().keeps_pieces());
}
