//! From the solution of a generalised model to its fit.

use super::common::{Common, Fit};
use super::engine::EngineRecord;
use super::estimable::Estimable;
use super::kind::{FamilyParameter, Generalised, Kind, Ordinal};
use super::parts::{FixedEffects, PredictorFit, TermFit, in_unit, kept_columns};
use super::response::AnyResponse;
use super::separation::{reach, separated, widen};
use crate::covariance::Structure;
use crate::design::{Design, ModelProgram, PredictorDesign, TermDesign};
use crate::error::{Result, try_vec};
use crate::family::{Family, ZeroPart};
use crate::glmm::edge::Kind as EdgeKind;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::solution::Solution;
use crate::options::Options;
use crate::random::TermSolution;
use crate::search::Estimate;

/// Puts together the results of one model.
pub(super) struct Assembly<'a> {
    pub response: &'a AnyResponse,
    pub model: &'a Model,
    pub options: &'a Options,
    pub estimate: &'a Estimate,
    /// Newton steps of the modes.
    pub mode_steps: usize,
    pub engine: Option<EngineRecord>,
}

/// What a generalised fit has of its distribution.
pub(super) struct Distribution {
    pub family: Box<dyn Family>,
    pub zero: Option<ZeroPart>,
    pub psi: Vec<f64>,
    pub parameters: Vec<FamilyParameter>,
    pub ordinal: Option<Ordinal>,
    /// Of the mean's predictor.
    pub estimable: Estimable,
    /// See [`PredictorFit::log_unit`].
    pub log_unit: f64,
    /// Places of the parameters without a finite estimate.
    pub separated: Vec<usize>,
}

fn n_parameters(solution: &Solution, shared: usize) -> usize {
    solution.theta.len() + solution.beta.iter().map(Vec::len).sum::<usize>() + shared
}

impl Assembly<'_> {
    /// The fit without its values per row.
    pub fn fit(
        &self,
        program: ModelProgram,
        mut design: Design,
        mut solution: Solution,
        distribution: Distribution,
    ) -> Result<Fit> {
        let Distribution { family, zero, psi, parameters, ordinal, estimable, log_unit, separated } = distribution;
        let (theta_names, reml) = (theta_names(&design), self.options.reml_generalised && self.options.quadrature != 0);
        let vcov_names = self.vcov_names(&design, self.response.shared_names(ordinal.as_ref()), &theta_names);
        let mut own = std::mem::take(&mut solution.terms).into_iter();
        let terms = term_fits(std::mem::take(&mut design.terms), &mut own);
        let zero_inflation =
            self.further(design.zero_inflation.take(), self.response.zero_predictor(), 0.0, &mut solution, &mut own)?;
        let dispersion =
            self.further(design.dispersion.take(), self.response.dispersion_predictor(), log_unit, &mut solution, &mut own)?;
        let npar = n_parameters(&solution, if ordinal.is_some() { psi.len() } else { solution.shared.len() });
        let fixed = self.fixed_effects(&design.x_names, 0, &solution);
        let generalised = Box::new(Generalised {
            family,
            engine: self.engine.clone().map(Box::new),
            zero,
            information: self.options.information,
            quadrature: self.options.quadrature,
            nodes: self.options.nodes,
            mode_steps: self.mode_steps,
            psi,
            parameters,
            eta: std::mem::take(&mut solution.eta[0]),
            ends: design.ends.take(),
            separated: separated.into_iter().map(|j| vcov_names[j].clone()).collect(),
            at_edge: solution.at_edge,
            vcov_names,
            vcov: solution.vcov,
            root: solution.root,
            working_theta: solution.working_theta,
            zero_inflation,
            dispersion,
        });
        design.warnings.extend(solution.remarks);
        Ok(Fit::of(Common {
            kind: kind_of(generalised, ordinal),
            reml,
            sigma: f64::NAN,
            criterion: solution.deviance,
            penalty: solution.penalty,
            npar,
            df_used: if reml { npar - fixed.names.len() } else { npar },
            kept: &self.model.fixed[0].kept,
            estimate: self.estimate,
            theta: solution.theta,
            theta_names,
            estimable,
            terms,
            fixed,
            design,
            program,
        }))
    }

    /// The predictor at `at`, where there is one, with the random terms that come next.
    fn further(
        &self,
        design: Option<PredictorDesign>,
        at: Option<usize>,
        log_unit: f64,
        solution: &mut Solution,
        terms: &mut impl Iterator<Item = TermSolution>,
    ) -> Result<Option<PredictorFit>> {
        let Some((design, at)) = design.zip(at) else { return Ok(None) };
        let (n, kept, is_ordinal) = (self.model.n, &self.model.fixed[at].kept, self.response.ordered().is_some());
        let ones = try_vec("column of an intercept", 1.0, if is_ordinal { n } else { 0 })?;
        let blocks = [(&ones[..], &[0][..]), (&design.x, kept)];
        Ok(Some(PredictorFit {
            fixed: self.fixed_effects(&design.x_names, at, solution),
            terms: term_fits(design.terms, terms),
            eta: std::mem::take(&mut solution.eta[at]),
            offset: in_unit(design.offset, log_unit, n)?,
            log_unit,
            kept: kept.clone(),
            estimable: Estimable::of_blocks(n, if is_ordinal { &blocks } else { &blocks[1..] })?,
            x: kept_columns(design.x, n, design.x_names.len(), kept),
        }))
    }

    /// The first parameter of a predictor in the covariance of all; of the one past the last, the first shared one.
    pub fn first(&self, predictor: usize) -> usize {
        self.model.fixed[..predictor].iter().map(|f| f.p).sum()
    }

    pub fn fixed_effects(&self, x_names: &[String], at: usize, solution: &Solution) -> FixedEffects {
        let (first, p, m) = (self.first(at), self.model.fixed[at].p, solution.vcov.len().isqrt());
        let vcov = (0..p * p).map(|e| solution.vcov[(first + e / p) * m + first + e % p]).collect();
        let mut root: Vec<f64> =
            solution.root.chunks_exact(m.max(1)).flat_map(|column| column[first..first + p].iter().copied()).collect();
        for edge in solution.at_edge.iter().filter(|edge| (first..first + p).contains(&edge.place)) {
            root.iter_mut().skip(edge.place - first).step_by(p).for_each(|r| *r = f64::NAN);
        }
        FixedEffects::new(x_names, &self.model.fixed[at].kept, solution.beta[at].clone(), vcov, root)
    }

    fn vcov_names(&self, design: &Design, shared_names: Vec<String>, theta_names: &[String]) -> Vec<String> {
        let kept = |at: usize, names: &[String], prefix: &str| -> Vec<String> {
            self.model.fixed[at].kept.iter().map(|&j| format!("{prefix}{}", names[j])).collect()
        };
        let mut names = kept(0, &design.x_names, "");
        if let (Some(predictor), Some(at)) = (&design.zero_inflation, self.response.zero_predictor()) {
            names.extend(kept(at, &predictor.x_names, "zi."));
        }
        if let (Some(predictor), Some(at)) = (&design.dispersion, self.response.dispersion_predictor()) {
            names.extend(kept(at, &predictor.x_names, "disp."));
        }
        names.extend(shared_names);
        names.extend(theta_names.iter().map(|t| format!("theta.{t}")));
        names
    }

    /// The distribution of a family's response as estimated.
    pub fn of_family(&self, response: &FamilyResponse, design: &Design, solution: &mut Solution) -> Result<Distribution> {
        let estimable = Estimable::of_blocks(design.n, &[(&design.x, &self.model.fixed[0].kept)])?;
        let mut psi = response.psi(&solution.shared);
        let parameters = self.family_parameters(response, &psi, solution);
        if response.dispersion {
            psi[0] = f64::NAN;
        }
        let separated = separated(solution, &self.reaches(response, design));
        widen(solution, &solution.beta.concat(), &separated);
        let (family, zero) = (response.family.clone(), response.zero);
        Ok(Distribution { family, zero, psi, parameters, ordinal: None, estimable, log_unit: 0.0, separated })
    }

    /// The largest absolute value of each column of the predictors that may be separated, with the place of the first of them.
    fn reaches(&self, response: &FamilyResponse, design: &Design) -> Vec<(usize, Vec<f64>)> {
        let one = |a: usize, x: &[f64]| (self.first(a), reach(&self.model.fixed[a].kept, x, design.n).collect());
        let zero = response.zero_predictor().zip(design.zero_inflation.as_ref());
        std::iter::once(one(0, &design.x)).chain(zero.map(|(a, zero)| one(a, &zero.x))).collect()
    }

    /// On the reported scale, with standard errors by the delta method.
    fn family_parameters(&self, response: &FamilyResponse, psi: &[f64], solution: &Solution) -> Vec<FamilyParameter> {
        let (m, first) = (solution.vcov.len().isqrt(), self.first(self.model.fixed.len()));
        let one = |(j, p): (usize, &crate::family::Parameter)| {
            let name = p.name.clone().into_owned();
            if j == 0 && response.dispersion {
                return FamilyParameter { name, estimate: f64::NAN, std_error: f64::NAN, fixed: false };
            }
            let std_error = match response.shared.iter().position(|&s| s == j) {
                Some(f) => solution.vcov[(first + f) * (m + 1)].sqrt() * p.scale.derivative(psi[j]).abs(),
                None => f64::NAN,
            };
            let place = response.shared.iter().position(|&s| s == j).map(|f| first + f);
            let unknown = solution.at_edge.iter().any(|own| Some(own.place) == place && own.kind == EdgeKind::Unidentified);
            let estimate = if unknown { f64::NAN } else { p.scale.reported(psi[j]) };
            FamilyParameter { name, estimate, std_error, fixed: p.fixed.is_some() }
        };
        response.family.parameters().iter().enumerate().map(one).collect()
    }
}

fn kind_of(generalised: Box<Generalised>, ordinal: Option<Ordinal>) -> Kind {
    match ordinal {
        None => Kind::Generalised(generalised),
        Some(ordinal) => Kind::Ordinal(generalised, Box::new(ordinal)),
    }
}

fn term_fits(designs: Vec<TermDesign>, solutions: &mut impl Iterator<Item = TermSolution>) -> Vec<TermFit> {
    designs.into_iter().zip(solutions).map(|(t, s)| TermFit::new(t, s)).collect()
}

/// `group.effect` as ever; those of the zero part and the dispersion begin with `zi.` and `disp.`.
fn theta_names(design: &Design) -> Vec<String> {
    let names = |terms: &[TermDesign], prefix: &str| -> Vec<String> {
        let own =
            |t: &TermDesign| -> Vec<String> { Structure::theta_names(&t.structure, &format!("{prefix}{}", t.group), &t.effects) };
        terms.iter().flat_map(own).collect()
    };
    let mut all = names(&design.terms, "");
    all.extend(design.zero_inflation.iter().flat_map(|p| names(&p.terms, "zi.")));
    all.extend(design.dispersion.iter().flat_map(|p| names(&p.terms, "disp.")));
    all
}
