//! Whether random terms can be estimated from the data at all, and whether they are what they seem.

use super::response::AnyResponse;
use crate::coxme::model::Model;
use crate::coxme::unseen::{Unseen, unseen};
use crate::design::{Design, TermDesign};
use crate::error::{Error, Result};
use crate::family::WeightRole;
use crate::formula::StructureKind;
use crate::names::quoted;
use crate::options::Unidentified;
use crate::random::{Dependencies, Part, TermRows, TermSize, dependencies};

/// Names of a term's effects beyond which those in the middle are left out.
const MANY: usize = 6;

/// The noise beside the random effects.
#[derive(Clone, Copy, PartialEq)]
enum Noise {
    /// A residual variance is estimated.
    Residual,
    /// The response is one trial, or one category, a row: there is no scale but that of the link.
    OneTrial,
    /// Of another distribution, or known.
    Other,
}

/// Fails where a linear mixed model's terms can't be told from each other or from the residual; gives warnings.
pub(super) fn check_linear(design: &Design, how: Unidentified) -> Result<Vec<String>> {
    check_predictor(design, &design.terms, Noise::Residual, how)
}

/// The same of a model that was reduced to sums, which tell what rows would.
pub(super) fn check_reduced(design: &Design, evidence: &Evidence<'_>, how: Unidentified) -> Result<Vec<String>> {
    check_by(evidence, &design.terms, Noise::Residual, how)
}

/// What the checks want to know of the rows.
pub(super) struct Evidence<'a> {
    pub n: usize,
    /// Weights differ between rows.
    pub unequal: bool,
    /// For each term whether a row has several of its effects.
    pub overlap: Vec<bool>,
    /// Dependencies among the covariance parameters, beside a residual or not.
    pub dependencies: &'a dyn Fn(bool) -> Result<Dependencies>,
}

/// The same of a generalised model. A level for each row is legitimate there (overdispersion of counts) unless the family's noise
/// is normal on the scale of the linear predictor.
pub(super) fn check_generalised(response: &AnyResponse, design: &Design, how: Unidentified) -> Result<Vec<String>> {
    let mut warnings = check_predictor(design, &design.terms, noise(response, design), how)?;
    for predictor in design.zero_inflation.iter().chain(&design.dispersion) {
        warnings.extend(check_predictor(design, &predictor.terms, Noise::Other, how)?);
    }
    Ok(warnings)
}

/// The same of a Cox model.
pub(super) fn check_cox(design: &Design, how: Unidentified) -> Result<Vec<String>> {
    check_predictor(design, &design.terms, Noise::Other, how)
}

/// Fails where the risk sets of a Cox model don't see what a term asks for; gives warnings.
pub(super) fn check_unseen(design: &Design, model: &Model, how: Unidentified) -> Result<Vec<String>> {
    if how == Unidentified::Ignore || model.q() == 0 {
        return Ok(vec![]);
    }
    let mut warnings = vec![];
    for (term, unseen) in design.terms.iter().zip(unseen(model, model.all_sets())?) {
        let Some(unseen) = unseen else { continue };
        let is_free = term.structure.kind == StructureKind::Unstructured;
        let problem = not_seen(term, unseen);
        if how == Unidentified::Error && (is_free || unseen != Unseen::Combination && !is_correlated(term)) {
            return Err(Error::data(problem));
        }
        warnings.push(problem);
    }
    Ok(warnings)
}

fn noise(response: &AnyResponse, design: &Design) -> Noise {
    let AnyResponse::Family(own) = response else { return Noise::OneTrial };
    let one_trial = || design.weights.as_ref().is_none_or(|w| w.iter().all(|w| *w == 1.0));
    let is_free = own.family.parameters().first().is_some_and(|p| p.fixed.is_none());
    if own.family.adds_normal_noise() && is_free && design.dispersion.is_none() {
        Noise::Residual
    } else if own.family.weight_role() == WeightRole::Trials && own.zero.is_none() && one_trial() {
        Noise::OneTrial
    } else {
        Noise::Other
    }
}

fn check_predictor(design: &Design, terms: &[TermDesign], noise: Noise, how: Unidentified) -> Result<Vec<String>> {
    let evidence = Evidence {
        n: design.n,
        unequal: design.weights.as_ref().is_some_and(|w| w.windows(2).any(|pair| pair[0] != pair[1])),
        overlap: terms.iter().map(overlaps).collect(),
        dependencies: &|residual| {
            let parts: Vec<Part<'_>> = terms.iter().map(part).collect();
            let residual = residual && design.correlation.is_none();
            dependencies(design.n, &parts, residual, design.weights.as_deref().filter(|_| residual))
        },
    };
    check_by(&evidence, terms, noise, how)
}

fn check_by(evidence: &Evidence<'_>, terms: &[TermDesign], noise: Noise, how: Unidentified) -> Result<Vec<String>> {
    terms.iter().try_for_each(check_levels)?;
    let mut warnings: Vec<String> =
        terms.iter().zip(&evidence.overlap).filter_map(|(term, overlap)| in_disguise(term, *overlap)).collect();
    if how == Unidentified::Ignore {
        return Ok(warnings);
    }
    let (mut problems, mut named) = (vec![], vec![]);
    for (k, term) in terms.iter().enumerate() {
        if let Some(problem) = too_many_effects(evidence, term, noise) {
            problems.push(problem);
            named.push(k);
        } else if noise == Noise::OneTrial && random_effects(term) >= evidence.n {
            warnings.push(format!(
                "{} has a random effect for each of the {} rows: its variance is told from the scale of the link only by the shape of \
                 the link, and hardly so",
                text(term),
                evidence.n
            ));
        }
    }
    if let Some(problem) = problems.first().filter(|_| how == Unidentified::Error) {
        return Err(Error::data(problem.clone()));
    }
    for dependency in of_terms(evidence, terms, noise)? {
        let members: Vec<usize> = dependency.iter().flatten().copied().collect();
        let residual = dependency.contains(&None);
        match members[..] {
            [k] if named.contains(&k) => {}
            [k] if residual || is_correlated(&terms[k]) => problems.push(alone(&terms[k], residual)),
            [k] => warnings.push(some_combinations(&terms[k])),
            _ => warnings.push(several(terms, &members, residual)),
        }
    }
    match problems.first() {
        Some(problem) if how == Unidentified::Error => Err(Error::data(problem.clone())),
        _ => {
            warnings.extend(problems);
            Ok(warnings)
        }
    }
}

/// A grouping factor with one level has no variance between its levels.
fn check_levels(term: &TermDesign) -> Result<()> {
    let (group, levels) = (quoted(&term.group), term.levels.len());
    if levels >= 2 {
        return Ok(());
    }
    Err(Error::data(format!("the grouping factor {group} has {levels} level in the rows used, must have at least 2")))
}

/// More random effects than the rows can determine, by number, as lme4 counts them. A residual is confounded with as many effects as rows.
/// Weights that differ between rows set it apart (a meta-analysis with known variances). Correlations of one parameter leave fewer
/// than as many: of these `dependencies` knows more.
fn too_many_effects(evidence: &Evidence<'_>, term: &TermDesign, noise: Noise) -> Option<String> {
    let (levels, effects, n) = (term.levels.len(), term.effects.len(), evidence.n);
    let random_effects = random_effects(term);
    let counts = match term.structure.kind {
        StructureKind::Unstructured | StructureKind::Diagonal => true,
        StructureKind::CompoundSymmetry => term.structure.homogeneous,
        StructureKind::Ar1 => false,
    };
    if noise == Noise::Residual {
        let unequal = evidence.unequal;
        if !unequal && levels >= n {
            let group = quoted(&term.group);
            return Some(format!(
                "the grouping factor {group} has {levels} levels for {n} observations, must have fewer; its effects and the residual are confounded"
            ));
        }
        return (!unequal && counts && random_effects >= n).then(|| {
            format!(
                "the term {} has {random_effects} random effects ({effects} for each of {levels} levels) for {n} observations, \
                 must have fewer; they and the residual are confounded",
                text(term)
            )
        });
    }
    (counts && random_effects > n).then(|| {
        format!(
            "the term {} has {random_effects} random effects ({effects} for each of {levels} levels) for {n} observations, must not have \
             more than there are observations",
            text(term)
        )
    })
}

fn random_effects(term: &TermDesign) -> usize {
    term.levels.len().saturating_mul(term.effects.len())
}

fn is_correlated(term: &TermDesign) -> bool {
    matches!(term.structure.kind, StructureKind::CompoundSymmetry | StructureKind::Ar1)
}

/// Dependencies among the covariance parameters. One intercept is told from a residual by any level with two rows.
fn of_terms(evidence: &Evidence<'_>, terms: &[TermDesign], noise: Noise) -> Result<Dependencies> {
    if terms.iter().map(|t| t.structure.n_theta()).sum::<usize>() < 2 {
        return Ok(vec![]);
    }
    (evidence.dependencies)(noise == Noise::Residual)
}

fn part(term: &TermDesign) -> Part<'_> {
    Part {
        rows: TermRows { index: &term.index, z: term.z.as_deref(), entries: None, runs: None },
        size: TermSize { levels: term.levels.len(), effects: term.effects.len() },
        structure: term.structure,
    }
}

fn alone(term: &TermDesign, residual: bool) -> String {
    let from = if residual { "and the residual variance" } else { "of its effects, which depend on each other," };
    format!("the covariance parameters of the term {} {from} can't be told apart by these data", text(term))
}

fn not_seen(term: &TermDesign, unseen: Unseen) -> String {
    let what = match unseen {
        Unseen::Effect(effect) => format!("{} of the random term {} does", term.effects[effect], text(term)),
        Unseen::Combination => format!("some combinations of the effects of the random term {} do", text(term)),
    };
    format!(
        "{what} not vary within the rows at risk at the same time, of any stratum: the baseline hazard takes in such differences, and the data \
         say nothing of their variance"
    )
}

fn some_combinations(term: &TermDesign) -> String {
    format!(
        "the covariance parameters of the random term {} can't all be told apart: the data determine only combinations of them, and each \
         by itself is arbitrary",
        text(term)
    )
}

fn several(terms: &[TermDesign], members: &[usize], residual: bool) -> String {
    let mut names: Vec<String> = members.iter().map(|k| text(&terms[*k])).collect();
    names.extend(residual.then(|| "the residual".to_owned()));
    let last = names.pop().unwrap_or_default();
    format!(
        "the variances of the random terms {} and {last} can't be told apart: only sums of them are determined by the data, and how these are \
         divided is arbitrary",
        names.join(", ")
    )
}

/// A structure that has been asked for, but is none in the model as it stands.
fn in_disguise(term: &TermDesign, overlap: bool) -> Option<String> {
    let (structure, group) = (term.structure, &term.group);
    if !is_correlated(term) {
        return None;
    }
    let name = structure.name();
    if let [effect] = &term.effects[..] {
        let what = if effect == "(Intercept)" { "(1" } else { &format!("(0 + {effect}") };
        return Some(format!(
            "{} has one effect, and so no correlation: it is {what} | {group}). One effect for each value of a number x is written \
             {name}(0 + factor(x) | {group})",
            text(term)
        ));
    }
    (structure.kind == StructureKind::Ar1 && overlap).then(|| {
        format!(
            "the effects of {} are not those of points in a row: some rows have several of them. One effect for each value of a number x is \
             written ar1(0 + factor(x) | {group})",
            text(term)
        )
    })
}

/// Whether a row has several of the effects of a correlated term.
fn overlaps(term: &TermDesign) -> bool {
    let (columns, n) = (term.z.as_deref().unwrap_or_default(), term.index.len().max(1));
    is_correlated(term) && (0..n).any(|i| columns.iter().skip(i).step_by(n).filter(|v| **v != 0.0).nth(1).is_some())
}

/// The term as in a formula.
pub(super) fn text(term: &TermDesign) -> String {
    let effects = match &term.effects[..] {
        [first, .., last] if term.effects.len() > MANY => format!("{first} + ... + {last}"),
        all => all.join(" + "),
    };
    let structure = if term.structure.kind == StructureKind::Unstructured { "" } else { term.structure.name() };
    format!("{structure}({effects} | {})", term.group)
}
