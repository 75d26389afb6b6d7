//! The linear predictors of a fit on the rows to predict at.

use std::borrow::Cow;

use super::request::{NewData, NewLevels, RandomTerms};
use crate::design::{Design, Needed, NeededTimes, PredictorDesign, RowLedger, SurvivalDesign, TermDesign, UNSEEN, UnknownLevel};
use crate::error::{Error, Result, row_text, try_copy, try_gather, try_vec};
use crate::fit::estimable::Estimable;
use crate::fit::{Fit, FixedEffects, Kind, PredictorFit, TermFit, in_unit};
use crate::names::quoted;

/// How to go on where a level is not known.
const ALLOW: &str = "INTERLACE_NEW_LEVELS_ZERO (--new-levels zero) gives such rows random effects of zero";

/// A random term on the rows.
pub struct TermRows<'a> {
    pub fit: &'a TermFit,
    pub index: Cow<'a, [u32]>,
    /// `[n, r]`; `None` is a column of ones.
    pub z: Option<Cow<'a, [f64]>>,
    /// Its modes are added.
    pub chosen: bool,
}

/// A level that the fit doesn't know. Rows with the same one share random effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FreshLevel {
    /// One of several levels.
    Level(u32),
    /// Of a row without a level, which shares it with no other.
    Row(usize),
}

/// One linear predictor on the rows.
pub struct Part<'a> {
    pub fixed: &'a FixedEffects,
    /// `[n, p]`, the columns kept.
    pub x: Cow<'a, [f64]>,
    offset: Option<Cow<'a, [f64]>>,
    pub terms: Vec<TermRows<'a>>,
    /// Its values with all terms, where the fit has them.
    known: Option<Cow<'a, [f64]>>,
    /// The rows, ascending, whose fixed part is no function of what was estimated.
    unestimable: Vec<usize>,
}

/// The rows: the predictor of the mean, those of the zero part and of the dispersion where the fit has them.
pub struct Rows<'a> {
    pub n: usize,
    pub parts: [Option<Part<'a>>; 3],
    /// Of an ordinal fit, the columns kept of the nominal effects `[n, c]`.
    pub nominal: Cow<'a, [f64]>,
    /// Of a Cox fit, what was wanted of it.
    pub survival: Option<Cow<'a, SurvivalDesign>>,
    ledger: Cow<'a, RowLedger>,
    unknown: Vec<UnknownLevel>,
    pad: bool,
}

impl TermRows<'_> {
    pub fn n_effects(&self) -> usize {
        self.fit.design.effects.len()
    }

    pub fn n_levels(&self) -> usize {
        self.fit.design.levels.len()
    }

    /// The level of row i, if the fit knows it.
    pub fn known(&self, i: usize) -> Option<usize> {
        Some(self.index[i] as usize).filter(|level| *level < self.n_levels())
    }

    /// The values of the effects of row i.
    pub fn z_of(&self, i: usize, out: &mut Vec<f64>) {
        out.clear();
        match &self.z {
            None => out.push(1.0),
            Some(z) => out.extend((0..self.fit.design.effects.len()).map(|e| z[e * self.index.len() + i])),
        }
    }

    /// Their variance in row i, z'Dz.
    pub fn variance(&self, i: usize, z: &mut Vec<f64>) -> f64 {
        self.z_of(i, z);
        let along = |column: &[f64]| z.iter().zip(column).map(|(z, r)| z * r).sum::<f64>();
        self.fit.root.chunks_exact(z.len()).map(|column| along(column).powi(2)).sum()
    }
}

/// What is wanted of the rows.
pub struct Wanted<'w> {
    /// For each random term of the fit whether its modes are added.
    pub chosen: &'w [bool],
    /// The values of the effects are needed even if no term is chosen.
    pub effects: bool,
    pub new_levels: NewLevels,
    pub times: NeededTimes,
}

impl<'a> Rows<'a> {
    pub fn new(fit: &'a Fit, data: NewData<'_>, wanted: &Wanted<'_>) -> Result<Self> {
        let chosen = wanted.chosen;
        let needed = match chosen.contains(&true) {
            true => Needed::Terms(chosen),
            false if wanted.effects => Needed::Effects,
            false => Needed::Nothing,
        };
        let (program, random) = (&fit.program, needed != Needed::Nothing);
        let mut rows = match data {
            NewData::Training => Rows::of_training(fit)?,
            NewData::Frame(frame) => Rows::of_design(fit, program.apply_frame(frame, needed, wanted.times)?)?,
            NewData::Arrays(arrays) => Rows::of_design(fit, program.apply_arrays(arrays, random, wanted.times)?)?,
            NewData::Spec(spec) => Rows::of_design(fit, program.apply_spec(spec, random, wanted.times)?)?,
        };
        rows.choose(chosen);
        if wanted.new_levels == NewLevels::Error {
            rows.check_levels().map_err(|e| data.located(e))?;
        }
        Ok(rows)
    }

    /// Marks the terms whose modes are added.
    pub fn choose(&mut self, chosen: &[bool]) {
        let mut chosen = chosen.iter();
        for part in self.parts.iter_mut().flatten() {
            part.terms.iter_mut().for_each(|term| term.chosen = chosen.next().copied().unwrap_or(false));
        }
    }

    /// Takes the values of effects that are not chosen one by one for zero.
    pub fn keep_effects(&mut self, random: &RandomTerms) -> Result<()> {
        let RandomTerms::Effects(kept) = random else { return Ok(()) };
        let (n, mut place) = (self.n, 0);
        for part in self.parts.iter_mut().flatten() {
            for term in &mut part.terms {
                let r = term.n_effects();
                if let Some((_, far)) = kept.iter().find(|(own, e)| *own == place && *e >= r) {
                    return Err(Error::argument(format!("terms: the random term {place} has {r} effects, and no {far} (from 0)")));
                }
                let chosen = |e: usize| kept.contains(&(place, e));
                if term.chosen && !(0..r).all(chosen) {
                    let mut z = match &term.z {
                        Some(z) => try_copy("random effects of the rows", z)?,
                        None => try_vec("random effects of the rows", 1.0, n)?,
                    };
                    (0..r).filter(|e| !chosen(*e)).for_each(|e| z[e * n..(e + 1) * n].fill(0.0));
                    term.z = Some(Cow::Owned(z));
                    part.known = None;
                }
                place += 1;
            }
        }
        Ok(())
    }

    fn of_training(fit: &'a Fit) -> Result<Self> {
        let [zero, dispersion] = fit.further_predictors();
        let terms = |terms: &'a [TermFit]| -> Vec<TermRows<'a>> {
            let own = |t: &'a TermFit| TermRows {
                fit: t,
                index: Cow::Borrowed(&t.design.index[..]),
                z: t.design.z.as_deref().map(Cow::Borrowed),
                chosen: false,
            };
            terms.iter().map(own).collect()
        };
        let further = |part: &'a PredictorFit| Part {
            fixed: &part.fixed,
            x: Cow::Borrowed(&part.x[..]),
            offset: part.offset.as_deref().map(Cow::Borrowed),
            terms: terms(&part.terms),
            known: Some(Cow::Borrowed(&part.eta[..])),
            unestimable: vec![],
        };
        let mean = Part {
            fixed: &fit.fixed,
            x: Cow::Borrowed(&fit.x[..]),
            offset: fit.offset.as_deref().map(|o| fit.used(o)).transpose()?.map(Cow::Owned),
            terms: terms(&fit.terms),
            known: Some(match &fit.kind {
                Kind::Linear(..) => Cow::Owned(fit.used(&fit.fitted)?),
                Kind::Generalised(own) | Kind::Ordinal(own, _) => Cow::Borrowed(&own.eta[..]),
                Kind::Cox(own) => Cow::Borrowed(&own.eta[..]),
            }),
            unestimable: vec![],
        };
        Ok(Rows {
            n: fit.n_obs,
            parts: [Some(mean), zero.map(further), dispersion.map(further)],
            nominal: Cow::Borrowed(fit.nominal().map_or(&[], |nominal| &nominal.x)),
            survival: fit.cox().map(|own| Cow::Borrowed(&own.survival)),
            ledger: Cow::Borrowed(&fit.rows),
            unknown: vec![],
            pad: fit.rows.pad,
        })
    }

    fn of_design(fit: &'a Fit, design: Design) -> Result<Self> {
        let Design { n, x, offset, terms, mut dispersion, zero_inflation, nominal, survival, rows, unknown, .. } = design;
        if let (Some(own), Some(new)) = (fit.dispersion(), &mut dispersion) {
            new.offset = in_unit(new.offset.take(), own.log_unit, n)?;
        }
        let columns = |x: &[f64], kept: &[usize]| -> Result<Cow<'_, [f64]>> {
            let mut own = try_vec("fixed-effects model matrix", 0.0, n * kept.len())?;
            own.chunks_exact_mut(n.max(1)).zip(kept).for_each(|(to, &j)| to.copy_from_slice(&x[j * n..(j + 1) * n]));
            Ok(Cow::Owned(own))
        };
        let ones = try_vec("fixed-effects model matrix", 1.0, if fit.ordinal().is_some() { n } else { 0 })?;
        let all = nominal.as_ref().map_or(&[][..], |nominal| &nominal.x);
        let part =
            |fixed: &'a FixedEffects, kept: &[usize], own: &'a [TermFit], d: PredictorDesign, unestimable| -> Result<Part<'a>> {
                Ok(Part {
                    unestimable,
                    fixed,
                    x: columns(&d.x, kept)?,
                    offset: d.offset.map(Cow::Owned),
                    terms: own.iter().zip(d.terms).map(|(fit, term)| TermRows::of_design(fit, term)).collect(),
                    known: None,
                })
            };
        let mean = PredictorDesign { x, offset, terms, x_names: vec![] };
        let [zero, further] = fit.further_predictors();
        let both = |fit: Option<&'a PredictorFit>, design: Option<PredictorDesign>| {
            let part = fit.zip(design).map(|(f, d)| {
                let unestimable = unestimable(&f.estimable, n, &[&ones, &d.x])?;
                part(&f.fixed, &f.kept, &f.terms, d, unestimable)
            });
            part.transpose()
        };
        let of_mean = unestimable(&fit.estimable, n, &[&ones, all, &mean.x])?;
        let mean = part(&fit.fixed, &fit.kept, &fit.terms, mean, of_mean)?;
        let parts = [Some(mean), both(zero, zero_inflation)?, both(further, dispersion)?];
        let nominal = fit.nominal().zip(nominal).map_or(Ok(Cow::Borrowed(&[][..])), |(f, d)| columns(&d.x, &f.kept))?;
        Ok(Rows { n, parts, nominal, survival: survival.map(Cow::Owned), ledger: Cow::Owned(rows), unknown, pad: true })
    }

    /// Fails at the first level that the fit doesn't know, of a term whose modes are added.
    pub fn check_levels(&self) -> Result<()> {
        for term in self.parts.iter().flatten().flat_map(|part| &part.terms).filter(|term| term.chosen) {
            if let Some(i) = term.index.iter().position(|&level| level == UNSEEN) {
                let (row, group) = (self.ledger.data_row(i), quoted(&term.fit.design.group));
                let known = self.unknown.iter().find(|unknown| unknown.row == row && unknown.group == term.fit.design.group);
                let what = match known {
                    Some(UnknownLevel { missing: true, .. }) => format!("no value of {group}"),
                    Some(UnknownLevel { label: Some(label), .. }) => {
                        format!("the level {} of {group}, which the fit doesn't know", quoted(label))
                    }
                    _ => format!("a level of {group} that the fit doesn't know"),
                };
                let message = format!("newdata: {} has {what}; {ALLOW}", row_text(row));
                return Err(Error::data(message).at(row));
            }
        }
        Ok(())
    }

    /// The new level of row i of a grouping factor, which the fit doesn't know.
    pub fn fresh_level(&self, group: &str, i: usize) -> FreshLevel {
        let own = self.unknown.iter().find(|unknown| unknown.group == group);
        let same = own.and_then(|own| Some(own.same[own.same.binary_search_by_key(&i, |(row, _)| *row).ok()?].1));
        same.map_or(FreshLevel::Row(i), FreshLevel::Level)
    }

    /// The rows, ascending, without a known level of a term whose modes are added.
    pub fn with_new_levels(&self) -> Result<Vec<usize>> {
        let chosen = || self.parts.iter().flatten().flat_map(|part| &part.terms).filter(|term| term.chosen);
        try_gather("rows without a prediction", (0..self.n).filter(|&i| chosen().any(|term| term.known(i).is_none())))
    }

    /// X beta + offset + Z b of each predictor, b of the terms chosen.
    pub fn linear_predictors(&self) -> Result<[Vec<f64>; 3]> {
        let mut out = [vec![], vec![], vec![]];
        for (part, out) in self.parts.iter().zip(&mut out) {
            if let Some(part) = part {
                *out = part.linear_predictor(self.n)?;
            }
        }
        Ok(out)
    }

    /// Values that the caller gives for each row as it gets them, of the rows that are used.
    pub fn selected(&self, name: &str, given: &[f64]) -> Result<Vec<f64>> {
        let wanted = if self.pad { self.ledger.n_data } else { self.n };
        if given.len() != wanted {
            return Err(Error::argument(format!("{name} has {} values for {wanted} rows", given.len())));
        }
        if self.pad { try_gather(name, self.ledger.used().map(|row| given[row])) } else { try_copy(name, given) }
    }

    /// Prior weights: those given, or of the training data their own, or 1.
    pub fn weights(&self, fit: &Fit, training: bool, given: Option<&[f64]>) -> Result<Vec<f64>> {
        let weights = match (given, &fit.weights) {
            (Some(given), _) => self.selected("weights", given)?,
            (None, Some(own)) if training => return fit.used(own),
            (None, _) => return try_vec("weights", 1.0, self.n),
        };
        if let Some(i) = weights.iter().position(|w| !(*w > 0.0 && w.is_finite())) {
            let row = if self.pad { self.ledger.data_row(i) } else { i };
            let message = format!("weights: {} has {}, wanted a positive number", row_text(row), weights[i]);
            return Err(Error::argument(message).at(row));
        }
        Ok(weights)
    }

    /// The row of the data, as the caller counts them from 0.
    pub fn data_row(&self, i: usize) -> usize {
        if self.pad { self.ledger.data_row(i) } else { i }
    }

    /// The same of all rows.
    pub fn data_rows(&self) -> Result<Vec<usize>> {
        if self.pad { try_gather("rows", self.ledger.used()) } else { try_gather("rows", 0..self.n) }
    }

    /// The rows of the data in which a predictor is missing.
    pub fn missing(&self) -> impl Iterator<Item = usize> + '_ {
        self.ledger.dropped.iter().filter(|_| self.pad).map(|(row, _)| *row)
    }

    /// The rows, ascending, in which one of these predictors has no estimate.
    pub fn unestimable(&self, predictors: &[usize]) -> Result<Vec<usize>> {
        let parts = predictors.iter().filter_map(|&a| self.parts[a].as_ref());
        let mut rows = try_gather("rows without a prediction", parts.flat_map(|part| part.unestimable.iter().copied()))?;
        rows.sort_unstable();
        rows.dedup();
        Ok(rows)
    }

    /// Whether one predictor has no estimate in a row.
    pub fn unestimable_in(&self, predictor: usize, i: usize) -> bool {
        self.parts[predictor].as_ref().is_some_and(|part| part.unestimable.binary_search(&i).is_ok())
    }

    /// Results of the rows as the caller gets them, `width` columns.
    pub fn padded(&self, values: Vec<f64>, width: usize) -> Result<Vec<f64>> {
        if !self.pad {
            return Ok(values);
        }
        let mut all = try_vec("predictions of all rows", 0.0, width * self.ledger.n_data)?;
        for (column, out) in all.chunks_exact_mut(self.ledger.n_data.max(1)).enumerate() {
            out.copy_from_slice(&self.ledger.padded(&values[column * self.n..(column + 1) * self.n])?);
        }
        Ok(all)
    }
}

impl Part<'_> {
    fn linear_predictor(&self, n: usize) -> Result<Vec<f64>> {
        if let Some(known) = self.known.as_ref().filter(|_| self.terms.iter().all(|term| term.chosen)) {
            return try_copy("linear predictor", known);
        }
        let mut eta = try_vec("linear predictor", 0.0, n)?;
        if let Some(offset) = &self.offset {
            eta.copy_from_slice(offset);
        }
        for (column, beta) in self.x.chunks_exact(n.max(1)).zip(&self.fixed.estimate) {
            eta.iter_mut().zip(column).for_each(|(e, x)| *e += beta * x);
        }
        for term in self.terms.iter().filter(|term| term.chosen) {
            let r = term.fit.design.effects.len();
            for e in 0..r {
                for (i, (eta, &level)) in eta.iter_mut().zip(term.index.iter()).enumerate() {
                    if let Some(mode) = term.fit.modes.get(level as usize * r + e) {
                        *eta += mode * term.z.as_ref().map_or(1.0, |z| z[e * n + i]);
                    }
                }
            }
        }
        Ok(eta)
    }
}

/// The rows of the matrix of the blocks, each `[n, p]`, that are no function of what was estimated.
fn unestimable(estimable: &Estimable, n: usize, blocks: &[&[f64]]) -> Result<Vec<usize>> {
    if estimable.is_full() {
        return Ok(vec![]);
    }
    let columns: Vec<&[f64]> = blocks.iter().flat_map(|block| block.chunks_exact(n.max(1))).collect();
    try_gather("rows without a prediction", (0..n).filter(|&i| !estimable.has(|j| columns[j][i])))
}

impl<'a> TermRows<'a> {
    fn of_design(fit: &'a TermFit, term: TermDesign) -> Self {
        TermRows { fit, index: Cow::Owned(term.index), z: term.z.map(Cow::Owned), chosen: false }
    }
}
