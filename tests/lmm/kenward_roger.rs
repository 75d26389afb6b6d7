//! Kenward and Roger's method of fits whose covariance is not linear in its parameters, or whose residuals are correlated: against matrices
//! of all rows, against models that are the same, and what it must not depend on.

mod dense;
mod inference;

use crate::common::Rng;
use crate::common::close::close_together as close;
use dense::{Dense, kenward_roger};
use interlace::covariance::Structure;
use interlace::fit::{Fit, TermFit};
use interlace::formula::{CorrelationKind, StructureKind};
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger};
use interlace::options::Options;
use interlace::spec::{CorrelationSpec, FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

/// Series of unequal lengths with gaps, in groups `g` that the levels of `h` cross, at one of four occasions `f`.
pub fn series(seed: u64) -> Frame {
    let mut rng = Rng(seed);
    let (mut columns, mut g, mut h, mut f) = (vec![vec![]; 6], vec![], vec![], vec![]);
    let crossed = rng.normals(6);
    for group in 0..15 {
        let (mut e, mut t, b, slope, between) = (rng.normal(), 0.0, 0.8 * rng.normal(), 0.4 * rng.normal(), rng.normal());
        let mut occasions = [b; 4];
        for k in 1..4 {
            occasions[k] = 0.5 * occasions[k - 1] + 0.9 * rng.normal();
        }
        for k in 0..5 + group % 5 {
            let gap = 1.0 + rng.below(3) as f64;
            let p = 0.6f64.powf(gap);
            e = p * e + (1.0 - p * p).sqrt() * rng.normal();
            t += gap;
            let (x, w, level) = (rng.normal(), 0.5 + rng.uniform(), (group + 2 * k + k * k) % 6);
            let occasion = (k + group) % 4;
            let y = 1.0 + 0.5 * x + slope * x + occasions[occasion] + 0.6 * crossed[level] + e / w.sqrt();
            for (column, value) in columns.iter_mut().zip([y, x, t, w, between, 0.7 * t + 0.2 * x * x]) {
                column.push(value);
            }
            g.push(format!("g{group:02}"));
            h.push(format!("h{level}"));
            f.push(format!("f{occasion}"));
        }
    }
    // Later rows are later, also at uneven times.
    let mut frame = Frame::new(g.len());
    columns[5] = (0..g.len()).map(|i| 0.7 * columns[2][i] + 0.3 * columns[3][i]).collect();
    for (name, values) in ["y", "x", "t", "w", "b", "r"].into_iter().zip(columns) {
        frame.add_real(name, values).unwrap();
    }
    for (name, values) in [("g", g), ("h", h), ("f", f)] {
        frame.add_strings(name, &values.iter().map(|s| Some(s.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame
}

pub fn fit(frame: &Frame, formula: &str, correlation: &str, weights: Option<&str>) -> Fit {
    let source = FormulaSpec { formula: formula.into(), weights: weights.map(Into::into), ..Default::default() };
    let mut spec = Spec::new(ModelKind::Lmm, Source::Formula(source));
    spec.correlation = (!correlation.is_empty()).then(|| CorrelationSpec::Formula(correlation.into()));
    Fit::new(&spec, Some(frame), &Options::default(), &Watch::unwatched()).unwrap()
}

fn is_correlated(structure: Structure) -> bool {
    matches!(structure.kind, StructureKind::Ar1 | StructureKind::CompoundSymmetry) && structure.size > 2
}

/// The parameters of a term: variances and the correlation, or all elements of its covariance.
fn parameters(term: &TermFit) -> Vec<f64> {
    let r = term.design.structure.size;
    if is_correlated(term.design.structure) {
        let n = if term.design.structure.homogeneous { 1 } else { r };
        return term.sd[..n].iter().map(|sd| sd * sd).chain([term.corr[1]]).collect();
    }
    (0..r).flat_map(|b| (b..r).map(move |a| (a, b))).map(|(a, b)| term.cov[b * r + a]).collect()
}

/// D of a term, and how many parameters it has.
fn covariance(term: &TermFit, at: &[f64]) -> (Vec<f64>, usize) {
    let (s, r) = (term.design.structure, term.design.structure.size);
    if is_correlated(s) {
        let n = if s.homogeneous { 1 } else { r };
        let sd = |a: usize| at[if s.homogeneous { 0 } else { a }].sqrt();
        let lag = |a: usize, b: usize| if s.kind == StructureKind::Ar1 { a.abs_diff(b) as i32 } else { i32::from(a != b) };
        let entry = |a: usize, b: usize| sd(a) * sd(b) * at[n].powi(lag(a, b));
        return ((0..r * r).map(|e| entry(e % r, e / r)).collect(), n + 1);
    }
    let index = |a: usize, b: usize| {
        let (a, b) = (a.max(b), a.min(b));
        b * r - b * (b + 1) / 2 + a
    };
    ((0..r * r).map(|e| at[index(e % r, e / r)]).collect(), r * (r + 1) / 2)
}

/// The place in time of each row, and the shortest distance.
fn times(fit: &Fit) -> (Vec<f64>, f64) {
    let own = &fit.correlation().unwrap().design;
    let place = |i: usize| match own.times.get(i) {
        Some(t) => *t,
        None => own.index[..i].iter().filter(|g| **g == own.index[i]).count() as f64,
    };
    let all: Vec<f64> = (0..fit.n_obs).map(place).collect();
    let mut shortest = f64::INFINITY;
    for i in 0..fit.n_obs {
        for j in 0..i {
            if own.index[i] == own.index[j] {
                shortest = shortest.min((all[i] - all[j]).abs());
            }
        }
    }
    (all, shortest)
}

/// V at (sigma^2, correlation of the residuals if there is one, parameters of the terms). Compound symmetry of the residuals has the
/// variance within groups and that between.
fn rows_covariance(fit: &Fit, at: &[f64]) -> Vec<f64> {
    let (n, weights) = (fit.n_obs, fit.weights.as_ref());
    let root = |i: usize| weights.map_or(1.0, |w| w[i].sqrt());
    let (mut v, mut used) = (vec![0.0; n * n], 1);
    (0..n).for_each(|i| v[i * n + i] = at[0] / (root(i) * root(i)));
    if let Some(correlation) = fit.correlation() {
        used = 2;
        let own = &correlation.design;
        let (place, shortest) = times(fit);
        let cs = own.kind == CorrelationKind::CompoundSymmetry;
        for i in 0..n {
            for j in (0..n).filter(|&j| (cs || j != i) && own.index[i] == own.index[j]) {
                let d = (place[i] - place[j]).abs() / shortest;
                let power = if d.fract() == 0.0 { at[1].powi(d as i32) } else { at[1].powf(d) };
                v[j * n + i] += if cs { at[1] } else { at[0] * power } / (root(i) * root(j));
            }
        }
    }
    for term in &fit.terms {
        let (d, count) = covariance(term, &at[used..]);
        used += count;
        let r = term.design.structure.size;
        let z = |i: usize, e: usize| term.design.z.as_ref().map_or(1.0, |z| z[e * n + i]);
        for i in 0..n {
            for j in (0..n).filter(|&j| term.design.index[i] == term.design.index[j]) {
                v[j * n + i] += (0..r * r).map(|e| z(i, e % r) * d[e] * z(j, e / r)).sum::<f64>();
            }
        }
    }
    v
}

fn dense_of(fit: &Fit, curvature: bool) -> Dense {
    let mut at = vec![fit.sigma * fit.sigma];
    if let Some(own) = fit.correlation() {
        match own.design.kind {
            CorrelationKind::CompoundSymmetry => at = vec![at[0] * (1.0 - own.estimate), at[0] * own.estimate],
            CorrelationKind::Ar1 => at.push(own.estimate.powf(times(fit).1)),
        }
    }
    fit.terms.iter().for_each(|term| at.extend(parameters(term)));
    kenward_roger(fit.n_obs, &fit.x, &|at| rows_covariance(fit, at), &at, curvature)
}

fn equals_dense(frame: &Frame, formula: &str, correlation: &str, weights: Option<&str>, nonlinear: bool) {
    let what = format!("{formula}, {correlation}");
    let fit = fit(frame, formula, correlation, weights);
    assert!(!fit.singular, "{what}");
    let (own, want) = (KenwardRoger::of(&fit, &Watch::unwatched()).unwrap(), dense_of(&fit, true));
    let p = fit.fixed.names.len();
    close(&format!("{what}: vcov"), &own.vcov, &want.adjusted, 1e-7);
    let rows: Vec<Vec<f64>> = (0..p).map(|i| (0..p).map(|j| if i == j { 1.0 } else { 0.3 * (i * j) as f64 }).collect()).collect();
    for row in &rows {
        close(&format!("{what}: df"), &[own.df(row)], &[want.approximate(std::slice::from_ref(row)).0], 1e-7);
    }
    let l: Vec<f64> = (0..p * p).map(|e| rows[e % p][e / p]).collect();
    let test = DegreesOfFreedom::KenwardRoger(&own).joint_test(&fit, &l, p, &vec![0.0; p]).unwrap();
    let (df2, scaling) = want.approximate(&rows);
    close(&format!("{what}: F test"), &[test.df2, test.scaling], &[df2, scaling], 1e-7);
    // Second derivatives matter where V is not linear, and only there.
    let without = dense_of(&fit, false).adjusted;
    let off = want.adjusted.iter().zip(&without).map(|(a, b)| ((a - b) / b).abs()).fold(0.0, f64::max);
    assert_eq!(off > 1e-5, nonlinear, "{what}: {off:e}");
}

#[test]
fn autocorrelated_residuals_equal_dense_ones() {
    let frame = series(1);
    equals_dense(&frame, "y ~ x + b", "ar1(t | g)", None, true);
    equals_dense(&frame, "y ~ x + b", "ar1(1 | g)", None, true);
    equals_dense(&frame, "y ~ x + b", "ar1(r | g)", Some("w"), true);
    equals_dense(&frame, "y ~ x + b + (1 | g)", "ar1(t | g)", Some("w"), true);
    equals_dense(&frame, "y ~ x + (1 | h) + (x | g)", "ar1(t | g)", None, true);
    equals_dense(&frame, "y ~ x + (1 | h) + (1 | g)", "ar1(r | g)", Some("w"), true);
}

#[test]
fn groups_far_apart_equal_dense_ones() {
    let mut frame = series(9);
    let column = |name: &str| frame.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
    let (y, b) = (column("y"), column("b"));
    frame.add_real("far", y.iter().zip(&b).map(|(y, b)| y + 500.0 * b * b).collect()).unwrap();
    equals_dense(&frame, "far ~ x + (1 | g)", "ar1(t | g)", None, true);
    equals_dense(&frame, "far ~ x + f", "cs(1 | g)", None, false);
}

#[test]
fn compound_symmetry_of_residuals_equals_a_dense_one() {
    let frame = series(2);
    equals_dense(&frame, "y ~ x + b", "cs(1 | g)", Some("w"), false);
    equals_dense(&frame, "y ~ x + b + (1 | h)", "cs(1 | g)", None, false);
}

#[test]
fn structures_that_are_not_linear_equal_dense_ones() {
    let frame = series(3);
    equals_dense(&frame, "y ~ x + ar1(0 + f | g)", "", None, true);
    equals_dense(&frame, "y ~ f + x + ar1(0 + f | g, hom = FALSE) + (1 | h)", "", Some("w"), true);
    equals_dense(&frame, "y ~ x + b + cs(0 + f | g)", "", None, true);
    equals_dense(&frame, "y ~ x + cs(0 + f | g)", "ar1(t | g)", None, true);
}
