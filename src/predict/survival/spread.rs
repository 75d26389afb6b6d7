//! What is not known of the linear predictors of a Cox fit's rows.

use crate::coxme::hazard_errors::EffectCovariance;
use crate::error::{Result, try_gather, try_vec};
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
    /// Of each term that is chosen T'z `[r, n]`, u its spherical effects.
    values: Vec<Vec<f64>>,
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
        let mut spread = Spread { n, part, offsets, values: vec![], random, pull };
        if new_vary {
            spread.add_new();
        }
        if let Some(covariance) = covariance.filter(|_| part.terms.iter().any(|term| term.chosen)) {
            spread.set_values(covariance)?;
            watch.pulse()?;
            spread.add_within(covariance)?;
            spread.add_pull(covariance, watch)?;
            spread.add_crossed(covariance, watch)?;
        }
        Ok(spread)
    }

    fn p(&self) -> usize {
        self.part.fixed.names.len()
    }

    /// Levels that are not known.
    fn add_new(&mut self) {
        let mut z = vec![];
        for term in self.part.terms.iter().filter(|term| term.chosen) {
            for (i, random) in self.random.iter_mut().enumerate().filter(|(i, _)| term.known(*i).is_none()) {
                *random += term.variance(i, &mut z);
            }
        }
    }

    fn set_values(&mut self, covariance: &EffectCovariance<'_>) -> Result<()> {
        let mut z = vec![];
        for (t, term) in self.part.terms.iter().enumerate() {
            let r = term.n_effects();
            let mut own = try_vec(SPREAD, 0.0, if term.chosen { self.n * r } else { 0 })?;
            for (i, own) in own.chunks_exact_mut(r).enumerate() {
                term.z_of(i, &mut z);
                own.copy_from_slice(&covariance.values(t, &z));
            }
            self.values.push(own);
        }
        Ok(())
    }

    /// T'z of a row with its level; none where the term is not chosen or the level not known.
    fn effects_of(&self, t: usize, i: usize) -> Option<(usize, &[f64])> {
        let term = &self.part.terms[t];
        let level = term.known(i).filter(|_| term.chosen)?;
        let r = term.n_effects();
        Some((level, &self.values[t][i * r..(i + 1) * r]))
    }

    /// The variances within each term.
    fn add_within(&mut self, covariance: &EffectCovariance<'_>) -> Result<()> {
        for (t, blocks) in covariance.within()?.iter().enumerate() {
            for i in 0..self.n {
                let Some((level, a)) = self.effects_of(t, i) else { continue };
                let block = &blocks[level * a.len() * a.len()..(level + 1) * a.len() * a.len()];
                let along = |column: &[f64]| column.iter().zip(a).map(|(c, a)| c * a).sum::<f64>();
                let own: f64 = block.chunks_exact(a.len()).zip(a).map(|(column, a)| a * along(column)).sum();
                self.random[i] += own;
            }
        }
        Ok(())
    }

    /// The covariances with the fixed effects.
    fn add_pull(&mut self, covariance: &EffectCovariance<'_>, watch: &Watch<'_>) -> Result<()> {
        let p = self.p();
        for j in 0..p {
            watch.pulse()?;
            let with = covariance.of_fixed(j)?;
            for i in 0..self.n {
                self.pull[i * p + j] = self.of_effects(i, &with, 0..self.offsets.len());
            }
        }
        Ok(())
    }

    /// The covariances between terms: those of each level of a term with the terms before it, the largest first.
    fn add_crossed(&mut self, covariance: &EffectCovariance<'_>, watch: &Watch<'_>) -> Result<()> {
        let mut order: Vec<usize> = (0..self.part.terms.len()).filter(|&t| self.part.terms[t].chosen).collect();
        order.sort_by_key(|&t| std::cmp::Reverse(self.part.terms[t].n_levels()));
        for place in 1..order.len() {
            let term = &self.part.terms[order[place]];
            let mut rows = try_gather(SPREAD, (0..self.n).filter(|&i| term.known(i).is_some()))?;
            rows.sort_unstable_by_key(|&i| (term.index[i], i));
            for same in rows.chunk_by(|&a, &b| term.index[a] == term.index[b]) {
                watch.pulse()?;
                for e in 0..term.n_effects() {
                    let with = covariance.of_effect(order[place], term.index[same[0]] as usize, e)?;
                    for &i in same {
                        let own = self.effects_of(order[place], i).map_or(0.0, |(_, a)| a[e]);
                        self.random[i] += 2.0 * own * self.of_effects(i, &with, order[..place].iter().copied());
                    }
                }
            }
        }
        Ok(())
    }

    /// a'v of a row, a = T'z and v of all effects, by the terms that are chosen among those given.
    fn of_effects(&self, i: usize, v: &[f64], terms: impl Iterator<Item = usize>) -> f64 {
        let of_term = |t: usize| {
            self.effects_of(t, i).map_or(0.0, |(level, a)| {
                let first = self.offsets[t] + level * a.len();
                a.iter().zip(&v[first..]).map(|(a, v)| a * v).sum::<f64>()
            })
        };
        terms.map(of_term).sum()
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

    /// m'v of a row, v of all effects, x as given.
    pub fn along(&self, i: usize, x: &[f64], v: &[f64]) -> f64 {
        let fixed = &v[v.len() - x.len()..];
        self.of_effects(i, v, 0..self.offsets.len()) + x.iter().zip(fixed).map(|(x, v)| x * v).sum::<f64>()
    }
}
