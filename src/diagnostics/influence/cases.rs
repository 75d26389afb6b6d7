//! Cases left out one after the other.

use super::kinds::{CaseStatus, InfluenceMethod};
use super::linear::{Deleter, Kept, Linear, RowDeleted, each_row};
use super::measures::{Found, Measures, Reference, Without};
use super::others::Refits;
use super::table::{Influence, Outcome};
use super::units::{Cases, Units};
use crate::choice::Choice;
use crate::error::{Error, Result, or_reason};
use crate::fit::Fit;
use crate::resample::Refit;
use crate::resample::pool::{News, Pieces, run};
use crate::watch::{Phase, Watch};

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
        self.need_rows("influence")?;
        self.with_factor("influence")?;
        if !self.is_linear() && options.method != InfluenceMethod::Refit {
            return Err(Error::unsupported(format!(
                "influence method {} is for linear models; others have {}",
                options.method.name(),
                InfluenceMethod::Refit.name()
            )));
        }
        let units = Units::new(self, &options.cases)?;
        watch.at(Phase::Deletion, 0, Some(units.len()))?;
        let cases = if self.is_linear() {
            self.influence_of_linear(&units, options, &watch.with_threads(1))?
        } else {
            let refits = Refits::new(self)?;
            let work = |(): &mut (), i: usize, watch: &Watch<'_>| self.outcome(&units, i, |gone| refits.without(gone, watch));
            let pieces = Pieces { tools: &|_| Ok(()), work: &work, news: &news };
            run(units.len(), options.threads, Phase::Deletion, &pieces, watch)?
        };
        Ok(Influence {
            rows: (0..units.len()).map(|i| units.rows(i).len()).collect(),
            labels: units.labels,
            cases: cases.into_iter().map(|(outcome, _)| outcome).collect(),
            names: self.quantity_names(),
            full: self.quantities(&self.as_refit())?,
            deviations: self.deviation_places(),
            p: self.fixed.names.len(),
        })
    }

    fn influence_of_linear(&self, units: &Units, options: &InfluenceOptions<'_>, watch: &Watch<'_>) -> Result<Vec<Done>> {
        let linear = Linear::new(self, watch)?;
        let rows = linear.rows(watch)?;
        let deleter = Deleter::new(self, &linear, &rows, options.method, watch)?;
        let one = |kept: &mut Kept, i: usize, watch: &Watch<'_>| self.outcome(units, i, |gone| deleter.without(kept, gone, watch));
        if options.method == InfluenceMethod::Fixed && matches!(options.cases, Cases::Rows) {
            let (mut kept, mut all) = (Kept::default(), vec![]);
            each_row(self, &linear, &linear.shares(&rows, watch)?, |i, row| {
                watch.round(Phase::Deletion, i, units.len())?;
                all.push(match row {
                    Some(row) => self.row_deleted(row)?,
                    None => one(&mut kept, i, watch)?,
                });
                Ok(())
            })?;
            return Ok(all);
        }
        let pieces = Pieces { tools: &|_| Ok(Kept::default()), work: &one, news: &news };
        run(units.len(), options.threads, Phase::Deletion, &pieces, watch)
    }

    /// What a case does, by the estimates without it.
    fn outcome(&self, units: &Units, i: usize, without: impl FnOnce(&[u32]) -> Result<Found>) -> Result<Done> {
        let gone = units.rows(i);
        let none = |status: CaseStatus, reason: String| Ok((Err((status, reason)), (f64::NAN, vec![])));
        if gone.len() == self.n_obs {
            return none(CaseStatus::Failed, "it has all rows: nothing is left to fit".into());
        }
        match or_reason(without(gone))? {
            Err(reason) => none(CaseStatus::Failed, reason),
            Ok(Found::RankLost(name)) => none(CaseStatus::RankLost, format!("the fixed effect {name} has no estimate without it")),
            Ok(Found::Estimates(Without { estimates, root, displacement })) => {
                let measures = Measures {
                    displacement,
                    estimates: self.quantities(&estimates)?,
                    converged: estimates.converged,
                    singular: estimates.singular,
                    ..Reference::of(self).measures(&estimates.fixed[0], &root)
                };
                Ok((Ok(measures), (-2.0 * estimates.log_likelihood, estimates.theta)))
            }
        }
    }

    /// The same of a row at the parameters of the fit.
    fn row_deleted(&self, row: RowDeleted) -> Result<Done> {
        let own = self.as_refit();
        let displacement = if self.reml { 0.0 } else { self.fixed.names.len() as f64 * row.cooks_distance };
        let measures = Measures {
            cooks_distance: row.cooks_distance,
            mdffits: row.mdffits,
            covtrace: row.covtrace,
            covratio: row.covratio,
            dfbetas: row.dfbetas,
            displacement,
            estimates: self.quantities(&Refit { fixed: vec![row.beta], ..own })?,
            converged: true,
            singular: self.singular,
        };
        Ok((Ok(measures), (f64::NAN, vec![])))
    }
}

/// What becomes of a case, and what the watcher hears of it.
type Done = (Outcome, News);

fn news(done: &Done) -> News {
    done.1.clone()
}
