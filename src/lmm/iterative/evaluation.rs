//! The criterion's gradient, its average information, and the criterion itself, at some parameters, with their Monte-Carlo errors.
//!
//! With M_k the sum over levels of (A^-1)_jj, as traces has it, the forces are
//!
//! ```text
//! F_k = T_k'^-1 (levels I - M_k) - sum_j [ (REML) Q~_j U~_j' + z_j u_j' / sigma^2 ]
//! ```

use super::columns::WIDTH;
use super::conjugate::Limits;
use super::information::At;
use super::levels::{Levels, levels};
use super::moments::Moments;
use super::probes::Known;
use super::quadrature::squared_norm;
use super::right_hand_sides::{Profiled, Solution, apply_factors, block, profile, solved};
use super::samples::{Adjusted, covariance};
use super::schur::{Schur, WORK};
use super::split::Split;
use super::traces::{Remainders, Sample, sample};
use super::units::{Samples, Units};
use crate::covariance::with_ranges;
use crate::error::{Error, Result, try_copy};
use crate::linalg::dense;
use crate::lmm::system::LinearSystem;
use crate::random::{FactorDerivative, Roots, add_curvature, add_second_derivatives, factor_derivatives};
use crate::search::boundary;
use crate::threads::each;
use crate::watch::Watch;

/// Residuals of the fixed effects and the response.
const EXACT: f64 = 1e-10;

/// The standard deviation, relative to the residuals', that a direction without variance has beside others: Lambda can be divided by then, and
/// the criterion moves by its square.
const LIFT: f64 = 1e-4;

/// How much an evaluation does.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Blocks of eight signs.
    pub blocks: usize,
    /// Of the solves with signs.
    pub tolerance: f64,
    /// Of the solves for the average information.
    pub information: f64,
    /// Steps of a solve.
    pub steps: usize,
    /// Everything that is reported.
    pub report: bool,
}

/// A model that is evaluated.
pub struct Problem<'a> {
    pub system: &'a LinearSystem,
    pub split: Split<'a>,
    pub reml: bool,
    pub seed: u64,
    pub threads: usize,
    pub watch: Watch<'a>,
}

/// What an evaluation finds; matrices are `[n, n]` in the n working parameters.
pub struct Evaluation {
    pub profiled: Profiled,
    /// The criterion and its Monte-Carlo error.
    pub value: f64,
    pub value_error: f64,
    pub gradient: Vec<f64>,
    /// The average information, and that with the curvature that keeps steps from overshooting zero.
    pub information: Vec<f64>,
    pub hessian: Vec<f64>,
    /// The Monte-Carlo covariance of the gradient.
    pub noise: Vec<f64>,
    pub forces: Vec<Vec<f64>>,
    /// The elements of the sums of A^-1's blocks beside their exact parts, term by term.
    pub traces: Vec<Adjusted>,
    /// -R^-1 (dS_X / d parameter) R'^-1, S_X = R R', `[p, p]` each: the derivatives of the fixed effects' covariance where it is the identity.
    pub fixed: Vec<Vec<f64>>,
    /// The average information of each parameter with log sigma, 2 z'g_i / sigma^2.
    pub with_sigma: Vec<f64>,
    /// T of each term.
    pub t: Vec<Vec<f64>>,
    /// What is reported of levels.
    pub levels: Option<Levels>,
    /// Steps of the solves for fixed effects, and for signs.
    pub steps: (usize, usize),
    pub settled: bool,
}

/// What a thread gives.
enum Piece {
    Right(Box<Solution>),
    Sample(Box<(Sample, Option<Remainders>)>),
}

impl<'a> Problem<'a> {
    pub fn new(system: &'a LinearSystem, reml: bool, (seed, threads): (u64, usize), watch: &Watch<'a>) -> Result<Self> {
        Ok(Problem { system, split: Split::new(&system.gram)?, reml, seed, threads, watch: *watch })
    }

    /// The rows of the log-likelihood.
    pub fn rows(&self) -> f64 {
        (if self.reml { self.system.n - self.system.kept.len() } else { self.system.n }) as f64
    }

    pub fn evaluate(&self, working: &[f64], effort: Effort) -> Result<Evaluation> {
        let mut roots = Roots::zeros(&self.system.structures);
        let at = self.divisible(working);
        roots.set(&self.system.structures, &at);
        let schur = Schur::new(&self.split, &roots)?;
        self.watch.pulse()?;
        let moments = Moments::new(&schur)?;
        let (right, samples) = self.solve(&schur, &moments, effort)?;
        let own = profile(&schur, self.system, self.rows(), &right)?;
        drop(right);
        let derivatives = factor_derivatives(&self.system.structures, &at);
        let mut evaluation = self.gradient(&schur, &moments, &samples, own.profiled, &derivatives);
        let at_point = At {
            schur: &schur,
            roots: &roots,
            profiled: &evaluation.profiled,
            scores: &own.scores,
            reml: self.reml,
            rows: self.rows(),
            limits: Limits { tolerance: effort.information * smallest_ratio(&evaluation.t), steps: effort.steps },
            threads: self.threads,
        };
        let information = at_point.information(&derivatives, &self.watch)?;
        evaluation.settled &= information.settled;
        (evaluation.information, evaluation.with_sigma) = (information.matrix, information.with_sigma);
        evaluation.hessian.copy_from_slice(&evaluation.information);
        let (n, Evaluation { forces, hessian, .. }) = (working.len(), &mut evaluation);
        add_curvature(&derivatives, &roots, forces, hessian, n);
        add_second_derivatives(&self.system.structures, &at, forces, hessian, n);
        evaluation.criterion(self, &schur, &samples, effort)?;
        if effort.report {
            evaluation.levels = Some(levels(&schur, &samples)?);
        }
        Ok(evaluation)
    }

    /// Singular covariances with a little variance in each direction; terms without any are left as they are.
    fn divisible(&self, working: &[f64]) -> Vec<f64> {
        let mut out = boundary::lifted(&self.system.structures, working, LIFT);
        for (structure, range) in with_ranges(&self.system.structures) {
            if structure.relative_covariance(&working[range.clone()]).iter().all(|v| *v == 0.0) {
                out[range.clone()].copy_from_slice(&working[range]);
            }
        }
        out
    }

    /// Solutions for [Q e], and samples.
    fn solve(&self, schur: &Schur<'_>, moments: &Moments, effort: Effort) -> Result<(Vec<Solution>, Samples)> {
        let (zc, seed, rights) = (&self.system.zc, self.seed, self.system.m().div_ceil(WIDTH));
        let known = Known::new(schur)?;
        let first_sign = rights + known.blocks().len();
        let work = |i: usize, watch: &Watch<'_>| -> Result<Piece> {
            if i < rights {
                let mut w = block(schur, zc, i * WIDTH)?;
                apply_factors(schur, true, &mut w);
                let limits = Limits { tolerance: EXACT, steps: effort.steps };
                return solved(schur, w, limits, watch).map(|own| Piece::Right(Box::new(own)));
            }
            let (z, tolerance) = match known.blocks().get(i - rights) {
                Some(block) => (try_copy(WORK, block)?, effort.tolerance * effort.tolerance),
                None => (known.signs(schur.split, seed, i - first_sign)?, effort.tolerance),
            };
            let mut remainders = if effort.report { Some(Remainders::new(schur)?) } else { None };
            let own = sample(schur, moments, z, Limits { tolerance, steps: effort.steps }, remainders.as_mut(), watch)?;
            Ok(Piece::Sample(Box::new((own, remainders))))
        };
        let (mut right, mut samples) = (vec![], Samples::default());
        let pieces = each(first_sign + effort.blocks, &self.watch.with_threads(self.threads), &work)?;
        for (i, piece) in pieces.into_iter().enumerate() {
            match piece {
                Piece::Right(own) => right.push(*own),
                Piece::Sample(own) if i < first_sign => samples.known.push(*own),
                Piece::Sample(own) => samples.signs.push(*own),
            }
        }
        Ok((right, samples))
    }

    /// Forces and gradient, with the gradient's noise.
    fn gradient(
        &self,
        schur: &Schur<'_>,
        moments: &Moments,
        samples: &Samples,
        profiled: Profiled,
        derivatives: &[FactorDerivative],
    ) -> Evaluation {
        let (split, n) = (&self.split, derivatives.len());
        let units = Units::new(split, samples);
        let adjusted = units.traces();
        let inverse = profiled.inverse();
        let (mut forces, mut first) = (vec![], 0);
        let mut slopes = vec![0.0; adjusted.len() * n];
        for (k, t) in schur.t.iter().enumerate() {
            let r = split.layout.terms[k].effects;
            let own = &adjusted[first..first + r * r];
            forces.push(self.force(schur, moments, k, own, (&profiled, &inverse)));
            let moved = t.iter().any(|t| *t != 0.0);
            for (i, derivative) in derivatives.iter().enumerate().filter(|(_, own)| own.term == k && moved) {
                for e in 0..r * r {
                    let mut unit = vec![0.0; r * r];
                    unit[e] = -1.0;
                    unit.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, t, column));
                    slopes[i * adjusted.len() + first + e] = 2.0 * dense::dot(&derivative.d, &unit);
                }
            }
            first += r * r;
        }
        let gradient = derivatives.iter().map(|own| 2.0 * dense::dot(&own.d, &forces[own.term])).collect();
        let steps = (profiled.steps, samples.all().map(|own| own.steps).max().unwrap_or(0));
        Evaluation {
            settled: profiled.settled && samples.all().all(|own| own.settled),
            fixed: profiled.fixed_derivatives(derivatives),
            noise: covariance(&adjusted, &slopes, n),
            value: f64::NAN,
            value_error: f64::NAN,
            with_sigma: vec![],
            information: vec![0.0; n * n],
            hessian: vec![0.0; n * n],
            t: schur.t.clone(),
            levels: None,
            traces: adjusted,
            profiled,
            gradient,
            forces,
            steps,
        }
    }

    /// F of one term; none of a term without variance, along which nothing changes.
    fn force(&self, schur: &Schur<'_>, moments: &Moments, k: usize, traces: &[Adjusted], exact: (&Profiled, &[f64])) -> Vec<f64> {
        let (r, t) = (self.split.layout.terms[k].effects, &schur.t[k]);
        let mut force = schur.gain_of(k).to_vec();
        if t.iter().all(|t| *t == 0.0) {
            force.fill(0.0);
            return force;
        }
        if k == self.split.first {
            dense::add_scaled(&mut force, -1.0, &moments.exact);
        }
        force.iter_mut().zip(traces).for_each(|(force, own)| *force -= own.mean);
        force.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, t, column));
        self.subtract_products(k, exact.0, exact.1, &mut force);
        force
    }

    /// force -= (REML) Q~_j U~_j' + z_j u_j' / sigma^2, summed over levels.
    fn subtract_products(&self, k: usize, profiled: &Profiled, inverse: &[f64], force: &mut [f64]) {
        let (layout, r) = (self.split.layout, self.split.layout.terms[k].effects);
        if self.reml {
            for (force, cross) in force.iter_mut().zip(&profiled.cross[k]) {
                *force -= dense::dot(inverse, cross);
            }
        }
        let own = layout.offset(k)..layout.offset(k + 1);
        let levels = profiled.scores[own.clone()].chunks_exact(r).zip(profiled.modes[own].chunks_exact(r));
        let mut sum = vec![0.0; r * r];
        for (z, u) in levels {
            for b in 0..r {
                for a in 0..r {
                    sum[b * r + a] += z[a] * u[b];
                }
            }
        }
        dense::add_scaled(force, -1.0 / profiled.sigma2, &sum);
    }
}

impl Schur<'_> {
    /// The sum over levels of I less the exact part of (A^-1)_jj.
    fn gain_of(&self, k: usize) -> &[f64] {
        match self.split.others.iter().position(|other| *other == k) {
            Some(i) => &self.gain[i],
            None => &self.gain_first,
        }
    }
}

impl Evaluation {
    /// The criterion, from the logarithm of the determinant.
    fn criterion(&mut self, problem: &Problem<'_>, schur: &Schur<'_>, samples: &Samples, effort: Effort) -> Result<()> {
        let norm = if effort.report { squared_norm(schur, &problem.watch)? } else { None };
        let log = Units::new(&problem.split, samples).log_determinant(norm);
        let (system, rows) = (problem.system, problem.rows());
        let unit = 2.0 * system.map.unit.abs().ln();
        let log_det = schur.log_det_first + schur.log_det_p + log.mean;
        let mut d = log_det + rows * (1.0 + (2.0 * std::f64::consts::PI * self.profiled.sigma2).ln() + unit) - system.log_weights;
        if problem.reml {
            d += self.profiled.log_det_x + 2.0 * system.map.log_determinant();
        }
        (self.value, self.value_error) = (d, log.std_error());
        if d.is_finite() { Ok(()) } else { Err(Error::numeric("the criterion is not finite")) }
    }
}

/// How near to singular the factors are that are not zero: what is divided by them loses twice as many digits.
fn smallest_ratio(t: &[Vec<f64>]) -> f64 {
    let one = |t: &Vec<f64>| {
        let r = t.len().isqrt();
        let largest = t.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let smallest = (0..r).map(|a| t[a * (r + 1)].abs()).fold(f64::INFINITY, f64::min);
        if largest == 0.0 || r == 1 { 1.0 } else { (smallest / largest).max(LIFT) }
    };
    t.iter().map(one).fold(1.0, f64::min)
}
