//! Which effects of a random term go together, as the columns of one variable do.

use crate::design::Program;
use crate::design::matrix::Term;
use crate::design::predictor::{PredictorProgram, RandomProgram};

/// The effects of a random term by the terms before its bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EffectTerms {
    /// The term of each effect, from 1; 0 is the intercept.
    pub of_effect: Vec<usize>,
    pub labels: Vec<String>,
    /// Whether another term has all variables of a term, and more.
    pub contained: Vec<bool>,
}

impl Program {
    /// Those of the random terms of the mean, the zero part and the dispersion.
    pub fn random_effects(&self) -> [Vec<EffectTerms>; 3] {
        let of = |program: &PredictorProgram| program.random.iter().flat_map(effect_terms).collect();
        let further = |program: &Option<PredictorProgram>| program.as_ref().map(of).unwrap_or_default();
        [of(&self.mean), further(&self.further.zero_inflation), further(&self.further.dispersion)]
    }
}

fn effect_terms(random: &RandomProgram) -> Vec<EffectTerms> {
    let of_column = random.effects.column_terms();
    let kept: Vec<usize> = random.kept.clone().unwrap_or_else(|| (0..of_column.len()).collect());
    if random.split {
        return vec![EffectTerms::default(); kept.len()];
    }
    let terms = &random.effects.terms;
    let has = |term: &Term, v: usize| term.factors.iter().any(|(own, _)| *own == v);
    let larger = |a: &Term, b: &Term| b.factors.len() > a.factors.len() && a.factors.iter().all(|(v, _)| has(b, *v));
    vec![EffectTerms {
        of_effect: kept.iter().map(|&j| of_column[j]).collect(),
        labels: terms.iter().map(|term| term.label.clone()).collect(),
        contained: terms.iter().map(|a| terms.iter().any(|b| larger(a, b))).collect(),
    }]
}
