//! From evaluated expressions and the rows used to the arrays of a design.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::design::group::Group;
use crate::design::magnitude::{is_usable, wanted_of};
use crate::design::matrix::Coding;
use crate::design::predictor::{PredictorProgram, Source};
use crate::design::rows::{Incomplete, Rows};
use crate::design::unread::with_cell;
use crate::design::value::{Factor, Value};
use crate::design::variable::{Predictor, Variable};
use crate::design::{PredictorDesign, TermDesign, UNSEEN, UnknownLevel};
use crate::error::{Error, Result, row_text, try_collect, try_copy, try_owned, try_push, try_vec};
use crate::frame::{Frame, shortest_text};
use crate::names::quoted;

/// The values of all expressions of a predictor, in all rows.
pub(super) struct Evaluated<'a> {
    /// `None` for those that are not needed.
    pub variables: Vec<Option<Value<'a>>>,
    pub groups: Vec<Vec<Factor<'a>>>,
    pub offsets: Vec<Cow<'a, [f64]>>,
}

impl<'a> Evaluated<'a> {
    /// What predictions need: `wanted` marks random terms of the program.
    pub fn of_new_data(program: &PredictorProgram, frame: &'a Frame, wanted: &[bool], groups: bool) -> Result<Self> {
        let random = || program.random.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(random, _)| random);
        let is_used = |v: usize| random().any(|r| r.effects.terms.iter().flat_map(|term| &term.factors).any(|(own, _)| *own == v));
        let evaluate = |(v, variable): (usize, &Variable)| {
            if v >= program.n_fixed_variables && !is_used(v) {
                return Ok(None);
            }
            let value = variable.node.evaluate(frame)?;
            let is_text = matches!(value, Value::Factor(_));
            variable.conform(value).map(Some).map_err(|e| with_cell(e, &variable.node.columns(), is_text, frame))
        };
        let factors = |group: &Group| group.factors.iter().map(|f| f.node.factor(frame)).collect::<Result<Vec<_>>>();
        Ok(Evaluated {
            variables: program.variables.iter().enumerate().map(evaluate).collect::<Result<_>>()?,
            groups: program
                .groups
                .iter()
                .enumerate()
                .map(|(place, group)| if groups && random().any(|r| r.group == place) { factors(group) } else { Ok(vec![]) })
                .collect::<Result<_>>()?,
            offsets: program.offsets.iter().map(|s| s.node.full_numbers(frame)).collect::<Result<_>>()?,
        })
    }

    /// Notes what is missing in new data; a group may be.
    pub fn note_new_data(&self, program: &PredictorProgram, incomplete: &mut Incomplete) {
        for (variable, value) in program.variables.iter().zip(&self.variables) {
            if let Some(value) = value {
                incomplete.note_value(&variable.name, &variable.node.columns(), value);
            }
        }
        self.note_offsets(&program.offsets, incomplete);
    }

    pub fn note_offsets(&self, offsets: &[Source], incomplete: &mut Incomplete) {
        offsets
            .iter()
            .zip(&self.offsets)
            .for_each(|(source, values)| incomplete.note_numbers(&source.name, &source.node.columns(), values));
    }
}

impl PredictorProgram {
    /// The levels of the rows for each group, of groups that were not evaluated all `UNSEEN`; and the first rows without a level.
    pub fn group_index(&self, evaluated: &Evaluated, rows: &Rows) -> Result<(Vec<Vec<u32>>, Vec<UnknownLevel>)> {
        let (mut all, mut unknown) = (vec![], vec![]);
        for (group, values) in self.groups.iter().zip(&evaluated.groups) {
            if values.is_empty() {
                all.push(try_vec("group index", UNSEEN, rows.len())?);
                continue;
            }
            let index = group.index(values, rows)?;
            if let Some(i) = index.iter().position(|level| *level == UNSEEN) {
                let row = rows.data_row(i);
                let label = |factor: &Factor| usize::try_from(factor.codes[row]).ok().map(|code| factor.levels[code].clone());
                let labels: Option<Vec<String>> = values.iter().map(label).collect();
                let missing = labels.is_none();
                let same = same_levels(&index, values, rows)?;
                unknown.push(UnknownLevel { group: group.name.clone(), row, label: labels.map(|l| l.join(":")), missing, same });
            }
            all.push(index);
        }
        Ok((all, unknown))
    }

    /// The arrays of the rows used. `index` has the levels of the rows for each group; `None` leaves the random terms out.
    pub fn realise(&self, evaluated: Evaluated, rows: &Rows, index: Option<&[Vec<u32>]>) -> Result<PredictorDesign> {
        let offset = sum_of_offsets(&self.offsets, evaluated.offsets, rows)?;
        let predictors = self
            .variables
            .iter()
            .zip(evaluated.variables)
            .map(|(variable, value)| value.map(|value| variable.predictor(value, rows)).transpose())
            .collect::<Result<Vec<_>>>()?;
        let x = self.fixed.fill(rows.len(), &self.variables, &predictors)?;
        self.fixed.check_products(rows, &x)?;
        let terms = match index {
            None => Vec::new(),
            Some(index) => random_terms(self, &predictors, rows, index)?,
        };
        Ok(PredictorDesign { x, x_names: self.fixed.names.clone(), offset, terms })
    }
}

/// The rows used without a level of the fit that have one of their own, with its number among these.
fn same_levels(index: &[u32], values: &[Factor], rows: &Rows) -> Result<Vec<(usize, u32)>> {
    let (mut numbers, mut same) = (HashMap::new(), vec![]);
    for (i, _) in index.iter().enumerate().filter(|(_, level)| **level == UNSEEN) {
        let row = rows.data_row(i);
        let codes: Vec<i32> = values.iter().map(|factor| factor.codes[row]).collect();
        if codes.iter().all(|code| *code >= 0) {
            let next = numbers.len() as u32;
            try_push("levels", &mut same, (i, *numbers.entry(codes).or_insert(next)))?;
        }
    }
    Ok(same)
}

pub(super) fn checked_weights(name: &str, values: Cow<[f64]>, rows: &Rows) -> Result<Vec<f64>> {
    let weights = try_owned("weights", rows.select(values)?)?;
    match weights.iter().position(|w| !(*w > 0.0 && is_usable(*w))) {
        None => Ok(weights),
        Some(i) => {
            let row = rows.data_row(i);
            let (name, place) = (quoted(name), row_text(row));
            let (weight, wanted) = if weights[i] > 0.0 && weights[i].is_finite() {
                (shortest_text(weights[i]), wanted_of(weights[i]))
            } else {
                (weights[i].to_string(), "finite numbers from 0 up".to_string())
            };
            let message = format!("weights {name} are {weight} in {place}, wanted {wanted}");
            Err(Error::data(message).at(row))
        }
    }
}

pub(super) fn sum_of_offsets(sources: &[Source], offsets: Vec<Cow<[f64]>>, rows: &Rows) -> Result<Option<Vec<f64>>> {
    let mut sum: Option<Vec<f64>> = None;
    for (source, values) in sources.iter().zip(offsets) {
        let values = rows.select(values)?;
        rows.check_finite(&source.name, &values)?;
        sum = Some(match sum {
            None => try_owned("offset", values)?,
            Some(mut sum) => {
                sum.iter_mut().zip(values.iter()).for_each(|(s, v)| *s += v);
                sum
            }
        });
    }
    Ok(sum)
}

fn random_terms(
    program: &PredictorProgram,
    predictors: &[Option<Predictor>],
    rows: &Rows,
    index: &[Vec<u32>],
) -> Result<Vec<TermDesign>> {
    let n = rows.len();
    let labels = |labels: &Vec<String>| Ok(Arc::new(try_collect("labels of the groups", labels.iter().cloned())?));
    let levels = program.groups.iter().map(|group| labels(&group.labels)).collect::<Result<Vec<Arc<Vec<String>>>>>()?;
    let mut terms = Vec::with_capacity(program.random.len());
    for random in &program.random {
        let group = &program.groups[random.group];
        let mut term = |effects: Vec<String>, z: Option<Vec<f64>>| -> Result<()> {
            terms.push(TermDesign {
                group: group.name.clone(),
                structure: random.structure_of(effects.len()),
                effects,
                levels: levels[random.group].clone(),
                index: try_copy("group index", &index[random.group])?,
                z,
            });
            Ok(())
        };
        if random.effects.is_intercept_only() {
            term(random.effects.names.clone(), None)?;
            continue;
        }
        let is_known = |(v, _): &(usize, Coding)| predictors[*v].is_some();
        let z = if random.effects.terms.iter().flat_map(|term| &term.factors).all(is_known) {
            let z = random.effects.fill(n, &program.variables, predictors)?;
            random.effects.check_products(rows, &z)?;
            z
        } else {
            // A term that is not wanted.
            try_vec("random effects", 0.0, n * random.effects.n_columns())?
        };
        let kept = random.kept.as_deref();
        if random.split {
            for (k, name) in random.effects.names.iter().enumerate().filter(|(k, _)| kept.is_none_or(|kept| kept.contains(k))) {
                let is_intercept = k == 0 && random.effects.intercept;
                let column = (!is_intercept).then(|| try_copy("random-effects model matrix", &z[k * n..(k + 1) * n]));
                term(vec![name.clone()], column.transpose()?)?;
            }
        } else {
            term(random.effects.names.clone(), Some(z))?;
            if let (Some(kept), Some(term)) = (kept, terms.last_mut()) {
                term.keep(n, kept);
            }
        }
    }
    Ok(terms)
}
