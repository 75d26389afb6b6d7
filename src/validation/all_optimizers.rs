//! The same model by all optimisers, each from several starts.
//!
//! Optimisers that agree have found the same minimum: none has stopped short of it. That it is the lowest of several the starts tell, as
//! far as they go: they are those of a fit, and standard deviations of random effects that are a tenth and ten times those estimated.

use crate::choice::Choice;
use crate::covariance::Structure;
use crate::error::{Code, Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::optimize::{Method, Reason};
use crate::options::{Engine, Options};
use crate::search::boundary::{LIFT, lifted};
use crate::spec::Spec;
use crate::watch::{Phase, Watch};

/// What one optimiser came to from the best of its starts.
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
    /// From all starts; seconds likewise.
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
    /// Fits the model by one optimiser after the other, each from several starts unless the options have one, otherwise as the options
    /// say. An optimiser that fails for numerical reasons is no failure of all.
    pub fn new(spec: &Spec, frame: Option<&Frame>, options: &Options, watch: &Watch<'_>) -> Result<Self> {
        if options.engine == Engine::Iterative {
            return Err(Error::unsupported(
                "all optimizers: not available by engine = iterative, which has a search of its own; ask with engine = direct",
            ));
        }
        let mut all = AllOptimizers { theta_names: vec![], beta_names: vec![], family_names: vec![], attempts: vec![] };
        let mut starts: Option<Vec<Vec<f64>>> = (options.theta0.is_some() || !options.start.is_empty()).then(Vec::new);
        for (i, &(optimizer, _)) in Method::ALL.iter().enumerate() {
            let total = Some(Method::ALL.len());
            watch.at(Phase::Optimizer, i, total)?;
            let one = |theta0: Option<Vec<f64>>| -> Result<std::result::Result<Fit, String>> {
                let options = Options { optimizer, theta0, ..options.clone() };
                match Fit::new(spec, frame, &options, &watch.inside(Phase::Optimizer, i, total)) {
                    // One that had to end early tells nothing.
                    Ok(fit) => watch.check().map(|()| Ok(fit)),
                    Err(error) if error.code == Code::Numeric => Ok(Err(error.message)),
                    Err(error) => Err(error),
                }
            };
            let fit = one(options.theta0.clone())?;
            if let (Ok(fit), None) = (&fit, &starts) {
                starts = Some(around(fit)?);
            }
            let mut end = all.end(fit);
            for start in starts.iter().flatten() {
                end = better(end, all.end(one(Some(start.clone()))?));
            }
            all.attempts.push(Attempt { optimizer, end });
        }
        Ok(all)
    }

    fn end(&mut self, fit: std::result::Result<Fit, String>) -> std::result::Result<End, String> {
        let fit = fit?;
        self.name(&fit);
        Ok(End::of(&fit))
    }

    fn name(&mut self, fit: &Fit) {
        self.theta_names.clone_from(&fit.theta_names);
        self.beta_names.clone_from(&fit.fixed.names);
        for (prefix, predictor) in fit.named_predictors() {
            self.beta_names.extend(predictor.fixed.names.iter().map(|name| format!("{prefix}{name}")));
        }
        let parameters = fit.generalised().into_iter().flat_map(|own| &own.parameters);
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
        frame.add_real("log_likelihood", reals(&|end| end.log_likelihood))?;
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

/// Factors of standard deviations from which each optimiser searches, too.
const FACTORS: [f64; 2] = [0.1, 10.0];

/// Of two ends whose criteria differ by less, one that has converged is better.
const LEVEL: f64 = 1e-6;

/// The better of two ends, with the work of both.
fn better(first: std::result::Result<End, String>, second: std::result::Result<End, String>) -> std::result::Result<End, String> {
    let (Ok(a), Ok(b)) = (&first, &second) else { return first.or(second) };
    let (evaluations, seconds) = (a.evaluations + b.evaluations, a.seconds + b.seconds);
    let lower = b.criterion < a.criterion - LEVEL;
    let level = b.criterion < a.criterion + LEVEL && b.converged && !a.converged;
    let end = if lower || level { second } else { first };
    end.map(|end| End { evaluations, seconds, ..end })
}

/// Starts around the estimates; variances that are zero are lifted first.
fn around(fit: &Fit) -> Result<Vec<Vec<f64>>> {
    let structures: Vec<Structure> = fit.named_terms().map(|(_, term)| term.design.structure).collect();
    let (mut working, mut first) = (vec![0.0; fit.theta.len()], 0);
    for structure in &structures {
        let range = first..first + structure.n_theta();
        first = range.end;
        structure.working_from_theta(&fit.theta[range.clone()], &mut working[range])?;
    }
    let working = lifted(&structures, &working, LIFT);
    let unit = fit.searched_unit();
    let scaled = |factor: f64| {
        let (mut theta, mut first) = (vec![0.0; working.len()], 0);
        for structure in &structures {
            let range = first..first + structure.n_theta();
            first = range.end;
            structure.theta_from_working(&working[range.clone()], &mut theta[range.clone()]);
            structure.rescale(&mut theta[range], &vec![factor / unit; structure.size]);
        }
        theta.extend(fit.correlation().map(|c| c.estimate));
        theta
    };
    Ok(FACTORS.map(scaled).to_vec())
}

/// The largest difference in some unit; parameters without one, as separated ones may be, are left out.
fn largest(a: &[f64], b: &[f64], unit: impl Fn(usize) -> f64) -> f64 {
    let differences = a.iter().zip(b).enumerate().map(|(j, (a, b))| (a - b).abs() / unit(j));
    differences.filter(|d| d.is_finite()).fold(0.0, f64::max)
}

impl End {
    fn of(fit: &Fit) -> Self {
        let fixed = || std::iter::once(&fit.fixed).chain(fit.named_predictors().map(|(_, predictor)| &predictor.fixed));
        let parameters = fit.generalised().into_iter().flat_map(|own| &own.parameters);
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
