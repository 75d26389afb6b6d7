//! All estimates of a linear mixed model at given parameters, in the user's units.

use super::deviance::Deviance;
use super::parameters::theta_from_working;
use super::system::LinearSystem;
use crate::covariance::with_ranges;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::linalg::{dense, wide};
use crate::random::{TermSolution, own_block};
use crate::search::boundary::null_directions;
use crate::watch::Phase;

/// The relative residual of the random effects' system above which a solution is refused: half of the digits are gone.
const INEXACT: f64 = 1e-6;

/// A residual, in working units (those of the response's deviation), that is none.
const NEGLIGIBLE: f64 = 1e-12;

/// What memory is for.
const SOLUTION: &str = "solutions for the random effects";

/// The estimates. Matrices are column-major.
pub struct Solution {
    pub theta: Vec<f64>,
    /// Of the residuals, and its standard error.
    pub correlation: Option<(f64, f64)>,
    /// Of the kept columns of X.
    pub beta: Vec<f64>,
    /// `[p, p]`.
    pub vcov: Vec<f64>,
    /// C with vcov = C C', `[p, p]`.
    pub root: Vec<f64>,
    pub sigma: f64,
    /// Without what priors add to it.
    pub criterion: f64,
    /// That: -2 log of their density.
    pub penalty: f64,
    pub terms: Vec<TermSolution>,
}

/// Solves the model at working parameters.
pub fn solve(deviance: &mut Deviance<'_>, working: &[f64]) -> Result<Solution> {
    let system = deviance.system;
    if let Some(products) = &system.correlation {
        products.scale.check_unit(working[system.n_theta()])?;
    }
    let std_error = deviance.correlation_std_error(working)?;
    let criterion = deviance.evaluate(working)?;
    deviance.solve();
    deviance.probe()?;
    let blocks = deviance.random.blocks(&system.gram, &deviance.t)?;
    let sigma = deviance.sigma();
    let mut theta = vec![0.0; system.n_working()];
    theta_from_working(system, working, &mut theta);
    let correlation = if system.correlation.is_some() { theta.pop().map(|rho| (rho, std_error)) } else { None };
    let (vcov, root) = (deviance.vcov(sigma), deviance.vcov_factor(sigma));
    let (mut terms, count) = (Vec::new(), system.structures.len());
    for (k, (structure, range)) in with_ranges(&system.structures).enumerate() {
        let boundary = null_directions(*structure, &working[range]).iter().map(|d| system.units(k).user_direction(d)).collect();
        deviance.watch.at(Phase::Modes, k, Some(count))?;
        terms.push(deviance.term(k, sigma, blocks.as_deref(), boundary)?);
    }
    let penalty = deviance.state.penalty;
    let (criterion, beta) = (criterion - penalty, deviance.fixed_effects());
    Ok(Solution { theta, correlation, beta, vcov, root, sigma, criterion, penalty, terms })
}

impl Deviance<'_> {
    /// The user's fixed effects of the last evaluation.
    pub fn fixed_effects(&self) -> Vec<f64> {
        self.system.map.estimate(&self.state.gamma)
    }

    /// The residual standard deviation of the last evaluation, in the user's units.
    pub fn sigma(&self) -> f64 {
        self.state.sigma2.sqrt() * self.system.map.unit.abs()
    }

    /// Standard errors of the user's fixed effects at the last evaluation.
    pub fn std_errors(&self) -> Vec<f64> {
        let (p, vcov) = (self.system.m() - 1, self.vcov(self.sigma()));
        (0..p).map(|j| vcov[j * (p + 1)].sqrt()).collect()
    }

    /// Checks the last solve by its residual: with z = Z'V^-1 r, Lambda'z - u is what A u lacks of Lambda'Z'r. It is measured against the
    /// right-hand sides: where the random effects explain nearly everything these are far larger than u, and so is their rounding.
    fn probe(&mut self) -> Result<()> {
        let gram = &self.system.gram;
        let (q, m) = (gram.layout.q(), self.system.m());
        let mut z = try_copy(SOLUTION, &self.w[(m - 1) * q..])?;
        gram.apply_factors(&self.t, true, &mut z);
        let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
        let off = norm(&mut self.u[(m - 1) * q..].iter().zip(&z).map(|(a, b)| a - b));
        let mut right = try_copy(SOLUTION, self.correlated.as_ref().map_or(&self.system.zc, |own| &own.now.zc))?;
        gram.apply_factors(&self.t, true, &mut right);
        let shares = self.state.gamma.iter().copied().chain([1.0]);
        let size: f64 = right.chunks_exact(q.max(1)).zip(shares).map(|(c, share)| share.abs() * norm(&mut c.iter().copied())).sum();
        self.check_residual()?;
        if off <= INEXACT * size + NEGLIGIBLE {
            Ok(())
        } else {
            Err(Error::numeric(format!(
                "the random-effects system was solved with a relative error of {:.1e}; centring and scaling the variables left of a bar may help",
                off / size
            )))
        }
    }

    /// sigma^2 (X'V^-1 X)^-1 of the user's columns.
    pub fn vcov(&self, sigma: f64) -> Vec<f64> {
        product_with_transpose(self.system.m() - 1, &self.vcov_factor(sigma))
    }

    /// C = sigma W^-1 R^-T: with X = Q W and Q'V^-1 Q = R R' the covariance of the user's fixed effects is C C'.
    pub fn vcov_factor(&self, sigma: f64) -> Vec<f64> {
        let Some(information) = self.prior_information() else { return covariance_root(self.system, &self.state.gram, sigma) };
        // With priors of coefficients: R R' + sigma^2 P takes the place of R R'.
        let (m, p, gram) = (self.system.m(), self.system.m() - 1, &self.state.gram);
        let mut factor = vec![0.0; m * m];
        for (i, j) in (0..p * p).map(|e| (e % p, e / p)).filter(|(i, j)| i >= j) {
            let own: f64 = (0..=j).map(|k| gram[k * m + i] * gram[k * m + j]).sum();
            factor[j * m + i] = own + self.state.sigma2 * information[j * p + i];
        }
        factor[m * m - 1] = 1.0;
        if dense::cholesky(m, &mut factor).is_err() {
            return vec![f64::NAN; p * p];
        }
        covariance_root(self.system, &factor, sigma)
    }

    /// One term's covariance, conditional modes and conditional covariances sigma^2 T (A^-1)_jj T', which `blocks` has if it is there.
    fn term(&self, k: usize, sigma: f64, blocks: Option<&[f64]>, boundary: Vec<Vec<f64>>) -> Result<TermSolution> {
        let system = self.system;
        let (q, m) = (system.gram.layout.q(), system.m());
        let size = system.gram.layout.terms[k];
        let (r, first) = (size.effects, system.gram.layout.offset(k));
        let unit = system.map.unit;
        let t = system.units(k).root(&self.t[k]);
        let mut modes = try_vec(SOLUTION, 0.0, r * size.levels)?;
        let mut condvar = try_vec(SOLUTION, 0.0, r * r * size.levels)?;
        let mut block = vec![0.0; r * r];
        for level in 0..size.levels {
            let u = &self.u[(m - 1) * q + first + level * r..][..r];
            for a in 0..r {
                modes[level * r + a] = unit * (0..r).map(|b| t[b * r + a] * u[b]).sum::<f64>();
            }
            let out = &mut condvar[level * r * r..(level + 1) * r * r];
            if let Some(blocks) = blocks {
                system.units(k).covariance(sigma * sigma, &blocks[level * r * r..(level + 1) * r * r], out);
                continue;
            }
            if let Some((inverse, col_ptr)) = self.random.inverse() {
                own_block(inverse, col_ptr, first + level * r, r, &mut block);
            }
            dense::sandwich(r, &t, &block, sigma * sigma, out);
        }
        let identity: Vec<f64> = (0..r * r).map(|e| if e % (r + 1) == 0 { 1.0 } else { 0.0 }).collect();
        let mut cov = vec![0.0; r * r];
        dense::sandwich(r, &t, &identity, sigma * sigma, &mut cov);
        let root = t.iter().map(|v| sigma * v).collect();
        Ok(TermSolution { cov, root, modes, condvar, condvar_full: None, boundary })
    }
}

/// C = sigma W^-1 R^-T with R in the leading rows of a lower factor `[m, m]`, `[p, p]`.
pub(super) fn covariance_root(system: &LinearSystem, factor: &[f64], sigma: f64) -> Vec<f64> {
    let m = system.m();
    let p = m - 1;
    let mut c = vec![0.0; p * p];
    (0..p).for_each(|j| c[j * (p + 1)] = sigma);
    wide::solve_lower_transpose(m, factor, p, &mut c);
    system.map.directions(&mut c);
    c
}

/// C C', `[p, p]`.
pub(super) fn product_with_transpose(p: usize, c: &[f64]) -> Vec<f64> {
    let mut product = vec![0.0; p * p];
    if p < wide::WIDE {
        for j in 0..p {
            for b in 0..p {
                for a in 0..=b {
                    product[b * p + a] += c[j * p + a] * c[j * p + b];
                }
            }
        }
    } else {
        dense::add_upper_square(dense::matrix(p, p, c), &mut product);
    }
    for (a, b) in (0..p).flat_map(|a| (0..a).map(move |b| (a, b))) {
        product[b * p + a] = product[a * p + b];
    }
    product
}
