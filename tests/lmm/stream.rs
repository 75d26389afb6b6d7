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
    close(&format!("{what}: criterion"), &[streamed.criterion], &[whole.criterion], 1e-12 * whole.n_obs as f64);
    close_above(1.0, &format!("{what}: theta"), &streamed.theta, &whole.theta, 1e-9);
    close(&format!("{what}: sigma"), &[streamed.sigma / whole.sigma], &[1.0], 1e-10);
    let scale = |j: usize| whole.fixed.std_error[j];
    for (j, (a, b)) in streamed.fixed.estimate.iter().zip(&whole.fixed.estimate).enumerate() {
        assert!((a - b).abs() <= 1e-9 * scale(j), "{what}: {} {a:e} for {b:e}, se {:e}", whole.fixed.names[j], scale(j));
    }
    close(&format!("{what}: se"), &streamed.fixed.std_error.iter().zip(&whole.fixed.std_error).map(|(a, b)| a / b).collect::<Vec<_>>(), &vec![1.0; whole.fixed.names.len()], 1e-9);
    for (a, b) in streamed.terms.iter().zip(&whole.terms) {
        assert_eq!(a.design.levels, b.design.levels, "{what}");
        assert_eq!(a.design.effects, b.design.effects, "{what}");
        let largest = b.modes.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        close_above(largest, &format!("{what}: modes"), &a.modes, &b.modes, 1e-8);
    }
}

fn data(seed: u64, n: usize) -> Frame {
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
        y.push(100.0 + 0.7 * own + level as f64 + ((a * 7 % 5) as f64) * (1.0 + 0.1 * own) + (b * 5 % 7) as f64 * 0.3 + rng.normal());
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
