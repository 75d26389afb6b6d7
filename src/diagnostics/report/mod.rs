//! How a fit ended and what its data determine, as a table: each check with what it means and what to do.

mod collinearity;
mod curvature;
mod findings;

use crate::choice::Choice;
use crate::error::Result;
use crate::fit::Fit;
use crate::frame::Frame;
use crate::optimize::Reason;
use crate::watch::{Phase, Watch};
use findings::{Finding, Status};

/// Scaled gradients that are small, and that are not.
const SMALL_GRADIENT: f64 = 1e-3;
const LARGE_GRADIENT: f64 = 0.03;

/// Fewer levels say little of a variance.
const FEW_LEVELS: usize = 5;

impl Fit {
    /// The report, a row for each finding: `check`, `status` (ok, note or warning), `subject`, `value`, `meaning`, `advice`.
    pub fn diagnose(&self, watch: &Watch<'_>) -> Result<Frame> {
        watch.at(Phase::Test, 0, None)?;
        let watch = &watch.inside(Phase::Test, 0, None);
        let mut all = vec![self.convergence(), self.gradient()];
        all.extend(self.boundaries());
        all.extend(curvature::findings(self, watch)?);
        all.extend(collinearity::findings(self)?);
        all.extend(self.dropped());
        all.extend(self.separations());
        all.extend(self.few_levels());
        findings::frame(&all)
    }

    fn convergence(&self) -> Finding {
        let own = &self.outcome;
        let meaning = match own.reason {
            Reason::Converged => "The search ended at an optimum: the decrease that is left is below the tolerance.",
            Reason::RoundoffLimited => "The search ended where floating point allows no further decrease.",
            Reason::MaxEvaluations => "The search used all evaluations that it was allowed.",
            Reason::Deadline => "The search used all the time that it was allowed.",
            Reason::NoProgress => "The search stopped far from an optimum.",
        };
        let advice = match own.reason {
            _ if own.converged => None,
            Reason::MaxEvaluations => {
                Some("Allow more evaluations (max_evaluations), or look below for parameters that the data do not determine.")
            }
            Reason::Deadline => Some("Allow more time (deadline)."),
            _ => Some(
                "Look below for parameters that the data do not determine, simplify the random terms, and compare optimisers (all_fit).",
            ),
        };
        Finding {
            check: "convergence",
            status: if own.converged { Status::Ok } else { Status::Warning },
            subject: own.reason.name().to_owned(),
            value: own.evaluations as f64,
            meaning: meaning.to_owned(),
            advice: advice.map(String::from),
        }
    }

    fn gradient(&self) -> Finding {
        let value = self.outcome.scaled_gradient;
        let status = match value {
            v if v <= SMALL_GRADIENT => Status::Ok,
            v if v <= LARGE_GRADIENT => Status::Note,
            _ => Status::Warning,
        };
        let meaning = format!(
            "The gradient of the criterion puts the optimum {value:.1e} standard errors away{}",
            if status == Status::Ok { ", which is nothing." } else { "." }
        );
        let advice = match status {
            Status::Ok => None,
            Status::Note => {
                Some("Estimates are good to about that share of their standard errors: enough for most purposes.".to_owned())
            }
            Status::Warning => {
                Some("Do not trust the estimates: set a smaller tolerance, or another optimizer, and compare.".to_owned())
            }
        };
        Finding { check: "gradient", status, subject: String::new(), value, meaning, advice }
    }

    fn boundaries(&self) -> impl Iterator<Item = Finding> {
        self.outcome.boundary.iter().map(|direction| Finding {
            check: "boundary",
            status: Status::Note,
            subject: direction.clone(),
            value: 0.0,
            meaning: "This combination of random effects is estimated to have no variance at all. The fit is at the edge of what is possible, \
                      which is a result and not a failure; standard errors take the edge as known."
                .to_owned(),
            advice: Some(
                "Keep it if the design asks for it; tests of fixed effects by Kenward and Roger's method still count it. Otherwise a simpler \
                 term (without the correlation, or without the effect) fits as well."
                    .to_owned(),
            ),
        })
    }

    fn dropped(&self) -> impl Iterator<Item = Finding> {
        self.fixed.dropped.iter().map(|column| Finding {
            check: "dropped_column",
            status: Status::Note,
            subject: column.clone(),
            value: f64::NAN,
            meaning: "The column is a linear combination of those before it, and was left out: it has no coefficient of its own."
                .to_owned(),
            advice: Some(
                "Read the other coefficients as given that it is left out, or take the redundant variables out of the formula."
                    .to_owned(),
            ),
        })
    }

    fn separations(&self) -> impl Iterator<Item = Finding> {
        let of_cox = self.cox().map_or(&[][..], |own| &own.monotone);
        let names = self.generalised().map_or(of_cox, |own| &own.separated);
        names.iter().map(|name| Finding {
            check: "separation",
            status: Status::Warning,
            subject: name.clone(),
            value: f64::INFINITY,
            meaning: "The likelihood grows for ever as this parameter does: the data separate, and it has no finite estimate.".to_owned(),
            advice: Some("Do not read its estimate or standard error. Merge categories, leave the variable out, or compare models by likelihood ratios.".to_owned()),
        })
    }

    fn few_levels(&self) -> impl Iterator<Item = Finding> {
        let few = self.all_terms().filter(|(_, term)| term.design.levels.len() < FEW_LEVELS);
        few.map(|(_, term)| Finding {
            check: "few_levels",
            status: Status::Note,
            subject: term.design.group.clone(),
            value: term.design.levels.len() as f64,
            meaning: "A variance that is estimated from so few levels is hardly known.".to_owned(),
            advice: Some("Consider fixed effects for this factor; give intervals of the variance by profiles.".to_owned()),
        })
    }
}
