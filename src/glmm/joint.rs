//! The joint uncertainty of all parameters and of the random effects (Skaug and Fournier 2006).
//!
//! ```text
//! u | psi ~ N(u^, A^-1) about the mode,  b^ = Lambda u^
//! var(x'beta + z'b) = a'A^-1 a + c'Vc,    a = Lambda'z,  c = dx'beta/dpsi + z'db^/dpsi,  V the covariance of the parameters psi
//! ```
//!
//! By the implicit function theorem each parameter moves the modes as if it were a column of X, c = x - a'A^-1 Lambda'Z'W x:
//!
//! ```text
//! fixed effect: x;   shared parameter f: W x = -ds/df, x = 0;   theta_i: x = Z g_i,  g_i = D_i u + Lambda D_i'Z's,  D_i = dLambda/dtheta_i
//! ```
//!
//! In a linear model with its variances known these are Henderson's mixed-model equations (1975).

use super::approximation::Approximation;
use super::laplace::Laplace;
use super::model::Model;
use crate::error::{Error, Result, try_vec};
use crate::family::Order;
use crate::random::{directions, factor_derivatives, triangle};
use crate::watch::Watch;

/// A at a model's modes, and how these move with the parameters.
pub struct Joint<'a> {
    laplace: Laplace<'a>,
    /// A^-1 Lambda'Z'Wx `[q, m]` of all parameters: fixed effects of all predictors, others that all rows share, theta.
    g: Vec<f64>,
    /// The place of theta, and g_i of each `[q, n_theta]`, in the model's units.
    theta: usize,
    directions: Vec<f64>,
    /// The entries of a that are not zero, by place.
    a: Vec<(usize, f64)>,
    whole: Vec<f64>,
    half: Vec<f64>,
}

/// The parameters after the fixed effects.
#[derive(Clone, Copy, Debug)]
pub enum Further<'a> {
    /// They are known.
    Known,
    /// Those of the model.
    Own,
    /// Parameters that the model's shared ones are combinations of, `[k, m]`, in the place of these; then theta.
    Combined(&'a [f64]),
}

/// A row of one random term: the level and the values of its effects.
#[derive(Clone, Copy, Debug)]
pub struct EffectRow<'a> {
    pub term: usize,
    pub level: usize,
    pub z: &'a [f64],
}

impl<'a> Joint<'a> {
    /// At working parameters; `x` has the columns `[n, p_a]` of each predictor a. The model has random effects.
    pub fn new(model: &'a Model, working: &[f64], x: &[&[f64]], further: Further<'_>, watch: &Watch<'a>) -> Result<Self> {
        let mut laplace = Laplace::new(model, Approximation::default(), watch)?;
        laplace.forget_modes(true);
        // Entries of A^-1 itself are wanted.
        laplace.mode.precision.system.whole = true;
        laplace.evaluate(working, Order::Gradient)?;
        let q = model.layout.q();
        let mut g = laplace.weighted_columns(x)?;
        match further {
            Further::Known => {}
            Further::Own => laplace.add_shared(&mut g)?,
            Further::Combined(map) => laplace.add_combined(map, &mut g)?,
        }
        let theta = g.len() / q.max(1);
        let mut own = vec![];
        if !matches!(further, Further::Known) {
            let derivatives = factor_derivatives(&model.structures, working);
            own = directions(&model.layout, &laplace.mode.precision.t, &derivatives, &laplace.mode.u, &laplace.mode.zs)?;
            let product = zeros_behind(&mut g, own.len())?;
            laplace.mode.precision.gram.gram.subtract_product(&own, product);
            product.iter_mut().for_each(|v| *v = -*v);
        }
        laplace.mode.precision.apply_lambda_transpose(&mut g);
        let precision = &mut laplace.mode.precision;
        for g in g.chunks_exact_mut(q.max(1)) {
            watch.pulse()?;
            precision.solve(g);
        }
        watch.pulse()?;
        precision.system.select_inverse()?;
        let (whole, half) = (try_vec("random effects", 0.0, q)?, try_vec("random effects", 0.0, q)?);
        Ok(Joint { laplace, g, theta, directions: own, a: vec![], whole, half })
    }

    /// a'A^-1 a of a row with these random effects; `c`, which holds x, gets what the modes add.
    pub fn variance<'z>(&mut self, rows: impl Iterator<Item = EffectRow<'z>>, c: &mut [f64]) -> f64 {
        self.a.clear();
        let (model, q) = (self.laplace.model, self.half.len().max(1));
        for row in rows {
            let (r, t) = (row.z.len(), &self.laplace.mode.precision.t[row.term]);
            let z = model.units(row.term).values(row.z);
            let first = model.layout.offset(row.term) + row.level * r;
            for (c, g) in c.iter_mut().skip(self.theta).zip(self.directions.chunks_exact(q)) {
                *c += z.iter().zip(&g[first..]).map(|(z, g)| z * g).sum::<f64>();
            }
            for j in 0..r {
                let value = (j..r).map(|i| t[j * r + i] * z[i]).sum::<f64>();
                if value != 0.0 {
                    self.a.push((first + j, value));
                }
            }
        }
        for (c, g) in c.iter_mut().zip(self.g.chunks_exact(q)) {
            *c -= self.a.iter().map(|(i, a)| a * g[*i]).sum::<f64>();
        }
        self.selected_form().unwrap_or_else(|| self.solved_form())
    }

    /// a of the last row: places and values.
    pub fn entries(&self) -> &[(usize, f64)] {
        &self.a
    }

    /// A^-1 a.
    pub fn solve(&mut self, a: &[(usize, f64)], out: &mut Vec<f64>) -> Result<()> {
        if out.len() != self.half.len() {
            *out = try_vec("random effects", 0.0, self.half.len())?;
        }
        out.fill(0.0);
        a.iter().for_each(|(place, v)| out[*place] += v);
        self.laplace.mode.precision.solve(out);
        Ok(())
    }

    /// By the selected inverse, which has all pairs of levels that occur together in the data.
    fn selected_form(&self) -> Option<f64> {
        let mut sum = 0.0;
        for (k, &(i, a)) in self.a.iter().enumerate() {
            for &(j, b) in &self.a[..=k] {
                let (row, column) = (i.max(j), i.min(j));
                sum += a * b * self.laplace.mode.precision.system.entry(row, column)? * if i == j { 1.0 } else { 2.0 };
            }
        }
        Some(sum)
    }

    /// |L^-1 P a|^2.
    fn solved_form(&mut self) -> f64 {
        self.whole.fill(0.0);
        for &(i, a) in &self.a {
            self.whole[i] = a;
        }
        let precision = &mut self.laplace.mode.precision;
        precision.system.permute_into(&precision.t, &self.whole, &mut self.half);
        precision.system.half_solve(&mut self.half);
        self.half.iter().map(|h| h * h).sum()
    }
}

/// So many zeros behind, to be filled.
fn zeros_behind(g: &mut Vec<f64>, len: usize) -> Result<&mut [f64]> {
    let before = g.len();
    g.try_reserve_exact(len).map_err(|_| Error::memory("parameters beside the random effects", 8 * len))?;
    g.resize(before + len, 0.0);
    Ok(&mut g[before..])
}

impl Laplace<'_> {
    /// Z'Wx of the columns x of each predictor, `[q, p]`.
    fn weighted_columns(&self, x: &[&[f64]]) -> Result<Vec<f64>> {
        let (n, q) = (self.model.n, self.model.layout.q());
        let p: usize = x.iter().map(|x| x.len() / n.max(1)).sum();
        let mut g = try_vec("fixed effects beside the random ones", 0.0, q * p)?;
        let mut weighted = self.rows_of_predictors()?;
        let columns = x.iter().enumerate().flat_map(|(a, x)| x.chunks_exact(n.max(1)).map(move |column| (a, column)));
        for ((a, column), g) in columns.zip(g.chunks_exact_mut(q.max(1))) {
            for (b, weighted) in weighted.iter_mut().enumerate() {
                let w = &self.mode.jet.w[triangle(a.max(b), a.min(b))];
                weighted.iter_mut().zip(w).zip(column).for_each(|((v, w), x)| *v = w * x);
            }
            self.model.transpose_random(&weighted, g, self.mode.threads);
        }
        Ok(g)
    }

    /// The same of the model's shared parameters, behind.
    fn add_shared(&self, g: &mut Vec<f64>) -> Result<()> {
        let mut slopes = self.rows_of_predictors()?;
        for f in 0..self.shared().len() {
            self.mode.evaluator.shared_slopes(f, &mut slopes);
            let column = zeros_behind(g, self.model.layout.q())?;
            self.model.transpose_random(&slopes, column, self.mode.threads);
            column.iter_mut().for_each(|v| *v = -*v);
        }
        Ok(())
    }

    /// The same of parameters that the shared ones are combinations of.
    fn add_combined(&self, map: &[f64], g: &mut Vec<f64>) -> Result<()> {
        let (q, mut own) = (self.model.layout.q(), vec![]);
        self.add_shared(&mut own)?;
        for factors in map.chunks_exact(self.shared().len().max(1)) {
            let mut column = try_vec("parameters beside the random effects", 0.0, q)?;
            for (factor, shared) in factors.iter().zip(own.chunks_exact(q.max(1))).filter(|(factor, _)| **factor != 0.0) {
                column.iter_mut().zip(shared).for_each(|(c, s)| *c += factor * s);
            }
            g.extend(column);
        }
        Ok(())
    }

    fn rows_of_predictors(&self) -> Result<Vec<Vec<f64>>> {
        self.mode.inner.iter().map(|_| try_vec("linear predictor", 0.0, self.model.n)).collect()
    }
}
