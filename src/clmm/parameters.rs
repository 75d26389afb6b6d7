//! The shared parameters of an ordered response, what they stand for, and what is reported.

use super::coordinates::Coordinates;
use super::response::OrderedResponse;
use crate::error::{Error, Result};

impl OrderedResponse {
    /// The shared parameters of each reported one by itself, `[k, k]`, where they are linear in these.
    pub fn of_reported(&self) -> Result<Vec<f64>> {
        let k = self.n_whole();
        let mut out = Vec::with_capacity(k * k);
        for j in 0..k {
            let unit: Vec<f64> = (0..k).map(|i| f64::from(u8::from(i == j))).collect();
            out.extend(self.shared(&unit, 0.0)?);
        }
        Ok(out)
    }

    /// The number k of parameters of thresholds and nominal effects.
    pub fn n_whole(&self) -> usize {
        self.thresholds.n_alpha() * (1 + self.nominal.p)
    }

    /// alpha and gamma.
    pub fn whole(&self, shared: &[f64]) -> Vec<f64> {
        match &self.coordinates {
            Coordinates::Distances => {
                let m = self.thresholds.n_alpha();
                let mut whole = self.thresholds.alpha(&shared[..m]);
                whole.extend_from_slice(&shared[m..]);
                whole
            }
            Coordinates::Linear(basis) => {
                let mut whole = vec![0.0; self.n_whole()];
                for (column, z) in basis.chunks_exact(whole.len()).zip(shared) {
                    whole.iter_mut().zip(column).for_each(|(w, b)| *w += b * z);
                }
                whole
            }
        }
    }

    /// The shared parameters of alpha and gamma; of an edge those nearest to them.
    pub fn shared_of_whole(&self, whole: &[f64]) -> Result<Vec<f64>> {
        match &self.coordinates {
            Coordinates::Distances => {
                let (alpha, gamma) = whole.split_at(self.thresholds.n_alpha());
                let mut shared = self.thresholds.working(alpha)?;
                shared.extend_from_slice(gamma);
                Ok(shared)
            }
            Coordinates::Linear(basis) => {
                Ok(basis.chunks_exact(whole.len()).map(|b| b.iter().zip(whole).map(|(b, w)| b * w).sum()).collect())
            }
        }
    }

    /// The derivatives of the whole in each shared parameter, `[k, f]`; none for that which is the whole itself.
    pub fn whole_slopes(&self, shared: &[f64]) -> Vec<f64> {
        match &self.coordinates {
            Coordinates::Distances => {
                let (m, k) = (self.thresholds.n_alpha(), shared.len());
                let derivative = self.thresholds.derivative(&shared[..m]);
                let mut out = vec![0.0; k * k];
                for j in 0..m {
                    out[j * k..j * k + m].copy_from_slice(&derivative[j * m..(j + 1) * m]);
                }
                (m..k).for_each(|j| out[j * (k + 1)] = 1.0);
                out
            }
            Coordinates::Linear(basis) => basis.clone(),
        }
    }

    /// The parameters as they are reported, at nominal columns and `location` (the mean's centre) zero: alpha, then the nominal effects.
    pub fn reported(&self, shared: &[f64], location: f64) -> Vec<f64> {
        let m = self.thresholds.n_alpha();
        let mut out = self.whole(shared);
        let effects = self.effects(&out[m..]);
        for (a, d) in out.iter_mut().zip(self.thresholds.location()) {
            *a += d * location;
        }
        self.uncentre(&effects, &mut out[..m]);
        out[m..].copy_from_slice(&effects);
        out
    }

    /// What centring the nominal columns has put into alpha is taken off.
    fn uncentre(&self, effects: &[f64], alpha: &mut [f64]) {
        for (column, mean) in effects.chunks_exact(alpha.len()).zip(&self.nominal.means) {
            alpha.iter_mut().zip(column).for_each(|(a, g)| *a -= mean * g);
        }
    }

    /// The shared parameters of reported ones.
    pub fn shared(&self, reported: &[f64], location: f64) -> Result<Vec<f64>> {
        let m = self.thresholds.n_alpha();
        let mut whole = reported.to_vec();
        let (alpha, effects) = whole.split_at_mut(m);
        for (a, d) in alpha.iter_mut().zip(self.thresholds.location()) {
            *a -= d * location;
        }
        for (column, mean) in effects.chunks_exact(m).zip(&self.nominal.means) {
            alpha.iter_mut().zip(column).for_each(|(a, g)| *a += mean * g);
        }
        for k in 0..m {
            let own: Vec<f64> = reported[m..].chunks_exact(m).map(|column| column[k]).collect();
            for (c, g) in self.nominal.to_working(&own).into_iter().enumerate() {
                effects[c * m + k] = g;
            }
        }
        self.shared_of_whole(&whole).map_err(|_| self.out_of_order(reported))
    }

    /// Says of parameters as they are reported that their thresholds don't rise.
    fn out_of_order(&self, reported: &[f64]) -> Error {
        let (alpha, effects) = reported.split_at(self.thresholds.n_alpha());
        let with = if effects.is_empty() { String::new() } else { format!(", with the nominal effects {effects:?}") };
        Error::argument(format!("thresholds are out of order: {alpha:?}{with}"))
    }

    /// Nominal effects of the columns themselves, of those in the orthonormal basis.
    fn effects(&self, gamma: &[f64]) -> Vec<f64> {
        let m = self.thresholds.n_alpha();
        let mut out = vec![0.0; gamma.len()];
        for k in 0..m {
            let mut own: Vec<f64> = gamma.chunks_exact(m).map(|column| column[k]).collect();
            self.nominal.to_user(&mut own);
            own.into_iter().enumerate().for_each(|(c, g)| out[c * m + k] = g);
        }
        out
    }

    /// d reported / d shared, `[k, f]`.
    pub fn reported_slopes(&self, shared: &[f64]) -> Vec<f64> {
        let (m, k) = (self.thresholds.n_alpha(), self.n_whole());
        let mut out = self.whole_slopes(shared);
        if k > m {
            for column in out.chunks_exact_mut(k) {
                let effects = self.effects(&column[m..]);
                self.uncentre(&effects, &mut column[..m]);
                column[m..].copy_from_slice(&effects);
            }
        }
        out
    }
}
