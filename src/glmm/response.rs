//! A family, with a zero part and a dispersion predictor if so wanted, as a response of the Laplace engine.

use super::jet::{Adjoint, Evaluator, Guess, Jet, Response, tetrahedron};
use super::own_rows::OwnRows;
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::family::{
    Censoring, Constants, Derivatives, Ends, Family, Observations, Order, Psi, ZeroDerivatives, ZeroMixture, ZeroPart,
};
use crate::random::triangle;

/// Step of differences in the family's parameters, which are logarithms or the like.
const STEP: f64 = 1e-3;
/// Four-point first and five-point second differences: at -2, -1, 1, 2 steps, and the centre of the second.
const FIRST: [(f64, f64); 4] = [(-2.0, 1.0 / 12.0), (-1.0, -8.0 / 12.0), (1.0, 8.0 / 12.0), (2.0, -1.0 / 12.0)];
const SECOND: [f64; 4] = [-1.0 / 12.0, 16.0 / 12.0, 16.0 / 12.0, -1.0 / 12.0];
const SECOND_CENTRE: f64 = -30.0 / 12.0;

/// A family on data.
#[derive(Clone, Debug)]
pub struct FamilyResponse {
    pub family: Box<dyn Family>,
    pub zero: Option<ZeroPart>,
    /// The family's first parameter has a predictor of its own.
    pub dispersion: bool,
    pub y: Vec<f64>,
    /// Empty if all are one.
    pub weights: Vec<f64>,
    /// Where the response is known to lie between two ends; `y` is then what stands for it.
    pub ends: Option<Ends>,
    /// The family's parameters that are estimated and shared by all rows.
    pub shared: Vec<usize>,
}

impl FamilyResponse {
    pub fn new(family: Box<dyn Family>, zero: Option<ZeroPart>, dispersion: bool, y: Vec<f64>, weights: Vec<f64>) -> Self {
        let parameters = family.parameters();
        let shared = (0..parameters.len()).filter(|&j| parameters[j].fixed.is_none() && !(dispersion && j == 0)).collect();
        FamilyResponse { family, zero, dispersion, y, weights, ends: None, shared }
    }

    /// With a response between two ends.
    pub fn with_ends(self, ends: Option<Ends>) -> Self {
        FamilyResponse { ends, ..self }
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(FamilyResponse {
            family: self.family.clone(),
            zero: self.zero,
            dispersion: self.dispersion,
            y: try_copy("response", &self.y)?,
            weights: try_copy("weights", &self.weights)?,
            ends: self.ends.as_ref().map(Ends::try_clone).transpose()?,
            shared: self.shared.clone(),
        })
    }

    /// On some of the rows.
    pub fn of_rows(&self, rows: &[u32]) -> Result<Self> {
        let shared = self.shared.clone();
        let of = |values: &[f64]| try_collect("response", rows.iter().map(|&row| values[row as usize]));
        let weights = if self.weights.is_empty() { vec![] } else { of(&self.weights)? };
        let ends = self.ends.as_ref().map(|ends| ends.of_rows(rows)).transpose()?;
        Ok(FamilyResponse { family: self.family.clone(), y: of(&self.y)?, weights, ends, shared, ..*self })
    }

    pub fn observations(&self) -> Observations<'_> {
        Observations { y: &self.y, weights: &self.weights }
    }

    /// The rows that the family speaks of.
    pub fn own_rows(&self) -> Result<OwnRows<'_>> {
        OwnRows::new(self.zero, &self.y, &self.weights)
    }

    /// The predictor of the zero part, if there is one.
    pub fn zero_predictor(&self) -> Option<usize> {
        self.zero.map(|_| 1)
    }

    /// The predictor of the dispersion, if there is one.
    pub fn dispersion_predictor(&self) -> Option<usize> {
        self.dispersion.then(|| 1 + usize::from(self.zero.is_some()))
    }

    /// All parameters of the family on their working scale; that of the dispersion predictor is 0.
    pub fn psi(&self, shared: &[f64]) -> Vec<f64> {
        let value = |p: &crate::family::Parameter| p.fixed.map_or(0.0, |v| p.scale.working(v));
        let mut psi: Vec<f64> = self.family.parameters().iter().map(value).collect();
        for (&j, v) in self.shared.iter().zip(shared) {
            psi[j] = *v;
        }
        psi
    }
}

impl FamilyResponse {
    /// The family's parameters by moments, given means.
    pub fn guess(&self, mu: &[f64]) -> Result<Guess> {
        let own = self.own_rows()?;
        let psi = self.family.start_psi(&own.observations(), &own.pick(mu)?)?;
        let shared = self.shared.iter().map(|&j| psi[j]).collect();
        Ok(Guess { shared, dispersion: self.dispersion_predictor().map(|d| (d, psi[0])) })
    }
}

impl Response for FamilyResponse {
    fn predictors(&self) -> usize {
        1 + usize::from(self.zero.is_some()) + usize::from(self.dispersion)
    }

    fn n_shared(&self) -> usize {
        self.shared.len()
    }

    /// Zero parts mix two distributions.
    fn is_log_concave(&self) -> bool {
        self.zero.is_none() && self.family.is_log_concave()
    }

    fn calls_back(&self) -> bool {
        self.family.calls_back()
    }

    /// A linear predictor at infinity is an extreme mean.
    fn can_separate(&self, predictor: usize) -> bool {
        // Where all responses are beyond an end, so is the mean.
        let mean = self.ends.is_some() || self.family.link().is_unbounded() && self.family.facts().can_separate;
        Some(predictor) == self.zero_predictor() || predictor == 0 && mean
    }

    /// Of a censored response that of its noise, whose unit is its own.
    fn natural_unit(&self, predictor: usize, shared: &[f64], eta: &[Vec<f64>]) -> f64 {
        if predictor != 0 || self.ends.is_none() {
            return 1.0;
        }
        let log_variance = match self.dispersion_predictor() {
            Some(d) => eta[d].iter().fold(f64::NEG_INFINITY, |most, v| most.max(*v)),
            None => self.psi(shared)[0],
        };
        (0.5 * log_variance).exp()
    }

    fn latent_variance(&self) -> Option<f64> {
        self.family.link().latent_variance()
    }

    fn domain(&self) -> (f64, f64) {
        self.family.domain()
    }

    fn may_be_false(&self, shared: &[f64]) -> bool {
        self.family.may_be_false(&self.psi(shared))
    }

    fn start_again(&self, eta: &[Vec<f64>]) -> Result<Guess> {
        let mu: Vec<f64> = eta[0].iter().map(|eta| self.family.linkinv(*eta)).collect();
        self.guess(&mu)
    }

    fn evaluator<'a>(&'a self, inner: &[bool]) -> Result<Box<dyn Evaluator + 'a>> {
        let (n, parameters) = (self.y.len(), self.family.parameters().len());
        let varying = self.dispersion_predictor().filter(|&d| inner[d]);
        let column = || try_vec("derivatives of the log-density", 0.0, n);
        let slopes = |_| Ok(Slopes { first: column()?, mixed: column()?, second: column()?, zero: column()? });
        Ok(Box::new(FamilyEvaluator {
            densities: Densities {
                response: self,
                censoring: self.ends.as_ref().map(|ends| Censoring::new(&*self.family, ends)).transpose()?,
                mixture: self.zero.map(|part| ZeroMixture { part, family: self.family.clone() }),
                constants: Constants::new(n, parameters)?,
                constants_of: None,
                d: Derivatives::new(n, parameters)?,
                zero: ZeroDerivatives::new(if self.zero.is_some() { n } else { 0 }, parameters)?,
            },
            varying,
            psi: vec![0.0; parameters],
            slopes: (0..if varying.is_some() { parameters } else { 0 }).map(slopes).collect::<Result<_>>()?,
            trial: if varying.is_some() { column()? } else { vec![] },
        }))
    }
}

/// Differences in the dispersion of the derivatives in a parameter f: l_Df, l_0Df, l_DDf, and l_zDf of the zero part.
struct Slopes {
    first: Vec<f64>,
    mixed: Vec<f64>,
    second: Vec<f64>,
    zero: Vec<f64>,
}

/// The log-densities of the rows at one point, with what a zero part does to them.
struct Densities<'a> {
    response: &'a FamilyResponse,
    mixture: Option<ZeroMixture>,
    censoring: Option<Censoring>,
    constants: Constants,
    /// The parameters that the constants are of, and their order, where all rows share them.
    constants_of: Option<(Vec<f64>, Order)>,
    d: Derivatives,
    zero: ZeroDerivatives,
}

struct FamilyEvaluator<'a> {
    densities: Densities<'a>,
    /// The dispersion's predictor, if it has inner effects: families don't have all derivatives for it.
    varying: Option<usize>,
    psi: Vec<f64>,
    slopes: Vec<Slopes>,
    /// The dispersion's predictor at a step of the differences.
    trial: Vec<f64>,
}

fn psi_of<'p>(response: &FamilyResponse, psi: &[f64], dispersion: Option<&'p [f64]>) -> Vec<Psi<'p>> {
    let one = |(j, v): (usize, &f64)| match dispersion {
        Some(rows) if j == 0 && response.dispersion => Psi::PerRow(rows),
        _ => Psi::Shared(*v),
    };
    psi.iter().enumerate().map(one).collect()
}

impl Densities<'_> {
    fn constants(&mut self, psi: &[Psi], order: Order) -> Result<()> {
        let shared: Option<Vec<f64>> = psi.iter().map(|p| if let Psi::Shared(v) = p { Some(*v) } else { None }).collect();
        if self.constants_of.as_ref().is_some_and(|(of, had)| *had >= order && Some(of) == shared.as_ref()) {
            return Ok(());
        }
        self.constants_of = shared.map(|shared| (shared, order));
        let data = self.response.observations();
        match &self.mixture {
            Some(mixture) => mixture.constants(&data, psi, order, &mut self.constants),
            None => self.response.family.constants(&data, psi, order, &mut self.constants),
        }
    }

    fn evaluate(&mut self, eta: &[Vec<f64>], psi: &[Psi], order: Order) -> Result<()> {
        let data = self.response.observations();
        match &self.mixture {
            Some(mixture) => {
                let predictors = [&eta[0][..], &eta[1][..]];
                mixture.evaluate(&data, predictors, psi, &self.constants, order, &mut self.d, &mut self.zero)
            }
            None => self.response.family.evaluate(&data, &eta[0], psi, &self.constants, order, &mut self.d),
        }?;
        if let Some(censoring) = &self.censoring {
            censoring.put(&data, &eta[0], psi, order, &mut self.d);
        }
        Ok(())
    }
}

impl FamilyEvaluator<'_> {
    /// Differences in the dispersion's predictor; the derivatives themselves are those of the centre afterwards.
    fn difference(&mut self, eta: &[Vec<f64>], predictor: usize, order: Order) -> Result<()> {
        let FamilyEvaluator { densities, psi, slopes, trial, .. } = self;
        for s in slopes.iter_mut() {
            for column in [&mut s.first, &mut s.mixed, &mut s.second, &mut s.zero] {
                column.fill(0.0);
            }
        }
        for ((at, first), second) in FIRST.into_iter().zip(SECOND).chain([((0.0, 0.0), SECOND_CENTRE)]) {
            trial.iter_mut().zip(&eta[predictor]).for_each(|(t, v)| *t = v + at * STEP);
            let psi = psi_of(densities.response, psi, Some(&trial[..]));
            densities.constants(&psi, Order::Gradient)?;
            densities.evaluate(eta, &psi, Order::Gradient)?;
            for (f, slope) in slopes.iter_mut().enumerate() {
                let d = &densities.d.psi[f];
                slope.first.iter_mut().zip(&d.l).for_each(|(s, v)| *s += first * v / STEP);
                if order == Order::Gradient {
                    slope.mixed.iter_mut().zip(&d.s).for_each(|(s, v)| *s += first * v / STEP);
                    slope.second.iter_mut().zip(&d.l).for_each(|(s, v)| *s += second * v / (STEP * STEP));
                    if densities.mixture.is_some() {
                        slope.zero.iter_mut().zip(&densities.zero.psi[f].z).for_each(|(s, v)| *s += first * v / STEP);
                    }
                }
            }
        }
        Ok(())
    }

    fn give_zero(&mut self, jet: &mut Jet, order: Order) {
        let z = &mut self.densities.zero;
        std::mem::swap(&mut jet.s[1], &mut z.z);
        let pairs = [(triangle(1, 1), &z.zz), (triangle(1, 0), &z.ez)];
        for (at, values) in pairs {
            negate(values, &mut jet.w[at]);
        }
        if order == Order::Gradient {
            let triples = [(tetrahedron(1, 1, 1), &z.zzz), (tetrahedron(1, 0, 0), &z.eez), (tetrahedron(1, 1, 0), &z.ezz)];
            for (at, values) in triples {
                negate(values, &mut jet.t[at]);
            }
        }
    }

    /// The derivatives in the dispersion's predictor, which is the family's first parameter.
    fn give_dispersion(&mut self, predictor: usize, jet: &mut Jet) {
        let (d, f) = (predictor, &self.densities.d.psi[0]);
        jet.s[d].copy_from_slice(&f.l);
        negate(&f.s, &mut jet.w[triangle(d, 0)]);
        let at = tetrahedron(d, 0, 0);
        if !jet.t[at].is_empty() {
            jet.t[at].copy_from_slice(&f.w);
        }
        if self.densities.mixture.is_some() {
            let z = &self.densities.zero.psi[0];
            negate(&z.z, &mut jet.w[triangle(d, 1)]);
            negate(&z.ez, &mut jet.t[tetrahedron(d, 1, 0)]);
            negate(&z.zz, &mut jet.t[tetrahedron(d, 1, 1)]);
        }
        if self.varying.is_none() {
            jet.w[triangle(d, d)].iter_mut().zip(&f.l).for_each(|(w, s)| *w = s * s);
        } else if let Some(slope) = self.slopes.first() {
            negate(&slope.first, &mut jet.w[triangle(d, d)]);
            negate(&slope.mixed, &mut jet.t[tetrahedron(d, d, 0)]);
            negate(&slope.second, &mut jet.t[tetrahedron(d, d, d)]);
            if self.densities.mixture.is_some() {
                negate(&slope.zero, &mut jet.t[tetrahedron(d, d, 1)]);
            }
        }
    }

    /// The derivative of the expected information in parameter j: families give it in closed form in the linear predictor alone.
    fn expected_slope(&self, eta: &[Vec<f64>], j: usize, slope: &mut [f64]) -> Result<()> {
        let response = self.densities.response;
        let n = response.y.len();
        let (mut w, mut t) = (vec![0.0; n], vec![0.0; n]);
        slope.fill(0.0);
        for (at, factor) in FIRST {
            let mut psi = self.psi.clone();
            let mut rows = vec![];
            if response.dispersion_predictor().is_some() && j == 0 {
                rows = eta[1].iter().map(|v| v + at * STEP).collect();
            } else {
                psi[j] += at * STEP;
                if let Some(d) = response.dispersion_predictor() {
                    rows.clone_from(&eta[d]);
                }
            }
            let psi = psi_of(response, &psi, Some(&rows));
            response.family.expected_weight(&response.observations(), &eta[0], &psi, &mut w, &mut t)?;
            slope.iter_mut().zip(&w).for_each(|(s, w)| *s += factor * w / STEP);
        }
        Ok(())
    }
}

fn negate(from: &[f64], to: &mut [f64]) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t = -f);
}

impl Evaluator for FamilyEvaluator<'_> {
    fn use_threads(&mut self, threads: usize) {
        (self.densities.constants.threads, self.densities.d.threads) = (threads, threads);
    }

    fn prepare(&mut self, shared: &[f64], eta: &[Vec<f64>], order: Order) -> Result<()> {
        self.psi = self.densities.response.psi(shared);
        if self.varying.is_some() {
            return Ok(());
        }
        let dispersion = self.densities.response.dispersion_predictor().map(|d| &eta[d][..]);
        let psi = psi_of(self.densities.response, &self.psi, dispersion);
        self.densities.constants(&psi, order)
    }

    fn evaluate(&mut self, eta: &[Vec<f64>], order: Order, jet: &mut Jet) -> Result<()> {
        let response = self.densities.response;
        let dispersion = response.dispersion_predictor();
        let mut full = order;
        if let Some(d) = self.varying {
            self.difference(eta, d, order)?;
            full = Order::Gradient;
        } else {
            let psi = psi_of(response, &self.psi, dispersion.map(|d| &eta[d][..]));
            self.densities.evaluate(eta, &psi, order)?;
        }
        for (ours, theirs) in [(&mut jet.l, &mut self.densities.d.l), (&mut jet.s[0], &mut self.densities.d.s)] {
            std::mem::swap(ours, theirs);
        }
        std::mem::swap(&mut jet.w[0], &mut self.densities.d.w);
        if !jet.t[0].is_empty() {
            std::mem::swap(&mut jet.t[0], &mut self.densities.d.t);
        }
        if self.densities.mixture.is_some() {
            self.give_zero(jet, order);
        }
        if let (Some(d), Order::Gradient) = (dispersion, full) {
            self.give_dispersion(d, jet);
        }
        Ok(())
    }

    fn expected(&mut self, eta: &[Vec<f64>], order: Order, w: &mut [f64], t: &mut [Vec<f64>]) -> Result<()> {
        let response = self.densities.response;
        let dispersion = response.dispersion_predictor();
        let psi = psi_of(response, &self.psi, dispersion.map(|d| &eta[d][..]));
        let known = response.family.expected_weight(&response.observations(), &eta[0], &psi, w, &mut t[0])?;
        if !known {
            let name = response.family.name();
            return Err(Error::unsupported(format!(
                "information: the expected information of the family {name} has no closed form; use the observed one"
            )));
        }
        if let (Some(d), Order::Gradient) = (dispersion, order) {
            self.expected_slope(eta, 0, &mut t[d])?;
        }
        Ok(())
    }

    fn shared_gradient(&mut self, eta: &[Vec<f64>], adjoint: &Adjoint<'_>, expected: bool, out: &mut [f64]) -> Result<()> {
        let (h, za) = (adjoint.h, adjoint.za);
        let n = self.densities.response.y.len();
        let mut slope = vec![0.0; if expected { n } else { 0 }];
        for (g, &j) in out.iter_mut().zip(&self.densities.response.shared) {
            let psi = &self.densities.d.psi[j];
            let mut sum = 0.0;
            if !h[0].is_empty() {
                if expected {
                    self.expected_slope(eta, j, &mut slope)?;
                }
                let w = if expected { &slope } else { &psi.w };
                sum += (0..n).map(|i| h[0][i] * w[i] + za[0][i] * psi.s[i]).sum::<f64>();
            }
            if self.densities.mixture.is_some() && !h[triangle(1, 1)].is_empty() {
                let z = &self.densities.zero.psi[j];
                sum += (0..n).map(|i| za[1][i] * z.z[i] - h[triangle(1, 1)][i] * z.zz[i]).sum::<f64>();
                if !h[triangle(1, 0)].is_empty() {
                    sum -= (0..n).map(|i| 2.0 * h[triangle(1, 0)][i] * z.ez[i]).sum::<f64>();
                }
            }
            if let Some(d) = self.varying {
                let slopes = &self.slopes[j];
                let pairs = [(triangle(d, 0), 2.0, &slopes.mixed), (triangle(d, d), 1.0, &slopes.second)];
                let zero = self.densities.mixture.is_some().then_some((triangle(d, 1), 2.0, &slopes.zero));
                for (at, factor, values) in pairs.into_iter().chain(zero).filter(|(at, ..)| !h[*at].is_empty()) {
                    sum -= h[at].iter().zip(values).map(|(h, v)| factor * h * v).sum::<f64>();
                }
                sum += za[d].iter().zip(&slopes.first).map(|(a, v)| a * v).sum::<f64>();
            }
            *g = sum;
        }
        Ok(())
    }

    fn shared_score(&self, f: usize) -> &[f64] {
        &self.densities.d.psi[self.densities.response.shared[f]].l
    }

    fn shared_slopes(&self, f: usize, out: &mut [Vec<f64>]) {
        let j = self.densities.response.shared[f];
        out[0].copy_from_slice(&self.densities.d.psi[j].s);
        if self.densities.mixture.is_some() {
            out[1].copy_from_slice(&self.densities.zero.psi[j].z);
        }
        if let Some(d) = self.varying {
            out[d].copy_from_slice(&self.slopes[j].first);
        }
    }
}
