//! The columns that a model needs, before there are data.

use crate::error::{Error, Result};
use crate::formula::{Expr, Formula, TermList, expand, parse, parse_correlation};
use crate::frame::Frame;
use crate::spec::{CorrelationSpec, ModelKind, PredictorSpec, Source, Spec};

/// A column, and one use of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// response, fixed, random, group, offset, strata, weights or time.
    pub role: &'static str,
    /// The formula that it is in: mean, zero_inflation, dispersion, nominal, scale or correlation.
    pub part: &'static str,
}

impl Spec {
    /// The columns, those of the mean first; none twice in one role of one part.
    pub fn variables(&self) -> Result<Vec<Variable>> {
        self.variables_among(&[])
    }

    /// The same where `.` in formulas stands for these columns.
    pub fn variables_among(&self, columns: &[String]) -> Result<Vec<Variable>> {
        let Source::Formula(own) = &self.source else {
            return Err(Error::unsupported("a model from arrays has no formula, and needs no columns"));
        };
        let mut found = Found { part: "mean", all: vec![] };
        found.add_formula(&expand(&parse(&own.formula)?, &own.random, &own.groups, columns)?);
        found.all.sort_by_key(|variable| variable.role != "response");
        found.add("offset", own.offset.iter().cloned());
        found.add("weights", own.weights.iter().cloned());
        let scale = if self.kind == ModelKind::Clmm { "scale" } else { "dispersion" };
        let parts = [("zero_inflation", &self.zero_inflation), (scale, &self.dispersion), ("nominal", &self.ordinal.nominal)];
        for (part, predictor) in parts {
            if let Some(PredictorSpec::Formula(text)) = predictor {
                found.part = part;
                found.add_formula(&of_part(part, parse(text).and_then(|parsed| expand(&parsed, &[], &[], &[])))?);
            }
        }
        if let Some(CorrelationSpec::Formula(text)) = &self.correlation {
            found.part = "correlation";
            let term = of_part("correlation", parse_correlation(text))?;
            found.add("time", term.time.iter().flat_map(Expr::names));
            found.add("group", term.group.iter().flat_map(Expr::names));
        }
        Ok(found.all)
    }

    /// The same as a table: `name`, `role`, `part`.
    pub fn variables_table(&self) -> Result<Frame> {
        let all = self.variables()?;
        let mut table = Frame::new(all.len());
        table.add_strings("name", &all.iter().map(|own| Some(own.name.as_str())).collect::<Vec<_>>())?;
        table.add_strings("role", &all.iter().map(|own| Some(own.role)).collect::<Vec<_>>())?;
        table.add_strings("part", &all.iter().map(|own| Some(own.part)).collect::<Vec<_>>())?;
        Ok(table)
    }
}

/// What was found so far, and where.
struct Found {
    part: &'static str,
    all: Vec<Variable>,
}

impl Found {
    fn add(&mut self, role: &'static str, names: impl Iterator<Item = String>) {
        for name in names {
            let variable = Variable { name, role, part: self.part };
            if !self.all.contains(&variable) {
                self.all.push(variable);
            }
        }
    }

    fn add_formula(&mut self, formula: &Formula) {
        self.add("response", formula.response.iter().flat_map(Expr::names));
        self.add_terms("fixed", &formula.fixed);
        for term in &formula.random {
            self.add_terms("random", &term.effects);
        }
        for term in &formula.random {
            self.add("group", term.group.iter().flat_map(Expr::names));
        }
    }

    fn add_terms(&mut self, role: &'static str, terms: &TermList) {
        self.add(role, terms.variables.iter().flat_map(Expr::names));
        self.add("offset", terms.offsets.iter().flat_map(Expr::names));
        self.add("strata", terms.strata.iter().flat_map(Expr::names));
    }
}

fn of_part<T>(part: &str, result: Result<T>) -> Result<T> {
    result.map_err(|error| Error { message: format!("{part}: {}", error.message), ..error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::FormulaSpec;

    fn spec(kind: ModelKind, formula: &str) -> Spec {
        let source = FormulaSpec {
            formula: formula.into(),
            random: vec!["(0 + u | h)".into()],
            groups: vec!["a/b".into()],
            weights: Some("w".into()),
            offset: Some("o".into()),
            contrasts: vec![],
        };
        Spec::new(kind, Source::Formula(source))
    }

    fn shown(spec: &Spec) -> String {
        let all = spec.variables().unwrap();
        all.iter().map(|own| format!("{} {} {}", own.part, own.role, own.name)).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn every_column_is_told_with_its_role_and_part() {
        let mut own = spec(ModelKind::Glmm, "cbind(k, n - k) ~ log(x) * f + offset(e) + (1 + x | g)");
        own.zero_inflation = Some(PredictorSpec::Formula("~ x + (1 | g)".into()));
        own.dispersion = Some(PredictorSpec::Formula("~ z".into()));
        assert_eq!(
            shown(&own),
            "mean response k; mean response n; mean fixed x; mean fixed f; mean offset e; mean random x; mean random u; mean group g; \
             mean group h; mean group a; mean group b; mean offset o; mean weights w; zero_inflation fixed x; zero_inflation group g; \
             dispersion fixed z"
        );
        let table = own.variables_table().unwrap();
        assert_eq!((table.n_rows(), table.names().collect::<Vec<_>>()), (16, vec!["name", "role", "part"]));
    }

    #[test]
    fn parts_of_ordinal_models_and_correlations_are_told() {
        let mut own = spec(ModelKind::Clmm, "y ~ x");
        own.dispersion = Some(PredictorSpec::Formula("~ z".into()));
        own.ordinal.nominal = Some(PredictorSpec::Formula("~ v".into()));
        assert!(shown(&own).ends_with("scale fixed z; nominal fixed v"));
        let mut own = spec(ModelKind::Lmm, "y ~ x");
        own.correlation = Some(CorrelationSpec::Formula("ar1(t | a:b)".into()));
        assert!(shown(&own).ends_with("correlation time t; correlation group a; correlation group b"));
    }

    #[test]
    fn what_cannot_be_known_without_data_is_an_error() {
        let error = spec(ModelKind::Lmm, "y ~ .").variables().unwrap_err();
        assert!(error.message.contains('.'), "{error}");
        let mut own = spec(ModelKind::Glmm, "y ~ x");
        own.dispersion = Some(PredictorSpec::Formula("~ (z".into()));
        assert!(own.variables().unwrap_err().message.starts_with("dispersion: "));
        let arrays = Spec::new(ModelKind::Lmm, Source::Arrays(crate::spec::ArraySpec::default()));
        assert!(arrays.variables().is_err());
    }
}
