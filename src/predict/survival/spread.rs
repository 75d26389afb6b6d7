//! What is not known of the linear predictors of a Cox fit's rows.

use crate::coxme::hazard_errors::EffectCovariance;
use crate::error::{Result, try_vec};
use crate::fit::FixedEffects;
use crate::predict::predictors::{Part, TermRows};
use crate::watch::Watch;

const SPREAD: &str = "standard errors of predictions";

/// The variance of m'(b, beta) for the rows m = (z, x), z of the terms chosen.
pub struct Spread<'r, 'a> {
    n: usize,
    part: &'r Part<'a>,
    /// The first effect of each term among all.
    offsets: Vec<usize>,
    /// Of each row the variance of z'b.
    random: Vec<f64>,
    /// Of each row the covariance of z'b with beta, `[p, n]`.
    pull: Vec<f64>,
}

impl<'r, 'a> Spread<'r, 'a> {
    /// Without a covariance no level of the terms chosen is known. `new_vary`: effects of new levels vary about zero as all do.
    pub fn new(
        n: usize,
        part: &'r Part<'a>,
        covariance: Option<&EffectCovariance<'_>>,
        new_vary: bool,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        let size = |term: &TermRows<'_>| term.n_levels() * term.n_effects();
        let first = |sum: &mut usize, term| Some(std::mem::replace(sum, *sum + size(term)));
        let offsets = part.terms.iter().scan(0, first).collect();
        let p = part.fixed.names.len();
        let (random, pull) = (try_vec(SPREAD, 0.0, n)?, try_vec(SPREAD, 0.0, n * p)?);
        let mut spread = Spread { n, part, offsets, random, pull };
        spread.add_terms(new_vary);
        if let Some(covariance) = covariance.filter(|_| part.terms.iter().any(|term| term.chosen)) {
            spread.add_pull(covariance, watch)?;
            spread.add_crossed(covariance, watch)?;
        }
        Ok(spread)
    }

    fn p(&self) -> usize {
        self.part.fixed.names.len()
    }

    /// The variances within each term.
    fn add_terms(&mut self, new_vary: bool) {
        let mut z = vec![];
        for term in self.part.terms.iter().filter(|term| term.chosen) {
            let r = term.n_effects();
            for (i, random) in self.random.iter_mut().enumerate() {
                if let Some(level) = term.known(i) {
                    term.z_of(i, &mut z);
                    let block = &term.fit.condvar[level * r * r..(level + 1) * r * r];
                    let along = |column: &[f64]| column.iter().zip(&z).map(|(c, z)| c * z).sum::<f64>();
                    *random += block.chunks_exact(r).zip(&z).map(|(column, z)| z * along(column)).sum::<f64>();
                } else if new_vary {
                    *random += term.variance(i, &mut z);
                }
            }
        }
    }

    /// The covariances with the fixed effects.
    fn add_pull(&mut self, covariance: &EffectCovariance<'_>, watch: &Watch<'_>) -> Result<()> {
        let (p, mut z) = (self.p(), vec![]);
        for j in 0..p {
            watch.pulse()?;
            let with = covariance.of_fixed(j)?;
            for i in 0..self.n {
                self.pull[i * p + j] = self.of_effects(i, &with, &mut z, 0..self.offsets.len());
            }
        }
        Ok(())
    }

    /// The covariances between terms: those of each level of a term with the terms before it, the largest first.
    fn add_crossed(&mut self, covariance: &EffectCovariance<'_>, watch: &Watch<'_>) -> Result<()> {
        let mut order: Vec<usize> = (0..self.part.terms.len()).filter(|&t| self.part.terms[t].chosen).collect();
        order.sort_by_key(|&t| std::cmp::Reverse(self.part.terms[t].n_levels()));
        let (mut z, mut others) = (vec![], vec![]);
        for place in 1..order.len() {
            let term = &self.part.terms[order[place]];
            let mut rows: Vec<usize> = (0..self.n).filter(|&i| term.known(i).is_some()).collect();
            rows.sort_by_key(|&i| term.index[i]);
            for same in rows.chunk_by(|&a, &b| term.index[a] == term.index[b]) {
                watch.pulse()?;
                for e in 0..term.n_effects() {
                    let with = covariance.of_effect(order[place], term.index[same[0]] as usize, e)?;
                    for &i in same {
                        term.z_of(i, &mut z);
                        self.random[i] += 2.0 * z[e] * self.of_effects(i, &with, &mut others, order[..place].iter().copied());
                    }
                }
            }
        }
        Ok(())
    }

    /// z'v of a row, v of all effects, by the terms that are chosen among those given.
    fn of_effects(&self, i: usize, v: &[f64], z: &mut Vec<f64>, terms: impl Iterator<Item = usize>) -> f64 {
        let mut sum = 0.0;
        for t in terms {
            let term = &self.part.terms[t];
            if let Some(level) = term.known(i).filter(|_| term.chosen) {
                term.z_of(i, z);
                let first = self.offsets[t] + level * z.len();
                sum += z.iter().zip(&v[first..]).map(|(z, v)| z * v).sum::<f64>();
            }
        }
        sum
    }

    /// x of a row, about a centre.
    pub fn fixed_of(&self, i: usize, centre: Option<&[f64]>, x: &mut Vec<f64>) {
        x.clear();
        x.extend(self.part.x.chunks_exact(self.n).map(|column| column[i]));
        if let Some(centre) = centre {
            x.iter_mut().zip(centre).for_each(|(x, c)| *x -= c);
        }
    }

    /// The variance of z'b + x'beta, x as given.
    pub fn variance(&self, i: usize, x: &[f64]) -> f64 {
        let (p, FixedEffects { root, .. }) = (self.p(), self.part.fixed);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let fixed: f64 = root.chunks_exact(p.max(1)).map(|column| dot(column, x).powi(2)).sum();
        (fixed + 2.0 * dot(x, &self.pull[i * p..(i + 1) * p]) + self.random[i]).max(0.0)
    }

    /// m'v of a row, v of (b, beta), x as given.
    pub fn along(&self, i: usize, x: &[f64], v: &[f64], z: &mut Vec<f64>) -> f64 {
        let fixed = &v[v.len() - x.len()..];
        self.of_effects(i, v, z, 0..self.offsets.len()) + x.iter().zip(fixed).map(|(x, v)| x * v).sum::<f64>()
    }
}
