//! Products of the rows of Z with random effects, and of its columns with what rows have.
//!
//! Rows are independent of each other in the one, levels in the other: threads that share them change no bit.

use std::ops::Range;

use super::model::Model;
use crate::family::rows::PIECE;
use crate::linalg::dense;
use crate::threads::divide;

/// Some levels of a term, and the rows that have them.
struct Levels<'a> {
    term: usize,
    rows: Range<usize>,
    first: usize,
    out: &'a mut [f64],
}

impl Model {
    /// out_a += Z_a b for each predictor a.
    pub fn add_random(&self, b: &[f64], out: &mut [Vec<f64>], threads: usize) {
        if threads <= 1 {
            out.iter_mut().enumerate().for_each(|(a, out)| self.add_rows(b, a, 0, out));
            return;
        }
        let mut pieces = vec![];
        for (a, out) in out.iter_mut().enumerate() {
            pieces.extend(out.chunks_mut(PIECE).enumerate().map(|(number, rows)| (a, number * PIECE, rows)));
        }
        divide(threads, pieces, &|(a, first, rows)| self.add_rows(b, a, first, rows));
    }

    /// The rows from `first` on of predictor a.
    fn add_rows(&self, b: &[f64], a: usize, first: usize, out: &mut [f64]) {
        for k in (0..self.predictor.len()).filter(|k| self.predictor[*k] == a) {
            let own = self.layout.offset(k)..self.layout.offset(k + 1);
            self.add_term(k, &b[own], first, out);
        }
    }

    fn add_term(&self, k: usize, b: &[f64], first: usize, out: &mut [f64]) {
        let (r, rows) = (self.layout.terms[k].effects, first..first + out.len());
        let index = &self.index[k][rows.clone()];
        match (self.z[k].as_deref(), &self.entries[k], &self.runs[k]) {
            (None, _, Some(runs)) => {
                for (level, run) in runs.within(&self.index[k], rows) {
                    out[run.start - first..run.end - first].iter_mut().for_each(|eta| *eta += b[level]);
                }
            }
            (_, Some(entries), _) => {
                for (i, (eta, &level)) in out.iter_mut().zip(index).enumerate() {
                    entries.row(first + i).for_each(|(e, z)| *eta += z * b[level as usize * r + e]);
                }
            }
            (None, ..) => {
                for (eta, &level) in out.iter_mut().zip(index) {
                    *eta += b[level as usize];
                }
            }
            (Some(z), None, Some(runs)) => {
                for (e, column) in z.chunks_exact(self.n).enumerate() {
                    for (level, run) in runs.within(&self.index[k], rows.clone()) {
                        dense::add_scaled(&mut out[run.start - first..run.end - first], b[level * r + e], &column[run]);
                    }
                }
            }
            (Some(z), ..) if r == 2 => {
                let ((z, w), b) = (z.split_at(self.n), b.as_chunks::<2>().0);
                for (((eta, &level), z), w) in out.iter_mut().zip(index).zip(&z[rows.clone()]).zip(&w[rows]) {
                    let [b, c] = b[level as usize];
                    *eta += z * b + w * c;
                }
            }
            (Some(z), ..) => {
                for (e, column) in z.chunks_exact(self.n).enumerate() {
                    for ((eta, &level), z) in out.iter_mut().zip(index).zip(&column[rows.clone()]) {
                        *eta += z * b[level as usize * r + e];
                    }
                }
            }
        }
    }

    /// out <- sum of Z_a'v_a over the predictors a.
    pub fn transpose_random(&self, v: &[Vec<f64>], out: &mut [f64], threads: usize) {
        out.fill(0.0);
        let (mut pieces, mut rest) = (vec![], out);
        for (term, size) in self.layout.terms.iter().enumerate() {
            let own;
            (own, rest) = rest.split_at_mut(size.levels * size.effects);
            if threads <= 1 {
                self.add_transposed(v, Levels { term, rows: 0..self.n, first: 0, out: own });
            } else {
                self.cut(term, own, threads, &mut pieces);
            }
        }
        divide(threads, pieces, &|levels| self.add_transposed(v, levels));
    }

    /// The levels of a term in parts, where their rows stand in their order.
    fn cut<'a>(&self, term: usize, mut out: &'a mut [f64], threads: usize, pieces: &mut Vec<Levels<'a>>) {
        let (index, r, mut first) = (&self.index[term], self.layout.terms[term].effects, 0);
        let cuts = match &self.runs[term] {
            Some(runs) if runs.ascending => runs.cuts(2 * threads),
            _ => vec![0, self.n],
        };
        for rows in cuts.windows(2) {
            let next = index.get(rows[1]).map_or(self.layout.terms[term].levels, |level| *level as usize);
            let own;
            (own, out) = out.split_at_mut((next - first) * r);
            pieces.push(Levels { term, rows: rows[0]..rows[1], first, out: own });
            first = next;
        }
    }

    fn add_transposed(&self, v: &[Vec<f64>], levels: Levels<'_>) {
        let Levels { term: k, rows, first, out } = levels;
        let r = self.layout.terms[k].effects;
        let (whole, index, v) = (&self.index[k], &self.index[k][rows.clone()], &v[self.predictor[k]]);
        match (self.z[k].as_deref(), &self.entries[k], &self.runs[k]) {
            (None, _, Some(runs)) => {
                runs.within(whole, rows).for_each(|(level, run)| out[level - first] += dense::sum(&v[run]));
            }
            (_, Some(entries), _) => {
                for (i, (v, &level)) in v[rows.clone()].iter().zip(index).enumerate() {
                    entries.row(rows.start + i).for_each(|(e, z)| out[(level as usize - first) * r + e] += v * z);
                }
            }
            (None, ..) => {
                for (v, &level) in v[rows].iter().zip(index) {
                    out[level as usize - first] += v;
                }
            }
            (Some(z), None, Some(runs)) => {
                for (e, column) in z.chunks_exact(self.n).enumerate() {
                    for (level, run) in runs.within(whole, rows.clone()) {
                        out[(level - first) * r + e] += dense::dot(&v[run.clone()], &column[run]);
                    }
                }
            }
            (Some(z), ..) if r == 2 => {
                let ((z, w), out) = (z.split_at(self.n), out.as_chunks_mut::<2>().0);
                for (((v, &level), z), w) in v[rows.clone()].iter().zip(index).zip(&z[rows.clone()]).zip(&w[rows]) {
                    let [b, c] = &mut out[level as usize - first];
                    *b += v * z;
                    *c += v * w;
                }
            }
            (Some(z), ..) => {
                for (e, column) in z.chunks_exact(self.n).enumerate() {
                    for ((v, &level), z) in v[rows.clone()].iter().zip(index).zip(&column[rows.clone()]) {
                        out[(level as usize - first) * r + e] += v * z;
                    }
                }
            }
        }
    }
}
