//! The observed information where residuals are correlated: by differences of the exact gradient.
//!
//! With d the criterion at the best sigma for each working parameter x, N its rows and S = X'V^-1X = R R', the Hessian with sigma in it, and
//! the derivatives of the fixed effects' covariance where that is the identity, are
//!
//! ```text
//! h_ij = d_ij + N s_i s_j,   h_i,log sigma = -2 N s_i,   h_log sigma = 4 N,   s = log sigma^2;     B_i = -R^-1 S_i R^-T
//! ```

use crate::covariance::with_ranges;
use crate::error::Result;
use crate::linalg::dense;
use crate::lmm::confounded::clear_rows;
use crate::lmm::deviance::Deviance;
use crate::lmm::system::LinearSystem;
use crate::lmm::variance::hessian::ObservedInformation;
use crate::random::{canonical, factor_derivatives};
use crate::watch::{Phase, Watch};

/// Steps are this share of a parameter's standard error, and at most `WIDEST` of its size.
const SHARE: f64 = 0.03;
const WIDEST: f64 = 1e-3;

/// C with Cov(beta) = C C' `[p, p]`, and the information: zero for parameters at a boundary, variances and correlations of zero.
pub fn information_by_differences(
    system: &LinearSystem,
    working: &[f64],
    reml: bool,
    watch: &Watch<'_>,
) -> Result<(Vec<f64>, ObservedInformation)> {
    let working = canonical(&system.structures, working);
    let mut deviance = Deviance::new(system, reml, watch)?;
    deviance.evaluate(&working)?;
    let map = deviance.vcov_factor(deviance.sigma());
    let (r, of_sigma) = (deviance.state.gram.clone(), deviance.sigma_curvature());
    let (n, p) = (working.len(), system.m() - 1);
    let size = n + 1;
    let mut hessian = vec![0.0; size * size];
    hessian[size * size - 1] = of_sigma;
    let mut fixed = vec![vec![0.0; p * p]; n];
    let mut fixed_effects = vec![vec![0.0; p]; n];
    let mut log_sigma2 = vec![0.0; n];
    let effective = effective(system, &working, reml);
    let (mut gradient, mut average) = (vec![0.0; n], vec![0.0; n * n]);
    deviance.evaluate_hessian(&working, &mut gradient, &mut average)?;
    for i in (0..n).filter(|i| effective[*i]) {
        watch.at(Phase::DegreesOfFreedom, i, Some(n))?;
        let slopes = slopes(&mut deviance, &working, i, average[i * (n + 1)])?;
        (0..n).for_each(|j| hessian[i * size + j] = slopes.gradient[j]);
        log_sigma2[i] = slopes.log_sigma2;
        fixed[i] = whitened(p, &r, slopes.fixed);
        fixed_effects[i] = slopes.fixed_effects;
    }
    for i in 0..n {
        for j in 0..=i {
            let both = effective[i] && effective[j];
            let mean = if both { 0.5 * (hessian[i * size + j] + hessian[j * size + i]) } else { 0.0 };
            let own = mean + 0.25 * of_sigma * log_sigma2[i] * log_sigma2[j];
            (hessian[i * size + j], hessian[j * size + i]) = (own, own);
        }
        let mixed = -0.5 * of_sigma * log_sigma2[i];
        (hessian[i * size + n], hessian[n * size + i]) = (mixed, mixed);
    }
    Ok((map, ObservedInformation { hessian, fixed, fixed_effects, effective }))
}

/// Which parameters change the covariance of the rows to the first order, other than in effects that the criterion does not depend on.
fn effective(system: &LinearSystem, working: &[f64], reml: bool) -> Vec<bool> {
    let confounded = system.confounded(reml);
    let mut factors: Vec<Vec<f64>> = system.structures.iter().map(|s| vec![0.0; s.size * s.size]).collect();
    for ((structure, range), t) in with_ranges(&system.structures).zip(&mut factors) {
        structure.factor(&working[range], t);
    }
    let mut all = vec![];
    for mut derivative in factor_derivatives(&system.structures, working) {
        clear_rows(&confounded[derivative.term], &mut derivative.d);
        all.push(derivative.moves(&factors[derivative.term]));
    }
    all.extend(system.correlation.as_ref().map(|products| !products.scale.is_boundary(working[working.len() - 1])));
    all
}

/// Derivatives by one parameter.
struct Slopes {
    gradient: Vec<f64>,
    log_sigma2: f64,
    /// Of S `[p, p]`.
    fixed: Vec<f64>,
    fixed_effects: Vec<f64>,
}

/// Central differences of four points; `curvature` is about that of the criterion.
fn slopes(deviance: &mut Deviance<'_>, working: &[f64], i: usize, curvature: f64) -> Result<Slopes> {
    let (n, m) = (working.len(), deviance.system.m());
    let p = m - 1;
    let mut x = working.to_vec();
    let mut gradient = vec![0.0; n];
    // Where there is no curvature the first is no number, or infinite, and the second is taken.
    let h = (SHARE * (2.0 / curvature).sqrt()).min(WIDEST * working[i].abs().max(0.1));
    let mut all = Slopes { gradient: vec![0.0; n], log_sigma2: 0.0, fixed: vec![0.0; p * p], fixed_effects: vec![0.0; p] };
    for (steps, weight) in [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)] {
        x[i] = working[i] + steps * h;
        let factor = weight / (12.0 * h);
        deviance.evaluate_gradient(&x, &mut gradient)?;
        all.gradient.iter_mut().zip(&gradient).for_each(|(sum, g)| *sum += factor * g);
        all.log_sigma2 += factor * deviance.state.sigma2.ln();
        all.fixed_effects.iter_mut().zip(deviance.fixed_effects()).for_each(|(sum, b)| *sum += factor * b);
        let l = &deviance.state.gram;
        for b in 0..p {
            for a in 0..p {
                all.fixed[b * p + a] += factor * (0..=a.min(b)).map(|c| l[c * m + a] * l[c * m + b]).sum::<f64>();
            }
        }
    }
    Ok(all)
}

/// -R^-1 S R^-T, with R the leading block of a factor with one more row.
fn whitened(p: usize, r: &[f64], mut s: Vec<f64>) -> Vec<f64> {
    for _ in 0..2 {
        s.chunks_exact_mut(p.max(1)).for_each(|column| dense::solve_lower(p + 1, r, column));
        s = (0..p * p).map(|e| s[e % p * p + e / p]).collect();
    }
    s.iter().map(|v| -v).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lmm::tests::{examples, random_working};
    use crate::lmm::variance::Variances;

    #[test]
    fn differences_equal_exact_derivatives() {
        for (i, example) in examples().iter().enumerate() {
            let system = example.system();
            for reml in [true, false] {
                let working = random_working(&system, 50);
                let mut own = Variances::new(&system, &working, reml, &crate::watch::Watch::unwatched()).unwrap();
                let want = own.observed_information().unwrap();
                let (map, got) = information_by_differences(&system, &working, reml, &crate::watch::Watch::unwatched()).unwrap();
                assert_eq!(map, own.map);
                let size = working.len() + 1;
                for e in 0..size * size {
                    let scale = (want.hessian[e % size * (size + 1)] * want.hessian[e / size * (size + 1)]).abs().sqrt();
                    let (got, want) = (got.hessian[e], want.hessian[e]);
                    assert!((got - want).abs() < 1e-6 * scale.max(want.abs()), "example {i}, reml {reml}, {e}: {got} for {want}");
                }
                assert_eq!(got.effective, want.effective);
                let (got_all, want_all) =
                    (got.fixed.iter().chain(&got.fixed_effects), want.fixed.iter().chain(&want.fixed_effects));
                for (got, want) in got_all.zip(want_all) {
                    let largest = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
                    assert!(
                        got.iter().zip(want).all(|(g, w)| (g - w).abs() <= 1e-8 * largest),
                        "example {i}: {got:?} for {want:?}"
                    );
                }
            }
        }
    }
}
