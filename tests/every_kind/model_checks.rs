//! The data with what a fit says of each row, and the report of how it ended.

use crate::common::close::near;
use crate::common::frames::{frame, labels, reals};
use crate::common::generalised::{cbpp, generalised, linear};
use crate::common::{Data, Rng};
use interlace::design::NaPolicy;
use interlace::diagnostics::influence::{Cases, InfluenceMethod, InfluenceOptions};
use interlace::diagnostics::{Augmented, LeverageKind, ResidualKind};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn asked(influence: bool) -> Augmented {
    Augmented { seed: 4, influence, threads: 1 }
}

#[test]
fn the_augmented_frame_has_the_data_and_all_that_is_said_of_rows() {
    let data = frame("sleepstudy.csv", &["Subject"]);
    let fit = linear("Reaction ~ Days + (Days | Subject)", data.clone()).fit();
    let own = fit.augment(&data, &asked(true), &UNWATCHED).unwrap();
    assert_eq!(own.n_rows(), 180);
    assert_eq!(reals(&own, "Reaction"), reals(&data, "Reaction"));
    assert_eq!(labels(&own, "Subject"), labels(&data, "Subject"));
    assert_eq!((reals(&own, ".row")[179], reals(&own, ".fitted")), (179.0, fit.fitted.clone()));
    let kind = |kind| fit.residuals_of(kind, &UNWATCHED).unwrap();
    for (column, want) in [
        (".resid", fit.residuals.clone()),
        (".resid_standardized", kind(ResidualKind::Standardized)),
        (".resid_cholesky", kind(ResidualKind::Cholesky)),
        (".resid_least_squares", kind(ResidualKind::LeastSquares)),
        (".resid_quantile", fit.quantile_residuals(4, &UNWATCHED).unwrap()),
        (".leverage", fit.leverage(LeverageKind::Overall, &UNWATCHED).unwrap()),
    ] {
        assert_eq!(reals(&own, column), want, "{column}");
    }
    let fixed = InfluenceOptions { cases: Cases::Rows, method: InfluenceMethod::Fixed, threads: 1 };
    let influence = fit.influence(&fixed, &UNWATCHED).unwrap();
    assert_eq!(reals(&own, ".cooks_distance"), influence.cooks_distances().unwrap());
    assert!(reals(&own, ".mdffits").iter().chain(&reals(&own, ".covratio")).all(|v| v.is_finite() && *v > 0.0));
    assert!(!fit.augment(&data, &asked(false), &UNWATCHED).unwrap().has(".cooks_distance"));
    let error = fit.augment(&frame("Dyestuff.csv", &["Batch"]), &asked(false), &UNWATCHED).unwrap_err();
    assert!(error.code == Code::Data && error.message.contains("30 rows"), "{error}");
}

#[test]
fn rows_that_were_left_out_are_there_where_results_are_padded() {
    let mut data = frame("sleepstudy.csv", &["Subject"]);
    let mut days = reals(&data, "Days");
    days[7] = f64::NAN;
    data.add_real("d", days).unwrap();
    data.add_real(".fitted", vec![1.0; 180]).unwrap();
    let model = linear("Reaction ~ d + (1 | Subject)", data.clone());
    let padded = model.clone().options(|o| o.na = NaPolicy::Pad).fit().augment(&data, &asked(false), &UNWATCHED).unwrap();
    assert_eq!((padded.n_rows(), reals(&padded, ".row")[7]), (180, 7.0));
    assert!(reals(&padded, ".resid")[7].is_nan() && reals(&padded, ".leverage")[7].is_nan());
    let omitted = model.fit().augment(&data, &asked(false), &UNWATCHED).unwrap();
    assert_eq!((omitted.n_rows(), reals(&omitted, ".row")[7], reals(&omitted, "d")[7]), (179, 8.0, 8.0));
    // The column of the data keeps its name.
    assert!(reals(&omitted, ".fitted").iter().all(|v| *v == 1.0) && reals(&omitted, ".fitted.2")[0] > 200.0);
}

#[test]
fn other_models_have_the_columns_that_carry_over() {
    let model = cbpp();
    let fit = model.fit();
    let own = fit.augment(&model.frame, &asked(false), &UNWATCHED).unwrap();
    let names: Vec<&str> = own.names().filter(|name| name.starts_with('.')).collect();
    let all = [
        ".row",
        ".fitted",
        ".fitted_marginal",
        ".resid",
        ".resid_pearson",
        ".resid_working",
        ".resid_deviance",
        ".resid_normalized",
        ".resid_marginal",
        ".resid_quantile",
    ];
    assert_eq!(names, all);
    // The mean over herds is nearer to one half than that of a herd in the middle.
    let (marginal, middle) = (reals(&own, ".fitted_marginal")[0], (1.0 + (-fit.fixed.estimate[0]).exp()).recip());
    assert!(marginal > middle && marginal < 0.5, "{marginal} {middle}");
    let mut ordinal = generalised("rating ~ temp + (1 | judge)", "", frame("wine.csv", &["temp", "judge"]));
    ordinal.spec.kind = ModelKind::Clmm;
    let own = ordinal.fit().augment(&ordinal.frame, &asked(false), &UNWATCHED).unwrap();
    assert_eq!(own.names().filter(|name| name.starts_with('.')).collect::<Vec<_>>(), [".row", ".fitted", ".resid_quantile"]);
}

/// Rows of a check: status, subject, value.
fn found(report: &Frame, check: &str) -> Vec<(String, String, f64)> {
    let (checks, status, subject, value) =
        (labels(report, "check"), labels(report, "status"), labels(report, "subject"), reals(report, "value"));
    let rows = (0..checks.len()).filter(|i| checks[*i] == check);
    rows.map(|i| (status[i].clone(), subject[i].clone(), value[i])).collect()
}

fn report(fit: &Fit) -> Frame {
    let own = fit.diagnose(&UNWATCHED).unwrap();
    assert!(
        labels(&own, "meaning").iter().all(|text| text.ends_with('.') || text.contains("not known")),
        "{:?}",
        labels(&own, "meaning")
    );
    // What is not well says what to do.
    let (status, advice, check) = (labels(&own, "status"), labels(&own, "advice"), labels(&own, "check"));
    assert!((0..status.len()).all(|i| (status[i] == "ok") == advice[i].is_empty() || check[i] == "curvature"));
    own
}

#[test]
fn a_fit_without_trouble_is_well_in_all_checks() {
    let fit = linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    let own = report(&fit);
    assert!(labels(&own, "status").iter().all(|status| status == "ok"), "{:?}", labels(&own, "check"));
    assert_eq!(found(&own, "curvature").len(), 4);
    assert!(found(&own, "convergence")[0].2 > 1.0 && found(&own, "gradient")[0].2 < 1e-3);
    // Days 0 to 9: scaled columns have the product 4.5 / sqrt(28.5).
    let cosine = 4.5 / 28.5_f64.sqrt();
    near("index", found(&own, "condition_index")[0].2, ((1.0 + cosine) / (1.0 - cosine)).sqrt(), 1e-12);
    near("vif", found(&own, "vif")[0].2, 1.0, 1e-12);
}

/// Two columns that differ little, and a third; inflation factors by hand from two regressions.
#[test]
fn columns_that_depend_on_each_other_are_named() {
    let mut rng = Rng(3);
    let n = 60;
    let (x, noise, u) = (rng.normals(n), rng.normals(n), rng.normals(6));
    let near_x: Vec<f64> = x.iter().zip(&noise).map(|(x, e)| x + 0.01 * e).collect();
    let y = (0..n).map(|i| x[i] + u[i / 10] + rng.normal()).collect();
    let data = Data::default()
        .real("y", y)
        .real("x", x.clone())
        .real("near", near_x.clone())
        .real("z", rng.normals(n))
        .real("far", (0..n).map(|i| 2000.0 + (i % 10) as f64).collect())
        .group("g", &(0..n).map(|i| i / 10).collect::<Vec<_>>());
    let own = report(&linear("y ~ x + near + z + (1 | g)", data.frame()).fit());
    let (status, subject, value) = found(&own, "condition_index")[0].clone();
    assert!(status == "note" && subject.starts_with("x (") && subject.contains("near (") && !subject.contains('z'), "{subject}");
    assert!(value > 100.0, "{value}");
    let vif = found(&own, "vif");
    let names: Vec<&str> = vif.iter().map(|own| own.1.as_str()).collect();
    assert_eq!(names, ["x", "near", "z"]);
    assert!(vif[0].0 == "note" && vif[1].0 == "note" && vif[2].0 == "ok" && vif[2].2 < 2.0, "{vif:?}");
    let two = report(&linear("y ~ x + near + (1 | g)", data.frame()).fit());
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n as f64;
    let centred = |v: &[f64]| v.iter().map(|a| a - mean(v)).collect::<Vec<f64>>();
    let (a, b) = (centred(&x), centred(&near_x));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let r2 = dot(&a, &b).powi(2) / (dot(&a, &a) * dot(&b, &b));
    near("vif", found(&two, "vif")[0].2 * (1.0 - r2), 1.0, 1e-6);
    // A variable that is only far from zero is a note.
    let far = report(&linear("y ~ far + (1 | g)", data.frame()).fit());
    let (status, subject, value) = found(&far, "condition_index")[0].clone();
    assert!(status == "note" && subject.contains("(Intercept)") && value > 300.0, "{status} {subject} {value}");
}

#[test]
fn edges_and_parameters_that_the_data_do_not_determine() {
    let singular = report(&linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"])).fit());
    assert_eq!(found(&singular, "boundary"), [("note".to_owned(), "Batch: (Intercept)".to_owned(), 0.0)]);
    assert_eq!(found(&singular, "no_standard_error")[0].1, "sd_(Intercept)|Batch");

    // Four rows a subject hardly tell an intercept at age zero from its correlation with the slope, but they do at the mean age.
    let own = report(&linear("distance ~ age + (age | Subject)", frame("Orthodont.csv", &["Subject"])).fit());
    let flat = found(&own, "curvature");
    assert!(flat[0].2 > 0.4 && flat.iter().all(|own| own.0 == "ok"), "{flat:?}");
    assert!(found(&own, "confounded_pair").is_empty());
    near("sum", flat.iter().map(|own| own.2).sum(), 4.0, 1e-9);

    let (n, mut rng) = (60, Rng(8));
    let data = Data::default().real("y", rng.normals(n));
    let few = report(&linear("y ~ 1 + (1 | c)", data.group("c", &(0..n).map(|i| i % 3).collect::<Vec<_>>()).frame()).fit());
    assert_eq!(found(&few, "few_levels"), [("note".to_owned(), "c".to_owned(), 3.0)]);
}

#[test]
fn models_of_all_kinds_have_a_report() {
    let mut cox = generalised("Surv(time, status) ~ age + sex + (1 | id)", "", frame("kidney.csv", &["id"]));
    cox.spec.kind = ModelKind::Coxme;
    let mut ordinal = generalised("rating ~ temp + contact + (1 | judge)", "", frame("wine.csv", &["temp", "contact", "judge"]));
    ordinal.spec.kind = ModelKind::Clmm;
    for (name, fit) in [("glmm", cbpp().fit()), ("ordinal", ordinal.fit()), ("cox", cox.fit())] {
        let own = report(&fit);
        assert!(found(&own, "convergence")[0].0 == "ok" && !found(&own, "curvature").is_empty(), "{name}");
        assert!(!found(&own, "vif").is_empty(), "{name}");
    }
}

/// Neither the origin nor the unit of a covariate is in the findings about random effects: slopes of years are as well determined as slopes
/// of years since the first.
#[test]
fn origin_and_unit_of_a_covariate_change_no_finding() {
    let (n, mut rng) = (330, Rng(3));
    let (a, b) = (rng.normals(30), rng.normals(30));
    let year: Vec<f64> = (0..n).map(|i| (i % 11) as f64).collect();
    let mean = |i: usize| 1.0 + 0.1 * year[i] + 0.6 * a[i / 11] + 0.15 * b[i / 11] * (year[i] - 5.0);
    let y: Vec<f64> = (0..n).map(|i| mean(i) + 0.7 * rng.normal()).collect();
    let log_mean = |i: usize| 1.5 + 0.5 * b[i / 11] + 0.12 * a[i / 11] * (year[i] - 5.0);
    let count: Vec<f64> = (0..n).map(|i| (log_mean(i).exp() * (0.5 + rng.uniform())).round()).collect();
    let groups: Vec<usize> = (0..n).map(|i| i / 11).collect();
    let findings = |formula: &str, family: &str, origin: f64, unit: f64| -> Vec<(String, String, f64)> {
        let x = year.iter().map(|year| origin + unit * year).collect();
        let data = Data::default().real("y", y.clone()).real("count", count.clone()).real("x", x).group("g", &groups);
        let model = if family.is_empty() { linear(formula, data.frame()) } else { generalised(formula, family, data.frame()) };
        let table = model.fit().diagnose(&UNWATCHED).unwrap();
        let columns = (labels(&table, "check"), labels(&table, "status"), reals(&table, "value"));
        let own = ["curvature", "confounded_pair", "no_standard_error"];
        (0..table.n_rows())
            .filter(|row| own.contains(&columns.0[*row].as_str()))
            .map(|row| (columns.0[row].clone(), columns.1[row].clone(), columns.2[row]))
            .collect()
    };
    for (formula, family) in [("y ~ x + (1 + x | g)", ""), ("count ~ x + (1 + x | g)", "poisson")] {
        let want = findings(formula, family, 0.0, 1.0);
        assert!(want.iter().all(|(check, status, _)| check == "curvature" && status == "ok"), "{want:?}");
        for (origin, unit) in [(2000.0, 1.0), (-5.0, 1.0), (0.0, 1e-3), (5e4, 86400.0)] {
            let got = findings(formula, family, origin, unit);
            assert_eq!(got.len(), want.len());
            for (got, want) in got.iter().zip(&want) {
                assert!(got.0 == want.0 && got.1 == want.1, "{formula} {origin} {unit}: {got:?} {want:?}");
                near(&format!("{formula} {origin} {unit}"), got.2, want.2, 2e-3);
            }
        }
    }
}
