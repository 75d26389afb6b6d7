//! The program of a model, whichever way the model was given.

use serde::{Deserialize, Serialize};

use super::{Design, NaPolicy, Program, Request, formula_of};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::spec::{Source, Spec};

/// Makes the model matrices of data, of a formula or of arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ModelProgram {
    Formula(Box<Program>),
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
            Source::Arrays(_) => Err(Error::unsupported("arrays")),
        }
    }
}
