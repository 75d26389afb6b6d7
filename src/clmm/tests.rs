//! Ordinal models on the engine: gradients, information, starts.

use super::coordinates::Coordinates;
use super::response::OrderedResponse;
use super::thresholds::Thresholds;
use crate::design::{Design, TermDesign};
use crate::family::cell::CUMULATIVE_LINKS;
use crate::family::{Link, Order};
use crate::glmm::approximation::Approximation;
use crate::glmm::fixed::FixedPart;
use crate::glmm::jet::{Jet, Response};
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::glmm::tests::{check_gradient, design};
use crate::spec::Threshold;
use crate::watch::Watch;

const KINDS: [Threshold; 3] = [Threshold::Flexible, Threshold::Symmetric, Threshold::Equidistant];
const CATEGORIES: usize = 5;

/// Five categories of a latent variable.
fn data(seed: u64) -> Design {
    design(seed, 90, |eta, noise| {
        let latent = 1.3 * eta + 2.0 * noise.next();
        1.0 + [-1.5, -0.4, 0.5, 1.8].iter().filter(|cut| latent > **cut).count() as f64
    })
}

fn response(design: &Design, link: Link, kind: Threshold, nominal: bool, scale: bool) -> OrderedResponse {
    let n = design.n;
    let column = &design.x[n..];
    let nominal = if nominal { FixedPart::beside_constant(n, &[], column, None, true).unwrap() } else { FixedPart::default() };
    OrderedResponse {
        link,
        thresholds: Thresholds::new(kind, CATEGORIES),
        y: design.y.clone(),
        weights: design.weights.clone().unwrap_or_default(),
        nominal,
        scale,
        centred: true,
        scale_centred: false,
        coordinates: Coordinates::Distances,
        within: None,
    }
}

fn model(design: &Design, response: &OrderedResponse) -> Model {
    let n = design.n;
    // What is in the thresholds is not in the mean.
    let slope: Vec<f64> = design.terms[0].z.as_ref().map_or(vec![], |z| z[n..2 * n].iter().map(|v| v + 3.0).collect());
    let mut fixed = vec![FixedPart::beside_constant(n, &[], &slope, None, true).unwrap()];
    if response.scale {
        fixed.push(FixedPart::beside_constant(n, &[], &design.x[n..], None, false).unwrap());
    }
    let terms: Vec<(usize, &TermDesign)> = design.terms.iter().map(|t| (0, t)).collect();
    Model::new(Box::new(response.clone()), n, fixed, &terms).unwrap()
}

fn parameters(design: &Design, model: &Model, response: &OrderedResponse) -> Vec<f64> {
    let mut x = if design.terms.len() == 1 { vec![0.7, 0.2, 0.4] } else { vec![0.7, 0.2, 0.4, 0.5] };
    model.fixed.iter().for_each(|part| x.resize(x.len() + part.p, 0.3));
    let m = response.thresholds.n_alpha();
    x.push(-1.2);
    x.resize(x.len() + m - 1, 0.1);
    x.extend((0..response.nominal.p * m).map(|k| 0.1 - 0.04 * k as f64));
    x
}

#[test]
fn the_gradient_equals_finite_differences_for_every_link_and_structure() {
    for (k, link) in CUMULATIVE_LINKS.into_iter().enumerate() {
        let crossed = data(20 + k as u64);
        for kind in KINDS {
            for (nominal, scale) in [(false, false), (true, false), (false, true), (true, true)] {
                let response = response(&crossed, link, kind, nominal, scale);
                let model = model(&crossed, &response);
                let x = parameters(&crossed, &model, &response);
                let what = format!("{} {kind:?} nominal {nominal} scale {scale}", link.name());
                check_gradient(&what, &model, Approximation::default(), &x);
            }
        }
    }
}

#[test]
fn the_gradient_of_quadrature_equals_finite_differences() {
    for (k, link) in CUMULATIVE_LINKS.into_iter().enumerate() {
        let mut single = data(40 + k as u64);
        single.terms.truncate(1);
        single.weights = Some((0..single.n).map(|i| 0.5 + (i % 3) as f64).collect());
        for (kind, nominal, scale) in [(Threshold::Flexible, true, true), (Threshold::Symmetric, false, false)] {
            let response = response(&single, link, kind, nominal, scale);
            let model = model(&single, &response);
            let x = parameters(&single, &model, &response);
            for points in [3, 5] {
                let how = Approximation { points, ..Approximation::default() };
                check_gradient(&format!("{} {kind:?}", link.name()), &model, how, &x);
            }
        }
    }
}

#[test]
fn the_information_of_the_shared_parameters_is_the_derivative_of_their_scores() {
    let design = data(60);
    for link in CUMULATIVE_LINKS {
        let mut response = response(&design, link, Threshold::Flexible, true, false);
        response.weights = (0..design.n).map(|i| 0.5 + (i % 3) as f64).collect();
        let model = model(&design, &response);
        let x = parameters(&design, &model, &response);
        let k = response.n_shared();
        let shared = &x[x.len() - k..];
        let eta = [vec![0.2; design.n]];
        let mut evaluator = response.evaluator(&[true]).unwrap();
        let mut jet = Jet::new(design.n, &[true]).unwrap();
        // The thresholds' coordinates bend: the information is that of the thresholds themselves, so these are held fast but for a shift.
        let mut scores = |f: usize, by: f64, eta_by: f64| -> Vec<f64> {
            let mut at = shared.to_vec();
            at[f] += by;
            let moved = vec![eta[0].iter().map(|e| e + eta_by).collect::<Vec<f64>>()];
            evaluator.prepare(&at, &moved, Order::Gradient).unwrap();
            evaluator.evaluate(&moved, Order::Gradient, &mut jet).unwrap();
            (0..k).map(|g| evaluator.shared_score(g).iter().sum()).collect()
        };
        let step = 1e-5;
        let linear: Vec<usize> = std::iter::once(0).chain(CATEGORIES - 1..k).collect();
        let mut differences = vec![];
        for &f in &linear {
            let (up, down) = (scores(f, step, 0.0), scores(f, -step, 0.0));
            differences.push(linear.iter().map(|&g| (down[g] - up[g]) / (2.0 * step)).collect::<Vec<f64>>());
        }
        let (up, down) = (scores(0, 0.0, step), scores(0, 0.0, -step));
        let with_eta: Vec<f64> = (0..k).map(|g| (down[g] - up[g]) / (2.0 * step)).collect();
        scores(0, 0.0, 0.0);
        let (mut information, mut weights) = (vec![0.0; k * k], vec![]);
        evaluator.shared_information(&mut information, &mut weights).unwrap();
        for (a, &f) in linear.iter().enumerate() {
            for (b, &g) in linear.iter().enumerate() {
                let (got, want) = (information[f * k + g], differences[a][b]);
                assert!((got - want).abs() < 1e-5 * (1.0 + want.abs()), "{} {f} {g}: {got} for {want}", link.name());
            }
        }
        for (f, want) in with_eta.iter().enumerate() {
            let got: f64 = weights[f].iter().sum();
            assert!((got - want).abs() < 1e-5 * (1.0 + want.abs()), "{} {f}: {got} for {want}", link.name());
        }
    }
}

#[test]
fn starts_are_near_the_fit_without_random_effects() {
    let mut design = data(70);
    design.terms.truncate(1);
    // The likelihood of the others is concave.
    for link in CUMULATIVE_LINKS.into_iter().filter(|link| *link != Link::Cauchit) {
        for kind in KINDS {
            let response = response(&design, link, kind, true, false);
            let model = model(&design, &response);
            let start = super::start::start(&response, &model, &Watch::unwatched()).unwrap();
            let mut laplace = Laplace::new(&model, Approximation::default(), &Watch::unwatched()).unwrap();
            let mut x = vec![0.0; 3];
            x.extend_from_slice(&start.fixed[0]);
            x.extend_from_slice(&start.shared);
            let mut gradient = vec![0.0; x.len()];
            laplace.evaluate_gradient(&x, &mut gradient).unwrap();
            let size = gradient[3..].iter().fold(0.0f64, |m, g| m.max(g.abs()));
            assert!(size < 0.05 * design.n as f64, "{} {kind:?}: {gradient:?}", link.name());
        }
    }
}

#[test]
fn reported_parameters_go_both_ways_and_have_their_slopes() {
    let design = data(80);
    for kind in KINDS {
        let response = response(&design, Link::Logit, kind, true, false);
        let model = model(&design, &response);
        let x = parameters(&design, &model, &response);
        let k = response.n_shared();
        let shared = &x[x.len() - k..];
        let reported = response.reported(shared, 0.7);
        let back = response.shared(&reported, 0.7).unwrap();
        assert!(shared.iter().zip(&back).all(|(a, b)| (a - b).abs() < 1e-12), "{kind:?}");
        let slopes = response.reported_slopes(shared);
        for j in 0..k {
            let moved = |by: f64| {
                let mut at = shared.to_vec();
                at[j] += by;
                response.reported(&at, 0.7)
            };
            for (i, (u, d)) in moved(1e-5).iter().zip(moved(-1e-5)).enumerate() {
                assert!(((u - d) / 2e-5 - slopes[j * k + i]).abs() < 1e-8, "{kind:?} {i} {j}");
            }
        }
    }
}
