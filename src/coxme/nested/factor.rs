//! The factor L of P = I + Lambda'Z'diag(E)Z Lambda: a level of a forest is coupled with those on its path only, and so is L.

use crate::coxme::forest::{Forest, Tier};
use crate::error::{Result, try_vec};
use crate::random::Roots;

const FACTOR: &str = "factor of nested random effects";

/// L.
#[derive(Debug)]
pub struct PathFactor {
    /// By tier and level the columns of L from the diagonal down, `[width - start, effects, levels]`, by places on the path.
    panels: Vec<Vec<f64>>,
}

impl PathFactor {
    pub fn new(forest: &Forest) -> Result<Self> {
        let panel = |tier: &Tier| try_vec(FACTOR, 0.0, tier.paths.len() * tier.effects);
        Ok(PathFactor { panels: forest.tiers.iter().map(panel).collect::<Result<_>>()? })
    }

    /// Factorises P; `white` are the rows of Z and become those of Z Lambda L'^-1.
    pub fn factorize(&mut self, forest: &Forest, t: &Roots, expected: &[f64], white: &mut [f64]) {
        let d = forest.width;
        self.panels.iter_mut().for_each(|panel| panel.fill(0.0));
        for (i, (row, e)) in white.chunks_exact_mut(d).zip(expected).enumerate() {
            for tier in &forest.tiers {
                let (own, r) = (&mut row[tier.start..tier.start + tier.effects], tier.effects);
                (0..r).for_each(|a| own[a] = (a..r).map(|b| t[tier.term][a * r + b] * own[b]).sum());
            }
            let columns = &forest.columns[i * d..(i + 1) * d];
            for (tier, panel) in forest.tiers.iter().zip(&mut self.panels) {
                let own = own_panel(tier, panel, d, columns[tier.start]);
                for (a, column) in own.chunks_exact_mut(d - tier.start).enumerate() {
                    let factor = e * row[tier.start + a];
                    column.iter_mut().zip(&row[tier.start..]).for_each(|(p, z)| *p += factor * z);
                }
            }
        }
        for m in 0..forest.tiers.len() {
            self.eliminate(forest, m);
        }
        for (i, row) in white.chunks_exact_mut(d).enumerate() {
            self.half_solve_path(forest, 0, &forest.columns[i * d..(i + 1) * d], row);
        }
    }

    /// The columns of a tier, and what they take off those above.
    fn eliminate(&mut self, forest: &Forest, m: usize) {
        let (tier, d) = (&forest.tiers[m], forest.width);
        let (r, width) = (tier.effects, d - tier.start);
        let (done, above) = self.panels.split_at_mut(m + 1);
        for (panel, path) in done[m].chunks_exact_mut(width * r).zip(tier.paths.chunks_exact(width)) {
            for a in 0..r {
                panel[a * width + a] += 1.0;
            }
            for a in 0..r {
                let root = panel[a * width + a].sqrt();
                let (left, right) = panel.split_at_mut((a + 1) * width);
                let column = &mut left[a * width..];
                column[a..].iter_mut().for_each(|v| *v /= root);
                for (b, other) in (a + 1..r).zip(right.chunks_exact_mut(width)) {
                    (b..width).for_each(|place| other[place] -= column[b] * column[place]);
                }
            }
            for (upper, own) in forest.tiers[m + 1..].iter().zip(&mut *above) {
                let from = upper.start - tier.start;
                let own = own_panel(upper, own, d, path[from]);
                for (b, column) in own.chunks_exact_mut(width - from).enumerate() {
                    for l in panel.chunks_exact(width) {
                        let factor = l[from + b];
                        column.iter_mut().zip(&l[from..]).for_each(|(p, l)| *p -= factor * l);
                    }
                }
            }
        }
    }

    /// log|P|.
    pub fn log_determinant(&self, forest: &Forest) -> f64 {
        let each = |(tier, panel): (&Tier, &Vec<f64>)| {
            let width = forest.width - tier.start;
            let columns = panel.chunks_exact(width).enumerate();
            columns.map(|(column, l)| 2.0 * l[column % tier.effects].ln()).sum::<f64>()
        };
        forest.tiers.iter().zip(&self.panels).map(each).sum()
    }

    /// v <- L^-1 v, along a path from tier `from` up.
    pub fn half_solve_path(&self, forest: &Forest, from: usize, columns: &[u32], v: &mut [f64]) {
        let first = forest.tiers[from].start;
        for (tier, panel) in forest.tiers[from..].iter().zip(&self.panels[from..]) {
            let (at, width) = (tier.start - first, forest.width - tier.start);
            let own = &mut v[at..];
            for (a, l) in level_panel(tier, panel, forest.width, columns[at]).chunks_exact(width).enumerate() {
                own[a] /= l[a];
                let value = own[a];
                own[a + 1..].iter_mut().zip(&l[a + 1..]).for_each(|(v, l)| *v -= l * value);
            }
        }
    }

    /// v <- L'^-1 v, along a path from tier `from` up: what is above does not depend on what is beneath.
    pub fn half_solve_transpose_path(&self, forest: &Forest, from: usize, columns: &[u32], v: &mut [f64]) {
        let first = forest.tiers[from].start;
        for (tier, panel) in forest.tiers[from..].iter().zip(&self.panels[from..]).rev() {
            let (at, width) = (tier.start - first, forest.width - tier.start);
            let own = &mut v[at..];
            for (a, l) in level_panel(tier, panel, forest.width, columns[at]).chunks_exact(width).enumerate().rev() {
                let sum: f64 = own[a + 1..].iter().zip(&l[a + 1..]).map(|(v, l)| v * l).sum();
                own[a] = (own[a] - sum) / l[a];
            }
        }
    }

    /// v <- L^-1 v.
    pub fn half_solve(&self, forest: &Forest, v: &mut [f64]) {
        for (tier, panel) in forest.tiers.iter().zip(&self.panels) {
            let (r, width) = (tier.effects, forest.width - tier.start);
            for (path, l) in tier.paths.chunks_exact(width).zip(panel.chunks_exact(width * r)) {
                for (a, l) in l.chunks_exact(width).enumerate() {
                    let value = v[path[a] as usize] / l[a];
                    v[path[a] as usize] = value;
                    path[a + 1..].iter().zip(&l[a + 1..]).for_each(|(c, l)| v[*c as usize] -= l * value);
                }
            }
        }
    }

    /// v <- L'^-1 v.
    pub fn half_solve_transpose(&self, forest: &Forest, v: &mut [f64]) {
        for (tier, panel) in forest.tiers.iter().zip(&self.panels).rev() {
            let (r, width) = (tier.effects, forest.width - tier.start);
            for (path, l) in tier.paths.chunks_exact(width).zip(panel.chunks_exact(width * r)) {
                for (a, l) in l.chunks_exact(width).enumerate().rev() {
                    let sum: f64 = path[a + 1..].iter().zip(&l[a + 1..]).map(|(c, l)| l * v[*c as usize]).sum();
                    v[path[a] as usize] = (v[path[a] as usize] - sum) / l[a];
                }
            }
        }
    }
}

/// The panel of the level that has a column as its first.
fn level_panel<'p>(tier: &Tier, panel: &'p [f64], d: usize, column: u32) -> &'p [f64] {
    let width = d - tier.start;
    let at = (column as usize - tier.first) * width;
    &panel[at..at + tier.effects * width]
}

fn own_panel<'p>(tier: &Tier, panel: &'p mut [f64], d: usize, column: u32) -> &'p mut [f64] {
    let width = d - tier.start;
    let at = (column as usize - tier.first) * width;
    &mut panel[at..at + tier.effects * width]
}
