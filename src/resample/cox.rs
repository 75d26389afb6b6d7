//! Refits of Cox models.

use super::estimates::{Refit, dependent, is_singular};
use crate::coxme::estimate::estimate;
use crate::coxme::laplace::Laplace;
use crate::design::Design;
use crate::error::Result;
use crate::fit::cox::model_of;
use crate::options::Options;
use crate::search::Estimate;
use crate::spec::Ties;
use crate::watch::Watch;

/// Fits the response of a design; `start` is the theta to begin with.
pub fn refit(ties: Ties, design: &Design, options: &Options, start: Option<&[f64]>, watch: &Watch<'_>) -> Result<Refit> {
    let model = model_of(design, ties)?;
    if let Some(dropped) = (0..design.x_names.len()).find(|j| !model.kept.contains(j)) {
        return Err(dependent(&design.x_names[dropped]));
    }
    let mut laplace = Laplace::new(&model, watch)?;
    let end = search(&mut laplace, options, start)?;
    let value = laplace.evaluate(&end.working)?;
    let joint = &laplace.joint;
    Ok(Refit {
        theta: model.theta_from_working(&end.working),
        correlation: None,
        fixed: vec![joint.beta.iter().zip(&model.x_scales).map(|(b, scale)| b / scale).collect()],
        std_error: vec![],
        family: vec![],
        sigma: f64::NAN,
        log_likelihood: -0.5 * (value - laplace.penalty),
        converged: end.converged,
        singular: is_singular(&model.structures, &end.working),
    })
}

/// From the start, and where that leads nowhere from one of the response's own.
fn search(laplace: &mut Laplace<'_>, options: &Options, start: Option<&[f64]>) -> Result<Estimate> {
    if let Some(theta) = start {
        match estimate(laplace, &Options { theta0: Some(theta.to_vec()), ..options.clone() }) {
            Err(error) if error.ends_all() => return Err(error),
            Ok(end) if end.converged => return Ok(end),
            _ => {}
        }
    }
    estimate(laplace, options)
}
