//! The Laplace model of a fit, from what the fit has kept: for what needs the factor of the random effects' precision again.

use super::response::AnyResponse;
use super::{Fit, PredictorFit, TermFit};
use crate::design::TermDesign;
use crate::error::{Error, Result, try_copy, try_gather, try_vec};
use crate::family::by_name;
use crate::glmm::estimate::estimate;
use crate::glmm::fixed::FixedPart;
use crate::glmm::joint::Move;
use crate::glmm::laplace::{Approximation, Laplace};
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::options::{Information, Options};

/// A model whose linear predictors have their estimates as offsets: its working parameters are theta and those that all rows share. A linear
/// model is the gaussian one at its sigma, for which the approximation is exact.
pub(crate) struct Rebuilt {
    pub model: Model,
    pub working: Vec<f64>,
}

/// In standard errors, how far a parameter is moved to see how the modes move with it.
const MOVE: f64 = 1e-2;

impl Fit {
    /// The predictors beside that of the mean, in the order of their parameters: that of the zero part, that of the dispersion.
    pub(crate) fn further_predictors(&self) -> [Option<&PredictorFit>; 2] {
        self.generalised.as_ref().map_or([None, None], |own| [own.zero_inflation.as_ref(), own.dispersion.as_ref()])
    }

    /// Results per row without the padding.
    pub(crate) fn used(&self, values: &[f64]) -> Result<Vec<f64>> {
        let what = "values of the rows";
        if values.len() == self.n_obs { try_copy(what, values) } else { try_gather(what, self.rows.used().map(|row| values[row])) }
    }

    pub(crate) fn rebuilt(&self) -> Result<Rebuilt> {
        self.without_correlation("this")?;
        let response = self.response()?;
        let offset = self.offset.as_deref().map(|o| self.used(o)).transpose()?;
        let none: &[TermFit] = &[];
        let eta = self.linear_predictor(self.n_obs, &self.x, offset.as_deref(), none, false)?;
        let mut fixed = vec![FixedPart::new(self.n_obs, &[], Some(&eta))?];
        for part in self.further_predictors().into_iter().flatten() {
            fixed.push(FixedPart::new(self.n_obs, &[], Some(&part.fixed_predictor()?))?);
        }
        let shared: Vec<f64> = match &self.generalised {
            Some(own) => response.shared_of_fit(own, 0.0)?,
            None => vec![],
        };
        let model = self.model(&response, fixed)?;
        let mut working = model.working_from_theta(&self.absolute_theta())?;
        working.extend(shared);
        Ok(Rebuilt { model, working })
    }

    /// The parameters of covariances and of the family moved along each column of the root of their covariance: one by one they are
    /// ill-conditioned where a covariate is far from zero. Those of a linear model are taken as known, those of thresholds are not here.
    pub(crate) fn moves(&self, rebuilt: &Rebuilt) -> Result<Vec<Move>> {
        let Some(own) = &self.generalised else { return Ok(vec![]) };
        let (n_theta, all) = (self.theta.len(), own.vcov.len().isqrt());
        let n_shared = if own.ordinal.is_some() { 0 } else { rebuilt.working.len() - n_theta };
        let mut moves = vec![];
        for (k, column) in own.root.chunks_exact(all.max(1)).enumerate() {
            let part = &column[all - n_theta - n_shared..];
            if part.iter().all(|v| *v == 0.0) || part.iter().any(|v| !v.is_finite()) {
                continue;
            }
            let (shared, theta) = part.split_at(n_shared);
            let room = self.theta.iter().zip(theta).filter(|(t, v)| **t != 0.0 && **v != 0.0).map(|(t, v)| 0.01 * (t / v).abs());
            let step = room.fold(MOVE, f64::min);
            let at = |by: f64| -> Result<Vec<f64>> {
                let there: Vec<f64> = self.theta.iter().zip(theta).map(|(t, v)| t + by * v).collect();
                let mut x = rebuilt.model.working_from_theta(&there)?;
                let moved = shared.iter().chain(std::iter::repeat(&0.0));
                x.extend(rebuilt.working[n_theta..].iter().zip(moved).map(|(w, v)| w + by * v));
                Ok(x)
            };
            // A correlation at the end of its range has no other side.
            if let (Ok(up), Ok(down)) = (at(step), at(-step)) {
                moves.push(Move { place: all + k, up, down, width: 2.0 * step });
            }
        }
        Ok(moves)
    }

    /// Fails for what is not available where residuals are correlated.
    pub(crate) fn without_correlation(&self, what: &str) -> Result<()> {
        match &self.correlation {
            None => Ok(()),
            Some(_) => Err(Error::unsupported(format!("{what} is not available for a fit with residual correlation"))),
        }
    }

    /// The fixed effect of the model with an intercept instead of the mean's fixed effects (Nakagawa, Johnson & Schielzeth 2017), at its
    /// estimate.
    pub(crate) fn null_intercept(&self) -> Result<f64> {
        let ones = try_vec("fixed-effects model matrix", 1.0, self.n_obs)?;
        if self.x == ones {
            return Ok(self.fixed.estimate[0]);
        }
        let offset = self.offset.as_deref().map(|o| self.used(o)).transpose()?;
        let mut fixed = vec![FixedPart::new(self.n_obs, &ones, offset.as_deref())?];
        for part in self.further_predictors().into_iter().flatten() {
            fixed.push(FixedPart::new(self.n_obs, &part.x, part.offset.as_deref())?);
        }
        let response = self.response()?;
        let model = self.model(&response, fixed)?;
        let start = response.start(&model)?;
        let Options { information, quadrature, nodes, .. } = self.options();
        let (expected, points) = (information == Information::Expected, quadrature.max(1));
        let how = Approximation { expected, points, nodes, ..Approximation::default() };
        let mut laplace = Laplace::new(&model, how)?;
        let best = estimate(&mut laplace, &start, &Options::default(), None)?;
        if !best.converged {
            return Err(Error::numeric("the model without fixed effects but an intercept, which R2 needs, was not fitted"));
        }
        let mut gamma = laplace.fixed_effects(&best.working);
        model.fixed[0].to_user(&mut gamma);
        Ok(gamma[0])
    }

    fn response(&self) -> Result<AnyResponse> {
        if let Some(own) = &self.generalised {
            return AnyResponse::of_fit(own, &self.design()?);
        }
        let (y, weights) = (self.used(&self.y)?, self.weights.as_deref().map_or(Ok(vec![]), |w| self.used(w))?);
        let mut family = by_name("gaussian", None)?;
        family.fix("sigma", self.sigma)?;
        Ok(AnyResponse::Family(FamilyResponse::new(family, None, false, y, weights)))
    }

    fn model(&self, response: &AnyResponse, fixed: Vec<FixedPart>) -> Result<Model> {
        let mut designs = vec![];
        for term in &self.terms {
            designs.push((0, term.design()?));
        }
        for (at, part) in self.further_predictors().into_iter().flatten().enumerate() {
            for term in &part.terms {
                designs.push((at + 1, term.design()?));
            }
        }
        let terms: Vec<(usize, &TermDesign)> = designs.iter().map(|(a, t)| (*a, t)).collect();
        response.model_of(self.n_obs, fixed, &terms)
    }

    /// Theta with linear models' standard deviations in the units of the response.
    fn absolute_theta(&self) -> Vec<f64> {
        let mut theta = self.theta.clone();
        if self.generalised.is_none() {
            let mut first = 0;
            for term in &self.terms {
                let n = term.structure.n_theta();
                term.structure.rescale(&mut theta[first..first + n], &vec![self.sigma; term.effects.len()]);
                first += n;
            }
        }
        theta
    }
}

impl PredictorFit {
    /// X beta + offset per row used.
    pub(crate) fn fixed_predictor(&self) -> Result<Vec<f64>> {
        let (n, what) = (self.eta.len(), "linear predictor");
        let mut eta = self.offset.as_deref().map_or_else(|| try_vec(what, 0.0, n), |offset| try_copy(what, offset))?;
        for (column, beta) in self.x.chunks_exact(n.max(1)).zip(&self.fixed.estimate) {
            eta.iter_mut().zip(column).for_each(|(e, x)| *e += beta * x);
        }
        Ok(eta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;
    use crate::glmm::joint::{EffectRow, Joint};
    use crate::glmm::solution::solve;
    use crate::options::StdErrors;
    use crate::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};

    fn fit() -> Fit {
        let csv = crate::frame::CsvOptions { categorical: vec!["g".into()], ..Default::default() };
        let mut frame = Frame::from_csv_path("tests/reference/data/sim_families.csv", &csv).unwrap();
        let labels: Vec<String> = (0..frame.n_rows()).map(|i| format!("h{}", i * 7 % 9)).collect();
        frame.add_strings("h", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
        let formula = FormulaSpec { formula: "y_zip ~ x + (1 + x | g)".into(), ..FormulaSpec::default() };
        let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(formula));
        spec.family.name = "nbinom2".into();
        spec.zero_inflation = Some(PredictorSpec::Formula("~ z + (1 | h)".into()));
        spec.dispersion = Some(PredictorSpec::Formula("~ z".into()));
        Fit::new(&spec, Some(&frame), &Options::default(), None).unwrap()
    }

    fn modes(rebuilt: &Rebuilt) -> Vec<Vec<f64>> {
        let mut laplace = Laplace::new(&rebuilt.model, Approximation::default()).unwrap();
        let solution = solve(&mut laplace, &rebuilt.working, StdErrors::Conditional).unwrap();
        solution.terms.into_iter().map(|t| t.modes).collect()
    }

    #[test]
    fn the_modes_are_those_of_the_fit_and_move_with_the_fixed_effects_as_they_should() {
        let fit = fit();
        let further = fit.further_predictors();
        let parts = [&fit.x, &further[0].unwrap().x, &further[1].unwrap().x];
        let mut rebuilt = fit.rebuilt().unwrap();
        let here = modes(&rebuilt);
        for (ours, theirs) in here.iter().zip([&fit.terms[0], &further[0].unwrap().terms[0]]) {
            assert!(ours.iter().zip(&theirs.modes).all(|(a, b)| (a - b).abs() < 1e-7));
        }
        let mut columns = vec![];
        for (a, x) in parts.iter().enumerate() {
            columns.extend(x.chunks_exact(fit.n_obs).map(|column| (a, column.to_vec())));
        }
        let step = 1e-4;
        let mut slopes = vec![];
        for (a, column) in &columns {
            let mut moved = |by: f64| {
                rebuilt.model.fixed[*a].offset.iter_mut().zip(column).for_each(|(o, x)| *o += by * x);
                let there = modes(&rebuilt);
                rebuilt.model.fixed[*a].offset.iter_mut().zip(column).for_each(|(o, x)| *o -= by * x);
                there
            };
            slopes.push((moved(step), moved(-step)));
        }
        let x: Vec<&[f64]> = parts.iter().map(|x| &x[..]).collect();
        let mut joint = Joint::new(&rebuilt.model, &rebuilt.working, &x, &[], &[]).unwrap();
        let mut largest = 0.0_f64;
        for (term, level, effect) in [(0, 0, 0), (0, 3, 1), (0, 11, 0), (1, 0, 0), (1, 5, 0)] {
            let r = if term == 0 { 2 } else { 1 };
            let z: Vec<f64> = (0..r).map(|e| f64::from(e == effect)).collect();
            let mut c = vec![0.0; columns.len()];
            joint.variance(std::iter::once(EffectRow { term, level, z: &z }), &mut c);
            for (slope, (up, down)) in c.iter().zip(&slopes) {
                let want = (up[term][level * r + effect] - down[term][level * r + effect]) / (2.0 * step);
                assert!((slope - want).abs() < 1e-5, "term {term}, level {level}: {slope} for {want}");
                largest = largest.max(want.abs());
            }
        }
        assert!(largest > 0.1);
    }
}
