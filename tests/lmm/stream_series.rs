//! Correlated residuals of data in parts.

use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{KenwardRoger, Satterthwaite};
use interlace::options::Options;
use interlace::resample::BootstrapOptions;
use interlace::spec::{CorrelationSpec, Spec};
use interlace::stream::{Accumulator, Plan};
use interlace::watch::Watch;

use super::stream::{accumulate, part, plan, same_bits, spec};
use crate::common::Rng;
use crate::common::close::{close, close_above};

/// Rows of groups of unequal sizes within regions, whose residuals have a correlation of 0.6 at distance one.
fn data(seed: u64, groups: usize) -> Frame {
    let mut rng = Rng(seed);
    let (mut g, mut h, mut f) = (vec![], vec![], vec![]);
    let (mut t, mut late, mut x, mut w, mut y) = (vec![], vec![], vec![], vec![], vec![]);
    for group in 0..groups {
        let size = 2 + (rng.uniform() * 5.0) as usize;
        let (own, mut e, mut time) = (rng.normal(), rng.normal(), (group % 3) as f64);
        for k in 0..size {
            let gap = if k == 0 { 0.0 } else { f64::from(1 + i32::from(rng.uniform() < 0.3)) };
            time += gap;
            let p = 0.6_f64.powf(gap);
            e = p * e + (1.0 - p * p).sqrt() * rng.normal();
            g.push(format!("g{group}"));
            h.push(format!("h{}", group % 7));
            f.push(["low", "mid", "high"][(rng.uniform() * 3.0) as usize]);
            t.push(time);
            late.push(time * 0.5 + 0.25);
            x.push(5.0 + 2.0 * rng.normal());
            w.push(0.5 + rng.uniform());
            y.push(20.0 + 0.5 * x[x.len() - 1] + own + (group % 7) as f64 * 0.4 + e);
        }
    }
    let mut frame = Frame::new(y.len());
    for (name, values) in [("g", g), ("h", h)] {
        frame.add_strings(name, &values.iter().map(|v| Some(v.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame.add_strings("f", &f.iter().map(|v| Some(*v)).collect::<Vec<_>>()).unwrap();
    for (name, values) in [("t", t), ("late", late), ("x", x), ("w", w), ("y", y)] {
        frame.add_real(name, values).unwrap();
    }
    frame
}

fn model(formula: &str, correlation: &str, weights: Option<&str>) -> Spec {
    let mut own = spec(formula, |own| own.weights = weights.map(Into::into));
    own.correlation = Some(CorrelationSpec::Formula(correlation.into()));
    own
}

/// The rows of each group.
fn groups(frame: &Frame) -> Vec<Vec<usize>> {
    let column = frame.column("g").unwrap();
    let mut all: Vec<Vec<usize>> = vec![];
    for row in 0..frame.n_rows() {
        match all.last_mut() {
            Some(last) if column.label(last[0]) == column.label(row) => last.push(row),
            _ => all.push(vec![row]),
        }
    }
    all
}

/// Whole groups in each of some parts, at random.
fn parts_of(frame: &Frame, count: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
    let mut parts = vec![vec![]; count];
    groups(frame).into_iter().for_each(|rows| parts[(rng.uniform() * count as f64) as usize].extend(rows));
    parts
}

const MODELS: [(&str, &str, Option<&str>); 10] = [
    ("y ~ x + (1 | h)", "ar1(1 | g)", None),
    ("y ~ x + f + (1 | g)", "ar1(t | g)", None),
    ("y ~ x + (1 | h/g)", "ar1(late | g)", None),
    ("y ~ x + f + (1 | h)", "cs(1 | g)", None),
    ("y ~ x + f", "ar1(t | g)", None),
    ("y ~ 0 + f + (x | h)", "ar1(t | g)", Some("w")),
    ("y ~ x * f + (1 | h)", "cs(1 | g)", Some("w")),
    ("y ~ x + I(2 * x) + (1 | h)", "ar1(I(t / 2) | g)", None),
    ("y ~ x + (0 + x | g) + (1 | h)", "ar1(1 | g:h)", Some("w")),
    ("y ~ t + (t | h)", "cs(1 | g)", None),
];

/// The criterion to rounding; estimates as far as the search for its minimum determines them.
#[track_caller]
fn same_correlation(what: &str, streamed: &Fit, whole: &Fit) {
    assert_eq!((streamed.n_obs, &streamed.fixed.names), (whole.n_obs, &whole.fixed.names), "{what}");
    assert_eq!(streamed.fixed.dropped, whole.fixed.dropped, "{what}");
    close(&format!("{what}: criterion"), &[streamed.criterion], &[whole.criterion], 1e-12);
    close_above(1.0, &format!("{what}: theta"), &streamed.theta, &whole.theta, 1e-6);
    close(&format!("{what}: sigma"), &[streamed.sigma / whole.sigma], &[1.0], 1e-6);
    for (j, (a, b)) in streamed.fixed.estimate.iter().zip(&whole.fixed.estimate).enumerate() {
        assert!((a - b).abs() <= 1e-6 * whole.fixed.std_error[j], "{what}: {} {a:e} for {b:e}", whole.fixed.names[j]);
    }
    for (a, b) in streamed.terms.iter().zip(&whole.terms) {
        assert_eq!((&a.design.levels, &a.design.effects), (&b.design.levels, &b.design.effects), "{what}");
        let largest = b.modes.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        close_above(largest, &format!("{what}: modes"), &a.modes, &b.modes, 1e-5);
    }
    let (a, b) = (streamed.correlation().unwrap(), whole.correlation().unwrap());
    close(&format!("{what}: rho"), &[a.estimate, a.lower], &[b.estimate, b.lower], 1e-6);
    close(&format!("{what}: its standard error"), &[a.std_error / b.std_error], &[1.0], 1e-5);
    assert_eq!((a.n_groups(), a.name()), (b.n_groups(), b.name()));
}

#[test]
fn parts_with_whole_groups_give_what_the_whole_gives() {
    let watch = Watch::unwatched();
    for (seed, (formula, correlation, weights)) in MODELS.iter().enumerate() {
        let (frame, mut rng) = (data(seed as u64 + 40, 60), Rng(seed as u64));
        let spec = model(formula, correlation, *weights);
        let whole = Fit::new(&spec, Some(&frame), &Options::default(), &watch).unwrap();
        let plan = plan(&spec, &part(&frame, &(0..70).collect::<Vec<_>>()));
        let what = format!("{formula}, {correlation}");
        for count in [1, 5] {
            let parts = parts_of(&frame, count, &mut rng);
            let all = accumulate(&plan, &frame, &parts);
            let all = Accumulator::from_bytes(&all.to_bytes().unwrap()).unwrap();
            same_correlation(&what, &all.fit(&Options::default(), &watch).unwrap(), &whole);
        }
        // Chunks that end within groups.
        for size in [1, 7, 50] {
            let rows: Vec<usize> = (0..frame.n_rows()).collect();
            let mut all = Accumulator::new(&plan, 0).unwrap();
            rows.chunks(size).for_each(|rows| all.add(&part(&frame, rows), &watch).unwrap());
            let fit = all.fit(&Options::default(), &watch).unwrap();
            same_correlation(&format!("{what} in chunks of {size}"), &fit, &whole);
            let mut streamed = Accumulator::new(&plan, 0).unwrap();
            let (first, rest) = rows.split_at(30);
            streamed.add(&part(&frame, first), &watch).unwrap();
            streamed.add_all(|own| rest.chunks(size).try_for_each(|rows| own.add(&part(&frame, rows), &watch))).unwrap();
            same_correlation(&what, &streamed.fit(&Options::default(), &watch).unwrap(), &whole);
        }
    }
}

#[test]
fn partitions_with_correlated_rows_are_merged_in_any_order_to_the_same_bits() {
    let (frame, watch) = (data(3, 80), Watch::unwatched());
    let spec = model("y ~ x + f + (1 | h)", "ar1(t | g)", None);
    let parts = parts_of(&frame, 6, &mut Rng(9));
    let plan = plan(&spec, &frame);
    let one = |id: usize| {
        let mut own = Accumulator::new(&plan, id as u64).unwrap();
        own.add(&part(&frame, &parts[id]), &watch).unwrap();
        Accumulator::from_bytes(&own.to_bytes().unwrap()).unwrap()
    };
    let merged = |order: &[usize]| {
        let mut all = one(order[0]);
        order[1..].iter().for_each(|id| all.merge(&one(*id)).unwrap());
        all.fit(&Options::default(), &watch).unwrap()
    };
    let first = merged(&[0, 1, 2, 3, 4, 5]);
    let other = merged(&Rng(4).order(6));
    assert!(same_bits(&first.fixed.estimate, &other.fixed.estimate) && same_bits(&first.theta, &other.theta));
    assert_eq!(first.correlation().unwrap().estimate.to_bits(), other.correlation().unwrap().estimate.to_bits());
    // Saved, it answers the same.
    let read =
        interlace::saved::from_bytes(&interlace::saved::to_bytes(&first, &Options::default(), None, true).unwrap()).unwrap().fit;
    let whole = Fit::new(&spec, Some(&frame), &Options::default(), &watch).unwrap();
    let unit = [0.0, 1.0, 0.0, 0.0];
    let df = |fit: &Fit| Satterthwaite::of(fit, &watch).unwrap().df(&unit);
    close("Satterthwaite", &[df(&first) / df(&whole)], &[1.0], 1e-4);
    assert_eq!(df(&read).to_bits(), df(&first).to_bits());
    let (ours, theirs) = (first.profile(0.9, &watch).unwrap(), whole.profile(0.9, &watch).unwrap());
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(&theirs) {
        close("profile", &[a.lower, a.upper], &[b.lower, b.upper], 1e-4);
    }
    let error = KenwardRoger::of(&first, &watch).err().unwrap();
    assert!(error.code == Code::Unsupported && error.message.contains("Satterthwaite's need none"), "{error}");
    let error = first.bootstrap(&BootstrapOptions { replicates: 1, ..BootstrapOptions::default() }, &watch).unwrap_err();
    assert!(error.message.contains("correlated residuals") && error.message.contains("fit the model to a frame"), "{error}");
}

#[test]
fn what_is_missing_or_of_several_responses_is_as_in_the_whole() {
    let watch = Watch::unwatched();
    let mut frame = data(21, 70);
    let n = frame.n_rows();
    let mut gaps = vec![1.0; n];
    (0..n).filter(|i| i % 11 == 4).for_each(|i| gaps[i] = f64::NAN);
    frame.add_real("gaps", gaps).unwrap();
    let second: Vec<f64> = (0..n).map(|i| 50.0 + f64::from((i * 37 % 101) as u32) * 0.2).collect();
    frame.add_real("second", second).unwrap();
    let spec = model("y ~ x + offset(gaps) + (1 | h)", "ar1(t | g)", None);
    let mut plan = Plan::new(&spec, Options::default().na).unwrap();
    plan.add_response("second").unwrap();
    plan.learn(&part(&frame, &(0..60).collect::<Vec<_>>()), &watch).unwrap();
    let all = accumulate(&plan, &frame, &parts_of(&frame, 4, &mut Rng(2)));
    for (response, formula) in [("y", "y ~ x + offset(gaps) + (1 | h)"), ("second", "second ~ x + offset(gaps) + (1 | h)")] {
        let whole = Fit::new(&model(formula, "ar1(t | g)", None), Some(&frame), &Options::default(), &watch).unwrap();
        let own = all.fit_response(response, &Options::default(), &watch).unwrap();
        same_correlation(formula, &own, &whole);
        assert_eq!(own.rows.n_dropped(), whole.rows.dropped.len());
    }
}

#[test]
fn groups_in_two_parts_are_errors_that_name_them_and_harm_nothing() {
    let (frame, watch) = (data(5, 30), Watch::unwatched());
    let spec = model("y ~ x + (1 | h)", "ar1(t | g)", None);
    let plan = plan(&spec, &frame);
    let groups = groups(&frame);
    let (first, second) = (groups[..10].concat(), groups[10..20].concat());
    let mut all = Accumulator::new(&plan, 0).unwrap();
    all.add(&part(&frame, &first), &watch).unwrap();
    let before = all.to_bytes().unwrap();
    // The last group may go on, no other.
    for (again, wanted) in [(&groups[3], "correlation: g 'g3' is in two parts"), (&groups[8], "g 'g8' is in two parts")] {
        let error = all.add(&part(&frame, again), &watch).unwrap_err();
        assert!(error.code == Code::Data && error.message.contains(wanted), "{error}");
        assert_eq!(all.to_bytes().unwrap(), before);
    }
    let error = all.add(&part(&frame, &groups[9]), &watch).unwrap_err();
    assert!(error.message.contains("g 'g9' has the time") && error.message.contains("of 't' twice"), "{error}");
    assert_eq!(all.to_bytes().unwrap(), before);
    // Nor may another partition have rows of one.
    let mut other = Accumulator::new(&plan, 1).unwrap();
    other.add(&part(&frame, &[&second[..], &groups[5][..1]].concat()), &watch).unwrap();
    let error = all.merge(&other).unwrap_err();
    assert!(error.message.contains("g 'g5' is in two parts of the data"), "{error}");
    assert_eq!(all.to_bytes().unwrap(), before);
    // Bytes close the last group.
    let mut read = Accumulator::from_bytes(&before).unwrap();
    assert!(read.add(&part(&frame, &groups[9][..1]), &watch).unwrap_err().message.contains("g 'g9' is in two parts"));

    let error = Accumulator::new(&super::stream::plan(&model("y ~ x + (1 | f)", "ar1(t | g)", None), &frame), 0)
        .unwrap()
        .add(&frame, &watch)
        .unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("has rows of several levels of 'f'"), "{error}");
    let error = accumulate(
        &super::stream::plan(&model("y ~ x + (1 | g)", "cs(1 | g)", None), &frame),
        &frame,
        std::slice::from_ref(&first),
    )
    .fit(&Options::default(), &watch)
    .unwrap_err();
    assert!(error.message.contains("are the same model twice"), "{error}");
    let singles: Vec<usize> = groups.iter().map(|rows| rows[0]).collect();
    let error = accumulate(&plan, &frame, &[singles]).fit(&Options::default(), &watch).unwrap_err();
    assert!(error.message.contains("no level of 'g' has more than one row"), "{error}");
    // Sums of each distance in time.
    let mut times = Frame::new(60);
    times.add_real("y", (0..60).map(|i| f64::from((i * i) % 17)).collect()).unwrap();
    times.add_real("t", (0..60).map(|i| f64::from(i * (i + 1) / 2)).collect()).unwrap();
    times.add_strings("g", &vec![Some("a"); 60]).unwrap();
    let own = super::stream::plan(&model("y ~ 1", "ar1(t | g)", None), &times);
    let mut all = Accumulator::new(&own, 0).unwrap();
    all.add(&times, &watch).unwrap();
    let error = all.fit(&Options::default(), &watch).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("59 distances in time between neighbouring rows"), "{error}");
}
