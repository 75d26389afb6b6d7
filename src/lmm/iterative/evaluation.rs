//! The criterion's gradient, its average information, and the criterion itself, at some parameters, with their Monte-Carlo errors.
//!
//! With M_k the sum over levels of (A^-1)_jj, as traces has it, the forces are
//!
//! ```text
//! F_k = T_k'^-1 (levels I - M_k) - sum_j [ (REML) Q~_j U~_j' + z_j u_j' / sigma^2 ]
//! ```

use super::columns::WIDTH;
use super::conjugate::Limits;
use super::moments::Moments;
use super::quadrature::{Spectrum, squared_norm};
use super::right_hand_sides::{Profiled, Solution, apply_factors, block, divide_by_factors, forms, profile, solved};
use super::samples::Adjusted;
use super::schur::{Schur, WORK};
use super::split::{Columns, Split};
use super::threads;
use super::traces::{Remainders, Sample, sample};
use crate::covariance::with_ranges;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense;
use crate::lmm::system::LinearSystem;
use crate::random::{FactorDerivative, Roots, add_curvature, add_second_derivatives, directions, factor_derivatives};
use crate::search::boundary;
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

/// Diagonal blocks of A^-1: of the terms in their order, and the relative Monte-Carlo error of a standard deviation, a root mean square.
pub struct Levels {
    pub blocks: Vec<Vec<f64>>,
    pub error: f64,
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
        let mut evaluation = self.gradient(&schur, &moments, &samples, own.profiled, &derivatives)?;
        evaluation.average_information(self, &schur, &roots, (&derivatives, &own.scores), effort)?;
        let n = working.len();
        let Evaluation { forces, hessian, information, .. } = &mut evaluation;
        hessian.copy_from_slice(information);
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
    fn solve(
        &self,
        schur: &Schur<'_>,
        moments: &Moments,
        effort: Effort,
    ) -> Result<(Vec<Solution>, Vec<(Sample, Option<Remainders>)>)> {
        let (zc, seed, rights) = (&self.system.zc, self.seed, self.system.m().div_ceil(WIDTH));
        let work = |i: usize, watch: &Watch<'_>| -> Result<Piece> {
            if i < rights {
                let mut w = block(schur, zc, i * WIDTH)?;
                apply_factors(schur, true, &mut w);
                let limits = Limits { tolerance: EXACT, steps: effort.steps };
                return solved(schur, w, limits, watch).map(|own| Piece::Right(Box::new(own)));
            }
            let limits = Limits { tolerance: effort.tolerance, steps: effort.steps };
            let mut remainders = if effort.report { Some(Remainders::new(schur)?) } else { None };
            let own = sample(schur, moments, (seed, i - rights), limits, remainders.as_mut(), watch)?;
            Ok(Piece::Sample(Box::new((own, remainders))))
        };
        let (mut right, mut samples) = (vec![], vec![]);
        for piece in threads::each(rights + effort.blocks, self.threads, &self.watch, &work)? {
            match piece {
                Piece::Right(own) => right.push(*own),
                Piece::Sample(own) => samples.push(*own),
            }
        }
        Ok((right, samples))
    }

    /// Forces and gradient, with the gradient's noise.
    fn gradient(
        &self,
        schur: &Schur<'_>,
        moments: &Moments,
        samples: &[(Sample, Option<Remainders>)],
        profiled: Profiled,
        derivatives: &[FactorDerivative],
    ) -> Result<Evaluation> {
        let (split, n) = (&self.split, derivatives.len());
        let units = Units::new(split, samples);
        let adjusted = units.traces();
        let inverse = inverse_gram(&profiled, self.system.m());
        let (mut forces, mut first) = (vec![], 0);
        let mut slopes = vec![0.0; adjusted.len() * n];
        for (k, size) in split.layout.terms.iter().enumerate() {
            let (r, t) = (size.effects, &schur.t[k]);
            let is_zero = t.iter().all(|t| *t == 0.0);
            let mut force = schur.gain_of(k).to_vec();
            if k == split.first {
                dense::add_scaled(&mut force, -1.0, &moments.exact);
            }
            for (e, force) in force.iter_mut().enumerate() {
                *force -= adjusted[first + e].mean;
            }
            if is_zero {
                force.fill(0.0);
            } else {
                force.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, t, column));
                self.subtract_products(k, &profiled, &inverse, &mut force);
            }
            for (i, own) in derivatives.iter().enumerate().filter(|(_, own)| own.term == k && !is_zero) {
                for e in 0..r * r {
                    let mut unit = vec![0.0; r * r];
                    unit[e] = -1.0;
                    unit.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, t, column));
                    slopes[i * adjusted.len() + first + e] = 2.0 * dense::dot(&own.d, &unit);
                }
            }
            forces.push(force);
            first += r * r;
        }
        let gradient = derivatives.iter().map(|own| 2.0 * dense::dot(&own.d, &forces[own.term])).collect();
        let steps = (profiled.steps, samples.iter().map(|(own, _)| own.steps).max().unwrap_or(0));
        Ok(Evaluation {
            settled: profiled.settled && samples.iter().all(|(own, _)| own.settled),
            fixed: fixed_derivatives(&profiled, derivatives, self.system.m()),
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
        })
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

/// S_X^-1, `[p, p]`.
fn inverse_gram(profiled: &Profiled, m: usize) -> Vec<f64> {
    let p = m - 1;
    let mut inverse = vec![0.0; p * p];
    for (j, column) in inverse.chunks_exact_mut(p.max(1)).enumerate() {
        column[j] = 1.0;
        leading_solve(&profiled.gram, m, column);
        // The last row and column are the response's.
        let mut rest = column.to_vec();
        for i in (0..p).rev() {
            let sum: f64 = (i + 1..p).map(|k| profiled.gram[i * m + k] * rest[k]).sum();
            rest[i] = (rest[i] - sum) / profiled.gram[i * m + i];
        }
        column.copy_from_slice(&rest);
    }
    inverse
}

/// v <- R^-1 v with the leading part R of a lower factor `[m, m]`.
fn leading_solve(factor: &[f64], m: usize, v: &mut [f64]) {
    for i in 0..v.len() {
        let sum: f64 = (0..i).map(|k| factor[k * m + i] * v[k]).sum();
        v[i] = (v[i] - sum) / factor[i * m + i];
    }
}

/// -R^-1 (dS_X) R'^-1 of each parameter: dS_X = -sum_ab D_ab (E_ab + E_ab'), E = sum_j (Z'V^-1Q)_ja' U_jb.
fn fixed_derivatives(profiled: &Profiled, derivatives: &[FactorDerivative], m: usize) -> Vec<Vec<f64>> {
    let p = m - 1;
    let one = |own: &FactorDerivative| {
        let mut sum = vec![0.0; p * p];
        for (d, cross) in own.d.iter().zip(&profiled.cross[own.term]) {
            dense::add_scaled(&mut sum, *d, cross);
        }
        let mut out: Vec<f64> = (0..p * p).map(|e| sum[e] + sum[e % p * p + e / p]).collect();
        for _ in 0..2 {
            out.chunks_exact_mut(p.max(1)).for_each(|column| leading_solve(&profiled.gram, m, column));
            out = (0..p * p).map(|e| out[e % p * p + e / p]).collect();
        }
        out
    };
    derivatives.iter().map(one).collect()
}

/// The covariance of linear functions of means.
fn covariance(adjusted: &[Adjusted], slopes: &[f64], n: usize) -> Vec<f64> {
    let size = adjusted.len();
    let between: Vec<f64> = (0..size * size).map(|e| adjusted[e % size].covariance(&adjusted[e / size])).collect();
    let mut out = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            let (a, b) = (&slopes[i * size..(i + 1) * size], &slopes[j * size..(j + 1) * size]);
            out[i * n + j] = (0..size * size).map(|e| a[e % size] * b[e / size] * between[e]).sum();
        }
    }
    out
}

/// Samples by what is independent: columns, or blocks where signs go together within a level.
struct Units<'s> {
    samples: &'s [(Sample, Option<Remainders>)],
    by_column: bool,
}

impl<'s> Units<'s> {
    fn new(split: &Split<'_>, samples: &'s [(Sample, Option<Remainders>)]) -> Self {
        Units { samples, by_column: split.is_scalar() || samples.len() < 2 }
    }

    fn of(&self, value: impl Fn(&Sample, usize) -> f64) -> Vec<f64> {
        let columns = |own: &'s Sample| (0..WIDTH).map(|c| value(own, c)).collect::<Vec<f64>>();
        let all = self.samples.iter().map(|(own, _)| columns(own));
        if self.by_column { all.flatten().collect() } else { all.map(|own| own.iter().sum::<f64>() / WIDTH as f64).collect() }
    }

    fn of_spectrum(&self, value: impl Fn(&Spectrum) -> f64) -> Vec<f64> {
        self.of(|own, c| value(&own.spectra[c]))
    }

    /// Of the terms in their order, the elements of the sums of A^-1's blocks beside their exact parts.
    fn traces(&self) -> Vec<Adjusted> {
        let control = self.of_spectrum(|own| own.first);
        let count = self.samples.first().map_or(0, |(own, _)| own.traces.len());
        (0..count).map(|e| Adjusted::new(&self.of(|own, c| own.traces[e][c]), &[&control])).collect()
    }

    /// log|S| - log|P|.
    fn log_determinant(&self, squared_norm: Option<f64>) -> Adjusted {
        let first = self.of_spectrum(|own| own.first);
        let second = squared_norm.map(|norm| self.of_spectrum(|own| own.second - norm));
        let controls: Vec<&[f64]> = std::iter::once(&first).chain(&second).map(Vec::as_slice).collect();
        Adjusted::new(&self.of_spectrum(|own| own.log), &controls)
    }
}

impl Evaluation {
    /// h_ij = [g_i'Z'V^-1Z g_j - (Q~'g_i)'(Q~'g_j)] / sigma^2 - (z'g_i)(z'g_j) / (sigma^4 N), with Z'V^-1Z = Lambda'^-1 (I - A^-1) Lambda^-1.
    fn average_information(
        &mut self,
        problem: &Problem<'_>,
        schur: &Schur<'_>,
        roots: &Roots,
        (derivatives, scores): (&[FactorDerivative], &[Columns]),
        effort: Effort,
    ) -> Result<()> {
        let (n, m, profiled) = (derivatives.len(), problem.system.m(), &self.profiled);
        let g = directions(problem.split.layout, roots, derivatives, &profiled.modes, &profiled.scores)?;
        let limits = Limits { tolerance: effort.information * self.smallest_ratio(), steps: effort.steps };
        let work = |i: usize, watch: &Watch<'_>| -> Result<(Solution, Vec<Vec<f64>>)> {
            let mut own = block(schur, &g, i * WIDTH)?;
            let along = along(scores, &own, &profiled.gram, m);
            divide_by_factors(schur, false, &mut own);
            Ok((solved(schur, own, limits, watch)?, along))
        };
        let all = threads::each(n.div_ceil(WIDTH), problem.threads, &problem.watch, &work)?;
        let (sigma2, rows, q) = (profiled.sigma2, problem.rows(), problem.split.layout.q());
        let residual: Vec<f64> = g.chunks_exact(q).map(|g| dense::dot(g, &profiled.scores)).collect();
        self.settled &= all.iter().all(|(own, _)| own.settled);
        self.with_sigma = residual.iter().map(|r| 2.0 * r / sigma2).collect();
        for (a, (left, left_along)) in all.iter().enumerate() {
            for (b, (right, right_along)) in all.iter().enumerate() {
                let (form, own) = (forms(left, right), squares(left, right));
                for (x, y) in (0..WIDTH * WIDTH).map(|e| (e % WIDTH, e / WIDTH)) {
                    let (i, j) = (a * WIDTH + x, b * WIDTH + y);
                    if i >= n || j >= n {
                        continue;
                    }
                    let fixed = if problem.reml { dense::dot(&left_along[x], &right_along[y]) } else { 0.0 };
                    self.information[j * n + i] =
                        (own[x][y] - form[x][y] - fixed) / sigma2 - residual[i] * residual[j] / (sigma2 * sigma2 * rows);
                }
            }
        }
        // Solutions are symmetric only to their tolerance.
        for e in 0..n * n {
            let mean = 0.5 * (self.information[e] + self.information[e % n * n + e / n]);
            (self.information[e], self.information[e % n * n + e / n]) = (mean, mean);
        }
        Ok(())
    }

    /// How near to singular the factors are that are not zero: what is divided by them loses twice as many digits.
    fn smallest_ratio(&self) -> f64 {
        let one = |t: &Vec<f64>| {
            let r = t.len().isqrt();
            let largest = t.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            let smallest = (0..r).map(|a| t[a * (r + 1)].abs()).fold(f64::INFINITY, f64::min);
            if largest == 0.0 || r == 1 { 1.0 } else { (smallest / largest).max(LIFT) }
        };
        self.t.iter().map(one).fold(1.0, f64::min)
    }

    /// The criterion, from the logarithm of the determinant.
    fn criterion(
        &mut self,
        problem: &Problem<'_>,
        schur: &Schur<'_>,
        samples: &[(Sample, Option<Remainders>)],
        effort: Effort,
    ) -> Result<()> {
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

/// R^-1 Q'V^-1Z g of each column g.
fn along(scores: &[Columns], g: &Columns, factor: &[f64], m: usize) -> Vec<Vec<f64>> {
    let mut all = vec![vec![0.0; m - 1]; WIDTH];
    for (i, own) in scores.iter().enumerate() {
        for (first, second) in [(&own.first, &g.first), (&own.others, &g.others)] {
            for (x, row) in super::columns::products(first, second, 1).iter().enumerate() {
                for (all, v) in all.iter_mut().zip(row) {
                    all.get_mut(i * WIDTH + x).into_iter().for_each(|sum| *sum += v);
                }
            }
        }
    }
    all.iter_mut().for_each(|own| leading_solve(factor, m, own));
    all
}

/// w_i'w_j of two blocks.
fn squares(a: &Solution, b: &Solution) -> [super::columns::Row; WIDTH] {
    let mut total = super::columns::products(&a.w.first, &b.w.first, 1);
    let others = super::columns::products(&a.w.others, &b.w.others, 1);
    total.iter_mut().flatten().zip(others.iter().flatten()).for_each(|(sum, v)| *sum += v);
    total
}

impl Remainders {
    fn new(schur: &Schur<'_>) -> Result<Self> {
        let split = schur.split;
        let mut others = vec![];
        for inverse in &schur.p_inverse {
            others.push(try_vec(WORK, 0.0, inverse.len())?);
        }
        let (r, levels) = split.first_size();
        Ok(Remainders { first: try_vec(WORK, 0.0, r * r * levels)?, others })
    }
}

/// The diagonal blocks of A^-1, and how the halves of the samples differ.
fn levels(schur: &Schur<'_>, samples: &[(Sample, Option<Remainders>)]) -> Result<Levels> {
    let split = schur.split;
    let mut blocks = vec![vec![]; split.layout.terms.len()];
    let (r1, _) = split.first_size();
    let mut first = crate::error::try_copy(WORK, &schur.d_inverse)?;
    for i in 0..split.others.len() {
        super::moments::each_block(schur, i, |j, level, w, r1, r| {
            let p = &schur.p_inverse[i][level * r * r..][..r * r];
            super::moments::dense_form(r1, r, w, p, &mut first[j * r1 * r1..(j + 1) * r1 * r1]);
        });
        blocks[split.others[i]] = crate::error::try_copy(WORK, &schur.p_inverse[i])?;
    }
    blocks[split.first] = first;
    let (mut squares, mut count) = (0.0, 0.0);
    for (k, size) in split.layout.terms.iter().enumerate() {
        let r = if k == split.first { r1 } else { size.effects };
        let own = |own: &'_ Remainders| -> Vec<f64> {
            match split.others.iter().position(|other| *other == k) {
                Some(i) => own.others[i].clone(),
                None => own.first.clone(),
            }
        };
        let mut halves = [try_vec(WORK, 0.0, blocks[k].len())?, try_vec(WORK, 0.0, blocks[k].len())?];
        let mut counts = [0.0; 2];
        for (b, remainders) in samples.iter().filter_map(|(_, own)| own.as_ref()).enumerate() {
            dense::add_scaled(&mut halves[b % 2], 1.0, &own(remainders));
            counts[b % 2] += WIDTH as f64;
        }
        let total = counts[0] + counts[1];
        for (e, block) in blocks[k].iter_mut().enumerate() {
            *block += (halves[0][e] + halves[1][e]) / total;
            if e % (r * r) % (r + 1) == 0 {
                // Half the difference of two means is a draw of the error of their mean; a standard deviation has half the relative error.
                let difference = 0.5 * (halves[0][e] / counts[0] - halves[1][e] / counts[1]);
                squares += (0.5 * difference / *block).powi(2);
                count += 1.0;
            }
        }
    }
    Ok(Levels { blocks, error: (squares / count).sqrt() })
}
