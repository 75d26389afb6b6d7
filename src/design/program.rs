//! The program of a design: learnt once from a formula and the training data, then run on any data.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::design::contrasts::{CONTRAST_NAMES, Contrast};
use crate::design::correlation::{CorrelationSources, CorrelationValues};
use crate::design::further::Further;
use crate::design::group::Group;
use crate::design::learn::PredictorSources;
use crate::design::node::Node;
use crate::design::predictor::{PredictorProgram, RandomProgram, Source};
use crate::design::realise::{Evaluated, checked_weights};
use crate::design::response::{Response, ResponseRule, ResponseValues, Selected};
use crate::design::rows::{Incomplete, Rows};
use crate::design::surv::{SurvivalNode, TimeValues, strata};
use crate::design::unread::hinted;
use crate::design::value::Factor;
use crate::design::{Design, NaPolicy, Needed, NeededTimes, PredictorDesign, SurvivalDesign};
use crate::error::{Error, Result, try_vec};
use crate::formula::Formula;
use crate::frame::Frame;
use crate::names::{known, quoted};
use crate::watch::Watch;

/// What a design is made of.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub formula: &'a Formula,
    pub response: ResponseRule<'a>,
    /// Formulas without response.
    pub further: Further<&'a Formula>,
    /// Column of prior weights.
    pub weights: Option<&'a str>,
    /// Column of the offset, added to any `offset()` in the formula.
    pub offset: Option<&'a str>,
    /// Contrasts by variable of the fixed effects, of further predictors too: (variable, "contr.sum"). As in lme4 they don't reach the
    /// random terms.
    pub contrasts: &'a [(String, String)],
    /// Of the residuals: `ar1(time | group)`.
    pub correlation: Option<&'a str>,
    pub na: NaPolicy,
    pub watch: Watch<'a>,
}

impl<'a> Request<'a> {
    /// A linear model with nothing beside its formula.
    pub fn new(formula: &'a Formula) -> Self {
        Request {
            formula,
            response: ResponseRule::Linear,
            further: Further::default(),
            weights: None,
            offset: None,
            contrasts: &[],
            correlation: None,
            na: NaPolicy::Omit,
            watch: Watch::unwatched(),
        }
    }
}

/// A design without data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Program {
    pub(super) response: Response,
    pub(super) mean: PredictorProgram,
    pub(super) further: Further<PredictorProgram>,
    /// Of a Cox model.
    strata: Option<Group>,
    /// Missing values are an error, in new data as in the training data.
    pub(super) complete: bool,
}

impl Program {
    /// Fails for a program that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        self.response.check()?;
        std::iter::once(&self.mean).chain(self.further.iter()).try_for_each(PredictorProgram::check)?;
        self.strata.iter().try_for_each(Group::check)
    }

    /// The number of strata; 0 without them.
    pub fn n_strata(&self) -> usize {
        self.strata.as_ref().map_or(0, |group| group.labels.len())
    }

    /// Whether the strata of a Cox model are made of a column.
    pub fn makes_strata(&self, column: &str) -> bool {
        self.strata.iter().flat_map(|group| &group.factors).any(|factor| factor.node.columns().contains(&column))
    }

    /// Learns the program from the training data, and runs it on them.
    pub fn learn(request: &Request, frame: &Frame) -> Result<(Program, Design)> {
        if frame.n_rows() == 0 {
            return Err(Error::data("the data have no rows"));
        }
        let sources = Sources::compile(request, frame)?;
        let values = sources.evaluate(request, frame)?;
        request.watch.pulse()?;
        let (rows, ledger) = sources.incomplete(&values, frame)?.finish(request.na)?;
        ledger.check_left()?;
        request.watch.pulse()?;
        let (program, design) = sources.learn(request, values, frame, &rows)?;
        Ok((program, Design { rows: ledger, ..design }))
    }

    /// Runs the program on new data, which need neither response nor weights. Rows with a missing predictor or offset are left out
    /// and in the ledger, or are an error where the training data could have none. An unknown level of a predictor is an error; an unknown or
    /// missing one of a grouping factor is `UNSEEN`, and so are all levels of groups that are new or not needed. The columns of random
    /// terms that are not needed need not be there. Of a Cox model the strata of new data are known, or an error.
    pub fn apply(&self, frame: &Frame, needed: Needed<'_>, times: NeededTimes) -> Result<Design> {
        let [mean_wanted, zero, dispersion] = self.wanted(needed);
        let nothing = vec![];
        let wanted =
            Further { dispersion: Some(&dispersion), zero_inflation: Some(&zero), nominal: Some(&nothing), ..Further::default() };
        let groups = matches!(needed, Needed::All | Needed::Terms(_));
        let mean = Evaluated::of_new_data(&self.mean, frame, &mean_wanted, groups)?;
        let further = self
            .further
            .as_ref()
            .zip(wanted)
            .try_map(|(program, wanted)| Evaluated::of_new_data(program, frame, wanted, groups))?;
        let mut incomplete = Incomplete::new(frame.n_rows(), Some(frame))?;
        mean.note_new_data(&self.mean, &mut incomplete);
        for (program, evaluated) in self.further.iter().zip(further.iter()) {
            evaluated.note_new_data(program, &mut incomplete);
        }
        let survival = NewSurvival::evaluate(self, frame, times)?;
        survival.note(&mut incomplete);
        let (rows, ledger) = incomplete.finish(if self.complete { NaPolicy::Error } else { NaPolicy::Omit })?;
        let mut unknown = vec![];
        let mut realise = |(program, evaluated): (&PredictorProgram, Evaluated)| {
            let (index, missing) = program.group_index(&evaluated, &rows)?;
            unknown.extend(missing);
            program.realise(evaluated, &rows, (needed != Needed::Nothing).then_some(&index))
        };
        let mean = realise((&self.mean, mean))?;
        let further = self.further.as_ref().zip(further).try_map(realise)?;
        Ok(Design { rows: ledger, unknown, survival: survival.select(&rows)?, ..assembled(mean, further, rows.len()) })
    }

    /// For each random term of the program, of the mean, the zero part and the dispersion, whether it is needed.
    fn wanted(&self, needed: Needed<'_>) -> [Vec<bool>; 3] {
        let mut first = 0;
        [Some(&self.mean), self.further.zero_inflation.as_ref(), self.further.dispersion.as_ref()].map(|program| {
            let of = |random: &RandomProgram| {
                let columns = random.kept.as_ref().map_or(random.effects.n_columns(), Vec::len);
                let count = if random.split { columns } else { 1 };
                first += count;
                match needed {
                    Needed::Nothing => false,
                    Needed::All | Needed::Effects => true,
                    Needed::Terms(chosen) => (first - count..first).any(|k| chosen.get(k).copied().unwrap_or(false)),
                }
            };
            program.into_iter().flat_map(|program| &program.random).map(of).collect()
        })
    }

    pub fn response_name(&self) -> &str {
        &self.response.name
    }

    /// Names of the columns of the fixed effects.
    pub fn fixed_names(&self) -> &[String] {
        &self.mean.fixed.names
    }

    pub fn has_intercept(&self) -> bool {
        self.mean.fixed.intercept
    }

    /// For each fixed column its term: 0 is the intercept, the terms count from 1.
    pub fn fixed_column_terms(&self) -> Vec<usize> {
        self.mean.fixed.column_terms()
    }

    /// Names of the terms of the fixed effects, without the intercept.
    pub fn fixed_term_labels(&self) -> Vec<&str> {
        self.mean.fixed.terms.iter().map(|term| term.label.as_str()).collect()
    }

    /// The columns of a frame that new data need.
    pub fn required_columns(&self, random: bool) -> Vec<&str> {
        let mut names: Vec<&str> = std::iter::once(&self.mean).chain(self.further.iter()).flat_map(|p| p.columns(random)).collect();
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        names
    }
}

fn assembled(mean: PredictorDesign, further: Further<PredictorDesign>, n: usize) -> Design {
    let PredictorDesign { x, x_names, offset, terms } = mean;
    let Further { dispersion, zero_inflation, nominal, .. } = further;
    Design { n, x, x_names, offset, terms, dispersion, zero_inflation, nominal, ..Design::default() }
}

/// What new data have of a survival response.
struct NewSurvival<'a> {
    needed: NeededTimes,
    times: Option<(&'a SurvivalNode, TimeValues<'a>)>,
    strata: Option<(&'a Group, Vec<Factor<'a>>)>,
}

impl<'a> NewSurvival<'a> {
    fn evaluate(program: &'a Program, frame: &'a Frame, needed: NeededTimes) -> Result<Self> {
        let node = program.response.survival().filter(|_| needed == NeededTimes::Intervals);
        let group = program.strata.as_ref().filter(|_| needed != NeededTimes::Nothing);
        let factors = |group: &'a Group| -> Result<_> {
            Ok((group, group.factors.iter().map(|factor| factor.node.factor(frame)).collect::<Result<_>>()?))
        };
        Ok(NewSurvival {
            needed,
            times: node.map(|node| Ok((node, node.times(frame)?))).transpose()?,
            strata: group.map(factors).transpose()?,
        })
    }

    fn note(&self, incomplete: &mut Incomplete) {
        if let Some((node, values)) = &self.times {
            node.note_times(values, incomplete);
        }
        if let Some((group, factors)) = &self.strata {
            for (own, factor) in group.factors.iter().zip(factors) {
                incomplete.note_codes(&own.name, &own.node.columns(), &factor.codes);
            }
        }
    }

    fn select(self, rows: &Rows) -> Result<Option<SurvivalDesign>> {
        if self.needed == NeededTimes::Nothing {
            return Ok(None);
        }
        let times = self.times.map(|(node, values)| node.select_times(values, rows)).transpose()?;
        let mut survival = times.unwrap_or_default();
        match self.strata {
            Some((group, factors)) => survival.restratify(group, &factors, rows)?,
            None => survival.stratum = try_vec("strata", 0, rows.len())?,
        }
        Ok(Some(survival))
    }
}

/// All compiled expressions, before their kinds are known.
struct Sources {
    response: Response,
    mean: PredictorSources,
    weights: Option<Source>,
    correlation: Option<CorrelationSources>,
    strata: Vec<Source>,
    further: Further<PredictorSources>,
}

/// The values of all expressions, in all rows.
struct Values<'a> {
    response: ResponseValues<'a>,
    mean: Evaluated<'a>,
    weights: Option<Cow<'a, [f64]>>,
    correlation: Option<CorrelationValues<'a>>,
    strata: Vec<Factor<'a>>,
    further: Further<Evaluated<'a>>,
}

impl Sources {
    fn compile(request: &Request, frame: &Frame) -> Result<Self> {
        let Some(response) = &request.formula.response else {
            return Err(Error::formula(0, "the formula has no response, wanted 'response ~ terms'"));
        };
        let response = Response::compile(response, request.response, frame)?;
        let weights = request.weights.map(|name| Source::of_column(name, "weights", frame)).transpose()?;
        let mut mean = PredictorSources::compile(request.formula, frame)?;
        mean.offsets.extend(request.offset.map(|name| Source::of_column(name, "offset", frame)).transpose()?);
        let mut further = request.further.try_map(|formula| PredictorSources::compile(formula, frame))?;
        if let ResponseRule::Ordered { .. } | ResponseRule::Survival = request.response {
            // The thresholds are the intercepts, and the unit of their scale that of its predictor; of a Cox model the baseline hazard.
            std::iter::once(&mut mean).chain(further.iter_mut()).for_each(|sources| sources.without_intercept = true);
        }
        let correlation = request.correlation.map(|text| CorrelationSources::compile(text, frame)).transpose()?;
        let strata = strata_of(request, frame)?;
        Ok(Sources { response, mean, weights, correlation, strata, further })
    }

    fn evaluate<'a>(&self, request: &Request, frame: &'a Frame) -> Result<Values<'a>> {
        Ok(Values {
            response: self.response.evaluate(request.response, frame)?,
            mean: self.mean.evaluate(frame, &request.watch)?,
            weights: self.weights.as_ref().map(|s| s.node.full_numbers(frame)).transpose()?,
            correlation: self.correlation.as_ref().map(|s| s.evaluate(frame)).transpose()?,
            strata: self.strata.iter().map(|s| s.node.factor(frame)).collect::<Result<_>>()?,
            further: self.further.as_ref().try_map(|sources| sources.evaluate(frame, &request.watch))?,
        })
    }

    fn incomplete<'a>(&self, values: &Values, frame: &'a Frame) -> Result<Incomplete<'a>> {
        let mut incomplete = Incomplete::new(frame.n_rows(), Some(frame))?;
        self.response.note(&values.response, &mut incomplete);
        self.mean.note(&values.mean, &mut incomplete);
        if let (Some(source), Some(weights)) = (&self.weights, &values.weights) {
            incomplete.note_numbers(&source.name, &source.node.columns(), weights);
        }
        for (sources, evaluated) in self.further.iter().zip(values.further.iter()) {
            sources.note(evaluated, &mut incomplete);
        }
        if let (Some(sources), Some(values)) = (&self.correlation, &values.correlation) {
            sources.note(values, &mut incomplete);
        }
        for (source, factor) in self.strata.iter().zip(&values.strata) {
            incomplete.note_codes(&source.name, &source.node.columns(), &factor.codes);
        }
        if let Some(weights) = &values.weights {
            incomplete.note_zero_weights(weights.iter().map(|w| *w == 0.0));
        }
        values.response.note_no_trials(&mut incomplete);
        Ok(incomplete)
    }

    /// Warnings of columns that are text though most of their cells are numbers.
    fn unread(&self, values: &Values, frame: &Frame) -> Result<Vec<String>> {
        let mut warnings = Vec::new();
        self.mean.note_unread(&values.mean, frame, &mut warnings)?;
        for (sources, evaluated) in self.further.iter().zip(values.further.iter()) {
            sources.note_unread(evaluated, frame, &mut warnings)?;
        }
        self.correlation.iter().try_for_each(|sources| sources.note_unread(frame, &mut warnings))?;
        let mut seen = HashSet::new();
        warnings.retain(|warning| seen.insert(warning.clone()));
        Ok(warnings)
    }

    fn learn(self, request: &Request, values: Values, frame: &Frame, rows: &Rows) -> Result<(Program, Design)> {
        let unread = self.unread(&values, frame)?;
        let mut warnings = unread.clone();
        let contrasts = named_contrasts(request.contrasts)?;
        let mut learn = |sources: PredictorSources, formula: &Formula, evaluated: Evaluated| {
            let (mut program, index) = sources
                .learn(formula, &contrasts, &evaluated, (frame, rows), &mut warnings, &request.watch)
                .map_err(|e| hinted(e, &unread))?;
            request.watch.pulse()?;
            let mut design = program.realise(evaluated, rows, Some(&index)).map_err(|e| hinted(e, &unread))?;
            request.watch.pulse()?;
            design.terms = program.drop_dependent(design.terms, rows.len(), &mut warnings)?;
            Ok((program, design))
        };
        let (mean, design) = learn(self.mean, request.formula, values.mean)?;
        let parts = self.further.zip(request.further).zip(values.further);
        let (further, further_designs) =
            parts.try_map(|((sources, formula), evaluated)| learn(sources, formula, evaluated))?.unzip();
        let mut program = Program { response: self.response, mean, further, strata: None, complete: request.na == NaPolicy::Error };
        program.check_contrasts(&contrasts)?;
        let mut design = assembled(design, further_designs, rows.len());
        let Selected { y, ends, trials, categories, mut survival } =
            program.response.select(values.response, request.response, rows, &mut warnings)?;
        let weights = match (values.weights, &self.weights) {
            (Some(values), Some(source)) => Some(checked_weights(&source.name, values, rows)?),
            _ => None,
        };
        if let (Some(sources), Some(values)) = (self.correlation, values.correlation) {
            design.correlation = Some(sources.realise(values, rows)?);
        }
        if let Some(survival) = &mut survival {
            let parts: Vec<(String, Node)> = self.strata.into_iter().map(|s| (s.name, s.node)).collect();
            let name = format!("strata({})", parts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "));
            let (group, index) = strata(parts, &values.strata, rows)?;
            let labels = group.as_ref().map_or_else(Vec::new, |group| group.labels.clone());
            survival.stratify(&name, (labels, index), &mut warnings)?;
            program.strata = group;
        }
        design.survival = survival;
        (design.y, design.ends) = (y, ends);
        design.categories = categories;
        design.weights = match (trials, weights) {
            (Some(mut trials), Some(weights)) => {
                trials.iter_mut().zip(weights).for_each(|(n, w)| *n *= w);
                Some(trials)
            }
            (trials, weights) => trials.or(weights),
        };
        // Of a variable in several predictors.
        let mut seen = HashSet::new();
        design.warnings = warnings.into_iter().filter(|warning| seen.insert(warning.clone())).collect();
        design.n_unread = unread.len();
        Ok((program, design))
    }
}

impl Program {
    /// Of a linear model whose levels came from parts of the data.
    pub(super) fn of_outline(
        response: Response,
        mean: PredictorProgram,
        further: Further<PredictorProgram>,
        complete: bool,
    ) -> Self {
        Program { response, mean, further, strata: None, complete }
    }

    /// Each of the contrasts asked for must be of a factor of the fixed effects.
    pub(super) fn check_contrasts(&self, contrasts: &[(&str, Contrast)]) -> Result<()> {
        let factors = std::iter::once(&self.mean).chain(self.further.iter()).flat_map(PredictorProgram::fixed_factors);
        let factors: Vec<&str> = factors.collect();
        match contrasts.iter().find(|(name, _)| !factors.contains(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let (have, name) = (known("the model", name, factors.into_iter()), quoted(name));
                Err(Error::argument(format!("contrasts are given for {name}, which is no factor of the fixed effects; {have}")))
            }
        }
    }
}

/// The factors of `strata()`, which Cox models have.
fn strata_of(request: &Request, frame: &Frame) -> Result<Vec<Source>> {
    let further = request.further.iter().flat_map(|formula| &formula.fixed.strata);
    let misplaced = if request.response == ResponseRule::Survival { None } else { request.formula.fixed.strata.first() };
    if let Some(expr) = misplaced.or(further.into_iter().next()) {
        let message = "strata() is of Cox models: each stratum has a baseline hazard of its own";
        return Err(Error { position: expr.span.start as i64, ..Error::unsupported(message) });
    }
    request.formula.fixed.strata.iter().map(|expr| Source::of_expression(expr, frame)).collect()
}

pub(super) fn named_contrasts(requested: &[(String, String)]) -> Result<Vec<(&str, Contrast)>> {
    let named = |(name, wanted): &'_ (String, String)| {
        Contrast::named(wanted).ok_or_else(|| {
            let message = format!("unknown contrasts {} for {}; known are {CONTRAST_NAMES}", quoted(wanted), quoted(name));
            Error::argument(message)
        })
    };
    requested.iter().map(|pair| Ok((pair.0.as_str(), named(pair)?))).collect()
}
