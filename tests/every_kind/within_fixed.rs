//! Random terms that the fixed effects contain: an error in linear models, a warning in others, whatever units and origins.

use crate::common::frames::frame;
use crate::common::{Data, Rng, model};
use interlace::fit::Fit;
use interlace::inference::degrees_of_freedom::DfMethod;
use interlace::options::{Options, Unidentified};
use interlace::power::{Extend, PowerOptions, PowerTest, Sizes};
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

/// 8 schools of 12 pupils: the first two are all of two arms in `two`; x, and x far from zero.
fn data(schools: usize) -> Data {
    let (n, mut rng) = (12 * schools, Rng(7));
    let school: Vec<usize> = (0..n).map(|i| i / 12).collect();
    let (u, x) = (rng.normals(schools), rng.normals(n));
    let y: Vec<f64> = (0..n).map(|i| u[school[i]] + 0.3 * x[i] + rng.normal()).collect();
    Data::default()
        .real("count", y.iter().map(|y| (0.4 * y + 1.0).exp().floor()).collect())
        .real("grade", y.iter().map(|y| (y + 1.5).clamp(0.0, 2.0).floor()).collect())
        .real("time", y.iter().enumerate().map(|(i, y)| (0.3 * y).exp() + 1e-3 * i as f64).collect())
        .real("status", (0..n).map(|i| f64::from(u8::from(i % 5 > 0))).collect())
        .real("y", y)
        .real("far", x.iter().map(|x| 2000.0 + 10.0 * x).collect())
        .real("treated", school.iter().map(|s| (s % 2) as f64).collect())
        .real("x", x)
        .group("arm", &school.iter().map(|s| s % 2).collect::<Vec<_>>())
        .group("school", &school)
}

#[test]
fn a_linear_model_is_refused_by_both_criteria() {
    let (two, all) = (data(2).frame(), data(8).frame());
    for (formula, frame, wanted) in [
        ("y ~ arm + (1 | school)", &two, "random term (1 | school) is among"),
        ("y ~ treated + x + (1 | school)", &two, "random term (1 | school) is among"),
        ("y ~ school + (1 | school)", &all, "random term ((Intercept) | school) is among"),
        ("y ~ 0 + school + far + (1 + far | school)", &all, "(Intercept) of the random term"),
        ("y ~ school:x + (x | school)", &all, "x of the random term"),
        ("y ~ school:far + (far | school)", &all, "far of the random term"),
        ("y ~ school * far + (far | school)", &all, "random term ((Intercept) + far | school) is among"),
        // The slope about 2000 alone.
        ("y ~ school:I(far - 2000) + far + (far | school)", &all, "some combinations"),
    ] {
        let wanted = wanted.replace("(1 |", "((Intercept) |");
        for own in [model(formula), model(formula).ml()] {
            let error = own.failure(frame);
            assert!(error.message.contains(&wanted), "{formula}: {error}");
            let warned = own.with(|o| o.unidentified = Unidentified::Warning).try_fit(frame).unwrap();
            assert!(warned.design_warnings.iter().any(|w| w.contains(&wanted)), "{formula}: {:?}", warned.design_warnings);
            let ignored = own.with(|o| o.unidentified = Unidentified::Ignore).try_fit(frame).unwrap();
            assert!(!ignored.design_warnings.iter().any(|w| w.contains("among the fixed")), "{formula}");
        }
    }
}

#[test]
fn neither_units_nor_origins_matter() {
    let data = data(2);
    for (unit, origin) in [(1.0, 1e6), (1e-8, 0.0), (1e9, -1e9), (1e-3, 7.0)] {
        let moved = data.map("treated", |v| origin + unit * v).map("x", |v| 1e5 + 1e-4 * v).map("y", |v| 1e4 * v);
        let error = model("y ~ treated + x + (1 | school)").failure(&moved.frame());
        assert!(error.message.contains("is among the fixed effects"), "{unit} {origin}: {error}");
    }
}

#[test]
fn what_has_replicates_is_fitted() {
    let all = data(8);
    for formula in [
        "y ~ arm + x + (1 | school)",
        "y ~ arm * far + (far | school)",
        "y ~ treated * far + (1 + far || school)",
        "y ~ school + (0 + x | school)",
        "y ~ school + far + (0 + far | school)",
    ] {
        for own in [model(formula), model(formula).ml()] {
            let fit = own.fit(&all);
            assert!(!fit.design_warnings.iter().any(|w| w.contains("among the fixed")), "{formula}: {:?}", fit.design_warnings);
        }
    }
}

/// Beside a row far from all others, what other levels tell is rounding in sums over all.
#[test]
fn a_far_row_does_not_hide_the_other_levels() {
    let all = data(8).with("x", 7, 1e9);
    for own in [model("y ~ x + (x | school)"), model("y ~ x + (x || school)").ml()] {
        let fit = own.fit(&all);
        assert!(!fit.design_warnings.iter().any(|w| w.contains("among the fixed")), "{:?}", fit.design_warnings);
    }
}

fn of_kind(kind: ModelKind, family: &str, formula: &str) -> Spec {
    let mut spec = Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }));
    spec.family.name = family.into();
    spec
}

#[test]
fn other_models_warn() {
    for (kind, family, response) in [
        (ModelKind::Glmm, "poisson", "count"),
        (ModelKind::Glmm, "gaussian", "y"),
        (ModelKind::Clmm, "", "grade"),
        (ModelKind::Coxme, "", "Surv(time, status)"),
    ] {
        let fitted = |schools: usize, unidentified| {
            let spec = of_kind(kind, family, &format!("{response} ~ arm + x + (1 | school)"));
            let options = Options { unidentified, ..Options::default() };
            Fit::new(&spec, Some(&data(schools).frame()), &options, &Watch::unwatched()).unwrap()
        };
        let says = |fit: &Fit| fit.design_warnings.iter().any(|w| w.contains("((Intercept) | school) is among the fixed effects"));
        assert!(says(&fitted(2, Unidentified::Error)), "{response}");
        assert!(!says(&fitted(2, Unidentified::Ignore)), "{response}");
        assert!(!says(&fitted(8, Unidentified::Error)), "{response}");
    }
}

#[test]
fn power_is_refused_for_such_designs() {
    let fit = model("y ~ arm + (1 | school)").fit(&data(8));
    let of = |sizes: &[usize]| {
        let sizes = Some(Sizes { extend: Extend::Along("school"), sizes, data: None });
        let test = PowerTest::Effect("armarm01");
        let df = DfMethod::Default;
        let options = PowerOptions { test, effects: "", df, alpha: 0.05, simulations: 5, seed: 1, sizes, level: 0.95, threads: 1 };
        fit.power(&options, &Watch::unwatched())
    };
    assert!(of(&[4, 8]).is_ok());
    let error = of(&[4, 2]).unwrap_err();
    assert!(error.message.starts_with("size 2: ") && error.message.contains("among the fixed effects"), "{error}");
}

/// Data of others whose terms are nested in fixed effects, but have replicates.
#[test]
fn nested_factors_of_real_data() {
    let pastes = frame("Pastes.csv", &["batch", "cask", "sample"]);
    assert!(model("strength ~ batch + (1 | sample)").try_fit(&pastes).is_ok());
    assert!(model("strength ~ sample + (1 | batch)").failure(&pastes).message.contains("among the fixed effects"));
}
