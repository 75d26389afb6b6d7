//! The sums over rows that a linear model reduces to, in the order in which levels and columns appeared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::pairs::{New, Pairs};
use crate::envelope::{column, column_if_any, fits};
use crate::error::{Error, Result, try_copy, try_vec};
use crate::lmm::basis::Basis;
use crate::lmm::rows::Chunk;
use crate::random::{TermSize, block_diagonal};

/// The numbers of columns, levels and effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Columns of the fixed effects and the responses.
    pub c: usize,
    /// The responses, which are the last of these.
    pub responses: usize,
    /// Levels and effects of each random term.
    pub terms: Vec<(usize, usize)>,
}

/// The sums of some rows. Rows are multiplied by the square roots of their weights, and columns of fixed effects and the response are those of
/// a basis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    pub n: u64,
    pub log_weights: f64,
    /// The smallest and the largest weight.
    pub weights: Option<(f64, f64)>,
    pub offset: f64,
    /// Times of a residual correlation that are not whole numbers.
    pub continuous: bool,
    /// The sums of the columns of numbers that the fixed effects depend on.
    pub covariates: BTreeMap<String, f64>,
    /// Rows left out, by the name of what is missing there.
    pub dropped: BTreeMap<String, u64>,
    c: usize,
    responses: usize,
    /// C~'C~ `[c, c]`, on and above the diagonal.
    #[serde(deserialize_with = "column")]
    pub gram: Vec<f64>,
    /// The same without weights, where there are some.
    #[serde(deserialize_with = "column_if_any")]
    pub plain: Option<Vec<f64>>,
    pub terms: Vec<TermSums>,
    /// Of terms k > m, at `k (k - 1) / 2 + m`.
    pub pairs: Vec<Pairs>,
    /// Of combinations of rows with correlated residuals, without sums of this kind of their own.
    pub pieces: BTreeMap<Key, Sums>,
}

/// What is summed of rows with correlated residuals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Piece {
    /// Rows as they are; of compound symmetry the sums of groups over the roots of their sizes.
    Own,
    /// Rows less their predecessors; of compound symmetry less the mean of their group.
    Difference,
    /// Predecessors.
    Before,
}

/// A distance in time or a size, and what is summed of the rows that have it. First rows have the distance zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Of a number that is not negative, so that these are in its order.
    bits: u64,
    pub piece: Piece,
}

impl Key {
    pub fn new(value: f64, piece: Piece) -> Self {
        Key { bits: value.to_bits(), piece }
    }

    pub fn value(self) -> f64 {
        f64::from_bits(self.bits)
    }
}

/// The sums of one random term.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TermSums {
    pub levels: usize,
    pub effects: usize,
    /// C~'Z, `[c, effects, levels]`.
    #[serde(deserialize_with = "column")]
    pub cz: Vec<f64>,
    /// Z'Z, `[effects, effects, levels]`.
    #[serde(deserialize_with = "column")]
    pub diagonal: Vec<f64>,
}

/// What a piece is added from.
pub enum Prepared {
    Pairs(Vec<Pairs>),
    New(Box<Sums>),
}

/// Where columns, levels and effects go.
pub struct Maps {
    /// Of each column of the fixed effects; the responses stay the last.
    pub columns: Vec<usize>,
    pub terms: Vec<TermMap>,
}

/// Where levels and effects of a term go.
pub struct TermMap {
    pub levels: Vec<u32>,
    pub effects: Vec<usize>,
}

impl Maps {
    /// Everything stays where it is.
    pub fn identity(sizes: &Sizes) -> Result<Self> {
        let mut terms = vec![];
        for (levels, effects) in &sizes.terms {
            let mut own = try_vec("levels", 0, *levels)?;
            own.iter_mut().enumerate().for_each(|(level, to)| *to = level as u32);
            terms.push(TermMap { levels: own, effects: (0..*effects).collect() });
        }
        Ok(Maps { columns: (0..sizes.c - sizes.responses).collect(), terms })
    }
}

impl Sums {
    /// No rows yet.
    pub fn new(sizes: &Sizes, weighted: bool) -> Result<Self> {
        let what = "cross-products of the fixed effects";
        let mut sums = Sums { c: sizes.c, responses: sizes.responses, ..Sums::default() };
        sums.gram = try_vec(what, 0.0, sizes.c * sizes.c)?;
        if weighted {
            sums.plain = Some(try_vec(what, 0.0, sizes.c * sizes.c)?);
        }
        for (levels, effects) in &sizes.terms {
            let cz = try_vec("cross-products of fixed and random effects", 0.0, sizes.c * levels * effects)?;
            let diagonal = try_vec("cross-products of the random effects", 0.0, levels * effects * effects)?;
            sums.terms.push(TermSums { levels: *levels, effects: *effects, cz, diagonal });
        }
        let k = sizes.terms.len();
        sums.pairs = vec![Pairs::default(); k * k.saturating_sub(1) / 2];
        Ok(sums)
    }

    pub fn sizes(&self) -> Sizes {
        Sizes { c: self.c, responses: self.responses, terms: self.terms.iter().map(|t| (t.levels, t.effects)).collect() }
    }

    /// Makes room for further columns, effects and levels.
    pub fn grow(&mut self, sizes: &Sizes) -> Result<()> {
        self.pieces.values_mut().try_for_each(|piece| piece.grow(sizes))?;
        let own = self.sizes();
        if own == *sizes {
            return Ok(());
        }
        let effects = |sizes: &Sizes| sizes.terms.iter().map(|t| t.1).collect::<Vec<_>>();
        if own.c == sizes.c && effects(&own) == effects(sizes) {
            // New levels come after those that are there.
            for (term, (levels, _)) in self.terms.iter_mut().zip(&sizes.terms) {
                let (cz, diagonal) = (own.c * term.effects * levels, term.effects * term.effects * levels);
                lengthen(&mut term.cz, cz)?;
                lengthen(&mut term.diagonal, diagonal)?;
                term.levels = *levels;
            }
            return Ok(());
        }
        *self = self.moved(&Maps::identity(&own)?, sizes)?;
        Ok(())
    }

    /// With columns, levels and effects at other places.
    pub fn moved(&self, maps: &Maps, sizes: &Sizes) -> Result<Self> {
        let mut sums = Sums::new(sizes, self.plain.is_some())?;
        let (c, new) = (self.c, sizes.c);
        let to = |j: usize| if j + self.responses >= c { j + new - c } else { maps.columns[j] };
        let move_gram = |from: &[f64], into: &mut [f64]| {
            for j in 0..c {
                for i in 0..c {
                    into[to(j) * new + to(i)] = from[j * c + i];
                }
            }
        };
        move_gram(&self.gram, &mut sums.gram);
        if let (Some(from), Some(into)) = (&self.plain, &mut sums.plain) {
            move_gram(from, into);
        }
        for ((from, into), map) in self.terms.iter().zip(&mut sums.terms).zip(&maps.terms) {
            let (r, s) = (from.effects, into.effects);
            // Sums that were made before the last levels and columns came have not got these.
            let effects = &map.effects[..r];
            for (level, place) in map.levels[..from.levels].iter().enumerate() {
                for (e, to_e) in effects.iter().enumerate() {
                    let column = &from.cz[(level * r + e) * c..][..c];
                    let own = &mut into.cz[(*place as usize * s + to_e) * new..][..new];
                    column.iter().enumerate().for_each(|(j, v)| own[to(j)] = *v);
                    for (f, to_f) in effects.iter().enumerate() {
                        into.diagonal[(*place as usize * s + to_f) * s + to_e] = from.diagonal[(level * r + f) * r + e];
                    }
                }
            }
        }
        for (at, (k, m)) in pairs_of(self.terms.len()).enumerate() {
            let (own, other) = (&maps.terms[k], &maps.terms[m]);
            sums.pairs[at] = self.pairs[at].moved(
                [&own.levels, &other.levels],
                [&own.effects[..self.terms[k].effects], &other.effects[..self.terms[m].effects]],
                [sizes.terms[k].1, sizes.terms[m].1],
            )?;
        }
        for (key, piece) in &self.pieces {
            sums.pieces.insert(*key, piece.moved(maps, sizes)?);
        }
        sums.take_totals(self);
        Ok(sums)
    }

    /// Adds what is no matrix.
    pub fn take_totals(&mut self, other: &Sums) {
        self.n += other.n;
        self.log_weights += other.log_weights;
        self.offset += other.offset;
        self.continuous |= other.continuous;
        self.weights = match (self.weights, other.weights) {
            (Some((low, high)), Some((a, b))) => Some((low.min(a), high.max(b))),
            (own, other) => own.or(other),
        };
        for (name, sum) in &other.covariates {
            *self.covariates.entry(name.clone()).or_insert(0.0) += sum;
        }
        for (name, count) in &other.dropped {
            *self.dropped.entry(name.clone()).or_insert(0) += count;
        }
    }

    /// The sum of two of the same sizes, whose pairs are joined.
    pub fn sum(&self, other: &Sums) -> Result<Self> {
        let gram = try_copy("cross-products", &self.gram)?;
        let mut sums = Sums { c: self.c, responses: self.responses, gram, ..Sums::default() };
        add_to(&mut sums.gram, &other.gram);
        if let (Some(own), Some(other)) = (&self.plain, &other.plain) {
            let mut plain = try_copy("cross-products", own)?;
            add_to(&mut plain, other);
            sums.plain = Some(plain);
        }
        for (own, other) in self.terms.iter().zip(&other.terms) {
            let (mut cz, mut diagonal) = (try_copy("cross-products", &own.cz)?, try_copy("cross-products", &own.diagonal)?);
            add_to(&mut cz, &other.cz);
            add_to(&mut diagonal, &other.diagonal);
            sums.terms.push(TermSums { cz, diagonal, ..*own });
        }
        for (own, other) in self.pairs.iter().zip(&other.pairs) {
            sums.pairs.push(own.sum(other)?);
        }
        for key in self.pieces.keys().chain(other.pieces.keys()) {
            let joined = match (self.pieces.get(key), other.pieces.get(key)) {
                (Some(own), Some(other)) => own.sum(other)?,
                (Some(own), None) | (None, Some(own)) => own.joined()?,
                (None, None) => continue,
            };
            sums.pieces.insert(*key, joined);
        }
        sums.take_totals(self);
        sums.take_totals(other);
        Ok(sums)
    }

    /// Adds others of the same sizes, or nothing of them where memory is short.
    pub fn take(&mut self, other: &Sums) -> Result<()> {
        let joined = self.joined_of(other)?;
        let pieces = self.prepared(&other.pieces)?;
        self.put(other, joined);
        self.put_pieces(&other.pieces, pieces);
        Ok(())
    }

    /// The pairs of others as one, with room for them here.
    fn joined_of(&mut self, other: &Sums) -> Result<Vec<Pairs>> {
        self.pairs.iter_mut().try_for_each(Pairs::reserve)?;
        other.pairs.iter().map(Pairs::joined).collect()
    }

    /// All that can fail of adding pieces.
    pub fn prepared(&mut self, pieces: &BTreeMap<Key, Sums>) -> Result<Vec<Prepared>> {
        let sizes = self.sizes();
        let one = |(key, other): (&Key, &Sums)| match self.pieces.get_mut(key) {
            Some(own) => {
                own.grow(&sizes)?;
                own.joined_of(other).map(Prepared::Pairs)
            }
            None => other.joined().map(|own| Prepared::New(Box::new(own))),
        };
        pieces.iter().map(one).collect()
    }

    pub fn put_pieces(&mut self, pieces: &BTreeMap<Key, Sums>, prepared: Vec<Prepared>) {
        for ((key, other), prepared) in pieces.iter().zip(prepared) {
            match (self.pieces.get_mut(key), prepared) {
                (Some(own), Prepared::Pairs(joined)) => own.put(other, joined),
                (_, Prepared::New(own)) => drop(self.pieces.insert(*key, *own)),
                (None, Prepared::Pairs(_)) => {}
            }
        }
    }

    fn put(&mut self, other: &Sums, joined: Vec<Pairs>) {
        add_to(&mut self.gram, &other.gram);
        if let (Some(own), Some(other)) = (&mut self.plain, &other.plain) {
            add_to(own, other);
        }
        for (own, other) in self.terms.iter_mut().zip(&other.terms) {
            add_to(&mut own.cz, &other.cz);
            add_to(&mut own.diagonal, &other.diagonal);
        }
        self.take_totals(other);
        self.pairs.iter_mut().zip(joined).for_each(|(own, other)| own.take(other));
    }

    /// With all pairs joined, as sums of parts and bytes have them.
    pub fn joined(&self) -> Result<Self> {
        let mut sums = Sums { pairs: vec![], ..self.without_pairs()? };
        for pairs in &self.pairs {
            sums.pairs.push(pairs.joined()?);
        }
        for (key, piece) in &self.pieces {
            sums.pieces.insert(*key, piece.joined()?);
        }
        Ok(sums)
    }

    fn without_pairs(&self) -> Result<Self> {
        let mut terms = vec![];
        for own in &self.terms {
            let (cz, diagonal) = (try_copy("cross-products", &own.cz)?, try_copy("cross-products", &own.diagonal)?);
            terms.push(TermSums { cz, diagonal, ..*own });
        }
        let plain = self.plain.as_deref().map(|own| try_copy("cross-products", own)).transpose()?;
        let (gram, dropped, covariates) = (try_copy("cross-products", &self.gram)?, self.dropped.clone(), self.covariates.clone());
        Ok(Sums { gram, plain, terms, dropped, covariates, pairs: vec![], pieces: BTreeMap::new(), ..*self })
    }

    /// Adds rows. What can fail does so before anything is added.
    pub fn add(&mut self, chunk: &Chunk<'_>, basis: &Basis) -> Result<()> {
        let sizes: Vec<_> = self.terms.iter().map(|term| TermSize { levels: term.levels, effects: term.effects }).collect();
        let rows = |k: usize| (&chunk.terms[k], sizes[k]);
        let mut new: Vec<New> = vec![];
        for ((k, m), pairs) in pairs_of(sizes.len()).zip(&self.pairs) {
            new.push(pairs.of_rows(rows(k), rows(m), chunk.weights)?);
        }
        self.pairs.iter_mut().try_for_each(Pairs::reserve)?;
        let plain = match &self.plain {
            Some(_) => Some(basis.gram(&Chunk { weights: None, terms: vec![], ..chunk.clone() })?),
            None => None,
        };
        let terms = self.terms.iter_mut().map(|term| (term.effects, &mut term.cz[..])).collect();
        let own = basis.products(chunk, terms)?;
        add_to(&mut self.gram, &own);
        for (sums, term) in self.terms.iter_mut().zip(&chunk.terms) {
            block_diagonal(term, chunk.weights, sums.effects, &mut sums.diagonal);
        }
        if let (Some(sum), Some(plain)) = (&mut self.plain, plain) {
            add_to(sum, &plain);
        }
        for ((pairs, new), (k, m)) in self.pairs.iter_mut().zip(new).zip(pairs_of(sizes.len())) {
            pairs.add(new, rows(k), rows(m), chunk.weights);
        }
        self.n += chunk.n as u64;
        if let Some(weights) = chunk.weights {
            self.log_weights += weights.iter().map(|w| w.ln()).sum::<f64>();
            let (low, high) = weights.iter().fold((f64::INFINITY, 0.0f64), |(low, high), w| (low.min(*w), high.max(*w)));
            self.weights = Some(self.weights.map_or((low, high), |(a, b)| (a.min(low), b.max(high))));
        }
        Ok(())
    }

    /// Fails for what was read from damaged bytes.
    pub fn check(&self, sizes: &Sizes, weighted: bool) -> Result<()> {
        let what = "the size of a sum";
        let c = self.c;
        let same = self.terms.len() == sizes.terms.len() && self.responses == sizes.responses;
        let within = same && (sizes.responses..=sizes.c).contains(&self.c) && sizes.responses > 0;
        fits(within && self.gram.len() == c * c && self.plain.is_some() == weighted, what)?;
        fits(self.plain.as_ref().is_none_or(|plain| plain.len() == c * c), what)?;
        for (own, (levels, effects)) in self.terms.iter().zip(&sizes.terms) {
            let size = own.levels.saturating_mul(own.effects);
            let lengths = own.cz.len() == size.saturating_mul(c) && own.diagonal.len() == size.saturating_mul(own.effects);
            fits(own.levels <= *levels && own.effects <= *effects && lengths, what)?;
        }
        fits(self.pairs.len() == pairs_of(self.terms.len()).count(), what)?;
        for (pairs, (k, m)) in self.pairs.iter().zip(pairs_of(self.terms.len())) {
            let (own, other) = (&self.terms[k], &self.terms[m]);
            pairs.check([own.levels, other.levels], [own.effects, other.effects])?;
        }
        for (key, piece) in &self.pieces {
            fits(key.value() >= 0.0 && key.value().is_finite() && piece.pieces.is_empty(), "a distance in time")?;
            piece.check(sizes, false)?;
        }
        let plain = self.plain.iter().flatten();
        let terms = self.terms.iter().flat_map(|t| t.cz.iter().chain(&t.diagonal));
        let totals = [self.log_weights, self.offset];
        let totals = totals.iter().chain(self.covariates.values());
        fits(self.gram.iter().chain(plain).chain(terms).chain(totals).all(|v| v.is_finite()), "a sum that is no number")?;
        fits(self.n < 1 << 53 && self.dropped.values().all(|count| *count < 1 << 53), "the number of rows")
    }

    /// Bytes of the numbers.
    pub fn bytes(&self) -> usize {
        let terms: usize = self.terms.iter().map(|t| t.cz.len() + t.diagonal.len()).sum();
        let pairs: usize = pairs_of(self.terms.len())
            .zip(&self.pairs)
            .map(|((k, m), pairs)| pairs.len() * (1 + self.terms[k].effects * self.terms[m].effects))
            .sum();
        let pieces: usize = self.pieces.values().map(Sums::bytes).sum();
        8 * (self.gram.len() + self.plain.as_ref().map_or(0, Vec::len) + terms + pairs) + pieces
    }
}

/// Terms k > m, in their order.
pub fn pairs_of(terms: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..terms).flat_map(|k| (0..k).map(move |m| (k, m)))
}

fn add_to(sum: &mut [f64], values: &[f64]) {
    sum.iter_mut().zip(values).for_each(|(s, v)| *s += v);
}

fn lengthen(values: &mut Vec<f64>, len: usize) -> Result<()> {
    let more = len - values.len();
    values.try_reserve(more).map_err(|_| Error::memory("cross-products of the random effects", 8 * len))?;
    values.resize(len, 0.0);
    Ok(())
}
