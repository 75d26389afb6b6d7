//! Ordinal models with nominal effects at the edge of the region in which the thresholds of all rows are in order.

use std::collections::BTreeMap;

use crate::common::{Data, Rng};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::predict::{NewData, Quantity, Request};
use interlace::resample::Refitter;
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec, Threshold};
use interlace::watch::Watch;

fn spec(nominal: &str) -> Spec {
    let formula = FormulaSpec { formula: "y ~ 1 + (1 | g)".into(), ..Default::default() };
    let mut spec = Spec::new(ModelKind::Clmm, Source::Formula(formula));
    spec.ordinal.nominal = Some(PredictorSpec::Formula(nominal.into()));
    spec
}

fn fit(spec: &Spec, data: &Data) -> Fit {
    Fit::new(spec, Some(&data.frame()), &Options::default(), &Watch::unwatched()).unwrap()
}

/// The largest log-likelihood of any probabilities that are the same where the key is.
fn saturated(keys: &[usize], y: &[f64]) -> f64 {
    let (mut cells, mut totals) = (BTreeMap::new(), BTreeMap::new());
    for (key, y) in keys.iter().zip(y) {
        *cells.entry((*key, *y as usize)).or_insert(0.0) += 1.0;
        *totals.entry(*key).or_insert(0.0) += 1.0;
    }
    cells.iter().map(|((key, _), count): (&(usize, usize), &f64)| count * (count / totals[key]).ln()).sum()
}

/// Level 0 has the answers 1, 2, 3, level 1 has 1 and 3, in groups that are alike.
fn empty_cell() -> Data {
    let (mut t, mut y) = (vec![], vec![]);
    for (level, answer, times) in [(0, 1.0, 20), (0, 2.0, 10), (0, 3.0, 10), (1, 1.0, 20), (1, 3.0, 20)] {
        (0..times).for_each(|_| (t.push(level), y.push(answer)).0);
    }
    let g: Vec<usize> = (0..80).map(|i| i % 5 % 2).collect();
    Data::default().real("y", y).group("t", &t).group("g", &g)
}

#[test]
fn thresholds_meet_where_a_level_never_shows_the_category_between() {
    let data = empty_cell();
    let fit = fit(&spec("~ t"), &data);
    assert!(fit.outcome.converged, "{:?}", fit.outcome);
    let want = 40.0 * 0.5f64.ln() + 20.0 * 0.5f64.ln() + 20.0 * 0.25f64.ln();
    assert!((fit.log_likelihood - want).abs() < 1e-8, "{} for {want}", fit.log_likelihood);
    assert!(fit.fitted.iter().all(|p| *p > 0.2 && *p < 0.6), "{:?}", fit.fitted);
    let warning = fit.warnings().into_iter().find(|w| w.starts_with("edge")).unwrap();
    for part in ["'1|2' and '2|3' meet", "'2' has no probability", "'tt01' = 1"] {
        assert!(warning.contains(part), "{warning}");
    }
    // Those of the shares: of a level with two categories that of its logit.
    let own = &fit.generalised().unwrap().parameters;
    let errors: Vec<f64> = own.iter().map(|p| p.std_error).collect();
    let (first, second, both): (f64, f64, f64) = ((4.0f64 / 40.0).sqrt(), (16.0f64 / 3.0 / 40.0).sqrt(), 4.0 / 40.0);
    let want = [first, second, (0.1 + both).sqrt(), (second * second + both).sqrt()];
    assert!(errors.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-5), "{errors:?} for {want:?}");
    let request = Request { quantity: Quantity::Probabilities, level: Some(0.95), ..Request::default() };
    let all = fit.predictions(NewData::Training, &request, &Watch::unwatched()).unwrap();
    let at = |values: &[f64], k: usize| values[k * 80 + 79];
    for (k, p) in [0.5, 0.0, 0.5].into_iter().enumerate() {
        assert!((at(&all.values, k) - p).abs() < 1e-8, "{:?}", at(&all.values, k));
    }
    assert_eq!([at(&all.std_errors, 1), at(&all.lower, 1), at(&all.upper, 1)], [0.0; 3]);
    assert!((at(&all.std_errors, 0) - 0.25 * 4.0f64.sqrt() / 40.0f64.sqrt()).abs() < 1e-6);
}

#[test]
fn there_are_no_profiles_at_the_edge_and_the_objective_is_refused_outside() {
    let data = empty_cell();
    let (spec, fit) = (spec("~ t"), fit(&spec("~ t"), &data));
    assert_eq!(fit.profile(0.95, &Watch::unwatched()).unwrap_err().code, Code::Unsupported);
    let objective = |points: &[f64]| Fit::objective(&spec, Some(&data.frame()), &Options::default(), points, &Watch::unwatched());
    let inside = [0.1, 0.0, 1.0, 0.1, -0.5];
    assert!(objective(&inside).unwrap()[0].is_finite());
    let error = objective(&[0.1, 0.0, 1.0, 0.1, -1.2]).unwrap_err();
    assert!(error.message.contains("out of order"), "{error:?}");
}

#[test]
fn a_refit_finds_the_edge_of_its_own_response() {
    let mut rng = Rng(3);
    let n = 120;
    let (t, g): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i % 2).collect(), (0..n).map(|i| i / 2 % 6).collect());
    let y: Vec<f64> = (0..n).map(|_| 1.0 + rng.below(3) as f64).collect();
    let data = Data::default().real("y", y.clone()).group("t", &t).group("g", &g);
    let fit = fit(&spec("~ t"), &data);
    assert!(!fit.warnings().iter().any(|w| w.starts_with("edge")));
    // No 2 at the second level.
    let other: Vec<f64> = y.iter().zip(&t).map(|(y, t)| if *t == 1 && *y == 2.0 { 3.0 } else { *y }).collect();
    let refit = Refitter::new(&fit, &Watch::unwatched()).unwrap().refit(&other, &Watch::unwatched()).unwrap();
    assert!(refit.converged);
    assert!(refit.log_likelihood >= saturated(&t, &other) - 1e-6);
    let cells: Vec<usize> = t.iter().zip(&g).map(|(t, g)| t * 6 + g).collect();
    assert!(refit.log_likelihood <= saturated(&cells, &other));
    let [low, high] = [refit.family[2] + refit.family[0], refit.family[3] + refit.family[1]];
    assert!((low - high).abs() < 1e-8, "{:?}", refit.family);
}

/// Answers of 3 to 5 categories at 2 to 4 levels, some of whose interior categories are never given.
fn random(seed: u64, n: usize) -> (Data, Vec<usize>, Vec<usize>, Vec<f64>) {
    let mut rng = Rng(seed);
    let (k, levels, groups) = (3 + rng.below(3), 2 + rng.below(3), 3 + rng.below(4));
    let mut shares: Vec<Vec<f64>> = (0..levels).map(|_| (0..k).map(|_| 0.05 + rng.uniform()).collect()).collect();
    for own in &mut shares[1..] {
        (1..k - 1).for_each(|c| own[c] *= f64::from(u8::from(rng.below(2) == 0)));
    }
    let (t, g): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i % levels).collect(), (0..n).map(|_| rng.below(groups)).collect());
    let answer = |share: &[f64], u: f64| {
        let mut left = u * share.iter().sum::<f64>();
        1.0 + share.iter().take_while(|s| (left >= **s).then(|| left -= **s).is_some()).count().min(k - 1) as f64
    };
    let y: Vec<f64> = t.iter().map(|level| answer(&shares[*level], rng.uniform())).collect();
    let x = rng.normals(n);
    (Data::default().real("y", y.clone()).real("x", x).group("t", &t).group("g", &g), t, g, y)
}

/// The thresholds of every row of a fit.
fn thresholds(fit: &Fit) -> Vec<Vec<f64>> {
    let own = fit.generalised().unwrap();
    let ordinal = fit.ordinal().unwrap();
    (0..fit.n_obs).map(|i| ordinal.thresholds_of(&own.psi, ordinal.nominal_row(i))).collect()
}

#[test]
fn the_likelihood_is_between_those_of_saturated_models() {
    let mut edges = 0;
    for seed in 0..24 {
        let (data, t, g, y) = random(seed, 90);
        let fit = fit(&spec("~ t"), &data);
        let cells: Vec<usize> = t.iter().zip(&g).map(|(t, g)| t * 100 + g).collect();
        let (low, high) = (saturated(&t, &y), saturated(&cells, &y));
        assert!(fit.outcome.converged, "{seed}: {:?}", fit.outcome);
        assert!(fit.log_likelihood > low - 1e-5 && fit.log_likelihood <= high, "{seed}: {} in {low}, {high}", fit.log_likelihood);
        assert!(thresholds(&fit).iter().all(|theta| theta.is_sorted_by(|a, b| a <= b)), "{seed}");
        assert!(fit.fitted.iter().all(|p| *p > 0.0 && *p <= 1.0), "{seed}");
        edges += usize::from(fit.warnings().iter().any(|w| w.starts_with("edge")));
    }
    assert!(edges > 12, "{edges}");
}

#[test]
fn thresholds_of_all_structures_stay_in_order_with_a_covariate_and_a_scale() {
    let mut edges = 0;
    for (seed, kind) in (0..12).zip([Threshold::Flexible, Threshold::Symmetric, Threshold::Equidistant].into_iter().cycle()) {
        let (data, ..) = random(40 + seed, 60);
        let mut spec = spec(if seed % 2 == 0 { "~ x" } else { "~ x * t" });
        spec.ordinal.threshold = kind;
        spec.dispersion = (seed % 4 == 0).then(|| PredictorSpec::Formula("~ x".into()));
        let fit = fit(&spec, &data);
        assert!(thresholds(&fit).iter().all(|theta| theta.is_sorted_by(|a, b| a <= b)), "{seed}");
        assert!(fit.fitted.iter().all(|p| *p > 0.0 && *p <= 1.0), "{seed}: {:?}", fit.fitted);
        edges += usize::from(fit.warnings().iter().any(|w| w.starts_with("edge")));
    }
    assert!(edges > 3, "{edges}");
}
