//! The program of a model, whichever way the model was given.

use serde::{Deserialize, Serialize};

use super::arrays::{ArrayProgram, apply_arrays, from_arrays};
use super::further::{columns_of, formulas_of};
use super::{Design, Further, NaPolicy, Needed, NeededTimes, Program, Request, ResponseRule, formula_of};
use crate::error::{Error, Result};
use crate::family::WeightRole;
use crate::frame::Frame;
use crate::spec::{ArrayCorrelation, ArraySpec, CorrelationSpec, ModelKind, PredictorSpec, Source, Spec};
use crate::watch::Watch;

/// Makes the model matrices of data, of a formula or of arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ModelProgram {
    Formula(Box<Program>),
    Arrays(ArrayProgram),
}

impl Default for ModelProgram {
    fn default() -> Self {
        ModelProgram::Arrays(ArrayProgram::default())
    }
}

impl ModelProgram {
    /// Learns the program of a specification from the training data, and runs it on them.
    pub fn learn(spec: &Spec, frame: Option<&Frame>, na: NaPolicy, watch: &Watch<'_>) -> Result<(Self, Design)> {
        spec.check()?;
        let specs = further_of(spec);
        match &spec.source {
            Source::Formula(source) => {
                let frame = frame.ok_or_else(|| Error::argument("data is NULL; a formula needs data"))?;
                let formula = formula_of(source, frame)?;
                let formulas = formulas_of(specs, formula.response.as_ref(), frame)?;
                let request = Request {
                    response: response_rule(spec)?,
                    further: formulas.as_ref(),
                    weights: source.weights.as_deref(),
                    offset: source.offset.as_deref(),
                    contrasts: &source.contrasts,
                    correlation: correlation_text(spec)?,
                    na,
                    watch: *watch,
                    ..Request::new(&formula)
                };
                let (program, mut design) = Program::learn(&request, frame)?;
                design.priors.clone_from(&spec.priors);
                design.check_magnitudes(program.response_name())?;
                Ok((ModelProgram::Formula(Box::new(program)), design))
            }
            Source::Arrays(arrays) => {
                let (program, mut design) =
                    from_arrays(arrays, columns_of(specs)?, response_rule(spec)?, correlation_arrays(spec)?, na)?;
                design.priors.clone_from(&spec.priors);
                design.check_magnitudes("y")?;
                Ok((ModelProgram::Arrays(program), design))
            }
        }
    }

    /// Runs the program on new data given as a frame.
    pub fn apply_frame(&self, frame: &Frame, needed: Needed<'_>, times: NeededTimes) -> Result<Design> {
        match self {
            ModelProgram::Formula(program) => program.apply(frame, needed, times).map_err(|e| frame.located_anew(e)),
            ModelProgram::Arrays(_) => {
                Err(Error::argument("newdata: the model was fitted from arrays, so new data must be arrays, too"))
            }
        }
    }

    /// Runs the program on new data given as arrays, of a model without further predictors.
    pub fn apply_arrays(&self, arrays: &ArraySpec, random: bool, times: NeededTimes) -> Result<Design> {
        apply_arrays(self.of_arrays()?, arrays, Further::default(), random, times)
    }

    /// Runs the program on new data given as arrays, with the columns of the further predictors.
    pub fn apply_spec(&self, newdata: &Spec, random: bool, times: NeededTimes) -> Result<Design> {
        match &newdata.source {
            Source::Arrays(arrays) => apply_arrays(self.of_arrays()?, arrays, columns_of(further_of(newdata))?, random, times),
            Source::Formula(_) => Err(Error::argument("newdata was made from a formula, it must be a spec made from arrays")),
        }
    }

    fn of_arrays(&self) -> Result<&ArrayProgram> {
        match self {
            ModelProgram::Arrays(program) => Ok(program),
            ModelProgram::Formula(_) => {
                Err(Error::argument("newdata: the model was fitted from a formula, so new data must be a frame"))
            }
        }
    }
}

fn further_of(spec: &Spec) -> Further<&PredictorSpec> {
    Further {
        dispersion: spec.dispersion.as_ref(),
        zero_inflation: spec.zero_inflation.as_ref(),
        nominal: spec.ordinal.nominal.as_ref(),
        ordinal: spec.kind == ModelKind::Clmm,
    }
}

/// What the response may be: the family says what its weights mean.
fn response_rule(spec: &Spec) -> Result<ResponseRule<'_>> {
    Ok(match spec.kind {
        ModelKind::Lmm => ResponseRule::Linear,
        ModelKind::Glmm if spec.family.build()?.weight_role() == WeightRole::Trials => ResponseRule::Trials,
        ModelKind::Glmm => ResponseRule::General,
        ModelKind::Clmm => ResponseRule::Ordered { levels: &spec.ordinal.levels },
        ModelKind::Coxme => ResponseRule::Survival,
    })
}

fn correlation_text(spec: &Spec) -> Result<Option<&str>> {
    match &spec.correlation {
        None => Ok(None),
        Some(CorrelationSpec::Formula(text)) => Ok(Some(text)),
        Some(CorrelationSpec::Arrays(_)) => {
            Err(Error::argument("correlation: the model is given by a formula, wanted text as ar1(time | group), not arrays"))
        }
    }
}

fn correlation_arrays(spec: &Spec) -> Result<Option<&ArrayCorrelation>> {
    match &spec.correlation {
        None => Ok(None),
        Some(CorrelationSpec::Arrays(arrays)) => Ok(Some(arrays)),
        Some(CorrelationSpec::Formula(_)) => {
            Err(Error::argument("correlation: the model is given by arrays, wanted arrays, not text"))
        }
    }
}
