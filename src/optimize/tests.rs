//! Textbook functions, awkward functions, and every way to stop.

use std::cell::RefCell;

use super::{Method, Objective, Reason, Settings, Summary, minimize};
use crate::choice::Choice;
use crate::error::{Code, Error, Result};

/// A function from a closure that fills gradient and Hessian where asked.
struct Function<F> {
    dimension: usize,
    f: F,
    calls: usize,
}

impl<F: FnMut(&[f64], &mut [f64], &mut [f64]) -> f64> Function<F> {
    fn new(dimension: usize, f: F) -> Self {
        Function { dimension, f, calls: 0 }
    }
}

impl<F: FnMut(&[f64], &mut [f64], &mut [f64]) -> f64> Objective for Function<F> {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let n = self.dimension;
        self.hessian(x, &mut vec![0.0; n], &mut vec![0.0; n * n])
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.hessian(x, gradient, &mut vec![0.0; self.dimension * self.dimension])
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        self.calls += 1;
        gradient.fill(0.0);
        hessian.fill(0.0);
        Ok((self.f)(x, gradient, hessian))
    }
}

type Parts<'a> = (&'a [f64], &'a mut [f64], &'a mut [f64]);

/// Adds the square of a residual r with gradient a, and its Gauss-Newton Hessian.
fn square(r: f64, a: &[f64], (_, g, h): &mut Parts) -> f64 {
    let n = a.len();
    for i in 0..n {
        g[i] += 2.0 * r * a[i];
        for j in 0..n {
            h[i + j * n] += 2.0 * a[i] * a[j];
        }
    }
    r * r
}

fn rosenbrock(x: &[f64], g: &mut [f64], h: &mut [f64]) -> f64 {
    let mut parts = (x, g, h);
    square(10.0 * (x[1] - x[0] * x[0]), &[-20.0 * x[0], 10.0], &mut parts) + square(1.0 - x[0], &[-1.0, 0.0], &mut parts)
}

fn powell_singular(x: &[f64], g: &mut [f64], h: &mut [f64]) -> f64 {
    let mut parts = (x, g, h);
    let (s5, s10) = (5f64.sqrt(), 10f64.sqrt());
    let (u, v) = (x[1] - 2.0 * x[2], x[0] - x[3]);
    square(x[0] + 10.0 * x[1], &[1.0, 10.0, 0.0, 0.0], &mut parts)
        + square(s5 * (x[2] - x[3]), &[0.0, 0.0, s5, -s5], &mut parts)
        + square(u * u, &[0.0, 2.0 * u, -4.0 * u, 0.0], &mut parts)
        + square(s10 * v * v, &[2.0 * s10 * v, 0.0, 0.0, -2.0 * s10 * v], &mut parts)
}

fn tight() -> Settings<'static> {
    Settings { tolerance: 1e-12, max_evaluations: 20_000, ..Settings::default() }
}

fn solve(method: Method, objective: &mut dyn Objective, start: &[f64]) -> Summary {
    minimize(method, objective, start, &mut tight()).unwrap()
}

fn assert_near(x: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    for (x, e) in x.iter().zip(expected) {
        assert!((x - e).abs() <= tolerance * (1.0 + e.abs()), "{what}: {x} and {e}");
    }
}

#[test]
fn every_method_solves_rosenbrock_and_counts_its_calls() {
    for &(method, _) in Method::ALL {
        let mut f = Function::new(2, rosenbrock);
        let end = solve(method, &mut f, &[-1.2, 1.0]);
        assert_eq!(end.reason, Reason::Converged, "{method:?}");
        assert_near(&end.x, &[1.0, 1.0], 1e-5, method.name());
        assert!(end.scaled_gradient < 1e-3);
        assert_eq!(f.calls, end.evaluations);
    }
}

#[test]
fn powell_singular_reaches_a_low_value_despite_the_singular_hessian() {
    for &(method, _) in Method::ALL {
        let end = solve(method, &mut Function::new(4, powell_singular), &[3.0, -1.0, 0.0, 1.0]);
        assert!(end.value < 1e-8, "{method:?}: {end:?}");
        assert_eq!(end.reason, Reason::Converged, "{method:?}");
    }
}

#[test]
fn a_flat_direction_is_left_alone() {
    // (x + y - 3)^2, and z appears nowhere.
    for &(method, _) in Method::ALL {
        let f = |x: &[f64], g: &mut [f64], h: &mut [f64]| square(x[0] + x[1] - 3.0, &[1.0, 1.0, 0.0], &mut (x, g, h)) - 7.0;
        let end = solve(method, &mut Function::new(3, f), &[0.5, 0.5, 2.0]);
        assert_near(&[end.x[0] + end.x[1], end.value], &[3.0, -7.0], 1e-6, method.name());
        assert_eq!(end.reason, Reason::Converged, "{method:?}");
        if method == Method::Newton {
            assert_near(&end.x, &[1.5, 1.5, 2.0], 1e-5, "least change, up to epsilon / ridge");
            assert!(end.evaluations <= 3);
        }
    }
}

/// A boundary optimum in a variance component: d0 + c x^2 + x^4 in one parameter, beside a regular one.
fn boundary(c: f64) -> impl FnMut(&[f64], &mut [f64], &mut [f64]) -> f64 {
    move |x, g, h| {
        g[0] = 2.0 * c * x[0] + 4.0 * x[0].powi(3);
        g[1] = 2.0 * (x[1] - 1.0);
        h[0] = 2.0 * c + 12.0 * x[0] * x[0];
        h[3] = 2.0;
        1000.0 + c * x[0] * x[0] + x[0].powi(4) + (x[1] - 1.0).powi(2)
    }
}

#[test]
fn boundary_minima_are_reached_with_and_without_curvature() {
    for &(method, _) in Method::ALL {
        for (c, tolerance) in [(3.0, 1e-5), (0.01, 1e-4), (0.0, 1e-2)] {
            let end = solve(method, &mut Function::new(2, boundary(c)), &[1.0, 0.3]);
            assert_near(&end.x, &[0.0, 1.0], tolerance, method.name());
            assert!((end.value - 1000.0).abs() < 1e-8, "{method:?} c {c}: {end:?}");
            assert!(matches!(end.reason, Reason::Converged | Reason::RoundoffLimited), "{method:?} c {c}: {end:?}");
        }
    }
}

#[test]
fn infinite_regions_are_backed_out_of() {
    // x - log(x) + (y - x)^2, undefined for x <= 0; the first steps lead there.
    for &(method, _) in Method::ALL {
        let f = |x: &[f64], g: &mut [f64], h: &mut [f64]| {
            if x[0] <= 0.0 {
                g.fill(f64::NAN);
                return if x[1] > 0.0 { f64::INFINITY } else { f64::NAN };
            }
            g[0] = 40.0 * (1.0 - 1.0 / x[0]) - 2.0 * (x[1] - x[0]);
            g[1] = 2.0 * (x[1] - x[0]);
            h.copy_from_slice(&[2.0, -2.0, -2.0, 2.0]);
            h[0] += 0.1; // far too flat
            40.0 * (x[0] - x[0].ln()) + (x[1] - x[0]).powi(2)
        };
        let end = solve(method, &mut Function::new(2, f), &[5.0, -3.0]);
        assert_near(&end.x, &[1.0, 1.0], 1e-5, method.name());
    }
}

/// Noise of the given size that is a fixed function of x.
fn noise(x: &[f64], size: f64) -> f64 {
    let bits = x.iter().fold(0u64, |h, v| (h ^ v.to_bits()).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29));
    size * ((bits >> 11) as f64 / (1u64 << 53) as f64 - 0.5)
}

#[test]
fn newton_is_more_exact_than_the_noise_of_the_value() {
    for (offset, size) in [(0.0, 1e-10), (0.0, 1e-8), (1e6, 1e-7), (-1e6, 1e-7)] {
        let f = |x: &[f64], g: &mut [f64], h: &mut [f64]| {
            let mut value = offset + noise(x, size);
            for i in 0..x.len() {
                let d = x[i] - 0.3 * (i + 1) as f64;
                value += 5.0 * d.sinh().powi(2) + 0.5 * d.powi(3);
                g[i] = 5.0 * (2.0 * d).sinh() + 1.5 * d * d;
                h[i * (x.len() + 1)] = 6.0; // true: 10
            }
            value
        };
        let end = minimize(
            Method::Newton,
            &mut Function::new(3, f),
            &[0.9, 0.2, 1.5],
            &mut Settings { tolerance: 1e-17, ..Settings::default() },
        )
        .unwrap();
        assert_eq!(end.reason, Reason::Converged);
        assert_near(&end.x, &[0.3, 0.6, 0.9], 1e-8, "x");
    }
}

#[test]
fn a_tolerance_below_rounding_ends_as_limited_by_it() {
    for method in [Method::Newton, Method::Lbfgs] {
        // The gradient has noise too.
        let f = |x: &[f64], g: &mut [f64], h: &mut [f64]| {
            g[0] = (2.0 * x[0]).sinh() + noise(x, 1e-9);
            h[0] = 2.0;
            1e5 + x[0].sinh().powi(2)
        };
        let settings = &mut Settings { tolerance: 0.0, ..Settings::default() };
        let end = minimize(method, &mut Function::new(1, f), &[0.7], settings).unwrap();
        assert_eq!(end.reason, Reason::RoundoffLimited, "{method:?}: {end:?}");
        assert!(end.x[0].abs() < 1e-8 && end.evaluations < 100, "{method:?}: {end:?}");
    }
}

#[test]
fn dimensions_none_one_and_twenty() {
    for &(method, _) in Method::ALL {
        let end = solve(method, &mut Function::new(0, |_: &[f64], _: &mut [f64], _: &mut [f64]| 4.5), &[]);
        assert_eq!((end.value, end.evaluations, end.reason), (4.5, 1, Reason::Converged));
        let one = |x: &[f64], g: &mut [f64], h: &mut [f64]| square(x[0].exp() - 2.0, &[x[0].exp()], &mut (x, g, h));
        let end = solve(method, &mut Function::new(1, one), &[3.0]);
        assert_near(&end.x, &[2f64.ln()], 1e-6, method.name());
        if method == Method::NelderMead {
            continue; // hopeless in twenty dimensions
        }
        let twenty = |x: &[f64], g: &mut [f64], h: &mut [f64]| {
            (0..20)
                .map(|i| {
                    let mut a = [0.0; 20];
                    (a[i], a[(i + 1) % 20]) = (x[i].cosh(), 0.3);
                    square(x[i].sinh() + 0.3 * x[(i + 1) % 20] - 0.1 * i as f64, &a, &mut (x, g, h))
                })
                .sum()
        };
        let end = solve(method, &mut Function::new(20, twenty), &[1.0; 20]);
        assert!(end.value < 1e-8 && end.reason == Reason::Converged, "{method:?}: {end:?}");
    }
}

#[test]
fn limits_stop_with_the_best_point() {
    for &(method, _) in Method::ALL {
        let mut f = Function::new(2, rosenbrock);
        let end = minimize(method, &mut f, &[-1.2, 1.0], &mut Settings { max_evaluations: 5, ..Settings::default() }).unwrap();
        assert_eq!(end.reason, Reason::MaxEvaluations);
        assert_eq!((f.calls, end.evaluations), (6, 6)); // the last one for the scaled gradient
        assert!(end.value <= 24.2 && end.scaled_gradient.is_finite());

        let mut f = Function::new(2, rosenbrock);
        let mut settings = Settings { deadline: Some(std::time::Instant::now()), ..Settings::default() };
        let end = minimize(method, &mut f, &[-1.2, 1.0], &mut settings).unwrap();
        assert_eq!((end.reason, end.evaluations, f.calls), (Reason::Deadline, 1, 1));
        assert_eq!(end.x, [-1.2, 1.0]);
        assert!(end.scaled_gradient.is_nan());
    }
}

#[test]
fn progress_sees_every_evaluation_and_cancels() {
    for &(method, _) in Method::ALL {
        for last in [1, 2, 4, 9] {
            let mut f = Function::new(2, rosenbrock);
            let seen = RefCell::new(Vec::new());
            let report = |count: usize, value: f64, x: &[f64]| {
                assert!(value.is_finite() && x.len() == 2);
                seen.borrow_mut().push(count);
                if count < last { Ok(()) } else { Err(Error::new(Code::Cancelled, "enough")) }
            };
            let mut settings = Settings { report: Some(&report), ..Settings::default() };
            let error = minimize(method, &mut f, &[-1.2, 1.0], &mut settings).unwrap_err();
            assert_eq!(error.code, Code::Cancelled);
            assert_eq!(seen.take(), (1..=last).collect::<Vec<_>>());
            assert_eq!(f.calls, last);
        }
    }
}

/// Fails at a given call.
struct Failing(usize);

impl Objective for Failing {
    fn dimension(&self) -> usize {
        2
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.hessian(x, &mut [0.0; 2], &mut [0.0; 4])
    }

    fn gradient(&mut self, x: &[f64], g: &mut [f64]) -> Result<f64> {
        self.hessian(x, g, &mut [0.0; 4])
    }

    fn hessian(&mut self, x: &[f64], g: &mut [f64], h: &mut [f64]) -> Result<f64> {
        if self.0 == 0 {
            return Err(Error::memory("factor", 8));
        }
        self.0 -= 1;
        g.fill(0.0);
        h.fill(0.0);
        Ok(rosenbrock(x, g, h))
    }
}

#[test]
fn errors_of_the_objective_come_through() {
    for &(method, _) in Method::ALL {
        for call in 0..7 {
            let error = minimize(method, &mut Failing(call), &[-1.2, 1.0], &mut Settings::default()).unwrap_err();
            assert_eq!(error, Error::memory("factor", 8), "{method:?}");
        }
    }
}

#[test]
fn bad_starts_are_refused() {
    for &(method, _) in Method::ALL {
        let at = |start: &[f64], value: f64| {
            let mut f = Function::new(2, |_: &[f64], _: &mut [f64], _: &mut [f64]| value);
            minimize(method, &mut f, start, &mut Settings::default()).unwrap_err()
        };
        for value in [f64::INFINITY, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(at(&[1.0, 1.0], value).code, Code::Numeric);
        }
        assert!(at(&[1.0], 0.0).message.contains("1 elements"));
        assert!(at(&[1.0, f64::NAN], 0.0).message.contains("element 2"));
    }
}

#[test]
fn a_descent_without_end_is_no_success() {
    // Without a minimum: the limit is reported, or that no progress is possible, never success.
    for method in [Method::Newton, Method::Lbfgs] {
        let f = |x: &[f64], g: &mut [f64], h: &mut [f64]| {
            (g[0], h[0]) = (1.0, 1e-3);
            x[0]
        };
        let settings = &mut Settings { max_evaluations: 50, ..Settings::default() };
        let end = minimize(method, &mut Function::new(1, f), &[0.0], settings).unwrap();
        assert!(matches!(end.reason, Reason::MaxEvaluations | Reason::NoProgress), "{method:?}: {end:?}");
    }
}

#[test]
fn a_wrong_gradient_is_no_progress() {
    for method in [Method::Newton, Method::Lbfgs] {
        let f = |x: &[f64], g: &mut [f64], h: &mut [f64]| {
            (g[0], h[0]) = (-2.0 * x[0], 2.0);
            x[0] * x[0]
        };
        let end = solve(method, &mut Function::new(1, f), &[1.0]);
        assert_eq!(end.reason, Reason::NoProgress, "{method:?}: {end:?}");
    }
}

#[test]
fn names_of_methods() {
    for &(method, _) in Method::ALL {
        assert_eq!(Method::from_name(method.name()), Ok(method));
    }
    assert_eq!(Method::from_name("LBFGSB"), Ok(Method::Lbfgs));
    assert_eq!(Method::from_name("nelder-mead"), Ok(Method::NelderMead));
    let message = Method::from_name("nlminb").unwrap_err().message;
    assert_eq!(message, "optimizer is 'nlminb', it must be one of newton, lbfgsb, bobyqa, nelder_mead");
}
