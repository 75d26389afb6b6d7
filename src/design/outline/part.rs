//! A part of the data by an outline: what its rows hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::compiled::Outline;
use super::correlation::CorrelationOutline;
use super::levels::{Labels, order_of};
use crate::design::NaPolicy;
use crate::design::grid::categorises;
use crate::design::node::Node;
use crate::design::realise::{checked_weights, sum_of_offsets};
use crate::design::response::{Response, ResponseRule, ResponseValues, Selected};
use crate::design::rows::{Incomplete, Rows};
use crate::design::unread::{note_group, note_variable, with_cell};
use crate::design::value::{Factor, Value, logical_levels};
use crate::design::variable::{Kind, Variable};
use crate::error::{Error, Result, try_collect, try_vec};
use crate::frame::Frame;
use crate::names::quoted;
use crate::watch::Watch;

/// The rows used of a part of the data.
pub struct Part<'a> {
    pub n: usize,
    /// Each response less the offset.
    pub y: Vec<Vec<f64>>,
    pub weights: Option<Vec<f64>>,
    /// By variable of the outline.
    pub variables: Vec<PartColumn<'a>>,
    /// By factor of each group; that of the residual correlation is the last.
    pub groups: Vec<Vec<Labels<'a>>>,
    /// Of a residual correlation in time.
    pub times: Option<Vec<f64>>,
    /// How many rows were left out, by the name of what is missing there.
    pub dropped: BTreeMap<String, u64>,
    pub warnings: Vec<String>,
    /// The sum of the offset.
    pub offset: f64,
    /// The sums of the columns of numbers that the fixed effects depend on.
    pub covariates: BTreeMap<String, f64>,
}

/// The values of a variable.
pub enum PartColumn<'a> {
    Numbers(Cow<'a, [f64]>),
    /// Columns one after the other.
    Matrix(Vec<f64>),
    Factor(Labels<'a>),
}

impl Outline {
    /// Evaluates the outline on a part of the data.
    pub fn part<'a>(&self, frame: &'a Frame, na: NaPolicy, watch: &Watch<'_>) -> Result<Part<'a>> {
        let responses = self.responses().map(|own| own.evaluate(ResponseRule::Linear, frame)).collect::<Result<Vec<_>>>()?;
        let evaluated = self.mean.evaluate(frame, watch)?;
        let weights = self.weights.as_ref().map(|s| s.node.full_numbers(frame)).transpose()?;
        let series = self.correlation.as_ref().map(|own| Values::of(own, frame)).transpose()?;
        let mut incomplete = Incomplete::new(frame.n_rows(), Some(frame))?;
        self.responses().zip(&responses).for_each(|(own, values)| own.note(values, &mut incomplete));
        self.mean.note(&evaluated, &mut incomplete);
        if let (Some(source), Some(weights)) = (&self.weights, &weights) {
            incomplete.note_numbers(&source.name, &source.node.columns(), weights);
            incomplete.note_zero_weights(weights.iter().map(|w| *w == 0.0));
        }
        if let (Some(own), Some(values)) = (&self.correlation, &series) {
            values.note(own, &mut incomplete);
        }
        let (rows, ledger) = incomplete.finish(na)?;
        watch.pulse()?;
        let mut dropped = BTreeMap::new();
        for (_, name) in ledger.dropped {
            *dropped.entry(name).or_insert(0) += 1;
        }
        let mut warnings = vec![];
        for (source, value) in self.mean.variables.iter().zip(evaluated.variables.iter().flatten()) {
            note_variable(&source.node.columns(), value, frame, &mut warnings)?;
        }
        let mut variables = vec![];
        for (variable, value) in self.variables.iter().zip(evaluated.variables.into_iter().flatten()) {
            variables.push(column_of(variable, value, frame, &rows)?);
        }
        let mut groups = vec![];
        for (sources, factors) in self.mean.groups.iter().zip(evaluated.groups) {
            watch.pulse()?;
            let mut parts = vec![];
            for (source, factor) in sources.iter().zip(factors) {
                note_group(&source.node.columns(), frame, &mut warnings)?;
                parts.push(labels_of(&source.node, factor, frame, &rows)?);
            }
            groups.push(parts);
        }
        let mut times = None;
        if let (Some(own), Some(values)) = (&self.correlation, series) {
            let (group, own_times) = values.of_rows(own, (frame, &rows), &mut warnings)?;
            groups.push(group);
            times = own_times;
        }
        let offset = sum_of_offsets(&self.mean.offsets, evaluated.offsets, &rows)?;
        let mut y = vec![];
        for (own, values) in self.responses().zip(responses) {
            let mut own = numbers_of(own, values, &rows)?;
            offset.iter().for_each(|offset| own.iter_mut().zip(offset).for_each(|(y, o)| *y -= o));
            y.push(own);
        }
        let weights = match (weights, &self.weights) {
            (Some(values), Some(source)) => Some(checked_weights(&source.name, values, &rows)?),
            _ => None,
        };
        let offset = offset.map_or(0.0, |offset| offset.iter().sum());
        let covariates = self.covariates(frame, &rows)?;
        Ok(Part { n: rows.len(), y, weights, variables, groups, times, dropped, warnings, offset, covariates })
    }

    fn covariates(&self, frame: &Frame, rows: &Rows) -> Result<BTreeMap<String, f64>> {
        let mut sums = BTreeMap::new();
        for variable in &self.variables[..self.mean.n_fixed_variables] {
            for name in variable.node.columns() {
                if sums.contains_key(name) || self.makes_factor(name) {
                    continue;
                }
                if let Some(values) = frame.column(name)?.as_real()? {
                    let sum: f64 = (0..rows.len()).map(|i| values[rows.data_row(i)]).sum();
                    sums.extend(sum.is_finite().then(|| (name.to_string(), sum)));
                }
            }
        }
        Ok(sums)
    }

    /// Whether the formula turns the column's numbers into categories.
    fn makes_factor(&self, column: &str) -> bool {
        self.variables[..self.mean.n_fixed_variables].iter().any(|variable| categorises(&variable.node, column))
    }
}

/// By factor of the group of a residual correlation; times.
type Series<'a> = (Vec<Labels<'a>>, Option<Vec<f64>>);

/// What a residual correlation depends on, in all rows.
struct Values<'a> {
    time: Option<Cow<'a, [f64]>>,
    group: Vec<Factor<'a>>,
}

impl<'a> Values<'a> {
    fn of(own: &CorrelationOutline, frame: &'a Frame) -> Result<Self> {
        Ok(Values {
            time: own.time.as_ref().map(|source| source.node.full_numbers(frame)).transpose()?,
            group: own.group.iter().map(|source| source.node.factor(frame)).collect::<Result<_>>()?,
        })
    }

    fn note(&self, own: &CorrelationOutline, incomplete: &mut Incomplete) {
        if let (Some(source), Some(time)) = (&own.time, &self.time) {
            incomplete.note_numbers(&source.name, &source.node.columns(), time);
        }
        for (source, factor) in own.group.iter().zip(&self.group) {
            incomplete.note_codes(&source.name, &source.node.columns(), &factor.codes);
        }
    }

    /// The groups and the times of the rows used.
    fn of_rows(self, own: &CorrelationOutline, (frame, rows): (&Frame, &Rows), warnings: &mut Vec<String>) -> Result<Series<'a>> {
        let mut group = vec![];
        for (source, factor) in own.group.iter().zip(self.group) {
            note_group(&source.node.columns(), frame, warnings)?;
            group.push(labels_of(&source.node, factor, frame, rows)?);
        }
        let times = self.time.map(|time| rows.select(time)).transpose()?.map(Cow::into_owned);
        times.iter().zip(&own.time).try_for_each(|(times, source)| rows.check_finite(&source.name, times))?;
        Ok((group, times))
    }
}

fn numbers_of(response: &Response, values: ResponseValues, rows: &Rows) -> Result<Vec<f64>> {
    let Selected { y, .. } = response.select(values, ResponseRule::Linear, rows, &mut vec![])?;
    Ok(y)
}

fn column_of<'a>(variable: &Variable, value: Value<'a>, frame: &Frame, rows: &Rows) -> Result<PartColumn<'a>> {
    let is_text = matches!(value, Value::Factor(_));
    let value = variable.conform_to("the sample", value).map_err(|e| with_cell(e, &variable.node.columns(), is_text, frame))?;
    match (value, &variable.kind) {
        (Value::Factor(factor), Kind::Factor { logical, .. }) => {
            let factor = if *logical { of_truth(&variable.name, factor)? } else { factor };
            labels_of(&variable.node, factor, frame, rows).map(PartColumn::Factor)
        }
        (Value::Numbers(values), _) => {
            let full = if values.len() == frame.n_rows() {
                values
            } else {
                try_vec("values of an expression", values[0], frame.n_rows())?.into()
            };
            let values = rows.select(full)?;
            rows.check_finite(&variable.name, &values)?;
            Ok(PartColumn::Numbers(values))
        }
        (Value::Matrix(matrix), _) => {
            let data = rows.select_matrix(matrix.data.into(), matrix.n_columns)?;
            rows.check_finite(&variable.name, &data)?;
            Ok(PartColumn::Matrix(data))
        }
        (other, _) => Err(Error::data(format!("{} holds {} here", quoted(&variable.name), other.describe()))),
    }
}

/// Truth values have both levels.
fn of_truth<'a>(name: &str, factor: Factor<'a>) -> Result<Factor<'a>> {
    let known = logical_levels();
    match factor.levels.iter().find(|level| !known.contains(level)) {
        None => Ok(factor),
        Some(level) => {
            Err(Error::data(format!("{} holds {} here, but held truth values in the sample", quoted(name), quoted(level))))
        }
    }
}

fn labels_of<'a>(node: &Node, factor: Factor<'a>, frame: &Frame, rows: &Rows) -> Result<Labels<'a>> {
    let order = order_of(node, frame, &factor)?;
    // No value of the rows used is missing.
    let codes = try_collect("codes of a factor", rows.select(factor.codes)?.iter().map(|code| *code as u32))?;
    Ok(Labels { codes, levels: factor.levels, order })
}
