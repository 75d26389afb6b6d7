//! Random effects as residuals: their modes by the standard deviations that these have.

use crate::choice::Choice;
use crate::error::{Result, try_vec};
use crate::fit::{Fit, TermFit};
use crate::frame::Frame;
use crate::linalg::dense::{dot, symmetric_eigen};
use crate::lmm::conditional::Conditional;
use crate::watch::{Phase, Watch};

/// What memory is for.
const RESIDUALS: &str = "residuals of the random effects";

/// A direction whose variance is less than this, relative to the largest, has none.
const NO_VARIANCE: f64 = 1e-10;

impl Fit {
    /// Conditional modes as residuals, a row for each level and effect: `predictor` (not in linear models), `term`, `group`, `level`,
    /// `effect`, `mode`, `std_dev`, `standardized`, and `distance` of all effects of the level from zero, chi-square with as many degrees of
    /// freedom as effects have variance. The covariance of modes b^ is Var(b) - Var(b^ - b): of linear models exact given theta, of others
    /// by the conditional covariances.
    pub fn ranef_residuals(&self, watch: &Watch<'_>) -> Result<Frame> {
        self.with_factor("residuals of the random effects")?;
        watch.at(Phase::Residuals, 0, None)?;
        let watch = &watch.inside(Phase::Residuals, 0, None);
        let n = self.all_terms().map(|(_, term)| term.modes.len()).sum();
        let mut rows = Rows::new(n)?;
        let system = if self.is_linear() && !self.terms.is_empty() { Some(self.linear_system(watch)?) } else { None };
        let parameters: Vec<f64> = self.theta.iter().copied().chain(self.correlation().map(|own| own.estimate)).collect();
        let linear = system.as_ref().map(|own| Conditional::new(own, &parameters, self.sigma, watch)).transpose()?;
        for (k, (_, term)) in self.all_terms().enumerate() {
            let r = term.design.effects.len();
            for level in 0..term.design.levels.len() {
                watch.pulse_each(level)?;
                let mut covariance = uncertainty(term, level);
                if let Some(own) = &linear {
                    self.add_fixed(own, (k, level, r), &mut covariance);
                }
                covariance.iter_mut().zip(&term.cov).for_each(|(own, all)| *own = all - *own);
                rows.put(&term.modes[level * r..(level + 1) * r], &covariance);
            }
        }
        self.table_of_residuals(rows)
    }

    /// What the estimation of the fixed effects adds to Var(b^ - b).
    fn add_fixed(&self, own: &Conditional<'_>, (term, level, r): (usize, usize, usize), covariance: &mut [f64]) {
        let p = self.fixed.names.len();
        let mut z = vec![0.0; r];
        let mut moves = vec![0.0; p];
        let halves: Vec<Vec<f64>> = (0..r)
            .map(|e| {
                z.fill(0.0);
                z[e] = 1.0;
                own.moves(term, level, &z, &mut moves);
                self.fixed.root.chunks_exact(p.max(1)).map(|column| dot(column, &moves)).collect()
            })
            .collect();
        for (a, b) in (0..r).flat_map(|a| (0..r).map(move |b| (a, b))) {
            covariance[b * r + a] += dot(&halves[a], &halves[b]);
        }
    }

    fn table_of_residuals(&self, rows: Rows) -> Result<Frame> {
        let n = rows.mode.len();
        let texts = || try_vec(RESIDUALS, None, n);
        let (mut predictor, mut group, mut level, mut effect) = (texts()?, texts()?, texts()?, texts()?);
        let mut number = try_vec(RESIDUALS, 0i64, n)?;
        let mut at = 0;
        for (k, (role, term)) in self.all_terms().enumerate() {
            let r = term.design.effects.len();
            for i in 0..term.modes.len() {
                predictor[at] = Some(role.name());
                number[at] = k as i64;
                group[at] = Some(term.design.group.as_str());
                level[at] = Some(term.design.levels[i / r].as_str());
                effect[at] = Some(term.design.effects[i % r].as_str());
                at += 1;
            }
        }
        let mut table = Frame::new(n);
        if !self.is_linear() {
            table.add_strings("predictor", &predictor)?;
        }
        table.add_integers("term", number)?;
        table.add_strings("group", &group)?;
        table.add_strings("level", &level)?;
        table.add_strings("effect", &effect)?;
        table.add_real("mode", rows.mode)?;
        table.add_real("std_dev", rows.std_dev)?;
        table.add_real("standardized", rows.standardized)?;
        table.add_real("distance", rows.distance)?;
        Ok(table)
    }
}

/// Var(b^ - b) of a level, given the fixed effects of linear models.
fn uncertainty(term: &TermFit, level: usize) -> Vec<f64> {
    let size = term.cov.len();
    let all = term.condvar_full.as_ref().unwrap_or(&term.condvar);
    all[level * size..(level + 1) * size].to_vec()
}

struct Rows {
    mode: Vec<f64>,
    std_dev: Vec<f64>,
    standardized: Vec<f64>,
    distance: Vec<f64>,
    at: usize,
}

impl Rows {
    fn new(n: usize) -> Result<Self> {
        let column = || try_vec(RESIDUALS, f64::NAN, n);
        Ok(Rows { mode: column()?, std_dev: column()?, standardized: column()?, distance: column()?, at: 0 })
    }

    /// The effects of a level with the covariance of their modes.
    fn put(&mut self, modes: &[f64], covariance: &[f64]) {
        let r = modes.len();
        let distance = distance(modes, covariance);
        for (e, mode) in modes.iter().enumerate() {
            let variance = covariance[e * (r + 1)];
            self.mode[self.at] = *mode;
            self.std_dev[self.at] = if variance > 0.0 { variance.sqrt() } else { 0.0 };
            self.standardized[self.at] = if variance > 0.0 { mode / variance.sqrt() } else { f64::NAN };
            self.distance[self.at] = distance;
            self.at += 1;
        }
    }
}

/// b'V^-1 b in the directions that have variance; NaN if none has.
fn distance(modes: &[f64], covariance: &[f64]) -> f64 {
    let r = modes.len();
    let unit: Vec<f64> =
        (0..r).map(|e| covariance[e * (r + 1)].max(0.0).sqrt()).map(|sd| if sd > 0.0 { sd } else { 1.0 }).collect();
    let scaled: Vec<f64> = covariance.iter().enumerate().map(|(at, v)| v / (unit[at % r] * unit[at / r])).collect();
    let Some((values, vectors)) = symmetric_eigen(r, &scaled) else { return f64::NAN };
    let most = values.last().copied().unwrap_or(0.0);
    if most.is_nan() || most <= NO_VARIANCE {
        return f64::NAN;
    }
    let own: Vec<f64> = modes.iter().zip(&unit).map(|(mode, unit)| mode / unit).collect();
    let along = values.iter().zip(vectors.chunks_exact(r)).filter(|(value, _)| **value > NO_VARIANCE * most);
    along.map(|(value, vector)| dot(vector, &own).powi(2) / value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_by_hand() {
        assert!((distance(&[2.0, 0.0], &[4.0, 0.0, 0.0, 0.0]) - 1.0).abs() < 1e-14);
        // [2, 1; 1, 2]^-1 = [2, -1; -1, 2] / 3.
        assert!((distance(&[1.0, -1.0], &[2.0, 1.0, 1.0, 2.0]) - 2.0).abs() < 1e-14);
        assert!(distance(&[0.0], &[0.0]).is_nan());
    }
}
