//! Likelihood-ratio tests between fits of nested models to the same data.

use std::collections::HashSet;

use super::edge::null_distribution;
use super::mixture::Mixture;
use super::nesting::{columns_by_sums, not_nested};
use crate::design::ModelProgram;
use crate::error::{Error, Result, try_gather, try_push, try_vec};
use crate::fit::{Cox, Fit, Generalised};
use crate::frame::Frame;
use crate::options::Options;
use crate::spec::Spec;
use crate::watch::{Phase, Watch};

/// The null distribution of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    ChiSquare,
    /// A mixture: variances of the larger model are zero, at the edge of their range, in the smaller one (Self & Liang 1987; Stram & Lee
    /// 1994).
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
    /// The distribution itself.
    pub reference: Mixture,
    /// Why the test may not be one.
    pub warning: Option<String>,
}

/// Fits in the order of their numbers of parameters, as places in the list given, each but the first with its test. With `chi_bar`, a
/// comparison in which one variance is at its edge has that distribution; otherwise all have the chi-square, which is then conservative.
pub fn likelihood_ratio(fits: &[&Fit], chi_bar: bool, watch: &Watch<'_>) -> Result<Vec<(usize, Option<Comparison>)>> {
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
        watch.at(Phase::Test, rank, Some(fits.len()))?;
        let before = rank.checked_sub(1).map(|r| fits[order[r]]);
        result.push((i, before.map(|smaller| compare(smaller, fits[i], chi_bar, watch)).transpose()?));
    }
    Ok(result)
}

/// The tests as a table, a row a fit: `fit` (its place in the list, from 0), `model` (the formula), `n_obs`, `n_parameters`, `aic`, `bic`,
/// `log_likelihood`, `deviance`, and against the row before `chi_square`, `df`, `p_value`, `distribution`, `reference` and `warning`.
pub fn likelihood_ratio_table(fits: &[&Fit], chi_bar: bool, watch: &Watch<'_>) -> Result<Frame> {
    table_of(fits, &likelihood_ratio(fits, chi_bar, watch)?)
}

fn table_of(fits: &[&Fit], rows: &[(usize, Option<Comparison>)]) -> Result<Frame> {
    let mut frame = Frame::new(rows.len());
    let reals = |value: &dyn Fn(&Fit) -> f64| rows.iter().map(|(i, _)| value(fits[*i])).collect::<Vec<f64>>();
    let tests = || rows.iter().map(|(_, test)| test.as_ref());
    frame.add_integers("fit", rows.iter().map(|(i, _)| *i as i64).collect())?;
    frame.add_strings("model", &rows.iter().map(|(i, _)| Some(fits[*i].formula.as_str())).collect::<Vec<_>>())?;
    frame.add_integers("n_obs", rows.iter().map(|(i, _)| fits[*i].n_obs as i64).collect())?;
    frame.add_integers("n_parameters", rows.iter().map(|(i, _)| fits[*i].npar as i64).collect())?;
    frame.add_real("aic", reals(&|fit| fit.aic))?;
    frame.add_real("bic", reals(&|fit| fit.bic))?;
    frame.add_real("log_likelihood", reals(&|fit| fit.log_likelihood))?;
    frame.add_real("deviance", reals(&|fit| -2.0 * fit.log_likelihood))?;
    frame.add_real("chi_square", tests().map(|t| t.map_or(f64::NAN, |t| t.chi_square)).collect())?;
    frame.add_integers("df", tests().map(|t| t.map_or(i64::MIN, |t| t.df as i64)).collect())?;
    frame.add_real("p_value", tests().map(|t| t.map_or(f64::NAN, |t| t.p_value)).collect())?;
    let name = |null: Null| if null == Null::ChiSquare { "chisq" } else { "chibarsq" };
    frame.add_strings("distribution", &tests().map(|t| t.map(|t| name(t.null))).collect::<Vec<_>>())?;
    let references: Vec<Option<String>> = tests().map(|t| t.map(|t| t.reference.to_string())).collect();
    frame.add_strings("reference", &references.iter().map(Option::as_deref).collect::<Vec<_>>())?;
    frame.add_strings("warning", &tests().map(|t| t.and_then(|t| t.warning.as_deref())).collect::<Vec<_>>())?;
    Ok(frame)
}

/// Fits models by maximum likelihood to the rows that all of them can use, and compares the first with each of the others: a table as of
/// `likelihood_ratio_table` for each of these pairs, one below the other. Each must be within the first, or the first within it.
pub fn fit_and_compare(
    specs: &[&Spec],
    frame: Option<&Frame>,
    options: &Options,
    chi_bar: bool,
    watch: &Watch<'_>,
) -> Result<Frame> {
    let fits = fits_by_ml(specs, frame, options, watch)?;
    let fits: Vec<&Fit> = fits.iter().collect();
    let table = pairs_with_first(&fits, chi_bar, watch)?;
    for (i, fit) in fits.iter().enumerate().skip(1) {
        let (smaller, larger) = if fit.npar <= fits[0].npar { (*fit, fits[0]) } else { (fits[0], *fit) };
        if let Some(why) = not_nested(smaller, larger, watch)?
            && not_nested(larger, smaller, watch)?.is_some()
        {
            return Err(Error::argument(format!("fits 0 and {i} can't be compared: {why}")));
        }
    }
    Ok(table)
}

/// Fits models by maximum likelihood to the rows that all of them can use.
pub fn fits_by_ml(specs: &[&Spec], frame: Option<&Frame>, options: &Options, watch: &Watch<'_>) -> Result<Vec<Fit>> {
    let common = match frame {
        Some(frame) => common_rows(specs, frame, options, watch)?,
        None => None,
    };
    let options = Options { reml: false, reml_generalised: false, null_model: true, ..options.clone() };
    let mut fits = vec![];
    for (i, spec) in specs.iter().enumerate() {
        let total = Some(specs.len());
        watch.at(Phase::Model, i, total)?;
        let fit = Fit::new(spec, common.as_ref().or(frame), &options, &watch.inside(Phase::Model, i, total))?;
        // One that had to end early is no maximum.
        watch.check()?;
        try_push("fits", &mut fits, fit)?;
    }
    Ok(fits)
}

/// A table of two rows for each fit but the first: the smaller of the two, and the larger with its test against it.
fn pairs_with_first(fits: &[&Fit], chi_bar: bool, watch: &Watch<'_>) -> Result<Frame> {
    let mut rows = Vec::with_capacity(2 * fits.len());
    for i in 1..fits.len() {
        check_comparable(fits[0], fits[i], i)?;
        for (place, test) in likelihood_ratio(&[fits[0], fits[i]], chi_bar, watch)? {
            rows.push((place * i, test));
        }
    }
    if rows.is_empty() { likelihood_ratio_table(fits, chi_bar, watch) } else { table_of(fits, &rows) }
}

/// The rows of the data that all models can use, where these are not the same for all.
pub fn common_rows(specs: &[&Spec], frame: &Frame, options: &Options, watch: &Watch<'_>) -> Result<Option<Frame>> {
    let mut used: Vec<Vec<usize>> = vec![];
    for spec in specs {
        watch.at(Phase::Start, 0, None)?;
        let (_, design) = ModelProgram::learn(spec, Some(frame), options.na, watch)?;
        used.push(try_gather(ROWS, design.rows.used())?);
    }
    if used.windows(2).all(|pair| pair[0] == pair[1]) {
        return Ok(None);
    }
    let mut all = try_vec(ROWS, 0, frame.n_rows())?;
    used.iter().flatten().for_each(|row| all[*row] += 1);
    let rows = try_gather(ROWS, (0..frame.n_rows()).filter(|row| all[*row] == used.len()))?;
    frame.select(&rows).map(Some)
}

fn compare(smaller: &Fit, larger: &Fit, chi_bar: bool, watch: &Watch<'_>) -> Result<Comparison> {
    let difference = 2.0 * (larger.log_likelihood - smaller.log_likelihood);
    let (chi_square, df) = (if difference < 0.0 { 0.0 } else { difference }, larger.npar - smaller.npar);
    let reference = if chi_bar { null_distribution(smaller, larger, watch)? } else { Mixture::chi_square(df) };
    let null = if reference.parts.len() > 1 { Null::ChiBarSquare } else { Null::ChiSquare };
    let p_value = reference.upper(chi_square);
    let warning = not_nested(smaller, larger, watch)?.or_else(|| {
        let lower = difference < -1e-6 * (1.0 + larger.log_likelihood.abs()) && df > 0;
        lower.then(|| "the larger model has the lower likelihood: its fit is not at the maximum".to_string())
    });
    Ok(Comparison { chi_square, df, p_value, null, reference, warning })
}

/// What memory is for.
const ROWS: &str = "rows used";

/// Values of the rows used: padded results have NaN for the others.
fn used(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    values.iter().copied().filter(|v| !v.is_nan())
}

/// Whether the values of all rows used are the same; without values all are the default.
fn equal(a: Option<&[f64]>, b: Option<&[f64]>, default: f64) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => used(a).eq(used(b)),
        (Some(values), None) | (None, Some(values)) => used(values).all(|v| v == default),
    }
}

/// Fails where two fits are not of the same data; `i` is the second's place beside 0.
pub(super) fn check_comparable(first: &Fit, fit: &Fit, i: usize) -> Result<()> {
    let fail = |what: String| Err(Error::argument(format!("fits 0 and {i} can't be compared: {what}")));
    [first, fit].iter().try_for_each(|own| own.without_priors("a likelihood-ratio test"))?;
    if first.kind.model() != fit.kind.model() {
        return fail("they are of different kinds of model".to_string());
    }
    if first.n_obs != fit.n_obs {
        return fail(format!("they use {} and {} rows", first.n_obs, fit.n_obs));
    }
    let of_sums = match (&first.reduced, &fit.reduced) {
        (None, None) => None,
        (Some(one), Some(other)) => one.difference(other),
        _ => Some("one was made from an accumulator, the other from rows; make both from accumulators"),
    };
    if let Some(what) = of_sums {
        return fail(what.to_string());
    }
    if first.reduced.is_none() && first.rows.n_data == fit.rows.n_data && !first.rows.used().eq(fit.rows.used()) {
        return fail("they use other rows of the data, because of missing values in other columns".to_string());
    }
    if !used(&first.y).eq(used(&fit.y)) || first.ends() != fit.ends() {
        return fail("their responses differ".to_string());
    }
    if !equal(first.weights.as_deref(), fit.weights.as_deref(), 1.0) {
        return fail("their weights differ".to_string());
    }
    if !equal(first.offset.as_deref(), fit.offset.as_deref(), 0.0) {
        return fail("their offsets differ".to_string());
    }
    if let (Some(one), Some(other)) = (first.generalised(), fit.generalised())
        && let Some(what) = incomparable(one, other).or_else(|| other_categories(first, fit)).or_else(|| other_criteria(one, other))
    {
        return fail(what);
    }
    if let Some(what) = first.cox().zip(fit.cox()).and_then(|(one, other)| other_risk_sets(one, other)) {
        return fail(what.to_string());
    }
    if first.reml != fit.reml {
        return fail("one is by REML, the other by maximum likelihood; refit with maximum likelihood".to_string());
    }
    if first.reml && (first.fixed.names != fit.fixed.names || !same_columns(first, fit)) {
        return fail("they are by REML and differ in their fixed effects; refit with maximum likelihood".to_string());
    }
    Ok(())
}

/// Whether two fits with fixed effects of the same names have the same columns.
fn same_columns(first: &Fit, fit: &Fit) -> bool {
    first.x == fit.x && columns_by_sums(first, fit).is_none()
}

/// In what the risk sets of two Cox models differ.
fn other_risk_sets(first: &Cox, other: &Cox) -> Option<&'static str> {
    let (a, b) = (&first.survival, &other.survival);
    if a.stop != b.stop || a.start != b.start {
        return Some("their times differ");
    }
    if first.ties != other.ties {
        return Some("their ties are by Efron's and by Breslow's method");
    }
    if first.fixed_effects != other.fixed_effects {
        return Some("the fixed effects are at the joint mode in one of them, and maximise the integrated likelihood in the other");
    }
    // Strata are the same under any names.
    let mut pairs: Vec<(u32, u32)> = a.stratum.iter().copied().zip(b.stratum.iter().copied()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let count = |side: &dyn Fn(&(u32, u32)) -> u32| pairs.iter().map(side).collect::<HashSet<u32>>().len();
    let same = count(&|pair| pair.0) == pairs.len() && count(&|pair| pair.1) == pairs.len();
    (!same).then_some("their strata differ")
}

/// In what the distributions of two generalised models differ although their likelihoods could only be compared if they did not.
fn incomparable(first: &Generalised, other: &Generalised) -> Option<String> {
    let (a, b) = (&first.family, &other.family);
    if a.name() != b.name() {
        return Some(format!("their families are {} and {}", a.name(), b.name()));
    }
    if a.link() != b.link() {
        return Some(format!("their links are {} and {}", a.link().name(), b.link().name()));
    }
    None
}

fn other_categories(first: &Fit, other: &Fit) -> Option<String> {
    let (a, b) = (first.ordinal()?, other.ordinal()?);
    (a.categories != b.categories)
        .then(|| format!("their categories are {} and {}", a.categories.join(", "), b.categories.join(", ")))
}

/// In what the approximations of their likelihoods differ.
fn other_criteria(first: &Generalised, other: &Generalised) -> Option<String> {
    if first.information != other.information {
        return Some("one has the observed, the other the expected information".to_string());
    }
    let points = (first.nagq(), other.nagq());
    (points.0 != points.1).then(|| format!("they are by {} and {} quadrature points (nagq)", points.0, points.1))
}
