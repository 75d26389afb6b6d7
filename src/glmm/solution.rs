//! All estimates of a generalised model at given parameters, in the user's units, with their covariance.

use super::approximation::Inside;
use super::border::Border;
use super::edge::{AtEdge, Edges, Kind, flat_places};
use super::inverse::{inverse_within, sparse_dot};
use super::jet::Separated;
use super::laplace::Laplace;
use super::mode::MODES;
use crate::error::{Code, Result, try_copy, try_gather, try_vec};
use crate::family::Order;
use crate::linalg::dense;
use crate::options::StdErrors;
use crate::random::{TermSolution, own_block};
use crate::search::boundary::null_directions;
use crate::search::theta_slopes;
use crate::watch::Phase;

/// The estimates. Matrices are column-major.
pub struct Solution {
    /// Without what priors add to it.
    pub deviance: f64,
    /// That: -2 log of their density.
    pub penalty: f64,
    pub theta: Vec<f64>,
    /// Of each predictor, the kept columns.
    pub beta: Vec<Vec<f64>>,
    /// Shared parameters on their working scale.
    pub shared: Vec<f64>,
    /// Of the fixed effects of all predictors, then the shared parameters (working scale), then theta; NaN for what has none.
    pub vcov: Vec<f64>,
    /// R with vcov = R R', its rows those of vcov, but for theta: they are those of the model's own parameters, in which no digits are lost to
    /// columns far from zero. Zero for theta that is not known.
    pub root: Vec<f64>,
    /// The model's own parameters of covariances.
    pub working_theta: Vec<f64>,
    /// The parameters that have none because they are at an edge, which the others take as known.
    pub at_edge: Vec<AtEdge>,
    pub terms: Vec<TermSolution>,
    /// The number of directions of separation: as many of the root's columns, the last, are these directions in no particular length.
    pub wide: usize,
    /// Directions without curvature, in the order of `vcov`.
    pub flats: Vec<Vec<f64>>,
    /// How far the estimate is in these directions, in the order of `vcov`; empty without any.
    pub toward: Vec<f64>,
    /// Linear predictors per row.
    pub eta: Vec<Vec<f64>>,
    /// Parameters in whose direction the deviance is flat: their standard errors are without meaning.
    pub flat: bool,
    /// What the user should know of the standard errors.
    pub remarks: Vec<String>,
}

/// Solves the model at working parameters.
pub fn solve(laplace: &mut Laplace<'_>, x: &[f64], std_errors: StdErrors) -> Result<Solution> {
    let modes = try_copy(MODES, &laplace.mode.u)?;
    let (uncertainty, remark) = laplace.uncertainty(x, std_errors)?;
    laplace.watch = laplace.watch.without_end();
    let Uncertainty { vcov: working_vcov, edges, separations, flat, slopes } = uncertainty;
    // The differences have left modes of other points.
    laplace.start_modes(&modes);
    let penalised = laplace.evaluate(x, Order::Gradient)?;
    let penalty = laplace.penalty;
    laplace.require_modes()?;
    let model = laplace.model;
    let theta = model.theta_from_working(x);
    let mut beta = vec![];
    let mut gamma = vec![laplace.fixed_effects(x)];
    gamma.extend(laplace.outer().zip(laplace.ranges()).filter(|(a, _)| *a > 0).map(|(_, range)| x[range].to_vec()));
    for (part, gamma) in model.fixed.iter().zip(gamma) {
        let mut own = gamma;
        part.to_user(&mut own);
        beta.push(own);
    }
    let Covariance { vcov, root, at_edge, toward, flats } = laplace.user_covariance(x, &working_vcov, &edges, &separations);
    let remarks: Vec<String> = remark.into_iter().collect();
    let mut terms = laplace.term_solutions(x)?;
    if let Some(slopes) = &slopes {
        laplace.add_uncertainty(&working_vcov, slopes, &mut terms)?;
    }
    Ok(Solution {
        deviance: penalised - penalty,
        penalty,
        theta,
        beta,
        shared: x[laplace.shared()].to_vec(),
        vcov,
        root,
        working_theta: x[..model.n_theta()].to_vec(),
        at_edge,
        terms,
        wide: separations.directions.len(),
        toward,
        flats,
        eta: laplace.mode.eta.iter().map(|eta| try_copy("linear predictor", eta)).collect::<Result<_>>()?,
        flat,
        remarks,
    })
}

/// What is known of the user's parameters.
struct Covariance {
    vcov: Vec<f64>,
    root: Vec<f64>,
    at_edge: Vec<AtEdge>,
    toward: Vec<f64>,
    flats: Vec<Vec<f64>>,
}

/// What is known of the working parameters.
struct Uncertainty {
    /// `[m, m]`, those inside first.
    vcov: Vec<f64>,
    edges: Edges,
    separations: Separated,
    /// There is another direction without curvature.
    flat: bool,
    /// Derivatives of the random effects in the free parameters, each `[q]` with the parameter's number.
    slopes: Option<Vec<(usize, Vec<f64>)>>,
}

impl Laplace<'_> {
    /// The covariance of the working parameters. Where the deviance can't be had around the estimate, the conditional one, with a remark.
    fn uncertainty(&mut self, x: &[f64], std_errors: StdErrors) -> Result<(Uncertainty, Option<String>)> {
        let modes = try_copy(MODES, &self.mode.u)?;
        let found = self.covariance_of_parameters(x, std_errors);
        let late = self.watch.is_late();
        match found {
            Err(error) if error.code == Code::Numeric && (late || std_errors == StdErrors::Marginal) => {
                // What is left to do are two evaluations, from the modes of the estimate.
                self.start_modes(&modes);
                self.watch = self.watch.without_end();
                let why = if late { "the deadline was reached".into() } else { format!("near the estimate {}", error.message) };
                let what = format!("standard errors are those given the covariance parameters, because {why}");
                let remark = (std_errors == StdErrors::Marginal).then_some(what);
                Ok((self.covariance_of_parameters(x, StdErrors::Conditional)?, remark))
            }
            other => Ok((other?, None)),
        }
    }

    /// The covariance of the working parameters, those inside first; NaN for what is at a boundary or edge.
    pub(super) fn working_covariance(&mut self, x: &[f64], std_errors: StdErrors) -> Result<Vec<f64>> {
        Ok(self.covariance_of_parameters(x, std_errors)?.vcov)
    }

    /// The covariance of the fixed effects that are inside, given the working parameters.
    pub(super) fn covariance_inside(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        self.evaluate(x, Order::Gradient)?;
        self.factorize_observed()?;
        Ok(self.border.as_ref().map_or_else(Vec::new, Border::covariance))
    }

    /// The covariance of the working parameters, those inside first: 2 H^-1 with H the Hessian of the deviance. `[m, m]`, with NaN rows
    /// for parameters of exact zeros, which are taken as known. And whether there was a direction without curvature.
    fn covariance_of_parameters(&mut self, x: &[f64], std_errors: StdErrors) -> Result<Uncertainty> {
        let n = x.len();
        let (mut gradient, mut approximate) = (vec![0.0; n], vec![0.0; n * n]);
        self.evaluate_hessian(x, &mut gradient, &mut approximate)?;
        let mut std_errors = std_errors;
        if self.is_jeffreys() {
            self.put_jeffreys_information(&mut approximate, n)?;
            std_errors = StdErrors::Conditional;
        }
        let inside = self.mode.gamma.len();
        let m = n + inside;
        let mut separations = self.separations(x)?;
        separations.stay_within(&self.prior_rows(inside, m));
        if self.is_jeffreys() {
            separations = Separated::default();
        }
        let free: Vec<usize> = match std_errors {
            StdErrors::Marginal => {
                let known = |j: usize| j < self.model.n_theta() && (approximate[j * (n + 1)] <= 0.0 || self.is_zero(x, j));
                (0..n).filter(|&j| !known(j)).collect()
            }
            StdErrors::Conditional => (self.model.n_theta()..n).collect(),
        };
        let mut hessian = vec![0.0; n * n];
        let mut slopes = vec![vec![0.0; inside]; n];
        let mut modes = None;
        match std_errors {
            StdErrors::Marginal => {
                let differences = self.differences(x, &free, &approximate)?;
                for (&j, own) in free.iter().zip(&differences) {
                    hessian[j * n..(j + 1) * n].copy_from_slice(&own.gradient);
                    slopes[j].copy_from_slice(&own.gamma);
                }
                modes = Some(free.iter().copied().zip(differences.into_iter().map(|own| own.modes)).collect());
            }
            StdErrors::Conditional => hessian.copy_from_slice(&approximate),
        }
        let of_outer: Vec<Vec<f64>> = separations.directions.iter().map(|d| d[inside..].to_vec()).collect();
        let mut edges = self.edges(x, &hessian, &of_outer)?;
        let mean = self.ranges().first().filter(|_| inside == 0).map_or(self.model.n_theta(), |range| range.end);
        let pivots = separations.pivots(inside);
        let covariant: Vec<usize> = free.iter().copied().filter(|j| !pivots.contains(j)).collect();
        let (inverse, flat) = inverse_within(mean, &covariant, &mut edges, &hessian);
        let covered = edges.covered(&free);
        let mut out = vec![f64::NAN; m * m];
        for &i in &covered {
            for &j in &covered {
                out[(inside + j) * m + inside + i] = inverse[j * n + i];
            }
        }
        if inside > 0 {
            // The differences have left the border of another point.
            self.evaluate(x, Order::Gradient)?;
            self.factorize_observed()?;
            self.add_inside(&covered, &inverse, &slopes, &mut out);
        }
        Ok(Uncertainty { vcov: out, edges, separations, flat, slopes: modes })
    }

    /// The covariance of fixed effects that are inside: S^-1 given the parameters, and what the parameters' own adds,
    /// (dgamma/dx) V (dgamma/dx)'.
    fn add_inside(&self, free: &[usize], inverse: &[f64], slopes: &[Vec<f64>], out: &mut [f64]) {
        let Some(border) = &self.border else { return };
        let p = self.mode.gamma.len();
        let (m, n) = (out.len().isqrt(), inverse.len().isqrt());
        let given = border.covariance();
        // At the joint mode given theta (lme4's nAGQ = 0) the covariance is that of the regression, given theta.
        let slopes: Vec<Vec<f64>> = match self.how.inside {
            Inside::Mode => slopes.iter().map(|s| vec![0.0; s.len()]).collect(),
            _ => slopes.to_vec(),
        };
        let vs = |b: usize, i: usize| -> f64 { free.iter().map(|&a| inverse[b * n + a] * slopes[a][i]).sum() };
        for i in 0..p {
            for &j in free {
                out[(p + j) * m + i] = vs(j, i);
                out[i * m + p + j] = out[(p + j) * m + i];
            }
            for j in 0..p {
                out[j * m + i] = given[j * p + i] + free.iter().map(|&b| vs(b, i) * slopes[b][j]).sum::<f64>();
            }
        }
    }

    /// Whether parameter j is one of a column of T that is zero.
    fn is_zero(&self, x: &[f64], j: usize) -> bool {
        let mut first = 0;
        for structure in &self.model.structures {
            let n = structure.n_theta();
            if (first..first + n).contains(&j) {
                let mut d = vec![0.0; structure.size * structure.size];
                let mut t = d.clone();
                structure.factor(&x[first..first + n], &mut t);
                structure.derivative(&x[first..first + n], j - first, &mut d);
                // All of the derivative is in columns that are zero.
                let r = structure.size;
                return (0..r).all(|c| {
                    let zero = t[c * r..(c + 1) * r].iter().all(|v| *v == 0.0);
                    zero || d[c * r..(c + 1) * r].iter().all(|v| *v == 0.0)
                });
            }
            first += n;
        }
        false
    }

    /// Adds (db/dx) V (db/dx)' to the conditional covariances (the delta method of TMB's sdreport).
    fn add_uncertainty(&self, vcov: &[f64], slopes: &[(usize, Vec<f64>)], terms: &mut [TermSolution]) -> Result<()> {
        let model = self.model;
        let m = vcov.len().isqrt();
        let inside = self.mode.gamma.len();
        let v = |a: usize, b: usize| vcov[(inside + slopes[b].0) * m + inside + slopes[a].0];
        // The user's modes are those inside times a factor that depends on parameters, too.
        let of_unit = model.log_unit_slopes(m - inside, model.n_theta());
        for (k, term) in terms.iter_mut().enumerate() {
            let (size, first, map) = (model.layout.terms[k], model.layout.offset(k), model.units(k).map());
            let r = size.effects;
            let (mut full, modes) = (try_copy("covariances of the random effects", &term.condvar)?, &term.modes);
            let count = slopes.len();
            let (mut own, mut image) = (vec![0.0; count * r], vec![0.0; count * r]);
            for (level, out) in full.chunks_exact_mut(r * r).enumerate() {
                self.watch.pulse_each(level)?;
                // In the user's units, and V times them.
                for (own, (parameter, slope)) in own.chunks_exact_mut(r).zip(slopes) {
                    let unit = of_unit.get(*parameter).copied().unwrap_or(0.0);
                    own.iter_mut().zip(&modes[level * r..]).for_each(|(own, mode)| *own = unit * mode);
                    for (column, v) in map.chunks_exact(r).zip(&slope[first + level * r..][..r]) {
                        dense::add_scaled(own, *v, column);
                    }
                }
                image.fill(0.0);
                for (b, image) in image.chunks_exact_mut(r).enumerate() {
                    own.chunks_exact(r).enumerate().for_each(|(a, own)| dense::add_scaled(image, v(a, b), own));
                }
                for (own, image) in own.chunks_exact(r).zip(image.chunks_exact(r)) {
                    out.chunks_exact_mut(r).zip(own).for_each(|(column, own)| dense::add_scaled(column, *own, image));
                }
            }
            term.condvar_full = Some(full);
        }
        Ok(())
    }

    /// From working parameters to the user's: fixed effects of all predictors, shared parameters, theta. NaN for those at an edge; and a
    /// root of it, in which these are as good as known, and theta stays that of the model. Directions of separation join the root.
    fn user_covariance(&self, x: &[f64], working: &[f64], edges: &Edges, separations: &Separated) -> Covariance {
        let model = self.model;
        let (n_theta, m) = (model.n_theta(), working.len().isqrt());
        let inside = m - x.len();
        let rows = self.slopes_of_user(x, inside);
        let k = rows.len();
        let mut out = vec![0.0; k * k];
        for i in 0..k {
            let left: Vec<f64> = (0..m).map(|b| sparse_dot(&rows[i], &working[b * m..(b + 1) * m])).collect();
            for j in 0..=i {
                let value = sparse_dot(&rows[j], &left);
                (out[i * k + j], out[j * k + i]) = (value, value);
            }
        }
        let half = root_of_known(m, working);
        let first = k - n_theta;
        // At the joint mode (lme4's nAGQ = 0) all is given theta.
        let known = |v: f64| if v.is_nan() || self.how.inside == Inside::Mode { 0.0 } else { v };
        let rooted = |column: &[f64], i: usize| match i.checked_sub(first) {
            Some(j) => known(column[inside + j]),
            None => sparse_dot(&rows[i], column),
        };
        let rooted = &rooted;
        let directions = half.chunks_exact(m.max(1)).chain(separations.directions.iter().map(|d| &d[..]));
        let root = directions.flat_map(|column| (0..k).map(move |i| rooted(column, i))).collect();
        let found = rows.iter().filter(|_| !separations.directions.is_empty());
        let toward = found.map(|row| sparse_dot(row, &separations.toward)).collect();
        let mut at_edge: Vec<AtEdge> = rows.iter().enumerate().filter_map(|(i, row)| edges.of(i, &row[inside..])).collect();
        let mut flats = vec![];
        for flat in edges.flats() {
            let sum = |row: &Vec<f64>, of: &dyn Fn(f64) -> f64| row[inside..].iter().zip(flat).map(|(r, f)| of(r * f)).sum::<f64>();
            let moved: Vec<f64> = rows.iter().map(|row| sum(row, &|v| v)).collect();
            let largest: Vec<f64> = rows.iter().map(|row| sum(row, &f64::abs)).collect();
            let places = flat_places(&moved, &largest, |i| out[i * (k + 1)]);
            at_edge.extend(places.into_iter().map(|place| AtEdge { place, upward: true, kind: Kind::Flat }));
            flats.push(moved);
        }
        // An element of theta that moves with no parameter is an exact zero.
        let zeros = (first..k).filter(|i| rows[*i].iter().all(|slope| *slope == 0.0));
        for place in at_edge.iter().map(|edge| edge.place).chain(zeros) {
            (0..k).for_each(|j| (out[place * k + j], out[j * k + place]) = (f64::NAN, f64::NAN));
        }
        Covariance { vcov: out, root, at_edge, toward, flats }
    }

    /// J with user = J working, row by row.
    fn slopes_of_user(&self, x: &[f64], inside: usize) -> Vec<Vec<f64>> {
        let (model, n_theta, m) = (self.model, self.model.n_theta(), inside + x.len());
        let mut rows: Vec<Vec<f64>> = vec![];
        for (a, part) in model.fixed.iter().enumerate() {
            let outer = self.outer().start;
            let first = if a < outer { 0 } else { inside + self.ranges()[a - outer].start };
            let mut inverse = vec![0.0; part.p * part.p];
            for (j, column) in inverse.chunks_exact_mut(part.p.max(1)).enumerate() {
                column[j] = 1.0;
                part.to_user(column);
            }
            for i in 0..part.p {
                let mut row = vec![0.0; m];
                (i..part.p).for_each(|j| row[first + j] = inverse[j * part.p + i]);
                rows.push(row);
            }
        }
        for j in self.shared() {
            let mut row = vec![0.0; m];
            row[inside + j] = 1.0;
            rows.push(row);
        }
        let slopes = theta_slopes(&x[..n_theta], n_theta, &|working| model.theta_from_working(working));
        for i in 0..n_theta {
            let mut row = vec![0.0; m];
            (0..n_theta).for_each(|j| row[inside + j] = slopes[j * n_theta + i]);
            rows.push(row);
        }
        rows
    }

    fn term_solutions(&mut self, x: &[f64]) -> Result<Vec<TermSolution>> {
        let model = self.model;
        let b = self.mode.random_effects()?;
        let mut extra: Vec<Vec<f64>> = vec![];
        if let (Inside::Integrated, Some(border)) = (self.how.inside, &self.border) {
            border.whitened(&mut self.mode, |mode, g, _| {
                let mut own = try_copy(MODES, g)?;
                mode.precision.apply_lambda(&mut own);
                extra.push(own);
                Ok(())
            })?;
        }
        // With the information of the determinant, as lme4 has it where that is the expected one.
        let blocks = self.mode.precision.system.blocks(&self.mode.precision.gram.gram, &self.mode.precision.t)?;
        let mut all = vec![];
        let mut at = 0;
        for (k, structure) in model.structures.iter().enumerate() {
            self.watch.at(Phase::Modes, k, Some(model.structures.len()))?;
            let range = at..at + structure.n_theta();
            at = range.end;
            let (size, first, units) = (model.layout.terms[k], model.layout.offset(k), model.units(k));
            let (r, map) = (size.effects, units.map());
            let root = units.root(&self.mode.precision.t[k]);
            let in_user_units =
                |own: &[f64]| -> Vec<f64> { (0..r).map(|e| (0..r).map(|c| map[c * r + e] * own[c]).sum()).collect() };
            let modes = try_gather(MODES, b[first..first + size.levels * r].chunks_exact(r).flat_map(in_user_units))?;
            let mut condvar = try_vec("covariances of the random effects", 0.0, r * r * size.levels)?;
            let mut block = vec![0.0; r * r];
            for (level, out) in condvar.chunks_exact_mut(r * r).enumerate() {
                self.watch.pulse_each(level)?;
                if let Some(blocks) = &blocks {
                    units.covariance(1.0, &blocks[level * r * r..(level + 1) * r * r], out);
                } else if let Some((inverse, col_ptr)) = self.mode.precision.system.inverse() {
                    own_block(inverse, col_ptr, first + level * r, r, &mut block);
                    dense::sandwich(r, &root, &block, 1.0, out);
                }
                for column in &extra {
                    let own = in_user_units(&column[first + level * r..][..r]);
                    for e in 0..r * r {
                        out[e] += own[e % r] * own[e / r];
                    }
                }
            }
            let identity: Vec<f64> = (0..r * r).map(|e| if e % (r + 1) == 0 { 1.0 } else { 0.0 }).collect();
            let mut cov = vec![0.0; r * r];
            dense::sandwich(r, &root, &identity, 1.0, &mut cov);
            let boundary = null_directions(*structure, &x[range]).iter().map(|d| units.user_direction(d)).collect();
            all.push(TermSolution { cov, root, modes, condvar, condvar_full: None, boundary });
        }
        // In the form that the border was made with.
        self.mode.precision.system.factorize(&self.mode.precision.gram.gram, &self.mode.precision.t)?;
        Ok(all)
    }
}

/// R with R R' the covariance; NaN in the rows of what is not known.
pub fn root_of_known(m: usize, covariance: &[f64]) -> Vec<f64> {
    let known: Vec<usize> = (0..m).filter(|&j| covariance[j * (m + 1)].is_finite()).collect();
    let k = known.len();
    let part: Vec<f64> = (0..k * k).map(|e| covariance[known[e / k] * m + known[e % k]]).collect();
    let own = dense::semidefinite_cholesky(k, &part);
    let mut root = vec![0.0; m * m];
    for j in (0..m).filter(|j| !known.contains(j)) {
        (0..m).for_each(|c| root[c * m + j] = f64::NAN);
    }
    for (a, &i) in known.iter().enumerate() {
        (0..k).for_each(|c| root[c * m + i] = own[c * k + a]);
    }
    root
}
