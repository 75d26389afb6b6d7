//! What the integration tests share: seeded data, models in one line, fits by label.
#![allow(dead_code)] // Every test program uses its own part.

pub mod close;
pub mod designs;
pub mod entries;
pub mod forged;
pub mod frames;
pub mod generalised;
pub mod ranef;
pub mod watching;

use std::collections::BTreeMap;

use interlace::error::{Error, Result};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;
use watching::until_deadline;

/// A small generator (SplitMix64, Steele et al. 2014): the tests need the same numbers everywhere, not good ones.
#[derive(Clone)]
pub struct Rng(pub u64);

impl Rng {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In (0, 1).
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    pub fn normals(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.normal()).collect()
    }

    /// A random order of 0..n.
    pub fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i + 1));
        }
        order
    }
}

/// Columns that can be changed before they become a frame.
#[derive(Clone, Default)]
pub struct Data {
    pub reals: Vec<(String, Vec<f64>)>,
    pub labels: Vec<(String, Vec<String>)>,
}

impl Data {
    pub fn real(mut self, name: &str, values: Vec<f64>) -> Data {
        self.reals.retain(|(n, _)| n != name);
        self.reals.push((name.into(), values));
        self
    }

    pub fn label(mut self, name: &str, values: impl IntoIterator<Item = String>) -> Data {
        self.labels.retain(|(n, _)| n != name);
        self.labels.push((name.into(), values.into_iter().collect()));
        self
    }

    /// A grouping factor with labels `g01`, `g02` ...
    pub fn group(self, name: &str, index: &[usize]) -> Data {
        let labels: Vec<String> = index.iter().map(|i| format!("{name}{i:02}")).collect();
        self.label(name, labels)
    }

    pub fn n(&self) -> usize {
        self.reals.first().map_or_else(|| self.labels[0].1.len(), |(_, v)| v.len())
    }

    pub fn values(&self, name: &str) -> &[f64] {
        &self.reals.iter().find(|(n, _)| n == name).unwrap().1
    }

    /// The data with one column replaced by a function of its values.
    pub fn map(&self, name: &str, f: impl Fn(f64) -> f64) -> Data {
        let values = self.values(name).iter().map(|v| f(*v)).collect();
        self.clone().real(name, values)
    }

    /// The data with another value in one row.
    pub fn with(&self, name: &str, row: usize, value: f64) -> Data {
        let mut values = self.values(name).to_vec();
        values[row] = value;
        self.clone().real(name, values)
    }

    /// The rows in another order (or a part of them, or some twice).
    pub fn rows(&self, order: &[usize]) -> Data {
        Data {
            reals: self.reals.iter().map(|(n, v)| (n.clone(), order.iter().map(|&i| v[i]).collect())).collect(),
            labels: self.labels.iter().map(|(n, v)| (n.clone(), order.iter().map(|&i| v[i].clone()).collect())).collect(),
        }
    }

    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new(self.n());
        for (name, values) in &self.reals {
            frame.add_real(name, values.clone()).unwrap();
        }
        for (name, values) in &self.labels {
            let values: Vec<Option<&str>> = values.iter().map(|v| (!v.is_empty()).then_some(v.as_str())).collect();
            frame.add_strings(name, &values).unwrap();
        }
        frame
    }
}

/// A model by its formula, with columns of weights and offset where wanted.
#[derive(Clone, Debug)]
pub struct Model {
    pub formula: FormulaSpec,
    pub options: Options,
}

pub fn model(formula: &str) -> Model {
    Model { formula: FormulaSpec { formula: formula.into(), ..Default::default() }, options: Options::default() }
}

impl Model {
    pub fn ml(mut self) -> Model {
        self.options.reml = false;
        self
    }

    pub fn weights(mut self, column: &str) -> Model {
        self.formula.weights = Some(column.into());
        self
    }

    pub fn offset(mut self, column: &str) -> Model {
        self.formula.offset = Some(column.into());
        self
    }

    pub fn with(&self, change: impl FnOnce(&mut Options)) -> Model {
        let mut model = self.clone();
        change(&mut model.options);
        model
    }

    pub fn spec(&self) -> Spec {
        Spec::new(ModelKind::Lmm, Source::Formula(self.formula.clone()))
    }

    pub fn try_fit(&self, frame: &Frame) -> Result<Fit> {
        until_deadline(&self.options, |watch| Fit::new(&self.spec(), Some(frame), &self.options, watch))
    }

    pub fn fit(&self, data: &Data) -> Fit {
        self.try_fit(&data.frame()).unwrap_or_else(|e| panic!("{}: {e}", self.formula.formula))
    }

    pub fn failure(&self, frame: &Frame) -> Error {
        match self.try_fit(frame) {
            Ok(fit) => panic!("{} was fitted: {:?}", self.formula.formula, fit.outcome),
            Err(error) => error,
        }
    }

    pub fn objective(&self, frame: &Frame, thetas: &[f64]) -> Result<Vec<f64>> {
        Fit::objective(&self.spec(), Some(frame), &self.options, thetas, &Watch::unwatched())
    }
}

/// The estimates of a fit by name, so that fits with another order of rows, terms or levels can be compared.
#[derive(Clone, Debug)]
pub struct Estimates {
    pub log_likelihood: f64,
    pub sigma: f64,
    /// Estimate and standard error.
    pub beta: BTreeMap<String, (f64, f64)>,
    /// By `group.row.column`.
    pub cov: BTreeMap<String, f64>,
    /// Mode and standard deviation of the effect, by `group.level.effect`.
    pub modes: BTreeMap<String, (f64, f64)>,
    pub fitted: Vec<f64>,
}

impl Estimates {
    pub fn of(fit: &Fit) -> Estimates {
        let mut cov = BTreeMap::new();
        let mut modes = BTreeMap::new();
        for t in &fit.terms {
            let r = t.design.effects.len();
            for (b, right) in t.design.effects.iter().enumerate() {
                for (a, left) in t.design.effects.iter().enumerate() {
                    let key = if left <= right { (left, right) } else { (right, left) };
                    cov.insert(format!("{}.{}.{}", t.design.group, key.0, key.1), t.cov[b * r + a]);
                }
                for (level, label) in t.design.levels.iter().enumerate() {
                    modes.insert(format!("{}.{label}.{right}", t.design.group), (t.modes[level * r + b], t.sd[b]));
                }
            }
        }
        let beta = fit.fixed.names.iter().cloned().zip(fit.fixed.estimate.iter().copied().zip(fit.fixed.std_error.iter().copied()));
        Estimates {
            log_likelihood: fit.log_likelihood,
            sigma: fit.sigma,
            beta: beta.collect(),
            cov,
            modes,
            fitted: fit.fitted.clone(),
        }
    }

    /// The largest difference from others, each relative to what it is measured against: coefficients to their standard
    /// errors, covariances to the product of standard deviations (at least a thousandth of sigma), modes and fitted to sigma.
    pub fn distance(&self, other: &Estimates) -> (f64, String) {
        let mut worst = (0.0, String::new());
        let mut see = |what: String, a: f64, b: f64, scale: f64| {
            let d = (a - b).abs() / scale;
            if d > worst.0 || !d.is_finite() {
                worst = (d, format!("{what}: {a} for {b}"));
            }
        };
        see("logLik".into(), self.log_likelihood, other.log_likelihood, other.log_likelihood.abs().max(1.0));
        see("sigma".into(), self.sigma, other.sigma, other.sigma);
        assert_eq!(self.beta.keys().collect::<Vec<_>>(), other.beta.keys().collect::<Vec<_>>());
        assert_eq!(self.cov.keys().collect::<Vec<_>>(), other.cov.keys().collect::<Vec<_>>());
        assert_eq!(self.modes.keys().collect::<Vec<_>>(), other.modes.keys().collect::<Vec<_>>());
        for (name, b) in &other.beta {
            see(format!("beta {name}"), self.beta[name].0, b.0, b.1);
            see(format!("se {name}"), self.beta[name].1, b.1, b.1);
        }
        for (name, c) in &other.cov {
            let mut parts = name.splitn(3, '.');
            let (g, a, b) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            let sd = |e: &str| other.cov[&format!("{g}.{e}.{e}")].max(0.0).sqrt();
            let floor = 1e-6 * other.sigma * other.sigma;
            see(format!("cov {name}"), self.cov[name], *c, (sd(a) * sd(b)).max(floor));
        }
        for (name, m) in &other.modes {
            see(format!("mode {name}"), self.modes[name].0, m.0, m.1.max(1e-3 * other.sigma));
        }
        assert_eq!(self.fitted.len(), other.fitted.len());
        for (i, f) in other.fitted.iter().enumerate() {
            see(format!("fitted {i}"), self.fitted[i], *f, other.sigma);
        }
        worst
    }
}

/// Fails unless the estimates agree.
pub fn agree(what: &str, got: &Estimates, want: &Estimates, tolerance: f64) {
    let (distance, which) = got.distance(want);
    assert!(distance <= tolerance, "{what}: {which} (relative {distance:.2e})");
}

/// The four-point derivative of a function of several parameters along parameter i, with steps h.
pub fn derivative(at: &[f64], i: usize, h: f64, f: &mut dyn FnMut(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut sum: Vec<f64> = vec![];
    for (steps, weight) in [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)] {
        let mut x = at.to_vec();
        x[i] += steps * h;
        let value = f(&x);
        sum.resize(value.len(), 0.0);
        sum.iter_mut().zip(&value).for_each(|(s, v)| *s += weight * v / (12.0 * h));
    }
    sum
}
