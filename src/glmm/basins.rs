//! Starts in basins of the deviance that a minimum is not in.
//!
//! Where slopes within and between groups differ, the deviance may have a minimum with small variances, whose coefficients are those between
//! groups, and another with large ones, whose coefficients are those within. With the coefficients held there is as a rule one minimum, so that
//! two are no deeper than what the coefficients of one cost at the variances of the other; and what divides them is the determinant, which
//! differs between them by about one for each level. One Newton step of the mode at large variances, the mean's fixed effects part of it, tells the
//! cost. Other minima are those of small data sets: a dispersion that stands for a variance, predictors in the tails of the link.

use super::approximation::{Approximation, Inside};
use super::border::Border;
use super::laplace::{DECREMENT, Laplace};
use super::mode::Effects;
use super::start::Start;
use crate::error::{Code, Result};
use crate::family::Order;
use crate::linalg::dense;
use crate::optimize::Summary;
use crate::search::boundary::{LIFT, is_singular, lifted, start_variance};
use crate::search::correlations::other_correlations;
use crate::search::covariances::{Effect, changed};

/// A variance with which effects of groups are as if fixed: so many times what their own rows leave open.
const LARGE: f64 = 1e6;
/// What a level adds to the cost below which there are no two minima. With equal groups it takes about 2.
const PER_LEVEL: f64 = 0.5;
/// The least cost that is worth a search.
const LEAST: f64 = 3.0;
/// The decrement at which the modes of a start are near enough.
const ENOUGH: f64 = 1e-4;
/// Rows of a data set that is small.
const FEW_ROWS: usize = 300;
/// The variance of random effects, as a multiple of the latent variable's, from which on the tails of the link have a say.
const TAILS: f64 = 0.5;
/// Standard deviations for searches of small data sets.
const DEVIATIONS: [f64; 3] = [0.2, MIDDLING, 4.0];
/// One of them in the middle.
const MIDDLING: f64 = 1.0;
/// Factors on the standard deviations, for searches in the tails of a link.
const STRETCH: [f64; 2] = [3.0, 8.0];
/// Steps of the family's parameters at given effects.
const STEPS: usize = 6;
const HALVINGS: usize = 6;

/// Where a search begins.
pub struct Begin {
    pub x: Vec<f64>,
    /// The mean's fixed effects.
    pub gamma: Vec<f64>,
}

/// Starts in other basins than that of the end `at`; `pooled` is the fit without random effects.
pub fn starts_elsewhere(laplace: &mut Laplace<'_>, at: &Summary, pooled: &Start) -> Result<Vec<Begin>> {
    let risky = laplace.is_risky(&at.x);
    let mut starts = if risky { small(laplace, pooled) } else { vec![] };
    if risky || is_singular(&laplace.model.structures, &at.x) {
        starts.extend(beforehand(laplace, pooled));
    }
    if laplace.model.n <= FEW_ROWS {
        let other = other_correlations(&laplace.model.structures, &at.x);
        starts.extend(other.into_iter().map(|x| Begin { x, gamma: pooled.fixed[0].clone() }));
    }
    if laplace.mode.inner[0] && laplace.model.fixed[0].p > 0 {
        let own = Own { how: laplace.how, point: laplace.mode.effects()?, border: laplace.border.take() };
        let found = Look::new(laplace, &at.x, pooled, &own).and_then(|mut look| look.starts(risky));
        own.restore(laplace);
        match found {
            Ok(found) => starts.extend(found),
            Err(error) if error.code == Code::Numeric => {}
            Err(error) => return Err(error),
        }
    }
    Ok(starts)
}

/// How the deviance was had before a look.
struct Own {
    how: Approximation,
    point: Effects,
    border: Option<Border>,
}

impl Own {
    fn restore(self, laplace: &mut Laplace<'_>) {
        (laplace.how, laplace.border, laplace.enough) = (self.how, self.border, DECREMENT);
        laplace.mode.take_in(&self.point.gamma);
        laplace.mode.start_at(&self.point.u);
    }
}

/// Starts for a small data set: other standard deviations, other parameters as without random effects.
fn small(laplace: &Laplace<'_>, pooled: &Start) -> Vec<Begin> {
    DEVIATIONS.iter().map(|sd| begin(laplace, pooled, (&pooled.fixed[0], &pooled.shared), *sd)).collect()
}

/// Where the density is not concave and has parameters, the fit without random effects may have gone far astray, and all searches from there
/// with it: a start with what it began with.
fn beforehand(laplace: &Laplace<'_>, pooled: &Start) -> Option<Begin> {
    let may_stray = !laplace.has_one_mode() && laplace.model.response.n_shared() > 0;
    let (gamma, shared) = pooled.before.as_ref().filter(|_| may_stray)?;
    Some(begin(laplace, pooled, (gamma, shared), MIDDLING))
}

fn begin(laplace: &Laplace<'_>, pooled: &Start, (gamma, shared): (&[f64], &[f64]), sd: f64) -> Begin {
    let x = laplace.working(&pooled.theta, gamma, &pooled.fixed[1..].concat(), shared);
    Begin { x: laplace.model.with_deviations(&x, &|_| sd), gamma: gamma.to_vec() }
}

impl Laplace<'_> {
    /// Working parameters from their parts; the mean's fixed effects have no place among them where they are inside.
    fn working(&self, theta: &[f64], gamma: &[f64], further: &[f64], shared: &[f64]) -> Vec<f64> {
        let gamma = if self.how.inside == Inside::Nothing { gamma } else { &[] };
        [theta, gamma, further, shared].concat()
    }

    /// Whether the data set is small and of a kind that often has several minima: density not concave, terms that may stand for each other,
    /// no variance, or effects so large that most rows are in the tails of the link.
    fn is_risky(&self, x: &[f64]) -> bool {
        let model = self.model;
        let other = model.response.n_shared() > 0 || model.response.latent_variance().is_some();
        let many = other && (model.structures.len() > 1 || model.structures.iter().any(|s| s.size > 1));
        model.n <= FEW_ROWS
            && (many
                || !self.has_one_mode()
                || is_singular(&model.structures, x)
                || self.model.latent_ratio(x).is_some_and(|ratio| ratio > TAILS))
    }
}

/// A look from an end at large variances.
struct Look<'l, 'a, 's> {
    laplace: &'l mut Laplace<'a>,
    pooled: &'s Start,
    inside: Inside,
    theta: &'s [f64],
    /// The mean's fixed effects at the end.
    gamma: Vec<f64>,
    /// Fixed effects of further predictors.
    further: &'s [f64],
    shared: &'s [f64],
    /// The random effects at the end.
    b: Vec<f64>,
    /// Of each effect of each term, the mean information of a level.
    information: Vec<Vec<f64>>,
}

impl<'l, 'a, 's> Look<'l, 'a, 's> {
    fn new(laplace: &'l mut Laplace<'a>, x: &'s [f64], pooled: &'s Start, own: &Own) -> Result<Self> {
        let (model, n_theta, shared) = (laplace.model, laplace.model.n_theta(), laplace.shared());
        let p = model.fixed[0].p;
        let inside = own.how.inside;
        let gamma = if inside == Inside::Nothing { x[n_theta..n_theta + p].to_vec() } else { own.point.gamma.clone() };
        let further = &x[n_theta + if inside == Inside::Nothing { p } else { 0 }..shared.start];
        let mut look = Look {
            laplace,
            pooled,
            inside,
            theta: &x[..n_theta],
            gamma,
            further,
            shared: &x[shared],
            b: vec![],
            information: vec![],
        };
        look.here()?;
        Ok(look)
    }

    /// The modes at the end, with the mean's fixed effects as they are there; these are part of the mode from then on.
    fn here(&mut self) -> Result<()> {
        let laplace = &mut *self.laplace;
        laplace.how.inside = if self.inside == Inside::Nothing { Inside::Mode } else { self.inside };
        laplace.mode.take_in(&[]);
        self.set(self.theta)?;
        let laplace = &mut *self.laplace;
        let model = laplace.model;
        model.fixed[0].predict(&self.gamma, &mut laplace.mode.base[0]);
        laplace.enough = ENOUGH;
        laplace.find_modes()?;
        self.b = laplace.mode.random_effects()?;
        let layout = &model.layout;
        let mean = |(blocks, k): (&Vec<f64>, usize)| -> Vec<f64> {
            let (r, levels) = (layout.terms[k].effects, layout.terms[k].levels as f64);
            (0..r).map(|e| blocks.chunks_exact(r * r).map(|block| block[e * (r + 1)]).sum::<f64>() / levels).collect()
        };
        self.information = laplace.mode.precision.gram.gram.diagonal.iter().zip(0..).map(mean).collect();
        laplace.border = Some(Border::new(model.n, laplace.mode.u.len(), self.gamma.len(), laplace.mode.inner.len())?);
        laplace.mode.take_in(&self.gamma);
        Ok(())
    }

    /// Takes theta, and the other parameters of the end.
    fn set(&mut self, theta: &[f64]) -> Result<()> {
        self.laplace.set_parameters(&[theta, self.further, self.shared].concat(), Order::Mode)
    }

    fn starts(&mut self, risky: bool) -> Result<Vec<Begin>> {
        let mut starts = vec![];
        let raises = self.raises();
        let last = raises.len().saturating_sub(1);
        for (i, effects) in raises.iter().enumerate() {
            let large = self.raised(effects);
            self.to(&large)?;
            self.laplace.factorize_observed()?;
            self.laplace.mode_step();
            let (cost, lowered) = match &self.laplace.border {
                Some(border) => (border.form(&self.laplace.mode.step.gamma), border.form(&self.step_from_pooled())),
                None => break,
            };
            let enough = self.enough(effects);
            if (risky && i == last) || self.worth(cost) > enough {
                starts.extend(self.within(&large, effects)?);
            }
            if i == last && self.worth(lowered) > enough && self.disagrees_without(&large, enough)? {
                starts.push(self.between());
            }
        }
        if risky && self.laplace.model.response.latent_variance().is_some() {
            for factor in STRETCH {
                starts.extend(self.stretched(factor)?);
            }
        }
        Ok(starts)
    }

    /// What to raise: terms of the mean, effects of those with two, all.
    fn raises(&self) -> Vec<Vec<Effect>> {
        let model = self.laplace.model;
        let own: Vec<usize> = (0..model.structures.len()).filter(|&k| model.predictor[k] == 0).collect();
        let mut all: Vec<Vec<Effect>> = vec![];
        for &k in &own {
            if model.structures[k].size == 2 && !model.structures[k].homogeneous {
                all.extend((0..2).map(|e| vec![(k, Some(e))]));
            }
            all.push(vec![(k, None)]);
        }
        if own.len() > 1 {
            all.push(own.iter().map(|&k| (k, None)).collect());
        }
        all
    }

    /// The rise of the deviance that a cost comes to; where the dispersion follows it is less.
    fn worth(&self, cost: f64) -> f64 {
        let n = self.laplace.model.n as f64;
        n * (cost / n).ln_1p()
    }

    fn enough(&self, effects: &[Effect]) -> f64 {
        let levels = effects.iter().map(|(k, _)| self.laplace.model.layout.terms[*k].levels).min().unwrap_or(0);
        LEAST.max(PER_LEVEL * levels as f64)
    }

    /// The step from the coefficients without random effects to those of the end; without effects, they are smaller by what the link
    /// averages out.
    fn step_from_pooled(&self) -> Vec<f64> {
        let x = [self.theta, &self.gamma].concat();
        let growth = self.laplace.model.latent_ratio(&x).map_or(1.0, |ratio| (1.0 + ratio).sqrt());
        self.gamma.iter().zip(&self.pooled.fixed[0]).map(|(g, p)| g - growth * p).collect()
    }

    /// The same of coefficients one step from those of the end, where there is next to no variance: the fit without random effects may not
    /// have been found.
    fn disagrees_without(&mut self, large: &[f64], enough: f64) -> Result<bool> {
        let small = self.small_theta();
        self.to(&small)?;
        self.laplace.mode.u.fill(0.0);
        self.laplace.mode.penalised()?;
        self.laplace.factorize_observed()?;
        self.laplace.mode_step();
        let step = self.laplace.mode.step.gamma.clone();
        let own = self.laplace.border.as_ref().map_or(0.0, |border| border.form(&step));
        self.to(large)?;
        self.laplace.factorize_observed()?;
        let there = self.laplace.border.as_ref().map_or(0.0, |border| border.form(&step));
        Ok(self.worth(own.min(there)) > enough)
    }

    fn small_theta(&self) -> Vec<f64> {
        let model = self.laplace.model;
        lifted(&model.structures, &model.with_deviations(self.theta, &|_| 0.0), LIFT)
    }

    /// Moves to theta with the random effects of the end, as far as they have a variance, and its coefficients.
    fn to(&mut self, theta: &[f64]) -> Result<()> {
        self.set(theta)?;
        let laplace = &mut *self.laplace;
        laplace.mode.u.copy_from_slice(&self.b);
        for (k, size) in laplace.model.layout.terms.iter().enumerate() {
            let (first, r) = (laplace.model.layout.offset(k), size.effects);
            laplace.mode.u[first..first + r * size.levels]
                .chunks_exact_mut(r)
                .for_each(|u| solve_factor(r, &laplace.mode.precision.t[k], u));
        }
        laplace.mode.gamma.copy_from_slice(&self.gamma);
        laplace.mode.factorized = false;
        laplace.mode.penalised().map(|_| ())
    }

    fn large(&self, k: usize, e: usize) -> f64 {
        let information = self.information[k][e];
        if information > 0.0 { LARGE / information } else { LARGE }
    }

    fn raised(&self, effects: &[Effect]) -> Vec<f64> {
        changed(&self.laplace.model.structures, self.theta, effects, |k, cov, own| {
            let r = cov.len().isqrt();
            own.iter().for_each(|&e| cov[e * (r + 1)] += self.large(k, e));
        })
    }

    /// Moves to the modes at theta, the mean's fixed effects among them; `false` where they are not found.
    fn reach(&mut self, theta: &[f64]) -> Result<bool> {
        self.to(theta)?;
        match self.laplace.find_modes() {
            Err(error) if error.code == Code::Numeric => Ok(false),
            found => found.map(|()| true),
        }
    }

    /// A start with all standard deviations multiplied, and the coefficients and the family's parameters that go with them.
    fn stretched(&mut self, factor: f64) -> Result<Option<Begin>> {
        let model = self.laplace.model;
        let all: Vec<Effect> = (0..model.structures.len()).filter(|&k| model.predictor[k] == 0).map(|k| (k, None)).collect();
        let theta = changed(&self.laplace.model.structures, self.theta, &all, |_, cov, own| {
            let r = cov.len().isqrt();
            cov.iter_mut().for_each(|v| *v *= factor * factor);
            own.iter().for_each(|&e| cov[e * (r + 1)] = cov[e * (r + 1)].max(LIFT * LIFT));
        });
        if !self.reach(&theta)? {
            return Ok(None);
        }
        let shared = self.shared_at_modes(1.0)?;
        Ok(Some(self.begin(&theta, self.laplace.mode.gamma.clone(), self.further, &shared)))
    }

    /// A start with the coefficients at large variances, and variances that are the mean squares of the effects there. `None` where the
    /// modes are not found.
    fn within(&mut self, large: &[f64], effects: &[Effect]) -> Result<Option<Begin>> {
        if !self.reach(large)? {
            return Ok(None);
        }
        let b = self.laplace.mode.random_effects()?;
        let layout = &self.laplace.model.layout;
        let theta = changed(&self.laplace.model.structures, self.theta, effects, |k, cov, own| {
            let (r, first, levels) = (layout.terms[k].effects, layout.offset(k), layout.terms[k].levels);
            let mean = |e: usize, f: usize| -> f64 {
                b[first..first + levels * r].chunks_exact(r).map(|b| b[e] * b[f]).sum::<f64>() / levels as f64
            };
            for (e, f) in (0..r).flat_map(|e| (0..r).map(move |f| (e, f))) {
                match (own.contains(&e), own.contains(&f)) {
                    (true, true) => cov[f * r + e] = mean(e, f),
                    (false, false) => {}
                    _ => cov[f * r + e] = 0.0,
                }
            }
            own.iter().for_each(|&e| cov[e * (r + 1)] = start_variance(cov[e * (r + 1)], self.large(k, e)));
        });
        let levels: usize = effects.iter().map(|(k, _)| layout.terms[*k].levels).sum();
        let shared = self.shared_at_modes(1.0 - levels as f64 / self.laplace.model.n as f64)?;
        Ok(Some(self.begin(&theta, self.laplace.mode.gamma.clone(), self.further, &shared)))
    }

    /// A start with next to no variance and the coefficients without random effects.
    fn between(&self) -> Begin {
        self.begin(&self.small_theta(), self.pooled.fixed[0].clone(), &self.pooled.fixed[1..].concat(), &self.pooled.shared)
    }

    fn begin(&self, theta: &[f64], gamma: Vec<f64>, further: &[f64], shared: &[f64]) -> Begin {
        let place = if self.inside == Inside::Nothing { &gamma[..] } else { &[] };
        Begin { x: [theta, place, further, shared].concat(), gamma }
    }

    /// Shared parameters by a few Newton steps with the predictors as they are, of which a share is taken: the effects have used up some of
    /// the dispersion.
    fn shared_at_modes(&mut self, share: f64) -> Result<Vec<f64>> {
        let (laplace, k) = (&mut *self.laplace, self.shared.len());
        let mut best = self.shared.to_vec();
        let mut value = f64::NEG_INFINITY;
        let mut step = vec![0.0; k];
        let mut length = 1.0;
        for _ in 0..STEPS + HALVINGS {
            let trial: Vec<f64> = best.iter().zip(&step).map(|(v, s)| v + length * s).collect();
            laplace.mode.evaluator.prepare(&trial, &laplace.mode.eta, Order::Gradient)?;
            laplace.mode.evaluate(Order::Gradient)?;
            let next = laplace.mode.jet.log_likelihood();
            if next.is_nan() || next <= value {
                length *= 0.5;
                continue;
            }
            (best, value, length) = (trial, next, 1.0);
            let (mut information, mut weights) = (vec![0.0; k * k], vec![]);
            laplace.mode.evaluator.shared_information(&mut information, &mut weights)?;
            step = (0..k).map(|f| laplace.mode.evaluator.shared_score(f).iter().sum()).collect();
            (0..k).for_each(|f| information[f * (k + 1)] += 1e-6);
            if step.iter().any(|v| !v.is_finite()) || dense::cholesky(k, &mut information).is_err() {
                break;
            }
            dense::solve_lower(k, &information, &mut step);
            dense::solve_lower_transpose(k, &information, &mut step);
            step.iter_mut().for_each(|s| *s = s.clamp(-1.0, 1.0));
        }
        Ok(best.iter().zip(self.shared).map(|(v, at)| at + share.clamp(0.0, 1.0) * (v - at)).collect())
    }
}

/// u <- T^-1 u; what has no variance stays at zero.
fn solve_factor(r: usize, t: &[f64], u: &mut [f64]) {
    for e in 0..r {
        let rest = u[e] - (0..e).map(|c| t[c * r + e] * u[c]).sum::<f64>();
        u[e] = if t[e * (r + 1)] == 0.0 { 0.0 } else { rest / t[e * (r + 1)] };
    }
}
