//! Quantiles of survival times: the first times at which a curve is down at a probability, with limits from those of the curve (Brookmeyer
//! and Crowley 1982).

use super::curves::Curves;
use super::derived::derived;
use super::limits::CurveLimits;
use super::lines::Lines;
use super::request::CurveRequest;
use super::work::Work;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::shortest_text;
use crate::predict::problems::Problem;
use crate::predict::request::NewData;
use crate::watch::Watch;

impl Fit {
    /// The quantiles of the survival times of the rows of data: for each row and probability p the first time with a survival of at most
    /// 1 - p.
    pub fn survival_quantiles(
        &self,
        data: NewData<'_>,
        request: &CurveRequest,
        probabilities: &[f64],
        watch: &Watch<'_>,
    ) -> Result<Curves> {
        if request.times.is_some() {
            return Err(Error::argument("times are for survival curves and means; quantiles are among all event times"));
        }
        if let Some((k, p)) = probabilities.iter().enumerate().find(|(_, p)| !(**p > 0.0 && **p < 1.0)) {
            let p = shortest_text(*p);
            return Err(Error::argument(format!("probabilities: number {} is {p}, wanted numbers between 0 and 1", k + 1)));
        }
        self.with_lines(data, request, None, watch, |work, mut lines| {
            let names: &[&str] = if request.limits == CurveLimits::None {
                &["probability", "time"]
            } else {
                work.with_covariance(|covariance| lines.add_limits(work, covariance, request))?;
                &["probability", "time", "lower", "upper"]
            };
            derived(work, probabilities, names, |i, numbers| {
                let level = 1.0 - numbers[0];
                let curves: [&dyn Fn(usize) -> f64; 3] =
                    [&|k| lines.survival[k].probability, &|k| lines.lower[k], &|k| lines.upper[k]];
                for (number, curve) in numbers[1..].iter_mut().zip(curves) {
                    *number = lines.first_at(work, i, |k| curve(k) <= level)?;
                }
                Ok(if numbers[1].is_nan() { Some(Problem::Beyond) } else { None })
            })
        })
    }
}

impl Lines<'_> {
    /// The time of the first line of a row for which this is so; NaN if there is none.
    fn first_at(&self, work: &Work<'_, '_, '_>, i: usize, is_so: impl Fn(usize) -> bool) -> Result<f64> {
        let (stratum, mut lines) = (work.survival()?.stratum[i] as usize, self.first[i]..self.first[i + 1]);
        let first = lines.start;
        Ok(lines.find(|line| is_so(*line)).map_or(f64::NAN, |line| self.time(stratum, line - first)))
    }
}
