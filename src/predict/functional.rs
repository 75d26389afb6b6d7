//! Predictions as linear functionals of what is not known: parameters, random effects of levels that the fit knows, those of new levels.

use super::predictors::{FreshLevel, TermRows};

/// A linear functional.
#[derive(Clone, Debug, Default)]
pub struct Functional {
    /// Slopes in the parameters, `[m]`, with what moves the modes of the random effects.
    pub parameters: Vec<f64>,
    /// Slopes in the spherical random effects about their modes, by place.
    pub effects: Vec<(usize, f64)>,
    /// Slopes in the random effects of levels that the fit doesn't know.
    pub fresh: Vec<Fresh>,
}

/// The random effects of a level that the fit doesn't know.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// By place among all terms.
    pub term: usize,
    pub level: FreshLevel,
    pub z: Vec<f64>,
}

impl Functional {
    /// Adds another, times a factor.
    pub fn add(&mut self, factor: f64, other: &Functional) {
        self.parameters.resize(other.parameters.len(), 0.0);
        self.parameters.iter_mut().zip(&other.parameters).for_each(|(to, from)| *to += factor * from);
        self.effects.extend(other.effects.iter().map(|(place, v)| (*place, factor * v)));
        let scaled = |own: &Fresh| Fresh { z: own.z.iter().map(|z| factor * z).collect(), ..own.clone() };
        self.fresh.extend(other.fresh.iter().map(scaled));
    }

    /// Slopes in the same effect become one.
    pub fn merge(&mut self) {
        self.effects.sort_by_key(|(place, _)| *place);
        self.effects.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.fresh.sort_by_key(|own| (own.term, own.level));
        self.fresh.dedup_by(|next, kept| {
            let same = (next.term, next.level) == (kept.term, kept.level);
            if same {
                kept.z.iter_mut().zip(&next.z).for_each(|(to, from)| *to += from);
            }
            same
        });
    }

    /// The covariance by the random effects of new levels.
    pub fn fresh_covariance(&self, other: &Functional, terms: &[&TermRows<'_>]) -> f64 {
        let mut sum = 0.0;
        for a in &self.fresh {
            for b in other.fresh.iter().filter(|b| (b.term, b.level) == (a.term, a.level)) {
                let along = |column: &[f64], z: &[f64]| z.iter().zip(column).map(|(z, r)| z * r).sum::<f64>();
                let columns = terms[a.term].fit.root.chunks_exact(a.z.len());
                sum += columns.map(|column| along(column, &a.z) * along(column, &b.z)).sum::<f64>();
            }
        }
        sum
    }
}
