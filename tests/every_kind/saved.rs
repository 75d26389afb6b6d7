//! Fits as bytes: what comes back is the fit to the bit, and what is not a fit is an error.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use crate::common::Rng;
use crate::common::forged::{damage, seal};
use interlace::diagnostics::ResidualKind;
use interlace::document::{Answers, Questions, Subject, Work, json, text};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, Satterthwaite};
use interlace::options::Options;
use interlace::predict::{NewData, NewLevels, Request};
use interlace::saved::{from_bytes, to_bytes};
use interlace::spec::{ArraySpec, ArrayTerm, CorrelationSpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec, Threshold};
use interlace::watch::Watch;

pub fn data() -> Frame {
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
    let ends = |y: &f64| {
        if *y < 0.0 {
            0.0
        } else if *y > 2.5 {
            1.0
        } else {
            1.0 / (1.0 + (1.0 - y).exp())
        }
    };
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

pub struct Case {
    pub name: String,
    pub spec: Spec,
    pub options: Options,
}

fn case(name: &str, kind: ModelKind, formula: &str, change: impl FnOnce(&mut Spec, &mut FormulaSpec, &mut Options)) -> Case {
    let mut source = FormulaSpec { formula: formula.into(), ..FormulaSpec::default() };
    let mut spec = Spec::new(kind, Source::Formula(FormulaSpec::default()));
    let mut options = Options::default();
    change(&mut spec, &mut source, &mut options);
    spec.source = Source::Formula(source);
    Case { name: name.into(), spec, options }
}

fn formula(text: &str) -> PredictorSpec {
    PredictorSpec::Formula(text.into())
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
pub fn cases() -> Vec<Case> {
    use ModelKind::{Clmm, Coxme, Glmm, Lmm};
    let mut all = vec![
        case("linear", Lmm, "y ~ x * f + (x | g)", |_, _, _| ()),
        case("weighted, padded, offset", Lmm, "log(positive) ~ gaps + offset(0.1 * z) + (1 | g)", |_, source, options| {
            source.weights = Some("w".into());
            options.na = interlace::design::NaPolicy::Pad;
        }),
        case(
            "functions",
            Lmm,
            "y ~ poly(x, 2) + splines::ns(z, 3) + bs(day, df = 4) + I(x > 0) + C(f, contr.sum) + (1 | g:f) + cs(1 + x | g)",
            |_, _, options| {
                options.unidentified = interlace::options::Unidentified::Ignore;
            },
        ),
        case("dependent columns", Lmm, "y ~ x + I(2 * x) + f + (1 | g)", |_, _, _| ()),
        case("correlated residuals", Lmm, "y ~ x", |spec, _, _| {
            spec.correlation = Some(CorrelationSpec::Formula("ar1(day | g)".into()));
        }),
        case("mixture", Glmm, "count ~ x + (1 | g)", |spec, _, _| {
            spec.family.name = "nbinom2".into();
            (spec.zero_inflation, spec.dispersion) = (Some(formula("~ z")), Some(formula("~ x")));
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
            (spec.ordinal.nominal, spec.dispersion) = (Some(formula("~ z")), Some(formula("~ f")));
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
    pub fn fit(&self) -> Fit {
        let fit = Fit::new(&self.spec, Some(&data()), &self.options, &Watch::unwatched());
        fit.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    fn bytes(&self) -> Vec<u8> {
        to_bytes(&self.fit(), &self.options, Some(&self.spec), true).unwrap()
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
    let document = json(&subject, &questions, &answers).unwrap() + &text(&subject, &questions, &answers).unwrap();
    // But for what the clock says.
    document.lines().filter(|line| !line.starts_with(" \"timing\"")).collect::<Vec<_>>().join("\n")
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
        let bytes = to_bytes(&fit, &case.options, Some(&case.spec), true).unwrap();
        let saved = from_bytes(&bytes).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(format!("{:?}", saved.fit), format!("{fit:?}"), "{}", case.name);
        assert_eq!(format!("{:?}", saved.options), format!("{:?}", case.options), "{}", case.name);
        let spec = saved.spec.unwrap();
        assert_eq!(format!("{spec:?}"), format!("{:?}", case.spec), "{}", case.name);
        // Bits of numbers that are not numbers, too.
        assert!(to_bytes(&saved.fit, &saved.options, Some(&spec), true).unwrap() == bytes, "{}", case.name);
        assert_eq!(document(&saved.fit, &spec, &[]), document(&fit, &case.spec, &[]), "{}", case.name);
        if matches!(case.spec.source, Source::Formula(_)) {
            assert_eq!(predicted(&saved.fit), predicted(&fit), "{}", case.name);
        }
    }
}

/// What each kind of fit may be asked that needs its rows, its model or new fits.
#[test]
fn questions_that_need_rows_are_answered_to_the_bit() {
    let common: &[(&str, Option<&str>)] = &[("simulate", Some("2")), ("seed", Some("3")), ("emmeans", Some("~ f"))];
    let linear = [("anova", Some("3")), ("drop1", None), ("confint", Some("profile")), ("r2", None), ("df", Some("kenward-roger"))];
    let generalised =
        [("confint", Some("profile")), ("residuals", Some("quantile")), ("seed", Some("1")), ("bootstrap", Some("3"))];
    let ordinal = [("confint", Some("profile")), ("lrt", Some("grade ~ x + (1 | g)"))];
    let cox = [
        ("residuals", Some("deviance")),
        ("proportional_hazards", Some("km")),
        ("drop1", None),
        ("lrt", Some("Surv(until, event) ~ x + (1 | g)")),
    ];
    let own = |model: ModelKind, formula: &str, family: &str| {
        case(formula, model, formula, |spec, _, _| spec.family.name = family.into())
    };
    for (case, asked) in [
        (own(ModelKind::Lmm, "y ~ x + f + (1 | g)", ""), [common, &linear].concat()),
        (own(ModelKind::Glmm, "count ~ x + f + (1 | g)", "poisson"), [common, &generalised].concat()),
        (own(ModelKind::Clmm, "grade ~ x + f + (1 | g)", ""), [common, &ordinal].concat()),
        (own(ModelKind::Coxme, "Surv(until, event) ~ x + f + (1 | g)", ""), [common, &cox].concat()),
    ] {
        let fit = case.fit();
        let saved = from_bytes(&to_bytes(&fit, &case.options, Some(&case.spec), true).unwrap()).unwrap();
        let (ours, theirs) = (document(&saved.fit, &saved.spec.unwrap(), &asked), document(&fit, &case.spec, &asked));
        assert!(ours.len() > 5000 && ours == theirs, "{}", case.name);
    }
}

#[test]
fn a_family_of_the_callers_is_refused() {
    let mut own = case("own", ModelKind::Glmm, "y ~ x + (1 | g)", |_, _, _| ());
    let identity = || -> interlace::family::Map {
        std::sync::Arc::new(|x: &[f64], out: &mut [f64]| {
            out.copy_from_slice(x);
            Ok(())
        })
    };
    let one = || -> interlace::family::Map {
        std::sync::Arc::new(|_: &[f64], out: &mut [f64]| {
            out.fill(1.0);
            Ok(())
        })
    };
    let functions = interlace::family::CustomFunctions {
        linkfun: identity(),
        linkinv: identity(),
        mu_eta: one(),
        variance: one(),
        unit_deviance: std::sync::Arc::new(|y, mu, w, out| {
            (0..y.len()).for_each(|i| out[i] = w[i] * (y[i] - mu[i]).powi(2));
            Ok(())
        }),
        log_density: None,
        derivatives: None,
    };
    own.spec.family.custom = Some(Box::new(interlace::family::CustomFamily::new("own", functions, &[]).unwrap()));
    let error = to_bytes(&own.fit(), &own.options, None, true).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("family of the caller's"), "{error}");
}

/// Fewer bytes, and estimates, random effects and predictions for new data to the bit; whatever needs rows says so.
#[test]
fn a_fit_without_its_rows_gives_what_it_can_and_refuses_the_rest() {
    for case in &cases() {
        let fit = case.fit();
        let bytes = to_bytes(&fit, &case.options, Some(&case.spec), false).unwrap();
        assert!(2 * bytes.len() < 2 * case.bytes().len() - 8 * 4 * 48, "{}", case.name);
        let own = from_bytes(&bytes).unwrap_or_else(|error| panic!("{}: {error}", case.name)).fit;
        assert!(!own.has_rows && own.x.is_empty() && own.y.is_empty() && own.fitted.is_empty(), "{}", case.name);
        assert_eq!(format!("{:?} {:?}", own.fixed, own.theta), format!("{:?} {:?}", fit.fixed, fit.theta), "{}", case.name);
        assert_eq!(own.warnings(), fit.warnings(), "{}", case.name);
        for table in [
            "varcorr",
            "theta",
            "ranef",
            "zero_inflation",
            "dispersion",
            "family",
            "thresholds",
            "nominal",
            "hazard_ratios",
            "dropped_columns",
            "fit",
            "outcome",
        ] {
            assert_eq!(format!("{:?}", own.table(table)), format!("{:?}", fit.table(table)), "{}: {table}", case.name);
        }
        let (frame, watch) = (data(), Watch::unwatched());
        let predict = |fit: &Fit, request: &Request| fit.predictions(NewData::Frame(&frame), request, &watch);
        let (plain, limits) = (Request::default(), Request { level: Some(0.9), ..Request::default() });
        if case.spec.kind == ModelKind::Coxme {
            refused(&case.name, predict(&own, &plain));
        } else {
            assert_eq!(format!("{:?}", predict(&own, &plain)), format!("{:?}", predict(&fit, &plain)), "{}", case.name);
        }
        refused(&case.name, predict(&own, &limits));
        refused(&case.name, own.predictions(NewData::Training, &plain, &watch));
        refused(&case.name, own.table("observations"));
        refused(&case.name, own.simulate(1, 1, interlace::resample::RandomEffects::New, &watch));
        refused(
            &case.name,
            own.refit_ml(&watch).map(|_| ()).and_then(|()| own.residuals_of(ResidualKind::Pearson, &watch).map(|_| ())),
        );
        // Saved again it stays what it is.
        assert!(to_bytes(&own, &case.options, Some(&case.spec), true).unwrap() == bytes[..], "{}", case.name);
    }
}

fn refused<T: std::fmt::Debug>(name: &str, result: interlace::error::Result<T>) {
    let error = result.expect_err(name);
    assert!(error.code == Code::Unsupported && error.message.contains("saved without them"), "{name}: {error}");
}

/// Everything that is quick. Errors are as good as answers.
fn ask(fit: &Fit) {
    let (frame, watch) = (data(), Watch::unwatched());
    let freedom = |_: DfMethod| Ok(DegreesOfFreedom::by_default(None));
    let subject = Subject { fit, spec: None, data: Some(&frame), freedom: &freedom };
    for asked in [&[][..], &[("simulate", Some("1"))], &[("residuals", Some("pearson"))]] {
        let mut questions = Questions::default();
        asked.iter().for_each(|(name, value)| questions.set(name, *value).unwrap());
        let options = Options::default();
        if let Ok(answers) = Answers::new(&subject, &questions, &Work { options: &options, watch: &watch }) {
            let _ = (json(&subject, &questions, &answers), text(&subject, &questions, &answers));
        }
    }
    let _ = fit.predictions(NewData::Frame(&frame), &Request { new_levels: NewLevels::Zero, ..Request::default() }, &watch);
    let _ = fit.predictions(NewData::Training, &Request { level: Some(0.9), ..Request::default() }, &watch);
    let _ = to_bytes(fit, &Options::default(), None, true);
}

/// Bytes whose checksum is right though they were damaged: they are refused, or they are another fit, which can be asked.
/// INTERLACE_CASES is the number of them; `make test-long` has a million.
#[test]
fn forged_bytes_are_refused_or_are_a_fit() {
    let count = std::env::var("INTERLACE_CASES").map_or(10_000, |text| text.parse().unwrap());
    let mut all: Vec<(String, Vec<u8>)> = vec![];
    for case in cases() {
        all.push((case.name.clone(), case.bytes()));
        all.push((case.name.clone(), to_bytes(&case.fit(), &case.options, None, false).unwrap()));
    }
    let mut refused = 0;
    for seed in 0..count {
        let mut rng = Rng(seed as u64);
        let (name, bytes) = &all[seed % all.len()];
        let mut forged = bytes.clone();
        (0..=rng.below(4)).for_each(|_| damage(&mut forged, &mut rng));
        if rng.below(16) == 0 {
            forged.truncate(36 + rng.below(forged.len() - 36));
        }
        seal(&mut forged);
        let outcome = catch_unwind(AssertUnwindSafe(|| from_bytes(&forged).map(|saved| ask(&saved.fit))));
        match outcome.unwrap_or_else(|_| panic!("{name}, seed {seed}")) {
            Ok(()) => {}
            Err(error) => {
                refused += 1;
                let known = matches!(error.code, Code::Data | Code::Memory);
                assert!(known && !error.message.contains('\n'), "{name}, seed {seed}: {error}");
            }
        }
    }
    assert!(refused > count / 10 && refused < count, "{refused} of {count}");
}

/// Files of the first format, which every later version reads. INTERLACE_WRITE_SAVED=1 writes those that are not there.
#[test]
fn files_of_each_format_are_read() {
    let folder = PathBuf::from("tests/reference/saved");
    let mut seen = 0;
    for case in cases().iter().filter(|case| KEPT.contains(&case.name.as_str())) {
        let name = case.name.replace(' ', "_");
        let (bytes, report) = (folder.join(format!("format_1_{name}.fit")), folder.join(format!("format_1_{name}.txt")));
        let summary = |fit: &Fit| document(fit, &case.spec, &[]).split("\n}\n").nth(1).unwrap().to_owned() + "\n";
        if std::env::var_os("INTERLACE_WRITE_SAVED").is_some() && !bytes.exists() {
            std::fs::write(&bytes, case.bytes()).unwrap();
            std::fs::write(&report, summary(&case.fit())).unwrap();
        }
        let saved = from_bytes(&std::fs::read(&bytes).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(summary(&saved.fit), std::fs::read_to_string(&report).unwrap(), "{name}");
        assert_eq!(format!("{:?}", saved.spec.unwrap()), format!("{:?}", case.spec), "{name}");
        seen += 1;
    }
    assert_eq!(seen, KEPT.len());
}

const KEPT: [&str; 7] = ["functions", "correlated residuals", "mixture", "binomial", "ordinal with all", "cox with all", "arrays"];
