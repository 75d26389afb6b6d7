//! The hypotheses of an analysis of variance, as combinations of the fixed effects.
//!
//! - Type I: each term beyond those before it.
//! - Type II: each term beyond those that do not contain it. "Beyond" is by X'X in a linear model, by the covariance of the coefficients in
//!   generalised and ordinal ones.
//! - Type III: the coefficients of a term, made orthogonal, in the space of estimable functions of the model with an indicator for each
//!   level, to those of the terms that contain it (Goodnight 1976). They do not depend on the coding. Where all cells have rows, they
//!   compare unweighted means of cells; covariates are taken at zero.

use super::indicators::{ByRank, Indicators, has_constant};
use super::information::{columns, sequential};
use crate::choice::Choice;
use crate::design::ModelProgram;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::linalg::dense;
use crate::watch::{Phase, Watch};
use std::ffi::CStr;

/// A type of sums of squares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnovaType {
    I,
    II,
    III,
}

impl Choice for AnovaType {
    const LIST: &'static str = "type of anova";
    const ALL: &'static [(Self, &'static CStr)] = &[(AnovaType::I, c"i"), (AnovaType::II, c"ii"), (AnovaType::III, c"iii")];
}

/// The hypothesis that L beta = 0, for one term.
#[derive(Clone, Debug)]
pub struct Hypothesis {
    pub term: String,
    /// `[k, p]`, column-major.
    pub l: Vec<f64>,
    pub k: usize,
}

/// The terms of a fit, as hypotheses need them.
pub(super) struct Terms {
    pub labels: Vec<String>,
    /// The kept columns of each term.
    pub columns: Vec<Vec<usize>>,
    /// The terms that contain each.
    containing: Vec<Vec<usize>>,
}

/// The hypotheses of all terms, in the order of the formula. `data` are those of the fit; types II and III need them where columns were
/// left out.
pub fn hypotheses(fit: &Fit, data: Option<&Frame>, kind: AnovaType, watch: &Watch<'_>) -> Result<Vec<Hypothesis>> {
    watch.at(Phase::Test, 0, None)?;
    let terms = Terms::of(fit);
    let x = columns(fit, watch)?;
    let p = fit.fixed.names.len();
    let everything: Vec<usize> = (0..p).collect();
    // A term alone has one hypothesis, whatever it is called.
    let kind = if terms.labels.len() <= 1 { AnovaType::I } else { kind };
    let rows: Vec<Vec<Vec<f64>>> = match kind {
        AnovaType::I => {
            let all = sequential(&x, x.len() / p.max(1), &everything, watch)?;
            terms.columns.iter().map(|own| own.iter().map(|&j| over(&all[j], all[j][j])).collect()).collect()
        }
        AnovaType::II | AnovaType::III => terms.partial(fit, &x, data, kind, watch)?,
    };
    let hypothesis = |(term, rows): (String, Vec<Vec<f64>>)| {
        let k = rows.len();
        let l = (0..p).flat_map(|j| rows.iter().map(move |row| row[j])).collect();
        Hypothesis { term, l, k }
    };
    Ok(terms.labels.into_iter().zip(rows).map(hypothesis).collect())
}

impl Terms {
    pub fn of(fit: &Fit) -> Self {
        let (labels, columns): (Vec<String>, Vec<Vec<usize>>) = fit.fixed_terms().into_iter().unzip();
        let containing = match &fit.program {
            ModelProgram::Formula(program) => program.containing_terms(),
            ModelProgram::Arrays(_) => vec![vec![]; labels.len()],
        };
        Terms { labels, columns, containing }
    }

    /// The kept columns of the terms that contain a term.
    fn columns_containing(&self, t: usize) -> Vec<usize> {
        let mut all: Vec<usize> = self.containing[t].iter().flat_map(|&c| self.columns[c].iter().copied()).collect();
        all.sort_unstable();
        all
    }

    /// Type II: the sequential hypothesis with the terms that contain it after it, and all others before.
    fn second(&self, fit: &Fit, x: &[f64], t: usize, watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
        let (p, own, after) = (fit.fixed.names.len(), &self.columns[t], self.columns_containing(t));
        if after.is_empty() {
            return Ok(own.iter().map(|&j| unit(p, j)).collect());
        }
        let before = (0..p).filter(|j| !own.contains(j) && !after.contains(j));
        let order: Vec<usize> = before.chain(own.iter().copied()).chain(after.iter().copied()).collect();
        let all = sequential(x, x.len() / p.max(1), &order, watch)?;
        let first = p - own.len() - after.len();
        Ok(all[first..first + own.len()].iter().zip(own).map(|(row, &j)| over(row, row[j])).collect())
    }

    /// Type III.
    fn third(&self, p: usize, t: usize, metric: &[f64]) -> Result<Vec<Vec<f64>>> {
        let after = self.columns_containing(t);
        self.columns[t].iter().map(|&j| orthogonalised(p, metric, j, &after)).collect()
    }

    /// Types II and III. Without an intercept each term has the space of its indicators: which factor's columns have the constant is an
    /// accident of coding. Where the fit left out columns of other terms that depend on those of a term, the latter have no hypotheses of
    /// their own.
    fn partial(
        &self,
        fit: &Fit,
        x: &[f64],
        data: Option<&Frame>,
        kind: AnovaType,
        watch: &Watch<'_>,
    ) -> Result<Vec<Vec<Vec<f64>>>> {
        let p = fit.fixed.names.len();
        let of_third = kind == AnovaType::III;
        let contained = self.containing.iter().any(|c| !c.is_empty());
        let intercept = has_constant(fit);
        let by_rank = !fit.fixed.dropped.is_empty() || !intercept;
        let indicators = match &fit.program {
            ModelProgram::Formula(program) if by_rank || (of_third && contained) => Some(Indicators::of(fit, program, data, x)?),
            _ => None,
        };
        let metric = indicators.as_ref().filter(|_| of_third).map_or_else(|| Ok(vec![]), |own| own.metric(p))?;
        let ranked = match &indicators {
            Some(own) if by_rank => Some(ByRank::new(own, sequential(x, x.len() / p.max(1), &(0..p).collect::<Vec<_>>(), watch)?)),
            _ => None,
        };
        let rows = |t: usize| match (&indicators, &ranked) {
            (Some(own), Some(ranked)) if !intercept || !self.separate(own, t, of_third) => {
                let after: Vec<usize> = self.containing[t].iter().map(|c| c + 1).collect();
                Ok(if of_third { ranked.third(t + 1, &after) } else { ranked.second(t + 1, &after) })
            }
            _ if of_third => self.third(p, t, &metric),
            _ => self.second(fit, x, t, watch),
        };
        (0..self.labels.len()).map(rows).collect()
    }

    /// Whether the kept columns of a term, and of those that contain it, are needed by no others.
    fn separate(&self, indicators: &Indicators, t: usize, of_third: bool) -> bool {
        let after = self.columns_containing(t);
        let containing: Vec<usize> = self.containing[t].iter().map(|c| c + 1).collect();
        let with_own: Vec<usize> = containing.iter().copied().chain([t + 1]).collect();
        let own: Vec<usize> = self.columns[t].iter().chain(&after).copied().collect();
        indicators.separate(&with_own, &own) && (!of_third || indicators.separate(&containing, &after))
    }
}

fn over(row: &[f64], divisor: f64) -> Vec<f64> {
    row.iter().map(|v| v / divisor).collect()
}

fn unit(p: usize, j: usize) -> Vec<f64> {
    (0..p).map(|i| f64::from(u8::from(i == j))).collect()
}

/// `e_j` less its regression on those of `others`, in a metric.
fn orthogonalised(p: usize, metric: &[f64], j: usize, others: &[usize]) -> Result<Vec<f64>> {
    let mut row = unit(p, j);
    let m = others.len();
    let mut gram: Vec<f64> = others.iter().flat_map(|&b| others.iter().map(move |&a| metric[b * p + a])).collect();
    let mut share: Vec<f64> = others.iter().map(|&a| metric[j * p + a]).collect();
    dense::cholesky(m, &mut gram).map_err(|_| Error::numeric("the hypotheses of type III are not determined"))?;
    dense::solve_lower(m, &gram, &mut share);
    dense::solve_lower_transpose(m, &gram, &mut share);
    others.iter().zip(&share).for_each(|(&a, s)| row[a] -= s);
    Ok(row)
}
