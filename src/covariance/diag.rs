//! Diagonal: uncorrelated effects; theta holds their relative standard deviations, one for all if homogeneous.

use super::bidiagonal::Bidiagonal;
use super::markov::{MarkovFactor, MarkovSlope};
use super::parametrisation::{Parametrisation, Structure, effect_name, standard_deviations};
use crate::error::Result;

pub(super) struct Diagonal;

impl Parametrisation for Diagonal {
    fn name(&self) -> &'static str {
        "diag"
    }

    fn n_theta(&self, s: Structure) -> usize {
        if s.homogeneous { 1 } else { s.size }
    }

    fn effect(&self, s: Structure, k: usize) -> Option<usize> {
        Some(if s.homogeneous { 0 } else { k })
    }

    fn theta_names(&self, s: Structure, group: &str, effects: &[String]) -> Vec<String> {
        if s.homogeneous && s.size > 1 {
            return vec![group.to_string()];
        }
        (0..s.size).map(|i| effect_name(group, effects, i)).collect()
    }

    fn bounds(&self, _: Structure, _: usize) -> (f64, f64) {
        (0.0, f64::INFINITY)
    }

    fn working_from_theta(&self, _: Structure, theta: &[f64], working: &mut [f64]) -> Result<()> {
        working.copy_from_slice(theta);
        Ok(())
    }

    fn theta_from_working(&self, _: Structure, working: &[f64], theta: &mut [f64]) {
        for (sd, w) in theta.iter_mut().zip(working) {
            *sd = w.abs();
        }
    }

    fn factor(&self, s: Structure, working: &[f64], t: &mut [f64]) {
        for i in 0..s.size {
            t[i * (s.size + 1)] = working[if s.homogeneous { 0 } else { i }];
        }
    }

    fn derivative(&self, s: Structure, _: &[f64], i: usize, d: &mut [f64]) {
        let rows = if s.homogeneous { 0..s.size } else { i..i + 1 };
        for row in rows {
            d[row * (s.size + 1)] = 1.0;
        }
    }

    fn markov(&self, s: Structure, working: &[f64]) -> Option<MarkovFactor> {
        let mut inverse = Bidiagonal::zeros(s.size);
        for (i, value) in inverse.diagonal.iter_mut().enumerate() {
            *value = 1.0 / working[if s.homogeneous { 0 } else { i }];
        }
        Some(MarkovFactor { inverse, sds: None })
    }

    fn markov_derivative(&self, s: Structure, working: &[f64], i: usize) -> Option<MarkovSlope> {
        let mut d = Bidiagonal::zeros(s.size);
        let rows = if s.homogeneous { 0..s.size } else { i..i + 1 };
        d.diagonal[rows].fill(-1.0 / (working[i] * working[i]));
        Some(MarkovSlope { inverse: d, relative: None })
    }

    fn start(&self, _: Structure, working: &mut [f64]) {
        working.fill(1.0);
    }

    fn working_from_covariance(&self, s: Structure, covariance: &[f64], working: &mut [f64]) {
        standard_deviations(s, covariance, working);
    }
}
