//! The profiled deviance and REML criterion of a linear mixed model, with gradient and average information.
//!
//! With V = I + Z Lambda Lambda' Z' and A = Lambda' Z'Z Lambda + I (Bates et al. 2015, section 2.3):
//!
//! ```text
//! ML:    d = log|A| + n [1 + log(2 pi rho^2 / n)]
//! REML:  d = log|A| + log|X'V^-1 X| + (n - p) [1 + log(2 pi rho^2 / (n - p))]
//! ```

use super::system::LinearSystem;
use crate::error::{Error, Result, try_vec};
use crate::linalg::{SelectedInverse, SparseCholesky, dense};

/// Evaluates the criterion of one model at any number of parameter values, without allocation.
pub struct Deviance<'a> {
    pub(super) system: &'a LinearSystem,
    pub(super) reml: bool,
    pub(super) factor: SparseCholesky,
    pub(super) inverse: Option<SelectedInverse>,
    pub(super) col_ptr: Vec<usize>,
    row_idx: Vec<usize>,
    /// Effects that the criterion does not depend on.
    pub(super) confounded: Vec<Vec<bool>>,
    /// T of each term.
    pub(super) t: Vec<Vec<f64>>,
    /// L^-1 P Lambda'Z'[Q e], `[q, m]`, permuted.
    half: Vec<f64>,
    /// U = A^-1 Lambda'Z'[Q e], `[q, m]`.
    pub(super) u: Vec<f64>,
    /// Z'V^-1[Q e] = Z'[Q e] - G Lambda U, `[q, m]`; the last column becomes z = Z'V^-1(e - Q gamma).
    pub(super) w: Vec<f64>,
    pub(super) work: Vec<f64>,
    pub(super) state: State,
}

/// What an evaluation leaves behind besides the criterion.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Lower factor of the `m x m` matrix [Q e]'V^-1[Q e]; its last diagonal entry is rho.
    pub gram: Vec<f64>,
    /// The generalised least-squares coefficients of e on Q.
    pub gamma: Vec<f64>,
    /// The residual variance in working units.
    pub sigma2: f64,
    pub log_det_a: f64,
    pub log_det_x: f64,
    /// The criterion, in the user's units.
    pub value: f64,
    pub evaluations: usize,
}

impl<'a> Deviance<'a> {
    pub fn new(system: &'a LinearSystem, reml: bool) -> Result<Self> {
        let (q, m) = (system.layout.q(), system.m());
        let (col_ptr, row_idx) = pattern(system)?;
        let factor = SparseCholesky::new(q, &col_ptr, &row_idx, m.max(system.n_working()))?;
        Ok(Deviance {
            reml,
            confounded: system.confounded(reml),
            factor,
            inverse: None,
            col_ptr,
            row_idx,
            t: system.structures.iter().map(|s| vec![0.0; s.size * s.size]).collect(),
            half: try_vec("solutions for the random effects", 0.0, q * m)?,
            u: try_vec("solutions for the random effects", 0.0, q * m)?,
            w: try_vec("solutions for the random effects", 0.0, q * m)?,
            work: try_vec("solutions for the random effects", 0.0, q * m)?,
            state: State { gram: vec![0.0; m * m], gamma: vec![0.0; m - 1], ..State::default() },
            system,
        })
    }

    /// The rows of the log-likelihood: n, or n - p for REML.
    pub fn weight(&self) -> f64 {
        (if self.reml { self.system.n - self.system.kept.len() } else { self.system.n }) as f64
    }

    /// The criterion at working parameters.
    pub fn evaluate(&mut self, working: &[f64]) -> Result<f64> {
        self.state.evaluations += 1;
        self.set_factors(working);
        self.fill();
        self.factor.factorize()?;
        let system = self.system;
        let m = system.m();
        self.lambda_transpose(&system.zc);
        self.factor.permute_into(&self.work[..self.half.len()], &mut self.half);
        self.factor.half_solve(&mut self.half);
        self.reduce_gram()?;
        let state = &mut self.state;
        state.log_det_a = self.factor.log_determinant();
        state.log_det_x = (0..m - 1).map(|j| 2.0 * state.gram[j * m + j].ln()).sum();
        let rho = state.gram[m * m - 1];
        let rows = if self.reml { system.n - (m - 1) } else { system.n } as f64;
        state.sigma2 = rho * rho / rows;
        let unit = 2.0 * system.map.unit.abs().ln();
        let mut d = state.log_det_a + rows * (1.0 + (2.0 * std::f64::consts::PI * state.sigma2).ln() + unit) - system.log_weights;
        if self.reml {
            d += state.log_det_x + 2.0 * system.map.log_determinant();
        }
        state.value = d;
        if d.is_finite() { Ok(d) } else { Err(Error::numeric("the criterion is not finite")) }
    }

    fn set_factors(&mut self, working: &[f64]) {
        let mut first = 0;
        for (structure, t) in self.system.structures.iter().zip(&mut self.t) {
            structure.factor(&working[first..first + structure.n_theta()], t);
            first += structure.n_theta();
        }
    }

    /// A = Lambda'G Lambda + I, block by block, into the factor's values.
    fn fill(&mut self) {
        let system = self.system;
        let (mut left, mut block) = (Vec::new(), Vec::new());
        for m in 0..system.layout.terms.len() {
            let r = system.layout.terms[m].effects;
            let first = system.layout.offset(m);
            left.resize(r * r, 0.0);
            block.resize(r * r, 0.0);
            for level in 0..system.layout.terms[m].levels {
                let g = &system.diagonal[m][level * r * r..(level + 1) * r * r];
                congruence(r, r, &self.t[m], g, &self.t[m], &mut left, &mut block);
                for c in 0..r {
                    let start = self.col_ptr[first + level * r + c];
                    for a in c..r {
                        self.factor.set(start + a - c, block[c * r + a] + if a == c { 1.0 } else { 0.0 });
                    }
                }
            }
            for level in 0..system.layout.terms[m].levels {
                let mut below = r;
                for k in m + 1..system.layout.terms.len() {
                    let pair = &system.off_diagonal[k * (k - 1) / 2 + m];
                    let (rk, size) = (pair.row_effects, pair.block_len());
                    left.resize(size, 0.0);
                    block.resize(size.max(r * r), 0.0);
                    for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
                        congruence(rk, r, &self.t[k], &pair.values[e * size..(e + 1) * size], &self.t[m], &mut left, &mut block);
                        for c in 0..r {
                            let start = self.col_ptr[first + level * r + c] + below - c;
                            for a in 0..rk {
                                self.factor.set(start + a, block[c * rk + a]);
                            }
                        }
                        below += rk;
                    }
                }
                left.resize(r * r, 0.0);
            }
        }
    }

    /// work <- Lambda'v, column by column.
    pub(super) fn lambda_transpose(&mut self, v: &[f64]) {
        self.work[..v.len()].copy_from_slice(v);
        apply_factors(self.system, &self.t, true, &mut self.work[..v.len()]);
    }

    /// The Cholesky factor of [Q e]'V^-1[Q e] = diag(I, e'e) - half'half, and the coefficients.
    fn reduce_gram(&mut self) -> Result<()> {
        let (q, m) = (self.system.layout.q(), self.system.m());
        let gram = &mut self.state.gram;
        for j in 0..m {
            for i in j..m {
                let dot: f64 = self.half[i * q..(i + 1) * q].iter().zip(&self.half[j * q..(j + 1) * q]).map(|(a, b)| a * b).sum();
                let own = if i != j {
                    0.0
                } else if j + 1 == m {
                    self.system.rss
                } else {
                    1.0
                };
                gram[j * m + i] = own - dot;
            }
        }
        dense::cholesky(m, gram).map_err(|j| {
            Error::numeric(if j + 1 == m {
                "the model fits the response exactly: no residual variance is left"
            } else {
                "the fixed effects are confounded with the random effects to within rounding"
            })
        })?;
        let gamma = &mut self.state.gamma;
        for (j, value) in gamma.iter_mut().enumerate() {
            *value = gram[j * m + m - 1];
        }
        dense::solve_lower_transpose(m, gram, gamma);
        Ok(())
    }

    /// After an evaluation: U and Z'V^-1[Q e], with u^ = U_e - U_Q gamma and z in the last columns.
    pub(super) fn solve(&mut self) {
        let (q, m) = (self.system.layout.q(), self.system.m());
        if q == 0 {
            return;
        }
        self.factor.half_solve_transpose(&mut self.half);
        self.factor.unpermute_into(&self.half, &mut self.u);
        self.work[..q * m].copy_from_slice(&self.u);
        apply_factors(self.system, &self.t, false, &mut self.work[..q * m]);
        self.w.copy_from_slice(&self.system.zc);
        subtract_product(self.system, &self.work[..q * m], &mut self.w);
        for target in [&mut self.u, &mut self.w] {
            let (columns, last) = target.split_at_mut(q * (m - 1));
            for (column, &g) in columns.chunks_exact(q).zip(&self.state.gamma) {
                last.iter_mut().zip(column).for_each(|(v, c)| *v -= g * c);
            }
        }
    }

    /// A^-1 on the pattern of A, for the values factorised last.
    pub(super) fn select_inverse(&mut self) -> Result<()> {
        if self.inverse.is_none() {
            self.inverse = Some(SelectedInverse::new(&self.factor, &self.col_ptr, &self.row_idx)?);
        }
        if let Some(inverse) = &mut self.inverse {
            inverse.compute(&self.factor);
        }
        Ok(())
    }
}

impl LinearSystem {
    /// The number of working parameters.
    pub fn n_working(&self) -> usize {
        self.structures.iter().map(crate::covariance::Structure::n_theta).sum()
    }
}

/// The lower triangle of A by columns: for each level of a term its own block, then the blocks of later terms.
fn pattern(system: &LinearSystem) -> Result<(Vec<usize>, Vec<usize>)> {
    let layout = &system.layout;
    let mut nnz = 0;
    for (m, t) in layout.terms.iter().enumerate() {
        nnz += t.levels * t.effects * (t.effects + 1) / 2;
        for k in m + 1..layout.terms.len() {
            nnz += system.off_diagonal[k * (k - 1) / 2 + m].values.len();
        }
    }
    let mut col_ptr = try_vec("pattern of the random effects", 0, layout.q() + 1)?;
    let mut row_idx: Vec<usize> = Vec::new();
    row_idx.try_reserve_exact(nnz).map_err(|_| Error::memory("pattern of the random effects", 8 * nnz))?;
    for (m, t) in layout.terms.iter().enumerate() {
        let first = layout.offset(m);
        for level in 0..t.levels {
            for c in 0..t.effects {
                let column = first + level * t.effects + c;
                row_idx.extend(column..first + (level + 1) * t.effects);
                for k in m + 1..layout.terms.len() {
                    let pair = &system.off_diagonal[k * (k - 1) / 2 + m];
                    let start = layout.offset(k);
                    for &row in &pair.rows[pair.col_ptr[level]..pair.col_ptr[level + 1]] {
                        let row = start + row as usize * pair.row_effects;
                        row_idx.extend(row..row + pair.row_effects);
                    }
                }
                col_ptr[column + 1] = row_idx.len();
            }
        }
    }
    Ok((col_ptr, row_idx))
}

/// out (`a x b`) <- S'G T, for lower triangular S (`a x a`) and T (`b x b`).
fn congruence(a: usize, b: usize, s: &[f64], g: &[f64], t: &[f64], left: &mut [f64], out: &mut [f64]) {
    if a == 1 && b == 1 {
        out[0] = s[0] * g[0] * t[0];
        return;
    }
    for j in 0..b {
        for i in 0..a {
            left[j * a + i] = (i..a).map(|l| s[i * a + l] * g[j * a + l]).sum();
        }
    }
    for j in 0..b {
        for i in 0..a {
            out[j * a + i] = (j..b).map(|l| left[l * a + i] * t[j * b + l]).sum();
        }
    }
}

/// v <- Lambda v, or Lambda'v, in place, for any number of columns.
pub(super) fn apply_factors(system: &LinearSystem, t: &[Vec<f64>], transpose: bool, v: &mut [f64]) {
    let q = system.layout.q();
    if q == 0 {
        return;
    }
    for column in v.chunks_exact_mut(q) {
        let mut rest = column;
        for (size, t) in system.layout.terms.iter().zip(t) {
            let r = size.effects;
            let (rows, tail) = rest.split_at_mut(size.levels * r);
            rest = tail;
            if r == 1 {
                for x in rows {
                    *x *= t[0];
                }
                continue;
            }
            for b in rows.chunks_exact_mut(r) {
                if transpose {
                    for i in 0..r {
                        b[i] = (i..r).map(|l| t[i * r + l] * b[l]).sum();
                    }
                } else {
                    for i in (0..r).rev() {
                        b[i] = (0..=i).map(|l| t[l * r + i] * b[l]).sum();
                    }
                }
            }
        }
    }
}

/// out -= G v, for any number of columns.
pub(super) fn subtract_product(system: &LinearSystem, v: &[f64], out: &mut [f64]) {
    let q = system.layout.q();
    for (v, out) in v.chunks_exact(q).zip(out.chunks_exact_mut(q)) {
        for (m, size) in system.layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, system.layout.offset(m));
            for level in 0..size.levels {
                let at = first + level * r;
                let g = &system.diagonal[m][level * r * r..(level + 1) * r * r];
                for c in 0..r {
                    for a in 0..r {
                        out[at + a] -= g[c * r + a] * v[at + c];
                    }
                }
                for k in m + 1..system.layout.terms.len() {
                    let pair = &system.off_diagonal[k * (k - 1) / 2 + m];
                    let (rk, len) = (pair.row_effects, pair.block_len());
                    let start = system.layout.offset(k);
                    for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
                        let row = start + pair.rows[e] as usize * rk;
                        let g = &pair.values[e * len..(e + 1) * len];
                        for c in 0..r {
                            for a in 0..rk {
                                out[row + a] -= g[c * rk + a] * v[at + c];
                                out[at + c] -= g[c * rk + a] * v[row + a];
                            }
                        }
                    }
                }
            }
        }
    }
}
