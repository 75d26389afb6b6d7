//! The profiled deviance and REML criterion of a linear mixed model, with gradient and average information.
//!
//! With V = I + Z Lambda Lambda' Z' and A = Lambda' Z'Z Lambda + I (Bates et al. 2015, section 2.3):
//!
//! ```text
//! ML:    d = log|A| + n [1 + log(2 pi rho^2 / n)]
//! REML:  d = log|A| + log|X'V^-1 X| + (n - p) [1 + log(2 pi rho^2 / (n - p))]
//! ```
//!
//! Where residuals have a correlation matrix R all cross-products are those of R^-1, and log|R| is added.

use std::borrow::Cow;

use super::correlation::products::Correlated;
use super::levels::Levels;
use super::system::LinearSystem;
use crate::error::{Error, Result, try_vec};
use crate::linalg::{Admission, dense, wide};
use crate::optimize::rounding::last_places;
use crate::random::{Gram, Layout, RandomSystem, Roots};
use crate::threads::beside;
use crate::watch::Watch;

/// The share of the least-squares residual below which none is left: rho^2 is what cancellation from that leaves, and has four digits here.
const EXACT: f64 = 1e-12;

/// Random effects from which on another thread is worth its start.
const WORTH_THREADS: usize = 16_384;

pub(super) const NOTHING_LEFT: &str = "the model fits the response exactly, or all but: the residual standard deviation is less than 1e-6 of that about the fixed effects, too little to be told from rounding";

/// What depends on the design alone, to be kept from one response to the next.
pub struct Analysis {
    random: RandomSystem,
    confounded: Vec<Vec<bool>>,
    may_divide: bool,
}

impl Analysis {
    pub fn new(system: &LinearSystem, reml: bool) -> Result<Self> {
        let correlated = system.correlation.as_ref().map(Correlated::new).transpose()?;
        let columns = system.m().max(system.n_working());
        let random = RandomSystem::new(gram_of(system, correlated.as_ref()), &system.structures, columns)?;
        Ok(Analysis { random, confounded: system.confounded(reml), may_divide: true })
    }

    /// The same of a system with other cross-products, on a pattern that has theirs.
    pub fn moved(mut self, system: &LinearSystem, reml: bool) -> Self {
        self.random.gather(&system.gram);
        self.confounded = system.confounded(reml);
        self
    }

    /// By the factorisation and the products that serve all designs, for comparisons.
    #[cfg(test)]
    pub(super) fn general(system: &LinearSystem, reml: bool) -> Result<Self> {
        let random = RandomSystem::blocked(&system.gram, system.m().max(system.n_working()))?;
        Ok(Analysis { random, confounded: system.confounded(reml), may_divide: false })
    }
}

/// Evaluates the criterion of one model at any number of parameter values, without allocation.
pub struct Deviance<'a> {
    pub system: &'a LinearSystem,
    pub(super) reml: bool,
    /// A, factorised.
    pub(super) random: RandomSystem,
    /// Effects that the criterion does not depend on.
    pub(super) confounded: Vec<Vec<bool>>,
    /// Whether products with Z'Z may be had from A by dividing by Lambda, where that is regular.
    pub(super) may_divide: bool,
    /// The levels of a model with one small term, side by side.
    pub(super) levels: Option<Levels>,
    /// The mean of each term's blocks of Z'Z, where residuals are independent.
    means: Option<Vec<Vec<f64>>>,
    /// Cross-products at the correlation of the last evaluation, where residuals are correlated.
    pub(super) correlated: Option<Correlated>,
    /// T of each term.
    pub(super) t: Roots,
    /// L^-1 P Lambda'Z'[Q e], `[q, m]`, permuted.
    half: Vec<f64>,
    /// U = A^-1 Lambda'Z'[Q e], `[q, m]`.
    pub(super) u: Vec<f64>,
    /// Z'V^-1[Q e] = Z'[Q e] - G Lambda U, `[q, m]`; the last column becomes z = Z'V^-1(e - Q gamma).
    pub(super) w: Vec<f64>,
    pub(super) work: Vec<f64>,
    pub(super) state: State,
    /// Hears of evaluations.
    pub watch: Watch<'a>,
}

/// What an evaluation leaves behind besides the criterion.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Lower factor of the `m x m` matrix [Q e]'V^-1[Q e]; its last diagonal entry is rho.
    pub gram: Vec<f64>,
    /// The generalised least-squares coefficients of e on Q.
    pub gamma: Vec<f64>,
    /// The residual variance in working units.
    pub sigma2: f64,
    pub log_det_a: f64,
    pub log_det_x: f64,
    /// What priors add to the criterion.
    pub penalty: f64,
    /// The criterion, in the user's units.
    pub value: f64,
    /// Where all of this belongs to; empty if the evaluation failed.
    at: Vec<f64>,
    pub evaluations: usize,
    /// Whether the last evaluation has left a factor of A and L^-1 P Lambda'Z'[Q e].
    factorised: bool,
    /// Whether what followed the last evaluation divided by Lambda.
    pub(super) divided: bool,
}

impl<'a> Deviance<'a> {
    pub fn new(system: &'a LinearSystem, reml: bool, watch: &Watch<'a>) -> Result<Self> {
        let all = watch.threads();
        let threads = if system.gram.layout.q() < WORTH_THREADS { 1 } else { all };
        let (analysis, levels) = beside(threads, vec![()], &|()| Levels::new(system, all), || Analysis::new(system, reml));
        let levels = levels.into_iter().next().transpose()?.flatten();
        Self::build(system, reml, analysis?, levels, watch)
    }

    /// If `admit` says so, to the multiplications and the entries of a factor, for structures that have no sparse precisions.
    pub fn within(system: &'a LinearSystem, reml: bool, admit: Admission<'_>, watch: &Watch<'a>) -> Result<Option<Self>> {
        let columns = system.m().max(system.n_working());
        let Some(random) = RandomSystem::within(&system.gram, columns, admit)? else { return Ok(None) };
        let analysis = Analysis { random, confounded: system.confounded(reml), may_divide: true };
        Self::with(system, reml, analysis, watch).map(Some)
    }

    /// With what [`Deviance::into_analysis`] has left of another response of the same design.
    pub fn with(system: &'a LinearSystem, reml: bool, analysis: Analysis, watch: &Watch<'a>) -> Result<Self> {
        let levels = if analysis.may_divide { Levels::new(system, watch.threads())? } else { None };
        Self::build(system, reml, analysis, levels, watch)
    }

    fn build(system: &'a LinearSystem, reml: bool, analysis: Analysis, levels: Option<Levels>, watch: &Watch<'a>) -> Result<Self> {
        let (q, m) = (system.gram.layout.q(), system.m());
        let Analysis { mut random, confounded, may_divide } = analysis;
        random.threads = watch.threads();
        Ok(Deviance {
            means: if system.correlation.is_none() { Some(system.gram.means()) } else { None },
            levels,
            reml,
            confounded,
            may_divide,
            correlated: system.correlation.as_ref().map(Correlated::new).transpose()?,
            random,
            t: Roots::zeros(&system.structures),
            half: try_vec("solutions for the random effects", 0.0, q * m)?,
            u: try_vec("solutions for the random effects", 0.0, q * m)?,
            w: try_vec("solutions for the random effects", 0.0, q * m)?,
            work: try_vec("solutions for the random effects", 0.0, q * m)?,
            state: State { gram: vec![0.0; m * m], gamma: vec![0.0; m - 1], ..State::default() },
            watch: *watch,
            system,
        })
    }

    /// The mean of each term's blocks of Z'R^-1Z.
    pub(super) fn means(&self) -> Cow<'_, [Vec<f64>]> {
        self.means.as_ref().map_or_else(|| self.gram().means().into(), |means| means[..].into())
    }

    pub fn into_analysis(self) -> Analysis {
        let Deviance { random, confounded, may_divide, .. } = self;
        Analysis { random, confounded, may_divide }
    }

    /// The rows of the log-likelihood: n, or n - p for REML.
    pub fn weight(&self) -> f64 {
        (if self.reml { self.system.n - self.system.kept.len() } else { self.system.n }) as f64
    }

    /// The criterion at working parameters.
    pub fn evaluate(&mut self, working: &[f64]) -> Result<f64> {
        self.set_factors(working);
        let value = self.evaluate_factors(working)?;
        self.state.at.extend_from_slice(working);
        Ok(value)
    }

    /// The same for a search, which may leave no factor of A.
    pub(super) fn search(&mut self, working: &[f64]) -> Result<f64> {
        let Some(levels) = &mut self.levels else { return self.evaluate(working) };
        self.watch.pulse()?;
        self.t.set(&self.system.structures, working);
        self.state.start();
        let gram = &mut self.state.gram;
        gram.fill(0.0);
        let m = self.system.m();
        (0..m).for_each(|j| gram[j * (m + 1)] = self.system.own_product(j));
        self.state.log_det_a = levels.first(&self.t[0], gram);
        self.reduce_gram()?;
        let value = self.profiled()?;
        self.state.at.extend_from_slice(working);
        Ok(value)
    }

    /// The same with the factors T as they are; of the parameters the correlation alone is looked at.
    pub(super) fn evaluate_factors(&mut self, working: &[f64]) -> Result<f64> {
        self.watch.pulse()?;
        self.state.start();
        let system = self.system;
        if let (Some(own), Some(products)) = (&mut self.correlated, &system.correlation) {
            own.fill(products, working[system.n_theta()]);
        }
        self.random.factorize(gram_of(system, self.correlated.as_ref()), &self.t)?;
        let zc = self.correlated.as_ref().map_or(&system.zc, |own| &own.now.zc);
        self.work[..zc.len()].copy_from_slice(zc);
        system.gram.apply_factors(&self.t, true, &mut self.work[..zc.len()]);
        self.random.permute_into(&self.t, &self.work[..self.half.len()], &mut self.half);
        self.random.half_solve(&mut self.half);
        let sums = self.random.has_sums(&self.t);
        if sums {
            self.refine_half();
        }
        self.fill_gram(sums);
        self.state.log_det_a = self.random.log_determinant();
        self.reduce_gram()?;
        self.state.factorised = true;
        self.profiled()
    }

    /// The criterion, where the factor of [Q e]'V^-1[Q e] and log|A| are there.
    fn profiled(&mut self) -> Result<f64> {
        let (system, m) = (self.system, self.system.m());
        let rows = if self.reml { system.n - (m - 1) } else { system.n } as f64;
        let rho = self.state.gram[m * m - 1];
        let mut form = rows;
        if let Some(prior) = &system.prior {
            let (rho2, penalty) = self.penalise(prior, rows)?;
            (form, self.state.penalty) = (rho2 / self.state.sigma2, penalty);
        } else {
            self.state.sigma2 = rho * rho / rows;
        }
        let state = &mut self.state;
        state.log_det_x = (0..m - 1).map(|j| 2.0 * state.gram[j * m + j].ln()).sum();
        let unit = 2.0 * system.map.unit.abs().ln();
        let scale = (2.0 * std::f64::consts::PI * state.sigma2).ln() + unit;
        let mut d = state.log_det_a + form + rows * scale - system.log_weights + state.penalty;
        d += self.correlated.as_ref().map_or(0.0, |own| own.log_det);
        if self.reml {
            d += state.log_det_x + 2.0 * system.map.log_determinant();
        }
        state.value = d;
        if d.is_finite() { Ok(d) } else { Err(Error::numeric("the criterion is not finite")) }
    }

    /// The rounding error of the last value: that of logarithms of the small numbers that random effects leave of [Q e]'[Q e].
    pub(super) fn rounding(&self) -> f64 {
        let m = self.system.m();
        // A correlation near its limits makes small numbers, too, but not by cancellation.
        if self.correlated.is_some() {
            return 0.0;
        }
        let relative = |j: usize| {
            let (own, left) = (if j + 1 == m { self.system.rss } else { 1.0 }, self.state.gram[j * m + j]);
            last_places(1.0) * own / (left * left)
        };
        let fixed = if self.reml { (0..m - 1).map(relative).sum() } else { 0.0 };
        let noise = fixed + self.weight() * relative(m - 1);
        if noise.is_finite() { noise } else { 0.0 }
    }

    /// An error if the model leaves nothing of the response that can be told from rounding.
    pub fn check_residual(&self) -> Result<()> {
        let m = self.system.m();
        let rho = self.state.gram[m * m - 1];
        if rho * rho > EXACT * self.system.rss {
            return Ok(());
        }
        Err(Error::numeric(NOTHING_LEFT))
    }

    /// The criterion, coefficients and variance at working parameters; nothing is evaluated where the last evaluation was there.
    pub fn move_to(&mut self, working: &[f64]) -> Result<f64> {
        let there = !working.is_empty() && self.state.at == working;
        if there { Ok(self.state.value) } else { self.search(working) }
    }

    /// Whether the last evaluation gave this value: at the same minimum, or at one that is as good.
    pub(super) fn is_at_value(&self, value: f64, within: f64) -> bool {
        !self.state.at.is_empty() && (self.state.value - value).abs() < within
    }

    pub(super) fn set_factors(&mut self, working: &[f64]) {
        self.t.set(&self.system.structures, working);
        for (k, confounded) in self.confounded.iter().enumerate() {
            if confounded.contains(&true) {
                self.t.forget_markov(k);
            }
        }
    }

    /// U, Lambda U in `work`, and Z'[Q e] - G Lambda U in `w`.
    fn refine_half(&mut self) {
        self.w.copy_from_slice(&self.half);
        self.random.half_solve_transpose(&mut self.w);
        self.random.unpermute_into(&self.t, &self.w, &mut self.u);
        self.work[..self.u.len()].copy_from_slice(&self.u);
        self.system.gram.apply_factors(&self.t, false, &mut self.work[..self.u.len()]);
        self.w.copy_from_slice(&self.system.zc);
        self.random.subtract_product(&self.system.gram, &self.work[..self.u.len()], &mut self.w);
    }

    /// [Q e]'V^-1[Q e] = [Q e]'R^-1[Q e] - half'half; without R the first is diag(I, e'e).
    /// Partial sums of r effects lose r^2 in half'half. With `refined` it is z'b + b'(z - G b) - U'U, z = Z'[Q e], b = Lambda U, in which
    /// errors of U are of second order.
    fn fill_gram(&mut self, refined: bool) {
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        let gram = &mut self.state.gram;
        gram.fill(0.0);
        if refined {
            wide::add_lower_product(m, 1.0, &self.work[..q * m], &self.w[..q * m], gram);
            wide::add_lower_product(m, -1.0, &self.u[..q * m], &self.u[..q * m], gram);
            wide::add_lower_product(m, 1.0, &self.system.zc, &self.work[..q * m], gram);
        } else {
            wide::add_lower_product(m, 1.0, &self.half[..q * m], &self.half[..q * m], gram);
        }
        for (e, v) in gram.iter_mut().enumerate() {
            let own = match &self.correlated {
                Some(own) => own.now.cc[e],
                None if e % (m + 1) == 0 => self.system.own_product(e % m),
                None => 0.0,
            };
            *v = own - *v;
        }
    }

    /// The Cholesky factor of [Q e]'V^-1[Q e], and the coefficients.
    fn reduce_gram(&mut self) -> Result<()> {
        let m = self.system.m();
        let gram = &mut self.state.gram;
        if let Some(j) = wide::cholesky(m, gram)? {
            return Err(Error::numeric(if j + 1 == m {
                NOTHING_LEFT
            } else {
                "the random effects vary so much beside the residual variance that the fixed effects are confounded with them to within rounding"
            }));
        }
        let gamma = &mut self.state.gamma;
        for (j, value) in gamma.iter_mut().enumerate() {
            *value = gram[j * m + m - 1];
        }
        dense::solve_lower_transpose(m, gram, gamma);
        Ok(())
    }

    /// After an evaluation: U and Z'V^-1[Q e], with u^ = U_e - U_Q gamma and z in the last columns.
    pub(super) fn solve(&mut self) {
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        if q == 0 {
            return;
        }
        self.solve_half();
        self.work[..q * m].copy_from_slice(&self.u);
        self.system.gram.apply_factors(&self.t, false, &mut self.work[..q * m]);
        self.w.copy_from_slice(self.correlated.as_ref().map_or(&self.system.zc, |own| &own.now.zc));
        self.random.subtract_product(gram_of(self.system, self.correlated.as_ref()), &self.work[..q * m], &mut self.w);
        subtract_fixed(q, &self.state.gamma, &mut self.u);
        subtract_fixed(q, &self.state.gamma, &mut self.w);
        self.divide_modes();
    }

    /// After a search's evaluation: what [`Deviance::evaluate`] leaves behind.
    pub(super) fn complete(&mut self) -> Result<()> {
        if self.state.factorised {
            return Ok(());
        }
        let (at, evaluations) = (std::mem::take(&mut self.state.at), self.state.evaluations);
        self.evaluate(&at)?;
        self.state.evaluations = evaluations;
        Ok(())
    }

    /// Where there is a precision, Z'V^-1[Q e] = T'^-1 U.
    fn divide_modes(&mut self) {
        let layout = &self.system.gram.layout;
        for k in 0..layout.terms.len() {
            let Some(markov) = self.random.precision(&self.t, k) else { continue };
            let range = layout.offset(k)..layout.offset(k + 1);
            for (w, u) in self.w.chunks_exact_mut(layout.q()).zip(self.u.chunks_exact(layout.q())) {
                w[range.clone()].copy_from_slice(&u[range.clone()]);
                w[range.clone()].chunks_exact_mut(markov.size()).for_each(|w| markov.divide_transpose(w));
            }
        }
    }

    /// The same where Lambda can be divided by: Lambda'Z'V^-1[Q e] = U.
    pub(super) fn solve_by_division(&mut self) {
        let q = self.system.gram.layout.q();
        if q == 0 {
            return;
        }
        self.solve_half();
        subtract_fixed(q, &self.state.gamma, &mut self.u);
        self.w.copy_from_slice(&self.u);
        divide(&self.system.gram.layout, &self.t, true, &mut self.w);
    }

    fn solve_half(&mut self) {
        self.random.half_solve_transpose(&mut self.half);
        self.random.unpermute_into(&self.t, &self.half, &mut self.u);
    }

    /// Z'R^-1Z.
    pub(super) fn gram(&self) -> &Gram {
        gram_of(self.system, self.correlated.as_ref())
    }
}

impl State {
    /// An evaluation begins.
    fn start(&mut self) {
        self.evaluations += 1;
        self.at.clear();
        self.factorised = false;
    }
}

/// The last of columns of length q becomes what the others, times `gamma`, leave of it.
fn subtract_fixed(q: usize, gamma: &[f64], columns: &mut [f64]) {
    let (columns, last) = columns.split_at_mut(q * gamma.len());
    for (column, &g) in columns.chunks_exact(q).zip(gamma) {
        dense::add_scaled(last, -g, column);
    }
}

/// v <- Lambda^-1 v, or Lambda'^-1 v, in place, for any number of columns.
pub(super) fn divide(layout: &Layout, t: &[Vec<f64>], transpose: bool, v: &mut [f64]) {
    for column in v.chunks_exact_mut(layout.q()) {
        let mut rest = column;
        for (size, t) in layout.terms.iter().zip(t) {
            let r = size.effects;
            let (own, tail) = rest.split_at_mut(size.levels * r);
            rest = tail;
            if r == 1 {
                for v in own {
                    *v /= t[0];
                }
            } else if r == 2 {
                let (inverse, below) = ([1.0 / t[0], 1.0 / t[3]], t[1]);
                for b in own.as_chunks_mut::<2>().0 {
                    if transpose {
                        b[1] *= inverse[1];
                        b[0] = (b[0] - below * b[1]) * inverse[0];
                    } else {
                        b[0] *= inverse[0];
                        b[1] = (b[1] - below * b[0]) * inverse[1];
                    }
                }
            } else if transpose {
                own.chunks_exact_mut(r).for_each(|b| dense::solve_lower_transpose(r, t, b));
            } else {
                own.chunks_exact_mut(r).for_each(|b| dense::solve_lower(r, t, b));
            }
        }
    }
}

/// Z'R^-1Z as it is.
pub(super) fn gram_of<'s>(system: &'s LinearSystem, correlated: Option<&'s Correlated>) -> &'s Gram {
    correlated.map_or(&system.gram, |own| &own.now.gram)
}
