//! Replicates of a fit that was made of sums: responses are drawn as the sums that the model sees of them, and the model is fitted to these.

use super::estimates::Refit;
use super::refit::refit_system;
use super::simulate::RandomEffects;
use crate::error::Result;
use crate::fit::{Fit, Instead};
use crate::lmm::deviance::Analysis;
use crate::lmm::redraw::Redraw;
use crate::lmm::system::LinearSystem;
use crate::options::Options;
use crate::simulate::{Purpose, Stream};
use crate::watch::Watch;

/// Draws replicates of a fit's response as sums, and fits the model to them.
pub(super) struct Redrawn {
    redraw: Redraw,
    /// Of the last replicate.
    system: LinearSystem,
    analysis: Option<Analysis>,
    options: Options,
    theta: Vec<f64>,
    what: RandomEffects,
}

impl Redrawn {
    pub fn new(fit: &Fit, what: RandomEffects, watch: &Watch<'_>) -> Result<Self> {
        fit.with_factor("fits to simulated responses")?;
        if fit.correlation().is_some() {
            fit.need_rows_or("the bootstrap of a model with correlated residuals", Instead::Frame)?;
        }
        let system = fit.linear_system(watch)?;
        let theta = fit.parameters_of_search();
        let redraw = Redraw::new(system, &theta, &fit.fixed.estimate, fit.sigma, watch)?;
        Ok(Redrawn { system: redraw.system().clone(), redraw, analysis: None, options: fit.options(), theta, what })
    }

    /// The numbers depend on the seed and the replicate; those of the residuals are not the ones that rows would have.
    pub fn refit(&mut self, seed: u64, replicate: u64, watch: &Watch<'_>) -> Result<Refit> {
        let mut effects = Stream::new(seed, replicate, Purpose::RandomEffects);
        let effects = (self.what == RandomEffects::New).then_some(&mut effects);
        let drawn = self.redraw.draw(effects, &mut Stream::new(seed, replicate, Purpose::Sums))?;
        drawn.put(&self.redraw, &mut self.system)?;
        refit_system(&self.system, &mut self.analysis, &self.options, (&self.theta, false), watch)
    }
}
