//! Tests of a model against the models without each of its terms: by likelihood ratios, all fitted by maximum likelihood, or of linear models
//! by F tests.

use super::term_rows::{TermRow, TermRows};
use crate::design::{Design, ModelProgram, Program};
use crate::error::{Error, Result, or_reason, try_vec};
use crate::fit::Fit;
use crate::fit::cox::least;
use crate::fit::estimable::Estimable;
use crate::fit::linear::assemble;
use crate::frame::Frame;
use crate::inference::anova::{AnovaType, f_table, hypotheses};
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::inference::model_matrix::with_all_columns;
use crate::lmm::deviance::Deviance;
use crate::lmm::estimate::estimate;
use crate::names::quoted;
use crate::options::Options;
use crate::tails::chi_square_upper;
use crate::watch::{Phase, Watch};

/// A row for the model, `<none>`, and one for each term that is in no other: `term`, `n_parameters` (those that go with it), `aic`,
/// `chi_square`, `p_value`, and in `warning` why a model without a term has no numbers. `data` are those of the fit; they are needed where it
/// left out columns, which may have an estimate without a term.
pub fn drop1_table(fit: &Fit, data: Option<&Frame>, watch: &Watch<'_>) -> Result<Frame> {
    fit.without_priors("drop1")?;
    let design = with_all_columns(fit, data, "drop1")?;
    let options = Options { reml: false, reml_generalised: false, ..fit.options() };
    let terms = droppable(fit, design.x_names.len());
    let total = Some(terms.len() + 1);
    watch.at(Phase::Model, 0, total)?;
    let guess = coefficients(fit, design.x_names.len());
    let whole = if fit.generalised().is_some() && !fit.reml && fit.outcome.converged {
        (fit.criterion, fit.fixed.names.len())
    } else {
        best(fit, (&design, Some(&guess)), &options, &watch.inside(Phase::Model, 0, total))?
            .ok_or_else(|| Error::numeric("drop1: the model did not converge by maximum likelihood"))?
    };
    let more = fit.npar - fit.fixed.names.len();
    let mut table = TermRows::default();
    table.put("<none>", TermRow::of_model(whole.0, whole.1 + more));
    for (i, (term, rest)) in terms.into_iter().enumerate() {
        watch.at(Phase::Model, i + 1, total)?;
        let inside = watch.inside(Phase::Model, i + 1, total);
        let fitted = rest.and_then(|rest| {
            let guess = rest.guess(&guess);
            best(fit, (&rest.of(&design)?, guess.as_deref()), &options, &inside)
        });
        table.put(&term, row(whole, or_reason(fitted)?, more, fit.generalised().is_some()));
    }
    table.frame(false)
}

/// A smaller model, or why there is none, against the whole one; `more` are parameters beside the fixed effects.
fn row(whole: Found, smaller: std::result::Result<Option<Found>, String>, more: usize, searched: bool) -> TermRow {
    let found = match smaller {
        Ok(Some(found)) => found,
        Ok(None) => return TermRow::without("the model without it did not converge by maximum likelihood"),
        Err(reason) => return TermRow::without(reason.trim_start_matches("drop1: ")),
    };
    let (own, rise) = (whole.1.saturating_sub(found.1), found.0 - whole.0);
    if searched && rise < -LOWER * whole.0.abs().max(1.0) {
        return TermRow::without(
            "the model without it has a higher likelihood than the model, whose fit is not at the maximum; fit it by another optimiser or \
             from another start",
        );
    }
    let chi_square = if rise < 0.0 { 0.0 } else { rise };
    let p_value = if own > 0 { chi_square_upper(chi_square, own as f64) } else { f64::NAN };
    TermRow { n_parameters: Some(own), chi_square, p_value, ..TermRow::of_model(found.0, found.1 + more) }
}

/// F tests of a linear model against those without each term that is in no other, with the columns of an analysis of variance.
pub fn drop1_f_table(fit: &Fit, data: Option<&Frame>, freedom: DegreesOfFreedom<'_>, watch: &Watch<'_>) -> Result<Frame> {
    fit.without_priors("drop1")?;
    if !fit.is_linear() {
        return Err(Error::argument("drop1: F tests are for linear models; other models have likelihood ratios"));
    }
    let mut tests = hypotheses(fit, data, AnovaType::II, watch)?;
    if let ModelProgram::Formula(program) = &fit.program {
        let mut larger = program.larger_terms().into_iter();
        tests.retain(|_| larger.next().is_some_and(|larger| larger.is_empty()));
    }
    f_table(fit, &tests, freedom, watch)
}

/// What is left of X without a term.
enum Rest {
    /// These columns.
    Kept(Vec<usize>),
    /// Combinations of the columns.
    Combined(Vec<Vec<f64>>),
}

/// How far, relative to it, the deviance of a smaller model may be below the whole one's: what searches leave.
const LOWER: f64 = 1e-7;

/// How far, relative to its weights, a column may be from a combination of others.
const TOLERANCE: f64 = 1e-9;

/// The terms that are in no other, with the rest of the `p` columns of X, or why it is none.
fn droppable(fit: &Fit, p: usize) -> Vec<(String, Result<Rest>)> {
    match &fit.program {
        ModelProgram::Formula(program) => {
            let of_column = program.fixed_column_terms();
            let mut all = vec![];
            for ((t, label), larger) in program.fixed_term_labels().into_iter().enumerate().zip(program.larger_terms()) {
                if !larger.is_empty() {
                    continue;
                }
                // Factors of Cox and ordinal models are always coded as beside an intercept.
                let rest = if fit.cox().is_some() || fit.ordinal().is_some() || program.stays_without(t) {
                    Ok(Rest::Kept((0..p).filter(|&j| of_column[j] != t + 1).collect()))
                } else {
                    recoded(program, t, label)
                };
                all.push((label.to_owned(), rest));
            }
            all
        }
        ModelProgram::Arrays(_) => {
            let n = fit.n_obs.max(1);
            let constant = |j: usize| fit.x[j * n..(j + 1) * n].windows(2).all(|w| w[0] == w[1]);
            let rest = |own: usize| Ok(Rest::Kept((0..p).filter(|&j| j != own).collect()));
            (0..p).filter(|&j| !constant(j)).map(|j| (fit.fixed.names[j].clone(), rest(j))).collect()
        }
    }
}

/// The model matrix without a term whose factors made the intercept: others make it then.
fn recoded(program: &Program, term: usize, label: &str) -> Result<Rest> {
    let none =
        || Error::unsupported(format!("the model without the term {} has another coding; compare the models' fits", quoted(label)));
    let columns = program.columns_without(term)?;
    let (rows, p) = (columns.products, columns.model);
    let kept: Vec<usize> = (0..p).collect();
    let combinations = Estimable::new(&columns.values, rows, p + columns.other, &kept)?;
    for (column, weights) in combinations.dependent() {
        for row in 0..rows {
            let terms = weights.iter().enumerate().map(|(j, w)| w * columns.values[j * rows + row]);
            let (sum, size) = terms.fold((0.0, 1.0), |(sum, size): (f64, f64), x| (sum + x, size + x.abs()));
            let off = (sum - columns.values[column * rows + row]).abs();
            if off.is_nan() || off > TOLERANCE * size {
                return Err(none());
            }
        }
    }
    Ok(Rest::Combined(combinations.dependent().iter().map(|(_, weights)| weights.clone()).collect()))
}

/// The effects of all `p` columns of X, zero for those that the fit has left out.
fn coefficients(fit: &Fit, p: usize) -> Vec<f64> {
    let estimate = &fit.fixed.estimate;
    if p == estimate.len() {
        return estimate.clone();
    }
    let mut all = vec![0.0; p];
    fit.kept.iter().zip(estimate).for_each(|(&j, own)| all[j] = *own);
    all
}

impl Rest {
    /// Effects of what is left.
    fn guess(&self, all: &[f64]) -> Option<Vec<f64>> {
        match self {
            Rest::Kept(kept) => Some(kept.iter().map(|&j| all[j]).collect()),
            Rest::Combined(_) => None,
        }
    }

    /// A design with this for X.
    fn of(&self, design: &Design) -> Result<Design> {
        let n = design.n;
        let column = |j: usize| &design.x[j * n..(j + 1) * n];
        let (x, x_names) = match self {
            Rest::Kept(kept) => (chosen(n, &design.x, kept)?, kept.iter().map(|&j| design.x_names[j].clone()).collect()),
            Rest::Combined(combinations) => {
                let mut x = try_vec("model matrix", 0.0, n * combinations.len())?;
                for (own, weights) in x.chunks_exact_mut(n.max(1)).zip(combinations) {
                    for (j, weight) in weights.iter().enumerate().filter(|(_, w)| **w != 0.0) {
                        own.iter_mut().zip(column(j)).for_each(|(sum, v)| *sum += weight * v);
                    }
                }
                (x, (1..=combinations.len()).map(|j| format!("column {j}")).collect())
            }
        };
        design.with_columns(x, x_names)
    }
}

/// These columns of a matrix with n rows.
fn chosen(n: usize, x: &[f64], kept: &[usize]) -> Result<Vec<f64>> {
    let mut out = try_vec("model matrix", 0.0, n * kept.len())?;
    out.chunks_exact_mut(n.max(1)).zip(kept).for_each(|(to, &j)| to.copy_from_slice(&x[j * n..(j + 1) * n]));
    Ok(out)
}

/// The smallest deviance of a model, and how many fixed effects it has.
type Found = (f64, usize);

/// That of a design; none if the search did not converge.
fn best(fit: &Fit, (design, guess): (&Design, Option<&[f64]>), options: &Options, watch: &Watch<'_>) -> Result<Option<Found>> {
    if let Some(own) = fit.generalised() {
        return Ok(fit.least_deviance(own, (design, guess), options, watch)?.map(|least| (least.deviance, least.p)));
    }
    if let Some(own) = fit.cox() {
        return least(own.ties, design, options, watch);
    }
    let system = assemble(design, watch)?;
    let mut deviance = Deviance::new(&system, options.reml, watch)?;
    let best = estimate(&mut deviance, options)?;
    Ok(if best.converged { Some((deviance.evaluate(&best.working)?, system.kept.len())) } else { None })
}
