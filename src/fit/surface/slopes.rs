//! Derivatives in the parameters of a form, by differences.

use super::Likelihood;
use crate::error::{Code, Error, Result, try_vec};
use crate::fit::common::Fit;
use crate::fit::nature::Nature;
use crate::fit::parameters::ParameterForm;
use crate::watch::Phase;

const WHAT: &str = "derivatives of the likelihood";

/// Shares of a standard error, of a parameter's size, and of the distance to the end of its range that a step is.
const OF_ERROR: f64 = 3e-3;
const OF_SIZE: f64 = 3e-3;

/// Steps with their weights: of a difference about the point, and of one to one side of it.
const CENTRAL: [(f64, f64); 4] = [(-2.0, 1.0 / 12.0), (-1.0, -8.0 / 12.0), (1.0, 8.0 / 12.0), (2.0, -1.0 / 12.0)];
const ASIDE: [(f64, f64); 5] = [(0.0, -25.0 / 12.0), (1.0, 4.0), (2.0, -3.0), (3.0, 4.0 / 3.0), (4.0, -0.25)];

impl Likelihood<'_, '_> {
    /// The criterion.
    pub fn value(&mut self, at: &[f64]) -> Result<f64> {
        self.working_gradient(at).map(|(value, _)| value)
    }

    /// The criterion and its gradient.
    pub fn gradient(&mut self, at: &[f64]) -> Result<(f64, Vec<f64>)> {
        let (value, own) = self.working_gradient(at)?;
        let slopes = self.slopes(at)?;
        let along = |column: &Vec<f64>| column.iter().zip(&own).map(|(s, g)| if *s == 0.0 { 0.0 } else { s * g }).sum();
        Ok((value, slopes.iter().map(along).collect()))
    }

    fn working_gradient(&mut self, at: &[f64]) -> Result<(f64, Vec<f64>)> {
        let x = self.checked(at)?;
        let mut own = try_vec(WHAT, 0.0, x.len())?;
        let value = self.surface.gradient(&x, &mut own)?;
        if value.is_finite() { Ok((value, own)) } else { Err(Error::numeric("the log-likelihood is not finite there")) }
    }

    /// The Hessian of the criterion, by differences of its gradient.
    pub fn hessian(&mut self, at: &[f64]) -> Result<Vec<f64>> {
        let n = at.len();
        let (_, here) = self.gradient(at)?;
        let mut half = try_vec(WHAT, 0.0, n * n)?;
        let mut lost: Vec<bool> = here.iter().map(|g| g.is_nan()).collect();
        for i in 0..n {
            self.watch.at(Phase::StandardErrors, i, Some(n))?;
            if lost[i] {
                continue;
            }
            let h = self.step(i, at);
            for (steps, weight) in CENTRAL {
                let mut there = at.to_vec();
                there[i] += steps * h;
                match self.gradient(&there) {
                    Ok((_, gradient)) => (0..n).for_each(|j| half[i * n + j] += weight / h * gradient[j]),
                    // It has no second derivative at the end of its range.
                    Err(error) if matches!(error.code, Code::Argument | Code::Numeric) => lost[i] = true,
                    Err(error) => return Err(error),
                }
            }
        }
        let value = |e: usize| {
            if lost[e / n] || lost[e % n] { f64::NAN } else { 0.5 * (half[e] + half[e % n * n + e / n]) }
        };
        Ok((0..n * n).map(value).collect())
    }

    /// Twice the average information.
    pub fn average(&mut self, at: &[f64]) -> Result<Vec<f64>> {
        let x = self.checked(at)?;
        let (n, m) = (at.len(), x.len());
        let own = self.surface.average(&x)?;
        let slopes = self.slopes(at)?;
        let form = |i: usize, j: usize| -> f64 {
            let row = |b: usize| (0..m).filter(|a| slopes[i][*a] != 0.0).map(|a| slopes[i][a] * own[b * m + a]).sum::<f64>();
            (0..m).filter(|b| slopes[j][*b] != 0.0).map(|b| slopes[j][b] * row(b)).sum()
        };
        Ok((0..n * n).map(|e| form(e % n, e / n)).collect())
    }

    /// The working parameters of a point within the ranges of all parameters.
    fn checked(&self, at: &[f64]) -> Result<Vec<f64>> {
        self.fit.check_ranges(self.form, at)?;
        self.surface.working(&self.fit.point(self.form, at)?)
    }

    /// The derivatives of the working parameters, by the parameters of the form: NaN where there are none.
    fn slopes(&self, at: &[f64]) -> Result<Vec<Vec<f64>>> {
        let taken = self.fit.is_function_of();
        let columns = (0..at.len()).map(|i| if taken[i] { self.slope(i, at) } else { Ok(vec![f64::NAN]) });
        let mut columns = columns.collect::<Result<Vec<Vec<f64>>>>()?;
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
        columns.iter_mut().filter(|own| own.len() < longest).for_each(|own| own.resize(longest, f64::NAN));
        Ok(columns)
    }

    fn slope(&self, i: usize, at: &[f64]) -> Result<Vec<f64>> {
        let h = self.step(i, at);
        let mut best = None;
        let stencils: [(&[(f64, f64)], f64); 3] = [(&CENTRAL, h), (&ASIDE, h), (&ASIDE, -h)];
        for (stencil, h) in stencils {
            match self.difference(i, at, (stencil, h)) {
                Ok(column) if column.iter().all(|v| v.is_finite()) => return Ok(column),
                Ok(column) => best = best.or(Some(column)),
                Err(error) if matches!(error.code, Code::Argument | Code::Numeric) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(best.map_or_else(|| vec![f64::NAN], |column| vec![f64::NAN; column.len()]))
    }

    fn difference(&self, i: usize, at: &[f64], (stencil, h): (&[(f64, f64)], f64)) -> Result<Vec<f64>> {
        let mut sum: Vec<f64> = vec![];
        for (steps, weight) in stencil {
            let mut there = at.to_vec();
            there[i] += steps * h;
            let x = self.surface.working(&self.fit.point(self.form, &there)?)?;
            sum.resize(x.len(), 0.0);
            sum.iter_mut().zip(&x).for_each(|(sum, x)| *sum += weight / h * x);
        }
        Ok(sum)
    }

    /// A step in a parameter over which the likelihood changes by little.
    fn step(&self, i: usize, at: &[f64]) -> f64 {
        let (fit, value) = (self.fit, at[i]);
        let natures = fit.natures();
        let unit = if fit.is_linear() { fit.sigma } else { 1.0 };
        let size = match (self.form, natures[i]) {
            (_, Nature::Coefficient) => {
                let error = fit.std_error_of(i);
                return if error.is_finite() && error > 0.0 { OF_ERROR * error } else { OF_SIZE * value.abs().max(1e-3) };
            }
            (ParameterForm::Log, _) => 1.0,
            (ParameterForm::Working, _) if i + fit.theta.len() < natures.len() => 1.0,
            (ParameterForm::Working, _) => value.abs().max(0.1),
            (_, Nature::Deviation) if value == 0.0 => unit,
            (_, Nature::Correlation(a, b)) if self.form == ParameterForm::Variance => {
                let most = (at[a] * at[b]).sqrt();
                (most - value.abs()).min(most).max(1e-4 * most)
            }
            (_, Nature::Correlation(..)) => (1.0 - value.abs()).max(1e-4),
            (_, Nature::Common(least)) => (1.0 - value).min(value - least).max(1e-4),
            (_, Nature::Family(scale, _)) => scale.derivative(scale.working(value)).abs(),
            _ => value.abs(),
        };
        OF_SIZE * size
    }
}

impl Fit {
    /// The standard error of a coefficient, by its place among all parameters.
    fn std_error_of(&self, i: usize) -> f64 {
        let further = self.named_predictors().flat_map(|(_, predictor)| &predictor.fixed.std_error);
        let alphas = self.generalised().filter(|_| self.ordinal().is_some());
        let alphas = alphas.into_iter().flat_map(|own| own.parameters.iter().map(|parameter| parameter.std_error));
        self.fixed.std_error.iter().chain(further).copied().chain(alphas).nth(i).unwrap_or(f64::NAN)
    }

    /// Fails for a value that a parameter can't have.
    pub(super) fn check_ranges(&self, form: ParameterForm, at: &[f64]) -> Result<()> {
        let (natures, ids) = (self.natures(), self.parameter_ids(form));
        if at.len() != natures.len() {
            return Err(Error::argument(format!("parameters: there are {}, the fit has {}", at.len(), natures.len())));
        }
        let first = natures.len() - self.theta.len();
        for (i, (nature, value)) in natures.into_iter().zip(at).enumerate() {
            let working = form == ParameterForm::Working;
            let within = match (form, nature) {
                // Without variance a fit has no correlation.
                (_, Nature::Correlation(a, b)) if value.is_nan() && !working => at[a] == 0.0 || at[b] == 0.0,
                (ParameterForm::Log, Nature::Deviation | Nature::Correlation(..) | Nature::Common(_)) => !value.is_nan(),
                (_, Nature::Coefficient) | (ParameterForm::Log, Nature::Family(..)) => value.is_finite(),
                _ if working => value.is_finite(),
                (_, Nature::Deviation) => value.is_finite() && *value >= 0.0 && (i >= first || *value > 0.0),
                (ParameterForm::Variance, Nature::Correlation(a, b)) => value * value <= at[a] * at[b] * (1.0 + 1e-9),
                (_, Nature::Correlation(..)) => value.abs() <= 1.0,
                (_, Nature::Common(least)) => *value >= least && *value <= 1.0,
                (_, Nature::Family(scale, _)) => scale.working(*value).is_finite(),
            };
            if !within {
                return Err(Error::argument(format!("{} is {value}, which it can't be", ids[i])));
            }
        }
        Ok(())
    }
}
