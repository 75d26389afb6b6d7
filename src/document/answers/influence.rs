//! What estimates become without rows or groups.

use super::subject::{Subject, Work, about, cases};
use crate::choice::Choice;
use crate::diagnostics::LeverageKind;
use crate::diagnostics::influence::{Apart, Cases, Influence, InfluenceMethod, InfluenceOptions, Measures};
use crate::document::questions::Questions;
use crate::error::{Result, try_gather};
use crate::frame::Frame;

/// What memory is for.
const TABLE: &str = "table of influence";

/// Cases that a person sees.
const SHOWN: usize = 20;

/// Influence, with what stands beside it.
pub struct Influenced {
    pub by: String,
    pub method: InfluenceMethod,
    pub influence: Influence,
    pub apart: Apart,
    /// Beside refits of a linear model.
    pub one_step: Option<Influence>,
    /// Of the rows used, if they are the cases and the model is linear.
    pub leverage: Option<Vec<f64>>,
}

impl Influenced {
    pub fn new(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Self>> {
        let Some(by) = questions.influence.as_deref() else { return Ok(None) };
        about("influence", Self::of(subject, by, questions, work)).map(Some)
    }

    fn of(subject: &Subject<'_>, by: &str, questions: &Questions, work: &Work<'_>) -> Result<Self> {
        let (fit, threads, method) = (subject.fit, work.options.threads, questions.influence_method);
        let cases = cases(by, subject.data);
        let with = |method: InfluenceMethod| fit.influence(&InfluenceOptions { cases, method, threads }, work.watch);
        let influence = with(method)?;
        let refits = fit.is_linear() && method == InfluenceMethod::Refit;
        let one_step = if refits { Some(with(InfluenceMethod::OneStep)?) } else { None };
        let leverage = if fit.is_linear() && matches!(cases, Cases::Rows) {
            Some(fit.used(&fit.leverage(LeverageKind::Overall, &work.watch.with_threads(threads))?)?)
        } else {
            None
        };
        let apart = influence.apart(questions.influence_threshold)?;
        Ok(Influenced { by: by.to_owned(), method, influence, apart, one_step, leverage })
    }

    /// The cases that do most, first.
    pub fn table(&self) -> Result<Frame> {
        let order = self.influence.order()?;
        let shown = &order[..order.len().min(SHOWN)];
        let all = &self.influence;
        let labels = try_gather(TABLE, shown.iter().map(|i| Some(all.labels[*i].as_str())))?;
        let status = try_gather(TABLE, shown.iter().map(|i| Some(all.status(*i).name())))?;
        let value = |of: fn(&Measures) -> f64| -> Result<Vec<f64>> {
            let values = all.values(of)?;
            try_gather(TABLE, shown.iter().map(|i| values[*i]))
        };
        let mut table = Frame::new(shown.len());
        table.add_strings("case", &labels)?;
        table.add_integers("rows", try_gather(TABLE, shown.iter().map(|i| all.rows[*i] as i64))?)?;
        table.add_real("cooks_distance", value(|own| own.cooks_distance)?)?;
        table.add_real("mdffits", value(|own| own.mdffits)?)?;
        table.add_real("covtrace", value(|own| own.covtrace)?)?;
        table.add_real("covratio", value(|own| own.covratio)?)?;
        if let Some(leverage) = &self.leverage {
            table.add_real("leverage", try_gather(TABLE, shown.iter().map(|i| leverage[*i]))?)?;
        }
        table.add_strings("status", &status)?;
        Ok(table)
    }
}
