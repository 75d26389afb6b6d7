//! The residual correlation of a fit.

use crate::design::CorrelationDesign;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result};
use crate::formula::CorrelationKind;

/// An estimated correlation of residuals within groups: those of AR(1) at distance d have the correlation estimate^d, those of compound
/// symmetry all the same.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct CorrelationFit {
    pub estimate: f64,
    /// By the delta method from the observed information; NaN on the boundary.
    pub std_error: f64,
    /// What the parameter is above, or, in continuous time, at least.
    pub lower: f64,
    /// Groups and times of the rows used.
    pub design: CorrelationDesign,
}

impl CorrelationFit {
    /// `ar1|group` or `cs|group`.
    pub fn name(&self) -> String {
        format!("{}|{}", self.design.kind.word(), self.design.group)
    }

    /// Groups that occur in the rows used.
    pub fn n_groups(&self) -> usize {
        if self.design.index.is_empty() {
            // Saved without rows.
            return self.design.n_groups;
        }
        let mut occur = self.design.index.clone();
        occur.sort_unstable();
        occur.dedup();
        occur.len()
    }

    /// Wald limits on the scale on which nlme makes them: log((rho - l) / (1 - rho)), l the least value.
    pub fn interval(&self, level: f64) -> Result<(f64, f64)> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::argument(format!("level is {level}, must be between 0 and 1")));
        }
        let (l, rho) = (self.lower, self.estimate);
        let (above, below) = (rho - l, 1.0 - rho);
        let reach = -normal_quantile(0.5 * (1.0 - level)) * self.std_error * (1.0 / above + 1.0 / below);
        let limit = |by: f64| {
            let odds = (above / below) * by.exp();
            if odds.is_infinite() { 1.0 } else { (l + odds) / (1.0 + odds) }
        };
        Ok((limit(-reach), limit(reach)))
    }

    /// Independent standard normal numbers, one per row used, become correlated ones: times a root of the correlation matrix.
    pub fn correlate(&self, e: &mut [f64]) -> Result<()> {
        for run in self.design.runs()?.iter() {
            if self.design.kind == CorrelationKind::CompoundSymmetry {
                let mean = run.iter().map(|i| e[*i as usize]).sum::<f64>() / run.len() as f64;
                let (within, between) = self.roots(run.len());
                for i in run {
                    e[*i as usize] = within * (e[*i as usize] - mean) + between * mean;
                }
                continue;
            }
            for w in run.windows(2) {
                let (before, i) = (w[0] as usize, w[1] as usize);
                let p = self.at_distance(before, i);
                e[i] = p * e[before] + (1.0 - p * p).sqrt() * e[i];
            }
        }
        Ok(())
    }

    /// The inverse of `correlate`. A direction without variance has the residual zero.
    pub fn decorrelate(&self, e: &mut [f64]) -> Result<()> {
        let over = |v: f64, sd: f64| if sd > 0.0 { v / sd } else { 0.0 };
        for run in self.design.runs()?.iter() {
            if self.design.kind == CorrelationKind::CompoundSymmetry {
                let mean = run.iter().map(|i| e[*i as usize]).sum::<f64>() / run.len() as f64;
                let (within, between) = self.roots(run.len());
                for i in run {
                    e[*i as usize] = over(e[*i as usize] - mean, within) + over(mean, between);
                }
                continue;
            }
            for w in run.windows(2).rev() {
                let (before, i) = (w[0] as usize, w[1] as usize);
                let p = self.at_distance(before, i);
                e[i] = over(e[i] - p * e[before], (1.0 - p * p).sqrt());
            }
        }
        Ok(())
    }

    /// The rows of the matrix by which `decorrelate` multiplies, but for those that are rows of the identity: `visit` is told the row, and
    /// the rows that it is a combination of.
    pub fn decorrelating_rows(&self, mut visit: impl FnMut(usize, &[(usize, f64)]) -> Result<()>) -> Result<()> {
        let over = |sd: f64| if sd > 0.0 { sd.recip() } else { 0.0 };
        for run in self.design.runs()?.iter() {
            if self.design.kind == CorrelationKind::CompoundSymmetry {
                let m = run.len() as f64;
                let (within, between) = self.roots(run.len());
                let common = (over(between) - over(within)) / m;
                for i in run {
                    let of = |j: &u32| (*j as usize, common + if i == j { over(within) } else { 0.0 });
                    visit(*i as usize, &run.iter().map(of).collect::<Vec<_>>())?;
                }
                continue;
            }
            for w in run.windows(2) {
                let (before, i) = (w[0] as usize, w[1] as usize);
                let p = self.at_distance(before, i);
                let root = over((1.0 - p * p).sqrt());
                visit(i, &[(i, root), (before, -p * root)])?;
            }
        }
        Ok(())
    }

    /// Of compound symmetry in a group of m: the standard deviations of deviations from the group's mean, and of its common part.
    fn roots(&self, m: usize) -> (f64, f64) {
        ((1.0 - self.estimate).sqrt(), (1.0 + (m as f64 - 1.0) * self.estimate).max(0.0).sqrt())
    }

    /// The correlation of two rows of a group whose residuals are those of AR(1) and that follow each other.
    fn at_distance(&self, before: usize, i: usize) -> f64 {
        let (design, rho) = (&self.design, self.estimate);
        let distance = if design.times.is_empty() { 1.0 } else { design.times[i] - design.times[before] };
        if rho < 0.0 { power(rho, distance) } else { rho.powf(distance) }
    }
}

/// rho to the power of a whole number.
fn power(rho: f64, distance: f64) -> f64 {
    let size = rho.abs().powf(distance);
    if rho < 0.0 && distance % 2.0 != 0.0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decorrelated_is_what_was_correlated() {
        let index = vec![0, 1, 0, 1, 1, 2, 0];
        for (kind, time, times, rho, lower) in [
            (CorrelationKind::Ar1, None, vec![], -0.6, -1.0),
            (CorrelationKind::Ar1, Some("t".to_string()), vec![4.0, 1.0, 1.0, 7.0, 2.0, 1.0, 3.0], -0.6, -1.0),
            (CorrelationKind::Ar1, Some("t".to_string()), vec![0.5, 1.0, 1.0, 7.0, 2.25, 1.0, 3.0], 0.3, 0.0),
            (CorrelationKind::CompoundSymmetry, None, vec![], -0.4, -0.5),
        ] {
            let group = "g".to_string();
            let design = CorrelationDesign { kind, group, n_groups: 3, index: index.clone(), time, times };
            let fit = CorrelationFit { design, estimate: rho, std_error: 0.1, lower };
            let start = [0.3, -1.0, 0.2, 1.5, 0.9, -0.7, 2.0];
            let mut e = start;
            fit.correlate(&mut e).unwrap();
            assert!(e[0] != start[0] || e[2] != start[2]);
            let mut rows = e;
            let mut visit = |i: usize, of: &[(usize, f64)]| {
                rows[i] = of.iter().map(|(j, factor)| factor * e[*j]).sum();
                Ok(())
            };
            fit.decorrelating_rows(&mut visit).unwrap();
            assert!(rows.iter().zip(start).all(|(a, b)| (a - b).abs() < 1e-13), "{rows:?}");
            fit.decorrelate(&mut e).unwrap();
            assert!(e.iter().zip(start).all(|(a, b)| (a - b).abs() < 1e-13), "{e:?}");
        }
    }
}
