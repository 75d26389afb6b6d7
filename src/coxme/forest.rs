//! Random terms that are nested in one another: their levels are a forest, and a row of Z is not zero along one path in it only.

use crate::error::{Result, try_collect, try_copy, try_vec};
use crate::random::{Layout, TermRows};

const FOREST: &str = "nested random effects";

/// One term.
#[derive(Debug)]
pub struct Tier {
    /// Its place among the model's terms, its effects, and its first column.
    pub term: usize,
    pub effects: usize,
    pub first: usize,
    /// Where its effects begin on a path.
    pub start: usize,
    /// The columns from a level's own effects up to those of its root, `[width - start, levels]`.
    pub paths: Vec<u32>,
}

/// All terms, from the finest grouping to the coarsest.
#[derive(Debug)]
pub struct Forest {
    pub tiers: Vec<Tier>,
    /// Effects on a path.
    pub width: usize,
    /// By row the columns on its path, `[width, n]`, and the values of Z there.
    pub columns: Vec<u32>,
    pub rows: Vec<f64>,
    /// Parts of the forest that no stratum connects: of each column, and of each stratum.
    pub part_of_column: Vec<u32>,
    pub part_of_stratum: Vec<u32>,
    pub parts: usize,
}

impl Forest {
    /// `None` where terms are crossed.
    pub fn new(n: usize, layout: &Layout, terms: &[TermRows<'_>], strata: &Strata<'_>) -> Result<Option<Self>> {
        let mut order: Vec<usize> = (0..terms.len()).collect();
        order.sort_by_key(|&k| std::cmp::Reverse(layout.terms[k].levels));
        let width = layout.terms.iter().map(|size| size.effects).sum();
        let mut tiers: Vec<Tier> = vec![];
        let mut start = 0;
        for &term in &order {
            let effects = layout.terms[term].effects;
            tiers.push(Tier { term, effects, first: layout.offset(term), start, paths: vec![] });
            start += effects;
        }
        let mut own = Forest {
            tiers,
            width,
            columns: try_vec(FOREST, 0, n * width)?,
            rows: try_vec(FOREST, 0.0, n * width)?,
            part_of_column: try_vec(FOREST, 0, layout.q())?,
            part_of_stratum: try_vec(FOREST, 0, strata.count)?,
            parts: 0,
        };
        if !own.find_paths(n, layout, terms)? {
            return Ok(None);
        }
        own.take_rows(n, terms);
        own.find_parts(n, strata)?;
        Ok(Some(own))
    }

    /// The paths from all levels up; `false` where a level has several above it.
    fn find_paths(&mut self, n: usize, layout: &Layout, terms: &[TermRows<'_>]) -> Result<bool> {
        let mut above: Option<(usize, Vec<u32>)> = None;
        for m in (0..self.tiers.len()).rev() {
            let tier = &self.tiers[m];
            let (k, r, width) = (tier.term, tier.effects, self.width - tier.start);
            let levels = layout.terms[k].levels;
            let mut paths = try_vec(FOREST, 0u32, width * levels)?;
            for (level, path) in paths.chunks_exact_mut(width).enumerate() {
                (0..r).for_each(|e| path[e] = (tier.first + level * r + e) as u32);
            }
            if let Some((coarser, upper)) = &above {
                let mut parents = try_vec(FOREST, u32::MAX, levels)?;
                for i in 0..n {
                    let (own, parent) = (terms[k].index[i] as usize, terms[*coarser].index[i]);
                    if parents[own] != u32::MAX && parents[own] != parent {
                        return Ok(false);
                    }
                    parents[own] = parent;
                }
                let rest = width - r;
                for (path, parent) in paths.chunks_exact_mut(width).zip(parents) {
                    let at = if parent == u32::MAX { 0 } else { parent as usize } * rest;
                    path[r..].copy_from_slice(&upper[at..at + rest]);
                }
            }
            above = Some((k, try_copy(FOREST, &paths)?));
            self.tiers[m].paths = paths;
        }
        Ok(true)
    }

    fn take_rows(&mut self, n: usize, terms: &[TermRows<'_>]) {
        let Some(finest) = self.tiers.first() else { return };
        for i in 0..n {
            let (level, at) = (terms[finest.term].index[i] as usize, i * self.width);
            let path = &finest.paths[level * self.width..(level + 1) * self.width];
            self.columns[at..at + self.width].copy_from_slice(path);
            for tier in &self.tiers {
                for e in 0..tier.effects {
                    self.rows[at + tier.start + e] = terms[tier.term].z.map_or(1.0, |z| z[e * n + i]);
                }
            }
        }
    }

    /// Strata connect the roots of their rows.
    fn find_parts(&mut self, n: usize, strata: &Strata<'_>) -> Result<()> {
        let Some(coarsest) = self.tiers.last() else { return Ok(()) };
        let q = self.part_of_column.len();
        let mut above = try_collect(FOREST, 0..(q + strata.count) as u32)?;
        for i in (0..n).filter(|i| (strata.counts)(*i)) {
            let root = self.columns[i * self.width + coarsest.start] as usize;
            let (a, b) = (top(&mut above, root), top(&mut above, q + strata.of_row[i] as usize));
            above[a.max(b)] = a.min(b) as u32;
        }
        let mut numbers = try_vec(FOREST, u32::MAX, q + strata.count)?;
        let mut number = |at: usize, parts: &mut usize| {
            let top = top(&mut above, at);
            if numbers[top] == u32::MAX {
                numbers[top] = *parts as u32;
                *parts += 1;
            }
            numbers[top]
        };
        for tier in &self.tiers {
            let width = self.width - tier.start;
            for path in tier.paths.chunks_exact(width) {
                let root = path[coarsest.start - tier.start] as usize;
                let part = number(root, &mut self.parts);
                path[..tier.effects].iter().for_each(|c| self.part_of_column[*c as usize] = part);
            }
        }
        for (stratum, part) in self.part_of_stratum.iter_mut().enumerate() {
            *part = number(q + stratum, &mut self.parts);
        }
        Ok(())
    }

    /// The most strata that are in one part.
    pub fn most_strata(&self) -> Result<usize> {
        let mut counts = try_vec(FOREST, 0, self.parts)?;
        self.part_of_stratum.iter().for_each(|part| counts[*part as usize] += 1);
        Ok(counts.into_iter().max().unwrap_or(0))
    }

    /// Columns and values along the path of a row, of the rows of Z or others like them.
    #[inline]
    pub fn along<'r>(&'r self, rows: &'r [f64], i: usize) -> (&'r [u32], &'r [f64]) {
        let range = i * self.width..(i + 1) * self.width;
        (&self.columns[range.clone()], &rows[range])
    }

    /// out = rows x.
    pub fn product(&self, rows: &[f64], x: &[f64], out: &mut [f64]) {
        for (i, out) in out.iter_mut().enumerate() {
            let (columns, values) = self.along(rows, i);
            *out = columns.iter().zip(values).map(|(c, v)| v * x[*c as usize]).sum();
        }
    }

    /// out = rows'v.
    pub fn transposed_product(&self, rows: &[f64], v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (i, v) in v.iter().enumerate() {
            let (columns, values) = self.along(rows, i);
            columns.iter().zip(values).for_each(|(c, value)| out[*c as usize] += value * v);
        }
    }
}

/// The strata of the rows, and which rows count.
pub struct Strata<'a> {
    pub count: usize,
    pub of_row: &'a [u32],
    pub counts: &'a dyn Fn(usize) -> bool,
}

/// The top of a tree of numbers, with the way to it shortened.
fn top(above: &mut [u32], mut at: usize) -> usize {
    while above[at] as usize != at {
        above[at] = above[above[at] as usize];
        at = above[at] as usize;
    }
    at
}
