//! Standard errors of predictions by the delta method, and intervals.

use super::predictors::Rows;
use super::quantity::{COORDINATES, PSI, Point, Rule};
use crate::distributions::normal_quantile;
use crate::error::Result;
use crate::family::MAX_PARAMETERS;
use crate::fit::linear::assemble;
use crate::fit::{Fit, Rebuilt};
use crate::glmm::joint::{EffectRow, Joint};
use crate::lmm::conditional::Conditional;

/// One a row.
#[derive(Default)]
pub struct Limits {
    pub std_errors: Vec<f64>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

/// Standard errors of the values of a rule, and intervals.
pub fn limits(rows: &Rows<'_>, rule: &Rule<'_>, points: &[Point], values: &[f64], level: f64) -> Result<Limits> {
    let chosen = rows.parts.iter().flatten().flat_map(|part| &part.terms).any(|term| term.chosen);
    if let Some(correlation) = rule.fit.correlation.as_ref().filter(|_| chosen) {
        let system = assemble(&rule.fit.design())?;
        let parameters = [&rule.fit.theta[..], &[correlation.estimate]].concat();
        let effects = Conditional::new(&system, &parameters, rule.fit.sigma)?;
        return Ok(of_rows(rows, rule, points, values, level, Some(Random::Correlated(Box::new(effects)))));
    }
    let rebuilt: Option<Rebuilt> = if chosen { Some(rule.fit.rebuilt()?) } else { None };
    let further = rule.fit.further_predictors();
    let x: Vec<&[f64]> = std::iter::once(&rule.fit.x[..]).chain(further.iter().flatten().map(|p| &p.x[..])).collect();
    let joint = rebuilt.as_ref().map(|own| Joint::new(&own.model, &own.working, &x)).transpose()?;
    Ok(of_rows(rows, rule, points, values, level, joint.map(|joint| Random::Laplace(Box::new(joint)))))
}

fn of_rows(rows: &Rows<'_>, rule: &Rule<'_>, points: &[Point], values: &[f64], level: f64, joint: Option<Random<'_>>) -> Limits {
    let mut errors = Errors::new(rule.fit, rows, joint);
    let reach = -normal_quantile(0.5 * (1.0 - level));
    let mut out = Limits::default();
    for (i, (point, value)) in points.iter().zip(values).enumerate() {
        let gradient = rule.gradient(point);
        let std_error = errors.variance(i, &gradient).sqrt();
        let (lower, upper) = interval(rule, point, *value, reach * std_error, &gradient);
        out.std_errors.push(std_error);
        out.lower.push(lower);
        out.upper.push(upper);
    }
    out
}

/// Symmetric on the scale of the rule's principal coordinate, the other coordinates held. An end that is outside the link's domain is NaN.
fn interval(rule: &Rule<'_>, point: &Point, value: f64, reach: f64, gradient: &[f64; COORDINATES]) -> (f64, f64) {
    let principal = rule.principal();
    let slope = gradient[principal].abs();
    if slope == 0.0 || !slope.is_finite() {
        return (value - reach, value + reach);
    }
    let end = |by: f64| {
        let mut moved = *point;
        moved.at[principal] += by;
        rule.value(&moved)
    };
    let (a, b) = (end(-reach / slope), end(reach / slope));
    // A pole of the link's inverse lies between an end on the wrong side and the value.
    let (lower, upper) = if gradient[principal] > 0.0 { (a, b) } else { (b, a) };
    let keep = |end: f64, there: bool| if there { end } else { f64::NAN };
    (keep(lower, lower <= value), keep(upper, upper >= value))
}

/// What random effects vary about, given the parameters.
enum Random<'m> {
    Laplace(Box<Joint<'m>>),
    /// Of a linear model with correlated residuals.
    Correlated(Box<Conditional<'m>>),
}

impl Random<'_> {
    /// The variance of linear functionals of the random effects given the parameters; what the modes add to the weights of the fixed effects.
    fn variance<'z>(&mut self, rows: impl Iterator<Item = EffectRow<'z>>, weights: &mut [f64]) -> f64 {
        match self {
            Random::Laplace(joint) => joint.variance(rows, weights),
            Random::Correlated(own) => own.variance(rows.map(|row| (row.term, row.level, row.z)), weights),
        }
    }
}

/// The covariance of everything that a row's prediction depends on.
struct Errors<'r, 'a, 'm> {
    rows: &'r Rows<'a>,
    joint: Option<Random<'m>>,
    /// `[m, m]`: fixed effects of all predictors, then the family's parameters that are estimated.
    vcov: &'a [f64],
    m: usize,
    /// The place of the family's parameters among these.
    shared: [Option<usize>; MAX_PARAMETERS],
    weights: Vec<f64>,
    z: Vec<f64>,
}

impl<'r, 'a, 'm> Errors<'r, 'a, 'm> {
    fn new(fit: &'a Fit, rows: &'r Rows<'a>, joint: Option<Random<'m>>) -> Self {
        let vcov = fit.generalised.as_ref().map_or(&fit.fixed.vcov[..], |own| &own.vcov[..]);
        let m = vcov.len().isqrt();
        let mut shared = [None; MAX_PARAMETERS];
        if let Some(own) = &fit.generalised {
            let mut next: usize = rows.parts.iter().flatten().map(|part| part.fixed.estimate.len()).sum();
            for (j, parameter) in own.family.parameters().iter().enumerate() {
                if parameter.fixed.is_none() && !(j == 0 && own.dispersion.is_some()) {
                    shared[j] = Some(next);
                    next += 1;
                }
            }
        }
        Errors { rows, joint, vcov, m, shared, weights: vec![0.0; m], z: vec![] }
    }

    /// The variance of a row's linear functional: `gradient` of the predictors and of the family's parameters.
    fn variance(&mut self, i: usize, gradient: &[f64; COORDINATES]) -> f64 {
        let n = self.rows.n;
        self.weights.fill(0.0);
        let mut first = 0;
        for (part, slope) in self.rows.parts.iter().zip(gradient) {
            let Some(part) = part else { continue };
            for (j, column) in part.x.chunks_exact(n).enumerate() {
                self.weights[first + j] = slope * column[i];
            }
            first += part.fixed.estimate.len();
        }
        for (place, slope) in self.shared.iter().zip(&gradient[PSI..]) {
            if let Some(place) = place {
                self.weights[*place] = *slope;
            }
        }
        let variance = self.of_random_effects(i, gradient);
        let used: Vec<usize> = (0..self.m).filter(|&j| self.weights[j] != 0.0).collect();
        let row = |&j: &usize| used.iter().map(|&k| self.vcov[j * self.m + k] * self.weights[k]).sum::<f64>();
        variance + used.iter().map(|j| self.weights[*j] * row(j)).sum::<f64>().max(0.0)
    }

    /// The variance of the random effects given the parameters; what their modes add to the weights of the fixed effects. Levels that the
    /// fit doesn't know vary as all do.
    fn of_random_effects(&mut self, i: usize, gradient: &[f64; COORDINATES]) -> f64 {
        let Some(joint) = &mut self.joint else { return 0.0 };
        let mut variance = 0.0;
        let (mut effects, mut known) = (vec![], vec![]);
        let terms = self.rows.parts.iter().zip(gradient).filter_map(|(part, g)| part.as_ref().map(|p| (p, *g)));
        let terms = terms.flat_map(|(part, slope)| part.terms.iter().map(move |term| (term, slope))).enumerate();
        for (place, (term, slope)) in terms.filter(|(_, (term, slope))| term.chosen && *slope != 0.0) {
            let level = term.index[i] as usize;
            if level < term.fit.levels.len() {
                term.z_of(i, &mut self.z);
                known.push((place, level, effects.len()..effects.len() + self.z.len()));
                effects.extend(self.z.iter().map(|z| slope * z));
            } else {
                variance += slope * slope * term.variance(i, &mut self.z);
            }
        }
        if !known.is_empty() {
            let rows = known.into_iter().map(|(term, level, range)| EffectRow { term, level, z: &effects[range] });
            variance += joint.variance(rows, &mut self.weights);
        }
        variance
    }
}
