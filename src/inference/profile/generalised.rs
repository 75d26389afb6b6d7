//! The parameters of generalised and ordinal models, and the models in which each of them is one working parameter.
//!
//! A fixed effect comes last in its predictor's basis, where its coefficient is proportional to the last working one.

use super::held::Held;
use super::held_model::{HeldModel, Last};
use super::hold::Hold;
use super::likelihood::{Likelihood, State};
use super::limits::{Parameters, Profile, Work};
use super::terms::{self, Parameter, Place};
use crate::clmm::response::OrderedResponse;
use crate::clmm::thresholds::Thresholds;
use crate::covariance::Structure;
use crate::design::{Design, TermDesign};
use crate::error::{Error, Result};
use crate::family::Scale;
use crate::fit::design::working_parameters;
use crate::fit::generalised::approximation;
use crate::fit::response::AnyResponse;
use crate::fit::{Fit, Generalised, Ordinal};
use crate::glmm::estimate::estimate_near;
use crate::glmm::fixed::FixedPart;
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::options::Options;
use crate::watch::{Phase, Watch};

/// The model of a fit by maximum likelihood, with its estimates in the user's units.
pub struct Base<'w> {
    design: Design,
    response: AnyResponse,
    /// What the fit says of its ordered response.
    ordinal: Option<Ordinal>,
    pub options: Options,
    pub theta: Vec<f64>,
    pub fixed: Vec<Vec<f64>>,
    /// Parameters that all rows share, on their working scales.
    pub shared: Vec<f64>,
    pub minimum: f64,
    watch: &'w Watch<'w>,
}

impl<'w> Base<'w> {
    pub fn new(fit: &Fit, own: &Generalised, watch: &'w Watch<'w>) -> Result<Self> {
        watch.at(Phase::Start, 0, None)?;
        fit.with_factor("profile likelihood")?;
        let mut options = fit.options();
        if options.quadrature == 0 {
            return Err(Error::unsupported(
                "profile: with nagq = 0 the fixed effects have no profile likelihood; fit with nagq = 1 or more",
            ));
        }
        options.reml_generalised = false;
        let design = fit.design()?;
        let (mut theta, mut fixed) = (fit.theta.clone(), fit.all_fixed());
        if fit.ordinal().is_some_and(|ordinal| ordinal.on_edge(&own.psi, fit.n_obs)) {
            return Err(Error::unsupported(
                "profile: thresholds of the fit meet, at the edge of the region where they are in order; there are no profiles there",
            ));
        }
        let response = AnyResponse::of_fit(own, fit.ordinal(), &design)?.guarded()?;
        let shared = response.estimates(own, &response.model(&design)?, &mut theta, &mut fixed)?;
        let ordinal = fit.ordinal().cloned();
        let mut base = Base { design, response, ordinal, options, theta, fixed, shared, minimum: f64::NAN, watch };
        base.refine()?;
        Ok(base)
    }

    /// The minimum from the estimates on: they may be those of restricted likelihood.
    fn refine(&mut self) -> Result<()> {
        let model = self.response.model(&self.design)?;
        let mut laplace = self.laplace(&model)?;
        let start = working_parameters(&model, &self.theta, &self.fixed, &self.shared, false)?;
        let end = estimate_near(&mut laplace, &start, &self.response.start(&model, self.watch)?, &self.options)?;
        if !end.converged {
            return Err(Error::numeric("profile: the search for the maximum of the likelihood did not converge"));
        }
        let x = end.working;
        for ((part, range), beta) in model.fixed.iter().zip(laplace.ranges()).zip(&mut self.fixed) {
            beta.copy_from_slice(&x[range]);
            part.to_user(beta);
        }
        self.theta = model.theta_from_working(&x);
        self.shared = x[laplace.shared()].to_vec();
        self.minimum = end.value;
        Ok(())
    }

    fn laplace<'m>(&self, model: &'m Model) -> Result<Laplace<'m>>
    where
        'w: 'm,
    {
        let mut laplace = Laplace::new(model, approximation(&self.options), self.watch)?;
        laplace.forget_modes(true);
        Ok(laplace)
    }

    fn terms(&self) -> impl Iterator<Item = &TermDesign> {
        let further = [&self.design.zero_inflation, &self.design.dispersion].into_iter().flatten();
        self.design.terms.iter().chain(further.flat_map(|predictor| &predictor.terms))
    }

    /// With the latent variable in the unit that it has where the columns of the scale are zero: parameters are numbers of that.
    fn in_own_unit(&self) -> Result<Option<Base<'w>>> {
        let AnyResponse::Ordered(response) = &self.response else { return Ok(None) };
        if !(response.scale && response.scale_centred) {
            return Ok(None);
        }
        let by = self.response.model(&self.design)?.log_unit(&self.fixed);
        let (mut theta, mut fixed, mut reported) = (self.theta.clone(), self.fixed.clone(), self.reported()?);
        let own = OrderedResponse { scale_centred: false, ..(**response).clone() };
        let response = AnyResponse::Ordered(Box::new(own.clone()));
        let model = response.model(&self.design)?;
        model.in_latent_unit(by, &mut theta, [&mut fixed[0], &mut reported]);
        let shared = own.shared(&reported, model.fixed[0].location(&fixed[0]))?;
        let (design, ordinal, options, minimum) = (self.design.clone(), self.ordinal.clone(), self.options.clone(), self.minimum);
        let watch = self.watch;
        Ok(Some(Base { design, response, ordinal, options, theta, fixed, shared, minimum, watch }))
    }

    /// The model in which a parameter is held.
    fn hold(&self, parameter: Parameter) -> Result<HeldModel> {
        let has_unit = !matches!(parameter, Parameter::Fixed { a: 1, .. } | Parameter::Correlation { .. });
        if let Some(own) = if has_unit { self.in_own_unit()? } else { None } {
            return own.hold(parameter);
        }
        match parameter {
            Parameter::Fixed { a, j } => self.hold_fixed(a, j),
            Parameter::Shared { f } => match &self.response {
                AnyResponse::Family(response) => self.hold_family(response, f),
                AnyResponse::Ordered(response) if f < response.thresholds.n_alpha() => self.hold_threshold(response, f),
                AnyResponse::Ordered(response) => self.hold_nominal(response, f),
            },
            Parameter::Sd { k, effect } => self.hold_effects(k, &[effect]),
            Parameter::Correlation { k, effects } => self.hold_effects(k, &effects),
            Parameter::Theta { k, element } => self.hold_theta(k, element),
        }
    }

    fn hold_fixed(&self, a: usize, j: usize) -> Result<HeldModel> {
        let mut design = self.design.clone();
        let n = design.n;
        let mut matrices: Vec<&mut Vec<f64>> = vec![&mut design.x];
        matrices.extend(design.zero_inflation.as_mut().map(|p| &mut p.x));
        matrices.extend(design.dispersion.as_mut().map(|p| &mut p.x));
        matrices[a][j * n..].rotate_left(n);
        let mut fixed = self.fixed.clone();
        fixed[a][j..].rotate_left(1);
        let model = self.response.model(&design)?;
        let p = fixed[a].len();
        if model.fixed[a].p != p {
            return self.hold_combination(a, j);
        }
        let mut last = vec![0.0; p];
        last[p - 1] = 1.0;
        let factor = model.fixed[a].to_working(&last)[p - 1];
        let at = model.n_theta() + model.fixed[..=a].iter().map(|f| f.p).sum::<usize>() - 1;
        let centre = working_parameters(&model, &self.theta, &fixed, &self.shared, false)?;
        let hold = Hold::Coordinate { at, with: vec![], working: Box::new(move |v| factor * v) };
        let held = Held::of_fixed_effect(hold, centre, self.fixed[a][j]);
        Ok(HeldModel { last: Last::Fixed { a, j }, ..self.held_in(model, held)? })
    }

    /// A fixed effect as a combination of the working ones: that of an intercept, which is next to nothing beside columns far from zero.
    fn hold_combination(&self, a: usize, j: usize) -> Result<HeldModel> {
        let model = self.response.model(&self.design)?;
        let (part, first) = (&model.fixed[a], model.n_theta() + model.fixed[..a].iter().map(|f| f.p).sum::<usize>());
        let weight = |i: usize| {
            let mut unit = vec![0.0; part.p];
            unit[i] = 1.0;
            part.to_user(&mut unit);
            unit[j]
        };
        let weights: Vec<f64> = (0..part.p).map(weight).collect();
        let largest = (0..part.p).fold(0, |most, i| if weights[i].abs() > weights[most].abs() { i } else { most });
        let others = (0..part.p).filter(|i| *i != largest && weights[*i] != 0.0);
        let shares = others.map(|i| (first + i, -weights[i] / weights[largest])).collect();
        let centre = working_parameters(&model, &self.theta, &self.fixed, &self.shared, false)?;
        let hold = Hold::Shifted { at: first + largest, factor: 1.0 / weights[largest], shares };
        self.held_in(model, Held::of_fixed_effect(hold, centre, self.fixed[a][j]))
    }

    fn hold_family(&self, response: &FamilyResponse, f: usize) -> Result<HeldModel> {
        let model = self.response.model(&self.design)?;
        let centre = working_parameters(&model, &self.theta, &self.fixed, &self.shared, false)?;
        let scale = response.family.parameters()[response.shared[f]].scale;
        let held = self.hold_shared(centre, f, scale);
        self.held_in(model, held)
    }

    fn hold_shared(&self, centre: Vec<f64>, f: usize, scale: Scale) -> Held {
        let at = centre.len() - self.shared.len() + f;
        Held {
            hold: Hold::Coordinate { at, with: vec![], working: Box::new(|v| v) },
            estimate: centre[at],
            centre,
            bounds: (None, None),
            unit: None,
            reported: Box::new(move |v| scale.reported(v)),
            others: vec![],
            minimum: None,
            open: None,
        }
    }

    fn held_in(&self, model: Model, held: Held) -> Result<HeldModel> {
        Ok(HeldModel { model, held, response: self.response.try_clone()?, last: Last::Nothing })
    }

    /// Where it is a location, a parameter of the thresholds is their anchor less what centring has put into it, which is linear in the
    /// other working parameters. A spacing is the anchor by its logarithm; of these, only nominal effects have parts.
    fn hold_threshold(&self, response: &OrderedResponse, f: usize) -> Result<HeldModel> {
        let thresholds = Thresholds { anchor: f, ..response.thresholds.clone() };
        let (location, centred) = (thresholds.location()[f], response.nominal.p == 0);
        let response = OrderedResponse { thresholds, ..response.clone() };
        if location == 0.0 {
            let (model, centre, response) = self.ordered(response, &self.design, &self.reported()?, centred)?;
            let (held, response) = (self.hold_shared(centre, f, Scale::Log), AnyResponse::Ordered(Box::new(response)));
            return Ok(HeldModel { model, held, response, last: Last::Nothing });
        }
        let reported = self.reported()?;
        let (model, centre, response) = self.ordered(response, &self.design, &reported, true)?;
        let (first, n_theta) = (centre.len() - self.shared.len(), model.n_theta());
        let (m, slopes) = (response.thresholds.n_alpha(), response.reported_slopes(&centre[first..]));
        let mut shares: Vec<(usize, f64)> =
            (m..self.shared.len()).map(|j| (first + j, -slopes[j * self.shared.len() + f])).collect();
        for i in 0..model.fixed[0].p {
            let mut unit = vec![0.0; model.fixed[0].p];
            unit[i] = 1.0;
            model.fixed[0].to_user(&mut unit);
            shares.push((n_theta + i, -model.fixed[0].location(&unit)));
        }
        let at = first + f;
        let hold = Hold::Shifted { at, factor: 1.0, shares };
        let (held, response) = (Held::of_fixed_effect(hold, centre, reported[f]), AnyResponse::Ordered(Box::new(response)));
        Ok(HeldModel { model, held, response, last: Last::Nothing })
    }

    /// A nominal effect is proportional to the coefficient of the last column of the basis.
    fn hold_nominal(&self, response: &OrderedResponse, f: usize) -> Result<HeldModel> {
        let (m, n) = (response.thresholds.n_alpha(), self.design.n);
        let (c, k) = ((f - m) / m, (f - m) % m);
        let mut design = self.design.clone();
        let mut reported = self.reported()?;
        let estimate = reported[f];
        if let Some(nominal) = &mut design.nominal {
            nominal.x[c * n..].rotate_left(n);
        }
        reported[m + c * m..].rotate_left(m);
        let (model, centre, response) = self.ordered(response.clone(), &design, &reported, true)?;
        let mut last = vec![0.0; response.nominal.p];
        last[response.nominal.p - 1] = 1.0;
        let factor = response.nominal.to_working(&last)[response.nominal.p - 1];
        let at = centre.len() - m + k;
        let hold = Hold::Coordinate { at, with: vec![], working: Box::new(move |v| factor * v) };
        let response = AnyResponse::Ordered(Box::new(response));
        Ok(HeldModel { model, held: Held::of_fixed_effect(hold, centre, estimate), response, last: Last::Nominal { column: c } })
    }

    /// The thresholds' parameters and nominal effects as they are reported.
    fn reported(&self) -> Result<Vec<f64>> {
        let location = self.response.model(&self.design)?.fixed[0].location(&self.fixed[0]);
        Ok(self.response.reported(&self.shared, location))
    }

    /// The model of an ordered response on a design, its working parameters, and the response as it is there.
    fn ordered(
        &self,
        response: OrderedResponse,
        design: &Design,
        reported: &[f64],
        centred: bool,
    ) -> Result<(Model, Vec<f64>, OrderedResponse)> {
        let x = design.nominal.as_ref().map_or(&[][..], |nominal| &nominal.x);
        let nominal = FixedPart::beside_constant(design.n, &[], x, None, centred)?;
        if nominal.p != response.nominal.p {
            return Err(Error::numeric("a column of the nominal effects is nearly a combination of the others"));
        }
        let mut response = OrderedResponse { nominal, centred, within: None, ..response };
        response.within = response.region()?;
        let model = AnyResponse::Ordered(Box::new(response.clone())).model(design)?;
        let shared = response
            .shared(reported, model.fixed[0].location(&self.fixed[0]))
            .map_err(|_| Error::numeric("thresholds are not in order where nominal columns are zero"))?;
        let centre = working_parameters(&model, &self.theta, &self.fixed, &shared, false)?;
        Ok((model, centre, response))
    }

    /// A standard deviation, or a correlation, of effects of an unstructured term.
    fn hold_effects(&self, k: usize, effects: &[usize]) -> Result<HeldModel> {
        let mut model = self.response.model(&self.design)?;
        let centre = working_parameters(&model, &self.theta, &self.fixed, &self.shared, false)?;
        let turned = place(&model, k).turned(effects);
        let held = if effects.len() == 1 { turned.hold_sd(centre) } else { turned.hold_correlation(centre)? };
        model.turn(k, turned.g);
        self.held_in(model, held)
    }

    fn hold_theta(&self, k: usize, element: usize) -> Result<HeldModel> {
        let mut model = self.response.model(&self.design)?;
        let centre = working_parameters(&model, &self.theta, &self.fixed, &self.shared, false)?;
        let place = place(&model, k);
        if place.is_mixed() {
            let turned = place.turned(&[]);
            let held = turned.hold_element(element, centre);
            model.turn(k, turned.g);
            return self.held_in(model, held);
        }
        let theta = &self.theta[place.first..place.first + place.structure.n_theta()];
        let held = place.hold_theta(element, theta, centre);
        self.held_in(model, held)
    }
}

impl Parameters for Base<'_> {
    fn parameters(&self) -> Vec<Parameter> {
        let of_terms = self.terms().enumerate().flat_map(|(k, term)| terms::parameters(k, term.structure));
        let shared = (0..self.shared.len()).map(|f| Parameter::Shared { f });
        let fixed = self.fixed.iter().enumerate().flat_map(|(a, own)| (0..own.len()).map(move |j| Parameter::Fixed { a, j }));
        of_terms.chain(shared).chain(fixed).collect()
    }

    fn minimum(&self) -> f64 {
        self.minimum
    }

    fn with_held(&self, parameter: Parameter, work: &mut Work<'_>) -> Result<Profile> {
        let mut own = self.hold(parameter)?;
        let held = std::mem::replace(&mut own.held, Held::of_fixed_effect(Hold::Beside, vec![], f64::NAN));
        let counts: Vec<usize> = self.fixed.iter().map(Vec::len).collect();
        work(&mut self.laplace(&own.model)?, held, &|state| own.read(state, &counts))
    }
}

impl Likelihood for Laplace<'_> {
    fn structures(&self) -> &[Structure] {
        &self.model.structures
    }

    fn theta(&self, x: &[f64]) -> Vec<f64> {
        self.model.theta_from_working(&x[..self.model.n_theta()])
    }

    fn state(&mut self, x: &[f64]) -> Result<State> {
        let mut fixed: Vec<Vec<f64>> = self.ranges().into_iter().map(|range| x[range].to_vec()).collect();
        self.model.fixed.iter().zip(&mut fixed).for_each(|(part, beta)| part.to_user(beta));
        Ok(State { theta: Likelihood::theta(self, x), shared: x[self.shared()].to_vec(), fixed })
    }
}

fn place(model: &Model, k: usize) -> Place<'_> {
    let first = model.structures[..k].iter().map(Structure::n_theta).sum();
    Place { structure: model.structures[k], first, units: model.units(k), sigma: 1.0 }
}
