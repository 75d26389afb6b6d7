//! Factors T = M K of effects that come as a Markov process, K^-1 bidiagonal: the effects themselves (M = 1), or their partial sums.
//!
//! Exchangeable effects have such sums. With x_i = b_i / sd_i and s_i = x_0 + .. + x_i, what is known of x_i from those before it is known
//! from s_(i-1), for correlations of either sign. So b = M s with (M s)_i = sd_i (s_i - s_(i-1)), s = K u. Neither T^-1 nor the precision
//! of b is sparse, those of s are, and M takes sparse cross-products to sparse ones.

use super::bidiagonal::Bidiagonal;

/// T, by what is sparse of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkovFactor {
    /// K^-1.
    pub inverse: Bidiagonal,
    /// The standard deviations in M; none where M = 1.
    pub sds: Option<Vec<f64>>,
}

/// The derivative of T in a parameter: diag(relative) T - T d(K^-1) K.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkovSlope {
    /// d(K^-1).
    pub inverse: Bidiagonal,
    /// Those of the logarithms of the standard deviations in M.
    pub relative: Option<Vec<f64>>,
}

/// What the derivatives of T see of a force F.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkovForce {
    /// N with <F, dT> = -<N, d(K^-1)>, on the pattern of K^-1.
    pub process: Bidiagonal,
    /// The diagonal of F T', that is, <F, dT> for relative changes of each row; empty where M = 1.
    pub rows: Vec<f64>,
}

impl MarkovFactor {
    pub fn size(&self) -> usize {
        self.inverse.size()
    }

    /// Whether T can be divided by.
    pub fn is_regular(&self) -> bool {
        self.inverse.is_regular() && self.sds.iter().flatten().all(|v| v.is_finite() && *v != 0.0)
    }

    /// T becomes a multiple of itself.
    pub fn scale(&mut self, factor: f64) {
        match &mut self.sds {
            Some(sds) => sds.iter_mut().for_each(|v| *v *= factor),
            None => self.inverse.scale(1.0 / factor),
        }
    }

    /// x <- M x.
    pub fn effects(&self, x: &mut [f64]) {
        let Some(sds) = &self.sds else { return };
        for i in (1..x.len()).rev() {
            x[i] = sds[i] * (x[i] - x[i - 1]);
        }
        x[0] *= sds[0];
    }

    /// x <- M'x.
    pub fn effects_transpose(&self, x: &mut [f64]) {
        let Some(sds) = &self.sds else { return };
        x.iter_mut().zip(sds).for_each(|(x, sd)| *x *= sd);
        for i in 1..x.len() {
            x[i - 1] -= x[i];
        }
    }

    /// x <- T x.
    pub fn multiply(&self, x: &mut [f64]) {
        self.inverse.solve(x);
        self.effects(x);
    }

    /// x <- T'x.
    pub fn multiply_transpose(&self, x: &mut [f64]) {
        self.effects_transpose(x);
        self.inverse.solve_transpose(x);
    }

    /// x <- T^-1 x.
    pub fn divide(&self, x: &mut [f64]) {
        if let Some(sds) = &self.sds {
            let mut sum = 0.0;
            for (x, sd) in x.iter_mut().zip(sds) {
                sum += *x / sd;
                *x = sum;
            }
        }
        self.inverse.multiply(x);
    }

    /// x <- T'^-1 x.
    pub fn divide_transpose(&self, x: &mut [f64]) {
        self.inverse.multiply_transpose(x);
        self.sums_transpose(x);
    }

    /// x <- M'^-1 x.
    fn sums_transpose(&self, x: &mut [f64]) {
        let Some(sds) = &self.sds else { return };
        let mut sum = 0.0;
        for (x, sd) in x.iter_mut().zip(sds).rev() {
            sum += *x;
            *x = sum / sd;
        }
    }

    /// The derivative of factors that shrink in proportion.
    pub fn shrinking(&self) -> MarkovSlope {
        match &self.sds {
            Some(sds) => MarkovSlope { inverse: Bidiagonal::zeros(self.size()), relative: Some(vec![-1.0; sds.len()]) },
            None => MarkovSlope { inverse: self.inverse.clone(), relative: None },
        }
    }

    /// The force without any part.
    pub fn no_force(&self) -> MarkovForce {
        MarkovForce { process: Bidiagonal::zeros(self.size()), rows: vec![0.0; self.sds.as_ref().map_or(0, Vec::len)] }
    }

    /// force += factor x u', x among the scores of effects, u spherical; T'x is given. u becomes T u.
    pub fn add_product(&self, force: &mut MarkovForce, factor: f64, (x, image): (&[f64], &[f64]), u: &mut [f64]) {
        self.inverse.solve(u);
        force.process.subtract_outer(-factor, image, u);
        self.effects(u);
        for (row, (x, b)) in force.rows.iter_mut().zip(x.iter().zip(&*u)) {
            *row += factor * x * b;
        }
    }

    /// A matrix F `[r, r]` with the products of a force with all derivatives of T. F T^-1 is symmetric.
    pub fn pull_back(&self, levels: f64, force: &MarkovForce, t: &[f64]) -> Vec<f64> {
        let r = self.size();
        let mut out = self.inverse.pull_back(levels, &force.process);
        if self.sds.is_none() {
            return out;
        }
        out.chunks_exact_mut(r).for_each(|column| self.sums_transpose(column));
        // With diag(y) T as well, the rows' products are right, and that with dK is what it was, because correlations are one on the
        // diagonal whatever K.
        for i in 0..r {
            let along = |m: &[f64]| (0..=i).map(|c| m[c * r + i] * t[c * r + i]).sum::<f64>();
            let y = (force.rows[i] - along(&out)) / along(t);
            (0..=i).for_each(|c| out[c * r + i] += y * t[c * r + i]);
        }
        out
    }

    /// D u + T D'z of one level, D the derivative of T, into `out`; `back` is for its use.
    pub fn direction(&self, slope: &MarkovSlope, (u, z): (&[f64], &[f64]), back: &mut [f64], out: &mut [f64]) {
        // T [-d(K^-1) K u - K'd(K^-1)'T'z], ...
        back.copy_from_slice(z);
        self.multiply_transpose(back);
        slope.inverse.multiply_transpose(back);
        self.inverse.solve_transpose(back);
        out.copy_from_slice(u);
        self.inverse.solve(out);
        slope.inverse.multiply(out);
        out.iter_mut().zip(&*back).for_each(|(o, v)| *o = -(*o + v));
        let Some(relative) = &slope.relative else {
            self.multiply(out);
            return;
        };
        // ... with T T'diag(relative) z, and diag(relative) T u.
        back.iter_mut().zip(relative.iter().zip(z)).for_each(|(b, (g, z))| *b = g * z);
        self.multiply_transpose(back);
        out.iter_mut().zip(&*back).for_each(|(o, v)| *o += v);
        self.multiply(out);
        back.copy_from_slice(u);
        self.multiply(back);
        out.iter_mut().zip(relative.iter().zip(&*back)).for_each(|(o, (g, b))| *o += g * b);
    }
}
