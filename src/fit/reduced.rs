//! Fits of sums, without rows: what the sums tell takes the place of what the rows would.

use std::borrow::Cow;
use std::time::Instant;

use super::common::Fit;
use super::estimable::Estimable;
use super::linear::{assemble, solved, twice};
use super::making::check_terms;
use super::random_terms::{Evidence, check_reduced};
use super::sums::Reduced;
use super::within_fixed::check_system;
use crate::covariance::Structure;
use crate::design::{Design, ModelProgram, TermDesign};
use crate::error::Result;
use crate::formula::CorrelationKind;
use crate::lmm::system::LinearSystem;
use crate::options::Options;
use crate::random::dependencies_of_sums;
use crate::spec::ModelKind;
use crate::watch::Watch;

/// A model of sums.
pub struct FromSums {
    pub program: ModelProgram,
    /// Without rows.
    pub design: Design,
    pub reduced: Reduced,
    /// Weights differ between rows.
    pub unequal: bool,
    /// For each random term whether a row has several of its effects.
    pub overlap: Vec<bool>,
    pub formula: String,
}

impl FromSums {
    fn structures(&self) -> Vec<Structure> {
        self.design.terms.iter().map(|term| term.structure).collect()
    }

    /// The system that is fitted.
    pub fn system(&self) -> Result<LinearSystem> {
        self.reduced.system(self.structures())
    }
}

impl Fit {
    /// Fits a model of sums.
    pub fn of_sums(sums: FromSums, options: &Options, watch: &Watch<'_>) -> Result<Fit> {
        let started = Instant::now();
        check_terms(ModelKind::Lmm, &sums.design, options)?;
        let system = sums.system()?;
        let structures = sums.structures();
        let evidence = Evidence {
            n: system.n,
            unequal: sums.unequal,
            overlap: sums.overlap.clone(),
            dependencies: &|residual| dependencies_of_sums(&system.gram, &structures, residual, system.n),
        };
        let FromSums { program, mut design, reduced, formula, .. } = sums;
        let warnings = check_reduced(&design, &evidence, options.unidentified)?;
        design.warnings.extend(warnings);
        let warnings = check_system(&system, &design.terms, options.unidentified)?;
        design.warnings.extend(warnings);
        check_symmetric(&design, &reduced)?;
        watch.pulse()?;
        let p = design.x_names.len();
        let mut fit = solved(design, program, &system, (options, None), watch)?;
        fit.estimable = Estimable::of_blocks(p, &[(&reduced.root, &fit.kept)])?;
        fit.reduced = Some(Box::new(reduced));
        fit.has_rows = false;
        fit.formula = formula;
        fit.check_range()?;
        fit.timing.1 = started.elapsed().as_secs_f64();
        Ok(fit)
    }

    /// The columns kept as the likelihood sees them: of their rows, or others with the same cross-products.
    pub(crate) fn seen_columns(&self) -> Result<Cow<'_, [f64]>> {
        let Some(reduced) = &self.reduced else { return self.seen(&self.x) };
        let p = reduced.products.layout().p;
        Ok(self.kept.iter().flat_map(|j| reduced.root[j * p..(j + 1) * p].iter().copied()).collect::<Vec<_>>().into())
    }

    /// The linear system of a linear fit again, of its rows or its sums.
    pub(crate) fn linear_system(&self, watch: &Watch<'_>) -> Result<LinearSystem> {
        let Some(reduced) = &self.reduced else { return assemble(&self.design()?, watch) };
        watch.pulse()?;
        let structures = self.terms.iter().map(|term| term.design.structure).collect();
        reduced.system(structures)
    }
}

/// Compound symmetry and a random intercept of the same groups are the same model twice. Each group is within one level of every term.
fn check_symmetric(design: &Design, reduced: &Reduced) -> Result<()> {
    let Some(own) = reduced.correlation.as_ref().filter(|own| own.kind == CorrelationKind::CompoundSymmetry) else { return Ok(()) };
    let constant = |term: &TermDesign| term.z.is_none() || term.effects.iter().any(|effect| effect == "(Intercept)");
    let same = design.terms.iter().find(|term| term.levels.len() == own.groups && constant(term));
    match design.correlation.as_ref().zip(same) {
        None => Ok(()),
        Some((correlation, term)) => Err(twice(&correlation.group, &term.group)),
    }
}
