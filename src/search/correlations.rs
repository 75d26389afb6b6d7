//! Starts with other correlations for terms that have a parameter of correlation: a criterion may have a minimum towards each end of its
//! range, and others where standard deviations differ by much.

use super::boundary::LIFT;
use crate::covariance::{Structure, with_ranges};
use crate::formula::StructureKind;

/// How far towards the ends of its range a correlation begins.
const TOWARDS: f64 = 0.9;

/// Standard deviations, in units of the residual's or the predictor's, that are larger have taken up what others should have: a start
/// has some of one unit.
const MOST: f64 = 10.0;

/// Working parameters with the correlation of one term towards either end, its standard deviations as they are, or alike.
pub fn other_correlations(structures: &[Structure], working: &[f64]) -> Vec<Vec<f64>> {
    let mut starts = vec![];
    for (structure, range) in with_ranges(structures) {
        if structure.size < 2 || !matches!(structure.kind, StructureKind::CompoundSymmetry | StructureKind::Ar1) {
            continue;
        }
        let mut own = deviations(*structure, &working[range.clone()]);
        let mut alike = (own.iter().map(|sd| sd * sd).sum::<f64>() / own.len() as f64).sqrt();
        if alike > MOST {
            own.iter_mut().for_each(|sd| *sd = (*sd / alike).max(LIFT));
            alike = 1.0;
        }
        let kinds = [own, vec![alike; structure.size]];
        let lowest = structure.lower_bounds().last().copied().unwrap_or(-1.0);
        for sds in kinds.iter().take(if structure.homogeneous { 1 } else { 2 }) {
            for rho in [TOWARDS * lowest, TOWARDS] {
                let mut start = working.to_vec();
                structure.from_covariance(&covariance(*structure, sds, rho), &mut start[range.clone()]);
                starts.push(start);
            }
        }
    }
    starts
}

/// Standard deviations of a term's effects, none of them next to nothing.
fn deviations(structure: Structure, working: &[f64]) -> Vec<f64> {
    let r = structure.size;
    structure.relative_covariance(working).iter().step_by(r + 1).map(|variance| variance.sqrt().max(LIFT)).collect()
}

fn covariance(structure: Structure, sds: &[f64], rho: f64) -> Vec<f64> {
    let r = sds.len();
    let correlation = |a: usize, b: usize| match structure.kind {
        _ if a == b => 1.0,
        StructureKind::Ar1 => rho.powi(a.abs_diff(b) as i32),
        _ => rho,
    };
    (0..r * r).map(|e| sds[e % r] * sds[e / r] * correlation(e % r, e / r)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn working(structure: Structure, theta: &[f64]) -> Vec<f64> {
        let mut working = vec![0.0; theta.len()];
        structure.working_from_theta(theta, &mut working).unwrap();
        working
    }

    #[test]
    fn correlations_go_towards_both_ends_and_deviations_stay() {
        let cs = Structure::new(StructureKind::CompoundSymmetry, Some(false), 3);
        let own = working(cs, &[1.0, 2.0, 0.0, 0.3]);
        let starts = other_correlations(&[Structure::new(StructureKind::Unstructured, None, 1), cs], &[&[0.7][..], &own].concat());
        assert_eq!(starts.len(), 4);
        let theta = |start: &[f64]| {
            let mut theta = vec![0.0; 4];
            cs.theta_from_working(&start[1..], &mut theta);
            theta
        };
        let close = |a: &[f64], b: &[f64]| assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9), "{a:?} {b:?}");
        close(&theta(&starts[0]), &[1.0, 2.0, LIFT, -0.45]);
        close(&theta(&starts[1]), &[1.0, 2.0, LIFT, 0.9]);
        let alike = ((5.0 + LIFT * LIFT) / 3.0).sqrt();
        close(&theta(&starts[3]), &[alike, alike, alike, 0.9]);
        assert!(starts.iter().all(|start| start[0] == 0.7));
        let ar1 = Structure::new(StructureKind::Ar1, None, 4);
        assert_eq!(other_correlations(&[ar1], &working(ar1, &[1.0, 0.2])).len(), 2);
    }
}
