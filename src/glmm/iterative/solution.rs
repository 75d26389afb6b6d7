//! The estimates at the end of a search, in the user's units.

use super::evaluation::{AtModes, Problem};
use super::std_errors::Uncertainty;
use crate::choice::Choice;
use crate::error::{Error, Result, try_copy, try_gather, try_vec};
use crate::glmm::inverse::sparse_dot;
use crate::glmm::mode::MODES;
use crate::glmm::separation::of_mean;
use crate::glmm::solution::{Solution, root_of_known};
use crate::iterative::evaluation::Problem as _;
use crate::iterative::search::Found;
use crate::linalg::dense;
use crate::options::Engine;
use crate::random::TermSolution;
use crate::search::boundary::null_directions;
use crate::search::theta_slopes;
use crate::watch::Phase;

impl Problem<'_> {
    /// The solution; an error where fixed effects have no finite estimates.
    pub fn solution(&self, found: &Found<AtModes>, uncertainty: &Uncertainty) -> Result<Solution> {
        let model = self.modes.model;
        let n_theta = model.n_theta();
        let own = &found.evaluation.own;
        let eta = vec![try_copy("linear predictor", &own.eta)?];
        let gamma = &found.working[n_theta..];
        if !of_mean(model, &eta, gamma)?.directions.is_empty() {
            return Err(Error::unsupported(format!(
                "engine: some fixed effects have no finite estimates (separation), which engine = {} does not fit; fit with engine = {}",
                Engine::Iterative.name(),
                Engine::Direct.name()
            )));
        }
        let (vcov, root) = self.user_covariance(found, &uncertainty.covariance);
        let mut beta = gamma.to_vec();
        model.fixed[0].to_user(&mut beta);
        Ok(Solution {
            deviance: found.evaluation.value,
            penalty: 0.0,
            theta: model.theta_from_working(&found.working[..n_theta]),
            beta: vec![beta],
            shared: vec![],
            vcov,
            root,
            working_theta: found.working[..n_theta].to_vec(),
            at_edge: vec![],
            terms: self.terms(found, &uncertainty.covariance)?,
            wide: 0,
            flats: vec![],
            toward: vec![],
            eta,
            flat: false,
            remarks: uncertainty.remark.iter().cloned().collect(),
        })
    }

    /// From working parameters to the user's, the fixed effects first; and a root of it, in which theta stays that of the model.
    fn user_covariance(&self, found: &Found<AtModes>, working: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (model, n) = (self.modes.model, found.working.len());
        let (n_theta, part) = (model.n_theta(), &model.fixed[0]);
        let p = part.p;
        let mut rows = vec![vec![0.0; n]; n];
        for j in 0..p {
            let mut column = vec![0.0; p];
            column[j] = 1.0;
            part.to_user(&mut column);
            column.iter().enumerate().for_each(|(i, v)| rows[i][n_theta + j] = *v);
        }
        let slopes = theta_slopes(&found.working[..n_theta], n_theta, &|working| model.theta_from_working(working));
        for i in 0..n_theta {
            (0..n_theta).for_each(|j| rows[p + i][j] = slopes[j * n_theta + i]);
        }
        let mut vcov = vec![0.0; n * n];
        for i in 0..n {
            let left: Vec<f64> = (0..n).map(|b| sparse_dot(&rows[i], &working[b * n..(b + 1) * n])).collect();
            for j in 0..=i {
                let is_zero = |k: usize| rows[k].iter().all(|v| *v == 0.0);
                let value = if is_zero(i) || is_zero(j) { f64::NAN } else { sparse_dot(&rows[j], &left) };
                (vcov[i * n + j], vcov[j * n + i]) = (value, value);
            }
        }
        let half = root_of_known(n, working);
        let known = |v: f64| if v.is_nan() { 0.0 } else { v };
        let rooted = |column: &[f64], i: usize| match i.checked_sub(p) {
            Some(j) => known(column[j]),
            None => sparse_dot(&rows[i], column),
        };
        let root = half.chunks_exact(n.max(1)).flat_map(|column| (0..n).map(|i| rooted(column, i)).collect::<Vec<_>>()).collect();
        (vcov, root)
    }

    fn terms(&self, found: &Found<AtModes>, working: &[f64]) -> Result<Vec<TermSolution>> {
        let (model, own, n) = (self.modes.model, &found.evaluation.own, found.working.len());
        let levels = found.evaluation.levels.as_ref();
        let known: Vec<usize> = (0..n).filter(|j| !working[j * (n + 1)].is_nan()).collect();
        let (mut all, mut at) = (vec![], 0);
        for (k, structure) in model.structures.iter().enumerate() {
            self.watch().at(Phase::Modes, k, Some(model.structures.len()))?;
            let range = at..at + structure.n_theta();
            at = range.end;
            let (size, first, units) = (model.layout.terms[k], model.layout.offset(k), model.units(k));
            let (r, map) = (size.effects, units.map());
            let mut t = vec![0.0; r * r];
            structure.factor(&found.working[range.clone()], &mut t);
            let root = units.root(&t);
            let user = |own: &[f64]| -> Vec<f64> { (0..r).map(|e| (0..r).map(|c| map[c * r + e] * own[c]).sum()).collect() };
            let own_b = &own.b[first..first + size.levels * r];
            let modes = try_gather(MODES, own_b.chunks_exact(r).flat_map(user))?;
            let mut condvar = try_vec("covariances of the random effects", 0.0, r * r * size.levels)?;
            let blocks = levels.map_or(&[][..], |levels| &levels.blocks[k]);
            for (out, block) in condvar.chunks_exact_mut(r * r).zip(blocks.chunks_exact(r * r)) {
                dense::sandwich(r, &root, block, 1.0, out);
            }
            // Adds (db/dx) V (db/dx)'.
            let mut full = try_copy("covariances of the random effects", &condvar)?;
            for (level, out) in full.chunks_exact_mut(r * r).enumerate() {
                let slope = |j: &usize| user(&own.slopes[j * model.layout.q() + first + level * r..][..r]);
                let slopes: Vec<Vec<f64>> = known.iter().map(slope).collect();
                for (a, left) in known.iter().zip(&slopes) {
                    for (b, right) in known.iter().zip(&slopes) {
                        let v = working[b * n + a];
                        (0..r * r).for_each(|e| out[e] += v * left[e % r] * right[e / r]);
                    }
                }
            }
            let identity: Vec<f64> = (0..r * r).map(|e| if e % (r + 1) == 0 { 1.0 } else { 0.0 }).collect();
            let mut cov = vec![0.0; r * r];
            dense::sandwich(r, &root, &identity, 1.0, &mut cov);
            let boundary = null_directions(*structure, &found.working[range]).iter().map(|d| units.user_direction(d)).collect();
            let is_given = known.first().is_none_or(|j| *j >= model.n_theta());
            let condvar_full = if is_given { None } else { Some(full) };
            all.push(TermSolution { cov, root, modes, condvar, condvar_full, boundary });
        }
        Ok(all)
    }
}
