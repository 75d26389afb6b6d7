//! The joint uncertainty of all parameters and of the random effects (Skaug and Fournier 2006).
//!
//! ```text
//! u | psi ~ N(u^, A^-1) about the mode,  du^/dbeta = -G,  G = A^-1 B,  B = Lambda'Z'WX
//! var(x'beta + z'b) = a'A^-1 a + c'Vc,    a = Lambda'z,  c = dx'beta/dpsi + z'db^/dpsi,  V the covariance of the parameters psi
//! ```
//!
//! In the fixed effects c = x - G'a; in a linear model with its variances known these are Henderson's mixed-model equations (1975). For a
//! threshold the column of WX is minus the derivative of the scores of the mean's predictor. How the modes move with the parameters of
//! covariances and of the family is told by differences of modes.

use super::laplace::{Approximation, Laplace};
use super::model::Model;
use crate::error::{Result, try_vec};
use crate::family::Order;
use crate::random::triangle;

/// A at a model's modes, and G for the fixed effects of all predictors.
pub struct Joint<'a> {
    laplace: Laplace<'a>,
    /// `[q, p]`, p counting the fixed effects of all predictors, then further parameters.
    g: Vec<f64>,
    /// The derivatives of the random effects in further parameters, by place in the covariance of all.
    slopes: Vec<(usize, Vec<f64>)>,
    /// The entries of a that are not zero, by place.
    a: Vec<(usize, f64)>,
    whole: Vec<f64>,
    half: Vec<f64>,
}

/// Two sides of the estimates, in working parameters of the model.
#[derive(Clone, Debug)]
pub struct Move {
    /// The place of the slope among those of a prediction.
    pub place: usize,
    pub up: Vec<f64>,
    pub down: Vec<f64>,
    /// The distance between the two.
    pub width: f64,
}

/// A row of one random term: the level and the values of its effects.
#[derive(Clone, Copy, Debug)]
pub struct EffectRow<'a> {
    pub term: usize,
    pub level: usize,
    pub z: &'a [f64],
}

impl<'a> Joint<'a> {
    /// At working parameters; `x` has the columns `[n, p_a]` of each predictor a, `further` those of WX `[n]` of further parameters, and
    /// `moves` are the parameters that move the modes alone. The model has random effects.
    pub fn new(model: &'a Model, working: &[f64], x: &[&[f64]], further: &[Vec<f64>], moves: &[Move]) -> Result<Self> {
        let mut laplace = Laplace::new(model, Approximation::default())?;
        laplace.forget_modes(true);
        // Entries of A^-1 itself are wanted.
        laplace.random.whole = true;
        let slopes = laplace.slopes_of_modes(working, moves)?;
        laplace.evaluate(working, Order::Gradient)?;
        let (n, q) = (model.n, model.layout.q());
        let p: usize = x.iter().map(|x| x.len() / n.max(1)).sum::<usize>() + further.len();
        let mut g = try_vec("fixed effects beside the random ones", 0.0, q * p)?;
        let mut weighted: Vec<Vec<f64>> = x.iter().map(|_| try_vec("weighted fixed effects", 0.0, n)).collect::<Result<_>>()?;
        let mut half = try_vec("random effects", 0.0, q)?;
        let columns = x.iter().enumerate().flat_map(|(a, x)| x.chunks_exact(n.max(1)).map(move |column| (Some(a), column)));
        let further = further.iter().map(|column| (None, &column[..]));
        for ((a, column), g) in columns.chain(further).zip(g.chunks_exact_mut(q.max(1))) {
            for (other, weighted) in weighted.iter_mut().enumerate() {
                match a {
                    Some(a) => {
                        let w = &laplace.jet.w[triangle(a.max(other), a.min(other))];
                        weighted.iter_mut().zip(w).zip(column).for_each(|((v, w), x)| *v = w * x);
                    }
                    None if other == 0 => weighted.copy_from_slice(column),
                    None => weighted.fill(0.0),
                }
            }
            model.transpose_random(&weighted, g);
            laplace.gram.gram.apply_factors(&laplace.t, true, g);
            laplace.random.permute_into(&laplace.t, g, &mut half);
            laplace.random.half_solve(&mut half);
            laplace.random.half_solve_transpose(&mut half);
            laplace.random.unpermute_into(&laplace.t, &half, g);
        }
        laplace.random.select_inverse()?;
        Ok(Joint { laplace, g, slopes, a: vec![], whole: try_vec("random effects", 0.0, q)?, half })
    }

    /// a'A^-1 a of a row with these random effects; `c`, which holds x, gets what the modes add.
    pub fn variance<'z>(&mut self, rows: impl Iterator<Item = EffectRow<'z>>, c: &mut [f64]) -> f64 {
        self.a.clear();
        let model = self.laplace.model;
        for row in rows {
            let (r, t) = (row.z.len(), &self.laplace.t[row.term]);
            let z = model.units(row.term).values(row.z);
            let first = model.layout.offset(row.term) + row.level * r;
            for (place, slope) in &self.slopes {
                c[*place] += z.iter().zip(&slope[first..]).map(|(z, b)| z * b).sum::<f64>();
            }
            for j in 0..r {
                let value = (j..r).map(|i| t[j * r + i] * z[i]).sum::<f64>();
                if value != 0.0 {
                    self.a.push((first + j, value));
                }
            }
        }
        for (c, g) in c.iter_mut().zip(self.g.chunks_exact(self.half.len().max(1))) {
            *c -= self.a.iter().map(|(i, a)| a * g[*i]).sum::<f64>();
        }
        self.selected_form().unwrap_or_else(|| self.solved_form())
    }

    /// By the selected inverse, which has all pairs of levels that occur together in the data.
    fn selected_form(&self) -> Option<f64> {
        let mut sum = 0.0;
        for (k, &(i, a)) in self.a.iter().enumerate() {
            for &(j, b) in &self.a[..=k] {
                let (row, column) = (i.max(j), i.min(j));
                sum += a * b * self.laplace.random.entry(row, column)? * if i == j { 1.0 } else { 2.0 };
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
        let Laplace { random, t, .. } = &mut self.laplace;
        random.permute_into(t, &self.whole, &mut self.half);
        random.half_solve(&mut self.half);
        self.half.iter().map(|h| h * h).sum()
    }
}

impl Laplace<'_> {
    /// The derivatives of the scaled random effects, by differences.
    fn slopes_of_modes(&mut self, working: &[f64], moves: &[Move]) -> Result<Vec<(usize, Vec<f64>)>> {
        let mut out = Vec::with_capacity(moves.len());
        if moves.is_empty() {
            return Ok(out);
        }
        self.evaluate(working, Order::Mode)?;
        let here = self.u.clone();
        let mut effects = |at: &[f64]| -> Result<Vec<f64>> {
            self.start_modes(&here);
            self.evaluate(at, Order::Mode)?;
            let mut b = self.u.clone();
            self.gram.gram.apply_factors(&self.t, false, &mut b);
            Ok(b)
        };
        for own in moves {
            let (mut slope, down) = (effects(&own.up)?, effects(&own.down)?);
            slope.iter_mut().zip(&down).for_each(|(u, d)| *u = (*u - d) / own.width);
            out.push((own.place, slope));
        }
        self.start_modes(&here);
        Ok(out)
    }
}
