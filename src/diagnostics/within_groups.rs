//! Residuals of separate regressions, one in each group: what a model says of the level above does not enter them.

use super::residuals::ResidualKind;
use crate::choice::Choice;
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::fit::{Fit, TermFit};
use crate::linalg::dense::dot;
use crate::linalg::orthogonal::{RANK_TOLERANCE, take_off};
use crate::watch::{Phase, Watch};

/// A leverage this near to one leaves a residual that is nothing but rounding.
const NOTHING_LEFT: f64 = 1e-10;

/// A regression in one group: an orthonormal basis of its columns, by which it gives residuals.
struct Regression {
    units: Vec<Vec<f64>>,
}

impl Fit {
    /// Those of weighted least squares of the response on the columns of X within the groups of the random term with most levels, per row
    /// used: plain, divided by sqrt(1 - h), or by the group's own residual standard deviation, too.
    pub(super) fn within_group_residuals(&self, kind: ResidualKind, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let what = kind.name();
        let groups = self.finest().ok_or_else(|| {
            Error::unsupported(format!(
                "{what} residuals: they are those within the groups of a random term, and the model has none"
            ))
        })?;
        if !self.is_linear() {
            return Err(Error::unsupported(format!(
                "{what} residuals: only of a linear model, which is one of least squares within a group"
            )));
        }
        let (offset, weights) = (self.offset.as_ref().map(|offset| self.used(offset)).transpose()?, self.used_weights()?);
        let mut y = self.used(&self.y)?;
        y.iter_mut().zip(offset.iter().flatten()).for_each(|(y, offset)| *y -= offset);
        let mut out = try_vec("residuals", f64::NAN, self.n_obs)?;
        let (rows, starts) = groups_of(&groups.design.index, groups.design.levels.len())?;
        for (g, ends) in starts.windows(2).enumerate() {
            watch.round(Phase::Residuals, g, starts.len() - 1)?;
            let own = &rows[ends[0]..ends[1]];
            let root = |i: &u32| weights[*i as usize].sqrt();
            let weighted = |x: &[f64]| try_collect("rows of a group", own.iter().map(|i| root(i) * x[*i as usize]));
            let regression = Regression::new(self.x.chunks_exact(self.n_obs.max(1)).map(weighted))?;
            let mut left = weighted(&y)?;
            regression.residuals(&mut left);
            let df = own.len() - regression.units.len();
            let sd = (dot(&left, &left) / df as f64).sqrt();
            for (k, (i, left)) in own.iter().zip(&left).enumerate() {
                let rest = 1.0 - regression.leverage(k);
                let root_rest = if rest > NOTHING_LEFT { rest.sqrt() } else { f64::NAN };
                out[*i as usize] = match kind {
                    ResidualKind::SemiStandardized => left / root_rest,
                    ResidualKind::LeastSquaresStandardized if df > 0 && sd > 0.0 => left / (sd * root_rest),
                    ResidualKind::LeastSquaresStandardized => f64::NAN,
                    _ => left / root(i),
                };
            }
        }
        Ok(out)
    }

    /// The term with most levels, of several the first.
    fn finest(&self) -> Option<&TermFit> {
        self.terms.iter().rev().max_by_key(|term| term.design.levels.len())
    }
}

/// The rows, group after group, and where each begins.
pub(super) fn groups_of(index: &[u32], count: usize) -> Result<(Vec<u32>, Vec<usize>)> {
    let mut starts = try_vec("groups", 0, count + 1)?;
    index.iter().for_each(|g| starts[*g as usize + 1] += 1);
    (0..count).for_each(|g| starts[g + 1] += starts[g]);
    let (mut next, mut rows) = (try_copy("groups", &starts)?, try_vec("groups", 0u32, index.len())?);
    for (i, g) in index.iter().enumerate() {
        rows[next[*g as usize]] = i as u32;
        next[*g as usize] += 1;
    }
    Ok((rows, starts))
}

impl Regression {
    /// Columns that depend on those before them within the group are left out.
    fn new(columns: impl Iterator<Item = Result<Vec<f64>>>) -> Result<Self> {
        let mut units: Vec<Vec<f64>> = vec![];
        for column in columns {
            let mut column = column?;
            let norm = dot(&column, &column).sqrt();
            for _ in 0..2 {
                take_off(units.iter().map(|unit| &unit[..]), &mut column, dot, |_, _| {});
            }
            let left = dot(&column, &column).sqrt();
            if left > RANK_TOLERANCE * norm && units.len() < column.len() {
                column.iter_mut().for_each(|v| *v /= left);
                units.push(column);
            }
        }
        Ok(Regression { units })
    }

    fn residuals(&self, y: &mut [f64]) {
        for _ in 0..2 {
            take_off(self.units.iter().map(|unit| &unit[..]), y, dot, |_, _| {});
        }
        if self.units.len() == y.len() {
            y.fill(0.0);
        }
    }

    fn leverage(&self, row: usize) -> f64 {
        self.units.iter().map(|unit| unit[row] * unit[row]).sum()
    }
}
