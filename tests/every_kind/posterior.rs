//! Draws from the approximate posterior distribution.

use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use interlace::error::Code;
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::Frame;
use interlace::predict::Draws;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

fn draws(fit: &Fit, count: usize, seed: u64) -> Draws {
    fit.posterior_draws(count, seed, &Watch::unwatched()).unwrap()
}

fn column(table: &Frame, name: &str) -> Vec<f64> {
    table.column(name).unwrap().as_real().unwrap().unwrap().into_owned()
}

fn models() -> Vec<(&'static str, Generalised)> {
    let mut ordinal = linear("rating ~ temp + contact + (1 | judge)", frame("wine.csv", &["judge", "temp", "contact"]));
    ordinal.spec.kind = ModelKind::Clmm;
    let sleepstudy = || frame("sleepstudy.csv", &["Subject"]);
    vec![
        ("linear", linear("Reaction ~ Days + (Days | Subject)", sleepstudy())),
        ("gaussian", generalised("Reaction ~ Days + (Days | Subject)", "gaussian", sleepstudy())),
        ("binomial", cbpp()),
        ("zeros", salamanders("nbinom2").zero_inflation("~ mined")),
        ("dispersion", salamanders("nbinom2").dispersion("~ mined")),
        ("ordinal", ordinal),
    ]
}

/// Means and covariances of the draws by themselves are those of the estimates; the weights are those of numbers near each other.
#[test]
fn draws_vary_as_the_estimates() {
    for (what, model) in models() {
        let fit = model.fit();
        let count = 2000;
        let own = draws(&fit, count, 1);
        let names = fit.parameter_ids(ParameterForm::Working);
        let values = fit.parameter_values(ParameterForm::Working);
        let vcov = fit.parameters_vcov(ParameterForm::Working, &Watch::unwatched()).unwrap();
        let effects: usize = fit.all_terms().map(|(_, term)| term.modes.len()).sum();
        assert_eq!(own.table.n_columns(), 2 + names.len() + effects, "{what}");
        assert_eq!(own.failed, 0, "{what}");
        assert!(own.pareto_k < 0.9, "{what}: {}", own.pareto_k);
        let weights = column(&own.table, "weight");
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{what}");
        let fixed = fit.fixed.names.len();
        for (j, name) in names.iter().enumerate() {
            let x = column(&own.table, name);
            let mean = x.iter().sum::<f64>() / count as f64;
            let sd = (x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (count - 1) as f64).sqrt();
            let want = vcov[j * (names.len() + 1)].sqrt();
            // Of a linear model the fixed effects' variance has what the variances add; theta is no linear function of what is drawn.
            let (off, ratio) = if what == "linear" && j < fixed {
                (0.2, 0.25)
            } else if name.contains("theta") {
                (0.3, 0.3)
            } else {
                (0.12, 0.1)
            };
            assert!((mean - values[j]).abs() < off * want, "{what}, {name}: mean {mean} for {}", values[j]);
            assert!((sd / want - 1.0).abs() < ratio, "{what}, {name}: {sd} for {want}");
        }
    }
}

#[test]
fn a_draw_depends_on_seed_and_number_alone() {
    for (what, model) in models().into_iter().step_by(2) {
        let fit = model.fit();
        let (few, many, other) = (draws(&fit, 7, 5), draws(&fit, 40, 5), draws(&fit, 7, 6));
        let name = &fit.parameter_ids(ParameterForm::Working)[0];
        let last = few.table.names().last().unwrap().to_owned();
        for name in [name.as_str(), &last, "log_ratio"] {
            assert_eq!(column(&few.table, name), column(&many.table, name)[..7], "{what}");
            assert!(column(&few.table, name) != column(&other.table, name), "{what}");
        }
    }
}

/// Random effects that are drawn vary about their modes with covariances that include what the parameters add.
#[test]
fn random_effects_vary_about_their_modes() {
    let fit = cbpp().fit();
    let own = draws(&fit, 4000, 2);
    let term = &fit.terms[0];
    let full = term.condvar_full.as_ref().unwrap();
    for (level, label) in term.design.levels.iter().enumerate() {
        let x = column(&own.table, &format!("ranef[herd, {label}, (Intercept)]"));
        let mean = x.iter().sum::<f64>() / 4000.0;
        let sd = (x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 3999.0).sqrt();
        assert!((mean - term.modes[level]).abs() < 0.2 * sd, "{label}: {mean} for {}", term.modes[level]);
        assert!((sd / full[level].sqrt() - 1.0).abs() < 0.15, "{label}: {sd} for {}", full[level].sqrt());
    }
}

#[test]
fn what_has_no_draws_says_so() {
    let mut survival = linear("Surv(time, status) ~ sex + (1 | id)", frame("kidney.csv", &["id"]));
    survival.spec.kind = ModelKind::Coxme;
    let error = survival.fit().posterior_draws(5, 1, &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("Cox model"), "{}", error.message);
    let error = cbpp().fit().posterior_draws(0, 1, &Watch::unwatched()).unwrap_err();
    assert_eq!(error.code, Code::Argument);
}
