//! Starts in the basins that a minimum is not in. Where slopes within and between groups differ, the criterion may have a minimum with
//! small variances, whose coefficients are those between groups, and another with large ones, whose coefficients are those within.
//!
//! With the coefficients b held, the criterion f(theta, b) has as a rule one minimum. Then on the way from theta, where b is best, to
//! another minimum at theta' the least criterion f(theta) <= f(theta, b) <= f(theta', b): that minimum is no deeper than
//!
//! ```text
//! f(theta', b) - f(theta') = N log(1 + (b - b')'S(theta')(b - b') / rho^2(theta'))
//! ```
//!
//! and no two minima are apart unless this is large at both, compared with the number of levels, by about which log|A| differs between
//! them. It is had at large variances, whose coefficients are the within estimator, by one value of the criterion.
//!
//! `glmm::basins` asks the same of generalised models, and shares what is about covariances only (`search::covariances`, `search::boundary`).
//! There the cost is not a closed form but a Newton step of the modes, starts need coefficients and the family's parameters as well, and small
//! data sets have minima of other kinds; here a value of the criterion is cheap, so that pairs of terms and points on the way are looked at.

use super::deviance::Deviance;
use super::start::moment_start;
use super::system::LinearSystem;
use crate::covariance::with_ranges;
use crate::error::{Code, Result};
use crate::optimize::Summary;
use crate::search::boundary::{LIFT, lifted, start_variance};
use crate::search::covariances::{Effect, changed};
use crate::search::minima::{SAME_MINIMUM, between};

/// A variance with which nothing but differences within levels is left: so many times the mean of Z'Z's diagonal.
const LARGE: f64 = 1e7;

/// What a level of a term adds to the disagreement, in units of the criterion, below which there are no two minima: with equal groups it takes
/// about 2 (random designs; docs/engine.md, Search). More is looked at where a search costs little.
const PER_LEVEL: f64 = 1.0;
const PER_LEVEL_IF_CHEAP: f64 = 0.5;

/// A share of the disagreement that is worth a search: where coefficients between and within groups differ by less, nothing is looked at. Of
/// 900 random designs one maximum was missed by it (docs/engine.md, Search).
const SLIGHT: f64 = 0.5;

/// Terms, or effects of one, of which pairs are raised.
const FEW: usize = 4;

/// Where on the way to another basin is looked for a third one.
const SHARES: [f64; 2] = [1.0 / 3.0, 2.0 / 3.0];

/// Shares of the interval of a structure's correlation that are tried.
const ENDS: [f64; 2] = [0.1, 0.9];

/// How much may be spent.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Searches cost little.
    pub cheap: bool,
    /// Values of the criterion may be had for terms together and for each without variance.
    pub thorough: bool,
}

impl Effort {
    /// The disagreement that is worth a search: by the term with the fewest levels, where it is expensive by that with the most.
    fn enough(self, system: &LinearSystem, effects: &[Effect]) -> f64 {
        let levels = || effects.iter().map(|(k, _)| system.gram.layout.terms[*k].levels);
        let decisive = if self.cheap { levels().min() } else { levels().max() };
        self.per_level() * decisive.unwrap_or(0) as f64
    }

    fn per_level(self) -> f64 {
        if self.cheap { PER_LEVEL_IF_CHEAP } else { PER_LEVEL }
    }
}

/// Coefficients and what tells how much worse others are, at one theta.
struct Coefficients {
    gram: Vec<f64>,
    gamma: Vec<f64>,
    rows: f64,
}

impl Coefficients {
    fn of(deviance: &Deviance<'_>) -> Self {
        Coefficients { gram: deviance.state.gram.clone(), gamma: deviance.state.gamma.clone(), rows: deviance.weight() }
    }

    /// How much higher the criterion is with other coefficients.
    fn cost(&self, gamma: &[f64]) -> f64 {
        let m = gamma.len() + 1;
        let delta = |i: usize| gamma[i] - self.gamma[i];
        let root = |j: usize| (j..m - 1).map(|i| self.gram[j * m + i] * delta(i)).sum::<f64>() / self.gram[m * m - 1];
        self.rows * (0..m - 1).map(|j| root(j).powi(2)).sum::<f64>().ln_1p()
    }

    /// Whether the coefficients with all variances very large and those without any cost less: what lies between is nothing else.
    fn agree(&self, deviance: &mut Deviance<'_>, large: &[f64], enough: f64) -> Result<bool> {
        let none = vec![0.0; self.gamma.len()];
        Ok(self.cost(&none) < enough && deviance.reach(large)? && self.cost(&deviance.state.gamma) < enough)
    }

    fn disagreement(&self, other: &Coefficients) -> f64 {
        self.cost(&other.gamma).min(other.cost(&self.gamma))
    }
}

/// Points in basins other than that of `at`, for searches.
pub fn other_basins(deviance: &mut Deviance<'_>, at: &Summary, effort: Effort) -> Result<Vec<Vec<f64>>> {
    let system = deviance.system;
    let mut starts = vec![];
    if system.kept.is_empty() || !(deviance.is_at_value(at.value, SAME_MINIMUM) || deviance.reach(&at.x)?) {
        return Ok(starts);
    }
    let here = Coefficients::of(deviance);
    let all: Vec<Effect> = (0..system.structures.len()).map(|k| (k, None)).collect();
    if !here.agree(deviance, &raised(system, &at.x, &all), SLIGHT * effort.enough(system, &all))? {
        starts = raised_and_lowered(deviance, &here, at, effort)?;
    }
    starts.extend(nearly_correlated(deviance, &here, at, effort)?);
    if !all.is_empty() && here.lowered(system) > effort.enough(system, &all) {
        let keep = at.x[system.n_theta()..].to_vec();
        let none = lifted(&system.structures, &vec![0.0; system.n_theta()], LIFT);
        starts.extend([moment_start(system), none].map(|theta| [theta, keep.clone()].concat()));
    }
    Ok(starts)
}

/// Those with the variances of some effects raised, or lowered.
fn raised_and_lowered(deviance: &mut Deviance<'_>, here: &Coefficients, at: &Summary, effort: Effort) -> Result<Vec<Vec<f64>>> {
    let system = deviance.system;
    let mut starts = vec![];
    for effects in raises(system, effort.thorough) {
        let large = raised(system, &at.x, &effects);
        if deviance.reach(&large)? && here.disagreement(&Coefficients::of(deviance)) > effort.enough(system, &effects) {
            starts.push(deviance.moments_of(&at.x, &effects)?);
        }
    }
    if effort.thorough {
        for effects in raises(system, false) {
            let small = lowered(system, &at.x, &effects);
            if small != at.x
                && deviance.reach(&small)?
                && here.disagreement(&Coefficients::of(deviance)) > effort.enough(system, &effects)
            {
                starts.push(small);
            }
        }
    }
    Ok(starts)
}

/// Where starts have led to another minimum: points on the way to them, and other correlations, for searches that may lead to a third.
pub fn further_basins(system: &LinearSystem, at: &Summary, starts: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let way = |start: &Vec<f64>| SHARES.map(|share| between(&at.x, start, share));
    starts.iter().flat_map(way).chain(other_correlations(system, &at.x)).collect()
}

/// Residual correlations next to one leave differences within groups, as large variances do.
fn nearly_correlated(deviance: &mut Deviance<'_>, here: &Coefficients, at: &Summary, effort: Effort) -> Result<Vec<Vec<f64>>> {
    let (Some(products), [theta @ .., own]) = (&deviance.system.correlation, &at.x[..]) else { return Ok(vec![]) };
    let mut starts = vec![];
    for x in products.nearly_one().into_iter().filter(|x| x > own) {
        let point = [theta, &[x]].concat();
        if deviance.reach(&point)? && here.disagreement(&Coefficients::of(deviance)) > effort.per_level() * products.groups() as f64
        {
            starts.push(point);
        }
    }
    Ok(starts)
}

impl Coefficients {
    /// The disagreement with least squares, which are the coefficients without random effects.
    fn lowered(&self, system: &LinearSystem) -> f64 {
        // With correlated residuals they are not those; the disagreement here is then all there is.
        let zeros = vec![0.0; self.gamma.len()];
        let square: f64 = self.gamma.iter().map(|g| g * g).sum();
        let there = if system.correlation.is_some() { f64::INFINITY } else { self.rows * (square / system.rss).ln_1p() };
        self.cost(&zeros).min(there)
    }
}

/// What to raise: all, at which the criterion has just been had, each effect, each term, and pairs.
fn raises(system: &LinearSystem, thorough: bool) -> Vec<Vec<Effect>> {
    let sizes: Vec<usize> = system.structures.iter().map(|s| if s.homogeneous { 1 } else { s.size }).collect();
    let terms = sizes.len();
    let mut all: Vec<Vec<Effect>> = vec![];
    if thorough && terms > 1 {
        all.push((0..terms).map(|k| (k, None)).collect());
    }
    for (k, &r) in sizes.iter().enumerate() {
        if r > 1 && (thorough || r == 2) {
            all.extend((0..r).map(|e| vec![(k, Some(e))]));
        }
        if thorough && (3..=FEW).contains(&r) {
            all.extend((0..r).flat_map(|e| (0..e).map(move |f| vec![(k, Some(e)), (k, Some(f))])));
        }
        all.push(vec![(k, None)]);
    }
    if thorough && (3..=FEW).contains(&terms) {
        all.extend((0..terms).flat_map(|k| (0..k).map(move |m| vec![(k, None), (m, None)])));
    }
    all
}

/// The working parameters with correlations of the other sign, of one effect after the other, or with those of the ends of their interval.
fn other_correlations(system: &LinearSystem, working: &[f64]) -> Vec<Vec<f64>> {
    let lifted = lifted(&system.structures, &working[..system.n_theta()], LIFT);
    let working = [&lifted[..], &working[system.n_theta()..]].concat();
    let mut all = vec![];
    for (k, (structure, range)) in with_ranges(&system.structures).enumerate() {
        let (lower, upper) = (structure.lower_bounds(), structure.upper_bounds());
        let Some(rho) = upper.iter().position(|u| u.is_finite()) else {
            let turned = |e: usize| {
                changed(&system.structures, &working, &[(k, Some(e))], |_, cov, _| {
                    let r = structure.size;
                    (0..r).filter(|a| *a != e).for_each(|a| (cov[e * r + a], cov[a * r + e]) = (-cov[e * r + a], -cov[a * r + e]));
                })
            };
            all.extend((1..structure.size).map(turned));
            continue;
        };
        for share in ENDS {
            let (mut theta, mut point) = (vec![0.0; range.len()], working.clone());
            structure.theta_from_working(&working[range.clone()], &mut theta);
            theta[rho] = lower[rho] + share * (upper[rho] - lower[rho]);
            if structure.working_from_theta(&theta, &mut point[range.clone()]).is_ok() {
                all.push(point);
            }
        }
    }
    all
}

/// The working parameters with the variances of some effects so large that nothing but differences within their levels counts.
fn raised(system: &LinearSystem, working: &[f64], effects: &[Effect]) -> Vec<f64> {
    changed(&system.structures, working, effects, |k, cov, own| {
        let r = system.structures[k].size;
        own.iter().for_each(|&e| cov[e * r + e] += large(system, k, e));
    })
}

/// The working parameters with hardly any variance of some effects.
fn lowered(system: &LinearSystem, working: &[f64], effects: &[Effect]) -> Vec<f64> {
    let mut changes = false;
    let out = changed(&system.structures, working, effects, |k, cov, own| {
        let r = system.structures[k].size;
        for &e in own {
            changes |= cov[e * r + e] > 4.0 * LIFT * LIFT;
            (0..r).for_each(|a| (cov[e * r + a], cov[a * r + e]) = (0.0, 0.0));
            cov[e * r + e] = LIFT * LIFT;
        }
    });
    if changes { out } else { working.to_vec() }
}

fn large(system: &LinearSystem, k: usize, e: usize) -> f64 {
    let r = system.structures[k].size;
    let blocks = &system.gram.diagonal[k];
    let sum: f64 = blocks.chunks_exact(r * r).map(|block| block[e * r + e]).sum();
    if sum > 0.0 { LARGE * system.gram.layout.terms[k].levels as f64 / sum } else { LARGE }
}

impl Deviance<'_> {
    /// Evaluates at working parameters; `false` where the numbers break down.
    fn reach(&mut self, working: &[f64]) -> Result<bool> {
        match self.move_to(working) {
            Ok(_) => Ok(true),
            Err(error) if error.code == Code::Numeric => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// After an evaluation with some variances raised: the working parameters with these the mean squares of the effects there.
    fn moments_of(&mut self, working: &[f64], effects: &[Effect]) -> Result<Vec<f64>> {
        self.complete()?;
        self.solve();
        let (q, m, sigma2) = (self.system.gram.layout.q(), self.system.m(), self.state.sigma2);
        Ok(changed(&self.system.structures, working, effects, |k, cov, own| {
            let (size, first) = (self.system.gram.layout.terms[k], (m - 1) * q + self.system.gram.layout.offset(k));
            let r = size.effects;
            let mut square = vec![0.0; r * r];
            for block in self.u[first..first + size.levels * r].chunks_exact(r) {
                let b: Vec<f64> = (0..r).map(|e| (0..=e).map(|c| self.t[k][c * r + e] * block[c]).sum()).collect();
                square.iter_mut().enumerate().for_each(|(e, s)| *s += b[e % r] * b[e / r]);
            }
            let scale = 1.0 / (sigma2 * size.levels as f64);
            for (&a, &b) in own.iter().flat_map(|a| own.iter().map(move |b| (a, b))) {
                cov[b * r + a] = scale * square[b * r + a];
            }
            // Others keep their variances, and are independent of these.
            for (a, b) in (0..r).flat_map(|a| (0..r).map(move |b| (a, b))).filter(|(a, b)| own.contains(a) != own.contains(b)) {
                cov[b * r + a] = 0.0;
            }
            own.iter().for_each(|&e| cov[e * r + e] = start_variance(cov[e * r + e], large(self.system, k, e)));
        }))
    }
}
