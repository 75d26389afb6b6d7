//! Priors of the random effects' covariances, as a penalty of the criterion.
//!
//! With M the map from working effects to the user's and s the unit of T, the user's covariance is S = s^2 M T T'M'. A penalty p(S) with
//! G = dp/dS has dp/dT = 2 s^2 M'G M T and dp/dlog s = 2 <G, S>.

use crate::covariance::{Structure, chain_rule, with_ranges};
use crate::linalg::dense::{product, symmetric_eigen};
use crate::prior::Density;

/// What has a density, of one term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CovariancePrior {
    /// The standard deviation of an effect.
    Deviation(usize, Density),
    Variance(usize, Density),
    /// All correlations, or the covariance.
    Matrix(Density),
}

/// The priors of all terms of a model, by term.
#[derive(Clone, Debug, Default)]
pub struct CovariancePenalty {
    pub terms: Vec<(usize, Vec<CovariancePrior>)>,
}

/// A penalty with its derivatives.
#[derive(Clone, Debug)]
pub struct Pull {
    pub value: f64,
    /// Half the derivatives in T, by term; empty for terms without priors.
    pub forces: Vec<Vec<f64>>,
    /// The derivative in the logarithm of the unit.
    pub along: f64,
}

/// Steps of differences, relative to a parameter, and the least parameter that counts as one.
const STEP: (f64, f64) = (1e-5, 1e-3);

impl CovariancePenalty {
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// At factors T in a unit; `map` has M of each term.
    pub fn at(&self, t: &[Vec<f64>], map: &dyn Fn(usize) -> Vec<f64>, unit: f64) -> Pull {
        let mut pull = Pull { value: 0.0, forces: vec![vec![]; t.len()], along: 0.0 };
        for (term, priors) in &self.terms {
            let (m, t) = (map(*term), &t[*term]);
            let r = t.len().isqrt();
            let root: Vec<f64> = product(r, &m, t).into_iter().map(|v| unit * v).collect();
            let covariance: Vec<f64> =
                (0..r * r).map(|e| (0..r).map(|c| root[c * r + e % r] * root[c * r + e / r]).sum()).collect();
            let mut slope = vec![0.0; r * r];
            for prior in priors {
                pull.value += add(*prior, r, &covariance, &mut slope);
            }
            pull.along += 2.0 * slope.iter().zip(&covariance).map(|(g, s)| g * s).sum::<f64>();
            let of_root = product(r, &slope, &root);
            let transposed: Vec<f64> = (0..r * r).map(|e| unit * m[e % r * r + e / r]).collect();
            pull.forces[*term] = product(r, &transposed, &of_root);
        }
        pull
    }

    /// At working parameters, with the gradient in these.
    pub fn at_working(
        &self,
        structures: &[Structure],
        working: &[f64],
        map: &dyn Fn(usize) -> Vec<f64>,
        unit: f64,
    ) -> (f64, Vec<f64>) {
        let factor = |(structure, range): (&Structure, std::ops::Range<usize>)| {
            let mut t = vec![0.0; structure.size * structure.size];
            structure.factor(&working[range], &mut t);
            t
        };
        let t: Vec<Vec<f64>> = with_ranges(structures).map(factor).collect();
        let pull = self.at(&t, map, unit);
        let n = structures.iter().map(Structure::n_theta).sum();
        let mut gradient = vec![0.0; n];
        chain_rule(structures, working, &pull.forces, &mut gradient);
        (pull.value, gradient)
    }

    /// The positive part of the second derivatives in the working parameters, by differences, added to the leading block of a Hessian with
    /// columns `stride` apart.
    pub fn add_hessian(
        &self,
        structures: &[Structure],
        working: &[f64],
        map: &dyn Fn(usize) -> Vec<f64>,
        unit: f64,
        (hessian, stride): (&mut [f64], usize),
    ) {
        for (k, (_, range)) in with_ranges(structures).enumerate() {
            if !self.terms.iter().any(|(term, _)| *term == k) {
                continue;
            }
            let n = range.len();
            let mut second = vec![0.0; n * n];
            for j in 0..n {
                let step = STEP.0 * working[range.start + j].abs().max(STEP.1);
                let gradient = |by: f64| {
                    let mut at = working.to_vec();
                    at[range.start + j] += by;
                    self.at_working(structures, &at, map, unit).1
                };
                let (up, down) = (gradient(step), gradient(-step));
                for i in 0..n {
                    let own = (up[range.start + i] - down[range.start + i]) / (2.0 * step);
                    second[j * n + i] += 0.5 * own;
                    second[i * n + j] += 0.5 * own;
                }
            }
            if second.iter().any(|v| !v.is_finite()) {
                continue;
            }
            let Some((values, vectors)) = symmetric_eigen(n, &second) else { continue };
            for (value, v) in values.iter().zip(vectors.chunks_exact(n)).filter(|(value, _)| **value > 0.0) {
                for (i, j) in (0..n * n).map(|e| (e % n, e / n)) {
                    hessian[(range.start + j) * stride + range.start + i] += value * v[i] * v[j];
                }
            }
        }
    }
}

/// Adds the derivative of one penalty in the covariance; gives its value.
fn add(prior: CovariancePrior, r: usize, covariance: &[f64], slope: &mut [f64]) -> f64 {
    match prior {
        CovariancePrior::Deviation(i, density) => {
            let sd = covariance[i * (r + 1)].sqrt();
            let [value, first, second] = density.of_number(sd);
            // Densities that are level at zero, the others being infinite there.
            let own = if sd > 0.0 { first / (2.0 * sd) } else { 0.5 * second };
            slope[i * (r + 1)] += if own.is_finite() { own } else { 0.0 };
            value
        }
        CovariancePrior::Variance(i, density) => {
            let [value, first, _] = density.of_number(covariance[i * (r + 1)]);
            slope[i * (r + 1)] += if first.is_finite() { first } else { 0.0 };
            value
        }
        CovariancePrior::Matrix(density) => match density.of_matrix(r, covariance) {
            Some((value, own)) => {
                slope.iter_mut().zip(&own).for_each(|(s, v)| *s += v);
                value
            }
            // A singular covariance has no density, or that of a power of zero.
            None => f64::INFINITY,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::StructureKind;

    #[test]
    fn slopes_are_differences() {
        let structures =
            [Structure::new(StructureKind::Unstructured, None, 2), Structure::new(StructureKind::CompoundSymmetry, Some(true), 3)];
        let density = |text: &str| Density::parse(text).unwrap();
        let penalty = CovariancePenalty {
            terms: vec![
                (
                    0,
                    vec![
                        CovariancePrior::Deviation(1, density("gamma(2.5, 0.3)")),
                        CovariancePrior::Variance(0, density("inverse_gamma(1, 2)")),
                        CovariancePrior::Matrix(density("lkj(2)")),
                    ],
                ),
                (
                    1,
                    vec![CovariancePrior::Matrix(density("wishart(5, 2)")), CovariancePrior::Deviation(0, density("half_t(3, 1)"))],
                ),
            ],
        };
        let map = |k: usize| if k == 0 { vec![0.5, 0.0, -0.7, 2.0] } else { vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0] };
        let x = [0.8, -0.3, 0.6, 0.9, 0.4];
        let (value, gradient) = penalty.at_working(&structures, &x, &map, 1.7);
        assert!(value.is_finite());
        for i in 0..x.len() {
            let moved = |h: f64| {
                let mut at = x;
                at[i] += h;
                penalty.at_working(&structures, &at, &map, 1.7).0
            };
            let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((gradient[i] - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{i}: {} {difference}", gradient[i]);
        }
        let factors = |unit: f64| {
            let mut t = vec![vec![0.0; 4], vec![0.0; 9]];
            structures[0].factor(&x[..3], &mut t[0]);
            structures[1].factor(&x[3..], &mut t[1]);
            penalty.at(&t, &map, unit)
        };
        let along = (factors(1.7 * 1e-5f64.exp()).value - factors(1.7 * (-1e-5f64).exp()).value) / 2e-5;
        assert!((factors(1.7).along - along).abs() < 1e-6 * (1.0 + along.abs()));
    }

    #[test]
    fn a_covariance_without_a_density_is_infinitely_bad() {
        let one = [Structure::new(StructureKind::Unstructured, None, 1)];
        let of = |prior| CovariancePenalty { terms: vec![(0, vec![prior])] };
        let at_zero = |prior| of(prior).at_working(&one, &[0.0], &|_| vec![1.0], 1.0);
        for text in ["gamma(2, 0)", "inverse_gamma(1, 1)"] {
            let (value, gradient) = at_zero(CovariancePrior::Deviation(0, Density::parse(text).unwrap()));
            assert_eq!((value, gradient[0]), (f64::INFINITY, 0.0));
        }
        assert_eq!(at_zero(CovariancePrior::Matrix(Density::parse("wishart(3)").unwrap())).0, f64::INFINITY);
        let (value, gradient) = at_zero(CovariancePrior::Deviation(0, Density::parse("half_normal(1)").unwrap()));
        assert!(value.is_finite() && gradient[0] == 0.0);
    }
}
