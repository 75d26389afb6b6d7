//! The joint covariance of predictions.

use super::categories::{CategoryRule, Place};
use super::errors::{Errors, estimated_parameters, with_errors};
use super::functional::Functional;
use super::point::{DISPERSION, MEAN, PSI};
use super::predictors::Rows;
use super::problems::{crossed, not_estimable, not_estimable_categories};
use super::quantity::Rule;
use super::request::{NewData, NewLevels, Quantity, Request};
use crate::error::{Error, Result, try_push, try_vec};
use crate::fit::Fit;
use crate::watch::{Phase, Watch};

/// The most predictions of one covariance, which has the square of this many numbers.
pub const MOST_COVARIANT: usize = 16_384;
/// What memory is for.
const COVARIANCE: &str = "the covariance of predictions";

/// Each prediction of the rows used as a functional, one column of rows below the other, and the rows that have none.
pub struct Functionals {
    pub of_rows: Vec<Functional>,
    pub lost: Vec<usize>,
}

impl Fit {
    /// The covariance of the predictions `[k, k]`, k of rows times columns as in [`super::Predictions`], by the delta method as their standard
    /// errors, whose squares are its diagonal. Rows with the same new level of a grouping factor share its random effects. NaN in
    /// the rows and columns of what has no prediction.
    pub fn prediction_covariance(&self, data: NewData<'_>, request: &Request, watch: &Watch<'_>) -> Result<Vec<f64>> {
        watch.at(Phase::Prediction, 0, None)?;
        let rows = self.covariant_rows(data, request)?;
        let width = self.prediction_width(request.quantity);
        let (n, places) = (rows.n, rows.data_rows()?);
        let m = places.len() + rows.missing().count();
        let k = m.saturating_mul(width);
        if k > MOST_COVARIANT {
            return Err(Error::argument(format!(
                "{COVARIANCE}: there are {k} predictions, whose covariance would have {k} times {k} numbers; {MOST_COVARIANT} are the most"
            )));
        }
        let (lost, own) = with_errors(
            self,
            &rows,
            |mut errors| {
                let found = functionals(self, &rows, request, &mut errors, watch)?;
                Ok((found.lost, errors.covariance(&found.of_rows, watch)?))
            },
            watch,
        )?;
        let mut out = try_vec(COVARIANCE, f64::NAN, k * k)?;
        let mut kept = vec![];
        for e in (0..n * width).filter(|e| lost.binary_search(&(e % n)).is_err()) {
            try_push(COVARIANCE, &mut kept, (e, e / n * m + places[e % n]))?;
        }
        for &(j, to_j) in &kept {
            kept.iter().for_each(|&(i, to_i)| out[to_j * k + to_i] = own[j * n * width + i]);
        }
        Ok(out)
    }

    /// The rows of a request whose predictions have a joint covariance.
    pub(super) fn covariant_rows<'a>(&'a self, data: NewData<'_>, request: &Request) -> Result<Rows<'a>> {
        if self.reduced.is_none() {
            self.need_rows("the covariance of predictions")?;
        }
        self.without_cox("the covariance of predictions")?;
        CategoryRule::new(self, request.quantity)?;
        if request.quantity == Quantity::Class {
            return Err(Error::argument("type: a class has no standard error and no covariance; probabilities have"));
        }
        self.rows_for(data, request)
    }
}

/// The predictions of the rows.
pub fn functionals(
    fit: &Fit,
    rows: &Rows<'_>,
    request: &Request,
    errors: &mut Errors<'_, '_, '_>,
    watch: &Watch<'_>,
) -> Result<Functionals> {
    let mut found = if let Some(rule) = CategoryRule::new(fit, request.quantity)? {
        of_categories(&rule, rows, errors, watch)?
    } else {
        let rule = Rule { fit, quantity: request.quantity };
        let points = rows.points(&rule)?;
        let places = estimated_parameters(fit, errors.first_parameter());
        let mut of_rows = vec![];
        for (i, point) in points.iter().enumerate() {
            watch.pulse_at(Phase::Prediction, i, Some(rows.n))?;
            let gradient = rule.gradient(point);
            let shared = places.iter().map(|&(parameter, place)| (place, gradient[PSI + parameter]));
            try_push(COVARIANCE, &mut of_rows, errors.functional(i, &gradient[..PSI], shared)?)?;
        }
        Functionals { of_rows, lost: not_estimable(rows, &rule, &points)? }
    };
    if request.new_levels == NewLevels::Missing {
        found.lost.extend(rows.with_new_levels()?);
    }
    found.lost.sort_unstable();
    found.lost.dedup();
    Ok(found)
}

fn of_categories(
    rule: &CategoryRule<'_>,
    rows: &Rows<'_>,
    errors: &mut Errors<'_, '_, '_>,
    watch: &Watch<'_>,
) -> Result<Functionals> {
    let (n, width, first) = (rows.n, rule.width(), errors.first_parameter());
    let mut of_rows = try_vec(COVARIANCE, Functional::default(), n.saturating_mul(width))?;
    let (mut parameters, mut failed) = (vec![], None);
    let act = |i: usize, place: &Place| {
        for column in 0..width {
            let (scale, location, log_scale) = rule.slopes(rows, (i, column), place, &mut parameters);
            let mut gradient = [0.0; 3];
            (gradient[MEAN], gradient[DISPERSION]) = (scale * location, scale * log_scale);
            let shared = parameters.iter().map(|&(parameter, slope)| (first + parameter, scale * slope));
            match errors.functional(i, &gradient, shared) {
                Ok(own) => of_rows[column * n + i] = own,
                Err(error) => failed = Some(error),
            }
        }
    };
    rule.each(rows, act, watch)?;
    failed.map_or(Ok(()), Err)?;
    let mut lost = not_estimable_categories(rows, rule.quantity)?;
    lost.extend(crossed(rows, rule, watch)?);
    Ok(Functionals { of_rows, lost })
}
