//! A density with a link as a `Family`: the loops over the rows, and the chain from the density's coordinate to the linear predictor.

use super::coordinate::Block;
use super::cumulative::Cumulative;
use super::density::{Density, GRADIENT, MODE, VALUE};
use super::facts::Facts;
use super::link::Link;
use super::parameter::{Parameter, fix};
use super::rows::{ConstantRows, DerivativeRows};
use super::{Constants, Derivatives, Family, MAX_PARAMETERS, Observations, Order, Psi, WeightRole, check_length};
use crate::error::{Error, Result, row_text};
use crate::simulate::Stream;
use crate::threads::divide;

/// A density with its link.
#[derive(Clone, Debug)]
pub(crate) struct Model<D> {
    density: D,
    link: Link,
    parameters: Vec<Parameter>,
}

/// The shape of the row's parameters, computed anew only where they change from one row to the next.
struct Shapes<'a, D: Density> {
    density: &'a D,
    psi: &'a [Psi<'a>],
    last: [f64; MAX_PARAMETERS],
    shape: D::Shape,
    varying: bool,
}

impl<'a, D: Density> Shapes<'a, D> {
    fn new(density: &'a D, psi: &'a [Psi<'a>]) -> Self {
        let mut last = [0.0; MAX_PARAMETERS];
        for (value, psi) in last.iter_mut().zip(psi) {
            *value = match psi {
                Psi::Shared(v) => *v,
                Psi::PerRow(v) => v.first().copied().unwrap_or(0.0),
            };
        }
        let varying = psi.iter().any(|p| matches!(p, Psi::PerRow(_)));
        Shapes { density, psi, shape: density.shape(&last), last, varying }
    }

    #[inline]
    fn at(&mut self, row: usize) -> &D::Shape {
        if self.varying && !D::PARAMETERS.is_empty() {
            let mut psi = [0.0; MAX_PARAMETERS];
            for (value, p) in psi.iter_mut().zip(self.psi) {
                *value = p.at(row);
            }
            if psi != self.last {
                self.shape = self.density.shape(&psi);
                self.last = psi;
            }
        }
        &self.shape
    }
}

fn pad(psi: &[f64]) -> [f64; MAX_PARAMETERS] {
    let mut out = [0.0; MAX_PARAMETERS];
    for (to, from) in out.iter_mut().zip(psi) {
        *to = *from;
    }
    out
}

/// The weight the density sees and the factor of the log-density.
#[inline]
fn roles<D: Density>(weight: f64) -> (f64, f64) {
    if D::WEIGHTS == WeightRole::Factor { (1.0, weight) } else { (weight, 1.0) }
}

impl<D: Density> Model<D> {
    pub(crate) fn new(density: D, link: Link) -> Self {
        Model { density, link, parameters: D::PARAMETERS.to_vec() }
    }

    fn check(&self, data: &Observations, psi: &[Psi]) -> Result<usize> {
        let rows = data.y.len();
        if !data.weights.is_empty() {
            check_length("weights", data.weights.len(), rows)?;
        }
        check_length("psi", psi.len(), D::PARAMETERS.len())?;
        for (p, parameter) in psi.iter().zip(&self.parameters) {
            if let Psi::PerRow(values) = p {
                check_length(&parameter.name, values.len(), rows)?;
            }
        }
        Ok(rows)
    }

    fn constants_at<const ORDER: u8>(&self, data: &Observations, psi: &[Psi], out: &mut Constants) {
        let threads = out.threads;
        if threads > 1 {
            divide(threads, out.whole().in_pieces(), &|rows| self.constants_of::<ORDER>(data, psi, rows));
        } else {
            self.constants_of::<ORDER>(data, psi, out.whole());
        }
    }

    fn constants_of<const ORDER: u8>(&self, data: &Observations, psi: &[Psi], mut out: ConstantRows<'_>) {
        let mut shapes = Shapes::new(&self.density, psi);
        for (j, out_value) in out.value.iter_mut().enumerate() {
            let i = out.first + j;
            let (weight, factor) = roles::<D>(data.weight(i));
            let constant = self.density.constant::<ORDER>(data.y[i], weight, shapes.at(i));
            *out_value = factor * constant.value;
            if ORDER == GRADIENT {
                for (column, value) in out.psi[..D::PARAMETERS.len()].iter_mut().zip(constant.psi) {
                    column[j] = factor * value;
                }
            }
        }
    }

    fn evaluate_at<const ORDER: u8, const CHAINED: bool>(&self, at: &Rows<'_>, out: &mut Derivatives) {
        let threads = out.threads;
        if threads > 1 {
            divide(threads, out.whole().in_pieces(), &|rows| self.evaluate_rows::<ORDER, CHAINED>(at, rows));
        } else {
            self.evaluate_rows::<ORDER, CHAINED>(at, out.whole());
        }
    }

    /// All lengths have been checked: the slices only tell the compiler so. With CHAINED = false the link is the density's coordinate.
    fn evaluate_rows<const ORDER: u8, const CHAINED: bool>(&self, at: &Rows<'_>, mut out: DerivativeRows<'_>) {
        let Rows { data, psi, constants, .. } = *at;
        let mut shapes = Shapes::new(&self.density, psi);
        let mut block = Block::new(D::BASE);
        for (number, eta) in at.eta[out.first..out.first + out.l.len()].chunks(Block::ROWS).enumerate() {
            if !CHAINED {
                block.fill(eta);
            }
            let (start, count) = (number * Block::ROWS, eta.len().min(Block::ROWS));
            let (first, own) = (out.first + start, start..start + count);
            let (y, value) = (&data.y[first..first + count], &constants.value[first..first + count]);
            let (l, s, w) = (&mut out.l[own.clone()], &mut out.s[own.clone()], &mut out.w[own]);
            for j in 0..count {
                let i = first + j;
                let (weight, factor) = roles::<D>(data.weight(i));
                let shape = shapes.at(i);
                let mut point = if CHAINED {
                    self.density.point_by_link::<ORDER>(self.link, y[j], weight, eta[j], shape)
                } else {
                    self.density.point::<ORDER>(y[j], weight, &block.at(j), shape)
                };
                if D::WEIGHTS == WeightRole::Factor && !data.weights.is_empty() {
                    point.scale(factor, D::PARAMETERS.len());
                }
                let log_density = point.l + value[j];
                l[j] = if log_density.is_nan() { f64::NEG_INFINITY } else { log_density };
                if ORDER >= MODE {
                    s[j] = point.s;
                    w[j] = point.w;
                }
                if ORDER == GRADIENT {
                    out.t[start + j] = point.t;
                    if !D::PARAMETERS.is_empty() {
                        let columns = out.psi[..D::PARAMETERS.len()].iter_mut();
                        for ((column, values), constant) in columns.zip(point.psi).zip(&constants.psi) {
                            let [l, s, w] = values;
                            (column[0][start + j], column[1][start + j], column[2][start + j]) = (l + constant[i], s, w);
                        }
                    }
                }
            }
        }
    }
}

/// What rows are evaluated at.
struct Rows<'a> {
    data: &'a Observations<'a>,
    eta: &'a [f64],
    psi: &'a [Psi<'a>],
    constants: &'a Constants,
}

impl<D: Density> Family for Model<D> {
    fn name(&self) -> &str {
        D::NAME
    }

    fn link(&self) -> Link {
        self.link
    }

    fn is_log_concave(&self) -> bool {
        D::is_log_concave(self.link)
    }

    fn domain(&self) -> (f64, f64) {
        D::BASE.domain(self.link)
    }

    fn weight_role(&self) -> WeightRole {
        D::WEIGHTS
    }

    fn adds_normal_noise(&self) -> bool {
        D::NORMAL_NOISE && self.link == Link::Identity
    }

    fn caution(&self, psi: &[f64]) -> Option<&'static str> {
        let given = |j: usize| self.parameters.get(j).is_none_or(|p| p.fixed.is_some());
        D::caution(psi, &given)
    }

    fn irregular(&self, psi: &[f64]) -> Option<&'static str> {
        D::irregular(psi)
    }

    fn may_be_false(&self, psi: &[f64]) -> bool {
        D::may_be_false(psi)
    }

    fn limit(&self, parameter: usize, upper: bool) -> Option<&'static str> {
        D::limit(parameter, upper)
    }

    fn facts(&self) -> Facts {
        D::FACTS
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn fix(&mut self, parameter: &str, value: f64) -> Result<()> {
        fix(D::NAME, &mut self.parameters, parameter, value)
    }

    fn constants(&self, data: &Observations, psi: &[Psi], order: Order, out: &mut Constants) -> Result<()> {
        let rows = self.check(data, psi)?;
        check_length("constants", out.value.len(), rows)?;
        match order {
            Order::Value | Order::Mode => self.constants_at::<VALUE>(data, psi, out),
            Order::Gradient => {
                check_constants(out, rows, D::PARAMETERS.len())?;
                self.constants_at::<GRADIENT>(data, psi, out);
            }
        }
        Ok(())
    }

    fn evaluate(
        &self,
        data: &Observations,
        eta: &[f64],
        psi: &[Psi],
        constants: &Constants,
        order: Order,
        out: &mut Derivatives,
    ) -> Result<()> {
        let rows = self.check(data, psi)?;
        check_length("eta", eta.len(), rows)?;
        check_constants(constants, rows, D::PARAMETERS.len())?;
        check_derivatives(out, rows, D::PARAMETERS.len())?;
        let at = Rows { data, eta, psi, constants };
        match (order, !D::BASE.is(self.link)) {
            (Order::Value, false) => self.evaluate_at::<VALUE, false>(&at, out),
            (Order::Value, true) => self.evaluate_at::<VALUE, true>(&at, out),
            (Order::Mode, false) => self.evaluate_at::<MODE, false>(&at, out),
            (Order::Mode, true) => self.evaluate_at::<MODE, true>(&at, out),
            (Order::Gradient, false) => self.evaluate_at::<GRADIENT, false>(&at, out),
            (Order::Gradient, true) => self.evaluate_at::<GRADIENT, true>(&at, out),
        }
        Ok(())
    }

    fn expected_weight(&self, data: &Observations, eta: &[f64], psi: &[Psi], w: &mut [f64], t: &mut [f64]) -> Result<bool> {
        let rows = self.check(data, psi)?;
        check_length("eta", eta.len(), rows)?;
        check_length("w", w.len(), rows)?;
        check_length("t", t.len(), rows)?;
        let mut shapes = Shapes::new(&self.density, psi);
        for i in 0..rows {
            let (weight, factor) = roles::<D>(data.weight(i));
            let (at, [z1, z2, _]) = D::BASE.of(self.link, eta[i]);
            let Some([information, slope]) = self.density.expected(weight, &at, shapes.at(i)) else {
                return Ok(false);
            };
            w[i] = factor * information * z1 * z1;
            t[i] = factor * (slope * z1 * z1 * z1 + 2.0 * information * z1 * z2);
        }
        Ok(true)
    }

    fn response_mean(&self, eta: f64, psi: &[f64]) -> f64 {
        self.density.response_mean(&D::BASE.of(self.link, eta).0, &self.density.shape(&pad(psi)))
    }

    fn simulate(&self, eta: f64, weight: f64, psi: &[f64], stream: &mut Stream) -> f64 {
        let (weight, _) = roles::<D>(weight);
        let (at, shape) = (D::BASE.of(self.link, eta).0, self.density.shape(&pad(psi)));
        if at.outside(D::BASE) { f64::NAN } else { self.density.simulate(&at, weight, &shape, stream) }
    }

    fn cdf(&self, y: f64, eta: f64, weight: f64, psi: &[f64]) -> Cumulative {
        let (weight, _) = roles::<D>(weight);
        let (at, shape) = (D::BASE.of(self.link, eta).0, self.density.shape(&pad(psi)));
        if y.is_nan() || at.outside(D::BASE) { Cumulative::NAN } else { self.density.cdf(y, weight, &at, &shape) }
    }

    fn variance(&self, mu: f64, weight: f64, psi: &[f64]) -> f64 {
        let (weight, _) = roles::<D>(weight);
        self.density.variance(mu, weight, &self.density.shape(&pad(psi)))
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, psi: &[f64]) -> Option<f64> {
        // A deviance is linear in the weight whatever the weight means.
        self.density.unit_deviance(y, mu, weight, &self.density.shape(&pad(psi)))
    }

    fn check_response(&self, data: &Observations) -> Result<Vec<String>> {
        let rows = data.y.len();
        if !data.weights.is_empty() {
            check_length("weights", data.weights.len(), rows)?;
        }
        for i in 0..rows {
            let (y, weight) = (data.y[i], data.weight(i));
            let fail = |what: &str, seen: f64, wanted: &str| {
                Err(Error::data(format!("family {}: {what} {seen} in {}; expected {wanted}", D::NAME, row_text(i))).at(i))
            };
            if !(weight.is_finite() && weight > 0.0) {
                return fail("weight", weight, "a positive number");
            }
            if !y.is_finite() {
                return fail("response", y, "a finite number");
            }
            if let Err(wanted) = self.density.wants(y, weight) {
                return fail("response", y, wanted);
            }
        }
        Ok(self.density.warnings(data))
    }

    fn start_eta(&self, data: &Observations, eta: &mut [f64]) -> Result<()> {
        check_length("eta", eta.len(), data.y.len())?;
        let mean_of =
            |start: &dyn Fn(usize) -> f64| (0..data.y.len()).fold(0.0, |mean, i| mean + (start(i) - mean) / (i + 1) as f64);
        let all = mean_of(&|i| data.y[i]);
        let start = |i: usize| self.density.start_mean_beside(data.y[i], data.weight(i), all);
        let mean = mean_of(&start);
        // A link may have no value there (the inverse of 0): the mean of all serves.
        let fallback = Some(self.link.linkfun(mean)).filter(|v| v.is_finite()).unwrap_or(1.0);
        for (i, eta) in eta.iter_mut().enumerate() {
            let value = self.link.linkfun(start(i));
            *eta = if value.is_finite() { value } else { fallback };
        }
        Ok(())
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<Vec<f64>> {
        check_length("mu", mu.len(), data.y.len())?;
        let start = self.density.start_psi(data, mu)?;
        let value = |(parameter, start): (&Parameter, f64)| match parameter.fixed {
            Some(value) => parameter.scale.working(value),
            None if start.is_finite() => start,
            None => 0.0,
        };
        Ok(self.parameters.iter().zip(start).map(value).collect())
    }

    fn clone_box(&self) -> Box<dyn Family> {
        Box::new(self.clone())
    }
}

pub(crate) fn check_constants(constants: &Constants, rows: usize, parameters: usize) -> Result<()> {
    check_length("constants", constants.value.len(), rows)?;
    check_length("constants' parameters", constants.psi.len(), parameters)?;
    constants.psi.iter().try_for_each(|column| check_length("constants", column.len(), rows))
}

pub(crate) fn check_derivatives(out: &Derivatives, rows: usize, parameters: usize) -> Result<()> {
    for column in [&out.l, &out.s, &out.w, &out.t] {
        check_length("derivatives", column.len(), rows)?;
    }
    check_length("derivatives' parameters", out.psi.len(), parameters)?;
    for column in out.psi.iter().flat_map(|p| [&p.l, &p.s, &p.w]) {
        check_length("derivatives", column.len(), rows)?;
    }
    Ok(())
}
