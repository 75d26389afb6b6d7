//! The criterion's gradient, its average information, and the criterion itself, at some parameters, with their Monte-Carlo errors.
//!
//! With M_k the sum over levels of (A^-1)_jj, as traces has it, the forces are
//!
//! ```text
//! F_k = T_k'^-1 (levels I - M_k) - sum_j [ (REML) Q~_j U~_j' + z_j u_j' / sigma^2 ]
//! ```

use super::information::At;
use super::right_hand_sides::{Profiled, profile};
use crate::covariance::Structure;
use crate::error::{Error, Result, try_copy};
use crate::iterative::columns::{Row, WIDTH, add};
use crate::iterative::conjugate::{Limits, Solved, solve_each};
use crate::iterative::evaluation::{
    self, Effort, determinant_force, divisible, gradient_noise, moved, smallest_ratio, subtract_products,
};
use crate::iterative::levels::levels;
use crate::iterative::moments::Moments;
use crate::iterative::probes::Known;
use crate::iterative::quadrature::squared_norm;
use crate::iterative::schur::{Schur, WORK};
use crate::iterative::solve::{Solution, apply_factors, block, recovered, reduced, solved};
use crate::iterative::split::{Columns, Split};
use crate::iterative::traces::{Remainders, Sample, Start, sample};
use crate::iterative::units::{Samples, Units};
use crate::linalg::dense;
use crate::lmm::parameters::{theta_from_working, working_from_theta};
use crate::lmm::start::moment_start;
use crate::lmm::system::LinearSystem;
use crate::options::Options;
use crate::random::{FactorDerivative, Roots, add_curvature, add_second_derivatives, factor_derivatives};
use crate::threads::each;
use crate::watch::Watch;

/// Residuals of the fixed effects and the response.
const EXACT: f64 = 1e-10;

/// A model that is evaluated.
pub struct Problem<'a> {
    pub system: &'a LinearSystem,
    pub split: Split<'a>,
    pub reml: bool,
    pub seed: u64,
    pub threads: usize,
    pub watch: Watch<'a>,
}

/// What evaluations of linear models have.
pub struct Linear {
    pub profiled: Profiled,
    /// -R^-1 (dS_X / d parameter) R'^-1, S_X = R R', `[p, p]` each: the derivatives of the fixed effects' covariance where it is the identity.
    pub fixed: Vec<Vec<f64>>,
    /// The average information of each parameter with log sigma, 2 z'g_i / sigma^2.
    pub with_sigma: Vec<f64>,
}

type Evaluation = evaluation::Evaluation<Linear>;

/// Where a search starts: at a theta that is likely to be near if there is one.
pub fn start(problem: &Problem<'_>, options: &Options, near: Option<&[f64]>) -> Result<Vec<f64>> {
    let system = problem.system;
    let mut working = match options.theta0.as_deref().or(near) {
        Some(theta0) => working_from_theta(system, theta0)?,
        None => moment_start(system),
    };
    system.without_confounded(problem.reml, &mut working);
    Ok(working)
}

/// What a thread gives.
struct Piece {
    right: Option<Solution>,
    sample: Option<(Sample, Option<Remainders>)>,
}

/// One solve for right-hand sides in the first columns, and for known directions in those behind.
struct Beside<'e, 'a> {
    schur: &'e Schur<'a>,
    moments: &'e Moments,
    used: usize,
    effort: Effort,
}

impl Beside<'_, '_> {
    fn solve(&self, w: Columns, z: Vec<Row>, remainders: Option<&mut Remainders>, watch: &Watch<'_>) -> Result<(Solution, Sample)> {
        let schur = self.schur;
        let (start, mut both) = Start::new(schur, z)?;
        add(&mut both, 1.0, &reduced(schur, &w)?);
        let tolerance = |c: usize| if c < self.used { EXACT } else { self.effort.tolerance * self.effort.tolerance };
        let mut own = solve_each(schur, both, (&std::array::from_fn(tolerance), self.effort.steps), watch)?;
        let mut sampled = Solved { x: try_copy(WORK, &own.x)?, image: std::mem::take(&mut own.image), ..own.without_columns() };
        // The columns of right-hand sides are no samples.
        for row in sampled.x.iter_mut().chain(&mut sampled.image) {
            row[..self.used].fill(0.0);
        }
        let sample = start.sample(schur, self.moments, sampled, None, remainders, watch)?;
        Ok((recovered(schur, w, own)?, sample))
    }
}

impl<'a> evaluation::Problem<'a> for Problem<'a> {
    type Own = Linear;

    fn structures(&self) -> &'a [Structure] {
        &self.system.structures
    }

    fn is_scalar(&self) -> bool {
        self.split.is_scalar()
    }

    fn watch(&self) -> Watch<'a> {
        self.watch
    }

    fn theta(&self, working: &[f64]) -> Vec<f64> {
        let mut theta = vec![0.0; working.len()];
        theta_from_working(self.system, working, &mut theta);
        theta
    }

    fn evaluate(&mut self, working: &[f64], effort: Effort) -> Result<Evaluation> {
        let mut roots = Roots::zeros(&self.system.structures);
        let at = divisible(&self.system.structures, working);
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
            profiled: &evaluation.own.profiled,
            scores: &own.scores,
            reml: self.reml,
            rows: self.rows(),
            limits: Limits { tolerance: effort.information * smallest_ratio(&evaluation.t), steps: effort.steps },
            threads: self.threads,
        };
        let information = at_point.information(&derivatives, &self.watch)?;
        evaluation.settled &= information.settled;
        (evaluation.information, evaluation.own.with_sigma) = (information.matrix, information.with_sigma);
        evaluation.hessian.copy_from_slice(&evaluation.information);
        let (n, Evaluation { forces, hessian, .. }) = (working.len(), &mut evaluation);
        add_curvature(&derivatives, &roots, forces, hessian, n);
        add_second_derivatives(&self.system.structures, &at, forces, hessian, n);
        self.criterion(&mut evaluation, &schur, &samples, effort)?;
        if effort.report {
            evaluation.levels = Some(levels(&schur, &samples)?);
        }
        Ok(evaluation)
    }
}

impl<'a> Problem<'a> {
    pub fn new(system: &'a LinearSystem, reml: bool, (seed, threads): (u64, usize), watch: &Watch<'a>) -> Result<Self> {
        Ok(Problem { system, split: Split::new(&system.gram)?, reml, seed, threads, watch: *watch })
    }

    /// The rows of the log-likelihood.
    pub fn rows(&self) -> f64 {
        (if self.reml { self.system.n - self.system.kept.len() } else { self.system.n }) as f64
    }

    /// Solutions for [Q e], and samples. Known directions go into the columns that the last block of [Q e] leaves over, where they fit.
    fn solve(&self, schur: &Schur<'_>, moments: &Moments, effort: Effort) -> Result<(Vec<Solution>, Samples)> {
        let (zc, seed, m) = (&self.system.zc, self.seed, self.system.m());
        let rights = m.div_ceil(WIDTH);
        let known = Known::new(schur)?;
        let beside = known.beside(m - (rights - 1) * WIDTH)?;
        let blocks = if beside.is_some() { &[] } else { known.blocks() };
        let first_sign = rights + blocks.len();
        let work = |i: usize, watch: &Watch<'_>| -> Result<Piece> {
            let remainders = || if effort.report && i + 1 >= rights { Remainders::new(schur).map(Some) } else { Ok(None) };
            let mut remainders = remainders()?;
            if i < rights {
                let mut w = block(schur, zc, i * WIDTH)?;
                apply_factors(schur, true, &mut w);
                let limits = Limits { tolerance: EXACT, steps: effort.steps };
                let Some(z) = beside.as_ref().filter(|_| i + 1 == rights) else {
                    return solved(schur, w, limits, watch).map(|own| Piece { right: Some(own), sample: None });
                };
                let at = Beside { schur, moments, used: m - i * WIDTH, effort };
                let (own, sample) = at.solve(w, try_copy(WORK, z)?, remainders.as_mut(), watch)?;
                return Ok(Piece { right: Some(own), sample: Some((sample, remainders)) });
            }
            let (z, tolerance) = match blocks.get(i - rights) {
                Some(block) => (try_copy(WORK, block)?, effort.tolerance * effort.tolerance),
                None => (known.signs(schur.split, seed, i - first_sign)?, effort.tolerance),
            };
            let limits = Limits { tolerance, steps: effort.steps };
            let own = sample(schur, moments, z, (limits, None), remainders.as_mut(), watch)?;
            Ok(Piece { right: None, sample: Some((own, remainders)) })
        };
        let (mut right, mut samples) = (vec![], Samples::default());
        let pieces = each(first_sign + effort.blocks, &self.watch.with_threads(self.threads), &work)?;
        for (i, piece) in pieces.into_iter().enumerate() {
            right.extend(piece.right);
            if i < first_sign { &mut samples.known } else { &mut samples.signs }.extend(piece.sample);
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
        let traces = Units::new(split, samples).traces();
        let inverse = profiled.inverse();
        let (mut forces, mut first) = (vec![], 0);
        for (k, t) in schur.t.iter().enumerate() {
            let own = &traces[first..first + t.len()];
            first += t.len();
            let mut force = determinant_force(schur, moments, k, own);
            if moved(t) {
                self.subtract_products(k, &profiled, &inverse, &mut force);
            }
            forces.push(force);
        }
        let gradient = derivatives.iter().map(|own| 2.0 * dense::dot(&own.d, &forces[own.term])).collect();
        let steps = (profiled.steps, samples.all().map(|own| own.steps).max().unwrap_or(0));
        Evaluation {
            settled: profiled.settled && samples.all().all(|own| own.settled),
            noise: gradient_noise(&schur.t, derivatives, &traces, &[]),
            value: f64::NAN,
            value_error: f64::NAN,
            information: vec![0.0; n * n],
            hessian: vec![0.0; n * n],
            t: schur.t.clone(),
            levels: None,
            own: Linear { fixed: profiled.fixed_derivatives(derivatives), with_sigma: vec![], profiled },
            traces,
            gradient,
            forces,
            steps,
        }
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
        subtract_products(r, 1.0 / profiled.sigma2, &profiled.scores[own.clone()], &profiled.modes[own], force);
    }

    /// The criterion, from the logarithm of the determinant.
    fn criterion(&self, own: &mut Evaluation, schur: &Schur<'_>, samples: &Samples, effort: Effort) -> Result<()> {
        let norm = if effort.report { squared_norm(schur, &self.watch)? } else { None };
        let log = Units::new(&self.split, samples).log_determinant(norm);
        let (system, rows, profiled) = (self.system, self.rows(), &own.own.profiled);
        let unit = 2.0 * system.map.unit.abs().ln();
        let log_det = schur.log_det_first + schur.log_det_p + log.mean;
        let mut d = log_det + rows * (1.0 + (2.0 * std::f64::consts::PI * profiled.sigma2).ln() + unit) - system.log_weights;
        if self.reml {
            d += profiled.log_det_x + 2.0 * system.map.log_determinant();
        }
        (own.value, own.value_error) = (d, log.std_error());
        if d.is_finite() { Ok(()) } else { Err(Error::numeric("the criterion is not finite")) }
    }
}
