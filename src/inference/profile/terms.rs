//! The parameters that have profiles; those of random terms, and how they are held.
//!
//! The standard deviation of an effect is T_11 where the effect comes first in its term, and a correlation is the ratio of T_21 to the
//! length of the second row where its effects come first. Inside, columns far from zero are centred; the effects are turned so that each
//! element of the user's T is a combination of elements of one column of the working one.

use super::held::Held;
use super::hold::Hold;
use libm::hypot;

use crate::covariance::{Structure, elements, with_ranges};
use crate::error::{Error, Result};
use crate::formula::StructureKind;
use crate::random::{EffectUnits, remap};

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

/// The parameters of one term, in the order of its theta.
pub fn parameters(k: usize, structure: Structure) -> Vec<Parameter> {
    if structure.kind == StructureKind::Unstructured {
        let one = |(i, j)| if i == j { Parameter::Sd { k, effect: i } } else { Parameter::Correlation { k, effects: [j, i] } };
        return elements(structure.size).map(one).collect();
    }
    (0..structure.n_theta()).map(|element| Parameter::Theta { k, element }).collect()
}

/// The parameters of all terms at theta, in order, the unit that standard deviations are numbers of given.
pub fn reported(structures: &[Structure], theta: &[f64], unit: f64) -> Vec<f64> {
    let mut all = vec![];
    for (structure, range) in with_ranges(structures) {
        let (r, theta) = (structure.size, &theta[range]);
        if structure.kind != StructureKind::Unstructured {
            let of = |k: usize| if structure.has_unit(k) { unit } else { 1.0 };
            all.extend(theta.iter().enumerate().map(|(k, v)| of(k) * v));
            continue;
        }
        let mut t = vec![0.0; r * r];
        elements(r).zip(theta).for_each(|((i, j), v)| t[i * r + j] = *v);
        let row = |i: usize| &t[i * r..(i + 1) * r];
        let sd = |i: usize| row(i).iter().fold(0.0, |length, v| hypot(length, *v));
        let correlation = |i: usize, j: usize| {
            let (a, b) = (sd(i), sd(j));
            row(i).iter().zip(row(j)).map(|(v, w)| v / a * (w / b)).sum::<f64>().clamp(-1.0, 1.0)
        };
        all.extend(elements(r).map(|(i, j)| if i == j { unit * sd(i) } else { correlation(i, j) }));
    }
    all
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
    /// What brings its effects to the user's units.
    pub units: EffectUnits<'a>,
    /// A standard deviation of one in working units is this in the user's, scales apart.
    pub sigma: f64,
}

/// The effects of an unstructured term turned, such that the user's T, in their order, is L times the working one.
pub struct Turned {
    structure: Structure,
    first: usize,
    /// `[r, r]`, lower triangular.
    l: Vec<f64>,
    /// G of the turn, `[r, r]`.
    pub g: Vec<f64>,
}

/// The ratio of T_21 to T_22 that stands for a correlation of one, relative to the part that T_11 has in it.
const END: f64 = 1e4;

impl Place<'_> {
    /// With the given effects first.
    pub fn turned(&self, effects: &[usize]) -> Turned {
        let (mut l, g) = self.units.factored(&order(self.structure.size, effects));
        l.iter_mut().for_each(|v| *v *= self.sigma);
        Turned { structure: self.structure, first: self.first, l, g }
    }

    /// Whether an element of theta is none of the working parameters.
    pub fn is_mixed(&self) -> bool {
        !self.units.shift.is_empty()
    }

    /// An element of theta, at `estimate`, that is a standard deviation or a correlation itself, or one of T where nothing was shifted.
    pub fn hold_theta(&self, element: usize, theta: &[f64], centre: Vec<f64>) -> Held {
        let (structure, own) = (self.structure, theta.to_vec());
        let scales: Vec<f64> = self.units.scales.iter().map(|scale| scale / self.sigma).collect();
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
        // Below a diagonal element of T that is zero its column may as well be zero: what it has is in the columns after it.
        let below = match elements(structure.size).nth(element) {
            Some((i, j)) if i == j && structure.kind == StructureKind::Unstructured => structure.size - 1 - j,
            _ => 0,
        };
        let at = self.first + element;
        let hold = Hold::Coordinate { at, with: (at + 1..=at + below).collect(), working: Box::new(working) };
        Held {
            hold,
            centre,
            estimate,
            bounds,
            unit: Some(unit),
            reported: Box::new(|v| v),
            others: vec![],
            minimum: None,
            open: None,
        }
    }
}

impl Turned {
    pub fn is_identity(&self) -> bool {
        let r = self.structure.size;
        self.g.iter().enumerate().all(|(e, v)| *v == f64::from(u8::from(e % r == e / r)))
    }

    /// The place of T_ij among the working parameters.
    fn at(&self, i: usize, j: usize) -> usize {
        self.first + (0..j).map(|c| self.structure.size - c).sum::<usize>() + i - j
    }

    fn l(&self, i: usize, j: usize) -> f64 {
        self.l[j * self.structure.size + i]
    }

    /// Working parameters of the turned effects from those of the effects as they were.
    fn turn(&self, centre: &mut [f64]) {
        remap(self.structure, &self.g, &mut centre[self.first..self.first + self.structure.n_theta()]);
    }

    /// The standard deviation of the first effect.
    pub fn hold_sd(&self, mut centre: Vec<f64>) -> Held {
        self.turn(&mut centre);
        let (first, scale, r) = (self.first, self.l(0, 0), self.structure.size);
        let estimate = scale * centre[first];
        let hold = Hold::Coordinate { at: first, with: (first + 1..first + r).collect(), working: Box::new(move |v| v / scale) };
        let unit = if estimate > 0.0 { 0.25 * estimate } else { 0.1 * scale };
        Held {
            hold,
            centre,
            estimate,
            bounds: (Some(0.0), None),
            unit: Some(unit),
            reported: Box::new(|v| v),
            others: vec![],
            minimum: None,
            open: None,
        }
    }

    /// The correlation of the first two effects.
    pub fn hold_correlation(&self, mut centre: Vec<f64>) -> Result<Held> {
        self.turn(&mut centre);
        let (t11, t21, t22) = (self.at(0, 0), self.at(1, 0), self.at(1, 1));
        let skew = self.l(1, 0) / self.l(1, 1);
        let second = [skew * centre[t11] + centre[t21], centre[t22]];
        if centre[t11] == 0.0 || second == [0.0; 2] {
            return Err(Error::numeric("the correlation of an effect without variance is not known"));
        }
        if skew == 0.0 {
            let rho = second[0] / hypot(second[0], second[1]);
            let unit = 0.25 * (1.0 - rho.abs()).max(0.1);
            let hold = Hold::Correlation { t21, t22 };
            let bounds = (Some(-1.0), Some(1.0));
            return Ok(Held {
                hold,
                centre,
                estimate: rho,
                bounds,
                unit: Some(unit),
                reported: Box::new(|v| v),
                others: vec![],
                minimum: None,
                open: None,
            });
        }
        let end = END * skew.abs().max(1.0);
        let estimate = (second[0] / second[1]).clamp(-end, end);
        let reported = move |v: f64| if v.abs() < end { v / hypot(v, 1.0) } else { v.signum() };
        let (hold, unit) = (Hold::Ratio { t11, t21, t22, skew }, 0.25 * hypot(estimate, 1.0));
        Ok(Held {
            hold,
            centre,
            estimate,
            bounds: (Some(-end), Some(end)),
            unit: Some(unit),
            reported: Box::new(reported),
            others: vec![],
            minimum: None,
            open: None,
        })
    }

    /// An element of theta, one of the user's T, in the order of the effects.
    pub fn hold_element(&self, element: usize, mut centre: Vec<f64>) -> Held {
        self.turn(&mut centre);
        let (i, j) = elements(self.structure.size).nth(element).unwrap_or((0, 0));
        let shares = (j..=i).map(|k| (self.at(k, j), self.l(i, k)));
        let estimate: f64 = shares.clone().map(|(at, share)| share * centre[at]).sum();
        let unit = if estimate == 0.0 { 0.1 * self.l(i, i) } else { 0.25 * estimate.abs() };
        if i == j {
            let (at, scale) = (self.at(i, i), self.l(i, i));
            let with = (at + 1..at + self.structure.size - j).collect();
            let hold = Hold::Coordinate { at, with, working: Box::new(move |v| v / scale) };
            return Held {
                hold,
                centre,
                estimate,
                bounds: (Some(0.0), None),
                unit: Some(unit),
                reported: Box::new(|v| v),
                others: vec![],
                minimum: None,
                open: None,
            };
        }
        let largest = shares.clone().fold((0, 0.0), |most: (usize, f64), own| if own.1.abs() > most.1.abs() { own } else { most });
        let others = shares.filter(|(at, _)| *at != largest.0).map(|(at, share)| (at, -share / largest.1)).collect();
        let hold = Hold::Shifted { at: largest.0, factor: 1.0 / largest.1, shares: others };
        Held {
            hold,
            centre,
            estimate,
            bounds: (None, None),
            unit: Some(unit),
            reported: Box::new(|v| v),
            others: vec![],
            minimum: None,
            open: None,
        }
    }
}
