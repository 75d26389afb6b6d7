//! What a family has to provide: its density in its own coordinate, and the facts around it. What is true or false of a family has no
//! default, so that one that forgets it does not compile; what has a default is a closed form that a family may lack.

use std::fmt::Debug;

use super::coordinate::{At, Base, Chain};
use super::cumulative::Cumulative;
use super::facts::Facts;
use super::link::Link;
use super::parameter::Parameter;
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

/// `Order` as a constant, so that the compiler leaves out what is not asked for.
pub(crate) const VALUE: u8 = 0;
pub(crate) const MODE: u8 = 1;
pub(crate) const GRADIENT: u8 = 2;

/// The log-density less its constant, and derivatives in one coordinate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Point {
    pub l: f64,
    pub s: f64,
    pub w: f64,
    pub t: f64,
    /// Per parameter the derivatives of l, s, w.
    pub psi: [[f64; 3]; MAX_PARAMETERS],
}

impl Point {
    /// From the coordinate to the linear predictor: l is a function of zeta(eta).
    #[inline]
    pub(crate) fn chained(&self, [z1, z2, z3]: Chain) -> Point {
        let mut out = *self;
        out.s = self.s * z1;
        out.w = self.w * z1 * z1 - self.s * z2;
        out.t = self.t * z1 * z1 * z1 + 3.0 * self.w * z1 * z2 - self.s * z3;
        for p in &mut out.psi {
            let [l, s, w] = *p;
            *p = [l, s * z1, w * z1 * z1 - s * z2];
        }
        out
    }

    #[inline]
    pub(crate) fn scale(&mut self, by: f64, parameters: usize) {
        for v in [&mut self.l, &mut self.s, &mut self.w, &mut self.t] {
            *v *= by;
        }
        for v in self.psi[..parameters].iter_mut().flatten() {
            *v *= by;
        }
    }
}

/// The part of the log-density without the linear predictor, and its derivatives in the parameters.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Constant {
    pub value: f64,
    pub psi: [f64; MAX_PARAMETERS],
}

/// A density. `Shape` is what can be computed from the parameters alone.
pub(crate) trait Density: Clone + Debug + Send + Sync + 'static {
    type Shape: Copy;

    /// The name, and other names that are known.
    const NAMES: &'static [&'static str];
    const NAME: &'static str = Self::NAMES[0];
    /// The links that suit it, the default first.
    const LINKS: &'static [Link];
    const BASE: Base;
    /// With `Factor`, the density itself sees weights of one.
    const WEIGHTS: WeightRole;
    /// What depends on which family it is.
    const FACTS: Facts;
    const PARAMETERS: &'static [Parameter];

    /// With the identity link, the response or a function of it is the linear predictor and normal noise, whose size is the first parameter.
    const NORMAL_NOISE: bool;

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Self::Shape;

    /// Whether the log-density is concave in the linear predictor whatever the parameters: false where that is not known.
    fn is_log_concave(link: Link) -> bool;

    /// What does not depend on the mean.
    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &Self::Shape) -> Constant;

    /// The rest, and all derivatives of the log-density less those of the constant.
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &Self::Shape) -> Point;

    /// Like `point`, but in the linear predictor of another link than that of the coordinate: families override it where they have
    /// a better form.
    #[inline]
    fn point_by_link<const ORDER: u8>(&self, link: Link, y: f64, weight: f64, eta: f64, shape: &Self::Shape) -> Point {
        let (at, chain) = Self::BASE.of(link, eta);
        self.point::<ORDER>(y, weight, &at, shape).chained(chain)
    }

    /// Expected information in the coordinate and its derivative, where there is a closed form.
    fn expected(&self, _weight: f64, _at: &At, _shape: &Self::Shape) -> Option<[f64; 2]> {
        None
    }

    /// The mean of the response.
    fn response_mean(&self, at: &At, _shape: &Self::Shape) -> f64 {
        at.mu
    }

    /// What it is in the limit of a parameter at the upper or the lower end of its range, in words.
    fn limit(parameter: usize, upper: bool) -> Option<&'static str>;

    /// What is to be known of results where the parameters (working scale) are, some of which are given and not estimated.
    fn caution(_psi: &[f64], _given: &dyn Fn(usize) -> bool) -> Option<&'static str> {
        None
    }

    /// Why there are no standard errors where the parameters (working scale) are.
    fn irregular(_psi: &[f64]) -> Option<&'static str> {
        None
    }

    /// Whether parameters are in a region where the likelihood may have maxima without meaning beside that of the model.
    fn may_be_false(_psi: &[f64]) -> bool {
        false
    }

    /// A response; not a number outside the link's domain. A weight of `WeightRole::Factor` plays no part in it.
    fn simulate(&self, at: &At, weight: f64, shape: &Self::Shape, stream: &mut Stream) -> f64;

    /// The distribution function.
    fn cdf(&self, y: f64, weight: f64, at: &At, shape: &Self::Shape) -> Cumulative;

    fn variance(&self, mu: f64, weight: f64, shape: &Self::Shape) -> f64;

    fn unit_deviance(&self, _y: f64, _mu: f64, _weight: f64, _shape: &Self::Shape) -> Option<f64> {
        None
    }

    /// Whether the family has this response: what is wanted, in words, where not.
    fn wants(&self, y: f64, weight: f64) -> std::result::Result<(), &'static str>;

    /// A remark on the data as a whole.
    fn warnings(&self, _data: &Observations) -> Vec<String> {
        Vec::new()
    }

    /// A mean close to the response, inside the family's range.
    fn start_mean(&self, y: f64, weight: f64) -> f64;

    /// The same where it depends on the mean of all responses.
    fn start_mean_beside(&self, y: f64, weight: f64, _mean: f64) -> f64 {
        self.start_mean(y, weight)
    }

    /// Parameters to start from, given fitted means.
    fn start_psi(&self, _data: &Observations, _mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        Ok([0.0; MAX_PARAMETERS])
    }
}
