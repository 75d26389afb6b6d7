//! The program of a design: learnt once from a formula and the training data, then run on any data.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::covariance::Structure;
use crate::design::compile::compile;
use crate::design::contrasts::{CONTRAST_NAMES, Contrast};
use crate::design::group::Group;
use crate::design::matrix::ModelMatrix;
use crate::design::node::Node;
use crate::design::realise::{self, Evaluated};
use crate::design::rows::{Incomplete, Rows};
use crate::design::value::Factor;
use crate::design::variable::{Kind, Variable};
use crate::design::{Design, NaPolicy};
use crate::error::{Error, Result};
use crate::formula::{Expr, Formula, RandomTerm, StructureKind, TermList};
use crate::frame::Frame;
use crate::frame::names::{known, quoted};

/// What a design is made of.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub formula: &'a Formula,
    /// Column of prior weights.
    pub weights: Option<&'a str>,
    /// Column of the offset, added to any `offset()` in the formula.
    pub offset: Option<&'a str>,
    /// Contrasts by variable of the fixed effects: (variable, "contr.sum"). As in lme4 they don't reach the random terms.
    pub contrasts: &'a [(String, String)],
    pub na: NaPolicy,
}

/// A design without data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Program {
    pub(super) response: Source,
    /// Those of the fixed effects first.
    pub(super) variables: Vec<Variable>,
    pub(super) n_fixed_variables: usize,
    pub(super) fixed: ModelMatrix,
    pub(super) random: Vec<RandomProgram>,
    pub(super) groups: Vec<Group>,
    pub(super) weights: Option<Source>,
    /// From `offset()` and from the offset column; their sum is the offset.
    pub(super) offsets: Vec<Source>,
}

/// A compiled expression with its name.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Source {
    pub name: String,
    pub node: Node,
}

/// The plan of one random term.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct RandomProgram {
    pub effects: ModelMatrix,
    /// Place in `groups`.
    pub group: usize,
    pub structure: StructureKind,
    /// As asked for; the structure knows its default.
    pub homogeneous: Option<bool>,
    /// Each effect is a term of its own.
    pub split: bool,
}

impl RandomProgram {
    pub fn structure_of(&self, size: usize) -> Structure {
        Structure::new(self.structure, self.homogeneous, size)
    }
}

impl Program {
    /// Learns the program from the training data, and runs it on them.
    pub fn learn(request: &Request, frame: &Frame) -> Result<(Program, Design)> {
        if frame.n_rows() == 0 {
            return Err(Error::data("the data have no rows"));
        }
        let sources = Sources::compile(request, frame)?;
        let evaluated = sources.evaluate(frame)?;
        let (rows, ledger) = sources.incomplete(&evaluated, frame)?.finish(request.na)?;
        if rows.is_empty() {
            let (n, (_, name)) = (ledger.n_data, &ledger.dropped[0]);
            return Err(Error::data(format!(
                "no rows are left: each of the {n} rows has a missing value (the first in {})",
                quoted(name)
            )));
        }
        let mut warnings = Vec::new();
        let (program, group_index) = sources.program(request, frame, &evaluated, &rows, &mut warnings)?;
        let mut design = realise::design(&program, evaluated, &rows, Some(&group_index))?;
        design.rows = ledger;
        design.warnings = warnings;
        Ok((program, design))
    }

    /// Runs the program on new data, which need neither response nor weights. Rows with a missing predictor or offset are left out
    /// and in the ledger. An unknown level of a predictor is an error; an unknown or missing one of a grouping factor is `UNSEEN`.
    /// Without `random`, the columns of the random terms need not be there.
    pub fn apply(&self, frame: &Frame, random: bool) -> Result<Design> {
        let evaluated = Evaluated::of_new_data(self, frame, random)?;
        let mut incomplete = Incomplete::new(frame.n_rows(), Some(frame))?;
        evaluated.note_predictors(&self.variables, &mut incomplete);
        evaluated.note_offsets(&self.offsets, &mut incomplete);
        let (rows, ledger) = incomplete.finish(NaPolicy::Omit)?;
        let index = self
            .groups
            .iter()
            .zip(&evaluated.groups)
            .map(|(group, values)| group.index(values, &rows))
            .collect::<Result<Vec<_>>>()?;
        let mut design = realise::design(self, evaluated, &rows, random.then_some(&index))?;
        design.rows = ledger;
        Ok(design)
    }

    pub fn response_name(&self) -> &str {
        &self.response.name
    }

    /// Names of the columns of the fixed effects.
    pub fn fixed_names(&self) -> &[String] {
        &self.fixed.names
    }

    /// For each fixed column its term: 0 is the intercept, the terms count from 1.
    pub fn fixed_column_terms(&self) -> Vec<usize> {
        self.fixed.column_terms()
    }

    /// Names of the terms of the fixed effects, without the intercept.
    pub fn fixed_term_labels(&self) -> Vec<&str> {
        self.fixed.terms.iter().map(|term| term.label.as_str()).collect()
    }

    /// The columns of a frame that new data need.
    pub fn required_columns(&self, random: bool) -> Vec<&str> {
        let n = if random { self.variables.len() } else { self.n_fixed_variables };
        let fixed = self.variables[..n].iter().map(|variable| &variable.node);
        let groups = self.groups.iter().filter(|_| random).flat_map(|group| group.factors.iter().map(|factor| &factor.node));
        let mut names: Vec<&str> =
            fixed.chain(self.offsets.iter().map(|o| &o.node)).chain(groups).flat_map(Node::columns).collect();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }
}

/// All compiled expressions, before their kinds are known.
struct Sources {
    response: Source,
    variables: Vec<Source>,
    n_fixed_variables: usize,
    /// For the fixed effects, then for each random term: the place of each of its variables.
    places: Vec<Vec<usize>>,
    groups: Vec<Vec<Source>>,
    /// For each random term the place of its group.
    group_of: Vec<usize>,
    weights: Option<Source>,
    offsets: Vec<Source>,
}

fn source(expr: &Expr, frame: &Frame) -> Result<Source> {
    Ok(Source { name: expr.to_string(), node: compile(expr, frame)? })
}

fn column(name: &str, what: &str, frame: &Frame) -> Result<Source> {
    if frame.column(name).is_err() {
        return Err(Error::data(format!(
            "there is no column {} for the {what}; {}",
            quoted(name),
            known("the frame", name, frame.names())
        )));
    }
    Ok(Source { name: name.to_string(), node: Node::Column(name.to_string()) })
}

impl Sources {
    fn compile(request: &Request, frame: &Frame) -> Result<Self> {
        let formula = request.formula;
        let Some(response) = &formula.response else {
            return Err(Error::formula(0, "the formula has no response, wanted 'response ~ terms'"));
        };
        let mut sources = Sources {
            response: source(response, frame)?,
            variables: Vec::new(),
            n_fixed_variables: 0,
            places: Vec::new(),
            groups: Vec::new(),
            group_of: Vec::new(),
            weights: request.weights.map(|name| column(name, "weights", frame)).transpose()?,
            offsets: formula.fixed.offsets.iter().map(|expr| source(expr, frame)).collect::<Result<_>>()?,
        };
        sources.offsets.extend(request.offset.map(|name| column(name, "offset", frame)).transpose()?);
        let mut known: HashMap<String, (usize, Expr)> = HashMap::new();
        sources.add_variables(&formula.fixed, &mut known, frame)?;
        sources.n_fixed_variables = sources.variables.len();
        for term in &formula.random {
            sources.add_variables(&term.effects, &mut known, frame)?;
            sources.add_group(term, frame)?;
        }
        Ok(sources)
    }

    fn add_variables(&mut self, list: &TermList, known: &mut HashMap<String, (usize, Expr)>, frame: &Frame) -> Result<()> {
        let mut places = Vec::with_capacity(list.variables.len());
        // Variables that no term has any more (`a - a`) are not evaluated.
        let mut needed = vec![false; list.variables.len()];
        list.terms.iter().flatten().for_each(|&v| needed[v] = true);
        for (expr, needed) in list.variables.iter().zip(needed) {
            let name = expr.to_string();
            let place = match known.get(&name) {
                // Names have numbers to 15 digits only.
                Some((place, same)) if same == expr => *place,
                _ if !needed => usize::MAX,
                _ => {
                    self.variables.push(Source { node: compile(expr, frame)?, name: name.clone() });
                    known.insert(name, (self.variables.len() - 1, expr.clone()));
                    self.variables.len() - 1
                }
            };
            places.push(place);
        }
        self.places.push(places);
        Ok(())
    }

    fn add_group(&mut self, term: &RandomTerm, frame: &Frame) -> Result<()> {
        let parts = term.group.iter().map(|expr| source(expr, frame)).collect::<Result<Vec<_>>>()?;
        let same = |other: &Vec<Source>| other.iter().map(|s| &s.name).eq(parts.iter().map(|s| &s.name));
        let place = self.groups.iter().position(same).unwrap_or(self.groups.len());
        if place == self.groups.len() {
            self.groups.push(parts);
        }
        self.group_of.push(place);
        Ok(())
    }

    fn evaluate<'a>(&self, frame: &'a Frame) -> Result<Evaluated<'a>> {
        let numbers = |s: &Source| numbers(s, frame);
        let weights = self.weights.as_ref().map(numbers).transpose()?;
        let factors = |parts: &Vec<Source>| parts.iter().map(|s| s.node.factor(frame)).collect::<Result<Vec<Factor>>>();
        Ok(Evaluated {
            response: Some(numbers(&self.response)?),
            variables: self.variables.iter().map(|s| s.node.evaluate(frame).map(Some)).collect::<Result<_>>()?,
            groups: self.groups.iter().map(factors).collect::<Result<_>>()?,
            offsets: self.offsets.iter().map(numbers).collect::<Result<_>>()?,
            weights,
        })
    }

    fn incomplete<'a>(&self, evaluated: &Evaluated, frame: &'a Frame) -> Result<Incomplete<'a>> {
        let mut incomplete = Incomplete::new(frame.n_rows(), Some(frame))?;
        if let Some(response) = &evaluated.response {
            incomplete.note_numbers(&self.response.name, &self.response.node.columns(), response);
        }
        for (source, value) in self.variables.iter().zip(&evaluated.variables) {
            if let Some(value) = value {
                incomplete.note_value(&source.name, &source.node.columns(), value);
            }
        }
        for (source, factor) in self.groups.iter().flatten().zip(evaluated.groups.iter().flatten()) {
            incomplete.note_codes(&source.name, &source.node.columns(), &factor.codes);
        }
        if let (Some(source), Some(weights)) = (&self.weights, &evaluated.weights) {
            incomplete.note_numbers(&source.name, &source.node.columns(), weights);
        }
        evaluated.note_offsets(&self.offsets, &mut incomplete);
        if let Some(weights) = &evaluated.weights {
            incomplete.note_zero_weights(weights);
        }
        Ok(incomplete)
    }

    /// Learns kinds, levels and columns; gives the group index too.
    fn program(
        self,
        request: &Request,
        frame: &Frame,
        evaluated: &Evaluated,
        rows: &Rows,
        warnings: &mut Vec<String>,
    ) -> Result<(Program, Vec<Vec<u32>>)> {
        let mut variables = Vec::with_capacity(self.variables.len());
        for (source, value) in self.variables.into_iter().zip(evaluated.variables.iter().flatten()) {
            let kind = Kind::learn(&source.name, value, frame, rows, warnings)?;
            variables.push(Variable { name: source.name, node: source.node, kind });
        }
        let contrasts = requested_contrasts(request.contrasts, &variables[..self.n_fixed_variables])?;
        let fixed = ModelMatrix::plan(&request.formula.fixed, &self.places[0], &variables, &contrasts, rows.len())?;
        let mut random = Vec::with_capacity(self.group_of.len());
        for (t, term) in request.formula.random.iter().enumerate() {
            let effects = ModelMatrix::plan(&term.effects, &self.places[t + 1], &variables, &HashMap::new(), rows.len())?;
            if effects.n_columns() == 0 {
                return Err(Error::formula(term.span.start, "a random term without effects: there is nothing left of the bar"));
            }
            let (structure, homogeneous) = (term.structure.kind, term.structure.homogeneous);
            random.push(RandomProgram { effects, group: self.group_of[t], structure, homogeneous, split: term.split });
        }
        let (mut groups, mut index) = (Vec::new(), Vec::new());
        for (parts, values) in self.groups.into_iter().zip(&evaluated.groups) {
            let (group, of_rows) = Group::learn(parts.into_iter().map(|s| (s.name, s.node)).collect(), values, rows)?;
            groups.push(group);
            index.push(of_rows);
        }
        let (response, weights, offsets) = (self.response, self.weights, self.offsets);
        let n_fixed_variables = self.n_fixed_variables;
        Ok((Program { response, variables, n_fixed_variables, fixed, random, groups, weights, offsets }, index))
    }
}

/// One number per row.
pub(super) fn numbers<'a>(source: &Source, frame: &'a Frame) -> Result<Cow<'a, [f64]>> {
    source.node.full_numbers(frame)
}

/// The contrasts by variable; each must be a factor of the fixed effects.
fn requested_contrasts(requested: &[(String, String)], variables: &[Variable]) -> Result<HashMap<usize, Contrast>> {
    let mut contrasts = HashMap::new();
    for (name, wanted) in requested {
        let Some(contrast) = Contrast::named(wanted) else {
            let message = format!("unknown contrasts {} for {}; known are {CONTRAST_NAMES}", quoted(wanted), quoted(name));
            return Err(Error::argument(message));
        };
        let is_factor = |v: &Variable| matches!(v.kind, Kind::Factor { .. });
        let Some(place) = variables.iter().position(|v| v.name == *name && is_factor(v)) else {
            let factors = variables.iter().filter(|v| is_factor(v)).map(|v| v.name.as_str());
            let (have, name) = (known("the model", name, factors), quoted(name));
            return Err(Error::argument(format!(
                "contrasts are given for {name}, which is no factor of the fixed effects; {have}"
            )));
        };
        contrasts.insert(place, contrast);
    }
    Ok(contrasts)
}
