//! Everything that takes memory of the size of the data.

use std::rc::Rc;

use interlace::coxme::transform::TimeTransform;
use interlace::diagnostics::{Augmented, FixefResiduals, ResidualKind, Simulations};
use interlace::error::Result;
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::arrow::{Array, Batch, Field, Reader, TextOrder, export};
use interlace::frame::{CsvOptions, Frame};
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger, Satterthwaite};
use interlace::inference::drop1::drop1_table;
use interlace::inference::lrt::fit_and_compare;
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::inference::ordinal_terms::{Beyond, ordinal_terms_table};
use interlace::options::Options;
use interlace::predict::{CurveRequest, Interval, NewData, NewLevels, Quantity, RandomTerms, Request};
use interlace::resample::{BootstrapOptions, RandomEffects, RefitOptions};
use interlace::saved::{from_bytes, to_bytes};
use interlace::spec::{CorrelationSpec, ModelKind, PredictorSpec};
use interlace::validation::{CrossValidation, Partition};
use interlace::watch::Watch;

use crate::common::generalised::{Generalised, generalised, linear};
use crate::common::{Data, Rng};

pub struct Work {
    pub name: String,
    /// Bytes of a request that is refused.
    pub least: usize,
    pub run: Box<dyn Fn() -> Result<()>>,
}

fn work<T>(name: impl Into<String>, work: impl Fn() -> Result<T> + 'static) -> Work {
    Work { name: name.into(), least: 4 * ROWS, run: Box::new(move || work().map(|_| ())) }
}

const ROWS: usize = 1000;
/// Levels of h, crossed with the 20 of g.
const LEVELS: usize = 500;

fn data() -> Data {
    let mut rng = Rng(7);
    let g: Vec<usize> = (0..ROWS).map(|i| i % 20).collect();
    let h: Vec<usize> = (0..ROWS).map(|i| (i * 7) % LEVELS).collect();
    let (of_g, of_h) = (rng.normals(20), rng.normals(LEVELS));
    let x: Vec<f64> = (0..ROWS).map(|_| rng.uniform()).collect();
    let eta: Vec<f64> = (0..ROWS).map(|i| 0.5 + 0.5 * x[i] + 0.5 * of_g[g[i]] + 0.4 * of_h[h[i]]).collect();
    let y = eta.iter().map(|e| e + 0.7 * rng.normal()).collect();
    let count = eta.iter().map(|e| (e.exp() * -rng.uniform().ln()).floor()).collect();
    let positive = eta.iter().map(|e| e.exp() * -(rng.uniform() * rng.uniform()).ln() / 2.0).collect();
    let rating = eta.iter().map(|e| (1.0 + e + rng.normal()).clamp(0.0, 3.0).floor() + 1.0).collect();
    let time = (0..ROWS).map(|i| (i / 20) as f64).collect();
    let z = (0..ROWS).map(|_| rng.uniform()).collect();
    let stop: Vec<f64> = eta.iter().map(|e| 1.0 + (20.0 * -rng.uniform().ln() / e.exp()).floor()).collect();
    let start = stop.iter().map(|stop| stop - 1.0 - (stop * rng.uniform()).floor()).map(|start| start.max(0.0)).collect();
    let event = (0..ROWS).map(|_| f64::from(u8::from(rng.uniform() < 0.7))).collect();
    let labels = (0..ROWS).map(|i| ["a", "b", "c"][i % 3].to_owned());
    let columns = [("y", y), ("count", count), ("positive", positive), ("rating", rating), ("x", x), ("z", z), ("time", time)];
    let columns = columns.into_iter().chain([("start", start), ("stop", stop), ("event", event)]);
    let data = columns.fold(Data::default(), |data, (name, values)| data.real(name, values));
    data.group("g", &g).group("h", &h).label("f", labels)
}

/// A search that is cut off: what it asks for comes with the first evaluations.
fn short(options: &mut Options) {
    options.max_evaluations = 4;
}

fn models(frame: &Frame) -> Vec<(&'static str, Generalised)> {
    let own = |formula: &str, family: &str| generalised(formula, family, frame.clone());
    let mut ordinal = own("rating ~ x + (1 | g)", "");
    ordinal.spec.kind = ModelKind::Clmm;
    let mut awkward = ordinal.clone();
    awkward.spec.ordinal.nominal = Some(PredictorSpec::Formula("~ f".into()));
    let awkward = awkward.dispersion("~ z").options(short);
    let survival = |formula: &str| {
        let mut model = own(formula, "");
        model.spec.kind = ModelKind::Coxme;
        model.options(short)
    };
    let mut correlated = linear("y ~ x + (1 | h)", frame.clone());
    correlated.spec.correlation = Some(CorrelationSpec::Formula("ar1(time | g)".into()));
    vec![
        ("linear", linear("y ~ x + f + (1 | g)", frame.clone())),
        ("crossed", linear("y ~ x + (x | g) + (1 | h)", frame.clone()).formula(|f| f.weights = Some("positive".into()))),
        ("correlated", correlated),
        ("poisson", own("count ~ x + f + (1 | g) + (1 | h)", "poisson")),
        ("nbinom2", own("count ~ x + (x | g)", "nbinom2").zero_inflation("~ z + (1 | g)").dispersion("~ z").options(short)),
        ("gamma", own("positive ~ x + (1 | g)", "gamma").link("log").formula(|f| f.offset = Some("z".into()))),
        ("REML", own("positive ~ x + (1 | g)", "gamma").link("log").options(|o| o.reml_generalised = true)),
        ("nagq 0", own("count ~ x + (1 | g)", "nbinom2").options(|o| o.quadrature = 0)),
        ("quadrature", own("count ~ x + (1 | g)", "poisson").options(|o| o.quadrature = 5)),
        ("ordinal", ordinal),
        ("nominal and scale", awkward),
        ("survival", survival("Surv(stop, event) ~ x + f + (1 | g)")),
        ("late entry", survival("Surv(start, stop, event) ~ x + strata(f) + (x | g)")),
        ("nested survival", survival("Surv(stop, event) ~ x + (1 | h)")),
    ]
}

/// Something that is made of a fit, with its data.
type Use = fn(&Fit, &Generalised) -> Result<()>;

const WITH_LIMITS: Request = Request {
    quantity: Quantity::Link,
    random: RandomTerms::All,
    new_levels: NewLevels::Error,
    level: Some(0.9),
    interval: Interval::Confidence,
    weights: None,
};

fn twice() -> BootstrapOptions {
    BootstrapOptions { replicates: 2, threads: 1, ..BootstrapOptions::default() }
}

fn nothing<T>(_: T) {}

/// Of fits of any kind.
const OF_ANY: [(&str, Use); 4] = [
    ("predictions", |fit, _| fit.predictions(NewData::Training, &WITH_LIMITS, &Watch::unwatched()).map(nothing)),
    ("predictions for new data", |fit, model| {
        fit.predictions(NewData::Frame(&model.frame), &WITH_LIMITS, &Watch::unwatched()).map(nothing)
    }),
    ("tables", |fit, _| fit.table_names().iter().try_for_each(|name| fit.table(name).map(nothing))),
    ("responses", |fit, _| fit.simulate(2, 1, RandomEffects::New, &Watch::unwatched()).map(nothing)),
];

/// Of fits of some kinds.
const OTHERS: [(&str, &[&str], Use); 28] = [
    ("quantile residuals", &["linear", "crossed", "poisson", "nbinom2", "gamma", "ordinal", "nominal and scale"], |fit, _| {
        fit.quantile_residuals(1, &Watch::unwatched()).map(nothing)
    }),
    ("survival curves", &["survival", "late entry"], |fit, model| {
        let request = CurveRequest { times: Some(vec![2.0, 5.0]), ..CurveRequest::default() };
        fit.survival_curves(NewData::Frame(&model.frame), &request, &Watch::unwatched()).map(nothing)
    }),
    ("Schoenfeld residuals", &["survival", "late entry"], |fit, _| fit.schoenfeld_residuals(&Watch::unwatched()).map(nothing)),
    ("score residuals", &["survival", "late entry"], |fit, _| {
        fit.fixef_residuals(FixefResiduals::Score, &Watch::unwatched()).map(nothing)
    }),
    ("proportional hazards", &["survival", "late entry"], |fit, _| {
        fit.proportional_hazards(TimeTransform::KaplanMeier, &Watch::unwatched()).map(nothing)
    }),
    ("covariance of all parameters", &["linear", "survival"], |fit, _| {
        fit.parameters_vcov(ParameterForm::Reported, &Watch::unwatched()).map(nothing)
    }),
    ("summary", &["linear", "poisson"], |fit, _| fit.summary().map(nothing)),
    ("prediction intervals", &["linear", "gamma"], |fit, _| {
        fit.predictions(
            NewData::Training,
            &Request { quantity: Quantity::Response, interval: Interval::Prediction, ..WITH_LIMITS },
            &Watch::unwatched(),
        )
        .map(nothing)
    }),
    ("marginal predictions", &["poisson", "ordinal"], |fit, _| {
        fit.predictions(NewData::Training, &Request { quantity: Quantity::Marginal, ..WITH_LIMITS }, &Watch::unwatched())
            .map(nothing)
    }),
    ("residuals", &["linear", "correlated", "poisson", "gamma"], |fit, _| {
        let kinds = [ResidualKind::Response, ResidualKind::Pearson, ResidualKind::Working, ResidualKind::Deviance];
        kinds
            .into_iter()
            .chain([ResidualKind::Normalized])
            .try_for_each(|kind| fit.residuals_of(kind, &Watch::unwatched()).map(nothing))
    }),
    ("residuals of linear models", &["linear", "correlated"], |fit, _| {
        let kinds = [
            ResidualKind::Standardized,
            ResidualKind::Marginal,
            ResidualKind::Cholesky,
            ResidualKind::LeastSquares,
            ResidualKind::LeastSquaresStandardized,
        ];
        kinds.into_iter().try_for_each(|kind| fit.residuals_of(kind, &Watch::unwatched()).map(nothing))?;
        fit.ranef_residuals(&Watch::unwatched()).map(nothing)
    }),
    ("simulated residuals", &["linear", "poisson", "ordinal"], |fit, _| {
        let asked = Simulations { count: 20, seed: 1, random_effects: RandomEffects::New, grouping: None };
        let own = fit.simulated_residuals(&asked, &Watch::unwatched())?;
        own.frame(fit).and_then(|_| own.tests()).map(nothing)
    }),
    ("report of convergence", &["linear", "poisson"], |fit, _| fit.diagnose(&Watch::unwatched()).map(nothing)),
    ("augmented frame", &["linear", "poisson"], |fit, model| {
        fit.augment(&model.frame, &Augmented { seed: 1, influence: false, threads: 1 }, &Watch::unwatched()).map(nothing)
    }),
    ("profile", &["linear", "ordinal"], |fit, _| fit.profile(0.9, &Watch::unwatched()).map(nothing)),
    ("Satterthwaite's degrees of freedom", &["linear", "crossed", "correlated"], |fit, _| {
        Satterthwaite::of(fit, &Watch::unwatched()).map(nothing)
    }),
    ("Kenward and Roger's degrees of freedom", &["linear", "crossed", "correlated"], |fit, _| {
        KenwardRoger::of(fit, &Watch::unwatched()).map(nothing)
    }),
    ("R2", &["linear", "poisson", "ordinal"], |fit, _| fit.r2(&Watch::unwatched()).map(nothing)),
    ("refit by ML", &["linear", "REML"], |fit, _| fit.refit_ml(&Watch::unwatched()).map(nothing)),
    ("marginal means", &["linear", "poisson"], |fit, model| {
        MarginalMeans::of_fit(fit, Some(&model.frame), &MeansSpec::parse("~ f")?, Weighting::Proportional, &Watch::unwatched())
            .map(nothing)
    }),
    ("drop1", &["linear", "poisson", "ordinal"], |fit, model| {
        drop1_table(fit, Some(&model.frame), &Watch::unwatched()).map(nothing)
    }),
    ("analysis of variance", &["crossed"], |fit, model| {
        anova_table(fit, Some(&model.frame), AnovaType::II, DegreesOfFreedom::Same(f64::INFINITY), &Watch::unwatched()).map(nothing)
    }),
    ("nominal and scale effects", &["ordinal"], |fit, model| {
        let table = |beyond| ordinal_terms_table(fit, Some(&model.frame), beyond, &Watch::unwatched());
        table(Beyond::Nominal)?;
        table(Beyond::Scale).map(nothing)
    }),
    ("cross-validation", &["linear", "gamma"], |_, model| {
        let partition = Partition { group: None, folds: 2, seed: 1 };
        CrossValidation::new(&model.spec, Some(&model.frame), &model.options, &partition, &Watch::unwatched()).map(nothing)
    }),
    ("bootstrap of groups", &["linear", "correlated", "gamma", "ordinal", "survival"], |fit, _| {
        let cases = Some(fit.unit(Some("g"))?);
        fit.bootstrap(&BootstrapOptions { cases, ..twice() }, &Watch::unwatched()).map(nothing)
    }),
    ("likelihood ratios", &["linear"], |_, model| {
        let smaller = linear("y ~ x + (1 | g)", model.frame.clone());
        fit_and_compare(&[&model.spec, &smaller.spec], Some(&model.frame), &model.options, true, &Watch::unwatched()).map(nothing)
    }),
    ("refits", &["linear", "crossed", "correlated", "gamma", "ordinal"], |fit, _| {
        fit.refit_many(&fit.y, &RefitOptions { threads: 1, std_errors: false }, &Watch::unwatched()).map(nothing)
    }),
    ("bootstrap", &["linear", "poisson", "late entry"], |fit, _| fit.bootstrap(&twice(), &Watch::unwatched()).map(nothing)),
];

fn frames() -> Vec<Work> {
    let data = data();
    let mut text = vec![];
    data.rows(&(0..3 * ROWS).map(|i| i % ROWS).collect::<Vec<_>>()).frame().write_csv(&mut text).unwrap();
    let options = CsvOptions { categorical: vec!["h".into(), "time".into()], ..CsvOptions::default() };
    let frame = data.frame();
    let (selected, appended, exported) = (frame.clone(), frame.clone(), frame.clone());
    let reversed: Vec<usize> = (0..ROWS).rev().collect();
    vec![
        // The reader's buffer has 8 kB.
        Work { least: 12 * ROWS, ..work("CSV text", move || Frame::from_csv(&text, &options)) },
        work("categories of numbers", move || frame.clone().make_category("x")),
        work("Arrow data", arrow_data()),
        work("Arrow data of a frame", move || export(&exported)),
        work("rows of a frame", move || selected.select(&reversed)),
        work("rows added to a frame", move || {
            let mut frame = appended.clone();
            frame.append(&appended)
        }),
    ]
}

/// A table with columns of several formats, in two batches.
fn arrow_data() -> impl Fn() -> Result<Frame> {
    let numbers: Vec<u8> = (0..2 * ROWS).flat_map(|i| (1.5 + i as f64).to_ne_bytes()).collect();
    let offsets: Vec<u8> = (0..=ROWS as i32).flat_map(|i| (3 * i).to_ne_bytes()).collect();
    let text = (0..ROWS).fold(String::new(), |text, i| text + &format!("{i:03}"));
    move || {
        let formats = ["g", "l", "L", "d:38,0", "d:38,2", "tsu:", "b", "u"];
        let mut reader = Reader::new(formats.iter().map(|format| Field::new(format, format)).collect());
        for _ in 0..2 {
            let of = |format: &&str| {
                let buffers: Vec<&[u8]> = if *format == "u" { vec![&offsets, text.as_bytes()] } else { vec![&numbers] };
                Some(Array { len: ROWS, buffers, ..Array::default() })
            };
            reader.add(&Batch { len: ROWS, columns: formats.iter().map(of).collect(), ..Batch::default() })?;
        }
        let mut frame = reader.finish(TextOrder::Sorted)?;
        frame.make_category("tsu:")?;
        Ok(frame)
    }
}

pub fn all() -> Vec<Work> {
    let frame = data().frame();
    let mut all = frames();
    for (name, model) in models(&frame) {
        let (fit, model) = (Rc::new(model.fit()), Rc::new(model));
        let own = Rc::clone(&model);
        all.push(work(format!("fit: {name}"), move || own.try_fit()));
        let (bytes, own) = (to_bytes(&fit, &model.options, None, true).unwrap(), Rc::clone(&fit));
        all.push(work(format!("to bytes: {name}"), move || to_bytes(&own, &Options::default(), None, true)));
        all.push(work(format!("from bytes: {name}"), move || from_bytes(&bytes)));
        let others = OTHERS.iter().filter(|(_, kinds, _)| kinds.contains(&name)).map(|(what, _, act)| (*what, *act));
        for (what, act) in OF_ANY.into_iter().chain(others) {
            let (fit, model) = (Rc::clone(&fit), Rc::clone(&model));
            all.push(work(format!("{what}: {name}"), move || act(&fit, &model)));
        }
    }
    all
}
