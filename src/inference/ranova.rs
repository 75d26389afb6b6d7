//! Likelihood-ratio tests of a model against those without each of its random terms, and without each effect of a term.

use super::edge::null_distribution;
use crate::design::{Design, EffectTerms, ModelProgram, PredictorDesign, TermDesign};
use crate::error::{Result, try_vec};
use crate::fit::{Fit, Role, TermFit};
use crate::formula::StructureKind;
use crate::frame::Frame;
use crate::tails::chi_square_upper;
use crate::watch::{Phase, Watch};

/// What is left out: effects of a random term, or all of it.
pub(super) struct Removal {
    role: Role,
    term: usize,
    /// The effects that stay.
    kept: Vec<usize>,
    pub(super) name: String,
}

/// Names of a term's effects beyond which those in the middle are left out.
const MANY: usize = 6;

/// A row for the model, `<none>`, and one for each random term and each effect of a term, as it is left out: `term`, `n_parameters`, `log_likelihood`,
/// `aic`, `chi_square`, `df`, `p_value` by the distribution that is in `reference`, `p_value_chi_square` by chi-square, `warning`.
pub fn ranova_table(fit: &Fit, watch: &Watch<'_>) -> Result<Frame> {
    fit.without_priors("ranova")?;
    fit.with_factor("ranova")?;
    fit.need_rows("ranova")?;
    let (removals, options) = (removals(fit), fit.options());
    let mut rows = Rows::default();
    rows.names.push("<none>".to_owned());
    rows.add_model(fit);
    rows.add_test(None);
    let total = Some(removals.len());
    for (i, removal) in removals.into_iter().enumerate() {
        watch.at(Phase::Model, i, total)?;
        let own = watch.inside(Phase::Model, i, total);
        let reduced = fit.again(removal.of(fit.design()?)?, &options, None, &own.of_fit())?;
        // One that had to end early is no maximum.
        watch.check()?;
        rows.names.push(removal.name);
        rows.add_model(&reduced);
        rows.add_test(Some(Test::new(fit, &reduced, watch)?));
    }
    rows.frame()
}

/// A test against the model without something.
pub(super) struct Test {
    pub(super) chi_square: f64,
    pub(super) df: usize,
    p_value: f64,
    pub(super) plain: f64,
    reference: String,
    pub(super) warning: Option<String>,
}

impl Test {
    pub(super) fn new(fit: &Fit, reduced: &Fit, watch: &Watch<'_>) -> Result<Self> {
        let difference = 2.0 * (fit.log_likelihood - reduced.log_likelihood);
        let is_higher = difference < -1e-6 * (1.0 + fit.log_likelihood.abs());
        // What lies above the model says nothing of it.
        let chi_square = if is_higher { f64::NAN } else { difference.max(0.0) };
        let df = fit.npar.saturating_sub(reduced.npar);
        let mixture = null_distribution(reduced, fit, watch)?;
        let warning = if is_higher {
            Some("the model without it has the higher likelihood: the fit is not at the maximum".to_owned())
        } else if !reduced.outcome.converged {
            Some("the search of the model without it did not converge".to_owned())
        } else if mixture.parts.len() == 1 && lost_correlation(fit, reduced) {
            Some(
                "without variances the correlation of the term means nothing: neither distribution is known to be right".to_owned(),
            )
        } else {
            None
        };
        let (p_value, plain) =
            if is_higher { (f64::NAN, f64::NAN) } else { (mixture.upper(chi_square), chi_square_upper(chi_square, df as f64)) };
        Ok(Test { chi_square, df, p_value, plain, reference: mixture.to_string(), warning })
    }
}

/// Whether a term with a correlation parameter of its own has gone.
fn lost_correlation(fit: &Fit, reduced: &Fit) -> bool {
    let count = |fit: &Fit| {
        let correlated = |term: &TermFit| {
            matches!(term.design.structure.kind, StructureKind::CompoundSymmetry | StructureKind::Ar1)
                && term.design.effects.len() > 1
        };
        fit.all_terms().filter(|(_, term)| correlated(term)).count()
    };
    count(fit) > count(reduced)
}

/// The columns of the table.
#[derive(Default)]
struct Rows {
    names: Vec<String>,
    npar: Vec<i64>,
    log_likelihoods: Vec<f64>,
    aics: Vec<f64>,
    tests: Vec<Option<Test>>,
}

impl Rows {
    fn add_model(&mut self, fit: &Fit) {
        self.npar.push(fit.npar as i64);
        self.log_likelihoods.push(fit.log_likelihood);
        self.aics.push(fit.aic);
    }

    fn add_test(&mut self, test: Option<Test>) {
        self.tests.push(test);
    }

    fn frame(self) -> Result<Frame> {
        let mut frame = Frame::new(self.names.len());
        let reals = |value: &dyn Fn(&Test) -> f64| self.tests.iter().map(|t| t.as_ref().map_or(f64::NAN, value)).collect();
        frame.add_strings("term", &self.names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
        frame.add_integers("n_parameters", self.npar)?;
        frame.add_real("log_likelihood", self.log_likelihoods)?;
        frame.add_real("aic", self.aics)?;
        frame.add_real("chi_square", reals(&|t| t.chi_square))?;
        frame.add_integers("df", self.tests.iter().map(|t| t.as_ref().map_or(i64::MIN, |t| t.df as i64)).collect())?;
        frame.add_real("p_value", reals(&|t| t.p_value))?;
        let references = self.tests.iter().map(|t| t.as_ref().map(|t| t.reference.as_str()));
        frame.add_strings("reference", &references.collect::<Vec<_>>())?;
        frame.add_real("p_value_chi_square", reals(&|t| t.plain))?;
        let warnings = self.tests.iter().map(|t| t.as_ref().and_then(|t| t.warning.as_deref()));
        frame.add_strings("warning", &warnings.collect::<Vec<_>>())?;
        Ok(frame)
    }
}

/// Each term as a whole, and before the next one each of its effects that is in no other.
pub(super) fn removals(fit: &Fit) -> Vec<Removal> {
    let mut all = vec![];
    let of_formula = match &fit.program {
        ModelProgram::Formula(program) => Some(program.random_effects()),
        ModelProgram::Arrays(_) => None,
    };
    for (which, role) in Role::ORDER.into_iter().enumerate() {
        let of = if role == Role::Mean { String::new() } else { format!(" of the {}", role.words()) };
        for (term, own) in fit.terms_of(role).iter().enumerate() {
            let name = text(&own.design);
            all.push(Removal { role, term, kept: vec![], name: format!("{name}{of}") });
            let r = own.design.effects.len();
            let structure = own.design.structure;
            let separable = match structure.kind {
                StructureKind::Unstructured => true,
                StructureKind::Diagonal => !structure.homogeneous,
                StructureKind::CompoundSymmetry | StructureKind::Ar1 => false,
            };
            if r == 1 || !separable {
                continue;
            }
            let known = of_formula.as_ref().and_then(|all| all[which].get(term)).filter(|own| own.of_effect.len() == r);
            let effects = known.cloned().unwrap_or_else(|| of_columns(&own.design));
            for (t, label) in effects.labels.iter().enumerate().filter(|(t, _)| !effects.contained[*t]) {
                let kept: Vec<usize> = (0..r).filter(|&e| effects.of_effect[e] != t + 1).collect();
                if !kept.is_empty() && kept.len() < r {
                    all.push(Removal { role, term, kept, name: format!("{label} in {name}{of}") });
                }
            }
        }
    }
    all
}

/// Each column of a term from arrays is an effect; one that is constant is the intercept.
fn of_columns(design: &TermDesign) -> EffectTerms {
    let n = design.index.len().max(1);
    let constant = |e: usize| design.z.as_ref().is_none_or(|z| z[e * n..(e + 1) * n].windows(2).all(|w| w[0] == w[1]));
    let mut own = EffectTerms::default();
    for (e, name) in design.effects.iter().enumerate() {
        if constant(e) {
            own.of_effect.push(0);
            continue;
        }
        own.labels.push(name.clone());
        own.contained.push(false);
        own.of_effect.push(own.labels.len());
    }
    own
}

/// The term as in a formula.
fn text(term: &TermDesign) -> String {
    let name = |effect: &String| if effect == "(Intercept)" { "1".to_owned() } else { effect.clone() };
    let mut effects: Vec<String> = term.effects.iter().map(name).collect();
    if term.effects.first().is_some_and(|first| first != "(Intercept)") {
        effects.insert(0, "0".to_owned());
    }
    if effects.len() > MANY {
        effects.splice(2..effects.len() - 1, ["...".to_owned()]);
    }
    let structure = if term.structure.kind == StructureKind::Unstructured { "" } else { term.structure.name() };
    format!("{structure}({} | {})", effects.join(" + "), term.group)
}

/// A design without several of them, which are of the same fit.
pub(super) fn apply(removals: &[&Removal], mut design: Design) -> Result<Design> {
    let mut left: Vec<((usize, usize), Vec<usize>)> = vec![];
    for own in removals {
        match left.iter_mut().find(|(term, _)| *term == own.of_term()) {
            Some((_, kept)) => kept.retain(|e| own.kept.contains(e)),
            None => left.push((own.of_term(), own.kept.clone())),
        }
    }
    // From the last to the first, so that places stay what they are.
    left.sort_by_key(|own| std::cmp::Reverse(own.0));
    for ((role, term), kept) in left {
        design = Removal { role: Role::ORDER[role], term, kept, name: String::new() }.of(design)?;
    }
    Ok(design)
}

impl Removal {
    /// The predictor and the place of its term.
    pub(super) fn of_term(&self) -> (usize, usize) {
        (Role::ORDER.iter().position(|role| *role == self.role).unwrap_or(0), self.term)
    }

    /// Whether nothing of the term stays.
    pub(super) fn is_whole(&self) -> bool {
        self.kept.is_empty()
    }

    /// The design without it.
    fn of(&self, mut design: Design) -> Result<Design> {
        let terms = match self.role {
            Role::Mean => Some(&mut design.terms),
            Role::ZeroInflation => terms_of(&mut design.zero_inflation),
            Role::Dispersion => terms_of(&mut design.dispersion),
        };
        let Some(terms) = terms else { return Ok(design) };
        if self.kept.is_empty() {
            terms.remove(self.term);
        } else if let Some(term) = terms.get_mut(self.term) {
            keep(term, &self.kept)?;
        }
        Ok(design)
    }
}

fn terms_of(predictor: &mut Option<PredictorDesign>) -> Option<&mut Vec<TermDesign>> {
    predictor.as_mut().map(|own| &mut own.terms)
}

/// Leaves these effects of a term.
fn keep(term: &mut TermDesign, kept: &[usize]) -> Result<()> {
    let n = term.index.len();
    if let Some(z) = &term.z {
        let mut left = try_vec("random-effects model matrix", 0.0, n * kept.len())?;
        left.chunks_exact_mut(n.max(1)).zip(kept).for_each(|(to, &e)| to.copy_from_slice(&z[e * n..(e + 1) * n]));
        // One column of ones is not kept.
        term.z = if kept.len() == 1 && left.iter().all(|v| *v == 1.0) { None } else { Some(left) };
    }
    term.effects = kept.iter().map(|&e| term.effects[e].clone()).collect();
    term.structure.size = kept.len();
    Ok(())
}
