//! The distribution of an ordered response y = 1, .., K as a family: P(y <= k) = F((theta_k - eta)/scale).
//!
//! The row's parameters are `psi = [log scale, theta_1, .., theta_{K-1}]`. There are as many as categories, so that
//! [`MAX_PARAMETERS`](crate::family::MAX_PARAMETERS) does not hold here.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::error::{Error, Result, row_text, try_vec};
use crate::family::cell::{CUMULATIVE_LINKS, Cell, CumulativeLink, by_link, is_cumulative, tails};
use crate::family::{
    self, Constants, Derivatives, Facts, Family, GRADIENT, Link, MODE, Observations, Order, Parameter, Psi, Residual, Scale,
    WeightRole, check_constants, check_derivatives, check_length, fix_parameter,
};
use crate::simulate::Stream;

/// An ordered response with K categories.
#[derive(Clone, Debug)]
pub struct Cumulative {
    link: Link,
    parameters: Vec<Parameter>,
}

const NAME: &str = "cumulative";

impl Cumulative {
    pub const NAME: &str = NAME;

    /// The scale is kept at 1; the thresholds are named `1|2`, `2|3`, ...
    pub fn new(link: Link, categories: usize) -> Result<Self> {
        if !is_cumulative(link) {
            let known = CUMULATIVE_LINKS.map(Link::name).join(", ");
            return Err(Error::argument(format!(
                "family {NAME}: the link {} is not possible; expected one of {known}",
                link.name()
            )));
        }
        if categories < 2 {
            return Err(Error::argument(format!("family {NAME}: {categories} categories; expected at least 2")));
        }
        let mut parameters = try_vec("parameters of the family", Parameter::new("scale", Scale::Log), categories)?;
        parameters[0].fixed = Some(1.0);
        for (k, parameter) in parameters.iter_mut().enumerate().skip(1) {
            *parameter = Parameter { name: Cow::Owned(format!("{k}|{}", k + 1)), scale: Scale::Identity, fixed: None };
        }
        Ok(Cumulative { link, parameters })
    }

    /// Other names of the K - 1 thresholds.
    pub fn with_names(mut self, names: &[String]) -> Result<Self> {
        check_length("names of the thresholds", names.len(), self.parameters.len() - 1)?;
        for (parameter, name) in self.parameters[1..].iter_mut().zip(names) {
            parameter.name = Cow::Owned(name.clone());
        }
        Ok(self)
    }

    pub fn categories(&self) -> usize {
        self.parameters.len()
    }

    fn check(&self, data: &Observations, eta: &[f64], psi: &[Psi]) -> Result<()> {
        let rows = data.y.len();
        check_length("eta", eta.len(), rows)?;
        if !data.weights.is_empty() {
            check_length("weights", data.weights.len(), rows)?;
        }
        check_length("psi", psi.len(), self.parameters.len())?;
        for (p, parameter) in psi.iter().zip(&self.parameters) {
            if let Psi::PerRow(values) = p {
                check_length(&parameter.name, values.len(), rows)?;
            }
        }
        Ok(())
    }

    /// The category of a response that the family can have.
    fn category(&self, y: f64) -> Option<usize> {
        let there = y >= 1.0 && y <= self.categories() as f64 && y.fract() == 0.0;
        there.then_some(y as usize)
    }

    /// Outside the categories there is no probability.
    fn evaluate_at<L: CumulativeLink, const ORDER: u8>(
        &self,
        data: &Observations,
        eta: &[f64],
        psi: &[Psi],
        out: &mut Derivatives,
    ) {
        for i in 0..data.y.len() {
            let factor = data.weight(i);
            let rate = (-psi[0].at(i)).exp();
            let category = self.category(data.y[i]);
            let [a, b] = category.map_or([f64::NAN; 2], |k| cut_points(k, eta[i], rate, psi.len(), |j| psi[j].at(i)));
            let cell = L::cell::<ORDER>(a, b);
            out.l[i] = factor * cell.l;
            out.s[i] = factor * rate * cell.s;
            out.w[i] = factor * rate * rate * cell.w;
            if ORDER == GRADIENT {
                out.t[i] = factor * rate * rate * rate * cell.t;
                out.psi.iter_mut().for_each(|column| (column.l[i], column.s[i], column.w[i]) = (0.0, 0.0, 0.0));
                let mut set = |j: usize, [l, s, w]: [f64; 3]| {
                    let column = &mut out.psi[j];
                    (column.l[i], column.s[i], column.w[i]) = (factor * l, factor * s, factor * w);
                };
                set(0, by_log_scale(&cell, [a, b], rate));
                let by_threshold = |[l, s, w]: [f64; 3]| [rate * l, rate * rate * s, rate * rate * rate * w];
                let Some(k) = category else { continue };
                if k > 1 {
                    set(k - 1, by_threshold(cell.lower));
                }
                if k < psi.len() {
                    set(k, by_threshold(cell.upper));
                }
            }
        }
    }
}

/// The cut points (theta - eta)/scale around category k, of `categories`.
#[inline]
fn cut_points(k: usize, eta: f64, rate: f64, categories: usize, threshold: impl Fn(usize) -> f64) -> [f64; 2] {
    let a = if k == 1 { f64::NEG_INFINITY } else { rate * (threshold(k - 1) - eta) };
    let b = if k == categories { f64::INFINITY } else { rate * (threshold(k) - eta) };
    // An open end beside a predictor that is not a number.
    if eta.is_nan() { [f64::NAN; 2] } else { [a, b] }
}

/// Derivatives of l, s, w of the row in the logarithm of the scale: the cut points are multiples of the rate, its inverse.
fn by_log_scale(cell: &Cell, [a, b]: [f64; 2], rate: f64) -> [f64; 3] {
    let weight = |x: f64| if x.is_finite() { x } else { 0.0 };
    let along = |i: usize| weight(a) * cell.lower[i] + weight(b) * cell.upper[i];
    [-along(0), -rate * (cell.s + along(1)), -rate * rate * (2.0 * cell.w + along(2))]
}

/// Whether thresholds rise or meet.
fn ordered(thresholds: &[f64]) -> bool {
    thresholds.is_sorted_by(|a, b| a <= b) && !thresholds.iter().any(|theta| theta.is_nan())
}

/// The K = `out.len()` probabilities of the categories of a row, each with its digits however small. NaN where thresholds cross or
/// the link is not cumulative.
pub fn probabilities(link: Link, eta: f64, scale: f64, thresholds: &[f64], out: &mut [f64]) {
    let categories = out.len();
    let fine = thresholds.len() + 1 == categories && ordered(thresholds) && !eta.is_nan() && scale > 0.0;
    for (k, p) in (1..).zip(out.iter_mut()) {
        let [a, b] = if fine { cut_points(k, eta, 1.0 / scale, categories, |j| thresholds[j - 1]) } else { [f64::NAN; 2] };
        *p = if fine { by_link!(link, L => L::cell::<MODE>(a, b).l.exp(), f64::NAN) } else { f64::NAN };
    }
}

/// P(y <= k) for k = 1, .., K = `out.len()`; the last is 1. NaN as with [`probabilities`].
pub fn cumulative_probabilities(link: Link, eta: f64, scale: f64, thresholds: &[f64], out: &mut [f64]) {
    if !is_cumulative(link)
        || thresholds.len() + 1 != out.len()
        || !ordered(thresholds)
        || eta.is_nan()
        || scale.is_nan()
        || scale <= 0.0
    {
        return out.fill(f64::NAN);
    }
    for (k, p) in out.iter_mut().enumerate() {
        *p = thresholds.get(k).map_or(1.0, |theta| tails(link, (theta - eta) / scale)[0]);
    }
}

impl Family for Cumulative {
    fn name(&self) -> &'static str {
        NAME
    }

    fn link(&self) -> Link {
        self.link
    }

    fn weight_role(&self) -> WeightRole {
        WeightRole::Factor
    }

    fn facts(&self) -> Facts {
        Facts { residual: Residual::Latent, has_distribution: true, ..Facts::NEUTRAL }
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn fix(&mut self, parameter: &str, value: f64) -> Result<()> {
        fix_parameter(NAME, &mut self.parameters, parameter, value)
    }

    /// There are none.
    fn constants(&self, data: &Observations, _psi: &[Psi], order: Order, out: &mut Constants) -> Result<()> {
        check_length("constants", out.value.len(), data.y.len())?;
        if order == Order::Gradient {
            check_constants(out, data.y.len(), self.parameters.len())?;
        }
        out.value.fill(0.0);
        out.psi.iter_mut().for_each(|column| column.fill(0.0));
        Ok(())
    }

    fn evaluate(
        &self,
        data: &Observations,
        eta: &[f64],
        psi: &[Psi],
        _constants: &Constants,
        order: Order,
        out: &mut Derivatives,
    ) -> Result<()> {
        self.check(data, eta, psi)?;
        check_derivatives(out, data.y.len(), self.parameters.len())?;
        if order == Order::Gradient {
            by_link!(self.link, L => self.evaluate_at::<L, GRADIENT>(data, eta, psi, out), ());
        } else {
            by_link!(self.link, L => self.evaluate_at::<L, MODE>(data, eta, psi, out), ());
        }
        Ok(())
    }

    /// The sum of p s^2 over the categories; its derivative is that of p s^3 - 2 p s w.
    fn expected_weight(&self, data: &Observations, eta: &[f64], psi: &[Psi], w: &mut [f64], t: &mut [f64]) -> Result<bool> {
        self.check(data, eta, psi)?;
        check_length("w", w.len(), eta.len())?;
        check_length("t", t.len(), eta.len())?;
        for i in 0..eta.len() {
            let rate = (-psi[0].at(i)).exp();
            let [mut information, mut slope] = [0.0; 2];
            for k in 1..=psi.len() {
                let [a, b] = cut_points(k, eta[i], rate, psi.len(), |j| psi[j].at(i));
                let cell = by_link!(self.link, L => L::cell::<MODE>(a, b), Cell::EMPTY);
                let p = cell.l.exp();
                information += p * cell.s * cell.s;
                slope += p * cell.s * (cell.s * cell.s - 2.0 * cell.w);
            }
            w[i] = data.weight(i) * rate * rate * information;
            t[i] = data.weight(i) * rate * rate * rate * slope;
        }
        Ok(true)
    }

    /// The mean of the categories' numbers: 1 plus the probabilities of being above each threshold.
    fn response_mean(&self, eta: f64, psi: &[f64]) -> f64 {
        let rate = (-psi[0]).exp();
        if !ordered(&psi[1..]) {
            return f64::NAN;
        }
        1.0 + psi[1..].iter().map(|theta| tails(self.link, rate * (theta - eta))[1]).sum::<f64>()
    }

    /// The category whose cumulative probability is the first to reach a uniform number, compared on the smaller side.
    fn simulate(&self, eta: f64, _weight: f64, psi: &[f64], stream: &mut Stream) -> f64 {
        let rate = (-psi[0]).exp();
        if eta.is_nan() || rate.is_nan() || !ordered(&psi[1..]) {
            return f64::NAN;
        }
        let u = stream.uniform();
        let passed = |theta: &f64| {
            let [below, above] = tails(self.link, rate * (theta - eta));
            if u < 0.5 { below < u } else { above > 1.0 - u }
        };
        1.0 + psi[1..].iter().take_while(|theta| passed(theta)).count() as f64
    }

    fn cdf(&self, y: f64, eta: f64, _weight: f64, psi: &[f64]) -> family::Cumulative {
        let rate = (-psi[0]).exp();
        if y.is_nan() || eta.is_nan() || !ordered(&psi[1..]) {
            return family::Cumulative::NAN;
        }
        family::Cumulative::counts(y, |k| {
            if k < 1.0 {
                [0.0, 1.0]
            } else {
                psi[1..].get(k as usize - 1).map_or([1.0, 0.0], |theta| tails(self.link, rate * (theta - eta)))
            }
        })
    }

    /// Not a function of the mean.
    fn variance(&self, _mu: f64, _weight: f64, _psi: &[f64]) -> f64 {
        f64::NAN
    }

    fn unit_deviance(&self, _y: f64, _mu: f64, _weight: f64, _psi: &[f64]) -> Option<f64> {
        None
    }

    fn check_response(&self, data: &Observations) -> Result<Vec<String>> {
        if !data.weights.is_empty() {
            check_length("weights", data.weights.len(), data.y.len())?;
        }
        for (i, &y) in data.y.iter().enumerate() {
            let weight = data.weight(i);
            let (what, seen, wanted) = if !(weight.is_finite() && weight > 0.0) {
                ("weight", weight, "a positive number".to_owned())
            } else if self.category(y).is_none() {
                ("response", y, format!("a category from 1 to {}", self.categories()))
            } else {
                continue;
            };
            return Err(Error::data(format!("family {NAME}: {what} {seen} in {}; expected {wanted}", row_text(i))).at(i));
        }
        Ok(Vec::new())
    }

    fn start_eta(&self, data: &Observations, eta: &mut [f64]) -> Result<()> {
        check_length("eta", eta.len(), data.y.len())?;
        eta.fill(0.0);
        Ok(())
    }

    /// The links of the cumulative shares, with half an observation more in each category: the thresholds rise where one is empty.
    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<Vec<f64>> {
        check_length("mu", mu.len(), data.y.len())?;
        let mut counts = try_vec("categories", 0.5, self.categories())?;
        for (i, &y) in data.y.iter().enumerate() {
            if let Some(k) = self.category(y) {
                counts[k - 1] += data.weight(i);
            }
        }
        let total: f64 = counts.iter().sum();
        let mut start = try_vec("thresholds", 0.0, self.categories())?;
        let mut below = 0.0;
        for (k, parameter) in self.parameters.iter().enumerate() {
            if k > 0 {
                below += counts[k - 1];
                start[k] = self.link.linkfun(below / total);
            }
            if let Some(value) = parameter.fixed {
                start[k] = parameter.scale.working(value);
            }
        }
        Ok(start)
    }

    fn clone_box(&self) -> Box<dyn Family> {
        Box::new(self.clone())
    }
}
