//! Special functions and the logarithms of links against arithmetic of 50 digits and more.

use interlace::family::special::{
    bernoulli_excess, beta_tails, beta_tails_of_odds, digamma, erfcx, gamma_tails, ln_gamma, ln_rising_ratio, log_minus_digamma,
    log_ndtr, log1p_minus, rising_psi, rising_psi1, rising_psi2, rising_shares, stirling_error, tetragamma, trigamma,
    x1_log1p_minus,
};
use interlace::family::{Link, Observations, Order, Psi, Scale, by_name, derivatives};
use serde_json::Value;

/// The rows of one table; text comes out as NaN.
fn rows(name: &str) -> Vec<Vec<f64>> {
    let text = std::fs::read_to_string("tests/reference/special_functions.json").unwrap();
    let facts: Value = serde_json::from_str(&text).unwrap();
    let row = |row: &Value| row.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect();
    facts[name].as_array().unwrap().iter().map(row).collect()
}

/// Collects what is off by more than `relative` and `absolute` together.
fn check(name: &str, relative: f64, absolute: impl Fn(&[f64]) -> f64, arguments: usize, f: impl Fn(&[f64]) -> Vec<f64>) {
    let mut failures = Vec::new();
    for row in rows(name) {
        let (x, wanted) = row.split_at(arguments);
        for (column, (seen, wanted)) in f(x).iter().zip(wanted).enumerate() {
            let allowed = relative * wanted.abs() + absolute(x);
            if !matches!((seen - wanted).abs().partial_cmp(&allowed), Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)) {
                failures.push(format!("{name} {x:?} [{column}]: {seen:e}, expected {wanted:e}, error {:e}", seen - wanted));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Relative accuracy only.
fn exact(_: &[f64]) -> f64 {
    0.0
}

#[test]
fn derivatives_of_the_gamma_function() {
    // digamma has a zero near 1.46.
    check("psi", 4e-15, |_| 4e-16, 1, |x| vec![log_minus_digamma(x[0]), digamma(x[0]), trigamma(x[0]), tetragamma(x[0])]);
    check("stirling", 1e-15, |_| 4e-15, 1, |x| vec![stirling_error(x[0])]);
}

#[test]
fn differences_over_a_count() {
    check("rising", 5e-15, |x| 3e-16 * x[1], 2, |x| vec![ln_rising_ratio(x[0], x[1])]);
    check("rising", 2e-14, exact, 2, |x| {
        vec![ln_rising_ratio(x[0], x[1]), rising_psi(x[0], x[1]), rising_psi1(x[0], x[1]), rising_psi2(x[0], x[1])]
    });
    // Above 200 the shares are differences of terms as large as the count.
    check(
        "rising",
        2e-14,
        |x| if x[1] > 200.0 { 1e-15 * x[1] } else { 0.0 },
        2,
        |x| {
            let [a, b, c] = rising_shares(x[0], x[1]);
            vec![ln_rising_ratio(x[0], x[1]), rising_psi(x[0], x[1]), rising_psi1(x[0], x[1]), rising_psi2(x[0], x[1]), a, b, c]
        },
    );
}

#[test]
fn normal_distribution() {
    // In the upper tail the exponent x^2/2 is rounded: 30 standard deviations up, where the value is 1e-198, it costs two digits.
    check("log_ndtr", 5e-14, |x| 2e-15 * if x[0] > 0.0 { 0.0 } else { 1.0 }, 1, |x| log_ndtr(x[0])[..3].to_vec());
    // The third derivative is a difference of terms near 1 in the lower tail.
    check("log_ndtr", 1e-13, |x| 2e-15 * x[0].abs().max(1.0), 1, |x| log_ndtr(x[0]).to_vec());
    check("erfcx", 3e-15, exact, 1, |x| vec![erfcx(x[0])]);
}

#[test]
fn elementary_functions() {
    check("log1p_minus", 2e-15, exact, 1, |x| vec![log1p_minus(x[0]), x1_log1p_minus(x[0])]);
    check("bern", 1e-15, exact, 1, |x| vec![bernoulli_excess(x[0])]);
}

#[test]
fn logarithms_of_the_mean_and_its_complement() {
    let text = std::fs::read_to_string("tests/reference/special_functions.json").unwrap();
    let facts: Value = serde_json::from_str(&text).unwrap();
    let mut failures = Vec::new();
    for row in facts["links"].as_array().unwrap() {
        let (name, eta, which) = (row[0].as_str().unwrap(), row[1].as_f64().unwrap(), row[2].as_str().unwrap());
        let link = Link::by_name(name).unwrap();
        let jet = if which == "mean" { link.log_mean(eta) } else { link.log_complement(eta) };
        for (order, seen) in jet.iter().enumerate() {
            let wanted = row[3 + order].as_f64().unwrap();
            if (seen - wanted).abs() > 1e-13 * wanted.abs() + if order == 3 { 1e-14 } else { 1e-300 } {
                failures.push(format!("{name} {eta} {which} [{order}]: {seen:e}, expected {wanted:e}"));
            }
        }
        let (value, logarithm) = (if which == "mean" { link.linkinv(eta) } else { link.complement(eta) }, jet[0]);
        if (value - logarithm.exp()).abs() > 2e-15 * value * (1.0 + logarithm.abs()) {
            failures.push(format!("{name} {eta} {which}: {value:e} and exp {logarithm:e}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn tweedie_densities_of_few_and_many_terms() {
    check(
        "tweedie",
        1e-13,
        |_| 2e-13,
        4,
        |x| {
            let family = by_name("tweedie", Some("log")).unwrap();
            let psi = [Psi::Shared(x[2].ln()), Psi::Shared(Scale::OneToTwo.working(x[3]))];
            let data = Observations { y: &x[..1], weights: &[] };
            vec![derivatives(family.as_ref(), &data, &[x[1].ln()], &psi, Order::Value).unwrap().l[0]]
        },
    );
}

/// y, mu, phi, the logit of the power less one, and the log-density by summing the series in 40 digits: powers from 1.0001 to 2 - 2e-15.
#[allow(clippy::excessive_precision)]
const TWEEDIE_NEAR_ITS_ENDS: [(f64, f64, f64, f64, f64); 30] = [
    (0.7, 1.0, 0.5, -9.0, -512.540_110_199_562_21),
    (3.2, 2.5, 0.01, -9.0, -7.495_921_821_096_609_1),
    (40.0, 55.0, 2.0, -9.0, -2.170_224_173_501_186_9),
    (0.7, 1.0, 0.5, -5.0, -9.205_779_278_179_014_4),
    (3.2, 2.5, 0.01, -5.0, -8.137_293_054_632_729_4),
    (40.0, 55.0, 2.0, -5.0, -4.327_302_522_225_077_4),
    (0.7, 1.0, 0.5, -1.0, -0.513_410_530_280_357_82),
    (3.2, 2.5, 0.01, -1.0, -6.229_178_564_497_561_9),
    (40.0, 55.0, 2.0, -1.0, -4.014_352_270_928_936_4),
    (0.7, 1.0, 0.5, 0.0, -0.472_488_581_878_576_94),
    (3.2, 2.5, 0.01, 0.0, -4.946_794_711_114_464_1),
    (40.0, 55.0, 2.0, 0.0, -4.223_767_407_371_794_7),
    (0.7, 1.0, 0.5, 2.0, -0.395_393_201_250_704_81),
    (3.2, 2.5, 0.01, 2.0, -3.443_171_327_413_665_5),
    (40.0, 55.0, 2.0, 2.0, -4.886_958_753_043_201_3),
    (0.7, 1.0, 0.5, 5.0, -0.371_786_778_462_582_35),
    (3.2, 2.5, 0.01, 5.0, -3.112_618_227_634_241_5),
    (40.0, 55.0, 2.0, 5.0, -5.116_901_856_790_204_9),
    (0.7, 1.0, 0.5, 9.0, -0.370_406_509_057_733_83),
    (3.2, 2.5, 0.01, 9.0, -3.094_665_625_208_007_6),
    (40.0, 55.0, 2.0, 9.0, -5.130_427_157_897_199_9),
    (0.7, 1.0, 0.5, 15.0, -0.370_380_647_091_495_31),
    (3.2, 2.5, 0.01, 15.0, -3.094_330_619_918_295),
    (40.0, 55.0, 2.0, 15.0, -5.130_680_586_688_046_4),
    (0.7, 1.0, 0.5, 25.0, -0.370_380_582_821_759_73),
    (3.2, 2.5, 0.01, 25.0, -3.094_329_787_457_158_4),
    (40.0, 55.0, 2.0, 25.0, -5.130_681_216_485_645_9),
    (0.7, 1.0, 0.5, 34.0, -0.370_380_582_818_842_12),
    (3.2, 2.5, 0.01, 34.0, -3.094_329_787_419_367_7),
    (40.0, 55.0, 2.0, 34.0, -5.130_681_216_514_236_5),
];

#[test]
fn tweedie_densities_near_powers_of_one_and_two() {
    let family = by_name("tweedie", Some("log")).unwrap();
    for (y, mu, phi, power, wanted) in TWEEDIE_NEAR_ITS_ENDS {
        let data = Observations { y: &[y], weights: &[] };
        let at = |power: f64| {
            derivatives(&*family, &data, &[mu.ln()], &[Psi::Shared(phi.ln()), Psi::Shared(power)], Order::Gradient).unwrap()
        };
        let (seen, step) = (at(power), 1e-4);
        assert!((seen.l[0] - wanted).abs() < 2e-12 * (1.0 + wanted.abs()), "{y} {power}: {} for {wanted}", seen.l[0]);
        let slope = (8.0 * (at(power + step).l[0] - at(power - step).l[0]) - at(power + 2.0 * step).l[0]
            + at(power - 2.0 * step).l[0])
            / (12.0 * step);
        assert!((seen.psi[1].l[0] - slope).abs() < 1e-8 * (1.0 + slope.abs()), "{y} {power}: {} for {slope}", seen.psi[1].l[0]);
    }
    // At the ends the parameter has an effect no more.
    let data = Observations { y: &[3.2], weights: &[] };
    let gamma = by_name("gamma", Some("log")).unwrap();
    let limit = derivatives(&*gamma, &data, &[2.5_f64.ln()], &[Psi::Shared(100.0_f64.ln())], Order::Value).unwrap().l[0];
    for power in [30.0, 60.0, 1e3, 1e300] {
        let psi = [Psi::Shared(0.01_f64.ln()), Psi::Shared(power)];
        let seen = derivatives(&*family, &data, &[2.5_f64.ln()], &psi, Order::Value).unwrap().l[0];
        assert!((seen - limit).abs() < 1e-11, "{power}: {seen} for {limit}");
    }
}

/// With mu next to zero a beta-binomial probability of some successes is mu times what does not depend on it; further out mu underflows.
#[test]
fn betabinomial_probabilities_follow_means_that_underflow() {
    let family = by_name("betabinomial", Some("loglog")).unwrap();
    let data = Observations { y: &[0.5], weights: &[12.0] };
    let at = |eta: f64| derivatives(family.as_ref(), &data, &[eta], &[Psi::Shared(3.0)], Order::Gradient).unwrap();
    let near = at(-6.0).l[0];
    for eta in [-6.2f64, -6.6, -7.0, -9.0] {
        let own = at(eta);
        let want = near + 6.0f64.exp() - (-eta).exp();
        assert!((own.l[0] - want).abs() < 1e-9 * want.abs(), "{eta}: {} for {want}", own.l[0]);
    }
}

fn off(seen: f64, wanted: f64) -> f64 {
    ((seen - wanted) / wanted).abs()
}

/// Shapes of all sizes, next to each other too; x is near 1 where the first is a million.
#[test]
#[allow(clippy::unreadable_literal, clippy::excessive_precision)]
fn incomplete_gamma_and_beta_functions() {
    for (a, x, lower, upper) in [
        (1.0, 1.36, 0.743_339_223_046_444_1, 0.256_660_776_953_555_86),
        (0.1, 9.586832980505138, 0.999_999_131_567_283_3, 8.684_327_167_398_067e-7),
        (1.5, 0.7651530771650467, 0.324_706_444_424_972_2, 0.675_293_555_575_027_8),
        (2.5, 0.001, 9.508_534_598_607_95e-9, 0.999_999_990_491_465_4),
        (20.0, 26.8, 0.926_283_237_361_260_7, 0.073_716_762_638_739_3),
        (1e5, 100031.62277660168, 0.540_242_045_913_750_5, 0.459_757_954_086_249_5),
        (1e6, 997000.0, 0.001_338_104_167_313_6, 0.998_661_895_832_686_4),
        (1e8, 99985000.0, 0.066_801_804_074_983_85, 0.933_198_195_925_016_2),
    ] {
        let [l, u] = gamma_tails(a, x);
        assert!(off(l, lower) < 3e-13 && off(u, upper) < 3e-13, "{a} {x}: {l:e} {u:e}");
    }
    for (a, b, odds, lower, upper) in [
        (200.0, 30.5, 0.17358492133546968, 0.234_712_381_032_492_62, 0.765_287_618_967_507_4),
        (200.0, 30.5, 0.2843576706268963, 2.361_327_985_021_636e-4, 0.999_763_867_201_497_8),
        (0.5, 8.0, 184.67051401847075, 0.227_723_566_620_635_35, 0.772_276_433_379_364_7),
        (1e6, 0.5, 3.328434417715986e-06, 0.009_877_502_987_975_424, 0.990_122_497_012_024_6),
        (1e6, 0.5, 5.353553315667827e-07, 0.300_785_104_124_249_4, 0.699_214_895_875_750_6),
        (1e4, 1e3, 0.09983420129171161, 0.516_341_120_625_380_9, 0.483_658_879_374_619_1),
        (0.05, 1e4, 5437.4734382014085, 0.996_706_101_421_908_6, 0.003_293_898_578_091_358_7),
        (1e6, 1e6, 1.002832432080501, 0.022_750_118_450_409_384, 0.977_249_881_549_590_6),
    ] {
        for [l, u] in [beta_tails_of_odds(a, b, odds), beta_tails(a, b, 1.0 / (1.0 + odds), odds / (1.0 + odds))] {
            assert!(off(l, lower) < 1e-12 && off(u, upper) < 1e-12, "{a} {b} {odds}: {l:e} {u:e}");
        }
    }
    // Numbers whose ratio is none: x^a / (a B(a, b)), and the other end.
    let [least, a, b]: [f64; 3] = [5e-324, 0.001, 2.0];
    let wanted = least.powf(a) * (a + 1.0);
    let seen = [beta_tails(a, b, least, 1.0)[0], beta_tails(b, a, 1.0, least)[1]];
    assert!(seen.iter().all(|seen| off(*seen, wanted) < 1e-10), "{seen:?} {wanted}");
    assert_eq!([beta_tails(a, b, 0.0, 1.0), beta_tails(a, b, 1.0, 0.0)], [[0.0, 1.0], [1.0, 0.0]]);
    assert!(beta_tails(1.0, f64::NAN, 0.3, 0.7)[0].is_nan() && gamma_tails(f64::NAN, 1.0)[0].is_nan());
}

/// To what statrs is good for (docs/engine.md).
#[test]
fn another_library_agrees() {
    use statrs::function::{beta::beta_reg, gamma};
    for a in [0.3, 0.5, 1.0, 2.5, 17.0, 90.0] {
        assert!((gamma::ln_gamma(a) - ln_gamma(a)).abs() < 1e-14 * ln_gamma(a).abs().max(1.0), "{a}");
        assert!((gamma::digamma(a) - digamma(a)).abs() < 4e-15 * digamma(a).abs().max(1.0), "{a}");
        for share in [0.1, 0.5, 0.9, 1.0, 1.3, 2.0, 3.0] {
            let x = a * share;
            let [lower, upper] = gamma_tails(a, x);
            assert!(off(gamma::gamma_lr(a, x), lower) < 1e-11 && off(gamma::gamma_ur(a, x), upper) < 1e-11, "{a} {x}");
            for b in [0.4, 1.0, 6.5, 40.0] {
                let odds = b / a * share;
                let [lower, upper] = beta_tails_of_odds(a, b, odds);
                let (x, y) = (1.0 / (1.0 + odds), odds / (1.0 + odds));
                assert!(off(beta_reg(a, b, x), lower) < 1e-11 && off(beta_reg(b, a, y), upper) < 1e-11, "{a} {b} {odds}");
            }
        }
    }
}
