//! Whether a spec is of a fit's own model, and data are its own, as far as a fit knows what it was made from.

use super::common::Fit;
use crate::choice::Choice;
use crate::error::{Error, Result, row_text};
use crate::formula::parse;
use crate::frame::{ColumnData, Frame};
use crate::names::quoted;
use crate::spec::{ModelKind, Source, Spec};

impl Fit {
    /// Fails unless a spec has this fit's kind of model, formula and family, with the same further parts.
    pub fn check_spec(&self, spec: &Spec) -> Result<()> {
        let formula = match &spec.source {
            Source::Formula(own) => own.formula.as_str(),
            Source::Arrays(_) => "",
        };
        if spec.kind != self.kind.model() || formula != self.formula {
            let (of_spec, of_fit) = (spec.kind.name(), self.kind.model().name());
            let (formula, own) = (quoted(formula), quoted(&self.formula));
            return Err(Error::argument(format!("spec is of {of_spec} {formula}, the fit is of {of_fit} {own}")));
        }
        if spec.priors != self.priors {
            return Err(Error::argument("spec has other priors than the fit"));
        }
        let Some(own) = self.generalised() else { return Ok(()) };
        if spec.kind == ModelKind::Glmm {
            let family = spec.family.build()?;
            let name = |family: &dyn crate::family::Family| format!("{} with the link {}", family.name(), family.link().name());
            let (of_spec, of_fit) = (name(&*family), name(&*own.family));
            if of_spec != of_fit {
                return Err(Error::argument(format!("spec is of the family {of_spec}, the fit is of {of_fit}")));
            }
        }
        let parts = [
            ("zero-inflation", spec.zero_inflation.is_some(), own.zero_inflation.is_some()),
            ("dispersion", spec.dispersion.is_some(), own.dispersion.is_some()),
        ];
        match parts.into_iter().find(|(_, of_spec, of_fit)| of_spec != of_fit) {
            None => Ok(()),
            Some((part, true, _)) => Err(Error::argument(format!("spec has a {part} formula, the fit has none"))),
            Some((part, ..)) => Err(Error::argument(format!("spec has no {part} formula, the fit has one"))),
        }
    }

    /// Fails unless data are those that this fit was made from, as far as that can be told: by their number of rows, and by a response that
    /// is a column of numbers.
    pub fn check_data(&self, data: &Frame) -> Result<()> {
        let (rows, own) = (data.n_rows(), self.rows.n_data);
        if rows != own {
            return Err(Error::data(format!("data has {rows} rows, those of the fit had {own}")));
        }
        if !self.has_rows || self.formula.is_empty() || self.kind.model() == ModelKind::Clmm {
            return Ok(());
        }
        let parsed = parse(&self.formula)?;
        let Some(name) = parsed.response.as_ref().and_then(|response| response.is_name()) else { return Ok(()) };
        let value = |row: usize| match data.column(name).ok().map(|column| &*column.data) {
            Some(ColumnData::Real(values)) => Some(values[row]),
            Some(ColumnData::Integer(values)) => Some(values[row] as f64),
            _ => None,
        };
        let mut dropped = self.rows.dropped.iter().map(|(row, _)| *row).peekable();
        let used = (0..rows).filter(|row| dropped.next_if_eq(row).is_none());
        for (row, own) in used.zip(&self.used(&self.y)?) {
            // Exact but for what is computed on the way into a fit.
            let differs = |value: &f64| (value - own).abs() > 1e-9 * own.abs();
            if let Some(value) = value(row).filter(differs) {
                let what = format!("the response {} is {value} in {}, that of the fit {own}", quoted(name), row_text(row));
                return Err(Error::data(format!("{what}; wanted the data that the fit was made from")).at(row));
            }
        }
        Ok(())
    }
}
