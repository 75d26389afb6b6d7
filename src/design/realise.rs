//! From evaluated expressions and the rows used to the arrays of a design.

use std::borrow::Cow;
use std::sync::Arc;

use crate::design::group::Group;
use crate::design::program::{Program, Source, numbers};
use crate::design::rows::{Incomplete, Rows, row_text};
use crate::design::value::{Factor, Value};
use crate::design::variable::{Predictor, Variable};
use crate::design::{Design, TermDesign};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::frame::names::quoted;

/// The values of all expressions of a program, in all rows.
pub(super) struct Evaluated<'a> {
    pub response: Option<Cow<'a, [f64]>>,
    /// `None` for those that are not needed.
    pub variables: Vec<Option<Value<'a>>>,
    pub groups: Vec<Vec<Factor<'a>>>,
    pub weights: Option<Cow<'a, [f64]>>,
    pub offsets: Vec<Cow<'a, [f64]>>,
}

impl<'a> Evaluated<'a> {
    /// What predictions need.
    pub fn of_new_data(program: &Program, frame: &'a Frame, random: bool) -> Result<Self> {
        let evaluate = |(v, variable): (usize, &Variable)| {
            if v >= program.n_fixed_variables && !random {
                return Ok(None);
            }
            variable.conform(variable.node.evaluate(frame)?).map(Some)
        };
        let factors = |group: &Group| group.factors.iter().map(|f| f.node.factor(frame)).collect::<Result<Vec<_>>>();
        Ok(Evaluated {
            response: None,
            variables: program.variables.iter().enumerate().map(evaluate).collect::<Result<_>>()?,
            groups: program.groups.iter().filter(|_| random).map(factors).collect::<Result<_>>()?,
            weights: None,
            offsets: program.offsets.iter().map(|s| numbers(s, frame)).collect::<Result<_>>()?,
        })
    }

    pub fn note_predictors(&self, variables: &[Variable], incomplete: &mut Incomplete) {
        for (variable, value) in variables.iter().zip(&self.variables) {
            if let Some(value) = value {
                incomplete.note_value(&variable.name, &variable.node.columns(), value);
            }
        }
    }

    pub fn note_offsets(&self, offsets: &[Source], incomplete: &mut Incomplete) {
        offsets
            .iter()
            .zip(&self.offsets)
            .for_each(|(source, values)| incomplete.note_numbers(&source.name, &source.node.columns(), values));
    }
}

/// The arrays of the rows used. `index` has the levels of the rows for each group; `None` leaves the random terms out.
pub(super) fn design(program: &Program, evaluated: Evaluated, rows: &Rows, index: Option<&[Vec<u32>]>) -> Result<Design> {
    let Evaluated { response, variables, weights, offsets, .. } = evaluated;
    let mut y = Vec::new();
    if let Some(values) = response {
        y = rows.select(values)?.into_owned();
        rows.check_finite(&program.response.name, &y)?;
    }
    let weights = match (weights, &program.weights) {
        (Some(values), Some(source)) => Some(checked_weights(&source.name, values, rows)?),
        _ => None,
    };
    let offset = sum_of_offsets(&program.offsets, offsets, rows)?;
    let predictors = program
        .variables
        .iter()
        .zip(variables)
        .map(|(variable, value)| value.map(|value| variable.predictor(value, rows)).transpose())
        .collect::<Result<Vec<_>>>()?;
    let x = program.fixed.fill(rows.len(), &program.variables, &predictors)?;
    let terms = match index {
        None => Vec::new(),
        Some(index) => random_terms(program, &predictors, rows.len(), index)?,
    };
    let x_names = program.fixed.names.clone();
    Ok(Design { n: rows.len(), y, x, x_names, weights, offset, terms, ..Design::default() })
}

pub(super) fn checked_weights(name: &str, values: Cow<[f64]>, rows: &Rows) -> Result<Vec<f64>> {
    let weights = rows.select(values)?.into_owned();
    match weights.iter().position(|w| !(*w > 0.0 && w.is_finite())) {
        None => Ok(weights),
        Some(i) => {
            let row = rows.data_row(i);
            let message =
                format!("weights {} are {} in {}, wanted finite numbers from 0 up", quoted(name), weights[i], row_text(row));
            Err(Error::data(message).at(row))
        }
    }
}

fn sum_of_offsets(sources: &[Source], offsets: Vec<Cow<[f64]>>, rows: &Rows) -> Result<Option<Vec<f64>>> {
    let mut sum: Option<Vec<f64>> = None;
    for (source, values) in sources.iter().zip(offsets) {
        let values = rows.select(values)?;
        rows.check_finite(&source.name, &values)?;
        sum = Some(match sum {
            None => values.into_owned(),
            Some(mut sum) => {
                sum.iter_mut().zip(values.iter()).for_each(|(s, v)| *s += v);
                sum
            }
        });
    }
    Ok(sum)
}

fn random_terms(program: &Program, predictors: &[Option<Predictor>], n: usize, index: &[Vec<u32>]) -> Result<Vec<TermDesign>> {
    let levels: Vec<Arc<Vec<String>>> = program.groups.iter().map(|group| Arc::new(group.labels.clone())).collect();
    let mut terms = Vec::with_capacity(program.random.len());
    for random in &program.random {
        let group = &program.groups[random.group];
        let mut term = |effects: Vec<String>, z: Option<Vec<f64>>| {
            terms.push(TermDesign {
                group: group.name.clone(),
                structure: random.structure_of(effects.len()),
                effects,
                levels: levels[random.group].clone(),
                index: index[random.group].clone(),
                z,
            });
        };
        if random.effects.is_intercept_only() {
            term(random.effects.names.clone(), None);
            continue;
        }
        let z = random.effects.fill(n, &program.variables, predictors)?;
        if random.split {
            for (k, name) in random.effects.names.iter().enumerate() {
                let is_intercept = k == 0 && random.effects.intercept;
                term(vec![name.clone()], (!is_intercept).then(|| z[k * n..(k + 1) * n].to_vec()));
            }
        } else {
            term(random.effects.names.clone(), Some(z));
        }
    }
    Ok(terms)
}
