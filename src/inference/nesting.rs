//! Whether one fitted model is within another: fixed effects by their columns, random terms by their groups, effects and structures.

use crate::error::{Result, try_copy, try_vec};
use crate::fit::{Fit, Ordinal, Role, TermFit};
use crate::formula::StructureKind;
use crate::linalg::dense::dot_in_order as dot;
use crate::linalg::orthogonal::{about_mean, take_off};
use crate::names::quoted;
use crate::spec::Threshold;
use crate::watch::Watch;

/// What of the smaller model is not in the larger one.
pub fn not_nested(smaller: &Fit, larger: &Fit, watch: &Watch<'_>) -> Result<Option<String>> {
    let lacks = |what: String| Ok(Some(format!("the models are not nested: the larger one lacks {what}")));
    let correlation = [smaller, larger].map(|fit| fit.correlation().map(|c| &c.design));
    if correlation[0].is_some() && correlation[0] != correlation[1] {
        return lacks("the residual correlation".to_string());
    }
    let nominal = nominal_names(larger);
    for role in Role::ORDER {
        let of = match role {
            Role::Mean => String::new(),
            Role::Dispersion if smaller.ordinal().is_some() => " of the scale".to_string(),
            _ => format!(" of the {}", role.words()),
        };
        match (smaller.fixed_of(role), larger.fixed_of(role)) {
            (None, _) => {}
            (Some(_), None) => return lacks(format!("the model{of}")),
            (Some(own), Some(_)) => {
                if let Some(j) = column_outside(smaller, larger, role, watch)? {
                    return lacks(format!("the fixed effect {}{of}", quoted(&own.names[j])));
                }
            }
        }
        if let Some(term) = smaller.terms_of(role).iter().find(|term| !covers(larger.terms_of(role), term)) {
            return lacks(format!("the random term ({} | {}){of}", term.design.effects.join(" + "), term.design.group));
        }
    }
    let kept = smaller.ordinal().and_then(|ordinal| ordinal.nominal.as_ref()).map_or(&[][..], |own| &own.names);
    if let Some(name) = kept.iter().find(|name| !nominal.contains(name)) {
        return lacks(format!("the nominal effect {}", quoted(name)));
    }
    match (smaller.ordinal(), larger.ordinal()) {
        (Some(own), Some(all)) if !spans(all, own, watch)? => {
            lacks(format!("thresholds that are {}", threshold_name(own.threshold)))
        }
        _ => Ok(None),
    }
}

/// Columns of the nominal effects of a fit, also those left out.
fn nominal_names(fit: &Fit) -> Vec<&String> {
    let nominal = fit.ordinal().and_then(|ordinal| ordinal.nominal.as_ref());
    nominal.into_iter().flat_map(|own| own.names.iter().chain(&own.dropped)).collect()
}

fn threshold_name(threshold: Threshold) -> &'static str {
    match threshold {
        Threshold::Flexible => "flexible",
        Threshold::Symmetric => "symmetric",
        Threshold::Equidistant => "equidistant",
    }
}

/// Whether all thresholds of one structure are thresholds of another: the columns of its matrix depend on those of the other's.
fn spans(all: &Ordinal, own: &Ordinal, watch: &Watch<'_>) -> Result<bool> {
    let n = own.categories.len() - 1;
    let basis = basis_of(all.jacobian.chunks_exact(n), watch)?;
    for column in own.jacobian.chunks_exact(n) {
        if rest(column, &basis)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The first column of a predictor of the smaller model that is no combination of the larger one's. The thresholds of an ordinal model are
/// an intercept, and an effect that differs between thresholds may be the same on all of them. So are the baseline hazards of a Cox model.
fn column_outside(smaller: &Fit, larger: &Fit, role: Role, watch: &Watch<'_>) -> Result<Option<usize>> {
    let n = smaller.n_obs.max(1);
    if smaller.reduced.is_some() {
        return Ok(columns_by_sums(smaller, larger));
    }
    let (Some(own), Some(all)) = (columns(smaller, role), columns(larger, role)) else { return Ok(None) };
    // Mostly they are the same.
    let others: Vec<usize> =
        own.chunks_exact(n).enumerate().filter(|(_, c)| !all.chunks_exact(n).any(|a| a == *c)).map(|(j, _)| j).collect();
    if others.is_empty() {
        return Ok(None);
    }
    // What is constant within the strata of a Cox model is in its baseline hazards.
    let own = &*larger.seen(own)?;
    let all = &*larger.seen(all)?;
    let ones = try_vec(BASIS, 1.0, n)?;
    let thresholds = larger.ordinal().filter(|_| role == Role::Mean);
    let constant = thresholds.map(|_| &ones[..]);
    let nominal = thresholds.and_then(|own| own.nominal.as_ref()).map_or(&[][..], |own| &own.x);
    let basis = basis_of(constant.into_iter().chain(nominal.chunks_exact(n)).chain(all.chunks_exact(n)), watch)?;
    for j in others {
        watch.pulse()?;
        if rest(&own[j * n..(j + 1) * n], &basis)?.is_some() {
            return Ok(Some(j));
        }
    }
    Ok(None)
}

/// Of fits that were made of sums, the first column of the smaller model that the larger one has not under that name, or not with the same
/// products with the others.
pub fn columns_by_sums(smaller: &Fit, larger: &Fit) -> Option<usize> {
    let (own, all) = (smaller.reduced.as_deref()?, larger.reduced.as_deref()?);
    let mut pairs = vec![];
    for (j, name) in smaller.fixed.names.iter().enumerate() {
        let Some(place) = larger.fixed.names.iter().position(|other| other == name) else { return Some(j) };
        pairs.push((smaller.kept[j], larger.kept[place]));
        if !own.has_last_column(all, &pairs) {
            return Some(j);
        }
    }
    None
}

/// The columns that a predictor has kept, `[n_obs, p]`.
fn columns(fit: &Fit, role: Role) -> Option<&[f64]> {
    Some(match role {
        Role::Mean => &fit.x,
        Role::ZeroInflation => &fit.zero_inflation()?.x,
        Role::Dispersion => &fit.dispersion()?.x,
    })
}

/// The share of a column that others leave, below which it depends on them.
const DEPENDENT: f64 = 1e-7;

/// What memory is for.
const BASIS: &str = "orthonormal basis";

/// Orthonormal columns of the same space.
pub fn basis_of<'c>(columns: impl Iterator<Item = &'c [f64]>, watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
    let mut basis: Vec<Vec<f64>> = vec![];
    for column in columns {
        watch.pulse()?;
        basis.extend(rest(column, &basis)?);
    }
    Ok(basis)
}

/// What orthonormal columns leave of another, of unit length; `None` if that is nothing (Gram-Schmidt, twice). After the first of them, which
/// may be an intercept, the column is measured anew: it may be far from zero.
fn rest(column: &[f64], basis: &[Vec<f64>]) -> Result<Option<Vec<f64>>> {
    let mut rest = try_copy(BASIS, column)?;
    let norm = |v: &[f64]| dot(v, v);
    let whole = norm(column);
    let less = |units: &[Vec<f64>], rest: &mut [f64]| take_off(units.iter().map(Vec::as_slice), rest, dot, |_, _| ());
    let (first, others) = basis.split_at(basis.len().min(1));
    less(first, &mut rest);
    let size = if first.is_empty() { whole } else { about_mean(norm(&rest), whole) };
    less(others, &mut rest);
    less(basis, &mut rest);
    let left = norm(&rest).sqrt();
    rest.iter_mut().for_each(|r| *r /= left);
    Ok((left > DEPENDENT * size.sqrt()).then_some(rest))
}

/// Whether each effect has a variance of its own, which the structure leaves free.
pub fn has_free_variances(term: &TermFit) -> bool {
    let free = match term.design.structure.kind {
        StructureKind::Unstructured => true,
        StructureKind::Diagonal => !term.design.structure.homogeneous,
        StructureKind::CompoundSymmetry | StructureKind::Ar1 => false,
    };
    free || term.design.effects.len() == 1
}

/// Whether some terms allow every covariance that a term has.
fn covers(terms: &[TermFit], term: &TermFit) -> bool {
    let on_group = || terms.iter().filter(|t| t.design.group == term.design.group);
    let whole = on_group().filter(|own| term.design.effects.iter().all(|effect| own.design.effects.contains(effect))).any(|own| {
        let (a, b) = (own.design.structure, term.design.structure);
        a.kind == StructureKind::Unstructured || a.kind == b.kind && a.size == b.size && (b.homogeneous || !a.homogeneous)
    });
    let uncorrelated = term.design.effects.len() == 1 || term.design.structure.kind == StructureKind::Diagonal;
    let has_variance =
        |effect: &String| on_group().filter(|own| has_free_variances(own)).any(|own| own.design.effects.contains(effect));
    whole || uncorrelated && has_free_variances(term) && term.design.effects.iter().all(has_variance)
}
