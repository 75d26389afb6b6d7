//! Restricted means of survival times, E min(T, tau): the areas below the curves up to tau.
//!
//! ```text
//! mean = sum_k S_k (t_(k+1) - t_k),   d mean = -sum_k S_k (t_(k+1) - t_k) h_k d log Lambda(t_k),   h = -d log S / d log Lambda
//! ```
//!
//! The cumulative hazards of all times enter with their covariances, as one linear function of the baseline hazard and the effects.

use super::curves::Curves;
use super::derived::derived;
use super::limits::CurveLimits;
use super::lines::Lines;
use super::request::CurveRequest;
use super::spread::Spread;
use super::work::{At, Work};
use crate::coxme::hazard_errors::EffectCovariance;
use crate::error::Result;
use crate::fit::Fit;
use crate::predict::problems::Problem;
use crate::predict::request::{NewData, NewLevels};
use crate::watch::{Phase, Watch};

impl Fit {
    /// The means of the survival times of the rows of data, of which no time counts more than those of the request do, or else more than the
    /// last time at which the row's stratum is observed.
    pub fn survival_means(&self, data: NewData<'_>, request: &CurveRequest, watch: &Watch<'_>) -> Result<Curves> {
        self.with_lines(data, request, None, watch, |work, lines| {
            if request.limits == CurveLimits::None {
                return means(work, &lines, request, None);
            }
            work.with_covariance(|covariance| means(work, &lines, request, Some(covariance)))
        })
    }
}

fn means(
    work: &Work<'_, '_, '_>,
    lines: &Lines<'_>,
    request: &CurveRequest,
    covariance: Option<&EffectCovariance<'_>>,
) -> Result<Curves> {
    let (n, survival, reach) = (work.rows.n, work.survival()?, request.reach());
    let new_vary = request.new_levels != NewLevels::Average;
    let of_rows = |covariance| Ok((covariance, Spread::new(n, work.part, Some(covariance), new_vary, work.watch)?));
    let errors = covariance.map(of_rows).transpose()?;
    let given = request.times.as_deref().unwrap_or(&[f64::NAN]);
    let names = ["time", "mean", "std_error", "lower", "upper"];
    let names = if errors.is_some() { &names[..] } else { &names[..2] };
    let (mut shares, mut done) = (vec![], 0);
    derived(work, given, names, |i, numbers| {
        work.watch.pulse_at(Phase::Prediction, done, Some(n * given.len()))?;
        done += 1;
        let stratum = survival.stratum[i] as usize;
        let own = &lines.baselines[stratum];
        let to = if request.times.is_some() { numbers[0] } else { own.end };
        numbers[0] = to;
        if own.is_beyond(to) {
            return Ok(Some(Problem::Beyond));
        }
        let mean = lines.area(i, stratum, to, &mut shares);
        numbers[1] = mean;
        if let Some((covariance, spread)) = &errors {
            let sums = covariance.accumulate_logarithms(stratum, &shares)?;
            let std_error = At::new(work, spread, covariance, stratum).error(i, &sums) * sums.hazard;
            let by = reach * std_error;
            numbers[2..].copy_from_slice(&[std_error, (mean - by).max(0.0), (mean + by).min(to)]);
        }
        Ok(None)
    })
}

impl Lines<'_> {
    /// The area below a row's curve up to a time; what it loses for each rise in the logarithms of the cumulative hazards, to `shares`.
    fn area(&self, i: usize, stratum: usize, to: f64, shares: &mut Vec<f64>) -> f64 {
        let own = &self.baselines[stratum];
        let count = own.count(to);
        let begin = |k: usize| if k == count { to } else { own.steps[k].time };
        let mut area = begin(0).min(to);
        shares.clear();
        for k in 0..count {
            let (step, below) = ((begin(k + 1) - begin(k)).max(0.0), self.survival[self.first[i] + k]);
            area += step * below.probability;
            shares.push(step * below.probability * below.slope);
        }
        area
    }
}
