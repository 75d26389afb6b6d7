//! Quadrature at fixed nodes against sums by hand, and where the modes are not found.

use super::approximation::{Approximation, Inside};
use super::fixed::FixedPart;
use super::jet::{Adjoint, Evaluator, Jet, Response};
use super::laplace::Laplace;
use super::model::Model;
use super::tests::{check_gradient, design, model, of_one_factor};
use crate::design::{Design, TermDesign};
use crate::error::{Code, Result};
use crate::family::Order;
use crate::options::{Nodes, StdErrors};
use crate::watch::Watch;

const FIXED: Approximation = Approximation { expected: false, inside: Inside::Nothing, points: 3, nodes: Nodes::Fixed };
/// Three nodes of the weight exp(-u^2), with weights of the standard normal density there.
const RULE: [(f64, f64); 3] = [
    (-1.224_744_871_391_589, 0.249_490_844_586_476),
    (0.0, 0.471_404_520_791_031_6),
    (1.224_744_871_391_589, 0.249_490_844_586_476),
];

/// -2 log of the sum over the nodes of each level, for the density `l` of a response at its predictor. `t` `[r, r]` is column-major.
fn by_hand(design: &Design, t: &[f64], gamma: &[f64], l: impl Fn(f64, f64) -> f64) -> f64 {
    let (n, r, term) = (design.n, t.len().isqrt(), &design.terms[0]);
    let mut base = vec![0.0; n];
    FixedPart::new(n, &design.x, None).unwrap().predict(gamma, &mut base);
    let z = |i: usize, e: usize| term.z.as_ref().map_or(1.0, |z| z[e * n + i]);
    let mut total = 0.0;
    for level in 0..term.levels.len() {
        let mut sum = 0.0;
        for k in 0..3usize.pow(r as u32) {
            let node: Vec<(f64, f64)> = (0..r).map(|a| RULE[k / 3usize.pow(a as u32) % 3]).collect();
            let b = |e: usize| -> f64 { (0..r).map(|c| t[c * r + e] * node[c].0).sum() };
            let rows = (0..n).filter(|&i| term.index[i] as usize == level);
            let density: f64 = rows.map(|i| l(design.y[i], base[i] + (0..r).map(|e| z(i, e) * b(e)).sum::<f64>())).sum();
            sum += node.iter().map(|z| z.1).product::<f64>() * density.exp();
        }
        total -= 2.0 * sum.ln();
    }
    total
}

#[test]
fn the_value_is_the_sum_over_the_nodes() {
    let softplus = |x: f64| x.exp().ln_1p();
    let binomial = design(21, 50, |e, noise| f64::from(noise.next() < e.tanh()));
    let poisson = design(22, 50, |e, noise| (e.exp() * (1.0 + noise.next())).round().max(0.0));
    for (family, link, crossed) in [("binomial", "logit", &binomial), ("poisson", "log", &poisson)] {
        let density = |y: f64, eta: f64| match family {
            "binomial" => y * eta - softplus(eta),
            _ => y * eta - eta.exp() - libm::lgamma(y + 1.0),
        };
        let [vector, scalar, _] = of_one_factor(crossed);
        for (design, mut x) in [vector, scalar] {
            let model = model(&design, family, link, None, false, &[0]);
            let r = model.structures[0].size;
            let mut t = vec![0.0; r * r];
            model.structures[0].factor(&x, &mut t);
            // The model's own units of the effects.
            t.iter_mut().enumerate().for_each(|(e, t)| *t /= model.scales[0][e % r]);
            x.extend([0.3, -0.2]);
            let mut laplace = Laplace::new(&model, FIXED, &Watch::unwatched()).unwrap();
            let (value, wanted) = (laplace.evaluate(&x, Order::Mode).unwrap(), by_hand(&design, &t, &[0.3, -0.2], density));
            assert!((value - wanted).abs() < 1e-12 * wanted.abs(), "{family} {r}: {value} for {wanted}");
            // Modes far away are no part of it.
            laplace.start_modes(&vec![3.0; model.layout.q()]);
            assert_eq!(laplace.evaluate(&x, Order::Mode).unwrap(), value);
        }
    }
}

#[test]
fn many_nodes_have_the_value_of_adaptive_ones() {
    let crossed = design(23, 60, |e, noise| f64::from(noise.next() < e.tanh()));
    let [(vector, theta), (scalar, sd), _] = of_one_factor(&crossed);
    for (design, mut x, points, within) in [(vector, theta, 40, 1e-7), (scalar, sd, 60, 1e-8)] {
        let model = model(&design, "binomial", "logit", None, false, &[0]);
        x.extend([0.3, -0.2]);
        let value = |how: Approximation| -> f64 {
            Laplace::new(&model, Approximation { points, ..how }, &Watch::unwatched()).unwrap().evaluate(&x, Order::Mode).unwrap()
        };
        let (fixed, adaptive) = (value(FIXED), value(Approximation::default()));
        assert!((fixed - adaptive).abs() < within, "{points} points: {fixed} for {adaptive}");
    }
}

#[test]
fn levels_that_underflow_have_their_logarithm() {
    // Counts so large that each density is below the smallest number.
    let mut scalar = of_one_factor(&design(24, 40, |e, _| (e.exp() * 1e4).round()))[1].0.clone();
    scalar.y[0] *= 50.0;
    let model = model(&scalar, "poisson", "log", None, false, &[0]);
    let value = Laplace::new(&model, FIXED, &Watch::unwatched()).unwrap().evaluate(&[0.8, 9.0, 0.3], Order::Mode).unwrap();
    assert!(value > 1e4 && value.is_finite(), "{value}");
    check_gradient("underflow", &model, FIXED, &[0.8, 9.0, 0.3]);
}

#[test]
fn what_can_not_go_with_fixed_nodes() {
    let scalar = of_one_factor(&design(25, 40, |e, noise| f64::from(noise.next() < e.tanh())))[1].0.clone();
    let model = model(&scalar, "binomial", "logit", None, false, &[0]);
    for (how, code, text) in [
        (Approximation { points: 1, ..FIXED }, Code::Argument, "two points"),
        (Approximation { points: 0, ..FIXED }, Code::Argument, "two points"),
        (Approximation { inside: Inside::Mode, ..FIXED }, Code::Argument, "two points"),
        (Approximation { expected: true, ..FIXED }, Code::Argument, "expected information"),
        (Approximation { inside: Inside::Integrated, ..FIXED }, Code::Unsupported, "restricted likelihood"),
    ] {
        let Err(error) = Laplace::new(&model, how, &Watch::unwatched()) else { panic!("{how:?}") };
        assert!(error.code == code && error.message.contains(text), "{how:?}: {error}");
    }
}

/// Exponentials of -|y - eta|: the mode is at a kink, where Newton's method does not end.
#[derive(Clone, Debug)]
struct Kinked {
    y: Vec<f64>,
}

impl Response for Kinked {
    fn predictors(&self) -> usize {
        1
    }

    fn n_shared(&self) -> usize {
        0
    }

    fn evaluator<'a>(&'a self, _: &[bool]) -> Result<Box<dyn Evaluator + 'a>> {
        Ok(Box::new(self.clone()))
    }
}

impl Evaluator for Kinked {
    fn prepare(&mut self, _: &[f64], _: &[Vec<f64>], _: Order) -> Result<()> {
        Ok(())
    }

    fn evaluate(&mut self, eta: &[Vec<f64>], _: Order, jet: &mut Jet) -> Result<()> {
        for (i, (y, eta)) in self.y.iter().zip(&eta[0]).enumerate() {
            jet.l[i] = -3.0 * (y - eta).abs();
            jet.s[0][i] = 3.0 * (y - eta).signum();
        }
        Ok(())
    }

    fn expected(&mut self, _: &[Vec<f64>], _: Order, _: &mut [f64], _: &mut [Vec<f64>]) -> Result<()> {
        Ok(())
    }

    fn shared_gradient(&mut self, _: &[Vec<f64>], _: &Adjoint<'_>, _: bool, _: &mut [f64]) -> Result<()> {
        Ok(())
    }

    fn shared_score(&self, _: usize) -> &[f64] {
        &[]
    }

    fn shared_slopes(&self, _: usize, _: &mut [Vec<f64>]) {}
}

#[test]
fn modes_that_are_not_found_are_wanted_by_results_alone() {
    let design = of_one_factor(&design(26, 40, |e, noise| e + noise.next()))[1].0.clone();
    let fixed = vec![FixedPart::new(design.n, &design.x, None).unwrap()];
    let terms: Vec<(usize, &TermDesign)> = vec![(0, &design.terms[0])];
    let model = Model::new(Box::new(Kinked { y: design.y.clone() }), design.n, fixed, &terms).unwrap();
    let x = [0.8, 0.3, -0.2];
    let lost = Laplace::new(&model, Approximation::default(), &Watch::unwatched()).unwrap().evaluate(&x, Order::Mode).unwrap_err();
    assert_eq!(lost.code, Code::Numeric);
    let mut laplace = Laplace::new(&model, FIXED, &Watch::unwatched()).unwrap();
    let value = laplace.evaluate(&x, Order::Mode).unwrap();
    let wanted = by_hand(&design, &[0.8 / model.scales[0][0]], &x[1..], |y, eta| -3.0 * (y - eta).abs());
    assert!((value - wanted).abs() < 1e-12 * wanted.abs(), "{value} for {wanted}");
    let (mut gradient, mut hessian) = (vec![0.0; 3], vec![0.0; 9]);
    assert_eq!(laplace.evaluate_hessian(&x, &mut gradient, &mut hessian).unwrap(), value);
    assert!(gradient.iter().chain(&hessian).all(|v| v.is_finite()));
    let Err(error) = super::solution::solve(&mut laplace, &x, StdErrors::Conditional) else { panic!("there are modes") };
    assert!(error.message.contains("modes"), "{error}");
}
