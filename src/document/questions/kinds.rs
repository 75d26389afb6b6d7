//! Closed lists of what questions choose between, and groups of questions.

use std::ffi::CStr;

use crate::choice::Choice;
use crate::diagnostics::{FixefResiduals, ResidualKind};
use crate::error::{Error, Result};
use crate::fit::{Fit, InformationMatrix, ParameterForm, Role};
use crate::inference::adjust::Adjustment;
use crate::inference::contrast::Contrasts;
use crate::inference::marginal_means::{MeansMode, Weighting};
use crate::inference::parameters::ParameterLimits;
use crate::inference::step::StepOptions;
use crate::predict::{Interval, RandomTerms};

/// What is asked of marginal means.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// The factors, `~ f | g`; `None`: no means.
    pub specs: Option<String>,
    pub at: Option<String>,
    /// `None`: pairwise.
    pub comparisons: Option<Contrasts>,
    pub weights: Weighting,
    /// Of an ordinal model.
    pub mode: MeansMode,
    /// Whether the response is corrected for random effects, and their standard deviation if it is not that of the fit.
    pub bias_adjust: bool,
    pub bias_sigma: Option<f64>,
    /// `None`: Tukey's of all pairs, otherwise Holm's.
    pub adjust: Option<Adjustment>,
}

/// What is asked of predictions beside their values, and of draws.
#[derive(Clone, Debug, Default)]
pub struct FurtherPredictions {
    pub interval: Option<Interval>,
    pub covariance: bool,
    /// Of the random effects' distribution.
    pub quantiles: Option<Vec<f64>>,
    pub simulate: usize,
    /// "all", or a column of the new data.
    pub aggregate: Option<String>,
    pub aggregate_sum: bool,
    /// From the posterior distribution.
    pub draws: usize,
}

/// What is asked of all parameters.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// The form of the table of variances and family parameters, and its limits.
    pub form: Option<ParameterForm>,
    pub limits: ParameterLimits,
    /// Where the likelihood is wanted, "id = value, ...", and which information there.
    pub evaluate: Option<String>,
    pub information: InformationMatrix,
}

/// What is asked of terms as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// The predictor whose fixed effects are tested and averaged.
    pub part: Role,
    /// Backward elimination.
    pub step: bool,
    pub step_options: StepOptions,
    /// The conditional AIC.
    pub caic: bool,
    pub r2: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Selection { part: Role::Mean, step: false, step_options: StepOptions::default(), caic: false, r2: false }
    }
}

/// The grouping factors whose random effects a prediction has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Groups {
    #[default]
    All,
    None,
    /// Averaged over.
    Average,
    Named(Vec<String>),
    /// The random effects of a formula.
    Part(String),
}

/// A kind of confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfidenceInterval {
    Wald,
    Profile,
    Bootstrap,
    /// Of the random effects, given the parameters.
    RandomEffects,
}

impl Choice for ConfidenceInterval {
    const LIST: &'static str = "confint";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (ConfidenceInterval::Wald, c"wald"),
        (ConfidenceInterval::Profile, c"profile"),
        (ConfidenceInterval::Bootstrap, c"boot"),
        (ConfidenceInterval::RandomEffects, c"ranef"),
    ];
}

/// How terms are tested that are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Drop1Test {
    #[default]
    LikelihoodRatio,
    F,
}

impl Choice for Drop1Test {
    const LIST: &'static str = "drop1_test";
    const ALL: &'static [(Self, &'static CStr)] = &[(Drop1Test::LikelihoodRatio, c"lrt"), (Drop1Test::F, c"f")];
}

/// Which parameters have profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ProfileScale {
    /// All, with random effects as standard deviations and correlations.
    #[default]
    SdCor,
    /// The elements of theta.
    Theta,
}

impl Choice for ProfileScale {
    const LIST: &'static str = "profile_scale";
    const ALL: &'static [(Self, &'static CStr)] = &[(ProfileScale::SdCor, c"sdcor"), (ProfileScale::Theta, c"theta")];
}

/// What a bootstrap draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BootstrapType {
    /// Simulated responses.
    #[default]
    Parametric,
    /// Levels of the first grouping factor.
    Case,
    Rows,
}

impl Choice for BootstrapType {
    const LIST: &'static str = "bootstrap_type";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(BootstrapType::Parametric, c"parametric"), (BootstrapType::Case, c"case"), (BootstrapType::Rows, c"rows")];
}

/// A statistic of the response alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseStatistic {
    Median,
    Mean,
}

impl Choice for ResponseStatistic {
    const LIST: &'static str = "response_se";
    const ALL: &'static [(Self, &'static CStr)] = &[(ResponseStatistic::Median, c"median"), (ResponseStatistic::Mean, c"mean")];
}

/// A kind of residuals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Residuals {
    Of(ResidualKind),
    Quantile,
    /// Modes of the random effects, by their own standard deviations.
    RandomEffects,
    /// Of Cox models, with a number for each fixed effect.
    Fixef(FixefResiduals),
    Schoenfeld,
}

impl Choice for Residuals {
    const LIST: &'static str = "residuals";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Residuals::Of(ResidualKind::Response), c"response"),
        (Residuals::Of(ResidualKind::Pearson), c"pearson"),
        (Residuals::Of(ResidualKind::Working), c"working"),
        (Residuals::Of(ResidualKind::Deviance), c"deviance"),
        (Residuals::Of(ResidualKind::Normalized), c"normalized"),
        (Residuals::Of(ResidualKind::Standardized), c"standardized"),
        (Residuals::Of(ResidualKind::Marginal), c"marginal"),
        (Residuals::Of(ResidualKind::Cholesky), c"cholesky"),
        (Residuals::Of(ResidualKind::LeastSquares), c"least_squares"),
        (Residuals::Of(ResidualKind::SemiStandardized), c"semi_standardized"),
        (Residuals::Of(ResidualKind::LeastSquaresStandardized), c"least_squares_standardized"),
        (Residuals::Quantile, c"quantile"),
        (Residuals::RandomEffects, c"random_effects"),
        (Residuals::Fixef(FixefResiduals::Score), c"score"),
        (Residuals::Fixef(FixefResiduals::Dfbeta), c"dfbeta"),
        (Residuals::Fixef(FixefResiduals::Dfbetas), c"dfbetas"),
        (Residuals::Schoenfeld, c"schoenfeld"),
    ];
}

impl Groups {
    /// The random terms of a fit, of all predictors.
    pub fn terms(&self, fit: &Fit) -> Result<RandomTerms> {
        let groups = fit.all_terms().map(|(_, term)| term.design.group.as_str());
        let named = match self {
            Groups::All => return Ok(RandomTerms::All),
            Groups::None | Groups::Average => return Ok(RandomTerms::None),
            Groups::Named(named) => named,
            Groups::Part(formula) => return fit.random_part(formula),
        };
        let groups: Vec<&str> = groups.collect();
        if let Some(absent) = named.iter().find(|name| !groups.contains(&name.as_str())) {
            return Err(Error::argument(format!("re: the model has no random term on {absent}")));
        }
        let chosen = groups.iter().enumerate().filter(|(_, group)| named.iter().any(|name| name == *group)).map(|(term, _)| term);
        Ok(RandomTerms::Chosen(chosen.collect()))
    }
}
