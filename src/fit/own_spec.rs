//! Whether a spec is of a fit's own model, as far as a fit knows what it was made from.

use super::common::Fit;
use crate::choice::Choice;
use crate::error::{Error, Result};
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
}
