//! Predictions, survival curves and baseline hazards at no variance are those of R's survival.

use crate::common::close::close;
use crate::common::frames::{csv, labels, reals};
use crate::predictions::{curves, fit_of, values};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::predict::{CurveLimits, CurveRequest, NewData, Quantity, Request};
use interlace::spec::{FormulaSpec, Ties};
use interlace::watch::Watch;

/// Ties, late entry, weights, strata and an offset. The variance of g is zero.
pub const DATA: &str = "start,stop,event,x,f,s,w,o,g
1,6,1,0.43,b,u,0.5,0.61,g2\n2,8,1,-0.92,b,v,0.5,-0.32,g2\n2,7,0,-0.62,a,u,2,0.53,g1\n2,9,1,-0.87,a,u,2,0.1,g1
1,2,0,-1.64,b,v,2,-0.16,g5\n2,9,1,-1.33,a,v,2,0.47,g0\n1,3,0,-0.89,b,v,0.5,0.11,g3\n1,5,1,-0.56,b,u,0.5,-0.09,g4
2,7,1,-0.06,a,u,0.5,-0.22,g4\n1,3,0,2.42,a,v,0.5,-0.15,g3\n2,9,1,0.34,a,v,2,-0.05,g3\n2,4,1,0,b,v,2,-0.3,g2
1,7,1,0.03,a,v,1,-0.02,g2\n2,4,0,-0.39,a,v,0.5,-0.09,g4\n1,4,1,-0.79,b,u,0.5,0.16,g5\n2,4,0,-0.31,b,v,2,-0.12,g0
2,9,1,-0.35,b,u,0.5,-0.54,g0\n1,6,1,-0.3,b,u,2,-0.13,g4\n1,7,1,-1.79,a,u,2,-0.05,g0\n2,5,1,0.59,b,u,2,-0.4,g1
0,5,0,1.64,a,u,2,0.48,g5\n2,3,1,-0.65,b,v,1,0.05,g0\n1,7,0,0.62,a,u,2,0.23,g1\n1,8,1,0.24,b,v,1,-0.07,g3
2,6,1,0.85,a,u,2,-0.39,g5\n1,3,1,-0.57,a,v,2,-0.28,g3\n1,3,0,1.12,b,v,2,-0.55,g5\n2,7,0,-1.54,b,u,1,-0.09,g2
0,6,0,-0.44,a,u,1,-0.33,g2\n2,4,1,-0.15,b,v,1,-0.06,g1\n1,6,0,0.52,a,v,0.5,0.17,g0\n0,6,0,0.59,a,u,2,0.36,g5
2,9,0,-0.08,b,v,0.5,-0.13,g1\n0,1,0,-1.17,b,v,2,-0.12,g3\n0,1,0,0.31,a,v,2,0.38,g4\n0,6,0,-1.6,a,u,1,-0.02,g4
";
/// Rows to predict at.
pub const NEW: &str = "start,stop,x,f,s,o,g\n0,4,0.5,a,u,0,g1\n1,5,-1,b,v,0.4,g2\n2,8,0,b,u,-0.2,g3\n0,3,2,a,v,0.1,g4\n";

/// Of R's survival 3.5-3: `survfit` of a `coxph` with `newdata` at the times 3, 5 and 8 of each row, the expected events and linear
/// predictors of the first rows, the last cumulative baseline hazards.
struct Figures {
    hazard: [f64; 12],
    std_error: [f64; 12],
    lower: [f64; 12],
    log_log: [f64; 12],
    plain: [f64; 12],
    expected: [f64; 8],
    eta: [f64; 4],
    eta_std_error: [f64; 4],
    baseline: [f64; 10],
}

const EFRON: Figures = Figures {
    hazard: [
        0.0,
        0.087_468_011_381_93,
        0.510_117_562_412_8,
        0.348_996_397_521_09,
        0.879_719_085_111_91,
        1.946_326_421_328_09,
        0.0,
        0.219_292_544_473_7,
        1.278_924_448_776_56,
        0.127_691_349_090_69,
        0.321_872_998_107_33,
        0.712_124_962_536_97,
    ],
    std_error: [
        0.0,
        0.054_775_734_095_02,
        0.230_150_792_544_41,
        0.224_828_695_966_08,
        0.436_057_305_501_91,
        0.943_492_274_394_48,
        0.0,
        0.136_597_510_423_64,
        0.585_917_348_602_79,
        0.112_913_989_717_36,
        0.258_497_722_318_07,
        0.562_210_589_194_8,
    ],
    lower: [
        1.0,
        0.822_977_450_825_05,
        0.382_431_844_153_06,
        0.454_002_513_639_28,
        0.176_510_361_474_97,
        0.022_470_829_022_39,
        1.0,
        0.614_455_514_694_86,
        0.088_274_734_046_58,
        0.705_394_045_668_07,
        0.436_695_455_965_48,
        0.162_994_720_367_1,
    ],
    log_log: [
        1.0,
        0.974_692_987_509_2,
        0.810_029_852_467_7,
        0.905_984_191_922_4,
        0.716_782_290_419_6,
        0.471_118_027_413_6,
        1.0,
        0.937_361_830_713,
        0.593_895_154_077_2,
        0.977_686_072_715,
        0.935_482_304_457_6,
        0.859_377_588_519_0,
    ],
    plain: [
        1.0,
        0.817_881_181_491_93,
        0.329_580_922_275_24,
        0.394_558_732_903_8,
        0.060_302_890_447_92,
        0.0,
        1.0,
        0.588_079_381_985_34,
        0.0,
        0.685_346_856_893_93,
        0.357_577_997_532_92,
        0.0,
    ],
    expected: [
        1.310_473_858_636_7,
        0.864_603_230_226_7,
        0.720_041_622_910_1,
        1.295_212_908_056_9,
        0.0,
        1.364_723_997_329_1,
        0.265_938_178_173_8,
        0.173_966_387_539_6,
    ],
    eta: [1.883_025_426_486_69, 0.729_633_942_945_95, 0.427_405_392_744_25, -0.043_963_400_504_03],
    eta_std_error: [0.442_346_805_339_1, 0.509_008_943_690_4, 0.172_087_838_590_7, 0.241_478_096_086_9],
    baseline: [
        0.012_471_132_815_34,
        0.080_522_412_016_49,
        0.267_720_989_914_51,
        0.469_610_499_752_76,
        1.795_332_398_864_07,
        0.082_985_481_495_37,
        0.209_182_422_446_84,
        0.297_906_023_868_62,
        0.462_803_731_982_13,
        1.330_930_067_334_72,
    ],
};

const BRESLOW: Figures = Figures {
    hazard: [
        0.0,
        0.085_479_331_330_34,
        0.474_616_128_700_12,
        0.337_214_700_632_25,
        0.821_640_194_503_02,
        1.796_364_206_193_82,
        0.0,
        0.207_669_352_066_73,
        1.153_064_985_343_29,
        0.125_474_667_564_76,
        0.305_725_195_460_98,
        0.668_411_552_565_17,
    ],
    std_error: [
        0.0,
        0.053_685_101_135_33,
        0.216_647_118_213_8,
        0.216_819_519_153_49,
        0.405_241_593_358_82,
        0.862_036_541_890_39,
        0.0,
        0.128_990_276_172_83,
        0.525_166_633_449_46,
        0.111_857_737_157_97,
        0.247_155_810_051_96,
        0.529_956_721_270_41,
    ],
    lower: [
        1.0,
        0.826_380_303_085_56,
        0.406_880_121_882_86,
        0.466_651_221_528_91,
        0.198_711_923_728_87,
        0.030_625_423_499_54,
        1.0,
        0.630_977_138_476_2,
        0.112_773_638_013_42,
        0.708_424_489_306_15,
        0.453_780_498_320_37,
        0.181_389_678_938_56,
    ],
    log_log: [
        1.0,
        0.975_347_729_678_9,
        0.823_659_957_597_3,
        0.908_797_445_273_8,
        0.731_610_315_386_2,
        0.495_926_353_165_3,
        1.0,
        0.940_381_173_560_9,
        0.623_597_781_859_3,
        0.978_373_278_416_2,
        0.939_234_512_694_6,
        0.868_223_660_048_8,
    ],
    plain: [
        1.0,
        0.821_471_776_025_72,
        0.357_957_265_491_11,
        0.410_439_115_796_13,
        0.090_466_376_523_51,
        0.0,
        1.0,
        0.607_068_555_167_77,
        0.0,
        0.688_693_830_717_04,
        0.379_773_149_768_61,
        0.0,
    ],
    expected: [
        1.537_855_615_188_1,
        0.885_621_649_735_1,
        0.674_336_309_674_1,
        1.277_471_060_556_8,
        0.0,
        1.432_835_042_707_8,
        0.256_795_054_270_6,
        0.211_994_107_369_2,
    ],
    eta: [1.846_121_615_416_95, 0.700_631_041_584_46, 0.431_033_958_684_34, -0.038_871_703_136_49],
    eta_std_error: [0.444_460_696_333_7, 0.515_202_251_228, 0.172_527_757_184_7, 0.242_095_401_210_7],
    baseline: [
        0.012_688_038_530_99,
        0.078_922_257_388_67,
        0.242_747_704_755_99,
        0.438_208_578_461_24,
        1.328_106_299_680_72,
        0.082_504_974_752_8,
        0.201_027_426_669_9,
        0.291_152_629_964_08,
        0.439_509_259_830_56,
        1.107_331_591_865_18,
    ],
};

pub fn without_variance(ties: Ties, data: &Frame) -> Fit {
    let formula = "Surv(start, stop, event) ~ x + f + strata(s) + offset(o) + (1 | g)".to_owned();
    let own = fit_of(FormulaSpec { formula, weights: Some("w".into()), ..Default::default() }, ties, data);
    assert_eq!(own.theta, [0.0]);
    own
}

#[test]
fn without_variance_they_are_those_of_survfit_and_coxph() {
    let (data, new) = (csv(DATA, &[]), csv(NEW, &[]));
    for (ties, figures) in [(Ties::Efron, &EFRON), (Ties::Breslow, &BRESLOW)] {
        let own = without_variance(ties, &data);
        for (limits, column, want) in [
            (CurveLimits::Log, "lower", &figures.lower),
            (CurveLimits::LogLog, "upper", &figures.log_log),
            (CurveLimits::Plain, "lower", &figures.plain),
        ] {
            let table = curves(
                &own,
                NewData::Frame(&new),
                &CurveRequest { times: Some(vec![3.0, 5.0, 8.0]), limits, ..Default::default() },
            );
            close("hazard", &reals(&table, "cumulative_hazard"), &figures.hazard, 1e-8);
            close("its error", &reals(&table, "cumulative_hazard_std_error"), &figures.std_error, 1e-7);
            close(column, &reals(&table, column), want, 1e-7);
            let survival: Vec<f64> = figures.hazard.iter().map(|h| (-h).exp()).collect();
            close("survival", &reals(&table, "survival"), &survival, 1e-8);
            let errors: Vec<f64> = survival.iter().zip(&figures.std_error).map(|(s, e)| s * e).collect();
            close("its error", &reals(&table, "std_error"), &errors, 1e-7);
            assert_eq!(reals(&table, "time")[..4], [3.0, 5.0, 8.0, 3.0]);
            assert_eq!(labels(&table, "stratum")[2..4], ["u", "v"]);
        }
        close("expected", &values(&own, NewData::Training, Quantity::Response)[..8], &figures.expected, 1e-7);
        let link = Request { quantity: Quantity::Link, level: Some(0.95), ..Request::default() };
        let found = own.predictions(NewData::Training, &link, &Watch::unwatched()).unwrap();
        close("eta", &found.values[..4], &figures.eta, 1e-7);
        close("its error", &found.std_errors[..4], &figures.eta_std_error, 1e-7);
        let table = own.table("baseline_hazard").unwrap();
        close("baseline", &reals(&table, "cumulative_hazard"), &figures.baseline, 1e-7);
        assert_eq!(reals(&table, "weight_at_risk"), [23.5, 23.0, 18.5, 10.0, 2.5, 19.0, 13.0, 7.0, 6.0, 4.5]);
        assert_eq!(reals(&table, "weight_of_events"), [0.5, 2.5, 4.5, 2.5, 2.5, 3.0, 3.0, 1.0, 1.5, 4.0]);
        assert_eq!(reals(&table, "time"), [4.0, 5.0, 6.0, 7.0, 9.0, 3.0, 4.0, 7.0, 8.0, 9.0]);
    }
}
