//! What is fitted, from design arrays.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{copied, matrix, optional_slice, slice, target};
use super::c_char;
use super::codes::meaning;
use super::handle::give;
use super::spec::{SpecHandle, model_of};
use super::spec_lists::{ModelCode, StructureCode, VariancesCode};
use super::status::{ErrorRecord, Status};
use super::strings::{optional_text, texts};
use crate::error::{Error, Result, try_collect, try_vec};
use crate::formula::StructureKind;
use crate::spec::{ArraySpec, ArrayTerm, ModelKind, Source, Spec};

/// Makes a spec of a model from the response `y` [n] and the fixed-effects model matrix
/// `x` [n,p], column-major with leading dimension `ldx` >= n (the distance between the starts of columns, in elements). There is no
/// intercept unless `x` has a column of ones. INTERLACE_MODEL_CLMM has thresholds instead: a column named "(Intercept)" is left out, and `y` holds
/// whole numbers, the codes of the categories in their order. INTERLACE_MODEL_COXME has baseline hazards instead: "(Intercept)" is left out, too,
/// `y` is NULL, and interlace_spec_set_survival_array sets the response.
/// Add random terms with interlace_spec_add_term_i32 or _i64. `y` may be NULL for new data for predictions.
/// A row with a NaN has a missing value. All arrays are copied. `n` is at least 1.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_new_array(
    model: MaybeUninit<ModelCode>,
    y: *const f64,
    x: *const f64,
    n: usize,
    p: usize,
    ldx: usize,
    out: *mut *mut SpecHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let kind = meaning(model, "model")?;
        if n == 0 {
            return Err(Error::argument("n is 0, wanted at least one row"));
        }
        if kind == ModelKind::Coxme && !y.is_null() {
            return Err(Error::argument(
                "y is given, a Cox model has times and events: y must be NULL, see interlace_spec_set_survival_array",
            ));
        }
        // First x, which is refused unread where ldx is wrong.
        let x = matrix(x, n, p, ldx, "x", "ldx")?;
        let y = optional_slice(y, n, "y")?.map_or(Ok(Vec::new()), |y| copied(y, "y"))?;
        let source = Source::Arrays(ArraySpec { n, y, p, x, ..ArraySpec::default() });
        out.write(give(SpecHandle { spec: Spec::new(kind, source) })?);
        Ok(())
    })
}

/// Names the columns of `x`: `names` [p]. Without this they are "x1", "x2" and so on.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_fixef_names(
    spec: Option<&mut SpecHandle>,
    names: *const *const c_char,
    p: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = arrays_of(model_of(spec)?)?;
        expect_length("names", p, "p", spec.p)?;
        let names = owned(&texts(names, p, "names")?)?;
        distinct("names", &names)?;
        spec.x_names = names;
        Ok(())
    })
}

/// Sets prior weights `weights` [n], which are copied: the residual variance of a row is sigma^2 / weight; for a binomial proportion they
/// are the numbers of trials; in ordinal and Cox models a row of weight w counts as w rows. Rows of weight 0 are left out.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_weights_array(
    spec: Option<&mut SpecHandle>,
    weights: *const f64,
    n: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = arrays_of(model_of(spec)?)?;
        expect_length("weights", n, "n", spec.n)?;
        spec.weights = Some(copied(slice(weights, n, "weights")?, "weights")?);
        Ok(())
    })
}

/// Sets the offset `offset` [n], which is copied: a known part of the linear predictor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_offset_array(
    spec: Option<&mut SpecHandle>,
    offset: *const f64,
    n: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = arrays_of(model_of(spec)?)?;
        expect_length("offset", n, "n", spec.n)?;
        spec.offset = Some(copied(slice(offset, n, "offset")?, "offset")?);
        Ok(())
    })
}

/// Adds a random term with k effects: `z` [n,k], column-major with leading dimension `ldz` >= n, and the level `index` [n] of each row,
/// from 0 to n_levels - 1; -1 is a missing level (in predictions: a level that the fit does not know). `z` may be NULL for a random
/// intercept; `k` is then 1 and `ldz` is ignored. `name` is the name of the grouping factor; NULL means "g1", "g2" and so on.
/// `variances` says whether all effects share one standard deviation, which an unstructured covariance does not have.
/// The terms are numbered from 0 in the order of these calls. All arrays are copied.
/// @param name The name of the grouping factor; NULL for "g1", "g2" and so on.
/// @param k The number of effects.
/// @param ldz The leading dimension of `z`, at least n.
/// @param n_levels The number of levels.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_add_term_i32(
    spec: Option<&mut SpecHandle>,
    name: *const c_char,
    z: *const f64,
    n: usize,
    k: usize,
    ldz: usize,
    index: *const i32,
    n_levels: usize,
    structure: MaybeUninit<StructureCode>,
    variances: MaybeUninit<VariancesCode>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let term = Term { name, z, n, k, ldz, n_levels, structure, variances };
        add_term(spec, &term, slice(index, n, "index"))
    })
}

/// Adds a random term whose `index` [n] holds 64-bit integers; otherwise as interlace_spec_add_term_i32.
/// @param name The name of the grouping factor; NULL for "g1", "g2" and so on.
/// @param z The effects [n,k], column-major; NULL for a random intercept.
/// @param k The number of effects.
/// @param ldz The leading dimension of `z`, at least n.
/// @param n_levels The number of levels.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_add_term_i64(
    spec: Option<&mut SpecHandle>,
    name: *const c_char,
    z: *const f64,
    n: usize,
    k: usize,
    ldz: usize,
    index: *const i64,
    n_levels: usize,
    structure: MaybeUninit<StructureCode>,
    variances: MaybeUninit<VariancesCode>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let term = Term { name, z, n, k, ldz, n_levels, structure, variances };
        add_term(spec, &term, slice(index, n, "index"))
    })
}

/// Labels the levels of a term (from 0): `levels` [n_levels]. Without this they are "1", "2" and so on. In new data for predictions,
/// levels with labels match those of the fit by label, levels without by number.
/// @param n_levels The number of levels of the term.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_term_levels(
    spec: Option<&mut SpecHandle>,
    term: usize,
    levels: *const *const c_char,
    n_levels: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let term = term_of(spec, term)?;
        expect_length("levels", n_levels, "n_levels", term.n_levels)?;
        let levels = owned(&texts(levels, n_levels, "levels")?)?;
        distinct("levels", &levels)?;
        term.levels = levels;
        Ok(())
    })
}

/// Names the effects of a term (from 0), which are the columns of its `z`: `names` [k].
/// Without this they are "z1", "z2" and so on, and "(Intercept)" for a term without `z`.
/// @param k The number of effects of the term.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_term_effects(
    spec: Option<&mut SpecHandle>,
    term: usize,
    names: *const *const c_char,
    k: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let term = term_of(spec, term)?;
        expect_length("names", k, "k", term.effects.len())?;
        let names = owned(&texts(names, k, "names")?)?;
        distinct("names", &names)?;
        term.effects = names;
        Ok(())
    })
}

/// A random term as it comes from C, but for its index.
struct Term {
    name: *const c_char,
    z: *const f64,
    n: usize,
    k: usize,
    ldz: usize,
    n_levels: usize,
    structure: MaybeUninit<StructureCode>,
    variances: MaybeUninit<VariancesCode>,
}

unsafe fn add_term<I: Copy + Into<i64>>(spec: Option<&mut SpecHandle>, term: &Term, index: Result<&[I]>) -> Result<()> {
    let spec = arrays_of(model_of(spec)?)?;
    let name = optional_text(term.name, "name")?.unwrap_or_default().to_owned();
    expect_length("index", term.n, "n", spec.n)?;
    let structure = meaning(term.structure, "structure")?;
    let homogeneous = match meaning(term.variances, "variances")? {
        VariancesCode::Default => None,
        VariancesCode::Homogeneous => Some(true),
        VariancesCode::Heterogeneous => Some(false),
    };
    if structure == StructureKind::Unstructured && homogeneous == Some(true) {
        return Err(Error::argument("variances is homogeneous, an unstructured covariance has no homogeneous form"));
    }
    let (z, effects) = effects(term, spec.n)?;
    let index = checked_index(index?, term.n_levels, "n_levels")?;
    let n_levels = term.n_levels;
    spec.terms.push(ArrayTerm { name, effects, z, index, n_levels, levels: Vec::new(), structure, homogeneous });
    Ok(())
}

/// The matrix of a term's effects and their names.
unsafe fn effects(term: &Term, n: usize) -> Result<(Option<Vec<f64>>, Vec<String>)> {
    if term.k == 0 {
        return Err(Error::argument("k is 0, a random term has at least one effect"));
    }
    if term.z.is_null() {
        if term.k != 1 {
            return Err(Error::argument(format!("z is NULL with k = {}; a term without z has k = 1", term.k)));
        }
        return Ok((None, vec!["(Intercept)".to_owned()]));
    }
    // First the matrix, whose size is checked, then as many names.
    let z = matrix(term.z, n, term.k, term.ldz, "z", "ldz")?;
    Ok((Some(z), (1..=term.k).map(|i| format!("z{i}")).collect()))
}

pub(super) fn checked_index<I: Copy + Into<i64>>(index: &[I], n_levels: usize, count: &str) -> Result<Vec<i64>> {
    let mut copy = try_vec("index", -1_i64, index.len())?;
    for (row, (to, &from)) in copy.iter_mut().zip(index).enumerate() {
        *to = from.into();
        if *to < -1 || usize::try_from(*to).is_ok_and(|level| level >= n_levels) {
            let wanted =
                format!("it must be -1 (missing) or from 0 to {count} - 1 = {}", i128::try_from(n_levels).unwrap_or(0) - 1);
            return Err(Error::argument(format!("index[{row}] is {to}, {wanted}")).at(row));
        }
    }
    Ok(copy)
}

pub(super) fn arrays_of(spec: &mut Spec) -> Result<&mut ArraySpec> {
    match &mut spec.source {
        Source::Arrays(arrays) => Ok(arrays),
        Source::Formula(_) => Err(Error::argument("spec was made from a formula, this call is for specs made from arrays")),
    }
}

fn term_of(spec: Option<&mut SpecHandle>, term: usize) -> Result<&mut ArrayTerm> {
    let terms = &mut arrays_of(model_of(spec)?)?.terms;
    let count = terms.len();
    terms.get_mut(term).ok_or_else(|| Error::argument(format!("term is {term}, the spec has {count} terms (from 0)")))
}

pub(super) fn expect_length(what: &str, length: usize, name: &str, wanted: usize) -> Result<()> {
    if length == wanted {
        return Ok(());
    }
    Err(Error::argument(format!("{what} has {name} = {length} entries, the spec has {name} = {wanted}")))
}

pub(super) fn owned(texts: &[&str]) -> Result<Vec<String>> {
    try_collect("names", texts.iter().copied().map(String::from))
}

pub(super) fn distinct(what: &str, names: &[String]) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(twice) => Err(Error::argument(format!("{what} has '{twice}' twice"))),
        None => Ok(()),
    }
}
