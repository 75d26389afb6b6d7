//! The columns of a model matrix before its factors are coded: for each term the products of its numbers, one column for each combination of
//! levels that occurs. Any coding makes its columns of these.

use serde::{Deserialize, Serialize};

use super::tuples::Tuples;
use crate::design::Outline;
use crate::design::outline::{Part, PartColumn, Terms};
use crate::envelope::{column, fits};
use crate::error::{Error, Result, try_vec};

/// The most columns.
pub const MOST: usize = 2000;

/// The term of the intercept.
const INTERCEPT: u32 = u32::MAX;

/// The columns of one model matrix, in order of appearance.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Columns {
    terms: Vec<TermColumns>,
    #[serde(deserialize_with = "column")]
    pub slots: Vec<Slot>,
}

/// The columns of one term.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TermColumns {
    /// In the order of the term: the variable, and the number of its columns, or none for a factor.
    variables: Vec<(usize, Option<usize>)>,
    /// Products of numbers.
    width: usize,
    cells: Tuples,
    /// The first slot of each cell.
    first: Vec<u32>,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    term: u32,
    cell: u32,
    /// Which product of numbers: the first number varies fastest.
    product: u32,
}

/// Where the rows of a part are, term by term: the cell of each row; empty for a term without factors.
pub struct Cells(Vec<Vec<u32>>);

impl Slot {
    /// The term, unless it is the intercept.
    pub fn term(&self) -> Option<usize> {
        (self.term != INTERCEPT).then_some(self.term as usize)
    }
}

impl Columns {
    pub fn new(terms: Terms<'_>, outline: &Outline) -> Self {
        let mut columns = Columns::default();
        if terms.intercept() {
            columns.slots.push(Slot { term: INTERCEPT, cell: 0, product: 0 });
        }
        for variables in terms.iter() {
            let variables: Vec<_> = variables.into_iter().map(|v| (v, outline.width(v))).collect();
            let width = variables.iter().filter_map(|(_, width)| *width).product();
            let factors = variables.iter().filter(|(_, width)| width.is_none()).count();
            columns.terms.push(TermColumns { variables, width, cells: Tuples::new(factors), first: vec![] });
            if factors == 0 {
                columns.add_cell(columns.terms.len() - 1, 0);
            }
        }
        columns
    }

    fn add_cell(&mut self, term: usize, cell: u32) {
        self.terms[term].first.push(self.slots.len() as u32);
        let width = self.terms[term].width as u32;
        self.slots.extend((0..width).map(|product| Slot { term: term as u32, cell, product }));
    }

    pub fn has_intercept(&self) -> bool {
        self.slots.first().is_some_and(|slot| slot.term == INTERCEPT)
    }

    /// Whether all rows have the column with no other value than one.
    pub fn is_ones(&self) -> bool {
        self.has_intercept() && self.slots.len() == 1
    }

    fn has_factors(&self) -> bool {
        self.terms.iter().any(|term| term.cells.width() > 0)
    }

    /// A column made of numbers, without factors.
    pub fn is_of_numbers(&self, slot: Slot) -> bool {
        slot.term().is_some_and(|t| self.terms[t].cells.width() == 0)
    }

    /// Finds the cells of the rows, with new columns for those that are new. `codes` are by variable.
    pub fn cells(&mut self, codes: &[Vec<u32>], n: usize, what: &str) -> Result<Cells> {
        let mut all = vec![];
        for t in 0..self.terms.len() {
            let term = &mut self.terms[t];
            if term.cells.width() == 0 {
                all.push(vec![]);
                continue;
            }
            let own: Vec<&[u32]> = term.factors().map(|v| &codes[v][..]).collect();
            let (before, places) = (term.cells.len(), term.cells.places(&own, n)?);
            let after = self.terms[t].cells.len();
            (before..after).for_each(|cell| self.add_cell(t, cell as u32));
            all.push(places);
        }
        self.check_number(what)?;
        Ok(Cells(all))
    }

    fn check_number(&self, what: &str) -> Result<()> {
        if self.slots.len() <= MOST {
            return Ok(());
        }
        Err(Error::unsupported(format!(
            "{what} have {} products of levels and numbers before they are coded, more than {MOST}, whose sums take the square of that; a factor \
             of so many levels is better a random effect",
            self.slots.len()
        )))
    }

    /// The matrix `[n, slots]`, column-major.
    pub fn fill(&self, part: &Part<'_>, cells: &Cells) -> Result<Vec<f64>> {
        let n = part.n;
        let mut x = try_vec("model matrix", 0.0, n * self.slots.len())?;
        if self.has_intercept() {
            x[..n].fill(1.0);
        }
        let mut product = try_vec("model matrix", 1.0, if self.has_factors() { n } else { 0 })?;
        for (term, places) in self.terms.iter().zip(&cells.0) {
            for k in 0..term.width {
                if places.is_empty() {
                    let column = &mut x[(term.first[0] as usize + k) * n..][..n];
                    column.fill(1.0);
                    term.multiply(k, part, column);
                    continue;
                }
                product.fill(1.0);
                term.multiply(k, part, &mut product);
                for (i, (cell, value)) in places.iter().zip(&product).enumerate() {
                    x[(term.first[*cell as usize] as usize + k) * n + i] = *value;
                }
            }
        }
        Ok(x)
    }

    /// The values of a column made of numbers.
    pub fn numbers(&self, slot: Slot, part: &Part<'_>) -> Result<Vec<f64>> {
        let mut product = try_vec("model matrix", 1.0, part.n)?;
        if let Some(t) = slot.term() {
            self.terms[t].multiply(slot.product as usize, part, &mut product);
        }
        Ok(product)
    }

    /// The numbers of cells and slots.
    pub fn marks(&self) -> Vec<usize> {
        self.terms.iter().map(|term| term.cells.len()).chain([self.slots.len()]).collect()
    }

    /// Back to these numbers.
    pub fn truncate(&mut self, marks: &[usize]) {
        for (term, len) in self.terms.iter_mut().zip(marks) {
            if term.cells.width() > 0 {
                term.cells.truncate(*len);
                term.first.truncate(*len);
            }
        }
        self.slots.truncate(marks.last().copied().unwrap_or(0));
    }

    /// Of a column other than the intercept: for each variable of its term the code of its level, or its column.
    pub fn places(&self, slot: Slot) -> Option<(usize, Vec<(usize, Place)>)> {
        let t = slot.term()?;
        let term = &self.terms[t];
        let codes: &[u32] = if term.cells.width() == 0 { &[] } else { term.cells.get(slot.cell as usize) };
        let (mut codes, mut product) = (codes.iter(), slot.product as usize);
        let place = |(v, width): &(usize, Option<usize>)| match width {
            None => (*v, Place::Level(codes.next().copied().unwrap_or(0))),
            Some(width) => {
                let column = product % width;
                product /= width;
                (*v, Place::Column(column))
            }
        };
        Some((t, term.variables.iter().map(place).collect()))
    }

    /// Takes the columns of another list whose codes are `maps` here, by variable; gives the place of each of its columns here.
    pub fn take(&mut self, other: &Columns, maps: &[Vec<u32>], what: &str) -> Result<Vec<usize>> {
        let mut cells = vec![];
        for (t, theirs) in other.terms.iter().enumerate() {
            let maps: Vec<&[u32]> = theirs.factors().map(|v| &maps[v][..]).collect();
            let before = self.terms[t].cells.len();
            let places = self.terms[t].cells.take(&theirs.cells, &maps)?;
            (before..self.terms[t].cells.len()).for_each(|cell| self.add_cell(t, cell as u32));
            cells.push(places);
        }
        self.check_number(what)?;
        let place = |slot: &Slot| match slot.term() {
            None => 0,
            Some(t) => {
                let cell = cells[t].get(slot.cell as usize).map_or(0, |cell| *cell as usize);
                self.terms[t].first[cell] as usize + slot.product as usize
            }
        };
        Ok(other.slots.iter().map(place).collect())
    }

    /// Fails for what was read from damaged bytes; makes what is not written. `sizes` are the numbers of levels by variable.
    pub fn restore(&mut self, terms: Terms<'_>, outline: &Outline, sizes: &[usize]) -> Result<()> {
        let what = "a column";
        let mut fresh = Columns::new(terms, outline);
        fits(self.terms.len() == fresh.terms.len() && self.slots.len() <= MOST, what)?;
        for (own, new) in self.terms.iter_mut().zip(&fresh.terms) {
            fits(own.variables == new.variables && own.width == new.width, what)?;
            let sizes: Vec<usize> = own.factors().map(|v| sizes[v]).collect();
            own.cells.restore(&sizes)?;
            fits(own.first.len() == own.cells.len().max(usize::from(sizes.is_empty())), what)?;
        }
        // Columns come cell by cell, in the order in which the slots have them.
        for at in 0..self.slots.len() {
            if at < fresh.slots.len() {
                continue;
            }
            let slot = self.slots[at];
            let t = slot.term().filter(|t| *t < self.terms.len() && self.terms[*t].width > 0);
            let Some(t) = t else { return fits(false, what) };
            fits(slot.product == 0 && slot.cell as usize == fresh.terms[t].first.len(), what)?;
            fresh.add_cell(t, slot.cell);
        }
        let same = fresh.slots == self.slots && self.terms.iter().zip(&fresh.terms).all(|(a, b)| a.first == b.first);
        fits(same, what)
    }
}

/// Of a variable of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Level(u32),
    Column(usize),
}

impl TermColumns {
    fn factors(&self) -> impl Iterator<Item = usize> + '_ {
        self.variables.iter().filter(|(_, width)| width.is_none()).map(|(v, _)| *v)
    }

    /// Multiplies the k-th product of numbers into `out`.
    fn multiply(&self, mut k: usize, part: &Part<'_>, out: &mut [f64]) {
        let n = out.len();
        for (v, width) in &self.variables {
            let Some(width) = width else { continue };
            let column = k % width;
            k /= width;
            let values: &[f64] = match &part.variables[*v] {
                PartColumn::Numbers(values) => values,
                PartColumn::Matrix(data) => &data[column * n..(column + 1) * n],
                PartColumn::Factor(_) => continue,
            };
            out.iter_mut().zip(values).for_each(|(out, v)| *out *= v);
        }
    }
}
