//! The distribution of a response that has not been seen: the family's at a row's linear predictors, averaged over the normal distribution
//! of what is not known of these.

use super::point::{DISPERSION, MEAN, PSI, Point, ZERO, psi_used};
use crate::distributions::normal_two_sided;
use crate::error::{Error, Result, try_collect, try_gather, try_vec};
use crate::family::special::expit;
use crate::family::{
    Constants, Cumulative, Derivatives, MAX_PARAMETERS, Observations, Order, Psi, WeightRole, ZeroDerivatives, ZeroMixture,
    derivatives,
};
use crate::fit::Generalised;
use crate::linalg::dense::semidefinite_cholesky;

/// The normal density beyond so many standard deviations is nothing.
const REACH: f64 = 9.0;
/// Steps of the trapezoidal rule in standard deviations: of the mean's predictor at most, and of the others, whose functions are smooth.
const STEP: f64 = 0.5;
const STEP_OF_OTHERS: f64 = 0.75;

/// A standard deviation of the zero part's or the dispersion's predictor beyond which the trapezoidal rule would have too many steps: it has
/// those within `FAR` of zero, where the predictor makes a difference, and coarse ones beyond.
const WIDE: f64 = 8.0;
const FAR: f64 = 40.0;
const COARSE: f64 = 0.25;
/// The most nodes of all predictors together, and the least along that of the mean.
const MOST: f64 = 2e6;
const LEAST: f64 = 36.0;
/// What memory is for.
const NODES: &str = "nodes of a predictive distribution";

/// How fine the rule is in the predictor of the mean: the family may be narrower than what is not known of the predictor.
#[derive(Clone, Copy)]
pub struct Fineness {
    /// So many standard deviations from the predictor the rule has to resolve the family's own width.
    span: f64,
    /// The most steps.
    most: f64,
}

/// For quantiles, which are not far out.
pub const OF_QUANTILES: Fineness = Fineness { span: 2.5, most: 400.0 };
/// For the density at a response that may be.
pub const OF_DENSITIES: Fineness = Fineness { span: 6.0, most: 2000.0 };

/// The distribution of a new response in a row of a generalised model.
pub struct Predictive<'a> {
    own: &'a Generalised,
    mixture: Option<ZeroMixture>,
    weight: f64,
    psi: [f64; MAX_PARAMETERS],
    /// Where the response is looked for first: a mean and a standard deviation.
    place: (f64, f64),
    /// What the response may be.
    support: (f64, f64),
    /// Shares, which add up to one, and predictors of mean, zero part and dispersion.
    shares: Vec<f64>,
    eta: Vec<f64>,
    zeta: Vec<f64>,
    dispersion: Vec<f64>,
}

impl<'a> Predictive<'a> {
    /// `covariance`, `[3, 3]`, is of the predictors of mean, zero part and dispersion.
    pub fn new(own: &'a Generalised, point: &Point, covariance: &[f64; 9], weight: f64, fineness: Fineness) -> Result<Self> {
        let mut psi = [0.0; MAX_PARAMETERS];
        psi.copy_from_slice(&point.at[PSI..]);
        let mut all = Predictive {
            mixture: own.zero.map(|part| ZeroMixture { part, family: own.family.clone() }),
            own,
            weight,
            psi,
            place: (0.0, 0.0),
            support: own.family.facts().support,
            shares: vec![],
            eta: vec![],
            zeta: vec![],
            dispersion: vec![],
        };
        all.place = all.moments([point.at[MEAN], point.at[ZERO], point.at[DISPERSION]]);
        all.add_nodes(point, covariance, fineness)?;
        Ok(all)
    }

    /// The trapezoidal rule in the zero part and the dispersion, and given these in the mean.
    fn add_nodes(&mut self, point: &Point, covariance: &[f64; 9], fineness: Fineness) -> Result<()> {
        // Root of the covariance with the mean last: the mean given the others.
        let order = [ZERO, DISPERSION, MEAN];
        let arranged: Vec<f64> = (0..9).map(|e| covariance[order[e / 3] * 3 + order[e % 3]]).collect();
        let root = semidefinite_cholesky(3, &arranged);
        let others = |sd: f64, mean: f64| match sd {
            sd if sd > WIDE => wide_grid(sd, mean),
            sd if sd > 0.0 => grid(STEP_OF_OTHERS / sd.max(1.0)),
            _ => Ok(vec![(0.0, 1.0)]),
        };
        let outer = others(root[0], point.at[ZERO])?;
        for &(u, share_u) in &outer {
            let nodes = others(root[4], point.at[DISPERSION] + root[1] * u)?;
            let most = fineness.most.min((MOST / (outer.len() * nodes.len()) as f64).max(LEAST));
            let fineness = Fineness { most, ..fineness };
            for (v, share_v) in nodes {
                let mut at = [0.0; 3];
                at[ZERO] = point.at[ZERO] + root[0] * u;
                at[DISPERSION] = point.at[DISPERSION] + root[1] * u + root[4] * v;
                at[MEAN] = point.at[MEAN] + root[2] * u + root[5] * v;
                let sd = root[8];
                let along = if sd > 0.0 { grid(self.step(at, sd, fineness))? } else { vec![(0.0, 1.0)] };
                for values in [&mut self.shares, &mut self.eta, &mut self.zeta, &mut self.dispersion] {
                    values.try_reserve(along.len()).map_err(|_| Error::memory(NODES, 8 * (values.len() + along.len())))?;
                }
                for (w, share) in along {
                    self.shares.push(share_u * share_v * share);
                    self.eta.push(at[MEAN] + sd * w);
                    self.zeta.push(at[ZERO]);
                    self.dispersion.push(at[DISPERSION]);
                }
            }
        }
        Ok(())
    }

    /// The trapezoidal rule converges once its step is that of the family's own width.
    fn step(&self, at: [f64; 3], sd: f64, fineness: Fineness) -> f64 {
        let width = |by: f64| {
            let mut there = at;
            there[MEAN] += by * fineness.span * sd;
            self.moments(there).1 / self.own.family.mu_eta(there[MEAN]).abs()
        };
        let least = [-1.0, 0.0, 1.0].map(width).into_iter().filter(|w| w.is_finite()).fold(f64::INFINITY, f64::min);
        (0.5 * least / sd).min(STEP).max(2.0 * REACH / fineness.most)
    }

    /// Mean and standard deviation of the family without zero part; where there is none its own guess.
    fn moments(&self, at: [f64; 3]) -> (f64, f64) {
        let mu = self.own.family.linkinv(at[MEAN]);
        let psi = self.psi_at(at[DISPERSION]);
        let sd = self.own.family.variance(mu, self.weight, psi_used(self.own, &psi)).sqrt();
        (mu, if sd.is_finite() && sd > 0.0 { sd } else { mu.abs().max(1e-3) })
    }

    fn psi_at(&self, dispersion: f64) -> [f64; MAX_PARAMETERS] {
        let mut psi = self.psi;
        if self.own.dispersion.is_some() {
            psi[0] = dispersion;
        }
        psi
    }

    /// P(Y <= y) and P(Y > y). Nodes outside the domain of the link are left out.
    fn tails(&self, y: f64) -> [f64; 2] {
        let (mut lower, mut upper, mut shares) = (0.0, 0.0, 0.0);
        for (k, share) in self.shares.iter().enumerate() {
            let psi = self.psi_at(self.dispersion[k]);
            let family = self.own.family.cdf(y, self.eta[k], self.weight, psi_used(self.own, &psi));
            let Cumulative { at_or_below, above, .. } = match &self.mixture {
                None => family,
                Some(_) => family.with_atom(expit(-self.zeta[k]), expit(self.zeta[k]), 0.0, y),
            };
            if !at_or_below.is_nan() {
                lower += share * at_or_below;
                upper += share * above;
                shares += share;
            }
        }
        [lower / shares, upper / shares]
    }

    /// Whether y is at or above the quantile: the tail's probability is on the side of which it is small.
    fn reached(&self, y: f64, tail: f64, upper: bool) -> Option<bool> {
        let (lowest, highest) = self.support;
        if y < lowest || y >= highest {
            return Some(y >= highest);
        }
        let [at_or_below, above] = self.tails(y);
        if at_or_below.is_nan() { None } else { Some(if upper { above <= tail } else { at_or_below >= tail }) }
    }

    /// The lowest y with P(Y <= y) of at least the tail's probability, or with P(Y > y) of at most that. NaN outside the link's domain.
    pub fn quantile(&self, tail: f64, upper: bool) -> f64 {
        self.search(tail, upper).unwrap_or(f64::NAN)
    }

    fn search(&self, tail: f64, upper: bool) -> Option<f64> {
        let (lowest, highest) = self.support;
        if lowest.is_finite() && self.reached(lowest, tail, upper)? {
            return Some(lowest);
        }
        let (center, sd) = self.place;
        let (mut low, mut high) = ((center - sd).max(lowest), (center + sd).min(highest));
        let mut width = sd;
        while !self.reached(high, tail, upper)? {
            width *= 2.0;
            (low, high) = (high, (high + width).min(highest));
            if high == f64::INFINITY {
                return Some(high);
            }
        }
        while low > lowest && self.reached(low, tail, upper)? {
            width *= 2.0;
            (high, low) = (low, (low - width).max(lowest));
            if low == f64::NEG_INFINITY {
                return Some(low);
            }
        }
        for _ in 0..200 {
            let middle = low + 0.5 * (high - low);
            if middle <= low || middle >= high || high - low <= 1e-11 * high.abs() {
                break;
            }
            if self.reached(middle, tail, upper)? { high = middle } else { low = middle }
        }
        // The bisection comes to a whole number from above; proportions are taken for whole numbers of trials some way off.
        let (trials, tolerance) = match self.own.family.weight_role() {
            WeightRole::Trials => (self.weight, 2e-6),
            _ => (1.0, 1e-10 * high.abs()),
        };
        let whole = (high * trials).round() / trials;
        let near = (high - whole).abs() * trials <= tolerance;
        Some(if near && self.reached(whole, tail, upper)? { whole } else { high })
    }

    /// The logarithm of the density, or the probability, of a response. A weight that multiplies the log-density plays no part.
    pub fn log_density(&self, y: f64) -> Result<f64> {
        let n = self.shares.len();
        let has_weights = self.own.family.weight_role() != WeightRole::Factor;
        let weights = try_vec(NODES, self.weight, if has_weights { n } else { 0 })?;
        let (y, weights) = (try_vec(NODES, y, n)?, &weights[..]);
        let data = Observations { y: &y, weights };
        let mut psi: Vec<Psi> = psi_used(self.own, &self.psi).iter().map(|psi| Psi::Shared(*psi)).collect();
        if self.own.dispersion.is_some() {
            psi[0] = Psi::PerRow(&self.dispersion);
        }
        let l = match &self.mixture {
            None => derivatives(&*self.own.family, &data, &self.eta, &psi, Order::Value)?.l,
            Some(mixture) => {
                let mut constants = Constants::new(n, psi.len())?;
                let (mut base, mut zero) = (Derivatives::new(n, psi.len())?, ZeroDerivatives::new(n, psi.len())?);
                mixture.constants(&data, &psi, Order::Value, &mut constants)?;
                let predictors = [&self.eta[..], &self.zeta[..]];
                mixture.evaluate(&data, predictors, &psi, &constants, Order::Value, &mut base, &mut zero)?;
                base.l
            }
        };
        let highest = l.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !highest.is_finite() {
            return Ok(highest);
        }
        let sum: f64 = l.iter().zip(&self.shares).map(|(l, share)| share * (l - highest).exp()).sum();
        Ok(highest + sum.ln())
    }
}

/// Standard normal nodes with shares that add up to one.
fn grid(step: f64) -> Result<Vec<(f64, f64)>> {
    let half = (REACH / step).ceil() as i64;
    let mut nodes = try_gather(NODES, (-half..=half).map(|k| k as f64 * step).map(|z| (z, (-0.5 * z * z).exp())))?;
    let sum: f64 = nodes.iter().map(|node| node.1).sum();
    for (_, share) in &mut nodes {
        *share /= sum;
    }
    Ok(nodes)
}

/// Nodes for a predictor that is all but unknown, as one without an estimate is: cells of the normal distribution, each by its probability,
/// fine where the predictor is not far from zero.
fn wide_grid(sd: f64, mean: f64) -> Result<Vec<(f64, f64)>> {
    let coarse = (0..=(2.0 * REACH / COARSE) as usize).map(|k| COARSE * k as f64 - REACH);
    let near = (2.0 * FAR / STEP_OF_OTHERS) as usize;
    let fine = (0..=near).map(|k| (STEP_OF_OTHERS * k as f64 - FAR - mean) / sd).filter(|z| z.abs() < REACH);
    let mut cuts = try_gather(NODES, coarse.chain(fine))?;
    cuts.sort_by(f64::total_cmp);
    // Of each cell the smaller tails, which have their digits.
    let between = |a: f64, b: f64| {
        let tail = |z: f64| 0.5 * normal_two_sided(z);
        if a * b < 0.0 { 1.0 - tail(a) - tail(b) } else { (tail(a) - tail(b)).abs() }
    };
    let mut nodes = try_collect(NODES, cuts.windows(2).map(|w| (0.5 * (w[0] + w[1]), between(w[0], w[1]))))?;
    let sum: f64 = nodes.iter().map(|node| node.1).sum();
    nodes.iter_mut().for_each(|node| node.1 /= sum);
    Ok(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean of the probability of a zero is right whether the rule is fine or coarse, and the number of nodes has a bound.
    #[test]
    fn nodes_of_a_predictor_that_is_all_but_unknown() {
        for (mean, sd) in [(-3.0, 25.0), (10.0, 400.0), (-18.0, 1e7), (0.3, 1e9)] {
            let nodes = wide_grid(sd, mean).unwrap();
            assert!(nodes.len() < 250, "{}", nodes.len());
            let got: f64 = nodes.iter().map(|(z, share)| share * expit(mean + sd * z)).sum();
            // Of a logistic function that is a step: P(Z > -mean/sd).
            let z = mean / sd;
            let want = if z < 0.0 { 0.5 * normal_two_sided(z) } else { 1.0 - 0.5 * normal_two_sided(z) };
            assert!((got - want).abs() < 2e-3, "{mean} {sd}: {got} for {want}");
            let spread: f64 = nodes.iter().map(|(z, share)| share * z * z).sum();
            assert!((spread - 1.0).abs() < 0.01, "{spread}");
        }
        let (fine, wide) = (grid(STEP_OF_OTHERS / 21.0).unwrap(), wide_grid(21.0, -4.0).unwrap());
        let of = |nodes: &[(f64, f64)]| nodes.iter().map(|(z, share)| share * expit(-4.0 + 21.0 * z)).sum::<f64>();
        assert!((of(&fine) - of(&wide)).abs() < 1e-4, "{} {}", of(&fine), of(&wide));
    }
}
