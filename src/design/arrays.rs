//! The same design from arrays, and from new arrays.

mod levels;
mod survival;

use std::borrow::Cow;
use std::sync::Arc;

use crate::covariance::Structure;
use crate::design::arrays::levels::{ArrayLevels, Given};
use crate::design::dependent::independent;
use crate::design::matrix::INTERCEPT;
use crate::design::ordered::ordered_codes;
use crate::design::rows::{Incomplete, Rows};
use crate::design::survival::SurvivalDesign;
use crate::design::{
    Columns, Design, Further, NaPolicy, NeededTimes, PredictorDesign, ResponseRule, TermDesign, UnknownLevel, realise,
};
use crate::envelope::{fits, is_choice};
use crate::error::{Error, Result, try_owned};
use crate::names::quoted;
use crate::spec::{ArrayCorrelation, ArraySpec, ArrayTerm};

/// What new arrays have to match.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ArrayProgram {
    pub x_names: Vec<String>,
    pub has_offset: bool,
    pub terms: Vec<ArrayTermProgram>,
    /// Of a Cox model with strata.
    pub strata: Option<ArrayLevels>,
    /// Names of the columns of the further predictors.
    pub further: Further<Vec<String>>,
    /// Columns named `(Intercept)` are left out of the design: an ordinal model has thresholds, a Cox model baseline hazards.
    pub without_intercept: bool,
    /// Missing values are an error, in new data as in the training data.
    pub complete: bool,
}

/// One random term of an `ArrayProgram`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ArrayTermProgram {
    pub name: String,
    pub effects: Vec<String>,
    /// It came with a matrix of effects, not as an intercept.
    pub has_z: bool,
    pub structure: Structure,
    pub levels: ArrayLevels,
    /// The effects that the training data determine, where others are left out.
    pub kept_effects: Option<Vec<usize>>,
}

/// The design of a fit.
pub fn from_arrays(
    spec: &ArraySpec,
    further: Further<Columns>,
    response: ResponseRule,
    correlation: Option<&ArrayCorrelation>,
    na: NaPolicy,
) -> Result<(ArrayProgram, Design)> {
    if spec.n == 0 {
        return Err(Error::argument("n = 0: the data have no rows"));
    }
    if response == ResponseRule::Survival {
        survival::check(spec, true)?;
    } else {
        check_length("y", spec.y.len(), spec.n)?;
    }
    let x_names = checked_x_names(spec)?;
    let names = term_names(spec)?;
    let mut further_names = further.try_map(|columns| checked_names(&columns, spec.n))?;
    if further.ordinal {
        further_names = further_names.filter(|names| names.iter().any(|name| name != INTERCEPT));
    }
    let mut noted = incomplete(spec, &x_names, &names, true)?;
    note_further(&further, &further_names, spec.n, &mut noted);
    correlation.map_or(Ok(()), |c| c.note(spec.n, &mut noted))?;
    let (rows, ledger) = noted.finish(na)?;
    ledger.check_left()?;
    let without_intercept = matches!(response, ResponseRule::Ordered { .. } | ResponseRule::Survival);
    let (has_offset, complete) = (spec.offset.is_some(), na == NaPolicy::Error);
    let mut program =
        ArrayProgram { x_names, has_offset, further: further_names, without_intercept, complete, ..ArrayProgram::default() };
    let (mut terms, mut warnings) = (Vec::new(), Vec::new());
    for (term, (name, effects)) in spec.terms.iter().zip(names) {
        let mut learnt = learn_term(term, name, effects, &rows)?;
        let mut design = term_design(&learnt, term, &rows)?;
        learnt.drop_dependent(&mut design, rows.len(), &mut warnings)?;
        terms.push(design);
        program.terms.push(learnt);
    }
    let (y, categories) = match response {
        ResponseRule::Ordered { levels } => ordered_codes(&spec.y, levels, &rows, &mut warnings)?,
        ResponseRule::Survival => (Vec::new(), Vec::new()),
        _ => (try_owned("y", rows.select(Cow::Borrowed(&spec.y[..]))?)?, Vec::new()),
    };
    rows.check_finite("y", &y)?;
    let survival = survival::learn(spec, &mut program.strata, &rows, &mut warnings)?;
    let y = survival.as_ref().map_or(Ok(y), SurvivalDesign::response)?;
    let weights = spec.weights.as_ref().map(|w| realise::checked_weights("weights", Cow::Borrowed(w), &rows)).transpose()?;
    let design = program.without_terms(spec, further, &rows)?;
    let correlation = correlation.map(|c| c.realise(&rows)).transpose()?;
    Ok((program, Design { y, weights, terms, categories, correlation, survival, warnings, rows: ledger, ..design }))
}

/// The design of new arrays, which need neither response nor weights. Levels with labels are matched by label, levels without by the
/// numbering of the training arrays; an unknown one, or -1, is `UNSEEN`. Without `random` the terms are not looked at. Of a Cox model the
/// strata of new data are known, or an error.
pub fn apply_arrays(
    program: &ArrayProgram,
    spec: &ArraySpec,
    further: Further<Columns>,
    random: bool,
    times: NeededTimes,
) -> Result<Design> {
    let x_names = checked_x_names(spec)?;
    let p = program.x_names.len();
    if spec.p != p || (!spec.x_names.is_empty() && x_names != program.x_names) {
        let (new, old) = (x_names.join(", "), program.x_names.join(", "));
        return Err(Error::argument(format!("x has the columns {new}, but the training data had {old}")));
    }
    if program.has_offset && spec.offset.is_none() {
        return Err(Error::argument("the training data had an offset, the new data have none"));
    }
    let names = if random { term_names(spec)? } else { Vec::new() };
    if random && names.len() != program.terms.len() {
        let (new, old) = (names.len(), program.terms.len());
        return Err(Error::argument(format!("the new data have {new} random terms, the training data had {old}")));
    }
    let further = matched(&program.further, further, spec.n)?;
    let mut noted = incomplete(spec, &program.x_names, &names, false)?;
    note_further(&further, &program.further, spec.n, &mut noted);
    survival::note_new_data(spec, program.strata.as_ref(), times, &mut noted)?;
    let (rows, ledger) = noted.finish(if program.complete { NaPolicy::Error } else { NaPolicy::Omit })?;
    let (mut terms, mut unknown) = (Vec::new(), Vec::new());
    for ((learnt, term), (name, effects)) in program.terms.iter().zip(&spec.terms).zip(names) {
        if effects.len() != learnt.effects.len()
            || term.z.is_some() != learnt.has_z
            || (!term.name.is_empty() && name != learnt.name)
        {
            let (new, old) = (effects.len(), learnt.effects.len());
            let message = format!(
                "the random term {} with {new} effects stands where the training data had {} with {old}",
                quoted(&name),
                quoted(&learnt.name)
            );
            return Err(Error::argument(message));
        }
        let design = term_design(learnt, term, &rows)?;
        let same = given(term, &named(&learnt.name)).unseen(&learnt.levels, &design.index, &rows)?;
        if let Some((first, _)) = same.first() {
            let row = rows.data_row(*first);
            unknown.push(UnknownLevel { group: learnt.name.clone(), row, label: None, missing: false, same });
        }
        terms.push(design);
    }
    let survival = survival::of_new_data(spec, program.strata.as_ref(), times, &rows)?;
    Ok(Design { terms, survival, unknown, rows: ledger, ..program.without_terms(spec, further, &rows)? })
}

/// The names of the columns of a further predictor, after a check of lengths.
fn checked_names(columns: &Columns, n: usize) -> Result<Vec<String>> {
    check_length("x", columns.x.len(), n.saturating_mul(columns.p))?;
    if columns.names.is_empty() {
        return Ok((1..=columns.p).map(|k| format!("x{k}")).collect());
    }
    check_length("x_names", columns.names.len(), columns.p)?;
    Ok(columns.names.to_vec())
}

/// The columns of new data for the further predictors of the program; others are not looked at.
fn matched<'a>(learnt: &Further<Vec<String>>, new: Further<Columns<'a>>, n: usize) -> Result<Further<Columns<'a>>> {
    let pairs = Further {
        dispersion: learnt.dispersion.as_ref().map(|names| (names, new.dispersion)),
        zero_inflation: learnt.zero_inflation.as_ref().map(|names| (names, new.zero_inflation)),
        nominal: learnt.nominal.as_ref().map(|names| (names, new.nominal)),
        ordinal: learnt.ordinal,
    };
    pairs.try_map(|(old, columns)| {
        let old_list = old.join(", ");
        let Some(columns) = columns else {
            return Err(Error::argument(format!("the training data had the columns {old_list}, the new data have none")));
        };
        let names = checked_names(&columns, n)?;
        if columns.p != old.len() || (!columns.names.is_empty() && names != *old) {
            let list = names.join(", ");
            return Err(Error::argument(format!("x has the columns {list}, but the training data had {old_list}")));
        }
        Ok(columns)
    })
}

fn note_further(further: &Further<Columns>, names: &Further<Vec<String>>, n: usize, incomplete: &mut Incomplete) {
    for &(columns, names) in further.zip(names.as_ref()).iter() {
        columns.x.chunks(n.max(1)).zip(names).for_each(|(column, name)| incomplete.note_numbers(name, &[], column));
    }
}

impl ArrayProgram {
    /// Fails for a program that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        self.terms.iter().try_for_each(ArrayTermProgram::check)?;
        self.strata.iter().try_for_each(ArrayLevels::check)
    }

    /// What the design has of these columns, and of the random terms levels and effects.
    pub fn sizes<'a>(&'a self, names: &'a [String]) -> (usize, impl Iterator<Item = (usize, usize)>) {
        let left_out = if self.without_intercept { names.iter().filter(|name| *name == INTERCEPT).count() } else { 0 };
        (names.len() - left_out, self.terms.iter().map(ArrayTermProgram::size))
    }

    /// All of the design but the random terms.
    fn without_terms(&self, spec: &ArraySpec, further: Further<Columns>, rows: &Rows) -> Result<Design> {
        let (x, x_names) = self.columns(&spec.x, &self.x_names, rows)?;
        let Further { dispersion, zero_inflation, nominal, .. } =
            further.zip(self.further.as_ref()).try_map(|(columns, names)| {
                let (x, x_names) = self.columns(columns.x, names, rows)?;
                Ok(PredictorDesign { x, x_names, ..PredictorDesign::default() })
            })?;
        let mut offset = None;
        if let Some(values) = &spec.offset {
            let values = try_owned("weights or offset", rows.select(Cow::Borrowed(&values[..]))?)?;
            rows.check_finite("offset", &values)?;
            offset = Some(values);
        }
        Ok(Design { n: rows.len(), x, x_names, offset, dispersion, zero_inflation, nominal, ..Design::default() })
    }

    /// Columns in the rows used, all of them finite, and their names.
    fn columns(&self, x: &[f64], names: &[String], rows: &Rows) -> Result<(Vec<f64>, Vec<String>)> {
        let (n, mut x) = (rows.len(), rows.select_matrix(Cow::Borrowed(x), names.len())?);
        for (k, name) in names.iter().enumerate() {
            rows.check_finite(name, &x[k * n..(k + 1) * n])?;
        }
        if !self.without_intercept {
            return Ok((x, names.to_vec()));
        }
        for k in (0..names.len()).rev().filter(|&k| names[k] == INTERCEPT) {
            x.drain(k * n..(k + 1) * n);
        }
        Ok((x, names.iter().filter(|name| *name != INTERCEPT).cloned().collect()))
    }
}

fn check_length(what: &str, len: usize, wanted: usize) -> Result<()> {
    if len == wanted { Ok(()) } else { Err(Error::argument(format!("{what} has {len} values, wanted {wanted}"))) }
}

/// Checks the lengths of what new data have too, and gives the names of the columns.
fn checked_x_names(spec: &ArraySpec) -> Result<Vec<String>> {
    check_length("x", spec.x.len(), spec.n.saturating_mul(spec.p))?;
    spec.weights.iter().try_for_each(|w| check_length("weights", w.len(), spec.n))?;
    spec.offset.iter().try_for_each(|o| check_length("offset", o.len(), spec.n))?;
    if spec.x_names.is_empty() {
        return Ok((1..=spec.p).map(|k| format!("x{k}")).collect());
    }
    check_length("x_names", spec.x_names.len(), spec.p)?;
    Ok(spec.x_names.clone())
}

/// Names of the terms and of their effects, after a check of lengths and indices.
fn term_names(spec: &ArraySpec) -> Result<Vec<(String, Vec<String>)>> {
    spec.terms
        .iter()
        .enumerate()
        .map(|(t, term)| {
            let name = if term.name.is_empty() { format!("g{}", t + 1) } else { term.name.clone() };
            check_length(&format!("the index of {}", named(&name)), term.index.len(), spec.n)?;
            if !term.levels.is_empty() {
                check_length(&format!("the list of levels of {}", named(&name)), term.levels.len(), term.n_levels)?;
            }
            let effects = effect_names(term, &name, spec.n)?;
            Ok((name, effects))
        })
        .collect()
}

fn effect_names(term: &ArrayTerm, name: &str, n: usize) -> Result<Vec<String>> {
    let Some(z) = &term.z else {
        return match &term.effects[..] {
            [] => Ok(vec![INTERCEPT.to_string()]),
            [_] => Ok(term.effects.clone()),
            more => Err(Error::argument(format!("the random term {} has {} effects, but no z", quoted(name), more.len()))),
        };
    };
    let k = if term.effects.is_empty() { z.len() / n.max(1) } else { term.effects.len() };
    if k == 0 {
        return Err(Error::argument(format!(
            "z of the random term {} has {} values, wanted {n} for each effect",
            quoted(name),
            z.len()
        )));
    }
    check_length(&format!("z of the random term {}", quoted(name)), z.len(), n.saturating_mul(k))?;
    if term.effects.is_empty() { Ok((1..=k).map(|e| format!("z{e}")).collect()) } else { Ok(term.effects.clone()) }
}

/// Notes the rows with missing values; index -1 is missing in a fit only.
fn incomplete(spec: &ArraySpec, x_names: &[String], terms: &[(String, Vec<String>)], fit: bool) -> Result<Incomplete<'static>> {
    let mut incomplete = Incomplete::new(spec.n, None)?;
    let columns = |data: &[f64], k: usize| k * spec.n..((k + 1) * spec.n).min(data.len());
    if fit {
        incomplete.note_numbers("y", &[], &spec.y);
        survival::note(spec, &mut incomplete);
    }
    x_names.iter().enumerate().for_each(|(k, name)| incomplete.note_numbers(name, &[], &spec.x[columns(&spec.x, k)]));
    for (term, (name, effects)) in spec.terms.iter().zip(terms) {
        for (z, (k, effect)) in term.z.iter().flat_map(|z| std::iter::repeat(z).zip(effects.iter().enumerate())) {
            incomplete.note_numbers(&format!("{effect} | {name}"), &[], &z[columns(z, k)]);
        }
        if fit {
            incomplete.note_where(name, &[], term.index.iter().map(|i| *i == -1));
        }
    }
    if let (true, Some(weights)) = (fit, &spec.weights) {
        incomplete.note_numbers("weights", &[], weights);
    }
    spec.offset.iter().for_each(|offset| incomplete.note_numbers("offset", &[], offset));
    if let (true, Some(weights)) = (fit, &spec.weights) {
        incomplete.note_zero_weights(weights.iter().map(|w| *w == 0.0));
    }
    Ok(incomplete)
}

fn named(term: &str) -> String {
    format!("the random term {}", quoted(term))
}

/// The levels of a term as it gives them.
fn given<'a>(term: &'a ArrayTerm, what: &'a str) -> Given<'a> {
    Given { what, index: &term.index, n_levels: term.n_levels, labels: &term.levels }
}

fn learn_term(term: &ArrayTerm, name: String, effects: Vec<String>, rows: &Rows) -> Result<ArrayTermProgram> {
    let levels = given(term, &named(&name)).learn(rows)?;
    let structure = Structure::new(term.structure, term.homogeneous, effects.len());
    Ok(ArrayTermProgram { name, effects, has_z: term.z.is_some(), structure, levels, kept_effects: None })
}

fn term_design(learnt: &ArrayTermProgram, term: &ArrayTerm, rows: &Rows) -> Result<TermDesign> {
    let index = given(term, &named(&learnt.name)).among(&learnt.levels, rows)?;
    let k = learnt.effects.len();
    let z = term.z.as_ref().map(|z| rows.select_matrix(Cow::Borrowed(&z[..]), k)).transpose()?;
    for (e, effect) in learnt.effects.iter().enumerate() {
        let name = || format!("{effect} | {}", learnt.name);
        z.iter().try_for_each(|z| rows.check_finite(&name(), &z[e * rows.len()..(e + 1) * rows.len()]))?;
    }
    let mut design = TermDesign {
        group: learnt.name.clone(),
        effects: learnt.effects.clone(),
        structure: learnt.structure,
        levels: Arc::new(learnt.levels.labels.clone()),
        index,
        z,
    };
    if let Some(kept) = &learnt.kept_effects {
        design.keep(rows.len(), kept);
    }
    Ok(design)
}

impl ArrayTermProgram {
    /// Fails for a term that was not learnt, but read from damaged bytes.
    fn check(&self) -> Result<()> {
        let effects = self.effects.len();
        let kept = self.kept_effects.as_deref().is_none_or(|kept| is_choice(kept, effects));
        fits(effects > 0 && kept && self.structure.size == effects && (self.has_z || effects == 1), "a random term")?;
        self.levels.check()
    }

    /// Levels and effects.
    fn size(&self) -> (usize, usize) {
        (self.levels.labels.len(), self.kept_effects.as_ref().map_or(self.effects.len(), Vec::len))
    }

    /// Leaves effects out of the training data's term that depend on others.
    fn drop_dependent(&mut self, design: &mut TermDesign, n: usize, warnings: &mut Vec<String>) -> Result<()> {
        let text = format!("({} | {})", self.effects.join(" + "), self.name);
        let name = |e: usize| quoted(&self.effects[e]);
        let (kept, said) = independent(self.structure, &design.columns(n), n, name, &text)?;
        warnings.extend(said);
        if kept.len() < self.effects.len() {
            design.keep(n, &kept);
            self.kept_effects = Some(kept);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
