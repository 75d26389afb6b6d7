//! The conditional AIC: against fits to responses in which one row is another, and R's figures.

use crate::common::close::near;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, generalised, linear};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

/// The trace of the derivatives of the fitted values in the responses, by differences of fits.
fn by_differences(model: &Generalised, name: &str, step: f64) -> f64 {
    let y = model.frame.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
    let fitted = |i: usize, by: f64| {
        let mut moved = y.clone();
        moved[i] += by;
        let mut data = Frame::new(y.len());
        data.add_real(name, moved).unwrap();
        for column in model.frame.names().filter(|own| *own != name).map(String::from).collect::<Vec<_>>() {
            let own = model.frame.column(&column).unwrap();
            if let Some(numbers) = own.as_real().unwrap() {
                data.add_real(&column, numbers.to_vec()).unwrap();
            } else {
                let labels: Vec<Option<&str>> = (0..y.len()).map(|row| own.label(row)).collect();
                data.add_strings(&column, &labels).unwrap();
            }
        }
        Generalised { frame: data, ..model.clone() }.fit().fitted[i]
    };
    (0..y.len()).map(|i| (fitted(i, step) - fitted(i, -step)) / (2.0 * step)).sum()
}

fn check(model: &Generalised, name: &str, step: f64, tolerance: f64) -> Fit {
    let fit = model.fit();
    let own = fit.conditional_aic(&UNWATCHED).unwrap();
    near("df", own.df, by_differences(model, name, step) + 1.0, tolerance);
    assert!((own.caic - 2.0 * (own.df - own.log_likelihood)).abs() < 1e-9 && own.df > own.trace, "{own:?}");
    fit
}

#[test]
fn degrees_of_freedom_are_derivatives_of_fits() {
    check(&linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff.csv", &["Batch"])), "Yield", 1.0, 1e-4);
    let ml = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff.csv", &["Batch"])).options(|own| own.reml = false);
    check(&ml, "Yield", 1.0, 1e-4);
}

/// lme4 1.1-31: the sum of differences of fitted values over refits to responses moved by 1 ms.
#[test]
fn slopes_take_what_refits_of_r_take() {
    for (reml, trace, df, log_likelihood) in [
        (true, 29.022_066_890_350, 31.253_447_1, -824.506_970_991_2),
        (false, 28.611_601_066_016, 30.915_408_1, -824.929_509_296_4),
    ] {
        let model =
            linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).options(|own| own.reml = reml);
        let own = model.fit().conditional_aic(&UNWATCHED).unwrap();
        near("trace", own.trace, trace, 1e-5);
        near("df", own.df, df, 2e-4);
        near("log-likelihood", own.log_likelihood, log_likelihood, 1e-6);
    }
}

#[test]
fn an_effect_without_variance_takes_none() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"])).fit();
    let own = fit.conditional_aic(&UNWATCHED).unwrap();
    // That of a mean, and sigma.
    near("df", own.df, 2.0, 1e-9);
    near("trace", own.trace, 1.0, 1e-9);
}

#[test]
fn counts_are_fitted_with_one_less() {
    let data = frame("epil.csv", &["subject", "trt", "period"]);
    let model = generalised("y ~ trt + (1 | subject)", "poisson", data);
    let fit = model.fit();
    let own = fit.conditional_aic(&UNWATCHED).unwrap();
    assert!(own.df > fit.fixed.names.len() as f64 && own.df < fit.terms[0].design.levels.len() as f64 + 2.0, "{own:?}");
    assert!(own.trace.is_nan() && own.log_likelihood > fit.log_likelihood);
    let other = generalised("y ~ trt + (1 | subject)", "nbinom2", model.frame.clone()).fit();
    assert!(other.conditional_aic(&UNWATCHED).unwrap_err().message.contains("only of Poisson models"));
    let none = linear("Reaction ~ Days", frame("sleepstudy.csv", &["Subject"])).options(|own| own.null_model = true).fit();
    assert!(none.conditional_aic(&UNWATCHED).unwrap_err().message.contains("no random effects"));
}
