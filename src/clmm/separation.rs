//! Separation of ordered categories: a level that shows only the lowest or only the highest category, or never shows one of them where its
//! thresholds are its own. Coefficients, thresholds and nominal effects go to infinity together, so that their directions are sought
//! together; the cut points that have information stay where they are.

use super::response::OrderedResponse;
use crate::error::{Result, try_vec};
use crate::family::Order;
use crate::family::cell::cell;
use crate::glmm::fixed::FixedPart;
use crate::glmm::jet::Separated;
use crate::glmm::separation::{FALL, INFORMATION, MOVE, null_space, orthonormal};
use crate::linalg::dense;

impl OrderedResponse {
    /// The directions of the mean's fixed effects `gamma` and the shared parameters, at predictors with their random effects.
    pub(super) fn separated(&self, shared: &[f64], eta: &[Vec<f64>], mean: &FixedPart, gamma: &[f64]) -> Result<Separated> {
        let thresholds = (0..self.thresholds.count).map(|r| self.thresholds.of(r)).collect();
        let cuts = Cuts { response: self, thresholds, eta, mean };
        let whole = self.whole(shared);
        let mut information = try_vec("information of the cut points", [0.0; 2], self.y.len())?;
        let value = cuts.evaluate(&whole, None, &mut information);
        if !value.is_finite() || information.iter().flatten().all(|w| *w >= INFORMATION) {
            return Ok(Separated::default());
        }
        let (p, slopes) = (mean.p, self.whole_slopes(shared));
        let (k, f) = (p + whole.len(), shared.len());
        let informed = cuts.squares(|i, side| f64::from(u8::from(information[i][side] >= INFORMATION)));
        let columns = Columns { p, k, slopes: &slopes };
        let [squares, all] = [informed, cuts.squares(|_, _| 1.0)].map(|gram| columns.chained(&gram));
        let mut null = null_space(p + f, &squares, &all);
        if null.is_empty() {
            return Ok(Separated::default());
        }
        let mut wide: Vec<Vec<f64>> = null.iter().map(|v| columns.image(v)).collect();
        orthonormal(&mut wide, &mut null);
        let weak = cuts.squares(|i, side| information[i][side].min(INFORMATION));
        rotate(&weak, &mut wide, &mut null);
        let estimate = [gamma, &whole].concat();
        let mut out = Separated { directions: vec![], toward: vec![0.0; p + f] };
        for (direction, own) in wide.iter().zip(null) {
            let most = cuts.most(direction);
            let loses = quadratic(&weak, direction, direction) >= INFORMATION * most * most;
            if most == 0.0 || loses || !cuts.rises(&whole, direction, most, value, &mut information)? {
                continue;
            }
            dense::add_scaled(&mut out.toward, dense::dot(direction, &estimate), &own);
            out.directions.push(own);
        }
        Ok(out)
    }
}

/// From shared parameters to alpha and gamma, the mean's fixed effects before both.
struct Columns<'a> {
    p: usize,
    k: usize,
    /// `[k - p, f]`.
    slopes: &'a [f64],
}

impl Columns<'_> {
    fn image(&self, v: &[f64]) -> Vec<f64> {
        let mut out = v[..self.p].to_vec();
        out.resize(self.k, 0.0);
        for (column, v) in self.slopes.chunks_exact(self.k - self.p).zip(&v[self.p..]) {
            dense::add_scaled(&mut out[self.p..], *v, column);
        }
        out
    }

    /// S'GS of a matrix `[k, k]`.
    fn chained(&self, gram: &[f64]) -> Vec<f64> {
        let count = self.p + self.slopes.len() / (self.k - self.p);
        let unit = |j: usize| self.image(&(0..count).map(|i| f64::from(u8::from(i == j))).collect::<Vec<_>>());
        let columns: Vec<Vec<f64>> = (0..count).map(unit).collect();
        let images = columns.iter().map(|column| product(gram, column));
        images.flat_map(|image| columns.iter().map(|c| dense::dot(c, &image)).collect::<Vec<_>>()).collect()
    }
}

fn product(matrix: &[f64], v: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; v.len()];
    matrix.chunks_exact(v.len()).zip(v).filter(|(_, v)| **v != 0.0).for_each(|(column, v)| dense::add_scaled(&mut out, *v, column));
    out
}

fn quadratic(matrix: &[f64], left: &[f64], right: &[f64]) -> f64 {
    dense::dot(left, &product(matrix, right))
}

/// Turns orthonormal vectors into those with the least information first, and what goes with each.
fn rotate(information: &[f64], vectors: &mut Vec<Vec<f64>>, with: &mut Vec<Vec<f64>>) {
    let s = vectors.len();
    let form: Vec<f64> = (0..s * s).map(|e| quadratic(information, &vectors[e % s], &vectors[e / s])).collect();
    let Some((_, turns)) = dense::symmetric_eigen(s, &form) else { return };
    let turned = |all: &[Vec<f64>], turn: &[f64]| {
        let mut out = vec![0.0; all[0].len()];
        all.iter().zip(turn).for_each(|(v, t)| dense::add_scaled(&mut out, *t, v));
        out
    };
    let (before, own) = (std::mem::take(vectors), std::mem::take(with));
    *vectors = turns.chunks_exact(s).map(|turn| turned(&before, turn)).collect();
    *with = turns.chunks_exact(s).map(|turn| turned(&own, turn)).collect();
}

/// The cut points of all rows.
struct Cuts<'a> {
    response: &'a OrderedResponse,
    /// Each as a combination of alpha.
    thresholds: Vec<Vec<(usize, f64)>>,
    eta: &'a [Vec<f64>],
    mean: &'a FixedPart,
}

impl Cuts<'_> {
    /// The log-likelihood where alpha and gamma are these, and the predictor is moved so much; the information of each row's cut points, in
    /// the unit of its latent variable.
    fn evaluate(&self, whole: &[f64], moved: Option<&[f64]>, information: &mut [[f64; 2]]) -> f64 {
        let response = self.response;
        let mut value = 0.0;
        for (i, own) in information.iter_mut().enumerate() {
            let eta = self.eta[0][i] + moved.map_or(0.0, |m| m[i]);
            let tau = if response.scale { (-self.eta[1][i]).exp() } else { 1.0 };
            let [a, b] = self.ends(whole, i).map(|end| tau * (end - eta));
            let Some(cell) = cell(response.link, Order::Gradient, a, b) else { return f64::NAN };
            value += response.weights.get(i).copied().unwrap_or(1.0) * cell.l;
            // As in `Second`; an open end has nothing to tell.
            let mixed = cell.lower[0] * cell.upper[0];
            *own = [cell.lower[1] - mixed, cell.upper[1] - mixed].map(f64::abs);
        }
        value
    }

    /// The thresholds below and above a row's category.
    fn ends(&self, whole: &[f64], i: usize) -> [f64; 2] {
        let mut ends = [f64::NEG_INFINITY, f64::INFINITY];
        for (side, end) in ends.iter_mut().enumerate() {
            if let Some(entries) = self.entries(i, side) {
                *end = entries.map(|(j, value)| value * whole[j]).sum();
            }
        }
        ends
    }

    /// The threshold below (0) or above (1) a row's category as a combination of alpha and gamma; none for an open end.
    fn entries(&self, i: usize, side: usize) -> Option<impl Iterator<Item = (usize, f64)>> {
        let (m, nominal, n) = (self.response.thresholds.n_alpha(), &self.response.nominal, self.response.y.len());
        let own = (self.response.y[i] as usize + side).checked_sub(2).and_then(|r| self.thresholds.get(r))?;
        let times = move |part: usize| if part == 0 { 1.0 } else { nominal.q[(part - 1) * n + i] };
        Some((0..=nominal.p).flat_map(move |part| own.iter().map(move |(k, v)| (part * m + k, times(part) * v))))
    }

    /// The functional of the mean's fixed effects, alpha and gamma that an end of a row is.
    fn functional(&self, i: usize, side: usize) -> Option<Vec<(usize, f64)>> {
        let (p, n) = (self.mean.p, self.response.y.len());
        let entries = self.entries(i, side)?;
        Some((0..p).map(|j| (j, -self.mean.q[j * n + i])).chain(entries.map(|(j, v)| (p + j, v))).collect())
    }

    /// The sum of the functionals' squares, weighted, `[k, k]`.
    fn squares(&self, weight: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let k = self.mean.p + self.response.n_whole();
        let mut out = vec![0.0; k * k];
        for i in 0..self.response.y.len() {
            for side in 0..2 {
                let (Some(own), weight) = (self.functional(i, side), weight(i, side)) else { continue };
                if weight == 0.0 {
                    continue;
                }
                for (b, right) in &own {
                    own.iter().for_each(|(a, left)| out[b * k + a] += weight * left * right);
                }
            }
        }
        out
    }

    /// The most that an end of a row moves in a direction.
    fn most(&self, direction: &[f64]) -> f64 {
        let ends = (0..self.response.y.len()).flat_map(|i| [(i, 0), (i, 1)]);
        let moves = ends.filter_map(|(i, side)| self.functional(i, side));
        moves.map(|own| own.iter().map(|(j, v)| v * direction[*j]).sum::<f64>().abs()).fold(0.0, f64::max)
    }

    /// Whether the likelihood given the random effects doesn't fall to one of the sides.
    fn rises(&self, whole: &[f64], direction: &[f64], most: f64, value: f64, information: &mut [[f64; 2]]) -> Result<bool> {
        let (of_mean, of_whole) = direction.split_at(self.mean.p);
        let mut moved = try_vec("directions of separation", 0.0, self.response.y.len())?;
        Ok([MOVE / most, -MOVE / most].into_iter().any(|by| {
            moved.fill(0.0);
            self.mean.add(&of_mean.iter().map(|d| by * d).collect::<Vec<_>>(), &mut moved);
            let there: Vec<f64> = whole.iter().zip(of_whole).map(|(w, d)| w + by * d).collect();
            self.evaluate(&there, Some(&moved), information) >= value - FALL
        }))
    }
}
