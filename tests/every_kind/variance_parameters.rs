//! Standard errors and Wald limits of variances, correlations and family parameters.

use crate::common::close::near;
use crate::common::designs::data;
use crate::common::frames::frame;
use crate::common::generalised::{cbpp, linear, salamanders};
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::Frame;
use interlace::inference::parameters::{ParameterLimits, parameters_table};
use interlace::watch::Watch;

use ParameterForm::{Log, Reported, Variance, Working};
use ParameterLimits::{Plain, Unbounded};

fn table(fit: &Fit, form: ParameterForm, limits: ParameterLimits) -> Frame {
    parameters_table(fit, form, limits, 0.9, &Watch::unwatched()).unwrap()
}

fn column(table: &Frame, name: &str) -> Vec<f64> {
    table.numbers(table.column(name).unwrap()).unwrap().into_owned()
}

fn names(table: &Frame) -> Vec<String> {
    let column = table.column("term").unwrap();
    (0..table.n_rows()).map(|row| column.label(row).unwrap().to_owned()).collect()
}

fn fits() -> Vec<(&'static str, Fit)> {
    let sleep = || frame("sleepstudy.csv", &["Subject"]);
    vec![
        ("slopes", linear("Reaction ~ Days + (1 + Days | Subject)", sleep()).fit()),
        ("common", linear("y ~ x + cs(0 + t | g)", data(5, 240).frame()).fit()),
        ("binomial", cbpp().fit()),
        ("counts", salamanders("nbinom2").zero_inflation("~ mined + (1 | spp)").fit()),
    ]
}

/// The same interval on every scale; plain ones are symmetric.
#[test]
fn limits_follow_from_scale_to_scale() {
    let z = 1.644_853_626_951_472_7;
    for (name, fit) in fits() {
        let log = table(&fit, Log, Unbounded);
        let (sd, variance) = (table(&fit, Reported, Unbounded), table(&fit, Variance, Unbounded));
        assert_eq!(column(&log, "lower"), column(&table(&fit, Log, Unbounded), "lower"));
        let kinds = names(&log);
        let others = fit.parameter_ids(Reported).iter().filter(|id| !id.contains("fixef[")).count();
        assert_eq!(kinds.len(), others, "{name}: {kinds:?}");
        for (i, own) in kinds.iter().enumerate() {
            for side in ["lower", "upper"] {
                let [log, sd, variance] = [&log, &sd, &variance].map(|table| column(table, side)[i]);
                assert!(sd.is_finite(), "{name}: {own}");
                if own.contains("log_") {
                    near(own, sd, log.exp(), 1e-12);
                    // Parameters of the family are no standard deviations.
                    let squared = own.contains("log_sd") || own.contains("log_sigma");
                    near(own, variance, if squared { sd * sd } else { sd }, 1e-12);
                } else if own.contains("atanh") {
                    near(own, sd, log.tanh(), 1e-12);
                }
            }
        }
        for form in [Reported, Variance, Log, Working] {
            let limits = if matches!(form, Reported | Variance) { Plain } else { Unbounded };
            let own = table(&fit, form, limits);
            let (estimates, errors, upper) = (column(&own, "estimate"), column(&own, "std_error"), column(&own, "upper"));
            for i in 0..kinds.len() {
                near(&kinds[i], upper[i], estimates[i] + z * errors[i], 1e-12);
            }
        }
        let covariance = names(&variance).iter().position(|own| own.contains("cov_"));
        if let Some(i) = covariance {
            let (lower, upper) = (column(&variance, "lower")[i], column(&variance, "upper")[i]);
            near("covariance", 0.5 * (lower + upper), column(&variance, "estimate")[i], 1e-12);
        }
    }
}

/// The information of a balanced one-way layout in its two variances (Searle, Casella and McCulloch 1992, section 4.3).
#[test]
fn a_balanced_layout_has_closed_forms() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff.csv", &["Batch"])).fit();
    let own = table(&fit, Variance, Unbounded);
    assert_eq!(names(&own), ["sigma^2", "var_(Intercept)|Batch"]);
    let (estimates, errors) = (column(&own, "estimate"), column(&own, "std_error"));
    let phi = estimates[0] + 5.0 * estimates[1];
    let (of_s2, of_phi) = (2.0 * estimates[0].powi(2) / 24.0, 2.0 * phi * phi / 5.0);
    near("residual variance", errors[0], of_s2.sqrt(), 1e-7);
    near("variance of batches", errors[1], ((of_phi + of_s2) / 25.0).sqrt(), 1e-7);
}

/// Another unit of the response changes no standard error without a unit.
#[test]
fn units_do_not_matter_without_bounds() {
    let frame = |unit: f64| {
        let d = data(5, 240);
        let y = d.values("y").iter().map(|y| unit * y).collect();
        d.real("y", y).frame()
    };
    let [one, other] = [1.0, 1e-4].map(|unit| linear("y ~ x + (1 + x | g)", frame(unit)).fit());
    let [one, other] = [one, other].map(|fit| column(&table(&fit, Log, Unbounded), "std_error"));
    assert_eq!(one.len(), 4);
    one.iter().zip(&other).for_each(|(one, other)| near("standard error", *one, *other, 1e-6));
}

#[test]
fn what_is_at_a_boundary_has_no_limits() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"])).fit();
    for form in [Reported, Variance] {
        let own = table(&fit, form, Unbounded);
        assert_eq!(column(&own, "estimate")[1], 0.0);
        for name in ["std_error", "lower", "upper"] {
            assert!(column(&own, name)[1].is_nan() && column(&own, name)[0].is_finite());
        }
    }
    let plain = parameters_table(&fit, Log, Plain, 0.9, &Watch::unwatched()).unwrap_err();
    assert!(plain.message.contains("plain is for the forms sd and variance"), "{plain}");
    let level = parameters_table(&fit, Reported, Plain, 1.5, &Watch::unwatched()).unwrap_err();
    assert_eq!(level.message, "level is 1.5, must be between 0 and 1");
}

/// Variances of variances are in fourth powers of the unit: they are no numbers where standard errors are.
#[test]
fn units_in_which_fourth_powers_are_no_numbers() {
    let fitted = |unit: f64| {
        let mut data = frame("sleepstudy.csv", &["Subject"]);
        let y = data.numbers(data.column("Reaction").unwrap()).unwrap().iter().map(|y| unit * y).collect();
        data.add_real("scaled", y).unwrap();
        linear("scaled ~ Days + (Days | Subject)", data).fit()
    };
    let base = table(&fitted(1.0), Variance, Unbounded);
    for power in [280, -280] {
        let unit = 2.0_f64.powi(power);
        let own = table(&fitted(unit), Variance, Unbounded);
        for name in ["estimate", "std_error", "lower", "upper"] {
            for (got, want) in column(&own, name).iter().zip(column(&base, name)) {
                near(name, got / unit / unit, want, 1e-5);
            }
        }
    }
}
