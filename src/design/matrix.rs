//! Model matrices: terms and coded variables to columns, in R's order and with R's names.

use std::collections::HashMap;

use crate::design::coding::indicators;
use crate::design::contrasts::Contrast;
use crate::design::rows::Rows;
use crate::design::variable::{Kind, Predictor, Variable};
use crate::envelope::fits;
use crate::error::{Error, Result, try_vec};
use crate::formula::TermList;
use crate::names::quoted;

/// The plan of a model matrix; holds no data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelMatrix {
    pub intercept: bool,
    pub terms: Vec<Term>,
    /// Names of all columns.
    pub names: Vec<String>,
}

/// One term, which is the product of its variables.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    pub label: String,
    /// Variables of the program with their coding; columns of the first vary fastest.
    pub factors: Vec<(usize, Coding)>,
    pub n_columns: usize,
}

/// How a variable becomes columns.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Coding {
    /// Numbers as they are.
    Plain,
    /// One column of zeros and ones per level.
    Indicators,
    Contrasts(Contrast),
}

/// The name of the intercept's column.
pub const INTERCEPT: &str = "(Intercept)";

impl ModelMatrix {
    /// Fails for a plan that was not made, but read from damaged bytes. `variables`, which were checked, are those that it may have.
    pub fn check(&self, variables: &[Variable]) -> Result<()> {
        let mut total = usize::from(self.intercept);
        for term in &self.terms {
            let mut product = 1_usize;
            for (v, coding) in &term.factors {
                let kind = variables.get(*v).map(|variable| &variable.kind);
                let suits = match (kind, coding) {
                    (Some(Kind::Factor { levels, .. }), Coding::Contrasts(c)) => {
                        levels.len() > 1 && c.check("", levels.len()).is_ok()
                    }
                    (Some(Kind::Factor { .. }), Coding::Indicators)
                    | (Some(Kind::Numeric | Kind::Matrix { .. }), Coding::Plain) => true,
                    _ => false,
                };
                fits(suits, "the coding of a variable")?;
                product = product.saturating_mul(kind.map_or(0, |kind| columns(kind, coding)));
            }
            fits(term.n_columns == product, "the number of columns of a term")?;
            total = total.saturating_add(product);
        }
        fits(self.names.len() == total, "a name of a column")
    }

    /// Plans the columns. `place` gives the program's variable for each of the list's; `contrasts` override those of the variables;
    /// `n` is the number of rows, to refuse what memory can't hold.
    pub fn plan(
        list: &TermList,
        place: &[usize],
        variables: &[Variable],
        contrasts: &HashMap<usize, Contrast>,
        n: usize,
    ) -> Result<Self> {
        let is_factor = |v: usize| matches!(variables[place[v]].kind, Kind::Factor { .. });
        let full = indicators(list, is_factor);
        let mut matrix = ModelMatrix { intercept: list.intercept, terms: Vec::new(), names: Vec::new() };
        for (t, term) in list.terms.iter().enumerate() {
            let mut factors = Vec::with_capacity(term.len());
            for (position, &v) in term.iter().enumerate() {
                let coding = coding(&variables[place[v]], contrasts.get(&place[v]), full[t][position])?;
                factors.push((place[v], coding));
            }
            let n_columns =
                factors.iter().try_fold(1_usize, |product, (v, coding)| product.checked_mul(columns(&variables[*v].kind, coding)));
            let n_columns = n_columns.unwrap_or(usize::MAX);
            matrix.terms.push(Term { label: list.label(t), factors, n_columns });
        }
        matrix.check_memory(n)?;
        matrix.names = matrix.column_names(variables);
        Ok(matrix)
    }

    /// The same without the column of the intercept; factors stay coded as beside one.
    pub fn without_intercept(mut self) -> Self {
        if std::mem::take(&mut self.intercept) {
            self.names.remove(0);
        }
        self
    }

    fn check_memory(&self, n: usize) -> Result<()> {
        let p = self.terms.iter().fold(1_usize, |sum, term| sum.saturating_add(term.n_columns));
        let size = p.saturating_mul(n.max(1));
        let mut probe: Vec<f64> = Vec::new();
        probe
            .try_reserve_exact(size)
            .map_err(|_| Error::memory(&format!("a model matrix of {n} rows and {p} columns"), size.saturating_mul(8)))
    }

    fn column_names(&self, variables: &[Variable]) -> Vec<String> {
        let mut names: Vec<String> = self.intercept.then(|| INTERCEPT.to_string()).into_iter().collect();
        for term in &self.terms {
            let parts: Vec<Vec<String>> = term.factors.iter().map(|(v, coding)| part_names(&variables[*v], coding)).collect();
            let lengths: Vec<usize> = parts.iter().map(Vec::len).collect();
            names.extend((0..term.n_columns).map(|column| {
                let each: Vec<&str> = digits(column, &lengths).zip(&parts).map(|(k, part)| part[k].as_str()).collect();
                each.join(":")
            }));
        }
        names
    }

    pub fn n_columns(&self) -> usize {
        self.names.len()
    }

    /// For each column its term: 0 is the intercept, the terms count from 1.
    pub fn column_terms(&self) -> Vec<usize> {
        let mut terms = if self.intercept { vec![0] } else { Vec::new() };
        self.terms.iter().enumerate().for_each(|(t, term)| terms.extend(std::iter::repeat_n(t + 1, term.n_columns)));
        terms
    }

    /// Whether it is a column of ones and nothing else.
    pub fn is_intercept_only(&self) -> bool {
        self.intercept && self.names.len() == 1
    }

    /// The matrix `[n, p]`, column-major. `predictors` are by variable of the program.
    pub fn fill(&self, n: usize, variables: &[Variable], predictors: &[Option<Predictor>]) -> Result<Vec<f64>> {
        let mut x = try_vec("model matrix", 1.0, n.saturating_mul(self.n_columns()))?;
        let mut rest = &mut x[if self.intercept { n } else { 0 }..];
        for term in &self.terms {
            let (own, after) = rest.split_at_mut(n * term.n_columns);
            fill_term(term, n, variables, predictors, own)?;
            rest = after;
        }
        Ok(x)
    }
}

impl ModelMatrix {
    /// Fails at a product of variables that is too large, though each of them is not.
    pub fn check_products(&self, rows: &Rows, x: &[f64]) -> Result<()> {
        let (n, mut first) = (rows.len(), usize::from(self.intercept));
        for term in &self.terms {
            let columns = first..first + term.n_columns;
            first = columns.end;
            if term.factors.len() > 1 {
                columns.into_iter().try_for_each(|k| rows.check_finite(&self.names[k], &x[k * n..(k + 1) * n]))?;
            }
        }
        Ok(())
    }
}

fn coding(variable: &Variable, contrast: Option<&Contrast>, full: bool) -> Result<Coding> {
    let Kind::Factor { levels, contrast: own, .. } = &variable.kind else { return Ok(Coding::Plain) };
    if full {
        return Ok(Coding::Indicators);
    }
    let (name, contrast) = (quoted(&variable.name), contrast.unwrap_or(own).clone());
    contrast.check(&variable.name, levels.len())?;
    match &levels[..] {
        [] => Err(Error::data(format!("the factor {name} has no level in the rows used"))),
        [only] => Err(Error::data(format!(
            "the factor {name} has the one level {} in the rows used; contrasts need at least 2",
            quoted(only)
        ))),
        _ => Ok(Coding::Contrasts(contrast)),
    }
}

fn columns(kind: &Kind, coding: &Coding) -> usize {
    match (kind, coding) {
        (Kind::Numeric, _) => 1,
        (Kind::Matrix { n_columns }, _) => *n_columns,
        (Kind::Factor { levels, .. }, Coding::Contrasts(_)) => levels.len() - 1,
        (Kind::Factor { levels, .. }, _) => levels.len(),
    }
}

fn part_names(variable: &Variable, coding: &Coding) -> Vec<String> {
    let name = &variable.name;
    match (&variable.kind, coding) {
        (Kind::Numeric, _) => vec![name.clone()],
        (Kind::Matrix { n_columns }, _) => (1..=*n_columns).map(|k| format!("{name}{k}")).collect(),
        (Kind::Factor { levels, .. }, Coding::Contrasts(contrast)) => {
            contrast.suffixes(levels).into_iter().map(|suffix| format!("{name}{suffix}")).collect()
        }
        (Kind::Factor { levels, .. }, _) => levels.iter().map(|level| format!("{name}{level}")).collect(),
    }
}

/// The column of each part that belongs to a column of the product; the first part varies fastest.
fn digits(mut column: usize, lengths: &[usize]) -> impl Iterator<Item = usize> {
    lengths.iter().map(move |&length| {
        let digit = column % length;
        column /= length;
        digit
    })
}

/// The columns of one variable within a term.
enum Part<'a> {
    Numbers(&'a [f64]),
    Indicators(&'a [u32]),
    /// A row of the table per level, `n_levels` rows.
    Table {
        codes: &'a [u32],
        table: Vec<f64>,
        n_levels: usize,
    },
}

impl Part<'_> {
    /// Multiplies the `k`th column into `out`, value by value.
    fn multiply(&self, k: usize, out: &mut [f64]) {
        match self {
            Part::Numbers(values) => {
                let column = &values[k * out.len()..(k + 1) * out.len()];
                out.iter_mut().zip(column).for_each(|(o, v)| *o *= v);
            }
            Part::Indicators(codes) => out.iter_mut().zip(*codes).filter(|(_, c)| **c as usize != k).for_each(|(o, _)| *o = 0.0),
            Part::Table { codes, table, n_levels } => {
                let column = &table[k * n_levels..(k + 1) * n_levels];
                out.iter_mut().zip(*codes).for_each(|(o, &c)| *o *= column[c as usize]);
            }
        }
    }
}

/// Writes the columns of a term into `out`, which is filled with ones.
fn fill_term(term: &Term, n: usize, variables: &[Variable], predictors: &[Option<Predictor>], out: &mut [f64]) -> Result<()> {
    let mut parts = Vec::with_capacity(term.factors.len());
    for (v, coding) in &term.factors {
        parts.push(match (&predictors[*v], coding, &variables[*v].kind) {
            (Some(Predictor::Numeric(values)), ..) => Part::Numbers(values),
            (Some(Predictor::Matrix(matrix)), ..) => Part::Numbers(&matrix.data),
            (Some(Predictor::Factor(codes)), Coding::Contrasts(contrast), Kind::Factor { levels, .. }) => {
                Part::Table { codes, table: contrast.matrix(levels.len())?, n_levels: levels.len() }
            }
            (Some(Predictor::Factor(codes)), ..) => Part::Indicators(codes),
            (None, ..) => {
                let message = format!("the variable {} was not evaluated", quoted(&variables[*v].name));
                return Err(Error::new(crate::error::Code::Internal, message));
            }
        });
    }
    let lengths: Vec<usize> = term.factors.iter().map(|(v, coding)| columns(&variables[*v].kind, coding)).collect();
    for column in 0..term.n_columns {
        let own = &mut out[column * n..(column + 1) * n];
        digits(column, &lengths).zip(&parts).for_each(|(k, part)| part.multiply(k, own));
    }
    Ok(())
}
