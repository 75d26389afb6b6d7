//! The columns of the model with an indicator for each level, as combinations of the columns that a fit kept: what hypotheses of type III
//! are orthogonal in, and what hypotheses of types II and III are made of where the fit left out columns, or has no intercept.

use crate::design::{ModelProgram, Program};
use crate::error::{Error, Result, try_copy, try_vec};
use crate::fit::Fit;
use crate::fit::estimable::Estimable;
use crate::frame::Frame;
use crate::inference::model_matrix::all_columns;
use crate::linalg::dense::dot_in_order as dot;

pub struct Indicators {
    /// Weights of the kept columns in each indicator column.
    of_levels: Vec<Vec<f64>>,
    /// The term of each indicator column.
    level_terms: Vec<usize>,
    intercept: bool,
    /// Weights of the kept columns in each column of the model matrix.
    columns: Vec<Vec<f64>>,
    /// The term of each column of the model matrix, counted from 1; 0 for the constant.
    term: Vec<usize>,
    /// Norms of the kept columns.
    norms: Vec<f64>,
}

/// What is left of a column, relative to it, that is a combination of others.
const TOLERANCE: f64 = 1e-8;

/// Whether a constant is among the fixed effects; of a Cox model it is in the baseline hazard, of an ordinal model in the thresholds.
pub fn has_constant(fit: &Fit) -> bool {
    fit.cox().is_some()
        || fit.ordinal().is_some()
        || !matches!(&fit.program, ModelProgram::Formula(program) if !program.has_intercept())
}

impl Indicators {
    /// `data` are those of the fit, and are needed where it left out columns; `x` are the columns that stand for the information.
    pub fn of(fit: &Fit, program: &Program, data: Option<&Frame>, x: &[f64]) -> Result<Self> {
        let products = program.indicator_columns()?;
        let (p, all) = (products.model, products.model + products.other);
        let every: Vec<usize> = (0..p).collect();
        let full = Estimable::new(&products.values, products.products, all, &every)?;
        let m = fit.kept.len();
        let mut columns = vec![vec![0.0; m]; p];
        for (place, &j) in fit.kept.iter().enumerate() {
            columns[j][place] = 1.0;
        }
        if m < p && fit.reduced.is_some() {
            for (j, shares) in fit.estimable.dependent() {
                columns[*j].copy_from_slice(shares);
            }
        } else if m < p {
            let Some(data) = data else {
                let message = "data is NULL, but the fit left out columns, and types II and III need the data of the fit then";
                return Err(Error::argument(message));
            };
            let all = all_columns(program, &fit.kept, &fit.rows, &fit.x, data)?;
            let x = if fit.ordinal().is_some() { beside_thresholds(fit, all)?.into() } else { fit.seen(&all)? };
            for (j, shares) in Estimable::new(&x, fit.n_obs, p, &fit.kept)?.dependent() {
                columns[*j].copy_from_slice(shares);
            }
        }
        let mut of_levels = Vec::with_capacity(products.other);
        for (_, of_all) in full.dependent() {
            if of_all.iter().any(|w| !w.is_finite()) {
                return Err(Error::numeric("the hypotheses of type III are not determined"));
            }
            let mut own = vec![0.0; m];
            for (weight, column) in of_all.iter().zip(&columns).filter(|(weight, _)| **weight != 0.0) {
                own.iter_mut().zip(column).for_each(|(sum, share)| *sum += weight * share);
            }
            of_levels.push(own);
        }
        let norms = x.chunks_exact((x.len() / m.max(1)).max(1)).map(|column| dot(column, column).sqrt()).collect();
        Ok(Indicators {
            of_levels,
            level_terms: products.other_terms,
            intercept: has_constant(fit),
            columns,
            term: program.fixed_column_terms(),
            norms,
        })
    }

    /// G G', for the columns X G.
    pub fn metric(&self, m: usize) -> Result<Vec<f64>> {
        let mut metric = try_vec("hypotheses of type III", 0.0, m * m)?;
        for own in &self.of_levels {
            for (b, y) in own.iter().enumerate().filter(|(_, y)| **y != 0.0) {
                metric[b * m..(b + 1) * m].iter_mut().zip(own).for_each(|(sum, x)| *sum += x * y);
            }
        }
        Ok(metric)
    }

    /// Whether no column of other terms than those of `inside` depends on one of the `kept` columns, so that these have hypotheses of
    /// their own.
    pub fn separate(&self, inside: &[usize], kept: &[usize]) -> bool {
        let depends = |weights: &Vec<f64>| {
            let size = weights.iter().zip(&self.norms).map(|(w, norm)| (w * norm).abs()).fold(0.0, f64::max);
            kept.iter().any(|&j| (weights[j] * self.norms[j]).abs() > TOLERANCE * size)
        };
        self.columns.iter().zip(&self.term).filter(|(_, term)| !inside.contains(term)).all(|(weights, _)| !depends(weights))
    }
}

/// Columns `[n_obs, p]` without what the thresholds and nominal effects of an ordinal model take in, which is nothing of other models.
fn beside_thresholds(fit: &Fit, mut x: Vec<f64>) -> Result<Vec<f64>> {
    let (Some(own), n) = (fit.ordinal(), fit.n_obs.max(1)) else { return Ok(x) };
    let ones = try_vec("column of the thresholds", 1.0, n)?;
    let mut basis: Vec<Vec<f64>> = vec![];
    let nominal = own.nominal.as_ref().map_or(&[][..], |nominal| &nominal.x);
    std::iter::once(&ones[..]).chain(nominal.chunks_exact(n)).try_for_each(|column| {
        add(&mut basis, try_copy("column of the thresholds", column)?);
        Ok::<(), Error>(())
    })?;
    for column in x.chunks_exact_mut(n) {
        let size = dot(column, column).sqrt();
        project_out(&basis, column);
        // What is rounding is nothing.
        if dot(column, column).sqrt() <= TOLERANCE * size {
            column.fill(0.0);
        }
    }
    Ok(x)
}

/// Hypotheses by rank: of a term, and of those that contain it, in the space of the columns of X by its triangular factor.
pub struct ByRank {
    /// The triangular factor of X, by rows.
    factor: Vec<Vec<f64>>,
    /// The columns of the model matrix in the coordinates of the factor, with their terms; without those that are zero.
    columns: Vec<(Vec<f64>, usize)>,
    indicators: Vec<Vec<f64>>,
}

impl ByRank {
    pub fn new(own: &Indicators, factor: Vec<Vec<f64>>) -> Self {
        let image = |weights: &Vec<f64>| factor.iter().map(|row| dot(row, weights)).collect::<Vec<f64>>();
        let size = |weights: &Vec<f64>| weights.iter().zip(&own.norms).map(|(w, norm)| (w * norm).abs()).sum::<f64>();
        // Without an intercept a term has the space of its indicators, whichever factor the coding lets have the constant.
        let indicators = own.of_levels.iter().zip(&own.level_terms).filter(|_| !own.intercept);
        let columns = own.columns.iter().zip(&own.term).chain(indicators).filter_map(|(weights, &term)| {
            let column = image(weights);
            (dot(&column, &column).sqrt() > TOLERANCE * size(weights)).then_some((column, term))
        });
        let (columns, indicators) = (columns.collect(), own.of_levels.iter().map(image).collect());
        ByRank { factor, columns, indicators }
    }

    /// Type II: what the term adds to all terms that do not contain it.
    pub fn second(&self, own: usize, containing: &[usize]) -> Vec<Vec<f64>> {
        let (mut basis, first) = self.without(own, containing);
        self.extend(&mut basis, |term| term == own);
        self.hypotheses(&basis[first..])
    }

    /// Type III: the estimable functions of the term and those that contain it, orthogonal to those of the latter alone.
    pub fn third(&self, own: usize, containing: &[usize]) -> Vec<Vec<f64>> {
        let (mut basis, first) = self.without(own, containing);
        let mut with_own = basis.clone();
        self.extend(&mut with_own, |term| term == own);
        let rank = with_own.len() - first;
        if containing.is_empty() {
            return self.hypotheses(&with_own[first..]);
        }
        for function in complement(&with_own, self.factor.len(), self.factor.len() - with_own.len()) {
            let mut image = vec![0.0; function.len()];
            for column in &self.indicators {
                let share = dot(column, &function);
                image.iter_mut().zip(column).for_each(|(sum, c)| *sum += share * c);
            }
            add(&mut basis, image);
        }
        self.hypotheses(&complement(&basis, self.factor.len(), rank))
    }

    /// An orthonormal basis of all other terms, and its size.
    fn without(&self, own: usize, containing: &[usize]) -> (Vec<Vec<f64>>, usize) {
        let mut basis = Vec::new();
        self.extend(&mut basis, |term| term != own && !containing.contains(&term));
        let size = basis.len();
        (basis, size)
    }

    fn extend(&self, basis: &mut Vec<Vec<f64>>, of: impl Fn(usize) -> bool) {
        for (column, _) in self.columns.iter().filter(|(_, term)| of(*term)) {
            add(basis, column.clone());
        }
    }

    /// The coefficients' weights.
    fn hypotheses(&self, directions: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let weights = |direction: &Vec<f64>| {
            let mut l = vec![0.0; direction.len()];
            for (row, share) in self.factor.iter().zip(direction) {
                l.iter_mut().zip(row).for_each(|(sum, x)| *sum += share * x);
            }
            l
        };
        directions.iter().map(weights).collect()
    }
}

/// Adds what is left of a vector outside an orthonormal basis, if that is something.
fn add(basis: &mut Vec<Vec<f64>>, mut own: Vec<f64>) {
    let size = dot(&own, &own).sqrt();
    project_out(basis, &mut own);
    let norm = dot(&own, &own).sqrt();
    if norm > TOLERANCE * size {
        for v in &mut own {
            *v /= norm;
        }
        basis.push(own);
    }
}

fn project_out(basis: &[Vec<f64>], own: &mut [f64]) {
    for _ in 0..2 {
        for unit in basis {
            let share = dot(unit, own);
            own.iter_mut().zip(unit).for_each(|(v, u)| *v -= share * u);
        }
    }
}

/// `count` orthonormal vectors outside an orthonormal basis of `[r]` vectors.
fn complement(basis: &[Vec<f64>], r: usize, count: usize) -> Vec<Vec<f64>> {
    let unit = |j: usize| {
        let mut own: Vec<f64> = (0..r).map(|i| f64::from(u8::from(i == j))).collect();
        project_out(basis, &mut own);
        own
    };
    let mut rest: Vec<Vec<f64>> = (0..r).map(unit).collect();
    let mut found: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let norms = rest.iter().map(|own| dot(own, own));
        let Some((j, square)) = norms.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        let mut next = rest.swap_remove(j);
        for v in &mut next {
            *v /= square.sqrt();
        }
        project_out(basis, &mut next);
        for own in &mut rest {
            project_out(std::slice::from_ref(&next), own);
        }
        found.push(next);
    }
    found
}
