//! Of N = sum_e nu_e v_e v_e', v_e the risk-weighted mean of the rows, what couples a level of a forest with those on its path.
//!
//! A level's sum over the rows at risk changes only as rows of its own enter or leave; those above change more often. With `later` the sum of
//! nu/S^2 over the times to come in the sweep, a change d of a sum y adds d y later; what sums above change by while y stays is kept as
//! A = sum d later, and added with y in the end.

use crate::coxme::forest::{Forest, Tier};
use crate::coxme::partial::Partial;
use crate::coxme::sum::Sums;
use crate::error::{Result, try_copy, try_vec};

const PAIRS: &str = "information of nested random effects";

/// By tier `[width - start, 2 effects, levels]`: of the level's sums of Z, then of those of the whitened rows, the products with the whitened
/// ones from the level up its path.
#[derive(Debug, Default)]
pub struct Pairs(pub Vec<Vec<f64>>);

impl Pairs {
    /// With the rows as `white`.
    pub fn new(partial: &Partial<'_>, forest: &Forest, white: &[f64]) -> Result<Self> {
        let q = forest.part_of_column.len();
        let mut later = try_copy(PAIRS, &partial.coefficients.b[0])?;
        partial.sets.cumulate(&mut later);
        let tables = forest.tiers.iter().map(|tier| try_vec(PAIRS, 0.0, 2 * tier.effects * tier.paths.len()));
        let mut sweep = Sweep {
            forest,
            white,
            tables: tables.collect::<Result<_>>()?,
            z: Sums::new(q)?,
            y: Sums::new(q)?,
            above: try_vec(PAIRS, 0.0, q)?,
            dead: try_vec(PAIRS, 0.0, q)?,
        };
        let (sets, [_, b1, b2]) = (partial.sets, &partial.coefficients.b);
        for times in &sets.strata {
            for k in times.clone() {
                let time = &sets.times[k];
                sets.entering(time).for_each(|i| sweep.change(i, partial.r[i], later[k]));
                sets.leaving(time).for_each(|i| sweep.change(i, -partial.r[i], later[k]));
                if b1[k] != 0.0 || b2[k] != 0.0 {
                    sweep.take_off_deaths(partial, k);
                }
            }
            let rows = || sets.times[times.clone()].iter().flat_map(|time| sets.entering(time));
            rows().for_each(|i| sweep.end(i));
            rows().for_each(|i| forest.along(white, i).0.iter().for_each(|c| sweep.above[*c as usize] = 0.0));
        }
        Ok(Pairs(sweep.tables))
    }

    /// N of the whitened rows between a level's effects, which begin at a column, and those on its path, `[width - start, effects]`.
    #[inline]
    pub fn rows_of(&self, forest: &Forest, m: usize, column: u32) -> &[f64] {
        let tier = &forest.tiers[m];
        let (r, width) = (tier.effects, forest.width - tier.start);
        let at = (2 * (column as usize - tier.first) + r) * width;
        &self.0[m][at..at + r * width]
    }

    /// The trace of N of the whitened rows.
    pub fn trace(&self, forest: &Forest) -> f64 {
        let each = |(tier, table): (&Tier, &Vec<f64>)| {
            let (r, width) = (tier.effects, forest.width - tier.start);
            table.chunks_exact(2 * r * width).map(|own| (0..r).map(|a| own[(r + a) * width + a]).sum::<f64>()).sum::<f64>()
        };
        forest.tiers.iter().zip(&self.0).map(each).sum()
    }
}

struct Sweep<'a> {
    forest: &'a Forest,
    white: &'a [f64],
    tables: Vec<Vec<f64>>,
    /// Sums of r z and of r times the whitened rows over the rows at risk.
    z: Sums,
    y: Sums,
    /// A.
    above: Vec<f64>,
    /// The latter sums over the deaths of a time.
    dead: Vec<f64>,
}

impl Sweep<'_> {
    /// A row enters with r, or leaves with -r.
    fn change(&mut self, i: usize, r: f64, later: f64) {
        let forest = self.forest;
        let ((columns, z), (_, white)) = (forest.along(&forest.rows, i), forest.along(self.white, i));
        for (tier, table) in forest.tiers.iter().zip(&mut self.tables) {
            let (own, width) = (tier.effects, forest.width - tier.start);
            let (columns, z, white) = (&columns[tier.start..], &z[tier.start..], &white[tier.start..]);
            let base = 2 * (columns[0] as usize - tier.first) * width;
            for (first, row) in table[base..base + 2 * own * width].chunks_exact_mut(width).enumerate() {
                let (change, before) = if first < own {
                    (r * z[first], self.z.values[columns[first] as usize])
                } else {
                    (r * white[first - own], self.y.values[columns[first - own] as usize])
                };
                for (place, (out, c)) in row.iter_mut().zip(columns).enumerate() {
                    let (c, step) = (*c as usize, r * white[place]);
                    let after = self.y.values[c] + step;
                    *out += if place < own {
                        (change * after + before * step) * later
                    } else {
                        change * (after * later - (self.above[c] + step * later))
                    };
                }
            }
        }
        for ((c, z), white) in columns.iter().zip(z).zip(white) {
            let c = *c as usize;
            self.z.add(c, r * z);
            self.y.add(c, r * white);
            self.above[c] += r * white * later;
        }
    }

    /// What Efron's terms add: - b1 (S D' + D S') + b2 D D', D the sums over the deaths.
    fn take_off_deaths(&mut self, partial: &Partial<'_>, k: usize) {
        let (forest, sets) = (self.forest, partial.sets);
        let ([_, b1, b2], time) = (&partial.coefficients.b, &sets.times[k]);
        for i in sets.deaths(time) {
            let (columns, white) = forest.along(self.white, i);
            columns.iter().zip(white).for_each(|(c, w)| self.dead[*c as usize] += partial.r[i] * w);
        }
        for i in sets.deaths(time) {
            let ((columns, z), (_, white)) = (forest.along(&forest.rows, i), forest.along(self.white, i));
            let r = partial.r[i];
            for (tier, table) in forest.tiers.iter().zip(&mut self.tables) {
                let (own, width) = (tier.effects, forest.width - tier.start);
                let (columns, z, white) = (&columns[tier.start..], &z[tier.start..], &white[tier.start..]);
                let base = 2 * (columns[0] as usize - tier.first) * width;
                for (first, row) in table[base..base + 2 * own * width].chunks_exact_mut(width).enumerate() {
                    let (share, sum) = if first < own {
                        (r * z[first], self.z.values[columns[first] as usize])
                    } else {
                        (r * white[first - own], self.y.values[columns[first - own] as usize])
                    };
                    for (place, (out, c)) in row.iter_mut().zip(columns).enumerate() {
                        let c = *c as usize;
                        *out += share * (b2[k] * self.dead[c] - b1[k] * self.y.values[c]);
                        if place < own {
                            *out -= b1[k] * sum * r * white[place];
                        }
                    }
                }
            }
        }
        for i in sets.deaths(time) {
            let (columns, white) = forest.along(self.white, i);
            columns.iter().zip(white).for_each(|(c, w)| self.above[*c as usize] -= b1[k] * partial.r[i] * w);
            columns.iter().for_each(|c| self.dead[*c as usize] = 0.0);
        }
    }

    /// At the end of a stratum, for the levels on the path of a row.
    fn end(&mut self, i: usize) {
        let forest = self.forest;
        let (columns, _) = forest.along(self.white, i);
        for (tier, table) in forest.tiers.iter().zip(&mut self.tables) {
            let (own, width) = (tier.effects, forest.width - tier.start);
            let columns = &columns[tier.start..];
            let base = 2 * (columns[0] as usize - tier.first) * width;
            for (first, row) in table[base..base + 2 * own * width].chunks_exact_mut(width).enumerate() {
                let sum = if first < own { &self.z } else { &self.y }.values[columns[first % own] as usize];
                row.iter_mut().zip(columns).skip(own).for_each(|(out, c)| *out += sum * self.above[*c as usize]);
            }
        }
        for c in columns {
            self.z.forget(*c as usize);
            self.y.forget(*c as usize);
        }
    }
}
