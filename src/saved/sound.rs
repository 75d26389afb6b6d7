//! Whether options and a model that were read from bytes can be.

use crate::envelope::fits;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::spec::{ArraySpec, ArrayTerm, CorrelationSpec, PredictorSpec, Source, Spec};

/// The most quadrature points.
const POINTS: usize = 100;

/// What is wrong, in other words; that memory was short is nothing wrong.
pub fn told(error: Error, told: impl FnOnce(&str) -> Error) -> Error {
    if error.ends_all() { error } else { told(&error.message) }
}

/// Fails for options that can't be set.
pub fn check_options(options: &Options) -> Result<()> {
    let deadline = options.deadline.is_none_or(|seconds| seconds > 0.0);
    let numbers = options.tolerance > 0.0 && options.max_evaluations > 0 && options.threads > 0;
    fits(deadline && numbers && options.memory_limit > 0.0 && options.quadrature <= POINTS, "an option")
}

/// Fails for a model that can't be made. What its formulas and names say, fitting it will tell.
pub fn check_spec(spec: &Spec) -> Result<()> {
    spec.check()?;
    let further = [&spec.dispersion, &spec.zero_inflation, &spec.ordinal.nominal];
    let Source::Arrays(arrays) = &spec.source else {
        let formulas = further.into_iter().flatten().all(|own| matches!(own, PredictorSpec::Formula(_)));
        return fits(formulas && !matches!(spec.correlation, Some(CorrelationSpec::Arrays(_))), "an array of the model");
    };
    let n = arrays.n;
    check_arrays(arrays)?;
    for own in further.into_iter().flatten() {
        let PredictorSpec::Arrays { p, x, x_names } = own else { return fits(false, "a formula of the model") };
        fits(x.len() == n.saturating_mul(*p) && are_names(x_names, *p), "the columns of a further predictor")?;
    }
    match &spec.correlation {
        None => Ok(()),
        Some(CorrelationSpec::Formula(_)) => fits(false, "a formula of the model"),
        Some(CorrelationSpec::Arrays(own)) => {
            let time = own.time.as_ref().is_none_or(|time| time.len() == n);
            fits(own.index.len() == n && time, "the residual correlation")
        }
    }
}

fn are_names(names: &[String], count: usize) -> bool {
    names.is_empty() || names.len() == count
}

fn check_arrays(arrays: &ArraySpec) -> Result<()> {
    let n = arrays.n;
    let columns = arrays.x.len() == n.saturating_mul(arrays.p) && are_names(&arrays.x_names, arrays.p);
    let given = [&arrays.weights, &arrays.offset];
    let rows = given.into_iter().flatten().all(|values| values.len() == n) && (arrays.y.is_empty() || arrays.y.len() == n);
    fits(columns && rows, "an array of the model")?;
    if let Some(own) = &arrays.survival {
        let start = own.start.as_ref().is_none_or(|start| start.len() == n);
        fits(start && own.stop.len() == n && own.event.len() == n, "the times of events")?;
    }
    if let Some(own) = &arrays.strata {
        fits(own.index.len() == n && are_names(&own.labels, own.n_strata), "a stratum")?;
    }
    let sound = |term: &ArrayTerm| {
        // Without names the length says how many effects there are.
        let named = |z: &Vec<f64>| if term.effects.is_empty() { z.len() / n.max(1) } else { term.effects.len() };
        let z = term.z.as_ref().is_none_or(|z| z.len() == n.saturating_mul(named(z)));
        term.index.len() == n && are_names(&term.levels, term.n_levels) && z
    };
    fits(arrays.terms.iter().all(sound), "a random term of the model")
}
