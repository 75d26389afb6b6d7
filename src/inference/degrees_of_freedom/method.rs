//! Kinds of degrees of freedom, and the fits that have them.

use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::inference::linear::SimpleDf;

/// A kind of degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DfMethod {
    Simple(SimpleDf),
    Satterthwaite,
    KenwardRoger,
}

impl DfMethod {
    pub fn name(self) -> &'static str {
        match self {
            DfMethod::Simple(SimpleDf::Normal) => "normal",
            DfMethod::Simple(SimpleDf::Residual) => "residual",
            DfMethod::Satterthwaite => "Satterthwaite",
            DfMethod::KenwardRoger => "Kenward-Roger",
        }
    }

    /// Generalised models have no others than the simple ones, and Kenward and Roger's are for REML.
    pub fn check(self, fit: &Fit) -> Result<()> {
        match (self, fit.generalised()) {
            (DfMethod::KenwardRoger, None) if !fit.reml => Err(Error::argument(
                "df: Kenward-Roger degrees of freedom are for fits by REML, and this one is by maximum likelihood",
            )),
            (DfMethod::Simple(_), _) | (_, None) => Ok(()),
            (method, Some(_)) => Err(Error::argument(format!(
                "df: {} degrees of freedom are for linear mixed models; tests of other models are normal (or have residual degrees of freedom)",
                method.name()
            ))),
        }
    }
}
