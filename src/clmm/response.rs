//! An ordered response as a response of the Laplace engine.
//!
//! ```text
//! P(Y <= k) = F(tau (theta_k - eta)),   theta_k = sum_m J_km (alpha_m + n'gamma_m),   tau = exp(-z'zeta)
//! ```
//!
//! Derivatives in what the cut points are made of follow from those of a cell by the chain rule.

use super::coordinates::Coordinates;
use super::region::Region;
use super::rows::{At, CellRows, Second, Triple};
use super::thresholds::Thresholds;
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::family::cell::{CumulativeLink, by_link};
use crate::family::{GRADIENT, Link, MODE, Order};
use crate::glmm::fixed::FixedPart;
use crate::glmm::jet::{Adjoint, Evaluator, Jet, Response, Separated};
use crate::linalg::dense;
use crate::threads::divide;

/// Categories on data.
#[derive(Clone, Debug)]
pub struct OrderedResponse {
    pub link: Link,
    pub thresholds: Thresholds,
    /// Category of each row, from 1 to K.
    pub y: Vec<f64>,
    /// Factors of the log-density; empty if all are one.
    pub weights: Vec<f64>,
    /// Columns with an effect on each of the thresholds' parameters.
    pub nominal: FixedPart,
    /// A second predictor is the logarithm of the scale.
    pub scale: bool,
    /// The columns of the mean and the nominal ones are centred, so that the thresholds are those of the middle of the data.
    pub centred: bool,
    /// So are those of the scale, see `glmm::latent`: not beside an offset of the mean, which is a number of the latent variable's own unit.
    pub scale_centred: bool,
    pub coordinates: Coordinates,
    /// Parameters outside are refused.
    pub within: Option<Region>,
}

impl OrderedResponse {
    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(OrderedResponse {
            link: self.link,
            thresholds: self.thresholds.clone(),
            y: try_copy("response", &self.y)?,
            weights: try_copy("weights", &self.weights)?,
            nominal: self.nominal.try_clone()?,
            scale: self.scale,
            centred: self.centred,
            scale_centred: self.scale_centred,
            coordinates: self.coordinates.clone(),
            within: self.within.as_ref().map(Region::try_clone).transpose()?,
        })
    }

    /// On some of the rows, in the same parameters.
    pub fn of_rows(&self, rows: &[u32]) -> Result<Self> {
        let of = |values: &[f64]| try_collect("response", rows.iter().map(|&row| values[row as usize]));
        Ok(OrderedResponse {
            thresholds: self.thresholds.clone(),
            y: of(&self.y)?,
            weights: if self.weights.is_empty() { vec![] } else { of(&self.weights)? },
            nominal: self.nominal.of_rows(rows)?,
            coordinates: self.coordinates.clone(),
            within: self.within.as_ref().map(Region::try_clone).transpose()?,
            ..*self
        })
    }

    /// Where the thresholds of all rows are in order; none without nominal effects, where they are anywhere.
    pub fn region(&self) -> Result<Option<Region>> {
        Region::new(&self.thresholds, &self.nominal, &self.y)
    }
}

impl Response for OrderedResponse {
    fn predictors(&self) -> usize {
        1 + usize::from(self.scale)
    }

    fn n_shared(&self) -> usize {
        match &self.coordinates {
            Coordinates::Distances => self.n_whole(),
            Coordinates::Linear(basis) => basis.len() / self.n_whole(),
        }
    }

    fn is_log_concave(&self) -> bool {
        self.link != Link::Cauchit
    }

    /// Thresholds and their distances have limits of another kind: categories that come to nothing.
    fn has_edges(&self) -> bool {
        false
    }

    /// A coefficient at infinity may take thresholds with it.
    fn joint_separation(&self, shared: &[f64], eta: &[Vec<f64>], mean: &FixedPart, gamma: &[f64]) -> Result<Option<Separated>> {
        self.separated(shared, eta, mean, gamma).map(Some)
    }

    fn latent_variance(&self) -> Option<f64> {
        self.link.latent_variance()
    }

    fn evaluator<'a>(&'a self, inner: &[bool]) -> Result<Box<dyn Evaluator + 'a>> {
        if inner.iter().skip(1).any(|i| *i) {
            return Err(Error::unsupported("scale: random effects in the scale are not available"));
        }
        let n = self.y.len();
        let column = || try_vec("derivatives of the log-density", 0.0, n);
        by_link!(
            self.link,
            L => Ok(Box::new(OrderedEvaluator::<L>::new(self, column()?, column()?))),
            Err(Error::argument(format!("link: an ordinal model can't have the link {}", self.link.name())))
        )
    }
}

/// How thresholds move with a shared parameter: at the centre (0) and with the nominal columns (from 1), where they do.
type Direction = Vec<(usize, Vec<f64>)>;

struct OrderedEvaluator<'a, L> {
    response: &'a OrderedResponse,
    /// The shared parameters.
    shared: Vec<f64>,
    /// What they move ([`OrderedResponse::whole_slopes`]), at the last evaluation at `Order::Gradient`.
    slopes: Vec<f64>,
    /// The thresholds below and above the category of each row.
    lower: Vec<f64>,
    upper: Vec<f64>,
    /// 1 / scale of each row; empty if that is one.
    tau: Vec<f64>,
    /// In the thresholds below and above, of the last evaluation at `Order::Gradient`.
    in_lower: Vec<Triple>,
    in_upper: Vec<Triple>,
    /// Information of the thresholds with the logarithm of the scale, at the same.
    with_scale: Vec<[f64; 2]>,
    /// Scores per row of each shared parameter, at the same.
    scores: Vec<Vec<f64>>,
    threads: usize,
    link: std::marker::PhantomData<L>,
}

impl<'a, L: CumulativeLink> OrderedEvaluator<'a, L> {
    fn new(response: &'a OrderedResponse, lower: Vec<f64>, upper: Vec<f64>) -> Self {
        OrderedEvaluator {
            response,
            shared: vec![],
            slopes: vec![],
            lower,
            upper,
            tau: vec![],
            in_lower: vec![],
            in_upper: vec![],
            with_scale: vec![],
            scores: vec![],
            threads: 1,
            link: std::marker::PhantomData,
        }
    }

    fn cells<const ORDER: u8>(&mut self, eta: &[f64], jet: &mut Jet) {
        let at = At { weights: &self.response.weights, eta, thresholds: [&self.lower, &self.upper], tau: &self.tau };
        let out = CellRows::of(jet, [&mut self.in_lower, &mut self.in_upper], &mut self.with_scale);
        if self.threads > 1 {
            divide(self.threads, out.in_pieces(), &|rows| at.cells::<L, ORDER>(rows));
        } else {
            at.cells::<L, ORDER>(out);
        }
    }

    /// Sums over the rows of what a row gives to the thresholds [below, above] its category, chained to the shared parameters.
    fn summed(&self, value: impl Fn(usize) -> [f64; 2]) -> Vec<f64> {
        let response = self.response;
        let (count, c, n) = (response.thresholds.count, response.nominal.p, response.y.len());
        // Per threshold; then times each nominal column.
        let mut sums = vec![0.0; count * (1 + c)];
        for i in 0..n {
            let category = response.y[i] as usize;
            let [below, above] = value(i);
            let mut add = |threshold: usize, v: f64| {
                sums[threshold] += v;
                for k in 0..c {
                    sums[(k + 1) * count + threshold] += v * response.nominal.q[k * n + i];
                }
            };
            if category <= count {
                add(category - 1, above);
            }
            if category > 1 {
                add(category - 2, below);
            }
        }
        self.chained(&sums)
    }

    /// From derivatives in the thresholds (of each nominal column's, too) to those in the shared parameters.
    fn chained(&self, sums: &[f64]) -> Vec<f64> {
        let thresholds = &self.response.thresholds;
        let whole: Vec<f64> = sums.chunks_exact(thresholds.count).flat_map(|own| thresholds.transposed(own)).collect();
        self.slopes.chunks_exact(whole.len()).map(|column| dense::dot(column, &whole)).collect()
    }

    /// In the direction of each shared parameter, the derivatives of the thresholds at the centre and those that go with nominal columns.
    fn directions(&self) -> Vec<Direction> {
        let thresholds = &self.response.thresholds;
        let (count, m) = (thresholds.count, thresholds.n_alpha());
        let direction = |column: &[f64]| -> Direction {
            let parts = column.chunks_exact(m).enumerate().filter(|(_, alpha)| alpha.iter().any(|a| *a != 0.0));
            parts
                .map(|(part, alpha)| {
                    let mut theta = vec![0.0; count];
                    thresholds.add(alpha, &mut theta);
                    (part, theta)
                })
                .collect()
        };
        self.slopes.chunks_exact(self.response.n_whole()).map(direction).collect()
    }
}

impl<L: CumulativeLink> Evaluator for OrderedEvaluator<'_, L> {
    fn use_threads(&mut self, threads: usize) {
        self.threads = threads;
    }

    fn prepare(&mut self, shared: &[f64], eta: &[Vec<f64>], _order: Order) -> Result<()> {
        let response = self.response;
        let (count, m, n) = (response.thresholds.count, response.thresholds.n_alpha(), response.y.len());
        self.shared = shared.to_vec();
        let whole = response.whole(shared);
        if response.within.as_ref().is_some_and(|region| !region.has(&whole)) {
            return Err(Error::numeric("the thresholds of some rows are out of order"));
        }
        let mut theta = vec![0.0; count];
        response.thresholds.add(&whole[..m], &mut theta);
        let mut own = vec![0.0; m];
        for i in 0..n {
            if response.nominal.p > 0 {
                own.copy_from_slice(&whole[..m]);
                for (c, gamma) in whole[m..].chunks_exact(m).enumerate() {
                    let q = response.nominal.q[c * n + i];
                    own.iter_mut().zip(gamma).for_each(|(a, g)| *a += q * g);
                }
                theta.fill(0.0);
                response.thresholds.add(&own, &mut theta);
            }
            let upper = response.y[i] as usize;
            self.upper[i] = if upper <= count { theta[upper - 1] } else { f64::INFINITY };
            self.lower[i] = if upper > 1 { theta[upper - 2] } else { f64::NEG_INFINITY };
        }
        if response.scale {
            self.tau.clear();
            self.tau.try_reserve_exact(n).map_err(|_| Error::memory("scales of the rows", 8 * n))?;
            self.tau.extend(eta[1].iter().map(|e| (-e).exp()));
        }
        Ok(())
    }

    fn evaluate(&mut self, eta: &[Vec<f64>], order: Order, jet: &mut Jet) -> Result<()> {
        if order != Order::Gradient {
            self.cells::<MODE>(&eta[0], jet);
            return Ok(());
        }
        let n = self.response.y.len();
        if self.in_lower.is_empty() {
            self.in_lower = try_vec("derivatives of the log-density", [0.0; 3], n)?;
            self.in_upper = try_vec("derivatives of the log-density", [0.0; 3], n)?;
            self.with_scale = try_vec("derivatives of the log-density", [0.0; 2], if self.response.scale { n } else { 0 })?;
            let column = || try_vec("derivatives of the log-density", 0.0, n);
            self.scores = (0..self.response.n_shared()).map(|_| column()).collect::<Result<_>>()?;
        }
        self.cells::<GRADIENT>(&eta[0], jet);
        self.slopes = self.response.whole_slopes(&self.shared);
        let directions = self.directions();
        let (response, lower, upper) = (self.response, &self.in_lower, &self.in_upper);
        divide(self.threads, directions.iter().zip(&mut self.scores).collect(), &|(direction, scores)| {
            per_row(response, direction, |i| [lower[i][0], upper[i][0]], scores);
        });
        Ok(())
    }

    fn expected(&mut self, _eta: &[Vec<f64>], _order: Order, _w: &mut [f64], _t: &mut [Vec<f64>]) -> Result<()> {
        Err(Error::unsupported("information: ordinal models have the observed information alone"))
    }

    fn shared_gradient(&mut self, _eta: &[Vec<f64>], adjoint: &Adjoint<'_>, _expected: bool, out: &mut [f64]) -> Result<()> {
        let (h, za) = (&adjoint.h[0], &adjoint.za[0]);
        if h.is_empty() {
            out.fill(0.0);
            return Ok(());
        }
        let of = |i: usize, [_, s, w]: Triple| h[i] * w + za[i] * s;
        out.copy_from_slice(&self.summed(|i| [of(i, self.in_lower[i]), of(i, self.in_upper[i])]));
        Ok(())
    }

    fn shared_score(&self, f: usize) -> &[f64] {
        &self.scores[f]
    }

    fn shared_slopes(&self, f: usize, out: &mut [Vec<f64>]) {
        per_row(self.response, &self.directions()[f], |i| [self.in_lower[i][1], self.in_upper[i][1]], &mut out[0]);
    }

    fn shared_information(&mut self, information: &mut [f64], weights: &mut Vec<Vec<f64>>) -> Result<()> {
        let (n, k, predictors) = (self.response.y.len(), self.response.n_shared(), self.response.predictors());
        let directions = self.directions();
        weights.resize(k * predictors, vec![]);
        for weights in weights.iter_mut().filter(|weights| weights.len() != n) {
            *weights = try_vec("information of the thresholds", 0.0, n)?;
        }
        let (response, lower, upper, with_scale) = (self.response, &self.in_lower, &self.in_upper, &self.with_scale);
        divide(self.threads, weights.iter_mut().enumerate().collect(), &|(e, weights)| {
            let direction = &directions[e / predictors];
            if e % predictors == 0 {
                per_row(response, direction, |i| [-lower[i][1], -upper[i][1]], weights);
            } else {
                per_row(response, direction, |i| with_scale[i], weights);
            }
        });
        let bands = (self.response.nominal.p == 0).then(|| self.information_of_thresholds());
        for f in 0..k {
            let own = match &bands {
                Some(bands) => self.chained(&bands.times(&directions[f])),
                None => self.information_in(&directions[f]),
            };
            for (g, value) in own.into_iter().enumerate() {
                information[g * k + f] = value;
            }
        }
        Ok(())
    }
}

impl<L: CumulativeLink> OrderedEvaluator<'_, L> {
    /// A row's second derivatives in its thresholds, with their sign changed.
    #[inline]
    fn information_of_row(&self, i: usize) -> [f64; 3] {
        let weight = self.response.weights.get(i).copied().unwrap_or(1.0);
        let second = Second::new(&self.in_lower[i], &self.in_upper[i], weight);
        [-second.aa, -second.ab, -second.bb]
    }

    /// The information of the thresholds where no row has its own: a row knows of the two around its category only.
    fn information_of_thresholds(&self) -> Bands {
        // Places beside the first and the last threshold take what an open end has, which is nothing.
        let count = self.response.thresholds.count;
        let mut bands = Bands { diagonal: vec![0.0; count + 2], beside: vec![0.0; count + 2] };
        for (i, y) in self.response.y.iter().enumerate() {
            let (above, [aa, ab, bb]) = (*y as usize, self.information_of_row(i));
            bands.diagonal[above - 1] += aa;
            bands.diagonal[above] += bb;
            bands.beside[above] += ab;
        }
        bands
    }

    /// The information of all shared parameters with the one that moves thresholds in a direction.
    fn information_in(&self, direction: &Direction) -> Vec<f64> {
        let moves = moves(self.response, direction);
        self.summed(|i| {
            let ([aa, ab, bb], [down, up]) = (self.information_of_row(i), moves(i));
            [aa * down + ab * up, ab * down + bb * up]
        })
    }
}

/// A symmetric matrix of the thresholds, from 1 to the last: its diagonal, and what stands before that.
struct Bands {
    diagonal: Vec<f64>,
    beside: Vec<f64>,
}

impl Bands {
    /// Its product with a direction, which moves thresholds at the centre only.
    fn times(&self, direction: &Direction) -> Vec<f64> {
        let count = self.diagonal.len() - 2;
        let mut out = vec![0.0; count];
        for (_, own) in direction {
            let at = |t: usize| if (1..=count).contains(&t) { own[t - 1] } else { 0.0 };
            for (t, out) in (1..).zip(&mut out) {
                *out += self.beside[t] * at(t - 1) + self.diagonal[t] * at(t) + self.beside[t + 1] * at(t + 1);
            }
        }
        out
    }
}

/// The derivatives, in a direction, of the thresholds [below, above] the category of a row.
fn moves<'d>(response: &'d OrderedResponse, direction: &Direction) -> impl Fn(usize) -> [f64; 2] + use<'d> {
    let n = response.y.len();
    let of_categories = |(part, own): &(usize, Vec<f64>)| -> (usize, Vec<[f64; 2]>) {
        let below = std::iter::once(0.0).chain(own.iter().copied());
        (*part, below.zip(own.iter().copied().chain([0.0])).map(|(below, above)| [below, above]).collect())
    };
    let parts: Vec<(usize, Vec<[f64; 2]>)> = direction.iter().map(of_categories).collect();
    move |i| {
        let category = response.y[i] as usize;
        let mut moved = [0.0; 2];
        for (part, own) in &parts {
            let times = if *part == 0 { 1.0 } else { response.nominal.q[(part - 1) * n + i] };
            let [below, above] = own[category - 1];
            moved[0] += times * below;
            moved[1] += times * above;
        }
        moved
    }
}

/// What a row's thresholds [below, above] have, in a direction.
fn per_row(response: &OrderedResponse, direction: &Direction, value: impl Fn(usize) -> [f64; 2], out: &mut [f64]) {
    let moves = moves(response, direction);
    for (i, out) in out.iter_mut().enumerate() {
        let ([down, up], [below, above]) = (moves(i), value(i));
        *out = up * above + down * below;
    }
}
