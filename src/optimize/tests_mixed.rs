//! The profiled REML deviance of small mixed models, with dense matrices and the average information: what the minimisers
//! are for. It also tries the covariance structures in earnest.

use super::{Method, Objective, Reason, Settings, minimize};
use crate::choice::Choice;
use crate::covariance::Structure;
use crate::error::{Error, Result};
use crate::formula::StructureKind::{self, Ar1, CompoundSymmetry, Diagonal, Unstructured};
use crate::linalg::dense::{Cholesky, dot_in_order as dot};

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

/// A term: the level of each row, and the row's effects.
struct Term {
    structure: Structure,
    level: Vec<usize>,
    rows: Matrix,
}

impl Term {
    /// Effects of row i on effects of row j through a covariance C; zero across levels.
    fn between(&self, i: usize, j: usize, c: &Matrix) -> f64 {
        let r = c.rows;
        if self.level[i] != self.level[j] {
            return 0.0;
        }
        (0..r * r).map(|k| self.rows.at(i, k % r) * c.a[k] * self.rows.at(j, k / r)).sum()
    }

    /// Sum over levels of Z_j' M Z_j.
    fn blocks(&self, m: impl Fn(usize, usize) -> f64) -> Matrix {
        let (n, r) = (self.level.len(), self.rows.columns());
        let mut sum = Matrix::from(r, r, |_, _| 0.0);
        for (i, j) in (0..n * n).map(|k| (k % n, k / n)).filter(|&(i, j)| self.level[i] == self.level[j]) {
            (0..r * r).for_each(|k| sum.a[k] += self.rows.at(i, k % r) * m(i, j) * self.rows.at(j, k / r));
        }
        sum
    }
}

/// A mixed model with intercept and one covariate.
struct Model {
    x: Matrix,
    y: Matrix,
    terms: Vec<Term>,
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
            let rows = Matrix::from(n, r, |i, j| covariate[i].powi(j as i32));
            let b: Vec<f64> = (0..r * levels).map(|_| sd * random.normal()).collect();
            (0..n).for_each(|i| y[i] += (0..r).map(|j| rows.at(i, j) * b[level[i] * r + j]).sum::<f64>());
            Term { structure: Structure::new(kind, Some(false), r), level, rows }
        });
        let terms = terms.collect();
        let x = Matrix::from(n, 2, |i, j| covariate[i].powi(j as i32));
        Model { x, y: Matrix { rows: n, a: y }, terms }
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

/// The positive semidefinite part, by Jacobi's rotations.
fn positive_part(s: &Matrix) -> Matrix {
    let n = s.rows;
    let (mut a, mut vectors) = (s.clone(), Matrix::from(n, n, |i, j| f64::from(u8::from(i == j))));
    for (p, q) in (0..30).flat_map(|_| (1..n).flat_map(|q| (0..q).map(move |p| (p, q)))) {
        let angle = 0.5 * (2.0 * a.at(p, q)).atan2(a.at(q, q) - a.at(p, p));
        let rotation = Matrix::from(n, n, |i, j| match (i, j) {
            _ if i == j && (i == p || i == q) => angle.cos(),
            _ if (i, j) == (p, q) => angle.sin(),
            _ if (i, j) == (q, p) => -angle.sin(),
            _ => f64::from(u8::from(i == j)),
        });
        a = rotation.t().times(&a).times(&rotation);
        vectors = vectors.times(&rotation);
    }
    let clipped = Matrix::from(n, n, |i, j| if i == j { a.at(i, i).max(0.0) } else { 0.0 });
    vectors.times(&clipped).times(&vectors.t())
}

/// One parameter: its term, its place in it, and the derivative of T.
struct Parameter {
    term: usize,
    index: usize,
    derivative: Matrix,
}

/// What the value and its derivatives share. P as in REML theory, relative to sigma^2.
struct State<'x> {
    working: Vec<&'x [f64]>,
    t: Vec<Matrix>,
    p: Matrix,
    py: Matrix,
    freedom: f64,
    sigma2: f64,
    deviance: f64,
}

impl Model {
    fn state<'x>(&self, x: &'x [f64]) -> Result<State<'x>> {
        let n = self.y.rows;
        let (mut working, mut t, mut first) = (Vec::new(), Vec::new(), 0);
        let mut v = Matrix::from(n, n, |i, j| f64::from(u8::from(i == j)));
        for term in &self.terms {
            let s = term.structure;
            working.push(&x[first..first + s.n_theta()]);
            first += s.n_theta();
            let factor = square(s.size, |a| s.factor(working[working.len() - 1], a));
            let covariance = factor.times(&factor.t());
            v = v.plus(&Matrix::from(n, n, |i, j| term.between(i, j, &covariance)));
            t.push(factor);
        }
        let (inverse, log_v) = invert(&v)?;
        let vx = inverse.times(&self.x);
        let (middle, log_x) = invert(&self.x.t().times(&vx))?;
        let minus = Matrix { rows: 2, a: middle.a.iter().map(|m| -m).collect() };
        let p = inverse.plus(&vx.times(&minus).times(&vx.t()));
        let py = p.times(&self.y);
        let (rho2, freedom) = (self.y.inner(&py), (n - 2) as f64);
        let deviance = log_v + log_x + freedom * (1.0 + (std::f64::consts::TAU * rho2 / freedom).ln());
        Ok(State { working, t, p, py, freedom, sigma2: rho2 / freedom, deviance })
    }

    fn parameters(&self, state: &State) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (term, s) in self.terms.iter().map(|t| t.structure).enumerate() {
            for index in 0..s.n_theta() {
                let derivative = square(s.size, |a| s.derivative(state.working[term], index, a));
                parameters.push(Parameter { term, index, derivative });
            }
        }
        parameters
    }

    /// H_k, the derivative of the deviance in T T', of each term.
    fn slopes(&self, s: &State) -> Vec<Matrix> {
        let element = |i: usize, j: usize| s.p.at(i, j) - s.py.a[i] * s.py.a[j] / s.sigma2;
        self.terms.iter().map(|term| term.blocks(element)).collect()
    }
}

/// The change of T T' with a parameter.
fn change(q: &Parameter, s: &State) -> Matrix {
    let half = q.derivative.times(&s.t[q.term].t());
    half.plus(&half.t())
}

impl Objective for Model {
    fn dimension(&self) -> usize {
        self.terms.iter().map(|t| t.structure.n_theta()).sum()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        Ok(self.state(x)?.deviance)
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let s = self.state(x)?;
        let slopes = self.slopes(&s);
        for (g, q) in gradient.iter_mut().zip(self.parameters(&s)) {
            *g = slopes[q.term].inner(&change(&q, &s));
        }
        Ok(s.deviance)
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        self.gradient(x, gradient)?;
        let s = self.state(x)?;
        let (parameters, slopes) = (self.parameters(&s), self.slopes(&s));
        let positive: Vec<Matrix> = slopes.iter().map(positive_part).collect();
        let n = self.y.rows;
        // dV P y of each parameter.
        let dvpy = |q: &Parameter| {
            let dv = change(q, &s);
            Matrix::from(n, 1, |i, _| (0..n).map(|j| self.terms[q.term].between(i, j, &dv) * s.py.a[j]).sum())
        };
        let g: Vec<Matrix> = parameters.iter().map(dvpy).collect();
        for (i, q) in parameters.iter().enumerate() {
            for (j, o) in parameters.iter().enumerate() {
                let scores = s.py.inner(&g[i]) * s.py.inner(&g[j]) / (s.sigma2 * s.sigma2 * s.freedom);
                hessian[i + j * x.len()] = g[i].inner(&s.p.times(&g[j])) / s.sigma2 - scores;
                if q.term == o.term {
                    hessian[i + j * x.len()] += 2.0 * q.derivative.inner(&positive[q.term].times(&o.derivative));
                }
            }
            let (t, working) = (&s.t[q.term], s.working[q.term]);
            let second = square(t.rows, |a| {
                self.terms[q.term].structure.second_derivative(working, q.index, q.index, a);
            });
            hessian[i * (x.len() + 1)] += (2.0 * second.inner(&slopes[q.term].times(t))).max(0.0);
        }
        Ok(s.deviance)
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

/// T T' of all terms.
fn covariances(model: &Model, x: &[f64]) -> Vec<f64> {
    let state = model.state(x).unwrap();
    state.t.iter().flat_map(|t| t.times(&t.t()).a).collect()
}

#[test]
fn newton_needs_few_evaluations_and_is_exact() {
    for (name, mut model) in models() {
        let start = model.start();
        let mut run = |tolerance: f64| {
            let mut settings = Settings { tolerance, max_evaluations: 100, ..Settings::default() };
            minimize(Method::Newton, &mut model, &start, &mut settings).unwrap()
        };
        let (usual, tight, exact) = (run(1e-9), run(1e-13), run(0.0));
        assert_eq!((usual.reason, tight.reason), (Reason::Converged, Reason::Converged), "{name}");
        assert!(matches!(exact.reason, Reason::Converged | Reason::RoundoffLimited) && exact.scaled_gradient < 1e-11, "{name}");
        let evaluations = (usual.evaluations, tight.evaluations, exact.evaluations);
        assert!(usual.evaluations <= 11 && tight.evaluations <= 12 && exact.evaluations <= 40, "{name}: {evaluations:?}");
        // The tolerance bounds the distance before the last step: sqrt(1e-13) standard errors, and those are below 1 here.
        // The last step gains digits beyond that.
        let (tight, exact) = (covariances(&model, &tight.x), covariances(&model, &exact.x));
        for (t, e) in tight.iter().zip(&exact) {
            assert!((t - e).abs() < 1e-8, "{name}: {tight:?} {exact:?}");
        }
    }
}

#[test]
fn all_methods_agree() {
    for (name, mut model) in models() {
        if !["crossed", "at the boundary", "slopes", "cs of two"].contains(&name) {
            continue; // time
        }
        let start = model.start();
        let mut run = |method: Method| {
            let mut settings = Settings { max_evaluations: 2000, ..Settings::default() };
            minimize(method, &mut model, &start, &mut settings).unwrap()
        };
        let ends = [Method::Newton, Method::Lbfgs, Method::Bobyqa, Method::NelderMead].map(&mut run);
        let newton = covariances(&model, &ends[0].x);
        for ((method, _), end) in Method::ALL.iter().zip(&ends) {
            assert_eq!(end.reason, Reason::Converged, "{name} {method:?}");
            assert!((end.value - ends[0].value).abs() < 1e-8, "{name} {method:?}: {ends:?}");
            let covariance = covariances(&model, &end.x);
            let close = covariance.iter().zip(&newton).all(|(a, b)| (a - b).abs() < 1e-5);
            assert!(close, "{name} {method:?}: {covariance:?} {newton:?}");
        }
    }
}
