//! What a generalised model adds to a spec: the family, and predictors of the dispersion and of the zeros.

use super::boundary::boundary;
use super::buffer::matrix;
use super::c_char;
use super::spec::{SpecHandle, formula_of, model_of};
use super::spec_arrays::{arrays_of, distinct, expect_length, owned};
use super::status::{ErrorRecord, Status};
use super::strings::{optional_text, text, texts};
use crate::design::one_sided;
use crate::error::{Error, Result};
use crate::spec::{FamilySpec, ModelKind, PredictorSpec, Spec};

/// Sets the distribution of the response of a generalised model by its name, such as "poisson" or "binomial"; interlace_family_name lists
/// them, and names that R's packages have for them ("Gamma", "inverse.gaussian", "negative.binomial", "beta_family", "t_family", "ordbeta") are
/// also accepted. `link` is the name of a link function, NULL for the family's default. Without this call the
/// family is gaussian. The call resets parameters fixed before.
/// INTERLACE_E_ARGUMENT for an unknown family, for a link that does not suit it, and for a model that is not INTERLACE_MODEL_GLMM.
/// @param family The name of a family.
/// @param link The name of a link; NULL for the default of the family.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_family(
    spec: Option<&mut SpecHandle>,
    family: *const c_char,
    link: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = generalised(spec, "the family")?;
        let (name, link) = (text(family, "family")?.to_owned(), optional_text(link, "link")?.map(String::from));
        let family = FamilySpec { name, link, ..FamilySpec::default() };
        family.build()?;
        spec.family = family;
        Ok(())
    })
}

/// Fixes a parameter of the family at a value instead of estimating it, such as the "df" of "student_t" at 5. The value is on the
/// reported scale. Call interlace_spec_set_family first. The last call for a parameter counts.
/// INTERLACE_E_ARGUMENT for a parameter that the family does not have and for a value out of range.
/// @param name The name of a parameter of the family.
/// @param value Its value, on the reported scale.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_fix_parameter(
    spec: Option<&mut SpecHandle>,
    name: *const c_char,
    value: f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = generalised(spec, "a parameter of the family")?;
        let name = text(name, "name")?;
        if spec.family.name.is_empty() && spec.family.custom.is_none() {
            return Err(Error::argument(format!("the spec has no family yet, whose parameter '{name}' is to be fixed")));
        }
        let mut family = spec.family.clone();
        family.fixed.retain(|(known, _)| known != name);
        family.fixed.push((name.to_owned(), value));
        family.build()?;
        spec.family = family;
        Ok(())
    })
}

/// Makes the first parameter of the family (its dispersion, say) depend on the data by a one-sided formula, "~ z + (1 | g)", on the
/// scale on which the parameter is estimated. "~ 1" is one value for all rows, as without this call.
/// INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
/// @param formula A one-sided formula.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_dispersion(
    spec: Option<&mut SpecHandle>,
    formula: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = generalised(spec, "a dispersion formula")?;
        spec.dispersion = Some(formula_predictor(spec, formula)?);
        Ok(())
    })
}

/// Adds extra zeros (zero inflation) to the response: a one-sided formula gives the predictor of their probability on the logit scale,
/// "~ z + (1 | g)". "~ 1" is one probability for all rows, "~ 0" none, as without this call.
/// INTERLACE_E_FORMULA if it cannot be read or has a response; `position` is then the byte in `formula`.
/// @param formula A one-sided formula.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_zero_inflation(
    spec: Option<&mut SpecHandle>,
    formula: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = generalised(spec, "a zero-inflation formula")?;
        spec.zero_inflation = Some(formula_predictor(spec, formula)?);
        Ok(())
    })
}

/// Sets the predictor of interlace_spec_set_dispersion by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
/// spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are copied. New data for predictions need it too.
/// @param names Names of the columns [p]; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_dispersion_array(
    spec: Option<&mut SpecHandle>,
    x: *const f64,
    n: usize,
    p: usize,
    ldx: usize,
    names: *const *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = generalised(spec, "dispersion columns")?;
        spec.dispersion = Some(array_predictor(spec, x, (n, p, ldx), names)?);
        Ok(())
    })
}

/// Sets the predictor of interlace_spec_set_zero_inflation by its model matrix `x` [n,p], column-major with leading dimension `ldx` >= n, for a
/// spec made from arrays. `names` [p] may be NULL: "x1", "x2" and so on. All arrays are copied. New data for predictions need it too.
/// @param names Names of the columns [p]; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_zero_inflation_array(
    spec: Option<&mut SpecHandle>,
    x: *const f64,
    n: usize,
    p: usize,
    ldx: usize,
    names: *const *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = generalised(spec, "zero-inflation columns")?;
        spec.zero_inflation = Some(array_predictor(spec, x, (n, p, ldx), names)?);
        Ok(())
    })
}

pub(super) fn generalised<'a>(spec: Option<&'a mut SpecHandle>, what: &str) -> Result<&'a mut Spec> {
    let spec = model_of(spec)?;
    match spec.kind {
        ModelKind::Glmm => Ok(spec),
        other => Err(Error::argument(format!("spec is of {}, {what}: only for one of INTERLACE_MODEL_GLMM", kind_of(other)))),
    }
}

/// A model's kind, for messages.
pub(super) fn kind_of(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Lmm => "a linear model",
        ModelKind::Glmm => "a generalised model",
        ModelKind::Clmm => "an ordinal model",
        ModelKind::Coxme => "a Cox model",
    }
}

/// A further predictor of a spec made from a formula.
pub(super) unsafe fn formula_predictor(spec: &mut Spec, formula: *const c_char) -> Result<PredictorSpec> {
    formula_of(spec)?;
    let formula = text(formula, "formula")?;
    one_sided(formula)?;
    Ok(PredictorSpec::Formula(formula.to_owned()))
}

/// A further predictor of a spec made from arrays.
pub(super) unsafe fn array_predictor(
    spec: &mut Spec,
    x: *const f64,
    (n, p, ldx): (usize, usize, usize),
    names: *const *const c_char,
) -> Result<PredictorSpec> {
    expect_length("x", n, "n", arrays_of(spec)?.n)?;
    let x = matrix(x, n, p, ldx, "x", "ldx")?;
    let x_names = if names.is_null() { Vec::new() } else { owned(&texts(names, p, "names")?)? };
    distinct("names", &x_names)?;
    Ok(PredictorSpec::Arrays { p, x, x_names })
}
