//! From the solution of a generalised model to its fit.

use super::diagnosis::{reach, separated, widen};
use super::estimable::Estimable;
use super::ordinal::ordinal;
use super::region::edge_warnings;
use super::response::AnyResponse;
use super::{FamilyParameter, Fit, FixedEffects, Generalised, Ordinal, Outcome, PredictorFit, TermFit, in_unit, kept_columns};
use crate::covariance::Structure;
use crate::design::{Design, ModelProgram, PredictorDesign, TermDesign};
use crate::error::{Result, try_vec};
use crate::family::{Family, ZeroPart};
use crate::glmm::edge::Kind;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::solution::Solution;
use crate::options::Options;
use crate::random::TermSolution;
use crate::search::Estimate;
use crate::spec::ModelKind;

/// Puts together the results of one model.
pub(super) struct Assembly<'a> {
    pub response: &'a AnyResponse,
    pub model: &'a Model,
    pub options: &'a Options,
    pub estimate: &'a Estimate,
}

impl Assembly<'_> {
    pub fn fit(&self, mut design: Design, program: ModelProgram, mut solution: Solution) -> Result<Fit> {
        let theta_names = theta_names(&design);
        let estimable = self.estimable(&design)?;
        let Distribution { family, zero, psi, parameters, ordinal, log_unit, separated } =
            self.distribution(&mut design, &mut solution)?;
        let shared_names = self.response.shared_names(ordinal.as_ref());
        let vcov_names = self.vcov_names(&design, shared_names, &theta_names);
        let separated: Vec<String> = separated.into_iter().map(|j| vcov_names[j].clone()).collect();
        if let Some(ordinal) = &ordinal {
            design.warnings.extend(edge_warnings(ordinal, &psi, design.n));
        }
        let mut own = std::mem::take(&mut solution.terms).into_iter();
        let Design { n, x, x_names, terms, zero_inflation, dispersion, .. } = design;
        let terms = term_fits(terms, &mut own);
        let ones = try_vec("column of an intercept", 1.0, if ordinal.is_some() { n } else { 0 })?;
        let mut further = |design: Option<PredictorDesign>, at: Option<usize>| -> Result<Option<PredictorFit>> {
            let Some((design, at)) = design.zip(at) else { return Ok(None) };
            let terms = term_fits(design.terms, &mut own);
            let eta = std::mem::take(&mut solution.eta[at]);
            let kept = &self.model.fixed[at].kept;
            let offset = in_unit(design.offset, log_unit, n)?;
            let blocks = [(&ones[..], &[0][..]), (&design.x, kept)];
            let estimable = Estimable::of_blocks(n, if ordinal.is_some() { &blocks } else { &blocks[1..] })?;
            Ok(Some(PredictorFit {
                fixed: self.fixed_effects(&design.x_names, at, &solution),
                terms,
                eta,
                x: kept_columns(design.x, n, design.x_names.len(), &self.model.fixed[at].kept),
                offset,
                log_unit,
                kept: kept.clone(),
                estimable,
            }))
        };
        let zero_inflation = further(zero_inflation, self.response.zero_predictor())?;
        let dispersion = further(dispersion, self.response.dispersion_predictor())?;
        let all_terms = || terms.iter().chain(zero_inflation.iter().chain(&dispersion).flat_map(|p| &p.terms));
        let singular = all_terms().any(|t| !t.boundary.is_empty());
        let outcome = Outcome::new(self.estimate, all_terms());
        let reml = self.options.reml_generalised && self.options.quadrature != 0;
        let shared = if ordinal.is_some() { psi.len() } else { solution.shared.len() };
        let npar = solution.theta.len() + solution.beta.iter().map(Vec::len).sum::<usize>() + shared;
        let fixed = self.fixed_effects(&x_names, 0, &solution);
        let mut fit = Fit {
            kind: if ordinal.is_some() { ModelKind::Clmm } else { ModelKind::Glmm },
            formula: String::new(),
            reml,
            sigma: f64::NAN,
            log_likelihood: -0.5 * solution.deviance,
            criterion: solution.deviance,
            aic: solution.deviance + 2.0 * npar as f64,
            bic: solution.deviance + npar as f64 * (n as f64).ln(),
            npar,
            df_residual: n.saturating_sub(if reml { npar - fixed.names.len() } else { npar }),
            n_obs: n,
            y: design.y,
            fitted: vec![],
            residuals: vec![],
            residuals_pearson: vec![],
            weights: design.weights,
            offset: design.offset,
            x: kept_columns(x, n, x_names.len(), &self.model.fixed[0].kept),
            singular,
            outcome,
            design_warnings: design.warnings,
            rows: design.rows,
            generalised: Some(Generalised {
                family,
                ordinal,
                zero,
                information: self.options.information,
                quadrature: self.options.quadrature,
                nodes: self.options.nodes,
                mode_steps: 0,
                psi,
                parameters,
                eta: std::mem::take(&mut solution.eta[0]),
                separated,
                at_edge: solution.at_edge,
                vcov_names,
                vcov: solution.vcov,
                root: solution.root,
                working_theta: solution.working_theta,
                zero_inflation,
                dispersion,
            }),
            correlation: None,
            timing: (0.0, 0.0),
            kept: self.model.fixed[0].kept.clone(),
            estimable,
            theta: solution.theta,
            theta_names,
            terms,
            fixed,
            program,
        };
        fit.design_warnings.extend(solution.remarks);
        fit.add_generalised_rows()?;
        Ok(fit)
    }

    /// Of the mean. Thresholds and their nominal effects are in the place of an intercept.
    fn estimable(&self, design: &Design) -> Result<Estimable> {
        let own = (&design.x[..], &self.model.fixed[0].kept[..]);
        let Some(response) = self.response.ordered() else { return Estimable::of_blocks(design.n, &[own]) };
        let ones = try_vec("column of an intercept", 1.0, design.n)?;
        let nominal = design.nominal.as_ref().map_or(&[][..], |nominal| &nominal.x);
        Estimable::of_blocks(design.n, &[(&ones, &[0]), (nominal, &response.nominal.kept), own])
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

    /// The distribution of the response as estimated.
    fn distribution(&self, design: &mut Design, solution: &mut Solution) -> Result<Distribution> {
        match self.response {
            AnyResponse::Ordered(response) => ordinal(self, response, design, solution),
            AnyResponse::Family(response) => {
                let mut psi = response.psi(&solution.shared);
                let parameters = self.family_parameters(response, &psi, solution);
                if response.dispersion {
                    psi[0] = f64::NAN;
                }
                let separated = separated(solution, &self.reaches(response, design));
                widen(solution, &solution.beta.concat(), &separated);
                let (family, zero) = (response.family.clone(), response.zero);
                Ok(Distribution { family, zero, psi, parameters, ordinal: None, log_unit: 0.0, separated })
            }
        }
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
            let unknown = solution.at_edge.iter().any(|own| Some(own.place) == place && own.kind == Kind::Unidentified);
            let estimate = if unknown { f64::NAN } else { p.scale.reported(psi[j]) };
            FamilyParameter { name, estimate, std_error, fixed: p.fixed.is_some() }
        };
        response.family.parameters().iter().enumerate().map(one).collect()
    }
}

/// What a generalised fit has of its distribution.
pub(super) struct Distribution {
    pub family: Box<dyn Family>,
    pub zero: Option<ZeroPart>,
    pub psi: Vec<f64>,
    pub parameters: Vec<FamilyParameter>,
    pub ordinal: Option<Ordinal>,
    /// See [`PredictorFit::log_unit`].
    pub log_unit: f64,
    /// Places of the parameters without a finite estimate.
    pub separated: Vec<usize>,
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
