//! Fits without random terms: those of R's `glm`, `clm` (ordinal 2022.11-16), `coxph` (survival) and `glmmTMB` (1.1.5) by
//! figures, and of questions that look at random effects.

use crate::common::close::near;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, generalised, linear};
use interlace::diagnostics::influence::{Cases, InfluenceMethod, InfluenceOptions};
use interlace::diagnostics::{Augmented, LeverageKind};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::spec::{ModelKind, PredictorSpec};
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn wine() -> Frame {
    let mut own = frame("wine.csv", &["temp", "contact", "judge"]);
    own.set_levels("rating", ["1", "2", "3", "4", "5"].map(String::from).to_vec(), true).unwrap();
    own
}

fn of_kind(kind: ModelKind, formula: &str, frame: Frame) -> Generalised {
    let mut model = generalised(formula, "", frame);
    model.spec.kind = kind;
    model
}

fn salamanders() -> Frame {
    frame("Salamanders.csv", &["site", "mined", "spp"])
}

/// A model, its log-likelihood in R, and coefficients with their standard errors.
struct Known {
    model: Generalised,
    log_likelihood: f64,
    estimates: &'static [f64],
    std_errors: &'static [f64],
    /// Of R's search.
    tolerance: f64,
}

fn known() -> Vec<Known> {
    let mut nominal = of_kind(ModelKind::Clmm, "rating ~ temp", wine());
    nominal.spec.ordinal.nominal = Some(PredictorSpec::Formula("~ contact".into()));
    let mut scaled = of_kind(ModelKind::Clmm, "rating ~ temp + contact", wine());
    scaled.spec.dispersion = Some(PredictorSpec::Formula("~ temp".into()));
    vec![
        Known {
            model: generalised("count ~ mined + DOY", "poisson", salamanders()),
            log_likelihood: -1_143.986_399_170_98,
            estimates: &[0.816_915_847_010_879, -2.048_894_998_581_989, 0.114_253_898_479_149],
            std_errors: &[0.036_309_859_608_529_4, 0.110_988_630_226_711_6, 0.035_414_487_827_016_2],
            tolerance: 1e-8,
        },
        Known {
            model: generalised("cbind(incidence, size - incidence) ~ period", "binomial", frame("cbpp.csv", &["herd", "period"])),
            log_likelihood: -99.029_199_489_363_4,
            estimates: &[-1.269_023_489_367_15, -1.170_762_725_140_38, -1.301_405_333_859_01, -1.782_278_635_341_65],
            std_errors: &[0.144_919_762_468_155, 0.291_467_789_118_791, 0.312_881_430_987_113, 0.413_056_457_603_226],
            tolerance: 1e-8,
        },
        Known {
            model: generalised("count ~ mined", "nbinom2", salamanders()).zero_inflation("~ mined").dispersion("~ DOY"),
            // Polished by Newton's steps: glmmTMB ends 3e-6 before.
            log_likelihood: -863.361_923_001_958,
            estimates: &[0.952_825_501_536_280_5, -1.075_106_682_527_568_8],
            std_errors: &[0.107_218_900_298_838, 0.224_508_651_249_528],
            tolerance: 1e-8,
        },
        Known {
            model: of_kind(ModelKind::Coxme, "Surv(time, status) ~ age + sex", frame("kidney.csv", &["id", "disease"])),
            log_likelihood: -184.344_568_139_567,
            estimates: &[0.002_031_882_957_150_38, -0.829_313_832_466_050_1],
            std_errors: &[0.009_246_389_010_431_98, 0.298_954_902_356_475_2],
            tolerance: 1e-8,
        },
        Known {
            model: nominal,
            log_likelihood: -86.208_553_231_458_2,
            estimates: &[2.519_044_773_511_39],
            std_errors: &[0.535_046_978_688_741],
            tolerance: 1e-7,
        },
        Known {
            model: scaled,
            log_likelihood: -86.439_462_879_404_8,
            estimates: &[2.629_418_431_134_7, 1.587_843_755_251_103_8],
            std_errors: &[0.685_970_636_837_24, 0.530_137_955_449_573],
            tolerance: 1e-6,
        },
    ]
}

fn fitted(model: Generalised) -> (Fit, Frame) {
    let model = model.options(|own| own.null_model = true);
    (model.fit(), model.frame)
}

#[test]
fn they_are_those_of_r() {
    for own in known() {
        let (fit, _) = fitted(own.model);
        assert!(fit.outcome.converged && fit.terms.is_empty() && !fit.singular, "{}: {:?}", fit.formula, fit.outcome);
        assert!(!fit.summary().unwrap().contains("mixed"), "{}", fit.summary().unwrap());
        near("log-likelihood", fit.log_likelihood, own.log_likelihood, 1e-10);
        assert_eq!(fit.fixed.estimate.len(), own.estimates.len());
        for (j, (estimate, error)) in own.estimates.iter().zip(own.std_errors).enumerate() {
            near(&fit.formula, fit.fixed.estimate[j], *estimate, own.tolerance);
            near(&fit.formula, fit.fixed.std_error[j], *error, 10.0 * own.tolerance);
        }
        assert_eq!(fit.npar, fit.parameter_ids(interlace::fit::ParameterForm::Reported).len());
    }
}

/// Diagnostics have answers, or say that they are for others.
#[test]
fn diagnostics_have_answers() {
    for own in known() {
        let (fit, frame) = fitted(own.model);
        assert!(fit.diagnose(&UNWATCHED).unwrap().n_rows() > 0, "{}", fit.formula);
        // Two cases, of three rows and of one.
        let codes: Vec<i32> = (0..fit.n_obs)
            .map(|i| {
                if i < 3 {
                    0
                } else if i == 7 {
                    1
                } else {
                    -1
                }
            })
            .collect();
        let options = InfluenceOptions { cases: Cases::Codes(&codes), ..InfluenceOptions::default() };
        let influence = fit.influence(&options, &UNWATCHED).unwrap();
        let distances: Vec<f64> = influence.cases.iter().map(|own| own.as_ref().unwrap().cooks_distance).collect();
        assert!(distances.len() == 2 && distances.iter().all(|d| *d > 0.0), "{}: {distances:?}", fit.formula);
        let asked = Augmented { seed: 1, influence: false, threads: 1 };
        assert_eq!(fit.augment(&frame, &asked, &UNWATCHED).unwrap().n_rows(), frame.n_rows());
        assert!(fit.ranef_residuals(&UNWATCHED).is_ok_and(|table| table.n_rows() == 0));
    }
}

/// Leverages of least squares: the diagonal of X (X'X)^-1 X', whose sum is the number of columns; Cook's distance by its closed form.
#[test]
fn a_linear_model_has_the_diagnostics_of_least_squares() {
    let data = frame("sleepstudy.csv", &["Subject"]);
    let (fit, _) = fitted(linear("Reaction ~ Days", data));
    let n = fit.n_obs;
    let leverage = fit.leverage(LeverageKind::Overall, &UNWATCHED).unwrap();
    near("trace", leverage.iter().sum::<f64>(), 2.0, 1e-12);
    let options = InfluenceOptions { method: InfluenceMethod::Fixed, ..InfluenceOptions::default() };
    let influence = fit.influence(&options, &UNWATCHED).unwrap();
    assert_eq!(influence.cases.len(), n);
    for (i, case) in influence.cases.iter().enumerate() {
        let (h, e) = (leverage[i], fit.residuals[i]);
        near(
            "Cook's distance",
            case.as_ref().unwrap().cooks_distance,
            e * e * h / (2.0 * fit.sigma * fit.sigma * (1.0 - h).powi(2)),
            1e-9,
        );
    }
}
