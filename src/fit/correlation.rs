//! The residual correlation of a fit.

use crate::design::CorrelationDesign;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result};
use crate::formula::CorrelationKind;

/// An estimated correlation of residuals within groups: those of AR(1) at distance d have the correlation estimate^d, those of compound
/// symmetry all the same.
#[derive(Clone, Debug)]
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
        format!("{}|{}", self.design.kind.name(), self.design.group)
    }

    /// Groups that occur in the rows used.
    pub fn n_groups(&self) -> usize {
        let mut occurs = vec![false; self.design.n_groups];
        self.design.index.iter().for_each(|g| occurs[*g as usize] = true);
        occurs.into_iter().filter(|o| *o).count()
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
        let (design, rho) = (&self.design, self.estimate);
        for run in design.runs()?.iter() {
            if design.kind == CorrelationKind::CompoundSymmetry {
                let m = run.len() as f64;
                let mean = run.iter().map(|i| e[*i as usize]).sum::<f64>() / m;
                let (within, between) = ((1.0 - rho).sqrt(), (1.0 + (m - 1.0) * rho).max(0.0).sqrt());
                for i in run {
                    e[*i as usize] = within * (e[*i as usize] - mean) + between * mean;
                }
                continue;
            }
            for w in run.windows(2) {
                let (before, i) = (w[0] as usize, w[1] as usize);
                let distance = if design.times.is_empty() { 1.0 } else { design.times[i] - design.times[before] };
                let p = if design.is_continuous() { rho.powf(distance) } else { power(rho, distance) };
                e[i] = p * e[before] + (1.0 - p * p).sqrt() * e[i];
            }
        }
        Ok(())
    }
}

/// rho to the power of a whole number.
fn power(rho: f64, distance: f64) -> f64 {
    let size = rho.abs().powf(distance);
    if rho < 0.0 && distance % 2.0 != 0.0 { -size } else { size }
}
