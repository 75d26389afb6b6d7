//! Questions about terms as a whole, and about what marginal means are of.

use super::question::Question;
use super::values::{self, put};
use crate::spec::ModelKind;

/// Whose terms.
pub const PART: Question = Question::text(
        c"part",
        c"mean, zero_inflation (zi) or dispersion (disp, scale)",
        c"the linear predictor whose fixed effects analyses of variance, tests of combinations and marginal means are of (default mean)",
        |q, v| put(&mut q.selection.part, values::role(v)),
    )
    .of(&[c"anova", c"test", c"emmeans"])
    .of_models(&[ModelKind::Glmm, ModelKind::Clmm]);

/// Backward elimination.
pub const STEP: Question = Question::flag(
        c"step",
        c"backward elimination with a record: random terms and effects by likelihood ratios, then terms of the fixed effects by F tests of a linear model, otherwise by likelihood ratios",
        |q, v| put(&mut q.selection.step, values::truth(v)),
    );

/// Its level of random terms.
pub const STEP_ALPHA_RANDOM: Question = Question::text(
    c"step_alpha_random",
    c"a number above 0 and at most 1",
    c"random terms with a larger p-value by chi-square go (default 0.1; 1 leaves all)",
    |q, v| put(&mut q.selection.step_options.alpha_random, values::alpha(v)),
)
.of(&[c"step"]);

/// Its level of terms of the fixed effects.
pub const STEP_ALPHA_FIXED: Question = Question::text(
    c"step_alpha_fixed",
    c"a number above 0 and at most 1",
    c"terms of the fixed effects with a larger p-value go (default 0.05; 1 leaves all)",
    |q, v| put(&mut q.selection.step_options.alpha_fixed, values::alpha(v)),
)
.of(&[c"step"]);

/// The conditional AIC.
pub const CAIC: Question = Question::flag(
        c"caic",
        c"the conditional AIC: the likelihood given the random effects, and the degrees of freedom that these take (linear models; Poisson and binary ones by a fit for each row)",
        |q, v| put(&mut q.selection.caic, values::truth(v)),
    );

/// What of an ordinal model is averaged.
pub const MEANS_MODE: Question = Question::text(
        c"means_mode",
        c"latent, linear_predictor, cumulative (cum.prob), exceedance (exc.prob), probabilities (prob) or mean_class (mean.class)",
        c"marginal means of an ordinal model: of the latent variable (the default), at each threshold of the linear predictor, P(Y <= k) or P(Y > k), of the probability of each category, or of the mean category",
        |q, v| put(&mut q.means.mode, values::means_mode(v)),
    )
    .of(&[c"emmeans"])
    .of_models(&[ModelKind::Clmm]);

/// Whether means are corrected for random effects.
pub const BIAS_ADJUST: Question = Question::flag(
        c"bias_adjust",
        c"marginal means on the scale of the response corrected for the random effects, by half their variance times the second derivative of the link's inverse",
        |q, v| put(&mut q.means.bias_adjust, values::truth(v)),
    )
    .of(&[c"emmeans"])
    .of_models(&[ModelKind::Lmm, ModelKind::Glmm]);

/// By this standard deviation of theirs.
pub const BIAS_SIGMA: Question = Question::text(
    c"bias_sigma",
    c"a number that is not negative",
    c"the standard deviation of the random effects in that (default that of the fit)",
    |q, v| put(&mut q.means.bias_sigma, values::not_negative(v).map(Some)),
)
.of(&[c"bias_adjust"]);
