//! Where the rows of a frame came from: lines of CSV texts.

use std::sync::Arc;

use crate::error::{Error, Result, try_push};

/// What memory is for.
const LINES: &str = "lines of the rows";

/// The line of each row, by runs: within one, each row is one line below the row before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    runs: Vec<Run>,
}

#[derive(Clone, Debug)]
struct Run {
    /// The first row.
    row: usize,
    /// Its line, from 1, and the name of the text; `None` for rows that were not read.
    line: Option<(usize, Arc<str>)>,
}

impl Origin {
    /// Notes the line of a row that comes after all rows noted so far.
    pub fn note(&mut self, row: usize, line: usize, source: &Arc<str>) -> Result<()> {
        let goes_on = |run: &Run| {
            run.line
                .as_ref()
                .is_some_and(|(first, name)| first + (row - run.row) == line && (Arc::ptr_eq(name, source) || name == source))
        };
        if !self.runs.last().is_some_and(goes_on) {
            try_push(LINES, &mut self.runs, Run { row, line: Some((line, source.clone())) })?;
        }
        Ok(())
    }

    /// The line of a row, and the name of its text.
    pub fn line(&self, row: usize) -> Option<(usize, &Arc<str>)> {
        let run = &self.runs[..self.runs.partition_point(|run| run.row <= row)].last()?;
        run.line.as_ref().map(|(first, source)| (first + (row - run.row), source))
    }

    /// The origin of the rows at these places.
    pub fn selected(&self, rows: &[usize]) -> Result<Self> {
        let mut origin = Origin::default();
        for (to, &from) in rows.iter().enumerate() {
            match self.line(from) {
                Some((line, source)) => origin.note(to, line, source)?,
                None => origin.note_unread(to)?,
            }
        }
        Ok(origin)
    }

    /// Notes that the rows from this one on were not read.
    fn note_unread(&mut self, row: usize) -> Result<()> {
        if self.runs.last().is_some_and(|run| run.line.is_some()) {
            try_push(LINES, &mut self.runs, Run { row, line: None })?;
        }
        Ok(())
    }

    /// Adds the rows of another frame after the `n_rows` that there are.
    pub fn append(&mut self, other: &Self, n_rows: usize) -> Result<()> {
        self.runs.try_reserve(other.runs.len() + 1).map_err(|_| Error::memory(LINES, size_of::<Run>() * other.runs.len()))?;
        if other.runs.first().is_none_or(|run| run.row > 0) {
            self.note_unread(n_rows)?;
        }
        self.runs.extend(other.runs.iter().map(|run| Run { row: n_rows + run.row, line: run.line.clone() }));
        Ok(())
    }

    /// Whether the rows are of several texts.
    pub fn is_mixed(&self) -> bool {
        let mut sources = self.runs.iter().filter_map(|run| run.line.as_ref()).map(|(_, source)| source);
        let first = sources.next();
        sources.any(|source| Some(source) != first)
    }

    /// The name of the first text that rows were read from.
    pub fn first_source(&self) -> Option<&Arc<str>> {
        self.runs.iter().find_map(|run| run.line.as_ref()).map(|(_, source)| source)
    }
}
