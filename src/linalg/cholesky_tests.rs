//! Factors, solves and selected inverses against an independent factorisation, and runs against blocks.

use super::{SelectedInverse, SparseCholesky, dense};
use crate::error::Code;
use nalgebra_sparse::factorization::CscCholesky;
use nalgebra_sparse::{CooMatrix, CscMatrix};

/// A random sparse positive definite matrix: lower triangle by columns.
pub fn example(n: usize, seed: u64, density: u64) -> (Vec<usize>, Vec<usize>, Vec<f64>) {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let (mut col_ptr, mut row_idx, mut values) = (vec![0], vec![], vec![]);
    for j in 0..n {
        row_idx.push(j);
        values.push(n as f64 * 0.3 + 1.0);
        for i in j + 1..n {
            if next() % 100 < density {
                row_idx.push(i);
                values.push((next() % 1000) as f64 / 500.0 - 1.0);
            }
        }
        col_ptr.push(row_idx.len());
    }
    (col_ptr, row_idx, values)
}

fn oracle(n: usize, col_ptr: &[usize], row_idx: &[usize], values: &[f64]) -> CscMatrix<f64> {
    let mut coo = CooMatrix::new(n, n);
    for j in 0..n {
        for e in col_ptr[j]..col_ptr[j + 1] {
            coo.push(row_idx[e], j, values[e]);
            if row_idx[e] != j {
                coo.push(j, row_idx[e], values[e]);
            }
        }
    }
    CscMatrix::from(&coo)
}

#[test]
fn factor_solves_and_inverse_agree_with_an_independent_factorisation() {
    for (n, density) in [(1, 0), (7, 0), (12, 30), (60, 5), (90, 40)] {
        let (col_ptr, row_idx, values) = example(n, 7 + n as u64, density);
        let mut a = SparseCholesky::new(n, &col_ptr, &row_idx, None, 3).unwrap();
        let mut inverse = SelectedInverse::new(&a, &col_ptr, &row_idx).unwrap();
        for round in 0..2 {
            let scale = 1.0 + f64::from(round);
            let scaled: Vec<f64> = values.iter().map(|v| v * scale).collect();
            scaled.iter().enumerate().for_each(|(e, &v)| a.set(e, v));
            a.factorize().unwrap();
            inverse.compute(&a).unwrap();
            let reference = CscCholesky::factor(&oracle(n, &col_ptr, &row_idx, &scaled)).unwrap();
            let identity = nalgebra_sparse::na::DMatrix::<f64>::identity(n, n);
            let dense = reference.solve(&identity);
            let log_det: f64 = 2.0 * reference.l().triplet_iter().filter(|t| t.0 == t.1).map(|t| t.2.ln()).sum::<f64>();
            assert!((a.log_determinant() - log_det).abs() < 1e-10 * log_det.abs().max(1.0));
            for j in 0..n {
                for e in col_ptr[j]..col_ptr[j + 1] {
                    assert!((inverse.get(e) - dense[(row_idx[e], j)]).abs() < 1e-12, "n = {n}, entry {e}");
                }
            }
            let rhs: Vec<f64> = (0..4 * n).map(|i| (i as f64 * 0.7).sin()).collect();
            let (mut x, mut y) = (vec![0.0; 4 * n], vec![0.0; 4 * n]);
            a.permute_into(&rhs, &mut x);
            a.half_solve(&mut x);
            a.half_solve_transpose(&mut x);
            a.unpermute_into(&x, &mut y);
            let want = reference.solve(&nalgebra_sparse::na::DMatrix::from_column_slice(n, 4, &rhs));
            assert!(y.iter().zip(want.iter()).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}

/// `leaves` blocks of `c` columns, each with those of `border` rows after them for which `meets`, and a full border.
fn bordered(leaves: usize, c: usize, border: usize, meets: impl Fn(usize, usize) -> bool) -> (Vec<usize>, Vec<usize>, Vec<f64>) {
    let (mut col_ptr, mut row_idx, mut values) = (vec![0], vec![], vec![]);
    let n = leaves * c + border;
    for j in 0..n {
        let own = if j < leaves * c { j / c * c + c } else { n };
        let below = (own..n).filter(|i| j < leaves * c && *i >= leaves * c && meets(j / c, i - leaves * c));
        for i in (j..own).chain(below) {
            row_idx.push(i);
            values.push(if i == j { 3.0 + 0.2 * n as f64 } else { ((7 * i + 13 * j) % 19) as f64 / 19.0 - 0.4 });
        }
        col_ptr.push(row_idx.len());
    }
    (col_ptr, row_idx, values)
}

#[test]
fn runs_and_blocks_give_the_same_numbers() {
    let complete = |_: usize, _: usize| true;
    let cases = [
        bordered(30, 1, 6, complete),
        bordered(80, 1, 40, complete),
        bordered(30, 3, 7, complete),
        bordered(12, 10, 30, complete),
        bordered(60, 1, 9, |leaf, row| (leaf * 5 + row) % 7 != 0),
        bordered(60, 2, 40, |leaf, row| (leaf * 3 + row) % 4 == 0 || leaf < 3),
        bordered(50, 2, 0, complete),
        bordered(1, 30, 0, complete),
        example(90, 3, 40),
        bordered(2500, 1, 60, |leaf, row| (leaf * 7 + row) % 2 == 0),
        bordered(4000, 1, 40, complete),
    ];
    for (case, (col_ptr, row_idx, values)) in cases.iter().enumerate() {
        let n = col_ptr.len() - 1;
        let mut runs = SparseCholesky::new(n, col_ptr, row_idx, None, 3).unwrap();
        let mut blocks = SparseCholesky::blocked(n, col_ptr, row_idx, 3).unwrap();
        assert!(runs.runs().is_some() && blocks.runs().is_none());
        if case == 4 {
            let n_runs = runs.runs().unwrap().all.len();
            assert!(n_runs < 10, "60 leaves with most combinations are in {n_runs} runs");
        }
        let close = |a: &[f64], b: &[f64]| {
            let size = b.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-13 * size), "case {case}");
        };
        let rhs: Vec<f64> = (0..5 * n).map(|i| (i as f64 * 0.7).sin()).collect();
        let mut results = vec![];
        for factor in [&mut runs, &mut blocks] {
            values.iter().enumerate().for_each(|(e, &v)| factor.set(e, v));
            factor.factorize().unwrap();
            let mut inverse = SelectedInverse::new(factor, col_ptr, row_idx).unwrap();
            inverse.compute(factor).unwrap();
            let (mut half, mut x, mut y) = (vec![0.0; 5 * n], vec![0.0; 5 * n], vec![0.0; 5 * n]);
            factor.permute_into(&rhs, &mut half);
            factor.half_solve(&mut half);
            x.copy_from_slice(&half);
            factor.half_solve_transpose(&mut x);
            factor.unpermute_into(&x, &mut y);
            results.push(vec![
                vec![factor.log_determinant()],
                // The orders may differ, lengths may not.
                half.chunks_exact(n).map(|column| dense::dot(column, column)).collect(),
                y,
                (0..row_idx.len()).map(|e| inverse.get(e)).collect(),
                vec![inverse.product(0, &values[..col_ptr[1]])],
            ]);
        }
        results[0].iter().zip(&results[1]).for_each(|(a, b)| close(a, b));
    }
}

/// By runs, or by blocks.
fn factor(by_runs: bool, col_ptr: &[usize], row_idx: &[usize]) -> SparseCholesky {
    let n = col_ptr.len() - 1;
    let own =
        if by_runs { SparseCholesky::new(n, col_ptr, row_idx, None, 1) } else { SparseCholesky::blocked(n, col_ptr, row_idx, 1) };
    own.unwrap()
}

#[test]
fn threads_change_no_bit() {
    let half = |leaf: usize, row: usize| (leaf * 7 + row).is_multiple_of(2);
    for (col_ptr, row_idx, values) in
        [bordered(2500, 1, 60, half), bordered(4000, 1, 40, |_, _| true), bordered(700, 2, 70, |_, _| true)]
    {
        let mut all = vec![];
        for (threads, by_runs) in [(1, true), (2, true), (5, true), (1, false), (3, false)] {
            let mut factor = factor(by_runs, &col_ptr, &row_idx);
            factor.threads = threads;
            values.iter().enumerate().for_each(|(e, &v)| factor.set(e, v));
            factor.factorize().unwrap();
            let mut inverse = SelectedInverse::new(&factor, &col_ptr, &row_idx).unwrap();
            inverse.compute(&factor).unwrap();
            assert!(factor.runs().is_none_or(|runs| runs.groups.is_some()));
            assert!(inverse.groups.is_some());
            let entries: Vec<u64> = (0..row_idx.len()).map(|e| inverse.get(e).to_bits()).collect();
            all.push((factor.log_determinant().to_bits(), entries));
        }
        assert!(all[1] == all[0] && all[2] == all[0] && all[4] == all[3]);
    }
}

#[test]
fn large_supernodes_agree_with_a_dense_inverse_and_threads_change_no_bit() {
    for (by_runs, (col_ptr, row_idx, values)) in [
        (true, bordered(1, 500, 0, |_, _| true)),
        (true, bordered(600, 1, 420, |leaf, row| (leaf * 5 + row).is_multiple_of(30))),
        (false, bordered(2, 60, 600, |_, _| true)),
        (false, bordered(2, 250, 300, |leaf, row| leaf == 0 || row % 3 > 0)),
    ] {
        let n = col_ptr.len() - 1;
        let whole = nalgebra_sparse::na::DMatrix::from(&oracle(n, &col_ptr, &row_idx, &values)).cholesky().unwrap();
        let (determinant, dense) = (2.0 * whole.l().diagonal().map(f64::ln).sum(), whole.inverse());
        let mut all = vec![];
        for threads in [1, 2, 5] {
            let mut factor = factor(by_runs, &col_ptr, &row_idx);
            factor.threads = threads;
            values.iter().enumerate().for_each(|(e, &v)| factor.set(e, v));
            factor.factorize().unwrap();
            let mut inverse = SelectedInverse::new(&factor, &col_ptr, &row_idx).unwrap();
            inverse.compute(&factor).unwrap();
            assert_eq!(factor.runs().is_some(), by_runs);
            assert!((factor.log_determinant() - determinant).abs() < 1e-11 * determinant);
            for j in 0..n {
                for e in col_ptr[j]..col_ptr[j + 1] {
                    assert!((inverse.get(e) - dense[(row_idx[e], j)]).abs() < 1e-13, "n = {n}, {threads} threads, entry {e}");
                }
            }
            all.push((
                factor.log_determinant().to_bits(),
                (0..row_idx.len()).map(|e| inverse.get(e).to_bits()).collect::<Vec<_>>(),
            ));
        }
        assert!(all[1] == all[0] && all[2] == all[0]);
    }
}

#[test]
fn a_large_panel_sees_that_a_matrix_is_not_positive_definite() {
    let (col_ptr, row_idx, values) = bordered(1, 500, 0, |_, _| true);
    let mut factor = factor(true, &col_ptr, &row_idx);
    for (column, threads) in [(17, 1), (300, 2), (499, 3)] {
        factor.threads = threads;
        values.iter().enumerate().for_each(|(e, &v)| factor.set(e, if e == col_ptr[column] { -v } else { v }));
        assert_eq!(factor.factorize().unwrap_err().code, Code::Numeric);
    }
}

#[test]
fn groups_see_a_matrix_that_is_not_positive_definite() {
    let (col_ptr, row_idx, values) = bordered(4000, 1, 40, |_, _| true);
    let mut factor = factor(true, &col_ptr, &row_idx);
    for (column, threads) in [(17, 1), (17, 2), (3990, 3), (4020, 2)] {
        factor.threads = threads;
        values.iter().enumerate().for_each(|(e, &v)| factor.set(e, if e == col_ptr[column] { -v } else { v }));
        assert_eq!(factor.factorize().unwrap_err().code, Code::Numeric);
    }
}

#[test]
fn a_matrix_that_is_not_positive_definite_is_an_error() {
    let mut a = SparseCholesky::new(2, &[0, 2, 3], &[0, 1, 1], None, 1).unwrap();
    for (e, v) in [1.0, 2.0, 1.0].into_iter().enumerate() {
        a.set(e, v);
    }
    assert_eq!(a.factorize().unwrap_err().code, Code::Numeric);
}

#[test]
fn an_empty_matrix_has_log_determinant_zero() {
    let mut a = SparseCholesky::new(0, &[0], &[], None, 1).unwrap();
    a.factorize().unwrap();
    a.half_solve(&mut []);
    assert_eq!(a.log_determinant(), 0.0);
}
