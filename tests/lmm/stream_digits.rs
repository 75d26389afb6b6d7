//! Data in parts: digits that sums lose where the sample is not like the data, and columns that are left out.

use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::{ColumnData, Frame};
use interlace::options::Options;
use interlace::watch::Watch;

use crate::common::Rng;
use crate::common::close::close;
use crate::stream::{accumulate, part, plan, same, spec};

/// Two halves of rows; x of the second lies `off` higher.
fn halves(off: f64) -> Frame {
    let mut rng = Rng(5);
    let (n, mut columns) = (400, [vec![], vec![], vec![], vec![]]);
    let mut groups = vec![];
    for i in 0..n {
        let (x, u) = (rng.normal() + if i < n / 2 { 0.0 } else { off }, rng.normal());
        let y = 1.0 + 0.5 * x + 0.3 * u + ((i % 8) as f64).sin() + rng.normal();
        [y, x, 2.0 * x, u].into_iter().zip(&mut columns).for_each(|(v, column)| column.push(v));
        groups.push(format!("g{}", i % 8));
    }
    let mut frame = Frame::new(n);
    ["y", "x", "z", "u"].into_iter().zip(columns).for_each(|(name, column)| frame.add_real(name, column).unwrap());
    frame.add_strings("g", &groups.iter().map(|g| Some(g.as_str())).collect::<Vec<_>>()).unwrap();
    frame
}

/// The sample has the first half: the further the second, the more digits are lost, which is never silent.
#[test]
fn digits_lost_to_a_bad_sample_are_said_or_refused() {
    let (watch, options) = (Watch::unwatched(), Options::default());
    let spec = spec("y ~ x + (1 | g)", |_| {});
    let (mut silent, mut said, mut refused) = (0, 0, 0);
    for off in [0.0, 1.0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e10] {
        let frame = halves(off);
        let all = [(0..200).collect::<Vec<_>>(), (200..400).collect()];
        let sums = accumulate(&plan(&spec, &part(&frame, &all[0])), &frame, &all);
        match sums.fit(&options, &watch) {
            Err(error) => {
                assert!(error.code == Code::Data && error.message.contains("far from those of the sample"), "{off}: {error}");
                refused += 1;
            }
            Ok(fit) => {
                let whole = Fit::new(&spec, Some(&frame), &options, &watch).unwrap();
                let lost = (fit.criterion - whole.criterion).abs() / whole.criterion.abs();
                if fit.design_warnings.iter().any(|w| w.contains("far from those of the sample")) {
                    assert!(lost < 1e-6, "{off}: {lost}");
                    said += 1;
                } else {
                    assert!(lost < 1e-11, "{off}: {lost}");
                    silent += 1;
                }
            }
        }
    }
    assert!(silent > 1 && said > 0 && refused > 1, "{silent} {said} {refused}");
}

/// A column of which only rounding is left is left out, however the data lie in parts.
#[test]
fn an_interaction_that_makes_up_the_intercept_is_left_out() {
    let (watch, options) = (Watch::unwatched(), Options::default());
    let spec = spec("y ~ f:h + (1 | g)", |_| {});
    for seed in 1..30 {
        let (mut rng, n) = (Rng(seed), 400);
        let mut texts = [vec![], vec![], vec![]];
        let y: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        for _ in 0..n {
            texts.iter_mut().zip([3.0, 12.0, 9.0]).for_each(|(own, of)| own.push(format!("l{}", (rng.uniform() * of) as usize)));
        }
        let mut frame = Frame::new(n);
        frame.add_real("y", y).unwrap();
        for (name, own) in ["f", "h", "g"].into_iter().zip(&texts) {
            frame.add_strings(name, &own.iter().map(|text| Some(text.as_str())).collect::<Vec<_>>()).unwrap();
        }
        let all = [(0..150).collect::<Vec<_>>(), (150..400).collect()];
        let sums = accumulate(&plan(&spec, &part(&frame, &all[0][..50])), &frame, &all);
        let (fit, whole) = (sums.fit(&options, &watch).unwrap(), Fit::new(&spec, Some(&frame), &options, &watch).unwrap());
        close("criterion", &[fit.criterion], &[whole.criterion], 1e-11);
    }
}

/// A response without variance is never fitted, also where that of the sample varies and rounding is all that is left.
#[test]
fn a_response_that_is_constant_behind_the_sample_is_an_error() {
    let watch = Watch::unwatched();
    for weights in [None, Some("w".to_string())] {
        let spec = spec("y ~ x + u + (1 | g)", |own| own.weights.clone_from(&weights));
        for value in [0.0, 1.0, 5.3, 1e6, 1e-3, -77.7] {
            let mut sample = halves(0.0);
            let mut frame = Frame::new(400);
            for column in sample.columns() {
                match &*column.data {
                    ColumnData::Real(_) if column.name == "y" => frame.add_real("y", vec![value; 400]).unwrap(),
                    ColumnData::Real(own) => frame.add_real(&column.name, own.clone()).unwrap(),
                    _ => {
                        let texts: Vec<Option<&str>> = (0..400).map(|row| column.label(row)).collect();
                        frame.add_strings(&column.name, &texts).unwrap();
                    }
                }
            }
            for own in [&mut sample, &mut frame] {
                own.add_real("w", (0..400).map(|i| 0.5 + f64::from(i % 7) / 3.0).collect()).unwrap();
            }
            let all = [(0..400).collect::<Vec<_>>()];
            let error = accumulate(&plan(&spec, &sample), &frame, &all).fit(&Options::default(), &watch).unwrap_err();
            let said = ["no variance to model", "a combination of other columns"].iter().any(|text| error.message.contains(text));
            assert!(said, "{value}: {error}");
        }
    }
}

/// A column that varies in the sample and nowhere else is refused or left out: what rounding makes of it is never a column.
#[test]
fn a_column_that_is_constant_behind_the_sample_is_not_fitted() {
    let (watch, options) = (Watch::unwatched(), Options::default());
    let spec = spec("y ~ z + x + (1 | g)", |_| {});
    for seed in 1..100 {
        let constant = [0.0, 1.0, 5.3, -2.0, 1e3][seed as usize % 5];
        let (mut rng, n) = (Rng(seed), 80);
        let groups: Vec<String> = (0..n).map(|i| format!("g{}", i % 5)).collect();
        let [y, z, x] = [(); 3].map(|()| (0..n).map(|_| rng.normal()).collect::<Vec<f64>>());
        let [sample, frame] = [x, vec![constant; n]].map(|x| {
            let mut own = Frame::new(n);
            own.add_real("y", y.clone()).unwrap();
            own.add_real("z", z.clone()).unwrap();
            own.add_real("x", x).unwrap();
            own.add_strings("g", &groups.iter().map(|g| Some(g.as_str())).collect::<Vec<_>>()).unwrap();
            own
        });
        let all = [(0..n).collect::<Vec<_>>()];
        match accumulate(&plan(&spec, &sample), &frame, &all).fit(&options, &watch) {
            Err(error) => assert!(error.message.contains("far from those of the sample"), "{error}"),
            Ok(fit) => {
                let whole = Fit::new(&spec, Some(&frame), &options, &watch).unwrap();
                // At 1,000 standard deviations the sums lose digits, and say so.
                let warned = fit.design_warnings.iter().any(|w| w.contains("far from those of the sample"));
                assert!(!warned || constant > 100.0, "{constant}");
                let tolerance = if warned { 1e-10 } else { 1e-11 };
                close("criterion", &[fit.criterion], &[whole.criterion], tolerance);
            }
        }
    }
}

/// Intervals by profiles belong to their coefficients where a column before them was left out.
#[test]
fn profiles_beside_a_column_left_out_are_those_of_the_whole() {
    let (watch, options) = (Watch::unwatched(), Options::default());
    let spec = spec("y ~ x + z + u + (1 | g)", |_| {});
    let frame = halves(1.0);
    let parts = [(0..150).collect::<Vec<_>>(), (150..400).collect()];
    let whole = Fit::new(&spec, Some(&frame), &options, &watch).unwrap();
    let fit = accumulate(&plan(&spec, &frame), &frame, &parts).fit(&options, &watch).unwrap();
    same("a column left out", &fit, &whole);
    assert_eq!(fit.fixed.dropped.len(), 1);
    let (ours, theirs) = (fit.profile(0.9, &watch).unwrap(), whole.profile(0.9, &watch).unwrap());
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(&theirs) {
        close("profile", &[a.lower, a.upper], &[b.lower, b.upper], 1e-5);
    }
}
