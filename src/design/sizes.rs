//! What a program makes of data, by numbers: for a fit that was read from bytes, whose program may be another's.

use super::model::ModelProgram;
use super::predictor::PredictorProgram;
use crate::error::Result;

/// Sizes of a predictor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PredictorSizes {
    /// Columns of its fixed effects, also those that depend on others.
    pub columns: usize,
    /// Levels and effects of each random term.
    pub terms: Vec<(usize, usize)>,
}

/// Sizes of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelSizes {
    pub mean: PredictorSizes,
    pub zero_inflation: Option<PredictorSizes>,
    pub dispersion: Option<PredictorSizes>,
    pub nominal: Option<PredictorSizes>,
    pub strata: usize,
}

impl ModelProgram {
    /// Fails for a program that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        match self {
            ModelProgram::Formula(program) => program.check(),
            ModelProgram::Arrays(program) => program.check(),
        }
    }

    /// Of a program that was checked.
    pub fn sizes(&self) -> ModelSizes {
        match self {
            ModelProgram::Formula(program) => {
                let of = |own: &PredictorProgram| PredictorSizes { columns: own.fixed.n_columns(), terms: own.sizes().collect() };
                ModelSizes {
                    mean: of(&program.mean),
                    zero_inflation: program.further.zero_inflation.as_ref().map(of),
                    dispersion: program.further.dispersion.as_ref().map(of),
                    nominal: program.further.nominal.as_ref().map(of),
                    strata: program.n_strata(),
                }
            }
            ModelProgram::Arrays(program) => {
                let fixed = |names: &Vec<String>| PredictorSizes { columns: program.sizes(names).0, terms: vec![] };
                let (columns, terms) = program.sizes(&program.x_names);
                ModelSizes {
                    mean: PredictorSizes { columns, terms: terms.collect() },
                    zero_inflation: program.further.zero_inflation.as_ref().map(fixed),
                    dispersion: program.further.dispersion.as_ref().map(fixed),
                    nominal: program.further.nominal.as_ref().map(fixed),
                    strata: program.strata.as_ref().map_or(0, |levels| levels.labels.len()),
                }
            }
        }
    }
}
