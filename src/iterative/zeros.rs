//! Variances of zero: which parameters they hold, and whether the criterion falls from there.

use std::ops::Range;

use super::evaluation::Evaluation;
use crate::covariance::{Structure, with_ranges};
use crate::error::{Error, Result};
use crate::formula::StructureKind;
use crate::linalg::dense;
use crate::random::factor_derivatives;
use crate::search::boundary::{lifted, null_directions};

/// The standard deviation at which slopes are had.
const PROBE: f64 = 1e-3;

/// Slopes of fewer Monte-Carlo errors are told from zero.
const CLEAR: f64 = 2.0;

/// Which parameters don't move the covariances: those of variances of zero.
pub struct Held(Vec<bool>);

impl Held {
    pub fn new(structures: &[Structure], working: &[f64]) -> Self {
        let mut t = vec![];
        for (structure, range) in with_ranges(structures) {
            let mut own = vec![0.0; structure.size * structure.size];
            structure.factor(&working[range], &mut own);
            t.push(own);
        }
        let mut held: Vec<bool> = factor_derivatives(structures, working).iter().map(|own| !own.moves(&t[own.term])).collect();
        held.resize(working.len(), false);
        Held(held)
    }

    pub fn free(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|i| !self.0[*i]).collect()
    }

    /// Gradient and Hessian without what is held.
    pub fn masked(&self, gradient: &[f64], hessian: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = gradient.len();
        let g = (0..n).map(|i| if self.0[i] { 0.0 } else { gradient[i] }).collect();
        let h = (0..n * n).map(|e| if self.0[e % n] || self.0[e / n] { 0.0 } else { hessian[e] }).collect();
        (g, h)
    }

    /// A term's structure, and its parameters.
    pub fn place(structures: &[Structure], term: usize) -> (Structure, Range<usize>) {
        let first = structures[..term].iter().map(Structure::n_theta).sum::<usize>();
        (structures[term], first..first + structures[term].n_theta())
    }
}

/// The slope n'Hn of half the criterion in the variance of a direction n without any, with its Monte-Carlo error.
pub struct Slope {
    pub term: usize,
    pub direction: Vec<f64>,
    value: f64,
    error: f64,
}

impl Slope {
    /// A little variance in each direction without any; none where there is no such direction.
    pub fn probe(structures: &[Structure], working: &[f64]) -> Option<Vec<f64>> {
        let probe = lifted(structures, working, PROBE);
        (probe != working).then_some(probe)
    }

    /// Of each term with such directions the steepest one, from an evaluation at `probe`. Terms with correlations of one parameter are left out.
    pub fn all<T>(structures: &[Structure], working: &[f64], own: &Evaluation<T>) -> Result<Vec<Slope>> {
        let (mut all, mut first) = (vec![], 0);
        for (term, (structure, range)) in with_ranges(structures).enumerate() {
            let r = structure.size;
            let null = null_directions(*structure, &working[range]);
            let elements = first..first + r * r;
            first += r * r;
            if null.is_empty() || !matches!(structure.kind, StructureKind::Unstructured | StructureKind::Diagonal) {
                continue;
            }
            // Of independent effects each by itself.
            let groups: Vec<&[Vec<f64>]> =
                if structure.kind == StructureKind::Diagonal { null.chunks(1).collect() } else { vec![&null[..]] };
            for null in groups {
                all.push(steepest(term, null, (&own.forces[term], &own.t[term]), |y| {
                    // H = F T^-1 = T'^-1 (... - M) T^-1: that of y'My, y = T^-1 n.
                    let weight = |e: usize| y[e % r] * y[e / r];
                    let pairs = (0..r * r).flat_map(|d| (0..r * r).map(move |e| (d, e)));
                    let part = |(d, e): (usize, usize)| {
                        weight(d) * weight(e) * own.traces[elements.start + d].covariance(&own.traces[elements.start + e])
                    };
                    pairs.map(part).sum::<f64>().max(0.0).sqrt()
                })?);
            }
        }
        Ok(all)
    }

    /// Whether the criterion falls.
    pub fn is_down(&self) -> bool {
        self.value < -CLEAR * self.error
    }

    pub fn is_undecided(&self) -> bool {
        !self.is_down() && self.value < CLEAR * self.error
    }
}

/// The direction with the smallest n'Hn among combinations of some.
fn steepest(term: usize, null: &[Vec<f64>], (force, t): (&[f64], &[f64]), error: impl Fn(&[f64]) -> f64) -> Result<Slope> {
    let (r, s) = (t.len().isqrt(), null.len());
    let solved: Vec<Vec<f64>> = null
        .iter()
        .map(|n| {
            let mut y = n.clone();
            dense::solve_lower(r, t, &mut y);
            y
        })
        .collect();
    let form = |i: usize, j: usize| -> f64 {
        let image: Vec<f64> = (0..r).map(|a| (0..r).map(|b| force[b * r + a] * solved[j][b]).sum()).collect();
        dense::dot_in_order(&null[i], &image)
    };
    let matrix: Vec<f64> = (0..s * s).map(|e| 0.5 * (form(e % s, e / s) + form(e / s, e % s))).collect();
    let Some((values, vectors)) = dense::symmetric_eigen(s, &matrix) else {
        return Err(Error::numeric("the slope of the criterion at a variance of zero is not finite"));
    };
    let combined = |all: &[Vec<f64>]| -> Vec<f64> { (0..r).map(|a| (0..s).map(|i| vectors[i] * all[i][a]).sum()).collect() };
    Ok(Slope { term, direction: combined(null), value: values[0], error: error(&combined(&solved)) })
}
