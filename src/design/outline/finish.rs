//! The program of an outline once all levels are known.

use super::compiled::Outline;
use crate::covariance::Structure;
use crate::design::contrasts::Contrast;
use crate::design::matrix::{Coding, ModelMatrix};
use crate::design::program::{Program, named_contrasts};
use crate::design::realise::Evaluated;
use crate::design::rows::Rows;
use crate::design::value::{Factor, Matrix, Value};
use crate::design::variable::{Kind, Variable};
use crate::design::{Further, TermDesign};
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::frame::Frame;
use crate::watch::Watch;

/// A program whose levels came from parts of the data.
pub struct Finished {
    pub program: Program,
    /// For each group the level of each of the combinations that were given.
    pub index: Vec<Vec<u32>>,
    pub warnings: Vec<String>,
}

/// The levels of a group.
#[derive(Default)]
pub struct GroupLevels {
    /// By factor.
    pub levels: Vec<Vec<String>>,
    /// By factor: the place of its level in each of the combinations that occur.
    pub combinations: Vec<Vec<i32>>,
}

impl Outline {
    /// The program of a response with these levels by variable, none for numbers, and of each group.
    pub fn finish(
        &self,
        response: usize,
        (levels, groups): (&[Vec<String>], &[GroupLevels]),
        complete: bool,
        watch: &Watch<'_>,
    ) -> Result<Finished> {
        // That of the residual correlation is no group of the program.
        let groups = &groups[..self.mean.groups.len()];
        // Rows that have each level, and each combination, once at least.
        let combinations = groups.iter().filter_map(|own| own.combinations.first()).map(Vec::len);
        let n = levels.iter().map(Vec::len).chain(combinations).fold(1, usize::max);
        let (mut variables, mut factors) = (vec![], vec![]);
        for ((variable, levels), ordered) in self.variables.iter().zip(levels).zip(&self.ordered) {
            watch.pulse()?;
            variables.push(Some(value_of(&variable.kind, levels, *ordered, n)?));
        }
        for own in groups {
            watch.pulse()?;
            let mut parts = vec![];
            for (names, codes) in own.levels.iter().zip(&own.combinations) {
                let mut all = try_copy("combinations of levels", codes)?;
                let last = all.last().copied().unwrap_or(0);
                all.try_reserve_exact(n - all.len()).map_err(|_| Error::memory("combinations of levels", 4 * n))?;
                all.resize(n, last);
                let names = try_collect("levels of a factor", names.iter().cloned())?;
                parts.push(Factor { codes: all.into(), levels: names.into(), declared: true, ordered: false, contrast: None });
            }
            factors.push(parts);
        }
        let evaluated = Evaluated { variables, groups: factors, offsets: vec![] };
        let contrasts = named_contrasts(&self.contrasts)?;
        let mut warnings = vec![];
        let (mean, mut index) = self.mean.clone().learn(
            &self.formula,
            &contrasts,
            &evaluated,
            (&Frame::new(n), &Rows::all(n)),
            &mut warnings,
            watch,
        )?;
        for (index, own) in index.iter_mut().zip(groups) {
            index.truncate(own.combinations.first().map_or(0, Vec::len));
        }
        let (response, further) = (self.responses().nth(response).unwrap_or(&self.response).clone(), Further::default());
        let program = Program::of_outline(response, mean, further, complete);
        program.check_contrasts(&contrasts)?;
        Ok(Finished { program, index, warnings })
    }
}

/// Values that have each level.
fn value_of(kind: &Kind, levels: &[String], ordered: bool, n: usize) -> Result<Value<'static>> {
    let what = "levels of a factor";
    Ok(match kind {
        Kind::Numeric => Value::Numbers(try_vec(what, 0.0, n)?.into()),
        Kind::Matrix { n_columns } => Value::Matrix(Matrix { n_columns: *n_columns, data: try_vec(what, 0.0, n * n_columns)? }),
        Kind::Factor { logical: true, .. } => Value::Logical(try_vec(what, 0.0, n)?),
        Kind::Factor { contrast, .. } => {
            let mut codes = try_vec(what, 0_i32, n)?;
            codes.iter_mut().enumerate().for_each(|(i, code)| *code = i.min(levels.len().saturating_sub(1)) as i32);
            let levels = try_collect(what, levels.iter().cloned())?;
            Value::Factor(Factor {
                codes: codes.into(),
                levels: levels.into(),
                declared: true,
                ordered,
                contrast: Some(contrast.clone()),
            })
        }
    })
}

impl Program {
    /// Leaves effects out that depend on others of their term. `terms` have columns with the cross-products of those of the data.
    pub fn drop_dependent(&mut self, terms: Vec<TermDesign>, n: usize, warnings: &mut Vec<String>) -> Result<Vec<TermDesign>> {
        self.mean.drop_dependent(terms, n, warnings)
    }

    /// The weights of a product of columns in the columns of the fixed effects: of term t the product with these places of its variables, the
    /// level of a factor or the column of a number. Pairs of a column and its weight.
    pub fn fixed_weights(&self, t: usize, places: &[usize], tables: &mut Tables) -> Result<Vec<(usize, f64)>> {
        weights(&self.mean.fixed, &self.mean.variables, t, places, tables)
    }

    /// The same of the effects of random term k, all of them.
    pub fn effect_weights(&self, k: usize, t: usize, places: &[usize], tables: &mut Tables) -> Result<Vec<(usize, f64)>> {
        weights(&self.mean.random[k].effects, &self.mean.variables, t, places, tables)
    }

    /// The number of columns of the effects of random term k, and those that are kept.
    pub fn effects(&self, k: usize) -> (usize, Option<&[usize]>) {
        let random = &self.mean.random[k];
        (random.effects.n_columns(), random.kept.as_deref())
    }

    /// Names of the effects of random term k, all of them, and of its group.
    pub fn effect_names(&self, k: usize) -> (&[String], &str) {
        let random = &self.mean.random[k];
        (&random.effects.names, &self.mean.groups[random.group].name)
    }

    /// Whether each effect of random term k is a term of its own.
    pub fn is_split(&self, k: usize) -> bool {
        self.mean.random[k].split
    }

    /// The structure of random term k with so many effects.
    pub fn structure_of(&self, k: usize, size: usize) -> Structure {
        self.mean.random[k].structure_of(size)
    }

    /// The labels of group g.
    pub fn group_labels(&self, g: usize) -> &[String] {
        &self.mean.groups[g].labels
    }
}

/// Contrast matrices that were made before.
#[derive(Default)]
pub struct Tables(Vec<(Contrast, usize, Vec<f64>)>);

impl Tables {
    pub fn of(&mut self, contrast: &Contrast, levels: usize) -> Result<&[f64]> {
        let known = |tables: &[(Contrast, usize, Vec<f64>)]| tables.iter().position(|(c, n, _)| c == contrast && *n == levels);
        let at = if let Some(at) = known(&self.0) {
            at
        } else {
            self.0.push((contrast.clone(), levels, contrast.matrix(levels)?));
            self.0.len() - 1
        };
        Ok(&self.0[at].2)
    }
}

/// What one product of indicators and numbers has in the columns of a term: the first variable varies fastest.
fn weights(
    matrix: &ModelMatrix,
    variables: &[Variable],
    t: usize,
    places: &[usize],
    tables: &mut Tables,
) -> Result<Vec<(usize, f64)>> {
    let first = usize::from(matrix.intercept) + matrix.terms[..t].iter().map(|term| term.n_columns).sum::<usize>();
    let (mut all, mut stride) = (vec![(first, 1.0)], 1);
    for ((v, coding), &place) in matrix.terms[t].factors.iter().zip(places) {
        let (own, width): (Vec<(usize, f64)>, usize) = match (coding, &variables[*v].kind) {
            (Coding::Contrasts(contrast), Kind::Factor { levels, .. }) => {
                let n = levels.len();
                let table = tables.of(contrast, n)?;
                let of_level = (0..n - 1).map(|d| (d, table[d * n + place])).filter(|(_, weight)| *weight != 0.0);
                (of_level.collect(), n - 1)
            }
            (_, Kind::Factor { levels, .. }) => (vec![(place, 1.0)], levels.len()),
            (_, Kind::Matrix { n_columns }) => (vec![(place, 1.0)], *n_columns),
            (_, Kind::Numeric) => (vec![(place, 1.0)], 1),
        };
        all = own.iter().flat_map(|(d, w)| all.iter().map(move |(c, weight)| (c + d * stride, weight * w))).collect();
        stride *= width;
    }
    Ok(all)
}
