//! What takes the place of the model matrix where the information of the coefficients is not X'X: of generalised and ordinal models.

use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::linalg::dense::dot_in_order as dot;
use crate::linalg::orthogonal::take_off;
use crate::watch::Watch;
use std::borrow::Cow;

/// What memory is for.
const BASIS: &str = "orthonormal basis of the fixed effects";

/// Columns whose products are, up to a factor, the information of the coefficients, as the hypotheses of types I and II see it. Of a linear
/// model these are of the model matrix, as if all rows were independent; of a Cox model the same about the means of the strata. Of other
/// models they are of the inverse of the covariance of the coefficients.
pub fn columns<'f>(fit: &'f Fit, watch: &Watch<'_>) -> Result<Cow<'f, [f64]>> {
    if fit.generalised().is_some() { of_covariance(fit, watch).map(Cow::from) } else { fit.seen_columns() }
}

/// `[p, p]`: R^-T with the covariance R'R, R being upper triangular.
fn of_covariance(fit: &Fit, watch: &Watch<'_>) -> Result<Vec<f64>> {
    let (p, root) = (fit.fixed.names.len(), &fit.fixed.root);
    let unknown = |what: &str| Error::numeric(format!("anova: the covariance of the fixed effects {what}"));
    if root.iter().any(|v| !v.is_finite()) {
        return Err(unknown("has no value: the fit has no standard errors for all of them"));
    }
    let k = root.len() / p.max(1);
    let turned: Vec<f64> = (0..p).flat_map(|j| (0..k).map(move |c| root[c * p + j])).collect();
    let order: Vec<usize> = (0..p).collect();
    let r = sequential(&turned, k, &order, watch).map_err(|error| if error.ends_all() { error } else { unknown("is singular") })?;
    let mut x = vec![0.0; p * p];
    for j in 0..p {
        // Row j of R^-1, by R'x = e_j from above: R^-1 is upper triangular.
        for c in j..p {
            let sum: f64 = (j..c).map(|i| x[j * p + i] * r[i][c]).sum();
            x[j * p + c] = (f64::from(u8::from(c == j)) - sum) / r[c][c];
        }
    }
    if x.iter().all(|v| v.is_finite()) { Ok(x) } else { Err(unknown("is singular")) }
}

/// For the columns of X in an order: the rows of the upper triangular factor of X, in the order of the columns in X.
pub fn sequential(x: &[f64], n: usize, order: &[usize], watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
    let p = order.len();
    let mut q = try_vec(BASIS, 0.0, n * p)?;
    let mut rows = vec![vec![0.0; p]; p];
    for (j, &column) in order.iter().enumerate() {
        watch.pulse()?;
        let (before, rest) = q.split_at_mut(j * n);
        let own = &mut rest[..n];
        own.copy_from_slice(&x[column * n..(column + 1) * n]);
        for _ in 0..2 {
            take_off(before.chunks_exact(n.max(1)), own, dot, |i, share| rows[i][column] += share);
        }
        let norm = dot(own, own).sqrt();
        if norm <= 0.0 {
            return Err(Error::numeric("the columns of the fixed effects are not independent"));
        }
        for v in own.iter_mut() {
            *v /= norm;
        }
        rows[j][column] = norm;
    }
    Ok(rows)
}
