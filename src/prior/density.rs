//! The densities.

use std::f64::consts::{LN_2, PI};

use libm::lgamma;

use super::special::{log_gamma_of_matrices, log_integral_of_correlations};
use super::target::Class;
use crate::error::{Error, Result};
use crate::linalg::dense;
use crate::names::{known, quoted};

/// A density of a number, or of a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Density {
    Normal {
        mean: f64,
        sd: f64,
    },
    T {
        df: f64,
        mean: f64,
        scale: f64,
    },
    /// Of the absolute value of a normal variable about zero.
    HalfNormal {
        scale: f64,
    },
    HalfT {
        df: f64,
        scale: f64,
    },
    /// Improper at a rate of zero.
    Gamma {
        shape: f64,
        rate: f64,
    },
    InverseGamma {
        shape: f64,
        scale: f64,
    },
    /// Of a correlation matrix, proportional to a power of its determinant.
    Lkj {
        shape: f64,
    },
    /// Of a covariance matrix with `scale` times the identity; improper at an infinite scale.
    Wishart {
        df: f64,
        scale: f64,
    },
    InverseWishart {
        df: f64,
        scale: f64,
    },
    /// The root of the determinant of the coefficients' expected information.
    Jeffreys,
}

use Density::{Gamma, HalfNormal, HalfT, InverseGamma, InverseWishart, Jeffreys, Lkj, Normal, T, Wishart};

/// Names, and what their numbers are.
const DENSITIES: [(&str, &[&str]); 11] = [
    ("normal", &["mean", "sd"]),
    ("t", &["df", "mean", "scale"]),
    ("cauchy", &["mean", "scale"]),
    ("half_normal", &["scale"]),
    ("half_t", &["df", "scale"]),
    ("half_cauchy", &["scale"]),
    ("gamma", &["shape", "rate"]),
    ("inverse_gamma", &["shape", "scale"]),
    ("lkj", &["shape"]),
    ("wishart", &["df", "scale"]),
    ("inverse_wishart", &["df", "scale"]),
];

/// The density without numbers.
const JEFFREYS: &str = "jeffreys";

impl std::fmt::Display for Density {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Normal { mean, sd } => write!(f, "normal({mean}, {sd})"),
            T { df, mean, scale } => write!(f, "t({df}, {mean}, {scale})"),
            HalfNormal { scale } => write!(f, "half_normal({scale})"),
            HalfT { df, scale } => write!(f, "half_t({df}, {scale})"),
            Gamma { shape, rate } => write!(f, "gamma({shape}, {rate})"),
            InverseGamma { shape, scale } => write!(f, "inverse_gamma({shape}, {scale})"),
            Lkj { shape } => write!(f, "lkj({shape})"),
            Wishart { df, scale } => write!(f, "wishart({df}, {scale})"),
            InverseWishart { df, scale } => write!(f, "inverse_wishart({df}, {scale})"),
            Jeffreys => f.write_str(JEFFREYS),
        }
    }
}

impl Density {
    /// Reads `normal(0, 2.5)`.
    pub fn parse(text: &str) -> Result<Self> {
        let wanted = || {
            let all: Vec<String> = DENSITIES.iter().map(|(name, numbers)| format!("{name}({})", numbers.join(", "))).collect();
            format!("wanted one of {}, {JEFFREYS}", all.join(", "))
        };
        if text == JEFFREYS {
            return Ok(Jeffreys);
        }
        let parts = text.strip_suffix(')').and_then(|text| text.split_once('('));
        let Some((name, arguments)) = parts else {
            return Err(Error::argument(format!("prior: '{text}' is no density; {}", wanted())));
        };
        let name = name.trim();
        let Some((_, numbers)) = DENSITIES.iter().find(|(own, _)| *own == name) else {
            let hint = known("a prior", name, DENSITIES.iter().map(|(name, _)| *name).chain([JEFFREYS]));
            return Err(Error::argument(format!("prior: there is no density {}; {hint}", quoted(name))));
        };
        let values = arguments.split(',').map(number).collect::<Result<Vec<f64>>>()?;
        let is_open = name == "wishart" && values.len() == 1;
        if values.len() != numbers.len() && !is_open {
            let (have, want) = (values.len(), numbers.len());
            return Err(Error::argument(format!("prior: {text} has {have} numbers, {name}({}) has {want}", numbers.join(", "))));
        }
        let density = match (name, &values[..]) {
            ("normal", &[mean, sd]) => Normal { mean, sd },
            ("t", &[df, mean, scale]) => T { df, mean, scale },
            ("cauchy", &[mean, scale]) => T { df: 1.0, mean, scale },
            ("half_normal", &[scale]) => HalfNormal { scale },
            ("half_t", &[df, scale]) => HalfT { df, scale },
            ("half_cauchy", &[scale]) => HalfT { df: 1.0, scale },
            ("gamma", &[shape, rate]) => Gamma { shape, rate },
            ("inverse_gamma", &[shape, scale]) => InverseGamma { shape, scale },
            ("lkj", &[shape]) => Lkj { shape },
            ("wishart", &[df]) => Wishart { df, scale: f64::INFINITY },
            ("wishart", &[df, scale]) => Wishart { df, scale },
            ("inverse_wishart", &[df, scale]) => InverseWishart { df, scale },
            _ => return Err(Error::argument(format!("prior: '{text}' is no density; {}", wanted()))),
        };
        density.check_numbers()?;
        Ok(density)
    }

    fn check_numbers(self) -> Result<()> {
        let wrong = |what: &str| Err(Error::argument(format!("prior: {self}: {what}")));
        let is_scale = |v: f64| v > 0.0 && v.is_finite();
        match self {
            Normal { mean, .. } | T { mean, .. } if !mean.is_finite() => wrong("the mean must be finite"),
            Normal { sd, .. } if !is_scale(sd) => wrong("the standard deviation must be positive and finite"),
            T { df, .. } | HalfT { df, .. } if !is_scale(df) => wrong("the degrees of freedom must be positive and finite"),
            T { scale, .. } | HalfT { scale, .. } | HalfNormal { scale } | InverseGamma { scale, .. } if !is_scale(scale) => {
                wrong("the scale must be positive and finite")
            }
            Gamma { shape, .. } | InverseGamma { shape, .. } if !is_scale(shape) => wrong("the shape must be positive and finite"),
            Gamma { rate, .. } if !(rate >= 0.0 && rate.is_finite()) => wrong("the rate must be finite, and not below zero"),
            Lkj { shape } if !(shape >= 1.0 && shape.is_finite()) => {
                wrong("the shape must be finite, and at least 1: below it correlations of -1 and 1 have an infinite density")
            }
            Wishart { df, .. } | InverseWishart { df, .. } if !is_scale(df) => {
                wrong("the degrees of freedom must be positive and finite")
            }
            Wishart { scale, .. } if scale.is_nan() || scale <= 0.0 => {
                wrong("the scale must be positive; inf for a density without it")
            }
            InverseWishart { scale, .. } if !is_scale(scale) => wrong("the scale must be positive and finite"),
            _ => Ok(()),
        }
    }

    /// Fails unless parameters of a class may have it.
    pub fn check_class(self, class: Class) -> Result<()> {
        let fits = match self {
            Normal { .. } | T { .. } | Jeffreys => class == Class::Fixef,
            HalfNormal { .. } | HalfT { .. } => matches!(class, Class::Sd | Class::Sigma | Class::Family),
            Gamma { .. } | InverseGamma { .. } => matches!(class, Class::Sd | Class::Var | Class::Sigma | Class::Family),
            Lkj { .. } => class == Class::Cor,
            Wishart { .. } | InverseWishart { .. } => class == Class::Cov,
        };
        if !fits {
            return Err(Error::argument(format!("prior: {self} is no density of {}; wanted {}", class.words(), class.densities())));
        }
        match self {
            Gamma { shape, .. } if shape <= 1.0 && class != Class::Var => Err(Error::argument(format!(
                "prior: {self}: the shape must be above 1: otherwise the density is highest at zero, and zero is a maximum whatever the data"
            ))),
            Gamma { shape, .. } if shape < 1.0 => Err(Error::argument(format!("prior: {self}: the shape must be at least 1"))),
            _ => Ok(()),
        }
    }

    /// Fails for a matrix of so many rows that it is no density of.
    pub fn check_size(self, r: usize) -> Result<()> {
        match self {
            Wishart { df, .. } if df < r as f64 + 1.0 => Err(Error::argument(format!(
                "prior: {self}: a covariance of {r} effects wants at least {} degrees of freedom: below it singular ones have an infinite density",
                r + 1
            ))),
            _ => Ok(()),
        }
    }

    /// -2 log of the density of a number, and its first two derivatives.
    pub fn of_number(self, x: f64) -> [f64; 3] {
        match self {
            Normal { mean, sd } => {
                let z = (x - mean) / sd;
                [z * z + (2.0 * PI).ln() + 2.0 * sd.ln(), 2.0 * z / sd, 2.0 / (sd * sd)]
            }
            T { df, mean, scale } => {
                let (z, n) = ((x - mean) / scale, df + 1.0);
                let w = df + z * z;
                let constant = -2.0 * (lgamma(0.5 * n) - lgamma(0.5 * df) - 0.5 * (df * PI).ln()) + 2.0 * scale.ln();
                let second = 2.0 * n * (df - z * z) / (w * w * scale * scale);
                [n * (z * z / df).ln_1p() + constant, 2.0 * n * z / (w * scale), second]
            }
            HalfNormal { scale } => half(Normal { mean: 0.0, sd: scale }, x),
            HalfT { df, scale } => half(T { df, mean: 0.0, scale }, x),
            Gamma { shape, rate } => {
                let constant = if rate > 0.0 { 2.0 * (lgamma(shape) - shape * rate.ln()) } else { 0.0 };
                let power = 2.0 * (shape - 1.0);
                let log = if power == 0.0 { 0.0 } else { power * x.ln() };
                [2.0 * rate * x - log + constant, 2.0 * rate - power / x, power / (x * x)]
            }
            InverseGamma { shape, scale } => {
                let constant = 2.0 * (lgamma(shape) - shape * scale.ln());
                let power = 2.0 * (shape + 1.0);
                let value = power * x.ln() + 2.0 * scale / x + constant;
                let (first, second) = ((power - 2.0 * scale / x) / x, (4.0 * scale / x - power) / (x * x));
                if x > 0.0 { [value, first, second] } else { [f64::INFINITY, 0.0, 0.0] }
            }
            Lkj { .. } | Wishart { .. } | InverseWishart { .. } | Jeffreys => [f64::NAN; 3],
        }
    }

    /// -2 log of the density of a covariance matrix `[r, r]`, and its derivative in the matrix; `None` where it is singular.
    pub fn of_matrix(self, r: usize, covariance: &[f64]) -> Option<(f64, Vec<f64>)> {
        if let Some(level) = self.without_determinant(r, covariance) {
            return Some(level);
        }
        let mut l = covariance.to_vec();
        dense::cholesky(r, &mut l).ok()?;
        let log_det: f64 = (0..r).map(|i| 2.0 * l[i * (r + 1)].ln()).sum();
        let root = dense::lower_inverse(r, &l);
        let inverse = |i: usize, j: usize| (i.max(j)..r).map(|k| root[i * r + k] * root[j * r + k]).sum::<f64>();
        let inverse: Vec<f64> = (0..r * r).map(|e| inverse(e % r, e / r)).collect();
        let size = r as f64;
        let diagonal = |m: &[f64]| m.iter().step_by(r + 1).copied().collect::<Vec<f64>>();
        let mut slope = inverse.clone();
        let value = match self {
            Lkj { shape } => {
                let power = -2.0 * (shape - 1.0);
                slope.iter_mut().for_each(|v| *v *= power);
                let variances = diagonal(covariance);
                variances.iter().enumerate().for_each(|(i, v)| slope[i * (r + 1)] -= power / v);
                let log_det_cor = log_det - variances.iter().map(|v| v.ln()).sum::<f64>();
                power * log_det_cor + 2.0 * log_integral_of_correlations(r, shape)
            }
            Wishart { df, scale } => {
                let power = -(df - size - 1.0);
                slope.iter_mut().for_each(|v| *v *= power);
                let mut value = power * log_det;
                value += trace_part(r, covariance, (df, scale), &mut slope);
                value
            }
            InverseWishart { df, scale } => {
                let power = df + size + 1.0;
                for (e, v) in slope.iter_mut().enumerate() {
                    let (i, j) = (e % r, e / r);
                    *v = power * inverse[e] - scale * (0..r).map(|k| inverse[k * r + i] * inverse[k * r + j]).sum::<f64>();
                }
                let constant =
                    if df > size - 1.0 { df * size * (LN_2 - scale.ln()) + 2.0 * log_gamma_of_matrices(r, 0.5 * df) } else { 0.0 };
                power * log_det + scale * diagonal(&inverse).iter().sum::<f64>() + constant
            }
            _ => return None,
        };
        Some((value, slope))
    }
}

/// What the trace adds to a Wishart density's penalty, with its constant.
fn trace_part(r: usize, covariance: &[f64], (df, scale): (f64, f64), slope: &mut [f64]) -> f64 {
    if !scale.is_finite() {
        return 0.0;
    }
    slope.iter_mut().step_by(r + 1).for_each(|v| *v += 1.0 / scale);
    let trace: f64 = covariance.iter().step_by(r + 1).sum();
    trace / scale + df * r as f64 * (2.0 * scale).ln() + 2.0 * log_gamma_of_matrices(r, 0.5 * df)
}

impl Density {
    /// The same of densities that don't depend on the determinant, which singular matrices have, too.
    fn without_determinant(self, r: usize, covariance: &[f64]) -> Option<(f64, Vec<f64>)> {
        let mut slope = vec![0.0; r * r];
        match self {
            Lkj { shape } if shape == 1.0 => Some((2.0 * log_integral_of_correlations(r, shape), slope)),
            Wishart { df, scale } if df == r as f64 + 1.0 => {
                let value = trace_part(r, covariance, (df, scale), &mut slope);
                Some((value, slope))
            }
            _ => None,
        }
    }
}

/// A density about zero of the absolute value.
fn half(whole: Density, x: f64) -> [f64; 3] {
    let [value, first, second] = whole.of_number(x);
    [value - 2.0 * LN_2, first, second]
}

fn number(text: &str) -> Result<f64> {
    let text = text.trim();
    let value = if text == "inf" { Some(f64::INFINITY) } else { text.parse::<f64>().ok().filter(|v| v.is_finite()) };
    value.ok_or_else(|| Error::argument(format!("prior: {} is no number", quoted(text))))
}
