//! The Laplace model of a fit, from what the fit has kept: for what needs the factor of the random effects' precision again.

use super::common::Fit;
use super::kind::Generalised;
use super::parts::{PredictorFit, TermFit};
use super::response::AnyResponse;
use crate::clmm::response::OrderedResponse;
use crate::design::TermDesign;
use crate::error::{Error, Result, try_copy, try_gather, try_vec};
use crate::family::normal;
use crate::glmm::approximation::Approximation;
use crate::glmm::estimate::estimate;
use crate::glmm::fixed::FixedPart;
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::options::{Information, Options};
use crate::watch::Watch;

/// A model whose linear predictors have their estimates as offsets: its working parameters are theta and those that all rows share, as the
/// fit's model had them. A linear model is the gaussian one at its sigma, for which the approximation is exact.
pub(crate) struct Rebuilt {
    pub model: Model,
    pub working: Vec<f64>,
    /// Of an ordinal model the shared parameters of each reported one of thresholds and nominal effects, of which they are combinations.
    pub of_reported: Vec<f64>,
}

/// From parameters as a generalised or ordinal fit has them to the working ones of its model with the fixed effects among them.
pub(crate) struct Whole {
    response: AnyResponse,
    own: Generalised,
}

impl Whole {
    /// Working parameters: those of theta as the fit has them, coefficients of all predictors, the family's parameters on their working scale or
    /// those of an ordinal fit as they are reported.
    pub fn working(&mut self, model: &Model, theta: &[f64], coefficients: &[f64], psi: &[f64]) -> Result<Vec<f64>> {
        let (mut all, mut first) = (theta.to_vec(), 0);
        for part in &model.fixed {
            all.extend(part.to_working(&coefficients[first..first + part.p]));
            first += part.p;
        }
        self.own.psi.copy_from_slice(psi);
        all.extend(self.response.shared_of_fit(&self.own, 0.0)?);
        Ok(all)
    }
}

impl Fit {
    /// The predictors beside that of the mean, in the order of their parameters: that of the zero part, that of the dispersion.
    pub(crate) fn further_predictors(&self) -> [Option<&PredictorFit>; 2] {
        self.generalised().map_or([None, None], |own| [own.zero_inflation.as_ref(), own.dispersion.as_ref()])
    }

    /// Results per row without the padding.
    pub(crate) fn used(&self, values: &[f64]) -> Result<Vec<f64>> {
        let what = "values of the rows";
        self.need_rows(what)?;
        if values.len() == self.n_obs { try_copy(what, values) } else { try_gather(what, self.rows.used().map(|row| values[row])) }
    }

    pub(crate) fn rebuilt(&self) -> Result<Rebuilt> {
        self.without_cox("standard errors by the model's linearisation")?;
        self.without_correlation("this")?;
        let response = self.response()?.linear();
        let offset = self.offset.as_deref().map(|o| self.used(o)).transpose()?;
        let none: &[TermFit] = &[];
        let eta = self.linear_predictor(self.n_obs, &self.x, offset.as_deref(), none, (false, 1))?;
        let mut fixed = vec![FixedPart::new(self.n_obs, &[], Some(&eta))?];
        for part in self.further_predictors().into_iter().flatten() {
            fixed.push(FixedPart::new(self.n_obs, &[], Some(&part.fixed_predictor()?))?);
        }
        let unit = response.unit(offset.as_deref().unwrap_or_default())?;
        let model = self.model(&response, fixed, unit)?;
        let working = match self.generalised() {
            Some(own) => [&own.working_theta[..], &response.shared_of_fit(own, 0.0)?].concat(),
            None => model.working_from_theta(&self.absolute_theta())?,
        };
        let of_reported = response.ordered().map_or(Ok(vec![]), OrderedResponse::of_reported)?;
        Ok(Rebuilt { model, working, of_reported })
    }

    /// The same of a generalised or ordinal fit with the fixed effects of all predictors among its working parameters, which are theta, the
    /// user's coefficients, those that all rows share.
    pub(crate) fn rebuilt_whole(&self, own: &Generalised) -> Result<(Model, Whole)> {
        let response = self.response()?.linear();
        let offset = self.offset.as_deref().map(|o| self.used(o)).transpose()?;
        let mut fixed = vec![FixedPart::plain(self.n_obs, &self.x, offset.as_deref())?];
        for part in self.further_predictors().into_iter().flatten() {
            fixed.push(FixedPart::plain(self.n_obs, &part.x, part.offset.as_deref())?);
        }
        let unit = response.unit(offset.as_deref().unwrap_or_default())?;
        Ok((self.model(&response, fixed, unit)?, Whole { response, own: own.clone() }))
    }

    /// Fails for what is not available where residuals are correlated.
    pub(crate) fn without_correlation(&self, what: &str) -> Result<()> {
        match self.correlation() {
            None => Ok(()),
            Some(_) => Err(Error::unsupported(format!("{what} is not available for a fit with residual correlation"))),
        }
    }

    /// The fixed effect of the model with an intercept instead of the mean's fixed effects (Nakagawa, Johnson & Schielzeth 2017), at its
    /// estimate.
    pub(crate) fn null_intercept(&self, watch: &Watch<'_>) -> Result<f64> {
        let ones = try_vec("fixed-effects model matrix", 1.0, self.n_obs)?;
        if self.x == ones {
            return Ok(self.fixed.estimate[0]);
        }
        self.with_factor("the model without fixed effects but an intercept, which R2 needs")?;
        let offset = self.offset.as_deref().map(|o| self.used(o)).transpose()?;
        let mut fixed = vec![FixedPart::new(self.n_obs, &ones, offset.as_deref())?];
        for part in self.further_predictors().into_iter().flatten() {
            fixed.push(FixedPart::new(self.n_obs, &part.x, part.offset.as_deref())?);
        }
        let response = self.response()?;
        let unit = response.unit(&fixed[0].offset)?;
        let model = self.model(&response, fixed, unit)?;
        let start = response.start(&model, watch)?;
        let Options { information, quadrature, nodes, .. } = self.options();
        let (expected, points) = (information == Information::Expected, quadrature.max(1));
        let how = Approximation { expected, points, nodes, ..Approximation::default() };
        let mut laplace = Laplace::new(&model, how, watch)?;
        let best = estimate(&mut laplace, &start, &Options::default())?;
        if !best.converged {
            return Err(Error::numeric("the model without fixed effects but an intercept, which R2 needs, was not fitted"));
        }
        let mut gamma = laplace.fixed_effects(&best.working);
        model.fixed[0].to_user(&mut gamma);
        Ok(gamma[0])
    }

    fn response(&self) -> Result<AnyResponse> {
        self.without_cox("the null model")?;
        if let Some(own) = self.generalised() {
            return AnyResponse::of_fit(own, self.ordinal(), &self.design()?);
        }
        let (y, weights) = (self.used(&self.y)?, self.weights.as_deref().map_or(Ok(vec![]), |w| self.used(w))?);
        let mut family = normal();
        family.fix("sigma", self.sigma)?;
        Ok(AnyResponse::Family(FamilyResponse::new(family, None, false, y, weights)))
    }

    fn model(&self, response: &AnyResponse, fixed: Vec<FixedPart>, unit: f64) -> Result<Model> {
        let mut designs = vec![];
        for term in &self.terms {
            designs.push((0, term.design.try_clone()?));
        }
        for (at, part) in self.further_predictors().into_iter().flatten().enumerate() {
            for term in &part.terms {
                designs.push((at + 1, term.design.try_clone()?));
            }
        }
        let terms: Vec<(usize, &TermDesign)> = designs.iter().map(|(a, t)| (*a, t)).collect();
        response.model_in_unit(self.n_obs, fixed, &terms, unit)
    }

    /// Theta of a linear model with standard deviations in the units of the response.
    fn absolute_theta(&self) -> Vec<f64> {
        let mut theta = self.theta.clone();
        let mut first = 0;
        for term in &self.terms {
            let n = term.design.structure.n_theta();
            term.design.structure.rescale(&mut theta[first..first + n], &vec![self.sigma; term.design.effects.len()]);
            first += n;
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
    use crate::glmm::joint::{EffectRow, Further, Joint};
    use crate::glmm::solution::solve;
    use crate::options::StdErrors;
    use crate::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};

    fn frame() -> Frame {
        let csv = crate::frame::CsvOptions { categorical: vec!["g".into()], ..Default::default() };
        let mut frame = Frame::from_csv_path("tests/reference/data/sim_families.csv", &csv).unwrap();
        let labels: Vec<String> = (0..frame.n_rows()).map(|i| format!("h{}", i * 7 % 9)).collect();
        let column = |name: &str| frame.column(name).unwrap().as_real().unwrap().unwrap().into_owned();
        let (large, far) = (column("y_t").iter().map(|y| 1e3 * y).collect(), column("z").iter().map(|z| z + 1e4).collect());
        frame.add_real("large", large).unwrap();
        frame.add_real("far", far).unwrap();
        frame.add_strings("h", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
        frame
    }

    fn fit(family: &str, formula: &str, zero: Option<&str>, dispersion: Option<&str>) -> Fit {
        let formula = FormulaSpec { formula: formula.into(), ..FormulaSpec::default() };
        let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(formula));
        spec.family.name = family.into();
        spec.zero_inflation = zero.map(|formula| PredictorSpec::Formula(formula.into()));
        spec.dispersion = dispersion.map(|formula| PredictorSpec::Formula(formula.into()));
        Fit::new(&spec, Some(&frame()), &Options::default(), &Watch::unwatched()).unwrap()
    }

    fn modes(rebuilt: &Rebuilt) -> Vec<Vec<f64>> {
        let mut laplace = Laplace::new(&rebuilt.model, Approximation::default(), &Watch::unwatched()).unwrap();
        let solution = solve(&mut laplace, &rebuilt.working, StdErrors::Conditional).unwrap();
        solution.terms.into_iter().map(|t| t.modes).collect()
    }

    #[test]
    fn the_modes_are_those_of_the_fit_and_move_with_the_fixed_effects_as_they_should() {
        let fit = fit("nbinom2", "y_zip ~ x + (1 + x | g)", Some("~ z + (1 | h)"), Some("~ z"));
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
        let mut joint = Joint::new(&rebuilt.model, &rebuilt.working, &x, Further::Known, &Watch::unwatched()).unwrap();
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

    /// Slopes of modes in all parameters of a model but fixed effects, against modes that are sought anew.
    #[test]
    fn the_modes_move_with_other_parameters_as_they_should() {
        let fits = [
            fit("nbinom2", "y_zip ~ x + (1 + x | g)", Some("~ z + (1 | h)"), None),
            fit("student_t", "y_t ~ x + (1 | g)", None, Some("~ (1 | h)")),
            fit("nbinom2", "y_nb2 ~ x + cs(1 + x | g) + (1 | h)", None, None),
            fit("gaussian", "y_t ~ x + diag(1 + x | g)", None, None),
            fit("gaussian", "y_t ~ x + ar1(0 + factor(trials) | g)", None, None),
        ];
        for (which, fit) in fits.iter().enumerate() {
            let rebuilt = fit.rebuilt().unwrap();
            let n_theta = fit.theta.len();
            let mut joint = Joint::new(&rebuilt.model, &rebuilt.working, &[], Further::Own, &Watch::unwatched()).unwrap();
            let shared = rebuilt.working.len() - n_theta;
            let mut largest = 0.0_f64;
            for k in 0..rebuilt.working.len() {
                let moved = |by: f64| {
                    let mut there = fit.rebuilt().unwrap();
                    there.working[k] += by;
                    modes(&there)
                };
                let (up, down, step) = (moved(1e-4), moved(-1e-4), 1e-4);
                let place = if k < n_theta { shared + k } else { k - n_theta };
                for (term, up) in up.iter().enumerate() {
                    let r = rebuilt.model.layout.terms[term].effects;
                    for at in (0..up.len()).step_by(5) {
                        let z: Vec<f64> = (0..r).map(|e| f64::from(u8::from(e == at % r))).collect();
                        let mut c = vec![0.0; rebuilt.working.len()];
                        joint.variance(std::iter::once(EffectRow { term, level: at / r, z: &z }), &mut c);
                        let want = (up[at] - down[term][at]) / (2.0 * step);
                        assert!((c[place] - want).abs() < 1e-5, "{which}, parameter {k}, term {term}: {} for {want}", c[place]);
                        largest = largest.max(want.abs());
                    }
                }
            }
            assert!(largest > 0.1, "{which}");
        }
    }

    /// In its own units and about the means of columns far from zero: what is kept of the search is what the user's theta says.
    #[test]
    fn the_model_is_that_of_the_fit() {
        let fit = fit("gaussian", "large ~ x + offset(50 * far) + (1 + far | g)", None, None);
        let rebuilt = fit.rebuilt().unwrap();
        let theta = rebuilt.model.theta_from_working(&rebuilt.working);
        assert!(theta.iter().zip(&fit.theta).all(|(a, b)| (a - b).abs() <= 1e-12 * b.abs()), "{theta:?} for {:?}", fit.theta);
    }
}
