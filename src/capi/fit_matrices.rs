//! A fit's model matrices.

use super::boundary::{boundary, query};
use super::buffer::{array_target, copy_out, write_out};
use super::fit::{FitHandle, fit_of};
use super::fit_random::term_of;
use super::status::{ErrorRecord, Status};
use crate::error::{Result, try_vec};
use crate::fit::{Fit, TermFit};

/// The fixed-effects model matrix of the mean, to `out` [n_obs,p]: the rows used and the columns kept.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_x(fit: Option<&FitHandle>, out: *mut f64, len: usize, err: *mut ErrorRecord) -> Status {
    boundary(err, || copy_out(&fit_of(fit)?.x, out, len))
}

/// The model matrix of a term's effects, to `out` [n_obs,r].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_z(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let term = whole_term(fit, term)?;
        match &term.design.z {
            Some(z) => copy_out(z, out, len),
            None => write_out(term.design.index.iter().map(|_| 1.0), out, len),
        }
    })
}

/// The level of each row used in a term's grouping factor, from 0, to `out` [n_obs].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_index(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut i64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || write_out(whole_term(fit, term)?.design.index.iter().map(|&level| i64::from(level)), out, len))
}

/// Number of random effects q of the mean: the sum over its terms of effects times levels.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_ranef(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(columns(&fit?.fit)))
}

/// Number of entries of the random-effects model matrix Z that interlace_fit_z writes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_z_nnz(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(entries(&fit?.fit)))
}

/// The random-effects model matrix Z [n_obs,q] of the mean as compressed sparse columns: the entries of column j are those from `colptr[j]` to
/// `colptr[j + 1] - 1`, with their rows in `rowidx`, ascending, and their numbers in `values`. `colptr` is [q + 1], `rowidx` and `values`
/// are [nnz]. Columns are ordered by term, then level, then effect. Entries may be zero.
/// @param colptr Where columns start [n_colptr].
/// @param n_colptr q + 1.
/// @param rowidx Rows [nnz], from 0.
/// @param values Values [nnz].
/// @param nnz As interlace_fit_z_nnz gives it.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_z(
    fit: Option<&FitHandle>,
    colptr: *mut i64,
    n_colptr: usize,
    rowidx: *mut i64,
    values: *mut f64,
    nnz: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        array_target(colptr, n_colptr, columns(fit) + 1, "colptr")?;
        array_target(rowidx, nnz, entries(fit), "rowidx")?;
        array_target(values, nnz, entries(fit), "values")?;
        let z = sparse_z(fit)?;
        copy_out(&z.colptr, colptr, n_colptr)?;
        copy_out(&z.rowidx, rowidx, nnz)?;
        copy_out(&z.values, values, nnz)
    })
}

fn columns(fit: &Fit) -> usize {
    fit.terms.iter().map(|term| term.design.effects.len() * term.design.levels.len()).sum()
}

fn entries(fit: &Fit) -> usize {
    fit.terms.iter().map(|term| term.design.effects.len() * term.design.index.len()).sum()
}

/// Compressed sparse columns.
struct Sparse {
    colptr: Vec<i64>,
    rowidx: Vec<i64>,
    values: Vec<f64>,
}

fn sparse_z(fit: &Fit) -> Result<Sparse> {
    let (columns, entries) = (columns(fit), entries(fit));
    let mut z = Sparse {
        colptr: try_vec("colptr", 0, columns + 1)?,
        rowidx: try_vec("rowidx", 0, entries)?,
        values: try_vec("values", 0.0, entries)?,
    };
    let mut column = 0;
    for term in &fit.terms {
        z.add_term(term, column)?;
        column += term.design.effects.len() * term.design.levels.len();
    }
    Ok(z)
}

impl Sparse {
    /// Adds a term whose first column is `first`, all columns before it being complete: a counting sort of the rows by level.
    fn add_term(&mut self, term: &TermFit, first: usize) -> Result<()> {
        let (effects, n) = (term.design.effects.len(), term.design.index.len());
        let mut rows = try_vec("rows of each level", 0_i64, term.design.levels.len())?;
        for &level in &term.design.index {
            rows[level as usize] += 1;
        }
        let ends = &mut self.colptr[first..];
        for (level, &count) in rows.iter().enumerate() {
            for effect in 0..effects {
                let column = level * effects + effect;
                ends[column + 1] = ends[column] + count;
            }
        }
        // From here on, the number of rows of each level still to be placed.
        for (row, &level) in term.design.index.iter().enumerate() {
            for effect in 0..effects {
                let to = (self.colptr[first + level as usize * effects + effect + 1] - rows[level as usize]) as usize;
                self.rowidx[to] = row as i64;
                self.values[to] = term.design.z.as_ref().map_or(1.0, |z| z[effect * n + row]);
            }
            rows[level as usize] -= 1;
        }
        Ok(())
    }
}

/// A random term of a fit that has its rows.
fn whole_term(fit: Option<&FitHandle>, term: usize) -> Result<&TermFit> {
    fit_of(fit).and_then(|_| term_of(fit, term))
}
