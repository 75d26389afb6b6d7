//! Distribution functions against sums and integrals of the densities, against simulated responses, and far in the tails.

use crate::common::close::close_above;
use interlace::family::special::{beta_tails, gamma_tails};
use interlace::family::{Cumulative, Family, Observations, Order, Psi, ZeroMixture, ZeroPart, by_name, derivatives};
use interlace::simulate::{Purpose, Stream};

use super::simulated::{CASES, DRAWS, draws};

const COUNTS: [&str; 12] = [
    "poisson",
    "nbinom1",
    "nbinom2",
    "truncated_poisson",
    "truncated_nbinom1",
    "truncated_nbinom2",
    "genpois",
    "truncated_genpois",
    "compois",
    "truncated_compois",
    "bell",
    "nbinom12",
];

fn is_count(name: &str) -> bool {
    COUNTS.contains(&name)
}

fn is_proportion(name: &str) -> bool {
    ["binomial", "betabinomial"].contains(&name)
}

/// exp of the log-densities, of weight one where the weight multiplies them.
fn densities(family: &dyn Family, y: &[f64], weight: f64, eta: f64, psi: &[f64]) -> Vec<f64> {
    let factor = family.weight_role() == interlace::family::WeightRole::Factor;
    let weights = vec![if factor { 1.0 } else { weight }; y.len()];
    let psi: Vec<Psi> = psi.iter().map(|&p| Psi::Shared(p)).collect();
    let data = Observations { y, weights: &weights };
    let d = derivatives(family, &data, &vec![eta; y.len()], &psi, Order::Value).unwrap();
    d.l.iter().map(|l| l.exp()).collect()
}

fn near(place: &str, seen: f64, wanted: f64, relative: f64) {
    close_above(0.0, place, &[seen], &[wanted], relative);
}

fn sides_agree(place: &str, c: Cumulative) {
    assert!((c.at_or_below + c.above - 1.0).abs() < 1e-12 && (c.below + c.at_or_above - 1.0).abs() < 1e-12, "{place}: {c:?}");
    assert!(c.below <= c.at_or_below && c.above <= c.at_or_above, "{place}: {c:?}");
}

#[test]
fn sums_of_probabilities() {
    for &(name, link, weight, eta, psi) in CASES.iter().filter(|case| is_count(case.0) || is_proportion(case.0)) {
        let family = by_name(name, Some(link)).unwrap();
        let proportion = is_proportion(name);
        let most = if proportion { weight } else { 20_000.0 };
        let y: Vec<f64> = (0..=most as usize).map(|k| if proportion { k as f64 / weight } else { k as f64 }).collect();
        let mut p = densities(family.as_ref(), &y, weight, eta, psi);
        if name.starts_with("truncated") {
            p[0] = 0.0;
        }
        // With phi below one the probabilities of a generalised Poisson count are those of its density over their sum.
        if name.ends_with("genpois") && psi[0] < 0.0 {
            let total: f64 = p.iter().sum();
            assert!((total - 1.0).abs() < 1e-6, "{name} {eta} {psi:?}: {total}");
            p.iter_mut().for_each(|p| *p /= total);
        }
        let last = p.iter().rposition(|&p| p > 1e-40).unwrap();
        let mut above = p[last + 1..].iter().sum::<f64>();
        for k in (0..=last).rev() {
            let place = format!("{name} {link} weight={weight} eta={eta} psi={psi:?} y={}", y[k]);
            let below: f64 = p[..k].iter().sum();
            let c = family.cdf(y[k], eta, weight, psi);
            if k < last {
                near(&place, c.above, above, 1e-8);
            }
            near(&place, c.below, below, 1e-8);
            near(&place, c.at_or_below, below + p[k], 1e-8);
            above += p[k];
            near(&place, c.at_or_above, above, 1e-8);
            sides_agree(&place, c);
        }
    }
}

/// Simpson's rule.
fn integral(family: &dyn Family, (weight, eta, psi): (f64, f64, &[f64]), reach: f64, y: impl Fn(f64) -> [f64; 2]) -> f64 {
    const PANELS: usize = 60_000;
    let h = reach / PANELS as f64;
    let points: Vec<[f64; 2]> = (0..=PANELS).map(|i| y(h * i as f64)).collect();
    let at: Vec<f64> = points.iter().map(|p| p[0]).collect();
    let f = densities(family, &at, weight, eta, psi);
    let share = |i: usize| if i == 0 || i == PANELS { 1.0 } else { 2.0 + 2.0 * (i % 2) as f64 };
    h / 3.0 * (0..=PANELS).filter(|&i| f[i] > 0.0).map(|i| share(i) * f[i] * points[i][1]).sum::<f64>()
}

#[test]
fn integrals_of_densities() {
    for &(name, link, weight, eta, psi) in CASES.iter().filter(|case| !is_count(case.0) && !is_proportion(case.0)) {
        let family = by_name(name, Some(link)).unwrap();
        let family = family.as_ref();
        let mut sample = draws(family, weight, eta, psi, 1);
        let unit = name.contains("beta");
        let line = ["gaussian", "student_t", "skewnormal"].contains(&name);
        // Close to one, doubles are too coarse to integrate a density that is infinite there.
        sample.retain(|&y| line || y > 0.0 && (!unit || y < 0.999));
        sample.sort_by(f64::total_cmp);
        let of = (weight, eta, psi);
        let zero = if line { 0.0 } else { family.cdf(0.0, eta, weight, psi).at_or_below };
        if zero > 0.0 {
            near(name, zero, densities(family, &[0.0], weight, eta, psi)[0], 1e-12);
        }
        for share in [0.001, 0.6, 0.999] {
            let q = sample[(share * sample.len() as f64) as usize];
            let place = format!("{name} {link} weight={weight} eta={eta} psi={psi:?} y={q}");
            let c = family.cdf(q, eta, weight, psi);
            let lower = if line {
                integral(family, of, 30.0, |v| [q - v.sinh(), v.cosh()])
            } else if unit {
                let logit = (q / (1.0 - q)).ln();
                let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
                integral(family, of, 150.0, |v| [expit(logit - v), expit(logit - v) * expit(v - logit)])
            } else {
                integral(family, of, 150.0, |v| [q * (-v).exp(), q * (-v).exp()])
            };
            near(&place, c.at_or_below, lower + zero, 1e-8);
            if !unit {
                let upper = if line {
                    integral(family, of, 30.0, |v| [q + v.sinh(), v.cosh()])
                } else {
                    integral(family, of, 30.0, |v| [q * v.exp(), q * v.exp()])
                };
                near(&place, c.above, upper, 1e-8);
            }
            sides_agree(&place, c);
            assert_eq!(c.below, c.at_or_below);
        }
    }
}

/// Randomised residuals of simulated responses are uniform: Kolmogorov's distance with probability 1e-6 of an error.
#[test]
fn simulated_responses_follow_the_distribution() {
    for (replicate, &(name, link, weight, eta, psi)) in CASES.iter().enumerate() {
        let family = by_name(name, Some(link)).unwrap();
        let mut stream = Stream::new(9, replicate as u64, Purpose::Residuals);
        let residual = |y: f64| {
            let c = family.cdf(y, eta, weight, psi);
            c.below + stream.uniform() * (c.at_or_below - c.below)
        };
        let mut u: Vec<f64> = draws(family.as_ref(), weight, eta, psi, replicate as u64).into_iter().map(residual).collect();
        u.sort_by(f64::total_cmp);
        let n = DRAWS as f64;
        let distance = u.iter().enumerate().map(|(i, u)| (u - (i as f64 + 0.5) / n).abs()).fold(0.0, f64::max);
        assert!(distance < 2.7 / n.sqrt(), "{name} {link} eta={eta} psi={psi:?}: {distance}");
    }
}

#[test]
fn distribution_functions_rise() {
    for &(name, link, weight, eta, psi) in CASES {
        let family = by_name(name, Some(link)).unwrap();
        let mut y = draws(family.as_ref(), weight, eta, psi, 2);
        y.truncate(500);
        y.extend([-1.0, 0.0, 0.5, 1.0, 2.0, 1e4]);
        y.sort_by(f64::total_cmp);
        let mut last = Cumulative { below: 0.0, at_or_below: 0.0, above: 1.0, at_or_above: 1.0 };
        for y in y {
            let c = family.cdf(y, eta, weight, psi);
            let rises = c.below >= last.below - 1e-15 && c.at_or_below >= last.at_or_below - 1e-15;
            let falls = c.above <= last.above + 1e-15 && c.at_or_above <= last.at_or_above + 1e-15;
            assert!(rises && falls && c.below >= 0.0 && c.above >= 0.0, "{name} {link} {y}: {last:?} {c:?}");
            last = c;
        }
        assert!(family.cdf(f64::NAN, eta, weight, psi).below.is_nan());
    }
}

#[test]
fn zeros_of_their_own_are_counted() {
    let inflated = ZeroMixture { part: ZeroPart::Inflation, family: by_name("poisson", None).unwrap() };
    let pi = 1.0 / (1.0 + 0.4_f64.exp());
    let c = inflated.cdf(0.0, [0.3, -0.4], 1.0, &[]);
    near("zero", c.at_or_below, pi + (1.0 - pi) * (-0.3_f64.exp()).exp(), 1e-14);
    assert_eq!((c.below, c.at_or_above), (0.0, 1.0));
    let hurdle = ZeroMixture { part: ZeroPart::Hurdle, family: by_name("truncated_poisson", None).unwrap() };
    let c = hurdle.cdf(1.0, [0.3, -0.4], 1.0, &[]);
    near("one", c.below, pi, 1e-14);
    near("above", c.above, (1.0 - pi) * hurdle.family.cdf(1.0, 0.3, 1.0, &[]).above, 1e-14);
}

#[rustfmt::skip]
#[allow(clippy::unreadable_literal)]
const GAMMA: &[(f64, f64, f64, f64)] = &[
    (0.5, 1e-08, 0.00011283791633342487, 0.9998871620836666),
    (0.01, 0.3, 0.990927603578235, 0.009072396421765093),
    (3.0, 90.0, 1.0, 3.3931406275944725e-36),
    (20.0, 1.5, 3.283434196613644e-16, 0.9999999999999997),
    (100.0, 100.0, 0.5132987982791487, 0.48670120172085135),
    (10000.0, 9700.0, 0.001234175584468492, 0.9987658244155315),
    (10000.0, 10500.0, 0.9999995724127545, 4.2758724550596475e-07),
    (1000000.0, 1003000.0, 0.9986382593537824, 0.0013617406462175915),
];

#[rustfmt::skip]
#[allow(clippy::unreadable_literal)]
const BETA: &[(f64, f64, f64, f64, f64)] = &[
    (0.5, 0.5, 1e-09, 2.0131684845150097e-05, 0.9999798683151548),
    (2.0, 3.0, 0.75, 0.94921875, 0.05078125),
    (0.01, 5.0, 0.5, 0.9998897842885542, 0.00011021571144581062),
    (40.0, 3.0, 0.25, 4.0717965652922787e-22, 1.0),
    (300.0, 700.0, 0.25, 0.00017989197772738934, 0.9998201080222726),
    (300.0, 700.0, 0.375, 0.9999996905050847, 3.0949491529514735e-07),
    (5.0, 1000000.0, 1.52587890625e-05, 0.999295506861716, 0.0007044931382840414),
];

#[test]
fn far_tails_keep_their_digits() {
    // Arithmetic of 50 digits.
    for &(a, x, lower, upper) in GAMMA {
        let [l, u] = gamma_tails(a, x);
        near(&format!("gamma {a} {x}"), l, lower, 3e-11);
        near(&format!("gamma {a} {x}"), u, upper, 3e-11);
    }
    for &(a, b, x, lower, upper) in BETA {
        let [l, u] = beta_tails(a, b, x, 1.0 - x);
        near(&format!("beta {a} {b} {x}"), l, lower, 3e-11);
        near(&format!("beta {a} {b} {x}"), u, upper, 3e-11);
    }
    // 40 standard deviations up, a residual is still finite.
    let c = by_name("gaussian", None).unwrap().cdf(30.0, 0.0, 1.0, &[0.0]);
    near("normal", c.above, 4.906_713_927_148_187e-198, 1e-12);
    assert_eq!(c.at_or_below, 1.0);
}

/// Responses and counts so far out that their sums would have no end, and shapes so large that series would.
#[test]
fn distribution_functions_end_far_out_and_for_the_largest_counts() {
    for name in interlace::family::names() {
        let family = by_name(name, None).unwrap();
        let psi = vec![1.0; family.parameters().len()];
        for y in [1e9, 1e30, 1e300] {
            let far = family.cdf(y, 0.4, 5.0, &psi);
            assert!(far.above < 1e-8 && far.at_or_below > 1.0 - 1e-8, "{name} {y:e}: {far:?}");
        }
    }
    // Expected values: integrals of the Gamma density in 60 digits.
    let poisson = by_name("poisson", Some("identity")).unwrap();
    for (mean, k, lower) in [
        (1e11, 1e11, 0.500_000_841_044_174),
        (1e11, 1e11 - 5e5, 0.056_923_239_364_619_49),
        (1e13, 1e13 + 2e6, 0.736_455_433_540_209_5),
        (1e15, 1e15 - 3e7, 0.171_390_859_730_074_94),
    ] {
        let seen = poisson.cdf(k, mean, 1.0, &[]);
        assert!((seen.at_or_below - lower).abs() < 1e-13, "{mean:e} {k:e}: {:e}", seen.at_or_below);
        assert!((seen.at_or_below + seen.above - 1.0).abs() < 1e-15);
    }
}
