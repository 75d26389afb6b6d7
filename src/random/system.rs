//! A = Lambda'G Lambda + I, factorised in one of two forms.
//!
//! * By roots: A itself, whose blocks of levels are dense.
//! * By precisions: where effects, or their partial sums, are a Markov process, T = M K with B = K^-1 bidiagonal (`MarkovFactor`). There
//!   M'G M and B'B are sparse, and T'G T is not. With K = 1 and M = t for the others, which have one effect a level, Lambda = M K and
//!
//! ```text
//! A = K'(M'G M + Q) K,   Q = B'B or 1,   log|A| = log|M'G M + Q| + 2 log|K|,   A^-1 = K^-1 C K'^-1,   C = (M'G M + Q)^-1
//! ```
//!
//! Vectors in the order of the factor are L^-1 P K'^-1 v instead of L^-1 P v. Near a singular T, and with little variance, Q is large
//! and digits are lost; there the factor is that of the roots.

use super::gram::Gram;
use super::layout::{Layout, TermSize};
use super::roots::Roots;
use super::sparse::SparseGram;
use super::trace::Trace;
use crate::covariance::{MarkovFactor, Structure};
use crate::error::{Result, try_vec};
use crate::linalg::{Admission, SelectedInverse, SparseCholesky};

/// A matrix, factorised.
struct Form {
    factor: SparseCholesky,
    inverse: Option<SelectedInverse>,
    col_ptr: Vec<usize>,
    row_idx: Vec<usize>,
}

impl Form {
    fn new((col_ptr, row_idx): (Vec<usize>, Vec<usize>), order: Option<&[usize]>, q: usize, columns: usize) -> Result<Self> {
        Ok(Form { factor: SparseCholesky::new(q, &col_ptr, &row_idx, order, columns)?, inverse: None, col_ptr, row_idx })
    }

    /// By roots.
    fn of_gram(gram: &Gram, columns: usize) -> Result<Self> {
        Self::new(gram.pattern()?, gram.order()?.as_deref(), gram.layout.q(), columns)
    }

    fn within(gram: &Gram, columns: usize, admit: Admission<'_>) -> Result<Option<Self>> {
        let ((col_ptr, row_idx), order) = (gram.pattern()?, gram.order()?);
        let pattern = (&col_ptr[..], &row_idx[..]);
        let factor = SparseCholesky::within(gram.layout.q(), pattern, order.as_deref(), columns, admit)?;
        Ok(factor.map(|factor| Form { factor, inverse: None, col_ptr, row_idx }))
    }

    fn select_inverse(&mut self, threads: usize) -> Result<()> {
        self.factor.threads = threads;
        if self.inverse.is_none() && self.factor.order() > 0 {
            self.inverse = Some(SelectedInverse::new(&self.factor, &self.col_ptr, &self.row_idx)?);
        }
        self.inverse.as_mut().map_or(Ok(()), |inverse| inverse.compute(&self.factor))
    }
}

/// The system of the random effects.
pub struct RandomSystem {
    layout: Layout,
    columns: usize,
    /// Made where it is first needed if there are precisions.
    roots: Option<Form>,
    precisions: Option<(Form, SparseGram)>,
    /// Which of the two was factorised last.
    by_precisions: bool,
    /// Precisions are not to be used.
    pub whole: bool,
    /// How many a factorisation, or its inverse, may use.
    pub threads: usize,
    log_det_k: f64,
    scratch: Vec<f64>,
}

impl RandomSystem {
    /// For matrices G with the pattern of this one, and solves with at most so many columns.
    pub fn new(gram: &Gram, structures: &[Structure], columns: usize) -> Result<Self> {
        let mut own = RandomSystem {
            layout: gram.layout.clone(),
            columns,
            roots: None,
            precisions: None,
            by_precisions: false,
            whole: false,
            threads: 1,
            log_det_k: 0.0,
            scratch: vec![],
        };
        match SparseGram::new(gram, structures)? {
            Some(sparse) => {
                own.scratch = try_vec("solutions for the random effects", 0.0, gram.layout.q())?;
                let pattern = (copied(&sparse.col_ptr)?, copied(&sparse.row_idx)?);
                let form = Form::new(pattern, None, gram.layout.q(), columns)?;
                own.precisions = Some((form, sparse));
            }
            None => own.roots = Some(Form::of_gram(gram, columns)?),
        }
        Ok(own)
    }

    /// By roots, if `admit` says so of the factorisation: see [`SparseCholesky::within`].
    pub fn within(gram: &Gram, columns: usize, admit: Admission<'_>) -> Result<Option<Self>> {
        let form = Form::within(gram, columns, admit)?;
        Ok(form.map(|form| Self::of_roots(gram.layout.clone(), columns, form)))
    }

    fn of_roots(layout: Layout, columns: usize, form: Form) -> Self {
        RandomSystem {
            layout,
            columns,
            roots: Some(form),
            precisions: None,
            by_precisions: false,
            whole: false,
            threads: 1,
            log_det_k: 0.0,
            scratch: vec![],
        }
    }

    /// Another for the same pattern, which has not been factorised yet; none where there are precisions.
    pub fn beside(&self) -> Result<Option<Self>> {
        let (Some(form), None) = (&self.roots, &self.precisions) else { return Ok(None) };
        let (col_ptr, row_idx) = (copied(&form.col_ptr)?, copied(&form.row_idx)?);
        let form = Form { factor: form.factor.beside()?, inverse: None, col_ptr, row_idx };
        Ok(Some(Self::of_roots(self.layout.clone(), self.columns, form)))
    }

    /// By roots, whatever the structures.
    #[cfg(test)]
    pub fn by_roots(gram: &Gram, columns: usize) -> Result<Self> {
        Self::new(gram, &[], columns)
    }

    /// By roots, and by the factorisation that serves all designs.
    #[cfg(test)]
    pub fn blocked(gram: &Gram, columns: usize) -> Result<Self> {
        let mut own = Self::by_roots(gram, columns)?;
        if let Some(form) = &mut own.roots {
            form.factor = SparseCholesky::blocked(form.factor.order(), &form.col_ptr, &form.row_idx, columns)?;
        }
        Ok(own)
    }

    /// T of a term that the last factorisation has the precision of.
    pub fn precision<'t>(&self, t: &'t Roots, k: usize) -> Option<&'t MarkovFactor> {
        if self.by_precisions { t.markov(k) } else { None }
    }

    /// Whether the last factorisation was that by precisions.
    pub fn is_by_precisions(&self) -> bool {
        self.by_precisions
    }

    /// Whether the last factorisation has partial sums of effects.
    pub fn has_sums(&self, t: &Roots) -> bool {
        (0..t.len()).any(|k| self.precision(t, k).is_some_and(|markov| markov.sds.is_some()))
    }

    /// Whether the last factorisation goes with these factors, too.
    pub fn goes_with(&self, t: &Roots) -> bool {
        !self.by_precisions || (0..t.len()).all(|k| t.markov(k).is_some() || t[k].len() == 1)
    }

    /// Multiplications that a factorisation takes, and entries of A or of its factor.
    pub fn size(&self) -> (f64, usize) {
        match (&self.precisions, &self.roots) {
            (Some((form, sparse)), _) => (form.factor.flops(), sparse.whole),
            (None, Some(form)) => (form.factor.flops(), form.factor.len()),
            (None, None) => (0.0, 0),
        }
    }

    /// Takes the values of G, whose pattern has not changed.
    pub fn gather(&mut self, gram: &Gram) {
        if let Some((_, sparse)) = &mut self.precisions {
            sparse.gather(gram);
        }
    }

    /// Factorises A, of the G that was gathered last.
    pub fn factorize(&mut self, gram: &Gram, t: &Roots) -> Result<()> {
        if let Some((form, sparse)) = &mut self.precisions
            && !self.whole
            && sparse.is_suited(t)
        {
            self.by_precisions = true;
            sparse.fill(t, &mut form.factor)?;
            let log_det = |(k, size): (usize, &TermSize)| match t.markov(k) {
                Some(markov) => -(size.levels as f64) * markov.inverse.log_determinant(),
                None => 0.0,
            };
            self.log_det_k = self.layout.terms.iter().enumerate().map(log_det).sum();
            form.factor.threads = self.threads;
            return form.factor.factorize();
        }
        self.factorize_roots(gram, t)
    }

    fn factorize_roots(&mut self, gram: &Gram, t: &Roots) -> Result<()> {
        self.by_precisions = false;
        let form = match &mut self.roots {
            Some(form) => form,
            none => none.insert(Form::of_gram(gram, self.columns)?),
        };
        gram.fill(t, &form.col_ptr, &mut form.factor);
        form.factor.threads = self.threads;
        form.factor.factorize()
    }

    fn form(&self) -> Option<&Form> {
        if self.by_precisions { self.precisions.as_ref().map(|(form, _)| form) } else { self.roots.as_ref() }
    }

    fn form_mut(&mut self) -> Option<&mut Form> {
        if self.by_precisions { self.precisions.as_mut().map(|(form, _)| form) } else { self.roots.as_mut() }
    }

    /// log|A|.
    pub fn log_determinant(&self) -> f64 {
        let own = self.form().map_or(0.0, |form| form.factor.log_determinant());
        if self.by_precisions { own + 2.0 * self.log_det_k } else { own }
    }

    /// Columns of length q into the order of the factor: P K'^-1 v.
    pub fn permute_into(&mut self, t: &Roots, source: &[f64], target: &mut [f64]) {
        if !self.by_precisions {
            self.form().into_iter().for_each(|form| form.factor.permute_into(source, target));
            return;
        }
        let q = self.layout.q();
        let mut scratch = std::mem::take(&mut self.scratch);
        for (from, to) in source.chunks_exact(q).zip(target.chunks_exact_mut(q)) {
            scratch.copy_from_slice(from);
            t.divide(&self.layout, true, &mut scratch);
            self.form().into_iter().for_each(|form| form.factor.permute_into(&scratch, to));
        }
        self.scratch = scratch;
    }

    /// And back: K^-1 P'v.
    pub fn unpermute_into(&self, t: &Roots, source: &[f64], target: &mut [f64]) {
        self.form().into_iter().for_each(|form| form.factor.unpermute_into(source, target));
        if self.by_precisions {
            t.divide(&self.layout, false, target);
        }
    }

    /// x <- L^-1 x for columns in the order of the factor.
    pub fn half_solve(&mut self, x: &mut [f64]) {
        self.form_mut().into_iter().for_each(|form| form.factor.half_solve(x));
    }

    /// x <- L'^-1 x for columns in the order of the factor.
    pub fn half_solve_transpose(&mut self, x: &mut [f64]) {
        self.form_mut().into_iter().for_each(|form| form.factor.half_solve_transpose(x));
    }

    /// The inverse on the pattern of what was factorised last.
    pub fn select_inverse(&mut self) -> Result<()> {
        let threads = self.threads;
        self.form_mut().map_or(Ok(()), |form| form.select_inverse(threads))
    }

    /// A^-1 on the pattern of A with its column pointers, where the last factorisation was that of A itself.
    pub fn inverse(&self) -> Option<(&SelectedInverse, &[usize])> {
        if self.by_precisions {
            return None;
        }
        self.form().and_then(|form| form.inverse.as_ref().map(|inverse| (inverse, &form.col_ptr[..])))
    }

    /// The blocks of the levels in A^-1: those of M C M' `[r, r, levels]` where a term with a precision is all there is; otherwise none, and
    /// A^-1 is in the selected inverse.
    pub fn blocks(&mut self, gram: &Gram, t: &Roots) -> Result<Option<Vec<f64>>> {
        if self.by_precisions {
            if let ([size], Some((form, _)), Some(markov)) = (&self.layout.terms[..], &mut self.precisions, t.markov(0)) {
                return blocks_of(size, markov, &mut form.factor).map(Some);
            }
            self.factorize_roots(gram, t)?;
        }
        self.select_inverse()?;
        Ok(None)
    }

    /// An entry of A^-1, after `blocks` or a selected inverse of A itself; none where A has no entry.
    pub fn entry(&self, row: usize, column: usize) -> Option<f64> {
        let (inverse, col_ptr) = self.inverse()?;
        let range = col_ptr[column]..col_ptr[column + 1];
        let rows = &self.form()?.row_idx[range.clone()];
        rows.binary_search(&row).ok().map(|place| inverse.get(range.start + place))
    }

    /// Lambda A^-1 Lambda' on the pattern of G, into `out` of its shape, after a selected inverse.
    pub fn covariance(&self, gram: &Gram, t: &Roots, out: &mut Gram) {
        if let (true, Some((form, sparse))) = (self.by_precisions, &self.precisions) {
            form.inverse.iter().for_each(|inverse| sparse.covariance(t, inverse, out));
        } else if let Some((inverse, col_ptr)) = self.inverse() {
            gram.covariance(t, col_ptr, inverse, out);
        }
    }

    /// out -= G v, for any number of columns.
    pub fn subtract_product(&self, gram: &Gram, v: &[f64], out: &mut [f64]) {
        match &self.precisions {
            Some((_, sparse)) => sparse.subtract_product(v, out),
            None => gram.subtract_product(v, out),
        }
    }

    /// The sums over levels of (G Lambda A^-1)_jj, by the selected inverse; of a term with a precision what derivatives of T see of it.
    pub fn traces(&self, gram: &Gram, t: &Roots) -> Vec<Trace> {
        if let (true, Some((form, sparse))) = (self.by_precisions, &self.precisions) {
            return form.inverse.as_ref().map_or(vec![], |inverse| sparse.traces(t, inverse));
        }
        self.inverse().map_or(vec![], |(inverse, col_ptr)| gram.trace(t, col_ptr, inverse).into_iter().map(Trace::Whole).collect())
    }
}

fn copied(pattern: &[usize]) -> Result<Vec<usize>> {
    let mut own = try_vec("pattern of the random effects", 0, pattern.len())?;
    own.copy_from_slice(pattern);
    Ok(own)
}

/// Of levels that don't touch each other, the blocks of M C M', effect by effect for all of them at once.
fn blocks_of(size: &TermSize, markov: &MarkovFactor, factor: &mut SparseCholesky) -> Result<Vec<f64>> {
    let (r, q) = (size.effects, size.levels * size.effects);
    let mut out = try_vec("conditional covariances of the random effects", 0.0, q * r)?;
    let (mut unit, mut permuted) = (try_vec("random effects", 0.0, q)?, try_vec("random effects", 0.0, q)?);
    for e in 0..r {
        for (i, v) in unit.iter_mut().enumerate() {
            *v = if i % r == e { 1.0 } else { 0.0 };
        }
        unit.chunks_exact_mut(r).for_each(|unit| markov.effects_transpose(unit));
        factor.permute_into(&unit, &mut permuted);
        factor.half_solve(&mut permuted);
        factor.half_solve_transpose(&mut permuted);
        factor.unpermute_into(&permuted, &mut unit);
        unit.chunks_exact_mut(r).for_each(|unit| markov.effects(unit));
        for (block, column) in out.chunks_exact_mut(r * r).zip(unit.chunks_exact(r)) {
            block[e * r..(e + 1) * r].copy_from_slice(column);
        }
    }
    Ok(out)
}
