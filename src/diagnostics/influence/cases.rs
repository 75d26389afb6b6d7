//! Cases left out one after the other.

use super::kinds::{CaseStatus, InfluenceMethod};
use super::linear::{Deleter, Kept, Linear, RowDeleted, each_row};
use super::measures::{Found, Measures, Reference, Without};
use super::others::Others;
use super::table::{Influence, Outcome};
use super::units::{Cases, Units};
use crate::choice::Choice;
use crate::error::{Error, Result, or_reason, try_collect, try_push};
use crate::fit::Fit;
use crate::resample::Refit;
use crate::resample::pool::{News, Pieces, run};
use crate::watch::{Phase, Watch};

/// What memory is for.
const CASES: &str = "cases that are left out";

/// What is left out, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct InfluenceOptions<'a> {
    pub cases: Cases<'a>,
    pub method: InfluenceMethod,
    /// Which change no result.
    pub threads: usize,
}

impl Fit {
    /// Leaves out case after case. After each the watcher hears of the number done, the deviance and theta without it (NaN and nothing if it
    /// failed).
    pub fn influence(&self, options: &InfluenceOptions<'_>, watch: &Watch<'_>) -> Result<Influence> {
        self.without_priors("influence")?;
        self.need_rows("influence")?;
        self.with_factor("influence")?;
        if self.robust.is_some() {
            return Err(Error::unsupported(
                "influence: of a fit with robust standard errors; ask it of the fit that it was made of",
            ));
        }
        if !self.is_linear() && options.method == InfluenceMethod::Fixed {
            let [own, refit, step] =
                [InfluenceMethod::Fixed, InfluenceMethod::Refit, InfluenceMethod::OneStep].map(InfluenceMethod::name);
            return Err(Error::unsupported(format!("influence method {own} is for linear models; others have {refit} and {step}")));
        }
        let units = Units::new(self, &options.cases)?;
        watch.at(Phase::Deletion, 0, Some(units.len()))?;
        let leaving = Leaving { fit: self, units: &units, reference: Reference::of(self) };
        let done = if self.is_linear() {
            leaving.of_linear(options, &watch.with_threads(1))?
        } else {
            leaving.of_others(options, watch)?
        };
        Ok(Influence {
            rows: try_collect(CASES, (0..units.len()).map(|i| units.rows(i).len()))?,
            cases: try_collect(CASES, done.into_iter().map(|(outcome, _)| outcome))?,
            labels: units.labels,
            names: self.quantity_names(),
            full: self.quantities(&self.as_refit())?,
            deviations: self.deviation_places(),
            p: self.fixed.names.len(),
        })
    }
}

/// A fit, and what is left out of its rows.
struct Leaving<'a> {
    fit: &'a Fit,
    units: &'a Units,
    reference: Reference,
}

impl Leaving<'_> {
    fn of_linear(&self, options: &InfluenceOptions<'_>, watch: &Watch<'_>) -> Result<Vec<Done>> {
        let linear = Linear::new(self.fit, watch)?;
        let rows = linear.rows(watch)?;
        let deleter = Deleter::new(self.fit, &linear, &rows, options.method, watch)?;
        let one = |kept: &mut Kept, i: usize, watch: &Watch<'_>| self.outcome(i, |gone| deleter.without(kept, gone, watch));
        if options.method == InfluenceMethod::Fixed && matches!(options.cases, Cases::Rows) {
            let (mut kept, mut all, own) = (Kept::default(), vec![], self.fit.as_refit());
            let inside = watch.inside(Phase::Deletion, 0, Some(self.units.len()));
            each_row(self.fit, &linear.shares(&rows, &inside)?, |i, row| {
                watch.round(Phase::Deletion, i, self.units.len())?;
                let done = match row {
                    Some(row) => self.row_deleted(row, &own)?,
                    None => one(&mut kept, i, watch)?,
                };
                try_push(CASES, &mut all, done)
            })?;
            return Ok(all);
        }
        let pieces = Pieces { tools: &|_| Ok(Kept::default()), work: &one, news: &news };
        run(self.units.len(), options.threads, Phase::Deletion, &pieces, watch)
    }

    fn of_others(&self, options: &InfluenceOptions<'_>, watch: &Watch<'_>) -> Result<Vec<Done>> {
        let without = Others::new(self.fit, options.method, &watch.inside(Phase::Deletion, 0, Some(self.units.len())))?;
        let work = |(): &mut (), i: usize, watch: &Watch<'_>| self.outcome(i, |gone| without.without(gone, watch));
        let pieces = Pieces { tools: &|_| Ok(()), work: &work, news: &news };
        run(self.units.len(), options.threads, Phase::Deletion, &pieces, watch)
    }

    /// What a case does, by the estimates without it.
    fn outcome(&self, i: usize, without: impl FnOnce(&[u32]) -> Result<Found>) -> Result<Done> {
        let gone = self.units.rows(i);
        let none = |status: CaseStatus, reason: String| Ok((Err((status, reason)), (f64::NAN, vec![])));
        if gone.len() == self.fit.n_obs {
            return none(CaseStatus::Failed, "it has all rows: nothing is left to fit".into());
        }
        match or_reason(without(gone))? {
            Err(reason) => none(CaseStatus::Failed, reason),
            Ok(Found::RankLost(name)) => none(CaseStatus::RankLost, format!("the fixed effect {name} has no estimate without it")),
            Ok(Found::Estimates(Without { estimates, root, displacement })) => {
                let measures = Measures {
                    displacement,
                    estimates: self.fit.quantities(&estimates)?,
                    converged: estimates.converged,
                    singular: estimates.singular,
                    ..self.reference.measures(&estimates.fixed[0], &root)
                };
                Ok((Ok(measures), (-2.0 * estimates.log_likelihood, estimates.theta)))
            }
        }
    }

    /// The same of a row at the parameters of the fit, whose estimates are `own`.
    fn row_deleted(&self, row: RowDeleted, own: &Refit) -> Result<Done> {
        let p = self.fit.fixed.names.len() as f64;
        let measures = Measures {
            cooks_distance: row.cooks_distance,
            mdffits: row.mdffits,
            covtrace: row.covtrace,
            covratio: row.covratio,
            dfbetas: row.dfbetas,
            displacement: if self.fit.reml { 0.0 } else { p * row.cooks_distance },
            estimates: self.fit.quantities(&Refit { fixed: vec![row.beta], ..own.clone() })?,
            converged: true,
            singular: own.singular,
        };
        Ok((Ok(measures), (f64::NAN, vec![])))
    }
}

/// What becomes of a case, and what the watcher hears of it.
type Done = (Outcome, News);

fn news(done: &Done) -> News {
    done.1.clone()
}
