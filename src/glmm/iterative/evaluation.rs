//! The Laplace approximation's deviance, its gradient and information at some parameters, with their Monte-Carlo errors.
//!
//! ```text
//! d = -2 sum l + u'u + log|A|,   A = Lambda'Z'WZ Lambda + I at the modes
//! dd/dparameter = -2 s'de|u + tr(A^-1 Lambda'Z'(t deta)Z Lambda) + 2 tr(A^-1 Lambda'Z'WZ dLambda)
//! ```
//!
//! The last part is had by traces of blocks, as in linear models, the one before it by `shares`.

use super::directions::{At, Directions};
use super::forces::subtract_from_traces;
use super::modes::Modes;
use super::shares::{Share, sampled};
use crate::covariance::Structure;
use crate::error::{Error, Result, try_copy};
use crate::glmm::model::Model;
use crate::iterative::columns::Row;
use crate::iterative::conjugate::Limits;
use crate::iterative::evaluation::{
    self, Effort, determinant_force, divisible, gradient_noise, moved, smallest_ratio, subtract_products,
};
use crate::iterative::levels::levels;
use crate::iterative::moments::Moments;
use crate::iterative::probes::Known;
use crate::iterative::quadrature::squared_norm;
use crate::iterative::samples::Adjusted;
use crate::iterative::schur::{Schur, WORK};
use crate::iterative::split::{Split, largest};
use crate::iterative::traces::{Remainders, sample};
use crate::iterative::units::{Samples, Units};
use crate::linalg::dense;
use crate::random::{FactorDerivative, Roots, WeightedGram, add_curvature, add_second_derivatives, factor_derivatives};
use crate::threads::each;
use crate::watch::Watch;

/// What is left of residuals of the slopes, on which the gradient depends to first order.
const EXACT: f64 = 1e-8;

/// A model that is evaluated. Working parameters are those of covariances, then the mean's fixed effects in their basis.
pub struct Problem<'a> {
    pub modes: Modes<'a>,
    /// Z'(dW)Z of one parameter.
    moved: WeightedGram,
    /// The last point, with the modes there and how they move.
    last: Option<Last>,
    seed: u64,
    threads: usize,
    watch: Watch<'a>,
}

struct Last {
    working: Vec<f64>,
    u: Vec<f64>,
    slopes: Vec<f64>,
}

/// What evaluations of generalised models have.
pub struct AtModes {
    /// Of the report: Lambda u, the linear predictor, and db/dparameter `[q, n]`.
    pub b: Vec<f64>,
    pub eta: Vec<f64>,
    pub slopes: Vec<f64>,
}

type Evaluation = evaluation::Evaluation<AtModes>;

/// Where an evaluation is.
struct Point<'e> {
    schur: &'e Schur<'e>,
    moments: &'e Moments,
    derivatives: &'e [FactorDerivative],
    effort: Effort,
}

impl<'a> Problem<'a> {
    pub fn new(model: &'a Model, (seed, threads): (u64, usize), watch: &Watch<'a>) -> Result<Self> {
        let modes = Modes::new(model, threads)?;
        let moved = modes.gram.try_clone()?;
        Ok(Problem { modes, moved, last: None, seed, threads, watch: *watch })
    }

    fn n_theta(&self) -> usize {
        self.modes.model.n_theta()
    }

    /// The factors T at working parameters, with the modes there.
    pub fn go_to(&mut self, working: &[f64], steps: usize) -> Result<Roots> {
        let model = self.modes.model;
        let mut roots = Roots::zeros(&model.structures);
        roots.set(&model.structures, working);
        self.modes.set_fixed(&working[self.n_theta()..])?;
        if let Some(last) = &self.last {
            self.modes.u.copy_from_slice(&last.u);
            for (j, slopes) in last.slopes.chunks_exact(last.u.len().max(1)).enumerate() {
                dense::add_scaled(&mut self.modes.u, working[j] - last.working[j], slopes);
            }
        }
        self.modes.find(&roots, steps, &self.watch)?;
        Ok(roots)
    }

    /// What the determinant changes by along each parameter through the modes.
    fn shares(&mut self, schur: &Schur<'_>, slopes: &[Vec<f64>]) -> Result<Vec<Share>> {
        let (model, mut all) = (self.modes.model, vec![]);
        for slopes in slopes {
            self.watch.pulse()?;
            self.moved.reweight(&model.terms(), &model.predictor, std::slice::from_ref(slopes), self.threads);
            all.push(Share::new(schur, &Split::new(&self.moved.gram)?)?);
        }
        Ok(all)
    }
}

impl Modes<'_> {
    /// Derivatives of the weights along each parameter, in the place of those of the linear predictor.
    fn weight_slopes(&self, mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        for row in &mut rows {
            row.iter_mut().zip(&self.jet.t[0]).for_each(|(c, t)| *c *= t);
        }
        rows
    }
}

/// What does not change while samples are drawn.
struct Drawing<'e> {
    model: &'e Model,
    shares: &'e [Share],
    slopes: &'e [Vec<f64>],
    seed: u64,
    threads: usize,
}

impl Drawing<'_> {
    fn samples(&self, at: &Point<'_>, watch: &Watch<'_>) -> Result<Samples> {
        let (schur, effort, seed, moments) = (at.schur, at.effort, self.seed, at.moments);
        let (terms, known, shares, slopes) = (self.model.terms(), Known::new(schur)?, self.shares, self.slopes);
        let further = |d: &[Row], u: &[Row], v: &[Row]| sampled(schur, &terms, shares, slopes, (d, u, v));
        let first_sign = known.blocks().len();
        let work = |i: usize, watch: &Watch<'_>| {
            let (z, tolerance) = match known.blocks().get(i) {
                Some(block) => (try_copy(WORK, block)?, effort.tolerance * effort.tolerance),
                None => (known.signs(schur.split, seed, i - first_sign)?, effort.tolerance),
            };
            let mut remainders = if effort.report { Some(Remainders::new(schur)?) } else { None };
            let limits = Limits { tolerance, steps: effort.steps };
            let own = sample(schur, moments, z, (limits, Some(&further)), remainders.as_mut(), watch)?;
            Ok((own, remainders))
        };
        let mut samples = Samples::default();
        let all = each(first_sign + effort.blocks, &watch.with_threads(self.threads), &work)?;
        for (i, own) in all.into_iter().enumerate() {
            if i < first_sign { &mut samples.known } else { &mut samples.signs }.push(own);
        }
        Ok(samples)
    }
}

impl<'a> evaluation::Problem<'a> for Problem<'a> {
    type Own = AtModes;

    fn structures(&self) -> &'a [Structure] {
        &self.modes.model.structures
    }

    fn is_scalar(&self) -> bool {
        let layout = &self.modes.model.layout;
        (0..layout.terms.len()).all(|k| k == largest(layout) || layout.terms[k].effects == 1)
    }

    fn watch(&self) -> Watch<'a> {
        self.watch
    }

    fn theta(&self, working: &[f64]) -> Vec<f64> {
        self.modes.model.theta_from_working(&working[..self.n_theta()])
    }

    fn evaluate(&mut self, working: &[f64], effort: Effort) -> Result<Evaluation> {
        let model = self.modes.model;
        let at = divisible(&model.structures, working);
        let derivatives = factor_derivatives(&model.structures, &at);
        let roots = self.go_to(&at, effort.steps)?;
        self.watch.pulse()?;
        // The gram is taken out, so that what borrows it leaves the rest of the modes to be moved.
        let gram = self.modes.gram.try_clone()?;
        let split = Split::new(&gram.gram)?;
        let schur = Schur::new(&split, &roots)?;
        let ratio = smallest_ratio(&schur.t);
        let limits = Limits { tolerance: EXACT * ratio, steps: effort.steps };
        let columns = &model.fixed[0].q;
        let way = At { modes: &self.modes, roots: &roots, schur: &schur, columns, limits, threads: self.threads };
        let mut directions = way.directions(&derivatives, &self.watch)?;
        let slopes = self.modes.weight_slopes(std::mem::take(&mut directions.rows));
        let shares = self.shares(&schur, &slopes)?;
        let moments = Moments::new(&schur)?;
        let point = Point { schur: &schur, moments: &moments, derivatives: &derivatives, effort };
        let drawing = Drawing { model, shares: &shares, slopes: &slopes, seed: self.seed, threads: self.threads };
        let samples = drawing.samples(&point, &self.watch)?;
        let mut own = self.put_together(&point, &shares, &samples, &directions)?;
        let (n, Evaluation { forces, hessian, .. }) = (working.len(), &mut own);
        add_curvature(&derivatives, &roots, forces, hessian, n);
        add_second_derivatives(&model.structures, &at, forces, hessian, n);
        if effort.report {
            own.levels = Some(levels(&schur, &samples)?);
            own.own =
                AtModes { b: try_copy(WORK, &self.modes.b)?, eta: try_copy(WORK, &self.modes.eta[0])?, slopes: directions.effects };
        }
        self.last = Some(Last { working: at, u: try_copy(WORK, &self.modes.u)?, slopes: directions.spherical });
        Ok(own)
    }
}

impl Problem<'_> {
    fn put_together(&self, at: &Point<'_>, shares: &[Share], samples: &Samples, directions: &Directions) -> Result<Evaluation> {
        let Point { schur, derivatives, effort, .. } = *at;
        let (modes, model, units) = (&self.modes, self.modes.model, Units::new(schur.split, samples));
        let mut traces = units.traces();
        let through: Vec<Adjusted> = traces
            .split_off(schur.t.iter().map(Vec::len).sum())
            .into_iter()
            .zip(shares)
            .map(|(own, s)| own.plus(s.exact))
            .collect();
        let (of_theta, of_fixed) = through.split_at(derivatives.len());
        subtract_from_traces(&schur.t, derivatives, of_theta, &mut traces);
        let (mut forces, mut first) = (vec![], 0);
        for (k, t) in schur.t.iter().enumerate() {
            let mut force = determinant_force(schur, at.moments, k, &traces[first..first + t.len()]);
            first += t.len();
            if moved(t) {
                let own = model.layout.offset(k)..model.layout.offset(k + 1);
                subtract_products(model.layout.terms[k].effects, 1.0, &modes.zs[own.clone()], &modes.u[own], &mut force);
            }
            forces.push(force);
        }
        let mut gradient: Vec<f64> = derivatives.iter().map(|own| 2.0 * dense::dot(&own.d, &forces[own.term])).collect();
        let mut scores = vec![0.0; of_fixed.len()];
        model.fixed[0].transpose(&modes.jet.s[0], &mut scores);
        gradient.extend(of_fixed.iter().zip(&scores).map(|(own, s)| own.mean - 2.0 * s));
        let norm = if effort.report { squared_norm(schur, &self.watch)? } else { None };
        let log = units.log_determinant(norm);
        let value = modes.deviance() + schur.log_det_first + schur.log_det_p + log.mean;
        if !value.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
            return Err(Error::numeric("the Laplace deviance is not finite"));
        }
        Ok(Evaluation {
            value,
            value_error: log.std_error(),
            noise: gradient_noise(&schur.t, derivatives, &traces, of_fixed),
            information: directions.information.clone(),
            hessian: directions.information.clone(),
            t: schur.t.clone(),
            levels: None,
            steps: (directions.steps, samples.all().map(|own| own.steps).max().unwrap_or(0)),
            settled: directions.settled && samples.all().all(|own| own.settled),
            own: AtModes { b: vec![], eta: vec![], slopes: vec![] },
            gradient,
            forces,
            traces,
        })
    }
}
