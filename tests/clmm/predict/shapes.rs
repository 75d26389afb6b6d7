//! Rows, columns, and what is refused.

use super::*;
use interlace::design::NaPolicy;
use interlace::formula::StructureKind;
use interlace::watch::Watch;

const ALL: [Quantity; 9] = [
    Quantity::Response,
    Quantity::Link,
    Quantity::Conditional,
    Quantity::ZeroProbability,
    Quantity::Dispersion,
    Quantity::Marginal,
    Quantity::Probabilities,
    Quantity::Cumulative,
    Quantity::Class,
];

fn six() -> Frame {
    frame("sim_ordinal_six.csv", &[], Some(("y6", &["1", "2", "3", "4", "5", "6"])))
}

/// The first three rows of the data, x missing in the second.
fn new_rows() -> Frame {
    let mut new = Frame::new(3);
    new.add_real("x", vec![-0.109, f64::NAN, 0.54]).unwrap();
    new.add_real("z", vec![-0.41, 0.5, 0.979]).unwrap();
    new.add_strings("trt", &[Some("C"), Some("C"), Some("C")]).unwrap();
    new.add_strings("g", &[Some("g01"), Some("g01"), Some("g01")]).unwrap();
    new
}

#[test]
fn widths() {
    let ordinal = fitted(&spec("y6 ~ x + (1 | g)", "", ""), &six());
    assert_eq!(ALL.map(|q| ordinal.prediction_width(q)), [0, 1, 0, 0, 1, 6, 6, 5, 1]);
    let linear =
        Spec::new(ModelKind::Lmm, Source::Formula(FormulaSpec { formula: "x ~ z + (1 | g)".into(), ..Default::default() }));
    let linear = fitted(&linear, &six());
    assert_eq!(ALL.map(|q| linear.prediction_width(q)), [1, 1, 1, 1, 1, 1, 0, 0, 0]);
    for (fit, other) in [(&ordinal, "has no mean"), (&linear, "ordinal models")] {
        for quantity in ALL {
            let got = fit.predictions(NewData::Training, &request(quantity, RandomTerms::All), &Watch::unwatched());
            match fit.prediction_width(quantity) {
                0 => {
                    let error = got.unwrap_err();
                    assert_eq!(error.code, Code::Argument);
                    assert!(error.message.contains(other), "{}", error.message);
                }
                width => assert_eq!(got.unwrap().values.len(), width * fit.n_obs),
            }
        }
    }
    let class =
        ordinal.predictions(NewData::Training, &with_errors(Quantity::Class, RandomTerms::All), &Watch::unwatched()).unwrap_err();
    assert!(class.code == Code::Argument && class.message.contains("class"));
}

#[test]
fn new_rows_with_missing_predictors_are_not_numbers() {
    let fit = fitted(&spec("y6 ~ x + (1 | g)", "~ z", "~ trt"), &six());
    let new = new_rows();
    for quantity in ALL.into_iter().filter(|q| fit.prediction_width(*q) > 0) {
        let width = fit.prediction_width(quantity);
        let own = values(&fit, NewData::Training, quantity);
        let got = values(&fit, NewData::Frame(&new), quantity);
        assert_eq!(got.len(), 3 * width);
        for i in [0, 2] {
            close(&format!("{quantity:?}"), &row(&got, 3, i), &row(&own, fit.n_obs, i), 1e-12);
        }
        assert!(row(&got, 3, 1).iter().all(|v| v.is_nan()));
    }
    let limits = fit
        .predictions(NewData::Frame(&new), &with_errors(Quantity::Probabilities, RandomTerms::All), &Watch::unwatched())
        .unwrap();
    for part in [&limits.std_errors, &limits.lower, &limits.upper] {
        assert_eq!(part.iter().map(|v| v.is_nan()).collect::<Vec<_>>(), [false, true, false].repeat(6));
    }
    let error = fit
        .predictions(NewData::Frame(&Frame::new(1)), &request(Quantity::Class, RandomTerms::None), &Watch::unwatched())
        .unwrap_err();
    assert_eq!(error.code, Code::Data);
}

#[test]
fn training_rows_are_padded_as_fitted_values_are() {
    let mut data = six();
    let x: Vec<f64> = (0..data.n_rows()).map(|i| if i == 3 { f64::NAN } else { (i % 11) as f64 }).collect();
    data.add_real("holes", x).unwrap();
    let options = Options { na: NaPolicy::Pad, ..Options::default() };
    let fit = Fit::new(&spec("y6 ~ holes + (1 | g)", "~ z", ""), Some(&data), &options, &Watch::unwatched()).unwrap();
    let got: Predictions =
        fit.predictions(NewData::Training, &with_errors(Quantity::Probabilities, RandomTerms::All), &Watch::unwatched()).unwrap();
    for part in [&got.values, &got.std_errors, &got.lower, &got.upper] {
        assert_eq!(part.len(), 6 * data.n_rows());
        assert_eq!(
            (0..part.len()).filter(|e| part[*e].is_nan()).collect::<Vec<_>>(),
            (0..6).map(|k| k * 360 + 3).collect::<Vec<_>>()
        );
    }
    for (i, y) in fit.y.iter().enumerate().filter(|(_, y)| !y.is_nan()) {
        assert!((got.values[(*y as usize - 1) * 360 + i] - fit.fitted[i]).abs() < 1e-14);
    }
}

#[test]
fn thresholds_out_of_order_have_no_probabilities() {
    let fit = fitted(&spec("y6 ~ x + (1 | g)", "~ z", ""), &six());
    let mut new = Frame::new(2);
    new.add_real("x", vec![0.0; 2]).unwrap();
    new.add_real("z", vec![0.0, 1e6]).unwrap();
    for quantity in [Quantity::Probabilities, Quantity::Cumulative, Quantity::Class, Quantity::Marginal] {
        let got = fit.predictions(NewData::Frame(&new), &request(quantity, RandomTerms::None), &Watch::unwatched()).unwrap().values;
        assert!(got.chunks_exact(2).all(|column| column[0].is_finite() && column[1].is_nan()), "{quantity:?}: {got:?}");
    }
}

#[test]
fn far_from_the_thresholds_the_end_category_is_certain() {
    let fit = fitted(&spec("y6 ~ x + (1 | g)", "", ""), &six());
    let mut new = Frame::new(2);
    let far = 1e4 * fit.fixed.estimate[0].signum();
    new.add_real("x", vec![-far, far]).unwrap();
    let got = fit
        .predictions(NewData::Frame(&new), &with_errors(Quantity::Probabilities, RandomTerms::None), &Watch::unwatched())
        .unwrap();
    assert_eq!(row(&got.values, 2, 0), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(row(&got.values, 2, 1), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    assert!(got.std_errors.iter().all(|se| *se == 0.0));
    assert_eq!((&got.lower, &got.upper), (&got.values, &got.values));
    let class = fit.predictions(NewData::Frame(&new), &request(Quantity::Class, RandomTerms::None), &Watch::unwatched()).unwrap();
    assert_eq!(class.values, [1.0, 6.0]);
}

/// A chosen term is added alone.
#[test]
fn terms_can_be_chosen() {
    let fit = fitted(&spec("y6 ~ x + (1 | g) + (1 | h)", "", ""), &six());
    let of = |random| fit.predictions(NewData::Training, &with_errors(Quantity::Link, random), &Watch::unwatched()).unwrap().values;
    let (none, first, all) = (of(RandomTerms::None), of(RandomTerms::Chosen(vec![0])), of(RandomTerms::All));
    let (g, h) = (&fit.terms[0], &fit.terms[1]);
    for i in 0..fit.n_obs {
        let (b, c) = (g.modes[g.design.index[i] as usize], h.modes[h.design.index[i] as usize]);
        close("first", &[first[i], all[i]], &[none[i] + b, none[i] + b + c], 1e-12);
    }
}

#[test]
fn arrays_with_nominal_and_scale_columns() {
    let (n, categories) = (120, 3);
    let x: Vec<f64> = (0..n).map(|i| (i * 37 % 101) as f64 / 50.0 - 1.0).collect();
    let z: Vec<f64> = (0..n).map(|i| (i * 53 % 97) as f64 / 48.0 - 1.0).collect();
    let y: Vec<f64> = (0..n).map(|i| 1.0 + ((i * 7919 % 113) as f64 / 38.0 + 0.6 * x[i]).clamp(0.0, 2.0).floor()).collect();
    let index: Vec<i64> = (0..n as i64).map(|i| i * 13 % 10).collect();
    let arrays = |rows: usize, y: Vec<f64>| -> Spec {
        let cut = |values: &[f64]| values[..rows].to_vec();
        let term = ArrayTerm {
            name: "g".into(),
            effects: vec![],
            z: None,
            index: index[..rows].to_vec(),
            n_levels: 10,
            levels: vec![],
            structure: StructureKind::Unstructured,
            homogeneous: None,
        };
        let own = ArraySpec { n: rows, y, p: 1, x: cut(&x), terms: vec![term], ..ArraySpec::default() };
        let mut spec = Spec::new(ModelKind::Clmm, Source::Arrays(own));
        spec.ordinal.nominal = Some(PredictorSpec::Arrays { p: 1, x: cut(&z), x_names: vec![] });
        spec.dispersion = Some(PredictorSpec::Arrays { p: 1, x: cut(&x), x_names: vec![] });
        spec
    };
    let fit = Fit::new(&arrays(n, y), None, &Options::default(), &Watch::unwatched()).unwrap();
    let own = values(&fit, NewData::Training, Quantity::Probabilities);
    let got = values(&fit, NewData::Spec(&arrays(5, vec![])), Quantity::Probabilities);
    assert_eq!(got.len(), 5 * categories);
    for i in 0..5 {
        close("row", &row(&got, 5, i), &row(&own, n, i), 1e-12);
    }
    let mut without = arrays(5, vec![]);
    without.ordinal.nominal = None;
    let error = fit
        .predictions(NewData::Spec(&without), &request(Quantity::Probabilities, RandomTerms::All), &Watch::unwatched())
        .unwrap_err();
    assert!(error.message.contains("nominal"), "{}", error.message);
}
