//! Every derivative against Richardson extrapolation of the next lower one.

use interlace::family::{Derivatives, Family, Observations, Order, Psi, by_name, derivatives};

/// The family, its link, responses, trials or weight, and sets of working parameters.
struct Case {
    family: &'static str,
    link: &'static str,
    y: &'static [f64],
    weight: f64,
    eta: &'static [f64],
    psi: &'static [&'static [f64]],
}

const TAILS: &[f64] = &[-30.0, -12.0, -4.0, -1.3, 0.0, 0.4, 2.0, 5.0, 12.0, 30.0];
const MODERATE: &[f64] = &[-5.0, -1.3, 0.0, 0.4, 2.0, 3.5];
const COUNTS: &[f64] = &[-30.0, -8.0, -1.0, 0.3, 2.0, 6.0, 12.0];
const POSITIVE: &[f64] = &[0.05, 0.4, 1.0, 3.0, 20.0];
const UNIT: &[f64] = &[0.001, 0.2, 0.5, 0.9];
const NONE: &[&[f64]] = &[&[]];
const SIZES: &[&[f64]] = &[&[-6.9], &[-1.0], &[0.7], &[3.0], &[14.0], &[25.0]];
const PLAIN: &[&[f64]] = &[&[-1.0], &[0.8]];

const fn case(
    family: &'static str,
    link: &'static str,
    y: &'static [f64],
    weight: f64,
    eta: &'static [f64],
    psi: &'static [&'static [f64]],
) -> Case {
    Case { family, link, y, weight, eta, psi }
}

const TWEEDIES: &[&[f64]] = &[&[0.4, 0.0], &[-2.0, 1.5], &[1.5, -2.0], &[-6.0, 0.3]];
const NBINOM12: &[&[f64]] = &[&[-1.0, 0.4], &[1.2, 3.0], &[-25.0, 0.7], &[0.4, 25.0], &[-25.0, 25.0], &[-3.0, -2.0]];
const PARTS: &[f64] = &[0.0, 0.25, 0.75, 1.0];

const CASES: &[Case] = &[
    case("gaussian", "identity", &[-2.0, 0.7], 1.5, TAILS, PLAIN),
    case("gaussian", "log", &[-2.0, 0.7], 1.5, MODERATE, PLAIN),
    case("gaussian", "inverse", &[-2.0, 0.7], 1.0, POSITIVE, PLAIN),
    case("gaussian", "sqrt", &[-2.0, 0.7], 1.0, POSITIVE, PLAIN),
    case("binomial", "logit", PARTS, 12.0, TAILS, NONE),
    case("binomial", "probit", PARTS, 12.0, TAILS, NONE),
    case("binomial", "cloglog", PARTS, 12.0, &[-30.0, -4.0, -0.5, 0.0, 1.0, 2.0, 3.0], NONE),
    case("binomial", "loglog", PARTS, 12.0, &[30.0, 4.0, 0.5, 0.0, -1.0, -2.0, -3.0], NONE),
    case("binomial", "cauchit", PARTS, 12.0, TAILS, NONE),
    case("binomial", "log", PARTS, 12.0, &[-30.0, -4.0, -0.5], NONE),
    case("binomial", "identity", PARTS, 12.0, UNIT, NONE),
    case("poisson", "log", &[0.0, 3.0, 40.0, 700.0], 1.0, COUNTS, NONE),
    case("poisson", "identity", &[0.0, 3.0, 40.0], 2.0, POSITIVE, NONE),
    case("poisson", "sqrt", &[0.0, 3.0, 40.0], 1.0, POSITIVE, NONE),
    case("gamma", "log", POSITIVE, 1.0, MODERATE, &[&[-3.0], &[0.5], &[5.0]]),
    case("gamma", "inverse", POSITIVE, 1.7, POSITIVE, PLAIN),
    case("gamma", "identity", POSITIVE, 1.0, POSITIVE, PLAIN),
    case("gamma", "1/mu^2", POSITIVE, 1.0, POSITIVE, PLAIN),
    case("nbinom2", "log", &[0.0, 1.0, 7.0, 300.0], 1.0, COUNTS, SIZES),
    case("nbinom2", "sqrt", &[0.0, 1.0, 7.0], 1.0, POSITIVE, PLAIN),
    case("nbinom2", "identity", &[0.0, 1.0, 7.0], 3.0, POSITIVE, PLAIN),
    case("nbinom1", "log", &[0.0, 1.0, 7.0, 300.0], 1.0, &[-8.0, -1.0, 0.3, 2.0, 6.0], &[&[-25.0], &[-3.0], &[0.7], &[4.0]]),
    case("nbinom1", "sqrt", &[0.0, 1.0, 7.0], 1.0, POSITIVE, PLAIN),
    case("inverse_gaussian", "log", POSITIVE, 1.4, MODERATE, PLAIN),
    case("inverse_gaussian", "1/mu^2", POSITIVE, 1.4, POSITIVE, PLAIN),
    case("inverse_gaussian", "inverse", POSITIVE, 1.0, POSITIVE, PLAIN),
    case("beta", "logit", UNIT, 1.0, &[-30.0, -6.0, -1.0, 0.4, 5.0, 30.0], &[&[-4.0], &[0.7], &[4.0], &[9.0]]),
    case("beta", "probit", UNIT, 2.0, MODERATE, PLAIN),
    case("beta", "cloglog", UNIT, 1.0, &[-5.0, -1.3, 0.0, 1.2], PLAIN),
    case("beta", "loglog", UNIT, 1.0, &[-1.2, 0.0, 1.3, 5.0], PLAIN),
    case("beta", "cauchit", UNIT, 1.0, MODERATE, PLAIN),
    case("betabinomial", "logit", PARTS, 12.0, TAILS, &[&[-4.0], &[0.7], &[4.0], &[20.0]]),
    case("betabinomial", "logit", PARTS, 1000.0, MODERATE, &[&[-2.0], &[0.7], &[4.0], &[20.0]]),
    case("betabinomial", "probit", PARTS, 12.0, MODERATE, PLAIN),
    case("student_t", "identity", &[-2.0, 0.7], 1.0, TAILS, &[&[0.3, -0.5], &[-1.0, 2.0], &[0.5, 4.7], &[0.0, 12.0]]),
    case("student_t", "log", &[-2.0, 0.7], 2.0, MODERATE, &[&[0.3, 1.0]]),
    case("lognormal", "identity", POSITIVE, 1.5, TAILS, PLAIN),
    case("tweedie", "log", &[0.0, 0.02, 1.0, 30.0, 4000.0], 1.0, MODERATE, TWEEDIES),
    case("tweedie", "sqrt", &[0.0, 1.0, 30.0], 2.0, POSITIVE, &[&[0.4, 0.3]]),
    case("truncated_poisson", "log", &[1.0, 2.0, 40.0], 1.0, COUNTS, NONE),
    case("truncated_poisson", "sqrt", &[1.0, 2.0, 40.0], 1.0, POSITIVE, NONE),
    case("truncated_nbinom2", "log", &[1.0, 7.0, 300.0], 1.0, &[-7.0, -1.0, 0.3, 2.0, 6.0], SIZES),
    case("truncated_nbinom1", "log", &[1.0, 7.0, 300.0], 1.0, &[-7.0, -1.0, 0.3, 2.0, 6.0], &[&[-25.0], &[-3.0], &[0.7], &[4.0]]),
    case("genpois", "log", &[0.0, 1.0, 7.0, 300.0], 1.0, &[-8.0, -1.0, 0.3, 2.0, 6.0], &[&[0.3], &[1.7], &[6.0]]),
    case("genpois", "log", &[0.0, 1.0, 7.0, 300.0], 1.0, &[6.0], &[&[0.0], &[-1e-3], &[-0.4], &[-1.0]]),
    case("genpois", "sqrt", &[0.0, 1.0, 7.0], 1.0, POSITIVE, &[&[0.8]]),
    case("truncated_genpois", "log", &[1.0, 7.0, 300.0], 1.0, &[-7.0, -1.0, 0.3, 2.0, 6.0], &[&[0.3], &[1.7]]),
    case("compois", "log", &[0.0, 1.0, 7.0, 300.0], 1.0, &[-8.0, -1.0, 0.3, 2.0, 4.0], &[&[-2.0], &[-0.3], &[0.0], &[0.7]]),
    case("compois", "log", &[0.0, 7.0, 300.0, 1100.0], 1.0, &[5.5, 7.0], &[&[-2.0], &[0.0], &[0.4]]),
    case("compois", "log", &[0.0, 1.0, 9.0], 1.0, &[-1.0, 1.0], &[&[3.0], &[12.0]]),
    case("compois", "sqrt", &[0.0, 1.0, 7.0], 1.0, POSITIVE, &[&[0.8]]),
    case("truncated_compois", "log", &[1.0, 7.0, 40.0], 1.0, &[-3.0, 0.3, 2.0], &[&[-0.8], &[0.6]]),
    case("bell", "log", &[0.0, 1.0, 7.0, 39.0, 40.0, 300.0], 1.0, COUNTS, NONE),
    case("bell", "identity", &[0.0, 1.0, 7.0], 2.0, POSITIVE, NONE),
    case("nbinom12", "log", &[0.0, 1.0, 7.0, 300.0], 1.0, &[-8.0, -1.0, 0.3, 2.0, 6.0], NBINOM12),
    case("nbinom12", "sqrt", &[0.0, 1.0, 7.0], 1.0, POSITIVE, &[&[-1.0, 0.4]]),
    case("skewnormal", "identity", &[-2.0, 0.7], 1.0, TAILS, &[&[-0.5, 1.5], &[0.8, -4.0]]),
    case("skewnormal", "identity", &[-2.0, 0.7], 1.0, MODERATE, &[&[0.3, 0.0]]),
    case("skewnormal", "log", &[-2.0, 0.7], 2.0, MODERATE, &[&[0.3, 1.0]]),
    case("zero_one_inflated_beta", "logit", PARTS, 1.5, MODERATE, &[&[0.7, -1.0, 0.4]]),
    case("ordered_beta", "logit", PARTS, 1.5, TAILS, &[&[0.7, -1.0, 0.4], &[3.0, 0.3, -2.0]]),
];

fn at(family: &dyn Family, y: f64, weight: f64, eta: f64, psi: &[f64]) -> Derivatives {
    let psi: Vec<Psi> = psi.iter().map(|&p| Psi::Shared(p)).collect();
    let (y, weight) = ([y], [weight]);
    let data = Observations { y: &y, weights: &weight };
    derivatives(family, &data, &[eta], &psi, Order::Gradient).unwrap()
}

/// The derivative of f at zero by Richardson extrapolation, and what rounding may have done to it.
pub(super) fn difference(step: f64, f: impl Fn(f64) -> f64) -> (f64, f64) {
    const LEVELS: usize = 5;
    let mut table = [0.0; LEVELS];
    let (mut h, mut size) = (step, 0.0_f64);
    for level in 0..LEVELS {
        let (up, down) = (f(h), f(-h));
        size = size.max(up.abs()).max(down.abs());
        let mut next = (up - down) / (2.0 * h);
        let mut factor = 1.0;
        for entry in table.iter_mut().take(level) {
            factor *= 4.0;
            let last = *entry;
            *entry = next;
            next += (next - last) / (factor - 1.0);
        }
        table[level] = next;
        h *= 0.5;
    }
    (table[LEVELS - 1], size * 2e-15 / h)
}

/// What disagrees, so that one run tells all.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn compare(&mut self, what: &str, place: &str, floor: f64, analytic: f64, (numeric, noise): (f64, f64)) {
        let tolerance = 2e-8 * analytic.abs().max(numeric.abs()) + noise + floor;
        let difference = (analytic - numeric).abs();
        if difference.is_nan() || difference > tolerance {
            self.0.push(format!("{place}: {what} is {analytic:e}, by differences {numeric:e} +- {tolerance:e}"));
        }
    }
}

fn check(family: &dyn Family, y: f64, weight: f64, eta: f64, psi: &[f64], failures: &mut Failures) {
    // Where a density is chained with a link, terms far larger than their sum meet.
    let floor: f64 = if matches!(family.link().name(), "log" | "logit") { 1e-12 } else { 1e-9 };
    // Above 200 the sums over a count are differences of gamma functions, whose terms have the size of the count.
    let floor = if y * weight > 200.0 { floor.max(1e-12 * y * weight) } else { floor };
    let place = format!("{} {} y={y} weight={weight} eta={eta} psi={psi:?}", family.name(), family.link().name());
    let d = at(family, y, weight, eta, psi);
    // Steps that stay in the domain of links that have one, and within the scale on which e^eta changes.
    let step = if matches!(family.link().name(), "log" | "logit" | "probit" | "cloglog" | "loglog" | "cauchit") {
        0.1
    } else {
        0.05 * eta.abs().clamp(1e-3, 1.0)
    };
    let by_eta = |get: fn(&Derivatives) -> f64| difference(step, |h| get(&at(family, y, weight, eta + h, psi)));
    if !d.l[0].is_finite() {
        failures.0.push(format!("{place}: l is {}", d.l[0]));
    }
    failures.compare("s", &place, floor, d.s[0], by_eta(|d| d.l[0]));
    failures.compare("-w", &place, floor, -d.w[0], by_eta(|d| d.s[0]));
    failures.compare("t", &place, floor, d.t[0], by_eta(|d| d.w[0]));
    for j in 0..psi.len() {
        let by_psi = |get: &dyn Fn(&Derivatives) -> f64| {
            difference(0.1, |h| {
                let mut moved = psi.to_vec();
                moved[j] += h;
                get(&at(family, y, weight, eta, &moved))
            })
        };
        let name = &family.parameters()[j].name;
        failures.compare(&format!("l by {name}"), &place, floor, d.psi[j].l[0], by_psi(&|d| d.l[0]));
        failures.compare(&format!("s by {name}"), &place, floor, d.psi[j].s[0], by_psi(&|d| d.s[0]));
        failures.compare(&format!("w by {name}"), &place, floor, d.psi[j].w[0], by_psi(&|d| d.w[0]));
    }
}

#[test]
fn derivatives_agree_with_differences() {
    let mut failures = Failures::default();
    for case in CASES {
        let family = by_name(case.family, Some(case.link)).unwrap();
        for &y in case.y {
            for &eta in case.eta {
                for psi in case.psi {
                    check(family.as_ref(), y, case.weight, eta, psi, &mut failures);
                }
            }
        }
    }
    assert!(failures.0.is_empty(), "{} of them:\n{}", failures.0.len(), failures.0.join("\n"));
}
