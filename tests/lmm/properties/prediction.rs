//! Predictions at the training data are the fitted values, whatever the shape of the terms.

use crate::common::close::close_or_missing;
use interlace::design::NaPolicy;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Unidentified;
use interlace::predict::{NewData, PredictOptions};
use interlace::watch::Watch;

use crate::common::designs::data;
use crate::common::{Data, model};

const WITH: PredictOptions = PredictOptions { random: true, new_levels_zero: false };
const WITHOUT: PredictOptions = PredictOptions { random: false, new_levels_zero: false };

const FORMULAS: [&str; 34] = [
    "y ~ x + (1 | g)",
    "y ~ x + (x | g)",
    "y ~ x + (0 + x | g)",
    "y ~ x + (x || g)",
    "y ~ x + (f | g)",
    "y ~ x + (0 + f | g)",
    "y ~ x + (f || g)",
    "y ~ x + (x:z | g)",
    "y ~ x + (log(u) | g)",
    "y ~ x + (1 | a/b)",
    "y ~ x + (1 | a:b)",
    "y ~ x + (1 | g) + (0 + x | g)",
    "y ~ x + us(1 + x | g)",
    "y ~ x + diag(1 + x | g)",
    "y ~ x + cs(0 + f | g)",
    "y ~ x + ar1(0 + t | g)",
    "y ~ poly(x, 3) + (1 | g)",
    "y ~ poly(x, 2, raw = TRUE) + (poly(x, 2) | g)",
    "y ~ bs(x, df = 5) + (1 | g)",
    "y ~ ns(x, df = 3) + (ns(x, df = 2) | g)",
    "y ~ scale(x) + (scale(x) | g)",
    "y ~ scale(x) * f + (scale(z) || g)",
    "y ~ x + offset(o) + (1 | g)",
    "y ~ x + offset(2 * o) + (x | g)",
    "log(u) ~ x + (1 | g)",
    "sqrt(u) ~ I(x^2) + (I(x^2) | g)",
    "y ~ f * x + (1 | g) + (1 | g:f)",
    "y ~ 0 + f:x + (1 | g)",
    "y ~ factor(k) + (1 | factor(k))",
    "y ~ x + (1 | k)",
    "y ~ (x > 0) + (x > 0 | g)",
    "y ~ exp(x / 4) + (1 | interaction(a, b))",
    "y ~ x + x2 + f + (1 | g)",
    "y ~ x + f + (x + f | g) + (1 | h)",
];

/// The data of the designs, with a positive variable, a number that groups, a collinear column, and some missing values.
fn full() -> Data {
    let d = data(21, 240);
    let u = d.values("z").iter().map(|z| (0.5 * z).exp()).collect();
    let k = (0..240).map(|i| f64::from(i % 7) * 0.5).collect();
    let x2 = d.values("x").iter().map(|x| 3.0 * x).collect();
    let mut z = d.values("z").to_vec();
    z[17] = f64::NAN;
    d.real("u", u).real("k", k).real("x2", x2).real("z", z)
}

fn fit(formula: &str, data: &Data, na: NaPolicy) -> Fit {
    let mut model = model(formula);
    model.options.na = na;
    // The factor k is both fixed and random in one of the designs.
    model.options.unidentified = Unidentified::Warning;
    if formula.starts_with("y ~ x + (x") {
        model = model.offset("o").weights("w");
    }
    model.fit(data)
}

#[test]
fn at_the_training_data_they_are_the_fitted_values() {
    let data = full();
    for formula in FORMULAS {
        let fit = fit(formula, &data, NaPolicy::Pad);
        assert_eq!(fit.predict(NewData::Training, WITH, &Watch::unwatched()).unwrap().len(), 240, "{formula}");
        let again = fit.predict(NewData::Frame(&data.frame()), WITH, &Watch::unwatched()).unwrap();
        close_or_missing(1.0, formula, &again, &fit.fitted, 1e-12);
        // A frame with only some rows, in another order, without the response: levels and knots are those of the fit.
        let rows: Vec<usize> = (0..60).map(|i| (i * 37 + 11) % 240).collect();
        let mut part = data.rows(&rows);
        part.reals.retain(|(name, _)| name != "y" && (formula.contains("(u)") || name != "u" || formula.contains("(log(u)")));
        let want: Vec<f64> = rows.iter().map(|&i| fit.fitted[i]).collect();
        close_or_missing(
            1.0,
            formula,
            &fit.predict(NewData::Frame(&part.frame()), WITH, &Watch::unwatched()).unwrap(),
            &want,
            1e-12,
        );
        // One row at a time.
        for i in [0, 100, 239] {
            close_or_missing(
                1.0,
                formula,
                &fit.predict(NewData::Frame(&data.rows(&[i]).frame()), WITH, &Watch::unwatched()).unwrap(),
                &fit.fitted[i..=i],
                1e-12,
            );
        }
    }
}

#[test]
fn without_random_effects_they_are_x_beta_and_the_offset() {
    let data = full();
    for formula in FORMULAS {
        let fit = fit(formula, &data, NaPolicy::Omit);
        let n = fit.n_obs;
        let mut want = fit.offset.clone().unwrap_or_else(|| vec![0.0; n]);
        for (column, beta) in fit.x.chunks_exact(n).zip(&fit.fixed.estimate) {
            want.iter_mut().zip(column).for_each(|(e, x)| *e += beta * x);
        }
        close_or_missing(1.0, formula, &fit.predict(NewData::Training, WITHOUT, &Watch::unwatched()).unwrap(), &want, 1e-12);
        let again = fit.predict(NewData::Frame(&data.frame()), WITHOUT, &Watch::unwatched()).unwrap();
        let dropped: Vec<usize> = fit.rows.dropped.iter().map(|(row, _)| *row).collect();
        let used: Vec<f64> = (0..240).filter(|i| !dropped.contains(i)).map(|i| again[i]).collect();
        close_or_missing(1.0, formula, &used, &want, 1e-12);
        // Grouping factors are not needed.
        if !formula.contains('f') && !formula.contains('k') {
            let mut fixed_only = data.clone();
            fixed_only.labels.clear();
            close_or_missing(
                1.0,
                formula,
                &fit.predict(NewData::Frame(&fixed_only.frame()), WITHOUT, &Watch::unwatched()).unwrap(),
                &again,
                1e-12,
            );
        }
    }
}

#[test]
fn unknown_levels() {
    let data = full();
    let fit = model("y ~ x + f + (x | g) + (1 | g:f)").fit(&data);
    let mut new = data.rows(&[3, 4, 5]);
    let column = new.labels.iter_mut().find(|(n, _)| n == "g").unwrap();
    column.1[1] = "nobody".into();
    let error = fit.predict(NewData::Frame(&new.frame()), WITH, &Watch::unwatched()).unwrap_err();
    assert_eq!((error.code, error.position), (Code::Data, 1), "{error}");
    assert!(error.message.contains("'g'"), "{error}");
    let got = fit
        .predict(NewData::Frame(&new.frame()), PredictOptions { random: true, new_levels_zero: true }, &Watch::unwatched())
        .unwrap();
    let population = fit.predict(NewData::Frame(&new.frame()), WITHOUT, &Watch::unwatched()).unwrap();
    assert_eq!(got[1].to_bits(), population[1].to_bits());
    close_or_missing(1.0, "known levels", &[got[0], got[2]], &[fit.fitted[3], fit.fitted[5]], 1e-12);
    // A factor of the fixed part has no effect for an unknown level: always an error.
    let mut new = data.rows(&[3, 4, 5]);
    new.labels.iter_mut().find(|(n, _)| n == "f").unwrap().1[2] = "f9".into();
    for options in [WITH, WITHOUT, PredictOptions { random: true, new_levels_zero: true }] {
        let error = fit.predict(NewData::Frame(&new.frame()), options, &Watch::unwatched()).unwrap_err();
        assert_eq!((error.code, error.position), (Code::Data, 2), "{error}");
        assert!(error.message.contains("'f'") && error.message.contains("'f9'"), "{error}");
    }
}

#[test]
fn missing_predictors_and_columns() {
    let data = full();
    let fit = model("y ~ x + (z | g)").fit(&data);
    let mut new = data.rows(&[0, 1, 2, 3]);
    new = new.real("x", vec![f64::NAN, 1.0, 2.0, 3.0]).real("z", vec![0.0, f64::NAN, 1.0, 2.0]);
    new.labels.iter_mut().find(|(n, _)| n == "g").unwrap().1[2] = String::new();
    let got = fit.predict(NewData::Frame(&new.frame()), WITH, &Watch::unwatched());
    // A missing group is an unknown one or a missing value, but never somebody else's effect.
    match got {
        Ok(got) => assert!(got[..3].iter().all(|v| v.is_nan()) && got[3].is_finite(), "{got:?}"),
        Err(error) => assert!(error.message.contains("'g'") && error.position == 2, "{error}"),
    }
    let without = fit.predict(NewData::Frame(&new.frame()), WITHOUT, &Watch::unwatched()).unwrap();
    assert!(without[0].is_nan() && without[1..].iter().all(|v| v.is_finite()), "{without:?}");
    let mut none = Frame::new(2);
    none.add_real("z", vec![1.0, 2.0]).unwrap();
    let error = fit.predict(NewData::Frame(&none), WITH, &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Data && error.message.contains("'x'"), "{error}");
    assert_eq!(fit.predict(NewData::Frame(&data.rows(&[]).frame()), WITH, &Watch::unwatched()).map(|v| v.len()), Ok(0));
}
