//! The information of very many effects that are nested in one another.
//!
//! ```text
//! A = P - Lambda'N Lambda,   P = I + Lambda'Z'diag(E)Z Lambda = L L',   N = sum_e nu_e v_e v_e',   R = L^-1 Lambda'N Lambda L'^-1
//! log|A| = log|P| - tr R + sum_k f(lambda_k),   f(x) = log(1 - x) + x,   lambda_k the eigenvalues of R
//! ```
//!
//! P is as sparse as the forest of levels. The eigenvalues of R are in [0, 1) and fall like 1/k^2, f(x) is about -x^2/2: the trace is taken
//! exactly, and some hundred eigenvalues give log|A| to 1e-8 and better. The gradient is that of this expression:
//!
//! ```text
//! d log|A| = tr(B dA) + tr(G dP),   B = L'^-1 (I + sum_k c_k q_k q_k') L^-1,   c_k = lambda_k / (1 - lambda_k)
//!                                   G = L'^-1 (R - sum_k lambda_k q_k q_k') L^-1
//! ```
//!
//! Systems are solved by conjugate gradients in the coordinates of L.

mod factor;
mod gradients;
mod pairs;
mod slope;
#[cfg(test)]
mod tests;

use self::factor::PathFactor;
use self::pairs::Pairs;
use self::slope::Weighted;
use super::forest::Forest;
use super::model::{HELD, Model};
use super::partial::Partial;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::linalg::dense::{add_scaled, dot};
use crate::linalg::factor::DenseFactor;
use crate::linalg::lanczos::{Blocks, Spectrum, leading};
use crate::random::Roots;

const NESTED: &str = "information of nested random effects";

/// What log|A| may change by, absolutely and relative to the likelihood, when more eigenvalues are looked at.
const ENOUGH: (f64, f64) = (1e-8, 1e-12);
/// The most eigenvalues.
const MOST_VALUES: usize = 600;
/// Relative to its diagonal, what is added to X'WX for preconditioning where it is singular.
const RIDGE: f64 = 1e-10;

/// Relative residuals at which systems are solved, and what is as good after the most steps.
const SOLVED: f64 = 1e-12;
const GOOD: f64 = 1e-8;
const MOST_STEPS: usize = 500;
/// The largest one in a step of Newton's method; it falls as the mode comes near, where no step is worth it.
const ROUGH: f64 = 1e-2;
const AT_MODE: f64 = 1e-24;

/// The information at a predictor.
#[derive(Debug)]
pub struct Nested<'a> {
    forest: &'a Forest,
    factor: PathFactor,
    /// The rows of Z Lambda L'^-1, along their paths.
    white: Vec<f64>,
    /// X'WX `[p, p]`, and a factor of it that conjugate gradients are preconditioned with.
    xwx: Vec<f64>,
    fixed: DenseFactor,
    spectrum: Spectrum,
    /// c_k and lambda_k `[count, parts]`.
    factors: Vec<f64>,
    pairs: Pairs,
}

impl<'a> Nested<'a> {
    pub fn new(model: &Model, forest: &'a Forest) -> Result<Self> {
        let p = model.p();
        Ok(Nested {
            forest,
            factor: PathFactor::new(forest)?,
            white: try_vec(NESTED, 0.0, forest.rows.len())?,
            xwx: try_vec(NESTED, 0.0, p * p)?,
            fixed: DenseFactor::new(p)?,
            spectrum: Spectrum::default(),
            factors: vec![],
            pairs: Pairs::default(),
        })
    }

    /// P and X'WX at the partial likelihood's predictor.
    pub fn assemble(&mut self, model: &Model, partial: &Partial<'_>, t: &Roots) -> Result<()> {
        self.white.copy_from_slice(&self.forest.rows);
        self.factor.factorize(self.forest, t, &partial.expected, &mut self.white);
        let p = model.p();
        let mut wx = try_vec(NESTED, 0.0, model.n)?;
        for j in 0..p {
            partial.information_product(model.column(j), &mut wx)?;
            (0..p).for_each(|i| self.xwx[j * p + i] = dot(model.column(i), &wx));
        }
        model.hold(&mut self.xwx);
        let mut ridge = 0.0;
        loop {
            self.fixed.values.copy_from_slice(&self.xwx);
            (0..p).for_each(|j| self.fixed.values[j * (p + 1)] += ridge * (1.0 + self.xwx[j * (p + 1)]));
            if self.fixed.factorize()? {
                return Ok(());
            }
            ridge = if ridge == 0.0 { RIDGE } else { 100.0 * ridge };
            if ridge > 1.0 {
                return Err(Error::numeric("the information of the fixed effects is not finite"));
            }
        }
    }

    /// v <- H^-1 v, or A^-1 v of a vector without beta, to within rounding, or for a step of Newton's method as exactly as it is worth it.
    pub fn solve(&self, model: &Model, partial: &Partial<'_>, v: &mut [f64], newton: bool) -> Result<()> {
        let q = model.q();
        self.factor.half_solve(self.forest, &mut v[..q]);
        self.solve_white(model, partial, v, newton)?;
        self.factor.half_solve_transpose(self.forest, &mut v[..q]);
        Ok(())
    }

    /// The same in the coordinates L'u of u; of a vector without beta, with A instead of H. By preconditioned conjugate gradients.
    fn solve_white(&self, model: &Model, partial: &Partial<'_>, v: &mut [f64], newton: bool) -> Result<()> {
        let q = model.q();
        let mut residual = try_copy(NESTED, v)?;
        v.fill(0.0);
        let precondition = |r: &[f64]| -> Result<Vec<f64>> {
            let mut z = try_copy(NESTED, r)?;
            if r.len() > q {
                self.fixed.solve(&mut z[q..]);
            }
            Ok(z)
        };
        let mut z = precondition(&residual)?;
        let first = dot(&residual, &z);
        if newton && first <= AT_MODE {
            return Ok(());
        }
        let mut rho = first;
        let wanted = if newton { first.sqrt().clamp(SOLVED, ROUGH) } else { SOLVED };
        let mut product = try_vec(NESTED, 0.0, v.len())?;
        let mut direction = try_copy(NESTED, &z)?;
        for _ in 0..MOST_STEPS {
            if rho <= wanted * wanted * first {
                return Ok(());
            }
            self.product(model, partial, &direction, &mut product)?;
            let curvature = dot(&direction, &product);
            if curvature.is_nan() || curvature <= 0.0 {
                break;
            }
            add_scaled(v, rho / curvature, &direction);
            add_scaled(&mut residual, -rho / curvature, &product);
            z = precondition(&residual)?;
            let next = dot(&residual, &z);
            direction.iter_mut().zip(&z).for_each(|(d, z)| *d = z + next / rho * *d);
            rho = next;
        }
        if rho <= GOOD * GOOD * first {
            return Ok(());
        }
        Err(Error::numeric("the information of the effects is not positive definite to within rounding"))
    }

    /// H v in these coordinates, or A v.
    fn product(&self, model: &Model, partial: &Partial<'_>, v: &[f64], out: &mut [f64]) -> Result<()> {
        let (n, q) = (model.n, model.q());
        let (mut eta, mut seen) = (try_vec(NESTED, 0.0, n)?, try_vec(NESTED, 0.0, n)?);
        self.forest.product(&self.white, v, &mut eta);
        let own = if v.len() > q { try_copy(NESTED, &eta)? } else { vec![] };
        (0..v.len() - q).for_each(|j| add_scaled(&mut eta, v[q + j], model.column(j)));
        partial.mean_product(&eta, &mut seen)?;
        if v.len() > q {
            // W eta for beta; of u diag(E) is in P.
            for (i, (seen, eta)) in seen.iter_mut().zip(&eta).enumerate() {
                *seen = partial.expected[i] * eta - *seen;
            }
            (0..v.len() - q).for_each(|j| out[q + j] = dot(model.column(j), &seen));
            model.never_falling.iter().for_each(|j| out[q + j] += HELD * v[q + j]);
            seen.iter_mut().zip(&own).zip(&partial.expected).for_each(|((s, own), e)| *s = e * own - *s);
        }
        self.forest.transposed_product(&self.white, &seen, &mut out[..q]);
        out[..q].iter_mut().zip(v).for_each(|(out, v)| *out = v - *out);
        Ok(())
    }

    /// log|A|, and with it the spectrum of R; `scale` is the size of the likelihood.
    pub fn log_determinant(&mut self, model: &Model, partial: &Partial<'_>, scale: f64) -> Result<f64> {
        let forest = self.forest;
        self.pairs = Pairs::new(partial, forest, &self.white)?;
        let (mut eta, mut seen) = (try_vec(NESTED, 0.0, model.n)?, try_vec(NESTED, 0.0, model.n)?);
        let apply = |v: &[f64], out: &mut [f64]| {
            forest.product(&self.white, v, &mut eta);
            partial.mean_product(&eta, &mut seen)?;
            forest.transposed_product(&self.white, &seen, out);
            Ok(())
        };
        let blocks = Blocks { of: &forest.part_of_column, count: forest.parts };
        let tolerance = ENOUGH.0.max(ENOUGH.1 * scale.abs());
        self.spectrum = leading(blocks, apply, tolerance, MOST_VALUES)?.ok_or_else(|| {
            Error::unsupported(format!(
                "the information of the {} random effects has more than {MOST_VALUES} large eigenvalues, as where many strata share their levels",
                model.q()
            ))
        })?;
        self.factors = self.spectrum.values.iter().map(|x| x / (1.0 - x)).collect();
        Ok(self.factor.log_determinant(forest) - self.pairs.trace(forest) + self.spectrum.remainder)
    }

    /// The trace of Z'diag(E)Z over an effect of a term, and the sum of its squared diagonal elements: those of Z'WZ to a first approximation.
    pub fn size_of(&self, model: &Model, partial: &Partial<'_>, term: usize, effect: usize) -> Result<(f64, f64)> {
        let mut own = try_vec(NESTED, 0.0, model.q())?;
        for (i, e) in partial.expected.iter().enumerate() {
            let (columns, z) = self.forest.along(&self.forest.rows, i);
            columns.iter().zip(z).for_each(|(c, z)| own[*c as usize] += e * z * z);
        }
        let effects = model.layout.offset(term)..model.layout.offset(term + 1);
        let each = || own[effects.clone()].iter().skip(effect).step_by(model.layout.terms[term].effects);
        Ok((each().sum(), each().map(|v| v * v).sum()))
    }

    fn weighted(&self) -> Weighted<'_> {
        Weighted { forest: self.forest, white: &self.white, spectrum: &self.spectrum, factors: &self.factors }
    }
}

/// Z_g'W Z_g summed over the levels g of each term, `[r, r]`.
pub fn own_products(model: &Model, forest: &Forest, partial: &Partial<'_>) -> Result<Vec<Vec<f64>>> {
    let mut out: Vec<Vec<f64>> = model.layout.terms.iter().map(|size| vec![0.0; size.effects * size.effects]).collect();
    let pairs = Pairs::new(partial, forest, &forest.rows)?;
    for (tier, table) in forest.tiers.iter().zip(&pairs.0) {
        let (r, width) = (tier.effects, forest.width - tier.start);
        for level in table.chunks_exact(2 * r * width) {
            out[tier.term].iter_mut().enumerate().for_each(|(e, out)| *out -= level[(e % r) * width + e / r]);
        }
    }
    for (i, expected) in partial.expected.iter().enumerate() {
        let (_, z) = forest.along(&forest.rows, i);
        for tier in &forest.tiers {
            let (own, r) = (&z[tier.start..], tier.effects);
            out[tier.term].iter_mut().enumerate().for_each(|(e, out)| *out += expected * own[e % r] * own[e / r]);
        }
    }
    Ok(out)
}
