//! The response: a number per row; for families of trials also successes and failures, or a factor; for ordinal models categories in order.

use std::borrow::Cow;

use crate::design::compile::compile;
use crate::design::node::Node;
use crate::design::ordered::Ordered;
use crate::design::rows::{Incomplete, Rows};
use crate::design::surv::{SurvivalNode, SurvivalValues};
use crate::design::survival::SurvivalDesign;
use crate::design::value::{Factor, Value};
use crate::design::variable::occurring_levels;
use crate::error::{Error, Result, row_text, try_owned, try_vec};
use crate::family::Ends;
use crate::formula::{Argument, Expr, ExprKind};
use crate::frame::Frame;
use crate::names::quoted;

/// The function of a response between two ends.
const CENS: &str = "cens";

/// What the response of a model may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ResponseRule<'a> {
    /// Of a linear model: a number per row.
    #[default]
    Linear,
    /// Of a generalised model whose family has no trials: a number per row, or `cens(lower, upper)`.
    General,
    /// Of a family of trials: a proportion; `cbind(successes, failures)`; or a factor, whose first level is failure.
    Trials,
    /// Of an ordinal model: categories whose order is declared or given by `levels`, or whole numbers.
    Ordered { levels: &'a [String] },
    /// Of a Cox model: `Surv(time, event)` or `Surv(start, stop, event)`.
    Survival,
}

/// A compiled response with its name.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Response {
    pub name: String,
    node: ResponseNode,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum ResponseNode {
    Single(Node),
    /// `cbind(successes, failures)`.
    Counts {
        successes: Node,
        failures: Node,
    },
    /// `cens(lower, upper)`.
    Ends {
        lower: Node,
        upper: Node,
    },
    Survival(SurvivalNode),
}

/// The values of a response in all rows.
pub(super) enum ResponseValues<'a> {
    Numbers(Cow<'a, [f64]>),
    Factor(Factor<'a>),
    Ordered(Ordered<'a>),
    Counts { successes: Cow<'a, [f64]>, failures: Cow<'a, [f64]> },
    Ends { lower: Cow<'a, [f64]>, upper: Cow<'a, [f64]> },
    Survival(SurvivalValues<'a>),
}

/// A response in the rows used.
#[derive(Default)]
pub(super) struct Selected {
    pub y: Vec<f64>,
    /// Where it is between two ends.
    pub ends: Option<Ends>,
    /// Numbers of trials, where they come with the response.
    pub trials: Option<Vec<f64>>,
    /// Of an ordered response, the labels of 1, 2, ...
    pub categories: Vec<String>,
    /// Of a Cox model, without its strata.
    pub survival: Option<SurvivalDesign>,
}

impl Response {
    /// Fails for a response that was not compiled, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        match &self.node {
            ResponseNode::Single(node) => node.check(),
            ResponseNode::Counts { successes, failures } => [successes, failures].into_iter().try_for_each(Node::check),
            ResponseNode::Ends { lower, upper } => [lower, upper].into_iter().try_for_each(Node::check),
            ResponseNode::Survival(node) => node.check(),
        }
    }

    pub fn compile(expr: &Expr, rule: ResponseRule, frame: &Frame) -> Result<Self> {
        let node = match (arguments_of(expr, "cbind"), arguments_of(expr, CENS)) {
            _ if rule == ResponseRule::Survival => ResponseNode::Survival(SurvivalNode::compile(expr, frame)?),
            (Some(arguments), _) if rule != ResponseRule::Linear => counts_node(expr, arguments, rule, frame)?,
            (_, Some(arguments)) => ends_node(expr, arguments, rule, frame)?,
            _ => ResponseNode::Single(compile(expr, frame)?),
        };
        Ok(Response { name: expr.to_string(), node })
    }

    pub fn evaluate<'a>(&self, rule: ResponseRule, frame: &'a Frame) -> Result<ResponseValues<'a>> {
        match &self.node {
            ResponseNode::Counts { successes, failures } => {
                let (successes, failures) = (successes.full_numbers(frame)?, failures.full_numbers(frame)?);
                Ok(ResponseValues::Counts { successes, failures })
            }
            ResponseNode::Ends { lower, upper } => {
                let (lower, upper) = (lower.full_numbers(frame)?, upper.full_numbers(frame)?);
                Ok(ResponseValues::Ends { lower, upper })
            }
            ResponseNode::Survival(node) => node.evaluate(frame).map(ResponseValues::Survival),
            ResponseNode::Single(node) if matches!(rule, ResponseRule::Ordered { .. }) => {
                Ordered::evaluate(node, frame).map(ResponseValues::Ordered)
            }
            ResponseNode::Single(node) => match node.evaluate(frame)? {
                Value::Factor(factor) if rule == ResponseRule::Trials && !factor.is_all_missing() => {
                    for name in node.columns() {
                        if frame.suspicion(name)?.is_some() {
                            return Err(node.not_numbers(&Value::Factor(factor), frame));
                        }
                    }
                    Ok(ResponseValues::Factor(factor))
                }
                _ => node.full_numbers(frame).map(ResponseValues::Numbers),
            },
        }
    }

    pub fn survival(&self) -> Option<&SurvivalNode> {
        match &self.node {
            ResponseNode::Survival(node) => Some(node),
            ResponseNode::Single(_) | ResponseNode::Counts { .. } | ResponseNode::Ends { .. } => None,
        }
    }

    pub fn note(&self, values: &ResponseValues, incomplete: &mut Incomplete) {
        match (&self.node, values) {
            (ResponseNode::Counts { successes, failures }, ResponseValues::Counts { successes: s, failures: f }) => {
                incomplete.note_numbers(&self.name, &successes.columns(), s);
                incomplete.note_numbers(&self.name, &failures.columns(), f);
            }
            (ResponseNode::Ends { lower, upper }, ResponseValues::Ends { lower: a, upper: b }) => {
                incomplete.note_numbers(&self.name, &lower.columns(), a);
                incomplete.note_numbers(&self.name, &upper.columns(), b);
            }
            (ResponseNode::Single(node), ResponseValues::Numbers(v)) => incomplete.note_numbers(&self.name, &node.columns(), v),
            (ResponseNode::Single(node), ResponseValues::Factor(f)) => incomplete.note_codes(&self.name, &node.columns(), &f.codes),
            (ResponseNode::Single(node), ResponseValues::Ordered(ordered)) => {
                ordered.note(&self.name, &node.columns(), incomplete);
            }
            (ResponseNode::Survival(node), ResponseValues::Survival(values)) => node.note(values, incomplete),
            _ => {}
        }
    }

    /// The response in the rows used.
    pub fn select(&self, values: ResponseValues, rule: ResponseRule, rows: &Rows, warnings: &mut Vec<String>) -> Result<Selected> {
        match values {
            ResponseValues::Numbers(values) => {
                let y = try_owned("response", rows.select(values)?)?;
                rows.check_finite(&self.name, &y)?;
                Ok(Selected { y, ..Selected::default() })
            }
            ResponseValues::Factor(factor) => Ok(Selected { y: self.success(&factor, rows, warnings)?, ..Selected::default() }),
            ResponseValues::Ordered(ordered) => {
                let levels = if let ResponseRule::Ordered { levels } = rule { levels } else { &[] };
                let (y, categories) = ordered.select(&self.name, levels, rows, warnings)?;
                Ok(Selected { y, categories, ..Selected::default() })
            }
            ResponseValues::Survival(values) => {
                let ResponseNode::Survival(node) = &self.node else { return Ok(Selected::default()) };
                let survival = node.select(values, rows, warnings)?;
                Ok(Selected { y: survival.response()?, survival: Some(survival), ..Selected::default() })
            }
            ResponseValues::Ends { lower, upper } => {
                let [lower, upper] = [rows.select(lower)?, rows.select(upper)?];
                let ends = Ends { lower: try_owned("response", lower)?, upper: try_owned("response", upper)? };
                ends.check(|i| rows.data_row(i))?;
                let y = ends.middles()?;
                rows.check_finite(&self.name, &y)?;
                Ok(Selected { y, ends: Some(ends), ..Selected::default() })
            }
            ResponseValues::Counts { successes, failures } => {
                let mut y = self.checked_counts("successes", successes, rows)?;
                let mut trials = self.checked_counts("failures", failures, rows)?;
                for (y, n) in y.iter_mut().zip(&mut trials) {
                    *n += *y;
                    *y /= *n;
                }
                rows.check_finite(&self.name, &trials)?;
                Ok(Selected { y, trials: Some(trials), ..Selected::default() })
            }
        }
    }

    fn checked_counts(&self, what: &str, values: Cow<[f64]>, rows: &Rows) -> Result<Vec<f64>> {
        let counts = try_owned("response", rows.select(values)?)?;
        match counts.iter().position(|count| !(*count >= 0.0 && count.is_finite())) {
            None => Ok(counts),
            Some(i) => {
                let row = rows.data_row(i);
                let (name, count, place) = (quoted(&self.name), counts[i], row_text(row));
                Err(Error::data(format!("{name}: the {what} are {count} in {place}, wanted finite counts from 0 up")).at(row))
            }
        }
    }

    /// 0 in the first of the levels that occur, 1 in the others, as R has it.
    fn success(&self, factor: &Factor, rows: &Rows, warnings: &mut Vec<String>) -> Result<Vec<f64>> {
        let levels = occurring_levels(&self.name, factor, rows, warnings)?;
        let name = quoted(&self.name);
        let failure = match &levels[..] {
            [failure, _, more @ ..] => {
                if !more.is_empty() {
                    let (count, failure) = (levels.len(), quoted(failure));
                    warnings.push(format!("the response {name} has {count} levels: {failure} is failure, all others are success"));
                }
                failure
            }
            few => {
                let list = few.first().map_or_else(String::new, |level| format!(" ({})", quoted(level)));
                let count = few.len();
                return Err(Error::data(format!(
                    "the response {name} has {count} level{list} in the rows used, wanted two: failure, success"
                )));
            }
        };
        let failure = factor.levels.iter().position(|level| level == failure).map_or(-1, |place| place as i32);
        let mut y = try_vec("response", 0.0, rows.len())?;
        for (i, y) in y.iter_mut().enumerate() {
            *y = f64::from(u8::from(factor.codes[rows.data_row(i)] != failure));
        }
        Ok(y)
    }
}

impl ResponseValues<'_> {
    /// Notes the rows without trials: they say nothing.
    pub fn note_no_trials(&self, incomplete: &mut Incomplete) {
        if let ResponseValues::Counts { successes, failures } = self {
            incomplete.note_zero_weights(successes.iter().zip(failures.iter()).map(|(s, f)| *s == 0.0 && *f == 0.0));
        }
    }
}

/// The arguments of a function, if the response is that.
fn arguments_of<'e>(expr: &'e Expr, name: &str) -> Option<&'e [Argument]> {
    match &expr.kind {
        ExprKind::Paren(inner) => arguments_of(inner, name),
        ExprKind::Call { function, arguments } if function == name => Some(arguments),
        _ => None,
    }
}

fn ends_node(expr: &Expr, arguments: &[Argument], rule: ResponseRule, frame: &Frame) -> Result<ResponseNode> {
    let at = expr.span.start;
    if rule != ResponseRule::General {
        let message = "cens(lower, upper) is for generalised models with the family gaussian or lognormal";
        return Err(Error { position: at as i64, ..Error::unsupported(message) });
    }
    let [lower, upper] = arguments else {
        let count = arguments.len();
        return Err(Error::formula(at, format!("cens() has {count} arguments, wanted two: the lower and the upper end")));
    };
    Ok(ResponseNode::Ends { lower: compile(&lower.value, frame)?, upper: compile(&upper.value, frame)? })
}

fn counts_node(expr: &Expr, arguments: &[Argument], rule: ResponseRule, frame: &Frame) -> Result<ResponseNode> {
    let at = expr.span.start;
    if rule != ResponseRule::Trials {
        let message = "cbind(successes, failures) is for families of trials, binomial and betabinomial: one response is wanted";
        return Err(Error { position: at as i64, ..Error::unsupported(message) });
    }
    let [successes, failures] = arguments else {
        let count = arguments.len();
        return Err(Error::formula(at, format!("cbind() of the response has {count} columns, wanted two: successes, failures")));
    };
    Ok(ResponseNode::Counts { successes: compile(&successes.value, frame)?, failures: compile(&failures.value, frame)? })
}
