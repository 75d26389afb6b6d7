//! Samples of a fit's rows: whole groups, or single rows, drawn with replacement or left out.

use std::collections::HashMap;
use std::sync::Arc;

use crate::design::{CorrelationDesign, Design, PredictorDesign, RowLedger, TermDesign};
use crate::error::{Error, Result, try_collect, try_copy, try_push, try_vec};
use crate::fit::{Fit, Instead};
use crate::simulate::{Purpose, Stream};

/// What memory is for.
const UNITS: &str = "rows of the units";
const SAMPLE: &str = "rows of a sample";

/// What is drawn or left out as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// The rows of a level of the grouping factor of a random term of the mean, by the term's number.
    Group(usize),
    /// The rows of a group of correlated residuals.
    Correlated,
    /// A row.
    Row,
}

/// The rows of a fit, by units.
pub struct Cases {
    design: Design,
    /// The rows, unit by unit.
    rows: Vec<u32>,
    /// Where each unit begins, and the end.
    starts: Vec<usize>,
    /// What the units are called; empty for rows.
    labels: Arc<Vec<String>>,
    /// The unit of each row where whole groups are drawn.
    unit_of: Option<Vec<u32>>,
}

/// Rows of a sample, and the draw that brought each.
pub struct Sample {
    pub rows: Vec<u32>,
    draws: Vec<u32>,
}

impl Sample {
    /// Rows of the same groups.
    pub fn of_rows(rows: Vec<u32>) -> Result<Self> {
        Ok(Sample { draws: try_vec(SAMPLE, 0, rows.len())?, rows })
    }
}

impl Fit {
    /// The unit of a grouping factor by name, or of the first; that of the residual correlation comes last.
    pub fn unit(&self, group: Option<&str>) -> Result<Unit> {
        let terms = self.terms.iter().enumerate().map(|(k, t)| (t.design.group.as_str(), Unit::Group(k)));
        let own = self.correlation().into_iter().map(|c| (c.design.group.as_str(), Unit::Correlated));
        let all: Vec<(&str, Unit)> = terms.chain(own).collect();
        if all.is_empty() {
            return Err(Error::argument("the model has no grouping factor for its mean, so that groups can't be drawn"));
        }
        let found = group.map_or(all.first(), |group| all.iter().find(|(name, _)| *name == group));
        found.map(|(_, unit)| *unit).ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            Error::argument(format!("group is {}, the model's grouping factors are {}", group.unwrap_or(""), names.join(", ")))
        })
    }
}

impl Cases {
    pub fn new(fit: &Fit, unit: Unit) -> Result<Self> {
        fit.need_rows_or("samples of the data", Instead::Parametric)?;
        let mut design = fit.design()?;
        design.rows = RowLedger { n_data: design.n, ..RowLedger::default() };
        let (index, labels) = match (unit, &design.correlation) {
            (Unit::Row, None) => {
                let ends = design.n + 1;
                let (rows, starts) = (try_collect(UNITS, 0..design.n as u32)?, try_collect(UNITS, 0..ends)?);
                return Ok(Cases { design, rows, starts, labels: Arc::default(), unit_of: None });
            }
            (Unit::Row, Some(own)) => {
                return Err(Error::argument(format!(
                    "the residuals of a {} are correlated, so that rows can't be drawn one by one",
                    own.group
                )));
            }
            (Unit::Correlated, Some(own)) => (try_copy(UNITS, &own.index)?, Arc::default()),
            (Unit::Correlated, None) => return Err(Error::argument("the model has no residual correlation")),
            (Unit::Group(k), _) => {
                let term = design.terms.get(k);
                let term = term.ok_or_else(|| Error::argument(format!("the model has no random term {}", k + 1)))?;
                (try_copy(UNITS, &term.index)?, term.levels.clone())
            }
        };
        Self::grouped(design, index, labels)
    }

    /// Of units that are given by a code for each row used.
    pub fn of_codes(fit: &Fit, codes: Vec<u32>) -> Result<Self> {
        let mut design = fit.design()?;
        design.rows = RowLedger { n_data: design.n, ..RowLedger::default() };
        Self::grouped(design, codes, Arc::default())
    }

    /// Of rows whose groups all stay what they are.
    pub fn of_rows(fit: &Fit) -> Result<Self> {
        fit.design().map(Self::of_design)
    }

    fn grouped(design: Design, index: Vec<u32>, labels: Arc<Vec<String>>) -> Result<Self> {
        if let Some(own) = &design.correlation
            && !is_nested(&own.index, &index, own.n_groups)?
        {
            let message =
                format!("the residuals of a {} are correlated across the groups that would be drawn; draw its own", own.group);
            return Err(Error::argument(message));
        }
        let units = index.iter().max().map_or(0, |last| *last as usize + 1);
        let mut starts = try_vec(UNITS, 0, units + 1)?;
        index.iter().for_each(|&level| starts[level as usize + 1] += 1);
        (0..units).for_each(|unit| starts[unit + 1] += starts[unit]);
        let mut next = try_copy(UNITS, &starts)?;
        let mut rows = try_vec(UNITS, 0, index.len())?;
        for (i, &level) in index.iter().enumerate() {
            rows[next[level as usize]] = i as u32;
            next[level as usize] += 1;
        }
        Ok(Cases { design, rows, starts, labels, unit_of: Some(index) })
    }

    /// Of a design whose rows are left out by their numbers.
    pub fn of_design(mut design: Design) -> Self {
        design.rows = RowLedger { n_data: design.n, ..RowLedger::default() };
        Cases { design, rows: vec![], starts: vec![0], labels: Arc::default(), unit_of: None }
    }

    /// The rows but some, ascending.
    pub fn rows_without(&self, gone: &[u32]) -> Result<Vec<u32>> {
        let mut rest = try_vec(SAMPLE, 0, self.design.n - gone.len())?;
        let mut next = gone.iter().peekable();
        let stay = (0..self.design.n as u32).filter(|row| next.next_if_eq(&row).is_none());
        rest.iter_mut().zip(stay).for_each(|(to, row)| *to = row);
        Ok(rest)
    }

    /// The design without some rows, ascending. Levels that have no rows any more are none.
    pub fn without_rows(&self, gone: &[u32]) -> Result<Design> {
        let rest = self.rows_without(gone)?;
        let draws = try_vec(SAMPLE, 0, rest.len())?;
        self.design(&Sample { rows: rest, draws })
    }

    /// The number of units.
    pub fn units(&self) -> usize {
        self.starts.len() - 1
    }

    /// What a unit is called: a level, or the number of a row.
    pub fn label(&self, unit: usize) -> String {
        self.labels.get(unit).cloned().unwrap_or_else(|| (unit + 1).to_string())
    }

    /// As many units as there are, drawn with replacement; by the seed and the replicate alone.
    pub fn draw(&self, seed: u64, replicate: u64) -> Result<Sample> {
        let mut stream = Stream::new(seed, replicate, Purpose::Resampling);
        let units = self.units();
        self.sample((0..units).map(|_| (stream.uniform() * units as f64) as usize))
    }

    /// All units but one.
    pub fn without(&self, left_out: usize) -> Result<Sample> {
        self.sample((0..self.units()).filter(|unit| *unit != left_out))
    }

    /// This many units: the first ones, and where there are more the same again as new ones.
    pub fn first(&self, count: usize) -> Result<Sample> {
        let units = self.units().max(1);
        self.sample((0..count).map(|i| i % units))
    }

    fn sample(&self, units: impl Iterator<Item = usize>) -> Result<Sample> {
        let mut sample = Sample { rows: vec![], draws: vec![] };
        for (draw, unit) in units.enumerate() {
            for row in &self.rows[self.starts[unit]..self.starts[unit + 1]] {
                try_push(SAMPLE, &mut sample.rows, *row)?;
                try_push(SAMPLE, &mut sample.draws, draw as u32)?;
            }
        }
        Ok(sample)
    }

    /// The response of a sample; of a Cox model the times, then the events.
    pub fn response(&self, sample: &Sample) -> Result<Vec<f64>> {
        let Some(own) = &self.design.survival else { return take(&self.design.y, &sample.rows) };
        let mut response = take(&own.stop, &sample.rows)?;
        for event in take(&own.event, &sample.rows)? {
            try_push(SAMPLE, &mut response, f64::from(u8::from(event)))?;
        }
        Ok(response)
    }

    /// The model's data on the rows of a sample. A group drawn twice is two groups, and so are the levels within it of a factor nested in it;
    /// levels of factors crossed with it stay what they are.
    pub fn design(&self, sample: &Sample) -> Result<Design> {
        let (own, n) = (&self.design, self.design.n);
        let rows = sample.rows.iter().map(|row| *row as usize);
        let further = |part: &Option<PredictorDesign>| part.as_ref().map(|p| self.predictor(p, sample)).transpose();
        Ok(Design {
            correlation: own.correlation.as_ref().map(|c| self.correlation(c, sample)).transpose()?,
            n: sample.rows.len(),
            y: take(&own.y, &sample.rows)?,
            ends: own.ends.as_ref().map(|ends| ends.of_rows(&sample.rows)).transpose()?,
            survival: own.survival.as_ref().map(|survival| survival.of_rows(rows.clone())).transpose()?,
            x: columns(&own.x, n, &sample.rows)?,
            x_names: own.x_names.clone(),
            weights: own.weights.as_ref().map(|w| take(w, &sample.rows)).transpose()?,
            offset: own.offset.as_ref().map(|o| take(o, &sample.rows)).transpose()?,
            terms: self.terms(&own.terms, sample)?,
            dispersion: further(&own.dispersion)?,
            zero_inflation: further(&own.zero_inflation)?,
            nominal: further(&own.nominal)?,
            categories: own.categories.clone(),
            rows: RowLedger { n_data: sample.rows.len(), ..RowLedger::default() },
            ..Design::default()
        })
    }

    fn predictor(&self, part: &PredictorDesign, sample: &Sample) -> Result<PredictorDesign> {
        Ok(PredictorDesign {
            x: columns(&part.x, self.design.n, &sample.rows)?,
            x_names: part.x_names.clone(),
            offset: part.offset.as_ref().map(|o| take(o, &sample.rows)).transpose()?,
            terms: self.terms(&part.terms, sample)?,
        })
    }

    fn terms(&self, terms: &[TermDesign], sample: &Sample) -> Result<Vec<TermDesign>> {
        terms.iter().map(|term| self.term(term, sample)).collect()
    }

    fn correlation(&self, own: &CorrelationDesign, sample: &Sample) -> Result<CorrelationDesign> {
        let (n_groups, index) = self.levels(&own.index, own.n_groups, sample)?;
        let times = if own.times.is_empty() { vec![] } else { take(&own.times, &sample.rows)? };
        Ok(CorrelationDesign { kind: own.kind, group: own.group.clone(), n_groups, index, time: own.time.clone(), times })
    }

    /// The levels of a factor in a sample: how many there are, and that of each row. Those within a unit are new ones with each draw.
    fn levels(&self, index: &[u32], levels: usize, sample: &Sample) -> Result<(usize, Vec<u32>)> {
        let nested = match &self.unit_of {
            Some(unit_of) => is_nested(index, unit_of, levels)?,
            None => false,
        };
        let mut known = HashMap::new();
        let mut own = try_vec(SAMPLE, 0, sample.rows.len())?;
        for (own, (&row, &draw)) in own.iter_mut().zip(sample.rows.iter().zip(&sample.draws)) {
            let key = (index[row as usize], if nested { draw } else { 0 });
            let next = known.len() as u32;
            known.try_reserve(1).map_err(|_| Error::memory(SAMPLE, 24 * known.len()))?;
            *own = *known.entry(key).or_insert(next);
        }
        Ok((known.len(), own))
    }

    fn term(&self, term: &TermDesign, sample: &Sample) -> Result<TermDesign> {
        let (levels, index) = self.levels(&term.index, term.levels.len(), sample)?;
        Ok(TermDesign {
            group: term.group.clone(),
            effects: term.effects.clone(),
            structure: term.structure,
            levels: Arc::new(try_vec(SAMPLE, String::new(), levels)?),
            index,
            z: term.z.as_ref().map(|z| columns(z, self.design.n, &sample.rows)).transpose()?,
        })
    }
}

/// Whether each level occurs in one unit only.
fn is_nested(index: &[u32], unit_of: &[u32], levels: usize) -> Result<bool> {
    let mut unit = try_vec(UNITS, u32::MAX, levels)?;
    Ok(index.iter().zip(unit_of).all(|(&level, &own)| {
        let first = &mut unit[level as usize];
        if *first == u32::MAX {
            *first = own;
        }
        *first == own
    }))
}

fn take<T: Copy>(values: &[T], rows: &[u32]) -> Result<Vec<T>> {
    try_collect(SAMPLE, rows.iter().map(|&row| values[row as usize]))
}

/// Rows of a matrix of `n` rows.
fn columns(x: &[f64], n: usize, rows: &[u32]) -> Result<Vec<f64>> {
    let mut out = try_vec("rows of a sample", 0.0, x.len() / n.max(1) * rows.len())?;
    for (to, from) in out.chunks_exact_mut(rows.len().max(1)).zip(x.chunks_exact(n.max(1))) {
        to.iter_mut().zip(rows).for_each(|(to, &row)| *to = from[row as usize]);
    }
    Ok(out)
}
