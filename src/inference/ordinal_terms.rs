//! Likelihood-ratio tests of an ordinal model against those in which a term of its formula also has nominal effects, or is in the scale.

use super::term_rows::{TermRow, TermRows};
use crate::design::{Design, ModelProgram, PredictorDesign};
use crate::error::{Error, Result, or_reason, try_copy};
use crate::fit::{Fit, Generalised, Least};
use crate::frame::Frame;
use crate::inference::model_matrix::with_all_columns;
use crate::options::Options;
use crate::tails::chi_square_upper;
use crate::watch::{Phase, Watch};

/// Where a term may have effects besides the location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// They differ from threshold to threshold.
    Nominal,
    /// On the logarithm of the scale.
    Scale,
}

impl Beyond {
    /// The name of the test.
    fn name(self) -> &'static str {
        match self {
            Beyond::Nominal => "nominal_test",
            Beyond::Scale => "scale_test",
        }
    }
}

/// How far, relative to it, the deviance of a larger model may be above the model's: what searches leave.
const HIGHER: f64 = 1e-7;

/// Relative to it, a fall of the deviance that is none: by chance it is as small once in many thousands.
const SAME: f64 = 1e-11;

/// A row for the model, `<none>`, and one for each term of the fixed effects: `term`, `n_parameters` (those that it adds), `log_likelihood`,
/// `aic`, `chi_square`, `p_value`, `warning`. A term comes with those that it contains. `data` are those of the fit, needed where it left out
/// columns.
pub fn ordinal_terms_table(fit: &Fit, data: Option<&Frame>, beyond: Beyond, watch: &Watch<'_>) -> Result<Frame> {
    let name = beyond.name();
    fit.without_priors(name)?;
    let Some(own) = fit.generalised().filter(|_| fit.ordinal().is_some()) else {
        return Err(Error::argument(format!("{name} is for ordinal models")));
    };
    let design = with_all_columns(fit, data, name)?;
    let options = Options { reml_generalised: false, ..fit.options() };
    let terms = with_contained(fit, design.x_names.len());
    let total = Some(terms.len() + 1);
    watch.at(Phase::Model, 0, total)?;
    let whole = whole(fit, own, &design, &options, &watch.inside(Phase::Model, 0, total))?
        .ok_or_else(|| Error::numeric(format!("{name}: the model did not converge by maximum likelihood")))?;
    let mut table = TermRows::default();
    table.put("<none>", TermRow::of_model(whole.deviance, whole.npar));
    for (i, (term, columns)) in terms.iter().enumerate() {
        watch.at(Phase::Model, i + 1, total)?;
        let larger = with_effects(&design, columns, beyond)?;
        let found = or_reason(fit.least_deviance(own, (&larger, None), &options, &watch.inside(Phase::Model, i + 1, total)))?;
        table.put(term, row(&whole, found));
    }
    table.frame(true)
}

/// The model itself by maximum likelihood.
fn whole(fit: &Fit, own: &Generalised, design: &Design, options: &Options, watch: &Watch<'_>) -> Result<Option<Least>> {
    if !fit.reml && fit.outcome.converged {
        let p = fit.fixed.names.len();
        return Ok(Some(Least { deviance: fit.criterion, p, npar: fit.npar, at_edge: false }));
    }
    fit.least_deviance(own, (design, None), options, watch)
}

/// Each term with its columns and those of the terms that it contains, of all `p`: so that the space does not depend on the coding.
fn with_contained(fit: &Fit, p: usize) -> Vec<(String, Vec<usize>)> {
    match &fit.program {
        ModelProgram::Formula(program) => {
            let (of_column, larger) = (program.fixed_column_terms(), program.larger_terms());
            let inside = |t: usize, other: usize| other == t || larger[other].contains(&t);
            let columns = |t: usize| (0..p).filter(|&j| of_column[j] > 0 && inside(t, of_column[j] - 1)).collect();
            program.fixed_term_labels().into_iter().enumerate().map(|(t, label)| (label.to_owned(), columns(t))).collect()
        }
        ModelProgram::Arrays(_) => fit.fixed_terms(),
    }
}

/// A design whose nominal effects, or scale, have these columns of the location, too.
fn with_effects(design: &Design, columns: &[usize], beyond: Beyond) -> Result<Design> {
    let mut larger = design.with_columns(try_copy("model matrix", &design.x)?, design.x_names.clone())?;
    let n = design.n;
    let part = match beyond {
        Beyond::Nominal => &mut larger.nominal,
        Beyond::Scale => &mut larger.dispersion,
    };
    let part = part.get_or_insert_with(PredictorDesign::default);
    let more = n * columns.len();
    part.x.try_reserve_exact(more).map_err(|_| Error::memory("model matrix", 8 * more))?;
    for &j in columns {
        part.x.extend_from_slice(&design.x[j * n..(j + 1) * n]);
        part.x_names.push(design.x_names[j].clone());
    }
    Ok(larger)
}

/// A larger model, or why there is none, against the model.
fn row(whole: &Least, found: std::result::Result<Option<Least>, String>) -> TermRow {
    let larger = match found {
        Ok(Some(larger)) => larger,
        Ok(None) => return TermRow::without("the search for the larger model did not converge"),
        Err(reason) => return TermRow::without(reason),
    };
    let added = larger.npar.saturating_sub(whole.npar);
    let row = TermRow { n_parameters: Some(added), ..TermRow::of_model(larger.deviance, larger.npar) };
    let fall = whole.deviance - larger.deviance;
    if added == 0 {
        return TermRow { warning: Some("the model has all of these effects".to_owned()), ..row };
    }
    if fall.is_nan() || fall < -HIGHER * whole.deviance.abs().max(1.0) {
        let why = "the larger model has the lower likelihood: its search did not end at the maximum";
        return TermRow { warning: Some(why.to_owned()), ..row };
    }
    if fall.abs() <= SAME * whole.deviance.abs().max(1.0) {
        let why = "the likelihood does not rise at all: the model fits these data as well without these effects, or they are not told \
                   from others that it has, and the degrees of freedom are fewer";
        return TermRow { chi_square: fall.max(0.0), p_value: 1.0, warning: Some(why.to_owned()), ..row };
    }
    let chi_square = fall.max(0.0);
    let edge = "thresholds meet in the larger model, at the edge of its range, where the distribution of the ratio is not known";
    TermRow {
        chi_square,
        p_value: chi_square_upper(chi_square, added as f64),
        warning: larger.at_edge.then(|| edge.to_owned()),
        ..row
    }
}
