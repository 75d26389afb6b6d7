//! Estimates without some rows by one Newton step from those of all: of theta, where the fixed effects are then at the joint mode without the
//! rows, or of theta and of fixed effects that maximise the integrated likelihood. As `glmm::one_step` has it.

use super::integrated::Integrated;
use super::laplace::Laplace;
use super::observed::Observed;
use crate::covariance::with_ranges;
use crate::error::{Error, Result, try_copy};
use crate::linalg::curvature::Curvature;
use crate::optimize::Objective;

/// All rows at their estimates.
pub struct AllRows {
    /// Working parameters, and fixed effects that maximise the integrated likelihood.
    pub x: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    /// With these fixed effects the approximate Hessian.
    approximate: Option<Vec<f64>>,
    curvature: Curvature,
    u: Vec<f64>,
    beta: Vec<f64>,
    /// Columns without a finite estimate.
    monotone: Vec<usize>,
}

/// The estimates without some rows.
pub struct Stepped {
    /// Of the covariances.
    pub working: Vec<f64>,
    pub value: f64,
    /// Of the model's own columns, with M of the covariance M M'; none where the curvature is not positive.
    pub beta: Vec<f64>,
    pub root: Option<Vec<f64>>,
}

/// The step, or the first column that has no finite estimate without the rows.
pub enum Step {
    Done(Stepped),
    Infinite(usize),
}

impl AllRows {
    /// At working parameters, and fixed effects that are held.
    pub fn new(laplace: &mut Laplace<'_>, working: &[f64], held: Option<&[f64]>) -> Result<Self> {
        let none = || Error::numeric("the Hessian of the criterion is not finite");
        let (x, curvature, mut approximate, mut gradient);
        let value = match held {
            None => {
                let observed = Observed::new(laplace, working)?;
                curvature = Curvature::of_hessian(&observed.hessian, &observed.effective).ok_or_else(none)?;
                x = observed.working;
                approximate = None;
                gradient = vec![0.0; x.len()];
                laplace.evaluate_gradient(&x, &mut gradient)?.0
            }
            Some(beta) => {
                let mut criterion = Integrated { laplace };
                let observed = criterion.observed(&[working, beta].concat())?;
                curvature = Curvature::of_hessian(&observed.hessian, &observed.effective).ok_or_else(none)?;
                x = observed.at;
                gradient = vec![0.0; x.len()];
                let mut own = vec![0.0; x.len() * x.len()];
                let value = criterion.hessian(&x, &mut gradient, &mut own)?;
                approximate = Some(own);
                value
            }
        };
        let (u, beta) = (try_copy("random effects", &laplace.joint.u)?, laplace.joint.beta.clone());
        Ok(AllRows { x, value, gradient, approximate: approximate.take(), curvature, u, beta, monotone: laplace.joint.monotone()? })
    }

    /// The step without the rows that the model of `laplace` does not have.
    pub fn without(&self, laplace: &mut Laplace<'_>) -> Result<Step> {
        let model = laplace.model;
        let more = |own: &[usize]| own.iter().copied().find(|j| !self.monotone.contains(j));
        if let Some(infinite) = more(&model.never_falling) {
            return Ok(Step::Infinite(infinite));
        }
        self.begin(laplace);
        let mut gradient = vec![0.0; self.x.len()];
        self.gradient(laplace, &self.x, &mut gradient)?;
        gradient.iter_mut().zip(&self.gradient).for_each(|(own, all)| *own -= all);
        let mut x: Vec<f64> = self.x.iter().zip(self.curvature.step(&gradient)).map(|(x, step)| x + step).collect();
        if x.iter().any(|x| !x.is_finite()) {
            return Err(Error::numeric("the step without it is not a number"));
        }
        // The criterion does not see the sign of a standard deviation: where a step goes beyond zero, the least is at zero.
        for j in with_ranges(&model.structures).filter(|(own, _)| own.size == 1).flat_map(|(_, range)| range) {
            x[j] = if x[j] * self.x[j] < 0.0 { 0.0 } else { x[j] };
        }
        let (value, root) = match &self.approximate {
            None => {
                let value = laplace.evaluate(&x)?;
                (value, root_inside(laplace)?)
            }
            Some(all) => {
                let mut change = vec![0.0; all.len()];
                let value = Integrated { laplace: &mut *laplace }.hessian(&x, &mut gradient, &mut change)?;
                change.iter_mut().zip(all).for_each(|(own, all)| *own -= all);
                (value, self.curvature.changed(&change).map(|root| self.of_fixed(model.n_theta(), &root)))
            }
        };
        if !value.is_finite() {
            return Err(Error::numeric("the criterion without it is not finite where one step leads"));
        }
        if let Some(infinite) = more(&laplace.joint.monotone()?) {
            return Ok(Step::Infinite(infinite));
        }
        let beta = laplace.joint.beta.clone();
        Ok(Step::Done(Stepped { working: x[..model.n_theta()].to_vec(), value, beta, root }))
    }

    /// Twice what the log-likelihood of all rows, which are those of `laplace`, loses at other parameters; not a number where fixed effects
    /// maximise it.
    pub fn displacement(&self, laplace: &mut Laplace<'_>, working: &[f64]) -> Result<f64> {
        if self.approximate.is_some() {
            return Ok(f64::NAN);
        }
        self.begin(laplace);
        Ok(laplace.evaluate(working)? - self.value)
    }

    /// From the modes of all rows; not where some fixed effects have none.
    fn begin(&self, laplace: &mut Laplace<'_>) {
        if self.monotone.is_empty() {
            laplace.joint.u.copy_from_slice(&self.u);
            laplace.joint.beta.copy_from_slice(&self.beta);
        }
    }

    fn gradient(&self, laplace: &mut Laplace<'_>, x: &[f64], gradient: &mut [f64]) -> Result<()> {
        if self.approximate.is_none() {
            return laplace.evaluate_gradient(x, gradient).map(|_| ());
        }
        let value = Integrated { laplace }.gradient(x, gradient)?;
        if value.is_finite() { Ok(()) } else { Err(Error::numeric("the criterion without it is not finite at the estimates")) }
    }

    /// The rows of the fixed effects.
    fn of_fixed(&self, first: usize, root: &[f64]) -> Vec<f64> {
        root.chunks_exact(self.x.len().max(1)).flat_map(|column| column[first..].iter().copied()).collect()
    }
}

/// The covariance of fixed effects at the joint mode, given theta.
fn root_inside(laplace: &Laplace<'_>) -> Result<Option<Vec<f64>>> {
    let (p, q) = (laplace.model.p(), laplace.model.q());
    let mut covariance = vec![0.0; p * p];
    for (j, out) in covariance.chunks_exact_mut(p.max(1)).enumerate() {
        let mut unit = vec![0.0; q + p];
        unit[q + j] = 1.0;
        laplace.joint.solve_whole(&mut unit)?;
        out.copy_from_slice(&unit[q..]);
    }
    Ok(Curvature::of_covariance(&covariance).changed(&vec![0.0; p * p]))
}
