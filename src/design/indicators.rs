//! The model matrix beside the one in which every factor has an indicator for each of its levels (and which therefore has dependent
//! columns): what type III hypotheses are made of.
//!
//! Both are made of products of contrasts and covariates; their columns are compared as combinations of these products, so no data are
//! needed.

use std::collections::HashMap;

use super::coding::indicators;
use super::contrasts::Contrast;
use super::matrix::{Coding, ModelMatrix, Term};
use super::predictor::PredictorProgram;
use super::program::Program;
use super::variable::Kind;
use crate::error::{Result, try_vec};
use crate::formula::TermList;
use crate::linalg::dense;

/// A product: variables with their columns; of a factor the contrasts from 1.
type Product = Vec<(usize, usize)>;

/// Columns as combinations of products.
type Columns = Vec<Vec<(Product, f64)>>;

/// The columns of the model matrix and of another one by the same products: `[products, columns]`, column-major, those of the model first.
pub struct ProductColumns {
    pub products: usize,
    /// Columns of the model matrix.
    pub model: usize,
    /// Columns of the other matrix.
    pub other: usize,
    /// The term of each column of the other matrix, counted from 1; 0 for the constant.
    pub other_terms: Vec<usize>,
    pub values: Vec<f64>,
}

impl Program {
    /// The columns of the model matrix of the fixed effects and those with indicators.
    pub fn indicator_columns(&self) -> Result<ProductColumns> {
        let fixed = &self.mean.fixed;
        let indicators = fixed.terms.iter().map(|term| {
            let factors = term.factors.iter().map(|(v, _)| (*v, Coding::Indicators)).collect();
            Term { factors, ..term.clone() }
        });
        self.beside(&ModelMatrix { terms: indicators.collect(), ..fixed.clone() })
    }

    /// The columns of the model matrix of the fixed effects and those of the one without a term, whose factors are coded anew.
    pub fn columns_without(&self, term: usize) -> Result<ProductColumns> {
        let fixed = &self.mean.fixed;
        let mut terms = fixed.terms.clone();
        terms.remove(term);
        let list = TermList {
            intercept: fixed.intercept,
            terms: terms.iter().map(|t| t.factors.iter().map(|(v, _)| *v).collect()).collect(),
            ..TermList::default()
        };
        let is_factor = |v: usize| matches!(self.mean.variables[v].kind, Kind::Factor { .. });
        for (term, full) in terms.iter_mut().zip(indicators(&list, is_factor)) {
            for ((v, coding), full) in term.factors.iter_mut().zip(full) {
                if let Kind::Factor { contrast, .. } = &self.mean.variables[*v].kind {
                    *coding = if full { Coding::Indicators } else { Coding::Contrasts(contrast.clone()) };
                }
            }
        }
        self.beside(&ModelMatrix { terms, ..fixed.clone() })
    }

    /// The columns of the model matrix of the fixed effects and those of another plan.
    fn beside(&self, other: &ModelMatrix) -> Result<ProductColumns> {
        let mean = &self.mean;
        let inverse = contrast_inverses(mean)?;
        let columns = |matrix: &ModelMatrix| -> Columns {
            let constant = matrix.intercept.then(|| vec![(vec![], 1.0)]);
            constant.into_iter().chain(matrix.terms.iter().flat_map(|term| columns_of(mean, term, &inverse))).collect()
        };
        let counts = other.terms.iter().map(|term| columns_of(mean, term, &inverse).len()).enumerate();
        let terms = counts.flat_map(|(t, count)| std::iter::repeat_n(t + 1, count));
        let other_terms = other.intercept.then_some(0).into_iter().chain(terms).collect();
        let (model, other) = (columns(&mean.fixed), columns(other));
        let mut place: HashMap<Product, usize> = HashMap::new();
        for (product, _) in model.iter().chain(&other).flatten() {
            let next = place.len();
            place.entry(product.clone()).or_insert(next);
        }
        let products = place.len();
        let mut values = try_vec("products of contrasts", 0.0, products * (model.len() + other.len()))?;
        for (column, own) in values.chunks_exact_mut(products.max(1)).zip(model.iter().chain(&other)) {
            for (product, weight) in own {
                column[place[product]] += weight;
            }
        }
        Ok(ProductColumns { products, model: model.len(), other: other.len(), other_terms, values })
    }

    /// For each term of the fixed effects, counted from 0, the terms that contain it: they have all of its variables and more, but no other
    /// covariates.
    pub fn containing_terms(&self) -> Vec<Vec<usize>> {
        self.supersets(|mean, a, b| covariates(mean, a) == covariates(mean, b))
    }

    /// For each term of the fixed effects the terms that have all of its variables and more.
    pub fn larger_terms(&self) -> Vec<Vec<usize>> {
        self.supersets(|_, _, _| true)
    }

    /// Whether the columns of the other terms stay as they are where a term is left out: they do beside an intercept.
    pub fn stays_without(&self, term: usize) -> bool {
        let fixed = &self.mean.fixed;
        fixed.intercept || fixed.terms[term].factors.iter().all(|(_, coding)| *coding == Coding::Plain)
    }

    fn supersets(&self, also: impl Fn(&PredictorProgram, &Term, &Term) -> bool) -> Vec<Vec<usize>> {
        let terms = &self.mean.fixed.terms;
        let has = |term: &Term, v: usize| term.factors.iter().any(|(own, _)| *own == v);
        let larger = |a: &Term, b: &Term| b.factors.len() > a.factors.len() && a.factors.iter().all(|(v, _)| has(b, *v));
        let of = |a: &Term| (0..terms.len()).filter(|&b| larger(a, &terms[b]) && also(&self.mean, a, &terms[b])).collect();
        terms.iter().map(of).collect()
    }
}

/// The variables of a term that are no factors.
fn covariates(mean: &PredictorProgram, term: &Term) -> Vec<usize> {
    let mut own: Vec<usize> =
        term.factors.iter().map(|(v, _)| *v).filter(|&v| !matches!(mean.variables[v].kind, Kind::Factor { .. })).collect();
    own.sort_unstable();
    own
}

/// For each factor the inverse of [1, contrasts], `[levels, levels]`: column k has the weights that make the indicator of level k.
fn contrast_inverses(mean: &PredictorProgram) -> Result<HashMap<usize, (usize, Vec<f64>)>> {
    let mut all = HashMap::new();
    for (v, variable) in mean.variables.iter().enumerate() {
        let Kind::Factor { levels, contrast, .. } = &variable.kind else { continue };
        let mut codings = mean.fixed.terms.iter().flat_map(|t| &t.factors).filter(|(own, _)| *own == v);
        let used: Option<&Contrast> = codings.find_map(|(_, c)| if let Coding::Contrasts(c) = c { Some(c) } else { None });
        let n = levels.len();
        let mut basis = try_vec("contrasts", 1.0, n)?;
        basis.extend(used.unwrap_or(contrast).matrix(n)?);
        all.insert(v, (n, dense::inverse(n, &basis)));
    }
    Ok(all)
}

/// The columns of a term.
fn columns_of(mean: &PredictorProgram, term: &Term, inverse: &HashMap<usize, (usize, Vec<f64>)>) -> Columns {
    let mut columns: Columns = vec![vec![(vec![], 1.0)]];
    // The first variable varies fastest: each further one repeats what there is.
    for (v, coding) in &term.factors {
        let own = parts(&mean.variables[*v].kind, *v, coding, inverse);
        let times = |column: &Vec<(Product, f64)>, part: &[(Option<usize>, f64)]| -> Vec<(Product, f64)> {
            let mut out = vec![];
            for (product, weight) in column {
                for (c, share) in part.iter().filter(|(_, share)| *share != 0.0) {
                    let mut product = product.clone();
                    product.extend(c.map(|c| (*v, c)));
                    product.sort_unstable();
                    out.push((product, weight * share));
                }
            }
            out
        };
        columns = own.iter().flat_map(|part| columns.iter().map(|column| times(column, part)).collect::<Vec<_>>()).collect();
    }
    columns
}

/// The columns of one variable: of a factor combinations of its contrasts and the constant (`None`).
fn parts(kind: &Kind, v: usize, coding: &Coding, inverse: &HashMap<usize, (usize, Vec<f64>)>) -> Vec<Vec<(Option<usize>, f64)>> {
    match (kind, coding) {
        (Kind::Numeric, _) => vec![vec![(Some(1), 1.0)]],
        (Kind::Matrix { n_columns }, _) => (1..=*n_columns).map(|c| vec![(Some(c), 1.0)]).collect(),
        (Kind::Factor { levels, .. }, Coding::Contrasts(_)) => (1..levels.len()).map(|c| vec![(Some(c), 1.0)]).collect(),
        _ => {
            let Some((n, inverse)) = inverse.get(&v) else { return vec![] };
            let level = |k: usize| (0..*n).map(|c| ((c > 0).then_some(c), inverse[k * n + c])).collect();
            (0..*n).map(level).collect()
        }
    }
}
