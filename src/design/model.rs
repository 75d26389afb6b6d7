//! The program of a model, whichever way the model was given.

use serde::{Deserialize, Serialize};

use super::arrays::{ArrayProgram, apply_arrays, from_arrays};
use super::{Design, NaPolicy, Program, Request, formula_of};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::spec::{ArraySpec, Source, Spec};

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
    pub fn learn(spec: &Spec, frame: Option<&Frame>, na: NaPolicy) -> Result<(Self, Design)> {
        match &spec.source {
            Source::Formula(source) => {
                let frame = frame.ok_or_else(|| Error::argument("frame is NULL; a formula needs one"))?;
                let formula = formula_of(source, frame)?;
                let request = Request {
                    formula: &formula,
                    weights: source.weights.as_deref(),
                    offset: source.offset.as_deref(),
                    contrasts: &source.contrasts,
                    na,
                };
                let (program, design) = Program::learn(&request, frame)?;
                Ok((ModelProgram::Formula(Box::new(program)), design))
            }
            Source::Arrays(arrays) => {
                let (program, design) = from_arrays(arrays, na)?;
                Ok((ModelProgram::Arrays(program), design))
            }
        }
    }

    /// Runs the program on new data given as a frame.
    pub fn apply_frame(&self, frame: &Frame, random: bool) -> Result<Design> {
        match self {
            ModelProgram::Formula(program) => program.apply(frame, random),
            ModelProgram::Arrays(_) => {
                Err(Error::argument("newdata: the model was fitted from arrays, so new data must be arrays, too"))
            }
        }
    }

    /// Runs the program on new data given as arrays.
    pub fn apply_arrays(&self, arrays: &ArraySpec, random: bool) -> Result<Design> {
        match self {
            ModelProgram::Arrays(program) => apply_arrays(program, arrays, random),
            ModelProgram::Formula(_) => {
                Err(Error::argument("newdata: the model was fitted from a formula, so new data must be a frame"))
            }
        }
    }
}
