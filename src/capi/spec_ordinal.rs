//! What an ordinal model adds to a spec: link, thresholds, scale, nominal effects, the order of the categories.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::c_char;
use super::codes::meaning;
use super::spec::{SpecHandle, model_of};
use super::spec_arrays::{distinct, owned};
use super::spec_family::{array_predictor, formula_predictor, kind_of};
use super::spec_lists::ThresholdCode;
use super::status::{ErrorRecord, Status};
use super::strings::{text, texts};
use crate::error::{Error, Result};
use crate::spec::{ModelKind, OrdinalSpec, Spec};

/// Sets the link of an ordinal model, which maps cumulative probabilities to threshold minus linear predictor: "logit" (the
/// default: proportional odds), "probit", "cloglog" (proportional hazards), "loglog" or "cauchit".
/// INTERLACE_E_ARGUMENT for another link and for a model that is not INTERLACE_MODEL_CLMM.
/// @param link The name of the link.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_link(
    spec: Option<&mut SpecHandle>,
    link: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = ordinal(spec, "a link without a family")?;
        let link = Some(text(link, "link")?.to_owned());
        OrdinalSpec { link: link.clone(), ..OrdinalSpec::default() }.check()?;
        spec.ordinal.link = link;
        Ok(())
    })
}

/// Sets the structure of the thresholds of an ordinal model; INTERLACE_THRESHOLD_FLEXIBLE is the default.
/// INTERLACE_E_ARGUMENT for a model that is not INTERLACE_MODEL_CLMM.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_threshold(
    spec: Option<&mut SpecHandle>,
    threshold: MaybeUninit<ThresholdCode>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = ordinal(spec, "thresholds")?;
        spec.ordinal.threshold = meaning(threshold, "threshold")?;
        Ok(())
    })
}

/// Gives an ordinal model effects that differ from threshold to threshold (partial proportional odds), by a one-sided formula of fixed
/// effects, "~ z": they are added to the thresholds. A variable is either here or in the formula of the model. "~ 1" means none, as without
/// this call.
/// INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
/// @param formula A one-sided formula.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_nominal(
    spec: Option<&mut SpecHandle>,
    formula: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = ordinal(spec, "a formula of nominal effects")?;
        spec.ordinal.nominal = Some(formula_predictor(spec, formula)?);
        Ok(())
    })
}

/// Makes the scale of an ordinal model depend on the data by a one-sided formula of fixed effects and offset(), "~ z": the predictor of its
/// logarithm. The scale divides threshold minus linear predictor. "~ 1" means a scale of 1 for all rows, as without this call.
/// INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
/// @param formula A one-sided formula.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_scale(
    spec: Option<&mut SpecHandle>,
    formula: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = ordinal(spec, "a scale formula")?;
        spec.dispersion = Some(formula_predictor(spec, formula)?);
        Ok(())
    })
}

/// Sets the nominal effects of interlace_spec_set_nominal by their model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
/// spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named "(Intercept)" is left out. All arrays are copied.
/// New data for predictions need it too.
/// @param names Names of the columns [p]; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_nominal_array(
    spec: Option<&mut SpecHandle>,
    x: *const f64,
    n: usize,
    p: usize,
    ldx: usize,
    names: *const *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = ordinal(spec, "nominal columns")?;
        spec.ordinal.nominal = Some(array_predictor(spec, x, (n, p, ldx), names)?);
        Ok(())
    })
}

/// Sets the predictor of interlace_spec_set_scale by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a spec made
/// from arrays. `names` [p] may be NULL: "x1", "x2" and so on; a column named "(Intercept)" is left out. All arrays are copied. New data
/// for predictions need it too.
/// @param names Names of the columns [p]; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_scale_array(
    spec: Option<&mut SpecHandle>,
    x: *const f64,
    n: usize,
    p: usize,
    ldx: usize,
    names: *const *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = ordinal(spec, "scale columns")?;
        spec.dispersion = Some(array_predictor(spec, x, (n, p, ldx), names)?);
        Ok(())
    })
}

/// Sets the categories of the response of an ordinal model from lowest to highest: `levels` [n_levels], at least two. They must include
/// all that occur in the data; others are left out. A text response needs this unless the frame declares its order;
/// for an ordered factor these must be the same levels, and the order here counts. In a spec made from arrays they are the labels of
/// the codes 1, 2, ... of `y`. An empty list is the same as no call.
/// INTERLACE_E_ARGUMENT for a level given twice and for a model that is not INTERLACE_MODEL_CLMM.
/// @param n_levels The number of categories.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_response_levels(
    spec: Option<&mut SpecHandle>,
    levels: *const *const c_char,
    n_levels: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = ordinal(spec, "the levels of the response")?;
        let levels = owned(&texts(levels, n_levels, "levels")?)?;
        distinct("levels", &levels)?;
        OrdinalSpec { levels: levels.clone(), ..OrdinalSpec::default() }.check()?;
        spec.ordinal.levels = levels;
        Ok(())
    })
}

fn ordinal<'a>(spec: Option<&'a mut SpecHandle>, what: &str) -> Result<&'a mut Spec> {
    let spec = model_of(spec)?;
    match spec.kind {
        ModelKind::Clmm => Ok(spec),
        other => Err(Error::argument(format!("spec is of {}, {what}: only for one of INTERLACE_MODEL_CLMM", kind_of(other)))),
    }
}
