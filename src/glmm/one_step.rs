//! Estimates without some rows by one Newton step from those of all.
//!
//! At the estimates x of all rows the gradient of the deviance d is zero, and with the Hessian H of all rows
//!
//! ```text
//! x_i = x - H^-1 (d_i'(x) - d'(x)),   2 V_i^-1 = H - A(x) + A_i(x_i)
//! ```
//!
//! d_i is the deviance without the rows, whose modes are found from those of all. A is the approximate Hessian of quantities at the mode, which
//! says what the rows and the step add to the exact one. Fixed effects inside the criterion are the best for the other parameters, and have
//! the covariance that they have there.

use super::approximation::Inside;
use super::laplace::Laplace;
use super::mode::Effects;
use super::model::Model;
use crate::covariance::with_ranges;
use crate::error::{Error, Result};
use crate::family::Order;
use crate::linalg::curvature::Curvature;
use crate::options::StdErrors;

/// All rows at their estimates.
pub struct AllRows {
    pub x: Vec<f64>,
    pub value: f64,
    gradient: Vec<f64>,
    approximate: Vec<f64>,
    modes: Effects,
    /// The fixed effects of the mean, also where they are parameters.
    start: Vec<f64>,
    /// Of the working parameters; and what the covariance of the fixed effects is made of, if that is another one.
    curvature: Curvature,
    conditional: Option<Curvature>,
    /// What the other parameters add to the covariance of fixed effects that are inside, `[p, p]`.
    added: Vec<f64>,
}

/// The estimates without some rows: `laplace` of the other rows is left there.
pub struct Stepped {
    pub x: Vec<f64>,
    pub value: f64,
    /// M with M M' the covariance, by columns: of the working parameters, or of the mean's fixed effects where they are inside. None where the
    /// curvature is not positive.
    pub root: Option<Vec<f64>>,
}

impl AllRows {
    /// At working parameters; `gamma` are the fixed effects of the mean.
    pub fn new(laplace: &mut Laplace<'_>, x: Vec<f64>, gamma: &[f64], std_errors: StdErrors) -> Result<Self> {
        let n = x.len();
        laplace.start_fixed(gamma);
        laplace.forget_modes(true);
        laplace.evaluate(&x, Order::Mode)?;
        laplace.require_modes()?;
        laplace.forget_modes(false);
        let modes = laplace.mode.effects()?;
        let (mut gradient, mut approximate) = (vec![0.0; n], vec![0.0; n * n]);
        let value = laplace.evaluate_hessian(&x, &mut gradient, &mut approximate)?;
        let whole = laplace.working_covariance(&x, StdErrors::Marginal)?;
        let conditional = match std_errors {
            StdErrors::Marginal => None,
            StdErrors::Conditional => Some(laplace.working_covariance(&x, StdErrors::Conditional)?),
        };
        let p = whole.len().isqrt() - n;
        let added = match (laplace.how.inside, &conditional) {
            (Inside::Integrated, None) => {
                laplace.mode.go_to(&modes);
                let given = laplace.covariance_inside(&x)?;
                (0..p * p).map(|e| whole[(e / p) * (n + p) + e % p] - given[e]).collect()
            }
            _ => vec![0.0; p * p],
        };
        let outer = |covariance: &[f64]| -> Curvature {
            let own: Vec<f64> = (0..n * n).map(|e| covariance[(p + e / n) * (n + p) + p + e % n]).collect();
            Curvature::of_covariance(&own)
        };
        let conditional = conditional.as_deref().map(outer);
        Ok(AllRows { curvature: outer(&whole), x, value, gradient, approximate, modes, start: gamma.to_vec(), conditional, added })
    }

    /// The step without the rows that the model of `laplace` does not have.
    pub fn without(&self, laplace: &mut Laplace<'_>) -> Result<Stepped> {
        let n = self.x.len();
        self.begin(laplace);
        let mut gradient = vec![0.0; n];
        laplace.evaluate_gradient(&self.x, &mut gradient)?;
        laplace.require_modes()?;
        gradient.iter_mut().zip(&self.gradient).for_each(|(own, all)| *own -= all);
        let step = self.curvature.step(&gradient);
        let mut x: Vec<f64> = self.x.iter().zip(&step).map(|(x, step)| x + step).collect();
        if x.iter().any(|x| !x.is_finite()) {
            return Err(Error::numeric("the step without it is not a number"));
        }
        end_at_zero(laplace.model, &self.x, &mut x);
        if laplace.how.inside != Inside::Nothing {
            let value = laplace.evaluate(&x, Order::Mode)?;
            let given = laplace.covariance_inside(&x)?;
            let whole: Vec<f64> = given.iter().zip(&self.added).map(|(given, added)| given + added).collect();
            return Ok(Stepped { x, value, root: Curvature::of_covariance(&whole).changed(&vec![0.0; whole.len()]) });
        }
        let mut change = vec![0.0; n * n];
        let value = laplace.evaluate_hessian(&x, &mut gradient, &mut change)?;
        change.iter_mut().zip(&self.approximate).for_each(|(own, all)| *own -= all);
        let root = self.conditional.as_ref().unwrap_or(&self.curvature).changed(&change);
        Ok(Stepped { x, value, root })
    }

    /// What the rows that the model of `laplace` has add to the estimates, to first order: V s with their score s.
    pub fn moved(&self, laplace: &mut Laplace<'_>) -> Result<Vec<f64>> {
        self.begin(laplace);
        let mut gradient = vec![0.0; self.x.len()];
        laplace.evaluate_gradient(&self.x, &mut gradient)?;
        laplace.require_modes()?;
        // Minus H^-1 d', and d' is minus two scores.
        Ok(self.curvature.step(&gradient))
    }

    /// Twice what the log-likelihood of all rows, which are those of `laplace`, loses at other parameters.
    pub fn displacement(&self, laplace: &mut Laplace<'_>, x: &[f64]) -> Result<f64> {
        self.begin(laplace);
        Ok(laplace.evaluate(x, Order::Mode)? - self.value)
    }

    /// From the modes of all rows, whatever was evaluated before.
    fn begin(&self, laplace: &mut Laplace<'_>) {
        laplace.start_fixed(&self.start);
        laplace.foreseen = None;
        laplace.mode.go_to(&self.modes);
        laplace.mode.factorized = false;
    }
}

/// The criterion does not see the sign of a standard deviation: where a step goes beyond zero, the least is at zero.
fn end_at_zero(model: &Model, from: &[f64], x: &mut [f64]) {
    for (structure, range) in with_ranges(&model.structures).filter(|(structure, _)| structure.size == 1) {
        for j in range.take(structure.n_theta()) {
            if x[j] * from[j] < 0.0 {
                x[j] = 0.0;
            }
        }
    }
}
