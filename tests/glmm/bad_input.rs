//! Bad input to generalised models is an error of one line that names what is wrong and where, or a fit that says what it did.

use crate::common::{Data, Rng};
use interlace::design::NaPolicy;
use interlace::error::{Code, Error, Result};
use interlace::fit::Fit;
use interlace::options::{Information, Nodes, Options};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

/// 40 rows: count, yes, x, one, ten, f (3 levels), g (8 levels).
fn data() -> Data {
    let mut rng = Rng(77);
    let n = 40;
    let x = rng.normals(n);
    let count = (0..n).map(|_| rng.below(6) as f64).collect();
    let yes = (0..n).map(|_| rng.below(2) as f64).collect();
    let positive = (0..n).map(|_| rng.normal().exp()).collect();
    let g: Vec<usize> = (0..n).map(|i| i % 8).collect();
    let f: Vec<usize> = (0..n).map(|i| (i / 8) % 3).collect();
    let d = Data::default().real("count", count).real("yes", yes).real("positive", positive).real("x", x);
    d.real("one", vec![1.0; n]).real("ten", vec![10.0; n]).group("f", &f).group("g", &g)
}

/// The data with one value changed.
fn with_value(name: &str, row: usize, value: f64) -> Data {
    data().with(name, row, value)
}

#[derive(Clone)]
struct Asked {
    spec: Spec,
    options: Options,
}

fn model(family: &str, formula: &str) -> Asked {
    let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }));
    spec.family.name = family.into();
    Asked { spec, options: Options::default() }
}

impl Asked {
    fn link(mut self, link: &str) -> Self {
        self.spec.family.link = Some(link.into());
        self
    }

    fn zero(mut self, formula: &str) -> Self {
        self.spec.zero_inflation = Some(PredictorSpec::Formula(formula.into()));
        self
    }

    fn dispersion(mut self, formula: &str) -> Self {
        self.spec.dispersion = Some(PredictorSpec::Formula(formula.into()));
        self
    }

    fn columns(mut self, change: impl FnOnce(&mut FormulaSpec)) -> Self {
        if let Source::Formula(formula) = &mut self.spec.source {
            change(formula);
        }
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    fn fit(&self, data: &Data) -> Result<Fit> {
        Fit::new(&self.spec, Some(&data.frame()), &self.options, &Watch::unwatched())
    }
}

#[track_caller]
fn fails(model: &Asked, data: &Data, code: Code, parts: &[&str]) -> Error {
    let error = match model.fit(data) {
        Ok(fit) => panic!("fitted: {:?} {:?}", fit.fixed, fit.warnings()),
        Err(error) => error,
    };
    assert_eq!(error.code, code, "{error}");
    for part in parts {
        assert!(error.message.contains(part), "no {part:?} in: {error}");
    }
    assert!(!error.message.contains('\n') && error.message.len() < 1000, "{error}");
    error
}

#[track_caller]
fn warns(model: &Asked, data: &Data, part: &str) -> Fit {
    let fit = model.fit(data).unwrap();
    assert!(fit.warnings().iter().any(|w| w.contains(part)), "no {part:?} in {:?}", fit.warnings());
    assert!(fit.fixed.estimate.iter().chain(&fit.fitted).all(|v| v.is_finite()));
    fit
}

#[test]
fn responses_that_the_family_can_not_have() {
    for (family, column, value, parts) in [
        ("poisson", "count", -5.0, &["poisson", "-5", "row 5", "count"][..]),
        ("poisson", "count", 4.5, &["4.5", "row 5", "whole"]),
        ("nbinom1", "count", -1.0, &["nbinom1", "row 5"]),
        ("nbinom2", "count", 0.1, &["nbinom2", "0.1", "row 5"]),
        ("binomial", "yes", 1.2, &["1.2", "row 5", "between 0 and 1"]),
        ("betabinomial", "yes", -0.1, &["-0.1", "row 5"]),
        ("beta", "positive", 0.0, &["beta", "strictly between 0 and 1"]),
        ("gamma", "positive", 0.0, &["gamma", "0 in row 5", "positive"]),
        ("inverse_gaussian", "positive", -2.0, &["-2 in row 5"]),
        ("lognormal", "positive", 0.0, &["0 in row 5"]),
        ("tweedie", "positive", -1.0, &["-1 in row 5"]),
        ("poisson", "count", f64::INFINITY, &["row 5"]),
    ] {
        let error = fails(&model(family, &format!("{column} ~ x + (1 | g)")), &with_value(column, 4, value), Code::Data, parts);
        assert!(family == "beta" || error.position == 4, "{error:?}");
    }
    fails(&model("truncated_poisson", "count ~ x + (1 | g)"), &with_value("count", 4, 0.0), Code::Data, &["one or more"]);
    fails(&model("poisson", "f ~ x + (1 | g)"), &data(), Code::Data, &["'f'", "categories"]);
}

#[test]
fn rows_are_those_of_the_data_where_some_are_left_out() {
    let mut values = data().values("count").to_vec();
    values[20] = -1.0;
    let mut x = data().values("x").to_vec();
    (x[3], x[7]) = (f64::NAN, f64::NAN);
    let changed = data().real("count", values).real("x", x);
    let error = fails(&model("poisson", "count ~ x + (1 | g)"), &changed, Code::Data, &["-1 in row 21"]);
    assert_eq!(error.position, 20);
    // The zeros of a hurdle are not looked at.
    let error = fails(&model("truncated_poisson", "count ~ x + (1 | g)").zero("~ 1"), &changed, Code::Data, &["-1 in row 21"]);
    assert_eq!(error.position, 20);
    let half = with_value("x", 3, f64::NAN).real("yes", with_value("yes", 9, 0.5).values("yes").to_vec());
    warns(&model("binomial", "yes ~ x + (1 | g)"), &half, "0.5 in row 10");
}

#[test]
fn families_and_links() {
    let d = data();
    fails(&model("binomal", "yes ~ x + (1 | g)"), &d, Code::Argument, &["family", "binomal", "binomial"]);
    fails(&model("poisson", "count ~ x + (1 | g)").link("logarithm"), &d, Code::Argument, &["link", "logarithm", "log"]);
    fails(&model("poisson", "count ~ x + (1 | g)").link("probit"), &d, Code::Argument, &["link", "probit", "poisson", "sqrt"]);
    fails(&model("binomial", "yes ~ x + (1 | g)").link("inverse"), &d, Code::Argument, &["inverse", "binomial", "cloglog"]);
    let mut shape = model("student_t", "positive ~ x + (1 | g)");
    shape.spec.family.fixed.push(("df".into(), -1.0));
    fails(&shape, &d, Code::Argument, &["df", "-1", "positive"]);
    // Without a name the family is gaussian.
    let plain = model("", "positive ~ x + (1 | g)").fit(&d).unwrap();
    assert_eq!(plain.generalised().unwrap().family.name(), "gaussian");
}

#[test]
fn weights_and_trials() {
    let weighted = |column: &'static str| model("binomial", "share ~ x + (1 | g)").columns(|f| f.weights = Some(column.into()));
    let share = data().values("count").iter().map(|c| c / 10.0).collect();
    let d = data().real("share", share);
    assert!(weighted("ten").fit(&d).unwrap().warnings().iter().all(|w| !w.contains("whole")));
    warns(&weighted("ten"), &d.clone().real("ten", vec![3.0; 40]), "no whole number of successes");
    warns(&model("binomial", "share ~ x + (1 | g)"), &d, "no whole number of successes");
    let mut ten = vec![10.0; 40];
    ten[4] = -1.0;
    fails(&weighted("ten"), &d.clone().real("ten", ten.clone()), Code::Data, &["'ten'", "-1", "row 5"]);
    ten[4] = f64::INFINITY;
    fails(&weighted("ten"), &d.clone().real("ten", ten.clone()), Code::Data, &["'ten'", "row 5"]);
    ten[4] = 0.0;
    assert_eq!(warns(&weighted("ten"), &d.clone().real("ten", ten), "left out").n_obs, 39);
    let cbind = |a: &str, b: &str| model("binomial", &format!("cbind({a}, {b}) ~ x + (1 | g)"));
    fails(&cbind("count", "x"), &d, Code::Data, &["cbind(count, x)", "failures", "from 0 up"]);
    fails(&model("poisson", "cbind(count, one) ~ x + (1 | g)"), &d, Code::Unsupported, &["cbind", "binomial"]);
}

#[test]
fn predictors_that_the_family_does_not_have() {
    let d = data();
    fails(&model("gaussian", "positive ~ x + (1 | g)").zero("~ 1"), &d, Code::Argument, &["ziformula", "gaussian"]);
    fails(&model("poisson", "count ~ x + (1 | g)").dispersion("~ x"), &d, Code::Argument, &["dispersion", "poisson"]);
    fails(&model("binomial", "yes ~ x + (1 | g)").dispersion("~ x"), &d, Code::Argument, &["dispersion", "binomial"]);
    fails(&model("poisson", "count ~ x + (1 | g)").zero("~ nope"), &d, Code::Data, &["zero inflation", "'nope'"]);
    fails(&model("nbinom2", "count ~ x + (1 | g)").dispersion("~ nope"), &d, Code::Data, &["dispersion", "'nope'"]);
    let hurdle = model("truncated_poisson", "count ~ x + (1 | g)").zero("~ 1");
    fails(&hurdle, &d.map("count", |_| 0.0), Code::Data, &["zero in all rows"]);
}

#[test]
fn options_that_the_model_can_not_have() {
    let d = data();
    let crossed = model("poisson", "count ~ x + (1 | g) + (1 | f)").with(|o| o.quadrature = 5);
    fails(&crossed, &d, Code::Argument, &["nagq", "one grouping factor"]);
    let dispersion = model("nbinom2", "count ~ x + (1 | g)").dispersion("~ x");
    fails(&dispersion.clone().with(|o| o.quadrature = 5), &d, Code::Argument, &["nagq", "dispersion formula"]);
    assert!(
        Fit::objective(
            &dispersion.with(|o| o.quadrature = 5).spec,
            Some(&d.frame()),
            &Options { quadrature: 5, ..Options::default() },
            &[1.0],
            &Watch::unwatched()
        )
        .is_err()
    );
    let restricted = model("gaussian", "positive ~ x + (1 | g)").with(|o| (o.quadrature, o.reml_generalised) = (5, true));
    fails(&restricted, &d, Code::Unsupported, &["nagq", "restricted"]);
    let fixed = |points: usize| model("poisson", "count ~ x + (1 | g)").with(|o| (o.quadrature, o.nodes) = (points, Nodes::Fixed));
    fails(&fixed(1), &d, Code::Argument, &["nagq", "two points"]);
    fails(&fixed(0), &d, Code::Argument, &["nagq", "two points"]);
    fails(&fixed(5).with(|o| o.information = Information::Expected), &d, Code::Argument, &["information", "nagq"]);
    fails(&fixed(5).with(|o| o.reml_generalised = true), &d, Code::Unsupported, &["nagq", "restricted"]);
    fails(&crossed.with(|o| o.nodes = Nodes::Fixed), &d, Code::Argument, &["nagq", "one grouping factor"]);
    let start = model("poisson", "count ~ x + (1 | g)").with(|o| o.theta0 = Some(vec![1.0, 2.0]));
    fails(&start, &d, Code::Argument, &["theta0", "2", "1"]);
    let expected = model("nbinom1", "count ~ x + (1 | g)").with(|o| o.information = Information::Expected);
    fails(&expected, &d, Code::Unsupported, &["information", "nbinom1"]);
}

#[test]
fn rows_and_groups() {
    let d = data();
    let poisson = |formula: &str| model("poisson", formula);
    fails(&poisson("count ~ x"), &d, Code::Argument, &["random"]);
    fails(&poisson("count ~ x + (1 | g)"), &d.clone().label("g", vec!["a".to_owned(); 40]), Code::Data, &["'g'", "1 level"]);
    fails(&poisson("count ~ x + (1 | g)"), &d.map("x", |_| f64::NAN), Code::Data, &["no rows", "'x'"]);
    fails(&poisson("count ~ x + (1 | g)"), &d.map("count", |_| f64::NAN), Code::Data, &["no rows", "'count'"]);
    fails(&poisson("count ~ x + (1 | g)"), &with_value("x", 4, f64::INFINITY), Code::Data, &["'x'", "Inf", "row 5"]);
    fails(&poisson("count ~ nope + (1 | g)"), &d, Code::Data, &["'nope'"]);
    fails(&poisson("count ~ x + (1 | g)").columns(|f| f.offset = Some("nope".into())), &d, Code::Data, &["'nope'", "offset"]);
    let strict = poisson("count ~ x + (1 | g)").with(|o| o.na = NaPolicy::Error);
    fails(&strict, &with_value("x", 4, f64::NAN), Code::Data, &["'x'", "row 5"]);
    // As many fixed effects as rows.
    let few = d.rows(&[0, 1, 2, 8, 9, 10]);
    fails(&poisson("count ~ poly(x, 5) + (1 | g)"), &few, Code::Data, &["6"]);
    // A level that no row has.
    let mut frame = d.frame();
    frame.set_levels("f", ["f00", "f01", "f02", "f03"].map(String::from).to_vec(), false).unwrap();
    let asked = poisson("count ~ f + (1 | g)");
    let fit = Fit::new(&asked.spec, Some(&frame), &asked.options, &Watch::unwatched()).unwrap();
    assert!(fit.fixed.estimate.iter().all(|v| v.is_finite()) && fit.fixed.names.len() == 3, "{:?}", fit.fixed);
}

/// The check of the mean's fixed effects holds for all predictors.
#[test]
fn as_many_fixed_effects_as_rows_are_refused_in_every_predictor() {
    let each: Vec<usize> = (0..40).collect();
    let data = data().group("each", &each);
    let plain = |family: &str| model(family, "count ~ 1 + (1 | g)");
    for (asked, wanted) in [
        (model("poisson", "count ~ each + (1 | g)"), "40 fixed effects"),
        (plain("poisson").zero("~ each"), "40 fixed effects of the zero part"),
        (plain("nbinom2").dispersion("~ each"), "40 fixed effects of the dispersion"),
        (plain("poisson").zero("~ (each | g)"), "320 random effects"),
        (plain("nbinom2").dispersion("~ (each | g)"), "320 random effects"),
    ] {
        let error = Fit::new(&asked.spec, Some(&data.frame()), &asked.options, &Watch::unwatched()).unwrap_err();
        assert!(error.code == Code::Data && error.message.contains(wanted), "{error}");
    }
}

/// Where the link lets the unit of the response into the predictor, its third powers must be numbers.
#[test]
fn units_too_large_for_third_derivatives_are_refused() {
    for (family, link) in [("student_t", "identity"), ("gamma", "identity"), ("gamma", "inverse")] {
        for unit in [1e120, 1e-120] {
            let asked = model(family, "positive ~ 1 + (1 | g)").link(link);
            let frame = data().map("positive", |v| unit * v).frame();
            let error = Fit::new(&asked.spec, Some(&frame), &asked.options, &Watch::unwatched()).unwrap_err();
            assert!(error.code == Code::Data && error.message.contains("third powers"), "{family} {link} {unit:e}: {error}");
        }
    }
}
