//! Residuals, and limits of the random effects.

use super::subject::{Subject, Work};
use crate::choice::Choice;
use crate::coxme::transform::TimeTransform;
use crate::diagnostics::{Grouping, Simulations};
use crate::document::questions::{ConfidenceInterval, Questions, Residuals};
use crate::error::{Result, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;

/// What memory is for.
const LIMITS: &str = "limits of the random effects";

/// Residuals of a kind.
pub enum ResidualValues {
    /// One for each row.
    Rows(Vec<f64>),
    /// One for each row used and fixed effect, `[n_obs, p]`.
    Fixef(Vec<f64>),
    /// A row for each event, or random effect.
    Table(Frame),
}

/// Residuals of the kinds that are asked for, in the order of the list of kinds.
pub fn residuals(fit: &Fit, questions: &Questions, work: &Work<'_>) -> Result<Vec<(Residuals, ResidualValues)>> {
    let asked = Residuals::ALL.iter().map(|(kind, _)| *kind).filter(|kind| questions.residuals.contains(kind));
    let values = |kind: Residuals| match kind {
        Residuals::Of(kind) => fit.residuals_of(kind, work.watch).map(ResidualValues::Rows),
        Residuals::Quantile => fit.quantile_residuals(questions.seed, work.watch).map(ResidualValues::Rows),
        Residuals::Fixef(kind) => fit.fixef_residuals(kind, work.watch).map(ResidualValues::Fixef),
        Residuals::Schoenfeld => fit.schoenfeld_residuals(work.watch).map(ResidualValues::Table),
        Residuals::RandomEffects => fit.ranef_residuals(work.watch).map(ResidualValues::Table),
    };
    asked.map(|kind| Ok((kind, values(kind)?))).collect()
}

/// Residuals by simulation, and tests by them.
pub struct SimulatedAnswer {
    pub residuals: Frame,
    pub tests: Frame,
}

impl SimulatedAnswer {
    pub fn new(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Self>> {
        if questions.simulated_residuals == 0 {
            return Ok(None);
        }
        let fit = subject.fit;
        let grouping = questions.residual_group.as_deref().map(|name| Grouping::named(fit, subject.data, name)).transpose()?;
        let asked = Simulations {
            count: questions.simulated_residuals,
            seed: questions.seed,
            random_effects: questions.simulate_type,
            grouping: grouping.as_ref(),
        };
        let all = fit.simulated_residuals(&asked, &work.watch.with_threads(work.options.threads))?;
        Ok(Some(SimulatedAnswer { residuals: all.frame(fit)?, tests: all.tests()? }))
    }
}

/// Tests of hazard ratios against such as change with time.
pub fn proportional_hazards(fit: &Fit, questions: &Questions, work: &Work<'_>) -> Result<Option<(TimeTransform, Frame)>> {
    let table = |transform| Ok((transform, fit.proportional_hazards(transform, work.watch)?));
    questions.proportional_hazards.map(table).transpose()
}

/// Random effects with their limits, a row each: `group`, `level`, `effect`, `mode`, `lower`, `upper`.
pub fn random_effects(fit: &Fit, questions: &Questions) -> Result<Option<Frame>> {
    if !questions.asks(ConfidenceInterval::RandomEffects) {
        return Ok(None);
    }
    let n = fit.all_terms().map(|(_, term)| term.modes.len()).sum();
    let (texts, numbers) = (|| try_vec(LIMITS, None, n), || try_vec(LIMITS, 0.0, n));
    let (mut group, mut level, mut effect) = (texts()?, texts()?, texts()?);
    let (mut mode, mut lower, mut upper) = (numbers()?, numbers()?, numbers()?);
    let mut row = 0;
    for (_, term) in fit.all_terms() {
        let (design, r) = (&term.design, term.design.effects.len());
        let (low, high) = term.intervals(questions.level, &term.condvar)?;
        for i in 0..term.modes.len() {
            group[row] = Some(design.group.as_str());
            level[row] = Some(design.levels[i / r].as_str());
            effect[row] = Some(design.effects[i % r].as_str());
            (mode[row], lower[row], upper[row]) = (term.modes[i], low[i], high[i]);
            row += 1;
        }
    }
    let mut table = Frame::new(n);
    table.add_strings("group", &group)?;
    table.add_strings("level", &level)?;
    table.add_strings("effect", &effect)?;
    table.add_real("mode", mode)?;
    table.add_real("lower", lower)?;
    table.add_real("upper", upper)?;
    Ok(Some(table))
}
