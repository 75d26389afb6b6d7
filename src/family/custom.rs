//! A family of the caller's, made of functions of whole columns.
//!
//! With mu = linkinv(eta), V = variance(mu) and mu' = mu_eta(eta):
//!
//! - Without a log-density, l is minus half the deviance residual's square (a quasi-likelihood without constants: not comparable with the
//!   likelihood of another family), s = w (y - mu)/V mu', the expected information w mu'^2/V; the observed information and its derivative
//!   are seven-point differences of s, good to some 1e-11 and 1e-8 where the functions are good to rounding and as smooth as a link is.
//! - With a log-density l(y, eta, weight, psi), s, w and t come from `derivatives` if that is there, otherwise from seven-point differences
//!   of l, good to some 1e-11, 1e-8 and 1e-4 relative to l (constants in l cost digits). The gradient of an approximation to the likelihood
//!   is then as good as t.
//!
//! Derivatives in the parameters are differences of all that. Beyond a link's domain the functions are to return NaN.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::stencil::{STEPS, derivatives_by_row, differences, step};
use super::{
    Constants, Cumulative, Derivatives, Facts, Family, Link, MAX_PARAMETERS, Observations, Order, Parameter, Psi, Scale,
    WeightRole, check_length,
};
use crate::error::{Error, Result, row_text, try_copy, try_vec};
use crate::simulate::Stream;

/// A function of a column: mu of eta and the like.
pub type Map = Arc<dyn Fn(&[f64], &mut [f64]) -> Result<()> + Send + Sync>;
/// Squared deviance residuals, given responses, means and weights.
pub type UnitDeviance = Arc<dyn Fn(&[f64], &[f64], &[f64], &mut [f64]) -> Result<()> + Send + Sync>;
/// Log-densities.
pub type LogDensity = Arc<dyn Fn(&DensityRows, &mut [f64]) -> Result<()> + Send + Sync>;
/// s = dl/deta, w = -ds/deta, t = dw/deta.
pub type DensityDerivatives = Arc<dyn Fn(&DensityRows, [&mut [f64]; 3]) -> Result<()> + Send + Sync>;

/// What a log-density is evaluated at: columns of one length n.
#[derive(Clone, Copy, Debug)]
pub struct DensityRows<'a> {
    pub y: &'a [f64],
    pub eta: &'a [f64],
    /// Ones where there are none.
    pub weights: &'a [f64],
    /// [n, parameters], column-major, on the working scale.
    pub psi: &'a [f64],
}

/// The functions of a family.
#[derive(Clone)]
pub struct CustomFunctions {
    /// eta of mu.
    pub linkfun: Map,
    /// mu of eta.
    pub linkinv: Map,
    /// d mu/d eta of eta.
    pub mu_eta: Map,
    /// The variance of mu, for a dispersion and weight of one.
    pub variance: Map,
    pub unit_deviance: UnitDeviance,
    pub log_density: Option<LogDensity>,
    pub derivatives: Option<DensityDerivatives>,
}

/// A parameter of a log-density.
#[derive(Clone, Debug)]
pub struct CustomParameter {
    pub name: String,
    /// `Log` or `Identity`.
    pub scale: Scale,
    /// The reported value to start from.
    pub start: f64,
}

/// A family of the caller's.
#[derive(Clone)]
pub struct CustomFamily {
    name: String,
    functions: CustomFunctions,
    parameters: Vec<Parameter>,
    /// On the working scale.
    starts: Vec<f64>,
}

impl fmt::Debug for CustomFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomFamily").field("name", &self.name).field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

/// l, s, w and t.
type Columns = [Vec<f64>; 4];

impl CustomFamily {
    pub fn new(name: &str, functions: CustomFunctions, parameters: &[CustomParameter]) -> Result<Self> {
        let fail = |what: String| Err(Error::argument(format!("family {name}: {what}")));
        if name.is_empty() {
            return Err(Error::argument("family: the name is empty"));
        }
        if functions.log_density.is_none() && functions.derivatives.is_some() {
            return fail("derivatives without a log-density".to_owned());
        }
        if functions.log_density.is_none() && !parameters.is_empty() {
            return fail("parameters without a log-density, which alone could depend on them".to_owned());
        }
        if parameters.len() > MAX_PARAMETERS {
            return fail(format!("{} parameters; at most {MAX_PARAMETERS} are possible", parameters.len()));
        }
        let mut starts = Vec::new();
        for (i, parameter) in parameters.iter().enumerate() {
            let (name, start) = (&parameter.name, parameter.start);
            if name.is_empty() || parameters[..i].iter().any(|p| p.name == *name) {
                return fail(format!("parameter {} (counting from 1): the name {name:?} is empty or there already", i + 1));
            }
            if !matches!(parameter.scale, Scale::Log | Scale::Identity) {
                return fail(format!("parameter {name}: the scale must be log or identity"));
            }
            starts.push(parameter.scale.working(start));
            if !starts[i].is_finite() {
                return fail(format!("parameter {name}: start {start}; expected {}", parameter.scale.range()));
            }
        }
        let own = |p: &CustomParameter| Parameter { name: Cow::Owned(p.name.clone()), scale: p.scale, fixed: None };
        Ok(CustomFamily { name: name.to_owned(), functions, parameters: parameters.iter().map(own).collect(), starts })
    }

    fn column(&self, rows: usize) -> Result<Vec<f64>> {
        try_vec(&self.name, 0.0, rows)
    }

    fn map(&self, f: &Map, x: &[f64]) -> Result<Vec<f64>> {
        let mut out = self.column(x.len())?;
        f(x, &mut out)?;
        Ok(out)
    }

    /// A function of one number; NaN where it fails.
    fn one(&self, f: &Map, x: f64) -> f64 {
        self.map(f, &[x]).map_or(f64::NAN, |out| out[0])
    }

    /// The first row where a function gave what it may not.
    fn refuse(&self, function: &str, out: &[f64], at: &str, x: &[f64], fine: impl Fn(usize, f64) -> bool) -> Result<()> {
        match (0..out.len()).find(|&i| !fine(i, out[i])) {
            None => Ok(()),
            Some(i) => {
                let (name, value, x) = (&self.name, out[i], x[i]);
                Err(Error::numeric(format!("family {name}: {function} is {value} at {at} = {x} in {}", row_text(i))).at(i))
            }
        }
    }

    /// Means and their derivative, where the mean is finite; elsewhere the linear predictor is outside the link's domain.
    fn means(&self, eta: &[f64]) -> Result<[Vec<f64>; 3]> {
        let mu = self.map(&self.functions.linkinv, eta)?;
        let (slope, variance) = (self.map(&self.functions.mu_eta, eta)?, self.map(&self.functions.variance, &mu)?);
        self.refuse("mu_eta", &slope, "eta", eta, |i, v| v.is_finite() || !mu[i].is_finite())?;
        self.refuse("variance", &variance, "mu", &mu, |i, v| v >= 0.0 || !mu[i].is_finite())?;
        Ok([mu, slope, variance])
    }

    fn quasi_score(&self, rows: &DensityRows, eta: &[f64], out: &mut [f64]) -> Result<()> {
        let mu = self.map(&self.functions.linkinv, eta)?;
        let (slope, variance) = (self.map(&self.functions.mu_eta, eta)?, self.map(&self.functions.variance, &mu)?);
        for i in 0..eta.len() {
            out[i] = rows.weights[i] * (rows.y[i] - mu[i]) / variance[i] * slope[i];
        }
        Ok(())
    }

    fn quasi(&self, rows: &DensityRows, order: Order) -> Result<Columns> {
        let n = rows.y.len();
        let [mu, ..] = self.means(rows.eta)?;
        let mut l = self.column(n)?;
        (self.functions.unit_deviance)(rows.y, &mu, rows.weights, &mut l)?;
        self.refuse("dev_resids", &l, "mu", &mu, |i, d| d.is_finite() || !mu[i].is_finite())?;
        for d in &mut l {
            *d *= -0.5;
        }
        let (mut s, mut w, mut t) = (self.column(n)?, self.column(n)?, self.column(n)?);
        if order >= Order::Mode {
            self.quasi_score(rows, rows.eta, &mut s)?;
            let slopes = derivatives_by_row(rows.eta, |eta, out| self.quasi_score(rows, eta, out))?;
            let expected =
                if slopes.iter().all(|d| d[0].is_finite()) { Vec::new() } else { self.information(rows.eta, rows.weights)? };
            for (i, d) in slopes.iter().enumerate() {
                // At the very edge of a domain the difference reaches beyond it.
                (w[i], t[i]) = if d[0].is_finite() { (-d[0], -d[1]) } else { (expected[i], 0.0) };
            }
        }
        Ok([l, s, w, t])
    }

    /// w mu'^2/V.
    fn information(&self, eta: &[f64], weights: &[f64]) -> Result<Vec<f64>> {
        let [_, slope, variance] = self.means(eta)?;
        Ok((0..eta.len()).map(|i| weights[i] * slope[i] * slope[i] / variance[i]).collect())
    }

    /// By the log-density.
    fn density(&self, log_density: &LogDensity, rows: &DensityRows, order: Order) -> Result<Columns> {
        let n = rows.y.len();
        let (mut l, mut s, mut w, mut t) = (self.column(n)?, self.column(n)?, self.column(n)?, self.column(n)?);
        log_density(rows, &mut l)?;
        self.refuse("log_density", &l, "eta", rows.eta, |_, l| l < f64::INFINITY || l.is_nan())?;
        if order >= Order::Mode {
            if let Some(derivatives) = &self.functions.derivatives {
                derivatives(rows, [&mut s, &mut w, &mut t])?;
            } else {
                let d = derivatives_by_row(rows.eta, |eta, out| log_density(&DensityRows { eta, ..*rows }, out))?;
                for (i, d) in d.iter().enumerate() {
                    (s[i], w[i], t[i]) = (d[0], -d[1], -d[2]);
                }
            }
        }
        Ok([l, s, w, t])
    }

    fn columns(&self, rows: &DensityRows, order: Order) -> Result<Columns> {
        match &self.functions.log_density {
            Some(log_density) => self.density(log_density, rows, order),
            None => self.quasi(rows, order),
        }
    }

    /// The derivatives of l, s and w in parameter j.
    fn by_parameter(&self, rows: &DensityRows, j: usize) -> Result<[Vec<f64>; 3]> {
        let n = rows.y.len();
        let mut values = [(); 3].map(|()| Vec::new());
        for column in &mut values {
            *column = try_vec(&self.name, [0.0; 7], n)?;
        }
        let mut psi = try_copy(&self.name, rows.psi)?;
        for (k, steps) in STEPS.iter().enumerate() {
            for (moved, value) in psi[j * n..(j + 1) * n].iter_mut().zip(&rows.psi[j * n..]) {
                *moved = value + steps * step(*value);
            }
            let columns = self.columns(&DensityRows { psi: &psi, ..*rows }, Order::Mode)?;
            for (values, column) in values.iter_mut().zip(&columns) {
                values.iter_mut().zip(column).for_each(|(row, value)| row[k] = *value);
            }
        }
        let slope = |values: &Vec<[f64; 7]>| -> Vec<f64> {
            values.iter().zip(&rows.psi[j * n..]).map(|(values, &psi)| differences(values, step(psi))[0]).collect()
        };
        Ok(values.each_ref().map(slope))
    }

    /// Weights of all rows, and parameters of all rows one column after the other.
    fn filled(&self, data: &Observations, psi: &[Psi]) -> Result<[Vec<f64>; 2]> {
        let rows = data.y.len();
        let (mut weights, mut filled) = (self.column(rows)?, self.column(rows * psi.len())?);
        weights.iter_mut().enumerate().for_each(|(i, w)| *w = data.weight(i));
        for (j, psi) in psi.iter().enumerate() {
            (0..rows).for_each(|i| filled[j * rows + i] = psi.at(i));
        }
        Ok([weights, filled])
    }

    fn check(&self, data: &Observations, eta: &[f64], psi: &[Psi]) -> Result<()> {
        let rows = data.y.len();
        check_length("eta", eta.len(), rows)?;
        check_length("psi", psi.len(), self.parameters.len())?;
        if !data.weights.is_empty() {
            check_length("weights", data.weights.len(), rows)?;
        }
        for (p, parameter) in psi.iter().zip(&self.parameters) {
            if let Psi::PerRow(values) = p {
                check_length(&parameter.name, values.len(), rows)?;
            }
        }
        Ok(())
    }
}

impl Family for CustomFamily {
    fn name(&self) -> &str {
        &self.name
    }

    fn link(&self) -> Link {
        Link::Custom
    }

    fn calls_back(&self) -> bool {
        true
    }

    fn linkfun(&self, mu: f64) -> f64 {
        self.one(&self.functions.linkfun, mu)
    }

    fn linkinv(&self, eta: f64) -> f64 {
        self.one(&self.functions.linkinv, eta)
    }

    fn mu_eta(&self, eta: f64) -> f64 {
        self.one(&self.functions.mu_eta, eta)
    }

    fn weight_role(&self) -> WeightRole {
        WeightRole::Dispersion
    }

    fn facts(&self) -> Facts {
        Facts::NEUTRAL
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn fix(&mut self, parameter: &str, value: f64) -> Result<()> {
        super::parameter::fix(&self.name, &mut self.parameters, parameter, value)
    }

    fn constants(&self, data: &Observations, _psi: &[Psi], _order: Order, out: &mut Constants) -> Result<()> {
        check_length("constants", out.value.len(), data.y.len())?;
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
        for length in [out.l.len(), out.s.len(), out.w.len(), out.t.len()] {
            check_length("derivatives", length, eta.len())?;
        }
        check_length("derivatives' parameters", out.psi.len(), psi.len())?;
        let [weights, filled] = self.filled(data, psi)?;
        let rows = DensityRows { y: data.y, eta, weights: &weights, psi: &filled };
        let [l, s, w, t] = self.columns(&rows, order)?;
        out.l = l.into_iter().map(|l| if l.is_nan() { f64::NEG_INFINITY } else { l }).collect();
        if order >= Order::Mode {
            (out.s, out.w) = (s, w);
        }
        if order == Order::Gradient {
            out.t = t;
            for j in 0..psi.len() {
                let [l, s, w] = self.by_parameter(&rows, j)?;
                out.psi[j] = super::PsiDerivatives { l, s, w };
            }
        }
        Ok(())
    }

    /// Of the quasi-likelihood.
    fn expected_weight(&self, data: &Observations, eta: &[f64], psi: &[Psi], w: &mut [f64], t: &mut [f64]) -> Result<bool> {
        self.check(data, eta, psi)?;
        check_length("w", w.len(), eta.len())?;
        check_length("t", t.len(), eta.len())?;
        if self.functions.log_density.is_some() {
            return Ok(false);
        }
        let [weights, _] = self.filled(data, psi)?;
        w.copy_from_slice(&self.information(eta, &weights)?);
        let slopes = derivatives_by_row(eta, |eta, out| {
            out.copy_from_slice(&self.information(eta, &weights)?);
            Ok(())
        })?;
        t.iter_mut().zip(slopes).for_each(|(t, d)| *t = if d[0].is_finite() { d[0] } else { 0.0 });
        Ok(true)
    }

    fn response_mean(&self, eta: f64, _psi: &[f64]) -> f64 {
        self.linkinv(eta)
    }

    fn simulate(&self, _eta: f64, _weight: f64, _psi: &[f64], _stream: &mut Stream) -> f64 {
        f64::NAN
    }

    fn cdf(&self, _y: f64, _eta: f64, _weight: f64, _psi: &[f64]) -> Cumulative {
        Cumulative::NAN
    }

    fn variance(&self, mu: f64, weight: f64, _psi: &[f64]) -> f64 {
        self.one(&self.functions.variance, mu) / weight
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, _psi: &[f64]) -> Option<f64> {
        let mut out = [f64::NAN];
        (self.functions.unit_deviance)(&[y], &[mu], &[weight], &mut out).ok().map(|()| out[0])
    }

    fn check_response(&self, data: &Observations) -> Result<Vec<String>> {
        for (i, &y) in data.y.iter().enumerate() {
            let weight = data.weight(i);
            let (what, seen, wanted) = match () {
                () if !y.is_finite() => ("response", y, "a finite number"),
                () if !(weight.is_finite() && weight > 0.0) => ("weight", weight, "a positive number"),
                () => continue,
            };
            return Err(Error::data(format!("family {}: {what} {seen} in {}; expected {wanted}", self.name, row_text(i))).at(i));
        }
        Ok(Vec::new())
    }

    /// The link of the response where it is finite and the mean comes back, elsewhere that of the mean response.
    fn start_eta(&self, data: &Observations, eta: &mut [f64]) -> Result<()> {
        check_length("eta", eta.len(), data.y.len())?;
        let mean = data.y.iter().sum::<f64>() / data.y.len().max(1) as f64;
        let fallback = self.map(&self.functions.linkfun, &[mean])?;
        self.refuse("linkfun", &fallback, "mu", &[mean], |_, v| v.is_finite())?;
        let back = self.map(&self.functions.linkinv, &fallback)?;
        self.refuse("linkinv", &back, "eta", &fallback, |_, v| v.is_finite())?;
        let links = self.map(&self.functions.linkfun, data.y)?;
        let means = self.map(&self.functions.linkinv, &links)?;
        let variances = self.map(&self.functions.variance, &means)?;
        for i in 0..eta.len() {
            let usable = links[i].is_finite() && means[i].is_finite() && variances[i] > 0.0;
            eta[i] = if usable { links[i] } else { fallback[0] };
        }
        Ok(())
    }

    fn start_psi(&self, _data: &Observations, _mu: &[f64]) -> Result<Vec<f64>> {
        let value = |(parameter, start): (&Parameter, &f64)| parameter.fixed.map_or(*start, |value| parameter.scale.working(value));
        Ok(self.parameters.iter().zip(&self.starts).map(value).collect())
    }

    fn clone_box(&self) -> Box<dyn Family> {
        Box::new(self.clone())
    }
}
