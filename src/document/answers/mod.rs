//! The answers to questions about a fit.

mod again;
mod diagnosed;
mod evaluated;
mod fixed_effects;
mod influence;
mod means;
mod power;
mod prediction;
mod replicates;
mod robust;
mod statistic;
mod subject;
mod variances;

pub use again::{CrossValidated, Refitted};
pub use diagnosed::{ResidualValues, SimulatedAnswer};
pub use evaluated::Evaluated;
pub use fixed_effects::{FixedEffects, Limits};
pub use influence::Influenced;
pub use means::MeansAnswer;
pub use prediction::{Parts, Predicted, SurvivalAnswer};
pub use replicates::{Bootstrapped, Profiled};
pub use robust::with_robust;
pub use subject::{Subject, Work};
pub use variances::VarianceTests;

use std::ffi::CStr;
use std::time::Instant;

use super::questions::{Questions, Residuals};
use crate::coxme::transform::TimeTransform;
use crate::diagnostics::{ConditionalAic, R2};
use crate::error::Result;
use crate::fit::Instead;
use crate::frame::Frame;
use crate::predict::Draws;
use subject::about;

/// Everything that was asked.
pub struct Answers<'a> {
    pub fixed: FixedEffects<'a>,
    pub variance_parameters: Option<Frame>,
    pub evaluated: Option<Evaluated>,
    pub means: Option<MeansAnswer>,
    pub comparison: Option<Frame>,
    pub variances: VarianceTests,
    /// A row for each size.
    pub power: Option<Frame>,
    pub predicted: Option<Predicted>,
    pub survival: Option<SurvivalAnswer>,
    pub draws: Option<Draws>,
    /// Responses one after another.
    pub simulated: Option<Vec<f64>>,
    pub bootstrapped: Option<Bootstrapped>,
    pub profiled: Profiled,
    pub refitted: Option<Refitted>,
    pub optimizers: Option<Frame>,
    pub cross_validated: Option<CrossValidated>,
    pub influenced: Option<Influenced>,
    pub residuals: Vec<(Residuals, ResidualValues)>,
    pub simulated_residuals: Option<SimulatedAnswer>,
    pub diagnosis: Option<Frame>,
    /// With the function of time that was asked for.
    pub proportional_hazards: Option<(TimeTransform, Frame)>,
    pub random_effects: Option<Frame>,
    pub r2: Option<R2>,
    pub caic: Option<ConditionalAic>,
    /// That inference took: tests, means and comparisons.
    pub seconds: f64,
}

impl<'a> Answers<'a> {
    /// Computes them in the order in which they are written.
    pub fn new(subject: &Subject<'a>, questions: &Questions, work: &Work<'_>) -> Result<Self> {
        let fit = subject.fit;
        questions.check(fit.kind.model())?;
        let of_rows = questions.of_rows(fit.reduced.is_some());
        of_rows.map(CStr::to_string_lossy).map_or(Ok(()), |name| fit.need_rows_or(&name, Instead::of_question(&name)))?;
        let start = Instant::now();
        let fixed = FixedEffects::new(subject, questions, work)?;
        let parameters = evaluated::variance_parameters(fit, questions, work)?;
        let (own, further) = (&questions.means, &questions.further);
        let draws = further.draws > 0;
        let means = own.specs.as_deref().map(|specs| {
            let answer = means::marginal_means(
                subject,
                specs,
                own,
                (questions.selection.part, questions.quantity),
                fixed.freedom,
                questions.level,
                work,
            );
            about("emmeans", answer)
        });
        let comparison = again::compare(subject, questions, work)?;
        let variances = VarianceTests::new(subject, questions, work)?;
        let seconds = start.elapsed().as_secs_f64();
        let (count, what) = (questions.simulate, questions.simulate_type);
        Ok(Answers {
            fixed,
            variance_parameters: parameters,
            evaluated: Evaluated::new(fit, questions, work)?,
            means: means.transpose()?,
            comparison,
            variances,
            seconds,
            power: power::power(subject, questions, work)?,
            predicted: Predicted::new(subject, questions, work)?,
            survival: SurvivalAnswer::new(subject, questions, work)?,
            draws: draws.then(|| about("draws", fit.posterior_draws(further.draws, questions.seed, work.watch))).transpose()?,
            simulated: if count > 0 { Some(fit.simulate(count, questions.seed, what, work.watch)?) } else { None },
            bootstrapped: Bootstrapped::new(fit, questions, work)?,
            profiled: Profiled::new(fit, questions, work)?,
            refitted: again::refit(fit, questions, work)?,
            optimizers: again::all_optimizers(subject, questions, work)?,
            cross_validated: again::cross_validate(subject, questions, work)?,
            influenced: Influenced::new(subject, questions, work)?,
            residuals: diagnosed::residuals(fit, questions, work)?,
            simulated_residuals: SimulatedAnswer::new(subject, questions, work)?,
            diagnosis: if questions.diagnose { Some(fit.diagnose(work.watch)?) } else { None },
            proportional_hazards: diagnosed::proportional_hazards(fit, questions, work)?,
            random_effects: diagnosed::random_effects(fit, questions)?,
            caic: questions.selection.caic.then(|| about("caic", fit.conditional_aic(work.watch))).transpose()?,
            r2: if questions.selection.r2 { Some(fit.r2(work.watch)?) } else { None },
        })
    }
}
