//! Marginal means of ordinal probabilities, and means and tests of zero parts and dispersions. Figures are those of emmeans 1.8.4 (ordinal
//! 2022.11-16, glmmTMB 1.1.5) and car 3.1-1 with R 4.2.2.

use crate::common::close::{close, near};
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised};
use interlace::fit::Role;
use interlace::frame::Frame;
use interlace::inference::adjust::Adjustment;
use interlace::inference::contrast::Contrasts;
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::inference::marginal_means::{FitMeans, MeansMode, MeansOf, MeansSpec};
use interlace::spec::{ModelKind, PredictorSpec};
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();
const NORMAL: DegreesOfFreedom<'static> = DegreesOfFreedom::Same(f64::INFINITY);

fn numbers(table: &Frame, name: &str) -> Vec<f64> {
    table.column(name).unwrap().as_real().unwrap().unwrap().to_vec()
}

fn wine(formula: &str) -> Generalised {
    let mut own = frame("wine.csv", &["temp", "contact", "judge"]);
    own.set_levels("rating", ["1", "2", "3", "4", "5"].map(String::from).to_vec(), true).unwrap();
    let mut model = generalised(formula, "", own).options(|own| own.null_model = true);
    model.spec.kind = ModelKind::Clmm;
    model
}

fn means(model: &Generalised, specs: &str, of: MeansOf) -> Frame {
    let fit = model.fit();
    let own = FitMeans::new(&fit, Some(&model.frame), &MeansSpec::parse(specs).unwrap(), of, &UNWATCHED).unwrap();
    own.with_coefficients(NORMAL, |c| own.means.table(c, own.scale.as_ref(), 0.95, &UNWATCHED)).unwrap()
}

fn of_mode(mode: MeansMode) -> MeansOf {
    MeansOf { mode, ..MeansOf::default() }
}

fn check(table: &Frame, estimate: &[f64], std_error: &[f64], tolerance: f64) {
    let name = if table.has("response") { "response" } else { "estimate" };
    close(name, &numbers(table, name)[..estimate.len()], estimate, tolerance);
    close("std_error", &numbers(table, "std_error")[..std_error.len()], std_error, 10.0 * tolerance);
}

#[test]
fn probabilities_of_an_ordinal_model() {
    let model = wine("rating ~ temp + contact + (1 | judge)");
    let table = means(&model, "~ rating | temp", of_mode(MeansMode::Probabilities));
    let p = [
        0.097_607_311_539_29,
        0.522_325_094_381_86,
        0.331_055_928_634_18,
        0.040_875_224_626_25,
        0.008_136_440_818_41,
        0.005_301_215_553_23,
    ];
    let se = [
        0.056_257_554_160_83,
        0.091_019_055_050_92,
        0.086_170_755_492_21,
        0.025_504_175_494_41,
        0.006_559_052_639_01,
        0.004_609_260_548_82,
    ];
    check(&table, &p, &se, 3e-5);
    near("lower", numbers(&table, "lower")[0], -0.012_655_468_474_25, 1e-4);
    assert_eq!(table.n_rows(), 10);
    // Without its name the categories are groups, which come last.
    let grouped = means(&model, "~ temp", of_mode(MeansMode::Probabilities));
    close("cold and warm", &numbers(&grouped, "estimate")[..2], &[p[0], p[5]], 3e-5);
    let table = means(&model, "~ temp", of_mode(MeansMode::MeanClass));
    check(&table, &[2.339_608_388_80, 3.479_936_135_02], &[0.166_798_994_018, 0.201_921_018_979], 3e-5);
    let table = means(&model, "~ cut | temp", of_mode(MeansMode::Cumulative));
    check(
        &table,
        &[0.097_607_311_539_29, 0.619_932_405_921_15, 0.950_988_334_555_34],
        &[0.056_257_554_160_83, 0.104_696_209_882_62, 0.030_448_778_322_05],
        3e-5,
    );
    let table = means(&model, "~ cut | temp", of_mode(MeansMode::Exceedance));
    check(&table, &[0.902_392_688_460_71, 0.380_067_594_078_85], &[0.056_257_554_160_83, 0.104_696_209_882_62], 3e-5);
    let table = means(&model, "~ cut | temp", of_mode(MeansMode::LinearPredictor));
    check(
        &table,
        &[-2.541_109_385_211, 0.595_922_721_777, 3.311_084_227_353],
        &[0.687_322_313_405, 0.534_210_486_587, 0.698_512_608_798],
        3e-5,
    );
}

#[test]
fn differences_of_probabilities() {
    let model = wine("rating ~ temp + contact + (1 | judge)");
    let fit = model.fit();
    let spec = MeansSpec::parse("~ temp | rating").unwrap();
    let own = FitMeans::new(&fit, None, &spec, of_mode(MeansMode::Probabilities), &UNWATCHED).unwrap();
    let table = own
        .with_coefficients(NORMAL, |c| own.means.contrasts(c, &Contrasts::Pairwise, Adjustment::Tukey, None, 0.95, &UNWATCHED))
        .unwrap();
    check(
        &table,
        &[0.092_306_095_986_1, 0.423_665_113_844_5, -0.115_471_583_763_1],
        &[0.052_938_989_846, 0.086_093_574_415, 0.124_560_176_783],
        1e-5,
    );
    near("z", numbers(&table, "statistic")[1], 4.921, 1e-3);
}

#[test]
fn probabilities_with_nominal_and_scale_effects() {
    let mut model = wine("rating ~ temp");
    model.spec.ordinal.nominal = Some(PredictorSpec::Formula("~ contact".into()));
    let table = means(&model, "~ rating | contact", of_mode(MeansMode::Probabilities));
    let p = [
        0.115_655_390_609_6,
        0.382_092_561_735_7,
        0.356_846_100_229_3,
        0.088_140_149_504_2,
        0.057_265_797_921_2,
        0.027_274_713_590_2,
    ];
    let se = [
        0.051_671_936_413_1,
        0.074_047_432_046_8,
        0.074_439_417_355_7,
        0.046_851_523_351_5,
        0.038_383_724_492,
        0.026_603_895_274_7,
    ];
    check(&table, &p, &se, 1e-5);
    let mut model = wine("rating ~ temp + contact");
    model.spec.dispersion = Some(PredictorSpec::Formula("~ temp".into()));
    let table = means(&model, "~ rating | temp", of_mode(MeansMode::Probabilities));
    let p = [
        0.127_876_750_332_6,
        0.473_717_984_898_6,
        0.327_238_779_807_4,
        0.056_736_953_775_8,
        0.014_429_531_185_6,
        0.016_194_677_934_5,
    ];
    let se =
        [0.053_024_598_016_6, 0.075_666_073_402, 0.067_371_969_788_5, 0.027_826_489_316, 0.014_146_061_376_2, 0.014_992_975_780_9];
    check(&table, &p, &se, 2e-5);
    let table = means(&model, "~ temp", of_mode(MeansMode::MeanClass));
    check(&table, &[2.356_124_530_58, 3.476_894_113_96], &[0.127_014_147_947, 0.150_566_098_769], 2e-5);
}

fn mixture() -> Generalised {
    generalised("count ~ mined", "nbinom2", frame("Salamanders.csv", &["site", "mined", "spp"]))
        .zero_inflation("~ mined")
        .dispersion("~ DOY + mined")
        .options(|own| own.null_model = true)
}

#[test]
fn means_of_zero_parts_and_dispersions() {
    let model = mixture();
    near("log-likelihood", model.fit().log_likelihood, -863.349_526_263_23, 1e-8);
    let of = |role, response| MeansOf { role, response, ..MeansOf::default() };
    check(
        &means(&model, "~ mined", of(Role::ZeroInflation, false)),
        &[-1.674_041_500_135_5, 0.555_428_546_383_8],
        &[0.565_262_424_685_5, 0.894_162_180_982_9],
        2e-3,
    );
    check(
        &means(&model, "~ mined", of(Role::ZeroInflation, true)),
        &[0.157_886_085_524_8, 0.635_394_135_749_2],
        &[0.075_156_200_759_77, 0.207_149_146_849_58],
        2e-3,
    );
    check(
        &means(&model, "~ mined", of(Role::Dispersion, false)),
        &[0.092_030_467_183_16, -0.109_166_906_491_46],
        &[0.289_376_141_516, 1.284_766_901_074],
        2e-3,
    );
    check(
        &means(&model, "~ mined", of(Role::Dispersion, true)),
        &[1.096_398_225_737_5, 0.896_580_759_860_2],
        &[0.317_271_488_129_1, 1.151_897_284_408_6],
        2e-3,
    );
    // The delta method, and limits taken back.
    let (link, response) =
        (means(&model, "~ mined", of(Role::ZeroInflation, false)), means(&model, "~ mined", of(Role::ZeroInflation, true)));
    let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
    for row in 0..2 {
        let at = numbers(&link, "estimate")[row];
        near("mean", numbers(&response, "response")[row], expit(at), 1e-12);
        near("std_error", numbers(&response, "std_error")[row], expit(at) * expit(-at) * numbers(&link, "std_error")[row], 1e-12);
        near("upper", numbers(&response, "upper")[row], expit(numbers(&link, "upper")[row]), 1e-12);
    }
    let fit = model.fit();
    let spec = MeansSpec::parse("~ mined").unwrap();
    let without = generalised("count ~ mined", "poisson", model.frame.clone()).options(|own| own.null_model = true).fit();
    let error = FitMeans::new(&without, None, &spec, of(Role::ZeroInflation, false), &UNWATCHED).err().unwrap();
    assert!(error.message.contains("no formula for the zero inflation"), "{error}");
    let error = FitMeans::new(&fit, None, &spec, of_mode(MeansMode::MeanClass), &UNWATCHED).err().unwrap();
    assert!(error.message.contains("ordinal"), "{error}");
    let bias = MeansOf { bias: Some(None), ..MeansOf::default() };
    assert!(FitMeans::new(&fit, None, &spec, bias, &UNWATCHED).err().unwrap().message.contains("bias_adjust"));
}

/// car's Anova by component; type III with contr.sum.
#[test]
fn terms_of_zero_parts_and_dispersions() {
    use interlace::inference::anova::{AnovaType, anova_table_of};
    let model = generalised("count ~ mined + (1 | site)", "poisson", frame("Salamanders.csv", &["site", "mined", "spp"]))
        .zero_inflation("~ mined * spp");
    let fit = model.fit();
    near("log-likelihood", fit.log_likelihood, -906.155_462_917_75, 1e-8);
    let table = |kind, role, own: &interlace::fit::Fit| anova_table_of(own, role, None, kind, NORMAL, &UNWATCHED).unwrap();
    let second = table(AnovaType::II, Role::ZeroInflation, &fit);
    close("II", &numbers(&second, "chi_square"), &[35.087_372_772_915, 58.226_693_661_611, 11.151_212_471_814], 1e-4);
    close("df", &numbers(&second, "df"), &[1.0, 6.0, 6.0], 0.0);
    let third = table(AnovaType::III, Role::ZeroInflation, &fit);
    close("III", &numbers(&third, "chi_square"), &[40.684_828_142_499, 42.171_796_569_856, 11.151_212_471_814], 1e-4);
    let own = mixture().fit();
    let second = table(AnovaType::II, Role::Dispersion, &own);
    close("dispersion", &numbers(&second, "chi_square"), &[6.769_032_451_064, 0.023_985_997_026], 5e-3);
    // The mean's are what they are by themselves.
    let mean = interlace::inference::anova::anova_table(&fit, None, AnovaType::II, NORMAL, &UNWATCHED).unwrap();
    close("mean", &numbers(&table(AnovaType::II, Role::Mean, &fit), "chi_square"), &numbers(&mean, "chi_square"), 0.0);
}

/// emmeans with bias.adjust.
#[test]
fn means_corrected_for_random_effects() {
    let model = cbpp();
    let fit = model.fit();
    let of = |sigma| MeansOf { response: true, bias: Some(sigma), ..MeansOf::default() };
    let sigma = fit.random_variance(Role::Mean).sqrt();
    // The search of glmer ends 3e-4 before.
    near("sigma", sigma, 0.642_069_927_729_18, 1e-3);
    close("sigma", &[sigma], &fit.terms[0].sd, 1e-12);
    let table = means(&model, "~ period", of(Some(0.642_069_927_729_18)));
    let probabilities = [0.217_850_177_874_6, 0.097_104_428_440_1, 0.086_053_409_805_3, 0.057_004_160_479_6];
    check(&table, &probabilities, &[0.037_082_257_556, 0.026_255_334_320_5], 1e-4);
    near("upper", numbers(&table, "upper")[0], 0.298_147_333_623, 1e-3);
    let table = means(&model, "~ period", of(Some(0.5)));
    check(&table, &[0.210_068_769_186_3, 0.091_914_484_435_1], &[0.036_942_407_009_3, 0.025_222_494_553_2], 1e-4);
    // In closed form, with the standard deviation of the fit.
    let (link, own) = (means(&model, "~ period", MeansOf::default()), means(&model, "~ period", of(None)));
    for (row, eta) in numbers(&link, "estimate").into_iter().enumerate() {
        let p = 1.0 / (1.0 + (-eta).exp());
        let (q, half) = (p * (1.0 - p), 0.5 * sigma * sigma);
        near("mean", numbers(&own, "response")[row], p + half * q * (1.0 - 2.0 * p), 1e-9);
        let slope = q + half * q * (1.0 - 6.0 * q);
        near("std_error", numbers(&own, "std_error")[row], slope * numbers(&link, "std_error")[row], 1e-8);
    }
}
