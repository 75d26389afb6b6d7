//! The exact restricted likelihood-ratio test of the only variance of a linear model (Crainiceanu and Ruppert 2004): draws from the finite-sample
//! distribution of the statistic, which depends on eigenvalues alone.
//!
//! With `mu_s` the eigenvalues of Z'P0Z, P0 the projection off the fixed effects, and w independent normal,
//!
//! ```text
//! RLRT = sup over lambda >= 0 of (n - p) log(T / D(lambda)) - sum log(1 + lambda mu_s),
//! D(lambda) = sum w_s^2 / (1 + lambda mu_s) + R,   T = D(0),   R chi-square of the other n - p - K directions.
//! ```
//!
//! The test by maximum likelihood has n in place of n - p, and the eigenvalues of Z'Z in the sum of logarithms.

use super::nesting::basis_of;
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::linalg::dense::{add_upper_square, matrix, symmetric_eigen};
use crate::names::quoted;
use crate::simulate::{Purpose, Stream};
use crate::watch::{Phase, Watch};

/// The result of an exact test.
#[derive(Clone, Debug, PartialEq)]
pub struct ExactRlrt {
    /// Whether the likelihoods are restricted, as those of the fit.
    pub restricted: bool,
    /// Of Z'P0Z, ascending, those that are not zero.
    pub eigenvalues: Vec<f64>,
    pub statistic: f64,
    /// One more than the draws that are as large, by one more than all.
    pub p_value: f64,
    /// By which the draws may have missed the p-value.
    pub std_error: f64,
    /// The share of draws that are zero.
    pub zero_share: f64,
    pub draws: usize,
}

/// More levels than this have a matrix too large for its eigenvalues.
const MOST_LEVELS: usize = 4000;

/// An eigenvalue, relative to the largest, that is none; and a distance of two that are one.
const NOTHING: f64 = 1e-10;
const EQUAL: f64 = 1e-9;

/// The logarithms of lambda, in units of the inverse of a middle eigenvalue, at which a statistic is looked for.
const WIDEST: f64 = 16.0;
const STEP: f64 = 0.25;

/// Rounds of a golden section, which leave 1e-5 of two steps.
const ROUNDS: usize = 22;

/// A draw this much below the statistic is as large: both have errors of rounding.
const SLACK: f64 = 1e-7;

/// The test that the only variance of a linear fit is zero.
pub fn exact_rlrt(fit: &Fit, draws: usize, seed: u64, watch: &Watch<'_>) -> Result<ExactRlrt> {
    check(fit, draws)?;
    watch.at(Phase::Test, 0, Some(draws))?;
    let mut design = fit.design()?;
    design.terms.clear();
    let inside = watch.inside(Phase::Test, 0, Some(draws));
    let null = fit.again(design, &fit.options(), None, &inside)?;
    let difference = 2.0 * (fit.log_likelihood - null.log_likelihood);
    let statistic = if fit.theta[0] == 0.0 { 0.0 } else { difference.max(0.0) };
    let spectrum = Spectrum::of(fit, watch)?;
    let law = Law::new(&spectrum)?;
    let (mut extreme, mut zeros) = (0usize, 0usize);
    for draw in 0..draws {
        watch.round(Phase::Test, draw, draws)?;
        let value = law.draw(&mut Stream::new(seed, draw as u64, Purpose::Spectrum));
        extreme += usize::from(value >= statistic - SLACK);
        zeros += usize::from(value == 0.0);
    }
    let (n, p_value) = (draws as f64, (extreme + 1) as f64 / (draws + 1) as f64);
    Ok(ExactRlrt {
        restricted: fit.reml,
        eigenvalues: spectrum.mu,
        statistic,
        p_value,
        std_error: (p_value * (1.0 - p_value) / n).sqrt(),
        zero_share: zeros as f64 / n,
        draws,
    })
}

impl ExactRlrt {
    /// One row: `method` (RLRT or LRT), `statistic`, `p_value`, `std_error`, `zero_share`, `draws`.
    pub fn frame(&self) -> Result<Frame> {
        let mut frame = Frame::new(1);
        frame.add_strings("method", &[Some(if self.restricted { "RLRT" } else { "LRT" })])?;
        frame.add_real("statistic", vec![self.statistic])?;
        frame.add_real("p_value", vec![self.p_value])?;
        frame.add_real("std_error", vec![self.std_error])?;
        frame.add_real("zero_share", vec![self.zero_share])?;
        frame.add_integers("draws", vec![self.draws as i64])?;
        Ok(frame)
    }
}

fn check(fit: &Fit, draws: usize) -> Result<()> {
    let refuse = |why: &str| {
        Err(Error::unsupported(format!(
            "rlrt: {why}; the exact test is of linear models with independent residuals and one variance of random effects. Use ranova, or \
             the bootstrap of the likelihood ratio"
        )))
    };
    if draws == 0 {
        return Err(Error::argument("draws is 0, wanted at least 1"));
    }
    if !fit.is_linear() {
        return refuse("the model is no linear one");
    }
    if fit.correlation().is_some() {
        return refuse("residuals are correlated");
    }
    fit.without_priors("rlrt")?;
    fit.with_factor("rlrt")?;
    fit.need_rows("rlrt")?;
    match &fit.terms[..] {
        [one] if one.design.effects.len() == 1 && one.design.levels.len() <= MOST_LEVELS => Ok(()),
        [one] if one.design.effects.len() == 1 => {
            let levels = one.design.levels.len();
            refuse(&format!("{} has {levels} levels, more than {MOST_LEVELS}", quoted(&one.design.group)))
        }
        [one] => refuse(&format!("the random term of {} has {} effects", quoted(&one.design.group), one.design.effects.len())),
        all => refuse(&format!("the model has {} random terms", all.len())),
    }
}

/// What the distribution depends on.
struct Spectrum {
    mu: Vec<f64>,
    /// In the sum of logarithms.
    log: Vec<f64>,
    /// n - p, or n.
    factor: f64,
    /// Directions that the random effects don't reach.
    rest: usize,
}

impl Spectrum {
    fn of(fit: &Fit, watch: &Watch<'_>) -> Result<Self> {
        let (n, term) = (fit.n_obs, &fit.terms[0].design);
        let (p, l) = (fit.fixed.names.len(), term.levels.len());
        let weights = fit.weights.as_ref().map(|w| fit.used(w)).transpose()?;
        let root = |i: usize| weights.as_ref().map_or(1.0, |w| w[i].sqrt());
        let z: Vec<f64> = (0..n).map(|i| root(i) * term.z.as_ref().map_or(1.0, |z| z[i])).collect();
        let mut x = fit.x.clone();
        x.chunks_exact_mut(n.max(1)).for_each(|column| column.iter_mut().enumerate().for_each(|(i, v)| *v *= root(i)));
        let basis = basis_of(x.chunks_exact(n.max(1)), watch)?;
        // Z'Q, and -Z'P0Z.
        let mut zq = try_vec("products of effects", 0.0, l * basis.len())?;
        for (unit, own) in basis.iter().zip(zq.chunks_exact_mut(l)) {
            for (i, level) in term.index.iter().enumerate() {
                own[*level as usize] += z[i] * unit[i];
            }
        }
        let mut squares = try_vec("products of effects", 0.0, l)?;
        term.index.iter().zip(&z).for_each(|(level, z)| squares[*level as usize] += z * z);
        let mut products = try_vec("products of effects", 0.0, l * l)?;
        add_upper_square(matrix(l, basis.len(), &zq), &mut products);
        for j in 0..l {
            for i in 0..=j {
                let own = if i == j { squares[j] } else { 0.0 } - products[j * l + i];
                (products[j * l + i], products[i * l + j]) = (own, own);
            }
        }
        watch.pulse()?;
        let failed = || Error::numeric("rlrt: the eigenvalues of the random effects' products can't be had");
        let (values, _) = symmetric_eigen(l, &products).ok_or_else(failed)?;
        let largest = values.last().copied().unwrap_or(0.0);
        let mu: Vec<f64> = values.into_iter().filter(|v| *v > NOTHING * largest).collect();
        let log = if fit.reml {
            mu.clone()
        } else {
            squares.sort_by(f64::total_cmp);
            squares
        };
        let left = n.saturating_sub(p);
        Ok(Spectrum { rest: left.saturating_sub(mu.len()), factor: if fit.reml { left } else { n } as f64, mu, log })
    }
}

/// Equal values as one, with how many they are.
fn grouped(values: &[f64]) -> Vec<(f64, f64)> {
    let mut groups: Vec<(f64, f64)> = vec![];
    for value in values {
        match groups.last_mut() {
            Some((own, count)) if *value - *own <= EQUAL * *value => *count += 1.0,
            _ => groups.push((*value, 1.0)),
        }
    }
    groups
}

/// The distribution, ready for draws.
struct Law {
    mu: Vec<(f64, f64)>,
    log: Vec<(f64, f64)>,
    factor: f64,
    rest: f64,
    /// Logarithms of lambda; at each 1 / (1 + lambda mu), and the sum of logarithms.
    points: Vec<f64>,
    shrinkage: Vec<Vec<f64>>,
    penalty: Vec<f64>,
}

impl Law {
    fn new(spectrum: &Spectrum) -> Result<Self> {
        let mu = grouped(&spectrum.mu);
        let Some((middle, _)) = mu.get(mu.len() / 2).copied() else {
            return Err(Error::data("rlrt: the random effects are within the fixed effects, and their variance is not determined"));
        };
        let mut law = Law {
            log: grouped(&spectrum.log),
            factor: spectrum.factor,
            rest: spectrum.rest as f64,
            points: (0..=(2.0 * WIDEST / STEP) as usize).map(|k| STEP * k as f64 - WIDEST - middle.ln()).collect(),
            shrinkage: vec![],
            penalty: vec![],
            mu,
        };
        for point in &law.points {
            let lambda = point.exp();
            law.shrinkage.push(law.mu.iter().map(|(mu, _)| 1.0 / (1.0 + lambda * mu)).collect());
            law.penalty.push(penalty(&law.log, lambda));
        }
        Ok(law)
    }

    /// The statistic of one draw.
    fn draw(&self, stream: &mut Stream) -> f64 {
        let chi_square = |stream: &mut Stream, df: f64| if df > 0.0 { 2.0 * stream.gamma(0.5 * df) } else { 0.0 };
        let squares: Vec<f64> = self.mu.iter().map(|(_, count)| chi_square(stream, *count)).collect();
        let rest = chi_square(stream, self.rest);
        self.statistic(&squares, rest)
    }

    /// The supremum over lambda.
    fn statistic(&self, squares: &[f64], rest: f64) -> f64 {
        let total = squares.iter().sum::<f64>() + rest;
        let left = |shrinkage: &[f64]| squares.iter().zip(shrinkage).map(|(c, s)| c * s).sum::<f64>() + rest;
        let value = |k: usize| self.factor * (total / left(&self.shrinkage[k])).ln() - self.penalty[k];
        let (mut best, mut most) = (0, f64::NEG_INFINITY);
        for k in 0..self.points.len() {
            let own = value(k);
            if own > most {
                (best, most) = (k, own);
            }
        }
        let at = |point: f64| {
            let lambda = point.exp();
            let left = squares.iter().zip(&self.mu).map(|(c, (mu, _))| c / (1.0 + lambda * mu)).sum::<f64>() + rest;
            self.factor * (total / left).ln() - penalty(&self.log, lambda)
        };
        // Lambda of zero has the value zero.
        most.max(golden(at, self.points[best] - STEP, self.points[best] + STEP)).max(0.0)
    }
}

fn penalty(log: &[(f64, f64)], lambda: f64) -> f64 {
    log.iter().map(|(xi, count)| count * (lambda * xi).ln_1p()).sum()
}

/// The largest value of a function between two points, between which it has one top.
fn golden(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let share = 0.5 * (5f64.sqrt() - 1.0);
    let (mut a, mut b) = (high - share * (high - low), low + share * (high - low));
    let (mut at_a, mut at_b) = (f(a), f(b));
    for _ in 0..ROUNDS {
        if at_a > at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - share * (high - low);
            at_a = f(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + share * (high - low);
            at_b = f(b);
        }
    }
    at_a.max(at_b)
}
