//! The parts of a fit, one by one: cross-products, factor, selected inverse, an evaluation of the criterion, a step towards the modes.
//!
//!     cargo bench --bench micro [TEXT]      those whose names have the text
//!
//! Seconds of wall time on one thread, minimum and median. The tables of whole fits are in `bench.py`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use interlace::covariance::Structure;
use interlace::design::{Design, TermDesign};
use interlace::family::{Order, by_name};
use interlace::formula::StructureKind;
use interlace::glmm::approximation::Approximation;
use interlace::glmm::fixed::FixedPart;
use interlace::glmm::laplace::Laplace;
use interlace::glmm::model::Model;
use interlace::glmm::response::FamilyResponse;
use interlace::linalg::{SelectedInverse, SparseCholesky};
use interlace::lmm::cross_products::CrossProducts;
use interlace::lmm::deviance::Deviance;
use interlace::lmm::rows::Chunk;
use interlace::lmm::system::LinearSystem;
use interlace::random::{Layout, shifts};
use interlace::watch::Watch;

/// Each is measured for so long.
const ENOUGH: Duration = Duration::from_millis(1500);

/// Measures what is named with the text of the command line.
struct Bench(String);

impl Bench {
    fn of_arguments() -> Self {
        // Cargo adds `--bench`.
        Bench(std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default())
    }

    /// `work` returns by how many its time is divided.
    fn time(&self, name: &str, mut work: impl FnMut() -> usize) {
        if !name.contains(&self.0) {
            return;
        }
        let (start, mut seconds) = (Instant::now(), vec![]);
        while seconds.len() < 3 || start.elapsed() < ENOUGH {
            let own = Instant::now();
            let parts = work();
            seconds.push(own.elapsed().as_secs_f64() / parts.max(1) as f64);
        }
        seconds.sort_by(f64::total_cmp);
        println!("{name:<58}{:>12.3e}{:>12.3e}{:>8}", seconds[0], seconds[seconds.len() / 2], seconds.len());
    }
}

/// Numbers in (0, 1), the same everywhere.
struct Uniform(u64);

impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() * bound as f64) as usize
    }
}

/// Rows with an intercept, p - 1 covariates and random terms of (levels, effects), drawn at random.
fn design(n: usize, p: usize, terms: &[(usize, usize)], binary: bool) -> Design {
    let mut uniform = Uniform(16);
    let x: Vec<f64> = (0..n * p).map(|i| if i < n { 1.0 } else { uniform.next() - 0.5 }).collect();
    let mut eta: Vec<f64> = (0..n).map(|i| 0.2 + 0.5 * x[(p - 1) * n + i]).collect();
    let mut term = |(k, &(levels, effects)): (usize, &(usize, usize))| {
        let index: Vec<u32> = (0..n).map(|i| if i < levels { i } else { uniform.below(levels) } as u32).collect();
        let b: Vec<f64> = (0..levels * effects).map(|_| 2.0 * (uniform.next() - 0.5)).collect();
        let z: Vec<f64> = (0..n * effects).map(|i| if i < n { 1.0 } else { x[n + i % n] }).collect();
        for i in 0..n {
            eta[i] += (0..effects).map(|e| z[e * n + i] * b[index[i] as usize * effects + e]).sum::<f64>();
        }
        TermDesign {
            group: format!("g{k}"),
            effects: (0..effects).map(|e| format!("e{e}")).collect(),
            structure: Structure::new(StructureKind::Unstructured, None, effects),
            levels: std::sync::Arc::new((0..levels).map(|l| l.to_string()).collect()),
            index,
            z: (effects > 1).then_some(z),
        }
    };
    let terms = terms.iter().enumerate().map(&mut term).collect();
    let response = |e: &f64| {
        let u = uniform.next();
        if binary { f64::from(u < 1.0 / (1.0 + (-e).exp())) } else { e + 2.0 * (u - 0.5) }
    };
    let y = eta.iter().map(response).collect();
    Design { n, y, x, x_names: (0..p).map(|j| format!("x{j}")).collect(), terms, ..Design::default() }
}

fn products(design: &Design) -> CrossProducts {
    let mut products = CrossProducts::new(Layout::of_design(design)).unwrap();
    products.add(&Chunk::of_design(design, &design.y, &Watch::unwatched())).unwrap();
    products
}

fn cross_products(bench: &Bench) {
    for (what, p, terms) in [
        ("2 columns, crossed 5000 x 500", 2, &[(5000, 1), (500, 1)][..]),
        ("50 columns, 1000 levels", 50, &[(1000, 1)]),
        ("2 columns, slopes in 5000", 2, &[(5000, 2)]),
    ] {
        let design = design(100_000, p, terms, false);
        bench.time(&format!("cross-products, 1e5 rows, {what}"), || black_box(products(&design)).n().min(1));
    }
}

/// The pattern of Z'Z + I of two crossed factors, lower triangle by columns, and values.
fn crossed(first: usize, second: usize, each: usize) -> (Vec<usize>, Vec<usize>, Vec<f64>) {
    let mut uniform = Uniform(3);
    let (mut col_ptr, mut row_idx, mut values) = (vec![0], vec![], vec![]);
    for j in 0..first {
        let mut met: Vec<usize> = (0..each).map(|_| first + uniform.below(second)).collect();
        met.sort_unstable();
        met.dedup();
        row_idx.push(j);
        values.push(2.0 * each as f64);
        values.extend(met.iter().map(|_| 1.0));
        row_idx.append(&mut met);
        col_ptr.push(row_idx.len());
    }
    for j in first..first + second {
        row_idx.push(j);
        values.push((2 * first * each) as f64);
        col_ptr.push(row_idx.len());
    }
    (col_ptr, row_idx, values)
}

fn factor(bench: &Bench) {
    for (first, second, each) in [(5000, 500, 20), (20_000, 1000, 5)] {
        let (col_ptr, row_idx, values) = crossed(first, second, each);
        let n = first + second;
        let name = |what: &str| format!("{what}, {first} x {second}, {each} met");
        bench.time(&name("analysis"), || SparseCholesky::new(n, &col_ptr, &row_idx, None, 1).unwrap().order().min(1));
        let mut a = SparseCholesky::new(n, &col_ptr, &row_idx, None, 1).unwrap();
        let mut inverse = SelectedInverse::new(&a, &col_ptr, &row_idx).unwrap();
        bench.time(&name("factor"), || {
            a.set_scaled(0, 1.0, &values);
            a.factorize().unwrap();
            1
        });
        a.set_scaled(0, 1.0, &values);
        a.factorize().unwrap();
        bench.time(&name("selected inverse"), || {
            inverse.compute(&a).unwrap();
            1
        });
    }
}

fn linear(bench: &Bench) {
    for (what, terms) in [("crossed 5000 x 500", &[(5000, 1), (500, 1)][..]), ("slopes in 5000", &[(5000, 2)])] {
        let design = design(100_000, 2, terms, false);
        let watch = Watch::unwatched();
        let chunk = Chunk::of_design(&design, &design.y, &watch);
        let structures: Vec<Structure> = design.terms.iter().map(|term| term.structure).collect();
        let shifts = shifts(chunk.n, &chunk.terms, &structures);
        let system = LinearSystem::new(products(&design), structures, shifts).unwrap();
        let mut deviance = Deviance::new(&system, true, &watch).unwrap();
        // A standard deviation for each effect, no covariances.
        let mut x = if terms[0].1 == 2 { vec![0.6, 0.0, 0.5] } else { vec![0.6, 0.5] };
        let mut gradient = vec![0.0; x.len()];
        bench.time(&format!("linear, {what}: value"), || {
            x[0] = 1.1 - x[0];
            black_box(deviance.evaluate(&x).unwrap());
            1
        });
        bench.time(&format!("linear, {what}: value and gradient"), || {
            x[0] = 1.1 - x[0];
            black_box(deviance.evaluate_gradient(&x, &mut gradient).unwrap());
            1
        });
    }
}

fn generalised(bench: &Bench) {
    for (what, terms) in [("crossed 500 x 100", &[(500, 1), (100, 1)][..]), ("slopes in 1000", &[(1000, 2)])] {
        let design = design(20_000, 2, terms, true);
        let response = FamilyResponse::new(by_name("binomial", Some("logit")).unwrap(), None, false, design.y.clone(), vec![]);
        let fixed = vec![FixedPart::new(design.n, &design.x, None).unwrap()];
        let own: Vec<(usize, &TermDesign)> = design.terms.iter().map(|term| (0, term)).collect();
        let model = Model::new(Box::new(response), design.n, fixed, &own).unwrap();
        let mut laplace = Laplace::new(&model, Approximation::default(), &Watch::unwatched()).unwrap();
        let mut x = vec![0.0; laplace.n_parameters()];
        let deviations = if terms[0].1 == 2 { vec![0.6, 0.0, 0.5] } else { vec![0.6, 0.5] };
        x[..deviations.len()].copy_from_slice(&deviations);
        let mut gradient = vec![0.0; x.len()];
        // The modes of one point are the start at the other.
        bench.time(&format!("binomial, {what}: one evaluation"), || {
            x[0] = 1.1 - x[0];
            black_box(laplace.evaluate(&x, Order::Mode).unwrap());
            1
        });
        bench.time(&format!("binomial, {what}: one step towards the modes"), || {
            let before = laplace.mode_steps;
            x[0] = 1.1 - x[0];
            black_box(laplace.evaluate(&x, Order::Mode).unwrap());
            laplace.mode_steps - before
        });
        bench.time(&format!("binomial, {what}: evaluation with gradient"), || {
            x[0] = 1.1 - x[0];
            black_box(laplace.evaluate_gradient(&x, &mut gradient).unwrap());
            1
        });
    }
}

fn main() {
    let bench = Bench::of_arguments();
    println!("{:<58}{:>12}{:>12}{:>8}", "", "minimum, s", "median, s", "times");
    cross_products(&bench);
    factor(&bench);
    linear(&bench);
    generalised(&bench);
}
