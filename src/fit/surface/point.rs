//! Parameters of a form as a model takes them.

use crate::covariance::{Structure, elements, with_ranges};
use crate::error::{Error, Result};
use crate::fit::common::Fit;
use crate::fit::nature::Nature;
use crate::fit::parameters::ParameterForm;
use crate::formula::StructureKind;

/// What is left of a correlation matrix's pivot that is nothing.
const NO_PIVOT: f64 = 1e-12;
/// A pivot that is less is no rounding.
const NEGATIVE: f64 = -1e-9;

/// All parameters.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// The fixed effects of each predictor.
    pub fixed: Vec<Vec<f64>>,
    /// Of a linear model sigma and the residual correlation; the family's parameters on their working scales; of an ordinal model those of
    /// thresholds and the nominal effects.
    pub shared: Vec<f64>,
    /// With standard deviations as they are: of a linear model not relative to sigma.
    pub theta: Vec<f64>,
}

impl Fit {
    /// Parameters of a form as reported ones, but for theta, which is as [`Point`] has it.
    pub(super) fn point(&self, form: ParameterForm, at: &[f64]) -> Result<Point> {
        let natures = self.natures();
        if at.len() != natures.len() {
            return Err(Error::argument(format!("parameters: there are {}, the fit has {}", at.len(), natures.len())));
        }
        let first = natures.len() - self.theta.len();
        let mut fixed = vec![];
        let mut rest = at;
        for own in self.all_fixed() {
            let (head, tail) = rest.split_at(own.len());
            fixed.push(head.to_vec());
            rest = tail;
        }
        let count = at.len() - rest.len();
        let shared: Vec<f64> = (count..first).map(|i| self.shared_value(form, natures[i], at[i])).collect();
        let structures: Vec<Structure> = self.named_terms().map(|(_, term)| term.design.structure).collect();
        if form == ParameterForm::Working {
            let mut theta = at[first..].to_vec();
            let unit = if self.is_linear() { shared[0] } else { 1.0 };
            for (structure, range) in with_ranges(&structures) {
                structure.rescale(&mut theta[range], &vec![unit; structure.size]);
            }
            return Ok(Point { fixed, shared, theta });
        }
        let reported = self.covariances_reported(form, &natures, at);
        let mut theta = vec![];
        for (structure, range) in with_ranges(&structures) {
            theta.extend(theta_of(*structure, &reported[range])?);
        }
        Ok(Point { fixed, shared, theta })
    }

    /// A parameter that all rows share.
    fn shared_value(&self, form: ParameterForm, nature: Nature, value: f64) -> f64 {
        if self.is_linear() {
            return match (form, nature) {
                (ParameterForm::Reported, _) | (ParameterForm::Variance, Nature::Common(_)) => value,
                (ParameterForm::Variance, _) => value.sqrt(),
                (ParameterForm::Working | ParameterForm::Log, own) => own.bounded(value),
            };
        }
        match (form, nature) {
            // Sigma of a normal family, whose working scale is the logarithm of its square.
            (ParameterForm::Reported, Nature::Deviation) => 2.0 * value.ln(),
            (ParameterForm::Log, Nature::Deviation) => 2.0 * value,
            (ParameterForm::Variance, Nature::Deviation) => value.ln(),
            (ParameterForm::Reported | ParameterForm::Variance, Nature::Family(scale, _)) => scale.working(value),
            _ => value,
        }
    }

    /// Standard deviations and correlations, as many as elements of theta.
    fn covariances_reported(&self, form: ParameterForm, natures: &[Nature], at: &[f64]) -> Vec<f64> {
        let first = natures.len() - self.theta.len();
        let one = |i: usize| match (form, natures[i]) {
            (ParameterForm::Log, own) => own.bounded(at[i]),
            (ParameterForm::Variance, Nature::Deviation) => at[i].sqrt(),
            (ParameterForm::Variance, Nature::Correlation(a, b)) => {
                let product = at[a].sqrt() * at[b].sqrt();
                if product == 0.0 { 0.0 } else { at[i] / product }
            }
            _ => at[i],
        };
        (first..natures.len()).map(one).collect()
    }
}

/// The elements of theta that have standard deviations and correlations. A standard deviation of an unstructured term may be negative: its
/// effect has the other sign then.
pub(super) fn theta_of(structure: Structure, reported: &[f64]) -> Result<Vec<f64>> {
    if structure.kind != StructureKind::Unstructured {
        return Ok(reported.to_vec());
    }
    let r = structure.size;
    let place = |i: usize, k: usize| k * r - k * (k + 1) / 2 + i;
    let sd = |i: usize| reported[place(i, i)];
    let mut l = vec![0.0; r * r];
    let row = |l: &[f64], i: usize, j: usize, k: usize| (0..k).map(|c| l[c * r + i] * l[c * r + j]).sum::<f64>();
    for j in 0..r {
        let pivot = 1.0 - row(&l, j, j, j);
        if pivot < NEGATIVE {
            return Err(Error::argument(
                "the correlations of a term's random effects are those of no covariance matrix: it is not positive semidefinite",
            ));
        }
        let root = if pivot < NO_PIVOT { 0.0 } else { pivot.sqrt() };
        l[j * r + j] = root;
        for i in j + 1..r {
            // Without variance there is no correlation.
            let own = reported[place(i, j)];
            let own = if sd(i) == 0.0 || sd(j) == 0.0 || own.is_nan() { 0.0 } else { own };
            let left = own - row(&l, i, j, j);
            if root == 0.0 && left.abs() > NO_PIVOT.sqrt() {
                return Err(Error::argument(
                    "the correlations of a term's random effects are those of no covariance matrix: it is not positive semidefinite",
                ));
            }
            l[j * r + i] = if root == 0.0 { 0.0 } else { left / root };
        }
    }
    Ok(elements(r).map(|(i, j)| sd(i) * l[j * r + i]).collect())
}
