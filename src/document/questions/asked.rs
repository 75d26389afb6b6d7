//! What is asked.

use std::ffi::CStr;

use super::kinds::{
    BootstrapType, ConfidenceInterval, Drop1Test, FurtherPredictions, Groups, Means, Parameters, ProfileScale, Residuals,
    ResponseStatistic, Selection,
};
use super::power::PowerQuestion;
use super::values::Hypotheses;
use crate::coxme::transform::TimeTransform;
use crate::diagnostics::influence::InfluenceMethod;
use crate::fit::RobustKind;
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DfMethod;
use crate::inference::marginal_means::Weighting;
use crate::predict::{CurveLimits, NewLevels, Quantity};
use crate::resample::{IntervalKind, RandomEffects};

/// What is asked. The default asks nothing but the basics.
#[derive(Clone, Debug)]
// A truth for each question that is asked or not.
#[allow(clippy::struct_excessive_bools)]
pub struct Questions {
    /// The names of the questions that were set.
    asked: Vec<&'static CStr>,
    pub df: DfMethod,
    /// Of all intervals.
    pub level: f64,
    /// Types I, II, III.
    pub anova: [bool; 3],
    pub drop1: bool,
    /// Standard errors by residuals of clusters: a grouping factor, a column or "observation".
    pub robust: Option<RobustKind>,
    pub cluster: Option<String>,
    pub drop1_test: Drop1Test,
    /// Whose terms, backward elimination, the conditional AIC, R2.
    pub selection: Selection,
    /// Shares of variance in analyses of variance.
    pub effect_sizes: bool,
    /// Coefficients in standard deviations.
    pub standardized: bool,
    /// Terms of an ordinal model that may have nominal effects, or be in the scale.
    pub beyond: [bool; 2],
    pub confint: Vec<ConfidenceInterval>,
    /// The points of the profiles.
    pub profile: bool,
    pub profile_scale: ProfileScale,
    pub parameters: Parameters,
    /// Rows of a matrix L, and the value of each that is tested, if there are such.
    pub test: Hypotheses,
    pub means: Means,
    /// Formulas of models to compare with.
    pub lrt: Vec<String>,
    pub chi_bar: bool,
    pub ranova: bool,
    /// Draws of the exact restricted likelihood-ratio test.
    pub rlrt: usize,
    /// The formula of the smaller model of a bootstrapped likelihood ratio, and its replicates.
    pub pb_lrt: Option<String>,
    pub replicates: usize,
    pub first_replicate: usize,
    pub power: PowerQuestion,
    pub predict: Option<Frame>,
    /// Survival curves for these rows, at these times.
    pub survival: Option<Frame>,
    pub times: Option<Vec<f64>>,
    pub curve_limits: CurveLimits,
    /// Probabilities of quantiles of the survival times, and times that their means are restricted to.
    pub survival_summaries: [Option<Vec<f64>>; 2],
    /// Of predictions and marginal means.
    pub quantity: Option<Quantity>,
    pub random: Groups,
    pub new_levels: NewLevels,
    pub further: FurtherPredictions,
    /// Numbers of replicates.
    pub simulate: usize,
    pub simulate_type: RandomEffects,
    pub bootstrap: usize,
    pub bootstrap_type: BootstrapType,
    pub boot_interval: IntervalKind,
    /// Texts such as "Days / sigma".
    pub statistics: Vec<String>,
    pub response_se: Option<ResponseStatistic>,
    /// A column for each response.
    pub refit: Option<Frame>,
    /// A grouping factor, or "observation".
    pub influence: Option<String>,
    pub influence_method: InfluenceMethod,
    pub influence_threshold: Option<f64>,
    pub residuals: Vec<Residuals>,
    /// A number of simulated responses, and what their rows are summed over.
    pub simulated_residuals: usize,
    pub residual_group: Option<String>,
    pub diagnose: bool,
    /// The function of time that hazard ratios may change with.
    pub proportional_hazards: Option<TimeTransform>,
    pub all_fit: bool,
    /// A grouping factor, or "rows".
    pub cross_validate: Option<String>,
    pub folds: usize,
    pub seed: u64,
}

impl Default for Questions {
    fn default() -> Self {
        Questions {
            asked: vec![],
            df: DfMethod::Default,
            level: 0.95,
            anova: [false; 3],
            drop1: false,
            robust: None,
            cluster: None,
            drop1_test: Drop1Test::default(),
            selection: Selection::default(),
            effect_sizes: false,
            standardized: false,
            beyond: [false; 2],
            confint: vec![],
            profile: false,
            profile_scale: ProfileScale::default(),
            parameters: Parameters::default(),
            test: (vec![], None),
            means: Means::default(),
            lrt: vec![],
            chi_bar: false,
            ranova: false,
            rlrt: 0,
            pb_lrt: None,
            replicates: 1000,
            first_replicate: 0,
            power: PowerQuestion::default(),
            predict: None,
            survival: None,
            times: None,
            curve_limits: CurveLimits::default(),
            survival_summaries: [None, None],
            quantity: None,
            random: Groups::All,
            new_levels: NewLevels::default(),
            further: FurtherPredictions::default(),
            simulate: 0,
            simulate_type: RandomEffects::default(),
            bootstrap: 0,
            bootstrap_type: BootstrapType::default(),
            boot_interval: IntervalKind::default(),
            statistics: vec![],
            response_se: None,
            refit: None,
            influence: None,
            influence_method: InfluenceMethod::default(),
            influence_threshold: None,
            residuals: vec![],
            simulated_residuals: 0,
            residual_group: None,
            diagnose: false,
            proportional_hazards: None,
            all_fit: false,
            cross_validate: None,
            folds: 0,
            seed: 0,
        }
    }
}

impl Questions {
    pub(super) fn note(&mut self, name: &'static CStr) {
        if !self.asked.contains(&name) {
            self.asked.push(name);
        }
    }

    /// Whether a question was set.
    pub(super) fn has(&self, name: &CStr) -> bool {
        self.asked.contains(&name)
    }

    /// A question whose answer needs the rows of the fit, if any is asked; some are answered by sums in their place.
    pub fn of_rows(&self, has_sums: bool) -> Option<&'static CStr> {
        const OTHERS: [&CStr; 9] = [c"df", c"level", c"predict", c"type", c"re", c"new_levels", c"test", c"confint", c"diagnose"];
        const BY_SUMS: [&CStr; 23] = [
            c"evaluate",
            c"information_matrix",
            c"anova",
            c"effect_sizes",
            c"profile",
            c"profile_scale",
            c"variance_parameters",
            c"parameter_limits",
            c"emmeans",
            c"at",
            c"comparisons",
            c"means_weights",
            c"adjust",
            c"interval",
            c"predict_covariance",
            c"aggregate",
            c"aggregate_sum",
            c"bootstrap",
            c"bootstrap_type",
            c"boot_interval",
            c"simulate_type",
            c"statistic",
            c"seed",
        ];
        if !has_sums {
            let limits = [ConfidenceInterval::Bootstrap, ConfidenceInterval::Profile, ConfidenceInterval::RandomEffects];
            let named = self.asked.iter().find(|name| !OTHERS.contains(name)).copied();
            return named.or_else(|| limits.iter().any(|kind| self.asks(*kind)).then_some(c"confint"));
        }
        let of_rows = |name: &CStr| match name.to_bytes() {
            b"drop1" | b"drop1_test" => self.drop1_test != Drop1Test::F,
            b"bootstrap_type" => self.bootstrap_type != BootstrapType::Parametric,
            b"boot_interval" => self.boot_interval == IntervalKind::Accelerated,
            b"means_weights" => self.means.weights == Weighting::Proportional,
            _ => !OTHERS.contains(&name) && !BY_SUMS.contains(&name),
        };
        self.asked.iter().find(|name| of_rows(name)).copied()
    }

    pub fn asks(&self, kind: ConfidenceInterval) -> bool {
        self.confint.contains(&kind)
    }

    /// Whether an answer depends on the kind of degrees of freedom, so that no other kind will do.
    pub fn needs_df(&self) -> bool {
        self.df != DfMethod::Default
            || self.asks(ConfidenceInterval::Wald)
            || self.means.specs.is_some()
            || !self.test.0.is_empty()
            || self.anova.contains(&true)
            || self.standardized
            || (self.drop1 && self.drop1_test == Drop1Test::F)
    }
}
