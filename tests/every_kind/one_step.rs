//! Influence by one Newton step on models of every kind.

use super::influence::{cases, models};
use crate::common::frames::frame;
use crate::common::generalised::generalised;
use crate::common::{Data, Rng};
use interlace::diagnostics::influence::{CaseStatus, Cases, Influence, InfluenceMethod, InfluenceOptions, Measures};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::FixedEffectsBy;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn by(fit: &Fit, method: InfluenceMethod, group: Option<&str>) -> Influence {
    let own = group.map_or(InfluenceOptions::default(), |group| cases(group, 2));
    fit.influence(&InfluenceOptions { method, ..own }, &UNWATCHED).unwrap()
}

/// Cook's distances and all estimates of groups and of single rows, beside refits; the floor is that of the correlations. Of the zero part and of
/// groups that say much about a variance the square of what they do counts.
#[test]
fn steps_are_near_refits_of_real_data() {
    let mut all: Vec<_> = models().into_iter().map(|(name, model, group)| (name, model, group, 1)).collect();
    let mut eortc = generalised("Surv(y, uncens) ~ trt + (1 | center)", "", frame("eortc.csv", &["center"]));
    eortc.spec.kind = ModelKind::Coxme;
    all.push(("eortc", eortc, "center", 6));
    for (name, model, group, every) in all {
        let fit = model.fit();
        let index = &fit.terms[0].design.index;
        let groups: Vec<i32> = index.iter().map(|level| if level % every == 0 { *level as i32 } else { -1 }).collect();
        let step = 1 + fit.n_obs / 60;
        let rows: Vec<i32> = (0..fit.n_obs).map(|i| if i % step == 0 { i as i32 } else { -1 }).collect();
        let of_groups = match name {
            "zeros" => 0.96,
            "poisson" | "negative binomial" => 0.98,
            _ => 0.99,
        };
        for (what, codes, floor) in [(group, &groups, of_groups), ("row", &rows, 0.99)] {
            let [refit, step] = [InfluenceMethod::Refit, InfluenceMethod::OneStep].map(|method| {
                fit.influence(&InfluenceOptions { cases: Cases::Codes(codes), method, threads: 2 }, &UNWATCHED).unwrap()
            });
            let pairs: Vec<_> =
                refit.cases.iter().zip(&step.cases).map(|(a, b)| (a.as_ref().unwrap(), b.as_ref().unwrap())).collect();
            assert!(pairs.len() > 5, "{name}");
            let check = |measure: &str, of: &dyn Fn(&Measures) -> f64, floor: f64| {
                let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(a, b)| (of(a), of(b))).unzip();
                let (r, most) = (correlation(&x, &y), |v: &[f64]| v.iter().map(|v| v.abs()).fold(0.0, f64::max));
                // Alike in size, too.
                let off = most(&x.iter().zip(&y).map(|(a, b)| a - b).collect::<Vec<_>>());
                assert!(r > floor && off < 0.5 * most(&x), "{name} without {what}, {measure}: {r}, {off} of {}", most(&x));
            };
            check("Cook's distance", &|m| m.cooks_distance, floor);
            check("covratio", &|m| m.covratio.ln(), floor - 0.02);
            for (j, own) in refit.names.iter().enumerate() {
                check(own, &|m| m.estimates[j] - refit.full[j], floor);
            }
            for j in 0..fit.fixed.names.len() {
                check("dfbetas", &|m| m.dfbetas[j], floor);
            }
        }
        assert_eq!(by(&fit, InfluenceMethod::OneStep, Some(group)).labels.len(), fit.terms[0].design.levels.len());
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
                (own.full.clone(), own.cases[0].as_ref().unwrap().estimates.clone())
            });
            let (full, refit, step) = (refit.0, refit.1, step.1);
            let norm = |of: &dyn Fn(usize) -> f64| (0..full.len()).map(|j| of(j).powi(2)).sum::<f64>().sqrt();
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

/// The status of a case does not depend on how its estimates are had.
#[test]
fn statuses_are_those_of_refits() {
    let (n, mut rng) = (48, Rng(5));
    let x = rng.normals(n);
    let only: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i == 5))).collect();
    let count: Vec<f64> =
        (0..n).map(|i| (2.0 * (0.5 * x[i] + 0.2 * (i % 6) as f64).exp() * rng.uniform()).round() + only[i]).collect();
    let data =
        Data::default().real("count", count).real("x", x).real("only", only).group("g", &(0..n).map(|i| i % 6).collect::<Vec<_>>());
    let data =
        data.real("time", rng.normals(n).iter().map(|z| z.exp()).collect()).real("event", vec![1.0; n]).group("one", &vec![0; n]);
    for (formula, kind, family) in [
        ("count ~ x + only + (1 | g)", ModelKind::Glmm, "poisson"),
        ("Surv(time, event) ~ x + only + (1 | g)", ModelKind::Coxme, ""),
    ] {
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
