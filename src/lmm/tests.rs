//! The engine against finite differences and a dense evaluation of the likelihood.

use super::cross_products::CrossProducts;
use super::deviance::Deviance;
use super::rows::Chunk;
use super::system::LinearSystem;
use crate::covariance::Structure;
use crate::formula::StructureKind;
use crate::linalg::dense;
use crate::optimize::Objective;
use crate::random::{Layout, TermRows, TermSize};
use crate::simulate::noise::Noise;
use crate::watch::Watch;

/// A random crossed design with any mix of terms: (structure, levels).
pub struct Example {
    pub n: usize,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub weights: Option<Vec<f64>>,
    pub index: Vec<Vec<u32>>,
    pub z: Vec<Option<Vec<f64>>>,
    pub structures: Vec<Structure>,
    pub layout: Layout,
}

impl Example {
    pub fn new(seed: u64, n: usize, p: usize, terms: &[(StructureKind, usize, usize)], weighted: bool) -> Self {
        let mut noise = Noise(seed);
        let x: Vec<f64> = (0..n * p).map(|i| if i < n { 1.0 } else { noise.next() }).collect();
        let mut y: Vec<f64> = (0..n).map(|i| 3.0 + 0.5 * x[(p - 1) * n + i] + noise.next()).collect();
        let (mut index, mut z, mut structures, mut sizes) = (vec![], vec![], vec![], vec![]);
        for &(kind, effects, levels) in terms {
            let own: Vec<u32> =
                (0..n).map(|i| if i < levels { i as u32 } else { ((0.5 + 0.5 * noise.next()) * levels as f64) as u32 }).collect();
            let columns: Vec<f64> = (0..n * effects).map(|i| if i < n { 1.0 } else { noise.next() }).collect();
            let b: Vec<f64> = (0..levels * effects).map(|_| noise.next()).collect();
            for i in 0..n {
                y[i] += (0..effects).map(|e| columns[e * n + i] * b[own[i] as usize * effects + e]).sum::<f64>();
            }
            index.push(own);
            z.push((effects > 1).then_some(columns));
            structures.push(Structure::new(kind, None, effects));
            sizes.push(TermSize { levels, effects });
        }
        let weights = weighted.then(|| (0..n).map(|_| 1.5 + noise.next()).collect());
        Example { n, x, y, weights, index, z, structures, layout: Layout { p, terms: sizes } }
    }

    /// The effects of term k become indicators of occasions, one a row.
    pub fn with_occasions(mut self, k: usize) -> Self {
        let (n, r) = (self.n, self.layout.terms[k].effects);
        let mut z = vec![0.0; n * r];
        (0..n).for_each(|i| z[(7 * i + i / 3) % r * n + i] = 1.0);
        self.z[k] = Some(z);
        self
    }

    /// Term k with a standard deviation for each effect.
    pub fn heterogeneous(mut self, k: usize) -> Self {
        self.structures[k].homogeneous = false;
        self
    }

    pub fn chunk(&self) -> Chunk<'_> {
        let terms = self
            .index
            .iter()
            .zip(&self.z)
            .map(|(index, z)| TermRows { index, z: z.as_deref(), entries: None, runs: None })
            .collect();
        Chunk { n: self.n, x: &self.x, y: &self.y, weights: self.weights.as_deref(), terms, watch: Watch::unwatched() }
    }

    pub fn products(&self) -> CrossProducts {
        let mut products = CrossProducts::new(self.layout.clone()).unwrap();
        products.add(&self.chunk()).unwrap();
        products
    }

    /// Nothing is shifted.
    pub fn shifts(&self) -> Vec<Vec<f64>> {
        vec![vec![]; self.structures.len()]
    }

    pub fn system(&self) -> LinearSystem {
        LinearSystem::new(self.products(), self.structures.clone(), self.shifts()).unwrap()
    }

    /// The criterion from the dense n x n covariance, at factors T of the user's units.
    pub fn dense_criterion(&self, t: &[Vec<f64>], reml: bool) -> f64 {
        self.dense_criterion_of(t, reml, |i, j| f64::from(u8::from(i == j)))
    }

    /// The same with a correlation of residuals.
    pub fn dense_criterion_of(&self, t: &[Vec<f64>], reml: bool, correlation: impl Fn(usize, usize) -> f64) -> f64 {
        let (n, p) = (self.n, self.layout.p);
        let weight = |i: usize| self.weights.as_ref().map_or(1.0, |w| w[i]);
        let mut v: Vec<f64> = (0..n * n).map(|e| correlation(e % n, e / n) / (weight(e % n) * weight(e / n)).sqrt()).collect();
        for (k, size) in self.layout.terms.iter().enumerate() {
            let r = size.effects;
            let row = |i: usize| -> Vec<f64> {
                let z: Vec<f64> = (0..r).map(|e| self.z[k].as_ref().map_or(1.0, |z| z[e * n + i])).collect();
                (0..r).map(|c| (0..r).map(|a| t[k][c * r + a] * z[a]).sum()).collect()
            };
            for i in 0..n {
                for j in 0..n {
                    if self.index[k][i] == self.index[k][j] {
                        v[j * n + i] += row(i).iter().zip(row(j)).map(|(a, b)| a * b).sum::<f64>();
                    }
                }
            }
        }
        dense::cholesky(n, &mut v).unwrap();
        let log_det: f64 = (0..n).map(|i| 2.0 * v[i * n + i].ln()).sum();
        let mut columns: Vec<Vec<f64>> = (0..p).map(|j| self.x[j * n..(j + 1) * n].to_vec()).collect();
        columns.push(self.y.clone());
        for column in &mut columns {
            dense::solve_lower(n, &v, column);
        }
        let m = p + 1;
        let mut gram: Vec<f64> = (0..m * m).map(|e| columns[e % m].iter().zip(&columns[e / m]).map(|(a, b)| a * b).sum()).collect();
        dense::cholesky(m, &mut gram).unwrap();
        let rho2 = gram[m * m - 1] * gram[m * m - 1];
        let rows = if reml { n - p } else { n } as f64;
        let log_det_x: f64 = (0..p).map(|j| 2.0 * gram[j * m + j].ln()).sum();
        log_det + rows * (1.0 + (2.0 * std::f64::consts::PI * rho2 / rows).ln()) + if reml { log_det_x } else { 0.0 }
    }

    /// Factors in the user's units: working ones have rows scaled by the effects' root mean squares.
    pub fn unscaled(&self, system: &LinearSystem, working: &[f64]) -> Vec<Vec<f64>> {
        let mut first = 0;
        let mut all = vec![];
        for (k, s) in self.structures.iter().enumerate() {
            let mut t = vec![0.0; s.size * s.size];
            s.factor(&working[first..first + s.n_theta()], &mut t);
            (0..t.len()).for_each(|e| t[e] /= system.scales[k][e % s.size]);
            first += s.n_theta();
            all.push(t);
        }
        all
    }
}

pub fn examples() -> Vec<Example> {
    use StructureKind::{Ar1, CompoundSymmetry, Diagonal, Unstructured};
    vec![
        Example::new(1, 40, 1, &[(Unstructured, 1, 5)], false),
        Example::new(2, 60, 3, &[(Unstructured, 2, 7)], true),
        Example::new(3, 80, 2, &[(Unstructured, 1, 9), (Unstructured, 1, 4), (Unstructured, 1, 13)], true),
        Example::new(4, 90, 2, &[(Unstructured, 3, 8), (Unstructured, 1, 5), (Unstructured, 2, 6)], false),
        Example::new(5, 70, 2, &[(Diagonal, 2, 6), (CompoundSymmetry, 3, 5)], true),
        Example::new(6, 90, 2, &[(Ar1, 4, 9), (Unstructured, 2, 5)], false),
        // Of these T^-1 is used.
        Example::new(7, 90, 2, &[(Ar1, 9, 8)], false).with_occasions(0),
        Example::new(8, 120, 2, &[(Unstructured, 1, 6), (Ar1, 10, 7), (Unstructured, 1, 5)], true).with_occasions(1),
        Example::new(9, 110, 3, &[(Diagonal, 8, 9), (Unstructured, 1, 4)], false).with_occasions(0),
        Example::new(10, 100, 1, &[(Ar1, 8, 9)], true).heterogeneous(0).with_occasions(0),
    ]
}

pub fn random_working(system: &LinearSystem, seed: u64) -> Vec<f64> {
    let mut noise = Noise(seed);
    (0..system.n_working()).map(|_| 0.8 * noise.next()).collect()
}

#[test]
fn the_criterion_equals_the_dense_one() {
    for (i, example) in examples().iter().enumerate() {
        let system = example.system();
        for reml in [true, false] {
            let mut deviance = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
            for seed in 0..3 {
                let working = random_working(&system, seed + 10);
                let got = deviance.evaluate(&working).unwrap();
                let want = example.dense_criterion(&example.unscaled(&system, &working), reml);
                assert!((got - want).abs() < 1e-10 * want.abs(), "example {i}, reml {reml}: {got} for {want}");
            }
        }
    }
}

#[test]
fn the_gradient_equals_finite_differences_also_at_singular_factors() {
    for (i, example) in examples().iter().enumerate() {
        let system = example.system();
        for reml in [true, false] {
            let mut deviance = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
            for seed in 0..4 {
                let mut working = random_working(&system, seed + 20);
                if seed == 2 {
                    *working.last_mut().unwrap() = 0.0;
                }
                if seed == 3 {
                    working.fill(0.0);
                }
                let n = working.len();
                let mut gradient = vec![0.0; n];
                deviance.evaluate_gradient(&working, &mut gradient).unwrap();
                let largest = gradient.iter().fold(1.0f64, |m, g| m.max(g.abs()));
                for j in 0..n {
                    let h = 1e-3;
                    let mut at = |step: f64| {
                        let mut x = working.clone();
                        x[j] += step * h;
                        deviance.evaluate(&x).unwrap()
                    };
                    let fd = (at(-2.0) - 8.0 * at(-1.0) + 8.0 * at(1.0) - at(2.0)) / (12.0 * h);
                    assert!(
                        (gradient[j] - fd).abs() < 1e-7 * largest,
                        "example {i}, reml {reml}, seed {seed}, {j}: {} for {fd}",
                        gradient[j]
                    );
                }
            }
        }
    }
}

#[test]
fn the_information_is_symmetric_and_positive_semidefinite() {
    for example in examples() {
        let system = example.system();
        let mut deviance = Deviance::new(&system, true, &Watch::unwatched()).unwrap();
        let working = random_working(&system, 33);
        let n = working.len();
        let (mut g, mut h, mut g2) = (vec![0.0; n], vec![0.0; n * n], vec![0.0; n]);
        deviance.hessian(&working, &mut g, &mut h).unwrap();
        deviance.gradient(&working, &mut g2).unwrap();
        assert_eq!(g, g2);
        let (values, _) = dense::symmetric_eigen(n, &h).unwrap();
        assert!(values[0] > -1e-9 * values[n - 1], "{values:?}");
    }
}

#[test]
fn chunks_equal_one_pass() {
    for example in examples() {
        let whole = example.system();
        let parts = example.parts(&[0.3, 0.55]);
        let mut streamed = CrossProducts::new(example.layout.clone()).unwrap();
        for part in &parts {
            streamed.add(&part.chunk()).unwrap();
        }
        let working = random_working(&whole, 5);
        assert_eq!(streamed.n(), example.n);
        let system = LinearSystem::new(streamed, example.structures.clone(), example.shifts()).unwrap();
        for reml in [true, false] {
            let mut one = Deviance::new(&whole, reml, &Watch::unwatched()).unwrap();
            let mut other = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
            let (a, b) = (one.evaluate(&working).unwrap(), other.evaluate(&working).unwrap());
            assert!((a - b).abs() < 1e-12 * a.abs(), "{b} for {a}");
            let (beta, same) = (whole.map.estimate(&one.state.gamma), system.map.estimate(&other.state.gamma));
            assert!(beta.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-12 * (1.0 + a.abs())), "{same:?} for {beta:?}");
        }
    }
}

impl Example {
    /// The rows cut at the given shares.
    pub fn parts(&self, cuts: &[f64]) -> Vec<Example> {
        let mut ends: Vec<usize> = cuts.iter().map(|c| (c * self.n as f64) as usize).collect();
        ends.push(self.n);
        let mut start = 0;
        let mut parts = vec![];
        for end in ends {
            let cut = |v: &[f64]| -> Vec<f64> { v.chunks_exact(self.n).flat_map(|c| c[start..end].to_vec()).collect() };
            parts.push(Example {
                n: end - start,
                x: cut(&self.x),
                y: cut(&self.y),
                weights: self.weights.as_ref().map(|w| cut(w)),
                index: self.index.iter().map(|v| v[start..end].to_vec()).collect(),
                z: self.z.iter().map(|z| z.as_ref().map(|z| cut(z))).collect(),
                structures: self.structures.clone(),
                layout: self.layout.clone(),
            });
            start = end;
        }
        parts
    }
}
