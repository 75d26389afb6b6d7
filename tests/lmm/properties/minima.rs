//! Singular fits and several minima: the end is a minimum, and the lowest one that a grid finds.

use interlace::fit::Fit;

use crate::common::designs::data;
use crate::common::{Data, Model, Rng, model};

/// The criterion must nowhere near the end be lower than there by more than `tolerance`.
pub fn is_minimum(what: &str, model: &Model, data: &Data, fit: &Fit, rng: &mut Rng, tries: usize, tolerance: f64) {
    let frame = data.frame();
    let structures: Vec<_> = fit.terms.iter().map(|t| t.design.structure).collect();
    let bounds: Vec<(f64, f64)> = structures.iter().flat_map(|s| s.lower_bounds().into_iter().zip(s.upper_bounds())).collect();
    // Standard deviations are in units of the effect's inverse root mean square.
    let unit: Vec<f64> = fit.theta.iter().map(|t| t.abs().max(0.1)).collect();
    let mut points = Vec::new();
    for k in 0..tries {
        let scale = 10f64.powi(-(k as i32 % 5));
        let single = (k % 3 == 0).then(|| rng.below(unit.len()));
        for i in 0..unit.len() {
            let step = if single.is_none_or(|s| s == i) { scale * unit[i] * rng.normal() } else { 0.0 };
            points.push((fit.theta[i] + step).clamp(bounds[i].0, bounds[i].1.min(1e6)));
        }
    }
    let values = model.objective(&frame, &points).unwrap_or_else(|e| panic!("{what}: {e}"));
    for (point, value) in points.chunks_exact(unit.len()).zip(values) {
        assert!(
            value >= fit.criterion - tolerance,
            "{what}: {value} at {point:?} is lower than {} at {:?} by {:.1e} ({:?})",
            fit.criterion,
            fit.theta,
            fit.criterion - value,
            fit.outcome
        );
    }
}

#[test]
fn variances_that_are_not_there() {
    let mut singular = 0;
    for seed in 0..24 {
        let mut rng = Rng(500 + seed);
        let n = 90;
        let g: Vec<usize> = (0..n).map(|i| i % 10).collect();
        let h: Vec<usize> = (0..n).map(|i| i / 15).collect();
        let x = rng.normals(n);
        let b = rng.normals(10);
        // Only g has intercepts that vary; slopes and h do not.
        let y = (0..n).map(|i| 1.0 + x[i] + b[g[i]] + rng.normal()).collect();
        let data = Data::default().real("y", y).real("x", x).group("g", &g).group("h", &h);
        for formula in [
            "y ~ x + (1 | h)",
            "y ~ x + (1 | g) + (1 | h)",
            "y ~ x + (x | g)",
            "y ~ x + (x || g) + (1 | h)",
            "y ~ x + (x | g) + (x | h)",
        ] {
            let model = model(formula);
            let fit = model.fit(&data);
            let what = format!("seed {seed} {formula}");
            assert!(fit.outcome.converged, "{what}: {:?}", fit.outcome);
            singular += usize::from(fit.singular);
            assert_eq!(fit.singular, !fit.outcome.boundary.is_empty(), "{what}");
            for t in &fit.terms {
                assert!(t.design.effects.len() > 1 || (t.cov[0] == 0.0) != t.boundary.is_empty(), "{what}: {}", t.cov[0]);
                // Nearly nothing is either nothing or something.
                assert!(t.sd.iter().all(|s| *s == 0.0 || *s > 1e-6 * fit.sigma), "{what}: {:?}", t.sd);
                for d in &t.boundary {
                    let r = t.design.effects.len();
                    let variance: f64 = (0..r * r).map(|e| d[e % r] * t.cov[e] * d[e / r]).sum();
                    assert!(variance.abs() <= 1e-12 * t.cov.iter().fold(fit.sigma.powi(2), |m, c| m.max(*c)), "{what}: {variance}");
                    assert!(fit.outcome.boundary.iter().any(|text| text.starts_with(&t.design.group)), "{what}");
                }
            }
            is_minimum(&what, &model, &data, &fit, &mut rng, 60, 1e-7);
        }
    }
    assert!(singular > 40, "{singular}");
}

#[test]
fn slopes_that_are_perfectly_correlated() {
    for seed in 0..10 {
        let mut rng = Rng(700 + seed);
        let n = 120;
        let g: Vec<usize> = (0..n).map(|i| i % 12).collect();
        let x = rng.normals(n);
        let b = rng.normals(12);
        let y = (0..n).map(|i| x[i] + b[g[i]] * (1.0 - 0.5 * x[i]) + 0.3 * rng.normal()).collect();
        let data = Data::default().real("y", y).real("x", x).group("g", &g);
        let model = model("y ~ x + (x | g)");
        let fit = model.fit(&data);
        assert!(fit.outcome.converged && fit.terms[0].corr[1] < -0.85, "{:?}", fit.terms[0].corr);
        if fit.singular {
            let t = &fit.terms[0];
            assert!((t.corr[1] + 1.0).abs() < 1e-12 && fit.theta[2] == 0.0, "{:?} {:?}", t.corr, fit.theta);
            assert!(t.boundary.len() == 1 && t.boundary[0].iter().all(|c| *c != 0.0), "{:?}", t.boundary);
            assert!(fit.outcome.boundary[0].contains("(Intercept)") && fit.outcome.boundary[0].contains('x'));
        }
        is_minimum(&format!("seed {seed}"), &model, &data, &fit, &mut rng, 120, 1e-7);
    }
}

#[test]
fn every_structure_on_data_with_too_many_terms() {
    let mut rng = Rng(900);
    let data = data(41, 120);
    for formula in [
        "y ~ x + (x + z + t | a)",
        "y ~ x + cs(0 + t | a) + (1 | g) + (x | h)",
        "y ~ x + ar1(0 + t | h) + (1 | a/b)",
        "y ~ x + cs(1 + x + z | h, hom = TRUE)",
        "y ~ x + diag(0 + t | a) + (z | g)",
        "y ~ x + ar1(0 + t | a, hom = FALSE)",
        "y ~ x + (1 | a) + (1 | a:b) + (1 | a:b:t)",
    ] {
        for reml in [true, false] {
            let mut model = model(formula);
            model.options.reml = reml;
            let fit = model.fit(&data);
            assert!(fit.outcome.converged, "{formula}: {:?} {:?}", fit.outcome, fit.theta);
            is_minimum(formula, &model, &data, &fit, &mut rng, 200, 1e-7);
        }
    }
}

/// Small unbalanced one-way designs, where the restricted likelihood may have two maxima.
#[test]
fn the_lowest_of_several_minima() {
    let grid: Vec<f64> = (0..400).map(|i| if i == 0 { 0.0 } else { 10f64.powf(-2.5 + 6.0 * f64::from(i) / 400.0) }).collect();
    let mut several = 0;
    for seed in 0..SEVERAL {
        let mut rng = Rng(1000 + seed);
        let groups = 2 + rng.below(4);
        let mut index: Vec<usize> = (0..groups).collect();
        (0..groups).for_each(|g| index.extend(vec![g; [0, 1, 1, 3, 20][rng.below(5)]]));
        if index.len() < groups + 2 {
            continue;
        }
        let mut y: Vec<f64> = index.iter().map(|&g| 0.3 * g as f64 * rng.normal() + rng.normal()).collect();
        let outlier = rng.below(y.len());
        y[outlier] *= 1.0 + 5.0 * rng.uniform();
        let weights = (0..y.len()).map(|_| (2.0 * rng.normal()).exp()).collect();
        let data = Data::default().real("y", y).group("g", &index).real("w", weights);
        for weighted in [false, true] {
            let mut model = model("y ~ 1 + (1 | g)");
            if weighted {
                model = model.weights("w");
            }
            let fit = model.fit(&data);
            let values = model.objective(&data.frame(), &grid).unwrap();
            let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
            several += usize::from(
                values.windows(3).filter(|w| w[1] < w[0] - 1e-7 && w[1] < w[2] - 1e-7).count() > 0 && values[1] > values[0],
            );
            let what = format!("seed {seed} weighted {weighted}");
            assert!(fit.outcome.converged, "{what}: {:?}", fit.outcome);
            assert!(fit.criterion <= lowest + 1e-6, "{what}: {} for {lowest} ({:?})", fit.criterion, fit.theta);
        }
    }
    println!("{several} with a minimum at zero and another");
    assert!(several > 0);
}

/// Raised while developing.
const SEVERAL: u64 = 200;
