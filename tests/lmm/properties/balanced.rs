//! Balanced designs have estimators in closed form (Searle, Casella and McCulloch 1992, chapters 3 and 4).

use interlace::fit::Fit;

use crate::common::{Data, Rng, model};

const TOLERANCE: f64 = 1e-9;

/// `groups` groups of `size`, with the group variance given.
fn one_way(seed: u64, groups: usize, size: usize, sd: f64) -> Data {
    let mut rng = Rng(seed);
    let index: Vec<usize> = (0..groups * size).map(|i| i / size).collect();
    let b = rng.normals(groups);
    let y = index.iter().map(|&g| 10.0 + sd * b[g] + rng.normal()).collect();
    Data::default().real("y", y).group("g", &index)
}

fn sum_of_squares(v: &[f64]) -> f64 {
    let mean = v.iter().sum::<f64>() / v.len() as f64;
    v.iter().map(|x| (x - mean) * (x - mean)).sum()
}

/// Means of consecutive runs.
fn means(y: &[f64], size: usize) -> Vec<f64> {
    y.chunks_exact(size).map(|c| c.iter().sum::<f64>() / size as f64).collect()
}

fn check(what: &str, fit: &Fit, variances: &[f64], residual: f64) {
    assert!(fit.outcome.converged, "{what}: {:?}", fit.outcome);
    let close = |name: &str, got: f64, want: f64| {
        assert!((got - want).abs() <= TOLERANCE * residual.max(want), "{what} {name}: {got} for {want}");
    };
    close("residual", fit.sigma * fit.sigma, residual);
    for (term, want) in fit.terms.iter().zip(variances) {
        close(&term.design.group, term.cov[0], *want);
        assert_eq!(term.cov[0] == 0.0, *want == 0.0, "{what} {}: {}", term.design.group, term.cov[0]);
    }
    assert_eq!(fit.singular, variances.contains(&0.0), "{what}");
    assert_eq!(fit.theta.iter().filter(|t| **t == 0.0).count(), variances.iter().filter(|v| **v == 0.0).count());
}

#[test]
fn one_way_analysis_of_variance() {
    let mut zeros = 0;
    for seed in 0..40 {
        let (groups, size) = (3 + seed as usize % 9, 2 + seed as usize % 6);
        let data = one_way(seed, groups, size, [0.0, 0.2, 0.7, 30.0][seed as usize % 4]);
        let y = data.values("y");
        let (n, a, k) = (y.len() as f64, groups as f64, size as f64);
        let between = k * sum_of_squares(&means(y, size));
        let within = sum_of_squares(y) - between;
        let within_exact: f64 = y.chunks_exact(size).map(sum_of_squares).sum();
        assert!((within - within_exact).abs() < 1e-9 * (within + between));
        let (msb, mse) = (between / (a - 1.0), within_exact / (n - a));
        for reml in [true, false] {
            let mut model = model("y ~ 1 + (1 | g)");
            model.options.reml = reml;
            let fit = model.fit(&data);
            let (b, rows) = if reml { (msb, n - 1.0) } else { (msb * (a - 1.0) / a, n) };
            let (variance, residual) = if b > mse { ((b - mse) / k, mse) } else { (0.0, (between + within_exact) / rows) };
            zeros += usize::from(variance == 0.0);
            check(&format!("seed {seed} reml {reml}"), &fit, &[variance], residual);
            let mean = y.iter().sum::<f64>() / n;
            assert!((fit.fixed.estimate[0] - mean).abs() < 1e-10 * fit.fixed.std_error[0], "{} {mean}", fit.fixed.estimate[0]);
            let se = ((residual + k * variance) / n).sqrt();
            assert!((fit.fixed.std_error[0] - se).abs() < TOLERANCE * se);
            // Shrinkage of the group means.
            for (mode, group) in fit.terms[0].modes.iter().zip(means(y, size)) {
                let want = k * variance / (residual + k * variance) * (group - mean);
                assert!((mode - want).abs() < TOLERANCE * residual.sqrt().max(group.abs()), "{mode} {want}");
            }
        }
    }
    assert!(zeros > 8, "{zeros}");
}

#[test]
fn two_way_crossed_analysis_of_variance() {
    let mut interior = 0;
    for seed in 0..12 {
        let (a, b, k) = (4 + seed as usize % 3, 5, 1 + seed as usize % 3);
        let mut rng = Rng(100 + seed);
        let (u, v) = (rng.normals(a), rng.normals(b));
        let rows: Vec<(usize, usize)> = (0..a * b * k).map(|i| (i / (b * k), i / k % b)).collect();
        let y: Vec<f64> = rows.iter().map(|&(i, j)| 3.0 + 1.5 * u[i] + 0.8 * v[j] + rng.normal()).collect();
        let (i, j): (Vec<usize>, Vec<usize>) = rows.into_iter().unzip();
        let by = |index: &[usize], levels: usize| -> Vec<f64> {
            (0..levels).map(|l| y.iter().zip(index).filter(|(_, i)| **i == l).map(|(y, _)| y).sum::<f64>()).collect()
        };
        let ms = |sums: Vec<f64>, per: usize| {
            let means: Vec<f64> = sums.iter().map(|s| s / per as f64).collect();
            per as f64 * sum_of_squares(&means)
        };
        let (ssa, ssb) = (ms(by(&i, a), b * k), ms(by(&j, b), a * k));
        let sse = sum_of_squares(&y) - ssa - ssb;
        let mse = sse / (y.len() - a - b + 1) as f64;
        let (va, vb) = ((ssa / (a - 1) as f64 - mse) / (b * k) as f64, (ssb / (b - 1) as f64 - mse) / (a * k) as f64);
        let data = Data::default().real("y", y.clone()).group("i", &i).group("j", &j);
        if va > 0.0 && vb > 0.0 {
            interior += 1;
            check(&format!("seed {seed}"), &model("y ~ 1 + (1 | i) + (1 | j)").fit(&data), &[va, vb], mse);
        }
    }
    assert!(interior > 8, "{interior}");
}

#[test]
fn balanced_nested_analysis_of_variance() {
    for seed in 0..8 {
        let (a, b, k) = (6, 4, 3);
        let mut rng = Rng(300 + seed);
        let (u, v) = (rng.normals(a), rng.normals(a * b));
        let cell: Vec<usize> = (0..a * b * k).map(|i| i / k).collect();
        let y: Vec<f64> = cell.iter().map(|&c| u[c / b] * 2.0 + v[c] + rng.normal()).collect();
        let mse = y.chunks_exact(k).map(sum_of_squares).sum::<f64>() / (a * b * (k - 1)) as f64;
        let cells = means(&y, k);
        let msb = k as f64 * cells.chunks_exact(b).map(sum_of_squares).sum::<f64>() / (a * (b - 1)) as f64;
        let msa = (b * k) as f64 * sum_of_squares(&means(&y, b * k)) / (a - 1) as f64;
        let outer: Vec<usize> = cell.iter().map(|c| c / b).collect();
        let inner: Vec<usize> = cell.iter().map(|c| c % b).collect();
        let data = Data::default().real("y", y).group("a", &outer).group("b", &inner);
        let want = [(msa - msb) / (b * k) as f64, (msb - mse) / k as f64];
        if want.iter().all(|v| *v > 0.0) {
            check(&format!("seed {seed}"), &model("y ~ 1 + (1 | a/b)").fit(&data), &want, mse);
        }
    }
}
