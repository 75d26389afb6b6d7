//! The other parameters along profiles: fits anew with a parameter held, the estimates, and lme4's figures.

use crate::common::frames::{frame, reals};
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::Frame;
use interlace::inference::profile::{Profile, points};
use interlace::spec::{ModelKind, PredictorSpec};
use interlace::watch::Watch;

/// A model of a formula on data.
type Make = Box<dyn Fn(&str, Frame) -> Generalised>;

fn profiles(fit: &Fit) -> Vec<Profile> {
    fit.profile(0.95, &Watch::unwatched()).unwrap()
}

fn wine(formula: &str, nominal: &str, scale: &str) -> Generalised {
    let mut own = generalised(formula, "", frame("wine.csv", &["temp", "contact", "judge", "bottle"]));
    own.spec.kind = ModelKind::Clmm;
    let part = |text: &str| (!text.is_empty()).then(|| PredictorSpec::Formula(text.into()));
    (own.spec.ordinal.nominal, own.spec.dispersion) = (part(nominal), part(scale));
    own
}

fn kidney(formula: &str) -> Generalised {
    let mut own = generalised(formula, "", frame("kidney.csv", &["id"]));
    own.spec.kind = ModelKind::Coxme;
    own
}

/// Whatever is held, and in whatever order and units the model is then, the parameters at the estimates are the estimates.
#[test]
fn at_the_estimates_all_parameters_are_the_estimates() {
    let mut sleep = frame("sleepstudy.csv", &["Subject"]);
    // Far from zero, and so centred inside.
    let far = reals(&sleep, "Days").iter().map(|d| d + 40.0).collect();
    sleep.add_real("far", far).unwrap();
    let ml = |own: Generalised| own.options(|o| o.reml = false);
    let models = [
        ("slopes", ml(linear("Reaction ~ Days + (Days | Subject)", sleep.clone())), 1e-5),
        ("far", ml(linear("Reaction ~ far + (far | Subject)", sleep.clone())), 1e-4),
        ("structures", ml(linear("Reaction ~ Days + cs(Days | Subject)", sleep.clone())), 1e-5),
        ("uncorrelated", ml(linear("Reaction ~ Days + (Days || Subject)", sleep)), 1e-5),
        ("binomial", cbpp(), 1e-5),
        ("zeros", salamanders("nbinom2").zero_inflation("~ mined"), 1e-4),
        ("dispersion", salamanders("nbinom2").dispersion("~ mined"), 1e-4),
        ("ordinal", wine("rating ~ temp + contact + (1 | judge)", "", ""), 1e-5),
        ("nominal", wine("rating ~ temp + (1 | judge)", "~ contact", ""), 1e-4),
        ("scale", wine("rating ~ temp + contact + (1 | judge)", "", "~ contact"), 1e-4),
        ("cox", kidney("Surv(time, status) ~ age + sex + (1 | id)"), 2e-2),
    ];
    for (what, model, within) in models {
        let fit = model.fit();
        let all = profiles(&fit);
        let estimates: Vec<f64> = all.iter().map(|own| own.estimate).collect();
        assert_eq!(all.len(), fit.parameter_values(ParameterForm::Reported).len(), "{what}");
        for (k, own) in all.iter().enumerate() {
            let name = format!("{what}, {}", own.name);
            assert_eq!(own.place, k, "{name}");
            assert!(own.curve.points.len() > 4, "{name}: {own:?}");
            for point in &own.curve.points {
                assert_eq!(point.parameters.len(), all.len(), "{name}");
                let own = (point.parameters[k], point.value);
                assert!((own.0 - own.1).abs() <= 1e-7 * own.1.abs().max(1.0), "{name}: {own:?}");
                if point.zeta == 0.0 {
                    for ((v, wanted), other) in point.parameters.iter().zip(&estimates).zip(&all) {
                        assert!((v - wanted).abs() <= within * wanted.abs().max(1.0), "{name}: {} {v} {wanted}", other.name);
                    }
                }
            }
        }
        let table = points(&all).unwrap();
        assert_eq!(table.n_columns(), 4 + all.len(), "{what}");
        for own in &all {
            let (values, column, terms) = (reals(&table, "value"), reals(&table, &own.name), table.column("term").unwrap());
            let rows: Vec<usize> = (0..table.n_rows()).filter(|&i| terms.label(i) == Some(&own.name)).collect();
            assert!(rows.len() == own.curve.points.len() && rows.iter().all(|&i| values[i] == column[i]), "{what}, {}", own.name);
        }
    }
}

/// Where a coefficient is held the others are those of a fit with its column as an offset.
#[test]
fn with_a_coefficient_held_the_others_are_those_of_a_fit_with_an_offset() {
    let mut sleep = frame("sleepstudy.csv", &["Subject"]);
    sleep.add_real("half", reals(&sleep, "Days").iter().map(|d| (d * 1.7).sin()).collect()).unwrap();
    let mut salamander = frame("Salamanders.csv", &["site", "mined", "spp"]);
    let mined: Vec<f64> = {
        let column = salamander.column("mined").unwrap();
        (0..column.len()).map(|i| f64::from(u8::from(column.label(i) == Some("no")))).collect()
    };
    salamander.add_real("open", mined).unwrap();
    salamander.add_real("far", reals(&salamander, "DOY").iter().map(|day| day.sin() + 3.0).collect()).unwrap();
    let ml = |own: Generalised| own.options(|o| o.reml = false);
    let counts = |formula: &str, frame| generalised(formula, "nbinom2", frame);
    // What, formula, data, model, the other order of terms, tolerance.
    #[allow(clippy::type_complexity)]
    let cases: [(&str, &str, Frame, Make, [&str; 2], f64); 3] = [
        (
            "linear",
            "Days",
            sleep,
            Box::new(move |f, d| ml(linear(f, d))),
            ["Reaction ~ half + Days + (half + 1 | Subject)", "Reaction ~ half + offset(held) + (half + 1 | Subject)"],
            1e-5,
        ),
        (
            "counts",
            "open",
            salamander,
            Box::new(counts),
            ["count ~ open + far + (1 | site)", "count ~ far + offset(held) + (1 | site)"],
            1e-4,
        ),
        (
            "cox",
            "sex",
            frame("kidney.csv", &["id"]),
            Box::new(|f, _| kidney(f)),
            ["Surv(time, status) ~ age + sex + (1 | id)", "Surv(time, status) ~ age + offset(held) + (1 | id)"],
            1e-4,
        ),
    ];
    for (what, column, data, make, [formula, without], within) in cases {
        let fit = make(formula, data.clone()).fit();
        let all = profiles(&fit);
        let own = all.iter().find(|own| own.name == column).unwrap();
        let x = reals(&data, column);
        let mut compared = 0;
        for point in own.curve.points.iter().step_by(2) {
            let mut held = data.clone();
            held.add_real("held", x.iter().map(|x| point.value * x).collect()).unwrap();
            let mut model = make(without, held.clone());
            model.frame = held;
            let anew = model.fit();
            let (names, values) = (anew.parameter_names(ParameterForm::Reported), anew.parameter_values(ParameterForm::Reported));
            for (profile, v) in all.iter().zip(&point.parameters).filter(|(profile, _)| profile.name != column) {
                let wanted = values[names.iter().position(|name| *name == profile.name).unwrap()];
                assert!((v - wanted).abs() <= within * wanted.abs().max(1.0), "{what}, {}: {v} {wanted}", profile.name);
                compared += 1;
            }
        }
        assert!(compared >= 8, "{what}: {compared}");
    }
}
