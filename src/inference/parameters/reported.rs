//! From parameters as they are estimated to those that are reported, by exact derivatives.
//!
//! With rows t_i of T, of length s_i, and u_i = t_i / s_i, the standard deviation of an effect is s_i (times sigma in a linear model), and the
//! correlation of two is r = u_i'u_j:
//!
//! ```text
//! ds_i/dt_i = u_i,   dr/dt_i = (u_j - r u_i) / s_i
//! ```
//!
//! Those of effects L'b are the same of the rows of L'T.

use libm::hypot;

use crate::covariance::{Structure, elements, with_ranges};
use crate::fit::{Fit, Nature, ParameterForm};
use crate::formula::StructureKind;
use crate::linalg::delta::{self, Slopes};

/// An element of u_j - r u_i that is rounding: of effects as they are, and of combinations of them.
const ROUNDING: f64 = 1e-14;
const ROUNDING_OF_SUMS: f64 = 1e-10;

/// The covariance of all parameters as they are reported, from that of working ones. For each term L, lower triangular, if standard deviations
/// and correlations are to be those of L'b; of unstructured terms alone.
pub fn covariance(fit: &Fit, working: &[f64], bases: &[Option<Vec<f64>>]) -> Vec<f64> {
    delta::covariance(&slopes(fit, bases), working)
}

/// That of variances and covariances, from that of reported parameters.
pub fn of_variances(fit: &Fit, reported: &[f64]) -> Vec<f64> {
    let values = fit.parameter_values(ParameterForm::Reported);
    let rows: Vec<Slopes> = fit.natures().into_iter().enumerate().map(|(at, own)| own.variance(at, &values).1).collect();
    delta::covariance(&rows, reported)
}

/// Standard errors of variances and covariances, from the covariance of reported parameters. Their own covariance would be in fourth powers of
/// the response's unit, which are no numbers sooner.
pub fn errors_of_variances(fit: &Fit, reported: &[f64]) -> Vec<f64> {
    let values = fit.parameter_values(ParameterForm::Reported);
    let n = values.len();
    let sd: Vec<f64> = (0..n).map(|i| reported[i * (n + 1)].sqrt()).collect();
    let error = |(at, own): (usize, Nature)| {
        let parts: Vec<(usize, f64)> = own.variance(at, &values).1.into_iter().map(|(i, slope)| (i, slope * sd[i])).collect();
        let largest = parts.iter().fold(0.0_f64, |most, (_, part)| most.max(part.abs()));
        if largest == 0.0 || parts.iter().any(|(_, part)| part.is_nan()) {
            return f64::NAN;
        }
        let correlation = |i: usize, j: usize| if i == j { 1.0 } else { reported[j * n + i] / sd[i] / sd[j] };
        let pair =
            |(i, a): &(usize, f64)| parts.iter().map(|(j, b)| a / largest * correlation(*i, *j) * (b / largest)).sum::<f64>();
        largest * parts.iter().filter(|(_, a)| *a != 0.0).map(pair).sum::<f64>().sqrt()
    };
    fit.natures().into_iter().enumerate().map(error).collect()
}

/// That of numbers without bounds, from that of reported parameters.
pub fn unbounded(fit: &Fit, reported: &[f64]) -> Vec<f64> {
    let values = fit.parameter_values(ParameterForm::Reported);
    let natures = fit.natures().into_iter().zip(values).enumerate();
    let rows: Vec<Slopes> = natures.map(|(at, (own, value))| vec![(at, own.unbounded(value).1)]).collect();
    delta::covariance(&rows, reported)
}

/// The derivatives of reported parameters in working ones.
fn slopes(fit: &Fit, bases: &[Option<Vec<f64>>]) -> Vec<Slopes> {
    let fixed = fit.fixed.names.len() + fit.named_predictors().map(|(_, p)| p.fixed.names.len()).sum::<usize>();
    let mut own: Vec<f64> = vec![1.0; fixed];
    match fit.generalised() {
        None if !fit.is_linear() => {}
        None => {
            own.push(fit.sigma);
            own.extend(fit.correlation().map(|c| (c.estimate - c.lower) * (1.0 - c.estimate) / (1.0 - c.lower)));
        }
        Some(own_kind) => {
            let is_ordinal = fit.ordinal().is_some();
            let slope = |j: usize| if is_ordinal { 1.0 } else { own_kind.family.parameters()[j].scale.derivative(own_kind.psi[j]) };
            own.extend(own_kind.estimated(is_ordinal).map(slope));
        }
    }
    let mut rows: Vec<Slopes> = own.into_iter().enumerate().map(|(i, slope)| vec![(i, slope)]).collect();
    rows.iter_mut().for_each(|row| row.retain(|(_, slope)| *slope != 0.0));
    let first = rows.len();
    let structures: Vec<Structure> = fit.named_terms().map(|(_, term)| term.design.structure).collect();
    let sigma = fit.is_linear().then_some(fixed);
    for (k, (structure, range)) in with_ranges(&structures).enumerate() {
        let theta = &fit.theta[range.clone()];
        let own = if structure.kind == StructureKind::Unstructured {
            of_factor(structure.size, theta, bases.get(k).and_then(Option::as_deref))
        } else {
            of_theta(structure, theta)
        };
        for Derivative { value, slopes } in own {
            // Standard deviations are numbers of sigma, which is there by its logarithm.
            let unit = if value.is_some() { fit.theta_unit() } else { 1.0 };
            let by_theta = slopes.into_iter().map(|(e, slope)| (first + range.start + e, unit * slope));
            let row: Slopes = by_theta.collect();
            let by_sigma = sigma.zip(value).filter(|_| !row.is_empty()).map(|(at, value)| (at, unit * value));
            rows.push(row.into_iter().chain(by_sigma).collect());
        }
    }
    rows
}

/// One parameter in elements of theta.
struct Derivative {
    /// Of a standard deviation; none of a correlation.
    value: Option<f64>,
    slopes: Slopes,
}

/// Structures whose theta is standard deviations and a correlation.
fn of_theta(structure: &Structure, theta: &[f64]) -> Vec<Derivative> {
    let one = |(k, theta): (usize, &f64)| Derivative { value: structure.has_unit(k).then_some(*theta), slopes: vec![(k, 1.0)] };
    theta.iter().enumerate().map(one).collect()
}

/// Of theta that is the lower triangle of T by columns, for L'T if there is an L.
fn of_factor(r: usize, theta: &[f64], basis: Option<&[f64]>) -> Vec<Derivative> {
    let place = |i: usize, k: usize| k * r - k * (k + 1) / 2 + i;
    // L'_ia; and the rows of T that a row of L'T has a part of.
    let weight = |i: usize, a: usize| basis.map_or(f64::from(u8::from(i == a)), |basis| basis[i * r + a]);
    let parts = |i: usize| i..if basis.is_some() { r } else { i + 1 };
    let row = |i: usize| -> Vec<f64> {
        (0..r).map(|k| parts(i).filter(|a| *a >= k).map(|a| weight(i, a) * theta[place(a, k)]).sum()).collect()
    };
    let rows: Vec<Vec<f64>> = (0..r).map(row).collect();
    let lengths: Vec<f64> = rows.iter().map(|row| row.iter().copied().fold(0.0, hypot)).collect();
    let rounding = if basis.is_some() { ROUNDING_OF_SUMS } else { ROUNDING };
    // By the elements of theta, from those of row i of L'T.
    let by_theta = |i: usize, of_row: Vec<f64>| -> Slopes {
        let all = parts(i).flat_map(|a| (0..=a).map(move |k| (a, k)));
        all.map(|(a, k)| (place(a, k), weight(i, a) * of_row[k])).filter(|(_, slope)| *slope != 0.0).collect()
    };
    let one = |(i, j): (usize, usize)| {
        if lengths[i] == 0.0 || lengths[j] == 0.0 {
            return Derivative { value: (i == j).then_some(0.0), slopes: vec![] };
        }
        let unit = |i: usize, k: usize| rows[i][k] / lengths[i];
        if i == j {
            return Derivative { value: Some(lengths[i]), slopes: by_theta(i, (0..r).map(|k| unit(i, k)).collect()) };
        }
        let correlation: f64 = (0..r).map(|k| unit(i, k) * unit(j, k)).sum();
        let part = |a: usize, b: usize| {
            let own = (0..r).map(|k| unit(b, k) - correlation * unit(a, k));
            by_theta(a, own.map(|v| if v.abs() > rounding { v / lengths[a] } else { 0.0 }).collect())
        };
        Derivative { value: None, slopes: part(i, j).into_iter().chain(part(j, i)).collect() }
    };
    elements(r).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standard deviations and correlations of T, by its covariance.
    fn values(r: usize, theta: &[f64]) -> Vec<f64> {
        let structure = Structure::new(StructureKind::Unstructured, None, r);
        let cov = structure.relative_covariance(theta);
        let sd = |i: usize| cov[i * (r + 1)].sqrt();
        elements(r).map(|(i, j)| if i == j { sd(i) } else { cov[j * r + i] / (sd(i) * sd(j)) }).collect()
    }

    #[test]
    fn derivatives_are_differences() {
        let theta = [1.3, -0.4, 0.7, 0.9, 0.2, 0.5];
        let rows = of_factor(3, &theta, None);
        let h = 1e-6;
        for e in 0..theta.len() {
            let at = |by: f64| {
                let mut theta = theta;
                theta[e] += by;
                values(3, &theta)
            };
            for (row, (up, down)) in rows.iter().zip(at(h).into_iter().zip(at(-h))) {
                let got: f64 = row.slopes.iter().filter(|(place, _)| *place == e).map(|(_, slope)| slope).sum();
                assert!((got - (up - down) / (2.0 * h)).abs() < 1e-9, "element {e}: {got}");
            }
        }
    }

    /// Of L'b the same, by the covariance L'T T'L.
    #[test]
    fn derivatives_of_combinations_are_differences() {
        let (r, theta) = (3, [1.3, -0.4, 0.7, 0.9, 0.2, 0.5]);
        let basis = [1.0, 3.0, -2.0, 0.0, 0.5, 0.8, 0.0, 0.0, 2.0];
        let of = |theta: &[f64]| {
            let cov = Structure::new(StructureKind::Unstructured, None, r).relative_covariance(theta);
            let entry = |i: usize, j: usize| (0..9).map(|e| basis[i * r + e % r] * cov[e] * basis[j * r + e / r]).sum::<f64>();
            let sd = |i: usize| entry(i, i).sqrt();
            elements(r).map(|(i, j)| if i == j { sd(i) } else { entry(i, j) / (sd(i) * sd(j)) }).collect::<Vec<_>>()
        };
        let (rows, h) = (of_factor(r, &theta, Some(&basis)), 1e-6);
        for e in 0..theta.len() {
            let at = |by: f64| {
                let mut theta = theta;
                theta[e] += by;
                of(&theta)
            };
            for (row, (up, down)) in rows.iter().zip(at(h).into_iter().zip(at(-h))) {
                let got: f64 = row.slopes.iter().filter(|(place, _)| *place == e).map(|(_, slope)| slope).sum();
                assert!((got - (up - down) / (2.0 * h)).abs() < 1e-8, "element {e}: {got}");
            }
        }
    }

    #[test]
    fn what_is_at_a_boundary_moves_with_nothing() {
        // One direction: the correlation is -1, and T_22 moves neither standard deviation.
        let rows = of_factor(2, &[0.3, -0.7, 0.0], None);
        assert_eq!(rows[0].slopes, [(0, 1.0)]);
        assert_eq!(rows[1].slopes, []);
        assert_eq!(rows[2].slopes, [(1, -1.0)]);
        // No variance of the first effect.
        let rows = of_factor(2, &[0.0, 0.0, 0.4], None);
        assert!(rows[0].slopes.is_empty() && rows[1].slopes.is_empty());
        assert_eq!(rows[2].slopes, [(2, 1.0)]);
    }
}
