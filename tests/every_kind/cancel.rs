//! Every piece of work that may be long says how far it is, ends where its watcher wants it to, and at its deadline; and nothing is lost by
//! that. Results are compared as text: the shortest that reads back as the same bits.

mod terms;

use std::fmt::Debug;
use std::time::Instant;

use crate::common::Rng;
use crate::common::watching::{Heard, heard_up_to, reporting};
use interlace::choice::Choice;
use interlace::coxme::transform::TimeTransform;
use interlace::diagnostics::influence::{Cases, InfluenceMethod, InfluenceOptions};
use interlace::diagnostics::{Augmented, FixefResiduals, LeverageKind, Simulations};
use interlace::error::{Code, Error, Result};
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::Frame;
use interlace::inference::adjust::Adjustment;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::bootstrap_lrt::NestedPair;
use interlace::inference::contrast::Contrasts;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, KenwardRoger, Satterthwaite};
use interlace::inference::drop1::drop1_table;
use interlace::inference::exact_rlrt::exact_rlrt;
use interlace::inference::lrt::{fit_and_compare, likelihood_ratio_table};
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::inference::ranova::ranova_table;
use interlace::optimize::Reason;
use interlace::options::{Engine, Options};
use interlace::picture::{Kind as Picture, Scene, Settings};
use interlace::power::{Extend, PowerOptions, PowerTest, Sizes};
use interlace::predict::{CurveRequest, Interval, NewData, Quantity, Request, Sums};
use interlace::resample::{BootstrapOptions, IntervalKind, RandomEffects, RefitOptions, Unit};
use interlace::spec::{CorrelationSpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::stream::{Accumulator, Plan};
use interlace::validation::{AllOptimizers, CrossValidation, Partition};
use interlace::watch::{Phase, Watch, Watcher};

/// Calls of which one is the last, where there are more.
const MOST: usize = 25;

type Work<'f> = dyn Fn(&Watch<'_>) -> Result<String> + 'f;

fn data() -> Frame {
    let (n, mut rng) = (72, Rng(5));
    let (x, u) = (rng.normals(n), rng.normals(9));
    let g: Vec<usize> = (0..n).map(|i| i % 9).collect();
    let f: Vec<usize> = (0..n).map(|_| rng.below(3)).collect();
    let eta: Vec<f64> = (0..n).map(|i| 0.8 + 0.4 * x[i] + 0.3 * f[i] as f64 + 0.6 * u[g[i]]).collect();
    let y: Vec<f64> = eta.iter().map(|eta| eta + 0.5 * rng.normal()).collect();
    let text = |label: &str, of: &[usize]| of.iter().map(|v| format!("{label}{v}")).collect::<Vec<_>>();
    let mut frame = Frame::new(n);
    frame.add_real("count", eta.iter().map(|eta| (eta.exp() * 2.0 * rng.uniform()).round()).collect()).unwrap();
    let grade = y.iter().map(|y| if *y < 0.5 { 0 } else { 1 + i32::from(*y > 1.5) }).collect();
    frame.add_category("grade", grade, ["low", "middle", "high"].map(String::from).to_vec(), true).unwrap();
    frame.add_real("time", (0..n).map(|i| (i / 9) as f64).collect()).unwrap();
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    for (name, labels) in [("g", text("g", &g)), ("f", text("f", &f))] {
        frame.add_strings(name, &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    }
    frame
}

fn spec(kind: ModelKind, formula: &str) -> Spec {
    let mut spec = Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() }));
    if kind == ModelKind::Glmm {
        spec.family.name = "poisson".into();
    }
    spec
}

/// A model of each kind and of each way to its results.
fn specs() -> Vec<(&'static str, Spec, Options)> {
    let own = Options::default;
    let mut autocorrelated = spec(ModelKind::Lmm, "y ~ x");
    autocorrelated.correlation = Some(CorrelationSpec::Formula("ar1(time | g)".into()));
    let mut mixture = spec(ModelKind::Glmm, "count ~ x + (1 | g)");
    mixture.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
    vec![
        ("linear", spec(ModelKind::Lmm, "y ~ x * f + (x | g)"), own()),
        ("correlated residuals", autocorrelated, own()),
        ("generalised", spec(ModelKind::Glmm, "count ~ x + f + (1 | g)"), own()),
        ("quadrature", spec(ModelKind::Glmm, "count ~ x + (1 | g)"), Options { quadrature: 5, ..own() }),
        ("restricted", spec(ModelKind::Glmm, "count ~ x + (1 | g)"), Options { reml_generalised: true, ..own() }),
        ("mixture", mixture, own()),
        ("ordinal", spec(ModelKind::Clmm, "grade ~ x + (1 | g)"), own()),
    ]
}

fn text(value: &impl Debug) -> String {
    format!("{value:?}")
}

/// All of a fit but how long it took.
fn text_of_fit(mut fit: Fit) -> String {
    fit.timing = (0.0, 0.0);
    text(&fit)
}

fn fitted(spec: &Spec, options: &Options) -> Fit {
    Fit::new(spec, Some(&data()), options, &Watch::unwatched()).unwrap()
}

/// Numbers from 1 to `count`, all or a spread of them.
fn spread(count: usize) -> Vec<usize> {
    let most = MOST.min(count);
    (0..most).map(|i| 1 + i * (count - 1) / (most - 1).max(1)).collect()
}

/// Cancels at many calls, each time with nothing but the error.
fn cancelled_everywhere(name: &str, work: &Work<'_>) -> Vec<Heard> {
    let want = work(&Watch::unwatched()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (whole, heard) = heard_up_to(usize::MAX, work);
    assert!(whole.unwrap() == want, "{name}: the result of a call that is watched is another one");
    assert!(!heard.is_empty(), "{name}");
    for last in spread(heard.len()) {
        let (result, own) = heard_up_to(last, work);
        let error = result.map(|_| ()).expect_err(&format!("{name}: cancelled at call {last} of {}", heard.len()));
        assert_eq!(error.code, Code::Cancelled, "{name}, call {last}: {error}");
        assert!(error.message.starts_with("cancelled in phase "), "{name}: {error}");
        assert_eq!(own.len(), last, "{name}: calls after the last of {}", heard.len());
    }
    assert!(work(&Watch::unwatched()).unwrap() == want, "{name}: another result after calls that were cancelled");
    heard
}

/// The phases come in this order, steps count upwards, to no more than there are.
fn in_order(name: &str, heard: &[Heard], phases: &[Phase]) {
    let mut seen: Vec<Phase> = heard.iter().map(|own| own.phase).collect();
    seen.dedup();
    assert_eq!(seen, phases, "{name}");
    for own in heard {
        assert!(own.total.is_none_or(|total| own.step <= total), "{name}: {own:?}");
    }
    for pair in heard.windows(2).filter(|pair| pair[0].phase == pair[1].phase) {
        assert!(pair[0].step <= pair[1].step, "{name}: {pair:?}");
    }
}

/// With a deadline that has passed; a call without one answers as ever then.
fn late(name: &str, work: &Work<'_>) -> Result<String> {
    let want = work(&Watch::unwatched()).unwrap();
    let result = work(&Watcher::new(None, Some(Instant::now())).watch());
    assert!(work(&Watch::unwatched()).unwrap() == want, "{name}: another result after one that was late");
    result
}

fn check(name: &str, phases: &[Phase], work: &Work<'_>) {
    in_order(name, &cancelled_everywhere(name, work), phases);
    let error: Error = late(name, work).expect_err(name);
    assert_eq!(error.code, Code::Deadline, "{name}: {error}");
    assert!(error.message.starts_with("the deadline passed in phase "), "{name}: {error}");
}

#[test]
fn fits() {
    let frame = data();
    let cox = ("Cox", spec(ModelKind::Coxme, "Surv(time, count > 3) ~ x + (1 | g)"), Options::default());
    let iterative = Options { engine: Engine::Iterative, ..Options::default() };
    let by_iterations = ("by iterations", spec(ModelKind::Lmm, "y ~ x + (1 | g) + (1 | f)"), iterative.clone());
    let mut counts = spec(ModelKind::Glmm, "count ~ x + (1 | g) + (1 | f)");
    counts.family.name = "poisson".into();
    let counts = ("counts by iterations", counts, iterative);
    for (name, spec, options) in specs().into_iter().chain([cox, by_iterations, counts]) {
        let work = |watch: &Watch<'_>| Fit::new(&spec, Some(&frame), &options, watch).map(text_of_fit);
        let heard = cancelled_everywhere(name, &work);
        let phases = match spec.kind {
            ModelKind::Lmm | ModelKind::Coxme if spec_has_terms(&spec) => vec![Phase::Start, Phase::Search, Phase::Modes],
            ModelKind::Lmm | ModelKind::Coxme => vec![Phase::Start, Phase::Search],
            ModelKind::Glmm | ModelKind::Clmm => vec![Phase::Start, Phase::Search, Phase::StandardErrors, Phase::Modes],
        };
        in_order(name, &heard, &phases);
        late(name, &work).unwrap();
        let ended = Fit::new(&spec, Some(&frame), &options, &Watcher::new(None, Some(Instant::now())).watch()).unwrap();
        assert_eq!((ended.outcome.converged, ended.outcome.reason), (false, Reason::Deadline), "{name}");
    }
}

#[test]
fn data_in_parts() {
    let (frame, options) = (data(), Options::default());
    let spec = spec(ModelKind::Lmm, "y ~ x * f + (x | g)");
    let mut plan = Plan::new(&spec, options.na).unwrap();
    plan.learn(&frame, &Watch::unwatched()).unwrap();
    let mut own = Accumulator::new(&plan, 0).unwrap();
    own.add(&frame, &Watch::unwatched()).unwrap();
    let work = |watch: &Watch<'_>| own.fit(&options, watch).map(text_of_fit);
    let heard = cancelled_everywhere("fit", &work);
    in_order("fit", &heard, &[Phase::Start, Phase::Search, Phase::Modes]);
    late("fit", &work).unwrap();
    // A part whose addition is cancelled is not there.
    let before = own.to_bytes().unwrap();
    let mut last = 1;
    while let (Err(error), _) = heard_up_to(last, |watch| own.add(&frame, watch)) {
        assert_eq!((error.code, own.to_bytes().unwrap() == before), (Code::Cancelled, true), "call {last}");
        last += 1;
    }
    assert!(last > 1 && own.n_rows() == 2 * frame.n_rows() as u64);
    // Responses that are drawn as sums.
    let fit = own.fit(&options, &Watch::unwatched()).unwrap();
    let asked = BootstrapOptions { replicates: 3, seed: 5, ..BootstrapOptions::default() };
    let heard = cancelled_everywhere("bootstrap", &|watch| fit.bootstrap(&asked, watch).map(|own| text(&own)));
    in_order("bootstrap", &heard, &[Phase::Replicate]);
}

fn spec_has_terms(spec: &Spec) -> bool {
    matches!(&spec.source, Source::Formula(own) if own.formula.contains('|'))
}

#[test]
fn values_of_the_criterion() {
    let frame = data();
    for (name, spec, points) in [
        ("linear", spec(ModelKind::Lmm, "y ~ x + (1 | g)"), vec![0.5, 0.7, 1.1]),
        ("generalised", spec(ModelKind::Glmm, "count ~ 1 + (1 | g)"), vec![0.5, 0.1, 0.7, 0.2]),
    ] {
        let work = |watch: &Watch<'_>| {
            Fit::objective(&spec, Some(&frame), &Options::default(), &points, watch).map(|values| text(&values))
        };
        check(name, &[Phase::Start, Phase::Objective], &work);
    }
}

#[test]
fn degrees_of_freedom() {
    for (name, spec, options) in specs().into_iter().filter(|(_, spec, _)| spec.kind == ModelKind::Lmm) {
        let fit = fitted(&spec, &options);
        let phases = [Phase::DegreesOfFreedom];
        check(name, &phases, &|watch| Satterthwaite::of(&fit, watch).map(|own| text(&own)));
        check(name, &phases, &|watch| KenwardRoger::of(&fit, watch).map(|own| text(&own)));
    }
}

#[test]
fn analyses_of_variance_and_terms_left_out() {
    let fit = fitted(&spec(ModelKind::Lmm, "y ~ x * f + (1 | g)"), &Options::default());
    let own = Satterthwaite::of(&fit, &Watch::unwatched()).unwrap();
    let (frame, freedom) = (data(), DegreesOfFreedom::Satterthwaite(&own));
    for &(kind, name) in AnovaType::ALL {
        let table = |watch: &Watch<'_>| anova_table(&fit, Some(&frame), kind, freedom, watch).map(|own| text(&own));
        check(&format!("anova {name:?}"), &[Phase::Test], &table);
    }
    check("drop1", &[Phase::Model], &|watch| drop1_table(&fit, Some(&frame), watch).map(|own| text(&own)));
}

#[test]
fn comparisons() {
    let frame = data();
    for kind in [ModelKind::Lmm, ModelKind::Glmm] {
        let y = if kind == ModelKind::Lmm { "y" } else { "count" };
        let specs = ["x", "x + f"].map(|x| spec(kind, &format!("{y} ~ {x} + (1 | g)")));
        let (all, options) = ([&specs[0], &specs[1]], Options { reml: false, ..Options::default() });
        let compared = |watch: &Watch<'_>| fit_and_compare(&all, Some(&frame), &options, true, watch).map(|own| text(&own));
        check("models", &[Phase::Start, Phase::Model, Phase::Test], &compared);
        let fits = specs.each_ref().map(|spec| fitted(spec, &options));
        let table = |watch: &Watch<'_>| likelihood_ratio_table(&[&fits[0], &fits[1]], false, watch).map(|own| text(&own));
        check("likelihood ratios", &[Phase::Test], &table);
    }
}

#[test]
fn profiles() {
    let phases = [Phase::Start, Phase::Search, Phase::Profile];
    for (name, spec, options) in specs().into_iter().filter(|(name, ..)| *name != "restricted") {
        let fit = fitted(&spec, &options);
        check(name, &phases, &|watch| fit.profile(0.9, watch).map(|own| text(&own)));
        if !fit.theta.is_empty() {
            check(name, &phases, &|watch| fit.profile_theta(0.9, watch).map(|own| text(&own)));
        }
    }
}

fn power<'a>(test: &'a str, sizes: Option<Sizes<'a>>) -> PowerOptions<'a> {
    PowerOptions {
        test: PowerTest::Effect(test),
        effects: "",
        df: DfMethod::Default,
        alpha: 0.05,
        simulations: 2,
        seed: 3,
        sizes,
        level: 0.95,
        threads: 1,
    }
}

#[test]
fn replicates_refits_and_deletions() {
    for (name, spec, options) in specs() {
        let fit = fitted(&spec, &options);
        let mut draws = vec![None];
        if fit.correlation().is_none() {
            draws.extend([Some(Unit::Group(0)), Some(Unit::Row)]);
        }
        for cases in draws {
            let asked = BootstrapOptions { replicates: 4, seed: 3, cases, threads: 1, ..BootstrapOptions::default() };
            check(name, &[Phase::Replicate], &|watch| fit.bootstrap(&asked, watch).map(|own| text(&own)));
        }
        let unit = fit.unit(None).unwrap();
        check(name, &[Phase::Deletion], &|watch| fit.jackknife(unit, None, 1, watch).map(|own| text(&own)));
        let codes: Vec<i32> = (0..fit.n_obs as i32).map(|i| i % 9).collect();
        let linear = std::iter::once(InfluenceMethod::Fixed).filter(|_| fit.is_linear());
        for method in [InfluenceMethod::Refit, InfluenceMethod::OneStep].into_iter().chain(linear) {
            let asked = InfluenceOptions { cases: Cases::Codes(&codes), method, threads: 1 };
            check(name, &[Phase::Deletion], &|watch| fit.influence(&asked, watch).map(|own| text(&own)));
        }
        if fit.is_linear() {
            let rows = InfluenceOptions { method: InfluenceMethod::Fixed, ..InfluenceOptions::default() };
            check(name, &[Phase::Deletion], &|watch| fit.influence(&rows, watch).map(|own| text(&own)));
            cancelled_everywhere(name, &|watch| fit.leverage(LeverageKind::Overall, watch).map(|own| text(&own)));
        }
        let sizes = Some(Sizes { extend: Extend::Along("g"), sizes: &[8, 10], data: None });
        let asked = power("x", if fit.correlation().is_none() { sizes } else { None });
        check(name, &[Phase::Replicate], &|watch| fit.power(&asked, watch).map(|own| text(&own)));
        let y = fit.simulate(3, 1, RandomEffects::New, &Watch::unwatched()).unwrap();
        let asked = RefitOptions { std_errors: false, threads: 1 };
        check(name, &[Phase::Refit], &|watch| fit.refit_many(&y, &asked, watch).map(|own| text(&own)));
        cancelled_everywhere(name, &|watch| fit.refit(&y[..y.len() / 3], &options, watch).map(text_of_fit));
    }
}

#[test]
fn statistics_of_replicates() {
    let fit = fitted(&spec(ModelKind::Lmm, "y ~ x + (1 | g)"), &Options::default());
    let asked = BootstrapOptions { replicates: 6, seed: 3, threads: 1, ..BootstrapOptions::default() };
    let largest = |y: &mut [f64]| Ok(y.iter().copied().fold(0.0, f64::max));
    let work = |watch: &Watch<'_>| fit.bootstrap_std_error(&asked, largest, watch).map(|own| text(&own));
    check("standard error", &[Phase::Statistic], &work);
    let replicates = fit.bootstrap(&asked, &Watch::unwatched()).unwrap().frame().unwrap();
    let work =
        |watch: &Watch<'_>| fit.bootstrap_intervals(&replicates, 0.9, IntervalKind::Accelerated, watch).map(|own| text(&own));
    check("accelerated intervals", &[Phase::Deletion], &work);
}

#[test]
fn tests_of_variances() {
    let [two, one, reduced] = ["y ~ x + (x | g)", "y ~ x + (1 | g)", "y ~ 1 + (1 | g)"]
        .map(|formula| fitted(&spec(ModelKind::Lmm, formula), &Options::default()));
    check("ranova", &[Phase::Model], &|watch| ranova_table(&two, watch).map(|own| text(&own)));
    check("exact test", &[Phase::Test], &|watch| exact_rlrt(&one, 3_000, 1, watch).map(|own| text(&own)));
    let asked = BootstrapOptions { replicates: 4, seed: 3, threads: 1, ..BootstrapOptions::default() };
    let work = |watch: &Watch<'_>| NestedPair::new(&reduced, &one, watch)?.bootstrap(&asked, watch).map(|own| text(&own));
    check("bootstrapped ratio", &[Phase::Model, Phase::Replicate], &work);
}

#[test]
fn inference_and_replicates_of_cox_models() {
    let model = spec(ModelKind::Coxme, "Surv(time, count > 3) ~ x + f + (1 | g)");
    let (frame, fit) = (data(), fitted(&model, &Options::default()));
    let freedom = DegreesOfFreedom::Same(f64::INFINITY);
    let start = [Phase::Start, Phase::Search, Phase::Profile];
    check("profile", &start, &|watch| fit.profile(0.9, watch).map(|own| text(&own)));
    check("profile of theta", &start, &|watch| fit.profile_theta(0.9, watch).map(|own| text(&own)));
    let form = ParameterForm::Reported;
    check("covariance", &[Phase::StandardErrors], &|watch| fit.parameters_vcov(form, watch).map(|own| text(&own)));
    for (kind, phase) in [(AnovaType::I, Phase::Model), (AnovaType::III, Phase::Test)] {
        let table = |watch: &Watch<'_>| anova_table(&fit, Some(&frame), kind, freedom, watch).map(|own| text(&own));
        check("anova", &[phase], &table);
    }
    check("drop1", &[Phase::Model], &|watch| drop1_table(&fit, Some(&frame), watch).map(|own| text(&own)));
    for cases in [None, Some(Unit::Group(0)), Some(Unit::Row)] {
        let asked = BootstrapOptions { replicates: 4, seed: 3, cases, threads: 1, ..BootstrapOptions::default() };
        check("bootstrap", &[Phase::Replicate], &|watch| fit.bootstrap(&asked, watch).map(|own| text(&own)));
    }
    check("jackknife", &[Phase::Deletion], &|watch| fit.jackknife(Unit::Group(0), None, 1, watch).map(|own| text(&own)));
    let simulated = |watch: &Watch<'_>| fit.simulate(3, 1, RandomEffects::New, watch);
    check("simulation", &[Phase::Simulation], &|watch| simulated(watch).map(|own| text(&own)));
    let (y, asked) = (simulated(&Watch::unwatched()).unwrap(), RefitOptions { std_errors: false, threads: 1 });
    check("refits", &[Phase::Refit], &|watch| fit.refit_many(&y, &asked, watch).map(|own| text(&own)));
}

/// Which calls there are while other threads work depends on them, but not that each step is heard of, and that cancelling ends all.
#[test]
fn work_on_two_threads() {
    let (frame, model) = (data(), spec(ModelKind::Glmm, "count ~ x + (1 | g)"));
    let fit = fitted(&model, &Options::default());
    let asked = |cases| BootstrapOptions { replicates: 7, seed: 3, cases, threads: 2, ..BootstrapOptions::default() };
    let (parametric, groups) = (asked(None), asked(Some(Unit::Group(0))));
    let partition = Partition { group: None, folds: 5, seed: 1 };
    let options = Options { threads: 2, ..Options::default() };
    let y = fit.simulate(4, 1, RandomEffects::New, &Watch::unwatched()).unwrap();
    let refits = RefitOptions { std_errors: false, threads: 2 };
    let influence = InfluenceOptions { cases: Cases::Group("g", None), threads: 2, ..InfluenceOptions::default() };
    let all: [(&str, usize, &Work<'_>); 6] = [
        ("parametric", 7, &|watch| fit.bootstrap(&parametric, watch).map(|own| text(&own))),
        ("groups", 7, &|watch| fit.bootstrap(&groups, watch).map(|own| text(&own))),
        ("jackknife", 9, &|watch| fit.jackknife(Unit::Group(0), None, 2, watch).map(|own| text(&own))),
        ("influence", 9, &|watch| fit.influence(&influence, watch).map(|own| text(&own))),
        ("refits", 4, &|watch| fit.refit_many(&y, &refits, watch).map(|own| text(&own))),
        ("folds", 5, &|watch| CrossValidation::new(&model, Some(&frame), &options, &partition, watch).map(|own| text(&own))),
    ];
    for (name, steps, work) in all {
        let want = work(&Watch::unwatched()).unwrap();
        for last in 0..=steps {
            let error = reporting(|own| own.phase == Phase::Start || own.step < last, work).map(|_| ()).unwrap_err();
            assert_eq!(error.code, Code::Cancelled, "{name}: {error}");
            assert!(error.message.ends_with(&format!("step {last} of {steps}")), "{name}: {error}");
        }
        let (whole, heard) = heard_up_to(usize::MAX, work);
        assert!(whole.unwrap() == want, "{name}");
        let mut seen: Vec<usize> = heard.iter().filter(|own| own.phase != Phase::Start).map(|own| own.step).collect();
        seen.dedup();
        assert_eq!(seen, (0..=steps).collect::<Vec<_>>(), "{name}");
        assert_eq!(late(name, work).unwrap_err().code, Code::Deadline, "{name}");
    }
}

#[test]
fn predictions_and_residuals() {
    let frame = data();
    for (name, spec, options) in specs() {
        let fit = fitted(&spec, &options);
        let quantity = if fit.ordinal().is_some() { Quantity::Probabilities } else { Quantity::Response };
        let interval = if fit.ordinal().is_some() { Interval::Confidence } else { Interval::Prediction };
        for level in [None, Some(0.9)] {
            let request = Request { quantity, level, interval, ..Request::default() };
            let work = |watch: &Watch<'_>| fit.predictions(NewData::Frame(&frame), &request, watch).map(|own| text(&own));
            check(name, &[Phase::Prediction], &work);
        }
        let y: Vec<f64> = fit.y.clone();
        let work = |watch: &Watch<'_>| fit.log_scores(NewData::Training, &y, None, watch).map(|own| text(&own));
        check(name, &[Phase::Prediction], &work);
        check(name, &[Phase::Residuals], &|watch| fit.quantile_residuals(4, watch).map(|own| text(&own)));
        check(name, &[Phase::Residuals], &|watch| fit.ranef_residuals(watch).map(|own| text(&own)));
        check(name, &[Phase::Test], &|watch| fit.diagnose(watch).map(|own| text(&own)));
        let asked = Augmented { seed: 1, influence: fit.is_linear(), threads: 1 };
        check(name, &[Phase::Residuals], &|watch| fit.augment(&frame, &asked, watch).map(|own| text(&own)));
        let asked = Simulations { count: 40, seed: 1, random_effects: RandomEffects::New, grouping: None };
        let work = |watch: &Watch<'_>| fit.simulated_residuals(&asked, watch).map(|own| text(&own.uniform().to_vec()));
        check(name, &[Phase::Simulation, Phase::Residuals], &work);
        let work = |watch: &Watch<'_>| fit.simulate(3, 1, RandomEffects::New, watch).map(|own| text(&own));
        check(name, &[Phase::Simulation], &work);
    }
}

#[test]
fn joint_predictions_and_simulation_at_new_data() {
    let frame = data();
    for (name, spec, options) in specs() {
        let fit = fitted(&spec, &options);
        let quantity = if fit.ordinal().is_some() { Quantity::Probabilities } else { Quantity::Response };
        let request = Request { quantity, ..Request::default() };
        let new = NewData::Frame(&frame);
        check(name, &[Phase::Prediction], &|watch| fit.prediction_covariance(new, &request, watch).map(|own| text(&own)));
        let sums = Sums { level: 0.9, ..Sums::default() };
        check(name, &[Phase::Prediction], &|watch| fit.predicted_sums(new, &request, &sums, watch).map(|own| text(&own)));
        if fit.ordinal().is_none() {
            let work = |watch: &Watch<'_>| fit.effect_distribution(new, &request, &[0.5], watch).map(|own| text(&own));
            check(name, &[Phase::Prediction], &work);
        }
        if fit.correlation().is_none() {
            let request = Request::default();
            check(name, &[Phase::Simulation], &|watch| fit.simulate_at(new, &request, 3, 1, watch).map(|own| text(&own)));
        }
        if !fit.is_linear() {
            check(name, &[Phase::Simulation], &|watch| fit.posterior_draws(3, 1, watch).map(|own| text(&own)));
        }
    }
}

#[test]
fn predictions_and_survival_curves_of_cox_models() {
    let frame = data();
    let fit = fitted(&spec(ModelKind::Coxme, "Surv(time, count > 3) ~ x + strata(f) + (1 | g)"), &Options::default());
    for quantity in [Quantity::Link, Quantity::Response, Quantity::Marginal] {
        let request = Request { quantity, level: Some(0.9), ..Request::default() };
        let work = |watch: &Watch<'_>| fit.predictions(NewData::Frame(&frame), &request, watch).map(|own| text(&own));
        check("predictions", &[Phase::Prediction], &work);
    }
    for marginal in [false, true] {
        let request = CurveRequest { marginal, ..CurveRequest::default() };
        let work = |watch: &Watch<'_>| fit.survival_curves(NewData::Training, &request, watch).map(|own| text(&own));
        check("survival curves", &[Phase::Prediction], &work);
        let work = |watch: &Watch<'_>| fit.survival_quantiles(NewData::Training, &request, &[0.3], watch).map(|own| text(&own));
        check("survival quantiles", &[Phase::Prediction], &work);
        let work = |watch: &Watch<'_>| fit.survival_means(NewData::Training, &request, watch).map(|own| text(&own));
        check("survival means", &[Phase::Prediction], &work);
    }
}

#[test]
fn diagnostics_of_a_cox_model() {
    let fit = fitted(&spec(ModelKind::Coxme, "Surv(time, count > 3) ~ x + f + (1 | g)"), &Options::default());
    for &(kind, name) in FixefResiduals::ALL {
        check(&format!("{name:?}"), &[Phase::Residuals], &|watch| fit.fixef_residuals(kind, watch).map(|own| text(&own)));
    }
    check("Schoenfeld", &[Phase::Residuals], &|watch| fit.schoenfeld_residuals(watch).map(|own| text(&own)));
    let tests = |watch: &Watch<'_>| fit.proportional_hazards(TimeTransform::Rank, watch).map(|own| text(&own));
    check("proportional hazards", &[Phase::Test], &tests);
}

#[test]
fn shares_of_variance() {
    let fit = fitted(&spec(ModelKind::Glmm, "count ~ x + (1 | g)"), &Options::default());
    check("R2", &[Phase::Start, Phase::Search], &|watch| fit.r2(watch).map(|own| text(&own)));
}

#[test]
fn marginal_means_and_contrasts() {
    let (frame, fit) = (data(), fitted(&spec(ModelKind::Lmm, "y ~ x + f + (1 | g)"), &Options::default()));
    let own = Satterthwaite::of(&fit, &Watch::unwatched()).unwrap();
    let (freedom, grid) = (DegreesOfFreedom::Satterthwaite(&own), MeansSpec::parse("~ f").unwrap());
    let means = |watch: &Watch<'_>| MarginalMeans::of_fit(&fit, Some(&frame), &grid, Weighting::Proportional, watch);
    check("means", &[Phase::Means], &|watch| means(watch).map(|own| text(&own)));
    let means = means(&Watch::unwatched()).unwrap();
    let table = |watch: &Watch<'_>| freedom.with_coefficients(&fit, |own| means.table(own, None, 0.9, watch));
    check("table", &[Phase::Means], &|watch| table(watch).map(|own| text(&own)));
    for &(adjustment, name) in Adjustment::ALL {
        let work = |watch: &Watch<'_>| {
            let table =
                freedom.with_coefficients(&fit, |own| means.contrasts(own, &Contrasts::Pairwise, adjustment, None, 0.9, watch));
            table.map(|own| text(&own))
        };
        check(&format!("contrasts {name:?}"), &[Phase::Means], &work);
    }
}

#[test]
fn models_fitted_again() {
    let frame = data();
    for kind in [ModelKind::Lmm, ModelKind::Glmm] {
        let model = spec(kind, if kind == ModelKind::Lmm { "y ~ x + (1 | g)" } else { "count ~ x + (1 | g)" });
        let (options, partition) = (Options::default(), Partition { group: Some("g"), folds: 3, seed: 1 });
        let optimizers = |watch: &Watch<'_>| {
            let mut all = AllOptimizers::new(&model, Some(&frame), &options, watch)?;
            all.attempts.iter_mut().filter_map(|own| own.end.as_mut().ok()).for_each(|end| end.seconds = 0.0);
            Ok(text(&all))
        };
        check("optimisers", &[Phase::Optimizer], &optimizers);
        let folds =
            |watch: &Watch<'_>| CrossValidation::new(&model, Some(&frame), &options, &partition, watch).map(|own| text(&own));
        check("cross-validation", &[Phase::Start, Phase::Fold], &folds);
        let fit = fitted(&model, &Options { reml_generalised: true, ..Options::default() });
        let again = |watch: &Watch<'_>| fit.refit_ml(watch).map(text_of_fit);
        cancelled_everywhere("maximum likelihood", &again);
    }
}

/// Pictures whose coordinates take long.
#[test]
fn pictures() {
    for (kind, formula) in [(ModelKind::Lmm, "y ~ x + (x | g)"), (ModelKind::Glmm, "count ~ x + (1 | g)")] {
        let fit = fitted(&spec(kind, formula), &Options::default());
        let (data, settings) = (data(), Settings::default());
        for name in ["profile_zeta", "dharma", "influence", "dashboard", "residuals", "qq"] {
            let work = |watch: &Watch<'_>| {
                let freedom = |_| Ok(DegreesOfFreedom::by_default(None));
                let scene = Scene { fit: &fit, data: Some(&data), freedom: &freedom, settings: &settings, threads: 1, watch };
                Ok(text(&Picture::named(name)?.sheet(&scene)?))
            };
            let heard = cancelled_everywhere(name, &work);
            assert!(heard.iter().all(|own| own.total.is_none_or(|total| own.step <= total)), "{name}");
            assert_eq!(late(name, &work).unwrap_err().code, Code::Deadline, "{name}");
        }
    }
}
