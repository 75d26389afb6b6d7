//! Analysis of deviance of a Cox model. Type I is sequential: the integrated likelihood rises with each term that is added to the random
//! ones, all models fitted anew (coxme's anova). Types II and III are Wald tests.

use super::hypotheses::{AnovaType, Terms};
use super::wald;
use crate::error::{Error, Result, try_vec};
use crate::fit::cox::least;
use crate::fit::{Cox, Fit};
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::names::quoted;
use crate::tails::chi_square_upper;
use crate::watch::{Phase, Watch};

/// A row a term: `term`, of type I `log_likelihood`, `df`, `chi_square` and `p_value`. Type I begins with a row `NULL`, without fixed
/// effects.
pub fn table(fit: &Fit, own: &Cox, data: Option<&Frame>, kind: AnovaType, watch: &Watch<'_>) -> Result<Frame> {
    if kind == AnovaType::I {
        sequential(fit, own, watch)
    } else {
        wald::table(fit, data, kind, DegreesOfFreedom::Same(f64::INFINITY), watch)
    }
}

fn sequential(fit: &Fit, own: &Cox, watch: &Watch<'_>) -> Result<Frame> {
    let terms = Terms::of(fit);
    let (design, options, n) = (fit.design()?, fit.options(), fit.n_obs);
    let total = Some(terms.labels.len() + 1);
    let mut kept: Vec<usize> = vec![];
    let (mut criteria, mut ranks) = (vec![], vec![]);
    for step in 0..=terms.labels.len() {
        watch.at(Phase::Model, step, total)?;
        if step > 0 {
            kept.extend(&terms.columns[step - 1]);
        }
        if step == terms.labels.len() {
            criteria.push(fit.criterion);
            ranks.push(fit.fixed.names.len());
            break;
        }
        let mut x = try_vec("model matrix", 0.0, n * kept.len())?;
        x.chunks_exact_mut(n.max(1)).zip(&kept).for_each(|(to, j)| to.copy_from_slice(&fit.x[j * n..(j + 1) * n]));
        let part = design.with_columns(x, kept.iter().map(|j| fit.fixed.names[*j].clone()).collect())?;
        let found = least(own.ties, &part, &options, &watch.inside(Phase::Model, step, total))?;
        let (criterion, rank) = found.ok_or_else(|| {
            Error::numeric(format!(
                "anova: the model without the term {} and those after it did not converge",
                quoted(&terms.labels[step])
            ))
        })?;
        criteria.push(criterion);
        ranks.push(rank);
    }
    let rise = |i: usize| (criteria[i - 1] - criteria[i]).max(0.0);
    let df = |i: usize| ranks[i] - ranks[i - 1].min(ranks[i]);
    let steps = 1..criteria.len();
    let first = |value| std::iter::once(value);
    let p_value = |i: usize| if df(i) > 0 { chi_square_upper(rise(i), df(i) as f64) } else { f64::NAN };
    let names: Vec<&str> = std::iter::once("NULL").chain(terms.labels.iter().map(String::as_str)).collect();
    let mut frame = Frame::new(names.len());
    frame.add_strings("term", &names.into_iter().map(Some).collect::<Vec<_>>())?;
    frame.add_real("log_likelihood", criteria.iter().map(|d| -0.5 * d).collect())?;
    frame.add_integers("df", std::iter::once(i64::MIN).chain(steps.clone().map(|i| df(i) as i64)).collect())?;
    frame.add_real("chi_square", first(f64::NAN).chain(steps.clone().map(rise)).collect())?;
    frame.add_real("p_value", first(f64::NAN).chain(steps.map(p_value)).collect())?;
    Ok(frame)
}
