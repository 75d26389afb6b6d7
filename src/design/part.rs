//! Programs of one part of a model: what is known of the fixed effects of the mean for those of another predictor.

use super::Further;
use super::predictor::PredictorProgram;
use super::program::Program;
use super::variable::Variable;

/// A predictor beside the mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    ZeroInflation,
    /// Of an ordinal model the scale.
    Dispersion,
    Nominal,
}

impl Program {
    fn further_part(&self, part: Part) -> Option<&PredictorProgram> {
        match part {
            Part::ZeroInflation => self.further.zero_inflation.as_ref(),
            Part::Dispersion => self.further.dispersion.as_ref(),
            Part::Nominal => self.further.nominal.as_ref(),
        }
    }

    /// The program whose mean is another predictor's fixed effects; random terms are left out.
    pub fn of_part(&self, part: Part) -> Option<Program> {
        self.further_part(part).map(|own| self.with_mean(of_fixed(own, own.fixed_variables().to_vec())))
    }

    /// The program of the mean's fixed effects, whose reference grid has the columns of all predictors.
    pub fn of_all_columns(&self) -> Program {
        let further = self.further.iter().flat_map(PredictorProgram::fixed_variables);
        let variables = self.mean.fixed_variables().iter().chain(further).cloned().collect();
        self.with_mean(of_fixed(&self.mean, variables))
    }

    fn with_mean(&self, mean: PredictorProgram) -> Program {
        Program::of_outline(self.response.clone(), mean, Further::default(), self.complete)
    }
}

impl PredictorProgram {
    fn fixed_variables(&self) -> &[Variable] {
        &self.variables[..self.n_fixed_variables]
    }
}

/// The fixed effects of a predictor, with these variables, of which its own come first.
fn of_fixed(own: &PredictorProgram, variables: Vec<Variable>) -> PredictorProgram {
    PredictorProgram {
        n_fixed_variables: variables.len(),
        variables,
        fixed: own.fixed.clone(),
        random: vec![],
        groups: vec![],
        offsets: own.offsets.clone(),
    }
}
