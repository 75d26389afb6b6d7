//! The log partial likelihood, its gradient and its information in eta, each in one sweep.
//!
//! With r = w exp(eta), S and S_D its sums over the rows at risk at a time and over those that die then, and a term e for each death at it
//! (Efron 1977; one term for all with Breslow): S_e = S - f_e S_D, p_ei = r_i (1 - f_e [i dies]) / S_e,
//!
//! ```text
//! l = sum w delta eta - sum_e nu_e log S_e,   g = w delta - E,   E = sum_e nu_e p_e,   W = sum_e nu_e (diag p_e - p_e p_e')
//! ```

use super::risk::RiskSets;
use super::sum::Sum;
use crate::error::{Result, try_copy, try_vec};

const PARTIAL: &str = "partial likelihood";

/// Sums over the terms of each event time.
#[derive(Debug)]
pub struct Coefficients {
    /// sum nu/S_e: the steps of the baseline hazard, in the unit exp(c).
    pub steps: Vec<f64>,
    /// The same cumulated, and sum nu f/S_e.
    pub a1: Vec<f64>,
    pub a2: Vec<f64>,
    /// sum nu f^m/S_e^2 for m = 0, 1, 2.
    pub b: [Vec<f64>; 3],
}

/// The partial likelihood at a predictor.
#[derive(Debug)]
pub struct Partial<'a> {
    pub sets: &'a RiskSets,
    /// w exp(eta - c), with c the largest predictor of the stratum; zero for rows that are never at risk.
    pub r: Vec<f64>,
    pub coefficients: Coefficients,
    /// E.
    pub expected: Vec<f64>,
    /// g.
    pub score: Vec<f64>,
    /// The c of each stratum.
    pub shifts: Vec<f64>,
}

impl<'a> Partial<'a> {
    pub fn new(sets: &'a RiskSets) -> Result<Self> {
        let (rows, times) = (|| try_vec(PARTIAL, 0.0, sets.n), || try_vec(PARTIAL, 0.0, sets.times.len()));
        Ok(Partial {
            sets,
            r: rows()?,
            expected: rows()?,
            score: rows()?,
            coefficients: Coefficients { steps: times()?, a1: times()?, a2: times()?, b: [times()?, times()?, times()?] },
            shifts: try_vec(PARTIAL, 0.0, sets.strata.len())?,
        })
    }

    /// l, and with it E and g; minus infinity where it is beyond what numbers hold.
    pub fn evaluate(&mut self, eta: &[f64]) -> f64 {
        let sets = self.sets;
        self.set_risks(eta);
        // Its differences decide about steps to the mode: the rounding of many terms would be larger.
        let (mut l, mut is_finite) = (Sum::default(), true);
        let Coefficients { steps, a2, b, .. } = &mut self.coefficients;
        sets.sweep(&self.r, |k, s, dead| {
            let mut sums = [0.0; 5];
            for (nu, f) in sets.terms(&sets.times[k]) {
                let part = s - f * dead;
                l.add(-nu * part.ln());
                let (first, second) = (nu / part, nu / part / part);
                for (sum, term) in sums.iter_mut().zip([first, first * f, second, second * f, second * f * f]) {
                    *sum += term;
                }
            }
            (steps[k], a2[k]) = (sums[0], sums[1]);
            (b[0][k], b[1][k], b[2][k]) = (sums[2], sums[3], sums[4]);
            is_finite &= sums[2].is_finite();
        });
        for (stratum, times) in sets.strata.iter().enumerate() {
            for time in &sets.times[times.clone()] {
                sets.deaths(time).for_each(|i| l.add(sets.weight(i) * (eta[i] - self.shifts[stratum])));
            }
        }
        self.set_score(|_| 1.0);
        if l.value().is_finite() && is_finite { l.value() } else { f64::NEG_INFINITY }
    }

    /// E and g, an event counting as what `at` its time says.
    fn set_score(&mut self, at: impl Fn(usize) -> f64) {
        let (sets, Coefficients { steps, a1, a2, .. }) = (self.sets, &mut self.coefficients);
        a1.copy_from_slice(steps);
        sets.cumulate(a1);
        for i in 0..sets.n {
            let (own, event) = sets.death(i).map_or((0.0, 0.0), |k| (a2[k], sets.weight(i) * at(k)));
            self.expected[i] = self.r[i] * (sets.over_span(i, a1) - own);
            self.score[i] = event - self.expected[i];
        }
    }

    /// Score and information with the part of each event time times a number of its own.
    pub fn times(&self, factors: &[f64]) -> Result<Partial<'a>> {
        let Coefficients { steps, a2, b, .. } = &self.coefficients;
        let mut out =
            Partial { r: try_copy(PARTIAL, &self.r)?, shifts: try_copy(PARTIAL, &self.shifts)?, ..Partial::new(self.sets)? };
        let own = &mut out.coefficients;
        let [b0, b1, b2] = &mut own.b;
        for (own, of) in [(&mut own.steps, steps), (&mut own.a2, a2), (b0, &b[0]), (b1, &b[1]), (b2, &b[2])] {
            own.iter_mut().zip(of).zip(factors).for_each(|((own, of), factor)| *own = of * factor);
        }
        out.set_score(|k| factors[k]);
        Ok(out)
    }

    fn set_risks(&mut self, eta: &[f64]) {
        let sets = self.sets;
        for (times, shift) in sets.strata.iter().zip(&mut self.shifts) {
            let rows = || sets.times[times.clone()].iter().flat_map(|time| sets.entering(time));
            *shift = rows().map(|i| eta[i]).fold(f64::NEG_INFINITY, f64::max);
            rows().for_each(|i| self.r[i] = sets.weight(i) * (eta[i] - *shift).exp());
        }
    }

    /// W v.
    pub fn information_product(&self, v: &[f64], out: &mut [f64]) -> Result<()> {
        self.mean_product(v, out)?;
        out.iter_mut().zip(&self.expected).zip(v).for_each(|((out, e), v)| *out = e * v - *out);
        Ok(())
    }

    /// sum_e nu_e p_e p_e'v, which is diag(E) v less W v.
    pub fn mean_product(&self, v: &[f64], out: &mut [f64]) -> Result<()> {
        let (sets, [b0, b1, b2]) = (self.sets, &self.coefficients.b);
        let mut x1 = try_vec(PARTIAL, 0.0, sets.times.len())?;
        let mut x2 = try_vec(PARTIAL, 0.0, sets.times.len())?;
        let mut rv = try_vec(PARTIAL, 0.0, sets.n)?;
        rv.iter_mut().zip(&self.r).zip(v).for_each(|((rv, r), v)| *rv = r * v);
        sets.sweep(&rv, |k, s, dead| {
            x1[k] = b0[k] * s - b1[k] * dead;
            x2[k] = b1[k] * s - b2[k] * dead;
        });
        sets.cumulate(&mut x1);
        for (i, out) in out.iter_mut().enumerate() {
            let own = sets.death(i).map_or(0.0, |k| x2[k]);
            *out = self.r[i] * (sets.over_span(i, &x1) - own);
        }
        Ok(())
    }
}
