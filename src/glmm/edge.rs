//! Edges: directions along which the likelihood does not fall for ever. A parameter of the family goes to the end of its range, where the
//! family is a simpler one (negative binomial counts that vary no more than Poisson's); a predictor of the dispersion or of the zero part
//! goes to infinity; or the data say nothing of a parameter.
//!
//! There the curvature of the deviance vanishes as its slope does, and differences leave nothing of the mixed derivatives but rounding.
//! As the curvature h along the edge goes to zero, mixed ones go with it, and the inverse of the Hessian of the others tends to that of
//! the limit:  (H - g g'/h)^-1 -> H^-1,  g = O(h).  So these directions are taken out before the Hessian is inverted.

use super::laplace::Laplace;
use super::mode::MODES;
use super::separation::orthonormalised;
use crate::error::{Code, Result, try_copy};
use crate::family::Order;
use crate::linalg::dense;

/// The curvature of the deviance below which a direction may be at an edge: a standard error of 45 on a working scale.
const CURVATURE: f64 = 1e-3;
/// How far the parameters are moved to see whether the deviance rises, and how much of a rise is none.
const MOVES: [f64; 2] = [3.0, 10.0];
const RISE: f64 = 1e-4;
/// A side that rises by less than this share of the other's rise is the flat one, far off.
const FLATTER: f64 = 0.01;
/// How far from an edge the middle may be.
const FAR: [f64; 3] = [30.0, 100.0, 300.0];
/// Parameters whose share of a direction is at least this, relative to their own size, have no standard error.
const SHARE: f64 = 0.05;

/// A part of a direction that is none.
const ROUNDING: f64 = 1e-9;

/// One direction.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Among the working parameters, towards the edge; of unit length but where it has no curvature.
    pub direction: Vec<f64>,
    kind: Kind,
}

/// Why there is no standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// The end of a range, where the model is a simpler one.
    Limit,
    /// The deviance depends on it nowhere.
    Unidentified,
    /// The deviance has no curvature, though it rises further off.
    Flat,
}

/// The places of parameters that a direction without curvature moves most, by their standard errors given it: it moves them by `moved`,
/// which is rounding beside `largest`.
pub fn flat_places(moved: &[f64], largest: &[f64], variance: impl Fn(usize) -> f64) -> Vec<usize> {
    let part = |i: usize| if moved[i].abs() > ROUNDING * largest[i] { moved[i].abs() / variance(i).sqrt() } else { 0.0 };
    let parts: Vec<f64> = (0..moved.len()).map(part).collect();
    let most = parts.iter().fold(0.0, |most: f64, p| most.max(*p));
    (0..moved.len()).filter(|&i| parts[i] > 0.0 && parts[i] >= SHARE * most).collect()
}

/// All directions, and what is left of the blocks of parameters that have any.
#[derive(Debug, Default)]
pub struct Edges {
    pub found: Vec<Edge>,
    /// Numbers of the working parameters of these blocks.
    blocks: Vec<usize>,
    /// An orthonormal basis of the rest of these blocks.
    rest: Vec<Vec<f64>>,
}

/// A parameter without a standard error because of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AtEdge {
    /// Its place among the parameters reported.
    pub place: usize,
    /// Whether a parameter of the family goes up towards the edge; the directions of predictors have no sign.
    pub upward: bool,
    pub kind: Kind,
}

impl Edges {
    /// A direction without curvature, which is taken out.
    pub fn add_flat(&mut self, direction: Vec<f64>) {
        self.found.push(Edge { direction, kind: Kind::Flat });
    }

    /// A basis of all directions in which there is a Hessian: those of `free`, less the edges.
    pub fn basis(&self, n: usize, free: &[usize]) -> Vec<Vec<f64>> {
        let unit = |j: usize| (0..n).map(|i| f64::from(u8::from(i == j))).collect();
        let mut basis: Vec<Vec<f64>> = free.iter().filter(|j| !self.blocks.contains(j)).map(|&j| unit(j)).collect();
        basis.extend(self.rest.iter().cloned());
        basis
    }

    /// The parameters that have a covariance: an edge is taken as known.
    pub fn covered(&self, free: &[usize]) -> Vec<usize> {
        let mut all = [free, &self.blocks].concat();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The directions without curvature.
    pub fn flats(&self) -> impl Iterator<Item = &[f64]> {
        self.found.iter().filter(|edge| edge.kind == Kind::Flat).map(|edge| &edge.direction[..])
    }

    /// What those at ends of ranges mean for a reported parameter, the inner product of `row` with working ones.
    pub fn of(&self, place: usize, row: &[f64]) -> Option<AtEdge> {
        let size = row.iter().map(|v| v * v).sum::<f64>().sqrt();
        let part = |edge: &Edge| row.iter().zip(&edge.direction).map(|(r, d)| r * d).sum::<f64>() / size;
        let (edge, part) = self
            .found
            .iter()
            .filter(|e| e.kind != Kind::Flat)
            .map(|e| (e, part(e)))
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        (part.abs() >= SHARE).then_some(AtEdge { place, upward: part > 0.0, kind: edge.kind })
    }
}

impl Laplace<'_> {
    /// The edges at an estimate with its Hessian `[n, n]`; directions of separation of a further predictor are such. The modes are left as
    /// they were found.
    pub(super) fn edges(&mut self, x: &[f64], hessian: &[f64], separated: &[Vec<f64>]) -> Result<Edges> {
        let mut edges = Edges::default();
        if !self.model.response.has_edges() {
            return Ok(edges);
        }
        let mut blocks: Vec<_> = self.outer().zip(self.ranges()).filter(|(a, _)| *a > 0).map(|(a, r)| (Some(a), r)).collect();
        blocks.push((None, self.shared()));
        for (predictor, block) in blocks {
            let (mut found, mut rest) = (vec![], vec![]);
            let own = within(separated, &block);
            let limit = |direction: &Vec<f64>| Edge { direction: direction.clone(), kind: Kind::Limit };
            found.extend(own.iter().map(limit));
            for (curvature, v) in spectrum(block.clone(), hessian, &own) {
                match if curvature < CURVATURE { self.edge_along(x, &v)? } else { None } {
                    Some(edge) => found.push(edge),
                    None => rest.push(v),
                }
            }
            if found.is_empty() {
                continue;
            }
            // In the limit of one direction the others of a predictor may not matter.
            if found.iter().any(|edge| edge.kind == Kind::Limit) && predictor.is_some() {
                found.iter_mut().for_each(|edge| edge.kind = Kind::Limit);
            }
            edges.found.extend(found);
            edges.rest.extend(rest);
            edges.blocks.extend(block);
        }
        Ok(edges)
    }

    /// Whether the deviance does not rise along a direction, to one side or to both.
    fn edge_along(&mut self, x: &[f64], v: &[f64]) -> Result<Option<Edge>> {
        let modes = try_copy(MODES, &self.mode.u)?;
        let gamma = self.border.as_ref().map(|_| self.mode.gamma.clone());
        let value = self.evaluate(x, Order::Mode)?;
        let mut rise = |by: f64| -> Result<Option<f64>> {
            self.start_modes(&modes);
            gamma.iter().for_each(|gamma| self.start_fixed(gamma));
            let at: Vec<f64> = x.iter().zip(v).map(|(x, v)| x + by * v).collect();
            match self.evaluate(&at, Order::Mode) {
                Ok(there) => Ok(Some(there - value)),
                Err(error) if error.code == Code::Numeric => Ok(None),
                Err(error) => Err(error),
            }
        };
        let mut flat = [true; 2];
        for (flat, side) in flat.iter_mut().zip([1.0, -1.0]) {
            let rises = MOVES.iter().map(|by| rise(side * by)).collect::<Result<Vec<_>>>()?;
            *flat = rises.iter().any(Option::is_some) && rises.into_iter().flatten().all(|rise| rise <= RISE);
        }
        // The middle of a range is at zero, on all working scales.
        let own = x.iter().zip(v).map(|(x, v)| x * v).sum::<f64>().abs();
        for by in FAR.into_iter().chain([own, 2.0 * own]) {
            if flat == [true; 2] {
                flat = flatter(rise(by)?, rise(-by)?);
            }
        }
        let kind = if flat == [true; 2] { Kind::Unidentified } else { Kind::Limit };
        self.start_modes(&modes);
        gamma.iter().for_each(|gamma| self.start_fixed(gamma));
        let side = if flat[0] { 1.0 } else { -1.0 };
        let direction = v.iter().map(|v| side * v).collect();
        Ok((flat != [false; 2]).then_some(Edge { direction, kind }))
    }
}

/// Which of two sides, on which the deviance rises so much, do not rise. Far off the direction is no longer quite that of the edge, and
/// both may: then the one that rises far less.
fn flatter(up: Option<f64>, down: Option<f64>) -> [bool; 2] {
    let (up, down) = (up.unwrap_or(0.0), down.unwrap_or(0.0));
    let flat = [up <= RISE, down <= RISE];
    if flat == [false; 2] { [up < FLATTER * down, down < FLATTER * up] } else { flat }
}

/// An orthonormal basis of the directions that are all in a block of parameters.
fn within(directions: &[Vec<f64>], block: &std::ops::Range<usize>) -> Vec<Vec<f64>> {
    let inside = |d: &&Vec<f64>| d.iter().enumerate().all(|(j, v)| *v == 0.0 || block.contains(&j));
    orthonormalised(directions.iter().filter(inside).cloned().collect())
}

/// Curvatures of a block of the Hessian `[n, n]` beside orthonormal directions in it, with their own directions among all parameters; none
/// where it holds no numbers.
fn spectrum(block: std::ops::Range<usize>, hessian: &[f64], beside: &[Vec<f64>]) -> Vec<(f64, Vec<f64>)> {
    let n = hessian.len().isqrt();
    let unit = |j: usize| (0..n).map(|i| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
    let basis: Vec<Vec<f64>> = beside.iter().cloned().chain(block.map(unit)).collect();
    let basis = if beside.is_empty() { basis } else { orthonormalised(basis) };
    let basis = &basis[beside.len()..];
    let k = basis.len();
    let form = |u: &[f64], v: &[f64]| -> f64 {
        let image = v.iter().zip(hessian.chunks_exact(n)).filter(|(v, _)| **v != 0.0);
        image.map(|(v, column)| v * dense::dot(u, column)).sum()
    };
    let part: Vec<f64> =
        (0..k * k).map(|e| 0.5 * (form(&basis[e % k], &basis[e / k]) + form(&basis[e / k], &basis[e % k]))).collect();
    if k == 0 || part.iter().any(|v| !v.is_finite()) {
        return vec![];
    }
    let Some((values, vectors)) = dense::symmetric_eigen(k, &part) else { return vec![] };
    let whole = |v: &[f64]| {
        let mut out = vec![0.0; n];
        basis.iter().zip(v).for_each(|(b, v)| dense::add_scaled(&mut out, *v, b));
        out
    };
    values.into_iter().zip(vectors.chunks_exact(k).map(whole)).collect()
}
