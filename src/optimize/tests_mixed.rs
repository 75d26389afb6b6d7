//! The profiled REML deviance of small mixed models, with dense matrices and the average information: what the minimisers
//! are for. It also tries the covariance structures in earnest.

use super::dense::{Cholesky, dot};
use super::{Method, Objective, Reason, Settings, minimize};
use crate::covariance::Structure;
use crate::error::{Error, Result};
use crate::formula::StructureKind::{self, Ar1, CompoundSymmetry, Diagonal, Unstructured};

/// Small dense matrices, column-major.
#[derive(Clone)]
struct Matrix {
    rows: usize,
    a: Vec<f64>,
}

impl Matrix {
    fn from(rows: usize, columns: usize, f: impl Fn(usize, usize) -> f64) -> Matrix {
        Matrix { rows, a: (0..rows * columns).map(|k| f(k % rows, k / rows)).collect() }
    }

    fn columns(&self) -> usize {
        self.a.len() / self.rows
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.a[i + j * self.rows]
    }

    fn t(&self) -> Matrix {
        Matrix::from(self.columns(), self.rows, |i, j| self.at(j, i))
    }

    fn times(&self, b: &Matrix) -> Matrix {
        Matrix::from(self.rows, b.columns(), |i, j| (0..b.rows).map(|k| self.at(i, k) * b.at(k, j)).sum())
    }

    fn plus(&self, b: &Matrix) -> Matrix {
        Matrix::from(self.rows, self.columns(), |i, j| self.at(i, j) + b.at(i, j))
    }

    fn inner(&self, b: &Matrix) -> f64 {
        dot(&self.a, &b.a)
    }
}

/// A term: for each level of its factor, the rows of Z and their n x r block.
struct Term {
    structure: Structure,
    z: Vec<Matrix>,
}

/// A mixed model with intercept and one covariate.
struct Model {
    x: Matrix,
    y: Matrix,
    terms: Vec<Term>,
    full_evaluations: usize,
}

/// Uniform numbers in (-0.5, 0.5).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }

    /// Approximately standard normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum()
    }
}

impl Model {
    /// Terms: kind, effects (powers of the covariate), levels, true relative standard deviation.
    fn new(seed: u64, n: usize, terms: &[(StructureKind, usize, usize, f64)]) -> Model {
        let mut random = Random(seed);
        let covariate: Vec<f64> = (0..n).map(|_| random.next() * 3.0).collect();
        let mut y: Vec<f64> = (0..n).map(|i| 2.0 + covariate[i] + random.normal()).collect();
        let terms = terms.iter().map(|&(kind, r, levels, sd)| {
            let level: Vec<usize> = (0..n).map(|_| ((random.next() + 0.5) * levels as f64) as usize).collect();
            let z: Vec<Matrix> = (0..levels)
                .map(|l| Matrix::from(n, r, |i, j| if level[i] == l { covariate[i].powi(j as i32) } else { 0.0 }))
                .collect();
            for block in &z {
                let b: Vec<f64> = (0..r).map(|_| sd * random.normal()).collect();
                (0..n).for_each(|i| y[i] += (0..r).map(|j| block.at(i, j) * b[j]).sum::<f64>());
            }
            Term { structure: Structure::new(kind, Some(false), r), z }
        });
        let terms = terms.collect();
        let x = Matrix::from(n, 2, |i, j| covariate[i].powi(j as i32));
        Model { x, y: Matrix { rows: n, a: y }, terms, full_evaluations: 0 }
    }

    fn start(&self) -> Vec<f64> {
        let mut start = Vec::new();
        for term in &self.terms {
            let mut working = vec![0.0; term.structure.n_theta()];
            term.structure.start(&mut working);
            start.extend(working);
        }
        start
    }
}

fn square(r: usize, f: impl FnOnce(&mut [f64])) -> Matrix {
    let mut a = vec![0.0; r * r];
    f(&mut a);
    Matrix { rows: r, a }
}

/// The inverse, and the log-determinant.
fn invert(a: &Matrix) -> Result<(Matrix, f64)> {
    let n = a.rows;
    let factor = Cholesky::new(&a.a, n, 0.0).ok_or_else(|| Error::numeric("not positive definite"))?;
    let mut inverse = Matrix::from(n, n, |i, j| f64::from(u8::from(i == j)));
    let mut log_determinant = 0.0;
    for j in 0..n {
        let column = &mut inverse.a[j * n..(j + 1) * n];
        factor.solve_lower(column);
        log_determinant -= 2.0 * column[j].ln();
        factor.solve_upper(column);
    }
    Ok((inverse, log_determinant))
}

/// One parameter: its term, and the derivative of T.
struct Parameter {
    term: usize,
    index: usize,
    derivative: Matrix,
}

impl Objective for Model {
    fn dimension(&self) -> usize {
        self.terms.iter().map(|t| t.structure.n_theta()).sum()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let n = x.len();
        self.hessian(x, &mut vec![0.0; n], &mut vec![0.0; n * n])
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.hessian(x, gradient, &mut vec![0.0; x.len() * x.len()])
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        self.full_evaluations += 1;
        let n = self.y.rows;
        let mut v = Matrix::from(n, n, |i, j| f64::from(u8::from(i == j)));
        let (mut factors, mut parameters, mut first) = (Vec::new(), Vec::new(), 0);
        for (k, term) in self.terms.iter().enumerate() {
            let (s, working) = (term.structure, &x[first..first + term.structure.n_theta()]);
            first += s.n_theta();
            let t = square(s.size, |a| s.factor(working, a));
            let covariance = t.times(&t.t());
            for z in &term.z {
                v = v.plus(&z.times(&covariance).times(&z.t()));
            }
            for index in 0..s.n_theta() {
                parameters.push(Parameter { term: k, index, derivative: square(s.size, |a| s.derivative(working, index, a)) });
            }
            factors.push((t, working));
        }
        let (inverse, log_v) = invert(&v)?;
        let vx = inverse.times(&self.x);
        let (middle, log_x) = invert(&self.x.t().times(&vx))?;
        let minus = Matrix { rows: 2, a: middle.a.iter().map(|m| -m).collect() };
        let p = inverse.plus(&vx.times(&minus).times(&vx.t()));
        let py = p.times(&self.y);
        let freedom = (n - 2) as f64;
        let rho2 = self.y.inner(&py);
        let sigma2 = rho2 / freedom;

        // H_k of each term, and for each parameter d V P y.
        let slopes: Vec<Matrix> = (self.terms.iter())
            .map(|term| {
                let r = term.structure.size;
                term.z.iter().fold(Matrix::from(r, r, |_, _| 0.0), |sum, z| {
                    let e = z.t().times(&py);
                    let score = e.times(&e.t());
                    let info = z.t().times(&p).times(z);
                    sum.plus(&Matrix::from(r, r, |i, j| info.at(i, j) - score.at(i, j) / sigma2))
                })
            })
            .collect();
        let change = |q: &Parameter| {
            let half = q.derivative.times(&factors[q.term].0.t());
            half.plus(&half.t())
        };
        let g: Vec<Matrix> = (parameters.iter())
            .map(|q| {
                let dv = change(q);
                let zero = Matrix::from(n, 1, |_, _| 0.0);
                self.terms[q.term].z.iter().fold(zero, |sum, z| sum.plus(&z.times(&dv.times(&z.t().times(&py)))))
            })
            .collect();
        for (i, q) in parameters.iter().enumerate() {
            gradient[i] = slopes[q.term].inner(&change(q));
            for (j, o) in parameters.iter().enumerate() {
                let scores = py.inner(&g[i]) * py.inner(&g[j]) / (sigma2 * sigma2 * freedom);
                hessian[i + j * x.len()] = g[i].inner(&p.times(&g[j])) / sigma2 - scores;
                let s = &slopes[q.term];
                // The curvature of T T', where it is sure to be positive.
                if q.term == o.term && Cholesky::new(&s.a, s.rows, 0.0).is_some() {
                    hessian[i + j * x.len()] += 2.0 * q.derivative.inner(&s.times(&o.derivative));
                }
            }
            let (t, working) = &factors[q.term];
            let second = square(t.rows, |a| {
                self.terms[q.term].structure.second_derivative(working, q.index, q.index, a);
            });
            hessian[i * (x.len() + 1)] += (2.0 * second.inner(&slopes[q.term].times(t))).max(0.0);
        }
        Ok(log_v + log_x + freedom * (1.0 + (std::f64::consts::TAU * rho2 / freedom).ln()))
    }
}

fn models() -> Vec<(&'static str, Model)> {
    vec![
        ("scalar", Model::new(1, 60, &[(Unstructured, 1, 12, 0.8)])),
        ("crossed", Model::new(2, 80, &[(Unstructured, 1, 12, 0.7), (Unstructured, 1, 7, 0.4), (Unstructured, 1, 5, 0.2)])),
        ("slopes", Model::new(3, 80, &[(Unstructured, 2, 12, 0.8)])),
        ("three effects", Model::new(4, 120, &[(Unstructured, 3, 12, 0.8)])),
        ("at the boundary", Model::new(5, 60, &[(Unstructured, 1, 12, 0.6), (Unstructured, 1, 9, 0.0)])),
        ("singular slopes", Model::new(12, 60, &[(Unstructured, 2, 10, 0.05)])),
        ("diag", Model::new(6, 80, &[(Diagonal, 3, 12, 0.5)])),
        ("cs", Model::new(7, 80, &[(CompoundSymmetry, 3, 12, 0.7)])),
        ("ar1", Model::new(8, 80, &[(Ar1, 3, 12, 0.7)])),
        ("cs of two", Model::new(9, 80, &[(CompoundSymmetry, 2, 10, 0.3), (Unstructured, 1, 6, 0.5)])),
    ]
}

#[test]
fn the_gradient_of_the_test_model_is_right() {
    for (name, mut model) in models() {
        let x: Vec<f64> = model.start().iter().enumerate().map(|(k, s)| s * 0.8 + 0.1 * (k as f64 + 1.0)).collect();
        let mut g = vec![0.0; x.len()];
        model.gradient(&x, &mut g).unwrap();
        for i in 0..x.len() {
            let mut at = |h: f64| {
                let mut y = x.clone();
                y[i] += h;
                model.value(&y).unwrap()
            };
            let h = 1e-3;
            let difference = (at(-2.0 * h) - 8.0 * at(-h) + 8.0 * at(h) - at(2.0 * h)) / (12.0 * h);
            assert!((difference - g[i]).abs() < 1e-7 * (1.0 + g[i].abs()), "{name} {i}: {difference} {}", g[i]);
        }
    }
}

#[test]
fn newton_needs_few_evaluations_and_is_exact() {
    for (name, mut model) in models() {
        let start = model.start();
        let mut run = |tolerance: f64| {
            let mut settings = Settings { tolerance, max_evaluations: 300, ..Settings::default() };
            minimize(Method::Newton, &mut model, &start, &mut settings).unwrap()
        };
        let (usual, tight, best) = (run(1e-9), run(1e-13), run(0.0));
        eprintln!("{name}: {} {} {} {:?}", usual.evaluations, tight.evaluations, best.evaluations, best);
        assert_eq!(usual.reason, Reason::Converged);
    }
}
#[test]
fn all_methods_agree() {
    for (name, mut model) in models() {
        for method in Method::ALL {
            let start = model.start();
            let mut settings = Settings { tolerance: 1e-10, max_evaluations: 20000, ..Settings::default() };
            let end = minimize(method, &mut model, &start, &mut settings).unwrap();
            eprintln!(
                "{name} {method:?}: {} {:.12} {:?} {:?} {:e}",
                end.evaluations, end.value, end.reason, end.x, end.scaled_gradient
            );
        }
    }
}
