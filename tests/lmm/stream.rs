//! Data in parts: accumulators give what a fit of the whole gives.

use interlace::fit::Fit;
use interlace::frame::{ColumnData, Frame};
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::stream::{Accumulator, Plan};
use interlace::watch::Watch;

use crate::common::Rng;
use crate::common::close::{close, close_above};

/// A model of a formula, and what it needs beside.
pub fn spec(formula: &str, change: impl FnOnce(&mut FormulaSpec)) -> Spec {
    let mut own = FormulaSpec { formula: formula.into(), ..FormulaSpec::default() };
    change(&mut own);
    Spec::new(ModelKind::Lmm, Source::Formula(own))
}

/// Some rows, as they would come from elsewhere: text has the levels that occur in them.
pub fn part(frame: &Frame, rows: &[usize]) -> Frame {
    let some = frame.select(rows).unwrap();
    let mut out = Frame::new(rows.len());
    for column in some.columns() {
        match &*column.data {
            ColumnData::Category(own) if !own.declared => {
                let texts: Vec<Option<&str>> =
                    own.codes.iter().map(|c| usize::try_from(*c).ok().map(|c| own.levels[c].as_str())).collect();
                out.add_strings(&column.name, &texts).unwrap();
            }
            ColumnData::Category(own) => {
                out.add_category(&column.name, own.codes.clone(), own.levels.clone(), own.ordered).unwrap();
            }
            ColumnData::Integer(values) => out.add_integers(&column.name, values.clone()).unwrap(),
            ColumnData::Real(values) => out.add_real(&column.name, values.clone()).unwrap(),
            ColumnData::Time(_) => panic!("no times here"),
        }
    }
    out
}

/// Rows of each of some parts, at random.
pub fn random_parts(n: usize, count: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
    let mut parts = vec![vec![]; count];
    (0..n).for_each(|row| parts[(rng.uniform() * count as f64) as usize].push(row));
    parts
}

pub fn plan(spec: &Spec, sample: &Frame) -> Plan {
    let mut plan = Plan::new(spec, Options::default().na).unwrap();
    plan.learn(sample, &Watch::unwatched()).unwrap();
    plan
}

/// Accumulates parts, each a partition of its own, and merges them.
pub fn accumulate(plan: &Plan, frame: &Frame, parts: &[Vec<usize>]) -> Accumulator {
    let mut all: Option<Accumulator> = None;
    for (id, rows) in parts.iter().enumerate() {
        let mut own = Accumulator::new(plan, id as u64).unwrap();
        own.add(&part(frame, rows), &Watch::unwatched()).unwrap();
        match &mut all {
            None => all = Some(own),
            Some(all) => all.merge(&own).unwrap(),
        }
    }
    all.unwrap()
}

#[track_caller]
pub fn same(what: &str, streamed: &Fit, whole: &Fit) {
    assert_eq!(streamed.n_obs, whole.n_obs, "{what}");
    assert_eq!(streamed.fixed.names, whole.fixed.names, "{what}");
    assert_eq!(streamed.fixed.dropped, whole.fixed.dropped, "{what}");
    assert_eq!(streamed.theta_names, whole.theta_names, "{what}");
    close(&format!("{what}: criterion"), &[streamed.criterion], &[whole.criterion], 1e-12);
    close_above(1.0, &format!("{what}: theta"), &streamed.theta, &whole.theta, 1e-9);
    close(&format!("{what}: sigma"), &[streamed.sigma / whole.sigma], &[1.0], 1e-10);
    let scale = |j: usize| whole.fixed.std_error[j];
    for (j, (a, b)) in streamed.fixed.estimate.iter().zip(&whole.fixed.estimate).enumerate() {
        assert!((a - b).abs() <= 1e-9 * scale(j), "{what}: {} {a:e} for {b:e}, se {:e}", whole.fixed.names[j], scale(j));
    }
    close(
        &format!("{what}: se"),
        &streamed.fixed.std_error.iter().zip(&whole.fixed.std_error).map(|(a, b)| a / b).collect::<Vec<_>>(),
        &vec![1.0; whole.fixed.names.len()],
        1e-9,
    );
    for (a, b) in streamed.terms.iter().zip(&whole.terms) {
        assert_eq!(a.design.levels, b.design.levels, "{what}");
        assert_eq!(a.design.effects, b.design.effects, "{what}");
        let largest = b.modes.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        close_above(largest, &format!("{what}: modes"), &a.modes, &b.modes, 1e-8);
    }
}

/// Whether numbers are the same to the last bit.
pub fn same_bits(a: &[f64], b: &[f64]) -> bool {
    a.iter().map(|v| v.to_bits()).eq(b.iter().map(|v| v.to_bits()))
}

pub fn data(seed: u64, n: usize) -> Frame {
    let mut rng = Rng(seed);
    let (mut g, mut h, mut f, mut k) = (vec![], vec![], vec![], vec![]);
    let (mut x, mut z, mut y, mut w, mut year) = (vec![], vec![], vec![], vec![], vec![]);
    for i in 0..n {
        let a = (rng.uniform() * 17.0) as usize;
        let b = (rng.uniform() * 9.0) as usize;
        let level = (rng.uniform() * 3.0) as usize;
        g.push(format!("g{a}"));
        h.push(format!("h{b}"));
        f.push(["low", "mid", "high"][level]);
        k.push(f64::from((rng.uniform() * 4.0) as i32));
        let own = 3.0 + 2.0 * rng.normal();
        x.push(own);
        z.push(rng.normal());
        year.push(1990.0 + (i % 30) as f64);
        w.push(0.5 + rng.uniform());
        y.push(
            100.0 + 0.7 * own + level as f64 + ((a * 7 % 5) as f64) * (1.0 + 0.1 * own) + (b * 5 % 7) as f64 * 0.3 + rng.normal(),
        );
    }
    let mut frame = Frame::new(n);
    let texts = |all: &[String]| all.iter().map(|t| Some(t.clone())).collect::<Vec<_>>();
    let add = |frame: &mut Frame, name: &str, all: &[String]| {
        let own = texts(all);
        frame.add_strings(name, &own.iter().map(|t| t.as_deref()).collect::<Vec<_>>()).unwrap();
    };
    add(&mut frame, "g", &g);
    add(&mut frame, "h", &h);
    frame.add_strings("f", &f.iter().map(|t| Some(*t)).collect::<Vec<_>>()).unwrap();
    for (name, values) in [("x", x), ("z", z), ("y", y), ("w", w), ("year", year), ("k", k)] {
        frame.add_real(name, values).unwrap();
    }
    frame
}

const FORMULAS: [&str; 22] = [
    "y ~ x + (1 | g)",
    "y ~ 1 + (1 | g)",
    "y ~ x + f + (1 | g) + (1 | h)",
    "y ~ x * f + (1 | g)",
    "y ~ 0 + x + (1 | g)",
    "y ~ 0 + f + x + (1 | g)",
    "y ~ f:x + (1 | g)",
    "y ~ f * factor(k) + (1 | g)",
    "y ~ year + (year | g)",
    "y ~ x + (x | g) + (1 | h)",
    "y ~ x + (x || g)",
    "y ~ x + (0 + x | g) + (1 | g)",
    "y ~ f + (f | g)",
    "y ~ f + (0 + f | g)",
    "y ~ x + (1 | g/h)",
    "y ~ x + cs(1 + x | g)",
    "y ~ x + ar1(0 + factor(k) | g)",
    "y ~ x + diag(1 + x + z | g)",
    "y ~ log(x^2 + 1) + I(x > 3) + (1 | factor(k))",
    "y ~ C(f, contr.sum) + relevel(f, ref = \"mid\"):z + (1 | g)",
    "y ~ x + z + I(x + z) + (1 | g) + (1 | h)",
    "y ~ poly(x, 2, raw = TRUE) + (1 | g)",
];

#[test]
fn random_parts_give_what_the_whole_gives() {
    for (seed, formula) in FORMULAS.iter().enumerate() {
        let frame = data(seed as u64 + 1, 400);
        let mut rng = Rng(77 + seed as u64);
        let spec = spec(formula, |_| ());
        let options = Options::default();
        let whole = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        for count in [1, 3, 40] {
            let parts = random_parts(400, count, &mut rng);
            let first: Vec<usize> = (0..60).collect();
            let plan = plan(&spec, &part(&frame, &first));
            let streamed = accumulate(&plan, &frame, &parts).fit(&options, &Watch::unwatched()).unwrap();
            same(&format!("{formula} in {count}"), &streamed, &whole);
        }
    }
}

/// What cells are missing, and rows without weight.
fn with_gaps(frame: &Frame, seed: u64) -> Frame {
    let mut rng = Rng(seed);
    let mut out = Frame::new(frame.n_rows());
    for column in frame.columns() {
        match &*column.data {
            ColumnData::Real(values) => {
                let mut values = values.clone();
                for value in &mut values {
                    match column.name.as_str() {
                        "x" | "y" if rng.uniform() < 0.05 => *value = f64::NAN,
                        "w" if rng.uniform() < 0.05 => *value = 0.0,
                        _ => {}
                    }
                }
                out.add_real(&column.name, values).unwrap();
            }
            ColumnData::Category(own) => {
                let text = |c: &i32| (column.name != "g" || rng.uniform() > 0.05).then(|| own.levels[*c as usize].as_str());
                out.add_strings(&column.name, &own.codes.iter().map(text).collect::<Vec<_>>()).unwrap();
            }
            _ => panic!("neither text nor numbers"),
        }
    }
    out
}

use crate::common::frames::frame as read;
use interlace::error::Code;
use interlace::inference::anova::AnovaType;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger, Satterthwaite};
use interlace::options::Unidentified;

#[test]
fn weights_offsets_and_missing_values_are_as_in_a_fit_of_the_whole() {
    for (seed, formula) in
        ["y ~ x * f + (x | g) + (1 | h)", "y ~ year + f + (year | g)", "y ~ x + offset(z) + (f | h)"].iter().enumerate()
    {
        let frame = with_gaps(&data(seed as u64 + 91, 500), seed as u64);
        let spec = spec(formula, |own| {
            own.weights = Some("w".into());
            own.offset = Some("k".into());
        });
        let options = Options::default();
        let whole = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let parts = random_parts(500, 7, &mut Rng(5 + seed as u64));
        let plan = plan(&spec, &part(&frame, &parts[2]));
        let all = accumulate(&plan, &frame, &parts);
        assert_eq!(all.n_dropped() as usize, whole.rows.dropped.len());
        let streamed = all.fit(&options, &Watch::unwatched()).unwrap();
        same(formula, &streamed, &whole);
        assert_eq!(streamed.rows.n_dropped(), whole.rows.dropped.len());
        let notes = |fit: &Fit| fit.summary().unwrap().lines().filter(|l| l.contains("rows left out")).count();
        assert_eq!((notes(&streamed), notes(&whole)), (1, 1));
    }
}

#[test]
fn degrees_of_freedom_hypotheses_and_means_need_no_rows() {
    let watch = Watch::unwatched();
    for (seed, formula) in
        ["y ~ x * f + (1 | g) + (1 | h)", "y ~ f * factor(k) + z + (x | g)", "y ~ x + f + I(2 * x) + (1 | g)"].iter().enumerate()
    {
        let frame = data(seed as u64 + 31, 300);
        let spec = spec(formula, |own| own.weights = Some("w".into()));
        let whole = Fit::new(&spec, Some(&frame), &Options::default(), &watch).unwrap();
        let parts = random_parts(300, 5, &mut Rng(3));
        let fit = accumulate(&plan(&spec, &part(&frame, &parts[0])), &frame, &parts).fit(&Options::default(), &watch).unwrap();
        let p = fit.fixed.names.len();
        let (ours, theirs) = (Satterthwaite::of(&fit, &watch).unwrap(), Satterthwaite::of(&whole, &watch).unwrap());
        let (own, other) = (KenwardRoger::of(&fit, &watch).unwrap(), KenwardRoger::of(&whole, &watch).unwrap());
        for j in 0..p {
            let unit: Vec<f64> = (0..p).map(|i| f64::from(u8::from(i == j))).collect();
            close(&format!("{formula}: Satterthwaite"), &[ours.df(&unit) / theirs.df(&unit)], &[1.0], 1e-6);
            close(&format!("{formula}: Kenward-Roger"), &[own.df(&unit) / other.df(&unit)], &[1.0], 1e-6);
        }
        for kind in [AnovaType::I, AnovaType::II, AnovaType::III] {
            let ours = interlace::inference::anova::hypotheses(&fit, None, kind, &watch).unwrap();
            let theirs = interlace::inference::anova::hypotheses(&whole, Some(&frame), kind, &watch).unwrap();
            assert_eq!(ours.len(), theirs.len());
            for (a, b) in ours.iter().zip(&theirs) {
                assert_eq!((&a.term, a.k), (&b.term, b.k), "{formula}");
                if a.k == 0 {
                    continue;
                }
                let freedom = DegreesOfFreedom::Same(f64::INFINITY);
                let zero = vec![0.0; a.k];
                let (x, y) =
                    (freedom.joint_test(&fit, &a.l, a.k, &zero).unwrap(), freedom.joint_test(&whole, &b.l, b.k, &zero).unwrap());
                close(&format!("{formula}: F of {} by {kind:?}", a.term), &[x.chi_square / y.chi_square], &[1.0], 1e-7);
            }
        }
    }
}

#[test]
fn what_is_nested_missing_in_parts_or_ordered_keeps_its_order() {
    let watch = Watch::unwatched();
    let n = 240;
    let mut rng = Rng(8);
    let mut frame = Frame::new(n);
    let codes: Vec<i32> = (0..n).map(|i| (i * 7 % 4) as i32).collect();
    let names = ["none", "some", "much", "all"].map(str::to_string).to_vec();
    frame.add_category("dose", codes.clone(), names, true).unwrap();
    frame.add_integers("school", (0..n).map(|i| (i / 12) as i64 * 9).collect()).unwrap();
    frame.add_integers("class", (0..n).map(|i| (i / 4 % 3) as i64).collect()).unwrap();
    frame.add_real("x", (0..n).map(|i| (i % 11) as f64).collect()).unwrap();
    let effect: Vec<f64> = rng.normals(60);
    frame
        .add_real("y", (0..n).map(|i| effect[i / 4] + 0.3 * f64::from(codes[i]) + 0.1 * (i % 11) as f64 + rng.normal()).collect())
        .unwrap();
    for formula in
        ["y ~ dose + x + (1 | school/class)", "y ~ (x > 4) * dose + (1 | school)", "y ~ factor(class) + x + (1 | school)"]
    {
        let spec = spec(formula, |_| ());
        let whole = Fit::new(&spec, Some(&frame), &Options::default(), &watch).unwrap();
        // Each part has its own schools; the last only has rows with one truth value.
        let parts: Vec<Vec<usize>> = (0..5).rev().map(|k| (k * 48..(k + 1) * 48).rev().collect()).collect();
        let plan = plan(&spec, &part(&frame, &parts[4]));
        let streamed = accumulate(&plan, &frame, &parts).fit(&Options::default(), &watch).unwrap();
        same(formula, &streamed, &whole);
    }
}

/// The bits of what a fit has estimated.
fn bits(fit: &Fit) -> Vec<u64> {
    let all = [&fit.theta[..], &fit.fixed.estimate, &fit.fixed.vcov, &[fit.criterion, fit.sigma], &fit.terms[0].modes];
    all.concat().iter().map(|v| v.to_bits()).collect()
}

#[test]
fn partitions_in_any_order_of_merging_give_the_same_bits() {
    let frame = read("InstEval.csv", &["s", "d", "dept", "service"]);
    let spec = spec("y ~ service + (1 | s) + (1 | d)", |_| ());
    let watch = Watch::unwatched();
    let options = Options { reml: true, ..Options::default() };
    let whole = Fit::new(&spec, Some(&frame), &options, &watch).unwrap();
    let n = frame.n_rows();
    let plan = plan(&spec, &part(&frame, &(0..2000).collect::<Vec<_>>()));
    for count in [1, 7, 100] {
        let parts: Vec<Vec<usize>> = (0..count).map(|k| (k * n / count..(k + 1) * n / count).collect()).collect();
        let own: Vec<Vec<u8>> = parts
            .iter()
            .enumerate()
            .map(|(id, rows)| {
                let mut own = Accumulator::new(&plan, id as u64).unwrap();
                own.add(&part(&frame, rows), &watch).unwrap();
                own.to_bytes().unwrap()
            })
            .collect();
        let merged = |order: &[usize]| {
            let mut all = Accumulator::from_bytes(&own[order[0]]).unwrap();
            order[1..].iter().for_each(|k| all.merge(&Accumulator::from_bytes(&own[*k]).unwrap()).unwrap());
            all
        };
        let one = merged(&(0..count).collect::<Vec<_>>()).fit(&options, &watch).unwrap();
        same(&format!("in {count}"), &one, &whole);
        if count > 1 {
            let other = merged(&Rng(4).order(count)).fit(&options, &watch).unwrap();
            assert_eq!(bits(&one), bits(&other), "{count}");
            // Two halves, each merged before.
            let order = Rng(6).order(count);
            let (mut a, b) = (merged(&order[..count / 2]), merged(&order[count / 2..]));
            a.merge(&Accumulator::from_bytes(&b.to_bytes().unwrap()).unwrap()).unwrap();
            assert_eq!(bits(&one), bits(&a.fit(&options, &watch).unwrap()), "{count}");
        }
    }
}

/// Adds rows `size` at a time to one accumulator.
fn in_chunks(plan: &Plan, frame: &Frame, size: usize) -> Accumulator {
    let rows: Vec<usize> = (0..frame.n_rows()).collect();
    let mut all = Accumulator::new(plan, 0).unwrap();
    rows.chunks(size).for_each(|rows| all.add(&part(frame, rows), &Watch::unwatched()).unwrap());
    all
}

#[test]
fn chunks_of_a_partition_give_what_the_whole_gives() {
    // Sorted by a factor, so that its levels come one after the other; most pairs of levels meet, or few do.
    for (seed, (g, h), sorted) in [(1, (30, 12), "g"), (2, (30, 12), "h"), (3, (12, 30), "x"), (4, (200, 150), "g")] {
        let n = 2000;
        let mut rng = Rng(seed);
        let mut rows: Vec<(usize, usize, f64)> = (0..n)
            .map(|_| ((rng.uniform() * f64::from(g)) as usize, (rng.uniform() * f64::from(h)) as usize, rng.normal()))
            .collect();
        match sorted {
            "g" => rows.sort_by_key(|row| row.0),
            "h" => rows.sort_by_key(|row| row.1),
            _ => {}
        }
        let mut frame = Frame::new(n);
        let texts = |name: &str, codes: Vec<usize>| codes.iter().map(|c| format!("{name}{c}")).collect::<Vec<_>>();
        for (name, own) in
            [("g", texts("g", rows.iter().map(|r| r.0).collect())), ("h", texts("h", rows.iter().map(|r| r.1).collect()))]
        {
            frame.add_strings(name, &own.iter().map(|t| Some(t.as_str())).collect::<Vec<_>>()).unwrap();
        }
        frame.add_real("x", rows.iter().map(|r| r.2).collect()).unwrap();
        frame.add_real("w", (0..n).map(|_| 0.5 + rng.uniform()).collect()).unwrap();
        let effect = |level: usize| (level * 7 % 11) as f64 * 0.1;
        frame.add_real("y", rows.iter().map(|r| r.2 + effect(r.0) + 2.0 * effect(r.1) + rng.normal()).collect()).unwrap();
        for (weights, formula) in [
            (None, "y ~ x + (1 | g) + (1 | h)"),
            (Some("w"), "y ~ x + (1 | g) + (1 | h)"),
            (Some("w"), "y ~ x + (x | g) + (1 | h)"),
        ] {
            let what = format!("{formula}, {g} x {h} by {sorted}, {weights:?}");
            let spec = spec(formula, |own| own.weights = weights.map(Into::into));
            let (options, watch) = (Options::default(), Watch::unwatched());
            let whole = Fit::new(&spec, Some(&frame), &options, &watch).unwrap();
            let plan = plan(&spec, &part(&frame, &(0..n).step_by(9).collect::<Vec<_>>()));
            for size in [50, 700] {
                let all = in_chunks(&plan, &frame, size);
                let fit = all.fit(&options, &watch).unwrap();
                same(&what, &fit, &whole);
                let again = in_chunks(&plan, &frame, size);
                assert_eq!(all.to_bytes().unwrap(), again.to_bytes().unwrap(), "{what}");
                let read = Accumulator::from_bytes(&all.to_bytes().unwrap()).unwrap();
                assert_eq!(bits(&read.fit(&options, &watch).unwrap()), bits(&fit), "{what}");
            }
        }
    }
}

#[test]
fn a_stream_is_added_as_a_whole_or_not_at_all() {
    let frame = data(7, 600);
    let own = spec("y ~ x + f + (1 | g) + (1 | h)", |own| own.weights = Some("w".into()));
    let (options, watch) = (Options::default(), Watch::unwatched());
    let plan = plan(&own, &part(&frame, &(0..60).collect::<Vec<_>>()));
    let rows: Vec<usize> = (0..600).collect();
    let parts: Vec<Frame> = rows.chunks(40).map(|rows| part(&frame, rows)).collect();
    let add = |all: &mut Accumulator, parts: &[Frame]| parts.iter().try_for_each(|part| all.add(part, &watch));
    // To an accumulator without rows: the bits of the parts one by one.
    let mut streamed = Accumulator::new(&plan, 0).unwrap();
    streamed.add_all(|all| add(all, &parts)).unwrap();
    let by_one = in_chunks(&plan, &frame, 40);
    assert_eq!(streamed.to_bytes().unwrap(), by_one.to_bytes().unwrap());
    // To one that has rows, and others that were merged: the sums of both.
    let mut second = Accumulator::new(&plan, 1).unwrap();
    add(&mut second, &parts[..3]).unwrap();
    let mut all = Accumulator::new(&plan, 0).unwrap();
    add(&mut all, &parts[3..6]).unwrap();
    all.merge(&second).unwrap();
    let before = all.to_bytes().unwrap();
    let error = all.add_all(|all| add(all, &parts[6..]).and_then(|()| all.add(&Frame::new(3), &watch))).unwrap_err();
    assert!(error.message.contains("'y'") || error.message.contains("'x'"), "{error}");
    assert_eq!(all.to_bytes().unwrap(), before);
    all.add_all(|all| add(all, &parts[6..])).unwrap();
    let whole = Fit::new(&own, Some(&frame), &options, &watch).unwrap();
    same("a stream after rows", &all.fit(&options, &watch).unwrap(), &whole);
}

#[test]
fn bytes_that_are_damaged_foreign_or_twice_there_are_errors_and_harm_nothing() {
    let frame = data(3, 200);
    let own = spec("y ~ x + f + (x | g) + (1 | h)", |_| ());
    let parts = random_parts(200, 4, &mut Rng(2));
    let plan_of_own = plan(&own, &part(&frame, &parts[0]));
    let mut all = accumulate(&plan_of_own, &frame, &parts[..3]);
    let before = all.to_bytes().unwrap();
    for id in 0..3 {
        let mut twice = Accumulator::new(&plan_of_own, id).unwrap();
        twice.add(&part(&frame, &parts[3]), &Watch::unwatched()).unwrap();
        let error = all.merge(&twice).unwrap_err();
        assert!(error.message.contains(&format!("partition {id} is in both")), "{error}");
    }
    let other = plan(&spec("y ~ x + (x | g) + (1 | h)", |_| ()), &frame);
    let error = all.merge(&Accumulator::new(&other, 9).unwrap()).unwrap_err();
    assert!(error.code == Code::Argument && error.message.contains("different plans"), "{error}");
    assert_eq!(all.to_bytes().unwrap(), before);
    for at in (0..before.len()).step_by(before.len() / 300 + 1) {
        let mut damaged = before.clone();
        damaged[at] ^= 0x40;
        assert_eq!(Accumulator::from_bytes(&damaged).unwrap_err().code, Code::Data);
        assert!(Accumulator::from_bytes(&before[..at]).is_err());
    }
    let mut rng = Rng(12);
    for _ in 0..3000 {
        // With the right checksum: whatever is read must be sound, or an error.
        let mut forged = before.clone();
        for _ in 0..=rng.below(3) {
            crate::common::forged::damage(&mut forged, &mut rng);
        }
        crate::common::forged::seal(&mut forged);
        if let Ok(read) = Accumulator::from_bytes(&forged) {
            let _ = read.fit(&Options { max_evaluations: 20, ..Options::default() }, &Watch::unwatched());
            let _ = all.clone().merge(&read);
        }
    }
    let bytes = plan_of_own.to_bytes().unwrap();
    assert!(Plan::from_bytes(&before).unwrap_err().message.contains("an accumulator"));
    assert!(Accumulator::from_bytes(&bytes).unwrap_err().message.contains("a plan"));
    let read = Plan::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_bytes().unwrap(), bytes);
}

#[test]
fn a_part_that_can_not_be_added_changes_nothing() {
    let frame = data(5, 200);
    let own = spec("y ~ x + f + (1 | g)", |_| ());
    let plan = plan(&own, &frame);
    let watch = Watch::unwatched();
    let mut all = Accumulator::new(&plan, 3).unwrap();
    all.add(&frame, &watch).unwrap();
    let before = all.to_bytes().unwrap();
    let with = |name: &str, change: &dyn Fn(&mut Frame)| {
        let mut out = Frame::new(3);
        for (column, values) in [("x", vec![1.0, 2.0, 3.0]), ("y", vec![1.0, 2.5, 3.0])] {
            if column != name {
                out.add_real(column, values).unwrap();
            }
        }
        for column in ["f", "g"] {
            if column != name {
                out.add_strings(column, &[Some("new"), Some("high"), Some("other")]).unwrap();
            }
        }
        change(&mut out);
        out
    };
    let text = with("x", &|out| out.add_strings("x", &[Some("a"), Some("b"), None]).unwrap());
    let infinite = with("x", &|out| out.add_real("x", vec![1.0, f64::INFINITY, 2.0]).unwrap());
    let absent = with("g", &|_| ());
    let response = with("y", &|out| out.add_real("y", vec![1.0, 2.0, 1e300]).unwrap());
    for (bad, wanted) in [(&text, "'x'"), (&infinite, "row 2"), (&absent, "'g'"), (&response, "row 3")] {
        let error = all.add(bad, &watch).unwrap_err();
        assert!(error.message.contains(wanted), "{error}");
        assert_eq!(all.to_bytes().unwrap(), before);
    }
    // A legal part whose response and covariate are constant, and which has fewer rows than the model has columns.
    let mut constant = Frame::new(1);
    constant.add_real("x", vec![2.0]).unwrap();
    constant.add_real("y", vec![2.0]).unwrap();
    constant.add_strings("f", &[Some("new")]).unwrap();
    constant.add_strings("g", &[Some("g1")]).unwrap();
    all.add(&constant, &watch).unwrap();
    assert_eq!(all.n_rows(), 201);
    assert!(all.fit(&Options::default(), &watch).unwrap().fixed.names.contains(&"fnew".to_string()));
}

#[test]
fn levels_declared_in_another_order_are_refused() {
    let own = spec("y ~ f + (1 | g)", |_| ());
    let make = |levels: &[&str]| {
        let mut frame = Frame::new(6);
        frame.add_real("y", vec![1.0, 3.0, 2.0, 5.0, 4.0, 1.5]).unwrap();
        frame.add_strings("g", &["a", "b", "a", "b", "c", "c"].map(Some)).unwrap();
        frame.add_category("f", vec![0, 1, 0, 1, 1, 0], levels.iter().map(ToString::to_string).collect(), true).unwrap();
        frame
    };
    let plan = plan(&own, &make(&["low", "high"]));
    let mut all = Accumulator::new(&plan, 0).unwrap();
    all.add(&make(&["low", "high"]), &Watch::unwatched()).unwrap();
    all.add(&make(&["low", "mid", "high"]), &Watch::unwatched()).unwrap();
    let error = all.add(&make(&["high", "low"]), &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("'f': its levels are declared as 'high', 'low' here"), "{error}");
}

#[test]
fn models_that_do_not_reduce_say_so() {
    let na = Options::default().na;
    let mut glmm = spec("y ~ x + (1 | g)", |_| ());
    glmm.kind = ModelKind::Glmm;
    glmm.family.name = "binomial".into();
    let error = Plan::new(&glmm, na).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("do not reduce"), "{error}");
    let own = Plan::new(&spec("y ~ x + (1 | g)", |_| ()), na).unwrap();
    assert!(Accumulator::new(&own, 0).unwrap_err().message.contains("interlace_plan_learn"));
    let plan = plan(&spec("y ~ x + (1 | g)", |_| ()), &data(1, 50));
    let empty = Accumulator::new(&plan, 0).unwrap();
    assert!(empty.fit(&Options::default(), &Watch::unwatched()).unwrap_err().message.contains("no rows"));
}

#[test]
fn what_the_data_can_not_tell_apart_is_said_as_with_rows() {
    let n = 120;
    let mut frame = data(9, n);
    let twin: Vec<String> = (0..n).map(|i| format!("t{}", (i * 5) % 13)).collect();
    let own: Vec<String> = (0..n).map(|i| format!("u{}", (i * 5) % 13 + 20)).collect();
    let each: Vec<String> = (0..n).map(|i| format!("row{i}")).collect();
    for (name, all) in [("t", twin), ("u", own), ("each", each)] {
        frame.add_strings(name, &all.iter().map(|v| Some(v.as_str())).collect::<Vec<_>>()).unwrap();
    }
    let parts = random_parts(n, 3, &mut Rng(1));
    for (formula, how) in [
        ("y ~ x + (1 | t) + (1 | u)", Unidentified::Error),
        ("y ~ x + (1 | each)", Unidentified::Error),
        ("y ~ x + (1 | each)", Unidentified::Warning),
        ("y ~ x + (x + z | g)", Unidentified::Error),
        ("y ~ x + cs(1 | g)", Unidentified::Error),
    ] {
        let spec = spec(formula, |_| ());
        let options = Options { unidentified: how, ..Options::default() };
        let whole = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched());
        let streamed = accumulate(&plan(&spec, &part(&frame, &parts[0])), &frame, &parts).fit(&options, &Watch::unwatched());
        match (whole, streamed) {
            (Ok(whole), Ok(streamed)) => assert_eq!(whole.design_warnings, streamed.design_warnings, "{formula}"),
            (whole, streamed) => assert_eq!(whole.unwrap_err().message, streamed.unwrap_err().message, "{formula}"),
        }
    }
}

#[test]
fn a_fit_of_sums_is_saved_with_them() {
    let frame = data(11, 150);
    let spec = spec("y ~ x + f + (x | g)", |_| ());
    let parts = random_parts(150, 3, &mut Rng(1));
    let fit = accumulate(&plan(&spec, &frame), &frame, &parts).fit(&Options::default(), &Watch::unwatched()).unwrap();
    let bytes = interlace::saved::to_bytes(&fit, &Options::default(), None, true).unwrap();
    let read = interlace::saved::from_bytes(&bytes).unwrap().fit;
    assert_eq!(bits(&read), bits(&fit));
    let df = |fit: &Fit| Satterthwaite::of(fit, &Watch::unwatched()).unwrap().df(&[0.0, 1.0, 0.0, 0.0]);
    assert_eq!(df(&read).to_bits(), df(&fit).to_bits());
    let error = read.need_rows("residuals").unwrap_err();
    assert!(error.message.contains("second pass"), "{error}");
}

use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::predict::{Interval, NewData, Request};

#[test]
fn means_profiles_and_intervals_of_predictions_need_no_rows() {
    let (frame, watch) = (data(21, 260), Watch::unwatched());
    let spec = spec("y ~ x * f + factor(k) + year + (x | g) + (1 | h)", |own| own.offset = Some("z".into()));
    let whole = Fit::new(&spec, Some(&frame), &Options::default(), &watch).unwrap();
    let parts = random_parts(260, 4, &mut Rng(3));
    let fit = accumulate(&plan(&spec, &part(&frame, &parts[0])), &frame, &parts).fit(&Options::default(), &watch).unwrap();
    let freedom = DegreesOfFreedom::Same(100.0);
    for text in ["~ f", "~ f * k", "~ x | f"] {
        let grid = MeansSpec::parse(text).unwrap();
        let table = |fit: &Fit, data: Option<&Frame>| {
            let means = MarginalMeans::of_fit(fit, data, &grid, Weighting::Equal, &watch).unwrap();
            freedom.with_coefficients(fit, |own| means.table(own, None, 0.9, &watch)).unwrap()
        };
        let (ours, theirs) = (table(&fit, None), table(&whole, Some(&frame)));
        assert_eq!(ours.names().collect::<Vec<_>>(), theirs.names().collect::<Vec<_>>());
        for (a, b) in ours.columns().zip(theirs.columns()) {
            match (&*a.data, &*b.data) {
                (ColumnData::Real(a), ColumnData::Real(b)) => close(text, a, b, 1e-8),
                (a, b) => assert_eq!(a, b, "{text}"),
            }
        }
    }
    let error = MarginalMeans::of_fit(&fit, None, &MeansSpec::parse("~ f").unwrap(), Weighting::Proportional, &watch).unwrap_err();
    assert!(error.message.contains("proportional weights need the rows"), "{error}");
    let new = part(&frame, &(0..20).collect::<Vec<_>>());
    for interval in [Interval::Confidence, Interval::Prediction] {
        let request = Request { level: Some(0.9), interval, ..Request::default() };
        let ours = fit.predictions(NewData::Frame(&new), &request, &watch).unwrap();
        let theirs = whole.predictions(NewData::Frame(&new), &request, &watch).unwrap();
        close("predictions", &ours.values, &theirs.values, 1e-8);
        close("standard errors", &ours.std_errors, &theirs.std_errors, 1e-7);
        close("lower limits", &ours.lower, &theirs.lower, 1e-7);
    }
    let (ours, theirs) = (fit.profile(0.9, &watch).unwrap(), whole.profile(0.9, &watch).unwrap());
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(&theirs) {
        close("profile", &[a.lower, a.upper], &[b.lower, b.upper], 1e-5);
    }
    assert!(fit.predictions(NewData::Training, &Request::default(), &watch).unwrap_err().message.contains("second pass"));
    assert!(fit.summary().unwrap().contains("Number of obs: 260"));
}
