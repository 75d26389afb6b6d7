//! The parameters of a linear model: theta, which is the user's, and the working parameters, which a search moves. Both are those of the
//! covariance structures, one term after the other, and then the residual correlation if there is one. Effects of terms change their units
//! on the way (`random::EffectUnits`).

use super::correlation::scale::RhoScale;
use super::system::LinearSystem;
use crate::covariance::{Structure, with_ranges};
use crate::error::{Error, Result};

/// The standard deviation of a term on the way to zero, in units of the residual's times an effect's root mean square: not to be multiplied.
pub const NOTHING: f64 = 0.03;

impl LinearSystem {
    /// The number of parameters of the random effects.
    pub fn n_theta(&self) -> usize {
        self.structures.iter().map(Structure::n_theta).sum()
    }

    /// The number of working parameters: those of the random effects, then the residual correlation if there is one.
    pub fn n_working(&self) -> usize {
        self.n_theta() + usize::from(self.correlation.is_some())
    }
}

/// The user's theta (all terms, one after the other), and the residual correlation if there is one, as working parameters.
pub fn working_from_theta(system: &LinearSystem, theta: &[f64]) -> Result<Vec<f64>> {
    if theta.len() != system.n_working() {
        let and = if system.correlation.is_some() { ", the residual correlation behind it" } else { "" };
        return Err(Error::argument(format!("theta has {} elements, the model has {}{and}", theta.len(), system.n_working())));
    }
    let mut theta = theta.to_vec();
    let mut working = vec![0.0; theta.len()];
    if let (Some(products), [.., rho], [.., x]) = (&system.correlation, &theta[..], &mut working[..]) {
        *x = products.scale.coordinate(*rho).ok_or_else(|| {
            Error::argument(format!("the residual correlation {rho} is out of range: {}", products.scale.range()))
        })?;
    }
    for (k, (_, range)) in with_ranges(&system.structures).enumerate() {
        system.units(k).working(&mut theta[range.clone()], &mut working[range])?;
    }
    Ok(working)
}

/// A correlation of zero in continuous time, where the criterion has no slope in its coordinate, a little off it.
pub fn off_the_boundary(system: &LinearSystem, mut working: Vec<f64>) -> Vec<f64> {
    if let (Some(products), [.., x]) = (&system.correlation, &mut working[..])
        && matches!(products.scale, RhoScale::Positive { .. })
    {
        *x = x.abs().max(0.1);
    }
    working
}

/// The user's theta of working parameters, and the residual correlation if there is one.
pub fn theta_from_working(system: &LinearSystem, working: &[f64], theta: &mut [f64]) {
    if let (Some(products), [.., rho], [.., x]) = (&system.correlation, &mut *theta, working) {
        *rho = products.scale.rho(*x);
    }
    for (k, (_, range)) in with_ranges(&system.structures).enumerate() {
        system.units(k).theta(&working[range.clone()], &mut theta[range]);
    }
}

/// The working parameters with the standard deviations of each term multiplied.
pub fn scaled(system: &LinearSystem, working: &[f64], factors: &[f64]) -> Result<Vec<f64>> {
    let mut point = working.to_vec();
    for (k, (structure, range)) in with_ranges(&system.structures).enumerate() {
        if factors[k] == 1.0 {
            continue;
        }
        let mut t = vec![0.0; structure.size * structure.size];
        structure.factor(&working[range.clone()], &mut t);
        if t.iter().all(|v| v.abs() < NOTHING) {
            structure.start(&mut point[range]);
        }
    }
    let mut theta = vec![0.0; point.len()];
    theta_from_working(system, &point, &mut theta);
    for (k, (structure, range)) in with_ranges(&system.structures).enumerate() {
        structure.rescale(&mut theta[range], &vec![factors[k]; structure.size]);
    }
    working_from_theta(system, &theta)
}
