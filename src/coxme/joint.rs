//! The joint mode of the penalised likelihood in (u, beta), by Newton's method. It is concave, so steps are halved at most.

use super::model::Model;
use super::partial::Partial;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense::dot;
use crate::linalg::factor::DenseFactor;
use crate::random::Roots;
use crate::watch::Watch;

const JOINT: &str = "joint mode";

/// Newton's decrement, in units of the likelihood, at which the mode is reached: its error is of the order of this one's root.
const REACHED: f64 = 1e-20;
/// The decrement that is as good where rounding ends the steps, or where the likelihood goes on rising towards infinity.
const ROUNDED: f64 = 1e-9;
/// Steps after which the second of the two is taken to be the case.
const PATIENCE: usize = 25;
const MOST_STEPS: usize = 100;
/// The most that a step moves the predictor of a row by: where the likelihood is monotone, the information is soon nothing but rounding.
const LONGEST: f64 = 10.0;
const MOST_HALVINGS: usize = 40;

/// Relative to its diagonal, what is added to the information of fixed effects that has no inverse, as where the likelihood is monotone.
const RIDGE: f64 = 1e-14;

/// The mode at given factors, with all that belongs to it.
#[derive(Debug)]
pub struct Joint<'a> {
    pub model: &'a Model,
    pub partial: Partial<'a>,
    pub u: Vec<f64>,
    pub beta: Vec<f64>,
    /// Lambda u.
    pub b: Vec<f64>,
    pub eta: Vec<f64>,
    /// What is added to the predictor beside the offset; empty for nothing.
    pub shift: Vec<f64>,
    /// The log partial likelihood at it.
    pub likelihood: f64,
    /// Z'WZ `[q, q]`, Z'WX `[q, p]` and X'WX `[p, p]`.
    pub zwz: Vec<f64>,
    pub zwx: Vec<f64>,
    pub xwx: Vec<f64>,
    /// Of H = [[I + Lambda'Z'WZ Lambda, Lambda'Z'WX], [., X'WX]].
    pub factor: DenseFactor,
    /// Newton steps so far.
    pub steps: usize,
}

impl<'a> Joint<'a> {
    pub fn new(model: &'a Model) -> Result<Self> {
        let (n, p, q) = (model.n, model.p(), model.q());
        let vec = |len| try_vec(JOINT, 0.0, len);
        Ok(Joint {
            partial: Partial::new(&model.sets)?,
            u: vec(q)?,
            beta: vec(p)?,
            b: vec(q)?,
            eta: vec(n)?,
            shift: vec![],
            likelihood: f64::NEG_INFINITY,
            zwz: vec(q * q)?,
            zwx: vec(q * p)?,
            xwx: vec(p * p)?,
            factor: DenseFactor::new(q + p)?,
            steps: 0,
            model,
        })
    }

    /// v <- H^-1 v, v in the order (u, beta), beta of the model's own columns.
    pub fn solve_information(&self, v: &mut [f64]) -> Result<()> {
        self.factor.solve(v);
        Ok(())
    }

    /// The penalised likelihood at u and beta.
    fn evaluate(&mut self, t: &Roots) -> f64 {
        self.b.copy_from_slice(&self.u);
        apply(self.model, t, false, &mut self.b);
        self.model.predictor(&self.beta, &self.b, &mut self.eta);
        self.eta.iter_mut().zip(&self.shift).for_each(|(eta, shift)| *eta += shift);
        self.likelihood = self.partial.evaluate(&self.eta);
        self.penalised()
    }

    pub fn penalised(&self) -> f64 {
        self.likelihood - 0.5 * dot(&self.u, &self.u)
    }

    /// Goes to the mode from where it is.
    pub fn solve(&mut self, t: &Roots, watch: &Watch<'_>) -> Result<()> {
        let mut value = self.evaluate(t);
        if value == f64::NEG_INFINITY {
            // Elsewhere than what is remembered.
            self.u.fill(0.0);
            self.beta.fill(0.0);
            value = self.evaluate(t);
        }
        if value == f64::NEG_INFINITY {
            return Err(Error::numeric("the partial likelihood is zero at the offset: its range is beyond what numbers hold"));
        }
        for round in 0..MOST_STEPS {
            watch.pulse()?;
            self.steps += 1;
            let mut gradient = self.gradient(t)?;
            self.assemble(t)?;
            let right = gradient.clone();
            self.solve_information(&mut gradient)?;
            let decrement = dot(&right, &gradient);
            let good = if round < PATIENCE { REACHED } else { ROUNDED };
            if decrement <= good {
                return Ok(());
            }
            if !self.step(t, &gradient, &mut value, decrement) {
                return if decrement <= ROUNDED { Ok(()) } else { Err(not_found()) };
            }
        }
        Err(not_found())
    }

    /// A step along a direction, halved until the penalised likelihood does not fall; `false` if it always does.
    fn step(&mut self, t: &Roots, direction: &[f64], value: &mut f64, decrement: f64) -> bool {
        let (u, beta) = (self.u.clone(), self.beta.clone());
        let (du, dbeta) = direction.split_at(u.len());
        let rounding = 1e-15 * (1.0 + value.abs());
        let mut length = (LONGEST / self.reach(t, direction)).min(1.0);
        for _ in 0..MOST_HALVINGS {
            self.u.iter_mut().zip(&u).zip(du).for_each(|((to, from), d)| *to = from + length * d);
            self.beta.iter_mut().zip(&beta).zip(dbeta).for_each(|((to, from), d)| *to = from + length * d);
            let next = self.evaluate(t);
            // Below rounding the gradient knows more than the value.
            if next >= *value || (decrement < ROUNDED && next >= *value - rounding * self.model.n as f64) {
                *value = next;
                return true;
            }
            length *= 0.5;
        }
        (self.u, self.beta) = (u, beta);
        *value = self.evaluate(t);
        false
    }

    /// The most that a direction moves the predictor of a row by.
    fn reach(&mut self, t: &Roots, direction: &[f64]) -> f64 {
        let (model, q) = (self.model, self.u.len());
        self.b.copy_from_slice(&direction[..q]);
        apply(model, t, false, &mut self.b);
        let mut most = 0.0f64;
        for i in (0..model.n).filter(|i| model.sets.is_ever_at_risk(*i)) {
            let fixed: f64 = (0..model.p()).map(|j| model.x[j * model.n + i] * direction[q + j]).sum();
            most = most.max((fixed + model.z.dot(i, &self.b)).abs());
        }
        most
    }

    /// (Lambda'Z'g - u, X'g).
    fn gradient(&self, t: &Roots) -> Result<Vec<f64>> {
        let (model, q) = (self.model, self.u.len());
        let mut out = try_vec(JOINT, 0.0, q + model.p())?;
        model.z.transpose(&self.partial.score, &mut out[..q]);
        apply(model, t, true, &mut out[..q]);
        out[..q].iter_mut().zip(&self.u).for_each(|(out, u)| *out -= u);
        (0..model.p()).for_each(|j| out[q + j] = dot(model.column(j), &self.partial.score));
        Ok(out)
    }

    /// The information, and the factor of H.
    fn assemble(&mut self, t: &Roots) -> Result<()> {
        let (model, p, q) = (self.model, self.model.p(), self.u.len());
        self.partial.random_information(&model.z, &mut self.zwz)?;
        let mut wx = try_vec(JOINT, 0.0, model.n)?;
        for j in 0..p {
            self.partial.information_product(model.column(j), &mut wx)?;
            model.z.transpose(&wx, &mut self.zwx[j * q..(j + 1) * q]);
            (0..p).for_each(|i| self.xwx[j * p + i] = dot(model.column(i), &wx));
        }
        let mut ridge = 0.0;
        loop {
            self.fill(t, ridge)?;
            if self.factor.factorize()? {
                return Ok(());
            }
            ridge = if ridge == 0.0 { RIDGE } else { 100.0 * ridge };
            if ridge > 1.0 || self.xwx.iter().chain(&self.zwz).any(|v| !v.is_finite()) {
                return Err(Error::numeric("the information of the effects is not positive definite to within rounding"));
            }
        }
    }

    /// H itself.
    fn fill(&mut self, t: &Roots, ridge: f64) -> Result<()> {
        let (model, p, q) = (self.model, self.model.p(), self.u.len());
        let n = q + p;
        let mut half = try_vec(JOINT, 0.0, q * q)?;
        // Lambda'Z'WZ, and its transpose times Lambda from the left again.
        for (column, from) in half.chunks_exact_mut(q.max(1)).zip(self.zwz.chunks_exact(q.max(1))) {
            column.copy_from_slice(from);
            apply(model, t, true, column);
        }
        let h = &mut self.factor.values;
        for j in 0..q {
            let column = &mut h[j * n..j * n + q];
            (0..q).for_each(|i| column[i] = half[i * q + j]);
            apply(model, t, true, column);
            column[j] += 1.0;
        }
        let mut column = try_vec(JOINT, 0.0, q)?;
        for j in 0..p {
            column.copy_from_slice(&self.zwx[j * q..(j + 1) * q]);
            apply(model, t, true, &mut column);
            (0..q).for_each(|i| h[i * n + q + j] = column[i]);
            (0..p).for_each(|i| h[(q + j) * n + q + i] = self.xwx[j * p + i]);
            let expected: f64 = model.column(j).iter().zip(&self.partial.expected).map(|(x, e)| e * x * x).sum();
            h[(q + j) * (n + 1)] += ridge * expected.max(f64::MIN_POSITIVE);
        }
        Ok(())
    }
}

fn not_found() -> Error {
    Error::numeric("the joint mode of fixed and random effects was not found")
}

/// v <- Lambda v, or Lambda'v.
pub fn apply(model: &Model, t: &Roots, transpose: bool, v: &mut [f64]) {
    let mut rest = v;
    for (size, t) in model.layout.terms.iter().zip(t.iter()) {
        let r = size.effects;
        let (own, tail) = rest.split_at_mut(size.levels * r);
        rest = tail;
        if r == 1 {
            own.iter_mut().for_each(|v| *v *= t[0]);
            continue;
        }
        for level in own.chunks_exact_mut(r) {
            if transpose {
                (0..r).for_each(|a| level[a] = (a..r).map(|b| t[a * r + b] * level[b]).sum());
            } else {
                (0..r).rev().for_each(|a| level[a] = (0..=a).map(|b| t[b * r + a] * level[b]).sum());
            }
        }
    }
}
