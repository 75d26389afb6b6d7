//! The joint uncertainty of fixed and random effects, given the parameters of covariances and of the family.
//!
//! ```text
//! u | beta ~ N(u^, A^-1) about the mode,  du^/dbeta = -A^-1 B,  B = Lambda'Z'WX
//! var(x'beta + z'b) = a'A^-1 a + c'Vc,    a = Lambda'z,  c = x - B'A^-1 a,  V the covariance of beta
//! ```
//!
//! In a linear model these are Henderson's mixed-model equations (1975).

use super::laplace::{Approximation, Laplace};
use super::model::Model;
use crate::error::{Result, try_vec};
use crate::family::Order;
use crate::random::triangle;

/// A at a model's modes, and B for the fixed effects of all predictors.
pub struct Joint<'a> {
    laplace: Laplace<'a>,
    /// L^-1 P B, `[q, p]`, p counting the fixed effects of all predictors.
    half: Vec<f64>,
    p: usize,
    a: Vec<f64>,
}

/// A row of one random term: the level and the values of its effects.
#[derive(Clone, Copy, Debug)]
pub struct EffectRow<'a> {
    pub term: usize,
    pub level: usize,
    pub z: &'a [f64],
}

impl<'a> Joint<'a> {
    /// At working parameters; `x` has the columns `[n, p_a]` of each predictor a.
    pub fn new(model: &'a Model, working: &[f64], x: &[&[f64]]) -> Result<Self> {
        let mut laplace = Laplace::new(model, Approximation::default())?;
        laplace.evaluate(working, Order::Gradient)?;
        let (n, q) = (model.n, model.layout.q());
        let p = x.iter().map(|x| x.len() / n.max(1)).sum();
        let mut half = try_vec("fixed effects beside the random ones", 0.0, q * p)?;
        let mut weighted: Vec<Vec<f64>> = x.iter().map(|_| try_vec("weighted fixed effects", 0.0, n)).collect::<Result<_>>()?;
        let mut b = vec![0.0; q];
        let columns = x.iter().enumerate().flat_map(|(a, x)| x.chunks_exact(n.max(1)).map(move |column| (a, column)));
        for ((a, column), half) in columns.zip(half.chunks_exact_mut(q.max(1))) {
            for (other, weighted) in weighted.iter_mut().enumerate() {
                let w = &laplace.jet.w[triangle(a.max(other), a.min(other))];
                weighted.iter_mut().zip(w).zip(column).for_each(|((v, w), x)| *v = w * x);
            }
            model.transpose_random(&weighted, &mut b);
            laplace.gram.gram.apply_factors(&laplace.t, true, &mut b);
            laplace.factor.permute_into(&b, half);
        }
        laplace.factor.half_solve(&mut half);
        Ok(Joint { laplace, half, p, a: b })
    }

    /// The number of random effects.
    pub fn q(&self) -> usize {
        self.a.len()
    }

    /// Of a row with these random effects: `h` <- L^-1 P a, so that h'h = a'A^-1 a; `c`, which holds x, becomes x - B'A^-1 a.
    pub fn project<'z>(&mut self, rows: impl Iterator<Item = EffectRow<'z>>, h: &mut [f64], c: &mut [f64]) {
        self.a.fill(0.0);
        let model = self.laplace.model;
        for row in rows {
            let (r, scales, t) = (row.z.len(), &model.scales[row.term], &self.laplace.t[row.term]);
            let first = model.layout.offset(row.term) + row.level * r;
            for j in 0..r {
                self.a[first + j] += (j..r).map(|i| t[j * r + i] * row.z[i] / scales[i]).sum::<f64>();
            }
        }
        self.laplace.factor.permute_into(&self.a, h);
        self.laplace.factor.half_solve(h);
        for (c, b) in c.iter_mut().zip(self.half.chunks_exact(h.len().max(1))).take(self.p) {
            *c -= b.iter().zip(h.iter()).map(|(b, h)| b * h).sum::<f64>();
        }
    }
}
