//! Marginal means, contrasts and likelihood-ratio tests of linear mixed models. Expected values: emmeans 1.8.4 and lme4 1.1-31, or, where
//! it is said, lme4's coefficients times averages of rows of R's model matrix.

use crate::common::close::close_or_missing;
use crate::common::frames::{labels, reals};
use interlace::error::Result;
use interlace::family::Link;
use interlace::fit::Fit;
use interlace::frame::{CsvOptions, Frame};
use interlace::inference::adjust::Adjustment;
use interlace::inference::contrast::Contrasts;
use interlace::inference::linear::{Coefficients, SimpleDf};
use interlace::inference::lrt::{Null, likelihood_ratio, likelihood_ratio_table};
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, ResponseScale, Weighting};
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

/// The rows (from 1) of a data set that `keep` picks by number and text.
fn data(name: &str, keep: impl Fn(usize, &str) -> bool) -> Frame {
    let text = std::fs::read_to_string(format!("tests/reference/data/{name}.csv")).unwrap();
    let lines: Vec<&str> = text.lines().enumerate().filter(|(i, line)| *i == 0 || keep(*i, line)).map(|(_, line)| line).collect();
    Frame::from_csv(lines.join("\n").as_bytes(), &CsvOptions::default()).unwrap()
}

fn fit(formula: &str, frame: &Frame, reml: bool) -> Fit {
    let source = Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() });
    let options = Options { reml, ..Options::default() };
    Fit::new(&Spec::new(ModelKind::Lmm, source), Some(frame), &options, &Watch::unwatched()).unwrap()
}

fn coefficients<'a>(fit: &'a Fit, df: &'a dyn Fn(&[f64]) -> f64) -> Coefficients<'a> {
    Coefficients { estimate: &fit.fixed.estimate, root: &fit.fixed.root, df, robust: None }
}

fn means(fit: &Fit, data: Option<&Frame>, spec: &str, weighting: Weighting) -> Result<MarginalMeans> {
    MarginalMeans::of_fit(fit, data, &MeansSpec::parse(spec)?, weighting, &Watch::unwatched())
}

/// The table of equally weighted means, normal.
fn table(fit: &Fit, data: Option<&Frame>, spec: &str) -> Frame {
    means(fit, data, spec, Weighting::Equal)
        .unwrap()
        .table(&coefficients(fit, &|_| f64::INFINITY), None, 0.95, &Watch::unwatched())
        .unwrap()
}

/// A column of a table.
fn close(table: &Frame, name: &str, wanted: &[f64], relative: f64) {
    close_or_missing(1e-3, name, &reals(table, name), wanted, relative);
}

#[test]
fn means_and_pairs_of_machines_with_the_degrees_of_freedom_of_emmeans() {
    let frame = data("Machines", |_, _| true);
    let fit = fit("score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", &frame, true);
    let means = means(&fit, None, "~ Machine", Weighting::Equal).unwrap();
    // Satterthwaite: 8.52 for the means, 10 for the differences, which have no intercept.
    let df = |l: &[f64]| if l[0] == 0.0 { 10.0 } else { 8.521_698_554 };
    let own = coefficients(&fit, &df);
    let table = means.table(&own, None, 0.95, &Watch::unwatched()).unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["Machine", "estimate", "std_error", "df", "lower", "upper"]);
    assert_eq!(labels(&table, "Machine"), ["A", "B", "C"]);
    close(&table, "estimate", &[52.355_555_555_56, 60.322_222_222_22, 66.272_222_222_23], 1e-9);
    close(&table, "std_error", &[2.485_830_213_8; 3], 1e-7);
    close(&table, "lower", &[46.683_734_88, 54.650_401_54, 60.600_401_54], 1e-7);
    close(&table, "upper", &[58.027_376_23, 65.994_042_90, 71.944_042_90], 1e-7);
    let pairs = means.contrasts(&own, &Contrasts::Pairwise, Adjustment::Tukey, None, 0.95, &Watch::unwatched()).unwrap();
    assert_eq!(labels(&pairs, "contrast"), ["A - B", "A - C", "B - C"]);
    close(&pairs, "estimate", &[-7.966_666_666_7, -13.916_666_666_7, -5.95], 1e-9);
    close(&pairs, "std_error", &[2.176_975_475_79; 3], 1e-7);
    close(&pairs, "statistic", &[-3.659_511_443_86, -6.392_661_204_24, -2.733_149_760_37], 1e-7);
    close(&pairs, "p_value", &[0.011_140_472_688_157, 0.000_211_582_827_239, 0.050_670_645_846_215], 1e-6);
    let raw = means.contrasts(&own, &Contrasts::Pairwise, Adjustment::None, None, 0.95, &Watch::unwatched()).unwrap();
    close(&raw, "p_value", &[0.004_392_632_67, 7.906_483_05e-5, 0.021_079_139_76], 1e-6);
    let z = means
        .contrasts(
            &coefficients(&fit, &|_| f64::INFINITY),
            &Contrasts::Pairwise,
            Adjustment::Tukey,
            None,
            0.95,
            &Watch::unwatched(),
        )
        .unwrap();
    close(&z, "statistic", &[-3.659_511_443_86, -6.392_661_204_24, -2.733_149_760_37], 1e-7);
    close(&z, "p_value", &[0.000_738_849_126_66, 4.890_121_640_95e-10, 0.017_253_733_942_39], 1e-6);
}

#[test]
fn means_over_an_interaction() {
    let frame = data("cake", |_, _| true);
    let fit = fit("angle ~ recipe * temperature + (1 | recipe:replicate)", &frame, true);
    let table = table(&fit, None, "~ recipe");
    close(&table, "estimate", &[33.122_222_222_2, 31.644_444_444_4, 31.6], 1e-9);
    close(&table, "std_error", &[1.736_833_394_7; 3], 1e-7);
    close(&table, "lower", &[29.718_091_32, 28.240_313_54, 28.195_869_10], 1e-7);
    let means = means(&fit, None, "~ recipe", Weighting::Equal).unwrap();
    let pairs = means
        .contrasts(&coefficients(&fit, &|_| 42.0), &Contrasts::Pairwise, Adjustment::Tukey, None, 0.95, &Watch::unwatched())
        .unwrap();
    close(&pairs, "std_error", &[2.456_253_342_4; 3], 1e-7);
    close(&pairs, "p_value", &[0.819_987_821_78, 0.810_168_847_88, 0.999_819_507_97], 1e-6);
}

#[test]
fn unbalanced_means_weigh_the_other_factor_equally_or_as_in_the_data() {
    let frame = data("cake", |i, _| i % 7 != 0);
    let fit = fit("angle ~ recipe + temperature + (1 | replicate)", &frame, true);
    // R: rows of the model matrix averaged by hand.
    let equal = table(&fit, Some(&frame), "recipe");
    close(&equal, "estimate", &[32.930_677_013_0, 31.813_971_823_9, 31.389_011_475_6], 1e-6);
    close(&equal, "std_error", &[1.773_261_342_57, 1.774_294_742_45, 1.774_301_718_53], 1e-6);
    let own = coefficients(&fit, &|_| f64::INFINITY);
    let means = |spec| means(&fit, Some(&frame), spec, Weighting::Proportional).unwrap();
    let proportional = means("~ recipe").table(&own, None, 0.95, &Watch::unwatched()).unwrap();
    close(&proportional, "estimate", &[32.959_953_102_1, 31.843_247_913_1, 31.418_287_564_7], 1e-6);
    close(&proportional, "std_error", &[1.773_269_746_24, 1.774_286_935_89, 1.774_291_644_18], 1e-6);
    // The overall mean with the proportions of all cells is that of the cells' means weighted by their counts.
    let overall = means("~ 1").table(&own, None, 0.95, &Watch::unwatched()).unwrap();
    assert_eq!(labels(&overall, "1"), ["overall"]);
    let population: f64 = fit.x.chunks(fit.n_obs).zip(&fit.fixed.estimate).map(|(x, b)| x.iter().sum::<f64>() * b).sum();
    close(&overall, "estimate", &[population / fit.n_obs as f64], 1e-12);
}

#[test]
fn covariates_are_at_their_means_and_numbers_can_be_factors() {
    let frame = data("Orthodont", |i, _| i % 5 != 0);
    let slopes = fit("distance ~ log(age) * Sex + (1 | Subject)", &frame, true);
    let by_sex = table(&slopes, Some(&frame), "~ Sex");
    close(&by_sex, "estimate", &[22.795_563_512_1, 25.047_896_814_7], 1e-6);
    close(&by_sex, "std_error", &[0.605_967_378_757, 0.502_088_610_177], 1e-6);
    let at = table(&slopes, Some(&frame), "~ Sex | age");
    assert_eq!(labels(&at, "age")[0], "11.03448275862069");
    let ages = fit("distance ~ factor(age) + Sex + (1 | Subject)", &frame, true);
    let by_age = table(&ages, Some(&frame), "~ age");
    assert_eq!(labels(&by_age, "age"), ["8", "10", "12", "14"]);
    close(&by_age, "estimate", &[21.937_115_903_4, 23.091_256_220_1, 24.177_679_535_2, 25.826_701_990_6], 1e-6);
    close(&by_age, "std_error", &[0.472_382_137_320, 0.466_496_391_699, 0.466_496_391_699, 0.466_496_391_699], 1e-6);
    let means = means(&ages, Some(&frame), "~ age", Weighting::Equal).unwrap();
    let own = coefficients(&ages, &|_| 50.0);
    let steps = means.contrasts(&own, &Contrasts::TreatmentControl, Adjustment::Holm, None, 0.95, &Watch::unwatched()).unwrap();
    assert_eq!(labels(&steps, "contrast"), ["age10 - age8", "age12 - age8", "age14 - age8"]);
    let error =
        MarginalMeans::of_fit(&ages, None, &MeansSpec::parse("~ Sex").unwrap(), Weighting::Equal, &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("data is NULL") && error.message.contains("factor(age)"), "{error}");
}

#[test]
fn stateful_terms_and_offsets() {
    let frame = data("sleepstudy", |i, _| i % 4 != 0);
    let curve = fit("Reaction ~ poly(Days, 2) + (1 | Subject)", &frame, true);
    let mean = table(&curve, Some(&frame), "~ 1");
    close(&mean, "estimate", &[292.937_419_906], 1e-6);
    close(&mean, "std_error", &[9.792_561_651_58], 1e-5);
    let frame = data("sim_offset", |_, _| true);
    let offset = fit("y ~ x2 + offset(off) + (1 | g)", &frame, true);
    let mean = table(&offset, Some(&frame), "~ 1");
    close(&mean, "estimate", &[3.760_849_583_33], 1e-6);
    close(&mean, "std_error", &[0.160_794_076_311], 1e-5);
}

#[test]
fn what_a_deficient_design_can_not_estimate_has_no_number() {
    let frame = data("cake", |i, line| i % 7 != 0 && !(line.contains(",C,") && line.contains("t225")));
    let fit = fit("angle ~ recipe * temperature + (1 | replicate)", &frame, true);
    assert_eq!(fit.fixed.dropped, ["recipeC:temperaturet225"]);
    let by_recipe = table(&fit, Some(&frame), "~ recipe");
    close(&by_recipe, "estimate", &[32.943_767_719_5, 31.803_534_861_2, f64::NAN], 1e-6);
    close(&by_recipe, "std_error", &[1.713_331_588_05, 1.714_396_691_52, f64::NAN], 1e-5);
    let cells = means(&fit, Some(&frame), "~ temperature | recipe", Weighting::Equal).unwrap();
    let own = coefficients(&fit, &|_| f64::INFINITY);
    let all = cells.table(&own, None, 0.95, &Watch::unwatched()).unwrap();
    assert_eq!((labels(&all, "recipe")[12].as_str(), labels(&all, "temperature")[13].as_str()), ("C", "t185"));
    let of_c = [27.771_009_537_3, 28.532_176_489_8, 30.591_918_649_9, 31.344_884_505_0, 34.641_071_554_7, f64::NAN];
    for (have, wanted) in reals(&all, "estimate")[12..].iter().zip(of_c) {
        assert!(have.is_nan() && wanted.is_nan() || (have - wanted).abs() < 1e-5, "{have} {wanted}");
    }
    let pairs = cells.contrasts(&own, &Contrasts::Pairwise, Adjustment::Bonferroni, None, 0.95, &Watch::unwatched()).unwrap();
    let missing: Vec<String> =
        reals(&pairs, "estimate").iter().zip(labels(&pairs, "contrast")).filter(|(e, _)| e.is_nan()).map(|(_, c)| c).collect();
    assert_eq!(missing, ["t175 - t225", "t185 - t225", "t195 - t225", "t205 - t225", "t215 - t225"]);
    let error = means(&fit, None, "~ recipe", Weighting::Equal).unwrap_err();
    assert!(error.message.contains("left out columns"), "{error}");
}

#[test]
fn the_response_scale_takes_means_back_and_differences_of_logarithms_to_ratios() {
    let frame = data("ergoStool", |_, _| true);
    let fit = fit("log(effort) ~ Type + (1 | Subject)", &frame, true);
    let means = means(&fit, None, "~ Type", Weighting::Equal).unwrap();
    let own = coefficients(&fit, &|_| 24.0);
    let scale = ResponseScale::of_link(Link::Log);
    let (link, response) = (
        means.table(&own, None, 0.9, &Watch::unwatched()).unwrap(),
        means.table(&own, Some(&scale), 0.9, &Watch::unwatched()).unwrap(),
    );
    for (i, eta) in reals(&link, "estimate").into_iter().enumerate() {
        assert!((reals(&response, "response")[i] - eta.exp()).abs() < 1e-12);
        assert!((reals(&response, "std_error")[i] - eta.exp() * reals(&link, "std_error")[i]).abs() < 1e-12);
        assert!((reals(&response, "upper")[i] - reals(&link, "upper")[i].exp()).abs() < 1e-12);
    }
    let custom = Contrasts::Custom(vec![("1 and 4 / 2 and 3".into(), vec![0.5, -0.5, -0.5, 0.5])]);
    let difference = means.contrasts(&own, &custom, Adjustment::None, None, 0.9, &Watch::unwatched()).unwrap();
    let ratio = means.contrasts(&own, &custom, Adjustment::None, Some(&scale), 0.9, &Watch::unwatched()).unwrap();
    assert!((reals(&ratio, "ratio")[0] - reals(&difference, "estimate")[0].exp()).abs() < 1e-13);
    assert!((reals(&ratio, "lower")[0] - reals(&difference, "lower")[0].exp()).abs() < 1e-13);
    assert_eq!(reals(&ratio, "p_value"), reals(&difference, "p_value"));
    let pairs = means.contrasts(&own, &Contrasts::Pairwise, Adjustment::Tukey, Some(&scale), 0.9, &Watch::unwatched()).unwrap();
    assert_eq!(labels(&pairs, "contrast")[0], "T1 / T2");
    // A decreasing link changes the places of the limits.
    let inverse = ResponseScale::of_link(Link::Inverse);
    let back = means.table(&own, Some(&inverse), 0.9, &Watch::unwatched()).unwrap();
    assert!(reals(&back, "lower")[0] < reals(&back, "upper")[0] && reals(&back, "std_error")[0] > 0.0);
}

#[test]
fn wrong_questions() {
    let frame = data("Machines", |_, _| true);
    let fit = fit("score ~ Machine + (1 | Worker)", &frame, true);
    let failure = |data: Option<&Frame>, spec: &str| means(&fit, data, spec, Weighting::Equal).unwrap_err().message;
    assert!(failure(None, "~ machine").contains("did you mean 'Machine'?"));
    assert!(failure(Some(&data("Machines", |i, _| i > 3)), "~ Machine").contains("51 rows, those of the fit had 54"));
    let text = std::fs::read_to_string("tests/reference/data/Machines.csv").unwrap();
    let swapped = text.replace(",C,", ",X,").replace(",B,", ",C,").replace(",X,", ",B,");
    let swapped = Frame::from_csv(swapped.as_bytes(), &CsvOptions::default());
    assert!(failure(Some(&swapped.unwrap()), "~ Machine").contains("other values"));
    assert!(means(&fit, None, "~ Machine", Weighting::Proportional).unwrap_err().message.contains("proportional"));
    let means = means(&fit, None, "~ Machine", Weighting::Equal).unwrap();
    let df = |_: &[f64]| SimpleDf::Residual.of(&fit);
    let own = coefficients(&fit, &df);
    assert_eq!(SimpleDf::Residual.of(&fit), 51.0);
    let tukey = means.contrasts(&own, &Contrasts::Effects, Adjustment::Tukey, None, 0.95, &Watch::unwatched()).unwrap_err();
    assert!(tukey.message.contains("pairwise"));
    assert!(means.table(&own, None, 1.0, &Watch::unwatched()).unwrap_err().message.contains("level"));
}

#[test]
fn likelihood_ratios_of_lme4() {
    let frame = data("sleepstudy", |_, _| true);
    let formulas = [
        "Reaction ~ 1 + Days + (1 + Days | Subject)",
        "Reaction ~ 1 + (1 | Subject)",
        "Reaction ~ 1 + Days + (1 + Days || Subject)",
        "Reaction ~ 1 + Days + (1 | Subject)",
    ];
    let fits: Vec<Fit> = formulas.iter().map(|formula| fit(formula, &frame, false)).collect();
    let table = likelihood_ratio_table(&fits.iter().collect::<Vec<_>>(), false, &Watch::unwatched()).unwrap();
    close(&table, "fit", &[1.0, 3.0, 2.0, 0.0], 0.0);
    close(&table, "n_parameters", &[3.0, 4.0, 5.0, 6.0], 0.0);
    close(&table, "deviance", &[1_910.541_058_073, 1_794.078_643_005, 1_752.003_255_140, 1_751.939_344_463], 1e-11);
    close(&table, "aic", &[1_916.541_058_073, 1_802.078_643_005, 1_762.003_255_140, 1_763.939_344_463], 1e-11);
    close(&table, "chi_square", &[f64::NAN, 116.462_415_067_833, 42.075_387_865_343, 0.063_910_676_685], 1e-8);
    close(&table, "df", &[f64::NAN, 1.0, 1.0, 1.0], 0.0);
    let p = reals(&table, "p_value");
    for (p, wanted) in p[1..].iter().zip([3.764_461_476_545e-27, 8.782_158_485_290e-11, 0.800_418_431_977]) {
        assert!((p - wanted).abs() < 1e-8 * wanted, "{p} {wanted}");
    }
    assert!(labels(&table, "warning").iter().all(String::is_empty));
    // The random slope is one variance at its edge, the correlation is not.
    let mixed = likelihood_ratio_table(&fits.iter().collect::<Vec<_>>(), true, &Watch::unwatched()).unwrap();
    assert_eq!(labels(&mixed, "distribution"), ["", "chisq", "chibarsq", "chisq"]);
    let half = reals(&mixed, "p_value")[2] / p[2];
    assert!((half - 0.5).abs() < 1e-12, "{half}");
}

#[test]
fn likelihood_ratios_of_restricted_fits_need_the_same_fixed_effects() {
    let frame = data("sleepstudy", |_, _| true);
    let reml = |formula: &str| fit(formula, &frame, true);
    let (one, slope) = (reml("Reaction ~ Days + (1 | Subject)"), reml("Reaction ~ Days + (Days | Subject)"));
    // R: anova(refit = FALSE).
    let tests = likelihood_ratio(&[&slope, &one], true, &Watch::unwatched()).unwrap();
    let test = tests[1].1.as_ref().unwrap();
    assert_eq!((tests[0].0, test.df, test.null), (1, 2, Null::ChiBarSquare));
    assert!((test.chi_square - 42.836_813_436).abs() < 1e-7);
    let chi = |df: f64| interlace::tails::chi_square_upper(test.chi_square, df);
    assert!((test.p_value - 0.5 * (chi(1.0) + chi(2.0))).abs() < 1e-20);
    let failure = |fits: &[&Fit]| likelihood_ratio(fits, false, &Watch::unwatched()).unwrap_err().message;
    assert!(failure(&[&one, &reml("Reaction ~ 1 + (1 | Subject)")]).contains("refit with maximum likelihood"));
    assert!(failure(&[&one, &fit("Reaction ~ 1 + (1 | Subject)", &frame, false)]).contains("refit"));
    assert!(failure(&[&one]).contains("at least 2"));
    let part = data("sleepstudy", |i, _| i > 10);
    assert!(failure(&[&one, &fit("Reaction ~ Days + (1 | Subject)", &part, true)]).contains("180 and 170 rows"));
    assert!(failure(&[&one, &fit("log(Reaction) ~ Days + (1 | Subject)", &frame, true)]).contains("responses differ"));
}

#[test]
fn models_that_are_not_nested_are_said_to_be() {
    let frame = data("cake", |_, _| true);
    let warning = |a: &str, b: &str| {
        let fits = [fit(a, &frame, false), fit(b, &frame, false)];
        likelihood_ratio(&[&fits[0], &fits[1]], false, &Watch::unwatched()).unwrap()[1].1.clone().unwrap().warning
    };
    let lacking = warning("angle ~ recipe + (1 | recipe:replicate)", "angle ~ temperature + (1 | recipe:replicate)").unwrap();
    assert!(lacking.contains("fixed effect 'recipeB'"), "{lacking}");
    // A straight line is within the means of the temperatures, whatever the columns are called.
    assert_eq!(warning("angle ~ temp + (1 | recipe:replicate)", "angle ~ temperature + (1 | recipe:replicate)"), None);
    let lacking = warning("angle ~ temp + (1 | replicate)", "angle ~ temp + recipe + (1 | recipe:replicate)").unwrap();
    assert!(lacking.contains("((Intercept) | replicate)"), "{lacking}");
    assert_eq!(warning("angle ~ temp + (1 | replicate)", "angle ~ temp + (1 | replicate) + (1 | recipe:replicate)"), None);
}

/// emmeans 1.8.4 of lme4's fit, `at = list(...)`.
#[test]
fn the_grid_at_chosen_values() {
    let frame = Frame::from_csv_path("tests/reference/data/Orthodont.csv", &CsvOptions::default()).unwrap();
    let fit = fit("distance ~ age * Sex + (1 | Subject)", &frame, true);
    let at = |spec: &str, at: &str, weighting: Weighting| {
        let spec = MeansSpec::parse(spec).unwrap().at(at)?;
        MarginalMeans::of_fit(&fit, Some(&frame), &spec, weighting, &Watch::unwatched())
    };
    let table = |spec: &str, values: &str, weighting: Weighting| {
        at(spec, values, weighting)
            .unwrap()
            .table(&coefficients(&fit, &|_| f64::INFINITY), None, 0.95, &Watch::unwatched())
            .unwrap()
    };
    let by_age = table("~ Sex | age", "age = 8, 14", Weighting::Equal);
    assert_eq!(labels(&by_age, "age"), ["8", "8", "14", "14"]);
    close(&by_age, "estimate", &[21.209_090_91, 22.615_625, 24.086_363_64, 27.321_875], 1e-9);
    close(&by_age, "std_error", &[0.649_760_267_5, 0.538_752_752_8, 0.649_760_267_5, 0.538_752_752_8], 1e-6);
    for weighting in [Weighting::Equal, Weighting::Proportional] {
        let averaged = table("~ Sex", " 'age' = 8 , 12 ", weighting);
        close(&averaged, "estimate", &[22.168_181_82, 24.184_375], 1e-9);
        close(&averaged, "std_error", &[0.593_544_862_4, 0.492_141_401_2], 1e-6);
    }
    let male = table("~ Sex * age", "age=8,12; Sex=\"Male\"", Weighting::Equal);
    assert_eq!(labels(&male, "Sex"), ["Male", "Male"]);
    close(&male, "estimate", &[22.615_625, 25.753_125], 1e-9);
    let pairs = at("~ Sex * age", "age = 8, 12", Weighting::Equal).unwrap();
    let df = |l: &[f64]| if l[0].abs() < 1e-9 && l[2].abs() < 1e-9 { 79.0 } else { 30.0 };
    let pairs = pairs
        .contrasts(&coefficients(&fit, &df), &Contrasts::Pairwise, Adjustment::FalseDiscovery, None, 0.95, &Watch::unwatched())
        .unwrap();
    close(&pairs, "estimate", &[-1.406_534_091, -1.918_181_818, -4.544_034_091, -0.511_647_727, -3.1375, -2.625_852_273], 1e-8);
    assert_eq!(labels(&pairs, "contrast")[0], "Female age8 - Male age8");
    for (values, wanted) in [
        ("age = young", "wanted a number, not 'young'"),
        ("age = 8, 8", "'age' has the value 8 twice"),
        ("Sex = Mal", "did you mean 'Male'?"),
        ("height = 3", "don't depend on a column 'height'"),
        ("age", "wanted columns with their values"),
        ("age = ", "wanted columns with their values"),
        ("age = 8; age = 9", "has the column 'age' twice"),
        ("age = inf", "wanted a number"),
    ] {
        let error = at("~ Sex", values, Weighting::Equal).unwrap_err();
        assert!(error.message.contains(wanted), "{values}: {error}");
    }
}
