//! The parameters that have profiles; those of random terms, and how they are held.
//!
//! The standard deviation of an effect is T_11 where the effect comes first in its term, and a correlation is the ratio of T_21 to the
//! length of the second row where its effects come first.

use super::Held;
use super::hold::Hold;
use crate::covariance::Structure;
use crate::error::{Error, Result};
use crate::formula::StructureKind;
use crate::resample::{covariance, elements};

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// The standard deviation of an effect of term k.
    Sd { k: usize, effect: usize },
    /// The correlation of two effects of term k.
    Correlation { k: usize, effects: [usize; 2] },
    /// An element of theta of term k whose structure has such elements.
    Theta { k: usize, element: usize },
    /// A parameter that all rows share: one of the family that is estimated, of the thresholds, or a nominal effect; of linear models
    /// sigma and the residual correlation.
    Shared { f: usize },
    /// A fixed effect of a predictor.
    Fixed { a: usize, j: usize },
}

/// The parameters of one term: lme4's names where it has them.
pub fn parameters(k: usize, structure: Structure, effects: &[String], group: &str) -> Vec<(Parameter, String)> {
    let r = effects.len();
    let Structure { kind, homogeneous, .. } = structure;
    if kind == StructureKind::Unstructured {
        let one = |(i, j): (usize, usize)| {
            if i == j {
                return (Parameter::Sd { k, effect: i }, format!("sd_{}|{group}", effects[i]));
            }
            (Parameter::Correlation { k, effects: [j, i] }, format!("cor_{}.{}|{group}", effects[i], effects[j]))
        };
        return elements(r).map(one).collect();
    }
    let name = |element: usize| {
        if homogeneous && r > 1 && element == 0 {
            format!("sd|{group}")
        } else if !homogeneous && element < r || r == 1 {
            format!("sd_{}|{group}", effects[element])
        } else {
            format!("rho|{group}")
        }
    };
    (0..structure.n_theta()).map(|element| (Parameter::Theta { k, element }, name(element))).collect()
}

/// The effects of a term of r in an order in which the given ones come first.
pub fn order(r: usize, effects: &[usize]) -> Vec<usize> {
    effects.iter().copied().chain((0..r).filter(|e| !effects.contains(e))).collect()
}

/// A term among the working parameters.
pub struct Place<'a> {
    pub structure: Structure,
    /// Its first working parameter.
    pub first: usize,
    /// Its theta in the units of the response, effects in the user's order.
    pub theta: &'a [f64],
    /// What brings its standard deviations to working units, effects in working order.
    pub scales: &'a [f64],
}

impl Place<'_> {
    /// A standard deviation, or a correlation, of effects of an unstructured term, which come first. `centre` has the working parameters
    /// of the estimates, but for those of this term.
    pub fn hold_effects(&self, effects: &[usize], mut centre: Vec<f64>) -> Result<Held> {
        let (first, structure, scales) = (self.first, self.structure, self.scales);
        let r = structure.size;
        let order = order(r, effects);
        let cov = covariance(structure, self.theta)?;
        let sd = |e: usize| cov[e * (r + 1)].sqrt();
        let at = |a: usize, b: usize| cov[order[b] * r + order[a]] * scales[a] * scales[b];
        let permuted: Vec<f64> = (0..r * r).map(|e| at(e % r, e / r)).collect();
        structure.from_covariance(&permuted, &mut centre[first..first + structure.n_theta()]);
        let (hold, estimate, bounds, unit) = if let [one] = effects {
            let scale = scales[0];
            let with = (first + 1..first + r).collect();
            let hold = Hold::Coordinate { at: first, with, working: Box::new(move |v| scale * v) };
            (hold, sd(*one), (Some(0.0), None), if sd(*one) > 0.0 { 0.25 * sd(*one) } else { 0.1 / scale })
        } else {
            let rho = (cov[effects[0] * r + effects[1]] / (sd(effects[0]) * sd(effects[1]))).clamp(-1.0, 1.0);
            let hold = Hold::Correlation { t21: first + 1, t22: first + r };
            (hold, rho, (Some(-1.0), Some(1.0)), 0.25 * (1.0 - rho.abs()).max(0.1))
        };
        if estimate.is_nan() {
            return Err(Error::numeric("the correlation of an effect without variance is not known"));
        }
        Ok(Held { hold, centre, estimate, bounds, unit: Some(unit), reported: Box::new(|v| v) })
    }

    /// An element of theta that is a standard deviation or a correlation itself.
    pub fn hold_theta(&self, element: usize, centre: Vec<f64>) -> Held {
        let (structure, own, scales) = (self.structure, self.theta.to_vec(), self.scales.to_vec());
        let bound = |v: f64| v.is_finite().then_some(v);
        let bounds = (bound(structure.lower_bounds()[element]), bound(structure.upper_bounds()[element]));
        let estimate = own[element];
        let unit = match bounds.1 {
            Some(upper) => 0.25 * (upper - estimate).min(estimate - structure.lower_bounds()[element]).max(0.1),
            None if estimate > 0.0 => 0.25 * estimate,
            None => 0.1 / scales[0],
        };
        let range = structure.lower_bounds()[element]..=structure.upper_bounds()[element];
        let working = move |v: f64| {
            let (mut theta, mut working) = (own.clone(), vec![0.0; own.len()]);
            theta[element] = v.clamp(*range.start(), *range.end());
            structure.rescale(&mut theta, &scales);
            structure.working_from_theta(&theta, &mut working).map_or(f64::NAN, |()| working[element])
        };
        let hold = Hold::Coordinate { at: self.first + element, with: vec![], working: Box::new(working) };
        Held { hold, centre, estimate, bounds, unit: Some(unit), reported: Box::new(|v| v) }
    }
}
