//! Levels of factors of which each part of the data has only some.

use std::borrow::Cow;

use crate::design::node::Node;
use crate::design::value::Factor;
use crate::error::{Error, Result};
use crate::formula::{Expr, ExprKind};
use crate::frame::{ColumnData, Frame};
use crate::names::quoted;

/// What decides the order of levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LevelOrder {
    /// They are numbers.
    Number,
    /// Bytewise.
    Text,
    /// As they come: somebody has declared them.
    Declared,
}

/// A factor of a part of the data.
pub struct Labels<'a> {
    /// Per row used, an index into `levels`.
    pub codes: Vec<u32>,
    /// Levels of the part, in their order there; some may not occur.
    pub levels: Cow<'a, [String]>,
    pub order: LevelOrder,
}

/// The order of a factor's levels on a frame.
pub fn order_of(node: &Node, frame: &Frame, factor: &Factor) -> Result<LevelOrder> {
    if is_closed(node) {
        return Ok(LevelOrder::Declared);
    }
    let Some(name) = node.columns().first().copied() else { return Ok(LevelOrder::Declared) };
    Ok(match &*frame.column(name)?.data {
        ColumnData::Category(category) if category.declared => LevelOrder::Declared,
        ColumnData::Category(_) => LevelOrder::Text,
        ColumnData::Integer(_) | ColumnData::Real(_) if matches!(node, Node::Column(_)) => LevelOrder::Number,
        _ if factor.levels.iter().all(|level| level.parse::<f64>().is_ok()) => LevelOrder::Number,
        _ => LevelOrder::Text,
    })
}

/// The levels are listed in the formula.
fn is_closed(node: &Node) -> bool {
    match node {
        Node::Factor { argument, recode } => recode.closed || is_closed(argument),
        Node::Contrasts { argument, .. } => is_closed(argument),
        _ => false,
    }
}

/// Levels that an expression puts first, the first of all before the others.
pub fn first(expr: &Expr) -> Vec<String> {
    let ExprKind::Call { function, arguments } = &expr.kind else {
        return if let ExprKind::Paren(inner) = &expr.kind { first(inner) } else { vec![] };
    };
    if !matches!(function.as_str(), "relevel" | "factor" | "as.factor" | "ordered" | "as.ordered" | "C") {
        return vec![];
    }
    let named = |name: &str| arguments.iter().find(|a| a.name.as_deref() == Some(name)).map(|a| &a.value);
    let mut plain = arguments.iter().filter(|a| a.name.is_none()).map(|a| &a.value);
    let inner = named("x").or_else(|| named("object")).or_else(|| plain.next());
    let mut all = vec![];
    if function == "relevel"
        && let Some(ExprKind::Text(level) | ExprKind::Name(level)) = named("ref").or_else(|| plain.next()).map(|e| &e.kind)
    {
        all.push(level.clone());
    }
    let rest = inner.map_or_else(Vec::new, first);
    all.extend(rest.into_iter().filter(|level| all.first() != Some(level)).collect::<Vec<_>>());
    all
}

/// Lets go of levels that were learnt from a sample: others may come.
pub fn forget(node: &mut Node) {
    if let Node::Factor { recode, .. } = node
        && !recode.closed
    {
        recode.levels.clear();
        recode.labels.clear();
    }
    node.arguments_mut().into_iter().for_each(forget);
}

/// Fails for an expression that needs all levels to be known.
pub fn check_learnt(node: &Node, name: &str) -> Result<()> {
    if matches!(node, Node::AsNumeric { levels: Some(_), .. }) {
        return Err(Error::unsupported(format!(
            "{}: as.numeric() of categories numbers their levels, which a plan does not know before the data are read; give a column of numbers",
            quoted(name)
        )));
    }
    node.arguments().into_iter().try_for_each(|node| check_learnt(node, name))
}
