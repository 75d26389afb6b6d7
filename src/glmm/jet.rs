//! What the Laplace engine asks of a response: its log-density with derivatives in the linear predictors and in shared parameters.

use std::fmt::Debug;

use super::fixed::FixedPart;
use crate::error::{Result, try_vec};
use crate::family::Order;
use crate::linalg::dense;

/// The place of the triple (a, b, c) in a list of the triples with a >= b >= c.
pub fn tetrahedron(a: usize, b: usize, c: usize) -> usize {
    let mut t = [a, b, c];
    t.sort_unstable_by(|x, y| y.cmp(x));
    t[0] * (t[0] + 1) * (t[0] + 2) / 6 + t[1] * (t[1] + 1) / 2 + t[2]
}

/// Log-densities per row and their derivatives in P linear predictors.
#[derive(Clone, Debug, Default)]
pub struct Jet {
    pub l: Vec<f64>,
    /// First derivatives, `[P]`.
    pub s: Vec<Vec<f64>>,
    /// Second ones with their sign changed, at `triangle(a, b)`; squared scores of a predictor without inner effects where the response
    /// doesn't have its own, which serve steps of the search alone.
    pub w: Vec<Vec<f64>>,
    /// Third ones with their sign changed, at `tetrahedron(a, b, c)`; empty where fewer than two of the three have random effects.
    pub t: Vec<Vec<f64>>,
}

impl Jet {
    /// `inner[a]`: predictor a has effects that the mode is searched in.
    pub fn new(rows: usize, inner: &[bool]) -> Result<Jet> {
        let p = inner.len();
        let column = |wanted: bool| try_vec("derivatives of the log-density", 0.0, if wanted { rows } else { 0 });
        let mut jet = Jet { l: column(true)?, ..Jet::default() };
        for a in 0..p {
            jet.s.push(column(true)?);
            for b in 0..=a {
                jet.w.push(column(true)?);
                for c in 0..=b {
                    jet.t.push(column([a, b, c].iter().filter(|i| inner[**i]).count() >= 2)?);
                }
            }
        }
        Ok(jet)
    }

    pub fn log_likelihood(&self) -> f64 {
        // In pieces, so that rounding does not grow with the number of rows.
        self.l.chunks(512).map(dense::sum).sum()
    }
}

/// What a parameter that all rows share is multiplied by in the gradient of the deviance.
#[derive(Clone, Copy, Debug)]
pub struct Adjoint<'a> {
    /// Leverages at `triangle(a, b)`, of predictors with inner effects.
    pub h: &'a [Vec<f64>],
    /// Z Lambda a per predictor.
    pub za: &'a [Vec<f64>],
}

/// Directions of separation among parameters.
#[derive(Clone, Debug, Default)]
pub struct Separated {
    /// Independent of each other. Of rows that have information they move none.
    pub directions: Vec<Vec<f64>>,
    /// How far the estimate is in them.
    pub toward: Vec<f64>,
}

/// Data and distribution of a response.
pub trait Response: Debug + Send + Sync {
    /// Linear predictors: 0 is the mean's.
    fn predictors(&self) -> usize;

    /// Parameters that all rows share, and that are estimated.
    fn n_shared(&self) -> usize;

    /// Whether its log-density is concave in the predictors: random effects then have one mode each, and their determinant does not vanish.
    fn is_log_concave(&self) -> bool {
        true
    }

    /// Whether it is made of functions of the caller's, which only the thread of the call runs.
    fn calls_back(&self) -> bool {
        false
    }

    /// Where an end of a search may be a false one, parameters to search from again with the predictors as they were found.
    fn start_again(&self, _eta: &[Vec<f64>]) -> Result<Guess> {
        Ok(Guess::default())
    }

    /// Whether it may be.
    fn may_be_false(&self, _shared: &[f64]) -> bool {
        false
    }

    /// Whether its shared parameters and further predictors may go to an edge, where it is a simpler one.
    fn has_edges(&self) -> bool {
        true
    }

    /// Whether fixed effects of a predictor, by themselves, may be separated: of counts and proportions.
    fn can_separate(&self, _predictor: usize) -> bool {
        false
    }

    /// The unit of a predictor in which a change of one is neither little nor much.
    fn natural_unit(&self, _predictor: usize, _shared: &[f64], _eta: &[Vec<f64>]) -> f64 {
        1.0
    }

    /// Directions of separation that the mean's fixed effects (of which `gamma` are the estimates) and the shared parameters have
    /// together, where they do: the former first.
    fn joint_separation(&self, _shared: &[f64], _eta: &[Vec<f64>], _mean: &FixedPart, _gamma: &[f64]) -> Result<Option<Separated>> {
        Ok(None)
    }

    /// The variance of the latent variable of which the response shows whether it is above a threshold, where there is one.
    fn latent_variance(&self) -> Option<f64> {
        None
    }

    /// The open interval outside which the mean's predictor has no distribution.
    fn domain(&self) -> (f64, f64) {
        (f64::NEG_INFINITY, f64::INFINITY)
    }

    /// Something that evaluates it, given which predictors have inner effects.
    fn evaluator<'a>(&'a self, inner: &[bool]) -> Result<Box<dyn Evaluator + 'a>>;
}

/// What is guessed of the family's parameters from linear predictors: those that are shared, and the constant part of a dispersion.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    pub shared: Vec<f64>,
    /// The dispersion's predictor with a value for all of its rows.
    pub dispersion: Option<(usize, f64)>,
}

/// Evaluates a response at predictors and shared parameters (working scale).
pub trait Evaluator {
    /// How many threads an evaluation may use; by default it uses that of the call.
    fn use_threads(&mut self, _threads: usize) {}

    /// Takes the shared parameters and the predictors that stay as they are while the mode is searched.
    fn prepare(&mut self, shared: &[f64], eta: &[Vec<f64>], order: Order) -> Result<()>;

    /// The jet; at `Order::Mode` l, and s and w of predictors with inner effects alone.
    fn evaluate(&mut self, eta: &[Vec<f64>], order: Order, jet: &mut Jet) -> Result<()>;

    /// The expected information of the mean's predictor and its derivatives in each of the predictors `[P]`.
    fn expected(&mut self, eta: &[Vec<f64>], order: Order, w: &mut [f64], t: &mut [Vec<f64>]) -> Result<()>;

    /// After an evaluation at `Order::Gradient`: per shared parameter the sum over rows of
    /// `sum h_ab dw_ab/df + sum za_a ds_a/df`. With `expected` the information in the determinant is the expected one.
    fn shared_gradient(&mut self, eta: &[Vec<f64>], adjoint: &Adjoint<'_>, expected: bool, out: &mut [f64]) -> Result<()>;

    /// After an evaluation at `Order::Gradient`: dl/df of the shared parameter f, one a row.
    fn shared_score(&self, f: usize) -> &[f64];

    /// After an evaluation at `Order::Gradient`: ds_a/df of the shared parameter f, of the predictors a with inner effects; nothing of others.
    fn shared_slopes(&self, f: usize, out: &mut [Vec<f64>]);

    /// After an evaluation at `Order::Gradient`, for steps of the search alone: the information `[k, k]` of the k shared parameters, and
    /// that of each of them with each predictor per row, of responses that have it: that with predictor a of P of parameter f at
    /// `f P + a`. By default squared scores, and none.
    fn shared_information(&mut self, information: &mut [f64], weights: &mut Vec<Vec<f64>>) -> Result<()> {
        weights.clear();
        let k = information.len().isqrt();
        for f in 0..k {
            information[f * (k + 1)] = self.shared_score(f).iter().map(|s| s * s).sum::<f64>();
        }
        Ok(())
    }
}
