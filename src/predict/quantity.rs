//! What is predicted, as a function of a row's linear predictors and of the family's parameters.

use super::marginal;
use super::point::{COORDINATES, DISPERSION, MEAN, PSI, Point, ZERO, psi_of, psi_used, zero_probability};
use super::predictors::Rows;
use super::request::Quantity;
use crate::error::{Result, try_vec};
use crate::family::MAX_PARAMETERS;
use crate::fit::{Fit, Generalised};

/// Relative to the coordinate, with one as its least size.
const STEP: f64 = 1e-3;

/// The prediction of a point, of fits that are not ordinal.
#[derive(Clone, Copy)]
pub struct Rule<'a> {
    pub fit: &'a Fit,
    pub quantity: Quantity,
}

impl Rows<'_> {
    /// One a row.
    pub fn points(&self, rule: &Rule<'_>) -> Result<Vec<Point>> {
        let eta = self.linear_predictors()?;
        let mut psi = [0.0; MAX_PARAMETERS];
        if let Some(own) = rule.fit.generalised() {
            psi.iter_mut().zip(&own.psi).for_each(|(to, from)| *to = *from);
        }
        let mut z = vec![];
        let mut points = try_vec("points of a prediction", Point { at: [0.0; COORDINATES], variance: [0.0; 3] }, self.n)?;
        for (i, point) in points.iter_mut().enumerate() {
            point.at[PSI..].copy_from_slice(&psi);
            for (a, part) in self.parts.iter().enumerate() {
                let Some(part) = part else { continue };
                point.at[a] = eta[a][i];
                if rule.quantity == Quantity::Marginal {
                    point.variance[a] = part.terms.iter().map(|term| term.variance(i, &mut z)).sum();
                }
            }
        }
        Ok(points)
    }
}

impl Rule<'_> {
    pub fn value(&self, point: &Point) -> f64 {
        let Some(own) = self.fit.generalised() else {
            return match self.quantity {
                Quantity::ZeroProbability => 0.0,
                Quantity::Dispersion => self.fit.sigma,
                _ => point.at[MEAN],
            };
        };
        let psi = psi_of(own, point);
        match self.quantity {
            Quantity::Link | Quantity::Latent => point.at[MEAN],
            Quantity::Conditional => own.family.response_mean(point.at[MEAN], psi_used(own, &psi)),
            Quantity::Response => {
                (1.0 - zero_probability(own, point.at[ZERO])) * own.family.response_mean(point.at[MEAN], psi_used(own, &psi))
            }
            Quantity::Location => own.family.linkinv(point.at[MEAN]),
            Quantity::ZeroProbability => zero_probability(own, point.at[ZERO]),
            Quantity::Dispersion => own.family.parameters().first().map_or(1.0, |p| p.scale.reported(psi[0])),
            Quantity::Marginal => marginal::mean(own, point),
            // Ordinal and Cox fits have rules of their own.
            Quantity::Probabilities | Quantity::Cumulative | Quantity::Class | Quantity::Risk | Quantity::Survival => f64::NAN,
        }
    }

    /// The derivatives of the value in the coordinates.
    pub fn gradient(&self, point: &Point) -> [f64; COORDINATES] {
        let mut gradient = [0.0; COORDINATES];
        let Some(own) = self.fit.generalised() else {
            let constant = matches!(self.quantity, Quantity::ZeroProbability | Quantity::Dispersion);
            gradient[MEAN] = f64::from(!constant);
            return gradient;
        };
        let is_link = matches!(self.quantity, Quantity::Link | Quantity::Latent);
        for (coordinate, out) in gradient.iter_mut().enumerate() {
            *out = match coordinate {
                DISPERSION if own.dispersion.is_none() => 0.0,
                PSI if own.dispersion.is_some() => 0.0,
                ZERO if own.zero_inflation.is_none() => 0.0,
                MEAN if is_link => 1.0,
                _ if is_link => 0.0,
                _ if coordinate >= PSI + own.psi.len() => 0.0,
                _ => self.slope(own, point, coordinate),
            };
        }
        gradient
    }

    /// By a four-point difference.
    fn slope(&self, own: &Generalised, point: &Point, coordinate: usize) -> f64 {
        let here = point.at[coordinate];
        let by_size = coordinate == MEAN && here != 0.0 && own.family.link().has_pole();
        let size = if by_size { here.abs() } else { (0.125 * here.abs()).max(1.0) };
        let step = STEP * size;
        let value = |by: f64| {
            let mut moved = *point;
            moved.at[coordinate] = here + by * step;
            self.value(&moved)
        };
        (8.0 * (value(1.0) - value(-1.0)) - (value(2.0) - value(-2.0))) / (12.0 * step)
    }

    /// The coordinate on whose scale intervals are symmetric.
    pub fn principal(&self) -> usize {
        match self.quantity {
            Quantity::ZeroProbability => ZERO,
            Quantity::Dispersion if self.fit.generalised().is_some_and(|own| own.dispersion.is_some()) => DISPERSION,
            Quantity::Dispersion => PSI,
            _ => MEAN,
        }
    }
}

/// The derivative of the fitted value in the linear predictor, in a row of the fit.
pub(crate) fn mean_slope(fit: &Fit, i: usize) -> f64 {
    let Some(own) = fit.generalised() else { return 1.0 };
    let psi = fit.psi_of_row(i);
    let rest = 1.0 - own.zero_probability(i);
    let eta = own.eta[i];
    // At two places: a mean with masses at the ends may be that without by chance.
    if [eta, 1.5 * eta].iter().all(|eta| own.family.response_mean(*eta, &psi) == own.family.linkinv(*eta)) && eta != 0.0 {
        return rest * own.family.mu_eta(eta);
    }
    let mut point = Point { at: [0.0; COORDINATES], variance: [0.0; 3] };
    point.at[MEAN] = eta;
    point.at[DISPERSION] = psi.first().copied().unwrap_or(0.0);
    point.at[PSI..PSI + psi.len()].copy_from_slice(&psi);
    rest * Rule { fit, quantity: Quantity::Conditional }.slope(own, &point, MEAN)
}
