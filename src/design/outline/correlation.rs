//! The residual correlation of a model whose data come in parts.

use serde::{Deserialize, Serialize};

use crate::design::CorrelationDesign;
use crate::design::predictor::Source;
use crate::error::{Error, Result};
use crate::formula::{CorrelationKind, parse_correlation};
use crate::frame::Frame;

/// A compiled residual correlation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrelationOutline {
    pub kind: CorrelationKind,
    pub(super) time: Option<Source>,
    pub(super) group: Vec<Source>,
}

impl CorrelationOutline {
    pub(super) fn compile(text: &str, sample: &Frame) -> Result<Self> {
        let within = |e: Error| Error { message: format!("correlation: {}", e.message), ..e };
        let term = parse_correlation(text).map_err(within)?;
        let compiled = |expr| Source::of_expression(expr, sample).map_err(within);
        Ok(CorrelationOutline {
            kind: term.kind,
            time: term.time.as_ref().map(compiled).transpose()?,
            group: term.group.iter().map(compiled).collect::<Result<_>>()?,
        })
    }

    pub(super) fn check(&self) -> Result<()> {
        self.time.iter().chain(&self.group).try_for_each(|source| source.node.check_by_row())
    }

    /// What the group is called: `g`, or `a:b`.
    pub fn group_name(&self) -> String {
        self.group.iter().map(|own| own.name.as_str()).collect::<Vec<_>>().join(":")
    }

    pub fn time_name(&self) -> Option<&str> {
        self.time.as_ref().map(|own| own.name.as_str())
    }

    /// That of a fit without rows.
    pub fn design(&self, n_groups: usize) -> CorrelationDesign {
        CorrelationDesign {
            kind: self.kind,
            group: self.group_name(),
            n_groups,
            index: vec![],
            time: self.time_name().map(str::to_owned),
            times: vec![],
        }
    }
}
