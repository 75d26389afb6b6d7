//! M'G M + Q entry by entry: the system of the random effects by precisions (`system`).

use super::gram::Gram;
use super::layout::TermSize;
use super::roots::Roots;
use super::trace::Trace;
use crate::covariance::{Bidiagonal, MarkovFactor, MarkovForce, Structure};
use crate::error::{Error, Result, try_vec};
use crate::linalg::{SelectedInverse, SparseCholesky};

/// The least T'G T, effect by effect in the mean of the levels, at which it is told from G + Q without losing more than three digits.
const LEAST: f64 = 1e-3;

/// The list of an entry that G doesn't have.
pub(super) const NOWHERE: usize = usize::MAX;

/// G, on the lower triangle of the pattern of M'G M + Q.
pub struct SparseGram {
    pub col_ptr: Vec<usize>,
    pub row_idx: Vec<usize>,
    /// For each entry the list of G's blocks that it is from (diagonal ones of each term, then those of pairs), and where in it.
    pub(super) place: Vec<(usize, usize)>,
    /// (row, column - 1) of entries of G, where M takes partial sums to the column (`partial_sums`); empty if it doesn't anywhere.
    pub(super) left: Vec<usize>,
    /// G.
    values: Vec<f64>,
    /// The terms: first effect, effects a level, levels.
    pub(super) terms: Vec<Term>,
    /// The entries of A, which is not as sparse.
    pub whole: usize,
    /// The mean of G's diagonal for each effect of each term.
    means: Vec<Vec<f64>>,
}

pub(super) struct Term {
    pub first: usize,
    pub effects: usize,
    levels: usize,
    /// Whether M takes partial sums to effects.
    pub sums: bool,
}

impl SparseGram {
    /// None where no structure is of a Markov process, others are not of one effect, or G is so dense that nothing is gained.
    pub fn new(gram: &Gram, structures: &[Structure]) -> Result<Option<Self>> {
        let suited = structures.iter().all(|s| s.size == 1 || s.is_markov()) && structures.iter().any(Structure::is_markov);
        if !suited || !gram.within.is_empty() {
            return Ok(None);
        }
        let layout = &gram.layout;
        let mut dense = 0;
        for (m, size) in layout.terms.iter().enumerate() {
            dense += size.levels * size.effects * (size.effects + 1) / 2;
            dense += (m + 1..layout.terms.len()).map(|k| gram.pair(k, m).values.len()).sum::<usize>();
        }
        let term = |(k, size): (usize, &TermSize)| Term {
            first: layout.offset(k),
            effects: size.effects,
            levels: size.levels,
            sums: structures[k].has_markov_sums(),
        };
        let mut own = SparseGram {
            col_ptr: try_vec("pattern of the random effects", 0, layout.q() + 1)?,
            row_idx: vec![],
            place: vec![],
            left: vec![],
            values: vec![],
            terms: layout.terms.iter().enumerate().map(term).collect(),
            whole: dense,
            means: vec![],
        };
        for m in 0..layout.terms.len() {
            own.add_columns(gram, m, dense / 2)?;
            if own.row_idx.len() > dense / 2 {
                return Ok(None);
            }
        }
        if own.terms.iter().any(|term| term.sums) {
            own.widen()?;
            if own.row_idx.len() > dense / 2 {
                return Ok(None);
            }
        }
        own.values = try_vec("random-effects system", 0.0, own.row_idx.len())?;
        own.gather(gram);
        Ok(Some(own))
    }

    /// The columns of term m; no more once there are more than `most` entries.
    fn add_columns(&mut self, gram: &Gram, m: usize, most: usize) -> Result<()> {
        let (first, r, levels) = (self.terms[m].first, self.terms[m].effects, self.terms[m].levels);
        for level in 0..levels {
            if self.row_idx.len() > most {
                return Ok(());
            }
            for c in 0..r {
                let column = first + level * r + c;
                for a in c..r {
                    let at = (level * r + c) * r + a;
                    // The diagonal and what is next to it are Q's as well.
                    if a <= c + 1 || gram.diagonal[m][at] != 0.0 {
                        let only_q = self.terms[m].sums && a == c + 1 && gram.diagonal[m][at] == 0.0;
                        let place = if only_q { (NOWHERE, 0) } else { (m, at) };
                        push(&mut self.row_idx, &mut self.place, first + level * r + a, place)?;
                    }
                }
                for k in m + 1..self.terms.len() {
                    let pair = gram.pair(k, m);
                    let list = self.terms.len() + k * (k - 1) / 2 + m;
                    for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
                        for a in 0..pair.row_effects {
                            let at = e * pair.block_len() + c * pair.row_effects + a;
                            if pair.values[at] != 0.0 {
                                let row = self.terms[k].first + pair.rows[e] as usize * pair.row_effects + a;
                                push(&mut self.row_idx, &mut self.place, row, (list, at))?;
                            }
                        }
                    }
                }
                self.col_ptr[column + 1] = self.row_idx.len();
            }
        }
        Ok(())
    }

    /// Takes the values of G.
    pub fn gather(&mut self, gram: &Gram) {
        let terms = self.terms.len();
        for (value, &(list, at)) in self.values.iter_mut().zip(&self.place).filter(|(_, place)| place.0 != NOWHERE) {
            *value = if list < terms { gram.diagonal[list][at] } else { gram.off_diagonal[list - terms].values[at] };
        }
        let means = |term: &Term| {
            let mut sums = vec![0.0; term.effects];
            for column in 0..term.levels * term.effects {
                sums[column % term.effects] += self.values[self.col_ptr[term.first + column]];
            }
            sums.iter_mut().for_each(|s| *s /= term.levels as f64);
            sums
        };
        self.means = self.terms.iter().map(means).collect();
    }

    /// Whether no digits are lost with these factors.
    pub fn is_suited(&self, t: &Roots) -> bool {
        self.terms.iter().zip(&self.means).enumerate().all(|(k, (term, means))| {
            let r = term.effects;
            if r == 1 {
                return true;
            }
            let variance = |e: usize| (0..=e).map(|c| t[k][c * r + e] * t[k][c * r + e]).sum::<f64>();
            t.markov(k).is_some() && (0..r).all(|e| means[e] == 0.0 || variance(e) * means[e] >= LEAST)
        })
    }

    /// What G is multiplied by from both sides: the numbers in M, by term; one number for all effects of a term, or one for each.
    fn factors<'t>(&self, t: &'t Roots) -> Vec<&'t [f64]> {
        let factor = |(k, term): (usize, &Term)| match t.markov(k) {
            Some(MarkovFactor { sds: Some(sds), .. }) => &sds[..],
            _ if term.effects == 1 => &t[k][..],
            _ => &[1.0],
        };
        self.terms.iter().enumerate().map(factor).collect()
    }

    /// The number in M of a row of term k.
    fn factor(&self, factors: &[&[f64]], row: usize, k: usize) -> f64 {
        let own = factors[k];
        if own.len() == 1 { own[0] } else { own[(row - self.terms[k].first) % own.len()] }
    }

    /// The term of a row at or after the first row of term `from`.
    pub(super) fn term_of(&self, row: usize, from: usize) -> usize {
        let mut k = from;
        while row >= self.terms[k].first + self.terms[k].levels * self.terms[k].effects {
            k += 1;
        }
        k
    }

    /// Calls `work` with every entry that G has: its place in the pattern, and row, column and their terms.
    fn each_entry(&self, mut work: impl FnMut(usize, (usize, usize), (usize, usize))) {
        for (m, term) in self.terms.iter().enumerate() {
            for column in term.first..term.first + term.levels * term.effects {
                let mut k = m;
                for e in self.col_ptr[column]..self.col_ptr[column + 1] {
                    k = self.term_of(self.row_idx[e], k);
                    if self.place[e].0 != NOWHERE {
                        work(e, (self.row_idx[e], k), (column, m));
                    }
                }
            }
        }
    }

    /// M'G M + Q into the factor's values.
    pub fn fill(&self, t: &Roots, factor: &mut SparseCholesky) -> Result<()> {
        let factors = self.factors(t);
        let mut product = try_vec("random-effects system", 0.0, self.values.len())?;
        self.each_entry(|e, row, column| {
            let value = self.factor(&factors, row.0, row.1) * self.factor(&factors, column.0, column.1) * self.values[e];
            self.spread(e, row, column, value, &mut product);
        });
        for (k, term) in self.terms.iter().enumerate() {
            let (diagonal, below) = t.markov(k).map_or((vec![1.0], vec![]), |markov| markov.inverse.gram());
            for level in 0..term.levels {
                for c in 0..term.effects {
                    let e = self.col_ptr[term.first + level * term.effects + c];
                    product[e] += diagonal[c];
                    if let Some(q) = below.get(c) {
                        product[e + 1] += q;
                    }
                }
            }
        }
        product.iter().enumerate().for_each(|(e, value)| factor.set(e, *value));
        Ok(())
    }

    /// out -= G v, for any number of columns.
    pub fn subtract_product(&self, v: &[f64], out: &mut [f64]) {
        let q = (self.col_ptr.len() - 1).max(1);
        for (v, out) in v.chunks_exact(q).zip(out.chunks_exact_mut(q)) {
            for column in 0..q {
                let first = self.col_ptr[column];
                let mut sum = self.values[first] * v[column];
                for e in first + 1..self.col_ptr[column + 1] {
                    sum += self.values[e] * v[self.row_idx[e]];
                    out[self.row_idx[e]] -= self.values[e] * v[column];
                }
                out[column] -= sum;
            }
        }
    }

    /// The sums over levels of (G Lambda A^-1)_jj; with C the inverse of M'G M + Q, of terms with a precision N = levels K' - B C on the
    /// pattern of B, and the diagonal of G M C M'.
    pub fn traces(&self, t: &Roots, inverse: &SelectedInverse) -> Vec<Trace> {
        let factors = self.factors(t);
        let mut sums: Vec<Vec<f64>> = self.terms.iter().map(|term| vec![0.0; if term.sums { term.effects } else { 1 }]).collect();
        self.each_entry(|e, (row, k), (column, m)| {
            let (value, c) = (self.values[e], self.gather_inverse(e, (row, k), (column, m), inverse));
            let (of_row, of_column) = (self.factor(&factors, row, k), self.factor(&factors, column, m));
            if self.terms[k].sums {
                sums[k][(row - self.terms[k].first) % self.terms[k].effects] += of_row * of_column * (value * c);
            } else if self.terms[k].effects == 1 {
                sums[k][0] += of_column * (value * c);
            }
            if row == column {
            } else if self.terms[m].sums {
                sums[m][(column - self.terms[m].first) % self.terms[m].effects] += of_row * of_column * (value * c);
            } else if self.terms[m].effects == 1 {
                sums[m][0] += of_row * (value * c);
            }
        });
        let trace = |((k, term), sums): ((usize, &Term), Vec<f64>)| match t.markov(k) {
            Some(markov) => Trace::Precision(MarkovForce {
                process: self.trace_of_precision(term, &markov.inverse, inverse),
                rows: if term.sums { sums } else { vec![] },
            }),
            None => Trace::Whole(sums),
        };
        self.terms.iter().enumerate().zip(sums).map(trace).collect()
    }

    /// M C M' on the pattern of G.
    pub fn covariance(&self, t: &Roots, inverse: &SelectedInverse, out: &mut Gram) {
        let (factors, terms) = (self.factors(t), self.terms.len());
        self.each_entry(|e, (row, k), (column, m)| {
            let factor = self.factor(&factors, row, k) * self.factor(&factors, column, m);
            let value = factor * self.gather_inverse(e, (row, k), (column, m), inverse);
            let (list, at) = self.place[e];
            if list >= terms {
                out.off_diagonal[list - terms].values[at] = value;
                return;
            }
            out.diagonal[list][at] = value;
            // The other triangle of the block.
            let r = self.terms[list].effects;
            let (first, c) = (at / (r * r) * r * r, (column - self.terms[list].first) % r);
            out.diagonal[list][first + at % r * r + c] = value;
        });
    }

    fn trace_of_precision(&self, term: &Term, b: &Bidiagonal, inverse: &SelectedInverse) -> Bidiagonal {
        let r = term.effects;
        let mut sum = Bidiagonal::zeros(r);
        for level in 0..term.levels {
            for c in 0..r {
                let e = self.col_ptr[term.first + level * r + c];
                sum.diagonal[c] += inverse.get(e);
                if c + 1 < r {
                    sum.below[c] += inverse.get(e + 1);
                }
            }
        }
        let mut n = Bidiagonal::zeros(r);
        for i in 0..r {
            n.diagonal[i] = term.levels as f64 / b.diagonal[i] - b.diagonal[i] * sum.diagonal[i];
            if i > 0 {
                n.diagonal[i] -= b.below[i - 1] * sum.below[i - 1];
                n.below[i - 1] = -b.diagonal[i] * sum.below[i - 1] - b.below[i - 1] * sum.diagonal[i - 1];
            }
        }
        n
    }
}

/// One more entry of a pattern.
pub(super) fn push(row_idx: &mut Vec<usize>, place: &mut Vec<(usize, usize)>, row: usize, own: (usize, usize)) -> Result<()> {
    let bytes = 24 * (row_idx.len() + 1);
    row_idx.try_reserve(1).map_err(|_| Error::memory("pattern of the random effects", bytes))?;
    place.try_reserve(1).map_err(|_| Error::memory("pattern of the random effects", bytes))?;
    row_idx.push(row);
    place.push(own);
    Ok(())
}
