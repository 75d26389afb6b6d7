//! The residual correlation of the other sign: random effects and a correlation can stand for the same data, so that the criterion may
//! have a minimum on either side of zero.

use crate::error::{Result, if_any};
use crate::lmm::deviance::Deviance;
use crate::optimize::{Method, Objective, Settings, Summary, minimize};
use crate::search::boundary;

/// Correlations from which the other side is looked at, as shares of the interval on that side of zero, at the shortest distance:
/// the model of `residual_correlations_of_either_sign_are_looked_at` (tests/lmm/regressions.rs) has its minima at 0.60 and -0.59.
const SHARES: [f64; 2] = [0.4, 0.8];

/// How much above the minimum known the criterion, in its units, may be there with the random effects of that minimum, and then with those
/// searched for: 4 is about the 95 % quantile of chi-square(1), beyond which the other sign is unlikely to lead lower.
const REACH: (f64, f64) = (15.0, 4.0);

/// Random effects for a correlation are searched to this predicted decrease, in units of the criterion, within so many evaluations.
const ROUGHLY: (f64, usize) = (0.1, 10);

/// Standard deviations, in units of the residual's, for random effects without variance.
const LIFTS: [f64; 2] = [0.2, 2.0];

/// The criterion at one correlation.
struct Held<'d, 'a> {
    deviance: &'d mut Deviance<'a>,
    x: f64,
}

impl Held<'_, '_> {
    fn all(&self, theta: &[f64]) -> Vec<f64> {
        [theta, &[self.x]].concat()
    }
}

impl Objective for Held<'_, '_> {
    fn dimension(&self) -> usize {
        self.deviance.system.n_theta()
    }

    fn value(&mut self, theta: &[f64]) -> Result<f64> {
        self.deviance.value(&self.all(theta))
    }

    fn gradient(&mut self, theta: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let mut all = vec![0.0; theta.len() + 1];
        let value = self.deviance.gradient(&self.all(theta), &mut all)?;
        gradient.copy_from_slice(&all[..theta.len()]);
        Ok(value)
    }

    fn hessian(&mut self, theta: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let n = theta.len();
        let (mut slopes, mut all) = (vec![0.0; n + 1], vec![0.0; (n + 1) * (n + 1)]);
        let value = self.deviance.hessian(&self.all(theta), &mut slopes, &mut all)?;
        gradient.copy_from_slice(&slopes[..n]);
        hessian.chunks_exact_mut(n).zip(all.chunks_exact(n + 1)).for_each(|(to, from)| to.copy_from_slice(&from[..n]));
        Ok(value)
    }
}

/// A start on the other side of zero, if the criterion comes near to its value at `best` there.
pub fn opposite_start(deviance: &mut Deviance<'_>, best: &Summary) -> Result<Option<Vec<f64>>> {
    let Some(products) = &deviance.system.correlation else { return Ok(None) };
    let (scale, [theta @ .., x]) = (products.scale, &best.x[..]) else { return Ok(None) };
    let lower = scale.lower().0;
    if lower >= 0.0 {
        return Ok(None);
    }
    let end = if scale.rho(*x) > 0.0 { lower } else { 1.0 };
    let mut starts = LIFTS.map(|length| boundary::lifted(&deviance.system.structures, theta, length)).to_vec();
    starts.dedup();
    let mut lowest: Option<(f64, Vec<f64>)> = None;
    for x in SHARES.iter().filter_map(|share| scale.coordinate(share * end)) {
        let mut held = Held { deviance, x };
        let (near, nearer) = (best.value + REACH.0, best.value + REACH.1);
        let mut nearest: Option<(f64, &Vec<f64>)> = None;
        for start in &starts {
            let value = held.value(start)?;
            if value < nearest.map_or(near, |(lowest, _)| lowest) {
                nearest = Some((value, start));
            }
        }
        let Some((_, start)) = nearest else { continue };
        let mut settings = Settings { tolerance: ROUGHLY.0, max_evaluations: ROUGHLY.1, ..Settings::default() };
        let Some(rough) = if_any(minimize(Method::Newton, &mut held, start, &mut settings))? else { continue };
        if rough.value < nearer && lowest.as_ref().is_none_or(|(value, _)| rough.value < *value) {
            lowest = Some((rough.value, held.all(&rough.x)));
        }
    }
    Ok(lowest.map(|(_, start)| start))
}
