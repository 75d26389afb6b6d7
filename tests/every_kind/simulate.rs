//! Responses simulated from fits.

use crate::common::frames::frame;
use crate::common::generalised::{cbpp, linear, salamanders};
use crate::common::{Data, Rng};
use interlace::fit::Fit;
use interlace::resample::RandomEffects;
use interlace::watch::Watch;

const REPLICATES: usize = 400;

/// Means and variances of each row over the replicates.
fn moments(simulated: &[f64], m: usize) -> Vec<(f64, f64)> {
    let n = (simulated.len() / m) as f64;
    let row = |i: usize| {
        let values = simulated.chunks_exact(m).map(|c| c[i]);
        let mean = values.clone().sum::<f64>() / n;
        (mean, values.map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0))
    };
    (0..m).map(row).collect()
}

/// With random effects at the modes the mean of each row is its fitted value. Standardised differences of all rows have to be
/// like independent normal numbers: rows have streams of their own.
fn means_are_the_fitted_values(what: &str, fit: &Fit) {
    let simulated = fit.simulate(REPLICATES, 11, RandomEffects::Conditional, &Watch::unwatched()).unwrap();
    assert!(simulated.iter().all(|v| v.is_finite()), "{what}");
    let rows = moments(&simulated, fit.n_obs);
    let own = fit.generalised();
    let z: Vec<f64> = rows
        .iter()
        .enumerate()
        .map(|(i, (mean, _))| {
            let weight = fit.weights.as_ref().map_or(1.0, |w| w[i]);
            let sd = own.map_or(fit.sigma / weight.sqrt(), |_| (fit.y[i] - fit.fitted[i]) / fit.residuals_pearson[i]);
            (mean - fit.fitted[i]) / (sd.abs() / (REPLICATES as f64).sqrt())
        })
        .filter(|z| z.is_finite())
        .collect();
    let n = z.len() as f64;
    assert!(n > 0.5 * fit.n_obs as f64, "{what}");
    let (sum, square) = (z.iter().sum::<f64>(), z.iter().map(|z| z * z).sum::<f64>());
    assert!((sum / n.sqrt()).abs() < 4.0, "{what}: mean off by {} standard errors", sum / n.sqrt());
    assert!(((square - n) / (2.0 * n).sqrt()).abs() < 5.0, "{what}: mean square {} of {n} differences", square / n);
    assert!(z.iter().all(|z| z.abs() < 6.0), "{what}");
}

#[test]
fn at_the_modes_rows_vary_around_their_fitted_values() {
    let weighted = linear("y ~ x1 + x2 + (1 | g)", frame("sim_weights.csv", &["g"])).formula(|f| f.weights = Some("w".into()));
    let offset = linear("y ~ x2 + (1 | g)", frame("sim_offset.csv", &["g"])).formula(|f| f.offset = Some("off".into()));
    let cases = [
        ("weights", weighted),
        ("offset", offset),
        ("slopes", linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"]))),
        ("binomial", cbpp()),
        ("poisson", salamanders("poisson")),
        ("zero-inflated", salamanders("poisson").zero_inflation("~ mined")),
        ("dispersion", salamanders("nbinom2").dispersion("~ mined")),
    ];
    for (what, model) in cases {
        means_are_the_fitted_values(what, &model.fit());
    }
}

/// Over new random effects the variance of a row of a linear model is z'Sigma z + sigma^2, and rows of one subject covary.
#[test]
fn random_effects_have_their_covariance() {
    let fit = linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    let n = 4000;
    let simulated = fit.simulate(n, 5, RandomEffects::New, &Watch::unwatched()).unwrap();
    let term = &fit.terms[0];
    let z = term.design.z.as_ref().unwrap();
    let form =
        |i: usize, j: usize| -> f64 { (0..4).map(|e| z[(e % 2) * fit.n_obs + i] * term.cov[e] * z[(e / 2) * fit.n_obs + j]).sum() };
    let sigma2 = fit.sigma * fit.sigma;
    let rows = moments(&simulated, fit.n_obs);
    for (i, (_, variance)) in rows.iter().enumerate() {
        let want = form(i, i) + sigma2;
        assert!((variance / want - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt(), "row {i}: {variance} for {want}");
    }
    for (i, j) in [(0, 9), (3, 4), (0, 10)] {
        let product = |c: &[f64]| (c[i] - rows[i].0) * (c[j] - rows[j].0);
        let covariance = simulated.chunks_exact(fit.n_obs).map(product).sum::<f64>() / n as f64;
        let want = if term.design.index[i] == term.design.index[j] { form(i, j) } else { 0.0 };
        let error = ((rows[i].1 * rows[j].1 + want * want) / n as f64).sqrt();
        assert!((covariance - want).abs() < 4.5 * error, "rows {i}, {j}: {covariance} for {want}");
    }
}

#[test]
fn proportions_are_of_whole_successes() {
    let fit = cbpp().fit();
    let trials = fit.weights.clone().unwrap();
    let simulated = fit.simulate(5, 3, RandomEffects::New, &Watch::unwatched()).unwrap();
    for column in simulated.chunks_exact(fit.n_obs) {
        for (y, n) in column.iter().zip(&trials) {
            assert!((y * n - (y * n).round()).abs() < 1e-9 && (0.0..=1.0).contains(y), "{y} of {n}");
        }
    }
}

#[test]
fn a_hurdle_has_the_zeros_of_its_zero_part() {
    let fit = salamanders("truncated_poisson").zero_inflation("~ mined").fit();
    let simulated = fit.simulate(REPLICATES, 17, RandomEffects::Conditional, &Watch::unwatched()).unwrap();
    let own = fit.generalised().unwrap();
    let expected: f64 = (0..fit.n_obs).map(|i| own.zero_probability(i)).sum();
    let variance: f64 = (0..fit.n_obs).map(|i| own.zero_probability(i) * (1.0 - own.zero_probability(i))).sum();
    let zeros = simulated.iter().filter(|y| **y == 0.0).count() as f64;
    let (count, n) = (zeros / REPLICATES as f64, REPLICATES as f64);
    assert!((count - expected).abs() < 4.0 * (variance / n).sqrt(), "{count} zeros, {expected} are expected");
}

#[test]
fn a_replicate_is_the_same_whatever_else_is_drawn() {
    let fit = salamanders("poisson").zero_inflation("~ 1").fit();
    let many = fit.simulate(7, 42, RandomEffects::New, &Watch::unwatched()).unwrap();
    let few = fit.simulate(3, 42, RandomEffects::New, &Watch::unwatched()).unwrap();
    assert_eq!(many[..few.len()], few[..]);
    let (one, two) = (&many[..fit.n_obs], &many[fit.n_obs..2 * fit.n_obs]);
    assert_ne!(one, two);
    assert_ne!(few, fit.simulate(3, 43, RandomEffects::New, &Watch::unwatched()).unwrap());
    assert!(fit.simulate(0, 1, RandomEffects::New, &Watch::unwatched()).unwrap().is_empty());
}

#[test]
fn rows_that_were_left_out_are_padded() {
    let mut data = Data::default();
    let mut rng = Rng(9);
    data = data.real("y", rng.normals(40)).group("g", &(0..40).map(|i| i % 8).collect::<Vec<_>>());
    let mut x = rng.normals(40);
    x[7] = f64::NAN;
    let data = data.real("x", x);
    let model = linear("y ~ x + (1 | g)", data.frame());
    let padded = model.clone().options(|o| o.na = interlace::design::NaPolicy::Pad).fit();
    let simulated = padded.simulate(2, 1, RandomEffects::New, &Watch::unwatched()).unwrap();
    assert_eq!(simulated.len(), 80);
    let missing: Vec<usize> = (0..80).filter(|&i| simulated[i].is_nan()).collect();
    assert_eq!(missing, [7, 47]);
    let short = model.fit().simulate(2, 1, RandomEffects::New, &Watch::unwatched()).unwrap();
    assert_eq!(short, simulated.into_iter().filter(|v| !v.is_nan()).collect::<Vec<_>>());
}
