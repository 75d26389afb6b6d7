//! Predictions for the data of the fit are its fitted values, whatever the model's shape.

use super::*;
use interlace::watch::Watch;

const QUANTITIES: [Quantity; 6] = [
    Quantity::Response,
    Quantity::Link,
    Quantity::Conditional,
    Quantity::ZeroProbability,
    Quantity::Dispersion,
    Quantity::Marginal,
];

/// The families' data with a second factor nested in the first, another crossed with it, and an offset.
fn families() -> Frame {
    let mut frame = data("sim_families.csv", &["g"]);
    let n = frame.n_rows();
    let labels = |k: usize, of: &str| -> Vec<String> { (0..n).map(|i| format!("{of}{}", i * 7 % k)).collect() };
    for (name, k) in [("h", 3), ("f", 2)] {
        let labels = labels(k, name);
        frame.add_strings(name, &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame.add_real("off", (0..n).map(|i| 0.3 * ((i % 5) as f64 - 2.0)).collect()).unwrap();
    frame
}

fn check(what: &str, fit: &Fit, frame: &Frame) {
    let all = |quantity| request(quantity, RandomTerms::All);
    let got = fit.predictions(NewData::Training, &all(Quantity::Response), &Watch::unwatched()).unwrap().values;
    close(what, &got, &fit.fitted, 0.0);
    for quantity in QUANTITIES {
        for random in [RandomTerms::All, RandomTerms::None, RandomTerms::Chosen(vec![0])] {
            let asked = Request { level: Some(0.9), ..request(quantity, random) };
            let own = fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
            let new = fit.predictions(NewData::Frame(frame), &asked, &Watch::unwatched()).unwrap();
            let what = format!("{what}, {asked:?}");
            close(&what, &new.values, &own.values, 1e-12);
            close(&what, &new.std_errors, &own.std_errors, 1e-9);
            close(&what, &new.lower, &own.lower, 1e-9);
            for i in (0..own.values.len()).filter(|&i| !fit.fitted[i].is_nan()) {
                assert!(own.lower[i] <= own.values[i] && own.values[i] <= own.upper[i], "{what}, row {i}");
                assert!(own.std_errors[i] >= 0.0, "{what}, row {i}");
            }
        }
    }
    let none =
        fit.predictions(NewData::Training, &request(Quantity::Response, RandomTerms::Chosen(vec![])), &Watch::unwatched()).unwrap();
    let also_none =
        fit.predict(NewData::Training, PredictOptions { random: false, new_levels_zero: false }, &Watch::unwatched()).unwrap();
    close(what, &none.values, &also_none, 1e-15);
}

#[test]
fn every_shape_of_terms() {
    let frame = families();
    let formulas = [
        "y_pois ~ x + (1 | g)",
        "y_pois ~ x + (x | g)",
        "y_pois ~ x + (0 + x | g)",
        "y_pois ~ x + (x || g)",
        "y_pois ~ x + (1 | g / h)",
        "y_pois ~ 1 + (f | g)",
        "y_pois ~ 0 + f + (1 | g) + (1 | h)",
        "y_pois ~ f * x + (1 | g) + (0 + z | h)",
        "y_pois ~ poly(x, 2) + offset(off) + (1 | g)",
        "y_pois ~ x + log(trials + 1) + diag(1 + x | g)",
    ];
    for formula in formulas {
        check(formula, &fitted(&spec("poisson", formula), &frame), &frame);
    }
}

#[test]
fn every_kind_of_family() {
    let frame = families();
    let models = [
        ("binomial", "cbind(y_bin, trials - y_bin) ~ x + (1 | g)"),
        ("gamma", "y_gamma ~ x + (1 | g)"),
        ("nbinom2", "y_nb2 ~ x + offset(off) + (1 | g)"),
        ("beta", "y_beta ~ x + (1 | g)"),
        ("lognormal", "y_lognormal ~ x + (1 | g)"),
        ("gaussian", "y_het ~ x + (1 | g)"),
        ("ordered_beta", "y_ordbeta ~ x + (1 | g)"),
    ];
    for (family, formula) in models {
        let mut model = spec(family, formula);
        if family == "gamma" {
            // The inverse of a normal variable has no mean.
            model.family.link = Some("log".into());
        }
        check(formula, &fitted(&model, &frame), &frame);
    }
    let inverse = fitted(&spec("gamma", "y_gamma_inv ~ x + (1 | g)"), &frame);
    let response =
        |random| inverse.predictions(NewData::Training, &request(Quantity::Response, random), &Watch::unwatched()).unwrap().values;
    close("inverse link", &response(RandomTerms::All), &inverse.fitted, 1e-13);
    assert!(response(RandomTerms::None).iter().all(|v| v.is_finite()));
    let marginal =
        inverse.predictions(NewData::Training, &request(Quantity::Marginal, RandomTerms::All), &Watch::unwatched()).unwrap();
    assert!(marginal.values.iter().all(|v| v.is_nan()));
}

#[test]
fn further_predictors_and_all_their_offsets() {
    let frame = families();
    let mut zero = spec("nbinom2", "y_zip ~ x + offset(off) + (1 | g)");
    zero.zero_inflation = Some(PredictorSpec::Formula("~ z + offset(off) + (1 | h)".into()));
    let fit = fitted(&zero, &frame);
    check("zero inflation", &fit, &frame);
    // The offset counts: another one gives other probabilities.
    let probability = |frame: &Frame| {
        fit.predictions(NewData::Frame(frame), &request(Quantity::ZeroProbability, RandomTerms::All), &Watch::unwatched())
            .unwrap()
            .values
    };
    let mut other = data("sim_families.csv", &["g"]);
    let n = other.n_rows();
    let labels: Vec<String> = (0..n).map(|i| format!("h{}", i * 7 % 3)).collect();
    other.add_strings("h", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    other.add_real("off", (0..n).map(|i| 1.0 + 0.3 * ((i % 5) as f64 - 2.0)).collect()).unwrap();
    let odds = |p: f64| (p / (1.0 - p)).ln();
    for (a, b) in probability(&frame).iter().zip(probability(&other)) {
        assert!((odds(b) - odds(*a) - 1.0).abs() < 1e-9);
    }

    let mut dispersed = spec("gaussian", "y_het ~ x + (1 | g)");
    dispersed.dispersion = Some(PredictorSpec::Formula("~ z + offset(off)".into()));
    check("dispersion", &fitted(&dispersed, &frame), &frame);
    let mut both = spec("gamma", "y_gamma ~ x + (1 | g)");
    both.family.link = Some("log".into());
    both.dispersion = Some(PredictorSpec::Formula("~ x + (1 | g)".into()));
    check("random dispersion", &fitted(&both, &frame), &frame);

    let salamanders = data("Salamanders.csv", &["site", "mined", "spp"]);
    let mut hurdle = spec("truncated_nbinom2", "count ~ mined + (1 | site)");
    hurdle.zero_inflation = Some(PredictorSpec::Formula("~ mined".into()));
    check("hurdle", &fitted(&hurdle, &salamanders), &salamanders);
}

#[test]
fn arrays_predict_as_formulas_do() {
    let frame = data("epil.csv", &["trt", "subject"]);
    let formula = fitted(&spec("poisson", "y ~ lbase + V4 + (1 + V4 | subject)"), &frame);
    let n = formula.n_obs;
    let mut arrays = ArraySpec { n, y: formula.y.clone(), p: 3, x: formula.x.clone(), ..ArraySpec::default() };
    let term = &formula.terms[0];
    arrays.terms.push(ArrayTerm {
        name: String::new(),
        effects: vec![],
        z: term.design.z.clone(),
        index: term.design.index.iter().map(|&i| i64::from(i)).collect(),
        n_levels: term.design.levels.len(),
        levels: vec![],
        structure: interlace::formula::StructureKind::Unstructured,
        homogeneous: None,
    });
    let mut own = Spec::new(ModelKind::Glmm, Source::Arrays(arrays.clone()));
    own.family.name = "poisson".into();
    let fit = Fit::new(&own, None, &Options::default(), &Watch::unwatched()).unwrap();
    let new = ArraySpec { y: vec![], ..arrays };
    for quantity in QUANTITIES {
        let asked = Request { level: Some(0.95), ..request(quantity, RandomTerms::All) };
        let want = formula.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
        let got = fit.predictions(NewData::Arrays(&new), &asked, &Watch::unwatched()).unwrap();
        close("values", &got.values, &want.values, 1e-6);
        close("standard errors", &got.std_errors, &want.std_errors, 1e-6);
    }
}

#[test]
fn levels_that_the_fit_does_not_know() {
    let frame = data("epil.csv", &["trt", "subject"]);
    let fit = fitted(&spec("poisson", "y ~ trt + (1 | subject)"), &frame);
    let mut new = Frame::new(3);
    new.add_strings("trt", &[Some("placebo"), Some("placebo"), Some("progabide")]).unwrap();
    new.add_strings("subject", &[Some("s01"), Some("nobody"), None]).unwrap();
    let asked = request(Quantity::Link, RandomTerms::All);
    let error = fit.predictions(NewData::Frame(&new), &asked, &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Data && error.position == 1 && error.message.contains("subject"), "{error:?}");
    let zero = Request { new_levels: NewLevels::Zero, level: Some(0.95), ..asked.clone() };
    let got = fit.predictions(NewData::Frame(&new), &zero, &Watch::unwatched()).unwrap();
    let without =
        fit.predictions(NewData::Frame(&new), &Request { random: RandomTerms::None, ..zero.clone() }, &Watch::unwatched()).unwrap();
    close("unknown levels", &got.values[1..], &without.values[1..], 1e-15);
    // A new level may be anywhere that its variance allows.
    let variance = fit.terms[0].cov[0];
    close("their errors", &[got.std_errors[1]], &[(without.std_errors[1].powi(2) + variance).sqrt()], 1e-12);

    let mut wrong = Frame::new(1);
    wrong.add_strings("trt", &[Some("surgery")]).unwrap();
    wrong.add_strings("subject", &[Some("s01")]).unwrap();
    let error = fit.predictions(NewData::Frame(&wrong), &asked, &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Data && error.message.contains("surgery"), "{error:?}");
    let terms = request(Quantity::Link, RandomTerms::Chosen(vec![1]));
    assert!(fit.predictions(NewData::Training, &terms, &Watch::unwatched()).unwrap_err().message.contains("terms has 1"));
    // Groups need not be there where no mode is added.
    let mut groupless = Frame::new(1);
    groupless.add_strings("trt", &[Some("placebo")]).unwrap();
    for quantity in [Quantity::Response, Quantity::Marginal] {
        let got =
            fit.predictions(NewData::Frame(&groupless), &request(quantity, RandomTerms::None), &Watch::unwatched()).unwrap().values
                [0];
        let extra = if quantity == Quantity::Marginal { 0.5 * variance } else { 0.0 };
        close("without groups", &[got], &[(fit.fixed.estimate[0] + extra).exp()], 1e-13);
    }
}

#[test]
fn rows_that_were_left_out_are_padded() {
    let mut frame = Frame::new(12);
    let x = |i: usize| if i == 3 { f64::NAN } else { 0.1 * i as f64 };
    frame.add_real("y", [1., 0., 2., 3., 1., 0., 4., 2., 5., 1., 0., 3.].to_vec()).unwrap();
    frame.add_real("x", (0..12).map(x).collect()).unwrap();
    frame.add_real("w", (0..12).map(|i| 1.0 + f64::from(i % 3)).collect()).unwrap();
    let labels: Vec<String> = (0..12).map(|i| format!("g{}", i % 4)).collect();
    frame.add_strings("g", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    let mut model = spec("poisson", "y ~ x + offset(x) + (1 | g)");
    if let Source::Formula(source) = &mut model.source {
        source.weights = Some("w".into());
    }
    let options = Options { na: NaPolicy::Pad, ..Options::default() };
    let fit = Fit::new(&model, Some(&frame), &options, &Watch::unwatched()).unwrap();
    check("padded", &fit, &frame);
    for values in [
        fit.predictions(NewData::Training, &request(Quantity::Link, RandomTerms::All), &Watch::unwatched()).unwrap().values,
        fit.residuals_of(ResidualKind::Deviance, &Watch::unwatched()).unwrap(),
        fit.residuals_of(ResidualKind::Working, &Watch::unwatched()).unwrap(),
        fit.quantile_residuals(1, &Watch::unwatched()).unwrap(),
    ] {
        assert_eq!(values.len(), 12);
        assert!((0..12).all(|i| values[i].is_nan() == (i == 3)));
    }
}
