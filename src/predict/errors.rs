//! Standard errors of predictions by the delta method, and intervals.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use super::functional::{Fresh, Functional};
use super::point::{COORDINATES, PSI, Point};
use super::predictors::{Rows, TermRows};
use super::quantity::Rule;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::fit::{Fit, Kind, Rebuilt};
use crate::glmm::iterative::conditional::{Conditional as Sampled, Estimated};
use crate::glmm::joint::{EffectRow, Further, Joint};
use crate::inference::linear::SimpleDf;
use crate::iterative::split::Split;
use crate::linalg::dense::dot_in_order as dot;
use crate::lmm::conditional::Conditional;
use crate::lmm::iterative::conditional as iterative;
use crate::tails::t_two_sided_quantile;
use crate::watch::{Phase, Watch};

/// One a row.
#[derive(Default)]
pub struct Limits {
    pub std_errors: Vec<f64>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

/// Standard errors of the values of a rule, and intervals.
pub fn limits(rows: &Rows<'_>, rule: &Rule<'_>, points: &[Point], values: &[f64], level: f64, watch: &Watch<'_>) -> Result<Limits> {
    with_errors(rule.fit, rows, |errors| of_rows(errors, rule, points, values, level, watch), watch)
}

/// Calls `work` with the covariance of what the predictions of rows depend on.
pub fn with_errors<T>(
    fit: &Fit,
    rows: &Rows<'_>,
    work: impl FnOnce(Errors<'_, '_, '_>) -> Result<T>,
    watch: &Watch<'_>,
) -> Result<T> {
    let correlated = fit.correlation().is_some() || fit.reduced.is_some() && fit.iterative().is_none();
    if correlated && any_chosen(rows) {
        let system = fit.linear_system(watch)?;
        let parameters: Vec<f64> = fit.theta.iter().copied().chain(fit.correlation().map(|own| own.estimate)).collect();
        let effects = Random::Correlated(Box::new(Conditional::new(&system, &parameters, fit.sigma, watch)?));
        return work(Errors::with(fit, rows, Some(effects))?);
    }
    if fit.is_linear() && fit.iterative().is_some() && any_chosen(rows) {
        let system = fit.linear_system(watch)?;
        let (split, failure) = (Split::new(&system.gram)?, RefCell::new(None));
        let effects = iterative::Conditional::new(&system, &split, (&fit.theta, fit.sigma), &failure, watch)?;
        let done = work(Errors::with(fit, rows, Some(Random::Iterative(Box::new(effects))))?)?;
        return failure.into_inner().map_or(Ok(done), Err);
    }
    let rebuilt = rebuilt_for(fit, rows, watch)?;
    if let Some(own) = rebuilt.as_ref().filter(|_| fit.iterative().is_some()) {
        let estimated = Estimated::new(&own.model, &own.working, 1, watch)?;
        let (split, failure) = (Split::new(estimated.gram())?, RefCell::new(None));
        let effects = Sampled::new(&estimated, &split, &fit.x, &failure, watch)?;
        let done = work(Errors::with(fit, rows, Some(Random::Sampled(Box::new(effects))))?)?;
        return failure.into_inner().map_or(Ok(done), Err);
    }
    work(Errors::new(fit, rows, rebuilt.as_ref(), watch)?)
}

fn of_rows(
    mut errors: Errors<'_, '_, '_>,
    rule: &Rule<'_>,
    points: &[Point],
    values: &[f64],
    level: f64,
    watch: &Watch<'_>,
) -> Result<Limits> {
    let places = estimated_parameters(rule.fit, errors.first_parameter());
    let reach = reach(rule.fit, level);
    let column = || try_vec("standard errors of predictions", 0.0, values.len());
    let mut out = Limits { std_errors: column()?, lower: column()?, upper: column()? };
    for (i, (point, value)) in points.iter().zip(values).enumerate() {
        watch.pulse_at(Phase::Prediction, i, Some(points.len()))?;
        let gradient = rule.gradient(point);
        let shared = places.iter().map(|&(parameter, place)| (place, gradient[PSI + parameter]));
        let std_error = errors.variance(i, &gradient[..PSI], shared).sqrt();
        let (lower, upper) = interval(rule, point, *value, reach * std_error, &gradient);
        (out.std_errors[i], out.lower[i], out.upper[i]) = (std_error, lower, upper);
    }
    Ok(out)
}

/// The covariance of the predictors of a row, `[3, 3]`, from variances of functionals of these.
pub fn polarised(mut variance: impl FnMut([f64; 3]) -> f64) -> [f64; 9] {
    let unit = |a: usize| [0, 1, 2].map(|b| f64::from(u8::from(a == b)));
    let mut out = [0.0; 9];
    for a in 0..3 {
        out[a * 4] = variance(unit(a));
    }
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        if out[a * 4] == 0.0 || out[b * 4] == 0.0 {
            continue;
        }
        let sum = [0, 1, 2].map(|c| unit(a)[c] + unit(b)[c]);
        out[a * 3 + b] = 0.5 * (variance(sum) - out[a * 4] - out[b * 4]);
        out[b * 3 + a] = out[a * 3 + b];
    }
    out
}

/// The standard errors that an interval of a level reaches to either side: by t where that is exact, which is in a linear model of independent
/// rows, otherwise by the normal distribution.
pub fn reach(fit: &Fit, level: f64) -> f64 {
    let independent = fit.is_linear() && fit.terms.is_empty() && fit.correlation().is_none();
    if independent && fit.robust.is_none() {
        return t_two_sided_quantile(1.0 - level, SimpleDf::Residual.of(fit));
    }
    -normal_quantile(0.5 * (1.0 - level))
}

/// Whether modes of some random terms are added.
fn any_chosen(rows: &Rows<'_>) -> bool {
    rows.parts.iter().flatten().flat_map(|part| &part.terms).any(|term| term.chosen)
}

/// The model of the fit where random effects are added, for their joint uncertainty.
pub fn rebuilt_for(fit: &Fit, rows: &Rows<'_>, watch: &Watch<'_>) -> Result<Option<Rebuilt>> {
    watch.pulse()?;
    if any_chosen(rows) { fit.rebuilt().map(Some) } else { Ok(None) }
}

/// The family's parameters that are estimated, each with its place in the covariance of all.
pub fn estimated_parameters(fit: &Fit, first: usize) -> Vec<(usize, usize)> {
    let Some(own) = fit.generalised() else { return vec![] };
    let parameters = own.family.parameters().iter().enumerate();
    let estimated = parameters.filter(|(j, p)| p.fixed.is_none() && !(*j == 0 && own.dispersion.is_some()));
    estimated.map(|(j, _)| j).zip(first..).collect()
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
    /// Of a linear model with correlated residuals, or without rows.
    Correlated(Box<Conditional<'m>>),
    /// Of a linear model fitted by iterations.
    Iterative(Box<iterative::Conditional<'m>>),
    /// Of a generalised model fitted by iterations.
    Sampled(Box<Sampled<'m>>),
}

impl Random<'_> {
    /// The variance of linear functionals of the random effects given the parameters; what the modes add to the weights of the parameters.
    fn variance<'z>(&mut self, rows: impl Iterator<Item = EffectRow<'z>>, weights: &mut [f64]) -> f64 {
        match self {
            Random::Laplace(joint) => joint.variance(rows, weights),
            Random::Sampled(own) => own.variance(rows, weights),
            Random::Correlated(own) => own.variance(rows.map(|row| (row.term, row.level, row.z)), weights),
            Random::Iterative(own) => own.variance(rows.map(|row| (row.term, row.level, row.z)), weights),
        }
    }

    /// The last functional in the spherical random effects: places and values.
    fn entries(&self) -> Result<&[(usize, f64)]> {
        match self {
            Random::Laplace(joint) => Ok(joint.entries()),
            Random::Correlated(own) => Ok(own.entries()),
            Random::Iterative(_) | Random::Sampled(_) => Err(without_factor()),
        }
    }

    /// The covariances of a functional with the spherical random effects.
    fn solve(&mut self, functional: &[(usize, f64)], out: &mut Vec<f64>) -> Result<()> {
        match self {
            Random::Laplace(joint) => joint.solve(functional, out),
            Random::Correlated(own) => own.solve(functional, out),
            Random::Iterative(_) | Random::Sampled(_) => Err(without_factor()),
        }
    }
}

fn without_factor() -> Error {
    Error::unsupported(
        "the covariance of predictions with random effects: not available for a fit by engine = iterative, which has no factor of the random \
         effects; fit with engine = direct",
    )
}

/// What memory is for.
const FUNCTIONALS: &str = "the covariance of predictions";

/// The random effects of a row's functional: values of the effects of known levels, by term, level and place; terms with new levels, and
/// their slopes.
struct RowEffects<'r, 'a> {
    values: Vec<f64>,
    known: Vec<(usize, usize, Range<usize>)>,
    fresh: Vec<(usize, &'r TermRows<'a>, f64)>,
}

/// The covariance of everything that a row's prediction depends on.
pub struct Errors<'r, 'a, 'm> {
    rows: &'r Rows<'a>,
    joint: Option<Random<'m>>,
    /// Of the covariance, `[m, k]`: fixed effects of all predictors, then the family's parameters that are estimated, then those of the
    /// covariances of random effects, on which predictions depend by the modes only.
    root: &'a [f64],
    m: usize,
    /// What is rounding of a robust root.
    floor: &'a [f64],
    weights: Vec<f64>,
    z: Vec<f64>,
    /// Of an ordinal fit.
    centring: Option<Centring>,
}

/// The columns of an ordinal model's mean are centred where its random effects follow them: what is taken off is a constant, which is in the
/// thresholds. Far from zero, columns and thresholds by themselves would cancel to nothing.
struct Centring {
    means: Vec<f64>,
    /// Places of the thresholds' parameters that are locations.
    locations: std::ops::Range<usize>,
}

impl<'r, 'a, 'm> Errors<'r, 'a, 'm> {
    pub fn new(fit: &'a Fit, rows: &'r Rows<'a>, rebuilt: Option<&'m Rebuilt>, watch: &Watch<'m>) -> Result<Self> {
        let predictors = fit.further_predictors();
        let (mut centred, mut means) = (Cow::Borrowed(&fit.x[..]), vec![]);
        if fit.ordinal().is_some() {
            let mut own = try_copy("fixed-effects model matrix", &fit.x)?;
            for column in own.chunks_exact_mut(fit.n_obs.max(1)) {
                let mean = column.iter().sum::<f64>() / fit.n_obs as f64;
                column.iter_mut().for_each(|v| *v -= mean);
                means.push(mean);
            }
            centred = Cow::Owned(own);
        }
        let x: Vec<&[f64]> = std::iter::once(&centred[..]).chain(predictors.iter().flatten().map(|p| &p.x[..])).collect();
        // Of a linear model they are taken as known, as in its covariance of the fixed effects.
        let further = |own: &'m Rebuilt| match fit.kind {
            Kind::Linear(..) | Kind::Cox(_) => Further::Known,
            Kind::Generalised(_) => Further::Own,
            Kind::Ordinal(..) => Further::Combined(&own.of_reported),
        };
        let joint = rebuilt.map(|own| Joint::new(&own.model, &own.working, &x, further(own), watch)).transpose()?;
        let mut errors = Errors::with(fit, rows, joint.map(|joint| Random::Laplace(Box::new(joint))))?;
        let first = errors.first_parameter();
        errors.centring = fit.ordinal().map(|own| Centring { means, locations: first..first + own.locations() });
        Ok(errors)
    }

    fn with(fit: &'a Fit, rows: &'r Rows<'a>, joint: Option<Random<'m>>) -> Result<Self> {
        if fit.robust.is_some() && fit.generalised().is_some() {
            return Err(Error::unsupported(
                "standard errors of predictions are robust of linear models only: ask the fit that this one was made of",
            ));
        }
        let (root, m) = match fit.generalised() {
            None => (&fit.fixed.root, fit.fixed.names.len()),
            Some(own) => (&own.root, own.vcov.len().isqrt()),
        };
        let floor = fit.robust.as_ref().filter(|_| fit.generalised().is_none()).map_or(&[][..], |own| &own.floor);
        Ok(Errors { rows, joint, root, m, floor, weights: try_vec("gradient of a prediction", 0.0, m)?, z: vec![], centring: None })
    }

    /// The place of the first parameter after the fixed effects.
    pub fn first_parameter(&self) -> usize {
        self.rows.parts.iter().flatten().map(|part| part.fixed.estimate.len()).sum()
    }

    /// The variance of a row's linear functional: `gradient` of the predictors; of other parameters place and slope, which add up.
    pub fn variance(&mut self, i: usize, gradient: &[f64], shared: impl Iterator<Item = (usize, f64)>) -> f64 {
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
        for (place, slope) in shared {
            self.weights[place] += slope;
        }
        let variance = self.of_random_effects(i, gradient);
        let used: Vec<usize> = (0..self.m).filter(|&j| self.weights[j] != 0.0).collect();
        let along = |column: &[f64]| used.iter().map(|&j| self.weights[j] * column[j]).sum::<f64>();
        let of = |root: &[f64]| root.chunks_exact(self.m.max(1)).map(|column| along(column).powi(2)).sum::<f64>();
        let (own, rounding) = (of(self.root), of(self.floor));
        if !self.floor.is_empty() && own <= rounding { f64::NAN } else { variance + own }
    }

    /// The variance of the random effects given the parameters; what their modes add to the weights of the parameters. Levels that the
    /// fit doesn't know vary as all do.
    fn of_random_effects(&mut self, i: usize, gradient: &[f64]) -> f64 {
        if self.joint.is_none() {
            return 0.0;
        }
        let RowEffects { values, known, fresh } = self.effects_of(i, gradient);
        let variance = fresh.iter().map(|(_, term, slope)| slope * slope * term.variance(i, &mut self.z)).sum::<f64>();
        let Some(joint) = self.joint.as_mut().filter(|_| !known.is_empty()) else { return variance };
        let rows = known.into_iter().map(|(term, level, range)| EffectRow { term, level, z: &values[range] });
        let locations = |weights: &[f64]| self.centring.as_ref().map_or(0.0, |own| weights[own.locations.clone()].iter().sum());
        let before: f64 = locations(&self.weights);
        let of_known = joint.variance(rows, &mut self.weights);
        if let Some(own) = &self.centring {
            let constant = before - locations(&self.weights);
            own.means.iter().zip(&mut self.weights).for_each(|(mean, w)| *w += mean * constant);
        }
        variance + of_known
    }

    /// The variance of a row's functional given the parameters.
    pub fn variance_of_effects(&mut self, i: usize, gradient: &[f64]) -> f64 {
        self.weights.fill(0.0);
        self.of_random_effects(i, gradient)
    }

    /// The random effects that a row's functional has, of the terms chosen.
    fn effects_of(&mut self, i: usize, gradient: &[f64]) -> RowEffects<'r, 'a> {
        let mut all = RowEffects { values: vec![], known: vec![], fresh: vec![] };
        let terms = self.rows.parts.iter().zip(gradient).filter_map(|(part, g)| part.as_ref().map(|p| (p, *g)));
        let terms = terms.flat_map(|(part, slope)| part.terms.iter().map(move |term| (term, slope))).enumerate();
        for (place, (term, slope)) in terms.filter(|(_, (term, slope))| term.chosen && *slope != 0.0) {
            let level = term.index[i] as usize;
            if level < term.fit.design.levels.len() {
                term.z_of(i, &mut self.z);
                all.known.push((place, level, all.values.len()..all.values.len() + self.z.len()));
                all.values.extend(self.z.iter().map(|z| slope * z));
            } else {
                all.fresh.push((place, term, slope));
            }
        }
        all
    }

    /// A row's functional, as of [`Errors::variance`].
    pub fn functional(&mut self, i: usize, gradient: &[f64], shared: impl Iterator<Item = (usize, f64)>) -> Result<Functional> {
        self.variance(i, gradient, shared);
        let mut own = Functional { parameters: try_copy(FUNCTIONALS, &self.weights)?, effects: vec![], fresh: vec![] };
        if self.joint.is_none() {
            return Ok(own);
        }
        let RowEffects { known, fresh, .. } = self.effects_of(i, gradient);
        if let Some(joint) = self.joint.as_ref().filter(|_| !known.is_empty()) {
            own.effects = try_copy(FUNCTIONALS, joint.entries()?)?;
        }
        for (place, term, slope) in fresh {
            term.z_of(i, &mut self.z);
            let level = self.rows.fresh_level(&term.fit.design.group, i);
            own.fresh.push(Fresh { term: place, level, z: self.z.iter().map(|z| slope * z).collect() });
        }
        Ok(own)
    }

    /// The covariance of functionals `[k, k]`.
    pub fn covariance(&mut self, all: &[Functional], watch: &Watch<'_>) -> Result<Vec<f64>> {
        let k = all.len();
        let mut out = try_vec(FUNCTIONALS, 0.0, k.saturating_mul(k))?;
        let directions = self.root.len() / self.m.max(1);
        let mut along = try_vec(FUNCTIONALS, 0.0, directions.saturating_mul(k))?;
        for (own, along) in all.iter().zip(along.chunks_exact_mut(directions.max(1))) {
            let used: Vec<usize> = (0..self.m).filter(|&j| own.parameters[j] != 0.0).collect();
            for (to, column) in along.iter_mut().zip(self.root.chunks_exact(self.m.max(1))) {
                *to = used.iter().map(|&j| own.parameters[j] * column[j]).sum();
            }
        }
        let terms: Vec<&TermRows<'_>> = self.rows.parts.iter().flatten().flat_map(|part| &part.terms).collect();
        let mut solved = vec![];
        for (j, (column, own)) in out.chunks_exact_mut(k.max(1)).zip(all).enumerate() {
            watch.pulse()?;
            if let Some(joint) = self.joint.as_mut().filter(|_| !own.effects.is_empty()) {
                joint.solve(&own.effects, &mut solved)?;
            }
            for (i, (to, other)) in column.iter_mut().zip(all).enumerate().skip(j) {
                let of = |c: usize| &along[c * directions..(c + 1) * directions];
                *to = dot(of(i), of(j)) + own.fresh_covariance(other, &terms);
                if !own.effects.is_empty() {
                    *to += other.effects.iter().map(|(place, v)| v * solved[*place]).sum::<f64>();
                }
            }
        }
        for j in 0..k {
            (0..j).for_each(|i| out[j * k + i] = out[i * k + j]);
        }
        Ok(out)
    }
}
