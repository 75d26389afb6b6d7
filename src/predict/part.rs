//! A part of the random effects, by a formula.

use super::request::RandomTerms;
use crate::design::{EffectTerms, ModelProgram};
use crate::error::{Error, Result};
use crate::fit::{Fit, TermFit};
use crate::formula::{expand, parse};
use crate::names::quoted;

/// What the intercept is called among effects.
const INTERCEPT: &str = "(Intercept)";

impl Fit {
    /// The random effects of a formula, `~ (1 | g) + (0 + x | h)`, which have to be those of the fit's terms or a part of them; a tilde is not
    /// needed. A formula without random terms is one of none.
    pub fn random_part(&self, text: &str) -> Result<RandomTerms> {
        let within = |error: Error| Error { message: format!("re: {}", error.message), ..error };
        let whole = if text.contains('~') { text.to_owned() } else { format!("~ {text}") };
        let formula = parse(&whole).and_then(|parsed| expand(&parsed, &[], &[], &[])).map_err(within)?;
        if let (Some(label), _) | (None, Some(label)) =
            (formula.fixed.labels().into_iter().next(), formula.response.map(|r| r.to_string()))
        {
            return Err(Error::argument(format!("re: {} is no random term; wanted such as (1 | g)", quoted(&label))));
        }
        if formula.random.is_empty() {
            return Ok(RandomTerms::None);
        }
        let terms = self.terms_with_labels();
        let mut all = vec![];
        for term in &formula.random {
            let group = term.group_name();
            let intercept = term.effects.intercept.then(|| INTERCEPT.to_owned());
            for label in intercept.into_iter().chain(term.effects.labels()) {
                let before = all.len();
                for (place, (own, labels)) in terms.iter().enumerate().filter(|(_, (own, _))| same(&own.design.group, &group)) {
                    all.extend(
                        (0..labels.len())
                            .filter(|&e| same(&labels[e], &label) || own.design.effects[e] == label)
                            .map(|e| (place, e)),
                    );
                }
                if all.len() == before {
                    return Err(absent(&label, &group, &terms));
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        Ok(RandomTerms::Effects(all))
    }

    /// The random terms of all predictors, with the term of each effect as formulas write it.
    fn terms_with_labels(&self) -> Vec<(&TermFit, Vec<String>)> {
        let known = match &self.program {
            ModelProgram::Formula(program) => program.random_effects().into_iter().flatten().collect(),
            ModelProgram::Arrays(_) => vec![],
        };
        let nothing = EffectTerms::default();
        let own = |(place, (_, term)): (usize, (_, _))| {
            let term: &TermFit = term;
            let terms = known.get(place).unwrap_or(&nothing);
            let label = |(e, effect): (usize, &String)| match terms.of_effect.get(e) {
                Some(at) if *at > 0 => terms.labels[at - 1].clone(),
                _ => effect.clone(),
            };
            (term, term.design.effects.iter().enumerate().map(label).collect())
        };
        self.all_terms().enumerate().map(own).collect()
    }
}

/// Whether two interactions have the same factors.
fn same(a: &str, b: &str) -> bool {
    let factors = |text: &str| {
        let mut all: Vec<String> = text.split(':').map(str::to_owned).collect();
        all.sort_unstable();
        all
    };
    a == b || factors(a) == factors(b)
}

fn absent(label: &str, group: &str, terms: &[(&TermFit, Vec<String>)]) -> Error {
    let mut known: Vec<String> =
        terms.iter().flat_map(|(own, labels)| labels.iter().map(|label| format!("{label} | {}", own.design.group))).collect();
    known.dedup();
    let has = if known.is_empty() { "no random effects".to_owned() } else { known.join(", ") };
    Error::argument(format!("re: the fit has no random effects {label} | {group}; it has {has}"))
}
