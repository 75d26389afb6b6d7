//! Rows of an ordered response, from their cells to the derivatives in the predictors and thresholds.

use crate::elementary::logarithms;
use crate::family::GRADIENT;
use crate::family::cell::{Cell, CumulativeLink};
use crate::family::rows::{PIECE, pieces};
use crate::glmm::jet::{Jet, tetrahedron};

/// Rows whose cut points are computed together.
const ROWS: usize = 64;

/// Derivatives of a row's l, s, w in one of its two thresholds, the scale included.
pub(super) type Triple = [f64; 3];

/// What rows are evaluated at.
pub(super) struct At<'a> {
    /// Factors of the log-density; empty if all are one.
    pub weights: &'a [f64],
    pub eta: &'a [f64],
    /// Those below and above the category of each row.
    pub thresholds: [&'a [f64]; 2],
    /// 1 / scale; empty if that is one.
    pub tau: &'a [f64],
}

/// Some rows of what comes out. What is not wanted is empty.
pub(super) struct CellRows<'a> {
    first: usize,
    l: &'a mut [f64],
    s: &'a mut [f64],
    w: &'a mut [f64],
    t: &'a mut [f64],
    /// Of the scale: s, the second derivatives with the mean's predictor and its own, the third with two of the mean's.
    scale: [&'a mut [f64]; 4],
    lower: &'a mut [Triple],
    upper: &'a mut [Triple],
    with_scale: &'a mut [[f64; 2]],
}

impl<'a> CellRows<'a> {
    pub fn of(jet: &'a mut Jet, [lower, upper]: [&'a mut [Triple]; 2], with_scale: &'a mut [[f64; 2]]) -> Self {
        let (mut s, mut w) = (jet.s.iter_mut(), jet.w.iter_mut());
        let (t, further) = jet.t.split_at_mut(tetrahedron(1, 0, 0));
        let next =
            |columns: &mut std::slice::IterMut<'a, Vec<f64>>| columns.next().map_or_else(Default::default, Vec::as_mut_slice);
        let (own_s, own_w) = (next(&mut s), next(&mut w));
        // In the order of `triangle`.
        let scale = [next(&mut s), next(&mut w), next(&mut w), next(&mut further.iter_mut())];
        CellRows { first: 0, l: &mut jet.l, s: own_s, w: own_w, t: next(&mut t.iter_mut()), scale, lower, upper, with_scale }
    }

    pub fn in_pieces(self) -> Vec<CellRows<'a>> {
        let rows = self.l.len();
        let (mut l, mut s, mut w, mut t) = (pieces(self.l), pieces(self.s), pieces(self.w), pieces(self.t));
        let (mut lower, mut upper, mut with_scale) = (pieces(self.lower), pieces(self.upper), pieces(self.with_scale));
        let mut scale = self.scale.map(pieces);
        let mut next = |first: usize| CellRows {
            first,
            l: l.next().unwrap_or_default(),
            s: s.next().unwrap_or_default(),
            w: w.next().unwrap_or_default(),
            t: t.next().unwrap_or_default(),
            scale: std::array::from_fn(|c| scale[c].next().unwrap_or_default()),
            lower: lower.next().unwrap_or_default(),
            upper: upper.next().unwrap_or_default(),
            with_scale: with_scale.next().unwrap_or_default(),
        };
        (0..rows).step_by(PIECE).map(&mut next).collect()
    }

    /// Takes what a row has from its cell.
    #[inline]
    fn give<const ORDER: u8>(&mut self, i: usize, (weight, tau): (f64, f64), [a, b]: [f64; 2], mut cell: Cell) {
        if weight != 1.0 {
            weigh(&mut cell, weight);
        }
        self.l[i] = cell.l;
        self.s[i] = tau * cell.s;
        self.w[i] = tau * tau * cell.w;
        if ORDER == GRADIENT {
            if !self.t.is_empty() {
                self.t[i] = tau * tau * tau * cell.t;
            }
            if !self.with_scale.is_empty() {
                let second = Second::new(&cell.lower, &cell.upper, weight);
                self.give_scale(&cell, &second, [a, b], tau, i);
                // -d2l/dtheta dz, of what the thresholds move by.
                let [lower, upper] = second.with_scale(a, b);
                self.with_scale[i] = [tau * (cell.lower[0] + lower), tau * (cell.upper[0] + upper)];
            }
            let powers = [tau, tau * tau, tau * tau * tau];
            self.lower[i] = std::array::from_fn(|k| powers[k] * cell.lower[k]);
            self.upper[i] = std::array::from_fn(|k| powers[k] * cell.upper[k]);
        }
    }

    /// Derivatives with the logarithm of the scale: a and b fall by themselves.
    fn give_scale(&mut self, cell: &Cell, second: &Second, [a, b]: [f64; 2], tau: f64, i: usize) {
        let along = |k: usize| times(b, cell.upper[k]) + times(a, cell.lower[k]);
        let [s, with_mean, own, third] = &mut self.scale;
        s[i] = -along(0);
        with_mean[i] = tau * (cell.s + along(1));
        own[i] = -(along(0) + times(a, second.with_scale(a, b)[0]) + times(b, second.with_scale(a, b)[1]));
        if !third.is_empty() {
            third[i] = -tau * tau * (2.0 * cell.w + along(2));
        }
    }
}

impl At<'_> {
    pub fn cells<L: CumulativeLink, const ORDER: u8>(&self, mut out: CellRows<'_>) {
        let mut cuts = [[0.0; ROWS]; 2];
        let mut ends = [[L::End::default(); ROWS]; 2];
        let (mut cells, mut logs) = ([Cell::CERTAIN; ROWS], [0.0; ROWS]);
        for (number, eta) in self.eta[out.first..out.first + out.l.len()].chunks(ROWS).enumerate() {
            let (first, count) = (out.first + number * ROWS, eta.len());
            for ((cuts, ends), thresholds) in cuts.iter_mut().zip(&mut ends).zip(self.thresholds) {
                for ((cut, threshold), eta) in cuts.iter_mut().zip(&thresholds[first..]).zip(eta) {
                    *cut = threshold - eta;
                }
                if !self.tau.is_empty() {
                    cuts.iter_mut().zip(&self.tau[first..first + count]).for_each(|(cut, tau)| *cut *= tau);
                }
                L::ends(&cuts[..count], &mut ends[..count]);
            }
            for j in 0..count {
                cells[j] = L::cell_of::<ORDER>(cuts[0][j], cuts[1][j], [ends[0][j], ends[1][j]]);
                logs[j] = cells[j].factor;
            }
            logarithms(&mut logs[..count]);
            for j in 0..count {
                let cell = Cell { l: cells[j].l + logs[j], ..cells[j] };
                let of = |column: &[f64]| column.get(first + j).copied().unwrap_or(1.0);
                out.give::<ORDER>(number * ROWS + j, (of(self.weights), of(self.tau)), [cuts[0][j], cuts[1][j]], cell);
            }
        }
    }
}

/// Second derivatives in the cut points. A shift of both is one of the predictor, so that l_aa = -s_a - l_ab and l_bb = -s_b - l_ab, with
/// l_ab = -l_a l_b.
pub(super) struct Second {
    pub aa: f64,
    pub ab: f64,
    pub bb: f64,
}

impl Second {
    /// `weight`: that of the cell's derivatives, whose product has it twice.
    pub fn new(lower: &Triple, upper: &Triple, weight: f64) -> Self {
        let ab = -lower[0] * upper[0] / weight;
        Second { aa: -lower[1] - ab, ab, bb: -upper[1] - ab }
    }

    /// [l_aa a + l_ab b, l_ab a + l_bb b].
    fn with_scale(&self, a: f64, b: f64) -> [f64; 2] {
        [times(a, self.aa) + times(b, self.ab), times(a, self.ab) + times(b, self.bb)]
    }
}

/// A factor of the log-probability.
fn weigh(cell: &mut Cell, weight: f64) {
    for v in [&mut cell.l, &mut cell.s, &mut cell.w, &mut cell.t].into_iter().chain(&mut cell.lower).chain(&mut cell.upper) {
        *v *= weight;
    }
}

/// An infinite cut point has no derivatives.
fn times(cut: f64, derivative: f64) -> f64 {
    if derivative == 0.0 { 0.0 } else { cut * derivative }
}
