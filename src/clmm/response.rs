//! An ordered response as a response of the Laplace engine.
//!
//! ```text
//! P(Y <= k) = F(tau (theta_k - eta)),   theta_k = sum_m J_km (alpha_m + n'gamma_m),   tau = exp(-z'zeta)
//! ```
//!
//! The shared parameters are the thresholds' coordinates, then gamma in an orthonormal basis of the nominal columns, those of the first
//! column first. Derivatives in what the cut points are made of follow from those of a cell by the chain rule.

use super::cell::{Cell, CumulativeLink, by_link};
use super::thresholds::Thresholds;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::family::{GRADIENT, Link, MODE, Order};
use crate::glmm::fixed::FixedPart;
use crate::glmm::jet::{Adjoint, Evaluator, Jet, Response, tetrahedron};
use crate::random::triangle;

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
        })
    }

    /// The thresholds' parameters at the centre of the nominal columns.
    fn alpha(&self, shared: &[f64]) -> Vec<f64> {
        self.thresholds.alpha(&shared[..self.thresholds.n_alpha()])
    }

    /// The parameters as they are reported, at nominal columns and `location` (the mean's centre) zero: alpha, then the nominal effects.
    pub fn reported(&self, shared: &[f64], location: f64) -> Vec<f64> {
        let m = self.thresholds.n_alpha();
        let mut out = self.alpha(shared);
        let effects = self.effects(&shared[m..]);
        for (a, d) in out.iter_mut().zip(self.thresholds.location()) {
            *a += d * location;
        }
        for (column, mean) in effects.chunks_exact(m).zip(&self.nominal.means) {
            out.iter_mut().zip(column).for_each(|(a, g)| *a -= mean * g);
        }
        out.extend(effects);
        out
    }

    /// The shared parameters of reported ones.
    pub fn shared(&self, reported: &[f64], location: f64) -> Result<Vec<f64>> {
        let m = self.thresholds.n_alpha();
        let (alpha, effects) = reported.split_at(m);
        let mut alpha = alpha.to_vec();
        for (a, d) in alpha.iter_mut().zip(self.thresholds.location()) {
            *a -= d * location;
        }
        for (column, mean) in effects.chunks_exact(m).zip(&self.nominal.means) {
            alpha.iter_mut().zip(column).for_each(|(a, g)| *a += mean * g);
        }
        let mut out = self.thresholds.working(&alpha)?;
        let mut gamma = vec![0.0; effects.len()];
        for k in 0..m {
            let own: Vec<f64> = effects.chunks_exact(m).map(|column| column[k]).collect();
            for (c, g) in self.nominal.to_working(&own).into_iter().enumerate() {
                gamma[c * m + k] = g;
            }
        }
        out.extend(gamma);
        Ok(out)
    }

    /// Nominal effects of the columns themselves, of those in the orthonormal basis.
    fn effects(&self, gamma: &[f64]) -> Vec<f64> {
        let m = self.thresholds.n_alpha();
        let mut out = vec![0.0; gamma.len()];
        for k in 0..m {
            let mut own: Vec<f64> = gamma.chunks_exact(m).map(|column| column[k]).collect();
            self.nominal.to_user(&mut own);
            own.into_iter().enumerate().for_each(|(c, g)| out[c * m + k] = g);
        }
        out
    }

    /// d reported / d shared, `[k, k]`.
    pub fn reported_slopes(&self, shared: &[f64]) -> Vec<f64> {
        let (m, k) = (self.thresholds.n_alpha(), shared.len());
        let mut out = vec![0.0; k * k];
        let derivative = self.thresholds.derivative(&shared[..m]);
        for j in 0..m {
            out[j * k..j * k + m].copy_from_slice(&derivative[j * m..(j + 1) * m]);
        }
        // Linear in the nominal effects: a column each.
        for j in m..k {
            let mut unit = vec![0.0; k - m];
            unit[j - m] = 1.0;
            let effects = self.effects(&unit);
            for (column, mean) in effects.chunks_exact(m).zip(&self.nominal.means) {
                (0..m).for_each(|i| out[j * k + i] -= mean * column[i]);
            }
            out[j * k + m..(j + 1) * k].copy_from_slice(&effects);
        }
        out
    }
}

impl Response for OrderedResponse {
    fn predictors(&self) -> usize {
        1 + usize::from(self.scale)
    }

    fn n_shared(&self) -> usize {
        self.thresholds.n_alpha() * (1 + self.nominal.p)
    }

    fn is_log_concave(&self) -> bool {
        self.link != Link::Cauchit
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

/// Derivatives of a row's l, s, w in one of its two thresholds, the scale included.
type Triple = [f64; 3];

struct OrderedEvaluator<'a, L> {
    response: &'a OrderedResponse,
    /// Coordinates of the thresholds, and J.
    working: Vec<f64>,
    jacobian: Vec<f64>,
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
    link: std::marker::PhantomData<L>,
}

impl<'a, L: CumulativeLink> OrderedEvaluator<'a, L> {
    fn new(response: &'a OrderedResponse, lower: Vec<f64>, upper: Vec<f64>) -> Self {
        OrderedEvaluator {
            response,
            working: vec![],
            jacobian: response.thresholds.jacobian(),
            lower,
            upper,
            tau: vec![],
            in_lower: vec![],
            in_upper: vec![],
            with_scale: vec![],
            scores: vec![],
            link: std::marker::PhantomData,
        }
    }

    /// theta of alpha.
    fn thresholds_of(&self, alpha: &[f64], theta: &mut [f64]) {
        theta.fill(0.0);
        for (column, a) in self.jacobian.chunks_exact(theta.len()).zip(alpha) {
            theta.iter_mut().zip(column).for_each(|(t, j)| *t += j * a);
        }
    }

    fn cells<const ORDER: u8>(&mut self, eta: &[Vec<f64>], jet: &mut Jet) {
        let response = self.response;
        let scaled = response.scale;
        let n = response.y.len();
        let (eta, lower, upper) = (&eta[0][..n], &self.lower[..n], &self.upper[..n]);
        for i in 0..n {
            let tau = if scaled { self.tau[i] } else { 1.0 };
            let (a, b) = (tau * (lower[i] - eta[i]), tau * (upper[i] - eta[i]));
            let mut cell = L::cell::<ORDER>(a, b);
            let weight = response.weights.get(i).copied().unwrap_or(1.0);
            if weight != 1.0 {
                weigh(&mut cell, weight);
            }
            jet.l[i] = cell.l;
            jet.s[0][i] = tau * cell.s;
            jet.w[0][i] = tau * tau * cell.w;
            if ORDER == GRADIENT {
                if !jet.t[0].is_empty() {
                    jet.t[0][i] = tau * tau * tau * cell.t;
                }
                if scaled {
                    let second = Second::new(&cell.lower, &cell.upper, weight);
                    give_scale(&cell, &second, [a, b], tau, i, jet);
                    // -d2l/dtheta dz, of what the thresholds move by.
                    let [lower, upper] = second.with_scale(a, b);
                    self.with_scale[i] = [tau * (cell.lower[0] + lower), tau * (cell.upper[0] + upper)];
                }
                let powers = [tau, tau * tau, tau * tau * tau];
                self.in_lower[i] = std::array::from_fn(|k| powers[k] * cell.lower[k]);
                self.in_upper[i] = std::array::from_fn(|k| powers[k] * cell.upper[k]);
            }
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
        let (count, m) = (self.response.thresholds.count, self.response.thresholds.n_alpha());
        let mut out = Vec::with_capacity(self.response.n_shared());
        for own in sums.chunks_exact(count) {
            out.extend(self.jacobian.chunks_exact(count).map(|j| j.iter().zip(own).map(|(j, v)| j * v).sum::<f64>()));
        }
        let derivative = self.response.thresholds.derivative(&self.working);
        let own: Vec<f64> = (0..m).map(|j| (0..m).map(|i| derivative[j * m + i] * out[i]).sum()).collect();
        out[..m].copy_from_slice(&own);
        out
    }

    /// The derivative of a row's threshold in each shared parameter.
    fn directions(&self) -> Vec<Vec<f64>> {
        let (count, m) = (self.response.thresholds.count, self.response.thresholds.n_alpha());
        let derivative = self.response.thresholds.derivative(&self.working);
        let entry = |j: usize, r: usize| -> f64 { (0..m).map(|i| self.jacobian[i * count + r] * derivative[j * m + i]).sum() };
        (0..m).map(|j| (0..count).map(|r| entry(j, r)).collect()).collect()
    }

    /// What a row's thresholds [below, above] have, in the direction of shared parameter f.
    fn per_row(&self, f: usize, directions: &[Vec<f64>], value: impl Fn(usize) -> [f64; 2], out: &mut [f64]) {
        let moves = self.moves(f, directions);
        for (i, out) in out.iter_mut().enumerate() {
            let ([down, up], [below, above]) = (moves(i), value(i));
            *out = up * above + down * below;
        }
    }
}

/// Derivatives with the logarithm of the scale: a and b fall by themselves.
fn give_scale(cell: &Cell, second: &Second, [a, b]: [f64; 2], tau: f64, i: usize, jet: &mut Jet) {
    let along = |k: usize| times(b, cell.upper[k]) + times(a, cell.lower[k]);
    jet.s[1][i] = -along(0);
    jet.w[triangle(1, 0)][i] = tau * (cell.s + along(1));
    jet.w[triangle(1, 1)][i] = -(along(0) + times(a, second.with_scale(a, b)[0]) + times(b, second.with_scale(a, b)[1]));
    let at = tetrahedron(1, 0, 0);
    if !jet.t[at].is_empty() {
        jet.t[at][i] = -tau * tau * (2.0 * cell.w + along(2));
    }
}

/// Second derivatives in the cut points. A shift of both is one of the predictor, so that l_aa = -s_a - l_ab and l_bb = -s_b - l_ab, with
/// l_ab = -l_a l_b.
struct Second {
    aa: f64,
    ab: f64,
    bb: f64,
}

impl Second {
    /// `weight`: that of the cell's derivatives, whose product has it twice.
    fn new(lower: &Triple, upper: &Triple, weight: f64) -> Self {
        let ab = -lower[0] * upper[0] / weight;
        Second { aa: -lower[1] - ab, ab, bb: -upper[1] - ab }
    }

    /// [l_aa a + l_ab b, l_ab a + l_bb b].
    fn with_scale(&self, a: f64, b: f64) -> [f64; 2] {
        [times(a, self.aa) + times(b, self.ab), times(a, self.ab) + times(b, self.bb)]
    }
}

/// A factor of the log-probability.
fn weigh(cell: &mut Cell, weight: f64) {
    for v in [&mut cell.l, &mut cell.s, &mut cell.w, &mut cell.t].into_iter().chain(&mut cell.lower).chain(&mut cell.upper) {
        *v *= weight;
    }
}

/// An infinite cut point has no derivatives.
fn times(cut: f64, derivative: f64) -> f64 {
    if derivative == 0.0 { 0.0 } else { cut * derivative }
}

impl<L: CumulativeLink> Evaluator for OrderedEvaluator<'_, L> {
    fn prepare(&mut self, shared: &[f64], eta: &[Vec<f64>], _order: Order) -> Result<()> {
        let response = self.response;
        let (count, m, n) = (response.thresholds.count, response.thresholds.n_alpha(), response.y.len());
        self.working = shared[..m].to_vec();
        let alpha = response.alpha(shared);
        let mut theta = vec![0.0; count];
        self.thresholds_of(&alpha, &mut theta);
        let mut own = alpha.clone();
        for i in 0..n {
            if response.nominal.p > 0 {
                own.copy_from_slice(&alpha);
                for (c, gamma) in shared[m..].chunks_exact(m).enumerate() {
                    let q = response.nominal.q[c * n + i];
                    own.iter_mut().zip(gamma).for_each(|(a, g)| *a += q * g);
                }
                self.thresholds_of(&own, &mut theta);
            }
            let upper = response.y[i] as usize;
            self.upper[i] = if upper <= count { theta[upper - 1] } else { f64::INFINITY };
            self.lower[i] = if upper > 1 { theta[upper - 2] } else { f64::NEG_INFINITY };
        }
        if response.scale {
            self.tau = eta[1].iter().map(|e| (-e).exp()).collect();
        }
        Ok(())
    }

    fn evaluate(&mut self, eta: &[Vec<f64>], order: Order, jet: &mut Jet) -> Result<()> {
        if order != Order::Gradient {
            self.cells::<MODE>(eta, jet);
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
        self.cells::<GRADIENT>(eta, jet);
        let directions = self.directions();
        let mut scores = std::mem::take(&mut self.scores);
        for (f, scores) in scores.iter_mut().enumerate() {
            self.per_row(f, &directions, |i| [self.in_lower[i][0], self.in_upper[i][0]], scores);
        }
        self.scores = scores;
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

    fn shared_information(&mut self, information: &mut [f64], weights: &mut Vec<Vec<f64>>) -> Result<()> {
        let (n, k, predictors) = (self.response.y.len(), self.response.n_shared(), self.response.predictors());
        let directions = self.directions();
        weights.resize(k * predictors, vec![]);
        for (e, weights) in weights.iter_mut().enumerate() {
            if weights.len() != n {
                *weights = try_vec("information of the thresholds", 0.0, n)?;
            }
            if e % predictors == 0 {
                self.per_row(e / predictors, &directions, |i| [-self.in_lower[i][1], -self.in_upper[i][1]], weights);
            } else {
                self.per_row(e / predictors, &directions, |i| self.with_scale[i], weights);
            }
        }
        for f in 0..k {
            let own = self.information_with(f, &directions);
            for (g, value) in own.into_iter().enumerate() {
                information[g * k + f] = value;
            }
        }
        Ok(())
    }
}

impl<L: CumulativeLink> OrderedEvaluator<'_, L> {
    /// The derivatives, in direction f, of the thresholds [below, above] the category of a row.
    fn moves(&self, f: usize, directions: &[Vec<f64>]) -> impl Fn(usize) -> [f64; 2] {
        let response = self.response;
        let (count, m, n) = (response.thresholds.count, response.thresholds.n_alpha(), response.y.len());
        let direction = if f < m { directions[f].clone() } else { self.jacobian[(f - m) % m * count..][..count].to_vec() };
        let column = (f >= m).then(|| &response.nominal.q[(f - m) / m * n..][..n]);
        move |i| {
            let (category, times) = (response.y[i] as usize, column.map_or(1.0, |q| q[i]));
            let at = |there: bool, threshold: usize| if there { times * direction[threshold] } else { 0.0 };
            [at(category > 1, category.wrapping_sub(2)), at(category <= count, category - 1)]
        }
    }

    /// Row f of the information of the shared parameters.
    fn information_with(&self, f: usize, directions: &[Vec<f64>]) -> Vec<f64> {
        let moves = self.moves(f, directions);
        self.summed(|i| {
            let (below, above) = (self.in_lower[i], self.in_upper[i]);
            let second = Second::new(&below, &above, self.response.weights.get(i).copied().unwrap_or(1.0));
            let [down, up] = moves(i);
            [-second.aa * down - second.ab * up, -second.ab * down - second.bb * up]
        })
    }
}
