//! Responses drawn as the sums that a linear model sees of them, where its rows are gone.
//!
//! y = Q m + Z b + e, b = Lambda u, e ~ N(0, sigma^2 I), of rows times the roots of their weights, is seen by Q'y, Z'r and r'r, with r what Q
//! leaves of y. With P the projection on the columns of Z, and S = Q'(I - P)Q = V diag(s) V',
//!
//! ```text
//! e = Z v + e_2 + e_3,   v = sigma G^- Z'w,   Q'e_2 = sigma V diag(s)^(1/2) w_2,   Z'e_2 = 0,   e_2'e_2 = sigma^2 w_2'w_2
//! ```
//!
//! and the rest e_3 is orthogonal to both, with the squared length sigma^2 chi^2. So Z(b + v) has all of Z'y.
//!
//! G = Z'Z is mostly singular. With D diagonal and small, L L' = G + D and v = sigma (1 + (G + D)^-1 D / 2) L'^-1 w the covariance of Z v is P
//! but for (d / g)^2, g an eigenvalue of G that is not zero.

use super::deviance::Deviance;
use super::parameters::working_from_theta;
use super::system::LinearSystem;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::linalg::dense::{self, dot_in_order as dot};
use crate::random::{RandomSystem, Roots};
use crate::simulate::Stream;
use crate::watch::Watch;

/// D as a share of the mean diagonal entry of a term's G, and of the largest, of which rounding must leave it.
const SMALL: f64 = 1e-10;
const ABOVE_ROUNDING: f64 = 1e-13;

/// Eigenvalues of S below this are zero: columns of Q that Z has, too.
const NOTHING: f64 = 1e-9;

/// What memory is for.
const WHAT: &str = "random effects of simulated responses";

/// Draws responses from a model of sums.
pub struct Redraw {
    /// In working units, as all that follows.
    sigma: f64,
    /// Q'X beta.
    mean: Vec<f64>,
    /// T of each term.
    t: Roots,
    /// Lambda u^.
    modes: Vec<f64>,
    projection: Option<Projection>,
    /// V diag(s)^(1/2), `[m - 1, rank]`.
    root: Vec<f64>,
    /// Degrees of freedom of what neither Z nor Q has.
    free: f64,
    system: LinearSystem,
}

/// G + D, factorised as D^(1/2) (D^-1/2 G D^-1/2 + I) D^(1/2).
struct Projection {
    random: RandomSystem,
    /// D^-1/2.
    t: Roots,
}

/// A response as sums.
pub struct DrawnSums {
    /// Q'y.
    projection: Vec<f64>,
    /// Z'r.
    residual: Vec<f64>,
    /// r'r.
    rss: f64,
}

impl Redraw {
    /// At theta, fixed effects of the columns kept, and sigma, in the user's units.
    pub fn new(system: LinearSystem, theta: &[f64], beta: &[f64], sigma: f64, watch: &Watch<'_>) -> Result<Self> {
        let q = system.gram.layout.q();
        let mut deviance = Deviance::new(&system, false, watch)?;
        deviance.evaluate(&working_from_theta(&system, theta)?)?;
        deviance.solve();
        let t = deviance.t.clone();
        let mut modes = try_copy(WHAT, &deviance.u[deviance.u.len() - q..])?;
        drop(deviance);
        system.gram.apply_factors(&t, false, &mut modes);
        let mut projection = if q > 0 { Some(Projection::new(&system, watch)?) } else { None };
        let (share, rank) = match &mut projection {
            Some(projection) => projection.of_fixed(&system)?,
            None => (vec![0.0; system.kept.len().pow(2)], 0.0),
        };
        let root = root_of_rest(system.kept.len(), &share)?;
        let free = system.n as f64 - rank - (root.len() / system.kept.len().max(1)) as f64;
        let mean = system.map.working(beta);
        let sigma = sigma / system.map.unit.abs();
        Ok(Redraw { sigma, mean, t, modes, projection, root, free, system })
    }

    /// The system that draws take the place of the response in.
    pub fn system(&self) -> &LinearSystem {
        &self.system
    }

    /// A response; random effects are new ones of the stream `effects`, or without one those of the fit.
    pub fn draw(&mut self, effects: Option<&mut Stream>, residuals: &mut Stream) -> Result<DrawnSums> {
        let (k, q) = (self.system.kept.len(), self.system.gram.layout.q());
        let mut b = try_copy(WHAT, &self.modes)?;
        if let Some(effects) = effects {
            b.iter_mut().for_each(|b| *b = self.sigma * effects.normal());
            self.system.gram.apply_factors(&self.t, false, &mut b);
        }
        if let Some(projection) = &mut self.projection {
            dense::add_scaled(&mut b, self.sigma, &projection.draw(&self.system, residuals)?);
        }
        let mut image = try_vec(WHAT, 0.0, q)?;
        self.system.gram.subtract_product(&b, &mut image);
        image.iter_mut().for_each(|v| *v = -*v);
        let mut rest = 0.0;
        let mut along: Vec<f64> = (0..k).map(|j| dot(self.fixed(j), &b)).collect();
        for column in self.root.chunks_exact(k.max(1)) {
            let w = self.sigma * residuals.normal();
            dense::add_scaled(&mut along, w, column);
            rest += w * w;
        }
        if self.free > 0.0 {
            rest += 2.0 * self.sigma * self.sigma * residuals.gamma(0.5 * self.free);
        }
        let rss = dot(&b, &image) + rest - dot(&along, &along);
        for (j, share) in along.iter().enumerate() {
            dense::add_scaled(&mut image, -share, &self.system.zc[j * q..(j + 1) * q]);
        }
        let projection = self.mean.iter().zip(&along).map(|(m, a)| m + a).collect();
        Ok(DrawnSums { projection, residual: image, rss })
    }

    /// Z'Q, column j.
    fn fixed(&self, j: usize) -> &[f64] {
        let q = self.system.gram.layout.q();
        &self.system.zc[j * q..(j + 1) * q]
    }
}

impl Projection {
    fn new(system: &LinearSystem, watch: &Watch<'_>) -> Result<Self> {
        let gram = &system.gram;
        let mut random = RandomSystem::new(gram, &[], system.m().max(1))?;
        random.threads = watch.threads();
        let t = Roots::multiples(
            &gram
                .layout
                .terms
                .iter()
                .zip(&gram.diagonal)
                .map(|(size, blocks)| {
                    let r = size.effects;
                    let of = |e: usize| blocks.iter().skip(e * (r + 1)).step_by(r * r).copied();
                    let mean = (0..r).flat_map(of).sum::<f64>() / (size.levels * r) as f64;
                    let largest = (0..r).flat_map(of).fold(0.0, f64::max);
                    let small = (SMALL * mean).max(ABOVE_ROUNDING * largest);
                    (r, if small > 0.0 { small.sqrt().recip() } else { 1.0 })
                })
                .collect::<Vec<_>>(),
        );
        watch.pulse()?;
        random.factorize(gram, &t)?;
        watch.pulse()?;
        random.select_inverse()?;
        Ok(Projection { random, t })
    }

    /// Q'P Q `[k, k]`, and the rank of Z.
    fn of_fixed(&mut self, system: &LinearSystem) -> Result<(Vec<f64>, f64)> {
        let (q, k) = (system.gram.layout.q(), system.kept.len());
        // tr G (G + D)^-1 is below the rank by the shares that D takes.
        let left: f64 = (0..q).filter_map(|i| self.random.entry(i, i)).sum();
        // With A = D^-1/2 G D^-1/2 + I and c = D^-1/2 Z'Q: c'A^-1 c + c'A^-2 c.
        let mut c = try_copy(WHAT, &system.zc[..q * k])?;
        system.gram.apply_factors(&self.t, true, &mut c);
        let mut share = try_vec(WHAT, 0.0, k * k)?;
        let mut solved = self.permuted(&c)?;
        self.random.half_solve(&mut solved);
        add_products(q, &solved, &mut share);
        self.random.half_solve_transpose(&mut solved);
        add_products(q, &solved, &mut share);
        Ok((share, (q as f64 - left).round()))
    }

    /// v over sigma.
    fn draw(&mut self, system: &LinearSystem, stream: &mut Stream) -> Result<Vec<f64>> {
        let mut v = try_vec(WHAT, 0.0, system.gram.layout.q())?;
        v.iter_mut().for_each(|v| *v = stream.normal());
        self.random.half_solve_transpose(&mut v);
        let mut further = try_copy(WHAT, &v)?;
        self.random.half_solve(&mut further);
        self.random.half_solve_transpose(&mut further);
        dense::add_scaled(&mut v, 0.5, &further);
        self.random.unpermute_into(&self.t, &v, &mut further);
        system.gram.apply_factors(&self.t, false, &mut further);
        Ok(further)
    }

    fn permuted(&mut self, columns: &[f64]) -> Result<Vec<f64>> {
        let mut out = try_vec(WHAT, 0.0, columns.len())?;
        self.random.permute_into(&self.t, columns, &mut out);
        Ok(out)
    }
}

/// out += C'C for columns of length q.
fn add_products(q: usize, columns: &[f64], out: &mut [f64]) {
    let k = columns.len() / q;
    for (j, a) in columns.chunks_exact(q).enumerate() {
        for (i, b) in columns.chunks_exact(q).enumerate() {
            out[j * k + i] += dot(a, b);
        }
    }
}

/// V diag(s)^(1/2) of I less `share` `[k, k]`, without the columns of zeros.
fn root_of_rest(k: usize, share: &[f64]) -> Result<Vec<f64>> {
    let rest: Vec<f64> = share.iter().enumerate().map(|(e, v)| f64::from(u8::from(e % (k + 1) == 0)) - v).collect();
    if k == 0 {
        return Ok(vec![]);
    }
    let (values, vectors) = dense::symmetric_eigen(k, &rest)
        .ok_or_else(|| Error::numeric("what the random effects leave of the fixed effects has no eigenvalues that can be told"))?;
    let kept = values.iter().zip(vectors.chunks_exact(k)).filter(|(value, _)| **value > NOTHING);
    Ok(kept.flat_map(|(value, vector)| vector.iter().map(|v| v * value.sqrt())).collect())
}

impl DrawnSums {
    /// Puts the response in the place of that of a system, which is that of the draws.
    pub fn put(self, drawn: &Redraw, system: &mut LinearSystem) -> Result<()> {
        let left = self.rss.sqrt();
        if !(left > 0.0 && left.is_finite()) {
            return Err(Error::numeric("nothing is left of a simulated response but rounding"));
        }
        let q = self.residual.len();
        let first = system.zc.len() - q;
        system.zc[first..].iter_mut().zip(&self.residual).for_each(|(to, v)| *to = v / left);
        let projection = self.projection.into_iter().map(|v| v / left).collect();
        system.map.set_response(left * drawn.system.map.unit, projection, 0.0);
        system.rss = 1.0;
        Ok(())
    }
}
