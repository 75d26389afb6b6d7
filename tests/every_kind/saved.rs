//! Fits as bytes: what comes back is the fit to the bit, and what is not a fit is an error.

use std::path::PathBuf;

use crate::common::Rng;
use interlace::document::{Answers, Questions, Subject, Work, json, text};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, Satterthwaite};
use interlace::options::Options;
use interlace::predict::{NewData, Request};
use interlace::saved::{from_bytes, to_bytes};
use interlace::spec::{ArraySpec, ArrayTerm, CorrelationSpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec, Threshold};
use interlace::watch::Watch;

fn data() -> Frame {
    let (n, mut rng) = (48, Rng(11));
    let (x, z, u) = (rng.normals(n), rng.normals(n), rng.normals(6));
    let g: Vec<usize> = (0..n).map(|i| i % 6).collect();
    let f: Vec<usize> = (0..n).map(|_| rng.below(3)).collect();
    let eta: Vec<f64> = (0..n).map(|i| 0.8 + 0.4 * x[i] + 0.3 * f[i] as f64 + 0.6 * u[g[i]]).collect();
    let noise = rng.normals(n);
    let y: Vec<f64> = eta.iter().zip(&noise).map(|(eta, e)| eta + 0.5 * e).collect();
    let of = |f: &dyn Fn(f64) -> f64| y.iter().map(|y| f(*y)).collect::<Vec<f64>>();
    let mut frame = Frame::new(n);
    frame.add_real("count", of(&|y| y.exp().round())).unwrap();
    frame.add_real("positive", of(&|y| (0.6 * y).exp())).unwrap();
    frame.add_real("counted", of(&|y| 1.0 + y.exp().round())).unwrap();
    frame.add_real("zeros", y.iter().enumerate().map(|(i, y)| if i % 4 == 0 { 0.0 } else { (0.6 * y).exp() }).collect()).unwrap();
    frame.add_real("share", of(&|y| 1.0 / (1.0 + (-y).exp()))).unwrap();
    let ends = |y: &f64| if *y < 0.0 { 0.0 } else if *y > 2.5 { 1.0 } else { 1.0 / (1.0 + (1.0 - y).exp()) };
    frame.add_real("ends", y.iter().map(ends).collect()).unwrap();
    frame.add_real("wins", of(&|y| (12.0 / (1.0 + (1.0 - y).exp())).round())).unwrap();
    frame.add_real("losses", of(&|y| 12.0 - (12.0 / (1.0 + (1.0 - y).exp())).round())).unwrap();
    let grade = y.iter().map(|y| if *y < 0.5 { 0 } else { 1 + i32::from(*y > 1.2) + i32::from(*y > 1.9) }).collect();
    frame.add_category("grade", grade, ["low", "middle", "high", "top"].map(String::from).to_vec(), true).unwrap();
    frame.add_real("day", (0..n).map(|i| (i / 6) as f64).collect()).unwrap();
    frame.add_real("from", (0..n).map(|i| 0.01 * (i % 5) as f64).collect()).unwrap();
    frame.add_real("until", noise.iter().zip(&eta).map(|(e, eta)| 0.5 + (0.5 * e - 0.3 * eta).exp()).collect()).unwrap();
    frame.add_real("event", (0..n).map(|i| f64::from(u8::from(i % 3 != 0))).collect()).unwrap();
    let mut some = x.clone();
    some[7] = f64::NAN;
    frame.add_real("gaps", some).unwrap();
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_real("z", z).unwrap();
    frame.add_real("w", (0..n).map(|i| 1.0 + 0.5 * (i % 3) as f64).collect()).unwrap();
    let text = |label: &str, of: &[usize]| of.iter().map(|v| format!("{label}{v}")).collect::<Vec<_>>();
    for (name, labels) in [("g", text("g", &g)), ("f", text("f", &f))] {
        frame.add_strings(name, &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame
}

struct Case {
    name: String,
    spec: Spec,
    options: Options,
}

fn case(name: &str, kind: ModelKind, formula: &str, change: impl FnOnce(&mut Spec, &mut FormulaSpec, &mut Options)) -> Case {
    let mut source = FormulaSpec { formula: formula.into(), ..FormulaSpec::default() };
    let mut spec = Spec::new(kind, Source::Formula(FormulaSpec::default()));
    let mut options = Options::default();
    change(&mut spec, &mut source, &mut options);
    spec.source = Source::Formula(source);
    Case { name: name.into(), spec, options }
}

fn formula(text: &str) -> Option<PredictorSpec> {
    Some(PredictorSpec::Formula(text.into()))
}

/// A response for each family.
const FAMILIES: [(&str, &str); 17] = [
    ("gaussian", "y"),
    ("binomial", "cbind(wins, losses)"),
    ("poisson", "count"),
    ("gamma", "positive"),
    ("nbinom2", "count"),
    ("nbinom1", "count"),
    ("inverse_gaussian", "positive"),
    ("beta", "share"),
    ("betabinomial", "cbind(wins, losses)"),
    ("student_t", "y"),
    ("lognormal", "positive"),
    ("tweedie", "zeros"),
    ("truncated_poisson", "counted"),
    ("truncated_nbinom1", "counted"),
    ("truncated_nbinom2", "counted"),
    ("zero_one_inflated_beta", "ends"),
    ("ordered_beta", "ends"),
];

/// Models of each kind, with all that a fit can have.
fn cases() -> Vec<Case> {
    use ModelKind::{Clmm, Coxme, Glmm, Lmm};
    let mut all = vec![
        case("linear", Lmm, "y ~ x * f + (x | g)", |_, _, _| ()),
        case("weighted, padded, offset", Lmm, "log(positive) ~ gaps + offset(0.1 * z) + (1 | g)", |_, source, options| {
            source.weights = Some("w".into());
            options.na = interlace::design::NaPolicy::Pad;
        }),
        case("functions", Lmm, "y ~ poly(x, 2) + splines::ns(z, 3) + bs(day, df = 4) + I(x > 0) + C(f, contr.sum) + (1 | g:f) + cs(1 + x | g)", |_, _, options| {
            options.unidentified = interlace::options::Unidentified::Ignore;
        }),
        case("dependent columns", Lmm, "y ~ x + I(2 * x) + f + (1 | g)", |_, _, _| ()),
        case("correlated residuals", Lmm, "y ~ x", |spec, _, _| {
            spec.correlation = Some(CorrelationSpec::Formula("ar1(day | g)".into()));
        }),
        case("mixture", Glmm, "count ~ x + (1 | g)", |spec, _, _| {
            spec.family.name = "nbinom2".into();
            (spec.zero_inflation, spec.dispersion) = (formula("~ z"), formula("~ x"));
        }),
        case("fixed parameter", Glmm, "y ~ x + (1 | g)", |spec, _, _| {
            spec.family.name = "student_t".into();
            spec.family.fixed = vec![("df".into(), 5.0)];
        }),
        case("quadrature", Glmm, "count ~ x + (1 | g)", |spec, _, options| {
            spec.family.name = "poisson".into();
            options.quadrature = 7;
        }),
        case("ordinal", Clmm, "grade ~ x + (1 | g)", |_, _, _| ()),
        case("ordinal with all", Clmm, "grade ~ x + (1 | g)", |spec, _, _| {
            spec.ordinal.link = Some("probit".into());
            spec.ordinal.threshold = Threshold::Symmetric;
            (spec.ordinal.nominal, spec.dispersion) = (formula("~ z"), formula("~ f"));
        }),
        case("cox", Coxme, "Surv(until, event) ~ x + f + (1 | g)", |_, _, _| ()),
        case("cox with all", Coxme, "Surv(from, until, event) ~ x + strata(f) + (1 | g)", |spec, _, _| {
            spec.ties = interlace::spec::Ties::Breslow;
        }),
    ];
    all.extend(FAMILIES.iter().map(|(family, response)| {
        case(family, Glmm, &format!("{response} ~ x + (1 | g)"), |spec, _, _| spec.family.name = (*family).into())
    }));
    all.push(arrays());
    all
}

fn arrays() -> Case {
    let frame = data();
    let column = |name: &str| frame.column(name).unwrap().as_real().unwrap().unwrap().into_owned();
    let n = frame.n_rows();
    let term = ArrayTerm {
        name: "g".into(),
        effects: vec![],
        z: None,
        index: (0..n).map(|i| (i % 6) as i64).collect(),
        n_levels: 7,
        levels: vec![],
        structure: interlace::formula::StructureKind::Unstructured,
        homogeneous: None,
    };
    let x = [vec![1.0; n], column("x")].concat();
    let own = ArraySpec { n, y: column("y"), p: 2, x, terms: vec![term], ..ArraySpec::default() };
    Case { name: "arrays".into(), spec: Spec::new(ModelKind::Lmm, Source::Arrays(own)), options: Options::default() }
}

impl Case {
    fn fit(&self) -> Fit {
        let fit = Fit::new(&self.spec, Some(&data()), &self.options, &Watch::unwatched());
        fit.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    fn bytes(&self) -> Vec<u8> {
        to_bytes(&self.fit(), &self.options, Some(&self.spec)).unwrap()
    }
}

/// What a fit says: everything basic, and the answers to some questions.
fn document(fit: &Fit, spec: &Spec, asked: &[(&str, Option<&str>)]) -> String {
    let mut questions = Questions::default();
    for (name, value) in asked {
        questions.set(name, *value).unwrap();
    }
    let (frame, options) = (data(), Options::default());
    let satterthwaite = fit.is_linear().then(|| Satterthwaite::of(fit, &Watch::unwatched()).ok()).flatten();
    let freedom = |_: DfMethod| Ok(DegreesOfFreedom::by_default(satterthwaite.as_ref()));
    let subject = Subject { fit, spec: Some(spec), data: Some(&frame), freedom: &freedom };
    let answers = Answers::new(&subject, &questions, &Work { options: &options, watch: &Watch::unwatched() });
    let answers = answers.unwrap_or_else(|error| panic!("{asked:?}: {error}"));
    json(&subject, &questions, &answers).unwrap() + &text(&subject, &questions, &answers).unwrap()
}

fn predicted(fit: &Fit) -> String {
    let (frame, own) = (data(), Request { level: Some(0.9), ..Request::default() });
    format!("{:?}", fit.predictions(NewData::Frame(&frame), &own, &Watch::unwatched()))
}

#[test]
fn a_fit_that_was_saved_is_the_fit_to_the_bit() {
    let all = cases();
    assert_eq!(all.len(), 30);
    for case in &all {
        let fit = case.fit();
        let bytes = to_bytes(&fit, &case.options, Some(&case.spec)).unwrap();
        let saved = from_bytes(&bytes).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(format!("{:?}", saved.fit), format!("{fit:?}"), "{}", case.name);
        assert_eq!(format!("{:?}", saved.options), format!("{:?}", case.options), "{}", case.name);
        let spec = saved.spec.unwrap();
        assert_eq!(format!("{spec:?}"), format!("{:?}", case.spec), "{}", case.name);
        // Bits of numbers that are not numbers, too.
        assert!(to_bytes(&saved.fit, &saved.options, Some(&spec)).unwrap() == bytes, "{}", case.name);
        assert_eq!(document(&saved.fit, &spec, &[]), document(&fit, &case.spec, &[]), "{}", case.name);
        if matches!(case.spec.source, Source::Formula(_)) {
            assert_eq!(predicted(&saved.fit), predicted(&fit), "{}", case.name);
        }
    }
}
