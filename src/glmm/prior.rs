//! Priors of a generalised model, as a penalty of its deviance.

use crate::covariance::Structure;
use crate::family::Scale;
use crate::linalg::dense::{add_scaled, dot_in_order};
use crate::prior::Density;
use crate::search::penalty::CovariancePenalty;

/// The priors of a generalised model.
#[derive(Clone, Debug, Default)]
pub struct GeneralisedPrior {
    pub covariances: CovariancePenalty,
    pub coefficients: Vec<CoefficientPrior>,
    /// All of the mean's coefficients have Jeffreys' prior (`jeffreys`).
    pub jeffreys: bool,
    /// Shared parameters: their number, their scale, the density of what is reported.
    pub shared: Vec<(usize, Scale, Density)>,
}

/// The prior of a coefficient.
#[derive(Clone, Debug)]
pub struct CoefficientPrior {
    /// The predictor that it is of.
    pub predictor: usize,
    /// What the coefficient is of the working ones of its predictor.
    pub row: Vec<f64>,
    pub density: Density,
}

/// Where the working parameters are.
pub struct Places<'a> {
    pub structures: &'a [Structure],
    /// Of each predictor; empty where its fixed effects are no parameters.
    pub fixed: Vec<std::ops::Range<usize>>,
    pub shared: usize,
    /// M of each term.
    pub map: &'a dyn Fn(usize) -> Vec<f64>,
}

impl GeneralisedPrior {
    pub fn value(&self, x: &[f64], places: &Places<'_>) -> f64 {
        let mut gradient = vec![0.0; x.len()];
        self.gradient(x, places, &mut gradient)
    }

    /// The penalty; adds its gradient.
    pub fn gradient(&self, x: &[f64], places: &Places<'_>, gradient: &mut [f64]) -> f64 {
        let mut value = 0.0;
        if !self.covariances.is_empty() {
            let (own, slope) = self.covariances.at_working(places.structures, x, places.map, 1.0);
            value += own;
            gradient.iter_mut().zip(&slope).for_each(|(g, v)| *g += v);
        }
        for prior in &self.coefficients {
            let range = places.fixed[prior.predictor].clone();
            let [own, first, _] = prior.density.of_number(dot_in_order(&prior.row, &x[range.clone()]));
            value += own;
            add_scaled(&mut gradient[range], first, &prior.row);
        }
        for &(f, scale, density) in &self.shared {
            let psi = x[places.shared + f];
            let [own, first, _] = density.of_number(scale.reported(psi));
            value += own;
            gradient[places.shared + f] += first * scale.derivative(psi);
        }
        value
    }

    /// Adds what is positive of the second derivatives to a Hessian `[n, n]`.
    pub fn add_hessian(&self, x: &[f64], places: &Places<'_>, hessian: &mut [f64]) {
        let n = x.len();
        self.covariances.add_hessian(places.structures, x, places.map, 1.0, (&mut *hessian, n));
        for prior in &self.coefficients {
            let range = places.fixed[prior.predictor].clone();
            let [.., second] = prior.density.of_number(dot_in_order(&prior.row, &x[range.clone()]));
            for (j, left) in prior.row.iter().enumerate() {
                let own = &mut hessian[(range.start + j) * n..][range.clone()];
                add_scaled(own, second.max(0.0) * left, &prior.row);
            }
        }
        for &(f, scale, density) in &self.shared {
            let (psi, slope) = (x[places.shared + f], scale.derivative(x[places.shared + f]));
            let [_, first, second] = density.of_number(scale.reported(psi));
            // Of a logarithm the second derivative is the first.
            hessian[(places.shared + f) * (n + 1)] += (second * slope * slope + first * slope).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glmm::approximation::Approximation;
    use crate::glmm::tests::{check_gradient, design, model};
    use crate::search::penalty::CovariancePrior;

    #[test]
    fn the_penalised_gradient_equals_finite_differences() {
        let density = |text: &str| Density::parse(text).unwrap();
        let data = design(5, 80, |e, noise| (e.exp() * (1.0 + noise.next())).round().max(0.0));
        let mut model = model(&data, "nbinom2", "log", None, false, &[0, 0]);
        let row = |j: usize| model.fixed[0].user_row(j);
        let coefficient = |j: usize, text: &str| CoefficientPrior { predictor: 0, row: row(j), density: density(text) };
        model.prior = Some(Box::new(GeneralisedPrior {
            covariances: CovariancePenalty {
                terms: vec![
                    (0, vec![CovariancePrior::Matrix(density("lkj(2)")), CovariancePrior::Deviation(1, density("gamma(2.5, 1)"))]),
                    (1, vec![CovariancePrior::Variance(0, density("inverse_gamma(1, 0.5)"))]),
                ],
            },
            coefficients: vec![coefficient(0, "normal(0, 0.5)"), coefficient(1, "t(3, 0.2, 0.4)")],
            jeffreys: false,
            shared: vec![(0, Scale::Log, density("half_normal(2)"))],
        }));
        let x = [0.7, 0.2, 0.4, 0.5, 0.3, 0.3, 0.3];
        let laplace = Approximation::default();
        check_gradient("priors", &model, laplace, &x);
        check_gradient("priors", &model, Approximation { expected: true, ..laplace }, &x);
        // Coefficients of the mean are inside.
        if let Some(prior) = &mut model.prior {
            prior.coefficients.clear();
        }
        for inside in [crate::glmm::approximation::Inside::Mode, crate::glmm::approximation::Inside::Integrated] {
            check_gradient("priors", &model, Approximation { inside, ..laplace }, &[0.7, 0.2, 0.4, 0.5, 0.3]);
        }
    }
}
