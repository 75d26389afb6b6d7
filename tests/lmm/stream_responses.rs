//! Several responses in one pass over the data, and comparisons of fits that were made of sums.

use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::{ColumnData, Frame};
use interlace::inference::lrt::likelihood_ratio_table;
use interlace::options::Options;
use interlace::spec::Spec;
use interlace::stream::{Accumulator, Plan};
use interlace::watch::Watch;

use super::stream::{accumulate, data, part, plan, random_parts, same, same_bits, spec};
use crate::common::Rng;
use crate::common::close::close;

/// A plan of further responses.
fn plan_of(spec: &Spec, responses: &[&str], sample: &Frame) -> Plan {
    let mut plan = Plan::new(spec, Options::default().na).unwrap();
    responses.iter().for_each(|response| plan.add_response(response).unwrap());
    plan.learn(sample, &Watch::unwatched()).unwrap();
    plan
}

/// The numbers of a column.
fn numbers(frame: &Frame, name: &str) -> Vec<f64> {
    match &*frame.column(name).unwrap().data {
        ColumnData::Real(values) => values.clone(),
        other => panic!("{other:?}"),
    }
}

/// Some responses that differ in size, missing values, and in what they depend on.
fn with_responses(seed: u64, n: usize) -> Frame {
    let mut frame = data(seed, n);
    let (y, x, mut rng) = (numbers(&frame, "y"), numbers(&frame, "x"), Rng(seed + 5));
    let second: Vec<f64> = y.iter().zip(&x).map(|(y, x)| 1e3 * (0.4 * y - 2.0 * x + rng.normal())).collect();
    frame.add_real("second", second).unwrap();
    let third = (0..n).map(|i| if i % 17 == 3 { f64::NAN } else { (0.3 * x[i] + rng.normal()).exp() }).collect();
    frame.add_real("third", third).unwrap();
    frame
}

#[test]
fn each_response_is_fitted_as_if_it_were_the_only_one() {
    let watch = Watch::unwatched();
    for (seed, (formula, weights)) in [
        ("y ~ x + f + (1 | g) + (1 | h)", None),
        ("y ~ 0 + f:x + (1 | g)", Some("w")),
        ("y ~ x + f + offset(z) + (1 | g/h)", None),
        ("y ~ x + I(2 * x) + factor(k) + (0 + f | g)", Some("w")),
    ]
    .iter()
    .enumerate()
    {
        let frame = with_responses(seed as u64 + 3, 300);
        let complete: Vec<usize> = (0..300).filter(|i| i % 17 != 3).collect();
        let rows = part(&frame, &complete);
        let model = |text: &str| spec(text, |own| own.weights = weights.map(Into::into));
        let parts = random_parts(300, 6, &mut Rng(seed as u64));
        let plan = plan_of(&model(formula), &["second", "log(third)"], &part(&frame, &parts[1]));
        let all = accumulate(&plan, &frame, &parts);
        let all = Accumulator::from_bytes(&all.to_bytes().unwrap()).unwrap();
        assert_eq!((all.n_rows(), all.n_dropped()), (complete.len() as u64, 300 - complete.len() as u64));
        for response in ["y", "second", "log(third)"] {
            let text = formula.replacen('y', response, 1);
            let whole = Fit::new(&model(&text), Some(&rows), &Options::default(), &watch).unwrap();
            let own = all.fit_response(response, &Options::default(), &watch).unwrap();
            same(&text, &own, &whole);
            assert_eq!(own.formula, text);
        }
        let first = all.fit(&Options::default(), &watch).unwrap();
        let named = all.fit_response(" y ", &Options::default(), &watch).unwrap();
        assert!(same_bits(&first.theta, &named.theta) && first.formula == *formula);
        let error = all.fit_response("third", &Options::default(), &watch).unwrap_err();
        assert!(error.message.contains("'third' is not summed, the plan has 'y', 'second', 'log(third)'"), "{error}");
    }
}

#[test]
fn responses_are_no_covariates_of_each_other_and_are_not_added_twice() {
    let frame = with_responses(8, 200);
    let mut small = Frame::new(200);
    for name in ["y", "second", "x", "z"] {
        small.add_real(name, numbers(&frame, name)).unwrap();
    }
    let texts: Vec<String> = (0..200).map(|i| format!("g{}", i % 11)).collect();
    small.add_strings("g", &texts.iter().map(|t| Some(t.as_str())).collect::<Vec<_>>()).unwrap();
    let plan = plan_of(&spec("y ~ . - g + (1 | g)", |_| ()), &["second"], &small);
    let fit =
        accumulate(&plan, &small, &[(0..200).collect()]).fit_response("second", &Options::default(), &Watch::unwatched()).unwrap();
    assert_eq!(fit.fixed.names, ["(Intercept)", "x", "z"]);
    let mut plan = plan;
    for (text, wanted) in
        [("y", "'y' already"), ("`second`", "already"), ("a ~ b", "response 'a ~ b'"), ("log(", "response 'log('")]
    {
        assert!(plan.add_response(text).unwrap_err().message.contains(wanted), "{text}: {}", plan.add_response(text).unwrap_err());
    }
    plan.add_response("x").unwrap();
    assert!(Accumulator::new(&plan, 0).unwrap_err().message.contains("has not learnt"));
    let mut other = Plan::new(&spec("y ~ x + (1 | g)", |_| ()), Options::default().na).unwrap();
    other.add_response("absent").unwrap();
    assert!(other.learn(&small, &Watch::unwatched()).unwrap_err().message.contains("'absent'"));
}

fn ml() -> Options {
    Options { reml: false, ..Options::default() }
}

/// The fit of a formula to rows of a frame, from an accumulator of its own.
fn fitted(formula: &str, frame: &Frame, rows: &[usize], options: &Options) -> Fit {
    let plan = plan(&spec(formula, |own| own.weights = Some("w".into())), &part(frame, &rows[..60]));
    accumulate(&plan, frame, &[rows[..90].to_vec(), rows[90..].to_vec()]).fit(options, &Watch::unwatched()).unwrap()
}

#[test]
fn fits_of_the_same_rows_are_compared() {
    let (frame, watch) = (data(12, 240), Watch::unwatched());
    let rows: Vec<usize> = (0..240).collect();
    let formulas = ["y ~ x + f + (1 | g)", "y ~ x + (1 | g)", "y ~ x + f + z + (x | g)"];
    let own: Vec<Fit> = formulas.iter().map(|formula| fitted(formula, &frame, &rows, &ml())).collect();
    let whole: Vec<Fit> = formulas
        .iter()
        .map(|formula| Fit::new(&spec(formula, |own| own.weights = Some("w".into())), Some(&frame), &ml(), &watch).unwrap())
        .collect();
    let table = |fits: &[Fit]| likelihood_ratio_table(&fits.iter().collect::<Vec<_>>(), true, &watch).unwrap();
    let (ours, theirs) = (table(&own), table(&whole));
    for (a, b) in ours.columns().zip(theirs.columns()) {
        match (&*a.data, &*b.data) {
            (ColumnData::Real(a), ColumnData::Real(b)) => close("table", &a[1..], &b[1..], 1e-8),
            (a, b) => assert_eq!(a, b),
        }
    }
    let against = |a: &Fit, b: &Fit| likelihood_ratio_table(&[a, b], false, &watch);
    let warning = |a: &Fit, b: &Fit| {
        let table = against(a, b).unwrap();
        table.column("warning").unwrap().label(1).map(str::to_owned)
    };
    assert_eq!(warning(&own[1], &own[0]), None);
    // The same name, and other columns.
    let knots = fitted("y ~ ns(x, df = 3) + (1 | g)", &frame, &rows, &ml());
    let mut order = rows.clone();
    order.reverse();
    let others = fitted("y ~ ns(x, df = 3) + f + (1 | g)", &frame, &order, &ml());
    assert!(warning(&knots, &others).unwrap().contains("lacks the fixed effect 'ns(x, df = 3)1'"));
    assert!(warning(&fitted("y ~ z + (1 | g)", &frame, &rows, &ml()), &own[0]).unwrap().contains("'z'"));
    // Other data.
    let mut other = data(12, 240);
    let mut z = numbers(&other, "y");
    z.rotate_left(1);
    z[3] += 1e-3;
    other.add_real("y2", z).unwrap();
    for (fit, wanted) in [
        (fitted("y ~ x + (1 | g)", &frame, &rows[..239], &ml()), "they use 240 and 239 rows"),
        (fitted("y2 ~ x + (1 | g)", &other, &rows, &ml()), "their responses, or their offsets, differ"),
        (fitted("y ~ x + offset(z) + (1 | g)", &frame, &rows, &ml()), "their responses, or their offsets, differ"),
        (
            accumulate(&plan(&spec("y ~ x + (1 | g)", |_| ()), &frame), &frame, std::slice::from_ref(&rows))
                .fit(&ml(), &watch)
                .unwrap(),
            "their weights differ",
        ),
        (whole[1].clone(), "one was made from an accumulator"),
    ] {
        let error = against(&own[0], &fit).unwrap_err();
        assert!(error.code == Code::Argument && error.message.contains(wanted), "{error}");
    }
    // By REML with the same fixed effects only.
    let reml = Options::default();
    let [a, b, c] =
        ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + z + (1 | g)"].map(|formula| fitted(formula, &frame, &rows, &reml));
    assert!(against(&a, &b).is_ok());
    assert!(against(&a, &c).unwrap_err().message.contains("by REML and differ"));
}

/// With weights, too, the response is the same with and without an intercept.
#[test]
fn fits_with_and_without_an_intercept_are_compared() {
    let (frame, watch) = (data(12, 240), Watch::unwatched());
    let rows: Vec<usize> = (0..240).collect();
    let [a, b] = ["y ~ 0 + f + (1 | g)", "y ~ f + x + (1 | g)"].map(|formula| fitted(formula, &frame, &rows, &ml()));
    assert!(likelihood_ratio_table(&[&a, &b], false, &watch).is_ok());
}

#[test]
fn plans_say_in_what_they_differ() {
    let frame = with_responses(2, 120);
    let own = |formula: &str, change: &dyn Fn(&mut interlace::spec::FormulaSpec)| spec(formula, change);
    let base = plan(&own("y ~ x + f + (1 | g)", &|_| ()), &frame);
    let with =
        |spec: &Spec, responses: &[&str], rows: usize| plan_of(spec, responses, &part(&frame, &(0..rows).collect::<Vec<_>>()));
    for (other, wanted) in [
        (with(&own("y ~ x + (1 | g)", &|_| ()), &[], 120), "of the formulas 'y ~ x + f + (1 | g)' and 'y ~ x + (1 | g)'"),
        (with(&own("y ~ x + f + (1 | g)", &|own| own.weights = Some("w".into())), &[], 120), "of the weights none and 'w'"),
        (with(&own("y ~ x + f + (1 | g)", &|own| own.offset = Some("z".into())), &[], 120), "of the offsets none and 'z'"),
        (
            with(&own("y ~ x + f + (1 | g)", &|own| own.contrasts = vec![("f".into(), "contr.sum".into())]), &[], 120),
            "f = contr.sum",
        ),
        (with(&own("y ~ x + f + (1 | g)", &|_| ()), &["second"], 120), "'second'"),
        (with(&own("y ~ x + f + (1 | g)", &|_| ()), &[], 100), "have learnt from different samples"),
    ] {
        let mut all = Accumulator::new(&base, 0).unwrap();
        let error = all.merge(&Accumulator::new(&other, 1).unwrap()).unwrap_err();
        assert!(error.message.contains("different plans") && error.message.contains(wanted), "{error}");
    }
}

#[test]
fn declared_levels_of_a_group_need_not_all_be_in_each_part() {
    let watch = Watch::unwatched();
    let make = |levels: &[&str], codes: &[i32]| {
        let n = codes.len();
        let mut frame = Frame::new(n);
        frame.add_real("y", (0..n).map(|i| ((i * 7 + codes[i] as usize * 3) % 11) as f64).collect()).unwrap();
        frame.add_category("g", codes.to_vec(), levels.iter().map(ToString::to_string).collect(), false).unwrap();
        frame
    };
    let parts = [
        make(&["north", "east"], &[0, 1, 0, 1, 1]),
        make(&["north", "west"], &[1, 0, 1, 1, 0, 0]),
        make(&["east", "south", "west"], &[0, 1, 2, 1, 2, 0, 1]),
    ];
    let plan = plan(&spec("y ~ 1 + (1 | g)", |_| ()), &parts[0]);
    let fit = |order: &[usize]| {
        let mut all = Accumulator::new(&plan, 9).unwrap();
        for k in order {
            let mut own = Accumulator::new(&plan, *k as u64).unwrap();
            own.add(&parts[*k], &watch).unwrap();
            all.merge(&Accumulator::from_bytes(&own.to_bytes().unwrap()).unwrap()).unwrap();
        }
        all.fit(&Options::default(), &watch).unwrap()
    };
    let first = fit(&[0, 1, 2]);
    // None of the parts has both of east and north behind one another but the first.
    assert_eq!(**first.terms[0].design.levels, ["north", "east", "south", "west"].map(String::from));
    for order in [[2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let other = fit(&order);
        assert_eq!(other.terms[0].design.levels, first.terms[0].design.levels);
        assert!(same_bits(&other.terms[0].modes, &first.terms[0].modes));
    }
    let mut all = Accumulator::new(&plan, 0).unwrap();
    parts.iter().for_each(|own| all.add(own, &watch).unwrap());
    let before = all.to_bytes().unwrap();
    let error = all.add(&make(&["west", "north"], &[0, 1]), &watch).unwrap_err();
    assert!(error.message.contains("'g': its levels are declared as 'west', 'north' here"), "{error}");
    assert_eq!(all.to_bytes().unwrap(), before);
    // A part that has all of them decides.
    all.add(&make(&["north", "east", "south", "middle", "west"], &[3, 0]), &watch).unwrap();
    let levels = all.fit(&Options::default(), &watch).unwrap().terms[0].design.levels.clone();
    assert_eq!(**levels, ["north", "east", "south", "middle", "west"].map(String::from));
}

#[test]
fn rows_that_could_teach_are_counted() {
    let mut frame = with_responses(1, 40);
    let mut x = vec![f64::NAN; 40];
    (x[3], x[20], x[21]) = (1.0, 2.0, 3.0);
    frame.add_real("gaps", x).unwrap();
    let mut plan = Plan::new(&spec("y ~ log(gaps) + (1 | g)", |_| ()), Options::default().na).unwrap();
    assert_eq!(plan.n_complete(&frame).unwrap(), 3);
    // The fourth row has no third response.
    plan.add_response("third").unwrap();
    assert_eq!(plan.n_complete(&frame).unwrap(), 1);
    let all = Plan::new(&spec("y ~ . + (1 | g)", |_| ()), Options::default().na).unwrap();
    assert_eq!(all.n_complete(&frame).unwrap(), 1);
}
