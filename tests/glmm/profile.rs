//! Profile-likelihood intervals.

use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use crate::common::{Data, Rng};
use interlace::fit::Fit;
use interlace::inference::profile::Profile;
use interlace::options::{Nodes, Options};
use interlace::watch::Watch;

/// The square of the normal quantile of a 95 % interval.
const CUTOFF: f64 = 3.841_458_820_694_124;

/// Limits by name against (name, lower, upper).
fn agree(what: &str, profiles: &[Profile], want: &[(&str, f64, f64)], tolerance: f64) {
    let names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, want.iter().map(|w| w.0).collect::<Vec<_>>(), "{what}");
    for (p, (name, lower, upper)) in profiles.iter().zip(want) {
        for (got, want) in [(p.lower, *lower), (p.upper, *upper)] {
            assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{what} {name}: {got} for {want}, {:?}", p.warning);
        }
    }
}

/// lme4's intervals, which are interpolated: good to about 1e-3.
#[test]
fn binomial_intervals_are_those_of_the_reference() {
    let want = [
        ("sd_(Intercept)|herd", 0.346_094_461_6, 1.099_881_899_6),
        ("(Intercept)", -1.901_156_106_9, -0.947_791_393_5),
        ("periodp2", -1.616_678_664_2, -0.407_840_519_0),
        ("periodp3", -1.800_917_625_9, -0.511_610_305_7),
        ("periodp4", -2.500_600_711_2, -0.800_831_043_3),
    ];
    agree("cbpp", &cbpp().fit().profile(0.95, &Watch::unwatched()).unwrap(), &want, 1e-3);
}

/// Roots of lme4's deviance of linear models, to their own accuracy, from fits by either method.
#[test]
fn linear_intervals_are_those_of_the_reference() {
    let sleepstudy = || frame("sleepstudy.csv", &["Subject"]);
    let slopes = [
        ("sd_(Intercept)|Subject", 14.381_384_520_346_376, 37.716_054_990_250_75),
        ("cor_Days.(Intercept)|Subject", -0.481_492_580_495_829_2, 0.685_018_968_496_925_8),
        ("sd_Days|Subject", 3.801_177_284_397_92, 8.753_391_986_966_406),
        ("sigma", 22.898_256_514_806_05, 28.857_998_459_838_1),
        ("(Intercept)", 237.680_689_947_256_98, 265.129_519_749_712_9),
        ("Days", 7.358_652_004_775_496, 13.575_919_914_416_62),
    ];
    let model = linear("Reaction ~ Days + (Days | Subject)", sleepstudy());
    agree("slopes", &model.fit().profile(0.95, &Watch::unwatched()).unwrap(), &slopes, 1e-6);
    let ml = model.options(|o| o.reml = false).fit();
    agree("slopes, ML", &ml.profile(0.95, &Watch::unwatched()).unwrap(), &slopes, 1e-6);
    let uncorrelated = [
        ("sd_(Intercept)|Subject", 15.258_705_651_224_854, 37.786_534_935_935_03),
        ("sd_Days|Subject", 3.964_078_183_835_968_4, 8.769_159_949_195_675),
        ("sigma", 22.880_548_905_443_18, 28.787_599_013_106),
        ("(Intercept)", 237.572_154_599_417_16, 265.238_055_097_640_5),
        ("Days", 7.334_068_324_392_604, 13.600_503_594_802_472),
    ];
    let model = linear("Reaction ~ Days + (Days || Subject)", sleepstudy());
    agree("uncorrelated", &model.fit().profile(0.95, &Watch::unwatched()).unwrap(), &uncorrelated, 1e-6);
    let crossed = [
        ("sd_(Intercept)|plate", 0.633_565_186_940_334_4, 1.182_103_329_697_723_7),
        ("sd_(Intercept)|sample", 1.095_831_475_345_808_5, 3.556_322_392_188_169),
        ("sigma", 0.485_845_559_411_312_8, 0.629_453_426_532_513_9),
        ("(Intercept)", 21.266_608_238_883_823, 24.677_836_205_560_627),
    ];
    let model = linear("diameter ~ 1 + (1 | plate) + (1 | sample)", frame("Penicillin.csv", &["plate", "sample"]));
    agree("crossed", &model.fit().profile(0.95, &Watch::unwatched()).unwrap(), &crossed, 1e-6);
}

/// A variance whose interval reaches zero.
#[test]
fn a_standard_deviation_can_be_zero() {
    let want = [
        ("sd_(Intercept)|cask:batch", 2.157_930_924_122_307, 4.053_805_117_548_137),
        ("sd_(Intercept)|batch", 0.0, 2.946_597_082_056_592),
        ("sigma", 0.652_022_889_191_515_9, 1.085_447_558_629_624_6),
        ("(Intercept)", 58.663_648_583_339_2, 61.443_018_083_327_49),
    ];
    let frame = frame("Pastes.csv", &["batch", "cask"]);
    let profiles = linear("strength ~ 1 + (1 | cask:batch) + (1 | batch)", frame).fit().profile(0.95, &Watch::unwatched()).unwrap();
    agree("nested", &profiles, &want, 1e-6);
    assert_eq!(profiles[1].lower, 0.0);
    assert!(profiles.iter().all(|p| p.warning.is_none()));
}

/// An interval by the name of its parameter.
fn interval(profiles: &[Profile], name: &str) -> [f64; 2] {
    let own = profiles.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no {name} among {profiles:?}"));
    assert!(own.warning.is_none(), "{own:?}");
    [own.lower, own.upper]
}

fn same(what: &str, a: [f64; 2], b: [f64; 2]) {
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-6 * (1.0 + b.abs())), "{what}: {a:?} for {b:?}");
}

/// Two correlated effects are the same model in two parametrisations.
#[test]
fn compound_symmetry_of_two_effects_has_the_intervals_of_an_unstructured_term() {
    let of =
        |formula: &str| linear(formula, frame("sleepstudy.csv", &["Subject"])).fit().profile(0.95, &Watch::unwatched()).unwrap();
    let (us, cs) = (of("Reaction ~ Days + (Days | Subject)"), of("Reaction ~ Days + cs(Days | Subject)"));
    for name in ["sd_(Intercept)|Subject", "sd_Days|Subject", "sigma", "Days"] {
        same(name, interval(&cs, name), interval(&us, name));
    }
    same("rho", interval(&cs, "rho|Subject"), interval(&us, "cor_Days.(Intercept)|Subject"));
}

/// Neither the order of three effects nor their units matter.
#[test]
fn intervals_do_not_depend_on_the_order_of_effects() {
    let of =
        |formula: &str| linear(formula, frame("sim_three_slopes.csv", &["g"])).fit().profile(0.9, &Watch::unwatched()).unwrap();
    let (one, other) = (of("y ~ x1 + x2 + (x1 + x2 | g)"), of("y ~ x2 + x1 + (x2 + x1 | g)"));
    for name in ["sd_(Intercept)|g", "sd_x1|g", "sd_x2|g", "cor_x1.(Intercept)|g", "sigma", "x1", "x2"] {
        same(name, interval(&one, name), interval(&other, name));
    }
    same("correlation", interval(&one, "cor_x2.x1|g"), interval(&other, "cor_x1.x2|g"));
}

/// A variance that is estimated as zero has an interval; the others don't stay at a boundary for its sake.
#[test]
fn singular_fits_have_profiles() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"])).fit();
    assert!(fit.singular);
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    let [lower, upper] = interval(&profiles, "sd_(Intercept)|Batch");
    assert!(lower == 0.0 && upper > 0.5 && upper < 10.0, "{upper}");
    let [lower, upper] = interval(&profiles, "(Intercept)");
    assert!((0.5 * (lower + upper) - fit.fixed.estimate[0]).abs() < 1e-6 && upper - lower > 2.0);
}

/// Random effects of the zero part.
#[test]
fn terms_of_further_predictors_have_profiles() {
    let fit = salamanders("poisson").zero_inflation("~ 1 + (1 | spp)").fit();
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    let [lower, upper] = interval(&profiles, "zi.sd_(Intercept)|spp");
    assert!(lower < fit.theta[1] && fit.theta[1] < upper, "{lower} {upper}");
    let [lower, upper] = interval(&profiles, "zi.(Intercept)");
    assert!(lower < upper);
}

/// At a limit of a fixed effect the model with that effect as an offset has a deviance that is higher by the cutoff.
fn limits_satisfy_their_equation(what: &str, make: impl Fn(&str, Option<f64>) -> Generalised) {
    let full = make("x +", None).fit();
    let profiles = full.profile(0.95, &Watch::unwatched()).unwrap();
    let own = profiles.iter().find(|p| p.name == "x").unwrap();
    assert!(own.lower < full.fixed.estimate[1] && full.fixed.estimate[1] < own.upper, "{what}");
    for v in [own.lower, own.upper] {
        let held: Fit = make("", Some(v)).fit();
        let rise = -2.0 * (held.log_likelihood - full.log_likelihood);
        assert!((rise - CUTOFF).abs() < 2e-7, "{what} at {v}: {rise}");
    }
}

fn counts(formula: &str, held: Option<f64>, family: &str) -> Generalised {
    let mut rng = Rng(77);
    let n = 90;
    let index: Vec<usize> = (0..n).map(|i| i % 15).collect();
    let (x, b) = (rng.normals(n), rng.normals(15));
    let y = (0..n).map(|i| (0.6 + 0.4 * x[i] + 0.6 * b[index[i]] + 0.7 * rng.normal()).exp().round()).collect();
    let offset = x.iter().map(|x| held.unwrap_or(0.0) * x).collect();
    let data = Data::default().real("y", y).real("off", offset).real("x", x).real("z", rng.normals(n)).group("g", &index);
    generalised(&format!("y ~ {formula} offset(off) + (1 | g)"), family, data.frame())
}

#[test]
fn limits_of_fixed_effects_satisfy_their_likelihood_equation() {
    limits_satisfy_their_equation("poisson", |x, v| counts(x, v, "poisson"));
    limits_satisfy_their_equation("nbinom2", |x, v| counts(x, v, "nbinom2"));
    limits_satisfy_their_equation("quadrature", |x, v| counts(x, v, "poisson").options(|o| o.quadrature = 7));
    let fixed = |o: &mut Options| (o.quadrature, o.nodes) = (15, Nodes::Fixed);
    limits_satisfy_their_equation("fixed nodes", |x, v| counts(x, v, "poisson").options(fixed));
    limits_satisfy_their_equation("slopes", |x, v| counts(x, v, "poisson").formula(|f| f.random = vec!["(0 + z | g)".into()]));
    limits_satisfy_their_equation("zero part", |x, v| counts(x, v, "nbinom2").zero_inflation("~ 1"));
}

/// The same for a standard deviation: the least deviance over the one other parameter, by golden sections.
#[test]
fn limits_of_a_standard_deviation_satisfy_their_likelihood_equation() {
    let model = counts("", None, "poisson");
    let fit = model.fit();
    let own = &fit.profile(0.95, &Watch::unwatched()).unwrap()[0];
    assert_eq!(own.name, "sd_(Intercept)|g");
    for sd in [own.lower, own.upper] {
        let deviance =
            |b: f64| Fit::objective(&model.spec, Some(&model.frame), &model.options, &[sd, b], &Watch::unwatched()).unwrap()[0];
        let (mut a, mut b) = (fit.fixed.estimate[0] - 1.0, fit.fixed.estimate[0] + 1.0);
        let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
        for _ in 0..60 {
            let (c, d) = (b - golden * (b - a), a + golden * (b - a));
            if deviance(c) < deviance(d) { b = d } else { a = c }
        }
        let rise = deviance(0.5 * (a + b)) - fit.criterion;
        assert!((rise - CUTOFF).abs() < 1e-7, "at {sd}: {rise}");
    }
}

/// All parameters of all predictors; a family's parameter is positive whatever its interval.
#[test]
fn further_predictors_have_profiles_too() {
    let fit = salamanders("nbinom2").zero_inflation("~ mined").fit();
    let profiles = fit.profile(0.9, &Watch::unwatched()).unwrap();
    let names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    let family = &fit.generalised().unwrap().parameters[0].name;
    assert_eq!(names, ["sd_(Intercept)|site", family, "(Intercept)", "minedyes", "zi.(Intercept)", "zi.minedyes"]);
    let estimates = [fit.theta[0], fit.sigma, fit.fixed.estimate[0], fit.fixed.estimate[1]];
    for (p, estimate) in profiles.iter().zip(estimates) {
        assert!((p.estimate - estimate).abs() < 1e-5 * estimate.abs());
        assert!(p.lower < estimate && estimate < p.upper && p.warning.is_none(), "{p:?}");
    }
    assert!(profiles[1].lower > 0.0);
    // zeta rises along each profile.
    for p in &profiles {
        assert!(p.curve.points.windows(2).all(|w| w[0].zeta <= w[1].zeta + 1e-6), "{p:?}");
    }
    let fit = salamanders("nbinom2").dispersion("~ mined").fit();
    let profiles = fit.profile(0.9, &Watch::unwatched()).unwrap();
    assert_eq!(profiles.last().unwrap().name, "disp.minedyes");
    assert!(profiles.iter().all(|p| p.warning.is_none() && p.lower < p.upper));
}

/// Where one value of x has successes only, no value of its effect is too large.
#[test]
fn a_profile_that_does_not_cross_has_no_limit() {
    let mut rng = Rng(5);
    let n = 60;
    let x: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
    let y = x.iter().map(|x| if *x == 1.0 { 1.0 } else { f64::from(u8::from(rng.uniform() < 0.5)) }).collect();
    let data = Data::default().real("y", y).real("x", x).group("g", &(0..n).map(|i| i / 6).collect::<Vec<_>>());
    let fit = generalised("y ~ x + (1 | g)", "binomial", data.frame()).fit();
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    let own = profiles.iter().find(|p| p.name == "x").unwrap();
    assert!(own.upper.is_nan() && own.lower.is_finite(), "{own:?}");
    assert!(own.warning.as_ref().unwrap().contains("upper limit"), "{own:?}");
}

#[test]
fn what_has_no_profile_is_an_error() {
    let error = cbpp().options(|o| o.quadrature = 0).fit().profile(0.95, &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("nagq"), "{error}");
    assert!(cbpp().fit().profile(1.0, &Watch::unwatched()).unwrap_err().message.contains("level"));
}

/// lme4 1.1-31, sleepstudy by maximum likelihood: roots of its profiled deviance function, the other elements at their best.
#[test]
fn elements_of_theta() {
    let fit = linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    let profiles = fit.profile_theta(0.95, &Watch::unwatched()).unwrap();
    let names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["theta.Subject.(Intercept)", "theta.Subject.Days.(Intercept)", "theta.Subject.Days"]);
    let want = [
        (0.929_225_49, 0.541_327_19, 1.500_181_42),
        (0.018_165_70, -0.138_547_16, 0.160_756_26),
        (0.222_645_42, 0.128_600_60, 0.347_499_35),
    ];
    for (own, (estimate, lower, upper)) in profiles.iter().zip(want) {
        for (got, want) in [(own.estimate, estimate), (own.lower, lower), (own.upper, upper)] {
            assert!((got - want).abs() < 2e-6, "{}: {got} for {want}", own.name);
        }
    }
    // Of a model without a scale parameter theta is the standard deviation.
    let cbpp = cbpp().fit();
    let (theta, all) = (cbpp.profile_theta(0.95, &Watch::unwatched()).unwrap(), cbpp.profile(0.95, &Watch::unwatched()).unwrap());
    assert_eq!((theta.len(), theta[0].name.as_str()), (1, "theta.herd.(Intercept)"));
    assert!((theta[0].lower - all[0].lower).abs() < 1e-7 && (theta[0].upper - all[0].upper).abs() < 1e-7);
    // A singular fit: from zero.
    let dyestuff = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"]))
        .fit()
        .profile_theta(0.95, &Watch::unwatched())
        .unwrap();
    assert!(dyestuff[0].lower == 0.0 && dyestuff[0].upper > 0.5, "{dyestuff:?}");
}
