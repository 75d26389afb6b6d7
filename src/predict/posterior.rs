//! Draws from the normal approximation of the posterior distribution under flat priors on the working scale: parameters from that of their
//! estimates, effects from theirs at these parameters, each with the logarithm of its importance weight.
//!
//! Fixed effects of a linear model are drawn with the random ones, from their distribution at the variances, which is exact.

use crate::error::{Error, Result, try_vec};
use crate::fit::parameter_ids::id;
use crate::fit::{Fit, Generalised, ParameterForm};
use crate::frame::Frame;
use crate::glmm::draw::Drawer;
use crate::glmm::solution::root_of_known;
use crate::inference::parameters::working_of_linear;
use crate::lmm::draw::Drawer as LinearDrawer;
use crate::names::unique;
use crate::simulate::pareto::smoothed;
use crate::simulate::{Purpose, Stream};
use crate::watch::{Phase, Watch};

/// What memory is for.
const DRAWS: &str = "draws from the posterior distribution";

/// Draws as a table, a row each: `log_ratio`, the logarithm of the density over that which is drawn from, but for a constant; `weight`, smoothed,
/// which add up to one; the parameters by their working ids, on their working scales; the random effects.
#[derive(Clone, Debug)]
pub struct Draws {
    pub table: Frame,
    /// The shape of the largest weights.
    pub pareto_k: f64,
    /// Draws at which the model cannot be evaluated; they have no weight.
    pub failed: usize,
}

/// One of them: parameters, random effects, log ratio; the effects are missing where the model cannot be evaluated.
struct One {
    parameters: Vec<f64>,
    effects: Option<(Vec<f64>, f64)>,
}

impl Fit {
    /// So many draws. Each depends on the seed and its number alone.
    pub fn posterior_draws(&self, count: usize, seed: u64, watch: &Watch<'_>) -> Result<Draws> {
        self.without_cox("draws from the posterior distribution")?;
        self.without_priors("draws from the posterior distribution")?;
        self.with_factor("draws from the posterior distribution")?;
        self.need_rows("draws from the posterior distribution")?;
        if count == 0 {
            return Err(Error::argument("draws: 0 draws, wanted 1 at least"));
        }
        let names = self.draw_names();
        let (parameters, columns) = (self.parameter_ids(ParameterForm::Working).len(), names.len());
        let mut values = try_vec(DRAWS, f64::NAN, columns.saturating_mul(count))?;
        let mut ratios = try_vec(DRAWS, f64::NEG_INFINITY, count)?;
        let mut failed = 0;
        let mut put = |draw: usize, own: One| {
            let effects = own.effects.as_ref().map_or(&[][..], |(effects, _)| effects);
            let all = own.parameters.iter().enumerate().chain((parameters..).zip(effects));
            all.for_each(|(column, value)| values[column * count + draw] = *value);
            match own.effects {
                Some((_, ratio)) => ratios[draw] = ratio,
                None => failed += 1,
            }
        };
        match self.generalised() {
            Some(own) => self.draw_generalised(own, (count, seed), &mut put, watch)?,
            None => self.draw_linear((count, seed), &mut put, watch)?,
        }
        // A deadline makes the last of them fail.
        watch.pulse()?;
        if failed == count {
            return Err(Error::numeric("draws: the model could not be evaluated at any of the parameters that were drawn"));
        }
        let smooth = smoothed(&ratios);
        let mut table = Frame::new(count);
        table.add_real("log_ratio", ratios)?;
        table.add_real("weight", smooth.log_weights.iter().map(|own| own.exp()).collect())?;
        for (name, column) in names.iter().zip(values.chunks_exact(count)) {
            table.add_real(name, crate::error::try_copy(DRAWS, column)?)?;
        }
        Ok(Draws { table, pareto_k: smooth.k, failed })
    }

    /// The parameters, then the random effects, level by level.
    fn draw_names(&self) -> Vec<String> {
        let mut names = self.parameter_ids(ParameterForm::Working);
        for (prefix, term) in self.named_terms() {
            let own = &term.design;
            for level in own.levels.iter() {
                names.extend(own.effects.iter().map(|effect| id(prefix, "ranef", &[&own.group, level, effect])));
            }
        }
        unique(names)
    }

    fn draw_generalised(
        &self,
        own: &Generalised,
        (count, seed): (usize, u64),
        put: &mut dyn FnMut(usize, One),
        watch: &Watch<'_>,
    ) -> Result<()> {
        if !own.separated.is_empty() {
            return Err(Error::numeric(format!(
                "draws: {} has no finite estimate, and under a flat prior no distribution",
                own.separated.join(", ")
            )));
        }
        let (model, mut whole) = self.rebuilt_whole(own)?;
        let mut drawer = Drawer::new(&model, watch)?;
        let (m, n_theta) = (own.vcov.len().isqrt(), own.working_theta.len());
        let estimated: Vec<usize> = own.estimated(self.ordinal().is_some()).collect();
        let fixed = m - n_theta - estimated.len();
        let mut centre = self.parameter_values(ParameterForm::Working);
        centre[m - n_theta..].copy_from_slice(&own.working_theta);
        for draw in 0..count {
            watch.at(Phase::Simulation, draw, Some(count))?;
            let (at, quadratic) = moved(&centre, &own.root, &mut Stream::new(seed, draw as u64, Purpose::Posterior));
            let mut psi = own.psi.clone();
            estimated.iter().zip(&at[fixed..]).for_each(|(j, value)| psi[*j] = *value);
            let mut effects = None;
            let mut theta = at[m - n_theta..].to_vec();
            // Thresholds may cross.
            if let Some(working) = crate::error::if_any(whole.working(&model, &theta, &at[..fixed], &psi))? {
                let drawn = drawer.draw(&working, &mut Stream::new(seed, draw as u64, Purpose::RandomEffects))?;
                effects = drawn.map(|own| (own.effects, own.log_ratio + 0.5 * quadratic));
            }
            theta = drawer.theta(&theta);
            put(draw, One { parameters: [&at[..m - n_theta], &theta].concat(), effects });
        }
        Ok(())
    }

    fn draw_linear(&self, (count, seed): (usize, u64), put: &mut dyn FnMut(usize, One), watch: &Watch<'_>) -> Result<()> {
        let (system, working, covariance) = working_of_linear(self, watch)?;
        let n = working.len();
        let root = root_of_known(n + 1, &covariance);
        let centre: Vec<f64> = working.iter().copied().chain([self.sigma.ln()]).collect();
        let mut drawer = LinearDrawer::new(&system, watch)?;
        for draw in 0..count {
            watch.at(Phase::Simulation, draw, Some(count))?;
            let (at, quadratic) = moved(&centre, &root, &mut Stream::new(seed, draw as u64, Purpose::Posterior));
            let drawn = drawer.draw(&at[..n], at[n].exp(), &mut Stream::new(seed, draw as u64, Purpose::RandomEffects))?;
            let mut theta = drawer.theta(&at[..n]);
            let rho = self.correlation().and_then(|own| Some((own.lower, theta.pop()?)));
            let beta = drawn.as_ref().map_or_else(|| vec![f64::NAN; self.fixed.names.len()], |own| own.beta.clone());
            let further = std::iter::once(at[n]).chain(rho.map(|(lower, rho)| ((rho - lower) / (1.0 - rho)).ln()));
            let parameters = beta.into_iter().chain(further).chain(theta).collect();
            let effects = drawn.map(|own| (own.effects, own.log_density + 0.5 * quadratic));
            put(draw, One { parameters, effects });
        }
        Ok(())
    }
}

/// A point of the normal distribution about a centre with R R' as covariance, and z'z of the numbers it is made of; what is not known stays.
fn moved(centre: &[f64], root: &[f64], stream: &mut Stream) -> (Vec<f64>, f64) {
    let (mut at, mut quadratic) = (centre.to_vec(), 0.0);
    for column in root.chunks_exact(centre.len().max(1)).filter(|column| column.iter().any(|r| *r != 0.0 && !r.is_nan())) {
        let z = stream.normal();
        quadratic += z * z;
        at.iter_mut().zip(column).filter(|(_, r)| !r.is_nan()).for_each(|(at, r)| *at += r * z);
    }
    (at, quadratic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::CsvOptions;
    use crate::options::Options;
    use crate::predict::{NewData, Quantity, Request};
    use crate::spec::{FormulaSpec, ModelKind, Source, Spec};

    fn fit(kind: ModelKind, family: &str, formula: &str, reml: bool) -> (Spec, Frame, Fit) {
        let csv = CsvOptions { categorical: vec!["Subject".into()], ..CsvOptions::default() };
        let frame = Frame::from_csv_path("tests/reference/data/sleepstudy.csv", &csv).unwrap();
        let mut spec = Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() }));
        spec.family.name = family.into();
        let own = Fit::new(&spec, Some(&frame), &Options { reml, ..Options::default() }, &Watch::unwatched()).unwrap();
        (spec, frame, own)
    }

    /// Where the approximation is exact the ratio is the marginal likelihood, whatever is drawn.
    #[test]
    fn the_ratio_of_a_gaussian_model_is_its_likelihood() {
        let (_, _, fit) = fit(ModelKind::Glmm, "gaussian", "Reaction ~ Days + (Days | Subject)", false);
        let own = fit.generalised().unwrap();
        let (model, mut whole) = fit.rebuilt_whole(own).unwrap();
        let mut drawer = Drawer::new(&model, &Watch::unwatched()).unwrap();
        let mut stream = Stream::new(1, 0, Purpose::RandomEffects);
        let working = whole.working(&model, &own.working_theta, &fit.fixed.estimate, &own.psi).unwrap();
        let mut all = vec![];
        for draw in 0..6 {
            let moved: Vec<f64> = working.iter().map(|v| if draw < 3 { *v } else { 1.1 * v }).collect();
            all.push(drawer.draw(&moved, &mut stream).unwrap().unwrap().log_ratio);
        }
        assert!(all[..3].iter().all(|own| (own - fit.log_likelihood).abs() < 1e-6), "{all:?} for {}", fit.log_likelihood);
        assert!(all[4..].iter().all(|own| (own - all[3]).abs() < 1e-7) && all[3] < all[0] - 0.1, "{all:?}");
    }

    /// At given variances the linear predictors have the variances of predictions, whose standard errors take these as known.
    #[test]
    fn effects_of_a_linear_model_vary_as_its_predictions() {
        let (_, _, fit) = fit(ModelKind::Lmm, "", "Reaction ~ Days + (Days | Subject)", true);
        let watch = Watch::unwatched();
        let (system, working, _) = working_of_linear(&fit, &watch).unwrap();
        let mut drawer = LinearDrawer::new(&system, &watch).unwrap();
        let mut stream = Stream::new(3, 0, Purpose::RandomEffects);
        let (n, draws) = (fit.n_obs, 4000);
        let (mut sum, mut square) = (vec![0.0; n], vec![0.0; n]);
        for _ in 0..draws {
            let own = drawer.draw(&working, fit.sigma, &mut stream).unwrap().unwrap();
            for i in 0..n {
                let (level, days) = (fit.terms[0].design.index[i] as usize, fit.x[n + i]);
                let eta = own.beta[0] + own.effects[2 * level] + days * (own.beta[1] + own.effects[2 * level + 1]) - fit.fitted[i];
                (sum[i], square[i]) = (sum[i] + eta, square[i] + eta * eta);
            }
        }
        let request = Request { quantity: Quantity::Link, level: Some(0.9), ..Request::default() };
        let errors = fit.predictions(NewData::Training, &request, &watch).unwrap().std_errors;
        for (i, error) in errors.iter().enumerate() {
            let (mean, sd) = (sum[i] / f64::from(draws), (square[i] / f64::from(draws)).sqrt());
            assert!(mean.abs() < 5.0 * error / f64::from(draws).sqrt(), "{i}: {mean}");
            assert!((sd / error - 1.0).abs() < 5.0 / (2.0 * f64::from(draws)).sqrt(), "{i}: {sd} for {error}");
        }
    }

    /// The density of the variances, at its best for sigma, is the restricted criterion.
    #[test]
    fn the_density_of_a_linear_model_is_its_restricted_likelihood() {
        let (spec, frame, fit) = fit(ModelKind::Lmm, "", "Reaction ~ Days + (1 | Subject)", true);
        let watch = Watch::unwatched();
        let (system, working, _) = working_of_linear(&fit, &watch).unwrap();
        let mut drawer = LinearDrawer::new(&system, &watch).unwrap();
        let mut stream = Stream::new(3, 0, Purpose::RandomEffects);
        let df = (fit.n_obs - fit.fixed.names.len()) as f64;
        let (mut ours, mut thetas) = (vec![], vec![]);
        for factor in [1.0, 0.5, 1.7] {
            let at: Vec<f64> = working.iter().map(|v| factor * v).collect();
            let mut d = |sigma: f64| -2.0 * drawer.draw(&at, sigma, &mut stream).unwrap().unwrap().log_density;
            // d = c + df log s^2 + r / s^2, with s in the unit of the search.
            let (a, b) = (d(fit.sigma), d(2.0 * fit.sigma));
            let r = (a - b + df * 4f64.ln()) / 0.75;
            ours.push(a - r + df * (r / df).ln() + df);
            thetas.extend(drawer.theta(&at));
        }
        let theirs = Fit::objective(&spec, Some(&frame), &Options::default(), &thetas, &watch).unwrap();
        for k in 1..3 {
            let (got, want) = (ours[k] - ours[0], theirs[k] - theirs[0]);
            assert!((got - want).abs() < 1e-7, "{got} for {want}");
        }
    }
}
