//! Responses simulated from a fit.

use super::survival::SurvivalTimes;
use crate::choice::Choice;
use crate::error::{Error, Result, try_copies, try_vec};
use crate::family::{WeightRole, ZeroMixture};
use crate::fit::{Fit, Instead, TermFit};
use crate::simulate::{Purpose, Stream};
use crate::watch::{Phase, Watch};
use std::ffi::CStr;

/// The random effects of simulated responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RandomEffects {
    /// Drawn anew for each replicate.
    #[default]
    New,
    /// At the conditional modes of the fit.
    Conditional,
}

impl Choice for RandomEffects {
    const LIST: &'static str = "random effects";
    const ALL: &'static [(Self, &'static CStr)] = &[(RandomEffects::New, c"new"), (RandomEffects::Conditional, c"conditional")];
}

/// Draws replicates of a fit's response.
pub struct Simulator<'f> {
    fit: &'f Fit,
    what: RandomEffects,
    mixture: Option<ZeroMixture>,
    /// Per predictor: its values without random effects, or with those of the fit.
    base: Vec<Vec<f64>>,
    /// Per term of all predictors: its predictor.
    terms: Vec<(usize, &'f TermFit)>,
    /// Empty if all are one.
    weights: Vec<f64>,
    /// Of a Cox model.
    times: Option<SurvivalTimes<'f>>,
}

impl<'f> Simulator<'f> {
    pub fn new(fit: &'f Fit, what: RandomEffects) -> Result<Self> {
        Self::of_origin(fit, fit, what)
    }

    /// Of a fit whose rows were put in place of those of another, which has the baseline hazards and the times of censoring.
    pub(crate) fn of_origin(fit: &'f Fit, origin: &Fit, what: RandomEffects) -> Result<Self> {
        if let Some(own) = fit.generalised().filter(|own| !own.family.facts().has_distribution) {
            return Err(Error::unsupported(format!(
                "the family {} has no function that draws responses: nothing can be simulated from it",
                own.family.name()
            )));
        }
        fit.check_single_rows()?;
        let offset = fit.offset.as_ref().map(|o| fit.used(o)).transpose()?;
        let mut base = vec![fixed_part(fit.n_obs, &fit.x, &fit.fixed.estimate, offset.as_deref())?];
        let mut terms: Vec<(usize, &TermFit)> = fit.terms.iter().map(|t| (0, t)).collect();
        for (a, (_, predictor)) in fit.named_predictors().enumerate() {
            base.push(fixed_part(fit.n_obs, &predictor.x, &predictor.fixed.estimate, predictor.offset.as_deref())?);
            terms.extend(predictor.terms.iter().map(|t| (a + 1, t)));
        }
        if what == RandomEffects::Conditional {
            for (a, term) in &terms {
                add_effects(term, &term.modes, &mut base[*a]);
            }
        }
        let own = fit.generalised();
        let weights = fit.weights.as_ref().map_or(Ok(vec![]), |w| fit.used(w))?;
        Ok(Simulator {
            times: fit.cox().map(|cox| SurvivalTimes::new(origin, &cox.survival)).transpose()?,
            mixture: own.and_then(|g| g.zero.map(|part| ZeroMixture { part, family: g.family.clone() })),
            weights,
            terms,
            fit,
            what,
            base,
        })
    }

    /// One response per row used; of a Cox model the times, then the events. The numbers depend on the seed and the replicate alone; NaN
    /// where a drawn predictor is outside the link's domain.
    pub fn replicate(&self, seed: u64, replicate: u64, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let mut eta = try_copies("linear predictor", &self.base)?;
        if self.what == RandomEffects::New {
            let mut stream = Stream::new(seed, replicate, Purpose::RandomEffects);
            for (a, term) in &self.terms {
                watch.pulse()?;
                add_effects(term, &draw_effects(term, &mut stream)?, &mut eta[*a]);
            }
        }
        let mut stream = Stream::new(seed, replicate, Purpose::Response);
        if let Some(times) = &self.times {
            return times.draw(&eta[0], &mut stream, watch);
        }
        let mut y = try_vec("simulated responses", 0.0, self.fit.n_obs)?;
        if let Some(correlation) = self.fit.correlation() {
            for e in &mut y {
                *e = stream.normal();
            }
            correlation.correlate(&mut y)?;
            for (i, y) in y.iter_mut().enumerate() {
                *y = eta[0][i] + self.fit.sigma / self.weight(i).sqrt() * *y;
            }
            return Ok(y);
        }
        for (i, y) in y.iter_mut().enumerate() {
            watch.pulse_each(i)?;
            *y = self.response(i, &eta, &mut stream);
        }
        Ok(y)
    }

    fn weight(&self, i: usize) -> f64 {
        self.weights.get(i).copied().unwrap_or(1.0)
    }

    fn response(&self, i: usize, eta: &[Vec<f64>], stream: &mut Stream) -> f64 {
        let weight = self.weight(i);
        let Some(own) = self.fit.generalised() else {
            return eta[0][i] + self.fit.sigma / weight.sqrt() * stream.normal();
        };
        let mut psi = self.fit.psi_of_row(i);
        if own.dispersion.is_some() {
            psi[0] = eta[eta.len() - 1][i];
        }
        match &self.mixture {
            Some(mixture) => mixture.simulate([eta[0][i], eta[1][i]], weight, &psi, stream),
            None => own.family.simulate(eta[0][i], weight, &psi, stream),
        }
    }
}

impl Fit {
    /// Fails where a row stands for several with the same response: what is drawn for it would be one of them, and count as all.
    fn check_single_rows(&self) -> Result<()> {
        let whose = match self.generalised() {
            Some(_) if self.ordinal().is_some() => "an ordinal model".to_owned(),
            Some(own) if own.family.weight_role() == WeightRole::Factor => format!("the family {}", own.family.name()),
            None if self.cox().is_some() => "a Cox model".to_owned(),
            Some(_) | None => return Ok(()),
        };
        let Some(weights) = &self.weights else { return Ok(()) };
        match self.used(weights)?.into_iter().find(|w| *w != 1.0) {
            None => Ok(()),
            Some(weight) => Err(Error::unsupported(format!(
                "weights of {whose} multiply the log-likelihood of a row, as if it were there so many times with the same response: a response \
                 simulated for a row with the weight {weight} would count as all of these; expand the rows to one for each, without weights"
            ))),
        }
    }

    /// The numbers that a row's response has: 2 of a Cox model, its time and 1 for an event or 0, otherwise 1.
    pub fn response_columns(&self) -> usize {
        if self.cox().is_some() { 2 } else { 1 }
    }

    /// The response of the rows used, one column below the other.
    pub(super) fn own_response(&self) -> Result<Vec<f64>> {
        let Some(own) = self.cox() else { return self.used(&self.y) };
        let mut response = try_vec("response", 0.0, 2 * self.n_obs)?;
        let (times, events) = response.split_at_mut(self.n_obs);
        times.copy_from_slice(&own.survival.stop);
        events.iter_mut().zip(&own.survival.event).for_each(|(to, event)| *to = f64::from(u8::from(*event)));
        Ok(response)
    }

    /// Simulated responses `[m, c, nsim]`, c as of [`Fit::response_columns`] and m as of `fitted`, with NaN in rows that are padded. Those
    /// of an ordinal model are the numbers of categories, from 1.
    pub fn simulate(&self, nsim: usize, seed: u64, what: RandomEffects, watch: &Watch<'_>) -> Result<Vec<f64>> {
        self.need_rows_or("simulation", Instead::Frame)?;
        let simulator = Simulator::new(self, what)?;
        let (m, columns) = (self.fitted.len(), self.response_columns());
        let mut out = try_vec("simulated responses", 0.0, (m * columns).saturating_mul(nsim))?;
        for (replicate, own) in out.chunks_exact_mut((m * columns).max(1)).enumerate() {
            watch.at(Phase::Simulation, replicate, Some(nsim))?;
            let y = simulator.replicate(seed, replicate as u64, watch)?;
            if m == self.n_obs {
                own.copy_from_slice(&y);
                continue;
            }
            for (to, y) in own.chunks_exact_mut(m.max(1)).zip(y.chunks_exact(self.n_obs.max(1))) {
                to.copy_from_slice(&self.rows.padded(y)?);
            }
        }
        Ok(out)
    }
}

/// X beta + offset.
fn fixed_part(n: usize, x: &[f64], beta: &[f64], offset: Option<&[f64]>) -> Result<Vec<f64>> {
    let mut eta = try_vec("linear predictor", 0.0, n)?;
    if let Some(offset) = offset {
        eta.copy_from_slice(offset);
    }
    for (column, beta) in x.chunks_exact(n.max(1)).zip(beta) {
        eta.iter_mut().zip(column).for_each(|(e, x)| *e += beta * x);
    }
    Ok(eta)
}

/// b ~ N(0, R R') for each level, `[r, l]`.
fn draw_effects(term: &TermFit, stream: &mut Stream) -> Result<Vec<f64>> {
    let r = term.design.effects.len();
    let mut b = try_vec("simulated random effects", 0.0, r * term.design.levels.len())?;
    for level in b.chunks_exact_mut(r) {
        let u: Vec<f64> = (0..r).map(|_| stream.normal()).collect();
        for (a, b) in level.iter_mut().enumerate() {
            *b = (0..r).map(|c| term.root[c * r + a] * u[c]).sum();
        }
    }
    Ok(b)
}

/// eta += Z b.
fn add_effects(term: &TermFit, b: &[f64], eta: &mut [f64]) {
    let (r, n) = (term.design.effects.len(), eta.len());
    for e in 0..r {
        for (i, (eta, &level)) in eta.iter_mut().zip(&term.design.index).enumerate() {
            *eta += b[level as usize * r + e] * term.design.z.as_ref().map_or(1.0, |z| z[e * n + i]);
        }
    }
}
