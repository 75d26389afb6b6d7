use super::*;
use crate::family::{Derivatives, derivatives};
use crate::simulate::Purpose;

const THETA: [f64; 3] = [-0.8, 0.4, 1.3];
const LOG_SCALE: f64 = 0.35;

fn family(link: Link) -> Cumulative {
    Cumulative::new(link, 4).unwrap()
}

fn parameters() -> Vec<f64> {
    [&[LOG_SCALE][..], &THETA].concat()
}

fn at(family: &Cumulative, y: f64, eta: f64, psi: &[f64], order: Order) -> Derivatives {
    let psi: Vec<Psi> = psi.iter().map(|&v| Psi::Shared(v)).collect();
    derivatives(family, &Observations { y: &[y], weights: &[1.7] }, &[eta], &psi, order).unwrap()
}

fn slope(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 0.005;
    let odd = |k: f64| f(x + k * h) - f(x - k * h);
    (45.0 * odd(1.0) - 9.0 * odd(2.0) + odd(3.0)) / (60.0 * h)
}

#[test]
fn derivatives_are_those_of_the_values() {
    for link in CUMULATIVE_LINKS {
        let family = family(link);
        for (y, eta) in [1.0, 2.0, 3.0, 4.0].iter().flat_map(|y| [-1.2, 0.1, 0.9].map(|eta| (*y, eta))) {
            let d = at(&family, y, eta, &parameters(), Order::Gradient);
            let columns = |d: &Derivatives| [d.l[0], d.s[0], d.w[0]];
            for i in 0..3 {
                let near = |seen: f64, wanted: f64, what: &str| {
                    assert!(
                        (seen - wanted).abs() <= 1e-8 * (1.0 + wanted.abs()),
                        "{link:?} y {y} eta {eta} {i} {what}: {seen} {wanted}"
                    );
                };
                let by_eta = slope(|eta| columns(&at(&family, y, eta, &parameters(), Order::Mode))[i], eta);
                near([d.s[0], -d.w[0], d.t[0]][i], by_eta, "eta");
                for j in 0..4 {
                    let moved = |value: f64| {
                        let mut psi = parameters();
                        psi[j] = value;
                        columns(&at(&family, y, eta, &psi, Order::Mode))[i]
                    };
                    let psi = &d.psi[j];
                    near([psi.l[0], psi.s[0], psi.w[0]][i], slope(moved, parameters()[j]), &family.parameters()[j].name);
                }
            }
        }
    }
}

#[test]
fn parameters_can_differ_from_row_to_row() {
    let family = family(Link::Logit);
    let (y, eta, scale, first) = ([1.0, 2.0], [0.3, -0.4], [0.0, 0.9], [-1.0, -0.2]);
    let psi = [Psi::PerRow(&scale), Psi::PerRow(&first), Psi::Shared(0.4), Psi::Shared(1.3)];
    let together = derivatives(&family, &Observations { y: &y, weights: &[] }, &eta, &psi, Order::Gradient).unwrap();
    for i in 0..2 {
        let own = at(&family, y[i], eta[i], &[scale[i], first[i], 0.4, 1.3], Order::Gradient);
        assert!((together.l[i] - own.l[0] / 1.7).abs() < 1e-15);
        assert!((together.psi[1].w[i] - own.psi[1].w[0] / 1.7).abs() < 1e-15);
    }
    // A category has no derivatives in thresholds that are not its own.
    assert_eq!([together.psi[2].l[0], together.psi[3].l[1]], [0.0; 2]);
}

#[test]
fn thresholds_out_of_order_have_no_probability() {
    let family = family(Link::Probit);
    let d = at(&family, 2.0, 0.3, &[0.0, 1.0, 0.5, 2.0], Order::Gradient);
    assert_eq!((d.l[0], d.s[0], d.w[0], d.t[0]), (f64::NEG_INFINITY, 0.0, 0.0, 0.0));
    assert!(family.response_mean(0.0, &[0.0, 1.0, 0.5, 2.0]).is_nan());
    let mut out = [0.0; 4];
    probabilities(Link::Probit, 0.0, 1.0, &[1.0, 0.5, 2.0], &mut out);
    assert!(out.iter().all(|p| p.is_nan()));
    probabilities(Link::Log, 0.0, 1.0, &THETA, &mut out);
    assert!(out.iter().all(|p| p.is_nan()));
    assert_eq!(at(&family, 1.0, f64::NAN, &parameters(), Order::Mode).l[0], f64::NEG_INFINITY);
}

#[test]
fn probabilities_sum_to_one_and_agree() {
    for link in CUMULATIVE_LINKS {
        let family = family(link);
        for eta in [-6.0, -1.0, 0.2, 3.0] {
            let (mut p, mut sums) = ([0.0; 4], [0.0; 4]);
            probabilities(link, eta, LOG_SCALE.exp(), &THETA, &mut p);
            cumulative_probabilities(link, eta, LOG_SCALE.exp(), &THETA, &mut sums);
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-14, "{link:?}");
            assert_eq!(sums[3], 1.0);
            let mean: f64 = (1..).zip(p).map(|(k, p)| f64::from(k) * p).sum();
            assert!((family.response_mean(eta, &parameters()) - mean).abs() < 1e-14);
            for k in 1..=4 {
                let cdf = family.cdf(f64::from(k), eta, 1.0, &parameters());
                let below: f64 = p[..k as usize].iter().sum();
                assert!((sums[k as usize - 1] - below).abs() < 1e-14 && (cdf.at_or_below - below).abs() < 1e-14, "{link:?}");
                assert!((cdf.at_or_above - cdf.above - p[k as usize - 1]).abs() < 1e-14);
            }
            // The information is the mean of the observed one.
            let (mut w, mut t) = ([0.0], [0.0]);
            let psi: Vec<Psi> = parameters().into_iter().map(Psi::Shared).collect();
            let data = Observations { y: &[1.0], weights: &[1.7] };
            assert!(family.expected_weight(&data, &[eta], &psi, &mut w, &mut t).unwrap());
            let observed: f64 =
                (1..).zip(p).map(|(k, p)| p * at(&family, f64::from(k), eta, &parameters(), Order::Mode).w[0]).sum();
            assert!((w[0] - observed).abs() < 1e-12 * (1.0 + observed.abs()), "{link:?} {eta}: {} {observed}", w[0]);
            let information = |eta: f64| {
                let mut w = [0.0];
                family.expected_weight(&data, &[eta], &psi, &mut w, &mut [0.0]).unwrap();
                w[0]
            };
            assert!((t[0] - slope(information, eta)).abs() < 1e-9, "{link:?} {eta}");
        }
    }
}

#[test]
fn small_probabilities_keep_their_digits() {
    let (mut p, mut sums) = ([0.0; 4], [0.0; 4]);
    probabilities(Link::Logit, -60.0, 1.0, &THETA, &mut p);
    assert!((p[3] / (-61.3_f64).exp() - 1.0).abs() < 1e-13);
    cumulative_probabilities(Link::Logit, 60.0, 1.0, &THETA, &mut sums);
    assert!((sums[0] / (-60.8_f64).exp() - 1.0).abs() < 1e-13);
}

#[test]
fn simulated_categories_have_their_frequencies() {
    for link in CUMULATIVE_LINKS {
        let (family, draws) = (family(link), 40_000);
        let mut stream = Stream::new(11, 0, Purpose::Response);
        let (mut counts, mut p) = ([0.0; 4], [0.0; 4]);
        for _ in 0..draws {
            counts[family.simulate(0.3, 1.0, &parameters(), &mut stream) as usize - 1] += 1.0;
        }
        probabilities(link, 0.3, LOG_SCALE.exp(), &THETA, &mut p);
        let chi_square: f64 = (0..4).map(|k| (counts[k] - f64::from(draws) * p[k]).powi(2) / (f64::from(draws) * p[k])).sum();
        // The upper 1e-4 point of chi-square on three degrees of freedom.
        assert!(chi_square < 21.1, "{link:?}: {chi_square}");
        assert!(family.simulate(f64::NAN, 1.0, &parameters(), &mut stream).is_nan());
    }
}

#[test]
fn start_is_the_shares() {
    let mut family = family(Link::Logit);
    let data = Observations { y: &[1.0, 1.0, 2.0, 4.0, 4.0, 4.0], weights: &[] };
    let start = family.start_psi(&data, &[0.0; 6]).unwrap();
    // 2.5, 1.5, 0.5, 3.5 of 8.
    let wanted = [0.0, (2.5_f64 / 5.5).ln(), 0.0, (4.5_f64 / 3.5).ln()];
    assert!(start.iter().zip(wanted).all(|(seen, wanted)| (seen - wanted).abs() < 1e-14), "{start:?}");
    family.fix("scale", 2.0).unwrap();
    assert_eq!(family.start_psi(&data, &[0.0; 6]).unwrap()[0], 2.0_f64.ln());
}

#[test]
fn what_is_not_possible_is_said() {
    let message = |error: Error| error.message;
    assert_eq!(
        message(Cumulative::new(Link::Log, 3).unwrap_err()),
        "family cumulative: the link log is not possible; expected one of logit, probit, cloglog, loglog, cauchit"
    );
    assert!(message(Cumulative::new(Link::Logit, 1).unwrap_err()).contains("1 categories; expected at least 2"));
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&n| n.to_owned()).collect() };
    assert!(family(Link::Logit).with_names(&names(&["a|b"])).is_err());
    let family = family(Link::Logit).with_names(&names(&["a|b", "b|c", "c|d"])).unwrap();
    let known: Vec<&str> = family.parameters().iter().map(|p| p.name.as_ref()).collect();
    assert_eq!(known, ["scale", "a|b", "b|c", "c|d"]);
    assert_eq!(family.parameters()[0].fixed, Some(1.0));
    for y in [0.0, 5.0, 1.5, f64::NAN] {
        let error = family.check_response(&Observations { y: &[1.0, y], weights: &[] }).unwrap_err();
        assert!(error.message.contains("in row 2 (counting from 1); expected a category from 1 to 4"), "{error}");
    }
    let error = family.check_response(&Observations { y: &[1.0], weights: &[0.0] }).unwrap_err();
    assert!(error.message.contains("weight 0 in row 1"), "{error}");
}
