//! Likelihood-ratio tests between fits of nested models to the same data.

use crate::error::{Error, Result};
use crate::fit::{Fit, Generalised, Ordinal, Role, TermFit};
use crate::formula::StructureKind;
use crate::frame::Frame;
use crate::frame::names::quoted;
use crate::inference::linear::dot;
use crate::spec::Threshold;
use crate::tails::{chi_bar_square_upper, chi_square_upper};

/// The null distribution of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    ChiSquare,
    /// Half chi-square with one degree of freedom less, half with all: the larger model has one variance more, which is zero, at the edge
    /// of its range, in the smaller one (Self & Liang 1987; Stram & Lee 1994).
    ChiBarSquare,
}

/// A fit against the one before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub chi_square: f64,
    pub df: usize,
    /// NaN without degrees of freedom.
    pub p_value: f64,
    pub null: Null,
    /// Why the test may not be one.
    pub warning: Option<String>,
}

/// Fits in the order of their numbers of parameters, as places in the list given, each but the first with its test. With `chi_bar`, a
/// comparison in which one variance is at its edge has that distribution; otherwise all have the chi-square, which is then conservative.
pub fn likelihood_ratio(fits: &[&Fit], chi_bar: bool) -> Result<Vec<(usize, Option<Comparison>)>> {
    if fits.len() < 2 {
        return Err(Error::argument(format!("a likelihood-ratio test needs at least 2 fits, there is {}", fits.len())));
    }
    for (i, fit) in fits.iter().enumerate().skip(1) {
        check_comparable(fits[0], fit, i)?;
    }
    let mut order: Vec<usize> = (0..fits.len()).collect();
    order.sort_by_key(|&i| fits[i].npar);
    let mut result = Vec::with_capacity(fits.len());
    for (rank, &i) in order.iter().enumerate() {
        let before = rank.checked_sub(1).map(|r| fits[order[r]]);
        result.push((i, before.map(|smaller| compare(smaller, fits[i], chi_bar))));
    }
    Ok(result)
}

/// The tests as a table, a row a fit: `fit` (its place in the list, from 0), `model` (the formula), `npar`, `AIC`, `BIC`, `logLik`,
/// `deviance`, and against the row before `Chisq`, `Df`, `p.value`, `distribution` and `warning`.
pub fn likelihood_ratio_table(fits: &[&Fit], chi_bar: bool) -> Result<Frame> {
    let rows = likelihood_ratio(fits, chi_bar)?;
    let mut frame = Frame::new(rows.len());
    let reals = |value: &dyn Fn(&Fit) -> f64| rows.iter().map(|(i, _)| value(fits[*i])).collect::<Vec<f64>>();
    let tests = || rows.iter().map(|(_, test)| test.as_ref());
    frame.add_integers("fit", rows.iter().map(|(i, _)| *i as i64).collect())?;
    frame.add_strings("model", &rows.iter().map(|(i, _)| Some(fits[*i].formula.as_str())).collect::<Vec<_>>())?;
    frame.add_integers("npar", rows.iter().map(|(i, _)| fits[*i].npar as i64).collect())?;
    frame.add_real("AIC", reals(&|fit| fit.aic))?;
    frame.add_real("BIC", reals(&|fit| fit.bic))?;
    frame.add_real("logLik", reals(&|fit| fit.log_likelihood))?;
    frame.add_real("deviance", reals(&|fit| -2.0 * fit.log_likelihood))?;
    frame.add_real("Chisq", tests().map(|t| t.map_or(f64::NAN, |t| t.chi_square)).collect())?;
    frame.add_integers("Df", tests().map(|t| t.map_or(i64::MIN, |t| t.df as i64)).collect())?;
    frame.add_real("p.value", tests().map(|t| t.map_or(f64::NAN, |t| t.p_value)).collect())?;
    let name = |null: Null| if null == Null::ChiSquare { "chisq" } else { "chibarsq" };
    frame.add_strings("distribution", &tests().map(|t| t.map(|t| name(t.null))).collect::<Vec<_>>())?;
    frame.add_strings("warning", &tests().map(|t| t.and_then(|t| t.warning.as_deref())).collect::<Vec<_>>())?;
    Ok(frame)
}

fn compare(smaller: &Fit, larger: &Fit, chi_bar: bool) -> Comparison {
    let difference = 2.0 * (larger.log_likelihood - smaller.log_likelihood);
    let (chi_square, df) = (difference.max(0.0), larger.npar - smaller.npar);
    let null = if chi_bar && one_variance_more(smaller, larger) { Null::ChiBarSquare } else { Null::ChiSquare };
    let p_value = match (df, null) {
        (0, _) => f64::NAN,
        (_, Null::ChiSquare) => chi_square_upper(chi_square, df as f64),
        (_, Null::ChiBarSquare) => chi_bar_square_upper(chi_square, (df - 1) as f64),
    };
    let warning = not_nested(smaller, larger).or_else(|| {
        let lower = difference < -1e-6 * (1.0 + larger.log_likelihood.abs()) && df > 0;
        lower.then(|| "the larger model has the lower likelihood: its fit is not at the maximum".to_string())
    });
    Comparison { chi_square, df, p_value, null, warning }
}

/// Values of the rows used: padded results have NaN for the others.
fn used(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    values.iter().copied().filter(|v| !v.is_nan())
}

fn check_comparable(first: &Fit, fit: &Fit, i: usize) -> Result<()> {
    let fail = |what: String| Err(Error::argument(format!("fits 0 and {i} can't be compared: {what}")));
    if first.kind != fit.kind {
        return fail("they are of different kinds of model".to_string());
    }
    if first.n_obs != fit.n_obs {
        return fail(format!("they use {} and {} rows", first.n_obs, fit.n_obs));
    }
    if first.rows.n_data == fit.rows.n_data && !first.rows.used().eq(fit.rows.used()) {
        return fail("they use other rows of the data, because of missing values in other columns".to_string());
    }
    if !used(&first.y).eq(used(&fit.y)) {
        return fail("their responses differ".to_string());
    }
    let weights = |fit: &Fit| match &fit.weights {
        Some(w) => used(w).collect(),
        None => vec![1.0; fit.n_obs],
    };
    if (first.weights.is_some() || fit.weights.is_some()) && weights(first) != weights(fit) {
        return fail("their weights differ".to_string());
    }
    let offset = |fit: &Fit| match &fit.offset {
        Some(offset) => used(offset).collect(),
        None => vec![0.0; fit.n_obs],
    };
    if (first.offset.is_some() || fit.offset.is_some()) && offset(first) != offset(fit) {
        return fail("their offsets differ".to_string());
    }
    if let (Some(one), Some(other)) = (&first.generalised, &fit.generalised)
        && let Some(what) = incomparable(one, other)
    {
        return fail(what);
    }
    if first.reml != fit.reml {
        return fail("one is by REML, the other by maximum likelihood; refit with maximum likelihood".to_string());
    }
    if first.reml && (first.fixed.names != fit.fixed.names || first.x != fit.x) {
        return fail("they are by REML and differ in their fixed effects; refit with maximum likelihood".to_string());
    }
    Ok(())
}

/// In what two generalised models differ although their likelihoods could only be compared if they did not.
fn incomparable(first: &Generalised, other: &Generalised) -> Option<String> {
    let (a, b) = (&first.family, &other.family);
    if a.name() != b.name() {
        return Some(format!("their families are {} and {}", a.name(), b.name()));
    }
    if a.link() != b.link() {
        return Some(format!("their links are {} and {}", a.link().name(), b.link().name()));
    }
    if let (Some(a), Some(b)) = (&first.ordinal, &other.ordinal)
        && a.categories != b.categories
    {
        return Some(format!("their categories are {} and {}", a.categories.join(", "), b.categories.join(", ")));
    }
    if first.information != other.information {
        return Some("one has the observed, the other the expected information".to_string());
    }
    let points = (first.nagq(), other.nagq());
    (points.0 != points.1).then(|| format!("they are by {} and {} quadrature points (nagq)", points.0, points.1))
}

/// What of the smaller model is not in the larger one.
fn not_nested(smaller: &Fit, larger: &Fit) -> Option<String> {
    let lacks = |what: String| Some(format!("the models are not nested: the larger one lacks {what}"));
    let correlation = |fit: &Fit| fit.correlation.as_ref().map(|c| c.design.clone());
    if correlation(smaller).is_some_and(|own| correlation(larger) != Some(own)) {
        return lacks("the residual correlation".to_string());
    }
    let nominal = nominal_names(larger);
    for role in Role::ALL {
        let of = match role {
            Role::Mean => String::new(),
            Role::Dispersion if smaller.ordinal().is_some() => " of the scale".to_string(),
            _ => format!(" of the {}", role.name()),
        };
        match (smaller.fixed_of(role), larger.fixed_of(role)) {
            (None, _) => {}
            (Some(_), None) => return lacks(format!("the model{of}")),
            (Some(own), Some(all)) => {
                // An effect that differs between thresholds may be the same on all of them.
                let covered = |name: &&String| {
                    all.names.iter().chain(&all.dropped).any(|n| n == *name) || role == Role::Mean && nominal.contains(name)
                };
                if let Some(name) = own.names.iter().find(|name| !covered(name)) {
                    return lacks(format!("the fixed effect {}{of}", quoted(name)));
                }
            }
        }
        if let Some(term) = smaller.terms_of(role).iter().find(|term| !covers(larger.terms_of(role), term)) {
            return lacks(format!("the random term ({} | {}){of}", term.effects.join(" + "), term.group));
        }
    }
    let kept = smaller.ordinal().and_then(|ordinal| ordinal.nominal.as_ref()).map_or(&[][..], |own| &own.names);
    if let Some(name) = kept.iter().find(|name| !nominal.contains(name)) {
        return lacks(format!("the nominal effect {}", quoted(name)));
    }
    match (smaller.ordinal(), larger.ordinal()) {
        (Some(own), Some(all)) if !spans(all, own) => lacks(format!("thresholds that are {}", threshold_name(own.threshold))),
        _ => None,
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
fn spans(all: &Ordinal, own: &Ordinal) -> bool {
    let n = own.categories.len() - 1;
    let mut basis: Vec<Vec<f64>> = vec![];
    let rest = |column: &[f64], basis: &[Vec<f64>]| {
        let mut rest = column.to_vec();
        for b in basis {
            let share = dot(b, &rest);
            rest.iter_mut().zip(b).for_each(|(r, b)| *r -= share * b);
        }
        let left = dot(&rest, &rest).sqrt();
        (left > 1e-10 * dot(column, column).sqrt()).then(|| rest.into_iter().map(|r| r / left).collect::<Vec<f64>>())
    };
    for column in all.jacobian.chunks_exact(n) {
        basis.extend(rest(column, &basis));
    }
    own.jacobian.chunks_exact(n).all(|column| rest(column, &basis).is_none())
}

/// Whether each effect has a variance of its own, which the structure leaves free.
fn has_free_variances(term: &TermFit) -> bool {
    let free = match term.structure.kind {
        StructureKind::Unstructured => true,
        StructureKind::Diagonal => !term.structure.homogeneous,
        StructureKind::CompoundSymmetry | StructureKind::Ar1 => false,
    };
    free || term.effects.len() == 1
}

/// Whether some terms allow every covariance that a term has.
fn covers(terms: &[TermFit], term: &TermFit) -> bool {
    let on_group = || terms.iter().filter(|t| t.group == term.group);
    let whole = on_group().filter(|own| term.effects.iter().all(|effect| own.effects.contains(effect))).any(|own| {
        let (a, b) = (own.structure, term.structure);
        a.kind == StructureKind::Unstructured || a.kind == b.kind && a.size == b.size && (b.homogeneous || !a.homogeneous)
    });
    let uncorrelated = term.effects.len() == 1 || term.structure.kind == StructureKind::Diagonal;
    let has_variance = |effect: &String| on_group().filter(|own| has_free_variances(own)).any(|own| own.effects.contains(effect));
    whole || uncorrelated && has_free_variances(term) && term.effects.iter().all(has_variance)
}

/// Whether the larger model has the same fixed effects and thresholds and exactly one variance more, all structures being free in their
/// variances.
fn one_variance_more(smaller: &Fit, larger: &Fit) -> bool {
    let variances = |fit: &Fit| fit.all_terms().map(|(_, t)| t.effects.len()).sum::<usize>();
    let names = |fit: &Fit, role| fit.fixed_of(role).map(|fixed| fixed.names.clone());
    let parameters = |fit: &Fit| fit.generalised.as_ref().map_or(0, |own| own.parameters.len());
    smaller.correlation.is_some() == larger.correlation.is_some()
        && Role::ALL.into_iter().all(|role| names(smaller, role) == names(larger, role))
        && parameters(smaller) == parameters(larger)
        && smaller.all_terms().chain(larger.all_terms()).all(|(_, t)| has_free_variances(t))
        && variances(larger) == variances(smaller) + 1
        && not_nested(smaller, larger).is_none()
}
