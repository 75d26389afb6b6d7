//! What sums are indexed by: levels, combinations of them, and columns, in order of appearance.

use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::dictionary::{Dictionary, Use};
use super::sums::{Maps, Sizes, TermMap};
use super::tuples::Tuples;
use crate::design::Outline;
use crate::design::outline::{Part, PartColumn};
use crate::envelope::fits;
use crate::error::{Error, Result};

/// Levels, combinations and columns that have appeared.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Space {
    /// By variable, then by factor of each group. Those of numbers stay empty.
    pub factors: Vec<Dictionary>,
    pub fixed: Columns,
    /// Columns of the effects of each random term.
    pub effects: Vec<Columns>,
    /// Levels of each group.
    pub groups: Vec<Tuples>,
}

/// The rows of a part in a space.
pub struct Placed {
    /// `[n, slots]`.
    pub x: Vec<f64>,
    /// Of each random term; `None` is a column of ones.
    pub z: Vec<Option<Vec<f64>>>,
    /// By group.
    pub index: Vec<Vec<u32>>,
    /// By variable; empty for numbers.
    pub codes: Vec<Vec<u32>>,
}

impl Placed {
    /// Puts responses behind the columns of the fixed effects.
    pub fn add_responses(&mut self, responses: &[Vec<f64>]) -> Result<()> {
        let more = responses.iter().map(Vec::len).sum();
        self.x.try_reserve_exact(more).map_err(|_| Error::memory("model matrix", 8 * (self.x.len() + more)))?;
        responses.iter().for_each(|own| self.x.extend_from_slice(own));
        Ok(())
    }
}

/// Where sums of another space go, and the codes here of its variables' levels and of its groups' combinations.
type Taken = (Maps, Vec<Vec<u32>>, Vec<Vec<u32>>);

/// What messages call the fixed effects.
const FIXED: &str = "the fixed effects";
const EFFECTS: &str = "the effects of a random term";

impl Space {
    pub fn new(outline: &Outline) -> Self {
        let factors = outline.n_variables() + outline.group_widths().sum::<usize>();
        Space {
            factors: vec![Dictionary::default(); factors],
            fixed: Columns::new(outline.fixed(), outline),
            effects: (0..outline.n_random()).map(|k| Columns::new(outline.effects(k), outline)).collect(),
            groups: outline.group_widths().map(Tuples::new).collect(),
        }
    }

    /// The factors of each group, by their places.
    pub fn group_factors(outline: &Outline) -> Vec<std::ops::Range<usize>> {
        let mut first = outline.n_variables();
        let range = |width: usize| {
            first += width;
            first - width..first
        };
        outline.group_widths().map(range).collect()
    }

    /// Fails for what was read from damaged bytes; makes what is not written.
    pub fn restore(&mut self, outline: &Outline) -> Result<()> {
        let fresh = Space::new(outline);
        let same = self.factors.len() == fresh.factors.len()
            && self.effects.len() == fresh.effects.len()
            && self.groups.len() == fresh.groups.len();
        fits(same, "a level")?;
        self.factors.iter().enumerate().try_for_each(|(f, own)| own.check_read(purpose(outline, f)))?;
        let sizes: Vec<usize> = self.factors.iter().map(Dictionary::len).collect();
        self.fixed.restore(outline.fixed(), outline, &sizes)?;
        for (k, effects) in self.effects.iter_mut().enumerate() {
            effects.restore(outline.effects(k), outline, &sizes)?;
        }
        for (range, group) in Space::group_factors(outline).into_iter().zip(&mut self.groups) {
            group.restore(&sizes[range])?;
        }
        Ok(())
    }

    pub fn sizes(&self, outline: &Outline) -> Sizes {
        let term = |(k, effects): (usize, &Columns)| (self.groups[outline.group_of(k)].len(), effects.slots.len());
        let responses = outline.n_responses();
        Sizes { c: self.fixed.slots.len() + responses, responses, terms: self.effects.iter().enumerate().map(term).collect() }
    }

    /// Places the rows of a part, with what is new in them; where that fails the space stays as it was.
    pub fn place(&mut self, outline: &Outline, part: &Part<'_>) -> Result<Placed> {
        self.check(outline, part)?;
        let marks = self.marks();
        self.try_place(outline, part).inspect_err(|_| self.truncate(&marks))
    }

    /// The model matrix of the fixed effects alone, of a sample.
    pub fn place_fixed(&mut self, outline: &Outline, part: &Part<'_>) -> Result<Vec<f64>> {
        self.check(outline, part)?;
        let codes = self.codes(outline, part)?;
        let cells = self.fixed.cells(&codes, part.n, FIXED)?;
        self.fixed.fill(part, &cells)
    }

    fn check(&self, outline: &Outline, part: &Part<'_>) -> Result<()> {
        for (f, (own, column)) in self.factors.iter().zip(&part.variables).enumerate() {
            if let PartColumn::Factor(labels) = column {
                own.check(outline.factor_name(f), labels, Use::Columns)?;
            }
        }
        let first = outline.n_variables();
        for (at, labels) in part.groups.iter().flatten().enumerate() {
            self.factors[first + at].check(outline.factor_name(first + at), labels, Use::Groups)?;
        }
        Ok(())
    }

    fn codes(&mut self, outline: &Outline, part: &Part<'_>) -> Result<Vec<Vec<u32>>> {
        let of = |(f, (own, column)): (usize, (&mut Dictionary, &PartColumn<'_>))| match column {
            PartColumn::Factor(labels) => own.codes(outline.factor_name(f), labels, Use::Columns),
            PartColumn::Numbers(_) | PartColumn::Matrix(_) => Ok(vec![]),
        };
        self.factors[..outline.n_variables()].iter_mut().zip(&part.variables).enumerate().map(of).collect()
    }

    fn try_place(&mut self, outline: &Outline, part: &Part<'_>) -> Result<Placed> {
        let codes = self.codes(outline, part)?;
        let cells = self.fixed.cells(&codes, part.n, FIXED)?;
        let x = self.fixed.fill(part, &cells)?;
        let mut z = vec![];
        for effects in &mut self.effects {
            let cells = effects.cells(&codes, part.n, EFFECTS)?;
            z.push(if effects.is_ones() { None } else { Some(effects.fill(part, &cells)?) });
        }
        let mut index = vec![];
        let ranges = Space::group_factors(outline);
        for ((range, labels), group) in ranges.into_iter().zip(&part.groups).zip(&mut self.groups) {
            let factors = range.clone().zip(self.factors[range].iter_mut().zip(labels));
            let of = |(f, (own, labels)): (usize, (&mut Dictionary, _))| own.codes(outline.factor_name(f), labels, Use::Groups);
            let codes: Vec<Vec<u32>> = factors.map(of).collect::<Result<_>>()?;
            index.push(group.places(&codes.iter().map(Vec::as_slice).collect::<Vec<_>>(), part.n)?);
        }
        Ok(Placed { x, z, index, codes })
    }

    /// Takes what another space has; gives the places here of what is there.
    pub fn take(&mut self, outline: &Outline, other: &Space) -> Result<Taken> {
        for (f, (own, other)) in self.factors.iter().zip(&other.factors).enumerate() {
            own.check_other(outline.factor_name(f), other, purpose(outline, f))?;
        }
        let marks = self.marks();
        self.try_take(outline, other).inspect_err(|_| self.truncate(&marks))
    }

    fn try_take(&mut self, outline: &Outline, other: &Space) -> Result<Taken> {
        let mut factors = vec![];
        for (f, (own, other)) in self.factors.iter_mut().zip(&other.factors).enumerate() {
            factors.push(own.take(outline.factor_name(f), other, purpose(outline, f))?);
        }
        let columns = self.fixed.take(&other.fixed, &factors, FIXED)?;
        let mut groups = vec![];
        for ((range, own), other) in Space::group_factors(outline).into_iter().zip(&mut self.groups).zip(&other.groups) {
            groups.push(own.take(other, &factors[range].iter().map(Vec::as_slice).collect::<Vec<_>>())?);
        }
        let mut terms = vec![];
        for (k, (own, other)) in self.effects.iter_mut().zip(&other.effects).enumerate() {
            terms.push(TermMap { levels: groups[outline.group_of(k)].clone(), effects: own.take(other, &factors, EFFECTS)? });
        }
        factors.truncate(outline.n_variables());
        Ok((Maps { columns, terms }, factors, groups))
    }

    /// The label of a combination of a group.
    pub fn label(&self, outline: &Outline, group: usize, place: u32) -> String {
        let factors = Space::group_factors(outline)[group].clone();
        let texts = factors.zip(self.groups[group].get(place as usize)).map(|(f, code)| self.factors[f].text(*code));
        texts.collect::<Vec<_>>().join(":")
    }

    /// The place here of a combination of the last group of another space.
    pub fn group_of(&self, outline: &Outline, other: &Space, place: u32) -> Option<u32> {
        let factors = Space::group_factors(outline).last()?.clone();
        let codes = factors.zip(other.groups.last()?.get(place as usize));
        let codes = codes.map(|(f, code)| self.factors[f].find(other.factors[f].text(*code))).collect::<Option<Vec<u32>>>()?;
        self.groups.last()?.find(&codes)
    }

    pub fn marks(&self) -> Marks {
        Marks {
            factors: self.factors.iter().map(Dictionary::len).collect(),
            fixed: self.fixed.marks(),
            effects: self.effects.iter().map(Columns::marks).collect(),
            groups: self.groups.iter().map(Tuples::len).collect(),
        }
    }

    pub fn truncate(&mut self, marks: &Marks) {
        self.factors.iter_mut().zip(&marks.factors).for_each(|(own, len)| own.truncate(*len));
        self.fixed.truncate(&marks.fixed);
        self.effects.iter_mut().zip(&marks.effects).for_each(|(own, marks)| own.truncate(marks));
        self.groups.iter_mut().zip(&marks.groups).for_each(|(own, len)| own.truncate(*len));
    }
}

/// What the factor at a place is for.
fn purpose(outline: &Outline, factor: usize) -> Use {
    if factor < outline.n_variables() { Use::Columns } else { Use::Groups }
}

/// How much a space has.
pub struct Marks {
    factors: Vec<usize>,
    fixed: Vec<usize>,
    effects: Vec<Vec<usize>>,
    groups: Vec<usize>,
}
