//! Fits a model of any kind.

use std::time::Instant;

use super::common::Fit;
use super::points::Points;
use super::response::{AnyResponse, in_data_rows};
use super::separation::prior_decides;
use super::{cox, generalised, linear};
use crate::design::{Design, ModelProgram, hinted};
use crate::error::{Code, Error, Result};
use crate::frame::Frame;
use crate::options::{Options, StdErrors};
use crate::prior::Class;
use crate::spec::{ModelKind, Source, Spec};
use crate::watch::{Phase, Watch};

impl Fit {
    /// Fits a model. `frame` is needed for a formula, and is ignored for arrays. At the deadline the fit ends with what it has.
    pub fn new(spec: &Spec, frame: Option<&Frame>, options: &Options, watch: &Watch<'_>) -> Result<Fit> {
        if options.start.is_empty() {
            return Self::new_near(spec, frame, options, None, watch);
        }
        if options.theta0.is_some() {
            return Err(Error::argument("start: theta0 is given, too; one of them says where the search begins"));
        }
        let first = Options { start: vec![], max_evaluations: 1, std_errors: StdErrors::Conditional, ..options.clone() };
        let begun = Self::new_near(spec, frame, &first, None, watch)?.begun(&options.start)?;
        Self::new_near(spec, frame, options, Some(&begun), watch)
    }

    /// The search begins at the estimates of a fit of the same model.
    fn new_near(spec: &Spec, frame: Option<&Frame>, options: &Options, near: Option<&Fit>, watch: &Watch<'_>) -> Result<Fit> {
        let watch = &watch.of_fit().with_threads(options.threads);
        watch.at(Phase::Start, 0, None)?;
        let started = Instant::now();
        let located = |error: Error| match frame {
            Some(frame) => frame.located(error),
            None => error,
        };
        let (program, design) = ModelProgram::learn(spec, frame, options.na, watch).map_err(located)?;
        let design_seconds = started.elapsed().as_secs_f64();
        let unread = design.warnings[..design.n_unread].to_vec();
        let fitted = check_terms(spec.kind, &design, options).and_then(|()| match spec.kind {
            ModelKind::Lmm => linear::fit(program, design, options, near, watch),
            ModelKind::Glmm | ModelKind::Clmm => {
                let response = AnyResponse::of_spec(spec, &design, options)?;
                generalised::fit(&response, program, design, options, near, watch)
            }
            ModelKind::Coxme => cox::fit(spec.ties, program, design, options, near, watch),
        });
        let fitted = fitted.and_then(|mut fit| {
            fit.check_range()?;
            fit.warn_of_separation_without_priors(spec, frame, options, watch)?;
            fit.warn_of_fitted();
            Ok(fit)
        });
        let mut fit = fitted.map_err(|error| located(hinted(Fit::in_data_rows(error, spec, frame, options), &unread)))?;
        if let Source::Formula(source) = &spec.source {
            fit.formula.clone_from(&source.formula);
        }
        fit.timing.0 = design_seconds;
        Ok(fit)
    }

    /// Says where coefficients have a finite estimate only because they have priors: the model without these is fitted for it.
    fn warn_of_separation_without_priors(
        &mut self,
        spec: &Spec,
        frame: Option<&Frame>,
        options: &Options,
        watch: &Watch<'_>,
    ) -> Result<()> {
        let of_coefficients = spec.priors.iter().any(|prior| prior.target.class == Class::Fixef);
        let Some(own) = self.generalised().filter(|_| of_coefficients) else { return Ok(()) };
        let (program, mut design) = ModelProgram::learn(spec, frame, options.na, watch)?;
        design.priors.clear();
        let plain = AnyResponse::of_spec(spec, &design, options)
            .and_then(|response| generalised::fit(&response, program, design, options, None, watch));
        let separated = match plain {
            Err(error) if error.ends_all() => return Err(error),
            Err(_) => return Ok(()),
            Ok(plain) => plain.generalised().map(|plain| plain.separated.clone()).unwrap_or_default(),
        };
        let held: Vec<String> = separated.into_iter().filter(|name| !own.separated.contains(name)).collect();
        self.design_warnings.extend(prior_decides(&held));
        Ok(())
    }

    /// A failure of a family's function, which knows the rows used, as one in a row of the data. The ledger of the rows has gone into the fit
    /// that failed.
    fn in_data_rows(error: Error, spec: &Spec, frame: Option<&Frame>, options: &Options) -> Error {
        if error.code != Code::Numeric || error.position < 0 {
            return error;
        }
        match ModelProgram::learn(spec, frame, options.na, &Watch::unwatched()) {
            Ok((_, design)) => in_data_rows(&error, &design.rows),
            Err(_) => error,
        }
    }

    /// The criterion at each of the given points, one after the other. A point is theta for a linear model, and the
    /// residual correlation if there is one; for a generalised one theta,
    /// then the fixed effects of the mean, the zero part and the dispersion, then the family's parameters on their working scale.
    pub fn objective(spec: &Spec, frame: Option<&Frame>, options: &Options, points: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
        Self::objective_at(spec, frame, options, Points { numbers: points, each: None }, watch)
    }

    /// The same at points of which the caller says how many numbers each has.
    pub fn objective_at(
        spec: &Spec,
        frame: Option<&Frame>,
        options: &Options,
        points: Points<'_>,
        watch: &Watch<'_>,
    ) -> Result<Vec<f64>> {
        watch.at(Phase::Start, 0, None)?;
        let (_, design) = ModelProgram::learn(spec, frame, options.na, watch)?;
        check_terms(spec.kind, &design, options)?;
        match spec.kind {
            ModelKind::Lmm => linear::objective(&design, options, points, watch),
            ModelKind::Glmm | ModelKind::Clmm => {
                generalised::objective(AnyResponse::of_spec(spec, &design, options)?, &design, options, points, watch)
            }
            ModelKind::Coxme => cox::objective(spec.ties, &design, options, points, watch),
        }
    }
}

/// A model has random terms, or correlated residuals, unless it is known to have none: most who leave them out have forgotten them.
pub(super) fn check_terms(kind: ModelKind, design: &Design, options: &Options) -> Result<()> {
    let further = [&design.zero_inflation, &design.dispersion].into_iter().flatten();
    let any = !design.terms.is_empty() || further.into_iter().any(|predictor| !predictor.terms.is_empty());
    if any || design.correlation.is_some() || options.null_model {
        return Ok(());
    }
    let what = if kind == ModelKind::Lmm { "linear mixed model" } else { "mixed model" };
    Err(Error::argument(format!(
        "the model has no random terms; a {what} needs at least one, such as (1 | group), or the option random_terms = optional"
    )))
}
