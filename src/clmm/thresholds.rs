//! Thresholds of an ordinal model: the parameters that are reported, and coordinates without bounds in which their order is kept.
//!
//! ```text
//! flexible      theta_j = alpha_j
//! symmetric     theta = central, central -+ spacing_k             (an odd number)
//!               theta = central.1 - spacing_k, central.1, central.2, central.2 + spacing_k
//! equidistant   theta_j = threshold.1 + (j - 1) spacing
//! ```
//!
//! Coordinates are logarithms of distances, but for one: the anchor, a location, is a coordinate itself. Of spacings the anchor's
//! logarithm is one.

use crate::error::{Error, Result};
use crate::spec::Threshold;

/// Relative to the size of the numbers that thresholds are made of, a distance below this is rounding.
const MEET: f64 = 1e-10;

/// Whether the thresholds of a row rise or meet. Those that meet, to within rounding, become the same number: between them there is no
/// probability. `size`: that of the numbers they are sums of.
pub fn settle(theta: &mut [f64], size: f64) -> bool {
    for k in 1..theta.len() {
        if (theta[k] - theta[k - 1]).abs() <= MEET * size {
            theta[k] = theta[k - 1];
        }
    }
    theta.is_sorted_by(|a, b| a <= b)
}

/// How a number of thresholds is made of parameters alpha.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    pub kind: Threshold,
    /// K - 1.
    pub count: usize,
    /// The parameter that is a coordinate by itself.
    pub anchor: usize,
}

impl Thresholds {
    /// For K categories, two at least. Where a structure would not tie anything, it is the flexible one.
    pub fn new(kind: Threshold, categories: usize) -> Self {
        let count = categories - 1;
        Thresholds { kind: if count == 1 { Threshold::Flexible } else { kind }, count, anchor: 0 }
    }

    /// Parameters that are locations; the others are spacings.
    fn locations(&self) -> usize {
        match self.kind {
            Threshold::Flexible => self.count,
            Threshold::Symmetric => 2 - self.count % 2,
            Threshold::Equidistant => 1,
        }
    }

    /// The number of parameters m.
    pub fn n_alpha(&self) -> usize {
        match self.kind {
            Threshold::Flexible => self.count,
            Threshold::Symmetric => self.locations() + (self.count - self.locations()) / 2,
            Threshold::Equidistant => 2,
        }
    }

    /// Names of the thresholds: `low|mid`.
    pub fn names(categories: &[String]) -> Vec<String> {
        categories.windows(2).map(|pair| format!("{}|{}", pair[0], pair[1])).collect()
    }

    /// Names of the parameters.
    pub fn alpha_names(&self, categories: &[String]) -> Vec<String> {
        let spacings = (1..).map(|k| format!("spacing.{k}"));
        let first: Vec<String> = match (self.kind, self.locations()) {
            (Threshold::Flexible, _) => return Self::names(categories),
            (Threshold::Equidistant, _) => return vec!["threshold.1".into(), "spacing".into()],
            (Threshold::Symmetric, 1) => vec!["central".into()],
            (Threshold::Symmetric, _) => vec!["central.1".into(), "central.2".into()],
        };
        first.into_iter().chain(spacings).take(self.n_alpha()).collect()
    }

    /// theta = J alpha: J `[K - 1, m]`.
    pub fn jacobian(&self) -> Vec<f64> {
        let mut j = vec![0.0; self.count * self.n_alpha()];
        self.entries().for_each(|(k, r, value)| j[k * self.count + r] = value);
        j
    }

    /// The entries of J that are not zero, at most two a threshold: parameter, threshold, value.
    fn entries(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let (kind, rows, m, locations) = (self.kind, self.count, self.n_alpha(), self.locations());
        (0..rows)
            .flat_map(move |r| match kind {
                Threshold::Flexible => [Some((r, r, 1.0)), None],
                Threshold::Equidistant => [Some((0, r, 1.0)), (r > 0).then_some((1, r, r as f64))],
                Threshold::Symmetric => {
                    let half = m - locations;
                    let centre = usize::from(locations == 2 && r >= rows / 2);
                    let spacing = if r < half {
                        Some((locations + half - 1 - r, r, -1.0))
                    } else {
                        (r >= rows - half).then(|| (locations + r + half - rows, r, 1.0))
                    };
                    [Some((centre, r, 1.0)), spacing]
                }
            })
            .flatten()
    }

    /// Threshold r as a combination of the parameters.
    pub fn of(&self, r: usize) -> Vec<(usize, f64)> {
        self.entries().filter(|(_, row, _)| *row == r).map(|(k, _, value)| (k, value)).collect()
    }

    /// theta, of all zeros, plus J alpha.
    pub fn add(&self, alpha: &[f64], theta: &mut [f64]) {
        for (k, r, value) in self.entries() {
            theta[r] += value * alpha[k];
        }
    }

    /// J'v.
    pub fn transposed(&self, v: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.n_alpha()];
        for (k, r, value) in self.entries() {
            out[k] += value * v[r];
        }
        out
    }

    /// What must not be negative for the thresholds to be in order: combinations of the parameters, each a list of places and factors.
    pub fn gaps(&self) -> Vec<Vec<(usize, f64)>> {
        let (m, n) = (self.n_alpha(), self.locations());
        let above = |k: usize| vec![(k - 1, -1.0), (k, 1.0)];
        let first_spacing = (m > n).then(|| vec![(n, 1.0)]);
        (1..n).map(above).chain(first_spacing).chain((n + 1..m).map(above)).collect()
    }

    /// The gap that the distance between thresholds r and r + 1 is.
    pub fn gap_above(&self, r: usize) -> Option<usize> {
        let mut width = vec![0.0; self.n_alpha()];
        for (k, threshold, value) in self.entries() {
            width[k] += value * (f64::from(u8::from(threshold == r + 1)) - f64::from(u8::from(threshold == r)));
        }
        let own: Vec<(usize, f64)> = width.into_iter().enumerate().filter(|(_, factor)| *factor != 0.0).collect();
        self.gaps().iter().position(|gap| *gap == own)
    }

    /// The direction in which all thresholds move alike: J d = 1.
    pub fn location(&self) -> Vec<f64> {
        (0..self.n_alpha()).map(|k| f64::from(u8::from(k < self.locations()))).collect()
    }

    /// Place of the anchor among the spacings.
    fn spacing_anchor(&self) -> usize {
        self.anchor.saturating_sub(self.locations())
    }

    /// Place of the anchor among the locations.
    fn location_anchor(&self) -> usize {
        if self.anchor < self.locations() { self.anchor } else { 0 }
    }

    /// Parameters of coordinates.
    pub fn alpha(&self, working: &[f64]) -> Vec<f64> {
        let (n, at) = (self.locations(), self.location_anchor());
        let mut alpha = working.to_vec();
        for j in at + 1..n {
            alpha[j] = alpha[j - 1] + working[j].exp();
        }
        for j in (0..at).rev() {
            alpha[j] = alpha[j + 1] - working[j].exp();
        }
        // Spacings rise from zero: those above the anchor by distances, those below it by shares.
        let (spacings, at) = (&mut alpha[n..], self.spacing_anchor());
        for j in at..spacings.len() {
            let distance = working[n + j].exp();
            spacings[j] = if j == at { distance } else { spacings[j - 1] + distance };
        }
        for j in (0..at.min(spacings.len())).rev() {
            spacings[j] = spacings[j + 1] * crate::family::special::expit(working[n + j]);
        }
        alpha
    }

    /// d alpha / d working, `[m, m]`.
    pub fn derivative(&self, working: &[f64]) -> Vec<f64> {
        let (m, n, at) = (working.len(), self.locations(), self.location_anchor());
        let alpha = self.alpha(working);
        let distances: Vec<f64> = working.iter().map(|w| w.exp()).collect();
        let mut d = vec![0.0; m * m];
        for i in 0..n {
            d[at * m + i] = 1.0;
            (at + 1..=i).for_each(|j| d[j * m + i] = distances[j]);
            (i..at).for_each(|j| d[j * m + i] = -distances[j]);
        }
        let at = self.spacing_anchor();
        for i in 0..m - n {
            if i >= at {
                (at..=i).for_each(|j| d[(n + j) * m + n + i] = distances[n + j]);
            } else {
                // s_i = s_at prod_j expit(w_j): the logarithm's slope is expit(-w_j).
                d[(n + at) * m + n + i] = alpha[n + i];
                (i..at).for_each(|j| d[(n + j) * m + n + i] = alpha[n + i] * crate::family::special::expit(-working[n + j]));
            }
        }
        d
    }

    /// Coordinates of parameters, which must be in order.
    pub fn working(&self, alpha: &[f64]) -> Result<Vec<f64>> {
        let (n, at) = (self.locations(), self.location_anchor());
        let mut working = alpha.to_vec();
        let distance = |d: f64| {
            if d > 0.0 { Ok(d.ln()) } else { Err(Error::argument(format!("thresholds are out of order: {alpha:?}"))) }
        };
        for j in at + 1..n {
            working[j] = distance(alpha[j] - alpha[j - 1])?;
        }
        for j in 0..at {
            working[j] = distance(alpha[j + 1] - alpha[j])?;
        }
        let (s, at) = (&alpha[n..], self.spacing_anchor());
        for j in 0..s.len() {
            working[n + j] = match j.cmp(&at) {
                std::cmp::Ordering::Equal => distance(s[j])?,
                std::cmp::Ordering::Greater => distance(s[j] - s[j - 1])?,
                std::cmp::Ordering::Less => distance(s[j])? - distance(s[j + 1] - s[j])?,
            };
        }
        Ok(working)
    }

    /// Parameters near to given thresholds, which are in order: by regression on J, with spacings that are positive.
    pub fn nearest(&self, theta: &[f64]) -> Vec<f64> {
        let (rows, locations) = (self.count, self.locations());
        let half = rows / 2;
        match self.kind {
            Threshold::Flexible => theta.to_vec(),
            Threshold::Equidistant => {
                let spacing = (theta[rows - 1] - theta[0]) / (rows - 1) as f64;
                let mean = theta.iter().sum::<f64>() / rows as f64;
                vec![mean - spacing * 0.5 * (rows - 1) as f64, spacing]
            }
            Threshold::Symmetric => {
                let centre = 0.5 * (0..half).map(|r| theta[r] + theta[rows - 1 - r]).sum::<f64>() / half as f64;
                let reach = |r: usize| 0.5 * (theta[rows - 1 - r] - theta[r]);
                if locations == 1 {
                    return std::iter::once(centre).chain((0..half).rev().map(reach)).collect();
                }
                let inner = reach(half - 1);
                [centre - inner, centre + inner].into_iter().chain((0..half - 1).rev().map(|r| reach(r) - inner)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Threshold; 3] = [Threshold::Flexible, Threshold::Symmetric, Threshold::Equidistant];

    fn theta(t: &Thresholds, alpha: &[f64]) -> Vec<f64> {
        let j = t.jacobian();
        (0..t.count).map(|r| alpha.iter().enumerate().map(|(k, a)| j[k * t.count + r] * a).sum()).collect()
    }

    #[test]
    fn coordinates_go_both_ways_with_every_anchor_and_keep_the_order() {
        for kind in KINDS {
            for categories in 2..9 {
                let plain = Thresholds::new(kind, categories);
                for anchor in 0..plain.n_alpha() {
                    let t = Thresholds { anchor, ..plain.clone() };
                    let w: Vec<f64> = (0..t.n_alpha()).map(|k| 0.7 - 0.4 * k as f64).collect();
                    let alpha = t.alpha(&w);
                    let theta = theta(&t, &alpha);
                    assert!(theta.windows(2).all(|p| p[0] < p[1]), "{t:?}: {theta:?}");
                    let back = t.working(&alpha).unwrap();
                    assert!(w.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-12), "{t:?}: {w:?} {back:?}");
                    let near = t.nearest(&theta);
                    assert!(near.iter().zip(&alpha).all(|(a, b)| (a - b).abs() < 1e-12), "{t:?}: {near:?} {alpha:?}");
                }
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        for kind in KINDS {
            for categories in 2..9 {
                let plain = Thresholds::new(kind, categories);
                for anchor in 0..plain.n_alpha() {
                    let t = Thresholds { anchor, ..plain.clone() };
                    let m = t.n_alpha();
                    let w: Vec<f64> = (0..m).map(|k| -0.2 + 0.3 * k as f64).collect();
                    let d = t.derivative(&w);
                    for j in 0..m {
                        let (mut up, mut down) = (w.clone(), w.clone());
                        up[j] += 1e-5;
                        down[j] -= 1e-5;
                        for (i, (u, v)) in t.alpha(&up).iter().zip(t.alpha(&down)).enumerate() {
                            assert!(((u - v) / 2e-5 - d[j * m + i]).abs() < 1e-8, "{t:?} {i} {j}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn all_thresholds_move_alike_in_the_location() {
        for kind in KINDS {
            for categories in 2..9 {
                let t = Thresholds::new(kind, categories);
                assert_eq!(theta(&t, &t.location()), vec![1.0; t.count]);
            }
        }
    }

    #[test]
    fn the_parameters_of_symmetric_thresholds_are_the_middle_and_distances_from_it() {
        let t = Thresholds::new(Threshold::Symmetric, 5);
        assert_eq!(theta(&t, &[1.0, 4.0, 2.5]), [-1.5, 1.0, 4.0, 6.5]);
        let t = Thresholds::new(Threshold::Symmetric, 6);
        assert_eq!(theta(&t, &[1.0, 2.0, 3.5]), [-2.5, -1.0, 1.0, 3.0, 4.5]);
        let labels: Vec<String> = (1..=6).map(|k| k.to_string()).collect();
        assert_eq!(t.alpha_names(&labels), ["central", "spacing.1", "spacing.2"]);
    }

    #[test]
    fn each_distance_of_neighbours_is_a_gap() {
        for kind in KINDS {
            for categories in 3..9 {
                let t = Thresholds::new(kind, categories);
                let alpha: Vec<f64> = t.alpha(&(0..t.n_alpha()).map(|k| 0.3 - 0.2 * k as f64).collect::<Vec<f64>>());
                let theta = theta(&t, &alpha);
                for r in 0..t.count - 1 {
                    let gap = &t.gaps()[t.gap_above(r).unwrap()];
                    let size: f64 = gap.iter().map(|&(k, factor)| factor * alpha[k]).sum();
                    assert!((size - (theta[r + 1] - theta[r])).abs() < 1e-12, "{t:?} {r}");
                }
                let used: Vec<Option<usize>> = (0..t.count - 1).map(|r| t.gap_above(r)).collect();
                assert!((0..t.gaps().len()).all(|g| used.contains(&Some(g))), "{t:?}");
            }
        }
    }

    #[test]
    fn thresholds_that_meet_to_within_rounding_become_equal() {
        let mut theta = [-1.0, 0.5, 0.5 - 1e-13, 0.5 + 1e-6];
        assert!(settle(&mut theta, 1.0));
        assert_eq!(theta, [-1.0, 0.5, 0.5, 0.5 + 1e-6]);
        assert!(!settle(&mut [0.0, -1e-6], 1.0));
    }

    #[test]
    fn thresholds_out_of_order_are_an_error() {
        for kind in KINDS {
            let t = Thresholds::new(kind, 5);
            let mut alpha = t.alpha(&vec![0.0; t.n_alpha()]);
            let last = alpha.len() - 1;
            alpha[last] = -10.0;
            assert!(t.working(&alpha).unwrap_err().message.contains("order"));
        }
    }
}
