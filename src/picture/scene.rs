//! What a picture is made from.

use super::settings::Settings;
use crate::design::ModelProgram;
use crate::design::Program;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod};
use crate::watch::Watch;

/// A fit, the data that it came from as far as they are there, and what is chosen.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub fit: &'a Fit,
    pub data: Option<&'a Frame>,
    pub freedom: &'a dyn Fn(DfMethod) -> Result<DegreesOfFreedom<'a>>,
    pub settings: &'a Settings,
    /// Which change no result.
    pub threads: usize,
    pub watch: &'a Watch<'a>,
}

impl<'a> Scene<'a> {
    /// The data of the fit, for pictures that need columns of them.
    pub fn need_data(&self, picture: &str) -> Result<&'a Frame> {
        let data = self.data.ok_or_else(|| {
            Error::argument(format!("picture {picture}: data is NULL, but the picture needs the data of the fit"))
        })?;
        self.fit.check_data(data)?;
        Ok(data)
    }

    /// The program of a formula, for pictures over a column of the data.
    pub fn need_program(&self, picture: &str) -> Result<&'a Program> {
        match &self.fit.program {
            ModelProgram::Formula(program) => Ok(program),
            ModelProgram::Arrays(_) => {
                Err(Error::argument(format!("picture {picture}: the model was fitted from arrays; the picture needs a formula")))
            }
        }
    }
}
