//! Random data in random parts, merged in random orders: what the whole gives, and the same bits for the same parts.

use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::spec::{CorrelationSpec, Spec};
use interlace::stream::{Accumulator, Plan};
use interlace::watch::Watch;

use super::stream::{part, same_bits, spec};
use crate::common::Rng;
use crate::common::close::close;

const FIXED: [&str; 6] = ["x", "x + f", "0 + f + z", "x * f + z", "x + I(x - z)", "f:x + factor(k)"];
const TERMS: [&str; 5] = ["(1 | g)", "(1 | h/g)", "(1 + x | h)", "(0 + z | g) + (1 | h)", "(1 | g) + (1 | h)"];

/// Groups `g` within `h`, of which some columns have gaps; levels of `declared` are declared, and parts have only some.
fn data(rng: &mut Rng) -> Frame {
    let n = 150 + rng.below(150);
    let size = 2 + rng.below(6);
    let group = |i: usize| i / size;
    let mut frame = Frame::new(n);
    let (own, above) = (rng.normals(n), rng.normals(8));
    let texts = |name: &str, code: &dyn Fn(usize) -> usize| (0..n).map(|i| format!("{name}{}", code(i))).collect::<Vec<_>>();
    for (name, all) in [("g", texts("g", &group)), ("h", texts("h", &|i| group(i) % 8))] {
        frame.add_strings(name, &all.iter().map(|t| Some(t.as_str())).collect::<Vec<_>>()).unwrap();
    }
    let f: Vec<usize> = (0..n).map(|_| rng.below(3)).collect();
    frame.add_strings("f", &f.iter().map(|f| Some(["low", "mid", "high"][*f])).collect::<Vec<_>>()).unwrap();
    let far = if rng.below(3) == 0 { 1000.0 } else { 2.0 };
    let x: Vec<f64> = (0..n).map(|_| far + rng.normal()).collect();
    let y = |rng: &mut Rng, i: usize| 0.7 * x[i] + f[i] as f64 * 0.3 + own[group(i)] + above[group(i) % 8] + rng.normal();
    let mut responses = [vec![], vec![]];
    for i in 0..n {
        responses[0].push(y(rng, i));
        responses[1].push(1e4 - 30.0 * y(rng, i));
    }
    let [first, second] = responses;
    let gaps = rng.below(2) == 0;
    let hidden = |rng: &mut Rng, values: Vec<f64>| {
        values.into_iter().map(|v| if gaps && rng.below(20) == 0 { f64::NAN } else { v }).collect::<Vec<_>>()
    };
    let (first, second) = (hidden(rng, first), hidden(rng, second));
    for (name, values) in [
        ("y", first),
        ("second", second),
        ("x", x.clone()),
        ("z", rng.normals(n)),
        ("k", (0..n).map(|_| rng.below(4) as f64).collect()),
        ("w", (0..n).map(|_| 0.5 + rng.uniform()).collect()),
        ("off", rng.normals(n)),
        ("t", (0..n).map(|i| (i % size + usize::from(i % size > 1)) as f64).collect()),
    ] {
        frame.add_real(name, values).unwrap();
    }
    frame
}

fn model(rng: &mut Rng) -> (Spec, bool) {
    let terms = TERMS[rng.below(TERMS.len())];
    let formula = format!("y ~ {} + {terms}", FIXED[rng.below(FIXED.len())]);
    let (weighted, offset) = (rng.below(3) == 0, rng.below(3) == 0);
    let mut own = spec(&formula, |own| {
        own.weights = weighted.then(|| "w".into());
        own.offset = offset.then(|| "off".into());
    });
    let correlation = match rng.below(4) {
        0 => Some("ar1(t | g)"),
        1 => Some("ar1(1 | g)"),
        2 if !terms.contains("| g)") && !terms.contains("h/g") => Some("cs(1 | g)"),
        _ => None,
    };
    own.correlation = correlation.map(|text| CorrelationSpec::Formula(text.into()));
    (own, correlation.is_some())
}

/// Rows of each part, where groups stay whole if they have to.
fn parts(frame: &Frame, whole_groups: bool, rng: &mut Rng) -> Vec<Vec<usize>> {
    let mut parts = vec![vec![]; 2 + rng.below(6)];
    let (g, mut last) = (frame.column("g").unwrap(), 0);
    for row in 0..frame.n_rows() {
        if !whole_groups || row == 0 || g.label(row) != g.label(row - 1) {
            last = rng.below(parts.len());
        }
        parts[last].push(row);
    }
    parts
}

fn accumulated(plan: &Plan, frame: &Frame, id: usize, rows: &[usize], size: usize) -> Accumulator {
    let mut own = Accumulator::new(plan, id as u64).unwrap();
    rows.chunks(size).for_each(|rows| own.add(&part(frame, rows), &Watch::unwatched()).unwrap());
    own
}

/// Joins accumulators in a random tree.
fn joined(mut all: Vec<Accumulator>, rng: &mut Rng) -> Accumulator {
    while all.len() > 1 {
        let other = all.swap_remove(rng.below(all.len()));
        let place = rng.below(all.len());
        let other = if rng.below(2) == 0 { Accumulator::from_bytes(&other.to_bytes().unwrap()).unwrap() } else { other };
        all[place].merge(&other).unwrap();
    }
    all.remove(0)
}

/// All numbers of a fit.
fn numbers(fit: &Fit) -> Vec<f64> {
    let modes = fit.terms.iter().flat_map(|term| term.modes.iter().copied());
    let rho = fit.correlation().map(|own| own.estimate);
    let own = fit.theta.iter().chain(&fit.fixed.estimate).chain(&fit.fixed.vcov).chain([&fit.criterion, &fit.sigma]).copied();
    own.chain(modes).chain(rho).collect()
}

#[test]
fn random_models_of_random_parts_merged_in_random_orders() {
    let cases = std::env::var("INTERLACE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let watch = Watch::unwatched();
    let mut compared = 0;
    for case in 0..cases {
        let mut rng = Rng(1000 + case);
        let (frame, (spec, correlated)) = (data(&mut rng), model(&mut rng));
        let mut plan = Plan::new(&spec, Options::default().na).unwrap();
        let several = rng.below(2) == 0;
        if several {
            plan.add_response("second").unwrap();
        }
        plan.learn(&part(&frame, &(0..90).collect::<Vec<_>>()), &watch).unwrap();
        let (parts, size) = (parts(&frame, correlated, &mut rng), 1 + rng.below(40));
        let mut one = || -> Accumulator {
            let all = parts.iter().enumerate().map(|(id, rows)| accumulated(&plan, &frame, id, rows, size)).collect();
            joined(all, &mut rng)
        };
        let (first, second) = (one(), one());
        // Rows that have all responses.
        let complete = |row: &usize| {
            let known = |name: &str| !frame.column(name).unwrap().is_missing(*row);
            known("y") && (!several || known("second"))
        };
        let rows: Vec<usize> = (0..frame.n_rows()).filter(complete).collect();
        let whole = frame.select(&rows).unwrap();
        for response in if several { &["y", "second"][..] } else { &["y"] } {
            let mut own = spec.clone();
            if let interlace::spec::Source::Formula(source) = &mut own.source {
                source.formula = source.formula.replacen('y', response, 1);
            }
            let what = format!("case {case}: {response} of {:?}", own.source);
            let fit = first.fit_response(response, &Options::default(), &watch);
            let whole = Fit::new(&own, Some(&whole), &Options::default(), &watch);
            let (Ok(fit), Ok(whole)) = (&fit, &whole) else {
                assert!(fit.is_err() && whole.is_err(), "{what}: {:?} {:?}", fit.err(), whole.err());
                continue;
            };
            assert!(
                same_bits(&numbers(fit), &numbers(&second.fit_response(response, &Options::default(), &watch).unwrap())),
                "{what}"
            );
            assert_eq!((fit.n_obs, &fit.fixed.names), (whole.n_obs, &whole.fixed.names), "{what}");
            close(&format!("{what}: criterion"), &[fit.criterion], &[whole.criterion], 1e-12);
            compared += 1;
        }
    }
    assert!(compared as u64 >= cases, "{compared}");
}
