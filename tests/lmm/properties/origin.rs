//! A covariate's origin is nobody's business: 1e7 standard deviations further off, everything that does not refer to zero is the same.

use std::collections::BTreeMap;

use crate::common::frames::reals;
use interlace::diagnostics::R2;
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::Frame;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger, Satterthwaite};
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, Weighting};
use interlace::predict::{Interval, NewData, NewLevels, Quantity, RandomTerms, Request};
use interlace::resample::Refitter;
use interlace::spec::{CorrelationSpec, ModelKind};
use interlace::watch::Watch;

use crate::common::generalised::{Generalised, generalised, linear};
use crate::common::{Data, Rng};

/// A whole number, so that sums with x are exact.
const FAR: f64 = 16_777_216.0;

/// Twelve groups of eight; x has the standard deviation 1.15.
fn data(seed: u64) -> Data {
    let mut rng = Rng(seed);
    let n = 96;
    let group: Vec<usize> = (0..n).map(|i| i / 8).collect();
    let (b0, b1) = (rng.normals(12), rng.normals(12));
    let x: Vec<f64> = (0..n).map(|i| ((i % 8) as f64 - 3.5) / 2.0 + (rng.uniform() * 8.0).floor() / 64.0).collect();
    let f: Vec<usize> = (0..n).map(|_| rng.below(3)).collect();
    let eta = |i: usize| 1.0 + 0.7 * x[i] + 0.4 * f[i] as f64 + b0[group[i]] + 0.5 * b1[group[i]] * x[i];
    let y: Vec<f64> = (0..n).map(|i| eta(i) + 0.7 * rng.normal()).collect();
    let counts = (0..n).map(|i| ((0.4 * eta(i)).exp() + rng.uniform()).floor()).collect();
    let category: Vec<usize> = y.iter().map(|y| usize::from(*y > -0.5) + usize::from(*y > 1.0) + usize::from(*y > 2.5)).collect();
    let time = (0..n).map(|i| (i % 8) as f64).collect();
    let weights = (0..n).map(|i| 0.5 + (i % 4) as f64).collect();
    let data = Data::default().real("x", x).real("y", y).real("counts", counts).real("t", time).real("w", weights);
    data.group("g", &group).group("f", &f).group("c", &category)
}

/// Everything that must be the same, by name.
type Numbers = BTreeMap<String, Vec<f64>>;

fn predictions(fit: &Fit, data: NewData<'_>, what: &str, request: &Request, out: &mut Numbers) {
    let own = fit.predictions(data, request, &Watch::unwatched()).unwrap();
    for (name, values) in [("value", own.values), ("error", own.std_errors), ("lower", own.lower), ("upper", own.upper)] {
        out.insert(format!("prediction {what} {name}"), values);
    }
}

/// Of all models; `place` of the coefficient of x.
fn numbers(fit: &Fit, place: usize, frame: &Frame, new: &Frame) -> Numbers {
    let mut out = Numbers::new();
    let p = fit.fixed.names.len();
    let beyond = |values: &[f64]| values[place..].to_vec();
    out.insert("logLik".into(), vec![fit.log_likelihood]);
    out.insert("sigma".into(), vec![fit.sigma]);
    out.insert("estimates".into(), beyond(&fit.fixed.estimate));
    out.insert("standard errors".into(), beyond(&fit.fixed.std_error));
    out.insert("covariances".into(), (place..p).flat_map(|j| beyond(&fit.fixed.vcov[j * p..(j + 1) * p])).collect());
    out.insert("fitted".into(), fit.fitted.clone());
    out.insert("slope sd".into(), vec![fit.terms[0].sd[1]]);
    out.insert("slope modes".into(), fit.terms[0].modes.iter().skip(1).step_by(2).copied().collect());
    out.insert("slope condvar".into(), fit.terms[0].condvar.iter().skip(3).step_by(4).copied().collect());
    if let Some(full) = &fit.terms[0].condvar_full {
        out.insert("slope condvar, full".into(), full.iter().skip(3).step_by(4).copied().collect());
    }
    let R2 { fixed, random, residual } = fit.r2(&Watch::unwatched()).unwrap();
    out.insert("R2".into(), vec![fixed, random, residual]);
    let quantity = if fit.kind.model() == ModelKind::Clmm { Quantity::Probabilities } else { Quantity::Response };
    for random in [RandomTerms::All, RandomTerms::None] {
        let request = Request { quantity, level: Some(0.9), random, ..Request::default() };
        predictions(fit, NewData::Training, &format!("{:?}", request.random), &request, &mut out);
    }
    let request = Request { quantity, level: Some(0.9), new_levels: NewLevels::Zero, ..Request::default() };
    predictions(fit, NewData::Frame(new), "of new groups", &request, &mut out);
    for profile in fit.profile(0.95, &Watch::unwatched()).unwrap() {
        if !profile.name.contains("(Intercept)") && !profile.name.contains('c') {
            assert!(profile.warning.is_none(), "{:?}", profile.warning);
            out.insert(format!("profile {}", profile.name), vec![profile.estimate, profile.lower, profile.upper]);
        }
    }
    for profile in fit.profile_theta(0.95, &Watch::unwatched()).unwrap() {
        let size = profile.estimate.abs().max(1e-300);
        assert!(profile.lower <= profile.estimate + 1e-6 * size && profile.upper >= profile.estimate - 1e-6 * size, "{profile:?}");
    }
    let means =
        MarginalMeans::of_fit(fit, Some(frame), &MeansSpec::parse("~ f").unwrap(), Weighting::Equal, &Watch::unwatched()).unwrap();
    let (estimate, root) = fit.means_coefficients();
    let coefficients =
        interlace::inference::linear::Coefficients { estimate: &estimate, root: &root, df: &|_| f64::INFINITY, robust: None };
    let table = means.table(&coefficients, None, 0.95, &Watch::unwatched()).unwrap();
    out.insert("mean".into(), reals(&table, "estimate"));
    out.insert("error of the mean".into(), reals(&table, "std_error"));
    out
}

fn compare(what: &str, near: &Numbers, far: &Numbers) {
    assert_eq!(near.len(), far.len());
    for (name, want) in near {
        let got = &far[name];
        assert_eq!(got.len(), want.len(), "{what}: {name}");
        let size = want.iter().fold(0.0, |most: f64, v| if v.is_finite() { most.max(v.abs()) } else { most });
        for (i, (g, w)) in got.iter().zip(want).enumerate() {
            let close = (g - w).abs() <= 1e-6 * w.abs().max(1e-2 * size) || g == w || g.is_nan() && w.is_nan();
            assert!(close, "{what}: {name} {i} is {g} for {w}");
        }
    }
}

/// Rows of new groups, and of known ones at other values of x.
fn new_rows(shift: f64) -> Frame {
    let x = vec![0.25 + shift, -1.5 + shift, 2.0 + shift];
    let data = Data::default().real("x", x).real("t", vec![9.0; 3]).real("w", vec![1.0; 3]);
    data.label("g", ["new", "g01", "newer"].map(str::to_owned)).label("f", ["f00", "f01", "f02"].map(str::to_owned)).frame()
}

/// Fits of the same model near zero and far from it.
fn both(model: impl Fn(Frame) -> Generalised, seed: u64, check: impl Fn(&Fit, &Frame, &Frame) -> Numbers, what: &str) {
    as_far_as(FAR, model, seed, check, what);
}

fn as_far_as(
    far: f64,
    model: impl Fn(Frame) -> Generalised,
    seed: u64,
    check: impl Fn(&Fit, &Frame, &Frame) -> Numbers,
    what: &str,
) {
    let [near, far] = [0.0, far].map(|shift| {
        let own = model(data(seed).map("x", |x| x + shift).frame());
        let fit = own.fit();
        assert!(fit.outcome.converged, "{what}: {:?}", fit.outcome);
        check(&fit, &own.frame, &new_rows(shift))
    });
    compare(what, &near, &far);
}

const FORMULA: &str = "y ~ x + f + (x | g)";

#[test]
fn linear_models() {
    let check = |fit: &Fit, frame: &Frame, new: &Frame| {
        let mut out = numbers(fit, 1, frame, new);
        let request =
            Request { level: Some(0.9), interval: Interval::Prediction, new_levels: NewLevels::Zero, ..Request::default() };
        predictions(fit, NewData::Frame(new), "of observations", &request, &mut out);
        let satterthwaite = Satterthwaite::of(fit, &Watch::unwatched()).unwrap();
        let kenward_roger = KenwardRoger::of(fit, &Watch::unwatched()).unwrap();
        let kinds = [DegreesOfFreedom::Satterthwaite(&satterthwaite), DegreesOfFreedom::KenwardRoger(&kenward_roger)];
        for own in kinds {
            let table = own.coefficients_table(fit, 0.95).unwrap();
            for name in ["estimate", "std_error", "df", "statistic", "p_value", "lower", "upper"] {
                out.insert(format!("{} {name}", own.description()), reals(&table, name)[1..].to_vec());
            }
            for kind in [AnovaType::I, AnovaType::II, AnovaType::III] {
                let table = anova_table(fit, Some(frame), kind, own, &Watch::unwatched()).unwrap();
                for name in ["sum_sq", "den_df", "statistic", "p_value"] {
                    out.insert(format!("anova {kind:?} {} {name}", own.description()), reals(&table, name));
                }
            }
            // All of the fixed effects at once: the intercept's part is that of any point.
            let l: Vec<f64> = (0..16).map(|e| f64::from(u8::from(e % 5 == 0))).collect();
            let test = own.joint_test(fit, &l, 4, &[0.0; 4]).unwrap();
            assert_eq!(test.df1, 4);
            out.insert(format!("joint {}", own.description()), vec![test.chi_square / test.scaling]);
        }
        out
    };
    both(|frame| linear(FORMULA, frame), 1, check, "linear");
    let weighted = |frame| linear(FORMULA, frame).formula(|own| own.weights = Some("w".into()));
    both(weighted, 2, check, "weighted");
}

#[test]
fn linear_models_with_correlated_residuals() {
    let check = |fit: &Fit, frame: &Frame, new: &Frame| numbers(fit, 1, frame, new);
    let model = |frame| {
        let mut own = linear(FORMULA, frame);
        own.spec.correlation = Some(CorrelationSpec::Formula("ar1(t | g)".into()));
        own
    };
    both(model, 3, check, "correlated");
}

#[test]
fn generalised_models() {
    let check = |fit: &Fit, frame: &Frame, new: &Frame| {
        let mut out = numbers(fit, 1, frame, new);
        let request = Request { level: Some(0.9), quantity: Quantity::Link, ..Request::default() };
        predictions(fit, NewData::Training, "of the link", &request, &mut out);
        out
    };
    both(|frame| generalised("counts ~ x + f + (x | g)", "poisson", frame), 4, check, "poisson");
    both(|frame| generalised(FORMULA, "gaussian", frame), 5, check, "gaussian");
}

#[test]
fn ordinal_models() {
    let check = |fit: &Fit, frame: &Frame, new: &Frame| numbers(fit, 0, frame, new);
    let model = |frame| {
        let mut own = linear(r#"ordered(c, levels = c("c00", "c01", "c02", "c03")) ~ x + f + (x | g)"#, frame);
        own.spec.kind = ModelKind::Clmm;
        own
    };
    both(model, 6, check, "ordinal");
}

fn ordinal_with_scale(frame: Frame) -> Generalised {
    let mut own = linear(r#"ordered(c, levels = c("c00", "c01", "c02", "c03")) ~ f + (1 + t | g)"#, frame);
    own.spec.kind = ModelKind::Clmm;
    own.dispersion("~ x")
}

/// Thresholds and coefficients are in another unit then, which may be no number; the rest is the same.
#[test]
fn the_scale_of_ordinal_models() {
    let check = |fit: &Fit, _: &Frame, new: &Frame| {
        let mut out = Numbers::new();
        let scale = &fit.generalised().unwrap().dispersion.as_ref().unwrap().fixed;
        out.insert("logLik".into(), vec![fit.log_likelihood]);
        out.insert("scale".into(), [&scale.estimate[..], &scale.std_error].concat());
        let quantities = [("probability", Quantity::Probabilities), ("cumulative", Quantity::Cumulative)];
        for (what, quantity) in quantities {
            let request = Request { level: Some(0.9), quantity, new_levels: NewLevels::Zero, ..Request::default() };
            predictions(fit, NewData::Training, what, &request, &mut out);
            predictions(fit, NewData::Frame(new), &format!("{what} of new rows"), &request, &mut out);
        }
        let unit = fit.warnings().iter().any(|warning| warning.starts_with("scale: its columns are far from zero"));
        assert_eq!(unit, (scale.estimate[0] * scale_column(fit)).abs() > 100.0);
        out
    };
    // With FAR the standard errors have five digits.
    as_far_as(65536.0, ordinal_with_scale, 6, check, "scale");
}

/// The mean of the scale's column.
fn scale_column(fit: &Fit) -> f64 {
    let x = &fit.generalised().unwrap().dispersion.as_ref().unwrap().x;
    x.iter().sum::<f64>() / x.len() as f64
}

/// Where they are numbers, all parameters are those of the user's columns.
#[test]
fn parameters_beside_a_scale_are_numbers_of_the_latent_variable_at_zero() {
    const SHIFT: f64 = 32.0;
    let [(near, _), (far, own)] = [0.0, SHIFT].map(|shift| {
        let own = ordinal_with_scale(data(6).map("x", |x| x + shift).frame());
        (own.fit(), own)
    });
    let zeta = near.generalised().unwrap().dispersion.as_ref().unwrap().fixed.estimate[0];
    let factor = (SHIFT * zeta).exp();
    let close = |a: &[f64], b: &[f64], what: &str| {
        assert!(a.iter().zip(b).all(|(a, b)| (a - factor * b).abs() <= 1e-6 * (factor * b).abs()), "{what}: {a:?} {b:?} {factor}");
    };
    close(&far.fixed.estimate, &near.fixed.estimate, "coefficients");
    close(&far.theta, &near.theta, "theta");
    close(&far.terms[0].modes, &near.terms[0].modes, "modes");
    let thresholds = |fit: &Fit| fit.generalised().unwrap().psi.clone();
    close(&thresholds(&far), &thresholds(&near), "thresholds");
    // By the delta method: theta exp(c) with c = 32 zeta.
    let all = |fit: &Fit| fit.generalised().unwrap().vcov.clone();
    let (a, b, m) = (all(&far), all(&near), all(&near).len().isqrt());
    let values = near.parameter_values(ParameterForm::Working);
    let place = near.fixed.estimate.len();
    for j in (0..m).filter(|j| *j != place && values[*j] != 0.0) {
        let cross = 2.0 * SHIFT * values[j] * b[place * m + j];
        let want = factor * factor * (b[j * (m + 1)] + cross + (SHIFT * values[j]).powi(2) * b[place * (m + 1)]);
        assert!((a[j * (m + 1)] - want).abs() < 1e-4 * want, "parameter {j}: {} for {want}", a[j * (m + 1)]);
    }
    // The deviance at the estimates, in the order of `Fit::objective`.
    let (parameters, n_theta) = (far.parameter_values(ParameterForm::Working), far.theta.len());
    let (others, theta) = parameters.split_at(parameters.len() - n_theta);
    let point = [theta, others].concat();
    let value = Fit::objective(&own.spec, Some(&own.frame), &own.options, &point, &Watch::unwatched()).unwrap()[0];
    assert!((value + 2.0 * far.log_likelihood).abs() < 1e-6 * value.abs(), "{value} {}", far.log_likelihood);
    // A refit to the same response and the scale's profile.
    let refit = Refitter::new(&far, &Watch::unwatched()).unwrap().refit(&far.y, &Watch::unwatched()).unwrap();
    assert!((refit.log_likelihood - far.log_likelihood).abs() < 1e-6);
    assert!((refit.theta[0] / far.theta[0] - 1.0).abs() < 1e-3, "{:?} {:?}", refit.theta, far.theta);
    let profile = |shift: f64| {
        let mut own = ordinal_with_scale(data(6).map("x", |x| x + shift).frame()).formula(|f| {
            f.formula = r#"ordered(c, levels = c("c00", "c01", "c02", "c03")) ~ 1 + (1 | g)"#.into();
        });
        own.options.null_model = true;
        own.fit().profile(0.95, &Watch::unwatched()).unwrap().into_iter().find(|p| p.name == "disp.x").unwrap()
    };
    let [a, b] = [0.0, SHIFT].map(profile);
    assert!((a.lower - b.lower).abs() < 1e-5 && (a.upper - b.upper).abs() < 1e-5, "{a:?} {b:?}");
}

/// Profiles of what refers to zero, too: an intercept's far from the data is an extrapolation, its correlation with the slope minus one.
#[test]
fn profiles_of_intercepts_are_those_of_the_uncentred_model() {
    let model = |shift: f64| linear("y ~ x + (x | g)", data(7).map("x", |x| x + shift).frame()).fit();
    // Twelve standard deviations off: centred inside; ten: not. Both are compared with a dense search through fits by the interval's
    // definition, in `profile_lmm`; here they must be continuous in the shift.
    let profiles = |shift: f64| model(shift).profile(0.95, &Watch::unwatched()).unwrap();
    let (inside, outside) = (profiles(11.4), profiles(11.6));
    for (a, b) in inside.iter().zip(&outside) {
        assert!(a.warning.is_none() && b.warning.is_none(), "{:?} {:?}", a.warning, b.warning);
        for (a, b) in [(a.estimate, b.estimate), (a.lower, b.lower), (a.upper, b.upper)] {
            assert!((a - b).abs() < 0.03 * a.abs().max(b.abs()), "{a} and {b}");
        }
    }
    let far = profiles(FAR);
    let by_name = |name: &str| far.iter().find(|p| p.name == name).unwrap();
    let (sd, slope, correlation) = (by_name("sd_(Intercept)|g"), by_name("sd_x|g"), by_name("cor_x.(Intercept)|g"));
    for (intercept, slope) in [(sd.estimate, slope.estimate), (sd.lower, slope.lower), (sd.upper, slope.upper)] {
        assert!((intercept / (FAR * slope) - 1.0).abs() < 1e-6, "{intercept} {slope}");
    }
    assert!(correlation.lower <= correlation.estimate && correlation.estimate <= correlation.upper, "{correlation:?}");
    assert!(correlation.lower >= -1.0 && correlation.upper < -1.0 + 1e-12, "{correlation:?}");
    assert!(far.iter().all(|p| p.warning.is_none()));
}
