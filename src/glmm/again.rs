//! A second search where the first may have ended at a false maximum of the likelihood, which the response knows of its parameters.

use super::jet::Guess;
use super::laplace::Laplace;
use super::mode::MODES;
use crate::error::{Code, Result, try_copy, try_vec};
use crate::family::Order;
use crate::optimize::Summary;
use crate::search::{Search, is_converged};

/// The end of the second search where that is none of the kind, or the better one of two.
pub(super) fn other_end(search: &mut Search<'_, '_, Laplace<'_>>, first: Summary) -> Result<Summary> {
    if search.options.theta0.is_some() || !may_be_false(search.criterion, &first) {
        return Ok(first);
    }
    let Some(start) = start_again(search.criterion, &first.x)? else { return Ok(first) };
    let modes = try_copy(MODES, &search.criterion.mode.u)?;
    // It may end at the other edge of the range, which takes all that a search can do.
    match search.run(&start, search.options.tolerance) {
        Ok(second) => {
            let truer = is_converged(second.reason) && !may_be_false(search.criterion, &second);
            if truer || second.value < first.value {
                return Ok(second);
            }
        }
        Err(error) if error.code == Code::Numeric => {}
        Err(error) => return Err(error),
    }
    search.criterion.start_modes(&modes);
    Ok(first)
}

fn may_be_false(laplace: &Laplace<'_>, end: &Summary) -> bool {
    laplace.model.response.may_be_false(&end.x[laplace.shared()])
}

/// All parameters of a second search: those of the family by moments around what has been fitted.
fn start_again(laplace: &mut Laplace<'_>, x: &[f64]) -> Result<Option<Vec<f64>>> {
    match laplace.evaluate(x, Order::Mode) {
        Err(error) if error.code == Code::Numeric => return Ok(None),
        other => other?,
    };
    let model = laplace.model;
    let Guess { shared, dispersion } = model.response.start_again(&laplace.mode.eta)?;
    let mut start = x.to_vec();
    start[laplace.shared()].copy_from_slice(&shared);
    if let Some((a, value)) = dispersion {
        let at = laplace.ranges()[a - laplace.outer().start].clone();
        start[at].copy_from_slice(&model.fixed[a].project(&try_vec("linear predictor", value, model.n)?)?);
    }
    Ok(Some(start))
}
