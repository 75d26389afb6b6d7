//! A linear model's data reduced to sums: rows are added and gone; accumulators are merged, and travel as bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::dictionary::Dictionary;
use super::plan::{Learnt, Plan};
use super::series::{Series, check_number};
use super::space::{Placed, Space};
use super::sums::{Key, Sums};
use super::tree::Tree;
use crate::design::outline::{CorrelationOutline, Part};
use crate::envelope::{ACCUMULATOR, column, fits};
use crate::error::{Error, Result, try_vec};
use crate::frame::Frame;
use crate::lmm::basis::Basis;
use crate::lmm::rows::Chunk;
use crate::names::quoted;
use crate::random::TermRows;
use crate::watch::Watch;

/// The sums of one partition of the data, and of those that were merged into it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accumulator {
    plan: Plan,
    /// The number of its own partition.
    partition: u64,
    space: Space,
    seen: Seen,
    /// The partition's own rows.
    own: Sums,
    /// Partitions that were merged.
    merged: Tree,
    warnings: BTreeSet<String>,
    /// The last group of correlated residuals, to which the next part may add rows; bytes have it among the sums.
    #[serde(skip)]
    waiting: Option<Series>,
}

/// Groups of correlated residuals whose rows are all there, and the last one, which may go on.
#[derive(Default)]
struct Complete {
    pieces: BTreeMap<Key, Sums>,
    waiting: Option<Series>,
}

/// Which levels occur in rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// By variable.
    pub variables: Vec<Flags>,
    /// By group, for its combinations.
    pub groups: Vec<Flags>,
}

/// A flag for each code.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Flags(#[serde(deserialize_with = "column")] pub Vec<bool>);

impl Flags {
    fn reserve(&mut self, len: usize) -> Result<()> {
        let more = len.saturating_sub(self.0.len());
        self.0.try_reserve(more).map_err(|_| Error::memory("levels", len))?;
        self.0.resize(len.max(self.0.len()), false);
        Ok(())
    }
}

impl Accumulator {
    /// No rows yet. Partitions are numbered by the caller: two of the same number are not merged.
    pub fn new(plan: &Plan, partition: u64) -> Result<Self> {
        let learnt = plan.learnt()?;
        let space = learnt.space.clone();
        let own = Sums::new(&space.sizes(&learnt.outline), learnt.outline.is_weighted())?;
        let seen = Seen {
            variables: vec![Flags::default(); learnt.outline.n_variables()],
            groups: vec![Flags::default(); space.groups.len()],
        };
        Ok(Accumulator {
            plan: plan.clone(),
            partition,
            space,
            seen,
            own,
            merged: Tree::default(),
            warnings: BTreeSet::new(),
            waiting: None,
        })
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Adds the rows of a frame. Where that fails the accumulator is as it was.
    pub fn add(&mut self, frame: &Frame, watch: &Watch<'_>) -> Result<()> {
        self.try_add(frame, watch).map_err(|error| frame.located(error))
    }

    /// Adds what `add` adds to the accumulator that it gets, or nothing where that fails. If there are rows already, these are summed apart and
    /// then added as a whole: nothing large is copied.
    pub fn add_all(&mut self, add: impl FnOnce(&mut Accumulator) -> Result<()>) -> Result<()> {
        let mut apart = self.without_sums();
        let learnt = self.plan.learnt()?;
        apart.waiting.clone_from(&self.waiting);
        apart.own = Sums::new(&apart.space.sizes(&learnt.outline), learnt.outline.is_weighted())?;
        add(&mut apart)?;
        let sizes = apart.space.sizes(&learnt.outline);
        // Levels that no row has are harmless.
        self.space = apart.space;
        if self.own.n == 0 {
            std::mem::swap(&mut self.own, &mut apart.own);
            self.own.take_totals(&apart.own);
        } else {
            apart.own.grow(&sizes)?;
            self.own.grow(&sizes)?;
            self.own.take(&apart.own)?;
        }
        (self.seen, self.warnings, self.waiting) = (apart.seen, apart.warnings, apart.waiting);
        Ok(())
    }

    fn try_add(&mut self, frame: &Frame, watch: &Watch<'_>) -> Result<()> {
        let learnt = self.plan.learnt()?;
        let part = learnt.outline.part(frame, self.plan.na, watch)?;
        if part.n > 0 {
            let marks = self.space.marks();
            let mut placed = self.space.place(&learnt.outline, &part)?;
            watch.pulse()?;
            let sizes = self.space.sizes(&learnt.outline);
            let basis = learnt.basis.extended(sizes.c, sizes.responses)?;
            placed.add_responses(&part.y[1..])?;
            shift(&mut placed, learnt, part.n);
            let terms = (0..placed.z.len()).map(|k| TermRows {
                index: &placed.index[learnt.outline.group_of(k)],
                z: placed.z[k].as_deref(),
                entries: None,
                runs: None,
            });
            // Nothing ends the addition half-way.
            let (weights, watch) = (part.weights.as_deref(), Watch::unwatched());
            let chunk = Chunk { n: part.n, x: &placed.x, y: &part.y[0], weights, terms: terms.collect(), watch };
            let series = match self.series(&chunk, &placed, &part, &basis) {
                Ok(series) => series,
                Err(error) => {
                    self.space.truncate(&marks);
                    return Err(error);
                }
            };
            self.seen.reserve(&self.space)?;
            self.own.grow(&sizes)?;
            let prepared = self.own.prepared(&series.pieces)?;
            self.own.add(&chunk, &basis)?;
            self.own.put_pieces(&series.pieces, prepared);
            self.waiting = series.waiting;
            self.own.continuous |= part.times.iter().flatten().any(|time| time.fract() != 0.0);
            self.seen.note(&placed);
            self.own.offset += part.offset;
            for (name, sum) in part.covariates {
                *self.own.covariates.entry(name).or_insert(0.0) += sum;
            }
        }
        for (name, count) in part.dropped {
            *self.own.dropped.entry(name).or_insert(0) += count;
        }
        self.warnings.extend(part.warnings);
        Ok(())
    }

    /// What a part's rows add where residuals are correlated: groups that are whole, and the last, which may go on in the next part.
    fn series(&self, chunk: &Chunk<'_>, placed: &Placed, part: &Part<'_>, basis: &Basis) -> Result<Complete> {
        let outline = &self.plan.learnt()?.outline;
        let (Some(own), Some(index)) = (outline.correlation(), placed.index.last()) else { return Ok(Complete::default()) };
        let (sizes, group) = (self.space.sizes(outline), placed.index.len() - 1);
        let rows = Series::of_chunk(chunk, index, part.times.as_deref(), &basis.shift, &sizes)?;
        let open = self.waiting.as_ref().and_then(|own| own.groups.first().copied());
        let seen = |code: &&u32| Some(**code) != open && self.seen.groups[group].0.get(**code as usize) == Some(&true);
        if let Some(code) = index.iter().find(seen) {
            return Err(self.apart(&self.space, *code));
        }
        let last = rows.groups.last().copied();
        let all = match &self.waiting {
            Some(before) => before.grown(&sizes).then(&rows),
            None => rows,
        };
        let runs = all.runs();
        let name =
            |run: &[usize]| format!("{} {}", own.group_name(), quoted(&self.space.label(outline, group, all.groups[run[0]])));
        for run in &runs {
            if let (Some(time), Some(column)) = (all.twice(run), own.time_name()) {
                let text = format!(
                    "correlation: {} has the time {time} of {} twice, wanted each time once within a group",
                    name(run),
                    quoted(column)
                );
                return Err(Error::data(text));
            }
            if let Some(term) = all.varying(run) {
                return Err(Error::unsupported(format!(
                    "correlation: {} has rows of several levels of {}; the sums of correlated residuals want each group within one level of every \
                     random term: fit the model to a frame",
                    name(run),
                    quoted(outline.factor_name(Space::group_factors(outline)[outline.group_of(term)].start))
                )));
            }
        }
        let (rest, whole): (Vec<_>, Vec<_>) = runs.into_iter().partition(|run| Some(all.groups[run[0]]) == last);
        let pieces = all.sums(own.kind, &whole, basis, &sizes)?;
        check_number(own.kind, self.own.pieces.keys().chain(pieces.keys().filter(|key| !self.own.pieces.contains_key(key))))?;
        Ok(Complete { pieces, waiting: Some(all.select(&rest.concat())) })
    }

    /// An error for a group of correlated residuals whose rows are not together.
    fn apart(&self, space: &Space, code: u32) -> Error {
        let Ok(Learnt { outline, .. }) = self.plan.learnt() else { return Error::data("correlation: a group is in two parts") };
        let name = outline.correlation().map_or_else(String::new, CorrelationOutline::group_name);
        Error::data(format!(
            "correlation: {name} {} is in two parts of the data: all rows of a group must be in one partition, one after the other",
            quoted(&space.label(outline, space.groups.len() - 1, code))
        ))
    }

    /// The sums of the partition's own rows, with the last group of correlated residuals.
    fn whole(&self) -> Result<Sums> {
        let mut own = self.own.joined()?;
        let Learnt { outline, basis, .. } = self.plan.learnt()?;
        if let (Some(waiting), Some(correlation)) = (&self.waiting, outline.correlation()) {
            let sizes = self.space.sizes(outline);
            own.grow(&sizes)?;
            let rows = waiting.grown(&sizes);
            let basis = basis.extended(sizes.c, sizes.responses)?;
            let pieces = rows.sums(correlation.kind, &rows.runs(), &basis, &sizes)?;
            let prepared = own.prepared(&pieces)?;
            own.put_pieces(&pieces, prepared);
            own = own.joined()?;
        }
        Ok(own)
    }

    /// Takes the rows of another accumulator of the same plan. Fails, and changes nothing, where one of its partitions is there already.
    pub fn merge(&mut self, other: &Accumulator) -> Result<()> {
        if self.plan.to_bytes()? != other.plan.to_bytes()? {
            return Err(Error::argument(format!(
                "the accumulators have different plans, {}: make one plan, let it learn, and give its bytes to all who add rows",
                self.plan.difference(&other.plan)
            )));
        }
        let learnt = self.plan.learnt()?;
        let mut theirs = other.merged.clone();
        theirs.put(other.partition, other.whole()?);
        let common = self.merged.common(&theirs).or_else(|| theirs.has(self.partition).then_some(self.partition));
        if let Some(partition) = common {
            return Err(Error::data(format!(
                "partition {partition} is in both accumulators: its rows would count twice; a partition that was run again takes the place of its \
                 first result"
            )));
        }
        if let Some(code) = self.group_of_both(other, learnt) {
            return Err(self.apart(&other.space, code));
        }
        let (maps, variables, groups) = self.space.take(&learnt.outline, &other.space)?;
        let sizes = self.space.sizes(&learnt.outline);
        let theirs = theirs.moved(&maps, &sizes)?;
        self.seen.reserve(&self.space)?;
        self.seen.take(&other.seen, &variables, &groups);
        self.merged.take(theirs);
        self.merged.tidy(&sizes);
        self.warnings.extend(other.warnings.iter().cloned());
        Ok(())
    }

    /// A group of correlated residuals that both have rows of, by its place there.
    fn group_of_both(&self, other: &Accumulator, learnt: &Learnt) -> Option<u32> {
        learnt.outline.correlation()?;
        let seen = |seen: &Seen, code: u32| seen.groups.last().is_some_and(|own| own.0.get(code as usize) == Some(&true));
        let theirs = (0..other.space.groups.last()?.len() as u32).filter(|code| seen(&other.seen, *code));
        theirs
            .into_iter()
            .find(|code| self.space.group_of(&learnt.outline, &other.space, *code).is_some_and(|own| seen(&self.seen, own)))
    }

    /// The number of rows used.
    pub fn n_rows(&self) -> u64 {
        self.own.n + self.merged.iter().map(|sums| sums.n).sum::<u64>()
    }

    /// The number of rows that were left out.
    pub fn n_dropped(&self) -> u64 {
        let of = |sums: &Sums| sums.dropped.values().sum::<u64>();
        of(&self.own) + self.merged.iter().map(of).sum::<u64>()
    }

    /// Bytes that it takes, or nearly so.
    pub fn bytes(&self) -> usize {
        let texts: usize = self.space.factors.iter().map(Dictionary::text_bytes).sum();
        self.own.bytes() + self.merged.iter().map(Sums::bytes).sum::<usize>() + texts
    }

    /// The accumulator as bytes that any machine reads back to the same numbers.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let own = self.whole()?;
        ACCUMULATOR.seal(0, &Accumulator { own, merged: self.merged.clone(), ..self.without_sums() })
    }

    fn without_sums(&self) -> Accumulator {
        Accumulator {
            plan: self.plan.clone(),
            partition: self.partition,
            space: self.space.clone(),
            seen: self.seen.clone(),
            own: Sums::default(),
            merged: Tree::default(),
            warnings: self.warnings.clone(),
            waiting: None,
        }
    }

    /// Reads what `to_bytes` wrote; damaged or foreign bytes are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut own: Accumulator = ACCUMULATOR.open(bytes)?.read()?;
        own.restore().map_err(|error| if error.ends_all() { error } else { ACCUMULATOR.wrong(&error.message) })?;
        Ok(own)
    }

    fn restore(&mut self) -> Result<()> {
        self.plan.restore()?;
        let learnt = self.plan.learnt()?;
        self.space.restore(&learnt.outline)?;
        // What the plan has comes first, in its order.
        let base = &learnt.space.fixed.slots;
        fits(self.space.fixed.slots.get(..base.len()) == Some(base), "a column of the plan")?;
        let levels = learnt.space.factors.iter().zip(&self.space.factors);
        fits(levels.into_iter().all(|(plan, own)| own.begins_with(plan)), "a level of the plan")?;
        let sizes = self.space.sizes(&learnt.outline);
        let weighted = learnt.outline.is_weighted();
        self.own.check(&sizes, weighted)?;
        self.merged.check(&sizes, weighted)?;
        fits(!self.merged.has(self.partition), "a partition")?;
        let flags = self.seen.variables.len() == learnt.outline.n_variables()
            && self.seen.groups.len() == self.space.groups.len()
            && self.seen.variables.iter().zip(&self.space.factors).all(|(own, factor)| own.0.len() <= factor.len())
            && self.seen.groups.iter().zip(&self.space.groups).all(|(own, group)| own.0.len() <= group.len());
        fits(flags, "a level that occurs")
    }

    /// The sum over all partitions, with the space they are in and the levels that occur.
    pub(super) fn total(&self) -> Result<(Sums, &Space, &Seen, &Learnt)> {
        let learnt = self.plan.learnt()?;
        let mut all = self.merged.clone();
        all.put(self.partition, self.whole()?);
        let sizes = self.space.sizes(&learnt.outline);
        let total = all.total(&sizes)?.ok_or_else(|| Error::data("there are no rows to fit"))?;
        Ok((total, &self.space, &self.seen, learnt))
    }

    pub(super) fn warnings(&self) -> impl Iterator<Item = &String> {
        self.warnings.iter()
    }
}

/// Takes their shifts off the columns of random effects.
fn shift(placed: &mut Placed, learnt: &Learnt, n: usize) {
    for (z, shifts) in placed.z.iter_mut().zip(&learnt.shifts) {
        let Some(z) = z else { continue };
        for (column, shift) in z.chunks_exact_mut(n).zip(shifts).filter(|(_, shift)| **shift != 0.0) {
            column.iter_mut().for_each(|v| *v -= shift);
        }
    }
}

impl Seen {
    fn reserve(&mut self, space: &Space) -> Result<()> {
        for (own, factor) in self.variables.iter_mut().zip(&space.factors) {
            own.reserve(factor.len())?;
        }
        self.groups.iter_mut().zip(&space.groups).try_for_each(|(own, group)| own.reserve(group.len()))
    }

    fn note(&mut self, placed: &Placed) {
        let all = self.variables.iter_mut().zip(&placed.codes).chain(self.groups.iter_mut().zip(&placed.index));
        for (own, codes) in all {
            codes.iter().for_each(|code| own.0[*code as usize] = true);
        }
    }

    fn take(&mut self, other: &Seen, variables: &[Vec<u32>], groups: &[Vec<u32>]) {
        let own = self.variables.iter_mut().chain(&mut self.groups);
        let other = other.variables.iter().chain(&other.groups);
        for ((own, other), map) in own.zip(other).zip(variables.iter().chain(groups)) {
            other.0.iter().zip(map).filter(|(seen, _)| **seen).for_each(|(_, code)| own.0[*code as usize] = true);
        }
    }

    /// Levels of the factors of a group that occur.
    pub fn of_group_factor(&self, space: &Space, group: usize, factor: usize, levels: usize) -> Result<Vec<bool>> {
        let mut occurs = try_vec("levels of a factor", false, levels)?;
        for (place, _) in self.groups[group].0.iter().enumerate().filter(|(_, seen)| **seen) {
            occurs[space.groups[group].get(place)[factor] as usize] = true;
        }
        Ok(occurs)
    }
}
