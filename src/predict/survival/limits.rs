//! Survival probabilities with their limits.

use std::ffi::CStr;

use crate::choice::Choice;
use crate::predict::marginal::expectations;

/// On which scale limits of a survival curve are symmetric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum CurveLimits {
    /// The logarithm of the survival, that is the cumulative hazard.
    #[default]
    Log,
    /// The logarithm of the cumulative hazard.
    LogLog,
    /// The survival.
    Plain,
    /// Neither limits nor standard errors.
    None,
}

impl Choice for CurveLimits {
    const LIST: &'static str = "limits";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (CurveLimits::Log, c"log"),
        (CurveLimits::LogLog, c"log_log"),
        (CurveLimits::Plain, c"plain"),
        (CurveLimits::None, c"none"),
    ];
}

/// A survival probability by its cumulative hazard, -log S, and the slope of this in the logarithm of the hazard.
#[derive(Clone, Copy, Debug)]
pub struct Survival {
    pub probability: f64,
    pub hazard: f64,
    pub slope: f64,
}

impl Survival {
    /// At a cumulative hazard whose logarithm varies by random effects that are integrated out.
    pub fn new(hazard: f64, variance: f64) -> Self {
        if variance == 0.0 || hazard == 0.0 {
            return Survival { probability: (-hazard).exp(), hazard, slope: hazard };
        }
        let [probability, slope] = expectations(hazard.ln(), variance, |log| {
            let (hazard, survival) = (log.exp(), (-log.exp()).exp());
            [survival, if survival > 0.0 { hazard * survival } else { 0.0 }]
        });
        Survival { probability, hazard: -probability.ln(), slope: slope / probability }
    }

    /// Limits at `reach` standard errors, `std_error` that of `hazard`.
    pub fn limits(&self, kind: CurveLimits, reach: f64, std_error: f64) -> (f64, f64) {
        let by = reach * std_error;
        let of = |hazard: f64| (-hazard).exp();
        match kind {
            _ if self.hazard == 0.0 => (1.0, 1.0),
            CurveLimits::Log => (of(self.hazard + by), of((self.hazard - by).max(0.0))),
            CurveLimits::LogLog => {
                let factor = (by / self.hazard).exp();
                (of(self.hazard * factor), of(self.hazard / factor))
            }
            CurveLimits::Plain => {
                let by = by * self.probability;
                ((self.probability - by).max(0.0), (self.probability + by).min(1.0))
            }
            CurveLimits::None => (f64::NAN, f64::NAN),
        }
    }
}
