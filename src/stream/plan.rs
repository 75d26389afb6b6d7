//! What accumulators have in common: the model, and what its expressions, levels and sums have learnt from a sample.

use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::space::Space;
use crate::design::outline::{Part, response_of, streamable};
use crate::design::{NaPolicy, Outline};
use crate::envelope::{PLAN, fits};
use crate::error::{Error, Result};
use crate::formula::parse;
use crate::frame::Frame;
use crate::lmm::basis::Basis;
use crate::lmm::rows::Chunk;
use crate::names::quoted;
use crate::random::FAR;
use crate::spec::{FormulaSpec, Spec};
use crate::watch::Watch;

/// A model for data that come in parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub spec: Spec,
    pub na: NaPolicy,
    /// Further responses, each of which is summed like that of the formula.
    pub responses: Vec<String>,
    learnt: Option<Learnt>,
}

/// What a sample has taught.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Learnt {
    pub outline: Outline,
    /// Levels and columns of the fixed effects that the sample has.
    pub space: Space,
    /// The columns of the fixed effects and the response are summed in it.
    pub basis: Basis,
    /// What is taken off the columns of the effects of each random term.
    pub shifts: Vec<Vec<f64>>,
}

impl Plan {
    /// A plan that has yet to learn.
    pub fn new(spec: &Spec, na: NaPolicy) -> Result<Self> {
        streamable(spec)?;
        Ok(Plan { spec: spec.clone(), na, responses: vec![], learnt: None })
    }

    /// Adds a response, a column or an expression of columns; the plan has to learn anew.
    pub fn add_response(&mut self, text: &str) -> Result<()> {
        let name = response_of(text)?.to_string();
        let mut known = vec![];
        known.extend(parse(&streamable(&self.spec)?.formula)?.response.map(|own| own.to_string()));
        for other in &self.responses {
            known.push(response_of(other)?.to_string());
        }
        if known.contains(&name) {
            return Err(Error::argument(format!("the plan has the response {} already", quoted(&name))));
        }
        self.responses.push(text.to_owned());
        self.learnt = None;
        Ok(())
    }

    /// Learns from a sample: the kinds of the columns, the order of declared levels, what expressions such as `scale(x)` learn, and the basis
    /// of the sums. The sample is not counted among the data.
    pub fn learn(&mut self, sample: &Frame, watch: &Watch<'_>) -> Result<()> {
        let outline = Outline::learn(&self.spec, &self.responses, sample, watch).map_err(|e| sample.located(e))?;
        let part = outline.part(sample, self.na, watch).map_err(|e| sample.located(e))?;
        if part.n == 0 {
            return Err(Error::data("the sample has no row without missing values"));
        }
        let mut space = Space::new(&outline);
        let x = space.place_fixed(&outline, &part)?;
        let constant = space.fixed.has_intercept();
        let mut bases = vec![];
        for y in &part.y {
            let chunk = Chunk { n: part.n, x: &x, y, weights: part.weights.as_deref(), terms: vec![], watch: *watch };
            bases.push(Basis::of_sample(&chunk, constant)?);
        }
        let basis = bases.remove(0).with_responses(&bases)?;
        let mut shifts = vec![];
        for (k, columns) in space.effects.iter().enumerate() {
            let may = outline.may_shift(k);
            shifts.push(if may { shifts_of(columns, &part)? } else { vec![0.0; columns.slots.len()] });
        }
        self.learnt = Some(Learnt { outline, space, basis, shifts });
        Ok(())
    }

    /// In what the plan differs from another, in words.
    pub fn difference(&self, other: &Plan) -> String {
        let named = |what: &str, own: &dyn Fn(&Plan) -> Option<String>| {
            let [a, b] = [self, other].map(|plan| own(plan).map_or("none".to_string(), |text| quoted(&text)));
            (a != b).then(|| format!("of {what} {a} and {b}"))
        };
        let of = |plan: &Plan, part: fn(&FormulaSpec) -> Option<String>| streamable(&plan.spec).ok().and_then(part);
        named("the formulas", &|plan| of(plan, |own| Some(own.formula.clone())))
            .or_else(|| named("the weights", &|plan| of(plan, |own| own.weights.clone())))
            .or_else(|| named("the offsets", &|plan| of(plan, |own| own.offset.clone())))
            .or_else(|| named("the further responses", &|plan| Some(plan.responses.join(", "))))
            .or_else(|| (self.na != other.na).then(|| "with another rule for missing values".to_string()))
            .or_else(|| named("the contrasts", &|plan| of(plan, |own| Some(pairs(&own.contrasts)))))
            .or_else(|| named("the random terms", &|plan| of(plan, |own| Some([&own.random[..], &own.groups].concat().join(", ")))))
            .unwrap_or_else(|| "which have learnt from different samples".to_string())
    }

    /// How many rows of a frame have no missing value in the columns that the model needs.
    pub fn n_complete(&self, frame: &Frame) -> Result<usize> {
        let all: Vec<String> = frame.all_names().map(ToString::to_string).collect();
        let mut names: Vec<String> = self.spec.variables_among(&all)?.into_iter().map(|own| own.name).collect();
        for text in &self.responses {
            names.extend(response_of(text)?.names());
        }
        let columns: Vec<_> = frame.columns().filter(|own| names.contains(&own.name)).collect();
        Ok((0..frame.n_rows()).filter(|row| columns.iter().all(|own| !own.is_missing(*row))).count())
    }

    pub fn has_learnt(&self) -> bool {
        self.learnt.is_some()
    }

    /// What it has learnt, or an error that says how it does.
    pub fn learnt(&self) -> Result<&Learnt> {
        self.learnt.as_ref().ok_or_else(|| {
            Error::argument("the plan has not learnt from a sample yet: interlace_plan_learn with the first rows of the data, say")
        })
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        PLAN.seal(0, self)
    }

    /// Reads what `to_bytes` wrote; damaged or foreign bytes are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut plan: Plan = PLAN.open(bytes)?.read()?;
        plan.restore().map_err(|error| if error.ends_all() { error } else { PLAN.wrong(&error.message) })?;
        Ok(plan)
    }

    /// Fails for what was read from damaged bytes; makes what is not written.
    pub fn restore(&mut self) -> Result<()> {
        streamable(&self.spec)?;
        let Some(learnt) = &mut self.learnt else { return Ok(()) };
        learnt.outline.restore(&self.spec, self.responses.len())?;
        learnt.space.restore(&learnt.outline)?;
        let (basis, c) = (&learnt.basis, learnt.space.fixed.slots.len() + 1 + self.responses.len());
        let sizes = basis.columns == c && basis.shift.len() == c && basis.map.len() == c * c;
        let numbers = basis.shift.iter().chain(&basis.map).all(|v| v.is_finite()) && (0..c).all(|j| basis.map[j * (c + 1)] != 0.0);
        let constant = basis.constant == learnt.space.fixed.has_intercept().then_some(1.0);
        fits(sizes && numbers && constant, "the basis")?;
        let shifts = learnt.shifts.iter().zip(&learnt.space.effects);
        let shifted = |(own, columns): (&Vec<f64>, &Columns)| own.len() == columns.slots.len() && own.iter().all(|v| v.is_finite());
        fits(learnt.shifts.len() == learnt.space.effects.len() && shifts.into_iter().all(shifted), "a shift")
    }
}

/// Pairs of texts as one.
fn pairs(all: &[(String, String)]) -> String {
    all.iter().map(|(a, b)| format!("{a} = {b}")).collect::<Vec<_>>().join(", ")
}

/// Means of the columns of numbers that are far from zero in the sample.
fn shifts_of(columns: &Columns, part: &Part<'_>) -> Result<Vec<f64>> {
    let n = part.n as f64;
    let far = |column: &[f64]| {
        let mean = column.iter().map(|v| v / n).sum::<f64>();
        let square = column.iter().map(|v| (v - mean) * (v - mean) / n).sum::<f64>();
        if mean.abs() > FAR * square.sqrt() { mean } else { 0.0 }
    };
    let mut shifts = vec![];
    for slot in &columns.slots {
        let own = if columns.is_of_numbers(*slot) { columns.numbers(*slot, part)? } else { vec![] };
        shifts.push(if own.is_empty() { 0.0 } else { far(&own) });
    }
    Ok(shifts)
}
