//! The uncertainty of random effects given theta: with a = Lambda'z, `var(z'(b^ - b) | beta) = sigma^2 a'A^-1 a` and
//! `db^/dbeta = -Lambda U` (Henderson 1975).

use super::deviance::Deviance;
use super::parameters::working_from_theta;
use super::system::LinearSystem;
use crate::error::{Result, try_vec};
use crate::linalg::dense::dot_in_order as dot;
use crate::watch::Watch;

/// A linear model at its estimates.
pub struct Conditional<'a> {
    system: &'a LinearSystem,
    deviance: Deviance<'a>,
    sigma: f64,
    /// What is not zero of a, by place.
    entries: Vec<(usize, f64)>,
    a: Vec<f64>,
    half: Vec<f64>,
}

impl<'a> Conditional<'a> {
    /// At theta, the residual correlation behind it, and sigma.
    pub fn new(system: &'a LinearSystem, parameters: &[f64], sigma: f64, watch: &Watch<'a>) -> Result<Self> {
        let mut deviance = Deviance::new(system, false, watch)?;
        deviance.evaluate(&working_from_theta(system, parameters)?)?;
        deviance.solve();
        if !deviance.random.is_by_precisions() {
            deviance.random.select_inverse()?;
        }
        let q = system.gram.layout.q();
        let column = || try_vec("workspace of the random effects", 0.0, q);
        Ok(Conditional { system, deviance, sigma, entries: vec![], a: column()?, half: column()? })
    }

    /// The variance of a sum of effects, each given by term, level and values; `c`, which holds x, becomes x - (z'Lambda U)'.
    pub fn variance<'z>(&mut self, effects: impl Iterator<Item = (usize, usize, &'z [f64])>, c: &mut [f64]) -> f64 {
        self.entries.clear();
        let q = self.a.len();
        for (term, level, z) in effects {
            let (r, t) = (z.len(), &self.deviance.t[term]);
            let first = self.system.gram.layout.offset(term) + level * r;
            let working = self.system.units(term).values(z);
            for j in 0..r {
                let value = dot(&t[j * r + j..(j + 1) * r], &working[j..]);
                match self.entries.iter_mut().find(|(place, _)| *place == first + j) {
                    Some((_, sum)) => *sum += value,
                    None => self.entries.push((first + j, value)),
                }
            }
        }
        let along = |u: &[f64]| self.entries.iter().map(|(place, v)| u[*place] * v).sum::<f64>();
        let mut moved: Vec<f64> = self.deviance.u.chunks_exact(q.max(1)).take(self.system.kept.len()).map(along).collect();
        self.system.map.columns(&mut moved);
        c.iter_mut().zip(&moved).for_each(|(c, v)| *c -= v);
        self.sigma * self.sigma * self.by_inverse().unwrap_or_else(|| self.by_factor())
    }

    /// a'A^-1 a where A^-1 is known at all places, as for levels that meet in the data.
    fn by_inverse(&self) -> Option<f64> {
        let mut sum = 0.0;
        for (at, (i, v)) in self.entries.iter().enumerate() {
            for (j, w) in &self.entries[..at] {
                sum += 2.0 * v * w * self.deviance.random.entry(*i.max(j), *i.min(j))?;
            }
            sum += v * v * self.deviance.random.entry(*i, *i)?;
        }
        // A variance is not negative, but for rounding.
        Some(sum.max(0.0))
    }

    fn by_factor(&mut self) -> f64 {
        self.a.fill(0.0);
        self.entries.iter().for_each(|(place, v)| self.a[*place] = *v);
        let Deviance { random, t, .. } = &mut self.deviance;
        random.permute_into(t, &self.a, &mut self.half);
        random.half_solve(&mut self.half);
        dot(&self.half, &self.half)
    }

    /// a of the last sum of effects: places and values.
    pub fn entries(&self) -> &[(usize, f64)] {
        &self.entries
    }

    /// sigma^2 A^-1 a.
    pub fn solve(&mut self, a: &[(usize, f64)], out: &mut Vec<f64>) -> Result<()> {
        if out.len() != self.a.len() {
            *out = try_vec("workspace of the random effects", 0.0, self.a.len())?;
        }
        out.fill(0.0);
        a.iter().for_each(|(place, v)| out[*place] += v);
        let Deviance { random, t, .. } = &mut self.deviance;
        random.permute_into(t, out, &mut self.half);
        random.half_solve(&mut self.half);
        random.half_solve_transpose(&mut self.half);
        random.unpermute_into(t, &self.half, out);
        out.iter_mut().for_each(|v| *v *= self.sigma * self.sigma);
        Ok(())
    }

    /// What moves one effect with the fixed effects: db^/dbeta for z'b of a level, which `c` becomes.
    pub fn moves(&self, term: usize, level: usize, z: &[f64], c: &mut [f64]) {
        let (r, t, q) = (z.len(), &self.deviance.t[term], self.a.len());
        let first = self.system.gram.layout.offset(term) + level * r;
        let working = self.system.units(term).values(z);
        let a: Vec<f64> = (0..r).map(|j| dot(&t[j * r + j..(j + 1) * r], &working[j..])).collect();
        for (c, u) in c.iter_mut().zip(self.deviance.u.chunks_exact(q.max(1))) {
            *c = -dot(&u[first..first + r], &a);
        }
        self.system.map.columns(c);
    }
}
