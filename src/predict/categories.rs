//! Predictions of ordinal fits: one or more numbers a row, each a function of the row's location, scale and thresholds.

use super::errors::{Errors, Limits, rebuilt_for};
use super::marginal::expectations;
use super::point::{DISPERSION, MEAN};
use super::predictors::Rows;
use super::request::Quantity;
use crate::clmm::family::probabilities;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result, try_vec};
use crate::family::cell::{Cell, cell, tails};
use crate::family::{Link, Order};
use crate::fit::{Fit, Generalised, Ordinal};
use crate::watch::{Phase, Watch};

/// A prediction of an ordinal fit.
#[derive(Clone, Copy)]
pub struct CategoryRule<'a> {
    pub fit: &'a Fit,
    pub own: &'a Generalised,
    pub ordinal: &'a Ordinal,
    pub quantity: Quantity,
}

/// What the predictions of a row depend on.
pub struct Place {
    location: f64,
    log_scale: f64,
    thresholds: Vec<f64>,
    /// Of the random effects that are integrated out.
    variance: f64,
}

impl Place {
    pub fn thresholds_cross(&self) -> bool {
        !self.thresholds.is_sorted_by(|a, b| a <= b)
    }
}

/// A predicted number with the slopes of its coordinate, on whose scale its interval is symmetric.
struct Entry {
    value: f64,
    /// Of the value in the coordinate.
    slope: f64,
    /// Of the coordinate in location and logarithm of the scale.
    location: f64,
    log_scale: f64,
    /// The thresholds that the coordinate depends on, by place, with its slopes.
    thresholds: [(usize, f64); 2],
    coordinate: Coordinate,
}

#[derive(Clone, Copy)]
enum Coordinate {
    Itself,
    Logarithm,
    /// The logit; one minus the value with all its digits.
    Logit(f64),
    /// The link's, and where the value is on its scale.
    Link(Link, f64),
}

impl Entry {
    const NAN: Entry = Entry {
        value: f64::NAN,
        slope: f64::NAN,
        location: 0.0,
        log_scale: 0.0,
        thresholds: [(0, 0.0); 2],
        coordinate: Coordinate::Itself,
    };

    /// The value at another coordinate.
    fn moved(&self, by: f64) -> f64 {
        let p = self.value;
        match self.coordinate {
            Coordinate::Itself => p + by,
            Coordinate::Logarithm => p * by.exp(),
            Coordinate::Logit(complement) if by > 0.0 => p / (p + complement * (-by).exp()),
            Coordinate::Logit(complement) => p * by.exp() / (complement + p * by.exp()),
            Coordinate::Link(link, at) => tails(link, at + by)[0],
        }
    }
}

impl<'a> CategoryRule<'a> {
    /// The rule of an ordinal fit; none of other fits. Fails where the fit has no such prediction.
    pub fn new(fit: &'a Fit, quantity: Quantity) -> Result<Option<Self>> {
        if fit.prediction_width(quantity) == 0 {
            return Err(Error::argument(if fit.cox().is_some() {
                "type: a Cox model has link (the linear predictor), risk, response (expected events), survival and marginal (survival averaged \
                 over the random effects), and no other"
            } else if matches!(quantity, Quantity::Risk | Quantity::Survival) {
                "type: risk and survival are predictions of Cox models; this fit is of another kind"
            } else if fit.ordinal().is_some() {
                "type: an ordered response has no mean, and its model no zero part; wanted probabilities, cumulative probabilities, class, \
                 link, latent, dispersion (the scale) or marginal (probabilities)"
            } else {
                "type: probabilities of categories and the class are predictions of ordinal models; this fit is of another kind"
            }));
        }
        let own = fit.generalised().zip(fit.ordinal());
        Ok(own.map(|(own, ordinal)| CategoryRule { fit, own, ordinal, quantity }))
    }

    pub fn width(&self) -> usize {
        self.fit.prediction_width(self.quantity)
    }

    /// `[n, width]`.
    pub fn values(&self, rows: &Rows<'_>, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let (n, width) = (rows.n, self.width());
        let mut out = numbers(n, width)?;
        let mut p = try_vec("probabilities of a row", 0.0, self.ordinal.categories.len())?;
        let act = |i: usize, place: &Place| {
            if self.quantity == Quantity::Class {
                probabilities(self.own.family.link(), place.location, place.log_scale.exp(), &place.thresholds, &mut p);
                out[i] = most_probable(&p);
            } else {
                (0..width).for_each(|column| out[column * n + i] = self.entry(place, column).value);
            }
        };
        self.each(rows, act, watch)?;
        Ok(out)
    }

    /// Standard errors and intervals, each `[n, width]`.
    pub fn limits(&self, rows: &Rows<'_>, level: f64, watch: &Watch<'_>) -> Result<Limits> {
        if self.quantity == Quantity::Class {
            return Err(Error::argument("type: a class has no standard error and no interval; probabilities have"));
        }
        let (n, width) = (rows.n, self.width());
        let rebuilt = rebuilt_for(self.fit, rows, watch)?;
        let mut errors = Errors::new(self.fit, rows, rebuilt.as_ref(), watch)?;
        let (first, reach) = (errors.first_parameter(), -normal_quantile(0.5 * (1.0 - level)));
        let mut out = Limits { std_errors: numbers(n, width)?, lower: numbers(n, width)?, upper: numbers(n, width)? };
        let mut parameters = vec![];
        let act = |i: usize, place: &Place| {
            for column in 0..width {
                let entry = self.entry(place, column);
                self.parameter_slopes(rows, i, &entry, &mut parameters);
                let mut gradient = [0.0; 3];
                (gradient[MEAN], gradient[DISPERSION]) = (entry.location, entry.log_scale);
                let shared = parameters.iter().map(|&(parameter, slope)| (first + parameter, slope));
                let deviation = errors.variance(i, &gradient, shared).sqrt();
                let at = column * n + i;
                out.std_errors[at] = entry.slope * deviation;
                out.lower[at] = entry.moved(-reach * deviation);
                out.upper[at] = entry.moved(reach * deviation);
            }
        };
        self.each(rows, act, watch)?;
        Ok(out)
    }

    /// The slope of a prediction in its coordinate, and that coordinate's in location and logarithm of the scale; to `parameters` those in the
    /// parameters of the thresholds and the nominal effects.
    pub fn slopes(
        &self,
        rows: &Rows<'_>,
        (i, column): (usize, usize),
        place: &Place,
        parameters: &mut Vec<(usize, f64)>,
    ) -> (f64, f64, f64) {
        let entry = self.entry(place, column);
        self.parameter_slopes(rows, i, &entry, parameters);
        (entry.slope, entry.location, entry.log_scale)
    }

    /// Calls with each row and where it is.
    pub fn each(&self, rows: &Rows<'_>, mut act: impl FnMut(usize, &Place), watch: &Watch<'_>) -> Result<()> {
        let [mean, _, scale] = rows.linear_predictors()?;
        let mut z = vec![];
        for i in 0..rows.n {
            watch.pulse_at(Phase::Prediction, i, Some(rows.n))?;
            let mut variance = 0.0;
            if let (Quantity::Marginal, Some(part)) = (self.quantity, &rows.parts[MEAN]) {
                variance = part.terms.iter().map(|term| term.variance(i, &mut z)).sum();
            }
            let nominal = rows.nominal.chunks_exact(rows.n).map(|column| column[i]);
            let thresholds = self.ordinal.thresholds_of(&self.own.psi, nominal);
            act(i, &Place { location: mean[i], log_scale: scale.get(i).copied().unwrap_or(0.0), thresholds, variance });
        }
        Ok(())
    }

    fn entry(&self, place: &Place, column: usize) -> Entry {
        let Place { location, log_scale, .. } = *place;
        match self.quantity {
            Quantity::Link => Entry { value: location, slope: 1.0, location: 1.0, ..Entry::NAN },
            Quantity::Latent => {
                let middle = place.thresholds.iter().sum::<f64>() / place.thresholds.len() as f64;
                Entry { value: location - middle, slope: 1.0, location: 1.0, ..Entry::NAN }
            }
            Quantity::Dispersion => {
                let scale = log_scale.exp();
                Entry { value: scale, slope: scale, log_scale: 1.0, coordinate: Coordinate::Logarithm, ..Entry::NAN }
            }
            // Nominal effects may put thresholds out of order.
            _ if place.thresholds_cross() || location.is_nan() => Entry::NAN,
            Quantity::Cumulative => {
                let (link, rate) = (self.own.family.link(), (-log_scale).exp());
                let at = rate * (place.thresholds[column] - location);
                Entry {
                    value: tails(link, at)[0],
                    slope: link.mu_eta(at),
                    location: -rate,
                    log_scale: -at,
                    thresholds: [(column, rate), (column, 0.0)],
                    coordinate: Coordinate::Link(link, at),
                }
            }
            _ => self.probability(place, column + 1),
        }
    }

    /// The probability of category k, from 1, with its mean over a location of that variance; NaN where the thresholds are out of order.
    pub fn probability_over(&self, place: &Place, variance: f64, k: usize) -> f64 {
        if place.thresholds_cross() || place.location.is_nan() {
            return f64::NAN;
        }
        let Place { location, log_scale, ref thresholds, .. } = *place;
        self.probability(&Place { location, log_scale, thresholds: thresholds.clone(), variance }, k).value
    }

    /// Of category k, from 1, with its mean over the random effects that are integrated out. These are taken in units of the scale.
    fn probability(&self, place: &Place, k: usize) -> Entry {
        let (link, rate) = (self.own.family.link(), (-place.log_scale).exp());
        let (below, above) = (k.checked_sub(2), Some(k - 1).filter(|r| *r < place.thresholds.len()));
        let cut = |threshold: Option<usize>, end: f64| threshold.map_or(end, |r| rate * (place.thresholds[r] - place.location));
        let (a, b) = (cut(below, f64::NEG_INFINITY), cut(above, f64::INFINITY));
        let sums = expectations(0.0, rate * rate * place.variance, |moved| in_cell(link, a - moved, b - moved));
        let [p, complement, in_lower, in_upper, in_cuts] = sums;
        // Where one of them is nothing the probability doesn't move.
        let per = if p * complement > 0.0 { (p * complement).recip() } else { 0.0 };
        Entry {
            value: p,
            slope: p * complement,
            location: -rate * per * (in_lower + in_upper),
            log_scale: -per * in_cuts,
            thresholds: [(below.unwrap_or(0), rate * per * in_lower), (above.unwrap_or(0), rate * per * in_upper)],
            coordinate: Coordinate::Logit(complement),
        }
    }

    /// The slopes of a coordinate in the parameters of the thresholds and the nominal effects, by place. A place may occur twice.
    fn parameter_slopes(&self, rows: &Rows<'_>, i: usize, entry: &Entry, out: &mut Vec<(usize, f64)>) {
        let (count, m) = (self.ordinal.categories.len() - 1, self.ordinal.alpha_names.len());
        out.clear();
        let all = (0..if self.quantity == Quantity::Latent { count } else { 0 }).map(|r| (r, -1.0 / count as f64));
        for (threshold, slope) in entry.thresholds.into_iter().filter(|(_, slope)| *slope != 0.0).chain(all) {
            for (k, column) in self.ordinal.jacobian.chunks_exact(count).enumerate().filter(|(_, j)| j[threshold] != 0.0) {
                let slope = slope * column[threshold];
                out.push((k, slope));
                let nominal = rows.nominal.chunks_exact(rows.n).enumerate();
                out.extend(nominal.map(|(c, x)| (m + c * m + k, slope * x[i])));
            }
        }
    }
}

/// The probability between cut points and one minus it; its derivatives in the lower and the upper one, and in both as they rise by their own
/// size.
fn in_cell(link: Link, a: f64, b: f64) -> [f64; 5] {
    let own = cell(link, Order::Gradient, a, b).unwrap_or(Cell::EMPTY);
    let p = own.l.exp();
    let (lower, upper) = (p * own.lower[0], p * own.upper[0]);
    let below = if a == f64::NEG_INFINITY { 0.0 } else { tails(link, a)[0] };
    let above = if b == f64::INFINITY { 0.0 } else { tails(link, b)[1] };
    let times = |cut: f64, slope: f64| if slope == 0.0 { 0.0 } else { cut * slope };
    [p, below + above, lower, upper, times(a, lower) + times(b, upper)]
}

/// The place, from 1, of the largest, of several the first.
fn most_probable(p: &[f64]) -> f64 {
    let mut best = 0;
    (0..p.len()).for_each(|k| best = if p[k] > p[best] { k } else { best });
    if p[best].is_nan() { f64::NAN } else { (best + 1) as f64 }
}

fn numbers(n: usize, width: usize) -> Result<Vec<f64>> {
    try_vec("predictions", 0.0, n.saturating_mul(width))
}
