use serde_json::Value;

use super::{CUMULATIVE_LINKS, Cell, cell, is_cumulative, tails};
use crate::family::{LINKS, Link, Order};

const INF: f64 = f64::INFINITY;

fn flat(c: &Cell) -> [f64; 10] {
    let ([l_a, s_a, w_a], [l_b, s_b, w_b]) = (c.lower, c.upper);
    [c.l, c.s, c.w, c.t, l_a, s_a, w_a, l_b, s_b, w_b]
}

fn all(link: Link, a: f64, b: f64) -> [f64; 10] {
    flat(&cell(link, Order::Gradient, a, b).unwrap())
}

fn reference(file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("tests/reference/{file}")).unwrap()).unwrap()
}

fn numbers(array: &Value) -> Vec<f64> {
    let number = |v: &Value| v.as_f64().unwrap_or_else(|| v.as_str().unwrap().parse().unwrap());
    array.as_array().unwrap().iter().map(number).collect()
}

/// What cancellation leaves, relative to 1 or the value, beyond relative errors of 1e-12: that of the normal distribution's third cumulant
/// 37 standard deviations out, that of differences over a Cauchy cell's width.
fn floor(link: Link, which: usize) -> f64 {
    match (link, which) {
        (Link::Probit, 1 | 5 | 8) => 2e-13,
        (Link::Probit, 2) => 5e-13,
        (Link::Probit, 3 | 6 | 9) => 4e-11,
        (Link::Cauchit, 5 | 6 | 8 | 9) => 1e-12,
        _ => 1e-15,
    }
}

#[test]
fn cells_have_the_digits_of_exact_arithmetic() {
    let table = reference("cumulative_cells.json");
    let mut compared = 0;
    for link in CUMULATIVE_LINKS {
        let rows = table["cells"][link.name()].as_array().unwrap();
        compared += rows.len();
        for row in rows.iter().map(numbers) {
            for (i, (seen, wanted)) in all(link, row[0], row[1]).iter().zip(&row[2..]).enumerate() {
                let bound = 1e-12 * wanted.abs() + floor(link, i);
                assert!((seen - wanted).abs() <= bound, "{link:?} ({}, {}) column {i}: {seen} {wanted}", row[0], row[1]);
            }
        }
    }
    assert_eq!(compared, 200);
}

/// p, p s, p (s^2 - w), p (s^3 - 3 s w - t): the probability and its derivatives in eta.
fn derivatives_of_probability(link: Link, a: f64, b: f64) -> [f64; 4] {
    let [l, s, w, t, ..] = all(link, a, b);
    [1.0, s, s * s - w, s * s * s - 3.0 * s * w - t].map(|d| l.exp() * d)
}

/// Whatever forms the three cells are computed by.
#[test]
fn adjacent_cells_add_up() {
    let widths = [1e-6, 0.01, 0.2, 0.2499, 0.2501, 0.4, 0.7, 1.5, 5.0, 12.0, 25.0, INF];
    for link in CUMULATIVE_LINKS {
        for k in -40..=40 {
            let a = if k == -40 { -INF } else { 0.21 * f64::from(k) };
            for (first, second) in widths.iter().flat_map(|v| widths.map(|w| (*v, w))) {
                let b = if k == -40 { first - 5.0 } else { a + first };
                let c = b + second;
                if b == INF {
                    continue;
                }
                let ([x, y], z) =
                    ([(a, b), (b, c)].map(|(a, b)| derivatives_of_probability(link, a, b)), derivatives_of_probability(link, a, c));
                for i in 0..4 {
                    let scale = x[i].abs() + y[i].abs() + z[0] * (1.0 + all(link, a, c)[1].abs()).powi(i as i32);
                    assert!((x[i] + y[i] - z[i]).abs() <= 2e-12 * scale, "{link:?} {a} {b} {c} {i}: {} {} {}", x[i], y[i], z[i]);
                }
            }
        }
    }
}

/// The derivative of a function by seven-point central differences.
fn slope(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    let odd = |k: f64| f(x + k * h) - f(x - k * h);
    (45.0 * odd(1.0) - 9.0 * odd(2.0) + odd(3.0)) / (60.0 * h)
}

#[test]
fn derivatives_are_those_of_the_values() {
    for link in CUMULATIVE_LINKS {
        for a in [-INF, -4.0, -1.1, -0.3, 0.2, 1.4] {
            for b in [-3.2, -0.9, 0.1, 0.5, 2.3, INF] {
                if a >= b {
                    continue;
                }
                let c = cell(link, Order::Gradient, a, b).unwrap();
                let h = 0.004;
                let near = |seen: f64, wanted: f64, what: &str| {
                    assert!((seen - wanted).abs() <= 1e-9 * (1.0 + wanted.abs()), "{link:?} ({a}, {b}) {what}: {seen} {wanted}");
                };
                for i in 0..3 {
                    if a.is_finite() {
                        near(c.lower[i], slope(|x| all(link, x, b)[i], a, h), "lower");
                    }
                    if b.is_finite() {
                        near(c.upper[i], slope(|x| all(link, a, x)[i], b, h), "upper");
                    }
                    let by_eta = slope(|eta| all(link, a - eta, b - eta)[i], 0.0, h);
                    near([c.s, -c.w, c.t][i], by_eta, "eta");
                }
            }
        }
    }
}

#[test]
fn derivatives_in_the_ends_sum_to_those_in_the_predictor() {
    for link in CUMULATIVE_LINKS {
        for a in (-60..=60).map(|k| 0.37 * f64::from(k)) {
            for b in [a + 1e-4, a + 0.1, a + 0.6, a + 4.0, a + 30.0, INF] {
                let [_, s, w, t, l_a, s_a, w_a, l_b, s_b, w_b] = all(link, a, b);
                for (sum, x, y) in [(-s, l_a, l_b), (w, s_a, s_b), (-t, w_a, w_b)] {
                    let bound = 1e-11 * (1.0 + a.abs()) + 1e-14 * (x.abs() + y.abs());
                    assert!((x + y - sum).abs() <= bound, "{link:?} ({a}, {b}): {x} + {y}, {sum}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_ever_nan() {
    let right = [
        5e-324,
        1e-310,
        1e-300,
        1e-20,
        0.3,
        1.0,
        1.0 + f64::EPSILON,
        6.6,
        36.0,
        300.0,
        709.0,
        712.0,
        746.0,
        1e5,
        1e160,
        1e308,
        INF,
    ];
    let points: Vec<f64> = right.iter().map(|x| -x).rev().chain([0.0]).chain(right).collect();
    for link in CUMULATIVE_LINKS {
        for (i, &a) in points.iter().enumerate() {
            assert_eq!(cell(link, Order::Gradient, a, a), Some(Cell::EMPTY));
            assert_eq!(cell(link, Order::Gradient, f64::NAN, a), Some(Cell::EMPTY));
            assert_eq!(cell(link, Order::Gradient, a, f64::NAN), Some(Cell::EMPTY));
            for &b in &points[i + 1..] {
                let values = all(link, a, b);
                assert!(values.iter().all(|v| !v.is_nan()) && values[0] <= 0.0, "{link:?} ({a}, {b}): {values:?}");
                assert_eq!(cell(link, Order::Gradient, b, a), Some(Cell::EMPTY));
                let mode = cell(link, Order::Mode, a, b).unwrap();
                assert_eq!([mode.l, mode.s, mode.w], values[..3], "{link:?} ({a}, {b})");
                assert_eq!(flat(&mode)[3..], [0.0; 7]);
            }
        }
        assert_eq!(cell(link, Order::Gradient, -INF, INF), Some(Cell::CERTAIN));
    }
}

#[test]
fn logistic_cells_are_finite_far_out() {
    for a in (-30..=30).map(|k| 10.0 * f64::from(k)) {
        for b in [a + 1e-9, a + 0.1, a + 2.0, a + 400.0, INF] {
            for (a, b) in [(a, b), (-b, -a)] {
                assert!(all(Link::Logit, a, b).iter().all(|v| v.is_finite()), "({a}, {b})");
            }
        }
    }
}

#[test]
fn tails_are_the_cells_of_the_open_ends() {
    for link in CUMULATIVE_LINKS {
        for x in (-200..=200).map(|k| 0.1 * f64::from(k)) {
            let [below, above] = tails(link, x);
            for (tail, [l, ..]) in [(below, all(link, -INF, x)), (above, all(link, x, INF))] {
                assert!((l.exp() - tail).abs() <= 1e-13 * (1.0 + l.abs()) * tail, "{link:?} {x}: {} {tail}", l.exp());
            }
        }
        assert_eq!([tails(link, -INF), tails(link, INF)], [[0.0, 1.0], [1.0, 0.0]], "{link:?}");
    }
}

#[test]
fn other_links_have_no_cells() {
    for (_, link) in LINKS {
        assert_eq!(cell(link, Order::Mode, 0.0, 1.0).is_some(), is_cumulative(link), "{link:?}");
        assert_eq!(tails(link, 0.0)[0].is_nan(), !is_cumulative(link));
    }
    assert_eq!(cell(Link::Custom, Order::Gradient, -1.0, 1.0), None);
}

#[test]
fn category_probabilities_are_those_of_r() {
    let table = reference("family_points.json");
    let mut compared = 0;
    for link in CUMULATIVE_LINKS {
        let entry = &table["cumulative"][link.name()];
        let mut cuts = vec![-INF];
        cuts.extend(numbers(&entry["thresholds"]));
        cuts.push(INF);
        for (eta, wanted) in numbers(&entry["eta"]).iter().zip(entry["category_probabilities"].as_array().unwrap()) {
            for (k, wanted) in numbers(wanted).iter().enumerate() {
                let p = all(link, cuts[k] - eta, cuts[k + 1] - eta)[0].exp();
                // R's are differences of F.
                assert!((p - wanted).abs() <= 1e-14, "{link:?} eta {eta} category {k}: {p} {wanted}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 140);
}
