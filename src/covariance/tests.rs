//! Every structure: derivatives against finite differences, covariance as claimed, round trips, singular members.

use super::{Bidiagonal, Structure};
use crate::formula::StructureKind::{self, Ar1, CompoundSymmetry, Diagonal, Unstructured};
use std::f64::consts::FRAC_PI_2;

const KINDS: [StructureKind; 4] = [Unstructured, Diagonal, CompoundSymmetry, Ar1];

fn all() -> Vec<Structure> {
    let mut structures = Vec::new();
    for kind in KINDS {
        for size in 1..=5 {
            structures.push(Structure::new(kind, Some(false), size));
            structures.push(Structure::new(kind, Some(true), size));
        }
    }
    structures
}

fn factor(s: Structure, working: &[f64]) -> Vec<f64> {
    let mut t = vec![f64::NAN; s.size * s.size];
    s.factor(working, &mut t);
    t
}

fn covariance(s: Structure, working: &[f64]) -> Vec<f64> {
    let (r, t) = (s.size, factor(s, working));
    let element = |i: usize, j: usize| (0..r).map(|k| t[i + k * r] * t[j + k * r]).sum::<f64>();
    (0..r * r).map(|k| element(k % r, k / r)).collect()
}

fn working(s: Structure, theta: &[f64]) -> Vec<f64> {
    let mut w = vec![f64::NAN; s.n_theta()];
    s.working_from_theta(theta, &mut w).unwrap();
    w
}

fn theta(s: Structure, working: &[f64]) -> Vec<f64> {
    let mut theta = vec![f64::NAN; s.n_theta()];
    s.theta_from_working(working, &mut theta);
    theta
}

fn assert_close(a: &[f64], b: &[f64], tolerance: f64, what: &str) {
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).abs() <= tolerance * (1.0 + y.abs()), "{what}: {a:?} and {b:?}");
    }
}

fn has_rho(s: Structure) -> bool {
    matches!(s.kind, CompoundSymmetry | Ar1) && s.size > 1
}

/// Working points: an ordinary one, negative and zero elements, and for rho the ends of its interval and beyond.
fn points(s: Structure) -> Vec<Vec<f64>> {
    let n = s.n_theta();
    let mut points: Vec<Vec<f64>> = vec![
        (0..n).map(|k| 0.7 + 0.2 * k as f64).collect(),
        (0..n).map(|k| -0.9 + 0.43 * k as f64).collect(),
        (0..n).map(|k| if k == 0 { 0.0 } else { 0.5 }).collect(),
    ];
    if has_rho(s) {
        let around = [0.0, 1e-9, -1e-9, 1e-4, -1e-4];
        for phi in around.iter().flat_map(|d| [FRAC_PI_2 + d, -FRAC_PI_2 + d, d + 0.0]) {
            let mut point: Vec<f64> = (0..n).map(|k| 1.3 - 0.3 * k as f64).collect();
            point[n - 1] = phi;
            points.push(point);
        }
    }
    points
}

/// Fourth-order central difference of a matrix function along parameter i.
fn difference(f: impl Fn(&[f64]) -> Vec<f64>, x: &[f64], i: usize) -> Vec<f64> {
    let h = 1e-3;
    let at = |m: f64| {
        let mut y = x.to_vec();
        y[i] += m * h;
        f(&y)
    };
    let (a, b, c, d) = (at(-2.0), at(-1.0), at(1.0), at(2.0));
    (0..a.len()).map(|k| (a[k] - 8.0 * b[k] + 8.0 * c[k] - d[k]) / (12.0 * h)).collect()
}

#[test]
fn derivatives_agree_with_differences_everywhere() {
    for s in all() {
        let rr = s.size * s.size;
        for x in points(s) {
            for i in 0..s.n_theta() {
                let mut d = vec![f64::NAN; rr];
                s.derivative(&x, i, &mut d);
                assert_close(&d, &difference(|y| factor(s, y), &x, i), 1e-9, &format!("{s:?} at {x:?}, d{i}"));
                for j in 0..s.n_theta() {
                    let first = |y: &[f64]| {
                        let mut d = vec![f64::NAN; rr];
                        s.derivative(y, i, &mut d);
                        d
                    };
                    let mut dd = vec![f64::NAN; rr];
                    let any = s.second_derivative(&x, i, j, &mut dd);
                    assert_close(&dd, &difference(first, &x, j), 1e-9, &format!("{s:?} at {x:?}, d{i}d{j}"));
                    assert!(any || dd.iter().all(|v| *v == 0.0));
                }
            }
        }
    }
}

#[test]
fn covariance_is_the_one_claimed() {
    for s in all().into_iter().filter(|s| s.kind != Unstructured) {
        let n = s.n_theta();
        let lower = *s.lower_bounds().last().unwrap();
        for rho in [lower.max(-1.0), -0.2, 0.0, 0.3, 0.999_999_999, 1.0] {
            let mut theta: Vec<f64> = (0..n).map(|k| 0.6 + 0.5 * k as f64).collect();
            if has_rho(s) {
                theta[n - 1] = rho;
            }
            let sd = |i: usize| theta[if s.homogeneous { 0 } else { i }];
            let correlation = |i: usize, j: usize| match s.kind {
                _ if i == j => 1.0,
                CompoundSymmetry => rho,
                Ar1 => rho.powi((i as i32 - j as i32).abs()),
                _ => 0.0,
            };
            let r = s.size;
            let expected: Vec<f64> = (0..r * r).map(|k| sd(k % r) * sd(k / r) * correlation(k % r, k / r)).collect();
            assert_close(&covariance(s, &working(s, &theta)), &expected, 1e-14, &format!("{s:?} rho {rho}"));
        }
    }
}

#[test]
fn ends_of_the_interval_are_exactly_singular() {
    for size in 2..=6 {
        for (kind, rho, zero_columns) in [
            (CompoundSymmetry, 1.0, 1..size),
            (CompoundSymmetry, -1.0 / (size - 1) as f64, size - 1..size),
            (Ar1, 1.0, 1..size),
            (Ar1, -1.0, 1..size),
        ] {
            let s = Structure::new(kind, Some(true), size);
            let w = working(s, &[1.5, rho]);
            let t = factor(s, &w);
            for j in zero_columns {
                assert!(t[j * size..(j + 1) * size].iter().all(|v| *v == 0.0), "{s:?} rho {rho}: {t:?}");
            }
            assert_eq!(theta(s, &w), [1.5, rho]);
        }
    }
}

#[test]
fn theta_survives_the_round_trip() {
    for s in all() {
        let n = s.n_theta();
        let lower = s.lower_bounds();
        for scale in [0.0, 1e-6, 0.4, 3.0] {
            let mut given: Vec<f64> =
                (0..n).map(|k| if lower[k] < 0.0 { -0.1 * scale } else { scale * (1.0 + k as f64) }).collect();
            if has_rho(s) {
                for rho in [lower[n - 1], lower[n - 1] * (1.0 - 1e-12), -1e-8, 0.0, 0.9, 1.0 - 1e-15, 1.0] {
                    given[n - 1] = rho;
                    assert_close(&theta(s, &working(s, &given)), &given, 4e-16, "round trip");
                }
            } else {
                assert_close(&theta(s, &working(s, &given)), &given, 0.0, "round trip");
            }
        }
    }
}

#[test]
fn theta_is_canonical_and_keeps_the_covariance() {
    for s in all() {
        for x in points(s) {
            let canonical = theta(s, &x);
            for (k, value) in canonical.iter().enumerate() {
                assert!(*value >= s.lower_bounds()[k] && *value <= s.upper_bounds()[k], "{s:?} at {x:?}: {canonical:?}");
                assert!(*value != 0.0 || value.is_sign_positive());
            }
            let again = covariance(s, &working(s, &canonical));
            assert_close(&again, &covariance(s, &x), 1e-14, &format!("{s:?} at {x:?}"));
        }
    }
}

#[test]
fn the_start_is_the_identity() {
    for s in all() {
        let mut w = vec![f64::NAN; s.n_theta()];
        s.start(&mut w);
        let identity: Vec<f64> = (0..s.size * s.size).map(|k| f64::from(u8::from(k % (s.size + 1) == 0))).collect();
        assert_close(&factor(s, &w), &identity, 1e-15, &format!("{s:?}"));
    }
}

#[test]
fn a_member_is_recovered_from_its_covariance() {
    for s in all() {
        let n = s.n_theta();
        let mut given: Vec<f64> = (0..n).map(|k| 0.5 + 0.1 * k as f64).collect();
        for rho in [-0.2, 0.6, 1.0] {
            if has_rho(s) {
                given[n - 1] = rho;
            }
            let original = covariance(s, &working(s, &given));
            let mut w = vec![f64::NAN; n];
            s.from_covariance(&original, &mut w);
            assert_close(&covariance(s, &w), &original, 1e-13, &format!("{s:?} {given:?}"));
        }
    }
}

#[test]
fn singular_and_indefinite_covariances_give_finite_starts() {
    let singular = [4.0, 2.0, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0]; // rank one
    let indefinite = [1e-20, 1.0, -1.0, 1.0, 1.0, 3.0, -1.0, 3.0, -0.5];
    for s in all().into_iter().filter(|s| s.size == 3) {
        for matrix in [singular, indefinite, [0.0; 9]] {
            let mut w = vec![f64::NAN; s.n_theta()];
            s.from_covariance(&matrix, &mut w);
            let found = covariance(s, &w);
            assert!(found.iter().all(|v| v.abs() <= 4.0 + 1e-12), "{s:?} {matrix:?}: {found:?}");
        }
    }
    let us = Structure::new(Unstructured, None, 3);
    let mut w = [f64::NAN; 6];
    us.from_covariance(&singular, &mut w);
    assert_eq!(w, [2.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn names_counts_and_defaults() {
    let effects: Vec<String> = ["(Intercept)", "Days", "x"].map(String::from).to_vec();
    let names = |kind, homogeneous| Structure::new(kind, homogeneous, 3).theta_names("Subject", &effects);
    assert_eq!(
        names(Unstructured, None),
        ["Subject.(Intercept)", "Subject.Days.(Intercept)", "Subject.x.(Intercept)", "Subject.Days", "Subject.x.Days", "Subject.x"]
    );
    assert_eq!(names(Diagonal, None), ["Subject.(Intercept)", "Subject.Days", "Subject.x"]);
    assert_eq!(names(Diagonal, Some(true)), ["Subject"]);
    assert_eq!(names(CompoundSymmetry, None), ["Subject.(Intercept)", "Subject.Days", "Subject.x", "Subject.rho"]);
    assert_eq!(names(Ar1, None), ["Subject", "Subject.rho"]);
    for s in all() {
        let named = s.theta_names("g", &effects);
        assert_eq!((named.len(), s.upper_bounds().len()), (s.n_theta(), s.n_theta()), "{s:?}");
        if s.size == 1 {
            assert_eq!(named, ["g.(Intercept)"]);
        }
    }
}

#[test]
fn bad_theta_is_refused_by_name() {
    let cs = Structure::new(CompoundSymmetry, None, 3);
    let mut w = [0.0; 4];
    let message = |theta: &[f64], w: &mut [f64]| cs.working_from_theta(theta, w).unwrap_err().message;
    assert_eq!(message(&[1.0, 1.0, 1.0, -0.6], &mut w), "theta: rho of cs with 3 effects must lie in [-0.5, 1], not -0.6");
    assert!(message(&[1.0, -1.0, 1.0, 0.0], &mut w).contains("standard deviation 2"));
    assert!(message(&[1.0, 1.0, 0.0], &mut w).contains("has 4 parameters, not 3"));
    assert!(message(&[1.0, 1.0, 1.0, f64::NAN], &mut w).contains("element 4"));
}

/// Structures of Markov processes, with points far from singular ones.
fn markov() -> Vec<(Structure, Vec<f64>)> {
    let mut all = vec![];
    let correlated = [(Ar1, true), (Ar1, false), (CompoundSymmetry, true), (CompoundSymmetry, false)];
    for (kind, homogeneous) in [(Diagonal, false), (Diagonal, true)].into_iter().chain(correlated) {
        let s = Structure::new(kind, Some(homogeneous), 9);
        for rho in [-1.4, -1.2, 0.0, 0.9, 1.4, 1.9] {
            let mut x: Vec<f64> = (0..s.n_theta()).map(|k| 0.7 + 0.1 * k as f64).collect();
            if has_rho(s) {
                x[s.n_theta() - 1] = rho;
            }
            all.push((s, x));
        }
    }
    all
}

fn full(b: &Bidiagonal) -> Vec<f64> {
    let r = b.size();
    let mut out = vec![0.0; r * r];
    (0..r).for_each(|i| out[i * (r + 1)] = b.diagonal[i]);
    (1..r).for_each(|i| out[(i - 1) * r + i] = b.below[i - 1]);
    out
}

fn product(r: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    (0..r * r).map(|e| (0..r).map(|c| a[c * r + e % r] * b[e / r * r + c]).sum()).collect()
}

fn transposed(r: usize, a: &[f64]) -> Vec<f64> {
    (0..r * r).map(|e| a[e % r * r + e / r]).collect()
}

fn identity(r: usize) -> Vec<f64> {
    (0..r * r).map(|k| f64::from(u8::from(k % (r + 1) == 0))).collect()
}

fn times(r: usize, a: &[f64], v: &[f64]) -> Vec<f64> {
    (0..r).map(|i| (0..r).map(|j| a[j * r + i] * v[j]).sum()).collect()
}

/// What a product in place makes of v.
fn image(v: &[f64], work: impl FnOnce(&mut [f64])) -> Vec<f64> {
    let mut out = v.to_vec();
    work(&mut out);
    out
}

#[test]
fn factors_of_markov_processes_and_their_derivatives() {
    for (s, x) in markov() {
        let r = s.size;
        let (m, t) = (s.markov(&x).unwrap(), factor(s, &x));
        let mut k = identity(r);
        k.chunks_exact_mut(r).for_each(|column| m.inverse.solve(column));
        k.chunks_exact_mut(r).for_each(|column| m.effects(column));
        assert_close(&k, &t, 1e-13, &format!("{s:?} at {x:?}, T"));
        let log_det: f64 = (0..r).map(|i| t[i * (r + 1)].abs().ln() - m.sds.as_ref().map_or(0.0, |sds| sds[i].ln())).sum();
        assert_close(&[m.inverse.log_determinant()], &[-log_det], 1e-13, "determinant");
        let v: Vec<f64> = (0..r).map(|i| (i as f64 + 0.3).sin()).collect();
        let (tv, ttv) = (times(r, &t, &v), times(r, &transposed(r, &t), &v));
        assert_close(&image(&v, |v| m.multiply(v)), &tv, 1e-13, "T v");
        assert_close(&image(&v, |v| m.multiply_transpose(v)), &ttv, 1e-13, "T'v");
        assert_close(&image(&tv, |v| m.divide(v)), &v, 1e-12, "T^-1");
        assert_close(&image(&ttv, |v| m.divide_transpose(v)), &v, 1e-12, "T'^-1");
        let z: Vec<f64> = (0..r).map(|i| (2.0 * i as f64 - 0.4).cos()).collect();
        for i in 0..s.n_theta() {
            let (slope, what) = (s.markov_derivative(&x, i).unwrap(), format!("{s:?} at {x:?}, d{i}"));
            let inverse = |y: &[f64]| s.markov(y).unwrap().inverse;
            assert_close(&full(&slope.inverse), &difference(|y| full(&inverse(y)), &x, i), 1e-8, &what);
            let mut d = vec![0.0; r * r];
            s.derivative(&x, i, &mut d);
            let mut want = times(r, &d, &v);
            let back = times(r, &t, &times(r, &transposed(r, &d), &z));
            want.iter_mut().zip(&back).for_each(|(w, b)| *w += b);
            let (mut work, mut got) = (vec![0.0; r], vec![0.0; r]);
            m.direction(&slope, (&v, &z), &mut work, &mut got);
            assert_close(&got, &want, 1e-11, &what);
        }
        let mut twice = m.clone();
        twice.scale(2.0);
        assert_close(&image(&v, |v| twice.multiply(v)), &image(&tv, |v| v.iter_mut().for_each(|v| *v *= 2.0)), 1e-13, "2 T");
        let mut got = vec![0.0; r];
        m.direction(&m.shrinking(), (&v, &vec![0.0; r]), &mut vec![0.0; r], &mut got);
        assert_close(&got, &image(&tv, |v| v.iter_mut().for_each(|v| *v = -*v)), 1e-12, "shrinking");
    }
    for kind in [Ar1, CompoundSymmetry] {
        let s = Structure::new(kind, Some(true), 9);
        for x in [[1.0, FRAC_PI_2 - 1e-3], [1.0, 1e-3 - FRAC_PI_2], [0.0, 0.3]] {
            assert_eq!(s.markov(&x), None, "{kind:?} at {x:?}");
        }
        assert_eq!(Structure::new(kind, Some(true), 7).markov(&[1.0, 0.3]), None);
    }
    let unequal = Structure::new(CompoundSymmetry, Some(false), 9);
    let mut x = vec![0.7; 10];
    x[4] = 0.0;
    assert_eq!(unequal.markov(&x), None);
    assert_eq!(unequal.markov_derivative(&x, 9), None);
    assert_eq!(Structure::new(Unstructured, None, 9).markov(&[0.5; 45]), None);
}

/// With P all of what a precision's neighbours tell a part of, the force is that of H = l Q - Q P Q along all derivatives of T.
#[test]
fn forces_from_neighbours_have_the_products_with_derivatives() {
    let levels = 7.0;
    for (s, x) in markov() {
        let r = s.size;
        let (m, t) = (s.markov(&x).unwrap(), factor(s, &x));
        // P = T P_u T'.
        let p: Vec<f64> =
            (0..r * r).map(|e| 4.0 / (1.0 + (e % r).abs_diff(e / r) as f64) + ((e % r + e / r) as f64).cos()).collect();
        // F = T'^-1 (l I - P_u), whose products with dT are -<N, d(K^-1)>, N = (l I - P_u) K'.
        let mut inner: Vec<f64> = p.iter().map(|v| -v).collect();
        (0..r).for_each(|i| inner[i * (r + 1)] += levels);
        let mut k = identity(r);
        k.chunks_exact_mut(r).for_each(|column| m.inverse.solve(column));
        let n = product(r, &inner, &transposed(r, &k));
        let mut want = inner;
        want.chunks_exact_mut(r).for_each(|column| m.divide_transpose(column));
        let rows = product(r, &want, &transposed(r, &t));
        let mut force = m.no_force();
        for i in 0..r {
            force.process.diagonal[i] = n[i * (r + 1)];
            if i > 0 {
                force.process.below[i - 1] = n[(i - 1) * r + i];
            }
            force.rows.iter_mut().skip(i).take(1).for_each(|row| *row = rows[i * (r + 1)]);
        }
        let got = m.pull_back(levels, &force, &t);
        for i in 0..s.n_theta() {
            let mut d = vec![0.0; r * r];
            s.derivative(&x, i, &mut d);
            let along = |f: &[f64]| f.iter().zip(&d).map(|(f, d)| f * d).sum::<f64>();
            let size = want.iter().zip(&d).map(|(f, d)| (f * d).abs()).sum::<f64>();
            assert!((along(&got) - along(&want)).abs() < 1e-11 * size, "{s:?} at {x:?}, d{i}: {} {}", along(&got), along(&want));
        }
        // H = F T^-1 is symmetric.
        let mut h = transposed(r, &got);
        h.chunks_exact_mut(r).for_each(|column| m.divide_transpose(column));
        assert_close(&h, &transposed(r, &h), 1e-9, "H");
    }
}
