//! The reference grid of a program (Searle, Speed & Milliken 1980): all combinations of the levels of the factors that the fixed effects
//! depend on, with numeric covariates at their means. It is made of columns of the data, not of variables of the model: with `log(x)` the
//! mean is that of x, and stateful functions evaluate what they learnt.

use std::collections::BTreeMap;

use super::node::Node;
use super::program::Program;
use super::rows::{Incomplete, Rows};
use super::value::Value;
use super::variable::Kind;
use super::{NaPolicy, RowLedger};
use crate::error::{Error, Result, try_collect, try_gather, try_vec};
use crate::frame::{ColumnData, Frame, shortest_text};
use crate::names::{known, quoted};

/// The columns that the fixed effects depend on, in order of appearance, with the values that the grid takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub factors: Vec<ReferenceFactor>,
    /// Name and mean.
    pub covariates: Vec<(String, f64)>,
    /// Weight of each cell: the prior weights in the data, or the number of rows; the first factor varies fastest. `None` without data.
    pub counts: Option<Vec<f64>>,
}

/// A column that is a factor of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceFactor {
    pub name: String,
    pub levels: Vec<String>,
    /// The numbers that are the levels, where the column holds numbers and a formula makes them categories.
    pub numbers: Option<Vec<f64>>,
}

/// The most cells of a grid.
const MOST_CELLS: usize = 1_000_000;

impl Reference {
    pub fn n_cells(&self) -> usize {
        self.factors.iter().map(|f| f.levels.len()).product()
    }

    /// The level of each factor in a cell.
    pub fn levels_of(&self, cell: usize) -> Vec<usize> {
        let mut rest = cell;
        let digits = self.factors.iter().map(|factor| {
            let digit = rest % factor.levels.len();
            rest /= factor.levels.len();
            digit
        });
        digits.collect()
    }

    /// Takes these values of a column alone: levels of a factor, or numbers of a covariate in place of its mean.
    pub fn restrict(&mut self, name: &str, values: &[String]) -> Result<()> {
        if let Some(twice) = (1..values.len()).find(|&i| values[..i].contains(&values[i])) {
            return Err(Error::argument(format!("at: {} has the value {} twice", quoted(name), values[twice])));
        }
        if let Some(f) = self.factors.iter().position(|f| f.name == name) {
            return self.restrict_factor(f, values);
        }
        let Some(c) = self.covariates.iter().position(|(own, _)| own == name) else { return Err(self.absent(name)) };
        let number = |text: &String| match text.parse::<f64>() {
            Ok(v) if v.is_finite() => Ok(v),
            _ => Err(Error::argument(format!("at: {} is numeric, wanted a number, not {}", quoted(name), quoted(text)))),
        };
        let numbers = values.iter().map(number).collect::<Result<Vec<f64>>>()?;
        if let [one] = numbers[..] {
            self.covariates[c].1 = one;
            return Ok(());
        }
        self.covariates.remove(c);
        // The last factor varies slowest.
        if let Some(counts) = &mut self.counts {
            let shares: Vec<f64> = counts.iter().map(|count| count / numbers.len() as f64).collect();
            *counts = shares.repeat(numbers.len());
        }
        let levels = numbers.iter().map(|v| shortest_text(*v)).collect();
        self.factors.push(ReferenceFactor { name: name.to_string(), levels, numbers: Some(numbers) });
        self.check_size()
    }

    fn restrict_factor(&mut self, f: usize, values: &[String]) -> Result<()> {
        let factor = &self.factors[f];
        let same = |level: usize, text: &str| {
            factor.levels[level] == text || factor.numbers.as_ref().is_some_and(|n| text.parse() == Ok(n[level]))
        };
        let place = |text: &String| {
            (0..factor.levels.len()).find(|&level| same(level, text)).ok_or_else(|| {
                let levels = factor.levels.iter().map(String::as_str);
                let what = format!("{} in the rows used", quoted(&factor.name));
                Error::argument(format!(
                    "at: {} has no level {}; {}",
                    quoted(&factor.name),
                    quoted(text),
                    known(&what, text, levels)
                ))
            })
        };
        let chosen = values.iter().map(place).collect::<Result<Vec<usize>>>()?;
        let old = self.clone();
        let factor = &mut self.factors[f];
        factor.levels = chosen.iter().map(|&level| old.factors[f].levels[level].clone()).collect();
        factor.numbers = factor.numbers.as_ref().map(|numbers| chosen.iter().map(|&level| numbers[level]).collect());
        self.counts = old.counts.as_ref().map(|counts| {
            let cell_of = |cell: usize| {
                let mut levels = self.levels_of(cell);
                levels[f] = chosen[levels[f]];
                old.factors.iter().zip(levels).rev().fold(0, |cell, (factor, level)| cell * factor.levels.len() + level)
            };
            (0..self.n_cells()).map(|cell| counts[cell_of(cell)]).collect()
        });
        Ok(())
    }

    /// The error for a column that the grid doesn't have.
    pub fn absent(&self, name: &str) -> Error {
        let names = self.factors.iter().map(|f| f.name.as_str()).chain(self.covariates.iter().map(|c| c.0.as_str()));
        Error::argument(format!("the fixed effects don't depend on a column {}; {}", quoted(name), known("the grid", name, names)))
    }

    fn check_size(&self) -> Result<()> {
        let cells = self.factors.iter().try_fold(1_usize, |product, f| product.checked_mul(f.levels.len()));
        if cells.is_some_and(|cells| cells <= MOST_CELLS) {
            return Ok(());
        }
        let sizes: Vec<String> = self.factors.iter().map(|f| format!("{} of {}", f.levels.len(), quoted(&f.name))).collect();
        Err(Error::unsupported(format!(
            "the reference grid has more than {MOST_CELLS} cells, all combinations of the levels ({})",
            sizes.join(", ")
        )))
    }

    /// The grid as data.
    pub fn frame(&self) -> Result<Frame> {
        let cells = self.n_cells();
        let mut frame = Frame::new(cells);
        let mut stride = 1;
        for factor in &self.factors {
            let code = |cell: usize| cell / stride % factor.levels.len();
            if let Some(numbers) = &factor.numbers {
                frame.add_real(&factor.name, (0..cells).map(|c| numbers[code(c)]).collect())?;
            } else {
                let codes = (0..cells).map(|c| code(c) as i32).collect();
                frame.add_category(&factor.name, codes, factor.levels.clone(), false)?;
            }
            stride *= factor.levels.len();
        }
        for (name, mean) in &self.covariates {
            frame.add_real(name, try_vec("reference grid", *mean, cells)?)?;
        }
        Ok(frame)
    }
}

impl Program {
    /// The reference grid's columns, from the data that the program learnt from; `ledger` says which rows were used, `weights` are those
    /// of the rows used.
    pub fn reference(&self, data: &Frame, ledger: &RowLedger, weights: Option<&[f64]>) -> Result<Reference> {
        let rows = used_rows(ledger)?;
        let mut reference = Reference { factors: Vec::new(), covariates: Vec::new(), counts: None };
        let mut codes: Vec<Vec<i32>> = Vec::new();
        for name in self.fixed_columns() {
            let column = data.column(name)?;
            match column.as_real()? {
                Some(values) if !self.makes_factor(name) => {
                    let used = rows.select(values)?;
                    reference.covariates.push((name.to_string(), super::stateful::mean(&used)));
                }
                _ => {
                    let category = column.to_category()?;
                    let (factor, of_rows) = factor_of(name, &column.data, &category, &rows)?;
                    reference.factors.push(factor);
                    codes.push(of_rows);
                }
            }
        }
        reference.check_size()?;
        let mut counts = try_vec("reference grid", 0.0, reference.n_cells())?;
        for i in 0..rows.len() {
            let place = |(f, c): (&ReferenceFactor, &Vec<i32>)| (f.levels.len(), c[i] as usize);
            let cell = reference.factors.iter().zip(&codes).map(place).rev().fold(0, |cell, (n, code)| cell * n + code);
            counts[cell] += weights.map_or(1.0, |w| w[i]);
        }
        reference.counts = Some(counts);
        Ok(reference)
    }

    /// The same without the data: possible where the fixed effects are made of plain factors.
    pub fn reference_of_factors(&self) -> Result<Reference> {
        let mut factors: Vec<ReferenceFactor> = Vec::new();
        for variable in self.fixed_variables() {
            match (&variable.node, &variable.kind) {
                (Node::Column(name), Kind::Factor { levels, .. }) => {
                    factors.push(ReferenceFactor { name: name.clone(), levels: levels.clone(), numbers: None });
                }
                _ => {
                    return Err(Error::argument(format!(
                        "data is NULL, but the reference grid needs the data of the fit: for the values of {}",
                        quoted(&variable.name)
                    )));
                }
            }
        }
        let reference = Reference { factors, covariates: Vec::new(), counts: None };
        reference.check_size()?;
        Ok(reference)
    }

    /// The same with the means of covariates as they were summed, by column: possible where factors are columns, or made of one.
    pub fn reference_of_means(&self, means: &BTreeMap<String, f64>) -> Result<Reference> {
        let mut reference = Reference { factors: Vec::new(), covariates: Vec::new(), counts: None };
        for name in self.fixed_columns() {
            if let Some(mean) = means.get(name) {
                reference.covariates.push((name.to_string(), *mean));
                continue;
            }
            let plain = |node: &Node| matches!(node, Node::Column(own) if own == name) || categorises(node, name);
            let Some(variable) = self.fixed_variables().iter().find(|variable| plain(&variable.node)) else {
                return Err(Error::unsupported(format!(
                    "marginal means: the fit was made from an accumulator, which does not know the levels of {} behind an expression; give \
                     the formula a column of its values",
                    quoted(name)
                )));
            };
            let Kind::Factor { levels, .. } = &variable.kind else {
                return Err(Error::unsupported(format!("marginal means: the mean of {} is not known", quoted(name))));
            };
            let numbers: Option<Vec<f64>> = levels.iter().map(|label| label.parse().ok()).collect();
            let numbers =
                numbers.filter(|n| self.makes_factor(name) && n.iter().zip(levels).all(|(&n, label)| shortest_text(n) == *label));
            reference.factors.push(ReferenceFactor { name: name.to_string(), levels: levels.clone(), numbers });
        }
        reference.check_size()?;
        Ok(reference)
    }

    /// The fixed effects' columns on the grid, `[cells, p]`, p counting also the columns that a fit leaves out.
    pub fn reference_matrix(&self, reference: &Reference) -> Result<Vec<f64>> {
        let frame = reference.frame()?;
        self.fixed_matrix(&frame, &Rows::all(frame.n_rows()))
    }

    /// The fixed effects' columns on the rows used of the data, `[n, p]`.
    pub fn fixed_matrix_of_data(&self, data: &Frame, ledger: &RowLedger) -> Result<Vec<f64>> {
        self.fixed_matrix(data, &used_rows(ledger)?)
    }

    fn fixed_matrix(&self, frame: &Frame, rows: &Rows) -> Result<Vec<f64>> {
        let mut predictors = Vec::with_capacity(self.mean.variables.len());
        for variable in self.fixed_variables() {
            let value = variable.conform(variable.node.evaluate(frame)?)?;
            if has_missing(&value, rows) {
                return Err(Error::data(format!("{} has no value at a point of the reference grid", quoted(&variable.name))));
            }
            predictors.push(Some(variable.predictor(value, rows)?));
        }
        predictors.extend((predictors.len()..self.mean.variables.len()).map(|_| None));
        self.mean.fixed.fill(rows.len(), &self.mean.variables, &predictors)
    }

    fn fixed_variables(&self) -> &[super::variable::Variable] {
        &self.mean.variables[..self.mean.n_fixed_variables]
    }

    /// The columns of the data that the fixed effects depend on, offsets apart.
    fn fixed_columns(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.fixed_variables().iter().flat_map(|variable| variable.node.columns()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether a formula turns the column's numbers into categories.
    fn makes_factor(&self, column: &str) -> bool {
        self.fixed_variables().iter().any(|variable| categorises(&variable.node, column))
    }
}

/// Whether `factor()` and the like stand right at the column.
pub(super) fn categorises(node: &Node, column: &str) -> bool {
    match node {
        Node::Factor { argument, .. } | Node::Contrasts { argument, .. } => {
            matches!(&**argument, Node::Column(name) if name == column) || categorises(argument, column)
        }
        Node::AsNumeric { argument, .. } => categorises(argument, column),
        _ => false,
    }
}

fn has_missing(value: &Value, rows: &Rows) -> bool {
    let missing = |values: &[f64]| (0..rows.len()).any(|i| values[rows.data_row(i)].is_nan());
    match value {
        Value::Numbers(v) => missing(v),
        Value::Logical(v) => missing(v),
        Value::Matrix(m) => m.data.chunks((m.data.len() / m.n_columns.max(1)).max(1)).any(missing),
        Value::Factor(f) => (0..rows.len()).any(|i| f.codes[rows.data_row(i)] < 0),
        Value::Word => false,
    }
}

fn used_rows(ledger: &RowLedger) -> Result<Rows> {
    let mut incomplete = Incomplete::new(ledger.n_data, None)?;
    let mut dropped = ledger.dropped.iter().map(|(row, _)| *row).peekable();
    incomplete.note_where("", &[], (0..ledger.n_data).map(|row| dropped.next_if_eq(&row).is_some()));
    Ok(incomplete.finish(NaPolicy::Omit)?.0)
}

/// The levels that occur in the rows used, and the code of each of these rows.
fn factor_of(name: &str, data: &ColumnData, category: &crate::frame::Category, rows: &Rows) -> Result<(ReferenceFactor, Vec<i32>)> {
    let mut codes = try_vec("codes of a factor", 0, rows.len())?;
    let mut new = try_vec("levels of a factor", -1, category.levels.len())?;
    for (i, code) in codes.iter_mut().enumerate() {
        *code = category.codes[rows.data_row(i)];
        let Some(slot) = usize::try_from(*code).ok().and_then(|c| new.get_mut(c)) else {
            return Err(Error::data(format!("column {} has a missing value in a row that the fit used", quoted(name))));
        };
        *slot = 0;
    }
    let occurring = try_gather("levels of a factor", (0..new.len()).filter(|&level| new[level] == 0))?;
    occurring.iter().enumerate().for_each(|(place, &level)| new[level] = place as i32);
    for code in &mut codes {
        *code = new[*code as usize];
    }
    let levels = try_collect("levels of a factor", occurring.iter().map(|&level| category.levels[level].clone()))?;
    let numbers = match data {
        ColumnData::Category(_) => None,
        _ => Some(levels.iter().map(|label| label.parse().unwrap_or(f64::NAN)).collect::<Vec<f64>>()),
    };
    let numbers = numbers.filter(|n| n.iter().zip(&levels).all(|(&n, label)| shortest_text(n) == *label));
    Ok((ReferenceFactor { name: name.to_string(), levels, numbers }, codes))
}
