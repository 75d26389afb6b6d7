//! The program of one linear predictor learnt from formula and data: compiled first, then given kinds, levels and columns.

use std::collections::HashMap;

use crate::design::compile::compile;
use crate::design::contrasts::Contrast;
use crate::design::group::Group;
use crate::design::matrix::ModelMatrix;
use crate::design::node::Node;
use crate::design::predictor::{PredictorProgram, RandomProgram, Source, fixed_factors};
use crate::design::realise::Evaluated;
use crate::design::rows::{Incomplete, Rows};
use crate::design::unread::{note_group, note_variable};
use crate::design::value::Factor;
use crate::design::variable::{Kind, Variable};
use crate::envelope::fits;
use crate::error::{Error, Result};
use crate::formula::{Expr, Formula, RandomTerm, TermList};
use crate::frame::Frame;
use crate::watch::Watch;

/// All compiled expressions of a predictor, before their kinds are known.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct PredictorSources {
    pub variables: Vec<Source>,
    pub n_fixed_variables: usize,
    /// For the fixed effects, then for each random term: the place of each of its variables.
    pub places: Vec<Vec<usize>>,
    pub groups: Vec<Vec<Source>>,
    /// For each random term the place of its group.
    pub group_of: Vec<usize>,
    pub offsets: Vec<Source>,
    /// The intercepts are parameters of their own: factors are coded as beside an intercept, whose column is left out.
    pub without_intercept: bool,
}

impl PredictorSources {
    pub fn compile(formula: &Formula, frame: &Frame) -> Result<Self> {
        let mut sources = PredictorSources {
            variables: Vec::new(),
            n_fixed_variables: 0,
            places: Vec::new(),
            groups: Vec::new(),
            group_of: Vec::new(),
            offsets: formula.fixed.offsets.iter().map(|expr| Source::of_expression(expr, frame)).collect::<Result<_>>()?,
            without_intercept: false,
        };
        let mut known: HashMap<String, (usize, Expr)> = HashMap::new();
        sources.add_variables(&formula.fixed, &mut known, frame)?;
        sources.n_fixed_variables = sources.variables.len();
        for term in &formula.random {
            sources.add_variables(&term.effects, &mut known, frame)?;
            sources.add_group(term, frame)?;
        }
        Ok(sources)
    }

    /// Fails for sources that were read from damaged bytes.
    pub fn check(&self, formula: &Formula) -> Result<()> {
        let lists: Vec<&TermList> = std::iter::once(&formula.fixed).chain(formula.random.iter().map(|t| &t.effects)).collect();
        let known = |(list, places): (&&TermList, &Vec<usize>)| {
            let term = |term: &Vec<usize>| term.iter().all(|v| places.get(*v).is_some_and(|place| *place < self.variables.len()));
            places.len() == list.variables.len() && list.terms.iter().all(term)
        };
        let together = self.n_fixed_variables <= self.variables.len()
            && self.places.len() == lists.len()
            && lists.iter().zip(&self.places).all(known)
            && self.group_of.len() == formula.random.len()
            && self.group_of.iter().all(|g| *g < self.groups.len())
            && self.groups.iter().all(|group| !group.is_empty());
        fits(together, "a term")?;
        self.groups.iter().flatten().chain(&self.offsets).chain(&self.variables).try_for_each(|source| source.node.check())
    }

    /// The expression of each variable.
    pub fn variable_expressions<'f>(&self, formula: &'f Formula) -> Vec<&'f Expr> {
        let lists = std::iter::once(&formula.fixed).chain(formula.random.iter().map(|term| &term.effects));
        let pairs: Vec<(&usize, &Expr)> =
            lists.zip(&self.places).flat_map(|(list, places)| places.iter().zip(&list.variables)).collect();
        let of = |v: usize| pairs.iter().find(|(place, _)| **place == v).map(|(_, expr)| *expr);
        (0..self.variables.len()).filter_map(of).collect()
    }

    /// The expressions of each group.
    pub fn group_expressions<'f>(&self, formula: &'f Formula) -> Vec<&'f [Expr]> {
        let of = |g: usize| self.group_of.iter().position(|own| *own == g).map(|k| &formula.random[k].group[..]);
        (0..self.groups.len()).filter_map(of).collect()
    }

    /// All compiled expressions of factors and numbers.
    pub fn nodes_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.variables.iter_mut().chain(self.groups.iter_mut().flatten()).map(|source| &mut source.node)
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
        let parts = term.group.iter().map(|expr| Source::of_expression(expr, frame)).collect::<Result<Vec<_>>>()?;
        let same = |other: &Vec<Source>| other.iter().map(|s| &s.name).eq(parts.iter().map(|s| &s.name));
        let place = self.groups.iter().position(same).unwrap_or(self.groups.len());
        if place == self.groups.len() {
            self.groups.push(parts);
        }
        self.group_of.push(place);
        Ok(())
    }

    pub fn evaluate<'a>(&self, frame: &'a Frame, watch: &Watch<'_>) -> Result<Evaluated<'a>> {
        let factors = |parts: &Vec<Source>| -> Result<Vec<Factor>> {
            watch.pulse()?;
            parts.iter().map(|s| s.node.factor(frame)).collect()
        };
        let variable = |source: &Source| watch.pulse().and_then(|()| source.node.evaluate(frame)).map(Some);
        Ok(Evaluated {
            variables: self.variables.iter().map(variable).collect::<Result<_>>()?,
            groups: self.groups.iter().map(factors).collect::<Result<_>>()?,
            offsets: self.offsets.iter().map(|s| s.node.full_numbers(frame)).collect::<Result<_>>()?,
        })
    }

    pub fn note(&self, evaluated: &Evaluated, incomplete: &mut Incomplete) {
        for (source, value) in self.variables.iter().zip(&evaluated.variables) {
            if let Some(value) = value {
                incomplete.note_value(&source.name, &source.node.columns(), value);
            }
        }
        for (source, factor) in self.groups.iter().flatten().zip(evaluated.groups.iter().flatten()) {
            incomplete.note_codes(&source.name, &source.node.columns(), &factor.codes);
        }
        evaluated.note_offsets(&self.offsets, incomplete);
    }

    /// Warnings of columns that are text though most of their cells are numbers.
    pub fn note_unread(&self, evaluated: &Evaluated, frame: &Frame, warnings: &mut Vec<String>) -> Result<()> {
        for (source, value) in self.variables.iter().zip(evaluated.variables.iter().flatten()) {
            note_variable(&source.node.columns(), value, frame, warnings)?;
        }
        self.groups.iter().flatten().try_for_each(|source| note_group(&source.node.columns(), frame, warnings))
    }

    /// Learns kinds, levels and columns; gives the group index too. `contrasts` reach those factors of the fixed effects that are here.
    pub fn learn(
        self,
        formula: &Formula,
        contrasts: &[(&str, Contrast)],
        evaluated: &Evaluated,
        (frame, rows): (&Frame, &Rows),
        warnings: &mut Vec<String>,
        watch: &Watch<'_>,
    ) -> Result<(PredictorProgram, Vec<Vec<u32>>)> {
        let mut variables = Vec::with_capacity(self.variables.len());
        for (source, value) in self.variables.into_iter().zip(evaluated.variables.iter().flatten()) {
            watch.pulse()?;
            let kind = Kind::learn(&source.name, value, frame, rows, warnings)?;
            variables.push(Variable { name: source.name, node: source.node, kind });
        }
        let chosen = fixed_factors(&variables[..self.n_fixed_variables])
            .filter_map(|(place, name)| Some((place, contrasts.iter().rfind(|(wanted, _)| *wanted == name)?.1.clone())))
            .collect();
        let plan = |list: &TermList| ModelMatrix::plan(list, &self.places[0], &variables, &chosen, rows.len());
        let fixed = if self.without_intercept {
            plan(&TermList { intercept: true, ..formula.fixed.clone() })?.without_intercept()
        } else {
            plan(&formula.fixed)?
        };
        let mut random = Vec::with_capacity(self.group_of.len());
        for (t, term) in formula.random.iter().enumerate() {
            let effects = ModelMatrix::plan(&term.effects, &self.places[t + 1], &variables, &HashMap::new(), rows.len())?;
            if effects.n_columns() == 0 {
                return Err(Error::formula(term.span.start, "a random term without effects: there is nothing left of the bar"));
            }
            let (structure, homogeneous) = (term.structure.kind, term.structure.homogeneous);
            random.push(RandomProgram { effects, group: self.group_of[t], structure, homogeneous, split: term.split, kept: None });
        }
        let (mut groups, mut index) = (Vec::new(), Vec::new());
        for (parts, values) in self.groups.into_iter().zip(&evaluated.groups) {
            watch.pulse()?;
            let (group, of_rows) = Group::learn(parts.into_iter().map(|s| (s.name, s.node)).collect(), values, rows)?;
            groups.push(group);
            index.push(of_rows);
        }
        let (n_fixed_variables, offsets) = (self.n_fixed_variables, self.offsets);
        Ok((PredictorProgram { variables, n_fixed_variables, fixed, random, groups, offsets }, index))
    }
}
