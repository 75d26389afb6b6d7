//! What a family is: the trait that all of them have, and what it takes and gives.

use super::cumulative::Cumulative;
use super::facts::Facts;
use super::link::Link;
use super::parameter::Parameter;
use crate::distributions::sd_of;
use crate::error::{Error, Result, try_vec};
use crate::simulate::Stream;
use std::fmt::Debug;

/// The most parameters that a family has.
pub const MAX_PARAMETERS: usize = 3;

/// What is observed. `weights` is empty (all one) or one a row; what they mean is the family's [`WeightRole`].
#[derive(Clone, Copy, Debug)]
pub struct Observations<'a> {
    pub y: &'a [f64],
    pub weights: &'a [f64],
}

impl Observations<'_> {
    #[inline]
    pub(crate) fn weight(&self, row: usize) -> f64 {
        if self.weights.is_empty() { 1.0 } else { self.weights[row] }
    }
}

/// One of the family's parameters, on its working scale: the same for all rows, or one a row (a dispersion formula).
#[derive(Clone, Copy, Debug)]
pub enum Psi<'a> {
    Shared(f64),
    PerRow(&'a [f64]),
}

impl Psi<'_> {
    #[inline]
    pub(crate) fn at(&self, row: usize) -> f64 {
        match self {
            Psi::Shared(value) => *value,
            Psi::PerRow(values) => values[row],
        }
    }
}

/// What the weights mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightRole {
    /// The numbers of trials of proportions.
    Trials,
    /// The dispersion is divided by them, as in R's glm and lme4.
    Dispersion,
    /// They multiply the log-density.
    Factor,
}

/// How many derivatives are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// l.
    Value,
    /// l, s and w: a step towards the mode.
    Mode,
    /// All.
    Gradient,
}

/// The parts of the log-densities that do not depend on the linear predictor (they can be its most expensive part) and their derivatives in
/// the parameters. Fill it with [`Family::constants`] anew whenever y, the weights or a parameter changes, and only then.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    /// How many may fill it.
    pub threads: usize,
    pub value: Vec<f64>,
    pub psi: Vec<Vec<f64>>,
}

/// The derivatives of l, s and w in one parameter.
#[derive(Clone, Debug, Default)]
pub struct PsiDerivatives {
    pub l: Vec<f64>,
    pub s: Vec<f64>,
    pub w: Vec<f64>,
}

/// Log-densities and derivatives, one a row. What the order did not ask for keeps its former content.
#[derive(Clone, Debug, Default)]
pub struct Derivatives {
    /// How many may fill it.
    pub threads: usize,
    pub l: Vec<f64>,
    pub s: Vec<f64>,
    pub w: Vec<f64>,
    pub t: Vec<f64>,
    pub psi: Vec<PsiDerivatives>,
}

impl Constants {
    pub fn new(rows: usize, parameters: usize) -> Result<Self> {
        let column = || try_vec("constants of the log-density", 0.0, rows);
        Ok(Constants { threads: 1, value: column()?, psi: (0..parameters).map(|_| column()).collect::<Result<_>>()? })
    }
}

impl Derivatives {
    pub fn new(rows: usize, parameters: usize) -> Result<Self> {
        let column = || try_vec("derivatives of the log-density", 0.0, rows);
        let triple = |_| Ok(PsiDerivatives { l: column()?, s: column()?, w: column()? });
        let psi = (0..parameters).map(triple).collect::<Result<_>>()?;
        Ok(Derivatives { threads: 1, l: column()?, s: column()?, w: column()?, t: column()?, psi })
    }

    pub(crate) fn scale(&mut self, row: usize, by: f64) {
        for column in [&mut self.l, &mut self.s, &mut self.w, &mut self.t] {
            column[row] *= by;
        }
        for column in self.psi.iter_mut().flat_map(|p| [&mut p.l, &mut p.s, &mut p.w]) {
            column[row] *= by;
        }
    }

    pub(crate) fn clear(&mut self, row: usize) {
        for column in [&mut self.l, &mut self.s, &mut self.w, &mut self.t] {
            column[row] = 0.0;
        }
        for column in self.psi.iter_mut().flat_map(|p| [&mut p.l, &mut p.s, &mut p.w]) {
            column[row] = 0.0;
        }
    }

    /// The log-likelihood: the sum over the rows.
    pub fn log_likelihood(&self) -> f64 {
        self.l.iter().sum()
    }
}

/// A response distribution with its link.
pub trait Family: Debug + Send + Sync {
    /// The name, as [`by_name`] takes it, or the caller's.
    fn name(&self) -> &str;

    /// The link; `Link::Custom` of a family of the caller's, whose functions are those below.
    fn link(&self) -> Link;

    /// The linear predictor of a mean.
    fn linkfun(&self, mu: f64) -> f64 {
        self.link().linkfun(mu)
    }

    /// The mean of a linear predictor.
    fn linkinv(&self, eta: f64) -> f64 {
        self.link().linkinv(eta)
    }

    /// d mu/d eta.
    fn mu_eta(&self, eta: f64) -> f64 {
        self.link().mu_eta(eta)
    }

    /// Whether it is made of functions of the caller's.
    fn calls_back(&self) -> bool {
        false
    }

    /// Whether the log-density is concave in the linear predictor whatever the parameters, so that random effects have one mode: false
    /// where that is not known.
    fn is_log_concave(&self) -> bool {
        false
    }

    /// The open interval of linear predictors for which there is a distribution.
    fn domain(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    fn weight_role(&self) -> WeightRole;

    /// Whether the response, or a function of it, is the linear predictor and normal noise, whose size is the first parameter.
    fn adds_normal_noise(&self) -> bool {
        false
    }

    /// What depends on which family it is; neutral of a family of the caller's, whatever its name.
    fn facts(&self) -> Facts;

    /// The parameters beside the mean, in the order in which `psi` holds them.
    fn parameters(&self) -> &[Parameter];

    /// Keeps a parameter at a value (on its reported scale) instead of having it estimated. `psi` goes on holding it.
    fn fix(&mut self, parameter: &str, value: f64) -> Result<()>;

    /// Fills in what does not depend on the linear predictor; its derivatives only at [`Order::Gradient`].
    fn constants(&self, data: &Observations, psi: &[Psi], order: Order, out: &mut Constants) -> Result<()>;

    /// Log-densities and derivatives at the linear predictor `eta`. Outside the link's domain the log-density is -inf
    /// (and the derivatives are not numbers): a trial step that went there has to be rejected.
    fn evaluate(
        &self,
        data: &Observations,
        eta: &[f64],
        psi: &[Psi],
        constants: &Constants,
        order: Order,
        out: &mut Derivatives,
    ) -> Result<()>;

    /// Expected (Fisher) information in the linear predictor and its derivative; false, and nothing written, where it is not there: there
    /// is no closed form where the mean is inside gamma functions of the count, whose information is a sum over all counts, nor for a
    /// log-density of the caller's; and families that lme4 does not have may go without, since it serves agreement with lme4.
    fn expected_weight(&self, data: &Observations, eta: &[f64], psi: &[Psi], w: &mut [f64], t: &mut [f64]) -> Result<bool>;

    /// The mean of the response at a linear predictor: the link's inverse, but for truncated and inflated families.
    fn response_mean(&self, eta: f64, psi: &[f64]) -> f64;

    /// The simpler distribution that the family becomes as a parameter goes to the upper or the lower end of its range, in words.
    fn limit(&self, _parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    /// What is to be known of results where the parameters (working scale) are.
    fn caution(&self, _psi: &[f64]) -> Option<&'static str> {
        None
    }

    /// Why there are no standard errors where the parameters (working scale) are: the likelihood has no maximum inside, and no curvature that
    /// means anything.
    fn irregular(&self, _psi: &[f64]) -> Option<&'static str> {
        None
    }

    /// Whether parameters (working scale) are in a region where the likelihood may have maxima without meaning beside that of the model.
    fn may_be_false(&self, _psi: &[f64]) -> bool {
        false
    }

    /// A response from the distribution at a linear predictor; not a number outside the link's domain and from a family of the
    /// caller's. A proportion of `weight` trials is
    /// returned as such; weights that multiply the log-density play no part.
    fn simulate(&self, eta: f64, weight: f64, psi: &[f64], stream: &mut Stream) -> f64;

    /// The distribution function at a response, from both sides; NaN outside the link's domain and from a family of the caller's. A weight that multiplies the log-density
    /// plays no part.
    fn cdf(&self, y: f64, eta: f64, weight: f64, psi: &[f64]) -> Cumulative;

    /// The variance of the response at the mean `mu` of the untruncated distribution (infinite or NaN where there is none).
    /// For a proportion of `weight` trials, that of the proportion.
    fn variance(&self, mu: f64, weight: f64, psi: &[f64]) -> f64;

    /// Twice the log-likelihood ratio of mu = y to `mu`, times the dispersion, times the weight; None for families without.
    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, psi: &[f64]) -> Option<f64>;

    /// The signed square root of the unit deviance.
    fn deviance_residual(&self, y: f64, mu: f64, weight: f64, psi: &[f64]) -> Option<f64> {
        self.unit_deviance(y, mu, weight, psi).map(|d| sd_of(d).copysign(y - mu))
    }

    /// Fails at the first response or weight that the family can't have; warnings otherwise.
    fn check_response(&self, data: &Observations) -> Result<Vec<String>>;

    /// A linear predictor for each response to start iterations from.
    fn start_eta(&self, data: &Observations, eta: &mut [f64]) -> Result<()>;

    /// Values of the parameters (working scale) to start from, given fitted means; the fixed ones at their values.
    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<Vec<f64>>;

    fn clone_box(&self) -> Box<dyn Family>;
}

impl Clone for Box<dyn Family> {
    fn clone(&self) -> Self {
        self.clone_box()
    }
}

/// Constants and derivatives in one go, in fresh memory.
pub fn derivatives(family: &dyn Family, data: &Observations, eta: &[f64], psi: &[Psi], order: Order) -> Result<Derivatives> {
    let (rows, parameters) = (data.y.len(), family.parameters().len());
    let mut constants = Constants::new(rows, parameters)?;
    let mut out = Derivatives::new(rows, parameters)?;
    family.constants(data, psi, order, &mut constants)?;
    family.evaluate(data, eta, psi, &constants, order, &mut out)?;
    Ok(out)
}

/// Fails unless an array has the length wanted.
pub(crate) fn check_length(what: &str, seen: usize, wanted: usize) -> Result<()> {
    if seen == wanted { Ok(()) } else { Err(Error::argument(format!("{what} has length {seen}; expected {wanted}"))) }
}
