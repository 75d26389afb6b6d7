//! The sums over rows that cross-products are made of, and how threads share them.

use super::basis::{Basis, ByLevel};
use super::rows::{BLOCK, Chunk, Rows};
use crate::error::{Result, try_vec};
use crate::linalg::dense::add_scaled;
use crate::random::{BlockMatrix, Layout, TermRows, TermSize, block_diagonal};
use crate::threads::divide;
use crate::watch::Watch;

/// Rows from which on other threads are worth their start.
const WORTH_THREADS: usize = 16_384;

/// Neighbouring rows of the same level are summed for all levels by threads where there are so many on average.
const NEIGHBOURS: usize = 4;

/// What the sums are added to.
pub(super) struct Targets<'a> {
    pub layout: &'a Layout,
    /// C~'C~.
    pub gram: &'a mut [f64],
    /// C~'Z.
    pub cz: &'a mut [f64],
    /// Z_k'Z_k.
    pub diagonal: &'a mut [Vec<f64>],
}

/// A pair of terms, by its place among pairs, and its blocks.
type Pair = (usize, BlockMatrix);

impl<'a> Targets<'a> {
    /// Adds the rows of a chunk; gives the blocks of pairs of terms.
    pub fn add(self, basis: &Basis, chunk: &'a Chunk<'_>) -> Result<Vec<Pair>> {
        let (gram, layout, weights, c) = (self.gram, self.layout, chunk.weights, basis.columns);
        let by_pairs = Sum::pairs(layout, chunk);
        let own = chunk.terms.iter().zip(&layout.terms).zip(self.diagonal);
        let own: Vec<_> = own.map(|((term, size), blocks)| Sum::Own(term, size.effects, blocks)).collect();
        let mut levels = vec![];
        let mut rest = self.cz;
        for size in &layout.terms {
            let own;
            (own, rest) = rest.split_at_mut(size.levels * size.effects * c);
            levels.push(own);
        }
        let pieces = chunk.rows().pieces();
        let threads = if chunk.n < WORTH_THREADS { 1 } else { chunk.watch.threads() };
        let mut pairs = vec![];
        if threads <= 1 {
            for piece in &pieces {
                let own = chunk.terms.iter().zip(&layout.terms).zip(&mut levels);
                let mut own: Vec<_> = own.map(|((term, size), sums)| by_level(term, size, piece, sums)).collect();
                add_scaled(gram, 1.0, &basis.part(piece, &mut own, &chunk.watch)?);
            }
            for sum in by_pairs.into_iter().chain(own) {
                chunk.watch.pulse()?;
                pairs.extend(sum.make(weights)?);
            }
            return Ok(pairs);
        }
        let runs: Vec<bool> = chunk.terms.iter().map(|term| has_runs(term.index)).collect();
        let (terms, rows) = (&chunk.terms[..], chunk.rows());
        let mut work: Vec<_> = by_pairs.into_iter().map(Work::Blocks).collect();
        for (k, sums) in levels.iter_mut().enumerate().filter(|(k, _)| !runs[*k]) {
            work.push(Work::Levels(by_level(&terms[k], &layout.terms[k], &rows, sums)));
        }
        work.extend(own.into_iter().map(Work::Blocks));
        work.extend(pieces.iter().map(Work::Piece));
        let make = |work: Work<'_, '_>| match work {
            Work::Blocks(sum) => sum.make(weights).map(Done::Blocks),
            Work::Levels(own) => basis.each_piece(&rows, &mut [own], None, &Watch::unwatched()).map(|()| Done::Blocks(None)),
            Work::Piece(piece) => Part::new(basis, piece, terms, (layout, &runs)).map(Done::Piece),
        };
        chunk.watch.pulse()?;
        for done in divide(threads, work, &make) {
            match done? {
                Done::Blocks(pair) => pairs.extend(pair),
                Done::Piece(part) => part.add_to(gram, &mut levels),
            }
        }
        chunk.watch.pulse()?;
        Ok(pairs)
    }
}

/// What a term's levels have of a piece of rows.
fn by_level<'a>(term: &TermRows<'a>, size: &TermSize, rows: &Rows<'_>, sums: &'a mut [f64]) -> ByLevel<'a> {
    let range = rows.first..rows.first + rows.n;
    let columns = |z: &'a [f64]| z.chunks_exact(term.index.len()).map(|column| &column[range.clone()]).collect();
    ByLevel { index: &term.index[range.clone()], z: term.z.map(columns), effects: size.effects, sums }
}

/// Whether levels of neighbouring rows are mostly the same.
fn has_runs(index: &[u32]) -> bool {
    let changes = index.iter().zip(&index[1..]).filter(|(a, b)| a != b).count();
    NEIGHBOURS * changes <= index.len()
}

/// What is done by one thread.
enum Work<'a, 'r> {
    Blocks(Sum<'a>),
    /// C~'Z of a term, from all rows.
    Levels(ByLevel<'a>),
    /// C~'C~ of a piece of rows, and C~'Z of the terms that have runs.
    Piece(&'a Rows<'r>),
}

enum Done {
    Blocks(Option<Pair>),
    Piece(Part),
}

/// What a piece of rows adds.
struct Part {
    gram: Vec<f64>,
    /// Of each term the levels of its runs, within blocks of rows, and their sums; added in this order they are those of one thread.
    levels: Vec<(Vec<u32>, Vec<f64>)>,
}

impl Part {
    fn new(basis: &Basis, piece: &Rows<'_>, terms: &[TermRows<'_>], (layout, runs): (&Layout, &[bool])) -> Result<Self> {
        let mut levels = vec![];
        let mut numbers = vec![];
        for (term, runs) in terms.iter().zip(runs) {
            let (mut own, mut number) = (vec![], vec![]);
            if *runs {
                number = try_vec("levels of the rows", 0u32, piece.n)?;
                let index = &term.index[piece.first..piece.first + piece.n];
                for (index, number) in index.chunks(BLOCK).zip(number.chunks_mut(BLOCK)) {
                    for (i, (level, number)) in index.iter().zip(number).enumerate() {
                        if i == 0 || index[i - 1] != *level {
                            own.push(*level);
                        }
                        *number = own.len() as u32 - 1;
                    }
                }
            }
            numbers.push(number);
            levels.push((own, vec![]));
        }
        let mut by_run = vec![];
        for (k, (own, sums)) in levels.iter_mut().enumerate().filter(|(k, _)| runs[*k]) {
            let size = TermSize { levels: own.len(), ..layout.terms[k] };
            *sums = try_vec("cross-products of fixed and random effects", 0.0, own.len() * size.effects * basis.columns)?;
            by_run.push(ByLevel { index: &numbers[k], ..by_level(&terms[k], &size, piece, sums) });
        }
        let gram = basis.part(piece, &mut by_run, &Watch::unwatched())?;
        drop(by_run);
        Ok(Part { gram, levels })
    }

    fn add_to(&self, gram: &mut [f64], levels: &mut [&mut [f64]]) {
        add_scaled(gram, 1.0, &self.gram);
        for (all, (own, sums)) in levels.iter_mut().zip(&self.levels) {
            let width = sums.len().checked_div(own.len()).unwrap_or(0);
            for (level, sums) in own.iter().zip(sums.chunks_exact(width.max(1))) {
                add_scaled(&mut all[*level as usize * width..][..width], 1.0, sums);
            }
        }
    }
}

/// Blocks of Z'Z that are sums of their own over the rows: those of a term's levels, and those of two terms, with their place.
enum Sum<'a> {
    Own(&'a TermRows<'a>, usize, &'a mut Vec<f64>),
    Pair(usize, [(&'a TermRows<'a>, TermSize); 2]),
}

impl<'a> Sum<'a> {
    fn pairs(layout: &Layout, chunk: &'a Chunk<'_>) -> Vec<Self> {
        let (terms, sizes) = (&chunk.terms, &layout.terms);
        let pairs = (0..terms.len()).flat_map(|k| (0..k).map(move |m| (k, m)));
        pairs.map(|(k, m)| Sum::Pair(k * (k.max(1) - 1) / 2 + m, [(&terms[k], sizes[k]), (&terms[m], sizes[m])])).collect()
    }

    fn make(self, weights: Option<&[f64]>) -> Result<Option<Pair>> {
        match self {
            Sum::Own(term, effects, blocks) => {
                block_diagonal(term, weights, effects, blocks);
                Ok(None)
            }
            Sum::Pair(place, [(term, size), (other, other_size)]) => {
                BlockMatrix::product(term, &size, other, &other_size, weights).map(|pair| Some((place, pair)))
            }
        }
    }
}
