//! Kinds of degrees of freedom, and the fits that have them.

use crate::choice::Choice;
use crate::error::{Error, Result};
use crate::fit::Fit;
use std::ffi::CStr;

/// A kind of degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DfMethod {
    /// Satterthwaite's for linear models, the normal distribution for others and where a linear model's can't be had.
    Default,
    /// Infinite.
    Normal,
    /// Rows used less parameters: see `SimpleDf`.
    Residual,
    Satterthwaite,
    KenwardRoger,
}

impl Choice for DfMethod {
    const LIST: &'static str = "df";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (DfMethod::Default, c"default"),
        (DfMethod::Normal, c"normal"),
        (DfMethod::Residual, c"residual"),
        (DfMethod::Satterthwaite, c"satterthwaite"),
        (DfMethod::KenwardRoger, c"kenward_roger"),
    ];
}

impl DfMethod {
    /// Their author.
    fn title(self) -> &'static str {
        match self {
            DfMethod::Satterthwaite => "Satterthwaite",
            DfMethod::KenwardRoger => "Kenward-Roger",
            other => other.name(),
        }
    }

    /// Generalised models have no others than the simple ones, and Kenward and Roger's are for REML.
    pub fn check(self, fit: &Fit) -> Result<()> {
        if let Some(own) = &fit.robust {
            return match self {
                DfMethod::KenwardRoger => {
                    Err(Error::argument("df: Kenward-Roger degrees of freedom are not for robust standard errors"))
                }
                DfMethod::Satterthwaite if !own.has_moments() => Err(Error::argument(format!(
                    "df: Satterthwaite degrees of freedom of robust standard errors are for cr2, these are {}",
                    own.kind.name()
                ))),
                _ => Ok(()),
            };
        }
        if !matches!(self, DfMethod::Default | DfMethod::Normal) {
            fit.without_cox(&format!("df: {} degrees of freedom", self.title()))?;
        }
        if matches!(self, DfMethod::Satterthwaite | DfMethod::KenwardRoger) {
            fit.without_priors(&format!("df: {} degrees of freedom", self.title()))?;
        }
        match (self, fit.is_linear()) {
            (DfMethod::KenwardRoger, true) if !fit.reml => Err(Error::argument(
                "df: Kenward-Roger degrees of freedom are for fits by REML, and this one is by maximum likelihood",
            )),
            (DfMethod::Default | DfMethod::Normal | DfMethod::Residual, _) | (_, true) => Ok(()),
            (method, false) => Err(Error::argument(format!(
                "df: {} degrees of freedom are for linear mixed models; tests of other models are normal (or have residual degrees of freedom)",
                method.title()
            ))),
        }
    }
}
