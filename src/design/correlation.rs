//! The residual correlation realised on data: groups, and times within them.

use std::borrow::Cow;

use crate::design::group::Group;
use crate::design::predictor::Source;
use crate::design::rows::{Incomplete, Rows};
use crate::design::series::{CorrelationDesign, GROUPS};
use crate::design::unread::note_group;
use crate::design::value::Factor;
use crate::error::{Error, Result, row_text, try_owned, try_vec};
use crate::formula::{CorrelationKind, parse_correlation};
use crate::frame::Frame;
use crate::names::quoted;
use crate::spec::ArrayCorrelation;

impl CorrelationDesign {
    /// Fails for a time that a group has twice, and where no group has two rows.
    fn check(&self, rows: &Rows, group_of: impl Fn(usize) -> String) -> Result<()> {
        if let Some(name) = &self.time {
            rows.check_finite(name, &self.times)?;
        }
        let runs = self.runs()?;
        if runs.iter().all(|run| run.len() < 2) {
            return Err(Error::data(format!(
                "correlation: no level of {} has more than one row, so that the residuals' correlation can't be told",
                quoted(&self.group)
            )));
        }
        let Some(name) = &self.time else { return Ok(()) };
        for (g, run) in runs.iter().enumerate() {
            let twice = run.windows(2).find(|w| self.times[w[0] as usize] == self.times[w[1] as usize]);
            if let Some(&[a, b]) = twice.and_then(|w| w.first_chunk::<2>()) {
                let (first, row) = (rows.data_row(a as usize), rows.data_row(b as usize));
                let message = format!(
                    "correlation: {} {} of {} has the time {} in {} and in {}, wanted each time once within a group",
                    self.group,
                    quoted(&group_of(g)),
                    quoted(name),
                    self.times[b as usize],
                    row_text(first),
                    row_text(row)
                );
                return Err(Error::data(message).at(row));
            }
        }
        Ok(())
    }
}

/// A compiled residual correlation.
pub(super) struct CorrelationSources {
    kind: CorrelationKind,
    time: Option<Source>,
    group: Vec<Source>,
}

/// Its values in all rows.
pub(super) struct CorrelationValues<'a> {
    time: Option<Cow<'a, [f64]>>,
    group: Vec<Factor<'a>>,
}

impl CorrelationSources {
    /// Warnings of groups that are not what they seem.
    pub fn note_unread(&self, frame: &Frame, warnings: &mut Vec<String>) -> Result<()> {
        self.group.iter().try_for_each(|source| note_group(&source.node.columns(), frame, warnings))
    }

    pub fn compile(text: &str, frame: &Frame) -> Result<Self> {
        let within = |e: Error| Error { message: format!("correlation: {}", e.message), ..e };
        let term = parse_correlation(text).map_err(within)?;
        let compiled = |expr| Source::of_expression(expr, frame).map_err(within);
        Ok(CorrelationSources {
            kind: term.kind,
            time: term.time.as_ref().map(compiled).transpose()?,
            group: term.group.iter().map(compiled).collect::<Result<_>>()?,
        })
    }

    pub fn evaluate<'a>(&self, frame: &'a Frame) -> Result<CorrelationValues<'a>> {
        Ok(CorrelationValues {
            time: self.time.as_ref().map(|s| s.node.full_numbers(frame)).transpose()?,
            group: self.group.iter().map(|s| s.node.factor(frame)).collect::<Result<_>>()?,
        })
    }

    pub fn note(&self, values: &CorrelationValues, incomplete: &mut Incomplete) {
        if let (Some(source), Some(time)) = (&self.time, &values.time) {
            incomplete.note_numbers(&source.name, &source.node.columns(), time);
        }
        for (source, factor) in self.group.iter().zip(&values.group) {
            incomplete.note_codes(&source.name, &source.node.columns(), &factor.codes);
        }
    }

    pub fn realise(self, values: CorrelationValues, rows: &Rows) -> Result<CorrelationDesign> {
        let parts = self.group.into_iter().map(|s| (s.name, s.node)).collect();
        let (group, index) = Group::learn(parts, &values.group, rows)?;
        let times = match values.time {
            Some(time) => try_owned("times", rows.select(time)?)?,
            None => vec![],
        };
        let design = CorrelationDesign {
            kind: self.kind,
            group: group.name,
            n_groups: group.labels.len(),
            index,
            time: self.time.map(|s| s.name),
            times,
        };
        design.check(rows, |g| group.labels[g].clone())?;
        Ok(design)
    }
}

impl ArrayCorrelation {
    /// Notes rows without group or time.
    pub(super) fn note(&self, n: usize, incomplete: &mut Incomplete) -> Result<()> {
        let check = |what: &str, len: usize| {
            let message = || format!("{what} of the residual correlation has {len} values, wanted {n}");
            if len == n { Ok(()) } else { Err(Error::argument(message())) }
        };
        check("the index", self.index.len())?;
        incomplete.note_where("correlation", &[], self.index.iter().map(|i| *i == -1));
        if let Some(time) = &self.time {
            check("time", time.len())?;
            incomplete.note_numbers("time", &[], time);
        }
        Ok(())
    }

    /// The rows used.
    pub(super) fn realise(&self, rows: &Rows) -> Result<CorrelationDesign> {
        let mut index = try_vec(GROUPS, 0u32, rows.len())?;
        for (row, &group) in self.index.iter().enumerate() {
            if group != -1 && !usize::try_from(group).is_ok_and(|g| g < self.n_groups) {
                let (place, wanted) = (row_text(row), self.n_groups);
                let message =
                    format!("the index of the residual correlation is {group} in {place}, wanted 0 to below {wanted}, or -1");
                return Err(Error::data(message).at(row));
            }
        }
        index.iter_mut().enumerate().for_each(|(i, g)| *g = self.index[rows.data_row(i)] as u32);
        let times = match &self.time {
            Some(time) => try_owned("times", rows.select(Cow::Borrowed(&time[..]))?)?,
            None => vec![],
        };
        let design = CorrelationDesign {
            kind: self.kind,
            group: "index".into(),
            n_groups: self.n_groups,
            index,
            time: self.time.as_ref().map(|_| "time".into()),
            times,
        };
        design.check(rows, |g| g.to_string())?;
        Ok(design)
    }
}
