//! docs/tables.md has every column of every table, with its type.

use std::collections::{BTreeMap, BTreeSet};

use interlace::coxme::transform::TimeTransform;
use interlace::design::NaPolicy;
use interlace::diagnostics::influence::InfluenceOptions;
use interlace::diagnostics::{Augmented, Grouping, Simulations};
use interlace::fit::Fit;
use interlace::frame::{ColumnData, CsvOptions, Frame};
use interlace::inference::adjust::Adjustment;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::bootstrap_lrt::NestedPair;
use interlace::inference::contrast::Contrasts;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, Satterthwaite};
use interlace::inference::drop1::{drop1_f_table, drop1_table};
use interlace::inference::effect_sizes::effect_sizes_table;
use interlace::inference::exact_rlrt::exact_rlrt;
use interlace::inference::linear::{Coefficients, combinations_table, joint_table};
use interlace::inference::lrt::likelihood_ratio_table;
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, ResponseScale, Weighting};
use interlace::inference::ordinal_terms::{Beyond, ordinal_terms_table};
use interlace::inference::profile::{intervals, points};
use interlace::inference::ranova::ranova_table;
use interlace::inference::standardized::standardized_table;
use interlace::inference::step::{StepOptions, step_table};
use interlace::options::Options;
use interlace::power::{PowerOptions, PowerTest};
use interlace::predict::{CurveRequest, NewData, Quantity, Request, Sums};
use interlace::resample::{BootstrapOptions, IntervalKind, RandomEffects, RefitOptions};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::validation::{AllOptimizers, CrossValidation, Partition};
use interlace::watch::Watch;

use crate::toolchain::root;

/// The columns of the tables by the headings of the page, with their types.
fn documented() -> BTreeMap<String, Vec<(String, String)>> {
    let page = std::fs::read_to_string(root().join("docs/tables.md")).unwrap();
    let sections = page.split("\n## ").skip(1).map(|section| {
        let heading = section.lines().next().unwrap().replace('`', "");
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        (heading, rows.map(|(name, rest)| (name.to_owned(), rest.split(" |").next().unwrap().to_owned())).collect())
    });
    sections.collect()
}

/// What was seen of the tables of each heading.
#[derive(Default)]
struct Seen {
    page: BTreeMap<String, Vec<(String, String)>>,
    columns: BTreeSet<(String, String)>,
}

impl Seen {
    fn add(&mut self, heading: &str, table: &Frame) {
        let columns = self.page.get(heading).unwrap_or_else(|| panic!("{heading} is not on the page"));
        for name in table.names() {
            let kind = match &*table.column(name).unwrap().data {
                ColumnData::Real(_) => "real",
                ColumnData::Integer(_) => "integer",
                ColumnData::Category(_) => "text",
                ColumnData::Time(_) => "time",
            };
            let pattern = |own: &str| own.split_once('<').is_some_and(|(start, _)| name.starts_with(start));
            let found = columns.iter().find(|(own, _)| own == name).or_else(|| columns.iter().find(|(own, _)| pattern(own)));
            let (own, wanted) = found.unwrap_or_else(|| panic!("{heading}: the column {name} is not documented"));
            assert_eq!(wanted, kind, "{heading}: {name}");
            self.columns.insert((heading.to_owned(), own.clone()));
        }
    }

    /// All tables that a fit has by name.
    fn add_named(&mut self, fit: &Fit) {
        for name in fit.table_names() {
            let heading = if ["zero_inflation", "dispersion"].contains(name) { "coefficients" } else { *name };
            self.add(heading, &fit.table(name).unwrap());
        }
    }
}

fn data(name: &str) -> Frame {
    Frame::from_csv_path(root().join(format!("tests/reference/data/{name}.csv")), &CsvOptions::default()).unwrap()
}

fn spec(kind: ModelKind, formula: &str) -> Spec {
    Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() }))
}

fn of_linear_models(seen: &mut Seen) {
    let mut frame = data("cake");
    frame.make_category("replicate").unwrap();
    let model = spec(ModelKind::Lmm, "angle ~ recipe + temp + (1 | replicate)");
    let ml = Options { reml: false, na: NaPolicy::Omit, ..Options::default() };
    let fit = Fit::new(&model, Some(&frame), &ml, &Watch::unwatched()).unwrap();
    seen.add_named(&fit);
    seen.add("variables", &model.variables_table().unwrap());
    of_diagnostics(seen, &fit, &frame);
    let satterthwaite = Satterthwaite::of(&fit, &Watch::unwatched()).unwrap();
    let freedom = DegreesOfFreedom::Satterthwaite(&satterthwaite);
    seen.add("anova", &anova_table(&fit, None, AnovaType::III, freedom, &Watch::unwatched()).unwrap());
    seen.add("drop1", &drop1_table(&fit, None, &Watch::unwatched()).unwrap());
    seen.add("anova", &drop1_f_table(&fit, None, freedom, &Watch::unwatched()).unwrap());
    seen.add("effect_sizes", &effect_sizes_table(&fit, None, AnovaType::II, freedom, &Watch::unwatched()).unwrap());
    seen.add("standardized", &standardized_table(&fit, freedom, 0.95).unwrap());
    let l = [0.0, 1.0, 0.0, 0.0];
    let rows = freedom.with_coefficients(&fit, |own| combinations_table(&own.combinations(&l, 1).unwrap(), &[0.0]));
    seen.add("wald_test", &rows.unwrap());
    seen.add("wald_test of all together", &joint_table(&freedom.joint_test(&fit, &l, 1, &[0.0]).unwrap()).unwrap());
    let smaller =
        Fit::new(&spec(ModelKind::Lmm, "angle ~ temp + (1 | replicate)"), Some(&frame), &ml, &Watch::unwatched()).unwrap();
    seen.add("lrt", &likelihood_ratio_table(&[&smaller, &fit], false, &Watch::unwatched()).unwrap());
    seen.add("step", &step_table(&fit, StepOptions::default(), &Watch::unwatched()).unwrap());
    seen.add("ranova", &ranova_table(&fit, &Watch::unwatched()).unwrap());
    seen.add("conditional_aic", &fit.conditional_aic(&Watch::unwatched()).unwrap().frame().unwrap());
    seen.add("exact_rlrt", &exact_rlrt(&fit, 9, 0, &Watch::unwatched()).unwrap().frame().unwrap());
    let asked = PowerOptions {
        test: PowerTest::Effect("temp"),
        effects: "",
        df: DfMethod::Normal,
        alpha: 0.05,
        simulations: 2,
        seed: 0,
        sizes: None,
        level: 0.95,
        threads: 1,
    };
    seen.add("power", &fit.power(&asked, &Watch::unwatched()).unwrap().frame().unwrap());
    let pair = NestedPair::new(&smaller, &fit, &Watch::unwatched()).unwrap();
    let asked = BootstrapOptions { replicates: 3, threads: 1, ..BootstrapOptions::default() };
    let ratios = pair.bootstrap(&asked, &Watch::unwatched()).unwrap().frame().unwrap();
    seen.add("bootstrap_lrt", &ratios);
    seen.add("bootstrap_lrt_test", &pair.test(&ratios, 0.95).unwrap());
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    seen.add("profile intervals", &intervals(&profiles).unwrap());
    seen.add("profile", &points(&profiles).unwrap());
    let replicates =
        fit.bootstrap(&BootstrapOptions { replicates: 3, threads: 1, ..BootstrapOptions::default() }, &Watch::unwatched()).unwrap();
    seen.add("bootstrap", &replicates.frame().unwrap());
    let limits =
        fit.bootstrap_intervals(&replicates.frame().unwrap(), 0.95, IntervalKind::Percentile, &Watch::unwatched()).unwrap();
    seen.add("bootstrap intervals", &limits);
    seen.add("jackknife", &fit.jackknife(fit.unit(None).unwrap(), None, 1, &Watch::unwatched()).unwrap().frame().unwrap());
    let refits = fit.refit_many(&fit.y, &RefitOptions { std_errors: true, threads: 1 }, &Watch::unwatched()).unwrap();
    seen.add("refit", &refits.frame().unwrap());
    let folds = Partition { group: None, folds: 3, seed: 0 };
    let validated = CrossValidation::new(&model, Some(&frame), &ml, &folds, &Watch::unwatched()).unwrap();
    seen.add("cross_validation folds", &validated.frame().unwrap());
    seen.add("cross_validation rows", &validated.frame_of_rows().unwrap());
    seen.add("influence", &fit.influence(&InfluenceOptions::default(), &Watch::unwatched()).unwrap().frame().unwrap());
}

/// The columns of the data are not the fit's.
fn of_diagnostics(seen: &mut Seen, fit: &Fit, data: &Frame) {
    let watch = Watch::unwatched();
    seen.add("ranef_residuals", &fit.ranef_residuals(&watch).unwrap());
    seen.add("diagnose", &fit.diagnose(&watch).unwrap());
    let sums = Sums { level: 0.95, ..Sums::default() };
    seen.add("predicted_sums", &fit.predicted_sums(NewData::Training, &Request::default(), &sums, &watch).unwrap());
    seen.add("posterior_draws", &fit.posterior_draws(3, 1, &watch).unwrap().table);
    let groups = Grouping::named(fit, None, "replicate").unwrap();
    for grouping in [None, Some(&groups)] {
        let asked = Simulations { count: 9, seed: 1, random_effects: RandomEffects::New, grouping };
        let own = fit.simulated_residuals(&asked, &watch).unwrap();
        seen.add("simulated_residuals", &own.frame(fit).unwrap());
        seen.add("residual_tests", &own.tests().unwrap());
    }
    let all = fit.augment(data, &Augmented { seed: 1, influence: true, threads: 1 }, &watch).unwrap();
    let mut own = Frame::new(all.n_rows());
    for column in all.columns().filter(|column| column.name.starts_with('.')) {
        match &*column.data {
            ColumnData::Integer(values) => own.add_integers(&column.name, values.clone()).unwrap(),
            _ => own.add_real(&column.name, column.as_real().unwrap().unwrap().into_owned()).unwrap(),
        }
    }
    seen.add("augment", &own);
}

fn of_generalised_models(seen: &mut Seen) {
    let frame = data("Salamanders");
    let mut model = spec(ModelKind::Glmm, "count ~ mined + (1 | site)");
    model.family.name = "nbinom2".into();
    model.zero_inflation = Some(PredictorSpec::Formula("~ mined".into()));
    let fit = Fit::new(&model, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap();
    seen.add_named(&fit);
    for df in [f64::INFINITY, 9.0] {
        let table = anova_table(&fit, None, AnovaType::II, DegreesOfFreedom::Same(df), &Watch::unwatched()).unwrap();
        seen.add("anova of generalised and ordinal models", &table);
    }
    seen.add("ranef_residuals", &fit.ranef_residuals(&Watch::unwatched()).unwrap());
    seen.add(
        "all_optimizers",
        &AllOptimizers::new(&model, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap().frame().unwrap(),
    );
    let (estimate, root) = fit.means_coefficients();
    let own = Coefficients { estimate: &estimate, root: &root, df: &|_| f64::INFINITY, robust: None };
    let means =
        MarginalMeans::of_fit(&fit, None, &MeansSpec::parse("~ mined").unwrap(), Weighting::Equal, &Watch::unwatched()).unwrap();
    for link in [None, Some(interlace::family::Link::Log), Some(interlace::family::Link::Logit)] {
        let scale = link.map(ResponseScale::of_link);
        seen.add("marginal_means", &means.table(&own, scale.as_ref(), 0.95, &Watch::unwatched()).unwrap());
        let table = means.contrasts(&own, &Contrasts::Pairwise, Adjustment::Tukey, scale.as_ref(), 0.95, &Watch::unwatched());
        seen.add("contrasts", &table.unwrap());
    }
    let grouped =
        MarginalMeans::of_fit(&fit, None, &MeansSpec::parse("~ 1 | mined").unwrap(), Weighting::Equal, &Watch::unwatched())
            .unwrap();
    seen.add(
        "contrasts",
        &grouped.contrasts(&own, &Contrasts::Pairwise, Adjustment::None, None, 0.95, &Watch::unwatched()).unwrap(),
    );
}

fn of_ordinal_models(seen: &mut Seen) {
    let mut model = spec(ModelKind::Clmm, "rating ~ temp + (1 | judge)");
    model.ordinal.nominal = Some(PredictorSpec::Formula("~ contact".into()));
    let (data, watch) = (data("wine"), Watch::unwatched());
    let fit = Fit::new(&model, Some(&data), &Options::default(), &watch).unwrap();
    seen.add_named(&fit);
    let (asked, sums) =
        (Request { quantity: Quantity::Probabilities, ..Request::default() }, Sums { level: 0.95, ..Sums::default() });
    seen.add("predicted_sums", &fit.predicted_sums(NewData::Training, &asked, &sums, &watch).unwrap());
    for beyond in [Beyond::Nominal, Beyond::Scale] {
        seen.add("nominal_test and scale_test", &ordinal_terms_table(&fit, Some(&data), beyond, &watch).unwrap());
    }
}

fn of_cox_models(seen: &mut Seen) {
    let model = spec(ModelKind::Coxme, "Surv(time, status) ~ disease + (1 | id)");
    let (frame, watch) = (data("kidney"), Watch::unwatched());
    let fit = Fit::new(&model, Some(&frame), &Options::default(), &watch).unwrap();
    seen.add_named(&fit);
    let freedom = DegreesOfFreedom::Same(f64::INFINITY);
    for kind in [AnovaType::I, AnovaType::III] {
        seen.add("anova of Cox models", &anova_table(&fit, None, kind, freedom, &watch).unwrap());
    }
    let means = MarginalMeans::of_fit(&fit, None, &MeansSpec::parse("~ disease").unwrap(), Weighting::Equal, &watch).unwrap();
    let scale = ResponseScale::of_fit(&fit).unwrap();
    let own = Coefficients { estimate: &fit.fixed.estimate, root: &fit.fixed.root, df: &|_| f64::INFINITY, robust: None };
    let table = means.contrasts(&own, &Contrasts::Pairwise, Adjustment::Tukey, scale.as_ref(), 0.95, &watch);
    seen.add("contrasts", &table.unwrap());
    let curves = fit.survival_curves(NewData::Training, &CurveRequest::default(), &watch).unwrap();
    seen.add("survival_curves", &curves.table);
    let quantiles = fit.survival_quantiles(NewData::Training, &CurveRequest::default(), &[0.5], &watch).unwrap();
    seen.add("survival_quantiles", &quantiles.table);
    seen.add("survival_means", &fit.survival_means(NewData::Training, &CurveRequest::default(), &watch).unwrap().table);
    seen.add("proportional_hazards", &fit.proportional_hazards(TimeTransform::KaplanMeier, &watch).unwrap());
    seen.add("schoenfeld_residuals", &fit.schoenfeld_residuals(&watch).unwrap());
}

#[test]
fn every_column_is_documented_and_every_documented_column_occurs() {
    let mut seen = Seen { page: documented(), ..Seen::default() };
    assert!(seen.page.len() > 25, "{}", seen.page.len());
    of_linear_models(&mut seen);
    of_generalised_models(&mut seen);
    of_ordinal_models(&mut seen);
    of_cox_models(&mut seen);
    let all = seen.page.iter().flat_map(|(heading, columns)| columns.iter().map(move |(name, _)| (heading.clone(), name.clone())));
    let absent: Vec<_> = all.filter(|own| !seen.columns.contains(own)).collect();
    assert!(absent.is_empty(), "{absent:?}");
    // One vocabulary: nothing of R's spelling.
    for (heading, name) in &seen.columns {
        let fixed = name.split('<').next().unwrap();
        assert!(fixed.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c)), "{heading}: {name}");
    }
}
