//! Fixed effects at the maximum of the integrated likelihood.

use super::*;
use crate::coxme::integrated::Integrated;
use crate::coxme::spread::Spread;
use crate::linalg::dense::dot;
use crate::optimize::Objective;
use crate::options::FixedEffectsBy;

#[test]
fn the_gradient_in_all_parameters_is_that_of_the_criterion() {
    for (traits, ties) in cases() {
        let design = simulated(80, traits, 11);
        let (model, watch) = (model(&design, ties), Watch::unwatched());
        let mut laplace = Laplace::new(&model, &watch).unwrap();
        for theta in POINTS {
            let beta = (0..model.p()).map(|j| 0.4 - 0.3 * j as f64);
            let at: Vec<f64> = model.working_from_theta(&theta).unwrap().into_iter().chain(beta).collect();
            let mut criterion = Integrated { laplace: &mut laplace };
            let mut gradient = vec![0.0; at.len()];
            criterion.gradient(&at, &mut gradient).unwrap();
            for k in 0..at.len() {
                let mut value = |h: f64| {
                    let mut moved = at.clone();
                    moved[k] += h;
                    criterion.value(&moved).unwrap()
                };
                let slope = (8.0 * (value(1e-3) - value(-1e-3)) - (value(2e-3) - value(-2e-3))) / 12e-3;
                assert!(close(slope, gradient[k], 1e-7), "{theta:?} {k}: {slope} {}", gradient[k]);
            }
        }
    }
}

#[test]
fn the_estimate_has_no_slope_and_a_covariance_that_random_effects_share() {
    let (design, watch) = (simulated(120, ALL, 5), Watch::unwatched());
    let model = model(&design, Ties::Efron);
    let p = model.p();
    let mut laplace = Laplace::new(&model, &watch).unwrap();
    let options = Options { fixed_effects: FixedEffectsBy::Integrated, ..Options::default() };
    let found = estimate(&mut laplace, &options).unwrap();
    assert!(found.converged);
    let joint = estimate(&mut Laplace::new(&model, &watch).unwrap(), &Options::default()).unwrap();
    assert!(found.value < joint.value - 1e-6, "{} {}", found.value, joint.value);
    let solution = solve(&mut laplace, &found.working).unwrap();
    let scaled: Vec<f64> = solution.beta.iter().zip(&model.x_scales).map(|(b, scale)| b * scale).collect();
    let at = [&found.working[..], &scaled].concat();
    let mut gradient = vec![0.0; at.len()];
    Integrated { laplace: &mut laplace }.gradient(&at, &mut gradient).unwrap();
    assert!(gradient.iter().all(|g| g.abs() < 1e-4), "{gradient:?}");
    assert!(solution.df_penalised.is_nan());
    let c: Vec<f64> = (0..p * p).map(|e| solution.vcov[e] * model.x_scales[e % p] * model.x_scales[e / p]).collect();
    check_spread(&laplace, &c);
}

/// V by its blocks: A^-1 + F C F', -F C, C with F = A^-1 B.
fn check_spread(laplace: &Laplace<'_>, c: &[f64]) {
    let (model, joint) = (laplace.model, &laplace.joint);
    let (p, q) = (model.p(), model.q());
    let spread = Spread::new(joint, c).unwrap();
    let unit = |k: usize| (0..q + p).map(|i| f64::from(u8::from(i == k))).collect::<Vec<f64>>();
    let product = |v: &[f64]| {
        let mut out = v.to_vec();
        joint.solve_whole(&mut out).unwrap();
        spread.add(v, &mut out);
        out
    };
    let given = |k: usize| {
        let mut out = unit(k);
        joint.solve_information(&mut out).unwrap();
        out
    };
    let f: Vec<Vec<f64>> = (0..p)
        .map(|j| {
            let mut wx = vec![0.0; model.n];
            joint.partial.information_product(model.column(j), &mut wx).unwrap();
            let mut own = laplace.across(&wx).unwrap();
            joint.solve_information(&mut own).unwrap();
            own
        })
        .collect();
    for j in 0..p {
        let found = product(&unit(q + j));
        for (i, found) in found.iter().enumerate() {
            let moved = |i: usize| -(0..p).map(|k| f[k][i] * c[j * p + k]).sum::<f64>();
            let want = if i < q { moved(i) } else { c[j * p + i - q] };
            assert!(close(*found, want, 1e-9), "{i} {j}: {found} {want}");
        }
    }
    let mut blocks = joint.system.covariances(model, &joint.partial).unwrap().random;
    spread.add_within(model, &mut blocks);
    for i in [0, q / 2, q - 1] {
        let (column, alone) = (product(&unit(i)), given(i));
        for k in 0..q {
            let across: f64 =
                (0..p).map(|a| f[a][i] * dot(&c[a * p..(a + 1) * p], &(0..p).map(|b| f[b][k]).collect::<Vec<_>>())).sum();
            assert!(close(column[k], alone[k] + across, 1e-9), "{i} {k}: {} {}", column[k], alone[k] + across);
        }
    }
    assert!(close(blocks[0][0], product(&unit(0))[0], 1e-9));
}
