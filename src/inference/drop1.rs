//! Likelihood-ratio tests of a linear model against the models without each of its terms, all fitted by maximum likelihood.

use crate::design::{Design, ModelProgram};
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::fit::linear::assemble;
use crate::frame::Frame;
use crate::frame::names::quoted;
use crate::lmm::deviance::Deviance;
use crate::lmm::estimate::estimate;
use crate::options::Options;
use crate::tails::chi_square_upper;

/// A row for the model, `<none>`, and one for each term that is in no other: `term`, `npar` (the parameters that go with it), `AIC`, `LRT`,
/// `p.value`.
pub fn drop1_table(fit: &Fit) -> Result<Frame> {
    if fit.generalised.is_some() {
        return Err(Error::argument("drop1 is for linear mixed models; compare generalised models by likelihood ratios"));
    }
    let droppable = droppable(fit)?;
    let design = fit.design();
    let options = Options { reml: false, ..fit.options() };
    let whole = deviance_of(&design, &options)?;
    let more = fit.theta.len() + 1;
    let aic = |deviance: f64, p: usize| deviance + 2.0 * (p + more) as f64;
    let p = design.x_names.len();
    let (mut names, mut npar, mut aics) = (vec!["<none>".to_owned()], vec![i64::MIN], vec![aic(whole, p)]);
    let (mut ratios, mut p_values) = (vec![f64::NAN], vec![f64::NAN]);
    for (term, columns) in droppable {
        let deviance = deviance_of(&without(&design, &columns), &options)?;
        let ratio = (deviance - whole).max(0.0);
        names.push(term);
        npar.push(columns.len() as i64);
        aics.push(aic(deviance, p - columns.len()));
        ratios.push(ratio);
        p_values.push(chi_square_upper(ratio, columns.len() as f64));
    }
    let mut frame = Frame::new(names.len());
    frame.add_strings("term", &names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
    frame.add_integers("npar", npar)?;
    frame.add_real("AIC", aics)?;
    frame.add_real("LRT", ratios)?;
    frame.add_real("p.value", p_values)?;
    Ok(frame)
}

/// The terms that are in no other, with their kept columns.
fn droppable(fit: &Fit) -> Result<Vec<(String, Vec<usize>)>> {
    match &fit.program {
        ModelProgram::Formula(program) => {
            let of_column = program.fixed_column_terms();
            let mut all = vec![];
            for ((t, label), larger) in program.fixed_term_labels().into_iter().enumerate().zip(program.larger_terms()) {
                if !larger.is_empty() {
                    continue;
                }
                if !program.stays_without(t) {
                    return Err(Error::unsupported(format!(
                        "drop1: without an intercept, other terms would be coded anew without the factor {}; fit the models and compare them",
                        quoted(label)
                    )));
                }
                let other = (0..of_column.len()).find(|j| !fit.kept.contains(j) && of_column[*j] != t + 1);
                if let Some(j) = other {
                    return Err(Error::unsupported(format!(
                        "drop1: the column {}, which the fit left out, may have an estimate without the term {}; fit the models and compare them",
                        quoted(&program.fixed_names()[j]),
                        quoted(label)
                    )));
                }
                let columns: Vec<usize> = (0..fit.kept.len()).filter(|&j| of_column[fit.kept[j]] == t + 1).collect();
                all.push((label.to_owned(), columns));
            }
            Ok(all)
        }
        ModelProgram::Arrays(_) => {
            let n = fit.n_obs.max(1);
            let constant = |j: usize| fit.x[j * n..(j + 1) * n].windows(2).all(|w| w[0] == w[1]);
            let own = (0..fit.fixed.names.len()).filter(|&j| !constant(j));
            Ok(own.map(|j| (fit.fixed.names[j].clone(), vec![j])).collect())
        }
    }
}

/// The design without some columns of X.
fn without(design: &Design, columns: &[usize]) -> Design {
    let n = design.n;
    let kept: Vec<usize> = (0..design.x_names.len()).filter(|j| !columns.contains(j)).collect();
    Design {
        x: kept.iter().flat_map(|&j| design.x[j * n..(j + 1) * n].iter().copied()).collect(),
        x_names: kept.iter().map(|&j| design.x_names[j].clone()).collect(),
        ..design.clone()
    }
}

/// The smallest deviance of a model.
fn deviance_of(design: &Design, options: &Options) -> Result<f64> {
    let system = assemble(design)?;
    let mut deviance = Deviance::new(&system, options.reml)?;
    let best = estimate(&mut deviance, options, None)?;
    if !best.converged {
        return Err(Error::numeric("drop1: a model without one of the terms did not converge"));
    }
    deviance.evaluate(&best.working)
}
