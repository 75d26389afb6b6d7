//! The same model by all optimisers: ends that agree are a sign of a minimum.

use crate::error::{Code, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::optimize::{Method, Reason};
use crate::options::{Options, Progress};
use crate::spec::Spec;

/// What one optimiser came to.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub optimizer: Method,
    /// Or why there is no fit.
    pub end: std::result::Result<End, String>,
}

/// The end of one optimiser's search.
#[derive(Clone, Debug)]
pub struct End {
    pub log_likelihood: f64,
    pub criterion: f64,
    pub converged: bool,
    pub reason: Reason,
    pub evaluations: usize,
    pub scaled_gradient: f64,
    pub singular: bool,
    pub seconds: f64,
    pub theta: Vec<f64>,
    /// Fixed effects of all predictors, with their standard errors.
    pub beta: Vec<f64>,
    pub std_error: Vec<f64>,
    /// Parameters of the family, or of thresholds with nominal effects.
    pub family: Vec<f64>,
}

/// What all optimisers came to.
#[derive(Clone, Debug)]
pub struct AllOptimizers {
    pub theta_names: Vec<String>,
    pub beta_names: Vec<String>,
    pub family_names: Vec<String>,
    pub attempts: Vec<Attempt>,
}

impl AllOptimizers {
    /// Fits the model by one optimiser after the other, otherwise as the options say. `progress` is as of [`Fit::new`]. An optimiser that
    /// fails for numerical reasons is no failure of all.
    pub fn new(spec: &Spec, frame: Option<&Frame>, options: &Options, mut progress: Option<Progress<'_>>) -> Result<Self> {
        let mut all = AllOptimizers { theta_names: vec![], beta_names: vec![], family_names: vec![], attempts: vec![] };
        for optimizer in Method::ALL {
            let options = Options { optimizer, ..options.clone() };
            let report: Option<Progress<'_>> = match &mut progress {
                None => None,
                Some(progress) => Some(&mut **progress),
            };
            let end = match Fit::new(spec, frame, &options, report) {
                Ok(fit) => {
                    all.name(&fit);
                    Ok(End::of(&fit))
                }
                Err(error) if error.code == Code::Numeric => Err(error.message),
                Err(error) => return Err(error),
            };
            all.attempts.push(Attempt { optimizer, end });
        }
        Ok(all)
    }

    fn name(&mut self, fit: &Fit) {
        self.theta_names.clone_from(&fit.theta_names);
        self.beta_names.clone_from(&fit.fixed.names);
        for (prefix, predictor) in fit.named_predictors() {
            self.beta_names.extend(predictor.fixed.names.iter().map(|name| format!("{prefix}{name}")));
        }
        let parameters = fit.generalised.iter().flat_map(|own| &own.parameters);
        self.family_names = parameters.map(|parameter| parameter.name.clone()).collect();
    }

    /// The lowest criterion.
    pub fn best(&self) -> Option<&End> {
        let ends = self.attempts.iter().filter_map(|attempt| attempt.end.as_ref().ok());
        ends.min_by(|a, b| a.criterion.total_cmp(&b.criterion))
    }

    /// A row an optimiser: how its search ended, how far it is from the best, and its estimates.
    pub fn frame(&self) -> Result<Frame> {
        let n = self.attempts.len();
        let ends = || self.attempts.iter().map(|attempt| attempt.end.as_ref().ok());
        let reals = |value: &dyn Fn(&End) -> f64| ends().map(|end| end.map_or(f64::NAN, value)).collect::<Vec<f64>>();
        let whole = |value: &dyn Fn(&End) -> i64| ends().map(|end| end.map_or(i64::MIN, value)).collect::<Vec<i64>>();
        let best = self.best();
        let against = |of: &dyn Fn(&End, &End) -> f64| reals(&|end| best.map_or(f64::NAN, |best| of(end, best)));
        let mut frame = Frame::new(n);
        frame.add_strings("optimizer", &self.attempts.iter().map(|a| Some(a.optimizer.name())).collect::<Vec<_>>())?;
        frame.add_real("logLik", reals(&|end| end.log_likelihood))?;
        frame.add_real("criterion", reals(&|end| end.criterion))?;
        frame.add_real("difference", against(&|end, best| end.criterion - best.criterion))?;
        frame.add_real("max_diff_theta", against(&|end, best| largest(&end.theta, &best.theta, |_| 1.0)))?;
        frame.add_real("max_diff_beta", against(&|end, best| largest(&end.beta, &best.beta, |j| best.std_error[j])))?;
        frame.add_integers("converged", whole(&|end| i64::from(end.converged)))?;
        frame.add_integers("singular", whole(&|end| i64::from(end.singular)))?;
        frame.add_integers("evaluations", whole(&|end| end.evaluations as i64))?;
        frame.add_real("gradient", reals(&|end| end.scaled_gradient))?;
        frame.add_real("seconds", reals(&|end| end.seconds))?;
        frame.add_strings("error", &self.attempts.iter().map(|a| a.end.as_ref().err().map(String::as_str)).collect::<Vec<_>>())?;
        for (j, name) in self.theta_names.iter().enumerate() {
            frame.add_real(&format!("theta.{name}"), reals(&|end| end.theta[j]))?;
        }
        for (j, name) in self.beta_names.iter().enumerate() {
            frame.add_real(&format!("beta.{name}"), reals(&|end| end.beta[j]))?;
        }
        for (j, name) in self.family_names.iter().enumerate() {
            frame.add_real(&format!("family.{name}"), reals(&|end| end.family[j]))?;
        }
        Ok(frame)
    }
}

/// The largest difference in some unit; parameters without one, as separated ones may be, are left out.
fn largest(a: &[f64], b: &[f64], unit: impl Fn(usize) -> f64) -> f64 {
    let differences = a.iter().zip(b).enumerate().map(|(j, (a, b))| (a - b).abs() / unit(j));
    differences.filter(|d| d.is_finite()).fold(0.0, f64::max)
}

impl End {
    fn of(fit: &Fit) -> Self {
        let fixed = || std::iter::once(&fit.fixed).chain(fit.named_predictors().map(|(_, predictor)| &predictor.fixed));
        let parameters = fit.generalised.iter().flat_map(|own| &own.parameters);
        End {
            log_likelihood: fit.log_likelihood,
            criterion: fit.criterion,
            converged: fit.outcome.converged,
            reason: fit.outcome.reason,
            evaluations: fit.outcome.evaluations,
            scaled_gradient: fit.outcome.scaled_gradient,
            singular: fit.singular,
            seconds: fit.timing.1,
            theta: fit.theta.clone(),
            beta: fixed().flat_map(|own| own.estimate.iter().copied()).collect(),
            std_error: fixed().flat_map(|own| own.std_error.iter().copied()).collect(),
            family: parameters.map(|parameter| parameter.estimate).collect(),
        }
    }
}
