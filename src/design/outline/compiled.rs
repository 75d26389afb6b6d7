//! Formula and sample to an outline.

use serde::{Deserialize, Serialize};

use super::correlation::CorrelationOutline;
use super::levels;
use crate::design::contrasts::Contrast;
use crate::design::learn::PredictorSources;
use crate::design::parts::formula_with;
use crate::design::predictor::Source;
use crate::design::response::{Response, ResponseRule};
use crate::design::rows::Rows;
use crate::design::value::Value;
use crate::design::variable::{Kind, Variable};
use crate::envelope::fits;
use crate::error::{Error, Result};
use crate::formula::{Expr, ExprKind, Formula, StructureKind, TermList, parse};
use crate::frame::Frame;
use crate::names::quoted;
use crate::spec::{CorrelationSpec, FormulaSpec, ModelKind, Source as SpecSource, Spec};
use crate::watch::Watch;

/// A design whose factors have no levels yet. What expressions such as `scale(x)` learn they have learnt from a sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// The columns of the sample, for which `.` stands in formulas.
    pub(super) columns: Vec<String>,
    /// Read from the specification, and not written.
    #[serde(skip, default = "no_formula")]
    pub(super) formula: Formula,
    pub(super) response: Response,
    /// Further responses.
    pub(super) others: Vec<Response>,
    pub(super) mean: PredictorSources,
    /// What each variable holds; factors are without levels.
    pub(super) variables: Vec<Variable>,
    /// Factors whose categories are ordered.
    pub(super) ordered: Vec<bool>,
    /// Levels of each variable that come first (`relevel`), and of each factor of each group.
    pub(super) first: Vec<Vec<String>>,
    pub(super) group_first: Vec<Vec<Vec<String>>>,
    pub(super) weights: Option<Source>,
    pub(super) correlation: Option<CorrelationOutline>,
    pub(super) contrasts: Vec<(String, String)>,
}

fn no_formula() -> Formula {
    Formula { text: String::new(), response: None, fixed: TermList::default(), random: vec![] }
}

/// The terms of a model matrix, each by the places of its variables.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    list: &'a TermList,
    places: &'a [usize],
}

impl Terms<'_> {
    pub fn intercept(&self) -> bool {
        self.list.intercept
    }

    /// The variables of each term.
    pub fn iter(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        self.list.terms.iter().map(|term| term.iter().map(|v| self.places[*v]).collect())
    }
}

impl Outline {
    /// Compiles a specification, and further responses, against a sample.
    pub fn learn(spec: &Spec, responses: &[String], sample: &Frame, watch: &Watch<'_>) -> Result<Self> {
        let source = streamable(spec)?;
        let others = responses.iter().map(|text| response_of(text)).collect::<Result<Vec<_>>>()?;
        // No response is among the columns of the other's model.
        let known = |name: &str| others.iter().any(|other| matches!(&other.kind, ExprKind::Name(own) if own == name));
        let columns: Vec<String> = sample.all_names().filter(|name| !known(name)).map(ToString::to_string).collect();
        let formula = formula_with(source, &columns)?;
        let Some(response) = &formula.response else {
            return Err(Error::formula(0, "the formula has no response, wanted 'response ~ terms'"));
        };
        let response = Response::compile(response, ResponseRule::Linear, sample)?;
        let others = others.iter().map(|own| Response::compile(own, ResponseRule::Linear, sample)).collect::<Result<_>>()?;
        let mut mean = PredictorSources::compile(&formula, sample)?;
        mean.offsets.extend(source.offset.as_deref().map(|name| Source::of_column(name, "offset", sample)).transpose()?);
        let weights = source.weights.as_deref().map(|name| Source::of_column(name, "weights", sample)).transpose()?;
        if let Some(expr) = formula.fixed.strata.first() {
            let message = "strata() is of Cox models: each stratum has a baseline hazard of its own";
            return Err(Error { position: expr.span.start as i64, ..Error::unsupported(message) });
        }
        watch.pulse()?;
        let exprs = mean.variable_expressions(&formula);
        let first = exprs.iter().map(|expr| levels::first(expr)).collect();
        let group_first = mean.group_expressions(&formula).iter().map(|group| group.iter().map(levels::first).collect()).collect();
        mean.nodes_mut().for_each(levels::forget);
        let (mut variables, mut ordered) = (vec![], vec![]);
        for (source, value) in mean.variables.iter().zip(mean.evaluate(sample, watch)?.variables.into_iter().flatten()) {
            levels::check_learnt(&source.node, &source.name)?;
            ordered.push(matches!(&value, Value::Factor(factor) if factor.ordered));
            variables.push(Variable {
                name: source.name.clone(),
                node: source.node.clone(),
                kind: kind_of(&source.name, &value, sample)?,
            });
        }
        let correlation = match &spec.correlation {
            Some(CorrelationSpec::Formula(text)) => Some(CorrelationOutline::compile(text, sample)?),
            Some(CorrelationSpec::Arrays(_)) | None => None,
        };
        let contrasts = source.contrasts.clone();
        Ok(Outline {
            columns,
            formula,
            response,
            others,
            mean,
            variables,
            ordered,
            first,
            group_first,
            weights,
            correlation,
            contrasts,
        })
    }

    /// Fails for an outline that was read from damaged bytes; makes what is not written.
    pub fn restore(&mut self, spec: &Spec, responses: usize) -> Result<()> {
        self.formula = formula_with(streamable(spec)?, &self.columns)?;
        fits(self.others.len() == responses, "a response")?;
        self.check()
    }

    fn check(&self) -> Result<()> {
        self.responses().try_for_each(Response::check)?;
        let count = self.variables.len();
        fits(self.ordered.len() == count && self.first.len() == count && self.mean.variables.len() == count, "a variable")?;
        for variable in &self.variables {
            variable.node.check_by_row()?;
            let whole = match &variable.kind {
                Kind::Numeric => variable.node.n_columns().is_none(),
                Kind::Matrix { n_columns } => variable.node.n_columns() == Some(*n_columns),
                Kind::Factor { levels, .. } => levels.is_empty(),
            };
            fits(whole, "the kind of a variable")?;
        }
        fits(self.group_first.iter().map(Vec::len).eq(self.mean.groups.iter().map(Vec::len)), "a group")?;
        self.mean.check(&self.formula)?;
        self.correlation.iter().try_for_each(CorrelationOutline::check)?;
        self.weights.iter().try_for_each(|source| source.node.check())
    }

    /// The response of the formula, then the others.
    pub(super) fn responses(&self) -> impl Iterator<Item = &Response> {
        std::iter::once(&self.response).chain(&self.others)
    }

    pub fn n_responses(&self) -> usize {
        1 + self.others.len()
    }

    /// The names of all responses.
    pub fn response_names(&self) -> impl Iterator<Item = &str> {
        self.responses().map(|response| response.name.as_str())
    }

    pub fn n_variables(&self) -> usize {
        self.variables.len()
    }

    /// The columns of a variable; `None` for a factor.
    pub fn width(&self, variable: usize) -> Option<usize> {
        match self.variables[variable].kind {
            Kind::Numeric => Some(1),
            Kind::Matrix { n_columns } => Some(n_columns),
            Kind::Factor { .. } => None,
        }
    }

    /// Whether a variable holds truth values.
    pub fn is_logical(&self, variable: usize) -> bool {
        matches!(self.variables[variable].kind, Kind::Factor { logical: true, .. })
    }

    /// The terms of the fixed effects.
    pub fn fixed(&self) -> Terms<'_> {
        Terms { list: &self.formula.fixed, places: &self.mean.places[0] }
    }

    pub fn n_random(&self) -> usize {
        self.formula.random.len()
    }

    /// The terms of the effects of random term k.
    pub fn effects(&self, k: usize) -> Terms<'_> {
        Terms { list: &self.formula.random[k].effects, places: &self.mean.places[k + 1] }
    }

    /// Whether the effects of random term k may be shifted without another model: they are unstructured, and an intercept is among them.
    pub fn may_shift(&self, k: usize) -> bool {
        let term = &self.formula.random[k];
        !term.split && term.structure.kind == StructureKind::Unstructured && term.effects.intercept
    }

    /// The group of random term k.
    pub fn group_of(&self, k: usize) -> usize {
        self.mean.group_of[k]
    }

    /// For each group the number of its factors; that of the residual correlation is the last.
    pub fn group_widths(&self) -> impl Iterator<Item = usize> + '_ {
        self.mean.groups.iter().chain(self.correlation.iter().map(|own| &own.group)).map(Vec::len)
    }

    pub fn correlation(&self) -> Option<&CorrelationOutline> {
        self.correlation.as_ref()
    }

    pub fn is_weighted(&self) -> bool {
        self.weights.is_some()
    }

    /// The name of a factor, for messages: those of variables first, then those of groups.
    pub fn factor_name(&self, factor: usize) -> &str {
        match factor.checked_sub(self.variables.len()) {
            None => &self.variables[factor].name,
            Some(at) => {
                let all = self.mean.groups.iter().chain(self.correlation.iter().map(|own| &own.group)).flatten();
                all.skip(at).map(|source| source.name.as_str()).next().unwrap_or_default()
            }
        }
    }

    /// Levels that come first, by factor as `factor_name` counts them.
    pub fn first_levels(&self, factor: usize) -> &[String] {
        match factor.checked_sub(self.variables.len()) {
            None => &self.first[factor],
            Some(at) => self.group_first.iter().flatten().nth(at).map_or(&[], |first| first),
        }
    }
}

/// The formula of a model that reduces to cross-products, or an error that says why another does not.
pub fn streamable(spec: &Spec) -> Result<&FormulaSpec> {
    spec.check()?;
    if spec.kind != ModelKind::Lmm {
        return Err(Error::unsupported(
            "a plan is of linear mixed models: others do not reduce to sums over the rows; rows of binomial models that are equal can \
             be counted and fitted as one (interlace_frame_aggregate)",
        ));
    }
    if let Some(prior) = spec.priors.first() {
        return Err(Error::unsupported(format!("prior: {prior}: a plan has no priors; fit the rows at once")));
    }
    if matches!(spec.correlation, Some(CorrelationSpec::Arrays(_))) {
        return Err(Error::unsupported("a plan has a residual correlation from a text such as ar1(time | g), not from arrays"));
    }
    match &spec.source {
        SpecSource::Formula(source) => Ok(source),
        SpecSource::Arrays(_) => Err(Error::unsupported("a plan is made from a formula, not from arrays")),
    }
}

/// A response on its own.
pub fn response_of(text: &str) -> Result<Expr> {
    let within = |e: Error| Error { position: -1, message: format!("response {}: {}", quoted(text), e.message), ..e };
    let formula = parse(&format!("{text} ~ 1")).map_err(within)?;
    formula.response.ok_or_else(|| within(Error::formula(0, "wanted a column or an expression")))
}

/// The formula of a fit of another response.
pub fn with_response(formula: &str, response: &str) -> String {
    let own = parse(formula).ok().and_then(|tree| tree.response).map_or(0, |own| own.span.end);
    let rest = formula.get(own..).and_then(|rest| rest.find('~').map(|at| &rest[at..]));
    rest.map_or_else(|| formula.to_owned(), |rest| format!("{response} {rest}"))
}

/// The kind of a variable, without levels.
fn kind_of(name: &str, value: &Value, frame: &Frame) -> Result<Kind> {
    let rows = Rows::all(frame.n_rows());
    match value {
        Value::Factor(factor) => {
            let contrast = factor.contrast.clone().unwrap_or(Contrast::default_for(factor.ordered));
            Ok(Kind::Factor { levels: vec![], contrast, logical: false })
        }
        other => match Kind::learn(name, other, frame, &rows, &mut vec![])? {
            Kind::Factor { contrast, logical, .. } => Ok(Kind::Factor { levels: vec![], contrast, logical }),
            kind => Ok(kind),
        },
    }
}
