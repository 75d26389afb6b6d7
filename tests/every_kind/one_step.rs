//! Influence by one Newton step on models of every kind.

use super::influence::{cases, models};
use crate::common::generalised::generalised;
use crate::common::{Data, Rng};
use interlace::diagnostics::influence::{CaseStatus, Cases, Influence, InfluenceMethod, InfluenceOptions};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::FixedEffectsBy;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn by(fit: &Fit, method: InfluenceMethod, group: Option<&str>) -> Influence {
    let own = group.map_or(InfluenceOptions { threads: 2, ..InfluenceOptions::default() }, |group| cases(group, 2));
    fit.influence(&InfluenceOptions { method, ..own }, &UNWATCHED).unwrap()
}

#[test]
fn look() {
    for (name, model, group) in models() {
        let fit = model.fit();
        for group in [Some(group), None] {
            if group.is_none() && fit.n_obs > 310 { continue; }
            let t0 = std::time::Instant::now();
            let refit = by(&fit, InfluenceMethod::Refit, group);
            let t1 = std::time::Instant::now();
            let step = by(&fit, InfluenceMethod::OneStep, group);
            let t2 = std::time::Instant::now();
            println!("{name} {group:?} cases {} refit {:?} step {:?}", refit.cases.len(), t1 - t0, t2 - t1);
            let pairs: Vec<_> = refit.cases.iter().zip(&step.cases).filter_map(|(a, b)| Some((a.as_ref().ok()?, b.as_ref().ok()?))).collect();
            for (i, (a, b)) in refit.cases.iter().zip(&step.cases).enumerate() {
                if a.is_ok() != b.is_ok() { println!("  {i} {:?} {:?}", a.as_ref().err(), b.as_ref().err()); }
            }
            let show = |what: &str, of: &dyn Fn(&interlace::diagnostics::influence::Measures) -> f64| {
                let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(a, b)| (of(a), of(b))).unzip();
                let most = x.iter().zip(&y).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                let range = x.iter().map(|a| a.abs()).fold(0.0, f64::max);
                println!("  {what}: r {:.5} worst {most:.3e} of {range:.3e}", correlation(&x, &y));
            };
            show("cook", &|m| m.cooks_distance);
            show("mdffits", &|m| m.mdffits);
            show("log covratio", &|m| m.covratio.ln());
            show("covtrace", &|m| m.covtrace);
            show("displacement", &|m| m.displacement);
            for j in 0..refit.names.len() {
                let full = refit.full[j];
                show(&refit.names[j], &|m| m.estimates[j] - full);
            }
            for j in 0..fit.fixed.names.len() { show("dfbetas", &|m| m.dfbetas[j]); }
        }
    }
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (a, b) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let of = |f: &dyn Fn(usize) -> f64| (0..x.len()).map(f).sum::<f64>();
    of(&|i| (x[i] - a) * (y[i] - b)) / (of(&|i| (x[i] - a).powi(2)) * of(&|i| (y[i] - b).powi(2))).sqrt()
}

/// A row of little weight does little, and the step is what it does but for its square.
#[test]
fn a_step_is_exact_to_the_first_order() {
    let row = 11;
    for (name, formula, kind, family) in [
        ("poisson", "count ~ x + (1 + x | g)", ModelKind::Glmm, "poisson"),
        ("negative binomial", "count ~ x + (1 | g)", ModelKind::Glmm, "nbinom2"),
        ("ordinal", "grade ~ x + (1 | g)", ModelKind::Clmm, ""),
        ("Cox", "Surv(time, event) ~ x + (1 | g)", ModelKind::Coxme, ""),
        ("integrated", "Surv(time, event) ~ x + (1 | g)", ModelKind::Coxme, ""),
    ] {
        let off = |weight: f64| {
            let mut model = generalised(formula, family, weighted(row, weight)).formula(|f| f.weights = Some("w".into()));
            model.spec.kind = kind;
            if name == "integrated" {
                model = model.options(|o| o.fixed_effects = FixedEffectsBy::Integrated);
            }
            let fit = model.fit();
            let codes: Vec<i32> = (0..fit.n_obs).map(|i| if i == row { 0 } else { -1 }).collect();
            let [refit, step] = [InfluenceMethod::Refit, InfluenceMethod::OneStep].map(|method| {
                let own = fit.influence(&InfluenceOptions { cases: Cases::Codes(&codes), method, threads: 1 }, &UNWATCHED).unwrap();
                own.cases[0].as_ref().unwrap().estimates.clone()
            });
            let full = fit.influence(&InfluenceOptions { cases: Cases::Codes(&codes), method: InfluenceMethod::Refit, threads: 1 }, &UNWATCHED).unwrap().full;
            let norm = |of: &dyn Fn(usize) -> f64| (0..full.len()).map(|j| of(j).powi(2)).sum::<f64>().sqrt();
            println!("{name} {weight} moved {:.3e} off {:.3e}", norm(&|j| refit[j] - full[j]), norm(&|j| refit[j] - step[j]));
            norm(&|j| refit[j] - step[j]) / norm(&|j| refit[j] - full[j])
        };
        let (large, small) = (off(0.3), off(0.03));
        assert!(small < 0.2 * large && small < 0.02, "{name}: {large} {small}");
    }
}

/// Counts, grades and times of 12 groups, of which one row has another weight.
fn weighted(row: usize, weight: f64) -> Frame {
    let (n, mut rng) = (120, Rng(21));
    let (x, u, v) = (rng.normals(n), rng.normals(12), rng.normals(12));
    let eta: Vec<f64> = (0..n).map(|i| 0.9 + (0.4 + 0.4 * v[i % 12]) * x[i] + 0.6 * u[i % 12]).collect();
    let count = eta.iter().map(|eta| ((eta + 0.3 * rng.normal()).exp() * 2.0 * rng.uniform()).round()).collect();
    let grade = eta.iter().map(|eta| eta + rng.normal()).map(|y| if y < 0.5 { 0 } else { 1 + i32::from(y > 1.5) }).collect();
    let time = eta.iter().map(|eta| -(1.0 - rng.uniform()).ln() / eta.exp()).collect();
    let mut frame = Frame::new(n);
    frame.add_real("count", count).unwrap();
    frame.add_category("grade", grade, ["low", "middle", "high"].map(String::from).to_vec(), true).unwrap();
    frame.add_real("time", time).unwrap();
    frame.add_real("event", (0..n).map(|i| f64::from(u8::from(i % 4 > 0))).collect()).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_real("w", (0..n).map(|i| if i == row { weight } else { 1.0 }).collect()).unwrap();
    let labels: Vec<String> = (0..n).map(|i| format!("g{}", i % 12)).collect();
    frame.add_strings("g", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    frame
}

#[test]
fn awkward() {
    let (mut all, mut higher, mut failed) = ([0; 3], [0; 3], [0; 3]);
    for seed in 0..200 {
        let (g, per) = (5 + seed as usize % 3, 3 + seed as usize % 4);
        let (n, mut rng) = (g * per, Rng(seed + 1000));
        let (x, u, v) = (rng.normals(n), rng.normals(g), rng.normals(g));
        let scale = [0.0, 0.5, 1.5, 3.0][seed as usize % 4];
        let eta: Vec<f64> = (0..n).map(|i| 0.3 + (0.4 + 0.8 * v[i % g]) * x[i] + scale * u[i % g]).collect();
        let yes = eta.iter().map(|eta| f64::from(u8::from(rng.uniform() < 1.0 / (1.0 + (-eta).exp())))).collect();
        let count = eta.iter().map(|eta| (eta.min(3.0).exp() * 2.0 * rng.uniform()).round()).collect();
        let time = eta.iter().map(|eta| -(1.0 - rng.uniform()).ln() / eta.exp()).collect();
        let mut frame = Frame::new(n);
        frame.add_real("yes", yes).unwrap();
        frame.add_real("count", count).unwrap();
        frame.add_real("time", time).unwrap();
        frame.add_real("event", (0..n).map(|i| f64::from(u8::from((i + seed as usize) % 3 > 0))).collect()).unwrap();
        frame.add_real("x", x).unwrap();
        let labels: Vec<String> = (0..n).map(|i| format!("g{}", i % g)).collect();
        frame.add_strings("g", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
        for (k, (formula, kind, family)) in [
            ("yes ~ x + (1 + x | g)", ModelKind::Glmm, "binomial"),
            ("count ~ x + (1 + x | g)", ModelKind::Glmm, "nbinom2"),
            ("Surv(time, event) ~ x + (1 + x | g)", ModelKind::Coxme, ""),
        ].into_iter().enumerate() {
            let mut model = generalised(formula, family, frame.clone());
            model.spec.kind = kind;
            let Ok(fit) = model.try_fit() else { continue };
            let heard = std::cell::RefCell::new(vec![]);
            let report = |step: &interlace::watch::Step<'_>| { if step.objective.is_finite() { heard.borrow_mut().push(step.objective); } true };
            let watcher = interlace::watch::Watcher::new(Some(&report), None);
            let Ok(own) = fit.influence(&cases("g", 1), &watcher.watch()) else { continue };
            let heard = heard.borrow();
            let mut next = heard.iter();
            for (i, case) in own.cases.iter().enumerate() {
                if case.is_err() { continue; }
                let Some(deviance) = next.next() else { println!("missing"); continue };
                let rest: Vec<usize> = (0..n).filter(|row| labels[*row] != own.labels[i]).collect();
                let Ok(fresh) = interlace_fresh(&model, &frame.select(&rest).unwrap()) else { continue };
                all[k] += 1;
                let more = deviance - fresh.criterion;
                if more > 1e-5 && fresh.outcome.converged { higher[k] += 1; println!("seed {seed} model {k} without {}: {deviance} fresh {} {}", own.labels[i], fresh.criterion, own.status(i) as i32); }
                if more < -1e-5 { failed[k] += 1; }
            }
        }
    }
    println!("cases {all:?} higher {higher:?} lower {failed:?}");
}

fn interlace_fresh(model: &crate::common::generalised::Generalised, frame: &Frame) -> interlace::error::Result<Fit> {
    crate::common::generalised::Generalised { frame: frame.clone(), ..model.clone() }.try_fit()
}

/// The status of a case does not depend on how its estimates are had.
#[test]
fn statuses_are_those_of_refits() {
    let (n, mut rng) = (48, Rng(5));
    let x = rng.normals(n);
    let only: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == 5))).collect();
    let count: Vec<f64> = (0..n).map(|i| (2.0 * (0.5 * x[i] + 0.2 * (i % 6) as f64).exp() * rng.uniform()).round() + only[i]).collect();
    let data = Data::default().real("count", count).real("x", x).real("only", only).group("g", &(0..n).map(|i| i % 6).collect::<Vec<_>>());
    let data = data.real("time", rng.normals(n).iter().map(|z| z.exp()).collect()).group("one", &vec![0; n]);
    for (formula, kind, family) in
        [("count ~ x + only + (1 | g)", ModelKind::Glmm, "poisson"), ("Surv(time) ~ x + only + (1 | g)", ModelKind::Coxme, "")]
    {
        let mut model = generalised(formula, family, data.frame());
        model.spec.kind = kind;
        let fit = model.fit();
        let step = by(&fit, InfluenceMethod::OneStep, None);
        assert_eq!(step.status(5), CaseStatus::RankLost, "{formula}");
        assert!(step.cases[5].as_ref().unwrap_err().1.contains("only"));
        assert!((0..n).all(|i| i == 5 || step.cases[i].is_ok()), "{formula}");
        let frame = data.frame();
        let one = InfluenceOptions { cases: Cases::Group("one", Some(&frame)), method: InfluenceMethod::OneStep, threads: 1 };
        assert_eq!(fit.influence(&one, &UNWATCHED).unwrap().status(0), CaseStatus::Failed);
    }
    let ordinal = models().into_iter().find(|(name, ..)| *name == "ordinal").unwrap().1.fit();
    let codes: Vec<i32> = ordinal.y.iter().map(|y| i32::from(*y != 5.0)).collect();
    let own = InfluenceOptions { cases: Cases::Codes(&codes), method: InfluenceMethod::OneStep, threads: 1 };
    let own = ordinal.influence(&own, &UNWATCHED).unwrap();
    assert!(own.status(0) == CaseStatus::Failed && own.reason(0).unwrap().contains("categor"));
}
