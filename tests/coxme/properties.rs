//! What holds of every Cox fit.

use crate::common::{Data, Rng};
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec, Ties};
use interlace::watch::Watch;

fn spec(formula: &str, ties: Ties) -> Spec {
    let source = Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() });
    Spec { ties, ..Spec::new(ModelKind::Coxme, source) }
}

fn fit(formula: &str, ties: Ties, data: &Data) -> interlace::error::Result<Fit> {
    Fit::new(&spec(formula, ties), Some(&data.frame()), &Options::default(), &Watch::unwatched())
}

/// Survival times with a frailty of each group, in few values.
fn simulated(n: usize, groups: usize, sd: f64, rng: &mut Rng) -> Data {
    let (x, effects) = (rng.normals(n), rng.normals(groups));
    let g: Vec<usize> = (0..n).map(|_| rng.below(groups)).collect();
    let mut time = vec![];
    let mut status = vec![];
    for i in 0..n {
        let death = -rng.uniform().ln() / (0.6 * x[i] + sd * effects[g[i]]).exp();
        let censored = -rng.uniform().ln() / 0.5;
        time.push((6.0 * death.min(censored)).ceil());
        status.push(f64::from(u8::from(death <= censored)));
    }
    Data::default().real("time", time).real("status", status).real("x", x).group("g", &g)
}

#[test]
fn a_fit_is_the_same_in_another_order_of_rows_and_with_another_clock() {
    let mut rng = Rng(5);
    let data = simulated(120, 9, 0.8, &mut rng);
    let order = rng.order(120);
    for ties in [Ties::Efron, Ties::Breslow] {
        let own = fit("Surv(time, status) ~ x + (1 + x | g)", ties, &data).unwrap();
        let others = [data.rows(&order), data.map("time", |t| 1e-9 * t), data.map("time", |t| t * t)];
        for other in others.map(|other| fit("Surv(time, status) ~ x + (1 + x | g)", ties, &other).unwrap()) {
            assert!((own.criterion - other.criterion).abs() < 1e-9, "{} {}", own.criterion, other.criterion);
            assert!((own.fixed.estimate[0] - other.fixed.estimate[0]).abs() < 1e-7);
            assert!(own.terms[0].cov.iter().zip(&other.terms[0].cov).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }
}

#[test]
fn units_of_covariates_do_not_matter_and_far_ones_lose_nothing() {
    let data = simulated(150, 10, 0.7, &mut Rng(8));
    let far = data.clone().real("x", data.values("x").iter().map(|x| 2000.0 + 1e-3 * x).collect());
    let [own, other] = [data, far].map(|data| fit("Surv(time, status) ~ x + (1 + x | g)", Ties::Efron, &data).unwrap());
    assert!((own.criterion - other.criterion).abs() < 1e-6, "{} {}", own.criterion, other.criterion);
    assert!((own.fixed.estimate[0] / other.fixed.estimate[0] - 1e-3).abs() < 1e-9);
}

#[test]
fn fitted_is_what_is_expected_and_residuals_are_martingales() {
    let data = simulated(100, 8, 0.6, &mut Rng(3));
    let fit = fit("Surv(time, status) ~ x + (1 | g)", Ties::Efron, &data).unwrap();
    assert_eq!(fit.y, data.values("status"));
    assert!(fit.residuals.iter().sum::<f64>().abs() < 1e-9);
    let variance = fit.terms[0].cov[0];
    // At the mode a frailty is its variance times the sum of its group's martingale residuals.
    for (level, mode) in fit.terms[0].modes.iter().enumerate() {
        let own = fit.terms[0].design.index.iter().zip(&fit.residuals).filter(|(l, _)| **l as usize == level);
        let sum: f64 = own.map(|(_, r)| r).sum();
        assert!((mode - variance * sum).abs() < 1e-8, "{mode} {}", variance * sum);
    }
    assert!(fit.sigma.is_nan());
}

#[test]
fn structures_nest_and_crossed_terms_fit() {
    let mut rng = Rng(21);
    let mut data = simulated(200, 10, 0.8, &mut rng);
    let h: Vec<usize> = (0..200).map(|_| rng.below(6)).collect();
    data = data.group("h", &h);
    let criterion = |formula: &str| fit(formula, Ties::Efron, &data).unwrap().criterion;
    let us = criterion("Surv(time, status) ~ x + (1 + x | g)");
    let diag = criterion("Surv(time, status) ~ x + (1 + x || g)");
    let intercept = criterion("Surv(time, status) ~ x + (1 | g)");
    let crossed = criterion("Surv(time, status) ~ x + (1 | g) + (1 | h)");
    assert!(us <= diag + 1e-8 && diag <= intercept + 1e-8 && crossed <= intercept + 1e-8, "{us} {diag} {intercept} {crossed}");
    let cs = fit("Surv(time, status) ~ x + cs(0 + h | g)", Ties::Breslow, &data).unwrap();
    assert!(cs.outcome.converged && cs.theta.len() == 7);
    let ar1 = fit("Surv(time, status) ~ x + ar1(0 + h | g)", Ties::Breslow, &data).unwrap();
    assert!(ar1.outcome.converged && ar1.theta.len() == 2);
}
