//! The Laplace engine against finite differences.

use super::approximation::{Approximation, Inside};
use super::fixed::FixedPart;
use super::jet::Response;
use super::laplace::Laplace;
use super::model::Model;
use super::response::FamilyResponse;
use crate::covariance::Structure;
use crate::design::{Design, TermDesign};
use crate::family::{Family, Order, ZeroPart, by_name, names};
use crate::formula::StructureKind;
use crate::options::Nodes;
use crate::simulate::noise::Noise;
use crate::simulate::{Purpose, Stream};
use crate::watch::Watch;
use std::sync::Arc;

/// A small design with crossed terms, the first with slopes.
pub fn design(seed: u64, n: usize, mut y: impl FnMut(f64, &mut Noise) -> f64) -> Design {
    let mut noise = Noise(seed);
    let x: Vec<f64> = (0..2 * n).map(|i| if i < n { 1.0 } else { noise.next() }).collect();
    let mut eta: Vec<f64> = (0..n).map(|i| 0.3 + 0.5 * x[n + i]).collect();
    let mut terms = vec![];
    for (levels, effects) in [(6usize, 2usize), (4, 1)] {
        let index: Vec<u32> =
            (0..n).map(|i| if i < levels { i as u32 } else { ((0.5 + 0.5 * noise.next()) * levels as f64) as u32 }).collect();
        let z: Vec<f64> = (0..n * effects).map(|i| if i < n { 1.0 } else { noise.next() }).collect();
        let b: Vec<f64> = (0..levels * effects).map(|_| 0.6 * noise.next()).collect();
        for i in 0..n {
            eta[i] += (0..effects).map(|e| z[e * n + i] * b[index[i] as usize * effects + e]).sum::<f64>();
        }
        terms.push(TermDesign {
            group: format!("g{levels}"),
            effects: (0..effects).map(|e| format!("e{e}")).collect(),
            structure: Structure::new(StructureKind::Unstructured, None, effects),
            levels: Arc::new((0..levels).map(|l| l.to_string()).collect()),
            index,
            z: (effects > 1).then_some(z),
        });
    }
    let y = eta.iter().map(|&e| y(e, &mut noise)).collect();
    Design { n, y, x, x_names: vec!["1".into(), "x".into()], terms, ..Design::default() }
}

fn cases() -> Vec<(&'static str, &'static str, Design)> {
    let count = |e: f64, noise: &mut Noise| (e.exp() * (1.0 + noise.next())).round().max(0.0);
    vec![
        ("binomial", "logit", design(1, 60, |e, noise| f64::from(noise.next() < e.tanh()))),
        ("binomial", "probit", design(2, 60, |e, noise| f64::from(noise.next() < e.tanh()))),
        ("binomial", "cloglog", design(3, 60, |e, noise| f64::from(noise.next() < e.tanh()))),
        ("poisson", "log", design(4, 60, count)),
        ("nbinom2", "log", design(5, 80, count)),
        ("gamma", "log", design(6, 60, |e, noise| e.exp() * (1.2 + noise.next()))),
        ("gaussian", "identity", design(7, 60, |e, noise| e + noise.next())),
    ]
}

/// A model of a design: random terms of the mean, and, where asked for, of the other predictors.
pub fn model(design: &Design, family: &str, link: &str, zero: Option<ZeroPart>, dispersion: bool, random: &[usize]) -> Model {
    let family = by_name(family, Some(link)).unwrap();
    let response = FamilyResponse::new(family, zero, dispersion, design.y.clone(), vec![]);
    let fixed = (0..response.predictors()).map(|_| FixedPart::new(design.n, &design.x, None).unwrap()).collect();
    let terms: Vec<(usize, &TermDesign)> = random.iter().copied().zip(&design.terms).collect();
    Model::new(Box::new(response), design.n, fixed, &terms).unwrap()
}

/// The analytic gradient against central differences of the value.
pub fn check_gradient(what: &str, model: &Model, how: Approximation, x: &[f64]) {
    let mut laplace = Laplace::new(model, how, &Watch::unwatched()).unwrap();
    let mut gradient = vec![0.0; x.len()];
    laplace.evaluate_gradient(x, &mut gradient).unwrap();
    let largest = gradient.iter().fold(1.0f64, |m, g| m.max(g.abs()));
    for j in 0..x.len() {
        let step = 5e-4;
        let mut at = |k: f64| {
            let mut y = x.to_vec();
            y[j] += k * step;
            laplace.evaluate(&y, Order::Mode).unwrap()
        };
        let fd = (at(3.0) - at(-3.0) - 9.0 * (at(2.0) - at(-2.0)) + 45.0 * (at(1.0) - at(-1.0))) / (60.0 * step);
        assert!((gradient[j] - fd).abs() < 1e-7 * largest, "{what} {how:?} [{j}]: {} for {fd}", gradient[j]);
    }
}

#[test]
fn the_gradient_equals_finite_differences() {
    for (family, link, design) in cases() {
        let model = model(&design, family, link, None, false, &[0, 0]);
        for expected in [false, true] {
            for inside in [Inside::Nothing, Inside::Mode, Inside::Integrated] {
                if expected && inside == Inside::Integrated {
                    continue;
                }
                let how = Approximation { expected, inside, ..Approximation::default() };
                let n = Laplace::new(&model, how, &Watch::unwatched()).unwrap().n_parameters();
                for mut x in [vec![0.7, 0.2, 0.4, 0.5], vec![0.7, 0.2, 0.0, 0.0]] {
                    x.resize(n, 0.3);
                    check_gradient(family, &model, how, &x);
                }
            }
        }
    }
}

#[test]
fn the_gradient_of_further_predictors_equals_finite_differences() {
    let count =
        |e: f64, noise: &mut Noise| if noise.next() < -0.4 { 0.0 } else { (e.exp() * (1.0 + noise.next())).round().max(0.0) };
    let positive = |e: f64, noise: &mut Noise| (e.exp() * (1.0 + noise.next())).round().max(1.0);
    let real = |e: f64, noise: &mut Noise| e + noise.next();
    let cases = [
        ("poisson", "log", design(11, 80, count), Some(ZeroPart::Inflation), false),
        ("nbinom2", "log", design(12, 80, count), Some(ZeroPart::Inflation), false),
        ("nbinom2", "log", design(13, 80, count), Some(ZeroPart::Inflation), true),
        ("nbinom2", "log", design(14, 80, count), None, true),
        ("truncated_nbinom2", "log", design(15, 80, positive), Some(ZeroPart::Hurdle), false),
        ("gaussian", "identity", design(16, 80, real), None, true),
        ("student_t", "identity", design(17, 80, real), None, true),
    ];
    for (family, link, design, zero, dispersion) in cases {
        let predictors = 1 + usize::from(zero.is_some()) + usize::from(dispersion);
        for random in [[0, 0], [0, predictors - 1], [predictors - 1, predictors - 1], [0, 1]] {
            let model = model(&design, family, link, zero, dispersion, &random);
            let how = Approximation::default();
            let mut x = vec![0.7, 0.2, 0.4, 0.5];
            x.resize(Laplace::new(&model, how, &Watch::unwatched()).unwrap().n_parameters(), 0.3);
            check_gradient(&format!("{family} {random:?}"), &model, how, &x);
        }
    }
}

/// Of a design with crossed terms: one term of two effects; one scalar; two terms that share a factor. With values of theta.
pub fn of_one_factor(design: &Design) -> [(Design, Vec<f64>); 3] {
    let mut shared = design.clone();
    shared.terms[1] = TermDesign { z: shared.terms[0].z.as_ref().map(|z| z[design.n..].to_vec()), ..shared.terms[0].clone() };
    shared.terms[1].effects.truncate(1);
    shared.terms[1].structure = Structure::new(StructureKind::Unstructured, None, 1);
    let mut vector = design.clone();
    vector.terms.truncate(1);
    let mut scalar = design.clone();
    scalar.terms.remove(0);
    [(vector, vec![0.7, 0.2, 0.4]), (scalar, vec![0.8]), (shared, vec![0.7, 0.2, 0.4, 0.5])]
}

#[test]
fn the_gradient_of_quadrature_equals_finite_differences() {
    for (family, link, design) in cases() {
        for (design, theta) in of_one_factor(&design) {
            let random = vec![0; design.terms.len()];
            let model = model(&design, family, link, None, false, &random);
            for (points, expected, nodes) in [
                (1, false, Nodes::Adaptive),
                (3, false, Nodes::Adaptive),
                (5, false, Nodes::Adaptive),
                (3, true, Nodes::Adaptive),
                (2, false, Nodes::Fixed),
                (5, false, Nodes::Fixed),
            ] {
                let how = Approximation { expected, points, nodes, ..Approximation::default() };
                let mut x = theta.clone();
                x.resize(Laplace::new(&model, how, &Watch::unwatched()).unwrap().n_parameters(), 0.3);
                check_gradient(family, &model, how, &x);
            }
        }
    }
}

#[test]
fn the_gradient_of_quadrature_with_further_predictors_equals_finite_differences() {
    let count = |e: f64, noise: &mut Noise| (e.exp() * (1.0 + noise.next())).round().max(0.0);
    let cases = [
        ("nbinom2", "log", design(12, 80, count), Some(ZeroPart::Inflation), false),
        ("nbinom2", "log", design(14, 80, count), None, true),
        ("gaussian", "identity", design(16, 80, |e, noise| e + noise.next()), None, true),
    ];
    for (family, link, crossed, zero, dispersion) in cases {
        for (design, theta) in of_one_factor(&crossed) {
            for random in [vec![0; design.terms.len()], (0..design.terms.len()).collect()] {
                let model = model(&design, family, link, zero, dispersion, &random);
                for nodes in [Nodes::Adaptive, Nodes::Fixed] {
                    let how = Approximation { points: 3, nodes, ..Approximation::default() };
                    let mut x = theta.clone();
                    x.resize(Laplace::new(&model, how, &Watch::unwatched()).unwrap().n_parameters(), 0.3);
                    check_gradient(&format!("{family} {random:?}"), &model, how, &x);
                }
            }
        }
    }
}

/// Responses of a family, simulated at the linear predictors of a design.
fn simulated(family: &dyn Family, seed: u64) -> Design {
    let mut stream = Stream::new(seed, 0, Purpose::Response);
    let psi = vec![0.3; family.parameters().len()];
    let mut design = design(seed, 80, |eta, _| family.simulate(eta, 1.0, &psi, &mut stream));
    // Inside the range, where rounding has put a proportion on its end.
    if family.name() == "beta" {
        design.y.iter_mut().for_each(|y| *y = y.clamp(1e-9, 1.0 - 1e-9));
    }
    design
}

#[test]
fn gradients_of_all_families_equal_finite_differences() {
    for (k, name) in names().into_iter().enumerate() {
        let link = if ["gamma", "inverse_gaussian"].contains(&name) { Some("log") } else { None };
        let family = by_name(name, link).unwrap();
        let crossed = simulated(&*family, 100 + k as u64);
        let mut single = crossed.clone();
        single.terms.truncate(1);
        for (design, theta, points) in [(crossed, vec![0.7, 0.2, 0.4, 0.5], 1), (single, vec![0.7, 0.2, 0.4], 3)] {
            let model = model(&design, name, family.link().name(), None, false, &vec![0; design.terms.len()]);
            let how = Approximation { points, ..Approximation::default() };
            let mut x = theta;
            x.resize(Laplace::new(&model, how, &Watch::unwatched()).unwrap().n_parameters(), 0.3);
            check_gradient(name, &model, how, &x);
        }
    }
}

/// Points at which the numbers break down, far out in the parameters, are errors, and the next evaluation is as if they had not been.
#[test]
fn a_point_that_breaks_down_leaves_the_next_as_it_was() {
    let counts = design(21, 60, |e, noise| (e.exp() * (1.0 + noise.next())).round().max(0.0));
    let mut single = counts.clone();
    single.terms.truncate(1);
    for family in ["poisson", "nbinom1", "nbinom2", "student_t"] {
        let link = by_name(family, None).unwrap().link().name();
        for (inside, points, expected, design) in [
            (Inside::Nothing, 1, false, &counts),
            (Inside::Mode, 1, false, &counts),
            (Inside::Integrated, 1, false, &counts),
            (Inside::Nothing, 5, false, &single),
            (Inside::Nothing, 5, true, &single),
        ] {
            if expected && family != "poisson" {
                continue;
            }
            let model = model(design, family, link, None, false, &vec![0; design.terms.len()]);
            let how = Approximation { expected, inside, points, ..Approximation::default() };
            let mut laplace = Laplace::new(&model, how, &Watch::unwatched()).unwrap();
            let x = vec![0.3; laplace.n_parameters()];
            let (mut gradient, mut hessian) = (vec![0.0; x.len()], vec![0.0; x.len() * x.len()]);
            let before = laplace.evaluate_hessian(&x, &mut gradient, &mut hessian).unwrap();
            for (j, far) in (0..x.len()).flat_map(|j| [(j, 1e200), (j, -1e200), (j, 800.0), (j, 1e8)]) {
                let mut at = x.clone();
                at[j] = far;
                // Whether there is a number does not matter, nor which.
                drop(laplace.evaluate_hessian(&at, &mut gradient, &mut hessian));
                laplace.start_modes_at_zero();
                laplace.start_fixed(&[0.3; 2]);
                let again = laplace.evaluate_hessian(&x, &mut gradient, &mut hessian).unwrap();
                assert!((again - before).abs() < 1e-8 * before.abs(), "{family} {how:?} [{j}] {far}: {again} for {before}");
            }
        }
    }
}
