//! What a fit with a robust covariance of its fixed effects keeps of it, and the degrees of freedom that follow.
//!
//! With R a root of the model's covariance M = R R' of the fixed effects, the residuals e_j of cluster j, its covariance V_j and Q_j = X_j R,
//! the sandwich is R (sum_j s_j s_j') R' with s_j = F_j' e_j and F_j = A_j V_j^-1 Q_j. For l'beta and t = R'l, by the model
//!
//! ```text
//! cov(t's_i, t's_j) = P_ij = [i = j] t'G_j t - (U_i t)'(U_j t),   G_j = F_j' V_j F_j,   U_j = Q_j' F_j
//! ```

use std::ffi::CStr;

use crate::choice::Choice;
use crate::linalg::dense::{dot_in_order as dot, symmetric_eigen};

/// How residuals of clusters become a covariance of the fixed effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RobustKind {
    /// Without correction (Liang & Zeger 1986); of single rows White's HC0.
    Cr0,
    /// Times m / (m - 1) of m clusters.
    Cr1,
    /// Times m (n - 1) / ((m - 1)(n - p)), as Stata has it after `regress`; of single rows HC1.
    Cr1s,
    /// By matrices that make it unbiased under the model (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018); of single rows HC2.
    Cr2,
    /// That of deleted clusters, given the covariances (nearly the jackknife's); of single rows HC3.
    Cr3,
}

impl Choice for RobustKind {
    const LIST: &'static str = "robust_kind";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (RobustKind::Cr0, c"cr0"),
        (RobustKind::Cr1, c"cr1"),
        (RobustKind::Cr1s, c"cr1s"),
        (RobustKind::Cr2, c"cr2"),
        (RobustKind::Cr3, c"cr3"),
    ];
}

/// A robust covariance of the fixed effects of the mean.
#[derive(Clone, Debug)]
pub struct Robust {
    pub kind: RobustKind,
    /// The grouping factor or column; none of single rows.
    pub group: Option<String>,
    pub n_clusters: usize,
    /// R `[p, k]`.
    pub(crate) model_root: Vec<f64>,
    /// What is rounding: a combination l whose |R'l| for the robust R is not above |F'l| for this F `[p, k]` has no standard error, because the
    /// scores of its clusters vanish.
    pub(crate) floor: Vec<f64>,
    /// G_j and U_j of each cluster, `[k, k]` each; of CR2 only.
    pub(crate) moments: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Robust {
    /// What it is, in a few words.
    pub fn description(&self) -> String {
        let by = self.group.as_ref().map_or("rows".to_owned(), |group| format!("levels of {group}"));
        format!("{} standard errors by {} {by}", self.kind.name().to_uppercase(), self.n_clusters)
    }

    /// Whether Satterthwaite's degrees of freedom can be had.
    pub fn has_moments(&self) -> bool {
        !self.moments.is_empty()
    }

    fn of_model(&self, l: &[f64]) -> Vec<f64> {
        self.model_root.chunks_exact(l.len().max(1)).map(|column| dot(column, l)).collect()
    }

    /// The degrees of freedom of l'beta by Satterthwaite's method (Bell & McCaffrey 2002) for CR2; clusters less one for others.
    pub fn df(&self, l: &[f64]) -> f64 {
        if self.moments.is_empty() {
            return self.n_clusters as f64 - 1.0;
        }
        let one = Moments::new(self, &[self.of_model(l)]);
        one.trace(0, 0).powi(2) / one.products((0, 0), (0, 0))
    }

    /// Those of Hotelling's T^2 that has the moments of a joint test of independent rows (Pustejovsky & Tipton 2018, section 4.2): eta.
    pub(crate) fn eta(&self, rows: &[Vec<f64>]) -> f64 {
        if self.moments.is_empty() {
            return self.n_clusters as f64 - 1.0;
        }
        let q = rows.len();
        let plain = Moments::new(self, &rows.iter().map(|row| self.of_model(row)).collect::<Vec<_>>());
        let omega: Vec<f64> = (0..q * q).map(|e| plain.trace(e % q, e / q)).collect();
        let Some((values, vectors)) = symmetric_eigen(q, &omega) else { return f64::NAN };
        // In coordinates in which the expectation of the sandwich is the identity: eta does not depend on which.
        let white: Vec<Vec<f64>> = values
            .iter()
            .zip(vectors.chunks_exact(q))
            .map(|(value, v)| {
                let mut sum = vec![0.0; plain.directions[0].len()];
                for (share, row) in v.iter().zip(&plain.directions) {
                    sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += share / value.sqrt() * x);
                }
                sum
            })
            .collect();
        let own = Moments::new(self, &white);
        let mut variance = 0.0;
        for t in 0..q {
            for s in 0..q {
                variance += own.products((s, t), (t, s)) + own.products((s, s), (t, t));
            }
        }
        (q * (q + 1)) as f64 / variance
    }
}

/// The P_ij of several combinations.
struct Moments<'r> {
    robust: &'r Robust,
    /// Each t.
    directions: Vec<Vec<f64>>,
    /// U_j t, cluster by cluster.
    images: Vec<Vec<Vec<f64>>>,
}

impl<'r> Moments<'r> {
    fn new(robust: &'r Robust, directions: &[Vec<f64>]) -> Self {
        let times = |u: &[f64], t: &[f64]| multiplied(u, t);
        let images = robust.moments.iter().map(|(_, u)| directions.iter().map(|t| times(u, t)).collect()).collect();
        Moments { robust, directions: directions.to_vec(), images }
    }

    /// t_s' G_j t_t.
    fn own(&self, j: usize, s: usize, t: usize) -> f64 {
        dot(&self.directions[s], &multiplied(&self.robust.moments[j].0, &self.directions[t]))
    }

    /// The sum of P_jj.
    fn trace(&self, s: usize, t: usize) -> f64 {
        (0..self.images.len()).map(|j| self.own(j, s, t) - dot(&self.images[j][s], &self.images[j][t])).sum()
    }

    /// The sum over i and j of P_ij of one pair times that of another.
    fn products(&self, (s, t): (usize, usize), (a, b): (usize, usize)) -> f64 {
        let k = self.directions[0].len();
        // Sums of (U_j t)(U_j b)', by which double sums are single ones.
        let mut outer = vec![0.0; k * k];
        for image in &self.images {
            for (c, column) in outer.chunks_exact_mut(k.max(1)).enumerate() {
                column.iter_mut().zip(&image[t]).for_each(|(sum, x)| *sum += x * image[b][c]);
            }
        }
        let mut sum = 0.0;
        for (j, image) in self.images.iter().enumerate() {
            let (first, second) = (self.own(j, s, t), self.own(j, a, b));
            sum += first * second - first * dot(&image[a], &image[b]) - second * dot(&image[s], &image[t]);
            // (U_i s)' [sum_j (U_j t)(U_j b)'] (U_i a)
            sum += dot(&image[s], &multiplied(&outer, &image[a]));
        }
        sum
    }
}

/// A square matrix times a vector.
fn multiplied(a: &[f64], v: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; v.len()];
    for (column, x) in a.chunks_exact(v.len().max(1)).zip(v) {
        out.iter_mut().zip(column).for_each(|(out, a)| *out += a * x);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two-sample means with unequal sizes, each row its own cluster: Welch's degrees of freedom where variances are equal by the model.
    #[test]
    fn degrees_of_freedom_of_two_samples() {
        // Cell means: X is the indicators, M diagonal, all by the model's variance of one.
        let (n1, n2) = (4.0_f64, 9.0_f64);
        let model_root = vec![n1.sqrt().recip(), 0.0, 0.0, n2.sqrt().recip()];
        let cluster = |k: usize, n: f64| {
            // Q = R' of the row; A = 1 / sqrt(1 - 1/n).
            let (q, a) = (n.sqrt().recip(), (1.0 - 1.0 / n).sqrt().recip());
            let (mut g, mut u) = (vec![0.0; 4], vec![0.0; 4]);
            g[3 * k] = a * q * a * q;
            u[3 * k] = q * a * q;
            (g, u)
        };
        let moments = (0..4).map(|_| cluster(0, n1)).chain((0..9).map(|_| cluster(1, n2))).collect();
        let own = Robust { kind: RobustKind::Cr2, group: None, n_clusters: 13, model_root, floor: vec![], moments };
        assert!((own.df(&[1.0, 0.0]) - (n1 - 1.0)).abs() < 1e-12, "{}", own.df(&[1.0, 0.0]));
        let welch = (1.0 / n1 + 1.0 / n2).powi(2) / (1.0 / (n1 * n1 * (n1 - 1.0)) + 1.0 / (n2 * n2 * (n2 - 1.0)));
        assert!((own.df(&[-1.0, 1.0]) - welch).abs() < 1e-12, "{}", own.df(&[-1.0, 1.0]));
        // Of one row eta is its degrees of freedom, of whatever length.
        assert!((own.eta(&[vec![-3.0, 3.0]]) - welch).abs() < 1e-12);
        let both = own.eta(&[vec![1.0, 0.0], vec![0.0, 1.0]]);
        let other = own.eta(&[vec![1.0, 2.0], vec![0.3, -1.0]]);
        assert!((both - other).abs() < 1e-10 * both, "{both} {other}");
    }
}
