//! The program of one linear predictor: fixed effects, random terms, offsets.

use crate::covariance::Structure;
use crate::design::TermDesign;
use crate::design::compile::compile;
use crate::design::dependent::independent;
use crate::design::group::Group;
use crate::design::matrix::ModelMatrix;
use crate::design::node::Node;
use crate::design::variable::{Kind, Variable};
use crate::envelope::{fits, is_choice};
use crate::error::{Error, Result};
use crate::formula::{Expr, StructureKind};
use crate::frame::Frame;
use crate::names::{known, quoted};

/// A linear predictor without data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct PredictorProgram {
    /// Those of the fixed effects first.
    pub variables: Vec<Variable>,
    pub n_fixed_variables: usize,
    pub fixed: ModelMatrix,
    pub random: Vec<RandomProgram>,
    pub groups: Vec<Group>,
    /// From `offset()` and from the offset column; their sum is the offset.
    pub offsets: Vec<Source>,
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
    /// The effects that the training data determine, where others are left out.
    pub kept: Option<Vec<usize>>,
}

impl RandomProgram {
    pub fn structure_of(&self, size: usize) -> Structure {
        Structure::new(self.structure, self.homogeneous, size)
    }
}

impl Source {
    pub fn of_expression(expr: &Expr, frame: &Frame) -> Result<Self> {
        Ok(Source { name: expr.to_string(), node: compile(expr, frame)? })
    }

    /// A column that the caller names beside the formula.
    pub fn of_column(name: &str, what: &str, frame: &Frame) -> Result<Self> {
        if !frame.has(name) {
            return Err(Error::data(format!(
                "there is no column {} for the {what}; {}",
                quoted(name),
                known("the frame", name, frame.names())
            )));
        }
        Ok(Source { name: name.to_string(), node: Node::Column(name.to_string()) })
    }
}

impl PredictorProgram {
    /// Fails for a program that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        self.variables.iter().try_for_each(Variable::check)?;
        let fixed = self.variables.get(..self.n_fixed_variables);
        fits(fixed.is_some(), "the number of variables")?;
        self.fixed.check(fixed.unwrap_or_default())?;
        self.groups.iter().try_for_each(Group::check)?;
        for random in &self.random {
            random.effects.check(&self.variables)?;
            let (all, kept) = (random.effects.n_columns(), random.kept.as_deref());
            let ascend = kept.is_none_or(|kept| is_choice(kept, all));
            fits(all > 0 && random.group < self.groups.len() && ascend, "a random term")?;
        }
        self.offsets.iter().try_for_each(|source| source.node.check())
    }

    /// Levels and effects of each random term.
    pub fn sizes(&self) -> impl Iterator<Item = (usize, usize)> {
        self.random.iter().flat_map(|random| {
            let (levels, r) =
                (self.groups[random.group].labels.len(), random.kept.as_ref().map_or(random.effects.n_columns(), Vec::len));
            let (terms, effects) = if random.split { (r, 1) } else { (1, r) };
            std::iter::repeat_n((levels, effects), terms)
        })
    }

    /// The columns of a frame that new data need.
    pub fn columns(&self, random: bool) -> impl Iterator<Item = &str> {
        let n = if random { self.variables.len() } else { self.n_fixed_variables };
        let fixed = self.variables[..n].iter().map(|variable| &variable.node);
        let groups = self.groups.iter().filter(move |_| random).flat_map(|group| group.factors.iter().map(|factor| &factor.node));
        fixed.chain(self.offsets.iter().map(|o| &o.node)).chain(groups).flat_map(Node::columns)
    }

    /// Leaves effects out of the training data's random terms that depend on others of their term.
    pub fn drop_dependent(&mut self, terms: Vec<TermDesign>, n: usize, warnings: &mut Vec<String>) -> Result<Vec<TermDesign>> {
        let (mut left, mut rest) = (Vec::new(), terms.into_iter());
        for random in &mut self.random {
            let names = &random.effects.names;
            let mut own: Vec<TermDesign> = rest.by_ref().take(if random.split { names.len() } else { 1 }).collect();
            let columns = own.iter().flat_map(|term| term.columns(n)).collect();
            // Terms of a column each are a diagonal one.
            let kind = if random.split { StructureKind::Diagonal } else { random.structure };
            let structure = Structure::new(kind, random.homogeneous, names.len());
            let text =
                format!("({} {} {})", names.join(" + "), if random.split { "||" } else { "|" }, self.groups[random.group].name);
            let (kept, said) = independent(structure, &columns, n, |e| quoted(&names[e]), &text)?;
            warnings.extend(said);
            if kept.len() < names.len() {
                if random.split {
                    own = kept.iter().map(|&e| own[e].clone()).collect();
                } else {
                    own.iter_mut().for_each(|term| term.keep(n, &kept));
                }
                random.kept = Some(kept);
            }
            left.extend(own);
        }
        Ok(left)
    }

    /// The names of the factors of the fixed effects.
    pub fn fixed_factors(&self) -> impl Iterator<Item = &str> + Clone {
        fixed_factors(&self.variables[..self.n_fixed_variables]).map(|(_, name)| name)
    }
}

/// The factors among variables, with their places.
pub(super) fn fixed_factors(variables: &[Variable]) -> impl Iterator<Item = (usize, &str)> + Clone {
    variables.iter().enumerate().filter(|(_, v)| matches!(v.kind, Kind::Factor { .. })).map(|(place, v)| (place, v.name.as_str()))
}
