//! The distribution of what is predicted over that of the random effects given the response and the parameters, which is taken for normal: of known
//! levels about their modes, of new ones about zero.

use super::errors::{polarised, with_errors};
use super::marginal::expectations;
use super::point::{DISPERSION, MEAN, Point, ZERO};
use super::problems::not_estimable;
use super::quantity::Rule;
use super::request::{NewData, NewLevels, Quantity, Request};
use crate::distributions::normal_quantile;
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::linalg::dense::semidefinite_cholesky;
use crate::watch::{Phase, Watch};

/// What memory is for.
const DISTRIBUTION: &str = "distributions of predictions";
/// The predictors in the order in which they are integrated over.
const ORDER: [usize; 3] = [ZERO, DISPERSION, MEAN];

/// One number a row, as `Predictions` has them; quantiles `[rows, k]`.
#[derive(Clone, Debug, Default)]
pub struct EffectDistribution {
    pub mean: Vec<f64>,
    pub variance: Vec<f64>,
    pub quantiles: Vec<f64>,
}

impl Fit {
    /// Mean, variance and quantiles of what is predicted over the random effects' distribution. The parameters are taken as known.
    pub fn effect_distribution(
        &self,
        data: NewData<'_>,
        request: &Request,
        probabilities: &[f64],
        watch: &Watch<'_>,
    ) -> Result<EffectDistribution> {
        watch.at(Phase::Prediction, 0, None)?;
        if let Some(p) = probabilities.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
            return Err(Error::argument(format!("probabilities has {p}, wanted numbers between 0 and 1")));
        }
        if self.ordinal().is_some() || request.quantity == Quantity::Marginal {
            return Err(Error::unsupported(
                "the distribution of predictions over the random effects: not of ordinal models, nor of marginal predictions",
            ));
        }
        let rows = self.covariant_rows(data, request)?;
        let rule = Rule { fit: self, quantity: request.quantity };
        let points = rows.points(&rule)?;
        let n = rows.n;
        let (mut mean, mut variance) = (try_vec(DISTRIBUTION, 0.0, n)?, try_vec(DISTRIBUTION, 0.0, n)?);
        let mut quantiles = try_vec(DISTRIBUTION, 0.0, n.saturating_mul(probabilities.len()))?;
        let z: Vec<f64> = probabilities.iter().map(|p| normal_quantile(*p)).collect();
        with_errors(
            self,
            &rows,
            |mut errors| {
                for (i, point) in points.iter().enumerate() {
                    watch.pulse_at(Phase::Prediction, i, Some(n))?;
                    let own =
                        Own { rule: &rule, point, covariance: polarised(|gradient| errors.variance_of_effects(i, &gradient)) };
                    (mean[i], variance[i]) = own.moments();
                    for (k, z) in z.iter().enumerate() {
                        quantiles[k * n + i] = own.quantile(*z)?;
                    }
                }
                Ok(())
            },
            watch,
        )?;
        let mut lost = not_estimable(&rows, &rule, &points)?;
        if request.new_levels == NewLevels::Missing {
            lost.extend(rows.with_new_levels()?);
        }
        for column in [&mut mean, &mut variance].into_iter().map(|own| &mut own[..]).chain(quantiles.chunks_exact_mut(n.max(1))) {
            lost.iter().for_each(|&i| column[i] = f64::NAN);
        }
        Ok(EffectDistribution {
            mean: rows.padded(mean, 1)?,
            variance: rows.padded(variance, 1)?,
            quantiles: rows.padded(quantiles, probabilities.len())?,
        })
    }
}

/// A row's prediction, and the covariance of its predictors given the parameters.
pub struct Own<'a> {
    pub rule: &'a Rule<'a>,
    pub point: &'a Point,
    pub covariance: [f64; 9],
}

impl Own<'_> {
    /// Mean and variance by trapezoidal rules, one within another. Not numbers where a link's inverse has a pole.
    pub fn moments(&self) -> (f64, f64) {
        let has_pole = self.rule.fit.generalised().is_some_and(|own| own.family.link().has_pole());
        let is_link = matches!(self.rule.quantity, Quantity::Link | Quantity::Latent) || self.rule.fit.generalised().is_none();
        if is_link {
            let slope = self.rule.gradient(self.point)[MEAN];
            return (self.rule.value(self.point), slope * slope * self.covariance[MEAN * 4]);
        }
        if has_pole && self.covariance[MEAN * 4] > 0.0 {
            return (f64::NAN, f64::NAN);
        }
        let arranged: Vec<f64> = (0..9).map(|e| self.covariance[ORDER[e / 3] * 3 + ORDER[e % 3]]).collect();
        let root = semidefinite_cholesky(3, &arranged);
        let centre = self.rule.value(self.point);
        let [mean, square] = self.over(0, *self.point, &root, [0.0; 3], centre);
        (centre + mean, (square - mean * mean).max(0.0))
    }

    /// The first two moments about a centre with the predictors before `k` given.
    fn over(&self, k: usize, point: Point, root: &[f64], shift: [f64; 3], centre: f64) -> [f64; 2] {
        if k == 3 {
            let v = self.rule.value(&point) - centre;
            return [v, v * v];
        }
        let (place, sd) = (ORDER[k], root[k * 4]);
        let mean = self.point.at[place] + shift[k];
        expectations(mean, sd * sd, |x| {
            let mut there = point;
            there.at[place] = x;
            let u = if sd > 0.0 { (x - mean) / sd } else { 0.0 };
            let mut moved = shift;
            (k + 1..3).for_each(|later| moved[later] += root[k * 3 + later] * u);
            self.over(k + 1, there, root, moved, centre)
        })
    }

    /// At a quantile of the standard normal distribution, of a prediction that rises or falls with its only predictor that varies.
    fn quantile(&self, z: f64) -> Result<f64> {
        let gradient = self.rule.gradient(self.point);
        let varying: Vec<usize> = (0..3).filter(|&a| self.covariance[a * 4] > 0.0 && gradient[a] != 0.0).collect();
        match varying[..] {
            [] => Ok(self.rule.value(self.point)),
            [place] => {
                let mut there = *self.point;
                there.at[place] += z * gradient[place].signum() * self.covariance[place * 4].sqrt();
                Ok(self.rule.value(&there))
            }
            _ => Err(Error::unsupported(
                "quantiles of predictions over the random effects: several of the linear predictors have random effects; mean and variance are had",
            )),
        }
    }
}
