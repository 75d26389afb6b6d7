//! The covariance of the working parameters, 2 H^-1, by central differences of the gradient: with the same signs it is a smooth function, so
//! that steps may be long, and what signs leave open changes little along them.

use super::evaluation::{AtModes, Problem};
use crate::error::{Code, Error, Result};
use crate::iterative::evaluation::{Effort, Problem as _};
use crate::iterative::search::{Found, STEPS};
use crate::iterative::zeros::Held;
use crate::linalg::dense;
use crate::options::StdErrors;
use crate::watch::Phase;

/// Steps of the differences, in standard errors.
const STEP: f64 = 0.1;

const EFFORT: Effort = Effort { blocks: 2, tolerance: 1e-5, information: 1e-5, steps: STEPS, report: false };

/// What is known of the working parameters.
pub struct Uncertainty {
    /// `[n, n]`, NaN for parameters of exact zeros, and for theta where it is taken as known.
    pub covariance: Vec<f64>,
    /// The Monte-Carlo covariance of the parameters, zero for those.
    pub monte_carlo: Vec<f64>,
    pub remark: Option<String>,
}

impl Problem<'_> {
    /// Where the deviance can't be had around the estimate, the covariance given theta, with a remark.
    pub fn uncertainty(&mut self, found: &Found<AtModes>, std_errors: StdErrors) -> Result<Uncertainty> {
        let free = Held::new(self.structures(), &found.working).free();
        let mut remark = None;
        if std_errors == StdErrors::Marginal {
            match self.differences(found, &free) {
                Ok(hessian) => return Ok(inverted(found, &free, &hessian)?.with(None)),
                Err(error) if error.code == Code::Numeric => {
                    let why = if self.watch().is_late() {
                        "the deadline was reached".to_owned()
                    } else {
                        format!("near the estimate {}", error.message)
                    };
                    remark = Some(format!("standard errors are those given the covariance parameters, because {why}"));
                }
                Err(error) => return Err(error),
            }
        }
        let n_theta = found.working.len() - self.modes.model.fixed[0].p;
        let fixed: Vec<usize> = (n_theta..found.working.len()).collect();
        let mut given = inverted(found, &fixed, &found.evaluation.information)?;
        given.monte_carlo.clone_from(&found.monte_carlo);
        Ok(given.with(remark))
    }

    /// The Hessian of the deviance in the free parameters, in the places of all.
    fn differences(&mut self, found: &Found<AtModes>, free: &[usize]) -> Result<Vec<f64>> {
        let (x, n) = (&found.working, found.working.len());
        let mut hessian = vec![0.0; n * n];
        for (done, &j) in free.iter().enumerate() {
            if self.watch().is_late() {
                return Err(Error::numeric("the deadline has passed"));
            }
            self.watch().at(Phase::StandardErrors, done, Some(free.len()))?;
            let curvature = found.evaluation.information[j * (n + 1)];
            let step = STEP * if curvature > 0.0 { (2.0 / curvature).sqrt().min(1.0) } else { 1.0 };
            let mut at = x.clone();
            at[j] = x[j] + step;
            let up = self.evaluate(&at, EFFORT)?;
            at[j] = x[j] - step;
            let down = self.evaluate(&at, EFFORT)?;
            if !(up.settled && down.settled) {
                return Err(Error::numeric("conjugate gradients did not solve the random-effects system"));
            }
            for i in 0..n {
                let slope = (up.gradient[i] - down.gradient[i]) / (2.0 * step);
                hessian[j * n + i] += 0.5 * slope;
                hessian[i * n + j] += 0.5 * slope;
            }
        }
        Ok(hessian)
    }
}

impl Uncertainty {
    fn with(self, remark: Option<String>) -> Self {
        Uncertainty { remark, ..self }
    }
}

/// 2 H^-1 of some parameters, and H^-1 C H^-1 with the noise C of the gradient.
fn inverted(found: &Found<AtModes>, some: &[usize], hessian: &[f64]) -> Result<Uncertainty> {
    let (n, k) = (found.working.len(), some.len());
    let of = |matrix: &[f64]| -> Vec<f64> { (0..k * k).map(|e| matrix[some[e / k] * n + some[e % k]]).collect() };
    let mut factor = of(hessian);
    if dense::cholesky(k, &mut factor).is_err() {
        return Err(Error::numeric("the deviance has no positive curvature"));
    }
    let inverse = dense::inverse(k, &of(hessian));
    let noise = dense::product(k, &inverse, &dense::product(k, &of(&found.evaluation.noise), &inverse));
    let (mut covariance, mut monte_carlo) = (vec![f64::NAN; n * n], vec![0.0; n * n]);
    for (e, (v, noise)) in inverse.iter().zip(&noise).enumerate() {
        let place = some[e / k] * n + some[e % k];
        (covariance[place], monte_carlo[place]) = (2.0 * v, *noise);
    }
    Ok(Uncertainty { covariance, monte_carlo, remark: None })
}
