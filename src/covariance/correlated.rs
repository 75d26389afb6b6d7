//! Structures with standard deviations and one correlation parameter: T = diag(sd) L(rho), L the Cholesky factor of the
//! correlation matrix. theta: the standard deviations (one if homogeneous), then rho if there are two effects or more.
//!
//! Working parameters: rho becomes an angle (`angle`). A standard deviation stands for itself, with either sign, where
//! changing its sign stays within the structure: a homogeneous one (the covariance is the same) and two effects
//! (rho changes sign). With three or more effects signs would leave the structure, and zero is a true bound,
//! which the deviance may meet with a slope; there sd = w^2, which makes the bound a smooth minimum.

use super::angle::{self, Angle, Jet};
use super::bidiagonal::Bidiagonal;
use super::markov::{MarkovFactor, MarkovSlope};
use super::parametrisation::{Parametrisation, Structure, effect_name, standard_deviations};
use crate::error::{Error, Result};

/// Below this variance of a combination of standardised effects (1 - rho^2 of ar1; 1 - rho, and 1 + (r-1) rho, of cs) products with L^-1 lose
/// more than three digits.
pub(super) const SINGULAR: f64 = 1e-3;

/// The Cholesky factor L of a correlation matrix with one parameter.
pub(super) trait Correlation: Sync {
    fn name(&self) -> &'static str;
    /// The smallest rho for r >= 2 effects; the largest is 1.
    fn lower(&self, r: usize) -> f64;
    /// Whether the correlation of effects i > j is rho itself, and so an estimate of it.
    fn informs(&self, i: usize, j: usize) -> bool;
    /// L_ij, i >= j, with derivatives in the angle.
    fn element(&self, r: usize, angle: &Angle, i: usize, j: usize) -> Jet;
    /// Whether partial sums are the Markov process, and not the effects themselves.
    fn has_markov_sums(&self) -> bool {
        false
    }
    /// Entries (i, i) and (i, i - 1), i > 0, of K^-1, far from a singular L: K is L, or takes spherical effects to partial sums. Entry
    /// (0, 0) is one.
    fn inverse_row(&self, r: usize, angle: &Angle, i: usize) -> Option<(Jet, Jet)>;
}

pub(super) struct Correlated<C>(pub C);

fn n_sds(s: Structure) -> usize {
    if s.homogeneous { 1 } else { s.size }
}

fn sds_are_squares(s: Structure) -> bool {
    !s.homogeneous && s.size > 2
}

/// The index of the standard deviation of effect i.
fn sd_index(s: Structure, i: usize) -> usize {
    if s.homogeneous { 0 } else { i }
}

/// A standard deviation with its derivatives in its working parameter.
fn sd(s: Structure, w: f64) -> Jet {
    if sds_are_squares(s) { Jet { value: w * w, first: 2.0 * w, second: 2.0 } } else { Jet { value: w, first: 1.0, second: 0.0 } }
}

impl<C: Correlation> Correlated<C> {
    /// Writes f(sd of row i, L_ij) to every element of the lower triangle, or to those in the rows of one standard deviation.
    fn fill(&self, s: Structure, working: &[f64], only: Option<usize>, out: &mut [f64], f: impl Fn(Jet, Jet) -> f64) {
        let r = s.size;
        let angle = (r > 1).then(|| Angle::new(self.0.lower(r), working[n_sds(s)]));
        for j in 0..r {
            for i in (j..r).filter(|i| only.is_none_or(|own| own == sd_index(s, *i))) {
                let l = angle.as_ref().map_or(Jet::constant(1.0), |a| self.0.element(r, a, i, j));
                out[i + j * r] = f(sd(s, working[sd_index(s, i)]), l);
            }
        }
    }

    /// K^-1 by columns j, from f(1 / sd of effect j, its entry in terms of standardised effects, index of that sd). The standard deviations
    /// are not in the K of partial sums.
    fn fill_inverse(&self, s: Structure, working: &[f64], f: impl Fn(Jet, Jet, usize) -> f64) -> Option<Bidiagonal> {
        let angle = Angle::new(self.0.lower(s.size), working[n_sds(s)]);
        let mut out = Bidiagonal::zeros(s.size);
        let mut own = Jet::constant(1.0);
        for j in 0..s.size {
            let k = sd_index(s, j);
            let inverse = if self.0.has_markov_sums() { Jet::constant(1.0) } else { sd(s, working[k]).recip() };
            out.diagonal[j] = f(inverse, own, k);
            if let Some(below) = out.below.get_mut(j) {
                let before;
                (own, before) = self.0.inverse_row(s.size, &angle, j + 1)?;
                *below = f(inverse, before, k);
            }
        }
        Some(out)
    }

    fn interval(&self, s: Structure) -> (f64, f64) {
        (self.0.lower(s.size), 1.0)
    }
}

impl<C: Correlation> Parametrisation for Correlated<C> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn n_theta(&self, s: Structure) -> usize {
        n_sds(s) + usize::from(s.size > 1)
    }

    fn effect(&self, s: Structure, k: usize) -> Option<usize> {
        let sds = if s.homogeneous { 1 } else { s.size };
        (k < sds).then_some(k)
    }

    fn degree(&self, s: Structure, k: usize) -> f64 {
        match self.effect(s, k) {
            Some(_) if sds_are_squares(s) => 0.5,
            Some(_) => 1.0,
            None => 0.0,
        }
    }

    fn theta_names(&self, s: Structure, group: &str, effects: &[String]) -> Vec<String> {
        let mut names: Vec<String> = if s.homogeneous && s.size > 1 {
            vec![group.to_string()]
        } else {
            (0..s.size).map(|i| effect_name(group, effects, i)).collect()
        };
        if s.size > 1 {
            names.push(format!("{group}.rho"));
        }
        names
    }

    fn bounds(&self, s: Structure, k: usize) -> (f64, f64) {
        if k < n_sds(s) { (0.0, f64::INFINITY) } else { self.interval(s) }
    }

    fn working_from_theta(&self, s: Structure, theta: &[f64], working: &mut [f64]) -> Result<()> {
        for k in 0..n_sds(s) {
            if theta[k] < 0.0 {
                let message = format!("theta: standard deviation {} of {} must not be negative: {}", k + 1, self.name(), theta[k]);
                return Err(Error::argument(message));
            }
            working[k] = if sds_are_squares(s) { theta[k].sqrt() } else { theta[k] };
        }
        if s.size > 1 {
            let (lower, upper) = self.interval(s);
            let rho = theta[n_sds(s)];
            if !(lower..=upper).contains(&rho) {
                let (name, r) = (self.name(), s.size);
                let message = format!("theta: rho of {name} with {r} effects must lie in [{lower}, {upper}], not {rho}");
                return Err(Error::argument(message));
            }
            working[n_sds(s)] = angle::phi(lower, rho);
        }
        Ok(())
    }

    fn theta_from_working(&self, s: Structure, working: &[f64], theta: &mut [f64]) {
        for k in 0..n_sds(s) {
            theta[k] = sd(s, working[k]).value.abs();
        }
        if s.size > 1 {
            let rho = angle::rho(self.0.lower(s.size), working[n_sds(s)]);
            let opposite = !s.homogeneous && s.size == 2 && (working[0] < 0.0) != (working[1] < 0.0);
            theta[n_sds(s)] = if opposite { -rho } else { rho } + 0.0; // + 0.0 turns -0 into 0
        }
    }

    fn factor(&self, s: Structure, working: &[f64], t: &mut [f64]) {
        self.fill(s, working, None, t, |sd, l| sd.value * l.value);
    }

    fn derivative(&self, s: Structure, working: &[f64], i: usize, d: &mut [f64]) {
        if i == n_sds(s) {
            self.fill(s, working, None, d, |sd, l| sd.value * l.first);
        } else {
            self.fill(s, working, Some(i), d, |sd, l| sd.first * l.value);
        }
    }

    fn second_derivative(&self, s: Structure, working: &[f64], i: usize, j: usize, d: &mut [f64]) -> bool {
        let (i, j, rho) = (i.min(j), i.max(j), n_sds(s));
        if i == rho {
            self.fill(s, working, None, d, |sd, l| sd.value * l.second);
        } else if j == rho {
            self.fill(s, working, Some(i), d, |sd, l| sd.first * l.first);
        } else if i == j && sds_are_squares(s) {
            self.fill(s, working, Some(i), d, |sd, l| sd.second * l.value);
        } else {
            return false;
        }
        true
    }

    fn markov(&self, s: Structure, working: &[f64]) -> Option<MarkovFactor> {
        let inverse = self.fill_inverse(s, working, |inverse_sd, l, _| inverse_sd.value * l.value)?;
        let sds = || (0..s.size).map(|j| sd(s, working[sd_index(s, j)]).value).collect();
        Some(MarkovFactor { inverse, sds: self.0.has_markov_sums().then(sds) })
    }

    fn markov_derivative(&self, s: Structure, working: &[f64], i: usize) -> Option<MarkovSlope> {
        let rho = i == n_sds(s);
        let inverse = self.fill_inverse(s, working, |inverse_sd, l, k| {
            if rho {
                inverse_sd.value * l.first
            } else if k == i {
                inverse_sd.first * l.value
            } else {
                0.0
            }
        })?;
        let relative = |j: usize| {
            let (k, own) = (sd_index(s, j), sd(s, working[sd_index(s, j)]));
            if k == i { own.first / own.value } else { 0.0 }
        };
        let sums = self.0.has_markov_sums() && !rho;
        Some(MarkovSlope { inverse, relative: sums.then(|| (0..s.size).map(relative).collect()) })
    }

    fn start(&self, s: Structure, working: &mut [f64]) {
        working.fill(1.0);
        if s.size > 1 {
            working[n_sds(s)] = angle::phi(self.0.lower(s.size), 0.0);
        }
    }

    fn working_from_covariance(&self, s: Structure, covariance: &[f64], working: &mut [f64]) {
        let r = s.size;
        standard_deviations(s, covariance, working);
        if r > 1 {
            let (mut sum, mut scale) = (0.0, 0.0);
            for j in 0..r {
                for i in (j + 1..r).filter(|&i| self.0.informs(i, j)) {
                    sum += covariance[i + j * r];
                    scale += working[sd_index(s, i)] * working[sd_index(s, j)];
                }
            }
            let lower = self.0.lower(r);
            let rho = if scale > 0.0 { (sum / scale).clamp(lower, 1.0) } else { 0.0 };
            working[n_sds(s)] = angle::phi(lower, rho);
        }
        if sds_are_squares(s) {
            working[..r].iter_mut().for_each(|w| *w = w.sqrt());
        }
    }
}
